/*
 * catalog_functions.c
 *    SQL functions that answer questions about catalogs: partitions, descriptions of objects, properties of indexes, what may be
 *    updated. Where a kind of object does not exist here (partitions, extended statistics, publications), the answer is that there
 *    is none.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "rewrite/rewriteHandler.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

/* ---- partitions: none ------------------------------------------------------------------------------------------------------------ */
static Datum
empty_set(FunctionCallInfo fcinfo)
{
	FuncCallContext *funcctx;

	if (SRF_IS_FIRSTCALL())
		SRF_FIRSTCALL_INIT();
	funcctx = SRF_PERCALL_SETUP();
	SRF_RETURN_DONE(funcctx);
}

Datum
pg_partition_tree(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	return (Datum) 0;
}

Datum
pg_partition_ancestors(PG_FUNCTION_ARGS)
{
	return empty_set(fcinfo);
}

Datum
pg_partition_root(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}

/* ---- extended statistics: none ------------------------------------------------------------------------------------------------------ */
Datum
pg_get_statisticsobjdef(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}

Datum
pg_get_statisticsobjdef_columns(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}

Datum
pg_get_statisticsobjdef_expressions(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}

/* ---- publications, notifications, event triggers ---------------------------------------------------------------------------------------- */
Datum
pg_get_publication_tables(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	return (Datum) 0;
}

Datum
pg_relation_is_publishable(PG_FUNCTION_ARGS)
{
	Oid relid = PG_GETARG_OID(0);
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class form;
	bool result;

	if (!HeapTupleIsValid(tuple))
		PG_RETURN_NULL();
	form = (Form_pg_class) GETSTRUCT(tuple);
	result = form->relkind == RELKIND_RELATION && !IsCatalogRelationOid(relid) && form->relpersistence == RELPERSISTENCE_PERMANENT &&
		relid >= FirstNormalObjectId;
	ReleaseSysCache(tuple);
	PG_RETURN_BOOL(result);
}

Datum
pg_listening_channels(PG_FUNCTION_ARGS)
{
	return empty_set(fcinfo);
}

/* LISTEN is not supported: nobody's queue fills. */
Datum
pg_notification_queue_usage(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(0.0);
}

Datum
pg_jit_available(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(false);
}

Datum
pg_prepared_xact(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	return (Datum) 0;
}

/* ---- objects in words ---------------------------------------------------------------------------------------------------------------------- */
Datum
pg_describe_object(PG_FUNCTION_ARGS)
{
	ObjectAddress address = {PG_GETARG_OID(0), PG_GETARG_OID(1), PG_GETARG_INT32(2)};
	char *description;

	if (!OidIsValid(address.classId) && !OidIsValid(address.objectId))
		PG_RETURN_NULL();
	description = getObjectDescription(&address, true);
	if (description == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(description));
}

/* ---- what may be changed --------------------------------------------------------------------------------------------------------------------- */
#define EVENT_UPDATE (1 << CMD_UPDATE)
#define EVENT_INSERT (1 << CMD_INSERT)
#define EVENT_DELETE (1 << CMD_DELETE)
#define ALL_EVENTS (EVENT_INSERT | EVENT_UPDATE | EVENT_DELETE)

static int
updatable_events(Oid relid)
{
	Relation rel = try_relation_open(relid, AccessShareLock);
	int events = 0;

	if (rel == NULL)
		return 0;
	if (rel->rd_rel->relkind == RELKIND_RELATION)
		events = ALL_EVENTS;
	else if (rel->rd_rel->relkind == RELKIND_VIEW && view_query_is_auto_updatable(get_view_query(rel), false) == NULL)
		events = ALL_EVENTS;
	relation_close(rel, AccessShareLock);
	return events;
}

Datum
pg_relation_is_updatable(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(updatable_events(PG_GETARG_OID(0)));
}

Datum
pg_column_is_updatable(PG_FUNCTION_ARGS)
{
	if (PG_GETARG_INT16(1) <= 0)
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL((updatable_events(PG_GETARG_OID(0)) & (EVENT_UPDATE | EVENT_DELETE)) == (EVENT_UPDATE | EVENT_DELETE));
}

/* ---- files ------------------------------------------------------------------------------------------------------------------------------------- */
Datum
pg_tablespace_location(PG_FUNCTION_ARGS)
{
	/* the two there are have no location of their own */
	PG_RETURN_TEXT_P(cstring_to_text(""));
}

Datum
pg_get_replica_identity_index(PG_FUNCTION_ARGS)
{
	Relation rel = table_open(PG_GETARG_OID(0), AccessShareLock);
	Oid index = RelationGetReplicaIndex(rel);

	table_close(rel, AccessShareLock);
	if (!OidIsValid(index))
		PG_RETURN_NULL();
	PG_RETURN_OID(index);
}

