/*
 * typecmds.c
 *    CREATE TYPE ... AS ENUM, ALTER TYPE ... ADD VALUE / RENAME VALUE, CREATE TYPE ... AS (...), CREATE DOMAIN.
 *
 * Labels made with their type have even OIDs in their order, so that comparing them needs no catalog. Labels added later
 * get an even OID too when it happens to sort right, an odd one otherwise.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/tablecmds.h"
#include "commands/typecmds.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_type.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

/* ---- shared */
/* Where a new type goes, and that it may: right on the schema, name not taken (an array type makes way). */
static Oid
namespace_for_type(List *names, char **name)
{
	Oid namespace = QualifiedNameGetCreationNamespace(names, name);
	AclResult result = pg_namespace_aclcheck(namespace, GetUserId(), ACL_CREATE);
	Oid old;

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(namespace));
	old = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(*name), ObjectIdGetDatum(namespace));
	if (OidIsValid(old) && !moveArrayTypeName(old, *name, namespace))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("type \"%s\" already exists", *name));
	return namespace;
}

/* ---- enumerations */
static void
check_label(const char *label)
{
	if (strlen(label) > NAMEDATALEN - 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_NAME), errmsg("invalid enum label \"%s\"", label),
				errdetail("Labels must be %d bytes or less.", NAMEDATALEN - 1));
}

static void
insert_label(Relation rel, Oid oid, Oid type, float4 order, const char *label)
{
	Datum values[Natts_pg_enum];
	bool nulls[Natts_pg_enum] = {false};
	NameData name;
	HeapTuple tuple;

	namestrcpy(&name, label);
	values[Anum_pg_enum_oid - 1] = ObjectIdGetDatum(oid);
	values[Anum_pg_enum_enumtypid - 1] = ObjectIdGetDatum(type);
	values[Anum_pg_enum_enumsortorder - 1] = Float4GetDatum(order);
	values[Anum_pg_enum_enumlabel - 1] = NameGetDatum(&name);
	tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
	CatalogTupleInsert(rel, tuple);
	heap_freetuple(tuple);
}

static int
compare_oids(const void *a, const void *b)
{
	return oid_cmp(a, b);
}

static void
create_labels(Oid type, List *labels)
{
	Relation rel = table_open(EnumRelationId, RowExclusiveLock);
	int count = list_length(labels);
	Oid *oids = palloc_array(Oid, count + 1);
	ListCell *cell;
	int i = 0;

	for (int k = 0; k < count; k++)
	{
		do
			oids[k] = GetNewOidWithIndex(rel, EnumOidIndexId, Anum_pg_enum_oid);
		while (oids[k] & 1);
	}
	/* the counter may have wrapped in between */
	qsort(oids, (size_t) count, sizeof(Oid), compare_oids);
	foreach (cell, labels)
	{
		const char *label = strVal(lfirst(cell));

		check_label(label);
		for (ListCell *other = list_head(labels); other != cell; other = lnext(labels, other))
		{
			if (strcmp(strVal(lfirst(other)), label) == 0)
				ereport(ERROR, errcode(ERRCODE_UNIQUE_VIOLATION),
						errmsg("duplicate key value violates unique constraint \"pg_enum_typid_label_index\""),
						errdetail("Key (enumtypid, enumlabel)=(%u, %s) already exists.", type, label));
		}
		insert_label(rel, oids[i], type, (float4) (i + 1), label);
		i++;
	}
	table_close(rel, RowExclusiveLock);
}

ObjectAddress
DefineEnum(CreateEnumStmt *stmt)
{
	char *name;
	Oid namespace = namespace_for_type(stmt->typeName, &name);
	Oid array = AssignTypeArrayOid();
	TypeSpec spec = {.name = name,
					 .namespace = namespace,
					 .owner = GetUserId(),
					 .length = sizeof(Oid),
					 .type = TYPTYPE_ENUM,
					 .category = TYPCATEGORY_ENUM,
					 .delimiter = ',',
					 .input = F_ENUM_IN,
					 .output = F_ENUM_OUT,
					 .receive = F_ENUM_RECV,
					 .send = F_ENUM_SEND,
					 .array = array,
					 .byval = true,
					 .align = TYPALIGN_INT,
					 .storage = TYPSTORAGE_PLAIN,
					 .typmod = -1};
	ObjectAddress address = type_create(&spec);

	create_labels(address.objectId, stmt->vals);
	type_create_array(name, namespace, address.objectId, array, TYPALIGN_INT, GetUserId(), ',', InvalidOid);
	return address;
}

