/*
 * catalog/pg_control.h
 *    global/pg_control, byte for byte PostgreSQL 15's, and the checkpoint record.
 *
 * The file is 8192 bytes: ControlFileData and zeroes. Its writer replaces it in place with one pwrite of 512 bytes' worth of meaning
 * and fsyncs. Where PostgreSQL keeps 32-bit transaction or multixact ids the file has the low halves; the truth is in the
 * checkpoint record that it points to, which is our own and has them whole.
 */
#ifndef PG_CONTROL_H
#define PG_CONTROL_H

#include "access/transam.h"
#include "access/xlogdefs.h"

typedef int64 pg_time_t;

#define PG_CONTROL_VERSION 1300
#define MOCK_AUTH_NONCE_LEN 32
#define PG_CONTROL_MAX_SAFE_SIZE 512
#define PG_CONTROL_FILE_SIZE 8192
#define FLOATFORMAT_VALUE 1234567.0

/* Body of XLOG_CHECKPOINT_SHUTDOWN and XLOG_CHECKPOINT_ONLINE records, and the form in memory. */
typedef struct CheckPoint
{
	XLogRecPtr redo; /* replay begins here */
	TimeLineID ThisTimeLineID;
	TimeLineID PrevTimeLineID;
	bool fullPageWrites;
	FullTransactionId nextXid;
	Oid nextOid;
	MultiXactId nextMulti;
	MultiXactOffset nextMultiOffset;
	TransactionId oldestXid;
	Oid oldestXidDB;
	MultiXactId oldestMulti;
	Oid oldestMultiDB;
	pg_time_t time;
	TransactionId oldestCommitTsXid;
	TransactionId newestCommitTsXid;
	TransactionId oldestActiveXid; /* online checkpoints: oldest xid still running */
} CheckPoint;

/* PostgreSQL 15's struct of the same purpose, as pg_control has it. */
typedef struct CheckPointOnDisk
{
	XLogRecPtr redo;
	TimeLineID ThisTimeLineID;
	TimeLineID PrevTimeLineID;
	bool fullPageWrites;
	uint64 nextXid;
	Oid nextOid;
	uint32 nextMulti;
	uint32 nextMultiOffset;
	uint32 oldestXid;
	Oid oldestXidDB;
	uint32 oldestMulti;
	Oid oldestMultiDB;
	pg_time_t time;
	uint32 oldestCommitTsXid;
	uint32 newestCommitTsXid;
	uint32 oldestActiveXid;
} CheckPointOnDisk;
_Static_assert(sizeof(CheckPointOnDisk) == 88, "as in PostgreSQL 15");

/* Record types of the XLOG resource manager. */
#define XLOG_CHECKPOINT_SHUTDOWN 0x00
#define XLOG_CHECKPOINT_ONLINE 0x10
#define XLOG_NOOP 0x20
#define XLOG_NEXTOID 0x30
#define XLOG_SWITCH 0x40
#define XLOG_BACKUP_END 0x50
#define XLOG_PARAMETER_CHANGE 0x60
#define XLOG_RESTORE_POINT 0x70
#define XLOG_FPW_CHANGE 0x80
#define XLOG_END_OF_RECOVERY 0x90
#define XLOG_FPI_FOR_HINT 0xA0
#define XLOG_FPI 0xB0
#define XLOG_OVERWRITE_CONTRECORD 0xD0

typedef enum DBState
{
	DB_STARTUP = 0,
	DB_SHUTDOWNED,
	DB_SHUTDOWNED_IN_RECOVERY,
	DB_SHUTDOWNING,
	DB_IN_CRASH_RECOVERY,
	DB_IN_ARCHIVE_RECOVERY,
	DB_IN_PRODUCTION
} DBState;

typedef struct ControlFileData
{
	uint64 system_identifier;
	uint32 pg_control_version;
	uint32 catalog_version_no;
	DBState state;
	pg_time_t time;
	XLogRecPtr checkPoint; /* last checkpoint record */
	CheckPointOnDisk checkPointCopy;
	XLogRecPtr unloggedLSN;
	XLogRecPtr minRecoveryPoint;
	TimeLineID minRecoveryPointTLI;
	XLogRecPtr backupStartPoint;
	XLogRecPtr backupEndPoint;
	bool backupEndRequired;
	int wal_level;
	bool wal_log_hints;
	int MaxConnections;
	int max_worker_processes;
	int max_wal_senders;
	int max_prepared_xacts;
	int max_locks_per_xact;
	bool track_commit_timestamp;
	uint32 maxAlign;
	double floatFormat;
	uint32 blcksz;
	uint32 relseg_size;
	uint32 xlog_blcksz;
	uint32 xlog_seg_size;
	uint32 nameDataLen;
	uint32 indexMaxKeys;
	uint32 toast_max_chunk_size;
	uint32 loblksize;
	bool float8ByVal;
	uint32 data_checksum_version;
	char mock_authentication_nonce[MOCK_AUTH_NONCE_LEN];
	uint32 crc; /* CRC-32C of all before it, PostgreSQL's own seed */
} ControlFileData;
_Static_assert(sizeof(ControlFileData) == 296, "as in PostgreSQL 15");
_Static_assert(offsetof(ControlFileData, crc) == 288, "as in PostgreSQL 15");

#endif /* PG_CONTROL_H */
