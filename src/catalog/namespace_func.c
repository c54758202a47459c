/*
 * namespace_func.c
 *    Functions, operators, operator classes, collations by name.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/namespace_private.h"
#include "catalog/pg_am.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_conversion.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_ts_dict.h"
#include "catalog/pg_ts_parser.h"
#include "catalog/pg_ts_template.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* ---- functions ------------------------------------------------------------------------------------------------------------------ */
typedef struct FunctionQuery
{
	int nargs; /* -1: any */
	List *argnames; /* of the last list_length() arguments */
	bool expand_variadic;
	bool expand_defaults;
	bool include_out;
	Oid schema; /* 0: the path */
} FunctionQuery;

static FuncCandidateList
candidate_new(int nargs)
{
	return palloc0(sizeof(struct _FuncCandidateList) + nargs * sizeof(Oid));
}

/*
 * Which parameter does each call argument go to, with the last of them named? False: the names do not fit. argnumbers has the
 * given ones first, then the defaults to be added.
 */
static bool
match_named(HeapTuple proctup, const FunctionQuery *query, int pronargs, int *argnumbers)
{
	Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(proctup);
	int npositional = query->nargs - list_length(query->argnames);
	bool given[FUNC_MAX_ARGS] = {false};
	Oid *types;
	char **names;
	char *modes;
	int nall;
	int at = 0;
	ListCell *lc;

	if (heap_attisnull(proctup, Anum_pg_proc_proargnames, NULL))
		return false;
	nall = get_func_arg_info(proctup, &types, &names, &modes);
	if (names == NULL)
		return false;
	for (; at < npositional; at++)
	{
		argnumbers[at] = at;
		given[at] = true;
	}
	foreach(lc, query->argnames)
	{
		const char *wanted = lfirst(lc);
		int position = 0;
		bool found = false;

		for (int i = 0; i < nall; i++)
		{
			/* input parameters only */
			if (modes && modes[i] != PROARGMODE_IN && modes[i] != PROARGMODE_INOUT && modes[i] != PROARGMODE_VARIADIC)
				continue;
			if (names[i] && names[i][0] && strcmp(names[i], wanted) == 0)
			{
				if (given[position])
					return false;
				argnumbers[at++] = position;
				given[position] = true;
				found = true;
				break;
			}
			position++;
		}
		if (!found)
			return false;
	}
	if (query->nargs < pronargs)
	{
		int first_default = pronargs - proc->pronargdefaults;

		for (int i = npositional; i < pronargs; i++)
		{
			if (given[i])
				continue;
			if (i < first_default)
				return false;
			argnumbers[at++] = i;
		}
	}
	return true;
}

/* Makes a candidate of one pg_proc row, or NULL when the number of arguments or their names do not fit. */
static FuncCandidateList
candidate_of(HeapTuple proctup, const FunctionQuery *query)
{
	Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(proctup);
	int pronargs = proc->pronargs;
	Oid *argtypes = proc->proargtypes.values;
	Oid variadic_element = InvalidOid;
	bool use_defaults = false;
	bool variadic = false;
	int effective;
	int *argnumbers = NULL;
	FuncCandidateList candidate;

	if (query->include_out)
	{
		bool isnull;
		Datum all = SysCacheGetAttr(PROCOID, proctup, Anum_pg_proc_proallargtypes, &isnull);

		if (!isnull && proc->prokind == PROKIND_PROCEDURE)
		{
			ArrayType *array = DatumGetArrayTypeP(all);

			pronargs = ARR_DIMS(array)[0];
			argtypes = (Oid *) ARR_DATA_PTR(array);
		}
	}
	if (query->argnames != NIL)
	{
		/* Named notation: VARIADIC parameters can only be given whole. */
		if (OidIsValid(proc->provariadic) && query->expand_variadic && query->nargs > pronargs)
			return NULL;
		if (query->nargs > pronargs || pronargs - query->nargs > (query->expand_defaults ? proc->pronargdefaults : 0))
			return NULL;
		use_defaults = query->nargs < pronargs;
		argnumbers = palloc(Max(pronargs, 1) * sizeof(int));
		if (!match_named(proctup, query, pronargs, argnumbers))
			return NULL;
		effective = pronargs;
	}
	else
	{
		if (query->expand_variadic && OidIsValid(proc->provariadic) && pronargs <= query->nargs)
		{
			variadic = true;
			variadic_element = proc->provariadic;
		}
		if (query->nargs >= 0 && query->nargs < pronargs && query->expand_defaults)
			use_defaults = query->nargs + proc->pronargdefaults >= pronargs;
		if (query->nargs >= 0 && query->nargs != pronargs && !variadic && !use_defaults)
			return NULL;
		effective = Max(pronargs, query->nargs);
	}
	candidate = candidate_new(effective);
	candidate->oid = proc->oid;
	candidate->nominalnargs = pronargs;
	candidate->nargs = effective;
	candidate->argnumbers = argnumbers;
	for (int i = 0; i < pronargs; i++)
		candidate->args[i] = argtypes[argnumbers ? argnumbers[i] : i];
	if (variadic)
	{
		candidate->nvargs = effective - pronargs + 1;
		for (int i = pronargs - 1; i < effective; i++)
			candidate->args[i] = variadic_element;
	}
	if (use_defaults)
		candidate->ndargs = pronargs - query->nargs;
	return candidate;
}

