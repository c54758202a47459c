/*
 * access/htup_details.h
 *    The heap tuple's layout, and functions that build and take apart tuples.
 *
 * offset  size  field
 *      0     4  t_xmin       inserting transaction: 0-2 absolute (invalid, bootstrap, frozen), else page's xid_base + it
 *      4     4  t_xmax       deleter or locker: likewise; with HEAP_XMAX_IS_MULTI offset from multi_base
 *      8     4  t_cid        command id of insertion or deletion, or a combo of both
 *     12     6  t_ctid       this tuple's TID, or the newer version's
 *     18     2  t_infomask2  number of columns (11 bits) and flags
 *     20     2  t_infomask   flags
 *     22     1  t_hoff       offset of the data: multiple of 8
 *     23     *  t_bits       if HEAP_HASNULL one bit per column, 1 = not null
 * t_hoff     *  columns, each aligned as its type asks, short varlenas unaligned
 *
 * A composite Datum has the same layout with {length, typmod, type OID} in the first 12 bytes.
 */
#ifndef HTUP_DETAILS_H
#define HTUP_DETAILS_H

#include "postgres.h"
#include "access/htup.h"
#include "access/transam.h"
#include "access/multixact.h"
#include "access/tupdesc.h"
#include "access/tupmacs.h"
#include "storage/bufpage.h"

#define MaxTupleAttributeNumber 1664
#define MaxHeapAttributeNumber 1600

typedef struct HeapTupleFields
{
	uint32 t_xmin;
	uint32 t_xmax;
	CommandId t_cid;
} HeapTupleFields;

typedef struct DatumTupleFields
{
	int32 datum_len_; /* varlena header: do not touch directly */
	int32 datum_typmod;
	Oid datum_typeid;
} DatumTupleFields;

struct HeapTupleHeaderData
{
	union
	{
		HeapTupleFields t_heap;
		DatumTupleFields t_datum;
	} t_choice;
	ItemPointerData t_ctid;
	uint16 t_infomask2;
	uint16 t_infomask;
	uint8 t_hoff;
	bits8 t_bits[];
};
#define SizeofHeapTupleHeader offsetof(HeapTupleHeaderData, t_bits)
_Static_assert(SizeofHeapTupleHeader == 23, "the tuple header is 23 bytes on disk");

/* t_infomask */
#define HEAP_HASNULL 0x0001
#define HEAP_HASVARWIDTH 0x0002
#define HEAP_HASEXTERNAL 0x0004
#define HEAP_HASOID_OLD 0x0008 /* never set */
#define HEAP_XMAX_KEYSHR_LOCK 0x0010
#define HEAP_COMBOCID 0x0020
#define HEAP_XMAX_EXCL_LOCK 0x0040
#define HEAP_XMAX_LOCK_ONLY 0x0080
#define HEAP_XMAX_SHR_LOCK (HEAP_XMAX_EXCL_LOCK | HEAP_XMAX_KEYSHR_LOCK)
#define HEAP_LOCK_MASK (HEAP_XMAX_SHR_LOCK | HEAP_XMAX_EXCL_LOCK | HEAP_XMAX_KEYSHR_LOCK)
#define HEAP_XMIN_COMMITTED 0x0100
#define HEAP_XMIN_INVALID 0x0200
#define HEAP_XMIN_FROZEN (HEAP_XMIN_COMMITTED | HEAP_XMIN_INVALID)
#define HEAP_XMAX_COMMITTED 0x0400
#define HEAP_XMAX_INVALID 0x0800
#define HEAP_XMAX_IS_MULTI 0x1000
#define HEAP_UPDATED 0x2000
#define HEAP_XACT_MASK 0xFFF0
#define HEAP_XMAX_BITS                                                                                       \
	(HEAP_XMAX_COMMITTED | HEAP_XMAX_INVALID | HEAP_XMAX_IS_MULTI | HEAP_LOCK_MASK | HEAP_XMAX_LOCK_ONLY)

/* t_infomask2 */
#define HEAP_NATTS_MASK 0x07FF
#define HEAP_KEYS_UPDATED 0x2000
#define HEAP_HOT_UPDATED 0x4000
#define HEAP_ONLY_TUPLE 0x8000
#define HEAP2_XACT_MASK 0xE000
/* In a hash table's copy only: matched by an outer row. */
#define HEAP_TUPLE_HAS_MATCH HEAP_ONLY_TUPLE

