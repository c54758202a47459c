/*
 * xloginsert.c
 *    Collects what belongs to a WAL record, and puts it together.
 *
 * Registered data stay where they are; a record is a chain of pieces: one that this file fills (record header and block headers), then
 * images, block data, main data. Whether a page needs a full image is decided on the redo pointer as this process knows it; if that
 * turns out old when the place is reserved, the record is put together once more.
 */
#include <lz4.h>
#include <zstd.h>

#include "postgres.h"
#include "access/xact.h"
#include "access/xloginsert.h"
#include "base/crc32c.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/proc.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "wal/wal.h"

typedef struct RegisteredBlock
{
	bool in_use;
	uint8 flags; /* REGBUF_* */
	RelFileNode rnode;
	ForkNumber fork;
	BlockNumber block;
	const char *page;
	uint32 data_len;
	WalPiece *data_first;
	WalPiece **data_last; /* where the next piece is linked */
	WalPiece image[2];	  /* before and after the hole */
	char *compressed;	  /* IMAGE_BUFFER_SIZE, allocated when first needed */
} RegisteredBlock;

#define IMAGE_BUFFER_SIZE (BLCKSZ + 1024)
#define HEADER_SCRATCH_SIZE                                                                                     \
	(SizeOfXLogRecord + (XLR_MAX_BLOCK_ID + 1) * MaxSizeOfXLogRecordBlockHeader + (1 + sizeof(RepOriginId)) +   \
	 (1 + sizeof(uint32)) + (1 + sizeof(TransactionId)) + (1 + sizeof(uint32)))

static RegisteredBlock initial_blocks[XLR_NORMAL_MAX_BLOCK_ID + 1];
static WalPiece initial_pieces[XLR_NORMAL_RDATAS];
static char header_scratch[HEADER_SCRATCH_SIZE] pg_attribute_aligned(8);

/* The record that this process is putting together. */
static struct
{
	bool begun;
	uint8 flags;
	RegisteredBlock *blocks;
	int blocks_allocated;
	int blocks_used; /* highest id in use + 1 */
	WalPiece *pieces;
	int pieces_allocated;
	int pieces_used;
	WalPiece *main_first;
	WalPiece **main_last;
	uint64 main_len;
	WalPiece header;
} draft = {.blocks = initial_blocks,
		   .blocks_allocated = lengthof(initial_blocks),
		   .pieces = initial_pieces,
		   .pieces_allocated = lengthof(initial_pieces)};

void
InitXLogInsert(void)
{
}

/* ---- registering ---------------------------------------------------------------------------------------------------- */
void
XLogBeginInsert(void)
{
	Assert(draft.blocks_used == 0 && draft.pieces_used == 0);
	if (unlikely(draft.begun))
		elog(ERROR, "XLogBeginInsert was already called");
	if (unlikely(!XLogInsertAllowed()))
		elog(ERROR, "cannot make new WAL entries during recovery");
	draft.begun = true;
	draft.flags = 0;
	draft.main_first = NULL;
	draft.main_last = &draft.main_first;
	draft.main_len = 0;
}

void
XLogResetInsertion(void)
{
	for (int i = 0; i < draft.blocks_used; i++)
		draft.blocks[i].in_use = false;
	draft.blocks_used = 0;
	draft.pieces_used = 0;
	draft.main_len = 0;
	draft.begun = false;
}

void
XLogEnsureRecordSpace(int max_block_id, int ndatas)
{
	int nblocks = Max(max_block_id, XLR_NORMAL_MAX_BLOCK_ID) + 1;

	Assert(CritSectionCount == 0 && !draft.begun);
	ndatas = Max(ndatas, XLR_NORMAL_RDATAS);
	if (max_block_id > XLR_MAX_BLOCK_ID)
		elog(ERROR, "maximum number of WAL record block references exceeded");
	if (nblocks > draft.blocks_allocated)
	{
		RegisteredBlock *grown = MemoryContextAllocZero(TopMemoryContext, sizeof(RegisteredBlock) * nblocks);

		memcpy(grown, draft.blocks, sizeof(RegisteredBlock) * draft.blocks_allocated);
		draft.blocks = grown;
		draft.blocks_allocated = nblocks;
	}
	if (ndatas > draft.pieces_allocated)
	{
		draft.pieces = MemoryContextAllocZero(TopMemoryContext, sizeof(WalPiece) * ndatas);
		draft.pieces_allocated = ndatas;
	}
}