static bool
same_arguments(FuncCandidateList a, FuncCandidateList b)
{
	int na = a->nargs - a->ndargs;
	int nb = b->nargs - b->ndargs;

	return na == nb && memcmp(a->args, b->args, na * sizeof(Oid)) == 0;
}

/*
 * Two functions that take the same arguments: the one earlier in the path hides the other; within a schema one without
 * variadic expansion is better than one with it, the one with fewer defaults better than one with more; else it is ambiguous
 * (oid 0 marks that).
 */
static FuncCandidateList
candidate_add(FuncCandidateList list, FuncCandidateList new)
{
	FuncCandidateList *link = &list;

	for (; *link; link = &(*link)->next)
	{
		FuncCandidateList old = *link;
		bool prefer_old;
		bool prefer_new;

		if (!same_arguments(old, new))
			continue;
		prefer_old = prefer_new = false;
		if (old->pathpos != new->pathpos)
			(old->pathpos < new->pathpos ? (prefer_old = true) : (prefer_new = true));
		else if ((old->nvargs > 0) != (new->nvargs > 0))
			(old->nvargs == 0 ? (prefer_old = true) : (prefer_new = true));
		else if (old->nvargs > 0 && old->nvargs != new->nvargs)
			(old->nvargs < new->nvargs ? (prefer_old = true) : (prefer_new = true));
		else if (old->ndargs == 0 && new->ndargs > 0)
			prefer_old = true;
		else if (new->ndargs == 0 && old->ndargs > 0)
			prefer_new = true;
		if (prefer_old)
			return list;
		if (prefer_new)
		{
			new->next = old->next;
			*link = new;
			return list;
		}
		old->oid = InvalidOid;
		return list;
	}
	new->next = list;
	return new;
}

FuncCandidateList
FuncnameGetCandidates(List *names, int nargs, List *argnames, bool expand_variadic, bool expand_defaults,
					  bool include_out_arguments, bool missing_ok)
{
	FunctionQuery query = {nargs, argnames, expand_variadic, expand_defaults, include_out_arguments, InvalidOid};
	FuncCandidateList result = NULL;
	char *schemaname;
	char *funcname;
	CatCList *list;

	Assert(nargs >= 0 || !(expand_variadic || expand_defaults));
	DeconstructQualifiedName(names, &schemaname, &funcname);
	if (schemaname)
	{
		query.schema = LookupExplicitNamespace(schemaname, missing_ok);
		if (!OidIsValid(query.schema))
			return NULL;
	}
	list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(funcname));
	for (int i = 0; i < list->n_members; i++)
	{
		HeapTuple proctup = &list->members[i]->tuple;
		Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(proctup);
		int pathpos = 0;
		FuncCandidateList candidate;

		if (OidIsValid(query.schema))
		{
			if (proc->pronamespace != query.schema)
				continue;
		}
		else
		{
			/* functions are never found in the temporary schema unless it is named */
			pathpos = isTempNamespace(proc->pronamespace) ? -1 : namespace_path_position(proc->pronamespace);
			if (pathpos < 0)
				continue;
		}
		candidate = candidate_of(proctup, &query);
		if (candidate == NULL)
			continue;
		candidate->pathpos = pathpos;
		result = candidate_add(result, candidate);
	}
	ReleaseSysCacheList(list);
	return result;
}

