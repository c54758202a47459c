/*
 * inval.c
 *    Invalidation messages of the running transaction, and what messages do to this process' caches.
 *
 * Each nesting level with changes has two queues, each split in catalog-cache and relation-cache messages: those of the
 * current command, not yet applied here, and those of earlier commands. Catalog-cache messages always go first, because
 * rebuilding a relation reads through the catalog caches.
 *
 *    end of command    apply current, append to prior
 *    subcommit         parent's prior += prior
 *    (sub)abort        apply prior here: rows this process cached are undone; nobody else saw them
 *    commit            send prior and current to everybody (the sender reads them back like the others)
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/catcache.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/relcache.h"
#include "miscadmin.h"
#include "storage/sinval.h"
#include "storage/smgr.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

int debug_discard_caches = 0;

typedef struct MessageQueue
{
	SharedInvalidationMessage *items;
	int count;
	int capacity;
} MessageQueue;

enum
{
	QUEUE_CATCACHE,
	QUEUE_RELCACHE,
	QUEUE_KINDS
};

typedef struct InvalLevel
{
	struct InvalLevel *parent;
	int nest_level;
	MessageQueue current[QUEUE_KINDS];
	MessageQueue prior[QUEUE_KINDS];
} InvalLevel;

static InvalLevel *inval_top = NULL;

#define MAX_CALLBACKS 64
static struct
{
	int cache_id; /* -1: relation cache */
	SyscacheCallbackFunction syscache;
	RelcacheCallbackFunction relcache;
	Datum arg;
} callbacks[MAX_CALLBACKS];
static int ncallbacks = 0;

/* ---- queues ------------------------------------------------------------------------------------------------------------ */
static void
queue_add(MessageQueue *queue, const SharedInvalidationMessage *msg)
{
	if (queue->count == queue->capacity)
	{
		int capacity = queue->capacity ? queue->capacity * 2 : 16;

		if (queue->items == NULL)
			queue->items = MemoryContextAlloc(TopTransactionContext, capacity * sizeof(*queue->items));
		else
			queue->items = repalloc(queue->items, capacity * sizeof(*queue->items));
		queue->capacity = capacity;
	}
	queue->items[queue->count++] = *msg;
}

/* A relation is invalidated once per command, however many of its columns change. */
static bool
queue_has_relation(const MessageQueue *queue, Oid relid)
{
	for (int i = 0; i < queue->count; i++)
	{
		if (queue->items[i].id == SHAREDINVALRELCACHE_ID &&
			(queue->items[i].rc.relId == relid || queue->items[i].rc.relId == InvalidOid))
			return true;
	}
	return false;
}

static bool
queue_has_snapshot(const MessageQueue *queue, Oid relid)
{
	for (int i = 0; i < queue->count; i++)
	{
		if (queue->items[i].id == SHAREDINVALSNAPSHOT_ID && queue->items[i].sn.relId == relid)
			return true;
	}
	return false;
}

static void
queue_append(MessageQueue *to, MessageQueue *from)
{
	for (int i = 0; i < from->count; i++)
		queue_add(to, &from->items[i]);
	from->count = 0;
}

static void
queues_append(MessageQueue *to, MessageQueue *from)
{
	for (int k = 0; k < QUEUE_KINDS; k++)
		queue_append(&to[k], &from[k]);
}

/* Applying a message may run code that queues more: the queue may grow (and move) meanwhile. */
static void
queues_apply(MessageQueue *queues)
{
	for (int k = 0; k < QUEUE_KINDS; k++)
	{
		for (int i = 0; i < queues[k].count; i++)
		{
			SharedInvalidationMessage msg = queues[k].items[i];

			LocalExecuteInvalidationMessage(&msg);
		}
	}
}

static InvalLevel *
level_for_registering(void)
{
	int nest_level = GetCurrentTransactionNestLevel();

	if (inval_top == NULL || inval_top->nest_level != nest_level)
	{
		InvalLevel *level = MemoryContextAllocZero(TopTransactionContext, sizeof(InvalLevel));

		Assert(inval_top == NULL || inval_top->nest_level < nest_level);
		level->nest_level = nest_level;
		level->parent = inval_top;
		inval_top = level;
	}
	return inval_top;
}

