/*
 * relcache_lists.c
 *    What is worth keeping with a relation but not worth computing before somebody asks: indexes, foreign keys, index
 *    expressions, sets of indexed columns.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/catcache.h"
#include "catalog/relcache.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

static List *
copy_into_cache(List *list)
{
	MemoryContext old = MemoryContextSwitchTo(CacheMemoryContext);
	List *copy = list_copy(list);

	MemoryContextSwitchTo(old);
	return copy;
}

/* Note what kind of key the index is, if it is one. */
static void
note_key_index(Relation rel, Form_pg_index index, Oid *pkey, Oid *identity, Oid *pkey_immediate)
{
	if (!index->indisvalid || !index->indisunique)
		return;
	if (index->indisprimary)
	{
		*pkey = index->indexrelid;
		if (index->indimmediate)
			*pkey_immediate = index->indexrelid;
	}
	if (index->indisreplident && index->indimmediate)
		*identity = index->indexrelid;
}

static List *
read_index_list(Relation relation)
{
	Relation pg_index = table_open(IndexRelationId, AccessShareLock);
	Oid pkey = InvalidOid;
	Oid identity = InvalidOid;
	Oid pkey_immediate = InvalidOid;
	List *result = NIL;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationGetRelid(relation)));
	scan = systable_beginscan(pg_index, IndexIndrelidIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);

		if (!index->indislive)
			continue;
		result = lappend_oid(result, index->indexrelid);
		if (heap_attisnull(tuple, Anum_pg_index_indpred, NULL))
			note_key_index(relation, index, &pkey, &identity, &pkey_immediate);
	}
	systable_endscan(scan);
	table_close(pg_index, AccessShareLock);
	list_sort(result, list_oid_cmp);
	relation->rd_pkindex = pkey;
	if (relation->rd_rel->relreplident == REPLICA_IDENTITY_DEFAULT)
		relation->rd_replidindex = pkey_immediate;
	else if (relation->rd_rel->relreplident == REPLICA_IDENTITY_INDEX)
		relation->rd_replidindex = identity;
	else
		relation->rd_replidindex = InvalidOid;
	return result;
}

List *
RelationGetIndexList(Relation relation)
{
	List *list;

	if (!relation->rd_indexvalid)
	{
		if (relation->rd_isnailed)
			list = relcache_index_list_builtin(RelationGetRelid(relation));
		else if (!relation->rd_rel->relhasindex)
			list = NIL;
		else
			list = read_index_list(relation);
		list_free(relation->rd_indexlist);
		relation->rd_indexlist = copy_into_cache(list);
		relation->rd_indexvalid = true;
		list_free(list);
	}
	return list_copy(relation->rd_indexlist);
}

Oid
RelationGetPrimaryKeyIndex(Relation relation)
{
	if (!relation->rd_indexvalid)
		list_free(RelationGetIndexList(relation));
	return relation->rd_pkindex;
}

Oid
RelationGetReplicaIndex(Relation relation)
{
	if (!relation->rd_indexvalid)
		list_free(RelationGetIndexList(relation));
	return relation->rd_replidindex;
}

/* Extended statistics are not collected. */
List *
RelationGetStatExtList(Relation relation)
{
	return NIL;
}

/* ---- foreign keys ------------------------------------------------------------------------------------------------------------- */
static int
read_int2_array(HeapTuple tuple, AttrNumber attnum, TupleDesc desc, AttrNumber *out)
{
	bool isnull;
	Datum value = heap_getattr(tuple, attnum, desc, &isnull);
	ArrayType *array;

	if (isnull)
		elog(ERROR, "null value in foreign-key constraint");
	array = DatumGetArrayTypeP(value);
	AssertAlways(ARR_DIMS(array)[0] <= INDEX_MAX_KEYS);
	memcpy(out, ARR_DATA_PTR(array), ARR_DIMS(array)[0] * sizeof(int16));
	return ARR_DIMS(array)[0];
}

static ForeignKeyCacheInfo *
read_fkey(HeapTuple tuple, TupleDesc desc)
{
	Form_pg_constraint con = (Form_pg_constraint) GETSTRUCT(tuple);
	ForeignKeyCacheInfo *info = (ForeignKeyCacheInfo *) newNode(sizeof(ForeignKeyCacheInfo), T_ForeignKeyCacheInfo);
	bool isnull;
	ArrayType *ops;

	info->conoid = con->oid;
	info->conrelid = con->conrelid;
	info->confrelid = con->confrelid;
	info->nkeys = read_int2_array(tuple, Anum_pg_constraint_conkey, desc, info->conkey);
	read_int2_array(tuple, Anum_pg_constraint_confkey, desc, info->confkey);
	ops = DatumGetArrayTypeP(heap_getattr(tuple, Anum_pg_constraint_conpfeqop, desc, &isnull));
	memcpy(info->conpfeqop, ARR_DATA_PTR(ops), info->nkeys * sizeof(Oid));
	return info;
}

