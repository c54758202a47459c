/*
 * bitmapset.c
 *    Sets of small non-negative integers (nodes/bitmapset.h).
 *
 * Words beyond nwords are zero; trailing words may be zero too, so no function relies on the last word.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "nodes/bitmapset.h"
#include "nodes/pg_list.h"
#include "port/pg_bitutils.h"

#define WORD_OF(x) ((x) / BITS_PER_BITMAPWORD)
#define BIT_OF(x) ((bitmapword) 1 << ((x) % BITS_PER_BITMAPWORD))
#define SIZE_OF(nwords) (offsetof(Bitmapset, words) + (nwords) * sizeof(bitmapword))

static inline bitmapword
word_at(const Bitmapset *a, int i)
{
	return (a && i < a->nwords) ? a->words[i] : 0;
}

static inline int
nwords_of(const Bitmapset *a)
{
	return a ? a->nwords : 0;
}

static Bitmapset *
make_empty(int nwords)
{
	Bitmapset *set = palloc0(SIZE_OF(nwords));

	set->nwords = nwords;
	return set;
}

static Bitmapset *
grow(Bitmapset *a, int nwords)
{
	if (a == NULL)
		return make_empty(nwords);
	if (nwords > a->nwords)
	{
		a = repalloc(a, SIZE_OF(nwords));
		memset(&a->words[a->nwords], 0, (nwords - a->nwords) * sizeof(bitmapword));
		a->nwords = nwords;
	}
	return a;
}

static void
reject_negative(int x)
{
	if (unlikely(x < 0))
		elog(ERROR, "negative bitmapset member not allowed");
}

Bitmapset *
bms_copy(const Bitmapset *a)
{
	if (a == NULL)
		return NULL;
	return memcpy(palloc(SIZE_OF(a->nwords)), a, SIZE_OF(a->nwords));
}

void
bms_free(Bitmapset *a)
{
	if (a)
		pfree(a);
}

Bitmapset *
bms_make_singleton(int x)
{
	return bms_add_member(NULL, x);
}

/* ---- comparing ------------------------------------------------------------------------------------------------- */
bool
bms_equal(const Bitmapset *a, const Bitmapset *b)
{
	return bms_compare(a, b) == 0;
}

/* A total order: by the largest member in which they differ. */
int
bms_compare(const Bitmapset *a, const Bitmapset *b)
{
	for (int i = Max(nwords_of(a), nwords_of(b)) - 1; i >= 0; i--)
		if (word_at(a, i) != word_at(b, i))
			return word_at(a, i) > word_at(b, i) ? 1 : -1;
	return 0;
}

bool
bms_is_subset(const Bitmapset *a, const Bitmapset *b)
{
	return !bms_nonempty_difference(a, b);
}

BMS_Comparison
bms_subset_compare(const Bitmapset *a, const Bitmapset *b)
{
	bool a_in_b = bms_is_subset(a, b);
	bool b_in_a = bms_is_subset(b, a);

	if (a_in_b && b_in_a)
		return BMS_EQUAL;
	return a_in_b ? BMS_SUBSET1 : b_in_a ? BMS_SUBSET2 : BMS_DIFFERENT;
}

bool
bms_overlap(const Bitmapset *a, const Bitmapset *b)
{
	for (int i = Min(nwords_of(a), nwords_of(b)) - 1; i >= 0; i--)
		if (a->words[i] & b->words[i])
			return true;
	return false;
}

bool
bms_overlap_list(const Bitmapset *a, const List *b)
{
	ListCell *lc;

	foreach (lc, b)
		if (bms_is_member(lfirst_int(lc), a))
			return true;
	return false;
}

bool
bms_nonempty_difference(const Bitmapset *a, const Bitmapset *b)
{
	for (int i = 0; i < nwords_of(a); i++)
		if (a->words[i] & ~word_at(b, i))
			return true;
	return false;
}

bool
bms_is_empty(const Bitmapset *a)
{
	for (int i = 0; i < nwords_of(a); i++)
		if (a->words[i] != 0)
			return false;
	return true;
}

/* ---- members ----------------------------------------------------------------------------------------------------- */
bool
bms_is_member(int x, const Bitmapset *a)
{
	reject_negative(x);
	return (word_at(a, WORD_OF(x)) & BIT_OF(x)) != 0;
}

int
bms_member_index(Bitmapset *a, int x)
{
	int count = 0;

	if (!bms_is_member(x, a))
		return -1;
	for (int i = 0; i < WORD_OF(x); i++)
		count += pg_popcount64(a->words[i]);
	return count + pg_popcount64(a->words[WORD_OF(x)] & (BIT_OF(x) - 1));
}

int
bms_num_members(const Bitmapset *a)
{
	int count = 0;

	for (int i = 0; i < nwords_of(a); i++)
		count += pg_popcount64(a->words[i]);
	return count;
}

BMS_Membership
bms_membership(const Bitmapset *a)
{
	int count = bms_num_members(a);

	return count == 0 ? BMS_EMPTY_SET : count == 1 ? BMS_SINGLETON : BMS_MULTIPLE;
}

bool
bms_get_singleton_member(const Bitmapset *a, int *member)
{
	if (bms_membership(a) != BMS_SINGLETON)
		return false;
	*member = bms_next_member(a, -1);
	return true;
}

