/*
 * toast_compress.c
 *    Compression of single values (access/toast_compression.h). A compressed value is a 4-byte header with the compressed bit,
 *    a word with raw size (30 bits) and method, and the lz4 block.
 */
#include "postgres.h"

#include <lz4.h>

#include "access/detoast.h"
#include "access/heaptoast.h"
#include "access/toast_compression.h"

int default_toast_compression = TOAST_LZ4_COMPRESSION;

struct varlena *
lz4_compress_datum(const struct varlena *value)
{
	int32 raw = VARSIZE_ANY_EXHDR(value);
	int32 bound = LZ4_compressBound(raw);
	struct varlena *result = palloc(bound + VARHDRSZ_COMPRESSED);
	int32 length = LZ4_compress_default(VARDATA_ANY(value), VARDATA_4B_C(result), raw, bound);

	if (length <= 0)
		elog(ERROR, "lz4 compression failed");
	/* Two bytes of gain do not pay for decompressing. */
	if (length + (int32) VARHDRSZ_COMPRESSED + 2 >= raw + VARHDRSZ)
	{
		pfree(result);
		return NULL;
	}
	SET_VARSIZE_COMPRESSED(result, length + VARHDRSZ_COMPRESSED);
	((varattrib_4b_c *) result)->va_tcinfo = (uint32) raw | ((uint32) TOAST_LZ4_COMPRESSION_ID << VARLENA_EXTSIZE_BITS);
	return result;
}

static void
corrupt_value(void)
{
	ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED), errmsg_internal("compressed lz4 data is corrupt"));
}

static void
check_method(const struct varlena *value)
{
	if (VARDATA_COMPRESSED_GET_COMPRESS_METHOD(value) != TOAST_LZ4_COMPRESSION_ID)
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg_internal("invalid compression method id %u", (unsigned) VARDATA_COMPRESSED_GET_COMPRESS_METHOD(value)));
}

struct varlena *
lz4_decompress_datum(const struct varlena *value)
{
	int32 raw = VARDATA_COMPRESSED_GET_EXTSIZE(value);
	struct varlena *result;

	check_method(value);
	result = palloc(raw + VARHDRSZ);
	if (LZ4_decompress_safe(VARDATA_4B_C(value), VARDATA(result), VARSIZE(value) - VARHDRSZ_COMPRESSED, raw) != raw)
		corrupt_value();
	SET_VARSIZE(result, raw + VARHDRSZ);
	return result;
}

struct varlena *
lz4_decompress_datum_slice(const struct varlena *value, int32 slicelength)
{
	int32 raw = VARDATA_COMPRESSED_GET_EXTSIZE(value);
	struct varlena *result;
	int32 length;

	check_method(value);
	slicelength = Min(slicelength, raw);
	result = palloc(slicelength + VARHDRSZ);
	length = LZ4_decompress_safe_partial(VARDATA_4B_C(value), VARDATA(result), VARSIZE(value) - VARHDRSZ_COMPRESSED,
										 slicelength, slicelength);
	if (length < 0)
		corrupt_value();
	SET_VARSIZE(result, Min(length, slicelength) + VARHDRSZ);
	return result;
}

Datum
toast_compress_datum(Datum value, char cmethod)
{
	struct varlena *result;

	Assert(!VARATT_IS_EXTERNAL(DatumGetPointer(value)) && !VARATT_IS_COMPRESSED(DatumGetPointer(value)));
	result = lz4_compress_datum((struct varlena *) DatumGetPointer(value));
	return PointerGetDatum(result);
}

ToastCompressionId
toast_get_compression_id(struct varlena *attr)
{
	if (VARATT_IS_EXTERNAL_ONDISK(attr))
	{
		varatt_external pointer;

		VARATT_EXTERNAL_GET_POINTER(pointer, attr);
		return VARATT_EXTERNAL_IS_COMPRESSED(pointer) ? (ToastCompressionId) VARATT_EXTERNAL_GET_COMPRESS_METHOD(pointer)
													  : TOAST_INVALID_COMPRESSION_ID;
	}
	if (VARATT_IS_COMPRESSED(attr))
		return (ToastCompressionId) VARDATA_COMPRESSED_GET_COMPRESS_METHOD(attr);
	return TOAST_INVALID_COMPRESSION_ID;
}

char
CompressionNameToMethod(const char *compression)
{
	if (strcmp(compression, "pglz") == 0)
		return TOAST_PGLZ_COMPRESSION;
	if (strcmp(compression, "lz4") == 0)
		return TOAST_LZ4_COMPRESSION;
	return InvalidCompressionMethod;
}

const char *
GetCompressionMethodName(char method)
{
	switch (method)
	{
		case TOAST_PGLZ_COMPRESSION:
			return "pglz";
		case TOAST_LZ4_COMPRESSION:
			return "lz4";
		default:
			elog(ERROR, "invalid compression method %c", method);
			return NULL;
	}
}
