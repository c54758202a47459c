/*
 * dbcommands.c
 *    CREATE DATABASE and ALTER, DROP DATABASE.
 *
 * A database is made by copying its template's directory between two checkpoints: the first brings the files up to date, the
 * second makes sure that recovery never replays the copy after later changes of the template. DROP removes buffers, files and the
 * row; the record of the removal is replayed by removing the directory.
 */
#include "postgres.h"

#include <sys/stat.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "access/xloginsert.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "catalog/pg_db_role_setting.h"
#include "catalog/pg_tablespace.h"
#include "commands/comment.h"
#include "commands/dbcommands.h"
#include "commands/dbcommands_xlog.h"
#include "commands/defrem.h"
#include "commands/setting_commands.h"
#include "commands/tablespace.h"
#include "common/relpath.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "postmaster/bgwriter.h"
#include "storage/bufmgr.h"
#include "storage/fd.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* ---- look-up ----------------------------------------------------------------------------------------------------------------------- */
static HeapTuple
database_tuple_by_name(const char *name)
{
	Relation rel = table_open(DatabaseRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&key, Anum_pg_database_datname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum(name));
	scan = systable_beginscan(rel, DatabaseNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		tuple = heap_copytuple(tuple);
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return tuple;
}

Oid
get_database_oid(const char *dbname, bool missing_ok)
{
	HeapTuple tuple = database_tuple_by_name(dbname);

	if (HeapTupleIsValid(tuple))
		return ((Form_pg_database) GETSTRUCT(tuple))->oid;
	if (!missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_DATABASE), errmsg("database \"%s\" does not exist", dbname));
	return InvalidOid;
}

char *
get_database_name(Oid dbid)
{
	HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(dbid));
	char *name = NULL;

	if (HeapTupleIsValid(tuple))
	{
		name = pstrdup(NameStr(((Form_pg_database) GETSTRUCT(tuple))->datname));
		ReleaseSysCache(tuple);
	}
	return name;
}

/* Locks a database by name; the name still means it afterwards. */
static HeapTuple
lock_database(const char *name, LOCKMODE lockmode, bool missing_ok)
{
	for (;;)
	{
		Oid oid = get_database_oid(name, missing_ok);
		HeapTuple tuple;

		if (!OidIsValid(oid))
			return NULL;
		LockSharedObject(DatabaseRelationId, oid, 0, lockmode);
		tuple = database_tuple_by_name(name);
		if (HeapTupleIsValid(tuple) && ((Form_pg_database) GETSTRUCT(tuple))->oid == oid)
			return tuple;
		UnlockSharedObject(DatabaseRelationId, oid, 0, lockmode);
	}
}

/* ---- options ------------------------------------------------------------------------------------------------------------------------- */
typedef struct DatabaseOptions
{
	DefElem *tablespace;
	DefElem *owner;
	DefElem *template;
	DefElem *encoding;
	DefElem *collate;
	DefElem *ctype;
	DefElem *locale;
	DefElem *istemplate;
	DefElem *allow_connections;
	DefElem *connection_limit;
	DefElem *oid;
} DatabaseOptions;

static void
take_option(ParseState *pstate, DatabaseOptions *o, DefElem *def)
{
	const struct
	{
		const char *name;
		DefElem **place;
	} known[] = {{"tablespace", &o->tablespace}, {"owner", &o->owner}, {"template", &o->template}, {"encoding", &o->encoding},
				 {"lc_collate", &o->collate}, {"lc_ctype", &o->ctype}, {"locale", &o->locale}, {"is_template", &o->istemplate},
				 {"allow_connections", &o->allow_connections}, {"connection_limit", &o->connection_limit}, {"oid", &o->oid}};

	for (int i = 0; i < (int) lengthof(known); i++)
	{
		if (strcmp(def->defname, known[i].name) != 0)
			continue;
		if (*known[i].place)
			errorConflictingDefElem(def, pstate);
		*known[i].place = def;
		return;
	}
	if (strcmp(def->defname, "location") == 0)
	{
		ereport(WARNING, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("LOCATION is not supported anymore"),
				errhint("Consider using tablespaces instead."));
		return;
	}
	if (strcmp(def->defname, "strategy") == 0 || strcmp(def->defname, "collation_version") == 0)
		return; /* files are copied either way; versions are not recorded */
	if (strcmp(def->defname, "icu_locale") == 0 || strcmp(def->defname, "locale_provider") == 0)
	{
		if (strcmp(def->defname, "locale_provider") == 0 && strcmp(defGetString(def), "libc") == 0)
			return;
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("ICU locale provider for databases is not supported"));
	}
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("option \"%s\" not recognized", def->defname), parser_errposition(pstate, def->location));
}

