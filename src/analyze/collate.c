/*
 * collate.c
 *    Which collation each function uses: SQL's rules of explicit and implicit collation derivation.
 *
 * Going up from the leaves, every expression has a collation and a strength: none (its type has no collation), implicit
 * (a column's, a type's), explicit (COLLATE), or conflict (two implicit ones met; only an error if somebody needs one).
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_collate.h"
#include "utils/lsyscache.h"

typedef enum CollateStrength
{
	COLLATE_NONE,
	COLLATE_IMPLICIT,
	COLLATE_CONFLICT,
	COLLATE_EXPLICIT
} CollateStrength;

typedef struct CollateState
{
	ParseState *pstate;
	Oid collation;
	CollateStrength strength;
	int location;
	Oid other;			/* conflict: the second one, for the message */
	int other_location;
} CollateState;

static bool collate_walker(Node *node, CollateState *state);

static CollateState
fresh_state(ParseState *pstate)
{
	return (CollateState){.pstate = pstate, .strength = COLLATE_NONE, .location = -1, .other_location = -1};
}

/* ---- combining siblings ---- */
static void
merge_implicit(CollateState *into, const CollateState *from)
{
	if (into->strength == COLLATE_NONE)
	{
		into->collation = from->collation;
		into->strength = from->strength;
		into->location = from->location;
	}
	else if (into->strength == COLLATE_IMPLICIT && from->collation != into->collation)
	{
		/* The default collation gives way to any other. */
		if (into->collation == DEFAULT_COLLATION_OID)
		{
			into->collation = from->collation;
			into->location = from->location;
		}
		else if (from->collation != DEFAULT_COLLATION_OID)
		{
			into->strength = COLLATE_CONFLICT;
			into->other = from->collation;
			into->other_location = from->location;
		}
	}
}

static void
merge_state(CollateState *into, const CollateState *from)
{
	switch (from->strength)
	{
		case COLLATE_NONE:
			return;
		case COLLATE_IMPLICIT:
			merge_implicit(into, from);
			return;
		case COLLATE_CONFLICT:
			if (into->strength != COLLATE_EXPLICIT)
			{
				ParseState *pstate = into->pstate;

				*into = *from;
				into->pstate = pstate;
			}
			return;
		case COLLATE_EXPLICIT:
			if (into->strength == COLLATE_EXPLICIT && from->collation != into->collation)
				ereport(ERROR,
						errcode(ERRCODE_COLLATION_MISMATCH),
						errmsg("collation mismatch between explicit collations \"%s\" and \"%s\"",
							   get_collation_name(into->collation), get_collation_name(from->collation)),
						parser_errposition(into->pstate, from->location));
			into->collation = from->collation;
			into->strength = COLLATE_EXPLICIT;
			into->location = from->location;
			return;
	}
}

static void pg_attribute_noreturn()
implicit_conflict(const CollateState *state)
{
	ereport(ERROR,
			errcode(ERRCODE_COLLATION_MISMATCH),
			errmsg("collation mismatch between implicit collations \"%s\" and \"%s\"",
				   get_collation_name(state->collation), get_collation_name(state->other)),
			errhint("You can choose the collation by applying the COLLATE clause to one or both expressions."),
			parser_errposition(state->pstate, state->other_location));
	pg_unreachable();
}

/* ---- particular nodes ---- */
static void
collate_list(List *list, CollateState *state)
{
	ListCell *lc;

	foreach (lc, list)
		collate_walker(lfirst(lc), state);
}

/* Each element for itself: COLLATE in one does not touch the others. */
static void
collate_separately(List *list, ParseState *pstate)
{
	ListCell *lc;

	foreach (lc, list)
		assign_expr_collations(pstate, lfirst(lc));
}

/* Ordinary aggregates: the arguments count, their sort columns only for themselves. */
static void
collate_aggregate(Aggref *agg, CollateState *state)
{
	ListCell *lc;

	foreach (lc, agg->args)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk)
			assign_expr_collations(state->pstate, (Node *) tle);
		else
			collate_walker((Node *) tle, state);
	}
}

/*
 * Ordered sets: the sort columns count together if there is one only, or if the aggregate is variadic and may compare
 * them; else each sorts by its own.
 */
static void
collate_ordered_set(Aggref *agg, CollateState *state)
{
	bool merge = list_length(agg->args) == 1 && get_func_variadictype(agg->aggfnoid) == InvalidOid;

	collate_list(agg->aggdirectargs, state);
	if (merge)
		collate_aggregate(agg, state);
	else
		collate_separately(agg->args, state->pstate);
}

