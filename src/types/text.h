/*
 * text.h
 *    Helpers for functions over text: the folder's own, beside utils/varlena.h.
 */
#ifndef TYPES_TEXT_H
#define TYPES_TEXT_H

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

/* A new text value with room for len bytes. */
static inline text *
text_alloc(Size len)
{
	text *result = palloc(len + VARHDRSZ);

	SET_VARSIZE(result, len + VARHDRSZ);
	return result;
}

/* Bytes of the characters [start, start + count) of a string, in its own memory. start >= 1; count < 0: to the end. */
extern text *text_slice(const char *data, int len, int64 start, int64 count);
/* 1-based character position of needle, 0 when it does not occur. */
extern int text_position(const char *hay, int hay_len, const char *needle, int needle_len, Oid collid);
extern int text_char_length(const char *data, int len);
extern void check_collation_set(Oid collid);

#endif /* TYPES_TEXT_H */
