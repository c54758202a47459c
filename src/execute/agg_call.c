/*
 * agg_call.c
 *    One aggregate call: look-up, advancing its state, final result.
 *
 * State of pass-by-reference types lives in the group context. When the transition function returns something new, that is copied
 * there and the old state freed; a function that keeps its state as "internal" allocates it there itself (it asks with
 * AggCheckCallContext).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "execute/agg.h"
#include "execute/key.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_agg.h"
#include "parser/parse_coerce.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* ---- what functions ask ---- */
static AggContext *
agg_context_of(FunctionCallInfo fcinfo)
{
	if (fcinfo->context && (IsA(fcinfo->context, AggState) || IsA(fcinfo->context, WindowAggState)))
		return (AggContext *) fcinfo->context;
	return NULL;
}

int
AggCheckCallContext(FunctionCallInfo fcinfo, MemoryContext *aggcontext)
{
	AggContext *actx = agg_context_of(fcinfo);

	if (aggcontext)
		*aggcontext = actx ? actx->group_cxt : NULL;
	if (actx == NULL)
		return 0;
	return actx->type == T_AggState ? AGG_CONTEXT_AGGREGATE : AGG_CONTEXT_WINDOW;
}

Aggref *
AggGetAggref(FunctionCallInfo fcinfo)
{
	AggContext *actx = agg_context_of(fcinfo);

	return actx && actx->current ? actx->current->aggref : NULL;
}

bool
AggStateIsShared(FunctionCallInfo fcinfo)
{
	return false;
}

MemoryContext
AggGetTempMemoryContext(FunctionCallInfo fcinfo)
{
	AggContext *actx = agg_context_of(fcinfo);

	return actx ? actx->temp_cxt : NULL;
}

void
AggRegisterCallback(FunctionCallInfo fcinfo, ExprContextCallbackFunction func, Datum arg)
{
	AggContext *actx = agg_context_of(fcinfo);

	if (actx == NULL)
		elog(ERROR, "aggregate function cannot register a callback in this context");
	RegisterExprContextCallback(actx->ec, func, arg);
}

/* ---- look-up ---- */
static AggFast
fast_kind(AggCall *call)
{
	if (call->nsort > 0)
		return AGG_FAST_NONE;
	switch (call->transfn_oid)
	{
		case F_INT8INC:
			return AGG_FAST_COUNT_STAR;
		case F_INT8INC_ANY:
			return AGG_FAST_COUNT;
		case F_INT2_SUM:
			return AGG_FAST_SUM_INT2;
		case F_INT4_SUM:
			return AGG_FAST_SUM_INT4;
		case F_FLOAT8PL:
			return AGG_FAST_SUM_FLOAT8;
		case F_INT4SMALLER:
			return AGG_FAST_MIN_INT4;
		case F_INT4LARGER:
			return AGG_FAST_MAX_INT4;
		case F_INT8SMALLER:
			return AGG_FAST_MIN_INT8;
		case F_INT8LARGER:
			return AGG_FAST_MAX_INT8;
		case F_INT2SMALLER:
			return AGG_FAST_MIN_INT2;
		case F_INT2LARGER:
			return AGG_FAST_MAX_INT2;
		default:
			return AGG_FAST_NONE;
	}
}

static Datum
initial_value(Datum text_value, Oid transtype)
{
	Oid fn;
	Oid ioparam;

	getTypeInputInfo(transtype, &fn, &ioparam);
	return OidInputFunctionCall(fn, TextDatumGetCString(text_value), ioparam, -1);
}

/* Expressions by which polymorphic support functions learn their argument types. */
static Node *
fake_call(Oid fnoid, Oid rettype, Oid first, const Oid *types, int n, Oid collation, bool variadic)
{
	List *args = NIL;
	Param *p;

	for (int i = -1; i < n; i++)
	{
		p = makeNode(Param);
		p->paramkind = PARAM_EXEC;
		p->paramid = -1;
		p->paramtype = i < 0 ? first : types[i];
		p->paramtypmod = -1;
		p->paramcollid = collation;
		p->location = -1;
		args = lappend(args, p);
	}
	{
		FuncExpr *f = makeFuncExpr(fnoid, rettype, args, collation, collation, COERCE_EXPLICIT_CALL);

		f->funcvariadic = variadic;
		return (Node *) f;
	}
}

