/*
 * view.c
 *    CREATE [OR REPLACE] VIEW, and the rule that holds a view's query.
 *
 * A view is a pg_class row without storage and a pg_rewrite row "_RETURN", ON SELECT DO INSTEAD, whose one action is the
 * analysed query. The query depends on what it names; the rule depends internally on the view, so both go together.
 * Replacing keeps the view's OID and columns; new columns may only be added at the end.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/reloptions.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_rewrite.h"
#include "commands/defrem.h"
#include "commands/tablecmds.h"
#include "commands/view.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_relation.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#define VIEW_RULE_NAME "_RETURN"

/* ---- the row type ---- */
static int
visible_columns(Query *query)
{
	int count = 0;
	ListCell *lc;

	foreach (lc, query->targetList)
		count += !lfirst_node(TargetEntry, lc)->resjunk;
	return count;
}

static TupleDesc
view_row_type(Query *query)
{
	TupleDesc desc = CreateTemplateTupleDesc(visible_columns(query));
	int attno = 0;
	ListCell *lc;

	foreach (lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node *expr = (Node *) tle->expr;
		Oid type = exprType(expr);
		Oid collation = exprCollation(expr);

		if (tle->resjunk)
			continue;
		if (type_is_collatable(type) && !OidIsValid(collation))
			ereport(ERROR,
					errcode(ERRCODE_INDETERMINATE_COLLATION),
					errmsg("could not determine which collation to use for view column \"%s\"", tle->resname),
					errhint("Use the COLLATE clause to set the collation explicitly."));
		attno++;
		TupleDescInitEntry(desc, attno, tle->resname, type, exprTypmod(expr), 0);
		TupleDescInitEntryCollation(desc, attno, collation);
	}
	return desc;
}

/* The columns that a replaced view has must stay as they are. */
static void
check_replaced_columns(TupleDesc new, TupleDesc old)
{
	if (new->natts < old->natts)
		ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("cannot drop columns from view"));
	for (int i = 0; i < old->natts; i++)
	{
		Form_pg_attribute a = TupleDescAttr(new, i);
		Form_pg_attribute b = TupleDescAttr(old, i);

		if (b->attisdropped)
			ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("cannot drop columns from view"));
		if (strcmp(NameStr(a->attname), NameStr(b->attname)) != 0)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_TABLE_DEFINITION),
					errmsg("cannot change name of view column \"%s\" to \"%s\"", NameStr(b->attname),
						   NameStr(a->attname)),
					errhint("Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead."));
		if (a->atttypid != b->atttypid || a->atttypmod != b->atttypmod)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_TABLE_DEFINITION),
					errmsg("cannot change data type of view column \"%s\" from %s to %s", NameStr(b->attname),
						   format_type_with_typemod(b->atttypid, b->atttypmod),
						   format_type_with_typemod(a->atttypid, a->atttypmod)));
		if (a->attcollation != b->attcollation)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_TABLE_DEFINITION),
					errmsg("cannot change collation of view column \"%s\" from \"%s\" to \"%s\"", NameStr(b->attname),
						   get_collation_name(b->attcollation), get_collation_name(a->attcollation)));
	}
}

/* ---- the rule ---- */
static void
set_has_rules(Oid relid)
{
	Relation classes = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	if (!((Form_pg_class) GETSTRUCT(tuple))->relhasrules)
	{
		((Form_pg_class) GETSTRUCT(tuple))->relhasrules = true;
		CatalogTupleUpdate(classes, &tuple->t_self, tuple);
	}
	else
		CacheInvalidateRelcacheByTuple(tuple);
	heap_freetuple(tuple);
	table_close(classes, RowExclusiveLock);
}

static void
record_rule_dependencies(Oid rule, Oid view, List *actions)
{
	ObjectAddress self;
	ObjectAddress relation;

	ObjectAddressSet(self, RewriteRelationId, rule);
	ObjectAddressSet(relation, RelationRelationId, view);
	recordDependencyOn(&self, &relation, DEPENDENCY_INTERNAL);
	recordDependencyOnExpr(&self, (Node *) actions, NIL, DEPENDENCY_NORMAL);
}

