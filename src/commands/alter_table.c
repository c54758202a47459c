/*
 * alter_table.c
 *    ALTER TABLE: which lock, in which order, which function; storage parameters.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/reloptions.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/toasting.h"
#include "commands/alter_table.h"
#include "commands/defrem.h"
#include "commands/parse_utilcmd.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* Within one statement, in this order whatever order they were written in. */
typedef enum AlterPass
{
	PASS_DROP,
	PASS_TYPE,
	PASS_ADD_COLUMN,
	PASS_COLUMN_ATTRS,
	PASS_ADD_INDEX,
	PASS_ADD_CONSTRAINT,
	PASS_MISC,
	PASS_COUNT
} AlterPass;

static AlterPass
pass_of(AlterTableType subtype)
{
	switch (subtype)
	{
		case AT_DropColumn:
		case AT_DropConstraint:
		case AT_DropNotNull:
			return PASS_DROP;
		case AT_AlterColumnType:
			return PASS_TYPE;
		case AT_AddColumn:
			return PASS_ADD_COLUMN;
		case AT_ColumnDefault:
		case AT_SetNotNull:
		case AT_AddIdentity:
			return PASS_COLUMN_ATTRS;
		case AT_AddIndex:
			return PASS_ADD_INDEX;
		case AT_AddConstraint:
			return PASS_ADD_CONSTRAINT;
		default:
			return PASS_MISC;
	}
}

LOCKMODE
AlterTableGetLockLevel(List *cmds)
{
	LOCKMODE lockmode = ShareUpdateExclusiveLock;
	ListCell *lc;

	foreach(lc, cmds)
	{
		AlterTableCmd *cmd = lfirst(lc);
		LOCKMODE needed = AccessExclusiveLock;

		switch (cmd->subtype)
		{
			case AT_SetStatistics:
			case AT_ValidateConstraint:
			case AT_ClusterOn:
			case AT_DropCluster:
				needed = ShareUpdateExclusiveLock;
				break;
			case AT_SetRelOptions:
			case AT_ResetRelOptions:
				needed = AlterTableGetRelOptionsLockLevel((List *) cmd->def);
				break;
			case AT_AddConstraint:
				if (IsA(cmd->def, Constraint) && ((Constraint *) cmd->def)->contype == CONSTR_FOREIGN)
					needed = ShareRowExclusiveLock;
				break;
			default:
				break;
		}
		lockmode = Max(lockmode, needed);
	}
	return lockmode;
}

static void
alter_callback(const RangeVar *rv, Oid relid, Oid oldrelid, void *arg)
{
	AlterTableStmt *stmt = arg;
	HeapTuple tuple;
	Form_pg_class form;
	char kind;

	if (!OidIsValid(relid))
		return;
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_class) GETSTRUCT(tuple);
	kind = form->relkind;
	if (!pg_class_ownercheck(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(kind), rv->relname);
	if (!allowSystemTableMods && IsSystemClass(relid, form))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied: \"%s\" is a system catalog", rv->relname));
	ReleaseSysCache(tuple);
	if (stmt->objtype == OBJECT_VIEW && kind != RELKIND_VIEW)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a view", rv->relname));
	if (stmt->objtype == OBJECT_SEQUENCE && kind != RELKIND_SEQUENCE)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a sequence", rv->relname));
	if (stmt->objtype == OBJECT_INDEX && kind != RELKIND_INDEX)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not an index", rv->relname));
	if (stmt->objtype == OBJECT_TYPE)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("ALTER TYPE on composite types is not supported"));
}

Oid
AlterTableLookupRelation(AlterTableStmt *stmt, LOCKMODE lockmode)
{
	return RangeVarGetRelidExtended(stmt->relation, lockmode, stmt->missing_ok ? RVR_MISSING_OK : 0, alter_callback, stmt);
}

