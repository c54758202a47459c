/*
 * prune.c
 *    Removing dead tuples from one page, HOT chains included, without touching indexes.
 *
 * Index entries point to a chain's root. When the first members of a chain are dead, the root's line pointer becomes a
 * redirect to the first survivor and the others become free; when all are dead, the root's line pointer stays as DEAD until
 * vacuum has removed the index entries. Nothing else ever moves a tuple, and only under a cleanup lock: no pin but ours.
 *
 * The plan is made first (PrunePlan), then carried out in one critical section by heap_page_prune_execute(), which redo calls with
 * the same lists.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "heap/heap.h"
#include "storage/procarray.h"
#include "sys/fault.h"

typedef struct PrunePlan
{
	Relation rel;
	Buffer buffer;
	Page page;
	GlobalVisState *vistest; /* or NULL: oldest_xmin */
	TransactionId oldest_xmin;
	OffsetNumber max;
	TransactionId next_prune_xid; /* oldest that may make something prunable later */
	TransactionId conflict_xid;	  /* newest that something removed here belongs to */
	int ndeleted;
	int nredirected;
	int ndead;
	int nunused;
	OffsetNumber redirected[MaxHeapTuplesPerPage * 2];
	OffsetNumber nowdead[MaxHeapTuplesPerPage];
	OffsetNumber nowunused[MaxHeapTuplesPerPage];
	bool done[MaxHeapTuplesPerPage + 1];
	int8 fate[MaxHeapTuplesPerPage + 1]; /* HTSV_Result, -1: no tuple */
	TransactionId dead_after[MaxHeapTuplesPerPage + 1];
} PrunePlan;

static void
get_tuple(const PrunePlan *plan, OffsetNumber off, HeapTuple tuple)
{
	heap_tuple_set_from_page(tuple, plan->page, PageGetItemId(plan->page, off), BufferGetBlockNumber(plan->buffer), off,
							 RelationGetRelid(plan->rel));
}

/* ---- what each tuple is ---------------------------------------------------------------------------------------------------- */
static void
judge_tuples(PrunePlan *plan)
{
	for (OffsetNumber off = FirstOffsetNumber; off <= plan->max; off++)
	{
		HeapTupleData tuple;
		HTSV_Result fate;

		plan->done[off] = false;
		plan->fate[off] = -1;
		if (!ItemIdIsNormal(PageGetItemId(plan->page, off)))
			continue;
		get_tuple(plan, off, &tuple);
		fate = HeapTupleSatisfiesVacuumHorizon(&tuple, plan->buffer, &plan->dead_after[off]);
		if (fate == HEAPTUPLE_RECENTLY_DEAD)
		{
			bool removable = plan->vistest != NULL
				? GlobalVisTestIsRemovableXid(plan->vistest, plan->dead_after[off])
				: plan->dead_after[off] < plan->oldest_xmin;

			if (removable)
				fate = HEAPTUPLE_DEAD;
		}
		plan->fate[off] = (int8) fate;
	}
}

static void
note_prunable_later(PrunePlan *plan, TransactionId xid)
{
	if (TransactionIdIsNormal(xid) && (plan->next_prune_xid == InvalidTransactionId || xid < plan->next_prune_xid))
		plan->next_prune_xid = xid;
}

static void
note_removed(PrunePlan *plan, OffsetNumber off)
{
	HeapTupleData tuple;
	TransactionId xmin, xmax;

	get_tuple(plan, off, &tuple);
	xmin = HeapTupleGetXmin(&tuple);
	xmax = HeapTupleGetUpdateXid(&tuple);
	/* What was never visible to anybody conflicts with nobody. */
	if (!HeapTupleHeaderXminInvalid(tuple.t_data))
		plan->conflict_xid = Max(plan->conflict_xid, Max(xmin, (tuple.t_data->t_infomask & HEAP_XMAX_INVALID) ? 0 : xmax));
	plan->ndeleted++;
}

