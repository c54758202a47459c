/*
 * copy.c
 *    COPY: options, privileges, column lists.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "commands/copy_internal.h"
#include "commands/defrem.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/rel.h"

const char copy_binary_signature[11] = "PGCOPY\n\377\r\n\0";

/* ---- options ---- */
static void
conflicting(ParseState *pstate, DefElem *def)
{
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("conflicting or redundant options"),
			parser_errposition(pstate, def->location));
}

static CopyHeader
header_choice(DefElem *def, bool is_from)
{
	char *s;

	if (def->arg == NULL)
		return COPY_HEADER;
	if (IsA(def->arg, Integer))
	{
		if (intVal(def->arg) == 0 || intVal(def->arg) == 1)
			return intVal(def->arg) ? COPY_HEADER : COPY_NO_HEADER;
	}
	else
	{
		s = defGetString(def);
		if (strcasecmp(s, "true") == 0 || strcasecmp(s, "on") == 0)
			return COPY_HEADER;
		if (strcasecmp(s, "false") == 0 || strcasecmp(s, "off") == 0)
			return COPY_NO_HEADER;
		if (strcasecmp(s, "match") == 0)
		{
			if (!is_from)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("cannot use \"%s\" with HEADER in COPY TO", s));
			return COPY_HEADER_MATCH;
		}
	}
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("%s requires a Boolean value or \"match\"", def->defname));
}

typedef struct RawOptions
{
	char *delim;
	char *quote;
	char *escape;
	char *encoding;
	uint32 seen;
} RawOptions;

enum
{
	SEEN_FORMAT = 1,
	SEEN_FREEZE = 2,
	SEEN_DELIM = 4,
	SEEN_NULL = 8,
	SEEN_HEADER = 16,
	SEEN_QUOTE = 32,
	SEEN_ESCAPE = 64,
	SEEN_FORCE_QUOTE = 128,
	SEEN_FORCE_NOT_NULL = 256,
	SEEN_FORCE_NULL = 512,
	SEEN_ENCODING = 1024
};

static void
once(ParseState *pstate, DefElem *def, RawOptions *raw, uint32 bit)
{
	if (raw->seen & bit)
		conflicting(pstate, def);
	raw->seen |= bit;
}

static List *
column_list(ParseState *pstate, DefElem *def)
{
	if (def->arg == NULL || !IsA(def->arg, List))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("argument to option \"%s\" must be a list of column names", def->defname),
				parser_errposition(pstate, def->location));
	return (List *) def->arg;
}

static void
read_option(ParseState *pstate, DefElem *def, bool is_from, CopyOptions *o, RawOptions *raw)
{
	const char *name = def->defname;

	if (strcmp(name, "format") == 0)
	{
		char *fmt = defGetString(def);

		once(pstate, def, raw, SEEN_FORMAT);
		if (strcmp(fmt, "csv") == 0)
			o->csv = true;
		else if (strcmp(fmt, "binary") == 0)
			o->binary = true;
		else if (strcmp(fmt, "text") != 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("COPY format \"%s\" not recognized", fmt),
					parser_errposition(pstate, def->location));
	}
	else if (strcmp(name, "freeze") == 0)
	{
		once(pstate, def, raw, SEEN_FREEZE);
		o->freeze = defGetBoolean(def);
	}
	else if (strcmp(name, "delimiter") == 0)
	{
		once(pstate, def, raw, SEEN_DELIM);
		raw->delim = defGetString(def);
	}
	else if (strcmp(name, "null") == 0)
	{
		once(pstate, def, raw, SEEN_NULL);
		o->null_print = defGetString(def);
	}
	else if (strcmp(name, "header") == 0)
	{
		once(pstate, def, raw, SEEN_HEADER);
		o->header = header_choice(def, is_from);
	}
	else if (strcmp(name, "quote") == 0)
	{
		once(pstate, def, raw, SEEN_QUOTE);
		raw->quote = defGetString(def);
	}
	else if (strcmp(name, "escape") == 0)
	{
		once(pstate, def, raw, SEEN_ESCAPE);
		raw->escape = defGetString(def);
	}
	else if (strcmp(name, "force_quote") == 0)
	{
		once(pstate, def, raw, SEEN_FORCE_QUOTE);
		if (def->arg && IsA(def->arg, A_Star))
			o->force_quote_all = true;
		else
			o->force_quote = column_list(pstate, def);
	}
	else if (strcmp(name, "force_not_null") == 0)
	{
		once(pstate, def, raw, SEEN_FORCE_NOT_NULL);
		o->force_notnull = column_list(pstate, def);
	}
	else if (strcmp(name, "force_null") == 0)
	{
		once(pstate, def, raw, SEEN_FORCE_NULL);
		o->force_null = column_list(pstate, def);
	}
	else if (strcmp(name, "encoding") == 0)
	{
		once(pstate, def, raw, SEEN_ENCODING);
		o->encoding = pg_char_to_encoding(defGetString(def));
		if (o->encoding < 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("argument to option \"%s\" must be a valid encoding name", name),
					parser_errposition(pstate, def->location));
	}
	else
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("option \"%s\" not recognized", name),
				parser_errposition(pstate, def->location));
}