bool
FunctionIsVisible(Oid funcid)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	bool visible = false;
	Form_pg_proc form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	if (namespace_path_position(form->pronamespace) >= 0)
	{
		FuncCandidateList candidate = FuncnameGetCandidates(list_make1(makeString(pstrdup(NameStr(form->proname)))),
															form->pronargs, NIL, false, false, false, false);

		for (; candidate; candidate = candidate->next)
		{
			if (memcmp(candidate->args, form->proargtypes.values, form->pronargs * sizeof(Oid)) == 0)
			{
				visible = candidate->oid == funcid;
				break;
			}
		}
	}
	ReleaseSysCache(tuple);
	return visible;
}

/* ---- operators --------------------------------------------------------------------------------------------------------------------- */
Oid
OpernameGetOprid(List *names, Oid oprleft, Oid oprright)
{
	char *schemaname;
	char *opername;
	ListCell *lc;

	DeconstructQualifiedName(names, &schemaname, &opername);
	if (schemaname)
	{
		Oid nspid = LookupExplicitNamespace(schemaname, true);

		return OidIsValid(nspid) ? GetSysCacheOid4(OPERNAMENSP, Anum_pg_operator_oid, CStringGetDatum(opername), ObjectIdGetDatum(oprleft),
												   ObjectIdGetDatum(oprright), ObjectIdGetDatum(nspid))
								 : InvalidOid;
	}
	foreach(lc, namespace_path()->schemas)
	{
		Oid oid;

		if (isTempNamespace(lfirst_oid(lc)))
			continue;
		oid = GetSysCacheOid4(OPERNAMENSP, Anum_pg_operator_oid, CStringGetDatum(opername), ObjectIdGetDatum(oprleft),
							  ObjectIdGetDatum(oprright), ObjectIdGetDatum(lfirst_oid(lc)));
		if (OidIsValid(oid))
			return oid;
	}
	return InvalidOid;
}

FuncCandidateList
OpernameGetCandidates(List *names, char oprkind, bool missing_schema_ok)
{
	FuncCandidateList result = NULL;
	Oid schema = InvalidOid;
	char *schemaname;
	char *opername;
	CatCList *list;

	DeconstructQualifiedName(names, &schemaname, &opername);
	if (schemaname)
	{
		schema = LookupExplicitNamespace(schemaname, missing_schema_ok);
		if (!OidIsValid(schema))
			return NULL;
	}
	list = SearchSysCacheList1(OPERNAMENSP, CStringGetDatum(opername));
	for (int i = 0; i < list->n_members; i++)
	{
		Form_pg_operator oper = (Form_pg_operator) GETSTRUCT(&list->members[i]->tuple);
		FuncCandidateList candidate;
		int pathpos = 0;

		if (oprkind && oper->oprkind != oprkind)
			continue;
		if (OidIsValid(schema) ? oper->oprnamespace != schema
							   : (isTempNamespace(oper->oprnamespace) || (pathpos = namespace_path_position(oper->oprnamespace)) < 0))
			continue;
		candidate = candidate_new(2);
		candidate->pathpos = pathpos;
		candidate->oid = oper->oid;
		candidate->nominalnargs = candidate->nargs = 2;
		candidate->args[0] = oper->oprleft;
		candidate->args[1] = oper->oprright;
		result = candidate_add(result, candidate);
	}
	ReleaseSysCacheList(list);
	return result;
}

bool
OperatorIsVisible(Oid oprid)
{
	HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(oprid));
	Form_pg_operator form;
	bool visible;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", oprid);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	visible = namespace_path_position(form->oprnamespace) >= 0 &&
		OpernameGetOprid(list_make1(makeString(pstrdup(NameStr(form->oprname)))), form->oprleft, form->oprright) == oprid;
	ReleaseSysCache(tuple);
	return visible;
}

