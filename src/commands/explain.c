/*
 * explain.c
 *    EXPLAIN [ANALYZE] in text form.
 *
 * Expressions in upper plan nodes name columns of their inputs; before they are written those are replaced by what the inputs
 * compute, down to columns of tables.
 */
#include "postgres.h"

#include <time.h>

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "commands/explain.h"
#include "commands/prepare.h"
#include "execute/exec.h"
#include "execute/hash_table.h"
#include "execute/index_keys.h"
#include "execute/node_append.h"
#include "execute/node_sort.h"
#include "execute/row.h"
#include "execute/subplan.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/deparse.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

extern List *QueryRewrite(Query *parsetree);

/* ---- names of columns below ---- */
typedef struct Resolve
{
	Plan *plan;
	List *ancestors; /* Plan nodes, innermost first */
} Resolve;

static Node *resolve_expr(Node *expr, Plan *plan, List *ancestors);

static Plan *
input_of(Plan *plan, int varno)
{
	if (varno == INNER_VAR)
		return innerPlan(plan);
	if (IsA(plan, Append))
		return linitial(((Append *) plan)->appendplans);
	if (IsA(plan, MergeAppend))
		return linitial(((MergeAppend *) plan)->mergeplans);
	return outerPlan(plan);
}

static Node *
resolve_mutator(Node *node, void *arg)
{
	Resolve *r = arg;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var))
	{
		Var *var = (Var *) node;
		Plan *input = NULL;
		List *tlist = NIL;
		ListCell *lc;

		if (var->varno == OUTER_VAR || var->varno == INNER_VAR)
		{
			input = input_of(r->plan, var->varno);
			if (input)
				tlist = input->targetlist;
		}
		else if (var->varno == INDEX_VAR && IsA(r->plan, IndexOnlyScan))
		{
			tlist = ((IndexOnlyScan *) r->plan)->indextlist;
			input = r->plan;
		}
		foreach (lc, tlist)
		{
			TargetEntry *tle = lfirst(lc);

			if (tle->resno == var->varattno)
			{
				if (input == r->plan)
					return copyObject((Node *) tle->expr);
				return resolve_expr((Node *) tle->expr, input, lcons(r->plan, list_copy(r->ancestors)));
			}
		}
		return (Node *) copyObject(var);
	}
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXEC)
	{
		/* A parameter of a nested loop above stands for a column of its outer side. */
		ListCell *lc;

		foreach (lc, r->ancestors)
		{
			Plan *p = lfirst(lc);
			ListCell *lc2;

			if (!IsA(p, NestLoop))
				continue;
			foreach (lc2, ((NestLoop *) p)->nestParams)
			{
				NestLoopParam *nlp = lfirst(lc2);

				if (nlp->paramno == ((Param *) node)->paramid)
					return resolve_expr((Node *) nlp->paramval, p, list_copy_tail(r->ancestors,
																				   foreach_current_index(lc) + 1));
			}
		}
		return copyObject(node);
	}
	return expression_tree_mutator(node, resolve_mutator, arg);
}

static Node *
resolve_expr(Node *expr, Plan *plan, List *ancestors)
{
	Resolve r = {plan, ancestors};

	return resolve_mutator(expr, &r);
}

static char *
expr_text(ExplainState *es, Node *expr, Plan *plan, List *ancestors)
{
	bool prefix = list_length(es->rtable) > 1 || es->verbose;

	return deparse_expression(resolve_expr(expr, plan, ancestors), es->deparse_cxt, prefix, false);
}

/* ---- output ---- */
static void
indent(ExplainState *es)
{
	appendStringInfoSpaces(es->str, es->indent * 2);
}

static void
property(ExplainState *es, const char *label, const char *value)
{
	indent(es);
	appendStringInfo(es->str, "%s: %s\n", label, value);
}

static void
show_qual(ExplainState *es, const char *label, List *qual, Plan *plan, List *ancestors)
{
	if (qual == NIL)
		return;
	property(es, label, expr_text(es, (Node *) make_ands_explicit(qual), plan, ancestors));
}

static void
show_removed(ExplainState *es, const char *label, PlanState *ps, double n)
{
	if (!es->analyze || n <= 0 || ps->instrument->nloops <= 0)
		return;
	indent(es);
	appendStringInfo(es->str, "%s: %.0f\n", label, n / ps->instrument->nloops);
}

