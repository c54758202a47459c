/*
 * access/rmgr.h
 *    Resource managers: who knows how to redo and to describe a WAL record.
 *
 * One list, access/rmgrlist.h, gives numbers and functions; the numbers are PostgreSQL's.
 */
#ifndef RMGR_H
#define RMGR_H

#include "c.h"

typedef uint8 RmgrId;

#define PG_RMGR(symname, name, redo, desc, identify, startup, cleanup, mask, decode) symname,
typedef enum RmgrIds
{
#include "access/rmgrlist.h"
	RM_NEXT_ID
} RmgrIds;
#undef PG_RMGR

#define RM_MAX_ID UINT8_MAX
#define RM_MAX_BUILTIN_ID (RM_NEXT_ID - 1)
#define RmgrIdIsBuiltin(rmid) ((rmid) <= RM_MAX_BUILTIN_ID)
#define RmgrIdIsValid(rmid) ((rmid) <= RM_MAX_BUILTIN_ID)

#endif /* RMGR_H */
