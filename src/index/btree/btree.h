/*
 * index/btree/btree.h
 *    Page format and internal interface of the B-tree.
 *
 * Block 0 is the metapage. Every other page ends in BTPageOpaqueData. Items of a page that is not the rightmost of its
 * level: offset 1 is the high key, an upper bound (<=) of everything on the page; data begins at offset 2. On a rightmost
 * page data begins at offset 1.
 *
 * Leaf items are index tuples whose t_tid is the heap TID; (columns, TID) is the unique key. Pivot tuples (high keys, and items of
 * inner pages) have INDEX_AM_RESERVED_BIT set in t_info; t_tid is {block: child page (inner items), offset: number of
 * columns left after truncation, in 12 bits, | BT_PIVOT_HAS_TID}. With the flag the last 6 bytes of the tuple (in an 8-byte
 * slot) are a heap TID. Columns and TID that are cut off count as minus infinity. The first item of an inner page has no
 * columns at all.
 *
 * A deleted page keeps flags and links; its contents are BTDeletedPageData.
 */
#ifndef BTREE_PRIVATE_H
#define BTREE_PRIVATE_H

#include "access/nbtree.h"
#include "access/xlogreader.h"
#include "catalog/pg_index.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"
#include "utils/sortsupport.h"

typedef uint16 BTCycleId;

typedef struct BTPageOpaqueData
{
	BlockNumber btpo_prev; /* left sibling, P_NONE: none */
	BlockNumber btpo_next; /* right sibling */
	uint32 btpo_level;	   /* 0: leaf */
	uint16 btpo_flags;
	BTCycleId btpo_cycleid; /* vacuum during which the page was last split */
} BTPageOpaqueData;
typedef BTPageOpaqueData *BTPageOpaque;
_Static_assert(sizeof(BTPageOpaqueData) == 16, "on disk");

#define BTP_LEAF (1 << 0)
#define BTP_ROOT (1 << 1)
#define BTP_DELETED (1 << 2) /* out of the tree; links lead back into it */
#define BTP_META (1 << 3)
#define BTP_HALF_DEAD (1 << 4) /* empty, no parent any more */
#define BTP_HAS_GARBAGE (1 << 6) /* some items are marked dead (a hint) */
#define BTP_INCOMPLETE_SPLIT (1 << 7) /* the right sibling has no entry in the parent yet */

#define P_NONE 0
#define P_HIKEY ((OffsetNumber) 1)
#define P_LEFTMOST(opaque) ((opaque)->btpo_prev == P_NONE)
#define P_RIGHTMOST(opaque) ((opaque)->btpo_next == P_NONE)
#define P_ISLEAF(opaque) (((opaque)->btpo_flags & BTP_LEAF) != 0)
#define P_ISROOT(opaque) (((opaque)->btpo_flags & BTP_ROOT) != 0)
#define P_ISDELETED(opaque) (((opaque)->btpo_flags & BTP_DELETED) != 0)
#define P_ISHALFDEAD(opaque) (((opaque)->btpo_flags & BTP_HALF_DEAD) != 0)
#define P_IGNORE(opaque) (((opaque)->btpo_flags & (BTP_DELETED | BTP_HALF_DEAD)) != 0)
#define P_HAS_GARBAGE(opaque) (((opaque)->btpo_flags & BTP_HAS_GARBAGE) != 0)
#define P_INCOMPLETE_SPLIT(opaque) (((opaque)->btpo_flags & BTP_INCOMPLETE_SPLIT) != 0)
#define P_FIRSTDATAKEY(opaque) ((OffsetNumber) (P_RIGHTMOST(opaque) ? 1 : 2))

static inline BTPageOpaque
BTPageGetOpaque(Page page)
{
	return (BTPageOpaque) (page + BLCKSZ - sizeof(BTPageOpaqueData));
}

#define BTREE_MAGIC 0x053162
#define BTREE_VERSION 5

typedef struct BTMetaPageData
{
	uint32 btm_magic;
	uint32 btm_version;
	BlockNumber btm_root; /* P_NONE: empty index */
	uint32 btm_level;
} BTMetaPageData;
#define BTPageGetMeta(page) ((BTMetaPageData *) PageGetContents(page))

typedef struct BTDeletedPageData
{
	uint64 safexid; /* the page may be reused when no snapshot can be older */
} BTDeletedPageData;

#define BT_PIVOT_NATTS_MASK 0x0FFF
#define BT_PIVOT_HAS_TID 0x1000
#define BT_TID_SLOT MAXALIGN(sizeof(ItemPointerData))

