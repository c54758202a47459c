/*
 * tuplestore.c
 *    A sequence of rows in memory, or in a temporary file when it outgrows its limit.
 *
 * Rows are minimal tuples. In memory they are an array; on overflow all rows are written to a file as
 * (length, tuple) records, and an array of file offsets takes the place of the array of tuples, so that reading backward
 * and skipping stay simple (12 bytes of memory per row on disk).
 *
 * A read pointer counts the rows it has passed: the current row is number passed - 1. After reading beyond the last row it is
 * at the end, and going backward then gives the last row.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "execute/batch.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

typedef struct ReadPointer
{
	int64 passed;
	bool at_end;
	MinimalTuple fetched;	/* row last read from the file */
} ReadPointer;

typedef struct FilePlace
{
	int fileno;
	off_t offset;
} FilePlace;

struct Tuplestorestate
{
	MemoryContext context;		/* of this struct and the arrays */
	MemoryContext rows_cxt;		/* of the tuples in memory */
	Size limit;
	Size used;
	bool inter_xact;
	TupleDesc desc;				/* of the first put; not ours */
	TupleDesc own_desc;
	int64 count;
	int64 capacity;
	MinimalTuple *rows;			/* NULL once on disk */
	BufFile *file;
	FilePlace *places;
	int npointers;
	int current;
	ReadPointer *pointers;
};

Tuplestorestate *
tuplestore_begin_heap(bool randomAccess, bool interXact, int maxKBytes)
{
	Tuplestorestate *ts = palloc0_object(Tuplestorestate);

	ts->context = CurrentMemoryContext;
	ts->rows_cxt = GenerationContextCreate(CurrentMemoryContext, "tuplestore tuples", ALLOCSET_DEFAULT_SIZES);
	ts->limit = (Size) maxKBytes * 1024;
	ts->inter_xact = interXact;
	ts->npointers = 1;
	ts->pointers = palloc0_object(ReadPointer);
	return ts;
}

void
tuplestore_set_eflags(Tuplestorestate *state, int eflags)
{
	/* All read pointers can do everything. */
}

static void
grow_arrays(Tuplestorestate *ts)
{
	int64 capacity = ts->capacity == 0 ? 64 : ts->capacity * 2;
	Size width = ts->file ? sizeof(FilePlace) : sizeof(MinimalTuple);
	void *array = ts->file ? (void *) ts->places : (void *) ts->rows;

	if (array == NULL)
		array = MemoryContextAllocHuge(ts->context, capacity * width);
	else
		array = repalloc_huge(array, capacity * width);
	if (ts->file)
		ts->places = array;
	else
		ts->rows = array;
	ts->capacity = capacity;
}

static void
write_row(Tuplestorestate *ts, int64 index, MinimalTuple tup)
{
	FilePlace *place = &ts->places[index];

	BufFileTell(ts->file, &place->fileno, &place->offset);
	BufFileWrite(ts->file, tup, tup->t_len);
}

static void
spill(Tuplestorestate *ts)
{
	/* The file must live as long as the store, whatever context is current. */
	MemoryContext old = MemoryContextSwitchTo(ts->context);

	ts->file = BufFileCreateTemp(ts->inter_xact);
	MemoryContextSwitchTo(old);
	ts->places = MemoryContextAllocHuge(ts->context, ts->capacity * sizeof(FilePlace));
	for (int64 i = 0; i < ts->count; i++)
		write_row(ts, i, ts->rows[i]);
	pfree(ts->rows);
	ts->rows = NULL;
	MemoryContextReset(ts->rows_cxt);
	ts->used = 0;
}

static void
remember_desc(Tuplestorestate *ts, TupleDesc desc)
{
	MemoryContext old;

	if (ts->desc == desc)
		return;
	ts->desc = desc;
	if (ts->own_desc != NULL)
		return;
	old = MemoryContextSwitchTo(ts->context);
	ts->own_desc = CreateTupleDescCopy(desc);
	MemoryContextSwitchTo(old);
}

static void
put_minimal(Tuplestorestate *ts, TupleDesc desc, const Datum *values, const bool *isnull)
{
	MemoryContext old;
	MinimalTuple tup;

	remember_desc(ts, desc);
	if (ts->count >= ts->capacity)
		grow_arrays(ts);
	old = MemoryContextSwitchTo(ts->rows_cxt);
	tup = heap_form_minimal_tuple(desc, values, isnull);
	MemoryContextSwitchTo(old);
	if (ts->file != NULL)
	{
		BufFileSeek(ts->file, 0, 0, SEEK_END);
		write_row(ts, ts->count++, tup);
		MemoryContextReset(ts->rows_cxt);
		return;
	}
	ts->rows[ts->count++] = tup;
	ts->used += tup->t_len + 32;
	if (ts->used > ts->limit)
		spill(ts);
}

void
tuplestore_putvalues(Tuplestorestate *state, TupleDesc tdesc, const Datum *values, const bool *isnull)
{
	put_minimal(state, tdesc, values, isnull);
}