/* ---- what has one name per schema (and perhaps per access method) ------------------------------------------------------------------------ */
Oid
OpclassnameGetOpcid(Oid amid, const char *opcname)
{
	ListCell *lc;

	foreach(lc, namespace_path()->schemas)
	{
		Oid oid = isTempNamespace(lfirst_oid(lc)) ? InvalidOid
												  : GetSysCacheOid3(CLAAMNAMENSP, Anum_pg_opclass_oid, ObjectIdGetDatum(amid),
																	CStringGetDatum(opcname), ObjectIdGetDatum(lfirst_oid(lc)));

		if (OidIsValid(oid))
			return oid;
	}
	return InvalidOid;
}

Oid
OpfamilynameGetOpfid(Oid amid, const char *opfname)
{
	ListCell *lc;

	foreach(lc, namespace_path()->schemas)
	{
		Oid oid = isTempNamespace(lfirst_oid(lc)) ? InvalidOid
												  : GetSysCacheOid3(OPFAMILYAMNAMENSP, Anum_pg_opfamily_oid, ObjectIdGetDatum(amid),
																	CStringGetDatum(opfname), ObjectIdGetDatum(lfirst_oid(lc)));

		if (OidIsValid(oid))
			return oid;
	}
	return InvalidOid;
}

/* A collation for this database's encoding, or for any. */
static Oid
collation_in(const char *collname, Oid nspid)
{
	Oid oid = GetSysCacheOid3(COLLNAMEENCNSP, Anum_pg_collation_oid, CStringGetDatum(collname), Int32GetDatum(GetDatabaseEncoding()),
							  ObjectIdGetDatum(nspid));

	if (!OidIsValid(oid))
		oid = GetSysCacheOid3(COLLNAMEENCNSP, Anum_pg_collation_oid, CStringGetDatum(collname), Int32GetDatum(-1), ObjectIdGetDatum(nspid));
	return oid;
}

Oid
CollationGetCollid(const char *collname)
{
	ListCell *lc;

	foreach(lc, namespace_path()->schemas)
	{
		Oid oid = isTempNamespace(lfirst_oid(lc)) ? InvalidOid : collation_in(collname, lfirst_oid(lc));

		if (OidIsValid(oid))
			return oid;
	}
	return InvalidOid;
}

Oid
ConversionGetConid(const char *conname)
{
	ListCell *lc;

	foreach(lc, namespace_path()->schemas)
	{
		Oid oid = GetSysCacheOid2(CONNAMENSP, Anum_pg_conversion_oid, CStringGetDatum(conname), ObjectIdGetDatum(lfirst_oid(lc)));

		if (OidIsValid(oid))
			return oid;
	}
	return InvalidOid;
}

/* Visible: in the path, and what the bare name finds. */
#define DEFINE_IS_VISIBLE(function, cache, Form, nspfield, namefield, lookup, what)            \
	bool function(Oid oid)                                                                     \
	{                                                                                          \
		HeapTuple tuple = SearchSysCache1(cache, ObjectIdGetDatum(oid));                       \
		bool visible;                                                                          \
		Form form;                                                                             \
		if (!HeapTupleIsValid(tuple))                                                          \
			elog(ERROR, "cache lookup failed for " what " %u", oid);                           \
		form = (Form) GETSTRUCT(tuple);                                                        \
		visible = namespace_path_position(form->nspfield) >= 0 && (lookup) == oid;             \
		ReleaseSysCache(tuple);                                                                \
		return visible;                                                                        \
	}

DEFINE_IS_VISIBLE(OpclassIsVisible, CLAOID, Form_pg_opclass, opcnamespace, opcname,
				  OpclassnameGetOpcid(form->opcmethod, NameStr(form->opcname)), "opclass")
DEFINE_IS_VISIBLE(OpfamilyIsVisible, OPFAMILYOID, Form_pg_opfamily, opfnamespace, opfname,
				  OpfamilynameGetOpfid(form->opfmethod, NameStr(form->opfname)), "opfamily")
