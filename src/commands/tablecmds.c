/*
 * tablecmds.c
 *    Tables and what is like them: CREATE (the table itself), DROP, checks, ON COMMIT.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/reloptions.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "catalog/toasting.h"
#include "commands/defrem.h"
#include "commands/tablecmds.h"
#include "commands/tablespace.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_type.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* ---- CREATE ----------------------------------------------------------------------------------------------------------------------- */
static void
refuse_unsupported(CreateStmt *stmt)
{
	if (stmt->accessMethod != NULL && strcmp(stmt->accessMethod, "heap") != 0)
	{
		(void) get_am_oid(stmt->accessMethod, false);
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("access method \"%s\" is not of type %s", stmt->accessMethod, "TABLE"));
	}
}

static void
check_columns(List *columns)
{
	ListCell *lc;
	ListCell *other;

	if (list_length(columns) > MaxHeapAttributeNumber)
		ereport(ERROR, errcode(ERRCODE_TOO_MANY_COLUMNS), errmsg("tables can have at most %d columns", MaxHeapAttributeNumber));
	foreach(lc, columns)
	{
		ColumnDef *def = lfirst(lc);

		for_each_from(other, columns, foreach_current_index(lc) + 1)
		{
			if (strcmp(((ColumnDef *) lfirst(other))->colname, def->colname) == 0)
				ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN), errmsg("column \"%s\" specified more than once", def->colname));
		}
	}
}

/* A row type of ColumnDefs. */
TupleDesc
BuildDescForRelation(List *schema)
{
	TupleDesc desc = CreateTemplateTupleDesc(list_length(schema));
	bool not_null = false;
	ListCell *lc;

	foreach(lc, schema)
	{
		ColumnDef *def = lfirst(lc);
		AttrNumber attnum = foreach_current_index(lc) + 1;
		Form_pg_attribute att;
		Oid type;
		int32 typmod;
		AclResult acl;

		typenameTypeIdAndMod(NULL, def->typeName, &type, &typmod);
		acl = pg_type_aclcheck(type, GetUserId(), ACL_USAGE);
		if (acl != ACLCHECK_OK)
			aclcheck_error_type(acl, type);
		if (def->typeName->setof)
			ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("column \"%s\" cannot be declared SETOF", def->colname));
		TupleDescInitEntry(desc, attnum, def->colname, type, typmod, list_length(def->typeName->arrayBounds));
		att = TupleDescAttr(desc, attnum - 1);
		TupleDescInitEntryCollation(desc, attnum, GetColumnDefCollation(NULL, def, type));
		if (def->storage)
			att->attstorage = def->storage;
		att->attnotnull = def->is_not_null;
		not_null |= def->is_not_null;
		att->attislocal = true;
		att->attidentity = def->identity;
		att->attgenerated = def->generated;
		if (def->compression && strcmp(def->compression, "default") != 0)
		{
			if (strcmp(def->compression, "lz4") != 0)
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid compression method \"%s\"", def->compression));
			att->attcompression = 'l';
		}
	}
	if (not_null)
	{
		desc->constr = palloc0(sizeof(TupleConstr));
		desc->constr->has_not_null = true;
	}
	return desc;
}

/* Defaults that need analysis, and those that come analysed (LIKE, views). */
static void
collect_defaults(List *columns, TupleDesc desc, List **raw, List **cooked)
{
	ListCell *lc;

	foreach(lc, columns)
	{
		ColumnDef *def = lfirst(lc);
		AttrNumber attnum = foreach_current_index(lc) + 1;
		Form_pg_attribute att = TupleDescAttr(desc, attnum - 1);

		if (def->raw_default != NULL)
		{
			RawColumnDefault *item = palloc0(sizeof(RawColumnDefault));

			item->attnum = attnum;
			item->raw_default = def->raw_default;
			item->generated = def->generated;
			*raw = lappend(*raw, item);
			att->atthasdef = true;
		}
		else if (def->cooked_default != NULL)
		{
			CookedConstraint *item = palloc0(sizeof(CookedConstraint));

			item->contype = CONSTR_DEFAULT;
			item->attnum = attnum;
			item->expr = def->cooked_default;
			item->is_local = true;
			*cooked = lappend(*cooked, item);
			att->atthasdef = true;
		}
		att->attidentity = def->identity;
		att->attgenerated = def->generated;
	}
	/* set again when the default is stored */
	for (int i = 0; i < desc->natts; i++)
		TupleDescAttr(desc, i)->atthasdef = false;
}