void
StoreViewQuery(Oid viewOid, Query *viewParse, bool replace)
{
	List *actions = list_make1(viewParse);
	Relation rules = table_open(RewriteRelationId, RowExclusiveLock);
	Datum values[Natts_pg_rewrite] = {0};
	bool nulls[Natts_pg_rewrite] = {false};
	bool replaces[Natts_pg_rewrite] = {false};
	NameData name;
	HeapTuple old;
	Oid rule;

	namestrcpy(&name, VIEW_RULE_NAME);
	values[Anum_pg_rewrite_ev_qual - 1] = CStringGetTextDatum("<>");
	values[Anum_pg_rewrite_ev_action - 1] = CStringGetTextDatum(nodeToString(actions));
	old = SearchSysCache2(RULERELNAME, ObjectIdGetDatum(viewOid), PointerGetDatum(VIEW_RULE_NAME));
	if (HeapTupleIsValid(old))
	{
		HeapTuple new;

		if (!replace)
			ereport(ERROR,
					errcode(ERRCODE_DUPLICATE_OBJECT),
					errmsg("rule \"%s\" for relation \"%s\" already exists", VIEW_RULE_NAME, get_rel_name(viewOid)));
		replaces[Anum_pg_rewrite_ev_action - 1] = true;
		rule = ((Form_pg_rewrite) GETSTRUCT(old))->oid;
		new = heap_modify_tuple(old, RelationGetDescr(rules), values, nulls, replaces);
		CatalogTupleUpdate(rules, &new->t_self, new);
		ReleaseSysCache(old);
		deleteDependencyRecordsFor(RewriteRelationId, rule, false);
	}
	else
	{
		rule = GetNewOidWithIndex(rules, RewriteOidIndexId, Anum_pg_rewrite_oid);
		values[Anum_pg_rewrite_oid - 1] = ObjectIdGetDatum(rule);
		values[Anum_pg_rewrite_rulename - 1] = NameGetDatum(&name);
		values[Anum_pg_rewrite_ev_class - 1] = ObjectIdGetDatum(viewOid);
		values[Anum_pg_rewrite_ev_type - 1] = CharGetDatum('1');
		values[Anum_pg_rewrite_ev_enabled - 1] = CharGetDatum('O');
		values[Anum_pg_rewrite_is_instead - 1] = BoolGetDatum(true);
		CatalogTupleInsert(rules, heap_form_tuple(RelationGetDescr(rules), values, nulls));
	}
	table_close(rules, RowExclusiveLock);
	record_rule_dependencies(rule, viewOid, actions);
	set_has_rules(viewOid);
	CommandCounterIncrement();
}

void
RemoveRewriteRuleById(Oid ruleOid)
{
	Relation rules = table_open(RewriteRelationId, RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	Oid relid;

	ScanKeyInit(&key, Anum_pg_rewrite_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(ruleOid));
	scan = systable_beginscan(rules, RewriteOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "could not find tuple for rule %u", ruleOid);
	relid = ((Form_pg_rewrite) GETSTRUCT(tuple))->ev_class;
	CatalogTupleDelete(rules, &tuple->t_self);
	systable_endscan(scan);
	table_close(rules, RowExclusiveLock);
	CacheInvalidateRelcacheByRelid(relid);
}

/* ---- creating ---- */
static Query *
analyze_view_query(ViewStmt *stmt, const char *queryString, int stmt_location, int stmt_len)
{
	RawStmt *raw = makeNode(RawStmt);
	Query *query;

	raw->stmt = copyObject(stmt->query);
	raw->stmt_location = stmt_location;
	raw->stmt_len = stmt_len;
	query = parse_analyze_fixedparams(raw, queryString, NULL, 0, NULL);
	if (query->utilityStmt && IsA(query->utilityStmt, CreateTableAsStmt))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("views must not contain SELECT INTO"));
	if (query->commandType != CMD_SELECT)
		elog(ERROR, "unexpected parse analysis result");
	if (query->hasModifyingCTE)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("views must not contain data-modifying statements in WITH"));
	return query;
}

static void
apply_column_names(Query *query, List *aliases)
{
	ListCell *name = list_head(aliases);
	ListCell *lc;

	foreach (lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk)
			continue;
		if (name == NULL)
			return;
		tle->resname = pstrdup(strVal(lfirst(name)));
		name = lnext(aliases, name);
	}
	if (name)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("CREATE VIEW specifies more column names than columns"));
}

