/*
 * bt_page.c
 *    Getting, making and recycling pages; the metapage and the root.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "access/transam.h"
#include "access/xloginsert.h"
#include "index/btree/btree.h"
#include "storage/freespace.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "sys/fault.h"
#include "utils/snapmgr.h"

void
bt_checkpage(Relation rel, Buffer buf)
{
	Page page = BufferGetPage(buf);

	if (unlikely(PageIsNew(page)))
		ereport(ERROR, (errcode(ERRCODE_INDEX_CORRUPTED),
						errmsg("index \"%s\" contains unexpected zero page at block %u", RelationGetRelationName(rel),
							   BufferGetBlockNumber(buf)),
						errhint("Please REINDEX it.")));
	if (unlikely(((PageHeader) page)->pd_special != BLCKSZ - MAXALIGN(sizeof(BTPageOpaqueData))))
		ereport(ERROR, (errcode(ERRCODE_INDEX_CORRUPTED),
						errmsg("index \"%s\" contains corrupted page at block %u", RelationGetRelationName(rel),
							   BufferGetBlockNumber(buf)),
						errhint("Please REINDEX it.")));
}

Buffer
bt_getbuf(Relation rel, BlockNumber block, int access)
{
	Buffer buf = ReadBuffer(rel, block);

	LockBuffer(buf, access);
	bt_checkpage(rel, buf);
	return buf;
}

Buffer
bt_relandgetbuf(Relation rel, Buffer obuf, BlockNumber block, int access)
{
	LockBuffer(obuf, BUFFER_LOCK_UNLOCK);
	obuf = ReleaseAndReadBuffer(obuf, rel, block);
	LockBuffer(obuf, access);
	bt_checkpage(rel, obuf);
	return obuf;
}

void
bt_pageinit(Page page)
{
	PageInit(page, BLCKSZ, sizeof(BTPageOpaqueData));
}

void
bt_init_metapage(Page page, BlockNumber root, uint32 level)
{
	BTMetaPageData *meta;

	bt_pageinit(page);
	meta = BTPageGetMeta(page);
	meta->btm_magic = BTREE_MAGIC;
	meta->btm_version = BTREE_VERSION;
	meta->btm_root = root;
	meta->btm_level = level;
	BTPageGetOpaque(page)->btpo_flags = BTP_META;
	/* The contents must survive the "hole" of full page images. */
	((PageHeader) page)->pd_lower = (LocationIndex) ((char *) meta + sizeof(BTMetaPageData) - page);
}

/* ---- deleted pages --------------------------------------------------------------------------------------------------- */
void
bt_set_deleted(Page page, TransactionId safexid)
{
	BTPageOpaque opaque = BTPageGetOpaque(page);
	BTDeletedPageData *contents = (BTDeletedPageData *) PageGetContents(page);

	opaque->btpo_flags = (opaque->btpo_flags & ~(BTP_HALF_DEAD | BTP_HAS_GARBAGE)) | BTP_DELETED;
	((PageHeader) page)->pd_lower = (LocationIndex) (MAXALIGN(SizeOfPageHeaderData) + sizeof(BTDeletedPageData));
	((PageHeader) page)->pd_upper = ((PageHeader) page)->pd_special;
	contents->safexid = safexid;
}

bool
bt_page_deleted_xid(Page page, TransactionId *safexid)
{
	if (!P_ISDELETED(BTPageGetOpaque(page)))
		return false;
	*safexid = ((BTDeletedPageData *) PageGetContents(page))->safexid;
	return true;
}

/* Can nobody be on his way to this page any more? */
bool
bt_page_is_recyclable(Relation rel, Page page)
{
	TransactionId safexid;

	if (PageIsNew(page))
		return true;
	return bt_page_deleted_xid(page, &safexid) && GlobalVisCheckRemovableXid(NULL, safexid);
}

static void
log_reuse(Relation rel, Buffer buf)
{
	if (!RelationNeedsWAL(rel))
		return;
	XLogBeginInsert();
	XLogRegisterData(&rel->rd_node, sizeof(rel->rd_node));
	XLogInsert(RM_BTREE_ID, XLOG_BTREE_REUSE_PAGE);
}

Buffer
bt_alloc(Relation rel)
{
	bool needs_lock = !RELATION_IS_LOCAL(rel);
	Buffer buf;

	for (;;)
	{
		BlockNumber block = GetFreeIndexPage(rel);

		if (block == InvalidBlockNumber)
			break;
		buf = ReadBuffer(rel, block);
		/* Somebody may have taken it. Waiting could deadlock: we hold other page locks. */
		if (ConditionalLockBuffer(buf))
		{
			Page page = BufferGetPage(buf);

			if (bt_page_is_recyclable(rel, page))
			{
				if (!PageIsNew(page))
					log_reuse(rel, buf);
				bt_pageinit(page);
				return buf;
			}
			LockBuffer(buf, BUFFER_LOCK_UNLOCK);
		}
		ReleaseBuffer(buf);
	}
	if (needs_lock)
		LockRelationForExtension(rel, ExclusiveLock);
	buf = ReadBuffer(rel, P_NEW);
	LockBuffer(buf, BT_WRITE);
	if (needs_lock)
		UnlockRelationForExtension(rel, ExclusiveLock);
	Assert(PageIsNew(BufferGetPage(buf)));
	bt_pageinit(BufferGetPage(buf));
	return buf;
}

