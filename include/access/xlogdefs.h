/*
 * access/xlogdefs.h
 *    Positions in the write-ahead log, timelines, segment numbers.
 */
#ifndef XLOG_DEFS_H
#define XLOG_DEFS_H

#include "c.h"

/* A byte position in the log; printed as two hexadecimal halves, "%X/%X". */
typedef uint64 XLogRecPtr;
typedef uint64 XLogSegNo;
typedef uint32 TimeLineID;
typedef uint16 RepOriginId;

#define InvalidXLogRecPtr ((XLogRecPtr) 0)
#define XLogRecPtrIsInvalid(r) ((r) == InvalidXLogRecPtr)
/* First position of relations that are not logged: their pages' LSNs come from a counter that starts here. */
#define FirstNormalUnloggedLSN ((XLogRecPtr) 1000)
#define LSN_FORMAT_ARGS(lsn) ((uint32) ((lsn) >> 32)), ((uint32) (lsn))

#define InvalidTimeLineID ((TimeLineID) 0)

typedef enum WalSyncMethod
{
	SYNC_METHOD_FSYNC = 0,
	SYNC_METHOD_FDATASYNC = 1,
	SYNC_METHOD_OPEN = 2,			/* open_sync */
	SYNC_METHOD_FSYNC_WRITETHROUGH = 3,
	SYNC_METHOD_OPEN_DSYNC = 4		/* open_datasync */
} WalSyncMethod;
#define DEFAULT_SYNC_METHOD SYNC_METHOD_FDATASYNC

#endif /* XLOG_DEFS_H */
