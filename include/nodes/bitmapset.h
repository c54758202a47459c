/*
 * nodes/bitmapset.h
 *    Sets of non-negative integers. NULL is the empty set; a set may also be non-NULL and empty.
 *
 * bms_add_member, bms_del_member, bms_add_members, bms_int_members, bms_del_members, bms_join and bms_add_range recycle their
 * first argument (bms_join both); all others leave their arguments alone and return fresh sets.
 */
#ifndef BITMAPSET_H
#define BITMAPSET_H

#include "c.h"

struct List;

#define BITS_PER_BITMAPWORD 64
typedef uint64 bitmapword;
typedef int64 signedbitmapword;

typedef struct Bitmapset
{
	int nwords;
	bitmapword words[];
} Bitmapset;

typedef enum
{
	BMS_EQUAL,
	BMS_SUBSET1, /* the first is a proper subset */
	BMS_SUBSET2, /* the second is */
	BMS_DIFFERENT
} BMS_Comparison;

typedef enum
{
	BMS_EMPTY_SET,
	BMS_SINGLETON,
	BMS_MULTIPLE
} BMS_Membership;

extern Bitmapset *bms_copy(const Bitmapset *a);
extern bool bms_equal(const Bitmapset *a, const Bitmapset *b);
extern int bms_compare(const Bitmapset *a, const Bitmapset *b);
extern Bitmapset *bms_make_singleton(int x);
extern void bms_free(Bitmapset *a);
extern Bitmapset *bms_union(const Bitmapset *a, const Bitmapset *b);
extern Bitmapset *bms_intersect(const Bitmapset *a, const Bitmapset *b);
extern Bitmapset *bms_difference(const Bitmapset *a, const Bitmapset *b);
extern bool bms_is_subset(const Bitmapset *a, const Bitmapset *b);
extern BMS_Comparison bms_subset_compare(const Bitmapset *a, const Bitmapset *b);
extern bool bms_is_member(int x, const Bitmapset *a);
extern int bms_member_index(Bitmapset *a, int x); /* how many members are smaller; -1 if x is none */
extern bool bms_overlap(const Bitmapset *a, const Bitmapset *b);
extern bool bms_overlap_list(const Bitmapset *a, const struct List *b);
extern bool bms_nonempty_difference(const Bitmapset *a, const Bitmapset *b);
extern int bms_singleton_member(const Bitmapset *a); /* raises XX000 unless exactly one */
extern bool bms_get_singleton_member(const Bitmapset *a, int *member);
extern int bms_num_members(const Bitmapset *a);
extern BMS_Membership bms_membership(const Bitmapset *a);
extern bool bms_is_empty(const Bitmapset *a);
extern Bitmapset *bms_add_member(Bitmapset *a, int x);
extern Bitmapset *bms_del_member(Bitmapset *a, int x);
extern Bitmapset *bms_add_members(Bitmapset *a, const Bitmapset *b);
extern Bitmapset *bms_add_range(Bitmapset *a, int lower, int upper);
extern Bitmapset *bms_int_members(Bitmapset *a, const Bitmapset *b);
extern Bitmapset *bms_del_members(Bitmapset *a, const Bitmapset *b);
extern Bitmapset *bms_join(Bitmapset *a, Bitmapset *b);
/* Iterate: x = -1; while ((x = bms_next_member(set, x)) >= 0); backwards from -1 likewise. -2 at the end. */
extern int bms_next_member(const Bitmapset *a, int prevbit);
extern int bms_prev_member(const Bitmapset *a, int prevbit);
extern uint32 bms_hash_value(const Bitmapset *a);
/* For hash tables keyed by Bitmapset pointers. */
extern uint32 bitmap_hash(const void *key, Size keysize);
extern int bitmap_match(const void *key1, const void *key2, Size keysize);

#endif /* BITMAPSET_H */
