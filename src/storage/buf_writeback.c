/*
 * buf_writeback.c
 *    Tells the kernel to begin writing pages that we have handed to it, so that the fsync at the end finds little left.
 */
#include "postgres.h"
#include "storage/buffer.h"

void
WritebackContextInit(WritebackContext *context, int *max_pending)
{
	Assert(*max_pending <= WRITEBACK_MAX_PENDING_FLUSHES);
	context->max_pending = max_pending;
	context->nr_pending = 0;
}

static int
compare_tags(const void *left, const void *right)
{
	const BufferTag *a = left;
	const BufferTag *b = right;

#define COMPARE(field)      \
	if (a->field != b->field) \
		return a->field < b->field ? -1 : 1
	COMPARE(rnode.spcNode);
	COMPARE(rnode.dbNode);
	COMPARE(rnode.relNode);
	COMPARE(forkNum);
	COMPARE(blockNum);
#undef COMPARE
	return 0;
}

void
ScheduleBufferTagForWriteback(WritebackContext *context, const BufferTag *tag)
{
	if (context->max_pending == NULL || *context->max_pending <= 0)
		return;
	context->pending[context->nr_pending++] = *tag;
	if (context->nr_pending >= *context->max_pending || context->nr_pending >= WRITEBACK_MAX_PENDING_FLUSHES)
		IssuePendingWritebacks(context);
}

/* Neighbours in one call. */
void
IssuePendingWritebacks(WritebackContext *context)
{
	int count = context->nr_pending;

	context->nr_pending = 0;
	qsort(context->pending, count, sizeof(BufferTag), compare_tags);
	for (int i = 0; i < count;)
	{
		BufferTag *first = &context->pending[i];
		BlockNumber nblocks = 1;

		for (i++; i < count; i++)
		{
			BufferTag *next = &context->pending[i];

			if (!RelFileNodeEquals(first->rnode, next->rnode) || first->forkNum != next->forkNum ||
				next->blockNum > first->blockNum + nblocks)
				break;
			if (next->blockNum == first->blockNum + nblocks)
				nblocks++;
		}
		smgrwriteback(smgropen(first->rnode, InvalidBackendId), (ForkNumber) first->forkNum, first->blockNum, nblocks);
	}
}
