/*
 * copy_from.c
 *    COPY FROM: read, split into lines and fields, convert, insert in batches.
 *
 * Input is read in large blocks. A line is found in the block itself when it is whole there; only one that crosses blocks is moved
 * to the front first. Fields are unescaped into one buffer and handed to input functions; integers and text are converted
 * without a call. Rows are collected and inserted with heap_multi_insert, then entered into the indexes.
 */
#include "postgres.h"

#include <sys/stat.h>

#include "access/heapam.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/copy_internal.h"
#include "commands/trigger.h"
#include "execute/modify.h"
#include "executor/executor.h"
#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "parser/parse_relation.h"
#include "rewrite/rewriteHandler.h"
#include "storage/fd.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

extern CommandDest whereToSendOutput; /* process/ */

#define INPUT_BLOCK (64 * 1024)
#define MAX_BATCH_ROWS 1000
#define MAX_BATCH_BYTES (512 * 1024)
#define MAX_CONTEXT_TEXT 100

typedef enum LineEnd
{
	END_UNKNOWN,
	END_NL,
	END_CR,
	END_CRNL
} LineEnd;

typedef enum FieldFast
{
	FIELD_GENERIC,
	FIELD_INT4,
	FIELD_INT8,
	FIELD_TEXT
} FieldFast;

typedef struct CopyFrom
{
	const CopyOptions *opts;
	Relation rel;
	TupleDesc desc;
	List *attnums;
	int nfields;
	int *field_att;			/* attribute (0-based) of each field */
	/* input */
	FILE *file;
	bool is_program;
	char *filename;
	bool client;
	StringInfoData msg;		/* CopyData being read */
	char *buf;				/* capacity bytes and a zero */
	int capacity;
	int len;
	int pos;
	bool input_end;
	bool convert;
	LineEnd line_end;
	/* the line in work, for error context */
	uint64 line_no;
	char *line;
	int line_len;
	bool line_valid;
	const char *cur_attname;
	const char *cur_value;
	/* fields */
	char *fields_buf;
	int fields_capacity;
	char **fields;			/* NULL: null */
	int *field_lens;
	int max_fields;
	/* conversion, by attribute */
	FmgrInfo *in;
	Oid *ioparams;
	FieldFast *fast;
	bool *force_notnull;
	bool *force_null;
	/* defaults of columns that are not in the file */
	RowExprs *defaults;
	int ndefaults;
	int *default_att;
	Datum *default_values;
	bool *default_nulls;
	RowExprs *where;
	/* insertion */
	TargetRel *target;
	EState *estate;
	BulkInsertState bistate;
	CommandId cid;
	int insert_options;
	HeapTuple tuples[MAX_BATCH_ROWS];
	uint64 tuple_lines[MAX_BATCH_ROWS];
	int ntuples;
	Size batch_bytes;
	MemoryContext batch_cxt;
	MemoryContext field_cxt;
	uint64 processed;
} CopyFrom;

/* ---- error context ---- */
static char *
limit_text(const char *s, int len)
{
	if (len <= MAX_CONTEXT_TEXT)
		return pnstrdup(s, len);
	len = pg_mbcliplen(s, len, MAX_CONTEXT_TEXT);
	return psprintf("%.*s...", len, s);
}

static void
copy_error_context(void *arg)
{
	CopyFrom *cf = arg;
	const char *rel = RelationGetRelationName(cf->rel);
	unsigned long long line = cf->line_no;

	if (cf->opts->binary)
	{
		if (cf->cur_attname)
			errcontext("COPY %s, line %llu, column %s", rel, line, cf->cur_attname);
		else
			errcontext("COPY %s, line %llu", rel, line);
	}
	else if (cf->cur_attname && cf->cur_value)
		errcontext("COPY %s, line %llu, column %s: \"%s\"", rel, line, cf->cur_attname,
				   limit_text(cf->cur_value, (int) strlen(cf->cur_value)));
	else if (cf->cur_attname)
		errcontext("COPY %s, line %llu, column %s: null input", rel, line, cf->cur_attname);
	else if (cf->line_valid)
		errcontext("COPY %s, line %llu: \"%s\"", rel, line, limit_text(cf->line, cf->line_len));
	else
		errcontext("COPY %s, line %llu", rel, line);
}

/* ---- reading ---- */

