/*
 * record.c
 *    Rows as values: text form (a,"b c",), binary form, comparison and hashing column by column.
 *
 * A value carries its row type's OID and, for anonymous records, a typmod in its header. Dropped columns are passed over.
 */
#include "postgres.h"

#include <ctype.h>

#include "access/htup_details.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "types/array_internal.h"
#include "types/comparison.h"
#include "utils/typcache.h"

/* I/O functions by column, kept in fn_extra for one row type. */
typedef struct RecordColumn
{
	Oid type;
	Oid ioparam;
	FmgrInfo proc;
} RecordColumn;

typedef struct RecordIo
{
	Oid type;
	int32 typmod;
	int count;
	RecordColumn columns[];
} RecordIo;

static RecordIo *
record_io(FunctionCallInfo fcinfo, Oid type, int32 typmod, int count)
{
	RecordIo *io = fcinfo->flinfo->fn_extra;

	if (io == NULL || io->count != count || io->type != type || io->typmod != typmod)
	{
		io = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(RecordIo) + (Size) count * sizeof(RecordColumn));
		io->type = type;
		io->typmod = typmod;
		io->count = count;
		fcinfo->flinfo->fn_extra = io;
	}
	return io;
}

/* The row type of an input function's arguments. */
static TupleDesc
input_row_type(FunctionCallInfo fcinfo, Oid *type, int32 *typmod)
{
	*type = PG_GETARG_OID(1);
	*typmod = PG_GETARG_INT32(2);
	check_stack_depth();
	if (*type == RECORDOID && *typmod < 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("input of anonymous composite types is not implemented"));
	return lookup_rowtype_tupdesc(*type, *typmod);
}

static Datum
make_record(TupleDesc desc, Datum *values, bool *nulls)
{
	HeapTuple tuple = heap_form_tuple(desc, values, nulls);
	HeapTupleHeader result = palloc(tuple->t_len);

	memcpy(result, tuple->t_data, tuple->t_len);
	heap_freetuple(tuple);
	ReleaseTupleDesc(desc);
	return PointerGetDatum(result);
}

/* ---- text form */
static void pg_attribute_noreturn()
malformed(const char *input, const char *detail)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("malformed record literal: \"%s\"", input),
			errdetail("%s", detail));
}

/* One field up to its comma or parenthesis; false when it is empty, which means NULL. */
static bool
scan_field(const char **s, const char *input, StringInfo field)
{
	bool in_quotes = false;

	resetStringInfo(field);
	if (**s == ',' || **s == ')')
		return false;
	while (in_quotes || !(**s == ',' || **s == ')'))
	{
		char c = *(*s)++;

		if (c == '\0')
			malformed(input, "Unexpected end of input.");
		if (c == '\\')
		{
			if (**s == '\0')
				malformed(input, "Unexpected end of input.");
			appendStringInfoChar(field, *(*s)++);
		}
		else if (c == '"')
		{
			if (in_quotes && **s == '"')
				appendStringInfoChar(field, *(*s)++);
			else
				in_quotes = !in_quotes;
		}
		else
			appendStringInfoChar(field, c);
	}
	return true;
}

Datum
record_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	const char *s = input;
	Oid type;
	int32 typmod;
	TupleDesc desc = input_row_type(fcinfo, &type, &typmod);
	RecordIo *io = record_io(fcinfo, type, typmod, desc->natts);
	Datum *values = palloc_array(Datum, desc->natts + 1);
	bool *nulls = palloc_array(bool, desc->natts + 1);
	bool need_comma = false;
	StringInfoData field;

	initStringInfo(&field);
	while (isspace((unsigned char) *s))
		s++;
	if (*s++ != '(')
		malformed(input, "Missing left parenthesis.");
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		RecordColumn *column = &io->columns[i];
		bool present;

		if (att->attisdropped)
		{
			values[i] = (Datum) 0;
			nulls[i] = true;
			continue;
		}
		if (need_comma && *s++ != ',')
			malformed(input, "Too few columns.");
		present = scan_field(&s, input, &field);
		if (column->type != att->atttypid)
		{
			Oid function;

			getTypeInputInfo(att->atttypid, &function, &column->ioparam);
			fmgr_info_cxt(function, &column->proc, fcinfo->flinfo->fn_mcxt);
			column->type = att->atttypid;
		}
		values[i] = InputFunctionCall(&column->proc, present ? field.data : NULL, column->ioparam, att->atttypmod);
		nulls[i] = !present;
		need_comma = true;
	}
	if (*s++ != ')')
		malformed(input, "Too many columns.");
	while (isspace((unsigned char) *s))
		s++;
	if (*s != '\0')
		malformed(input, "Junk after right parenthesis.");
	return make_record(desc, values, nulls);
}

