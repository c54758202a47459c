/*
 * expr_logic.c
 *    AND, OR, NOT, CASE, COALESCE, GREATEST/LEAST, IS NULL, IS TRUE: everything that decides which rows are looked at.
 *
 * All of these evaluate their arguments under ever smaller selections; positions stay ascending throughout.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "execute/exec.h"
#include "execute/expr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* dst = positions of `in` that are not in the ascending list drop[0..ndrop-1]. dst may be in->rows. */
static int
selection_without(const Selection *in, const RowPos *drop, int ndrop, RowPos *dst)
{
	int n = 0;
	int d = 0;

	for (int k = 0; k < in->n; k++)
	{
		RowPos pos = selection_pos(in, k);

		if (d < ndrop && drop[d] == pos)
			d++;
		else
			dst[n++] = pos;
	}
	return n;
}

static void
copy_selected(Vector *dst, const Vector *src, const Selection *sel)
{
	SELECTION_FOREACH(sel, pos, {
		dst->values[pos] = vector_value(src, pos);
		dst->nulls[pos] = vector_isnull(src, pos);
	});
}

typedef struct ListNode
{
	ExprNode base;
	int n;
	ExprNode **args;
	FmgrInfo cmp;		/* MinMax */
	Oid collation;
	bool least;
} ListNode;

static ListNode *
new_list_node(ExprCompiler *c, List *args, Oid type, Vector *(*eval)(ExprNode *, ExprContext *, const Selection *))
{
	ListNode *node = expr_new_node(c, sizeof(ListNode), type, eval);
	ListCell *lc;

	node->args = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * Max(list_length(args), 1));
	foreach (lc, args)
		node->args[node->n++] = expr_compile(c, lfirst(lc));
	return node;
}

/* ---- AND, OR, NOT ---- */

/*
 * AND and OR are the same with `decisive` false and true: a row is finished by the first decisive argument; otherwise the
 * result is NULL if any argument was, else !decisive.
 */
static Vector *
junction_eval(ListNode *node, ExprContext *ec, const Selection *sel, bool decisive)
{
	RowPos rows[BATCH_MAX_ROWS];
	Selection cur = *sel;
	Vector *out;

	out = expr_begin(&node->base, sel);
	SELECTION_FOREACH(sel, pos, {
		out->values[pos] = BoolGetDatum(!decisive);
		out->nulls[pos] = false;
	});
	for (int i = 0; i < node->n && cur.n > 0; i++)
	{
		Vector *v = node->args[i]->eval(node->args[i], ec, &cur);
		int n = 0;

		for (int k = 0; k < cur.n; k++)
		{
			RowPos pos = selection_pos(&cur, k);

			if (vector_isnull(v, pos))
			{
				out->nulls[pos] = true;
				rows[n++] = pos;
			}
			else if (DatumGetBool(vector_value(v, pos)) == decisive)
			{
				out->values[pos] = BoolGetDatum(decisive);
				out->nulls[pos] = false;
			}
			else
				rows[n++] = pos;
		}
		cur.rows = rows;
		cur.n = n;
	}
	return out;
}

static Vector *
and_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	return junction_eval((ListNode *) node, ec, sel, false);
}

static Vector *
or_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	return junction_eval((ListNode *) node, ec, sel, true);
}

static int
and_select(ExprNode *node, ExprContext *ec, const Selection *in, RowPos *dst)
{
	ListNode *n = (ListNode *) node;
	RowPos scratch[BATCH_MAX_ROWS];
	RowPos *bufs[2];
	Selection cur = *in;

	bufs[(n->n - 1) & 1] = dst;
	bufs[n->n & 1] = scratch;
	for (int i = 0; i < n->n && cur.n > 0; i++)
	{
		cur.n = n->args[i]->select(n->args[i], ec, &cur, bufs[i & 1]);
		cur.rows = bufs[i & 1];
	}
	return cur.n;
}

static int
or_select(ExprNode *node, ExprContext *ec, const Selection *in, RowPos *dst)
{
	ListNode *n = (ListNode *) node;
	RowPos hits[BATCH_MAX_ROWS];
	RowPos rest[BATCH_MAX_ROWS];
	Selection cur = *in;
	int nhits;

	for (int i = 0; i < n->n && cur.n > 0; i++)
	{
		nhits = n->args[i]->select(n->args[i], ec, &cur, hits);
		cur.n = selection_without(&cur, hits, nhits, rest);
		cur.rows = rest;
	}
	return selection_without(in, cur.rows, cur.n, dst);
}

static Vector *
not_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	ExprNode *arg = ((ListNode *) node)->args[0];
	Vector *v = arg->eval(arg, ec, sel);
	Vector *out = expr_begin(node, sel);

	SELECTION_FOREACH(sel, pos, {
		out->nulls[pos] = vector_isnull(v, pos);
		out->values[pos] = BoolGetDatum(!DatumGetBool(vector_value(v, pos)));
	});
	return out;
}

