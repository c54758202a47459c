/*
 * index/btree/bt_scankey.h
 *    Scan keys as the B-tree uses them, and the state of a scan.
 */
#ifndef BT_SCANKEY_H
#define BT_SCANKEY_H

#include "index/btree/btree.h"

typedef enum BtKeyKind
{
	BT_CMP,		 /* column op constant */
	BT_IS_NULL,
	BT_NOT_NULL,
	BT_ROW		 /* row comparison */
} BtKeyKind;

/* One condition. strategy is in the order of the index: "a < 5" on a descending column is "after 5". */
typedef struct BtScanKey
{
	ScanKey source;
	BtKeyKind kind;
	AttrNumber attno;
	StrategyNumber strategy;	  /* in index order */
	StrategyNumber user_strategy; /* as the operator says */
	SortIntKind int_kind;
	bool nulls_first;
	bool required_forward;	/* once it fails going forward, no later item can match */
	bool required_backward;
	bool prefix; /* all columns before this one are bound by equality: nulls have one end */
} BtScanKey;

/* An "= ANY (array)" condition: its elements in index order. */
typedef struct BtArrayKey
{
	int key; /* which of the scan's keyData */
	int nelems;
	int current;
	int marked;
	Datum *elems;
	Datum original;
} BtArrayKey;

typedef struct BtScanItem
{
	ItemPointerData tid;
	OffsetNumber offset;
	LocationIndex tuple_offset; /* into the workspace, for index-only scans */
} BtScanItem;

/* What one leaf page contributed. */
typedef struct BtScanPos
{
	Buffer buf; /* still pinned, or Invalid: the page may have changed since */
	BlockNumber block; /* Invalid: no position */
	BlockNumber next;
	XLogRecPtr lsn;
	bool more_left;
	bool more_right;
	int first;
	int last;
	int current;
	int used_tuple_space;
	BtScanItem items[MaxIndexTuplesPerPage];
} BtScanPos;

typedef struct BtScan
{
	bool impossible; /* contradictory keys, or a null argument */
	int nkeys;
	BtScanKey *keys; /* ordered by column */
	int narrays;	 /* -1: an array is empty */
	BtArrayKey *arrays;
	MemoryContext array_cxt;
	FmgrInfo *cross_procs[INDEX_MAX_KEYS]; /* comparisons with another type, looked up once */
	Oid cross_types[INDEX_MAX_KEYS];
	bool drop_pin;
	int *killed; /* indexes of items found dead */
	int nkilled;
	char *tuples; /* BLCKSZ, current page's tuples; followed by as much for the marked position */
	char *mark_tuples;
	int mark_item; /* marked on the current page, -1: not */
	BtScanPos pos;
	BtScanPos mark;
} BtScan;

/* Makes keys ready for the current array elements. */
extern void bt_prepare_keys(IndexScanDesc scan);
/* First positioning: fills key with the columns that bound the scan; false: start at the end of the index. */
extern bool bt_start_key(IndexScanDesc scan, ScanDirection dir, BtKey *key, bool *goback);
/* Does the item match? *goes_on becomes false when no later one can. natts: columns it has. */
extern bool bt_check_keys(IndexScanDesc scan, IndexTuple itup, int natts, ScanDirection dir, bool *goes_on);

extern void bt_collect_arrays(IndexScanDesc scan);
extern void bt_start_arrays(IndexScanDesc scan, ScanDirection dir);
extern bool bt_advance_arrays(IndexScanDesc scan, ScanDirection dir);

#endif /* BT_SCANKEY_H */
