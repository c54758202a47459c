/*
 * access/itup.h
 *    Index tuples.
 *
 * offset  size  field
 *      0     6  t_tid    heap TID (leaf), or the access method's own use
 *      6     2  t_info   bit 15 has nulls, bit 14 has variable-width columns, bit 13 for the AM, bits 0-12 size
 *      8     4  null bitmap of 32 bits, only with bit 15; the data begins at the next multiple of 8
 */
#ifndef ITUP_H
#define ITUP_H

#include "access/tupdesc.h"
#include "access/tupmacs.h"
#include "storage/bufpage.h"
#include "storage/itemptr.h"

typedef struct IndexTupleData
{
	ItemPointerData t_tid;
	unsigned short t_info;
} IndexTupleData;
typedef IndexTupleData *IndexTuple;

typedef struct IndexAttributeBitMapData
{
	bits8 bits[(INDEX_MAX_KEYS + 8 - 1) / 8];
} IndexAttributeBitMapData;
typedef IndexAttributeBitMapData *IndexAttributeBitMap;

#define INDEX_SIZE_MASK 0x1FFF
#define INDEX_AM_RESERVED_BIT 0x2000
#define INDEX_VAR_MASK 0x4000
#define INDEX_NULL_MASK 0x8000

#define IndexTupleSize(itup) ((Size) ((itup)->t_info & INDEX_SIZE_MASK))
#define IndexTupleHasNulls(itup) (((itup)->t_info & INDEX_NULL_MASK) != 0)
#define IndexTupleHasVarwidths(itup) (((itup)->t_info & INDEX_VAR_MASK) != 0)
#define IndexInfoFindDataOffset(t_info) \
	((t_info) & INDEX_NULL_MASK ? MAXALIGN(sizeof(IndexTupleData) + sizeof(IndexAttributeBitMapData)) \
								: MAXALIGN(sizeof(IndexTupleData)))
#define MaxIndexTuplesPerPage \
	((int) ((BLCKSZ - SizeOfPageHeaderData) / (MAXALIGN(sizeof(IndexTupleData) + 1) + sizeof(ItemIdData))))

/* External values are fetched, long ones compressed. 54000 when the result is above 8191 bytes. */
extern IndexTuple index_form_tuple(TupleDesc tupleDescriptor, const Datum *values, const bool *isnull);
extern Datum nocache_index_getattr(IndexTuple tup, int attnum, TupleDesc tupleDesc);
extern void index_deform_tuple(IndexTuple tup, TupleDesc tupleDescriptor, Datum *values, bool *isnull);
extern void index_deform_columns(IndexTuple tup, TupleDesc tupleDescriptor, int natts, Datum *values, bool *isnull);
extern IndexTuple CopyIndexTuple(IndexTuple source);
/* A copy with only the first leavenatts columns. */
extern IndexTuple index_truncate_tuple(TupleDesc sourceDescriptor, IndexTuple source, int leavenatts);

static inline Datum
index_getattr(IndexTuple tup, int attnum, TupleDesc tupleDesc, bool *isnull)
{
	*isnull = false;
	if (likely(!IndexTupleHasNulls(tup)))
	{
		const FormData_pg_attribute *att = TupleDescAttr(tupleDesc, attnum - 1);

		if (att->attcacheoff >= 0)
			return fetchatt(att, (char *) tup + MAXALIGN(sizeof(IndexTupleData)) + att->attcacheoff);
		return nocache_index_getattr(tup, attnum, tupleDesc);
	}
	if (!(((bits8 *) tup)[sizeof(IndexTupleData) + ((attnum - 1) >> 3)] & (1 << ((attnum - 1) & 7))))
	{
		*isnull = true;
		return (Datum) 0;
	}
	return nocache_index_getattr(tup, attnum, tupleDesc);
}

#endif /* ITUP_H */