static void
call_lookup(AggCall *call, Oid aggfn, const Oid *argtypes, int nargs, Oid transtype_given, Oid rettype, Oid collation,
			bool variadic, bool moving, ExprCompiler *c, AggContext *actx)
{
	HeapTuple tup = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggfn));
	Form_pg_aggregate form;
	Datum init;
	bool isnull;
	char final_extra;
	Oid declared;

	if (!HeapTupleIsValid(tup))
		elog(ERROR, "cache lookup failed for aggregate %u", aggfn);
	form = (Form_pg_aggregate) GETSTRUCT(tup);
	(void) moving;
	call->transfn_oid = form->aggtransfn;
	call->finalfn_oid = form->aggfinalfn;
	final_extra = form->aggfinalextra;
	call->final_modify = form->aggfinalmodify != AGGMODIFY_READ_ONLY;
	declared = form->aggtranstype;
	init = SysCacheGetAttr(AGGFNOID, tup, Anum_pg_aggregate_agginitval, &isnull);
	call->initval_null = isnull;
	call->transtype = OidIsValid(transtype_given) ? transtype_given : declared;
	if (IsPolymorphicType(call->transtype))
	{
		Oid declared_args[FUNC_MAX_ARGS];
		Oid *dargs;
		int dn;
		Oid types[FUNC_MAX_ARGS];

		(void) get_func_signature(aggfn, &dargs, &dn);
		memcpy(declared_args, dargs, sizeof(Oid) * dn);
		memcpy(types, argtypes, sizeof(Oid) * nargs);
		call->transtype = enforce_generic_type_consistency(types, declared_args, Min(nargs, dn), declared, false);
	}
	if (!isnull)
		call->initval = initial_value(init, call->transtype);
	ReleaseSysCache(tup);
	get_typlenbyval(call->transtype, &call->trans_len, &call->trans_byval);
	get_typlenbyval(rettype, &call->result_len, &call->result_byval);
	fmgr_info_cxt(call->transfn_oid, &call->transfn, c->cxt);
	fmgr_info_set_expr(fake_call(call->transfn_oid, call->transtype, call->transtype, argtypes, nargs, collation,
								 variadic),
					   &call->transfn);
	if (OidIsValid(call->finalfn_oid))
	{
		call->nfinalargs = 1 + call->ndirect;
		if (final_extra)
			call->nfinalargs = 1 + nargs;
		fmgr_info_cxt(call->finalfn_oid, &call->finalfn, c->cxt);
		fmgr_info_set_expr(fake_call(call->finalfn_oid, rettype, call->transtype, argtypes, call->nfinalargs - 1,
									 collation, false),
						   &call->finalfn);
		call->final_fcinfo = palloc0(SizeForFunctionCallInfo(call->nfinalargs));
		InitFunctionCallInfoData(*call->final_fcinfo, &call->finalfn, call->nfinalargs, collation, actx, NULL);
	}
	call->trans_fcinfo = palloc0(SizeForFunctionCallInfo(call->ntransargs + 1));
	InitFunctionCallInfoData(*call->trans_fcinfo, &call->transfn, call->ntransargs + 1, collation, actx, NULL);
	if (call->transfn.fn_strict && call->initval_null && call->ntransargs > 0)
	{
		if (nargs < 1 || !IsBinaryCoercible(argtypes[nargs - call->ntransargs], call->transtype))
			ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
					errmsg("aggregate %u needs to have compatible input type and transition type", aggfn));
	}
}

static void
check_allowed(Oid aggfn)
{
	AclResult r = pg_proc_aclcheck(aggfn, GetUserId(), ACL_EXECUTE);

	if (r != ACLCHECK_OK)
		aclcheck_error(r, OBJECT_AGGREGATE, get_func_name(aggfn));
}

