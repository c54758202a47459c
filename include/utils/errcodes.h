/*
 * utils/errcodes.h
 *    SQLSTATEs as integer constants ERRCODE_xxx, from utils/errcodes.list.
 *
 * Five characters of six bits each: the first in the lowest bits, so that the class (two characters) is the low 12.
 */
#ifndef ERRCODES_H
#define ERRCODES_H

#define PGSIXBIT(ch) (((ch) - '0') & 0x3F)
#define PGUNSIXBIT(val) ((char) (((val) & 0x3F) + '0'))
#define MAKE_SQLSTATE(ch1, ch2, ch3, ch4, ch5) \
	(PGSIXBIT(ch1) + (PGSIXBIT(ch2) << 6) + (PGSIXBIT(ch3) << 12) + (PGSIXBIT(ch4) << 18) + (PGSIXBIT(ch5) << 24))
#define ERRCODE_TO_CATEGORY(ec) ((ec) & ((1 << 12) - 1))
#define ERRCODE_IS_CATEGORY(ec) (((ec) & ~((1 << 12) - 1)) == 0)

enum SqlState
{
#define ERRCODE(c1, c2, c3, c4, c5, kind, name, condition) ERRCODE_##name = MAKE_SQLSTATE(c1, c2, c3, c4, c5),
#include "utils/errcodes.list"
#undef ERRCODE
};

#endif /* ERRCODES_H */
