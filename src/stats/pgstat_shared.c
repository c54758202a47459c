/*
 * pgstat_shared.c
 *    The shared table of counters.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "shmem/shm_hash.h"
#include "stats/pgstat_shared.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

#define PGSTAT_MAX_ENTRIES 16384
#define PGSTAT_PARTITIONS 16

typedef struct PgStatShared
{
	LWLockPadded locks[PGSTAT_PARTITIONS];
} PgStatShared;

static PgStatShared *shared;
static ShmHash *entries;

static ShmHashLayout
layout(void)
{
	return (ShmHashLayout) {.capacity = PGSTAT_MAX_ENTRIES,
							.keysize = sizeof(PgStatKey),
							.entrysize = sizeof(PgStatEntry),
							.npartitions = PGSTAT_PARTITIONS};
}

Size
pgstat_shmem_size(void)
{
	ShmHashLayout l = layout();

	return add_size(CACHELINEALIGN(sizeof(PgStatShared)), shm_hash_size(&l));
}

void
pgstat_shmem_init(void *base, bool found)
{
	ShmHashLayout l = layout();

	shared = base;
	entries = (ShmHash *) ((char *) base + CACHELINEALIGN(sizeof(PgStatShared)));
	if (found)
		return;
	for (int i = 0; i < PGSTAT_PARTITIONS; i++)
		LWLockInitialize(&shared->locks[i].lock, LWTRANCHE_PGSTATS_HASH);
	shm_hash_init(entries, &l);
}

static uint32
hash_key(const PgStatKey *key)
{
	return (uint32) murmurhash64((uint64) key->dboid << 32 | key->relid);
}

static LWLock *
lock_of(uint32 hash)
{
	return &shared->locks[hash % PGSTAT_PARTITIONS].lock;
}

PgStatEntry *
pgstat_lock_entry(Oid dboid, Oid relid, bool create)
{
	PgStatKey key = {dboid, relid};
	uint32 hash = hash_key(&key);
	PgStatEntry *entry;
	bool found = true;

	LWLockAcquire(lock_of(hash), LW_EXCLUSIVE);
	if (create)
		entry = shm_hash_enter(entries, &key, hash, &found);
	else
		entry = shm_hash_find(entries, &key, hash);
	if (entry == NULL)
		LWLockRelease(lock_of(hash));
	else if (!found)
		memset(&entry->u, 0, sizeof(entry->u));
	return entry;
}

void
pgstat_unlock_entry(const PgStatKey *key)
{
	LWLockRelease(lock_of(hash_key(key)));
}

void
pgstat_remove_entry(Oid dboid, Oid relid)
{
	PgStatKey key = {dboid, relid};
	uint32 hash = hash_key(&key);

	LWLockAcquire(lock_of(hash), LW_EXCLUSIVE);
	shm_hash_remove(entries, &key, hash);
	LWLockRelease(lock_of(hash));
}

void
pgstat_remove_database(Oid dboid)
{
	for (int part = 0; part < PGSTAT_PARTITIONS; part++)
	{
		uint64 cursor = 0;
		PgStatEntry *entry;

		LWLockAcquire(&shared->locks[part].lock, LW_EXCLUSIVE);
		while ((entry = shm_hash_next(entries, part, &cursor)) != NULL)
		{
			PgStatKey key = entry->key;

			if (key.dboid == dboid)
				shm_hash_remove(entries, &key, hash_key(&key));
		}
		LWLockRelease(&shared->locks[part].lock);
	}
}
