/*
 * buf_local.c
 *    Buffers of temporary relations: in this process's own memory, without locks, WAL or checkpoints.
 *
 * Same rules of pins and usage counts as in the shared pool. Pages' memory comes piecemeal, so that temp_buffers is a limit and not
 * a price. Local buffer numbers are -1, -2, ...
 */
#include "postgres.h"
#include "miscadmin.h"
#include "storage/buffer.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct LocalBufferDesc
{
	BufferTag tag;
	bool has_tag;
	bool valid;
	bool dirty;
	uint8 usage;
} LocalBufferDesc;

typedef struct LocalLookupEntry
{
	BufferTag tag; /* key */
	int id;
} LocalLookupEntry;

int num_temp_buffers = 1024;
int NLocBuffer = 0;
Block *LocalBufferBlockPointers = NULL;
int32 *LocalRefCount = NULL;

static struct
{
	LocalBufferDesc *descs;
	HTAB *lookup;
	int hand;
	MemoryContext context;
	char *chunk; /* pages not yet handed out */
	int chunk_left;
} local_pool;

#define LOCAL_CHUNK_PAGES 32

static void
local_pool_init(void)
{
	HASHCTL ctl = {.keysize = sizeof(BufferTag), .entrysize = sizeof(LocalLookupEntry)};
	int count = num_temp_buffers;

	local_pool.context = AllocSetContextCreate(TopMemoryContext, "LocalBufferContext", ALLOCSET_DEFAULT_SIZES);
	local_pool.descs = MemoryContextAllocZero(local_pool.context, count * sizeof(LocalBufferDesc));
	LocalBufferBlockPointers = MemoryContextAllocZero(local_pool.context, count * sizeof(Block));
	LocalRefCount = MemoryContextAllocZero(local_pool.context, count * sizeof(int32));
	local_pool.lookup = hash_create("Local Buffer Lookup Table", count, &ctl, HASH_ELEM | HASH_BLOBS);
	NLocBuffer = count;
}

static Block
local_page_memory(void)
{
	if (local_pool.chunk_left == 0)
	{
		char *raw = MemoryContextAlloc(local_pool.context, (LOCAL_CHUNK_PAGES + 1) * BLCKSZ);

		local_pool.chunk = (char *) TYPEALIGN(BLCKSZ, raw);
		local_pool.chunk_left = LOCAL_CHUNK_PAGES;
	}
	local_pool.chunk_left--;
	return (Block) (local_pool.chunk + (Size) local_pool.chunk_left * BLCKSZ);
}

static void
remember_local_pin(int id)
{
	LocalRefCount[id]++;
	if (CurrentResourceOwner)
		ResourceOwnerRemember(CurrentResourceOwner, Int32GetDatum(-(id + 1)), &buffer_pin_resowner_desc);
}

static void
local_write(int id)
{
	LocalBufferDesc *desc = &local_pool.descs[id];
	SMgrRelation reln = smgropen(desc->tag.rnode, MyBackendId);

	PageSetChecksumInplace((Page) LocalBufferBlockPointers[id], desc->tag.blockNum);
	smgrwrite(reln, (ForkNumber) desc->tag.forkNum, desc->tag.blockNum, LocalBufferBlockPointers[id], true);
	desc->dirty = false;
	pgBufferUsage.local_blks_written++;
}

static void
local_forget_page(int id)
{
	LocalBufferDesc *desc = &local_pool.descs[id];

	if (desc->has_tag)
		hash_search(local_pool.lookup, &desc->tag, HASH_REMOVE, NULL);
	*desc = (LocalBufferDesc) {.has_tag = false};
}

static int
local_get_victim(void)
{
	for (int tries = NLocBuffer * (BM_MAX_USAGE_COUNT + 1); tries > 0; tries--)
	{
		int id = local_pool.hand;

		local_pool.hand = (local_pool.hand + 1) % NLocBuffer;
		if (LocalRefCount[id] > 0)
			continue;
		if (local_pool.descs[id].usage > 0)
		{
			local_pool.descs[id].usage--;
			continue;
		}
		if (local_pool.descs[id].dirty)
			local_write(id);
		local_forget_page(id);
		if (LocalBufferBlockPointers[id] == NULL)
			LocalBufferBlockPointers[id] = local_page_memory();
		return id;
	}
	ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_RESOURCES), errmsg("no empty local buffer available"));
}

