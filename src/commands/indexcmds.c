/*
 * indexcmds.c
 *    CREATE INDEX, REINDEX, operator class look-up, names of indexes.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/htup_details.h"
#include "access/reloptions.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_type.h"
#include "commands/commands.h"
#include "commands/comment.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "commands/parse_utilcmd.h"
#include "commands/tablecmds.h"
#include "commands/tablespace.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_oper.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* ---- operator classes and access methods ---------------------------------------------------------------------------------------------- */
/* The default class for exactly the type, or for one it is binary coercible to (preferring a preferred type). */
Oid
GetDefaultOpClass(Oid type_id, Oid am_id)
{
	Oid base = getBaseType(type_id);
	char category = TypeCategory(base);
	CatCList *list = SearchSysCacheList1(CLAAMNAMENSP, ObjectIdGetDatum(am_id));
	Oid exact = InvalidOid;
	Oid preferred = InvalidOid;
	Oid compatible = InvalidOid;
	int npreferred = 0;
	int ncompatible = 0;

	for (int i = 0; i < list->n_members; i++)
	{
		Form_pg_opclass form = (Form_pg_opclass) GETSTRUCT(&list->members[i]->tuple);

		if (!form->opcdefault)
			continue;
		if (form->opcintype == base)
		{
			exact = form->oid;
			break;
		}
		if (!IsBinaryCoercible(base, form->opcintype))
			continue;
		if (IsPreferredType(category, form->opcintype))
		{
			preferred = form->oid;
			npreferred++;
		}
		else
		{
			compatible = form->oid;
			ncompatible++;
		}
	}
	ReleaseSysCacheList(list);
	if (OidIsValid(exact))
		return exact;
	if (npreferred == 1)
		return preferred;
	return npreferred == 0 && ncompatible == 1 ? compatible : InvalidOid;
}

Oid
get_opclass_oid(Oid amID, List *opclassname, bool missing_ok)
{
	char *schema;
	char *name;
	Oid oid;

	DeconstructQualifiedName(opclassname, &schema, &name);
	if (schema)
	{
		Oid nsp = LookupExplicitNamespace(schema, missing_ok);

		oid = OidIsValid(nsp) ? GetSysCacheOid3(CLAAMNAMENSP, Anum_pg_opclass_oid, ObjectIdGetDatum(amID), CStringGetDatum(name),
												ObjectIdGetDatum(nsp))
							  : InvalidOid;
	}
	else
		oid = OpclassnameGetOpcid(amID, name);
	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("operator class \"%s\" does not exist for access method \"%s\"", NameListToString(opclassname), get_am_name(amID)));
	return oid;
}

Oid
ResolveOpClass(List *opclass, Oid attrType, const char *accessMethodName, Oid accessMethodId)
{
	Oid oid;

	if (opclass == NIL)
	{
		oid = GetDefaultOpClass(attrType, accessMethodId);
		if (!OidIsValid(oid))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("data type %s has no default operator class for access method \"%s\"", format_type_be(attrType), accessMethodName),
					errhint("You must specify an operator class for the index or define a default operator class for the data type."));
		return oid;
	}
	oid = get_opclass_oid(accessMethodId, opclass, false);
	if (!IsBinaryCoercible(attrType, get_opclass_input_type(oid)))
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("operator class \"%s\" does not accept data type %s", NameListToString(opclass), format_type_be(attrType)));
	return oid;
}

Oid
get_am_oid(const char *amname, bool missing_ok)
{
	Oid oid = GetSysCacheOid1(AMNAME, Anum_pg_am_oid, CStringGetDatum(amname));

	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("access method \"%s\" does not exist", amname));
	return oid;
}

Oid
get_index_am_oid(const char *amname, bool missing_ok)
{
	return get_am_oid(amname, missing_ok);
}

