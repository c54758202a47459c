/*
 * syscache.h
 *    Cached look-ups of system catalog rows by their unique keys.
 *
 * Each SysCacheIdentifier names one cache: a catalog, one of its unique indexes, one to four keys. Keys of type name are
 * given as C strings (CStringGetDatum). A tuple that SearchSysCache* returns is shared, read-only, and pinned until
 * ReleaseSysCache (or the end of the resource owner); copies belong to the caller. Rows seen are those of the newest
 * catalog snapshot; a change by another backend is noticed when invalidation messages are read, that is at lock
 * acquisition or transaction start.
 */
#ifndef SYSCACHE_H
#define SYSCACHE_H

#include "access/htup.h"
#include "catalog/syscache_ids.h"
#include "utils/catcache.h"

extern void InitCatalogCache(void);
extern void InitCatalogCachePhase2(void);

extern HeapTuple SearchSysCache1(int cacheId, Datum key1);
extern HeapTuple SearchSysCache2(int cacheId, Datum key1, Datum key2);
extern HeapTuple SearchSysCache3(int cacheId, Datum key1, Datum key2, Datum key3);
extern HeapTuple SearchSysCache4(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4);
extern HeapTuple SearchSysCache(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4);
extern void ReleaseSysCache(HeapTuple tuple);

extern HeapTuple SearchSysCacheCopy(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4);
extern bool SearchSysCacheExists(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4);
/* The value of column oidcol of the row found, InvalidOid when there is none. */
extern Oid GetSysCacheOid(int cacheId, AttrNumber oidcol, Datum key1, Datum key2, Datum key3, Datum key4);

/* pg_attribute rows by name or number; dropped columns are not found. */
extern HeapTuple SearchSysCacheAttName(Oid relid, const char *attname);
extern HeapTuple SearchSysCacheCopyAttName(Oid relid, const char *attname);
extern bool SearchSysCacheExistsAttName(Oid relid, const char *attname);
extern HeapTuple SearchSysCacheAttNum(Oid relid, int16 attnum);
extern HeapTuple SearchSysCacheCopyAttNum(Oid relid, int16 attnum);

/* One column of a cached row; the value points into the row. */
extern Datum SysCacheGetAttr(int cacheId, HeapTuple tup, AttrNumber attributeNumber, bool *isNull);
extern Datum SysCacheGetAttrNotNull(int cacheId, HeapTuple tup, AttrNumber attributeNumber);
extern uint32 GetSysCacheHashValue(int cacheId, Datum key1, Datum key2, Datum key3, Datum key4);

/* All rows that match the first nkeys keys. Release with ReleaseSysCacheList. */
extern struct catclist *SearchSysCacheList(int cacheId, int nkeys, Datum key1, Datum key2, Datum key3);
#define ReleaseSysCacheList(x) ReleaseCatCacheList(x)

extern void SysCacheInvalidate(int cacheId, uint32 hashValue);
extern bool RelationInvalidatesSnapshotsOnly(Oid relid);
extern bool RelationHasSysCache(Oid relid);
extern bool RelationSupportsSysCache(Oid relid);

#define SearchSysCacheCopy1(id, k1) SearchSysCacheCopy(id, k1, 0, 0, 0)
#define SearchSysCacheCopy2(id, k1, k2) SearchSysCacheCopy(id, k1, k2, 0, 0)
#define SearchSysCacheCopy3(id, k1, k2, k3) SearchSysCacheCopy(id, k1, k2, k3, 0)
#define SearchSysCacheCopy4(id, k1, k2, k3, k4) SearchSysCacheCopy(id, k1, k2, k3, k4)
#define SearchSysCacheExists1(id, k1) SearchSysCacheExists(id, k1, 0, 0, 0)
#define SearchSysCacheExists2(id, k1, k2) SearchSysCacheExists(id, k1, k2, 0, 0)
#define SearchSysCacheExists3(id, k1, k2, k3) SearchSysCacheExists(id, k1, k2, k3, 0)
#define SearchSysCacheExists4(id, k1, k2, k3, k4) SearchSysCacheExists(id, k1, k2, k3, k4)
#define GetSysCacheOid1(id, col, k1) GetSysCacheOid(id, col, k1, 0, 0, 0)
#define GetSysCacheOid2(id, col, k1, k2) GetSysCacheOid(id, col, k1, k2, 0, 0)
#define GetSysCacheOid3(id, col, k1, k2, k3) GetSysCacheOid(id, col, k1, k2, k3, 0)
#define GetSysCacheOid4(id, col, k1, k2, k3, k4) GetSysCacheOid(id, col, k1, k2, k3, k4)
#define GetSysCacheHashValue1(id, k1) GetSysCacheHashValue(id, k1, 0, 0, 0)
#define GetSysCacheHashValue2(id, k1, k2) GetSysCacheHashValue(id, k1, k2, 0, 0)
#define SearchSysCacheList1(id, k1) SearchSysCacheList(id, 1, k1, 0, 0)
#define SearchSysCacheList2(id, k1, k2) SearchSysCacheList(id, 2, k1, k2, 0)
#define SearchSysCacheList3(id, k1, k2, k3) SearchSysCacheList(id, 3, k1, k2, k3)

#endif /* SYSCACHE_H */
