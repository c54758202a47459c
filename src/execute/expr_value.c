/*
 * expr_value.c
 *    Rows, arrays, conversions, domains and the few functions that SQL spells without parentheses.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "execute/exec.h"
#include "execute/expr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

extern void domain_check(Datum value, bool isnull, Oid domainType, void **extra, MemoryContext mcxt); /* types/ */
extern int64 nextval_internal(Oid relid, bool check_permissions); /* commands/sequence.c */

/* ---- ROW(...) ---- */
typedef struct RowNode
{
	ExprNode base;
	int n;				/* arguments; further columns of desc are NULL */
	ExprNode **args;
	Vector **argv;
	TupleDesc desc;
	Datum *values;
	bool *nulls;
} RowNode;

static Vector *
row_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	RowNode *node = (RowNode *) base;
	Vector *out;

	for (int i = 0; i < node->n; i++)
		node->argv[i] = node->args[i]->eval(node->args[i], ec, sel);
	out = expr_begin(base, sel);
	SELECTION_FOREACH(sel, pos, {
		HeapTuple tup;

		for (int i = 0; i < node->desc->natts; i++)
		{
			bool present = i < node->n && !TupleDescAttr(node->desc, i)->attisdropped;

			node->nulls[i] = !present || vector_isnull(node->argv[i], pos);
			node->values[i] = node->nulls[i] ? (Datum) 0 : vector_value(node->argv[i], pos);
		}
		tup = heap_form_tuple(node->desc, node->values, node->nulls);
		out->values[pos] = HeapTupleGetDatum(tup);
		out->nulls[pos] = false;
	});
	return out;
}

static TupleDesc
row_expr_desc(RowExpr *e)
{
	TupleDesc desc;
	ListCell *lc;

	if (e->row_typeid != RECORDOID)
		return lookup_rowtype_tupdesc_copy(e->row_typeid, -1);
	desc = ExecTypeFromExprList(e->args);
	if (e->colnames != NIL)
	{
		int i = 0;

		foreach (lc, e->colnames)
			if (i < desc->natts)
				namestrcpy(&TupleDescAttr(desc, i++)->attname, strVal(lfirst(lc)));
	}
	return BlessTupleDesc(desc);
}

ExprNode *
expr_compile_row(ExprCompiler *c, RowExpr *e)
{
	RowNode *node = expr_new_node(c, sizeof(RowNode), e->row_typeid, row_eval);
	MemoryContext old = MemoryContextSwitchTo(c->cxt);
	ListCell *lc;

	node->desc = row_expr_desc(e);
	node->args = palloc_array(ExprNode *, Max(list_length(e->args), 1));
	node->argv = palloc_array(Vector *, Max(list_length(e->args), 1));
	node->values = palloc_array(Datum, Max(node->desc->natts, 1));
	node->nulls = palloc_array(bool, Max(node->desc->natts, 1));
	foreach (lc, e->args)
		node->args[node->n++] = expr_compile(c, lfirst(lc));
	MemoryContextSwitchTo(old);
	return &node->base;
}

/* ---- row.field ---- */
typedef struct FieldNode
{
	ExprNode base;
	ExprNode *arg;
	AttrNumber field;
	Oid tuptype;		/* descriptor last used */
	int32 tuptypmod;
	TupleDesc desc;
} FieldNode;

static TupleDesc
field_desc(FieldNode *node, HeapTupleHeader header)
{
	Oid type = HeapTupleHeaderGetTypeId(header);
	int32 typmod = HeapTupleHeaderGetTypMod(header);

	if (node->desc == NULL || node->tuptype != type || node->tuptypmod != typmod)
	{
		MemoryContext old = MemoryContextSwitchTo(node->base.cxt);

		node->desc = lookup_rowtype_tupdesc_copy(type, typmod);
		node->tuptype = type;
		node->tuptypmod = typmod;
		MemoryContextSwitchTo(old);
	}
	return node->desc;
}

