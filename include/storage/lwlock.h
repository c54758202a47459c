/*
 * storage/lwlock.h
 *    Lightweight locks: shared/exclusive locks on structures in shared memory, held for microseconds.
 *
 * One atomic word says who has it: an exclusive lock carries its owner's process number, a shared one the number of
 * holders. Waiting happens in the kernel's futex queue, so a waiter that is killed leaves nothing behind. Everything a
 * process holds is listed in its PGPROC (held_lwlocks) before it can be held and until after it is released.
 *
 * While any LWLock is held, interrupts are held off (a cancel request waits). LWLockReleaseAll() is what error recovery
 * calls. There is no deadlock detection: take two of them only in the order the READMEs give. Needs MyProc, except in
 * a process that runs alone (bootstrap before InitProcess), where holders are kept in a local list.
 */
#ifndef LWLOCK_H
#define LWLOCK_H

#include "port/atomics.h"

typedef struct LWLock
{
	pg_atomic_uint32 state;	   /* see lwlock.c: exclusive bit + owner | waiter flags | number of shared holders */
	pg_atomic_uint32 wake_seq; /* futex word: changes whenever waiters are woken */
	uint16 tranche;			   /* names the lock */
	uint16 spare;
} LWLock;
_Static_assert(sizeof(LWLock) == 12, "no padding: LWLocks are embedded in dense arrays");

#define LWLOCK_PADDED_SIZE PG_CACHE_LINE_SIZE
typedef union LWLockPadded
{
	LWLock lock;
	char pad[LWLOCK_PADDED_SIZE];
} LWLockPadded;

typedef enum LWLockMode
{
	LW_EXCLUSIVE,
	LW_SHARED,
	LW_WAIT_UNTIL_FREE /* only inside LWLockAcquireOrWait and LWLockWaitForVar */
} LWLockMode;

/* Sizes of the partitioned tables. */
#define NUM_BUFFER_PARTITIONS 128
#define LOG2_NUM_LOCK_PARTITIONS 4
#define NUM_LOCK_PARTITIONS (1 << LOG2_NUM_LOCK_PARTITIONS)
#define LOG2_NUM_PREDICATELOCK_PARTITIONS 4
#define NUM_PREDICATELOCK_PARTITIONS (1 << LOG2_NUM_PREDICATELOCK_PARTITIONS)

enum
{
#define LWLOCK_NAME(name) LWLOCK_IDX_##name,
#include "storage/lwlocknames.list"
#undef LWLOCK_NAME
	NUM_INDIVIDUAL_LWLOCKS
};

#define BUFFER_MAPPING_LWLOCK_OFFSET NUM_INDIVIDUAL_LWLOCKS
#define LOCK_MANAGER_LWLOCK_OFFSET (BUFFER_MAPPING_LWLOCK_OFFSET + NUM_BUFFER_PARTITIONS)
#define PREDICATELOCK_MANAGER_LWLOCK_OFFSET (LOCK_MANAGER_LWLOCK_OFFSET + NUM_LOCK_PARTITIONS)
#define NUM_FIXED_LWLOCKS (PREDICATELOCK_MANAGER_LWLOCK_OFFSET + NUM_PREDICATELOCK_PARTITIONS)

typedef enum BuiltinTrancheIds
{
	LWTRANCHE_BEFORE_FIRST = NUM_INDIVIDUAL_LWLOCKS - 1,
#define LWLOCK_TRANCHE(symbol, name) LWTRANCHE_##symbol,
#include "storage/lwlocktranches.list"
#undef LWLOCK_TRANCHE
	LWTRANCHE_FIRST_USER_DEFINED
} BuiltinTrancheIds;

