/*
 * storage/itemptr.h
 *    Item pointers (TIDs): block number and offset number, six bytes.
 */
#ifndef ITEMPTR_H
#define ITEMPTR_H

#include "c.h"
#include "storage/block.h"
#include "storage/off.h"

typedef struct ItemPointerData
{
	BlockIdData ip_blkid;
	OffsetNumber ip_posid;
} pg_attribute_packed() pg_attribute_aligned(2) ItemPointerData;
typedef ItemPointerData *ItemPointer;
_Static_assert(sizeof(ItemPointerData) == 6, "a TID is 6 bytes on disk");

/*
 * Two values of a tuple's t_ctid do not lead to another version: a speculative insertion's token, and a tuple moved to
 * another partition by an UPDATE.
 */
#define SpecTokenOffsetNumber 0xfffe
#define MovedPartitionsOffsetNumber 0xfffd
#define MovedPartitionsBlockNumber InvalidBlockNumber

#define ItemPointerIsValid(pointer) (PointerIsValid(pointer) && (pointer)->ip_posid != 0)

static inline BlockNumber
ItemPointerGetBlockNumberNoCheck(const ItemPointerData *pointer)
{
	return BlockIdGetBlockNumber(&pointer->ip_blkid);
}

static inline BlockNumber
ItemPointerGetBlockNumber(const ItemPointerData *pointer)
{
	Assert(ItemPointerIsValid(pointer));
	return ItemPointerGetBlockNumberNoCheck(pointer);
}

static inline OffsetNumber
ItemPointerGetOffsetNumberNoCheck(const ItemPointerData *pointer)
{
	return pointer->ip_posid;
}

static inline OffsetNumber
ItemPointerGetOffsetNumber(const ItemPointerData *pointer)
{
	Assert(ItemPointerIsValid(pointer));
	return pointer->ip_posid;
}

static inline void
ItemPointerSet(ItemPointerData *pointer, BlockNumber blockNumber, OffsetNumber offNum)
{
	BlockIdSet(&pointer->ip_blkid, blockNumber);
	pointer->ip_posid = offNum;
}

static inline void
ItemPointerSetBlockNumber(ItemPointerData *pointer, BlockNumber blockNumber)
{
	BlockIdSet(&pointer->ip_blkid, blockNumber);
}

static inline void
ItemPointerSetOffsetNumber(ItemPointerData *pointer, OffsetNumber offsetNumber)
{
	pointer->ip_posid = offsetNumber;
}

static inline void
ItemPointerCopy(const ItemPointerData *fromPointer, ItemPointerData *toPointer)
{
	*toPointer = *fromPointer;
}

static inline void
ItemPointerSetInvalid(ItemPointerData *pointer)
{
	BlockIdSet(&pointer->ip_blkid, InvalidBlockNumber);
	pointer->ip_posid = InvalidOffsetNumber;
}

static inline bool
ItemPointerIndicatesMovedPartitions(const ItemPointerData *pointer)
{
	return ItemPointerGetOffsetNumberNoCheck(pointer) == MovedPartitionsOffsetNumber &&
		ItemPointerGetBlockNumberNoCheck(pointer) == MovedPartitionsBlockNumber;
}

static inline void
ItemPointerSetMovedPartitions(ItemPointerData *pointer)
{
	ItemPointerSet(pointer, MovedPartitionsBlockNumber, MovedPartitionsOffsetNumber);
}

/* A TID as an ordered 48-bit integer. */
static inline uint64
item_pointer_to_uint64(const ItemPointerData *pointer)
{
	return ((uint64) ItemPointerGetBlockNumberNoCheck(pointer) << 16) | pointer->ip_posid;
}

static inline bool
ItemPointerEquals(const ItemPointerData *a, const ItemPointerData *b)
{
	return item_pointer_to_uint64(a) == item_pointer_to_uint64(b);
}

/* <0, 0, >0 as a is before, at or after b. */
static inline int32
ItemPointerCompare(const ItemPointerData *a, const ItemPointerData *b)
{
	uint64 left = item_pointer_to_uint64(a);
	uint64 right = item_pointer_to_uint64(b);

	return (left > right) - (left < right);
}

extern void ItemPointerInc(ItemPointer pointer);
extern void ItemPointerDec(ItemPointer pointer);

#define DatumGetItemPointer(X) ((ItemPointer) DatumGetPointer(X))
#define ItemPointerGetDatum(X) PointerGetDatum(X)
#define PG_GETARG_ITEMPOINTER(n) DatumGetItemPointer(PG_GETARG_DATUM(n))
#define PG_RETURN_ITEMPOINTER(x) return ItemPointerGetDatum(x)

#endif /* ITEMPTR_H */
