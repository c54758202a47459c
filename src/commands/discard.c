/*
 * discard.c
 *    DISCARD: forgets a session's plans, sequence values, temporary tables, or all that makes it differ from a new one.
 */
#include "postgres.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/commands.h"
#include "commands/prepare.h"
#include "commands/sequence.h"
#include "storage/lock.h"
#include "utils/guc.h"
#include "utils/plancache.h"
#include "utils/portal.h"

static void
discard_all(bool top_level)
{
	PreventInTransactionBlock(top_level, "DISCARD ALL");
	PortalHashTableDeleteAll();
	ResetAllOptions();
	DropAllPreparedStatements();
	LockReleaseAll(USER_LOCKMETHOD, true);
	ResetPlanCache();
	ResetTempTableNamespace();
	ResetSequenceCaches();
}

void
DiscardCommand(DiscardStmt *stmt, bool isTopLevel)
{
	switch (stmt->target)
	{
		case DISCARD_ALL:
			discard_all(isTopLevel);
			break;
		case DISCARD_PLANS:
			ResetPlanCache();
			break;
		case DISCARD_SEQUENCES:
			ResetSequenceCaches();
			break;
		case DISCARD_TEMP:
			ResetTempTableNamespace();
			break;
		default:
			elog(ERROR, "unrecognized DISCARD target: %d", stmt->target);
	}
}
