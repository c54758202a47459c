/*
 * error/error_internal.h
 *    What the files of error/ share.
 */
#ifndef ERROR_INTERNAL_H
#define ERROR_INTERNAL_H

#include "lib/stringinfo.h"
#include "utils/elog.h"

/* Write one report to the server's log (standard error). */
extern void log_write_report(const ErrorData *edata);
/* Expand log_line_prefix. */
extern void log_append_prefix(StringInfo buf, const ErrorData *edata);

#endif /* ERROR_INTERNAL_H */
