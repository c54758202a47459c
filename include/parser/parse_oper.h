/*
 * parser/parse_oper.h
 *    Operators: finding them by name and operand types, and making calls.
 *
 * Results typed Operator are syscache tuples: ReleaseSysCache() them. noError gives NULL instead of an error.
 */
#ifndef PARSE_OPER_H
#define PARSE_OPER_H

#include "access/htup.h"
#include "parser/parse_node.h"

typedef HeapTuple Operator;

extern Oid LookupOperName(ParseState *pstate, List *opername, Oid oprleft, Oid oprright, bool noError, int location);
extern Oid LookupOperWithArgs(ObjectWithArgs *oper, bool noError);
extern Operator oper(ParseState *pstate, List *op, Oid arg1, Oid arg2, bool noError, int location);
extern Operator left_oper(ParseState *pstate, List *op, Oid arg, bool noError, int location);
/* The operator that needs no conversion, or binary-compatible relabelling only. */
extern Operator compatible_oper(ParseState *pstate, List *op, Oid arg1, Oid arg2, bool noError, int location);
extern Oid compatible_oper_opid(List *op, Oid arg1, Oid arg2, bool noError);
/* Default sort and equality operators of a type; an error names the missing one. */
extern void get_sort_group_operators(Oid argtype, bool needLT, bool needEQ, bool needGT, Oid *ltOpr, Oid *eqOpr,
									 Oid *gtOpr, bool *isHashable);
extern Oid oprid(Operator op);
extern Oid oprfuncid(Operator op);
extern Expr *make_op(ParseState *pstate, List *opname, Node *ltree, Node *rtree, Node *last_srf, int location);
extern Expr *make_scalar_array_op(ParseState *pstate, List *opname, bool useOr, Node *ltree, Node *rtree,
								  int location);

#endif /* PARSE_OPER_H */
