/*
 * tcop/dest.h
 *    Where result rows go: a DestReceiver gets batches of rows.
 *
 * Life of a receiver: rStartup once per run of a plan, receiveBatch any number of times, rShutdown, and rDestroy when
 * its creator is done with it. receiveBatch returns false to ask the executor to stop. The batch is only lent.
 */
#ifndef DEST_H
#define DEST_H

#include "postgres.h"
#include "access/tupdesc.h"
#include "tcop/cmdtag.h"

struct Batch;

/* Values of CommandDest are also the names of what CreateDestReceiver makes. */
typedef enum
{
	DestNone,			/* results are discarded */
	DestDebug,			/* printed on stdout (stand-alone backend) */
	DestRemote,			/* to the client */
	DestRemoteExecute,	/* to the client, in the Execute protocol: no RowDescription */
	DestRemoteSimple,
	DestSPI,
	DestTuplestore,
	DestIntoRel,
	DestCopyOut,
	DestSQLFunction,
	DestTransientRel,
	DestTupleQueue
} CommandDest;

typedef struct _DestReceiver DestReceiver;
struct _DestReceiver
{
	bool (*receiveBatch)(const struct Batch *batch, DestReceiver *self);
	void (*rStartup)(DestReceiver *self, int operation, TupleDesc typeinfo);
	void (*rShutdown)(DestReceiver *self);
	void (*rDestroy)(DestReceiver *self);
	CommandDest mydest;
};

extern DestReceiver *None_Receiver; /* permanent; discards */

struct PortalData;
extern DestReceiver *CreateDestReceiver(CommandDest dest);
/* The remote receiver must know the portal (formats, target list) before its start. */
extern void SetRemoteDestReceiverParams(DestReceiver *self, struct PortalData *portal);
extern DestReceiver *CreateTuplestoreDestReceiver(void);
struct Tuplestorestate;
extern void SetTuplestoreDestReceiverParams(DestReceiver *self, struct Tuplestorestate *store, MemoryContext context,
											bool detoast);

/* CommandComplete, EmptyQueryResponse, NullCommand, ReadyForQuery: in protocol/, for the stand-alone backend nothing. */
extern void BeginCommand(CommandTag commandTag, CommandDest dest);
extern void EndCommand(const QueryCompletion *qc, CommandDest dest, bool force_undecorated_output);
extern void EndReplicationCommand(const char *commandTag);
extern void NullCommand(CommandDest dest);
extern void ReadyForQuery(CommandDest dest);

#endif /* DEST_H */