static void
show_filter(ExplainState *es, PlanState *ps, List *ancestors)
{
	show_qual(es, "Filter", ps->plan->qual, ps->plan, ancestors);
	if (ps->plan->qual && ps->instrument)
		show_removed(es, "Rows Removed by Filter", ps, ps->instrument->removed_by_filter);
}

static char *
key_text(ExplainState *es, Plan *plan, AttrNumber col, List *ancestors)
{
	TargetEntry *tle = list_nth(plan->targetlist, col - 1);
	Node *expr = resolve_expr((Node *) tle->expr, plan, ancestors);
	char *text = deparse_expression(expr, es->deparse_cxt, list_length(es->rtable) > 1 || es->verbose, false);

	if (IsA(expr, Var) || text[0] == '(')
		return text;
	return psprintf("(%s)", text);
}

static void
show_keys(ExplainState *es, const char *label, Plan *plan, int n, AttrNumber *cols, Oid *sortops, bool *nulls_first,
		  Plan *child, List *ancestors)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < n; i++)
	{
		appendStringInfo(&buf, "%s%s", i ? ", " : "", key_text(es, child, cols[i], ancestors));
		if (sortops)
		{
			Oid family;
			Oid type;
			int16 strategy;
			bool desc = get_ordering_op_properties(sortops[i], &family, &type, &strategy) && strategy == 5;

			if (desc)
				appendStringInfoString(&buf, " DESC");
			if (nulls_first[i] && !desc)
				appendStringInfoString(&buf, " NULLS FIRST");
			else if (!nulls_first[i] && desc)
				appendStringInfoString(&buf, " NULLS LAST");
		}
	}
	if (n > 0)
		property(es, label, buf.data);
}

/* ---- node names ---- */
static const char *
join_name(const char *base, JoinType type, bool nested)
{
	switch (type)
	{
		case JOIN_INNER:
			return nested ? base : psprintf("%s Join", base);
		case JOIN_LEFT:
			return psprintf("%s Left Join", base);
		case JOIN_FULL:
			return psprintf("%s Full Join", base);
		case JOIN_RIGHT:
			return psprintf("%s Right Join", base);
		case JOIN_SEMI:
			return psprintf("%s Semi Join", base);
		case JOIN_ANTI:
			return psprintf("%s Anti Join", base);
		default:
			return base;
	}
}

static const char *
set_op_name(SetOp *plan)
{
	static const char *const cmds[] = {"Intersect", "Intersect All", "Except", "Except All"};

	return psprintf("%s %s", plan->strategy == SETOP_HASHED ? "HashSetOp" : "SetOp", cmds[plan->cmd]);
}

static const char *
node_name(Plan *plan, const NodeOps *ops)
{
	switch (nodeTag(plan))
	{
		case T_NestLoop:
			return join_name("Nested Loop", ((Join *) plan)->jointype, true);
		case T_HashJoin:
			return join_name("Hash", ((Join *) plan)->jointype, false);
		case T_MergeJoin:
			return join_name("Merge", ((Join *) plan)->jointype, false);
		case T_Agg:
			switch (((Agg *) plan)->aggstrategy)
			{
				case AGG_PLAIN:
					return "Aggregate";
				case AGG_SORTED:
					return "GroupAggregate";
				case AGG_HASHED:
					return "HashAggregate";
				default:
					return "MixedAggregate";
			}
		case T_SetOp:
			return set_op_name((SetOp *) plan);
		case T_ModifyTable:
			return ((ModifyTable *) plan)->operation == CMD_INSERT	 ? "Insert"
				   : ((ModifyTable *) plan)->operation == CMD_UPDATE ? "Update"
																	 : "Delete";
		default:
			return ops->name;
	}
}

