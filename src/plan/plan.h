/*
 * plan.h
 *    The planner's own data: one PlannerInfo per query level, one PlanRel per relation or join, Paths as alternatives.
 *
 * A plan is found bottom-up: a PlanRel stands for the result of joining a set of range-table entries; each of its Paths
 * is one way to compute it, with cost, order and the outer relations it needs (required_outer). rel_add_path() keeps only
 * paths that no other beats on all counts. The winner becomes a Plan in create.c, and references.c then turns its Vars
 * into references to child outputs.
 */
#ifndef PLAN_H
#define PLAN_H

#include "nodes/params.h"
#include "nodes/plannodes.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "storage/block.h"

typedef struct PlanRel PlanRel;
typedef struct Path Path;
typedef struct PlannerInfo PlannerInfo;

/* What all query levels of one statement collect. */
typedef struct PlannerGlobal
{
	ParamListInfo bound_params;
	List *subplans;			/* Plan, in plan_id order */
	List *subroots;			/* PlannerInfo of each */
	Bitmapset *rewind_plan_ids;
	List *final_rtable;
	List *final_rowmarks;
	List *result_relations;
	List *relation_oids;
	List *inval_items;
	List *param_exec_types; /* type OID per PARAM_EXEC */
	int last_plan_node_id;
	int last_rowmark_id;
	bool depends_on_role;
	bool transient_plan;
} PlannerGlobal;

/* A value of one query level that a sub-query of it needs: passed as PARAM_EXEC. */
typedef struct PlanParam
{
	Node *item; /* Var, Aggref or GroupingFunc of the owning level, as seen there */
	int param_id;
} PlanParam;

/* A set of expressions known to be equal in every row (from a.x = b.y and the like), or a single sort expression. */
typedef struct EquivClass
{
	List *members;		/* EquivMember */
	List *sources;		/* Qual: the equalities it was made of */
	List *opfamilies;	/* btree families in which "=" is meant */
	Oid collation;
	bool has_const;
	bool has_volatile;	/* then it has one member and is never equal to another class */
	Relids relids;		/* of all members */
	struct EquivClass *merged_into;
} EquivClass;

typedef struct EquivMember
{
	Expr *expr;
	Relids relids;
	Oid datatype;		/* the type that the family's operators take */
	bool is_const;
} EquivMember;

/* One column of an ordering. Equal orderings have the same ec, opfamily, strategy and nulls_first. */
typedef struct PathKey
{
	EquivClass *ec;
	Oid opfamily;
	int strategy; /* BTLessStrategyNumber or BTGreaterStrategyNumber */
	bool nulls_first;
} PathKey;

/* One conjunct of the query's conditions. */
typedef struct Qual
{
	Expr *clause;
	Relids clause_relids;	/* relations mentioned */
	Relids required;		/* relations that must be there before it may be evaluated (outer joins add some) */
	struct OuterJoin *outer_join; /* an ON condition: evaluated exactly when this join is made */
	EquivClass *ec;			/* derived from this class: one such clause per join is enough */
	bool pseudo_constant;	/* no variables, no volatile functions: a gate on top */
	double selectivity;		/* cache; -1 = not known */
	/* for "left op right" with disjoint sides: */
	bool can_join;			/* both sides mention relations, and different ones */
	Relids left_relids;
	Relids right_relids;
	Oid hash_operator;		/* InvalidOid: not hashable */
	List *merge_families;	/* btree families where it is equality; NIL: not mergeable */
	EquivClass *left_ec;	/* for merge joins, made on demand */
	EquivClass *right_ec;
} Qual;

/* An outer, semi or anti join as the query wrote it. RIGHT joins have been turned round. */
typedef struct OuterJoin
{
	JoinType jointype;	/* JOIN_LEFT, JOIN_FULL, JOIN_SEMI or JOIN_ANTI */
	Relids left;		/* all relations syntactically on the left */
	Relids right;
	Relids min_left;	/* of left, those that must be joined before this join */
	List *quals;		/* Qual: the ON condition */
	int index;
} OuterJoin;

/* A column and who needs its value: relations whose conditions mention it; member 0 stands for the query's output. */
typedef struct VarNeed
{
	Var *var;
	Relids needed_by;
} VarNeed;

typedef enum PlanRelKind
{
	PLANREL_BASE,
	PLANREL_JOIN,
	PLANREL_UPPER
} PlanRelKind;

