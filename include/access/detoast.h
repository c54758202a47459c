/*
 * access/detoast.h
 *    Getting the plain value of a varlena that may be compressed or stored out of line.
 *
 * The fmgr-level entry points (PG_DETOAST_DATUM etc.) are pg_detoast_datum*() in fmgr.h.
 */
#ifndef DETOAST_H
#define DETOAST_H

#include "postgres.h"

#define VARATT_EXTERNAL_GET_POINTER(toast_pointer, attr) \
	memcpy(&(toast_pointer), VARDATA_EXTERNAL(attr), sizeof(toast_pointer))
#define VARATT_EXTERNAL_GET_EXTSIZE(toast_pointer) ((toast_pointer).va_extinfo & VARLENA_EXTSIZE_MASK)
#define VARATT_EXTERNAL_GET_COMPRESS_METHOD(toast_pointer) ((toast_pointer).va_extinfo >> VARLENA_EXTSIZE_BITS)
#define VARATT_EXTERNAL_SET_SIZE_AND_COMPRESS_METHOD(toast_pointer, len, cm) \
	((toast_pointer).va_extinfo = (uint32) (len) | ((uint32) (cm) << VARLENA_EXTSIZE_BITS))
#define VARATT_EXTERNAL_IS_COMPRESSED(toast_pointer) \
	(VARATT_EXTERNAL_GET_EXTSIZE(toast_pointer) < (uint32) (toast_pointer).va_rawsize - VARHDRSZ)

/* Plain or short: the value itself; else a palloc'd copy with a 4-byte header. */
extern struct varlena *detoast_attr(struct varlena *attr);
/* Out of line only is fetched; what is compressed stays so. */
extern struct varlena *detoast_external_attr(struct varlena *attr);
/* slicelength -1: to the end. Always a palloc'd plain value. */
extern struct varlena *detoast_attr_slice(struct varlena *attr, int32 sliceoffset, int32 slicelength);
extern Size toast_raw_datum_size(Datum value); /* plain size, header included */
extern Size toast_datum_size(Datum value);	   /* as stored */

#endif /* DETOAST_H */
