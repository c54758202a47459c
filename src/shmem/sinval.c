/*
 * sinval.c
 *    Sending and receiving invalidation messages.
 *
 * Handling a message may lead to catalog access and so to receiving more messages: the messages fetched from the ring are kept in a
 * static array with a static position, so that a nested call goes on where the outer one was, and the outer one finds
 * nothing left. Each message is handled once, in order.
 */
#include "postgres.h"

#include <signal.h>

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/sinvaladt.h"
#include "utils/inval.h"

#define FETCH_AT_ONCE 32

uint64 SharedInvalidMessageCounter;
volatile sig_atomic_t catchupInterruptPending = false;

static struct
{
	SharedInvalidationMessage messages[FETCH_AT_ONCE];
	volatile int next;
	volatile int count;
} fetched;

void
SendSharedInvalidMessages(const SharedInvalidationMessage *msgs, int n)
{
	SIInsertDataEntries(msgs, n);
}

static void
handle_fetched(void (*invalFunction)(SharedInvalidationMessage *msg))
{
	while (fetched.next < fetched.count)
	{
		SharedInvalidationMessage msg = fetched.messages[fetched.next++];

		SharedInvalidMessageCounter++;
		invalFunction(&msg);
	}
}

void
ReceiveSharedInvalidMessages(void (*invalFunction)(SharedInvalidationMessage *msg), void (*resetFunction)(void))
{
	int n;

	if (unlikely(MyProc == NULL || MyBackendId == InvalidBackendId))
		return;
	handle_fetched(invalFunction);
	do
	{
		fetched.next = fetched.count = 0;
		n = SIGetDataEntries(fetched.messages, FETCH_AT_ONCE);
		if (n < 0)
		{
			SharedInvalidMessageCounter++;
			resetFunction();
			break;
		}
		fetched.count = n;
		handle_fetched(invalFunction);
	} while (n == FETCH_AT_ONCE);

	if (catchupInterruptPending)
	{
		catchupInterruptPending = false;
		SICleanupQueue(false, 0); /* ask the next slow one */
	}
}

void
HandleCatchupInterrupt(void)
{
	catchupInterruptPending = true;
	if (MyLatch)
		SetLatch(MyLatch);
}

/* Called where a session is idle, in or outside of a transaction. */
void
ProcessCatchupInterrupt(void)
{
	while (catchupInterruptPending)
	{
		if (IsTransactionOrTransactionBlock())
			AcceptInvalidationMessages();
		else
		{
			StartTransactionCommand(); /* receives messages */
			CommitTransactionCommand();
		}
	}
}
