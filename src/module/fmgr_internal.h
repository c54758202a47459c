/*
 * fmgr_internal.h
 *    Shared among module/'s files.
 */
#ifndef FMGR_INTERNAL_H
#define FMGR_INTERNAL_H

#include "fmgr.h"

/* Runs a LANGUAGE sql function (execute/). */
extern Datum fmgr_sql(PG_FUNCTION_ARGS);
/* Switches user and settings around the real function, for SECURITY DEFINER and SET clauses. */
extern Datum fmgr_security_definer(PG_FUNCTION_ARGS);
extern void fmgr_info_resolve_underlying(Oid functionId, FmgrInfo *finfo);

#endif /* FMGR_INTERNAL_H */