/* Up to n bytes of the client's CopyData messages. */
static int
read_client(CopyFrom *cf, char *dst, int n)
{
	while (cf->msg.cursor >= cf->msg.len)
	{
		int type;

		if (cf->input_end)
			return 0;
		HOLD_CANCEL_INTERRUPTS();
		pq_startmsgread();
		type = pq_getbyte();
		if (type == EOF || pq_getmessage(&cf->msg, type == 'd' ? PQ_LARGE_MESSAGE_LIMIT : PQ_SMALL_MESSAGE_LIMIT))
			ereport(ERROR, errcode(ERRCODE_CONNECTION_FAILURE),
					errmsg("unexpected EOF on client connection with an open transaction"));
		RESUME_CANCEL_INTERRUPTS();
		CHECK_FOR_INTERRUPTS();
		switch (type)
		{
			case 'd':
				break;
			case 'c':
				cf->input_end = true;
				return 0;
			case 'f':
				ereport(ERROR, errcode(ERRCODE_QUERY_CANCELED),
						errmsg("COPY from stdin failed: %s", pq_getmsgstring(&cf->msg)));
			case 'H':
			case 'S':
				/* Flush and Sync mean nothing here. */
				cf->msg.cursor = cf->msg.len;
				break;
			default:
				ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION),
						errmsg("unexpected message type 0x%02X during COPY from stdin", type));
		}
	}
	n = Min(n, cf->msg.len - cf->msg.cursor);
	memcpy(dst, cf->msg.data + cf->msg.cursor, n);
	cf->msg.cursor += n;
	return n;
}

static int
read_input(CopyFrom *cf, char *dst, int n)
{
	size_t got;

	if (cf->input_end)
		return 0;
	if (cf->client)
		return read_client(cf, dst, n);
	got = fread(dst, 1, n, cf->file);
	if (ferror(cf->file))
		ereport(ERROR, errcode_for_file_access(), errmsg("could not read from COPY file: %m"));
	if (got == 0)
		cf->input_end = true;
	return (int) got;
}

/* More bytes behind what is there; what has been consumed is dropped. False at the end. */
static bool
fill(CopyFrom *cf)
{
	int n;

	if (cf->pos > 0)
	{
		memmove(cf->buf, cf->buf + cf->pos, cf->len - cf->pos);
		cf->len -= cf->pos;
		cf->pos = 0;
	}
	if (cf->len >= cf->capacity)
	{
		if (cf->capacity >= (int) (MaxAllocSize / 2))
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("out of memory"),
					errdetail("Cannot enlarge string buffer containing %d bytes by %d more bytes.", cf->len, INPUT_BLOCK));
		cf->capacity *= 2;
		cf->buf = repalloc(cf->buf, cf->capacity + 1);
	}
	n = read_input(cf, cf->buf + cf->len, cf->capacity - cf->len);
	cf->len += n;
	return n > 0;
}

/* ---- lines ---- */
static void
literal_newline(CopyFrom *cf, bool cr)
{
	const char *what = cr ? "carriage return" : "newline";

	if (cf->opts->csv)
		ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT), errmsg("unquoted %s found in data", what),
				errhint("Use quoted CSV field to represent %s.", what));
	ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT), errmsg("literal %s found in data", what),
			errhint("Use \"%s\" to represent %s.", cr ? "\\r" : "\\n", what));
}

/*
 * Find the end of the line that begins at pos. Returns its length and sets *skip to the length of its line end; -1 when more
 * input is needed. The scan is linear from the line's start whenever more input came, which is rare.
 */
