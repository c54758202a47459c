/*
 * sinvaladt.c
 *    The ring of invalidation messages.
 *
 * Message number n lives in buffer[n % SINVAL_RING_SIZE] while it is among the last SINVAL_RING_SIZE ones. Numbers are 64 bits
 * wide and never wrap. Each reader has its own position; one whose next message has been overwritten is marked `reset`: it must
 * drop everything it has cached. Writers take SInvalWriteLock; a reader takes SInvalReadLock in shared mode, touches only its own
 * state, and reads maxMsgNum with acquire semantics, so it never waits for writers.
 *
 * A writer that is about to overtake a reader needs SInvalReadLock exclusively, to set its reset mark. That happens at most
 * once per CLEANUP_EVERY messages. README, V1-V3.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "shmem/proc_internal.h"
#include "storage/lock.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/procsignal.h"
#include "storage/shmem.h"
#include "storage/sinvaladt.h"

#define SINVAL_RING_SIZE 4096 /* power of two */
#define CLEANUP_EVERY (SINVAL_RING_SIZE / 16)
/* A reader that is this far behind is asked to catch up. */
#define CATCHUP_DISTANCE (SINVAL_RING_SIZE / 2)
#define WRITE_QUANTUM 64

typedef struct ReaderState
{
	bool active;
	bool sendOnly;	/* never reads */
	bool reset;		/* lost messages */
	bool signaled;	/* has been asked to catch up */
	volatile bool hasMessages;
	pid_t pid;
	uint64 nextMsgNum;
	LocalTransactionId nextLXID; /* survives the process: virtual ids are not reused at once */
} ReaderState;

typedef struct SISeg
{
	uint64 maxMsgNum;	  /* the next number; stored with release semantics */
	uint64 nextCleanup;	  /* at this number look at the readers again. Under SInvalWriteLock */
	int nreaders;
	SharedInvalidationMessage buffer[SINVAL_RING_SIZE];
	ReaderState readers[]; /* by BackendId - 1 */
} SISeg;

static SISeg *sinval;
static LocalTransactionId next_local_xid;

Size
sinval_shmem_size(void)
{
	return add_size(offsetof(SISeg, readers), mul_size(MaxBackends, sizeof(ReaderState)));
}

Size
SInvalShmemSize(void)
{
	return sinval_shmem_size();
}

void
sinval_shmem_init(void *base, bool found)
{
	sinval = base;
	if (found)
		return;
	memset(base, 0, sinval_shmem_size());
	sinval->nreaders = MaxBackends;
	sinval->nextCleanup = CLEANUP_EVERY;
	for (int i = 0; i < MaxBackends; i++)
		sinval->readers[i].nextLXID = InvalidLocalTransactionId;
}

static ReaderState *
my_reader(void)
{
	return &sinval->readers[MyBackendId - 1];
}

static void
leave(int code, Datum arg)
{
	ReaderState *me = my_reader();

	LWLockAcquire(SInvalWriteLock, LW_EXCLUSIVE);
	me->nextLXID = next_local_xid;
	me->active = false;
	me->pid = 0;
	LWLockRelease(SInvalWriteLock);
}

void
SharedInvalBackendInit(bool sendOnly)
{
	ReaderState *me = my_reader();

	LWLockAcquire(SInvalWriteLock, LW_EXCLUSIVE);
	next_local_xid = me->nextLXID;
	me->pid = MyProcPid;
	me->nextMsgNum = sinval->maxMsgNum;
	me->reset = me->signaled = me->hasMessages = false;
	me->sendOnly = sendOnly;
	me->active = true;
	LWLockRelease(SInvalWriteLock);
	on_shmem_exit(leave, 0);
}

/* The process is gone without saying so. Its counter of virtual transactions goes on from what it has used at most. */
void
sinval_release_remains_of(const PGPROC *dead)
{
	ReaderState *reader = &sinval->readers[dead->backendId - 1];

	LWLockAcquire(SInvalWriteLock, LW_EXCLUSIVE);
	reader->nextLXID = Max(reader->nextLXID, dead->lxid) + (1 << 20);
	reader->active = false;
	reader->pid = 0;
	LWLockRelease(SInvalWriteLock);
}

