/*
 * txn/xact_internal.h
 *    The transaction state, shared by the files of this folder that are called xact_*.c.
 *
 *    xact_state.c    who am I: ids, command counter, questions
 *    xact_top.c      start, commit, abort and cleanup of the top-level transaction
 *    xact_sub.c      the same for subtransactions
 *    xact_command.c  what the session's loop calls around each statement: a table from block state to action
 *    xact_block.c    BEGIN, COMMIT, ROLLBACK, savepoints: they only change the block state
 *    xact_record.c   commit and abort records: written, parsed, replayed, described
 *    xact_hooks.c    callbacks of modules, and the calls that every subsystem wants at the end of a transaction
 */
#ifndef XACT_INTERNAL_H
#define XACT_INTERNAL_H

#include "access/xact.h"
#include "utils/resowner.h"

/* What the (sub)transaction itself is doing. */
typedef enum TransState
{
	TRANS_DEFAULT, /* idle */
	TRANS_START,
	TRANS_INPROGRESS,
	TRANS_COMMIT,
	TRANS_ABORT
} TransState;

/* What the user sees, and what the next CommitTransactionCommand has to do. */
typedef enum TBlockState
{
	TBLOCK_DEFAULT,				/* no transaction */
	TBLOCK_STARTED,				/* one statement outside of a block */
	TBLOCK_BEGIN,				/* BEGIN has just been said */
	TBLOCK_INPROGRESS,			/* in a block */
	TBLOCK_IMPLICIT_INPROGRESS, /* in the implicit block of a multi-statement message */
	TBLOCK_END,					/* COMMIT has been said */
	TBLOCK_ABORT,				/* failed, waiting for ROLLBACK */
	TBLOCK_ABORT_END,			/* failed, ROLLBACK has been said */
	TBLOCK_ABORT_PENDING,		/* alive, ROLLBACK has been said */
	TBLOCK_SUBBEGIN,			/* SAVEPOINT has just been said */
	TBLOCK_SUBINPROGRESS,
	TBLOCK_SUBRELEASE,			/* RELEASE has been said of this one or one above */
	TBLOCK_SUBCOMMIT,			/* COMMIT has been said while in here */
	TBLOCK_SUBABORT,			/* failed, waiting for ROLLBACK [TO] */
	TBLOCK_SUBABORT_END,		/* failed, to be removed */
	TBLOCK_SUBABORT_PENDING,	/* alive, to be aborted and removed */
	TBLOCK_SUBRESTART,			/* alive, ROLLBACK TO this one has been said */
	TBLOCK_SUBABORT_RESTART,	/* failed, the same */
	NUM_TBLOCK_STATES
} TBlockState;

/* One level of the stack of (sub)transactions. */
typedef struct XactLevel
{
	TransactionId xid; /* Invalid until one is needed */
	SubTransactionId subid;
	char *name;			/* of the savepoint; NULL: internal */
	int savepointLevel; /* functions and procedures start a new one */
	TransState state;
	TBlockState blockState;
	int nestLevel;
	int gucNestLevel;
	MemoryContext context;
	ResourceOwner owner;
	TransactionId *childXids; /* of committed children, ascending; in TopTransactionContext */
	int nChildXids;
	int maxChildXids;
	Oid prevUser; /* to be restored when it ends */
	int prevSecContext;
	bool prevXactReadOnly;
	bool chain; /* COMMIT AND CHAIN */
	struct XactLevel *parent;
} XactLevel;

/* The rest of what is known of the running transaction. */
typedef struct XactGlobals
{
	XactLevel top;
	XactLevel *current; /* never NULL */
	SubTransactionId last_subid;
	CommandId command_id;
	bool command_id_used;
	TimestampTz xact_start;
	TimestampTz stmt_start;
	TimestampTz xact_stop; /* 0: not known yet */
	bool force_sync_commit;
	MemoryContext abort_context; /* reserve for the abort itself */
	bool in_abort_cleanup;
} XactGlobals;
extern XactGlobals xact;

/* xact_state.c */
extern void xact_assign_id(XactLevel *level);
extern const char *xact_block_state_name(TBlockState state);

/* xact_top.c */
extern void xact_start_top(void);
extern void xact_commit_top(void);
extern void xact_abort_top(void);
extern void xact_recover_from_error(void);
extern void xact_cleanup_top(void); /* after abort: frees what the error report may have needed */

/* xact_sub.c */
extern void xact_push_sub(void); /* a new level, not started yet */
extern void xact_pop_sub(void);
extern void xact_start_sub(void);
extern void xact_commit_sub(void);
extern void xact_abort_sub(void);
extern void xact_cleanup_sub(void);

/* xact_command.c */
extern void xact_abort_to_top_and_out(void);

/* xact_record.c */
extern XLogRecPtr xact_log_commit(TimestampTz time, int nsubxacts, TransactionId *subxacts, int nrels,
								  RelFileNode *rels, int nmsgs, SharedInvalidationMessage *msgs, uint32 flags,
								  TransactionId xid);
extern XLogRecPtr xact_log_abort(TimestampTz time, int nsubxacts, TransactionId *subxacts, int nrels,
								 RelFileNode *rels, TransactionId xid);

/* xact_hooks.c */
extern void xact_call_callbacks(XactEvent event);
extern void xact_call_sub_callbacks(SubXactEvent event, SubTransactionId mySubid, SubTransactionId parentSubid);
extern void xact_modules_at_start(void);
extern void xact_modules_before_commit(void);					 /* may raise */
extern void xact_modules_release(ResourceOwner owner, bool isCommit); /* caches, locks, files: in the order that matters */
extern void xact_modules_at_sub_start(void);
extern void xact_modules_at_sub_end(XactLevel *level, bool isCommit);
extern void xact_modules_at_abort(void);						 /* before anything is released */

#endif /* XACT_INTERNAL_H */
