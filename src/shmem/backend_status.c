/*
 * backend_status.c
 *    What each process does, for others to read: entries written by their owners alone, read optimistically.
 */
#include "postgres.h"

#include "access/xact.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "shmem/proc_internal.h"
#include "storage/shmem.h"
#include "utils/backend_status.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

bool pgstat_track_activities = true;
int pgstat_track_activity_query_size = PGBE_ACTIVITY_LEN;
PgBackendStatus *MyBEEntry = NULL;

static PgBackendStatus *entries;

/* The copy of all entries that this transaction works with. */
static struct
{
	MemoryContext context;
	LocalPgBackendStatus *local;
	int count;
} status_snapshot;

static int
number_of_entries(void)
{
	return MaxBackends + NUM_AUXILIARY_PROCS;
}

Size
backend_status_shmem_size(void)
{
	return mul_size(number_of_entries(), sizeof(PgBackendStatus));
}

Size
BackendStatusShmemSize(void)
{
	return backend_status_shmem_size();
}

void
backend_status_shmem_init(void *base, bool found)
{
	entries = base;
	if (!found)
		memset(base, 0, backend_status_shmem_size());
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------- */

static inline void
begin_write(PgBackendStatus *entry)
{
	entry->st_changecount++;
	pg_write_barrier();
}

static inline void
end_write(PgBackendStatus *entry)
{
	pg_write_barrier();
	entry->st_changecount++;
}

static void
leave(int code, Datum arg)
{
	PgBackendStatus *entry = MyBEEntry;

	if (entry == NULL)
		return;
	begin_write(entry);
	entry->st_procpid = 0;
	end_write(entry);
	MyBEEntry = NULL;
}

/* It may have died in the middle of writing: make the count even. */
void
backend_status_release_remains_of(const PGPROC *dead)
{
	PgBackendStatus *entry = &entries[dead->pgprocno];

	entry->st_procpid = 0;
	pg_write_barrier();
	entry->st_changecount = (entry->st_changecount + 2) & ~1;
}

void
pgstat_beinit(void)
{
	MyBEEntry = &entries[MyProc->pgprocno];
	on_shmem_exit(leave, 0);
}

void
pgstat_bestart(void)
{
	PgBackendStatus *entry = MyBEEntry;

	if (entry == NULL)
		return;
	begin_write(entry);
	entry->st_procpid = MyProcPid;
	entry->st_backendType = MyBackendType;
	entry->st_proc_start_timestamp = MyStartTimestamp;
	entry->st_activity_start_timestamp = 0;
	entry->st_state_start_timestamp = 0;
	entry->st_xact_start_timestamp = 0;
	entry->st_databaseid = MyDatabaseId;
	entry->st_userid = MyBackendType == B_BACKEND || MyBackendType == B_WAL_SENDER || MyBackendType == B_BG_WORKER ||
							   MyBackendType == B_STANDALONE_BACKEND
						   ? GetSessionUserId()
						   : InvalidOid;
	entry->st_ssl = entry->st_gss = false;
	entry->st_state = STATE_UNDEFINED;
	entry->st_progress_command = PROGRESS_COMMAND_INVALID;
	entry->st_progress_command_target = InvalidOid;
	entry->st_query_id = 0;
	entry->st_activity_raw[0] = '\0';
	end_write(entry);
}

void
pgstat_report_client(const struct sockaddr *addr, uint32 addrlen, const char *hostname)
{
	PgBackendStatus *entry = MyBEEntry;

	if (entry == NULL)
		return;
	begin_write(entry);
	memset(&entry->st_clientaddr, 0, sizeof(entry->st_clientaddr));
	if (addr)
		memcpy(&entry->st_clientaddr, addr, Min(addrlen, sizeof(entry->st_clientaddr)));
	entry->st_clientaddr_len = addr ? addrlen : 0;
	strlcpy(entry->st_clienthostname, hostname ? hostname : "", sizeof(entry->st_clienthostname));
	end_write(entry);
}

void
pgstat_report_activity(BackendState state, const char *cmd_str)
{
	PgBackendStatus *entry = MyBEEntry;
	TimestampTz now;
	int len = 0;

	if (entry == NULL)
		return;
	if (!pgstat_track_activities)
	{
		if (entry->st_state != STATE_DISABLED)
		{
			begin_write(entry);
			entry->st_state = STATE_DISABLED;
			entry->st_state_start_timestamp = 0;
			entry->st_activity_raw[0] = '\0';
			entry->st_activity_start_timestamp = 0;
			entry->st_query_id = 0;
			end_write(entry);
		}
		return;
	}
	/* A statement begins at the time that is its own; an end costs a look at the clock. */
	now = state == STATE_RUNNING ? GetCurrentStatementStartTimestamp() : GetCurrentTimestamp();
	if (cmd_str)
		len = Min(strlen(cmd_str), PGBE_ACTIVITY_LEN - 1);
	begin_write(entry);
	entry->st_state = state;
	entry->st_state_start_timestamp = now;
	if (state == STATE_RUNNING)
		entry->st_query_id = 0;
	if (cmd_str)
	{
		memcpy(entry->st_activity_raw, cmd_str, len);
		entry->st_activity_raw[len] = '\0';
		entry->st_activity_start_timestamp = now;
	}
	end_write(entry);
}

void
pgstat_report_query_id(uint64 query_id, bool force)
{
	if (MyBEEntry == NULL || (MyBEEntry->st_query_id != 0 && !force))
		return;
	begin_write(MyBEEntry);
	MyBEEntry->st_query_id = query_id;
	end_write(MyBEEntry);
}

void
pgstat_report_appname(const char *appname)
{
	if (MyBEEntry == NULL)
		return;
	begin_write(MyBEEntry);
	strlcpy(MyBEEntry->st_appname, appname, sizeof(MyBEEntry->st_appname));
	end_write(MyBEEntry);
}

void
pgstat_report_xact_timestamp(TimestampTz tstamp)
{
	if (MyBEEntry == NULL || !pgstat_track_activities)
		return;
	begin_write(MyBEEntry);
	MyBEEntry->st_xact_start_timestamp = tstamp;
	end_write(MyBEEntry);
}

uint64
pgstat_get_my_query_id(void)
{
	return MyBEEntry ? MyBEEntry->st_query_id : 0;
}

void
pgstat_progress_start_command(ProgressCommandType cmdtype, Oid relid)
{
	if (MyBEEntry == NULL || !pgstat_track_activities)
		return;
	begin_write(MyBEEntry);
	MyBEEntry->st_progress_command = cmdtype;
	MyBEEntry->st_progress_command_target = relid;
	memset(MyBEEntry->st_progress_param, 0, sizeof(MyBEEntry->st_progress_param));
	end_write(MyBEEntry);
}

void
pgstat_progress_update_param(int index, int64 val)
{
	pgstat_progress_update_multi_param(1, &index, &val);
}

void
pgstat_progress_update_multi_param(int nparam, const int *index, const int64 *val)
{
	if (MyBEEntry == NULL || !pgstat_track_activities || nparam == 0)
		return;
	begin_write(MyBEEntry);
	for (int i = 0; i < nparam; i++)
		MyBEEntry->st_progress_param[index[i]] = val[i];
	end_write(MyBEEntry);
}

void
pgstat_progress_end_command(void)
{
	if (MyBEEntry == NULL || MyBEEntry->st_progress_command == PROGRESS_COMMAND_INVALID)
		return;
	begin_write(MyBEEntry);
	MyBEEntry->st_progress_command = PROGRESS_COMMAND_INVALID;
	MyBEEntry->st_progress_command_target = InvalidOid;
	end_write(MyBEEntry);
}

/* ---- reading --------------------------------------------------------------------------------------------------------------------- */

/* A consistent copy of one entry. A writer killed in the middle leaves an odd count for ever: give up after a while. */
static bool
copy_entry(const PgBackendStatus *from, PgBackendStatus *to)
{
	for (int tries = 0; tries < 10000; tries++)
	{
		int before = from->st_changecount;

		pg_read_barrier();
		if (from->st_procpid == 0)
			return false;
		memcpy(to, from, sizeof(*to));
		pg_read_barrier();
		if (before == from->st_changecount && (before & 1) == 0)
			return to->st_procpid != 0;
		pg_spin_delay();
	}
	return false;
}

static void
take_snapshot(void)
{
	int n = number_of_entries();

	if (status_snapshot.local != NULL)
		return;
	if (status_snapshot.context == NULL)
		status_snapshot.context =
			AllocSetContextCreate(TopMemoryContext, "Backend Status Snapshot", ALLOCSET_SMALL_SIZES);
	status_snapshot.local = MemoryContextAlloc(status_snapshot.context, sizeof(LocalPgBackendStatus) * n);
	status_snapshot.count = 0;
	for (int i = 0; i < n; i++)
	{
		LocalPgBackendStatus *local = &status_snapshot.local[status_snapshot.count];

		if (!copy_entry(&entries[i], &local->backendStatus))
			continue;
		local->backend_id = i + 1;
		BackendIdGetTransactionIds(i + 1, &local->backend_xid, &local->backend_xmin);
		status_snapshot.count++;
	}
}

void
pgstat_clear_backend_activity_snapshot(void)
{
	if (status_snapshot.local == NULL)
		return;
	MemoryContextReset(status_snapshot.context);
	status_snapshot.local = NULL;
	status_snapshot.count = 0;
}

int
pgstat_fetch_stat_numbackends(void)
{
	take_snapshot();
	return status_snapshot.count;
}

LocalPgBackendStatus *
pgstat_fetch_stat_local_beentry(int beid)
{
	take_snapshot();
	if (beid < 1 || beid > status_snapshot.count)
		return NULL;
	return &status_snapshot.local[beid - 1];
}

PgBackendStatus *
pgstat_fetch_stat_beentry(BackendId beid)
{
	LocalPgBackendStatus *local = pgstat_fetch_stat_local_beentry(beid);

	return local ? &local->backendStatus : NULL;
}

/* The text may have been cut inside a multibyte character. */
char *
pgstat_clip_activity(const char *raw_activity)
{
	int len = strnlen(raw_activity, PGBE_ACTIVITY_LEN - 1);

	if (len == PGBE_ACTIVITY_LEN - 1)
		len = pg_mbcliplen(raw_activity, len, len);
	return pnstrdup(raw_activity, len);
}

const char *
pgstat_get_backend_current_activity(int pid, bool checkUser)
{
	for (int i = 0; i < MaxBackends; i++)
	{
		PgBackendStatus copy;

		if (entries[i].st_procpid != pid || !copy_entry(&entries[i], &copy))
			continue;
		if (checkUser && !superuser() && copy.st_userid != GetUserId())
			return "<insufficient privilege>";
		if (copy.st_activity_raw[0] == '\0')
			return "<command string not enabled>";
		return pgstat_clip_activity(copy.st_activity_raw);
	}
	return "<backend information not available>";
}

/* For the log line of a dead child: no trust in anything, no allocation. */
const char *
pgstat_get_crashed_backend_activity(int pid, char *buffer, int buflen)
{
	if (entries == NULL || !shmem_is_attached())
		return NULL;
	for (int i = 0; i < number_of_entries(); i++)
	{
		int len;

		if (entries[i].st_procpid != pid)
			continue;
		if (entries[i].st_activity_raw[0] == '\0')
			return NULL;
		for (len = 0; len < Min(buflen, PGBE_ACTIVITY_LEN) - 1 && entries[i].st_activity_raw[len]; len++)
		{
			unsigned char c = entries[i].st_activity_raw[len];

			buffer[len] = c >= 0x20 && c < 0x7f ? c : '?';
		}
		buffer[len] = '\0';
		return buffer;
	}
	return NULL;
}