int
bms_singleton_member(const Bitmapset *a)
{
	int member;

	if (!bms_get_singleton_member(a, &member))
		elog(ERROR, bms_is_empty(a) ? "bitmapset is empty" : "bitmapset has multiple members");
	return member;
}

int
bms_next_member(const Bitmapset *a, int prevbit)
{
	int x = prevbit + 1;
	bitmapword mask = ~(bitmapword) 0 << (x % BITS_PER_BITMAPWORD);

	for (int i = WORD_OF(x); i < nwords_of(a); i++, mask = ~(bitmapword) 0)
		if (a->words[i] & mask)
			return i * BITS_PER_BITMAPWORD + pg_rightmost_one_pos64(a->words[i] & mask);
	return -2;
}

int
bms_prev_member(const Bitmapset *a, int prevbit)
{
	int x = prevbit == -1 ? nwords_of(a) * BITS_PER_BITMAPWORD : prevbit;

	if (a == NULL)
		return -2;
	/* members below x */
	for (int i = WORD_OF(x - 1); x > 0 && i >= 0; i--)
	{
		int above = x - i * BITS_PER_BITMAPWORD;
		bitmapword mask = above >= BITS_PER_BITMAPWORD ? ~(bitmapword) 0 : ((bitmapword) 1 << above) - 1;

		if (a->words[i] & mask)
			return i * BITS_PER_BITMAPWORD + pg_leftmost_one_pos64(a->words[i] & mask);
	}
	return -2;
}

/* ---- fresh sets ----------------------------------------------------------------------------------------------------- */
Bitmapset *
bms_union(const Bitmapset *a, const Bitmapset *b)
{
	return bms_add_members(bms_copy(a), b);
}

static Bitmapset *
null_if_empty(Bitmapset *a)
{
	if (a && bms_is_empty(a))
	{
		pfree(a);
		return NULL;
	}
	return a;
}

Bitmapset *
bms_intersect(const Bitmapset *a, const Bitmapset *b)
{
	if (a == NULL || b == NULL)
		return NULL;
	return null_if_empty(bms_int_members(bms_copy(a), b));
}

Bitmapset *
bms_difference(const Bitmapset *a, const Bitmapset *b)
{
	return null_if_empty(bms_del_members(bms_copy(a), b));
}

/* ---- changing the first argument --------------------------------------------------------------------------------------- */
Bitmapset *
bms_add_member(Bitmapset *a, int x)
{
	reject_negative(x);
	a = grow(a, WORD_OF(x) + 1);
	a->words[WORD_OF(x)] |= BIT_OF(x);
	return a;
}

Bitmapset *
bms_del_member(Bitmapset *a, int x)
{
	reject_negative(x);
	if (a && WORD_OF(x) < a->nwords)
		a->words[WORD_OF(x)] &= ~BIT_OF(x);
	return a;
}

Bitmapset *
bms_add_members(Bitmapset *a, const Bitmapset *b)
{
	if (b == NULL)
		return a;
	a = grow(a, b->nwords);
	for (int i = 0; i < b->nwords; i++)
		a->words[i] |= b->words[i];
	return a;
}

Bitmapset *
bms_add_range(Bitmapset *a, int lower, int upper)
{
	if (upper < lower)
		return a;
	reject_negative(lower);
	a = grow(a, WORD_OF(upper) + 1);
	for (int x = lower; x <= upper; x++)
	{
		if (x % BITS_PER_BITMAPWORD == 0 && upper - x >= BITS_PER_BITMAPWORD - 1)
		{
			a->words[WORD_OF(x)] = ~(bitmapword) 0;
			x += BITS_PER_BITMAPWORD - 1;
		}
		else
			a->words[WORD_OF(x)] |= BIT_OF(x);
	}
	return a;
}

Bitmapset *
bms_int_members(Bitmapset *a, const Bitmapset *b)
{
	for (int i = 0; i < nwords_of(a); i++)
		a->words[i] &= word_at(b, i);
	return a;
}

Bitmapset *
bms_del_members(Bitmapset *a, const Bitmapset *b)
{
	for (int i = 0; i < nwords_of(a); i++)
		a->words[i] &= ~word_at(b, i);
	return a;
}

Bitmapset *
bms_join(Bitmapset *a, Bitmapset *b)
{
	Bitmapset *result = bms_add_members(a, b);

	if (b && b != result)
		pfree(b);
	return result;
}

/* ---- as hash keys ---------------------------------------------------------------------------------------------------------- */
uint32
bms_hash_value(const Bitmapset *a)
{
	int used = nwords_of(a);

	while (used > 0 && a->words[used - 1] == 0)
		used--;
	return used == 0 ? 0 : hash_bytes((const unsigned char *) a->words, used * sizeof(bitmapword));
}

uint32
bitmap_hash(const void *key, Size keysize)
{
	Assert(keysize == sizeof(Bitmapset *));
	return bms_hash_value(*(Bitmapset *const *) key);
}

int
bitmap_match(const void *key1, const void *key2, Size keysize)
{
	Assert(keysize == sizeof(Bitmapset *));
	return !bms_equal(*(Bitmapset *const *) key1, *(Bitmapset *const *) key2);
}
