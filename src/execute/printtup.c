/*
 * printtup.c
 *    Result rows to the client: RowDescription, DataRow.
 *
 * All rows of a batch are formatted into one buffer as complete messages and handed to the connection at once. Integers
 * and text are written without a call of their output function; everything else goes through it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "execute/batch.h"
#include "execute/printtup.h"
#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "nodes/primnodes.h"
#include "tcop/pquery.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"


enum
{
	PRINT_GENERIC,
	PRINT_INT2,
	PRINT_INT4,
	PRINT_INT8,
	PRINT_OID,
	PRINT_BOOL,
	PRINT_TEXT,
	PRINT_BINARY_INT4,
	PRINT_BINARY_INT8,
	PRINT_BINARY_GENERIC
};

static uint8
fast_printer(Oid type, int16 format, bool same_encoding)
{
	if (format == 1)
	{
		switch (type)
		{
			case INT4OID:
				return PRINT_BINARY_INT4;
			case INT8OID:
				return PRINT_BINARY_INT8;
			default:
				return PRINT_BINARY_GENERIC;
		}
	}
	switch (type)
	{
		case INT2OID:
			return PRINT_INT2;
		case INT4OID:
			return PRINT_INT4;
		case INT8OID:
			return PRINT_INT8;
		case OIDOID:
			return PRINT_OID;
		case BOOLOID:
			return PRINT_BOOL;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			return same_encoding ? PRINT_TEXT : PRINT_GENERIC;
		default:
			return PRINT_GENERIC;
	}
}

static void
printer_init(ValuePrinter *vp, Oid type, int16 format, bool same_encoding, MemoryContext cxt)
{
	Oid fn;
	bool varlena;

	vp->format = format;
	if (format != 0 && format != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unsupported format code: %d", format));
	vp->fast = fast_printer(type, format, same_encoding);
	vp->same_encoding = same_encoding;
	if (vp->fast == PRINT_GENERIC)
		getTypeOutputInfo(type, &fn, &varlena);
	else if (vp->fast == PRINT_BINARY_GENERIC)
		getTypeBinaryOutputInfo(type, &fn, &varlena);
	else
		fn = InvalidOid;
	if (OidIsValid(fn))
		fmgr_info_cxt(fn, &vp->out, cxt);
}

void
value_printer_init(ValuePrinter *vp, Oid type, int16 format, MemoryContext cxt)
{
	/* Text goes out as it is only when the client speaks the server's encoding. */
	printer_init(vp, type, format, pg_get_client_encoding() == GetDatabaseEncoding(), cxt);
}

void
value_printer_init_server(ValuePrinter *vp, Oid type, int16 format, MemoryContext cxt)
{
	printer_init(vp, type, format, true, cxt);
}

static inline void
put_int32(char *p, uint32 v)
{
	v = __builtin_bswap32(v);
	memcpy(p, &v, 4);
}

/* Room for a length and `room` bytes; the caller adds what it used to buf->len. */
static inline char *
reserve(StringInfo buf, int room)
{
	if (unlikely(buf->len + room + 5 >= buf->maxlen))
		enlargeStringInfo(buf, room + 5);
	return buf->data + buf->len;
}

static void
put_text(StringInfo buf, Datum value)
{
	struct varlena *t = PG_DETOAST_DATUM_PACKED(value);
	int len = (int) VARSIZE_ANY_EXHDR(t);
	char *p = reserve(buf, len);

	put_int32(p, len);
	memcpy(p + 4, VARDATA_ANY(t), len);
	buf->len += len + 4;
}

static void
put_generic_text(ValuePrinter *vp, StringInfo buf, Datum value)
{
	char *s = OutputFunctionCall(&vp->out, value);
	int len = (int) strlen(s);

	if (vp->same_encoding)
	{
		char *p = reserve(buf, len);

		put_int32(p, len);
		memcpy(p + 4, s, len);
		buf->len += len + 4;
	}
	else
		pq_sendcountedtext(buf, s, len, false);
	pfree(s);
}

static void
put_generic_binary(ValuePrinter *vp, StringInfo buf, Datum value)
{
	bytea *b = SendFunctionCall(&vp->out, value);
	int len = (int) (VARSIZE(b) - VARHDRSZ);
	char *p = reserve(buf, len);

	put_int32(p, len);
	memcpy(p + 4, VARDATA(b), len);
	buf->len += len + 4;
}

void
value_print_counted(ValuePrinter *vp, StringInfo buf, Datum value)
{
	char *p;
	int len;

	switch (vp->fast)
	{
		case PRINT_INT2:
			p = reserve(buf, 12);
			len = pg_itoa(DatumGetInt16(value), p + 4);
			break;
		case PRINT_INT4:
			p = reserve(buf, 12);
			len = pg_ltoa(DatumGetInt32(value), p + 4);
			break;
		case PRINT_INT8:
			p = reserve(buf, 24);
			len = pg_lltoa(DatumGetInt64(value), p + 4);
			break;
		case PRINT_OID:
			p = reserve(buf, 12);
			len = pg_lltoa((int64) DatumGetObjectId(value), p + 4);
			break;
		case PRINT_BOOL:
			p = reserve(buf, 1);
			p[4] = DatumGetBool(value) ? 't' : 'f';
			len = 1;
			break;
		case PRINT_BINARY_INT4:
			p = reserve(buf, 4);
			put_int32(p + 4, (uint32) DatumGetInt32(value));
			len = 4;
			break;
		case PRINT_BINARY_INT8:
		{
			uint64 v = __builtin_bswap64((uint64) DatumGetInt64(value));

			p = reserve(buf, 8);
			memcpy(p + 4, &v, 8);
			len = 8;
			break;
		}
		case PRINT_TEXT:
			put_text(buf, value);
			return;
		case PRINT_BINARY_GENERIC:
			put_generic_binary(vp, buf, value);
			return;
		default:
			put_generic_text(vp, buf, value);
			return;
	}
	put_int32(p, len);
	buf->len += len + 4;
}