char *
get_am_name(Oid amOid)
{
	HeapTuple tuple = SearchSysCache1(AMOID, ObjectIdGetDatum(amOid));
	char *name = NULL;

	if (HeapTupleIsValid(tuple))
	{
		name = pstrdup(NameStr(((Form_pg_am) GETSTRUCT(tuple))->amname));
		ReleaseSysCache(tuple);
	}
	return name;
}

/* ---- names -------------------------------------------------------------------------------------------------------------------------------- */
/* name1_name2_label, with the longer of the names cut (at character boundaries) until it fits. */
char *
makeObjectName(const char *name1, const char *name2, const char *label)
{
	int overhead = (name2 ? 1 : 0) + (label ? (int) strlen(label) + 1 : 0);
	int room = NAMEDATALEN - 1 - overhead;
	int len1 = (int) strlen(name1);
	int len2 = name2 ? (int) strlen(name2) : 0;
	char *result = palloc(NAMEDATALEN + 1);

	while (len1 + len2 > room)
	{
		if (len1 > len2)
			len1--;
		else
			len2--;
	}
	len1 = pg_mbcliplen(name1, len1, len1);
	if (name2)
		len2 = pg_mbcliplen(name2, len2, len2);
	snprintf(result, NAMEDATALEN + 1, "%.*s%s%.*s%s%s", len1, name1, name2 ? "_" : "", len2, name2 ? name2 : "", label ? "_" : "",
			 label ? label : "");
	return result;
}

char *
ChooseRelationName(const char *name1, const char *name2, const char *label, Oid namespaceid, bool isconstraint)
{
	for (int pass = 0;; pass++)
	{
		char modlabel[NAMEDATALEN];
		char *name;

		if (pass == 0)
			strlcpy(modlabel, label, sizeof(modlabel));
		else
			snprintf(modlabel, sizeof(modlabel), "%s%d", label, pass);
		name = makeObjectName(name1, name2, modlabel);
		if (!OidIsValid(get_relname_relid(name, namespaceid)) && (!isconstraint || !ConstraintNameExists(name, namespaceid)))
			return name;
		pfree(name);
	}
}

/* Column names joined by underscores; those of expressions are what the parser called them. */
static char *
index_name_middle(List *colnames)
{
	StringInfoData buf;
	ListCell *lc;

	initStringInfo(&buf);
	foreach(lc, colnames)
	{
		if (buf.len > 0)
			appendStringInfoChar(&buf, '_');
		appendStringInfoString(&buf, lfirst(lc));
		if (buf.len >= NAMEDATALEN)
			break;
	}
	return buf.data;
}

static char *
choose_index_name(const char *tabname, Oid nsp, List *colnames, bool primary, bool constraint)
{
	if (primary)
		return ChooseRelationName(tabname, NULL, "pkey", nsp, true);
	if (constraint)
		return ChooseRelationName(tabname, index_name_middle(colnames), "key", nsp, true);
	return ChooseRelationName(tabname, index_name_middle(colnames), "idx", nsp, false);
}

/* Names of the index's columns: of columns and expressions, made different by numbers. */
static List *
choose_column_names(List *elems)
{
	List *result = NIL;
	ListCell *lc;

	foreach(lc, elems)
	{
		IndexElem *elem = lfirst(lc);
		const char *origname = elem->indexcolname ? elem->indexcolname : elem->name ? elem->name : "expr";
		char buf[NAMEDATALEN];

		strlcpy(buf, origname, sizeof(buf));
		for (int i = 1;; i++)
		{
			char number[16];
			ListCell *other;
			bool taken = false;

			foreach(other, result)
				taken |= strcmp(buf, lfirst(other)) == 0;
			if (!taken)
				break;
			snprintf(number, sizeof(number), "%d", i);
			snprintf(buf, sizeof(buf), "%.*s%s", pg_mbcliplen(origname, (int) strlen(origname), NAMEDATALEN - 1 - (int) strlen(number)), origname,
					 number);
		}
		result = lappend(result, pstrdup(buf));
	}
	return result;
}

