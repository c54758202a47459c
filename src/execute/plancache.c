/*
 * plancache.c
 *    Cached statements and plans: revalidation, locks, generic or custom plan.
 *
 * Saved sources are in one list, which relation and catalog invalidations walk. A source whose query tree depends on what
 * changed must be analyzed again from its raw tree; a plan alone may be thrown away while the tree stays. An invalid plan that
 * is in use is finished undisturbed: its user holds a reference and the locks that keep its tables from changing.
 *
 * Locks: before a cached tree or plan is trusted, the locks it needs are taken; taking them processes pending
 * invalidations, so only then is is_valid meaningful (and if it turns false, the locks are given back and everything is
 * made anew).
 */
#include "postgres.h"

#include "optimizer/planner.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"

#include "parser/analyze.h"
#include "parser/parsetree.h"
#include "storage/lmgr.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* plan/ */

int plan_cache_mode = PLAN_CACHE_MODE_AUTO;

static dlist_head saved_sources = DLIST_STATIC_INIT(saved_sources);
static bool callbacks_registered;

#define CUSTOM_PLANS_FIRST 5 /* so many custom plans are made before the generic one is compared */

static void
release_plan_ref(Datum res)
{
	ReleaseCachedPlan((CachedPlan *) DatumGetPointer(res), NULL);
}

static const ResourceOwnerDesc plan_ref_kind = {"plancache reference", RESOURCE_RELEASE_AFTER_LOCKS,
												RELEASE_PRIO_PLANCACHE_REFS, release_plan_ref, NULL};

/* ---- invalidation ---- */
static void
invalidate_source(CachedPlanSource *src)
{
	src->is_valid = false;
	if (src->gplan)
		src->gplan->is_valid = false;
}

static bool
is_transaction_control(CachedPlanSource *src)
{
	return src->raw_parse_tree && src->raw_parse_tree->stmt && IsA(src->raw_parse_tree->stmt, TransactionStmt);
}

static void
plancache_rel_callback(Datum arg, Oid relid)
{
	dlist_iter iter;

	dlist_foreach(iter, &saved_sources)
	{
		CachedPlanSource *src = dlist_container(CachedPlanSource, node, iter.cur);
		ListCell *lc;

		if (!src->is_valid || is_transaction_control(src))
			continue;
		if (relid == InvalidOid ? src->relationOids != NIL : list_member_oid(src->relationOids, relid))
		{
			invalidate_source(src);
			continue;
		}
		if (src->gplan == NULL || !src->gplan->is_valid)
			continue;
		foreach (lc, src->gplan->stmt_list)
		{
			PlannedStmt *stmt = lfirst(lc);

			if (stmt->commandType != CMD_UTILITY &&
				(relid == InvalidOid ? stmt->relationOids != NIL : list_member_oid(stmt->relationOids, relid)))
				src->gplan->is_valid = false;
		}
	}
}

static bool
depends_on_item(List *items, int cacheid, uint32 hashvalue)
{
	ListCell *lc;

	foreach (lc, items)
	{
		PlanInvalItem *item = lfirst(lc);

		if (item->cacheId == cacheid && (hashvalue == 0 || item->hashValue == hashvalue))
			return true;
	}
	return false;
}

static void
plancache_object_callback(Datum arg, int cacheid, uint32 hashvalue)
{
	dlist_iter iter;

	dlist_foreach(iter, &saved_sources)
	{
		CachedPlanSource *src = dlist_container(CachedPlanSource, node, iter.cur);
		ListCell *lc;

		if (!src->is_valid || is_transaction_control(src))
			continue;
		if (depends_on_item(src->invalItems, cacheid, hashvalue))
			invalidate_source(src);
		else if (src->gplan && src->gplan->is_valid)
			foreach (lc, src->gplan->stmt_list)
				if (depends_on_item(((PlannedStmt *) lfirst(lc))->invalItems, cacheid, hashvalue))
					src->gplan->is_valid = false;
	}
}

/* Rare changes that may change the meaning of anything. */
static void
plancache_sys_callback(Datum arg, int cacheid, uint32 hashvalue)
{
	ResetPlanCache();
}

