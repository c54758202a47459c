/*
 * cost.c
 *    What a path costs, in units of one sequential page fetch.
 *
 * Disk: seq_page_cost per page read in order, random_page_cost per page fetched out of order; repeated fetches of the
 * same table are counted by the formula of Mackert and Lohman ("Index scans using a finite LRU buffer", ACM TODS 14,
 * 1989) for a cache of effective_cache_size pages. CPU: cpu_tuple_cost per row, cpu_operator_cost per operator call. The
 * executor works on batches, which makes rows cheaper than in a row-at-a-time executor, but equally so in all nodes, so
 * the proportions (and PostgreSQL's meaning of the settings) hold.
 *
 * A disabled method costs DISABLE_COST more: it is still there when nothing else is.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"

#define DISABLE_COST 1.0e10

double seq_page_cost = DEFAULT_SEQ_PAGE_COST;
double random_page_cost = DEFAULT_RANDOM_PAGE_COST;
double cpu_tuple_cost = DEFAULT_CPU_TUPLE_COST;
double cpu_index_tuple_cost = DEFAULT_CPU_INDEX_TUPLE_COST;
double cpu_operator_cost = DEFAULT_CPU_OPERATOR_COST;
int effective_cache_size = DEFAULT_EFFECTIVE_CACHE_SIZE;
bool enable_seqscan = true;
bool enable_indexscan = true;
bool enable_indexonlyscan = true;
bool enable_bitmapscan = true;
bool enable_tidscan = true;
bool enable_sort = true;
bool enable_incremental_sort = true;
bool enable_hashagg = true;
bool enable_nestloop = true;
bool enable_material = true;
bool enable_memoize = true;
bool enable_mergejoin = true;
bool enable_hashjoin = true;
int from_collapse_limit = 8;
int join_collapse_limit = 8;
int geqo_threshold = 12;
double cursor_tuple_fraction = 0.1;
int constraint_exclusion = 0;

double
clamp_row_est(double nrows)
{
	if (isnan(nrows) || nrows > 1e100)
		return 1e100;
	return nrows <= 1.0 ? 1.0 : rint(nrows);
}

/* ---- expressions ------------------------------------------------------------------------------------------------------ */
typedef struct ExprCost
{
	PlannerInfo *root;
	Cost startup;
	Cost per_tuple;
} ExprCost;

static double
function_units(Oid funcid)
{
	return OidIsValid(funcid) ? function_estimate(funcid, false) : 1.0;
}

static bool
expr_cost_walker(Node *node, void *context)
{
	ExprCost *cost = context;

	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_FuncExpr:
			cost->per_tuple += function_units(((FuncExpr *) node)->funcid) * cpu_operator_cost;
			break;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			set_opfuncid((OpExpr *) node);
			cost->per_tuple += function_units(((OpExpr *) node)->opfuncid) * cpu_operator_cost;
			break;
		case T_ScalarArrayOpExpr:
			cost->per_tuple += 5.0 * cpu_operator_cost;
			break;
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
			cost->per_tuple += 2.0 * cpu_operator_cost;
			break;
		case T_SubPlan:
			cost->startup += ((SubPlan *) node)->startup_cost;
			cost->per_tuple += ((SubPlan *) node)->per_call_cost;
			break;
		case T_Aggref:
		case T_WindowFunc:
			return false; /* computed by their own node */
		default:
			break;
	}
	return expression_tree_walker(node, expr_cost_walker, context);
}

void
cost_expression(PlannerInfo *root, Node *expr, Cost *startup, Cost *per_tuple)
{
	ExprCost cost = {root, 0, 0};

	expr_cost_walker(expr, &cost);
	*startup = cost.startup;
	*per_tuple = cost.per_tuple;
}

void
cost_quals(PlannerInfo *root, List *quals, Cost *startup, Cost *per_tuple)
{
	ExprCost cost = {root, 0, 0};
	ListCell *lc;

	foreach (lc, quals)
		expr_cost_walker((Node *) ((Qual *) lfirst(lc))->clause, &cost);
	*startup = cost.startup;
	*per_tuple = cost.per_tuple;
}

/* Conditions and output columns of a scan or join, for every input and every output row. */
static void
add_expression_costs(PlannerInfo *root, Path *path, double rows_tested)
{
	Cost startup, per_tuple;

	cost_quals(root, path->quals, &startup, &per_tuple);
	path->startup_cost += startup;
	path->total_cost += startup + per_tuple * rows_tested;
}

