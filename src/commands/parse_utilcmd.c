/*
 * parse_utilcmd.c
 *    Analysis of CREATE TABLE and CREATE INDEX: serial and identity columns become sequences, constraints become indexes and ALTER
 *    TABLEs, LIKE becomes columns.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "commands/defrem.h"
#include "commands/parse_utilcmd.h"
#include "commands/sequence.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_clause.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "parser/parse_type.h"
#include "rewrite/rewriteManip.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

typedef struct CreateContext
{
	ParseState *pstate;
	const char *stmt_type; /* "CREATE TABLE" or "ALTER TABLE" */
	RangeVar *relation;
	Relation rel; /* ALTER: the table */
	bool is_alter;
	List *columns;
	List *checks;
	List *fkeys;
	List *index_constraints;
	List *before; /* to run before the table is made */
	List *after;
	IndexStmt *pkey;
} CreateContext;

/* ---- serial and identity ------------------------------------------------------------------------------------------------------------ */
static List *
qualified_name(const char *schema, const char *name, const char *column)
{
	List *names = list_make2(makeString((char *) schema), makeString((char *) name));

	return column ? lappend(names, makeString((char *) column)) : names;
}

/* A sequence for the column: created before the table, owned by the column after. */
static void
generate_sequence(CreateContext *cxt, ColumnDef *column, Oid type, List *options, bool for_identity, char **schema_p, char **name_p)
{
	Oid nsp = cxt->rel ? RelationGetNamespace(cxt->rel) : RangeVarGetCreationNamespace(cxt->relation);
	char *schema;
	char *name = NULL;
	CreateSeqStmt *create = makeNode(CreateSeqStmt);
	AlterSeqStmt *own = makeNode(AlterSeqStmt);
	ListCell *lc;
	Oid owner = cxt->rel ? cxt->rel->rd_rel->relowner : InvalidOid;

	if (!cxt->rel)
		RangeVarAdjustRelationPersistence(cxt->relation, nsp);
	schema = get_namespace_name(nsp);
	options = list_copy(options);
	foreach(lc, options)
	{
		DefElem *def = lfirst(lc);

		if (strcmp(def->defname, "sequence_name") == 0)
		{
			RangeVar *rv = makeRangeVarFromNameList(castNode(List, def->arg));

			name = rv->relname;
			if (rv->schemaname)
				schema = rv->schemaname;
			options = foreach_delete_current(options, lc);
		}
	}
	if (name == NULL)
		name = ChooseRelationName(cxt->relation->relname, column->colname, "seq", nsp, false);
	ereport(DEBUG1, errmsg_internal("%s will create implicit sequence \"%s\" for serial column \"%s.%s\"", cxt->stmt_type, name,
									cxt->relation->relname, column->colname));
	create->for_identity = for_identity;
	create->sequence = makeRangeVar(schema, name, -1);
	create->sequence->relpersistence = cxt->rel ? cxt->rel->rd_rel->relpersistence : cxt->relation->relpersistence;
	if (OidIsValid(type))
		options = lcons(makeDefElem("as", (Node *) makeTypeNameFromOid(type, -1), -1), options);
	create->options = options;
	create->ownerId = owner;
	cxt->before = lappend(cxt->before, create);
	column->identitySequence = create->sequence;
	own->sequence = makeRangeVar(schema, name, -1);
	own->options = list_make1(makeDefElem("owned_by", (Node *) qualified_name(cxt->rel ? schema : schema, cxt->relation->relname, column->colname), -1));
	own->for_identity = for_identity;
	cxt->after = lappend(cxt->after, own);
	*schema_p = schema;
	*name_p = name;
}

static Oid
serial_type(const char *name)
{
	if (strcmp(name, "smallserial") == 0 || strcmp(name, "serial2") == 0)
		return INT2OID;
	if (strcmp(name, "serial") == 0 || strcmp(name, "serial4") == 0)
		return INT4OID;
	if (strcmp(name, "bigserial") == 0 || strcmp(name, "serial8") == 0)
		return INT8OID;
	return InvalidOid;
}

static Constraint *
make_not_null(void)
{
	Constraint *con = makeNode(Constraint);

	con->contype = CONSTR_NOTNULL;
	con->location = -1;
	return con;
}

