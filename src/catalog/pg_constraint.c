/*
 * pg_constraint.c
 *    Rows of pg_constraint.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "commands/tablecmds.h"
#include "nodes/nodes.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static Datum
int2_array(const int16 *items, int n)
{
	Datum *elems = palloc(Max(n, 1) * sizeof(Datum));

	for (int i = 0; i < n; i++)
		elems[i] = Int16GetDatum(items[i]);
	return PointerGetDatum(construct_array(elems, n, INT2OID, 2, true, TYPALIGN_SHORT));
}

static Datum
oid_array(const Oid *items, int n)
{
	Datum *elems = palloc(Max(n, 1) * sizeof(Datum));

	for (int i = 0; i < n; i++)
		elems[i] = ObjectIdGetDatum(items[i]);
	return PointerGetDatum(construct_array(elems, n, OIDOID, 4, true, TYPALIGN_INT));
}

static void
record_constraint_dependencies(Oid conoid, const ConstraintEntry *entry)
{
	ObjectAddress self;
	ObjectAddress other;

	ObjectAddressSet(self, ConstraintRelationId, conoid);
	if (OidIsValid(entry->relation))
	{
		if (entry->ntotal_keys > 0)
		{
			for (int i = 0; i < entry->ntotal_keys; i++)
			{
				ObjectAddressSubSet(other, RelationRelationId, entry->relation, entry->keys[i]);
				recordDependencyOn(&self, &other, DEPENDENCY_AUTO);
			}
		}
		else
		{
			ObjectAddressSet(other, RelationRelationId, entry->relation);
			recordDependencyOn(&self, &other, DEPENDENCY_AUTO);
		}
	}
	if (OidIsValid(entry->domain))
	{
		ObjectAddressSet(other, TypeRelationId, entry->domain);
		recordDependencyOn(&self, &other, DEPENDENCY_AUTO);
	}
	if (OidIsValid(entry->foreign_relation))
	{
		for (int i = 0; i < entry->nforeign_keys; i++)
		{
			ObjectAddressSubSet(other, RelationRelationId, entry->foreign_relation, entry->foreign_keys[i]);
			recordDependencyOn(&self, &other, DEPENDENCY_NORMAL);
		}
		if (OidIsValid(entry->index))
		{
			/* the key on the other side must not go */
			ObjectAddressSet(other, RelationRelationId, entry->index);
			recordDependencyOn(&self, &other, DEPENDENCY_NORMAL);
		}
		for (int i = 0; i < entry->nforeign_keys; i++)
		{
			ObjectAddressSet(other, OperatorRelationId, entry->pf_eq_ops[i]);
			recordDependencyOn(&self, &other, DEPENDENCY_NORMAL);
		}
	}
	if (entry->expr != NULL)
		recordDependencyOnSingleRelExpr(&self, entry->expr, entry->relation, DEPENDENCY_NORMAL, DEPENDENCY_NORMAL, false);
}

