/*
 * nodes/plannodes.h
 *    Plan trees: what the planner makes and the executor runs.
 *
 * A plan is read-only for the executor and lives as long as its plan-cache entry. Vars in scan nodes name a range-table
 * index; in join nodes OUTER_VAR/INNER_VAR name a column of the left/right input; above a scan's or join's output
 * (Agg, Sort, Limit, ...) OUTER_VAR names a column of the left input; INDEX_VAR names a column of an index-only scan.
 * Nodes that only pass rows on (Sort, Unique, Limit, Material, ...) have a targetlist of plain OUTER_VARs for EXPLAIN.
 */
#ifndef PLANNODES_H
#define PLANNODES_H

#include "access/sdir.h"
#include "nodes/bitmapset.h"
#include "nodes/nodes.h"
#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"

/* One planned statement; utility statements are wrapped with commandType CMD_UTILITY and no plan tree. */
typedef struct PlannedStmt
{
	NodeTag type;
	CmdType commandType;
	uint64 queryId;
	bool hasReturning;
	bool hasModifyingCTE;
	bool canSetTag;
	bool transientPlan;		/* valid only while TransactionXmin stays: do not cache */
	bool dependsOnRole;
	struct Plan *planTree;
	List *rtable;			/* RangeTblEntry */
	List *resultRelations;	/* integer list of RT indexes that ModifyTable writes */
	List *subplans;			/* Plan trees of SubPlans and initplans, in plan_id order (1-based) */
	Bitmapset *rewindPlanIDs; /* subplans that need rewind support */
	List *rowMarks;			/* PlanRowMark */
	List *relationOids;		/* for plan invalidation */
	List *invalItems;		/* PlanInvalItem */
	List *paramExecTypes;	/* type OIDs of PARAM_EXEC parameters */
	Node *utilityStmt;
	int stmt_location;
	int stmt_len;
} PlannedStmt;

typedef struct PlanInvalItem
{
	NodeTag type;
	int cacheId;
	uint32 hashValue;
} PlanInvalItem;

#define exec_subplan_get_plan(plannedstmt, subplan) \
	((struct Plan *) list_nth((plannedstmt)->subplans, (subplan)->plan_id - 1))

typedef struct Plan
{
	NodeTag type;
	Cost startup_cost;
	Cost total_cost;
	Cardinality plan_rows;
	int plan_width;			/* average bytes of an output row */
	int plan_node_id;		/* unique in the statement */
	List *targetlist;		/* TargetEntry */
	List *qual;				/* implicitly ANDed */
	struct Plan *lefttree;
	struct Plan *righttree;
	List *initPlan;			/* SubPlan nodes to evaluate at most once, on first use of their output parameter */
	Bitmapset *extParam;	/* PARAM_EXECs this subtree depends on, set outside of it (initplans included) */
	Bitmapset *allParam;	/* all PARAM_EXECs this subtree depends on */
} Plan;
#define innerPlan(node) (((Plan *) (node))->righttree)
#define outerPlan(node) (((Plan *) (node))->lefttree)

/* Computes its targetlist once (no input), or per input row; resconstantqual is checked once. */
typedef struct Result
{
	Plan plan;
	Node *resconstantqual;
} Result;

/* Targetlist has set-returning functions at its top level. */
typedef struct ProjectSet
{
	Plan plan;
} ProjectSet;

typedef struct ModifyTable
{
	Plan plan;
	CmdType operation;
	bool canSetTag;
	Index nominalRelation;
	Index rootRelation;
	bool partColsUpdated;
	List *resultRelations;			/* integer list */
	List *updateColnosLists;		/* per result relation: attribute numbers that the subplan's columns update */
	List *withCheckOptionLists;
	List *returningLists;			/* per result relation: RETURNING targetlist */
	List *rowMarks;
	int epqParam;					/* PARAM_EXEC that changes during EvalPlanQual */
	OnConflictAction onConflictAction;
	List *arbiterIndexes;			/* OIDs */
	List *onConflictSet;			/* TargetEntry; expression for updated columns only */
	List *onConflictCols;			/* their attribute numbers */
	Node *onConflictWhere;
	Index exclRelRTI;				/* RT index of EXCLUDED */
	List *exclRelTlist;
	List *mergeActionLists;
} ModifyTable;

typedef struct Append
{
	Plan plan;
	Bitmapset *apprelids;
	List *appendplans;
} Append;

typedef struct MergeAppend
{
	Plan plan;
	Bitmapset *apprelids;
	List *mergeplans;
	int numCols;
	AttrNumber *sortColIdx;
	Oid *sortOperators;
	Oid *collations;
	bool *nullsFirst;
} MergeAppend;

