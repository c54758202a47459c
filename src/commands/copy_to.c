/*
 * copy_to.c
 *    COPY TO: a receiver of batches that writes lines.
 *
 * Rows are formatted into one buffer; for a client every row is a CopyData message there, so that a whole batch is handed to
 * the connection at once.
 */
#include "postgres.h"

#include <sys/stat.h>
#include <unistd.h>

#include "catalog/pg_type.h"
#include "commands/copy_internal.h"
#include "execute/batch.h"
#include "execute/printtup.h"
#include "executor/executor.h"
#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

extern CommandDest whereToSendOutput; /* process/ */

typedef struct CopyTo
{
	DestReceiver pub;
	const CopyOptions *opts;
	FILE *file;				/* NULL: the client */
	bool is_program;
	char *filename;
	TupleDesc desc;
	ValuePrinter *printers;
	bool *force_quote;
	StringInfoData buf;
	StringInfoData value;	/* one value, before escaping */
	MemoryContext tmp;
	bool convert;
	uint64 processed;
	bool null_unconverted;
} CopyTo;

#define COPY_FLUSH_AT (64 * 1024)

static void
write_out(CopyTo *ct)
{
	if (ct->buf.len == 0)
		return;
	if (ct->file == NULL)
		pq_put_messages(ct->buf.data, ct->buf.len);
	else if (fwrite(ct->buf.data, ct->buf.len, 1, ct->file) != 1)
		ereport(ERROR, errcode_for_file_access(), errmsg(ct->is_program ? "could not write to COPY program: %m"
																		 : "could not write to COPY file: %m"));
	ct->buf.len = 0;
}

/* A row begins: leave room for a message header when it goes to a client. */
static int
row_begin(CopyTo *ct)
{
	int start = ct->buf.len;

	if (ct->file == NULL)
		appendBinaryStringInfoNT(&ct->buf, "d\0\0\0\0", 5);
	return start;
}

static void
row_end(CopyTo *ct, int start)
{
	if (ct->file == NULL)
	{
		uint32 len = __builtin_bswap32((uint32) (ct->buf.len - start - 1));

		memcpy(ct->buf.data + start + 1, &len, 4);
	}
	if (ct->buf.len >= COPY_FLUSH_AT)
		write_out(ct);
}

/* ---- text ---- */
static void
put_text(CopyTo *ct, const char *s, int len)
{
	const char *end = s + len;
	const char *run = s;
	char delim = ct->opts->delim;

	for (const char *p = s; p < end; p++)
	{
		char c = *p;
		char esc;

		if ((unsigned char) c >= 0x20)
		{
			if (c != '\\' && c != delim)
				continue;
			esc = c;
		}
		else
		{
			switch (c)
			{
				case '\b':
					esc = 'b';
					break;
				case '\f':
					esc = 'f';
					break;
				case '\n':
					esc = 'n';
					break;
				case '\r':
					esc = 'r';
					break;
				case '\t':
					esc = 't';
					break;
				case '\v':
					esc = 'v';
					break;
				default:
					if (c != delim)
						continue;
					esc = c;
					break;
			}
			/* A control character that is the delimiter keeps its own form behind the backslash. */
			if (c == delim)
				esc = c;
		}
		appendBinaryStringInfoNT(&ct->buf, run, (int) (p - run));
		appendStringInfoChar(&ct->buf, '\\');
		appendStringInfoChar(&ct->buf, esc);
		run = p + 1;
	}
	appendBinaryStringInfoNT(&ct->buf, run, (int) (end - run));
}

/* ---- csv ---- */
static void
put_csv(CopyTo *ct, const char *s, int len, bool force, bool single)
{
	const CopyOptions *o = ct->opts;
	bool quote = force;

	if (!quote && len == o->null_len && memcmp(s, o->null_print, len) == 0)
		quote = true;
	/* A lone \. on a line would end the data. */
	if (!quote && single && len == 2 && s[0] == '\\' && s[1] == '.')
		quote = true;
	for (int i = 0; i < len && !quote; i++)
		quote = s[i] == o->delim || s[i] == o->quote || s[i] == '\n' || s[i] == '\r';
	if (!quote)
	{
		appendBinaryStringInfoNT(&ct->buf, s, len);
		return;
	}
	appendStringInfoChar(&ct->buf, o->quote);
	for (int i = 0; i < len; i++)
	{
		if (s[i] == o->quote || s[i] == o->escape)
			appendStringInfoChar(&ct->buf, o->escape);
		appendStringInfoChar(&ct->buf, s[i]);
	}
	appendStringInfoChar(&ct->buf, o->quote);
}

