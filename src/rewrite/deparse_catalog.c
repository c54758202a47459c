/*
 * deparse_catalog.c
 *    Definitions of views, rules, indexes, constraints and triggers; stored expressions.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/reloptions.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_relation.h"
#include "rewrite/deparse.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lockdefs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#define PRETTY_ALL (PRETTY_PAREN | PRETTY_INDENT | PRETTY_SCHEMA)

static inline int
flags_for(bool pretty)
{
	return pretty ? PRETTY_ALL : PRETTY_INDENT;
}

static Datum
text_or_null(FunctionCallInfo fcinfo, const char *text)
{
	if (text == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(text));
}

/* ---- expressions ---- */
List *
deparse_context_for(const char *aliasname, Oid relid)
{
	return list_make1(deparse_level_for_relation(aliasname, relid));
}

static char *
expression_text(Node *expr, List *levels, bool prefix, bool show_implicit, int flags)
{
	StringInfoData buf;
	Deparse d = {.buf = &buf, .levels = levels, .flags = flags, .wrap_column = 0, .prefix = prefix};

	initStringInfo(&buf);
	deparse_expr(&d, expr, show_implicit);
	return buf.data;
}

char *
deparse_expression(Node *expr, List *dpcontext, bool forceprefix, bool showimplicit)
{
	return expression_text(expr, dpcontext, forceprefix, showimplicit, 0);
}

/* NULL: the relation is gone. */
static char *
stored_expression(const char *tree, Oid relid, int flags)
{
	Node *node = stringToNode(tree);
	List *levels = NIL;

	if (OidIsValid(relid))
	{
		char *name = get_rel_name(relid);

		if (name == NULL)
			return NULL;
		levels = deparse_context_for(name, relid);
	}
	return expression_text(node, levels, false, false, flags);
}

Datum
pg_get_expr(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, stored_expression(text_to_cstring(PG_GETARG_TEXT_PP(0)), PG_GETARG_OID(1),
												  PRETTY_INDENT));
}

Datum
pg_get_expr_ext(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, stored_expression(text_to_cstring(PG_GETARG_TEXT_PP(0)), PG_GETARG_OID(1),
												  flags_for(PG_GETARG_BOOL(2))));
}

/* ---- views and rules ---- */
static char *
query_text(Query *query, TupleDesc names, int flags, int wrap)
{
	StringInfoData buf;
	Deparse d = {.buf = &buf, .flags = flags, .wrap_column = wrap, .prefix = true};

	initStringInfo(&buf);
	AcquireRewriteLocks(query, false, false);
	deparse_query(&d, query, names);
	return buf.data;
}

static char *
view_text(Oid viewoid, int flags, int wrap)
{
	char kind = get_rel_relkind(viewoid);
	Relation view;
	char *text;

	if (kind == '\0')
		return NULL;
	if (kind != RELKIND_VIEW && kind != RELKIND_MATVIEW)
		return pstrdup("Not a view");
	view = relation_open(viewoid, AccessShareLock);
	text = psprintf("%s;", query_text(copyObject(get_view_query(view)), RelationGetDescr(view), flags, wrap));
	relation_close(view, AccessShareLock);
	return text;
}

static Oid
view_by_name(text *name)
{
	return RangeVarGetRelid(makeRangeVarFromNameList(textToQualifiedNameList(name)), NoLock, false);
}

Datum
pg_get_viewdef(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, view_text(PG_GETARG_OID(0), PRETTY_INDENT, 0));
}

Datum
pg_get_viewdef_ext(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, view_text(PG_GETARG_OID(0), flags_for(PG_GETARG_BOOL(1)), 0));
}

Datum
pg_get_viewdef_wrap(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, view_text(PG_GETARG_OID(0), PRETTY_ALL, PG_GETARG_INT32(1)));
}

Datum
pg_get_viewdef_name(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, view_text(view_by_name(PG_GETARG_TEXT_PP(0)), PRETTY_INDENT, 0));
}

