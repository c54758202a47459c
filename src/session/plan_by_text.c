/*
 * plan_by_text.c
 *    Finds a statement's plan by its text (see text_key.h for what counts as the same text).
 *
 * A key that was seen once is only remembered by its hash. The second time, the text with parameters is parsed and analyzed;
 * if that fails, or asks for parameters of other types than the constants have, the key is refused for good and the text
 * takes the ordinary way, which also gives the error a user expects. Validity after DDL, search_path and role changes is the plan
 * cache's business (utils/plancache.h).
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "parser/analyze.h"
#include "session/plan_by_text.h"
#include "session/session.h"
#include "session/text_key.h"
#include "tcop/dest.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/array.h"
#include "utils/backend_status.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/portal.h"
#include "utils/ps_status.h"
#include "utils/snapmgr.h"

#define ENTRY_COUNT 256 /* direct-mapped by hash: a collision replaces */

typedef struct TextPlan
{
	uint64 hash;				/* 0: free */
	char *key;					/* NULL: seen once */
	uint32 integers;			/* TextKey.integers */
	uint64 input_settings;		/* how its literals were read */
	CachedPlanSource *source;	/* NULL with a key: refused */
} TextPlan;

static struct
{
	TextPlan entries[ENTRY_COUNT];
	TextKey scratch;
	bool initialized;
} cache;

/*
 * Literals of dates and the like become constants when the statement is analyzed, and are read by these settings. A plan made
 * under others would answer for another date. User-space pointers leave the upper 16 bits free.
 */
static uint64
input_settings(void)
{
	uint64 styles = (uint64) DateStyle | (uint64) DateOrder << 3 | (uint64) IntervalStyle << 5 | (uint64) Array_nulls << 7;

	return (uint64) (uintptr_t) session_timezone | styles << 48;
}

static void
forget(TextPlan *entry)
{
	CachedPlanSource *source = entry->source;

	if (entry->key)
		pfree(entry->key);
	memset(entry, 0, sizeof(*entry));
	if (source)
		DropCachedPlan(source);
}

/* ---- making an entry -------------------------------------------------------------------------------------------------- */
static bool
types_fit(Oid *types, int count)
{
	for (int i = 0; i < count; i++)
	{
		TextConstant *constant = &cache.scratch.constants[i];

		if (constant->is_integer ? types[i] != INT4OID : !OidIsValid(types[i]) || types[i] == UNKNOWNOID)
			return false;
	}
	return true;
}

static CachedPlanSource *
analyze_key(const char *key)
{
	MemoryContext context = AllocSetContextCreate(MessageContext, "statement by text", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	int count = cache.scratch.count;
	Oid *types = palloc0_array(Oid, Max(count, 1));
	List *statements = pg_parse_query(key);
	CachedPlanSource *source = NULL;
	List *queries;
	RawStmt *raw;

	if (list_length(statements) != 1)
	{
		MemoryContextSwitchTo(old);
		return NULL;
	}
	raw = linitial_node(RawStmt, statements);
	for (int i = 0; i < count; i++)
		types[i] = cache.scratch.constants[i].is_integer ? INT4OID : InvalidOid;
	source = CreateCachedPlan(raw, key, CreateCommandTag(raw->stmt));
	PushActiveSnapshot(GetTransactionSnapshot());
	queries = pg_analyze_and_rewrite_varparams(raw, key, &types, &count, NULL);
	PopActiveSnapshot();
	MemoryContextSwitchTo(old);
	if (count != cache.scratch.count || !types_fit(types, count) || list_length(queries) != 1 ||
		linitial_node(Query, queries)->commandType == CMD_UTILITY)
		return NULL;
	CompleteCachedPlan(source, queries, context, types, count, NULL, NULL, CURSOR_OPT_PARALLEL_OK, false);
	SaveCachedPlan(source);
	return source;
}

/* Tries in a subtransaction, since what fails here must leave the statement's own transaction as it was. */
static CachedPlanSource *
try_to_analyze(const char *key)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	CachedPlanSource *volatile source = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		source = analyze_key(key);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		source = NULL;
	}
	PG_END_TRY();
	return source;
}

