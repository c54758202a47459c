/*
 * func_lookup.c
 *    Which function (or operator) is meant: the candidates that accept the arguments, and the best of them.
 *
 * The rules are those of the documentation's chapter on type conversion (10.2 and 10.3); each of their steps is one
 * filter here. A filter that would leave nobody is skipped.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "analyze/analyze_internal.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_func.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* ---- filters on candidates ---- */
int
func_match_argtypes(int nargs, Oid *input_typeids, FuncCandidateList raw_candidates, FuncCandidateList *candidates)
{
	int count = 0;

	*candidates = NULL;
	for (FuncCandidateList next, c = raw_candidates; c; c = next)
	{
		next = c->next;
		if (!can_coerce_type(nargs, input_typeids, c->args, COERCION_IMPLICIT))
			continue;
		c->next = *candidates;
		*candidates = c;
		count++;
	}
	return count;
}

/* What the filters look at. Domains count as the types they are over. */
typedef struct Selection
{
	int nargs;
	Oid input[FUNC_MAX_ARGS];
	int nunknowns;
	TYPCATEGORY category[FUNC_MAX_ARGS];	/* of a known input; what was chosen for an unknown one */
	bool preferred[FUNC_MAX_ARGS];			/* unknown ones: some candidate takes the category's preferred type */
	FuncCandidateList candidates;
	int count;
} Selection;

typedef int (*CandidateScore)(const Selection *sel, FuncCandidateList candidate);

/* Keep those with the best score; -1 stands for "out". */
static void
keep_best(Selection *sel, CandidateScore score)
{
	FuncCandidateList kept = NULL;
	FuncCandidateList *tail = &kept;
	int best = 0;
	int count = 0;

	for (FuncCandidateList c = sel->candidates; c; c = c->next)
		best = Max(best, score(sel, c));
	for (FuncCandidateList next, c = sel->candidates; c; c = next)
	{
		next = c->next;
		if (score(sel, c) != best)
			continue;
		*tail = c;
		tail = &c->next;
		count++;
	}
	*tail = NULL;
	if (count > 0)
	{
		sel->candidates = kept;
		sel->count = count;
	}
}

static int
exact_matches(const Selection *sel, FuncCandidateList candidate)
{
	int matches = 0;

	for (int i = 0; i < sel->nargs; i++)
		if (sel->input[i] != UNKNOWNOID && candidate->args[i] == sel->input[i])
			matches++;
	return matches;
}

static int
exact_or_preferred_matches(const Selection *sel, FuncCandidateList candidate)
{
	int matches = 0;

	for (int i = 0; i < sel->nargs; i++)
		if (sel->input[i] != UNKNOWNOID &&
			(candidate->args[i] == sel->input[i] || IsPreferredType(sel->category[i], candidate->args[i])))
			matches++;
	return matches;
}

/* Does the candidate take the categories chosen for the unknown arguments? 1 yes, 0 no. */
static int
takes_chosen_categories(const Selection *sel, FuncCandidateList candidate)
{
	for (int i = 0; i < sel->nargs; i++)
	{
		char category;
		bool preferred;

		if (sel->input[i] != UNKNOWNOID)
			continue;
		get_type_category_preferred(candidate->args[i], &category, &preferred);
		if (category != sel->category[i] || (sel->preferred[i] && !preferred))
			return 0;
	}
	return 1;
}

/*
 * Choose a category for one unknown argument: string if anybody takes one, for a literal looks like one; else the one
 * that all take. False: they disagree.
 */
static bool
choose_category(Selection *sel, int i)
{
	bool conflict = false;

	sel->category[i] = TYPCATEGORY_INVALID;
	sel->preferred[i] = false;
	for (FuncCandidateList c = sel->candidates; c; c = c->next)
	{
		char category;
		bool preferred;

		get_type_category_preferred(c->args[i], &category, &preferred);
		if (sel->category[i] == TYPCATEGORY_INVALID)
		{
			sel->category[i] = category;
			sel->preferred[i] = preferred;
		}
		else if (category == sel->category[i])
			sel->preferred[i] |= preferred;
		else if (category == TYPCATEGORY_STRING)
		{
			sel->category[i] = category;
			sel->preferred[i] = preferred;
		}
		else if (sel->category[i] != TYPCATEGORY_STRING)
			conflict = true;
	}
	return !conflict || sel->category[i] == TYPCATEGORY_STRING;
}

static void
filter_by_category(Selection *sel)
{
	FuncCandidateList first_best = NULL;
	bool resolved = true;

	for (int i = 0; i < sel->nargs && resolved; i++)
		if (sel->input[i] == UNKNOWNOID)
			resolved = choose_category(sel, i);
	if (!resolved)
		return;
	for (FuncCandidateList c = sel->candidates; c && !first_best; c = c->next)
		if (takes_chosen_categories(sel, c))
			first_best = c;
	if (first_best)
		keep_best(sel, takes_chosen_categories);
}

