/*
 * parser/parse_node.h
 *    ParseState: what analysis knows while it turns one raw query into a Query; one per query level.
 *
 * p_namespace lists what names can be seen now: as FROM items are analysed it grows and is restricted, and visibility
 * flags in its items say whether relation names, column names or both may be used, and whether only in LATERAL items.
 * Memory is CurrentMemoryContext's; free_parsestate closes the target relation and checks the result's size.
 */
#ifndef PARSE_NODE_H
#define PARSE_NODE_H

#include "nodes/parsenodes.h"
#include "utils/elog.h"
#include "utils/relcache.h"

struct ParseState;
struct QueryEnvironment;
typedef struct ParseState ParseState;
typedef struct ParseNamespaceItem ParseNamespaceItem;
typedef struct ParseNamespaceColumn ParseNamespaceColumn;

/* Where an expression stands: which constructs are allowed in it, and what errors call the place. */
typedef enum ParseExprKind
{
	EXPR_KIND_NONE = 0,
	EXPR_KIND_OTHER,
	EXPR_KIND_JOIN_ON,
	EXPR_KIND_JOIN_USING,
	EXPR_KIND_FROM_SUBSELECT,
	EXPR_KIND_FROM_FUNCTION,
	EXPR_KIND_WHERE,
	EXPR_KIND_HAVING,
	EXPR_KIND_FILTER,
	EXPR_KIND_WINDOW_PARTITION,
	EXPR_KIND_WINDOW_ORDER,
	EXPR_KIND_WINDOW_FRAME_RANGE,
	EXPR_KIND_WINDOW_FRAME_ROWS,
	EXPR_KIND_WINDOW_FRAME_GROUPS,
	EXPR_KIND_SELECT_TARGET,
	EXPR_KIND_INSERT_TARGET,
	EXPR_KIND_UPDATE_SOURCE,
	EXPR_KIND_UPDATE_TARGET,
	EXPR_KIND_MERGE_WHEN,
	EXPR_KIND_GROUP_BY,
	EXPR_KIND_ORDER_BY,
	EXPR_KIND_DISTINCT_ON,
	EXPR_KIND_LIMIT,
	EXPR_KIND_OFFSET,
	EXPR_KIND_RETURNING,
	EXPR_KIND_VALUES,
	EXPR_KIND_VALUES_SINGLE,
	EXPR_KIND_CHECK_CONSTRAINT,
	EXPR_KIND_DOMAIN_CHECK,
	EXPR_KIND_COLUMN_DEFAULT,
	EXPR_KIND_FUNCTION_DEFAULT,
	EXPR_KIND_INDEX_EXPRESSION,
	EXPR_KIND_INDEX_PREDICATE,
	EXPR_KIND_STATS_EXPRESSION,
	EXPR_KIND_ALTER_COL_TRANSFORM,
	EXPR_KIND_EXECUTE_PARAMETER,
	EXPR_KIND_TRIGGER_WHEN,
	EXPR_KIND_POLICY,
	EXPR_KIND_PARTITION_BOUND,
	EXPR_KIND_PARTITION_EXPRESSION,
	EXPR_KIND_CALL_ARGUMENT,
	EXPR_KIND_COPY_WHERE,
	EXPR_KIND_GENERATED_COLUMN,
	EXPR_KIND_CYCLE_MARK
} ParseExprKind;

typedef Node *(*PreParseColumnRefHook)(ParseState *pstate, ColumnRef *cref);
typedef Node *(*PostParseColumnRefHook)(ParseState *pstate, ColumnRef *cref, Node *var);
typedef Node *(*ParseParamRefHook)(ParseState *pstate, ParamRef *pref);
typedef Node *(*CoerceParamHook)(ParseState *pstate, Param *param, Oid targetTypeId, int32 targetTypeMod,
								 int location);

