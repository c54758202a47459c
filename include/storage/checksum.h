/*
 * storage/checksum.h
 *    The page checksum: 16 bits over the 8 KB page with pd_checksum as 0 and the block number mixed in; never 0.
 */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include "c.h"
#include "storage/block.h"

/* page must be 8-byte aligned; it is left unchanged. */
extern uint16 pg_checksum_page(char *page, BlockNumber blkno);

#endif /* CHECKSUM_H */