/* ---- the plan's verbs -------------------------------------------------------------------------------------------------------- */
static void
plan_unused(PrunePlan *plan, OffsetNumber off)
{
	plan->nowunused[plan->nunused++] = off;
	plan->done[off] = true;
}

static void
plan_dead(PrunePlan *plan, OffsetNumber off)
{
	plan->nowdead[plan->ndead++] = off;
	plan->done[off] = true;
}

static void
plan_redirect(PrunePlan *plan, OffsetNumber from, OffsetNumber to)
{
	plan->redirected[plan->nredirected * 2] = from;
	plan->redirected[plan->nredirected * 2 + 1] = to;
	plan->nredirected++;
	plan->done[from] = true;
	plan->done[to] = true;
}

/* ---- chains ------------------------------------------------------------------------------------------------------------------------ */
/* Offsets of the chain that begins at root, in order; the root itself first. *ndead: how many at the beginning may go. */
static int
follow_chain(PrunePlan *plan, OffsetNumber root, OffsetNumber *chain, int *ndead)
{
	OffsetNumber off = root;
	TransactionId prev_xmax = InvalidTransactionId;
	bool recently_dead_run = true; /* everything so far is dead or recently dead */
	int n = 0;

	*ndead = 0;
	while (off >= FirstOffsetNumber && off <= plan->max && !plan->done[off])
	{
		ItemId lp = PageGetItemId(plan->page, off);
		HeapTupleData tuple;
		HTSV_Result fate;

		if (ItemIdIsRedirected(lp))
		{
			if (n > 0)
				break; /* only a root is one */
			chain[n++] = off;
			off = ItemIdGetRedirect(lp);
			continue;
		}
		if (!ItemIdIsNormal(lp))
			break;
		get_tuple(plan, off, &tuple);
		if (TransactionIdIsValid(prev_xmax) && HeapTupleGetRawXmin(&tuple) != prev_xmax)
			break;
		if (n > 0 && !HeapTupleIsHeapOnly(&tuple))
			break;
		fate = (HTSV_Result) plan->fate[off];
		chain[n++] = off;
		switch (fate)
		{
			case HEAPTUPLE_DEAD:
				if (recently_dead_run)
					*ndead = n;
				break;
			case HEAPTUPLE_RECENTLY_DEAD:
				note_prunable_later(plan, plan->dead_after[off]);
				break;
			case HEAPTUPLE_DELETE_IN_PROGRESS:
				note_prunable_later(plan, HeapTupleGetUpdateXid(&tuple));
				recently_dead_run = false;
				break;
			default:
				recently_dead_run = false;
				break;
		}
		if (!HeapTupleIsHotUpdated(&tuple) || !recently_dead_run)
			break;
		prev_xmax = HeapTupleGetUpdateXid(&tuple);
		off = ItemPointerGetOffsetNumber(&tuple.t_data->t_ctid);
	}
	return n;
}

static void
prune_chain(PrunePlan *plan, OffsetNumber root)
{
	OffsetNumber chain[MaxHeapTuplesPerPage];
	bool redirect = ItemIdIsRedirected(PageGetItemId(plan->page, root));
	int ndead;
	int n = follow_chain(plan, root, chain, &ndead);

	if (ndead == 0)
	{
		/* A redirect that leads to nothing: a leftover of an update that failed. */
		if (redirect && n == 1)
			plan_dead(plan, root);
		return;
	}
	for (int i = 0; i < ndead; i++)
	{
		if (i == 0 && redirect)
			continue;
		note_removed(plan, chain[i]);
		if (i > 0)
			plan_unused(plan, chain[i]);
	}
	if (ndead < n)
		plan_redirect(plan, root, chain[ndead]);
	else if (redirect || !HeapTupleHeaderIsHotUpdated((HeapTupleHeader) PageGetItem(plan->page, PageGetItemId(plan->page, root))))
		plan_dead(plan, root);
	else
	{
		/*
		 * The chain goes on to something that is not a member any more (its place was used again): the root is dead to
		 * everybody all the same.
		 */
		plan_dead(plan, root);
	}
}

