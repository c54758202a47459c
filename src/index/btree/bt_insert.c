/*
 * bt_insert.c
 *    Inserting an entry: uniqueness, the place on the leaf, and the way up when pages split.
 *
 * (columns, heap TID) is unique, so every entry has exactly one place. A unique index is first searched by columns alone; every
 * equal entry's heap tuple is looked at while the first leaf of the equal range stays exclusively locked, which keeps two inserters of
 * the same key from missing each other.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/transam.h"
#include "access/xloginsert.h"
#include "index/btree/btree.h"
#include "storage/lmgr.h"
#include "sys/fault.h"
#include "utils/snapmgr.h"

typedef struct BtInsert
{
	Relation rel;
	Relation heap;
	IndexTuple itup;
	Size size;
	BtKey key;
	BtStack stack;
	Buffer buf; /* leaf, exclusively locked */
} BtInsert;

/*
 * Ascending keys end up on the rightmost leaf: try the one this process used last, without a descent. It must be certain that the
 * key belongs there and fits.
 */
static bool
try_rightmost(BtInsert *ins)
{
	BlockNumber block = RelationGetTargetBlock(ins->rel);
	Page page;
	BTPageOpaque opaque;

	if (block == InvalidBlockNumber)
		return false;
	ins->buf = ReadBuffer(ins->rel, block);
	if (ConditionalLockBuffer(ins->buf))
	{
		page = BufferGetPage(ins->buf);
		opaque = BTPageGetOpaque(page);
		if (!PageIsNew(page) && P_ISLEAF(opaque) && P_RIGHTMOST(opaque) && !P_IGNORE(opaque) && !P_LEFTMOST(opaque) &&
			PageGetFreeSpace(page) > ins->size && PageGetMaxOffsetNumber(page) >= P_FIRSTDATAKEY(opaque) &&
			bt_compare(ins->rel, &ins->key, page, P_FIRSTDATAKEY(opaque)) > 0)
		{
			ins->stack.depth = 0;
			return true;
		}
		LockBuffer(ins->buf, BUFFER_LOCK_UNLOCK);
	}
	ReleaseBuffer(ins->buf);
	RelationSetTargetBlock(ins->rel, InvalidBlockNumber);
	return false;
}

static void
find_leaf(BtInsert *ins)
{
	if (!try_rightmost(ins))
		ins->buf = bt_search(ins->rel, &ins->key, BT_WRITE, &ins->stack);
}

/* ---- uniqueness ------------------------------------------------------------------------------------------------------ */
static void pg_attribute_noreturn()
report_duplicate(BtInsert *ins)
{
	Datum values[INDEX_MAX_KEYS];
	bool isnull[INDEX_MAX_KEYS];
	char *description;

	index_deform_tuple(ins->itup, RelationGetDescr(ins->rel), values, isnull);
	description = BuildIndexValueDescription(ins->rel, values, isnull);
	ereport(ERROR, (errcode(ERRCODE_UNIQUE_VIOLATION),
					errmsg("duplicate key value violates unique constraint \"%s\"", RelationGetRelationName(ins->rel)),
					description ? errdetail("Key %s already exists.", description) : 0,
					errtableconstraint(ins->heap, RelationGetRelationName(ins->rel))));
	pg_unreachable();
}

static void
mark_dead(Buffer buf, OffsetNumber offset)
{
	Page page = BufferGetPage(buf);

	ItemIdMarkDead(PageGetItemId(page, offset));
	BTPageGetOpaque(page)->btpo_flags |= BTP_HAS_GARBAGE;
	MarkBufferDirtyHint(buf, true);
}

typedef struct UniqueCheckResult
{
	TransactionId wait_for; /* somebody's transaction that must end first */
	uint32 token;			/* ... or its speculative insertion */
	bool maybe_duplicate;	/* UNIQUE_CHECK_PARTIAL */
	bool found_self;		/* UNIQUE_CHECK_EXISTING */
	bool duplicate;
} UniqueCheckResult;