/* DISTINCT and ORDER BY: columns of the sort are the evaluated inputs. */
static void
init_sort(AggCall *call, Aggref *a)
{
	List *clauses = a->aggdistinct ? a->aggdistinct : a->aggorder;
	ListCell *lc;
	int i = 0;

	if (AGGKIND_IS_ORDERED_SET(a->aggkind))
		clauses = NIL;
	call->nsort = list_length(clauses);
	call->ndistinct = list_length(a->aggdistinct);
	if (call->nsort == 0)
		return;
	call->sort_cols = palloc_array(AttrNumber, call->nsort);
	call->sort_ops = palloc_array(Oid, call->nsort);
	call->sort_colls = palloc_array(Oid, call->nsort);
	call->sort_nulls_first = palloc_array(bool, call->nsort);
	call->distinct_equal = palloc0_array(KeyEqual, call->nsort);
	foreach (lc, clauses)
	{
		SortGroupClause *sgc = lfirst(lc);
		ListCell *lc2;

		foreach (lc2, a->args)
		{
			TargetEntry *tle = lfirst(lc2);

			if (tle->ressortgroupref != sgc->tleSortGroupRef)
				continue;
			call->sort_cols[i] = foreach_current_index(lc2) + 1;
			call->sort_colls[i] = exprCollation((Node *) tle->expr);
			break;
		}
		call->sort_ops[i] = sgc->sortop;
		call->sort_nulls_first[i] = sgc->nulls_first;
		if (!OidIsValid(sgc->sortop))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
					errmsg("could not identify an ordering operator for type %s",
						   format_type_be(exprType((Node *) ((TargetEntry *) list_nth(a->args, call->sort_cols[i] - 1))->expr))));
		key_equal_init(&call->distinct_equal[i], sgc->eqop, call->sort_colls[i], CurrentMemoryContext);
		i++;
	}
	call->sort_desc = ExecTypeFromTL(a->args);
	call->sort_values = palloc_array(Datum, call->sort_desc->natts);
	call->sort_nulls = palloc_array(bool, call->sort_desc->natts);
}

void
agg_call_init(AggCall *call, Aggref *a, ExprCompiler *c, AggContext *actx)
{
	MemoryContext old = MemoryContextSwitchTo(c->cxt);
	Oid argtypes[FUNC_MAX_ARGS];
	int nargs = 0;
	ListCell *lc;
	int plain = 0;

	memset(call, 0, sizeof(*call));
	call->aggref = a;
	check_allowed(a->aggfnoid);
	if (a->aggsplit != AGGSPLIT_SIMPLE)
		elog(ERROR, "partial aggregation is not supported");
	foreach (lc, a->aggargtypes)
		argtypes[nargs++] = lfirst_oid(lc);
	call->ninputs = list_length(a->args);
	call->inputs = palloc_array(ExprNode *, Max(call->ninputs, 1));
	call->inputv = palloc_array(Vector *, Max(call->ninputs, 1));
	foreach (lc, a->args)
	{
		TargetEntry *tle = lfirst(lc);

		call->inputs[foreach_current_index(lc)] = expr_compile(c, (Node *) tle->expr);
		plain += !tle->resjunk;
	}
	call->ndirect = list_length(a->aggdirectargs);
	call->direct = palloc_array(ExprNode *, Max(call->ndirect, 1));
	foreach (lc, a->aggdirectargs)
		call->direct[foreach_current_index(lc)] = expr_compile(c, lfirst(lc));
	call->ntransargs = AGGKIND_IS_ORDERED_SET(a->aggkind) ? call->ninputs : plain;
	if (a->aggfilter)
		call->filter = expr_compile(c, (Node *) a->aggfilter);
	call_lookup(call, a->aggfnoid, argtypes, nargs, a->aggtranstype, a->aggtype, a->inputcollid, a->aggvariadic, false,
				c, actx);
	init_sort(call, a);
	call->fast = fast_kind(call);
	MemoryContextSwitchTo(old);
}

void
agg_call_init_window(AggCall *call, WindowFunc *w, ExprCompiler *c, AggContext *actx)
{
	MemoryContext old = MemoryContextSwitchTo(c->cxt);
	Oid argtypes[FUNC_MAX_ARGS];
	int nargs = 0;
	ListCell *lc;

	memset(call, 0, sizeof(*call));
	call->wfunc = w;
	check_allowed(w->winfnoid);
	call->ninputs = call->ntransargs = list_length(w->args);
	call->inputs = palloc_array(ExprNode *, Max(call->ninputs, 1));
	call->inputv = palloc_array(Vector *, Max(call->ninputs, 1));
	foreach (lc, w->args)
	{
		argtypes[nargs++] = exprType(lfirst(lc));
		call->inputs[foreach_current_index(lc)] = expr_compile(c, lfirst(lc));
	}
	if (w->aggfilter)
		call->filter = expr_compile(c, (Node *) w->aggfilter);
	call_lookup(call, w->winfnoid, argtypes, nargs, InvalidOid, w->wintype, w->inputcollid, false, true, c, actx);
	call->fast = fast_kind(call);
	MemoryContextSwitchTo(old);
}

