/*
 * alter_column.c
 *    ALTER TABLE on columns: adding, dropping, defaults, NOT NULL, type, identity.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_index.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/alter_table.h"
#include "commands/comment.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parse_type.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

AttrNumber
alter_must_have_column(Relation rel, const char *colname, bool user_column)
{
	AttrNumber attnum = get_attnum(RelationGetRelid(rel), colname);

	if (attnum == InvalidAttrNumber)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" of relation \"%s\" does not exist", colname, RelationGetRelationName(rel)));
	if (user_column && attnum <= 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot alter system column \"%s\"", colname));
	return attnum;
}

/* A writable copy of a pg_attribute row; store it with put_attribute. */
static HeapTuple
get_attribute(Relation rel, const char *colname, Form_pg_attribute *form)
{
	HeapTuple tuple = SearchSysCacheCopyAttName(RelationGetRelid(rel), colname);

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" of relation \"%s\" does not exist", colname, RelationGetRelationName(rel)));
	*form = (Form_pg_attribute) GETSTRUCT(tuple);
	if ((*form)->attnum <= 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot alter system column \"%s\"", colname));
	return tuple;
}

static void
put_attribute(HeapTuple tuple)
{
	Relation pg_attribute = table_open(AttributeRelationId, RowExclusiveLock);

	CatalogTupleUpdate(pg_attribute, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(pg_attribute, RowExclusiveLock);
}

/* ---- ADD COLUMN ------------------------------------------------------------------------------------------------------------------- */
static bool
name_taken(Relation rel, const char *colname, bool if_not_exists)
{
	AttrNumber attnum = get_attnum(RelationGetRelid(rel), colname);

	if (attnum == InvalidAttrNumber)
		return false;
	if (attnum < 0)
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN), errmsg("column name \"%s\" conflicts with a system column name", colname));
	if (!if_not_exists)
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN),
				errmsg("column \"%s\" of relation \"%s\" already exists", colname, RelationGetRelationName(rel)));
	ereport(NOTICE, errcode(ERRCODE_DUPLICATE_COLUMN),
			errmsg("column \"%s\" of relation \"%s\" already exists, skipping", colname, RelationGetRelationName(rel)));
	return true;
}

static void
bump_natts(Relation rel, AttrNumber natts)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(RelationGetRelid(rel)));

	((Form_pg_class) GETSTRUCT(tuple))->relnatts = natts;
	CatalogTupleUpdate(pg_class, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(pg_class, RowExclusiveLock);
}

static void
record_column_dependencies(Relation rel, Form_pg_attribute att)
{
	ObjectAddress column = {RelationRelationId, RelationGetRelid(rel), att->attnum};
	ObjectAddress type = {TypeRelationId, att->atttypid, 0};
	ObjectAddress collation = {CollationRelationId, att->attcollation, 0};

	recordDependencyOn(&column, &type, DEPENDENCY_NORMAL);
	if (OidIsValid(att->attcollation) && att->attcollation != DEFAULT_COLLATION_OID)
		recordDependencyOn(&column, &collation, DEPENDENCY_NORMAL);
}

static void
note_new_value(AlteredTable *tab, AttrNumber attnum, Node *expr, bool generated)
{
	NewColumnValue *value = palloc0(sizeof(NewColumnValue));

	value->attnum = attnum;
	value->expr = expression_planner((Expr *) expr);
	value->is_generated = generated;
	tab->new_values = lappend(tab->new_values, value);
	tab->rewrite = true;
}

