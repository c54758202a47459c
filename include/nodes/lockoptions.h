/*
 * nodes/lockoptions.h
 *    LockClauseStrength, LockWaitPolicy, LockTupleMode: generated with the other enums.
 */
#ifndef LOCKOPTIONS_H
#define LOCKOPTIONS_H

#include "nodes/nodes.h"

#endif /* LOCKOPTIONS_H */