Oid
constraint_create(const ConstraintEntry *entry)
{
	Relation con = table_open(ConstraintRelationId, RowExclusiveLock);
	Oid oid = GetNewOidWithIndex(con, ConstraintOidIndexId, Anum_pg_constraint_oid);
	Datum values[Natts_pg_constraint] = {0};
	bool nulls[Natts_pg_constraint] = {false};
	bool foreign = OidIsValid(entry->foreign_relation);
	NameData name;
	HeapTuple tuple;

	namestrcpy(&name, entry->name);
	for (int i = Anum_pg_constraint_conkey - 1; i < Natts_pg_constraint; i++)
		nulls[i] = true;
#define SET(column, datum) (values[Anum_pg_constraint_##column - 1] = (datum), nulls[Anum_pg_constraint_##column - 1] = false)
	SET(oid, ObjectIdGetDatum(oid));
	SET(conname, NameGetDatum(&name));
	SET(connamespace, ObjectIdGetDatum(entry->namespace));
	SET(contype, CharGetDatum(entry->type));
	SET(condeferrable, BoolGetDatum(entry->deferrable));
	SET(condeferred, BoolGetDatum(entry->initdeferred));
	SET(convalidated, BoolGetDatum(entry->validated));
	SET(conrelid, ObjectIdGetDatum(entry->relation));
	SET(contypid, ObjectIdGetDatum(entry->domain));
	SET(conindid, ObjectIdGetDatum(entry->index));
	SET(confrelid, ObjectIdGetDatum(entry->foreign_relation));
	SET(confupdtype, CharGetDatum(foreign ? entry->foreign_update : ' '));
	SET(confdeltype, CharGetDatum(foreign ? entry->foreign_delete : ' '));
	SET(confmatchtype, CharGetDatum(foreign ? entry->foreign_match : ' '));
	SET(conislocal, BoolGetDatum(entry->is_local));
	SET(coninhcount, Int32GetDatum(entry->inhcount));
	SET(connoinherit, BoolGetDatum(entry->noinherit));
	if (entry->nkeys > 0)
		SET(conkey, int2_array(entry->keys, entry->nkeys));
	if (foreign)
	{
		SET(confkey, int2_array(entry->foreign_keys, entry->nforeign_keys));
		SET(conpfeqop, oid_array(entry->pf_eq_ops, entry->nforeign_keys));
		SET(conppeqop, oid_array(entry->pp_eq_ops, entry->nforeign_keys));
		SET(conffeqop, oid_array(entry->ff_eq_ops, entry->nforeign_keys));
		if (entry->ndelete_set_cols > 0)
			SET(confdelsetcols, int2_array(entry->delete_set_cols, entry->ndelete_set_cols));
	}
	if (entry->expr != NULL)
		SET(conbin, CStringGetTextDatum(nodeToString(entry->expr)));
#undef SET
	tuple = heap_form_tuple(RelationGetDescr(con), values, nulls);
	CatalogTupleInsert(con, tuple);
	heap_freetuple(tuple);
	table_close(con, RowExclusiveLock);
	record_constraint_dependencies(oid, entry);
	return oid;
}

/* ---- by name -------------------------------------------------------------------------------------------------------------------- */
static Oid
find_constraint(Oid relid, Oid typid, const char *conname)
{
	Relation con = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData keys[3];
	SysScanDesc scan;
	HeapTuple tuple;
	Oid result = InvalidOid;

	ScanKeyInit(&keys[0], Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	ScanKeyInit(&keys[1], Anum_pg_constraint_contypid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(typid));
	ScanKeyInit(&keys[2], Anum_pg_constraint_conname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum(conname));
	scan = systable_beginscan(con, ConstraintRelidTypidNameIndexId, true, NULL, 3, keys);
	if (HeapTupleIsValid(tuple = systable_getnext(scan)))
		result = ((Form_pg_constraint) GETSTRUCT(tuple))->oid;
	systable_endscan(scan);
	table_close(con, AccessShareLock);
	return result;
}

bool
ConstraintNameIsUsed(ConstraintCategory conCat, Oid objId, const char *conname)
{
	return OidIsValid(conCat == CONSTRAINT_RELATION ? find_constraint(objId, InvalidOid, conname)
													: find_constraint(InvalidOid, objId, conname));
}

bool
ConstraintNameExists(const char *conname, Oid namespaceid)
{
	Relation con = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	bool found;

	ScanKeyInit(&keys[0], Anum_pg_constraint_conname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum(conname));
	ScanKeyInit(&keys[1], Anum_pg_constraint_connamespace, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(namespaceid));
	scan = systable_beginscan(con, ConstraintNameNspIndexId, true, NULL, 2, keys);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(con, AccessShareLock);
	return found;
}

/* name1_name2_label, with a number appended until nothing in the schema, and nothing in others, has that name. */
char *
ChooseConstraintName(const char *name1, const char *name2, const char *label, Oid namespaceid, List *others)
{
	for (int pass = 0;; pass++)
	{
		char modlabel[NAMEDATALEN];
		char *name;
		bool taken = false;
		ListCell *lc;

		if (pass == 0)
			strlcpy(modlabel, label, sizeof(modlabel));
		else
			snprintf(modlabel, sizeof(modlabel), "%s%d", label, pass);
		name = makeObjectName(name1, name2, modlabel);
		foreach(lc, others)
			taken |= strcmp(lfirst(lc), name) == 0;
		if (!taken && !ConstraintNameExists(name, namespaceid))
			return name;
		pfree(name);
	}
}

Oid
get_relation_constraint_oid(Oid relid, const char *conname, bool missing_ok)
{
	Oid oid = find_constraint(relid, InvalidOid, conname);

	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("constraint \"%s\" for table \"%s\" does not exist", conname, get_rel_name(relid)));
	return oid;
}

