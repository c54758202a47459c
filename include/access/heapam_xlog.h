/*
 * access/heapam_xlog.h
 *    WAL records of the heap, to the byte. Multi-byte fields are little-endian and unaligned unless the struct aligns them.
 *
 * Transaction ids in records are whole (64 bits); redo turns them into offsets with the page's bases. A tuple's inserter is the
 * record's xid. "xl_heap_header + data" is a tuple without its first 18 bytes: what redo can tell from the record
 * (xmin, xmax, cid, ctid) is not stored.
 */
#ifndef HEAPAM_XLOG_H
#define HEAPAM_XLOG_H

#include "access/htup.h"
#include "access/multixact.h"
#include "access/xlogreader.h"
#include "lib/stringinfo.h"
#include "storage/buf.h"
#include "storage/bufpage.h"
#include "storage/relfilenode.h"
#include "utils/relcache.h"

/* RM_HEAP: info bits 4-6 are the operation, bit 7 says that redo makes the page anew. */
#define XLOG_HEAP_INSERT 0x00
#define XLOG_HEAP_DELETE 0x10
#define XLOG_HEAP_UPDATE 0x20
#define XLOG_HEAP_TRUNCATE 0x30
#define XLOG_HEAP_HOT_UPDATE 0x40
#define XLOG_HEAP_CONFIRM 0x50
#define XLOG_HEAP_LOCK 0x60
#define XLOG_HEAP_INPLACE 0x70
#define XLOG_HEAP_OPMASK 0x70
#define XLOG_HEAP_INIT_PAGE 0x80
/* RM_HEAP2 */
#define XLOG_HEAP2_PRUNE 0x10
#define XLOG_HEAP2_VACUUM 0x20
#define XLOG_HEAP2_FREEZE_PAGE 0x30
#define XLOG_HEAP2_MULTI_INSERT 0x50
#define XLOG_HEAP2_LOCK_UPDATED 0x60

/* Flags of insert, update, delete, lock and multi-insert. */
#define XLH_OLD_ALL_VISIBLE_CLEARED 0x01 /* page of block 0 (update: of the old tuple) was all-visible */
#define XLH_NEW_ALL_VISIBLE_CLEARED 0x02 /* update: page of the new tuple */
#define XLH_FROZEN 0x04					 /* insert: all-frozen, COPY FREEZE */
#define XLH_SUPER_DELETE 0x08			 /* delete of one's own speculative insertion */
#define XLH_PARTITION_MOVE 0x10			 /* delete: ctid says "moved to another partition" */
#define XLH_PREFIX_FROM_OLD 0x20		 /* update: the new tuple begins / ends with bytes of the old */
#define XLH_SUFFIX_FROM_OLD 0x40
#define XLH_CTID_SELF 0x80

typedef struct xl_heap_header
{
	uint16 t_infomask2;
	uint16 t_infomask;
	uint8 t_hoff;
} pg_attribute_packed() xl_heap_header;
_Static_assert(sizeof(xl_heap_header) == 5, "on disk");

/* Bases of a page that redo makes anew. */
typedef struct xl_heap_bases
{
	uint64 xid_base;
	uint64 multi_base;
} xl_heap_bases;

/* Main data: this, then xl_heap_bases with INIT_PAGE. Block 0: xl_heap_header, rest of the tuple. */
typedef struct xl_heap_insert
{
	OffsetNumber offnum;
	uint8 flags;
	uint8 spare;
} xl_heap_insert;
_Static_assert(sizeof(xl_heap_insert) == 4, "on disk");

/*
 * Main data: this, xl_heap_bases with INIT_PAGE, ntuples offset numbers without it (with it they are 1..ntuples).
 * Block 0: for each tuple xl_multi_insert_tuple and the rest of the tuple.
 */
