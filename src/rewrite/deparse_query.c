/*
 * deparse_query.c
 *    Queries as text, line by line as views are shown.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_oper.h"
#include "parser/parse_relation.h"
#include "rewrite/deparse.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

static void deparse_from_item(Deparse *d, Node *node, Query *query);

/* ---- layout ---- */
static void
strip_trailing_spaces(StringInfo buf)
{
	while (buf->len > 0 && buf->data[buf->len - 1] == ' ')
		buf->data[--buf->len] = '\0';
}

/* A new line for the keyword: level changes by before, then plus extra columns, then level changes by after. */
void
deparse_keyword(Deparse *d, const char *keyword, int before, int after, int plus)
{
	int amount;

	if (!(d->flags & PRETTY_INDENT))
	{
		appendStringInfoString(d->buf, keyword);
		return;
	}
	d->indent += before;
	strip_trailing_spaces(d->buf);
	appendStringInfoChar(d->buf, '\n');
	if (d->indent < INDENT_LIMIT)
		amount = Max(d->indent, 0) + plus;
	else
		/* very deep: grow slower, and not without end */
		amount = INDENT_LIMIT + ((d->indent - INDENT_LIMIT) / (INDENT_STD / 2)) % INDENT_LIMIT + plus;
	appendStringInfoSpaces(d->buf, amount);
	appendStringInfoString(d->buf, keyword);
	d->indent += after;
	if (d->indent < 0)
		d->indent = 0;
}

/* Items of a comma list each begin a line, if they do not fit behind the last. */
static void
place_item(Deparse *d, StringInfo item, bool first)
{
	const char *last_line;
	bool begins_line = item->data[0] == '\n';

	if (!first && (d->flags & PRETTY_INDENT) && d->wrap_column >= 0 && !begins_line)
	{
		last_line = strrchr(d->buf->data, '\n');
		last_line = last_line ? last_line + 1 : d->buf->data;
		if (d->wrap_column == 0 || (int) strlen(last_line) + item->len > d->wrap_column)
			deparse_keyword(d, "", -INDENT_STD, INDENT_STD, INDENT_VAR);
	}
	else if (begins_line)
		strip_trailing_spaces(d->buf);
	appendBinaryStringInfo(d->buf, item->data, item->len);
}

/* ---- target lists ---- */
static void
deparse_targets(Deparse *d, List *targets, TupleDesc names)
{
	bool first = true;
	int column = 0;
	ListCell *lc;

	foreach (lc, targets)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		StringInfoData item;
		StringInfo outer = d->buf;
		const char *own_name = "?column?";
		const char *name;

		if (tle->resjunk)
			continue;
		appendStringInfoString(outer, first ? " " : ", ");
		initStringInfo(&item);
		d->buf = &item;
		if (tle->expr && IsA(tle->expr, Var))
		{
			Var *var = (Var *) tle->expr;
			RangeTblEntry *rte;
			int varno = var->varnosyn > 0 ? (int) var->varnosyn : var->varno;
			AttrNumber attno = var->varnosyn > 0 ? var->varattnosyn : var->varattno;
			DeparseEntry *entry = deparse_entry_of(d, varno, var->varlevelsup, &rte);

			deparse_top_expr(d, (Node *) var, true);
			own_name = attno > 0 && attno <= entry->ncolumns ? entry->colnames[attno - 1]
					   : attno < 0							 ? get_rte_attribute_name(rte, attno)
															 : NULL;
		}
		else
			deparse_expr(d, (Node *) tle->expr, true);
		name = names && column < names->natts ? NameStr(TupleDescAttr(names, column)->attname) : tle->resname;
		column++;
		if (name && (own_name == NULL || strcmp(own_name, name) != 0))
			appendStringInfo(&item, " AS %s", quote_identifier(name));
		d->buf = outer;
		place_item(d, &item, first);
		first = false;
		pfree(item.data);
	}
}

/* ---- ORDER BY, GROUP BY, windows ---- */
static TargetEntry *
target_by_ref(Index ref, List *targets)
{
	ListCell *lc;

	foreach (lc, targets)
		if (lfirst_node(TargetEntry, lc)->ressortgroupref == ref)
			return lfirst(lc);
	elog(ERROR, "ORDER/GROUP BY expression not found in targetlist");
	return NULL;
}

void
deparse_sort_group_expr(Deparse *d, Index ref, List *targets, bool force_colno)
{
	TargetEntry *tle = target_by_ref(ref, targets);
	Node *expr = (Node *) tle->expr;

	if (force_colno)
		appendStringInfo(d->buf, "%d", tle->resno);
	else if (expr && IsA(expr, Const))
		deparse_const(d, (Const *) expr, 1);
	else if (!expr || IsA(expr, Var))
		deparse_expr(d, expr, true);
	else
	{
		/* Without parentheses some expressions would be taken for other syntax. */
		bool paren = (d->flags & PRETTY_PAREN) || IsA(expr, FuncExpr) || IsA(expr, Aggref) || IsA(expr, WindowFunc);

		if (paren)
			appendStringInfoChar(d->buf, '(');
		deparse_expr(d, expr, true);
		if (paren)
			appendStringInfoChar(d->buf, ')');
	}
}

