/*
 * storage/off.h
 *    Offset numbers: which line pointer of a page, counted from 1.
 */
#ifndef OFF_H
#define OFF_H

#include "c.h"
#include "storage/itemid.h"

typedef uint16 OffsetNumber;

#define InvalidOffsetNumber ((OffsetNumber) 0)
#define FirstOffsetNumber ((OffsetNumber) 1)
#define MaxOffsetNumber ((OffsetNumber) (BLCKSZ / sizeof(ItemIdData)))

#define OffsetNumberIsValid(offsetNumber) \
	((offsetNumber) != InvalidOffsetNumber && (offsetNumber) <= MaxOffsetNumber)
#define OffsetNumberNext(offsetNumber) ((OffsetNumber) (1 + (offsetNumber)))
#define OffsetNumberPrev(offsetNumber) ((OffsetNumber) (-1 + (offsetNumber)))

#endif /* OFF_H */