static void
expand_serial(CreateContext *cxt, ColumnDef *column)
{
	Oid type;
	char *schema;
	char *name;
	A_Const *literal;
	TypeCast *cast;
	Constraint *def;

	if (column->typeName == NULL || list_length(column->typeName->names) != 1 || column->typeName->pct_type)
		return;
	type = serial_type(strVal(linitial(column->typeName->names)));
	if (!OidIsValid(type))
		return;
	if (column->typeName->arrayBounds != NIL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("array of serial is not implemented"),
				parser_errposition(cxt->pstate, column->typeName->location));
	column->typeName->names = NIL;
	column->typeName->typeOid = type;
	generate_sequence(cxt, column, type, NIL, false, &schema, &name);
	column->identitySequence = NULL;
	/* DEFAULT nextval('schema.seq'::regclass) */
	literal = makeNode(A_Const);
	literal->val.sval.type = T_String;
	literal->val.sval.sval = quote_qualified_identifier(schema, name);
	literal->location = -1;
	cast = makeNode(TypeCast);
	cast->typeName = makeTypeNameFromNameList(list_make2(makeString("pg_catalog"), makeString("regclass")));
	cast->arg = (Node *) literal;
	cast->location = -1;
	def = makeNode(Constraint);
	def->contype = CONSTR_DEFAULT;
	def->location = -1;
	def->raw_expr = (Node *) makeFuncCall(list_make2(makeString("pg_catalog"), makeString("nextval")), list_make1(cast), COERCE_EXPLICIT_CALL, -1);
	column->constraints = lappend(lappend(column->constraints, def), make_not_null());
}

/* ---- constraints of columns ------------------------------------------------------------------------------------------------------------ */
static void
misplaced(CreateContext *cxt, Constraint *con, const char *message)
{
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg_internal("%s", message), parser_errposition(cxt->pstate, con->location));
}

/* DEFERRABLE and the like come as separate items behind the constraint they belong to. */
static void
merge_attributes(CreateContext *cxt, List *constraints)
{
	Constraint *last = NULL;
	bool saw_deferrability = false;
	bool saw_initially = false;
	ListCell *lc;

#define SUPPORTS(con) ((con) != NULL && ((con)->contype == CONSTR_PRIMARY || (con)->contype == CONSTR_UNIQUE || \
										 (con)->contype == CONSTR_EXCLUSION || (con)->contype == CONSTR_FOREIGN))
	foreach(lc, constraints)
	{
		Constraint *con = lfirst(lc);

		switch (con->contype)
		{
			case CONSTR_ATTR_DEFERRABLE:
			case CONSTR_ATTR_NOT_DEFERRABLE:
				if (!SUPPORTS(last))
					misplaced(cxt, con, con->contype == CONSTR_ATTR_DEFERRABLE ? "misplaced DEFERRABLE clause" : "misplaced NOT DEFERRABLE clause");
				if (saw_deferrability)
					ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("multiple DEFERRABLE/NOT DEFERRABLE clauses not allowed"),
							parser_errposition(cxt->pstate, con->location));
				saw_deferrability = true;
				last->deferrable = con->contype == CONSTR_ATTR_DEFERRABLE;
				if (!last->deferrable && saw_initially && last->initdeferred)
					ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("constraint declared INITIALLY DEFERRED must be DEFERRABLE"),
							parser_errposition(cxt->pstate, con->location));
				break;
			case CONSTR_ATTR_DEFERRED:
			case CONSTR_ATTR_IMMEDIATE:
				if (!SUPPORTS(last))
					misplaced(cxt, con, con->contype == CONSTR_ATTR_DEFERRED ? "misplaced INITIALLY DEFERRED clause" : "misplaced INITIALLY IMMEDIATE clause");
				if (saw_initially)
					ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("multiple INITIALLY IMMEDIATE/DEFERRED clauses not allowed"),
							parser_errposition(cxt->pstate, con->location));
				saw_initially = true;
				last->initdeferred = con->contype == CONSTR_ATTR_DEFERRED;
				if (last->initdeferred)
				{
					if (!saw_deferrability)
						last->deferrable = true;
					else if (!last->deferrable)
						ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("constraint declared INITIALLY DEFERRED must be DEFERRABLE"),
								parser_errposition(cxt->pstate, con->location));
				}
				break;
			default:
				last = con;
				saw_deferrability = saw_initially = false;
		}
	}
}

