/*
 * domain.c
 *    Values of domains: input, and the check of a value against the domain's constraints.
 *
 * What must be checked is collected once per call site from the whole chain of domains, innermost first. In a check
 * expression the value stands as CoerceToDomainValue; it is compiled as the only column of a row.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "types/text.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

extern void domain_check(Datum value, bool isnull, Oid domainType, void **extra, MemoryContext mcxt);

typedef struct DomainChecks
{
	Oid domain;
	Oid base_type;
	int32 base_typmod;
	bool not_null;
	Oid not_null_domain; /* whose error it is */
	int count;
	RowExprs *checks;
	char **names;
	Oid *domains; /* whose constraint each check is */
	/* for domain_in */
	Oid ioparam;
	FmgrInfo input;
	FmgrInfo receive;
	bool have_input;
	bool have_receive;
} DomainChecks;

static Node *
value_to_var(Node *node, void *context)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, CoerceToDomainValue))
	{
		CoerceToDomainValue *v = (CoerceToDomainValue *) node;

		return (Node *) makeVar(1, 1, v->typeId, v->typeMod, v->collation, 0);
	}
	return expression_tree_mutator(node, value_to_var, context);
}

/* Adds the check constraints of one domain, in the order of their names. */
static void
collect_checks(Oid domain, List **exprs, List **names, List **domains)
{
	Relation rel = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	List *own_names = NIL;
	List *own_exprs = NIL;

	ScanKeyInit(&key, Anum_pg_constraint_contypid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(domain));
	scan = systable_beginscan(rel, ConstraintTypidIndexId, true, NULL, 1, &key);
	while ((tuple = systable_getnext(scan)) != NULL)
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
		bool isnull;
		Datum bin = heap_getattr(tuple, Anum_pg_constraint_conbin, RelationGetDescr(rel), &isnull);
		int place = 0;
		ListCell *cell;

		if (form->contype != CONSTRAINT_CHECK || isnull)
			continue;
		foreach (cell, own_names)
		{
			if (strcmp((char *) lfirst(cell), NameStr(form->conname)) > 0)
				break;
			place++;
		}
		own_names = list_insert_nth(own_names, place, pstrdup(NameStr(form->conname)));
		own_exprs = list_insert_nth(own_exprs, place,
									value_to_var((Node *) expression_planner((Expr *) stringToNode(TextDatumGetCString(bin))), NULL));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	/* a domain over a domain is checked by the inner one's constraints first */
	for (int i = list_length(own_names); i > 0; i--)
		*domains = lcons_oid(domain, *domains);
	*names = list_concat(own_names, *names);
	*exprs = list_concat(own_exprs, *exprs);
}

static DomainChecks *
prepare_checks(Oid domain, MemoryContext mcxt)
{
	MemoryContext old = MemoryContextSwitchTo(mcxt);
	DomainChecks *checks = palloc0_object(DomainChecks);
	List *exprs = NIL;
	List *names = NIL;
	List *domains = NIL;
	Oid type = domain;

	checks->base_typmod = -1;
	for (;;)
	{
		HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
		Form_pg_type form;

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for type %u", type);
		form = (Form_pg_type) GETSTRUCT(tuple);
		if (form->typtype != TYPTYPE_DOMAIN)
		{
			ReleaseSysCache(tuple);
			break;
		}
		if (form->typnotnull && !checks->not_null)
		{
			checks->not_null = true;
			checks->not_null_domain = type;
		}
		collect_checks(type, &exprs, &names, &domains);
		if (checks->base_typmod == -1)
			checks->base_typmod = form->typtypmod;
		type = form->typbasetype;
		ReleaseSysCache(tuple);
	}
	checks->base_type = type;
	checks->count = list_length(exprs);
	if (checks->count > 0)
	{
		TupleDesc desc = CreateTemplateTupleDesc(1);
		int i = 0;
		ListCell *cell;

		TupleDescInitEntry(desc, 1, "value", checks->base_type, checks->base_typmod, 0);
		checks->checks = row_exprs_prepare(exprs, desc, mcxt);
		checks->names = palloc_array(char *, checks->count);
		checks->domains = palloc_array(Oid, checks->count);
		foreach (cell, names)
			checks->names[i++] = lfirst(cell);
		i = 0;
		foreach (cell, domains)
			checks->domains[i++] = lfirst_oid(cell);
	}
	checks->domain = domain;
	MemoryContextSwitchTo(old);
	return checks;
}

static DomainChecks *
get_checks(Oid domain, void **extra, MemoryContext mcxt)
{
	DomainChecks *checks = *extra;

	if (checks == NULL || checks->domain != domain)
		*extra = checks = prepare_checks(domain, mcxt);
	return checks;
}

static void
run_checks(DomainChecks *checks, Datum value, bool isnull)
{
	Datum *results;
	bool *nulls;

	if (isnull && checks->not_null)
		ereport(ERROR, errcode(ERRCODE_NOT_NULL_VIOLATION),
				errmsg("domain %s does not allow null values", format_type_be(checks->domain)));
	if (checks->count == 0)
		return;
	results = palloc_array(Datum, checks->count);
	nulls = palloc_array(bool, checks->count);
	row_exprs_eval(checks->checks, &value, &isnull, results, nulls);
	for (int i = 0; i < checks->count; i++)
	{
		/* NULL is not a violation */
		if (!nulls[i] && !DatumGetBool(results[i]))
			ereport(ERROR, errcode(ERRCODE_CHECK_VIOLATION),
					errmsg("value for domain %s violates check constraint \"%s\"", format_type_be(checks->domain),
						   checks->names[i]),
					err_generic_string(PG_DIAG_CONSTRAINT_NAME, checks->names[i]));
	}
	pfree(results);
	pfree(nulls);
}

void
domain_check(Datum value, bool isnull, Oid domainType, void **extra, MemoryContext mcxt)
{
	run_checks(get_checks(domainType, extra, mcxt), value, isnull);
}

Datum
domain_in(PG_FUNCTION_ARGS)
{
	char *string = PG_ARGISNULL(0) ? NULL : PG_GETARG_CSTRING(0);
	DomainChecks *checks;
	Datum value;

	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	checks = get_checks(PG_GETARG_OID(1), &fcinfo->flinfo->fn_extra, fcinfo->flinfo->fn_mcxt);
	if (!checks->have_input)
	{
		Oid function;

		getTypeInputInfo(checks->base_type, &function, &checks->ioparam);
		fmgr_info_cxt(function, &checks->input, fcinfo->flinfo->fn_mcxt);
		checks->have_input = true;
	}
	value = InputFunctionCall(&checks->input, string, checks->ioparam, checks->base_typmod);
	run_checks(checks, value, string == NULL);
	if (string == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(value);
}

Datum
domain_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = PG_ARGISNULL(0) ? NULL : (StringInfo) PG_GETARG_POINTER(0);
	DomainChecks *checks;
	Datum value;

	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	checks = get_checks(PG_GETARG_OID(1), &fcinfo->flinfo->fn_extra, fcinfo->flinfo->fn_mcxt);
	if (!checks->have_receive)
	{
		Oid function;

		getTypeBinaryInputInfo(checks->base_type, &function, &checks->ioparam);
		fmgr_info_cxt(function, &checks->receive, fcinfo->flinfo->fn_mcxt);
		checks->have_receive = true;
	}
	value = ReceiveFunctionCall(&checks->receive, buf, checks->ioparam, checks->base_typmod);
	run_checks(checks, value, buf == NULL);
	if (buf == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(value);
}
