/*
 * storage/proc.h
 *    PGPROC: what a process is and owns, as the other processes (and the crash cleaner) see it.
 *
 * One array of fixed size in shared memory; a slot is taken in InitProcess and given back in ProcKill, or by the crash
 * cleaner. pgprocno is the index and never changes. xid, status flags and subtransaction counts are mirrored in dense
 * arrays (ProcGlobal) that snapshots are computed from; the mirror has the order of ProcArray, not of pgprocno.
 *
 * Rule of ownership: whatever a process may own in shared memory is written here before it can be owned and erased after
 * it is given back, by its owner alone and without locks (in program order: the reader looks only after the owner's death).
 */
#ifndef PROC_H
#define PROC_H

#include "lib/ilist.h"
#include "postgres.h"
#include "storage/latch.h"
#include "storage/lockdefs.h"
#include "storage/lwlock.h"
#include "storage/spin.h"
#include "storage/backendid.h"

/* Subtransaction ids that a process advertises; beyond that readers need pg_subtrans. */
#define PGPROC_MAX_CACHED_SUBXIDS 64
typedef struct XidCacheStatus
{
	uint8 count;
	bool overflowed;
} XidCacheStatus;
typedef struct XidCache
{
	TransactionId xids[PGPROC_MAX_CACHED_SUBXIDS];
} XidCache;

/* statusFlags */
#define PROC_IS_AUTOVACUUM 0x01
#define PROC_IN_VACUUM 0x02			  /* lazy VACUUM: its xmin holds nobody else's vacuum back */
#define PROC_IN_SAFE_IC 0x04
#define PROC_VACUUM_FOR_WRAPAROUND 0x08
#define PROC_IN_LOGICAL_DECODING 0x10
#define PROC_AFFECTS_ALL_HORIZONS 0x20
#define PROC_VACUUM_STATE_MASK (PROC_IN_VACUUM | PROC_IN_SAFE_IC | PROC_VACUUM_FOR_WRAPAROUND)
#define PROC_XMIN_FLAGS (PROC_IN_VACUUM | PROC_IN_SAFE_IC)

#define DELAY_CHKPT_START (1 << 0)	  /* a checkpoint may not choose its redo point now */
#define DELAY_CHKPT_COMPLETE (1 << 1) /* a checkpoint may not finish now */

#define FP_LOCK_SLOTS_PER_BACKEND 16  /* relation locks without the shared table */
#define PROC_MAX_HELD_LWLOCKS 200
#define PROC_MAX_PINS 64

typedef enum
{
	PROC_WAIT_STATUS_OK,
	PROC_WAIT_STATUS_WAITING,
	PROC_WAIT_STATUS_ERROR
} ProcWaitStatus;

/* One LWLock that the process takes, has or gives back. */
typedef enum HeldLWLockPhase
{
	HELD_LWLOCK_EMPTY,	  /* slot unused */
	HELD_LWLOCK_TRYING,	  /* may or may not hold it (a shared lock cannot be told; an exclusive one names its owner) */
	HELD_LWLOCK_SLEEPING, /* does not hold it */
	HELD_LWLOCK_HELD
} HeldLWLockPhase;
typedef struct HeldLWLock
{
	LWLock *lock;
	uint8 mode;	 /* LWLockMode */
	uint8 phase; /* HeldLWLockPhase */
} HeldLWLock;

typedef struct ProcPin
{
	int32 buffer; /* Buffer number, 1-based */
} ProcPin;

struct LOCK;
struct PROCLOCK;

