/*
 * storage/sync.h
 *    Which files must be fsynced, and which unlinked, at the next checkpoint.
 *
 * Everybody who writes a data file registers it; the request travels through a queue in shared memory to the checkpointer,
 * which alone holds the table of pending ones. In a process that has no checkpointer to turn to (startup process without
 * one, standalone backend) the table is local.
 */
#ifndef SYNC_H
#define SYNC_H

#include "storage/relfilenode.h"

typedef enum SyncRequestType
{
	SYNC_REQUEST,		 /* fsync at the next checkpoint */
	SYNC_UNLINK_REQUEST, /* unlink after the next checkpoint */
	SYNC_FORGET_REQUEST, /* the file is going away: forget its fsync */
	SYNC_FILTER_REQUEST	 /* forget everything of a database */
} SyncRequestType;

typedef enum SyncRequestHandler
{
	SYNC_HANDLER_MD = 0,
	SYNC_HANDLER_CLOG,
	SYNC_HANDLER_COMMIT_TS,
	SYNC_HANDLER_MULTIXACT_OFFSET,
	SYNC_HANDLER_MULTIXACT_MEMBER,
	SYNC_HANDLER_NONE
} SyncRequestHandler;
#define SYNC_NUM_HANDLERS SYNC_HANDLER_NONE

/* Which file: no padding, it is compared and hashed as bytes. */
typedef struct FileTag
{
	int16 handler;
	int16 forknum;
	RelFileNode rnode;
	uint64 segno; /* 64 bits: segments of the transaction logs are numbered by 64-bit ids */
} FileTag;
_Static_assert(sizeof(FileTag) == 24, "no padding");

/* Fills path (of MAXPGPATH) for messages and does the thing; returns 0, or -1 with errno. */
typedef int (*SyncFileFunction)(const FileTag *ftag, char *path);

extern void InitSync(void);
extern void SyncPreCheckpoint(void);
extern void SyncPostCheckpoint(void);
extern void ProcessSyncRequests(void); /* fsyncs everything registered before the call; failure is PANIC */
extern void RememberSyncRequest(const FileTag *ftag, SyncRequestType type);
/* False only when !retryOnError and the queue is full: the caller must then fsync itself. */
extern bool RegisterSyncRequest(const FileTag *ftag, SyncRequestType type, bool retryOnError);

/* How a module other than md takes part: registers its fsync function (slru: the path is its own affair). */
extern void sync_register_handler(SyncRequestHandler handler, SyncFileFunction sync_file);

#endif /* SYNC_H */
