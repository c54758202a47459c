/*
 * relcache.c
 *    The table of RelationData: references, invalidation, ends of transactions.
 *
 * Entries come from two sources. System catalogs, their indexes and TOAST tables are built from compiled-in facts: no
 * catalog is read to know a catalog, so a new process starts with nothing to load. These entries are "nailed": never
 * dropped, never stale. All others are read from the catalogs when first asked for.
 *
 * An invalidated entry that nobody references is dropped. One that is referenced, or that this transaction made, is
 * rebuilt in place: the RelationData keeps its address, and parts that come out equal keep theirs.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/catalog_data.h"
#include "catalog/pg_am.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_tablespace.h"
#include "catalog/relcache.h"
#include "catalog/storage.h"
#include "catalog/indexing.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "storage/bufmgr.h"
#include "storage/smgr.h"
#include "utils/hsearch.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/syscache.h"
#include "access/table.h"

bool criticalRelcachesBuilt = true; /* nothing needs to be built before catalogs can be read */
bool criticalSharedRelcachesBuilt = true;

typedef struct RelCacheSlot
{
	Oid relid; /* hash key: must be first */
	Relation rel;
} RelCacheSlot;

/* Builds in progress: an invalidation that arrives meanwhile makes them start again. */
typedef struct RelBuild
{
	struct RelBuild *outer;
	Oid relid;
	bool stale;
} RelBuild;

static HTAB *relcache = NULL;
static RelBuild *builds_in_progress = NULL;
static List *eoxact_relids = NIL; /* entries that the end of a (sub)transaction must look at */

static void relcache_release(Datum res);
static const ResourceOwnerDesc relcache_ref_kind = {"relcache reference", RESOURCE_RELEASE_BEFORE_LOCKS,
													 RELEASE_PRIO_RELCACHE_REFS, relcache_release, NULL};

void
RelationCacheInitialize(void)
{
	HASHCTL ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(RelCacheSlot)};

	if (relcache != NULL)
		return;
	if (CacheMemoryContext == NULL)
		CacheMemoryContext = AllocSetContextCreate(TopMemoryContext, "CacheMemoryContext", ALLOCSET_DEFAULT_SIZES);
	relcache = hash_create("relation cache", 256, &ctl, HASH_ELEM | HASH_BLOBS);
}

void
RelationCacheInitializePhase2(void)
{
}

void
RelationCacheInitializePhase3(void)
{
}

/* ---- table -------------------------------------------------------------------------------------------------------------- */
static Relation
cache_lookup(Oid relid)
{
	RelCacheSlot *slot;

	if (unlikely(relcache == NULL))
		RelationCacheInitialize();
	slot = hash_search(relcache, &relid, HASH_FIND, NULL);
	return slot ? slot->rel : NULL;
}

static void
cache_enter(Relation rel)
{
	bool found;
	RelCacheSlot *slot;

	if (unlikely(relcache == NULL))
		RelationCacheInitialize();
	slot = hash_search(relcache, &rel->rd_id, HASH_ENTER, &found);
	AssertAlways(!found);
	slot->rel = rel;
}

static void
cache_remove(Relation rel)
{
	hash_search(relcache, &rel->rd_id, HASH_REMOVE, NULL);
	eoxact_relids = list_delete_oid(eoxact_relids, rel->rd_id);
	RelationCloseSmgr(rel);
	relcache_destroy(rel);
}

static void
remember_for_eoxact(Relation rel)
{
	MemoryContext old = MemoryContextSwitchTo(CacheMemoryContext);

	eoxact_relids = list_append_unique_oid(eoxact_relids, rel->rd_id);
	MemoryContextSwitchTo(old);
}

/* ---- building -------------------------------------------------------------------------------------------------------------- */
static Relation
build(Oid relid)
{
	Relation rel;
	RelBuild progress;

	rel = relcache_build_builtin(relid);
	if (rel != NULL)
		return rel;
	for (;;)
	{
		progress = (RelBuild){builds_in_progress, relid, false};
		builds_in_progress = &progress;
		PG_TRY();
		{
			rel = relcache_build_from_catalog(relid);
		}
		PG_FINALLY();
		{
			builds_in_progress = progress.outer;
		}
		PG_END_TRY();
		if (!progress.stale)
			return rel;
		if (rel)
			relcache_destroy(rel);
	}
}