typedef struct PlanIndex
{
	Oid oid;
	PlanRel *rel;
	BlockNumber pages;
	double tuples;
	int height;			/* -1: unknown */
	int ncolumns;		/* with INCLUDEd ones */
	int nkeycolumns;
	int *keys;			/* heap attribute numbers, 0 = expression */
	Oid *opfamily;
	Oid *opcintype;
	Oid *collation;
	bool *descending;
	bool *nulls_first;
	bool *can_return;	/* per column: index-only scan gets it */
	List *expressions;	/* for keys of 0, in order */
	List *predicate;	/* implicitly ANDed; NIL: not partial */
	bool predicate_ok;
	bool unique;
	bool immediate;
	bool amcanorder;
	bool amhasgettuple;
	bool amhasgetbitmap;
	bool amsearcharray;
	bool amsearchnulls;
	Oid amoid;
} PlanIndex;

struct PlanRel
{
	PlanRelKind kind;
	Relids relids;
	double rows;
	int width;
	List *targetlist;		/* expressions (Vars mostly) that go up */
	List *paths;
	Path *cheapest_startup;
	Path *cheapest_total;	/* unparameterized; NULL only for lateral relations */
	List *cheapest_parameterized;
	Relids lateral_relids;	/* relations that must be on the outer side of a nested loop */

	/* base relations */
	Index rti;
	RangeTblEntry *rte;
	BlockNumber pages;
	double tuples;
	double all_visible_frac;
	List *indexes;			/* PlanIndex */
	List *quals;			/* Qual on this relation alone */
	Bitmapset *attrs_used;	/* attribute numbers + FirstLowInvalidHeapAttributeNumber that anybody needs */
	bool whole_row_needed;
	PlannerInfo *subroot;	/* RTE_SUBQUERY */
	List *subplan_params;	/* PlanParam: our Vars that a LATERAL sub-query needs */
	bool proven_empty;		/* a qual is constant false */

	/* joins and base: join clauses that mention this relation and others */
	List *join_quals;
};

/* One way to compute a relation. The struct is shared by all kinds; `node` says which part of the union counts. */
struct Path
{
	NodeTag node; /* tag of the plan node it becomes */
	PlanRel *rel;
	Relids required_outer; /* relations whose Vars it uses as parameters; NULL: none */
	double rows;
	Cost startup_cost;
	Cost total_cost;
	List *pathkeys;
	Path *outer; /* input; left input of joins */
	Path *inner;
	List *tlist;  /* TargetEntry: what the plan node computes; NIL: the relation's targetlist */
	List *quals;  /* Qual: filter (scans: on top of index conditions) or bare clauses for upper nodes */
	union
	{
		struct
		{
			PlanIndex *index;
			List *clauses;	   /* IndexClause, in index column order */
			ScanDirection direction;
			double index_pages;
			double selectivity; /* rows that pass all conditions */
			double boundary;	/* part of the index that is read: conditions on leading columns */
			Cost index_cost;	/* of the index part, for bitmaps */
			bool index_only;
		} index;
		struct
		{
			List *members;	   /* Path: BitmapIndexScan, BitmapAnd, BitmapOr */
			double selectivity;
			Cost cost;		   /* total cost of making the bitmap */
		} bitmap;
		struct
		{
			JoinType jointype;
			List *join_clauses; /* Qual: evaluated as join condition */
			List *key_clauses;	/* Qual: hash or merge clauses, outer side first */
			List *outer_keys;	/* PathKey: order needed; NIL: it has it */
			List *inner_keys;
			bool inner_unique;
			bool materialize_inner;
			bool skip_mark_restore;
		} join;
		struct
		{
			List *tidquals;
		} tid;
		struct
		{
			List *subpaths;
		} append;
		struct
		{
			List *keys;			/* PathKey */
		} sort;
		struct
		{
			AggStrategy strategy;
			AggSplit split;
			List *group_clause; /* SortGroupClause; Unique, SetOp and Group use it as well */
			List *having;		/* bare clauses */
			double num_groups;
			List *grouping_sets;
			List *chain;
		} agg;
		struct
		{
			WindowClause *clause;
			List *functions;
		} window;
		struct
		{
			SetOpCmd cmd;
			SetOpStrategy strategy;
			List *group_clause;
			AttrNumber flag_column;
			int first_flag;
			double num_groups;
		} setop;
		struct
		{
			Node *offset;
			Node *count;
			LimitOption option;
		} limit;
		struct
		{
			List *row_marks;
			int epq_param;
		} lockrows;
		struct
		{
			List *group_clause;
			int wt_param;
			double num_groups;
		} recursive;
		struct
		{
			Node *constant_qual; /* implicit-AND list */
		} result;
		struct
		{
			PlannerInfo *root; /* whose final path is `outer` */
		} subquery;
		struct
		{
			int cte_plan_id;
			int cte_param;
		} cte;
	} u;
};

/* An index condition: the clause and its form with the index column on the left. */
typedef struct IndexClause
{
	Qual *qual;
	List *clauses;		/* expressions: indexkey op value (usually one) */
	int column;			/* 0-based */
	bool lossy;			/* must be checked again on the heap row */
} IndexClause;