Oid
get_domain_constraint_oid(Oid typid, const char *conname, bool missing_ok)
{
	Oid oid = find_constraint(InvalidOid, typid, conname);

	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("constraint \"%s\" for domain %s does not exist", conname, format_type_be(typid)));
	return oid;
}

/* ---- changing, removing --------------------------------------------------------------------------------------------------------------- */
void
RemoveConstraintById(Oid conId)
{
	Relation conrel = table_open(ConstraintRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(conId));
	Form_pg_constraint con;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for constraint %u", conId);
	con = (Form_pg_constraint) GETSTRUCT(tuple);
	if (OidIsValid(con->conrelid))
	{
		Relation rel = relation_open(con->conrelid, AccessExclusiveLock);

		if (con->contype == CONSTRAINT_CHECK)
			heap_set_num_checks(rel, rel->rd_rel->relchecks - 1);
		relation_close(rel, NoLock);
	}
	CatalogTupleDelete(conrel, &tuple->t_self);
	ReleaseSysCache(tuple);
	table_close(conrel, RowExclusiveLock);
}

void
RenameConstraintById(Oid conId, const char *newname)
{
	Relation conrel = table_open(ConstraintRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(CONSTROID, ObjectIdGetDatum(conId));
	Form_pg_constraint con;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for constraint %u", conId);
	con = (Form_pg_constraint) GETSTRUCT(tuple);
	if (OidIsValid(con->conrelid) && ConstraintNameIsUsed(CONSTRAINT_RELATION, con->conrelid, newname))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT),
				errmsg("constraint \"%s\" for relation \"%s\" already exists", newname, get_rel_name(con->conrelid)));
	if (OidIsValid(con->contypid) && ConstraintNameIsUsed(CONSTRAINT_DOMAIN, con->contypid, newname))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT),
				errmsg("constraint \"%s\" for domain %s already exists", newname, format_type_be(con->contypid)));
	namestrcpy(&con->conname, newname);
	CatalogTupleUpdate(conrel, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(conrel, RowExclusiveLock);
}

void
AlterConstraintNamespaces(Oid ownerId, Oid oldNspId, Oid newNspId, bool isType, ObjectAddresses *objsMoved)
{
	Relation conrel = table_open(ConstraintRelationId, RowExclusiveLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&keys[0], Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(isType ? InvalidOid : ownerId));
	ScanKeyInit(&keys[1], Anum_pg_constraint_contypid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(isType ? ownerId : InvalidOid));
	scan = systable_beginscan(conrel, ConstraintRelidTypidNameIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		if (((Form_pg_constraint) GETSTRUCT(tuple))->connamespace == oldNspId && oldNspId != newNspId)
		{
			tuple = heap_copytuple(tuple);
			((Form_pg_constraint) GETSTRUCT(tuple))->connamespace = newNspId;
			CatalogTupleUpdate(conrel, &tuple->t_self, tuple);
		}
	}
	systable_endscan(scan);
	table_close(conrel, RowExclusiveLock);
}

/* ---- reading keys ------------------------------------------------------------------------------------------------------------------------ */
static int
read_int2s(HeapTuple tuple, AttrNumber column, AttrNumber *out)
{
	bool isnull;
	Datum datum = SysCacheGetAttr(CONSTROID, tuple, column, &isnull);
	ArrayType *array;

	if (isnull)
		return 0;
	array = DatumGetArrayTypeP(datum);
	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != INT2OID || ARR_DIMS(array)[0] > INDEX_MAX_KEYS)
		elog(ERROR, "constraint column %d is not a 1-D smallint array", column);
	memcpy(out, ARR_DATA_PTR(array), ARR_DIMS(array)[0] * sizeof(int16));
	return ARR_DIMS(array)[0];
}

