/*
 * buf_sync.c
 *    Writing pages that nobody waits for: the checkpoint's and the background writer's passes.
 *
 * A checkpoint marks what is dirty when it begins and writes exactly that, sorted by file and block. Files of several tablespaces
 * are taken in turns, in proportion to what each has to do. CheckpointWriteDelay() paces it.
 *
 * The background writer keeps clean those buffers that the clock hand will reach next: as many as are likely to be wanted until
 * its next round.
 */
#include "postgres.h"
#include "access/xlog.h"
#include "postmaster/bgwriter.h"
#include "storage/buffer.h"
#include "storage/proc.h"
#include "storage/sync.h"
#include "sys/fault.h"
#include "utils/memutils.h"
#include "workers/worker_stats.h"

int
buf_sync_one(uint32 buf_id, bool skip_recently_used, WritebackContext *wb_context)
{
	BufferDesc *desc = GetBufferDescriptor(buf_id);
	uint64 state;
	BufferTag tag;
	int result = 0;

	/* Most are clean or in use: no lock for them. */
	state = pg_atomic_read_u64(&desc->state);
	if (BUF_STATE_GET_REFCOUNT(state) == 0 && BUF_STATE_GET_USAGECOUNT(state) == 0)
		result |= BUF_REUSABLE;
	else if (skip_recently_used)
		return result;
	if (!(state & BM_VALID) || !(state & BM_DIRTY))
		return result;

	buf_reserve_pin();
	state = LockBufHdr(desc);
	if (!(state & BM_VALID) || !(state & BM_DIRTY))
	{
		UnlockBufHdr(desc);
		return result;
	}
	buf_pin_locked(desc);
	LWLockAcquire(&desc->content_lock, LW_SHARED);
	buf_flush(desc, NULL);
	LWLockRelease(&desc->content_lock);
	tag = desc->tag;
	buf_unpin(desc);
	ScheduleBufferTagForWriteback(wb_context, &tag);
	return result | BUF_WRITTEN;
}

/* ---- checkpoint --------------------------------------------------------------------------------------------------- */
static int
compare_ckpt_items(const void *left, const void *right)
{
	const BufferTag *a = &((const CkptSortItem *) left)->tag;
	const BufferTag *b = &((const CkptSortItem *) right)->tag;

	if (a->rnode.spcNode != b->rnode.spcNode)
		return a->rnode.spcNode < b->rnode.spcNode ? -1 : 1;
	if (a->rnode.dbNode != b->rnode.dbNode)
		return a->rnode.dbNode < b->rnode.dbNode ? -1 : 1;
	if (a->rnode.relNode != b->rnode.relNode)
		return a->rnode.relNode < b->rnode.relNode ? -1 : 1;
	if (a->forkNum != b->forkNum)
		return a->forkNum < b->forkNum ? -1 : 1;
	return a->blockNum < b->blockNum ? -1 : a->blockNum > b->blockNum;
}

/* Marks and lists the pages this checkpoint must write. */
static int
collect_dirty_buffers(uint64 wanted)
{
	int count = 0;

	for (uint32 id = 0; id < buf_pool->nbuffers; id++)
	{
		BufferDesc *desc = GetBufferDescriptor(id);

		if ((pg_atomic_read_u64(&desc->state) & wanted) != wanted)
			continue;
		if ((LockBufHdr(desc) & wanted) == wanted)
		{
			buf_pool->ckpt_items[count].buf_id = id;
			buf_pool->ckpt_items[count++].tag = desc->tag;
			buf_header_unlock(desc, BM_CHECKPOINT_NEEDED, 0, 0);
		}
		else
			UnlockBufHdr(desc);
	}
	return count;
}

/* The run of items of one tablespace. */
typedef struct TablespaceShare
{
	int next;
	int end;
	int total;
} TablespaceShare;

/* The one that is furthest behind, NULL when all are done. Tablespaces are few: a scan will do. */
static TablespaceShare *
share_furthest_behind(TablespaceShare *shares, int nshares)
{
	TablespaceShare *best = NULL;
	double best_left = 0;

	for (int i = 0; i < nshares; i++)
	{
		double left = (double) (shares[i].end - shares[i].next) / shares[i].total;

		if (left > best_left)
		{
			best_left = left;
			best = &shares[i];
		}
	}
	return best;
}

static int
split_by_tablespace(int count, TablespaceShare **shares)
{
	int nshares = 0;
	int allocated = 8;

	*shares = palloc(allocated * sizeof(TablespaceShare));
	for (int i = 0; i < count; i++)
	{
		if (i == 0 || buf_pool->ckpt_items[i].tag.rnode.spcNode != buf_pool->ckpt_items[i - 1].tag.rnode.spcNode)
		{
			if (nshares == allocated)
				*shares = repalloc(*shares, (allocated *= 2) * sizeof(TablespaceShare));
			(*shares)[nshares++] = (TablespaceShare) {.next = i, .end = i, .total = 0};
		}
		(*shares)[nshares - 1].end++;
		(*shares)[nshares - 1].total++;
	}
	return nshares;
}

