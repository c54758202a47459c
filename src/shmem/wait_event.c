/*
 * wait_event.c
 *    Names of wait events, and where this process publishes its own.
 */
#include "postgres.h"

#include "storage/lmgr.h"
#include "storage/lwlock.h"
#include "utils/wait_event.h"

static volatile uint32 no_proc_yet;
volatile uint32 *my_wait_event_info = &no_proc_yet;

static const char *const event_names[] = {
#define WAIT_EVENT(class, symbol, name) name,
#include "utils/wait_events.list"
#undef WAIT_EVENT
};

void
pgstat_set_wait_event_storage(volatile uint32 *wait_event_info)
{
	my_wait_event_info = wait_event_info;
}

void
pgstat_reset_wait_event_storage(void)
{
	my_wait_event_info = &no_proc_yet;
}

const char *
pgstat_get_wait_event_type(uint32 wait_event_info)
{
	if (wait_event_info == 0)
		return NULL;
	switch (wait_event_info & 0xFF000000)
	{
		case PG_WAIT_LWLOCK:
			return "LWLock";
		case PG_WAIT_LOCK:
			return "Lock";
		case PG_WAIT_BUFFER_PIN:
			return "BufferPin";
		case PG_WAIT_ACTIVITY:
			return "Activity";
		case PG_WAIT_CLIENT:
			return "Client";
		case PG_WAIT_EXTENSION:
			return "Extension";
		case PG_WAIT_IPC:
			return "IPC";
		case PG_WAIT_TIMEOUT:
			return "Timeout";
		case PG_WAIT_IO:
			return "IO";
		default:
			return "???";
	}
}

const char *
pgstat_get_wait_event(uint32 wait_event_info)
{
	uint16 event = wait_event_info & 0xFFFF;

	if (wait_event_info == 0)
		return NULL;
	switch (wait_event_info & 0xFF000000)
	{
		case PG_WAIT_LWLOCK:
			return GetLWLockIdentifier(PG_WAIT_LWLOCK, event);
		case PG_WAIT_LOCK:
			return GetLockNameFromTagType(event);
		case PG_WAIT_BUFFER_PIN:
			return "BufferPin";
		case PG_WAIT_EXTENSION:
			return "Extension";
		default:
			return event < lengthof(event_names) ? event_names[event] : "unknown wait event";
	}
}