void
ResetPlanCache(void)
{
	dlist_iter iter;

	dlist_foreach(iter, &saved_sources)
	{
		CachedPlanSource *src = dlist_container(CachedPlanSource, node, iter.cur);
		ListCell *lc;

		if (!src->is_valid || is_transaction_control(src))
			continue;
		/* Utility statements without a query inside look everything up when they run. */
		foreach (lc, src->query_list)
		{
			Query *query = lfirst(lc);

			if (query->commandType != CMD_UTILITY || UtilityContainsQuery(query->utilityStmt))
			{
				invalidate_source(src);
				break;
			}
		}
	}
}

void
InitPlanCache(void)
{
	if (callbacks_registered)
		return;
	callbacks_registered = true;
	CacheRegisterRelcacheCallback(plancache_rel_callback, (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, plancache_object_callback, (Datum) 0);
	CacheRegisterSyscacheCallback(TYPEOID, plancache_object_callback, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, plancache_sys_callback, (Datum) 0);
	CacheRegisterSyscacheCallback(OPEROID, plancache_sys_callback, (Datum) 0);
	CacheRegisterSyscacheCallback(AMOPOPID, plancache_sys_callback, (Datum) 0);
}

/* ---- making sources ---- */
static CachedPlanSource *
new_source(RawStmt *raw, const char *query_string, CommandTag tag, MemoryContext cxt)
{
	CachedPlanSource *src = MemoryContextAllocZero(cxt, sizeof(*src));

	src->magic = CACHEDPLANSOURCE_MAGIC;
	src->context = cxt;
	src->raw_parse_tree = raw;
	src->query_string = query_string;
	src->commandTag = tag;
	src->generic_cost = -1;
	return src;
}

CachedPlanSource *
CreateCachedPlan(RawStmt *raw_parse_tree, const char *query_string, CommandTag commandTag)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "CachedPlanSource", ALLOCSET_START_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	CachedPlanSource *src = new_source(copyObject(raw_parse_tree), pstrdup(query_string), commandTag, cxt);

	MemoryContextSetIdentifier(cxt, src->query_string);
	MemoryContextSwitchTo(old);
	return src;
}

CachedPlanSource *
CreateOneShotCachedPlan(RawStmt *raw_parse_tree, const char *query_string, CommandTag commandTag)
{
	CachedPlanSource *src = new_source(raw_parse_tree, query_string, commandTag, CurrentMemoryContext);

	src->is_oneshot = true;
	return src;
}

/* What the query trees depend on. The planner knows how to collect it. */
static void
collect_dependencies(CachedPlanSource *src)
{
	src->relationOids = NIL;
	src->invalItems = NIL;
	src->dependsOnRLS = false;
	extract_query_dependencies((Node *) src->query_list, &src->relationOids, &src->invalItems, &src->dependsOnRLS);
}

static void
remember_environment(CachedPlanSource *src)
{
	src->search_path = GetOverrideSearchPath(src->query_context ? src->query_context : src->context);
	src->rewriteRoleId = GetUserId();
}

void
CompleteCachedPlan(CachedPlanSource *src, List *querytree_list, MemoryContext querytree_context, Oid *param_types,
				   int num_params, ParserSetupHook parserSetup, void *parserSetupArg, int cursor_options,
				   bool fixed_result)
{
	MemoryContext old;

	Assert(src->magic == CACHEDPLANSOURCE_MAGIC && !src->is_complete);
	if (src->is_oneshot)
		querytree_context = CurrentMemoryContext;
	else if (querytree_context != NULL)
		MemoryContextSetParent(querytree_context, src->context);
	else
	{
		querytree_context = AllocSetContextCreate(src->context, "CachedPlanQuery", ALLOCSET_START_SMALL_SIZES);
		old = MemoryContextSwitchTo(querytree_context);
		querytree_list = copyObject(querytree_list);
		MemoryContextSwitchTo(old);
	}
	src->query_context = querytree_context;
	src->query_list = querytree_list;
	if (!src->is_oneshot && !is_transaction_control(src))
	{
		old = MemoryContextSwitchTo(querytree_context);
		collect_dependencies(src);
		remember_environment(src);
		MemoryContextSwitchTo(old);
	}
	old = MemoryContextSwitchTo(src->context);
	if (num_params > 0)
	{
		src->param_types = palloc_array(Oid, num_params);
		memcpy(src->param_types, param_types, num_params * sizeof(Oid));
	}
	src->num_params = num_params;
	src->parserSetup = parserSetup;
	src->parserSetupArg = parserSetupArg;
	src->cursor_options = cursor_options;
	src->fixed_result = fixed_result;
	src->resultDesc = PlanCacheComputeResultDesc(querytree_list);
	MemoryContextSwitchTo(old);
	src->is_complete = true;
	src->is_valid = true;
}

