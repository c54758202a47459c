/*
 * optimizer/optimizer.h
 *    What other parts of the server use of the planner: questions about expressions, simplification, costs' settings.
 *
 * Relids are sets of range-table indexes of one query level. Functions that walk an expression tree look at Vars of
 * level 0 unless they say otherwise, and never modify their input.
 */
#ifndef OPTIMIZER_H
#define OPTIMIZER_H

#include "nodes/bitmapset.h"
#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"

typedef Bitmapset *Relids;
struct PlannerInfo;
struct ParamListInfoData;

/* ---- plan/vars.c -------------------------------------------------------------------------------------------- */
#define PVC_INCLUDE_AGGREGATES 0x0001
#define PVC_RECURSE_AGGREGATES 0x0002
#define PVC_INCLUDE_WINDOWFUNCS 0x0004
#define PVC_RECURSE_WINDOWFUNCS 0x0008
#define PVC_INCLUDE_PLACEHOLDERS 0x0010
#define PVC_RECURSE_PLACEHOLDERS 0x0020

extern Relids pull_varnos(struct PlannerInfo *root, Node *node); /* root may be NULL */
extern Relids pull_varnos_of_level(struct PlannerInfo *root, Node *node, int levelsup);
/* Attribute numbers of varno, offset by FirstLowInvalidHeapAttributeNumber, added to *varattnos. */
extern void pull_varattnos(Node *node, Index varno, Bitmapset **varattnos);
extern List *pull_vars_of_level(Node *node, int levelsup);
extern bool contain_var_clause(Node *node);
extern bool contain_vars_of_level(Node *node, int levelsup);
extern int locate_var_of_level(Node *node, int levelsup);
/* The Vars (and, by flags, Aggrefs and WindowFuncs) of an expression, duplicates included. */
extern List *pull_var_clause(Node *node, int flags);
extern Node *flatten_join_alias_vars(Query *query, Node *node);

/* ---- plan/clauses.c ------------------------------------------------------------------------------------------ */
extern bool contain_agg_clause(Node *clause);
extern bool contain_window_function(Node *clause);
extern bool contain_subplans(Node *clause);
extern bool contain_mutable_functions(Node *clause);
extern bool contain_volatile_functions(Node *clause);
extern bool contain_volatile_functions_not_nextval(Node *clause);
extern bool contain_leaked_vars(Node *clause);
extern bool contain_nonstrict_functions(Node *clause);
extern bool contain_exec_param(Node *clause, List *param_ids);
extern bool is_pseudo_constant_clause(Node *clause);
/* Base relations whose all-NULL row makes the clause false or NULL; top_level: false would do as well as NULL. */
extern Relids find_nonnullable_rels(Node *clause);
extern double expression_returns_set_rows(struct PlannerInfo *root, Node *clause);

/* ---- plan/fold.c ---------------------------------------------------------------------------------------------- */
/* Simplified copy: constant subexpressions evaluated (immutable functions only) and AND/OR/NOT
 * flattened. With root, bound parameters flagged constant are substituted. May raise what the functions raise. */
extern Node *eval_const_expressions(struct PlannerInfo *root, Node *node);
extern Node *estimate_expression_value(struct PlannerInfo *root, Node *node); /* also stable functions and parameters */
/* A stand-alone expression (default, check, index expression) made ready for the executor. */
extern Expr *expression_planner(Expr *expr);
extern Node *negate_clause(Node *node);
extern Expr *canonicalize_qual(Expr *qual, bool is_check);

/* ---- cost settings (GUCs) -------------------------------------------------------------------------------------- */
#define DEFAULT_SEQ_PAGE_COST 1.0
#define DEFAULT_RANDOM_PAGE_COST 4.0
#define DEFAULT_CPU_TUPLE_COST 0.01
#define DEFAULT_CPU_INDEX_TUPLE_COST 0.005
#define DEFAULT_CPU_OPERATOR_COST 0.0025
#define DEFAULT_EFFECTIVE_CACHE_SIZE 524288 /* pages */
extern double seq_page_cost;
extern double random_page_cost;
extern double cpu_tuple_cost;
extern double cpu_index_tuple_cost;
extern double cpu_operator_cost;
extern int effective_cache_size;
extern bool enable_seqscan;
extern bool enable_indexscan;
extern bool enable_indexonlyscan;
extern bool enable_bitmapscan;
extern bool enable_tidscan;
extern bool enable_sort;
extern bool enable_incremental_sort;
extern bool enable_hashagg;
extern bool enable_nestloop;
extern bool enable_material;
extern bool enable_memoize;
extern bool enable_mergejoin;
extern bool enable_hashjoin;
extern int from_collapse_limit;
extern int join_collapse_limit;
extern int geqo_threshold;
extern double cursor_tuple_fraction;
extern int constraint_exclusion;

extern double clamp_row_est(double nrows);

/* Does pred follow from clauses (for partial indexes and ON CONFLICT inference)? Both implicitly ANDed; weak: NULL
 * counts as true. Sound, not complete. */
extern bool predicate_implied_by(List *predicate_list, List *clause_list, bool weak);

#endif /* OPTIMIZER_H */
