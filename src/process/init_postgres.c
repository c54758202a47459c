/*
 * init_postgres.c
 *    InitPostgres: a process chooses its database and role and becomes able to run queries.
 *
 * Order matters. The shared catalogs are made readable first (relcache phase 2), then the role is known, then the
 * database is looked up, locked against DROP DATABASE, and looked up again, since it may have gone in between. Only
 * then do we see its own catalogs (phase 3) and check whether we may be here at all.
 */
#include "postgres.h"

#include <locale.h>
#include <unistd.h>

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "catalog/pg_db_role_setting.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "process/init_postgres.h"
#include "storage/ipc.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/procsignal.h"
#include "storage/sinvaladt.h"
#include "sys/fd.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/portal.h"
#include "utils/ps_status.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timeout.h"

/* ---- timeouts of a backend -------------------------------------------------------------------------------------------- */
/* A statement or lock that took too long cancels itself, as a user would. */
static void
cancel_self(void)
{
	InterruptPending = true;
	QueryCancelPending = true;
}

static void
note_idle_in_transaction(void)
{
	IdleInTransactionSessionTimeoutPending = true;
	InterruptPending = true;
}

static void
note_idle_session(void)
{
	IdleSessionTimeoutPending = true;
	InterruptPending = true;
}

static void
note_connection_check(void)
{
	CheckClientConnectionPending = true;
	InterruptPending = true;
}

static void
note_stats_update(void)
{
	IdleStatsUpdateTimeoutPending = true;
	InterruptPending = true;
}

static void
register_timeouts(void)
{
	extern void CheckDeadLockAlert(void);

	RegisterTimeout(DEADLOCK_TIMEOUT, CheckDeadLockAlert);
	RegisterTimeout(STATEMENT_TIMEOUT, cancel_self);
	RegisterTimeout(LOCK_TIMEOUT, cancel_self);
	RegisterTimeout(IDLE_IN_TRANSACTION_SESSION_TIMEOUT, note_idle_in_transaction);
	RegisterTimeout(IDLE_SESSION_TIMEOUT, note_idle_session);
	RegisterTimeout(CLIENT_CONNECTION_CHECK_TIMEOUT, note_connection_check);
	RegisterTimeout(IDLE_STATS_UPDATE_TIMEOUT, note_stats_update);
}

/* ---- the end ----------------------------------------------------------------------------------------------------------- */
/* Before shared memory is let go: whatever transaction runs is aborted while everything still works. */
static void
abort_at_exit(int code, Datum arg)
{
	AbortOutOfAnyTransaction();
	LockReleaseAll(USER_LOCKMETHOD, true);
}

/* ---- finding the database -------------------------------------------------------------------------------------------- */
typedef struct DatabaseChoice
{
	Oid oid;
	Oid tablespace;
	NameData name;
} DatabaseChoice;

