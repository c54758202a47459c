/*
 * storage/freespace.h
 *    Where is there a heap page with this much room? One byte per page, in a tree that lives in the fsm fork.
 *
 * The map is a hint: never logged, corrected by whoever finds it wrong. Space is kept in units of 32 bytes.
 */
#ifndef FREESPACE_H_
#define FREESPACE_H_

#include "storage/block.h"
#include "storage/relfilenode.h"

typedef struct RelationData *Relation;

/* Free bytes recorded for that page. */
extern Size GetRecordedFreeSpace(Relation rel, BlockNumber heapBlk);
/* A page with at least spaceNeeded bytes, or InvalidBlockNumber. */
extern BlockNumber GetPageWithFreeSpace(Relation rel, Size spaceNeeded);
/* Corrects oldPage's entry and searches again: near it first. */
extern BlockNumber RecordAndGetPageWithFreeSpace(Relation rel, BlockNumber oldPage, Size oldSpaceAvail,
												 Size spaceNeeded);
extern void RecordPageWithFreeSpace(Relation rel, BlockNumber heapBlk, Size spaceAvail);
extern void XLogRecordPageWithFreeSpace(RelFileNode rnode, BlockNumber heapBlk, Size spaceAvail); /* redo */
/* Marks the entries past nblocks as full; returns the fsm fork's new size, InvalidBlockNumber when nothing to truncate. */
extern BlockNumber FreeSpaceMapPrepareTruncateRel(Relation rel, BlockNumber nblocks);
/* Brings the upper levels up to date with the leaves. */
extern void FreeSpaceMapVacuum(Relation rel);
extern void FreeSpaceMapVacuumRange(Relation rel, BlockNumber start, BlockNumber end);

/* Index AMs: whole pages that are free. */
extern BlockNumber GetFreeIndexPage(Relation rel);
extern void RecordFreeIndexPage(Relation rel, BlockNumber freeBlock);
extern void RecordUsedIndexPage(Relation rel, BlockNumber usedBlock);
extern void IndexFreeSpaceMapVacuum(Relation rel);

#endif /* FREESPACE_H_ */
