/*
 * equalfuncs.c
 *    equal(): do two trees mean the same?
 *
 * Source locations never count; neither does what only tells how an expression was spelled (NF_EQUAL_IGNORE). An
 * operator's function id that one side has not looked up yet equals any (NF_EQUAL_IF_BOTH).
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "nodes/nodedesc.h"
#include "nodes/parsenodes.h"

static bool equal_fields(const void *a, const void *b, NodeTag tag);

static Size
const_value_size(const Const *c)
{
	if (c->constlen > 0)
		return c->constlen;
	if (c->constlen == -1)
		return VARSIZE_ANY(DatumGetPointer(c->constvalue));
	return strlen(DatumGetCString(c->constvalue)) + 1;
}

/* Bytewise: two spellings of an equal numeric are different constants. */
static bool
equal_const_values(const Const *a, const Const *b)
{
	Size size;

	if (a->constisnull || b->constisnull)
		return a->constisnull == b->constisnull;
	if (a->constbyval)
		return a->constvalue == b->constvalue;
	size = const_value_size(a);
	return size == const_value_size(b) &&
		   memcmp(DatumGetPointer(a->constvalue), DatumGetPointer(b->constvalue), size) == 0;
}

static bool
equal_strings(const char *a, const char *b)
{
	return (a && b) ? strcmp(a, b) == 0 : a == b;
}

static bool
equal_valunion(const void *a, const void *b)
{
	if (nodeTag(a) != nodeTag(b))
		return false;
	return nodeTag(a) == T_Invalid || equal_fields(a, b, nodeTag(a));
}

static bool
equal_uint32(const NodeField *field, uint32 a, uint32 b)
{
	if ((field->flags & NF_EQUAL_IF_BOTH) && (a == 0 || b == 0))
		return true;
	return a == b;
}

#define SAME(type) (*(const type *) pa == *(const type *) pb)

static bool
equal_field(const void *a, const void *b, const NodeField *field)
{
	const void *pa = (const char *) a + field->offset;
	const void *pb = (const char *) b + field->offset;

	if (field->flags & (NF_LOCATION | NF_EQUAL_IGNORE))
		return true;
	switch ((NodeFieldKind) field->kind)
	{
		case NODE_FIELD_NODE:
		case NODE_FIELD_LIST:
			return equal(*(void *const *) pa, *(void *const *) pb);
		case NODE_FIELD_STRING:
			return equal_strings(*(char *const *) pa, *(char *const *) pb);
		case NODE_FIELD_BITMAPSET:
			return bms_equal(*(Bitmapset *const *) pa, *(Bitmapset *const *) pb);
		case NODE_FIELD_BOOL:
			return SAME(bool);
		case NODE_FIELD_CHAR:
			return SAME(char);
		case NODE_FIELD_ENUM:
		case NODE_FIELD_INT32:
			return SAME(int32);
		case NODE_FIELD_INT16:
			return SAME(int16);
		case NODE_FIELD_UINT32:
			return equal_uint32(field, *(const uint32 *) pa, *(const uint32 *) pb);
		case NODE_FIELD_INT64:
		case NODE_FIELD_UINT64:
			return SAME(uint64);
		case NODE_FIELD_DOUBLE:
			return SAME(double);
		case NODE_FIELD_DATUM:
			return equal_const_values(a, b);
		case NODE_FIELD_EMBED:
			return equal_fields(pa, pb, T_CreateStmt);
		case NODE_FIELD_VALUNION:
			return equal_valunion(pa, pb);
	}
	pg_unreachable();
}

static bool
equal_fields(const void *a, const void *b, NodeTag tag)
{
	const NodeDesc *desc = &node_descs[tag];

	for (int i = 0; i < desc->nfields; i++)
		if (!equal_field(a, b, &desc->fields[i]))
			return false;
	return true;
}

static bool
equal_lists(const List *a, const List *b)
{
	if (list_length(a) != list_length(b))
		return false;
	for (int i = 0; i < list_length(a); i++)
	{
		const ListCell *ca = &a->elements[i];
		const ListCell *cb = &b->elements[i];
		bool same;

		switch (nodeTag(a))
		{
			case T_List:
				same = equal(ca->ptr_value, cb->ptr_value);
				break;
			case T_IntList:
				same = ca->int_value == cb->int_value;
				break;
			case T_OidList:
				same = ca->oid_value == cb->oid_value;
				break;
			default:
				same = ca->xid_value == cb->xid_value;
				break;
		}
		if (!same)
			return false;
	}
	return true;
}

bool
equal(const void *a, const void *b)
{
	if (a == b)
		return true;
	if (a == NULL || b == NULL || nodeTag(a) != nodeTag(b))
		return false;
	check_stack_depth();
	if (nodeTag(a) >= T_List && nodeTag(a) <= T_XidList)
		return equal_lists(a, b);
	node_desc_of(a, "compare");
	return equal_fields(a, b, nodeTag(a));
}