static List *
copy_fkeys(List *list, MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(cxt);
	List *copy = NIL;
	ListCell *lc;

	foreach(lc, list)
	{
		ForeignKeyCacheInfo *info = palloc(sizeof(ForeignKeyCacheInfo));

		*info = *(ForeignKeyCacheInfo *) lfirst(lc);
		copy = lappend(copy, info);
	}
	MemoryContextSwitchTo(old);
	return copy;
}

List *
RelationGetFKeyList(Relation relation)
{
	if (!relation->rd_fkeyvalid)
	{
		List *list = NIL;

		if (relation->rd_rel->relhastriggers) /* foreign keys have triggers */
		{
			Relation pg_constraint = table_open(ConstraintRelationId, AccessShareLock);
			ScanKeyData key;
			SysScanDesc scan;
			HeapTuple tuple;

			ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ,
						ObjectIdGetDatum(RelationGetRelid(relation)));
			scan = systable_beginscan(pg_constraint, ConstraintRelidTypidNameIndexId, true, NULL, 1, &key);
			while (HeapTupleIsValid(tuple = systable_getnext(scan)))
			{
				if (((Form_pg_constraint) GETSTRUCT(tuple))->contype == CONSTRAINT_FOREIGN)
					list = lappend(list, read_fkey(tuple, RelationGetDescr(pg_constraint)));
			}
			systable_endscan(scan);
			table_close(pg_constraint, AccessShareLock);
		}
		list_free_deep(relation->rd_fkeylist);
		relation->rd_fkeylist = copy_fkeys(list, CacheMemoryContext);
		relation->rd_fkeyvalid = true;
		list_free_deep(list);
	}
	return copy_fkeys(relation->rd_fkeylist, CurrentMemoryContext);
}

/* ---- index expressions ------------------------------------------------------------------------------------------------------------ */
static Node *
read_index_tree(Relation index, AttrNumber attnum)
{
	bool isnull;
	Datum value;
	char *string;
	Node *tree;

	if (index->rd_indextuple == NULL)
		return NULL;
	value = SysCacheGetAttr(INDEXRELID, index->rd_indextuple, attnum, &isnull);
	if (isnull)
		return NULL;
	string = TextDatumGetCString(value);
	tree = stringToNode(string);
	pfree(string);
	return tree;
}

static List *
keep_tree(Relation index, Node *tree)
{
	MemoryContext old = MemoryContextSwitchTo(index->rd_cxt);
	List *copy = copyObject((List *) tree);

	MemoryContextSwitchTo(old);
	return copy;
}

List *
RelationGetIndexExpressions(Relation relation)
{
	Node *tree;

	if (relation->rd_indexprs == NIL)
	{
		tree = read_index_tree(relation, Anum_pg_index_indexprs);
		if (tree == NULL)
			return NIL;
		tree = eval_const_expressions(NULL, tree);
		fix_opfuncids(tree);
		relation->rd_indexprs = keep_tree(relation, tree);
	}
	return copyObject(relation->rd_indexprs);
}

/* NULL constants of the expressions' types: enough where only types matter. */
List *
RelationGetDummyIndexExpressions(Relation relation)
{
	List *exprs = (List *) read_index_tree(relation, Anum_pg_index_indexprs);
	List *result = NIL;
	ListCell *lc;

	foreach(lc, exprs)
	{
		Node *expr = lfirst(lc);

		result = lappend(result, makeConst(exprType(expr), exprTypmod(expr), exprCollation(expr), 1, (Datum) 0, true, true));
	}
	return result;
}

List *
RelationGetIndexPredicate(Relation relation)
{
	Node *tree;

	if (relation->rd_indpred == NIL)
	{
		tree = read_index_tree(relation, Anum_pg_index_indpred);
		if (tree == NULL)
			return NIL;
		tree = eval_const_expressions(NULL, tree);
		tree = (Node *) make_ands_implicit((Expr *) canonicalize_qual((Expr *) make_ands_explicit((List *) tree), false));
		fix_opfuncids(tree);
		relation->rd_indpred = keep_tree(relation, tree);
	}
	return copyObject(relation->rd_indpred);
}

bytea **
RelationGetIndexAttOptions(Relation relation, bool copy)
{
	return palloc0(RelationGetNumberOfAttributes(relation) * sizeof(bytea *)); /* no operator class here has options */
}

