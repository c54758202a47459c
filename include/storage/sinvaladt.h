/*
 * storage/sinvaladt.h
 *    The ring behind storage/sinval.h.
 */
#ifndef SINVALADT_H
#define SINVALADT_H

#include "storage/sinval.h"
#include "storage/lockdefs.h"

typedef struct PGPROC PGPROC;

extern Size SInvalShmemSize(void);
extern void SharedInvalBackendInit(bool sendOnly); /* needs MyBackendId; registers its exit callback */
extern PGPROC *BackendIdGetProc(int backendID);
extern void SIInsertDataEntries(const SharedInvalidationMessage *data, int n);
/* Number of messages copied (0: none left), or -1: reset, forget everything. */
extern int SIGetDataEntries(SharedInvalidationMessage *data, int datasize);
extern void SICleanupQueue(bool callerHasWriteLock, int minFree);
extern LocalTransactionId GetNextLocalTransactionId(void);

#endif /* SINVALADT_H */