static Vector *
fieldselect_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	FieldNode *node = (FieldNode *) base;
	Vector *arg = node->arg->eval(node->arg, ec, sel);
	Vector *out = expr_begin(base, sel);

	SELECTION_FOREACH(sel, pos, {
		HeapTupleData tup = {0};
		TupleDesc desc;

		out->nulls[pos] = true;
		out->values[pos] = 0;
		if (vector_isnull(arg, pos))
			continue;
		tup.t_data = DatumGetHeapTupleHeader(vector_value(arg, pos));
		tup.t_len = HeapTupleHeaderGetDatumLength(tup.t_data);
		desc = field_desc(node, tup.t_data);
		if (node->field > desc->natts)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("attribute %d of type %s does not exist", node->field, format_type_be(node->tuptype)));
		if (TupleDescAttr(desc, node->field - 1)->attisdropped)
			continue;
		if (TupleDescAttr(desc, node->field - 1)->atttypid != base->type)
			ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("attribute %d of type %s has wrong type", node->field, format_type_be(node->tuptype)),
					errdetail("Table has type %s, but query expects %s.",
							  format_type_be(TupleDescAttr(desc, node->field - 1)->atttypid),
							  format_type_be(base->type)));
		out->values[pos] = heap_getattr(&tup, node->field, desc, &out->nulls[pos]);
	});
	return out;
}

ExprNode *
expr_compile_fieldselect(ExprCompiler *c, FieldSelect *e)
{
	FieldNode *node = expr_new_node(c, sizeof(FieldNode), e->resulttype, fieldselect_eval);

	node->arg = expr_compile(c, (Node *) e->arg);
	node->field = e->fieldnum;
	return &node->base;
}

/* ---- assignment to fields of a row ---- */
typedef struct FieldStoreNode
{
	ExprNode base;
	ExprNode *arg;
	int n;
	ExprNode **vals;
	AttrNumber *fields;
	TupleDesc desc;
	FieldNode lookup;
} FieldStoreNode;

static Vector *
fieldstore_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	FieldStoreNode *node = (FieldStoreNode *) base;
	Vector *arg = node->arg->eval(node->arg, ec, sel);
	Vector *saved = ec->case_value;
	Vector *out = expr_begin(base, sel);
	int natts = node->desc->natts;
	Datum *values = palloc_array(Datum, natts);
	bool *nulls = palloc_array(bool, natts);

	SELECTION_FOREACH(sel, pos, {
		RowPos row = pos;
		Selection one = {1, pos + 1, &row};

		memset(nulls, true, natts);
		memset(values, 0, natts * sizeof(Datum));
		if (!vector_isnull(arg, pos))
		{
			HeapTupleData tup = {0};

			tup.t_data = DatumGetHeapTupleHeader(vector_value(arg, pos));
			tup.t_len = HeapTupleHeaderGetDatumLength(tup.t_data);
			heap_deform_tuple(&tup, node->desc, values, nulls);
		}
		for (int i = 0; i < node->n; i++)
		{
			int f = node->fields[i] - 1;
			Vector old = {&values[f], &nulls[f], 0};
			Vector *v;

			ec->case_value = &old;
			v = node->vals[i]->eval(node->vals[i], ec, &one);
			ec->case_value = saved;
			values[f] = vector_value(v, pos);
			nulls[f] = vector_isnull(v, pos);
		}
		out->values[pos] = HeapTupleGetDatum(heap_form_tuple(node->desc, values, nulls));
		out->nulls[pos] = false;
	});
	return out;
}

