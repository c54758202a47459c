/*
 * utils/plancache.h
 *    Prepared statements: a parsed and analyzed query, the plans made from it, and their validity.
 *
 * A CachedPlanSource is made in two steps (CreateCachedPlan, CompleteCachedPlan), lives in its own memory context, and is
 * moved under CacheMemoryContext by SaveCachedPlan. GetCachedPlan revalidates it (re-analyzing after DDL on anything
 * it depends on, or after a change of search_path), takes the locks its execution needs, chooses between a generic
 * and a custom plan, and returns a plan with a reference that ReleaseCachedPlan gives back.
 */
#ifndef PLANCACHE_H
#define PLANCACHE_H

#include "access/tupdesc.h"
#include "executor/execdesc.h"
#include "lib/ilist.h"
#include "nodes/params.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "tcop/cmdtag.h"
#include "utils/resowner.h"

struct RawStmt;
struct OverrideSearchPath;

typedef enum
{
	PLAN_CACHE_MODE_AUTO,
	PLAN_CACHE_MODE_FORCE_GENERIC_PLAN,
	PLAN_CACHE_MODE_FORCE_CUSTOM_PLAN
} PlanCacheMode;
extern int plan_cache_mode; /* GUC */

#define CACHEDPLANSOURCE_MAGIC 195726186
#define CACHEDPLAN_MAGIC 953717834

typedef struct CachedPlan
{
	int magic;
	List *stmt_list;		/* PlannedStmt */
	ExecCacheSlot *exec_slots; /* one per statement */
	bool is_oneshot;
	bool is_saved;
	bool is_valid;
	Oid planRoleId;
	bool dependsOnRole;
	TransactionId saved_xmin; /* valid only while TransactionXmin is this */
	int generation;
	int refcount;
	MemoryContext context;
} CachedPlan;

typedef struct CachedPlanSource
{
	int magic;
	struct RawStmt *raw_parse_tree;
	const char *query_string;
	CommandTag commandTag;
	Oid *param_types;
	int num_params;
	ParserSetupHook parserSetup;
	void *parserSetupArg;
	int cursor_options;
	bool fixed_result;
	TupleDesc resultDesc;	/* NULL: returns no rows */
	MemoryContext context;
	List *query_list;		/* rewritten Query trees */
	List *relationOids;
	List *invalItems;
	struct OverrideSearchPath *search_path;
	MemoryContext query_context;
	Oid rewriteRoleId;
	bool rewriteRowSecurity;
	bool dependsOnRLS;
	CachedPlan *gplan;
	bool is_oneshot;
	bool is_complete;
	bool is_saved;
	bool is_valid;
	int generation;
	dlist_node node;		/* in the list of saved sources */
	double generic_cost;	/* -1: not known */
	double total_custom_cost;
	int64 num_custom_plans;
	int64 num_generic_plans;
} CachedPlanSource;

extern void InitPlanCache(void);
extern void ResetPlanCache(void);
extern CachedPlanSource *CreateCachedPlan(struct RawStmt *raw_parse_tree, const char *query_string,
										  CommandTag commandTag);
extern CachedPlanSource *CreateOneShotCachedPlan(struct RawStmt *raw_parse_tree, const char *query_string,
												 CommandTag commandTag);
extern void CompleteCachedPlan(CachedPlanSource *plansource, List *querytree_list, MemoryContext querytree_context,
							   Oid *param_types, int num_params, ParserSetupHook parserSetup, void *parserSetupArg,
							   int cursor_options, bool fixed_result);
extern void SaveCachedPlan(CachedPlanSource *plansource);
extern void DropCachedPlan(CachedPlanSource *plansource);
extern void CachedPlanSetParentContext(CachedPlanSource *plansource, MemoryContext newcontext);
extern bool CachedPlanIsValid(CachedPlanSource *plansource);
extern List *CachedPlanGetTargetList(CachedPlanSource *plansource, QueryEnvironment *queryEnv);
extern CachedPlan *GetCachedPlan(CachedPlanSource *plansource, ParamListInfo boundParams, ResourceOwner owner,
								 QueryEnvironment *queryEnv);
extern void ReleaseCachedPlan(CachedPlan *plan, ResourceOwner owner);
extern TupleDesc PlanCacheComputeResultDesc(List *stmt_list);

/* Named prepared statements (PREPARE, Parse with a name): commands/prepare.c */
typedef struct PreparedStatement
{
	char stmt_name[NAMEDATALEN];
	CachedPlanSource *plansource;
	bool from_sql;
	int64 prepare_time; /* TimestampTz */
} PreparedStatement;
extern void StorePreparedStatement(const char *stmt_name, CachedPlanSource *plansource, bool from_sql);
extern PreparedStatement *FetchPreparedStatement(const char *stmt_name, bool throwError);
extern void DropPreparedStatement(const char *stmt_name, bool showError);
extern TupleDesc FetchPreparedStatementResultDesc(PreparedStatement *stmt);
extern List *FetchPreparedStatementTargetList(PreparedStatement *stmt);
extern void DropAllPreparedStatements(void);

#endif /* PLANCACHE_H */
