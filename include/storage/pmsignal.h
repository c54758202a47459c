/*
 * storage/pmsignal.h
 *    What children tell the postmaster: a small array of atomics that it reads and clears, plus SIGUSR1.
 *
 * This is the only part of shared memory the postmaster looks at, and it trusts nothing in it: each word is a flag.
 * It also keeps one word per child slot (PMChildFlags): a child that dies in state ACTIVE without having marked itself
 * inactive still owned something in shared memory.
 */
#ifndef PMSIGNAL_H
#define PMSIGNAL_H

#include <signal.h>

#include "c.h"

typedef enum
{
	PMSIGNAL_RECOVERY_STARTED,
	PMSIGNAL_BEGIN_HOT_STANDBY,
	PMSIGNAL_ROTATE_LOGFILE,
	PMSIGNAL_START_AUTOVAC_LAUNCHER,
	PMSIGNAL_START_AUTOVAC_WORKER,
	PMSIGNAL_BACKGROUND_WORKER_CHANGE,
	PMSIGNAL_START_WALRECEIVER,
	PMSIGNAL_ADVANCE_STATE_MACHINE,
	PMSIGNAL_XLOG_IS_SHUTDOWN, /* the shutdown checkpoint is done */
	NUM_PMSIGNALS
} PMSignalReason;

typedef enum
{
	PMQUIT_NOT_SENT = 0,
	PMQUIT_FOR_CRASH,
	PMQUIT_FOR_STOP
} QuitSignalReason;

/* Anybody. */
extern void SendPostmasterSignal(PMSignalReason reason);
extern bool PostmasterIsAlive(void);
extern QuitSignalReason GetQuitSignalReason(void);
/* This process: die with (or learn of) the postmaster's death. Called early in every child. */
extern void PostmasterDeathSignalInit(void);
/* A child marks its slot while it uses shared memory; slot numbers start at 1, 0 means none. */
extern void MarkPostmasterChildActive(void);
extern void MarkPostmasterChildInactive(void);
extern void MarkPostmasterChildWalSender(void);

/* Postmaster only. */
extern bool CheckPostmasterSignal(PMSignalReason reason);
extern void SetQuitSignalReason(QuitSignalReason reason);
extern void MarkPostmasterChildSlotAssigned(int slot);
extern bool MarkPostmasterChildSlotUnassigned(int slot); /* false: it died with shared memory attached */
extern bool IsPostmasterChildWalSender(int slot);

#endif /* PMSIGNAL_H */