void
alter_add_column(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	ColumnDef *def = castNode(ColumnDef, cmd->def);
	AttrNumber attnum = RelationGetNumberOfAttributes(rel) + 1;
	TupleDesc desc;
	Form_pg_attribute att;
	Relation pg_attribute;
	Node *value = NULL;

	if (name_taken(rel, def->colname, cmd->missing_ok))
		return;
	if (attnum > MaxHeapAttributeNumber)
		ereport(ERROR, errcode(ERRCODE_TOO_MANY_COLUMNS), errmsg("tables can have at most %d columns", MaxHeapAttributeNumber));
	desc = BuildDescForRelation(list_make1(def));
	att = TupleDescAttr(desc, 0);
	att->attnum = attnum;
	CheckAttributeType(def->colname, att->atttypid, att->attcollation, list_make1_oid(rel->rd_rel->reltype), 0);
	pg_attribute = table_open(AttributeRelationId, RowExclusiveLock);
	InsertPgAttributeTuples(pg_attribute, desc, RelationGetRelid(rel), NULL, NULL);
	table_close(pg_attribute, RowExclusiveLock);
	bump_natts(rel, attnum);
	CommandCounterIncrement();
	record_column_dependencies(rel, att);
	if (def->raw_default)
	{
		RawColumnDefault raw = {.attnum = attnum, .raw_default = copyObject(def->raw_default), .generated = def->generated};
		List *cooked = AddRelationNewConstraints(rel, list_make1(&raw), NIL, false, true, false, tab->query_string);

		CommandCounterIncrement();
		if (cooked != NIL)
			value = ((CookedConstraint *) linitial(cooked))->expr;
	}
	else if (def->identity)
	{
		NextValueExpr *nve = makeNode(NextValueExpr);

		nve->seqid = RangeVarGetRelid(def->identitySequence, NoLock, false);
		nve->typeId = att->atttypid;
		value = (Node *) nve;
	}
	else if (get_typtype(att->atttypid) == TYPTYPE_DOMAIN)
	{
		value = get_typdefault(att->atttypid);
		if (value == NULL)
		{
			/* NULL must be a value of the domain */
			int32 basemod = -1;
			Oid base = getBaseTypeAndTypmod(att->atttypid, &basemod);

			value = coerce_to_domain((Node *) makeNullConst(base, basemod, get_typcollation(base)), base, basemod, att->atttypid, COERCION_IMPLICIT,
									 COERCE_IMPLICIT_CAST, -1, false);
		}
	}
	if (value != NULL)
		note_new_value(tab, attnum, value, def->generated != '\0');
	tab->verify_not_null |= def->is_not_null;
}

/* ---- DROP COLUMN -------------------------------------------------------------------------------------------------------------------- */
void
alter_drop_column(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	AttrNumber attnum = get_attnum(RelationGetRelid(rel), cmd->name);
	ObjectAddress object;

	if (attnum == InvalidAttrNumber)
	{
		if (!cmd->missing_ok)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("column \"%s\" of relation \"%s\" does not exist", cmd->name, RelationGetRelationName(rel)));
		ereport(NOTICE, errmsg("column \"%s\" of relation \"%s\" does not exist, skipping", cmd->name, RelationGetRelationName(rel)));
		return;
	}
	if (attnum <= 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot drop system column \"%s\"", cmd->name));
	ObjectAddressSubSet(object, RelationRelationId, RelationGetRelid(rel), attnum);
	performDeletion(&object, cmd->behavior, 0);
}

/* ---- defaults -------------------------------------------------------------------------------------------------------------------------- */
void
alter_column_default(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	AttrNumber attnum = alter_must_have_column(rel, cmd->name, true);
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), attnum - 1);

	if (att->attidentity)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("column \"%s\" of relation \"%s\" is an identity column", cmd->name, RelationGetRelationName(rel)),
				cmd->def ? 0 : errhint("Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead."));
	if (att->attgenerated)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("column \"%s\" of relation \"%s\" is a generated column", cmd->name, RelationGetRelationName(rel)),
				cmd->def ? 0 : errhint("Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead."));
	RemoveAttrDefault(RelationGetRelid(rel), attnum, DROP_RESTRICT, false, cmd->def != NULL);
	if (cmd->def)
	{
		RawColumnDefault raw = {.attnum = attnum, .raw_default = cmd->def};

		CommandCounterIncrement();
		AddRelationNewConstraints(rel, list_make1(&raw), NIL, false, true, false, tab->query_string);
	}
}

/* ---- NOT NULL ---------------------------------------------------------------------------------------------------------------------------- */
void
alter_set_not_null(AlteredTable *tab, Relation rel, const char *colname)
{
	Form_pg_attribute form;
	HeapTuple tuple = get_attribute(rel, colname, &form);

	if (form->attnotnull)
		return;
	form->attnotnull = true;
	put_attribute(tuple);
	tab->verify_not_null = true;
}

static bool
in_primary_key(Relation rel, AttrNumber attnum)
{
	Oid pkey = RelationGetPrimaryKeyIndex(rel);
	HeapTuple tuple;
	Form_pg_index index;
	bool found = false;

	if (!OidIsValid(pkey))
		return false;
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(pkey));
	index = (Form_pg_index) GETSTRUCT(tuple);
	for (int i = 0; i < index->indnkeyatts; i++)
		found |= index->indkey.values[i] == attnum;
	ReleaseSysCache(tuple);
	return found;
}

void
alter_drop_not_null(AlteredTable *tab, Relation rel, const char *colname)
{
	Form_pg_attribute form;
	HeapTuple tuple = get_attribute(rel, colname, &form);

	if (!form->attnotnull)
		return;
	if (form->attidentity)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("column \"%s\" of relation \"%s\" is an identity column", colname, RelationGetRelationName(rel)));
	if (in_primary_key(rel, form->attnum))
		ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("column \"%s\" is in a primary key", colname));
	form->attnotnull = false;
	put_attribute(tuple);
}