static int
find_line_end(CopyFrom *cf, bool at_end, int *skip)
{
	const char *start = cf->buf + cf->pos;
	const char *end = cf->buf + cf->len;
	const CopyOptions *o = cf->opts;
	bool quoted = false;

	for (const char *p = start; p < end; p++)
	{
		char c = *p;

		if (o->csv)
		{
			if (quoted && c == o->escape && o->escape != o->quote && p + 1 < end &&
				(p[1] == o->escape || p[1] == o->quote))
			{
				p++;
				continue;
			}
			if (c == o->quote)
				quoted = !quoted;
			if (quoted)
				continue;
		}
		else if (c == '\\')
		{
			/* The next character is data, whatever it is; but "\." is looked at by the caller. */
			if (p + 1 >= end && !at_end)
				return -1;
			if (p + 1 < end && p[1] != '\r' && p[1] != '\n')
				p++;
			else if (p + 1 < end)
				p++;
			continue;
		}
		if (c == '\n')
		{
			if (cf->line_end == END_UNKNOWN)
				cf->line_end = END_NL;
			if (cf->line_end == END_CR || cf->line_end == END_CRNL)
				literal_newline(cf, false);
			*skip = 1;
			return (int) (p - start);
		}
		if (c == '\r')
		{
			if (cf->line_end == END_NL)
				literal_newline(cf, true);
			if (p + 1 >= end && !at_end && cf->line_end != END_CR)
				return -1;
			if (p + 1 < end && p[1] == '\n' && cf->line_end != END_CR)
			{
				cf->line_end = END_CRNL;
				*skip = 2;
				return (int) (p - start);
			}
			if (cf->line_end == END_CRNL)
				literal_newline(cf, true);
			cf->line_end = END_CR;
			*skip = 1;
			return (int) (p - start);
		}
	}
	return -1;
}

/* Rest of the input is ignored after \. ; a client's must still be read. */
static void
drain(CopyFrom *cf)
{
	char scrap[8192];

	if (cf->client)
		while (read_client(cf, scrap, sizeof(scrap)) > 0)
			;
	cf->input_end = true;
	cf->len = cf->pos = 0;
}

static bool
next_line(CopyFrom *cf)
{
	int skip = 0;
	int n;

	cf->line_no++;
	cf->line_valid = false;
	cf->cur_attname = NULL;
	cf->cur_value = NULL;
	for (;;)
	{
		n = find_line_end(cf, cf->input_end, &skip);
		if (n >= 0)
			break;
		if (!fill(cf))
		{
			n = find_line_end(cf, true, &skip);
			if (n < 0)
			{
				if (cf->pos >= cf->len)
					return false;
				n = cf->len - cf->pos;
				skip = 0;
			}
			break;
		}
	}
	cf->line = cf->buf + cf->pos;
	cf->line_len = n;
	cf->pos += n + skip;
	if (n == 2 && cf->line[0] == '\\' && cf->line[1] == '.')
	{
		drain(cf);
		return false;
	}
	if (cf->convert)
	{
		char *s = pg_any_to_server(cf->line, n, cf->opts->encoding);

		if (s != cf->line)
		{
			cf->line = s;
			cf->line_len = (int) strlen(s);
		}
	}
	else
	{
		bool high = false;

		for (int i = 0; i < n && !high; i++)
			high = (cf->line[i] & 0x80) != 0 || cf->line[i] == '\0';
		if (high)
			pg_verifymbstr(cf->line, n, false);
	}
	cf->line_valid = true;
	return true;
}

/* ---- fields ---- */
static void
reserve_fields(CopyFrom *cf)
{
	int need = cf->line_len + cf->max_fields + 16;

	if (need <= cf->fields_capacity)
		return;
	cf->fields_capacity = need * 2;
	cf->fields_buf = repalloc(cf->fields_buf, cf->fields_capacity);
}

