/*
 * encoding.h
 *    Between the files of types/ that deal with encodings.
 */
#ifndef TYPES_ENCODING_H
#define TYPES_ENCODING_H

#include "mb/pg_wchar.h"

/* Columns of a terminal that a character takes: 0 for combining ones, 2 for wide ones, -1 for control characters. */
extern int utf8_display_width(pg_wchar c);

#endif /* TYPES_ENCODING_H */
