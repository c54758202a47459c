/*
 * access/table.h
 *    Opening tables: lock, relation cache reference, and a check of the kind.
 */
#ifndef TABLE_H
#define TABLE_H

#include "nodes/primnodes.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"

/* Anything in pg_class. 42P01 (XX000 by OID) when it is not there. lockmode NoLock: the caller holds one. */
extern Relation relation_open(Oid relationId, LOCKMODE lockmode);
extern Relation try_relation_open(Oid relationId, LOCKMODE lockmode); /* NULL when gone */
extern Relation relation_openrv(const RangeVar *relation, LOCKMODE lockmode);
extern Relation relation_openrv_extended(const RangeVar *relation, LOCKMODE lockmode, bool missing_ok);
extern void relation_close(Relation relation, LOCKMODE lockmode); /* NoLock keeps the lock until the transaction ends */

/* The same, but 42809 for indexes and composite types. */
extern Relation table_open(Oid relationId, LOCKMODE lockmode);
extern Relation try_table_open(Oid relationId, LOCKMODE lockmode);
extern Relation table_openrv(const RangeVar *relation, LOCKMODE lockmode);
extern Relation table_openrv_extended(const RangeVar *relation, LOCKMODE lockmode, bool missing_ok);
extern void table_close(Relation relation, LOCKMODE lockmode);

#endif /* TABLE_H */
