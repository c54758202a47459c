/*
 * catcache.h
 *    The list form of a catalog cache look-up (see utils/syscache.h for single rows).
 */
#ifndef CATCACHE_H
#define CATCACHE_H

#include "access/htup.h"

typedef struct catctup
{
	HeapTupleData tuple; /* t_data == NULL: remembers that there is no such row */
	struct CatEntry *owner;
} CatCTup;

typedef struct catclist
{
	int refcount;
	bool dead;		 /* invalidated while referenced */
	bool ordered;	 /* members are in index order */
	short nkeys;
	int n_members;
	struct CatListOwner *owner;
	CatCTup *members[];
} CatCList;

extern void ReleaseCatCache(HeapTuple tuple);
extern void ReleaseCatCacheList(CatCList *list);

#endif /* CATCACHE_H */
