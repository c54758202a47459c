/*
 * vacuum.c
 *    The VACUUM and ANALYZE statements: options, which relations, one transaction for each.
 */
#include "postgres.h"

#include "access/multixact.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_database.h"
#include "catalog/pg_namespace.h"
#include "commands/defrem.h"
#include "commands/vacuum.h"
#include "heap/heap.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "storage/lmgr.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* ---- options ---------------------------------------------------------------------------------------------------------- */
static VacOptValue
tri_state(DefElem *def)
{
	const char *text;

	if (def->arg == NULL)
		return VACOPTVALUE_AUTO;
	text = defGetString(def);
	if (strcasecmp(text, "auto") == 0)
		return VACOPTVALUE_AUTO;
	return defGetBoolean(def) ? VACOPTVALUE_ENABLED : VACOPTVALUE_DISABLED;
}

static void
set_flag(VacuumParams *params, bits32 flag, bool on)
{
	if (on)
		params->options |= flag;
	else
		params->options &= ~flag;
}

static void
read_parallel(ParseState *pstate, DefElem *def)
{
	int n;

	if (def->arg == NULL)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("parallel option requires a value between 0 and %d", 1024),
						parser_errposition(pstate, def->location)));
	n = defGetInt32(def);
	if (n < 0 || n > 1024)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("parallel workers for vacuum must be between 0 and %d", 1024),
						parser_errposition(pstate, def->location)));
}

static void
read_vacuum_option(ParseState *pstate, DefElem *def, VacuumParams *params)
{
	static const struct
	{
		const char *name;
		bits32 flag;
	} flags[] = {{"analyze", VACOPT_ANALYZE},
				 {"freeze", VACOPT_FREEZE},
				 {"full", VACOPT_FULL},
				 {"disable_page_skipping", VACOPT_DISABLE_PAGE_SKIPPING},
				 {"process_toast", VACOPT_PROCESS_TOAST}};

	for (size_t i = 0; i < lengthof(flags); i++)
		if (strcmp(def->defname, flags[i].name) == 0)
		{
			set_flag(params, flags[i].flag, defGetBoolean(def));
			return;
		}
	if (strcmp(def->defname, "index_cleanup") == 0)
		params->index_cleanup = tri_state(def);
	else if (strcmp(def->defname, "truncate") == 0)
		params->truncate = defGetBoolean(def) ? VACOPTVALUE_ENABLED : VACOPTVALUE_DISABLED;
	else if (strcmp(def->defname, "parallel") == 0)
		read_parallel(pstate, def);
	else
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("unrecognized VACUUM option \"%s\"", def->defname),
						parser_errposition(pstate, def->location)));
}

static void
read_options(ParseState *pstate, VacuumStmt *stmt, VacuumParams *params)
{
	ListCell *lc;

	params->options = stmt->is_vacuumcmd ? VACOPT_VACUUM | VACOPT_PROCESS_TOAST : VACOPT_ANALYZE;
	foreach (lc, stmt->options)
	{
		DefElem *def = lfirst(lc);

		if (strcmp(def->defname, "verbose") == 0)
			set_flag(params, VACOPT_VERBOSE, defGetBoolean(def));
		else if (strcmp(def->defname, "skip_locked") == 0)
			set_flag(params, VACOPT_SKIP_LOCKED, defGetBoolean(def));
		else if (stmt->is_vacuumcmd)
			read_vacuum_option(pstate, def, params);
		else
			ereport(ERROR,
					(errcode(ERRCODE_SYNTAX_ERROR), errmsg("unrecognized ANALYZE option \"%s\"", def->defname),
					 parser_errposition(pstate, def->location)));
	}
}

