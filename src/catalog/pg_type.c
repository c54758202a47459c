/*
 * pg_type.c
 *    Rows of pg_type: making, renaming, removing; array types that follow their element types.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "commands/typecmds.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/nodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static void
depend(const ObjectAddress *self, Oid class, Oid oid, DependencyType kind)
{
	ObjectAddress other;

	if (!OidIsValid(oid))
		return;
	ObjectAddressSet(other, class, oid);
	recordDependencyOn(self, &other, kind);
}

static void
record_type_dependencies(const ObjectAddress *self, const TypeSpec *spec, Acl *acl)
{
	bool implicit = spec->is_implicit_array || (OidIsValid(spec->relation) && spec->relation_kind != RELKIND_COMPOSITE_TYPE);

	/* What follows another object has no schema, owner or privileges of its own to depend on. */
	if (!implicit)
	{
		depend(self, NamespaceRelationId, spec->namespace, DEPENDENCY_NORMAL);
		recordDependencyOnOwner(TypeRelationId, self->objectId, spec->owner);
		recordDependencyOnNewAcl(TypeRelationId, self->objectId, 0, spec->owner, acl);
	}
	depend(self, ProcedureRelationId, spec->input, DEPENDENCY_NORMAL);
	depend(self, ProcedureRelationId, spec->output, DEPENDENCY_NORMAL);
	depend(self, ProcedureRelationId, spec->receive, DEPENDENCY_NORMAL);
	depend(self, ProcedureRelationId, spec->send, DEPENDENCY_NORMAL);
	depend(self, ProcedureRelationId, spec->typmodin, DEPENDENCY_NORMAL);
	depend(self, ProcedureRelationId, spec->typmodout, DEPENDENCY_NORMAL);
	if (OidIsValid(spec->relation))
	{
		/* A table's row type goes with the table; a free-standing composite type is what one drops, with its relation. */
		if (spec->relation_kind != RELKIND_COMPOSITE_TYPE)
			depend(self, RelationRelationId, spec->relation, DEPENDENCY_INTERNAL);
		else
		{
			ObjectAddress rel;

			ObjectAddressSet(rel, RelationRelationId, spec->relation);
			recordDependencyOn(&rel, self, DEPENDENCY_INTERNAL);
		}
	}
	depend(self, TypeRelationId, spec->element, spec->is_implicit_array ? DEPENDENCY_INTERNAL : DEPENDENCY_NORMAL);
	depend(self, TypeRelationId, spec->base, DEPENDENCY_NORMAL);
	if (spec->collation != DEFAULT_COLLATION_OID)
		depend(self, CollationRelationId, spec->collation, DEPENDENCY_NORMAL);
	if (spec->default_binary != NULL)
		recordDependencyOnExpr(self, stringToNode(spec->default_binary), NIL, DEPENDENCY_NORMAL);
}

ObjectAddress
type_create(const TypeSpec *spec)
{
	Relation rel = table_open(TypeRelationId, RowExclusiveLock);
	Oid oid = OidIsValid(spec->oid) ? spec->oid : GetNewOidWithIndex(rel, TypeOidIndexId, Anum_pg_type_oid);
	Datum values[Natts_pg_type] = {0};
	bool nulls[Natts_pg_type] = {false};
	Acl *acl = spec->is_implicit_array || OidIsValid(spec->relation) ? NULL : get_user_default_acl(OBJECT_TYPE, spec->owner, spec->namespace);
	NameData name;
	HeapTuple tuple;
	ObjectAddress self;

	namestrcpy(&name, spec->name);
#define SET(column, datum) (values[Anum_pg_type_##column - 1] = (datum))
	SET(oid, ObjectIdGetDatum(oid));
	SET(typname, NameGetDatum(&name));
	SET(typnamespace, ObjectIdGetDatum(spec->namespace));
	SET(typowner, ObjectIdGetDatum(spec->owner));
	SET(typlen, Int16GetDatum(spec->length));
	SET(typbyval, BoolGetDatum(spec->byval));
	SET(typtype, CharGetDatum(spec->type));
	SET(typcategory, CharGetDatum(spec->category));
	SET(typispreferred, BoolGetDatum(spec->preferred));
	SET(typisdefined, BoolGetDatum(true));
	SET(typdelim, CharGetDatum(spec->delimiter ? spec->delimiter : ','));
	SET(typrelid, ObjectIdGetDatum(spec->relation));
	SET(typsubscript, ObjectIdGetDatum(spec->subscript));
	SET(typelem, ObjectIdGetDatum(spec->element));
	SET(typarray, ObjectIdGetDatum(spec->array));
	SET(typinput, ObjectIdGetDatum(spec->input));
	SET(typoutput, ObjectIdGetDatum(spec->output));
	SET(typreceive, ObjectIdGetDatum(spec->receive));
	SET(typsend, ObjectIdGetDatum(spec->send));
	SET(typmodin, ObjectIdGetDatum(spec->typmodin));
	SET(typmodout, ObjectIdGetDatum(spec->typmodout));
	SET(typanalyze, ObjectIdGetDatum(spec->analyze));
	SET(typalign, CharGetDatum(spec->align));
	SET(typstorage, CharGetDatum(spec->storage));
	SET(typnotnull, BoolGetDatum(spec->notnull));
	SET(typbasetype, ObjectIdGetDatum(spec->base));
	SET(typtypmod, Int32GetDatum(spec->typmod));
	SET(typndims, Int32GetDatum(spec->ndims));
	SET(typcollation, ObjectIdGetDatum(spec->collation));
	if (spec->default_binary)
		SET(typdefaultbin, CStringGetTextDatum(spec->default_binary));
	if (spec->default_text)
		SET(typdefault, CStringGetTextDatum(spec->default_text));
	if (acl)
		SET(typacl, PointerGetDatum(acl));
#undef SET
	nulls[Anum_pg_type_typdefaultbin - 1] = spec->default_binary == NULL;
	nulls[Anum_pg_type_typdefault - 1] = spec->default_text == NULL;
	nulls[Anum_pg_type_typacl - 1] = acl == NULL;
	tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
	CatalogTupleInsert(rel, tuple);
	heap_freetuple(tuple);
	table_close(rel, RowExclusiveLock);
	ObjectAddressSet(self, TypeRelationId, oid);
	record_type_dependencies(&self, spec, acl);
	return self;
}

