/*
 * execute/expr.h
 *    Compiled expressions.
 *
 * An expression tree is compiled once into a tree of ExprNodes, each with a function that evaluates it for all selected
 * rows of a batch. eval() returns a Vector that is either the node's own (out) or borrowed (a column of the input batch, a
 * constant); it is valid until the node is evaluated again or the batch goes. Entries outside of the selection are garbage.
 *
 * Rows that SQL says must not be evaluated (a CASE arm not taken, the right side of AND after false) are taken out of the
 * selection before their subexpression runs, so their errors are never raised.
 *
 * select() narrows a selection to the rows for which a boolean expression is true (not false, not NULL). dst may not be
 * the array that `in` uses, and has room for in->n positions.
 *
 * By-reference results live in the context that is current during eval: the caller makes that the per-batch one.
 */
#ifndef EXECUTE_EXPR_H
#define EXECUTE_EXPR_H

#include "execute/batch.h"
#include "fmgr.h"
#include "nodes/execnodes.h"
#include "nodes/primnodes.h"

typedef struct ExprNode ExprNode;
struct ExprNode
{
	Vector *(*eval)(ExprNode *node, ExprContext *ec, const Selection *sel);
	int (*select)(ExprNode *node, ExprContext *ec, const Selection *in, RowPos *dst);
	Vector out;
	bool *null_buf;		/* room for null flags, as many as capacity */
	int capacity;		/* entries of out.values */
	MemoryContext cxt;	/* where out.values grows */
	Oid type;
};

typedef struct ExprList
{
	int n;
	ExprNode *nodes[];
} ExprList;

/* A targetlist. Columns that are plain Vars of the input cost nothing: they share its vectors. */
typedef struct Projection
{
	int n;
	bool row_by_row;	/* several volatile functions: evaluate row after row to keep their order */
	ExprNode **nodes;
	Vector *cols;		/* the result */
	Vector *own;		/* for row_by_row */
	int own_capacity;
} Projection;

/* What a compilation is for. */
typedef struct ExprCompiler
{
	EState *estate;			/* may be NULL: no PARAM_EXEC, no SubPlan then */
	PlanState *parent;		/* may be NULL */
	MemoryContext cxt;
	ParamListInfo params;	/* when there is no estate */
	BatchSource scan_source; /* where Vars of plain range-table entries read from */
	BatchSource outer_source;
	Index excluded_rti;		/* Vars of this relation read BATCH_EXCLUDED */
	Bitmapset *used[BATCH_NUM_SOURCES]; /* out: 0-based columns read of each source, except whole rows */
	bool whole_row[BATCH_NUM_SOURCES];	/* out: the whole row is read */
	Bitmapset *scan_attrs;	/* out: attribute numbers (offset by FirstLowInvalidHeapAttributeNumber) read of the scan */
	int volatile_count;		/* out */
	TupleDesc scan_desc;	/* row type for whole-row Vars */
	struct AggNodeState *agg; /* who collects Aggrefs */
	struct WindowNodeState *window;
	ExprNode *case_test;
} ExprCompiler;

extern void expr_compiler_init(ExprCompiler *c, PlanState *parent);
extern ExprNode *expr_compile(ExprCompiler *c, Node *expr);
extern ExprList *expr_compile_list(ExprCompiler *c, List *exprs); /* NULL for NIL */
extern Projection *projection_compile(ExprCompiler *c, List *targetlist);

static inline Vector *
expr_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	return node->eval(node, ec, sel);
}
/* AND of all; returns the number of rows left in dst. Needs room for in->n positions. */
extern int expr_list_select(ExprList *quals, ExprContext *ec, const Selection *in, RowPos *dst);
extern void projection_eval(Projection *proj, ExprContext *ec, const Selection *sel);

/* ---- for the files that implement node kinds ---- */
extern void *expr_new_node(ExprCompiler *c, Size size, Oid type, Vector *(*eval)(ExprNode *, ExprContext *, const Selection *));
extern void expr_reserve(ExprNode *node, int extent);
extern int expr_select_by_eval(ExprNode *node, ExprContext *ec, const Selection *in, RowPos *dst);
extern ExprNode *expr_make_const(ExprCompiler *c, Datum value, bool isnull, Oid type);

/* Prepare the node's own vector for a full result with null flags cleared for the selected rows. */
static inline Vector *
expr_begin(ExprNode *node, const Selection *sel)
{
	if (unlikely(node->capacity < sel->extent))
		expr_reserve(node, sel->extent);
	node->out.mask = VECTOR_ALL;
	node->out.nulls = node->null_buf;
	return &node->out;
}

extern ExprNode *expr_compile_bool(ExprCompiler *c, BoolExpr *e);
extern ExprNode *expr_compile_case(ExprCompiler *c, CaseExpr *e);
extern ExprNode *expr_compile_coalesce(ExprCompiler *c, CoalesceExpr *e);
extern ExprNode *expr_compile_minmax(ExprCompiler *c, MinMaxExpr *e);
extern ExprNode *expr_compile_nulltest(ExprCompiler *c, NullTest *e);
extern ExprNode *expr_compile_booltest(ExprCompiler *c, BooleanTest *e);
extern ExprNode *expr_compile_function(ExprCompiler *c, Node *expr, Oid funcid, List *args, Oid inputcollid, Oid rettype);
extern ExprNode *expr_compile_distinct(ExprCompiler *c, OpExpr *e);
extern ExprNode *expr_compile_nullif(ExprCompiler *c, OpExpr *e);
extern ExprNode *expr_compile_saop(ExprCompiler *c, ScalarArrayOpExpr *e);
extern ExprNode *expr_compile_rowcompare(ExprCompiler *c, RowCompareExpr *e);
extern ExprNode *expr_compile_row(ExprCompiler *c, RowExpr *e);
extern ExprNode *expr_compile_fieldselect(ExprCompiler *c, FieldSelect *e);
extern ExprNode *expr_compile_fieldstore(ExprCompiler *c, FieldStore *e);
extern ExprNode *expr_compile_array(ExprCompiler *c, ArrayExpr *e);
extern ExprNode *expr_compile_subscript(ExprCompiler *c, SubscriptingRef *e);
extern ExprNode *expr_compile_viaio(ExprCompiler *c, CoerceViaIO *e);
extern ExprNode *expr_compile_arraycoerce(ExprCompiler *c, ArrayCoerceExpr *e);
extern ExprNode *expr_compile_domain(ExprCompiler *c, CoerceToDomain *e);
extern ExprNode *expr_compile_convertrowtype(ExprCompiler *c, ConvertRowtypeExpr *e);
extern ExprNode *expr_compile_sqlvalue(ExprCompiler *c, SQLValueFunction *e);
extern ExprNode *expr_compile_nextvalue(ExprCompiler *c, NextValueExpr *e);
extern ExprNode *expr_compile_subplan(ExprCompiler *c, SubPlan *e);
extern ExprNode *expr_compile_aggref(ExprCompiler *c, Aggref *e);
extern ExprNode *expr_compile_grouping(ExprCompiler *c, GroupingFunc *e);
extern ExprNode *expr_compile_windowfunc(ExprCompiler *c, WindowFunc *e);
extern ExprNode *expr_make_column(ExprCompiler *c, BatchSource source, int col, Oid type);

/* Whether the function may give different results for the same arguments. */
extern bool expr_function_is_volatile(Oid funcid);
extern void expr_check_execute(Oid funcid);

#endif /* EXECUTE_EXPR_H */
