/*
 * tuple_deform.c
 *    Reading columns out of tuples.
 *
 * attcacheoff of a column is its offset when that is the same in every tuple: all columns before it are of fixed length
 * and not null. It is filled in as a side effect of reading; a varlena's offset is cached only where it needs no padding, so that
 * it holds for short and long values alike.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"

/*
 * Offset of a non-null column that begins at or after `offset`. *fixed: all columns before it had cacheable offsets; becomes
 * false when this one's is not.
 */
static inline uint32
locate_column(FormData_pg_attribute *att, const char *data, uint32 offset, bool *fixed)
{
	if (*fixed && att->attcacheoff >= 0)
		return (uint32) att->attcacheoff;
	if (att->attlen == -1)
	{
		uint32 aligned = (uint32) att_align_nominal(offset, att->attalign);

		if (*fixed && aligned == offset)
			att->attcacheoff = (int32) offset;
		else
		{
			*fixed = false;
			offset = (uint32) att_align_pointer(offset, att->attalign, -1, data + offset);
		}
		return offset;
	}
	offset = (uint32) att_align_nominal(offset, att->attalign);
	if (*fixed)
		att->attcacheoff = (int32) offset;
	return offset;
}

static pg_attribute_always_inline int
deform_header(const HeapTupleHeaderData *header, TupleDesc desc, int wanted, Datum *values, bool *nulls)
{
	const char *data = (const char *) header + header->t_hoff;
	const bits8 *bits = header->t_infomask & HEAP_HASNULL ? header->t_bits : NULL;
	int natts = Min(wanted, (int) HeapTupleHeaderGetNatts(header));
	bool fixed = true;
	uint32 offset = 0;

	for (int i = 0; i < natts; i++)
	{
		FormData_pg_attribute *att = TupleDescAttr(desc, i);

		if (bits != NULL && att_isnull(i, bits))
		{
			values[i] = (Datum) 0;
			nulls[i] = true;
			fixed = false;
			continue;
		}
		nulls[i] = false;
		offset = locate_column(att, data, offset, &fixed);
		values[i] = fetchatt(att, data + offset);
		if (att->attlen > 0)
			offset += att->attlen;
		else
		{
			offset = (uint32) att_addlength_pointer(offset, att->attlen, data + offset);
			fixed = false;
		}
	}
	return natts;
}

Datum
getmissingattr(TupleDesc tupleDesc, int attnum, bool *isnull)
{
	const FormData_pg_attribute *att = TupleDescAttr(tupleDesc, attnum - 1);

	if (att->atthasmissing && tupleDesc->constr != NULL && tupleDesc->constr->missing != NULL)
	{
		const AttrMissing *missing = &tupleDesc->constr->missing[attnum - 1];

		if (missing->am_present)
		{
			*isnull = false;
			return missing->am_value;
		}
	}
	*isnull = true;
	return (Datum) 0;
}

/* Columns that were added after the tuple was stored. */
static pg_noinline void
fill_missing_columns(TupleDesc desc, int from, int to, Datum *values, bool *nulls)
{
	for (int i = from; i < to; i++)
		values[i] = getmissingattr(desc, i + 1, &nulls[i]);
}

void
heap_deform_columns(HeapTuple tuple, TupleDesc tupleDesc, int natts_needed, Datum *values, bool *nulls)
{
	int done = deform_header(tuple->t_data, tupleDesc, natts_needed, values, nulls);

	if (unlikely(done < natts_needed))
		fill_missing_columns(tupleDesc, done, natts_needed, values, nulls);
}

void
heap_deform_tuple(HeapTuple tuple, TupleDesc tupleDesc, Datum *values, bool *isnull)
{
	heap_deform_columns(tuple, tupleDesc, tupleDesc->natts, values, isnull);
}

void
heap_deform_minimal_tuple(MinimalTuple mtup, TupleDesc tupleDesc, int natts_needed, Datum *values, bool *nulls)
{
	int done = deform_header(HeapTupleHeaderOfMinimal(mtup), tupleDesc, natts_needed, values, nulls);

	if (unlikely(done < natts_needed))
		fill_missing_columns(tupleDesc, done, natts_needed, values, nulls);
}

Datum
nocachegetattr(HeapTuple tup, int attnum, TupleDesc att_desc)
{
	const HeapTupleHeaderData *header = tup->t_data;
	const char *data = (const char *) header + header->t_hoff;
	const bits8 *bits = header->t_infomask & HEAP_HASNULL ? header->t_bits : NULL;
	bool fixed = true;
	uint32 offset = 0;

	for (int i = 0;; i++)
	{
		FormData_pg_attribute *att = TupleDescAttr(att_desc, i);

		if (bits != NULL && att_isnull(i, bits))
		{
			Assert(i < attnum - 1);
			fixed = false;
			continue;
		}
		offset = locate_column(att, data, offset, &fixed);
		if (i == attnum - 1)
			return fetchatt(att, data + offset);
		offset = (uint32) att_addlength_pointer(offset, att->attlen, data + offset);
		if (att->attlen < 0)
			fixed = false;
	}
}

Datum
minimal_tuple_getattr(MinimalTuple mtup, int attnum, TupleDesc tupleDesc, bool *isnull)
{
	HeapTupleData tuple;

	tuple.t_len = mtup->t_len + MINIMAL_TUPLE_OFFSET;
	tuple.t_data = HeapTupleHeaderOfMinimal(mtup);
	return heap_getattr(&tuple, attnum, tupleDesc, isnull);
}

bool
heap_attisnull(HeapTuple tup, int attnum, TupleDesc tupleDesc)
{
	if (attnum <= 0)
	{
		if (attnum < TableOidAttributeNumber || attnum == 0)
			elog(ERROR, "invalid attnum: %d", attnum);
		return false;
	}
	if (attnum > (int) HeapTupleHeaderGetNatts(tup->t_data))
	{
		bool isnull = true;

		if (tupleDesc != NULL && attnum <= tupleDesc->natts)
			getmissingattr(tupleDesc, attnum, &isnull);
		return isnull;
	}
	return HeapTupleHasNulls(tup) && att_isnull(attnum - 1, tup->t_data->t_bits);
}

Datum
heap_getsysattr(HeapTuple tup, int attnum, TupleDesc tupleDesc, bool *isnull)
{
	*isnull = false;
	switch (attnum)
	{
		case SelfItemPointerAttributeNumber:
			return PointerGetDatum(&tup->t_self);
		case MinTransactionIdAttributeNumber:
			return TransactionIdGetDatum(HeapTupleGetRawXmin(tup));
		case MaxTransactionIdAttributeNumber:
			return TransactionIdGetDatum(HeapTupleGetRawXmax(tup));
		case MinCommandIdAttributeNumber:
		case MaxCommandIdAttributeNumber:
			/* May be a combo: outside of its transaction there is no way to tell the two apart. */
			return CommandIdGetDatum(HeapTupleHeaderGetRawCommandId(tup->t_data));
		case TableOidAttributeNumber:
			return ObjectIdGetDatum(tup->t_tableOid);
		default:
			elog(ERROR, "invalid attnum: %d", attnum);
	}
	return (Datum) 0;
}
