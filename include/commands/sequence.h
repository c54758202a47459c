/*
 * sequence.h
 *    Sequences: statements, nextval and company, WAL.
 */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include "access/xlogreader.h"
#include "catalog/objectaddress.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "parser/parse_node.h"
#include "storage/relfilenode.h"

/* The one row of a sequence's relation. */
typedef struct FormData_pg_sequence_data
{
	int64 last_value;
	int64 log_cnt;
	bool is_called;
} FormData_pg_sequence_data;
typedef FormData_pg_sequence_data *Form_pg_sequence_data;

#define SEQ_COL_LASTVAL 1
#define SEQ_COL_LOG 2
#define SEQ_COL_CALLED 3

#define XLOG_SEQ_LOG 0x00
typedef struct xl_seq_rec
{
	RelFileNode node; /* the tuple follows */
} xl_seq_rec;

extern int64 nextval_internal(Oid relid, bool check_permissions);
extern List *sequence_options(Oid relid);
extern ObjectAddress DefineSequence(ParseState *pstate, CreateSeqStmt *seq);
extern ObjectAddress AlterSequence(ParseState *pstate, AlterSeqStmt *stmt);
extern void DeleteSequenceTuple(Oid relid);
extern void ResetSequence(Oid seq_relid);
extern void ResetSequenceCaches(void);

extern void seq_redo(XLogReaderState *record);
extern void seq_desc(StringInfo buf, XLogReaderState *record);
extern const char *seq_identify(uint8 info);

#endif /* SEQUENCE_H */