/* ---- registering ------------------------------------------------------------------------------------------------------- */
static void
register_catcache(int cache_id, uint32 hash, Oid dbId)
{
	SharedInvalidationMessage msg = {.cc = {.id = (int8) cache_id, .dbId = dbId, .hashValue = hash}};

	StaticAssertStmt(SysCacheSize <= 127, "a cache id fits int8");
	queue_add(&level_for_registering()->current[QUEUE_CATCACHE], &msg);
}

static void
register_relcache(Oid dbId, Oid relid)
{
	InvalLevel *level = level_for_registering();
	SharedInvalidationMessage msg = {.rc = {.id = SHAREDINVALRELCACHE_ID, .dbId = dbId, .relId = relid}};

	if (!queue_has_relation(&level->current[QUEUE_RELCACHE], relid))
		queue_add(&level->current[QUEUE_RELCACHE], &msg);
	/* The command counter must advance even if the command changed no row. */
	(void) GetCurrentCommandId(true);
}

static void
register_snapshot(Oid dbId, Oid relid)
{
	InvalLevel *level = level_for_registering();
	SharedInvalidationMessage msg = {.sn = {.id = SHAREDINVALSNAPSHOT_ID, .dbId = dbId, .relId = relid}};

	if (!queue_has_snapshot(&level->current[QUEUE_RELCACHE], relid))
		queue_add(&level->current[QUEUE_RELCACHE], &msg);
}

static void
report_changed(int cache_id, uint32 hash, void *arg)
{
	register_catcache(cache_id, hash, *(Oid *) arg);
}

/* The relation whose cache entry depends on a row of pg_class, pg_attribute, pg_index or pg_constraint; 0: none. */
static Oid
relation_described_by(Oid catalog, HeapTuple tuple)
{
	switch (catalog)
	{
		case RelationRelationId:
			return ((Form_pg_class) GETSTRUCT(tuple))->oid;
		case AttributeRelationId:
			return ((Form_pg_attribute) GETSTRUCT(tuple))->attrelid;
		case IndexRelationId:
			return ((Form_pg_index) GETSTRUCT(tuple))->indexrelid;
		case ConstraintRelationId:
		{
			Form_pg_constraint con = (Form_pg_constraint) GETSTRUCT(tuple);

			return con->contype == CONSTRAINT_FOREIGN ? con->conrelid : InvalidOid;
		}
	}
	return InvalidOid;
}

void
CacheInvalidateHeapTuple(Relation relation, HeapTuple tuple, HeapTuple newtuple)
{
	Oid catalog = RelationGetRelid(relation);
	Oid dbId = relation->rd_rel->relisshared ? InvalidOid : MyDatabaseId;
	Oid described;

	if (IsBootstrapProcessingMode() || !IsCatalogRelation(relation) || IsToastRelation(relation))
		return;
	if (RelationInvalidatesSnapshotsOnly(catalog))
		register_snapshot(dbId, catalog);
	else
		catcache_tuple_changed(relation, tuple, newtuple, report_changed, &dbId);
	described = relation_described_by(catalog, tuple);
	if (!OidIsValid(described))
		return;
	if (catalog == RelationRelationId && ((Form_pg_class) GETSTRUCT(tuple))->relisshared)
		dbId = InvalidOid;
	register_relcache(dbId, described);
}

void
CacheInvalidateHeapTupleInplace(Relation relation, HeapTuple tuple)
{
	CacheInvalidateHeapTuple(relation, tuple, NULL);
}

void
CacheInvalidateCatalog(Oid catalogId)
{
	SharedInvalidationMessage msg = {.cat = {.id = SHAREDINVALCATALOG_ID,
											 .dbId = IsSharedRelation(catalogId) ? InvalidOid : MyDatabaseId,
											 .catId = catalogId}};

	queue_add(&level_for_registering()->current[QUEUE_CATCACHE], &msg);
}