ObjectAddress
DefineRelation(CreateStmt *stmt, char relkind, Oid ownerId, ObjectAddress *typaddress, const char *queryString)
{
	static const char *const validnsps[] = {"toast", NULL};
	char relname[NAMEDATALEN];
	Oid nsp;
	Oid tablespace = InvalidOid;
	Datum reloptions;
	TupleDesc desc;
	List *raw = NIL;
	List *cooked = NIL;
	Oid relid;
	Relation rel;
	ObjectAddress address;

	strlcpy(relname, stmt->relation->relname, NAMEDATALEN);
	refuse_unsupported(stmt);
	if (stmt->oncommit != ONCOMMIT_NOOP && stmt->relation->relpersistence != RELPERSISTENCE_TEMP)
		ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("ON COMMIT can only be used on temporary tables"));
	check_columns(stmt->tableElts);
	nsp = RangeVarGetAndCheckCreationNamespace(stmt->relation, NoLock, NULL);
	if (stmt->tablespacename)
		tablespace = get_tablespace_oid(stmt->tablespacename, false);
	reloptions = transformRelOptions((Datum) 0, stmt->options, NULL, validnsps, true, false);
	if (relkind == RELKIND_VIEW)
		(void) view_reloptions(reloptions, true);
	else
		(void) heap_reloptions(relkind, reloptions, true);
	desc = BuildDescForRelation(stmt->tableElts);
	collect_defaults(stmt->tableElts, desc, &raw, &cooked);
	if (!OidIsValid(ownerId))
		ownerId = GetUserId();
	relid = heap_create_with_catalog(relname, nsp, tablespace, InvalidOid, InvalidOid, InvalidOid, ownerId,
									 RELKIND_HAS_TABLE_AM(relkind) ? HEAP_TABLE_AM_OID : InvalidOid, desc, cooked, relkind,
									 stmt->relation->relpersistence, false, false, stmt->oncommit, reloptions, true, allowSystemTableMods, false,
									 InvalidOid, typaddress);
	CommandCounterIncrement();
	rel = relation_open(relid, AccessExclusiveLock);
	if (raw != NIL)
	{
		AddRelationNewConstraints(rel, raw, NIL, true, true, false, queryString);
		CommandCounterIncrement();
	}
	if (stmt->constraints != NIL)
		AddRelationNewConstraints(rel, NIL, stmt->constraints, true, true, false, queryString);
	ObjectAddressSet(address, RelationRelationId, relid);
	relation_close(rel, NoLock);
	return address;
}

/* ---- DROP --------------------------------------------------------------------------------------------------------------------------- */
static const struct
{
	ObjectType type;
	char relkind;
	const char *what;
	const char *article;
	const char *hint;
	int missing;
} drop_kinds[] = {
	{OBJECT_TABLE, RELKIND_RELATION, "table", "a table", "Use DROP TABLE to remove a table.", ERRCODE_UNDEFINED_TABLE},
	{OBJECT_SEQUENCE, RELKIND_SEQUENCE, "sequence", "a sequence", "Use DROP SEQUENCE to remove a sequence.", ERRCODE_UNDEFINED_TABLE},
	{OBJECT_VIEW, RELKIND_VIEW, "view", "a view", "Use DROP VIEW to remove a view.", ERRCODE_UNDEFINED_TABLE},
	{OBJECT_MATVIEW, RELKIND_MATVIEW, "materialized view", "a materialized view", "Use DROP MATERIALIZED VIEW to remove a materialized view.", ERRCODE_UNDEFINED_TABLE},
	{OBJECT_INDEX, RELKIND_INDEX, "index", "an index", "Use DROP INDEX to remove an index.", ERRCODE_UNDEFINED_OBJECT},
	{OBJECT_TYPE, RELKIND_COMPOSITE_TYPE, "type", "a type", "Use DROP TYPE to remove a type.", ERRCODE_UNDEFINED_OBJECT},
	{OBJECT_FOREIGN_TABLE, RELKIND_FOREIGN_TABLE, "foreign table", "a foreign table", "Use DROP FOREIGN TABLE to remove a foreign table.", ERRCODE_UNDEFINED_OBJECT},
};

static int
drop_kind_by_type(ObjectType type)
{
	for (int i = 0; i < (int) lengthof(drop_kinds); i++)
	{
		if (drop_kinds[i].type == type)
			return i;
	}
	elog(ERROR, "unrecognized drop object type: %d", (int) type);
}

static void
drop_wrong_kind(const char *name, char actual, int wanted)
{
	const char *hint = NULL;

	for (int i = 0; i < (int) lengthof(drop_kinds); i++)
	{
		if (drop_kinds[i].relkind == actual)
			hint = drop_kinds[i].hint;
	}
	ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not %s", name, drop_kinds[wanted].article), hint ? errhint("%s", hint) : 0);
}

