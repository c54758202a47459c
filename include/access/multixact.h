/*
 * access/multixact.h
 *    Multixacts: ids for sets of transactions that lock (and at most one that updates) the same tuple.
 *
 * A multixact is immutable. pg_multixact/offsets says where its members begin, pg_multixact/members lists them.
 */
#ifndef MULTIXACT_H
#define MULTIXACT_H

#include "access/xlogreader.h"
#include "lib/stringinfo.h"
#include "storage/sync.h"

#define InvalidMultiXactId ((MultiXactId) 0)
#define FirstMultiXactId ((MultiXactId) 1)
#define MaxMultiXactId (~(MultiXactId) 0)
#define MultiXactIdIsValid(multi) ((multi) != InvalidMultiXactId)
#define MaxMultiXactOffset (~(MultiXactOffset) 0)

/* What a member does to the tuple. The order is that of strength; 4 and 5 are the updates. */
typedef enum
{
	MultiXactStatusForKeyShare = 0x00,
	MultiXactStatusForShare = 0x01,
	MultiXactStatusForNoKeyUpdate = 0x02,
	MultiXactStatusForUpdate = 0x03,
	MultiXactStatusNoKeyUpdate = 0x04, /* an update that leaves keys alone */
	MultiXactStatusUpdate = 0x05	   /* other updates, and delete */
} MultiXactStatus;
#define MaxMultiXactStatus MultiXactStatusUpdate
#define ISUPDATE_from_mxstatus(status) ((status) > MultiXactStatusForUpdate)

typedef struct MultiXactMember
{
	TransactionId xid;
	MultiXactStatus status;
} MultiXactMember;

#define XLOG_MULTIXACT_ZERO_OFF_PAGE 0x00
#define XLOG_MULTIXACT_ZERO_MEM_PAGE 0x10
#define XLOG_MULTIXACT_CREATE_ID 0x20
#define XLOG_MULTIXACT_TRUNCATE_ID 0x30

typedef struct xl_multixact_create
{
	MultiXactId mid;
	MultiXactOffset moff;
	int32 nmembers;
	int32 spare;
	MultiXactMember members[];
} xl_multixact_create;

typedef struct xl_multixact_truncate
{
	Oid oldestMultiDB;
	MultiXactId startTruncOff; /* offsets below endTruncOff go */
	MultiXactId endTruncOff;
	MultiXactOffset startTruncMemb;
	MultiXactOffset endTruncMemb;
} xl_multixact_truncate;

extern MultiXactId MultiXactIdCreate(TransactionId xid1, MultiXactStatus status1, TransactionId xid2,
									 MultiXactStatus status2);
/* A multixact with the live members of multi and the new one; multi itself when the member is there already. */
extern MultiXactId MultiXactIdExpand(MultiXactId multi, TransactionId xid, MultiXactStatus status);
extern MultiXactId MultiXactIdCreateFromMembers(int nmembers, MultiXactMember *members);
extern MultiXactId ReadNextMultiXactId(void);
extern void ReadMultiXactIdRange(MultiXactId *oldest, MultiXactId *next);
/* Any member still running (isLockOnly: the caller knows that there are only lockers). */
extern bool MultiXactIdIsRunning(MultiXactId multi, bool isLockOnly);
extern void MultiXactIdSetOldestMember(void);
/* Number of members, palloc'd in *members; -1 when there are none to be found (old, lock-only). */
extern int GetMultiXactIdMembers(MultiXactId multi, MultiXactMember **members, bool allow_old, bool isLockOnly);
static inline bool MultiXactIdPrecedes(MultiXactId a, MultiXactId b) { return a < b; }
static inline bool MultiXactIdPrecedesOrEquals(MultiXactId a, MultiXactId b) { return a <= b; }

extern void AtEOXact_MultiXact(void);
extern MultiXactId GetOldestMultiXactId(void);

extern Size multixact_shmem_size(void);
extern void multixact_shmem_init(void *base, bool found);
extern void BootStrapMultiXact(void);
extern void StartupMultiXact(void);
extern void TrimMultiXact(void);
extern void SetMultiXactIdLimit(MultiXactId oldest_datminmxid, Oid oldest_datoid, bool is_startup);
extern void MultiXactGetCheckptMulti(bool is_shutdown, MultiXactId *nextMulti, MultiXactOffset *nextMultiOffset,
									 MultiXactId *oldestMulti, Oid *oldestMultiDB);
extern void CheckPointMultiXact(void);
extern void TruncateMultiXact(MultiXactId newOldestMulti, Oid newOldestMultiDB);
extern void MultiXactSetNextMXact(MultiXactId nextMulti, MultiXactOffset nextMultiOffset);
extern void MultiXactAdvanceNextMXact(MultiXactId minMulti, MultiXactOffset minMultiOffset);
extern void MultiXactAdvanceOldest(MultiXactId oldestMulti, Oid oldestMultiDB);
extern int MultiXactMemberFreezeThreshold(void);
extern int multixactoffsetssyncfiletag(const FileTag *ftag, char *path);
extern int multixactmemberssyncfiletag(const FileTag *ftag, char *path);

extern char *mxid_to_string(MultiXactId multi, int nmembers, MultiXactMember *members);

extern void multixact_redo(XLogReaderState *record);
extern void multixact_desc(StringInfo buf, XLogReaderState *record);
extern const char *multixact_identify(uint8 info);

#endif /* MULTIXACT_H */
