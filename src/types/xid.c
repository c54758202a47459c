/*
 * xid.c
 *    xid (the low 32 bits of a transaction id, as PostgreSQL's clients know it), xid8 (all 64) and cid.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "types/comparison.h"
#include "utils/builtins.h"

/*
 * Ids travel as xid in the low half: what is put into a Datum of SQL type xid is always cut to 32 bits, so that
 * comparison need not know of the rest.
 */
Datum
xidin(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32((uint32) strtoul(PG_GETARG_CSTRING(0), NULL, 0));
}

Datum
xidout(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(psprintf("%u", PG_GETARG_UINT32(0)));
}

Datum
xidrecv(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32(pq_getmsgint((StringInfo) PG_GETARG_POINTER(0), 4));
}

Datum
xidsend(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, PG_GETARG_UINT32(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
xideq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_UINT32(0) == PG_GETARG_UINT32(1));
}

Datum
xidneq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_UINT32(0) != PG_GETARG_UINT32(1));
}

/* How many transactions ago; permanent ids are infinitely old. */
Datum
xid_age(PG_FUNCTION_ARGS)
{
	uint32 xid = PG_GETARG_UINT32(0);
	uint32 now = (uint32) GetTopTransactionIdIfAny();

	if (now == 0)
		now = (uint32) ReadNextTransactionId();
	if (xid < 3)
		PG_RETURN_INT32(PG_INT32_MAX);
	PG_RETURN_INT32((int32) (now - xid));
}

/* ---- xid8 */
Datum
xid8in(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(strtoull(PG_GETARG_CSTRING(0), NULL, 0));
}

Datum
xid8out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(psprintf(UINT64_FORMAT, (uint64) PG_GETARG_INT64(0)));
}

Datum
xid8recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64((uint64) pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0)));
}

Datum
xid8send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, (uint64) PG_GETARG_INT64(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
xid8toxid(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32((uint32) PG_GETARG_INT64(0));
}

/* ---- cid */
Datum
cidin(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32((uint32) strtoul(PG_GETARG_CSTRING(0), NULL, 0));
}

Datum
cidout(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(psprintf("%u", PG_GETARG_UINT32(0)));
}

Datum
cidrecv(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32(pq_getmsgint((StringInfo) PG_GETARG_POINTER(0), 4));
}

Datum
cidsend(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, PG_GETARG_UINT32(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
cideq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_UINT32(0) == PG_GETARG_UINT32(1));
}

COMPARISON_OPERATORS(xid8, , (uint64) PG_GETARG_INT64(0), (uint64) PG_GETARG_INT64(1))

Datum
xid8_larger(PG_FUNCTION_ARGS)
{
	uint64 a = (uint64) PG_GETARG_INT64(0);
	uint64 b = (uint64) PG_GETARG_INT64(1);

	PG_RETURN_UINT64(a > b ? a : b);
}

Datum
xid8_smaller(PG_FUNCTION_ARGS)
{
	uint64 a = (uint64) PG_GETARG_INT64(0);
	uint64 b = (uint64) PG_GETARG_INT64(1);

	PG_RETURN_UINT64(a < b ? a : b);
}

Datum
xid8cmp(PG_FUNCTION_ARGS)
{
	uint64 a = (uint64) PG_GETARG_INT64(0);
	uint64 b = (uint64) PG_GETARG_INT64(1);

	PG_RETURN_INT32((a > b) - (a < b));
}