static void
show_target(ExplainState *es, Plan *plan, Index rti)
{
	RangeTblEntry *rte = list_nth(es->rtable, rti - 1);
	DeparseLevel *level = linitial(es->deparse_cxt);
	const char *refname = level->entries[rti - 1].refname;
	const char *object = NULL;
	const char *schema = NULL;

	if (refname == NULL)
		refname = rte->eref->aliasname;
	switch (nodeTag(plan))
	{
		case T_FunctionScan:
			if (list_length(((FunctionScan *) plan)->functions) == 1)
			{
				Node *f = ((RangeTblFunction *) linitial(((FunctionScan *) plan)->functions))->funcexpr;

				if (IsA(f, FuncExpr))
				{
					object = get_func_name(((FuncExpr *) f)->funcid);
					if (es->verbose)
						schema = get_namespace_name(get_func_namespace(((FuncExpr *) f)->funcid));
				}
			}
			break;
		case T_CteScan:
		case T_WorkTableScan:
			object = rte->ctename;
			break;
		case T_ValuesScan:
		case T_SubqueryScan:
			break;
		default:
			if (rte->rtekind == RTE_RELATION)
			{
				object = get_rel_name(rte->relid);
				if (es->verbose)
					schema = get_namespace_name(get_rel_namespace(rte->relid));
			}
			break;
	}
	appendStringInfoString(es->str, " on");
	if (schema)
		appendStringInfo(es->str, " %s.%s", quote_identifier(schema), quote_identifier(object));
	else if (object)
		appendStringInfo(es->str, " %s", quote_identifier(object));
	if (object == NULL || strcmp(refname, object) != 0)
		appendStringInfo(es->str, " %s", quote_identifier(refname));
}

static void
show_headline(ExplainState *es, PlanState *ps)
{
	Plan *plan = ps->plan;

	appendStringInfoString(es->str, node_name(plan, ps->ops));
	switch (nodeTag(plan))
	{
		case T_IndexScan:
			if (ScanDirectionIsBackward(((IndexScan *) plan)->indexorderdir))
				appendStringInfoString(es->str, " Backward");
			appendStringInfo(es->str, " using %s", quote_identifier(get_rel_name(((IndexScan *) plan)->indexid)));
			show_target(es, plan, ((Scan *) plan)->scanrelid);
			break;
		case T_IndexOnlyScan:
			if (ScanDirectionIsBackward(((IndexOnlyScan *) plan)->indexorderdir))
				appendStringInfoString(es->str, " Backward");
			appendStringInfo(es->str, " using %s", quote_identifier(get_rel_name(((IndexOnlyScan *) plan)->indexid)));
			show_target(es, plan, ((Scan *) plan)->scanrelid);
			break;
		case T_BitmapIndexScan:
			appendStringInfo(es->str, " on %s", quote_identifier(get_rel_name(((BitmapIndexScan *) plan)->indexid)));
			break;
		case T_SeqScan:
		case T_BitmapHeapScan:
		case T_TidScan:
		case T_SubqueryScan:
		case T_FunctionScan:
		case T_ValuesScan:
		case T_CteScan:
		case T_WorkTableScan:
			show_target(es, plan, ((Scan *) plan)->scanrelid);
			break;
		case T_ModifyTable:
			show_target(es, plan, linitial_int(((ModifyTable *) plan)->resultRelations));
			break;
		default:
			break;
	}
	if (es->costs)
		appendStringInfo(es->str, "  (cost=%.2f..%.2f rows=%.0f width=%d)", plan->startup_cost, plan->total_cost,
						 plan->plan_rows, plan->plan_width);
	if (es->analyze)
	{
		Instrumentation *in = ps->instrument;

		exec_instrument_end_loop(in);
		if (in->nloops <= 0)
			appendStringInfoString(es->str, " (never executed)");
		else if (es->timing)
			appendStringInfo(es->str, " (actual time=%.3f..%.3f rows=%.0f loops=%.0f)",
							 1000.0 * in->first_time / in->nloops, 1000.0 * in->total_time / in->nloops,
							 in->ntuples / in->nloops, in->nloops);
		else
			appendStringInfo(es->str, " (actual rows=%.0f loops=%.0f)", in->ntuples / in->nloops, in->nloops);
	}
	appendStringInfoChar(es->str, '\n');
}

/* ---- properties ---- */
static void
show_output(ExplainState *es, Plan *plan, List *ancestors)
{
	StringInfoData buf;
	ListCell *lc;

	if (!es->verbose || plan->targetlist == NIL || IsA(plan, Append) || IsA(plan, MergeAppend) ||
		IsA(plan, RecursiveUnion) || IsA(plan, ModifyTable))
		return;
	initStringInfo(&buf);
	foreach (lc, plan->targetlist)
		appendStringInfo(&buf, "%s%s", foreach_current_index(lc) ? ", " : "",
						 expr_text(es, (Node *) ((TargetEntry *) lfirst(lc))->expr, plan, ancestors));
	property(es, "Output", buf.data);
}

