/*
 * utils/snapshot.h
 *    Snapshots: which transactions' effects a scan sees.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "access/xlogdefs.h"
#include "c.h"
#include "datatype/timestamp.h"
#include "lib/pairingheap.h"

typedef enum SnapshotType
{
	SNAPSHOT_MVCC = 0,			/* what was committed when it was taken, and own earlier commands */
	SNAPSHOT_SELF,				/* all committed now, and own effects, the current command's too */
	SNAPSHOT_ANY,				/* everything that is physically there */
	SNAPSHOT_TOAST,
	SNAPSHOT_DIRTY,				/* like SELF, plus effects in progress; returns in xmin/xmax who is at work */
	SNAPSHOT_HISTORIC_MVCC,
	SNAPSHOT_NON_VACUUMABLE		/* everything somebody might see, by vistest */
} SnapshotType;

typedef struct SnapshotData *Snapshot;
#define InvalidSnapshot ((Snapshot) NULL)

struct GlobalVisState;

typedef struct SnapshotData
{
	SnapshotType snapshot_type;
	/*
	 * MVCC: an xid >= xmax is not visible, one < xmin has ended; between them xip[] lists who was running.
	 * DIRTY: results of the last visibility test.
	 */
	TransactionId xmin;
	TransactionId xmax;
	TransactionId *xip;		/* xcnt top-level ids, no order */
	uint32 xcnt;
	TransactionId *subxip;	/* subxcnt ids of subtransactions, no order */
	int32 subxcnt;
	bool suboverflowed;		/* some are missing from subxip: map an id to its top-level parent first */
	bool takenDuringRecovery;
	bool copied;			/* in its own memory, counted by active_count and regd_count; else static */
	CommandId curcid;		/* own commands before this one are visible */
	uint32 speculativeToken;
	struct GlobalVisState *vistest;

	uint32 active_count;	/* references from the active stack */
	uint32 regd_count;		/* references from resource owners */
	pairingheap_node ph_node;
	TimestampTz whenTaken;
	XLogRecPtr lsn;
	uint64 snapXactCompletionCount; /* while the shared counter has this value the snapshot can be reused; 0: never */
} SnapshotData;

#endif /* SNAPSHOT_H */
