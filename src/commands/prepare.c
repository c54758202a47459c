/*
 * prepare.c
 *    Named prepared statements: PREPARE, EXECUTE, DEALLOCATE, and the table that the extended protocol uses too.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/createas.h"
#include "commands/prepare.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_type.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

static HTAB *prepared_statements; /* name → PreparedStatement */

/* ---- the table ---- */
void
StorePreparedStatement(const char *stmt_name, CachedPlanSource *plansource, bool from_sql)
{
	PreparedStatement *entry;
	char key[NAMEDATALEN];
	bool found;

	if (prepared_statements == NULL)
	{
		HASHCTL ctl = {.keysize = NAMEDATALEN, .entrysize = sizeof(PreparedStatement)};

		prepared_statements = hash_create("Prepared Queries", 32, &ctl, HASH_ELEM | HASH_STRINGS);
	}
	strlcpy(key, stmt_name, NAMEDATALEN);
	entry = hash_search(prepared_statements, key, HASH_ENTER, &found);
	if (found)
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_PSTATEMENT),
				errmsg("prepared statement \"%s\" already exists", stmt_name));
	entry->plansource = plansource;
	entry->from_sql = from_sql;
	entry->prepare_time = GetCurrentStatementStartTimestamp();
	SaveCachedPlan(plansource);
}

PreparedStatement *
FetchPreparedStatement(const char *stmt_name, bool throwError)
{
	PreparedStatement *entry = NULL;

	if (prepared_statements)
	{
		char key[NAMEDATALEN];

		strlcpy(key, stmt_name, NAMEDATALEN);
		entry = hash_search(prepared_statements, key, HASH_FIND, NULL);
	}
	if (entry == NULL && throwError)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_PSTATEMENT),
				errmsg("prepared statement \"%s\" does not exist", stmt_name));
	return entry;
}

void
DropPreparedStatement(const char *stmt_name, bool showError)
{
	PreparedStatement *entry = FetchPreparedStatement(stmt_name, showError);

	if (entry == NULL)
		return;
	DropCachedPlan(entry->plansource);
	hash_search(prepared_statements, entry->stmt_name, HASH_REMOVE, NULL);
}

void
DropAllPreparedStatements(void)
{
	HASH_SEQ_STATUS seq;
	PreparedStatement *entry;

	if (prepared_statements == NULL)
		return;
	hash_seq_init(&seq, prepared_statements);
	while ((entry = hash_seq_search(&seq)) != NULL)
	{
		DropCachedPlan(entry->plansource);
		hash_search(prepared_statements, entry->stmt_name, HASH_REMOVE, NULL);
	}
}

TupleDesc
FetchPreparedStatementResultDesc(PreparedStatement *stmt)
{
	Assert(stmt->plansource->fixed_result);
	return stmt->plansource->resultDesc ? CreateTupleDescCopy(stmt->plansource->resultDesc) : NULL;
}

List *
FetchPreparedStatementTargetList(PreparedStatement *stmt)
{
	return copyObject(CachedPlanGetTargetList(stmt->plansource, NULL));
}

/* ---- PREPARE ---- */
void
PrepareQuery(ParseState *pstate, PrepareStmt *stmt, int stmt_location, int stmt_len)
{
	RawStmt *raw;
	CachedPlanSource *src;
	Oid *types = NULL;
	int ntypes = list_length(stmt->argtypes);
	List *queries;
	ListCell *lc;

	if (stmt->name == NULL || stmt->name[0] == '\0')
		ereport(ERROR, errcode(ERRCODE_INVALID_PSTATEMENT_DEFINITION),
				errmsg("invalid statement name: must not be empty"));
	raw = makeNode(RawStmt);
	raw->stmt = copyObject(stmt->query);
	raw->stmt_location = stmt_location;
	raw->stmt_len = stmt_len;
	src = CreateCachedPlan(raw, pstate->p_sourcetext, CreateCommandTag(stmt->query));
	if (ntypes > 0)
	{
		int i = 0;

		types = palloc_array(Oid, ntypes);
		foreach (lc, stmt->argtypes)
			types[i++] = typenameTypeId(pstate, lfirst(lc));
	}
	queries = pg_analyze_and_rewrite_varparams(raw, pstate->p_sourcetext, &types, &ntypes, NULL);
	CompleteCachedPlan(src, queries, NULL, types, ntypes, NULL, NULL, CURSOR_OPT_PARALLEL_OK, true);
	StorePreparedStatement(stmt->name, src, true);
}

/* ---- EXECUTE ---- */
static ParamListInfo
evaluate_params(ParseState *pstate, PreparedStatement *pstmt, List *params)
{
	int n = pstmt->plansource->num_params;
	ParamListInfo list;
	ListCell *lc;
	int i = 0;

	if (list_length(params) != n)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("wrong number of parameters for prepared statement \"%s\"", pstmt->stmt_name),
				errdetail("Expected %d parameters but got %d.", n, list_length(params)));
	if (n == 0)
		return NULL;
	list = makeParamList(n);
	params = copyObject(params);
	foreach (lc, params)
	{
		Oid want = pstmt->plansource->param_types[i];
		Node *expr = transformExpr(pstate, lfirst(lc), EXPR_KIND_EXECUTE_PARAMETER);
		Oid given = exprType(expr);

		expr = coerce_to_target_type(pstate, expr, given, want, -1, COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
		if (expr == NULL)
			ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("parameter $%d of type %s cannot be coerced to the expected type %s", i + 1,
						   format_type_be(given), format_type_be(want)),
					errhint("You will need to rewrite or cast the expression."),
					parser_errposition(pstate, exprLocation(lfirst(lc))));
		assign_expr_collations(pstate, expr);
		list->params[i].ptype = want;
		list->params[i].pflags = PARAM_FLAG_CONST;
		list->params[i].value = expr_eval_one(expr, NULL, &list->params[i].isnull);
		i++;
	}
	return list;
}

