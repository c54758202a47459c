/*
 * storage/lock.h
 *    Heavyweight locks: eight modes on anything a LOCKTAG can name, held to the end of a transaction or session.
 *
 * Shared: one LOCK per locked object, one PROCLOCK per (object, process), in a hash table with NUM_LOCK_PARTITIONS
 * partitions, each under an LWLock. Local: one LOCALLOCK per (object, mode) counts how often and for which resource owners
 * this process has it. Weak relation locks use slots in PGPROC instead (fast path) as long as nobody wants a strong one.
 * Waiting is FIFO unless that would deadlock; after deadlock_timeout the waiter looks for a cycle (lock/deadlock.c).
 */
#ifndef LOCK_H
#define LOCK_H

#include "lib/ilist.h"
#include "postgres.h"
#include "storage/backendid.h"
#include "storage/itemptr.h"
#include "storage/lockdefs.h"
#include "storage/lwlock.h"
#include "datatype/timestamp.h"

typedef struct PGPROC PGPROC;
typedef struct ResourceOwnerData *ResourceOwner;

extern int max_locks_per_xact;

/* A transaction before (and whether or not) it gets an xid: backend and a per-backend counter. */
typedef struct VirtualTransactionId
{
	BackendId backendId;
	LocalTransactionId localTransactionId;
} VirtualTransactionId;

#define InvalidLocalTransactionId ((LocalTransactionId) 0)
#define LocalTransactionIdIsValid(lxid) ((lxid) != InvalidLocalTransactionId)
#define VirtualTransactionIdIsValid(vxid) (LocalTransactionIdIsValid((vxid).localTransactionId))
#define VirtualTransactionIdEquals(v1, v2) \
	((v1).backendId == (v2).backendId && (v1).localTransactionId == (v2).localTransactionId)
#define SetInvalidVirtualTransactionId(vxid) \
	((vxid).backendId = InvalidBackendId, (vxid).localTransactionId = InvalidLocalTransactionId)
#define GET_VXID_FROM_PGPROC(vxid, proc) \
	((vxid).backendId = (proc).backendId, (vxid).localTransactionId = (proc).lxid)

typedef uint16 LOCKMETHODID;
#define DEFAULT_LOCKMETHOD 1
#define USER_LOCKMETHOD 2
#define MAX_LOCKMODES 10
#define LOCKBIT_ON(lockmode) (1 << (lockmode))
#define LOCKBIT_OFF(lockmode) (~(1 << (lockmode)))

typedef enum LockTagType
{
	LOCKTAG_RELATION,
	LOCKTAG_RELATION_EXTEND,
	LOCKTAG_DATABASE_FROZEN_IDS,
	LOCKTAG_PAGE,
	LOCKTAG_TUPLE,
	LOCKTAG_TRANSACTION,
	LOCKTAG_VIRTUALTRANSACTION,
	LOCKTAG_SPECULATIVE_TOKEN,
	LOCKTAG_OBJECT,
	LOCKTAG_USERLOCK,
	LOCKTAG_ADVISORY
} LockTagType;
#define LOCKTAG_LAST_TYPE LOCKTAG_ADVISORY
extern const char *const LockTagTypeNames[]; /* as in pg_locks.locktype */

/* Names what is locked. Hashed and compared as bytes: no padding. 64-bit ids take two fields, low half first. */
typedef struct LOCKTAG
{
	uint32 locktag_field1;
	uint32 locktag_field2;
	uint32 locktag_field3;
	uint16 locktag_field4;
	uint8 locktag_type;
	uint8 locktag_lockmethodid;
} LOCKTAG;
_Static_assert(sizeof(LOCKTAG) == 16, "LOCKTAG is hashed as bytes");

#define LOCKTAG_FILL(tag, f1, f2, f3, f4, type, method)                                                 \
	((tag).locktag_field1 = (uint32) (f1), (tag).locktag_field2 = (uint32) (f2),                        \
	 (tag).locktag_field3 = (uint32) (f3), (tag).locktag_field4 = (uint16) (f4),                        \
	 (tag).locktag_type = (type), (tag).locktag_lockmethodid = (method))
#define SET_LOCKTAG_RELATION(tag, dboid, reloid) \
	LOCKTAG_FILL(tag, dboid, reloid, 0, 0, LOCKTAG_RELATION, DEFAULT_LOCKMETHOD)