static void
show_sort_method(ExplainState *es, PlanState *ps)
{
	TuplesortInstrumentation stats;

	if (!es->analyze || !sort_get_stats(ps, &stats))
		return;
	indent(es);
	appendStringInfo(es->str, "Sort Method: %s  %s: %lldkB\n", tuplesort_method_name(stats.sortMethod),
					 tuplesort_space_type_name(stats.spaceType), (long long) stats.spaceUsed);
}

static void
show_join(ExplainState *es, PlanState *ps, const char *label, List *clauses, List *ancestors)
{
	Join *join = (Join *) ps->plan;

	show_qual(es, label, clauses, ps->plan, ancestors);
	show_qual(es, "Join Filter", join->joinqual, ps->plan, ancestors);
	if (join->joinqual && ps->instrument)
		show_removed(es, "Rows Removed by Join Filter", ps, ps->instrument->removed_by_join);
	show_filter(es, ps, ancestors);
}

static void
show_agg(ExplainState *es, PlanState *ps, List *ancestors)
{
	Agg *plan = (Agg *) ps->plan;
	List *down = lcons(plan, list_copy(ancestors));
	ListCell *lc;

	if (plan->groupingSets)
	{
		foreach (lc, plan->groupingSets)
		{
			int n = list_length(lfirst(lc));

			if (n == 0)
				property(es, "Group Key", "()");
			else
				show_keys(es, plan->aggstrategy == AGG_HASHED ? "Hash Key" : "Group Key", (Plan *) plan, n,
						  plan->grpColIdx, NULL, NULL, outerPlan(plan), down);
		}
	}
	else
		show_keys(es, "Group Key", (Plan *) plan, plan->numCols, plan->grpColIdx, NULL, NULL, outerPlan(plan), down);
	show_filter(es, ps, ancestors);
}

static void
show_hash(ExplainState *es, PlanState *join)
{
	HashTableStats stats;

	if (!es->analyze || !hash_join_stats(join, &stats))
		return;
	indent(es);
	appendStringInfo(es->str, "Buckets: %lld  Batches: %d  Memory Usage: %lldkB\n", (long long) stats.buckets,
					 stats.divisions, (long long) ((stats.peak + 1023) / 1024));
}

static void
show_modify(ExplainState *es, PlanState *ps, List *ancestors)
{
	ModifyTable *plan = (ModifyTable *) ps->plan;
	ListCell *lc;
	StringInfoData buf;

	if (plan->onConflictAction == ONCONFLICT_NONE)
		return;
	property(es, "Conflict Resolution", plan->onConflictAction == ONCONFLICT_NOTHING ? "NOTHING" : "UPDATE");
	if (plan->arbiterIndexes == NIL)
		return;
	initStringInfo(&buf);
	foreach (lc, plan->arbiterIndexes)
		appendStringInfo(&buf, "%s%s", foreach_current_index(lc) ? ", " : "", get_rel_name(lfirst_oid(lc)));
	property(es, "Conflict Arbiter Indexes", buf.data);
}

