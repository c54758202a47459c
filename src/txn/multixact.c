/*
 * multixact.c
 *    Sets of transactions that hold a tuple.
 *
 * A multixact never changes: adding a member makes a new one, which leaves out those that no longer matter (ended lockers, aborted
 * updaters). The contents of the ones this process has seen lately are cached for the length of a transaction.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "txn/multixact_internal.h"
#include "utils/memutils.h"

#define CACHE_SIZE 64

typedef struct CachedMulti
{
	MultiXactId multi; /* Invalid: unused */
	int nmembers;
	MultiXactMember *members; /* sorted; in cache.context */
} CachedMulti;

static struct
{
	MemoryContext context;
	CachedMulti entries[CACHE_SIZE]; /* a ring */
	int next;
	bool used;
} cache;

/* ---- cache -------------------------------------------------------------------------------------------------------------------------- */

static int
compare_members(const void *a, const void *b)
{
	const MultiXactMember *ma = a;
	const MultiXactMember *mb = b;

	if (ma->xid != mb->xid)
		return ma->xid < mb->xid ? -1 : 1;
	return (int) ma->status - (int) mb->status;
}

static bool
same_members(int n, const MultiXactMember *a, const MultiXactMember *b)
{
	for (int i = 0; i < n; i++)
		if (compare_members(&a[i], &b[i]) != 0)
			return false;
	return true;
}

static MultiXactId
cache_find_by_members(int nmembers, MultiXactMember *members)
{
	qsort(members, nmembers, sizeof(MultiXactMember), compare_members);
	for (int i = 0; i < CACHE_SIZE && cache.used; i++)
		if (MultiXactIdIsValid(cache.entries[i].multi) && cache.entries[i].nmembers == nmembers &&
			same_members(nmembers, cache.entries[i].members, members))
			return cache.entries[i].multi;
	return InvalidMultiXactId;
}

static const CachedMulti *
cache_find(MultiXactId multi)
{
	for (int i = 0; i < CACHE_SIZE && cache.used; i++)
		if (cache.entries[i].multi == multi)
			return &cache.entries[i];
	return NULL;
}

static void
cache_put(MultiXactId multi, int nmembers, const MultiXactMember *members)
{
	CachedMulti *entry = &cache.entries[cache.next];

	if (cache.context == NULL)
		cache.context = AllocSetContextCreate(TopMemoryContext, "MultiXact cache", ALLOCSET_SMALL_SIZES);
	if (entry->members)
		pfree(entry->members);
	entry->members = MemoryContextAlloc(cache.context, sizeof(MultiXactMember) * nmembers);
	memcpy(entry->members, members, sizeof(MultiXactMember) * nmembers);
	qsort(entry->members, nmembers, sizeof(MultiXactMember), compare_members);
	entry->nmembers = nmembers;
	entry->multi = multi;
	cache.next = (cache.next + 1) % CACHE_SIZE;
	cache.used = true;
}

void
AtEOXact_MultiXact(void)
{
	if (MyBackendId != InvalidBackendId &&
		pg_atomic_read_u64(&MultiXactState->oldest_member[MyBackendId - 1]) != InvalidMultiXactId)
		pg_atomic_write_u64(&MultiXactState->oldest_member[MyBackendId - 1], InvalidMultiXactId);
	if (!cache.used)
		return;
	MemoryContextReset(cache.context);
	memset(cache.entries, 0, sizeof(cache.entries));
	cache.next = 0;
	cache.used = false;
}

/* Its transaction has ended by death. */
void
multixact_release_remains_of(BackendId backend_id)
{
	pg_atomic_write_u64(&MultiXactState->oldest_member[backend_id - 1], InvalidMultiXactId);
}

/* ---- making ---------------------------------------------------------------------------------------------------------------------------- */

/* From here to the end of the transaction no multixact that may contain us, nor one we look at, is truncated away. */
void
MultiXactIdSetOldestMember(void)
{
	pg_atomic_uint64 *mine = &MultiXactState->oldest_member[MyBackendId - 1];

	if (pg_atomic_read_u64(mine) != InvalidMultiXactId)
		return;
	LWLockAcquire(MultiXactGenLock, LW_SHARED);
	pg_atomic_write_u64(mine, MultiXactState->nextMXact);
	LWLockRelease(MultiXactGenLock);
}