DEFINE_IS_VISIBLE(CollationIsVisible, COLLOID, Form_pg_collation, collnamespace, collname,
				  CollationGetCollid(NameStr(form->collname)), "collation")
DEFINE_IS_VISIBLE(ConversionIsVisible, CONVOID, Form_pg_conversion, connamespace, conname,
				  ConversionGetConid(NameStr(form->conname)), "conversion")

static Oid
ts_lookup(int cache, AttrNumber oidcol, const char *name)
{
	ListCell *lc;

	foreach(lc, namespace_path()->schemas)
	{
		Oid oid = GetSysCacheOid2(cache, oidcol, CStringGetDatum(name), ObjectIdGetDatum(lfirst_oid(lc)));

		if (OidIsValid(oid))
			return oid;
	}
	return InvalidOid;
}

DEFINE_IS_VISIBLE(TSParserIsVisible, TSPARSEROID, Form_pg_ts_parser, prsnamespace, prsname,
				  ts_lookup(TSPARSERNAMENSP, Anum_pg_ts_parser_oid, NameStr(form->prsname)), "text search parser")
DEFINE_IS_VISIBLE(TSDictionaryIsVisible, TSDICTOID, Form_pg_ts_dict, dictnamespace, dictname,
				  ts_lookup(TSDICTNAMENSP, Anum_pg_ts_dict_oid, NameStr(form->dictname)), "text search dictionary")
DEFINE_IS_VISIBLE(TSTemplateIsVisible, TSTEMPLATEOID, Form_pg_ts_template, tmplnamespace, tmplname,
				  ts_lookup(TSTEMPLATENAMENSP, Anum_pg_ts_template_oid, NameStr(form->tmplname)), "text search template")
DEFINE_IS_VISIBLE(TSConfigIsVisible, TSCONFIGOID, Form_pg_ts_config, cfgnamespace, cfgname,
				  ts_lookup(TSCONFIGNAMENSP, Anum_pg_ts_config_oid, NameStr(form->cfgname)), "text search configuration")

bool
StatisticsObjIsVisible(Oid relid)
{
	elog(ERROR, "cache lookup failed for statistics object %u", relid); /* there are none */
}

Oid
get_collation_oid(List *collname, bool missing_ok)
{
	char *schemaname;
	char *name;
	Oid oid = InvalidOid;

	DeconstructQualifiedName(collname, &schemaname, &name);
	if (schemaname)
	{
		Oid nspid = LookupExplicitNamespace(schemaname, missing_ok);

		if (OidIsValid(nspid))
			oid = collation_in(name, nspid);
	}
	else
		oid = CollationGetCollid(name);
	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("collation \"%s\" for encoding \"%s\" does not exist", NameListToString(collname), GetDatabaseEncodingName()));
	return oid;
}

Oid
get_conversion_oid(List *conname, bool missing_ok)
{
	char *schemaname;
	char *name;
	Oid oid;

	DeconstructQualifiedName(conname, &schemaname, &name);
	if (schemaname)
		oid = GetSysCacheOid2(CONNAMENSP, Anum_pg_conversion_oid, CStringGetDatum(name),
							  ObjectIdGetDatum(LookupExplicitNamespace(schemaname, missing_ok)));
	else
		oid = ConversionGetConid(name);
	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("conversion \"%s\" does not exist", NameListToString(conname)));
	return oid;
}

Oid
get_ts_config_oid(List *names, bool missing_ok)
{
	char *schemaname;
	char *name;
	Oid oid;

	DeconstructQualifiedName(names, &schemaname, &name);
	if (schemaname)
		oid = GetSysCacheOid2(TSCONFIGNAMENSP, Anum_pg_ts_config_oid, CStringGetDatum(name),
							  ObjectIdGetDatum(LookupExplicitNamespace(schemaname, missing_ok)));
	else
		oid = ts_lookup(TSCONFIGNAMENSP, Anum_pg_ts_config_oid, name);
	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("text search configuration \"%s\" does not exist", NameListToString(names)));
	return oid;
}