/* WITH CHECK OPTION is kept among the options, where its other spelling puts it. */
static void
settle_check_option(ViewStmt *stmt, Query *query)
{
	bool wanted = false;
	ListCell *lc;

	if (stmt->withCheckOption != NO_CHECK_OPTION)
		stmt->options = lappend(stmt->options,
								makeDefElem("check_option",
											(Node *) makeString(stmt->withCheckOption == LOCAL_CHECK_OPTION
																	? "local"
																	: "cascaded"),
											-1));
	foreach (lc, stmt->options)
		wanted |= strcmp(lfirst_node(DefElem, lc)->defname, "check_option") == 0;
	if (wanted)
	{
		const char *why_not = view_query_is_auto_updatable(query, true);

		if (why_not)
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("WITH CHECK OPTION is supported only on automatically updatable views"),
					errhint("%s", why_not));
	}
}

static RangeVar *
settle_persistence(ViewStmt *stmt, Query *query)
{
	RangeVar *view = copyObject(stmt->view);

	if (view->relpersistence == RELPERSISTENCE_UNLOGGED)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("views cannot be unlogged because they do not have storage"));
	if (view->relpersistence == RELPERSISTENCE_PERMANENT && isQueryUsingTempRelation(query))
	{
		view->relpersistence = RELPERSISTENCE_TEMP;
		ereport(NOTICE, errmsg("view \"%s\" will be a temporary view", view->relname));
	}
	return view;
}

static Datum
view_options(List *options)
{
	Datum result = transformRelOptions((Datum) 0, options, NULL, NULL, true, false);

	(void) view_reloptions(result, true);
	return result;
}

/* The columns past those the view has become ALTER VIEW's business. */
static void
replace_view(Oid viewOid, TupleDesc desc, List *options)
{
	Relation rel = relation_open(viewOid, NoLock);
	List *commands = NIL;
	AlterTableCmd *command;

	if (rel->rd_rel->relkind != RELKIND_VIEW)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is not a view", RelationGetRelationName(rel)));
	CheckTableNotInUse(rel, "CREATE OR REPLACE VIEW");
	check_replaced_columns(desc, rel->rd_att);
	for (int i = rel->rd_att->natts; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		command = makeNode(AlterTableCmd);
		command->subtype = AT_AddColumnToView;
		command->def = (Node *) makeColumnDef(NameStr(att->attname), att->atttypid, att->atttypmod, att->attcollation);
		commands = lappend(commands, command);
	}
	if (commands != NIL)
	{
		AlterTableInternal(viewOid, commands, true);
		CommandCounterIncrement();
	}
	if (options != NIL || rel->rd_options != NULL)
	{
		command = makeNode(AlterTableCmd);
		command->subtype = AT_ReplaceRelOptions;
		command->def = (Node *) options;
		AlterTableInternal(viewOid, list_make1(command), true);
		CommandCounterIncrement();
	}
	relation_close(rel, NoLock);
}

ObjectAddress
DefineView(ViewStmt *stmt, const char *queryString, int stmt_location, int stmt_len)
{
	Query *query = analyze_view_query(stmt, queryString, stmt_location, stmt_len);
	RangeVar *view;
	TupleDesc desc;
	Oid namespace;
	Oid existing;
	Oid viewOid;
	ObjectAddress address;

	if (stmt->aliases != NIL)
		apply_column_names(query, stmt->aliases);
	settle_check_option(stmt, query);
	view = settle_persistence(stmt, query);
	desc = view_row_type(query);
	namespace = RangeVarGetAndCheckCreationNamespace(view, stmt->replace ? AccessExclusiveLock : NoLock, &existing);
	if (OidIsValid(existing) && stmt->replace)
	{
		replace_view(existing, desc, stmt->options);
		viewOid = existing;
	}
	else
	{
		viewOid = heap_create_with_catalog(view->relname, namespace, InvalidOid, InvalidOid, InvalidOid, InvalidOid,
										   GetUserId(), InvalidOid, desc, NIL, RELKIND_VIEW, view->relpersistence,
										   false, false, ONCOMMIT_NOOP, view_options(stmt->options), true,
										   allowSystemTableMods || InSystemScript, false, InvalidOid, NULL);
		CommandCounterIncrement();
	}
	StoreViewQuery(viewOid, query, stmt->replace);
	ObjectAddressSet(address, RelationRelationId, viewOid);
	return address;
}
