/*
 * postgres.h
 *    First include of every server and module source file: Datum, variable-length values, errors, memory.
 *
 * A Datum is one machine word. A pass-by-value type lives in it (sign- or zero-extended); any other type is a pointer
 * to memory whose lifetime the caller of a function guarantees for the call.
 *
 * A variable-length value begins with a header, little-endian:
 *    xxxxxx00  4 bytes, length (header included) << 2; aligned to 4
 *    xxxxxx10  4 bytes, the same, payload compressed (the payload begins with a 4-byte raw size and method)
 *    xxxxxxx1  1 byte, length (header included) << 1 | 1; unaligned; at most 126 bytes of payload
 *    00000001  1 byte and a tag byte: an external value (TOAST pointer), see heap/toast.h
 */
#ifndef POSTGRES_H
#define POSTGRES_H

#include "c.h"
#include "utils/elog.h"
#include "utils/palloc.h"

typedef uintptr_t Datum;
_Static_assert(sizeof(Datum) == SIZEOF_DATUM, "a Datum is 8 bytes");

typedef struct NullableDatum
{
	Datum value;
	bool isnull;
} NullableDatum;

/* ---- variable-length values ----------------------------------------------------------------------------------- */
typedef struct
{
	uint32 va_header;
	char va_data[];
} varattrib_4b;

typedef struct
{
	uint32 va_header;
	uint32 va_tcinfo; /* raw size in the low 30 bits, compression method in the high 2 */
	char va_data[];
} varattrib_4b_c;

typedef struct
{
	uint8 va_header;
	char va_data[];
} varattrib_1b;

typedef struct
{
	uint8 va_header; /* always 0x01 */
	uint8 va_tag;	 /* enum vartag_external */
	char va_data[];
} varattrib_1b_e;

/* What a TOAST pointer on disk says (tag VARTAG_ONDISK). Stored unaligned: memcpy it out before looking. */
typedef struct varatt_external
{
	int32 va_rawsize;	/* size of the plain value, header included */
	uint32 va_extinfo;	/* stored size without header in the low 30 bits, compression method in the high 2 */
	Oid va_valueid;		/* chunk_id in the TOAST table */
	Oid va_toastrelid;	/* the TOAST table */
} varatt_external;

typedef enum vartag_external
{
	VARTAG_ONDISK = 18
} vartag_external;

typedef enum ToastCompressionId
{
	TOAST_PGLZ_COMPRESSION_ID = 0,
	TOAST_LZ4_COMPRESSION_ID = 1,
	TOAST_INVALID_COMPRESSION_ID = 2
} ToastCompressionId;

#define VARLENA_EXTSIZE_BITS 30
#define VARLENA_EXTSIZE_MASK ((1U << VARLENA_EXTSIZE_BITS) - 1)

#define VARATT_IS_4B(PTR) ((((const varattrib_1b *) (PTR))->va_header & 0x01) == 0x00)
#define VARATT_IS_4B_U(PTR) ((((const varattrib_1b *) (PTR))->va_header & 0x03) == 0x00)
#define VARATT_IS_4B_C(PTR) ((((const varattrib_1b *) (PTR))->va_header & 0x03) == 0x02)
#define VARATT_IS_1B(PTR) ((((const varattrib_1b *) (PTR))->va_header & 0x01) == 0x01)
#define VARATT_IS_1B_E(PTR) (((const varattrib_1b *) (PTR))->va_header == 0x01)
#define VARATT_NOT_PAD_BYTE(PTR) (*((const uint8 *) (PTR)) != 0)
#define VARSIZE_4B(PTR) ((((const varattrib_4b *) (PTR))->va_header >> 2) & 0x3FFFFFFF)
#define VARSIZE_1B(PTR) ((((const varattrib_1b *) (PTR))->va_header >> 1) & 0x7F)
#define VARTAG_1B_E(PTR) (((const varattrib_1b_e *) (PTR))->va_tag)
#define SET_VARSIZE_4B(PTR, len) (((varattrib_4b *) (PTR))->va_header = (((uint32) (len)) << 2))
#define SET_VARSIZE_4B_C(PTR, len) (((varattrib_4b *) (PTR))->va_header = (((uint32) (len)) << 2) | 0x02)
#define SET_VARSIZE_1B(PTR, len) (((varattrib_1b *) (PTR))->va_header = (uint8) (((len) << 1) | 0x01))
#define SET_VARTAG_1B_E(PTR, tag) \
	(((varattrib_1b_e *) (PTR))->va_header = 0x01, ((varattrib_1b_e *) (PTR))->va_tag = (tag))
