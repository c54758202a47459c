/*
 * sort_tape.c
 *    Sorts that do not fit in memory: sorted runs in one temporary file, and their merge.
 *
 * In the file an entry is {length of the tuple: uint32, the tuple or datum, length again}: the trailing length lets a finished
 * sort be read backwards. A null datum is stored with length 0xFFFFFFFF. Runs lie one behind the other; merging more of them than
 * memory has buffers for takes several passes, each appending longer runs. The last pass is made while the result is
 * read, unless random access was asked for.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "sort/sort.h"
#include "storage/buffile.h"
#include "utils/memutils.h"

#define RUN_BUFFER_MIN (32 * 1024)
#define RUN_BUFFER_MAX (1024 * 1024)
#define NULL_LENGTH UINT32_MAX
#define SEGMENT ((int64) 1 << 30)

static void
file_seek(Tuplesortstate *state, int64 pos)
{
	if (BufFileSeek(state->file, (int) (pos / SEGMENT), (off_t) (pos % SEGMENT), SEEK_SET) != 0)
		elog(ERROR, "could not seek to offset %lld of temporary file", (long long) pos);
}

static void
file_append(Tuplesortstate *state, const void *data, Size len)
{
	BufFileWrite(state->file, data, len);
	state->file_end += (int64) len;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------- */
static void
write_item(Tuplesortstate *state, const SortItem *item)
{
	uint32 len;

	if (item->tuple == NULL)
	{
		/* A by-value datum, or a null one. */
		len = item->isnull ? NULL_LENGTH : sizeof(Datum);
		file_append(state, &len, sizeof(len));
		if (!item->isnull)
			file_append(state, &item->key, sizeof(Datum));
	}
	else
	{
		len = (uint32) state->tuple_size(state, item);
		file_append(state, &len, sizeof(len));
		file_append(state, item->tuple, len);
	}
	file_append(state, &len, sizeof(len));
}

static SortRun *
new_run(Tuplesortstate *state)
{
	SortRun *run;

	if (state->runs == NULL)
	{
		state->runs_size = 16;
		state->runs = MemoryContextAllocZero(state->context, state->runs_size * sizeof(SortRun));
	}
	else if (state->nruns == state->runs_size)
	{
		state->runs = repalloc(state->runs, state->runs_size * 2 * sizeof(SortRun));
		memset(state->runs + state->runs_size, 0, state->runs_size * sizeof(SortRun));
		state->runs_size *= 2;
	}
	run = &state->runs[state->nruns++];
	memset(run, 0, sizeof(*run));
	run->start = state->file_end;
	return run;
}

/* Sorts what is in memory and writes it out. */
void
sort_dump_run(Tuplesortstate *state)
{
	SortRun *run;

	state->peak_memory = Max(state->peak_memory, state->tuple_bytes);
	sort_items(state);
	if (state->file == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(state->context);

		state->file = BufFileCreateTemp(false);
		MemoryContextSwitchTo(old);
	}
	run = new_run(state);
	for (int i = 0; i < state->nitems; i++)
		write_item(state, &state->items[i]);
	run->end = state->file_end;
	state->disk_bytes = Max(state->disk_bytes, state->file_end);
	state->nitems = 0;
	state->tuple_bytes = 0;
	MemoryContextReset(state->tuple_context);
}

/* ---- reading a run ------------------------------------------------------------------------------------------------------------ */
static void
run_open(Tuplesortstate *state, SortRun *run, int buffer_size)
{
	run->buffer = MemoryContextAlloc(state->context, buffer_size);
	run->buffer_size = buffer_size;
	run->buffer_used = run->buffer_pos = 0;
	run->next = run->start;
}

static void
run_close(SortRun *run)
{
	if (run->buffer != NULL)
		pfree(run->buffer);
	if (run->memory != NULL)
		pfree(run->memory);
	run->buffer = run->memory = NULL;
	run->memory_size = 0;
}

static void
run_read(Tuplesortstate *state, SortRun *run, void *dest, Size len)
{
	char *out = dest;

	while (len > 0)
	{
		Size n;

		if (run->buffer_pos == run->buffer_used)
		{
			Size want = (Size) Min((int64) run->buffer_size, run->end - run->next);

			if (want == 0)
				elog(ERROR, "unexpected end of data in a sort run");
			file_seek(state, run->next);
			BufFileReadExact(state->file, run->buffer, want);
			run->next += (int64) want;
			run->buffer_used = (int) want;
			run->buffer_pos = 0;
		}
		n = Min(len, (Size) (run->buffer_used - run->buffer_pos));
		memcpy(out, run->buffer + run->buffer_pos, n);
		run->buffer_pos += (int) n;
		out += n;
		len -= n;
	}
}

static void
set_item(Tuplesortstate *state, SortItem *item, char *memory, uint32 len)
{
	if (len == NULL_LENGTH)
	{
		item->tuple = NULL;
		item->key = (Datum) 0;
		item->isnull = true;
	}
	else if (state->datum_type != InvalidOid && state->datum_byval)
	{
		item->tuple = NULL;
		memcpy(&item->key, memory, sizeof(Datum));
		item->isnull = false;
	}
	else
	{
		item->tuple = memory;
		state->load_key(state, item);
	}
}