/* ---- columns of the index ----------------------------------------------------------------------------------------------------------------- */
typedef struct IndexColumns
{
	Oid types[INDEX_MAX_KEYS];
	Oid collations[INDEX_MAX_KEYS];
	Oid classes[INDEX_MAX_KEYS];
	int16 options[INDEX_MAX_KEYS];
} IndexColumns;

static void
column_by_name(IndexInfo *info, IndexColumns *cols, int i, IndexElem *elem, Relation rel, bool isconstraint, Oid *collation)
{
	HeapTuple tuple = SearchSysCacheAttName(RelationGetRelid(rel), elem->name);
	Form_pg_attribute att;

	if (!HeapTupleIsValid(tuple))
	{
		/* system columns are found by number only */
		if (isconstraint)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("column \"%s\" named in key does not exist", elem->name));
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("column \"%s\" does not exist", elem->name));
	}
	att = (Form_pg_attribute) GETSTRUCT(tuple);
	if (att->attnum < 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("index creation on system columns is not supported"));
	info->ii_IndexAttrNumbers[i] = att->attnum;
	cols->types[i] = att->atttypid;
	*collation = att->attcollation;
	ReleaseSysCache(tuple);
}

static void
column_by_expression(IndexInfo *info, IndexColumns *cols, int i, IndexElem *elem, Oid *collation)
{
	Node *expr = elem->expr;

	cols->types[i] = exprType(expr);
	*collation = exprCollation(expr);
	while (IsA(expr, CollateExpr))
		expr = (Node *) ((CollateExpr *) expr)->arg;
	if (IsA(expr, Var) && ((Var *) expr)->varattno != InvalidAttrNumber)
	{
		info->ii_IndexAttrNumbers[i] = ((Var *) expr)->varattno; /* (column) */
		return;
	}
	info->ii_IndexAttrNumbers[i] = 0;
	info->ii_Expressions = lappend(info->ii_Expressions, expr);
	if (contain_mutable_functions((Node *) expression_planner((Expr *) expr)))
		ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("functions in index expression must be marked IMMUTABLE"));
}

static Oid
column_collation(IndexElem *elem, Oid type, Oid collation)
{
	if (elem->collation)
		collation = get_collation_oid(elem->collation, false);
	if (type_is_collatable(type))
	{
		if (!OidIsValid(collation))
			ereport(ERROR, errcode(ERRCODE_INDETERMINATE_COLLATION), errmsg("could not determine which collation to use for index expression"),
					errhint("Use the COLLATE clause to set the collation explicitly."));
		return collation;
	}
	if (OidIsValid(collation))
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("collations are not supported by type %s", format_type_be(type)));
	return InvalidOid;
}

static void
compute_columns(IndexInfo *info, IndexColumns *cols, List *elems, Relation rel, const char *amname, Oid am, bool amcanorder, bool isconstraint)
{
	ListCell *lc;

	foreach(lc, elems)
	{
		IndexElem *elem = lfirst(lc);
		int i = foreach_current_index(lc);
		bool key = i < info->ii_NumIndexKeyAttrs;
		Oid collation;

		if (elem->name != NULL)
			column_by_name(info, cols, i, elem, rel, isconstraint, &collation);
		else
		{
			if (!key)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("expressions are not supported in included columns"));
			column_by_expression(info, cols, i, elem, &collation);
		}
		if (!key)
		{
			if (elem->collation)
				ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("including column does not support a collation"));
			if (elem->opclass)
				ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("including column does not support an operator class"));
			if (elem->ordering != SORTBY_DEFAULT)
				ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("including column does not support ASC/DESC options"));
			if (elem->nulls_ordering != SORTBY_NULLS_DEFAULT)
				ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("including column does not support NULLS FIRST/LAST options"));
			continue;
		}
		cols->collations[i] = column_collation(elem, cols->types[i], collation);
		cols->classes[i] = ResolveOpClass(elem->opclass, cols->types[i], amname, am);
		if (elem->opclassopts)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("operator class %s has no options", NameListToString(list_make1(makeString(get_am_name(am))))));
		if (!amcanorder)
			continue;
		if (elem->ordering == SORTBY_DESC)
			cols->options[i] |= INDOPTION_DESC;
		/* NULLS FIRST is the default for DESC */
		if (elem->nulls_ordering == SORTBY_NULLS_FIRST || (elem->nulls_ordering == SORTBY_NULLS_DEFAULT && elem->ordering == SORTBY_DESC))
			cols->options[i] |= INDOPTION_NULLS_FIRST;
	}
}