Oid
AssignTypeArrayOid(void)
{
	Relation rel = table_open(TypeRelationId, AccessShareLock);
	Oid oid = GetNewOidWithIndex(rel, TypeOidIndexId, Anum_pg_type_oid);

	table_close(rel, AccessShareLock);
	return oid;
}

Oid
type_create_array(const char *name, Oid namespace, Oid element, Oid array_oid, char align, Oid owner, char delimiter, Oid collation)
{
	char *array_name = makeArrayTypeName(name, namespace);
	TypeSpec spec = {.oid = array_oid,
					 .name = array_name,
					 .namespace = namespace,
					 .owner = owner,
					 .length = -1,
					 .type = TYPTYPE_BASE,
					 .category = TYPCATEGORY_ARRAY,
					 .delimiter = delimiter,
					 .input = F_ARRAY_IN,
					 .output = F_ARRAY_OUT,
					 .receive = F_ARRAY_RECV,
					 .send = F_ARRAY_SEND,
					 .analyze = F_ARRAY_TYPANALYZE,
					 .subscript = F_ARRAY_SUBSCRIPT_HANDLER,
					 .element = element,
					 .is_implicit_array = true,
					 .align = align == TYPALIGN_DOUBLE ? TYPALIGN_DOUBLE : TYPALIGN_INT,
					 .storage = TYPSTORAGE_EXTENDED,
					 .typmod = -1,
					 .collation = collation};
	Oid oid = type_create(&spec).objectId;

	pfree(array_name);
	return oid;
}

ObjectAddress
type_create_rowtype(const char *relname, Oid relnamespace, Oid relid, char relkind, Oid owner, Oid typeoid)
{
	TypeSpec spec = {.oid = typeoid,
					 .name = relname,
					 .namespace = relnamespace,
					 .relation = relid,
					 .relation_kind = relkind,
					 .owner = owner,
					 .length = -1,
					 .type = TYPTYPE_COMPOSITE,
					 .category = TYPCATEGORY_COMPOSITE,
					 .input = F_RECORD_IN,
					 .output = F_RECORD_OUT,
					 .receive = F_RECORD_RECV,
					 .send = F_RECORD_SEND,
					 .array = AssignTypeArrayOid(),
					 .align = TYPALIGN_DOUBLE,
					 .storage = TYPSTORAGE_EXTENDED,
					 .typmod = -1};
	ObjectAddress address = type_create(&spec);

	type_create_array(relname, relnamespace, address.objectId, spec.array, TYPALIGN_DOUBLE, owner, ',', InvalidOid);
	return address;
}

/* ---- names --------------------------------------------------------------------------------------------------------------------------- */
/* "_name", cut to fit; more underscores until it is free. */
char *
makeArrayTypeName(const char *typeName, Oid typeNamespace)
{
	for (int pass = 0;; pass++)
	{
		char suffix[16] = "";
		char *name;

		if (pass > 0)
			snprintf(suffix, sizeof(suffix), "%d", pass);
		name = makeObjectName("", typeName, pass > 0 ? suffix : NULL);
		if (!SearchSysCacheExists2(TYPENAMENSP, CStringGetDatum(name), ObjectIdGetDatum(typeNamespace)))
			return name;
		pfree(name);
	}
}

/* An array type made automatically yields its name to one that a user asks for. */
bool
moveArrayTypeName(Oid typeOid, const char *typeName, Oid typeNamespace)
{
	Oid element;
	char *newname;

	if (!get_typisdefined(typeOid))
		return true;
	element = get_element_type(typeOid);
	if (!OidIsValid(element) || get_array_type(element) != typeOid)
		return false;
	newname = makeArrayTypeName(typeName, typeNamespace);
	RenameTypeInternal(typeOid, newname, typeNamespace);
	CommandCounterIncrement();
	pfree(newname);
	return true;
}

void
RenameTypeInternal(Oid typeOid, const char *newTypeName, Oid typeNamespace)
{
	Relation rel = table_open(TypeRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(typeOid));
	Form_pg_type form;
	Oid other;
	Oid array;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", typeOid);
	form = (Form_pg_type) GETSTRUCT(tuple);
	array = form->typarray;
	other = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(newTypeName), ObjectIdGetDatum(typeNamespace));
	if (OidIsValid(other) && !(get_typisdefined(other) && moveArrayTypeName(other, newTypeName, typeNamespace)))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("type \"%s\" already exists", newTypeName));
	namestrcpy(&form->typname, newTypeName);
	CatalogTupleUpdate(rel, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(rel, RowExclusiveLock);
	if (OidIsValid(array))
	{
		char *name = makeArrayTypeName(newTypeName, typeNamespace);

		RenameTypeInternal(array, name, typeNamespace);
		pfree(name);
	}
}

void
RemoveTypeById(Oid typeOid)
{
	Relation rel = table_open(TypeRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(typeOid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", typeOid);
	if (((Form_pg_type) GETSTRUCT(tuple))->typtype == TYPTYPE_ENUM)
		EnumValuesDelete(typeOid);
	CatalogTupleDelete(rel, &tuple->t_self);
	ReleaseSysCache(tuple);
	table_close(rel, RowExclusiveLock);
}