/* Hypothetical sets: each direct argument goes with its sort column. */
static void
collate_hypothetical_set(Aggref *agg, CollateState *state)
{
	int extra = list_length(agg->aggdirectargs) - list_length(agg->args);

	for (int i = 0; i < extra; i++)
		collate_walker(list_nth(agg->aggdirectargs, i), state);
	for (int i = 0; i < list_length(agg->args); i++)
	{
		CollateState pair = fresh_state(state->pstate);
		TargetEntry *tle = list_nth_node(TargetEntry, agg->args, i);

		collate_walker(list_nth(agg->aggdirectargs, extra + i), &pair);
		collate_walker((Node *) tle->expr, &pair);
		if (pair.strength == COLLATE_CONFLICT)
			implicit_conflict(&pair);
		/* The sort column must show the collation in use. */
		if (OidIsValid(pair.collation) && exprCollation((Node *) tle->expr) != pair.collation)
			tle->expr = (Expr *) applyRelabelType((Node *) tle->expr, exprType((Node *) tle->expr),
												  exprTypmod((Node *) tle->expr), pair.collation,
												  COERCE_IMPLICIT_CAST, -1, false);
	}
}

static void
collate_case(CaseExpr *c, CollateState *state)
{
	ListCell *lc;

	/* Conditions and operand do not lend the result a collation. */
	foreach (lc, c->args)
	{
		CaseWhen *when = lfirst_node(CaseWhen, lc);

		assign_expr_collations(state->pstate, (Node *) when->expr);
		collate_walker((Node *) when->result, state);
	}
	collate_walker((Node *) c->defresult, state);
}

static void
collate_row_compare(RowCompareExpr *rc, ParseState *pstate)
{
	List *collations = NIL;

	for (int i = 0; i < list_length(rc->largs); i++)
	{
		List *pair = list_make2(list_nth(rc->largs, i), list_nth(rc->rargs, i));

		collations = lappend_oid(collations, select_common_collation(pstate, pair, true));
	}
	rc->inputcollids = collations;
}

/* The children of a node that takes them all together. */
static void
collate_children(Node *node, CollateState *state)
{
	switch (nodeTag(node))
	{
		case T_Aggref:
			switch (((Aggref *) node)->aggkind)
			{
				case AGGKIND_NORMAL:
					collate_aggregate((Aggref *) node, state);
					break;
				case AGGKIND_ORDERED_SET:
					collate_ordered_set((Aggref *) node, state);
					break;
				default:
					collate_hypothetical_set((Aggref *) node, state);
					break;
			}
			assign_expr_collations(state->pstate, (Node *) ((Aggref *) node)->aggfilter);
			break;
		case T_WindowFunc:
			collate_list(((WindowFunc *) node)->args, state);
			assign_expr_collations(state->pstate, (Node *) ((WindowFunc *) node)->aggfilter);
			break;
		case T_CaseExpr:
			collate_case((CaseExpr *) node, state);
			break;
		case T_SubscriptingRef:
			{
				SubscriptingRef *ref = (SubscriptingRef *) node;

				collate_separately(ref->refupperindexpr, state->pstate);
				collate_separately(ref->reflowerindexpr, state->pstate);
				collate_walker((Node *) ref->refexpr, state);
				collate_walker((Node *) ref->refassgnexpr, state);
			}
			break;
		case T_ArrayCoerceExpr:
			collate_walker((Node *) ((ArrayCoerceExpr *) node)->arg, state);
			break;
		default:
			expression_tree_walker(node, collate_walker, state);
			break;
	}
}

/* ---- results ---- */

/* The node's own collation, given what its children came to; *up is what the node's parent sees. */
static void
settle_node(Node *node, CollateState *children, CollateState *up)
{
	Oid type_collation = get_typcollation(exprType(node));
	int location = exprLocation(node);

	*up = fresh_state(children->pstate);
	if (OidIsValid(type_collation))
	{
		if (children->strength > COLLATE_NONE)
		{
			up->collation = children->collation;
			up->strength = children->strength;
			up->location = children->location;
			up->other = children->other;
			up->other_location = children->other_location;
			/* A conflict leaves the node without one. */
			if (children->strength == COLLATE_CONFLICT)
				exprSetCollation(node, InvalidOid);
			else
				exprSetCollation(node, children->collation);
		}
		else
		{
			up->collation = type_collation;
			up->strength = COLLATE_IMPLICIT;
			up->location = location;
			exprSetCollation(node, type_collation);
		}
	}
	else
	{
		up->location = location;
		exprSetCollation(node, InvalidOid);
	}
	/* What the function itself uses is what the inputs say, whatever type the result is of. */
	exprSetInputCollation(node, children->strength == COLLATE_CONFLICT || children->strength == COLLATE_NONE
									? InvalidOid
									: children->collation);
}

