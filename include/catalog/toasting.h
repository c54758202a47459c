/*
 * toasting.h
 *    Creating TOAST tables.
 */
#ifndef TOASTING_H
#define TOASTING_H

#include "storage/lockdefs.h"

/* Make a TOAST table for a new table that can need one. The variants differ in the lock already held. */
extern void NewRelationCreateToastTable(Oid relOid, Datum reloptions);
extern void NewHeapCreateToastTable(Oid relOid, Datum reloptions, LOCKMODE lockmode, Oid OIDOldToast);
extern void AlterTableCreateToastTable(Oid relOid, Datum reloptions, LOCKMODE lockmode);

#endif /* TOASTING_H */