/* ---- scans ---------------------------------------------------------------------------------------------------------------- */
void
cost_seqscan(PlannerInfo *root, Path *path)
{
	PlanRel *rel = path->rel;

	path->startup_cost = enable_seqscan ? 0 : DISABLE_COST;
	path->total_cost = path->startup_cost + seq_page_cost * rel->pages + cpu_tuple_cost * rel->tuples;
	add_expression_costs(root, path, rel->tuples);
}

/* Pages read when `tuples` rows are fetched from a table of `pages` through a cache of effective_cache_size pages. */
static double
pages_fetched(double tuples, double pages)
{
	double T = Max(pages, 1.0);
	double b = Max((double) effective_cache_size, 1.0);
	double limit, fetched;

	if (T <= b)
		return Min(ceil(2.0 * T * tuples / (2.0 * T + tuples)), T);
	limit = 2.0 * T * b / (2.0 * T - b);
	if (tuples <= limit)
		fetched = 2.0 * T * tuples / (2.0 * T + tuples);
	else
		fetched = b + (tuples - limit) * (T - b) / T;
	return ceil(fetched);
}

static int
index_condition_count(Path *path)
{
	int count = 0;
	ListCell *lc;

	foreach (lc, path->u.index.clauses)
		count += list_length(((IndexClause *) lfirst(lc))->clauses);
	return count;
}

/* Descents of the tree: one per element of an array condition. */
static double
index_descents(Path *path)
{
	double descents = 1;
	ListCell *lc, *lq;

	foreach (lc, path->u.index.clauses)
		foreach (lq, ((IndexClause *) lfirst(lc))->clauses)
			if (IsA(lfirst(lq), ScalarArrayOpExpr))
			{
				Node *array = lsecond(((ScalarArrayOpExpr *) lfirst(lq))->args);

				descents *= estimate_array_length(array);
			}
	return descents;
}

/* Rows of the index that the conditions on its leading columns select, and the work in the index itself. */
static void
cost_index_part(PlannerInfo *root, Path *path, double loop_count, double *tuples)
{
	PlanIndex *index = path->u.index.index;
	double descents = index_descents(path);
	double index_tuples = path->u.index.boundary * index->tuples;
	double fraction = index->tuples > 0 ? Min(1.0, Max(index_tuples, 1.0) / index->tuples) : 1.0;
	double pages = Max(ceil(fraction * index->pages), 1.0);
	double height = log(Max(index->tuples, 2.0)) / log(2.0);
	Cost cost;

	index_tuples = clamp_row_est(index_tuples);
	if (loop_count > 1 || descents > 1)
	{
		double loops = loop_count * descents;

		pages = pages_fetched(pages * loops, Max(index->pages, 1)) / loop_count;
	}
	path->u.index.index_pages = pages;
	cost = pages * random_page_cost;
	cost += index_tuples * (cpu_index_tuple_cost + cpu_operator_cost * index_condition_count(path));
	cost += descents * ceil(height) * cpu_operator_cost;
	/* Each level of the tree is a page to look at, even in memory. */
	cost += descents * (ceil(log(Max((double) index->pages, 1.0)) / log(200.0)) + 1) * 50.0 * cpu_operator_cost;
	path->u.index.index_cost = cost;
	path->startup_cost = descents * ceil(height) * cpu_operator_cost;
	*tuples = clamp_row_est(path->u.index.selectivity * index->tuples);
}