static void
drop_missing(RangeVar *rel, int kind, bool missing_ok)
{
	if (rel->schemaname != NULL && !OidIsValid(LookupNamespaceNoError(rel->schemaname)))
	{
		if (!missing_ok)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_SCHEMA), errmsg("schema \"%s\" does not exist", rel->schemaname));
		ereport(NOTICE, errmsg("schema \"%s\" does not exist, skipping", rel->schemaname));
		return;
	}
	if (!missing_ok)
		ereport(ERROR, errcode(drop_kinds[kind].missing), errmsg("%s \"%s\" does not exist", drop_kinds[kind].what, rel->relname));
	ereport(NOTICE, errmsg("%s \"%s\" does not exist, skipping", drop_kinds[kind].what, rel->relname));
}

typedef struct DropState
{
	int kind;
	Oid locked_table; /* of an index: locked before the index, as everybody does */
} DropState;

static void
drop_callback(const RangeVar *rel, Oid relOid, Oid oldRelOid, void *arg)
{
	DropState *state = arg;
	HeapTuple tuple;
	Form_pg_class form;
	char relkind;

	if (relOid != oldRelOid && OidIsValid(state->locked_table))
	{
		UnlockRelationOid(state->locked_table, AccessExclusiveLock);
		state->locked_table = InvalidOid;
	}
	if (!OidIsValid(relOid))
		return;
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relOid));
	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_class) GETSTRUCT(tuple);
	relkind = form->relkind == RELKIND_PARTITIONED_TABLE ? RELKIND_RELATION : form->relkind;
	if (relkind != drop_kinds[state->kind].relkind)
		drop_wrong_kind(rel->relname, relkind, state->kind);
	if (!pg_class_ownercheck(relOid, GetUserId()) && !pg_namespace_ownercheck(form->relnamespace, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(relkind), rel->relname);
	if (!allowSystemTableMods && IsSystemClass(relOid, form))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied: \"%s\" is a system catalog", rel->relname));
	ReleaseSysCache(tuple);
	if (relkind == RELKIND_INDEX && relOid != oldRelOid)
	{
		state->locked_table = IndexGetRelation(relOid, true);
		if (OidIsValid(state->locked_table))
			LockRelationOid(state->locked_table, AccessExclusiveLock);
	}
}

void
RemoveRelations(DropStmt *drop)
{
	ObjectAddresses *objects = new_object_addresses();
	int kind = drop_kind_by_type(drop->removeType);
	ListCell *lc;

	if (drop->concurrent)
	{
		if (drop->behavior == DROP_CASCADE)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("DROP INDEX CONCURRENTLY does not support CASCADE"));
		if (list_length(drop->objects) != 1)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("DROP INDEX CONCURRENTLY does not support dropping multiple objects"));
	}
	foreach(lc, drop->objects)
	{
		RangeVar *rel = makeRangeVarFromNameList((List *) lfirst(lc));
		DropState state = {kind, InvalidOid};
		ObjectAddress address;
		Oid oid;

		AcceptInvalidationMessages();
		oid = RangeVarGetRelidExtended(rel, AccessExclusiveLock, RVR_MISSING_OK, drop_callback, &state);
		if (!OidIsValid(oid))
		{
			drop_missing(rel, kind, drop->missing_ok);
			continue;
		}
		ObjectAddressSet(address, RelationRelationId, oid);
		add_exact_object_address(&address, objects);
	}
	performMultipleDeletions(objects, drop->behavior, 0);
	free_object_addresses(objects);
}

/* ---- checks ------------------------------------------------------------------------------------------------------------------------- */
void
CheckTableNotInUse(Relation rel, const char *stmt)
{
	if (rel->rd_refcnt != 1)
		ereport(ERROR, errcode(ERRCODE_OBJECT_IN_USE),
				errmsg("cannot %s \"%s\" because it is being used by active queries in this session", stmt, RelationGetRelationName(rel)));
	if (rel->rd_rel->relkind != RELKIND_INDEX && AfterTriggerPendingOnRel(RelationGetRelid(rel)))
		ereport(ERROR, errcode(ERRCODE_OBJECT_IN_USE),
				errmsg("cannot %s \"%s\" because it has pending trigger events", stmt, RelationGetRelationName(rel)));
}

static void
require_owner(Oid relId)
{
	if (!pg_class_ownercheck(relId, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(get_rel_relkind(relId)), get_rel_name(relId));
}

void
RangeVarCallbackOwnsRelation(const RangeVar *relation, Oid relId, Oid oldRelId, void *arg)
{
	HeapTuple tuple;

	if (!OidIsValid(relId))
		return;
	require_owner(relId);
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relId));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relId);
	if (!allowSystemTableMods && IsSystemClass(relId, (Form_pg_class) GETSTRUCT(tuple)))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied: \"%s\" is a system catalog", relation->relname));
	ReleaseSysCache(tuple);
}

