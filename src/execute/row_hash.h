/*
 * execute/row_hash.h
 *    A hash table of rows by some of their columns: grouping, DISTINCT, set operations, IN (SELECT ...).
 *
 * NULLs are equal to each other. Rows live in the table's context together with `extra` bytes for the owner.
 */
#ifndef EXECUTE_ROW_HASH_H
#define EXECUTE_ROW_HASH_H

#include "execute/key.h"
#include "execute/row.h"

typedef struct RowHash
{
	RowLayout layout;
	Size extra;
	int nkeys;
	int *key_cols;		/* 0-based columns of the row */
	KeyHash *hashes;	/* of the probing side */
	KeyHash *row_hashes; /* of stored rows, when the probing side has other types; NULL: same */
	KeyEqual *equals;	/* probing value, stored value */
	MemoryContext cxt;	/* of everything */
	MemoryContext rows_cxt;
	Row **buckets;
	uint32 mask;
	int64 count;
	Size used;			/* bytes of rows, roughly */
} RowHash;

/* eqops: equality operators, one per key. cross: probing values are left operands of cross-type operators. */
extern RowHash *row_hash_create(TupleDesc desc, int nkeys, const AttrNumber *key_attnos, const Oid *eqops,
								const Oid *collations, Size extra, double expected, MemoryContext parent);
extern void row_hash_reset(RowHash *rh);
extern void row_hash_destroy(RowHash *rh);

extern uint32 row_hash_value(RowHash *rh, const Datum *keys, const bool *nulls);
/* The row with these key values, or NULL. */
extern Row *row_hash_lookup(RowHash *rh, uint32 hash, const Datum *keys, const bool *nulls);
/* Insert a row made of a batch position; the caller has seen to it that there is none yet. */
extern Row *row_hash_insert_batch(RowHash *rh, uint32 hash, const Batch *batch, int pos);
extern Row *row_hash_insert_values(RowHash *rh, uint32 hash, const Datum *values, const bool *nulls);

/* Iteration in no order; inserting meanwhile is not allowed. */
typedef struct RowHashScan
{
	uint32 bucket;
	Row *next;
} RowHashScan;
extern void row_hash_scan_start(RowHash *rh, RowHashScan *scan);
extern Row *row_hash_scan_next(RowHash *rh, RowHashScan *scan);

#endif /* EXECUTE_ROW_HASH_H */
