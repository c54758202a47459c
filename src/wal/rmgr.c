/*
 * rmgr.c
 *    The table of resource managers, made of access/rmgrlist.h, and how a record is described with it.
 */
#include "postgres.h"
#include "access/rmgr.h"
#include "access/xlog_internal.h"
#include "wal/rmgr_functions.h"

#define PG_RMGR(symname, name, redo, desc, identify, startup, cleanup, mask, decode) \
	[symname] = {name, redo, desc, identify, startup, cleanup, mask, decode},
const RmgrData RmgrTable[RM_MAX_ID + 1] = {
#include "access/rmgrlist.h"
};
#undef PG_RMGR

void
xlog_outdesc(StringInfo buf, XLogReaderState *record)
{
	const RmgrData *rmgr = &RmgrTable[XLogRecGetRmid(record)];
	uint8 info = XLogRecGetInfo(record);
	const char *id;

	if (rmgr->rm_identify == NULL)
	{
		appendStringInfo(buf, "%s/UNKNOWN (%X): ", rmgr->rm_name ? rmgr->rm_name : "?", info & ~XLR_INFO_MASK);
		return;
	}
	id = rmgr->rm_identify(info);
	if (id == NULL)
		appendStringInfo(buf, "%s/UNKNOWN (%X): ", rmgr->rm_name, info & ~XLR_INFO_MASK);
	else
		appendStringInfo(buf, "%s/%s: ", rmgr->rm_name, id);
	rmgr->rm_desc(buf, record);
}

void
xlog_block_info(StringInfo buf, XLogReaderState *record)
{
	for (int id = 0; id <= XLogRecMaxBlockId(record); id++)
	{
		DecodedBkpBlock *blk = XLogRecGetBlock(record, id);

		if (!blk->in_use)
			continue;
		appendStringInfo(buf, "; blkref #%d: rel %u/%u/%u", id, blk->rnode.spcNode, blk->rnode.dbNode,
						 blk->rnode.relNode);
		if (blk->forknum != MAIN_FORKNUM)
			appendStringInfo(buf, ", fork %u", (unsigned) blk->forknum);
		appendStringInfo(buf, ", blk %u", blk->blkno);
		if (blk->has_image)
			appendStringInfoString(buf, " FPW");
	}
}
