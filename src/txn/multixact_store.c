/*
 * multixact_store.c
 *    The two logs of multixacts: layout, start-up, checkpoint, truncation, redo.
 */
#include "postgres.h"

#include "access/slru.h"
#include "access/transam.h"
#include "access/xlog.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "miscadmin.h"
#include "storage/shmem.h"
#include "txn/multixact_internal.h"

typedef struct OffsetEntry
{
	MultiXactOffset first;
	uint64 nmembers;
} OffsetEntry;
_Static_assert(sizeof(OffsetEntry) == 16, "on disk");

#define MEMBERS_PER_GROUP 8
typedef struct MemberGroup
{
	uint8 status[MEMBERS_PER_GROUP];
	TransactionId xid[MEMBERS_PER_GROUP];
} MemberGroup;
_Static_assert(sizeof(MemberGroup) == 72, "on disk");

#define OFFSETS_PER_PAGE (BLCKSZ / sizeof(OffsetEntry))
#define MEMBERS_PER_PAGE (BLCKSZ / sizeof(MemberGroup) * MEMBERS_PER_GROUP)
#define NUM_OFFSET_BUFFERS 8
#define NUM_MEMBER_BUFFERS 16

static SlruCtlData OffsetCtlData;
static SlruCtlData MemberCtlData;
#define OffsetCtl (&OffsetCtlData)
#define MemberCtl (&MemberCtlData)

MultiXactStateData *MultiXactState = NULL;

static inline SlruPageNo offset_page(MultiXactId multi) { return multi / OFFSETS_PER_PAGE; }
static inline SlruPageNo member_page(MultiXactOffset offset) { return offset / MEMBERS_PER_PAGE; }
static inline OffsetEntry *
offset_entry(int slotno, MultiXactId multi)
{
	return (OffsetEntry *) OffsetCtl->shared->page_buffer[slotno] + multi % OFFSETS_PER_PAGE;
}
static inline MemberGroup *
member_group(int slotno, MultiXactOffset offset)
{
	return (MemberGroup *) MemberCtl->shared->page_buffer[slotno] + offset % MEMBERS_PER_PAGE / MEMBERS_PER_GROUP;
}

/* ---- shared memory ------------------------------------------------------------------------------------------------------------------- */

static Size
state_size(void)
{
	return CACHELINEALIGN(add_size(offsetof(MultiXactStateData, oldest_member),
								   mul_size(MaxBackends, sizeof(pg_atomic_uint64))));
}

Size
multixact_shmem_size(void)
{
	return add_size(state_size(), add_size(CACHELINEALIGN(SimpleLruShmemSize(NUM_OFFSET_BUFFERS, 0)),
										   SimpleLruShmemSize(NUM_MEMBER_BUFFERS, 0)));
}

int
multixactoffsetssyncfiletag(const FileTag *ftag, char *path)
{
	return SlruSyncFileTag(OffsetCtl, ftag, path);
}

int
multixactmemberssyncfiletag(const FileTag *ftag, char *path)
{
	return SlruSyncFileTag(MemberCtl, ftag, path);
}

void
multixact_shmem_init(void *base, bool found)
{
	char *p = (char *) base + state_size();

	MultiXactState = base;
	if (!found)
		memset(base, 0, state_size());
	slru_init(OffsetCtl, "MultiXactOffset", NUM_OFFSET_BUFFERS, 0, MultiXactOffsetSLRULock, "pg_multixact/offsets",
			  LWTRANCHE_MULTIXACTOFFSET_BUFFER, SYNC_HANDLER_MULTIXACT_OFFSET, p, found);
	p += CACHELINEALIGN(SimpleLruShmemSize(NUM_OFFSET_BUFFERS, 0));
	slru_init(MemberCtl, "MultiXactMember", NUM_MEMBER_BUFFERS, 0, MultiXactMemberSLRULock, "pg_multixact/members",
			  LWTRANCHE_MULTIXACTMEMBER_BUFFER, SYNC_HANDLER_MULTIXACT_MEMBER, p, found);
	sync_register_handler(SYNC_HANDLER_MULTIXACT_OFFSET, multixactoffsetssyncfiletag);
	sync_register_handler(SYNC_HANDLER_MULTIXACT_MEMBER, multixactmemberssyncfiletag);
}

