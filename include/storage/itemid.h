/*
 * storage/itemid.h
 *    Line pointers: four bytes at the start of a page that say where an item lies and what state it is in.
 *
 * UNUSED    free for reuse, no storage
 * NORMAL    in use, has storage
 * REDIRECT  a HOT chain's root whose first member is gone; lp_off is the offset number it leads to, no storage
 * DEAD      the item is dead, index entries may still point here; storage only in indexes
 */
#ifndef ITEMID_H
#define ITEMID_H

#include "c.h"

typedef struct ItemIdData
{
	unsigned lp_off : 15, lp_flags : 2, lp_len : 15;
} ItemIdData;
typedef ItemIdData *ItemId;
_Static_assert(sizeof(ItemIdData) == 4, "a line pointer is 4 bytes on disk");

typedef uint16 ItemOffset;
typedef uint16 ItemLength;

#define LP_UNUSED 0
#define LP_NORMAL 1
#define LP_REDIRECT 2
#define LP_DEAD 3

#define ItemIdGetLength(itemId) ((itemId)->lp_len)
#define ItemIdGetOffset(itemId) ((itemId)->lp_off)
#define ItemIdGetFlags(itemId) ((itemId)->lp_flags)
#define ItemIdGetRedirect(itemId) ((itemId)->lp_off)
#define ItemIdIsValid(itemId) PointerIsValid(itemId)
#define ItemIdIsUsed(itemId) ((itemId)->lp_flags != LP_UNUSED)
#define ItemIdIsNormal(itemId) ((itemId)->lp_flags == LP_NORMAL)
#define ItemIdIsRedirected(itemId) ((itemId)->lp_flags == LP_REDIRECT)
#define ItemIdIsDead(itemId) ((itemId)->lp_flags == LP_DEAD)
#define ItemIdHasStorage(itemId) ((itemId)->lp_len != 0)

static inline void
item_id_set(ItemId item_id, unsigned flags, unsigned off, unsigned len)
{
	item_id->lp_flags = flags;
	item_id->lp_off = off;
	item_id->lp_len = len;
}

#define ItemIdSetUnused(itemId) item_id_set((itemId), LP_UNUSED, 0, 0)
#define ItemIdSetNormal(itemId, off, len) item_id_set((itemId), LP_NORMAL, (off), (len))
#define ItemIdSetRedirect(itemId, link) item_id_set((itemId), LP_REDIRECT, (link), 0)
#define ItemIdSetDead(itemId) item_id_set((itemId), LP_DEAD, 0, 0)
/* Marks dead but keeps the storage: index pages. */
#define ItemIdMarkDead(itemId) ((itemId)->lp_flags = LP_DEAD)

#endif /* ITEMID_H */