/* A record taken apart. */
typedef struct RecordParts
{
	Oid type;
	int32 typmod;
	TupleDesc desc;
	HeapTupleData tuple;
	Datum *values;
	bool *nulls;
} RecordParts;

static void
record_open(Datum datum, RecordParts *parts)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(datum);

	check_stack_depth();
	memset(parts, 0, sizeof(*parts));
	parts->type = HeapTupleHeaderGetTypeId(header);
	parts->typmod = HeapTupleHeaderGetTypMod(header);
	parts->desc = lookup_rowtype_tupdesc(parts->type, parts->typmod);
	parts->tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&parts->tuple.t_self);
	parts->tuple.t_data = header;
	parts->values = palloc_array(Datum, parts->desc->natts + 1);
	parts->nulls = palloc_array(bool, parts->desc->natts + 1);
	heap_deform_tuple(&parts->tuple, parts->desc, parts->values, parts->nulls);
}

static void
record_close(RecordParts *parts)
{
	pfree(parts->values);
	pfree(parts->nulls);
	ReleaseTupleDesc(parts->desc);
}

static void
append_field(StringInfo out, const char *s)
{
	bool quote = *s == '\0';

	for (const char *p = s; *p && !quote; p++)
		quote = strchr("\"\\(),", *p) != NULL || isspace((unsigned char) *p);
	if (!quote)
	{
		appendStringInfoString(out, s);
		return;
	}
	appendStringInfoChar(out, '"');
	for (; *s; s++)
	{
		if (*s == '"' || *s == '\\')
			appendStringInfoChar(out, *s);
		appendStringInfoChar(out, *s);
	}
	appendStringInfoChar(out, '"');
}

Datum
record_out(PG_FUNCTION_ARGS)
{
	RecordParts parts;
	RecordIo *io;
	StringInfoData out;
	bool need_comma = false;

	record_open(PG_GETARG_DATUM(0), &parts);
	io = record_io(fcinfo, parts.type, parts.typmod, parts.desc->natts);
	initStringInfo(&out);
	appendStringInfoChar(&out, '(');
	for (int i = 0; i < parts.desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(parts.desc, i);
		RecordColumn *column = &io->columns[i];

		if (att->attisdropped)
			continue;
		if (need_comma)
			appendStringInfoChar(&out, ',');
		need_comma = true;
		if (parts.nulls[i])
			continue;
		if (column->type != att->atttypid)
		{
			Oid function;
			bool is_varlena;

			getTypeOutputInfo(att->atttypid, &function, &is_varlena);
			fmgr_info_cxt(function, &column->proc, fcinfo->flinfo->fn_mcxt);
			column->type = att->atttypid;
		}
		append_field(&out, OutputFunctionCall(&column->proc, parts.values[i]));
	}
	appendStringInfoChar(&out, ')');
	record_close(&parts);
	PG_RETURN_CSTRING(out.data);
}

/* ---- binary form: number of columns, then {type, length, bytes} of each */
Datum
record_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	Oid type;
	int32 typmod;
	TupleDesc desc = input_row_type(fcinfo, &type, &typmod);
	RecordIo *io = record_io(fcinfo, type, typmod, desc->natts);
	Datum *values = palloc_array(Datum, desc->natts + 1);
	bool *nulls = palloc_array(bool, desc->natts + 1);
	int wanted = 0;
	int given = (int) pq_getmsgint(buf, 4);

	for (int i = 0; i < desc->natts; i++)
		wanted += !TupleDescAttr(desc, i)->attisdropped;
	if (given != wanted)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("wrong number of columns: %d, expected %d", given, wanted));
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		RecordColumn *column = &io->columns[i];
		Oid column_type;
		int len;
		StringInfoData item;

		if (att->attisdropped)
		{
			values[i] = (Datum) 0;
			nulls[i] = true;
			continue;
		}
		column_type = pq_getmsgint(buf, 4);
		if (column_type != att->atttypid)
			ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("binary data has type %u (%s) instead of expected %u (%s) in record column %d", column_type,
						   format_type_extended(column_type, -1, FORMAT_TYPE_ALLOW_INVALID), att->atttypid,
						   format_type_be(att->atttypid), i + 1));
		len = (int) pq_getmsgint(buf, 4);
		if (len < -1 || len > buf->len - buf->cursor)
			ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("insufficient data left in message"));
		if (column->type != att->atttypid)
		{
			Oid function;

			getTypeBinaryInputInfo(att->atttypid, &function, &column->ioparam);
			fmgr_info_cxt(function, &column->proc, fcinfo->flinfo->fn_mcxt);
			column->type = att->atttypid;
		}
		nulls[i] = len == -1;
		if (len >= 0)
		{
			item.data = palloc((Size) len + 1);
			pq_copymsgbytes(buf, item.data, len);
			item.data[len] = '\0';
			item.len = item.maxlen = len;
			item.cursor = 0;
		}
		values[i] = ReceiveFunctionCall(&column->proc, len >= 0 ? &item : NULL, column->ioparam, att->atttypmod);
		if (len >= 0 && item.cursor != len)
			ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("improper binary format in record column %d", i + 1));
	}
	return make_record(desc, values, nulls);
}