static void
add_field(CopyFrom *cf, int n, char *value, int len)
{
	if (n >= cf->max_fields)
	{
		cf->max_fields *= 2;
		cf->fields = repalloc_array(cf->fields, char *, cf->max_fields);
		cf->field_lens = repalloc_array(cf->field_lens, int, cf->max_fields);
	}
	cf->fields[n] = value;
	cf->field_lens[n] = len;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* What a backslash stands for; *p is behind the backslash and moves behind the sequence. */
static char
unescape(const char **p, const char *end, bool *high)
{
	char c = *(*p)++;
	int v;

	switch (c)
	{
		case '0' ... '7':
			v = c - '0';
			for (int i = 0; i < 2 && *p < end && **p >= '0' && **p <= '7'; i++)
				v = v * 8 + (*(*p)++ - '0');
			v &= 0xff;
			*high |= v == 0 || v >= 0x80;
			return (char) v;
		case 'x':
			if (*p < end && hex_value(**p) >= 0)
			{
				v = hex_value(*(*p)++);
				if (*p < end && hex_value(**p) >= 0)
					v = v * 16 + hex_value(*(*p)++);
				*high |= v == 0 || v >= 0x80;
				return (char) v;
			}
			return c;
		case 'b':
			return '\b';
		case 'f':
			return '\f';
		case 'n':
			return '\n';
		case 'r':
			return '\r';
		case 't':
			return '\t';
		case 'v':
			return '\v';
		default:
			return c;
	}
}

static int
split_text(CopyFrom *cf)
{
	const char *p = cf->line;
	const char *end = cf->line + cf->line_len;
	const CopyOptions *o = cf->opts;
	char *out;
	int n = 0;

	reserve_fields(cf);
	out = cf->fields_buf;
	if (cf->nfields == 0 && cf->line_len == 0)
		return 0;
	for (;;)
	{
		const char *raw = p;
		char *value = out;
		bool high = false;
		int raw_len;

		while (p < end && *p != o->delim)
		{
			if (*p == '\\' && p + 1 < end)
			{
				p++;
				*out++ = unescape(&p, end, &high);
			}
			else
				*out++ = *p++;
		}
		raw_len = (int) (p - raw);
		*out++ = '\0';
		if (raw_len == o->null_len && memcmp(raw, o->null_print, raw_len) == 0)
			add_field(cf, n++, NULL, 0);
		else
		{
			/* An escape may have made something that is no text. */
			if (high)
				pg_verifymbstr(value, (int) (out - value - 1), false);
			add_field(cf, n++, value, (int) (out - value - 1));
		}
		if (p >= end)
			return n;
		p++;
	}
}

static int
split_csv(CopyFrom *cf)
{
	const char *p = cf->line;
	const char *end = cf->line + cf->line_len;
	const CopyOptions *o = cf->opts;
	char *out;
	int n = 0;

	reserve_fields(cf);
	out = cf->fields_buf;
	if (cf->nfields == 0 && cf->line_len == 0)
		return 0;
	for (;;)
	{
		char *value = out;
		bool saw_quote = false;
		bool in_quote = false;
		int len;

		while (p < end)
		{
			char c = *p++;

			if (!in_quote)
			{
				if (c == o->delim)
				{
					p--;
					break;
				}
				if (c == o->quote)
				{
					saw_quote = in_quote = true;
					continue;
				}
			}
			else
			{
				if (c == o->escape && p < end && (*p == o->escape || *p == o->quote))
				{
					*out++ = *p++;
					continue;
				}
				if (c == o->quote)
				{
					in_quote = false;
					continue;
				}
			}
			*out++ = c;
		}
		if (in_quote)
			ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT), errmsg("unterminated CSV quoted field"));
		len = (int) (out - value);
		*out++ = '\0';
		if (!saw_quote && len == o->null_len && memcmp(value, o->null_print, len) == 0)
			add_field(cf, n++, NULL, 0);
		else
			add_field(cf, n++, value, len);
		if (p >= end)
			return n;
		p++;
	}
}

/* ---- conversion ---- */
static bool
fast_integer(const char *s, int len, int64 *result)
{
	bool neg = false;
	int64 v = 0;
	int i = 0;

	if (len > 0 && s[0] == '-')
	{
		neg = true;
		i = 1;
	}
	if (len - i < 1 || len - i > 18)
		return false;
	for (; i < len; i++)
	{
		unsigned d = (unsigned char) s[i] - '0';

		if (d > 9)
			return false;
		v = v * 10 + d;
	}
	*result = neg ? -v : v;
	return true;
}

static Datum
convert_field(CopyFrom *cf, int att, char *s, int len, bool *isnull)
{
	int64 v;

	*isnull = false;
	if (s != NULL)
		switch (cf->fast[att])
		{
			case FIELD_INT4:
				if (fast_integer(s, len, &v) && v >= PG_INT32_MIN && v <= PG_INT32_MAX)
					return Int32GetDatum((int32) v);
				break;
			case FIELD_INT8:
				if (fast_integer(s, len, &v))
					return Int64GetDatum(v);
				break;
			case FIELD_TEXT:
				return PointerGetDatum(cstring_to_text_with_len(s, len));
			default:
				break;
		}
	*isnull = s == NULL;
	if (s == NULL && cf->in[att].fn_strict)
		return (Datum) 0;
	return InputFunctionCall(&cf->in[att], s, cf->ioparams[att], TupleDescAttr(cf->desc, att)->atttypmod);
}

static void
apply_forced_nulls(CopyFrom *cf, int att, char **s, int *len)
{
	if (*s == NULL && cf->force_notnull[att])
	{
		*s = cf->opts->null_print;
		*len = cf->opts->null_len;
	}
	else if (*s != NULL && cf->force_null[att] && *len == cf->opts->null_len && strcmp(*s, cf->opts->null_print) == 0)
	{
		*s = NULL;
		*len = 0;
	}
}