/* ---- contents -------------------------------------------------------------------------------------------------------------------------- */

void
multixact_store(MultiXactId multi, MultiXactOffset offset, int nmembers, const MultiXactMember *members)
{
	SlruPageNo have = -1;
	int slotno = -1;

	/* Members first: whoever finds the entry finds them. */
	LWLockAcquire(MultiXactMemberSLRULock, LW_EXCLUSIVE);
	for (int i = 0; i < nmembers; i++)
	{
		MultiXactOffset at = offset + i;
		MemberGroup *group;

		if (member_page(at) != have)
		{
			have = member_page(at);
			slotno = SimpleLruReadPage(MemberCtl, have, true, multi);
			MemberCtl->shared->page_dirty[slotno] = true;
		}
		group = member_group(slotno, at);
		group->status[at % MEMBERS_PER_PAGE % MEMBERS_PER_GROUP] = members[i].status;
		group->xid[at % MEMBERS_PER_PAGE % MEMBERS_PER_GROUP] = members[i].xid;
	}
	LWLockRelease(MultiXactMemberSLRULock);

	LWLockAcquire(MultiXactOffsetSLRULock, LW_EXCLUSIVE);
	slotno = SimpleLruReadPage(OffsetCtl, offset_page(multi), true, multi);
	*offset_entry(slotno, multi) = (OffsetEntry) {.first = offset, .nmembers = nmembers};
	OffsetCtl->shared->page_dirty[slotno] = true;
	LWLockRelease(MultiXactOffsetSLRULock);
}

static OffsetEntry
load_offset(MultiXactId multi)
{
	int slotno = SimpleLruReadPage_ReadOnly(OffsetCtl, offset_page(multi), multi);
	OffsetEntry entry = *offset_entry(slotno, multi);

	LWLockRelease(MultiXactOffsetSLRULock);
	return entry;
}

int
multixact_load(MultiXactId multi, MultiXactMember **members)
{
	OffsetEntry entry = load_offset(multi);
	SlruPageNo have = -1;
	int slotno = -1;

	if (entry.nmembers == 0)
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED), errmsg("MultiXact %" PRIu64 " has invalid next offset", multi));
	*members = palloc(sizeof(MultiXactMember) * entry.nmembers);
	LWLockAcquire(MultiXactMemberSLRULock, LW_EXCLUSIVE);
	for (uint64 i = 0; i < entry.nmembers; i++)
	{
		MultiXactOffset at = entry.first + i;
		MemberGroup *group;

		if (member_page(at) != have)
		{
			have = member_page(at);
			slotno = SimpleLruReadPage(MemberCtl, have, true, multi);
		}
		group = member_group(slotno, at);
		(*members)[i].status = group->status[at % MEMBERS_PER_PAGE % MEMBERS_PER_GROUP];
		(*members)[i].xid = group->xid[at % MEMBERS_PER_PAGE % MEMBERS_PER_GROUP];
	}
	LWLockRelease(MultiXactMemberSLRULock);
	return entry.nmembers;
}

static void
zero_page(SlruCtl ctl, LWLock *lock, SlruPageNo pageno, uint8 info)
{
	LWLockAcquire(lock, LW_EXCLUSIVE);
	SimpleLruZeroPage(ctl, pageno);
	XLogBeginInsert();
	XLogRegisterData(&pageno, sizeof(pageno));
	(void) XLogInsert(RM_MULTIXACT_ID, info);
	LWLockRelease(lock);
}

void
multixact_extend(MultiXactId multi, MultiXactOffset offset, int nmembers)
{
	if (multi % OFFSETS_PER_PAGE == 0)
		zero_page(OffsetCtl, MultiXactOffsetSLRULock, offset_page(multi), XLOG_MULTIXACT_ZERO_OFF_PAGE);
	for (SlruPageNo page = member_page(offset - 1) + 1; page <= member_page(offset + nmembers - 1); page++)
		zero_page(MemberCtl, MultiXactMemberSLRULock, page, XLOG_MULTIXACT_ZERO_MEM_PAGE);
}

