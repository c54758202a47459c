/*
 * relcache_build.c
 *    Making one RelationData: from compiled-in facts for system catalogs, from pg_class and its company for others.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/reloptions.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/catalog_data.h"
#include "catalog/catcache.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "catalog/relcache.h"
#include "miscadmin.h"
#include "nodes/nodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* ---- allocation ----------------------------------------------------------------------------------------------------------- */
Relation
relcache_alloc(void)
{
	MemoryContext cxt;
	Relation rel;

	if (CacheMemoryContext == NULL)
		CacheMemoryContext = AllocSetContextCreate(TopMemoryContext, "CacheMemoryContext", ALLOCSET_DEFAULT_SIZES);
	cxt = AllocSetContextCreate(CacheMemoryContext, "relation", ALLOCSET_SMALL_SIZES);
	rel = MemoryContextAllocZero(CacheMemoryContext, sizeof(RelationData));
	rel->rd_cxt = cxt;
	rel->rd_indexcxt = cxt;
	rel->rd_rulescxt = cxt;
	rel->rd_backend = InvalidBackendId;
	return rel;
}

/* Everything computed after building, in CacheMemoryContext. */
void
relcache_destroy_lists(Relation rel)
{
	list_free(rel->rd_indexlist);
	list_free(rel->rd_statlist);
	list_free_deep(rel->rd_fkeylist);
	bms_free(rel->rd_keyattr);
	bms_free(rel->rd_pkattr);
	bms_free(rel->rd_idattr);
	bms_free(rel->rd_indexattr);
	rel->rd_indexlist = rel->rd_statlist = rel->rd_fkeylist = NIL;
	rel->rd_keyattr = rel->rd_pkattr = rel->rd_idattr = rel->rd_indexattr = NULL;
	rel->rd_indexvalid = rel->rd_statvalid = rel->rd_fkeyvalid = rel->rd_attrsvalid = false;
}

void
relcache_destroy(Relation rel)
{
	Assert(rel->rd_smgr == NULL);
	relcache_destroy_lists(rel);
	if (rel->rd_att && --rel->rd_att->tdrefcount == 0)
		FreeTupleDesc(rel->rd_att);
	if (rel->rd_amcache)
		pfree(rel->rd_amcache);
	MemoryContextDelete(rel->rd_cxt);
	pfree(rel);
}

/* Where the storage is, whose temporary relation it is, what a lock on it is called. */
void
relcache_set_physical(Relation rel)
{
	Form_pg_class form = rel->rd_rel;

	if (RELKIND_HAS_STORAGE(form->relkind))
	{
		rel->rd_node.spcNode = OidIsValid(form->reltablespace) ? form->reltablespace : MyDatabaseTableSpace;
		rel->rd_node.dbNode = rel->rd_node.spcNode == GLOBALTABLESPACE_OID ? InvalidOid : MyDatabaseId;
		rel->rd_node.relNode = form->relfilenode;
	}
	if (form->relpersistence == RELPERSISTENCE_TEMP)
	{
		if (isTempOrTempToastNamespace(form->relnamespace))
		{
			rel->rd_backend = BackendIdForTempRelations();
			rel->rd_islocaltemp = true;
		}
		else
			rel->rd_backend = GetTempNamespaceBackendId(form->relnamespace);
	}
	rel->rd_lockInfo.lockRelId.relId = rel->rd_id;
	rel->rd_lockInfo.lockRelId.dbId = form->relisshared ? InvalidOid : MyDatabaseId;
}

/* ---- from compiled-in facts -------------------------------------------------------------------------------------------------- */
static const CatalogColumn toast_columns[] = {
	{"chunk_id", OIDOID, 4, true, 'i', 'p', 0, true, 0},
	{"chunk_seq", INT4OID, 4, true, 'i', 'p', 0, true, 0},
	{"chunk_data", BYTEAOID, -1, false, 'i', 'p', 0, false, 0},
};

static void
fill_attribute(Form_pg_attribute att, Oid relid, int attnum, const CatalogColumn *col)
{
	memset(att, 0, ATTRIBUTE_FIXED_PART_SIZE);
	att->attrelid = relid;
	namestrcpy(&att->attname, col->name);
	att->atttypid = col->type;
	att->attstattarget = -1;
	att->attlen = col->len;
	att->attnum = attnum;
	att->attndims = col->ndims;
	att->attcacheoff = -1;
	att->atttypmod = -1;
	att->attbyval = col->byval;
	att->attalign = col->align;
	att->attstorage = col->storage;
	att->attnotnull = col->not_null;
	att->attislocal = true;
	att->attcollation = col->collation;
}