Datum
record_send(PG_FUNCTION_ARGS)
{
	RecordParts parts;
	RecordIo *io;
	StringInfoData buf;
	int count = 0;

	record_open(PG_GETARG_DATUM(0), &parts);
	io = record_io(fcinfo, parts.type, parts.typmod, parts.desc->natts);
	pq_begintypsend(&buf);
	for (int i = 0; i < parts.desc->natts; i++)
		count += !TupleDescAttr(parts.desc, i)->attisdropped;
	pq_sendint32(&buf, (uint32) count);
	for (int i = 0; i < parts.desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(parts.desc, i);
		RecordColumn *column = &io->columns[i];
		bytea *bytes;

		if (att->attisdropped)
			continue;
		pq_sendint32(&buf, att->atttypid);
		if (parts.nulls[i])
		{
			pq_sendint32(&buf, (uint32) -1);
			continue;
		}
		if (column->type != att->atttypid)
		{
			Oid function;
			bool is_varlena;

			getTypeBinaryOutputInfo(att->atttypid, &function, &is_varlena);
			fmgr_info_cxt(function, &column->proc, fcinfo->flinfo->fn_mcxt);
			column->type = att->atttypid;
		}
		bytes = SendFunctionCall(&column->proc, parts.values[i]);
		pq_sendint32(&buf, (uint32) (VARSIZE(bytes) - VARHDRSZ));
		pq_sendbytes(&buf, VARDATA(bytes), (int) (VARSIZE(bytes) - VARHDRSZ));
	}
	record_close(&parts);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- comparison */
/* Advances to the next column that is not dropped. */
static int
next_column(TupleDesc desc, int i)
{
	while (i < desc->natts && TupleDescAttr(desc, i)->attisdropped)
		i++;
	return i;
}

static void
check_column_types(Form_pg_attribute a, Form_pg_attribute b, int column)
{
	if (a->atttypid != b->atttypid)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("cannot compare dissimilar column types %s and %s at record column %d", format_type_be(a->atttypid),
					   format_type_be(b->atttypid), column));
}

/* How two values of a column compare; equality_only: 0 or not. */
typedef int (*ColumnCompare)(Form_pg_attribute att, Oid collation, Datum a, Datum b);

static int
compare_by_order(Form_pg_attribute att, Oid collation, Datum a, Datum b)
{
	TypeCacheEntry *entry = lookup_type_cache(att->atttypid, TYPECACHE_CMP_PROC_FINFO);

	if (!OidIsValid(entry->cmp_proc_finfo.fn_oid))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify a comparison function for type %s", format_type_be(att->atttypid)));
	return DatumGetInt32(FunctionCall2Coll(&entry->cmp_proc_finfo, collation, a, b));
}

static int
compare_by_equality(Form_pg_attribute att, Oid collation, Datum a, Datum b)
{
	TypeCacheEntry *entry = lookup_type_cache(att->atttypid, TYPECACHE_EQ_OPR_FINFO);

	if (!OidIsValid(entry->eq_opr_finfo.fn_oid))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify an equality operator for type %s", format_type_be(att->atttypid)));
	return !DatumGetBool(FunctionCall2Coll(&entry->eq_opr_finfo, collation, a, b));
}

/* By the bytes stored. */
static int
compare_by_image(Form_pg_attribute att, Oid collation, Datum a, Datum b)
{
	int result;

	if (att->attbyval)
		return (a > b) - (a < b);
	if (att->attlen > 0)
		return memcmp(DatumGetPointer(a), DatumGetPointer(b), (size_t) att->attlen);
	if (att->attlen == -1)
	{
		struct varlena *x = PG_DETOAST_DATUM_PACKED(a);
		struct varlena *y = PG_DETOAST_DATUM_PACKED(b);
		Size x_len = VARSIZE_ANY_EXHDR(x);
		Size y_len = VARSIZE_ANY_EXHDR(y);

		result = memcmp(VARDATA_ANY(x), VARDATA_ANY(y), Min(x_len, y_len));
		return result ? result : (x_len > y_len) - (x_len < y_len);
	}
	return strcmp(DatumGetCString(a), DatumGetCString(b));
}

