/*
 * tidbitmap.c
 *    Sets of TIDs.
 *
 * A hash table from block number to a bitmap of offsets. When the set outgrows its memory, pages lose their bitmaps and become
 * lossy: all their tuples are candidates. (A lossy page still costs an entry; the limit is then doubled, which at worst is some
 * 80 bytes per page of the table.)
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "nodes/tidbitmap.h"
#include "port/pg_bitutils.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#define WORDS ((MaxHeapTuplesPerPage + 64) / 64 + 1)

typedef struct PageSet
{
	BlockNumber block; /* hash key */
	bool lossy;
	bool recheck;
	uint64 words[WORDS]; /* bit i: offset i + 1 */
} PageSet;

struct TIDBitmap
{
	MemoryContext context;
	HTAB *pages; /* NULL: at most one page, in `one` */
	PageSet one;
	int npages;
	int nlossy;
	int max_exact;
	PageSet **sorted; /* made by tbm_begin_iterate */
};

struct TBMIterator
{
	TIDBitmap *tbm;
	int next;
	TBMIterateResult result; /* followed by offsets */
	OffsetNumber offsets[WORDS * 64];
};

long
tbm_calculate_entries(double maxbytes)
{
	long n = (long) (maxbytes / (sizeof(PageSet) + 3 * sizeof(void *)));

	return Max(16, Min(n, INT32_MAX / 2));
}

TIDBitmap *
tbm_create(long maxbytes, void *dsa)
{
	TIDBitmap *tbm = palloc0_object(TIDBitmap);

	tbm->context = CurrentMemoryContext;
	tbm->max_exact = (int) tbm_calculate_entries((double) maxbytes);
	return tbm;
}

void
tbm_free(TIDBitmap *tbm)
{
	if (tbm->pages != NULL)
		hash_destroy(tbm->pages);
	if (tbm->sorted != NULL)
		pfree(tbm->sorted);
	pfree(tbm);
}