static WalPiece *
new_piece(const void *data, uint32 len)
{
	WalPiece *piece;

	if (unlikely(draft.pieces_used >= draft.pieces_allocated))
		elog(ERROR, "too much WAL data");
	piece = &draft.pieces[draft.pieces_used++];
	*piece = (WalPiece) {.data = data, .len = len};
	return piece;
}

void
XLogRegisterData(const void *data, int len)
{
	WalPiece *piece;

	Assert(draft.begun);
	piece = new_piece(data, (uint32) len);
	*draft.main_last = piece;
	draft.main_last = &piece->next;
	draft.main_len += (uint32) len;
}

static RegisteredBlock *
new_block(uint8 block_id, uint8 flags)
{
	RegisteredBlock *reg;

	Assert(draft.begun && !((flags & REGBUF_FORCE_IMAGE) && (flags & REGBUF_NO_IMAGE)));
	if (unlikely(block_id >= draft.blocks_allocated))
		elog(ERROR, "too many registered buffers");
	while (draft.blocks_used <= block_id)
		draft.blocks[draft.blocks_used++].in_use = false;
	reg = &draft.blocks[block_id];
	if (unlikely(reg->in_use))
		elog(ERROR, "block %u is registered already", block_id);
	reg->in_use = true;
	reg->flags = flags;
	reg->data_len = 0;
	reg->data_first = NULL;
	reg->data_last = &reg->data_first;
	return reg;
}

void
XLogRegisterBuffer(uint8 block_id, Buffer buffer, uint8 flags)
{
	RegisteredBlock *reg = new_block(block_id, flags);

	BufferGetTag(buffer, &reg->rnode, &reg->fork, &reg->block);
	reg->page = BufferGetPage(buffer);
}

void
XLogRegisterBlock(uint8 block_id, RelFileNode *rnode, ForkNumber forknum, BlockNumber blknum, char *page, uint8 flags)
{
	RegisteredBlock *reg = new_block(block_id, flags);

	reg->rnode = *rnode;
	reg->fork = forknum;
	reg->block = blknum;
	reg->page = page;
}

void
XLogRegisterBufData(uint8 block_id, const void *data, int len)
{
	RegisteredBlock *reg;
	WalPiece *piece;

	if (unlikely(block_id >= draft.blocks_used || !draft.blocks[block_id].in_use))
		elog(ERROR, "no block with id %d registered with WAL insertion", block_id);
	reg = &draft.blocks[block_id];
	if (unlikely(reg->data_len + (uint32) len > PG_UINT16_MAX))
		ereport(ERROR, errmsg_internal("too much WAL data"),
				errdetail_internal("Registering more than maximum %u bytes allowed to block %u: current %u bytes, "
								   "adding %u bytes.",
								   PG_UINT16_MAX, block_id, reg->data_len, (uint32) len));
	piece = new_piece(data, (uint32) len);
	*reg->data_last = piece;
	reg->data_last = &piece->next;
	reg->data_len += (uint32) len;
}

void
XLogSetRecordFlags(uint8 flags)
{
	Assert(draft.begun);
	draft.flags |= flags;
}

/* ---- putting together ---------------------------------------------------------------------------------------------------- */
typedef struct Assembly
{
	char *at;			/* in header_scratch */
	WalPiece **last;	/* where the next piece is linked */
	uint64 total_len;
	XLogRecPtr fpw_lsn;
	int num_fpi;
	const RelFileNode *prev_rnode;
} Assembly;