static void
admit(TextPlan *entry)
{
	CachedPlanSource *source = try_to_analyze(cache.scratch.key.data);

	entry->key = MemoryContextStrdup(TopMemoryContext, cache.scratch.key.data);
	entry->integers = cache.scratch.integers;
	entry->input_settings = input_settings();
	entry->source = source;
}

static TextPlan *
find(const char *query_string)
{
	uint64 hash;
	TextPlan *entry;

	if (!cache.initialized)
	{
		MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

		initStringInfo(&cache.scratch.key);
		MemoryContextSwitchTo(old);
		cache.initialized = true;
	}
	if (!text_key_make(query_string, &cache.scratch))
		return NULL;
	hash = hash_bytes_extended((const unsigned char *) cache.scratch.key.data, cache.scratch.key.len,
							   cache.scratch.integers ^ input_settings());
	hash = hash ? hash : 1;
	entry = &cache.entries[hash % ENTRY_COUNT];
	if (entry->hash != hash)
	{
		forget(entry);
		entry->hash = hash;
		return NULL;
	}
	if (entry->key && (entry->integers != cache.scratch.integers || entry->input_settings != input_settings() ||
					   strcmp(entry->key, cache.scratch.key.data) != 0))
	{
		forget(entry);
		return NULL;
	}
	return entry;
}

/* ---- running one ------------------------------------------------------------------------------------------------------------ */
static char *
undouble_quotes(const TextConstant *constant)
{
	char *result = palloc(constant->length + 1);
	int n = 0;

	for (int i = 0; i < constant->length; i++)
	{
		result[n++] = constant->start[i];
		if (constant->start[i] == '\'')
			i++;
	}
	result[n] = '\0';
	return result;
}

static ParamListInfo
bind_constants(CachedPlanSource *source)
{
	ParamListInfo params = source->num_params > 0 ? makeParamList(source->num_params) : NULL;

	for (int i = 0; i < source->num_params; i++)
	{
		TextConstant *constant = &cache.scratch.constants[i];
		ParamExternData *param = &params->params[i];

		param->ptype = source->param_types[i];
		param->pflags = PARAM_FLAG_CONST;
		param->isnull = false;
		if (constant->is_integer)
			param->value = Int32GetDatum(constant->integer);
		else
		{
			Oid input, typioparam;

			getTypeInputInfo(param->ptype, &input, &typioparam);
			param->value = OidInputFunctionCall(input, undouble_quotes(constant), typioparam, -1);
		}
	}
	return params;
}

static void
run(CachedPlanSource *source, const char *query_string)
{
	Portal portal = CreatePortal("", true, true);
	MemoryContext old = MemoryContextSwitchTo(portal->portalContext);
	DestReceiver *receiver;
	ParamListInfo params;
	CachedPlan *plan;
	QueryCompletion qc;
	int16 format = 0;

	portal->visible = false;
	PushActiveSnapshot(GetTransactionSnapshot());
	params = bind_constants(source);
	MemoryContextSwitchTo(old);
	plan = GetCachedPlan(source, params, NULL, NULL);
	PortalDefineQuery(portal, NULL, query_string, source->commandTag, plan->stmt_list, plan);
	PopActiveSnapshot();
	PortalStart(portal, params, 0, InvalidSnapshot);
	PortalSetResultFormat(portal, 1, &format);
	receiver = CreateDestReceiver(whereToSendOutput);
	if (whereToSendOutput == DestRemote)
		SetRemoteDestReceiverParams(receiver, portal);
	InitializeQueryCompletion(&qc);
	(void) PortalRun(portal, FETCH_ALL, true, true, receiver, receiver, &qc);
	receiver->rDestroy(receiver);
	PortalDrop(portal, false);
	session_finish_command();
	EndCommand(&qc, whereToSendOutput, false);
}

bool
plan_by_text_run(const char *query_string)
{
	TextPlan *entry;

	if (IsAbortedTransactionBlockState())
		return false;
	entry = find(query_string);
	if (entry == NULL)
		return false;
	session_begin_command();
	if (entry->key == NULL)
		admit(entry);
	if (entry->source == NULL)
		return false;
	set_ps_display(GetCommandTagName(entry->source->commandTag));
	CHECK_FOR_INTERRUPTS();
	run(entry->source, query_string);
	return true;
}