/* ---- statistics, storage -------------------------------------------------------------------------------------------------------------------- */
void
alter_column_statistics(Relation rel, AlterTableCmd *cmd)
{
	Form_pg_attribute form;
	HeapTuple tuple;
	int target = intVal(cmd->def);

	if (cmd->name == NULL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("statistics targets of index columns are not supported"));
	tuple = get_attribute(rel, cmd->name, &form);
	if (target < -1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("statistics target %d is too low", target));
	if (target > 10000)
	{
		target = 10000;
		ereport(WARNING, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("lowering statistics target to %d", target));
	}
	form->attstattarget = target;
	put_attribute(tuple);
}

void
alter_column_storage(Relation rel, AlterTableCmd *cmd)
{
	Form_pg_attribute form;
	HeapTuple tuple = get_attribute(rel, cmd->name, &form);
	const char *mode = strVal(cmd->def);
	char storage;

	if (strcasecmp(mode, "plain") == 0)
		storage = TYPSTORAGE_PLAIN;
	else if (strcasecmp(mode, "external") == 0)
		storage = TYPSTORAGE_EXTERNAL;
	else if (strcasecmp(mode, "extended") == 0)
		storage = TYPSTORAGE_EXTENDED;
	else if (strcasecmp(mode, "main") == 0)
		storage = TYPSTORAGE_MAIN;
	else
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid storage type \"%s\"", mode));
	if (storage != TYPSTORAGE_PLAIN && !TypeIsToastable(form->atttypid))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("column data type %s can only have storage PLAIN", format_type_be(form->atttypid)));
	form->attstorage = storage;
	put_attribute(tuple);
}

/* ---- identity ---------------------------------------------------------------------------------------------------------------------------------- */
void
alter_add_identity(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	Form_pg_attribute form;
	HeapTuple tuple = get_attribute(rel, cmd->name, &form);

	if (!form->attnotnull)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("column \"%s\" of relation \"%s\" must be declared NOT NULL before identity can be added", cmd->name,
					   RelationGetRelationName(rel)));
	if (form->attidentity)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("column \"%s\" of relation \"%s\" is already an identity column", cmd->name, RelationGetRelationName(rel)));
	if (form->atthasdef)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("column \"%s\" of relation \"%s\" already has a default value", cmd->name, RelationGetRelationName(rel)));
	form->attidentity = castNode(ColumnDef, cmd->def)->identity;
	put_attribute(tuple);
}

void
alter_drop_identity(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	Form_pg_attribute form;
	HeapTuple tuple = get_attribute(rel, cmd->name, &form);
	AttrNumber attnum = form->attnum;
	ObjectAddress sequence;

	if (!form->attidentity)
	{
		if (!cmd->missing_ok)
			ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("column \"%s\" of relation \"%s\" is not an identity column", cmd->name, RelationGetRelationName(rel)));
		ereport(NOTICE, errmsg("column \"%s\" of relation \"%s\" is not an identity column, skipping", cmd->name, RelationGetRelationName(rel)));
		return;
	}
	form->attidentity = '\0';
	put_attribute(tuple);
	ObjectAddressSet(sequence, RelationRelationId, getIdentitySequence(RelationGetRelid(rel), attnum, false));
	deleteDependencyRecordsForClass(RelationRelationId, sequence.objectId, RelationRelationId, DEPENDENCY_INTERNAL);
	CommandCounterIncrement();
	performDeletion(&sequence, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
}

/* ---- type ------------------------------------------------------------------------------------------------------------------------------------------ */
/* The column's value as the new type: USING, or an assignment cast. */
static Node *
conversion(AlteredTable *tab, Relation rel, AlterTableCmd *cmd, ColumnDef *def, Form_pg_attribute att, Oid type, int32 typmod)
{
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *nsitem;
	Node *expr;
	Node *result;

	pstate->p_sourcetext = tab->query_string;
	nsitem = addRangeTableEntryForRelation(pstate, rel, AccessShareLock, NULL, false, true);
	addNSItemToQuery(pstate, nsitem, false, true, true);
	expr = def->cooked_default ? def->cooked_default
							   : (Node *) makeVar(1, att->attnum, att->atttypid, att->atttypmod, att->attcollation, 0);
	result = coerce_to_target_type(pstate, expr, exprType(expr), type, typmod, COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
	if (result == NULL)
	{
		if (def->raw_default)
			ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("result of USING clause for column \"%s\" cannot be cast automatically to type %s", cmd->name, format_type_be(type)),
					errhint("You might need to add an explicit cast."));
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("column \"%s\" cannot be cast automatically to type %s", cmd->name, format_type_be(type)),
				att->attgenerated ? 0
								  : errhint("You might need to specify \"USING %s::%s\".", quote_identifier(cmd->name), format_type_with_typemod(type, typmod)));
	}
	assign_expr_collations(pstate, result);
	return result;
}