static void
twice(CreateContext *cxt, const char *what, ColumnDef *column, int location)
{
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg(what, column->colname, cxt->relation->relname), parser_errposition(cxt->pstate, location));
}

static void
column_identity(CreateContext *cxt, ColumnDef *column, Constraint *con)
{
	Type type = typenameType(cxt->pstate, column->typeName, NULL);
	Oid typeOid = ((Form_pg_type) GETSTRUCT(type))->oid;
	char *schema;
	char *name;

	ReleaseSysCache(type);
	if (column->identity)
		twice(cxt, "multiple identity specifications for column \"%s\" of table \"%s\"", column, con->location);
	generate_sequence(cxt, column, typeOid, con->options, true, &schema, &name);
	column->identity = con->generated_when;
	column->is_not_null = true;
}

static void
column_constraint(CreateContext *cxt, ColumnDef *column, Constraint *con, bool *saw_null)
{
	switch (con->contype)
	{
		case CONSTR_NULL:
			if (*saw_null && column->is_not_null)
				twice(cxt, "conflicting NULL/NOT NULL declarations for column \"%s\" of table \"%s\"", column, con->location);
			column->is_not_null = false;
			*saw_null = true;
			break;
		case CONSTR_NOTNULL:
			if (*saw_null && !column->is_not_null)
				twice(cxt, "conflicting NULL/NOT NULL declarations for column \"%s\" of table \"%s\"", column, con->location);
			column->is_not_null = true;
			*saw_null = true;
			break;
		case CONSTR_DEFAULT:
			if (column->raw_default != NULL)
				twice(cxt, "multiple default values specified for column \"%s\" of table \"%s\"", column, con->location);
			column->raw_default = con->raw_expr;
			break;
		case CONSTR_IDENTITY:
			column_identity(cxt, column, con);
			*saw_null = true;
			break;
		case CONSTR_GENERATED:
			if (column->generated)
				twice(cxt, "multiple generation clauses specified for column \"%s\" of table \"%s\"", column, con->location);
			column->generated = ATTRIBUTE_GENERATED_STORED;
			column->raw_default = con->raw_expr;
			break;
		case CONSTR_CHECK:
			cxt->checks = lappend(cxt->checks, con);
			break;
		case CONSTR_PRIMARY:
		case CONSTR_UNIQUE:
			if (con->keys == NIL)
				con->keys = list_make1(makeString(column->colname));
			cxt->index_constraints = lappend(cxt->index_constraints, con);
			break;
		case CONSTR_FOREIGN:
			con->fk_attrs = list_make1(makeString(column->colname));
			cxt->fkeys = lappend(cxt->fkeys, con);
			break;
		case CONSTR_EXCLUSION:
			elog(ERROR, "column exclusion constraints are not supported");
		case CONSTR_ATTR_DEFERRABLE:
		case CONSTR_ATTR_NOT_DEFERRABLE:
		case CONSTR_ATTR_DEFERRED:
		case CONSTR_ATTR_IMMEDIATE:
			break;
		default:
			elog(ERROR, "unrecognized constraint type: %d", con->contype);
	}
}

static void
transform_column(CreateContext *cxt, ColumnDef *column)
{
	bool saw_null = false;
	ListCell *lc;

	cxt->columns = lappend(cxt->columns, column);
	expand_serial(cxt, column);
	if (column->typeName)
	{
		Type type = typenameType(cxt->pstate, column->typeName, NULL);

		if (column->collClause)
		{
			LookupCollation(cxt->pstate, column->collClause->collname, column->collClause->location);
			if (!OidIsValid(((Form_pg_type) GETSTRUCT(type))->typcollation))
				ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("collations are not supported by type %s", format_type_be(((Form_pg_type) GETSTRUCT(type))->oid)),
						parser_errposition(cxt->pstate, column->collClause->location));
		}
		ReleaseSysCache(type);
	}
	merge_attributes(cxt, column->constraints);
	foreach(lc, column->constraints)
		column_constraint(cxt, column, lfirst(lc), &saw_null);
	if (column->raw_default && column->identity)
		twice(cxt, "both default and identity specified for column \"%s\" of table \"%s\"", column, -1);
	if (column->generated && column->identity)
		twice(cxt, "both identity and generation expression specified for column \"%s\" of table \"%s\"", column, -1);
}