static TupleDesc
builtin_tupdesc(Oid relid, Oid rowtype, const CatalogColumn *columns, int ncolumns)
{
	MemoryContext old = MemoryContextSwitchTo(CacheMemoryContext);
	TupleDesc desc = CreateTemplateTupleDesc(ncolumns);
	bool not_null = false;

	for (int i = 0; i < ncolumns; i++)
	{
		fill_attribute(TupleDescAttr(desc, i), relid, i + 1, &columns[i]);
		not_null |= columns[i].not_null;
	}
	desc->tdtypeid = OidIsValid(rowtype) ? rowtype : RECORDOID;
	desc->tdtypmod = -1;
	desc->tdrefcount = 1;
	if (not_null)
	{
		desc->constr = palloc0(sizeof(TupleConstr));
		desc->constr->has_not_null = true;
	}
	MemoryContextSwitchTo(old);
	return desc;
}

static Relation
builtin_relation(Oid relid, const char *name, Oid namespace, char relkind, Oid am, bool shared)
{
	Relation rel = relcache_alloc();
	Form_pg_class form = MemoryContextAllocZero(rel->rd_cxt, sizeof(FormData_pg_class));

	form->oid = relid;
	namestrcpy(&form->relname, name);
	form->relnamespace = namespace;
	form->relowner = BOOTSTRAP_SUPERUSERID;
	form->relam = am;
	form->relfilenode = relid;
	form->reltablespace = shared ? GLOBALTABLESPACE_OID : InvalidOid;
	form->reltuples = -1;
	form->relhasindex = relkind != RELKIND_INDEX;
	form->relisshared = shared;
	form->relpersistence = RELPERSISTENCE_PERMANENT;
	form->relkind = relkind;
	form->relreplident = REPLICA_IDENTITY_NOTHING;
	form->relispopulated = true;
	rel->rd_rel = form;
	rel->rd_id = relid;
	rel->rd_isnailed = true;
	rel->rd_isvalid = true;
	return rel;
}

static Relation
builtin_catalog(const CatalogRelation *fact)
{
	Relation rel = builtin_relation(fact->oid, fact->name, PG_CATALOG_NAMESPACE, RELKIND_RELATION, HEAP_TABLE_AM_OID, fact->shared);

	rel->rd_rel->reltype = fact->rowtype;
	rel->rd_rel->reltoastrelid = fact->toast_oid;
	rel->rd_att = builtin_tupdesc(fact->oid, fact->rowtype, fact->columns, fact->ncolumns);
	return rel;
}

static Form_pg_index
builtin_index_form(MemoryContext cxt, Oid indexid, Oid table, int nkeys, const int16 *keys, bool unique, bool primary)
{
	Form_pg_index index = MemoryContextAllocZero(cxt, offsetof(FormData_pg_index, indkey) + offsetof(int2vector, values) +
													   nkeys * sizeof(int16));

	index->indexrelid = indexid;
	index->indrelid = table;
	index->indnatts = index->indnkeyatts = nkeys;
	index->indisunique = unique;
	index->indisprimary = primary;
	index->indimmediate = index->indisvalid = index->indisready = index->indislive = true;
	SET_VARSIZE(&index->indkey, offsetof(int2vector, values) + nkeys * sizeof(int16));
	index->indkey.ndim = 1;
	index->indkey.elemtype = INT2OID;
	index->indkey.dim1 = nkeys;
	memcpy(index->indkey.values, keys, nkeys * sizeof(int16));
	return index;
}

static void
alloc_index_arrays(Relation rel, int natts, int nkeys, int nsupport)
{
	rel->rd_opfamily = palloc0(nkeys * sizeof(Oid));
	rel->rd_opcintype = palloc0(nkeys * sizeof(Oid));
	rel->rd_indcollation = palloc0(nkeys * sizeof(Oid));
	rel->rd_indoption = palloc0(nkeys * sizeof(int16));
	rel->rd_support = palloc0(Max(natts * nsupport, 1) * sizeof(RegProcedure));
	rel->rd_supportinfo = palloc0(Max(natts * nsupport, 1) * sizeof(FmgrInfo));
}