/* ---- storage parameters ------------------------------------------------------------------------------------------------------------ */
static void
set_options(Relation rel, List *defs, AlterTableType operation)
{
	static const char *const validnsps[] = {"toast", NULL};
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(RelationGetRelid(rel)));
	Datum values[Natts_pg_class] = {0};
	bool nulls[Natts_pg_class] = {false};
	bool replaces[Natts_pg_class] = {false};
	bool isnull;
	Datum old = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_reloptions, &isnull);
	Datum options = transformRelOptions(isnull ? (Datum) 0 : old, defs, NULL, validnsps, false, operation == AT_ResetRelOptions);
	HeapTuple newtuple;

	switch (rel->rd_rel->relkind)
	{
		case RELKIND_VIEW:
			(void) view_reloptions(options, true);
			break;
		case RELKIND_INDEX:
			(void) index_reloptions(NULL, options, true);
			break;
		case RELKIND_RELATION:
		case RELKIND_TOASTVALUE:
		case RELKIND_MATVIEW:
			(void) heap_reloptions(rel->rd_rel->relkind, options, true);
			break;
		default:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot set options for relation \"%s\"", RelationGetRelationName(rel)),
					errdetail_relkind_not_supported(rel->rd_rel->relkind));
	}
	values[Anum_pg_class_reloptions - 1] = options;
	nulls[Anum_pg_class_reloptions - 1] = options == (Datum) 0;
	replaces[Anum_pg_class_reloptions - 1] = true;
	newtuple = heap_modify_tuple(tuple, RelationGetDescr(pg_class), values, nulls, replaces);
	CatalogTupleUpdate(pg_class, &newtuple->t_self, newtuple);
	ReleaseSysCache(tuple);
	table_close(pg_class, RowExclusiveLock);
}

static void
change_persistence(AlteredTable *tab, Relation rel, char persistence)
{
	if (rel->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				errmsg("cannot change logged status of table \"%s\" because it is temporary", RelationGetRelationName(rel)), errtable(rel));
	if (rel->rd_rel->relpersistence == persistence)
		return;
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("ALTER TABLE SET LOGGED or UNLOGGED is not supported"));
}

/* ---- one command ----------------------------------------------------------------------------------------------------------------------- */
static void
add_index(AlteredTable *tab, Relation rel, IndexStmt *stmt)
{
	DefineIndex(RelationGetRelid(rel), stmt, InvalidOid, InvalidOid, InvalidOid, true, true, false, tab->rewrite, false);
}

static void
execute_cmd(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	switch (cmd->subtype)
	{
		case AT_AddColumn:
			alter_add_column(tab, rel, cmd);
			break;
		case AT_DropColumn:
			alter_drop_column(tab, rel, cmd);
			break;
		case AT_ColumnDefault:
			alter_column_default(tab, rel, cmd);
			break;
		case AT_SetNotNull:
			alter_set_not_null(tab, rel, cmd->name);
			break;
		case AT_DropNotNull:
			alter_drop_not_null(tab, rel, cmd->name);
			break;
		case AT_SetStatistics:
			alter_column_statistics(rel, cmd);
			break;
		case AT_SetStorage:
			alter_column_storage(rel, cmd);
			break;
		case AT_AlterColumnType:
			alter_column_type(tab, rel, cmd);
			break;
		case AT_AddIdentity:
			alter_add_identity(tab, rel, cmd);
			break;
		case AT_DropIdentity:
			alter_drop_identity(tab, rel, cmd);
			break;
		case AT_AddIndex:
			add_index(tab, rel, castNode(IndexStmt, cmd->def));
			break;
		case AT_AddConstraint:
			alter_add_constraint(tab, rel, cmd);
			break;
		case AT_DropConstraint:
			alter_drop_constraint(tab, rel, cmd);
			break;
		case AT_ValidateConstraint:
			alter_validate_constraint(tab, rel, cmd);
			break;
		case AT_ChangeOwner:
			ATExecChangeOwner(RelationGetRelid(rel), get_rolespec_oid(cmd->newowner, false), false, AccessExclusiveLock);
			break;
		case AT_SetRelOptions:
		case AT_ResetRelOptions:
			set_options(rel, (List *) cmd->def, cmd->subtype);
			break;
		case AT_SetLogged:
			change_persistence(tab, rel, RELPERSISTENCE_PERMANENT);
			break;
		case AT_SetUnLogged:
			change_persistence(tab, rel, RELPERSISTENCE_UNLOGGED);
			break;
		case AT_DropOids:
			break; /* there are none */
		default:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("this form of ALTER TABLE is not supported"));
	}
}