/* All labels of a type in their order; tuples are copies. */
static int
compare_label_tuples(const void *a, const void *b)
{
	float4 x = ((Form_pg_enum) GETSTRUCT(*(HeapTuple *) a))->enumsortorder;
	float4 y = ((Form_pg_enum) GETSTRUCT(*(HeapTuple *) b))->enumsortorder;

	return (x > y) - (x < y);
}

static HeapTuple *
labels_in_order(Relation rel, Oid type, int *count)
{
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	int capacity = 16;
	HeapTuple *tuples = palloc_array(HeapTuple, capacity);

	*count = 0;
	ScanKeyInit(&key, Anum_pg_enum_enumtypid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(type));
	scan = systable_beginscan(rel, EnumTypIdLabelIndexId, true, NULL, 1, &key);
	while ((tuple = systable_getnext(scan)) != NULL)
	{
		if (*count == capacity)
			tuples = repalloc_array(tuples, HeapTuple, capacity *= 2);
		tuples[(*count)++] = heap_copytuple(tuple);
	}
	systable_endscan(scan);
	qsort(tuples, (size_t) *count, sizeof(HeapTuple), compare_label_tuples);
	return tuples;
}

#define LABEL_FORM(t) ((Form_pg_enum) GETSTRUCT(t))

/* Gives the labels whole numbers again when halving between neighbours has used up the precision. */
static void
renumber(Relation rel, HeapTuple *tuples, int count)
{
	for (int i = count - 1; i >= 0; i--)
	{
		LABEL_FORM(tuples[i])->enumsortorder = (float4) (i + 1);
		CatalogTupleUpdate(rel, &tuples[i]->t_self, tuples[i]);
	}
	CommandCounterIncrement();
}

static int
find_label(HeapTuple *tuples, int count, const char *label)
{
	for (int i = 0; i < count; i++)
	{
		if (strcmp(NameStr(LABEL_FORM(tuples[i])->enumlabel), label) == 0)
			return i;
	}
	return -1;
}

static void
add_label(Relation rel, Oid type, AlterEnumStmt *stmt)
{
	int count;
	HeapTuple *tuples = labels_in_order(rel, type, &count);
	int place = count; /* the new label goes before tuples[place] */
	float4 order;
	Oid oid;

	check_label(stmt->newVal);
	if (find_label(tuples, count, stmt->newVal) >= 0)
	{
		if (!stmt->skipIfNewValExists)
			ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("enum label \"%s\" already exists", stmt->newVal));
		ereport(NOTICE, errcode(ERRCODE_DUPLICATE_OBJECT),
				errmsg("enum label \"%s\" already exists, skipping", stmt->newVal));
		return;
	}
	if (stmt->newValNeighbor)
	{
		place = find_label(tuples, count, stmt->newValNeighbor);
		if (place < 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("\"%s\" is not an existing enum label", stmt->newValNeighbor));
		if (stmt->newValIsAfter)
			place++;
	}
	if (place > 0 && place < count)
	{
		volatile float4 before = LABEL_FORM(tuples[place - 1])->enumsortorder;
		volatile float4 after = LABEL_FORM(tuples[place])->enumsortorder;
		volatile float4 middle = (before + after) / 2;

		if (middle == before || middle == after)
		{
			renumber(rel, tuples, count);
			add_label(rel, type, stmt);
			return;
		}
		order = middle;
	}
	else if (count == 0)
		order = 1;
	else
		order = place == 0 ? LABEL_FORM(tuples[0])->enumsortorder - 1 : LABEL_FORM(tuples[count - 1])->enumsortorder + 1;
	/* an even OID promises that OID order is label order */
	for (;;)
	{
		bool sorts = true;

		oid = GetNewOidWithIndex(rel, EnumOidIndexId, Anum_pg_enum_oid);
		for (int i = 0; i < count && sorts; i++)
		{
			Oid other = LABEL_FORM(tuples[i])->oid;

			sorts = (other & 1) || (i < place ? other < oid : other > oid);
		}
		if (sorts == !(oid & 1))
			break;
	}
	insert_label(rel, oid, type, order, stmt->newVal);
}

static void
rename_label(Relation rel, Oid type, AlterEnumStmt *stmt)
{
	int count;
	HeapTuple *tuples = labels_in_order(rel, type, &count);
	int old = find_label(tuples, count, stmt->oldVal);

	check_label(stmt->newVal);
	if (old < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("\"%s\" is not an existing enum label", stmt->oldVal));
	if (find_label(tuples, count, stmt->newVal) >= 0)
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("enum label \"%s\" already exists", stmt->newVal));
	namestrcpy(&LABEL_FORM(tuples[old])->enumlabel, stmt->newVal);
	CatalogTupleUpdate(rel, &tuples[old]->t_self, tuples[old]);
}

