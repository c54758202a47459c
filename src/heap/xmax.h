/*
 * heap/xmax.h
 *    Questions about the transactions in a tuple's xmax.
 */
#ifndef HEAP_XMAX_H
#define HEAP_XMAX_H

#include "heap/heap.h"
#include "storage/lmgr.h"

/* What the transactions in xmax mean for somebody who wants to lock the tuple in a certain mode. */
typedef struct XmaxSurvey
{
	bool others_running;	/* somebody else is in there and has not ended */
	bool conflict_running;	/* ... and excludes the mode wanted */
	bool updater_running;	/* ... and is an updater or deleter (of another transaction) */
	bool updater_committed;
	bool conflict_committed; /* the committed update excludes the mode wanted */
	int own_mode;			/* strongest mode that this transaction holds, -1: none */
} XmaxSurvey;

extern XmaxSurvey heap_survey_xmax(HeapTuple tuple, LockTupleMode mode);
/* Waits for those in conflict with mode; false: policy is not to wait, and somebody would have to be waited for. */
extern bool heap_wait_for_xmax(uint64 xmax, uint16 infomask, uint16 infomask2, LockTupleMode mode,
							   LockWaitPolicy policy, Relation rel, ItemPointer ctid, XLTW_Oper oper);
extern XmaxChange heap_multi_xmax(MultiXactId multi);

/*
 * One attempt at changing or locking the row version at tid. heap_claim_begin pins and locks its page; heap_claim_settle waits
 * until nobody is in the way or the outcome is clear.
 */
typedef struct HeapClaim
{
	Relation rel;
	Buffer buffer;	 /* pinned, exclusively locked */
	Buffer vmbuffer; /* pinned when the page is all-visible */
	Page page;
	HeapTupleData tuple;
	LockTupleMode mode;
	XLTW_Oper oper;
	bool have_tuple_lock; /* the heavyweight one */
} HeapClaim;

extern void heap_claim_begin(HeapClaim *claim, Relation rel, ItemPointer tid, LockTupleMode mode, XLTW_Oper oper);
extern void heap_claim_lock_page(HeapClaim *claim); /* (again) exclusively, with the map page pinned if needed */
extern TM_Result heap_claim_settle(HeapClaim *claim, CommandId cid, bool wait);
extern void heap_claim_release_tuplock(HeapClaim *claim);
extern void heap_claim_end(HeapClaim *claim); /* the page is unlocked already */

#endif /* HEAP_XMAX_H */