static void
sync_dirty_buffers(int flags)
{
	uint64 wanted = BM_DIRTY;
	WritebackContext wb_context;
	TablespaceShare *shares;
	TablespaceShare *share;
	int nshares;
	int count;
	int processed = 0;

	/* Unlogged relations are reset after a crash: only a clean shutdown (or an explicit wish) needs them on disk. */
	if (!(flags & (CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_END_OF_RECOVERY | CHECKPOINT_FLUSH_ALL)))
		wanted |= BM_PERMANENT;
	count = collect_dirty_buffers(wanted);
	if (count == 0)
		return;
	WritebackContextInit(&wb_context, &checkpoint_flush_after);
	qsort(buf_pool->ckpt_items, count, sizeof(CkptSortItem), compare_ckpt_items);
	nshares = split_by_tablespace(count, &shares);
	while ((share = share_furthest_behind(shares, nshares)) != NULL)
	{
		uint32 buf_id = buf_pool->ckpt_items[share->next++].buf_id;

		/* Somebody else may have written it meanwhile: that counts as well. */
		if (pg_atomic_read_u64(&GetBufferDescriptor(buf_id)->state) & BM_CHECKPOINT_NEEDED)
		{
			FAULT_POINT("checkpoint-write-buffer");
			if (buf_sync_one(buf_id, false, &wb_context) & BUF_WRITTEN)
			{
				worker_stats_count_checkpoint_buffer();
				CheckpointStats.ckpt_bufs_written++;
			}
		}
		CheckpointWriteDelay(flags, (double) ++processed / count);
	}
	IssuePendingWritebacks(&wb_context);
	pfree(shares);
}

void
CheckPointBuffers(int flags)
{
	sync_dirty_buffers(flags);
}

/* ---- background writer ------------------------------------------------------------------------------------------------ */
/* What the background writer remembers between rounds. Positions are ticks of the clock hand. */
static struct
{
	bool started;
	uint64 last_hand;
	uint64 last_allocs;
	uint64 next_to_clean;
	double smoothed_alloc;	 /* wanted per round */
	double smoothed_density; /* buffers looked at per reusable one found */
} cleaner;

#define SMOOTHING_ROUNDS 16
/* With no other reason to write, the whole pool is to be looked at in this time. */
#define WHOLE_POOL_SCAN_MS 120000.0

static void
update_estimates(uint64 hand, uint64 recent_allocs)
{
	uint64 moved = hand - cleaner.last_hand;

	if (moved > 0 && recent_allocs > 0)
		cleaner.smoothed_density += ((double) moved / recent_allocs - cleaner.smoothed_density) / SMOOTHING_ROUNDS;
	/* Up at once, down slowly: better a buffer too many clean than a backend that has to write. */
	if (cleaner.smoothed_alloc <= (double) recent_allocs)
		cleaner.smoothed_alloc = (double) recent_allocs;
	else
		cleaner.smoothed_alloc += ((double) recent_allocs - cleaner.smoothed_alloc) / SMOOTHING_ROUNDS;
}

bool
BgBufferSync(WritebackContext *wb_context)
{
	uint64 hand = pg_atomic_read_u64(&buf_pool->clock_hand);
	uint64 allocs = pg_atomic_read_u64(&buf_pool->allocs);
	uint64 recent_allocs;
	uint64 scan_limit;
	int reusable;
	int wanted;
	int to_scan_at_least;
	int written = 0;

	if (!cleaner.started)
	{
		cleaner.started = true;
		cleaner.last_hand = cleaner.next_to_clean = hand;
		cleaner.last_allocs = allocs;
		cleaner.smoothed_density = 10.0;
	}
	recent_allocs = allocs - cleaner.last_allocs;
	worker_stats_count_buf_alloc((int64) recent_allocs);
	update_estimates(hand, recent_allocs);
	cleaner.last_hand = hand;
	cleaner.last_allocs = allocs;
	if (bgwriter_lru_maxpages <= 0)
	{
		cleaner.next_to_clean = hand;
		return true;
	}
	/* The hand may have overtaken us. One round ahead of it there is nothing more to look at. */
	if (cleaner.next_to_clean < hand)
		cleaner.next_to_clean = hand;
	scan_limit = hand + buf_pool->nbuffers;

	wanted = (int) (cleaner.smoothed_alloc * bgwriter_lru_multiplier);
	if (wanted == 0)
		cleaner.smoothed_alloc = 0;
	to_scan_at_least = (int) (buf_pool->nbuffers / (WHOLE_POOL_SCAN_MS / BgWriterDelay));
	/* Of those between hand and us, so many should be reusable already. */
	reusable = (int) ((double) (cleaner.next_to_clean - hand) / Max(cleaner.smoothed_density, 1.0));
	wanted = Max(wanted, reusable + to_scan_at_least / 10);

	while (cleaner.next_to_clean < scan_limit && (reusable < wanted || to_scan_at_least > 0))
	{
		int done = buf_sync_one((uint32) (cleaner.next_to_clean % buf_pool->nbuffers), true, wb_context);

		cleaner.next_to_clean++;
		to_scan_at_least--;
		if (done & BUF_REUSABLE)
			reusable++;
		if ((done & BUF_WRITTEN) && ++written >= bgwriter_lru_maxpages)
		{
			worker_stats_count_maxwritten_clean();
			break;
		}
	}
	worker_stats_count_buf_written_clean(written);
	return recent_allocs == 0 && cleaner.next_to_clean >= scan_limit;
}
