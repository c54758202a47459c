/*
 * execute/join.h
 *    What the three join methods share: a list of candidate pairs, the join condition over them, and output.
 *
 * A join adds pairs (outer row, inner row) in the order in which they are to come out. After the last candidate of an outer
 * row it may add a pair without inner row: that one comes out, null-extended, only if no earlier pair of this outer row
 * passed the join condition. Pairs are judged and projected together when enough are there.
 */
#ifndef EXECUTE_JOIN_H
#define EXECUTE_JOIN_H

#include "execute/exec.h"
#include "execute/row.h"

typedef struct JoinPair
{
	RowPos outer;		/* position in the current outer batch */
	bool no_outer;		/* null-extended on the left */
	Row *inner;			/* NULL: null-extended on the right */
} JoinPair;

typedef struct JoinOut
{
	PlanState *ps;
	JoinType type;
	bool single_match;		/* SEMI, inner_unique: the first passing pair of an outer row is the last */
	ExprList *joinqual;
	ExprContext *ec;
	int nouter;				/* columns of either side that are read */
	int *outer_cols;
	int ninner;
	int *inner_cols;
	Batch outer;
	Batch inner;
	bool **outer_nulls;		/* own flag arrays, by column */
	bool **inner_nulls;
	int capacity;
	int n;
	JoinPair *pairs;
	RowPos *keep;
	bool *matched;			/* per position of the outer batch: a pair has passed */
	TupleDesc outer_desc;
	TupleDesc inner_desc;
	RowLayout inner_layout;
	bool copy_inner;		/* by-reference values of inner rows must be copied: rows may go before the output */
} JoinOut;

extern void join_out_init(JoinOut *jo, PlanState *ps, ExprCompiler *c, Join *plan);
/* A new outer batch: all rows unmatched. Pairs of the old one must have been flushed. */
extern void join_out_new_outer(JoinOut *jo, const Batch *outer);
static inline bool
join_out_full(const JoinOut *jo, int max)
{
	return jo->n >= max;
}
extern void join_out_add(JoinOut *jo, RowPos outer, bool no_outer, Row *inner);
/* Judge and project all pairs. NULL: none came out. Clears the list. */
extern Batch *join_out_flush(JoinOut *jo, const Batch *outer);

/* For nested loops: judge the inner batch against one outer row; positions that pass go to dst. */
extern int join_select_inner(JoinOut *jo, const Batch *outer, int pos, const Batch *inner, RowPos *dst);

#endif /* EXECUTE_JOIN_H */