ObjectAddress
AlterEnum(AlterEnumStmt *stmt)
{
	Oid type = typenameTypeId(NULL, makeTypeNameFromNameList(stmt->typeName));
	Relation rel;
	ObjectAddress address;

	if (get_typtype(type) != TYPTYPE_ENUM)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("%s is not an enum", format_type_be(type)));
	if (!pg_type_ownercheck(type, GetUserId()))
		aclcheck_error_type(ACLCHECK_NOT_OWNER, type);
	rel = table_open(EnumRelationId, RowExclusiveLock);
	/* two sessions must not put labels into the same place */
	LockDatabaseObject(TypeRelationId, type, 0, ExclusiveLock);
	if (stmt->oldVal)
		rename_label(rel, type, stmt);
	else
		add_label(rel, type, stmt);
	table_close(rel, RowExclusiveLock);
	ObjectAddressSet(address, TypeRelationId, type);
	return address;
}

void
EnumValuesDelete(Oid enumTypeOid)
{
	Relation rel = table_open(EnumRelationId, RowExclusiveLock);
	int count;
	HeapTuple *tuples = labels_in_order(rel, enumTypeOid, &count);

	for (int i = 0; i < count; i++)
		CatalogTupleDelete(rel, &tuples[i]->t_self);
	table_close(rel, RowExclusiveLock);
}

/* ---- row types: a relation without storage */
ObjectAddress
DefineCompositeType(RangeVar *typevar, List *coldeflist)
{
	CreateStmt *create = makeNode(CreateStmt);
	ObjectAddress address;
	Oid namespace;
	Oid old;

	create->relation = typevar;
	create->tableElts = coldeflist;
	create->oncommit = ONCOMMIT_NOOP;
	namespace = RangeVarGetAndCheckCreationNamespace(create->relation, NoLock, NULL);
	RangeVarAdjustRelationPersistence(create->relation, namespace);
	old = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(typevar->relname), ObjectIdGetDatum(namespace));
	if (OidIsValid(old) && !moveArrayTypeName(old, typevar->relname, namespace))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("type \"%s\" already exists", typevar->relname));
	DefineRelation(create, RELKIND_COMPOSITE_TYPE, InvalidOid, &address, NULL);
	return address;
}

/* ---- domains */
/* VALUE in a check constraint is a column reference with that name. */
static Node *
value_for_column(ParseState *pstate, ColumnRef *cref)
{
	CoerceToDomainValue *value;

	if (list_length(cref->fields) != 1 || !IsA(linitial(cref->fields), String) ||
		strcmp(strVal(linitial(cref->fields)), "value") != 0)
		return NULL;
	value = copyObject((CoerceToDomainValue *) pstate->p_ref_hook_state);
	value->location = cref->location;
	return (Node *) value;
}

static void
add_domain_check(Oid domain, Oid namespace, Oid base_type, int32 typmod, Constraint *constraint, const char *domain_name)
{
	ParseState *pstate = make_parsestate(NULL);
	CoerceToDomainValue *value = makeNode(CoerceToDomainValue);
	ConstraintEntry entry = {0};
	Node *expr;

	if (constraint->conname == NULL)
		constraint->conname = ChooseConstraintName(domain_name, NULL, "check", namespace, NIL);
	else if (ConstraintNameIsUsed(CONSTRAINT_DOMAIN, domain, constraint->conname))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT),
				errmsg("constraint \"%s\" for domain \"%s\" already exists", constraint->conname, domain_name));
	value->typeId = base_type;
	value->typeMod = typmod;
	value->collation = get_typcollation(base_type);
	value->location = -1;
	pstate->p_pre_columnref_hook = value_for_column;
	pstate->p_ref_hook_state = value;
	expr = transformExpr(pstate, constraint->raw_expr, EXPR_KIND_DOMAIN_CHECK);
	expr = coerce_to_boolean(pstate, expr, "CHECK");
	assign_expr_collations(pstate, expr);
	entry.name = constraint->conname;
	entry.namespace = namespace;
	entry.type = CONSTRAINT_CHECK;
	entry.validated = true;
	entry.domain = domain;
	entry.expr = expr;
	entry.is_local = true;
	constraint_create(&entry);
	CommandCounterIncrement();
}

typedef struct DomainOptions
{
	bool not_null;
	bool null_seen;
	bool default_seen;
	char *default_text;
	char *default_binary;
} DomainOptions;