typedef struct PGPROC
{
	dlist_node links;			/* in the freelist, or in a heavyweight lock's wait queue */
	int pgprocno;
	int pid;					/* 0: slot free or process gone */
	BackendId backendId;		/* InvalidBackendId for auxiliary processes */
	Oid databaseId;
	Oid roleId;
	Oid tempNamespaceId;
	bool isBackgroundWorker;
	uint8 backendType;			/* BackendType */
	Latch procLatch;

	/* Transaction. xid and subxidStatus are mirrored in ProcGlobal; write both under ProcArrayLock (clear) or XidGenLock (set). */
	TransactionId xid;
	TransactionId xmin;			/* oldest xid its snapshots need; written by the owner with ProcArrayLock shared, or none */
	LocalTransactionId lxid;	/* current virtual transaction; 0: none */
	int pgxactoff;				/* position in the dense arrays, -1: not in the ProcArray. Under ProcArrayLock */
	uint8 statusFlags;
	int delayChkptFlags;
	XidCacheStatus subxidStatus;
	XidCache subxids;
	bool recoveryConflictPending;

	/* Ownership, see above. */
	int num_held_lwlocks;
	HeldLWLock held_lwlocks[PROC_MAX_HELD_LWLOCKS];
	int num_pins;				/* entries in pins[]; all distinct */
	bool pins_overflowed;		/* more pins than entries: not containable */
	ProcPin pins[PROC_MAX_PINS];
	volatile uint32 crit_section_count; /* mirrors CritSectionCount */
	volatile uint32 spinlock_count;		/* spinlocks held; only kept where assertions are on */
	volatile uint32 wait_event_info;	/* what it waits for; 0: runs */

	/* Heavyweight lock wait. Under the partition lock of waitLock. */
	ProcWaitStatus waitStatus;
	struct LOCK *waitLock;
	struct PROCLOCK *waitProcLock;
	LOCKMODE waitLockMode;
	LOCKMASK heldLocks;
	pg_atomic_uint64 waitStart; /* TimestampTz when it began to wait, 0: does not */

	/* Heavyweight locks held, one list per partition, under that partition's lock. */
	dlist_head myProcLocks[NUM_LOCK_PARTITIONS];

	/* Fast-path locks: under fpInfoLock. */
	LWLock fpInfoLock;
	uint64 fpLockBits; /* 3 bits per slot: AccessShare, RowShare, RowExclusive */
	Oid fpRelId[FP_LOCK_SLOTS_PER_BACKEND];
	bool fpVXIDLock;
	LocalTransactionId fpLocalTransactionId;

	/* Synchronous replication and commit grouping. */
	uint64 waitLSN;
	int syncRepState;

	struct PGPROC *lockGroupLeader; /* always NULL: no parallel query; named by tools */
} __attribute__((aligned(PG_CACHE_LINE_SIZE))) PGPROC;

extern PGPROC *MyProc;

typedef struct PROC_HDR
{
	PGPROC *allProcs;				/* allProcCount entries */
	TransactionId *xids;			/* dense mirrors, ProcArray order */
	XidCacheStatus *subxidStates;
	uint8 *statusFlags;
	uint32 allProcCount;
	slock_t freelist_lock;
	dlist_head freeProcs;			/* regular backends */
	dlist_head autovacFreeProcs;
	dlist_head bgworkerFreeProcs;
	dlist_head walsenderFreeProcs;
	Latch *walwriterLatch;
	Latch *checkpointerLatch;
	int startupProcPid;
	int startupBufferPinWaitBufId;
} PROC_HDR;
extern PROC_HDR *ProcGlobal;
extern PGPROC *PreparedXactProcs;

#define NUM_AUXILIARY_PROCS 16
#define GetPGProcByNumber(n) (&ProcGlobal->allProcs[(n)])
#define GetNumberFromPGProc(proc) ((proc) - &ProcGlobal->allProcs[0])
#define FIRST_AUXILIARY_PROC_NO (MaxBackends)

extern int DeadlockTimeout;
extern int StatementTimeout;
extern int LockTimeout;
extern int IdleInTransactionSessionTimeout;
extern int IdleSessionTimeout;
extern bool log_lock_waits;

extern int ProcGlobalSemas(void);
extern Size ProcGlobalShmemSize(void);
/* Take a slot for this process and register ProcKill; FATAL 53300 when there is none. Sets MyProc, MyBackendId, MyLatch. */
extern void InitProcess(void);
extern void InitProcessPhase2(void); /* become visible in the ProcArray */
extern void InitAuxiliaryProcess(void);
/* A process that runs alone (bootstrap, single-user) uses InitProcess as well. */
extern bool HaveNFreeProcs(int n);
extern PGPROC *AuxiliaryPidGetProc(int pid);
/* Error recovery of whatever wait was interrupted: leave the lock wait queue. */
extern void LockErrorCleanup(void);
extern void ProcReleaseLocks(bool isCommit);
extern void ProcSendSignal(int pgprocno);
extern void ProcWaitForSignal(uint32 wait_event_info);

/*
 * Record that this process is about to pin a buffer it has not pinned, or has just given its last pin back. Called by
 * bufmgr for shared buffers only, once per buffer and process however many pins it counts locally.
 */
static inline void
proc_record_pin(int buffer)
{
	PGPROC *proc = MyProc;

	if (unlikely(proc == NULL))
		return;
	if (unlikely(proc->num_pins >= PROC_MAX_PINS))
	{
		proc->pins_overflowed = true;
		proc->num_pins++;
		return;
	}
	proc->pins[proc->num_pins].buffer = buffer;
	pg_compiler_barrier();
	proc->num_pins++;
	pg_compiler_barrier();
}

extern void proc_forget_pin_slow(int buffer);

static inline void
proc_forget_pin(int buffer)
{
	PGPROC *proc = MyProc;

	if (unlikely(proc == NULL))
		return;
	if (likely(!proc->pins_overflowed && proc->num_pins > 0 && proc->pins[proc->num_pins - 1].buffer == buffer))
	{
		pg_compiler_barrier();
		proc->num_pins--;
	}
	else
		proc_forget_pin_slow(buffer);
}

#endif /* PROC_H */