static MultiXactId
make_new(int nmembers, MultiXactMember *members)
{
	xl_multixact_create xlrec;
	MultiXactId multi;
	MultiXactOffset offset;

	LWLockAcquire(MultiXactGenLock, LW_EXCLUSIVE);
	multi = MultiXactState->nextMXact;
	offset = MultiXactState->nextOffset;
	multixact_extend(multi, offset, nmembers);
	/* The counters, the record and the logs must agree: no way back from here. */
	START_CRIT_SECTION();
	MultiXactState->nextMXact = multi + 1;
	MultiXactState->nextOffset = offset + nmembers;
	LWLockRelease(MultiXactGenLock);

	memset(&xlrec, 0, sizeof(xlrec));
	xlrec.mid = multi;
	xlrec.moff = offset;
	xlrec.nmembers = nmembers;
	XLogBeginInsert();
	XLogRegisterData(&xlrec, offsetof(xl_multixact_create, members));
	XLogRegisterData(members, nmembers * sizeof(MultiXactMember));
	(void) XLogInsert(RM_MULTIXACT_ID, XLOG_MULTIXACT_CREATE_ID);
	multixact_store(multi, offset, nmembers, members);
	END_CRIT_SECTION();
	return multi;
}

MultiXactId
MultiXactIdCreateFromMembers(int nmembers, MultiXactMember *members)
{
	MultiXactId multi = cache_find_by_members(nmembers, members);
	bool has_update = false;

	if (MultiXactIdIsValid(multi))
		return multi;
	for (int i = 0; i < nmembers; i++)
	{
		if (!ISUPDATE_from_mxstatus(members[i].status))
			continue;
		if (has_update)
			elog(ERROR, "new multixact has more than one updating member: %s",
				 mxid_to_string(InvalidMultiXactId, nmembers, members));
		has_update = true;
	}
	multi = make_new(nmembers, members);
	cache_put(multi, nmembers, members);
	return multi;
}

MultiXactId
MultiXactIdCreate(TransactionId xid1, MultiXactStatus status1, TransactionId xid2, MultiXactStatus status2)
{
	MultiXactMember members[2] = {{xid1, status1}, {xid2, status2}};

	Assert(TransactionIdIsValid(xid1) && TransactionIdIsValid(xid2));
	Assert(xid1 != xid2 || status1 != status2);
	return MultiXactIdCreateFromMembers(2, members);
}

/* Does a member still mean something? A running one locks; a committed updater is the row's xmax. */
static bool
member_matters(const MultiXactMember *member)
{
	if (TransactionIdIsInProgress(member->xid))
		return true;
	return ISUPDATE_from_mxstatus(member->status) && TransactionIdDidCommit(member->xid);
}

MultiXactId
MultiXactIdExpand(MultiXactId multi, TransactionId xid, MultiXactStatus status)
{
	MultiXactMember *members;
	MultiXactMember *kept;
	int nmembers = GetMultiXactIdMembers(multi, &members, false, false);
	int nkept = 0;

	Assert(MultiXactIdIsValid(multi) && TransactionIdIsValid(xid));
	for (int i = 0; i < nmembers; i++)
		if (members[i].xid == xid && members[i].status == status)
		{
			pfree(members);
			return multi;
		}
	kept = palloc(sizeof(MultiXactMember) * (Max(nmembers, 0) + 1));
	for (int i = 0; i < nmembers; i++)
		if (member_matters(&members[i]))
			kept[nkept++] = members[i];
	kept[nkept++] = (MultiXactMember) {.xid = xid, .status = status};
	multi = MultiXactIdCreateFromMembers(nkept, kept);
	pfree(kept);
	if (nmembers > 0)
		pfree(members);
	return multi;
}

/* ---- asking ---------------------------------------------------------------------------------------------------------------------------- */

int
GetMultiXactIdMembers(MultiXactId multi, MultiXactMember **members, bool allow_old, bool isLockOnly)
{
	const CachedMulti *cached;
	MultiXactId oldest;
	MultiXactId next;
	int n;

	*members = NULL;
	if (!MultiXactIdIsValid(multi))
		return -1;
	cached = cache_find(multi);
	if (cached)
	{
		*members = palloc(sizeof(MultiXactMember) * cached->nmembers);
		memcpy(*members, cached->members, sizeof(MultiXactMember) * cached->nmembers);
		return cached->nmembers;
	}
	MultiXactIdSetOldestMember();
	ReadMultiXactIdRange(&oldest, &next);
	if (multi < oldest)
	{
		if (isLockOnly || allow_old)
			return -1; /* its lockers are long gone */
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR),
				errmsg("MultiXactId %" PRIu64 " does no longer exist -- apparent wraparound", multi));
	}
	if (multi >= next)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR),
				errmsg("MultiXactId %" PRIu64 " has not been created yet -- apparent wraparound", multi));
	n = multixact_load(multi, members);
	if (n > 0)
		cache_put(multi, n, *members);
	return n;
}

