/*
 * storage/latch.h
 *    Latches: "somebody wants you to look". And wait event sets: waiting for latches, sockets and time at once.
 *
 * The waiter's loop is: do all there is to do; WaitLatch; ResetLatch; CHECK_FOR_INTERRUPTS; again. SetLatch() is safe in a
 * signal handler, cheap when the latch is already set, and never lost: whatever was written to shared memory before SetLatch is
 * seen by the owner after ResetLatch.
 *
 * Waiting for a latch and a timeout alone is one futex call. When sockets are waited for too, epoll is used, and SetLatch
 * wakes the owner by SIGURG, which it reads from a signalfd.
 */
#ifndef LATCH_H
#define LATCH_H

#include "port/atomics.h"
#include "utils/palloc.h"

typedef struct Latch
{
	pg_atomic_uint32 is_set;   /* futex word */
	pg_atomic_uint32 sleeping; /* 0: owner runs; 1: in futex; 2: in epoll, wants SIGURG */
	bool is_shared;
	int owner_pid;			   /* 0: nobody owns it */
} Latch;

#define WL_LATCH_SET (1 << 0)
#define WL_SOCKET_READABLE (1 << 1)
#define WL_SOCKET_WRITEABLE (1 << 2)
#define WL_TIMEOUT (1 << 3)
#define WL_POSTMASTER_DEATH (1 << 4)
#define WL_EXIT_ON_PM_DEATH (1 << 5) /* exit(1) at once instead of returning */
#define WL_SOCKET_CONNECTED WL_SOCKET_WRITEABLE
#define WL_SOCKET_CLOSED (1 << 7)
#define WL_SOCKET_MASK (WL_SOCKET_READABLE | WL_SOCKET_WRITEABLE | WL_SOCKET_CONNECTED | WL_SOCKET_CLOSED)

typedef int pgsocket;
#define PGINVALID_SOCKET (-1)

typedef struct WaitEvent
{
	int pos;
	uint32 events;
	pgsocket fd;
	void *user_data;
} WaitEvent;
typedef struct WaitEventSet WaitEventSet;

/* This process's own latch: a local one until InitProcess(), then MyProc->procLatch. */
extern struct Latch *MyLatch;

/* MyLatch becomes a process-local latch; then the PGPROC's; then the local one again (both wake a waiter). */
extern void InitProcessLocalLatch(void);
extern void SwitchToSharedLatch(void);
extern void SwitchBackToLocalLatch(void);

extern void InitializeLatchSupport(void); /* once per process, before any wait: blocks SIGURG */
extern void InitLatch(Latch *latch);	  /* process-local */
extern void InitSharedLatch(Latch *latch);
extern void OwnLatch(Latch *latch);
extern void DisownLatch(Latch *latch);
extern void SetLatch(Latch *latch);
extern void ResetLatch(Latch *latch);
extern void ShutdownLatchSupport(void);

/* Return a mask of WL_ bits that say what happened; timeout in milliseconds, used with WL_TIMEOUT. */
extern int WaitLatch(Latch *latch, int wakeEvents, long timeout, uint32 wait_event_info);
extern int WaitLatchOrSocket(Latch *latch, int wakeEvents, pgsocket sock, long timeout, uint32 wait_event_info);
extern void InitializeLatchWaitSet(void);

extern WaitEventSet *CreateWaitEventSet(MemoryContext context, int nevents);
extern void FreeWaitEventSet(WaitEventSet *set);
extern void FreeWaitEventSetAfterFork(WaitEventSet *set);
extern int AddWaitEventToSet(WaitEventSet *set, uint32 events, pgsocket fd, Latch *latch, void *user_data);
extern void ModifyWaitEvent(WaitEventSet *set, int pos, uint32 events, Latch *latch);
/* Returns the number of events stored, 0 after a timeout (-1: wait forever). */
extern int WaitEventSetWait(WaitEventSet *set, long timeout, WaitEvent *occurred_events, int nevents,
							uint32 wait_event_info);
extern int GetNumRegisteredWaitEvents(WaitEventSet *set);
extern bool WaitEventSetCanReportClosed(void);

#endif /* LATCH_H */