static void
read_domain_constraint(Constraint *constraint, const char *name, Oid base_type, int32 typmod, DomainOptions *options)
{
	switch (constraint->contype)
	{
		case CONSTR_DEFAULT:
			if (options->default_seen)
				ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("multiple default expressions"));
			options->default_seen = true;
			if (constraint->raw_expr)
			{
				Node *expr = cookDefault(make_parsestate(NULL), constraint->raw_expr, base_type, typmod, name, 0);

				/* DEFAULT NULL is no default at all */
				if (expr && !(IsA(expr, Const) && ((Const *) expr)->constisnull))
				{
					options->default_binary = nodeToString(expr);
					options->default_text = deparse_expression(expr, NIL, false, false);
				}
			}
			break;
		case CONSTR_NOTNULL:
			if (options->null_seen && !options->not_null)
				ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("conflicting NULL/NOT NULL constraints"));
			options->not_null = options->null_seen = true;
			break;
		case CONSTR_NULL:
			if (options->null_seen && options->not_null)
				ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("conflicting NULL/NOT NULL constraints"));
			options->null_seen = true;
			break;
		case CONSTR_CHECK:
			if (constraint->is_no_inherit)
				ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
						errmsg("check constraints for domains cannot be marked NO INHERIT"));
			break;
		case CONSTR_UNIQUE:
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("unique constraints not possible for domains"));
		case CONSTR_PRIMARY:
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("primary key constraints not possible for domains"));
		case CONSTR_EXCLUSION:
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("exclusion constraints not possible for domains"));
		case CONSTR_FOREIGN:
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("foreign key constraints not possible for domains"));
		default:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("specifying constraint deferrability not supported for domains"));
	}
}

ObjectAddress
DefineDomain(CreateDomainStmt *stmt)
{
	char *name;
	Oid namespace = namespace_for_type(stmt->domainname, &name);
	int32 typmod;
	HeapTuple base_tuple = typenameType(NULL, stmt->typeName, &typmod);
	Form_pg_type base = (Form_pg_type) GETSTRUCT(base_tuple);
	DomainOptions options = {0};
	Oid array = AssignTypeArrayOid();
	AclResult result;
	Oid collation;
	ObjectAddress address;
	TypeSpec spec;
	ListCell *cell;

	if (base->typtype != TYPTYPE_BASE && base->typtype != TYPTYPE_COMPOSITE && base->typtype != TYPTYPE_DOMAIN &&
		base->typtype != TYPTYPE_ENUM && base->typtype != TYPTYPE_RANGE && base->typtype != TYPTYPE_MULTIRANGE)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("\"%s\" is not a valid base type for a domain", TypeNameToString(stmt->typeName)));
	result = pg_type_aclcheck(base->oid, GetUserId(), ACL_USAGE);
	if (result != ACLCHECK_OK)
		aclcheck_error_type(result, base->oid);
	collation = stmt->collClause ? get_collation_oid(stmt->collClause->collname, false) : base->typcollation;
	if (OidIsValid(collation) && !OidIsValid(base->typcollation))
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("collations are not supported by type %s", format_type_be(base->oid)));
	foreach (cell, stmt->constraints)
		read_domain_constraint(lfirst(cell), name, base->oid, typmod, &options);
	/* what is not said is inherited from a domain below */
	if (!options.default_seen)
	{
		bool isnull;
		Datum value = SysCacheGetAttr(TYPEOID, base_tuple, Anum_pg_type_typdefault, &isnull);

		if (!isnull)
			options.default_text = TextDatumGetCString(value);
		value = SysCacheGetAttr(TYPEOID, base_tuple, Anum_pg_type_typdefaultbin, &isnull);
		if (!isnull)
			options.default_binary = TextDatumGetCString(value);
	}
	spec = (TypeSpec){.name = name,
					  .namespace = namespace,
					  .owner = GetUserId(),
					  .length = base->typlen,
					  .type = TYPTYPE_DOMAIN,
					  .category = base->typcategory,
					  .delimiter = base->typdelim,
					  .input = F_DOMAIN_IN,
					  .output = base->typoutput,
					  .receive = F_DOMAIN_RECV,
					  .send = base->typsend,
					  .analyze = base->typanalyze,
					  .array = array,
					  .base = base->oid,
					  .default_text = options.default_text,
					  .default_binary = options.default_binary,
					  .byval = base->typbyval,
					  .align = base->typalign,
					  .storage = base->typstorage,
					  .typmod = typmod,
					  .ndims = list_length(stmt->typeName->arrayBounds),
					  .notnull = options.not_null,
					  .collation = collation};
	address = type_create(&spec);
	type_create_array(name, namespace, address.objectId, array, base->typalign == TYPALIGN_DOUBLE ? TYPALIGN_DOUBLE : TYPALIGN_INT,
					  GetUserId(), base->typdelim, collation);
	CommandCounterIncrement();
	foreach (cell, stmt->constraints)
	{
		Constraint *constraint = lfirst(cell);

		if (constraint->contype == CONSTR_CHECK)
			add_domain_check(address.objectId, namespace, base->oid, typmod, constraint, name);
	}
	ReleaseSysCache(base_tuple);
	return address;
}