static int
option_encoding(ParseState *pstate, DefElem *def)
{
	int encoding;

	if (IsA(def->arg, Integer))
	{
		encoding = defGetInt32(def);
		if (!PG_VALID_BE_ENCODING(encoding))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("%d is not a valid encoding code", encoding), parser_errposition(pstate, def->location));
		return encoding;
	}
	encoding = pg_char_to_encoding(defGetString(def));
	if (!PG_VALID_BE_ENCODING(encoding))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("%s is not a valid encoding name", defGetString(def)),
				parser_errposition(pstate, def->location));
	return encoding;
}

static char *
database_text(HeapTuple tuple, AttrNumber column, TupleDesc desc)
{
	bool isnull;
	Datum datum = heap_getattr(tuple, column, desc, &isnull);

	return isnull ? NULL : TextDatumGetCString(datum);
}

/* ---- CREATE ---------------------------------------------------------------------------------------------------------------------------- */
static Oid
new_database_owner(DefElem *owner)
{
	Oid datdba = owner && owner->arg ? get_role_oid(defGetString(owner), false) : GetUserId();

	if (!have_createdb_privilege())
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to create database"));
	check_is_member_of_role(GetUserId(), datdba);
	return datdba;
}

static void
check_template_use(HeapTuple template, const char *name)
{
	Form_pg_database form = (Form_pg_database) GETSTRUCT(template);
	int backends;
	int prepared;

	if (!form->datistemplate && !pg_database_ownercheck(form->oid, GetUserId()))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to copy database \"%s\"", name));
	if (CountOtherDBBackends(form->oid, &backends, &prepared))
		ereport(ERROR, errcode(ERRCODE_OBJECT_IN_USE), errmsg("source database \"%s\" is being accessed by other users", name),
				backends > 0 ? errdetail_plural("There is %d other session using the database.", "There are %d other sessions using the database.",
												backends, backends)
							 : 0);
}

static Oid
choose_database_oid(Relation rel, DatabaseOptions *o)
{
	if (o->oid)
	{
		Oid oid = defGetObjectId(o->oid);
		char *existing = get_database_name(oid);

		if (oid < FirstNormalObjectId && !IsBootstrapProcessingMode() && IsUnderPostmaster)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("OIDs less than %u are reserved for system objects", FirstNormalObjectId));
		if (existing)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("database OID %u is already in use by database \"%s\"", oid, existing));
		return oid;
	}
	for (;;)
	{
		Oid oid = GetNewOidWithIndex(rel, DatabaseOidIndexId, Anum_pg_database_oid);
		struct stat st;

		/* a directory left by a crash is not overwritten */
		if (stat(GetDatabasePath(oid, DEFAULTTABLESPACE_OID), &st) != 0)
			return oid;
	}
}

static void
check_locale_matches(HeapTuple template, TupleDesc desc, const char *template_name, int encoding, const char *collate, const char *ctype)
{
	Form_pg_database form = (Form_pg_database) GETSTRUCT(template);
	char *src_collate = database_text(template, Anum_pg_database_datcollate, desc);
	char *src_ctype = database_text(template, Anum_pg_database_datctype, desc);

	if (strcmp(template_name, "template0") == 0)
		return;
	if (encoding != form->encoding)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("new encoding (%s) is incompatible with the encoding of the template database (%s)", pg_encoding_to_char(encoding),
					   pg_encoding_to_char(form->encoding)),
				errhint("Use the same encoding as in the template database, or use template0 as template."));
	if (strcmp(collate, src_collate) != 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("new collation (%s) is incompatible with the collation of the template database (%s)", collate, src_collate),
				errhint("Use the same collation as in the template database, or use template0 as template."));
	if (strcmp(ctype, src_ctype) != 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("new LC_CTYPE (%s) is incompatible with the LC_CTYPE of the template database (%s)", ctype, src_ctype),
				errhint("Use the same LC_CTYPE as in the template database, or use template0 as template."));
}

