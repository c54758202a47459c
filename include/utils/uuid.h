/*
 * utils/uuid.h
 *    Universally unique identifiers.
 */
#ifndef UUID_H
#define UUID_H

#include "fmgr.h"

#define UUID_LEN 16
typedef struct pg_uuid_t
{
	unsigned char data[UUID_LEN];
} pg_uuid_t;

#define UUIDPGetDatum(X) PointerGetDatum(X)
#define DatumGetUUIDP(X) ((pg_uuid_t *) DatumGetPointer(X))
#define PG_RETURN_UUID_P(X) return UUIDPGetDatum(X)
#define PG_GETARG_UUID_P(X) DatumGetUUIDP(PG_GETARG_DATUM(X))

#endif /* UUID_H */
