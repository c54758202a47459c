/*
 * comm.c
 *    The client's socket, buffered in both directions.
 *
 * The socket is non-blocking; waiting is done on FeBeWaitSet together with the process latch, so that signals (cancel,
 * terminate, invalidation) are handled while a client is slow. A lost connection is remembered: output after it is
 * discarded, and the next CHECK_FOR_INTERRUPTS ends the session (ClientConnectionLost).
 */
#include "postgres.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "process/interrupt.h"
#include "storage/ipc.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"

#define SEND_BUFFER_SIZE 8192
#define RECV_BUFFER_SIZE 8192

static struct
{
	char *send;				/* bytes start..end are to be sent */
	size_t send_size;
	size_t send_start;
	size_t send_end;
	char recv[RECV_BUFFER_SIZE];
	size_t recv_start;
	size_t recv_end;
	bool in_message;		/* between pq_startmsgread and the end of the message */
	bool in_output;			/* guards against reports sent from within a send */
	int last_reported_errno;
	bool abandoned;
} comm;

WaitEventSet *FeBeWaitSet = NULL;

static void
close_at_exit(int code, Datum arg)
{
	if (MyProcPort != NULL)
	{
		close(MyProcPort->sock);
		MyProcPort->sock = PGINVALID_SOCKET;
	}
}