void
deparse_order_by(Deparse *d, List *sort, List *targets, bool force_colno)
{
	ListCell *lc;

	foreach (lc, sort)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
		Oid type = exprType((Node *) target_by_ref(clause->tleSortGroupRef, targets)->expr);
		TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_LT_OPR | TYPECACHE_GT_OPR);

		if (foreach_current_index(lc) > 0)
			appendStringInfoString(d->buf, ", ");
		deparse_sort_group_expr(d, clause->tleSortGroupRef, targets, force_colno);
		if (clause->sortop == entry->lt_opr)
		{
			if (clause->nulls_first)
				appendStringInfoString(d->buf, " NULLS FIRST");
		}
		else if (clause->sortop == entry->gt_opr)
		{
			appendStringInfoString(d->buf, " DESC");
			if (!clause->nulls_first)
				appendStringInfoString(d->buf, " NULLS LAST");
		}
		else
		{
			appendStringInfo(d->buf, " USING %s", deparse_operator_name(clause->sortop, type, type));
			appendStringInfoString(d->buf, clause->nulls_first ? " NULLS FIRST" : " NULLS LAST");
		}
	}
}

static void
deparse_refs(Deparse *d, List *refs, List *targets)
{
	ListCell *lc;

	foreach (lc, refs)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(d->buf, ", ");
		deparse_sort_group_expr(d, lfirst_int(lc), targets, false);
	}
}

static void
deparse_grouping_set(Deparse *d, GroupingSet *set, List *targets, bool top)
{
	const char *open = set->kind == GROUPING_SET_ROLLUP ? "ROLLUP("
					   : set->kind == GROUPING_SET_CUBE ? "CUBE("
														: "GROUPING SETS (";
	ListCell *lc;

	switch (set->kind)
	{
		case GROUPING_SET_EMPTY:
			appendStringInfoString(d->buf, "()");
			return;
		case GROUPING_SET_SIMPLE:
			{
				bool paren = !top || list_length(set->content) != 1;

				if (paren)
					appendStringInfoChar(d->buf, '(');
				deparse_refs(d, set->content, targets);
				if (paren)
					appendStringInfoChar(d->buf, ')');
			}
			return;
		default:
			break;
	}
	appendStringInfoString(d->buf, open);
	foreach (lc, set->content)
	{
		GroupingSet *inner = lfirst_node(GroupingSet, lc);
		bool bare = set->kind != GROUPING_SET_SETS && inner->kind == GROUPING_SET_SIMPLE;

		if (foreach_current_index(lc) > 0)
			appendStringInfoString(d->buf, ", ");
		deparse_grouping_set(d, inner, targets, bare);
	}
	appendStringInfoChar(d->buf, ')');
}

static void
deparse_group_by(Deparse *d, Query *query)
{
	ListCell *lc;

	if (query->groupClause == NIL && query->groupingSets == NIL)
		return;
	deparse_keyword(d, " GROUP BY ", -INDENT_STD, INDENT_STD, 1);
	if (query->groupDistinct)
		appendStringInfoString(d->buf, "DISTINCT ");
	if (query->groupingSets == NIL)
		foreach (lc, query->groupClause)
		{
			if (foreach_current_index(lc) > 0)
				appendStringInfoString(d->buf, ", ");
			deparse_sort_group_expr(d, lfirst_node(SortGroupClause, lc)->tleSortGroupRef, query->targetList, false);
		}
	else
		foreach (lc, query->groupingSets)
		{
			if (foreach_current_index(lc) > 0)
				appendStringInfoString(d->buf, ", ");
			deparse_grouping_set(d, lfirst_node(GroupingSet, lc), query->targetList, true);
		}
}

static void
deparse_frame_bound(Deparse *d, int options, bool start, Node *offset)
{
	int unbounded_preceding = start ? FRAMEOPTION_START_UNBOUNDED_PRECEDING : FRAMEOPTION_END_UNBOUNDED_PRECEDING;
	int unbounded_following = start ? FRAMEOPTION_START_UNBOUNDED_FOLLOWING : FRAMEOPTION_END_UNBOUNDED_FOLLOWING;
	int current = start ? FRAMEOPTION_START_CURRENT_ROW : FRAMEOPTION_END_CURRENT_ROW;
	int preceding = start ? FRAMEOPTION_START_OFFSET_PRECEDING : FRAMEOPTION_END_OFFSET_PRECEDING;

	if (options & unbounded_preceding)
		appendStringInfoString(d->buf, "UNBOUNDED PRECEDING ");
	else if (options & unbounded_following)
		appendStringInfoString(d->buf, "UNBOUNDED FOLLOWING ");
	else if (options & current)
		appendStringInfoString(d->buf, "CURRENT ROW ");
	else
	{
		deparse_expr(d, offset, false);
		appendStringInfoString(d->buf, options & preceding ? " PRECEDING " : " FOLLOWING ");
	}
}

