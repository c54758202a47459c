/*
 * alter_rewrite.c
 *    The pass over the rows at the end of ALTER TABLE: rewriting them, or checking that they satisfy what is new.
 *
 * Rewriting fills a transient table with the new row type, exchanges its files (and TOAST table) with the old one's, drops it, and
 * builds the indexes anew.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/toasting.h"
#include "commands/alter_table.h"
#include "commands/tablecmds.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

typedef struct RowPass
{
	AlteredTable *tab;
	Relation rel;
	TupleDesc new_desc;
	RowExprs *values;	 /* of tab->new_values, over the old row; generated ones apart */
	List *value_columns; /* attnums, in order */
	RowExprs *generated; /* over the new row */
	List *generated_columns;
	RowExprs *checks;
} RowPass;

static void
prepare_pass(RowPass *pass)
{
	List *values = NIL;
	List *generated = NIL;
	List *checks = NIL;
	ListCell *lc;

	foreach(lc, pass->tab->new_values)
	{
		NewColumnValue *value = lfirst(lc);

		if (value->is_generated)
		{
			generated = lappend(generated, value->expr);
			pass->generated_columns = lappend_int(pass->generated_columns, value->attnum);
		}
		else
		{
			values = lappend(values, value->expr);
			pass->value_columns = lappend_int(pass->value_columns, value->attnum);
		}
	}
	foreach(lc, pass->tab->new_checks)
		checks = lappend(checks, expression_planner((Expr *) ((CookedConstraint *) lfirst(lc))->expr));
	if (values)
		pass->values = row_exprs_prepare(values, pass->tab->old_desc, CurrentMemoryContext);
	if (generated)
		pass->generated = row_exprs_prepare(generated, pass->new_desc, CurrentMemoryContext);
	if (checks)
		pass->checks = row_exprs_prepare(checks, pass->new_desc, CurrentMemoryContext);
}

static void
check_row(RowPass *pass, HeapTuple tuple)
{
	int failed;

	if (pass->tab->verify_not_null)
	{
		for (int i = 0; i < pass->new_desc->natts; i++)
		{
			Form_pg_attribute att = TupleDescAttr(pass->new_desc, i);

			if (att->attnotnull && !att->attisdropped && heap_attisnull(tuple, i + 1, pass->new_desc))
				ereport(ERROR, errcode(ERRCODE_NOT_NULL_VIOLATION),
						errmsg("column \"%s\" of relation \"%s\" contains null values", NameStr(att->attname), RelationGetRelationName(pass->rel)),
						errtablecol(pass->rel, i + 1));
		}
	}
	if (pass->checks == NULL)
		return;
	failed = row_exprs_first_failed(pass->checks, tuple);
	if (failed >= 0)
	{
		CookedConstraint *con = list_nth(pass->tab->new_checks, failed);

		ereport(ERROR, errcode(ERRCODE_CHECK_VIOLATION),
				errmsg("check constraint \"%s\" of relation \"%s\" is violated by some row", con->name, RelationGetRelationName(pass->rel)),
				errtableconstraint(pass->rel, con->name));
	}
}

static HeapTuple
convert_row(RowPass *pass, HeapTuple old, Datum *values, bool *nulls)
{
	TupleDesc old_desc = pass->tab->old_desc;
	int natts = pass->new_desc->natts;
	HeapTuple result;
	ListCell *lc;

	heap_deform_tuple(old, old_desc, values, nulls);
	for (int i = old_desc->natts; i < natts; i++)
	{
		values[i] = (Datum) 0;
		nulls[i] = true;
	}
	for (int i = 0; i < natts; i++)
	{
		if (TupleDescAttr(pass->new_desc, i)->attisdropped)
			nulls[i] = true;
	}
	if (pass->values)
	{
		int n = list_length(pass->value_columns);
		Datum *new_values = palloc(n * sizeof(Datum));
		bool *new_nulls = palloc(n * sizeof(bool));

		row_exprs_eval_tuple(pass->values, old, new_values, new_nulls);
		foreach(lc, pass->value_columns)
		{
			values[lfirst_int(lc) - 1] = new_values[foreach_current_index(lc)];
			nulls[lfirst_int(lc) - 1] = new_nulls[foreach_current_index(lc)];
		}
	}
	result = heap_form_tuple(pass->new_desc, values, nulls);
	if (pass->generated)
	{
		int n = list_length(pass->generated_columns);
		Datum *new_values = palloc(n * sizeof(Datum));
		bool *new_nulls = palloc(n * sizeof(bool));

		row_exprs_eval_tuple(pass->generated, result, new_values, new_nulls);
		foreach(lc, pass->generated_columns)
		{
			values[lfirst_int(lc) - 1] = new_values[foreach_current_index(lc)];
			nulls[lfirst_int(lc) - 1] = new_nulls[foreach_current_index(lc)];
		}
		result = heap_form_tuple(pass->new_desc, values, nulls);
	}
	return result;
}

/* Walks all live rows; target NULL: only checks. */
static void
run_pass(RowPass *pass, Relation target)
{
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan(pass->rel, snapshot, 0, NULL);
	BulkInsertState bistate = target ? GetBulkInsertState() : NULL;
	CommandId cid = GetCurrentCommandId(true);
	int natts = Max(pass->new_desc->natts, pass->tab->old_desc->natts);
	Datum *values = palloc(natts * sizeof(Datum));
	bool *nulls = palloc(natts * sizeof(bool));
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "ALTER TABLE row", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(row_context);
	HeapTuple tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		if (target != NULL)
		{
			tuple = convert_row(pass, tuple, values, nulls);
			tuple->t_tableOid = RelationGetRelid(pass->rel);
		}
		check_row(pass, tuple);
		if (target != NULL)
			heap_insert(target, tuple, cid, 0, bistate);
		MemoryContextReset(row_context);
		CHECK_FOR_INTERRUPTS();
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(row_context);
	if (bistate)
		FreeBulkInsertState(bistate);
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
}

