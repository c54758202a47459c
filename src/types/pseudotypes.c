/*
 * pseudotypes.c
 *    Input and output of types that have no values of their own: errors, or what stands for them in messages.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "types/array_internal.h"
#include "utils/builtins.h"

static void pg_attribute_noreturn()
no_input(const char *type_name)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot accept a value of type %s", type_name));
}

static void pg_attribute_noreturn()
no_output(const char *type_name)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot display a value of type %s", type_name));
}

Datum
any_in(PG_FUNCTION_ARGS)
{
	no_input("any");
}

Datum
any_out(PG_FUNCTION_ARGS)
{
	no_output("any");
}

Datum
anyelement_in(PG_FUNCTION_ARGS)
{
	no_input("anyelement");
}

Datum
anyelement_out(PG_FUNCTION_ARGS)
{
	no_output("anyelement");
}

Datum
anynonarray_in(PG_FUNCTION_ARGS)
{
	no_input("anynonarray");
}

Datum
anynonarray_out(PG_FUNCTION_ARGS)
{
	no_output("anynonarray");
}

Datum
anyenum_in(PG_FUNCTION_ARGS)
{
	no_input("anyenum");
}

Datum
anyenum_out(PG_FUNCTION_ARGS)
{
	return enum_out(fcinfo);
}

Datum
anycompatible_in(PG_FUNCTION_ARGS)
{
	no_input("anycompatible");
}

Datum
anycompatible_out(PG_FUNCTION_ARGS)
{
	no_output("anycompatible");
}

Datum
anycompatiblenonarray_in(PG_FUNCTION_ARGS)
{
	no_input("anycompatiblenonarray");
}

Datum
anycompatiblenonarray_out(PG_FUNCTION_ARGS)
{
	no_output("anycompatiblenonarray");
}

/* There are no range values to print until the range types are written. */
static void pg_attribute_noreturn()
no_range_output(const char *feature)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s are not supported", feature));
}

Datum
anyrange_in(PG_FUNCTION_ARGS)
{
	no_input("anyrange");
}

Datum
anyrange_out(PG_FUNCTION_ARGS)
{
	no_range_output("range types");
}

Datum
anymultirange_in(PG_FUNCTION_ARGS)
{
	no_input("anymultirange");
}

Datum
anymultirange_out(PG_FUNCTION_ARGS)
{
	no_range_output("multirange types");
}

Datum
anycompatiblerange_in(PG_FUNCTION_ARGS)
{
	no_input("anycompatiblerange");
}

Datum
anycompatiblerange_out(PG_FUNCTION_ARGS)
{
	no_range_output("range types");
}

Datum
anycompatiblemultirange_in(PG_FUNCTION_ARGS)
{
	no_input("anycompatiblemultirange");
}

Datum
anycompatiblemultirange_out(PG_FUNCTION_ARGS)
{
	no_range_output("multirange types");
}

Datum
trigger_in(PG_FUNCTION_ARGS)
{
	no_input("trigger");
}

Datum
trigger_out(PG_FUNCTION_ARGS)
{
	no_output("trigger");
}

Datum
event_trigger_in(PG_FUNCTION_ARGS)
{
	no_input("event_trigger");
}

Datum
event_trigger_out(PG_FUNCTION_ARGS)
{
	no_output("event_trigger");
}

Datum
language_handler_in(PG_FUNCTION_ARGS)
{
	no_input("language_handler");
}

Datum
language_handler_out(PG_FUNCTION_ARGS)
{
	no_output("language_handler");
}

Datum
fdw_handler_in(PG_FUNCTION_ARGS)
{
	no_input("fdw_handler");
}

Datum
fdw_handler_out(PG_FUNCTION_ARGS)
{
	no_output("fdw_handler");
}

Datum
table_am_handler_in(PG_FUNCTION_ARGS)
{
	no_input("table_am_handler");
}

Datum
table_am_handler_out(PG_FUNCTION_ARGS)
{
	no_output("table_am_handler");
}

Datum
index_am_handler_in(PG_FUNCTION_ARGS)
{
	no_input("index_am_handler");
}

Datum
index_am_handler_out(PG_FUNCTION_ARGS)
{
	no_output("index_am_handler");
}

Datum
tsm_handler_in(PG_FUNCTION_ARGS)
{
	no_input("tsm_handler");
}

Datum
tsm_handler_out(PG_FUNCTION_ARGS)
{
	no_output("tsm_handler");
}