Datum
pg_get_viewdef_name_ext(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, view_text(view_by_name(PG_GETARG_TEXT_PP(0)), flags_for(PG_GETARG_BOOL(1)), 0));
}

static char *
rule_text(Oid ruleoid, int flags)
{
	static const char *const events[] = {['1' - '0'] = "SELECT", ['2' - '0'] = "UPDATE", ['3' - '0'] = "INSERT",
										 ['4' - '0'] = "DELETE"};
	Relation rewrite = table_open(RewriteRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	StringInfoData buf;
	Form_pg_rewrite form;
	List *actions;
	bool isnull;
	ListCell *lc;

	ScanKeyInit(&key, Anum_pg_rewrite_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(ruleoid));
	scan = systable_beginscan(rewrite, RewriteOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (tuple == NULL)
	{
		systable_endscan(scan);
		table_close(rewrite, AccessShareLock);
		return NULL;
	}
	form = (Form_pg_rewrite) GETSTRUCT(tuple);
	initStringInfo(&buf);
	appendStringInfo(&buf, "CREATE RULE %s AS%sON %s TO %s", quote_identifier(NameStr(form->rulename)),
					 flags & PRETTY_INDENT ? "\n    " : " ", events[form->ev_type - '0'],
					 flags & PRETTY_SCHEMA ? deparse_relation_name(form->ev_class, NIL)
										   : deparse_qualified_relation_name(form->ev_class));
	appendStringInfoString(&buf, form->is_instead ? " DO INSTEAD " : " DO ");
	actions = stringToNode(
		TextDatumGetCString(heap_getattr(tuple, Anum_pg_rewrite_ev_action, RelationGetDescr(rewrite), &isnull)));
	if (list_length(actions) > 1)
		appendStringInfoChar(&buf, '(');
	foreach (lc, actions)
		appendStringInfo(&buf, "%s%s", query_text(lfirst_node(Query, lc), NULL, flags, 0),
						 list_length(actions) > 1 ? ";\n" : ";");
	if (list_length(actions) > 1)
		appendStringInfoString(&buf, ");");
	systable_endscan(scan);
	table_close(rewrite, AccessShareLock);
	return buf.data;
}

Datum
pg_get_ruledef(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, rule_text(PG_GETARG_OID(0), PRETTY_INDENT));
}

Datum
pg_get_ruledef_ext(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, rule_text(PG_GETARG_OID(0), flags_for(PG_GETARG_BOOL(1))));
}

/* ---- indexes ---- */
typedef struct IndexText
{
	int column;			/* this one only; 0: all */
	bool attrs_only;	/* no collations, operator classes and orders */
	bool keys_only;
	int flags;
} IndexText;

static bool
reads_as_function(Node *node)
{
	if (IsA(node, FuncExpr))
		return ((FuncExpr *) node)->funcformat == COERCE_EXPLICIT_CALL ||
			   ((FuncExpr *) node)->funcformat == COERCE_SQL_SYNTAX;
	return IsA(node, CoalesceExpr) || IsA(node, MinMaxExpr) || IsA(node, NullIfExpr) || IsA(node, SQLValueFunction);
}

static void
append_opclass(StringInfo buf, Oid opclass, Oid type)
{
	HeapTuple tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));
	Form_pg_opclass form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for opclass %u", opclass);
	form = (Form_pg_opclass) GETSTRUCT(tuple);
	if (!OidIsValid(type) || GetDefaultOpClass(type, form->opcmethod) != opclass)
	{
		if (OpclassIsVisible(opclass))
			appendStringInfo(buf, " %s", quote_identifier(NameStr(form->opcname)));
		else
			appendStringInfo(buf, " %s.%s", quote_identifier(get_namespace_name_or_temp(form->opcnamespace)),
							 quote_identifier(NameStr(form->opcname)));
	}
	ReleaseSysCache(tuple);
}

