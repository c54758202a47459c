/*
 * execute/agg.h
 *    Aggregation: the pieces shared by Agg (plain, sorted, hashed, grouping sets) and WindowAgg.
 */
#ifndef EXECUTE_AGG_H
#define EXECUTE_AGG_H

#include "execute/exec.h"
#include "execute/row.h"
#include "utils/tuplesort.h"

/* State of one aggregate in one group. */
typedef struct AggGroup
{
	Datum value;
	bool isnull;
	bool no_value;		/* strict transition function without initial value: the first input becomes the state */
	Tuplesortstate *sort; /* DISTINCT or ORDER BY: inputs of the group, sorted at its end */
} AggGroup;

/* Whole-vector shortcuts for the commonest transition functions. */
typedef enum AggFast
{
	AGG_FAST_NONE,
	AGG_FAST_COUNT_STAR,
	AGG_FAST_COUNT,
	AGG_FAST_SUM_INT2,
	AGG_FAST_SUM_INT4,
	AGG_FAST_SUM_FLOAT8,
	AGG_FAST_MIN_INT4,
	AGG_FAST_MAX_INT4,
	AGG_FAST_MIN_INT8,
	AGG_FAST_MAX_INT8,
	AGG_FAST_MIN_INT2,
	AGG_FAST_MAX_INT2
} AggFast;

/* One aggregate call, compiled. */
typedef struct AggCall
{
	Aggref *aggref;			/* or NULL: a window aggregate */
	WindowFunc *wfunc;
	Oid transfn_oid;
	Oid finalfn_oid;
	FmgrInfo transfn;
	FmgrInfo finalfn;
	FunctionCallInfo trans_fcinfo;
	FunctionCallInfo final_fcinfo;
	AggFast fast;
	int ntransargs;			/* inputs of the transition function */
	int ninputs;			/* evaluated columns: args and ORDER BY expressions */
	ExprNode **inputs;
	Vector **inputv;
	int ndirect;
	ExprNode **direct;
	ExprNode *filter;
	Datum initval;
	bool initval_null;
	Oid transtype;
	int16 trans_len;
	bool trans_byval;
	int16 result_len;
	bool result_byval;
	bool final_modify;		/* the final function changes the state */
	int nfinalargs;
	/* DISTINCT, ORDER BY */
	int nsort;
	int ndistinct;
	AttrNumber *sort_cols;
	Oid *sort_ops;
	Oid *sort_colls;
	bool *sort_nulls_first;
	struct KeyEqual *distinct_equal;
	TupleDesc sort_desc;
	Datum *sort_values;
	bool *sort_nulls;
	bool presorted;
	/* moving aggregates (windows) */
	Oid invtransfn_oid;
	FmgrInfo invtransfn;
} AggCall;

/* What aggregate functions get as fcinfo->context. */
typedef struct AggContext
{
	NodeTag type;			/* T_AggState or T_WindowAggState */
	ExprContext *ec;		/* callbacks run when the group goes */
	MemoryContext group_cxt;	/* where state lives */
	MemoryContext temp_cxt;
	AggCall *current;
} AggContext;

extern void agg_call_init(AggCall *call, Aggref *aggref, ExprCompiler *c, AggContext *actx);
extern void agg_call_init_window(AggCall *call, WindowFunc *wfunc, ExprCompiler *c, AggContext *actx);
extern void agg_group_start(AggCall *call, AggGroup *group, AggContext *actx);
/* One input row: position pos of the call's evaluated inputs. */
extern void agg_advance_row(AggCall *call, AggGroup *group, AggContext *actx, int pos);
/* All selected rows go to one group. */
extern void agg_advance_batch(AggCall *call, AggGroup *group, AggContext *actx, const Selection *sel);
/* Row k of the selection goes to groups[k][index]. */
extern void agg_advance_grouped(AggCall *call, AggGroup **groups, int index, AggContext *actx, const Selection *sel);
/* Evaluate inputs and FILTER for a batch; narrowed selection in *out, using buf for positions. */
extern void agg_eval_inputs(AggCall *call, ExprContext *ec, const Selection *sel, Selection *out, RowPos *buf);
extern void agg_finish_sort(AggCall *call, AggGroup *group, AggContext *actx);
extern Datum agg_finalize(AggCall *call, AggGroup *group, AggContext *actx, ExprContext *ec, bool *isnull);

#endif /* EXECUTE_AGG_H */