static void
transform_table_constraint(CreateContext *cxt, Constraint *con)
{
	switch (con->contype)
	{
		case CONSTR_PRIMARY:
		case CONSTR_UNIQUE:
			cxt->index_constraints = lappend(cxt->index_constraints, con);
			break;
		case CONSTR_EXCLUSION:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("exclusion constraints are not supported"));
		case CONSTR_CHECK:
			cxt->checks = lappend(cxt->checks, con);
			break;
		case CONSTR_FOREIGN:
			cxt->fkeys = lappend(cxt->fkeys, con);
			break;
		default:
			elog(ERROR, "invalid context for constraint type %d", con->contype);
	}
}

/* ---- indexes ------------------------------------------------------------------------------------------------------------------------------ */
static ColumnDef *
find_column(CreateContext *cxt, const char *name)
{
	ListCell *lc;

	foreach(lc, cxt->columns)
	{
		if (strcmp(((ColumnDef *) lfirst(lc))->colname, name) == 0)
			return lfirst(lc);
	}
	return NULL;
}

static void
add_index_column(CreateContext *cxt, IndexStmt *index, Constraint *con, const char *key, List **params)
{
	ColumnDef *column = find_column(cxt, key);
	IndexElem *elem = makeNode(IndexElem);
	ListCell *lc;

	if (column != NULL)
	{
		if (con->contype == CONSTR_PRIMARY && params == &index->indexParams)
			column->is_not_null = true;
	}
	else if (SystemAttributeByName(key) == NULL && !(cxt->rel && SearchSysCacheExistsAttName(RelationGetRelid(cxt->rel), key)))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("column \"%s\" named in key does not exist", key),
				parser_errposition(cxt->pstate, con->location));
	foreach(lc, *params)
	{
		if (((IndexElem *) lfirst(lc))->name && strcmp(((IndexElem *) lfirst(lc))->name, key) == 0)
			ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN),
					errmsg(con->contype == CONSTR_PRIMARY ? "column \"%s\" appears twice in primary key constraint"
														  : "column \"%s\" appears twice in unique constraint",
						   key),
					parser_errposition(cxt->pstate, con->location));
	}
	elem->name = pstrdup(key);
	*params = lappend(*params, elem);
}

static IndexStmt *
index_of_constraint(CreateContext *cxt, Constraint *con)
{
	IndexStmt *index = makeNode(IndexStmt);
	ListCell *lc;

	if (con->indexname != NULL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("constraints USING INDEX are not supported"));
	index->unique = true;
	index->primary = con->contype == CONSTR_PRIMARY;
	if (index->primary)
	{
		if (cxt->pkey != NULL)
			ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION),
					errmsg("multiple primary keys for table \"%s\" are not allowed", cxt->relation->relname),
					parser_errposition(cxt->pstate, con->location));
		cxt->pkey = index;
	}
	index->nulls_not_distinct = con->nulls_not_distinct;
	index->isconstraint = true;
	index->deferrable = con->deferrable;
	index->initdeferred = con->initdeferred;
	index->idxname = con->conname ? pstrdup(con->conname) : NULL;
	index->relation = cxt->relation;
	index->accessMethod = con->access_method ? con->access_method : DEFAULT_INDEX_TYPE;
	index->options = con->options;
	index->tableSpace = con->indexspace;
	index->if_not_exists = false;
	foreach(lc, con->keys)
		add_index_column(cxt, index, con, strVal(lfirst(lc)), &index->indexParams);
	foreach(lc, con->including)
		add_index_column(cxt, index, con, strVal(lfirst(lc)), &index->indexIncludingParams);
	return index;
}

/* The primary key first, so that it gets its name; then the others, without doubles. */
static List *
transform_index_constraints(CreateContext *cxt)
{
	List *result = NIL;
	List *all = NIL;
	ListCell *lc;

	foreach(lc, cxt->index_constraints)
	{
		IndexStmt *index = index_of_constraint(cxt, lfirst(lc));

		all = index->primary ? lcons(index, all) : lappend(all, index);
	}
	foreach(lc, all)
	{
		IndexStmt *index = lfirst(lc);
		ListCell *k;
		bool same = false;

		foreach(k, result)
		{
			IndexStmt *prior = lfirst(k);

			if (equal(index->indexParams, prior->indexParams) && equal(index->indexIncludingParams, prior->indexIncludingParams) &&
				equal(index->whereClause, prior->whereClause) && strcmp(index->accessMethod, prior->accessMethod) == 0 &&
				index->nulls_not_distinct == prior->nulls_not_distinct && index->deferrable == prior->deferrable &&
				index->initdeferred == prior->initdeferred)
			{
				prior->unique |= index->unique;
				if (prior->idxname == NULL)
					prior->idxname = index->idxname;
				same = true;
				break;
			}
		}
		if (!same)
			result = lappend(result, index);
	}
	return result;
}

