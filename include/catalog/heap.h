/*
 * heap.h (catalog)
 *    Catalog side of tables: creating, dropping, constraints and defaults.
 */
#ifndef CATALOG_HEAP_H
#define CATALOG_HEAP_H

#include "access/tupdesc.h"
#include "catalog/indexing.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_attribute.h"
#include "parser/parse_node.h"

#define CHKATYPE_ANYARRAY 0x01
#define CHKATYPE_ANYRECORD 0x02
#define CHKATYPE_IS_PARTKEY 0x04


/* A column default before analysis. */
typedef struct RawColumnDefault
{
	AttrNumber attnum;
	Node *raw_default;
	bool missingMode;
	char generated;
} RawColumnDefault;


/* A default or check constraint after analysis. */
typedef struct CookedConstraint
{
	ConstrType contype; /* CONSTR_DEFAULT or CONSTR_CHECK */
	Oid conoid;
	char *name;
	AttrNumber attnum;
	Node *expr;
	bool skip_validation;
	bool is_local;
	int inhcount;
	bool is_no_inherit;
} CookedConstraint;

/* Creates storage and cache entry only; the catalog rows are the caller's. Bootstrap and rewrites use it too. */
extern Relation heap_create(const char *relname, Oid relnamespace, Oid reltablespace, Oid relid, Oid relfilenode,
							Oid accessmtd, TupleDesc tupDesc, char relkind, char relpersistence, bool shared_relation,
							bool mapped_relation, bool allow_system_table_mods, TransactionId *relfrozenxid,
							MultiXactId *relminmxid, bool create_storage);
extern Oid heap_create_with_catalog(const char *relname, Oid relnamespace, Oid reltablespace, Oid relid, Oid reltypeid,
									Oid reloftypeid, Oid ownerid, Oid accessmtd, TupleDesc tupdesc,
									List *cooked_constraints, char relkind, char relpersistence, bool shared_relation,
									bool mapped_relation, OnCommitAction oncommit, Datum reloptions,
									bool use_user_acl, bool allow_system_table_mods, bool is_internal, Oid relrewrite,
									ObjectAddress *typaddress);
extern void heap_drop_with_catalog(Oid relid);
extern void heap_truncate(List *relids);
extern void heap_truncate_one_rel(Relation rel);
extern void heap_truncate_check_FKs(List *relations, bool tempTables);
extern List *heap_truncate_find_FKs(List *relationIds);

extern void InsertPgAttributeTuples(Relation pg_attribute_rel, TupleDesc tupdesc, Oid new_rel_oid,
									Datum *attoptions, CatalogIndexState indstate);
extern void InsertPgClassTuple(Relation pg_class_desc, Relation new_rel_desc, Oid new_rel_oid, Datum relacl,
							   Datum reloptions);

/* Analyzes and stores; returns CookedConstraints. */
extern List *AddRelationNewConstraints(Relation rel, List *newColDefaults, List *newConstraints, bool allow_merge,
									   bool is_local, bool is_internal, const char *queryString);
extern Oid StoreAttrDefault(Relation rel, AttrNumber attnum, Node *expr, bool is_internal, bool add_column_mode);
extern void StoreAttrMissingVal(Relation rel, AttrNumber attnum, Datum value, bool isnull);
extern void RelationClearMissing(Relation rel);
extern Node *cookDefault(ParseState *pstate, Node *raw_default, Oid atttypid, int32 atttypmod, const char *attname,
						 char attgenerated);
extern void RemoveAttrDefault(Oid relid, AttrNumber attnum, DropBehavior behavior, bool complain, bool internal);
extern void RemoveAttrDefaultById(Oid attrdefId);
extern void RemoveAttributeById(Oid relid, AttrNumber attnum);
extern void DeleteRelationTuple(Oid relid);
extern void DeleteAttributeTuples(Oid relid);
extern void RelationRemoveInheritance(Oid relid);
extern void RemoveStatistics(Oid relid, AttrNumber attnum);
extern void CopyStatistics(Oid fromrelid, Oid torelid);

/* tableoid, ctid, xmin, ... by number or name; NULL when there is none of that name. */
extern const FormData_pg_attribute *SystemAttributeDefinition(AttrNumber attno);
extern const FormData_pg_attribute *SystemAttributeByName(const char *attname);
extern void CheckAttributeNamesTypes(TupleDesc tupdesc, char relkind, int flags);
extern void CheckAttributeType(const char *attname, Oid atttypid, Oid attcollation, List *containing_rowtypes, int flags);

/* True while the scripts run that make system views: they may create in pg_catalog. */
extern bool InSystemScript;
/* The columns of a pg_class or pg_attribute row. The arrays have Natts_* entries. */
extern void heap_pg_class_values(Relation rel, Oid relid, Datum relacl, Datum reloptions, Datum *values, bool *nulls);
extern void heap_pg_attribute_values(const FormData_pg_attribute *att, Oid relid, Datum attoptions, Datum *values,
									 bool *nulls);
/* Stores CookedConstraints: defaults and checks, and relchecks. */
extern void heap_store_constraints(Relation rel, List *cooked_constraints, bool is_internal);
extern void heap_set_num_checks(Relation rel, int numchecks);

#endif /* CATALOG_HEAP_H */
