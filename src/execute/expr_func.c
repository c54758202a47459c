/*
 * expr_func.c
 *    Function and operator calls, IS DISTINCT FROM, NULLIF, op ANY/ALL (array), row comparison.
 *
 * The plain way is one fmgr call per row with one reused FunctionCallInfo; a function with a kernel (expr_kernels.c) does
 * whole vectors. A function that is not volatile and whose arguments are all constant over the batch is called once.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "access/stratnum.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "execute/exec.h"
#include "execute/expr.h"
#include "execute/expr_kernels.h"
#include "execute/key.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

typedef struct FuncNode
{
	ExprNode base;
	FmgrInfo finfo;
	FunctionCallInfo fcinfo;
	int nargs;
	ExprNode **args;
	Vector **argv;
	bool strict;
	bool is_volatile;
	const Kernel *kernel;
} FuncNode;

bool
expr_function_is_volatile(Oid funcid)
{
	return kernel_find(funcid) == NULL && func_volatile(funcid) == PROVOLATILE_VOLATILE;
}

void
expr_check_execute(Oid funcid)
{
	AclResult r = pg_proc_aclcheck(funcid, GetUserId(), ACL_EXECUTE);

	if (r != ACLCHECK_OK)
		aclcheck_error(r, OBJECT_FUNCTION, get_func_name(funcid));
}

static inline Datum
func_call_row(FuncNode *node, int pos, bool *isnull)
{
	FunctionCallInfo fcinfo = node->fcinfo;
	Datum result;

	for (int a = 0; a < node->nargs; a++)
	{
		bool null = vector_isnull(node->argv[a], pos);

		if (null && node->strict)
		{
			*isnull = true;
			return (Datum) 0;
		}
		fcinfo->args[a].value = vector_value(node->argv[a], pos);
		fcinfo->args[a].isnull = null;
	}
	fcinfo->isnull = false;
	result = node->finfo.fn_addr(fcinfo);
	*isnull = fcinfo->isnull;
	return result;
}

/* Evaluates the arguments; true when every one of them is a single value. */
static inline bool
func_eval_args(FuncNode *node, ExprContext *ec, const Selection *sel)
{
	uint32 mask = 0;

	for (int a = 0; a < node->nargs; a++)
	{
		node->argv[a] = node->args[a]->eval(node->args[a], ec, sel);
		mask |= node->argv[a]->mask;
	}
	return mask == 0;
}

static Vector *
func_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	FuncNode *node = (FuncNode *) base;
	bool constant = func_eval_args(node, ec, sel);
	Vector *out = expr_begin(base, sel);

	if (constant && !node->is_volatile && sel->n > 0)
	{
		out->mask = 0;
		out->values[0] = func_call_row(node, 0, &out->nulls[0]);
		return out;
	}
	SELECTION_FOREACH(sel, pos, { out->values[pos] = func_call_row(node, pos, &out->nulls[pos]); });
	return out;
}

/* A strict function of one or two by-position arguments, the commonest shapes, without the inner loop over arguments. */
static Vector *
func1_strict_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	FuncNode *node = (FuncNode *) base;
	FunctionCallInfo fcinfo = node->fcinfo;
	PGFunction fn = node->finfo.fn_addr;
	Vector *a = node->args[0]->eval(node->args[0], ec, sel);
	Vector *out = expr_begin(base, sel);
	Selection one = {1, 1, NULL};

	if (a->mask == 0 && !node->is_volatile && sel->n > 0)
	{
		out->mask = 0;
		sel = &one;
	}
	SELECTION_FOREACH(sel, pos, {
		if (vector_isnull(a, pos))
		{
			out->nulls[pos] = true;
			out->values[pos] = 0;
			continue;
		}
		fcinfo->args[0].value = vector_value(a, pos);
		fcinfo->isnull = false;
		out->values[pos] = fn(fcinfo);
		out->nulls[pos] = fcinfo->isnull;
	});
	return out;
}