#define VARDATA_4B(PTR) (((varattrib_4b *) (PTR))->va_data)
#define VARDATA_4B_C(PTR) (((varattrib_4b_c *) (PTR))->va_data)
#define VARDATA_1B(PTR) (((varattrib_1b *) (PTR))->va_data)
#define VARDATA_1B_E(PTR) (((varattrib_1b_e *) (PTR))->va_data)

#define VARHDRSZ_EXTERNAL offsetof(varattrib_1b_e, va_data)
#define VARHDRSZ_COMPRESSED offsetof(varattrib_4b_c, va_data)
#define VARHDRSZ_SHORT offsetof(varattrib_1b, va_data)
#define VARATT_SHORT_MAX 0x7F
#define TOAST_POINTER_SIZE (VARHDRSZ_EXTERNAL + sizeof(varatt_external))
#define VARATT_CAN_MAKE_SHORT(PTR) \
	(VARATT_IS_4B_U(PTR) && (VARSIZE(PTR) - VARHDRSZ + VARHDRSZ_SHORT) <= VARATT_SHORT_MAX)
#define VARATT_CONVERTED_SHORT_SIZE(PTR) (VARSIZE(PTR) - VARHDRSZ + VARHDRSZ_SHORT)

/* For values known to be plain (after PG_DETOAST_DATUM). */
#define VARDATA(PTR) VARDATA_4B(PTR)
#define VARSIZE(PTR) VARSIZE_4B(PTR)
#define SET_VARSIZE(PTR, len) SET_VARSIZE_4B(PTR, len)
#define SET_VARSIZE_SHORT(PTR, len) SET_VARSIZE_1B(PTR, len)
#define SET_VARSIZE_COMPRESSED(PTR, len) SET_VARSIZE_4B_C(PTR, len)
#define VARTAG_EXTERNAL(PTR) VARTAG_1B_E(PTR)
#define VARSIZE_EXTERNAL(PTR) (VARHDRSZ_EXTERNAL + sizeof(varatt_external))
#define VARDATA_EXTERNAL(PTR) VARDATA_1B_E(PTR)
#define VARSIZE_SHORT(PTR) VARSIZE_1B(PTR)
#define VARDATA_SHORT(PTR) VARDATA_1B(PTR)
#define VARATT_IS_COMPRESSED(PTR) VARATT_IS_4B_C(PTR)
#define VARATT_IS_EXTERNAL(PTR) VARATT_IS_1B_E(PTR)
#define VARATT_IS_EXTERNAL_ONDISK(PTR) (VARATT_IS_EXTERNAL(PTR) && VARTAG_EXTERNAL(PTR) == VARTAG_ONDISK)
#define VARATT_IS_SHORT(PTR) VARATT_IS_1B(PTR)
#define VARATT_IS_EXTENDED(PTR) (!VARATT_IS_4B_U(PTR))

/* For values that may have a short header but are neither compressed nor external (PG_DETOAST_DATUM_PACKED). */
#define VARSIZE_ANY(PTR) \
	(VARATT_IS_1B_E(PTR) ? VARSIZE_EXTERNAL(PTR) : (VARATT_IS_1B(PTR) ? VARSIZE_1B(PTR) : VARSIZE_4B(PTR)))
#define VARSIZE_ANY_EXHDR(PTR)                                        \
	(VARATT_IS_1B_E(PTR) ? VARSIZE_EXTERNAL(PTR) - VARHDRSZ_EXTERNAL  \
						 : (VARATT_IS_1B(PTR) ? VARSIZE_1B(PTR) - 1   \
											  : VARSIZE_4B(PTR) - VARHDRSZ))