static void
insert_database_row(Relation rel, Oid oid, const char *name, Oid owner, int encoding, bool istemplate, bool allowconn, int limit,
					Form_pg_database src, const char *collate, const char *ctype)
{
	Datum values[Natts_pg_database] = {0};
	bool nulls[Natts_pg_database] = {false};
	NameData datname;
	HeapTuple tuple;

	namestrcpy(&datname, name);
#define SET(column, datum) (values[Anum_pg_database_##column - 1] = (datum))
	SET(oid, ObjectIdGetDatum(oid));
	SET(datname, NameGetDatum(&datname));
	SET(datdba, ObjectIdGetDatum(owner));
	SET(encoding, Int32GetDatum(encoding));
	SET(datlocprovider, CharGetDatum('c'));
	SET(datistemplate, BoolGetDatum(istemplate));
	SET(datallowconn, BoolGetDatum(allowconn));
	SET(datconnlimit, Int32GetDatum(limit));
	SET(datfrozenxid, ObjectIdGetDatum(src->datfrozenxid));
	SET(datminmxid, ObjectIdGetDatum(src->datminmxid));
	SET(dattablespace, ObjectIdGetDatum(DEFAULTTABLESPACE_OID));
	SET(datcollate, CStringGetTextDatum(collate));
	SET(datctype, CStringGetTextDatum(ctype));
#undef SET
	nulls[Anum_pg_database_daticulocale - 1] = nulls[Anum_pg_database_datcollversion - 1] = nulls[Anum_pg_database_datacl - 1] = true;
	tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
	CatalogTupleInsert(rel, tuple);
	heap_freetuple(tuple);
}

/* On error the half-made directory goes. */
static void
remove_new_database(int code, Datum arg)
{
	Oid oid = DatumGetObjectId(arg);

	DropDatabaseBuffers(oid);
	rmtree(GetDatabasePath(oid, DEFAULTTABLESPACE_OID), true);
}

static void
copy_database_files(Oid src, Oid dst)
{
	xl_dbase_create_rec xlrec = {.db_id = dst, .tablespace_id = DEFAULTTABLESPACE_OID, .src_db_id = src, .src_tablespace_id = DEFAULTTABLESPACE_OID};

	RequestCheckpoint(CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE | CHECKPOINT_WAIT | CHECKPOINT_FLUSH_ALL);
	copydir(GetDatabasePath(src, DEFAULTTABLESPACE_OID), GetDatabasePath(dst, DEFAULTTABLESPACE_OID), false);
	XLogBeginInsert();
	XLogRegisterData((char *) &xlrec, sizeof(xlrec));
	(void) XLogInsert(RM_DBASE_ID, XLOG_DBASE_CREATE | XLR_SPECIAL_REL_UPDATE);
	RequestCheckpoint(CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE | CHECKPOINT_WAIT);
}

Oid
createdb(ParseState *pstate, const CreatedbStmt *stmt)
{
	DatabaseOptions o = {0};
	const char *template_name;
	Oid owner;
	HeapTuple template;
	Form_pg_database src;
	Relation rel;
	int encoding;
	const char *collate;
	const char *ctype;
	Oid oid;
	ListCell *lc;

	foreach(lc, stmt->options)
		take_option(pstate, &o, lfirst(lc));
	if (o.tablespace && o.tablespace->arg && get_tablespace_oid(defGetString(o.tablespace), false) != DEFAULTTABLESPACE_OID)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("databases outside of the default tablespace are not supported"));
	owner = new_database_owner(o.owner);
	template_name = o.template && o.template->arg ? defGetString(o.template) : "template1";
	template = lock_database(template_name, ShareLock, true);
	if (template == NULL)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_DATABASE), errmsg("template database \"%s\" does not exist", template_name));
	src = (Form_pg_database) GETSTRUCT(template);
	check_template_use(template, template_name);
	rel = table_open(DatabaseRelationId, RowExclusiveLock);
	encoding = o.encoding && o.encoding->arg ? option_encoding(pstate, o.encoding) : src->encoding;
	collate = ctype = o.locale && o.locale->arg ? defGetString(o.locale) : NULL;
	if (o.collate && o.collate->arg)
		collate = defGetString(o.collate);
	if (o.ctype && o.ctype->arg)
		ctype = defGetString(o.ctype);
	if (collate == NULL)
		collate = database_text(template, Anum_pg_database_datcollate, RelationGetDescr(rel));
	if (ctype == NULL)
		ctype = database_text(template, Anum_pg_database_datctype, RelationGetDescr(rel));
	check_locale_matches(template, RelationGetDescr(rel), template_name, encoding, collate, ctype);
	if (OidIsValid(get_database_oid(stmt->dbname, true)))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_DATABASE), errmsg("database \"%s\" already exists", stmt->dbname));
	oid = choose_database_oid(rel, &o);
	insert_database_row(rel, oid, stmt->dbname, owner, encoding, o.istemplate && defGetBoolean(o.istemplate),
						!o.allow_connections || defGetBoolean(o.allow_connections), o.connection_limit ? defGetInt32(o.connection_limit) : -1, src,
						collate, ctype);
	recordDependencyOnOwner(DatabaseRelationId, oid, owner);
	copyTemplateDependencies(src->oid, oid);
	PG_TRY();
	{
		copy_database_files(src->oid, oid);
	}
	PG_CATCH();
	{
		remove_new_database(0, ObjectIdGetDatum(oid));
		PG_RE_THROW();
	}
	PG_END_TRY();
	table_close(rel, NoLock);
	/* The files exist: the row must not get lost in an asynchronous commit. */
	ForceSyncCommit();
	return oid;
}