struct ParseState
{
	ParseState *parentParseState;	/* the query around this one */
	const char *p_sourcetext;		/* for error positions; may be NULL */
	List *p_rtable;					/* becomes Query.rtable */
	List *p_joinexprs;				/* JoinExpr of each RTE_JOIN, by range-table index; NULL entries between */
	List *p_joinlist;				/* becomes the fromlist of Query.jointree */
	List *p_namespace;				/* ParseNamespaceItem: names visible now */
	bool p_lateral_active;			/* analysing a LATERAL item: lateral-only names count */
	List *p_ctenamespace;			/* CommonTableExpr visible now */
	List *p_future_ctes;			/* CTEs of the same WITH that are not visible yet */
	CommonTableExpr *p_parent_cte;	/* this query is the body of this CTE */
	Relation p_target_relation;		/* of INSERT, UPDATE, DELETE, MERGE */
	ParseNamespaceItem *p_target_nsitem;
	bool p_is_insert;
	List *p_windowdefs;				/* raw WindowDefs: WINDOW clause first, then those of OVER clauses */
	ParseExprKind p_expr_kind;
	int p_next_resno;
	List *p_multiassign_exprs;		/* UPDATE SET (a, b) = ...: junk entries to append */
	List *p_locking_clause;			/* raw FOR UPDATE etc. */
	bool p_locked_from_parent;		/* the query around applies FOR UPDATE to this subquery */
	bool p_resolve_unknowns;		/* unknown-type outputs become text */
	struct QueryEnvironment *p_queryEnv;

	bool p_hasAggs;
	bool p_hasWindowFuncs;
	bool p_hasTargetSRFs;
	bool p_hasSubLinks;
	bool p_hasModifyingCTE;
	Node *p_last_srf;				/* most recent set-returning call: two that nest or not */

	PreParseColumnRefHook p_pre_columnref_hook;
	PostParseColumnRefHook p_post_columnref_hook;
	ParseParamRefHook p_paramref_hook;
	CoerceParamHook p_coerce_param_hook;
	void *p_ref_hook_state;
};

/* One range-table entry as the namespace sees it. */
struct ParseNamespaceItem
{
	Alias *p_names;				/* table and column names; differs from rte->eref for JOIN USING aliases */
	RangeTblEntry *p_rte;
	int p_rtindex;
	ParseNamespaceColumn *p_nscolumns; /* one per column, dropped ones included */
	bool p_rel_visible;			/* tab, tab.col and tab.* work */
	bool p_cols_visible;		/* col works */
	bool p_lateral_only;
	bool p_lateral_ok;			/* if lateral only: is the reference legal, or an error? */
};

/* What a reference to the column becomes. p_varno 0: the column is dropped. */
struct ParseNamespaceColumn
{
	Index p_varno;
	AttrNumber p_varattno;
	Oid p_vartype;
	int32 p_vartypmod;
	Oid p_varcollid;
	Index p_varnosyn;
	AttrNumber p_varattnosyn;
	bool p_dontexpand;			/* not part of * */
};

typedef struct ParseCallbackState
{
	ParseState *pstate;
	int location;
	ErrorContextCallback errcallback;
} ParseCallbackState;

extern ParseState *make_parsestate(ParseState *parentParseState);
extern void free_parsestate(ParseState *pstate);
/* For ereport: byte offset in the source text to a cursor position; no-op for unknown places. */
extern int parser_errposition(ParseState *pstate, int location);
/* Errors raised until cancelled get this position, unless they have one or are query-cancel. */
extern void setup_parser_errposition_callback(ParseCallbackState *pcbstate, ParseState *pstate, int location);
extern void cancel_parser_errposition_callback(ParseCallbackState *pcbstate);

extern void transformContainerType(Oid *containerType, int32 *containerTypmod);
extern SubscriptingRef *transformContainerSubscripts(ParseState *pstate, Node *containerBase, Oid containerType,
													 int32 containerTypMod, List *indirection, bool isAssignment);
extern Const *make_const(ParseState *pstate, A_Const *aconst);

#endif /* PARSE_NODE_H */