bool
MultiXactIdIsRunning(MultiXactId multi, bool isLockOnly)
{
	MultiXactMember *members;
	int nmembers = GetMultiXactIdMembers(multi, &members, false, isLockOnly);
	bool running = false;

	if (nmembers <= 0)
		return false;
	/* Own ones are cheap to tell. */
	for (int i = 0; i < nmembers && !running; i++)
		running = TransactionIdIsCurrentTransactionId(members[i].xid);
	for (int i = 0; i < nmembers && !running; i++)
		running = TransactionIdIsInProgress(members[i].xid);
	pfree(members);
	return running;
}

MultiXactId
ReadNextMultiXactId(void)
{
	MultiXactId next;

	LWLockAcquire(MultiXactGenLock, LW_SHARED);
	next = MultiXactState->nextMXact;
	LWLockRelease(MultiXactGenLock);
	return next;
}

void
ReadMultiXactIdRange(MultiXactId *oldest, MultiXactId *next)
{
	LWLockAcquire(MultiXactGenLock, LW_SHARED);
	*oldest = MultiXactState->oldestMultiXactId;
	*next = MultiXactState->nextMXact;
	LWLockRelease(MultiXactGenLock);
}

/* Older ones have no running member and nobody looks at them. */
MultiXactId
GetOldestMultiXactId(void)
{
	MultiXactId oldest;

	LWLockAcquire(MultiXactGenLock, LW_EXCLUSIVE);
	oldest = MultiXactState->nextMXact;
	for (int i = 0; i < MaxBackends; i++)
	{
		MultiXactId m = pg_atomic_read_u64(&MultiXactState->oldest_member[i]);

		if (MultiXactIdIsValid(m) && m < oldest)
			oldest = m;
	}
	LWLockRelease(MultiXactGenLock);
	return oldest;
}

int
MultiXactMemberFreezeThreshold(void)
{
	return PG_INT32_MAX; /* member numbers do not run out */
}

static const char *
status_name(MultiXactStatus status)
{
	static const char *const names[] = {"keysh", "sh", "fornokeyupd", "forupd", "nokeyupd", "upd"};

	return status <= MaxMultiXactStatus ? names[status] : "unknown";
}

char *
mxid_to_string(MultiXactId multi, int nmembers, MultiXactMember *members)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "%" PRIu64 " %d[", multi, nmembers);
	for (int i = 0; i < nmembers; i++)
		appendStringInfo(&buf, "%s%" PRIu64 " (%s)", i > 0 ? ", " : "", members[i].xid, status_name(members[i].status));
	appendStringInfoChar(&buf, ']');
	return buf.data;
}

/* ---- describe ---------------------------------------------------------------------------------------------------------------------------- */

void
multixact_desc(StringInfo buf, XLogReaderState *record)
{
	const char *data = XLogRecGetData(record);

	switch (XLogRecGetInfo(record) & ~XLR_INFO_MASK)
	{
		case XLOG_MULTIXACT_ZERO_OFF_PAGE:
		case XLOG_MULTIXACT_ZERO_MEM_PAGE:
		{
			int64 pageno;

			memcpy(&pageno, data, sizeof(pageno));
			appendStringInfo(buf, "%" PRId64, pageno);
			break;
		}
		case XLOG_MULTIXACT_CREATE_ID:
		{
			const xl_multixact_create *xlrec = (const xl_multixact_create *) data;

			appendStringInfo(buf, "%" PRIu64 " offset %" PRIu64 " nmembers %d:", xlrec->mid, xlrec->moff,
							 xlrec->nmembers);
			for (int i = 0; i < xlrec->nmembers; i++)
				appendStringInfo(buf, " %" PRIu64 " (%s)", xlrec->members[i].xid, status_name(xlrec->members[i].status));
			break;
		}
		case XLOG_MULTIXACT_TRUNCATE_ID:
		{
			const xl_multixact_truncate *xlrec = (const xl_multixact_truncate *) data;

			appendStringInfo(buf, "offsets [%" PRIu64 ", %" PRIu64 "), members [%" PRIu64 ", %" PRIu64 ")",
							 xlrec->startTruncOff, xlrec->endTruncOff, xlrec->startTruncMemb, xlrec->endTruncMemb);
			break;
		}
	}
}

const char *
multixact_identify(uint8 info)
{
	switch (info & ~XLR_INFO_MASK)
	{
		case XLOG_MULTIXACT_ZERO_OFF_PAGE:
			return "ZERO_OFF_PAGE";
		case XLOG_MULTIXACT_ZERO_MEM_PAGE:
			return "ZERO_MEM_PAGE";
		case XLOG_MULTIXACT_CREATE_ID:
			return "CREATE_ID";
		case XLOG_MULTIXACT_TRUNCATE_ID:
			return "TRUNCATE_ID";
		default:
			return NULL;
	}
}
