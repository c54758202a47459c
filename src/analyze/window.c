/*
 * window.c
 *    WINDOW and OVER clauses: partitions, orders, frames.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/nbtree.h"
#include "analyze/analyze_internal.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_expr.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#define IN_RANGE_PROC 3		/* support function "in_range" of B-tree operator classes */

WindowClause *
find_window_clause(List *wclist, const char *name)
{
	ListCell *lc;

	foreach (lc, wclist)
	{
		WindowClause *wc = lfirst_node(WindowClause, lc);

		if (wc->name && strcmp(wc->name, name) == 0)
			return wc;
	}
	return NULL;
}

/* ---- frames ---- */

/* RANGE n PRECEDING: the in_range function for the sort column's type, and the type it wants of n. */
static Node *
range_offset(ParseState *pstate, Node *offset, WindowClause *wc, TargetEntry *column, Oid *in_range_func)
{
	SortGroupClause *sort = linitial_node(SortGroupClause, wc->orderClause);
	Oid column_type = exprType((Node *) column->expr);
	Oid offset_type = exprType(offset);
	Oid family;
	Oid input_type;
	int16 strategy;
	Oid chosen_type = InvalidOid;
	int matches = 0;
	CatCList *procs;

	if (!get_ordering_op_properties(sort->sortop, &family, &input_type, &strategy))
		elog(ERROR, "operator %u is not a valid ordering operator", sort->sortop);
	*in_range_func = InvalidOid;
	procs = SearchSysCacheList2(AMPROCNUM, ObjectIdGetDatum(family), ObjectIdGetDatum(input_type));
	for (int i = 0; i < procs->n_members; i++)
	{
		Form_pg_amproc form = (Form_pg_amproc) GETSTRUCT(&procs->members[i]->tuple);

		if (form->amprocnum != IN_RANGE_PROC)
			continue;
		/* An untyped literal would fit any: prefer the column's own type. */
		if (offset_type == UNKNOWNOID && matches > 0 && form->amprocrighttype != input_type)
		{
			matches++;
			continue;
		}
		if (offset_type != UNKNOWNOID && matches > 0 && chosen_type == offset_type)
		{
			matches++;
			continue;
		}
		if (!can_coerce_type(1, &offset_type, &form->amprocrighttype, COERCION_IMPLICIT))
		{
			if (!OidIsValid(*in_range_func) && matches == 0)
				chosen_type = InvalidOid;
			continue;
		}
		matches++;
		if (!OidIsValid(*in_range_func) || form->amprocrighttype == offset_type ||
			(offset_type == UNKNOWNOID && form->amprocrighttype == input_type))
		{
			*in_range_func = form->amproc;
			chosen_type = form->amprocrighttype;
		}
	}
	if (!OidIsValid(*in_range_func))
	{
		bool any = false;

		for (int i = 0; i < procs->n_members; i++)
			any |= ((Form_pg_amproc) GETSTRUCT(&procs->members[i]->tuple))->amprocnum == IN_RANGE_PROC;
		ReleaseSysCacheList(procs);
		if (!any)
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s",
						   format_type_be(column_type)),
					parser_errposition(pstate, exprLocation(offset)));
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s and offset type %s",
					   format_type_be(column_type), format_type_be(offset_type)),
				errhint("Cast the offset value to an appropriate type."),
				parser_errposition(pstate, exprLocation(offset)));
	}
	ReleaseSysCacheList(procs);
	return coerce_to_specific_type(pstate, offset, chosen_type, "RANGE");
}

static Node *
frame_offset(ParseState *pstate, WindowClause *wc, Node *raw, TargetEntry *range_column, Oid *in_range_func)
{
	ParseExprKind kind = EXPR_KIND_WINDOW_FRAME_ROWS;
	const char *name = "ROWS";
	Node *node;

	*in_range_func = InvalidOid;
	if (raw == NULL)
		return NULL;
	if (wc->frameOptions & FRAMEOPTION_RANGE)
	{
		kind = EXPR_KIND_WINDOW_FRAME_RANGE;
		name = "RANGE";
	}
	else if (wc->frameOptions & FRAMEOPTION_GROUPS)
	{
		kind = EXPR_KIND_WINDOW_FRAME_GROUPS;
		name = "GROUPS";
	}
	node = transformExpr(pstate, raw, kind);
	if (wc->frameOptions & FRAMEOPTION_RANGE)
		node = range_offset(pstate, node, wc, range_column, in_range_func);
	else
		node = coerce_to_specific_type(pstate, node, INT8OID, name);
	if (contains_vars_of_level(node, 0))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("argument of %s must not contain variables", name),
				parser_errposition(pstate, location_of_var_of_level(node, 0)));
	return node;
}