#define HEAP_XMAX_IS_LOCKED_ONLY(infomask) (((infomask) &HEAP_XMAX_LOCK_ONLY) != 0)
#define HEAP_XMAX_IS_SHR_LOCKED(infomask) (((infomask) &HEAP_LOCK_MASK) == HEAP_XMAX_SHR_LOCK)
#define HEAP_XMAX_IS_EXCL_LOCKED(infomask) (((infomask) &HEAP_LOCK_MASK) == HEAP_XMAX_EXCL_LOCK)
#define HEAP_XMAX_IS_KEYSHR_LOCKED(infomask) (((infomask) &HEAP_LOCK_MASK) == HEAP_XMAX_KEYSHR_LOCK)

#define HeapTupleHeaderXminCommitted(tup) (((tup)->t_infomask & HEAP_XMIN_COMMITTED) != 0)
#define HeapTupleHeaderXminInvalid(tup) (((tup)->t_infomask & HEAP_XMIN_FROZEN) == HEAP_XMIN_INVALID)
#define HeapTupleHeaderXminFrozen(tup) (((tup)->t_infomask & HEAP_XMIN_FROZEN) == HEAP_XMIN_FROZEN)
#define HeapTupleHeaderSetXminFrozen(tup) ((tup)->t_infomask |= HEAP_XMIN_FROZEN)

#define HeapTupleHeaderGetRawCommandId(tup) ((tup)->t_choice.t_heap.t_cid)
static inline void
HeapTupleHeaderSetCmin(HeapTupleHeader tup, CommandId cid)
{
	tup->t_choice.t_heap.t_cid = cid;
	tup->t_infomask &= ~HEAP_COMBOCID;
}
static inline void
HeapTupleHeaderSetCmax(HeapTupleHeader tup, CommandId cid, bool iscombo)
{
	tup->t_choice.t_heap.t_cid = cid;
	if (iscombo)
		tup->t_infomask |= HEAP_COMBOCID;
	else
		tup->t_infomask &= ~HEAP_COMBOCID;
}

#define HeapTupleHeaderIsHotUpdated(tup) \
	(((tup)->t_infomask2 & HEAP_HOT_UPDATED) != 0 && ((tup)->t_infomask & HEAP_XMAX_INVALID) == 0 && \
	 !HeapTupleHeaderXminInvalid(tup))
#define HeapTupleHeaderSetHotUpdated(tup) ((tup)->t_infomask2 |= HEAP_HOT_UPDATED)
#define HeapTupleHeaderClearHotUpdated(tup) ((tup)->t_infomask2 &= ~HEAP_HOT_UPDATED)
#define HeapTupleHeaderIsHeapOnly(tup) (((tup)->t_infomask2 & HEAP_ONLY_TUPLE) != 0)
#define HeapTupleHeaderSetHeapOnly(tup) ((tup)->t_infomask2 |= HEAP_ONLY_TUPLE)
#define HeapTupleHeaderClearHeapOnly(tup) ((tup)->t_infomask2 &= ~HEAP_ONLY_TUPLE)
#define HeapTupleHeaderHasMatch(tup) (((tup)->t_infomask2 & HEAP_TUPLE_HAS_MATCH) != 0)
#define HeapTupleHeaderSetMatch(tup) ((tup)->t_infomask2 |= HEAP_TUPLE_HAS_MATCH)
#define HeapTupleHeaderClearMatch(tup) ((tup)->t_infomask2 &= ~HEAP_TUPLE_HAS_MATCH)
#define HeapTupleHeaderGetNatts(tup) ((tup)->t_infomask2 & HEAP_NATTS_MASK)
#define HeapTupleHeaderSetNatts(tup, natts) \
	((tup)->t_infomask2 = ((tup)->t_infomask2 & ~HEAP_NATTS_MASK) | (natts))
#define HeapTupleHeaderHasExternal(tup) (((tup)->t_infomask & HEAP_HASEXTERNAL) != 0)
#define HeapTupleHeaderIsSpeculative(tup) \
	(ItemPointerGetOffsetNumberNoCheck(&(tup)->t_ctid) == SpecTokenOffsetNumber)
#define HeapTupleHeaderGetSpeculativeToken(tup) ItemPointerGetBlockNumberNoCheck(&(tup)->t_ctid)
#define HeapTupleHeaderSetSpeculativeToken(tup, token) \
	ItemPointerSet(&(tup)->t_ctid, token, SpecTokenOffsetNumber)