static void
release_generic_plan(CachedPlanSource *src)
{
	if (src->gplan)
	{
		CachedPlan *plan = src->gplan;

		src->gplan = NULL;
		ReleaseCachedPlan(plan, NULL);
	}
}

void
SaveCachedPlan(CachedPlanSource *src)
{
	Assert(src->is_complete && !src->is_saved);
	if (src->is_oneshot)
		elog(ERROR, "cannot save one-shot cached plan");
	InitPlanCache();
	release_generic_plan(src);
	MemoryContextSetParent(src->context, CacheMemoryContext);
	dlist_push_tail(&saved_sources, &src->node);
	src->is_saved = true;
}

void
DropCachedPlan(CachedPlanSource *src)
{
	Assert(src->magic == CACHEDPLANSOURCE_MAGIC);
	if (src->is_saved)
	{
		dlist_delete(&src->node);
		src->is_saved = false;
	}
	release_generic_plan(src);
	src->magic = 0;
	if (!src->is_oneshot)
		MemoryContextDelete(src->context);
}

void
CachedPlanSetParentContext(CachedPlanSource *src, MemoryContext newcontext)
{
	if (src->is_saved)
		elog(ERROR, "cannot move a saved cached plan to another context");
	if (src->is_oneshot)
		elog(ERROR, "cannot move a one-shot cached plan to another context");
	MemoryContextSetParent(src->context, newcontext);
	if (src->gplan)
		MemoryContextSetParent(src->gplan->context, newcontext);
}

bool
CachedPlanIsValid(CachedPlanSource *src)
{
	return src->is_valid;
}

TupleDesc
PlanCacheComputeResultDesc(List *stmt_list)
{
	Query *query;

	switch (ChoosePortalStrategy(stmt_list))
	{
		case PORTAL_ONE_SELECT:
		case PORTAL_ONE_MOD_WITH:
			return ExecCleanTypeFromTL(linitial_node(Query, stmt_list)->targetList);
		case PORTAL_ONE_RETURNING:
		{
			ListCell *lc;

			foreach (lc, stmt_list)
			{
				query = lfirst_node(Query, lc);
				if (query->canSetTag)
					return ExecCleanTypeFromTL(query->returningList);
			}
			return NULL;
		}
		case PORTAL_UTIL_SELECT:
			return UtilityTupleDescriptor(linitial_node(Query, stmt_list)->utilityStmt);
		default:
			return NULL;
	}
}

/* ---- locks ---- */
static void lock_query(Query *query, bool acquire);

static bool
lock_query_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubLink))
	{
		SubLink *sub = (SubLink *) node;

		lock_query(castNode(Query, sub->subselect), *(bool *) context);
	}
	return expression_tree_walker(node, lock_query_walker, context);
}

static void
lock_one(Oid relid, LOCKMODE mode, bool acquire)
{
	if (mode == NoLock)
		return;
	if (acquire)
		LockRelationOid(relid, mode);
	else
		UnlockRelationOid(relid, mode);
}

static void
lock_query(Query *query, bool acquire)
{
	ListCell *lc;

	check_stack_depth();
	if (query->commandType == CMD_UTILITY)
	{
		query = UtilityContainsQuery(query->utilityStmt);
		if (query)
			lock_query(query, acquire);
		return;
	}
	foreach (lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst(lc);

		if (rte->rtekind == RTE_RELATION)
			lock_one(rte->relid, rte->rellockmode, acquire);
		else if (rte->rtekind == RTE_SUBQUERY)
			lock_query(rte->subquery, acquire);
	}
	foreach (lc, query->cteList)
		lock_query(castNode(Query, ((CommonTableExpr *) lfirst(lc))->ctequery), acquire);
	if (query->hasSubLinks)
		query_tree_walker(query, lock_query_walker, &acquire, QTW_IGNORE_RC_SUBQUERIES);
}