static void
deparse_frame(Deparse *d, WindowClause *wc)
{
	int options = wc->frameOptions;

	appendStringInfoString(d->buf, options & FRAMEOPTION_RANGE	  ? "RANGE "
								   : options & FRAMEOPTION_ROWS	  ? "ROWS "
								   : options & FRAMEOPTION_GROUPS ? "GROUPS "
																  : "");
	if (options & FRAMEOPTION_BETWEEN)
		appendStringInfoString(d->buf, "BETWEEN ");
	deparse_frame_bound(d, options, true, wc->startOffset);
	if (options & FRAMEOPTION_BETWEEN)
	{
		appendStringInfoString(d->buf, "AND ");
		deparse_frame_bound(d, options, false, wc->endOffset);
	}
	if (options & FRAMEOPTION_EXCLUDE_CURRENT_ROW)
		appendStringInfoString(d->buf, "EXCLUDE CURRENT ROW ");
	else if (options & FRAMEOPTION_EXCLUDE_GROUP)
		appendStringInfoString(d->buf, "EXCLUDE GROUP ");
	else if (options & FRAMEOPTION_EXCLUDE_TIES)
		appendStringInfoString(d->buf, "EXCLUDE TIES ");
	strip_trailing_spaces(d->buf);
}

void
deparse_window_spec(Deparse *d, WindowClause *wc, List *targets)
{
	const char *sep = "";
	ListCell *lc;

	appendStringInfoChar(d->buf, '(');
	if (wc->refname)
	{
		appendStringInfoString(d->buf, quote_identifier(wc->refname));
		sep = " ";
	}
	if (wc->partitionClause && !wc->refname)
	{
		appendStringInfo(d->buf, "%sPARTITION BY ", sep);
		foreach (lc, wc->partitionClause)
		{
			if (foreach_current_index(lc) > 0)
				appendStringInfoString(d->buf, ", ");
			deparse_sort_group_expr(d, lfirst_node(SortGroupClause, lc)->tleSortGroupRef, targets, false);
		}
		sep = " ";
	}
	if (wc->orderClause && !wc->copiedOrder)
	{
		appendStringInfo(d->buf, "%sORDER BY ", sep);
		deparse_order_by(d, wc->orderClause, targets, false);
		sep = " ";
	}
	if (wc->frameOptions & FRAMEOPTION_NONDEFAULT)
	{
		appendStringInfoString(d->buf, sep);
		deparse_frame(d, wc);
	}
	appendStringInfoChar(d->buf, ')');
}

/* ---- FROM ---- */
static void
deparse_column_aliases(Deparse *d, DeparseEntry *entry)
{
	bool first = true;

	for (int i = 0; i < entry->ncolumns; i++)
	{
		if (entry->colnames[i] == NULL)
			continue;
		appendStringInfo(d->buf, "%s%s", first ? "(" : ", ", quote_identifier(entry->colnames[i]));
		first = false;
	}
	if (!first)
		appendStringInfoChar(d->buf, ')');
}

static void
deparse_coldeflist(Deparse *d, RangeTblFunction *rtfunc, DeparseEntry *entry)
{
	appendStringInfoChar(d->buf, '(');
	for (int i = 0; i < list_length(rtfunc->funccoltypes); i++)
	{
		Oid type = list_nth_oid(rtfunc->funccoltypes, i);
		Oid collation = list_nth_oid(rtfunc->funccolcollations, i);
		const char *name = entry && i < entry->ncolumns && entry->colnames[i]
							   ? entry->colnames[i]
							   : strVal(list_nth(rtfunc->funccolnames, i));

		appendStringInfo(d->buf, "%s%s %s", i > 0 ? ", " : "", quote_identifier(name),
						 format_type_with_typemod(type, list_nth_int(rtfunc->funccoltypmods, i)));
		if (OidIsValid(collation) && collation != get_typcollation(type))
			appendStringInfo(d->buf, " COLLATE %s", generate_collation_name(collation));
	}
	appendStringInfoChar(d->buf, ')');
}

static void
deparse_from_functions(Deparse *d, RangeTblEntry *rte)
{
	ListCell *lc;

	if (list_length(rte->functions) == 1 &&
		(linitial_node(RangeTblFunction, rte->functions)->funccolnames == NIL || !rte->funcordinality))
		deparse_expr(d, linitial_node(RangeTblFunction, rte->functions)->funcexpr, true);
	else
	{
		appendStringInfoString(d->buf, "ROWS FROM(");
		foreach (lc, rte->functions)
		{
			RangeTblFunction *rtfunc = lfirst_node(RangeTblFunction, lc);

			if (foreach_current_index(lc) > 0)
				appendStringInfoString(d->buf, ", ");
			deparse_expr(d, rtfunc->funcexpr, true);
			if (rtfunc->funccolnames != NIL)
			{
				appendStringInfoString(d->buf, " AS ");
				deparse_coldeflist(d, rtfunc, NULL);
			}
		}
		appendStringInfoChar(d->buf, ')');
	}
	if (rte->funcordinality)
		appendStringInfoString(d->buf, " WITH ORDINALITY");
}