static void
bad_option(int code, const char *text)
{
	ereport(ERROR, errcode(code), errmsg("%s", text));
}

/* What fits together; in the order in which PostgreSQL complains. */
static void
check_options(CopyOptions *o, RawOptions *raw, bool is_from)
{
	if (o->binary && raw->delim)
		bad_option(ERRCODE_SYNTAX_ERROR, "cannot specify DELIMITER in BINARY mode");
	if (o->binary && o->null_print)
		bad_option(ERRCODE_SYNTAX_ERROR, "cannot specify NULL in BINARY mode");
	if (raw->delim == NULL)
		raw->delim = o->csv ? "," : "\t";
	if (o->null_print == NULL)
		o->null_print = o->csv ? "" : "\\N";
	o->null_len = (int) strlen(o->null_print);
	if (o->csv)
	{
		if (raw->quote == NULL)
			raw->quote = "\"";
		if (raw->escape == NULL)
			raw->escape = raw->quote;
	}
	if (strlen(raw->delim) != 1)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY delimiter must be a single one-byte character");
	if (strchr(raw->delim, '\r') || strchr(raw->delim, '\n'))
		bad_option(ERRCODE_INVALID_PARAMETER_VALUE, "COPY delimiter cannot be newline or carriage return");
	if (strchr(o->null_print, '\r') || strchr(o->null_print, '\n'))
		bad_option(ERRCODE_INVALID_PARAMETER_VALUE, "COPY null representation cannot use newline or carriage return");
	if (!o->csv && strchr("\\.abcdefghijklmnopqrstuvwxyz0123456789", raw->delim[0]) != NULL)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("COPY delimiter cannot be \"%s\"", raw->delim));
	if (o->binary && o->header != COPY_NO_HEADER)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot specify HEADER in BINARY mode");
	if (!o->csv && raw->quote)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY quote available only in CSV mode");
	if (o->csv && strlen(raw->quote) != 1)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY quote must be a single one-byte character");
	if (o->csv && raw->delim[0] == raw->quote[0])
		bad_option(ERRCODE_INVALID_PARAMETER_VALUE, "COPY delimiter and quote must be different");
	if (!o->csv && raw->escape)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY escape available only in CSV mode");
	if (o->csv && strlen(raw->escape) != 1)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY escape must be a single one-byte character");
	if (!o->csv && (o->force_quote || o->force_quote_all))
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY force quote available only in CSV mode");
	if ((o->force_quote || o->force_quote_all) && is_from)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY force quote only available using COPY TO");
	if (!o->csv && o->force_notnull)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY force not null available only in CSV mode");
	if (o->force_notnull && !is_from)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY force not null only available using COPY FROM");
	if (!o->csv && o->force_null)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY force null available only in CSV mode");
	if (o->force_null && !is_from)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY force null only available using COPY FROM");
	if (strchr(o->null_print, raw->delim[0]) != NULL)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "COPY delimiter must not appear in the NULL specification");
	if (o->csv && strchr(o->null_print, raw->quote[0]) != NULL)
		bad_option(ERRCODE_FEATURE_NOT_SUPPORTED, "CSV quote character must not appear in the NULL specification");
	o->delim = raw->delim[0];
	o->quote = raw->quote ? raw->quote[0] : 0;
	o->escape = raw->escape ? raw->escape[0] : 0;
}

