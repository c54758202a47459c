/*
 * deparse_names.c
 *    What to call things: tables and columns of a query, relations, functions, operators, collations.
 *
 * A name is qualified when search_path would not find the same object by the bare name. Table aliases are made unique
 * over all query levels that can be seen from inside, by a number at the end.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "parser/parse_oper.h"
#include "parser/parse_relation.h"
#include "rewrite/deparse.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* ---- entries ---- */
static bool
name_used(const char *name, DeparseLevel *level, int upto, List *outer)
{
	ListCell *lc;

	for (int i = 0; i < upto; i++)
		if (level->entries[i].refname && strcmp(level->entries[i].refname, name) == 0)
			return true;
	foreach (lc, outer)
	{
		DeparseLevel *other = lfirst(lc);

		for (int i = 0; i < list_length(other->rtable); i++)
			if (other->entries[i].refname && strcmp(other->entries[i].refname, name) == 0)
				return true;
	}
	return false;
}

static char *
unique_name(const char *name, DeparseLevel *level, int upto, List *outer)
{
	char *candidate = pstrdup(name);

	for (int i = 1; name_used(candidate, level, upto, outer); i++)
		candidate = psprintf("%.*s_%d", NAMEDATALEN - 12, name, i);
	return candidate;
}

static const char *
wanted_name(RangeTblEntry *rte)
{
	if (rte->alias)
		return rte->alias->aliasname;
	if (rte->rtekind == RTE_RELATION)
		return get_rel_name(rte->relid);
	if (rte->rtekind == RTE_JOIN)
		return NULL;			/* a join without alias has no name */
	return rte->eref->aliasname;
}

/* Names by which outer text may refer to the columns; an alias' names win over the source's. */
static void
name_columns(DeparseEntry *entry, RangeTblEntry *rte)
{
	List *names = NIL;
	int ngiven = rte->alias ? list_length(rte->alias->colnames) : 0;

	if (rte->rtekind == RTE_RELATION)
		expandRTE(rte, 1, 0, -1, true, &names, NULL);
	else
		names = rte->eref->colnames;
	entry->ncolumns = list_length(names);
	entry->colnames = palloc0(Max(entry->ncolumns, 1) * sizeof(char *));
	for (int i = 0; i < entry->ncolumns; i++)
	{
		char *name = strVal(list_nth(names, i));

		if (rte->rtekind == RTE_RELATION && *name)
		{
			char *current = get_attname(rte->relid, i + 1, true);

			if (i >= ngiven && current)
				name = current;
			else if (i < ngiven && current && strcmp(name, current) != 0)
				entry->print_aliases = true;
		}
		if (*name)
			entry->colnames[i] = name;
	}
	if (rte->rtekind != RTE_RELATION && ngiven > 0)
		entry->print_aliases = true;
	if (rte->rtekind == RTE_VALUES)
		entry->print_aliases = true;
}

DeparseLevel *
deparse_level_for_query(Query *query, List *outer)
{
	DeparseLevel *level = palloc0(sizeof(DeparseLevel));
	int count = list_length(query->rtable);

	level->rtable = query->rtable;
	level->ctes = query->cteList;
	level->entries = palloc0(Max(count, 1) * sizeof(DeparseEntry));
	for (int i = 0; i < count; i++)
	{
		RangeTblEntry *rte = list_nth_node(RangeTblEntry, query->rtable, i);
		const char *name = wanted_name(rte);

		if (name)
			level->entries[i].refname = unique_name(name, level, i, outer);
		name_columns(&level->entries[i], rte);
	}
	return level;
}

DeparseLevel *
deparse_level_for_relation(const char *refname, Oid relid)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	Query *query = makeNode(Query);

	rte->rtekind = RTE_RELATION;
	rte->relid = relid;
	rte->relkind = RELKIND_RELATION;
	rte->rellockmode = AccessShareLock;
	rte->alias = makeAlias(refname, NIL);
	rte->eref = rte->alias;
	rte->inFromCl = true;
	query->rtable = list_make1(rte);
	return deparse_level_for_query(query, NIL);
}

