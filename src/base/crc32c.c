/*
 * crc32c.c
 *    CRC-32C (base/crc32c.h).
 *
 * The processor's crc32 instruction has a latency of three cycles and a throughput of one, so long input is read as three
 * interleaved streams whose results are joined by multiplying with x^(8n) modulo the polynomial. Without the
 * instruction, a table of eight slices is made at first use.
 */
#include "postgres.h"

#include <nmmintrin.h>

#include "base/crc32c.h"

#define CRC32C_POLYNOMIAL 0x82F63B78U
#define STREAM_BYTES 1024

/* slice[k][b]: the CRC of byte b followed by k zero bytes. */
static uint32 slice[8][256];
/* shift[k][b]: effect of STREAM_BYTES zero bytes on byte k of a CRC being b. */
static uint32 shift_stream[4][256];

static void
make_slices(void)
{
	for (uint32 b = 0; b < 256; b++)
	{
		uint32 crc = b;

		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? CRC32C_POLYNOMIAL : 0);
		slice[0][b] = crc;
	}
	for (int k = 1; k < 8; k++)
		for (int b = 0; b < 256; b++)
			slice[k][b] = (slice[k - 1][b] >> 8) ^ slice[0][slice[k - 1][b] & 0xFF];
}

static void
make_stream_shift(void)
{
	uint32 bit_effect[32];

	for (int bit = 0; bit < 32; bit++)
	{
		uint32 crc = (uint32) 1 << bit;

		for (int i = 0; i < STREAM_BYTES; i++)
			crc = (crc >> 8) ^ slice[0][crc & 0xFF];
		bit_effect[bit] = crc;
	}
	for (int k = 0; k < 4; k++)
		for (int b = 0; b < 256; b++)
		{
			shift_stream[k][b] = 0;
			for (int bit = 0; bit < 8; bit++)
				if (b & (1 << bit))
					shift_stream[k][b] ^= bit_effect[k * 8 + bit];
		}
}

static inline uint32
shift_over_stream(uint32 crc)
{
	return shift_stream[0][crc & 0xFF] ^ shift_stream[1][(crc >> 8) & 0xFF] ^ shift_stream[2][(crc >> 16) & 0xFF] ^
		   shift_stream[3][crc >> 24];
}

pg_crc32c
crc32c_by_table(pg_crc32c crc, const void *data, size_t len)
{
	const uint8 *p = data;

	for (; len >= 8; p += 8, len -= 8)
	{
		uint32 low;
		uint32 high;

		memcpy(&low, p, 4);
		memcpy(&high, p + 4, 4);
		low ^= crc;
		crc = slice[7][low & 0xFF] ^ slice[6][(low >> 8) & 0xFF] ^ slice[5][(low >> 16) & 0xFF] ^ slice[4][low >> 24] ^
			  slice[3][high & 0xFF] ^ slice[2][(high >> 8) & 0xFF] ^ slice[1][(high >> 16) & 0xFF] ^ slice[0][high >> 24];
	}
	for (; len > 0; p++, len--)
		crc = (crc >> 8) ^ slice[0][(crc ^ *p) & 0xFF];
	return crc;
}

static inline uint64
load64(const uint8 *p)
{
	uint64 word;

	memcpy(&word, p, 8);
	return word;
}

__attribute__((target("sse4.2"))) static pg_crc32c
crc32c_by_instruction(pg_crc32c crc, const void *data, size_t len)
{
	const uint8 *p = data;
	uint64 a = crc;

	for (; len >= 3 * STREAM_BYTES; p += 3 * STREAM_BYTES, len -= 3 * STREAM_BYTES)
	{
		uint64 b = 0;
		uint64 c = 0;

		for (int i = 0; i < STREAM_BYTES; i += 8)
		{
			a = _mm_crc32_u64(a, load64(p + i));
			b = _mm_crc32_u64(b, load64(p + STREAM_BYTES + i));
			c = _mm_crc32_u64(c, load64(p + 2 * STREAM_BYTES + i));
		}
		a = shift_over_stream((uint32) a) ^ b;
		a = shift_over_stream((uint32) a) ^ c;
	}
	for (; len >= 8; p += 8, len -= 8)
		a = _mm_crc32_u64(a, load64(p));
	for (; len > 0; p++, len--)
		a = _mm_crc32_u8((uint32) a, *p);
	return (pg_crc32c) a;
}

pg_crc32c (*pg_comp_crc32c)(pg_crc32c crc, const void *data, size_t len) = crc32c_by_table;

/* Before main(): tools that never start a server use CRCs too. */
__attribute__((constructor)) static void
crc32c_choose(void)
{
	make_slices();
	make_stream_shift();
	if (__builtin_cpu_supports("sse4.2"))
		pg_comp_crc32c = crc32c_by_instruction;
}