void
RangeVarCallbackOwnsTable(const RangeVar *relation, Oid relId, Oid oldRelId, void *arg)
{
	char relkind;

	if (!OidIsValid(relId))
		return;
	relkind = get_rel_relkind(relId);
	if (relkind == '\0')
		return;
	if (relkind != RELKIND_RELATION && relkind != RELKIND_TOASTVALUE && relkind != RELKIND_MATVIEW && relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table or materialized view", relation->relname));
	require_owner(relId);
}

void
SetRelationHasSubclass(Oid relationId, bool relhassubclass)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("table inheritance is not supported"));
}

/* ---- ON COMMIT ----------------------------------------------------------------------------------------------------------------------- */
typedef struct OnCommitItem
{
	Oid relid;
	OnCommitAction action;
	SubTransactionId creating_subid; /* 0: committed */
	SubTransactionId deleting_subid; /* 0: not deleted */
} OnCommitItem;

static List *on_commits = NIL;

void
register_on_commit_action(Oid relid, OnCommitAction action)
{
	OnCommitItem *item;
	MemoryContext old;

	/* PRESERVE ROWS needs no action */
	if (action == ONCOMMIT_NOOP || action == ONCOMMIT_PRESERVE_ROWS)
		return;
	if (CacheMemoryContext == NULL)
		CacheMemoryContext = AllocSetContextCreate(TopMemoryContext, "CacheMemoryContext", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(CacheMemoryContext);
	item = palloc(sizeof(OnCommitItem));
	*item = (OnCommitItem){relid, action, GetCurrentSubTransactionId(), InvalidSubTransactionId};
	on_commits = lcons(item, on_commits);
	MemoryContextSwitchTo(old);
}

void
remove_on_commit_action(Oid relid)
{
	ListCell *lc;

	foreach(lc, on_commits)
	{
		OnCommitItem *item = lfirst(lc);

		if (item->relid == relid)
			item->deleting_subid = GetCurrentSubTransactionId();
	}
}

void
PreCommit_on_commit_actions(void)
{
	List *to_truncate = NIL;
	ObjectAddresses *to_drop = NULL;
	ListCell *lc;

	foreach(lc, on_commits)
	{
		OnCommitItem *item = lfirst(lc);
		ObjectAddress address = {RelationRelationId, item->relid, 0};

		if (item->deleting_subid != InvalidSubTransactionId)
			continue;
		if (item->action == ONCOMMIT_DELETE_ROWS && (MyXactFlags & XACT_FLAGS_ACCESSEDTEMPNAMESPACE))
			to_truncate = lappend_oid(to_truncate, item->relid);
		else if (item->action == ONCOMMIT_DROP)
		{
			if (to_drop == NULL)
				to_drop = new_object_addresses();
			add_exact_object_address(&address, to_drop);
		}
	}
	if (to_truncate != NIL)
		heap_truncate(to_truncate);
	if (to_drop != NULL)
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		performMultipleDeletions(to_drop, DROP_CASCADE, PERFORM_DELETION_INTERNAL | PERFORM_DELETION_QUIETLY);
		PopActiveSnapshot();
	}
}

void
AtEOXact_on_commit_actions(bool isCommit)
{
	List *kept = NIL;
	ListCell *lc;
	MemoryContext old;

	if (on_commits == NIL)
		return;
	old = MemoryContextSwitchTo(CacheMemoryContext);
	foreach(lc, on_commits)
	{
		OnCommitItem *item = lfirst(lc);
		bool gone = isCommit ? item->deleting_subid != InvalidSubTransactionId : item->creating_subid != InvalidSubTransactionId;

		if (gone)
		{
			pfree(item);
			continue;
		}
		item->creating_subid = item->deleting_subid = InvalidSubTransactionId;
		kept = lappend(kept, item);
	}
	list_free(on_commits);
	on_commits = kept;
	MemoryContextSwitchTo(old);
}

void
AtEOSubXact_on_commit_actions(bool isCommit, SubTransactionId mySubid, SubTransactionId parentSubid)
{
	ListCell *lc;

	foreach(lc, on_commits)
	{
		OnCommitItem *item = lfirst(lc);

		if (!isCommit && item->creating_subid == mySubid)
		{
			on_commits = foreach_delete_current(on_commits, lc);
			pfree(item);
			continue;
		}
		if (item->creating_subid == mySubid)
			item->creating_subid = parentSubid;
		if (item->deleting_subid == mySubid)
			item->deleting_subid = isCommit ? parentSubid : InvalidSubTransactionId;
	}
}