/* Fixed facts: Vars, Consts, Params. */
static void
leaf_state(Node *node, CollateState *state)
{
	state->collation = exprCollation(node);
	/* A type without collation has none; a column of a collatable type may have been left without one by a conflict. */
	state->strength = OidIsValid(state->collation) ? COLLATE_IMPLICIT : COLLATE_NONE;
	state->location = exprLocation(node);
}

static bool
collate_walker(Node *node, CollateState *context)
{
	CollateState own;
	CollateState children;

	if (node == NULL)
		return false;
	check_stack_depth();
	own = fresh_state(context->pstate);
	children = fresh_state(context->pstate);
	switch (nodeTag(node))
	{
		case T_List:
			collate_list((List *) node, context);
			return false;
		case T_IntList:
		case T_OidList:
			return false;
		case T_Query:
			return false;		/* done when it was analysed */
		case T_CollateExpr:
			assign_expr_collations(context->pstate, (Node *) ((CollateExpr *) node)->arg);
			own.collation = ((CollateExpr *) node)->collOid;
			own.strength = COLLATE_EXPLICIT;
			own.location = ((CollateExpr *) node)->location;
			break;
		case T_FieldSelect:
			/* The field's own collation counts, not the row's. */
			collate_walker((Node *) ((FieldSelect *) node)->arg, &children);
			own.collation = ((FieldSelect *) node)->resultcollid;
			own.strength = OidIsValid(own.collation) ? COLLATE_IMPLICIT : COLLATE_NONE;
			own.location = exprLocation(node);
			break;
		case T_RowExpr:
			collate_separately(((RowExpr *) node)->args, context->pstate);
			return false;
		case T_RowCompareExpr:
			collate_row_compare((RowCompareExpr *) node, context->pstate);
			return false;
		case T_CoerceToDomain:
			{
				Oid type_collation = get_typcollation(exprType(node));

				collate_walker((Node *) ((CoerceToDomain *) node)->arg, &children);
				if (OidIsValid(type_collation))
				{
					/* A domain's collation is like a column's, but COLLATE below still rules. */
					if (children.strength == COLLATE_EXPLICIT)
					{
						own.collation = children.collation;
						own.strength = COLLATE_EXPLICIT;
						own.location = children.location;
					}
					else
					{
						own.collation = type_collation;
						own.strength = COLLATE_IMPLICIT;
						own.location = exprLocation(node);
					}
				}
				exprSetCollation(node, own.collation);
			}
			break;
		case T_TargetEntry:
			collate_walker((Node *) ((TargetEntry *) node)->expr, &own);
			/* Sorting and grouping need one that is certain. */
			if (own.strength == COLLATE_CONFLICT && ((TargetEntry *) node)->ressortgroupref != 0)
				implicit_conflict(&own);
			break;
		case T_RangeTblRef:
		case T_SortGroupClause:
		case T_GroupingSet:
			return false;
		case T_JoinExpr:
		case T_FromExpr:
		case T_OnConflictExpr:
		case T_MergeAction:
			/* containers of separate expressions */
			expression_tree_walker(node, collate_walker, &children);
			return false;
		case T_Var:
		case T_Const:
		case T_Param:
		case T_CoerceToDomainValue:
		case T_CaseTestExpr:
		case T_SetToDefault:
		case T_CurrentOfExpr:
		case T_NextValueExpr:
		case T_SQLValueFunction:
			leaf_state(node, &own);
			break;
		case T_SubLink:
			{
				SubLink *sublink = (SubLink *) node;

				collate_walker(sublink->testexpr, &children);
				leaf_state(node, &own);
			}
			break;
		default:
			collate_children(node, &children);
			settle_node(node, &children, &own);
			break;
	}
	merge_state(context, &own);
	return false;
}

/* ---- entry points ---- */
void
assign_expr_collations(ParseState *pstate, Node *expr)
{
	CollateState state = fresh_state(pstate);

	collate_walker(expr, &state);
}

void
assign_list_collations(ParseState *pstate, List *exprs)
{
	collate_separately(exprs, pstate);
}

Oid
select_common_collation(ParseState *pstate, List *exprs, bool none_ok)
{
	CollateState state = fresh_state(pstate);

	collate_list(exprs, &state);
	if (state.strength == COLLATE_CONFLICT)
	{
		if (none_ok)
			return InvalidOid;
		implicit_conflict(&state);
	}
	return state.collation;
}

static bool
query_collations_walker(Node *node, ParseState *pstate)
{
	if (node == NULL || IsA(node, SetOperationStmt))
		return false;
	if (IsA(node, List))
		collate_separately((List *) node, pstate);
	else
		assign_expr_collations(pstate, node);
	return false;
}

void
assign_query_collations(ParseState *pstate, Query *query)
{
	query_tree_walker(query, query_collations_walker, pstate, QTW_IGNORE_RANGE_TABLE | QTW_IGNORE_CTE_SUBQUERIES);
}
