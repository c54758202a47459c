/*
 * itemptr.c
 *    The next and the previous TID in order.
 */
#include "postgres.h"
#include "storage/itemptr.h"

void
ItemPointerInc(ItemPointer pointer)
{
	BlockNumber block = ItemPointerGetBlockNumberNoCheck(pointer);
	OffsetNumber offset = ItemPointerGetOffsetNumberNoCheck(pointer);

	if (offset < PG_UINT16_MAX)
		offset++;
	else if (block != InvalidBlockNumber)
	{
		offset = 0;
		block++;
	}
	ItemPointerSet(pointer, block, offset);
}

void
ItemPointerDec(ItemPointer pointer)
{
	BlockNumber block = ItemPointerGetBlockNumberNoCheck(pointer);
	OffsetNumber offset = ItemPointerGetOffsetNumberNoCheck(pointer);

	if (offset != 0)
		offset--;
	else if (block != 0)
	{
		offset = PG_UINT16_MAX;
		block--;
	}
	ItemPointerSet(pointer, block, offset);
}