#define HeapTupleHeaderIndicatesMovedPartitions(tup) ItemPointerIndicatesMovedPartitions(&(tup)->t_ctid)
#define HeapTupleHeaderSetMovedPartitions(tup) ItemPointerSetMovedPartitions(&(tup)->t_ctid)

/* Composite Datums. */
#define HeapTupleHeaderGetDatumLength(tup) VARSIZE(tup)
#define HeapTupleHeaderSetDatumLength(tup, len) SET_VARSIZE(tup, len)
#define HeapTupleHeaderGetTypeId(tup) ((tup)->t_choice.t_datum.datum_typeid)
#define HeapTupleHeaderSetTypeId(tup, typeid) ((tup)->t_choice.t_datum.datum_typeid = (typeid))
#define HeapTupleHeaderGetTypMod(tup) ((tup)->t_choice.t_datum.datum_typmod)
#define HeapTupleHeaderSetTypMod(tup, typmod) ((tup)->t_choice.t_datum.datum_typmod = (typmod))

#define BITMAPLEN(NATTS) (((int) (NATTS) + 7) / 8)
#define att_isnull(ATT, BITS) (!((BITS)[(ATT) >> 3] & (1 << ((ATT) &0x07))))
#define HeapTupleNoNulls(tuple) (((tuple)->t_data->t_infomask & HEAP_HASNULL) == 0)
#define HeapTupleHasNulls(tuple) (((tuple)->t_data->t_infomask & HEAP_HASNULL) != 0)
#define HeapTupleAllFixed(tuple) (((tuple)->t_data->t_infomask & HEAP_HASVARWIDTH) == 0)
#define HeapTupleHasVarWidth(tuple) (((tuple)->t_data->t_infomask & HEAP_HASVARWIDTH) != 0)
#define HeapTupleHasExternal(tuple) (((tuple)->t_data->t_infomask & HEAP_HASEXTERNAL) != 0)
#define HeapTupleIsHotUpdated(tuple) HeapTupleHeaderIsHotUpdated((tuple)->t_data)
#define HeapTupleIsHeapOnly(tuple) HeapTupleHeaderIsHeapOnly((tuple)->t_data)
#define GETSTRUCT(TUP) ((char *) ((TUP)->t_data) + (TUP)->t_data->t_hoff)

/* ---- pages and transaction ids ---------------------------------------------------------------------------------- */
/* The special area at the end of each heap page. */
typedef struct HeapPageSpecialData
{
	TransactionId xid_base;
	MultiXactId multi_base;
} HeapPageSpecialData;
typedef HeapPageSpecialData *HeapPageSpecial;
_Static_assert(sizeof(HeapPageSpecialData) == 16, "on disk");

#define HeapPageGetSpecial(page) ((HeapPageSpecial) ((char *) (page) + BLCKSZ - sizeof(HeapPageSpecialData)))
#define HeapPageGetXidBase(page) (HeapPageGetSpecial(page)->xid_base)
#define HeapPageGetMultiBase(page) (HeapPageGetSpecial(page)->multi_base)

static inline TransactionId
heap_xid_from_offset(TransactionId base, uint32 offset)
{
	return offset < FirstNormalTransactionId ? offset : base + offset;
}
/* The caller has made sure that it fits (heap_page_prepare_xid). */
static inline uint32
heap_xid_to_offset(TransactionId base, TransactionId xid)
{
	Assert(xid < FirstNormalTransactionId ||
		   (xid >= base + FirstNormalTransactionId && xid - base <= UINT32_MAX));
	return (uint32) (xid < FirstNormalTransactionId ? xid : xid - base);
}
static inline MultiXactId
heap_multi_from_offset(MultiXactId base, uint32 offset)
{
	return base + offset;
}

