/*
 * shmem/shm_hash.h
 *    A hash table of fixed capacity in shared memory.
 *
 * Entries are fixed-size structs whose first keysize bytes are the key (compared as bytes: no padding in keys). Entries
 * never move. The table is cut into partitions, a power of two; partition i holds the keys whose hash % npartitions == i, and the
 * caller's own lock for that partition protects them (exclusive to insert or remove, shared to find). Free entries are
 * kept per partition, and taken from others' when a partition has none left: a spinlock per freelist, nothing else.
 *
 * No function raises; a full table is a NULL.
 */
#ifndef SHM_HASH_H
#define SHM_HASH_H

#include "c.h"
#include "storage/spin.h"

typedef struct ShmHash ShmHash;

typedef struct ShmHashLayout
{
	uint32 capacity;
	uint32 keysize;
	uint32 entrysize;
	uint32 npartitions; /* power of two */
} ShmHashLayout;

extern Size shm_hash_size(const ShmHashLayout *layout);
extern ShmHash *shm_hash_init(void *base, const ShmHashLayout *layout);

extern void *shm_hash_find(ShmHash *table, const void *key, uint32 hash);
/* Find or make; *found tells which. A new entry has its key filled in, the rest is whatever it was. NULL: full. */
extern void *shm_hash_enter(ShmHash *table, const void *key, uint32 hash, bool *found);
/* False: was not there. */
extern bool shm_hash_remove(ShmHash *table, const void *key, uint32 hash);
extern uint32 shm_hash_count(ShmHash *table);

/* All entries of one partition, under its lock. Start with *cursor = 0; NULL at the end. The entry returned may be removed. */
extern void *shm_hash_next(ShmHash *table, uint32 partition, uint64 *cursor);

#endif /* SHM_HASH_H */