/* ---- exchange of files ---------------------------------------------------------------------------------------------------------------- */
static Oid
make_transient(Relation rel, char persistence)
{
	char name[NAMEDATALEN];
	TupleDesc desc = CreateTupleDescCopy(RelationGetDescr(rel));
	Oid oid;

	snprintf(name, sizeof(name), "pg_temp_%u", RelationGetRelid(rel));
	oid = heap_create_with_catalog(name, RelationGetNamespace(rel), rel->rd_rel->reltablespace, InvalidOid, InvalidOid, InvalidOid,
								   rel->rd_rel->relowner, HEAP_TABLE_AM_OID, desc, NIL, RELKIND_RELATION, persistence, false, false,
								   ONCOMMIT_NOOP, (Datum) 0, false, true, true, RelationGetRelid(rel), NULL);
	CommandCounterIncrement();
	NewHeapCreateToastTable(oid, (Datum) 0, AccessExclusiveLock, InvalidOid);
	CommandCounterIncrement();
	return oid;
}

static void
adopt_toast_table(Oid table, Oid toast)
{
	ObjectAddress self = {RelationRelationId, toast, 0};
	ObjectAddress owner = {RelationRelationId, table, 0};

	if (!OidIsValid(toast))
		return;
	deleteDependencyRecordsForClass(RelationRelationId, toast, RelationRelationId, DEPENDENCY_INTERNAL);
	recordDependencyOn(&self, &owner, DEPENDENCY_INTERNAL);
}

static void
swap_files(Oid a, Oid b)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple ta = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(a));
	HeapTuple tb = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(b));
	Form_pg_class fa = (Form_pg_class) GETSTRUCT(ta);
	Form_pg_class fb = (Form_pg_class) GETSTRUCT(tb);
	FormData_pg_class save = *fa;

	fa->relfilenode = fb->relfilenode;
	fb->relfilenode = save.relfilenode;
	fa->relpersistence = fb->relpersistence;
	fb->relpersistence = save.relpersistence;
	fa->reltoastrelid = fb->reltoastrelid;
	fb->reltoastrelid = save.reltoastrelid;
	fa->relpages = fa->relallvisible = 0;
	fa->reltuples = -1;
	CatalogTupleUpdate(pg_class, &ta->t_self, ta);
	CatalogTupleUpdate(pg_class, &tb->t_self, tb);
	adopt_toast_table(a, fa->reltoastrelid);
	adopt_toast_table(b, fb->reltoastrelid);
	table_close(pg_class, RowExclusiveLock);
	CommandCounterIncrement();
}

static void
rename_toast(Oid table)
{
	Oid toast;
	char name[NAMEDATALEN];
	Relation rel = table_open(table, NoLock);
	Relation toastrel;

	toast = rel->rd_rel->reltoastrelid;
	table_close(rel, NoLock);
	if (!OidIsValid(toast))
		return;
	toastrel = table_open(toast, AccessExclusiveLock);
	snprintf(name, sizeof(name), "pg_toast_%u_index", table);
	RenameRelationInternal(linitial_oid(RelationGetIndexList(toastrel)), name, true, true);
	table_close(toastrel, NoLock);
	snprintf(name, sizeof(name), "pg_toast_%u", table);
	RenameRelationInternal(toast, name, true, false);
	CommandCounterIncrement();
}

static void
rewrite_table(AlteredTable *tab)
{
	Relation rel = table_open(tab->relid, NoLock);
	RowPass pass = {.tab = tab, .rel = rel, .new_desc = RelationGetDescr(rel)};
	Oid transient;
	Relation target;
	ObjectAddress object;
	ReindexParams params = {0};

	if (IsSystemRelation(rel))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot rewrite system relation \"%s\"", RelationGetRelationName(rel)));
	if (RELATION_IS_OTHER_TEMP(rel))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot rewrite temporary tables of other sessions"));
	transient = make_transient(rel, tab->persistence ? tab->persistence : rel->rd_rel->relpersistence);
	target = table_open(transient, NoLock);
	prepare_pass(&pass);
	run_pass(&pass, target);
	table_close(target, NoLock);
	table_close(rel, NoLock);
	swap_files(tab->relid, transient);
	ObjectAddressSet(object, RelationRelationId, transient);
	performDeletion(&object, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
	CommandCounterIncrement();
	rename_toast(tab->relid);
	reindex_relation(tab->relid, REINDEX_REL_CHECK_CONSTRAINTS, &params);
}

void
alter_process_rows(AlteredTable *tab)
{
	ListCell *lc;

	if (!RELKIND_HAS_STORAGE(get_rel_relkind(tab->relid)))
		return;
	if (tab->rewrite || tab->persistence)
		rewrite_table(tab);
	else if (tab->new_checks != NIL || tab->verify_not_null)
	{
		Relation rel = table_open(tab->relid, NoLock);
		RowPass pass = {.tab = tab, .rel = rel, .new_desc = RelationGetDescr(rel)};

		prepare_pass(&pass);
		run_pass(&pass, NULL);
		table_close(rel, NoLock);
	}
	foreach(lc, tab->foreign_keys)
		ri_validate_constraint(lfirst_oid(lc));
}
