/*
 * access/attnum.h
 *    Attribute numbers: 1.. user columns, negative system columns, 0 none (or the whole row).
 */
#ifndef ATTNUM_H
#define ATTNUM_H

#include "c.h"

typedef int16 AttrNumber;

#define InvalidAttrNumber 0
#define MaxAttrNumber 32767
#define AttributeNumberIsValid(attributeNumber) ((bool) ((attributeNumber) != InvalidAttrNumber))
#define AttrNumberIsForUserDefinedAttr(attributeNumber) ((bool) ((attributeNumber) > 0))
#define AttrNumberGetAttrOffset(attNum) ((attNum) -1)
#define AttrOffsetGetAttrNumber(attributeOffset) ((AttrNumber) (1 + (attributeOffset)))

#endif /* ATTNUM_H */