extern LWLockPadded *MainLWLockArray;
#define LWLOCK_BY_INDEX(i) (&MainLWLockArray[i].lock)
#define ShmemIndexLock LWLOCK_BY_INDEX(LWLOCK_IDX_ShmemIndex)
#define OidGenLock LWLOCK_BY_INDEX(LWLOCK_IDX_OidGen)
#define XidGenLock LWLOCK_BY_INDEX(LWLOCK_IDX_XidGen)
#define ProcArrayLock LWLOCK_BY_INDEX(LWLOCK_IDX_ProcArray)
#define SInvalReadLock LWLOCK_BY_INDEX(LWLOCK_IDX_SInvalRead)
#define SInvalWriteLock LWLOCK_BY_INDEX(LWLOCK_IDX_SInvalWrite)
#define WALBufMappingLock LWLOCK_BY_INDEX(LWLOCK_IDX_WALBufMapping)
#define WALWriteLock LWLOCK_BY_INDEX(LWLOCK_IDX_WALWrite)
#define ControlFileLock LWLOCK_BY_INDEX(LWLOCK_IDX_ControlFile)
#define XactSLRULock LWLOCK_BY_INDEX(LWLOCK_IDX_XactSLRU)
#define SubtransSLRULock LWLOCK_BY_INDEX(LWLOCK_IDX_SubtransSLRU)
#define MultiXactGenLock LWLOCK_BY_INDEX(LWLOCK_IDX_MultiXactGen)
#define MultiXactOffsetSLRULock LWLOCK_BY_INDEX(LWLOCK_IDX_MultiXactOffsetSLRU)
#define MultiXactMemberSLRULock LWLOCK_BY_INDEX(LWLOCK_IDX_MultiXactMemberSLRU)
#define RelCacheInitLock LWLOCK_BY_INDEX(LWLOCK_IDX_RelCacheInit)
#define CheckpointerCommLock LWLOCK_BY_INDEX(LWLOCK_IDX_CheckpointerComm)
#define TwoPhaseStateLock LWLOCK_BY_INDEX(LWLOCK_IDX_TwoPhaseState)
#define TablespaceCreateLock LWLOCK_BY_INDEX(LWLOCK_IDX_TablespaceCreate)
#define BtreeVacuumLock LWLOCK_BY_INDEX(LWLOCK_IDX_BtreeVacuum)
#define AddinShmemInitLock LWLOCK_BY_INDEX(LWLOCK_IDX_AddinShmemInit)
#define AutovacuumLock LWLOCK_BY_INDEX(LWLOCK_IDX_Autovacuum)
#define AutovacuumScheduleLock LWLOCK_BY_INDEX(LWLOCK_IDX_AutovacuumSchedule)
#define SyncScanLock LWLOCK_BY_INDEX(LWLOCK_IDX_SyncScan)
#define RelationMappingLock LWLOCK_BY_INDEX(LWLOCK_IDX_RelationMapping)
#define NotifyQueueLock LWLOCK_BY_INDEX(LWLOCK_IDX_NotifyQueue)
#define SyncRepLock LWLOCK_BY_INDEX(LWLOCK_IDX_SyncRep)
#define BackgroundWorkerLock LWLOCK_BY_INDEX(LWLOCK_IDX_BackgroundWorker)
#define AutoFileLock LWLOCK_BY_INDEX(LWLOCK_IDX_AutoFile)
#define ReplicationSlotAllocationLock LWLOCK_BY_INDEX(LWLOCK_IDX_ReplicationSlotAllocation)
#define ReplicationSlotControlLock LWLOCK_BY_INDEX(LWLOCK_IDX_ReplicationSlotControl)
#define MultiXactTruncationLock LWLOCK_BY_INDEX(LWLOCK_IDX_MultiXactTruncation)
#define XactTruncationLock LWLOCK_BY_INDEX(LWLOCK_IDX_XactTruncation)

/* Waits until granted. Returns true if it was free at once, false if this process had to sleep. */
extern bool LWLockAcquire(LWLock *lock, LWLockMode mode);
/* Never sleeps; false: not granted. */
extern bool LWLockConditionalAcquire(LWLock *lock, LWLockMode mode);
/* Granted at once: true. Else sleeps until somebody releases it, takes nothing, and returns false (group flush). */
extern bool LWLockAcquireOrWait(LWLock *lock, LWLockMode mode);
extern void LWLockRelease(LWLock *lock);
/* Error recovery: releases all, leaves interrupts held off as often as they were for callers outside. */
extern void LWLockReleaseAll(void);
extern bool LWLockHeldByMe(LWLock *lock);
extern bool LWLockAnyHeldByMe(LWLock *lock, int nlocks, size_t stride);
extern bool LWLockHeldByMeInMode(LWLock *lock, LWLockMode mode);
/* Number of LWLocks this process holds: for assertions "no lock held here". */
extern int LWLockHeldCount(void);
/* Calls back for each lock held by this process, in order of acquisition. */
extern void ForEachLWLockHeldByMe(void (*callback)(LWLock *, LWLockMode, void *), void *context);

/*
 * A variable guarded by an exclusively held lock that others may wait on (WAL insertion progress).
 * LWLockWaitForVar: true = the lock was free; false = *valptr differs from oldval, *newval is set. Sleeps otherwise.
 */
extern bool LWLockWaitForVar(LWLock *lock, uint64 *valptr, uint64 oldval, uint64 *newval);
extern void LWLockUpdateVar(LWLock *lock, uint64 *valptr, uint64 val);
extern void LWLockReleaseClearVar(LWLock *lock, uint64 *valptr, uint64 val);

extern void LWLockInitialize(LWLock *lock, int tranche_id);
extern int LWLockNewTrancheId(void);
extern void LWLockRegisterTranche(int tranche_id, const char *tranche_name);
extern const char *GetLWLockIdentifier(uint32 classId, uint16 eventId);
extern void RequestNamedLWLockTranche(const char *tranche_name, int num_lwlocks);
extern LWLockPadded *GetNamedLWLockTranche(const char *tranche_name);

#endif /* LWLOCK_H */