/* ---- foreign keys --------------------------------------------------------------------------------------------------------------------------- */
static void
foreign_keys_after(CreateContext *cxt, bool skip_validation)
{
	AlterTableStmt *alter;
	ListCell *lc;

	if (cxt->fkeys == NIL)
		return;
	alter = makeNode(AlterTableStmt);
	alter->relation = cxt->relation;
	alter->objtype = OBJECT_TABLE;
	foreach(lc, cxt->fkeys)
	{
		AlterTableCmd *cmd = makeNode(AlterTableCmd);
		Constraint *con = lfirst(lc);

		if (skip_validation)
		{
			/* an empty table satisfies it */
			con->skip_validation = true;
			con->initially_valid = true;
		}
		cmd->subtype = AT_AddConstraint;
		cmd->def = (Node *) con;
		alter->cmds = lappend(alter->cmds, cmd);
	}
	cxt->after = lappend(cxt->after, alter);
}

/* ---- LIKE ------------------------------------------------------------------------------------------------------------------------------------ */
static Node *
column_default_tree(TupleDesc desc, AttrNumber attnum)
{
	for (int i = 0; desc->constr && i < desc->constr->num_defval; i++)
	{
		if (desc->constr->defval[i].adnum == attnum)
			return stringToNode(desc->constr->defval[i].adbin);
	}
	return NULL;
}

static void
like_column(CreateContext *cxt, TableLikeClause *like, Relation rel, Form_pg_attribute att)
{
	ColumnDef *def = makeColumnDef(NameStr(att->attname), att->atttypid, att->atttypmod, att->attcollation);
	TupleDesc desc = RelationGetDescr(rel);

	def->is_not_null = att->attnotnull;
	if ((like->options & CREATE_TABLE_LIKE_DEFAULTS) && att->atthasdef && !att->attgenerated)
	{
		def->cooked_default = column_default_tree(desc, att->attnum);
	}
	if ((like->options & CREATE_TABLE_LIKE_GENERATED) && att->attgenerated)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("LIKE INCLUDING GENERATED is not supported"));
	if ((like->options & CREATE_TABLE_LIKE_IDENTITY) && att->attidentity)
	{
		Oid seq = getIdentitySequence(RelationGetRelid(rel), att->attnum, false);
		char *schema;
		char *name;

		generate_sequence(cxt, def, InvalidOid, sequence_options(seq), true, &schema, &name);
		def->identity = att->attidentity;
	}
	if (like->options & CREATE_TABLE_LIKE_STORAGE)
		def->storage = att->attstorage;
	cxt->columns = lappend(cxt->columns, def);
}

static void
transform_like(CreateContext *cxt, TableLikeClause *like)
{
	Relation rel = relation_openrv(like->relation, AccessShareLock);
	TupleDesc desc = RelationGetDescr(rel);

	if (rel->rd_rel->relkind != RELKIND_RELATION && rel->rd_rel->relkind != RELKIND_VIEW && rel->rd_rel->relkind != RELKIND_MATVIEW &&
		rel->rd_rel->relkind != RELKIND_COMPOSITE_TYPE)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("relation \"%s\" is invalid in LIKE clause", RelationGetRelationName(rel)),
				errdetail_relkind_not_supported(rel->rd_rel->relkind));
	if (pg_class_aclcheck(RelationGetRelid(rel), GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(rel->rd_rel->relkind), RelationGetRelationName(rel));
	for (int i = 0; i < desc->natts; i++)
	{
		if (!TupleDescAttr(desc, i)->attisdropped)
			like_column(cxt, like, rel, TupleDescAttr(desc, i));
	}
	/* what is not supported must not be left out silently */
	if ((like->options & CREATE_TABLE_LIKE_CONSTRAINTS) && desc->constr && desc->constr->num_check > 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("LIKE INCLUDING CONSTRAINTS is not supported"));
	if ((like->options & CREATE_TABLE_LIKE_INDEXES) && rel->rd_rel->relhasindex && RelationGetIndexList(rel) != NIL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("LIKE INCLUDING INDEXES is not supported"));
	relation_close(rel, NoLock);
}

