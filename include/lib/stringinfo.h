/*
 * lib/stringinfo.h
 *    Growable strings, zero-terminated but free to hold any bytes. At most 1 GB: beyond it ERROR 54000.
 *
 * data is palloc'd in the context current at initStringInfo() and stays there when it grows. cursor is for readers of
 * protocol messages (libpq/pqformat.h) and never touched here.
 */
#ifndef STRINGINFO_H
#define STRINGINFO_H

#include "c.h"

typedef struct StringInfoData
{
	char *data;
	int len;	/* bytes used, without the terminating zero */
	int maxlen; /* bytes allocated */
	int cursor;
} StringInfoData;
typedef StringInfoData *StringInfo;

extern StringInfo makeStringInfo(void);
extern void initStringInfo(StringInfo str);
extern void resetStringInfo(StringInfo str);
extern void appendStringInfo(StringInfo str, const char *fmt, ...) pg_attribute_printf(2, 3);
/* Returns 0 when it fitted, else the space to enlarge by before trying again. */
extern int appendStringInfoVA(StringInfo str, const char *fmt, va_list args) pg_attribute_printf(2, 0);
extern void appendStringInfoString(StringInfo str, const char *s);
extern void appendStringInfoChar(StringInfo str, char ch);
extern void appendStringInfoSpaces(StringInfo str, int count);
extern void appendBinaryStringInfo(StringInfo str, const void *data, int datalen);
extern void appendBinaryStringInfoNT(StringInfo str, const void *data, int datalen); /* no terminating zero kept */
extern void enlargeStringInfo(StringInfo str, int needed);

#define appendStringInfoCharMacro(str, ch)                  \
	(((str)->len + 1 >= (str)->maxlen)                      \
		 ? appendStringInfoChar(str, ch)                    \
		 : (void) ((str)->data[(str)->len] = (ch), (str)->data[++(str)->len] = '\0'))

#endif /* STRINGINFO_H */