#define SET_LOCKTAG_RELATION_EXTEND(tag, dboid, reloid) \
	LOCKTAG_FILL(tag, dboid, reloid, 0, 0, LOCKTAG_RELATION_EXTEND, DEFAULT_LOCKMETHOD)
#define SET_LOCKTAG_DATABASE_FROZEN_IDS(tag, dboid) \
	LOCKTAG_FILL(tag, dboid, 0, 0, 0, LOCKTAG_DATABASE_FROZEN_IDS, DEFAULT_LOCKMETHOD)
#define SET_LOCKTAG_PAGE(tag, dboid, reloid, blocknum) \
	LOCKTAG_FILL(tag, dboid, reloid, blocknum, 0, LOCKTAG_PAGE, DEFAULT_LOCKMETHOD)
#define SET_LOCKTAG_TUPLE(tag, dboid, reloid, blocknum, offnum) \
	LOCKTAG_FILL(tag, dboid, reloid, blocknum, offnum, LOCKTAG_TUPLE, DEFAULT_LOCKMETHOD)
#define SET_LOCKTAG_TRANSACTION(tag, xid) \
	LOCKTAG_FILL(tag, xid, (uint64) (xid) >> 32, 0, 0, LOCKTAG_TRANSACTION, DEFAULT_LOCKMETHOD)
/* The counter of a virtual transaction is cut to 48 bits: at a million a second that lasts nine years per server start. */
#define SET_LOCKTAG_VIRTUALTRANSACTION(tag, vxid)                                                         \
	LOCKTAG_FILL(tag, (vxid).backendId, (vxid).localTransactionId, (vxid).localTransactionId >> 32, 0,    \
				 LOCKTAG_VIRTUALTRANSACTION, DEFAULT_LOCKMETHOD)
#define SET_LOCKTAG_SPECULATIVE_INSERTION(tag, xid, token) \
	LOCKTAG_FILL(tag, xid, (uint64) (xid) >> 32, token, 0, LOCKTAG_SPECULATIVE_TOKEN, DEFAULT_LOCKMETHOD)
#define SET_LOCKTAG_OBJECT(tag, dboid, classoid, objoid, objsubid) \
	LOCKTAG_FILL(tag, dboid, classoid, objoid, objsubid, LOCKTAG_OBJECT, DEFAULT_LOCKMETHOD)
#define SET_LOCKTAG_ADVISORY(tag, id1, id2, id3, id4) \
	LOCKTAG_FILL(tag, id1, id2, id3, id4, LOCKTAG_ADVISORY, USER_LOCKMETHOD)
#define LOCKTAG_TRANSACTION_XID(tag) ((TransactionId) (tag).locktag_field2 << 32 | (tag).locktag_field1)

typedef struct LOCK
{
	LOCKTAG tag; /* the key */
	LOCKMASK grantMask;				/* modes held by anybody */
	LOCKMASK waitMask;				/* modes waited for */
	dlist_head procLocks;			/* PROCLOCK.lockLink */
	dlist_head waitProcs;			/* PGPROC.links, in the order they will be served */
	int waitCount;
	int requested[MAX_LOCKMODES];	/* granted and waited for, per mode */
	int nRequested;
	int granted[MAX_LOCKMODES];
	int nGranted;
} LOCK;

typedef struct PROCLOCKTAG
{
	LOCK *myLock;
	PGPROC *myProc;
} PROCLOCKTAG;

typedef struct PROCLOCK
{
	PROCLOCKTAG tag; /* the key */
	LOCKMASK holdMask;
	LOCKMASK releaseMask; /* private to LockReleaseAll */
	dlist_node lockLink;  /* in LOCK.procLocks */
	dlist_node procLink;  /* in PGPROC.myProcLocks of its partition */
} PROCLOCK;

typedef struct LOCALLOCKTAG
{
	LOCKTAG lock;
	LOCKMODE mode;
} LOCALLOCKTAG;

typedef struct LOCALLOCKOWNER
{
	ResourceOwner owner; /* NULL: session */
	int64 nLocks;
} LOCALLOCKOWNER;

typedef struct LOCALLOCK
{
	LOCALLOCKTAG tag; /* the key */
	uint32 hashcode;  /* of tag.lock */
	LOCK *lock;		  /* NULL while held by the fast path only */
	PROCLOCK *proclock;
	int64 nLocks;
	int numLockOwners;
	int maxLockOwners;
	LOCALLOCKOWNER *lockOwners;
	LOCALLOCKOWNER inlineOwners[2];
	dlist_node link; /* all local locks of this process */
	bool holdsStrongLockCount;
	bool lockCleared; /* sinval messages were read after it was granted */
} LOCALLOCK;

