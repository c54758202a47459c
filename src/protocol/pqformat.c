/*
 * pqformat.c
 *    Building and reading protocol messages and binary values; see libpq/pqformat.h.
 */
#include "libpq/pqformat.h"

#include "mb/pg_wchar.h"

extern int pq_putmessage(char msgtype, const char *s, size_t len);

static void pg_attribute_noreturn()
message_too_short(void)
{
	ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("insufficient data left in message"));
}

/* ---- writing. Between begin and end the message type waits in the cursor. */
void
pq_beginmessage(StringInfo buf, char msgtype)
{
	initStringInfo(buf);
	buf->cursor = msgtype;
}

void
pq_beginmessage_reuse(StringInfo buf, char msgtype)
{
	resetStringInfo(buf);
	buf->cursor = msgtype;
}

void
pq_endmessage(StringInfo buf)
{
	(void) pq_putmessage((char) buf->cursor, buf->data, (size_t) buf->len);
	pfree(buf->data);
	buf->data = NULL;
}

void
pq_endmessage_reuse(StringInfo buf)
{
	(void) pq_putmessage((char) buf->cursor, buf->data, (size_t) buf->len);
}

void
pq_puttextmessage(char msgtype, const char *str)
{
	char *converted = pg_server_to_client(str, (int) strlen(str));

	(void) pq_putmessage(msgtype, converted, strlen(converted) + 1);
	if (converted != str)
		pfree(converted);
}

void
pq_putemptymessage(char msgtype)
{
	(void) pq_putmessage(msgtype, NULL, 0);
}

void
pq_sendbytes(StringInfo buf, const char *data, int datalen)
{
	appendBinaryStringInfoNT(buf, data, datalen);
}

void
pq_sendcountedtext(StringInfo buf, const char *str, int slen, bool countincludesself)
{
	char *converted = pg_server_to_client(str, slen);
	int extra = countincludesself ? 4 : 0;

	if (converted != str)
		slen = (int) strlen(converted);
	pq_sendint32(buf, (uint32) (slen + extra));
	appendBinaryStringInfoNT(buf, converted, slen);
	if (converted != str)
		pfree(converted);
}

void
pq_sendtext(StringInfo buf, const char *str, int slen)
{
	char *converted = pg_server_to_client(str, slen);

	if (converted != str)
		slen = (int) strlen(converted);
	appendBinaryStringInfo(buf, converted, slen);
	if (converted != str)
		pfree(converted);
}

void
pq_sendstring(StringInfo buf, const char *str)
{
	int slen = (int) strlen(str);
	char *converted = pg_server_to_client(str, slen);

	if (converted != str)
		slen = (int) strlen(converted);
	appendBinaryStringInfoNT(buf, converted, slen + 1);
	if (converted != str)
		pfree(converted);
}

/* For messages sent before the client's encoding is known or usable: what is not ASCII becomes '?'. */
void
pq_send_ascii_string(StringInfo buf, const char *str)
{
	for (; *str; str++)
		appendStringInfoCharMacro(buf, IS_HIGHBIT_SET(*str) ? '?' : *str);
	appendStringInfoChar(buf, '\0');
}

void
pq_sendfloat4(StringInfo buf, float4 f)
{
	uint32 bits;

	memcpy(&bits, &f, sizeof(bits));
	pq_sendint32(buf, bits);
}

void
pq_sendfloat8(StringInfo buf, float8 f)
{
	uint64 bits;

	memcpy(&bits, &f, sizeof(bits));
	pq_sendint64(buf, bits);
}

void
pq_begintypsend(StringInfo buf)
{
	initStringInfo(buf);
	/* room for the length word of the bytea that the buffer becomes */
	appendBinaryStringInfo(buf, "\0\0\0\0", VARHDRSZ);
}

bytea *
pq_endtypsend(StringInfo buf)
{
	bytea *result = (bytea *) buf->data;

	Assert(buf->len >= VARHDRSZ);
	SET_VARSIZE(result, buf->len);
	return result;
}

/* ---- reading */
int
pq_getmsgbyte(StringInfo msg)
{
	if (msg->cursor >= msg->len)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("no data left in message"));
	return (unsigned char) msg->data[msg->cursor++];
}

const char *
pq_getmsgbytes(StringInfo msg, int datalen)
{
	const char *result = msg->data + msg->cursor;

	if (datalen < 0 || datalen > msg->len - msg->cursor)
		message_too_short();
	msg->cursor += datalen;
	return result;
}

void
pq_copymsgbytes(StringInfo msg, char *buf, int datalen)
{
	memcpy(buf, pq_getmsgbytes(msg, datalen), (size_t) datalen);
}

unsigned int
pq_getmsgint(StringInfo msg, int b)
{
	uint16 n16;
	uint32 n32;

	switch (b)
	{
		case 1:
			return (unsigned char) *pq_getmsgbytes(msg, 1);
		case 2:
			pq_copymsgbytes(msg, (char *) &n16, 2);
			return __builtin_bswap16(n16);
		case 4:
			pq_copymsgbytes(msg, (char *) &n32, 4);
			return __builtin_bswap32(n32);
		default:
			elog(ERROR, "unsupported integer size %d", b);
	}
	return 0;
}

int64
pq_getmsgint64(StringInfo msg)
{
	uint64 n;

	pq_copymsgbytes(msg, (char *) &n, sizeof(n));
	return (int64) __builtin_bswap64(n);
}

float4
pq_getmsgfloat4(StringInfo msg)
{
	uint32 bits = pq_getmsgint(msg, 4);
	float4 f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

float8
pq_getmsgfloat8(StringInfo msg)
{
	int64 bits = pq_getmsgint64(msg);
	float8 f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

char *
pq_getmsgtext(StringInfo msg, int rawbytes, int *nbytes)
{
	const char *raw = pq_getmsgbytes(msg, rawbytes);
	char *converted = pg_client_to_server(raw, rawbytes);

	if (converted != raw)
	{
		*nbytes = (int) strlen(converted);
		return converted;
	}
	*nbytes = rawbytes;
	return pnstrdup(raw, (Size) rawbytes);
}

const char *
pq_getmsgrawstring(StringInfo msg)
{
	const char *result = msg->data + msg->cursor;
	size_t len = strnlen(result, (size_t) (msg->len - msg->cursor));

	if (msg->cursor + (int) len >= msg->len)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid string in message"));
	msg->cursor += (int) len + 1;
	return result;
}

const char *
pq_getmsgstring(StringInfo msg)
{
	const char *raw = pq_getmsgrawstring(msg);

	return pg_client_to_server(raw, (int) strlen(raw));
}

void
pq_getmsgend(StringInfo msg)
{
	if (msg->cursor != msg->len)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid message format"));
}