void
CacheInvalidateRelcache(Relation relation)
{
	register_relcache(relation->rd_rel->relisshared ? InvalidOid : MyDatabaseId, RelationGetRelid(relation));
}

void
CacheInvalidateRelcacheAll(void)
{
	register_relcache(InvalidOid, InvalidOid);
}

void
CacheInvalidateRelcacheByTuple(HeapTuple classTuple)
{
	Form_pg_class form = (Form_pg_class) GETSTRUCT(classTuple);

	register_relcache(form->relisshared ? InvalidOid : MyDatabaseId, form->oid);
}

void
CacheInvalidateRelcacheByRelid(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	CacheInvalidateRelcacheByTuple(tuple);
	ReleaseSysCache(tuple);
}

/* Files change at once, whatever becomes of the transaction: not queued. */
void
CacheInvalidateSmgr(RelFileNodeBackend rnode)
{
	SharedInvalidationMessage msg = {.sm = {.id = SHAREDINVALSMGR_ID,
											.backend_hi = (int8) (rnode.backend >> 16),
											.backend_lo = (uint16) (rnode.backend & 0xffff),
											.rnode = rnode.node}};

	SendSharedInvalidMessages(&msg, 1);
}

/* ---- executing ------------------------------------------------------------------------------------------------------------- */
void
CacheRegisterSyscacheCallback(int cacheid, SyscacheCallbackFunction func, Datum arg)
{
	AssertAlways(ncallbacks < MAX_CALLBACKS);
	callbacks[ncallbacks].cache_id = cacheid;
	callbacks[ncallbacks].syscache = func;
	callbacks[ncallbacks].arg = arg;
	ncallbacks++;
}

void
CacheRegisterRelcacheCallback(RelcacheCallbackFunction func, Datum arg)
{
	AssertAlways(ncallbacks < MAX_CALLBACKS);
	callbacks[ncallbacks].cache_id = -1;
	callbacks[ncallbacks].relcache = func;
	callbacks[ncallbacks].arg = arg;
	ncallbacks++;
}

void
CallSyscacheCallbacks(int cacheid, uint32 hashvalue)
{
	for (int i = 0; i < ncallbacks; i++)
	{
		if (callbacks[i].cache_id == cacheid)
			callbacks[i].syscache(callbacks[i].arg, cacheid, hashvalue);
	}
}

static void
call_relcache_callbacks(Oid relid)
{
	for (int i = 0; i < ncallbacks; i++)
	{
		if (callbacks[i].cache_id == -1)
			callbacks[i].relcache(callbacks[i].arg, relid);
	}
}

static bool
concerns_us(Oid dbId)
{
	return dbId == InvalidOid || dbId == MyDatabaseId;
}

static void
execute_smgr(SharedInvalSmgrMsg *msg)
{
	RelFileNodeBackend rnode;

	rnode.node = msg->rnode;
	rnode.backend = ((int) msg->backend_hi << 16) | (int) msg->backend_lo;
	smgrclosenode(rnode);
}

static void
execute_catalog(Oid catalog)
{
	InvalidateCatalogSnapshot();
	catcache_flush_catalog(catalog);
	for (int i = 0; i < SysCacheSize; i++)
	{
		if (syscache_defs[i].table == catalog)
			CallSyscacheCallbacks(i, 0);
	}
}

void
LocalExecuteInvalidationMessage(SharedInvalidationMessage *msg)
{
	if (msg->id >= 0)
	{
		if (concerns_us(msg->cc.dbId))
		{
			InvalidateCatalogSnapshot();
			catcache_invalidate(msg->cc.id, msg->cc.hashValue);
			CallSyscacheCallbacks(msg->cc.id, msg->cc.hashValue);
		}
		return;
	}
	switch (msg->id)
	{
		case SHAREDINVALCATALOG_ID:
			if (concerns_us(msg->cat.dbId))
				execute_catalog(msg->cat.catId);
			break;
		case SHAREDINVALRELCACHE_ID:
			if (!concerns_us(msg->rc.dbId))
				break;
			if (msg->rc.relId == InvalidOid)
				RelationCacheInvalidate(false);
			else
				RelationCacheInvalidateEntry(msg->rc.relId);
			call_relcache_callbacks(msg->rc.relId);
			break;
		case SHAREDINVALSMGR_ID:
			execute_smgr(&msg->sm);
			break;
		case SHAREDINVALSNAPSHOT_ID:
			if (concerns_us(msg->sn.dbId))
				InvalidateCatalogSnapshot();
			break;
		case SHAREDINVALRELMAP_ID:
			break; /* there is no relation map */
		default:
			elog(FATAL, "unrecognized SI message ID: %d", msg->id);
	}
}

