/*
 * commands/copy.h
 *    COPY FROM and COPY TO.
 */
#ifndef COPY_H
#define COPY_H

#include "nodes/parsenodes.h"
#include "parser/parse_node.h"
#include "tcop/dest.h"

extern void DoCopy(ParseState *pstate, const CopyStmt *stmt, int stmt_location, int stmt_len, uint64 *processed);

#endif /* COPY_H */
