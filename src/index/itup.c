/*
 * itup.c
 *    Index tuples: building, reading, copying, truncating.
 *
 * Values are stored as in heap tuples. Entries must be small, so what is compressible and long gets compressed here.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/heaptoast.h"
#include "access/htup_details.h"
#include "access/itup.h"

/* Fetches external values and compresses long ones; true: *value was replaced by a palloc'd one. */
static bool
fit_value(const FormData_pg_attribute *att, Datum *value)
{
	Datum original = *value;

	if (att->attlen != -1)
		return false;
	if (VARATT_IS_EXTERNAL(DatumGetPointer(*value)))
		*value = PointerGetDatum(detoast_external_attr((struct varlena *) DatumGetPointer(*value)));
	if (!VARATT_IS_EXTENDED(DatumGetPointer(*value)) && VARSIZE(DatumGetPointer(*value)) > TOAST_INDEX_TARGET &&
		(att->attstorage == 'x' || att->attstorage == 'm'))
	{
		Datum compressed = toast_compress_datum(*value, att->attcompression);

		if (DatumGetPointer(compressed) != NULL)
		{
			if (*value != original)
				pfree(DatumGetPointer(*value));
			*value = compressed;
		}
	}
	return *value != original;
}

IndexTuple
index_form_tuple(TupleDesc tupleDescriptor, const Datum *values, const bool *isnull)
{
	int natts = tupleDescriptor->natts;
	Datum fitted[INDEX_MAX_KEYS];
	bool replaced[INDEX_MAX_KEYS];
	bool hasnull = false;
	Size hoff, data_size, size;
	uint16 tuple_mask = 0;
	uint16 infomask = 0;
	IndexTuple tuple;

	if (natts > INDEX_MAX_KEYS)
		ereport(ERROR, (errcode(ERRCODE_TOO_MANY_COLUMNS),
						errmsg("number of index columns (%d) exceeds limit (%d)", natts, INDEX_MAX_KEYS)));
	for (int i = 0; i < natts; i++)
	{
		fitted[i] = values[i];
		replaced[i] = !isnull[i] && fit_value(TupleDescAttr(tupleDescriptor, i), &fitted[i]);
		hasnull |= isnull[i];
	}
	if (hasnull)
		infomask |= INDEX_NULL_MASK;
	hoff = IndexInfoFindDataOffset(infomask);
	data_size = heap_compute_data_size(tupleDescriptor, fitted, isnull);
	size = MAXALIGN(hoff + data_size);
	if ((size & INDEX_SIZE_MASK) != size)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("index row requires %zu bytes, maximum size is %zu", size, (Size) INDEX_SIZE_MASK)));
	tuple = palloc0(size);
	heap_fill_tuple(tupleDescriptor, fitted, isnull, (char *) tuple + hoff, data_size, &tuple_mask,
					hasnull ? (bits8 *) tuple + sizeof(IndexTupleData) : NULL);
	for (int i = 0; i < natts; i++)
		if (replaced[i])
			pfree(DatumGetPointer(fitted[i]));
	if (tuple_mask & HEAP_HASVARWIDTH)
		infomask |= INDEX_VAR_MASK;
	Assert(!(tuple_mask & HEAP_HASEXTERNAL));
	tuple->t_info = (unsigned short) (infomask | size);
	return tuple;
}

static inline bool
column_is_null(const IndexTupleData *tup, int i)
{
	return !(((const bits8 *) tup)[sizeof(IndexTupleData) + (i >> 3)] & (1 << (i & 7)));
}

/*
 * Reads columns in order until natts are read. Offsets are cached in the descriptor as in heap tuples, but only by tuples
 * without nulls: both kinds begin their data at different places, offsets count from there.
 */
static inline Datum
walk_columns(IndexTuple tup, TupleDesc desc, int natts, Datum *values, bool *isnull)
{
	const char *data = (const char *) tup + IndexInfoFindDataOffset(tup->t_info);
	bool hasnulls = IndexTupleHasNulls(tup);
	bool fixed = true;
	Size offset = 0;
	Datum last = (Datum) 0;

	for (int i = 0; i < natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (hasnulls && column_is_null(tup, i))
		{
			fixed = false;
			if (values != NULL)
			{
				values[i] = (Datum) 0;
				isnull[i] = true;
			}
			continue;
		}
		if (fixed && att->attcacheoff >= 0)
			offset = att->attcacheoff;
		else if (att->attlen == -1)
		{
			if (fixed && offset == att_align_nominal(offset, att->attalign))
				att->attcacheoff = (int32) offset;
			else
			{
				fixed = false;
				offset = att_align_pointer(offset, att->attalign, -1, data + offset);
			}
		}
		else
		{
			offset = att_align_nominal(offset, att->attalign);
			if (fixed)
				att->attcacheoff = (int32) offset;
		}
		last = fetchatt(att, data + offset);
		if (values != NULL)
		{
			values[i] = last;
			isnull[i] = false;
		}
		offset = att_addlength_pointer(offset, att->attlen, data + offset);
		if (att->attlen < 0)
			fixed = false;
	}
	return last;
}

Datum
nocache_index_getattr(IndexTuple tup, int attnum, TupleDesc tupleDesc)
{
	return walk_columns(tup, tupleDesc, attnum, NULL, NULL);
}

void
index_deform_columns(IndexTuple tup, TupleDesc tupleDescriptor, int natts, Datum *values, bool *isnull)
{
	walk_columns(tup, tupleDescriptor, natts, values, isnull);
}

void
index_deform_tuple(IndexTuple tup, TupleDesc tupleDescriptor, Datum *values, bool *isnull)
{
	walk_columns(tup, tupleDescriptor, tupleDescriptor->natts, values, isnull);
}

IndexTuple
CopyIndexTuple(IndexTuple source)
{
	Size size = IndexTupleSize(source);
	IndexTuple result = palloc(size);

	memcpy(result, source, size);
	return result;
}

IndexTuple
index_truncate_tuple(TupleDesc sourceDescriptor, IndexTuple source, int leavenatts)
{
	TupleDesc desc;
	Datum values[INDEX_MAX_KEYS];
	bool isnull[INDEX_MAX_KEYS];
	IndexTuple truncated;

	Assert(leavenatts <= sourceDescriptor->natts);
	if (leavenatts == sourceDescriptor->natts)
		return CopyIndexTuple(source);
	desc = palloc(TupleDescSize(sourceDescriptor));
	TupleDescCopy(desc, sourceDescriptor);
	desc->natts = leavenatts;
	index_deform_columns(source, desc, leavenatts, values, isnull);
	truncated = index_form_tuple(desc, values, isnull);
	truncated->t_tid = source->t_tid;
	Assert(IndexTupleSize(truncated) <= IndexTupleSize(source));
	FreeTupleDesc(desc);
	return truncated;
}