void
tuplestore_puttuple(Tuplestorestate *state, HeapTuple tuple, TupleDesc tdesc)
{
	Datum *values = palloc_array(Datum, Max(tdesc->natts, 1));
	bool *nulls = palloc_array(bool, Max(tdesc->natts, 1));

	heap_deform_tuple(tuple, tdesc, values, nulls);
	put_minimal(state, tdesc, values, nulls);
	pfree(values);
	pfree(nulls);
}

void
tuplestore_putbatch(Tuplestorestate *state, const Batch *batch, TupleDesc tdesc)
{
	int natts = Max(batch->ncols, 1);
	Datum *values = palloc_array(Datum, natts);
	bool *nulls = palloc_array(bool, natts);

	for (int k = 0; k < batch->sel.n; k++)
	{
		batch_get_row(batch, selection_pos(&batch->sel, k), values, nulls);
		put_minimal(state, tdesc, values, nulls);
	}
	pfree(values);
	pfree(nulls);
}

/* ---- read pointers ---- */
int
tuplestore_alloc_read_pointer(Tuplestorestate *state, int eflags)
{
	state->pointers = repalloc_array(state->pointers, ReadPointer, state->npointers + 1);
	state->pointers[state->npointers] = state->pointers[0];
	state->pointers[state->npointers].fetched = NULL;
	return state->npointers++;
}

void
tuplestore_select_read_pointer(Tuplestorestate *state, int ptr)
{
	Assert(ptr >= 0 && ptr < state->npointers);
	state->current = ptr;
}

void
tuplestore_copy_read_pointer(Tuplestorestate *state, int srcptr, int destptr)
{
	state->pointers[destptr].passed = state->pointers[srcptr].passed;
	state->pointers[destptr].at_end = state->pointers[srcptr].at_end;
}

/* Move one row; gives its number, or -1. */
static int64
step(Tuplestorestate *ts, bool forward)
{
	ReadPointer *rp = &ts->pointers[ts->current];

	if (forward)
	{
		if (rp->passed < ts->count)
		{
			rp->at_end = false;
			return rp->passed++;
		}
		rp->at_end = true;
		return -1;
	}
	if (rp->at_end)
	{
		rp->at_end = false;
		return rp->passed - 1;
	}
	if (rp->passed > 0)
		rp->passed--;
	return rp->passed - 1;
}

static MinimalTuple
read_row(Tuplestorestate *ts, int64 index)
{
	ReadPointer *rp = &ts->pointers[ts->current];
	MinimalTuple tup;
	uint32 len;

	if (ts->file == NULL)
		return ts->rows[index];
	BufFileSeek(ts->file, ts->places[index].fileno, ts->places[index].offset, SEEK_SET);
	BufFileReadExact(ts->file, &len, sizeof(len));
	if (rp->fetched)
		pfree(rp->fetched);
	tup = MemoryContextAlloc(ts->context, len);
	tup->t_len = len;
	BufFileReadExact(ts->file, (char *) tup + sizeof(len), len - sizeof(len));
	rp->fetched = tup;
	return tup;
}

bool
tuplestore_getvalues(Tuplestorestate *state, bool forward, Datum *values, bool *isnull)
{
	int64 index = step(state, forward);

	if (index < 0)
		return false;
	heap_deform_minimal_tuple(read_row(state, index), state->own_desc, state->own_desc->natts, values, isnull);
	return true;
}

bool
tuplestore_advance(Tuplestorestate *state, bool forward)
{
	return step(state, forward) >= 0;
}

bool
tuplestore_skiptuples(Tuplestorestate *state, int64 ntuples, bool forward)
{
	while (ntuples-- > 0)
		if (step(state, forward) < 0)
			return false;
	return true;
}

bool
tuplestore_ateof(Tuplestorestate *state)
{
	return state->pointers[state->current].at_end;
}

void
tuplestore_rescan(Tuplestorestate *state)
{
	state->pointers[state->current].passed = 0;
	state->pointers[state->current].at_end = false;
}

int64
tuplestore_tuple_count(Tuplestorestate *state)
{
	return state->count;
}

bool
tuplestore_in_memory(Tuplestorestate *state)
{
	return state->file == NULL;
}

static void
free_contents(Tuplestorestate *ts)
{
	if (ts->file)
		BufFileClose(ts->file);
	if (ts->places)
		pfree(ts->places);
	if (ts->rows)
		pfree(ts->rows);
	ts->file = NULL;
	ts->places = NULL;
	ts->rows = NULL;
	ts->count = ts->capacity = 0;
	ts->used = 0;
	for (int i = 0; i < ts->npointers; i++)
	{
		if (ts->pointers[i].fetched)
			pfree(ts->pointers[i].fetched);
		memset(&ts->pointers[i], 0, sizeof(ReadPointer));
	}
}

void
tuplestore_clear(Tuplestorestate *state)
{
	free_contents(state);
	MemoryContextReset(state->rows_cxt);
}

void
tuplestore_end(Tuplestorestate *state)
{
	free_contents(state);
	MemoryContextDelete(state->rows_cxt);
	pfree(state->pointers);
	pfree(state);
}
