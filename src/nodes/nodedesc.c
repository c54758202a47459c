/*
 * nodedesc.c
 *    Instantiates the generated table of node fields.
 */
#include "postgres.h"

#include "nodes/nodedesc.h"
#include "nodes/parsenodes.h"

#include "nodes/nodedesc_gen.h"

const NodeDesc *
node_desc_of(const void *node, const char *purpose)
{
	NodeTag tag = nodeTag(node);

	if (tag >= NODE_TAG_COUNT || node_descs[tag].size == 0)
		elog(ERROR, "cannot %s node of type %d", purpose, (int) tag);
	return &node_descs[tag];
}
