/*
 * access/xact.h
 *    Transactions: blocks as the user sees them, subtransactions, commands, and the records they leave in the log.
 *
 * The session's loop calls StartTransactionCommand before and CommitTransactionCommand after every statement, and
 * AbortCurrentTransaction after an error; BEGIN, COMMIT, ROLLBACK and SAVEPOINT only change the block state that
 * CommitTransactionCommand then acts upon.
 */
#ifndef XACT_H
#define XACT_H

#include "access/transam.h"
#include "access/xlogreader.h"
#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "storage/relfilenode.h"
#include "storage/sinval.h"

#define GIDSIZE 200

#define XACT_READ_UNCOMMITTED 0
#define XACT_READ_COMMITTED 1
#define XACT_REPEATABLE_READ 2
#define XACT_SERIALIZABLE 3
extern int DefaultXactIsoLevel;
extern int XactIsoLevel;
/* Does a transaction keep one snapshot? */
#define IsolationUsesXactSnapshot() (XactIsoLevel >= XACT_REPEATABLE_READ)
#define IsolationIsSerializable() (XactIsoLevel == XACT_SERIALIZABLE)

extern bool DefaultXactReadOnly;
extern bool XactReadOnly;
extern bool xact_is_sampled;
extern bool DefaultXactDeferrable;
extern bool XactDeferrable;

typedef enum
{
	SYNCHRONOUS_COMMIT_OFF,
	SYNCHRONOUS_COMMIT_LOCAL_FLUSH,
	SYNCHRONOUS_COMMIT_REMOTE_WRITE,
	SYNCHRONOUS_COMMIT_REMOTE_FLUSH,
	SYNCHRONOUS_COMMIT_REMOTE_APPLY
} SyncCommitLevel;
#define SYNCHRONOUS_COMMIT_ON SYNCHRONOUS_COMMIT_REMOTE_FLUSH
extern int synchronous_commit;

extern TransactionId CheckXidAlive;
extern bool bsysscan;

#define XACT_FLAGS_ACCESSEDTEMPNAMESPACE (1U << 0)
#define XACT_FLAGS_ACQUIREDACCESSEXCLUSIVELOCK (1U << 1)
#define XACT_FLAGS_NEEDIMMEDIATECOMMIT (1U << 2)
#define XACT_FLAGS_PIPELINING (1U << 3)
extern int MyXactFlags;

typedef enum
{
	XACT_EVENT_COMMIT,
	XACT_EVENT_PARALLEL_COMMIT,
	XACT_EVENT_ABORT,
	XACT_EVENT_PARALLEL_ABORT,
	XACT_EVENT_PREPARE,
	XACT_EVENT_PRE_COMMIT,
	XACT_EVENT_PARALLEL_PRE_COMMIT,
	XACT_EVENT_PRE_PREPARE
} XactEvent;
typedef void (*XactCallback)(XactEvent event, void *arg);

typedef enum
{
	SUBXACT_EVENT_START_SUB,
	SUBXACT_EVENT_COMMIT_SUB,
	SUBXACT_EVENT_ABORT_SUB,
	SUBXACT_EVENT_PRE_COMMIT_SUB
} SubXactEvent;
typedef void (*SubXactCallback)(SubXactEvent event, SubTransactionId mySubid, SubTransactionId parentSubid, void *arg);

/* ---- WAL records: the info byte's high half is operation (3 bits) and XLOG_XACT_HAS_INFO -------------------------- */
#define XLOG_XACT_COMMIT 0x00
#define XLOG_XACT_PREPARE 0x10
#define XLOG_XACT_ABORT 0x20
#define XLOG_XACT_COMMIT_PREPARED 0x30
#define XLOG_XACT_ABORT_PREPARED 0x40
#define XLOG_XACT_ASSIGNMENT 0x50
#define XLOG_XACT_INVALIDATIONS 0x60
#define XLOG_XACT_OPMASK 0x70
#define XLOG_XACT_HAS_INFO 0x80 /* unused here: all commits have the full header */

/* xl_xact_end.flags */
#define XACT_END_FORCE_SYNC 0x01			/* nobody may wait less than for the local flush */
#define XACT_END_RELCACHE_INIT_INVAL 0x02
#define XACT_END_ACCESS_EXCLUSIVE_LOCKS 0x04
#define XACT_END_SYNC_APPLY 0x08

/*
 * Body of COMMIT and ABORT: this header, then nsubxacts TransactionIds, nrels RelFileNodes, nmsgs
 * SharedInvalidationMessages, nothing aligned beyond that.
 */
typedef struct xl_xact_end
{
	TimestampTz xact_time;
	Oid dbId;
	uint32 flags;
	uint32 nsubxacts;
	uint32 nrels;
	uint32 nmsgs;
	uint32 spare;
} xl_xact_end;
_Static_assert(sizeof(xl_xact_end) == 32, "on disk");
typedef xl_xact_end xl_xact_commit; /* for those who want only the time */
typedef xl_xact_end xl_xact_abort;

