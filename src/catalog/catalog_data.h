/*
 * catalog_data.h
 *    The system catalogs as facts compiled into the program: shapes, indexes, initial rows (generated, see tools/gen_catalog.py).
 *
 * Read by bootstrap, which makes tables of them, and by the relation cache, which must know pg_class before it can read it.
 */
#ifndef CATALOG_DATA_H
#define CATALOG_DATA_H

#include "postgres.h"

#define CATALOG_INDEX_KEYS_MAX 4

typedef struct CatalogColumn
{
	const char *name;
	Oid type;
	int16 len;
	bool byval;
	char align;
	char storage;
	int16 ndims;
	bool not_null;
	Oid collation;
} CatalogColumn;

typedef struct CatalogRelation
{
	const char *name;
	Oid oid;
	Oid rowtype;
	Oid toast_oid; /* 0: no TOAST table */
	Oid toast_index_oid;
	bool shared;
	const char *acl; /* grantee oid=privileges/grantor oid, comma separated */
	const CatalogColumn *columns;
	int ncolumns;
	const char *const *rows; /* tab-separated values in column order, \N = NULL, COPY's escapes */
	int nrows;
} CatalogRelation;

typedef struct CatalogIndex
{
	const char *name;
	Oid oid;
	Oid table;
	bool unique;
	bool primary;
	bool shared;
	Oid constraint;
	int nkeys;
	int16 keys[CATALOG_INDEX_KEYS_MAX];
	Oid opclasses[CATALOG_INDEX_KEYS_MAX];
	Oid collations[CATALOG_INDEX_KEYS_MAX];
} CatalogIndex;

/* B-tree operator classes that catalog indexes use: what the relation cache would otherwise read from pg_opclass, pg_amproc. */
typedef struct CatalogOpclass
{
	Oid oid;
	Oid family;
	Oid input_type;
	Oid support[5]; /* by support number, from 1 */
} CatalogOpclass;

/* What kind of value a cache key is: decides how it is hashed and compared, with no function lookup. */
typedef enum CatKeyKind
{
	CATKEY_OID,
	CATKEY_NAME,
	CATKEY_INT2,
	CATKEY_INT4,
	CATKEY_CHAR,
	CATKEY_BOOL,
	CATKEY_TEXT,
	CATKEY_OIDVECTOR
} CatKeyKind;

typedef struct SysCacheDef
{
	const char *name;
	Oid table;
	Oid index;
	int nkeys;
	int16 keys[CATALOG_INDEX_KEYS_MAX];
	CatKeyKind kinds[CATALOG_INDEX_KEYS_MAX];
} SysCacheDef;

/* Default expressions of built-in functions' trailing arguments, as SQL. */
typedef struct CatalogDefault
{
	Oid function;
	const char *expressions;
} CatalogDefault;

extern const CatalogRelation catalog_relations[];
extern const int catalog_nrelations;
extern const CatalogIndex catalog_indexes[];
extern const int catalog_nindexes;
extern const CatalogOpclass catalog_opclasses[];
extern const int catalog_nopclasses;
extern const SysCacheDef syscache_defs[];
extern const CatalogDefault catalog_defaults[];
extern const int catalog_ndefaults;

extern const CatalogRelation *catalog_relation_by_oid(Oid oid);
extern const CatalogIndex *catalog_index_by_oid(Oid oid);
/* The catalog whose TOAST table, or TOAST table's index, that is. */
extern const CatalogRelation *catalog_relation_by_toast_oid(Oid oid);
extern const CatalogOpclass *catalog_opclass_by_oid(Oid oid);

#endif /* CATALOG_DATA_H */