void
ExecVacuum(ParseState *pstate, VacuumStmt *vacstmt, bool isTopLevel)
{
	VacuumParams params = {.freeze_min_age = -1,
						   .freeze_table_age = -1,
						   .multixact_freeze_min_age = -1,
						   .multixact_freeze_table_age = -1,
						   .log_min_duration = -1};
	ListCell *lc;

	read_options(pstate, vacstmt, &params);
	foreach (lc, vacstmt->rels)
	{
		VacuumRelation *vrel = lfirst(lc);

		if (vrel->va_cols != NIL && !(params.options & VACOPT_ANALYZE))
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("ANALYZE option must be specified when a column list is provided")));
	}
	if (params.options & VACOPT_FREEZE)
		params.freeze_min_age = params.freeze_table_age = params.multixact_freeze_min_age =
			params.multixact_freeze_table_age = 0;
	vacuum(vacstmt->rels, &params, NULL, isTopLevel);
}

/* ---- which relations -------------------------------------------------------------------------------------------------------- */
static bool
is_vacuumable_kind(char kind, bits32 options)
{
	return kind == RELKIND_RELATION || kind == RELKIND_MATVIEW ||
		(kind == RELKIND_TOASTVALUE && (options & VACOPT_VACUUM));
}

static List *
all_relations(VacuumParams *params)
{
	Relation pg_class = table_open(RelationRelationId, AccessShareLock);
	TableScanDesc scan = table_beginscan_catalog(pg_class, 0, NULL);
	List *result = NIL;
	HeapTuple tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);

		/* TOAST tables go with their owners. */
		if (form->relkind != RELKIND_RELATION && form->relkind != RELKIND_MATVIEW)
			continue;
		/* Unnamed in the statement: what may not be touched is passed over in silence. */
		if (!pg_class_ownercheck(form->oid, GetUserId()) &&
			!(pg_database_ownercheck(MyDatabaseId, GetUserId()) && !form->relisshared))
			continue;
		if (form->relpersistence == RELPERSISTENCE_TEMP && isOtherTempNamespace(form->relnamespace))
			continue;
		result = lappend(result, makeVacuumRelation(NULL, form->oid, NIL));
	}
	heap_endscan(scan);
	table_close(pg_class, AccessShareLock);
	return result;
}

static List *
named_relation(VacuumRelation *vrel, VacuumParams *params)
{
	Oid relid;

	if (OidIsValid(vrel->oid))
		return list_make1(vrel);
	relid = RangeVarGetRelidExtended(vrel->relation, AccessShareLock,
									 params->options & VACOPT_SKIP_LOCKED ? RVR_SKIP_LOCKED : 0, NULL, NULL);
	if (!OidIsValid(relid))
	{
		if (params->options & VACOPT_VACUUM)
			ereport(WARNING, (errcode(ERRCODE_LOCK_NOT_AVAILABLE),
							  errmsg("skipping vacuum of \"%s\" --- lock not available", vrel->relation->relname)));
		else
			ereport(WARNING, (errcode(ERRCODE_LOCK_NOT_AVAILABLE),
							  errmsg("skipping analyze of \"%s\" --- lock not available", vrel->relation->relname)));
		return NIL;
	}
	/* The right lock is taken when its turn comes. */
	UnlockRelationOid(relid, AccessShareLock);
	return list_make1(makeVacuumRelation(vrel->relation, relid, vrel->va_cols));
}

/* ---- one relation ------------------------------------------------------------------------------------------------------------ */
static bool
may_vacuum(Relation rel, VacuumParams *params)
{
	Oid relid = RelationGetRelid(rel);
	const char *verb = params->options & VACOPT_VACUUM ? "vacuum" : "analyze";

	if (pg_class_ownercheck(relid, GetUserId()) ||
		(pg_database_ownercheck(MyDatabaseId, GetUserId()) && !rel->rd_rel->relisshared))
		return true;
	if (rel->rd_rel->relisshared)
		ereport(WARNING, (errmsg("skipping \"%s\" --- only superuser can %s it", RelationGetRelationName(rel), verb)));
	else if (rel->rd_rel->relnamespace == PG_CATALOG_NAMESPACE)
		ereport(WARNING, (errmsg("skipping \"%s\" --- only superuser or database owner can %s it",
								 RelationGetRelationName(rel), verb)));
	else
		ereport(WARNING, (errmsg("skipping \"%s\" --- only table or database owner can %s it",
								 RelationGetRelationName(rel), verb)));
	return false;
}

