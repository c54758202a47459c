/*
 * error_recovery.c
 *    An error has reached the session's loop: tell client and log, abort the transaction, be ready for the next message.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "process/interrupt.h"
#include "session/session.h"
#include "storage/proc.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/timeout.h"

void
session_recover(void)
{
	error_context_stack = NULL;
	HOLD_INTERRUPTS();
	/* pending cancels were for the statement that is dead already */
	disable_all_timeouts(false);
	QueryCancelPending = false;
	DoingCommandRead = false;
	EmitErrorReport();
	debug_query_string = NULL;
	AbortCurrentTransaction();
	PortalErrorCleanup();
	MemoryContextSwitchTo(MessageContext);
	FlushErrorState();
	session_forget_command();
	RESUME_INTERRUPTS();
}
