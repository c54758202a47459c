/*
 * analyze.c
 *    Raw statement to Query: the entry points and the switch over statements.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/analyze.h"
#include "parser/parse_param.h"
#include "parser/parse_relation.h"

static Query *
analyze_top(ParseState *pstate, RawStmt *parseTree, struct QueryEnvironment *queryEnv, const char *sourceText)
{
	pstate->p_sourcetext = sourceText;
	pstate->p_queryEnv = queryEnv;
	return transformTopLevelStmt(pstate, parseTree);
}

Query *
parse_analyze_fixedparams(RawStmt *parseTree, const char *sourceText, const Oid *paramTypes, int numParams,
						  struct QueryEnvironment *queryEnv)
{
	ParseState *pstate = make_parsestate(NULL);
	Query *query;

	if (numParams > 0)
		setup_parse_fixed_parameters(pstate, paramTypes, numParams);
	query = analyze_top(pstate, parseTree, queryEnv, sourceText);
	free_parsestate(pstate);
	return query;
}

Query *
parse_analyze_varparams(RawStmt *parseTree, const char *sourceText, Oid **paramTypes, int *numParams,
						struct QueryEnvironment *queryEnv)
{
	ParseState *pstate = make_parsestate(NULL);
	Query *query;

	setup_parse_variable_parameters(pstate, paramTypes, numParams);
	query = analyze_top(pstate, parseTree, queryEnv, sourceText);
	check_variable_parameters(pstate, query);
	free_parsestate(pstate);
	return query;
}

Query *
parse_analyze_withcb(RawStmt *parseTree, const char *sourceText, ParserSetupHook parserSetup, void *parserSetupArg,
					 struct QueryEnvironment *queryEnv)
{
	ParseState *pstate = make_parsestate(NULL);
	Query *query;

	pstate->p_sourcetext = sourceText;
	parserSetup(pstate, parserSetupArg);
	query = analyze_top(pstate, parseTree, queryEnv, sourceText);
	free_parsestate(pstate);
	return query;
}

Query *
parse_sub_analyze(Node *parseTree, ParseState *parentParseState, CommonTableExpr *parentCTE, bool locked_from_parent,
				  bool resolve_unknowns)
{
	ParseState *pstate = make_parsestate(parentParseState);
	Query *query;

	pstate->p_parent_cte = parentCTE;
	pstate->p_locked_from_parent = locked_from_parent;
	pstate->p_resolve_unknowns = resolve_unknowns;
	query = transformStmt(pstate, parseTree);
	free_parsestate(pstate);
	return query;
}

/* SELECT INTO is another spelling of CREATE TABLE AS; INTO stands on the leftmost SELECT. */
static Node *
select_into_as_create(Node *stmt)
{
	SelectStmt *leftmost = (SelectStmt *) stmt;
	CreateTableAsStmt *ctas;

	if (!IsA(stmt, SelectStmt))
		return stmt;
	while (leftmost->op != SETOP_NONE)
		leftmost = leftmost->larg;
	if (leftmost->intoClause == NULL)
		return stmt;
	ctas = makeNode(CreateTableAsStmt);
	ctas->query = stmt;
	ctas->into = leftmost->intoClause;
	ctas->objtype = OBJECT_TABLE;
	ctas->is_select_into = true;
	leftmost->intoClause = NULL;
	return (Node *) ctas;
}

Query *
transformTopLevelStmt(ParseState *pstate, RawStmt *parseTree)
{
	Query *result = transformStmt(pstate, select_into_as_create(parseTree->stmt));

	result->stmt_location = parseTree->stmt_location;
	result->stmt_len = parseTree->stmt_len;
	return result;
}

static Query *
wrap_utility(Node *stmt)
{
	Query *result = makeNode(Query);

	result->commandType = CMD_UTILITY;
	result->utilityStmt = stmt;
	return result;
}

static Query *
analyze_select_kind(ParseState *pstate, SelectStmt *stmt)
{
	if (stmt->valuesLists)
		return analyze_values(pstate, stmt);
	if (stmt->op == SETOP_NONE)
		return analyze_select(pstate, stmt);
	return analyze_set_operation(pstate, stmt);
}

/* RETURN of a SQL-standard function body: a SELECT of that one value. */
static Query *
analyze_return(ParseState *pstate, ReturnStmt *stmt)
{
	SelectStmt *select = makeNode(SelectStmt);
	ResTarget *target = makeNode(ResTarget);
	Query *result;

	target->val = stmt->returnval;
	target->location = -1;
	select->targetList = list_make1(target);
	result = analyze_select(pstate, select);
	result->isReturn = true;
	return result;
}

Query *
transformStmt(ParseState *pstate, Node *parseTree)
{
	Query *result;

	check_stack_depth();
	switch (nodeTag(parseTree))
	{
		case T_InsertStmt:
			result = analyze_insert(pstate, (InsertStmt *) parseTree);
			break;
		case T_DeleteStmt:
			result = analyze_delete(pstate, (DeleteStmt *) parseTree);
			break;
		case T_UpdateStmt:
			result = analyze_update(pstate, (UpdateStmt *) parseTree);
			break;
		case T_MergeStmt:
			result = analyze_merge(pstate, (MergeStmt *) parseTree);
			break;
		case T_SelectStmt:
			result = analyze_select_kind(pstate, (SelectStmt *) parseTree);
			break;
		case T_ReturnStmt:
			result = analyze_return(pstate, (ReturnStmt *) parseTree);
			break;
		case T_DeclareCursorStmt:
			result = analyze_declare_cursor(pstate, (DeclareCursorStmt *) parseTree);
			break;
		case T_ExplainStmt:
			result = analyze_explain(pstate, (ExplainStmt *) parseTree);
			break;
		case T_CreateTableAsStmt:
			result = analyze_create_table_as(pstate, (CreateTableAsStmt *) parseTree);
			break;
		case T_CallStmt:
			result = analyze_call(pstate, (CallStmt *) parseTree);
			break;
		case T_PLAssignStmt:
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("PL/pgSQL assignment parsing is not supported"));
			return NULL;
		default:
			result = wrap_utility(parseTree);
			break;
	}
	result->querySource = QSRC_ORIGINAL;
	result->canSetTag = true;
	return result;
}

bool
stmt_requires_parse_analysis(RawStmt *parseTree)
{
	switch (nodeTag(parseTree->stmt))
	{
		case T_InsertStmt:
		case T_DeleteStmt:
		case T_UpdateStmt:
		case T_MergeStmt:
		case T_SelectStmt:
		case T_ReturnStmt:
		case T_PLAssignStmt:
		case T_DeclareCursorStmt:
		case T_ExplainStmt:
		case T_CreateTableAsStmt:
		case T_CallStmt:
			return true;
		default:
			return false;
	}
}

bool
analyze_requires_snapshot(RawStmt *parseTree)
{
	return stmt_requires_parse_analysis(parseTree);
}