void
cost_index(PlannerInfo *root, Path *path, double loop_count)
{
	PlanRel *rel = path->rel;
	double tuples, correlation, visible_factor;
	double min_pages, max_pages;
	Cost min_io, max_io;

	cost_index_part(root, path, loop_count, &tuples);
	path->total_cost = path->u.index.index_cost;
	correlation = index_correlation(root, path->u.index.index);
	visible_factor = path->u.index.index_only ? 1.0 - rel->all_visible_frac : 1.0;
	if (loop_count > 1)
	{
		max_pages = pages_fetched(tuples * loop_count, rel->pages) * visible_factor;
		max_io = max_pages * random_page_cost / loop_count;
		min_pages = pages_fetched(ceil(path->u.index.selectivity * rel->pages) * loop_count, rel->pages) * visible_factor;
		min_io = min_pages * random_page_cost / loop_count;
	}
	else
	{
		max_pages = pages_fetched(tuples, rel->pages) * visible_factor;
		max_io = max_pages * random_page_cost;
		min_pages = ceil(path->u.index.selectivity * rel->pages) * visible_factor;
		min_io = min_pages > 0 ? random_page_cost + (min_pages - 1) * seq_page_cost : 0;
	}
	/* Between the random and the ordered case by the square of the correlation. */
	path->total_cost += max_io + correlation * correlation * (Min(min_io, max_io) - max_io);
	path->total_cost += cpu_tuple_cost * tuples;
	if (path->u.index.index_only ? !enable_indexonlyscan : !enable_indexscan)
	{
		path->startup_cost += DISABLE_COST;
		path->total_cost += DISABLE_COST;
	}
	add_expression_costs(root, path, tuples);
}

static void
cost_bitmap_member(PlannerInfo *root, Path *member, double loop_count)
{
	double tuples;
	double product = 1.0;
	ListCell *lc;

	if (member->node == T_BitmapIndexScan)
	{
		cost_index_part(root, member, loop_count, &tuples);
		member->total_cost = member->u.index.index_cost + 0.1 * cpu_operator_cost * tuples;
		member->rows = tuples;
		return;
	}
	member->total_cost = 0;
	member->u.bitmap.selectivity = member->node == T_BitmapAnd ? 1.0 : 0.0;
	foreach (lc, member->u.bitmap.members)
	{
		Path *part = lfirst(lc);
		double s;

		cost_bitmap_member(root, part, loop_count);
		s = part->node == T_BitmapIndexScan ? part->u.index.selectivity : part->u.bitmap.selectivity;
		member->total_cost += part->total_cost + 100.0 * cpu_operator_cost;
		product *= member->node == T_BitmapAnd ? s : 1.0 - s;
	}
	member->u.bitmap.selectivity = member->node == T_BitmapAnd ? product : 1.0 - product;
	member->startup_cost = member->total_cost;
	member->rows = clamp_row_est(member->u.bitmap.selectivity * member->rel->tuples);
}

void
cost_bitmap_heap(PlannerInfo *root, Path *path, double loop_count)
{
	PlanRel *rel = path->rel;
	Path *bitmap = path->outer;
	double selectivity, tuples, pages, page_cost;
	double T = Max((double) rel->pages, 1.0);

	cost_bitmap_member(root, bitmap, loop_count);
	selectivity = bitmap->node == T_BitmapIndexScan ? bitmap->u.index.selectivity : bitmap->u.bitmap.selectivity;
	tuples = clamp_row_est(selectivity * rel->tuples);
	pages = loop_count > 1 ? pages_fetched(tuples * loop_count, T) / loop_count
						   : Min(2.0 * T * tuples / (2.0 * T + tuples), T);
	pages = Max(ceil(pages), 1.0);
	/* The more of the table is read, the more the fetches in page order look like a sequential read. */
	page_cost = pages >= 2.0 ? random_page_cost - (random_page_cost - seq_page_cost) * sqrt(pages / T) : random_page_cost;
	path->startup_cost = bitmap->total_cost + (enable_bitmapscan ? 0 : DISABLE_COST);
	path->total_cost = path->startup_cost + pages * page_cost + tuples * (cpu_tuple_cost + 0.5 * cpu_operator_cost);
	add_expression_costs(root, path, tuples);
}

/* ---- sorting, materializing ------------------------------------------------------------------------------------------------- */
static double
relation_bytes(double rows, int width)
{
	return rows * (MAXALIGN(width) + MAXALIGN(24));
}

Cost
cost_sort_total(double rows, int width, double limit_rows)
{
	double memory = (double) work_mem * 1024.0;
	double bytes = relation_bytes(rows, width);
	double output_rows = limit_rows > 0 && limit_rows < rows ? limit_rows : rows;
	double output_bytes = relation_bytes(output_rows, width);
	double log2rows;
	Cost cost = enable_sort ? 0 : DISABLE_COST;

	rows = Max(rows, 2.0);
	log2rows = log(rows) / log(2.0);
	if (output_bytes > memory)
	{
		double pages = ceil(bytes / BLCKSZ);
		double runs = bytes / memory;
		double order = Max(6.0, memory / (BLCKSZ * 33.0));
		double passes = runs > order ? ceil(log(runs) / log(order)) : 1.0;

		cost += 2.0 * cpu_operator_cost * rows * log2rows;
		cost += 2.0 * pages * passes * (seq_page_cost * 0.75 + random_page_cost * 0.25);
	}
	else if (rows > 2.0 * output_rows || bytes > memory)
		cost += 2.0 * cpu_operator_cost * rows * log(2.0 * Max(output_rows, 1.0)) / log(2.0);
	else
		cost += 2.0 * cpu_operator_cost * rows * log2rows;
	return cost;
}

