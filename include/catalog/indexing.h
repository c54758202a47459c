/*
 * indexing.h
 *    Changing catalog rows, with their indexes and cache invalidation kept right.
 */
#ifndef INDEXING_H
#define INDEXING_H

#include "access/htup.h"
#include "storage/itemptr.h"
#include "utils/relcache.h"

/* Open indexes of a catalog, for several changes in a row. */
typedef struct CatalogIndexes *CatalogIndexState;

extern CatalogIndexState CatalogOpenIndexes(Relation heapRel);
extern void CatalogCloseIndexes(CatalogIndexState indstate);
/* Raises 23505 when a unique index already has the key. Sets tup->t_self. */
extern void CatalogTupleInsert(Relation heapRel, HeapTuple tup);
extern void CatalogTupleInsertWithInfo(Relation heapRel, HeapTuple tup, CatalogIndexState indstate);
extern void CatalogTupleUpdate(Relation heapRel, ItemPointer otid, HeapTuple tup);
extern void CatalogTupleUpdateWithInfo(Relation heapRel, ItemPointer otid, HeapTuple tup, CatalogIndexState indstate);
extern void CatalogTupleDelete(Relation heapRel, ItemPointer tid);

#endif /* INDEXING_H */