typedef struct RecursiveUnion
{
	Plan plan;
	int wtParam;			/* PARAM_EXEC that ties the WorkTableScans to this node */
	int numCols;			/* 0 for UNION ALL */
	AttrNumber *dupColIdx;
	Oid *dupOperators;
	Oid *dupCollations;
	long numGroups;
} RecursiveUnion;

typedef struct BitmapAnd
{
	Plan plan;
	List *bitmapplans;
} BitmapAnd;

typedef struct BitmapOr
{
	Plan plan;
	bool isshared;
	List *bitmapplans;
} BitmapOr;

/* ---- scans ---------------------------------------------------------------------------------------------------- */
typedef struct Scan
{
	Plan plan;
	Index scanrelid;
} Scan;

typedef struct SeqScan
{
	Scan scan;
} SeqScan;

/* indexqual: clauses with INDEX_VAR on the left and the constant side on the right; indexqualorig: the same with Vars. */
typedef struct IndexScan
{
	Scan scan;
	Oid indexid;
	List *indexqual;
	List *indexqualorig;
	List *indexorderby;
	List *indexorderbyorig;
	List *indexorderbyops;
	ScanDirection indexorderdir;
} IndexScan;

/* targetlist and qual use INDEX_VAR; indextlist says what each index column is in terms of the heap. */
typedef struct IndexOnlyScan
{
	Scan scan;
	Oid indexid;
	List *indexqual;
	List *recheckqual;
	List *indexorderby;
	List *indextlist;
	ScanDirection indexorderdir;
} IndexOnlyScan;

typedef struct BitmapIndexScan
{
	Scan scan;
	Oid indexid;
	bool isshared;
	List *indexqual;
	List *indexqualorig;
} BitmapIndexScan;

/* lefttree makes the bitmap; bitmapqualorig is rechecked on lossy pages. */
typedef struct BitmapHeapScan
{
	Scan scan;
	List *bitmapqualorig;
} BitmapHeapScan;

typedef struct TidScan
{
	Scan scan;
	List *tidquals; /* implicitly ORed: CTID = pseudoconstant, CTID = ANY(array), CURRENT OF */
} TidScan;

typedef enum SubqueryScanStatus
{
	SUBQUERY_SCAN_UNKNOWN,
	SUBQUERY_SCAN_TRIVIAL,
	SUBQUERY_SCAN_NONTRIVIAL
} SubqueryScanStatus;

typedef struct SubqueryScan
{
	Scan scan;
	Plan *subplan;
	SubqueryScanStatus scanstatus;
} SubqueryScan;

typedef struct FunctionScan
{
	Scan scan;
	List *functions; /* RangeTblFunction */
	bool funcordinality;
} FunctionScan;

typedef struct ValuesScan
{
	Scan scan;
	List *values_lists; /* list of expression lists */
} ValuesScan;

typedef struct CteScan
{
	Scan scan;
	int ctePlanId; /* index in subplans of the CTE's plan */
	int cteParam;  /* PARAM_EXEC that ties the readers of one CTE together */
} CteScan;

typedef struct WorkTableScan
{
	Scan scan;
	int wtParam;
} WorkTableScan;

/* ---- joins ---------------------------------------------------------------------------------------------------- */
typedef struct Join
{
	Plan plan;			/* plan.qual: filter above the join, after null-extension */
	JoinType jointype;
	bool inner_unique;	/* at most one inner match: stop after the first */
	List *joinqual;		/* the join condition proper (besides hash or merge clauses) */
} Join;

/* nestParams: set before each rescan of the inner side. */
typedef struct NestLoop
{
	Join join;
	List *nestParams;
} NestLoop;

typedef struct NestLoopParam
{
	NodeTag type;
	int paramno;
	Var *paramval; /* OUTER_VAR after the references are fixed */
} NestLoopParam;

typedef struct MergeJoin
{
	Join join;
	bool skip_mark_restore;
	List *mergeclauses; /* outer op inner */
	Oid *mergeFamilies; /* per clause: btree opfamily, collation, strategy and nulls order */
	Oid *mergeCollations;
	int *mergeStrategies;
	bool *mergeNullsFirst;
} MergeJoin;

/* righttree is a Hash node. */
typedef struct HashJoin
{
	Join join;
	List *hashclauses;	 /* outer op inner */
	List *hashoperators;
	List *hashcollations;
	List *hashkeys;		 /* outer-side key expressions (OUTER_VAR); the inner ones are in Hash */
} HashJoin;