struct PlannerInfo
{
	NodeTag type;
	Query *parse;
	PlannerGlobal *glob;
	PlannerInfo *parent;
	int query_level;		/* 1 = outermost */
	double tuple_fraction;	/* 0 = all rows; 0..1 = fraction; >= 1 = absolute number */

	List *plan_params;		/* PlanParam of this level that some sub-query under planning asked for */
	List *init_plans;		/* SubPlan nodes, evaluated once per execution */
	Bitmapset *outer_params;/* PARAM_EXECs of upper levels available here */
	List *cte_plan_ids;		/* per WITH query: plan id, -1 when inlined or unused */

	PlanRel **rels;			/* by range-table index; NULL: not a base relation of this level */
	int rel_count;
	List *join_rels;		/* PlanRel made by the join search */
	Relids all_baserels;
	List *quals;			/* Qual of joins, not yet placed */
	List *gating_quals;		/* bare pseudo-constant clauses */
	List *outer_joins;		/* OuterJoin */
	List *classes;			/* EquivClass */
	List *var_needs;		/* VarNeed */
	bool has_lateral;

	List *row_marks;		/* PlanRowMark */
	List *processed_tlist;	/* target list with the junk columns that ModifyTable and LockRows need */
	List *update_colnos;
	List *query_pathkeys;	/* order that the first upper step would like */
	List *group_pathkeys;
	List *sort_pathkeys;
	List *distinct_pathkeys;
	Path *final_path;

	/* WITH RECURSIVE: the plan of the non-recursive term is what the WorkTableScan reads */
	int wt_param_id;
	Path *non_recursive_path;

	/* creating plans: outer relations whose Vars become nested-loop parameters */
	Relids cur_outer_rels;
	List *cur_outer_params; /* NestLoopParam */
};

/* ---- planner.c: levels ----------------------------------------------------------------------------------------- */
extern PlannerInfo *plan_query(PlannerGlobal *glob, Query *parse, PlannerInfo *parent, bool has_recursion,
							   double tuple_fraction);
extern Node *preprocess_expression(PlannerInfo *root, Node *expr, int kind);
enum
{
	EXPRKIND_QUAL,
	EXPRKIND_TARGET,
	EXPRKIND_RTFUNC,
	EXPRKIND_VALUES,
	EXPRKIND_LIMIT,
	EXPRKIND_ARBITER
};

/* ---- pullup.c: rewriting the join tree ----------------------------------------------------------------------------- */
extern void pull_up_sublinks(PlannerInfo *root);
extern void pull_up_subqueries(PlannerInfo *root);
extern void reduce_outer_joins(PlannerInfo *root);
extern void inline_ctes(PlannerInfo *root);
extern void replace_empty_jointree(Query *parse);

/* ---- subselect.c: SubLinks, parameters ------------------------------------------------------------------------------ */
extern Node *replace_correlation_vars(PlannerInfo *root, Node *expr);
extern Node *process_sublinks(PlannerInfo *root, Node *expr, bool is_qual);
extern void plan_ctes(PlannerInfo *root);
extern Param *plan_param_new(PlannerInfo *root, Oid type, int32 typmod, Oid collation);
extern int plan_exec_param(PlannerInfo *root, Oid type);
extern void finalize_plan(PlannerInfo *root, Plan *plan);
extern Param *replace_nestloop_var(PlannerInfo *root, Var *var);
extern void collect_lateral_params(PlannerInfo *root, PlanRel *rel);

/* ---- deconstruct.c: conditions to where they belong ------------------------------------------------------------------ */
extern void deconstruct_jointree(PlannerInfo *root);
extern Qual *make_qual(PlannerInfo *root, Expr *clause, Relids required, OuterJoin *oj);
extern void distribute_qual(PlannerInfo *root, Qual *qual);
extern List *qual_clauses(List *quals); /* the bare expressions */
extern List *needed_columns(PlannerInfo *root, Relids relids);

/* ---- equiv.c ----------------------------------------------------------------------------------------------------------- */
extern bool ec_add_equality(PlannerInfo *root, Qual *qual);
extern void ec_generate_clauses(PlannerInfo *root);
extern EquivClass *ec_for_expr(PlannerInfo *root, Expr *expr, List *opfamilies, Oid datatype, Oid collation, bool create);
extern EquivClass *ec_canonical(EquivClass *ec);
extern EquivMember *ec_member_in(EquivClass *ec, Relids relids);
extern List *pathkeys_for_sortclauses(PlannerInfo *root, List *clauses, List *tlist);
extern PathKey *pathkey_make(PlannerInfo *root, Expr *expr, Oid opfamily, Oid datatype, Oid collation, int strategy,
							 bool nulls_first, bool create);