/* Move what was rebuilt into the entry that others point to. */
static void
swap_in(Relation entry, Relation fresh)
{
	RelationData old;
	bool same_desc = equalTupleDescs(entry->rd_att, fresh->rd_att);
	bool same_file = RelFileNodeEquals(entry->rd_node, fresh->rd_node);

	if (!same_file || entry->rd_rel->relkind == RELKIND_INDEX)
		RelationCloseSmgr(entry);
	old = *entry;
	*entry = *fresh;
	entry->rd_smgr = old.rd_smgr; /* its owner pointer is &entry->rd_smgr: the address does not change */
	old.rd_smgr = NULL;
	entry->rd_refcnt = old.rd_refcnt;
	entry->rd_createSubid = old.rd_createSubid;
	entry->rd_newRelfilenodeSubid = old.rd_newRelfilenodeSubid;
	entry->rd_firstRelfilenodeSubid = old.rd_firstRelfilenodeSubid;
	entry->rd_droppedSubid = old.rd_droppedSubid;
	entry->rd_toastoid = old.rd_toastoid;
	entry->pgstat_info = old.pgstat_info;
	entry->pgstat_enabled = old.pgstat_enabled;
	if (same_desc)
	{
		/* Slots and plans in use point to it. */
		TupleDesc fresh_desc = entry->rd_att;

		entry->rd_att = old.rd_att;
		old.rd_att = fresh_desc;
	}
	*fresh = old;
	relcache_destroy(fresh);
}

/* Bring a referenced entry up to date. False: the relation is gone. */
static bool
rebuild(Relation rel)
{
	Relation fresh = build(rel->rd_id);

	if (fresh == NULL)
		return false;
	swap_in(rel, fresh);
	rel->rd_isvalid = true;
	return true;
}

/* ---- references ---------------------------------------------------------------------------------------------------------------- */
void
RelationIncrementReferenceCount(Relation rel)
{
	ResourceOwnerEnlarge(CurrentResourceOwner);
	rel->rd_refcnt++;
	ResourceOwnerRemember(CurrentResourceOwner, PointerGetDatum(rel), &relcache_ref_kind);
}

static void
relcache_release(Datum res)
{
	Relation rel = (Relation) DatumGetPointer(res);

	Assert(rel->rd_refcnt > 0);
	rel->rd_refcnt--;
	/* Stale and last: it must not be found again. What this transaction made is kept until its end. */
	if (rel->rd_refcnt == 0 && !rel->rd_isvalid && !rel->rd_isnailed && rel->rd_createSubid == InvalidSubTransactionId &&
		rel->rd_firstRelfilenodeSubid == InvalidSubTransactionId)
		cache_remove(rel);
}

void
RelationDecrementReferenceCount(Relation rel)
{
	ResourceOwnerForget(CurrentResourceOwner, PointerGetDatum(rel), &relcache_ref_kind);
	relcache_release(PointerGetDatum(rel));
}

void
RelationClose(Relation relation)
{
	RelationDecrementReferenceCount(relation);
}

Relation
RelationIdGetRelation(Oid relationId)
{
	Relation rel = cache_lookup(relationId);

	if (rel != NULL)
	{
		if (rel->rd_droppedSubid != InvalidSubTransactionId)
			return NULL;
		RelationIncrementReferenceCount(rel);
		if (!rel->rd_isvalid && !rebuild(rel))
		{
			RelationDecrementReferenceCount(rel);
			return NULL;
		}
		return rel;
	}
	rel = build(relationId);
	if (rel == NULL)
		return NULL;
	if (cache_lookup(relationId) != NULL) /* building it asked for it */
	{
		relcache_destroy(rel);
		return RelationIdGetRelation(relationId);
	}
	cache_enter(rel);
	RelationIncrementReferenceCount(rel);
	return rel;
}

