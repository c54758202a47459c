/*
 * dbcommands_xlog.h
 *    WAL records about whole databases.
 */
#ifndef DBCOMMANDS_XLOG_H
#define DBCOMMANDS_XLOG_H

#include "access/xlogreader.h"
#include "lib/stringinfo.h"

#define XLOG_DBASE_CREATE 0x00
#define XLOG_DBASE_DROP 0x20

typedef struct xl_dbase_create_rec
{
	Oid db_id;
	Oid tablespace_id;
	Oid src_db_id;
	Oid src_tablespace_id;
} xl_dbase_create_rec;

typedef struct xl_dbase_drop_rec
{
	Oid db_id;
	Oid tablespace_id;
} xl_dbase_drop_rec;

extern void dbase_redo(XLogReaderState *record);
extern void dbase_desc(StringInfo buf, XLogReaderState *record);
extern const char *dbase_identify(uint8 info);

#endif /* DBCOMMANDS_XLOG_H */
