/*
 * storage/block.h
 *    Block numbers: which 8 KB page of a relation's fork.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include "c.h"

typedef uint32 BlockNumber;

#define InvalidBlockNumber ((BlockNumber) 0xFFFFFFFF)
#define MaxBlockNumber ((BlockNumber) 0xFFFFFFFE)
#define P_NEW InvalidBlockNumber /* argument of ReadBuffer: extend the relation by one block */

/* A block number as two halves, so that item pointers need only 2-byte alignment. */
typedef struct BlockIdData
{
	uint16 bi_hi;
	uint16 bi_lo;
} BlockIdData;
typedef BlockIdData *BlockId;

static inline bool
BlockNumberIsValid(BlockNumber blockNumber)
{
	return blockNumber != InvalidBlockNumber;
}

static inline void
BlockIdSet(BlockIdData *blockId, BlockNumber blockNumber)
{
	blockId->bi_hi = (uint16) (blockNumber >> 16);
	blockId->bi_lo = (uint16) (blockNumber & 0xFFFF);
}

static inline BlockNumber
BlockIdGetBlockNumber(const BlockIdData *blockId)
{
	return ((BlockNumber) blockId->bi_hi << 16) | blockId->bi_lo;
}

static inline bool
BlockIdEquals(const BlockIdData *a, const BlockIdData *b)
{
	return a->bi_hi == b->bi_hi && a->bi_lo == b->bi_lo;
}

#define BlockIdCopy(toBlockId, fromBlockId) (*(toBlockId) = *(fromBlockId))

#endif /* BLOCK_H */
