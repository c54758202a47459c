/*
 * row.c
 *    Rows that nodes keep, and batches that they fill row by row.
 */
#include "postgres.h"

#include "execute/row.h"
#include "utils/datum.h"
#include "utils/memutils.h"

void
row_layout_init(RowLayout *layout, TupleDesc desc, MemoryContext cxt)
{
	layout->ncols = desc->natts;
	layout->typlen = MemoryContextAlloc(cxt, sizeof(int16) * Max(desc->natts, 1));
	layout->typbyval = MemoryContextAlloc(cxt, sizeof(bool) * Max(desc->natts, 1));
	layout->all_byval = true;
	for (int i = 0; i < desc->natts; i++)
	{
		layout->typlen[i] = TupleDescAttr(desc, i)->attlen;
		layout->typbyval[i] = TupleDescAttr(desc, i)->attbyval;
		layout->all_byval &= layout->typbyval[i];
	}
	layout->head = MAXALIGN(sizeof(Row) + desc->natts * (sizeof(Datum) + sizeof(bool)));
}

/* values and nulls have been put into the row's arrays by `fill`; this lays out the by-reference data. */
static Row *
build_row(const RowLayout *layout, const Datum *values, const bool *nulls, Size extra)
{
	Size size = layout->head + MAXALIGN(extra);
	Size data = size;
	bool *flags;
	Row *row;

	if (!layout->all_byval)
		for (int i = 0; i < layout->ncols; i++)
			if (!nulls[i] && !layout->typbyval[i])
				size += MAXALIGN(datumGetSize(values[i], false, layout->typlen[i]));
	row = palloc(size);
	row->next = NULL;
	row->hash = 0;
	row->mark = false;
	row->size = (uint32) size;
	flags = row_nulls(layout, row);
	memcpy(row->values, values, layout->ncols * sizeof(Datum));
	memcpy(flags, nulls, layout->ncols * sizeof(bool));
	if (extra)
		memset(row_extra(layout, row), 0, extra);
	if (layout->all_byval)
		return row;
	for (int i = 0; i < layout->ncols; i++)
		if (!nulls[i] && !layout->typbyval[i])
		{
			Size len = datumGetSize(values[i], false, layout->typlen[i]);
			char *place = (char *) row + data;

			memcpy(place, DatumGetPointer(values[i]), len);
			row->values[i] = PointerGetDatum(place);
			data += MAXALIGN(len);
		}
	return row;
}

Row *
row_from_values(const RowLayout *layout, const Datum *values, const bool *nulls, Size extra)
{
	return build_row(layout, values, nulls, extra);
}

Row *
row_from_batch(const RowLayout *layout, const Batch *batch, int pos, Size extra)
{
	Datum values_buf[32];
	bool nulls_buf[32];
	Datum *values = values_buf;
	bool *nulls = nulls_buf;
	Row *row;

	Assert(batch->ncols == layout->ncols);
	if (layout->ncols > (int) lengthof(values_buf))
	{
		values = palloc_array(Datum, layout->ncols);
		nulls = palloc_array(bool, layout->ncols);
	}
	batch_get_row(batch, pos, values, nulls);
	row = build_row(layout, values, nulls, extra);
	if (values != values_buf)
	{
		pfree(values);
		pfree(nulls);
	}
	return row;
}

void
row_write(const RowLayout *layout, const Row *row, BufFile *file)
{
	uint32 size = row->size;

	BufFileWrite(file, &size, sizeof(size));
	if (layout->all_byval)
		BufFileWrite(file, row, size);
	else
	{
		Row *copy = palloc(size);
		bool *flags = row_nulls(layout, copy);

		memcpy(copy, row, size);
		for (int i = 0; i < layout->ncols; i++)
			if (!flags[i] && !layout->typbyval[i])
				copy->values[i] = (Datum) (DatumGetPointer(row->values[i]) - (const char *) row);
		BufFileWrite(file, copy, size);
		pfree(copy);
	}
}

Row *
row_read(const RowLayout *layout, BufFile *file)
{
	uint32 size;
	Row *row;

	if (BufFileReadMaybeEOF(file, &size, sizeof(size), true) == 0)
		return NULL;
	row = palloc(size);
	BufFileReadExact(file, row, size);
	if (!layout->all_byval)
	{
		bool *flags = row_nulls(layout, row);

		for (int i = 0; i < layout->ncols; i++)
			if (!flags[i] && !layout->typbyval[i])
				row->values[i] = PointerGetDatum((char *) row + row->values[i]);
	}
	return row;
}

/* ---- batches built row by row ---- */
void
row_batch_init(RowBatch *rb, TupleDesc desc, MemoryContext cxt)
{
	memset(rb, 0, sizeof(*rb));
	rb->cxt = cxt;
	rb->batch.ncols = desc->natts;
	rb->batch.desc = desc;
	rb->batch.cols = MemoryContextAllocZero(cxt, sizeof(Vector) * Max(desc->natts, 1));
}

void
row_batch_reserve(RowBatch *rb, int n)
{
	int capacity = n <= 4 ? 4 : (n <= 64 ? 64 : BATCH_MAX_ROWS);

	if (n <= rb->capacity)
		return;
	for (int i = 0; i < rb->batch.ncols; i++)
	{
		Vector *v = &rb->batch.cols[i];
		Datum *values = MemoryContextAlloc(rb->cxt, capacity * (sizeof(Datum) + sizeof(bool)));
		bool *nulls = (bool *) (values + capacity);

		if (v->values)
		{
			memcpy(values, v->values, rb->batch.sel.n * sizeof(Datum));
			memcpy(nulls, v->nulls, rb->batch.sel.n * sizeof(bool));
			pfree(v->values);
		}
		*v = (Vector){values, nulls, VECTOR_ALL};
	}
	rb->capacity = capacity;
}

static inline int
row_batch_next(RowBatch *rb)
{
	int at = rb->batch.sel.n;

	if (unlikely(at >= rb->capacity))
		row_batch_reserve(rb, at + 1);
	rb->batch.sel.n = rb->batch.sel.extent = at + 1;
	return at;
}

void
row_batch_add_row(RowBatch *rb, const RowLayout *layout, Row *row)
{
	int at = row_batch_next(rb);
	bool *nulls = row_nulls(layout, row);

	for (int i = 0; i < layout->ncols; i++)
	{
		rb->batch.cols[i].values[at] = row->values[i];
		rb->batch.cols[i].nulls[at] = nulls[i];
	}
}

void
row_batch_add_values(RowBatch *rb, const Datum *values, const bool *nulls)
{
	int at = row_batch_next(rb);

	for (int i = 0; i < rb->batch.ncols; i++)
	{
		rb->batch.cols[i].values[at] = values[i];
		rb->batch.cols[i].nulls[at] = nulls[i];
	}
}

void
row_batch_add_copy(RowBatch *rb, const RowLayout *layout, const Batch *src, int pos, MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(cxt);
	int at = row_batch_next(rb);

	for (int i = 0; i < layout->ncols; i++)
	{
		bool isnull = vector_isnull(&src->cols[i], pos);
		Datum d = isnull ? (Datum) 0 : vector_value(&src->cols[i], pos);

		if (!isnull && !layout->typbyval[i])
			d = datumCopy(d, false, layout->typlen[i]);
		rb->batch.cols[i].values[at] = d;
		rb->batch.cols[i].nulls[at] = isnull;
	}
	MemoryContextSwitchTo(old);
}
