/*
 * xlogdecode.c
 *    Takes a record apart: block references, images, data; and restores images.
 *
 * The headers are read through a cursor that knows how much is left; the lengths they announce are added up and must come out as the
 * record's own. Data of blocks and main data are copied to a buffer of the reader, each part on an 8-byte boundary, because
 * redo functions read structs there; images stay where they are.
 */
#include <lz4.h>
#include <zstd.h>

#include "c.h"
#include "access/xlogreader.h"
#include "wal/xlogreader_private.h"

typedef struct Cursor
{
	const char *at;
	uint32 left; /* in the record, headers and data together */
} Cursor;

static bool
take(Cursor *cursor, void *dst, uint32 size)
{
	if (cursor->left < size)
		return false;
	memcpy(dst, cursor->at, size);
	cursor->at += size;
	cursor->left -= size;
	return true;
}

static bool
decode_image_header(XLogReaderState *state, Cursor *cursor, DecodedBkpBlock *blk)
{
	XLogRecPtr at = state->ReadRecPtr;

	if (!take(cursor, &blk->bimg_len, sizeof(uint16)) || !take(cursor, &blk->hole_offset, sizeof(uint16)) ||
		!take(cursor, &blk->bimg_info, sizeof(uint8)))
		return false;
	blk->apply_image = (blk->bimg_info & BKPIMAGE_APPLY) != 0;
	if (BKPIMAGE_COMPRESSED(blk->bimg_info))
	{
		blk->hole_length = 0;
		if ((blk->bimg_info & BKPIMAGE_HAS_HOLE) && !take(cursor, &blk->hole_length, sizeof(uint16)))
			return false;
	}
	else
		blk->hole_length = (uint16) (BLCKSZ - Min(blk->bimg_len, BLCKSZ));

	if ((blk->bimg_info & BKPIMAGE_HAS_HOLE) &&
		(blk->hole_offset == 0 || blk->hole_length == 0 || blk->bimg_len == BLCKSZ))
	{
		xlogreader_error(state, "BKPIMAGE_HAS_HOLE set, but hole offset %u length %u block image length %u at %X/%X",
						 blk->hole_offset, blk->hole_length, blk->bimg_len, LSN_FORMAT_ARGS(at));
		return false;
	}
	if (!(blk->bimg_info & BKPIMAGE_HAS_HOLE) && (blk->hole_offset != 0 || blk->hole_length != 0))
	{
		xlogreader_error(state, "BKPIMAGE_HAS_HOLE not set, but hole offset %u length %u at %X/%X", blk->hole_offset,
						 blk->hole_length, LSN_FORMAT_ARGS(at));
		return false;
	}
	if (BKPIMAGE_COMPRESSED(blk->bimg_info) && blk->bimg_len == BLCKSZ)
	{
		xlogreader_error(state, "BKPIMAGE_COMPRESSED set, but block image length %u at %X/%X", blk->bimg_len,
						 LSN_FORMAT_ARGS(at));
		return false;
	}
	if (!(blk->bimg_info & BKPIMAGE_HAS_HOLE) && !BKPIMAGE_COMPRESSED(blk->bimg_info) && blk->bimg_len != BLCKSZ)
	{
		xlogreader_error(state,
						 "neither BKPIMAGE_HAS_HOLE nor BKPIMAGE_COMPRESSED set, but block image length is %u at %X/%X",
						 blk->bimg_len, LSN_FORMAT_ARGS(at));
		return false;
	}
	if ((uint32) blk->hole_offset + blk->hole_length > BLCKSZ || blk->bimg_len > BLCKSZ)
	{
		xlogreader_error(state, "invalid hole offset %u length %u at %X/%X", blk->hole_offset, blk->hole_length,
						 LSN_FORMAT_ARGS(at));
		return false;
	}
	return true;
}