/* ---- advancing ---- */
void
agg_group_start(AggCall *call, AggGroup *group, AggContext *actx)
{
	MemoryContext old = MemoryContextSwitchTo(actx->group_cxt);

	group->isnull = call->initval_null;
	group->no_value = call->initval_null;
	group->value = call->initval_null ? (Datum) 0 : datumCopy(call->initval, call->trans_byval, call->trans_len);
	group->sort = NULL;
	if (call->nsort > 0)
		group->sort = tuplesort_begin_heap(call->sort_desc, call->nsort, call->sort_cols, call->sort_ops,
										   call->sort_colls, call->sort_nulls_first, work_mem, NULL, TUPLESORT_NONE);
	MemoryContextSwitchTo(old);
}

/* The inputs are in trans_fcinfo->args[1..]. Runs in the temporary context. */
static void
advance_with_args(AggCall *call, AggGroup *group, AggContext *actx)
{
	FunctionCallInfo fcinfo = call->trans_fcinfo;
	MemoryContext old;
	Datum result;

	if (call->transfn.fn_strict)
	{
		for (int i = 1; i <= call->ntransargs; i++)
			if (fcinfo->args[i].isnull)
				return;
		if (group->no_value)
		{
			old = MemoryContextSwitchTo(actx->group_cxt);
			group->value = datumCopy(fcinfo->args[1].value, call->trans_byval, call->trans_len);
			group->isnull = false;
			group->no_value = false;
			MemoryContextSwitchTo(old);
			return;
		}
		if (group->isnull)
			return;
	}
	fcinfo->args[0].value = group->value;
	fcinfo->args[0].isnull = group->isnull;
	fcinfo->isnull = false;
	actx->current = call;
	old = MemoryContextSwitchTo(actx->temp_cxt);
	result = call->transfn.fn_addr(fcinfo);
	MemoryContextSwitchTo(old);
	actx->current = NULL;
	if (!call->trans_byval && DatumGetPointer(result) != DatumGetPointer(group->value))
	{
		if (!fcinfo->isnull)
		{
			old = MemoryContextSwitchTo(actx->group_cxt);
			result = datumCopy(result, false, call->trans_len);
			MemoryContextSwitchTo(old);
		}
		if (!group->isnull && DatumGetPointer(group->value) != NULL)
			pfree(DatumGetPointer(group->value));
	}
	group->value = result;
	group->isnull = fcinfo->isnull;
	group->no_value = false;
}

static void
sort_put(AggCall *call, AggGroup *group, int pos)
{
	for (int i = 0; i < call->ninputs; i++)
	{
		call->sort_nulls[i] = vector_isnull(call->inputv[i], pos);
		call->sort_values[i] = call->sort_nulls[i] ? (Datum) 0 : vector_value(call->inputv[i], pos);
	}
	/* A strict function ignores rows with NULLs; do not sort them either. */
	if (call->transfn.fn_strict)
		for (int i = 0; i < call->ntransargs; i++)
			if (call->sort_nulls[i])
				return;
	tuplesort_putvalues(group->sort, call->sort_values, call->sort_nulls);
}

void
agg_advance_row(AggCall *call, AggGroup *group, AggContext *actx, int pos)
{
	FunctionCallInfo fcinfo = call->trans_fcinfo;

	if (call->nsort > 0)
	{
		sort_put(call, group, pos);
		return;
	}
	for (int i = 0; i < call->ntransargs; i++)
	{
		fcinfo->args[i + 1].value = vector_value(call->inputv[i], pos);
		fcinfo->args[i + 1].isnull = vector_isnull(call->inputv[i], pos);
	}
	advance_with_args(call, group, actx);
}

static void bigint_out_of_range(void) pg_attribute_noreturn() pg_attribute_cold;
static void
bigint_out_of_range(void)
{
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("bigint out of range"));
}

static inline void
sum_int(AggGroup *g, int64 x)
{
	int64 r;

	if (pg_add_s64_overflow(g->isnull ? 0 : DatumGetInt64(g->value), x, &r))
		bigint_out_of_range();
	g->value = Int64GetDatum(r);
	g->isnull = false;
	g->no_value = false;
}