static void
append_index_order(StringInfo buf, int16 option)
{
	if (option & INDOPTION_DESC)
	{
		appendStringInfoString(buf, " DESC");
		if (!(option & INDOPTION_NULLS_FIRST))
			appendStringInfoString(buf, " NULLS LAST");
	}
	else if (option & INDOPTION_NULLS_FIRST)
		appendStringInfoString(buf, " NULLS FIRST");
}

static void
append_index_columns(StringInfo buf, Relation index, const IndexText *it)
{
	Form_pg_index form = index->rd_index;
	List *exprs = RelationGetIndexExpressions(index);
	List *levels = deparse_context_for(get_rel_name(form->indrelid), form->indrelid);
	ListCell *expr = list_head(exprs);
	bool first = true;

	for (int i = 0; i < form->indnatts; i++)
	{
		AttrNumber attnum = form->indkey.values[i];
		const char *sep = first ? "" : ", ";
		bool wanted = it->column == 0 || it->column == i + 1;
		Oid type;
		Oid collation;

		if (i == form->indnkeyatts && it->column == 0)
		{
			if (it->keys_only)
				break;
			appendStringInfoString(buf, ") INCLUDE (");
			sep = "";
		}
		if (wanted && it->column == 0)
			appendStringInfoString(buf, sep);
		first = false;
		if (attnum != 0)
		{
			int32 typmod;

			if (wanted)
				appendStringInfoString(buf, quote_identifier(get_attname(form->indrelid, attnum, false)));
			get_atttypetypmodcoll(form->indrelid, attnum, &type, &typmod, &collation);
		}
		else
		{
			Node *node = lfirst(expr);
			char *text = expression_text(node, levels, false, false, it->flags);

			expr = lnext(exprs, expr);
			if (wanted)
				appendStringInfo(buf, reads_as_function(node) ? "%s" : "(%s)", text);
			type = exprType(node);
			collation = exprCollation(node);
		}
		if (!wanted || it->attrs_only || i >= form->indnkeyatts)
			continue;
		if (OidIsValid(index->rd_indcollation[i]) && index->rd_indcollation[i] != collation)
			appendStringInfo(buf, " COLLATE %s", generate_collation_name(index->rd_indcollation[i]));
		append_opclass(buf, get_index_column_opclass(RelationGetRelid(index), i + 1), type);
		if (index->rd_rel->relam == BTREE_AM_OID)
			append_index_order(buf, index->rd_indoption[i]);
	}
}

static char *
access_method_name(Oid am)
{
	HeapTuple tuple = SearchSysCache1(AMOID, ObjectIdGetDatum(am));
	char *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for access method %u", am);
	name = pstrdup(NameStr(((Form_pg_am) GETSTRUCT(tuple))->amname));
	ReleaseSysCache(tuple);
	return name;
}

/* "fillfactor='70'", as WITH (...) wants; NULL if there are none. */
static char *
reloptions_text(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool isnull;
	Datum datum;
	StringInfoData buf;
	ListCell *lc;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	datum = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_reloptions, &isnull);
	initStringInfo(&buf);
	if (!isnull)
		foreach (lc, untransformRelOptions(datum))
		{
			DefElem *def = lfirst_node(DefElem, lc);

			appendStringInfo(&buf, "%s%s=", foreach_current_index(lc) > 0 ? ", " : "", quote_identifier(def->defname));
			deparse_string_literal(&buf, def->arg ? strVal(def->arg) : "true");
		}
	ReleaseSysCache(tuple);
	return buf.len > 0 ? buf.data : NULL;
}

