/*
 * lock_functions.c
 *    SQL functions that look at locks: pg_locks, pg_blocking_pids, and the isolation tester's question.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

/* Columns of pg_locks. */
enum
{
	COL_LOCKTYPE,
	COL_DATABASE,
	COL_RELATION,
	COL_PAGE,
	COL_TUPLE,
	COL_VIRTUALXID,
	COL_TRANSACTIONID,
	COL_CLASSID,
	COL_OBJID,
	COL_OBJSUBID,
	COL_VIRTUALTRANSACTION,
	COL_PID,
	COL_MODE,
	COL_GRANTED,
	COL_FASTPATH,
	COL_WAITSTART,
	NUM_COLS
};

typedef struct Row
{
	Datum values[NUM_COLS];
	bool nulls[NUM_COLS];
} Row;

static void
set(Row *row, int col, Datum value)
{
	row->values[col] = value;
	row->nulls[col] = false;
}

static Datum
vxid_text(uint32 backend, uint64 lxid)
{
	char buf[48];

	snprintf(buf, sizeof(buf), "%d/%" PRIu64, (int) backend, lxid);
	return CStringGetTextDatum(buf);
}

static void
set_tag_columns(Row *row, const LOCKTAG *tag)
{
	uint32 f1 = tag->locktag_field1;
	uint32 f2 = tag->locktag_field2;
	uint32 f3 = tag->locktag_field3;

	switch ((LockTagType) tag->locktag_type)
	{
		case LOCKTAG_TUPLE:
			set(row, COL_TUPLE, UInt16GetDatum(tag->locktag_field4));
			pg_fallthrough;
		case LOCKTAG_PAGE:
			set(row, COL_PAGE, UInt32GetDatum(f3));
			pg_fallthrough;
		case LOCKTAG_RELATION:
		case LOCKTAG_RELATION_EXTEND:
			set(row, COL_RELATION, ObjectIdGetDatum(f2));
			pg_fallthrough;
		case LOCKTAG_DATABASE_FROZEN_IDS:
			set(row, COL_DATABASE, ObjectIdGetDatum(f1));
			break;
		case LOCKTAG_TRANSACTION:
			set(row, COL_TRANSACTIONID, TransactionIdGetDatum((uint64) f2 << 32 | f1));
			break;
		case LOCKTAG_VIRTUALTRANSACTION:
			set(row, COL_VIRTUALXID, vxid_text(f1, (uint64) f3 << 32 | f2));
			break;
		case LOCKTAG_SPECULATIVE_TOKEN:
			set(row, COL_TRANSACTIONID, TransactionIdGetDatum((uint64) f2 << 32 | f1));
			set(row, COL_OBJID, ObjectIdGetDatum(f3));
			break;
		default: /* objects, user and advisory locks */
			set(row, COL_DATABASE, ObjectIdGetDatum(f1));
			set(row, COL_CLASSID, ObjectIdGetDatum(f2));
			set(row, COL_OBJID, ObjectIdGetDatum(f3));
			set(row, COL_OBJSUBID, Int16GetDatum(tag->locktag_field4));
			break;
	}
}

static void
put_row(ReturnSetInfo *rsinfo, const LockInstanceData *item, LOCKMODE mode, bool granted)
{
	Row row;

	memset(row.nulls, true, sizeof(row.nulls));
	set(&row, COL_LOCKTYPE, CStringGetTextDatum(GetLockNameFromTagType(item->locktag.locktag_type)));
	set_tag_columns(&row, &item->locktag);
	set(&row, COL_VIRTUALTRANSACTION, vxid_text(item->backend, item->lxid));
	if (item->pid != 0)
		set(&row, COL_PID, Int32GetDatum(item->pid));
	set(&row, COL_MODE, CStringGetTextDatum(GetLockmodeName(item->locktag.locktag_lockmethodid, mode)));
	set(&row, COL_GRANTED, BoolGetDatum(granted));
	set(&row, COL_FASTPATH, BoolGetDatum(item->fastpath));
	if (!granted && item->waitStart != 0)
		set(&row, COL_WAITSTART, Int64GetDatum(item->waitStart));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, row.values, row.nulls);
}

Datum
pg_lock_status(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	LockData *data = GetLockStatusData();

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < data->nelements; i++)
	{
		const LockInstanceData *item = &data->locks[i];

		for (LOCKMODE mode = 1; mode <= MaxLockMode; mode++)
			if (item->holdMask & LOCKBIT_ON(mode))
				put_row(rsinfo, item, mode, true);
		if (item->waitLockMode != NoLock)
			put_row(rsinfo, item, item->waitLockMode, false);
	}
	return (Datum) 0;
}

static Datum
int4_array(const int *values, int n)
{
	Datum *elems = palloc(sizeof(Datum) * Max(1, n));

	for (int i = 0; i < n; i++)
		elems[i] = Int32GetDatum(values[i]);
	return PointerGetDatum(construct_array(elems, n, INT4OID, sizeof(int32), true, 'i'));
}

Datum
pg_blocking_pids(PG_FUNCTION_ARGS)
{
	int *pids;
	int n = GetBlockingPids(PG_GETARG_INT32(0), &pids);

	PG_RETURN_DATUM(int4_array(pids, n));
}

/* Only SERIALIZABLE READ ONLY DEFERRABLE transactions wait for a safe snapshot. */
Datum
pg_safe_snapshot_blocking_pids(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(int4_array(NULL, 0));
}

Datum
pg_isolation_test_session_is_blocked(PG_FUNCTION_ARGS)
{
	ArrayType *interesting = DatumGetArrayTypeP(PG_GETARG_DATUM(1));
	Datum *wanted;
	int nwanted;
	int *pids;
	int n;

	deconstruct_array(interesting, INT4OID, sizeof(int32), true, 'i', &wanted, NULL, &nwanted);
	n = GetBlockingPids(PG_GETARG_INT32(0), &pids);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < nwanted; j++)
			if (pids[i] == DatumGetInt32(wanted[j]))
				PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(false);
}