Buffer
local_buffer_alloc(SMgrRelation smgr, ForkNumber forkNum, BlockNumber blockNum, bool *found)
{
	BufferTag tag = buffer_tag_make(smgr->smgr_rnode.node, forkNum, blockNum);
	LocalLookupEntry *entry;
	LocalBufferDesc *desc;
	int id;

	if (NLocBuffer == 0)
		local_pool_init();
	entry = hash_search(local_pool.lookup, &tag, HASH_FIND, NULL);
	id = entry ? entry->id : local_get_victim();
	desc = &local_pool.descs[id];
	if (!entry)
	{
		entry = hash_search(local_pool.lookup, &tag, HASH_ENTER, NULL);
		entry->id = id;
		desc->tag = tag;
		desc->has_tag = true;
	}
	if (desc->usage < BM_MAX_USAGE_COUNT && LocalRefCount[id] == 0)
		desc->usage++;
	*found = desc->valid;
	remember_local_pin(id);
	return -(id + 1);
}

PrefetchBufferResult
PrefetchLocalBuffer(SMgrRelation smgr, ForkNumber forkNum, BlockNumber blockNum)
{
	PrefetchBufferResult result = {InvalidBuffer, false};
	BufferTag tag = buffer_tag_make(smgr->smgr_rnode.node, forkNum, blockNum);
	LocalLookupEntry *entry = NULL;

	if (NLocBuffer > 0)
		entry = hash_search(local_pool.lookup, &tag, HASH_FIND, NULL);
	if (entry)
		result.recent_buffer = -(entry->id + 1);
	else
		result.initiated_io = smgrprefetch(smgr, forkNum, blockNum);
	return result;
}

void
local_buffer_set_valid(Buffer buffer)
{
	local_pool.descs[-buffer - 1].valid = true;
}

void
local_buffer_mark_dirty(Buffer buffer)
{
	LocalBufferDesc *desc = &local_pool.descs[-buffer - 1];

	Assert(LocalRefCount[-buffer - 1] > 0);
	if (!desc->dirty)
		pgBufferUsage.local_blks_dirtied++;
	desc->dirty = true;
}

void
local_buffer_unpin(Buffer buffer)
{
	AssertAlways(LocalRefCount[-buffer - 1] > 0);
	LocalRefCount[-buffer - 1]--;
}

void
local_buffer_pin_again(Buffer buffer)
{
	LocalRefCount[-buffer - 1]++;
}

bool
local_buffer_pin_if_tag(Buffer buffer, const BufferTag *tag)
{
	int id = -buffer - 1;

	if (!local_pool.descs[id].valid || !buffer_tag_equals(&local_pool.descs[id].tag, tag))
		return false;
	remember_local_pin(id);
	return true;
}

BufferTag
local_buffer_tag(Buffer buffer)
{
	return local_pool.descs[-buffer - 1].tag;
}

void
local_buffers_drop(RelFileNode rnode, ForkNumber fork, BlockNumber first)
{
	for (int id = 0; id < NLocBuffer; id++)
	{
		LocalBufferDesc *desc = &local_pool.descs[id];

		if (!desc->has_tag || !RelFileNodeEquals(desc->tag.rnode, rnode))
			continue;
		if (fork != InvalidForkNumber && (desc->tag.forkNum != (uint32) fork || desc->tag.blockNum < first))
			continue;
		if (LocalRefCount[id] != 0)
			elog(ERROR, "block %u of %s is still referenced (local %d)", desc->tag.blockNum,
				 relpathbackend(desc->tag.rnode, MyBackendId, (ForkNumber) desc->tag.forkNum), LocalRefCount[id]);
		local_forget_page(id);
	}
}

void
local_buffers_flush(RelFileNode rnode)
{
	for (int id = 0; id < NLocBuffer; id++)
		if (local_pool.descs[id].dirty && RelFileNodeEquals(local_pool.descs[id].tag.rnode, rnode))
			local_write(id);
}

void
local_buffers_check_leaks(void)
{
#ifdef USE_ASSERT_CHECKING
	for (int id = 0; id < NLocBuffer; id++)
		if (LocalRefCount[id] != 0)
			PrintBufferLeakWarning(-(id + 1));
#endif
}

void
AtProcExit_LocalBuffers(void)
{
	local_buffers_check_leaks();
}