static char *
index_text(Oid indexoid, const IndexText *it, bool missing_ok)
{
	Relation index;
	StringInfoData buf;
	Form_pg_index form;
	char *options;
	List *predicate;

	if (!SearchSysCacheExists1(INDEXRELID, ObjectIdGetDatum(indexoid)))
	{
		if (missing_ok)
			return NULL;
		elog(ERROR, "cache lookup failed for index %u", indexoid);
	}
	index = relation_open(indexoid, AccessShareLock);
	form = index->rd_index;
	initStringInfo(&buf);
	if (it->column == 0 && !it->keys_only)
		appendStringInfo(&buf, "CREATE %sINDEX %s ON %s%s USING %s (", form->indisunique ? "UNIQUE " : "",
						 quote_identifier(RelationGetRelationName(index)),
						 index->rd_rel->relkind == RELKIND_PARTITIONED_INDEX ? "ONLY " : "",
						 it->flags & PRETTY_SCHEMA ? deparse_relation_name(form->indrelid, NIL)
												   : deparse_qualified_relation_name(form->indrelid),
						 quote_identifier(access_method_name(index->rd_rel->relam)));
	append_index_columns(&buf, index, it);
	if (it->column == 0 && !it->keys_only)
	{
		appendStringInfoChar(&buf, ')');
		if (form->indnullsnotdistinct)
			appendStringInfoString(&buf, " NULLS NOT DISTINCT");
		options = reloptions_text(indexoid);
		if (options)
			appendStringInfo(&buf, " WITH (%s)", options);
		predicate = RelationGetIndexPredicate(index);
		if (predicate)
		{
			Node *node = (Node *) make_ands_explicit(predicate);
			char *text = expression_text(node, deparse_context_for(get_rel_name(form->indrelid), form->indrelid), false,
										 false, it->flags);

			appendStringInfo(&buf, " WHERE %s", text);
		}
	}
	relation_close(index, AccessShareLock);
	return buf.data;
}

Datum
pg_get_indexdef(PG_FUNCTION_ARGS)
{
	IndexText it = {.flags = PRETTY_INDENT};

	return text_or_null(fcinfo, index_text(PG_GETARG_OID(0), &it, true));
}

Datum
pg_get_indexdef_ext(PG_FUNCTION_ARGS)
{
	IndexText it = {.column = PG_GETARG_INT32(1), .attrs_only = PG_GETARG_INT32(1) != 0,
					.flags = flags_for(PG_GETARG_BOOL(2))};

	return text_or_null(fcinfo, index_text(PG_GETARG_OID(0), &it, true));
}

char *
pg_get_indexdef_string(Oid indexrelid)
{
	IndexText it = {0};

	return index_text(indexrelid, &it, false);
}

char *
pg_get_indexdef_columns(Oid indexrelid, bool pretty)
{
	IndexText it = {.attrs_only = true, .keys_only = true, .flags = flags_for(pretty)};

	return index_text(indexrelid, &it, false);
}

/* ---- constraints ---- */
static void
append_columns(StringInfo buf, Datum array_datum, Oid relid)
{
	Datum *keys;
	int count;

	deconstruct_array(DatumGetArrayTypeP(array_datum), INT2OID, 2, true, TYPALIGN_SHORT, &keys, NULL, &count);
	for (int i = 0; i < count; i++)
		appendStringInfo(buf, "%s%s", i > 0 ? ", " : "",
						 quote_identifier(get_attname(relid, DatumGetInt16(keys[i]), false)));
}

static const char *
fk_action(char action)
{
	switch (action)
	{
		case FKCONSTR_ACTION_RESTRICT:
			return "RESTRICT";
		case FKCONSTR_ACTION_CASCADE:
			return "CASCADE";
		case FKCONSTR_ACTION_SETNULL:
			return "SET NULL";
		case FKCONSTR_ACTION_SETDEFAULT:
			return "SET DEFAULT";
		default:
			return NULL;
	}
}

