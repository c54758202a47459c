/*
 * proc.c
 *    The table of processes: a PGPROC for each, taken at the start of a process and given back at its end.
 *
 * Slots are pooled by kind of process (README, P1): the pools are ranges of the array, in the order of pool_of_backend_type(),
 * then come the auxiliary processes, which have no BackendId. The free slots of a pool are a list under a spinlock; the
 * auxiliary ones are few and searched.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "shmem/lwlock_internal.h"
#include "shmem/proc_internal.h"
#include "storage/condition_variable.h"
#include "storage/ipc.h"
#include "storage/lock.h"
#include "storage/pmsignal.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/shmem.h"
#include "utils/wait_event.h"

int DeadlockTimeout = 1000;
int StatementTimeout = 0;
int LockTimeout = 0;
int IdleInTransactionSessionTimeout = 0;
int IdleSessionTimeout = 0;
bool log_lock_waits = false;

PGPROC *MyProc = NULL;
PROC_HDR *ProcGlobal = NULL;
PGPROC *PreparedXactProcs = NULL;

static volatile uint32 *crit_count_without_proc; /* where the depth is kept while there is no PGPROC */

/* ---- shared memory ------------------------------------------------------------------------------------------------------ */

static uint32
number_of_procs(void)
{
	return MaxBackends + NUM_AUXILIARY_PROCS;
}

Size
proc_shmem_size(void)
{
	Size per_proc = sizeof(PGPROC) + sizeof(TransactionId) + sizeof(XidCacheStatus) + sizeof(uint8);

	return add_size(CACHELINEALIGN(sizeof(PROC_HDR)) + 4 * PG_CACHE_LINE_SIZE, mul_size(number_of_procs(), per_proc));
}

Size
ProcGlobalShmemSize(void)
{
	return proc_shmem_size();
}

int
ProcGlobalSemas(void)
{
	return 0; /* futexes need none */
}

/* Give the next `count` slots from *next on to a pool. */
static void
fill_pool(dlist_head *pool, int *next, int count)
{
	dlist_init(pool);
	for (int i = 0; i < count; i++)
		dlist_push_tail(pool, &ProcGlobal->allProcs[(*next)++].links);
}

static void
lay_out(char *base)
{
	uint32 n = number_of_procs();
	char *p = base;

	ProcGlobal = (PROC_HDR *) p;
	p += CACHELINEALIGN(sizeof(PROC_HDR));
	ProcGlobal->allProcs = (PGPROC *) p;
	p += n * sizeof(PGPROC);
	ProcGlobal->xids = (TransactionId *) p;
	p = (char *) CACHELINEALIGN(p + n * sizeof(TransactionId));
	ProcGlobal->subxidStates = (XidCacheStatus *) p;
	p = (char *) CACHELINEALIGN(p + n * sizeof(XidCacheStatus));
	ProcGlobal->statusFlags = (uint8 *) p;
	ProcGlobal->allProcCount = n;
}

void
proc_shmem_init(void *base, bool found)
{
	int next = 0;
	int others;

	ProcGlobal = base;
	if (found)
		return;
	memset(base, 0, proc_shmem_size());
	lay_out(base);
	for (uint32 i = 0; i < ProcGlobal->allProcCount; i++)
	{
		PGPROC *proc = &ProcGlobal->allProcs[i];

		proc->pgprocno = i;
		proc->pgxactoff = -1;
		InitSharedLatch(&proc->procLatch);
		LWLockInitialize(&proc->fpInfoLock, LWTRANCHE_LOCK_FASTPATH);
		for (int part = 0; part < NUM_LOCK_PARTITIONS; part++)
			dlist_init(&proc->myProcLocks[part]);
	}
	SpinLockInit(&ProcGlobal->freelist_lock);
	others = autovacuum_max_workers + 1 + max_worker_processes + max_wal_senders;
	fill_pool(&ProcGlobal->freeProcs, &next, MaxBackends - others);
	fill_pool(&ProcGlobal->autovacFreeProcs, &next, autovacuum_max_workers + 1);
	fill_pool(&ProcGlobal->bgworkerFreeProcs, &next, max_worker_processes);
	fill_pool(&ProcGlobal->walsenderFreeProcs, &next, max_wal_senders);
	Assert(next == MaxBackends);
}

