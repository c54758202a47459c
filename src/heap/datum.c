/*
 * datum.c
 *    Datums as bytes.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "utils/datum.h"

Size
datumGetSize(Datum value, bool typByVal, int typLen)
{
	if (typByVal || typLen > 0)
		return (Size) typLen;
	if (DatumGetPointer(value) == NULL)
		ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION), errmsg("invalid Datum pointer")));
	if (typLen == -1)
		return VARSIZE_ANY(DatumGetPointer(value));
	if (typLen == -2)
		return strlen(DatumGetCString(value)) + 1;
	elog(ERROR, "invalid typLen: %d", typLen);
	return 0;
}

Datum
datumCopy(Datum value, bool typByVal, int typLen)
{
	Size size;
	char *copy;

	if (typByVal)
		return value;
	size = datumGetSize(value, typByVal, typLen);
	copy = palloc(size);
	memcpy(copy, DatumGetPointer(value), size);
	return PointerGetDatum(copy);
}

Datum
datumTransfer(Datum value, bool typByVal, int typLen)
{
	return datumCopy(value, typByVal, typLen);
}

bool
datumIsEqual(Datum value1, Datum value2, bool typByVal, int typLen)
{
	Size size1, size2;

	if (typByVal)
		return value1 == value2;
	size1 = datumGetSize(value1, typByVal, typLen);
	size2 = datumGetSize(value2, typByVal, typLen);
	return size1 == size2 && memcmp(DatumGetPointer(value1), DatumGetPointer(value2), size1) == 0;
}

bool
datum_image_eq(Datum value1, Datum value2, bool typByVal, int typLen)
{
	struct varlena *plain1, *plain2;
	bool equal;

	if (typByVal || typLen != -1)
		return datumIsEqual(value1, value2, typByVal, typLen);
	if (toast_raw_datum_size(value1) != toast_raw_datum_size(value2))
		return false;
	plain1 = PG_DETOAST_DATUM_PACKED(value1);
	plain2 = PG_DETOAST_DATUM_PACKED(value2);
	equal = memcmp(VARDATA_ANY(plain1), VARDATA_ANY(plain2), VARSIZE_ANY_EXHDR(plain1)) == 0;
	if ((Pointer) plain1 != DatumGetPointer(value1))
		pfree(plain1);
	if ((Pointer) plain2 != DatumGetPointer(value2))
		pfree(plain2);
	return equal;
}

uint32
datum_image_hash(Datum value, bool typByVal, int typLen)
{
	struct varlena *plain;
	uint32 hash;

	if (typByVal)
		return hash_bytes((const unsigned char *) &value, sizeof(Datum));
	if (typLen != -1)
		return hash_bytes((const unsigned char *) DatumGetPointer(value), (int) datumGetSize(value, typByVal, typLen));
	plain = PG_DETOAST_DATUM_PACKED(value);
	hash = hash_bytes((const unsigned char *) VARDATA_ANY(plain), (int) VARSIZE_ANY_EXHDR(plain));
	if ((Pointer) plain != DatumGetPointer(value))
		pfree(plain);
	return hash;
}