static bool
scan_database(Oid index, AttrNumber column, RegProcedure equality, Datum value, DatabaseChoice *choice)
{
	Relation relation = table_open(DatabaseRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	bool found;

	ScanKeyInit(&key, column, BTEqualStrategyNumber, equality, value);
	scan = systable_beginscan(relation, index, criticalSharedRelcachesBuilt, NULL, 1, &key);
	tuple = systable_getnext(scan);
	found = HeapTupleIsValid(tuple);
	if (found)
	{
		Form_pg_database database = (Form_pg_database) GETSTRUCT(tuple);

		choice->oid = database->oid;
		choice->tablespace = database->dattablespace;
		choice->name = database->datname;
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return found;
}

static bool
find_database_by_name(const char *name, DatabaseChoice *choice)
{
	return scan_database(DatabaseNameIndexId, Anum_pg_database_datname, F_NAMEEQ, CStringGetDatum(name), choice);
}

static bool
find_database_by_oid(Oid oid, DatabaseChoice *choice)
{
	return scan_database(DatabaseOidIndexId, Anum_pg_database_oid, F_OIDEQ, ObjectIdGetDatum(oid), choice);
}

static DatabaseChoice
choose_database(const char *name, Oid oid)
{
	DatabaseChoice choice;

	if (name && !find_database_by_name(name, &choice))
		ereport(FATAL, errcode(ERRCODE_UNDEFINED_DATABASE), errmsg("database \"%s\" does not exist", name));
	if (!name && !find_database_by_oid(oid, &choice))
		ereport(FATAL, errcode(ERRCODE_UNDEFINED_DATABASE), errmsg("database %u does not exist", oid));
	return choice;
}

/* With the lock held the database cannot be dropped or renamed any more: look whether it had been. */
static void
lock_chosen_database(const DatabaseChoice *choice)
{
	DatabaseChoice again;

	LockSharedObject(DatabaseRelationId, choice->oid, 0, RowExclusiveLock);
	MyProc->databaseId = choice->oid;
	/* catalog snapshots of before do not count */
	InvalidateCatalogSnapshot();
	if (!find_database_by_oid(choice->oid, &again) || strcmp(NameStr(again.name), NameStr(choice->name)) != 0)
		ereport(FATAL,
				errcode(ERRCODE_UNDEFINED_DATABASE),
				errmsg("database \"%s\" does not exist", NameStr(choice->name)),
				errdetail("It seems to have just been dropped or renamed."));
}

static void
enter_database_directory(const DatabaseChoice *choice)
{
	char *path = GetDatabasePath(MyDatabaseId, MyDatabaseTableSpace);

	if (access(path, F_OK) == -1)
	{
		if (errno == ENOENT)
			ereport(FATAL,
					errcode(ERRCODE_UNDEFINED_DATABASE),
					errmsg("database \"%s\" does not exist", NameStr(choice->name)),
					errdetail("The database subdirectory \"%s\" is missing.", path));
		ereport(FATAL, errcode_for_file_access(), errmsg("could not access directory \"%s\": %m", path));
	}
	ValidatePgVersion(path);
	DatabasePath = MemoryContextStrdup(TopMemoryContext, path);
	pfree(path);
}

/* ---- may we be here ---------------------------------------------------------------------------------------------------- */
static void
check_connection_rights(Form_pg_database database, bool am_superuser, bool override_allow_connections)
{
	const char *name = NameStr(database->datname);

	if (!IsUnderPostmaster)
		return;
	if (!database->datallowconn && !override_allow_connections)
		ereport(FATAL,
				errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("database \"%s\" is not currently accepting connections", name));
	if (!am_superuser && pg_database_aclcheck(MyDatabaseId, GetUserId(), ACL_CONNECT) != ACLCHECK_OK)
		ereport(FATAL,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied for database \"%s\"", name),
				errdetail("User does not have CONNECT privilege."));
	if (database->datconnlimit >= 0 && !am_superuser && CountDBConnections(MyDatabaseId) > database->datconnlimit)
		ereport(FATAL,
				errcode(ERRCODE_TOO_MANY_CONNECTIONS),
				errmsg("too many connections for database \"%s\"", name));
}

static char *
database_text_column(HeapTuple tuple, AttrNumber column)
{
	bool isnull;
	Datum value = SysCacheGetAttr(DATABASEOID, tuple, column, &isnull);

	return isnull ? pstrdup("C") : TextDatumGetCString(value);
}

static void
adopt_locale(HeapTuple tuple)
{
	char *collate = database_text_column(tuple, Anum_pg_database_datcollate);
	char *ctype = database_text_column(tuple, Anum_pg_database_datctype);

	if (setlocale(LC_COLLATE, collate) == NULL)
		ereport(FATAL,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("database locale is incompatible with operating system"),
				errdetail("The database was initialized with LC_COLLATE \"%s\",  which is not recognized by setlocale().",
						  collate),
				errhint("Recreate the database with another locale or install the missing locale."));
	if (setlocale(LC_CTYPE, ctype) == NULL)
		ereport(FATAL,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("database locale is incompatible with operating system"),
				errdetail("The database was initialized with LC_CTYPE \"%s\",  which is not recognized by setlocale().",
						  ctype),
				errhint("Recreate the database with another locale or install the missing locale."));
	SetConfigOption("lc_collate", collate, PGC_INTERNAL, PGC_S_DYNAMIC_DEFAULT);
	SetConfigOption("lc_ctype", ctype, PGC_INTERNAL, PGC_S_DYNAMIC_DEFAULT);
}

static void
check_my_database(bool am_superuser, bool override_allow_connections)
{
	HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
	Form_pg_database database;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for database %u", MyDatabaseId);
	database = (Form_pg_database) GETSTRUCT(tuple);
	check_connection_rights(database, am_superuser, override_allow_connections);
	SetDatabaseEncoding(database->encoding);
	SetConfigOption("server_encoding", GetDatabaseEncodingName(), PGC_INTERNAL, PGC_S_DYNAMIC_DEFAULT);
	SetConfigOption("client_encoding", GetDatabaseEncodingName(), PGC_BACKEND, PGC_S_DYNAMIC_DEFAULT);
	adopt_locale(tuple);
	ReleaseSysCache(tuple);
}

/* ---- settings of the database and the role -------------------------------------------------------------------------------- */
static void
apply_db_role_settings(Relation relation, Oid database, Oid role, GucSource source)
{
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&keys[0], Anum_pg_db_role_setting_setdatabase, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(database));
	ScanKeyInit(&keys[1], Anum_pg_db_role_setting_setrole, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(role));
	scan = systable_beginscan(relation, DbRoleSettingDatidRolidIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool isnull;
		Datum settings = heap_getattr(tuple, Anum_pg_db_role_setting_setconfig, RelationGetDescr(relation), &isnull);

		/* who set these was allowed to: they count as a superuser's */
		if (!isnull)
			ProcessGUCArray(DatumGetArrayTypeP(settings), PGC_SUSET, source, GUC_ACTION_SET);
	}
	systable_endscan(scan);
}