static void
show_properties(ExplainState *es, PlanState *ps, PlanState *parent, List *ancestors)
{
	Plan *plan = ps->plan;
	List *down = lcons(plan, list_copy(ancestors));

	show_output(es, plan, ancestors);
	switch (nodeTag(plan))
	{
		case T_IndexScan:
			show_qual(es, "Index Cond", ((IndexScan *) plan)->indexqualorig, plan, ancestors);
			show_filter(es, ps, ancestors);
			break;
		case T_IndexOnlyScan:
			show_qual(es, "Index Cond", ((IndexOnlyScan *) plan)->indexqual, plan, ancestors);
			show_filter(es, ps, ancestors);
			if (es->analyze)
			{
				indent(es);
				appendStringInfo(es->str, "Heap Fetches: %.0f\n", index_only_heap_fetches(ps));
			}
			break;
		case T_BitmapIndexScan:
			show_qual(es, "Index Cond", ((BitmapIndexScan *) plan)->indexqualorig, plan, ancestors);
			break;
		case T_BitmapHeapScan:
			show_qual(es, "Recheck Cond", ((BitmapHeapScan *) plan)->bitmapqualorig, plan, ancestors);
			show_filter(es, ps, ancestors);
			break;
		case T_TidScan:
			show_qual(es, "TID Cond", ((TidScan *) plan)->tidquals, plan, ancestors);
			show_filter(es, ps, ancestors);
			break;
		case T_NestLoop:
			show_join(es, ps, NULL, NIL, ancestors);
			break;
		case T_HashJoin:
			show_join(es, ps, "Hash Cond", ((HashJoin *) plan)->hashclauses, ancestors);
			break;
		case T_MergeJoin:
			show_join(es, ps, "Merge Cond", ((MergeJoin *) plan)->mergeclauses, ancestors);
			break;
		case T_Sort:
		case T_IncrementalSort:
		{
			Sort *sort = (Sort *) plan;

			show_keys(es, "Sort Key", plan, sort->numCols, sort->sortColIdx, sort->sortOperators, sort->nullsFirst,
					  plan, ancestors);
			if (IsA(plan, IncrementalSort))
				show_keys(es, "Presorted Key", plan, ((IncrementalSort *) plan)->nPresortedCols, sort->sortColIdx,
						  NULL, NULL, plan, ancestors);
			show_sort_method(es, ps);
			break;
		}
		case T_MergeAppend:
		{
			MergeAppend *ma = (MergeAppend *) plan;

			show_keys(es, "Sort Key", plan, ma->numCols, ma->sortColIdx, ma->sortOperators, ma->nullsFirst, plan,
					  ancestors);
			break;
		}
		case T_Agg:
			show_agg(es, ps, ancestors);
			break;
		case T_Group:
			show_keys(es, "Group Key", plan, ((Group *) plan)->numCols, ((Group *) plan)->grpColIdx, NULL, NULL,
					  outerPlan(plan), down);
			show_filter(es, ps, ancestors);
			break;
		case T_Result:
		{
			Node *q = ((Result *) plan)->resconstantqual;

			if (q)
				show_qual(es, "One-Time Filter", IsA(q, List) ? (List *) q : list_make1(q), plan, ancestors);
			show_filter(es, ps, ancestors);
			break;
		}
		case T_Hash:
			if (parent)
				show_hash(es, parent);
			break;
		case T_ModifyTable:
			show_modify(es, ps, ancestors);
			break;
		default:
			show_filter(es, ps, ancestors);
			break;
	}
}

/* ---- the tree ---- */
static void explain_node(ExplainState *es, PlanState *ps, PlanState *parent, const char *label, List *ancestors);

static void
explain_subplans(ExplainState *es, List *states, List *ancestors)
{
	ListCell *lc;

	foreach (lc, states)
	{
		SubPlan *sp = subplan_node(lfirst(lc));

		/* Several references to one subquery are shown once. */
		if (bms_is_member(sp->plan_id, es->printed_subplans))
			continue;
		es->printed_subplans = bms_add_member(es->printed_subplans, sp->plan_id);
		explain_node(es, subplan_plan(lfirst(lc)), NULL, sp->plan_name, ancestors);
	}
}

static void
explain_node(ExplainState *es, PlanState *ps, PlanState *parent, const char *label, List *ancestors)
{
	int saved = es->indent;
	List *down = lcons(ps->plan, list_copy(ancestors));

	if (label)
	{
		indent(es);
		appendStringInfo(es->str, "%s\n", label);
		es->indent++;
	}
	if (es->indent)
	{
		indent(es);
		appendStringInfoString(es->str, "->  ");
		es->indent += 2;
	}
	show_headline(es, ps);
	es->indent++;
	show_properties(es, ps, parent, ancestors);
	explain_subplans(es, ps->init_plans, down);
	if (ps->left)
		explain_node(es, ps->left, ps, NULL, down);
	if (ps->right)
		explain_node(es, ps->right, ps, NULL, down);
	if (IsA(ps->plan, Append) || IsA(ps->plan, MergeAppend))
		for (int i = 0; i < append_num_children(ps); i++)
			explain_node(es, append_child(ps, i), ps, NULL, down);
	if (IsA(ps->plan, BitmapAnd) || IsA(ps->plan, BitmapOr))
		for (int i = 0; i < bitmap_num_children(ps); i++)
			explain_node(es, bitmap_child(ps, i), ps, NULL, down);
	explain_subplans(es, ps->sub_plans, down);
	es->indent = saved;
}