static void
read_oids(HeapTuple tuple, AttrNumber column, Oid *out, int n)
{
	ArrayType *array = DatumGetArrayTypeP(SysCacheGetAttrNotNull(CONSTROID, tuple, column));

	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != n || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != OIDOID)
		elog(ERROR, "constraint column %d is not a 1-D Oid array", column);
	memcpy(out, ARR_DATA_PTR(array), n * sizeof(Oid));
}

void
DeconstructFkConstraintRow(HeapTuple tuple, int *numfks, AttrNumber *conkey, AttrNumber *confkey, Oid *pf_eq_oprs, Oid *pp_eq_oprs,
						   Oid *ff_eq_oprs, int *num_fk_del_set_cols, AttrNumber *fk_del_set_cols)
{
	*numfks = read_int2s(tuple, Anum_pg_constraint_conkey, conkey);
	if (read_int2s(tuple, Anum_pg_constraint_confkey, confkey) != *numfks || *numfks == 0)
		elog(ERROR, "foreign key constraint has unequal numbers of columns");
	if (pf_eq_oprs)
		read_oids(tuple, Anum_pg_constraint_conpfeqop, pf_eq_oprs, *numfks);
	if (pp_eq_oprs)
		read_oids(tuple, Anum_pg_constraint_conppeqop, pp_eq_oprs, *numfks);
	if (ff_eq_oprs)
		read_oids(tuple, Anum_pg_constraint_conffeqop, ff_eq_oprs, *numfks);
	if (fk_del_set_cols)
		*num_fk_del_set_cols = read_int2s(tuple, Anum_pg_constraint_confdelsetcols, fk_del_set_cols);
}

static Bitmapset *
constraint_columns(HeapTuple tuple)
{
	AttrNumber keys[INDEX_MAX_KEYS];
	int n = read_int2s(tuple, Anum_pg_constraint_conkey, keys);
	Bitmapset *result = NULL;

	for (int i = 0; i < n; i++)
		result = bms_add_member(result, keys[i] - FirstLowInvalidHeapAttributeNumber);
	return result;
}

Bitmapset *
get_relation_constraint_attnos(Oid relid, const char *conname, bool missing_ok, Oid *constraintOid)
{
	HeapTuple tuple;
	Bitmapset *result;

	*constraintOid = get_relation_constraint_oid(relid, conname, missing_ok);
	if (!OidIsValid(*constraintOid))
		return NULL;
	tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(*constraintOid));
	result = constraint_columns(tuple);
	ReleaseSysCache(tuple);
	return result;
}

Bitmapset *
get_primary_key_attnos(Oid relid, bool deferrableOk, Oid *constraintOid)
{
	Relation con = table_open(ConstraintRelationId, AccessShareLock);
	Bitmapset *result = NULL;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	*constraintOid = InvalidOid;
	ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(con, ConstraintRelidTypidNameIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);

		if (form->contype != CONSTRAINT_PRIMARY)
			continue;
		if (form->condeferrable && !deferrableOk)
			break;
		*constraintOid = form->oid;
		result = constraint_columns(tuple);
		break;
	}
	systable_endscan(scan);
	table_close(con, AccessShareLock);
	return result;
}

/* GROUP BY has the whole primary key of the relation: its other columns may be used too. */
bool
check_functional_grouping(Oid relid, Index varno, Index varlevelsup, List *grouping_columns, List **constraintDeps)
{
	Oid constraint;
	Bitmapset *pkey = get_primary_key_attnos(relid, false, &constraint);
	Bitmapset *grouped = NULL;
	ListCell *lc;

	if (pkey == NULL)
		return false;
	foreach(lc, grouping_columns)
	{
		Var *var = lfirst(lc);

		if (IsA(var, Var) && var->varno == varno && var->varlevelsup == varlevelsup)
			grouped = bms_add_member(grouped, var->varattno - FirstLowInvalidHeapAttributeNumber);
	}
	if (!bms_is_subset(pkey, grouped))
		return false;
	*constraintDeps = lappend_oid(*constraintDeps, constraint);
	return true;
}