typedef struct xl_heap_multi_insert
{
	uint16 ntuples;
	uint8 flags;
	uint8 spare;
} xl_heap_multi_insert;
typedef struct xl_multi_insert_tuple
{
	uint16 datalen;
	xl_heap_header header;
} pg_attribute_packed() xl_multi_insert_tuple;
_Static_assert(sizeof(xl_multi_insert_tuple) == 7, "on disk");

typedef struct xl_heap_delete
{
	uint64 xmax; /* transaction or multixact */
	OffsetNumber offnum;
	uint16 infobits; /* of t_infomask: HEAP_XMAX_BITS */
	uint8 keys_updated;
	uint8 flags;
	uint16 spare;
} xl_heap_delete;
_Static_assert(sizeof(xl_heap_delete) == 16, "on disk");

/*
 * Main data: this, xl_heap_bases with INIT_PAGE. Block 0: the new tuple's page; [prefix length: uint16] [suffix length: uint16]
 * xl_heap_header, the bytes of the new tuple between prefix and suffix (bitmap first). Block 1: the old tuple's page, when another.
 */
typedef struct xl_heap_update
{
	uint64 old_xmax;
	uint64 new_xmax;
	OffsetNumber old_offnum;
	OffsetNumber new_offnum;
	uint16 old_infobits;
	uint8 old_keys_updated;
	uint8 flags;
} xl_heap_update;
_Static_assert(sizeof(xl_heap_update) == 24, "on disk");

/* Of an existing version; LOCK_UPDATED is the same for a newer version than the one asked for. */
typedef struct xl_heap_lock
{
	uint64 xmax;
	OffsetNumber offnum;
	uint16 infobits;
	uint8 keys_updated;
	uint8 flags;
	uint16 spare;
} xl_heap_lock;
_Static_assert(sizeof(xl_heap_lock) == 16, "on disk");

typedef struct xl_heap_confirm
{
	OffsetNumber offnum;
} xl_heap_confirm;

typedef struct xl_heap_inplace
{
	OffsetNumber offnum; /* block 0: the new data, from t_hoff on */
} xl_heap_inplace;

/*
 * Block 0: nredirected pairs (from, to), ndead offsets, then offsets that become unused. Needs a cleanup lock.
 */
typedef struct xl_heap_prune
{
	uint64 conflict_xid; /* newest removed xid */
	uint16 nredirected;
	uint16 ndead;
	uint32 spare;
} xl_heap_prune;
_Static_assert(sizeof(xl_heap_prune) == 16, "on disk");

/* Block 0: offsets of dead line pointers that become unused. */
typedef struct xl_heap_vacuum
{
	uint16 nunused;
} xl_heap_vacuum;

/* What freezing does to one tuple. */
typedef struct xl_heap_freeze_tuple
{
	uint64 xmax; /* new raw xmax */
	OffsetNumber offset;
	uint16 t_infomask2; /* new values */
	uint16 t_infomask;
	uint16 spare;
} xl_heap_freeze_tuple;
_Static_assert(sizeof(xl_heap_freeze_tuple) == 16, "on disk");

/* Block 0: ntuples xl_heap_freeze_tuple. */
typedef struct xl_heap_freeze_page
{
	uint64 cutoff_xid;
	uint16 ntuples;
	uint16 spare[3];
} xl_heap_freeze_page;
_Static_assert(sizeof(xl_heap_freeze_page) == 16, "on disk");

/* TRUNCATE's note for others; redo does nothing. */
typedef struct xl_heap_truncate
{
	Oid dbId;
	uint32 nrelids;
	uint8 flags;
	Oid relids[];
} xl_heap_truncate;

extern void heap_redo(XLogReaderState *record);
extern void heap_desc(StringInfo buf, XLogReaderState *record);
extern const char *heap_identify(uint8 info);
extern void heap2_redo(XLogReaderState *record);
extern void heap2_desc(StringInfo buf, XLogReaderState *record);
extern const char *heap2_identify(uint8 info);

#endif /* HEAPAM_XLOG_H */