static void
set_tcp_options(Port *port)
{
	int on = 1;

	if (port->laddr.addr.ss_family != AF_INET && port->laddr.addr.ss_family != AF_INET6)
		return;
	if (setsockopt(port->sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
		ereport(FATAL, errcode_for_socket_access(), errmsg("%s(%s) failed: %m", "setsockopt", "TCP_NODELAY"));
	if (setsockopt(port->sock, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) < 0)
		ereport(FATAL, errcode_for_socket_access(), errmsg("%s(%s) failed: %m", "setsockopt", "SO_KEEPALIVE"));
}

void
pq_init(Port *port)
{
	comm.send_size = SEND_BUFFER_SIZE;
	comm.send = MemoryContextAlloc(TopMemoryContext, comm.send_size);
	set_tcp_options(port);
	port->noblock = true;
	on_proc_exit(close_at_exit, 0);
	FeBeWaitSet = CreateWaitEventSet(TopMemoryContext, 3);
	AddWaitEventToSet(FeBeWaitSet, WL_SOCKET_WRITEABLE, port->sock, NULL, NULL);
	AddWaitEventToSet(FeBeWaitSet, WL_LATCH_SET, PGINVALID_SOCKET, MyLatch, NULL);
	AddWaitEventToSet(FeBeWaitSet, WL_POSTMASTER_DEATH, PGINVALID_SOCKET, NULL, NULL);
}

/* ---- waiting --------------------------------------------------------------------------------------------------------- */
static void
wait_for_socket(uint32 event, uint32 wait_event_info)
{
	WaitEvent occurred;

	ModifyWaitEvent(FeBeWaitSet, FeBeWaitSetSocketPos, event, NULL);
	WaitEventSetWait(FeBeWaitSet, -1, &occurred, 1, wait_event_info);
	if (occurred.events & WL_POSTMASTER_DEATH)
		ereport(FATAL, errcode(ERRCODE_ADMIN_SHUTDOWN), errmsg("terminating connection due to unexpected postmaster exit"));
	if (occurred.events & WL_LATCH_SET)
	{
		ResetLatch(MyLatch);
		if (event == WL_SOCKET_READABLE)
			ProcessClientReadInterrupt(true);
		else
			ProcessClientWriteInterrupt(true);
	}
}

/* ---- input ------------------------------------------------------------------------------------------------------------- */
/* Fills the empty receive buffer. EOF: the connection is gone. */
static int
fill_buffer(void)
{
	comm.recv_start = comm.recv_end = 0;
	for (;;)
	{
		ssize_t n;

		ProcessClientReadInterrupt(false);
		n = recv(MyProcPort->sock, comm.recv, RECV_BUFFER_SIZE, MSG_DONTWAIT);
		if (n > 0)
		{
			comm.recv_end = n;
			return 0;
		}
		if (n == 0)
			return EOF;
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK)
		{
			wait_for_socket(WL_SOCKET_READABLE, WAIT_EVENT_CLIENT_READ);
			continue;
		}
		ereport(COMMERROR, errcode_for_socket_access(), errmsg("could not receive data from client: %m"));
		return EOF;
	}
}

int
pq_getbyte(void)
{
	while (comm.recv_start >= comm.recv_end)
		if (fill_buffer() != 0)
			return EOF;
	return (unsigned char) comm.recv[comm.recv_start++];
}

int
pq_peekbyte(void)
{
	while (comm.recv_start >= comm.recv_end)
		if (fill_buffer() != 0)
			return EOF;
	return (unsigned char) comm.recv[comm.recv_start];
}

int
pq_getbyte_if_available(unsigned char *c)
{
	ssize_t n;

	if (comm.recv_start < comm.recv_end)
	{
		*c = comm.recv[comm.recv_start++];
		return 1;
	}
	n = recv(MyProcPort->sock, c, 1, MSG_DONTWAIT);
	if (n > 0)
		return 1;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return 0;
	return EOF;
}

int
pq_getbytes(char *s, size_t len)
{
	while (len > 0)
	{
		size_t amount;

		while (comm.recv_start >= comm.recv_end)
			if (fill_buffer() != 0)
				return EOF;
		amount = Min(comm.recv_end - comm.recv_start, len);
		memcpy(s, comm.recv + comm.recv_start, amount);
		comm.recv_start += amount;
		s += amount;
		len -= amount;
	}
	return 0;
}

static int
discard_bytes(size_t len)
{
	while (len > 0)
	{
		size_t amount;

		while (comm.recv_start >= comm.recv_end)
			if (fill_buffer() != 0)
				return EOF;
		amount = Min(comm.recv_end - comm.recv_start, len);
		comm.recv_start += amount;
		len -= amount;
	}
	return 0;
}

ssize_t
pq_buffer_remaining_data(void)
{
	return comm.recv_end - comm.recv_start;
}

bool
pq_buffer_has_data(void)
{
	return comm.recv_start < comm.recv_end;
}

void
pq_startmsgread(void)
{
	if (comm.in_message)
		ereport(FATAL, errcode(ERRCODE_PROTOCOL_VIOLATION),
				errmsg("terminating connection because protocol synchronization was lost"));
	comm.in_message = true;
}

void
pq_endmsgread(void)
{
	comm.in_message = false;
}

bool
pq_is_reading_msg(void)
{
	return comm.in_message;
}

int
pq_getmessage(StringInfo s, int maxlen)
{
	uint32 word;
	int32 len;

	resetStringInfo(s);
	if (pq_getbytes((char *) &word, sizeof(word)) != 0)
	{
		ereport(COMMERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("unexpected EOF within message length word"));
		return EOF;
	}
	len = (int32) __builtin_bswap32(word);
	if (len < 4 || len > maxlen)
	{
		ereport(COMMERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid message length"));
		return EOF;
	}
	len -= 4;
	if (len > 0)
	{
		/* A message too large for memory is skipped whole, so that the stream stays in step. */
		PG_TRY();
		{
			enlargeStringInfo(s, len);
		}
		PG_CATCH();
		{
			if (discard_bytes(len) != 0)
				ereport(COMMERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("incomplete message from client"));
			comm.in_message = false;
			PG_RE_THROW();
		}
		PG_END_TRY();
		if (pq_getbytes(s->data, len) != 0)
		{
			ereport(COMMERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("incomplete message from client"));
			return EOF;
		}
		s->len = len;
		s->data[len] = '\0';
	}
	comm.in_message = false;
	return 0;
}

/* ---- output -------------------------------------------------------------------------------------------------------------- */
static int
output_failed(void)
{
	/* Report each kind of failure once; the report goes to the log only. */
	if (errno != comm.last_reported_errno)
	{
		comm.last_reported_errno = errno;
		ereport(COMMERROR, errcode_for_socket_access(), errmsg("could not send data to client: %m"));
	}
	comm.send_start = comm.send_end = 0;
	ClientConnectionLost = 1;
	InterruptPending = 1;
	return EOF;
}

/* Sends what is in the buffer; with wait false only what goes without waiting. */
static int
send_buffer(bool wait)
{
	while (comm.send_start < comm.send_end)
	{
		ssize_t n = send(MyProcPort->sock, comm.send + comm.send_start, comm.send_end - comm.send_start,
						 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0)
		{
			comm.last_reported_errno = 0;
			comm.send_start += n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		{
			if (!wait)
				return 0;
			wait_for_socket(WL_SOCKET_WRITEABLE, WAIT_EVENT_CLIENT_WRITE);
			continue;
		}
		return output_failed();
	}
	comm.send_start = comm.send_end = 0;
	return 0;
}

static int
append_output(const char *data, size_t len)
{
	while (len > 0)
	{
		size_t amount;

		if (comm.send_end >= comm.send_size && send_buffer(true) != 0)
			return EOF;
		amount = Min(comm.send_size - comm.send_end, len);
		memcpy(comm.send + comm.send_end, data, amount);
		comm.send_end += amount;
		data += amount;
		len -= amount;
	}
	return 0;
}

static bool
output_is_off(void)
{
	return MyProcPort == NULL || comm.send == NULL || comm.in_output || comm.abandoned || ClientConnectionLost;
}

int
pq_putmessage(char msgtype, const char *s, size_t len)
{
	char header[5];
	uint32 word = __builtin_bswap32((uint32) (len + 4));
	int result;

	if (output_is_off())
		return 0;
	comm.in_output = true;
	header[0] = msgtype;
	memcpy(header + 1, &word, 4);
	result = append_output(header, sizeof(header));
	if (result == 0 && len > 0)
		result = append_output(s, len);
	comm.in_output = false;
	return result;
}

void
pq_put_messages(const char *data, size_t len)
{
	if (output_is_off())
		return;
	comm.in_output = true;
	(void) append_output(data, len);
	comm.in_output = false;
}

int
pq_flush(void)
{
	int result;

	if (output_is_off())
		return 0;
	comm.in_output = true;
	result = send_buffer(true);
	comm.in_output = false;
	return result;
}

int
pq_flush_if_writable(void)
{
	int result;

	if (output_is_off() || comm.send_start == comm.send_end)
		return 0;
	comm.in_output = true;
	result = send_buffer(false);
	comm.in_output = false;
	return result;
}

bool
pq_is_send_pending(void)
{
	return comm.send_start < comm.send_end;
}

void
pq_abandon_output(void)
{
	comm.abandoned = true;
}
