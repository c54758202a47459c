/*
 * convert.c
 *    Protobuf messages to nodes, by reflection on both sides.
 *
 * protobuf-c describes its messages, and the node table describes our structs and remembers each field's protobuf
 * number: so one loop converts every node type. What the protobuf cannot say is settled here: it has no NULL strings
 * ("" is NULL unless the field is marked NF_KEEP_EMPTY) and its enums begin at 1.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/nodedesc.h"
#include "parse/convert.h"

static Node *convert_node(const PgQuery__Node *wrapper);
static Node *convert_message(const ProtobufCMessage *message, NodeTag tag);
static void convert_fields(const ProtobufCMessage *message, void *node, NodeTag tag);

static inline const void *
member(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	return (const char *) message + field->offset;
}

static List *
convert_list(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	size_t count = *(const size_t *) ((const char *) message + field->quantifier_offset);
	PgQuery__Node **items = *(PgQuery__Node ** const *) member(message, field);
	List *list = NIL;

	for (size_t i = 0; i < count; i++)
		list = lappend(list, convert_node(items[i]));
	return list;
}

/* The generic wrapper: one of all node types. An unset one is NULL. */
static Node *
convert_node(const PgQuery__Node *wrapper)
{
	int number = wrapper ? (int) wrapper->node_case : 0;
	NodeTag tag;

	if (number == 0)
		return NULL;
	check_stack_depth();
	if (number < 0 || number > node_proto_last || (tag = node_tag_of_proto[number]) == T_Invalid)
		elog(ERROR, "parser made an unknown node of number %d", number);
	/* All members of the union are pointers to messages. */
	if (tag >= T_List && tag <= T_XidList)
	{
		const ProtobufCMessage *list = (const ProtobufCMessage *) wrapper->list;

		return (Node *) convert_list(list, &list->descriptor->fields[0]);
	}
	return convert_message((const ProtobufCMessage *) wrapper->list, tag);
}

static char *
convert_string(const char *s, const NodeField *field)
{
	if (s == NULL || (*s == '\0' && !(field->flags & NF_KEEP_EMPTY)))
		return NULL;
	return pstrdup(s);
}

static int
convert_enum(int value, const NodeField *field)
{
	static const char param_mode[] = {'\0', FUNC_PARAM_IN, FUNC_PARAM_OUT, FUNC_PARAM_INOUT, FUNC_PARAM_VARIADIC,
									  FUNC_PARAM_TABLE, FUNC_PARAM_DEFAULT};

	if (field->flags & NF_ENUM_PARAM_MODE)
	{
		if (value <= 0 || value >= lengthof(param_mode))
			elog(ERROR, "parser made an unknown parameter mode %d", value);
		return param_mode[value];
	}
	if (field->flags & NF_ENUM_FROM_MINUS_ONE)
		return value - 2;
	return value > 0 ? value - 1 : 0;
}

static void
convert_number(void *place, const NodeField *field, const ProtobufCFieldDescriptor *pfield, const void *from)
{
	int64 value;

	switch (pfield->type)
	{
		case PROTOBUF_C_TYPE_INT64:
		case PROTOBUF_C_TYPE_UINT64:
			value = *(const int64 *) from;
			break;
		case PROTOBUF_C_TYPE_UINT32:
			value = *(const uint32 *) from;
			break;
		default:
			value = *(const int32 *) from;
			break;
	}
	switch ((NodeFieldKind) field->kind)
	{
		case NODE_FIELD_INT16:
			*(int16 *) place = (int16) value;
			break;
		case NODE_FIELD_INT64:
		case NODE_FIELD_UINT64:
			*(int64 *) place = value;
			break;
		default:
			*(int32 *) place = (int32) value;
			break;
	}
}

/* A pointer to one fixed message type, or to the wrapper of all of them. */
static Node *
convert_pointer(const ProtobufCMessage *from, const NodeField *field)
{
	if (from == NULL)
		return NULL;
	if (field->target == 0)
		return convert_node((const PgQuery__Node *) from);
	return convert_message(from, field->target);
}

