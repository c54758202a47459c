/*
 * advisory.c
 *    Advisory locks: the SQL functions.
 *
 * A key is one bigint (field 4 = 1) or two integers (field 4 = 2), in the current database. Locks belong to the session or to the transaction.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lock.h"

static LOCKTAG
key_int8(FunctionCallInfo fcinfo)
{
	int64 key = PG_GETARG_INT64(0);
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (key >> 32), (uint32) key, 1);
	return tag;
}

static LOCKTAG
key_int4(FunctionCallInfo fcinfo)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, PG_GETARG_INT32(0), PG_GETARG_INT32(1), 2);
	return tag;
}

static void
lock_it(LOCKTAG tag, LOCKMODE mode, bool session)
{
	(void) LockAcquire(&tag, mode, session, false);
}

static bool
try_it(LOCKTAG tag, LOCKMODE mode, bool session)
{
	return LockAcquire(&tag, mode, session, true) != LOCKACQUIRE_NOT_AVAIL;
}

static bool
unlock_it(LOCKTAG tag, LOCKMODE mode)
{
	return LockRelease(&tag, mode, true);
}

Datum
pg_advisory_lock_int8(PG_FUNCTION_ARGS)
{
	lock_it(key_int8(fcinfo), ExclusiveLock, true);
	PG_RETURN_VOID();
}

Datum
pg_advisory_lock_int4(PG_FUNCTION_ARGS)
{
	lock_it(key_int4(fcinfo), ExclusiveLock, true);
	PG_RETURN_VOID();
}

Datum
pg_advisory_lock_shared_int8(PG_FUNCTION_ARGS)
{
	lock_it(key_int8(fcinfo), ShareLock, true);
	PG_RETURN_VOID();
}

Datum
pg_advisory_lock_shared_int4(PG_FUNCTION_ARGS)
{
	lock_it(key_int4(fcinfo), ShareLock, true);
	PG_RETURN_VOID();
}

Datum
pg_try_advisory_lock_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(try_it(key_int8(fcinfo), ExclusiveLock, true));
}

Datum
pg_try_advisory_lock_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(try_it(key_int4(fcinfo), ExclusiveLock, true));
}

Datum
pg_try_advisory_lock_shared_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(try_it(key_int8(fcinfo), ShareLock, true));
}

Datum
pg_try_advisory_lock_shared_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(try_it(key_int4(fcinfo), ShareLock, true));
}

Datum
pg_advisory_xact_lock_int8(PG_FUNCTION_ARGS)
{
	lock_it(key_int8(fcinfo), ExclusiveLock, false);
	PG_RETURN_VOID();
}

Datum
pg_advisory_xact_lock_int4(PG_FUNCTION_ARGS)
{
	lock_it(key_int4(fcinfo), ExclusiveLock, false);
	PG_RETURN_VOID();
}

Datum
pg_advisory_xact_lock_shared_int8(PG_FUNCTION_ARGS)
{
	lock_it(key_int8(fcinfo), ShareLock, false);
	PG_RETURN_VOID();
}

Datum
pg_advisory_xact_lock_shared_int4(PG_FUNCTION_ARGS)
{
	lock_it(key_int4(fcinfo), ShareLock, false);
	PG_RETURN_VOID();
}

Datum
pg_try_advisory_xact_lock_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(try_it(key_int8(fcinfo), ExclusiveLock, false));
}

Datum
pg_try_advisory_xact_lock_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(try_it(key_int4(fcinfo), ExclusiveLock, false));
}

Datum
pg_try_advisory_xact_lock_shared_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(try_it(key_int8(fcinfo), ShareLock, false));
}

Datum
pg_try_advisory_xact_lock_shared_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(try_it(key_int4(fcinfo), ShareLock, false));
}

Datum
pg_advisory_unlock_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(unlock_it(key_int8(fcinfo), ExclusiveLock));
}

Datum
pg_advisory_unlock_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(unlock_it(key_int4(fcinfo), ExclusiveLock));
}

Datum
pg_advisory_unlock_shared_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(unlock_it(key_int8(fcinfo), ShareLock));
}

Datum
pg_advisory_unlock_shared_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(unlock_it(key_int4(fcinfo), ShareLock));
}

Datum
pg_advisory_unlock_all(PG_FUNCTION_ARGS)
{
	LockReleaseSession(USER_LOCKMETHOD);
	PG_RETURN_VOID();
}
