/*
 * row_hash.c
 *    A chained hash table of rows; doubles when there is more than one row per bucket.
 */
#include "postgres.h"

#include "execute/row_hash.h"
#include "utils/memutils.h"

RowHash *
row_hash_create(TupleDesc desc, int nkeys, const AttrNumber *key_attnos, const Oid *eqops, const Oid *collations,
				Size extra, double expected, MemoryContext parent)
{
	MemoryContext cxt = AllocSetContextCreate(parent, "RowHash", ALLOCSET_DEFAULT_SIZES);
	RowHash *rh = MemoryContextAllocZero(cxt, sizeof(RowHash));
	uint32 size = 64;

	rh->cxt = cxt;
	rh->rows_cxt = GenerationContextCreate(cxt, "RowHash rows", ALLOCSET_DEFAULT_SIZES);
	row_layout_init(&rh->layout, desc, cxt);
	rh->extra = extra;
	rh->nkeys = nkeys;
	rh->key_cols = MemoryContextAlloc(cxt, sizeof(int) * Max(nkeys, 1));
	rh->hashes = MemoryContextAllocZero(cxt, sizeof(KeyHash) * Max(nkeys, 1));
	rh->equals = MemoryContextAllocZero(cxt, sizeof(KeyEqual) * Max(nkeys, 1));
	for (int i = 0; i < nkeys; i++)
	{
		rh->key_cols[i] = key_attnos[i] - 1;
		if (!key_hash_init_op(&rh->hashes[i], NULL, eqops[i], collations[i], cxt))
			elog(ERROR, "could not find hash function for hash operator %u", eqops[i]);
		key_equal_init(&rh->equals[i], eqops[i], collations[i], cxt);
	}
	while (size < expected && size < (1 << 20))
		size *= 2;
	rh->buckets = MemoryContextAllocExtended(cxt, size * sizeof(Row *), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	rh->mask = size - 1;
	return rh;
}

void
row_hash_reset(RowHash *rh)
{
	memset(rh->buckets, 0, ((Size) rh->mask + 1) * sizeof(Row *));
	MemoryContextReset(rh->rows_cxt);
	rh->count = 0;
	rh->used = 0;
}

void
row_hash_destroy(RowHash *rh)
{
	MemoryContextDelete(rh->cxt);
}

uint32
row_hash_value(RowHash *rh, const Datum *keys, const bool *nulls)
{
	uint32 h = 0;

	for (int i = 0; i < rh->nkeys; i++)
		h = key_combine(h, nulls[i] ? 0 : key_hash(&rh->hashes[i], keys[i]));
	return key_mix64(h);
}

Row *
row_hash_lookup(RowHash *rh, uint32 hash, const Datum *keys, const bool *nulls)
{
	for (Row *row = rh->buckets[hash & rh->mask]; row != NULL; row = row->next)
	{
		bool *flags;
		int i;

		if (row->hash != hash)
			continue;
		flags = row_nulls(&rh->layout, row);
		for (i = 0; i < rh->nkeys; i++)
		{
			int c = rh->key_cols[i];

			if (nulls[i] != flags[c] || (!nulls[i] && !key_equal(&rh->equals[i], keys[i], row->values[c])))
				break;
		}
		if (i == rh->nkeys)
			return row;
	}
	return NULL;
}

static void
row_hash_grow(RowHash *rh)
{
	uint32 size = (rh->mask + 1) * 2;
	Row **buckets = MemoryContextAllocExtended(rh->cxt, (Size) size * sizeof(Row *), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (uint32 b = 0; b <= rh->mask; b++)
	{
		Row *row = rh->buckets[b];

		while (row != NULL)
		{
			Row *next = row->next;

			row->next = buckets[row->hash & (size - 1)];
			buckets[row->hash & (size - 1)] = row;
			row = next;
		}
	}
	pfree(rh->buckets);
	rh->buckets = buckets;
	rh->mask = size - 1;
}

static Row *
row_hash_link(RowHash *rh, Row *row, uint32 hash)
{
	if (rh->count > rh->mask && rh->mask < (1u << 30))
		row_hash_grow(rh);
	row->hash = hash;
	row->next = rh->buckets[hash & rh->mask];
	rh->buckets[hash & rh->mask] = row;
	rh->count++;
	rh->used += row->size + 2 * sizeof(Row *);
	return row;
}

Row *
row_hash_insert_batch(RowHash *rh, uint32 hash, const Batch *batch, int pos)
{
	MemoryContext old = MemoryContextSwitchTo(rh->rows_cxt);
	Row *row = row_from_batch(&rh->layout, batch, pos, rh->extra);

	MemoryContextSwitchTo(old);
	return row_hash_link(rh, row, hash);
}

Row *
row_hash_insert_values(RowHash *rh, uint32 hash, const Datum *values, const bool *nulls)
{
	MemoryContext old = MemoryContextSwitchTo(rh->rows_cxt);
	Row *row = row_from_values(&rh->layout, values, nulls, rh->extra);

	MemoryContextSwitchTo(old);
	return row_hash_link(rh, row, hash);
}

void
row_hash_scan_start(RowHash *rh, RowHashScan *scan)
{
	scan->bucket = 0;
	scan->next = NULL;
}

Row *
row_hash_scan_next(RowHash *rh, RowHashScan *scan)
{
	Row *row = scan->next;

	while (row == NULL)
	{
		if (scan->bucket > rh->mask)
			return NULL;
		row = rh->buckets[scan->bucket++];
	}
	scan->next = row->next;
	return row;
}
