/*
 * readfuncs.c
 *    stringToNode: the inverse of nodeToString; outfuncs.c has the notation.
 *
 * The text comes from catalogs, which a superuser or a damaged page may have spoiled: nothing in it is trusted. Every
 * error ends in read_fail(). Unknown fields are errors; missing ones are zero (locations -1).
 */
#include "postgres.h"

#include <ctype.h>
#include <math.h>

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "nodes/nodedesc.h"
#include "nodes/parsenodes.h"

typedef struct NodeReader
{
	const char *start;
	const char *p;
} NodeReader;

static void *read_object(NodeReader *r);
static void read_fields(NodeReader *r, void *node, NodeTag tag);

static void pg_attribute_noreturn()
read_fail(const NodeReader *r, const char *what)
{
	ereport(ERROR,
			errcode(ERRCODE_DATA_CORRUPTED),
			errmsg("stored node tree is damaged: %s at byte %zd", what, (ssize_t) (r->p - r->start)));
	pg_unreachable();
}

static void
skip_space(NodeReader *r)
{
	while (*r->p == ' ' || *r->p == '\n' || *r->p == '\t')
		r->p++;
}

static void
expect(NodeReader *r, char c)
{
	skip_space(r);
	if (*r->p != c)
		read_fail(r, "unexpected character");
	r->p++;
}

static int64
read_int(NodeReader *r, int64 min, int64 max)
{
	char *end;
	long long value;

	skip_space(r);
	errno = 0;
	value = strtoll(r->p, &end, 10);
	if (end == r->p || errno != 0 || value < min || value > max)
		read_fail(r, "bad number");
	r->p = end;
	return value;
}

static uint64
read_uint64(NodeReader *r)
{
	char *end;
	unsigned long long value;

	skip_space(r);
	errno = 0;
	value = strtoull(r->p, &end, 10);
	if (end == r->p || errno != 0)
		read_fail(r, "bad number");
	r->p = end;
	return value;
}

static double
read_double(NodeReader *r)
{
	char *end;
	double value;

	skip_space(r);
	value = strtod(r->p, &end);
	if (end == r->p)
		read_fail(r, "bad number");
	r->p = end;
	return value;
}

static char *
read_string(NodeReader *r)
{
	StringInfoData buf;

	expect(r, '"');
	initStringInfo(&buf);
	for (; *r->p != '"'; r->p++)
	{
		if (*r->p == '\\')
			r->p++;
		if (*r->p == '\0')
			read_fail(r, "unterminated string");
		appendStringInfoChar(&buf, *r->p);
	}
	r->p++;
	return buf.data;
}

static int
hex_digit(const NodeReader *r, char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	read_fail(r, "bad hexadecimal digit");
}

static Datum
read_datum(NodeReader *r)
{
	const char *digits;
	bool by_value;
	Size ndigits = 0;
	uint8 *bytes;
	Datum value;

	skip_space(r);
	by_value = (*r->p == '#');
	if (!by_value && *r->p != '@')
		read_fail(r, "bad constant");
	digits = ++r->p;
	while (isxdigit((unsigned char) digits[ndigits]))
		ndigits++;
	if (ndigits % 2 != 0 || (by_value && ndigits != 2 * sizeof(Datum)))
		read_fail(r, "bad constant");
	bytes = palloc(Max(ndigits / 2, 1));
	for (Size i = 0; i < ndigits; i += 2)
		bytes[i / 2] = hex_digit(r, digits[i]) << 4 | hex_digit(r, digits[i + 1]);
	r->p += ndigits;
	if (!by_value)
		return PointerGetDatum(bytes);
	memcpy(&value, bytes, sizeof(Datum));
	pfree(bytes);
	return value;
}

static Bitmapset *
read_bitmapset(NodeReader *r)
{
	Bitmapset *set = NULL;

	expect(r, '(');
	expect(r, 'b');
	for (skip_space(r); *r->p != ')'; skip_space(r))
		set = bms_add_member(set, (int) read_int(r, 0, 1 << 20));
	r->p++;
	return set;
}

/* After "(": the letter of a list of numbers, or an element. */
static List *
read_list(NodeReader *r)
{
	List *list = NIL;
	char kind = '\0';

	expect(r, '(');
	if (*r->p == 'i' || *r->p == 'o' || *r->p == 'x')
		kind = *r->p++;
	for (skip_space(r); *r->p != ')'; skip_space(r))
	{
		if (kind == 'i')
			list = lappend_int(list, (int) read_int(r, PG_INT32_MIN, PG_INT32_MAX));
		else if (kind == 'o')
			list = lappend_oid(list, (Oid) read_int(r, 0, PG_UINT32_MAX));
		else if (kind == 'x')
			list = lappend_xid(list, read_uint64(r));
		else
			list = lappend(list, read_object(r));
	}
	r->p++;
	return list;
}

static NodeTag
read_node_name(NodeReader *r)
{
	const char *name = r->p;
	Size length = 0;

	while (isalnum((unsigned char) name[length]) || name[length] == '_')
		length++;
	for (int tag = 1; tag < NODE_TAG_COUNT; tag++)
	{
		const char *candidate = node_descs[tag].name;

		if (candidate && strlen(candidate) == length && memcmp(candidate, name, length) == 0)
		{
			r->p += length;
			return tag;
		}
	}
	read_fail(r, "unknown node type");
}