/* ---- invalidation -------------------------------------------------------------------------------------------------------------- */
static void
forget_access_data(Relation rel)
{
	if (rel->rd_amcache)
	{
		pfree(rel->rd_amcache);
		rel->rd_amcache = NULL;
	}
}

static void
clear(Relation rel)
{
	bool made_here = rel->rd_createSubid != InvalidSubTransactionId || rel->rd_firstRelfilenodeSubid != InvalidSubTransactionId;

	forget_access_data(rel);
	if (rel->rd_isnailed)
	{
		RelationCloseSmgr(rel);
		return;
	}
	if (rel->rd_droppedSubid != InvalidSubTransactionId)
		return;
	if (rel->rd_refcnt == 0 && !made_here)
	{
		cache_remove(rel);
		return;
	}
	rel->rd_isvalid = false;
	RelationCloseSmgr(rel);
	/* Outside a transaction nothing can be read: the next user rebuilds. */
	if (rel->rd_refcnt > 0 && IsTransactionState())
	{
		RelationIncrementReferenceCount(rel);
		if (!rebuild(rel))
		{
			/* Dropped under a reference: the dropping command itself still holds it, and will not use it. */
			rel->rd_isvalid = false;
		}
		RelationDecrementReferenceCount(rel);
	}
}

static void
builds_mark_stale(Oid relid)
{
	for (RelBuild *b = builds_in_progress; b; b = b->outer)
	{
		if (relid == InvalidOid || b->relid == relid)
			b->stale = true;
	}
}

void
RelationCacheInvalidateEntry(Oid relationId)
{
	Relation rel = cache_lookup(relationId);

	builds_mark_stale(relationId);
	if (rel != NULL)
		clear(rel);
}

static List *
all_relids(void)
{
	HASH_SEQ_STATUS status;
	RelCacheSlot *slot;
	List *relids = NIL;

	hash_seq_init(&status, relcache);
	while ((slot = hash_seq_search(&status)) != NULL)
		relids = lappend_oid(relids, slot->relid);
	return relids;
}

void
RelationCacheInvalidate(bool debug_discard)
{
	List *relids;
	ListCell *lc;

	builds_mark_stale(InvalidOid);
	if (relcache == NULL)
		return;
	relids = all_relids();
	smgrcloseall();
	foreach(lc, relids)
	{
		Relation rel = cache_lookup(lfirst_oid(lc));

		if (rel != NULL)
			clear(rel);
	}
	list_free(relids);
}

/* The relation was dropped by this (sub)transaction. */
void
RelationForgetRelation(Oid rid)
{
	Relation rel = cache_lookup(rid);

	if (rel == NULL)
		return;
	if (rel->rd_refcnt > 0)
		elog(ERROR, "relation %u is still open", rid);
	if (rel->rd_createSubid != InvalidSubTransactionId || rel->rd_firstRelfilenodeSubid != InvalidSubTransactionId)
	{
		/* A rolled-back subtransaction may bring it back. */
		rel->rd_droppedSubid = GetCurrentSubTransactionId();
		remember_for_eoxact(rel);
		return;
	}
	cache_remove(rel);
}

void
RelationCloseSmgrByOid(Oid relationId)
{
	Relation rel = cache_lookup(relationId);

	if (rel != NULL)
		RelationCloseSmgr(rel);
}

/* There is no init file. */
bool
RelationIdIsInInitFile(Oid relationId)
{
	return false;
}

void
RelationCacheInitFilePreInvalidate(void)
{
}

void
RelationCacheInitFilePostInvalidate(void)
{
}

void
RelationCacheInitFileRemove(void)
{
}