/* Looks at the heap row of one equal entry. True: the answer is clear, stop. */
static bool
check_equal_entry(BtInsert *ins, Buffer buf, OffsetNumber offset, IndexUniqueCheck mode, UniqueCheckResult *result)
{
	IndexTuple entry = bt_page_tuple(BufferGetPage(buf), offset);
	ItemPointerData htid = entry->t_tid;
	SnapshotData dirty;
	bool all_dead = false;

	if (mode == UNIQUE_CHECK_EXISTING && ItemPointerEquals(&htid, &ins->itup->t_tid))
	{
		result->found_self = true;
		return false;
	}
	InitDirtySnapshot(dirty);
	if (!table_index_fetch_tuple_check(ins->heap, &htid, &dirty, &all_dead))
	{
		if (all_dead)
			mark_dead(buf, offset);
		return false;
	}
	if (mode == UNIQUE_CHECK_PARTIAL)
	{
		result->maybe_duplicate = true;
		return true;
	}
	result->wait_for = TransactionIdIsValid(dirty.xmin) ? dirty.xmin : dirty.xmax;
	if (TransactionIdIsValid(result->wait_for))
	{
		result->token = dirty.speculativeToken;
		return true;
	}
	/* A real conflict, unless the row whose entry this is has died meanwhile (deferred checks, index builds). */
	htid = ins->itup->t_tid;
	if (table_index_fetch_tuple_check(ins->heap, &htid, SnapshotSelf, NULL))
		result->duplicate = true;
	return true;
}

/* From the first equal entry on the locked leaf to the last, over as many pages as it takes. */
static UniqueCheckResult
check_unique(BtInsert *ins, IndexUniqueCheck mode)
{
	UniqueCheckResult result = {0};
	Buffer buf = ins->buf;
	OffsetNumber offset = bt_binsrch(ins->rel, &ins->key, BufferGetPage(buf));
	bool done = false;

	while (!done)
	{
		Page page = BufferGetPage(buf);
		BTPageOpaque opaque = BTPageGetOpaque(page);
		OffsetNumber max = PageGetMaxOffsetNumber(page);
		BlockNumber next;

		for (; offset <= max && !done; offset++)
		{
			if (bt_compare(ins->rel, &ins->key, page, offset) != 0)
				done = true;
			else if (!ItemIdIsDead(PageGetItemId(page, offset)))
				done = check_equal_entry(ins, buf, offset, mode, &result);
		}
		if (done || P_RIGHTMOST(opaque) || bt_compare(ins->rel, &ins->key, page, P_HIKEY) != 0)
			break;
		next = opaque->btpo_next;
		for (;;)
		{
			if (buf == ins->buf)
				buf = bt_getbuf(ins->rel, next, BT_READ);
			else
				buf = bt_relandgetbuf(ins->rel, buf, next, BT_READ);
			opaque = BTPageGetOpaque(BufferGetPage(buf));
			if (!P_IGNORE(opaque))
				break;
			if (P_RIGHTMOST(opaque))
				elog(ERROR, "fell off the end of index \"%s\"", RelationGetRelationName(ins->rel));
			next = opaque->btpo_next;
		}
		offset = P_FIRSTDATAKEY(opaque);
	}
	if (buf != ins->buf)
		bt_relbuf(buf);
	return result;
}

/* ---- the place --------------------------------------------------------------------------------------------------------- */
void
bt_check_third_page(Relation rel, Relation heap, Page page, IndexTuple itup)
{
	Size size = MAXALIGN(IndexTupleSize(itup));

	if (likely(size <= BTMaxItemSize))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("index row size %zu exceeds btree version %u maximum %zu for index \"%s\"", size, 4,
					(Size) BTMaxItemSize, RelationGetRelationName(rel)),
			 errdetail("Index row references tuple (%u,%u) in relation \"%s\".",
					   ItemPointerGetBlockNumberNoCheck(&itup->t_tid), ItemPointerGetOffsetNumberNoCheck(&itup->t_tid),
					   RelationGetRelationName(heap)),
			 errhint("Values larger than 1/3 of a buffer page cannot be indexed.\n"
					 "Consider a function index of an MD5 hash of the value, or use full text indexing."),
			 errtableconstraint(heap, RelationGetRelationName(rel))));
}