void
cost_material(Path *path, double rows, int width, Cost input_total)
{
	double bytes = relation_bytes(rows, width);

	path->total_cost = input_total + 2.0 * cpu_operator_cost * rows;
	if (bytes > (double) work_mem * 1024.0)
		path->total_cost += seq_page_cost * ceil(bytes / BLCKSZ);
}

/* ---- joins -------------------------------------------------------------------------------------------------------------------- */
static Cost
rescan_cost(Path *inner)
{
	switch (inner->node)
	{
		case T_Material:
		case T_CteScan:
		case T_WorkTableScan:
			{
				Cost cost = cpu_operator_cost * inner->rows;
				double bytes = relation_bytes(inner->rows, inner->rel->width);

				if (bytes > (double) work_mem * 1024.0)
					cost += seq_page_cost * ceil(bytes / BLCKSZ);
				return cost;
			}
		case T_Sort:
			return inner->total_cost - inner->startup_cost;
		case T_FunctionScan:
			return inner->total_cost - inner->startup_cost;
		default:
			return inner->total_cost;
	}
}

/* Joins that stop at the first match look at part of the inner rows only. */
static bool
stops_at_first_match(Path *path)
{
	return path->u.join.jointype == JOIN_SEMI || path->u.join.jointype == JOIN_ANTI || path->u.join.inner_unique;
}

void
cost_nestloop(PlannerInfo *root, Path *path)
{
	Path *outer = path->outer;
	Path *inner = path->inner;
	double outer_rows = clamp_row_est(outer->rows);
	double inner_rows = clamp_row_est(inner->rows);
	Cost rescan = rescan_cost(inner);
	Cost startup, per_tuple;
	double pairs = outer_rows * inner_rows;

	path->startup_cost = outer->startup_cost + inner->startup_cost + (enable_nestloop ? 0 : DISABLE_COST);
	path->total_cost = path->startup_cost + (outer->total_cost - outer->startup_cost);
	path->total_cost += inner->total_cost - inner->startup_cost;
	if (stops_at_first_match(path))
	{
		double matched = path->u.join.jointype == JOIN_ANTI ? outer_rows - Min(path->rows, outer_rows)
															: Min(path->rows, outer_rows);
		double fraction = inner->required_outer ? 1.0 : 0.5;
		double unmatched = outer_rows - matched;
		/* With an index condition an unmatched outer row costs one empty probe. */
		double unmatched_fraction = inner->required_outer ? 1.0 / Max(inner_rows, 1.0) : 1.0;

		path->total_cost += Max(matched - 1, 0) * rescan * fraction + unmatched * rescan * unmatched_fraction;
		pairs = matched * inner_rows * fraction + unmatched * inner_rows * unmatched_fraction;
	}
	else
		path->total_cost += (outer_rows - 1) * rescan;
	cost_quals(root, path->u.join.join_clauses, &startup, &per_tuple);
	path->startup_cost += startup;
	path->total_cost += startup + (cpu_tuple_cost + per_tuple) * pairs;
	add_expression_costs(root, path, path->rows);
}