static Relation
open_for_vacuum(Oid relid, RangeVar *name, VacuumParams *params, LOCKMODE lockmode)
{
	if ((params->options & VACOPT_SKIP_LOCKED) && !ConditionalLockRelationOid(relid, lockmode))
	{
		if (name != NULL)
			ereport(WARNING, (errcode(ERRCODE_LOCK_NOT_AVAILABLE),
							  errmsg("skipping vacuum of \"%s\" --- lock not available", name->relname)));
		return NULL;
	}
	return try_relation_open(relid, params->options & VACOPT_SKIP_LOCKED ? NoLock : lockmode);
}

/* This transaction's snapshots look at this table only: they hold back no other vacuum. */
static void
advertise_vacuum(void)
{
	LWLockAcquire(ProcArrayLock, LW_EXCLUSIVE);
	MyProc->statusFlags |= PROC_IN_VACUUM;
	if (MyProc->pgxactoff >= 0)
		ProcGlobal->statusFlags[MyProc->pgxactoff] = MyProc->statusFlags;
	LWLockRelease(ProcArrayLock);
}

static void
apply_reloptions(Relation rel, VacuumParams *params)
{
	StdRdOptions *options = (StdRdOptions *) rel->rd_options;

	if (params->index_cleanup == VACOPTVALUE_UNSPECIFIED)
		params->index_cleanup = options == NULL ? VACOPTVALUE_AUTO
			: options->vacuum_index_cleanup == STDRD_OPTION_VACUUM_INDEX_CLEANUP_ON	 ? VACOPTVALUE_ENABLED
			: options->vacuum_index_cleanup == STDRD_OPTION_VACUUM_INDEX_CLEANUP_OFF ? VACOPTVALUE_DISABLED
																					 : VACOPTVALUE_AUTO;
	if (params->truncate == VACOPTVALUE_UNSPECIFIED)
		params->truncate = options == NULL || options->vacuum_truncate ? VACOPTVALUE_ENABLED : VACOPTVALUE_DISABLED;
}

/* In a transaction of its own. *toast: its TOAST table, still to be done. False: skipped. */
static bool
vacuum_one(Oid relid, RangeVar *name, VacuumParams *given, BufferAccessStrategy strategy, Oid *toast)
{
	VacuumParams params = *given;
	LOCKMODE lockmode = ShareUpdateExclusiveLock;
	Oid save_userid;
	int save_sec_context;
	Relation rel;

	*toast = InvalidOid;
	StartTransactionCommand();
	if (!(params.options & VACOPT_FULL))
		advertise_vacuum();
	PushActiveSnapshot(GetTransactionSnapshot());
	CHECK_FOR_INTERRUPTS();
	rel = open_for_vacuum(relid, name, &params, lockmode);
	if (rel == NULL || !may_vacuum(rel, &params))
	{
		if (rel != NULL)
			relation_close(rel, lockmode);
		PopActiveSnapshot();
		CommitTransactionCommand();
		return false;
	}
	if (!is_vacuumable_kind(rel->rd_rel->relkind, VACOPT_VACUUM))
	{
		if (rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
			ereport(WARNING, (errmsg("skipping \"%s\" --- cannot vacuum non-tables or special system tables",
									 RelationGetRelationName(rel))));
		relation_close(rel, lockmode);
		PopActiveSnapshot();
		CommitTransactionCommand();
		return false;
	}
	/* Another session's temporary table: its pages are in that session's memory. */
	if (RELATION_IS_OTHER_TEMP(rel))
	{
		relation_close(rel, lockmode);
		PopActiveSnapshot();
		CommitTransactionCommand();
		return false;
	}
	if (params.options & VACOPT_FULL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("VACUUM FULL is not supported")));
	apply_reloptions(rel, &params);
	if ((params.options & VACOPT_PROCESS_TOAST) && !(params.options & VACOPT_FULL))
		*toast = rel->rd_rel->reltoastrelid;

	/* Index expressions run as the table's owner. */
	GetUserIdAndSecContext(&save_userid, &save_sec_context);
	SetUserIdAndSecContext(rel->rd_rel->relowner, save_sec_context | SECURITY_RESTRICTED_OPERATION);
	heap_vacuum_rel(rel, &params, strategy);
	SetUserIdAndSecContext(save_userid, save_sec_context);
	relation_close(rel, NoLock);
	PopActiveSnapshot();
	CommitTransactionCommand();
	return true;
}

