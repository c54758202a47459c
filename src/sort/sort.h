/*
 * sort/sort.h
 *    Shared by the files of sort/.
 */
#ifndef SORT_SORT_H
#define SORT_SORT_H

#include "utils/tuplesort.h"

struct BufFile;

typedef enum SortStatus
{
	SORT_COLLECTING,
	SORT_BOUNDED,
	SORT_IN_MEMORY,
	SORT_ON_DISK
} SortStatus;

typedef struct SortItem
{
	Datum key; /* first sort column, or its abbreviation */
	void *tuple; /* MinimalTuple, IndexTuple, or a by-reference datum; NULL for by-value datums */
	bool isnull;
} SortItem;

/* One sorted run in the file, being read. */
typedef struct SortRun
{
	int64 start; /* byte range in the file */
	int64 end;
	int64 next; /* where the buffer is filled from next */
	char *buffer;
	int buffer_size;
	int buffer_used; /* bytes in it */
	int buffer_pos;
	SortItem item; /* current first item */
	char *memory; /* holds the current item's tuple */
	Size memory_size;
} SortRun;

struct Tuplesortstate
{
	MemoryContext context;
	MemoryContext tuple_context; /* the tuples in memory */
	int sortopt;
	int64 allowed;
	SortStatus status;

	/* How entries are compared. */
	int nkeys;
	SortSupport keys; /* keys[0] is in SortItem.key */
	bool only_key;	  /* nothing else decides: equal first keys are equal entries */
	bool abbreviated; /* SortItem.key is an abbreviation */
	int (*compare_rest)(const SortItem *a, const SortItem *b, Tuplesortstate *state);
	/* Refills key and isnull of an item read from disk. */
	void (*load_key)(Tuplesortstate *state, SortItem *item);
	Size (*tuple_size)(Tuplesortstate *state, const SortItem *item);

	/* Rows */
	TupleDesc desc;
	/* Datums */
	Oid datum_type;
	bool datum_byval;
	int16 datum_len;
	/* Index entries */
	Relation heap;
	Relation index;
	bool enforce_unique;
	bool nulls_not_distinct;

	SortItem *items;
	int nitems;
	int items_size;
	int64 tuple_bytes;
	int64 total_put;
	int64 peak_memory;
	bool bounded;
	bool bound_unusable;
	bool used_bound;
	int64 bound;

	/* Reading */
	int position;
	bool at_end;
	int mark;
	bool mark_at_end;

	/* On disk */
	struct BufFile *file;
	int64 file_end;
	int64 disk_bytes;
	SortRun *runs;
	int nruns;
	int runs_size;
	int *merge_heap; /* indexes of runs, smallest first item on top */
	int merge_n;
	int returned_run; /* its item was returned last and must be replaced before the next; -1: none */
	int64 read_pos;	  /* random access: position in the single run */
	int64 mark_pos;
};

extern Tuplesortstate *sort_begin_common(int workMem, int sortopt);
extern void sort_put(Tuplesortstate *state, SortItem item, Size size);
extern bool sort_next(Tuplesortstate *state, bool forward, SortItem *item);

/* sort_items.c */
extern void sort_items(Tuplesortstate *state);

/* sort_tape.c */
extern void sort_dump_run(Tuplesortstate *state);
extern void sort_prepare_merge(Tuplesortstate *state);
extern bool sort_next_from_disk(Tuplesortstate *state, bool forward, SortItem *item);
extern void sort_disk_rewind(Tuplesortstate *state);
extern void sort_disk_mark(Tuplesortstate *state);
extern void sort_disk_restore(Tuplesortstate *state);
extern void sort_disk_close(Tuplesortstate *state);

static inline int
sort_compare(Tuplesortstate *state, const SortItem *a, const SortItem *b)
{
	int result = ApplySortComparator(a->key, a->isnull, b->key, b->isnull, &state->keys[0]);

	if (result != 0 || state->only_key)
		return result;
	return state->compare_rest(a, b, state);
}

#endif /* SORT_SORT_H */