static void
fill_defaults(CopyFrom *cf, Datum *values, bool *nulls)
{
	if (cf->ndefaults == 0)
		return;
	row_exprs_eval(cf->defaults, NULL, NULL, cf->default_values, cf->default_nulls);
	for (int i = 0; i < cf->ndefaults; i++)
	{
		values[cf->default_att[i]] = cf->default_values[i];
		nulls[cf->default_att[i]] = cf->default_nulls[i];
	}
}

static bool
next_text_row(CopyFrom *cf, Datum *values, bool *nulls)
{
	int n;

	if (!next_line(cf))
		return false;
	n = cf->opts->csv ? split_csv(cf) : split_text(cf);
	if (n > cf->nfields)
		ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT), errmsg("extra data after last expected column"));
	for (int i = 0; i < cf->nfields; i++)
	{
		int att = cf->field_att[i];
		char *s;
		int len;

		if (i >= n)
			ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
					errmsg("missing data for column \"%s\"", NameStr(TupleDescAttr(cf->desc, att)->attname)));
		s = cf->fields[i];
		len = cf->field_lens[i];
		if (cf->opts->csv)
			apply_forced_nulls(cf, att, &s, &len);
		cf->cur_attname = NameStr(TupleDescAttr(cf->desc, att)->attname);
		cf->cur_value = s;
		values[att] = convert_field(cf, att, s, len, &nulls[att]);
	}
	cf->cur_attname = NULL;
	cf->cur_value = NULL;
	fill_defaults(cf, values, nulls);
	return true;
}

/* ---- binary ---- */
static bool
need_bytes(CopyFrom *cf, int n)
{
	while (cf->len - cf->pos < n)
		if (!fill(cf))
			return false;
	return true;
}

static bool
get_int(CopyFrom *cf, int bytes, int32 *v)
{
	if (!need_bytes(cf, bytes))
		return false;
	if (bytes == 4)
	{
		uint32 u;

		memcpy(&u, cf->buf + cf->pos, 4);
		*v = (int32) __builtin_bswap32(u);
	}
	else
	{
		uint16 u;

		memcpy(&u, cf->buf + cf->pos, 2);
		*v = (int16) __builtin_bswap16(u);
	}
	cf->pos += bytes;
	return true;
}

static void
bad_file(const char *text)
{
	ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT), errmsg("%s", text));
}

static void
read_binary_header(CopyFrom *cf)
{
	int32 flags;
	int32 extra;

	if (!need_bytes(cf, 11) || memcmp(cf->buf + cf->pos, copy_binary_signature, 11) != 0)
		bad_file("COPY file signature not recognized");
	cf->pos += 11;
	if (!get_int(cf, 4, &flags))
		bad_file("invalid COPY file header (missing flags)");
	if (flags & (1 << 16))
		bad_file("invalid COPY file header (WITH OIDS)");
	if (flags & ~0xffff)
		bad_file("unrecognized critical flags in COPY file header");
	if (!get_int(cf, 4, &extra) || extra < 0)
		bad_file("invalid COPY file header (missing length)");
	if (!need_bytes(cf, extra))
		bad_file("invalid COPY file header (wrong length)");
	cf->pos += extra;
}

static bool
next_binary_row(CopyFrom *cf, Datum *values, bool *nulls)
{
	int32 n;

	cf->line_no++;
	if (!get_int(cf, 2, &n))
		return false;
	if (n == -1)
	{
		char scrap;

		if (need_bytes(cf, 1) || read_input(cf, &scrap, 1) > 0)
			bad_file("received copy data after EOF marker");
		return false;
	}
	if (n != cf->nfields)
		ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
				errmsg("row field count is %d, expected %d", n, cf->nfields));
	for (int i = 0; i < cf->nfields; i++)
	{
		int att = cf->field_att[i];
		StringInfoData field;
		int32 size;

		cf->cur_attname = NameStr(TupleDescAttr(cf->desc, att)->attname);
		if (!get_int(cf, 4, &size))
			bad_file("unexpected EOF in COPY data");
		nulls[att] = size == -1;
		if (size == -1)
		{
			values[att] = ReceiveFunctionCall(&cf->in[att], NULL, cf->ioparams[att],
											  TupleDescAttr(cf->desc, att)->atttypmod);
			continue;
		}
		if (size < 0)
			bad_file("invalid field size");
		if (!need_bytes(cf, size))
			bad_file("unexpected EOF in COPY data");
		initStringInfo(&field);
		appendBinaryStringInfo(&field, cf->buf + cf->pos, size);
		cf->pos += size;
		values[att] = ReceiveFunctionCall(&cf->in[att], &field, cf->ioparams[att],
										  TupleDescAttr(cf->desc, att)->atttypmod);
		if (field.cursor != field.len)
			ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("incorrect binary data format"));
	}
	cf->cur_attname = NULL;
	fill_defaults(cf, values, nulls);
	return true;
}