static Vector *
func2_strict_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	FuncNode *node = (FuncNode *) base;
	FunctionCallInfo fcinfo = node->fcinfo;
	PGFunction fn = node->finfo.fn_addr;
	Vector *a = node->args[0]->eval(node->args[0], ec, sel);
	Vector *b = node->args[1]->eval(node->args[1], ec, sel);
	Vector *out = expr_begin(base, sel);
	Selection one = {1, 1, NULL};

	if ((a->mask | b->mask) == 0 && !node->is_volatile && sel->n > 0)
	{
		out->mask = 0;
		sel = &one;
	}
	SELECTION_FOREACH(sel, pos, {
		if (vector_isnull(a, pos) || vector_isnull(b, pos))
		{
			out->nulls[pos] = true;
			out->values[pos] = 0;
			continue;
		}
		fcinfo->args[0].value = vector_value(a, pos);
		fcinfo->args[1].value = vector_value(b, pos);
		fcinfo->isnull = false;
		out->values[pos] = fn(fcinfo);
		out->nulls[pos] = fcinfo->isnull;
	});
	return out;
}

static Vector *
kernel_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	FuncNode *node = (FuncNode *) base;
	Vector *a = node->args[0]->eval(node->args[0], ec, sel);
	Vector *b = node->args[1]->eval(node->args[1], ec, sel);
	Vector *out = expr_begin(base, sel);
	Selection one = {1, 1, NULL};

	if ((a->mask | b->mask) == 0 && sel->n > 0)
	{
		out->mask = 0;
		sel = &one;
	}
	node->kernel->eval(out, base->null_buf, a, b, sel);
	return out;
}

static int
kernel_select(ExprNode *base, ExprContext *ec, const Selection *in, RowPos *dst)
{
	FuncNode *node = (FuncNode *) base;
	Vector *a = node->args[0]->eval(node->args[0], ec, in);
	Vector *b = node->args[1]->eval(node->args[1], ec, in);

	return node->kernel->select(dst, a, b, in);
}

static void
func_init(ExprCompiler *c, FuncNode *node, Node *expr, Oid funcid, List *args, Oid inputcollid)
{
	int nargs = list_length(args);
	ListCell *lc;

	if (nargs > FUNC_MAX_ARGS)
		ereport(ERROR, errcode(ERRCODE_TOO_MANY_ARGUMENTS),
				errmsg_plural("cannot pass more than %d argument to a function",
							  "cannot pass more than %d arguments to a function", FUNC_MAX_ARGS, FUNC_MAX_ARGS));
	fmgr_info_cxt(funcid, &node->finfo, c->cxt);
	fmgr_info_set_expr(expr, &node->finfo);
	if (node->finfo.fn_retset)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("set-valued function called in context that cannot accept a set"));
	node->fcinfo = MemoryContextAllocZero(c->cxt, SizeForFunctionCallInfo(nargs));
	InitFunctionCallInfoData(*node->fcinfo, &node->finfo, nargs, inputcollid, NULL, NULL);
	node->args = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * Max(nargs, 1));
	node->argv = MemoryContextAlloc(c->cxt, sizeof(Vector *) * Max(nargs, 1));
	foreach (lc, args)
		node->args[node->nargs++] = expr_compile(c, lfirst(lc));
	node->strict = node->finfo.fn_strict;
}

static bool
kernel_usable(const Kernel *k, Oid inputcollid)
{
	if (k->fn_oid != F_TEXTEQ && k->fn_oid != F_TEXTNE)
		return true;
	return OidIsValid(inputcollid) && (inputcollid == DEFAULT_COLLATION_OID || inputcollid == C_COLLATION_OID ||
									   get_collation_isdeterministic(inputcollid));
}

ExprNode *
expr_compile_function(ExprCompiler *c, Node *expr, Oid funcid, List *args, Oid inputcollid, Oid rettype)
{
	const Kernel *kernel = list_length(args) == 2 ? kernel_find(funcid) : NULL;
	FuncNode *node = expr_new_node(c, sizeof(FuncNode), rettype, func_eval);

	if (kernel != NULL && kernel_usable(kernel, inputcollid))
	{
		node->args = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * 2);
		node->args[0] = expr_compile(c, linitial(args));
		node->args[1] = expr_compile(c, lsecond(args));
		node->nargs = 2;
		node->kernel = kernel;
		node->base.eval = kernel_eval;
		if (kernel->select)
			node->base.select = kernel_select;
		return &node->base;
	}
	expr_check_execute(funcid);
	func_init(c, node, expr, funcid, args, inputcollid);
	node->is_volatile = expr_function_is_volatile(funcid);
	if (node->is_volatile)
		c->volatile_count++;
	if (node->strict && node->nargs == 1)
		node->base.eval = func1_strict_eval;
	else if (node->strict && node->nargs == 2)
		node->base.eval = func2_strict_eval;
	return &node->base;
}

