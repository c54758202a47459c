/*
 * infer_arbiter.h
 *    Which unique indexes decide a conflict of INSERT ... ON CONFLICT.
 */
#ifndef INFER_ARBITER_H
#define INFER_ARBITER_H

#include "plan/plan.h"

/* OIDs; NIL: all unique indexes (DO NOTHING without a target). Raises 42P10 when the target matches none. */
extern List *infer_arbiter_indexes(PlannerInfo *root);

#endif /* INFER_ARBITER_H */