/* ---- CREATE INDEX ----------------------------------------------------------------------------------------------------------------------------- */
static Oid
index_tablespace(IndexStmt *stmt, Relation rel)
{
	Oid tablespace = stmt->tableSpace ? get_tablespace_oid(stmt->tableSpace, false) : GetDefaultTablespace(rel->rd_rel->relpersistence, false);

	if (OidIsValid(tablespace) && tablespace != MyDatabaseTableSpace && pg_tablespace_aclcheck(tablespace, GetUserId(), ACL_CREATE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLESPACE, get_tablespace_name(tablespace));
	if (tablespace == GLOBALTABLESPACE_OID)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("only shared relations can be placed in pg_global tablespace"));
	return tablespace;
}

static void
check_table(Relation rel, bool check_rights, Oid nsp)
{
	switch (rel->rd_rel->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_MATVIEW:
			break;
		default:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot create index on relation \"%s\"", RelationGetRelationName(rel)),
					errdetail_relkind_not_supported(rel->rd_rel->relkind));
	}
	if (RELATION_IS_OTHER_TEMP(rel))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot create indexes on temporary tables of other sessions"));
	if (check_rights && !IsBootstrapProcessingMode() && pg_namespace_aclcheck(nsp, GetUserId(), ACL_CREATE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, get_namespace_name(nsp));
}

static void
check_method(IndexStmt *stmt, Oid am, int nkeys, bool including)
{
	if (am != BTREE_AM_OID)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("access method \"%s\" is not supported", stmt->accessMethod));
}

static void
check_predicate(Node *predicate)
{
	if (contain_mutable_functions((Node *) expression_planner((Expr *) predicate)))
		ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("functions in index predicate must be marked IMMUTABLE"));
}

/* The columns of a primary key become NOT NULL. */
static void
force_not_null(Relation rel, const IndexInfo *info, bool is_alter_table)
{
	List *cmds = NIL;

	for (int i = 0; i < info->ii_NumIndexKeyAttrs; i++)
	{
		AttrNumber attnum = info->ii_IndexAttrNumbers[i];
		AlterTableCmd *cmd;

		if (attnum == 0)
			elog(ERROR, "primary keys cannot be expressions");
		if (attnum < 0 || TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attnotnull)
			continue;
		cmd = makeNode(AlterTableCmd);
		cmd->subtype = AT_SetNotNull;
		cmd->name = pstrdup(NameStr(TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attname));
		cmds = lappend(cmds, cmd);
	}
	if (cmds != NIL)
		AlterTableInternal(RelationGetRelid(rel), cmds, false);
}

static bool
has_primary_key(Relation rel)
{
	return OidIsValid(RelationGetPrimaryKeyIndex(rel));
}

