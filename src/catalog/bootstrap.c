/*
 * bootstrap.c
 *    The system catalogs of a new cluster, made directly: files, rows, indexes, in that order.
 *
 * All relations involved are known to the relation cache from compiled-in facts, so that heap and index code work on them before
 * any row describes them. TOAST tables and their indexes come first, since a long row may need them; the indexes of the catalogs
 * come last, built from the finished tables.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/bootstrap.h"
#include "catalog/catalog_data.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_database.h"
#include "catalog/pg_index.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_type.h"
#include "catalog/storage.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"

static void
insert_row(Relation rel, Datum *values, bool *nulls)
{
	HeapTuple tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);

	heap_insert(rel, tuple, GetCurrentCommandId(true), 0, NULL);
	heap_freetuple(tuple);
}

/* ---- files ------------------------------------------------------------------------------------------------------------------ */
static void
create_file(Oid relid)
{
	Relation rel = relation_open(relid, NoLock);

	RelationCreateStorage(rel->rd_node, RELPERSISTENCE_PERMANENT, false);
	relation_close(rel, NoLock);
}

static void
build_index(Oid table, Oid index)
{
	Relation heap = relation_open(table, NoLock);
	Relation ind = index_open(index, NoLock);

	index_build(heap, ind, BuildIndexInfo(ind), false, false);
	index_close(ind, NoLock);
	relation_close(heap, NoLock);
}

static void
create_files(void)
{
	for (int i = 0; i < catalog_nrelations; i++)
	{
		create_file(catalog_relations[i].oid);
		if (!OidIsValid(catalog_relations[i].toast_oid))
			continue;
		create_file(catalog_relations[i].toast_oid);
		create_file(catalog_relations[i].toast_index_oid);
		build_index(catalog_relations[i].toast_oid, catalog_relations[i].toast_index_oid);
	}
	for (int i = 0; i < catalog_nindexes; i++)
		create_file(catalog_indexes[i].oid);
}

/* ---- rows from facts ----------------------------------------------------------------------------------------------------------- */
/* Undo COPY's escapes in place. */
static void
unescape(char *field)
{
	char *to = field;

	for (char *from = field; *from; from++)
	{
		if (*from == '\\' && from[1])
		{
			from++;
			*to++ = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from == 'r' ? '\r' : *from;
		}
		else
			*to++ = *from;
	}
	*to = '\0';
}

static void
parse_row(const CatalogRelation *catalog, const char *row, Datum *values, bool *nulls)
{
	char *copy = pstrdup(row);
	char *field = copy;

	for (int i = 0; i < catalog->ncolumns; i++)
	{
		char *next;

		AssertAlways(field != NULL);
		next = strchr(field, '\t');
		if (next)
			*next++ = '\0';
		nulls[i] = strcmp(field, "\\N") == 0;
		if (!nulls[i])
		{
			unescape(field);
			values[i] = bootstrap_parse_value(catalog->columns[i].type, field);
		}
		field = next;
	}
}

/* What initdb's options decide. */
static void
apply_options(const CatalogRelation *catalog, const BootstrapOptions *options, Datum *values, bool *nulls)
{
	if (catalog->oid == AuthIdRelationId && DatumGetObjectId(values[0]) == BOOTSTRAP_SUPERUSERID)
	{
		values[Anum_pg_authid_rolname - 1] = bootstrap_parse_value(NAMEOID, options->superuser);
	}
	if (catalog->oid == DatabaseRelationId)
	{
		values[Anum_pg_database_encoding - 1] = Int32GetDatum(options->encoding);
		values[Anum_pg_database_datlocprovider - 1] = CharGetDatum(options->icu_locale ? 'i' : 'c');
		values[Anum_pg_database_datcollate - 1] = CStringGetTextDatum(options->lc_collate);
		values[Anum_pg_database_datctype - 1] = CStringGetTextDatum(options->lc_ctype);
		if (options->icu_locale)
		{
			values[Anum_pg_database_daticulocale - 1] = CStringGetTextDatum(options->icu_locale);
			nulls[Anum_pg_database_daticulocale - 1] = false;
		}
		values[Anum_pg_database_datfrozenxid - 1] = ObjectIdGetDatum(3);
		values[Anum_pg_database_datminmxid - 1] = ObjectIdGetDatum(1);
	}
}

