/*
 * access/clog.h
 *    The commit log: two bits per transaction id, in pg_xact.
 */
#ifndef CLOG_H
#define CLOG_H

#include "access/xlogreader.h"
#include "lib/stringinfo.h"
#include "storage/sync.h"

typedef int XidStatus;
#define TRANSACTION_STATUS_IN_PROGRESS 0x00
#define TRANSACTION_STATUS_COMMITTED 0x01
#define TRANSACTION_STATUS_ABORTED 0x02
#define TRANSACTION_STATUS_SUB_COMMITTED 0x03 /* ended, its parent decides */

typedef struct xl_clog_truncate
{
	int64 pageno;
	TransactionId oldestXact;
	Oid oldestXactDb;
} xl_clog_truncate;

/* Marks a transaction and its subtransactions; lsn: the commit record's, when it is not flushed yet; else Invalid. */
extern void TransactionIdSetTreeStatus(TransactionId xid, int nsubxids, TransactionId *subxids, XidStatus status,
									   XLogRecPtr lsn);
extern XidStatus TransactionIdGetStatus(TransactionId xid, XLogRecPtr *lsn);

extern Size clog_shmem_size(void);
extern void clog_shmem_init(void *base, bool found);
extern void BootStrapCLOG(void);
extern void StartupCLOG(void);
extern void TrimCLOG(void);
extern void CheckPointCLOG(void);
extern void ExtendCLOG(TransactionId newestXact);
extern void TruncateCLOG(TransactionId oldestXact, Oid oldestxid_datoid);
extern int clogsyncfiletag(const FileTag *ftag, char *path);

#define CLOG_ZEROPAGE 0x00
#define CLOG_TRUNCATE 0x10
extern void clog_redo(XLogReaderState *record);
extern void clog_desc(StringInfo buf, XLogReaderState *record);
extern const char *clog_identify(uint8 info);

#endif /* CLOG_H */