static Relation
builtin_index(const CatalogIndex *fact, const char *name, Oid namespace, Oid table, const CatalogColumn *table_columns)
{
	Relation rel = builtin_relation(fact->oid, name, namespace, RELKIND_INDEX, BTREE_AM_OID, fact->shared);
	CatalogColumn columns[CATALOG_INDEX_KEYS_MAX];
	MemoryContext old = MemoryContextSwitchTo(rel->rd_cxt);
	int nsupport;

	for (int i = 0; i < fact->nkeys; i++)
	{
		columns[i] = table_columns[fact->keys[i] - 1];
		/* name_ops stores cstrings in PostgreSQL; ours keeps names whole */
		columns[i].not_null = false;
		columns[i].storage = columns[i].len == -1 ? columns[i].storage : 'p';
	}
	rel->rd_rel->relhasindex = false;
	rel->rd_index = builtin_index_form(rel->rd_cxt, fact->oid, table, fact->nkeys, fact->keys, fact->unique, fact->primary);
	rel->rd_indam = GetIndexAmRoutineByAmId(BTREE_AM_OID, false);
	rel->rd_amhandler = F_BTHANDLER;
	nsupport = rel->rd_indam->amsupport;
	alloc_index_arrays(rel, fact->nkeys, fact->nkeys, nsupport);
	for (int i = 0; i < fact->nkeys; i++)
	{
		const CatalogOpclass *opclass = catalog_opclass_by_oid(fact->opclasses[i]);

		rel->rd_opfamily[i] = opclass->family;
		rel->rd_opcintype[i] = opclass->input_type;
		rel->rd_indcollation[i] = fact->collations[i];
		for (int s = 0; s < Min(nsupport, (int) lengthof(opclass->support)); s++)
			rel->rd_support[i * nsupport + s] = opclass->support[s];
	}
	MemoryContextSwitchTo(old);
	rel->rd_att = builtin_tupdesc(fact->oid, InvalidOid, columns, fact->nkeys);
	return rel;
}

static Relation
builtin_toast(const CatalogRelation *fact, Oid relid)
{
	char name[NAMEDATALEN];
	Relation rel;

	if (relid == fact->toast_oid)
	{
		snprintf(name, sizeof(name), "pg_toast_%u", fact->oid);
		rel = builtin_relation(relid, name, PG_TOAST_NAMESPACE, RELKIND_TOASTVALUE, HEAP_TABLE_AM_OID, fact->shared);
		rel->rd_att = builtin_tupdesc(relid, InvalidOid, toast_columns, lengthof(toast_columns));
		return rel;
	}
	else
	{
		CatalogIndex index = {.name = NULL,
							  .oid = relid,
							  .table = fact->toast_oid,
							  .unique = true,
							  .primary = true,
							  .shared = fact->shared,
							  .nkeys = 2,
							  .keys = {1, 2},
							  .opclasses = {OID_BTREE_OPS_OID, INT4_BTREE_OPS_OID}};

		snprintf(name, sizeof(name), "pg_toast_%u_index", fact->oid);
		return builtin_index(&index, name, PG_TOAST_NAMESPACE, fact->toast_oid, toast_columns);
	}
}

Relation
relcache_build_builtin(Oid relid)
{
	const CatalogRelation *relation = catalog_relation_by_oid(relid);
	const CatalogIndex *index;
	const CatalogRelation *toasted;
	Relation rel;

	if (relation != NULL)
		rel = builtin_catalog(relation);
	else if ((index = catalog_index_by_oid(relid)) != NULL)
		rel = builtin_index(index, index->name, PG_CATALOG_NAMESPACE, index->table, catalog_relation_by_oid(index->table)->columns);
	else if ((toasted = catalog_relation_by_toast_oid(relid)) != NULL)
		rel = builtin_toast(toasted, relid);
	else
		return NULL;
	rel->rd_rel->relnatts = rel->rd_att->natts;
	relcache_set_physical(rel);
	return rel;
}

List *
relcache_index_list_builtin(Oid relid)
{
	const CatalogRelation *toasted = catalog_relation_by_toast_oid(relid);
	List *result = NIL;

	if (toasted != NULL)
		return relid == toasted->toast_oid ? list_make1_oid(toasted->toast_index_oid) : NIL;
	for (int i = 0; i < catalog_nindexes; i++)
	{
		if (catalog_indexes[i].table == relid)
			result = lappend_oid(result, catalog_indexes[i].oid);
	}
	return result;
}

