/*
 * rel.h
 *    RelationData: what the relation cache knows of one table, index, view or sequence, and the macros that read it.
 */
#ifndef REL_H
#define REL_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "fmgr.h"
#include "nodes/bitmapset.h"
#include "rewrite/prs2lock.h"
#include "storage/block.h"
#include "storage/relfilenode.h"
#include "storage/smgr.h"
#include "utils/relcache.h"
#include "utils/reltrigger.h"

/* What a heavyweight relation lock is taken on. */
typedef struct LockRelId
{
	Oid relId;
	Oid dbId; /* 0: shared */
} LockRelId;
typedef struct LockInfoData
{
	LockRelId lockRelId;
} LockInfoData;
typedef LockInfoData *LockInfo;

typedef struct RelationData
{
	MemoryContext rd_cxt; /* holds what hangs from here, but rd_att and what is computed later */
	RelFileNode rd_node;  /* where the storage is; relNode 0: none */
	SMgrRelation rd_smgr; /* use RelationGetSmgr() */
	int rd_refcnt;
	BackendId rd_backend; /* owner of a temporary relation, else InvalidBackendId */
	bool rd_islocaltemp;
	bool rd_isnailed; /* never dropped from the cache */
	bool rd_isvalid;  /* false: must be rebuilt before use */
	bool rd_indexvalid;
	bool rd_statvalid;

	/* Subtransaction that created the relation, or gave it new storage (latest, first), or dropped it; 0: none. */
	SubTransactionId rd_createSubid;
	SubTransactionId rd_newRelfilenodeSubid;
	SubTransactionId rd_firstRelfilenodeSubid;
	SubTransactionId rd_droppedSubid;

	Form_pg_class rd_rel; /* fixed part of the pg_class row */
	TupleDesc rd_att;	  /* counted, tdrefcount >= 1 */
	Oid rd_id;
	LockInfoData rd_lockInfo;
	RuleLock *rd_rules; /* NULL: no rules */
	MemoryContext rd_rulescxt;
	TriggerDesc *trigdesc; /* NULL: no triggers */
	List *rd_fkeylist;	   /* ForeignKeyCacheInfo, if rd_fkeyvalid */
	bool rd_fkeyvalid;

	List *rd_indexlist; /* if rd_indexvalid */
	Oid rd_pkindex;
	Oid rd_replidindex;
	List *rd_statlist;
	bool rd_attrsvalid; /* the four sets below are computed */
	Bitmapset *rd_keyattr;
	Bitmapset *rd_pkattr;
	Bitmapset *rd_idattr;
	Bitmapset *rd_indexattr;

	bytea *rd_options; /* parsed reloptions: StdRdOptions, ViewOptions, BTOptions; NULL: all default */
	Oid rd_amhandler;

	/* The rest is for indexes only, in rd_indexcxt. */
	MemoryContext rd_indexcxt;
	Form_pg_index rd_index;
	HeapTuple rd_indextuple;
	struct IndexAmRoutine *rd_indam;
	Oid *rd_opfamily; /* one per key column, as are all arrays here */
	Oid *rd_opcintype;
	RegProcedure *rd_support; /* nkeys * amsupport */
	FmgrInfo *rd_supportinfo;
	int16 *rd_indoption;
	Oid *rd_indcollation;
	List *rd_indexprs;
	List *rd_indpred;
	bytea **rd_opcoptions;
	void *rd_amcache; /* the access method's; freed at invalidation */
	Oid *rd_exclops;
	Oid *rd_exclprocs;
	uint16 *rd_exclstrats;

	Oid rd_toastoid; /* while rewriting: the TOAST table values are to point to */
	bool pgstat_enabled;
	struct PgStat_TableStatus *pgstat_info;

	/* Insertion target for heap and index; InvalidBlockNumber: none. Forgotten with the smgr reference. */
} RelationData;

/* One foreign key of which the relation is the referencing side. */
typedef struct ForeignKeyCacheInfo
{
	NodeTag type;
	Oid conoid;
	Oid conrelid;
	Oid confrelid;
	int nkeys;
	AttrNumber conkey[INDEX_MAX_KEYS];
	AttrNumber confkey[INDEX_MAX_KEYS];
	Oid conpfeqop[INDEX_MAX_KEYS];
} ForeignKeyCacheInfo;

/* ---- storage parameters ------------------------------------------------------------------------------------------ */
typedef struct AutoVacOpts
{
	bool enabled;
	int vacuum_threshold;
	int vacuum_ins_threshold;
	int analyze_threshold;
	int vacuum_cost_limit;
	int freeze_min_age;
	int freeze_max_age;
	int freeze_table_age;
	int multixact_freeze_min_age;
	int multixact_freeze_max_age;
	int multixact_freeze_table_age;
	int log_min_duration;
	float8 vacuum_cost_delay;
	float8 vacuum_scale_factor;
	float8 vacuum_ins_scale_factor;
	float8 analyze_scale_factor;
} AutoVacOpts;

typedef enum StdRdOptIndexCleanup
{
	STDRD_OPTION_VACUUM_INDEX_CLEANUP_AUTO = 0,
	STDRD_OPTION_VACUUM_INDEX_CLEANUP_OFF,
	STDRD_OPTION_VACUUM_INDEX_CLEANUP_ON
} StdRdOptIndexCleanup;

