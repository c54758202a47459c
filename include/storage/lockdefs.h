/*
 * storage/lockdefs.h
 *    The eight heavyweight lock modes; the conflict table is in lock/lock_modes.c.
 */
#ifndef LOCKDEFS_H
#define LOCKDEFS_H

#include "c.h"

typedef int LOCKMASK;
typedef int LOCKMODE;

#define NoLock 0
#define AccessShareLock 1		   /* SELECT */
#define RowShareLock 2			   /* SELECT FOR UPDATE/SHARE */
#define RowExclusiveLock 3		   /* INSERT, UPDATE, DELETE */
#define ShareUpdateExclusiveLock 4 /* VACUUM, ANALYZE, CREATE INDEX CONCURRENTLY */
#define ShareLock 5				   /* CREATE INDEX */
#define ShareRowExclusiveLock 6	   /* CREATE TRIGGER, foreign keys */
#define ExclusiveLock 7			   /* REFRESH MATERIALIZED VIEW CONCURRENTLY */
#define AccessExclusiveLock 8	   /* DROP, TRUNCATE, most ALTER TABLE */
#define MaxLockMode 8
#define InplaceUpdateTupleLock ExclusiveLock

typedef struct xl_standby_lock
{
	TransactionId xid;
	Oid dbOid;
	Oid relOid;
} xl_standby_lock;

#endif /* LOCKDEFS_H */