/* ---- from the catalogs: attributes and constraints ----------------------------------------------------------------------------- */
static int
compare_check_names(const void *a, const void *b)
{
	return strcmp(((const ConstrCheck *) a)->ccname, ((const ConstrCheck *) b)->ccname);
}

static void
read_checks(Relation rel, TupleConstr *constr)
{
	Relation pg_constraint = table_open(ConstraintRelationId, AccessShareLock);
	int capacity = rel->rd_rel->relchecks;
	ConstrCheck *checks = MemoryContextAllocZero(CacheMemoryContext, capacity * sizeof(ConstrCheck));
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	int n = 0;

	ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationGetRelid(rel)));
	scan = systable_beginscan(pg_constraint, ConstraintRelidTypidNameIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)) && n < capacity)
	{
		Form_pg_constraint con = (Form_pg_constraint) GETSTRUCT(tuple);
		bool isnull;
		Datum bin;

		if (con->contype != CONSTRAINT_CHECK)
			continue;
		bin = heap_getattr(tuple, Anum_pg_constraint_conbin, RelationGetDescr(pg_constraint), &isnull);
		if (isnull)
			continue;
		checks[n].ccname = MemoryContextStrdup(CacheMemoryContext, NameStr(con->conname));
		checks[n].ccbin = MemoryContextStrdup(CacheMemoryContext, TextDatumGetCString(bin));
		checks[n].ccvalid = con->convalidated;
		checks[n].ccnoinherit = con->connoinherit;
		n++;
	}
	systable_endscan(scan);
	table_close(pg_constraint, AccessShareLock);
	qsort(checks, n, sizeof(ConstrCheck), compare_check_names);
	constr->check = checks;
	constr->num_check = n;
}

static void
read_defaults(Relation rel, TupleConstr *constr, int ndefaults)
{
	Relation pg_attrdef = table_open(AttrDefaultRelationId, AccessShareLock);
	AttrDefault *defaults = MemoryContextAllocZero(CacheMemoryContext, ndefaults * sizeof(AttrDefault));
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	int n = 0;

	ScanKeyInit(&key, Anum_pg_attrdef_adrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationGetRelid(rel)));
	scan = systable_beginscan(pg_attrdef, AttrDefaultIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)) && n < ndefaults)
	{
		Form_pg_attrdef def = (Form_pg_attrdef) GETSTRUCT(tuple);
		bool isnull;
		Datum bin = heap_getattr(tuple, Anum_pg_attrdef_adbin, RelationGetDescr(pg_attrdef), &isnull);

		if (isnull)
			continue;
		defaults[n].adnum = def->adnum;
		defaults[n].adbin = MemoryContextStrdup(CacheMemoryContext, TextDatumGetCString(bin));
		n++;
	}
	systable_endscan(scan);
	table_close(pg_attrdef, AccessShareLock);
	constr->defval = defaults;
	constr->num_defval = n;
}

static void
read_attributes(Relation rel)
{
	int natts = rel->rd_rel->relnatts;
	Relation pg_attribute = table_open(AttributeRelationId, AccessShareLock);
	MemoryContext old = MemoryContextSwitchTo(CacheMemoryContext);
	TupleDesc desc = CreateTemplateTupleDesc(natts);
	TupleConstr *constr = palloc0(sizeof(TupleConstr));
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple tuple;
	int found = 0;
	int ndefaults = 0;

	desc->tdtypeid = OidIsValid(rel->rd_rel->reltype) ? rel->rd_rel->reltype : RECORDOID;
	desc->tdtypmod = -1;
	desc->tdrefcount = 1;
	rel->rd_att = desc;
	MemoryContextSwitchTo(old);
	ScanKeyInit(&key[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationGetRelid(rel)));
	ScanKeyInit(&key[1], Anum_pg_attribute_attnum, BTGreaterStrategyNumber, F_INT2GT, Int16GetDatum(0));
	scan = systable_beginscan(pg_attribute, AttributeRelidNumIndexId, true, NULL, 2, key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_attribute att = (Form_pg_attribute) GETSTRUCT(tuple);

		if (att->attnum < 1 || att->attnum > natts)
			elog(ERROR, "invalid attribute number %d for relation \"%s\"", att->attnum, RelationGetRelationName(rel));
		memcpy(TupleDescAttr(desc, att->attnum - 1), att, ATTRIBUTE_FIXED_PART_SIZE);
		TupleDescAttr(desc, att->attnum - 1)->attcacheoff = -1;
		constr->has_not_null |= att->attnotnull;
		constr->has_generated_stored |= att->attgenerated == ATTRIBUTE_GENERATED_STORED;
		ndefaults += att->atthasdef;
		found++;
	}
	systable_endscan(scan);
	table_close(pg_attribute, AccessShareLock);
	if (found != natts)
		elog(ERROR, "pg_attribute catalog is missing %d attribute(s) for relation OID %u", natts - found, RelationGetRelid(rel));
	if (ndefaults > 0)
		read_defaults(rel, constr, ndefaults);
	if (rel->rd_rel->relchecks > 0)
		read_checks(rel, constr);
	if (constr->has_not_null || constr->has_generated_stored || ndefaults > 0 || rel->rd_rel->relchecks > 0)
		desc->constr = constr;
	else
		pfree(constr);
}