static void
convert_field(const ProtobufCMessage *message, void *node, const NodeField *field)
{
	const ProtobufCFieldDescriptor *pfield = protobuf_c_message_descriptor_get_field(message->descriptor, field->proto);
	void *place = node_field_at(node, field);
	const void *from;

	if (pfield == NULL)
		elog(ERROR, "parser's message %s has no field %d", message->descriptor->name, field->proto);
	from = member(message, pfield);
	switch ((NodeFieldKind) field->kind)
	{
		case NODE_FIELD_NODE:
			*(Node **) place = convert_pointer(*(const ProtobufCMessage *const *) from, field);
			break;
		case NODE_FIELD_LIST:
			*(List **) place = convert_list(message, pfield);
			break;
		case NODE_FIELD_STRING:
			*(char **) place = convert_string(*(const char *const *) from, field);
			break;
		case NODE_FIELD_CHAR:
			*(char *) place = **(const char *const *) from;
			break;
		case NODE_FIELD_BOOL:
			*(bool *) place = *(const protobuf_c_boolean *) from != 0;
			break;
		case NODE_FIELD_ENUM:
			*(int *) place = convert_enum(*(const int *) from, field);
			break;
		case NODE_FIELD_DOUBLE:
			*(double *) place = *(const double *) from;
			break;
		case NODE_FIELD_EMBED:
			if (*(const ProtobufCMessage *const *) from)
				convert_fields(*(const ProtobufCMessage *const *) from, place, T_CreateStmt);
			break;
		case NODE_FIELD_INT16:
		case NODE_FIELD_INT32:
		case NODE_FIELD_UINT32:
		case NODE_FIELD_INT64:
		case NODE_FIELD_UINT64:
			convert_number(place, field, pfield, from);
			break;
		case NODE_FIELD_BITMAPSET:
		case NODE_FIELD_DATUM:
		case NODE_FIELD_VALUNION:
			break;				/* raw trees have none */
	}
}

static void
convert_fields(const ProtobufCMessage *message, void *node, NodeTag tag)
{
	const NodeDesc *desc = &node_descs[tag];

	for (int i = 0; i < desc->nfields; i++)
		if (desc->fields[i].proto != 0)
			convert_field(message, node, &desc->fields[i]);
}

static void
convert_const_value(const PgQuery__AConst *from, A_Const *to)
{
	static const struct
	{
		PgQuery__AConst__ValCase which;
		NodeTag tag;
	} kinds[] = {{PG_QUERY__A__CONST__VAL_IVAL, T_Integer}, {PG_QUERY__A__CONST__VAL_FVAL, T_Float},
				 {PG_QUERY__A__CONST__VAL_BOOLVAL, T_Boolean}, {PG_QUERY__A__CONST__VAL_SVAL, T_String},
				 {PG_QUERY__A__CONST__VAL_BSVAL, T_BitString}};

	for (int i = 0; i < lengthof(kinds); i++)
		if (from->val_case == kinds[i].which)
		{
			to->val.node.type = kinds[i].tag;
			convert_fields((const ProtobufCMessage *) from->ival, &to->val, kinds[i].tag);
			return;
		}
	to->isnull = true;
}

static Node *
convert_message(const ProtobufCMessage *message, NodeTag tag)
{
	Node *node;

	check_stack_depth();
	node = newNode(node_descs[tag].size, tag);
	convert_fields(message, node, tag);
	if (tag == T_A_Const)
		convert_const_value((const PgQuery__AConst *) message, (A_Const *) node);
	return node;
}

List *
parse_convert_result(const PgQuery__ParseResult *parse)
{
	List *stmts = NIL;

	for (size_t i = 0; i < parse->n_stmts; i++)
		stmts = lappend(stmts, convert_message((const ProtobufCMessage *) parse->stmts[i], T_RawStmt));
	return stmts;
}