static inline void
sum_float8(AggGroup *g, float8 x)
{
	float8 r;

	if (g->isnull)
		r = x;
	else
	{
		float8 s = DatumGetFloat8(g->value);

		r = s + x;
		if (unlikely(__builtin_isinf(r)) && !__builtin_isinf(s) && !__builtin_isinf(x))
			ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("value out of range: overflow"));
	}
	g->value = Float8GetDatum(r);
	g->isnull = false;
	g->no_value = false;
}

static inline void
minmax_int(AggGroup *g, int64 x, Datum d, int64 current, bool want_min)
{
	if (g->isnull || (want_min ? x < current : x > current))
		g->value = d;
	g->isnull = false;
	g->no_value = false;
}

/* The loops below run `body` for each row of the selection with input vector v (not NULL at pos) and group g. */
#define FAST_LOOP(GROUP, body)                     \
	do                                             \
	{                                              \
		int k = 0;                                 \
		(void) k;                                  \
		SELECTION_FOREACH(sel, pos, {              \
			AggGroup *g = (GROUP);                 \
			k++;                                   \
			if (!vector_isnull(v, pos))            \
			{                                      \
				Datum d = vector_value(v, pos);    \
				body;                              \
			}                                      \
		});                                        \
	} while (0)

#define FAST_CASES(GROUP)                                                                                       \
	case AGG_FAST_COUNT:                                                                                        \
		FAST_LOOP(GROUP, { (void) d; g->value = Int64GetDatum(DatumGetInt64(g->value) + 1); });                 \
		return;                                                                                                 \
	case AGG_FAST_SUM_INT2:                                                                                     \
		FAST_LOOP(GROUP, sum_int(g, DatumGetInt16(d)));                                                         \
		return;                                                                                                 \
	case AGG_FAST_SUM_INT4:                                                                                     \
		FAST_LOOP(GROUP, sum_int(g, DatumGetInt32(d)));                                                         \
		return;                                                                                                 \
	case AGG_FAST_SUM_FLOAT8:                                                                                   \
		FAST_LOOP(GROUP, sum_float8(g, DatumGetFloat8(d)));                                                     \
		return;                                                                                                 \
	case AGG_FAST_MIN_INT2:                                                                                     \
	case AGG_FAST_MAX_INT2:                                                                                     \
		FAST_LOOP(GROUP, minmax_int(g, DatumGetInt16(d), d, DatumGetInt16(g->value),                            \
									call->fast == AGG_FAST_MIN_INT2));                                          \
		return;                                                                                                 \
	case AGG_FAST_MIN_INT4:                                                                                     \
	case AGG_FAST_MAX_INT4:                                                                                     \
		FAST_LOOP(GROUP, minmax_int(g, DatumGetInt32(d), d, DatumGetInt32(g->value),                            \
									call->fast == AGG_FAST_MIN_INT4));                                          \
		return;                                                                                                 \
	case AGG_FAST_MIN_INT8:                                                                                     \
	case AGG_FAST_MAX_INT8:                                                                                     \
		FAST_LOOP(GROUP, minmax_int(g, DatumGetInt64(d), d, DatumGetInt64(g->value),                            \
									call->fast == AGG_FAST_MIN_INT8));                                          \
		return;

void
agg_advance_batch(AggCall *call, AggGroup *group, AggContext *actx, const Selection *sel)
{
	Vector *v = call->ninputs > 0 ? call->inputv[0] : NULL;

	switch (call->fast)
	{
		case AGG_FAST_COUNT_STAR:
			group->value = Int64GetDatum(DatumGetInt64(group->value) + sel->n);
			return;
			FAST_CASES(group)
		default:
			break;
	}
	SELECTION_FOREACH(sel, pos, { agg_advance_row(call, group, actx, pos); });
}

void
agg_advance_grouped(AggCall *call, AggGroup **groups, int index, AggContext *actx, const Selection *sel)
{
	Vector *v = call->ninputs > 0 ? call->inputv[0] : NULL;

	switch (call->fast)
	{
		case AGG_FAST_COUNT_STAR:
			SELECTION_FOREACH(sel, pos, {
				AggGroup *g = &groups[pos][index];

				g->value = Int64GetDatum(DatumGetInt64(g->value) + 1);
			});
			return;
			FAST_CASES(&groups[pos][index])
		default:
			break;
	}
	SELECTION_FOREACH(sel, pos, { agg_advance_row(call, &groups[pos][index], actx, pos); });
}

