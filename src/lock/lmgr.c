/*
 * lmgr.c
 *    Locking relations, pages, tuples and objects by name.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/inval.h"
#include "utils/rel.h"

/* ---- relations -------------------------------------------------------------------------------------------------------------------------- */

void
RelationInitLockInfo(Relation relation)
{
	relation->rd_lockInfo.lockRelId.relId = RelationGetRelid(relation);
	relation->rd_lockInfo.lockRelId.dbId = relation->rd_rel->relisshared ? InvalidOid : MyDatabaseId;
}

static inline LOCKTAG
relation_tag(Oid dbid, Oid relid)
{
	LOCKTAG tag;

	SET_LOCKTAG_RELATION(tag, dbid, relid);
	return tag;
}

static inline LOCKTAG
tag_of_oid(Oid relid)
{
	return relation_tag(IsSharedRelation(relid) ? InvalidOid : MyDatabaseId, relid);
}

static inline LOCKTAG
tag_of_relation(Relation relation)
{
	return relation_tag(relation->rd_lockInfo.lockRelId.dbId, relation->rd_lockInfo.lockRelId.relId);
}

/* What others have changed under their locks must be known to us before we look at what we have locked. */
static bool
acquire_and_read_invalidations(const LOCKTAG *tag, LOCKMODE lockmode, bool dontWait)
{
	LOCALLOCK *locallock;
	LockAcquireResult result = LockAcquireExtended(tag, lockmode, false, dontWait, true, &locallock);

	if (result == LOCKACQUIRE_NOT_AVAIL)
		return false;
	if (result != LOCKACQUIRE_ALREADY_CLEAR)
	{
		AcceptInvalidationMessages();
		MarkLockClear(locallock);
	}
	return true;
}

void
LockRelationOid(Oid relid, LOCKMODE lockmode)
{
	LOCKTAG tag = tag_of_oid(relid);

	(void) acquire_and_read_invalidations(&tag, lockmode, false);
}

void
LockRelationId(LockRelId *relid, LOCKMODE lockmode)
{
	LOCKTAG tag = relation_tag(relid->dbId, relid->relId);

	(void) acquire_and_read_invalidations(&tag, lockmode, false);
}

bool
ConditionalLockRelationOid(Oid relid, LOCKMODE lockmode)
{
	LOCKTAG tag = tag_of_oid(relid);

	return acquire_and_read_invalidations(&tag, lockmode, true);
}

void
LockRelation(Relation relation, LOCKMODE lockmode)
{
	LOCKTAG tag = tag_of_relation(relation);

	(void) acquire_and_read_invalidations(&tag, lockmode, false);
}

bool
ConditionalLockRelation(Relation relation, LOCKMODE lockmode)
{
	LOCKTAG tag = tag_of_relation(relation);

	return acquire_and_read_invalidations(&tag, lockmode, true);
}

void
UnlockRelationId(LockRelId *relid, LOCKMODE lockmode)
{
	LOCKTAG tag = relation_tag(relid->dbId, relid->relId);

	LockRelease(&tag, lockmode, false);
}

void
UnlockRelationOid(Oid relid, LOCKMODE lockmode)
{
	LOCKTAG tag = tag_of_oid(relid);

	LockRelease(&tag, lockmode, false);
}

void
UnlockRelation(Relation relation, LOCKMODE lockmode)
{
	LOCKTAG tag = tag_of_relation(relation);

	LockRelease(&tag, lockmode, false);
}

static bool
held_by_me(const LOCKTAG *tag, LOCKMODE lockmode, bool orstronger)
{
	if (LockHeldByMe(tag, lockmode))
		return true;
	for (LOCKMODE mode = lockmode + 1; orstronger && mode <= MaxLockMode; mode++)
		if (LockHeldByMe(tag, mode))
			return true;
	return false;
}

bool
CheckRelationLockedByMe(Relation relation, LOCKMODE lockmode, bool orstronger)
{
	LOCKTAG tag = tag_of_relation(relation);

	return held_by_me(&tag, lockmode, orstronger);
}

bool
CheckRelationOidLockedByMe(Oid relid, LOCKMODE lockmode, bool orstronger)
{
	LOCKTAG tag = tag_of_oid(relid);

	return held_by_me(&tag, lockmode, orstronger);
}

bool
LockHasWaitersRelation(Relation relation, LOCKMODE lockmode)
{
	LOCKTAG tag = tag_of_relation(relation);

	return LockHasWaiters(&tag, lockmode, false);
}

void
LockRelationIdForSession(LockRelId *relid, LOCKMODE lockmode)
{
	LOCKTAG tag = relation_tag(relid->dbId, relid->relId);

	(void) LockAcquire(&tag, lockmode, true, false);
}

void
UnlockRelationIdForSession(LockRelId *relid, LOCKMODE lockmode)
{
	LOCKTAG tag = relation_tag(relid->dbId, relid->relId);

	LockRelease(&tag, lockmode, true);
}

static LOCKTAG
extension_tag(Relation relation)
{
	LOCKTAG tag;

	SET_LOCKTAG_RELATION_EXTEND(tag, relation->rd_lockInfo.lockRelId.dbId, relation->rd_lockInfo.lockRelId.relId);
	return tag;
}

void
LockRelationForExtension(Relation relation, LOCKMODE lockmode)
{
	LOCKTAG tag = extension_tag(relation);

	(void) LockAcquire(&tag, lockmode, false, false);
}

