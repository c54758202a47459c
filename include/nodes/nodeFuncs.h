/*
 * nodes/nodeFuncs.h
 *    What an expression is (type, typmod, collation, place in the text), and walking over and rewriting trees.
 *
 * A walker is bool walker(Node *, context *): true stops the walk and becomes the result. It handles the nodes it cares
 * for and calls expression_tree_walker for the rest, which calls it for each child; which fields are children is in the
 * node table (NF_WALK). A Query is a leaf unless the walker calls query_tree_walker. A mutator returns the new node.
 */
#ifndef NODEFUNCS_H
#define NODEFUNCS_H

#include "nodes/parsenodes.h"

/* flags for query_tree_walker, range_table_walker and the mutators */
#define QTW_IGNORE_RT_SUBQUERIES 0x01
#define QTW_IGNORE_CTE_SUBQUERIES 0x02
#define QTW_IGNORE_RC_SUBQUERIES 0x03
#define QTW_IGNORE_JOINALIASES 0x04
#define QTW_IGNORE_RANGE_TABLE 0x08
#define QTW_EXAMINE_RTES_BEFORE 0x10
#define QTW_EXAMINE_RTES_AFTER 0x20
#define QTW_DONT_COPY_QUERY 0x40
#define QTW_EXAMINE_SORTGROUP 0x80

typedef bool (*check_function_callback)(Oid func_id, void *context);

extern Oid exprType(const Node *expr);
extern int32 exprTypmod(const Node *expr);
extern bool exprIsLengthCoercion(const Node *expr, int32 *coercedTypmod);
extern Oid exprCollation(const Node *expr);
extern Oid exprInputCollation(const Node *expr);
extern void exprSetCollation(Node *expr, Oid collation);
extern void exprSetInputCollation(Node *expr, Oid inputcollation);
extern int exprLocation(const Node *expr);

extern Node *applyRelabelType(Node *arg, Oid rtype, int32 rtypmod, Oid rcollid, CoercionForm rformat, int rlocation,
							  bool overwrite_ok);
extern Node *relabel_to_typmod(Node *expr, int32 typmod);
extern Node *strip_implicit_coercions(Node *node);
extern bool expression_returns_set(Node *clause);
extern void fix_opfuncids(Node *node);
extern void set_opfuncid(OpExpr *opexpr);
extern void set_sa_opfuncid(ScalarArrayOpExpr *opexpr);

/* Is there a function in this one node (not below it) for which checker says true? */
extern bool check_functions_in_node(Node *node, check_function_callback checker, void *context);

extern bool expression_tree_walker(Node *node, bool (*walker)(), void *context);
extern Node *expression_tree_mutator(Node *node, Node *(*mutator)(), void *context);
extern bool query_tree_walker(Query *query, bool (*walker)(), void *context, int flags);
extern Query *query_tree_mutator(Query *query, Node *(*mutator)(), void *context, int flags);
extern bool range_table_walker(List *rtable, bool (*walker)(), void *context, int flags);
extern List *range_table_mutator(List *rtable, Node *(*mutator)(), void *context, int flags);
extern bool range_table_entry_walker(RangeTblEntry *rte, bool (*walker)(), void *context, int flags);
extern bool query_or_expression_tree_walker(Node *node, bool (*walker)(), void *context, int flags);
extern Node *query_or_expression_tree_mutator(Node *node, Node *(*mutator)(), void *context, int flags);
extern bool raw_expression_tree_walker(Node *node, bool (*walker)(), void *context);

static inline bool is_funcclause(const void *c) { return c && IsA(c, FuncExpr); }
static inline bool is_opclause(const void *c) { return c && IsA(c, OpExpr); }
static inline Node *
get_leftop(const void *clause)
{
	const OpExpr *expr = (const OpExpr *) clause;

	return expr->args ? (Node *) linitial(expr->args) : NULL;
}
static inline Node *
get_rightop(const void *clause)
{
	const OpExpr *expr = (const OpExpr *) clause;

	return list_length(expr->args) >= 2 ? (Node *) lsecond(expr->args) : NULL;
}
static inline Expr *get_notclausearg(const void *notclause) { return (Expr *) linitial(((const BoolExpr *) notclause)->args); }

#endif /* NODEFUNCS_H */
