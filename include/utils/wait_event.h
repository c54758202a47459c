/*
 * utils/wait_event.h
 *    What a process is waiting for, visible to everybody: one 32-bit word in its PGPROC (class in the high byte).
 *
 * The events are listed in utils/wait_events.list; LWLocks and heavyweight locks add their tranche or lock type.
 */
#ifndef WAIT_EVENT_H
#define WAIT_EVENT_H

#include "c.h"

#define PG_WAIT_LWLOCK 0x01000000U
#define PG_WAIT_LOCK 0x03000000U
#define PG_WAIT_BUFFER_PIN 0x04000000U
#define PG_WAIT_ACTIVITY 0x05000000U
#define PG_WAIT_CLIENT 0x06000000U
#define PG_WAIT_EXTENSION 0x07000000U
#define PG_WAIT_IPC 0x08000000U
#define PG_WAIT_TIMEOUT 0x09000000U
#define PG_WAIT_IO 0x0A000000U

/* Positions in the list, then the event values: class | position. */
enum
{
#define WAIT_EVENT(class, symbol, name) WAIT_EVENT_POS_##symbol,
#include "utils/wait_events.list"
#undef WAIT_EVENT
	NUM_WAIT_EVENTS
};
enum
{
#define WAIT_EVENT(class, symbol, name) WAIT_EVENT_##symbol = PG_WAIT_##class | WAIT_EVENT_POS_##symbol,
#include "utils/wait_events.list"
#undef WAIT_EVENT
	WAIT_EVENT_BUFFER_PIN = PG_WAIT_BUFFER_PIN,
	WAIT_EVENT_NONE = 0
};

extern const char *pgstat_get_wait_event(uint32 wait_event_info);	   /* NULL: does not wait */
extern const char *pgstat_get_wait_event_type(uint32 wait_event_info); /* NULL: does not wait */

/* Where to write: the PGPROC's word, or a local dummy before there is one. */
extern volatile uint32 *my_wait_event_info;
extern void pgstat_set_wait_event_storage(volatile uint32 *wait_event_info);
extern void pgstat_reset_wait_event_storage(void);

static inline void pgstat_report_wait_start(uint32 wait_event_info) { *my_wait_event_info = wait_event_info; }
static inline void pgstat_report_wait_end(void) { *my_wait_event_info = 0; }

#endif /* WAIT_EVENT_H */