/* ---- statements ---- */
static double
milliseconds(const struct timespec *a, const struct timespec *b)
{
	return (double) (b->tv_sec - a->tv_sec) * 1000.0 + (double) (b->tv_nsec - a->tv_nsec) / 1e6;
}

void
ExplainOnePlan(PlannedStmt *stmt, IntoClause *into, ExplainState *es, const char *queryString, ParamListInfo params,
			   QueryEnvironment *queryEnv, double planning_ms)
{
	int instrument = 0;
	QueryDesc *qd;
	Query *names = makeNode(Query);
	struct timespec start;
	struct timespec end;

	if (es->analyze)
		instrument = es->timing ? INSTRUMENT_TIMER | INSTRUMENT_ROWS : INSTRUMENT_ROWS;
	PushCopiedSnapshot(GetActiveSnapshot());
	UpdateActiveSnapshotCommandId();
	qd = CreateQueryDesc(stmt, queryString, GetActiveSnapshot(), InvalidSnapshot, None_Receiver, params, queryEnv,
						 instrument);
	clock_gettime(CLOCK_MONOTONIC, &start);
	ExecutorStart(qd, es->analyze ? 0 : EXEC_FLAG_EXPLAIN_ONLY);
	if (es->analyze)
	{
		ExecutorRun(qd, ForwardScanDirection, 0, true);
		ExecutorFinish(qd);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	es->pstmt = stmt;
	es->rtable = stmt->rtable;
	es->printed_subplans = NULL;
	names->rtable = stmt->rtable;
	es->deparse_cxt = list_make1(deparse_level_for_query(names, NIL));
	explain_node(es, qd->planstate, NULL, NULL, NIL);
	if (es->summary)
	{
		indent(es);
		appendStringInfo(es->str, "Planning Time: %.3f ms\n", planning_ms);
		if (es->analyze)
		{
			indent(es);
			appendStringInfo(es->str, "Execution Time: %.3f ms\n", milliseconds(&start, &end));
		}
	}
	ExecutorEnd(qd);
	FreeQueryDesc(qd);
	PopActiveSnapshot();
	if (es->analyze)
		CommandCounterIncrement();
}

static void
explain_query(ExplainState *es, Query *query, IntoClause *into, const char *queryString, ParamListInfo params)
{
	struct timespec start;
	struct timespec end;
	PlannedStmt *plan;

	if (query->commandType == CMD_UTILITY)
	{
		explain_one_utility(query->utilityStmt, into, es, queryString, params, NULL);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	plan = pg_plan_query(query, queryString, CURSOR_OPT_PARALLEL_OK, params);
	clock_gettime(CLOCK_MONOTONIC, &end);
	ExplainOnePlan(plan, into, es, queryString, params, NULL, milliseconds(&start, &end));
}

void
explain_one_utility(Node *utility, IntoClause *into, ExplainState *es, const char *queryString, ParamListInfo params,
					QueryEnvironment *queryEnv)
{
	if (utility == NULL)
		return;
	if (IsA(utility, CreateTableAsStmt) || IsA(utility, DeclareCursorStmt))
	{
		Query *query = IsA(utility, CreateTableAsStmt) ? (Query *) ((CreateTableAsStmt *) utility)->query
													   : (Query *) ((DeclareCursorStmt *) utility)->query;
		List *rewritten = QueryRewrite(copyObject(query));

		if (es->analyze && IsA(utility, CreateTableAsStmt))
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("EXPLAIN ANALYZE of CREATE TABLE AS is not supported"));
		explain_query(es, linitial_node(Query, rewritten), NULL, queryString, params);
	}
	else if (IsA(utility, ExecuteStmt))
		ExplainExecuteQuery((ExecuteStmt *) utility, into, es, queryString, params, queryEnv);
	else if (IsA(utility, NotifyStmt))
		appendStringInfoString(es->str, "NOTIFY\n");
	else
		appendStringInfoString(es->str, "Utility statements have no plan structure\n");
}

ExplainState *
NewExplainState(void)
{
	ExplainState *es = palloc0_object(ExplainState);

	es->costs = true;
	es->str = makeStringInfo();
	return es;
}

static void
read_options(ExplainState *es, ParseState *pstate, List *options)
{
	bool timing_set = false;
	bool summary_set = false;
	ListCell *lc;

	foreach (lc, options)
	{
		DefElem *opt = lfirst(lc);

		if (strcmp(opt->defname, "analyze") == 0)
			es->analyze = defGetBoolean(opt);
		else if (strcmp(opt->defname, "verbose") == 0)
			es->verbose = defGetBoolean(opt);
		else if (strcmp(opt->defname, "costs") == 0)
			es->costs = defGetBoolean(opt);
		else if (strcmp(opt->defname, "buffers") == 0)
			es->buffers = defGetBoolean(opt);
		else if (strcmp(opt->defname, "wal") == 0)
			es->wal = defGetBoolean(opt);
		else if (strcmp(opt->defname, "settings") == 0)
			es->settings = defGetBoolean(opt);
		else if (strcmp(opt->defname, "timing") == 0)
		{
			timing_set = true;
			es->timing = defGetBoolean(opt);
		}
		else if (strcmp(opt->defname, "summary") == 0)
		{
			summary_set = true;
			es->summary = defGetBoolean(opt);
		}
		else if (strcmp(opt->defname, "format") == 0)
		{
			char *p = defGetString(opt);

			if (strcmp(p, "text") == 0)
				es->format = EXPLAIN_FORMAT_TEXT;
			else if (strcmp(p, "json") == 0 || strcmp(p, "xml") == 0 || strcmp(p, "yaml") == 0)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("EXPLAIN (FORMAT %s) is not supported", p));
			else
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unrecognized value for EXPLAIN option \"%s\": \"%s\"", opt->defname, p),
						parser_errposition(pstate, opt->location));
		}
		else
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("unrecognized EXPLAIN option \"%s\"", opt->defname),
					parser_errposition(pstate, opt->location));
	}
	if (es->wal && !es->analyze)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("EXPLAIN option WAL requires ANALYZE"));
	if (!timing_set)
		es->timing = es->analyze;
	if (es->timing && !es->analyze)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("EXPLAIN option TIMING requires ANALYZE"));
	if (!summary_set)
		es->summary = es->analyze;
}

