/*
 * bt_vacuum.c
 *    VACUUM of a B-tree: one pass over the file in physical order.
 *
 * A leaf that is split while the pass is under way may move items to a page that the pass has already seen. Splits therefore
 * stamp both halves with the running vacuum's cycle id; a page with our stamp whose right sibling lies before the current block
 * sends us back there.
 *
 * Every leaf that loses items is cleanup-locked: a scan that still holds a pin (it keeps one unless it runs under an MVCC
 * snapshot) must not see its TIDs reused under it.
 */
#include "postgres.h"

#include "access/xloginsert.h"
#include "commands/vacuum.h"
#include "index/btree/btree.h"
#include "storage/freespace.h"
#include "storage/lmgr.h"
#include "storage/lwlock.h"
#include "storage/ipc.h"
#include "storage/shmem.h"

/* ---- cycle ids: shared memory -------------------------------------------------------------------------------------------- */
#define MAX_CONCURRENT_VACUUMS 64

typedef struct BtOneVacuum
{
	LockRelId relid; /* relId 0: free */
	BTCycleId cycleid;
	int pid;
} BtOneVacuum;

typedef struct BtVacuumShared
{
	BTCycleId last_cycle;
	_Atomic int running; /* so that splits need no lock when there is none */
	BtOneVacuum vacuums[MAX_CONCURRENT_VACUUMS];
} BtVacuumShared;

static BtVacuumShared *vacuum_shared;

Size
btree_shmem_size(void)
{
	return sizeof(BtVacuumShared);
}

void
btree_shmem_init(void *base, bool found)
{
	vacuum_shared = base;
	if (!found)
		memset(base, 0, sizeof(BtVacuumShared));
}

BTCycleId
bt_vacuum_cycleid(Relation rel)
{
	BTCycleId result = 0;

	if (vacuum_shared == NULL || vacuum_shared->running == 0)
		return 0;
	LWLockAcquire(BtreeVacuumLock, LW_SHARED);
	for (int i = 0; i < MAX_CONCURRENT_VACUUMS; i++)
	{
		BtOneVacuum *v = &vacuum_shared->vacuums[i];

		if (v->relid.relId == rel->rd_lockInfo.lockRelId.relId && v->relid.dbId == rel->rd_lockInfo.lockRelId.dbId)
			result = v->cycleid;
	}
	LWLockRelease(BtreeVacuumLock);
	return result;
}

static BTCycleId
start_cycle(Relation rel)
{
	BtOneVacuum *slot = NULL;

	if (vacuum_shared == NULL)
		return 0;
	LWLockAcquire(BtreeVacuumLock, LW_EXCLUSIVE);
	for (int i = 0; i < MAX_CONCURRENT_VACUUMS; i++)
	{
		BtOneVacuum *v = &vacuum_shared->vacuums[i];

		if (v->relid.relId == rel->rd_lockInfo.lockRelId.relId && v->relid.dbId == rel->rd_lockInfo.lockRelId.dbId)
			slot = v; /* left by a process that died: the relation lock says nobody else vacuums it */
		else if (v->relid.relId == InvalidOid && slot == NULL)
			slot = v;
	}
	if (slot == NULL)
	{
		LWLockRelease(BtreeVacuumLock);
		elog(ERROR, "out of btvacinfo slots");
	}
	if (slot->relid.relId == InvalidOid)
		vacuum_shared->running++;
	do
		vacuum_shared->last_cycle++;
	while (vacuum_shared->last_cycle == 0);
	slot->relid = rel->rd_lockInfo.lockRelId;
	slot->cycleid = vacuum_shared->last_cycle;
	slot->pid = MyProcPid;
	LWLockRelease(BtreeVacuumLock);
	return slot->cycleid;
}

static void
end_cycle(Relation rel)
{
	if (vacuum_shared == NULL)
		return;
	LWLockAcquire(BtreeVacuumLock, LW_EXCLUSIVE);
	for (int i = 0; i < MAX_CONCURRENT_VACUUMS; i++)
	{
		BtOneVacuum *v = &vacuum_shared->vacuums[i];

		if (v->relid.relId == rel->rd_lockInfo.lockRelId.relId && v->relid.dbId == rel->rd_lockInfo.lockRelId.dbId)
		{
			v->relid.relId = InvalidOid;
			vacuum_shared->running--;
		}
	}
	LWLockRelease(BtreeVacuumLock);
}

static void
end_cycle_callback(int code, Datum arg)
{
	end_cycle((Relation) DatumGetPointer(arg));
}

/* ---- the pass ------------------------------------------------------------------------------------------------------------------- */
typedef struct BtVacuumPass
{
	IndexVacuumInfo *info;
	Relation rel;
	IndexBulkDeleteResult *stats;
	IndexBulkDeleteCallback callback; /* NULL: clean-up only */
	void *callback_state;
	BTCycleId cycleid;
} BtVacuumPass;

static int
find_deletable(BtVacuumPass *pass, Page page, OffsetNumber *deletable)
{
	int n = 0;

	if (pass->callback == NULL)
		return 0;
	for (OffsetNumber off = P_FIRSTDATAKEY(BTPageGetOpaque(page)); off <= PageGetMaxOffsetNumber(page); off++)
		if (pass->callback(&bt_page_tuple(page, off)->t_tid, pass->callback_state))
			deletable[n++] = off;
	return n;
}

