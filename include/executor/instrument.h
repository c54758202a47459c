/*
 * executor/instrument.h
 *    What this process has used so far: pages and WAL. Only ever added to; who wants a difference takes it.
 */
#ifndef INSTRUMENT_H
#define INSTRUMENT_H

#include "c.h"

typedef struct BufferUsage
{
	int64 shared_blks_hit;
	int64 shared_blks_read;
	int64 shared_blks_dirtied;
	int64 shared_blks_written;
	int64 local_blks_hit;
	int64 local_blks_read;
	int64 local_blks_dirtied;
	int64 local_blks_written;
	int64 temp_blks_read;
	int64 temp_blks_written;
	int64 blk_read_time_us; /* with track_io_timing */
	int64 blk_write_time_us;
} BufferUsage;

typedef struct WalUsage
{
	int64 wal_records;
	int64 wal_fpi;
	uint64 wal_bytes;
} WalUsage;

extern BufferUsage pgBufferUsage;
extern WalUsage pgWalUsage;

#endif /* INSTRUMENT_H */
