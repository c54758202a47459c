/*
 * storage/relfilenode.h
 *    The physical identity of a relation: tablespace, database (0 for shared relations), file number.
 */
#ifndef RELFILENODE_H
#define RELFILENODE_H

#include "c.h"
#include "common/relpath.h"
#include "storage/backendid.h"

typedef struct RelFileNode
{
	Oid spcNode;
	Oid dbNode;
	Oid relNode;
} RelFileNode;

/* With the owner's backend id for temporary relations, InvalidBackendId for all others. */
typedef struct RelFileNodeBackend
{
	RelFileNode node;
	BackendId backend;
} RelFileNodeBackend;

#define RelFileNodeBackendIsTemp(rnode) ((rnode).backend != InvalidBackendId)
#define RelFileNodeEquals(node1, node2) \
	((node1).relNode == (node2).relNode && (node1).dbNode == (node2).dbNode && (node1).spcNode == (node2).spcNode)
#define RelFileNodeBackendEquals(node1, node2) \
	(RelFileNodeEquals((node1).node, (node2).node) && (node1).backend == (node2).backend)

#endif /* RELFILENODE_H */