static void
append_foreign_key(StringInfo buf, HeapTuple tuple, Form_pg_constraint form, int flags)
{
	bool isnull;
	Datum datum;

	appendStringInfoString(buf, "FOREIGN KEY (");
	append_columns(buf, SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_conkey, &isnull), form->conrelid);
	appendStringInfo(buf, ") REFERENCES %s(",
					 flags & PRETTY_SCHEMA ? deparse_relation_name(form->confrelid, NIL)
										   : deparse_relation_name(form->confrelid, NIL));
	append_columns(buf, SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_confkey, &isnull), form->confrelid);
	appendStringInfoChar(buf, ')');
	if (form->confmatchtype == FKCONSTR_MATCH_FULL)
		appendStringInfoString(buf, " MATCH FULL");
	if (fk_action(form->confupdtype))
		appendStringInfo(buf, " ON UPDATE %s", fk_action(form->confupdtype));
	if (fk_action(form->confdeltype))
		appendStringInfo(buf, " ON DELETE %s", fk_action(form->confdeltype));
	datum = SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_confdelsetcols, &isnull);
	if (!isnull)
	{
		appendStringInfoString(buf, " (");
		append_columns(buf, datum, form->conrelid);
		appendStringInfoChar(buf, ')');
	}
}

static void
append_key_constraint(StringInfo buf, HeapTuple tuple, Form_pg_constraint form, bool full_command)
{
	Relation index = relation_open(form->conindid, AccessShareLock);
	Form_pg_index ind = index->rd_index;
	bool isnull;
	char *options;

	appendStringInfoString(buf, form->contype == CONSTRAINT_PRIMARY ? "PRIMARY KEY " : "UNIQUE ");
	if (ind->indnullsnotdistinct)
		appendStringInfoString(buf, "NULLS NOT DISTINCT ");
	appendStringInfoChar(buf, '(');
	append_columns(buf, SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_conkey, &isnull), form->conrelid);
	appendStringInfoChar(buf, ')');
	if (ind->indnatts > ind->indnkeyatts)
	{
		appendStringInfoString(buf, " INCLUDE (");
		for (int i = ind->indnkeyatts; i < ind->indnatts; i++)
			appendStringInfo(buf, "%s%s", i > ind->indnkeyatts ? ", " : "",
							 quote_identifier(get_attname(form->conrelid, ind->indkey.values[i], false)));
		appendStringInfoChar(buf, ')');
	}
	if (full_command)
	{
		options = reloptions_text(form->conindid);
		if (options)
			appendStringInfo(buf, " WITH (%s)", options);
	}
	relation_close(index, AccessShareLock);
}

static void
append_check(StringInfo buf, HeapTuple tuple, Form_pg_constraint form, int flags)
{
	bool isnull;
	Datum datum = SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_conbin, &isnull);
	List *levels = NIL;
	char *expr;

	if (isnull)
		elog(ERROR, "null conbin for constraint %u", form->oid);
	if (OidIsValid(form->conrelid))
		levels = deparse_context_for(get_rel_name(form->conrelid), form->conrelid);
	expr = expression_text(stringToNode(TextDatumGetCString(datum)), levels, false, false, flags);
	appendStringInfo(buf, "CHECK (%s)%s", expr, form->connoinherit ? " NO INHERIT" : "");
}

static char *
constraint_text(Oid constraint, bool full_command, int flags, bool missing_ok)
{
	HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
	Form_pg_constraint form;
	StringInfoData buf;

	if (!HeapTupleIsValid(tuple))
	{
		if (missing_ok)
			return NULL;
		elog(ERROR, "could not find tuple for constraint %u", constraint);
	}
	form = (Form_pg_constraint) GETSTRUCT(tuple);
	initStringInfo(&buf);
	if (full_command)
	{
		if (OidIsValid(form->conrelid))
			appendStringInfo(&buf, "ALTER TABLE %s ADD CONSTRAINT %s ", deparse_qualified_relation_name(form->conrelid),
							 quote_identifier(NameStr(form->conname)));
		else
			appendStringInfo(&buf, "ALTER DOMAIN %s ADD CONSTRAINT %s ", format_type_be_qualified(form->contypid),
							 quote_identifier(NameStr(form->conname)));
	}
	switch (form->contype)
	{
		case CONSTRAINT_FOREIGN:
			append_foreign_key(&buf, tuple, form, flags);
			break;
		case CONSTRAINT_PRIMARY:
		case CONSTRAINT_UNIQUE:
			append_key_constraint(&buf, tuple, form, full_command);
			break;
		case CONSTRAINT_CHECK:
			append_check(&buf, tuple, form, flags);
			break;
		case CONSTRAINT_TRIGGER:
			appendStringInfoString(&buf, "TRIGGER");
			break;
		default:
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("showing constraints of type \"%c\" is not supported", form->contype));
	}
	if (form->condeferrable)
		appendStringInfoString(&buf, " DEFERRABLE");
	if (form->condeferred)
		appendStringInfoString(&buf, " INITIALLY DEFERRED");
	if (!form->convalidated)
		appendStringInfoString(&buf, " NOT VALID");
	ReleaseSysCache(tuple);
	return buf.data;
}

