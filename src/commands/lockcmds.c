/*
 * lockcmds.c
 *    LOCK TABLE.
 */
#include "postgres.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "commands/commands.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* SELECT allows the weakest lock, INSERT row exclusive, any privilege to change rows every lock. */
static AclResult
check_privilege(Oid relid, LOCKMODE mode)
{
	AclMode needed = ACL_UPDATE | ACL_DELETE | ACL_TRUNCATE;

	if (mode == AccessShareLock)
		needed |= ACL_SELECT;
	if (mode <= RowExclusiveLock)
		needed |= ACL_INSERT;
	return pg_class_aclcheck(relid, GetUserId(), needed);
}

static void
check_before_lock(const RangeVar *range, Oid relid, Oid old_relid, void *arg)
{
	LOCKMODE mode = *(LOCKMODE *) arg;
	char kind;
	AclResult result;

	if (!OidIsValid(relid))
		return;
	kind = get_rel_relkind(relid);
	if (kind == '\0')
		return;
	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_VIEW)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot lock relation \"%s\"", range->relname));
	result = check_privilege(relid, mode);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, get_relkind_objtype(kind), range->relname);
}

void
LockTableCommand(LockStmt *lockstmt)
{
	ListCell *cell;

	foreach (cell, lockstmt->relations)
	{
		RangeVar *range = lfirst(cell);
		LOCKMODE mode = lockstmt->mode;

		RangeVarGetRelidExtended(range, mode, lockstmt->nowait ? RVR_NOWAIT : 0, check_before_lock, &mode);
	}
}
