/*
 * truncate.c
 *    TRUNCATE: new, empty files for tables and their indexes; the old ones go when the transaction commits.
 */
#include "postgres.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "commands/sequence.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* ---- may it be truncated? --------------------------------------------------------------------------------------------- */
static void
check_kind(Oid relid, Form_pg_class form)
{
	if (form->relkind != RELKIND_RELATION && form->relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", NameStr(form->relname)));
	if (!allowSystemTableMods && IsSystemClass(relid, form))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied: \"%s\" is a system catalog", NameStr(form->relname)));
}

static void
check_privilege(Oid relid, Form_pg_class form)
{
	AclResult result = pg_class_aclcheck(relid, GetUserId(), ACL_TRUNCATE);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_TABLE, NameStr(form->relname));
}

static void
check_before_lock(const RangeVar *range, Oid relid, Oid old_relid, void *arg)
{
	HeapTuple tuple;

	if (!OidIsValid(relid))
		return;
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return;
	check_kind(relid, (Form_pg_class) GETSTRUCT(tuple));
	check_privilege(relid, (Form_pg_class) GETSTRUCT(tuple));
	ReleaseSysCache(tuple);
}

static void
check_in_use(Relation rel)
{
	if (RELATION_IS_OTHER_TEMP(rel))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot truncate temporary tables of other sessions"));
	CheckTableNotInUse(rel, "TRUNCATE");
}

/* ---- which ones -------------------------------------------------------------------------------------------------------------- */
static void
add_relation(Relation rel, List **rels, List **relids)
{
	*rels = lappend(*rels, rel);
	*relids = lappend_oid(*relids, RelationGetRelid(rel));
}

static void
refuse_descendants(Relation rel, bool recurse)
{
	if (rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
	{
		if (!recurse)
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot truncate only a partitioned table"),
					errhint("Do not specify the ONLY keyword, or use TRUNCATE ONLY on the partitions directly."));
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("TRUNCATE of partitioned tables is not supported"));
	}
	if (recurse && rel->rd_rel->relhassubclass)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("TRUNCATE of tables with inheritance children is not supported"));
}

/* CASCADE: all that refer to those on the list, and so on. */
static void
add_referencing(List **rels, List **relids)
{
	for (;;)
	{
		List *more = heap_truncate_find_FKs(*relids);
		ListCell *cell;

		if (more == NIL)
			return;
		foreach (cell, more)
		{
			Relation rel = table_open(lfirst_oid(cell), AccessExclusiveLock);

			ereport(NOTICE, errmsg("truncate cascades to table \"%s\"", RelationGetRelationName(rel)));
			check_kind(RelationGetRelid(rel), rel->rd_rel);
			check_privilege(RelationGetRelid(rel), rel->rd_rel);
			check_in_use(rel);
			add_relation(rel, rels, relids);
		}
	}
}

static List *
owned_sequences(List *rels)
{
	List *result = NIL;
	ListCell *cell;

	foreach (cell, rels)
	{
		List *owned = getOwnedSequences(RelationGetRelid((Relation) lfirst(cell)));
		ListCell *inner;

		foreach (inner, owned)
		{
			Oid seq = lfirst_oid(inner);

			LockRelationOid(seq, AccessExclusiveLock);
			if (!pg_class_ownercheck(seq, GetUserId()))
				aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_SEQUENCE, get_rel_name(seq));
			result = lappend_oid(result, seq);
		}
	}
	return result;
}

/* ---- doing it ------------------------------------------------------------------------------------------------------------- */
static void
refuse_triggers(Relation rel)
{
	if (rel->trigdesc && (rel->trigdesc->trig_truncate_before_statement || rel->trigdesc->trig_truncate_after_statement))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("TRUNCATE triggers are not supported"));
}

static void
truncate_relation(Relation rel)
{
	Oid relid = RelationGetRelid(rel);
	Oid toast_relid = rel->rd_rel->reltoastrelid;
	ReindexParams params = {0};
	SubTransactionId me = GetCurrentSubTransactionId();

	/* Files made by this very (sub)transaction go if it aborts: they need no successor. */
	if (rel->rd_createSubid == me || rel->rd_newRelfilenodeSubid == me)
	{
		heap_truncate_one_rel(rel);
		return;
	}
	RelationSetNewRelfilenode(rel, rel->rd_rel->relpersistence);
	if (OidIsValid(toast_relid))
	{
		Relation toast = table_open(toast_relid, AccessExclusiveLock);

		RelationSetNewRelfilenode(toast, toast->rd_rel->relpersistence);
		table_close(toast, NoLock);
	}
	reindex_relation(relid, REINDEX_REL_PROCESS_TOAST, &params);
}

void
ExecuteTruncate(TruncateStmt *stmt)
{
	List *rels = NIL;
	List *relids = NIL;
	List *sequences = NIL;
	ListCell *cell;

	foreach (cell, stmt->relations)
	{
		RangeVar *range = lfirst(cell);
		Oid relid = RangeVarGetRelidExtended(range, AccessExclusiveLock, 0, check_before_lock, NULL);
		Relation rel;

		if (list_member_oid(relids, relid))
			continue;
		rel = table_open(relid, NoLock);
		check_in_use(rel);
		refuse_descendants(rel, range->inh);
		add_relation(rel, &rels, &relids);
	}
	if (stmt->behavior == DROP_CASCADE)
		add_referencing(&rels, &relids);
	else
		heap_truncate_check_FKs(rels, false);
	if (stmt->restart_seqs)
		sequences = owned_sequences(rels);
	foreach (cell, rels)
		refuse_triggers(lfirst(cell));
	foreach (cell, rels)
		truncate_relation(lfirst(cell));
	foreach (cell, sequences)
		ResetSequence(lfirst_oid(cell));
	foreach (cell, rels)
		table_close((Relation) lfirst(cell), NoLock);
}
