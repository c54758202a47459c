/*
 * expr_compile.c
 *    From expression tree to ExprNodes: dispatch, Vars, constants, parameters, lists and projections.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "execute/exec.h"
#include "execute/expr.h"
#include "execute/subplan.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/typcache.h"
#include "utils/builtins.h"
#include "funcapi.h"

void
expr_compiler_init(ExprCompiler *c, PlanState *parent)
{
	memset(c, 0, sizeof(*c));
	c->parent = parent;
	c->scan_source = BATCH_SCAN;
	c->outer_source = BATCH_OUTER;
	if (parent)
	{
		c->estate = parent->state;
		c->cxt = parent->state->es_query_cxt;
	}
	else
		c->cxt = CurrentMemoryContext;
}

void *
expr_new_node(ExprCompiler *c, Size size, Oid type, Vector *(*eval)(ExprNode *, ExprContext *, const Selection *))
{
	ExprNode *node = MemoryContextAllocZero(c->cxt, size);

	node->eval = eval;
	node->select = expr_select_by_eval;
	node->type = type;
	node->cxt = c->cxt;
	node->out.mask = VECTOR_ALL;
	return node;
}

/* Make room for `extent` entries. Old contents are not kept. Grows in three steps so that point queries stay small. */
void
expr_reserve(ExprNode *node, int extent)
{
	int capacity = extent <= 4 ? 4 : (extent <= 256 ? 256 : BATCH_MAX_ROWS);

	Assert(extent <= BATCH_MAX_ROWS);
	if (capacity <= node->capacity)
		return;
	if (node->capacity > 0)
		pfree(node->out.values);
	node->out.values = MemoryContextAlloc(node->cxt, capacity * (sizeof(Datum) + sizeof(bool)));
	node->null_buf = (bool *) (node->out.values + capacity);
	node->capacity = capacity;
}

int
expr_select_by_eval(ExprNode *node, ExprContext *ec, const Selection *in, RowPos *dst)
{
	Vector *v = node->eval(node, ec, in);
	int n = 0;

	if (v->nulls == NULL)
		SELECTION_FOREACH(in, pos, { dst[n] = pos; n += DatumGetBool(vector_value(v, pos)); });
	else
		SELECTION_FOREACH(in, pos, {
			dst[n] = pos;
			n += !vector_isnull(v, pos) && DatumGetBool(vector_value(v, pos));
		});
	return n;
}

int
expr_list_select(ExprList *quals, ExprContext *ec, const Selection *in, RowPos *dst)
{
	RowPos scratch[BATCH_MAX_ROWS];
	RowPos *bufs[2];
	Selection cur = *in;
	int which = 0;

	/* The last qual must land in dst; alternate backwards from there. */
	bufs[(quals->n - 1) & 1] = dst;
	bufs[quals->n & 1] = scratch;
	for (int i = 0; i < quals->n; i++)
	{
		RowPos *target = bufs[which];

		cur.n = quals->nodes[i]->select(quals->nodes[i], ec, &cur, target);
		cur.rows = target;
		which ^= 1;
		if (cur.n == 0)
			break;
	}
	return cur.n;
}

/* ---- columns ---- */
typedef struct ColumnNode
{
	ExprNode base;
	BatchSource source;
	int col;
} ColumnNode;

static Vector *
column_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	ColumnNode *n = (ColumnNode *) node;

	Assert(ec->source[n->source] != NULL && n->col < ec->source[n->source]->ncols);
	return &ec->source[n->source]->cols[n->col];
}

ExprNode *
expr_make_column(ExprCompiler *c, BatchSource source, int col, Oid type)
{
	ColumnNode *n = expr_new_node(c, sizeof(ColumnNode), type, column_eval);

	n->source = source;
	n->col = col;
	return &n->base;
}

/* System columns and whole rows come from the heap tuples of the scan batch. */
typedef struct TupleNode
{
	ExprNode base;
	BatchSource source;
	AttrNumber attno;
	TupleDesc desc;
} TupleNode;

static Vector *
system_column_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	TupleNode *n = (TupleNode *) node;
	const Batch *batch = ec->source[n->source];
	Vector *out = expr_begin(node, sel);

	if (batch->tuples == NULL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot retrieve a system column in this context"));
	SELECTION_FOREACH(sel, pos, {
		HeapTuple tup = &batch->tuples[pos];

		out->nulls[pos] = false;
		if (n->attno == SelfItemPointerAttributeNumber)
			out->values[pos] = PointerGetDatum(&tup->t_self);
		else if (n->attno == TableOidAttributeNumber)
			out->values[pos] = ObjectIdGetDatum(tup->t_tableOid);
		else
			out->values[pos] = heap_getsysattr(tup, n->attno, n->desc, &out->nulls[pos]);
	});
	return out;
}

