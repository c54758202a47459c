/*
 * snapshot_type.c
 *    The SQL type pg_snapshot (and its older name txid_snapshot), and functions that tell of transaction ids.
 *
 * A value is a variable-length header, the number of ids in progress, xmin, xmax, and these ids in ascending order. As text:
 * xmin:xmax:id,id,...
 */
#include "postgres.h"

#include "access/clog.h"
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "storage/lwlock.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

typedef struct pg_snapshot
{
	int32 vl_len_;
	uint32 nxip;
	uint64 xmin;
	uint64 xmax;
	uint64 xip[];
} pg_snapshot;

#define SNAPSHOT_SIZE(n) (offsetof(pg_snapshot, xip) + sizeof(uint64) * (Size) (n))
#define MAX_XIDS ((MaxAllocSize - offsetof(pg_snapshot, xip)) / sizeof(uint64))

static pg_snapshot *
snapshot_arg(FunctionCallInfo fcinfo, int n)
{
	return (pg_snapshot *) PG_GETARG_VARLENA_P(n);
}

/* ---- taking --------------------------------------------------------------------------------------------------------------------------------- */

static int
compare_ids(const void *a, const void *b)
{
	uint64 x = *(const uint64 *) a;
	uint64 y = *(const uint64 *) b;

	return (x > y) - (x < y);
}

Datum
pg_current_snapshot(PG_FUNCTION_ARGS)
{
	Snapshot active = ActiveSnapshotSet() ? GetActiveSnapshot() : NULL;
	pg_snapshot *result;

	if (active == NULL)
		elog(ERROR, "no active snapshot set");
	result = palloc(SNAPSHOT_SIZE(active->xcnt));
	result->xmin = active->xmin;
	result->xmax = active->xmax;
	result->nxip = active->xcnt;
	memcpy(result->xip, active->xip, sizeof(uint64) * active->xcnt);
	qsort(result->xip, result->nxip, sizeof(uint64), compare_ids);
	SET_VARSIZE(result, SNAPSHOT_SIZE(result->nxip));
	PG_RETURN_POINTER(result);
}

/* ---- text and binary ------------------------------------------------------------------------------------------------------------------------- */

static void
bad_input(const char *str)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			errmsg("invalid input syntax for type %s: \"%s\"", "pg_snapshot", str));
}

/* A number at *p, which must be followed by `stop` (any of its characters, or the end if it has '\0'). */
static bool
read_id(const char **p, uint64 *id)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	*id = strtoull(*p, &end, 10);
	*p = end;
	return errno == 0;
}

Datum
pg_snapshot_in(PG_FUNCTION_ARGS)
{
	const char *str = PG_GETARG_CSTRING(0);
	const char *p = str;
	pg_snapshot *snap = palloc(SNAPSHOT_SIZE(strlen(str) / 2 + 1));
	uint64 last = 0;

	snap->nxip = 0;
	if (!read_id(&p, &snap->xmin) || *p++ != ':' || !read_id(&p, &snap->xmax) || *p++ != ':' ||
		!TransactionIdIsValid(snap->xmin) || !TransactionIdIsValid(snap->xmax) || snap->xmax < snap->xmin)
		bad_input(str);
	while (*p != '\0')
	{
		uint64 id;

		if (!read_id(&p, &id) || id < snap->xmin || id >= snap->xmax || id < last)
			bad_input(str);
		if (id != last) /* duplicates say nothing new */
			snap->xip[snap->nxip++] = id;
		last = id;
		if (*p == ',')
			p++;
		else if (*p != '\0')
			bad_input(str);
	}
	SET_VARSIZE(snap, SNAPSHOT_SIZE(snap->nxip));
	PG_RETURN_POINTER(snap);
}

Datum
pg_snapshot_out(PG_FUNCTION_ARGS)
{
	pg_snapshot *snap = snapshot_arg(fcinfo, 0);
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "%" PRIu64 ":%" PRIu64 ":", snap->xmin, snap->xmax);
	for (uint32 i = 0; i < snap->nxip; i++)
		appendStringInfo(&buf, "%s%" PRIu64, i > 0 ? "," : "", snap->xip[i]);
	PG_RETURN_CSTRING(buf.data);
}