static void
deparse_values(Deparse *d, List *rows)
{
	ListCell *lc;

	appendStringInfoString(d->buf, "VALUES ");
	foreach (lc, rows)
	{
		ListCell *lc2;

		appendStringInfoString(d->buf, foreach_current_index(lc) > 0 ? ", (" : "(");
		foreach (lc2, (List *) lfirst(lc))
		{
			if (foreach_current_index(lc2) > 0)
				appendStringInfoChar(d->buf, ',');
			deparse_top_expr(d, lfirst(lc2), false);
		}
		appendStringInfoChar(d->buf, ')');
	}
}

static bool
is_plain_name(RangeTblEntry *rte, DeparseEntry *entry)
{
	if (rte->rtekind == RTE_RELATION)
		return strcmp(entry->refname, get_rel_name(rte->relid)) == 0 && rte->alias == NULL;
	return rte->rtekind == RTE_CTE && strcmp(entry->refname, rte->ctename) == 0 && rte->alias == NULL;
}

static void
deparse_from_entry(Deparse *d, int rtindex)
{
	RangeTblEntry *rte;
	DeparseEntry *entry = deparse_entry_of(d, rtindex, 0, &rte);
	RangeTblFunction *only = NULL;

	if (rte->lateral)
		appendStringInfoString(d->buf, "LATERAL ");
	switch (rte->rtekind)
	{
		case RTE_RELATION:
			appendStringInfo(d->buf, "%s%s", rte->inh || rte->relkind != RELKIND_RELATION ? "" : "ONLY ",
							 deparse_relation_name(rte->relid, d->levels));
			break;
		case RTE_SUBQUERY:
			appendStringInfoChar(d->buf, '(');
			deparse_subquery(d, rte->subquery, NULL);
			appendStringInfoChar(d->buf, ')');
			break;
		case RTE_FUNCTION:
			deparse_from_functions(d, rte);
			if (list_length(rte->functions) == 1 && !rte->funcordinality)
				only = linitial_node(RangeTblFunction, rte->functions);
			break;
		case RTE_VALUES:
			appendStringInfoChar(d->buf, '(');
			deparse_values(d, rte->values_lists);
			appendStringInfoChar(d->buf, ')');
			break;
		case RTE_CTE:
			appendStringInfoString(d->buf, quote_identifier(rte->ctename));
			break;
		default:
			elog(ERROR, "unrecognized RTE kind: %d", (int) rte->rtekind);
	}
	if (!is_plain_name(rte, entry))
		appendStringInfo(d->buf, " %s", quote_identifier(entry->refname));
	if (only && only->funccolnames != NIL)
		deparse_coldeflist(d, only, entry);
	else if (entry->print_aliases || rte->rtekind == RTE_FUNCTION)
		deparse_column_aliases(d, entry);
}

static void
deparse_join(Deparse *d, JoinExpr *j, Query *query)
{
	static const char *const words[] = {[JOIN_INNER] = " JOIN ", [JOIN_LEFT] = " LEFT JOIN ",
										[JOIN_FULL] = " FULL JOIN ", [JOIN_RIGHT] = " RIGHT JOIN "};
	RangeTblEntry *rte;
	DeparseEntry *entry = deparse_entry_of(d, j->rtindex, 0, &rte);
	bool paren = !(d->flags & PRETTY_PAREN) || j->alias != NULL;
	bool paren_right =
		(d->flags & PRETTY_PAREN) && !IsA(j->rarg, RangeTblRef) &&
		!(IsA(j->rarg, JoinExpr) && ((JoinExpr *) j->rarg)->alias != NULL);

	if (paren)
		appendStringInfoChar(d->buf, '(');
	deparse_from_item(d, j->larg, query);
	deparse_keyword(d, j->jointype == JOIN_INNER && !j->quals ? " CROSS JOIN " : words[j->jointype], -INDENT_STD,
					INDENT_STD, INDENT_JOIN);
	if (paren_right)
		appendStringInfoChar(d->buf, '(');
	deparse_from_item(d, j->rarg, query);
	if (paren_right)
		appendStringInfoChar(d->buf, ')');
	if (j->usingClause)
	{
		ListCell *lc;

		appendStringInfoString(d->buf, " USING (");
		foreach (lc, j->usingClause)
			appendStringInfo(d->buf, "%s%s", foreach_current_index(lc) > 0 ? ", " : "",
							 quote_identifier(strVal(lfirst(lc))));
		appendStringInfoChar(d->buf, ')');
		if (j->join_using_alias)
			appendStringInfo(d->buf, " AS %s", quote_identifier(j->join_using_alias->aliasname));
	}
	else if (j->quals)
	{
		appendStringInfoString(d->buf, " ON ");
		if (!(d->flags & PRETTY_PAREN))
			appendStringInfoChar(d->buf, '(');
		deparse_expr(d, j->quals, false);
		if (!(d->flags & PRETTY_PAREN))
			appendStringInfoChar(d->buf, ')');
	}
	else if (j->jointype != JOIN_INNER)
		appendStringInfoString(d->buf, " ON TRUE");
	if (paren)
		appendStringInfoChar(d->buf, ')');
	if (j->alias)
	{
		appendStringInfo(d->buf, " %s", quote_identifier(entry->refname));
		if (entry->print_aliases)
			deparse_column_aliases(d, entry);
	}
}

