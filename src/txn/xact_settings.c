/*
 * xact_settings.c
 *    When the characteristics of a transaction may be set.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "txn/xact_internal.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"

bool
check_XactIsoLevel(int *newval, void **extra, GucSource source)
{
	if (*newval == XactIsoLevel || !IsTransactionState())
		return true;
	if (FirstSnapshotSet)
	{
		GUC_check_errcode(ERRCODE_ACTIVE_SQL_TRANSACTION);
		GUC_check_errmsg("SET TRANSACTION ISOLATION LEVEL must be called before any query");
		return false;
	}
	/* Harmless at the start of a transaction, confusing later: a subtransaction has its parent's level. */
	if (IsSubTransaction())
	{
		GUC_check_errcode(ERRCODE_ACTIVE_SQL_TRANSACTION);
		GUC_check_errmsg("SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction");
		return false;
	}
	if (*newval == XACT_SERIALIZABLE && RecoveryInProgress())
	{
		GUC_check_errcode(ERRCODE_FEATURE_NOT_SUPPORTED);
		GUC_check_errmsg("cannot use serializable mode in a hot standby");
		GUC_check_errhint("You can use REPEATABLE READ instead.");
		return false;
	}
	return true;
}

bool
check_XactReadOnly(bool *newval, void **extra, GucSource source)
{
	if (*newval || !XactReadOnly || !IsTransactionState())
		return true;
	/* From read-only to read-write: only while nothing has relied on it. */
	if (IsSubTransaction())
	{
		GUC_check_errcode(ERRCODE_ACTIVE_SQL_TRANSACTION);
		GUC_check_errmsg("cannot set transaction read-write mode inside a read-only transaction");
		return false;
	}
	if (FirstSnapshotSet)
	{
		GUC_check_errcode(ERRCODE_ACTIVE_SQL_TRANSACTION);
		GUC_check_errmsg("transaction read-write mode must be set before any query");
		return false;
	}
	if (RecoveryInProgress())
	{
		GUC_check_errcode(ERRCODE_FEATURE_NOT_SUPPORTED);
		GUC_check_errmsg("cannot set transaction read-write mode during recovery");
		return false;
	}
	return true;
}

bool
check_XactDeferrable(bool *newval, void **extra, GucSource source)
{
	if (IsSubTransaction())
	{
		GUC_check_errcode(ERRCODE_ACTIVE_SQL_TRANSACTION);
		GUC_check_errmsg("SET TRANSACTION [NOT] DEFERRABLE cannot be called within a subtransaction");
		return false;
	}
	if (FirstSnapshotSet)
	{
		GUC_check_errcode(ERRCODE_ACTIVE_SQL_TRANSACTION);
		GUC_check_errmsg("SET TRANSACTION [NOT] DEFERRABLE must be called before any query");
		return false;
	}
	return true;
}
