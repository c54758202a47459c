/*
 * index_build.c
 *    IndexInfo, filling an index, noting sizes in pg_class, REINDEX of one index or relation.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/stratnum.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/smgr.h"
#include "access/visibilitymap.h"
#include "catalog/storage.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

IndexInfo *
BuildIndexInfo(Relation index)
{
	IndexInfo *info = (IndexInfo *) newNode(sizeof(IndexInfo), T_IndexInfo);
	Form_pg_index form = index->rd_index;

	info->ii_NumIndexAttrs = form->indnatts;
	info->ii_NumIndexKeyAttrs = form->indnkeyatts;
	Assert(form->indnatts >= 1 && form->indnatts <= INDEX_MAX_KEYS);
	for (int i = 0; i < form->indnatts; i++)
		info->ii_IndexAttrNumbers[i] = form->indkey.values[i];
	info->ii_Expressions = RelationGetIndexExpressions(index);
	info->ii_Predicate = RelationGetIndexPredicate(index);
	info->ii_Unique = form->indisunique;
	info->ii_NullsNotDistinct = form->indnullsnotdistinct;
	info->ii_ReadyForInserts = form->indisready;
	info->ii_Am = index->rd_rel->relam;
	info->ii_Context = CurrentMemoryContext;
	return info;
}

/* Types and columns as they are, expressions as NULL constants: for code that must not evaluate anything. */
IndexInfo *
BuildDummyIndexInfo(Relation index)
{
	IndexInfo *info = (IndexInfo *) newNode(sizeof(IndexInfo), T_IndexInfo);
	Form_pg_index form = index->rd_index;

	info->ii_NumIndexAttrs = form->indnatts;
	info->ii_NumIndexKeyAttrs = form->indnkeyatts;
	for (int i = 0; i < form->indnatts; i++)
		info->ii_IndexAttrNumbers[i] = form->indkey.values[i];
	info->ii_Expressions = RelationGetDummyIndexExpressions(index);
	info->ii_Unique = form->indisunique;
	info->ii_ReadyForInserts = form->indisready;
	info->ii_Am = index->rd_rel->relam;
	info->ii_Context = CurrentMemoryContext;
	return info;
}

/* What INSERT ... ON CONFLICT compares the index's keys with. */
void
BuildSpeculativeIndexInfo(Relation index, IndexInfo *ii)
{
	int nkeys = IndexRelationGetNumberOfKeyAttributes(index);

	Assert(ii->ii_Unique);
	ii->ii_UniqueOps = palloc(nkeys * sizeof(Oid));
	ii->ii_UniqueProcs = palloc(nkeys * sizeof(Oid));
	ii->ii_UniqueStrats = palloc(nkeys * sizeof(uint16));
	for (int i = 0; i < nkeys; i++)
	{
		ii->ii_UniqueStrats[i] = BTEqualStrategyNumber;
		ii->ii_UniqueOps[i] = get_opfamily_member(index->rd_opfamily[i], index->rd_opcintype[i], index->rd_opcintype[i], BTEqualStrategyNumber);
		if (!OidIsValid(ii->ii_UniqueOps[i]))
			elog(ERROR, "missing operator %d(%u,%u) in opfamily %u", BTEqualStrategyNumber, index->rd_opcintype[i], index->rd_opcintype[i],
				 index->rd_opfamily[i]);
		ii->ii_UniqueProcs[i] = get_opcode(ii->ii_UniqueOps[i]);
	}
}

/*
 * Facts about size are overwritten in place: they are no part of any transaction, and a new row version here would collide with
 * the one that created the relation.
 */
