/*
 * syscache.c
 *    The named catalog caches: PostgreSQL's interface over catcache.c.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/catcache.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_description.h"
#include "catalog/pg_shdescription.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_shdepend.h"
#include "catalog/pg_seclabel.h"
#include "catalog/pg_shseclabel.h"
#include "catalog/pg_db_role_setting.h"
#include "utils/syscache.h"

/* Nothing to do: each cache prepares itself at first use, so that a new process pays only for what it needs. */
void
InitCatalogCache(void)
{
}

void
InitCatalogCachePhase2(void)
{
}

HeapTuple
SearchSysCache(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4)
{
	return catcache_search(cacheId, syscache_defs[cacheId].nkeys, (Datum[]){key1, key2, key3, key4});
}

HeapTuple
SearchSysCache1(int cacheId, Datum key1)
{
	return catcache_search(cacheId, 1, (Datum[]){key1, 0, 0, 0});
}

HeapTuple
SearchSysCache2(int cacheId, Datum key1, Datum key2)
{
	return catcache_search(cacheId, 2, (Datum[]){key1, key2, 0, 0});
}

HeapTuple
SearchSysCache3(int cacheId, Datum key1, Datum key2, Datum key3)
{
	return catcache_search(cacheId, 3, (Datum[]){key1, key2, key3, 0});
}

HeapTuple
SearchSysCache4(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4)
{
	return catcache_search(cacheId, 4, (Datum[]){key1, key2, key3, key4});
}

void
ReleaseSysCache(HeapTuple tuple)
{
	ReleaseCatCache(tuple);
}

HeapTuple
SearchSysCacheCopy(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4)
{
	HeapTuple tuple = SearchSysCache(cacheId, key1, key2, key3, key4);
	HeapTuple copy;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	copy = heap_copytuple(tuple);
	ReleaseSysCache(tuple);
	return copy;
}

bool
SearchSysCacheExists(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4)
{
	HeapTuple tuple = SearchSysCache(cacheId, key1, key2, key3, key4);

	if (!HeapTupleIsValid(tuple))
		return false;
	ReleaseSysCache(tuple);
	return true;
}

Oid
GetSysCacheOid(int cacheId, AttrNumber oidcol, Datum key1, Datum key2, Datum key3, Datum key4)
{
	HeapTuple tuple = SearchSysCache(cacheId, key1, key2, key3, key4);
	bool isnull;
	Oid result;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	result = DatumGetObjectId(SysCacheGetAttr(cacheId, tuple, oidcol, &isnull));
	Assert(!isnull);
	ReleaseSysCache(tuple);
	return result;
}

static HeapTuple
unless_dropped(HeapTuple tuple)
{
	if (HeapTupleIsValid(tuple) && ((Form_pg_attribute) GETSTRUCT(tuple))->attisdropped)
	{
		ReleaseSysCache(tuple);
		return NULL;
	}
	return tuple;
}

static HeapTuple
copy_and_release(HeapTuple tuple)
{
	HeapTuple copy;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	copy = heap_copytuple(tuple);
	ReleaseSysCache(tuple);
	return copy;
}

HeapTuple
SearchSysCacheAttName(Oid relid, const char *attname)
{
	return unless_dropped(SearchSysCache2(ATTNAME, ObjectIdGetDatum(relid), CStringGetDatum(attname)));
}

HeapTuple
SearchSysCacheCopyAttName(Oid relid, const char *attname)
{
	return copy_and_release(SearchSysCacheAttName(relid, attname));
}

bool
SearchSysCacheExistsAttName(Oid relid, const char *attname)
{
	HeapTuple tuple = SearchSysCacheAttName(relid, attname);

	if (!HeapTupleIsValid(tuple))
		return false;
	ReleaseSysCache(tuple);
	return true;
}

HeapTuple
SearchSysCacheAttNum(Oid relid, int16 attnum)
{
	return unless_dropped(SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum)));
}

HeapTuple
SearchSysCacheCopyAttNum(Oid relid, int16 attnum)
{
	return copy_and_release(SearchSysCacheAttNum(relid, attnum));
}

Datum
SysCacheGetAttr(int cacheId, HeapTuple tup, AttrNumber attributeNumber, bool *isNull)
{
	return heap_getattr(tup, attributeNumber, catcache_tupdesc(cacheId), isNull);
}

Datum
SysCacheGetAttrNotNull(int cacheId, HeapTuple tup, AttrNumber attributeNumber)
{
	bool isnull;
	Datum value = SysCacheGetAttr(cacheId, tup, attributeNumber, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null value in cached tuple for catalog cache %s column %d", syscache_defs[cacheId].name,
			 attributeNumber);
	return value;
}

uint32
GetSysCacheHashValue(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4)
{
	return catcache_hash_keys(cacheId, (Datum[]){key1, key2, key3, key4});
}

struct catclist *
SearchSysCacheList(int cacheId, int nkeys, Datum key1, Datum key2, Datum key3)
{
	return catcache_search_list(cacheId, nkeys, (Datum[]){key1, key2, key3, 0});
}

void
SysCacheInvalidate(int cacheId, uint32 hashValue)
{
	catcache_invalidate(cacheId, hashValue);
}

/* Catalogs that no cache holds, but that are read through the catalog snapshot. */
bool
RelationInvalidatesSnapshotsOnly(Oid relid)
{
	switch (relid)
	{
		case DbRoleSettingRelationId:
		case DependRelationId:
		case SharedDependRelationId:
		case DescriptionRelationId:
		case SharedDescriptionRelationId:
		case SecLabelRelationId:
		case SharedSecLabelRelationId:
			return true;
	}
	return false;
}

bool
RelationHasSysCache(Oid relid)
{
	for (int i = 0; i < SysCacheSize; i++)
	{
		if (syscache_defs[i].table == relid)
			return true;
	}
	return false;
}

bool
RelationSupportsSysCache(Oid relid)
{
	for (int i = 0; i < SysCacheSize; i++)
	{
		if (syscache_defs[i].table == relid || syscache_defs[i].index == relid)
			return true;
	}
	return false;
}
