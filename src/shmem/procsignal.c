/*
 * procsignal.c
 *    Signalling between server processes: reasons as flags in shared memory, SIGUSR1 to make the receiver look.
 *
 * A slot belongs to the process whose pid it carries; flags are set without locks, a flag for a process that has just gone
 * is harmless because the slot is cleared when it is taken. Barriers: a global generation counts requests, each slot says up
 * to which generation its process has complied; processes without a slot need not comply.
 */
#include "postgres.h"

#include <signal.h>

#include "miscadmin.h"
#include "port/atomics.h"
#include "storage/condition_variable.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/procsignal.h"
#include "shmem/proc_internal.h"
#include "storage/shmem.h"
#include "storage/sinval.h"
#include "storage/smgr.h"
#include "utils/wait_event.h"

typedef struct ProcSignalSlot
{
	volatile pid_t pid; /* 0: unused */
	volatile sig_atomic_t flags[NUM_PROCSIGNALS];
	pg_atomic_uint64 barrier_generation;
	pg_atomic_uint32 barrier_mask; /* types not yet absorbed */
	ConditionVariable barrier_cv;
} ProcSignalSlot;

typedef struct ProcSignalHeader
{
	pg_atomic_uint64 barrier_generation;
	int nslots;
	ProcSignalSlot slots[];
} ProcSignalHeader;

static ProcSignalHeader *procsignal;
static ProcSignalSlot *my_slot;

volatile sig_atomic_t notifyInterruptPending = false;

static int
number_of_slots(void)
{
	return MaxBackends + NUM_AUXILIARY_PROCS;
}

Size
procsignal_shmem_size(void)
{
	return add_size(offsetof(ProcSignalHeader, slots), mul_size(number_of_slots(), sizeof(ProcSignalSlot)));
}

void
procsignal_shmem_init(void *base, bool found)
{
	procsignal = base;
	if (found)
		return;
	memset(base, 0, procsignal_shmem_size());
	procsignal->nslots = number_of_slots();
	for (int i = 0; i < procsignal->nslots; i++)
	{
		pg_atomic_init_u64(&procsignal->slots[i].barrier_generation, PG_UINT64_MAX);
		ConditionVariableInit(&procsignal->slots[i].barrier_cv);
	}
}

static void
leave_slot(int code, Datum arg)
{
	ProcSignalSlot *slot = my_slot;

	my_slot = NULL;
	if (slot == NULL)
		return;
	slot->pid = 0;
	/* Nobody has to wait for us any longer. */
	pg_atomic_write_u64(&slot->barrier_generation, PG_UINT64_MAX);
	ConditionVariableBroadcast(&slot->barrier_cv);
}

void
procsignal_release_remains_of(const PGPROC *dead)
{
	ProcSignalSlot *slot = &procsignal->slots[dead->pgprocno];

	slot->pid = 0;
	pg_atomic_write_u64(&slot->barrier_generation, PG_UINT64_MAX);
	ConditionVariableBroadcast(&slot->barrier_cv);
}

void
ProcSignalInit(int pss_idx)
{
	ProcSignalSlot *slot = &procsignal->slots[pss_idx - 1];

	AssertAlways(pss_idx >= 1 && pss_idx <= procsignal->nslots);
	if (slot->pid != 0 && slot->pid != MyProcPid)
		elog(LOG, "process %d taking over ProcSignal slot %d, but it's not empty", MyProcPid, pss_idx);
	for (int i = 0; i < NUM_PROCSIGNALS; i++)
		slot->flags[i] = 0;
	/* We have cached nothing yet, so we comply with everything asked for so far. */
	pg_atomic_write_u32(&slot->barrier_mask, 0);
	pg_atomic_write_u64(&slot->barrier_generation, pg_atomic_read_u64(&procsignal->barrier_generation));
	pg_memory_barrier();
	slot->pid = MyProcPid;
	my_slot = slot;
	on_shmem_exit(leave_slot, 0);
}