/* ---- start, checkpoint ------------------------------------------------------------------------------------------------------------------- */

static void
bootstrap_page(SlruCtl ctl, LWLock *lock)
{
	int slotno;

	LWLockAcquire(lock, LW_EXCLUSIVE);
	slotno = SimpleLruZeroPage(ctl, 0);
	SimpleLruWritePage(ctl, slotno);
	LWLockRelease(lock);
}

void
BootStrapMultiXact(void)
{
	bootstrap_page(OffsetCtl, MultiXactOffsetSLRULock);
	bootstrap_page(MemberCtl, MultiXactMemberSLRULock);
}

void
StartupMultiXact(void)
{
	pg_atomic_write_u64(&OffsetCtl->shared->latest_page_number, offset_page(MultiXactState->nextMXact));
	pg_atomic_write_u64(&MemberCtl->shared->latest_page_number, member_page(MultiXactState->nextOffset));
}

/* At the end of recovery: entries that were not logged are gone. */
void
TrimMultiXact(void)
{
	MultiXactId next = MultiXactState->nextMXact;

	StartupMultiXact();
	if (next % OFFSETS_PER_PAGE != 0)
	{
		int slotno;

		LWLockAcquire(MultiXactOffsetSLRULock, LW_EXCLUSIVE);
		slotno = SimpleLruReadPage(OffsetCtl, offset_page(next), true, next);
		memset(offset_entry(slotno, next), 0, BLCKSZ - next % OFFSETS_PER_PAGE * sizeof(OffsetEntry));
		OffsetCtl->shared->page_dirty[slotno] = true;
		LWLockRelease(MultiXactOffsetSLRULock);
	}
}

void
MultiXactGetCheckptMulti(bool is_shutdown, MultiXactId *nextMulti, MultiXactOffset *nextMultiOffset,
						 MultiXactId *oldestMulti, Oid *oldestMultiDB)
{
	LWLockAcquire(MultiXactGenLock, LW_SHARED);
	*nextMulti = MultiXactState->nextMXact;
	*nextMultiOffset = MultiXactState->nextOffset;
	*oldestMulti = MultiXactState->oldestMultiXactId;
	*oldestMultiDB = MultiXactState->oldestMultiXactDB;
	LWLockRelease(MultiXactGenLock);
}

void
CheckPointMultiXact(void)
{
	SimpleLruWriteAll(OffsetCtl, true);
	SimpleLruWriteAll(MemberCtl, true);
}

void
MultiXactSetNextMXact(MultiXactId nextMulti, MultiXactOffset nextMultiOffset)
{
	LWLockAcquire(MultiXactGenLock, LW_EXCLUSIVE);
	MultiXactState->nextMXact = Max(nextMulti, FirstMultiXactId);
	MultiXactState->nextOffset = Max(nextMultiOffset, 1);
	LWLockRelease(MultiXactGenLock);
}

void
MultiXactAdvanceNextMXact(MultiXactId minMulti, MultiXactOffset minMultiOffset)
{
	LWLockAcquire(MultiXactGenLock, LW_EXCLUSIVE);
	MultiXactState->nextMXact = Max(MultiXactState->nextMXact, minMulti);
	MultiXactState->nextOffset = Max(MultiXactState->nextOffset, minMultiOffset);
	LWLockRelease(MultiXactGenLock);
}

void
SetMultiXactIdLimit(MultiXactId oldest_datminmxid, Oid oldest_datoid, bool is_startup)
{
	LWLockAcquire(MultiXactGenLock, LW_EXCLUSIVE);
	MultiXactState->oldestMultiXactId = Max(oldest_datminmxid, FirstMultiXactId);
	MultiXactState->oldestMultiXactDB = oldest_datoid;
	LWLockRelease(MultiXactGenLock);
}

