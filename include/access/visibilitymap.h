/*
 * access/visibilitymap.h
 *    Two bits per heap page: all tuples visible to everybody, all tuples frozen.
 *
 * A set bit is a promise (index-only scans and vacuum skip the page); a clear bit promises nothing. A bit is set under the
 * heap page's lock together with PD_ALL_VISIBLE and is logged; it is cleared by the heap record that makes it untrue.
 */
#ifndef VISIBILITYMAP_H
#define VISIBILITYMAP_H

#include "postgres.h"
#include "access/xlogdefs.h"
#include "storage/block.h"
#include "storage/buf.h"
#include "storage/relfilenode.h"

typedef struct RelationData *Relation;

#define BITS_PER_HEAPBLOCK 2
#define VISIBILITYMAP_ALL_VISIBLE 0x01
#define VISIBILITYMAP_ALL_FROZEN 0x02
#define VISIBILITYMAP_VALID_BITS 0x03

#define VM_ALL_VISIBLE(r, b, v) ((visibilitymap_get_status((r), (b), (v)) & VISIBILITYMAP_ALL_VISIBLE) != 0)
#define VM_ALL_FROZEN(r, b, v) ((visibilitymap_get_status((r), (b), (v)) & VISIBILITYMAP_ALL_FROZEN) != 0)

/*
 * *vmbuf, where given, caches the pinned map page between calls; the caller releases it. Pin before locking the heap page:
 * pinning may read from disk.
 */
extern bool visibilitymap_clear(Relation rel, BlockNumber heapBlk, Buffer vmbuf, uint8 flags);
extern void visibilitymap_pin(Relation rel, BlockNumber heapBlk, Buffer *vmbuf);
extern bool visibilitymap_pin_ok(BlockNumber heapBlk, Buffer vmbuf);
/*
 * Sets bits. heapBuf is exclusively locked with PD_ALL_VISIBLE already set; recptr is invalid except in redo, where the heap
 * page's record is already there. cutoff_xid: the newest xid on the page (for standbys). Writes a WAL record itself.
 */
extern void visibilitymap_set(Relation rel, BlockNumber heapBlk, Buffer heapBuf, XLogRecPtr recptr, Buffer vmBuf,
							  TransactionId cutoff_xid, uint8 flags);
extern uint8 visibilitymap_get_status(Relation rel, BlockNumber heapBlk, Buffer *vmbuf);
extern void visibilitymap_count(Relation rel, BlockNumber *all_visible, BlockNumber *all_frozen);
/* Clears bits past nheapblocks; returns the vm fork's new size, InvalidBlockNumber when nothing to truncate. */
extern BlockNumber visibilitymap_prepare_truncate(Relation rel, BlockNumber nheapblocks);

#endif /* VISIBILITYMAP_H */