/* The inserter as stored, frozen or not. */
static inline TransactionId
HeapTupleGetRawXmin(const HeapTupleData *tuple)
{
	return heap_xid_from_offset(tuple->t_xid_base, tuple->t_data->t_choice.t_heap.t_xmin);
}
/* The inserter; FrozenTransactionId once frozen. */
static inline TransactionId
HeapTupleGetXmin(const HeapTupleData *tuple)
{
	return HeapTupleHeaderXminFrozen(tuple->t_data) ? FrozenTransactionId : HeapTupleGetRawXmin(tuple);
}
/* As stored: a multixact when HEAP_XMAX_IS_MULTI. */
static inline TransactionId
HeapTupleGetRawXmax(const HeapTupleData *tuple)
{
	uint32 offset = tuple->t_data->t_choice.t_heap.t_xmax;

	if (tuple->t_data->t_infomask & HEAP_XMAX_IS_MULTI)
		return heap_multi_from_offset(tuple->t_multi_base, offset);
	return heap_xid_from_offset(tuple->t_xid_base, offset);
}
extern TransactionId heap_multi_get_update_xid(MultiXactId multi, uint16 infomask);
/* Who updated or deleted it (looks inside a multixact); InvalidTransactionId when it is only locked. */
static inline TransactionId
HeapTupleGetUpdateXid(const HeapTupleData *tuple)
{
	uint16 infomask = tuple->t_data->t_infomask;

	if (unlikely((infomask & (HEAP_XMAX_INVALID | HEAP_XMAX_IS_MULTI | HEAP_XMAX_LOCK_ONLY)) == HEAP_XMAX_IS_MULTI))
		return heap_multi_get_update_xid(HeapTupleGetRawXmax(tuple), infomask);
	return HeapTupleGetRawXmax(tuple);
}
static inline void
HeapTupleSetXmin(HeapTuple tuple, TransactionId xid)
{
	tuple->t_data->t_choice.t_heap.t_xmin = heap_xid_to_offset(tuple->t_xid_base, xid);
}
/* Points a HeapTupleData at an item of a heap page. */
static inline void
heap_tuple_set_from_page(HeapTuple tuple, Page page, ItemId lp, BlockNumber block, OffsetNumber offnum, Oid tableoid)
{
	tuple->t_data = (HeapTupleHeader) PageGetItem(page, lp);
	tuple->t_len = ItemIdGetLength(lp);
	tuple->t_tableOid = tableoid;
	ItemPointerSet(&tuple->t_self, block, offnum);
	tuple->t_xid_base = HeapPageGetXidBase(page);
	tuple->t_multi_base = HeapPageGetMultiBase(page);
}

#define MaxHeapTupleSize (BLCKSZ - MAXALIGN(SizeOfPageHeaderData + sizeof(ItemIdData)) - sizeof(HeapPageSpecialData))
#define MinHeapTupleSize MAXALIGN(SizeofHeapTupleHeader)
#define MaxHeapTuplesPerPage                                                                    \
	((int) ((BLCKSZ - SizeOfPageHeaderData - sizeof(HeapPageSpecialData)) /                     \
			(MAXALIGN(SizeofHeapTupleHeader) + sizeof(ItemIdData))))
#define MaxAttrSize (10 * 1024 * 1024)

/* ---- minimal tuples: no transaction information, no identity ------------------------------------------------------ */
#define MINIMAL_TUPLE_OFFSET \
	((offsetof(HeapTupleHeaderData, t_infomask2) - sizeof(uint32)) / MAXIMUM_ALIGNOF * MAXIMUM_ALIGNOF)
#define MINIMAL_TUPLE_PADDING ((offsetof(HeapTupleHeaderData, t_infomask2) - sizeof(uint32)) % MAXIMUM_ALIGNOF)
#define MINIMAL_TUPLE_DATA_OFFSET offsetof(MinimalTupleData, t_infomask2)

/* From t_infomask2 on as a heap tuple header that began MINIMAL_TUPLE_OFFSET bytes earlier; t_hoff counts from there. */
struct MinimalTupleData
{
	uint32 t_len; /* of the minimal tuple */
	char mt_padding[MINIMAL_TUPLE_PADDING];
	uint16 t_infomask2;
	uint16 t_infomask;
	uint8 t_hoff;
	bits8 t_bits[];
};
#define SizeofMinimalTupleHeader offsetof(MinimalTupleData, t_bits)
#define HeapTupleHeaderOfMinimal(mtup) ((HeapTupleHeader) ((char *) (mtup) -MINIMAL_TUPLE_OFFSET))

/* ---- building and taking apart --------------------------------------------------------------------------------------- */
extern Size heap_compute_data_size(TupleDesc tupleDesc, const Datum *values, const bool *isnull);
extern void heap_fill_tuple(TupleDesc tupleDesc, const Datum *values, const bool *isnull, char *data, Size data_size,
							uint16 *infomask, bits8 *bit);
