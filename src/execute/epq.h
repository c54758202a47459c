/*
 * execute/epq.h
 *    EvalPlanQual: does the newest version of a row still satisfy the query?
 */
#ifndef EXECUTE_EPQ_H
#define EXECUTE_EPQ_H

#include "execute/exec.h"

extern void epq_init(EpqState *epq, EState *parent, Plan *subplan, List *rowmarks, int param);
/* Junk columns of `tlist` (the subplan's) that a row mark needs. */
extern List *epq_build_rowmarks(List *planmarks, List *tlist, MemoryContext cxt);
extern void epq_close(EpqState *epq);
/*
 * Start a recheck for the row of `origin` at pos, put the new versions in with epq_set_tuple, then run: the subplan's output row
 * (valid until the next recheck), or NULL when it does not qualify any more.
 */
extern void epq_begin(EpqState *epq, const Batch *origin, int pos);
extern void epq_set_tuple(EpqState *epq, Index rti, HeapTuple tuple);
extern Batch *epq_run(EpqState *epq);

#endif /* EXECUTE_EPQ_H */