ExprNode *
expr_compile_bool(ExprCompiler *c, BoolExpr *e)
{
	ListNode *node;

	switch (e->boolop)
	{
		case AND_EXPR:
			node = new_list_node(c, e->args, BOOLOID, and_eval);
			node->base.select = and_select;
			break;
		case OR_EXPR:
			node = new_list_node(c, e->args, BOOLOID, or_eval);
			node->base.select = or_select;
			break;
		default:
			node = new_list_node(c, e->args, BOOLOID, not_eval);
			break;
	}
	return &node->base;
}

/* ---- CASE ---- */
typedef struct CaseNode
{
	ExprNode base;
	ExprNode *test;		/* NULL: searched CASE */
	int n;
	ExprNode **conds;
	ExprNode **results;
	ExprNode *otherwise; /* NULL: NULL */
	Vector test_copy;
	int16 typlen;
	bool typbyval;
} CaseNode;

static Vector *
case_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	CaseNode *node = (CaseNode *) base;
	Vector *saved = ec->case_value;
	RowPos hits[BATCH_MAX_ROWS];
	RowPos rest[BATCH_MAX_ROWS];
	Selection cur = *sel;
	Vector *out;
	Vector test;

	if (node->test != NULL)
		test = *node->test->eval(node->test, ec, sel);
	out = expr_begin(base, sel);
	for (int i = 0; i < node->n && cur.n > 0; i++)
	{
		Selection hit = {0, sel->extent, hits};

		if (node->test != NULL)
			ec->case_value = &test;
		hit.n = node->conds[i]->select(node->conds[i], ec, &cur, hits);
		ec->case_value = saved;
		if (hit.n == 0)
			continue;
		copy_selected(out, node->results[i]->eval(node->results[i], ec, &hit), &hit);
		cur.n = selection_without(&cur, hits, hit.n, rest);
		cur.rows = rest;
	}
	if (cur.n > 0)
	{
		if (node->otherwise != NULL)
			copy_selected(out, node->otherwise->eval(node->otherwise, ec, &cur), &cur);
		else
			SELECTION_FOREACH(&cur, pos, {
				out->nulls[pos] = true;
				out->values[pos] = 0;
			});
	}
	return out;
}

ExprNode *
expr_compile_case(ExprCompiler *c, CaseExpr *e)
{
	CaseNode *node = expr_new_node(c, sizeof(CaseNode), e->casetype, case_eval);
	ListCell *lc;

	if (e->arg != NULL)
		node->test = expr_compile(c, (Node *) e->arg);
	node->conds = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * Max(list_length(e->args), 1));
	node->results = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * Max(list_length(e->args), 1));
	foreach (lc, e->args)
	{
		CaseWhen *when = lfirst(lc);

		node->conds[node->n] = expr_compile(c, (Node *) when->expr);
		node->results[node->n++] = expr_compile(c, (Node *) when->result);
	}
	if (e->defresult != NULL)
		node->otherwise = expr_compile(c, (Node *) e->defresult);
	return &node->base;
}

/* ---- COALESCE ---- */
static Vector *
coalesce_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	ListNode *node = (ListNode *) base;
	RowPos rest[BATCH_MAX_ROWS];
	Selection cur = *sel;
	Vector *out = NULL;

	for (int i = 0; i < node->n && cur.n > 0; i++)
	{
		Vector *v = node->args[i]->eval(node->args[i], ec, &cur);
		int n = 0;

		if (i == 0 && v->nulls == NULL)
			return v;
		if (out == NULL)
			out = expr_begin(base, sel);
		copy_selected(out, v, &cur);
		for (int k = 0; k < cur.n; k++)
		{
			RowPos pos = selection_pos(&cur, k);

			if (out->nulls[pos])
				rest[n++] = pos;
		}
		cur.rows = rest;
		cur.n = n;
	}
	return out ? out : expr_begin(base, sel);
}

ExprNode *
expr_compile_coalesce(ExprCompiler *c, CoalesceExpr *e)
{
	return &new_list_node(c, e->args, e->coalescetype, coalesce_eval)->base;
}

/* ---- GREATEST, LEAST: NULLs do not count ---- */
static Vector *
minmax_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	ListNode *node = (ListNode *) base;
	Vector *out = expr_begin(base, sel);

	SELECTION_FOREACH(sel, pos, { out->nulls[pos] = true; });
	for (int i = 0; i < node->n; i++)
	{
		Vector *v = node->args[i]->eval(node->args[i], ec, sel);

		SELECTION_FOREACH(sel, pos, {
			Datum value = vector_value(v, pos);
			bool take = !vector_isnull(v, pos);

			if (take && !out->nulls[pos])
			{
				int32 cmp = DatumGetInt32(FunctionCall2Coll(&node->cmp, node->collation, value, out->values[pos]));

				take = node->least ? cmp < 0 : cmp > 0;
			}
			if (take)
			{
				out->values[pos] = value;
				out->nulls[pos] = false;
			}
		});
	}
	return out;
}

