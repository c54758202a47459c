/*
 * pg_lsn.c
 *    pg_lsn: a byte position in the log, written as two hexadecimal numbers X/Y of 32 bits each.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "types/comparison.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/pg_lsn.h"

#define HEX_DIGITS "0123456789abcdefABCDEF"

XLogRecPtr
pg_lsn_in_internal(const char *str, bool *have_error)
{
	size_t high_len = strspn(str, HEX_DIGITS);
	size_t low_len;

	*have_error = true;
	if (high_len < 1 || high_len > 8 || str[high_len] != '/')
		return InvalidXLogRecPtr;
	low_len = strspn(str + high_len + 1, HEX_DIGITS);
	if (low_len < 1 || low_len > 8 || str[high_len + 1 + low_len] != '\0')
		return InvalidXLogRecPtr;
	*have_error = false;
	return (uint64) strtoul(str, NULL, 16) << 32 | (uint64) strtoul(str + high_len + 1, NULL, 16);
}

Datum
pg_lsn_in(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	bool have_error;
	XLogRecPtr result = pg_lsn_in_internal(s, &have_error);

	if (have_error)
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s: \"%s\"", "pg_lsn", s));
	PG_RETURN_LSN(result);
}

Datum
pg_lsn_out(PG_FUNCTION_ARGS)
{
	XLogRecPtr lsn = PG_GETARG_LSN(0);

	PG_RETURN_CSTRING(psprintf("%X/%X", (uint32) (lsn >> 32), (uint32) lsn));
}

Datum
pg_lsn_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_LSN((XLogRecPtr) pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0)));
}

Datum
pg_lsn_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_LSN(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
pg_lsn_hash(PG_FUNCTION_ARGS)
{
	return hashint8(fcinfo);
}

Datum
pg_lsn_hash_extended(PG_FUNCTION_ARGS)
{
	return hashint8extended(fcinfo);
}

/* ---- arithmetic goes through numeric: a distance may need 65 bits */
static Numeric
lsn_to_numeric(XLogRecPtr lsn)
{
	return numeric_from_int128((int128) lsn);
}

Datum
pg_lsn_mi(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(numeric_from_int128((int128) PG_GETARG_LSN(0) - (int128) PG_GETARG_LSN(1)));
}

static Datum
lsn_move(XLogRecPtr lsn, Numeric distance, PGFunction operation, const char *nan_text)
{
	if (numeric_is_nan(distance))
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("%s", nan_text));
	return DirectFunctionCall1(numeric_pg_lsn,
							   DirectFunctionCall2(operation, NumericGetDatum(lsn_to_numeric(lsn)),
												   NumericGetDatum(distance)));
}

Datum
pg_lsn_pli(PG_FUNCTION_ARGS)
{
	return lsn_move(PG_GETARG_LSN(0), PG_GETARG_NUMERIC(1), numeric_add, "cannot add NaN to pg_lsn");
}

Datum
pg_lsn_mii(PG_FUNCTION_ARGS)
{
	return lsn_move(PG_GETARG_LSN(0), PG_GETARG_NUMERIC(1), numeric_sub, "cannot subtract NaN from pg_lsn");
}

COMPARISON_OPERATORS(pg_lsn_, , PG_GETARG_LSN(0), PG_GETARG_LSN(1))

Datum
pg_lsn_larger(PG_FUNCTION_ARGS)
{
	XLogRecPtr a = PG_GETARG_LSN(0);
	XLogRecPtr b = PG_GETARG_LSN(1);

	PG_RETURN_LSN(a > b ? a : b);
}

Datum
pg_lsn_smaller(PG_FUNCTION_ARGS)
{
	XLogRecPtr a = PG_GETARG_LSN(0);
	XLogRecPtr b = PG_GETARG_LSN(1);

	PG_RETURN_LSN(a < b ? a : b);
}

Datum
pg_lsn_cmp(PG_FUNCTION_ARGS)
{
	XLogRecPtr a = PG_GETARG_LSN(0);
	XLogRecPtr b = PG_GETARG_LSN(1);

	PG_RETURN_INT32((a > b) - (a < b));
}