ExprNode *
expr_compile_fieldstore(ExprCompiler *c, FieldStore *e)
{
	FieldStoreNode *node = expr_new_node(c, sizeof(FieldStoreNode), e->resulttype, fieldstore_eval);
	MemoryContext old = MemoryContextSwitchTo(c->cxt);

	node->arg = expr_compile(c, (Node *) e->arg);
	node->desc = lookup_rowtype_tupdesc_copy(getBaseType(e->resulttype), -1);
	node->n = list_length(e->newvals);
	node->vals = palloc_array(ExprNode *, Max(node->n, 1));
	node->fields = palloc_array(AttrNumber, Max(node->n, 1));
	for (int i = 0; i < node->n; i++)
	{
		node->vals[i] = expr_compile(c, list_nth(e->newvals, i));
		node->fields[i] = list_nth_int(e->fieldnums, i);
	}
	MemoryContextSwitchTo(old);
	return &node->base;
}

/* ---- ARRAY[...] ---- */
typedef struct ArrayNode
{
	ExprNode base;
	int n;
	ExprNode **args;
	Vector **argv;
	Oid elemtype;
	int16 elmlen;
	bool elmbyval;
	char elmalign;
	bool multidims;
	Datum *values;
	bool *nulls;
} ArrayNode;

static Datum
array_from_scalars(ArrayNode *node, int pos)
{
	int dims[1] = {node->n};
	int lbs[1] = {1};

	if (node->n == 0)
		return PointerGetDatum(construct_empty_array(node->elemtype));
	for (int i = 0; i < node->n; i++)
	{
		node->values[i] = vector_value(node->argv[i], pos);
		node->nulls[i] = vector_isnull(node->argv[i], pos);
	}
	return PointerGetDatum(construct_md_array(node->values, node->nulls, 1, dims, lbs, node->elemtype, node->elmlen,
											  node->elmbyval, node->elmalign));
}

static void bad_subarrays(void) pg_attribute_noreturn();
static void
bad_subarrays(void)
{
	ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
			errmsg("multidimensional arrays must have array expressions with matching dimensions"));
}

/* Arrays of one shape, stacked. NULL and empty subarrays are left out; with nothing left the result is empty. */
static Datum
array_from_subarrays(ArrayNode *node, int pos)
{
	int dims[MAXDIM];
	int lbs[MAXDIM];
	int ndims = 0;
	int total = 0;
	int used = 0;
	int empty = 0;
	Datum *elems = NULL;
	bool *nulls = NULL;

	for (int i = 0; i < node->n; i++)
	{
		ArrayType *sub;
		Datum *d;
		bool *isnull;
		int n;

		if (vector_isnull(node->argv[i], pos))
		{
			empty++;
			continue;
		}
		sub = DatumGetArrayTypeP(vector_value(node->argv[i], pos));
		if (ARR_NDIM(sub) == 0)
		{
			empty++;
			continue;
		}
		if (ndims == 0)
		{
			ndims = ARR_NDIM(sub) + 1;
			if (ndims > MAXDIM)
				ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("number of array dimensions (%d) exceeds the maximum allowed (%d)", ndims, MAXDIM));
			for (int k = 1; k < ndims; k++)
			{
				dims[k] = ARR_DIMS(sub)[k - 1];
				lbs[k] = ARR_LBOUND(sub)[k - 1];
			}
		}
		else if (ARR_NDIM(sub) + 1 != ndims || memcmp(&dims[1], ARR_DIMS(sub), sizeof(int) * (ndims - 1)) != 0 ||
				 memcmp(&lbs[1], ARR_LBOUND(sub), sizeof(int) * (ndims - 1)) != 0)
			bad_subarrays();
		deconstruct_array(sub, node->elemtype, node->elmlen, node->elmbyval, node->elmalign, &d, &isnull, &n);
		if (elems == NULL)
		{
			elems = palloc_array(Datum, (Size) n * node->n);
			nulls = palloc_array(bool, (Size) n * node->n);
		}
		memcpy(elems + total, d, n * sizeof(Datum));
		memcpy(nulls + total, isnull, n * sizeof(bool));
		total += n;
		used++;
	}
	if (used == 0)
		return PointerGetDatum(construct_empty_array(node->elemtype));
	if (empty > 0)
		bad_subarrays();
	dims[0] = used;
	lbs[0] = 1;
	return PointerGetDatum(construct_md_array(elems, nulls, ndims, dims, lbs, node->elemtype, node->elmlen,
											  node->elmbyval, node->elmalign));
}