void
ExecuteQuery(ParseState *pstate, ExecuteStmt *stmt, IntoClause *intoClause, ParamListInfo params, DestReceiver *dest,
			 QueryCompletion *qc)
{
	PreparedStatement *entry = FetchPreparedStatement(stmt->name, true);
	ParamListInfo args = NULL;
	CachedPlan *cplan;
	Portal portal;
	int eflags = 0;
	long count = FETCH_ALL;

	if (!entry->plansource->fixed_result)
		elog(ERROR, "EXECUTE does not support variable-result cached plans");
	portal = CreateNewPortal();
	portal->visible = false;
	if (entry->plansource->num_params > 0 || stmt->params != NIL)
	{
		MemoryContext old = MemoryContextSwitchTo(portal->portalContext);

		args = evaluate_params(pstate, entry, stmt->params);
		MemoryContextSwitchTo(old);
	}
	cplan = GetCachedPlan(entry->plansource, args, NULL, NULL);
	PortalDefineQuery(portal, NULL, MemoryContextStrdup(portal->portalContext, entry->plansource->query_string),
					  entry->plansource->commandTag, cplan->stmt_list, cplan);
	if (intoClause)
	{
		PlannedStmt *pstmt = list_length(cplan->stmt_list) == 1 ? linitial_node(PlannedStmt, cplan->stmt_list) : NULL;

		if (pstmt == NULL || pstmt->commandType != CMD_SELECT)
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("prepared statement is not a SELECT"));
		eflags = intoClause->skipData ? EXEC_FLAG_WITH_NO_DATA : 0;
		count = intoClause->skipData ? 0 : FETCH_ALL;
	}
	PortalStart(portal, args, eflags, GetActiveSnapshot());
	PortalRun(portal, count, false, true, dest, dest, qc);
	PortalDrop(portal, false);
}

void
DeallocateQuery(DeallocateStmt *stmt)
{
	if (stmt->name)
		DropPreparedStatement(stmt->name, true);
	else
		DropAllPreparedStatements();
}

void
ExplainExecuteQuery(ExecuteStmt *execstmt, IntoClause *into, ExplainState *es, const char *queryString,
					ParamListInfo params, QueryEnvironment *queryEnv)
{
	PreparedStatement *entry = FetchPreparedStatement(execstmt->name, true);
	ParamListInfo args = NULL;
	CachedPlan *cplan;
	ListCell *lc;

	if (entry->plansource->num_params > 0 || execstmt->params != NIL)
	{
		ParseState *pstate = make_parsestate(NULL);

		pstate->p_sourcetext = queryString;
		args = evaluate_params(pstate, entry, execstmt->params);
	}
	cplan = GetCachedPlan(entry->plansource, args, CurrentResourceOwner, queryEnv);
	foreach (lc, cplan->stmt_list)
	{
		PlannedStmt *pstmt = lfirst_node(PlannedStmt, lc);

		if (pstmt->commandType != CMD_UTILITY)
			ExplainOnePlan(pstmt, into, es, entry->plansource->query_string, args, queryEnv, 0.0);
		else
			explain_one_utility(pstmt->utilityStmt, into, es, entry->plansource->query_string, args, queryEnv);
	}
	ReleaseCachedPlan(cplan, CurrentResourceOwner);
}

/* SQL function behind the view pg_prepared_statements. */
Datum
pg_prepared_statement(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	HASH_SEQ_STATUS seq;
	PreparedStatement *entry;

	InitMaterializedSRF(fcinfo, 0);
	if (prepared_statements == NULL)
		return (Datum) 0;
	hash_seq_init(&seq, prepared_statements);
	while ((entry = hash_seq_search(&seq)) != NULL)
	{
		CachedPlanSource *src = entry->plansource;
		Datum values[7];
		bool nulls[7] = {false};
		Datum *types = palloc_array(Datum, src->num_params + 1);

		for (int i = 0; i < src->num_params; i++)
			types[i] = ObjectIdGetDatum(src->param_types[i]);
		values[0] = CStringGetTextDatum(entry->stmt_name);
		values[1] = CStringGetTextDatum(src->query_string);
		values[2] = TimestampTzGetDatum(entry->prepare_time);
		values[3] = PointerGetDatum(construct_array(types, src->num_params, REGTYPEOID, 4, true, 'i'));
		values[4] = BoolGetDatum(entry->from_sql);
		values[5] = Int64GetDatumFast(src->num_generic_plans);
		values[6] = Int64GetDatumFast(src->num_custom_plans);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