extern bool heap_attisnull(HeapTuple tup, int attnum, TupleDesc tupleDesc);
/* A column that is not null and not beyond the tuple's end. */
extern Datum nocachegetattr(HeapTuple tup, int attnum, TupleDesc att);
extern Datum heap_getsysattr(HeapTuple tup, int attnum, TupleDesc tupleDesc, bool *isnull);
extern Datum getmissingattr(TupleDesc tupleDesc, int attnum, bool *isnull);
/* One palloc'd chunk: HeapTupleData and its tuple. 54011 for more than 1664 columns. */
extern HeapTuple heap_form_tuple(TupleDesc tupleDescriptor, const Datum *values, const bool *isnull);
extern HeapTuple heap_modify_tuple(HeapTuple tuple, TupleDesc tupleDesc, const Datum *replValues,
								   const bool *replIsnull, const bool *doReplace);
extern HeapTuple heap_modify_tuple_by_cols(HeapTuple tuple, TupleDesc tupleDesc, int nCols, const int *replCols,
										   const Datum *replValues, const bool *replIsnull);
extern void heap_deform_tuple(HeapTuple tuple, TupleDesc tupleDesc, Datum *values, bool *isnull);
/* The first natts_needed columns only. By-reference values point into the tuple. */
extern void heap_deform_columns(HeapTuple tuple, TupleDesc tupleDesc, int natts_needed, Datum *values, bool *nulls);
extern void heap_deform_minimal_tuple(MinimalTuple mtup, TupleDesc tupleDesc, int natts_needed, Datum *values,
									  bool *nulls);
extern Datum minimal_tuple_getattr(MinimalTuple mtup, int attnum, TupleDesc tupleDesc, bool *isnull);
extern void heap_freetuple(HeapTuple htup);
extern HeapTuple heap_copytuple(HeapTuple tuple);
extern void heap_copytuple_with_tuple(HeapTuple src, HeapTuple dest);
/* A composite Datum; external values are fetched, so that it does not depend on the table. */
extern Datum heap_copy_tuple_as_datum(HeapTuple tuple, TupleDesc tupleDesc);
extern MinimalTuple heap_form_minimal_tuple(TupleDesc tupleDescriptor, const Datum *values, const bool *isnull);
extern void heap_free_minimal_tuple(MinimalTuple mtup);
extern MinimalTuple heap_copy_minimal_tuple(MinimalTuple mtup);
extern HeapTuple heap_tuple_from_minimal_tuple(MinimalTuple mtup);
extern MinimalTuple minimal_tuple_from_heap_tuple(HeapTuple htup);
extern size_t varsize_any(void *p);
/* The same tuple with all columns of tupleDesc physically there. */
extern HeapTuple heap_expand_tuple(HeapTuple sourceTuple, TupleDesc tupleDesc);
/* A composite value from a tuple (HeapTupleGetDatum), with toasted columns fetched. */
extern Datum HeapTupleHeaderGetDatum(HeapTupleHeader tuple);

/* Any column, system columns too. By-reference results point into the tuple. */
static inline Datum
fastgetattr(HeapTuple tup, int attnum, TupleDesc tupleDesc, bool *isnull)
{
	HeapTupleHeader header = tup->t_data;

	if (!(header->t_infomask & HEAP_HASNULL))
	{
		const FormData_pg_attribute *att = TupleDescAttr(tupleDesc, attnum - 1);

		*isnull = false;
		if (att->attcacheoff >= 0)
			return fetchatt(att, (char *) header + header->t_hoff + att->attcacheoff);
		return nocachegetattr(tup, attnum, tupleDesc);
	}
	if (att_isnull(attnum - 1, header->t_bits))
	{
		*isnull = true;
		return (Datum) 0;
	}
	*isnull = false;
	return nocachegetattr(tup, attnum, tupleDesc);
}

static inline Datum
heap_getattr(HeapTuple tup, int attnum, TupleDesc tupleDesc, bool *isnull)
{
	if (unlikely(attnum <= 0))
		return heap_getsysattr(tup, attnum, tupleDesc, isnull);
	if (unlikely(attnum > (int) HeapTupleHeaderGetNatts(tup->t_data)))
		return getmissingattr(tupleDesc, attnum, isnull);
	return fastgetattr(tup, attnum, tupleDesc, isnull);
}

#endif /* HTUP_DETAILS_H */