void
MultiXactAdvanceOldest(MultiXactId oldestMulti, Oid oldestMultiDB)
{
	if (MultiXactState->oldestMultiXactId < oldestMulti)
		SetMultiXactIdLimit(oldestMulti, oldestMultiDB, false);
}

/* ---- truncation --------------------------------------------------------------------------------------------------------------------------- */

static void
truncate_logs(MultiXactId end_off, MultiXactOffset end_memb)
{
	SimpleLruTruncate(MemberCtl, member_page(end_memb));
	SimpleLruTruncate(OffsetCtl, offset_page(end_off));
}

void
TruncateMultiXact(MultiXactId newOldestMulti, Oid newOldestMultiDB)
{
	xl_multixact_truncate xlrec;
	MultiXactId oldest;
	MultiXactId next;
	XLogRecPtr recptr;

	LWLockAcquire(MultiXactTruncationLock, LW_EXCLUSIVE);
	ReadMultiXactIdRange(&oldest, &next);
	if (newOldestMulti <= oldest || newOldestMulti > next)
	{
		LWLockRelease(MultiXactTruncationLock);
		return;
	}
	memset(&xlrec, 0, sizeof(xlrec));
	xlrec.oldestMultiDB = newOldestMultiDB;
	xlrec.startTruncOff = oldest;
	xlrec.endTruncOff = newOldestMulti;
	if (newOldestMulti == next)
		xlrec.endTruncMemb = MultiXactState->nextOffset;
	else
		xlrec.endTruncMemb = load_offset(newOldestMulti).first;

	START_CRIT_SECTION();
	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	recptr = XLogInsert(RM_MULTIXACT_ID, XLOG_MULTIXACT_TRUNCATE_ID);
	XLogFlush(recptr);
	SetMultiXactIdLimit(newOldestMulti, newOldestMultiDB, false);
	END_CRIT_SECTION();
	truncate_logs(xlrec.endTruncOff, xlrec.endTruncMemb);
	LWLockRelease(MultiXactTruncationLock);
}

/* ---- redo ----------------------------------------------------------------------------------------------------------------------------------- */

static void
redo_zero_page(SlruCtl ctl, LWLock *lock, const char *data)
{
	SlruPageNo pageno;
	int slotno;

	memcpy(&pageno, data, sizeof(pageno));
	LWLockAcquire(lock, LW_EXCLUSIVE);
	slotno = SimpleLruZeroPage(ctl, pageno);
	SimpleLruWritePage(ctl, slotno);
	LWLockRelease(lock);
}

void
multixact_redo(XLogReaderState *record)
{
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;
	const char *data = XLogRecGetData(record);

	switch (info)
	{
		case XLOG_MULTIXACT_ZERO_OFF_PAGE:
			redo_zero_page(OffsetCtl, MultiXactOffsetSLRULock, data);
			break;
		case XLOG_MULTIXACT_ZERO_MEM_PAGE:
			redo_zero_page(MemberCtl, MultiXactMemberSLRULock, data);
			break;
		case XLOG_MULTIXACT_CREATE_ID:
		{
			const xl_multixact_create *xlrec = (const xl_multixact_create *) data;
			TransactionId max_xid = XLogRecGetXid(record);

			multixact_store(xlrec->mid, xlrec->moff, xlrec->nmembers, xlrec->members);
			MultiXactAdvanceNextMXact(xlrec->mid + 1, xlrec->moff + xlrec->nmembers);
			for (int i = 0; i < xlrec->nmembers; i++)
				max_xid = Max(max_xid, xlrec->members[i].xid);
			AdvanceNextFullTransactionIdPastXid(max_xid);
			break;
		}
		case XLOG_MULTIXACT_TRUNCATE_ID:
		{
			const xl_multixact_truncate *xlrec = (const xl_multixact_truncate *) data;

			SetMultiXactIdLimit(xlrec->endTruncOff, xlrec->oldestMultiDB, false);
			truncate_logs(xlrec->endTruncOff, xlrec->endTruncMemb);
			break;
		}
		default:
			elog(PANIC, "multixact_redo: unknown op code %u", info);
	}
}
