/*
 * page_private.h
 *    What the page files of this folder share.
 */
#ifndef STORAGE_PAGE_PRIVATE_H
#define STORAGE_PAGE_PRIVATE_H

#include "storage/bufpage.h"

/*
 * Line pointers that a heap page may have: as many as tuples of the smallest size (24 bytes) and their pointers fit beside header
 * and the 16-byte special area.
 */
#define MAX_HEAP_LINE_POINTERS ((BLCKSZ - SizeOfPageHeaderData - 16) / (24 + sizeof(ItemIdData)))

/* Is every byte zero? */
extern bool page_is_zero(const char *page);
/* Reports "corrupted page pointers" at elevel unless header is usable. */
extern void page_check_pointers(Page page, int elevel);

#endif /* STORAGE_PAGE_PRIVATE_H */
