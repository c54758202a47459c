/*
 * pg_depend.c
 *    Rows of pg_depend: recording, deleting, redirecting, asking.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_extension.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

void
recordDependencyOn(const ObjectAddress *depender, const ObjectAddress *referenced, DependencyType behavior)
{
	recordMultipleDependencies(depender, referenced, 1, behavior);
}

void
recordMultipleDependencies(const ObjectAddress *depender, const ObjectAddress *referenced, int nreferenced, DependencyType behavior)
{
	Relation rel;
	CatalogIndexState indstate = NULL;

	if (nreferenced <= 0 || IsBootstrapProcessingMode())
		return;
	rel = table_open(DependRelationId, RowExclusiveLock);
	for (int i = 0; i < nreferenced; i++)
	{
		Datum values[Natts_pg_depend];
		bool nulls[Natts_pg_depend] = {false};
		HeapTuple tuple;

		/* What cannot be dropped needs no record. */
		if (IsPinnedObject(referenced[i].classId, referenced[i].objectId))
			continue;
		if (indstate == NULL)
			indstate = CatalogOpenIndexes(rel);
		values[Anum_pg_depend_classid - 1] = ObjectIdGetDatum(depender->classId);
		values[Anum_pg_depend_objid - 1] = ObjectIdGetDatum(depender->objectId);
		values[Anum_pg_depend_objsubid - 1] = Int32GetDatum(depender->objectSubId);
		values[Anum_pg_depend_refclassid - 1] = ObjectIdGetDatum(referenced[i].classId);
		values[Anum_pg_depend_refobjid - 1] = ObjectIdGetDatum(referenced[i].objectId);
		values[Anum_pg_depend_refobjsubid - 1] = Int32GetDatum(referenced[i].objectSubId);
		values[Anum_pg_depend_deptype - 1] = CharGetDatum((char) behavior);
		tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
		CatalogTupleInsertWithInfo(rel, tuple, indstate);
		heap_freetuple(tuple);
	}
	if (indstate)
		CatalogCloseIndexes(indstate);
	table_close(rel, RowExclusiveLock);
}

/* Extensions are not supported: nothing is ever created inside one. */
void
recordDependencyOnCurrentExtension(const ObjectAddress *object, bool isReplace)
{
}

/* ---- scanning by one of the two indexes ------------------------------------------------------------------------------------------- */
typedef void (*DependVisitor)(Relation rel, HeapTuple tuple, void *arg);

static void
each_dependency(bool by_referenced, Oid classId, Oid objectId, LOCKMODE lockmode, DependVisitor visit, void *arg)
{
	Relation rel = table_open(DependRelationId, lockmode);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&keys[0], by_referenced ? Anum_pg_depend_refclassid : Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(classId));
	ScanKeyInit(&keys[1], by_referenced ? Anum_pg_depend_refobjid : Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(objectId));
	scan = systable_beginscan(rel, by_referenced ? DependReferenceIndexId : DependDependerIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		visit(rel, tuple, arg);
	systable_endscan(scan);
	table_close(rel, lockmode);
}

typedef struct DependFilter
{
	bool skip_extension;
	Oid refclass;  /* 0: any */
	Oid refobject; /* 0: any */
	char deptype;  /* 0: any */
	Oid new_object;
	Oid new_reference;
	long count;
	List *result;
} DependFilter;

static bool
passes(const DependFilter *filter, Form_pg_depend dep)
{
	if (filter->skip_extension && dep->deptype == DEPENDENCY_EXTENSION)
		return false;
	if (OidIsValid(filter->refclass) && dep->refclassid != filter->refclass)
		return false;
	if (OidIsValid(filter->refobject) && dep->refobjid != filter->refobject)
		return false;
	return filter->deptype == 0 || dep->deptype == filter->deptype;
}

static void
visit_delete(Relation rel, HeapTuple tuple, void *arg)
{
	DependFilter *filter = arg;

	if (!passes(filter, (Form_pg_depend) GETSTRUCT(tuple)))
		return;
	CatalogTupleDelete(rel, &tuple->t_self);
	filter->count++;
}

static void
visit_change(Relation rel, HeapTuple tuple, void *arg)
{
	DependFilter *filter = arg;
	HeapTuple copy;
	Form_pg_depend dep;

	if (!passes(filter, (Form_pg_depend) GETSTRUCT(tuple)))
		return;
	copy = heap_copytuple(tuple);
	dep = (Form_pg_depend) GETSTRUCT(copy);
	if (OidIsValid(filter->new_object))
		dep->objid = filter->new_object;
	if (OidIsValid(filter->new_reference))
		dep->refobjid = filter->new_reference;
	CatalogTupleUpdate(rel, &copy->t_self, copy);
	heap_freetuple(copy);
	filter->count++;
}

long
deleteDependencyRecordsFor(Oid classId, Oid objectId, bool skipExtensionDeps)
{
	DependFilter filter = {.skip_extension = skipExtensionDeps};

	each_dependency(false, classId, objectId, RowExclusiveLock, visit_delete, &filter);
	return filter.count;
}

long
deleteDependencyRecordsForClass(Oid classId, Oid objectId, Oid refclassId, char deptype)
{
	DependFilter filter = {.refclass = refclassId, .deptype = deptype};

	each_dependency(false, classId, objectId, RowExclusiveLock, visit_delete, &filter);
	return filter.count;
}

long
deleteDependencyRecordsForSpecific(Oid classId, Oid objectId, char deptype, Oid refclassId, Oid refobjectId)
{
	DependFilter filter = {.refclass = refclassId, .refobject = refobjectId, .deptype = deptype};

	each_dependency(false, classId, objectId, RowExclusiveLock, visit_delete, &filter);
	return filter.count;
}