static void
check_kind(Relation rel, AlterTableCmd *cmd)
{
	char kind = rel->rd_rel->relkind;

	if (kind == RELKIND_RELATION || cmd->subtype == AT_ChangeOwner || cmd->subtype == AT_SetRelOptions || cmd->subtype == AT_ResetRelOptions)
		return;
	if (kind == RELKIND_VIEW && cmd->subtype == AT_ColumnDefault)
		return;
	ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
			errmsg("ALTER action %s cannot be performed on relation \"%s\"", cmd->subtype == AT_AddColumn ? "ADD COLUMN" : "on columns or constraints",
				   RelationGetRelationName(rel)),
			errdetail_relkind_not_supported(kind));
}

static void
run_commands(AlteredTable *tab, List *cmds)
{
	for (int pass = 0; pass < PASS_COUNT; pass++)
	{
		ListCell *lc;

		foreach(lc, cmds)
		{
			AlterTableCmd *cmd = lfirst(lc);
			Relation rel;

			if ((int) pass_of(cmd->subtype) != pass)
				continue;
			rel = relation_open(tab->relid, NoLock);
			check_kind(rel, cmd);
			execute_cmd(tab, rel, cmd);
			relation_close(rel, NoLock);
			CommandCounterIncrement();
		}
	}
}

static AlteredTable *
begin(Oid relid, const char *queryString)
{
	AlteredTable *tab = palloc0(sizeof(AlteredTable));
	Relation rel = relation_open(relid, NoLock);

	CheckTableNotInUse(rel, "ALTER TABLE");
	tab->relid = relid;
	tab->old_desc = CreateTupleDescCopyConstr(RelationGetDescr(rel));
	tab->query_string = queryString;
	relation_close(rel, NoLock);
	return tab;
}

static void
finish(AlteredTable *tab)
{
	/* a column that may be long: the table may need a TOAST table now */
	if (get_rel_relkind(tab->relid) == RELKIND_RELATION)
		AlterTableCreateToastTable(tab->relid, (Datum) 0, NoLock);
	alter_process_rows(tab);
}

void
AlterTableInternal(Oid relid, List *cmds, bool recurse)
{
	AlteredTable *tab = palloc0(sizeof(AlteredTable));
	Relation rel = relation_open(relid, AlterTableGetLockLevel(cmds));

	tab->relid = relid;
	tab->old_desc = CreateTupleDescCopyConstr(RelationGetDescr(rel));
	relation_close(rel, NoLock);
	run_commands(tab, cmds);
	alter_process_rows(tab);
}

void
AlterTable(AlterTableStmt *stmt, LOCKMODE lockmode, const char *queryString)
{
	Oid relid = RangeVarGetRelid(stmt->relation, NoLock, false);
	AlteredTable *tab = begin(relid, queryString);
	List *before;
	List *after;
	ListCell *lc;

	stmt = transformAlterTableStmt(relid, copyObject(stmt), queryString, &before, &after);
	foreach(lc, before)
	{
		utilcmd_run(lfirst(lc), InvalidOid, queryString);
		CommandCounterIncrement();
	}
	run_commands(tab, stmt->cmds);
	foreach(lc, after)
	{
		utilcmd_run(lfirst(lc), InvalidOid, queryString);
		CommandCounterIncrement();
	}
	finish(tab);
}