/* Known arguments all of one type: suppose that the unknown ones are of it too. */
static FuncCandidateList
select_by_common_known_type(Selection *sel)
{
	Oid known = UNKNOWNOID;
	FuncCandidateList only = NULL;
	Oid supposed[FUNC_MAX_ARGS];

	if (sel->nunknowns == 0 || sel->nunknowns == sel->nargs)
		return NULL;
	for (int i = 0; i < sel->nargs; i++)
	{
		if (sel->input[i] == UNKNOWNOID)
			continue;
		if (known == UNKNOWNOID)
			known = sel->input[i];
		else if (known != sel->input[i])
			return NULL;
	}
	for (int i = 0; i < sel->nargs; i++)
		supposed[i] = known;
	for (FuncCandidateList c = sel->candidates; c; c = c->next)
	{
		if (!can_coerce_type(sel->nargs, supposed, c->args, COERCION_IMPLICIT))
			continue;
		if (only)
			return NULL;
		only = c;
	}
	if (only)
		only->next = NULL;
	return only;
}

FuncCandidateList
func_select_candidate(int nargs, Oid *input_typeids, FuncCandidateList candidates)
{
	Selection sel = {.nargs = nargs, .candidates = candidates};

	if (nargs > FUNC_MAX_ARGS)
		ereport(ERROR,
				errcode(ERRCODE_TOO_MANY_ARGUMENTS),
				errmsg_plural("cannot pass more than %d argument to a function",
							  "cannot pass more than %d arguments to a function", FUNC_MAX_ARGS, FUNC_MAX_ARGS));
	for (int i = 0; i < nargs; i++)
	{
		sel.input[i] = input_typeids[i] == UNKNOWNOID ? UNKNOWNOID : getBaseType(input_typeids[i]);
		sel.nunknowns += sel.input[i] == UNKNOWNOID;
		sel.category[i] = TypeCategory(sel.input[i]);
	}
	for (FuncCandidateList c = candidates; c; c = c->next)
		sel.count++;
	keep_best(&sel, exact_matches);
	if (sel.count > 1)
		keep_best(&sel, exact_or_preferred_matches);
	if (sel.count == 1)
		return sel.candidates;
	if (sel.nunknowns == 0)
		return NULL;
	filter_by_category(&sel);
	if (sel.count == 1)
		return sel.candidates;
	return select_by_common_known_type(&sel);
}

/* ---- a type's name used as a function ---- */
static Oid
function_name_as_type(List *funcname)
{
	Type tuple = LookupTypeNameExtended(NULL, makeTypeNameFromNameList(funcname), NULL, false, false);
	Oid result = InvalidOid;

	if (tuple == NULL)
		return InvalidOid;
	if (((Form_pg_type) GETSTRUCT(tuple))->typisdefined && !OidIsValid(typeTypeRelid(tuple)))
		result = typeTypeId(tuple);
	ReleaseSysCache(tuple);
	return result;
}

static bool
is_conversion_request(Oid source, Oid target)
{
	Oid funcid;

	if (source == UNKNOWNOID)
		return true;
	switch (find_coercion_pathway(target, source, COERCION_EXPLICIT, &funcid))
	{
		case COERCION_PATH_RELABELTYPE:
			return true;
		case COERCION_PATH_COERCEVIAIO:
			/* x.text for a row x would be too surprising */
			return !((source == RECORDOID || ISCOMPLEX(source)) && TypeCategory(target) == TYPCATEGORY_STRING);
		default:
			return false;
	}
}

/* ---- details of the chosen one ---- */

/* Default expressions for the arguments that the call leaves out. */
static List *
defaults_for_call(HeapTuple tuple, FuncCandidateList best)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	bool isnull;
	Datum datum = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargdefaults, &isnull);
	List *defaults;
	List *result = NIL;
	int first_default;

	if (isnull)
		elog(ERROR, "not enough default arguments");
	defaults = castNode(List, stringToNode(TextDatumGetCString(datum)));
	first_default = form->pronargs - list_length(defaults);
	if (best->argnumbers == NULL)
		return list_copy_tail(defaults, list_length(defaults) - best->ndargs);
	/* Named notation: the places not supplied are the last ndargs of argnumbers, in order of declaration. */
	for (int pos = first_default; pos < form->pronargs; pos++)
		for (int i = best->nargs - best->ndargs; i < best->nargs; i++)
			if (best->argnumbers[i] == pos)
				result = lappend(result, list_nth(defaults, pos - first_default));
	return result;
}

