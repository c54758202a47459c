/*
 * storage/item.h
 *    An item: the bytes that a line pointer leads to.
 */
#ifndef ITEM_H
#define ITEM_H

#include "c.h"

typedef Pointer Item;

#endif /* ITEM_H */
