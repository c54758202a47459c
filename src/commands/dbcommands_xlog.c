/*
 * dbcommands_xlog.c
 *    Replaying and describing CREATE and DROP DATABASE; the tablespace records, which nothing writes yet.
 */
#include "postgres.h"

#include <sys/stat.h>

#include "access/xlogutils.h"
#include "commands/dbcommands_xlog.h"
#include "common/relpath.h"
#include "storage/bufmgr.h"
#include "storage/fd.h"
#include "storage/smgr.h"

static void
redo_create(const xl_dbase_create_rec *rec)
{
	char *src = GetDatabasePath(rec->src_db_id, rec->src_tablespace_id);
	char *dst = GetDatabasePath(rec->db_id, rec->tablespace_id);
	struct stat st;

	/* begun before the crash: make it anew */
	if (stat(dst, &st) == 0 && S_ISDIR(st.st_mode) && !rmtree(dst, true))
		ereport(WARNING, errmsg("some useless files may be left behind in old database directory \"%s\"", dst));
	/* what replay changed in the template must be in its files */
	FlushDatabaseBuffers(rec->src_db_id);
	copydir(src, dst, false);
}

static void
redo_drop(const xl_dbase_drop_rec *rec)
{
	char *path = GetDatabasePath(rec->db_id, rec->tablespace_id);

	DropDatabaseBuffers(rec->db_id);
	XLogDropDatabase(rec->db_id);
	smgrcloseall();
	if (!rmtree(path, true))
		ereport(WARNING, errmsg("some useless files may be left behind in old database directory \"%s\"", path));
}

void
dbase_redo(XLogReaderState *record)
{
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	switch (info)
	{
		case XLOG_DBASE_CREATE:
			redo_create((xl_dbase_create_rec *) XLogRecGetData(record));
			break;
		case XLOG_DBASE_DROP:
			redo_drop((xl_dbase_drop_rec *) XLogRecGetData(record));
			break;
		default:
			elog(PANIC, "dbase_redo: unknown op code %u", info);
	}
}

void
dbase_desc(StringInfo buf, XLogReaderState *record)
{
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	if (info == XLOG_DBASE_CREATE)
	{
		xl_dbase_create_rec *rec = (xl_dbase_create_rec *) XLogRecGetData(record);

		appendStringInfo(buf, "copy dir %u/%u to %u/%u", rec->src_tablespace_id, rec->src_db_id, rec->tablespace_id, rec->db_id);
	}
	else if (info == XLOG_DBASE_DROP)
	{
		xl_dbase_drop_rec *rec = (xl_dbase_drop_rec *) XLogRecGetData(record);

		appendStringInfo(buf, "dir %u/%u", rec->tablespace_id, rec->db_id);
	}
}

const char *
dbase_identify(uint8 info)
{
	switch (info & ~XLR_INFO_MASK)
	{
		case XLOG_DBASE_CREATE:
			return "CREATE_FILE_COPY";
		case XLOG_DBASE_DROP:
			return "DROP";
		default:
			return NULL;
	}
}

/* ---- tablespaces: no record type exists ------------------------------------------------------------------------------------------- */
extern void tblspc_redo(XLogReaderState *record);
extern void tblspc_desc(StringInfo buf, XLogReaderState *record);
extern const char *tblspc_identify(uint8 info);

void
tblspc_redo(XLogReaderState *record)
{
	elog(PANIC, "tblspc_redo: unknown op code %u", XLogRecGetInfo(record) & ~XLR_INFO_MASK);
}

void
tblspc_desc(StringInfo buf, XLogReaderState *record)
{
}

const char *
tblspc_identify(uint8 info)
{
	return NULL;
}
