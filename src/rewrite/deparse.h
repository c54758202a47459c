/*
 * deparse.h
 *    Trees back to SQL text, laid out as psql's \d and pg_dump expect.
 *
 * Pretty printing is three independent things: parentheses only where needed, lines and indentation, and leaving out the
 * schema of visible names. The text is built left to right in one buffer; indentation is a running level.
 */
#ifndef DEPARSE_H
#define DEPARSE_H

#include "access/tupdesc.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"

#define PRETTY_PAREN 0x01
#define PRETTY_INDENT 0x02
#define PRETTY_SCHEMA 0x04

#define INDENT_STD 8
#define INDENT_JOIN 4
#define INDENT_VAR 4
#define INDENT_LIMIT 40

/* The names of one range-table entry. colnames[i] NULL: dropped. */
typedef struct DeparseEntry
{
	char *refname;
	char **colnames;
	int ncolumns;
	bool print_aliases; /* column names differ from what the source would give */
} DeparseEntry;

/* Names of one query level; a list of these, innermost first, is what Vars are resolved in. */
typedef struct DeparseLevel
{
	List *rtable;
	DeparseEntry *entries;
	List *ctes;
} DeparseLevel;

typedef struct Deparse
{
	StringInfo buf;
	List *levels;
	List *window_clause;
	List *window_targets;
	int flags;
	int wrap_column;
	int indent;
	bool prefix;			/* always write table.column */
} Deparse;

/* deparse_names.c */
extern DeparseLevel *deparse_level_for_query(Query *query, List *outer);
extern DeparseLevel *deparse_level_for_relation(const char *refname, Oid relid);
extern DeparseEntry *deparse_entry_of(Deparse *d, int varno, int levelsup, RangeTblEntry **rte);
extern char *deparse_relation_name(Oid relid, List *levels);
extern char *deparse_qualified_relation_name(Oid relid);
extern char *deparse_function_name(Oid funcid, int nargs, List *argnames, Oid *argtypes, bool variadic, bool *use_variadic);
extern char *deparse_operator_name(Oid opno, Oid left, Oid right);
extern char *generate_collation_name(Oid collid);

/* deparse_expr.c */
extern void deparse_expr(Deparse *d, Node *node, bool show_implicit);
extern void deparse_expr_paren(Deparse *d, Node *node, bool show_implicit, Node *parent);
extern void deparse_const(Deparse *d, Const *c, int show_type);
extern void deparse_top_expr(Deparse *d, Node *node, bool show_implicit);
extern void deparse_string_literal(StringInfo buf, const char *value);
extern void deparse_expr_list(Deparse *d, List *list);

/* deparse_calls.c */
extern void deparse_function_call(Deparse *d, FuncExpr *call, bool show_implicit);
extern void deparse_aggregate(Deparse *d, Aggref *agg);
extern void deparse_window_function(Deparse *d, WindowFunc *wfunc);
extern void deparse_coercion(Deparse *d, Node *arg, Oid type, int32 typmod, Node *parent);

/* deparse_query.c */
extern void deparse_query(Deparse *d, Query *query, TupleDesc names);
extern void deparse_subquery(Deparse *d, Query *query, TupleDesc names);
extern void deparse_keyword(Deparse *d, const char *keyword, int before, int after, int plus);
extern void deparse_order_by(Deparse *d, List *sort, List *targets, bool force_colno);
extern void deparse_sort_group_expr(Deparse *d, Index ref, List *targets, bool force_colno);
extern void deparse_window_spec(Deparse *d, WindowClause *wc, List *targets);

#endif /* DEPARSE_H */