static Datum
row_from_batch(const Batch *batch, int pos, TupleDesc desc)
{
	HeapTuple tup;
	Datum result;

	if (batch->tuples != NULL)
		return heap_copy_tuple_as_datum(&batch->tuples[pos], desc);
	tup = batch_form_tuple(batch, pos, desc);
	result = heap_copy_tuple_as_datum(tup, desc);
	heap_freetuple(tup);
	return result;
}

static Vector *
whole_row_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	TupleNode *n = (TupleNode *) node;
	const Batch *batch = ec->source[n->source];
	Vector *out = expr_begin(node, sel);
	TupleDesc desc = n->desc;

	if (desc == NULL)
		desc = batch->desc;
	SELECTION_FOREACH(sel, pos, {
		out->nulls[pos] = false;
		out->values[pos] = row_from_batch(batch, pos, desc);
	});
	return out;
}

static ExprNode *
compile_var(ExprCompiler *c, Var *var)
{
	BatchSource source;
	TupleNode *n;

	if (var->varno == INNER_VAR)
		source = BATCH_INNER;
	else if (var->varno == OUTER_VAR)
		source = c->outer_source;
	else if (c->excluded_rti != 0 && (Index) var->varno == c->excluded_rti)
		source = BATCH_EXCLUDED;
	else
		source = c->scan_source;
	if (source == BATCH_SCAN)
		c->scan_attrs = bms_add_member(c->scan_attrs, var->varattno - FirstLowInvalidHeapAttributeNumber);
	if (var->varattno > 0)
		c->used[source] = bms_add_member(c->used[source], var->varattno - 1);
	else if (var->varattno == 0)
		c->whole_row[source] = true;
	if (var->varattno > 0)
		return expr_make_column(c, source, var->varattno - 1, var->vartype);
	n = expr_new_node(c, sizeof(TupleNode), var->vartype, var->varattno == 0 ? whole_row_eval : system_column_eval);
	n->source = source;
	n->attno = var->varattno;
	if (source == BATCH_SCAN || source == BATCH_EXCLUDED)
		n->desc = c->scan_desc;
	if (var->varattno == 0 && var->vartype != RECORDOID && n->desc != NULL && n->desc->tdtypeid != var->vartype)
	{
		n->desc = CreateTupleDescCopy(n->desc);
		n->desc->tdtypeid = var->vartype;
		n->desc->tdtypmod = -1;
	}
	if (var->varattno == 0 && n->desc != NULL && n->desc->tdtypeid == RECORDOID)
		n->desc = BlessTupleDesc(n->desc);
	return &n->base;
}

/* ---- constants and parameters: vectors of one entry ---- */
static Vector *
own_vector_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	return &node->out;
}

static void
make_single(ExprNode *node)
{
	expr_reserve(node, 1);
	node->out.mask = 0;
	node->out.nulls = node->null_buf;
	node->out.values[0] = (Datum) 0;
	node->null_buf[0] = false;
}

ExprNode *
expr_make_const(ExprCompiler *c, Datum value, bool isnull, Oid type)
{
	ExprNode *node = expr_new_node(c, sizeof(ExprNode), type, own_vector_eval);

	make_single(node);
	node->out.values[0] = value;
	node->null_buf[0] = isnull;
	if (!isnull)
		node->out.nulls = NULL;
	return node;
}

typedef struct ParamNode
{
	ExprNode base;
	int id;
} ParamNode;

static Vector *
exec_param_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	ParamExecData *prm = &ec->ecxt_estate->es_param_exec_vals[((ParamNode *) node)->id];

	if (unlikely(prm->plan != NULL))
		subplan_set_params(prm->plan);
	node->out.values[0] = prm->value;
	node->null_buf[0] = prm->isnull;
	return &node->out;
}

static Vector *
extern_param_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	int id = ((ParamNode *) node)->id;
	ParamListInfo params = ec->ecxt_param_list_info;

	if (params != NULL && id > 0 && id <= params->numParams)
	{
		ParamExternData workspace;
		ParamExternData *prm = &params->params[id - 1];

		if (params->paramFetch != NULL)
			prm = params->paramFetch(params, id, false, &workspace);
		if (OidIsValid(prm->ptype))
		{
			if (unlikely(prm->ptype != node->type))
				ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("type of parameter %d (%s) does not match that when preparing the plan (%s)", id,
							   format_type_be(prm->ptype), format_type_be(node->type)));
			node->out.values[0] = prm->value;
			node->null_buf[0] = prm->isnull;
			return &node->out;
		}
	}
	ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("no value found for parameter %d", id));
}