/* ---- insertion ---- */
static void
flush_rows(CopyFrom *cf)
{
	uint64 saved_line = cf->line_no;
	bool saved_valid = cf->line_valid;
	MemoryContext old;

	if (cf->ntuples == 0)
		return;
	old = MemoryContextSwitchTo(cf->field_cxt);
	cf->line_valid = false;
	heap_multi_insert(cf->rel, cf->tuples, cf->ntuples, cf->cid, cf->insert_options, cf->bistate);
	for (int i = 0; i < cf->ntuples; i++)
	{
		cf->line_no = cf->tuple_lines[i];
		cf->tuples[i]->t_tableOid = RelationGetRelid(cf->rel);
		if (cf->target->nindexes > 0)
			target_rel_insert_index_entries(cf->target, cf->tuples[i], cf->estate, false, NULL);
		if (cf->target->wants_insert_events)
			after_trigger_queue_row(cf->rel, TRIGGER_OP_INSERT, NULL, cf->tuples[i]);
		if ((i & 63) == 63)
			MemoryContextReset(cf->field_cxt);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(cf->field_cxt);
	MemoryContextReset(cf->batch_cxt);
	cf->ntuples = 0;
	cf->batch_bytes = 0;
	cf->line_no = saved_line;
	cf->line_valid = saved_valid;
}

static void
add_row(CopyFrom *cf, Datum *values, bool *nulls)
{
	MemoryContext old = MemoryContextSwitchTo(cf->batch_cxt);
	HeapTuple tup = heap_form_tuple(cf->desc, values, nulls);

	tup->t_tableOid = RelationGetRelid(cf->rel);
	if (cf->where && !row_exprs_qual(cf->where, tup))
	{
		heap_freetuple(tup);
		MemoryContextSwitchTo(old);
		return;
	}
	tup = target_rel_compute_generated(cf->target, tup);
	target_rel_check(cf->target, tup);
	MemoryContextSwitchTo(old);
	cf->tuple_lines[cf->ntuples] = cf->line_no;
	cf->tuples[cf->ntuples++] = tup;
	cf->batch_bytes += tup->t_len;
	cf->processed++;
	if (cf->ntuples >= MAX_BATCH_ROWS || cf->batch_bytes >= MAX_BATCH_BYTES)
		flush_rows(cf);
}

static void
insert_all(CopyFrom *cf)
{
	int natts = Max(cf->desc->natts, 1);
	Datum *values = palloc_array(Datum, natts);
	bool *nulls = palloc_array(bool, natts);
	MemoryContext old = MemoryContextSwitchTo(cf->field_cxt);

	for (;;)
	{
		bool more;

		CHECK_FOR_INTERRUPTS();
		memset(nulls, true, natts);
		memset(values, 0, sizeof(Datum) * natts);
		more = cf->opts->binary ? next_binary_row(cf, values, nulls) : next_text_row(cf, values, nulls);
		if (!more)
			break;
		add_row(cf, values, nulls);
		MemoryContextReset(cf->field_cxt);
	}
	cf->line_valid = false;
	MemoryContextSwitchTo(old);
	flush_rows(cf);
}

/* ---- set-up ---- */
static FieldFast
fast_field(Form_pg_attribute att)
{
	switch (att->atttypid)
	{
		case INT4OID:
			return FIELD_INT4;
		case INT8OID:
			return FIELD_INT8;
		case TEXTOID:
			return FIELD_TEXT;
		case VARCHAROID:
			return att->atttypmod < 0 ? FIELD_TEXT : FIELD_GENERIC;
		default:
			return FIELD_GENERIC;
	}
}

static void
setup_columns(CopyFrom *cf)
{
	int natts = Max(cf->desc->natts, 1);
	List *defaults = NIL;
	ListCell *lc;

	cf->in = palloc0_array(FmgrInfo, natts);
	cf->ioparams = palloc0_array(Oid, natts);
	cf->fast = palloc0_array(FieldFast, natts);
	cf->default_att = palloc_array(int, natts);
	cf->default_values = palloc_array(Datum, natts);
	cf->default_nulls = palloc_array(bool, natts);
	cf->nfields = list_length(cf->attnums);
	cf->field_att = palloc_array(int, Max(cf->nfields, 1));
	foreach (lc, cf->attnums)
		cf->field_att[foreach_current_index(lc)] = lfirst_int(lc) - 1;
	for (int i = 0; i < cf->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(cf->desc, i);
		Oid fn;

		if (att->attisdropped)
			continue;
		if (cf->opts->binary)
			getTypeBinaryInputInfo(att->atttypid, &fn, &cf->ioparams[i]);
		else
			getTypeInputInfo(att->atttypid, &fn, &cf->ioparams[i]);
		fmgr_info(fn, &cf->in[i]);
		cf->fast[i] = fast_field(att);
		if (!list_member_int(cf->attnums, i + 1) && !att->attgenerated)
		{
			Expr *def = (Expr *) build_column_default(cf->rel, i + 1);

			if (def != NULL)
			{
				defaults = lappend(defaults, expression_planner(def));
				cf->default_att[cf->ndefaults++] = i;
			}
		}
	}
	if (cf->ndefaults > 0)
		cf->defaults = row_exprs_prepare(defaults, NULL, CurrentMemoryContext);
	cf->force_notnull =
		copy_column_flags(cf->desc, cf->rel, cf->opts->force_notnull, cf->attnums, "FORCE_NOT_NULL");
	cf->force_null = copy_column_flags(cf->desc, cf->rel, cf->opts->force_null, cf->attnums, "FORCE_NULL");
	cf->max_fields = Max(cf->nfields, 8);
	cf->fields = palloc_array(char *, cf->max_fields);
	cf->field_lens = palloc_array(int, cf->max_fields);
	cf->fields_capacity = 1024;
	cf->fields_buf = palloc(cf->fields_capacity);
}

static void
check_target(CopyFrom *cf)
{
	Relation rel = cf->rel;

	switch (rel->rd_rel->relkind)
	{
		case RELKIND_RELATION:
			break;
		case RELKIND_VIEW:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot copy to view \"%s\"", RelationGetRelationName(rel)),
					errhint("To enable copying to a view, provide an INSTEAD OF INSERT trigger."));
		case RELKIND_MATVIEW:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot copy to materialized view \"%s\"", RelationGetRelationName(rel)));
		case RELKIND_SEQUENCE:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot copy to sequence \"%s\"", RelationGetRelationName(rel)));
		default:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot copy to non-table relation \"%s\"", RelationGetRelationName(rel)));
	}
	if (cf->opts->freeze)
	{
		if (rel->rd_createSubid != GetCurrentSubTransactionId() &&
			rel->rd_newRelfilenodeSubid != GetCurrentSubTransactionId())
			ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("cannot perform COPY FREEZE because the table was not created or truncated in the current "
						   "subtransaction"));
		cf->insert_options |= HEAP_INSERT_FROZEN;
	}
	/* A table new in this transaction has no free space worth looking for. */
	if (rel->rd_createSubid != InvalidSubTransactionId || rel->rd_firstRelfilenodeSubid != InvalidSubTransactionId)
		cf->insert_options |= HEAP_INSERT_SKIP_FSM;
}