static Vector *
array_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	ArrayNode *node = (ArrayNode *) base;
	Vector *out;

	for (int i = 0; i < node->n; i++)
		node->argv[i] = node->args[i]->eval(node->args[i], ec, sel);
	out = expr_begin(base, sel);
	SELECTION_FOREACH(sel, pos, {
		out->values[pos] = node->multidims ? array_from_subarrays(node, pos) : array_from_scalars(node, pos);
	});
	out->nulls = NULL;
	return out;
}

ExprNode *
expr_compile_array(ExprCompiler *c, ArrayExpr *e)
{
	ArrayNode *node = expr_new_node(c, sizeof(ArrayNode), e->array_typeid, array_eval);
	ListCell *lc;
	int n = Max(list_length(e->elements), 1);

	node->args = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * n);
	node->argv = MemoryContextAlloc(c->cxt, sizeof(Vector *) * n);
	node->values = MemoryContextAlloc(c->cxt, sizeof(Datum) * n);
	node->nulls = MemoryContextAlloc(c->cxt, sizeof(bool) * n);
	node->elemtype = e->element_typeid;
	node->multidims = e->multidims;
	get_typlenbyvalalign(e->element_typeid, &node->elmlen, &node->elmbyval, &node->elmalign);
	foreach (lc, e->elements)
		node->args[node->n++] = expr_compile(c, lfirst(lc));
	return &node->base;
}

/* ---- a[i], a[i:j], and assignment to them ---- */
typedef struct SubscriptNode
{
	ExprNode base;
	ExprNode *container;
	int nupper;
	int nlower;
	ExprNode *upper[MAXDIM];	/* NULL: bound left out */
	ExprNode *lower[MAXDIM];
	ExprNode *assign;			/* NULL: fetch */
	bool is_slice;
	int16 containerlen;
	int16 elmlen;
	bool elmbyval;
	char elmalign;
} SubscriptNode;

static bool
subscript_indexes(SubscriptNode *node, int pos, ExprNode **exprs, Vector **vecs, int n, int *idx, bool *provided)
{
	for (int i = 0; i < n; i++)
	{
		provided[i] = exprs[i] != NULL;
		idx[i] = 0;
		if (exprs[i] == NULL)
			continue;
		if (vector_isnull(vecs[i], pos))
		{
			if (node->assign != NULL)
				ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("array subscript in assignment must not be null"));
			return false;
		}
		idx[i] = DatumGetInt32(vector_value(vecs[i], pos));
	}
	return true;
}

static void
subscript_store(SubscriptNode *node, ExprContext *ec, const Vector *container, int pos, int *up, int *lo, bool *up_given,
				bool *lo_given, Vector *out)
{
	Datum array = vector_value(container, pos);
	bool array_null = vector_isnull(container, pos);
	Vector *saved = ec->case_value;
	RowPos row = pos;
	Selection one = {1, pos + 1, &row};
	Datum oldvalue = 0;
	bool oldnull = true;
	Vector old = {&oldvalue, &oldnull, 0};
	Vector *v;

	if (!array_null)
	{
		if (!node->is_slice)
			oldvalue = array_get_element(array, node->nupper, up, node->containerlen, node->elmlen, node->elmbyval,
										 node->elmalign, &oldnull);
	}
	ec->case_value = &old;
	v = node->assign->eval(node->assign, ec, &one);
	ec->case_value = saved;
	out->nulls[pos] = false;
	if (array_null)
	{
		if (node->containerlen > 0)
		{
			out->nulls[pos] = true;
			return;
		}
		array = PointerGetDatum(construct_empty_array(get_element_type(getBaseType(node->base.type))));
	}
	if (node->containerlen > 0 && vector_isnull(v, pos))
		out->values[pos] = array;
	else if (node->is_slice)
		out->values[pos] = array_set_slice(array, node->nupper, up, lo, up_given, lo_given, vector_value(v, pos),
										   vector_isnull(v, pos), node->containerlen, node->elmlen, node->elmbyval,
										   node->elmalign);
	else
		out->values[pos] = array_set_element(array, node->nupper, up, vector_value(v, pos), vector_isnull(v, pos),
											 node->containerlen, node->elmlen, node->elmbyval, node->elmalign);
}