/* ---- DROP ---------------------------------------------------------------------------------------------------------------------------------- */
static void
check_drop(HeapTuple tuple, const char *dbname, bool force)
{
	Form_pg_database form = (Form_pg_database) GETSTRUCT(tuple);
	int backends;
	int prepared;

	if (!pg_database_ownercheck(form->oid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_DATABASE, dbname);
	if (form->datistemplate)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot drop a template database"));
	if (form->oid == MyDatabaseId)
		ereport(ERROR, errcode(ERRCODE_OBJECT_IN_USE), errmsg("cannot drop the currently open database"));
	if (force)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("DROP DATABASE with FORCE is not supported"));
	if (CountOtherDBBackends(form->oid, &backends, &prepared))
		ereport(ERROR, errcode(ERRCODE_OBJECT_IN_USE), errmsg("database \"%s\" is being accessed by other users", dbname),
				errdetail_plural("There is %d other session using the database.", "There are %d other sessions using the database.", backends,
								 backends));
}

void
dropdb(const char *dbname, bool missing_ok, bool force)
{
	Relation rel = table_open(DatabaseRelationId, RowExclusiveLock);
	HeapTuple tuple = lock_database(dbname, AccessExclusiveLock, true);
	xl_dbase_drop_rec xlrec = {.tablespace_id = DEFAULTTABLESPACE_OID};
	HeapTuple fresh;
	Oid oid;

	if (tuple == NULL)
	{
		table_close(rel, RowExclusiveLock);
		if (!missing_ok)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_DATABASE), errmsg("database \"%s\" does not exist", dbname));
		ereport(NOTICE, errmsg("database \"%s\" does not exist, skipping", dbname));
		return;
	}
	check_drop(tuple, dbname, force);
	oid = ((Form_pg_database) GETSTRUCT(tuple))->oid;
	fresh = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(oid));
	if (!HeapTupleIsValid(fresh))
		elog(ERROR, "cache lookup failed for database %u", oid);
	CatalogTupleDelete(rel, &fresh->t_self);
	ReleaseSysCache(fresh);
	DeleteSharedComments(oid, DatabaseRelationId);
	setting_drop(oid, InvalidOid);
	dropDatabaseDependencies(oid);
	DropDatabaseBuffers(oid);
	/* No checkpoint may write what is about to be gone, nor fsync it afterwards. */
	RequestCheckpoint(CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE | CHECKPOINT_WAIT);
	xlrec.db_id = oid;
	XLogBeginInsert();
	XLogRegisterData((char *) &xlrec, sizeof(xlrec));
	(void) XLogInsert(RM_DBASE_ID, XLOG_DBASE_DROP | XLR_SPECIAL_REL_UPDATE);
	if (!rmtree(GetDatabasePath(oid, DEFAULTTABLESPACE_OID), true))
		ereport(WARNING, errmsg("some useless files may be left behind in old database directory \"%s\"", GetDatabasePath(oid, DEFAULTTABLESPACE_OID)));
	table_close(rel, NoLock);
	ForceSyncCommit();
}

void
DropDatabase(ParseState *pstate, DropdbStmt *stmt)
{
	bool force = false;
	ListCell *lc;

	foreach(lc, stmt->options)
	{
		DefElem *opt = lfirst(lc);

		if (strcmp(opt->defname, "force") != 0)
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("unrecognized DROP DATABASE option \"%s\"", opt->defname),
					parser_errposition(pstate, opt->location));
		force = true;
	}
	dropdb(stmt->dbname, stmt->missing_ok, force);
}