static void
open_input(CopyFrom *cf, const CopyStmt *stmt)
{
	struct stat st;

	cf->filename = stmt->filename;
	cf->is_program = stmt->is_program;
	if (stmt->filename == NULL)
	{
		StringInfoData msg;

		if (whereToSendOutput != DestRemote)
		{
			cf->file = stdin;
			return;
		}
		cf->client = true;
		initStringInfo(&cf->msg);
		pq_beginmessage(&msg, 'G');
		pq_sendbyte(&msg, cf->opts->binary ? 1 : 0);
		pq_sendint16(&msg, cf->nfields);
		for (int i = 0; i < cf->nfields; i++)
			pq_sendint16(&msg, cf->opts->binary ? 1 : 0);
		pq_endmessage(&msg);
		pq_flush();
		return;
	}
	if (stmt->is_program)
	{
		cf->file = OpenPipeStream(stmt->filename, "r");
		if (cf->file == NULL)
			ereport(ERROR, errcode_for_file_access(),
					errmsg("could not execute command \"%s\": %m", stmt->filename));
		return;
	}
	cf->file = AllocateFile(stmt->filename, "r");
	if (cf->file == NULL)
	{
		int e = errno;

		errno = e;
		ereport(ERROR, errcode_for_file_access(), errmsg("could not open file \"%s\" for reading: %m", stmt->filename),
				e == ENOENT || e == EACCES
					? errhint("COPY FROM instructs the PostgreSQL server process to read a file. You may want a "
							  "client-side facility such as psql's \\copy.")
					: 0);
	}
	if (fstat(fileno(cf->file), &st) == 0 && S_ISDIR(st.st_mode))
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is a directory", stmt->filename));
}