static Vector *
subscript_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	SubscriptNode *node = (SubscriptNode *) base;
	Vector *container = node->container->eval(node->container, ec, sel);
	Vector *upper[MAXDIM];
	Vector *lower[MAXDIM];
	Vector *out;

	for (int i = 0; i < node->nupper; i++)
		upper[i] = node->upper[i] ? node->upper[i]->eval(node->upper[i], ec, sel) : NULL;
	for (int i = 0; i < node->nlower; i++)
		lower[i] = node->lower[i] ? node->lower[i]->eval(node->lower[i], ec, sel) : NULL;
	out = expr_begin(base, sel);
	SELECTION_FOREACH(sel, pos, {
		int up[MAXDIM];
		int lo[MAXDIM];
		bool up_given[MAXDIM];
		bool lo_given[MAXDIM];

		out->nulls[pos] = true;
		out->values[pos] = 0;
		if (node->assign == NULL && vector_isnull(container, pos))
			continue;
		if (!subscript_indexes(node, pos, node->upper, upper, node->nupper, up, up_given) ||
			!subscript_indexes(node, pos, node->lower, lower, node->nlower, lo, lo_given))
			continue;
		if (node->assign != NULL)
			subscript_store(node, ec, container, pos, up, lo, up_given, lo_given, out);
		else if (node->is_slice)
		{
			out->values[pos] = array_get_slice(vector_value(container, pos), node->nupper, up, lo, up_given, lo_given,
											   node->containerlen, node->elmlen, node->elmbyval, node->elmalign);
			out->nulls[pos] = false;
		}
		else
			out->values[pos] = array_get_element(vector_value(container, pos), node->nupper, up, node->containerlen,
												 node->elmlen, node->elmbyval, node->elmalign, &out->nulls[pos]);
	});
	return out;
}

ExprNode *
expr_compile_subscript(ExprCompiler *c, SubscriptingRef *e)
{
	SubscriptNode *node = expr_new_node(c, sizeof(SubscriptNode), e->refrestype, subscript_eval);
	ListCell *lc;

	if (list_length(e->refupperindexpr) > MAXDIM)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("number of array dimensions (%d) exceeds the maximum allowed (%d)",
					   list_length(e->refupperindexpr), MAXDIM));
	if (get_typlen(e->refcontainertype) < 0 && !OidIsValid(get_element_type(getBaseType(e->refcontainertype))))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("subscripting of type %s is not supported", format_type_be(e->refcontainertype)));
	node->container = expr_compile(c, (Node *) e->refexpr);
	foreach (lc, e->refupperindexpr)
		node->upper[node->nupper++] = lfirst(lc) ? expr_compile(c, lfirst(lc)) : NULL;
	foreach (lc, e->reflowerindexpr)
		node->lower[node->nlower++] = lfirst(lc) ? expr_compile(c, lfirst(lc)) : NULL;
	node->is_slice = e->reflowerindexpr != NIL;
	if (e->refassgnexpr != NULL)
	{
		node->assign = expr_compile(c, (Node *) e->refassgnexpr);
		node->base.type = e->refcontainertype;
	}
	node->containerlen = get_typlen(e->refcontainertype);
	get_typlenbyvalalign(e->refelemtype, &node->elmlen, &node->elmbyval, &node->elmalign);
	return &node->base;
}

/* ---- conversion through text ---- */
typedef struct ViaIONode
{
	ExprNode base;
	ExprNode *arg;
	FmgrInfo out;
	FmgrInfo in;
	Oid typioparam;
} ViaIONode;

