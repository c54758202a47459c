/*
 * hash.c
 *    Hash support functions of the simple types.
 *
 * Types in one hash operator family agree: equal numbers of different integer (or float) widths hash alike.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"

/* The hash of a number that may come as int2, int4 or int8: the high half is folded in so that small numbers keep it 0. */
static uint32
fold_int64(int64 value)
{
	uint32 low = (uint32) value;
	uint32 high = (uint32) (value >> 32);

	return low ^ (value >= 0 ? high : ~high);
}

Datum
hashchar(PG_FUNCTION_ARGS)
{
	return hash_uint32((uint32) (int32) PG_GETARG_CHAR(0));
}

Datum
hashcharextended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended((uint32) (int32) PG_GETARG_CHAR(0), (uint64) PG_GETARG_INT64(1));
}

Datum
hashint2(PG_FUNCTION_ARGS)
{
	return hash_uint32((uint32) (int32) PG_GETARG_INT16(0));
}

Datum
hashint2extended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended((uint32) (int32) PG_GETARG_INT16(0), (uint64) PG_GETARG_INT64(1));
}

Datum
hashint4(PG_FUNCTION_ARGS)
{
	return hash_uint32(PG_GETARG_UINT32(0));
}

Datum
hashint4extended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended(PG_GETARG_UINT32(0), (uint64) PG_GETARG_INT64(1));
}

Datum
hashint8(PG_FUNCTION_ARGS)
{
	return hash_uint32(fold_int64(PG_GETARG_INT64(0)));
}

Datum
hashint8extended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended(fold_int64(PG_GETARG_INT64(0)), (uint64) PG_GETARG_INT64(1));
}

Datum
hashoid(PG_FUNCTION_ARGS)
{
	return hash_uint32(PG_GETARG_UINT32(0));
}

Datum
hashoidextended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended(PG_GETARG_UINT32(0), (uint64) PG_GETARG_INT64(1));
}

Datum
hashenum(PG_FUNCTION_ARGS)
{
	return hash_uint32(PG_GETARG_UINT32(0));
}

Datum
hashenumextended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended(PG_GETARG_UINT32(0), (uint64) PG_GETARG_INT64(1));
}

/* Floats hash as double precision; both zeros are one value, and so are all NaNs. */
static float8
float_hash_key(float8 key)
{
	if (key == 0)
		return 0;
	return isnan(key) ? get_float8_nan() : key;
}

static Datum
hash_float(float8 value)
{
	float8 key = float_hash_key(value);

	return hash_any((unsigned char *) &key, sizeof(key));
}

static Datum
hash_float_extended(float8 value, int64 seed)
{
	float8 key = float_hash_key(value);

	return hash_any_extended((unsigned char *) &key, sizeof(key), (uint64) seed);
}

Datum
hashfloat4(PG_FUNCTION_ARGS)
{
	return hash_float(PG_GETARG_FLOAT4(0));
}

Datum
hashfloat4extended(PG_FUNCTION_ARGS)
{
	return hash_float_extended(PG_GETARG_FLOAT4(0), PG_GETARG_INT64(1));
}

Datum
hashfloat8(PG_FUNCTION_ARGS)
{
	return hash_float(PG_GETARG_FLOAT8(0));
}

Datum
hashfloat8extended(PG_FUNCTION_ARGS)
{
	return hash_float_extended(PG_GETARG_FLOAT8(0), PG_GETARG_INT64(1));
}

Datum
hashoidvector(PG_FUNCTION_ARGS)
{
	oidvector *v = (oidvector *) PG_GETARG_VARLENA_P(0);

	return hash_any((unsigned char *) v->values, (int) (v->dim1 * sizeof(Oid)));
}

Datum
hashoidvectorextended(PG_FUNCTION_ARGS)
{
	oidvector *v = (oidvector *) PG_GETARG_VARLENA_P(0);

	return hash_any_extended((unsigned char *) v->values, (int) (v->dim1 * sizeof(Oid)), (uint64) PG_GETARG_INT64(1));
}

Datum
hashname(PG_FUNCTION_ARGS)
{
	char *key = NameStr(*PG_GETARG_NAME(0));

	return hash_any((unsigned char *) key, (int) strlen(key));
}

Datum
hashnameextended(PG_FUNCTION_ARGS)
{
	char *key = NameStr(*PG_GETARG_NAME(0));

	return hash_any_extended((unsigned char *) key, (int) strlen(key), (uint64) PG_GETARG_INT64(1));
}

Datum
hashvarlena(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	Datum result = hash_any((unsigned char *) VARDATA_ANY(v), (int) VARSIZE_ANY_EXHDR(v));

	PG_FREE_IF_COPY(v, 0);
	return result;
}

Datum
hashvarlenaextended(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);
	Datum result =
		hash_any_extended((unsigned char *) VARDATA_ANY(v), (int) VARSIZE_ANY_EXHDR(v), (uint64) PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(v, 0);
	return result;
}