static const NodeField *
read_field_name(NodeReader *r, const NodeDesc *desc)
{
	const char *name;
	Size length = 0;

	expect(r, ':');
	name = r->p;
	while (isalnum((unsigned char) name[length]) || name[length] == '_')
		length++;
	for (int i = 0; i < desc->nfields; i++)
		if (strlen(desc->fields[i].name) == length && memcmp(desc->fields[i].name, name, length) == 0)
		{
			r->p += length;
			return &desc->fields[i];
		}
	read_fail(r, "unknown field");
}

/* A pointer field may hold only what the struct's type says. */
static void *
read_node_field(NodeReader *r, const NodeField *field)
{
	const char *at = r->p;
	Node *node = read_object(r);

	if (node && field->target && nodeTag(node) != field->target &&
		!(field->target == T_CreateStmt && nodeTag(node) == T_CreateForeignTableStmt))
	{
		r->p = at;
		read_fail(r, "node of a wrong type");
	}
	return node;
}

static void *
read_list_field(NodeReader *r)
{
	skip_space(r);
	if (*r->p != '(')
		read_fail(r, "list expected");
	return read_list(r);
}

static void
read_valunion(NodeReader *r, void *place)
{
	Node *value = read_object(r);

	if (value == NULL || nodeTag(value) < T_Integer || nodeTag(value) > T_BitString)
		read_fail(r, "value expected");
	memcpy(place, value, node_descs[nodeTag(value)].size);
}

static void
read_embedded(NodeReader *r, void *place)
{
	NodeTag outer_tag = nodeTag(place);

	expect(r, '{');
	if (read_node_name(r) != T_CreateStmt)
		read_fail(r, "CreateStmt expected");
	read_fields(r, place, T_CreateStmt);
	NodeSetTag(place, outer_tag);
}

static bool
read_true(NodeReader *r)
{
	expect(r, 't');
	return true;
}

static void
read_value(NodeReader *r, void *node, const NodeField *field)
{
	void *p = node_field_at(node, field);

	switch ((NodeFieldKind) field->kind)
	{
		case NODE_FIELD_NODE:
			*(void **) p = read_node_field(r, field);
			break;
		case NODE_FIELD_LIST:
			*(void **) p = read_list_field(r);
			break;
		case NODE_FIELD_STRING:
			*(char **) p = read_string(r);
			break;
		case NODE_FIELD_BITMAPSET:
			*(Bitmapset **) p = read_bitmapset(r);
			break;
		case NODE_FIELD_BOOL:
			*(bool *) p = read_true(r);
			break;
		case NODE_FIELD_CHAR:
			*(char *) p = (char) read_int(r, -128, 127);
			break;
		case NODE_FIELD_INT16:
			*(int16 *) p = (int16) read_int(r, PG_INT16_MIN, PG_INT16_MAX);
			break;
		case NODE_FIELD_ENUM:
		case NODE_FIELD_INT32:
			*(int32 *) p = (int32) read_int(r, PG_INT32_MIN, PG_INT32_MAX);
			break;
		case NODE_FIELD_UINT32:
			*(uint32 *) p = (uint32) read_int(r, 0, PG_UINT32_MAX);
			break;
		case NODE_FIELD_INT64:
			*(int64 *) p = read_int(r, PG_INT64_MIN, PG_INT64_MAX);
			break;
		case NODE_FIELD_UINT64:
			*(uint64 *) p = read_uint64(r);
			break;
		case NODE_FIELD_DOUBLE:
			*(double *) p = read_double(r);
			break;
		case NODE_FIELD_DATUM:
			*(Datum *) p = read_datum(r);
			break;
		case NODE_FIELD_EMBED:
			read_embedded(r, p);
			break;
		case NODE_FIELD_VALUNION:
			read_valunion(r, p);
			break;
	}
}

/* Up to and including "}". */
static void
read_fields(NodeReader *r, void *node, NodeTag tag)
{
	const NodeDesc *desc = &node_descs[tag];

	for (int i = 0; i < desc->nfields; i++)
		if (desc->fields[i].flags & NF_LOCATION)
			*(int *) node_field_at(node, &desc->fields[i]) = -1;
	for (skip_space(r); *r->p != '}'; skip_space(r))
		read_value(r, node, read_field_name(r, desc));
	r->p++;
}

static void *
read_node(NodeReader *r)
{
	NodeTag tag;
	Node *node;

	expect(r, '{');
	tag = read_node_name(r);
	node = newNode(node_descs[tag].size, tag);
	read_fields(r, node, tag);
	return node;
}

static void *
read_object(NodeReader *r)
{
	check_stack_depth();
	skip_space(r);
	switch (*r->p)
	{
		case '{':
			return read_node(r);
		case '(':
			return read_list(r);
		case '<':
			r->p++;
			expect(r, '>');
			return NULL;
		default:
			read_fail(r, "node expected");
	}
}

void *
stringToNode(const char *str)
{
	NodeReader r = {.start = str, .p = str};
	void *node = read_object(&r);

	skip_space(&r);
	if (*r.p != '\0')
		read_fail(&r, "text after the tree");
	return node;
}