typedef struct Hash
{
	Plan plan;
	List *hashkeys; /* inner-side key expressions, OUTER_VAR of the Hash's own input */
	Oid skewTable;
	AttrNumber skewColumn;
	bool skewInherit;
	Cardinality rows_total;
} Hash;

/* ---- everything that takes one input --------------------------------------------------------------------------- */
typedef struct Material
{
	Plan plan;
} Material;

typedef struct Memoize
{
	Plan plan;
	int numKeys;
	Oid *hashOperators;
	Oid *collations;
	List *param_exprs;
	bool singlerow;
	bool binary_mode;
	uint32 est_entries;
	Bitmapset *keyparamids;
} Memoize;

typedef struct Sort
{
	Plan plan;
	int numCols;
	AttrNumber *sortColIdx;
	Oid *sortOperators;
	Oid *collations;
	bool *nullsFirst;
} Sort;

typedef struct IncrementalSort
{
	Sort sort;
	int nPresortedCols;
} IncrementalSort;

typedef struct Group
{
	Plan plan;
	int numCols;
	AttrNumber *grpColIdx;
	Oid *grpOperators;
	Oid *grpCollations;
} Group;

/* Aggregation; grouping sets come as a chain of further Agg nodes with their own sort order in chain. */
typedef struct Agg
{
	Plan plan;
	AggStrategy aggstrategy;
	AggSplit aggsplit;
	int numCols;
	AttrNumber *grpColIdx;
	Oid *grpOperators;
	Oid *grpCollations;
	long numGroups;
	uint64 transitionSpace;
	Bitmapset *aggParams;
	List *groupingSets;
	List *chain;
} Agg;

typedef struct WindowAgg
{
	Plan plan;
	Index winref;
	int partNumCols;
	AttrNumber *partColIdx;
	Oid *partOperators;
	Oid *partCollations;
	int ordNumCols;
	AttrNumber *ordColIdx;
	Oid *ordOperators;
	Oid *ordCollations;
	int frameOptions;
	Node *startOffset;
	Node *endOffset;
	List *runCondition;
	List *runConditionOrig;
	Oid startInRangeFunc;
	Oid endInRangeFunc;
	Oid inRangeColl;
	bool inRangeAsc;
	bool inRangeNullsFirst;
	bool topWindow;
} WindowAgg;

typedef struct Unique
{
	Plan plan;
	int numCols;
	AttrNumber *uniqColIdx;
	Oid *uniqOperators;
	Oid *uniqCollations;
} Unique;

/* INTERSECT and EXCEPT [ALL]: input rows carry a flag column that tells left (0) from right (1). */
typedef struct SetOp
{
	Plan plan;
	SetOpCmd cmd;
	SetOpStrategy strategy;
	int numCols;
	AttrNumber *dupColIdx;
	Oid *dupOperators;
	Oid *dupCollations;
	AttrNumber flagColIdx;
	int firstFlag;
	long numGroups;
} SetOp;

typedef struct LockRows
{
	Plan plan;
	List *rowMarks;
	int epqParam;
} LockRows;

typedef struct Limit
{
	Plan plan;
	Node *limitOffset;
	Node *limitCount;
	LimitOption limitOption;
	int uniqNumCols; /* for WITH TIES */
	AttrNumber *uniqColIdx;
	Oid *uniqOperators;
	Oid *uniqCollations;
} Limit;

/* ---- row marks -------------------------------------------------------------------------------------------------- */
typedef enum RowMarkType
{
	ROW_MARK_EXCLUSIVE,
	ROW_MARK_NOKEYEXCLUSIVE,
	ROW_MARK_SHARE,
	ROW_MARK_KEYSHARE,
	ROW_MARK_REFERENCE, /* not locked; refetched by ctid in EvalPlanQual */
	ROW_MARK_COPY		/* not locked; whole row copied */
} RowMarkType;
#define RowMarkRequiresRowShareLock(marktype) ((marktype) <= ROW_MARK_KEYSHARE)

/*
 * One locked or merely remembered relation of a FOR UPDATE/SHARE, UPDATE or DELETE. The plan's targetlist carries junk
 * columns "ctid<rowmarkId>" (REFERENCE and locking kinds) or "wholerow<rowmarkId>" (COPY).
 */
typedef struct PlanRowMark
{
	NodeTag type;
	Index rti;
	Index prti;
	Index rowmarkId;
	RowMarkType markType;
	int allMarkTypes;
	LockClauseStrength strength;
	LockWaitPolicy waitPolicy;
	bool isParent;
} PlanRowMark;

#endif /* PLANNODES_H */