/* ---- taking a slot ---------------------------------------------------------------------------------------------------------- */

static dlist_head *
pool_of_backend_type(BackendType type)
{
	switch (type)
	{
		case B_AUTOVAC_LAUNCHER:
		case B_AUTOVAC_WORKER:
			return &ProcGlobal->autovacFreeProcs;
		case B_BG_WORKER:
			return &ProcGlobal->bgworkerFreeProcs;
		case B_WAL_SENDER:
			return &ProcGlobal->walsenderFreeProcs;
		default:
			return &ProcGlobal->freeProcs;
	}
}

/* Everything but what the slot keeps for life (number, latch, lists, fpInfoLock). */
static void
reset_proc(PGPROC *proc)
{
	proc->xid = proc->xmin = InvalidTransactionId;
	proc->lxid = InvalidLocalTransactionId;
	proc->statusFlags = 0;
	proc->delayChkptFlags = 0;
	proc->subxidStatus = (XidCacheStatus) {0};
	proc->recoveryConflictPending = false;
	proc->num_held_lwlocks = 0;
	proc->num_pins = 0;
	proc->pins_overflowed = false;
	proc->crit_section_count = 0;
	proc->wait_event_info = 0;
	proc->waitStatus = PROC_WAIT_STATUS_OK;
	proc->waitLock = NULL;
	proc->waitProcLock = NULL;
	proc->waitLockMode = NoLock;
	proc->heldLocks = 0;
	pg_atomic_write_u64(&proc->waitStart, 0);
	proc->fpLockBits = 0;
	proc->fpVXIDLock = false;
	proc->fpLocalTransactionId = InvalidLocalTransactionId;
	proc->databaseId = proc->roleId = proc->tempNamespaceId = InvalidOid;
	proc->isBackgroundWorker = MyBackendType == B_BG_WORKER;
	proc->backendType = MyBackendType;
	proc->lockGroupLeader = NULL;
	for (int part = 0; part < NUM_LOCK_PARTITIONS; part++)
		Assert(dlist_is_empty(&proc->myProcLocks[part]));
}

static void
become(PGPROC *proc, BackendId backend_id)
{
	reset_proc(proc);
	proc->backendId = backend_id;
	proc->pid = MyProcPid;
	MyBackendId = backend_id;
	MyProc = proc;
	OwnLatch(&proc->procLatch);
	SwitchToSharedLatch();
	pgstat_set_wait_event_storage(&proc->wait_event_info);
	lwlock_use_proc(proc);
	crit_count_without_proc = MyCritSectionCount;
	proc->crit_section_count = *MyCritSectionCount;
	MyCritSectionCount = &proc->crit_section_count;
}

static void ProcKill(int code, Datum arg);
static void AuxiliaryProcKill(int code, Datum arg);

void
InitProcess(void)
{
	dlist_head *pool = pool_of_backend_type(MyBackendType);
	PGPROC *proc = NULL;

	if (MyProc != NULL)
		elog(ERROR, "you already exist");
	SpinLockAcquire(&ProcGlobal->freelist_lock);
	if (!dlist_is_empty(pool))
		proc = dlist_container(PGPROC, links, dlist_pop_head_node(pool));
	SpinLockRelease(&ProcGlobal->freelist_lock);
	if (proc == NULL)
	{
		if (MyBackendType == B_WAL_SENDER)
			ereport(FATAL, errcode(ERRCODE_TOO_MANY_CONNECTIONS),
					errmsg("number of requested standby connections exceeds max_wal_senders (currently %d)",
						   max_wal_senders));
		ereport(FATAL, errcode(ERRCODE_TOO_MANY_CONNECTIONS), errmsg("sorry, too many clients already"));
	}
	if (IsUnderPostmaster && MyBackendType != B_AUTOVAC_LAUNCHER)
		MarkPostmasterChildActive();
	become(proc, proc->pgprocno + 1);
	on_shmem_exit(ProcKill, 0);
	InitLocks();
}

static void
RemoveProcFromArray(int code, Datum arg)
{
	ProcArrayRemove(MyProc, InvalidTransactionId);
}

void
InitProcessPhase2(void)
{
	ProcArrayAdd(MyProc);
	on_shmem_exit(RemoveProcFromArray, 0);
}