void
agg_eval_inputs(AggCall *call, ExprContext *ec, const Selection *sel, Selection *out, RowPos *buf)
{
	*out = *sel;
	if (call->filter)
	{
		out->n = call->filter->select(call->filter, ec, sel, buf);
		out->rows = buf;
	}
	if (out->n == 0)
		return;
	for (int i = 0; i < call->ninputs; i++)
		call->inputv[i] = expr_eval(call->inputs[i], ec, out);
}

/* DISTINCT, ORDER BY: run the sorted inputs through the transition function. */
void
agg_finish_sort(AggCall *call, AggGroup *group, AggContext *actx)
{
	FunctionCallInfo fcinfo = call->trans_fcinfo;
	int natts = call->sort_desc->natts;
	Datum *prev = palloc0_array(Datum, natts);
	bool *prev_nulls = palloc_array(bool, natts);
	MemoryContext prev_cxt = AllocSetContextCreate(CurrentMemoryContext, "Agg distinct", ALLOCSET_SMALL_SIZES);
	bool have_prev = false;

	tuplesort_performsort(group->sort);
	while (tuplesort_getvalues(group->sort, true, call->sort_values, call->sort_nulls))
	{
		bool same = have_prev && call->ndistinct > 0;

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < call->ndistinct && same; i++)
		{
			int col = call->sort_cols[i] - 1;

			same = call->sort_nulls[col] == prev_nulls[col] &&
				   (prev_nulls[col] || key_equal(&call->distinct_equal[i], call->sort_values[col], prev[col]));
		}
		if (same)
			continue;
		if (call->ndistinct > 0)
		{
			MemoryContext old;

			MemoryContextReset(prev_cxt);
			old = MemoryContextSwitchTo(prev_cxt);
			for (int i = 0; i < natts; i++)
			{
				Form_pg_attribute att = TupleDescAttr(call->sort_desc, i);

				prev_nulls[i] = call->sort_nulls[i];
				prev[i] = prev_nulls[i] ? (Datum) 0 : datumCopy(call->sort_values[i], att->attbyval, att->attlen);
			}
			MemoryContextSwitchTo(old);
			have_prev = true;
		}
		for (int i = 0; i < call->ntransargs; i++)
		{
			fcinfo->args[i + 1].value = call->sort_values[i];
			fcinfo->args[i + 1].isnull = call->sort_nulls[i];
		}
		advance_with_args(call, group, actx);
	}
	tuplesort_end(group->sort);
	group->sort = NULL;
	MemoryContextDelete(prev_cxt);
	pfree(prev);
	pfree(prev_nulls);
}

/* ---- result, in CurrentMemoryContext or the group's ---- */
Datum
agg_finalize(AggCall *call, AggGroup *group, AggContext *actx, ExprContext *ec, bool *isnull)
{
	FunctionCallInfo fcinfo = call->final_fcinfo;
	Selection one = {1, 1, NULL};
	bool any_null;
	Datum result;

	if (group->sort)
		agg_finish_sort(call, group, actx);
	if (!OidIsValid(call->finalfn_oid))
	{
		*isnull = group->isnull;
		return group->value;
	}
	fcinfo->args[0].value = group->value;
	fcinfo->args[0].isnull = group->isnull;
	any_null = group->isnull;
	for (int i = 1; i < call->nfinalargs; i++)
	{
		fcinfo->args[i].value = (Datum) 0;
		fcinfo->args[i].isnull = true;
		if (i <= call->ndirect)
		{
			Vector *v = expr_eval(call->direct[i - 1], ec, &one);

			fcinfo->args[i].value = vector_value(v, 0);
			fcinfo->args[i].isnull = vector_isnull(v, 0);
		}
		any_null |= fcinfo->args[i].isnull;
	}
	if (call->finalfn.fn_strict && any_null)
	{
		*isnull = true;
		return (Datum) 0;
	}
	fcinfo->isnull = false;
	actx->current = call;
	result = call->finalfn.fn_addr(fcinfo);
	actx->current = NULL;
	*isnull = fcinfo->isnull;
	return result;
}