void
cost_hashjoin(PlannerInfo *root, Path *path)
{
	Path *outer = path->outer;
	Path *inner = path->inner;
	double outer_rows = clamp_row_est(outer->rows);
	double inner_rows = clamp_row_est(inner->rows);
	int keys = list_length(path->u.join.key_clauses);
	double inner_bytes = relation_bytes(inner_rows, inner->rel->width);
	double outer_bytes = relation_bytes(outer_rows, outer->rel->width);
	double bucket = 1.0;
	Cost startup, per_tuple;
	ListCell *lc;

	path->startup_cost = outer->startup_cost + inner->total_cost + (enable_hashjoin ? 0 : DISABLE_COST);
	path->startup_cost += (cpu_operator_cost * keys + cpu_tuple_cost) * inner_rows;
	path->total_cost = path->startup_cost + (outer->total_cost - outer->startup_cost);
	path->total_cost += cpu_operator_cost * keys * outer_rows;
	if (inner_bytes > (double) work_mem * hash_mem_multiplier * 1024.0)
	{
		Cost spill = seq_page_cost * (ceil(inner_bytes / BLCKSZ) + 2.0 * ceil(outer_bytes / BLCKSZ));

		path->startup_cost += seq_page_cost * ceil(inner_bytes / BLCKSZ);
		path->total_cost += spill + seq_page_cost * ceil(inner_bytes / BLCKSZ);
	}
	/* Fraction of the inner rows that an outer row is compared with: the most selective key decides. */
	foreach (lc, path->u.join.key_clauses)
	{
		Qual *qual = lfirst(lc);
		OpExpr *op = (OpExpr *) qual->clause;
		bool inner_is_right = bms_is_subset(qual->right_relids, inner->rel->relids);
		Node *key = inner_is_right ? lsecond(op->args) : linitial(op->args);

		bucket = Min(bucket, 1.0 / join_key_ndistinct(root, key, inner_rows));
	}
	cost_quals(root, path->u.join.key_clauses, &startup, &per_tuple);
	path->total_cost += startup + per_tuple * outer_rows * Max(inner_rows * bucket, 1.0) * 0.5;
	cost_quals(root, path->u.join.join_clauses, &startup, &per_tuple);
	path->startup_cost += startup;
	path->total_cost += startup + (cpu_tuple_cost + per_tuple) * Max(path->rows, 1.0);
	add_expression_costs(root, path, path->rows);
}

void
cost_mergejoin(PlannerInfo *root, Path *path)
{
	Path *outer = path->outer;
	Path *inner = path->inner;
	double outer_rows = clamp_row_est(outer->rows);
	double inner_rows = clamp_row_est(inner->rows);
	Cost startup, per_tuple;

	path->startup_cost = outer->startup_cost + inner->startup_cost + (enable_mergejoin ? 0 : DISABLE_COST);
	path->total_cost = path->startup_cost + (outer->total_cost - outer->startup_cost) +
					   (inner->total_cost - inner->startup_cost);
	cost_quals(root, path->u.join.key_clauses, &startup, &per_tuple);
	path->total_cost += startup + per_tuple * (outer_rows + inner_rows);
	/* Equal keys on the outer side make the inner rows of that key pass again. */
	if (path->rows > inner_rows && !path->u.join.inner_unique)
		path->total_cost += (path->rows - inner_rows) * cpu_operator_cost;
	cost_quals(root, path->u.join.join_clauses, &startup, &per_tuple);
	path->total_cost += startup + (cpu_tuple_cost + per_tuple) * Max(path->rows, 1.0);
	add_expression_costs(root, path, path->rows);
}

/* ---- aggregation ---------------------------------------------------------------------------------------------------------------- */
void
cost_agg(PlannerInfo *root, Path *path, int num_aggs)
{
	Path *input = path->outer;
	double rows = clamp_row_est(input->rows);
	int columns = list_length(path->u.agg.group_clause);
	Cost work = rows * (num_aggs + columns) * cpu_operator_cost;

	switch (path->u.agg.strategy)
	{
		case AGG_PLAIN:
			path->startup_cost = input->total_cost + work;
			path->total_cost = path->startup_cost + cpu_tuple_cost;
			break;
		case AGG_SORTED:
			path->startup_cost = input->startup_cost;
			path->total_cost = input->total_cost + work + cpu_tuple_cost * path->rows;
			break;
		default:
			{
				double bytes = relation_bytes(path->rows, path->rel->width) + path->rows * num_aggs * 32;

				path->startup_cost = input->total_cost + work + (enable_hashagg ? 0 : DISABLE_COST);
				path->total_cost = path->startup_cost + cpu_tuple_cost * path->rows;
				if (bytes > (double) work_mem * hash_mem_multiplier * 1024.0)
				{
					double pages = ceil(relation_bytes(rows, input->rel->width) / BLCKSZ);

					path->startup_cost += 2.0 * pages * random_page_cost;
					path->total_cost += 2.0 * pages * random_page_cost;
				}
			}
			break;
	}
}