void
InitAuxiliaryProcess(void)
{
	PGPROC *proc = NULL;

	if (MyProc != NULL)
		elog(ERROR, "you already exist");
	SpinLockAcquire(&ProcGlobal->freelist_lock);
	for (int i = 0; i < NUM_AUXILIARY_PROCS && proc == NULL; i++)
	{
		PGPROC *candidate = &ProcGlobal->allProcs[MaxBackends + i];

		if (candidate->pid == 0)
			proc = candidate;
	}
	if (proc)
		proc->pid = MyProcPid;
	SpinLockRelease(&ProcGlobal->freelist_lock);
	if (proc == NULL)
		elog(FATAL, "all AuxiliaryProcs are in use");
	become(proc, InvalidBackendId);
	on_shmem_exit(AuxiliaryProcKill, 0);
	InitLocks();
}

/* ---- giving it back ---------------------------------------------------------------------------------------------------------- */

/* The process stops being its PGPROC; what follows uses local memory again. */
static PGPROC *
leave_proc(void)
{
	PGPROC *proc = MyProc;

	LWLockReleaseAll();
	ConditionVariableCancelSleep();
	*crit_count_without_proc = *MyCritSectionCount;
	MyCritSectionCount = crit_count_without_proc;
	lwlock_use_proc(NULL);
	SwitchBackToLocalLatch();
	pgstat_reset_wait_event_storage();
	MyProc = NULL;
	DisownLatch(&proc->procLatch);
	return proc;
}

void
proc_return_slot(PGPROC *proc)
{
	dlist_head *pool = pool_of_backend_type(proc->backendType);

	SpinLockAcquire(&ProcGlobal->freelist_lock);
	proc->backendId = InvalidBackendId;
	proc->pid = 0;
	if (proc->pgprocno < MaxBackends)
		dlist_push_head(pool, &proc->links);
	SpinLockRelease(&ProcGlobal->freelist_lock);
}

static void
ProcKill(int code, Datum arg)
{
	proc_return_slot(leave_proc());
}

static void
AuxiliaryProcKill(int code, Datum arg)
{
	proc_return_slot(leave_proc());
}

/* ---- pins ----------------------------------------------------------------------------------------------------------------------- */

/* Not the newest pin, or the list does not hold all of them. */
void
proc_forget_pin_slow(int buffer)
{
	PGPROC *proc = MyProc;
	int listed = Min(proc->num_pins, PROC_MAX_PINS);

	if (proc->num_pins > PROC_MAX_PINS)
	{
		/* Some are not listed, so what is listed no longer means anything until the count is back to nothing. */
		proc->num_pins--;
		return;
	}
	if (proc->pins_overflowed)
	{
		if (--proc->num_pins == 0)
			proc->pins_overflowed = false;
		return;
	}
	for (int i = listed - 1; i >= 0; i--)
	{
		if (proc->pins[i].buffer == buffer)
		{
			proc->pins[i] = proc->pins[listed - 1];
			pg_compiler_barrier();
			proc->num_pins--;
			return;
		}
	}
	elog(WARNING, "buffer %d is not among the recorded pins", buffer);
}

/* ---- questions -------------------------------------------------------------------------------------------------------------------- */

bool
HaveNFreeProcs(int n)
{
	dlist_iter iter;
	int found = 0;

	SpinLockAcquire(&ProcGlobal->freelist_lock);
	dlist_foreach(iter, &ProcGlobal->freeProcs)
	{
		if (++found >= n)
			break;
	}
	SpinLockRelease(&ProcGlobal->freelist_lock);
	return found >= n;
}

PGPROC *
AuxiliaryPidGetProc(int pid)
{
	if (pid == 0)
		return NULL;
	for (int i = 0; i < NUM_AUXILIARY_PROCS; i++)
	{
		PGPROC *proc = &ProcGlobal->allProcs[MaxBackends + i];

		if (proc->pid == pid)
			return proc;
	}
	return NULL;
}

void
ProcSendSignal(int pgprocno)
{
	SetLatch(&ProcGlobal->allProcs[pgprocno].procLatch);
}

void
ProcWaitForSignal(uint32 wait_event_info)
{
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH, 0, wait_event_info);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
}