/* ---- RowDescription ---- */
void
SendRowDescriptionMessage(StringInfo buf, TupleDesc typeinfo, List *targetlist, int16 *formats)
{
	ListCell *lc = list_head(targetlist);

	pq_beginmessage_reuse(buf, 'T');
	pq_sendint16(buf, typeinfo->natts);
	for (int i = 0; i < typeinfo->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(typeinfo, i);
		Oid type = att->atttypid;
		int32 typmod = att->atttypmod;
		Oid table = InvalidOid;
		AttrNumber column = 0;

		while (lc && ((TargetEntry *) lfirst(lc))->resjunk)
			lc = lnext(targetlist, lc);
		if (lc)
		{
			table = ((TargetEntry *) lfirst(lc))->resorigtbl;
			column = ((TargetEntry *) lfirst(lc))->resorigcol;
			lc = lnext(targetlist, lc);
		}
		/* Clients are told the base type of a domain. */
		type = getBaseTypeAndTypmod(type, &typmod);
		pq_sendstring(buf, NameStr(att->attname));
		pq_sendint32(buf, table);
		pq_sendint16(buf, column);
		pq_sendint32(buf, type);
		pq_sendint16(buf, att->attlen);
		pq_sendint32(buf, typmod);
		pq_sendint16(buf, formats ? formats[i] : 0);
	}
	pq_endmessage_reuse(buf);
}

/* ---- the receiver ---- */
typedef struct PrintReceiver
{
	DestReceiver pub;
	Portal portal;
	bool send_description;
	TupleDesc desc;			/* for which printers are set up */
	int natts;
	ValuePrinter *printers;
	StringInfoData buf;
	MemoryContext tmp;		/* results of output functions */
} PrintReceiver;

static void
print_prepare(PrintReceiver *r, TupleDesc desc)
{
	int16 *formats = r->portal ? r->portal->formats : NULL;

	r->desc = desc;
	r->natts = desc->natts;
	if (r->printers)
		pfree(r->printers);
	r->printers = palloc0_array(ValuePrinter, Max(r->natts, 1));
	for (int i = 0; i < r->natts; i++)
		value_printer_init(&r->printers[i], TupleDescAttr(desc, i)->atttypid, formats ? formats[i] : 0,
						   CurrentMemoryContext);
}

static void
print_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	PrintReceiver *r = (PrintReceiver *) self;

	if (r->buf.data == NULL)
		initStringInfo(&r->buf);
	if (r->tmp == NULL)
		r->tmp = AllocSetContextCreate(CurrentMemoryContext, "printtup", ALLOCSET_DEFAULT_SIZES);
	if (r->send_description)
		SendRowDescriptionMessage(&r->buf, typeinfo, r->portal ? FetchPortalTargetList(r->portal) : NIL,
								  r->portal ? r->portal->formats : NULL);
	r->desc = NULL;
	print_prepare(r, typeinfo);
}

/* One DataRow message: 'D', length, column count, values. */
static void
print_row(PrintReceiver *r, const Batch *batch, int pos)
{
	StringInfo buf = &r->buf;
	int start = buf->len;
	char *p = reserve(buf, 16);
	uint16 natts = __builtin_bswap16((uint16) r->natts);

	p[0] = 'D';
	memcpy(p + 5, &natts, 2);
	buf->len += 7;
	for (int i = 0; i < r->natts; i++)
	{
		if (vector_isnull(&batch->cols[i], pos))
		{
			put_int32(reserve(buf, 4), UINT32_MAX);
			buf->len += 4;
		}
		else
			value_print_counted(&r->printers[i], buf, vector_value(&batch->cols[i], pos));
	}
	put_int32(buf->data + start + 1, (uint32) (buf->len - start - 1));
}

#define PRINT_FLUSH_AT (32 * 1024)

static bool
print_receive(const Batch *batch, DestReceiver *self)
{
	PrintReceiver *r = (PrintReceiver *) self;
	MemoryContext old = MemoryContextSwitchTo(r->tmp);

	r->buf.len = 0;
	SELECTION_FOREACH(&batch->sel, pos, {
		print_row(r, batch, pos);
		if (r->buf.len >= PRINT_FLUSH_AT)
		{
			pq_put_messages(r->buf.data, r->buf.len);
			r->buf.len = 0;
		}
	});
	if (r->buf.len > 0)
		pq_put_messages(r->buf.data, r->buf.len);
	MemoryContextSwitchTo(old);
	MemoryContextReset(r->tmp);
	return true;
}

static void
print_shutdown(DestReceiver *self)
{
	PrintReceiver *r = (PrintReceiver *) self;

	if (r->printers)
		pfree(r->printers);
	r->printers = NULL;
	r->desc = NULL;
	if (r->buf.data)
		pfree(r->buf.data);
	r->buf.data = NULL;
	if (r->tmp)
		MemoryContextDelete(r->tmp);
	r->tmp = NULL;
}

static void
print_destroy(DestReceiver *self)
{
	pfree(self);
}

DestReceiver *
printtup_create_receiver(CommandDest dest)
{
	PrintReceiver *r = palloc0_object(PrintReceiver);

	r->pub = (DestReceiver){print_receive, print_startup, print_shutdown, print_destroy, dest};
	r->send_description = dest == DestRemote;
	return &r->pub;
}

void
printtup_set_portal(DestReceiver *self, Portal portal)
{
	Assert(self->mydest == DestRemote || self->mydest == DestRemoteExecute);
	((PrintReceiver *) self)->portal = portal;
}
