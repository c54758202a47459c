/*
 * prs2lock.h
 *    A relation's rewrite rules (a view has one: ON SELECT), as the relation cache keeps them.
 */
#ifndef PRS2LOCK_H
#define PRS2LOCK_H

#include "nodes/nodes.h"
#include "nodes/pg_list.h"

typedef struct RewriteRule
{
	Oid ruleId;
	CmdType event;
	Node *qual;
	List *actions;
	char enabled;
	bool isInstead;
} RewriteRule;

typedef struct RuleLock
{
	int numLocks;
	RewriteRule **rules;
} RuleLock;

#endif /* PRS2LOCK_H */
