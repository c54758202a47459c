/*
 * expr_kinds.c
 *    The table of expr_kinds.h.
 */
#include "postgres.h"

#include "analyze/expr_kinds.h"
#include "parser/parse_expr.h"

#define SET EXPR_ALLOWS_SET
#define AGG EXPR_ALLOWS_AGG
#define WIN EXPR_ALLOWS_WINDOW
#define NOSUB EXPR_NO_SUBQUERY
#define TARGET (EXPR_ALLOWS_SET | EXPR_IS_TARGET)

static const ExprKindInfo kinds[] = {
	[EXPR_KIND_NONE] = {"invalid expression context", NULL, 0},
	[EXPR_KIND_OTHER] = {"extension-specific expression", NULL, SET | AGG | WIN},
	[EXPR_KIND_JOIN_ON] = {"JOIN/ON", "JOIN condition", 0},
	[EXPR_KIND_JOIN_USING] = {"JOIN/USING", "JOIN condition", 0},
	[EXPR_KIND_FROM_SUBSELECT] = {"sub-SELECT in FROM", NULL, 0},
	[EXPR_KIND_FROM_FUNCTION] = {"functions in FROM", NULL, SET},
	[EXPR_KIND_WHERE] = {"WHERE", NULL, 0},
	[EXPR_KIND_HAVING] = {"HAVING", NULL, AGG},
	[EXPR_KIND_FILTER] = {"FILTER", NULL, 0},
	[EXPR_KIND_WINDOW_PARTITION] = {"window definitions", NULL, TARGET | AGG},
	[EXPR_KIND_WINDOW_ORDER] = {"window definitions", NULL, TARGET | AGG},
	[EXPR_KIND_WINDOW_FRAME_RANGE] = {"window RANGE", NULL, 0},
	[EXPR_KIND_WINDOW_FRAME_ROWS] = {"window ROWS", NULL, 0},
	[EXPR_KIND_WINDOW_FRAME_GROUPS] = {"window GROUPS", NULL, 0},
	[EXPR_KIND_SELECT_TARGET] = {"SELECT", NULL, TARGET | AGG | WIN},
	[EXPR_KIND_INSERT_TARGET] = {"INSERT", NULL, TARGET},
	[EXPR_KIND_UPDATE_SOURCE] = {"UPDATE", NULL, 0},
	[EXPR_KIND_UPDATE_TARGET] = {"UPDATE", NULL, 0},
	[EXPR_KIND_MERGE_WHEN] = {"MERGE WHEN", "MERGE WHEN condition", 0},
	[EXPR_KIND_GROUP_BY] = {"GROUP BY", NULL, TARGET},
	[EXPR_KIND_ORDER_BY] = {"ORDER BY", NULL, TARGET | AGG | WIN},
	[EXPR_KIND_DISTINCT_ON] = {"DISTINCT ON", NULL, TARGET | AGG | WIN},
	[EXPR_KIND_LIMIT] = {"LIMIT", NULL, 0},
	[EXPR_KIND_OFFSET] = {"OFFSET", NULL, 0},
	[EXPR_KIND_RETURNING] = {"RETURNING", NULL, 0},
	[EXPR_KIND_VALUES] = {"VALUES", NULL, 0},
	[EXPR_KIND_VALUES_SINGLE] = {"VALUES", NULL, TARGET},
	[EXPR_KIND_CHECK_CONSTRAINT] = {"CHECK", "check constraint", NOSUB},
	[EXPR_KIND_DOMAIN_CHECK] = {"CHECK", "check constraint", NOSUB},
	[EXPR_KIND_COLUMN_DEFAULT] = {"DEFAULT", "DEFAULT expression", NOSUB},
	[EXPR_KIND_FUNCTION_DEFAULT] = {"DEFAULT", "DEFAULT expression", NOSUB},
	[EXPR_KIND_INDEX_EXPRESSION] = {"index expression", "index expression", NOSUB},
	[EXPR_KIND_INDEX_PREDICATE] = {"index predicate", "index predicate", NOSUB},
	[EXPR_KIND_STATS_EXPRESSION] = {"statistics expression", "statistics expression", NOSUB},
	[EXPR_KIND_ALTER_COL_TRANSFORM] = {"USING", "transform expression", NOSUB},
	[EXPR_KIND_EXECUTE_PARAMETER] = {"EXECUTE", "EXECUTE parameter", NOSUB},
	[EXPR_KIND_TRIGGER_WHEN] = {"WHEN", "trigger WHEN condition", NOSUB},
	[EXPR_KIND_POLICY] = {"POLICY", "policy expression", 0},
	[EXPR_KIND_PARTITION_BOUND] = {"partition bound", "partition bound", NOSUB},
	[EXPR_KIND_PARTITION_EXPRESSION] = {"PARTITION BY", "partition key expression", NOSUB},
	[EXPR_KIND_CALL_ARGUMENT] = {"CALL", "CALL argument", NOSUB},
	[EXPR_KIND_COPY_WHERE] = {"WHERE", "COPY FROM WHERE condition", NOSUB},
	[EXPR_KIND_GENERATED_COLUMN] = {"GENERATED AS", "column generation expression", NOSUB},
	[EXPR_KIND_CYCLE_MARK] = {"CYCLE", NULL, 0},
};

const ExprKindInfo *
expr_kind_info(ParseExprKind kind)
{
	Assert((int) kind >= 0 && kind < lengthof(kinds));
	return &kinds[kind];
}

const char *
expr_kind_plural(const ExprKindInfo *info)
{
	if (info->noun == NULL)
		return info->name;
	if (strcmp(info->noun, "partition bound") == 0)
		return info->noun;
	return psprintf("%ss", info->noun);
}

const char *
ParseExprKindName(ParseExprKind exprKind)
{
	if (exprKind == EXPR_KIND_WINDOW_PARTITION)
		return "window PARTITION BY";
	if (exprKind == EXPR_KIND_WINDOW_ORDER)
		return "window ORDER BY";
	if (exprKind == EXPR_KIND_FROM_FUNCTION)
		return "function in FROM";
	return expr_kind_info(exprKind)->name;
}
