/*
 * tuple_copy.c
 *    Copies of tuples, and conversions between heap tuples, minimal tuples and composite Datums.
 */
#include "postgres.h"

#include "access/heaptoast.h"
#include "access/htup_details.h"
#include "utils/combocid.h"

void
heap_freetuple(HeapTuple htup)
{
	pfree(htup);
}

void
heap_free_minimal_tuple(MinimalTuple mtup)
{
	pfree(mtup);
}

HeapTuple
heap_copytuple(HeapTuple tuple)
{
	HeapTuple copy;

	if (!HeapTupleIsValid(tuple) || tuple->t_data == NULL)
		return NULL;
	copy = palloc(HEAPTUPLESIZE + tuple->t_len);
	*copy = *tuple;
	copy->t_data = (HeapTupleHeader) ((char *) copy + HEAPTUPLESIZE);
	memcpy(copy->t_data, tuple->t_data, tuple->t_len);
	return copy;
}

void
heap_copytuple_with_tuple(HeapTuple src, HeapTuple dest)
{
	if (!HeapTupleIsValid(src) || src->t_data == NULL)
	{
		dest->t_data = NULL;
		return;
	}
	*dest = *src;
	dest->t_data = palloc(src->t_len);
	memcpy(dest->t_data, src->t_data, src->t_len);
}

Datum
heap_copy_tuple_as_datum(HeapTuple tuple, TupleDesc tupleDesc)
{
	HeapTupleHeader td;

	if (HeapTupleHasExternal(tuple))
		return toast_flatten_tuple_to_datum(tuple->t_data, tuple->t_len, tupleDesc);
	td = palloc(tuple->t_len);
	memcpy(td, tuple->t_data, tuple->t_len);
	HeapTupleHeaderSetDatumLength(td, tuple->t_len);
	HeapTupleHeaderSetTypeId(td, tupleDesc->tdtypeid);
	HeapTupleHeaderSetTypMod(td, tupleDesc->tdtypmod);
	return PointerGetDatum(td);
}

MinimalTuple
heap_copy_minimal_tuple(MinimalTuple mtup)
{
	MinimalTuple copy = palloc(mtup->t_len);

	memcpy(copy, mtup, mtup->t_len);
	return copy;
}

HeapTuple
heap_tuple_from_minimal_tuple(MinimalTuple mtup)
{
	uint32 len = mtup->t_len + MINIMAL_TUPLE_OFFSET;
	HeapTuple tuple = palloc(HEAPTUPLESIZE + len);

	tuple->t_len = len;
	ItemPointerSetInvalid(&tuple->t_self);
	tuple->t_tableOid = InvalidOid;
	tuple->t_xid_base = 0;
	tuple->t_multi_base = 0;
	tuple->t_data = (HeapTupleHeader) ((char *) tuple + HEAPTUPLESIZE);
	memset(tuple->t_data, 0, offsetof(HeapTupleHeaderData, t_infomask2));
	memcpy((char *) tuple->t_data + MINIMAL_TUPLE_OFFSET, mtup, mtup->t_len);
	memset(tuple->t_data, 0, offsetof(HeapTupleHeaderData, t_infomask2));
	return tuple;
}

MinimalTuple
minimal_tuple_from_heap_tuple(HeapTuple htup)
{
	uint32 len = htup->t_len - MINIMAL_TUPLE_OFFSET;
	MinimalTuple mtup = palloc(len);

	memcpy(mtup, (char *) htup->t_data + MINIMAL_TUPLE_OFFSET, len);
	mtup->t_len = len;
	return mtup;
}

size_t
varsize_any(void *p)
{
	return VARSIZE_ANY(p);
}

/* ---- command ids -------------------------------------------------------------------------------------------------- */
CommandId
HeapTupleHeaderGetCmin(const HeapTupleHeaderData *tup)
{
	CommandId cid = HeapTupleHeaderGetRawCommandId(tup);

	return tup->t_infomask & HEAP_COMBOCID ? GetRealCmin(cid) : cid;
}

CommandId
HeapTupleHeaderGetCmax(const HeapTupleHeaderData *tup)
{
	CommandId cid = HeapTupleHeaderGetRawCommandId(tup);

	return tup->t_infomask & HEAP_COMBOCID ? GetRealCmax(cid) : cid;
}