static void
close_input(CopyFrom *cf)
{
	if (cf->filename == NULL)
		return;
	if (cf->is_program)
	{
		int rc = ClosePipeStream(cf->file);

		if (rc == -1)
			ereport(ERROR, errcode_for_file_access(), errmsg("could not close pipe to external command: %m"));
		if (rc != 0)
			ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION), errmsg("program \"%s\" failed", cf->filename));
	}
	else if (FreeFile(cf->file))
		ereport(ERROR, errcode_for_file_access(), errmsg("could not close file \"%s\": %m", cf->filename));
}

static void
check_header_names(CopyFrom *cf)
{
	int n = cf->opts->csv ? split_csv(cf) : split_text(cf);

	if (n != cf->nfields)
		ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
				errmsg("wrong number of fields in header line: got %d, expected %d", n, cf->nfields));
	for (int i = 0; i < cf->nfields; i++)
	{
		const char *want = NameStr(TupleDescAttr(cf->desc, cf->field_att[i])->attname);

		if (cf->fields[i] == NULL)
			ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
					errmsg("column name mismatch in header line field %d: got null value (\"%s\"), expected \"%s\"",
						   i + 1, cf->opts->null_print, want));
		if (strcmp(cf->fields[i], want) != 0)
			ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
					errmsg("column name mismatch in header line field %d: got \"%s\", expected \"%s\"", i + 1,
						   cf->fields[i], want));
	}
}

uint64
copy_from(ParseState *pstate, Relation rel, const CopyStmt *stmt, const CopyOptions *opts, List *attnums, Node *where)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "COPY", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	CopyFrom *cf = palloc0_object(CopyFrom);
	ErrorContextCallback callback;
	uint64 processed;

	cf->opts = opts;
	cf->rel = rel;
	cf->desc = RelationGetDescr(rel);
	cf->attnums = attnums;
	check_target(cf);
	setup_columns(cf);
	if (where)
		cf->where = row_exprs_prepare(list_make1(where), cf->desc, cxt);
	cf->capacity = INPUT_BLOCK;
	cf->buf = palloc(cf->capacity + 1);
	cf->convert = !opts->binary && opts->encoding != GetDatabaseEncoding() && opts->encoding != PG_SQL_ASCII &&
				  GetDatabaseEncoding() != PG_SQL_ASCII;
	cf->batch_cxt = AllocSetContextCreate(cxt, "COPY rows", ALLOCSET_DEFAULT_SIZES);
	cf->field_cxt = AllocSetContextCreate(cxt, "COPY fields", ALLOCSET_DEFAULT_SIZES);
	cf->target = target_rel_open(rel, 0, CMD_INSERT, true, cxt);
	cf->bistate = GetBulkInsertState();
	cf->cid = GetCurrentCommandId(true);
	open_input(cf, stmt);
	AfterTriggerBeginQuery();

	callback.callback = copy_error_context;
	callback.arg = cf;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	if (opts->binary)
		read_binary_header(cf);
	else if (opts->header != COPY_NO_HEADER && next_line(cf) && opts->header == COPY_HEADER_MATCH)
		check_header_names(cf);
	insert_all(cf);
	error_context_stack = callback.previous;

	FreeBulkInsertState(cf->bistate);
	AfterTriggerEndQuery(NULL);
	target_rel_close(cf->target);
	close_input(cf);
	processed = cf->processed;
	MemoryContextSwitchTo(old);
	MemoryContextDelete(cxt);
	return processed;
}
