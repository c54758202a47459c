/*
 * tid.c
 *    tid: block and line of a tuple, written (block,line).
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "storage/itemptr.h"
#include "types/comparison.h"
#include "utils/builtins.h"

static ItemPointer
tid_make(uint32 block, uint32 line)
{
	ItemPointer result = palloc(sizeof(ItemPointerData));

	ItemPointerSet(result, block, (OffsetNumber) line);
	return result;
}

static void pg_attribute_noreturn()
bad_tid(const char *s)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			errmsg("invalid input syntax for type %s: \"%s\"", "tid", s));
}

Datum
tidin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	const char *open = strchr(s, '(');
	char *end;
	unsigned long block;
	unsigned long line;

	if (open == NULL)
		bad_tid(s);
	errno = 0;
	block = strtoul(open + 1, &end, 10);
	/* a negative number is accepted as long as it fits 32 bits, as strtoul reads it */
	if (errno || end == open + 1 || *end != ',' || (block != (uint32) block && (long) block != (int32) block))
		bad_tid(s);
	open = end;
	line = strtoul(open + 1, &end, 10);
	if (errno || end == open + 1 || *end != ')' || line > UINT16_MAX)
		bad_tid(s);
	PG_RETURN_POINTER(tid_make((uint32) block, (uint32) line));
}

Datum
tidout(PG_FUNCTION_ARGS)
{
	ItemPointer tid = (ItemPointer) PG_GETARG_POINTER(0);

	PG_RETURN_CSTRING(
		psprintf("(%u,%u)", ItemPointerGetBlockNumberNoCheck(tid), ItemPointerGetOffsetNumberNoCheck(tid)));
}

Datum
tidrecv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	uint32 block = pq_getmsgint(buf, 4);

	PG_RETURN_POINTER(tid_make(block, pq_getmsgint(buf, 2)));
}

Datum
tidsend(PG_FUNCTION_ARGS)
{
	ItemPointer tid = (ItemPointer) PG_GETARG_POINTER(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, ItemPointerGetBlockNumberNoCheck(tid));
	pq_sendint16(&buf, ItemPointerGetOffsetNumberNoCheck(tid));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

static int
tid_compare(FunctionCallInfo fcinfo)
{
	return ItemPointerCompare((ItemPointer) PG_GETARG_POINTER(0), (ItemPointer) PG_GETARG_POINTER(1));
}

Datum
bttidcmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(tid_compare(fcinfo));
}

Datum
hashtid(PG_FUNCTION_ARGS)
{
	return hash_any((unsigned char *) PG_GETARG_POINTER(0), sizeof(BlockIdData) + sizeof(OffsetNumber));
}

Datum
hashtidextended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((unsigned char *) PG_GETARG_POINTER(0), sizeof(BlockIdData) + sizeof(OffsetNumber),
							 (uint64) PG_GETARG_INT64(1));
}

COMPARISON_OPERATORS(tid, , tid_compare(fcinfo), 0)

Datum
tidlarger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(tid_compare(fcinfo) >= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

Datum
tidsmaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(tid_compare(fcinfo) <= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}
