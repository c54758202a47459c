/*
 * utils/portal.h
 *    Portals: queries in execution, as the protocol's Bind/Execute and SQL cursors see them.
 *
 * A portal has its own memory context and resource owner. Its strategy follows from the statements:
 *    ONE_SELECT       one SELECT: rows are pulled on demand
 *    ONE_RETURNING    one DML with RETURNING: runs to the end at first, its rows go to the hold store
 *    ONE_MOD_WITH     one SELECT with data-modifying CTEs: likewise
 *    UTIL_SELECT      utility that returns rows (EXPLAIN, SHOW): likewise
 *    MULTI_QUERY      anything else
 *
 * States: NEW → DEFINED → READY → ACTIVE → READY | DONE | FAILED.
 */
#ifndef PORTAL_H
#define PORTAL_H

#include "executor/execdesc.h"
#include "tcop/cmdtag.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/tuplestore.h"

typedef enum PortalStrategy
{
	PORTAL_ONE_SELECT,
	PORTAL_ONE_RETURNING,
	PORTAL_ONE_MOD_WITH,
	PORTAL_UTIL_SELECT,
	PORTAL_MULTI_QUERY
} PortalStrategy;

typedef enum PortalStatus
{
	PORTAL_NEW,
	PORTAL_DEFINED,
	PORTAL_READY,
	PORTAL_ACTIVE,
	PORTAL_DONE,
	PORTAL_FAILED
} PortalStatus;

typedef struct PortalData *Portal;
typedef struct PortalData
{
	const char *name;			/* "" for the unnamed portal */
	const char *prepStmtName;	/* source prepared statement, or NULL */
	MemoryContext portalContext;
	ResourceOwner resowner;		/* NULL after transaction end */
	void (*cleanup)(Portal portal);
	SubTransactionId createSubid;
	SubTransactionId activeSubid;
	const char *sourceText;
	CommandTag commandTag;
	QueryCompletion qc;
	List *stmts;				/* PlannedStmt */
	CachedPlan *cplan;			/* where stmts come from, if they are cached */
	ParamListInfo portalParams;
	QueryEnvironment *queryEnv;
	PortalStrategy strategy;
	int cursorOptions;			/* CURSOR_OPT_* */
	bool run_once;
	PortalStatus status;
	bool portalPinned;
	bool autoHeld;
	QueryDesc *queryDesc;		/* ONE_SELECT while it runs */
	TupleDesc tupDesc;			/* result, or NULL */
	int16 *formats;				/* per column: 0 text, 1 binary */
	Snapshot portalSnapshot;
	Tuplestorestate *holdStore;	/* rows already computed */
	bool holdFeeding;			/* ONE_SELECT cursor that fills its store on demand, for backward fetches */
	bool holdComplete;			/* the store has all rows */
	MemoryContext holdContext;
	Snapshot holdSnapshot;
	bool atStart;
	bool atEnd;
	uint64 portalPos;			/* rows before the current position */
	int64 creation_time;		/* TimestampTz */
	bool visible;				/* in pg_cursors */
} PortalData;

#define PortalIsValid(p) PointerIsValid(p)

extern void EnablePortalManager(void);
extern bool PreCommit_Portals(bool isPrepare);
extern void AtAbort_Portals(void);
extern void AtCleanup_Portals(void);
extern void PortalErrorCleanup(void);
extern void AtSubCommit_Portals(SubTransactionId mySubid, SubTransactionId parentSubid, int parentLevel,
								ResourceOwner parentXactOwner);
extern void AtSubAbort_Portals(SubTransactionId mySubid, SubTransactionId parentSubid, ResourceOwner myXactOwner,
							   ResourceOwner parentXactOwner);
extern void AtSubCleanup_Portals(SubTransactionId mySubid);
extern Portal CreatePortal(const char *name, bool allowDup, bool dupSilent);
extern Portal CreateNewPortal(void);
extern void PinPortal(Portal portal);
extern void UnpinPortal(Portal portal);
extern void MarkPortalActive(Portal portal);
extern void MarkPortalDone(Portal portal);
extern void MarkPortalFailed(Portal portal);
extern void PortalDrop(Portal portal, bool isTopCommit);
extern Portal GetPortalByName(const char *name);
extern void PortalDefineQuery(Portal portal, const char *prepStmtName, const char *sourceText, CommandTag commandTag,
							  List *stmts, CachedPlan *cplan);
extern PlannedStmt *PortalGetPrimaryStmt(Portal portal);
extern void PortalCreateHoldStore(Portal portal);
extern void PortalCreateHoldStoreIfMissing(Portal portal);
extern void PortalHashTableDeleteAll(void);
extern bool ThereAreNoReadyPortals(void);
extern void HoldPinnedPortals(void);
extern void ForgetPortalSnapshots(void);

#endif /* PORTAL_H */