static TargetEntry *
range_sort_column(ParseState *pstate, WindowClause *wc, WindowDef *def, List *tlist)
{
	SortGroupClause *sort;
	ListCell *lc;

	if (list_length(wc->orderClause) != 1)
		ereport(ERROR,
				errcode(ERRCODE_WINDOWING_ERROR),
				errmsg("RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column"),
				parser_errposition(pstate, def->location));
	sort = linitial_node(SortGroupClause, wc->orderClause);
	foreach (lc, tlist)
		if (lfirst_node(TargetEntry, lc)->ressortgroupref == sort->tleSortGroupRef)
			return lfirst(lc);
	elog(ERROR, "window ordering column not found in targetlist");
	return NULL;
}

static void
analyze_frame(ParseState *pstate, WindowClause *wc, WindowDef *def, List *tlist)
{
	TargetEntry *column = NULL;

	wc->frameOptions = def->frameOptions;
	if ((wc->frameOptions & FRAMEOPTION_RANGE) &&
		(wc->frameOptions & (FRAMEOPTION_START_OFFSET | FRAMEOPTION_END_OFFSET)))
	{
		SortGroupClause *sort;
		Oid family;
		Oid type;
		int16 strategy;

		column = range_sort_column(pstate, wc, def, tlist);
		sort = linitial_node(SortGroupClause, wc->orderClause);
		if (!get_ordering_op_properties(sort->sortop, &family, &type, &strategy))
			elog(ERROR, "operator %u is not a valid ordering operator", sort->sortop);
		wc->inRangeColl = exprCollation((Node *) column->expr);
		wc->inRangeAsc = strategy == BTLessStrategyNumber;
		wc->inRangeNullsFirst = sort->nulls_first;
	}
	if ((wc->frameOptions & FRAMEOPTION_GROUPS) && wc->orderClause == NIL)
		ereport(ERROR,
				errcode(ERRCODE_WINDOWING_ERROR),
				errmsg("GROUPS mode requires an ORDER BY clause"),
				parser_errposition(pstate, def->location));
	wc->startOffset = frame_offset(pstate, wc, def->startOffset, column, &wc->startInRangeFunc);
	wc->endOffset = frame_offset(pstate, wc, def->endOffset, column, &wc->endInRangeFunc);
}

/* ---- definitions ---- */

/* OVER (w ...): take over w's partitioning and, if there is none here, its order. */
static void
inherit_window(ParseState *pstate, WindowClause *wc, WindowDef *def, WindowClause *base, List *partition, List *order)
{
	if (partition)
		ereport(ERROR,
				errcode(ERRCODE_WINDOWING_ERROR),
				errmsg("cannot override PARTITION BY clause of window \"%s\"", def->refname),
				parser_errposition(pstate, def->location));
	wc->partitionClause = copyObject(base->partitionClause);
	if (order && base->orderClause)
		ereport(ERROR,
				errcode(ERRCODE_WINDOWING_ERROR),
				errmsg("cannot override ORDER BY clause of window \"%s\"", def->refname),
				parser_errposition(pstate, def->location));
	wc->orderClause = order ? order : copyObject(base->orderClause);
	wc->copiedOrder = order == NIL;
	if (base->frameOptions == FRAMEOPTION_DEFAULTS)
		return;
	ereport(ERROR,
			errcode(ERRCODE_WINDOWING_ERROR),
			errmsg("cannot copy window \"%s\" because it has a frame clause", def->refname),
			def->name || order || def->frameOptions != FRAMEOPTION_DEFAULTS
				? 0
				: errhint("Omit the parentheses in this OVER clause."),
			parser_errposition(pstate, def->location));
}

static WindowClause *
analyze_window(ParseState *pstate, WindowDef *def, List *done, int winref, List **targetlist)
{
	WindowClause *wc = makeNode(WindowClause);
	WindowClause *base = NULL;
	List *order;
	List *partition;

	if (def->name && find_window_clause(done, def->name))
		ereport(ERROR,
				errcode(ERRCODE_WINDOWING_ERROR),
				errmsg("window \"%s\" is already defined", def->name),
				parser_errposition(pstate, def->location));
	if (def->refname)
	{
		base = find_window_clause(done, def->refname);
		if (base == NULL)
			ereport(ERROR,
					errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("window \"%s\" does not exist", def->refname),
					parser_errposition(pstate, def->location));
	}
	order = transformSortClause(pstate, def->orderClause, targetlist, EXPR_KIND_WINDOW_ORDER, true);
	partition = transformGroupClause(pstate, def->partitionClause, false, NULL, targetlist, order,
									 EXPR_KIND_WINDOW_PARTITION, true);
	wc->name = def->name;
	wc->refname = def->refname;
	if (base)
		inherit_window(pstate, wc, def, base, partition, order);
	else
	{
		wc->partitionClause = partition;
		wc->orderClause = order;
	}
	analyze_frame(pstate, wc, def, *targetlist);
	wc->winref = winref;
	return wc;
}

List *
transformWindowDefinitions(ParseState *pstate, List *windowdefs, List **targetlist)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, windowdefs)
		result = lappend(result, analyze_window(pstate, lfirst_node(WindowDef, lc), result,
												foreach_current_index(lc) + 1, targetlist));
	return result;
}