static void
deparse_from_item(Deparse *d, Node *node, Query *query)
{
	check_stack_depth();
	if (IsA(node, RangeTblRef))
		deparse_from_entry(d, ((RangeTblRef *) node)->rtindex);
	else
		deparse_join(d, castNode(JoinExpr, node), query);
}

/* Only what the user wrote: rewriting adds entries that are not "in FROM". */
static void
deparse_from(Deparse *d, Query *query, const char *keyword)
{
	bool first = true;
	ListCell *lc;

	foreach (lc, query->jointree->fromlist)
	{
		Node *item = lfirst(lc);
		StringInfo outer = d->buf;
		StringInfoData text;

		if (IsA(item, RangeTblRef) && !rt_fetch(((RangeTblRef *) item)->rtindex, query->rtable)->inFromCl)
			continue;
		if (first)
		{
			deparse_keyword(d, keyword, -INDENT_STD, INDENT_STD, 2);
			deparse_from_item(d, item, query);
			first = false;
			continue;
		}
		appendStringInfoString(outer, ", ");
		initStringInfo(&text);
		d->buf = &text;
		deparse_from_item(d, item, query);
		d->buf = outer;
		place_item(d, &text, false);
		pfree(text.data);
	}
}

/* ---- WITH ---- */
static void
deparse_with(Deparse *d, Query *query)
{
	ListCell *lc;

	if (query->cteList == NIL)
		return;
	if (d->flags & PRETTY_INDENT)
	{
		d->indent += INDENT_STD;
		appendStringInfoChar(d->buf, ' ');
	}
	appendStringInfoString(d->buf, query->hasRecursive ? "WITH RECURSIVE " : "WITH ");
	foreach (lc, query->cteList)
	{
		CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);
		ListCell *lc2;

		if (foreach_current_index(lc) > 0)
			appendStringInfoString(d->buf, ", ");
		appendStringInfoString(d->buf, quote_identifier(cte->ctename));
		foreach (lc2, cte->aliascolnames)
			appendStringInfo(d->buf, "%s%s", foreach_current_index(lc2) == 0 ? "(" : ", ",
							 quote_identifier(strVal(lfirst(lc2))));
		if (cte->aliascolnames)
			appendStringInfoChar(d->buf, ')');
		appendStringInfoString(d->buf, " AS ");
		if (cte->ctematerialized == CTEMaterializeAlways)
			appendStringInfoString(d->buf, "MATERIALIZED ");
		else if (cte->ctematerialized == CTEMaterializeNever)
			appendStringInfoString(d->buf, "NOT MATERIALIZED ");
		appendStringInfoChar(d->buf, '(');
		if (d->flags & PRETTY_INDENT)
			deparse_keyword(d, "", 0, 0, 0);
		deparse_subquery(d, (Query *) cte->ctequery, NULL);
		if (d->flags & PRETTY_INDENT)
			deparse_keyword(d, "", 0, 0, 0);
		appendStringInfoChar(d->buf, ')');
	}
	if (d->flags & PRETTY_INDENT)
	{
		d->indent -= INDENT_STD;
		deparse_keyword(d, "", 0, 0, 0);
	}
	else
		appendStringInfoChar(d->buf, ' ');
}

/* ---- SELECT ---- */

/* "SELECT * FROM (VALUES ...)" that was written as VALUES. */
static RangeTblEntry *
simple_values_entry(Query *query)
{
	RangeTblEntry *result = NULL;
	ListCell *lc;

	foreach (lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind == RTE_VALUES && rte->inFromCl)
		{
			if (result)
				return NULL;
			result = rte;
		}
		else if (rte->rtekind == RTE_RELATION && !rte->inFromCl)
			continue;
		else
			return NULL;
	}
	if (result == NULL || result->alias != NULL)
		return NULL;
	foreach (lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk || !IsA(tle->expr, Var))
			return NULL;
	}
	return result;
}