static inline bool
bt_is_pivot(const IndexTupleData *itup)
{
	return (itup->t_info & INDEX_AM_RESERVED_BIT) != 0;
}
static inline int
bt_tuple_natts(const IndexTupleData *itup, Relation rel)
{
	return bt_is_pivot(itup) ? (itup->t_tid.ip_posid & BT_PIVOT_NATTS_MASK) : RelationGetDescr(rel)->natts;
}
static inline ItemPointer
bt_tuple_heap_tid(IndexTuple itup)
{
	if (!bt_is_pivot(itup))
		return &itup->t_tid;
	if (itup->t_tid.ip_posid & BT_PIVOT_HAS_TID)
		return (ItemPointer) ((char *) itup + IndexTupleSize(itup) - BT_TID_SLOT);
	return NULL;
}
static inline BlockNumber
bt_downlink(const IndexTupleData *itup)
{
	return ItemPointerGetBlockNumberNoCheck(&itup->t_tid);
}
static inline void
bt_set_downlink(IndexTuple itup, BlockNumber block)
{
	ItemPointerSetBlockNumber(&itup->t_tid, block);
}
static inline void
bt_set_pivot(IndexTuple itup, int natts, bool has_tid)
{
	itup->t_info |= INDEX_AM_RESERVED_BIT;
	ItemPointerSetOffsetNumber(&itup->t_tid, (OffsetNumber) (natts | (has_tid ? BT_PIVOT_HAS_TID : 0)));
}
#define bt_page_tuple(page, off) ((IndexTuple) PageGetItem((page), PageGetItemId((page), (off))))

/* ---- search keys (bt_key.c) ------------------------------------------------------------------------------------------- */
#define BT_KEY_DESC 0x01
#define BT_KEY_NULLS_FIRST 0x02

typedef struct BtKeyColumn
{
	Datum value;
	bool isnull;
	uint8 flags;
	uint8 int_kind; /* SortIntKind: compare in line */
	AttrNumber attno;
	Oid collation;
	FmgrInfo *cmp; /* three-way comparison (column, value) */
} BtKeyColumn;

typedef struct BtKey
{
	int nkeys;
	bool nextkey;	  /* look for the first item > key instead of >= key */
	bool has_tid;	  /* tid is part of the key */
	bool pivotsearch; /* looking for a pivot tuple itself */
	bool anynull;
	ItemPointerData tid;
	BtKeyColumn cols[INDEX_MAX_KEYS];
} BtKey;

extern void bt_key_init(BtKey *key, Relation rel);
/* All columns of itup (of a pivot: those it has, and its TID). */
extern void bt_key_from_tuple(BtKey *key, Relation rel, IndexTuple itup);
extern SortIntKind bt_int_kind(Oid cmp_proc);
/* Three-way comparison of the key with an item. */
extern int bt_compare(Relation rel, const BtKey *key, Page page, OffsetNumber offnum);
extern int bt_compare_tuple(Relation rel, const BtKey *key, IndexTuple itup);
extern int bt_compare_column(const BtKeyColumn *col, Datum value, bool isnull);

/* ---- pages (bt_page.c) ----------------------------------------------------------------------------------------------------- */
#define BT_READ BUFFER_LOCK_SHARE
#define BT_WRITE BUFFER_LOCK_EXCLUSIVE

extern Buffer bt_getbuf(Relation rel, BlockNumber block, int access); /* pinned, locked, checked */
extern Buffer bt_relandgetbuf(Relation rel, Buffer obuf, BlockNumber block, int access);
#define bt_relbuf(buf) UnlockReleaseBuffer(buf)
extern void bt_checkpage(Relation rel, Buffer buf);
extern void bt_pageinit(Page page);
extern void bt_init_metapage(Page page, BlockNumber root, uint32 level);
extern Buffer bt_alloc(Relation rel); /* a new page: initialised, exclusively locked */
/* The root, share-locked; Invalid for an empty index unless access is BT_WRITE, which then makes one. */
extern Buffer bt_getroot(Relation rel, int access);
extern bool bt_page_is_recyclable(Relation rel, Page page);
extern bool bt_page_deleted_xid(Page page, TransactionId *safexid);
extern void bt_set_deleted(Page page, TransactionId safexid);

/* ---- search (bt_search.c) -------------------------------------------------------------------------------------------------------- */
typedef struct BtStackEntry
{
	BlockNumber block; /* inner page passed */
	OffsetNumber offnum; /* of the downlink taken */
} BtStackEntry;
#define BT_MAX_LEVELS 32
typedef struct BtStack
{
	int depth; /* entries [0] root .. [depth-1] parent of the page reached */
	BtStackEntry entry[BT_MAX_LEVELS];
} BtStack;

/* Descends to the leaf where key belongs; leaf pinned and locked by access. stack may be NULL. Invalid: empty index. */
extern Buffer bt_search(Relation rel, const BtKey *key, int access, BtStack *stack);
extern Buffer bt_moveright(Relation rel, const BtKey *key, Buffer buf, int access, BtStack *stack, bool forupdate);
extern OffsetNumber bt_binsrch(Relation rel, const BtKey *key, Page page);
extern Buffer bt_get_endpoint(Relation rel, uint32 level, bool rightmost, int access);