ExprNode *
expr_compile_minmax(ExprCompiler *c, MinMaxExpr *e)
{
	ListNode *node = new_list_node(c, e->args, e->minmaxtype, minmax_eval);
	TypeCacheEntry *tc = lookup_type_cache(e->minmaxtype, TYPECACHE_CMP_PROC);

	if (!OidIsValid(tc->cmp_proc))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify a comparison function for type %s", format_type_be(e->minmaxtype)));
	fmgr_info_cxt(tc->cmp_proc, &node->cmp, c->cxt);
	node->collation = e->inputcollid;
	node->least = e->op == IS_LEAST;
	return &node->base;
}

/* ---- IS [NOT] NULL ---- */
typedef struct TestNode
{
	ExprNode base;
	ExprNode *arg;
	int test;
	bool is_row;
} TestNode;

/* Row-wise test: every field of a composite value is (not) NULL. */
static bool
row_null_test(Datum value, bool want_null)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(value);
	TupleDesc desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	HeapTupleData tup = {0};
	bool result = true;

	tup.t_len = HeapTupleHeaderGetDatumLength(header);
	tup.t_data = header;
	for (int i = 1; i <= desc->natts && result; i++)
	{
		if (TupleDescAttr(desc, i - 1)->attisdropped)
			continue;
		if (heap_attisnull(&tup, i, desc) != want_null)
			result = false;
	}
	ReleaseTupleDesc(desc);
	return result;
}

static inline bool
nulltest_one(TestNode *node, const Vector *v, int pos)
{
	bool isnull = vector_isnull(v, pos);

	if (node->is_row && !isnull)
		return row_null_test(vector_value(v, pos), node->test == IS_NULL);
	return isnull == (node->test == IS_NULL);
}

static Vector *
nulltest_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	TestNode *node = (TestNode *) base;
	Vector *v = node->arg->eval(node->arg, ec, sel);
	Vector *out = expr_begin(base, sel);

	SELECTION_FOREACH(sel, pos, { out->values[pos] = BoolGetDatum(nulltest_one(node, v, pos)); });
	out->nulls = NULL;
	return out;
}

static int
nulltest_select(ExprNode *base, ExprContext *ec, const Selection *in, RowPos *dst)
{
	TestNode *node = (TestNode *) base;
	Vector *v = node->arg->eval(node->arg, ec, in);
	int n = 0;

	SELECTION_FOREACH(in, pos, {
		dst[n] = pos;
		n += nulltest_one(node, v, pos);
	});
	return n;
}

ExprNode *
expr_compile_nulltest(ExprCompiler *c, NullTest *e)
{
	TestNode *node = expr_new_node(c, sizeof(TestNode), BOOLOID, nulltest_eval);

	node->base.select = nulltest_select;
	node->arg = expr_compile(c, (Node *) e->arg);
	node->test = e->nulltesttype;
	node->is_row = e->argisrow;
	return &node->base;
}

/* ---- IS [NOT] TRUE/FALSE/UNKNOWN ---- */
static Vector *
booltest_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	TestNode *node = (TestNode *) base;
	Vector *v = node->arg->eval(node->arg, ec, sel);
	Vector *out = expr_begin(base, sel);

	SELECTION_FOREACH(sel, pos, {
		bool isnull = vector_isnull(v, pos);
		bool value = !isnull && DatumGetBool(vector_value(v, pos));
		bool result = false;

		switch ((BoolTestType) node->test)
		{
			case IS_TRUE:
				result = value;
				break;
			case IS_NOT_TRUE:
				result = !value;
				break;
			case IS_FALSE:
				result = !isnull && !value;
				break;
			case IS_NOT_FALSE:
				result = isnull || value;
				break;
			case IS_UNKNOWN:
				result = isnull;
				break;
			case IS_NOT_UNKNOWN:
				result = !isnull;
				break;
		}
		out->values[pos] = BoolGetDatum(result);
	});
	out->nulls = NULL;
	return out;
}

ExprNode *
expr_compile_booltest(ExprCompiler *c, BooleanTest *e)
{
	TestNode *node = expr_new_node(c, sizeof(TestNode), BOOLOID, booltest_eval);

	node->arg = expr_compile(c, (Node *) e->arg);
	node->test = e->booltesttype;
	return &node->base;
}