static void
deparse_basic_select(Deparse *d, Query *query, TupleDesc names)
{
	RangeTblEntry *values = simple_values_entry(query);
	bool first_window = true;
	ListCell *lc;

	if (d->flags & PRETTY_INDENT)
	{
		d->indent += INDENT_STD;
		appendStringInfoChar(d->buf, ' ');
	}
	if (values)
	{
		deparse_values(d, values->values_lists);
		return;
	}
	appendStringInfoString(d->buf, query->isReturn ? "RETURN" : "SELECT");
	if (query->distinctClause)
	{
		if (query->hasDistinctOn)
		{
			appendStringInfoString(d->buf, " DISTINCT ON (");
			foreach (lc, query->distinctClause)
			{
				if (foreach_current_index(lc) > 0)
					appendStringInfoString(d->buf, ", ");
				deparse_sort_group_expr(d, lfirst_node(SortGroupClause, lc)->tleSortGroupRef, query->targetList,
										false);
			}
			appendStringInfoChar(d->buf, ')');
		}
		else
			appendStringInfoString(d->buf, " DISTINCT");
	}
	deparse_targets(d, query->targetList, names);
	deparse_from(d, query, " FROM ");
	if (query->jointree->quals)
	{
		deparse_keyword(d, " WHERE ", -INDENT_STD, INDENT_STD, 1);
		deparse_expr(d, query->jointree->quals, false);
	}
	deparse_group_by(d, query);
	if (query->havingQual)
	{
		deparse_keyword(d, " HAVING ", -INDENT_STD, INDENT_STD, 0);
		deparse_expr(d, query->havingQual, false);
	}
	foreach (lc, query->windowClause)
	{
		WindowClause *wc = lfirst_node(WindowClause, lc);

		if (wc->name == NULL)
			continue;
		if (first_window)
			deparse_keyword(d, " WINDOW ", -INDENT_STD, INDENT_STD, 1);
		else
			appendStringInfoString(d->buf, ", ");
		first_window = false;
		appendStringInfo(d->buf, "%s AS ", quote_identifier(wc->name));
		deparse_window_spec(d, wc, query->targetList);
	}
}

static void
deparse_set_tree(Deparse *d, Node *node, Query *query, TupleDesc names)
{
	check_stack_depth();
	if (IsA(node, RangeTblRef))
	{
		Query *subquery = rt_fetch(((RangeTblRef *) node)->rtindex, query->rtable)->subquery;
		bool paren = subquery->cteList || subquery->sortClause || subquery->rowMarks || subquery->limitOffset ||
					 subquery->limitCount || subquery->setOperations;

		if (paren)
			appendStringInfoChar(d->buf, '(');
		deparse_subquery(d, subquery, names);
		if (paren)
			appendStringInfoChar(d->buf, ')');
	}
	else
	{
		SetOperationStmt *op = castNode(SetOperationStmt, node);
		bool left_paren = false;
		bool right_paren = IsA(op->rarg, SetOperationStmt);
		int sub_indent;
		const char *word = op->op == SETOP_UNION ? "UNION " : op->op == SETOP_INTERSECT ? "INTERSECT " : "EXCEPT ";

		if (IsA(op->larg, SetOperationStmt))
		{
			SetOperationStmt *left = (SetOperationStmt *) op->larg;

			left_paren = !(left->op == op->op && left->all == op->all);
		}
		if (left_paren)
		{
			appendStringInfoChar(d->buf, '(');
			deparse_keyword(d, "", INDENT_STD, 0, 0);
		}
		deparse_set_tree(d, op->larg, query, names);
		if (left_paren)
			deparse_keyword(d, ") ", -INDENT_STD, 0, 0);
		else if (d->flags & PRETTY_INDENT)
			deparse_keyword(d, "", 0, 0, 0);
		else
			appendStringInfoChar(d->buf, ' ');
		appendStringInfoString(d->buf, word);
		if (op->all)
			appendStringInfoString(d->buf, "ALL ");
		sub_indent = right_paren ? INDENT_STD : 0;
		if (right_paren)
			appendStringInfoChar(d->buf, '(');
		deparse_keyword(d, "", sub_indent, 0, 0);
		deparse_set_tree(d, op->rarg, query, names);
		if (d->flags & PRETTY_INDENT)
			d->indent -= sub_indent;
		if (right_paren)
			deparse_keyword(d, ")", 0, 0, 0);
	}
}

static void
deparse_row_marks(Deparse *d, Query *query)
{
	static const char *const words[] = {[LCS_FORKEYSHARE] = " FOR KEY SHARE", [LCS_FORSHARE] = " FOR SHARE",
										[LCS_FORNOKEYUPDATE] = " FOR NO KEY UPDATE", [LCS_FORUPDATE] = " FOR UPDATE"};
	ListCell *lc;

	if (!query->hasForUpdate)
		return;
	foreach (lc, query->rowMarks)
	{
		RowMarkClause *mark = lfirst_node(RowMarkClause, lc);
		RangeTblEntry *rte;

		if (mark->pushedDown)
			continue;
		deparse_keyword(d, words[mark->strength], -INDENT_STD, INDENT_STD, 0);
		appendStringInfo(d->buf, " OF %s", quote_identifier(deparse_entry_of(d, mark->rti, 0, &rte)->refname));
		if (mark->waitPolicy == LockWaitError)
			appendStringInfoString(d->buf, " NOWAIT");
		else if (mark->waitPolicy == LockWaitSkip)
			appendStringInfoString(d->buf, " SKIP LOCKED");
	}
}

