/*
 * tuple_form.c
 *    Building heap tuples and minimal tuples from values.
 *
 * Two passes: the size of the data part, then the copy. A varlena that is short enough is stored with a one-byte header and
 * without alignment unless the column's storage is PLAIN. Both passes must decide alike, so the decision is one function.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "utils/elog.h"

typedef enum VarlenaForm
{
	VARLENA_AS_IS_UNALIGNED, /* short or external: copied to the next byte */
	VARLENA_SHORTEN,		 /* gets a one-byte header */
	VARLENA_AS_IS_ALIGNED
} VarlenaForm;

static inline VarlenaForm
varlena_form(const FormData_pg_attribute *att, const void *value)
{
	if (VARATT_IS_1B(value))
		return VARLENA_AS_IS_UNALIGNED;
	if (att->attstorage != 'p' && VARATT_CAN_MAKE_SHORT(value))
		return VARLENA_SHORTEN;
	return VARLENA_AS_IS_ALIGNED;
}

static inline Size
column_end_offset(const FormData_pg_attribute *att, Size offset, Datum value)
{
	const char *pointer;

	if (att->attlen > 0)
		return att_align_nominal(offset, att->attalign) + att->attlen;
	pointer = DatumGetPointer(value);
	if (att->attlen == -2)
		return att_align_nominal(offset, att->attalign) + strlen(pointer) + 1;
	switch (varlena_form(att, pointer))
	{
		case VARLENA_AS_IS_UNALIGNED:
			return offset + VARSIZE_ANY(pointer);
		case VARLENA_SHORTEN:
			return offset + VARATT_CONVERTED_SHORT_SIZE(pointer);
		case VARLENA_AS_IS_ALIGNED:
			break;
	}
	return att_align_nominal(offset, att->attalign) + VARSIZE_4B(pointer);
}

Size
heap_compute_data_size(TupleDesc tupleDesc, const Datum *values, const bool *isnull)
{
	Size offset = 0;

	for (int i = 0; i < tupleDesc->natts; i++)
		if (!isnull[i])
			offset = column_end_offset(TupleDescAttr(tupleDesc, i), offset, values[i]);
	return offset;
}

static inline char *
align_zeroing(char *start, char *p, char align)
{
	char *aligned = start + att_align_nominal(p - start, align);

	/* Padding must be zero: that is how a reader tells it from a short varlena. */
	while (p < aligned)
		*p++ = 0;
	return p;
}

static char *
fill_varlena(const FormData_pg_attribute *att, char *start, char *p, const char *value, uint16 *infomask)
{
	Size len;

	*infomask |= HEAP_HASVARWIDTH;
	switch (varlena_form(att, value))
	{
		case VARLENA_AS_IS_UNALIGNED:
			if (VARATT_IS_EXTERNAL(value))
				*infomask |= HEAP_HASEXTERNAL;
			len = VARSIZE_ANY(value);
			memcpy(p, value, len);
			return p + len;
		case VARLENA_SHORTEN:
			len = VARATT_CONVERTED_SHORT_SIZE(value);
			SET_VARSIZE_SHORT(p, len);
			memcpy(p + 1, VARDATA_4B(value), len - 1);
			return p + len;
		case VARLENA_AS_IS_ALIGNED:
			break;
	}
	p = align_zeroing(start, p, att->attalign);
	len = VARSIZE_4B(value);
	memcpy(p, value, len);
	return p + len;
}

static inline char *
fill_column(const FormData_pg_attribute *att, char *start, char *p, Datum value, uint16 *infomask)
{
	const char *pointer;
	Size len;

	if (att->attbyval)
	{
		p = align_zeroing(start, p, att->attalign);
		store_att_byval(p, value, att->attlen);
		return p + att->attlen;
	}
	pointer = DatumGetPointer(value);
	if (att->attlen == -1)
		return fill_varlena(att, start, p, pointer, infomask);
	p = align_zeroing(start, p, att->attalign);
	if (att->attlen == -2)
	{
		*infomask |= HEAP_HASVARWIDTH;
		len = strlen(pointer) + 1;
	}
	else
		len = att->attlen;
	memcpy(p, pointer, len);
	return p + len;
}

/* bit: where the null bitmap goes, or NULL when no value is null. */
void
heap_fill_tuple(TupleDesc tupleDesc, const Datum *values, const bool *isnull, char *data, Size data_size,
				uint16 *infomask, bits8 *bit)
{
	char *p = data;

	*infomask &= ~(HEAP_HASNULL | HEAP_HASVARWIDTH | HEAP_HASEXTERNAL);
	if (bit != NULL)
		memset(bit, 0, BITMAPLEN(tupleDesc->natts));
	for (int i = 0; i < tupleDesc->natts; i++)
	{
		if (isnull[i])
		{
			*infomask |= HEAP_HASNULL;
			continue;
		}
		if (bit != NULL)
			bit[i >> 3] |= 1 << (i & 7);
		p = fill_column(TupleDescAttr(tupleDesc, i), data, p, values[i], infomask);
	}
	Assert((Size) (p - data) == data_size);
}

static bool
any_null(int natts, const bool *isnull)
{
	for (int i = 0; i < natts; i++)
		if (isnull[i])
			return true;
	return false;
}

static void
check_number_of_columns(int natts)
{
	if (unlikely(natts > MaxTupleAttributeNumber))
		ereport(ERROR, (errcode(ERRCODE_TOO_MANY_COLUMNS),
						errmsg("number of columns (%d) exceeds limit (%d)", natts, MaxTupleAttributeNumber)));
}

