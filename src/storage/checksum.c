/*
 * checksum.c
 *    The page checksum.
 *
 * The page is taken as 64 rows of 32 four-byte words. Each of the 32 columns has a running FNV-1a-like sum with a start value of its
 * own, so that the columns are independent and the compiler can do eight of them in one instruction:
 *    t = sum ^ word;  sum = t * 16777619 ^ (t >> 17)
 * Two rows of zeroes follow, to mix the last words; the columns are xored, the block number is xored in, and the result is brought
 * into 1 .. 65535. While it is computed pd_checksum counts as 0. The start values and the formula are a published format: files
 * of the two systems can be checked with the same tools.
 */
#include "postgres.h"
#include "storage/bufpage.h"
#include "storage/checksum.h"

#define COLUMNS 32
#define ROWS (BLCKSZ / (COLUMNS * sizeof(uint32)))
#define FNV_PRIME 16777619

static const uint32 column_start[COLUMNS] = {
	0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
	0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
	0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
	0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
};

static inline void
mix_row(uint32 *sums, const uint32 *row)
{
	for (int col = 0; col < COLUMNS; col++)
	{
		uint32 t = sums[col] ^ row[col];

		sums[col] = t * FNV_PRIME ^ (t >> 17);
	}
}

/* The page's words as they are; pd_checksum is the caller's business. */
__attribute__((target_clones("avx2", "default"), optimize("O3"))) static uint32
sum_of_page(const char *page, const uint32 *first_row)
{
	static const uint32 zeroes[COLUMNS];
	uint32 sums[COLUMNS];
	uint32 result = 0;

	memcpy(sums, column_start, sizeof(sums));
	mix_row(sums, first_row);
	for (Size row = 1; row < ROWS; row++)
		mix_row(sums, (const uint32 *) (page + row * COLUMNS * sizeof(uint32)));
	mix_row(sums, zeroes);
	mix_row(sums, zeroes);
	for (int col = 0; col < COLUMNS; col++)
		result ^= sums[col];
	return result;
}

uint16
pg_checksum_page(char *page, BlockNumber blkno)
{
	union
	{
		uint32 words[COLUMNS];
		PageHeaderData header;
	} first;

	Assert(!PageIsNew(page));
	/* The page may be shared memory that others read: the first row is copied, pd_checksum left out there. */
	memcpy(&first, page, sizeof(first.words));
	first.header.pd_checksum = 0;
	return (uint16) ((sum_of_page(page, first.words) ^ blkno) % 65535 + 1);
}