static void
put_value(CopyTo *ct, int col, Datum value)
{
	char *s;
	int len;

	ct->value.len = 0;
	value_print_counted(&ct->printers[col], &ct->value, value);
	s = ct->value.data + 4;
	len = ct->value.len - 4;
	if (ct->convert)
	{
		char *converted;

		appendStringInfoChar(&ct->value, '\0');
		s = ct->value.data + 4;
		converted = pg_server_to_any(s, len, ct->opts->encoding);
		if (converted != s)
		{
			s = converted;
			len = (int) strlen(s);
		}
	}
	if (ct->opts->csv)
		put_csv(ct, s, len, ct->force_quote[col] || ct->opts->force_quote_all, ct->desc->natts == 1);
	else
		put_text(ct, s, len);
}

static void
put_line_end(CopyTo *ct)
{
	appendStringInfoChar(&ct->buf, '\n');
}

static void
put_text_row(CopyTo *ct, const Batch *batch, int pos)
{
	int start = row_begin(ct);

	for (int i = 0; i < ct->desc->natts; i++)
	{
		if (i > 0)
			appendStringInfoChar(&ct->buf, ct->opts->delim);
		if (vector_isnull(&batch->cols[i], pos))
			appendBinaryStringInfoNT(&ct->buf, ct->opts->null_print, ct->opts->null_len);
		else
			put_value(ct, i, vector_value(&batch->cols[i], pos));
	}
	put_line_end(ct);
	row_end(ct, start);
}

static void
put_binary_row(CopyTo *ct, const Batch *batch, int pos)
{
	int start = row_begin(ct);

	pq_sendint16(&ct->buf, ct->desc->natts);
	for (int i = 0; i < ct->desc->natts; i++)
		if (vector_isnull(&batch->cols[i], pos))
			pq_sendint32(&ct->buf, UINT32_MAX);
		else
			value_print_counted(&ct->printers[i], &ct->buf, vector_value(&batch->cols[i], pos));
	row_end(ct, start);
}

static void
put_header(CopyTo *ct)
{
	int start;

	if (ct->opts->binary)
	{
		start = row_begin(ct);
		appendBinaryStringInfoNT(&ct->buf, copy_binary_signature, 11);
		pq_sendint32(&ct->buf, 0);
		pq_sendint32(&ct->buf, 0);
		row_end(ct, start);
		return;
	}
	if (ct->opts->header == COPY_NO_HEADER)
		return;
	start = row_begin(ct);
	for (int i = 0; i < ct->desc->natts; i++)
	{
		char *name = NameStr(TupleDescAttr(ct->desc, i)->attname);

		if (i > 0)
			appendStringInfoChar(&ct->buf, ct->opts->delim);
		if (ct->opts->csv)
			put_csv(ct, name, (int) strlen(name), false, ct->desc->natts == 1);
		else
			put_text(ct, name, (int) strlen(name));
	}
	put_line_end(ct);
	row_end(ct, start);
}

/* ---- receiver ---- */
static void
copy_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
}
static void
copy_shutdown(DestReceiver *self)
{
}

static bool
copy_receive(const Batch *batch, DestReceiver *self)
{
	CopyTo *ct = (CopyTo *) self;
	MemoryContext old = MemoryContextSwitchTo(ct->tmp);

	for (int k = 0; k < batch->sel.n; k++)
	{
		int pos = selection_pos(&batch->sel, k);

		if (ct->opts->binary)
			put_binary_row(ct, batch, pos);
		else
			put_text_row(ct, batch, pos);
	}
	ct->processed += batch->sel.n;
	MemoryContextSwitchTo(old);
	MemoryContextReset(ct->tmp);
	return true;
}

static void
setup(CopyTo *ct, TupleDesc desc, Relation rel, List *attnums)
{
	const CopyOptions *o = ct->opts;
	List *all = NIL;

	ct->desc = desc;
	ct->printers = palloc0_array(ValuePrinter, Max(desc->natts, 1));
	for (int i = 0; i < desc->natts; i++)
	{
		value_printer_init_server(&ct->printers[i], TupleDescAttr(desc, i)->atttypid, o->binary ? 1 : 0,
								  CurrentMemoryContext);
		all = lappend_int(all, i + 1);
	}
	ct->force_quote = copy_column_flags(desc, rel, o->force_quote, all, "FORCE_QUOTE");
	ct->convert = !o->binary && o->encoding != GetDatabaseEncoding() && o->encoding != PG_SQL_ASCII &&
				  GetDatabaseEncoding() != PG_SQL_ASCII;
	ct->tmp = AllocSetContextCreate(CurrentMemoryContext, "COPY TO", ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&ct->buf);
	initStringInfo(&ct->value);
}

static void
begin_client(CopyTo *ct)
{
	StringInfoData msg;

	pq_beginmessage(&msg, 'H');
	pq_sendbyte(&msg, ct->opts->binary ? 1 : 0);
	pq_sendint16(&msg, ct->desc->natts);
	for (int i = 0; i < ct->desc->natts; i++)
		pq_sendint16(&msg, ct->opts->binary ? 1 : 0);
	pq_endmessage(&msg);
}

