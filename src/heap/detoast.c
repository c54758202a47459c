/*
 * detoast.c
 *    From any form of a varlena to its plain value.
 *
 * Out-of-line values are rows (chunk_id, chunk_seq, chunk_data) of the TOAST table, all chunks full but the last, found through the
 * table's index in chunk order. Every length is checked against the pointer's: a missing or surplus chunk is corruption.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/genam.h"
#include "access/heaptoast.h"
#include "access/table.h"
#include "access/toast_compression.h"
#include "access/stratnum.h"
#include "fmgr.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* ---- chunks ------------------------------------------------------------------------------------------------------------- */
static void
corrupt_chunk(Relation toastrel, Oid valueid, const char *what, int32 number)
{
	ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
			errmsg_internal("%s chunk number %d for toast value %u in %s", what, number, valueid,
							RelationGetRelationName(toastrel)));
}

/* Copies chunks first..last, which are in order, to where they belong in result (whose data begins at byte `offset`). */
static void
fetch_chunks(Relation toastrel, Oid valueid, int32 total, int32 offset, int32 length, char *result)
{
	int32 first = offset / TOAST_MAX_CHUNK_SIZE;
	int32 last = (offset + length - 1) / TOAST_MAX_CHUNK_SIZE;
	int32 chunk_count = (total - 1) / TOAST_MAX_CHUNK_SIZE + 1;
	int32 expected = first;
	Relation index = index_open(toast_get_valid_index(RelationGetRelid(toastrel), AccessShareLock), AccessShareLock);
	ScanKeyData keys[3];
	SnapshotData snapshot;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(valueid));
	ScanKeyInit(&keys[1], 2, BTGreaterEqualStrategyNumber, F_INT4GE, Int32GetDatum(first));
	ScanKeyInit(&keys[2], 2, BTLessEqualStrategyNumber, F_INT4LE, Int32GetDatum(last));
	InitToastSnapshot(snapshot, 0, 0);
	scan = systable_beginscan_ordered(toastrel, index, &snapshot, 3, keys);
	while ((tuple = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
	{
		bool isnull;
		int32 number = DatumGetInt32(heap_getattr(tuple, 2, RelationGetDescr(toastrel), &isnull));
		struct varlena *chunk =
			(struct varlena *) DatumGetPointer(heap_getattr(tuple, 3, RelationGetDescr(toastrel), &isnull));
		int32 size, wanted_size, from, to, chunk_start;

		if (isnull || VARATT_IS_EXTERNAL(chunk) || VARATT_IS_COMPRESSED(chunk))
			corrupt_chunk(toastrel, valueid, "unexpected kind of", number);
		if (number != expected || number > last)
			corrupt_chunk(toastrel, valueid, "unexpected", number);
		size = VARSIZE_ANY_EXHDR(chunk);
		wanted_size = number < chunk_count - 1 ? (int32) TOAST_MAX_CHUNK_SIZE
											   : total - (chunk_count - 1) * (int32) TOAST_MAX_CHUNK_SIZE;
		if (size != wanted_size)
			corrupt_chunk(toastrel, valueid, "wrong size of", number);
		chunk_start = number * TOAST_MAX_CHUNK_SIZE;
		from = Max(offset - chunk_start, 0);
		to = Min(offset + length - chunk_start, size);
		memcpy(result + (chunk_start + from - offset), VARDATA_ANY(chunk) + from, to - from);
		expected++;
	}
	if (expected != last + 1)
		corrupt_chunk(toastrel, valueid, "missing", expected);
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
}

/* Bytes offset.. of the stored (perhaps compressed) value, with a plain header. */
static struct varlena *
fetch_stored(const varatt_external *pointer, int32 offset, int32 length)
{
	int32 total = VARATT_EXTERNAL_GET_EXTSIZE(*pointer);
	struct varlena *result;

	if (offset >= total)
		offset = length = 0;
	if (length < 0 || length > total - offset)
		length = total - offset;
	result = palloc(length + VARHDRSZ);
	SET_VARSIZE(result, length + VARHDRSZ);
	if (length > 0)
	{
		Relation toastrel = table_open(pointer->va_toastrelid, AccessShareLock);

		fetch_chunks(toastrel, pointer->va_valueid, total, offset, length, VARDATA(result));
		table_close(toastrel, AccessShareLock);
	}
	return result;
}

struct varlena *
detoast_external_attr(struct varlena *attr)
{
	varatt_external pointer;
	struct varlena *stored;

	if (!VARATT_IS_EXTERNAL_ONDISK(attr))
		return attr;
	VARATT_EXTERNAL_GET_POINTER(pointer, attr);
	if (!VARATT_EXTERNAL_IS_COMPRESSED(pointer))
		return fetch_stored(&pointer, 0, -1);
	/* The stored bytes of a compressed value begin with its size-and-method word. */
	stored = fetch_stored(&pointer, 0, -1);
	SET_VARSIZE_COMPRESSED(stored, VARSIZE(stored));
	return stored;
}

/* ---- whole values ---------------------------------------------------------------------------------------------------------- */
static struct varlena *
unshorten(struct varlena *attr)
{
	Size size = VARSIZE_SHORT(attr) - VARHDRSZ_SHORT;
	struct varlena *result = palloc(size + VARHDRSZ);

	SET_VARSIZE(result, size + VARHDRSZ);
	memcpy(VARDATA(result), VARDATA_SHORT(attr), size);
	return result;
}

struct varlena *
detoast_attr(struct varlena *attr)
{
	if (VARATT_IS_EXTERNAL_ONDISK(attr))
	{
		struct varlena *stored = detoast_external_attr(attr);
		struct varlena *result;

		if (!VARATT_IS_COMPRESSED(stored))
			return stored;
		result = lz4_decompress_datum(stored);
		pfree(stored);
		return result;
	}
	if (VARATT_IS_COMPRESSED(attr))
		return lz4_decompress_datum(attr);
	if (VARATT_IS_SHORT(attr))
		return unshorten(attr);
	return attr;
}

struct varlena *
detoast_attr_slice(struct varlena *attr, int32 sliceoffset, int32 slicelength)
{
	struct varlena *base = attr;
	struct varlena *result;
	int32 size;

	if (sliceoffset < 0)
		elog(ERROR, "invalid sliceoffset: %d", sliceoffset);
	if (VARATT_IS_EXTERNAL_ONDISK(attr))
	{
		varatt_external pointer;

		VARATT_EXTERNAL_GET_POINTER(pointer, attr);
		if (!VARATT_EXTERNAL_IS_COMPRESSED(pointer))
			return fetch_stored(&pointer, sliceoffset, slicelength);
		base = detoast_external_attr(attr);
	}
	if (VARATT_IS_COMPRESSED(base))
	{
		int64 needed = slicelength < 0 ? -1 : (int64) sliceoffset + slicelength;

		base = needed < 0 || needed > PG_INT32_MAX ? lz4_decompress_datum(base)
												   : lz4_decompress_datum_slice(base, (int32) needed);
	}
	size = VARSIZE_ANY_EXHDR(base);
	if (sliceoffset >= size)
		sliceoffset = slicelength = 0;
	if (slicelength < 0 || slicelength > size - sliceoffset)
		slicelength = size - sliceoffset;
	result = palloc(slicelength + VARHDRSZ);
	SET_VARSIZE(result, slicelength + VARHDRSZ);
	memcpy(VARDATA(result), VARDATA_ANY(base) + sliceoffset, slicelength);
	return result;
}

Size
toast_raw_datum_size(Datum value)
{
	struct varlena *attr = (struct varlena *) DatumGetPointer(value);

	if (VARATT_IS_EXTERNAL_ONDISK(attr))
	{
		varatt_external pointer;

		VARATT_EXTERNAL_GET_POINTER(pointer, attr);
		return pointer.va_rawsize;
	}
	if (VARATT_IS_COMPRESSED(attr))
		return VARDATA_COMPRESSED_GET_EXTSIZE(attr) + VARHDRSZ;
	if (VARATT_IS_SHORT(attr))
		return VARSIZE_SHORT(attr) - VARHDRSZ_SHORT + VARHDRSZ;
	return VARSIZE(attr);
}

Size
toast_datum_size(Datum value)
{
	struct varlena *attr = (struct varlena *) DatumGetPointer(value);

	if (VARATT_IS_EXTERNAL_ONDISK(attr))
	{
		varatt_external pointer;

		VARATT_EXTERNAL_GET_POINTER(pointer, attr);
		return VARATT_EXTERNAL_GET_EXTSIZE(pointer);
	}
	return VARATT_IS_SHORT(attr) ? VARSIZE_SHORT(attr) : VARSIZE(attr);
}

/* ---- the function manager's entry points -------------------------------------------------------------------------------------- */
struct varlena *
pg_detoast_datum(struct varlena *datum)
{
	return VARATT_IS_EXTENDED(datum) ? detoast_attr(datum) : datum;
}

struct varlena *
pg_detoast_datum_copy(struct varlena *datum)
{
	struct varlena *copy;
	Size size;

	if (VARATT_IS_EXTENDED(datum))
		return detoast_attr(datum);
	size = VARSIZE(datum);
	copy = palloc(size);
	memcpy(copy, datum, size);
	return copy;
}

struct varlena *
pg_detoast_datum_slice(struct varlena *datum, int32 first, int32 count)
{
	return detoast_attr_slice(datum, first, count);
}

struct varlena *
pg_detoast_datum_packed(struct varlena *datum)
{
	if (VARATT_IS_COMPRESSED(datum) || VARATT_IS_EXTERNAL(datum))
		return detoast_attr(datum);
	return datum;
}