/* ---- IS DISTINCT FROM ---- */
static Vector *
distinct_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	FuncNode *node = (FuncNode *) base;
	Vector *out;

	func_eval_args(node, ec, sel);
	out = expr_begin(base, sel);
	SELECTION_FOREACH(sel, pos, {
		bool anull = vector_isnull(node->argv[0], pos);
		bool bnull = vector_isnull(node->argv[1], pos);
		bool isnull = false;

		if (anull || bnull)
			out->values[pos] = BoolGetDatum(anull != bnull);
		else
			out->values[pos] = BoolGetDatum(!DatumGetBool(func_call_row(node, pos, &isnull)));
	});
	out->nulls = NULL;
	return out;
}

ExprNode *
expr_compile_distinct(ExprCompiler *c, OpExpr *e)
{
	FuncNode *node = expr_new_node(c, sizeof(FuncNode), BOOLOID, distinct_eval);

	expr_check_execute(e->opfuncid);
	func_init(c, node, (Node *) e, e->opfuncid, e->args, e->inputcollid);
	return &node->base;
}

/* ---- NULLIF ---- */
static Vector *
nullif_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	FuncNode *node = (FuncNode *) base;
	Vector *out;

	func_eval_args(node, ec, sel);
	out = expr_begin(base, sel);
	SELECTION_FOREACH(sel, pos, {
		bool anull = vector_isnull(node->argv[0], pos);
		bool equal = false;

		if (!anull && !vector_isnull(node->argv[1], pos))
		{
			bool isnull = false;
			Datum d = func_call_row(node, pos, &isnull);

			equal = !isnull && DatumGetBool(d);
		}
		out->values[pos] = vector_value(node->argv[0], pos);
		out->nulls[pos] = anull || equal;
	});
	return out;
}

ExprNode *
expr_compile_nullif(ExprCompiler *c, OpExpr *e)
{
	FuncNode *node = expr_new_node(c, sizeof(FuncNode), e->opresulttype, nullif_eval);

	expr_check_execute(e->opfuncid);
	func_init(c, node, (Node *) e, e->opfuncid, e->args, e->inputcollid);
	return &node->base;
}

/* ---- scalar op ANY/ALL (array) ---- */
#define SAOP_HASH_MIN 9

typedef struct SaopNode
{
	ExprNode base;
	FuncNode *fn;			/* the operator; argument vectors are scalar and array */
	bool use_or;
	int16 elmlen;
	bool elmbyval;
	char elmalign;
	Oid elemtype;
	bool fast;				/* eq works without a function call */
	KeyEqual eq;
	bool negated;			/* eq is the negation of the operator */
	/* the array last taken apart */
	bool array_constant;	/* it is a constant or parameter of the statement's text: never changes */
	ArrayType *array;
	int nelems;
	Datum *elems;
	bool *elem_nulls;
	bool has_null;
	/* hash set of elements, when there are many */
	bool hashable;
	KeyHash scalar_hash;
	KeyHash elem_hash;
	uint32 *slots;			/* 1 + index of element, 0 empty */
	uint32 slot_mask;
} SaopNode;

static void
saop_build_hash(SaopNode *node, MemoryContext cxt)
{
	uint32 size = 16;

	while (size < (uint32) node->nelems * 2)
		size *= 2;
	node->slots = MemoryContextAllocZero(cxt, size * sizeof(uint32));
	node->slot_mask = size - 1;
	for (int i = 0; i < node->nelems; i++)
	{
		uint32 at;

		if (node->elem_nulls[i])
			continue;
		for (at = key_hash(&node->elem_hash, node->elems[i]) & node->slot_mask; node->slots[at] != 0;
			 at = (at + 1) & node->slot_mask)
			;
		node->slots[at] = i + 1;
	}
}