static void
process_options(ParseState *pstate, List *options, bool is_from, CopyOptions *o)
{
	RawOptions raw = {0};
	ListCell *lc;

	memset(o, 0, sizeof(*o));
	o->encoding = pg_get_client_encoding();
	foreach (lc, options)
		read_option(pstate, lfirst_node(DefElem, lc), is_from, o, &raw);
	check_options(o, &raw, is_from);
}

/* ---- columns ---- */
List *
copy_attnums(TupleDesc desc, Relation rel, List *names)
{
	List *result = NIL;
	ListCell *lc;

	if (names == NIL)
	{
		for (int i = 0; i < desc->natts; i++)
			if (!TupleDescAttr(desc, i)->attisdropped && !TupleDescAttr(desc, i)->attgenerated)
				result = lappend_int(result, i + 1);
		return result;
	}
	foreach (lc, names)
	{
		char *name = strVal(lfirst(lc));
		int attnum = 0;

		for (int i = 0; i < desc->natts && attnum == 0; i++)
		{
			Form_pg_attribute att = TupleDescAttr(desc, i);

			if (att->attisdropped || namestrcmp(&att->attname, name) != 0)
				continue;
			if (att->attgenerated)
				ereport(ERROR, errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
						errmsg("column \"%s\" is a generated column", name),
						errdetail("Generated columns cannot be used in COPY."));
			attnum = i + 1;
		}
		if (attnum == 0)
		{
			if (rel)
				ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("column \"%s\" of relation \"%s\" does not exist", name, RelationGetRelationName(rel)));
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("column \"%s\" does not exist", name));
		}
		if (list_member_int(result, attnum))
			ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN), errmsg("column \"%s\" specified more than once", name));
		result = lappend_int(result, attnum);
	}
	return result;
}

bool *
copy_column_flags(TupleDesc desc, Relation rel, List *names, List *attnums, const char *what)
{
	bool *flags = palloc0_array(bool, Max(desc->natts, 1));
	ListCell *lc;

	if (names == NIL)
		return flags;
	foreach (lc, copy_attnums(desc, rel, names))
	{
		int a = lfirst_int(lc);

		if (!list_member_int(attnums, a))
			ereport(ERROR, errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
					errmsg("%s column \"%s\" not referenced by COPY", what, NameStr(TupleDescAttr(desc, a - 1)->attname)));
		flags[a - 1] = true;
	}
	return flags;
}

/* ---- privileges ---- */
static void
check_file_access(const CopyStmt *stmt)
{
	if (stmt->filename == NULL)
		return;
	if (stmt->is_program)
	{
		if (!has_privs_of_role(GetUserId(), ROLE_PG_EXECUTE_SERVER_PROGRAM))
			ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					errmsg("must be superuser or have privileges of the pg_execute_server_program role to COPY to or from "
						   "an external program"),
					errhint("Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone."));
		return;
	}
	if (stmt->is_from && !has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("must be superuser or have privileges of the pg_read_server_files role to COPY from a file"),
				errhint("Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone."));
	if (!stmt->is_from && !has_privs_of_role(GetUserId(), ROLE_PG_WRITE_SERVER_FILES))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("must be superuser or have privileges of the pg_write_server_files role to COPY to a file"),
				errhint("Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone."));
}

static void
check_table_insert(Relation rel, List *attnums)
{
	Oid relid = RelationGetRelid(rel);
	ListCell *lc;

	if (pg_class_aclcheck(relid, GetUserId(), ACL_INSERT) == ACLCHECK_OK)
		return;
	foreach (lc, attnums)
		if (pg_attribute_aclcheck(relid, lfirst_int(lc), GetUserId(), ACL_INSERT) != ACLCHECK_OK)
			aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, RelationGetRelationName(rel));
}

