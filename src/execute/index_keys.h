/*
 * execute/index_keys.h
 *    Scan keys of index scans.
 */
#ifndef EXECUTE_INDEX_KEYS_H
#define EXECUTE_INDEX_KEYS_H

#include "access/skey.h"
#include "execute/exec.h"

/* A key whose argument is evaluated at every (re)start. */
typedef struct RuntimeKey
{
	ScanKey key;
	ExprNode *expr;
	int16 typlen;
	bool typbyval;
} RuntimeKey;

typedef struct IndexKeys
{
	int n;
	ScanKey keys;
	int nruntime;
	RuntimeKey *runtime;
	bool started;	/* the scan has been given its keys since the last rescan */
	int next_max;	/* rows to ask for next: grows */
} IndexKeys;

extern void index_keys_init(IndexKeys *keys, ExprCompiler *c, List *indexquals, Relation index);
extern void index_keys_evaluate(IndexKeys *keys, ExprContext *ec, MemoryContext cxt);
extern void *repalloc_or_alloc(void *p, Size size);
extern double index_only_heap_fetches(PlanState *ps);

#endif /* EXECUTE_INDEX_KEYS_H */