static void
lock_queries(List *queries, bool acquire)
{
	ListCell *lc;

	foreach (lc, queries)
		lock_query(lfirst_node(Query, lc), acquire);
}

static void
lock_plans(List *stmts, bool acquire)
{
	ListCell *lc;
	ListCell *lc2;

	foreach (lc, stmts)
	{
		PlannedStmt *stmt = lfirst_node(PlannedStmt, lc);

		if (stmt->commandType == CMD_UTILITY)
		{
			Query *query = UtilityContainsQuery(stmt->utilityStmt);

			if (query)
				lock_query(query, acquire);
			continue;
		}
		foreach (lc2, stmt->rtable)
		{
			RangeTblEntry *rte = lfirst(lc2);

			if (rte->rtekind == RTE_RELATION)
				lock_one(rte->relid, rte->rellockmode, acquire);
		}
	}
}

/* ---- revalidation ---- */
static bool
environment_changed(CachedPlanSource *src)
{
	if (src->search_path && !OverrideSearchPathMatchesCurrent(src->search_path))
		return true;
	return src->dependsOnRLS && src->rewriteRoleId != GetUserId();
}

static void
check_result_unchanged(CachedPlanSource *src, List *queries)
{
	TupleDesc desc = PlanCacheComputeResultDesc(queries);
	MemoryContext old;

	if (desc == NULL && src->resultDesc == NULL)
		return;
	if (desc != NULL && src->resultDesc != NULL && equalTupleDescs(desc, src->resultDesc))
		return;
	if (src->fixed_result)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cached plan must not change result type"));
	old = MemoryContextSwitchTo(src->context);
	src->resultDesc = desc ? CreateTupleDescCopy(desc) : NULL;
	MemoryContextSwitchTo(old);
}

static List *
analyze_again(CachedPlanSource *src, QueryEnvironment *queryEnv)
{
	RawStmt *raw = copyObject(src->raw_parse_tree);

	if (raw == NULL)
		return NIL;
	if (src->parserSetup)
		return pg_analyze_and_rewrite_withcb(raw, src->query_string, src->parserSetup, src->parserSetupArg, queryEnv);
	return pg_analyze_and_rewrite_fixedparams(raw, src->query_string, src->param_types, src->num_params, queryEnv);
}

/* The query trees, locked and valid. NIL: the source's own list is good; otherwise a fresh list. */
static List *
revalidate(CachedPlanSource *src, QueryEnvironment *queryEnv)
{
	bool snapshot_set = false;
	List *queries;
	MemoryContext cxt;
	MemoryContext old;

	if (src->is_oneshot || is_transaction_control(src))
		return NIL;
	if (src->is_valid && environment_changed(src))
		invalidate_source(src);
	if (src->is_valid)
	{
		lock_queries(src->query_list, true);
		if (src->is_valid)
			return NIL;
		lock_queries(src->query_list, false);
	}
	src->query_list = NIL;
	src->relationOids = NIL;
	src->invalItems = NIL;
	src->search_path = NULL;
	if (src->query_context)
	{
		MemoryContextDelete(src->query_context);
		src->query_context = NULL;
	}
	release_generic_plan(src);
	if (!ActiveSnapshotSet() && src->raw_parse_tree && analyze_requires_snapshot(src->raw_parse_tree))
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		snapshot_set = true;
	}
	queries = analyze_again(src, queryEnv);
	if (snapshot_set)
		PopActiveSnapshot();
	check_result_unchanged(src, queries);
	cxt = AllocSetContextCreate(CurrentMemoryContext, "CachedPlanQuery", ALLOCSET_START_SMALL_SIZES);
	old = MemoryContextSwitchTo(cxt);
	src->query_list = copyObject(queries);
	src->query_context = cxt;
	collect_dependencies(src);
	remember_environment(src);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(cxt, src->context);
	src->is_valid = true;
	return queries;
}

