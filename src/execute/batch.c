/*
 * batch.c
 *    Batches: slices, single rows.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "execute/batch.h"

void
batch_slice(Batch *view, const Batch *batch, int first, int count, RowPos *scratch)
{
	*view = *batch;
	Assert(first + count <= batch->sel.n);
	view->sel.n = count;
	if (batch->sel.rows != NULL)
		view->sel.rows = batch->sel.rows + first;
	else if (first > 0)
	{
		for (int i = 0; i < count; i++)
			scratch[i] = (RowPos) (first + i);
		view->sel.rows = scratch;
	}
}

void
batch_get_row(const Batch *batch, int pos, Datum *values, bool *nulls)
{
	for (int i = 0; i < batch->ncols; i++)
	{
		nulls[i] = vector_isnull(&batch->cols[i], pos);
		values[i] = nulls[i] ? (Datum) 0 : vector_value(&batch->cols[i], pos);
	}
}

HeapTuple
batch_form_tuple(const Batch *batch, int pos, TupleDesc desc)
{
	Datum values[64];
	bool nulls[64];
	Datum *v = values;
	bool *n = nulls;
	HeapTuple tup;

	Assert(desc->natts <= batch->ncols);
	if (batch->ncols > (int) lengthof(values))
	{
		v = palloc_array(Datum, batch->ncols);
		n = palloc_array(bool, batch->ncols);
	}
	batch_get_row(batch, pos, v, n);
	tup = heap_form_tuple(desc, v, n);
	if (v != values)
	{
		pfree(v);
		pfree(n);
	}
	return tup;
}