/* ---- from the catalogs: rules and triggers --------------------------------------------------------------------------------------- */
static void
read_rules(Relation rel)
{
	Relation pg_rewrite = table_open(RewriteRelationId, AccessShareLock);
	List *rules = NIL;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	int n = 0;
	ListCell *lc;

	ScanKeyInit(&key, Anum_pg_rewrite_ev_class, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationGetRelid(rel)));
	scan = systable_beginscan(pg_rewrite, RewriteRelRulenameIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_rewrite form = (Form_pg_rewrite) GETSTRUCT(tuple);
		MemoryContext old = MemoryContextSwitchTo(rel->rd_cxt);
		RewriteRule *rule = palloc0(sizeof(RewriteRule));
		bool isnull;

		rule->ruleId = form->oid;
		rule->event = (CmdType) (form->ev_type - '0');
		rule->enabled = form->ev_enabled;
		rule->isInstead = form->is_instead;
		rule->qual = stringToNode(TextDatumGetCString(heap_getattr(tuple, Anum_pg_rewrite_ev_qual, RelationGetDescr(pg_rewrite), &isnull)));
		rule->actions = (List *) stringToNode(TextDatumGetCString(
			heap_getattr(tuple, Anum_pg_rewrite_ev_action, RelationGetDescr(pg_rewrite), &isnull)));
		rules = lappend(rules, rule);
		MemoryContextSwitchTo(old);
	}
	systable_endscan(scan);
	table_close(pg_rewrite, AccessShareLock);
	if (rules == NIL)
		return;
	rel->rd_rules = MemoryContextAlloc(rel->rd_cxt, sizeof(RuleLock));
	rel->rd_rules->numLocks = list_length(rules);
	rel->rd_rules->rules = MemoryContextAlloc(rel->rd_cxt, list_length(rules) * sizeof(RewriteRule *));
	foreach(lc, rules)
		rel->rd_rules->rules[n++] = lfirst(lc);
}