static void
open_file(CopyTo *ct, const CopyStmt *stmt)
{
	struct stat st;
	mode_t mask;

	ct->filename = stmt->filename;
	ct->is_program = stmt->is_program;
	if (stmt->filename == NULL)
	{
		if (whereToSendOutput != DestRemote)
			ct->file = stdout;
		return;
	}
	if (stmt->is_program)
	{
		ct->file = OpenPipeStream(stmt->filename, "w");
		if (ct->file == NULL)
			ereport(ERROR, errcode_for_file_access(),
					errmsg("could not execute command \"%s\": %m", stmt->filename));
		return;
	}
	if (stmt->filename[0] != '/')
		ereport(ERROR, errcode(ERRCODE_INVALID_NAME), errmsg("relative path not allowed for COPY to file"));
	mask = umask(S_IWGRP | S_IWOTH);
	ct->file = AllocateFile(stmt->filename, "w");
	umask(mask);
	if (ct->file == NULL)
	{
		int e = errno;

		errno = e;
		ereport(ERROR, errcode_for_file_access(), errmsg("could not open file \"%s\" for writing: %m", stmt->filename),
				e == ENOENT || e == EACCES
					? errhint("COPY TO instructs the PostgreSQL server process to write a file. You may want a "
							  "client-side facility such as psql's \\copy.")
					: 0);
	}
	if (fstat(fileno(ct->file), &st) == 0 && S_ISDIR(st.st_mode))
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is a directory", stmt->filename));
}

static void
close_file(CopyTo *ct)
{
	if (ct->filename == NULL)
	{
		if (ct->file)
			fflush(ct->file);
		return;
	}
	if (ct->is_program)
	{
		int rc = ClosePipeStream(ct->file);

		if (rc == -1)
			ereport(ERROR, errcode_for_file_access(), errmsg("could not close pipe to external command: %m"));
		if (rc != 0)
			ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION), errmsg("program \"%s\" failed", ct->filename));
	}
	else if (FreeFile(ct->file))
		ereport(ERROR, errcode_for_file_access(), errmsg("could not close file \"%s\": %m", ct->filename));
}

static PlannedStmt *
plan_query(ParseState *pstate, RawStmt *raw)
{
	List *queries = pg_analyze_and_rewrite_fixedparams(raw, pstate->p_sourcetext, NULL, 0, NULL);
	Query *query;

	if (queries == NIL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("DO INSTEAD NOTHING rules are not supported for COPY"));
	if (list_length(queries) > 1)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("multi-statement DO INSTEAD rules are not supported for COPY"));
	query = linitial_node(Query, queries);
	if (query->utilityStmt && IsA(query->utilityStmt, CreateTableAsStmt))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("COPY (SELECT INTO) is not supported"));
	if (query->commandType != CMD_SELECT && query->returningList == NIL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("COPY query must have a RETURNING clause"));
	return pg_plan_query(query, pstate->p_sourcetext, CURSOR_OPT_PARALLEL_OK, NULL);
}

uint64
copy_to(ParseState *pstate, Relation rel, const CopyStmt *stmt, const CopyOptions *opts, List *attnums, RawStmt *raw)
{
	CopyTo *ct = palloc0_object(CopyTo);
	PlannedStmt *plan = plan_query(pstate, raw);
	QueryDesc *qd;

	ct->opts = opts;
	ct->pub = (DestReceiver){copy_receive, copy_startup, copy_shutdown, copy_shutdown, DestCopyOut};
	PushCopiedSnapshot(GetActiveSnapshot());
	UpdateActiveSnapshotCommandId();
	qd = CreateQueryDesc(plan, pstate->p_sourcetext, GetActiveSnapshot(), InvalidSnapshot, &ct->pub, NULL, NULL, 0);
	ExecutorStart(qd, 0);
	setup(ct, CreateTupleDescCopy(qd->tupDesc), rel, attnums);
	open_file(ct, stmt);
	if (ct->file == NULL)
		begin_client(ct);
	put_header(ct);
	ExecutorRun(qd, ForwardScanDirection, 0, true);
	if (opts->binary)
	{
		int start = row_begin(ct);

		pq_sendint16(&ct->buf, UINT16_MAX);
		row_end(ct, start);
	}
	write_out(ct);
	if (ct->file == NULL)
		pq_putemptymessage('c');
	ExecutorFinish(qd);
	ExecutorEnd(qd);
	FreeQueryDesc(qd);
	PopActiveSnapshot();
	close_file(ct);
	MemoryContextDelete(ct->tmp);
	return ct->processed;
}
