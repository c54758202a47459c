/*
 * txn/multixact_internal.h
 *    Between multixact.c (what multixacts mean) and multixact_store.c (where they are kept).
 *
 * Offsets log (pg_multixact/offsets): 16 bytes per multixact, {uint64 first member; uint64 number of members}; no members: the id
 * was never used. Members log (pg_multixact/members): groups of 8 members, 8 status bytes and then 8 ids of 8 bytes, as many whole
 * groups as fit a page. Both are indexed by 64-bit numbers that never wrap. Member 0 is not used.
 */
#ifndef MULTIXACT_INTERNAL_H
#define MULTIXACT_INTERNAL_H

#include "access/multixact.h"

typedef struct MultiXactStateData
{
	/* Under MultiXactGenLock. */
	MultiXactId nextMXact;
	MultiXactOffset nextOffset;
	MultiXactId oldestMultiXactId; /* the logs begin here */
	Oid oldestMultiXactDB;

	/*
	 * Per process, by BackendId - 1: the oldest multixact that may have it as a member (its transaction's first look at the
	 * counter), Invalid when it has none. Written by the owner with MultiXactGenLock shared at least.
	 */
	pg_atomic_uint64 oldest_member[];
} MultiXactStateData;
extern MultiXactStateData *MultiXactState;
extern void multixact_release_remains_of(int backend_id);

extern void multixact_store(MultiXactId multi, MultiXactOffset offset, int nmembers, const MultiXactMember *members);
/* Number of members, -1 when there is no such multixact. palloc'd. */
extern int multixact_load(MultiXactId multi, MultiXactMember **members);
/* Make room for new ids; MultiXactGenLock held. */
extern void multixact_extend(MultiXactId multi, MultiXactOffset offset, int nmembers);

#endif /* MULTIXACT_INTERNAL_H */
