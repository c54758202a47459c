/*
 * execute/hash_table.h
 *    Figures about a hash join's table, for EXPLAIN; and the memory limit of hash-based nodes.
 */
#ifndef EXECUTE_HASH_TABLE_H
#define EXECUTE_HASH_TABLE_H

#include "execute/exec.h"

typedef struct HashTableStats
{
	int64 buckets;
	int divisions;
	Size peak;
} HashTableStats;

extern bool hash_join_stats(PlanState *ps, HashTableStats *stats);
extern Size get_hash_memory_limit(void);

#endif /* EXECUTE_HASH_TABLE_H */