static void
trigger_set_flags(TriggerDesc *desc, const Trigger *trigger)
{
	int16 t = trigger->tgtype;
	bool row = TRIGGER_FOR_ROW(t);
	bool after = TRIGGER_FOR_AFTER(t);
	bool before = TRIGGER_FOR_BEFORE(t);
	bool instead = TRIGGER_FOR_INSTEAD(t);

#define SET_FLAGS(event, EVENT)                                                    \
	if (TRIGGER_FOR_##EVENT(t))                                                    \
	{                                                                              \
		desc->trig_##event##_before_row |= row && before;                          \
		desc->trig_##event##_after_row |= row && after;                            \
		desc->trig_##event##_instead_row |= row && instead;                        \
		desc->trig_##event##_before_statement |= !row && before;                   \
		desc->trig_##event##_after_statement |= !row && after;                     \
	}
	SET_FLAGS(insert, INSERT)
	SET_FLAGS(update, UPDATE)
	SET_FLAGS(delete, DELETE)
#undef SET_FLAGS
	if (TRIGGER_FOR_TRUNCATE(t))
	{
		desc->trig_truncate_before_statement |= before;
		desc->trig_truncate_after_statement |= after;
	}
	desc->trig_insert_new_table |= TRIGGER_FOR_INSERT(t) && trigger->tgnewtable != NULL;
	desc->trig_update_old_table |= TRIGGER_FOR_UPDATE(t) && trigger->tgoldtable != NULL;
	desc->trig_update_new_table |= TRIGGER_FOR_UPDATE(t) && trigger->tgnewtable != NULL;
	desc->trig_delete_old_table |= TRIGGER_FOR_DELETE(t) && trigger->tgoldtable != NULL;
}

/* Arguments are stored one after the other, each ended by a zero byte. */
static void
trigger_read_args(Trigger *trigger, bytea *raw)
{
	const char *p = VARDATA_ANY(raw);

	trigger->tgargs = palloc0(Max(trigger->tgnargs, 1) * sizeof(char *));
	for (int i = 0; i < trigger->tgnargs; i++)
	{
		trigger->tgargs[i] = pstrdup(p);
		p += strlen(p) + 1;
	}
}

static char *
trigger_text(HeapTuple tuple, AttrNumber attnum, TupleDesc desc, bool is_name)
{
	bool isnull;
	Datum value = heap_getattr(tuple, attnum, desc, &isnull);

	if (isnull)
		return NULL;
	return is_name ? pstrdup(NameStr(*DatumGetName(value))) : TextDatumGetCString(value);
}

static void
read_trigger(Trigger *trigger, HeapTuple tuple, TupleDesc desc)
{
	Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);
	bool isnull;

	trigger->tgoid = form->oid;
	trigger->tgname = pstrdup(NameStr(form->tgname));
	trigger->tgfoid = form->tgfoid;
	trigger->tgtype = form->tgtype;
	trigger->tgenabled = form->tgenabled;
	trigger->tgisinternal = form->tgisinternal;
	trigger->tgisclone = OidIsValid(form->tgparentid);
	trigger->tgconstrrelid = form->tgconstrrelid;
	trigger->tgconstrindid = form->tgconstrindid;
	trigger->tgconstraint = form->tgconstraint;
	trigger->tgdeferrable = form->tgdeferrable;
	trigger->tginitdeferred = form->tginitdeferred;
	trigger->tgnargs = form->tgnargs;
	trigger->tgnattr = form->tgattr.dim1;
	trigger->tgattr = palloc(Max(trigger->tgnattr, 1) * sizeof(int16));
	memcpy(trigger->tgattr, form->tgattr.values, trigger->tgnattr * sizeof(int16));
	trigger_read_args(trigger, DatumGetByteaPP(heap_getattr(tuple, Anum_pg_trigger_tgargs, desc, &isnull)));
	trigger->tgqual = trigger_text(tuple, Anum_pg_trigger_tgqual, desc, false);
	trigger->tgoldtable = trigger_text(tuple, Anum_pg_trigger_tgoldtable, desc, true);
	trigger->tgnewtable = trigger_text(tuple, Anum_pg_trigger_tgnewtable, desc, true);
}

static void
read_triggers(Relation rel)
{
	Relation pg_trigger = table_open(TriggerRelationId, AccessShareLock);
	TriggerDesc *desc = MemoryContextAllocZero(rel->rd_cxt, sizeof(TriggerDesc));
	int capacity = 4;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	desc->triggers = MemoryContextAllocZero(rel->rd_cxt, capacity * sizeof(Trigger));
	ScanKeyInit(&key, Anum_pg_trigger_tgrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationGetRelid(rel)));
	scan = systable_beginscan(pg_trigger, TriggerRelidNameIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		MemoryContext old = MemoryContextSwitchTo(rel->rd_cxt);

		if (desc->numtriggers == capacity)
		{
			capacity *= 2;
			desc->triggers = repalloc(desc->triggers, capacity * sizeof(Trigger));
		}
		memset(&desc->triggers[desc->numtriggers], 0, sizeof(Trigger));
		read_trigger(&desc->triggers[desc->numtriggers], tuple, RelationGetDescr(pg_trigger));
		trigger_set_flags(desc, &desc->triggers[desc->numtriggers]);
		desc->numtriggers++;
		MemoryContextSwitchTo(old);
	}
	systable_endscan(scan);
	table_close(pg_trigger, AccessShareLock);
	if (desc->numtriggers > 0)
		rel->trigdesc = desc;
}