static Vector *
viaio_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	ViaIONode *node = (ViaIONode *) base;
	Vector *arg = node->arg->eval(node->arg, ec, sel);
	Vector *out = expr_begin(base, sel);
	Selection one = {1, 1, NULL};

	if (arg->mask == 0 && sel->n > 0)
	{
		out->mask = 0;
		sel = &one;
	}
	SELECTION_FOREACH(sel, pos, {
		char *str = NULL;

		out->nulls[pos] = vector_isnull(arg, pos);
		if (!out->nulls[pos])
			str = OutputFunctionCall(&node->out, vector_value(arg, pos));
		if (str != NULL || !node->in.fn_strict)
			out->values[pos] = InputFunctionCall(&node->in, str, node->typioparam, -1);
		else
			out->values[pos] = 0;
	});
	return out;
}

ExprNode *
expr_compile_viaio(ExprCompiler *c, CoerceViaIO *e)
{
	ViaIONode *node = expr_new_node(c, sizeof(ViaIONode), e->resulttype, viaio_eval);
	Oid fn;
	bool varlena;

	node->arg = expr_compile(c, (Node *) e->arg);
	getTypeOutputInfo(exprType((Node *) e->arg), &fn, &varlena);
	fmgr_info_cxt(fn, &node->out, c->cxt);
	getTypeInputInfo(e->resulttype, &fn, &node->typioparam);
	fmgr_info_cxt(fn, &node->in, c->cxt);
	return &node->base;
}

/* ---- conversion of each element ---- */
typedef struct ArrayCoerceNode
{
	ExprNode base;
	ExprNode *arg;
	ExprNode *elem;			/* NULL: only the element type changes */
	Oid in_type;
	int16 in_len;
	bool in_byval;
	char in_align;
	Oid out_type;
	int16 out_len;
	bool out_byval;
	char out_align;
} ArrayCoerceNode;

static Datum
arraycoerce_value(ArrayCoerceNode *node, ExprContext *ec, Datum value)
{
	ArrayType *array = DatumGetArrayTypePCopy(value);
	Vector *saved = ec->case_value;
	Datum *elems;
	bool *nulls;
	int n;

	if (node->elem == NULL || ARR_NDIM(array) == 0)
	{
		array->elemtype = node->out_type;
		return PointerGetDatum(array);
	}
	deconstruct_array(array, ARR_ELEMTYPE(array), node->in_len, node->in_byval, node->in_align, &elems, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		Vector in = {&elems[i], &nulls[i], 0};
		Selection one = {1, 1, NULL};
		Vector *v;

		ec->case_value = &in;
		v = node->elem->eval(node->elem, ec, &one);
		ec->case_value = saved;
		elems[i] = vector_value(v, 0);
		nulls[i] = vector_isnull(v, 0);
	}
	return PointerGetDatum(construct_md_array(elems, nulls, ARR_NDIM(array), ARR_DIMS(array), ARR_LBOUND(array),
											  node->out_type, node->out_len, node->out_byval, node->out_align));
}

static Vector *
arraycoerce_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	ArrayCoerceNode *node = (ArrayCoerceNode *) base;
	Vector *arg = node->arg->eval(node->arg, ec, sel);
	Vector *out = expr_begin(base, sel);

	SELECTION_FOREACH(sel, pos, {
		out->nulls[pos] = vector_isnull(arg, pos);
		out->values[pos] = out->nulls[pos] ? 0 : arraycoerce_value(node, ec, vector_value(arg, pos));
	});
	return out;
}