static void
process_db_role_settings(void)
{
	Oid role = GetSessionUserId();
	Relation relation;

	if (!IsUnderPostmaster)
		return;
	relation = table_open(DbRoleSettingRelationId, AccessShareLock);
	apply_db_role_settings(relation, MyDatabaseId, role, PGC_S_DATABASE_USER);
	apply_db_role_settings(relation, InvalidOid, role, PGC_S_USER);
	apply_db_role_settings(relation, MyDatabaseId, InvalidOid, PGC_S_DATABASE);
	apply_db_role_settings(relation, InvalidOid, InvalidOid, PGC_S_GLOBAL);
	table_close(relation, AccessShareLock);
}

/* ---- the role -------------------------------------------------------------------------------------------------------------- */
bool
ThereIsAtLeastOneRole(void)
{
	Relation relation = table_open(AuthIdRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, NULL, 0, NULL);
	bool result = HeapTupleIsValid(systable_getnext(scan));

	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return result;
}

static void
become_role(const char *username, Oid useroid)
{
	if (!IsUnderPostmaster)
	{
		InitializeSessionUserIdStandalone();
		if (!IsBootstrapProcessingMode() && !ThereIsAtLeastOneRole())
			ereport(WARNING,
					errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("no roles are defined in this database system"),
					errhint("You should immediately run CREATE USER \"%s\" SUPERUSER;.",
							username ? username : "postgres"));
		return;
	}
	if (IsBackgroundWorker && username == NULL && !OidIsValid(useroid))
	{
		InitializeSessionUserIdStandalone();
		return;
	}
	if (MyProcPort)
		PerformAuthentication(MyProcPort);
	InitializeSessionUserId(username, useroid);
}

static void
check_reserved_connections(bool am_superuser)
{
	extern int ReservedBackends;

	if (MyBackendType == B_BACKEND && !am_superuser && ReservedBackends > 0 && !HaveNFreeProcs(ReservedBackends))
		ereport(FATAL,
				errcode(ERRCODE_TOO_MANY_CONNECTIONS),
				errmsg("remaining connection slots are reserved for non-replication superuser connections"));
}

/* ---- all together ------------------------------------------------------------------------------------------------------------ */
static void
join_shared_memory(void)
{
	InitProcessPhase2();
	SharedInvalBackendInit(false);
	ProcSignalInit(MyBackendId);
	if (!IsBootstrapProcessingMode())
		register_timeouts();
}

static void
start_or_follow_wal(void)
{
	if (IsUnderPostmaster)
	{
		(void) RecoveryInProgress(); /* learns where WAL stands */
		return;
	}
	/* alone: recover ourselves, and leave a clean shutdown behind */
	StartupXLOG();
	on_shmem_exit(ShutdownXLOG, 0);
}

void
InitPostgres(const char *in_dbname, Oid dboid, const char *username, Oid useroid, bool load_session_libraries,
			 bool override_allow_connections, char *out_dbname)
{
	bool bootstrap = IsBootstrapProcessingMode();
	bool am_superuser;
	DatabaseChoice choice;

	join_shared_memory();
	pgstat_beinit();
	before_shmem_exit(abort_at_exit, 0);
	start_or_follow_wal();
	RelationCacheInitialize();
	InitCatalogCache();
	InitPlanCache();
	EnablePortalManager();
	RelationCacheInitializePhase2();

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	/* the isolation level of the session's defaults is not to disturb the look-ups of start-up */
	XactIsoLevel = XACT_READ_COMMITTED;
	if (bootstrap)
	{
		InitializeSessionUserIdStandalone();
		MyDatabaseId = dboid;
		MyDatabaseTableSpace = DEFAULTTABLESPACE_OID;
		MyProc->databaseId = MyDatabaseId;
		RelationCacheInitializePhase3();
		CommitTransactionCommand();
		return;
	}
	(void) GetTransactionSnapshot();
	become_role(username, useroid);
	am_superuser = superuser();
	check_reserved_connections(am_superuser);

	if (in_dbname == NULL && !OidIsValid(dboid))
	{
		/* background workers and the autovacuum launcher may do with the shared catalogs */
		pgstat_bestart();
		CommitTransactionCommand();
		return;
	}
	choice = choose_database(in_dbname, dboid);
	lock_chosen_database(&choice);
	MyDatabaseId = choice.oid;
	MyDatabaseTableSpace = choice.tablespace;
	if (out_dbname)
		strlcpy(out_dbname, NameStr(choice.name), NAMEDATALEN);
	enter_database_directory(&choice);
	RelationCacheInitializePhase3();
	initialize_acl();
	check_my_database(am_superuser, override_allow_connections);

	if (MyProcPort)
	{
		extern void process_startup_options(struct Port *port, bool am_superuser);

		process_startup_options(MyProcPort, am_superuser);
	}
	process_db_role_settings();
	InitializeSearchPath();
	InitializeClientEncoding();
	if (load_session_libraries)
		process_session_preload_libraries();
	pgstat_bestart();
	CommitTransactionCommand();
}
