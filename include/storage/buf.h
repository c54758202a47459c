/*
 * storage/buf.h
 *    Buffer numbers: > 0 a buffer of the shared pool, < 0 one of this process's local buffers, 0 none.
 */
#ifndef BUF_H
#define BUF_H

typedef int Buffer;

#define InvalidBuffer 0
#define BufferIsInvalid(buffer) ((buffer) == InvalidBuffer)
#define BufferIsLocal(buffer) ((buffer) < 0)

/* A ring of buffers that a bulk operation goes round in; see storage/bufmgr.h. */
typedef struct BufferAccessStrategyData *BufferAccessStrategy;

#endif /* BUF_H */
