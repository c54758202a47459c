/*
 * toast.c
 *    Rows too wide for a page, on their way in and out of a table.
 *
 * While the row is above its target: first values that may be compressed are, widest first; then compressed or extended values
 * move to the TOAST table, widest first; then the same for values whose storage is "main", which leave only when the row would not
 * fit otherwise. A value that was out of line before an UPDATE and is not changed keeps its chunks.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/genam.h"
#include "access/heapam.h"
#include "access/heaptoast.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/toast_compression.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"

typedef struct ToastColumn
{
	bool done;				/* nothing more to gain */
	bool changed;
	bool free_value;
	bool old_external;		/* the old row's value is out of line and no longer used: delete it */
	struct varlena *old;
	char method;
	int32 size;
} ToastColumn;

typedef struct ToastRow
{
	Relation rel;
	Datum *values;
	bool *isnull;
	Datum *old_values;
	bool *old_isnull;
	ToastColumn *columns;
	bool any_changed;
	bool any_old;
	int options;
} ToastRow;

/* ---- the TOAST table ------------------------------------------------------------------------------------------------------ */
Oid
toast_get_valid_index(Oid toastoid, int lock)
{
	Relation toastrel = table_open(toastoid, lock);
	Oid result = InvalidOid;
	ListCell *lc;

	foreach (lc, RelationGetIndexList(toastrel))
	{
		Relation index = index_open(lfirst_oid(lc), lock);

		if (index->rd_index->indisvalid)
			result = RelationGetRelid(index);
		index_close(index, NoLock);
		if (OidIsValid(result))
			break;
	}
	table_close(toastrel, NoLock);
	if (!OidIsValid(result))
		elog(ERROR, "no valid index found for toast relation with Oid %u", toastoid);
	return result;
}

static void
insert_chunks(Relation toastrel, Oid valueid, const char *data, int32 size, int options)
{
	Relation index = index_open(toast_get_valid_index(RelationGetRelid(toastrel), RowExclusiveLock), RowExclusiveLock);
	CommandId cid = GetCurrentCommandId(true);
	union
	{
		struct varlena header;
		char bytes[TOAST_MAX_CHUNK_SIZE + VARHDRSZ];
		int32 align;
	} chunk;
	int32 number = 0;

	while (size > 0)
	{
		int32 part = Min((int32) TOAST_MAX_CHUNK_SIZE, size);
		Datum values[3] = {ObjectIdGetDatum(valueid), Int32GetDatum(number++), PointerGetDatum(&chunk)};
		bool isnull[3] = {false, false, false};
		HeapTuple tuple;

		SET_VARSIZE(&chunk, part + VARHDRSZ);
		memcpy(VARDATA(&chunk), data, part);
		tuple = heap_form_tuple(RelationGetDescr(toastrel), values, isnull);
		heap_insert(toastrel, tuple, cid, options, NULL);
		index_insert(index, values, isnull, &tuple->t_self, toastrel,
					 index->rd_index->indisunique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO, false, NULL);
		heap_freetuple(tuple);
		data += part;
		size -= part;
	}
	index_close(index, NoLock);
}

Datum
toast_save_datum(Relation rel, Datum value, struct varlena *oldexternal, int options)
{
	struct varlena *attr = (struct varlena *) DatumGetPointer(value);
	Relation toastrel = table_open(rel->rd_rel->reltoastrelid, RowExclusiveLock);
	Oid index = toast_get_valid_index(RelationGetRelid(toastrel), RowExclusiveLock);
	varatt_external pointer;
	struct varlena *result;
	const char *data;
	int32 size;

	if (VARATT_IS_SHORT(attr))
	{
		data = VARDATA_SHORT(attr);
		size = VARSIZE_SHORT(attr) - VARHDRSZ_SHORT;
		pointer.va_rawsize = size + VARHDRSZ;
		pointer.va_extinfo = size;
	}
	else if (VARATT_IS_COMPRESSED(attr))
	{
		data = VARDATA(attr);
		size = VARSIZE(attr) - VARHDRSZ;
		pointer.va_rawsize = VARDATA_COMPRESSED_GET_EXTSIZE(attr) + VARHDRSZ;
		VARATT_EXTERNAL_SET_SIZE_AND_COMPRESS_METHOD(pointer, size, VARDATA_COMPRESSED_GET_COMPRESS_METHOD(attr));
	}
	else
	{
		data = VARDATA(attr);
		size = VARSIZE(attr) - VARHDRSZ;
		pointer.va_rawsize = VARSIZE(attr);
		pointer.va_extinfo = size;
	}
	/* While a table is rewritten, pointers name the TOAST table that it will have afterwards. */
	pointer.va_toastrelid = OidIsValid(rel->rd_toastoid) ? rel->rd_toastoid : RelationGetRelid(toastrel);
	pointer.va_valueid = GetNewOidWithIndex(toastrel, index, 1);
	insert_chunks(toastrel, pointer.va_valueid, data, size, options);
	table_close(toastrel, NoLock);

	result = palloc(TOAST_POINTER_SIZE);
	SET_VARTAG_1B_E(result, VARTAG_ONDISK);
	memcpy(VARDATA_EXTERNAL(result), &pointer, sizeof(pointer));
	return PointerGetDatum(result);
}