typedef struct StdRdOptions
{
	int32 vl_len_;
	int fillfactor;
	int toast_tuple_target;
	AutoVacOpts autovacuum;
	bool user_catalog_table;
	int parallel_workers;
	StdRdOptIndexCleanup vacuum_index_cleanup;
	bool vacuum_truncate;
} StdRdOptions;

typedef enum ViewOptCheckOption
{
	VIEW_OPTION_CHECK_OPTION_NOT_SET,
	VIEW_OPTION_CHECK_OPTION_LOCAL,
	VIEW_OPTION_CHECK_OPTION_CASCADED
} ViewOptCheckOption;

typedef struct ViewOptions
{
	int32 vl_len_;
	bool security_barrier;
	bool security_invoker;
	ViewOptCheckOption check_option;
} ViewOptions;

#define HEAP_MIN_FILLFACTOR 10
#define HEAP_DEFAULT_FILLFACTOR 100
#define RelationGetFillFactor(relation, defaultff) \
	((relation)->rd_options ? ((StdRdOptions *) (relation)->rd_options)->fillfactor : (defaultff))
#define RelationGetTargetPageUsage(relation, defaultff) (BLCKSZ * RelationGetFillFactor(relation, defaultff) / 100)
#define RelationGetTargetPageFreeSpace(relation, defaultff) \
	(BLCKSZ * (100 - RelationGetFillFactor(relation, defaultff)) / 100)
#define RelationGetToastTupleTarget(relation, defaulttarg) \
	((relation)->rd_options ? ((StdRdOptions *) (relation)->rd_options)->toast_tuple_target : (defaulttarg))
#define RelationIsSecurityView(relation) \
	((relation)->rd_options ? ((ViewOptions *) (relation)->rd_options)->security_barrier : false)
#define RelationHasSecurityInvoker(relation) \
	((relation)->rd_options ? ((ViewOptions *) (relation)->rd_options)->security_invoker : false)
#define RelationHasCheckOption(relation)   \
	((relation)->rd_options &&             \
	 ((ViewOptions *) (relation)->rd_options)->check_option != VIEW_OPTION_CHECK_OPTION_NOT_SET)
#define RelationHasLocalCheckOption(relation) \
	((relation)->rd_options && ((ViewOptions *) (relation)->rd_options)->check_option == VIEW_OPTION_CHECK_OPTION_LOCAL)
#define RelationHasCascadedCheckOption(relation) \
	((relation)->rd_options &&                   \
	 ((ViewOptions *) (relation)->rd_options)->check_option == VIEW_OPTION_CHECK_OPTION_CASCADED)
#define RelationIsUsedAsCatalogTable(relation) false

/* ---- accessors --------------------------------------------------------------------------------------------------- */
#define RelationIsValid(relation) PointerIsValid(relation)
#define InvalidRelation ((Relation) NULL)
#define RelationHasReferenceCountZero(relation) ((relation)->rd_refcnt == 0)
#define RelationGetForm(relation) ((relation)->rd_rel)
#define RelationGetRelid(relation) ((relation)->rd_id)
#define RelationGetNumberOfAttributes(relation) ((relation)->rd_rel->relnatts)
#define IndexRelationGetNumberOfAttributes(relation) ((relation)->rd_index->indnatts)
#define IndexRelationGetNumberOfKeyAttributes(relation) \
	(AssertMacro((relation)->rd_index->indnkeyatts != 0), ((relation)->rd_index->indnkeyatts))
#define RelationGetDescr(relation) ((relation)->rd_att)
#define RelationGetRelationName(relation) (NameStr((relation)->rd_rel->relname))
#define RelationGetNamespace(relation) ((relation)->rd_rel->relnamespace)
#define RelationIsMapped(relation) false /* no relation is mapped: nailed catalogs are never rewritten */
#define RelationIsPermanent(relation) ((relation)->rd_rel->relpersistence == RELPERSISTENCE_PERMANENT)
#define RelationNeedsWAL(relation) RelationIsPermanent(relation)
#define RelationUsesLocalBuffers(relation) ((relation)->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
#define RELATION_IS_LOCAL(relation) ((relation)->rd_islocaltemp || (relation)->rd_createSubid != InvalidSubTransactionId)
#define RELATION_IS_OTHER_TEMP(relation) \
	((relation)->rd_rel->relpersistence == RELPERSISTENCE_TEMP && !(relation)->rd_islocaltemp)
#define RelationIsScannable(relation) ((relation)->rd_rel->relispopulated)
#define RelationIsPopulated(relation) ((relation)->rd_rel->relispopulated)
#define RelationIsAccessibleInLogicalDecoding(relation) false
#define RelationIsLogicallyLogged(relation) false

static inline SMgrRelation
RelationGetSmgr(Relation rel)
{
	if (unlikely(rel->rd_smgr == NULL))
		smgrsetowner(&rel->rd_smgr, smgropen(rel->rd_node, rel->rd_backend));
	return rel->rd_smgr;
}

static inline void
RelationCloseSmgr(Relation rel)
{
	if (rel->rd_smgr != NULL)
		smgrclose(rel->rd_smgr);
	Assert(rel->rd_smgr == NULL);
}

/* Kept with the file, so that whatever truncates or replaces it, here or elsewhere, makes it forgotten. */
#define RelationGetTargetBlock(relation) \
	((relation)->rd_smgr != NULL ? (relation)->rd_smgr->smgr_targblock : InvalidBlockNumber)
#define RelationSetTargetBlock(relation, targblock) (RelationGetSmgr(relation)->smgr_targblock = (targblock))

#endif /* REL_H */