HeapTuple
heap_form_tuple(TupleDesc tupleDescriptor, const Datum *values, const bool *isnull)
{
	int natts = tupleDescriptor->natts;
	bool hasnull;
	Size hoff;
	Size data_len;
	HeapTuple tuple;
	HeapTupleHeader td;

	check_number_of_columns(natts);
	hasnull = any_null(natts, isnull);
	hoff = MAXALIGN(SizeofHeapTupleHeader + (hasnull ? BITMAPLEN(natts) : 0));
	data_len = heap_compute_data_size(tupleDescriptor, values, isnull);

	tuple = palloc(HEAPTUPLESIZE + hoff + data_len);
	td = (HeapTupleHeader) ((char *) tuple + HEAPTUPLESIZE);
	memset(td, 0, hoff);
	tuple->t_data = td;
	tuple->t_len = (uint32) (hoff + data_len);
	ItemPointerSetInvalid(&tuple->t_self);
	tuple->t_tableOid = InvalidOid;
	tuple->t_xid_base = 0;
	tuple->t_multi_base = 0;
	/* Until it is inserted it can serve as a composite Datum. */
	HeapTupleHeaderSetDatumLength(td, hoff + data_len);
	HeapTupleHeaderSetTypeId(td, tupleDescriptor->tdtypeid);
	HeapTupleHeaderSetTypMod(td, tupleDescriptor->tdtypmod);
	ItemPointerSetInvalid(&td->t_ctid);
	HeapTupleHeaderSetNatts(td, natts);
	td->t_hoff = (uint8) hoff;
	heap_fill_tuple(tupleDescriptor, values, isnull, (char *) td + hoff, data_len, &td->t_infomask,
					hasnull ? td->t_bits : NULL);
	return tuple;
}

MinimalTuple
heap_form_minimal_tuple(TupleDesc tupleDescriptor, const Datum *values, const bool *isnull)
{
	int natts = tupleDescriptor->natts;
	bool hasnull;
	Size hoff;
	Size data_len;
	MinimalTuple mtup;

	check_number_of_columns(natts);
	hasnull = any_null(natts, isnull);
	hoff = MAXALIGN(SizeofMinimalTupleHeader + (hasnull ? BITMAPLEN(natts) : 0));
	data_len = heap_compute_data_size(tupleDescriptor, values, isnull);

	mtup = palloc(hoff + data_len);
	memset(mtup, 0, hoff);
	mtup->t_len = (uint32) (hoff + data_len);
	HeapTupleHeaderSetNatts(mtup, natts);
	mtup->t_hoff = (uint8) (hoff + MINIMAL_TUPLE_OFFSET);
	heap_fill_tuple(tupleDescriptor, values, isnull, (char *) mtup + hoff, data_len, &mtup->t_infomask,
					hasnull ? mtup->t_bits : NULL);
	return mtup;
}

/* ---- new tuples from old ones ----------------------------------------------------------------------------------- */
static HeapTuple
form_as_successor(TupleDesc tupleDesc, HeapTuple tuple, const Datum *values, const bool *isnull)
{
	HeapTuple result = heap_form_tuple(tupleDesc, values, isnull);

	result->t_data->t_ctid = tuple->t_data->t_ctid;
	result->t_self = tuple->t_self;
	result->t_tableOid = tuple->t_tableOid;
	return result;
}

HeapTuple
heap_modify_tuple(HeapTuple tuple, TupleDesc tupleDesc, const Datum *replValues, const bool *replIsnull,
				  const bool *doReplace)
{
	int natts = tupleDesc->natts;
	Datum *values = palloc_array(Datum, natts + 1);
	bool *isnull = palloc_array(bool, natts + 1);
	HeapTuple result;

	heap_deform_tuple(tuple, tupleDesc, values, isnull);
	for (int i = 0; i < natts; i++)
		if (doReplace[i])
		{
			values[i] = replValues[i];
			isnull[i] = replIsnull[i];
		}
	result = form_as_successor(tupleDesc, tuple, values, isnull);
	pfree(values);
	pfree(isnull);
	return result;
}

HeapTuple
heap_modify_tuple_by_cols(HeapTuple tuple, TupleDesc tupleDesc, int nCols, const int *replCols,
						  const Datum *replValues, const bool *replIsnull)
{
	int natts = tupleDesc->natts;
	Datum *values = palloc_array(Datum, natts + 1);
	bool *isnull = palloc_array(bool, natts + 1);
	HeapTuple result;

	heap_deform_tuple(tuple, tupleDesc, values, isnull);
	for (int i = 0; i < nCols; i++)
	{
		int attnum = replCols[i];

		if (attnum <= 0 || attnum > natts)
			elog(ERROR, "invalid column number %d", attnum);
		values[attnum - 1] = replValues[i];
		isnull[attnum - 1] = replIsnull[i];
	}
	result = form_as_successor(tupleDesc, tuple, values, isnull);
	pfree(values);
	pfree(isnull);
	return result;
}

HeapTuple
heap_expand_tuple(HeapTuple sourceTuple, TupleDesc tupleDesc)
{
	Datum *values = palloc_array(Datum, tupleDesc->natts + 1);
	bool *isnull = palloc_array(bool, tupleDesc->natts + 1);
	HeapTuple result;

	heap_deform_tuple(sourceTuple, tupleDesc, values, isnull);
	result = form_as_successor(tupleDesc, sourceTuple, values, isnull);
	pfree(values);
	pfree(isnull);
	return result;
}