ExprNode *
expr_compile_arraycoerce(ExprCompiler *c, ArrayCoerceExpr *e)
{
	ArrayCoerceNode *node = expr_new_node(c, sizeof(ArrayCoerceNode), e->resulttype, arraycoerce_eval);
	Oid out_elem = get_element_type(getBaseType(e->resulttype));

	node->arg = expr_compile(c, (Node *) e->arg);
	node->in_type = get_element_type(getBaseType(exprType((Node *) e->arg)));
	node->out_type = out_elem;
	get_typlenbyvalalign(node->in_type, &node->in_len, &node->in_byval, &node->in_align);
	get_typlenbyvalalign(out_elem, &node->out_len, &node->out_byval, &node->out_align);
	if (!IsA(e->elemexpr, CaseTestExpr) &&
		!(IsA(e->elemexpr, RelabelType) && IsA(((RelabelType *) e->elemexpr)->arg, CaseTestExpr)))
		node->elem = expr_compile(c, (Node *) e->elemexpr);
	return &node->base;
}

/* ---- domains ---- */
typedef struct DomainNode
{
	ExprNode base;
	ExprNode *arg;
	void *extra;		/* belongs to domain_check() */
} DomainNode;

static Vector *
domain_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	DomainNode *node = (DomainNode *) base;
	Vector *arg = node->arg->eval(node->arg, ec, sel);

	SELECTION_FOREACH(sel, pos, {
		domain_check(vector_value(arg, pos), vector_isnull(arg, pos), base->type, &node->extra, base->cxt);
	});
	return arg;
}

ExprNode *
expr_compile_domain(ExprCompiler *c, CoerceToDomain *e)
{
	DomainNode *node = expr_new_node(c, sizeof(DomainNode), e->resulttype, domain_eval);

	node->arg = expr_compile(c, (Node *) e->arg);
	return &node->base;
}

/* ---- row of a child table as row of its parent ---- */
typedef struct ConvertRowNode
{
	ExprNode base;
	ExprNode *arg;
	TupleDesc in;
	TupleDesc out;
	AttrNumber *map;	/* per output column: input column, 0 none */
} ConvertRowNode;

static Vector *
convertrow_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	ConvertRowNode *node = (ConvertRowNode *) base;
	Vector *arg = node->arg->eval(node->arg, ec, sel);
	Vector *out = expr_begin(base, sel);
	Datum *values = palloc_array(Datum, node->out->natts + 1);
	bool *nulls = palloc_array(bool, node->out->natts + 1);

	SELECTION_FOREACH(sel, pos, {
		HeapTupleData tup = {0};

		out->nulls[pos] = vector_isnull(arg, pos);
		out->values[pos] = 0;
		if (out->nulls[pos])
			continue;
		tup.t_data = DatumGetHeapTupleHeader(vector_value(arg, pos));
		tup.t_len = HeapTupleHeaderGetDatumLength(tup.t_data);
		for (int i = 0; i < node->out->natts; i++)
		{
			nulls[i] = true;
			values[i] = 0;
			if (node->map[i] != 0)
				values[i] = heap_getattr(&tup, node->map[i], node->in, &nulls[i]);
		}
		out->values[pos] = HeapTupleGetDatum(heap_form_tuple(node->out, values, nulls));
	});
	return out;
}

ExprNode *
expr_compile_convertrowtype(ExprCompiler *c, ConvertRowtypeExpr *e)
{
	ConvertRowNode *node = expr_new_node(c, sizeof(ConvertRowNode), e->resulttype, convertrow_eval);
	MemoryContext old = MemoryContextSwitchTo(c->cxt);

	node->arg = expr_compile(c, (Node *) e->arg);
	node->in = lookup_rowtype_tupdesc_copy(exprType((Node *) e->arg), -1);
	node->out = lookup_rowtype_tupdesc_copy(e->resulttype, -1);
	node->map = palloc0_array(AttrNumber, node->out->natts + 1);
	for (int i = 0; i < node->out->natts; i++)
	{
		if (TupleDescAttr(node->out, i)->attisdropped)
			continue;
		for (int k = 0; k < node->in->natts; k++)
			if (!TupleDescAttr(node->in, k)->attisdropped &&
				strcmp(NameStr(TupleDescAttr(node->in, k)->attname), NameStr(TupleDescAttr(node->out, i)->attname)) == 0)
				node->map[i] = k + 1;
		if (node->map[i] == 0)
			ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("could not convert row type"));
	}
	MemoryContextSwitchTo(old);
	return &node->base;
}

