/*
 * nodedesc.h
 *    One row per field of every generated node: the table that copy, equal, read, write, walk and convert work from.
 */
#ifndef NODEDESC_H
#define NODEDESC_H

#include "nodes/nodes.h"

typedef enum NodeFieldKind
{
	NODE_FIELD_NODE,		/* pointer to a node of any or one type */
	NODE_FIELD_LIST,		/* List *, pointers or numbers */
	NODE_FIELD_STRING,		/* char *, may be NULL */
	NODE_FIELD_BITMAPSET,
	NODE_FIELD_BOOL,
	NODE_FIELD_CHAR,
	NODE_FIELD_ENUM,		/* an int */
	NODE_FIELD_INT16,
	NODE_FIELD_INT32,
	NODE_FIELD_UINT32,
	NODE_FIELD_INT64,
	NODE_FIELD_UINT64,
	NODE_FIELD_DOUBLE,
	NODE_FIELD_DATUM,		/* Const.constvalue: its length and by-value flag are in the same node */
	NODE_FIELD_EMBED,		/* CreateForeignTableStmt.base: a whole CreateStmt in place */
	NODE_FIELD_VALUNION		/* A_Const.val: a value node in place */
} NodeFieldKind;

/* NodeField.flags */
#define NF_LOCATION 0x01		  /* place in the source text: not compared, not written, read as -1 */
#define NF_EQUAL_IGNORE 0x02	  /* not compared */
#define NF_EQUAL_IF_BOTH 0x04	  /* compared only if neither is zero (looked up late) */
#define NF_WALK 0x08			  /* expression walkers look into it */
#define NF_KEEP_EMPTY 0x10		  /* "" from the parser is a value, not NULL */
#define NF_ENUM_PARAM_MODE 0x20	  /* protobuf counts, our enum has letters */
#define NF_ENUM_FROM_MINUS_ONE 0x40 /* our enum starts at -1 */

typedef struct NodeField
{
	const char *name;
	uint16 offset;
	uint8 kind;			/* NodeFieldKind */
	uint8 flags;		/* NF_* */
	uint16 target;		/* NodeTag of the message in the protobuf, if it is one type; else 0 */
	uint16 proto;		/* protobuf field number, 0 if it has none */
} NodeField;

typedef struct NodeDesc
{
	const char *name;
	uint16 size;		/* 0: a hand-written node, not described */
	uint16 nfields;
	bool is_expr;
	const NodeField *fields;
} NodeDesc;

extern const NodeDesc node_descs[NODE_TAG_COUNT];

/* Protobuf's number of a node type → our tag. */
extern const uint16 node_tag_of_proto[];
extern const int node_proto_last;

static inline void *
node_field_at(const void *node, const NodeField *field)
{
	return (char *) node + field->offset;
}

/* The description of a node, or an error: internal trees must not reach here with undescribed nodes. */
extern const NodeDesc *node_desc_of(const void *node, const char *purpose);

#endif /* NODEDESC_H */