void
index_update_stats(Relation rel, bool hasindex, double reltuples)
{
	Relation pg_class;
	HeapTuple tuple;
	Form_pg_class form;
	BlockNumber pages;
	BlockNumber visible = 0;
	bool dirty = false;

	if (IsBootstrapProcessingMode())
		return; /* pg_class has no rows yet */
	pg_class = table_open(RelationRelationId, RowExclusiveLock);
	tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(RelationGetRelid(rel)));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "could not find tuple for relation %u", RelationGetRelid(rel));
	form = (Form_pg_class) GETSTRUCT(tuple);
	if (form->relhasindex != hasindex && form->relkind != RELKIND_INDEX)
	{
		form->relhasindex = hasindex;
		dirty = true;
	}
	if (reltuples >= 0)
	{
		pages = RelationGetNumberOfBlocks(rel);
		if (form->relkind != RELKIND_INDEX)
			visibilitymap_count(rel, &visible, NULL);
		if (form->relpages != (int32) pages || form->reltuples != (float4) reltuples || form->relallvisible != (int32) visible)
		{
			form->relpages = (int32) pages;
			form->reltuples = (float4) reltuples;
			form->relallvisible = (int32) visible;
			dirty = true;
		}
	}
	if (dirty)
		heap_inplace_update(pg_class, tuple);
	else
		CacheInvalidateRelcacheByTuple(tuple);
	heap_freetuple(tuple);
	table_close(pg_class, RowExclusiveLock);
}

void
index_build(Relation heapRelation, Relation indexRelation, IndexInfo *indexInfo, bool isreindex, bool parallel)
{
	Oid save_userid;
	int save_sec_context;
	int nestlevel;
	IndexBuildResult *result;

	/* Expressions run as the table's owner, who cannot be made to run somebody's code with more rights. */
	GetUserIdAndSecContext(&save_userid, &save_sec_context);
	if (!IsBootstrapProcessingMode())
		SetUserIdAndSecContext(heapRelation->rd_rel->relowner, save_sec_context | SECURITY_RESTRICTED_OPERATION);
	nestlevel = NewGUCNestLevel();
	result = indexRelation->rd_indam->ambuild(heapRelation, indexRelation, indexInfo);
	Assert(result != NULL);
	if (indexRelation->rd_rel->relpersistence == RELPERSISTENCE_UNLOGGED &&
		!smgrexists(RelationGetSmgr(indexRelation), INIT_FORKNUM))
	{
		smgrcreate(RelationGetSmgr(indexRelation), INIT_FORKNUM, false);
		log_smgrcreate(&indexRelation->rd_node, INIT_FORKNUM);
		indexRelation->rd_indam->ambuildempty(indexRelation);
	}
	index_update_stats(heapRelation, true, result->heap_tuples);
	index_update_stats(indexRelation, false, result->index_tuples);
	CommandCounterIncrement();
	AtEOXact_GUC(false, nestlevel);
	SetUserIdAndSecContext(save_userid, save_sec_context);
}

/* ---- state flags ---------------------------------------------------------------------------------------------------------------- */
void
index_set_state_flags(Oid indexId, IndexStateFlagsAction action)
{
	Relation pg_index = table_open(IndexRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(INDEXRELID, ObjectIdGetDatum(indexId));
	Form_pg_index form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", indexId);
	form = (Form_pg_index) GETSTRUCT(tuple);
	switch (action)
	{
		case INDEX_CREATE_SET_READY:
			form->indisready = true;
			break;
		case INDEX_CREATE_SET_VALID:
			form->indisvalid = true;
			break;
		case INDEX_DROP_CLEAR_VALID:
			form->indisvalid = false;
			form->indisclustered = false;
			form->indisreplident = false;
			break;
		case INDEX_DROP_SET_DEAD:
			form->indisready = false;
			form->indislive = false;
			break;
	}
	CatalogTupleUpdate(pg_index, &tuple->t_self, tuple);
	table_close(pg_index, RowExclusiveLock);
}

Oid
IndexGetRelation(Oid indexId, bool missing_ok)
{
	HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexId));
	Oid result;

	if (!HeapTupleIsValid(tuple))
	{
		if (missing_ok)
			return InvalidOid;
		elog(ERROR, "cache lookup failed for index %u", indexId);
	}
	result = ((Form_pg_index) GETSTRUCT(tuple))->indrelid;
	ReleaseSysCache(tuple);
	return result;
}

