/*
 * bitutils.c
 *    Bit counts over buffers (port/pg_bitutils.h).
 */
#include "postgres.h"

#include "port/pg_bitutils.h"

uint64
pg_popcount(const char *buf, int bytes)
{
	uint64 count = 0;

	for (; bytes >= 8; buf += 8, bytes -= 8)
	{
		uint64 word;

		memcpy(&word, buf, 8);
		count += pg_popcount64(word);
	}
	for (; bytes > 0; buf++, bytes--)
		count += pg_popcount32((uint8) *buf);
	return count;
}
