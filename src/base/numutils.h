/*
 * base/numutils.h
 *    Numbers to text and back.
 *
 * Readers raise 22P02 ("invalid input syntax for type ...") and 22003 ("value ... is out of range for type ..."), skip
 * surrounding white space and take an optional sign. Writers fill a buffer of the size said and return the length without the
 * terminating zero.
 */
#ifndef BASE_NUMUTILS_H
#define BASE_NUMUTILS_H

#include "c.h"

extern int16 pg_strtoint16(const char *s);
extern int32 pg_strtoint32(const char *s);
extern int64 pg_strtoint64(const char *s);

/* The same without raising: what was wrong comes back as a value. */
typedef enum NumParse
{
	NUM_PARSE_OK,
	NUM_PARSE_SYNTAX,
	NUM_PARSE_RANGE
} NumParse;
extern NumParse num_parse_int64(const char *s, int64 min, int64 max, int64 *result) pg_nodiscard;

extern int pg_itoa(int16 i, char *a);		/* 7 bytes */
extern int pg_ltoa(int32 l, char *a);		/* 12 bytes */
extern int pg_lltoa(int64 ll, char *a);		/* MAXINT8LEN + 1 = 21 bytes */
extern int pg_ultoa_n(uint32 l, char *a);	/* 10 bytes, no terminating zero */
extern int pg_ulltoa_n(uint64 l, char *a);	/* 20 bytes, no terminating zero */
extern char *pg_ultostr(char *str, uint32 value);					 /* returns the end; no terminating zero */
extern char *pg_ultostr_zeropad(char *str, uint32 value, int32 minwidth); /* the same, padded */
#define MAXINT8LEN 20

/*
 * The shortest decimal that reads back as the same number, written as float8out does: exponent form when the decimal
 * exponent is below -4 or at least 15 (6 for float4), "Infinity", "NaN". Buffers of the sizes given.
 */
#define DOUBLE_SHORTEST_DECIMAL_LEN 25
#define FLOAT_SHORTEST_DECIMAL_LEN 16
extern int double_to_shortest_decimal_buf(double f, char *result);
extern int float_to_shortest_decimal_buf(float f, char *result);

#endif /* BASE_NUMUTILS_H */
