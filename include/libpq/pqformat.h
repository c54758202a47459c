/*
 * libpq/pqformat.h
 *    Building and reading protocol messages, and values in their binary format.
 *
 * Integers travel in network byte order. pq_beginmessage keeps the message type in the buffer's cursor until
 * pq_endmessage sends it. Reading beyond the end of a message raises 08P01.
 */
#ifndef PQFORMAT_H
#define PQFORMAT_H

#include "postgres.h"
#include "lib/stringinfo.h"

extern void pq_beginmessage(StringInfo buf, char msgtype);
extern void pq_beginmessage_reuse(StringInfo buf, char msgtype);
extern void pq_endmessage(StringInfo buf);
extern void pq_endmessage_reuse(StringInfo buf);
extern void pq_puttextmessage(char msgtype, const char *str);
extern void pq_putemptymessage(char msgtype);

extern void pq_sendbytes(StringInfo buf, const char *data, int datalen);
extern void pq_sendcountedtext(StringInfo buf, const char *str, int slen, bool countincludesself);
extern void pq_sendtext(StringInfo buf, const char *str, int slen);
extern void pq_sendstring(StringInfo buf, const char *str);
extern void pq_send_ascii_string(StringInfo buf, const char *str);
extern void pq_sendfloat4(StringInfo buf, float4 f);
extern void pq_sendfloat8(StringInfo buf, float8 f);

static inline void
pq_sendint8(StringInfo buf, uint8 i)
{
	appendBinaryStringInfoNT(buf, (const char *) &i, 1);
}
static inline void
pq_sendint16(StringInfo buf, uint16 i)
{
	i = __builtin_bswap16(i);
	appendBinaryStringInfoNT(buf, (const char *) &i, 2);
}
static inline void
pq_sendint32(StringInfo buf, uint32 i)
{
	i = __builtin_bswap32(i);
	appendBinaryStringInfoNT(buf, (const char *) &i, 4);
}
static inline void
pq_sendint64(StringInfo buf, uint64 i)
{
	i = __builtin_bswap64(i);
	appendBinaryStringInfoNT(buf, (const char *) &i, 8);
}
static inline void
pq_sendbyte(StringInfo buf, uint8 byt)
{
	pq_sendint8(buf, byt);
}
static inline void
pq_writeint8(StringInfoData *buf, uint8 i)
{
	pq_sendint8(buf, i);
}
#define pq_writeint16(buf, i) pq_sendint16(buf, i)
#define pq_writeint32(buf, i) pq_sendint32(buf, i)
#define pq_writeint64(buf, i) pq_sendint64(buf, i)
static inline void
pq_sendint(StringInfo buf, uint32 i, int b)
{
	Assert(b == 1 || b == 2 || b == 4);
	if (b == 1)
		pq_sendint8(buf, (uint8) i);
	else if (b == 2)
		pq_sendint16(buf, (uint16) i);
	else
		pq_sendint32(buf, i);
}

/* ---- binary values: buf grows behind a length word; pq_endtypsend makes a bytea of it (the buffer itself) */
extern void pq_begintypsend(StringInfo buf);
extern bytea *pq_endtypsend(StringInfo buf);

/* ---- reading */
extern int pq_getmsgbyte(StringInfo msg);
extern unsigned int pq_getmsgint(StringInfo msg, int b);
extern int64 pq_getmsgint64(StringInfo msg);
extern float4 pq_getmsgfloat4(StringInfo msg);
extern float8 pq_getmsgfloat8(StringInfo msg);
extern const char *pq_getmsgbytes(StringInfo msg, int datalen); /* into the message */
extern void pq_copymsgbytes(StringInfo msg, char *buf, int datalen);
extern char *pq_getmsgtext(StringInfo msg, int rawbytes, int *nbytes); /* converted, palloc'd, zero-terminated */
extern const char *pq_getmsgstring(StringInfo msg);
extern const char *pq_getmsgrawstring(StringInfo msg);
extern void pq_getmsgend(StringInfo msg);

#endif /* PQFORMAT_H */