/* One leaf, share-locked on entry; released. *back: page before this one that must be looked at again, or P_NONE. */
static void
vacuum_leaf(BtVacuumPass *pass, Buffer buf, BlockNumber scanblock, BlockNumber *back)
{
	Page page = BufferGetPage(buf);
	BTPageOpaque opaque;
	OffsetNumber deletable[MaxIndexTuplesPerPage];
	int n;
	bool empty;

	LockBuffer(buf, BUFFER_LOCK_UNLOCK);
	if (pass->callback != NULL)
		LockBufferForCleanup(buf);
	else
		LockBuffer(buf, BT_WRITE);
	opaque = BTPageGetOpaque(page);
	/* While it was unlocked it may even have been deleted: then its items are gone anyway. */
	if (!P_ISLEAF(opaque) || P_IGNORE(opaque))
	{
		bt_relbuf(buf);
		return;
	}
	if (pass->cycleid != 0 && opaque->btpo_cycleid == pass->cycleid && !P_RIGHTMOST(opaque) &&
		opaque->btpo_next < scanblock)
		*back = opaque->btpo_next;
	n = find_deletable(pass, page, deletable);
	if (n > 0)
	{
		bt_delitems(pass->rel, buf, deletable, n, true, pass->cycleid);
		pass->stats->tuples_removed += n;
	}
	empty = PageGetMaxOffsetNumber(page) < P_FIRSTDATAKEY(opaque);
	if (!empty)
		pass->stats->num_index_tuples += PageGetMaxOffsetNumber(page) - P_FIRSTDATAKEY(opaque) + 1;
	/* While deleting, the page's items lie nowhere else: no need to look at a sibling. */
	if (empty && *back == P_NONE)
		bt_pagedel(pass->rel, buf, pass->stats);
	else
		bt_relbuf(buf);
}

static void
vacuum_page(BtVacuumPass *pass, BlockNumber scanblock)
{
	BlockNumber block = scanblock;

	while (block != P_NONE)
	{
		BlockNumber back = P_NONE;
		Buffer buf;
		Page page;
		BTPageOpaque opaque;

		vacuum_delay_point();
		buf = ReadBufferExtended(pass->rel, MAIN_FORKNUM, block, RBM_NORMAL, pass->info->strategy);
		LockBuffer(buf, BT_READ);
		page = BufferGetPage(buf);
		if (PageIsNew(page))
		{
			RecordFreeIndexPage(pass->rel, block);
			pass->stats->pages_free++;
			bt_relbuf(buf);
			return;
		}
		bt_checkpage(pass->rel, buf);
		opaque = BTPageGetOpaque(page);
		if (P_ISDELETED(opaque))
		{
			pass->stats->pages_deleted++;
			if (bt_page_is_recyclable(pass->rel, page))
			{
				RecordFreeIndexPage(pass->rel, block);
				pass->stats->pages_free++;
			}
			bt_relbuf(buf);
		}
		else if (P_ISHALFDEAD(opaque))
		{
			LockBuffer(buf, BUFFER_LOCK_UNLOCK);
			LockBuffer(buf, BT_WRITE);
			if (P_ISHALFDEAD(BTPageGetOpaque(page)))
				bt_pagedel(pass->rel, buf, pass->stats);
			else
				bt_relbuf(buf);
		}
		else if (P_ISLEAF(opaque))
			vacuum_leaf(pass, buf, scanblock, &back);
		else
			bt_relbuf(buf);
		block = back;
	}
}

static void
scan_whole_index(BtVacuumPass *pass)
{
	Relation rel = pass->rel;
	bool needs_lock = !RELATION_IS_LOCAL(rel);
	BlockNumber block = BTREE_METAPAGE + 1;
	BlockNumber nblocks;

	pass->stats->num_index_tuples = 0;
	pass->stats->pages_deleted = pass->stats->pages_free = 0;
	pass->stats->estimated_count = false;
	/* Pages that appear while we are at it belong to splits that are stamped, or to insertions after us. */
	for (;;)
	{
		if (needs_lock)
			LockRelationForExtension(rel, ExclusiveLock);
		nblocks = RelationGetNumberOfBlocks(rel);
		if (needs_lock)
			UnlockRelationForExtension(rel, ExclusiveLock);
		if (block >= nblocks)
			break;
		for (; block < nblocks; block++)
			vacuum_page(pass, block);
	}
	pass->stats->num_pages = nblocks;
	if (pass->stats->pages_free > 0)
		IndexFreeSpaceMapVacuum(rel);
}

IndexBulkDeleteResult *
bt_bulkdelete(IndexVacuumInfo *info, IndexBulkDeleteResult *stats, IndexBulkDeleteCallback callback,
			  void *callback_state)
{
	BtVacuumPass pass = {.info = info, .rel = info->index, .callback = callback, .callback_state = callback_state};

	if (stats == NULL)
		stats = palloc0_object(IndexBulkDeleteResult);
	pass.stats = stats;
	PG_ENSURE_ERROR_CLEANUP(end_cycle_callback, PointerGetDatum(info->index));
	{
		pass.cycleid = start_cycle(info->index);
		scan_whole_index(&pass);
	}
	PG_END_ENSURE_ERROR_CLEANUP(end_cycle_callback, PointerGetDatum(info->index));
	end_cycle(info->index);
	return stats;
}

IndexBulkDeleteResult *
bt_vacuumcleanup(IndexVacuumInfo *info, IndexBulkDeleteResult *stats)
{
	if (info->analyze_only)
		return stats;
	if (stats == NULL)
	{
		BtVacuumPass pass = {.info = info, .rel = info->index};

		stats = palloc0_object(IndexBulkDeleteResult);
		pass.stats = stats;
		scan_whole_index(&pass);
		stats->estimated_count = true;
	}
	/* Concurrent splits may have counted some entries twice. */
	if (!info->estimated_count && stats->num_index_tuples > info->num_heap_tuples)
		stats->num_index_tuples = info->num_heap_tuples;
	return stats;
}
