/*
 * execute/batch.h
 *    The unit of work of the executor: a batch of rows, stored as column vectors.
 *
 * A Vector is one column: Datums and null flags by position. mask is ANDed to a position before it is used as index:
 * 0 makes every position read entry 0 (a constant column), VECTOR_ALL reads the position itself. nulls may be NULL when
 * no value is null.
 *
 * A Batch names its live rows by a selection: sel[0..n-1] are positions in ascending order, or positions 0..n-1 when
 * sel is NULL. Every column that is not constant has at least `extent` entries; entries of positions outside of the
 * selection are garbage and must not be looked at.
 *
 * Ownership: a batch, its selection, vectors and pass-by-reference values belong to the node that returned it and are
 * valid until the next call on that node (exec_next, rescan or close). Who wants to keep something copies it.
 */
#ifndef EXECUTE_BATCH_H
#define EXECUTE_BATCH_H

#include "postgres.h"
#include "access/htup.h"
#include "access/tupdesc.h"

#define BATCH_MAX_ROWS 1024
#define VECTOR_ALL UINT32_MAX

typedef uint16 RowPos;

typedef struct Vector
{
	Datum *values;
	bool *nulls;	/* NULL: none is null */
	uint32 mask;
} Vector;

/* Which rows are to be looked at. rows == NULL: positions 0..n-1. */
typedef struct Selection
{
	int n;
	int extent;			/* above every position in it */
	const RowPos *rows;
} Selection;

typedef struct Batch
{
	Selection sel;
	int ncols;
	Vector *cols;
	HeapTuple tuples;	/* heap tuple of each position, when the rows come straight from a relation; else NULL */
	TupleDesc desc;		/* types of the columns; may be NULL inside of joins */
} Batch;

static inline Datum
vector_value(const Vector *v, int pos)
{
	return v->values[(uint32) pos & v->mask];
}
static inline bool
vector_isnull(const Vector *v, int pos)
{
	return v->nulls != NULL && v->nulls[(uint32) pos & v->mask];
}
static inline int
selection_pos(const Selection *s, int k)
{
	return s->rows ? s->rows[k] : k;
}

/* Run body once per selected position, with `int pos` set. */
#define SELECTION_FOREACH(s, pos, ...)                     \
	do                                                     \
	{                                                      \
		const RowPos *rows__ = (s)->rows;                  \
		const int n__ = (s)->n;                            \
		if (rows__ == NULL)                                \
			for (int pos = 0; pos < n__; pos++)            \
			{                                              \
				__VA_ARGS__;                               \
			}                                              \
		else                                               \
			for (int k__ = 0; k__ < n__; k__++)            \
			{                                              \
				const int pos = rows__[k__];               \
				__VA_ARGS__;                               \
			}                                              \
	} while (0)

/* Narrow a batch to rows first .. first+count-1 of its selection; *view shares everything with the batch. */
extern void batch_slice(Batch *view, const Batch *batch, int first, int count, RowPos *scratch);
/* Read one row (by position) into arrays of ncols entries. No copy of by-reference values. */
extern void batch_get_row(const Batch *batch, int pos, Datum *values, bool *nulls);
extern HeapTuple batch_form_tuple(const Batch *batch, int pos, TupleDesc desc);

#endif /* EXECUTE_BATCH_H */