/* ---- root ---------------------------------------------------------------------------------------------------------------- */
/* Where descents of this process begin; in rd_amcache. */
typedef struct BtRootCache
{
	BlockNumber root;
	uint32 level;
} BtRootCache;

static void
check_meta(Relation rel, Page page)
{
	BTMetaPageData *meta = BTPageGetMeta(page);

	if (!(BTPageGetOpaque(page)->btpo_flags & BTP_META) || meta->btm_magic != BTREE_MAGIC)
		ereport(ERROR, (errcode(ERRCODE_INDEX_CORRUPTED),
						errmsg("index \"%s\" is not a btree", RelationGetRelationName(rel))));
	if (meta->btm_version != BTREE_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INDEX_CORRUPTED),
						errmsg("version mismatch in index \"%s\": file version %u, current version %d, minimal supported version %d",
							   RelationGetRelationName(rel), meta->btm_version, BTREE_VERSION, BTREE_VERSION)));
}

static void
remember_root(Relation rel, BlockNumber root, uint32 level)
{
	BtRootCache *cache = rel->rd_amcache;

	if (cache == NULL)
	{
		cache = MemoryContextAlloc(rel->rd_indexcxt, sizeof(BtRootCache));
		rel->rd_amcache = cache;
	}
	cache->root = root;
	cache->level = level;
}

/* The first page of an empty index: a leaf that is also the root. metabuf share-locked; unlocked and released. */
static Buffer
make_root(Relation rel, Buffer metabuf)
{
	Page metapage = BufferGetPage(metabuf);
	BTMetaPageData *meta = BTPageGetMeta(metapage);
	Buffer bufs[2];
	BTPageOpaque opaque;
	Buffer rootbuf;

	LockBuffer(metabuf, BUFFER_LOCK_UNLOCK);
	LockBuffer(metabuf, BT_WRITE);
	if (meta->btm_root != P_NONE)
	{
		bt_relbuf(metabuf);
		return bt_getroot(rel, BT_WRITE);
	}
	rootbuf = bt_alloc(rel);
	START_CRIT_SECTION();
	opaque = BTPageGetOpaque(BufferGetPage(rootbuf));
	opaque->btpo_prev = opaque->btpo_next = P_NONE;
	opaque->btpo_level = 0;
	opaque->btpo_flags = BTP_LEAF | BTP_ROOT;
	opaque->btpo_cycleid = 0;
	meta->btm_root = BufferGetBlockNumber(rootbuf);
	meta->btm_level = 0;
	MarkBufferDirty(rootbuf);
	MarkBufferDirty(metabuf);
	bufs[0] = rootbuf;
	bufs[1] = metabuf;
	if (RelationNeedsWAL(rel))
	{
		bt_log_images(XLOG_BTREE_NEWROOT, bufs, 2);
		FAULT_POINT("btree-newroot-logged");
	}
	END_CRIT_SECTION();
	LockBuffer(rootbuf, BUFFER_LOCK_UNLOCK);
	LockBuffer(rootbuf, BT_READ);
	bt_relbuf(metabuf);
	return rootbuf;
}

/*
 * A page that was the root stays the leftmost of its level when a new root is put above, so a remembered root that is not alone
 * on its level any more would still lead everywhere, only by long walks to the right. Then we look again.
 */
Buffer
bt_getroot(Relation rel, int access)
{
	BtRootCache *cache = rel->rd_amcache;
	Buffer metabuf, rootbuf;
	BTMetaPageData *meta;
	BlockNumber root;
	uint32 level;

	if (likely(cache != NULL))
	{
		BTPageOpaque opaque;
		Page page;

		rootbuf = ReadBuffer(rel, cache->root);
		LockBuffer(rootbuf, BT_READ);
		page = BufferGetPage(rootbuf);
		opaque = BTPageGetOpaque(page);
		if (likely(!PageIsNew(page) && !P_IGNORE(opaque) && opaque->btpo_level == cache->level &&
				   P_LEFTMOST(opaque) && P_RIGHTMOST(opaque) && P_ISROOT(opaque)))
			return rootbuf;
		bt_relbuf(rootbuf);
		pfree(cache);
		rel->rd_amcache = NULL;
	}
	metabuf = bt_getbuf(rel, BTREE_METAPAGE, BT_READ);
	check_meta(rel, BufferGetPage(metabuf));
	meta = BTPageGetMeta(BufferGetPage(metabuf));
	if (meta->btm_root == P_NONE)
	{
		if (access == BT_WRITE)
			return make_root(rel, metabuf);
		bt_relbuf(metabuf);
		return InvalidBuffer;
	}
	root = meta->btm_root;
	level = meta->btm_level;
	remember_root(rel, root, level);
	return bt_relandgetbuf(rel, metabuf, root, BT_READ);
}

int
_bt_getrootheight(Relation rel)
{
	Buffer metabuf = bt_getbuf(rel, BTREE_METAPAGE, BT_READ);
	int level;

	check_meta(rel, BufferGetPage(metabuf));
	level = BTPageGetMeta(BufferGetPage(metabuf))->btm_root == P_NONE
		? 0
		: (int) BTPageGetMeta(BufferGetPage(metabuf))->btm_level;
	bt_relbuf(metabuf);
	return level;
}