static bool
row_wanted(const CatalogRelation *catalog, Datum *values)
{
	/* template0 and postgres are copies made later */
	return catalog->oid != DatabaseRelationId || DatumGetObjectId(values[0]) == 1;
}

static void
insert_facts(const CatalogRelation *catalog, const BootstrapOptions *options)
{
	Relation rel;
	MemoryContext cxt;
	MemoryContext old;

	if (catalog->nrows == 0)
		return;
	rel = table_open(catalog->oid, NoLock);
	cxt = AllocSetContextCreate(CurrentMemoryContext, "bootstrap rows", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(cxt);
	for (int i = 0; i < catalog->nrows; i++)
	{
		Datum values[64] = {0};
		bool nulls[64] = {false};

		AssertAlways(catalog->ncolumns <= 64);
		parse_row(catalog, catalog->rows[i], values, nulls);
		apply_options(catalog, options, values, nulls);
		if (row_wanted(catalog, values))
			insert_row(rel, values, nulls);
		MemoryContextReset(cxt);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(cxt);
	table_close(rel, NoLock);
}

/* ---- rows that describe the catalogs themselves ---------------------------------------------------------------------------------- */
static void
describe_relation(Relation pg_class, Relation pg_attribute, Oid relid, const char *acl, bool has_index)
{
	Relation rel = relation_open(relid, NoLock);
	Datum values[Natts_pg_class];
	bool nulls[Natts_pg_class];
	Datum relacl = acl && strcmp(acl, "\\N") != 0 ? bootstrap_parse_value(ACLITEMARRAYOID, acl) : (Datum) 0;

	heap_pg_class_values(rel, relid, relacl, (Datum) 0, values, nulls);
	values[Anum_pg_class_relhasindex - 1] = BoolGetDatum(has_index);
	values[Anum_pg_class_relfrozenxid - 1] = ObjectIdGetDatum(rel->rd_rel->relkind == RELKIND_INDEX ? 0 : 3);
	values[Anum_pg_class_relminmxid - 1] = ObjectIdGetDatum(rel->rd_rel->relkind == RELKIND_INDEX ? 0 : 1);
	insert_row(pg_class, values, nulls);
	for (int i = 0; i < RelationGetDescr(rel)->natts; i++)
	{
		Datum avalues[Natts_pg_attribute];
		bool anulls[Natts_pg_attribute];

		heap_pg_attribute_values(TupleDescAttr(RelationGetDescr(rel), i), relid, (Datum) 0, avalues, anulls);
		insert_row(pg_attribute, avalues, anulls);
	}
	if (rel->rd_rel->relkind != RELKIND_INDEX)
	{
		for (AttrNumber a = -1; a >= -6; a--)
		{
			Datum avalues[Natts_pg_attribute];
			bool anulls[Natts_pg_attribute];

			heap_pg_attribute_values(SystemAttributeDefinition(a), relid, (Datum) 0, avalues, anulls);
			insert_row(pg_attribute, avalues, anulls);
		}
	}
	relation_close(rel, NoLock);
}

static void
describe_index(Relation pg_index, Oid indexid, const Oid *classes)
{
	Relation rel = index_open(indexid, NoLock);
	Form_pg_index form = rel->rd_index;
	Datum values[Natts_pg_index] = {0};
	bool nulls[Natts_pg_index] = {false};
	int16 options[INDEX_MAX_KEYS] = {0};

#define SET(column, datum) (values[Anum_pg_index_##column - 1] = (datum))
	SET(indexrelid, ObjectIdGetDatum(indexid));
	SET(indrelid, ObjectIdGetDatum(form->indrelid));
	SET(indnatts, Int16GetDatum(form->indnatts));
	SET(indnkeyatts, Int16GetDatum(form->indnkeyatts));
	SET(indisunique, BoolGetDatum(form->indisunique));
	SET(indisprimary, BoolGetDatum(form->indisprimary));
	SET(indimmediate, BoolGetDatum(true));
	SET(indisvalid, BoolGetDatum(true));
	SET(indisready, BoolGetDatum(true));
	SET(indislive, BoolGetDatum(true));
	SET(indkey, PointerGetDatum(buildint2vector(form->indkey.values, form->indnatts)));
	SET(indcollation, PointerGetDatum(buildoidvector(rel->rd_indcollation, form->indnatts)));
	SET(indclass, PointerGetDatum(buildoidvector(classes, form->indnatts)));
	SET(indoption, PointerGetDatum(buildint2vector(options, form->indnatts)));
#undef SET
	nulls[Anum_pg_index_indexprs - 1] = nulls[Anum_pg_index_indpred - 1] = true;
	insert_row(pg_index, values, nulls);
	index_close(rel, NoLock);
}

static void
describe_constraint(Relation pg_constraint, const CatalogIndex *index)
{
	Datum values[Natts_pg_constraint] = {0};
	bool nulls[Natts_pg_constraint] = {false};
	Datum keys[CATALOG_INDEX_KEYS_MAX];

	for (int i = 0; i < index->nkeys; i++)
		keys[i] = Int16GetDatum(index->keys[i]);
	for (int i = Anum_pg_constraint_conkey - 1; i < Natts_pg_constraint; i++)
		nulls[i] = true;
#define SET(column, datum) (values[Anum_pg_constraint_##column - 1] = (datum), nulls[Anum_pg_constraint_##column - 1] = false)
	SET(oid, ObjectIdGetDatum(index->constraint));
	SET(conname, bootstrap_parse_value(NAMEOID, index->name));
	SET(connamespace, ObjectIdGetDatum(PG_CATALOG_NAMESPACE));
	SET(contype, CharGetDatum(index->primary ? CONSTRAINT_PRIMARY : CONSTRAINT_UNIQUE));
	SET(convalidated, BoolGetDatum(true));
	SET(conrelid, ObjectIdGetDatum(index->table));
	SET(conindid, ObjectIdGetDatum(index->oid));
	SET(confupdtype, CharGetDatum(' '));
	SET(confdeltype, CharGetDatum(' '));
	SET(confmatchtype, CharGetDatum(' '));
	SET(conislocal, BoolGetDatum(true));
	SET(connoinherit, BoolGetDatum(true));
	SET(conkey, PointerGetDatum(construct_array(keys, index->nkeys, INT2OID, 2, true, TYPALIGN_SHORT)));
#undef SET
	insert_row(pg_constraint, values, nulls);
}

static void
describe_catalogs(void)
{
	Relation pg_class = table_open(RelationRelationId, NoLock);
	Relation pg_attribute = table_open(AttributeRelationId, NoLock);
	Relation pg_index = table_open(IndexRelationId, NoLock);
	Relation pg_constraint = table_open(ConstraintRelationId, NoLock);
	static const Oid toast_classes[] = {1981, 1978}; /* oid_ops, int4_ops */

	for (int i = 0; i < catalog_nrelations; i++)
	{
		const CatalogRelation *c = &catalog_relations[i];

		describe_relation(pg_class, pg_attribute, c->oid, c->acl, true);
		if (OidIsValid(c->toast_oid))
		{
			describe_relation(pg_class, pg_attribute, c->toast_oid, NULL, true);
			describe_relation(pg_class, pg_attribute, c->toast_index_oid, NULL, false);
			describe_index(pg_index, c->toast_index_oid, toast_classes);
		}
	}
	for (int i = 0; i < catalog_nindexes; i++)
	{
		describe_relation(pg_class, pg_attribute, catalog_indexes[i].oid, NULL, false);
		describe_index(pg_index, catalog_indexes[i].oid, catalog_indexes[i].opclasses);
		if (OidIsValid(catalog_indexes[i].constraint))
			describe_constraint(pg_constraint, &catalog_indexes[i]);
	}
	table_close(pg_constraint, NoLock);
	table_close(pg_index, NoLock);
	table_close(pg_attribute, NoLock);
	table_close(pg_class, NoLock);
}

void
bootstrap_catalogs(const BootstrapOptions *options)
{
	AssertAlways(IsBootstrapProcessingMode());
	StartTransactionCommand();
	create_files();
	for (int i = 0; i < catalog_nrelations; i++)
		insert_facts(&catalog_relations[i], options);
	describe_catalogs();
	CommandCounterIncrement();
	for (int i = 0; i < catalog_nindexes; i++)
		build_index(catalog_indexes[i].table, catalog_indexes[i].oid);
	CommitTransactionCommand();
}