#define VARDATA_ANY(PTR) (VARATT_IS_1B(PTR) ? VARDATA_1B(PTR) : VARDATA_4B(PTR))
#define VARDATA_COMPRESSED_GET_EXTSIZE(PTR) (((const varattrib_4b_c *) (PTR))->va_tcinfo & VARLENA_EXTSIZE_MASK)
#define VARDATA_COMPRESSED_GET_COMPRESS_METHOD(PTR) \
	(((const varattrib_4b_c *) (PTR))->va_tcinfo >> VARLENA_EXTSIZE_BITS)

/* ---- Datum conversions ----------------------------------------------------------------------------------------- */
static inline bool DatumGetBool(Datum X) { return ((bool) ((X) &0xFF)) != 0; }
static inline Datum BoolGetDatum(bool X) { return X ? 1 : 0; }
static inline char DatumGetChar(Datum X) { return (char) X; }
static inline Datum CharGetDatum(char X) { return (Datum) X; }
static inline int8 DatumGetInt8(Datum X) { return (int8) X; }
static inline Datum Int8GetDatum(int8 X) { return (Datum) X; }
static inline uint8 DatumGetUInt8(Datum X) { return (uint8) X; }
static inline Datum UInt8GetDatum(uint8 X) { return (Datum) X; }
static inline int16 DatumGetInt16(Datum X) { return (int16) X; }
static inline Datum Int16GetDatum(int16 X) { return (Datum) X; }
static inline uint16 DatumGetUInt16(Datum X) { return (uint16) X; }
static inline Datum UInt16GetDatum(uint16 X) { return (Datum) X; }
static inline int32 DatumGetInt32(Datum X) { return (int32) X; }
static inline Datum Int32GetDatum(int32 X) { return (Datum) X; }
static inline uint32 DatumGetUInt32(Datum X) { return (uint32) X; }
static inline Datum UInt32GetDatum(uint32 X) { return (Datum) X; }
static inline int64 DatumGetInt64(Datum X) { return (int64) X; }
static inline Datum Int64GetDatum(int64 X) { return (Datum) X; }
static inline uint64 DatumGetUInt64(Datum X) { return (uint64) X; }
static inline Datum UInt64GetDatum(uint64 X) { return (Datum) X; }
static inline Oid DatumGetObjectId(Datum X) { return (Oid) X; }
static inline Datum ObjectIdGetDatum(Oid X) { return (Datum) X; }
static inline CommandId DatumGetCommandId(Datum X) { return (CommandId) X; }
static inline Datum CommandIdGetDatum(CommandId X) { return (Datum) X; }
static inline TransactionId DatumGetTransactionId(Datum X) { return (TransactionId) X; }
static inline Datum TransactionIdGetDatum(TransactionId X) { return (Datum) X; }
static inline Pointer DatumGetPointer(Datum X) { return (Pointer) X; }
static inline Datum PointerGetDatum(const void *X) { return (Datum) X; }
static inline char *DatumGetCString(Datum X) { return (char *) X; }
static inline Datum CStringGetDatum(const char *X) { return (Datum) X; }
static inline Name DatumGetName(Datum X) { return (Name) X; }
static inline Datum NameGetDatum(const NameData *X) { return (Datum) X; }
static inline float4
DatumGetFloat4(Datum X)
{
	float4 f;
	uint32 bits = (uint32) X;

	memcpy(&f, &bits, sizeof(f));
	return f;
}
static inline Datum
Float4GetDatum(float4 X)
{
	uint32 bits;

	memcpy(&bits, &X, sizeof(bits));
	return (Datum) bits;
}
static inline float8
DatumGetFloat8(Datum X)
{
	float8 f;

	memcpy(&f, &X, sizeof(f));
	return f;
}
static inline Datum
Float8GetDatum(float8 X)
{
	Datum d;

	memcpy(&d, &X, sizeof(d));
	return d;
}
#define Int64GetDatumFast(X) Int64GetDatum(X)
#define Float8GetDatumFast(X) Float8GetDatum(X)

/* What "a fixed set of SQL types" need not spell out: exit code conventions of server processes. */
#define PG_BINARY 0

#endif /* POSTGRES_H */