static void
deparse_select(Deparse *d, Query *query, TupleDesc names)
{
	bool force_colno = false;

	deparse_with(d, query);
	d->window_clause = query->windowClause;
	d->window_targets = query->targetList;
	if (query->setOperations)
	{
		deparse_set_tree(d, query->setOperations, query, names);
		force_colno = true;
	}
	else
		deparse_basic_select(d, query, names);
	if (query->sortClause)
	{
		deparse_keyword(d, " ORDER BY ", -INDENT_STD, INDENT_STD, 1);
		deparse_order_by(d, query->sortClause, query->targetList, force_colno);
	}
	if (query->limitOffset)
	{
		deparse_keyword(d, " OFFSET ", -INDENT_STD, INDENT_STD, 0);
		deparse_expr(d, query->limitOffset, false);
	}
	if (query->limitCount)
	{
		if (query->limitOption == LIMIT_OPTION_WITH_TIES)
		{
			deparse_keyword(d, " FETCH FIRST ", -INDENT_STD, INDENT_STD, 0);
			deparse_expr(d, query->limitCount, false);
			appendStringInfoString(d->buf, " ROWS WITH TIES");
		}
		else
		{
			Const *c = (Const *) query->limitCount;

			deparse_keyword(d, " LIMIT ", -INDENT_STD, INDENT_STD, 0);
			if (IsA(c, Const) && c->constisnull)
				appendStringInfoString(d->buf, "ALL");
			else
				deparse_expr(d, query->limitCount, false);
		}
	}
	deparse_row_marks(d, query);
}

/* ---- INSERT, UPDATE, DELETE: rule actions, function bodies ---- */
static void
begin_statement(Deparse *d)
{
	if (d->flags & PRETTY_INDENT)
	{
		appendStringInfoChar(d->buf, ' ');
		d->indent += INDENT_STD;
	}
}

static void
deparse_target_table(Deparse *d, Query *query, const char *verb, bool only)
{
	RangeTblEntry *rte;
	DeparseEntry *entry = deparse_entry_of(d, query->resultRelation, 0, &rte);

	appendStringInfo(d->buf, "%s %s%s", verb, only && !rte->inh ? "ONLY " : "",
					 deparse_relation_name(rte->relid, NIL));
	if (rte->alias)
		appendStringInfo(d->buf, " %s%s", query->commandType == CMD_INSERT ? "AS " : "",
						 quote_identifier(entry->refname));
}

static void
deparse_returning(Deparse *d, Query *query)
{
	if (query->returningList == NIL)
		return;
	deparse_keyword(d, " RETURNING", -INDENT_STD, INDENT_STD, 1);
	deparse_targets(d, query->returningList, NULL);
}

/* col[i].f of an assignment: the path is written, the value left. */
static Node *
deparse_assignment_path(Deparse *d, Node *node)
{
	for (;;)
	{
		if (IsA(node, CoerceToDomain) && ((CoerceToDomain *) node)->coercionformat == COERCE_IMPLICIT_CAST)
			node = (Node *) ((CoerceToDomain *) node)->arg;
		else if (IsA(node, FieldStore))
		{
			FieldStore *store = (FieldStore *) node;

			appendStringInfo(d->buf, ".%s",
							 quote_identifier(get_attname(get_typ_typrelid(store->resulttype),
														  linitial_int(store->fieldnums), false)));
			node = linitial(store->newvals);
		}
		else if (IsA(node, SubscriptingRef) && ((SubscriptingRef *) node)->refassgnexpr)
		{
			SubscriptingRef *ref = (SubscriptingRef *) node;

			for (int i = 0; i < list_length(ref->refupperindexpr); i++)
			{
				appendStringInfoChar(d->buf, '[');
				if (i < list_length(ref->reflowerindexpr))
				{
					deparse_expr(d, list_nth(ref->reflowerindexpr, i), false);
					appendStringInfoChar(d->buf, ':');
				}
				deparse_expr(d, list_nth(ref->refupperindexpr, i), false);
				appendStringInfoChar(d->buf, ']');
			}
			node = (Node *) ref->refassgnexpr;
		}
		else
			return node;
	}
}

static void
deparse_set_list(Deparse *d, Query *query, List *targets, Oid relid)
{
	bool first = true;
	ListCell *lc;

	foreach (lc, targets)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node *value;

		if (tle->resjunk)
			continue;
		if (!first)
			appendStringInfoString(d->buf, ", ");
		first = false;
		appendStringInfoString(d->buf, quote_identifier(get_attname(relid, tle->resno, false)));
		value = deparse_assignment_path(d, (Node *) tle->expr);
		appendStringInfoString(d->buf, " = ");
		deparse_expr(d, value, false);
	}
}

