/*
 * execute/row.h
 *    Rows that nodes keep: one chunk of memory with Datums, null flags and the by-reference data they point to.
 */
#ifndef EXECUTE_ROW_H
#define EXECUTE_ROW_H

#include "execute/batch.h"
#include "storage/buffile.h"

/*
 * size covers everything. values[] begins right after the header; null flags follow, then data. In memory by-reference
 * Datums are pointers into the chunk; in a file they are offsets from its start.
 */
typedef struct Row
{
	struct Row *next;	/* for the owner's chains */
	uint32 hash;
	uint32 size;
	bool mark;			/* for the owner: matched, ... */
	Datum values[];
} Row;

typedef struct RowLayout
{
	int ncols;
	int16 *typlen;
	bool *typbyval;
	bool all_byval;
	Size head;			/* header, values and flags */
} RowLayout;

static inline bool *
row_nulls(const RowLayout *layout, Row *row)
{
	return (bool *) (row->values + layout->ncols);
}

extern void row_layout_init(RowLayout *layout, TupleDesc desc, MemoryContext cxt);
/* extra: room for the owner's use after the flags, maxaligned (row_extra). Allocated in CurrentMemoryContext. */
extern Row *row_from_batch(const RowLayout *layout, const Batch *batch, int pos, Size extra);
extern Row *row_from_values(const RowLayout *layout, const Datum *values, const bool *nulls, Size extra);
static inline void *
row_extra(const RowLayout *layout, Row *row)
{
	return (char *) row + layout->head;
}
extern void row_write(const RowLayout *layout, const Row *row, BufFile *file);
extern Row *row_read(const RowLayout *layout, BufFile *file); /* NULL at the end */

/*
 * A growing batch that owns its vectors and values: nodes that compact or join rows fill it and return it. By-reference
 * values are not copied by row_batch_add_row (they belong to a Row that stays); row_batch_add_copy copies into cxt.
 */
typedef struct RowBatch
{
	Batch batch;
	int capacity;
	MemoryContext cxt;	/* of the vectors */
} RowBatch;
extern void row_batch_init(RowBatch *rb, TupleDesc desc, MemoryContext cxt);
extern void row_batch_reserve(RowBatch *rb, int n); /* keeps contents */
static inline void
row_batch_clear(RowBatch *rb)
{
	rb->batch.sel = (Selection){0, 0, NULL};
}
extern void row_batch_add_row(RowBatch *rb, const RowLayout *layout, Row *row);
extern void row_batch_add_values(RowBatch *rb, const Datum *values, const bool *nulls);
extern void row_batch_add_copy(RowBatch *rb, const RowLayout *layout, const Batch *src, int pos, MemoryContext cxt);

#endif /* EXECUTE_ROW_H */