/* ---- CREATE TABLE ---------------------------------------------------------------------------------------------------------------------------- */
List *
transformCreateStmt(CreateStmt *stmt, const char *queryString)
{
	CreateContext cxt = {.stmt_type = "CREATE TABLE"};
	Oid existing;
	Oid nsp;
	ListCell *lc;
	List *result;

	if (stmt->partspec != NULL || stmt->partbound != NULL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("partitioned tables are not supported"));
	if (stmt->inhRelations != NIL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("table inheritance is not supported"));
	if (stmt->ofTypename != NULL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("typed tables are not supported"));
	cxt.pstate = make_parsestate(NULL);
	cxt.pstate->p_sourcetext = queryString;
	{
		ParseCallbackState pcb;

		setup_parser_errposition_callback(&pcb, cxt.pstate, stmt->relation->location);
		nsp = RangeVarGetAndCheckCreationNamespace(stmt->relation, NoLock, &existing);
		cancel_parser_errposition_callback(&pcb);
	}
	if (stmt->if_not_exists && OidIsValid(existing))
	{
		ereport(NOTICE, errcode(ERRCODE_DUPLICATE_TABLE), errmsg("relation \"%s\" already exists, skipping", stmt->relation->relname));
		return NIL;
	}
	/* The parts must find the table whatever the search path becomes. */
	if (stmt->relation->schemaname == NULL && stmt->relation->relpersistence != RELPERSISTENCE_TEMP)
		stmt->relation->schemaname = get_namespace_name(nsp);
	cxt.relation = stmt->relation;
	foreach(lc, stmt->tableElts)
	{
		Node *element = lfirst(lc);

		switch (nodeTag(element))
		{
			case T_ColumnDef:
				transform_column(&cxt, (ColumnDef *) element);
				break;
			case T_Constraint:
				transform_table_constraint(&cxt, (Constraint *) element);
				break;
			case T_TableLikeClause:
				transform_like(&cxt, (TableLikeClause *) element);
				break;
			default:
				elog(ERROR, "unrecognized node type: %d", (int) nodeTag(element));
		}
	}
	/* table-level attribute items belong to the constraint before them */
	merge_attributes(&cxt, stmt->constraints);
	foreach(lc, stmt->constraints)
		transform_table_constraint(&cxt, lfirst(lc));
	stmt->tableElts = cxt.columns;
	stmt->constraints = cxt.checks;
	result = lappend(cxt.before, stmt);
	result = list_concat(result, transform_index_constraints(&cxt));
	foreign_keys_after(&cxt, true);
	return list_concat(result, cxt.after);
}

/* ---- CREATE INDEX ------------------------------------------------------------------------------------------------------------------------------ */
IndexStmt *
transformIndexStmt(Oid relid, IndexStmt *stmt, const char *queryString)
{
	ParseState *pstate;
	ParseNamespaceItem *nsitem;
	Relation rel;
	ListCell *lc;

	if (stmt->transformed)
		return stmt;
	pstate = make_parsestate(NULL);
	pstate->p_sourcetext = queryString;
	rel = relation_open(relid, NoLock);
	nsitem = addRangeTableEntryForRelation(pstate, rel, AccessShareLock, NULL, false, true);
	addNSItemToQuery(pstate, nsitem, false, true, true);
	if (stmt->whereClause)
	{
		stmt->whereClause = transformWhereClause(pstate, stmt->whereClause, EXPR_KIND_INDEX_PREDICATE, "WHERE");
		assign_expr_collations(pstate, stmt->whereClause);
	}
	foreach(lc, stmt->indexParams)
	{
		IndexElem *elem = lfirst(lc);

		if (elem->expr == NULL)
			continue;
		if (elem->indexcolname == NULL)
			elem->indexcolname = FigureIndexColname(elem->expr);
		elem->expr = transformExpr(pstate, elem->expr, EXPR_KIND_INDEX_EXPRESSION);
		assign_expr_collations(pstate, elem->expr);
	}
	if (list_length(pstate->p_rtable) != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_COLUMN_REFERENCE), errmsg("index expressions and predicates can refer only to the table being indexed"));
	free_parsestate(pstate);
	table_close(rel, NoLock);
	stmt->transformed = true;
	return stmt;
}