typedef struct xl_xact_assignment
{
	TransactionId xtop;
	int32 nsubxacts;
	int32 spare;
	TransactionId xsub[];
} xl_xact_assignment;

/* A commit or abort record taken apart. The arrays point into memory palloc'd by the parser (records are unaligned). */
typedef struct xl_xact_parsed_end
{
	xl_xact_end head;
	TransactionId *subxacts;
	RelFileNode *rels;
	SharedInvalidationMessage *msgs;
} xl_xact_parsed_end;
/* False: the record's length does not fit its counts. */
extern bool ParseXactEndRecord(const char *data, uint32 len, xl_xact_parsed_end *parsed);

extern void xact_redo(XLogReaderState *record);
extern void xact_desc(StringInfo buf, XLogReaderState *record);
extern const char *xact_identify(uint8 info);

/* ---- state ---------------------------------------------------------------------------------------------------------- */
extern bool IsTransactionState(void); /* may catalogs be read? */
extern bool IsAbortedTransactionBlockState(void);
extern TransactionId GetTopTransactionId(void); /* assigns one */
extern TransactionId GetTopTransactionIdIfAny(void);
extern TransactionId GetCurrentTransactionId(void);
extern TransactionId GetCurrentTransactionIdIfAny(void);
extern TransactionId GetStableLatestTransactionId(void);
extern FullTransactionId GetTopFullTransactionId(void);
extern FullTransactionId GetTopFullTransactionIdIfAny(void);
extern FullTransactionId GetCurrentFullTransactionId(void);
extern FullTransactionId GetCurrentFullTransactionIdIfAny(void);
extern void MarkCurrentTransactionIdLoggedIfAny(void);
extern bool SubTransactionIsActive(SubTransactionId subxid);
extern SubTransactionId GetCurrentSubTransactionId(void);
extern CommandId GetCurrentCommandId(bool used);
extern void SetParallelStartTimestamps(TimestampTz xact_ts, TimestampTz stmt_ts);
extern TimestampTz GetCurrentTransactionStartTimestamp(void); /* now() */
extern TimestampTz GetCurrentStatementStartTimestamp(void);
extern TimestampTz GetCurrentTransactionStopTimestamp(void);
extern void SetCurrentStatementStartTimestamp(void);
extern int GetCurrentTransactionNestLevel(void);
extern bool TransactionIdIsCurrentTransactionId(TransactionId xid);
extern void CommandCounterIncrement(void);
extern void ForceSyncCommit(void);
/* Committed children of the current transaction; *ptr is owned by the transaction. */
extern int xactGetCommittedChildren(TransactionId **ptr);
extern bool XactLogicalInfo;

/* ---- the session's loop --------------------------------------------------------------------------------------------- */
extern void StartTransactionCommand(void);
extern void CommitTransactionCommand(void);
extern void AbortCurrentTransaction(void);
extern void AbortOutOfAnyTransaction(void);
typedef struct SavedTransactionCharacteristics
{
	int save_XactIsoLevel;
	bool save_XactReadOnly;
	bool save_XactDeferrable;
} SavedTransactionCharacteristics;
extern void SaveTransactionCharacteristics(SavedTransactionCharacteristics *s);
extern void RestoreTransactionCharacteristics(const SavedTransactionCharacteristics *s);

/* ---- transaction commands -------------------------------------------------------------------------------------------- */
extern void BeginTransactionBlock(void);
extern bool EndTransactionBlock(bool chain); /* false: it will be a rollback */
extern bool PrepareTransactionBlock(const char *gid);
extern void UserAbortTransactionBlock(bool chain);
extern void BeginImplicitTransactionBlock(void);
extern void EndImplicitTransactionBlock(void);
extern void DefineSavepoint(const char *name);
extern void ReleaseSavepoint(const char *name);
extern void RollbackToSavepoint(const char *name);
extern void BeginInternalSubTransaction(const char *name);
extern void ReleaseCurrentSubTransaction(void);
extern void RollbackAndReleaseCurrentSubTransaction(void);
extern bool IsSubTransaction(void);
extern bool IsTransactionBlock(void);
extern bool IsTransactionOrTransactionBlock(void);
extern char TransactionBlockStatusCode(void); /* I, T or E for ReadyForQuery */
/* stmtType: the command's name for the message. 25001, 25P01. */
extern void PreventInTransactionBlock(bool isTopLevel, const char *stmtType);
extern bool IsInTransactionBlock(bool isTopLevel);
extern void RequireTransactionBlock(bool isTopLevel, const char *stmtType);
extern void WarnNoTransactionBlock(bool isTopLevel, const char *stmtType);

extern void RegisterXactCallback(XactCallback callback, void *arg);
extern void UnregisterXactCallback(XactCallback callback, void *arg);
extern void RegisterSubXactCallback(SubXactCallback callback, void *arg);
extern void UnregisterSubXactCallback(SubXactCallback callback, void *arg);

extern bool IsInParallelMode(void);
extern void EnterParallelMode(void);
extern void ExitParallelMode(void);

#endif /* XACT_H */