bool
ConditionalLockRelationForExtension(Relation relation, LOCKMODE lockmode)
{
	LOCKTAG tag = extension_tag(relation);

	return LockAcquire(&tag, lockmode, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

void
UnlockRelationForExtension(Relation relation, LOCKMODE lockmode)
{
	LOCKTAG tag = extension_tag(relation);

	LockRelease(&tag, lockmode, false);
}

int
RelationExtensionLockWaiterCount(Relation relation)
{
	LOCKTAG tag = extension_tag(relation);

	return LockHasWaiters(&tag, ExclusiveLock, false) ? 1 : 0;
}

void
LockDatabaseFrozenIds(LOCKMODE lockmode)
{
	LOCKTAG tag;

	SET_LOCKTAG_DATABASE_FROZEN_IDS(tag, MyDatabaseId);
	(void) LockAcquire(&tag, lockmode, false, false);
}

/* ---- pages and tuples --------------------------------------------------------------------------------------------------------------------- */

static LOCKTAG
page_tag(Relation relation, BlockNumber blkno)
{
	LOCKTAG tag;

	SET_LOCKTAG_PAGE(tag, relation->rd_lockInfo.lockRelId.dbId, relation->rd_lockInfo.lockRelId.relId, blkno);
	return tag;
}

static LOCKTAG
tuple_tag(Relation relation, ItemPointer tid)
{
	LOCKTAG tag;

	SET_LOCKTAG_TUPLE(tag, relation->rd_lockInfo.lockRelId.dbId, relation->rd_lockInfo.lockRelId.relId,
					  ItemPointerGetBlockNumber(tid), ItemPointerGetOffsetNumber(tid));
	return tag;
}

void
LockPage(Relation relation, BlockNumber blkno, LOCKMODE lockmode)
{
	LOCKTAG tag = page_tag(relation, blkno);

	(void) LockAcquire(&tag, lockmode, false, false);
}

bool
ConditionalLockPage(Relation relation, BlockNumber blkno, LOCKMODE lockmode)
{
	LOCKTAG tag = page_tag(relation, blkno);

	return LockAcquire(&tag, lockmode, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

void
UnlockPage(Relation relation, BlockNumber blkno, LOCKMODE lockmode)
{
	LOCKTAG tag = page_tag(relation, blkno);

	LockRelease(&tag, lockmode, false);
}

void
LockTuple(Relation relation, ItemPointer tid, LOCKMODE lockmode)
{
	LOCKTAG tag = tuple_tag(relation, tid);

	(void) LockAcquire(&tag, lockmode, false, false);
}

bool
ConditionalLockTuple(Relation relation, ItemPointer tid, LOCKMODE lockmode)
{
	LOCKTAG tag = tuple_tag(relation, tid);

	return LockAcquire(&tag, lockmode, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

void
UnlockTuple(Relation relation, ItemPointer tid, LOCKMODE lockmode)
{
	LOCKTAG tag = tuple_tag(relation, tid);

	LockRelease(&tag, lockmode, false);
}

/* ---- objects --------------------------------------------------------------------------------------------------------------------------------- */

static LOCKTAG
object_tag(Oid dbid, Oid classid, Oid objid, uint16 objsubid)
{
	LOCKTAG tag;

	SET_LOCKTAG_OBJECT(tag, dbid, classid, objid, objsubid);
	return tag;
}

static bool
lock_object(Oid dbid, Oid classid, Oid objid, uint16 objsubid, LOCKMODE lockmode, bool dontWait)
{
	LOCKTAG tag = object_tag(dbid, classid, objid, objsubid);

	if (LockAcquire(&tag, lockmode, false, dontWait) == LOCKACQUIRE_NOT_AVAIL)
		return false;
	AcceptInvalidationMessages();
	return true;
}

void
LockDatabaseObject(Oid classid, Oid objid, uint16 objsubid, LOCKMODE lockmode)
{
	(void) lock_object(MyDatabaseId, classid, objid, objsubid, lockmode, false);
}

bool
ConditionalLockDatabaseObject(Oid classid, Oid objid, uint16 objsubid, LOCKMODE lockmode)
{
	return lock_object(MyDatabaseId, classid, objid, objsubid, lockmode, true);
}

void
UnlockDatabaseObject(Oid classid, Oid objid, uint16 objsubid, LOCKMODE lockmode)
{
	LOCKTAG tag = object_tag(MyDatabaseId, classid, objid, objsubid);

	LockRelease(&tag, lockmode, false);
}

void
LockSharedObject(Oid classid, Oid objid, uint16 objsubid, LOCKMODE lockmode)
{
	(void) lock_object(InvalidOid, classid, objid, objsubid, lockmode, false);
}

bool
ConditionalLockSharedObject(Oid classid, Oid objid, uint16 objsubid, LOCKMODE lockmode)
{
	return lock_object(InvalidOid, classid, objid, objsubid, lockmode, true);
}

void
UnlockSharedObject(Oid classid, Oid objid, uint16 objsubid, LOCKMODE lockmode)
{
	LOCKTAG tag = object_tag(InvalidOid, classid, objid, objsubid);

	LockRelease(&tag, lockmode, false);
}

void
LockSharedObjectForSession(Oid classid, Oid objid, uint16 objsubid, LOCKMODE lockmode)
{
	LOCKTAG tag = object_tag(InvalidOid, classid, objid, objsubid);

	(void) LockAcquire(&tag, lockmode, true, false);
}

void
UnlockSharedObjectForSession(Oid classid, Oid objid, uint16 objsubid, LOCKMODE lockmode)
{
	LOCKTAG tag = object_tag(InvalidOid, classid, objid, objsubid);

	LockRelease(&tag, lockmode, true);
}