static void
make_plan(PrunePlan *plan)
{
	judge_tuples(plan);
	for (OffsetNumber off = FirstOffsetNumber; off <= plan->max; off++)
	{
		ItemId lp = PageGetItemId(plan->page, off);

		if (plan->done[off] || !ItemIdIsUsed(lp) || ItemIdIsDead(lp))
			continue;
		if (ItemIdIsNormal(lp) && HeapTupleHeaderIsHeapOnly((HeapTupleHeader) PageGetItem(plan->page, lp)))
			continue;
		prune_chain(plan, off);
	}
	/* Heap-only tuples that no chain leads to: their update failed. */
	for (OffsetNumber off = FirstOffsetNumber; off <= plan->max; off++)
	{
		ItemId lp = PageGetItemId(plan->page, off);
		HeapTupleData tuple;

		if (plan->done[off] || !ItemIdIsNormal(lp) || plan->fate[off] != HEAPTUPLE_DEAD)
			continue;
		get_tuple(plan, off, &tuple);
		if (!HeapTupleIsHeapOnly(&tuple) || HeapTupleIsHotUpdated(&tuple))
			continue;
		/* A dead member in the middle of a chain stays until its predecessors go. */
		if (HeapTupleHeaderXminInvalid(tuple.t_data))
		{
			note_removed(plan, off);
			plan_unused(plan, off);
		}
	}
}

/* ---- carrying it out --------------------------------------------------------------------------------------------------------------- */
void
heap_page_prune_execute(Buffer buffer, OffsetNumber *redirected, int nredirected, OffsetNumber *nowdead, int ndead,
						OffsetNumber *nowunused, int nunused)
{
	Page page = BufferGetPage(buffer);

	for (int i = 0; i < nredirected; i++)
		ItemIdSetRedirect(PageGetItemId(page, redirected[2 * i]), redirected[2 * i + 1]);
	for (int i = 0; i < ndead; i++)
		ItemIdSetDead(PageGetItemId(page, nowdead[i]));
	for (int i = 0; i < nunused; i++)
		ItemIdSetUnused(PageGetItemId(page, nowunused[i]));
	PageRepairFragmentation(page);
}

static void
log_prune(PrunePlan *plan)
{
	xl_heap_prune xlrec = {.conflict_xid = plan->conflict_xid,
						   .nredirected = (uint16) plan->nredirected,
						   .ndead = (uint16) plan->ndead};
	XLogRecPtr recptr;

	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	XLogRegisterBuffer(0, plan->buffer, REGBUF_STANDARD);
	if (plan->nredirected > 0)
		XLogRegisterBufData(0, plan->redirected, (int) (plan->nredirected * 2 * sizeof(OffsetNumber)));
	if (plan->ndead > 0)
		XLogRegisterBufData(0, plan->nowdead, (int) (plan->ndead * sizeof(OffsetNumber)));
	if (plan->nunused > 0)
		XLogRegisterBufData(0, plan->nowunused, (int) (plan->nunused * sizeof(OffsetNumber)));
	recptr = XLogInsert(RM_HEAP2_ID, XLOG_HEAP2_PRUNE);
	PageSetLSN(plan->page, recptr);
	FAULT_POINT("heap-prune-logged");
}