ObjectAddress
DefineIndex(Oid relationId, IndexStmt *stmt, Oid indexRelationId, Oid parentIndexId, Oid parentConstraintId, bool is_alter_table,
			bool check_rights, bool check_not_in_use, bool skip_build, bool quiet)
{
	Relation rel = table_open(relationId, ShareLock);
	List *all = list_concat(list_copy(stmt->indexParams), stmt->indexIncludingParams);
	int nkeys = list_length(stmt->indexParams);
	Oid nsp = RelationGetNamespace(rel);
	Oid am = get_am_oid(stmt->accessMethod, false);
	IndexInfo *info = (IndexInfo *) newNode(sizeof(IndexInfo), T_IndexInfo);
	IndexColumns *cols = palloc0(sizeof(IndexColumns));
	bits16 flags = 0;
	bits16 constr_flags = 0;
	List *names;
	Datum reloptions;
	Oid tablespace;
	Oid oid;
	ObjectAddress address;

	if (nkeys <= 0 && stmt->indexIncludingParams == NIL)
		ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("must specify at least one column"));
	if (list_length(all) > INDEX_MAX_KEYS)
		ereport(ERROR, errcode(ERRCODE_TOO_MANY_COLUMNS), errmsg("cannot use more than %d columns in an index", INDEX_MAX_KEYS));
	if (stmt->excludeOpNames)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("exclusion constraints are not supported"));
	check_table(rel, check_rights, nsp);
	if (check_not_in_use)
		CheckTableNotInUse(rel, is_alter_table ? "ALTER TABLE" : "CREATE INDEX");
	tablespace = index_tablespace(stmt, rel);
	if (stmt->primary && has_primary_key(rel))
		ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				errmsg("multiple primary keys for table \"%s\" are not allowed", RelationGetRelationName(rel)));
	names = choose_column_names(all);
	if (stmt->idxname == NULL)
		stmt->idxname = choose_index_name(RelationGetRelationName(rel), nsp, names, stmt->primary, stmt->isconstraint);
	check_method(stmt, am, nkeys, stmt->indexIncludingParams != NIL);
	if (stmt->whereClause)
		check_predicate(stmt->whereClause);
	reloptions = transformRelOptions((Datum) 0, stmt->options, NULL, NULL, false, false);
	(void) index_reloptions(NULL, reloptions, true);

	info->ii_NumIndexAttrs = list_length(all);
	info->ii_NumIndexKeyAttrs = nkeys;
	info->ii_Unique = stmt->unique;
	info->ii_NullsNotDistinct = stmt->nulls_not_distinct;
	info->ii_ReadyForInserts = true;
	info->ii_Am = am;
	info->ii_Context = CurrentMemoryContext;
	info->ii_Predicate = make_ands_implicit((Expr *) stmt->whereClause);
	compute_columns(info, cols, all, rel, stmt->accessMethod, am, true, stmt->isconstraint);
	if (stmt->primary)
		force_not_null(rel, info, is_alter_table);

	flags |= stmt->primary ? INDEX_CREATE_IS_PRIMARY : 0;
	flags |= stmt->isconstraint ? INDEX_CREATE_ADD_CONSTRAINT : 0;
	flags |= skip_build ? INDEX_CREATE_SKIP_BUILD : 0;
	flags |= stmt->if_not_exists ? INDEX_CREATE_IF_NOT_EXISTS : 0;
	constr_flags |= stmt->deferrable ? INDEX_CONSTR_CREATE_DEFERRABLE : 0;
	constr_flags |= stmt->initdeferred ? INDEX_CONSTR_CREATE_INIT_DEFERRED : 0;
	oid = index_create(rel, stmt->idxname, indexRelationId, InvalidOid, InvalidOid, InvalidOid, info, names, am, tablespace, cols->collations,
					   cols->classes, cols->options, reloptions, flags, constr_flags, allowSystemTableMods, !check_rights, NULL);
	ObjectAddressSet(address, RelationRelationId, oid);
	if (OidIsValid(oid) && stmt->idxcomment)
		CreateComments(oid, RelationRelationId, 0, stmt->idxcomment);
	table_close(rel, NoLock);
	return address;
}

void
create_index_execute(IndexStmt *stmt, const char *queryString, bool isTopLevel)
{
	Oid relid;

	if (stmt->concurrent)
		PreventInTransactionBlock(isTopLevel, "CREATE INDEX CONCURRENTLY");
	relid = RangeVarGetRelidExtended(stmt->relation, ShareLock, 0, RangeVarCallbackOwnsRelation, NULL);
	stmt = transformIndexStmt(relid, stmt, queryString);
	DefineIndex(relid, stmt, InvalidOid, InvalidOid, InvalidOid, false, true, true, false, false);
}

