/*
 * comparison.h
 *    The six comparison operators of a type (or of two types), written once.
 */
#ifndef TYPES_COMPARISON_H
#define TYPES_COMPARISON_H

#include "fmgr.h"

/*
 * Defines the SQL functions <prefix>eq<suffix>, ...ne..., ...lt..., ...le..., ...gt... and ...ge...: each answers "left op right".
 * left and right are expressions over fcinfo, of types that C compares as SQL does: the two arguments themselves, or the result of a
 * three-way comparison and 0. The prefix is pasted as it is written, so that "bool" and "char" can be one.
 */
#define COMPARISON_OPERATORS(prefix, suffix, left, right) \
	Datum prefix##eq##suffix(PG_FUNCTION_ARGS) { PG_RETURN_BOOL((left) == (right)); } \
	Datum prefix##ne##suffix(PG_FUNCTION_ARGS) { PG_RETURN_BOOL((left) != (right)); } \
	Datum prefix##lt##suffix(PG_FUNCTION_ARGS) { PG_RETURN_BOOL((left) < (right)); } \
	Datum prefix##le##suffix(PG_FUNCTION_ARGS) { PG_RETURN_BOOL((left) <= (right)); } \
	Datum prefix##gt##suffix(PG_FUNCTION_ARGS) { PG_RETURN_BOOL((left) > (right)); } \
	Datum prefix##ge##suffix(PG_FUNCTION_ARGS) { PG_RETURN_BOOL((left) >= (right)); }

#endif