long
changeDependencyFor(Oid classId, Oid objectId, Oid refClassId, Oid oldRefObjectId, Oid newRefObjectId)
{
	DependFilter filter = {.refclass = refClassId, .refobject = oldRefObjectId, .new_reference = newRefObjectId};

	if (IsPinnedObject(refClassId, oldRefObjectId))
	{
		/* there was no record; make one if the new object needs it */
		ObjectAddress self = {classId, objectId, 0};
		ObjectAddress other = {refClassId, newRefObjectId, 0};

		recordDependencyOn(&self, &other, DEPENDENCY_NORMAL);
		return 1;
	}
	if (IsPinnedObject(refClassId, newRefObjectId))
	{
		filter.new_reference = InvalidOid;
		each_dependency(false, classId, objectId, RowExclusiveLock, visit_delete, &filter);
		return filter.count;
	}
	each_dependency(false, classId, objectId, RowExclusiveLock, visit_change, &filter);
	return filter.count;
}

long
changeDependenciesOf(Oid classId, Oid oldObjectId, Oid newObjectId)
{
	DependFilter filter = {.new_object = newObjectId};

	each_dependency(false, classId, oldObjectId, RowExclusiveLock, visit_change, &filter);
	return filter.count;
}

long
changeDependenciesOn(Oid refClassId, Oid oldRefObjectId, Oid newRefObjectId)
{
	DependFilter filter = {.new_reference = newRefObjectId};

	each_dependency(true, refClassId, oldRefObjectId, RowExclusiveLock, visit_change, &filter);
	return filter.count;
}

Oid
getExtensionOfObject(Oid classId, Oid objectId)
{
	return InvalidOid;
}

/* ---- sequences and columns ---------------------------------------------------------------------------------------------------------- */
typedef struct OwnedQuery
{
	char deptype; /* 0: any of auto and internal */
	AttrNumber column; /* 0: any */
	List *sequences;
	Oid table;
	int32 found_column;
} OwnedQuery;

static void
visit_owner(Relation rel, HeapTuple tuple, void *arg)
{
	Form_pg_depend dep = (Form_pg_depend) GETSTRUCT(tuple);
	OwnedQuery *query = arg;

	if (dep->refclassid == RelationRelationId && dep->deptype == query->deptype && dep->refobjsubid != 0)
	{
		query->table = dep->refobjid;
		query->found_column = dep->refobjsubid;
	}
}

bool
sequenceIsOwned(Oid seqId, char deptype, Oid *tableId, int32 *colId)
{
	OwnedQuery query = {.deptype = deptype};

	each_dependency(false, RelationRelationId, seqId, AccessShareLock, visit_owner, &query);
	if (!OidIsValid(query.table))
		return false;
	*tableId = query.table;
	*colId = query.found_column;
	return true;
}

static void
visit_owned(Relation rel, HeapTuple tuple, void *arg)
{
	Form_pg_depend dep = (Form_pg_depend) GETSTRUCT(tuple);
	OwnedQuery *query = arg;

	if (dep->classid != RelationRelationId || dep->objsubid != 0 || dep->refobjsubid == 0 ||
		(dep->deptype != DEPENDENCY_AUTO && dep->deptype != DEPENDENCY_INTERNAL))
		return;
	if ((query->column != 0 && dep->refobjsubid != query->column) || (query->deptype && dep->deptype != query->deptype))
		return;
	if (get_rel_relkind(dep->objid) == RELKIND_SEQUENCE)
		query->sequences = lappend_oid(query->sequences, dep->objid);
}

List *
getOwnedSequences(Oid relid)
{
	OwnedQuery query = {0};

	each_dependency(true, RelationRelationId, relid, AccessShareLock, visit_owned, &query);
	return query.sequences;
}

Oid
getIdentitySequence(Oid relid, AttrNumber attnum, bool missing_ok)
{
	OwnedQuery query = {.deptype = DEPENDENCY_INTERNAL, .column = attnum};

	each_dependency(true, RelationRelationId, relid, AccessShareLock, visit_owned, &query);
	if (list_length(query.sequences) > 1)
		elog(ERROR, "more than one owned sequence found");
	if (query.sequences == NIL)
	{
		if (missing_ok)
			return InvalidOid;
		elog(ERROR, "no owned sequence found");
	}
	return linitial_oid(query.sequences);
}

/* ---- indexes and constraints ---------------------------------------------------------------------------------------------------------- */
static void
visit_index_constraint(Relation rel, HeapTuple tuple, void *arg)
{
	Form_pg_depend dep = (Form_pg_depend) GETSTRUCT(tuple);

	if (dep->refclassid == ConstraintRelationId && dep->refobjsubid == 0 && dep->deptype == DEPENDENCY_INTERNAL)
		*(Oid *) arg = dep->refobjid;
}

Oid
get_index_constraint(Oid indexId)
{
	Oid result = InvalidOid;

	each_dependency(false, RelationRelationId, indexId, AccessShareLock, visit_index_constraint, &result);
	return result;
}

static void
visit_referencing_constraint(Relation rel, HeapTuple tuple, void *arg)
{
	Form_pg_depend dep = (Form_pg_depend) GETSTRUCT(tuple);

	if (dep->classid == ConstraintRelationId && dep->objsubid == 0 && dep->deptype == DEPENDENCY_NORMAL)
		*(List **) arg = lappend_oid(*(List **) arg, dep->objid);
}

List *
get_index_ref_constraints(Oid indexId)
{
	List *result = NIL;

	each_dependency(true, RelationRelationId, indexId, AccessShareLock, visit_referencing_constraint, &result);
	return result;
}