/* ---- relations made in this transaction ------------------------------------------------------------------------------------------ */
Relation
RelationBuildLocalRelation(const char *relname, Oid relnamespace, TupleDesc tupDesc, Oid relid, Oid accessmtd,
						   Oid relfilenode, Oid reltablespace, bool shared_relation, bool mapped_relation,
						   char relpersistence, char relkind)
{
	Relation rel = relcache_alloc();
	MemoryContext old = MemoryContextSwitchTo(rel->rd_cxt);
	Form_pg_class form = palloc0(sizeof(FormData_pg_class));

	MemoryContextSwitchTo(CacheMemoryContext);
	rel->rd_att = CreateTupleDescCopy(tupDesc);
	rel->rd_att->tdrefcount = 1;
	if (tupDesc->constr != NULL && tupDesc->constr->has_not_null)
	{
		rel->rd_att->constr = MemoryContextAllocZero(CacheMemoryContext, sizeof(TupleConstr));
		rel->rd_att->constr->has_not_null = true;
	}
	for (int i = 0; i < tupDesc->natts; i++)
	{
		Form_pg_attribute from = TupleDescAttr(tupDesc, i);
		Form_pg_attribute to = TupleDescAttr(rel->rd_att, i);

		to->attnotnull = from->attnotnull;
		to->attidentity = from->attidentity;
		to->attgenerated = from->attgenerated;
		to->attrelid = relid;
	}
	MemoryContextSwitchTo(rel->rd_cxt);
	namestrcpy(&form->relname, relname);
	form->oid = relid;
	form->relnamespace = relnamespace;
	form->relowner = InvalidOid;
	form->relam = accessmtd;
	form->relfilenode = relfilenode;
	form->reltablespace = reltablespace;
	form->relisshared = shared_relation;
	form->relpersistence = relpersistence;
	form->relkind = relkind;
	form->relnatts = tupDesc->natts;
	form->relispopulated = true;
	form->relreplident = (relnamespace == PG_CATALOG_NAMESPACE || (relkind != RELKIND_RELATION && relkind != RELKIND_MATVIEW)) ? 'n' : 'd';
	form->reltuples = -1;
	rel->rd_rel = form;
	rel->rd_id = relid;
	rel->rd_createSubid = GetCurrentSubTransactionId();
	rel->rd_isvalid = true;
	relcache_set_physical(rel);
	MemoryContextSwitchTo(old);
	cache_enter(rel);
	remember_for_eoxact(rel);
	RelationIncrementReferenceCount(rel);
	return rel;
}

void
RelationSetNewRelfilenode(Relation relation, char persistence)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(RelationGetRelid(relation)));
	Form_pg_class form;
	RelFileNode newnode = relation->rd_node;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "could not find tuple for relation %u", RelationGetRelid(relation));
	if (relation->rd_isnailed)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("rewriting system catalog \"%s\" is not supported", RelationGetRelationName(relation)));
	newnode.relNode = GetNewRelFileNode(relation->rd_rel->reltablespace, NULL, persistence);
	RelationDropStorage(relation);
	RelationCreateStorage(newnode, persistence, true);
	if (relation->rd_rel->relpersistence == RELPERSISTENCE_UNLOGGED && persistence == RELPERSISTENCE_UNLOGGED &&
		RELKIND_HAS_STORAGE(relation->rd_rel->relkind))
	{
		SMgrRelation srel = smgropen(newnode, InvalidBackendId);

		if (relation->rd_rel->relkind != RELKIND_INDEX)
		{
			smgrcreate(srel, INIT_FORKNUM, false);
			log_smgrcreate(&newnode, INIT_FORKNUM);
			smgrimmedsync(srel, INIT_FORKNUM);
		}
	}
	form = (Form_pg_class) GETSTRUCT(tuple);
	form->relfilenode = newnode.relNode;
	if (relation->rd_rel->relkind != RELKIND_SEQUENCE)
	{
		form->relpages = 0;
		form->reltuples = -1;
		form->relallvisible = 0;
	}
	form->relpersistence = persistence;
	CatalogTupleUpdate(pg_class, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(pg_class, RowExclusiveLock);
	CommandCounterIncrement();
	RelationAssumeNewRelfilenode(relation);
}

void
RelationAssumeNewRelfilenode(Relation relation)
{
	relation->rd_newRelfilenodeSubid = GetCurrentSubTransactionId();
	if (relation->rd_firstRelfilenodeSubid == InvalidSubTransactionId)
		relation->rd_firstRelfilenodeSubid = relation->rd_newRelfilenodeSubid;
	remember_for_eoxact(relation);
}

