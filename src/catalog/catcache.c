/*
 * catcache.c
 *    The catalog caches: rows by key, absence by key, lists by leading keys.
 *
 * Keys are hashed and compared by kind (CatKeyKind), without calling SQL functions. An entry is one allocation: header, row, or
 * (for absence) copies of the keys. Entries are chained in a table that doubles. Invalidation names (cache, hash): what is
 * referenced at that time is marked dead, leaves the chain, and is freed by its last ReleaseCatCache.
 *
 * A row read while an invalidation for it arrives would be cached stale. Loads in progress are therefore on a stack that
 * catcache_invalidate() marks; a marked load is repeated.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tupdesc.h"
#include "catalog/catcache.h"
#include "common/hashfn.h"
#include "access/heaptoast.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "catalog/syscache_ids.h"

#define CATCACHE_BUCKETS_START 32

typedef struct CatEntry
{
	CatCTup ct; /* must be first: a HeapTuple handed out is found back by its address */
	struct CatEntry *next;
	uint32 hash;
	uint8 cache_id;
	bool dead;
	bool negative;
	int refcount;
	int list_refcount; /* lists that contain it */
	Datum keys[CATALOG_INDEX_KEYS_MAX]; /* into the row, or into the copies behind it */
} CatEntry;

typedef struct CatListOwner
{
	struct CatListOwner *next;
	uint32 hash;
	uint8 cache_id;
	short nkeys;
	Datum keys[CATALOG_INDEX_KEYS_MAX];
	CatCList *list;
} CatListOwner;

typedef struct CatCache
{
	bool ready; /* tupdesc is known */
	TupleDesc tupdesc;
	CatEntry **buckets;
	int nbuckets;
	int nentries;
	CatListOwner *lists;
} CatCache;

typedef struct CatLoad
{
	struct CatLoad *outer;
	int cache_id;
	uint32 hash;
	bool any_hash; /* a list */
	bool stale;
} CatLoad;

static CatCache caches[SysCacheSize];
static CatLoad *loads_in_progress = NULL;
static MemoryContext catcache_context = NULL;

static void catcache_release_entry(Datum res);
static void catcache_release_list(Datum res);

static const ResourceOwnerDesc catcache_ref_kind = {"catcache reference", RESOURCE_RELEASE_AFTER_LOCKS,
													 RELEASE_PRIO_CATCACHE_REFS, catcache_release_entry, NULL};
static const ResourceOwnerDesc catlist_ref_kind = {"catcache list reference", RESOURCE_RELEASE_AFTER_LOCKS,
													RELEASE_PRIO_CATCACHE_LIST_REFS, catcache_release_list, NULL};

