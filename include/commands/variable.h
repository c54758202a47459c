/*
 * variable.h
 *    SHOW, and SET from inside.
 */
#ifndef VARIABLE_H
#define VARIABLE_H

#include "access/tupdesc.h"
#include "nodes/pg_list.h"
#include "tcop/dest.h"

extern void SetPGVariable(const char *name, List *args, bool is_local);
extern void GetPGVariable(const char *name, DestReceiver *dest);
extern TupleDesc GetPGVariableResultDesc(const char *name);

#endif /* VARIABLE_H */
