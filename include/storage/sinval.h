/*
 * storage/sinval.h
 *    Shared invalidation messages: "your cached copy of this catalog fact is stale".
 *
 * Messages are 16 bytes, go through a ring in shared memory that every process reads at its own pace; one that falls too far
 * behind is told to drop everything (reset). What messages mean to caches is utils/inval.h.
 */
#ifndef SINVAL_H
#define SINVAL_H

#include <signal.h>

#include "postgres.h"
#include "storage/relfilenode.h"

typedef struct
{
	int8 id;		  /* cache id; >= 0 */
	Oid dbId;		  /* 0: shared catalog */
	uint32 hashValue; /* of the key */
} SharedInvalCatcacheMsg;

#define SHAREDINVALCATALOG_ID (-1)
typedef struct
{
	int8 id;
	Oid dbId;
	Oid catId;
} SharedInvalCatalogMsg;

#define SHAREDINVALRELCACHE_ID (-2)
typedef struct
{
	int8 id;
	Oid dbId;
	Oid relId; /* 0: all */
} SharedInvalRelcacheMsg;

#define SHAREDINVALSMGR_ID (-3)
typedef struct
{
	int8 id;
	int8 backend_hi; /* backend id of a temporary relation, 24 bits */
	uint16 backend_lo;
	RelFileNode rnode;
} SharedInvalSmgrMsg;

#define SHAREDINVALRELMAP_ID (-4)
typedef struct
{
	int8 id;
	Oid dbId;
} SharedInvalRelmapMsg;

#define SHAREDINVALSNAPSHOT_ID (-5)
typedef struct
{
	int8 id;
	Oid dbId;
	Oid relId;
} SharedInvalSnapshotMsg;

typedef union SharedInvalidationMessage
{
	int8 id;
	SharedInvalCatcacheMsg cc;
	SharedInvalCatalogMsg cat;
	SharedInvalRelcacheMsg rc;
	SharedInvalSmgrMsg sm;
	SharedInvalRelmapMsg rm;
	SharedInvalSnapshotMsg sn;
} SharedInvalidationMessage;
_Static_assert(sizeof(SharedInvalidationMessage) == 16, "stored in WAL commit records");

/* Counts messages handled by this process: lets cache code see that something happened meanwhile. */
extern uint64 SharedInvalidMessageCounter;

extern void SendSharedInvalidMessages(const SharedInvalidationMessage *msgs, int n);
/* Handle all that is queued: invalFunction per message, resetFunction instead when we fell behind. Re-entrant. */
extern void ReceiveSharedInvalidMessages(void (*invalFunction)(SharedInvalidationMessage *msg),
										 void (*resetFunction)(void));
/* Signal handler's half and interrupt processing's half of "catch up". */
extern void HandleCatchupInterrupt(void);
extern void ProcessCatchupInterrupt(void);

#endif /* SINVAL_H */