void
InvalidateSystemCaches(void)
{
	InvalidateCatalogSnapshot();
	catcache_reset_all();
	RelationCacheInvalidate(false);
	for (int i = 0; i < ncallbacks; i++)
	{
		if (callbacks[i].cache_id == -1)
			callbacks[i].relcache(callbacks[i].arg, InvalidOid);
		else
			callbacks[i].syscache(callbacks[i].arg, callbacks[i].cache_id, 0);
	}
}

void
AcceptInvalidationMessages(void)
{
	if (IsBootstrapProcessingMode())
		return;
	ReceiveSharedInvalidMessages(LocalExecuteInvalidationMessage, InvalidateSystemCaches);
	if (unlikely(debug_discard_caches > 0) && IsTransactionState())
		InvalidateSystemCaches();
}

/* ---- ends of commands and transactions ------------------------------------------------------------------------------------------ */
static bool
level_is_current(void)
{
	return inval_top != NULL && inval_top->nest_level == GetCurrentTransactionNestLevel();
}

void
CommandEndInvalidationMessages(void)
{
	InvalLevel *level = inval_top;

	if (!level_is_current())
		return;
	queues_apply(level->current);
	queues_append(level->prior, level->current);
}

int
xactGetCommittedInvalidationMessages(SharedInvalidationMessage **msgs, bool *RelcacheInitFileInval)
{
	int n = 0;
	int at = 0;

	*RelcacheInitFileInval = false;
	*msgs = NULL;
	if (inval_top == NULL)
		return 0;
	Assert(inval_top->parent == NULL);
	for (int k = 0; k < QUEUE_KINDS; k++)
		n += inval_top->prior[k].count + inval_top->current[k].count;
	if (n == 0)
		return 0;
	*msgs = MemoryContextAlloc(TopTransactionContext, n * sizeof(SharedInvalidationMessage));
	for (int k = 0; k < QUEUE_KINDS; k++)
	{
		MessageQueue *queues[] = {&inval_top->prior[k], &inval_top->current[k]};

		for (int q = 0; q < 2; q++)
		{
			if (queues[q]->count > 0)
				memcpy(*msgs + at, queues[q]->items, queues[q]->count * sizeof(SharedInvalidationMessage));
			at += queues[q]->count;
		}
	}
	return n;
}

void
AtEOXact_Inval(bool isCommit)
{
	InvalLevel *level = inval_top;

	if (level == NULL)
		return;
	if (isCommit)
	{
		SharedInvalidationMessage *msgs;
		bool ignored;
		int n = xactGetCommittedInvalidationMessages(&msgs, &ignored);

		if (n > 0)
			SendSharedInvalidMessages(msgs, n);
	}
	else
	{
		/* Levels of unfinished subtransactions are gone: each was aborted by itself. */
		queues_apply(level->prior);
	}
	inval_top = NULL; /* the memory goes with the transaction */
}

void
AtEOSubXact_Inval(bool isCommit)
{
	InvalLevel *level = inval_top;

	if (!level_is_current())
		return;
	inval_top = level->parent;
	if (isCommit)
	{
		InvalLevel *parent = inval_top;

		queues_append(level->prior, level->current);
		if (parent == NULL || parent->nest_level < level->nest_level - 1)
		{
			level->nest_level--;
			inval_top = level;
			return;
		}
		queues_append(parent->prior, level->prior);
		return;
	}
	queues_apply(level->prior);
}

void
PostPrepare_Inval(void)
{
	AtEOXact_Inval(false);
}