/* ---- CURRENT_DATE and relatives ---- */
typedef struct SqlValueNode
{
	ExprNode base;
	SQLValueFunctionOp op;
	int typmod;
} SqlValueNode;

static Datum
call_no_args(PGFunction fn, bool *isnull)
{
	LOCAL_FCINFO(fcinfo, 0);
	Datum d;

	InitFunctionCallInfoData(*fcinfo, NULL, 0, InvalidOid, NULL, NULL);
	d = fn(fcinfo);
	*isnull = fcinfo->isnull;
	return d;
}

static Datum
sqlvalue(SqlValueNode *node, bool *isnull)
{
	switch (node->op)
	{
		case SVFOP_CURRENT_DATE:
			return DateADTGetDatum(GetSQLCurrentDate());
		case SVFOP_CURRENT_TIME:
		case SVFOP_CURRENT_TIME_N:
			return TimeTzADTPGetDatum(GetSQLCurrentTime(node->typmod));
		case SVFOP_CURRENT_TIMESTAMP:
		case SVFOP_CURRENT_TIMESTAMP_N:
			return TimestampTzGetDatum(GetSQLCurrentTimestamp(node->typmod));
		case SVFOP_LOCALTIME:
		case SVFOP_LOCALTIME_N:
			return TimeADTGetDatum(GetSQLLocalTime(node->typmod));
		case SVFOP_LOCALTIMESTAMP:
		case SVFOP_LOCALTIMESTAMP_N:
			return TimestampGetDatum(GetSQLLocalTimestamp(node->typmod));
		case SVFOP_CURRENT_ROLE:
		case SVFOP_CURRENT_USER:
		case SVFOP_USER:
			return call_no_args(current_user, isnull);
		case SVFOP_SESSION_USER:
			return call_no_args(session_user, isnull);
		case SVFOP_CURRENT_CATALOG:
			return call_no_args(current_database, isnull);
		case SVFOP_CURRENT_SCHEMA:
			return call_no_args(current_schema, isnull);
	}
	elog(ERROR, "unrecognized SQLValueFunction: %d", (int) node->op);
}

static Vector *
sqlvalue_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	Selection one = {1, 1, NULL};
	Vector *out = expr_begin(base, &one);

	out->mask = 0;
	out->nulls[0] = false;
	out->values[0] = sqlvalue((SqlValueNode *) base, &out->nulls[0]);
	return out;
}

ExprNode *
expr_compile_sqlvalue(ExprCompiler *c, SQLValueFunction *e)
{
	SqlValueNode *node = expr_new_node(c, sizeof(SqlValueNode), e->type, sqlvalue_eval);

	node->op = e->op;
	node->typmod = e->typmod;
	return &node->base;
}

/* ---- next value of an identity column's sequence ---- */
typedef struct NextValueNode
{
	ExprNode base;
	Oid seqid;
} NextValueNode;

static Vector *
nextvalue_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	NextValueNode *node = (NextValueNode *) base;
	Vector *out = expr_begin(base, sel);

	SELECTION_FOREACH(sel, pos, {
		int64 v = nextval_internal(node->seqid, false);

		out->values[pos] = base->type == INT2OID   ? Int16GetDatum((int16) v)
						   : base->type == INT4OID ? Int32GetDatum((int32) v)
												   : Int64GetDatum(v);
	});
	out->nulls = NULL;
	return out;
}

ExprNode *
expr_compile_nextvalue(ExprCompiler *c, NextValueExpr *e)
{
	NextValueNode *node = expr_new_node(c, sizeof(NextValueNode), e->typeId, nextvalue_eval);

	node->seqid = e->seqid;
	c->volatile_count++;
	return &node->base;
}
