/*
 * analyze_internal.h
 *    What the files of src/analyze share and nobody else needs.
 */
#ifndef ANALYZE_INTERNAL_H
#define ANALYZE_INTERNAL_H

#include "access/tupdesc.h"
#include "catalog/namespace.h"
#include "parser/parse_node.h"

/* coerce_path.c */
extern bool is_complex_array(Oid type);

/* row_inherit.c */
extern bool row_type_inherits(Oid sub, Oid super);

/* polymorphic.c */
extern bool is_polymorphic_family_type(Oid type);

/* expr_names.c */
extern Node *expr_column_ref(ParseState *pstate, ColumnRef *cref);
extern Node *expr_whole_row_ref(ParseState *pstate, ParseNamespaceItem *nsitem, int sublevels_up, int location);
extern Node *expr_indirection(ParseState *pstate, A_Indirection *ind);

/* expr_sublink.c */
extern Node *expr_sublink(ParseState *pstate, SubLink *sublink);
extern Node *expr_multi_assign(ParseState *pstate, MultiAssignRef *maref);

/* expr_rows.c */
extern Node *make_row_comparison_op(ParseState *pstate, List *opname, List *largs, List *rargs, int location);
extern Node *make_row_distinct_op(ParseState *pstate, List *opname, RowExpr *lrow, RowExpr *rrow, int location);
extern Expr *make_distinct_op(ParseState *pstate, List *opname, Node *ltree, Node *rtree, int location);
extern Node *make_nulltest_from_distinct(ParseState *pstate, A_Expr *distincta, Node *arg);

/* expr.c */
extern Node *expr_recurse(ParseState *pstate, Node *expr);
extern void unknown_attribute(ParseState *pstate, Node *relref, const char *attname, int location) pg_attribute_noreturn();

/* expr_values.c */
extern Node *expr_array(ParseState *pstate, A_ArrayExpr *a, Oid array_type, Oid element_type, int32 typmod);
extern Node *expr_type_cast(ParseState *pstate, TypeCast *tc);
extern Node *expr_case(ParseState *pstate, CaseExpr *c);
extern Node *expr_row(ParseState *pstate, RowExpr *r, bool allow_default);
extern Node *expr_coalesce(ParseState *pstate, CoalesceExpr *c);
extern Node *expr_min_max(ParseState *pstate, MinMaxExpr *m);
extern Node *expr_sql_value_function(ParseState *pstate, SQLValueFunction *svf);
extern Node *expr_boolean_test(ParseState *pstate, BooleanTest *b);
extern Node *expr_collate(ParseState *pstate, CollateClause *c);
extern Node *expr_param_ref(ParseState *pstate, ParamRef *pref);
extern Node *expr_current_of(ParseState *pstate, CurrentOfExpr *cexpr);

/* from.c */
extern Node *from_item(ParseState *pstate, Node *n, ParseNamespaceItem **top_nsitem, List **namespace);
extern void set_namespace_visibility(List *namespace, bool rel_visible, bool cols_visible);
extern void set_namespace_lateral(List *namespace, bool lateral_only, bool lateral_ok);

/* levels.c: level 0 is the query the node is in */
extern bool contains_vars_of_level(Node *node, int level);
extern int location_of_var_of_level(Node *node, int level);
extern bool contains_aggs_of_level(Node *node, int level);
extern int location_of_agg_of_level(Node *node, int level);
extern bool has_window_function(Node *node);
extern int location_of_window_function(Node *node);

/* sortgroup.c */
extern TargetEntry *find_target_sql92(ParseState *pstate, Node *node, List **tlist, ParseExprKind kind);
extern TargetEntry *find_target_sql99(ParseState *pstate, Node *node, List **tlist, ParseExprKind kind);
extern List *add_target_to_group_list(ParseState *pstate, TargetEntry *tle, List *grouplist, List *targetlist,
									  int location);
extern List *resolve_unique_index_expr(ParseState *pstate, InferClause *infer, Relation rel);

/* window.c */
extern WindowClause *find_window_clause(List *wclist, const char *name);


/* select.c, setops.c, insert.c, update.c, utility.c */
extern Query *analyze_select(ParseState *pstate, SelectStmt *stmt);
extern Query *analyze_values(ParseState *pstate, SelectStmt *stmt);
extern Query *analyze_set_operation(ParseState *pstate, SelectStmt *stmt);
extern Query *analyze_insert(ParseState *pstate, InsertStmt *stmt);
extern Query *analyze_delete(ParseState *pstate, DeleteStmt *stmt);
extern Query *analyze_update(ParseState *pstate, UpdateStmt *stmt);
extern Query *analyze_merge(ParseState *pstate, MergeStmt *stmt);
extern List *analyze_update_target_list(ParseState *pstate, List *orig_targets);
extern List *analyze_returning_list(ParseState *pstate, List *returning);
extern void analyze_locking_clause(ParseState *pstate, Query *qry, LockingClause *lc, bool pushed_down);
extern List *analyze_insert_row(ParseState *pstate, List *exprlist, List *cols, List *icolumns, List *attrnos,
								bool strip_indirection);
extern Query *analyze_declare_cursor(ParseState *pstate, DeclareCursorStmt *stmt);
extern Query *analyze_explain(ParseState *pstate, ExplainStmt *stmt);
extern Query *analyze_create_table_as(ParseState *pstate, CreateTableAsStmt *stmt);
extern Query *analyze_call(ParseState *pstate, CallStmt *stmt);

#endif /* ANALYZE_INTERNAL_H */
