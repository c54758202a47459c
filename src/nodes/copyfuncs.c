/*
 * copyfuncs.c
 *    copyObject: a deep copy of any described node, list or value.
 *
 * The struct is copied bytewise, then every field that points somewhere gets a copy of its own; which fields do is read
 * from the table of node fields.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "nodes/nodedesc.h"
#include "nodes/parsenodes.h"

static void copy_pointers(void *node, NodeTag tag);

/* A by-reference constant's bytes; its length rule is in the same node. */
static Datum
copy_const_value(const Const *c)
{
	Size size;
	void *copy;

	if (c->constisnull || c->constbyval)
		return c->constvalue;
	if (c->constlen > 0)
		size = c->constlen;
	else if (c->constlen == -1)
		size = VARSIZE_ANY(DatumGetPointer(c->constvalue));
	else
		size = strlen(DatumGetCString(c->constvalue)) + 1;
	copy = palloc(size);
	memcpy(copy, DatumGetPointer(c->constvalue), size);
	return PointerGetDatum(copy);
}

static void
copy_pointer_field(void *node, const NodeField *field)
{
	void **place = node_field_at(node, field);

	switch ((NodeFieldKind) field->kind)
	{
		case NODE_FIELD_NODE:
		case NODE_FIELD_LIST:
			*place = copyObjectImpl(*place);
			break;
		case NODE_FIELD_STRING:
			if (*place)
				*place = pstrdup(*place);
			break;
		case NODE_FIELD_BITMAPSET:
			*place = bms_copy(*place);
			break;
		case NODE_FIELD_DATUM:
			((Const *) node)->constvalue = copy_const_value(node);
			break;
		case NODE_FIELD_EMBED:
			copy_pointers(place, T_CreateStmt);
			break;
		case NODE_FIELD_VALUNION:
			if (nodeTag(place) != T_Invalid)
				copy_pointers(place, nodeTag(place));
			break;
		default:
			break;				/* a number: already there */
	}
}

static void
copy_pointers(void *node, NodeTag tag)
{
	const NodeDesc *desc = &node_descs[tag];

	for (int i = 0; i < desc->nfields; i++)
		copy_pointer_field(node, &desc->fields[i]);
}

static List *
copy_list(const List *from)
{
	List *copy = list_copy(from);

	if (nodeTag(from) == T_List)
		for (int i = 0; i < list_length(copy); i++)
			copy->elements[i].ptr_value = copyObjectImpl(copy->elements[i].ptr_value);
	return copy;
}

void *
copyObjectImpl(const void *from)
{
	const NodeDesc *desc;
	void *copy;

	if (from == NULL)
		return NULL;
	check_stack_depth();
	switch (nodeTag(from))
	{
		case T_List:
		case T_IntList:
		case T_OidList:
		case T_XidList:
			return copy_list(from);
		default:
			break;
	}
	desc = node_desc_of(from, "copy");
	copy = palloc(desc->size);
	memcpy(copy, from, desc->size);
	copy_pointers(copy, nodeTag(from));
	return copy;
}