DeparseEntry *
deparse_entry_of(Deparse *d, int varno, int levelsup, RangeTblEntry **rte)
{
	DeparseLevel *level;

	if (levelsup >= list_length(d->levels))
		elog(ERROR, "bogus varlevelsup: %d", levelsup);
	level = list_nth(d->levels, levelsup);
	if (varno < 1 || varno > list_length(level->rtable))
		elog(ERROR, "bogus varno: %d", varno);
	*rte = list_nth(level->rtable, varno - 1);
	return &level->entries[varno - 1];
}

/* ---- catalog objects ---- */
static bool
hidden_by_cte(const char *relname, List *levels)
{
	ListCell *lc;

	foreach (lc, levels)
	{
		ListCell *lc2;

		foreach (lc2, ((DeparseLevel *) lfirst(lc))->ctes)
			if (strcmp(lfirst_node(CommonTableExpr, lc2)->ctename, relname) == 0)
				return true;
	}
	return false;
}

char *
deparse_relation_name(Oid relid, List *levels)
{
	char *name = get_rel_name(relid);
	char *schema = NULL;

	if (name == NULL)
		elog(ERROR, "cache lookup failed for relation %u", relid);
	if (!RelationIsVisible(relid) || hidden_by_cte(name, levels))
		schema = get_namespace_name_or_temp(get_rel_namespace(relid));
	return quote_qualified_identifier(schema, name);
}

char *
deparse_qualified_relation_name(Oid relid)
{
	char *name = get_rel_name(relid);

	if (name == NULL)
		elog(ERROR, "cache lookup failed for relation %u", relid);
	return quote_qualified_identifier(get_namespace_name_or_temp(get_rel_namespace(relid)), name);
}

/* The bare name, if a call with these arguments would find this function again. */
char *
deparse_function_name(Oid funcid, int nargs, List *argnames, Oid *argtypes, bool variadic, bool *use_variadic)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Form_pg_proc form;
	char *name;
	Oid namespace;
	Oid found = InvalidOid;
	Oid rettype;
	bool retset;
	int nvargs;
	Oid vatype;
	Oid *true_types;
	FuncDetailCode code;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	name = pstrdup(NameStr(form->proname));
	namespace = form->pronamespace;
	/* A packed array must be shown as such, or it would be packed again. */
	if (use_variadic)
		*use_variadic = variadic && OidIsValid(form->provariadic) ? true : variadic;
	ReleaseSysCache(tuple);
	/* This one is a keyword after all. */
	code = func_get_detail(list_make1(makeString(name)), NIL, argnames, nargs, argtypes,
						   !(use_variadic && *use_variadic), true, false, &found, &rettype, &retset, &nvargs, &vatype,
						   &true_types, NULL);
	if ((code == FUNCDETAIL_NORMAL || code == FUNCDETAIL_AGGREGATE || code == FUNCDETAIL_WINDOWFUNC ||
		 code == FUNCDETAIL_PROCEDURE) &&
		found == funcid)
		return quote_qualified_identifier(NULL, name);
	return quote_qualified_identifier(get_namespace_name_or_temp(namespace), name);
}

char *
deparse_operator_name(Oid opno, Oid left, Oid right)
{
	HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(opno));
	Form_pg_operator form;
	char *name;
	Oid namespace;
	Operator found;
	bool same;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", opno);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	name = pstrdup(NameStr(form->oprname));
	namespace = form->oprnamespace;
	if (form->oprkind == 'l')
		found = left_oper(NULL, list_make1(makeString(name)), right, true, -1);
	else
		found = oper(NULL, list_make1(makeString(name)), left, right, true, -1);
	ReleaseSysCache(tuple);
	same = found && oprid(found) == opno;
	if (found)
		ReleaseSysCache(found);
	if (same)
		return name;
	return psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name_or_temp(namespace)), name);
}

char *
generate_collation_name(Oid collid)
{
	HeapTuple tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collid));
	Form_pg_collation form;
	char *schema = NULL;
	char *result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for collation %u", collid);
	form = (Form_pg_collation) GETSTRUCT(tuple);
	if (!CollationIsVisible(collid))
		schema = get_namespace_name_or_temp(form->collnamespace);
	result = quote_qualified_identifier(schema, NameStr(form->collname));
	ReleaseSysCache(tuple);
	return result;
}
