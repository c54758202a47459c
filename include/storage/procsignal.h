/*
 * storage/procsignal.h
 *    SIGUSR1 multiplexed: one process asks another to do something at its next CHECK_FOR_INTERRUPTS.
 *
 * SendProcSignal sets a flag in the receiver's slot and sends SIGUSR1; the handler turns flags into pending-interrupt
 * variables and sets the latch. Barriers: EmitProcSignalBarrier asks everybody, WaitForProcSignalBarrier waits until all
 * have complied.
 */
#ifndef PROCSIGNAL_H
#define PROCSIGNAL_H

#include <signal.h>

#include "c.h"
#include "storage/backendid.h"

typedef enum
{
	PROCSIG_CATCHUP_INTERRUPT,		/* sinval: read your messages */
	PROCSIG_NOTIFY_INTERRUPT,		/* LISTEN/NOTIFY */
	PROCSIG_PARALLEL_MESSAGE,
	PROCSIG_WALSND_INIT_STOPPING,
	PROCSIG_BARRIER,
	PROCSIG_LOG_MEMORY_CONTEXT,
	PROCSIG_RECOVERY_CONFLICT_DATABASE,
	PROCSIG_RECOVERY_CONFLICT_TABLESPACE,
	PROCSIG_RECOVERY_CONFLICT_LOCK,
	PROCSIG_RECOVERY_CONFLICT_SNAPSHOT,
	PROCSIG_RECOVERY_CONFLICT_BUFFERPIN,
	PROCSIG_RECOVERY_CONFLICT_STARTUP_DEADLOCK,
	NUM_PROCSIGNALS
} ProcSignalReason;

typedef enum
{
	PROCSIGNAL_BARRIER_SMGRRELEASE /* close files of relations: they are about to be removed */
} ProcSignalBarrierType;
#define NUM_PROCSIGNAL_BARRIERS 1

extern void ProcSignalInit(int pss_idx); /* pss_idx: MyBackendId, or MaxBackends + auxiliary type + 1 */
extern int SendProcSignal(pid_t pid, ProcSignalReason reason, BackendId backendId); /* 0, or -1 with errno */
extern uint64 EmitProcSignalBarrier(ProcSignalBarrierType type);
extern void WaitForProcSignalBarrier(uint64 generation);
extern void ProcessProcSignalBarrier(void); /* from CHECK_FOR_INTERRUPTS */
extern void procsignal_sigusr1_handler(int signo);

/*
 * Pending work the handler found; ProcessInterrupts (process/) looks at these, at ProcSignalBarrierPending and at LogMemoryContextPending
 * (miscadmin.h).
 */
extern volatile sig_atomic_t catchupInterruptPending;
extern volatile sig_atomic_t notifyInterruptPending;

#endif /* PROCSIGNAL_H */