/* ---- keys ------------------------------------------------------------------------------------------------------------ */
static uint32
hash_key(CatKeyKind kind, Datum key)
{
	switch (kind)
	{
		case CATKEY_NAME:
			return hash_bytes((const unsigned char *) DatumGetPointer(key), strlen(DatumGetCString(key)));
		case CATKEY_TEXT:
		{
			text *t = (text *) DatumGetPointer(key);

			return hash_bytes((const unsigned char *) VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
		}
		case CATKEY_OIDVECTOR:
		{
			oidvector *v = (oidvector *) DatumGetPointer(key);

			return hash_bytes((const unsigned char *) v->values, v->dim1 * sizeof(Oid));
		}
		case CATKEY_INT2:
			return murmurhash32((uint32) (int32) DatumGetInt16(key));
		case CATKEY_CHAR:
		case CATKEY_BOOL:
			return murmurhash32((uint8) key);
		default:
			return murmurhash32(DatumGetUInt32(key));
	}
}

static bool
keys_equal(CatKeyKind kind, Datum a, Datum b)
{
	switch (kind)
	{
		case CATKEY_NAME:
			return strncmp(DatumGetCString(a), DatumGetCString(b), NAMEDATALEN) == 0;
		case CATKEY_TEXT:
		{
			text *x = (text *) DatumGetPointer(a);
			text *y = (text *) DatumGetPointer(b);

			return VARSIZE_ANY_EXHDR(x) == VARSIZE_ANY_EXHDR(y) &&
				memcmp(VARDATA_ANY(x), VARDATA_ANY(y), VARSIZE_ANY_EXHDR(x)) == 0;
		}
		case CATKEY_OIDVECTOR:
		{
			oidvector *x = (oidvector *) DatumGetPointer(a);
			oidvector *y = (oidvector *) DatumGetPointer(b);

			return x->dim1 == y->dim1 && memcmp(x->values, y->values, x->dim1 * sizeof(Oid)) == 0;
		}
		case CATKEY_INT2:
			return DatumGetInt16(a) == DatumGetInt16(b);
		case CATKEY_CHAR:
		case CATKEY_BOOL:
			return (uint8) a == (uint8) b;
		default:
			return DatumGetUInt32(a) == DatumGetUInt32(b);
	}
}

static uint32
hash_keys(const SysCacheDef *def, int nkeys, const Datum *keys)
{
	uint32 hash = 0;

	for (int i = 0; i < nkeys; i++)
		hash = hash_combine(hash, hash_key(def->kinds[i], keys[i]));
	return hash;
}

static bool
all_keys_equal(const SysCacheDef *def, int nkeys, const Datum *a, const Datum *b)
{
	for (int i = 0; i < nkeys; i++)
	{
		if (!keys_equal(def->kinds[i], a[i], b[i]))
			return false;
	}
	return true;
}

/* Bytes a copy of a key needs, aligned; 0 for pass-by-value keys. */
static Size
key_copy_size(CatKeyKind kind, Datum key)
{
	switch (kind)
	{
		case CATKEY_NAME:
			return NAMEDATALEN;
		case CATKEY_TEXT:
			return MAXALIGN(VARSIZE_ANY(DatumGetPointer(key)));
		case CATKEY_OIDVECTOR:
			return MAXALIGN(VARSIZE_ANY(DatumGetPointer(key)));
		default:
			return 0;
	}
}

static Size
keys_copy_size(const SysCacheDef *def, int nkeys, const Datum *keys)
{
	Size size = 0;

	for (int i = 0; i < nkeys; i++)
		size += key_copy_size(def->kinds[i], keys[i]);
	return size;
}

static void
copy_keys(const SysCacheDef *def, int nkeys, const Datum *keys, Datum *to, char *space)
{
	for (int i = 0; i < nkeys; i++)
	{
		Size size = key_copy_size(def->kinds[i], keys[i]);

		if (size == 0)
			to[i] = keys[i];
		else if (def->kinds[i] == CATKEY_NAME)
		{
			memset(space, 0, NAMEDATALEN);
			strlcpy(space, DatumGetCString(keys[i]), NAMEDATALEN);
			to[i] = CStringGetDatum(space);
		}
		else
		{
			memcpy(space, DatumGetPointer(keys[i]), VARSIZE_ANY(DatumGetPointer(keys[i])));
			to[i] = PointerGetDatum(space);
		}
		space += size;
	}
}

static void
keys_of_tuple(const SysCacheDef *def, int nkeys, HeapTuple tuple, TupleDesc desc, Datum *keys)
{
	for (int i = 0; i < nkeys; i++)
	{
		bool isnull;

		keys[i] = heap_getattr(tuple, def->keys[i], desc, &isnull);
		Assert(!isnull);
	}
}

static void
init_scan_keys(const SysCacheDef *def, int nkeys, const Datum *keys, ScanKey skey)
{
	static const Oid eq_functions[] = {[CATKEY_OID] = F_OIDEQ,	   [CATKEY_NAME] = F_NAMEEQ,
									   [CATKEY_INT2] = F_INT2EQ,   [CATKEY_INT4] = F_INT4EQ,
									   [CATKEY_CHAR] = F_CHAREQ,   [CATKEY_BOOL] = F_BOOLEQ,
									   [CATKEY_TEXT] = F_TEXTEQ,   [CATKEY_OIDVECTOR] = F_OIDVECTOREQ};

	for (int i = 0; i < nkeys; i++)
		ScanKeyInit(&skey[i], def->keys[i], BTEqualStrategyNumber, eq_functions[def->kinds[i]], keys[i]);
}

/* ---- the table --------------------------------------------------------------------------------------------------------- */
static void
cache_prepare(CatCache *cache, int cache_id)
{
	Relation rel;
	MemoryContext old;

	if (catcache_context == NULL)
		catcache_context = AllocSetContextCreate(CacheMemoryContext, "catalog caches", ALLOCSET_DEFAULT_SIZES);
	rel = table_open(syscache_defs[cache_id].table, AccessShareLock);
	old = MemoryContextSwitchTo(catcache_context);
	cache->tupdesc = CreateTupleDescCopyConstr(RelationGetDescr(rel));
	cache->buckets = palloc0(CATCACHE_BUCKETS_START * sizeof(CatEntry *));
	cache->nbuckets = CATCACHE_BUCKETS_START;
	MemoryContextSwitchTo(old);
	table_close(rel, AccessShareLock);
	cache->ready = true;
}

static CatCache *
cache_get(int cache_id)
{
	CatCache *cache = &caches[cache_id];

	Assert(cache_id >= 0 && cache_id < SysCacheSize);
	if (unlikely(!cache->ready))
		cache_prepare(cache, cache_id);
	return cache;
}

static void
table_double(CatCache *cache)
{
	int nbuckets = cache->nbuckets * 2;
	CatEntry **buckets = MemoryContextAllocZero(catcache_context, nbuckets * sizeof(CatEntry *));

	for (int i = 0; i < cache->nbuckets; i++)
	{
		CatEntry *next;

		for (CatEntry *e = cache->buckets[i]; e; e = next)
		{
			next = e->next;
			e->next = buckets[e->hash & (nbuckets - 1)];
			buckets[e->hash & (nbuckets - 1)] = e;
		}
	}
	pfree(cache->buckets);
	cache->buckets = buckets;
	cache->nbuckets = nbuckets;
}

static void
table_insert(CatCache *cache, CatEntry *entry)
{
	if (cache->nentries >= cache->nbuckets * 2)
		table_double(cache);
	entry->next = cache->buckets[entry->hash & (cache->nbuckets - 1)];
	cache->buckets[entry->hash & (cache->nbuckets - 1)] = entry;
	cache->nentries++;
}

static CatEntry *
table_find(CatCache *cache, const SysCacheDef *def, uint32 hash, const Datum *keys)
{
	for (CatEntry *e = cache->buckets[hash & (cache->nbuckets - 1)]; e; e = e->next)
	{
		if (e->hash == hash && all_keys_equal(def, def->nkeys, e->keys, keys))
			return e;
	}
	return NULL;
}

static void
entry_free_if_unused(CatEntry *entry)
{
	if (entry->dead && entry->refcount == 0 && entry->list_refcount == 0)
		pfree(entry);
}

/* Takes the entry (already unlinked from its chain) out of use. */
static void
entry_kill(CatCache *cache, CatEntry *entry)
{
	entry->dead = true;
	cache->nentries--;
	entry_free_if_unused(entry);
}

static CatEntry *
entry_make_negative(int cache_id, uint32 hash, const Datum *keys)
{
	const SysCacheDef *def = &syscache_defs[cache_id];
	Size header = MAXALIGN(sizeof(CatEntry));
	CatEntry *entry = MemoryContextAllocZero(catcache_context, header + keys_copy_size(def, def->nkeys, keys));

	copy_keys(def, def->nkeys, keys, entry->keys, (char *) entry + header);
	entry->hash = hash;
	entry->cache_id = cache_id;
	entry->negative = true;
	entry->ct.owner = entry;
	return entry;
}

static CatEntry *
entry_make(CatCache *cache, int cache_id, uint32 hash, HeapTuple tuple)
{
	const SysCacheDef *def = &syscache_defs[cache_id];
	Size header = MAXALIGN(sizeof(CatEntry));
	CatEntry *entry = MemoryContextAllocZero(catcache_context, header + tuple->t_len);

	entry->ct.tuple = *tuple;
	entry->ct.tuple.t_data = (HeapTupleHeader) ((char *) entry + header);
	memcpy(entry->ct.tuple.t_data, tuple->t_data, tuple->t_len);
	keys_of_tuple(def, def->nkeys, &entry->ct.tuple, cache->tupdesc, entry->keys);
	entry->hash = hash;
	entry->cache_id = cache_id;
	entry->ct.owner = entry;
	return entry;
}

/* ---- loading -------------------------------------------------------------------------------------------------------------- */
static void
load_begin(CatLoad *load, int cache_id, uint32 hash, bool any_hash)
{
	*load = (CatLoad){loads_in_progress, cache_id, hash, any_hash, false};
	loads_in_progress = load;
}

/* Also after an error: the stack entry is gone with the frame. */
static void
load_end(CatLoad *load)
{
	Assert(loads_in_progress == load);
	loads_in_progress = load->outer;
}

/* Out-of-line values are brought in: the cached row must not need another table. */
static HeapTuple
tuple_flat(HeapTuple tuple, TupleDesc desc)
{
	return HeapTupleHasExternal(tuple) ? toast_flatten_tuple(tuple, desc) : heap_copytuple(tuple);
}

static HeapTuple
read_one(CatCache *cache, const SysCacheDef *def, const Datum *keys)
{
	Relation rel = table_open(def->table, AccessShareLock);
	ScanKeyData skey[CATALOG_INDEX_KEYS_MAX];
	SysScanDesc scan;
	HeapTuple tuple;

	init_scan_keys(def, def->nkeys, keys, skey);
	scan = systable_beginscan(rel, def->index, true, NULL, def->nkeys, skey);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		tuple = tuple_flat(tuple, cache->tupdesc);
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return tuple;
}

static CatEntry *
catcache_load(CatCache *cache, int cache_id, uint32 hash, const Datum *keys)
{
	const SysCacheDef *def = &syscache_defs[cache_id];
	CatEntry *entry;
	HeapTuple tuple;
	CatLoad load;
	bool stale;

	do
	{
		load_begin(&load, cache_id, hash, false);
		PG_TRY();
		{
			tuple = read_one(cache, def, keys);
		}
		PG_FINALLY();
		{
			load_end(&load);
		}
		PG_END_TRY();
		stale = load.stale;
		if (stale && tuple)
			heap_freetuple(tuple);
	} while (stale);

	/* The read may itself have looked this row up and cached it. */
	entry = table_find(cache, def, hash, keys);
	if (entry == NULL)
	{
		entry = tuple ? entry_make(cache, cache_id, hash, tuple) : entry_make_negative(cache_id, hash, keys);
		table_insert(cache, entry);
	}
	if (tuple)
		heap_freetuple(tuple);
	return entry;
}

HeapTuple
catcache_search(int cache_id, int nkeys, const Datum *keys)
{
	CatCache *cache = cache_get(cache_id);
	const SysCacheDef *def = &syscache_defs[cache_id];
	uint32 hash = hash_keys(def, def->nkeys, keys);
	CatEntry *entry = table_find(cache, def, hash, keys);

	Assert(nkeys == def->nkeys);
	if (entry == NULL)
		entry = catcache_load(cache, cache_id, hash, keys);
	if (entry->negative)
		return NULL;
	ResourceOwnerEnlarge(CurrentResourceOwner);
	entry->refcount++;
	ResourceOwnerRemember(CurrentResourceOwner, PointerGetDatum(entry), &catcache_ref_kind);
	return &entry->ct.tuple;
}

static void
catcache_release_entry(Datum res)
{
	CatEntry *entry = (CatEntry *) DatumGetPointer(res);

	Assert(entry->refcount > 0);
	entry->refcount--;
	entry_free_if_unused(entry);
}

void
ReleaseCatCache(HeapTuple tuple)
{
	CatEntry *entry = (CatEntry *) tuple;

	Assert(entry->ct.owner == entry);
	ResourceOwnerForget(CurrentResourceOwner, PointerGetDatum(entry), &catcache_ref_kind);
	catcache_release_entry(PointerGetDatum(entry));
}

/* ---- lists ------------------------------------------------------------------------------------------------------------------ */
static CatListOwner *
list_find(CatCache *cache, const SysCacheDef *def, int nkeys, uint32 hash, const Datum *keys)
{
	for (CatListOwner *l = cache->lists; l; l = l->next)
	{
		if (l->hash == hash && l->nkeys == nkeys && all_keys_equal(def, nkeys, l->keys, keys))
			return l;
	}
	return NULL;
}

static List *
read_list(CatCache *cache, const SysCacheDef *def, int nkeys, const Datum *keys)
{
	Relation rel = table_open(def->table, AccessShareLock);
	ScanKeyData skey[CATALOG_INDEX_KEYS_MAX];
	SysScanDesc scan;
	HeapTuple tuple;
	List *tuples = NIL;

	init_scan_keys(def, nkeys, keys, skey);
	scan = systable_beginscan(rel, def->index, true, NULL, nkeys, skey);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		tuples = lappend(tuples, tuple_flat(tuple, cache->tupdesc));
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return tuples;
}

static CatEntry *
cat_list_member(CatCache *cache, int cache_id, HeapTuple tuple)
{
	const SysCacheDef *def = &syscache_defs[cache_id];
	Datum keys[CATALOG_INDEX_KEYS_MAX];
	uint32 hash;
	CatEntry *entry;

	keys_of_tuple(def, def->nkeys, tuple, cache->tupdesc, keys);
	hash = hash_keys(def, def->nkeys, keys);
	entry = table_find(cache, def, hash, keys);
	/* A member may be cached already, but then it must be the row that was just read. */
	if (entry == NULL || entry->negative || !ItemPointerEquals(&entry->ct.tuple.t_self, &tuple->t_self))
	{
		bool chained = entry != NULL;

		entry = entry_make(cache, cache_id, hash, tuple);
		if (chained)
			entry->dead = true; /* lives for this list only */
		else
			table_insert(cache, entry);
	}
	entry->list_refcount++;
	return entry;
}

static CatListOwner *
list_load(CatCache *cache, int cache_id, int nkeys, uint32 hash, const Datum *keys)
{
	const SysCacheDef *def = &syscache_defs[cache_id];
	Size header = MAXALIGN(sizeof(CatListOwner));
	CatListOwner *owner;
	CatCList *list;
	List *tuples;
	ListCell *lc;
	CatLoad load;
	int n = 0;

	do
	{
		load_begin(&load, cache_id, 0, true);
		PG_TRY();
		{
			tuples = read_list(cache, def, nkeys, keys);
		}
		PG_FINALLY();
		{
			load_end(&load);
		}
		PG_END_TRY();
	} while (load.stale);

	list = MemoryContextAllocZero(catcache_context, offsetof(CatCList, members) + list_length(tuples) * sizeof(CatCTup *));
	foreach(lc, tuples)
		list->members[n++] = &cat_list_member(cache, cache_id, (HeapTuple) lfirst(lc))->ct;
	list_free_deep(tuples);
	list->n_members = n;
	list->nkeys = nkeys;
	list->ordered = true;

	owner = MemoryContextAllocZero(catcache_context, header + keys_copy_size(def, nkeys, keys));
	copy_keys(def, nkeys, keys, owner->keys, (char *) owner + header);
	owner->hash = hash;
	owner->nkeys = nkeys;
	owner->cache_id = cache_id;
	owner->list = list;
	list->owner = owner;
	owner->next = cache->lists;
	cache->lists = owner;
	return owner;
}

static void
list_free_if_unused(CatCList *list)
{
	if (!list->dead || list->refcount > 0)
		return;
	for (int i = 0; i < list->n_members; i++)
	{
		list->members[i]->owner->list_refcount--;
		entry_free_if_unused(list->members[i]->owner);
	}
	pfree(list->owner);
	pfree(list);
}

CatCList *
catcache_search_list(int cache_id, int nkeys, const Datum *keys)
{
	CatCache *cache = cache_get(cache_id);
	const SysCacheDef *def = &syscache_defs[cache_id];
	uint32 hash = hash_keys(def, nkeys, keys);
	CatListOwner *owner = list_find(cache, def, nkeys, hash, keys);

	Assert(nkeys > 0 && nkeys < def->nkeys);
	if (owner == NULL)
		owner = list_load(cache, cache_id, nkeys, hash, keys);
	ResourceOwnerEnlarge(CurrentResourceOwner);
	owner->list->refcount++;
	ResourceOwnerRemember(CurrentResourceOwner, PointerGetDatum(owner->list), &catlist_ref_kind);
	return owner->list;
}

static void
catcache_release_list(Datum res)
{
	CatCList *list = (CatCList *) DatumGetPointer(res);

	Assert(list->refcount > 0);
	list->refcount--;
	list_free_if_unused(list);
}

void
ReleaseCatCacheList(CatCList *list)
{
	ResourceOwnerForget(CurrentResourceOwner, PointerGetDatum(list), &catlist_ref_kind);
	catcache_release_list(PointerGetDatum(list));
}

/* ---- invalidation ------------------------------------------------------------------------------------------------------------ */
static void
lists_kill(CatCache *cache)
{
	CatListOwner *next;

	for (CatListOwner *l = cache->lists; l; l = next)
	{
		next = l->next;
		l->list->dead = true;
		list_free_if_unused(l->list);
	}
	cache->lists = NULL;
}

static void
entries_kill(CatCache *cache, bool all, uint32 hash)
{
	int first = all ? 0 : (int) (hash & (cache->nbuckets - 1));
	int last = all ? cache->nbuckets - 1 : first;

	for (int i = first; i <= last; i++)
	{
		CatEntry **link = &cache->buckets[i];

		while (*link)
		{
			CatEntry *entry = *link;

			if (all || entry->hash == hash)
			{
				*link = entry->next;
				entry_kill(cache, entry);
			}
			else
				link = &entry->next;
		}
	}
}

static void
loads_mark_stale(int cache_id, bool all, uint32 hash)
{
	for (CatLoad *load = loads_in_progress; load; load = load->outer)
	{
		if (load->cache_id == cache_id && (all || load->any_hash || load->hash == hash))
			load->stale = true;
	}
}

void
catcache_invalidate(int cache_id, uint32 hash)
{
	CatCache *cache = &caches[cache_id];

	Assert(cache_id >= 0 && cache_id < SysCacheSize);
	loads_mark_stale(cache_id, false, hash);
	if (!cache->ready)
		return;
	lists_kill(cache);
	entries_kill(cache, false, hash);
}

static void
cache_reset(int cache_id)
{
	CatCache *cache = &caches[cache_id];

	loads_mark_stale(cache_id, true, 0);
	if (!cache->ready)
		return;
	lists_kill(cache);
	entries_kill(cache, true, 0);
}

void
catcache_reset_all(void)
{
	for (int i = 0; i < SysCacheSize; i++)
		cache_reset(i);
}

void
catcache_flush_catalog(Oid catalog)
{
	for (int i = 0; i < SysCacheSize; i++)
	{
		if (syscache_defs[i].table == catalog)
			cache_reset(i);
	}
}

uint32
catcache_hash_keys(int cache_id, const Datum *keys)
{
	return hash_keys(&syscache_defs[cache_id], syscache_defs[cache_id].nkeys, keys);
}

void
catcache_tuple_changed(Relation relation, HeapTuple tuple, HeapTuple newtuple, CatCacheChanged report, void *arg)
{
	Oid relid = RelationGetRelid(relation);
	TupleDesc desc = RelationGetDescr(relation);

	for (int i = 0; i < SysCacheSize; i++)
	{
		const SysCacheDef *def = &syscache_defs[i];
		Datum keys[CATALOG_INDEX_KEYS_MAX];
		uint32 hash;
		uint32 newhash;

		if (def->table != relid)
			continue;
		keys_of_tuple(def, def->nkeys, tuple, desc, keys);
		hash = hash_keys(def, def->nkeys, keys);
		report(i, hash, arg);
		if (newtuple == NULL)
			continue;
		keys_of_tuple(def, def->nkeys, newtuple, desc, keys);
		newhash = hash_keys(def, def->nkeys, keys);
		if (newhash != hash)
			report(i, newhash, arg);
	}
}

TupleDesc
catcache_tupdesc(int cache_id)
{
	return cache_get(cache_id)->tupdesc;
}