/* Column by column; NULL sorts after everything and equals NULL. */
static int
compare_records(FunctionCallInfo fcinfo, ColumnCompare compare)
{
	RecordParts a;
	RecordParts b;
	int result = 0;
	int i = 0;
	int j = 0;
	int column = 0;

	record_open(PG_GETARG_DATUM(0), &a);
	record_open(PG_GETARG_DATUM(1), &b);
	for (;; i++, j++)
	{
		Form_pg_attribute x;
		Form_pg_attribute y;

		i = next_column(a.desc, i);
		j = next_column(b.desc, j);
		if (i >= a.desc->natts || j >= b.desc->natts)
			break;
		x = TupleDescAttr(a.desc, i);
		y = TupleDescAttr(b.desc, j);
		check_column_types(x, y, ++column);
		if (a.nulls[i] || b.nulls[j])
			result = (int) a.nulls[i] - (int) b.nulls[j];
		else
			result = compare(x, x->attcollation == y->attcollation ? x->attcollation : InvalidOid, a.values[i], b.values[j]);
		if (result != 0)
			break;
	}
	if (result == 0 && (i < a.desc->natts || j < b.desc->natts))
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("cannot compare record types with different numbers of columns"));
	record_close(&a);
	record_close(&b);
	return result;
}

Datum
record_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_records(fcinfo, compare_by_equality) == 0);
}

Datum
record_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_records(fcinfo, compare_by_equality) != 0);
}

Datum
btrecordcmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_records(fcinfo, compare_by_order));
}

Datum
btrecordimagecmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_records(fcinfo, compare_by_image));
}

Datum
record_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_records(fcinfo, compare_by_order) < 0);
}

Datum
record_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_records(fcinfo, compare_by_order) <= 0);
}

Datum
record_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_records(fcinfo, compare_by_order) > 0);
}

Datum
record_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_records(fcinfo, compare_by_order) >= 0);
}

COMPARISON_OPERATORS(record_image_, , compare_records(fcinfo, compare_by_image), 0)

/* ---- hashing */
Datum
hash_record(PG_FUNCTION_ARGS)
{
	RecordParts parts;
	uint32 result = 0;

	record_open(PG_GETARG_DATUM(0), &parts);
	for (int i = next_column(parts.desc, 0); i < parts.desc->natts; i = next_column(parts.desc, i + 1))
	{
		Form_pg_attribute att = TupleDescAttr(parts.desc, i);
		TypeCacheEntry *entry = lookup_type_cache(att->atttypid, TYPECACHE_HASH_PROC_FINFO);

		if (!OidIsValid(entry->hash_proc_finfo.fn_oid))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
					errmsg("could not identify a hash function for type %s", format_type_be(att->atttypid)));
		result = hash_combine(result, parts.nulls[i] ? 0
													 : DatumGetUInt32(FunctionCall1Coll(&entry->hash_proc_finfo,
																						att->attcollation, parts.values[i])));
	}
	record_close(&parts);
	PG_RETURN_UINT32(result);
}

Datum
hash_record_extended(PG_FUNCTION_ARGS)
{
	RecordParts parts;
	uint64 result = 0;

	record_open(PG_GETARG_DATUM(0), &parts);
	for (int i = next_column(parts.desc, 0); i < parts.desc->natts; i = next_column(parts.desc, i + 1))
	{
		Form_pg_attribute att = TupleDescAttr(parts.desc, i);
		TypeCacheEntry *entry = lookup_type_cache(att->atttypid, TYPECACHE_HASH_EXTENDED_PROC_FINFO);

		if (!OidIsValid(entry->hash_extended_proc_finfo.fn_oid))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
					errmsg("could not identify an extended hash function for type %s", format_type_be(att->atttypid)));
		result = hash_combine64(result, parts.nulls[i] ? 0
													   : DatumGetUInt64(FunctionCall2Coll(
															 &entry->hash_extended_proc_finfo, att->attcollation,
															 parts.values[i], PG_GETARG_DATUM(1))));
	}
	record_close(&parts);
	PG_RETURN_UINT64(result);
}