static void
deparse_insert(Deparse *d, Query *query)
{
	RangeTblEntry *target = rt_fetch(query->resultRelation, query->rtable);
	RangeTblEntry *select = NULL;
	RangeTblEntry *values = NULL;
	List *exprs = NIL;
	bool first = true;
	ListCell *lc;

	foreach (lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind == RTE_SUBQUERY)
			select = rte;
		else if (rte->rtekind == RTE_VALUES)
			values = rte;
	}
	deparse_with(d, query);
	begin_statement(d);
	deparse_target_table(d, query, "INSERT INTO", false);
	appendStringInfoChar(d->buf, ' ');
	foreach (lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk)
			continue;
		appendStringInfo(d->buf, "%s%s", first ? "(" : ", ",
						 quote_identifier(get_attname(target->relid, tle->resno, false)));
		exprs = lappend(exprs, deparse_assignment_path(d, (Node *) tle->expr));
		first = false;
	}
	if (!first)
		appendStringInfoString(d->buf, ") ");
	if (query->override == OVERRIDING_SYSTEM_VALUE)
		appendStringInfoString(d->buf, "OVERRIDING SYSTEM VALUE ");
	else if (query->override == OVERRIDING_USER_VALUE)
		appendStringInfoString(d->buf, "OVERRIDING USER VALUE ");
	if (select)
		deparse_subquery(d, select->subquery, NULL);
	else if (values)
		deparse_values(d, values->values_lists);
	else if (exprs == NIL)
		appendStringInfoString(d->buf, "DEFAULT VALUES");
	else
	{
		deparse_keyword(d, "VALUES (", -INDENT_STD, INDENT_STD, 2);
		deparse_expr_list(d, exprs);
		appendStringInfoChar(d->buf, ')');
	}
	if (query->onConflict)
	{
		OnConflictExpr *conflict = query->onConflict;

		appendStringInfoString(d->buf, " ON CONFLICT");
		if (conflict->arbiterElems)
		{
			appendStringInfoChar(d->buf, '(');
			deparse_expr_list(d, conflict->arbiterElems);
			appendStringInfoChar(d->buf, ')');
			if (conflict->arbiterWhere)
			{
				deparse_keyword(d, " WHERE ", -INDENT_STD, INDENT_STD, 1);
				deparse_expr(d, conflict->arbiterWhere, false);
			}
		}
		else if (OidIsValid(conflict->constraint))
			appendStringInfo(d->buf, " ON CONSTRAINT %s", quote_identifier(get_constraint_name(conflict->constraint)));
		if (conflict->action == ONCONFLICT_NOTHING)
			appendStringInfoString(d->buf, " DO NOTHING");
		else
		{
			appendStringInfoString(d->buf, " DO UPDATE SET ");
			deparse_set_list(d, query, conflict->onConflictSet, target->relid);
			if (conflict->onConflictWhere)
			{
				deparse_keyword(d, " WHERE ", -INDENT_STD, INDENT_STD, 1);
				deparse_expr(d, conflict->onConflictWhere, false);
			}
		}
	}
	deparse_returning(d, query);
}

static void
deparse_update(Deparse *d, Query *query)
{
	deparse_with(d, query);
	begin_statement(d);
	deparse_target_table(d, query, "UPDATE", true);
	appendStringInfoString(d->buf, " SET ");
	deparse_set_list(d, query, query->targetList, rt_fetch(query->resultRelation, query->rtable)->relid);
	deparse_from(d, query, " FROM ");
	if (query->jointree->quals)
	{
		deparse_keyword(d, " WHERE ", -INDENT_STD, INDENT_STD, 1);
		deparse_expr(d, query->jointree->quals, false);
	}
	deparse_returning(d, query);
}

static void
deparse_delete(Deparse *d, Query *query)
{
	deparse_with(d, query);
	begin_statement(d);
	deparse_target_table(d, query, "DELETE FROM", true);
	deparse_from(d, query, " USING ");
	if (query->jointree->quals)
	{
		deparse_keyword(d, " WHERE ", -INDENT_STD, INDENT_STD, 1);
		deparse_expr(d, query->jointree->quals, false);
	}
	deparse_returning(d, query);
}

void
deparse_query(Deparse *d, Query *query, TupleDesc names)
{
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	d->levels = lcons(deparse_level_for_query(query, d->levels), d->levels);
	switch (query->commandType)
	{
		case CMD_SELECT:
			deparse_select(d, query, names);
			break;
		case CMD_INSERT:
			deparse_insert(d, query);
			break;
		case CMD_UPDATE:
			deparse_update(d, query);
			break;
		case CMD_DELETE:
			deparse_delete(d, query);
			break;
		case CMD_NOTHING:
			appendStringInfoString(d->buf, "NOTHING");
			break;
		default:
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("showing this kind of statement is not supported"));
	}
	d->levels = list_delete_first(d->levels);
}

/* A query inside of another: its own windows and indentation, names of the outer one in sight. */
void
deparse_subquery(Deparse *d, Query *query, TupleDesc names)
{
	Deparse inner = *d;

	inner.prefix = true;
	inner.levels = list_copy(d->levels);
	deparse_query(&inner, query, names);
}
