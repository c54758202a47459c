/*
 * catcache.h (private)
 *    What the cache machinery offers to inval.c and syscache.c.
 */
#ifndef CATCACHE_PRIVATE_H
#define CATCACHE_PRIVATE_H

#include "catalog/catalog_data.h"
#include "utils/catcache.h"
#include "utils/relcache.h"

extern HeapTuple catcache_search(int cache_id, int nkeys, const Datum *keys);
extern CatCList *catcache_search_list(int cache_id, int nkeys, const Datum *keys);
extern uint32 catcache_hash_keys(int cache_id, const Datum *keys);
/* Drop entries with that hash value; all lists of the cache. */
extern void catcache_invalidate(int cache_id, uint32 hash);
extern void catcache_reset_all(void);
/* All entries of caches over a catalog. */
extern void catcache_flush_catalog(Oid catalog);
/* Calls back with (cache, hash) for every cache that has the tuple's row (before and after the change). */
typedef void (*CatCacheChanged)(int cache_id, uint32 hash, void *arg);
extern void catcache_tuple_changed(Relation relation, HeapTuple tuple, HeapTuple newtuple, CatCacheChanged report, void *arg);
extern TupleDesc catcache_tupdesc(int cache_id);

#endif /* CATCACHE_PRIVATE_H */