void
toast_delete_datum(Relation rel, Datum value, bool is_speculative)
{
	varatt_external pointer;
	Relation toastrel, index;
	ScanKeyData key;
	SnapshotData snapshot;
	SysScanDesc scan;
	HeapTuple tuple;

	if (!VARATT_IS_EXTERNAL_ONDISK(DatumGetPointer(value)))
		return;
	VARATT_EXTERNAL_GET_POINTER(pointer, DatumGetPointer(value));
	toastrel = table_open(pointer.va_toastrelid, RowExclusiveLock);
	index = index_open(toast_get_valid_index(pointer.va_toastrelid, RowExclusiveLock), RowExclusiveLock);
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(pointer.va_valueid));
	InitToastSnapshot(snapshot, 0, 0);
	scan = systable_beginscan_ordered(toastrel, index, &snapshot, 1, &key);
	while ((tuple = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
	{
		if (is_speculative)
			heap_abort_speculative(toastrel, &tuple->t_self);
		else
			simple_heap_delete(toastrel, &tuple->t_self);
	}
	systable_endscan_ordered(scan);
	index_close(index, NoLock);
	table_close(toastrel, NoLock);
}

/* ---- one row ------------------------------------------------------------------------------------------------------------------ */
static bool
same_external(struct varlena *a, struct varlena *b)
{
	return VARATT_IS_EXTERNAL_ONDISK(a) && VARATT_IS_EXTERNAL_ONDISK(b) && memcmp(a, b, TOAST_POINTER_SIZE) == 0;
}

static void
load_column(ToastRow *row, int i, Form_pg_attribute att)
{
	ToastColumn *column = &row->columns[i];
	struct varlena *value;

	column->method = att->attcompression;
	if (att->attlen != -1)
	{
		column->done = true;
		return;
	}
	value = row->isnull[i] ? NULL : (struct varlena *) DatumGetPointer(row->values[i]);
	if (row->old_values && !row->old_isnull[i])
	{
		struct varlena *old = (struct varlena *) DatumGetPointer(row->old_values[i]);

		if (VARATT_IS_EXTERNAL_ONDISK(old))
		{
			if (value && same_external(old, value))
			{
				column->done = true;
				return;
			}
			column->old_external = true;
			column->old = old;
			row->any_old = true;
		}
	}
	if (value == NULL)
	{
		column->done = true;
		return;
	}
	if (att->attstorage == TYPSTORAGE_PLAIN)
		column->done = true;
	/* Somebody else's chunks: fetch the value, it is stored anew for this row. */
	if (VARATT_IS_EXTERNAL(value))
	{
		value = att->attstorage == TYPSTORAGE_PLAIN ? detoast_attr(value) : detoast_external_attr(value);
		row->values[i] = PointerGetDatum(value);
		column->changed = column->free_value = true;
		row->any_changed = true;
	}
	column->size = VARSIZE_ANY(value);
}

static void
replace_value(ToastRow *row, int i, Datum value)
{
	ToastColumn *column = &row->columns[i];

	if (column->free_value)
		pfree(DatumGetPointer(row->values[i]));
	row->values[i] = value;
	column->changed = column->free_value = true;
	column->size = VARSIZE_ANY(DatumGetPointer(value));
	row->any_changed = true;
}

/* The widest column still worth working on; -1: none. */
static int
widest_column(ToastRow *row, TupleDesc desc, bool for_compression, bool main_storage)
{
	int best = -1;
	int32 best_size = MAXALIGN(TOAST_POINTER_SIZE);

	for (int i = 0; i < desc->natts; i++)
	{
		char storage = TupleDescAttr(desc, i)->attstorage;
		ToastColumn *column = &row->columns[i];

		if (column->done || VARATT_IS_EXTERNAL(DatumGetPointer(row->values[i])))
			continue;
		if (for_compression && (VARATT_IS_COMPRESSED(DatumGetPointer(row->values[i])) || column->method == 'x'))
			continue;
		if (main_storage ? storage != TYPSTORAGE_MAIN
						 : storage != TYPSTORAGE_EXTENDED && storage != TYPSTORAGE_EXTERNAL)
			continue;
		if (column->size > best_size)
		{
			best = i;
			best_size = column->size;
		}
	}
	return best;
}

static Size
row_size(ToastRow *row, TupleDesc desc, Size header)
{
	return header + heap_compute_data_size(desc, row->values, row->isnull);
}

static void
compress_column(ToastRow *row, int i)
{
	Datum compressed = toast_compress_datum(row->values[i], row->columns[i].method);

	if (DatumGetPointer(compressed) != NULL)
		replace_value(row, i, compressed);
	else
		row->columns[i].method = 'x'; /* incompressible: not tried again */
}

static void
externalize_column(ToastRow *row, int i)
{
	replace_value(row, i, toast_save_datum(row->rel, row->values[i], NULL, row->options));
	row->columns[i].done = true;
}

static void
shrink(ToastRow *row, TupleDesc desc, Size header, Size target)
{
	bool has_toast = OidIsValid(row->rel->rd_rel->reltoastrelid);
	int i;

	while (row_size(row, desc, header) > target && (i = widest_column(row, desc, true, false)) >= 0)
	{
		if (TupleDescAttr(desc, i)->attstorage == TYPSTORAGE_EXTENDED)
			compress_column(row, i);
		else
			row->columns[i].method = 'x';
		/* A value that would not fit the row even alone moves out at once. */
		if (has_toast && (Size) row->columns[i].size > target)
			externalize_column(row, i);
	}
	while (has_toast && row_size(row, desc, header) > target && (i = widest_column(row, desc, false, false)) >= 0)
		externalize_column(row, i);
	while (row_size(row, desc, header) > target && (i = widest_column(row, desc, true, true)) >= 0)
		compress_column(row, i);
	target = TOAST_TUPLE_TARGET_MAIN;
	while (has_toast && row_size(row, desc, header) > target && (i = widest_column(row, desc, false, true)) >= 0)
		externalize_column(row, i);
}

static HeapTuple
rebuilt_tuple(ToastRow *row, TupleDesc desc, HeapTuple original)
{
	HeapTuple result = heap_form_tuple(desc, row->values, row->isnull);

	/* The transaction part of the header is the caller's business, and may already be set. */
	memcpy(&result->t_data->t_choice, &original->t_data->t_choice, sizeof(result->t_data->t_choice));
	result->t_data->t_ctid = original->t_data->t_ctid;
	result->t_self = original->t_self;
	result->t_tableOid = original->t_tableOid;
	result->t_xid_base = original->t_xid_base;
	result->t_multi_base = original->t_multi_base;
	result->t_data->t_infomask = (result->t_data->t_infomask & ~HEAP_XACT_MASK) |
								 (original->t_data->t_infomask & HEAP_XACT_MASK);
	result->t_data->t_infomask2 = (result->t_data->t_infomask2 & ~HEAP2_XACT_MASK) |
								  (original->t_data->t_infomask2 & HEAP2_XACT_MASK);
	return result;
}

HeapTuple
heap_toast_insert_or_update(Relation rel, HeapTuple newtup, HeapTuple oldtup, int options)
{
	TupleDesc desc = RelationGetDescr(rel);
	int natts = desc->natts;
	Size header = SizeofHeapTupleHeader;
	ToastRow row = {.rel = rel, .options = options & ~HEAP_INSERT_SPECULATIVE};
	HeapTuple result = newtup;
	bool has_nulls = false;

	row.values = palloc_array(Datum, natts);
	row.isnull = palloc_array(bool, natts);
	row.columns = palloc0_array(ToastColumn, natts);
	heap_deform_tuple(newtup, desc, row.values, row.isnull);
	if (oldtup)
	{
		row.old_values = palloc_array(Datum, natts);
		row.old_isnull = palloc_array(bool, natts);
		heap_deform_tuple(oldtup, desc, row.old_values, row.old_isnull);
	}
	for (int i = 0; i < natts; i++)
	{
		load_column(&row, i, TupleDescAttr(desc, i));
		has_nulls |= row.isnull[i];
	}
	if (has_nulls)
		header += BITMAPLEN(natts);
	header = MAXALIGN(header);
	shrink(&row, desc, header, RelationGetToastTupleTarget(rel, TOAST_TUPLE_TARGET));
	if (row.any_changed)
		result = rebuilt_tuple(&row, desc, newtup);
	if (row.any_old)
		for (int i = 0; i < natts; i++)
			if (row.columns[i].old_external)
				toast_delete_datum(rel, PointerGetDatum(row.columns[i].old), false);
	return result;
}

void
heap_toast_delete(Relation rel, HeapTuple oldtup, bool is_speculative)
{
	TupleDesc desc = RelationGetDescr(rel);
	Datum *values = palloc_array(Datum, desc->natts);
	bool *isnull = palloc_array(bool, desc->natts);

	heap_deform_tuple(oldtup, desc, values, isnull);
	for (int i = 0; i < desc->natts; i++)
		if (TupleDescAttr(desc, i)->attlen == -1 && !isnull[i])
			toast_delete_datum(rel, values[i], is_speculative);
	pfree(values);
	pfree(isnull);
}

/* ---- rows on their way to elsewhere ------------------------------------------------------------------------------------------------ */
/* Fetches out-of-line values (and, for_datum, plain ones of everything compressed) in place. */
static bool
flatten_values(TupleDesc desc, Datum *values, bool *isnull, bool decompress)
{
	bool changed = false;

	for (int i = 0; i < desc->natts; i++)
	{
		struct varlena *value;

		if (isnull[i] || TupleDescAttr(desc, i)->attlen != -1)
			continue;
		value = (struct varlena *) DatumGetPointer(values[i]);
		if (VARATT_IS_EXTERNAL(value) || (decompress && VARATT_IS_COMPRESSED(value)))
		{
			values[i] = PointerGetDatum(detoast_attr(value));
			changed = true;
		}
	}
	return changed;
}

HeapTuple
toast_flatten_tuple(HeapTuple tup, TupleDesc tupleDesc)
{
	Datum *values = palloc_array(Datum, tupleDesc->natts);
	bool *isnull = palloc_array(bool, tupleDesc->natts);

	heap_deform_tuple(tup, tupleDesc, values, isnull);
	flatten_values(tupleDesc, values, isnull, false);
	{
		ToastRow row = {.values = values, .isnull = isnull};

		return rebuilt_tuple(&row, tupleDesc, tup);
	}
}

Datum
toast_flatten_tuple_to_datum(HeapTupleHeader tup, uint32 tup_len, TupleDesc tupleDesc)
{
	Datum *values = palloc_array(Datum, tupleDesc->natts);
	bool *isnull = palloc_array(bool, tupleDesc->natts);
	HeapTupleData whole = {.t_len = tup_len, .t_data = tup};

	ItemPointerSetInvalid(&whole.t_self);
	heap_deform_tuple(&whole, tupleDesc, values, isnull);
	flatten_values(tupleDesc, values, isnull, true);
	return PointerGetDatum(heap_form_tuple(tupleDesc, values, isnull)->t_data);
}

HeapTuple
toast_build_flattened_tuple(TupleDesc tupleDesc, Datum *values, bool *isnull)
{
	Datum *copy = palloc_array(Datum, tupleDesc->natts);
	HeapTuple result;

	memcpy(copy, values, tupleDesc->natts * sizeof(Datum));
	flatten_values(tupleDesc, copy, isnull, false);
	result = heap_form_tuple(tupleDesc, copy, isnull);
	pfree(copy);
	return result;
}

bool
heap_relation_needs_toast_table(Relation rel)
{
	TupleDesc desc = RelationGetDescr(rel);
	int32 length = 0;
	bool unlimited = false;
	bool toastable = false;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (att->attisdropped)
			continue;
		length = att_align_nominal(length, att->attalign);
		if (att->attlen > 0)
			length += att->attlen;
		else
		{
			int32 maximum = type_maximum_size(att->atttypid, att->atttypmod);

			if (maximum < 0)
				unlimited = true;
			else
				length += maximum;
			if (att->attstorage != TYPSTORAGE_PLAIN)
				toastable = true;
		}
	}
	if (!toastable)
		return false;
	return unlimited || MAXALIGN(SizeofHeapTupleHeader + BITMAPLEN(desc->natts)) + MAXALIGN(length) > TOAST_TUPLE_THRESHOLD;
}