HeapPruneResult
heap_page_prune(Relation relation, Buffer buffer, GlobalVisState *vistest, TransactionId oldest_xmin,
				OffsetNumber *off_loc)
{
	PrunePlan plan;
	HeapPruneResult result = {0, 0};
	uint32 prune_offset;

	plan.rel = relation;
	plan.buffer = buffer;
	plan.page = BufferGetPage(buffer);
	plan.vistest = vistest;
	plan.oldest_xmin = oldest_xmin;
	plan.max = PageGetMaxOffsetNumber(plan.page);
	plan.next_prune_xid = plan.conflict_xid = InvalidTransactionId;
	plan.ndeleted = plan.nredirected = plan.ndead = plan.nunused = 0;
	make_plan(&plan);

	prune_offset = plan.next_prune_xid == InvalidTransactionId
		? 0
		: heap_xid_to_offset(HeapPageGetXidBase(plan.page), plan.next_prune_xid);
	if (plan.nredirected + plan.ndead + plan.nunused == 0)
	{
		if (PageGetPruneOffset(plan.page) != prune_offset || PageIsFull(plan.page))
		{
			PageSetPruneOffset(plan.page, prune_offset);
			PageClearFull(plan.page);
			MarkBufferDirtyHint(buffer, true);
		}
		return result;
	}
	START_CRIT_SECTION();
	heap_page_prune_execute(buffer, plan.redirected, plan.nredirected, plan.nowdead, plan.ndead, plan.nowunused,
							plan.nunused);
	PageSetPruneOffset(plan.page, prune_offset);
	PageClearFull(plan.page);
	MarkBufferDirty(buffer);
	if (RelationNeedsWAL(relation))
		log_prune(&plan);
	END_CRIT_SECTION();
	result.ndeleted = plan.ndeleted;
	result.nnewlpdead = plan.ndead;
	return result;
}

void
heap_page_prune_opt(Relation relation, Buffer buffer)
{
	Page page = BufferGetPage(buffer);
	uint32 offset = PageGetPruneOffset(page);
	GlobalVisState *vistest;
	Size wanted;

	/* The usual case, read without a lock: a wrong answer costs a visit or puts one off. */
	if (likely(offset == 0) || RecoveryInProgress())
		return;
	wanted = Max(RelationGetTargetPageFreeSpace(relation, HEAP_DEFAULT_FILLFACTOR), BLCKSZ / 10);
	if (!PageIsFull(page) && PageGetHeapFreeSpace(page) >= wanted)
		return;
	vistest = GlobalVisTestFor(relation);
	if (!GlobalVisTestIsRemovableXid(vistest, heap_xid_from_offset(HeapPageGetXidBase(page), offset)))
		return;
	if (!ConditionalLockBufferForCleanup(buffer))
		return;
	if (PageIsFull(page) || PageGetHeapFreeSpace(page) < wanted)
		heap_page_prune(relation, buffer, vistest, InvalidTransactionId, NULL);
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
}

void
heap_get_root_tuples(Page page, OffsetNumber *root_offsets)
{
	OffsetNumber max = PageGetMaxOffsetNumber(page);

	memset(root_offsets, 0, MaxHeapTuplesPerPage * sizeof(OffsetNumber));
	for (OffsetNumber root = FirstOffsetNumber; root <= max; root++)
	{
		OffsetNumber off = root;
		TransactionId prev_xmax = InvalidTransactionId;
		bool first = true;

		for (int steps = 0; steps <= max; steps++)
		{
			ItemId lp;
			HeapTupleData tuple;

			if (off < FirstOffsetNumber || off > max)
				break;
			lp = PageGetItemId(page, off);
			if (ItemIdIsRedirected(lp) && first)
			{
				off = ItemIdGetRedirect(lp);
				first = false;
				continue;
			}
			if (!ItemIdIsNormal(lp))
				break;
			heap_tuple_set_from_page(&tuple, page, lp, 0, off, InvalidOid);
			if (off == root && HeapTupleIsHeapOnly(&tuple))
				break;
			if (TransactionIdIsValid(prev_xmax) && HeapTupleGetRawXmin(&tuple) != prev_xmax)
				break;
			root_offsets[off - 1] = root;
			if (!HeapTupleIsHotUpdated(&tuple))
				break;
			off = ItemPointerGetOffsetNumber(&tuple.t_data->t_ctid);
			prev_xmax = HeapTupleGetUpdateXid(&tuple);
			first = false;
		}
	}
}