/* *rnode is that of the block before, NULL if there is none. */
static bool
decode_block_header(XLogReaderState *state, Cursor *cursor, uint8 block_id, const RelFileNode **rnode)
{
	XLogRecPtr at = state->ReadRecPtr;
	DecodedBkpBlock *blk = &state->blocks[block_id];
	uint8 fork_flags;

	for (int i = state->max_block_id + 1; i < block_id; i++)
		state->blocks[i].in_use = false;
	if ((int) block_id <= state->max_block_id)
	{
		xlogreader_error(state, "out-of-order block_id %u at %X/%X", block_id, LSN_FORMAT_ARGS(at));
		return false;
	}
	state->max_block_id = block_id;
	memset(blk, 0, sizeof(*blk));
	blk->in_use = true;
	if (!take(cursor, &fork_flags, sizeof(uint8)) || !take(cursor, &blk->data_len, sizeof(uint16)))
		return false;
	blk->forknum = (ForkNumber) (fork_flags & BKPBLOCK_FORK_MASK);
	blk->flags = fork_flags;
	blk->has_image = (fork_flags & BKPBLOCK_HAS_IMAGE) != 0;
	blk->has_data = (fork_flags & BKPBLOCK_HAS_DATA) != 0;
	blk->prefetch_buffer = InvalidBuffer;
	if (blk->forknum > MAX_FORKNUM)
	{
		xlogreader_error(state, "invalid fork number %d at %X/%X", (int) blk->forknum, LSN_FORMAT_ARGS(at));
		return false;
	}
	if (blk->has_data && blk->data_len == 0)
	{
		xlogreader_error(state, "BKPBLOCK_HAS_DATA set, but no data included at %X/%X", LSN_FORMAT_ARGS(at));
		return false;
	}
	if (!blk->has_data && blk->data_len != 0)
	{
		xlogreader_error(state, "BKPBLOCK_HAS_DATA not set, but data length is %u at %X/%X", blk->data_len,
						 LSN_FORMAT_ARGS(at));
		return false;
	}
	if (blk->has_image && !decode_image_header(state, cursor, blk))
		return false;
	if (!(fork_flags & BKPBLOCK_SAME_REL))
	{
		if (!take(cursor, &blk->rnode, sizeof(RelFileNode)))
			return false;
	}
	else if (*rnode == NULL)
	{
		xlogreader_error(state, "BKPBLOCK_SAME_REL set but no previous rel at %X/%X", LSN_FORMAT_ARGS(at));
		return false;
	}
	else
		blk->rnode = **rnode;
	*rnode = &blk->rnode;
	return take(cursor, &blk->blkno, sizeof(BlockNumber));
}

/* All headers; *main_len gets the main data's length, *announced what the data of all parts come to. */
static bool
decode_headers(XLogReaderState *state, Cursor *cursor, uint32 *main_len, uint64 *announced)
{
	const RelFileNode *rnode = NULL;

	*main_len = 0;
	*announced = 0;
	/* Headers end where what is left is exactly the data they have announced. */
	while (cursor->left > *announced)
	{
		uint8 block_id;

		if (!take(cursor, &block_id, sizeof(uint8)))
			return false;
		if (block_id == XLR_BLOCK_ID_DATA_SHORT)
		{
			uint8 len;

			if (!take(cursor, &len, sizeof(uint8)))
				return false;
			*main_len = len;
			*announced += len;
			break; /* by rule the last header */
		}
		else if (block_id == XLR_BLOCK_ID_DATA_LONG)
		{
			if (!take(cursor, main_len, sizeof(uint32)))
				return false;
			*announced += *main_len;
			break;
		}
		else if (block_id == XLR_BLOCK_ID_ORIGIN)
		{
			if (!take(cursor, &state->record_origin, sizeof(RepOriginId)))
				return false;
		}
		else if (block_id == XLR_BLOCK_ID_TOPLEVEL_XID)
		{
			if (!take(cursor, &state->toplevel_xid, sizeof(TransactionId)))
				return false;
		}
		else if (block_id == XLR_BLOCK_ID_XID_HIGH)
		{
			uint32 high;

			if (!take(cursor, &high, sizeof(uint32)))
				return false;
			state->xid |= (uint64) high << 32;
		}
		else if (block_id <= XLR_MAX_BLOCK_ID)
		{
			if (!decode_block_header(state, cursor, block_id, &rnode))
				return false;
			if (state->blocks[block_id].has_image)
				*announced += state->blocks[block_id].bimg_len;
			*announced += state->blocks[block_id].data_len;
		}
		else
		{
			xlogreader_error(state, "invalid block_id %u at %X/%X", block_id, LSN_FORMAT_ARGS(state->ReadRecPtr));
			return false;
		}
	}
	return cursor->left == *announced;
}

static bool
ensure_decode_buf(XLogReaderState *state, uint64 need)
{
	char *grown;

	if (need <= state->decode_buf_size)
		return true;
	need = Max(need, 16384);
	free(state->decode_buf);
	state->decode_buf_size = 0;
	state->decode_buf = grown = aligned_alloc(64, TYPEALIGN(64, need));
	if (grown == NULL)
	{
		xlogreader_error(state, "out of memory while trying to decode a record of length %llu",
						 (unsigned long long) need);
		return false;
	}
	state->decode_buf_size = (uint32) need;
	return true;
}