Datum
pg_snapshot_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	uint32 n = pq_getmsgint(buf, 4);
	pg_snapshot *snap;
	uint64 last = 0;

	if (n > MAX_XIDS || n > (uint32) (buf->len - buf->cursor) / 8)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid external pg_snapshot data"));
	snap = palloc(SNAPSHOT_SIZE(n));
	snap->xmin = pq_getmsgint64(buf);
	snap->xmax = pq_getmsgint64(buf);
	snap->nxip = 0;
	if (!TransactionIdIsValid(snap->xmin) || !TransactionIdIsValid(snap->xmax) || snap->xmax < snap->xmin)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid external pg_snapshot data"));
	for (uint32 i = 0; i < n; i++)
	{
		uint64 id = pq_getmsgint64(buf);

		if (id < last || id < snap->xmin || id > snap->xmax)
			ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid external pg_snapshot data"));
		if (id != last)
			snap->xip[snap->nxip++] = id;
		last = id;
	}
	SET_VARSIZE(snap, SNAPSHOT_SIZE(snap->nxip));
	PG_RETURN_POINTER(snap);
}

Datum
pg_snapshot_send(PG_FUNCTION_ARGS)
{
	pg_snapshot *snap = snapshot_arg(fcinfo, 0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, snap->nxip);
	pq_sendint64(&buf, snap->xmin);
	pq_sendint64(&buf, snap->xmax);
	for (uint32 i = 0; i < snap->nxip; i++)
		pq_sendint64(&buf, snap->xip[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- questions ----------------------------------------------------------------------------------------------------------------------------------- */

Datum
pg_snapshot_xmin(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(snapshot_arg(fcinfo, 0)->xmin);
}

Datum
pg_snapshot_xmax(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(snapshot_arg(fcinfo, 0)->xmax);
}

Datum
pg_snapshot_xip(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	pg_snapshot *snap;

	if (SRF_IS_FIRSTCALL())
	{
		pg_snapshot *arg = snapshot_arg(fcinfo, 0);

		funcctx = SRF_FIRSTCALL_INIT();
		snap = MemoryContextAlloc(funcctx->multi_call_memory_ctx, VARSIZE(arg));
		memcpy(snap, arg, VARSIZE(arg));
		funcctx->user_fctx = snap;
	}
	funcctx = SRF_PERCALL_SETUP();
	snap = funcctx->user_fctx;
	if (funcctx->call_cntr < snap->nxip)
		SRF_RETURN_NEXT(funcctx, UInt64GetDatum(snap->xip[funcctx->call_cntr]));
	SRF_RETURN_DONE(funcctx);
}

Datum
pg_visible_in_snapshot(PG_FUNCTION_ARGS)
{
	uint64 id = DatumGetUInt64(PG_GETARG_DATUM(0));
	pg_snapshot *snap = snapshot_arg(fcinfo, 1);

	if (id < snap->xmin)
		PG_RETURN_BOOL(true);
	if (id >= snap->xmax)
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(bsearch(&id, snap->xip, snap->nxip, sizeof(uint64), compare_ids) == NULL);
}

/* ---- transaction ids -------------------------------------------------------------------------------------------------------------------------------- */

Datum
pg_current_xact_id(PG_FUNCTION_ARGS)
{
	if (RecoveryInProgress())
		ereport(ERROR, errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
				errmsg("cannot execute %s during recovery", "pg_current_xact_id()"));
	PG_RETURN_UINT64(GetTopTransactionId());
}

Datum
pg_current_xact_id_if_assigned(PG_FUNCTION_ARGS)
{
	TransactionId xid = GetTopTransactionIdIfAny();

	if (!TransactionIdIsValid(xid))
		PG_RETURN_NULL();
	PG_RETURN_UINT64(xid);
}

Datum
pg_xact_status(PG_FUNCTION_ARGS)
{
	TransactionId xid = DatumGetUInt64(PG_GETARG_DATUM(0));
	const char *status = NULL;

	if (!TransactionIdIsValid(xid))
		PG_RETURN_NULL();
	if (xid >= ReadNextTransactionId())
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("transaction ID %" PRIu64 " is in the future", xid));
	/* Nobody truncates the log while we look. */
	LWLockAcquire(XactTruncationLock, LW_SHARED);
	if (TransactionIdIsNormal(xid) && xid >= ShmemVariableCache->oldestClogXid)
	{
		if (TransactionIdIsInProgress(xid))
			status = "in progress";
		else if (TransactionIdDidCommit(xid))
			status = "committed";
		else
			status = "aborted";
	}
	else if (!TransactionIdIsNormal(xid))
		status = "committed";
	LWLockRelease(XactTruncationLock);
	if (status == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(status));
}
