/*
 * stringinfo.c
 *    Growable strings (lib/stringinfo.h).
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/memutils.h"

#define INITIAL_SIZE 1024

StringInfo
makeStringInfo(void)
{
	StringInfo str = palloc_object(StringInfoData);

	initStringInfo(str);
	return str;
}

void
initStringInfo(StringInfo str)
{
	str->data = palloc(INITIAL_SIZE);
	str->maxlen = INITIAL_SIZE;
	resetStringInfo(str);
}

void
resetStringInfo(StringInfo str)
{
	str->data[0] = '\0';
	str->len = 0;
	str->cursor = 0;
}

void
enlargeStringInfo(StringInfo str, int needed)
{
	Size wanted;
	Size size;

	if (unlikely(needed < 0))
		elog(ERROR, "invalid string enlargement request size: %d", needed);
	wanted = (Size) str->len + needed + 1;
	if (likely(wanted <= (Size) str->maxlen))
		return;
	if (unlikely(wanted > MaxAllocSize))
		ereport(ERROR,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("out of memory"),
				errdetail("Cannot enlarge string buffer containing %d bytes by %d more bytes.", str->len, needed));
	size = Max((Size) str->maxlen * 2, 64);
	while (size < wanted)
		size *= 2;
	size = Min(size, MaxAllocSize);
	str->data = repalloc(str->data, size);
	str->maxlen = (int) size;
}

int
appendStringInfoVA(StringInfo str, const char *fmt, va_list args)
{
	int avail = str->maxlen - str->len;
	size_t needed;

	if (avail < 16)
		return 32;
	needed = pvsnprintf(str->data + str->len, avail, fmt, args);
	if (likely(needed < (size_t) avail))
	{
		str->len += (int) needed;
		return 0;
	}
	str->data[str->len] = '\0';
	return (int) needed;
}

void
appendStringInfo(StringInfo str, const char *fmt, ...)
{
	int save_errno = errno;

	for (;;)
	{
		va_list args;
		int needed;

		errno = save_errno;
		va_start(args, fmt);
		needed = appendStringInfoVA(str, fmt, args);
		va_end(args);
		if (needed == 0)
			return;
		enlargeStringInfo(str, needed);
	}
}

void
appendStringInfoString(StringInfo str, const char *s)
{
	appendBinaryStringInfo(str, s, (int) strlen(s));
}

void
appendStringInfoChar(StringInfo str, char ch)
{
	enlargeStringInfo(str, 1);
	str->data[str->len++] = ch;
	str->data[str->len] = '\0';
}

void
appendStringInfoSpaces(StringInfo str, int count)
{
	if (count <= 0)
		return;
	enlargeStringInfo(str, count);
	memset(str->data + str->len, ' ', count);
	str->len += count;
	str->data[str->len] = '\0';
}

void
appendBinaryStringInfo(StringInfo str, const void *data, int datalen)
{
	appendBinaryStringInfoNT(str, data, datalen);
	str->data[str->len] = '\0';
}

void
appendBinaryStringInfoNT(StringInfo str, const void *data, int datalen)
{
	enlargeStringInfo(str, datalen);
	memcpy(str->data + str->len, data, datalen);
	str->len += datalen;
}
