/*
 * utils/datum.h
 *    Copying and comparing Datums as bytes, given the type's length (attlen: -1 varlena, -2 C string) and by-value flag.
 */
#ifndef DATUM_H
#define DATUM_H

#include "postgres.h"

extern Size datumGetSize(Datum value, bool typByVal, int typLen);
extern Datum datumCopy(Datum value, bool typByVal, int typLen);
extern Datum datumTransfer(Datum value, bool typByVal, int typLen);
/* The same bytes. Equal values of a type may differ in that. */
extern bool datumIsEqual(Datum value1, Datum value2, bool typByVal, int typLen);
/* The same bytes after detoasting. */
extern bool datum_image_eq(Datum value1, Datum value2, bool typByVal, int typLen);
extern uint32 datum_image_hash(Datum value, bool typByVal, int typLen);

#endif /* DATUM_H */