static void
make_table(TIDBitmap *tbm)
{
	HASHCTL ctl = {.keysize = sizeof(BlockNumber), .entrysize = sizeof(PageSet), .hcxt = tbm->context};

	tbm->pages = hash_create("TIDBitmap", 256, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	if (tbm->npages == 1)
	{
		PageSet *entry = hash_search(tbm->pages, &tbm->one.block, HASH_ENTER, NULL);

		*entry = tbm->one;
	}
}

static PageSet *
find_page(const TIDBitmap *tbm, BlockNumber block)
{
	if (tbm->pages == NULL)
		return tbm->npages == 1 && tbm->one.block == block ? (PageSet *) &tbm->one : NULL;
	return hash_search(tbm->pages, &block, HASH_FIND, NULL);
}

static PageSet *
get_page(TIDBitmap *tbm, BlockNumber block)
{
	PageSet *set;
	bool found;

	if (tbm->pages == NULL)
	{
		if (tbm->npages == 1 && tbm->one.block == block)
			return &tbm->one;
		if (tbm->npages == 0)
		{
			memset(&tbm->one, 0, sizeof(PageSet));
			tbm->one.block = block;
			tbm->npages = 1;
			return &tbm->one;
		}
		make_table(tbm);
	}
	set = hash_search(tbm->pages, &block, HASH_ENTER, &found);
	if (!found)
	{
		memset(set, 0, sizeof(PageSet));
		set->block = block;
		tbm->npages++;
	}
	return set;
}

static void
make_lossy(TIDBitmap *tbm, PageSet *set)
{
	if (!set->lossy)
		tbm->nlossy++;
	set->lossy = true;
	set->recheck = true;
}

/* Too many exact pages: half of them become lossy. */
static void
shrink(TIDBitmap *tbm)
{
	HASH_SEQ_STATUS seq;
	PageSet *set;

	hash_seq_init(&seq, tbm->pages);
	while ((set = hash_seq_search(&seq)) != NULL)
	{
		if (!set->lossy)
			make_lossy(tbm, set);
		if (tbm->npages - tbm->nlossy <= tbm->max_exact / 2)
		{
			hash_seq_term(&seq);
			return;
		}
	}
}

void
tbm_add_tuples(TIDBitmap *tbm, const ItemPointerData *tids, int ntids, bool recheck)
{
	PageSet *set = NULL;

	Assert(tbm->sorted == NULL);
	for (int i = 0; i < ntids; i++)
	{
		BlockNumber block = ItemPointerGetBlockNumber(&tids[i]);
		OffsetNumber off = ItemPointerGetOffsetNumber(&tids[i]);

		if (off < 1 || off > WORDS * 64)
			elog(ERROR, "tuple offset out of range: %u", off);
		if (set == NULL || set->block != block)
			set = get_page(tbm, block);
		set->words[(off - 1) / 64] |= UINT64CONST(1) << ((off - 1) % 64);
		set->recheck |= recheck;
		if (unlikely(tbm->npages - tbm->nlossy > tbm->max_exact))
			shrink(tbm);
	}
}

void
tbm_add_page(TIDBitmap *tbm, BlockNumber pageno)
{
	make_lossy(tbm, get_page(tbm, pageno));
}

/* Calls f for each page of the set. */
static void
for_each_page(const TIDBitmap *tbm, void (*f)(PageSet *set, void *arg), void *arg)
{
	HASH_SEQ_STATUS seq;
	PageSet *set;

	if (tbm->pages == NULL)
	{
		if (tbm->npages == 1)
			f((PageSet *) &tbm->one, arg);
		return;
	}
	hash_seq_init(&seq, tbm->pages);
	while ((set = hash_seq_search(&seq)) != NULL)
		f(set, arg);
}

static void
union_page(PageSet *from, void *arg)
{
	TIDBitmap *tbm = arg;
	PageSet *to = get_page(tbm, from->block);

	if (from->lossy)
		make_lossy(tbm, to);
	for (int i = 0; i < WORDS; i++)
		to->words[i] |= from->words[i];
	to->recheck |= from->recheck;
	if (tbm->npages - tbm->nlossy > tbm->max_exact)
		shrink(tbm);
}

void
tbm_union(TIDBitmap *a, const TIDBitmap *b)
{
	for_each_page(b, union_page, a);
}

typedef struct IntersectState
{
	TIDBitmap *a;
	const TIDBitmap *b;
	BlockNumber *gone;
	int ngone;
} IntersectState;

static void
intersect_page(PageSet *set, void *arg)
{
	IntersectState *state = arg;
	PageSet *other = find_page(state->b, set->block);
	bool any = false;

	if (other == NULL)
	{
		state->gone[state->ngone++] = set->block;
		return;
	}
	if (set->lossy && !other->lossy)
	{
		/* What b names exactly, to be tested against a's condition. */
		memcpy(set->words, other->words, sizeof(set->words));
		set->lossy = false;
		set->recheck = true;
		state->a->nlossy--;
	}
	else if (!set->lossy && !other->lossy)
		for (int i = 0; i < WORDS; i++)
			set->words[i] &= other->words[i];
	set->recheck |= other->recheck || other->lossy;
	for (int i = 0; i < WORDS; i++)
		any |= set->words[i] != 0;
	if (!any && !set->lossy)
		state->gone[state->ngone++] = set->block;
}

void
tbm_intersect(TIDBitmap *a, const TIDBitmap *b)
{
	IntersectState state = {.a = a, .b = b};

	if (a->npages == 0)
		return;
	state.gone = palloc_array(BlockNumber, a->npages);
	for_each_page(a, intersect_page, &state);
	for (int i = 0; i < state.ngone; i++)
	{
		PageSet *set = find_page(a, state.gone[i]);

		if (set->lossy)
			a->nlossy--;
		if (a->pages != NULL)
			hash_search(a->pages, &state.gone[i], HASH_REMOVE, NULL);
		a->npages--;
	}
	pfree(state.gone);
}

bool
tbm_is_empty(const TIDBitmap *tbm)
{
	return tbm->npages == 0;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */
static void
collect_page(PageSet *set, void *arg)
{
	PageSet ***next = arg;

	*(*next)++ = set;
}

static int
compare_blocks(const void *a, const void *b)
{
	BlockNumber x = (*(PageSet *const *) a)->block;
	BlockNumber y = (*(PageSet *const *) b)->block;

	return (x > y) - (x < y);
}

TBMIterator *
tbm_begin_iterate(TIDBitmap *tbm)
{
	TBMIterator *iterator = palloc_object(TBMIterator);

	iterator->tbm = tbm;
	iterator->next = 0;
	if (tbm->sorted == NULL)
	{
		PageSet **next;

		tbm->sorted = MemoryContextAllocHuge(tbm->context, Max(tbm->npages, 1) * sizeof(PageSet *));
		next = tbm->sorted;
		for_each_page(tbm, collect_page, &next);
		qsort(tbm->sorted, tbm->npages, sizeof(PageSet *), compare_blocks);
	}
	return iterator;
}

TBMIterateResult *
tbm_iterate(TBMIterator *iterator)
{
	TIDBitmap *tbm = iterator->tbm;
	TBMIterateResult *result = &iterator->result;
	PageSet *set;

	if (iterator->next >= tbm->npages)
		return NULL;
	set = tbm->sorted[iterator->next++];
	result->blockno = set->block;
	result->recheck = set->recheck;
	result->ntuples = -1;
	if (set->lossy)
		return result;
	result->ntuples = 0;
	for (int i = 0; i < WORDS; i++)
		for (uint64 word = set->words[i]; word != 0; word &= word - 1)
			result->offsets[result->ntuples++] = (OffsetNumber) (i * 64 + pg_rightmost_one_pos64(word) + 1);
	return result;
}

void
tbm_end_iterate(TBMIterator *iterator)
{
	pfree(iterator);
}
