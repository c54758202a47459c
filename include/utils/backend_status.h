/*
 * utils/backend_status.h
 *    What each process is doing, for pg_stat_activity: one entry per backend and auxiliary process in shared memory.
 *
 * An entry is written by its owner alone, between two increments of st_changecount; a reader copies it and tries again
 * when the count was odd or moved. No locks.
 */
#ifndef BACKEND_STATUS_H
#define BACKEND_STATUS_H

#include <sys/socket.h>

#include "datatype/timestamp.h"
#include "postgres.h"
#include "storage/backendid.h"

typedef enum BackendState
{
	STATE_UNDEFINED,
	STATE_IDLE,
	STATE_RUNNING,
	STATE_IDLEINTRANSACTION,
	STATE_FASTPATH,
	STATE_IDLEINTRANSACTION_ABORTED,
	STATE_DISABLED
} BackendState;

typedef enum ProgressCommandType
{
	PROGRESS_COMMAND_INVALID,
	PROGRESS_COMMAND_VACUUM,
	PROGRESS_COMMAND_ANALYZE,
	PROGRESS_COMMAND_CLUSTER,
	PROGRESS_COMMAND_CREATE_INDEX,
	PROGRESS_COMMAND_BASEBACKUP,
	PROGRESS_COMMAND_COPY
} ProgressCommandType;
#define PGSTAT_NUM_PROGRESS_PARAM 20

#define PGBE_HOSTNAME_LEN 64
#define PGBE_ACTIVITY_LEN 1024

typedef struct PgBackendStatus
{
	volatile int st_changecount; /* odd: being written */
	int st_procpid;				 /* 0: entry unused */
	int st_backendType;			 /* BackendType */
	TimestampTz st_proc_start_timestamp;
	TimestampTz st_xact_start_timestamp;
	TimestampTz st_activity_start_timestamp;
	TimestampTz st_state_start_timestamp;
	Oid st_databaseid;
	Oid st_userid;
	struct sockaddr_storage st_clientaddr;
	uint32 st_clientaddr_len;
	char st_clienthostname[PGBE_HOSTNAME_LEN];
	char st_appname[NAMEDATALEN];
	BackendState st_state;
	bool st_ssl;
	bool st_gss;
	ProgressCommandType st_progress_command;
	Oid st_progress_command_target;
	int64 st_progress_param[PGSTAT_NUM_PROGRESS_PARAM];
	uint64 st_query_id;
	char st_activity_raw[PGBE_ACTIVITY_LEN]; /* may end in the middle of a character */
} PgBackendStatus;

/* A copy with what others know of the process. */
typedef struct LocalPgBackendStatus
{
	PgBackendStatus backendStatus;
	BackendId backend_id;
	TransactionId backend_xid;
	TransactionId backend_xmin;
} LocalPgBackendStatus;

extern bool pgstat_track_activities;
extern int pgstat_track_activity_query_size;
extern PgBackendStatus *MyBEEntry;

extern Size BackendStatusShmemSize(void);
extern void pgstat_beinit(void);  /* after InitProcess */
extern void pgstat_bestart(void); /* identity is known now (MyDatabaseId, session user, MyProcPort) */
extern void pgstat_clear_backend_activity_snapshot(void);

extern void pgstat_report_activity(BackendState state, const char *cmd_str);
extern void pgstat_report_query_id(uint64 query_id, bool force);
extern void pgstat_report_tempfile(size_t filesize);
extern void pgstat_report_appname(const char *appname);
extern void pgstat_report_xact_timestamp(TimestampTz tstamp);
extern const char *pgstat_get_backend_current_activity(int pid, bool checkUser);
extern const char *pgstat_get_crashed_backend_activity(int pid, char *buffer, int buflen);
extern uint64 pgstat_get_my_query_id(void);
/* Where the client is; called once it is known. */
extern void pgstat_report_client(const struct sockaddr *addr, uint32 addrlen, const char *hostname);

extern void pgstat_progress_start_command(ProgressCommandType cmdtype, Oid relid);
extern void pgstat_progress_update_param(int index, int64 val);
extern void pgstat_progress_update_multi_param(int nparam, const int *index, const int64 *val);
extern void pgstat_progress_end_command(void);

/* A consistent local copy, made at first use in a transaction. */
extern int pgstat_fetch_stat_numbackends(void);
extern PgBackendStatus *pgstat_fetch_stat_beentry(BackendId beid);
extern LocalPgBackendStatus *pgstat_fetch_stat_local_beentry(int beid);
extern char *pgstat_clip_activity(const char *raw_activity);

#endif /* BACKEND_STATUS_H */