static int
raise_flag(ProcSignalSlot *slot, pid_t pid, ProcSignalReason reason)
{
	if (slot->pid != pid)
	{
		errno = ESRCH;
		return -1;
	}
	slot->flags[reason] = true;
	pg_memory_barrier();
	return kill(pid, SIGUSR1);
}

int
SendProcSignal(pid_t pid, ProcSignalReason reason, BackendId backendId)
{
	if (backendId != InvalidBackendId)
		return raise_flag(&procsignal->slots[backendId - 1], pid, reason);
	for (int i = procsignal->nslots - 1; i >= 0; i--)
		if (procsignal->slots[i].pid == pid)
			return raise_flag(&procsignal->slots[i], pid, reason);
	errno = ESRCH;
	return -1;
}

static bool
take_flag(ProcSignalReason reason)
{
	if (my_slot == NULL || !my_slot->flags[reason])
		return false;
	my_slot->flags[reason] = false;
	return true;
}

void
procsignal_sigusr1_handler(int signo)
{
	int save_errno = errno;

	if (take_flag(PROCSIG_CATCHUP_INTERRUPT))
		HandleCatchupInterrupt();
	if (take_flag(PROCSIG_NOTIFY_INTERRUPT))
		notifyInterruptPending = true;
	if (take_flag(PROCSIG_BARRIER))
	{
		InterruptPending = true;
		ProcSignalBarrierPending = true;
	}
	if (take_flag(PROCSIG_LOG_MEMORY_CONTEXT))
	{
		InterruptPending = true;
		LogMemoryContextPending = true;
	}
	if (MyLatch)
		SetLatch(MyLatch);
	errno = save_errno;
}

/* ---- barriers ------------------------------------------------------------------------------------------------------------------ */

uint64
EmitProcSignalBarrier(ProcSignalBarrierType type)
{
	uint64 generation;

	/* Say what is wanted, then that something is wanted, then wake. */
	for (int i = 0; i < procsignal->nslots; i++)
		pg_atomic_fetch_or_u32(&procsignal->slots[i].barrier_mask, 1U << type);
	generation = pg_atomic_add_fetch_u64(&procsignal->barrier_generation, 1);
	for (int i = procsignal->nslots - 1; i >= 0; i--)
	{
		ProcSignalSlot *slot = &procsignal->slots[i];
		pid_t pid = slot->pid;

		if (pid != 0)
			raise_flag(slot, pid, PROCSIG_BARRIER);
	}
	return generation;
}

void
WaitForProcSignalBarrier(uint64 generation)
{
	for (int i = procsignal->nslots - 1; i >= 0; i--)
	{
		ProcSignalSlot *slot = &procsignal->slots[i];

		while (pg_atomic_read_u64(&slot->barrier_generation) < generation)
		{
			if (ConditionVariableTimedSleep(&slot->barrier_cv, 5000, WAIT_EVENT_PROC_SIGNAL_BARRIER))
				ereport(LOG, errmsg("still waiting for backend with PID %d to accept ProcSignalBarrier",
									(int) slot->pid));
		}
		ConditionVariableCancelSleep();
	}
	pg_memory_barrier();
}

static void
absorb(uint32 types)
{
	if (types & (1U << PROCSIGNAL_BARRIER_SMGRRELEASE))
		smgrreleaseall();
}

void
ProcessProcSignalBarrier(void)
{
	uint64 generation;

	ProcSignalBarrierPending = false;
	if (my_slot == NULL)
		return;
	generation = pg_atomic_read_u64(&procsignal->barrier_generation);
	if (pg_atomic_read_u64(&my_slot->barrier_generation) == generation)
		return;
	absorb(pg_atomic_exchange_u32(&my_slot->barrier_mask, 0));
	pg_atomic_write_u64(&my_slot->barrier_generation, generation);
	ConditionVariableBroadcast(&my_slot->barrier_cv);
}
