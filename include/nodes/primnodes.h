/*
 * nodes/primnodes.h
 *    Expressions, join trees and target lists: the nodes that parse, plan and execution share.
 *
 * The structs come from tools/gen_nodes.py. What their fields mean:
 *  - Var: varno is a range-table index, or one of the special numbers below after planning; varlevelsup counts query
 *    levels outwards; varnosyn/varattnosyn keep what the query said, for deparsing.
 *  - Aggref, WindowFunc, FuncExpr, OpExpr: *collid is the result's collation, inputcollid the one the function must use.
 *  - TargetEntry: resjunk columns exist for sorting, grouping or row identity and are not sent; ressortgroupref links to
 *    a SortGroupClause.
 *  - Param: PARAM_EXTERN is $n, PARAM_EXEC is set by the executor, PARAM_SUBLINK and PARAM_MULTIEXPR name a SubLink's
 *    output column until planning.
 */
#ifndef PRIMNODES_H
#define PRIMNODES_H

#include "nodes/nodes.h"
#include "nodes/value.h"

typedef struct Expr
{
	NodeTag type;
} Expr;

/* varno after planning: the subplan a Var takes its value from. */
#define INNER_VAR (-1)
#define OUTER_VAR (-2)
#define INDEX_VAR (-3)
#define ROWID_VAR (-4)
#define IS_SPECIAL_VARNO(varno) ((int) (varno) < 0)

/* Range-table places of OLD and NEW in rules. */
#define PRS2_OLD_VARNO 1
#define PRS2_NEW_VARNO 2

#include "nodes/primnodes_gen.h"

static inline bool is_andclause(const void *c) { return c && IsA(c, BoolExpr) && ((const BoolExpr *) c)->boolop == AND_EXPR; }
static inline bool is_orclause(const void *c) { return c && IsA(c, BoolExpr) && ((const BoolExpr *) c)->boolop == OR_EXPR; }
static inline bool is_notclause(const void *c) { return c && IsA(c, BoolExpr) && ((const BoolExpr *) c)->boolop == NOT_EXPR; }

#endif /* PRIMNODES_H */
