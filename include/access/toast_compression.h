/*
 * access/toast_compression.h
 *    Compression of single values.
 *
 * pglz is accepted as a column's or the session's method, and what gets compressed under it is compressed with lz4; pglz data is
 * never written.
 */
#ifndef TOAST_COMPRESSION_H
#define TOAST_COMPRESSION_H

#include "postgres.h"

#define TOAST_PGLZ_COMPRESSION 'p'
#define TOAST_LZ4_COMPRESSION 'l'
#define InvalidCompressionMethod '\0'
#define CompressionMethodIsValid(cm) ((cm) != InvalidCompressionMethod)

extern int default_toast_compression; /* GUC: one of the two letters above */

/* NULL when the value does not get smaller. */
extern struct varlena *lz4_compress_datum(const struct varlena *value);
extern struct varlena *lz4_decompress_datum(const struct varlena *value);
extern struct varlena *lz4_decompress_datum_slice(const struct varlena *value, int32 slicelength);
extern ToastCompressionId toast_get_compression_id(struct varlena *attr);
extern char CompressionNameToMethod(const char *compression); /* InvalidCompressionMethod when unknown */
extern const char *GetCompressionMethodName(char method);

#endif /* TOAST_COMPRESSION_H */