/* ---- ALTER --------------------------------------------------------------------------------------------------------------------------------- */
static HeapTuple
must_own_database(const char *name)
{
	HeapTuple tuple = lock_database(name, AccessShareLock, false);
	Oid oid = ((Form_pg_database) GETSTRUCT(tuple))->oid;

	if (!pg_database_ownercheck(oid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_DATABASE, name);
	return tuple;
}

ObjectAddress
RenameDatabase(const char *oldname, const char *newname)
{
	Relation rel = table_open(DatabaseRelationId, RowExclusiveLock);
	HeapTuple tuple = lock_database(oldname, AccessExclusiveLock, false);
	Oid oid = ((Form_pg_database) GETSTRUCT(tuple))->oid;
	ObjectAddress address;
	int backends;
	int prepared;

	if (!pg_database_ownercheck(oid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_DATABASE, oldname);
	if (!have_createdb_privilege())
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to rename database"));
	if (OidIsValid(get_database_oid(newname, true)))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_DATABASE), errmsg("database \"%s\" already exists", newname));
	if (oid == MyDatabaseId)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("current database cannot be renamed"));
	if (CountOtherDBBackends(oid, &backends, &prepared))
		ereport(ERROR, errcode(ERRCODE_OBJECT_IN_USE), errmsg("database \"%s\" is being accessed by other users", oldname),
				errdetail_plural("There is %d other session using the database.", "There are %d other sessions using the database.", backends,
								 backends));
	namestrcpy(&((Form_pg_database) GETSTRUCT(tuple))->datname, newname);
	CatalogTupleUpdate(rel, &tuple->t_self, tuple);
	ObjectAddressSet(address, DatabaseRelationId, oid);
	table_close(rel, NoLock);
	return address;
}

Oid
AlterDatabase(ParseState *pstate, AlterDatabaseStmt *stmt, bool isTopLevel)
{
	DatabaseOptions o = {0};
	HeapTuple tuple;
	Relation rel;
	Form_pg_database form;
	ListCell *lc;
	Oid oid;

	foreach(lc, stmt->options)
	{
		DefElem *def = lfirst(lc);

		if (strcmp(def->defname, "tablespace") == 0)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("ALTER DATABASE SET TABLESPACE is not supported"));
		take_option(pstate, &o, def);
	}
	rel = table_open(DatabaseRelationId, RowExclusiveLock);
	tuple = must_own_database(stmt->dbname);
	form = (Form_pg_database) GETSTRUCT(tuple);
	oid = form->oid;
	if (o.allow_connections && !defGetBoolean(o.allow_connections) && oid == MyDatabaseId)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cannot disallow connections for current database"));
	if (o.istemplate)
		form->datistemplate = defGetBoolean(o.istemplate);
	if (o.allow_connections)
		form->datallowconn = defGetBoolean(o.allow_connections);
	if (o.connection_limit)
	{
		form->datconnlimit = defGetInt32(o.connection_limit);
		if (form->datconnlimit < -1)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid connection limit: %d", form->datconnlimit));
	}
	CatalogTupleUpdate(rel, &tuple->t_self, tuple);
	table_close(rel, NoLock);
	return oid;
}

Oid
AlterDatabaseSet(AlterDatabaseSetStmt *stmt)
{
	HeapTuple tuple = must_own_database(stmt->dbname);
	Oid oid = ((Form_pg_database) GETSTRUCT(tuple))->oid;

	setting_alter(oid, InvalidOid, stmt->setstmt);
	return oid;
}

ObjectAddress
AlterDatabaseOwner(const char *dbname, Oid newOwnerId)
{
	Relation rel = table_open(DatabaseRelationId, RowExclusiveLock);
	HeapTuple tuple = must_own_database(dbname);
	Form_pg_database form = (Form_pg_database) GETSTRUCT(tuple);
	ObjectAddress address;

	if (form->datdba != newOwnerId)
	{
		check_is_member_of_role(GetUserId(), newOwnerId);
		if (!have_createdb_privilege())
			ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to change owner of database"));
		form->datdba = newOwnerId;
		CatalogTupleUpdate(rel, &tuple->t_self, tuple);
		changeDependencyOnOwner(DatabaseRelationId, form->oid, newOwnerId);
	}
	ObjectAddressSet(address, DatabaseRelationId, form->oid);
	table_close(rel, NoLock);
	return address;
}