/* ---- reindexing ------------------------------------------------------------------------------------------------------------------- */
static Oid reindexing_heap = InvalidOid;
static Oid reindexing_index = InvalidOid;
static int reindexing_level = 0;

bool
ReindexIsProcessingHeap(Oid heapOid)
{
	return OidIsValid(heapOid) && heapOid == reindexing_heap;
}

bool
ReindexIsProcessingIndex(Oid indexOid)
{
	return OidIsValid(indexOid) && indexOid == reindexing_index;
}

void
ResetReindexState(int nestLevel)
{
	if (reindexing_level >= nestLevel)
	{
		reindexing_heap = reindexing_index = InvalidOid;
		reindexing_level = 0;
	}
}

static void
mark_index_usable(Oid indexId)
{
	Relation pg_index = table_open(IndexRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(INDEXRELID, ObjectIdGetDatum(indexId));
	Form_pg_index form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", indexId);
	form = (Form_pg_index) GETSTRUCT(tuple);
	if (!form->indisvalid || !form->indisready || !form->indislive)
	{
		form->indisvalid = form->indisready = form->indislive = true;
		CatalogTupleUpdate(pg_index, &tuple->t_self, tuple);
	}
	heap_freetuple(tuple);
	table_close(pg_index, RowExclusiveLock);
}

void
reindex_index(Oid indexId, bool skip_constraint_checks, char persistence, ReindexParams *params)
{
	Oid heapId = IndexGetRelation(indexId, (params->options & REINDEXOPT_MISSING_OK) != 0);
	Relation heap;
	Relation index;
	IndexInfo *info;

	if (!OidIsValid(heapId))
		return;
	heap = table_open(heapId, ShareLock);
	index = index_open(indexId, AccessExclusiveLock);
	if (IsCatalogRelationOid(indexId))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("reindexing system catalog index \"%s\" is not supported", RelationGetRelationName(index)));
	if (RELATION_IS_OTHER_TEMP(index))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot reindex temporary tables of other sessions"));
	reindexing_heap = heapId;
	reindexing_index = indexId;
	reindexing_level = GetCurrentTransactionNestLevel();
	info = BuildIndexInfo(index);
	if (skip_constraint_checks)
		info->ii_Unique = false;
	RelationSetNewRelfilenode(index, persistence);
	index_build(heap, index, info, true, true);
	reindexing_heap = reindexing_index = InvalidOid;
	if (!skip_constraint_checks)
		mark_index_usable(indexId);
	if (params->options & REINDEXOPT_VERBOSE)
		ereport(INFO, errmsg("index \"%s\" was reindexed", get_rel_name(indexId)));
	index_close(index, NoLock);
	table_close(heap, NoLock);
}

bool
reindex_relation(Oid relid, int flags, ReindexParams *params)
{
	Relation rel = (params->options & REINDEXOPT_MISSING_OK) ? try_table_open(relid, ShareLock) : table_open(relid, ShareLock);
	Oid toast;
	List *indexes;
	ListCell *lc;
	bool result;
	char persistence;

	if (rel == NULL)
		return false;
	toast = rel->rd_rel->reltoastrelid;
	persistence = rel->rd_rel->relpersistence;
	indexes = RelationGetIndexList(rel);
	foreach(lc, indexes)
	{
		reindex_index(lfirst_oid(lc), !(flags & REINDEX_REL_CHECK_CONSTRAINTS), persistence, params);
		CommandCounterIncrement();
	}
	result = indexes != NIL;
	table_close(rel, NoLock);
	if ((flags & REINDEX_REL_PROCESS_TOAST) && OidIsValid(toast))
		result |= reindex_relation(toast, flags, params);
	return result;
}