/* ---- ends of transactions ------------------------------------------------------------------------------------------------------------ */
static void
end_relation(Relation rel, bool isCommit)
{
	bool gone = isCommit ? rel->rd_droppedSubid != InvalidSubTransactionId : rel->rd_createSubid != InvalidSubTransactionId;

	rel->rd_createSubid = InvalidSubTransactionId;
	rel->rd_newRelfilenodeSubid = InvalidSubTransactionId;
	rel->rd_firstRelfilenodeSubid = InvalidSubTransactionId;
	rel->rd_droppedSubid = InvalidSubTransactionId;
	if ((gone || !rel->rd_isvalid) && rel->rd_refcnt == 0 && !rel->rd_isnailed)
		cache_remove(rel);
	else if (gone)
		elog(WARNING, "cannot remove relcache entry for \"%s\" because it has nonzero refcount", RelationGetRelationName(rel));
}

void
AtEOXact_RelationCache(bool isCommit)
{
	List *relids = eoxact_relids;
	ListCell *lc;

	builds_in_progress = NULL;
	eoxact_relids = NIL;
	foreach(lc, relids)
	{
		Relation rel = cache_lookup(lfirst_oid(lc));

		if (rel != NULL)
			end_relation(rel, isCommit);
	}
	list_free(relids);
}

static void
end_sub(Relation rel, bool isCommit, SubTransactionId mySubid, SubTransactionId parentSubid)
{
	if (rel->rd_createSubid == mySubid)
	{
		if (isCommit)
			rel->rd_createSubid = parentSubid;
		else
		{
			rel->rd_createSubid = InvalidSubTransactionId;
			rel->rd_newRelfilenodeSubid = InvalidSubTransactionId;
			rel->rd_firstRelfilenodeSubid = InvalidSubTransactionId;
			rel->rd_droppedSubid = InvalidSubTransactionId;
			if (rel->rd_refcnt == 0)
				cache_remove(rel);
			else
				elog(WARNING, "cannot remove relcache entry for \"%s\" because it has nonzero refcount", RelationGetRelationName(rel));
			return;
		}
	}
	if (rel->rd_newRelfilenodeSubid == mySubid)
		rel->rd_newRelfilenodeSubid = isCommit ? parentSubid : InvalidSubTransactionId;
	if (rel->rd_firstRelfilenodeSubid == mySubid)
		rel->rd_firstRelfilenodeSubid = isCommit ? parentSubid : InvalidSubTransactionId;
	if (rel->rd_droppedSubid == mySubid)
		rel->rd_droppedSubid = isCommit ? parentSubid : InvalidSubTransactionId;
}

void
AtEOSubXact_RelationCache(bool isCommit, SubTransactionId mySubid, SubTransactionId parentSubid)
{
	List *relids = list_copy(eoxact_relids);
	ListCell *lc;

	foreach(lc, relids)
	{
		Relation rel = cache_lookup(lfirst_oid(lc));

		if (rel != NULL)
			end_sub(rel, isCommit, mySubid, parentSubid);
	}
	list_free(relids);
}

/* ---- error fields --------------------------------------------------------------------------------------------------------------------- */
int
errtable(Relation rel)
{
	err_generic_string(PG_DIAG_SCHEMA_NAME, get_namespace_name(RelationGetNamespace(rel)));
	err_generic_string(PG_DIAG_TABLE_NAME, RelationGetRelationName(rel));
	return 0;
}

int
errtablecolname(Relation rel, const char *colname)
{
	errtable(rel);
	err_generic_string(PG_DIAG_COLUMN_NAME, colname);
	return 0;
}

int
errtablecol(Relation rel, int attnum)
{
	const char *name;

	if (attnum > 0 && attnum <= RelationGetDescr(rel)->natts)
		name = NameStr(TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attname);
	else
		name = get_attname(RelationGetRelid(rel), attnum, false);
	return errtablecolname(rel, name);
}

int
errtableconstraint(Relation rel, const char *conname)
{
	errtable(rel);
	err_generic_string(PG_DIAG_CONSTRAINT_NAME, conname);
	return 0;
}