extern bool pathkeys_contained_in(List *wanted, List *have);
extern int pathkeys_common(List *wanted, List *have);
extern bool pathkey_is_redundant(PathKey *key, List *keys);
extern List *pathkeys_truncate_useless(PlannerInfo *root, PlanRel *rel, List *keys);

/* ---- relinfo.c, selectivity.c: statistics -------------------------------------------------------------------------------- */
extern void relinfo_load(PlannerInfo *root, PlanRel *rel);
extern int32 relation_average_width(PlannerInfo *root, PlanRel *rel);
extern double clause_selectivity(PlannerInfo *root, Node *clause, JoinType jointype);
extern double qual_selectivity(PlannerInfo *root, Qual *qual, JoinType jointype);
extern double quals_selectivity(PlannerInfo *root, List *quals, JoinType jointype);
extern double clauselist_selectivity(PlannerInfo *root, List *clauses, JoinType jointype);
extern double estimate_num_groups(PlannerInfo *root, List *exprs, double input_rows);
extern double join_key_ndistinct(PlannerInfo *root, Node *expr, double rows);
extern double estimate_array_length(Node *array);
extern double index_correlation(PlannerInfo *root, PlanIndex *index);

/* ---- clauses.c ---- */
extern double function_estimate(Oid funcid, bool rows);

/* ---- cost.c ------------------------------------------------------------------------------------------------------------------ */
extern void cost_seqscan(PlannerInfo *root, Path *path);
extern void cost_index(PlannerInfo *root, Path *path, double loop_count);
extern void cost_bitmap_heap(PlannerInfo *root, Path *path, double loop_count);
extern void cost_expression(PlannerInfo *root, Node *expr, Cost *startup, Cost *per_tuple);
extern void cost_quals(PlannerInfo *root, List *quals, Cost *startup, Cost *per_tuple);
extern Cost cost_sort_total(double rows, int width, double limit_rows);
extern void cost_material(Path *path, double rows, int width, Cost input_total);
extern void cost_nestloop(PlannerInfo *root, Path *path);
extern void cost_hashjoin(PlannerInfo *root, Path *path);
extern void cost_mergejoin(PlannerInfo *root, Path *path);
extern void cost_agg(PlannerInfo *root, Path *path, int num_aggs);

/* ---- paths.c, scanpaths.c, indexpaths.c, joinpaths.c, joinsearch.c, upper.c, setops.c ------------------------------------------ */
extern Path *path_new(NodeTag node, PlanRel *rel, Path *outer);
extern bool rel_add_path(PlanRel *rel, Path *path);
extern void rel_set_cheapest(PlanRel *rel);
extern Path *path_cheapest_for_fraction(PlanRel *rel, double fraction, double total_rows);
extern Path *path_cheapest_for_keys(List *paths, List *keys, Relids required_outer, bool startup, bool any_parameters);
extern Path *sort_path(PlannerInfo *root, Path *input, List *keys, double limit_rows);
extern PlanRel *planrel_new(PlanRelKind kind, Relids relids);
extern void estimate_base_sizes(PlannerInfo *root);
extern void make_scan_paths(PlannerInfo *root, PlanRel *rel);
extern bool path_enforces(Path *path, Qual *qual);
extern bool inner_is_unique(PlannerInfo *root, PlanRel *inner, Relids outer, List *join_clauses);
extern Path *apply_tlist(Path *path, List *tlist);
extern void compute_query_pathkeys(PlannerInfo *root);
extern void make_index_paths(PlannerInfo *root, PlanRel *rel);
extern PlanRel *join_search(PlannerInfo *root);
extern void make_join_paths(PlannerInfo *root, PlanRel *joinrel, PlanRel *outer, PlanRel *inner, JoinType jointype,
							List *join_clauses, List *filter_quals);
extern double join_size(PlannerInfo *root, double outer_rows, double inner_rows, JoinType jointype, List *join_clauses,
						List *filter_quals);
extern Path *plan_upper(PlannerInfo *root, PlanRel *joined);
extern Path *plan_setops(PlannerInfo *root);
extern List *preprocess_targetlist(PlannerInfo *root);
extern double base_scan_rows(PlannerInfo *root, PlanRel *rel, Relids required_outer);

/* ---- create.c, references.c -------------------------------------------------------------------------------------------------------- */
extern Plan *create_plan(PlannerInfo *root, Path *path);
extern Plan *set_references(PlannerInfo *root, Plan *plan);
extern void record_dependencies(PlannerGlobal *glob, Query *parse);

static inline RangeTblEntry *
planner_rte(PlannerInfo *root, int rti)
{
	return (RangeTblEntry *) list_nth(root->parse->rtable, rti - 1);
}

#endif /* PLAN_H */
