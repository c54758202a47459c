/*
 * int.h
 *    Errors shared by the integer types.
 */
#ifndef TYPES_INT_H
#define TYPES_INT_H

#include "fmgr.h"

static inline void pg_attribute_noreturn() pg_attribute_cold
int_out_of_range(const char *type_name)
{
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("%s out of range", type_name));
}

static inline void pg_attribute_noreturn() pg_attribute_cold
int_division_by_zero(void)
{
	ereport(ERROR, errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("division by zero"));
}

#endif /* TYPES_INT_H */