static inline void
put(Assembly *a, const void *data, size_t len)
{
	memcpy(a->at, data, len);
	a->at += len;
}

static inline void
link_piece(Assembly *a, WalPiece *piece)
{
	piece->next = NULL;
	*a->last = piece;
	a->last = &piece->next;
	a->total_len += piece->len;
}

/* Length after compression, 0 when it does not pay. */
static uint32
compress_image(RegisteredBlock *reg, uint32 hole_offset, uint32 hole_length, uint8 *info)
{
	char raw[BLCKSZ];
	const char *src = reg->page;
	int src_len = BLCKSZ - (int) hole_length;
	int len = 0;

	if (reg->compressed == NULL)
		return 0;
	if (hole_length > 0)
	{
		memcpy(raw, reg->page, hole_offset);
		memcpy(raw + hole_offset, reg->page + hole_offset + hole_length, BLCKSZ - (hole_offset + hole_length));
		src = raw;
	}
	if (wal_compression == WAL_COMPRESSION_ZSTD)
	{
		size_t result = ZSTD_compress(reg->compressed, IMAGE_BUFFER_SIZE, src, src_len, 1);

		len = ZSTD_isError(result) ? 0 : (int) result;
		*info |= BKPIMAGE_COMPRESS_ZSTD;
	}
	else
	{
		len = LZ4_compress_default(src, reg->compressed, src_len, IMAGE_BUFFER_SIZE);
		*info |= BKPIMAGE_COMPRESS_LZ4;
	}
	if (len > 0 && len + (hole_length > 0 ? (int) SizeOfXLogRecordBlockCompressHeader : 0) < src_len)
		return (uint32) len;
	*info &= (uint8) ~(BKPIMAGE_COMPRESS_ZSTD | BKPIMAGE_COMPRESS_LZ4);
	return 0;
}

/* Image header to the scratch; the image itself goes into reg->image. Returns its stored length. */
static uint32
put_image(Assembly *a, RegisteredBlock *reg, bool apply)
{
	const PageHeaderData *page = (const PageHeaderData *) reg->page;
	uint16 hole_offset = 0;
	uint16 hole_length = 0;
	uint8 info = apply ? BKPIMAGE_APPLY : 0;
	uint16 stored;
	uint32 compressed = 0;

	if ((reg->flags & REGBUF_STANDARD) && page->pd_lower >= SizeOfPageHeaderData && page->pd_upper > page->pd_lower &&
		page->pd_upper <= BLCKSZ)
	{
		hole_offset = page->pd_lower;
		hole_length = (uint16) (page->pd_upper - page->pd_lower);
		info |= BKPIMAGE_HAS_HOLE;
	}
	if (wal_compression != WAL_COMPRESSION_NONE)
		compressed = compress_image(reg, hole_offset, hole_length, &info);
	if (compressed > 0)
	{
		stored = (uint16) compressed;
		reg->image[0] = (WalPiece) {.data = reg->compressed, .len = compressed};
		reg->image[1] = (WalPiece) {.len = 0};
	}
	else
	{
		stored = (uint16) (BLCKSZ - hole_length);
		reg->image[0] = (WalPiece) {.data = reg->page, .len = hole_length ? hole_offset : BLCKSZ};
		reg->image[1] = (WalPiece) {.data = reg->page + hole_offset + hole_length,
									.len = hole_length ? (uint32) BLCKSZ - hole_offset - hole_length : 0};
	}
	put(a, &stored, sizeof(stored));
	put(a, &hole_offset, sizeof(hole_offset));
	put(a, &info, sizeof(info));
	if (compressed > 0 && hole_length > 0)
		put(a, &hole_length, sizeof(hole_length));
	return stored;
}