static Node *
transform_where(ParseState *pstate, Relation rel, Node *where)
{
	ParseNamespaceItem *item;

	if (where == NULL)
		return NULL;
	item = addRangeTableEntryForRelation(pstate, rel, RowExclusiveLock, NULL, false, false);
	addNSItemToQuery(pstate, item, false, true, true);
	where = transformExpr(pstate, where, EXPR_KIND_COPY_WHERE);
	where = coerce_to_boolean(pstate, where, "WHERE");
	assign_expr_collations(pstate, where);
	return eval_const_expressions(NULL, where);
}

/* COPY table TO as a query: SELECT columns FROM ONLY table. */
static RawStmt *
select_of_table(Relation rel, const CopyStmt *stmt, List *attnums, int location, int len)
{
	SelectStmt *select = makeNode(SelectStmt);
	RangeVar *from = copyObject(stmt->relation);
	RawStmt *raw = makeNode(RawStmt);
	ListCell *lc;

	foreach (lc, attnums)
	{
		ColumnRef *cr = makeNode(ColumnRef);
		ResTarget *rt = makeNode(ResTarget);

		cr->fields = list_make1(
			makeString(pstrdup(NameStr(TupleDescAttr(RelationGetDescr(rel), lfirst_int(lc) - 1)->attname))));
		cr->location = -1;
		rt->val = (Node *) cr;
		rt->location = -1;
		select->targetList = lappend(select->targetList, rt);
	}
	from->inh = false;
	select->fromClause = list_make1(from);
	select->limitOption = LIMIT_OPTION_COUNT;
	raw->stmt = (Node *) select;
	raw->stmt_location = location;
	raw->stmt_len = len;
	return raw;
}

static void
check_copy_to_kind(Relation rel)
{
	const char *what = NULL;

	switch (rel->rd_rel->relkind)
	{
		case RELKIND_RELATION:
			return;
		case RELKIND_VIEW:
			what = "view";
			break;
		case RELKIND_MATVIEW:
			what = "materialized view";
			break;
		case RELKIND_FOREIGN_TABLE:
			what = "foreign table";
			break;
		case RELKIND_PARTITIONED_TABLE:
			what = "partitioned table";
			break;
		case RELKIND_SEQUENCE:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot copy from sequence \"%s\"", RelationGetRelationName(rel)));
		default:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot copy from non-table relation \"%s\"", RelationGetRelationName(rel)));
	}
	ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
			errmsg("cannot copy from %s \"%s\"", what, RelationGetRelationName(rel)),
			errhint("Try the COPY (SELECT ...) TO variant."));
}

void
DoCopy(ParseState *pstate, const CopyStmt *stmt, int stmt_location, int stmt_len, uint64 *processed)
{
	CopyOptions opts;
	Relation rel = NULL;
	List *attnums = NIL;
	RawStmt *query = NULL;

	check_file_access(stmt);
	if (stmt->relation)
	{
		rel = table_openrv(stmt->relation, stmt->is_from ? RowExclusiveLock : AccessShareLock);
		attnums = copy_attnums(RelationGetDescr(rel), rel, stmt->attlist);
		if (stmt->is_from)
			check_table_insert(rel, attnums);
		else
		{
			check_copy_to_kind(rel);
			query = select_of_table(rel, stmt, attnums, stmt_location, stmt_len);
		}
	}
	else
	{
		query = makeNode(RawStmt);
		query->stmt = stmt->query;
		query->stmt_location = stmt_location;
		query->stmt_len = stmt_len;
	}
	process_options(pstate, stmt->options, stmt->is_from, &opts);
	if (stmt->is_from)
	{
		Node *where = transform_where(pstate, rel, stmt->whereClause);

		if (XactReadOnly && !rel->rd_islocaltemp)
			PreventCommandIfReadOnly("COPY FROM");
		*processed = copy_from(pstate, rel, stmt, &opts, attnums, where);
	}
	else
		*processed = copy_to(pstate, rel, stmt, &opts, attnums, query);
	if (rel)
		table_close(rel, NoLock);
}