static void
ensure_memory(Tuplesortstate *state, SortRun *run, Size len)
{
	if (run->memory_size >= len)
		return;
	if (run->memory != NULL)
		pfree(run->memory);
	run->memory_size = Max(len, 256);
	run->memory = MemoryContextAllocHuge(state->context, run->memory_size);
}

/* Loads the run's next item; false at its end. */
static bool
run_advance(Tuplesortstate *state, SortRun *run)
{
	uint32 len, trailer;

	if (run->buffer_pos == run->buffer_used && run->next >= run->end)
		return false;
	run_read(state, run, &len, sizeof(len));
	if (len != NULL_LENGTH)
	{
		ensure_memory(state, run, len);
		run_read(state, run, run->memory, len);
	}
	run_read(state, run, &trailer, sizeof(trailer));
	if (len != trailer)
		elog(ERROR, "bogus tuple length in a sort run");
	set_item(state, &run->item, run->memory, len);
	return true;
}

/* ---- merging ---------------------------------------------------------------------------------------------------------------------- */
static void
merge_sift_down(Tuplesortstate *state, int i)
{
	int *heap = state->merge_heap;
	int run = heap[i];

	for (;;)
	{
		int child = 2 * i + 1;

		if (child >= state->merge_n)
			break;
		if (child + 1 < state->merge_n &&
			sort_compare(state, &state->runs[heap[child + 1]].item, &state->runs[heap[child]].item) < 0)
			child++;
		if (sort_compare(state, &state->runs[run].item, &state->runs[heap[child]].item) <= 0)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = run;
}

static void
merge_begin(Tuplesortstate *state, int first, int count, int buffer_size)
{
	if (state->merge_heap != NULL)
		pfree(state->merge_heap);
	state->merge_heap = MemoryContextAlloc(state->context, count * sizeof(int));
	state->merge_n = 0;
	for (int i = first; i < first + count; i++)
	{
		run_open(state, &state->runs[i], buffer_size);
		if (run_advance(state, &state->runs[i]))
			state->merge_heap[state->merge_n++] = i;
	}
	for (int i = state->merge_n / 2 - 1; i >= 0; i--)
		merge_sift_down(state, i);
	state->returned_run = -1;
}

/* The smallest item of all runs; it stays valid until the next call. */
static bool
merge_next(Tuplesortstate *state, SortItem *item)
{
	if (state->returned_run >= 0)
	{
		if (!run_advance(state, &state->runs[state->returned_run]))
			state->merge_heap[0] = state->merge_heap[--state->merge_n];
		if (state->merge_n > 0)
			merge_sift_down(state, 0);
		state->returned_run = -1;
	}
	if (state->merge_n == 0)
		return false;
	state->returned_run = state->merge_heap[0];
	*item = state->runs[state->returned_run].item;
	return true;
}

static int
merge_buffer_size(Tuplesortstate *state, int count)
{
	int64 share = state->allowed / (count + 1);

	return (int) Max(RUN_BUFFER_MIN, Min(share, RUN_BUFFER_MAX));
}

/* Merges runs [first, first + count) into one new run at the file's end. */
static SortRun
merge_into_run(Tuplesortstate *state, int first, int count)
{
	SortRun result = {.start = state->file_end};
	MemoryContext old = MemoryContextSwitchTo(state->context);
	char *out;
	int out_size = RUN_BUFFER_MAX;
	int out_used = 0;
	int64 out_pos = state->file_end;
	SortItem item;

	/* Reading and writing take turns on one file: collect output in large pieces. */
	out = palloc(out_size);
	merge_begin(state, first, count, merge_buffer_size(state, count));
	for (;;)
	{
		bool more = merge_next(state, &item);
		uint32 len = 0;
		Size need = 0;
		const void *data = NULL;

		if (more)
		{
			if (item.tuple != NULL)
			{
				len = (uint32) state->tuple_size(state, &item);
				data = item.tuple;
			}
			else
			{
				len = item.isnull ? NULL_LENGTH : sizeof(Datum);
				data = &item.key;
			}
			need = 2 * sizeof(uint32) + (len == NULL_LENGTH ? 0 : len);
		}
		if (!more || out_used + need > (Size) out_size)
		{
			file_seek(state, out_pos);
			BufFileWrite(state->file, out, out_used);
			out_pos += out_used;
			out_used = 0;
			CHECK_FOR_INTERRUPTS();
		}
		if (!more)
			break;
		if (need > (Size) out_size)
		{
			out = repalloc_huge(out, need);
			out_size = (int) need;
		}
		memcpy(out + out_used, &len, sizeof(len));
		out_used += sizeof(len);
		if (len != NULL_LENGTH)
		{
			memcpy(out + out_used, data, len);
			out_used += (int) len;
		}
		memcpy(out + out_used, &len, sizeof(len));
		out_used += sizeof(len);
	}
	pfree(out);
	for (int i = first; i < first + count; i++)
		run_close(&state->runs[i]);
	state->file_end = out_pos;
	state->disk_bytes = Max(state->disk_bytes, state->file_end);
	result.end = out_pos;
	MemoryContextSwitchTo(old);
	return result;
}

void
sort_prepare_merge(Tuplesortstate *state)
{
	int fan_in = (int) Max(2, Min(500, state->allowed / RUN_BUFFER_MIN - 1));
	bool single = (state->sortopt & TUPLESORT_RANDOMACCESS) != 0;

	/* The array is not needed any more: its memory is for the buffers. */
	pfree(state->items);
	state->items_size = 16;
	state->items = MemoryContextAlloc(state->context, state->items_size * sizeof(SortItem));
	while (state->nruns > (single ? 1 : fan_in))
	{
		int merged = 0;

		for (int first = 0; first < state->nruns; first += fan_in)
		{
			int count = Min(fan_in, state->nruns - first);
			SortRun run = count > 1 ? merge_into_run(state, first, count) : state->runs[first];

			state->runs[merged++] = run;
		}
		state->nruns = merged;
	}
	if (single)
	{
		run_open(state, &state->runs[0], merge_buffer_size(state, 1));
		state->read_pos = state->runs[0].start;
	}
	else
		merge_begin(state, 0, state->nruns, merge_buffer_size(state, state->nruns));
}

/* ---- reading the result ------------------------------------------------------------------------------------------------------------- */
/* Makes bytes [pos, pos + len) available through the run's buffer. */
static void
read_at(Tuplesortstate *state, int64 pos, void *dest, Size len)
{
	SortRun *run = &state->runs[0];
	int64 buffered_from = run->next - run->buffer_used;

	if (run->buffer_used > 0 && pos >= buffered_from && pos + (int64) len <= run->next)
	{
		memcpy(dest, run->buffer + (pos - buffered_from), len);
		return;
	}
	if (len > (Size) run->buffer_size)
	{
		file_seek(state, pos);
		BufFileReadExact(state->file, dest, len);
		return;
	}
	run->buffer_used = (int) Min((int64) run->buffer_size, run->end - pos);
	file_seek(state, pos);
	BufFileReadExact(state->file, run->buffer, run->buffer_used);
	run->next = pos + run->buffer_used;
	memcpy(dest, run->buffer, len);
}

static void
load_at(Tuplesortstate *state, int64 pos, uint32 len, SortItem *item)
{
	SortRun *run = &state->runs[0];

	if (len != NULL_LENGTH)
	{
		ensure_memory(state, run, len);
		read_at(state, pos, run->memory, len);
	}
	set_item(state, item, run->memory, len);
}

static int64
stored_length(uint32 len)
{
	return (len == NULL_LENGTH ? 0 : (int64) len) + 2 * (int64) sizeof(uint32);
}

bool
sort_next_from_disk(Tuplesortstate *state, bool forward, SortItem *item)
{
	SortRun *run;
	uint32 len;

	if (!(state->sortopt & TUPLESORT_RANDOMACCESS))
	{
		Assert(forward);
		return merge_next(state, item);
	}
	run = &state->runs[0];
	if (forward)
	{
		if (state->read_pos >= run->end)
		{
			state->at_end = true;
			return false;
		}
		read_at(state, state->read_pos, &len, sizeof(len));
		load_at(state, state->read_pos + (int64) sizeof(len), len, item);
		state->read_pos += stored_length(len);
		return true;
	}
	if (state->at_end)
		state->at_end = false;
	else
	{
		/* Step over the item that was returned last. */
		if (state->read_pos <= run->start)
			return false;
		read_at(state, state->read_pos - (int64) sizeof(len), &len, sizeof(len));
		state->read_pos -= stored_length(len);
	}
	if (state->read_pos <= run->start)
		return false;
	read_at(state, state->read_pos - (int64) sizeof(len), &len, sizeof(len));
	load_at(state, state->read_pos - stored_length(len) + (int64) sizeof(len), len, item);
	return true;
}

void
sort_disk_rewind(Tuplesortstate *state)
{
	state->read_pos = state->runs[0].start;
}

void
sort_disk_mark(Tuplesortstate *state)
{
	state->mark_pos = state->read_pos;
}

void
sort_disk_restore(Tuplesortstate *state)
{
	state->read_pos = state->mark_pos;
}

void
sort_disk_close(Tuplesortstate *state)
{
	if (state->runs != NULL)
	{
		for (int i = 0; i < state->nruns; i++)
			run_close(&state->runs[i]);
		pfree(state->runs);
	}
	state->runs = NULL;
	state->nruns = 0;
	if (state->merge_heap != NULL)
		pfree(state->merge_heap);
	state->merge_heap = NULL;
	if (state->file != NULL)
		BufFileClose(state->file);
	state->file = NULL;
	state->file_end = 0;
}
