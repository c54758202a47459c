/*
 * heap/vacuum_heap.h
 *    The state of one table's vacuum, shared with its report.
 */
#ifndef HEAP_VACUUM_HEAP_H
#define HEAP_VACUUM_HEAP_H

#include "access/genam.h"
#include "heap/heap.h"

typedef struct HeapVacuumUsage
{
	int64 wall_us;
	int64 user_us;
	int64 system_us;
} HeapVacuumUsage;

typedef struct HeapVacuum
{
	Relation rel;
	BufferAccessStrategy strategy;
	int nindexes;
	Relation *indexes;
	IndexBulkDeleteResult **index_stats;
	bool do_index_vacuuming;
	bool aggressive; /* everything that is not frozen must be seen */
	bool skip_none;

	TransactionId oldest_xmin; /* rows deleted before it are dead to everybody */
	struct GlobalVisState *vistest;
	TransactionId freeze_limit;
	MultiXactId multi_limit;
	TransactionId oldest_kept_xid; /* oldest unfrozen xid seen */
	bool all_scanned;			   /* no page was skipped that could hold an old xid */

	BlockNumber initial_nblocks;
	BlockNumber nblocks;
	BlockNumber scanned_pages;
	BlockNumber skipped_pages;
	BlockNumber nonempty_pages; /* last page in use + 1 */
	BlockNumber removed_pages;
	BlockNumber pages_with_dead;

	int64 ndead;
	int64 max_dead;
	ItemPointerData *dead; /* in TID order */

	int index_scans;
	double old_live_tuples;
	double new_live_tuples;
	double live_tuples;
	double recently_dead;
	double tuples_deleted;
	double dead_items_total;
	HeapVacuumUsage start;
} HeapVacuum;

typedef struct VacuumPage
{
	BlockNumber block;
	Buffer buffer;
	double live;
	double recently_dead;
	bool nonempty;
	bool all_visible;
	bool all_frozen;
	TransactionId visibility_cutoff; /* newest inserter on an all-visible page */
	int ndead;
	int nfrozen;
	OffsetNumber dead[MaxHeapTuplesPerPage];
	xl_heap_freeze_tuple frozen[MaxHeapTuplesPerPage];
} VacuumPage;

extern HeapVacuumUsage heap_vacuum_usage_begin(void);
extern void heap_vacuum_report(HeapVacuum *vac);
/* pg_class has room for the low half of an id: the newest id not after `next` that ends in these bits. */
extern TransactionId vac_full_xid(uint32 low, TransactionId next);

#endif /* HEAP_VACUUM_HEAP_H */