/* Equal columns may fill several pages: go to the one whose TID range takes the new entry. */
static void
step_right_to_place(BtInsert *ins)
{
	for (;;)
	{
		Page page = BufferGetPage(ins->buf);
		BTPageOpaque opaque = BTPageGetOpaque(page);
		Buffer next;

		if (P_RIGHTMOST(opaque) || bt_compare(ins->rel, &ins->key, page, P_HIKEY) <= 0)
			return;
		/* Coupled: nobody else with the same key may slip in between. */
		next = bt_getbuf(ins->rel, opaque->btpo_next, BT_WRITE);
		while (P_IGNORE(BTPageGetOpaque(BufferGetPage(next))))
			next = bt_relandgetbuf(ins->rel, next, BTPageGetOpaque(BufferGetPage(next))->btpo_next, BT_WRITE);
		if (P_INCOMPLETE_SPLIT(BTPageGetOpaque(BufferGetPage(next))))
		{
			BlockNumber block = BufferGetBlockNumber(next);

			bt_finish_split(ins->rel, next, &ins->stack);
			next = bt_getbuf(ins->rel, block, BT_WRITE);
		}
		bt_relbuf(ins->buf);
		ins->buf = next;
	}
}

static OffsetNumber
find_place(BtInsert *ins)
{
	Page page;

	step_right_to_place(ins);
	page = BufferGetPage(ins->buf);
	if (PageGetFreeSpace(page) < ins->size && P_HAS_GARBAGE(BTPageGetOpaque(page)))
		bt_remove_dead(ins->rel, ins->buf, ins->heap);
	return bt_binsrch(ins->rel, &ins->key, page);
}

bool
bt_doinsert(Relation rel, IndexTuple itup, IndexUniqueCheck checkUnique, Relation heapRel)
{
	BtInsert ins;
	bool checking = checkUnique != UNIQUE_CHECK_NO;
	bool is_unique = true;

	ins.rel = rel;
	ins.heap = heapRel;
	ins.itup = itup;
	ins.size = MAXALIGN(IndexTupleSize(itup));
	bt_key_from_tuple(&ins.key, rel, itup);
	/* A null equals nothing. */
	if (ins.key.anynull && !rel->rd_index->indnullsnotdistinct)
		checking = false;
	for (;;)
	{
		UniqueCheckResult result;

		ins.key.has_tid = !checking;
		find_leaf(&ins);
		if (!checking)
			break;
		result = check_unique(&ins, checkUnique);
		if (TransactionIdIsValid(result.wait_for))
		{
			bt_relbuf(ins.buf);
			if (result.token != 0)
				SpeculativeInsertionWait(result.wait_for, result.token);
			else
				XactLockTableWait(result.wait_for, rel, &itup->t_tid, XLTW_InsertIndexUnique);
			continue;
		}
		if (result.duplicate)
		{
			bt_relbuf(ins.buf);
			report_duplicate(&ins);
		}
		if (checkUnique == UNIQUE_CHECK_EXISTING && !result.found_self)
			ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
							errmsg("failed to re-find tuple within index \"%s\"", RelationGetRelationName(rel)),
							errhint("This may be because of a non-immutable index expression."),
							errtableconstraint(heapRel, RelationGetRelationName(rel))));
		is_unique = !result.maybe_duplicate;
		ins.key.has_tid = true;
		break;
	}
	if (checkUnique == UNIQUE_CHECK_EXISTING)
	{
		bt_relbuf(ins.buf);
		return is_unique;
	}
	bt_check_third_page(rel, heapRel, BufferGetPage(ins.buf), itup);
	bt_insertonpg(rel, ins.buf, InvalidBuffer, &ins.stack, itup, find_place(&ins));
	return is_unique;
}