static bool
needs_image(Assembly *a, const RegisteredBlock *reg, XLogRecPtr redo_ptr, bool do_page_writes)
{
	XLogRecPtr lsn;

	if (reg->flags & REGBUF_FORCE_IMAGE)
		return true;
	if ((reg->flags & REGBUF_NO_IMAGE) || !do_page_writes)
		return false;
	lsn = PageGetLSN(reg->page);
	if (lsn <= redo_ptr)
		return true;
	if (a->fpw_lsn == InvalidXLogRecPtr || lsn < a->fpw_lsn)
		a->fpw_lsn = lsn;
	return false;
}

static void
put_block(Assembly *a, uint8 block_id, RegisteredBlock *reg, XLogRecPtr redo_ptr, bool do_page_writes)
{
	bool image = needs_image(a, reg, redo_ptr, do_page_writes);
	bool data = reg->data_len > 0 && (!image || (reg->flags & REGBUF_KEEP_DATA));
	bool same_rel = a->prev_rnode && RelFileNodeEquals(reg->rnode, *a->prev_rnode);
	uint8 fork_flags = (uint8) reg->fork;
	uint16 data_len = data ? (uint16) reg->data_len : 0;

	if (image)
		fork_flags |= BKPBLOCK_HAS_IMAGE;
	if (data)
		fork_flags |= BKPBLOCK_HAS_DATA;
	if ((reg->flags & REGBUF_WILL_INIT) == REGBUF_WILL_INIT)
		fork_flags |= BKPBLOCK_WILL_INIT;
	if (same_rel)
		fork_flags |= BKPBLOCK_SAME_REL;
	put(a, &block_id, sizeof(block_id));
	put(a, &fork_flags, sizeof(fork_flags));
	put(a, &data_len, sizeof(data_len));
	if (image)
	{
		put_image(a, reg, true);
		link_piece(a, &reg->image[0]);
		if (reg->image[1].len > 0)
			link_piece(a, &reg->image[1]);
		a->num_fpi++;
	}
	if (data)
	{
		/* The whole chain at once; whatever an earlier try linked after its end is overwritten. */
		*a->last = reg->data_first;
		a->last = reg->data_last;
		a->total_len += reg->data_len;
	}
	if (!same_rel)
		put(a, &reg->rnode, sizeof(RelFileNode));
	a->prev_rnode = &reg->rnode;
	put(a, &reg->block, sizeof(BlockNumber));
}

static void
put_main_data(Assembly *a)
{
	uint8 id;

	if (draft.main_len == 0)
		return;
	if (draft.main_len > 255)
	{
		uint32 len = (uint32) draft.main_len;

		if (draft.main_len > XLogRecordMaxSize)
			ereport(ERROR, errmsg_internal("too much WAL data"),
					errdetail_internal("Main data length is " UINT64_FORMAT " bytes for a maximum of %u bytes.",
									   draft.main_len, XLogRecordMaxSize));
		id = XLR_BLOCK_ID_DATA_LONG;
		put(a, &id, sizeof(id));
		put(a, &len, sizeof(len));
	}
	else
	{
		uint8 len = (uint8) draft.main_len;

		id = XLR_BLOCK_ID_DATA_SHORT;
		put(a, &id, sizeof(id));
		put(a, &len, sizeof(len));
	}
	*a->last = draft.main_first;
	a->last = draft.main_last;
	a->total_len += draft.main_len;
}

static void
put_ids(Assembly *a, TransactionId xid)
{
	if (unlikely(xid >> 32 != 0))
	{
		uint8 id = XLR_BLOCK_ID_XID_HIGH;
		uint32 high = (uint32) (xid >> 32);

		put(a, &id, sizeof(id));
		put(a, &high, sizeof(high));
	}
}