/* Things made of the column that cannot simply stay. */
static void
refuse_dependents(Relation rel, AttrNumber attnum, const char *colname)
{
	Relation depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[3];
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationGetRelid(rel)));
	ScanKeyInit(&keys[2], Anum_pg_depend_refobjsubid, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(attnum));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 3, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend dep = (Form_pg_depend) GETSTRUCT(tuple);
		ObjectAddress object = {dep->classid, dep->objid, dep->objsubid};

		if (dep->classid == RewriteRelationId)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot alter type of a column used by a view or rule"),
					errdetail("%s depends on column \"%s\"", getObjectDescription(&object, false), colname));
		if (dep->classid == ConstraintRelationId)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("changing the type of a column with constraints is not supported"),
					errdetail("%s depends on column \"%s\"", getObjectDescription(&object, false), colname));
		if (dep->classid == RelationRelationId && get_rel_relkind(dep->objid) == RELKIND_INDEX)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("changing the type of an indexed column is not supported"),
					errdetail("%s depends on column \"%s\"", getObjectDescription(&object, false), colname));
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
}

static void
store_new_type(Relation rel, HeapTuple tuple, Form_pg_attribute form, Oid type, int32 typmod, Oid collation, int ndims)
{
	HeapTuple typetuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Form_pg_type tform = (Form_pg_type) GETSTRUCT(typetuple);
	FormData_pg_attribute copy;

	form->atttypid = type;
	form->atttypmod = typmod;
	form->attcollation = collation;
	form->attndims = ndims;
	form->attlen = tform->typlen;
	form->attbyval = tform->typbyval;
	form->attalign = tform->typalign;
	form->attstorage = tform->typstorage;
	form->attcompression = '\0';
	ReleaseSysCache(typetuple);
	memcpy(&copy, form, ATTRIBUTE_FIXED_PART_SIZE);
	put_attribute(tuple);
	record_column_dependencies(rel, &copy);
}

void
alter_column_type(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	ColumnDef *def = castNode(ColumnDef, cmd->def);
	AttrNumber attnum = alter_must_have_column(rel, cmd->name, true);
	Form_pg_attribute old = TupleDescAttr(RelationGetDescr(rel), attnum - 1);
	Form_pg_attribute form;
	HeapTuple tuple;
	Oid type;
	int32 typmod;
	Oid collation;
	AclResult acl;
	Node *expr;
	Node *default_expr = NULL;
	ParseState *pstate = make_parsestate(NULL);

	typenameTypeIdAndMod(pstate, def->typeName, &type, &typmod);
	acl = pg_type_aclcheck(type, GetUserId(), ACL_USAGE);
	if (acl != ACLCHECK_OK)
		aclcheck_error_type(acl, type);
	collation = GetColumnDefCollation(pstate, def, type);
	CheckAttributeType(cmd->name, type, collation, list_make1_oid(rel->rd_rel->reltype), 0);
	if (old->attgenerated)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("changing the type of a generated column is not supported"));
	refuse_dependents(rel, attnum, cmd->name);
	expr = conversion(tab, rel, cmd, def, old, type, typmod);
	if (old->atthasdef)
	{
		TupleConstr *constr = RelationGetDescr(rel)->constr;

		for (int i = 0; i < constr->num_defval; i++)
		{
			if (constr->defval[i].adnum == attnum)
				default_expr = stringToNode(constr->defval[i].adbin);
		}
		default_expr = strip_implicit_coercions(default_expr);
		default_expr = coerce_to_target_type(NULL, default_expr, exprType(default_expr), type, typmod, COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
		if (default_expr == NULL)
			ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("default for column \"%s\" cannot be cast automatically to type %s", cmd->name, format_type_be(type)));
	}
	/* expr's Vars are of the old row */
	note_new_value(tab, attnum, expr, false);
	tuple = get_attribute(rel, cmd->name, &form);
	store_new_type(rel, tuple, form, type, typmod, collation, list_length(def->typeName->arrayBounds));
	RemoveStatistics(RelationGetRelid(rel), attnum);
	CommandCounterIncrement();
	if (default_expr)
	{
		RemoveAttrDefault(RelationGetRelid(rel), attnum, DROP_RESTRICT, true, true);
		CommandCounterIncrement();
		StoreAttrDefault(rel, attnum, default_expr, true, false);
	}
}
