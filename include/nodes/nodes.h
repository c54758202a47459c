/*
 * nodes/nodes.h
 *    What every node has: a tag first. Making, testing, copying, comparing, writing and reading nodes.
 *
 * Node structs and enums are generated (tools/gen_nodes.py) from the names of PostgreSQL 15's parse tree; one table,
 * node_descs (nodes/nodedesc.h), describes every field, and copyObject, equal, nodeToString, stringToNode, the tree
 * walkers and the parser's converter all work from it. Hand-written nodes (plans, paths, executor state) have tags only:
 * copyObject and equal refuse them.
 *
 * All results are palloc'd in CurrentMemoryContext.
 */
#ifndef NODES_H
#define NODES_H

#include "nodes/nodetags.h"
#include "utils/palloc.h"

typedef struct Node
{
	NodeTag type;
} Node;

#define nodeTag(nodeptr) (((const Node *) (nodeptr))->type)
#define NodeSetTag(nodeptr, t) (((Node *) (nodeptr))->type = (t))
#define IsA(nodeptr, _type_) (nodeTag(nodeptr) == T_##_type_)

static inline Node *
newNode(Size size, NodeTag tag)
{
	Node *node = (Node *) palloc0(size);

	node->type = tag;
	return node;
}
#define makeNode(_type_) ((_type_ *) newNode(sizeof(_type_), T_##_type_))

#ifdef USE_ASSERT_CHECKING
static inline Node *
castNodeImpl(NodeTag type, const void *ptr)
{
	Assert(ptr == NULL || nodeTag(ptr) == type);
	return (Node *) ptr;
}
#define castNode(_type_, nodeptr) ((_type_ *) castNodeImpl(T_##_type_, nodeptr))
#else
#define castNode(_type_, nodeptr) ((_type_ *) (nodeptr))
#endif

typedef double Selectivity;
typedef double Cost;
typedef double Cardinality;
typedef int16 AttrNumber;
typedef uint32 AclMode;
typedef int ParseLoc;
typedef struct Bitmapset Bitmapset;

#define InvalidAttrNumber 0
#define MaxAttrNumber 32767

/* Aggregation in steps: AggSplit is a set of these. Matriarch has no partial aggregation yet; the field stays. */
#define AGGSPLITOP_COMBINE 0x01
#define AGGSPLITOP_SKIPFINAL 0x02
#define AGGSPLITOP_SERIALIZE 0x04
#define AGGSPLITOP_DESERIALIZE 0x08
typedef enum AggSplit
{
	AGGSPLIT_SIMPLE = 0,
	AGGSPLIT_INITIAL_SERIAL = AGGSPLITOP_SKIPFINAL | AGGSPLITOP_SERIALIZE,
	AGGSPLIT_FINAL_DESERIAL = AGGSPLITOP_COMBINE | AGGSPLITOP_DESERIALIZE
} AggSplit;
#define DO_AGGSPLIT_COMBINE(as) (((as) & AGGSPLITOP_COMBINE) != 0)
#define DO_AGGSPLIT_SKIPFINAL(as) (((as) & AGGSPLITOP_SKIPFINAL) != 0)
#define DO_AGGSPLIT_SERIALIZE(as) (((as) & AGGSPLITOP_SERIALIZE) != 0)
#define DO_AGGSPLIT_DESERIALIZE(as) (((as) & AGGSPLITOP_DESERIALIZE) != 0)

/* What LIKE in CREATE TABLE copies: bits of TableLikeClause.options. */
typedef enum TableLikeOption
{
	CREATE_TABLE_LIKE_COMMENTS = 1 << 0,
	CREATE_TABLE_LIKE_COMPRESSION = 1 << 1,
	CREATE_TABLE_LIKE_CONSTRAINTS = 1 << 2,
	CREATE_TABLE_LIKE_DEFAULTS = 1 << 3,
	CREATE_TABLE_LIKE_GENERATED = 1 << 4,
	CREATE_TABLE_LIKE_IDENTITY = 1 << 5,
	CREATE_TABLE_LIKE_INDEXES = 1 << 6,
	CREATE_TABLE_LIKE_STATISTICS = 1 << 7,
	CREATE_TABLE_LIKE_STORAGE = 1 << 8,
	CREATE_TABLE_LIKE_ALL = PG_INT32_MAX
} TableLikeOption;

/* The letters of pg_proc.proargmodes, but FUNC_PARAM_DEFAULT, which is IN without the word. */
typedef enum FunctionParameterMode
{
	FUNC_PARAM_IN = 'i',
	FUNC_PARAM_OUT = 'o',
	FUNC_PARAM_INOUT = 'b',
	FUNC_PARAM_VARIADIC = 'v',
	FUNC_PARAM_TABLE = 't',
	FUNC_PARAM_DEFAULT = 'd'
} FunctionParameterMode;

typedef enum PartitionRangeDatumKind
{
	PARTITION_RANGE_DATUM_MINVALUE = -1,
	PARTITION_RANGE_DATUM_VALUE = 0,
	PARTITION_RANGE_DATUM_MAXVALUE = 1
} PartitionRangeDatumKind;

#include "nodes/nodedecls.h"
#include "nodes/pg_list.h"

#define IS_OUTER_JOIN(jointype)                                                                          \
	(((1 << (jointype)) & ((1 << JOIN_LEFT) | (1 << JOIN_FULL) | (1 << JOIN_RIGHT) | (1 << JOIN_ANTI))) != 0)

/* A deep copy. NULL gives NULL. */
extern void *copyObjectImpl(const void *from);
#define copyObject(obj) ((__typeof__(obj)) copyObjectImpl(obj))

/* Same tree? Source locations, and what only says how an expression was spelled, do not count. */
extern bool equal(const void *a, const void *b);

/*
 * A tree as text and back. The text names its fields and leaves out those that are zero, so a field may be added
 * without making stored trees unreadable. Locations are not kept (they read as -1). stringToNode raises an error
 * (XX001) on anything that nodeToString cannot have written, and checks stack depth.
 */
extern char *nodeToString(const void *obj);
extern void *stringToNode(const char *str);
/* Bitmapsets and Datums by themselves, in the same notation. */
extern char *bmsToString(const Bitmapset *bms);

#endif /* NODES_H */
