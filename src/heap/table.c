/*
 * table.c
 *    Opening relations.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "storage/lmgr.h"
#include "utils/inval.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static Relation
open_locked(Oid relationId, LOCKMODE lockmode)
{
	Relation relation = RelationIdGetRelation(relationId);

	if (RelationIsValid(relation) && RelationUsesLocalBuffers(relation))
		MyXactFlags |= XACT_FLAGS_ACCESSEDTEMPNAMESPACE;
	return relation;
}

Relation
relation_open(Oid relationId, LOCKMODE lockmode)
{
	Relation relation;

	if (lockmode != NoLock)
		LockRelationOid(relationId, lockmode);
	relation = open_locked(relationId, lockmode);
	if (!RelationIsValid(relation))
		elog(ERROR, "could not open relation with OID %u", relationId);
	return relation;
}

Relation
try_relation_open(Oid relationId, LOCKMODE lockmode)
{
	if (lockmode != NoLock)
		LockRelationOid(relationId, lockmode);
	/* It may have been dropped while we waited: the relation cache would complain. */
	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relationId)))
	{
		if (lockmode != NoLock)
			UnlockRelationOid(relationId, lockmode);
		return NULL;
	}
	return relation_open(relationId, NoLock);
}

Relation
relation_openrv(const RangeVar *relation, LOCKMODE lockmode)
{
	/* Names are looked up afresh: another session may have renamed or dropped what we know. */
	if (lockmode != NoLock)
		AcceptInvalidationMessages();
	return relation_open(RangeVarGetRelid(relation, lockmode, false), NoLock);
}

Relation
relation_openrv_extended(const RangeVar *relation, LOCKMODE lockmode, bool missing_ok)
{
	Oid relid;

	if (lockmode != NoLock)
		AcceptInvalidationMessages();
	relid = RangeVarGetRelid(relation, lockmode, missing_ok);
	return OidIsValid(relid) ? relation_open(relid, NoLock) : NULL;
}

void
relation_close(Relation relation, LOCKMODE lockmode)
{
	LockRelId relid = relation->rd_lockInfo.lockRelId;

	RelationClose(relation);
	if (lockmode != NoLock)
		UnlockRelationId(&relid, lockmode);
}

static Relation
check_is_table(Relation relation)
{
	char kind = relation->rd_rel->relkind;

	if (kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is an index", RelationGetRelationName(relation))));
	if (kind == RELKIND_COMPOSITE_TYPE)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is a composite type", RelationGetRelationName(relation))));
	return relation;
}

Relation
table_open(Oid relationId, LOCKMODE lockmode)
{
	return check_is_table(relation_open(relationId, lockmode));
}

Relation
try_table_open(Oid relationId, LOCKMODE lockmode)
{
	Relation relation = try_relation_open(relationId, lockmode);

	return relation ? check_is_table(relation) : NULL;
}

Relation
table_openrv(const RangeVar *relation, LOCKMODE lockmode)
{
	return check_is_table(relation_openrv(relation, lockmode));
}

Relation
table_openrv_extended(const RangeVar *relation, LOCKMODE lockmode, bool missing_ok)
{
	Relation rel = relation_openrv_extended(relation, lockmode, missing_ok);

	return rel ? check_is_table(rel) : NULL;
}

void
table_close(Relation relation, LOCKMODE lockmode)
{
	relation_close(relation, lockmode);
}
