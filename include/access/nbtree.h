/*
 * access/nbtree.h
 *    The B-tree access method: what others need of it. Page format and algorithms: src/index/btree/.
 */
#ifndef NBTREE_H
#define NBTREE_H

#include "access/amapi.h"
#include "access/genam.h"

#define BTORDER_PROC 1
#define BTSORTSUPPORT_PROC 2
#define BTINRANGE_PROC 3
#define BTEQUALIMAGE_PROC 4
#define BTOPTIONS_PROC 5
#define BTNProcs 5

#define BTREE_METAPAGE 0
#define BTREE_MIN_FILLFACTOR 10
#define BTREE_DEFAULT_FILLFACTOR 90
#define BTREE_NONLEAF_FILLFACTOR 70

/* Rows that an index entry may not exceed: three entries must fit on a page. */
#define BTMaxItemSize 2704

#define BTCommuteStrategyNumber(strat) (BTMaxStrategyNumber + 1 - (strat))

typedef struct BTOptions
{
	int32 vl_len_;
	int fillfactor;
	float8 vacuum_cleanup_index_scale_factor;
	bool deduplicate_items;
} BTOptions;

extern const IndexAmRoutine btree_am_routine;

/* Number of levels above the leaves; 0 for an empty index. */
extern int _bt_getrootheight(Relation rel);

/* Walks the whole tree and appends what is wrong to report; returns the number of findings. With heap: every live heap tuple must be found. */
struct StringInfoData;
extern int btree_check(Relation index, Relation heap, struct StringInfoData *report);

#endif /* NBTREE_H */