/* ---- insertion and splits ---------------------------------------------------------------------------------------------------------- */
extern bool bt_doinsert(Relation rel, IndexTuple itup, IndexUniqueCheck checkUnique, Relation heapRel);
/* Item too long: 54000 with PostgreSQL's hint. */
extern void bt_check_third_page(Relation rel, Relation heap, Page page, IndexTuple itup);
/* Puts itup at newitemoff on buf's page, or splits. cbuf: child whose incomplete split this ends. Unlocks everything. */
extern void bt_insertonpg(Relation rel, Buffer buf, Buffer cbuf, BtStack *stack, IndexTuple itup, OffsetNumber newitemoff);
extern void bt_insert_parent(Relation rel, Buffer buf, Buffer rbuf, BtStack *stack);
extern void bt_finish_split(Relation rel, Buffer lbuf, BtStack *stack);
/* The parent of a child page: locked for writing, *offnum its downlink; Invalid when not found. */
extern Buffer bt_getstackbuf(Relation rel, BtStack *stack, BlockNumber child, OffsetNumber *offnum);
extern IndexTuple bt_truncate(Relation rel, IndexTuple lastleft, IndexTuple firstright);
extern int bt_keep_natts(Relation rel, IndexTuple lastleft, IndexTuple firstright);
extern OffsetNumber bt_find_split(Relation rel, Page page, OffsetNumber newitemoff, Size newitemsz, IndexTuple newitem,
								  bool *newitemonleft);
extern bool bt_pgaddtup(Page page, Size itemsize, IndexTuple itup, OffsetNumber off, bool first_on_inner);

/* ---- deletion ----------------------------------------------------------------------------------------------------------------------- */
extern void bt_delitems(Relation rel, Buffer buf, OffsetNumber *offsets, int n, bool vacuum, BTCycleId clear_cycle);
/* Removes dead-marked items if that makes room. Exclusive lock held; true: something was removed. */
extern bool bt_remove_dead(Relation rel, Buffer buf, Relation heapRel);
extern bool bt_pagedel(Relation rel, Buffer leafbuf, IndexBulkDeleteResult *stats); /* unlocks, keeps no pin */

/* Vacuum cycle ids. */
extern Size btree_shmem_size(void);
extern void btree_shmem_init(void *base, bool found);
extern BTCycleId bt_vacuum_cycleid(Relation rel);

/* ---- WAL ----------------------------------------------------------------------------------------------------------------------------- */
#define XLOG_BTREE_INSERT_LEAF 0x00
#define XLOG_BTREE_INSERT_UPPER 0x10
#define XLOG_BTREE_SPLIT 0x30		/* images of all pages touched */
#define XLOG_BTREE_NEWROOT 0xA0		/* images */
#define XLOG_BTREE_DELETE 0x70		/* items marked dead */
#define XLOG_BTREE_VACUUM 0x80		/* items that vacuum removes; cleanup lock */
#define XLOG_BTREE_MARK_HALFDEAD 0x90 /* images */
#define XLOG_BTREE_UNLINK 0xB0		/* images */
#define XLOG_BTREE_REUSE_PAGE 0xD0	/* nothing to redo */

/* Block 0: the item. Upper: block 1 is the child whose split is complete now. */
typedef struct xl_btree_insert
{
	OffsetNumber offnum;
} xl_btree_insert;

/* Block 0: offsets. */
typedef struct xl_btree_delete
{
	uint16 ndeleted;
} xl_btree_delete;

/* Logs full images of nbufs pages as one atomic change and sets their LSNs. Critical section. */
extern void bt_log_images(uint8 info, Buffer *bufs, int nbufs);

extern void btree_redo(XLogReaderState *record);
extern void btree_desc(StringInfo buf, XLogReaderState *record);
extern const char *btree_identify(uint8 info);

/* ---- scans ------------------------------------------------------------------------------------------------------------------------------ */
extern IndexScanDesc bt_beginscan(Relation rel, int nkeys, int norderbys);
extern void bt_rescan(IndexScanDesc scan, ScanKey keys, int nkeys, ScanKey orderbys, int norderbys);
extern bool bt_gettuple(IndexScanDesc scan, ScanDirection dir);
extern int64 bt_getbitmap(IndexScanDesc scan, TIDBitmap *tbm);
extern void bt_endscan(IndexScanDesc scan);
extern void bt_markpos(IndexScanDesc scan);
extern void bt_restrpos(IndexScanDesc scan);

extern IndexBuildResult *bt_build(Relation heap, Relation index, struct IndexInfo *indexInfo);
extern void bt_buildempty(Relation index);
extern IndexBulkDeleteResult *bt_bulkdelete(IndexVacuumInfo *info, IndexBulkDeleteResult *stats,
											IndexBulkDeleteCallback callback, void *callback_state);
extern IndexBulkDeleteResult *bt_vacuumcleanup(IndexVacuumInfo *info, IndexBulkDeleteResult *stats);

#endif /* BTREE_PRIVATE_H */
