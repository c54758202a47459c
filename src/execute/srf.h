/*
 * execute/srf.h
 *    Calling set-returning functions.
 */
#ifndef EXECUTE_SRF_H
#define EXECUTE_SRF_H

#include "execute/exec.h"
#include "funcapi.h"
#include "utils/tuplestore.h"

/* One call of a set-returning (or, in FROM, any) function. */
typedef struct SrfCall
{
	FmgrInfo finfo;
	FunctionCallInfo fcinfo;
	ReturnSetInfo rsinfo;
	int nargs;
	ExprNode **args;
	ExprNode *scalar;		/* not a plain function call: an expression that gives one value */
	Oid rettype;
	bool returns_tuple;		/* composite result: expands to several columns in FROM */
	bool active;			/* value-per-call: more may come */
	Tuplestorestate *store;	/* materialized */
	TupleDesc store_desc;
	ExprContext *ec;
	MemoryContext arg_cxt;	/* argument values, for the whole call */
} SrfCall;

extern void srf_init(SrfCall *srf, ExprCompiler *c, Node *expr, TupleDesc expected);
/* Evaluate arguments for row pos and start. */
extern void srf_start(SrfCall *srf, ExprContext *ec, int pos);
/* The next value; false at the end. In ProjectSet a materialized row becomes one composite value. */
extern bool srf_next_value(SrfCall *srf, Datum *value, bool *isnull);
extern void srf_end(SrfCall *srf);
/* Run to the end into a new tuplestore of row type desc. */
extern Tuplestorestate *srf_collect(SrfCall *srf, ExprContext *ec, TupleDesc desc);

#endif /* EXECUTE_SRF_H */