static ExprNode *
compile_param(ExprCompiler *c, Param *param)
{
	ParamNode *n;

	if (param->paramkind == PARAM_EXEC)
		n = expr_new_node(c, sizeof(ParamNode), param->paramtype, exec_param_eval);
	else if (param->paramkind == PARAM_EXTERN)
		n = expr_new_node(c, sizeof(ParamNode), param->paramtype, extern_param_eval);
	else
		elog(ERROR, "unexpected paramkind: %d", (int) param->paramkind);
	n->id = param->paramid;
	make_single(&n->base);
	return &n->base;
}

/* CASE's test value and a domain's value are vectors that the enclosing node has left in the context. */
static Vector *
case_test_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	if (ec->case_value == NULL)
		elog(ERROR, "no value for CaseTestExpr");
	return ec->case_value;
}
static Vector *
domain_value_eval(ExprNode *node, ExprContext *ec, const Selection *sel)
{
	if (ec->domain_value == NULL)
		elog(ERROR, "no value for CoerceToDomainValue");
	return ec->domain_value;
}

static void
unsupported(const char *what) pg_attribute_noreturn();
static void
unsupported(const char *what)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s is not supported", what));
}

ExprNode *
expr_compile(ExprCompiler *c, Node *expr)
{
	check_stack_depth();
	if (expr == NULL)
		elog(ERROR, "cannot compile an absent expression");
	switch (nodeTag(expr))
	{
		case T_Var:
			return compile_var(c, (Var *) expr);
		case T_Const:
		{
			Const *con = (Const *) expr;
			Datum value = con->constvalue;

			if (!con->constisnull && !con->constbyval && con->constlen == -1 && VARATT_IS_EXTENDED(DatumGetPointer(value)) &&
				!VARATT_IS_SHORT(DatumGetPointer(value)))
				value = PointerGetDatum(PG_DETOAST_DATUM(value));
			return expr_make_const(c, value, con->constisnull, con->consttype);
		}
		case T_Param:
			return compile_param(c, (Param *) expr);
		case T_TargetEntry:
			return expr_compile(c, (Node *) ((TargetEntry *) expr)->expr);
		case T_FuncExpr:
		{
			FuncExpr *f = (FuncExpr *) expr;

			return expr_compile_function(c, expr, f->funcid, f->args, f->inputcollid, f->funcresulttype);
		}
		case T_OpExpr:
		{
			OpExpr *op = (OpExpr *) expr;

			return expr_compile_function(c, expr, op->opfuncid, op->args, op->inputcollid, op->opresulttype);
		}
		case T_DistinctExpr:
			return expr_compile_distinct(c, (OpExpr *) expr);
		case T_NullIfExpr:
			return expr_compile_nullif(c, (OpExpr *) expr);
		case T_ScalarArrayOpExpr:
			return expr_compile_saop(c, (ScalarArrayOpExpr *) expr);
		case T_BoolExpr:
			return expr_compile_bool(c, (BoolExpr *) expr);
		case T_CaseExpr:
			return expr_compile_case(c, (CaseExpr *) expr);
		case T_CaseTestExpr:
			return expr_new_node(c, sizeof(ExprNode), ((CaseTestExpr *) expr)->typeId, case_test_eval);
		case T_CoerceToDomainValue:
			return expr_new_node(c, sizeof(ExprNode), ((CoerceToDomainValue *) expr)->typeId, domain_value_eval);
		case T_CoalesceExpr:
			return expr_compile_coalesce(c, (CoalesceExpr *) expr);
		case T_MinMaxExpr:
			return expr_compile_minmax(c, (MinMaxExpr *) expr);
		case T_NullTest:
			return expr_compile_nulltest(c, (NullTest *) expr);
		case T_BooleanTest:
			return expr_compile_booltest(c, (BooleanTest *) expr);
		case T_RelabelType:
		{
			RelabelType *r = (RelabelType *) expr;

			return expr_compile(c, (Node *) r->arg);
		}
		case T_CollateExpr:
			return expr_compile(c, (Node *) ((CollateExpr *) expr)->arg);
		case T_RowCompareExpr:
			return expr_compile_rowcompare(c, (RowCompareExpr *) expr);
		case T_RowExpr:
			return expr_compile_row(c, (RowExpr *) expr);
		case T_FieldSelect:
			return expr_compile_fieldselect(c, (FieldSelect *) expr);
		case T_FieldStore:
			return expr_compile_fieldstore(c, (FieldStore *) expr);
		case T_ArrayExpr:
			return expr_compile_array(c, (ArrayExpr *) expr);
		case T_SubscriptingRef:
			return expr_compile_subscript(c, (SubscriptingRef *) expr);
		case T_CoerceViaIO:
			return expr_compile_viaio(c, (CoerceViaIO *) expr);
		case T_ArrayCoerceExpr:
			return expr_compile_arraycoerce(c, (ArrayCoerceExpr *) expr);
		case T_ConvertRowtypeExpr:
			return expr_compile_convertrowtype(c, (ConvertRowtypeExpr *) expr);
		case T_CoerceToDomain:
			return expr_compile_domain(c, (CoerceToDomain *) expr);
		case T_SQLValueFunction:
			return expr_compile_sqlvalue(c, (SQLValueFunction *) expr);
		case T_NextValueExpr:
			return expr_compile_nextvalue(c, (NextValueExpr *) expr);
		case T_SubPlan:
			return expr_compile_subplan(c, (SubPlan *) expr);
		case T_AlternativeSubPlan:
			return expr_compile(c, linitial(((AlternativeSubPlan *) expr)->subplans));
		case T_Aggref:
			return expr_compile_aggref(c, (Aggref *) expr);
		case T_GroupingFunc:
			return expr_compile_grouping(c, (GroupingFunc *) expr);
		case T_WindowFunc:
			return expr_compile_windowfunc(c, (WindowFunc *) expr);
		case T_CurrentOfExpr:
			unsupported("WHERE CURRENT OF in this context");
		case T_XmlExpr:
			unsupported("XML");
		case T_SetToDefault:
			elog(ERROR, "DEFAULT is not allowed in this context");
		default:
			elog(ERROR, "unrecognized expression node type: %d", (int) nodeTag(expr));
	}
}