/* ---- ALTER TABLE --------------------------------------------------------------------------------------------------------------------------------- */
static ColumnDef *
existing_column(Relation rel, const char *name)
{
	AttrNumber attnum = get_attnum(RelationGetRelid(rel), name);
	Form_pg_attribute att;
	ColumnDef *def;

	if (attnum <= 0)
		return NULL;
	att = TupleDescAttr(RelationGetDescr(rel), attnum - 1);
	def = makeColumnDef(name, att->atttypid, att->atttypmod, att->attcollation);
	def->is_not_null = att->attnotnull;
	return def;
}

static void
alter_add_identity(CreateContext *cxt, AlterTableCmd *cmd)
{
	Constraint *def = castNode(Constraint, cmd->def);
	ColumnDef *column = existing_column(cxt->rel, cmd->name);
	ColumnDef *identity = makeNode(ColumnDef);

	identity->colname = cmd->name;
	identity->identity = def->generated_when;
	if (column)
	{
		char *schema;
		char *name;

		generate_sequence(cxt, column, get_atttype(RelationGetRelid(cxt->rel), get_attnum(RelationGetRelid(cxt->rel), cmd->name)), def->options, true,
						  &schema, &name);
	}
	cmd->def = (Node *) identity;
}

static AlterTableCmd *
make_cmd(AlterTableType subtype, Node *def)
{
	AlterTableCmd *cmd = makeNode(AlterTableCmd);

	cmd->subtype = subtype;
	cmd->def = def;
	return cmd;
}

AlterTableStmt *
transformAlterTableStmt(Oid relid, AlterTableStmt *stmt, const char *queryString, List **beforeStmts, List **afterStmts)
{
	CreateContext cxt = {.stmt_type = "ALTER TABLE", .is_alter = true};
	ParseNamespaceItem *nsitem;
	List *cmds = NIL;
	List *indexes;
	ListCell *lc;

	cxt.pstate = make_parsestate(NULL);
	cxt.pstate->p_sourcetext = queryString;
	cxt.rel = relation_open(relid, NoLock);
	cxt.relation = makeRangeVar(get_namespace_name(RelationGetNamespace(cxt.rel)), pstrdup(RelationGetRelationName(cxt.rel)), -1);
	nsitem = addRangeTableEntryForRelation(cxt.pstate, cxt.rel, AccessShareLock, NULL, false, true);
	addNSItemToQuery(cxt.pstate, nsitem, false, true, true);
	foreach(lc, stmt->cmds)
	{
		AlterTableCmd *cmd = lfirst(lc);

		switch (cmd->subtype)
		{
			case AT_AddColumn:
				transform_column(&cxt, castNode(ColumnDef, cmd->def));
				cmds = lappend(cmds, cmd);
				break;
			case AT_AddConstraint:
			{
				Constraint *con = castNode(Constraint, cmd->def);

				if (con->contype == CONSTR_CHECK)
					cmds = lappend(cmds, cmd);
				else
					transform_table_constraint(&cxt, con);
				break;
			}
			case AT_AddIdentity:
				alter_add_identity(&cxt, cmd);
				cmds = lappend(cmds, cmd);
				break;
			case AT_AlterColumnType:
			{
				ColumnDef *def = castNode(ColumnDef, cmd->def);

				if (def->raw_default)
					def->cooked_default = transformExpr(cxt.pstate, def->raw_default, EXPR_KIND_ALTER_COL_TRANSFORM);
				cmds = lappend(cmds, cmd);
				break;
			}
			default:
				cmds = lappend(cmds, cmd);
		}
	}
	indexes = transform_index_constraints(&cxt);
	foreach(lc, indexes)
		cmds = lappend(cmds, make_cmd(AT_AddIndex, (Node *) transformIndexStmt(relid, lfirst(lc), queryString)));
	foreach(lc, cxt.checks) /* of new columns */
		cmds = lappend(cmds, make_cmd(AT_AddConstraint, lfirst(lc)));
	foreach(lc, cxt.fkeys)
		cmds = lappend(cmds, make_cmd(AT_AddConstraint, lfirst(lc)));
	relation_close(cxt.rel, NoLock);
	stmt->cmds = cmds;
	*beforeStmts = cxt.before;
	*afterStmts = cxt.after;
	return stmt;
}