static FuncDetailCode
detail_of_kind(char prokind)
{
	switch (prokind)
	{
		case PROKIND_AGGREGATE:
			return FUNCDETAIL_AGGREGATE;
		case PROKIND_FUNCTION:
			return FUNCDETAIL_NORMAL;
		case PROKIND_PROCEDURE:
			return FUNCDETAIL_PROCEDURE;
		case PROKIND_WINDOW:
			return FUNCDETAIL_WINDOWFUNC;
		default:
			elog(ERROR, "unrecognized prokind: %c", prokind);
			return FUNCDETAIL_NOTFOUND;
	}
}

static FuncCandidateList
find_exact_match(FuncCandidateList candidates, int nargs, Oid *argtypes)
{
	for (FuncCandidateList c = candidates; c; c = c->next)
		if (nargs == 0 || memcmp(argtypes, c->args, nargs * sizeof(Oid)) == 0)
			return c;
	return NULL;
}

FuncDetailCode
func_get_detail(List *funcname, List *fargs, List *fargnames, int nargs, Oid *argtypes, bool expand_variadic,
				bool expand_defaults, bool include_out_arguments, Oid *funcid, Oid *rettype, bool *retset, int *nvargs,
				Oid *vatype, Oid **true_typeids, List **argdefaults)
{
	FuncCandidateList raw;
	FuncCandidateList best;
	HeapTuple tuple;
	Form_pg_proc form;
	FuncDetailCode result;

	*funcid = InvalidOid;
	*rettype = InvalidOid;
	*retset = false;
	*nvargs = 0;
	*vatype = InvalidOid;
	*true_typeids = NULL;
	if (argdefaults)
		*argdefaults = NIL;

	raw = FuncnameGetCandidates(funcname, nargs, fargnames, expand_variadic, expand_defaults, include_out_arguments,
								false);
	best = find_exact_match(raw, nargs, argtypes);
	if (best == NULL)
	{
		if (nargs == 1 && fargs != NIL && fargnames == NIL)
		{
			Oid target = function_name_as_type(funcname);

			if (OidIsValid(target) && is_conversion_request(argtypes[0], target))
			{
				*funcid = InvalidOid;
				*rettype = target;
				*true_typeids = argtypes;
				return FUNCDETAIL_COERCION;
			}
		}
		if (raw)
		{
			FuncCandidateList usable;
			int count = func_match_argtypes(nargs, argtypes, raw, &usable);

			if (count == 1)
				best = usable;
			else if (count > 1)
			{
				best = func_select_candidate(nargs, argtypes, usable);
				if (best == NULL)
					return FUNCDETAIL_MULTIPLE;
			}
		}
	}
	if (best == NULL)
		return FUNCDETAIL_NOTFOUND;
	/* An entry without OID stands for several that only defaults tell apart. */
	if (!OidIsValid(best->oid))
		return FUNCDETAIL_MULTIPLE;
	/* Aggregates' and functions' named arguments are put into place only after this. */
	if (fargnames != NIL && !expand_variadic && nargs > 0 && best->argnumbers[nargs - 1] < 0)
		return FUNCDETAIL_NOTFOUND;
	*funcid = best->oid;
	*nvargs = best->nvargs;
	*true_typeids = best->args;
	if (best->argnumbers)
	{
		ListCell *lc;

		foreach (lc, fargs)
		{
			NamedArgExpr *named = (NamedArgExpr *) lfirst(lc);

			if (IsA(named, NamedArgExpr))
				named->argnumber = best->argnumbers[foreach_current_index(lc)];
		}
	}
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(best->oid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", best->oid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	*rettype = form->prorettype;
	*retset = form->proretset;
	*vatype = form->provariadic;
	if (argdefaults && best->ndargs > 0)
		*argdefaults = defaults_for_call(tuple, best);
	result = detail_of_kind(form->prokind);
	ReleaseSysCache(tuple);
	return result;
}

/* ---- names in messages ---- */
const char *
funcname_signature_string(const char *funcname, int nargs, List *argnames, const Oid *argtypes)
{
	StringInfoData buf;
	int npositional = nargs - list_length(argnames);

	initStringInfo(&buf);
	appendStringInfo(&buf, "%s(", funcname);
	for (int i = 0; i < nargs; i++)
	{
		if (i > 0)
			appendStringInfoString(&buf, ", ");
		if (i >= npositional)
			appendStringInfo(&buf, "%s => ", (char *) list_nth(argnames, i - npositional));
		appendStringInfoString(&buf, format_type_be(argtypes[i]));
	}
	appendStringInfoChar(&buf, ')');
	return buf.data;
}

const char *
func_signature_string(List *funcname, int nargs, List *argnames, const Oid *argtypes)
{
	return funcname_signature_string(NameListToString(funcname), nargs, argnames, argtypes);
}