/* ---- properties of access methods and indexes ---------------------------------------------------------------------------------------------- */
typedef enum PropertyAnswer
{
	ANSWER_NULL,
	ANSWER_FALSE,
	ANSWER_TRUE
} PropertyAnswer;

static Datum
answer(FunctionCallInfo fcinfo, PropertyAnswer a)
{
	if (a == ANSWER_NULL)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(a == ANSWER_TRUE);
}

static PropertyAnswer
yes(bool b)
{
	return b ? ANSWER_TRUE : ANSWER_FALSE;
}

static PropertyAnswer
method_property(const IndexAmRoutine *am, const char *name)
{
	if (strcasecmp(name, "can_order") == 0)
		return yes(am->amcanorder);
	if (strcasecmp(name, "can_unique") == 0)
		return yes(am->amcanunique);
	if (strcasecmp(name, "can_multi_col") == 0)
		return yes(am->amcanmulticol);
	if (strcasecmp(name, "can_exclude") == 0)
		return yes(am->amgettuple != NULL);
	if (strcasecmp(name, "can_include") == 0)
		return yes(am->amcaninclude);
	return ANSWER_NULL;
}

static PropertyAnswer
index_property(const IndexAmRoutine *am, const char *name)
{
	if (strcasecmp(name, "clusterable") == 0)
		return yes(am->amclusterable);
	if (strcasecmp(name, "index_scan") == 0)
		return yes(am->amgettuple != NULL);
	if (strcasecmp(name, "bitmap_scan") == 0)
		return yes(am->amgetbitmap != NULL);
	if (strcasecmp(name, "backward_scan") == 0)
		return yes(am->amcanbackward);
	return ANSWER_NULL;
}

static PropertyAnswer
column_property(Relation index, int attno, const char *name)
{
	const IndexAmRoutine *am = index->rd_indam;
	bool key = attno <= index->rd_index->indnkeyatts;
	int16 option = key ? index->rd_indoption[attno - 1] : 0;

	if (strcasecmp(name, "asc") == 0)
		return key && am->amcanorder ? yes(!(option & INDOPTION_DESC)) : ANSWER_FALSE;
	if (strcasecmp(name, "desc") == 0)
		return key && am->amcanorder ? yes(option & INDOPTION_DESC) : ANSWER_FALSE;
	if (strcasecmp(name, "nulls_first") == 0)
		return key && am->amcanorder ? yes(option & INDOPTION_NULLS_FIRST) : ANSWER_FALSE;
	if (strcasecmp(name, "nulls_last") == 0)
		return key && am->amcanorder ? yes(!(option & INDOPTION_NULLS_FIRST)) : ANSWER_FALSE;
	if (strcasecmp(name, "orderable") == 0)
		return yes(key && am->amcanorder);
	if (strcasecmp(name, "distance_orderable") == 0)
		return ANSWER_FALSE;
	if (strcasecmp(name, "returnable") == 0)
		return yes(index_can_return(index, attno));
	if (strcasecmp(name, "search_array") == 0)
		return yes(key && am->amsearcharray);
	if (strcasecmp(name, "search_nulls") == 0)
		return yes(key && am->amsearchnulls);
	return ANSWER_NULL;
}

Datum
pg_indexam_has_property(PG_FUNCTION_ARGS)
{
	IndexAmRoutine *am = GetIndexAmRoutineByAmId(PG_GETARG_OID(0), true);

	if (am == NULL)
		PG_RETURN_NULL();
	return answer(fcinfo, method_property(am, text_to_cstring(PG_GETARG_TEXT_PP(1))));
}

static Datum
property_of_index(FunctionCallInfo fcinfo, Oid indexoid, int attno, const char *name)
{
	Relation index;
	PropertyAnswer result;

	if (get_rel_relkind(indexoid) != RELKIND_INDEX)
		PG_RETURN_NULL();
	index = index_open(indexoid, AccessShareLock);
	if (attno == 0)
		result = index_property(index->rd_indam, name);
	else if (attno < 0 || attno > index->rd_index->indnatts)
		result = ANSWER_NULL;
	else
		result = column_property(index, attno, name);
	index_close(index, AccessShareLock);
	return answer(fcinfo, result);
}

Datum
pg_index_has_property(PG_FUNCTION_ARGS)
{
	return property_of_index(fcinfo, PG_GETARG_OID(0), 0, text_to_cstring(PG_GETARG_TEXT_PP(1)));
}

Datum
pg_index_column_has_property(PG_FUNCTION_ARGS)
{
	int attno = PG_GETARG_INT32(1);

	if (attno <= 0)
		PG_RETURN_NULL();
	return property_of_index(fcinfo, PG_GETARG_OID(0), attno, text_to_cstring(PG_GETARG_TEXT_PP(2)));
}