List *
CachedPlanGetTargetList(CachedPlanSource *src, QueryEnvironment *queryEnv)
{
	ListCell *lc;

	if (src->resultDesc == NULL)
		return NIL;
	revalidate(src, queryEnv);
	foreach (lc, src->query_list)
		if (lfirst_node(Query, lc)->canSetTag)
			return FetchStatementTargetList(lfirst(lc));
	return NIL;
}

/* ---- plans ---- */
static bool
generic_plan_usable(CachedPlanSource *src)
{
	CachedPlan *plan = src->gplan;

	if (plan == NULL)
		return false;
	if (plan->is_valid && plan->dependsOnRole && plan->planRoleId != GetUserId())
		plan->is_valid = false;
	if (plan->is_valid)
	{
		lock_plans(plan->stmt_list, true);
		if (plan->is_valid && plan->saved_xmin != InvalidTransactionId && plan->saved_xmin != TransactionXmin)
			plan->is_valid = false;
		if (plan->is_valid)
			return true;
		lock_plans(plan->stmt_list, false);
	}
	release_generic_plan(src);
	return false;
}

static void
plan_set_properties(CachedPlan *plan)
{
	bool transient = false;
	ListCell *lc;

	foreach (lc, plan->stmt_list)
	{
		PlannedStmt *stmt = lfirst(lc);

		if (stmt->commandType == CMD_UTILITY)
			continue;
		transient |= stmt->transientPlan;
		plan->dependsOnRole |= stmt->dependsOnRole;
	}
	plan->planRoleId = GetUserId();
	plan->saved_xmin = transient ? TransactionXmin : InvalidTransactionId;
}

static void
plan_context_deleted(void *arg)
{
	CachedPlan *plan = arg;

	if (plan->exec_slots)
		for (int i = 0; i < list_length(plan->stmt_list); i++)
			exec_cache_release(&plan->exec_slots[i]);
}

static CachedPlan *
build_plan(CachedPlanSource *src, List *queries, ParamListInfo boundParams, QueryEnvironment *queryEnv, bool generic)
{
	MemoryContext old = CurrentMemoryContext;
	MemoryContext cxt = old;
	bool snapshot_set = false;
	CachedPlan *plan;
	List *stmts;
	ListCell *lc;

	if (!src->is_valid)
		queries = revalidate(src, queryEnv);
	if (!src->is_oneshot)
	{
		/* The planner scribbles on its input and its result points into it: both live in the plan's context. */
		cxt = AllocSetContextCreate(CurrentMemoryContext, "CachedPlan", ALLOCSET_START_SMALL_SIZES);
		MemoryContextSetIdentifier(cxt, src->query_string);
		MemoryContextSwitchTo(cxt);
		queries = copyObject(queries == NIL ? src->query_list : queries);
	}
	else if (queries == NIL)
		queries = src->query_list;
	if (!ActiveSnapshotSet() && src->raw_parse_tree && analyze_requires_snapshot(src->raw_parse_tree))
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		snapshot_set = true;
	}
	stmts = pg_plan_queries(queries, src->query_string, src->cursor_options, generic ? NULL : boundParams);
	if (snapshot_set)
		PopActiveSnapshot();
	plan = palloc0_object(CachedPlan);
	plan->magic = CACHEDPLAN_MAGIC;
	plan->stmt_list = stmts;
	plan->is_oneshot = src->is_oneshot;
	plan->is_valid = true;
	plan->context = cxt;
	plan->generation = ++src->generation;
	plan_set_properties(plan);
	if (generic && !src->is_oneshot)
	{
		MemoryContextCallback *cb = palloc0_object(MemoryContextCallback);

		plan->exec_slots = palloc0_array(ExecCacheSlot, list_length(stmts));
		cb->func = plan_context_deleted;
		cb->arg = plan;
		MemoryContextRegisterResetCallback(cxt, cb);
	}
	foreach (lc, stmts)
		Assert(IsA(lfirst(lc), PlannedStmt));
	MemoryContextSwitchTo(old);
	return plan;
}