bool
xlogreader_decode(XLogReaderState *state, XLogRecord *record)
{
	Cursor cursor = {(const char *) record + SizeOfXLogRecord, record->xl_tot_len - SizeOfXLogRecord};
	uint32 main_len;
	uint64 announced;
	char *out;

	state->max_block_id = -1;
	state->record_origin = 0;
	state->toplevel_xid = 0;
	state->main_data = NULL;
	state->main_data_len = 0;
	state->xid = record->xl_xid_low;
	if (!decode_headers(state, &cursor, &main_len, &announced))
	{
		if (state->errormsg_buf[0] == '\0')
			xlogreader_error(state, "record with invalid length at %X/%X", LSN_FORMAT_ARGS(state->ReadRecPtr));
		return false;
	}
	if (!ensure_decode_buf(state, announced + (state->max_block_id + 2) * MAXIMUM_ALIGNOF))
		return false;
	out = state->decode_buf;
	for (int i = 0; i <= state->max_block_id; i++)
	{
		DecodedBkpBlock *blk = &state->blocks[i];

		if (!blk->in_use)
			continue;
		if (blk->has_image)
		{
			blk->bkp_image = cursor.at;
			cursor.at += blk->bimg_len;
		}
		if (blk->has_data)
		{
			memcpy(out, cursor.at, blk->data_len);
			blk->data = out;
			cursor.at += blk->data_len;
			out += MAXALIGN(blk->data_len);
		}
	}
	if (main_len > 0)
	{
		memcpy(out, cursor.at, main_len);
		state->main_data = out;
		state->main_data_len = main_len;
	}
	return true;
}

/* ---- what redo functions ask --------------------------------------------------------------------------------------------- */
char *
XLogRecGetBlockData(XLogReaderState *record, uint8 block_id, Size *len)
{
	DecodedBkpBlock *blk = &record->blocks[block_id];

	if ((int) block_id > record->max_block_id || !blk->in_use || !blk->has_data)
	{
		if (len)
			*len = 0;
		return NULL;
	}
	if (len)
		*len = blk->data_len;
	return (char *) blk->data;
}

bool
XLogRecGetBlockTagExtended(XLogReaderState *record, uint8 block_id, RelFileNode *rnode, ForkNumber *forknum,
						   BlockNumber *blknum, Buffer *prefetch_buffer)
{
	DecodedBkpBlock *blk = &record->blocks[block_id];

	if ((int) block_id > record->max_block_id || !blk->in_use)
		return false;
	if (rnode)
		*rnode = blk->rnode;
	if (forknum)
		*forknum = blk->forknum;
	if (blknum)
		*blknum = blk->blkno;
	if (prefetch_buffer)
		*prefetch_buffer = blk->prefetch_buffer;
	return true;
}

static bool
decompress_image(uint8 info, const char *src, int src_len, char *dst, int dst_len)
{
	if (info & BKPIMAGE_COMPRESS_LZ4)
		return LZ4_decompress_safe(src, dst, src_len, dst_len) == dst_len;
	if (info & BKPIMAGE_COMPRESS_ZSTD)
		return ZSTD_decompress(dst, dst_len, src, src_len) == (size_t) dst_len;
	return false;
}

bool
RestoreBlockImage(XLogReaderState *record, uint8 block_id, char *page)
{
	DecodedBkpBlock *blk = &record->blocks[block_id];
	char raw[BLCKSZ];
	const char *image;

	if ((int) block_id > record->max_block_id || !blk->in_use)
	{
		xlogreader_error(record, "could not restore image at %X/%X with invalid block %d specified",
						 LSN_FORMAT_ARGS(record->ReadRecPtr), block_id);
		return false;
	}
	if (!blk->has_image)
	{
		xlogreader_error(record, "could not restore image at %X/%X with invalid state, block %d",
						 LSN_FORMAT_ARGS(record->ReadRecPtr), block_id);
		return false;
	}
	image = blk->bkp_image;
	if (BKPIMAGE_COMPRESSED(blk->bimg_info))
	{
		if (!decompress_image(blk->bimg_info, image, blk->bimg_len, raw, BLCKSZ - blk->hole_length))
		{
			xlogreader_error(record, "could not decompress image at %X/%X, block %d",
							 LSN_FORMAT_ARGS(record->ReadRecPtr), block_id);
			return false;
		}
		image = raw;
	}
	memcpy(page, image, blk->hole_offset);
	memset(page + blk->hole_offset, 0, blk->hole_length);
	memcpy(page + blk->hole_offset + blk->hole_length, image + blk->hole_offset,
		   BLCKSZ - (blk->hole_offset + blk->hole_length));
	return true;
}

void
XLogRecGetBlockTag(XLogReaderState *record, uint8 block_id, RelFileNode *rnode, ForkNumber *forknum,
				   BlockNumber *blknum)
{
	bool found = XLogRecGetBlockTagExtended(record, block_id, rnode, forknum, blknum, NULL);

	AssertAlways(found);
}
