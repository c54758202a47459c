/*
 * access/slru.h
 *    Small per-id logs: files of 8 KB pages read and written through a few shared buffers with least-recently-used
 *    replacement (commit log, subtransaction parents, multixacts).
 *
 * Page numbers are 64 bits wide; a segment file holds SLRU_PAGES_PER_SEGMENT pages and is named by its number in hexadecimal,
 * at least four digits. Pages carry no header and no checksum. Locks: the control lock protects the slot table;
 * pages are read and written by their users under it; it is released during I/O, which the buffer's own lock covers.
 */
#ifndef SLRU_H
#define SLRU_H

#include "access/xlogdefs.h"
#include "storage/lwlock.h"
#include "storage/sync.h"

#define SLRU_PAGES_PER_SEGMENT 32
#define SLRU_MAX_NAME_LENGTH 32
typedef int64 SlruPageNo;

typedef enum
{
	SLRU_PAGE_EMPTY,
	SLRU_PAGE_READ_IN_PROGRESS,
	SLRU_PAGE_VALID,
	SLRU_PAGE_WRITE_IN_PROGRESS
} SlruPageStatus;

typedef struct SlruSharedData
{
	LWLock *ControlLock;
	int num_slots;
	char **page_buffer;
	SlruPageStatus *page_status;
	bool *page_dirty;
	SlruPageNo *page_number;
	int *page_lru_count;
	LWLockPadded *buffer_locks;
	XLogRecPtr *group_lsn; /* lsn_groups_per_page per slot: flush the log to here before the page is written; NULL: not used */
	int lsn_groups_per_page;
	int cur_lru_count;
	pg_atomic_uint64 latest_page_number; /* never chosen for replacement */
} SlruSharedData;
typedef SlruSharedData *SlruShared;

typedef struct SlruCtlData
{
	SlruShared shared;
	SyncRequestHandler sync_handler;
	const char *name;
	char Dir[64]; /* relative to the data directory */
} SlruCtlData;
typedef SlruCtlData *SlruCtl;

extern Size SimpleLruShmemSize(int nslots, int nlsns);
/* Lays the shared part out at base, or attaches to it. */
extern void slru_init(SlruCtl ctl, const char *name, int nslots, int nlsns, LWLock *ctllock, const char *subdir,
					  int tranche_id, SyncRequestHandler sync_handler, void *base, bool found);
/* All of these need the control lock exclusively, except the last, which takes it shared (and keeps it). */
extern int SimpleLruZeroPage(SlruCtl ctl, SlruPageNo pageno);
extern int SimpleLruReadPage(SlruCtl ctl, SlruPageNo pageno, bool write_ok, TransactionId xid);
extern void SimpleLruWritePage(SlruCtl ctl, int slotno);
extern int SimpleLruReadPage_ReadOnly(SlruCtl ctl, SlruPageNo pageno, TransactionId xid);

extern void SimpleLruWriteAll(SlruCtl ctl, bool allow_redirtied); /* takes the lock itself; checkpoints */
extern void SimpleLruTruncate(SlruCtl ctl, SlruPageNo cutoffPage); /* takes the lock itself */
extern bool SimpleLruDoesPhysicalPageExist(SlruCtl ctl, SlruPageNo pageno);
extern void SlruDeleteSegment(SlruCtl ctl, int64 segno);
extern int SlruSyncFileTag(SlruCtl ctl, const FileTag *ftag, char *path);

#endif /* SLRU_H */
