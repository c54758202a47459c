/*
 * relcache.h (private)
 *    Shared among relcache*.c.
 */
#ifndef RELCACHE_PRIVATE_H
#define RELCACHE_PRIVATE_H

#include "utils/rel.h"

/* A fresh, unreferenced RelationData from the compiled-in facts; NULL: the OID is not one of theirs. */
extern Relation relcache_build_builtin(Oid relid);
/* The same from the catalogs; NULL: no such relation. */
extern Relation relcache_build_from_catalog(Oid relid);
/* Frees everything that hangs from a RelationData, and itself. */
extern void relcache_destroy(Relation rel);
extern void relcache_destroy_lists(Relation rel);
extern Relation relcache_alloc(void);
extern void relcache_set_physical(Relation rel);
/* Parses pg_class.reloptions into rd_options. */
extern void relcache_parse_options(Relation rel, HeapTuple class_tuple);
extern void relcache_init_index_access(Relation rel);
extern List *relcache_index_list_builtin(Oid relid);

#endif /* RELCACHE_PRIVATE_H */