static void
assemble(RmgrId rmid, uint8 info, Assembly *a)
{
	XLogRecord *record = (XLogRecord *) header_scratch;
	TransactionId xid = GetCurrentTransactionIdIfAny();
	pg_crc32c crc = XLOG_CRC_SEED;
	XLogRecPtr redo_ptr;
	bool do_page_writes;

	GetFullPageWriteInfo(&redo_ptr, &do_page_writes);
	*a = (Assembly) {.at = header_scratch + SizeOfXLogRecord, .last = &draft.header.next};
	draft.header = (WalPiece) {.data = header_scratch};
	for (int id = 0; id < draft.blocks_used; id++)
		if (draft.blocks[id].in_use)
			put_block(a, (uint8) id, &draft.blocks[id], redo_ptr, do_page_writes);
	put_ids(a, xid);
	put_main_data(a);
	*a->last = NULL;
	draft.header.len = (uint32) (a->at - header_scratch);
	a->total_len += draft.header.len;
	if (a->total_len > XLogRecordMaxSize)
		ereport(ERROR, errmsg_internal("oversized WAL record"),
				errdetail_internal("WAL record would be " UINT64_FORMAT " bytes (of maximum %u bytes).", a->total_len,
								   XLogRecordMaxSize));

	/* All but the record's own header; that comes in once xl_prev is known. */
	COMP_CRC32C(crc, header_scratch + SizeOfXLogRecord, draft.header.len - SizeOfXLogRecord);
	for (WalPiece *piece = draft.header.next; piece; piece = piece->next)
		COMP_CRC32C(crc, piece->data, piece->len);
	*record = (XLogRecord) {.xl_tot_len = (uint32) a->total_len,
							.xl_xid_low = (uint32) xid,
							.xl_info = info,
							.xl_rmid = rmid,
							.xl_crc = crc};
}

/* Callers are in critical sections, where palloc must not be used: malloc, and kept. Without memory the image stays plain. */
static void
reserve_image_buffers(void)
{
	for (int id = 0; id < draft.blocks_used; id++)
		if (draft.blocks[id].in_use && draft.blocks[id].compressed == NULL)
			draft.blocks[id].compressed = malloc(IMAGE_BUFFER_SIZE);
}

XLogRecPtr
XLogInsert(RmgrId rmid, uint8 info)
{
	XLogRecPtr end;
	Assembly assembly;

	if (unlikely(!draft.begun))
		elog(ERROR, "XLogBeginInsert was not called");
	if (unlikely((info & ~(XLR_RMGR_INFO_MASK | XLR_SPECIAL_REL_UPDATE | XLR_CHECK_CONSISTENCY)) != 0))
		elog(PANIC, "invalid xlog info mask %02X", info);
	/* While initdb bootstraps, nothing is replayed: the shutdown checkpoint at its end writes all pages. */
	if (IsBootstrapProcessingMode() && rmid != RM_XLOG_ID)
	{
		XLogResetInsertion();
		return SizeOfXLogLongPHD;
	}
	if (wal_compression != WAL_COMPRESSION_NONE)
		reserve_image_buffers();
	do
	{
		assemble(rmid, info, &assembly);
		end = XLogInsertRecord(&draft.header, assembly.fpw_lsn, draft.flags, assembly.num_fpi);
	} while (end == InvalidXLogRecPtr);
	XLogResetInsertion();
	return end;
}

/* ---- images --------------------------------------------------------------------------------------------------------------- */
bool
XLogCheckBufferNeedsBackup(Buffer buffer)
{
	XLogRecPtr redo_ptr;
	bool do_page_writes;

	GetFullPageWriteInfo(&redo_ptr, &do_page_writes);
	return do_page_writes && PageGetLSN(BufferGetPage(buffer)) <= redo_ptr;
}

XLogRecPtr
XLogSaveBufferForHint(Buffer buffer, bool buffer_std)
{
	char copy[BLCKSZ] pg_attribute_aligned(8);
	RelFileNode rnode;
	ForkNumber fork;
	BlockNumber block;

	Assert(MyProc->delayChkptFlags & DELAY_CHKPT_START);
	if (BufferGetLSNAtomic(buffer) > GetRedoRecPtr())
		return InvalidXLogRecPtr;
	/* Under share lock others may set hint bits meanwhile: the CRC is computed over a copy. */
	memcpy(copy, BufferGetPage(buffer), BLCKSZ);
	BufferGetTag(buffer, &rnode, &fork, &block);
	XLogBeginInsert();
	XLogRegisterBlock(0, &rnode, fork, block, copy, REGBUF_FORCE_IMAGE | (buffer_std ? REGBUF_STANDARD : 0));
	return XLogInsert(RM_XLOG_ID, XLOG_FPI_FOR_HINT);
}