Datum
pg_get_constraintdef(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, constraint_text(PG_GETARG_OID(0), false, PRETTY_INDENT, true));
}

Datum
pg_get_constraintdef_ext(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, constraint_text(PG_GETARG_OID(0), false, flags_for(PG_GETARG_BOOL(1)), true));
}

char *
pg_get_constraintdef_command(Oid constraintId)
{
	return constraint_text(constraintId, true, 0, false);
}

/* ---- triggers ---- */
static void
append_trigger_events(StringInfo buf, Form_pg_trigger form)
{
	static const struct
	{
		int16 bit;
		const char *word;
	} events[] = {{TRIGGER_TYPE_INSERT, "INSERT"}, {TRIGGER_TYPE_DELETE, "DELETE"}, {TRIGGER_TYPE_UPDATE, "UPDATE"},
				  {TRIGGER_TYPE_TRUNCATE, "TRUNCATE"}};
	const char *sep = " ";

	for (int i = 0; i < lengthof(events); i++)
	{
		if (!(form->tgtype & events[i].bit))
			continue;
		appendStringInfo(buf, "%s%s", sep, events[i].word);
		sep = " OR ";
		if (events[i].bit == TRIGGER_TYPE_UPDATE)
			for (int j = 0; j < form->tgattr.dim1; j++)
				appendStringInfo(buf, "%s%s", j == 0 ? " OF " : ", ",
								 quote_identifier(get_attname(form->tgrelid, form->tgattr.values[j], false)));
	}
}

/* Arguments are stored one after the other, each ended by a zero byte. */
static void
append_trigger_args(StringInfo buf, Form_pg_trigger form, Datum args)
{
	const char *p = VARDATA_ANY(DatumGetByteaPP(args));

	for (int i = 0; i < form->tgnargs; i++)
	{
		if (i > 0)
			appendStringInfoString(buf, ", ");
		deparse_string_literal(buf, p);
		p += strlen(p) + 1;
	}
}

/* WHEN sees OLD and NEW as the first two range-table entries. */
static void
append_trigger_when(StringInfo buf, Form_pg_trigger form, const char *tree, int flags)
{
	Query *query = makeNode(Query);
	static const char *const names[] = {"old", "new"};

	for (int i = 0; i < 2; i++)
	{
		RangeTblEntry *rte = makeNode(RangeTblEntry);

		rte->rtekind = RTE_RELATION;
		rte->relid = form->tgrelid;
		rte->relkind = RELKIND_RELATION;
		rte->alias = makeAlias(names[i], NIL);
		rte->eref = rte->alias;
		query->rtable = lappend(query->rtable, rte);
	}
	appendStringInfo(buf, " WHEN (%s)",
					 expression_text(stringToNode(tree), list_make1(deparse_level_for_query(query, NIL)), true, false,
									 flags));
}