/*
 * Make room for `minFree` messages (SInvalWriteLock held): readers that would be overtaken lose, those that are far
 * behind are asked, one at a time, to catch up (each asks the next when it is done).
 */
void
SICleanupQueue(bool callerHasWriteLock, int minFree)
{
	ReaderState *slowest = NULL;
	pid_t pid = 0;
	BackendId backend_id = InvalidBackendId;

	if (!callerHasWriteLock)
		LWLockAcquire(SInvalWriteLock, LW_EXCLUSIVE);
	LWLockAcquire(SInvalReadLock, LW_EXCLUSIVE);
	for (int i = 0; i < sinval->nreaders; i++)
	{
		ReaderState *reader = &sinval->readers[i];

		if (!reader->active || reader->reset || reader->sendOnly)
			continue;
		if (sinval->maxMsgNum + minFree > reader->nextMsgNum + SINVAL_RING_SIZE)
		{
			reader->reset = true;
			continue;
		}
		if (sinval->maxMsgNum - reader->nextMsgNum >= CATCHUP_DISTANCE && !reader->signaled &&
			(slowest == NULL || reader->nextMsgNum < slowest->nextMsgNum))
			slowest = reader;
	}
	sinval->nextCleanup = sinval->maxMsgNum + CLEANUP_EVERY;
	if (slowest)
	{
		slowest->signaled = true;
		pid = slowest->pid;
		backend_id = slowest - sinval->readers + 1;
	}
	LWLockRelease(SInvalReadLock);
	LWLockRelease(SInvalWriteLock);
	if (pid != 0)
		SendProcSignal(pid, PROCSIG_CATCHUP_INTERRUPT, backend_id);
	if (callerHasWriteLock)
		LWLockAcquire(SInvalWriteLock, LW_EXCLUSIVE);
}

static void
insert_quantum(const SharedInvalidationMessage *data, int n)
{
	LWLockAcquire(SInvalWriteLock, LW_EXCLUSIVE);
	/* Cleanup looks CLEANUP_EVERY messages ahead, so that nobody is overtaken between two of them. */
	while (sinval->maxMsgNum + n > sinval->nextCleanup)
		SICleanupQueue(true, CLEANUP_EVERY + WRITE_QUANTUM);
	for (int i = 0; i < n; i++)
		sinval->buffer[(sinval->maxMsgNum + i) % SINVAL_RING_SIZE] = data[i];
	__atomic_store_n(&sinval->maxMsgNum, sinval->maxMsgNum + n, __ATOMIC_SEQ_CST);
	for (int i = 0; i < sinval->nreaders; i++)
		if (sinval->readers[i].active)
			sinval->readers[i].hasMessages = true;
	LWLockRelease(SInvalWriteLock);
}

void
SIInsertDataEntries(const SharedInvalidationMessage *data, int n)
{
	while (n > 0)
	{
		int now = Min(n, WRITE_QUANTUM);

		insert_quantum(data, now);
		data += now;
		n -= now;
	}
}

int
SIGetDataEntries(SharedInvalidationMessage *data, int datasize)
{
	ReaderState *me = my_reader();
	uint64 max;
	int n = 0;

	if (!me->hasMessages)
		return 0;
	LWLockAcquire(SInvalReadLock, LW_SHARED);
	/* Clear the flag first: what is inserted after this sets it again. */
	me->hasMessages = false;
	pg_memory_barrier();
	max = __atomic_load_n(&sinval->maxMsgNum, __ATOMIC_ACQUIRE);
	if (me->reset)
	{
		me->nextMsgNum = max;
		me->reset = me->signaled = false;
		LWLockRelease(SInvalReadLock);
		return -1;
	}
	while (n < datasize && me->nextMsgNum < max)
		data[n++] = sinval->buffer[me->nextMsgNum++ % SINVAL_RING_SIZE];
	if (me->nextMsgNum >= max)
		me->signaled = false;
	else
		me->hasMessages = true;
	LWLockRelease(SInvalReadLock);
	return n;
}

LocalTransactionId
GetNextLocalTransactionId(void)
{
	return ++next_local_xid;
}