ExprList *
expr_compile_list(ExprCompiler *c, List *exprs)
{
	ExprList *list;
	ListCell *lc;

	if (exprs == NIL)
		return NULL;
	list = MemoryContextAlloc(c->cxt, offsetof(ExprList, nodes) + list_length(exprs) * sizeof(ExprNode *));
	list->n = 0;
	foreach (lc, exprs)
		list->nodes[list->n++] = expr_compile(c, lfirst(lc));
	return list;
}

/* ---- projection ---- */
Projection *
projection_compile(ExprCompiler *c, List *targetlist)
{
	Projection *proj = MemoryContextAllocZero(c->cxt, sizeof(Projection));
	int before = c->volatile_count;
	ListCell *lc;
	int i = 0;

	proj->n = list_length(targetlist);
	proj->nodes = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * Max(proj->n, 1));
	proj->cols = MemoryContextAllocZero(c->cxt, sizeof(Vector) * Max(proj->n, 1));
	foreach (lc, targetlist)
		proj->nodes[i++] = expr_compile(c, (Node *) ((TargetEntry *) lfirst(lc))->expr);
	proj->row_by_row = c->volatile_count - before > 1;
	return proj;
}

static void
projection_reserve_own(Projection *proj, int extent, MemoryContext cxt)
{
	if (proj->own_capacity >= extent)
		return;
	if (proj->own == NULL)
		proj->own = MemoryContextAllocZero(cxt, sizeof(Vector) * proj->n);
	proj->own_capacity = extent <= 16 ? 16 : BATCH_MAX_ROWS;
	for (int i = 0; i < proj->n; i++)
	{
		proj->own[i].values = MemoryContextAlloc(cxt, proj->own_capacity * (sizeof(Datum) + sizeof(bool)));
		proj->own[i].nulls = (bool *) (proj->own[i].values + proj->own_capacity);
		proj->own[i].mask = VECTOR_ALL;
	}
}

/* In the order of rows, then of columns, as side effects of volatile functions show it. */
static void
projection_eval_row_by_row(Projection *proj, ExprContext *ec, const Selection *sel)
{
	projection_reserve_own(proj, sel->extent, ec->ecxt_per_query_memory);
	for (int k = 0; k < sel->n; k++)
	{
		RowPos pos = selection_pos(sel, k);
		Selection one = {1, pos + 1, &pos};

		for (int i = 0; i < proj->n; i++)
		{
			Vector *v = proj->nodes[i]->eval(proj->nodes[i], ec, &one);

			proj->own[i].values[pos] = vector_value(v, pos);
			proj->own[i].nulls[pos] = vector_isnull(v, pos);
		}
	}
	memcpy(proj->cols, proj->own, sizeof(Vector) * proj->n);
}

void
projection_eval(Projection *proj, ExprContext *ec, const Selection *sel)
{
	if (unlikely(proj->row_by_row && sel->n > 1))
	{
		projection_eval_row_by_row(proj, ec, sel);
		return;
	}
	for (int i = 0; i < proj->n; i++)
		proj->cols[i] = *proj->nodes[i]->eval(proj->nodes[i], ec, sel);
}
