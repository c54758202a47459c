/*
 * storage/fsm_page.h
 *    One page of a free space map: many small numbers, and a quick way to one that is large enough. Knows no server.
 *
 * A page has FSM_SLOTS slots of one byte, in groups of 64, and one byte per group that is not less than any slot of the group. A
 * search looks at the groups' bytes and then at one group: at most 126 + 64 bytes, compared sixteen at a time.
 *
 * offset  size  field, counted from the page's contents (byte 24)
 *      0     4  next     slot at which the next search begins, so that many inserters spread out
 *      4     1  max      maximum of all slots: what the page above has for this one
 *      5     3  zero
 *      8   126  group    maximum of each group (never too small; made exact by fsm_page_rebuild)
 *    134     2  zero
 *    136  8000  slot
 */
#ifndef STORAGE_FSM_PAGE_H
#define STORAGE_FSM_PAGE_H

#include "storage/bufpage.h"

#define FSM_GROUP_SIZE 64
#define FSM_SLOTS 8000
#define FSM_GROUPS ((FSM_SLOTS + FSM_GROUP_SIZE - 1) / FSM_GROUP_SIZE)

typedef struct FsmPage
{
	uint32 next;
	uint8 max;
	uint8 unused[3];
	uint8 group[126];
	uint8 unused2[2];
	uint8 slot[FSM_SLOTS];
} FsmPage;
_Static_assert(sizeof(FsmPage) <= BLCKSZ - SizeOfPageHeaderData, "must fit");
_Static_assert(FSM_GROUPS <= 126, "must fit");

#define fsm_page_contents(page) ((FsmPage *) PageGetContents(page))

extern uint8 fsm_page_get(const FsmPage *fsm, int slot);
/* True if anything changed. */
extern bool fsm_page_set(FsmPage *fsm, int slot, uint8 value);
/* A slot of at least minvalue, or -1; moves the start of the next search past it when advance. */
extern int fsm_page_search(FsmPage *fsm, uint8 minvalue, bool advance);
/* Zero from this slot on; true if anything changed. */
extern bool fsm_page_truncate(FsmPage *fsm, int first_slot);
/* Makes all maxima exact; true if anything changed. */
extern bool fsm_page_rebuild(FsmPage *fsm);

#endif /* STORAGE_FSM_PAGE_H */