typedef enum
{
	LOCKACQUIRE_NOT_AVAIL,	   /* dontWait, and it would have to wait */
	LOCKACQUIRE_OK,
	LOCKACQUIRE_ALREADY_HELD,
	LOCKACQUIRE_ALREADY_CLEAR  /* the same, and invalidation messages have been read since */
} LockAcquireResult;

typedef enum
{
	DS_NOT_YET_CHECKED,
	DS_NO_DEADLOCK,
	DS_SOFT_DEADLOCK, /* resolved by changing the order of a wait queue */
	DS_HARD_DEADLOCK
} DeadLockState;

extern void InitLocks(void); /* local part, once per process */
extern uint32 LockTagHashCode(const LOCKTAG *locktag);
#define LockHashPartition(hashcode) ((hashcode) % NUM_LOCK_PARTITIONS)
#define LockHashPartitionLock(hashcode) \
	(&MainLWLockArray[LOCK_MANAGER_LWLOCK_OFFSET + LockHashPartition(hashcode)].lock)
#define LockHashPartitionLockByIndex(i) (&MainLWLockArray[LOCK_MANAGER_LWLOCK_OFFSET + (i)].lock)

/* Waits (cancellable) until granted. Raises 40P01 deadlock, 55P03 lock_timeout, 57014 cancel, 53200 out of shared memory. */
extern LockAcquireResult LockAcquire(const LOCKTAG *locktag, LOCKMODE lockmode, bool sessionLock, bool dontWait);
extern LockAcquireResult LockAcquireExtended(const LOCKTAG *locktag, LOCKMODE lockmode, bool sessionLock, bool dontWait,
											 bool reportMemoryError, LOCALLOCK **locallockp);
extern void MarkLockClear(LOCALLOCK *locallock);
/* False with a WARNING when it is not held. */
extern bool LockRelease(const LOCKTAG *locktag, LOCKMODE lockmode, bool sessionLock);
extern void LockReleaseAll(LOCKMETHODID lockmethodid, bool allLocks);
extern void LockReleaseSession(LOCKMETHODID lockmethodid);
extern void LockReleaseCurrentOwner(LOCALLOCK **locallocks, int nlocks);
extern void LockReassignCurrentOwner(LOCALLOCK **locallocks, int nlocks);
extern bool LockHeldByMe(const LOCKTAG *locktag, LOCKMODE lockmode);
extern bool LockHasWaiters(const LOCKTAG *locktag, LOCKMODE lockmode, bool sessionLock);
/* Transactions that hold a conflicting lock; palloc'd, ended by an invalid entry. */
extern VirtualTransactionId *GetLockConflicts(const LOCKTAG *locktag, LOCKMODE lockmode, int *countp);
extern bool DoLockModesConflict(LOCKMODE mode1, LOCKMODE mode2);
extern const char *GetLockmodeName(LOCKMETHODID lockmethodid, LOCKMODE mode);

/* Every transaction holds an exclusive lock on its virtual id. */
extern void VirtualXactLockTableInsert(VirtualTransactionId vxid);
extern void VirtualXactLockTableCleanup(void);
/* True when it has ended (wait: wait for it). */
extern bool VirtualXactLock(VirtualTransactionId vxid, bool wait);

/* A consistent picture of all locks, for pg_locks and pg_blocking_pids. palloc'd. */
typedef struct LockInstanceData
{
	LOCKTAG locktag;
	LOCKMASK holdMask;
	LOCKMODE waitLockMode; /* NoLock: does not wait */
	BackendId backend;
	LocalTransactionId lxid;
	TimestampTz waitStart;
	int pid;
	int leaderPid;
	bool fastpath;
} LockInstanceData;
typedef struct LockData
{
	int nelements;
	LockInstanceData *locks;
} LockData;
extern LockData *GetLockStatusData(void);

/* pids that block pid, hard (hold a conflicting lock) or soft (ahead in the queue). palloc'd; count returned. */
extern int GetBlockingPids(int pid, int **pids);

extern void CheckDeadLockAlert(void);
extern void DeadLockReport(void) pg_attribute_noreturn();
/* Shared memory of the lock tables. */
extern Size LockShmemSize(void);

#endif /* LOCK_H */