/* ---- from the catalogs: indexes ---------------------------------------------------------------------------------------------------- */
static void
index_column_support(Relation rel, int column, Oid opclass, int nsupport)
{
	HeapTuple tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));
	Form_pg_opclass form;
	CatCList *list;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator class %u", opclass);
	form = (Form_pg_opclass) GETSTRUCT(tuple);
	rel->rd_opfamily[column] = form->opcfamily;
	rel->rd_opcintype[column] = form->opcintype;
	list = SearchSysCacheList3(AMPROCNUM, ObjectIdGetDatum(form->opcfamily), ObjectIdGetDatum(form->opcintype),
							   ObjectIdGetDatum(form->opcintype));
	for (int i = 0; i < list->n_members; i++)
	{
		Form_pg_amproc proc = (Form_pg_amproc) GETSTRUCT(&list->members[i]->tuple);

		if (proc->amprocnum >= 1 && proc->amprocnum <= nsupport)
			rel->rd_support[column * nsupport + proc->amprocnum - 1] = proc->amproc;
	}
	ReleaseSysCacheList(list);
	ReleaseSysCache(tuple);
}

void
relcache_init_index_access(Relation rel)
{
	HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(RelationGetRelid(rel)));
	MemoryContext old;
	oidvector *classes;
	oidvector *collations;
	int2vector *options;
	int nkeys;
	int natts;
	int nsupport;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", RelationGetRelid(rel));
	old = MemoryContextSwitchTo(rel->rd_cxt);
	rel->rd_indextuple = heap_copytuple(tuple);
	MemoryContextSwitchTo(old);
	ReleaseSysCache(tuple);
	tuple = rel->rd_indextuple;
	rel->rd_index = (Form_pg_index) GETSTRUCT(tuple);
	nkeys = rel->rd_index->indnkeyatts;
	natts = rel->rd_index->indnatts;
	rel->rd_indam = GetIndexAmRoutineByAmId(rel->rd_rel->relam, false);
	if (rel->rd_rel->relam == BTREE_AM_OID)
		rel->rd_amhandler = F_BTHANDLER;
	nsupport = rel->rd_indam->amsupport;
	old = MemoryContextSwitchTo(rel->rd_cxt);
	alloc_index_arrays(rel, natts, nkeys, nsupport);
	MemoryContextSwitchTo(old);
	classes = (oidvector *) DatumGetPointer(SysCacheGetAttrNotNull(INDEXRELID, tuple, Anum_pg_index_indclass));
	collations = (oidvector *) DatumGetPointer(SysCacheGetAttrNotNull(INDEXRELID, tuple, Anum_pg_index_indcollation));
	options = (int2vector *) DatumGetPointer(SysCacheGetAttrNotNull(INDEXRELID, tuple, Anum_pg_index_indoption));
	for (int i = 0; i < nkeys; i++)
	{
		index_column_support(rel, i, classes->values[i], nsupport);
		rel->rd_indcollation[i] = collations->values[i];
		rel->rd_indoption[i] = options->values[i];
	}
}

void
RelationInitIndexAccessInfo(Relation relation)
{
	if (relation->rd_index == NULL)
		relcache_init_index_access(relation);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------------ */
void
relcache_parse_options(Relation rel, HeapTuple class_tuple)
{
	bytea *options;

	switch (rel->rd_rel->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_TOASTVALUE:
		case RELKIND_VIEW:
		case RELKIND_MATVIEW:
		case RELKIND_INDEX:
			break;
		default:
			return;
	}
	options = extractRelOptions(class_tuple, catcache_tupdesc(RELOID), rel->rd_indam ? rel->rd_indam->amoptions : NULL);
	if (options != NULL)
	{
		rel->rd_options = MemoryContextAlloc(rel->rd_cxt, VARSIZE(options));
		memcpy(rel->rd_options, options, VARSIZE(options));
		pfree(options);
	}
}

Relation
relcache_build_from_catalog(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Relation rel;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	rel = relcache_alloc();
	rel->rd_rel = MemoryContextAlloc(rel->rd_cxt, sizeof(FormData_pg_class));
	memcpy(rel->rd_rel, GETSTRUCT(tuple), CLASS_TUPLE_SIZE);
	rel->rd_id = relid;
	relcache_set_physical(rel);
	read_attributes(rel);
	if (rel->rd_rel->relkind == RELKIND_INDEX)
		relcache_init_index_access(rel);
	relcache_parse_options(rel, tuple);
	ReleaseSysCache(tuple);
	if (rel->rd_rel->relhasrules)
		read_rules(rel);
	if (rel->rd_rel->relhastriggers)
		read_triggers(rel);
	rel->rd_isvalid = true;
	return rel;
}
