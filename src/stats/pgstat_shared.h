/*
 * stats/pgstat_shared.h
 *    The shared entries: one per (database, relation); relation 0 is the database itself.
 */
#ifndef PGSTAT_SHARED_H
#define PGSTAT_SHARED_H

#include "pgstat.h"

typedef struct PgStatKey
{
	Oid dboid; /* 0: shared relations */
	Oid relid; /* 0: the database */
} PgStatKey;

typedef struct PgStatEntry
{
	PgStatKey key;
	union
	{
		PgStat_StatTabEntry table;
		PgStat_StatDBEntry database;
	} u;
} PgStatEntry;

/*
 * Finds or makes the entry and locks its partition; NULL (nothing locked): there is no room, or !create and it does not exist.
 * Unlock with pgstat_unlock_entry.
 */
extern PgStatEntry *pgstat_lock_entry(Oid dboid, Oid relid, bool create);
extern void pgstat_unlock_entry(const PgStatKey *key);
extern void pgstat_remove_entry(Oid dboid, Oid relid);
extern void pgstat_remove_database(Oid dboid);

#endif /* PGSTAT_SHARED_H */