TupleDesc
ExplainResultDesc(ExplainStmt *stmt)
{
	TupleDesc desc = CreateTemplateTupleDesc(1);

	TupleDescInitEntry(desc, 1, "QUERY PLAN", TEXTOID, -1, 0);
	return desc;
}

/* One row per line. */
static void
send_lines(const char *text, TupleDesc desc, DestReceiver *dest)
{
	RowBatch rb;

	row_batch_init(&rb, desc, CurrentMemoryContext);
	dest->rStartup(dest, CMD_SELECT, desc);
	while (*text)
	{
		const char *eol = strchr(text, '\n');
		int len = eol ? (int) (eol - text) : (int) strlen(text);
		Datum value = PointerGetDatum(cstring_to_text_with_len(text, len));
		bool isnull = false;

		row_batch_add_values(&rb, &value, &isnull);
		if (rb.batch.sel.n >= 1000)
		{
			dest->receiveBatch(&rb.batch, dest);
			row_batch_clear(&rb);
		}
		text += len + (eol ? 1 : 0);
	}
	if (rb.batch.sel.n > 0)
		dest->receiveBatch(&rb.batch, dest);
	dest->rShutdown(dest);
}

void
ExplainQuery(ParseState *pstate, ExplainStmt *stmt, ParamListInfo params, DestReceiver *dest)
{
	ExplainState *es = NewExplainState();
	Query *query = castNode(Query, stmt->query);
	List *rewritten;
	ListCell *lc;

	read_options(es, pstate, stmt->options);
	if (query->commandType == CMD_UTILITY)
		rewritten = list_make1(query);
	else
		rewritten = QueryRewrite(copyObject(query));
	if (rewritten == NIL)
		appendStringInfoString(es->str, "Query rewrites to nothing\n");
	foreach (lc, rewritten)
	{
		explain_query(es, lfirst_node(Query, lc), NULL, pstate->p_sourcetext, params);
		if (lnext(rewritten, lc))
			appendStringInfoChar(es->str, '\n');
	}
	send_lines(es->str->data, ExplainResultDesc(stmt), dest);
}
