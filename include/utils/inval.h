/*
 * inval.h
 *    Invalidation of cached catalog contents: what a transaction changes is remembered, applied to this process at the
 *    end of each command, and sent to all processes when it commits.
 */
#ifndef INVAL_H
#define INVAL_H

#include "access/htup.h"
#include "storage/relfilenode.h"
#include "storage/sinval.h"
#include "utils/relcache.h"

typedef void (*SyscacheCallbackFunction)(Datum arg, int cacheid, uint32 hashvalue);
typedef void (*RelcacheCallbackFunction)(Datum arg, Oid relid);

/* Read what others have sent. Called at transaction start and whenever a lock was acquired. */
extern void AcceptInvalidationMessages(void);

extern void AtEOXact_Inval(bool isCommit);
extern void AtEOSubXact_Inval(bool isCommit);
extern void CommandEndInvalidationMessages(void);
extern void PostPrepare_Inval(void);
/* The messages that the commit record must carry (for recovery of standbys). */
extern int xactGetCommittedInvalidationMessages(SharedInvalidationMessage **msgs, bool *RelcacheInitFileInval);

/* A catalog tuple changes: newtuple is NULL for insert and delete. Done by catalog/indexing.h's functions. */
extern void CacheInvalidateHeapTuple(Relation relation, HeapTuple tuple, HeapTuple newtuple);
extern void CacheInvalidateHeapTupleInplace(Relation relation, HeapTuple tuple);
extern void CacheInvalidateCatalog(Oid catalogId);
extern void CacheInvalidateRelcache(Relation relation);
extern void CacheInvalidateRelcacheAll(void);
extern void CacheInvalidateRelcacheByTuple(HeapTuple classTuple);
extern void CacheInvalidateRelcacheByRelid(Oid relid);
extern void CacheInvalidateSmgr(RelFileNodeBackend rnode);

extern void CacheRegisterSyscacheCallback(int cacheid, SyscacheCallbackFunction func, Datum arg);
extern void CacheRegisterRelcacheCallback(RelcacheCallbackFunction func, Datum arg);
extern void CallSyscacheCallbacks(int cacheid, uint32 hashvalue);
extern void InvalidateSystemCaches(void);

/* Called by the sinval reader for each message, and when messages were lost. */
extern void LocalExecuteInvalidationMessage(SharedInvalidationMessage *msg);

extern int debug_discard_caches;

#endif /* INVAL_H */
