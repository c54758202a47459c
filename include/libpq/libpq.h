/*
 * libpq/libpq.h
 *    Bytes to and from the client.
 *
 * Output collects in a buffer until pq_flush() or the buffer is full; a client that went away makes the functions return
 * EOF once and swallow the rest. Input is read in messages: pq_startmsgread(), the type byte, pq_getmessage(). While waiting for
 * the client, interrupts are processed.
 */
#ifndef LIBPQ_H
#define LIBPQ_H

#include "lib/stringinfo.h"
#include "libpq/libpq-be.h"

extern WaitEventSet *FeBeWaitSet;
#define FeBeWaitSetSocketPos 0
#define FeBeWaitSetLatchPos 1

extern void pq_init(Port *port);		/* takes the socket over; closes it at process exit */
extern void pq_startmsgread(void);
extern void pq_endmsgread(void);
extern bool pq_is_reading_msg(void);
extern int pq_getbyte(void);			/* EOF: connection lost */
extern int pq_peekbyte(void);
extern int pq_getbyte_if_available(unsigned char *c); /* 1, 0 nothing there, EOF */
extern int pq_getbytes(char *s, size_t len);
/* Reads length word and body; s is reset. EOF and a log line when the length is not between 4 and maxlen. */
extern int pq_getmessage(StringInfo s, int maxlen);
extern ssize_t pq_buffer_remaining_data(void);
extern bool pq_buffer_has_data(void);

extern int pq_putmessage(char msgtype, const char *s, size_t len);
extern void pq_put_messages(const char *data, size_t len); /* complete messages, built by the caller */
extern int pq_flush(void);
extern int pq_flush_if_writable(void);
extern bool pq_is_send_pending(void);
extern void pq_abandon_output(void); /* after a failed start-up: nothing more is sent */

/* Settings of connections (GUCs). */
extern int AuthenticationTimeout; /* seconds */
extern bool Log_connections;
extern bool Log_disconnections;

#define PQ_SMALL_MESSAGE_LIMIT 10000
#define PQ_LARGE_MESSAGE_LIMIT (0x3fffffff - 1)

#endif /* LIBPQ_H */
