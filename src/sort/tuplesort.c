/*
 * tuplesort.c
 *    Sorting: collecting in memory, choosing the method, reading the result.
 *
 * An entry (SortItem) is the first key's value and a pointer to the rest. Entries that fit in workMem are sorted with a quicksort
 * specialised for the first key's kind. What does not fit is written out as sorted runs (sort_tape.c) that are merged. When only
 * the first N are wanted, a heap of N entries replaces all that.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "sort/sort.h"
#include "utils/memutils.h"

bool trace_sort = false;

Tuplesortstate *
sort_begin_common(int workMem, int sortopt)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "TupleSort main", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Tuplesortstate *state = palloc0_object(Tuplesortstate);

	state->context = context;
	state->tuple_context = GenerationContextCreate(context, "Caller tuples", ALLOCSET_DEFAULT_SIZES);
	state->sortopt = sortopt;
	state->allowed = Max((int64) workMem, 64) * INT64CONST(1024);
	state->status = SORT_COLLECTING;
	state->items_size = 1024;
	state->items = palloc_array(SortItem, state->items_size);
	MemoryContextSwitchTo(old);
	return state;
}

static inline int64
memory_used(const Tuplesortstate *state)
{
	return state->tuple_bytes + (int64) state->items_size * (int64) sizeof(SortItem);
}

/* ---- bounded: keep the N smallest in a heap whose top is the largest of them ------------------------------------------- */
static void
heap_sift_down(Tuplesortstate *state, SortItem *heap, int n, int i, SortItem item)
{
	for (;;)
	{
		int child = 2 * i + 1;

		if (child >= n)
			break;
		/* Reversed: the largest on top. */
		if (child + 1 < n && sort_compare(state, &heap[child + 1], &heap[child]) > 0)
			child++;
		if (sort_compare(state, &item, &heap[child]) >= 0)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = item;
}

static void
free_item(Tuplesortstate *state, SortItem *item)
{
	if (item->tuple == NULL)
		return;
	state->tuple_bytes -= (int64) GetMemoryChunkSpace(item->tuple);
	pfree(item->tuple);
	item->tuple = NULL;
}

static void
make_bounded_heap(Tuplesortstate *state)
{
	int n = (int) state->bound;

	for (int i = n / 2 - 1; i >= 0; i--)
		heap_sift_down(state, state->items, n, i, state->items[i]);
	for (int i = n; i < state->nitems; i++)
	{
		if (sort_compare(state, &state->items[i], &state->items[0]) >= 0)
			free_item(state, &state->items[i]);
		else
		{
			free_item(state, &state->items[0]);
			heap_sift_down(state, state->items, n, 0, state->items[i]);
		}
	}
	state->nitems = n;
	state->status = SORT_BOUNDED;
	state->used_bound = true;
}

/* ---- collecting ------------------------------------------------------------------------------------------------------------ */
static bool
grow_items(Tuplesortstate *state)
{
	int64 room = state->allowed - memory_used(state);
	int64 want = (int64) state->items_size * 2;

	if ((want - state->items_size) * (int64) sizeof(SortItem) > room)
		want = state->items_size + room / (int64) sizeof(SortItem);
	if (want < state->items_size + 16 || want > INT32_MAX)
		return false;
	state->items = repalloc_huge(state->items, want * sizeof(SortItem));
	state->items_size = (int) want;
	return true;
}

/* The item's tuple is the sort's already. size: what it takes in memory, 0 for by-value datums. */
void
sort_put(Tuplesortstate *state, SortItem item, Size size)
{
	state->tuple_bytes += (int64) size;
	state->total_put++;
	if (state->status == SORT_BOUNDED)
	{
		if (sort_compare(state, &item, &state->items[0]) >= 0)
			free_item(state, &item);
		else
		{
			free_item(state, &state->items[0]);
			heap_sift_down(state, state->items, state->nitems, 0, item);
		}
		return;
	}
	if (state->nitems == state->items_size && !grow_items(state))
	{
		/* The new item's tuple is in the context that a dump empties: it must go out with the others. */
		state->items = repalloc_huge(state->items, (state->items_size + 1) * sizeof(SortItem));
		state->items[state->nitems++] = item;
		sort_dump_run(state);
		return;
	}
	state->items[state->nitems++] = item;
	if (state->bounded && state->status == SORT_COLLECTING && state->runs == NULL &&
		((int64) state->nitems > state->bound * 2 ||
		 ((int64) state->nitems > state->bound && memory_used(state) > state->allowed)))
	{
		make_bounded_heap(state);
		return;
	}
	if (memory_used(state) > state->allowed && state->nitems > 1)
		sort_dump_run(state);
}

void
tuplesort_set_bound(Tuplesortstate *state, int64 bound)
{
	Assert(state->status == SORT_COLLECTING && state->nitems == 0);
	if (bound <= 0 || bound > INT32_MAX / 4 || state->bound_unusable)
		return;
	state->bounded = true;
	state->bound = bound;
	/* Losers are freed one by one: that takes an allocator that reuses memory. */
	MemoryContextDelete(state->tuple_context);
	state->tuple_context = AllocSetContextCreate(state->context, "Caller tuples", ALLOCSET_DEFAULT_SIZES);
}

bool
tuplesort_used_bound(Tuplesortstate *state)
{
	return state->used_bound;
}

/* ---- sorting ------------------------------------------------------------------------------------------------------------------ */
void
tuplesort_performsort(Tuplesortstate *state)
{
	MemoryContext old = MemoryContextSwitchTo(state->context);

	if (state->status == SORT_BOUNDED || state->runs == NULL)
	{
		sort_items(state);
		state->peak_memory = Max(state->peak_memory, memory_used(state));
		state->status = SORT_IN_MEMORY;
	}
	else
	{
		if (state->nitems > 0)
			sort_dump_run(state);
		sort_prepare_merge(state);
		state->status = SORT_ON_DISK;
	}
	state->position = 0;
	state->at_end = false;
	MemoryContextSwitchTo(old);
}

/* ---- reading --------------------------------------------------------------------------------------------------------------------- */
bool
sort_next(Tuplesortstate *state, bool forward, SortItem *item)
{
	if (state->status == SORT_ON_DISK)
		return sort_next_from_disk(state, forward, item);
	Assert(state->status == SORT_IN_MEMORY);
	if (forward)
	{
		if (state->position >= state->nitems)
		{
			if (state->bounded && state->position >= state->bound && !state->at_end && state->used_bound &&
				state->total_put > state->bound)
			{
				/* More was asked for than tuplesort_set_bound() promised. */
				elog(ERROR, "retrieved too many tuples in a bounded sort");
			}
			state->at_end = true;
			return false;
		}
		*item = state->items[state->position++];
		return true;
	}
	/* After the end the first step back gives the last one again. */
	if (state->at_end)
		state->at_end = false;
	else if (--state->position <= 0)
	{
		state->position = 0;
		return false;
	}
	if (state->position <= 0)
		return false;
	*item = state->items[state->position - 1];
	return true;
}

bool
tuplesort_skiptuples(Tuplesortstate *state, int64 ntuples, bool forward)
{
	SortItem item;

	Assert(forward);
	for (int64 i = 0; i < ntuples; i++)
		if (!sort_next(state, forward, &item))
			return false;
	return true;
}

void
tuplesort_rescan(Tuplesortstate *state)
{
	Assert(state->sortopt & TUPLESORT_RANDOMACCESS);
	state->position = 0;
	state->at_end = false;
	if (state->status == SORT_ON_DISK)
		sort_disk_rewind(state);
}

void
tuplesort_markpos(Tuplesortstate *state)
{
	state->mark = state->position;
	state->mark_at_end = state->at_end;
	if (state->status == SORT_ON_DISK)
		sort_disk_mark(state);
}

void
tuplesort_restorepos(Tuplesortstate *state)
{
	state->position = state->mark;
	state->at_end = state->mark_at_end;
	if (state->status == SORT_ON_DISK)
		sort_disk_restore(state);
}

void
tuplesort_reset(Tuplesortstate *state)
{
	sort_disk_close(state);
	MemoryContextReset(state->tuple_context);
	state->nitems = 0;
	state->tuple_bytes = 0;
	state->total_put = 0;
	state->used_bound = false;
	state->bounded = false;
	state->status = SORT_COLLECTING;
	state->position = 0;
}

void
tuplesort_end(Tuplesortstate *state)
{
	sort_disk_close(state);
	MemoryContextDelete(state->context);
}

/* ---- what EXPLAIN ANALYZE shows --------------------------------------------------------------------------------------------------- */
void
tuplesort_get_stats(Tuplesortstate *state, TuplesortInstrumentation *stats)
{
	bool disk = state->status == SORT_ON_DISK;

	stats->spaceType = disk ? SORT_SPACE_TYPE_DISK : SORT_SPACE_TYPE_MEMORY;
	stats->spaceUsed = ((disk ? state->disk_bytes : Max(state->peak_memory, memory_used(state))) + 1023) / 1024;
	if (state->status == SORT_ON_DISK)
		stats->sortMethod = state->sortopt & TUPLESORT_RANDOMACCESS ? SORT_TYPE_EXTERNAL_SORT : SORT_TYPE_EXTERNAL_MERGE;
	else if (state->status == SORT_IN_MEMORY)
		stats->sortMethod = state->used_bound ? SORT_TYPE_TOP_N_HEAPSORT : SORT_TYPE_QUICKSORT;
	else
		stats->sortMethod = SORT_TYPE_STILL_IN_PROGRESS;
}

const char *
tuplesort_method_name(TuplesortMethod m)
{
	switch (m)
	{
		case SORT_TYPE_TOP_N_HEAPSORT:
			return "top-N heapsort";
		case SORT_TYPE_QUICKSORT:
			return "quicksort";
		case SORT_TYPE_EXTERNAL_SORT:
			return "external sort";
		case SORT_TYPE_EXTERNAL_MERGE:
			return "external merge";
		default:
			return "still in progress";
	}
}

const char *
tuplesort_space_type_name(TuplesortSpaceType t)
{
	return t == SORT_SPACE_TYPE_DISK ? "Disk" : "Memory";
}