XLogRecPtr
log_newpage(RelFileNode *rnode, ForkNumber forkNum, BlockNumber blk, char *page, bool page_std)
{
	XLogRecPtr recptr;

	XLogBeginInsert();
	XLogRegisterBlock(0, rnode, forkNum, blk, page, REGBUF_FORCE_IMAGE | (page_std ? REGBUF_STANDARD : 0));
	recptr = XLogInsert(RM_XLOG_ID, XLOG_FPI);
	/* An all-zero page stays so: it has no LSN. */
	if (!PageIsNew(page))
		PageSetLSN(page, recptr);
	return recptr;
}

void
log_newpages(RelFileNode *rnode, ForkNumber forkNum, int num_pages, BlockNumber *blknos, char **pages, bool page_std)
{
	int flags = REGBUF_FORCE_IMAGE | (page_std ? REGBUF_STANDARD : 0);

	XLogEnsureRecordSpace(XLR_MAX_BLOCK_ID - 1, 0);
	for (int i = 0; i < num_pages;)
	{
		int first = i;
		XLogRecPtr recptr;

		XLogBeginInsert();
		for (; i < num_pages && i - first < XLR_MAX_BLOCK_ID; i++)
			XLogRegisterBlock((uint8) (i - first), rnode, forkNum, blknos[i], pages[i], (uint8) flags);
		recptr = XLogInsert(RM_XLOG_ID, XLOG_FPI);
		for (int j = first; j < i; j++)
			if (!PageIsNew(pages[j]))
				PageSetLSN(pages[j], recptr);
	}
}

XLogRecPtr
log_newpage_buffer(Buffer buffer, bool page_std)
{
	RelFileNode rnode;
	ForkNumber fork;
	BlockNumber block;

	Assert(CritSectionCount > 0);
	BufferGetTag(buffer, &rnode, &fork, &block);
	return log_newpage(&rnode, fork, block, BufferGetPage(buffer), page_std);
}

void
log_newpage_range(Relation rel, ForkNumber forkNum, BlockNumber startblk, BlockNumber endblk, bool page_std)
{
	uint8 flags = (uint8) (REGBUF_FORCE_IMAGE | (page_std ? REGBUF_STANDARD : 0));

	XLogEnsureRecordSpace(XLR_MAX_BLOCK_ID - 1, 0);
	for (BlockNumber block = startblk; block < endblk;)
	{
		Buffer buffers[XLR_MAX_BLOCK_ID];
		XLogRecPtr recptr;
		int count = 0;

		CHECK_FOR_INTERRUPTS();
		/* Empty pages need no record: replay makes them when it meets one after them. */
		for (; count < XLR_MAX_BLOCK_ID && block < endblk; block++)
		{
			Buffer buffer = ReadBufferExtended(rel, forkNum, block, RBM_NORMAL, NULL);

			LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
			if (PageIsNew(BufferGetPage(buffer)))
				UnlockReleaseBuffer(buffer);
			else
				buffers[count++] = buffer;
		}
		if (count == 0)
			break;
		XLogBeginInsert();
		START_CRIT_SECTION();
		for (int i = 0; i < count; i++)
		{
			XLogRegisterBuffer((uint8) i, buffers[i], flags);
			MarkBufferDirty(buffers[i]);
		}
		recptr = XLogInsert(RM_XLOG_ID, XLOG_FPI);
		for (int i = 0; i < count; i++)
			PageSetLSN(BufferGetPage(buffers[i]), recptr);
		END_CRIT_SECTION();
		for (int i = 0; i < count; i++)
			UnlockReleaseBuffer(buffers[i]);
	}
}