Datum
internal_in(PG_FUNCTION_ARGS)
{
	no_input("internal");
}

Datum
internal_out(PG_FUNCTION_ARGS)
{
	no_output("internal");
}

Datum
pg_ddl_command_in(PG_FUNCTION_ARGS)
{
	no_input("pg_ddl_command");
}

Datum
pg_ddl_command_out(PG_FUNCTION_ARGS)
{
	no_output("pg_ddl_command");
}

Datum
pg_ddl_command_recv(PG_FUNCTION_ARGS)
{
	no_input("pg_ddl_command");
}

Datum
pg_ddl_command_send(PG_FUNCTION_ARGS)
{
	no_output("pg_ddl_command");
}

Datum
anyarray_in(PG_FUNCTION_ARGS)
{
	no_input("anyarray");
}

Datum
anyarray_out(PG_FUNCTION_ARGS)
{
	return array_out(fcinfo);
}

Datum
anyarray_recv(PG_FUNCTION_ARGS)
{
	no_input("anyarray");
}

Datum
anyarray_send(PG_FUNCTION_ARGS)
{
	return array_send(fcinfo);
}

Datum
anycompatiblearray_in(PG_FUNCTION_ARGS)
{
	no_input("anycompatiblearray");
}

Datum
anycompatiblearray_out(PG_FUNCTION_ARGS)
{
	return array_out(fcinfo);
}

Datum
anycompatiblearray_recv(PG_FUNCTION_ARGS)
{
	no_input("anycompatiblearray");
}

Datum
anycompatiblearray_send(PG_FUNCTION_ARGS)
{
	return array_send(fcinfo);
}

Datum
pg_node_tree_in(PG_FUNCTION_ARGS)
{
	no_input("pg_node_tree");
}

Datum
pg_node_tree_recv(PG_FUNCTION_ARGS)
{
	no_input("pg_node_tree");
}

Datum
pg_ndistinct_in(PG_FUNCTION_ARGS)
{
	no_input("pg_ndistinct");
}

Datum
pg_ndistinct_recv(PG_FUNCTION_ARGS)
{
	no_input("pg_ndistinct");
}

Datum
pg_dependencies_in(PG_FUNCTION_ARGS)
{
	no_input("pg_dependencies");
}

Datum
pg_dependencies_recv(PG_FUNCTION_ARGS)
{
	no_input("pg_dependencies");
}

Datum
pg_mcv_list_in(PG_FUNCTION_ARGS)
{
	no_input("pg_mcv_list");
}

Datum
pg_mcv_list_recv(PG_FUNCTION_ARGS)
{
	no_input("pg_mcv_list");
}

Datum
pg_node_tree_out(PG_FUNCTION_ARGS)
{
	return textout(fcinfo);
}

Datum
pg_node_tree_send(PG_FUNCTION_ARGS)
{
	return textsend(fcinfo);
}

/* ---- cstring: the text form itself */
Datum
cstring_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(pstrdup(PG_GETARG_CSTRING(0)));
}

Datum
cstring_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(pstrdup(PG_GETARG_CSTRING(0)));
}

Datum
cstring_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int nbytes;

	PG_RETURN_CSTRING(pq_getmsgtext(buf, buf->len - buf->cursor, &nbytes));
}

Datum
cstring_send(PG_FUNCTION_ARGS)
{
	char *str = PG_GETARG_CSTRING(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendtext(&buf, str, (int) strlen(str));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- void: a function must return something; it is shown as an empty string */
Datum
void_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_VOID();
}

Datum
void_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(pstrdup(""));
}

Datum
void_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);

	/* whatever was sent is skipped */
	buf->cursor = buf->len;
	PG_RETURN_VOID();
}

Datum
void_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- shell: a type that has been named but not defined yet */
Datum
shell_in(PG_FUNCTION_ARGS)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot accept a value of a shell type"));
}

Datum
shell_out(PG_FUNCTION_ARGS)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot display a value of a shell type"));
}

/* ---- unknown: a literal whose type is not resolved */
Datum
unknownin(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(pstrdup(PG_GETARG_CSTRING(0)));
}

Datum
unknownout(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(pstrdup(PG_GETARG_CSTRING(0)));
}

Datum
unknownrecv(PG_FUNCTION_ARGS)
{
	return cstring_recv(fcinfo);
}

Datum
unknownsend(PG_FUNCTION_ARGS)
{
	return cstring_send(fcinfo);
}