static void
saop_load_array(SaopNode *node, Datum value, MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(cxt);
	ArrayType *array = DatumGetArrayTypeP(value);

	if (ARR_ELEMTYPE(array) != node->elemtype)
	{
		node->elemtype = ARR_ELEMTYPE(array);
		get_typlenbyvalalign(node->elemtype, &node->elmlen, &node->elmbyval, &node->elmalign);
	}
	deconstruct_array(array, node->elemtype, node->elmlen, node->elmbyval, node->elmalign, &node->elems,
					  &node->elem_nulls, &node->nelems);
	node->array = array;
	node->has_null = false;
	for (int i = 0; i < node->nelems; i++)
		node->has_null |= node->elem_nulls[i];
	node->slots = NULL;
	if (node->hashable && node->nelems >= SAOP_HASH_MIN)
		saop_build_hash(node, cxt);
	MemoryContextSwitchTo(old);
}

static bool
saop_hash_contains(SaopNode *node, Datum value)
{
	uint32 at;

	for (at = key_hash(&node->scalar_hash, value) & node->slot_mask; node->slots[at] != 0;
		 at = (at + 1) & node->slot_mask)
		if (key_equal(&node->eq, value, node->elems[node->slots[at] - 1]))
			return true;
	return false;
}

static Datum
saop_row(SaopNode *node, Datum scalar, bool scalar_null, bool *isnull)
{
	FuncNode *fn = node->fn;
	FunctionCallInfo fcinfo = fn->fcinfo;
	bool saw_null = false;

	*isnull = false;
	if (node->nelems == 0)
		return BoolGetDatum(!node->use_or);
	if (scalar_null && fn->strict)
	{
		*isnull = true;
		return (Datum) 0;
	}
	if (node->slots != NULL && !scalar_null)
	{
		if (saop_hash_contains(node, scalar))
			return BoolGetDatum(node->use_or);
		*isnull = node->has_null;
		return BoolGetDatum(!node->use_or);
	}
	for (int i = 0; i < node->nelems; i++)
	{
		bool result;

		if (node->elem_nulls[i] && fn->strict)
		{
			saw_null = true;
			continue;
		}
		if (node->fast)
			result = key_equal(&node->eq, scalar, node->elems[i]) != node->negated;
		else
		{
			fcinfo->args[0].value = scalar;
			fcinfo->args[0].isnull = scalar_null;
			fcinfo->args[1].value = node->elems[i];
			fcinfo->args[1].isnull = node->elem_nulls[i];
			fcinfo->isnull = false;
			result = DatumGetBool(fn->finfo.fn_addr(fcinfo));
			if (fcinfo->isnull)
			{
				saw_null = true;
				continue;
			}
		}
		if (result == node->use_or)
			return BoolGetDatum(node->use_or);
	}
	*isnull = saw_null;
	return BoolGetDatum(!node->use_or);
}

static Vector *
saop_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	SaopNode *node = (SaopNode *) base;
	Vector *scalar = node->fn->args[0]->eval(node->fn->args[0], ec, sel);
	Vector *array = node->fn->args[1]->eval(node->fn->args[1], ec, sel);
	Vector *out = expr_begin(base, sel);
	bool loaded = node->array_constant && node->array != NULL;

	SELECTION_FOREACH(sel, pos, {
		if (vector_isnull(array, pos))
		{
			out->nulls[pos] = true;
			out->values[pos] = 0;
			continue;
		}
		if (!loaded)
		{
			saop_load_array(node, vector_value(array, pos), node->array_constant ? base->cxt : CurrentMemoryContext);
			loaded = array->mask == 0;
		}
		out->values[pos] = saop_row(node, vector_value(scalar, pos), vector_isnull(scalar, pos), &out->nulls[pos]);
	});
	return out;
}

