/*
 * outfuncs.c
 *    nodeToString: a tree as text, for catalogs (views, defaults, constraints) and debugging.
 *
 *    node     {Name :field value :field value ...}   fields that are zero, and locations, are left out
 *    list     (v v ...)  (i 1 2)  (o 16384)  (x 1)   pointers, ints, Oids, xids
 *    set      (b 1 2)                                a Bitmapset
 *    string   "..."                                  backslash before " and backslash
 *    NULL     <>
 *    Datum    #hex of the 8 bytes (by value), @hex of all bytes (by reference)
 *    numbers  decimal; doubles in the shortest form that reads back the same; booleans t
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "nodes/nodedesc.h"
#include "nodes/parsenodes.h"

static void out_object(StringInfo buf, const void *obj);
static void out_fields(StringInfo buf, const void *node, NodeTag tag);

static void
out_string(StringInfo buf, const char *s)
{
	appendStringInfoChar(buf, '"');
	for (; *s; s++)
	{
		if (*s == '"' || *s == '\\')
			appendStringInfoChar(buf, '\\');
		appendStringInfoChar(buf, *s);
	}
	appendStringInfoChar(buf, '"');
}

static void
out_bytes(StringInfo buf, char mark, const void *bytes, Size size)
{
	const uint8 *p = bytes;

	appendStringInfoChar(buf, mark);
	for (Size i = 0; i < size; i++)
		appendStringInfo(buf, "%02x", p[i]);
}

static void
out_const_value(StringInfo buf, const Const *c)
{
	const char *p = DatumGetPointer(c->constvalue);

	if (c->constbyval)
		out_bytes(buf, '#', &c->constvalue, sizeof(Datum));
	else if (c->constlen > 0)
		out_bytes(buf, '@', p, c->constlen);
	else if (c->constlen == -1)
		out_bytes(buf, '@', p, VARSIZE_ANY(p));
	else
		out_bytes(buf, '@', p, strlen(p) + 1);
}

static void
out_bitmapset(StringInfo buf, const Bitmapset *set)
{
	int member = -1;

	appendStringInfoString(buf, "(b");
	while ((member = bms_next_member(set, member)) >= 0)
		appendStringInfo(buf, " %d", member);
	appendStringInfoChar(buf, ')');
}

static void
out_list(StringInfo buf, const List *list)
{
	static const char kind[] = {[T_List] = 0, [T_IntList] = 'i', [T_OidList] = 'o', [T_XidList] = 'x'};
	NodeTag tag = nodeTag(list);

	appendStringInfoChar(buf, '(');
	if (kind[tag])
		appendStringInfoChar(buf, kind[tag]);
	for (int i = 0; i < list_length(list); i++)
	{
		const ListCell *cell = &list->elements[i];

		if (i > 0 || kind[tag])
			appendStringInfoChar(buf, ' ');
		if (tag == T_List)
			out_object(buf, cell->ptr_value);
		else if (tag == T_IntList)
			appendStringInfo(buf, "%d", cell->int_value);
		else if (tag == T_OidList)
			appendStringInfo(buf, "%u", cell->oid_value);
		else
			appendStringInfo(buf, UINT64_FORMAT, (uint64) cell->xid_value);
	}
	appendStringInfoChar(buf, ')');
}

/* Is the field's value the one that a reader supplies by itself? */
static bool
field_is_default(const void *node, const NodeField *field)
{
	static const uint8 size[] = {
		[NODE_FIELD_BOOL] = 1, [NODE_FIELD_CHAR] = 1, [NODE_FIELD_INT16] = 2, [NODE_FIELD_ENUM] = 4,
		[NODE_FIELD_INT32] = 4, [NODE_FIELD_UINT32] = 4, [NODE_FIELD_VALUNION] = 4, [NODE_FIELD_NODE] = 8,
		[NODE_FIELD_LIST] = 8, [NODE_FIELD_STRING] = 8, [NODE_FIELD_BITMAPSET] = 8, [NODE_FIELD_INT64] = 8,
		[NODE_FIELD_UINT64] = 8, [NODE_FIELD_DOUBLE] = 8};
	static const char zero[8];

	if (field->flags & NF_LOCATION)
		return true;
	if (field->kind == NODE_FIELD_DATUM)
		return ((const Const *) node)->constisnull;
	if (field->kind == NODE_FIELD_EMBED)
		return false;
	return memcmp((const char *) node + field->offset, zero, size[field->kind]) == 0;
}

static void
out_value(StringInfo buf, const void *node, const NodeField *field)
{
	const void *p = (const char *) node + field->offset;

	switch ((NodeFieldKind) field->kind)
	{
		case NODE_FIELD_NODE:
		case NODE_FIELD_LIST:
			out_object(buf, *(void *const *) p);
			break;
		case NODE_FIELD_STRING:
			out_string(buf, *(char *const *) p);
			break;
		case NODE_FIELD_BITMAPSET:
			out_bitmapset(buf, *(Bitmapset *const *) p);
			break;
		case NODE_FIELD_BOOL:
			appendStringInfoChar(buf, 't');
			break;
		case NODE_FIELD_CHAR:
			appendStringInfo(buf, "%d", *(const signed char *) p);
			break;
		case NODE_FIELD_INT16:
			appendStringInfo(buf, "%d", *(const int16 *) p);
			break;
		case NODE_FIELD_ENUM:
		case NODE_FIELD_INT32:
			appendStringInfo(buf, "%d", *(const int32 *) p);
			break;
		case NODE_FIELD_UINT32:
			appendStringInfo(buf, "%u", *(const uint32 *) p);
			break;
		case NODE_FIELD_INT64:
			appendStringInfo(buf, INT64_FORMAT, *(const int64 *) p);
			break;
		case NODE_FIELD_UINT64:
			appendStringInfo(buf, UINT64_FORMAT, *(const uint64 *) p);
			break;
		case NODE_FIELD_DOUBLE:
			appendStringInfo(buf, "%.17g", *(const double *) p);
			break;
		case NODE_FIELD_DATUM:
			out_const_value(buf, node);
			break;
		case NODE_FIELD_EMBED:
			appendStringInfoString(buf, "{CreateStmt");
			out_fields(buf, p, T_CreateStmt);
			appendStringInfoChar(buf, '}');
			break;
		case NODE_FIELD_VALUNION:
			out_object(buf, p);
			break;
	}
}

static void
out_fields(StringInfo buf, const void *node, NodeTag tag)
{
	const NodeDesc *desc = &node_descs[tag];

	for (int i = 0; i < desc->nfields; i++)
	{
		const NodeField *field = &desc->fields[i];

		if (field_is_default(node, field))
			continue;
		appendStringInfo(buf, " :%s ", field->name);
		out_value(buf, node, field);
	}
}

static void
out_object(StringInfo buf, const void *obj)
{
	const NodeDesc *desc;

	if (obj == NULL)
	{
		appendStringInfoString(buf, "<>");
		return;
	}
	check_stack_depth();
	if (nodeTag(obj) >= T_List && nodeTag(obj) <= T_XidList)
	{
		out_list(buf, obj);
		return;
	}
	desc = node_desc_of(obj, "write");
	appendStringInfo(buf, "{%s", desc->name);
	out_fields(buf, obj, nodeTag(obj));
	appendStringInfoChar(buf, '}');
}

char *
nodeToString(const void *obj)
{
	StringInfoData buf;

	initStringInfo(&buf);
	out_object(&buf, obj);
	return buf.data;
}

char *
bmsToString(const Bitmapset *bms)
{
	StringInfoData buf;

	initStringInfo(&buf);
	out_bitmapset(&buf, bms);
	return buf.data;
}
