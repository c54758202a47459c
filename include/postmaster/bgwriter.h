/*
 * postmaster/bgwriter.h
 *    The checkpointer, the background writer, and what others ask of them.
 */
#ifndef BGWRITER_H
#define BGWRITER_H

#include "c.h"
#include "storage/sync.h"

extern int BgWriterDelay;
extern int CheckPointTimeout;
extern int CheckPointWarning;
extern double CheckPointCompletionTarget;

extern void BackgroundWriterMain(const void *startup_data, size_t startup_data_len) pg_attribute_noreturn();
extern void CheckpointerMain(const void *startup_data, size_t startup_data_len) pg_attribute_noreturn();

/* flags: CHECKPOINT_* of access/xlog.h; with CHECKPOINT_WAIT returns when it is done, and raises its failure. */
extern void RequestCheckpoint(int flags);
/* A checkpoint's pause between two page writes; progress 0..1. */
extern void CheckpointWriteDelay(int flags, double progress);
/* Hands a sync request to the checkpointer; false when the queue is full. */
extern bool ForwardSyncRequest(const FileTag *ftag, SyncRequestType type);
extern void AbsorbSyncRequests(void); /* checkpointer: empties the queue */
extern bool FirstCallSinceLastCheckpoint(void);

extern Size checkpointer_shmem_size(void);
extern void checkpointer_shmem_init(void *base, bool found);

#endif /* BGWRITER_H */