ExprNode *
expr_compile_saop(ExprCompiler *c, ScalarArrayOpExpr *e)
{
	SaopNode *node = expr_new_node(c, sizeof(SaopNode), BOOLOID, saop_eval);
	Oid eqop = e->opno;

	expr_check_execute(e->opfuncid);
	node->fn = expr_new_node(c, sizeof(FuncNode), BOOLOID, func_eval);
	func_init(c, node->fn, (Node *) e, e->opfuncid, e->args, e->inputcollid);
	node->use_or = e->useOr;
	node->array_constant = IsA(lsecond(e->args), Const);
	if (!e->useOr)
	{
		eqop = get_negator(e->opno);
		node->negated = true;
	}
	if (OidIsValid(eqop) && op_hashjoinable(eqop, exprType(linitial(e->args))) && node->fn->strict)
	{
		node->hashable = key_hash_init_op(&node->scalar_hash, &node->elem_hash, eqop, e->inputcollid, c->cxt);
		key_equal_init(&node->eq, eqop, e->inputcollid, c->cxt);
		node->fast = node->hashable && node->eq.left != KEY_GENERIC;
	}
	return &node->base;
}

/* ---- (a, b, ...) < (c, d, ...) ---- */
typedef struct RowCompareNode
{
	ExprNode base;
	int n;
	ExprNode **left;
	ExprNode **right;
	FmgrInfo *cmp;
	Oid *collations;
	RowCompareType type;
} RowCompareNode;

static bool
rowcompare_holds(RowCompareType type, int32 cmp)
{
	switch (type)
	{
		case ROWCOMPARE_LT:
			return cmp < 0;
		case ROWCOMPARE_LE:
			return cmp <= 0;
		case ROWCOMPARE_GE:
			return cmp >= 0;
		case ROWCOMPARE_GT:
			return cmp > 0;
		default:
			elog(ERROR, "unrecognized RowCompareType: %d", (int) type);
	}
}

static Vector *
rowcompare_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	RowCompareNode *node = (RowCompareNode *) base;
	RowPos rest[BATCH_MAX_ROWS];
	Selection cur = *sel;
	Vector *out = expr_begin(base, sel);

	/* Rows that are equal so far go on to the next column. */
	for (int i = 0; i < node->n && cur.n > 0; i++)
	{
		Vector *l = node->left[i]->eval(node->left[i], ec, &cur);
		Vector *r = node->right[i]->eval(node->right[i], ec, &cur);
		int n = 0;

		for (int k = 0; k < cur.n; k++)
		{
			RowPos pos = selection_pos(&cur, k);
			int32 cmp;

			out->nulls[pos] = vector_isnull(l, pos) || vector_isnull(r, pos);
			if (out->nulls[pos])
				continue;
			cmp = DatumGetInt32(FunctionCall2Coll(&node->cmp[i], node->collations[i], vector_value(l, pos),
												  vector_value(r, pos)));
			out->values[pos] = BoolGetDatum(rowcompare_holds(node->type, cmp));
			if (cmp == 0)
				rest[n++] = pos;
		}
		cur.rows = rest;
		cur.n = n;
	}
	return out;
}

ExprNode *
expr_compile_rowcompare(ExprCompiler *c, RowCompareExpr *e)
{
	RowCompareNode *node = expr_new_node(c, sizeof(RowCompareNode), BOOLOID, rowcompare_eval);
	int n = list_length(e->opnos);

	node->left = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * n);
	node->right = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * n);
	node->cmp = MemoryContextAllocZero(c->cxt, sizeof(FmgrInfo) * n);
	node->collations = MemoryContextAlloc(c->cxt, sizeof(Oid) * n);
	node->type = e->rctype;
	for (int i = 0; i < n; i++)
	{
		Oid family = list_nth_oid(e->opfamilies, i);
		int strategy;
		Oid lefttype;
		Oid righttype;
		Oid proc;

		get_op_opfamily_properties(list_nth_oid(e->opnos, i), family, false, &strategy, &lefttype, &righttype);
		proc = get_opfamily_proc(family, lefttype, righttype, BTORDER_PROC);
		if (!OidIsValid(proc))
			elog(ERROR, "missing support function %d(%u,%u) in opfamily %u", BTORDER_PROC, lefttype, righttype, family);
		fmgr_info_cxt(proc, &node->cmp[i], c->cxt);
		node->collations[i] = list_nth_oid(e->inputcollids, i);
		node->left[i] = expr_compile(c, list_nth(e->largs, i));
		node->right[i] = expr_compile(c, list_nth(e->rargs, i));
	}
	node->n = n;
	return &node->base;
}