/* ---- REINDEX -------------------------------------------------------------------------------------------------------------------------------------- */
static void
parse_reindex_options(ParseState *pstate, ReindexStmt *stmt, ReindexParams *params, bool *concurrently)
{
	ListCell *lc;

	*concurrently = false;
	foreach(lc, stmt->params)
	{
		DefElem *opt = lfirst(lc);

		if (strcmp(opt->defname, "verbose") == 0)
			params->options |= defGetBoolean(opt) ? REINDEXOPT_VERBOSE : 0;
		else if (strcmp(opt->defname, "concurrently") == 0)
			*concurrently = defGetBoolean(opt);
		else if (strcmp(opt->defname, "tablespace") == 0)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("REINDEX with TABLESPACE is not supported"));
		else
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("unrecognized REINDEX option \"%s\"", opt->defname),
					parser_errposition(pstate, opt->location));
	}
}

static List *
tables_to_reindex(ReindexStmt *stmt)
{
	Relation pg_class = table_open(RelationRelationId, AccessShareLock);
	TableScanDesc scan = table_beginscan_catalog(pg_class, 0, NULL);
	Oid nsp = stmt->kind == REINDEX_OBJECT_SCHEMA ? get_namespace_oid(stmt->name, false) : InvalidOid;
	List *result = NIL;
	HeapTuple tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);

		if (form->relkind != RELKIND_RELATION && form->relkind != RELKIND_MATVIEW)
			continue;
		if ((OidIsValid(nsp) && form->relnamespace != nsp) || IsCatalogRelationOid(form->oid))
			continue;
		if (form->relpersistence == RELPERSISTENCE_TEMP && !isTempNamespace(form->relnamespace))
			continue;
		if (pg_class_ownercheck(form->oid, GetUserId()))
			result = lappend_oid(result, form->oid);
	}
	table_endscan(scan);
	table_close(pg_class, AccessShareLock);
	return result;
}

void
ExecReindex(ParseState *pstate, ReindexStmt *stmt, bool isTopLevel)
{
	ReindexParams params = {0};
	bool concurrently;
	ListCell *lc;
	Oid oid;

	parse_reindex_options(pstate, stmt, &params, &concurrently);
	if (concurrently)
		PreventInTransactionBlock(isTopLevel, "REINDEX CONCURRENTLY");
	switch (stmt->kind)
	{
		case REINDEX_OBJECT_INDEX:
			oid = RangeVarGetRelidExtended(stmt->relation, AccessExclusiveLock, 0, RangeVarCallbackOwnsRelation, NULL);
			if (get_rel_relkind(oid) != RELKIND_INDEX)
				ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not an index", stmt->relation->relname));
			reindex_index(oid, false, get_rel_persistence(oid), &params);
			break;
		case REINDEX_OBJECT_TABLE:
			oid = RangeVarGetRelidExtended(stmt->relation, ShareLock, 0, RangeVarCallbackOwnsTable, NULL);
			if (!reindex_relation(oid, REINDEX_REL_PROCESS_TOAST | REINDEX_REL_CHECK_CONSTRAINTS, &params))
				ereport(NOTICE, errmsg("table \"%s\" has no indexes to reindex", stmt->relation->relname));
			break;
		case REINDEX_OBJECT_SYSTEM:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("REINDEX SYSTEM is not supported"));
			break;
		default:
			PreventInTransactionBlock(isTopLevel, stmt->kind == REINDEX_OBJECT_SCHEMA ? "REINDEX SCHEMA" : "REINDEX DATABASE");
			if (stmt->kind == REINDEX_OBJECT_DATABASE && stmt->name && strcmp(stmt->name, get_database_name(MyDatabaseId)) != 0)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("can only reindex the currently open database"));
			foreach(lc, tables_to_reindex(stmt))
			{
				reindex_relation(lfirst_oid(lc), REINDEX_REL_PROCESS_TOAST | REINDEX_REL_CHECK_CONSTRAINTS, &params);
				CommandCounterIncrement();
			}
	}
}