static char *
trigger_text(Oid trigoid, int flags)
{
	Relation rel = table_open(TriggerRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	Form_pg_trigger form;
	StringInfoData buf;
	bool isnull;
	Datum datum;
	char *table;

	ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(trigoid));
	scan = systable_beginscan(rel, TriggerOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (tuple == NULL)
	{
		systable_endscan(scan);
		table_close(rel, AccessShareLock);
		return NULL;
	}
	form = (Form_pg_trigger) GETSTRUCT(tuple);
	table = flags & PRETTY_SCHEMA ? deparse_relation_name(form->tgrelid, NIL)
								  : deparse_qualified_relation_name(form->tgrelid);
	initStringInfo(&buf);
	appendStringInfo(&buf, "CREATE %sTRIGGER %s %s", OidIsValid(form->tgconstraint) ? "CONSTRAINT " : "",
					 quote_identifier(NameStr(form->tgname)),
					 TRIGGER_FOR_BEFORE(form->tgtype)	 ? "BEFORE"
					 : TRIGGER_FOR_INSTEAD(form->tgtype) ? "INSTEAD OF"
														 : "AFTER");
	append_trigger_events(&buf, form);
	appendStringInfo(&buf, " ON %s ", table);
	if (OidIsValid(form->tgconstraint))
	{
		if (OidIsValid(form->tgconstrrelid))
			appendStringInfo(&buf, "FROM %s ", deparse_relation_name(form->tgconstrrelid, NIL));
		if (!form->tgdeferrable)
			appendStringInfoString(&buf, "NOT ");
		appendStringInfo(&buf, "DEFERRABLE INITIALLY %s ", form->tginitdeferred ? "DEFERRED" : "IMMEDIATE");
	}
	appendStringInfoString(&buf, TRIGGER_FOR_ROW(form->tgtype) ? "FOR EACH ROW" : "FOR EACH STATEMENT");
	datum = heap_getattr(tuple, Anum_pg_trigger_tgqual, RelationGetDescr(rel), &isnull);
	if (!isnull)
		append_trigger_when(&buf, form, TextDatumGetCString(datum), flags);
	appendStringInfo(&buf, " EXECUTE FUNCTION %s(",
					 deparse_function_name(form->tgfoid, 0, NIL, NULL, false, NULL));
	datum = heap_getattr(tuple, Anum_pg_trigger_tgargs, RelationGetDescr(rel), &isnull);
	if (form->tgnargs > 0 && !isnull)
		append_trigger_args(&buf, form, datum);
	appendStringInfoChar(&buf, ')');
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return buf.data;
}

Datum
pg_get_triggerdef(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, trigger_text(PG_GETARG_OID(0), 0));
}

Datum
pg_get_triggerdef_ext(PG_FUNCTION_ARGS)
{
	return text_or_null(fcinfo, trigger_text(PG_GETARG_OID(0), PG_GETARG_BOOL(1) ? PRETTY_ALL : 0));
}

/* ---- sequences of columns ---- */
Datum
pg_get_serial_sequence(PG_FUNCTION_ARGS)
{
	RangeVar *table = makeRangeVarFromNameList(textToQualifiedNameList(PG_GETARG_TEXT_PP(0)));
	char *column = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Oid relid = RangeVarGetRelid(table, NoLock, false);
	AttrNumber attnum = get_attnum(relid, column);
	Oid sequence = InvalidOid;
	Relation depend;
	ScanKeyData key[3];
	SysScanDesc scan;
	HeapTuple tuple;

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" of relation \"%s\" does not exist", column, table->relname));
	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyInit(&key[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(RelationRelationId));
	ScanKeyInit(&key[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	ScanKeyInit(&key[2], Anum_pg_depend_refobjsubid, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(attnum));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 3, key);
	while ((tuple = systable_getnext(scan)) != NULL)
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->classid == RelationRelationId && form->objsubid == 0 &&
			(form->deptype == 'a' || form->deptype == 'i') && get_rel_relkind(form->objid) == RELKIND_SEQUENCE)
		{
			sequence = form->objid;
			break;
		}
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	if (!OidIsValid(sequence))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(deparse_qualified_relation_name(sequence)));
}

/* ---- partitions ---- */
Datum
pg_get_partkeydef(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();			/* no table is partitioned */
}

Datum
pg_get_partition_constraintdef(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}