static void
vacuum_with_toast(Oid relid, RangeVar *name, VacuumParams *params, BufferAccessStrategy strategy)
{
	Oid toast;

	while (OidIsValid(relid))
	{
		if (!vacuum_one(relid, name, params, strategy, &toast))
			return;
		relid = toast;
		name = NULL;
	}
}

/* ---- the statement ---------------------------------------------------------------------------------------------------------------- */
void
vacuum(List *relations, VacuumParams *params, BufferAccessStrategy bstrategy, bool isTopLevel)
{
	static bool in_vacuum = false;
	const char *stmttype = params->options & VACOPT_VACUUM ? "VACUUM" : "ANALYZE";
	bool own_xacts, in_outer_xact;
	MemoryContext vac_context, old;
	List *work = NIL;
	ListCell *lc;

	if (params->options & VACOPT_VACUUM)
	{
		PreventInTransactionBlock(isTopLevel, stmttype);
		in_outer_xact = false;
	}
	else
		in_outer_xact = IsInTransactionBlock(isTopLevel);
	if (in_vacuum)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("%s cannot be executed from VACUUM or ANALYZE", stmttype)));
	if ((params->options & VACOPT_FULL) && (params->options & VACOPT_DISABLE_PAGE_SKIPPING))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("VACUUM option DISABLE_PAGE_SKIPPING cannot be used with FULL")));

	/* Survives the transactions in between. */
	vac_context = AllocSetContextCreate(PortalContext ? PortalContext : TopMemoryContext, "Vacuum", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(vac_context);
	if (bstrategy == NULL)
		bstrategy = GetAccessStrategy(BAS_VACUUM);
	if (relations == NIL)
		work = all_relations(params);
	else
		foreach (lc, relations)
			work = list_concat(work, named_relation(lfirst(lc), params));
	MemoryContextSwitchTo(old);

	/* ANALYZE of one table, or inside a block, can do with the transaction that is there. */
	own_xacts = (params->options & VACOPT_VACUUM) || (!in_outer_xact && list_length(work) > 1);
	if (own_xacts)
	{
		if (ActiveSnapshotSet())
			PopActiveSnapshot();
		CommitTransactionCommand();
	}
	PG_TRY();
	{
		in_vacuum = true;
		VacuumCostActive = VacuumCostDelay > 0;
		VacuumCostBalance = 0;
		foreach (lc, work)
		{
			VacuumRelation *vrel = lfirst(lc);

			if (params->options & VACOPT_VACUUM)
				vacuum_with_toast(vrel->oid, vrel->relation, params, bstrategy);
			if (params->options & VACOPT_ANALYZE)
			{
				if (own_xacts)
				{
					StartTransactionCommand();
					PushActiveSnapshot(GetTransactionSnapshot());
				}
				analyze_rel(vrel->oid, vrel->relation, params, vrel->va_cols, in_outer_xact, bstrategy);
				if (own_xacts)
				{
					PopActiveSnapshot();
					CommitTransactionCommand();
				}
				else
					CommandCounterIncrement();
			}
		}
	}
	PG_FINALLY();
	{
		in_vacuum = false;
		VacuumCostActive = false;
	}
	PG_END_TRY();
	if (own_xacts)
		StartTransactionCommand(); /* for the caller's commit */
	if ((params->options & VACOPT_VACUUM) && relations == NIL)
		vac_update_datfrozenxid();
	MemoryContextDelete(vac_context);
}