/* ---- sets of columns ----------------------------------------------------------------------------------------------------------------- */
static void
collect_index_columns(Relation relation, Oid indexid, Oid pkey, Oid identity, Bitmapset **sets)
{
	HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	Form_pg_index index;
	bool is_key;
	bool isnull;
	Datum datum;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", indexid);
	index = (Form_pg_index) GETSTRUCT(tuple);
	is_key = index->indisunique && index->indimmediate && heap_attisnull(tuple, Anum_pg_index_indexprs, NULL) &&
		heap_attisnull(tuple, Anum_pg_index_indpred, NULL);
	for (int i = 0; i < index->indnatts; i++)
	{
		int attnum = index->indkey.values[i];
		int bit = attnum - FirstLowInvalidHeapAttributeNumber;

		if (attnum == 0)
			continue;
		sets[INDEX_ATTR_BITMAP_ALL] = bms_add_member(sets[INDEX_ATTR_BITMAP_ALL], bit);
		if (is_key && i < index->indnkeyatts)
			sets[INDEX_ATTR_BITMAP_KEY] = bms_add_member(sets[INDEX_ATTR_BITMAP_KEY], bit);
		if (indexid == pkey && i < index->indnkeyatts)
			sets[INDEX_ATTR_BITMAP_PRIMARY_KEY] = bms_add_member(sets[INDEX_ATTR_BITMAP_PRIMARY_KEY], bit);
		if (indexid == identity && i < index->indnkeyatts)
			sets[INDEX_ATTR_BITMAP_IDENTITY_KEY] = bms_add_member(sets[INDEX_ATTR_BITMAP_IDENTITY_KEY], bit);
	}
	datum = SysCacheGetAttr(INDEXRELID, tuple, Anum_pg_index_indexprs, &isnull);
	if (!isnull)
		pull_varattnos(stringToNode(TextDatumGetCString(datum)), 1, &sets[INDEX_ATTR_BITMAP_ALL]);
	datum = SysCacheGetAttr(INDEXRELID, tuple, Anum_pg_index_indpred, &isnull);
	if (!isnull)
		pull_varattnos(stringToNode(TextDatumGetCString(datum)), 1, &sets[INDEX_ATTR_BITMAP_ALL]);
	ReleaseSysCache(tuple);
}

static void
collect_builtin_columns(Oid indexid, Bitmapset **sets)
{
	const CatalogIndex *fact = catalog_index_by_oid(indexid);

	for (int i = 0; fact && i < fact->nkeys; i++)
	{
		int bit = fact->keys[i] - FirstLowInvalidHeapAttributeNumber;

		sets[INDEX_ATTR_BITMAP_ALL] = bms_add_member(sets[INDEX_ATTR_BITMAP_ALL], bit);
		if (fact->unique)
			sets[INDEX_ATTR_BITMAP_KEY] = bms_add_member(sets[INDEX_ATTR_BITMAP_KEY], bit);
	}
}

static void
compute_attr_sets(Relation relation)
{
	Bitmapset *sets[4] = {NULL};
	List *indexes = RelationGetIndexList(relation);
	Oid pkey = relation->rd_pkindex;
	Oid identity = relation->rd_replidindex;
	ListCell *lc;
	MemoryContext old;

	foreach(lc, indexes)
	{
		if (relation->rd_isnailed)
			collect_builtin_columns(lfirst_oid(lc), sets);
		else
			collect_index_columns(relation, lfirst_oid(lc), pkey, identity, sets);
	}
	list_free(indexes);
	old = MemoryContextSwitchTo(CacheMemoryContext);
	relation->rd_indexattr = bms_copy(sets[INDEX_ATTR_BITMAP_ALL]);
	relation->rd_keyattr = bms_copy(sets[INDEX_ATTR_BITMAP_KEY]);
	relation->rd_pkattr = bms_copy(sets[INDEX_ATTR_BITMAP_PRIMARY_KEY]);
	relation->rd_idattr = bms_copy(sets[INDEX_ATTR_BITMAP_IDENTITY_KEY]);
	relation->rd_attrsvalid = relation->rd_indexvalid; /* an invalidation meanwhile: compute again next time */
	MemoryContextSwitchTo(old);
}

Bitmapset *
RelationGetIndexAttrBitmap(Relation relation, IndexAttrBitmapKind attrKind)
{
	if (!relation->rd_attrsvalid)
	{
		if (!relation->rd_rel->relhasindex)
			return NULL;
		compute_attr_sets(relation);
	}
	switch (attrKind)
	{
		case INDEX_ATTR_BITMAP_ALL:
			return bms_copy(relation->rd_indexattr);
		case INDEX_ATTR_BITMAP_KEY:
			return bms_copy(relation->rd_keyattr);
		case INDEX_ATTR_BITMAP_PRIMARY_KEY:
			return bms_copy(relation->rd_pkattr);
		case INDEX_ATTR_BITMAP_IDENTITY_KEY:
			return bms_copy(relation->rd_idattr);
	}
	elog(ERROR, "unknown attrKind %u", attrKind);
}
