/*
 * pmsignal.c
 *    Between children and postmaster: requests, child slots, and each other's death.
 *
 * The postmaster only loads and stores single words here, so a damaged region can mislead but not hang or crash it. A child's
 * slot goes ASSIGNED (by the postmaster, at launch) -> ACTIVE (by the child, before it touches anything shared) -> ASSIGNED (by
 * the child, when it has given everything back) -> UNUSED (by the postmaster, at reaping; it was ACTIVE: a crash).
 */
#include "postgres.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "miscadmin.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/pmsignal.h"
#include "storage/shmem.h"

typedef enum ChildSlotState
{
	CHILD_SLOT_UNUSED,
	CHILD_SLOT_ASSIGNED,
	CHILD_SLOT_ACTIVE,
	CHILD_SLOT_WALSENDER
} ChildSlotState;

typedef struct PMSignalData
{
	pg_atomic_uint32 requested[NUM_PMSIGNALS];
	pg_atomic_uint32 quit_reason;
	uint32 num_child_slots;
	pg_atomic_uint32 child_state[];
} PMSignalData;

static PMSignalData *pmsignal;

/* Set by the signal that the kernel sends at the postmaster's death. */
static volatile sig_atomic_t postmaster_possibly_dead = false;

/* Every process but the postmaster itself and dead-end children; slots may be handed out a little beyond the limits. */
static uint32
number_of_child_slots(void)
{
	return 2 * (MaxBackends + 32);
}

Size
pmsignal_shmem_size(void)
{
	return add_size(offsetof(PMSignalData, child_state), mul_size(number_of_child_slots(), sizeof(pg_atomic_uint32)));
}

void
pmsignal_shmem_init(void *base, bool found)
{
	pmsignal = base;
	if (found)
		return;
	memset(base, 0, pmsignal_shmem_size());
	pmsignal->num_child_slots = number_of_child_slots();
}

/* ---- requests ------------------------------------------------------------------------------------------------------------------ */

void
SendPostmasterSignal(PMSignalReason reason)
{
	if (!IsUnderPostmaster)
		return;
	pg_atomic_exchange_u32(&pmsignal->requested[reason], 1);
	kill(PostmasterPid, SIGUSR1);
}

bool
CheckPostmasterSignal(PMSignalReason reason)
{
	return pmsignal != NULL && pg_atomic_read_u32(&pmsignal->requested[reason]) != 0 &&
		   pg_atomic_exchange_u32(&pmsignal->requested[reason], 0) != 0;
}

void
SetQuitSignalReason(QuitSignalReason reason)
{
	if (pmsignal)
		pg_atomic_write_u32(&pmsignal->quit_reason, reason);
}

QuitSignalReason
GetQuitSignalReason(void)
{
	if (!IsUnderPostmaster || pmsignal == NULL)
		return PMQUIT_NOT_SENT;
	return pg_atomic_read_u32(&pmsignal->quit_reason);
}

/* ---- child slots ----------------------------------------------------------------------------------------------------------------- */

static pg_atomic_uint32 *
child_slot(int slot)
{
	if (pmsignal == NULL || slot < 1 || (uint32) slot > number_of_child_slots())
		return NULL;
	return &pmsignal->child_state[slot - 1];
}

void
MarkPostmasterChildSlotAssigned(int slot)
{
	pg_atomic_uint32 *state = child_slot(slot);

	if (state)
		pg_atomic_write_u32(state, CHILD_SLOT_ASSIGNED);
}

bool
MarkPostmasterChildSlotUnassigned(int slot)
{
	pg_atomic_uint32 *state = child_slot(slot);

	if (state == NULL)
		return true;
	return pg_atomic_exchange_u32(state, CHILD_SLOT_UNUSED) == CHILD_SLOT_ASSIGNED;
}

bool
IsPostmasterChildWalSender(int slot)
{
	pg_atomic_uint32 *state = child_slot(slot);

	return state && pg_atomic_read_u32(state) == CHILD_SLOT_WALSENDER;
}

static void
mark_my_slot(ChildSlotState to)
{
	pg_atomic_uint32 *state = child_slot(MyPMChildSlot);

	if (state)
		pg_atomic_write_u32(state, to);
}

static void
mark_inactive_at_exit(int code, Datum arg)
{
	MarkPostmasterChildInactive();
}

void
MarkPostmasterChildActive(void)
{
	mark_my_slot(CHILD_SLOT_ACTIVE);
	on_shmem_exit(mark_inactive_at_exit, 0);
}

void
MarkPostmasterChildWalSender(void)
{
	mark_my_slot(CHILD_SLOT_WALSENDER);
}

void
MarkPostmasterChildInactive(void)
{
	mark_my_slot(CHILD_SLOT_ASSIGNED);
}

/* ---- the postmaster's death --------------------------------------------------------------------------------------------------------- */

static void
postmaster_death_handler(int signo)
{
	int save_errno = errno;

	postmaster_possibly_dead = true;
	if (MyLatch)
		SetLatch(MyLatch);
	errno = save_errno;
}

void
PostmasterDeathSignalInit(void)
{
	struct sigaction action = {.sa_handler = postmaster_death_handler, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	sigaction(SIGPWR, &action, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGPWR) < 0)
		elog(ERROR, "could not request parent death signal: %m");
	/* It may have died before the request: look once. */
	postmaster_possibly_dead = true;
}

bool
PostmasterIsAlive(void)
{
	if (!IsUnderPostmaster || likely(!postmaster_possibly_dead))
		return true;
	if (getppid() == PostmasterPid)
	{
		postmaster_possibly_dead = false;
		return true;
	}
	return false;
}
