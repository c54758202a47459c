/*
 * txn/slru_io.h
 *    Files behind the pages of slru.c. These functions return errors, so that the caller can tidy up its slot first.
 */
#ifndef SLRU_IO_H
#define SLRU_IO_H

#include "access/slru.h"

typedef struct SlruIoError
{
	const char *what;	  /* format of the detail: path and, for those with offset, the offset */
	int saved_errno;	  /* 0: short read */
	off_t offset;
	char path[128];
} SlruIoError;

extern bool slru_read_page(SlruCtl ctl, SlruPageNo pageno, char *page, SlruIoError *error);
extern bool slru_write_page(SlruCtl ctl, SlruPageNo pageno, const char *page, SlruIoError *error);
extern void slru_report_error(const SlruIoError *error, TransactionId xid) pg_attribute_noreturn();
/* New segment files must survive a crash, too. */
extern void slru_sync_directory(SlruCtl ctl);
extern void slru_remove_segments_before(SlruCtl ctl, int64 segno);

#endif /* SLRU_IO_H */