static bool
choose_custom(CachedPlanSource *src, ParamListInfo boundParams)
{
	bool has_plannable = false;
	ListCell *lc;

	if (src->is_oneshot)
		return true;
	if (boundParams == NULL)
		return false;
	foreach (lc, src->query_list)
		has_plannable |= ((Query *) lfirst(lc))->commandType != CMD_UTILITY;
	if (is_transaction_control(src) || !has_plannable)
		return false;
	if (plan_cache_mode == PLAN_CACHE_MODE_FORCE_GENERIC_PLAN)
		return false;
	if (plan_cache_mode == PLAN_CACHE_MODE_FORCE_CUSTOM_PLAN)
		return true;
	if (src->cursor_options & CURSOR_OPT_GENERIC_PLAN)
		return false;
	if (src->cursor_options & CURSOR_OPT_CUSTOM_PLAN)
		return true;
	if (src->num_custom_plans < CUSTOM_PLANS_FIRST)
		return true;
	return src->generic_cost >= src->total_custom_cost / src->num_custom_plans;
}

/* Cost of running, and for custom plans of planning too: rather a little per table than nothing. */
static double
plan_cost(CachedPlan *plan, bool include_planner)
{
	double cost = 0;
	ListCell *lc;

	foreach (lc, plan->stmt_list)
	{
		PlannedStmt *stmt = lfirst(lc);

		if (stmt->commandType == CMD_UTILITY)
			continue;
		cost += stmt->planTree->total_cost;
		if (include_planner)
			cost += 1000.0 * 0.0025 * (list_length(stmt->rtable) + 1);
	}
	return cost;
}

static CachedPlan *
generic_plan(CachedPlanSource *src, List *queries, QueryEnvironment *queryEnv)
{
	CachedPlan *plan;

	if (generic_plan_usable(src))
		return src->gplan;
	plan = build_plan(src, queries, NULL, queryEnv, true);
	release_generic_plan(src);
	src->gplan = plan;
	plan->refcount++;
	if (src->is_saved)
	{
		MemoryContextSetParent(plan->context, CacheMemoryContext);
		plan->is_saved = true;
	}
	else
		MemoryContextSetParent(plan->context, MemoryContextGetParent(src->context));
	src->generic_cost = plan_cost(plan, false);
	return plan;
}

CachedPlan *
GetCachedPlan(CachedPlanSource *src, ParamListInfo boundParams, ResourceOwner owner, QueryEnvironment *queryEnv)
{
	CachedPlan *plan = NULL;
	List *queries = NIL;
	bool custom;

	Assert(src->magic == CACHEDPLANSOURCE_MAGIC && src->is_complete);
	if (owner && !src->is_saved)
		elog(ERROR, "cannot apply ResourceOwner to non-saved cached plan");
	/*
	 * The common case, a valid generic plan: its own locks cover those of the query tree, so the tree need not be walked.
	 */
	if (src->is_saved && src->is_valid && src->gplan && !environment_changed(src) && !choose_custom(src, boundParams) &&
		generic_plan_usable(src))
		plan = src->gplan;
	else
	{
		queries = revalidate(src, queryEnv);
		custom = choose_custom(src, boundParams);
		if (!custom)
		{
			plan = generic_plan(src, queries, queryEnv);
			/* Knowing what the generic plan costs may change the choice. */
			custom = choose_custom(src, boundParams);
			queries = NIL;
		}
		if (custom)
		{
			plan = build_plan(src, queries, boundParams, queryEnv, false);
			src->total_custom_cost += plan_cost(plan, true);
			src->num_custom_plans++;
		}
	}
	if (plan == src->gplan)
		src->num_generic_plans++;
	if (owner)
	{
		ResourceOwnerEnlarge(owner);
		ResourceOwnerRemember(owner, PointerGetDatum(plan), &plan_ref_kind);
	}
	plan->refcount++;
	if (plan != src->gplan && src->is_saved && !plan->is_oneshot)
	{
		MemoryContextSetParent(plan->context, CacheMemoryContext);
		plan->is_saved = true;
	}
	return plan;
}

void
ReleaseCachedPlan(CachedPlan *plan, ResourceOwner owner)
{
	Assert(plan->magic == CACHEDPLAN_MAGIC && plan->refcount > 0);
	if (owner)
		ResourceOwnerForget(owner, PointerGetDatum(plan), &plan_ref_kind);
	if (--plan->refcount > 0)
		return;
	plan->magic = 0;
	if (!plan->is_oneshot)
		MemoryContextDelete(plan->context);
}
