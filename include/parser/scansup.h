/*
 * parser/scansup.h
 *    What the scanner does to identifiers, for others who read identifiers.
 */
#ifndef SCANSUP_H
#define SCANSUP_H

#include "c.h"

/* Lower case (ASCII, and Latin letters in single-byte encodings), cut to NAMEDATALEN - 1 bytes with a notice if warn. */
extern char *downcase_truncate_identifier(const char *ident, int len, bool warn);
extern char *downcase_identifier(const char *ident, int len, bool warn, bool truncate);
extern void truncate_identifier(char *ident, int len, bool warn);
extern bool scanner_isspace(char ch);

#endif /* SCANSUP_H */
