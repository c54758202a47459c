/*
 * miscadmin.h
 *    What every part of a server process asks of its surroundings: interrupts, critical sections, who am I, which
 *    database, which user, where is the data directory, what kind of process is this.
 */
#ifndef MISCADMIN_H
#define MISCADMIN_H

#include <signal.h>
#include <time.h>

#include "postgres.h"

/* ---- interrupts ------------------------------------------------------------------------------------------------ */
/*
 * Signal handlers only set these flags (and MyLatch). CHECK_FOR_INTERRUPTS() acts on them where that is safe: it may
 * raise ERROR (cancel, timeouts) or FATAL (terminate). Between HOLD_INTERRUPTS and RESUME_INTERRUPTS, and in a critical
 * section, it does nothing; between HOLD_CANCEL_INTERRUPTS and its resume it does not cancel.
 */
extern volatile sig_atomic_t InterruptPending;
extern volatile sig_atomic_t QueryCancelPending;
extern volatile sig_atomic_t ProcDiePending;
extern volatile sig_atomic_t IdleInTransactionSessionTimeoutPending;
extern volatile sig_atomic_t IdleSessionTimeoutPending;
extern volatile sig_atomic_t ClientConnectionLost;
extern volatile sig_atomic_t CheckClientConnectionPending;
extern volatile sig_atomic_t ProcSignalBarrierPending;
extern volatile sig_atomic_t LogMemoryContextPending;
extern volatile sig_atomic_t ConfigReloadPending;
extern volatile sig_atomic_t ShutdownRequestPending;
extern volatile sig_atomic_t IdleStatsUpdateTimeoutPending;

extern volatile uint32 InterruptHoldoffCount;
extern volatile uint32 QueryCancelHoldoffCount;

/* The depth of critical sections lives in this process's PGPROC once it has one (InitProcess points there). */
extern volatile uint32 *MyCritSectionCount;
#define CritSectionCount (*MyCritSectionCount)

extern void ProcessInterrupts(void);
#define INTERRUPTS_PENDING_CONDITION() unlikely(InterruptPending)
#define CHECK_FOR_INTERRUPTS()                \
	do                                        \
	{                                         \
		if (INTERRUPTS_PENDING_CONDITION())   \
			ProcessInterrupts();              \
	} while (0)
#define INTERRUPTS_CAN_BE_PROCESSED() \
	(InterruptHoldoffCount == 0 && CritSectionCount == 0 && QueryCancelHoldoffCount == 0)

#define HOLD_INTERRUPTS() ((void) InterruptHoldoffCount++)
#define RESUME_INTERRUPTS() (Assert(InterruptHoldoffCount > 0), (void) InterruptHoldoffCount--)
#define HOLD_CANCEL_INTERRUPTS() ((void) QueryCancelHoldoffCount++)
#define RESUME_CANCEL_INTERRUPTS() (Assert(QueryCancelHoldoffCount > 0), (void) QueryCancelHoldoffCount--)
/* In a critical section every ERROR is a PANIC: shared memory or the log is half changed. */
#define START_CRIT_SECTION() ((void) CritSectionCount++)
#define END_CRIT_SECTION() (Assert(CritSectionCount > 0), (void) CritSectionCount--)

/* ---- what this process is ---------------------------------------------------------------------------------------- */
typedef enum BackendType
{
#define BACKEND_TYPE(symbol, description, ...) B_##symbol,
#include "process/backend_types.list"
#undef BACKEND_TYPE
	BACKEND_NUM_TYPES
} BackendType;

extern BackendType MyBackendType;
extern const char *GetBackendTypeDesc(BackendType backendType);
#define AmStartupProcess() (MyBackendType == B_STARTUP)
#define AmCheckpointerProcess() (MyBackendType == B_CHECKPOINTER)
#define AmBackgroundWriterProcess() (MyBackendType == B_BG_WRITER)
#define AmWalWriterProcess() (MyBackendType == B_WAL_WRITER)
#define AmAutoVacuumWorkerProcess() (MyBackendType == B_AUTOVAC_WORKER)
#define AmAutoVacuumLauncherProcess() (MyBackendType == B_AUTOVAC_LAUNCHER)
#define AmWalReceiverProcess() (MyBackendType == B_WAL_RECEIVER)
#define IsAutoVacuumWorkerProcess() AmAutoVacuumWorkerProcess()
#define IsAutoVacuumLauncherProcess() AmAutoVacuumLauncherProcess()

typedef enum ProcessingMode
{
	BootstrapProcessing,
	InitProcessing,
	NormalProcessing
} ProcessingMode;
extern ProcessingMode Mode;
#define IsBootstrapProcessingMode() (Mode == BootstrapProcessing)
#define IsInitProcessingMode() (Mode == InitProcessing)
#define IsNormalProcessingMode() (Mode == NormalProcessing)
#define GetProcessingMode() (Mode)
#define SetProcessingMode(mode) ((void) (Mode = (mode)))

extern pid_t PostmasterPid;
extern bool IsPostmasterEnvironment; /* a postmaster or a child of one; false in --single and --boot */
extern bool IsUnderPostmaster;		 /* a child of a postmaster */
extern bool IsBackgroundWorker;
extern bool IsBinaryUpgrade;
extern bool ExitOnAnyError;

typedef int64 pg_time_t;
extern int MyProcPid;
extern pg_time_t MyStartTime;
extern int64 MyStartTimestamp; /* TimestampTz */
extern uint32 MyCancelKey;
extern int MyPMChildSlot;

/* An identifier of the backend between 1 and MaxBackends, also part of its virtual transaction ids and temp schema. */
typedef int BackendId;
#define InvalidBackendId (-1)
extern BackendId MyBackendId;

struct Latch;
struct Port;
extern struct Latch *MyLatch; /* the process's latch; its PGPROC's one when it has one */
extern struct Port *MyProcPort;

extern char *DataDir; /* absolute */
extern int data_directory_mode;
extern char OutputFileName[MAXPGPATH];
extern char my_exec_path[MAXPGPATH];
extern char pkglib_path[MAXPGPATH];

/* ---- limits, from the configuration -------------------------------------------------------------------------------- */
extern int NBuffers;
extern int MaxBackends;
extern int MaxConnections;
extern int max_worker_processes;
extern int max_parallel_workers;
extern int work_mem; /* kB */
extern double hash_mem_multiplier;
extern int maintenance_work_mem;
extern int max_parallel_maintenance_workers;
extern int VacuumCostPageHit;
extern int VacuumCostPageMiss;
extern int VacuumCostPageDirty;
extern int VacuumCostLimit;
extern double VacuumCostDelay;
extern int VacuumCostBalance;
extern bool VacuumCostActive;
extern bool allowSystemTableMods;
extern bool enableFsync;
extern char *session_preload_libraries_string;
extern char *shared_preload_libraries_string;
extern char *local_preload_libraries_string;

/* ---- where and who -------------------------------------------------------------------------------------------------- */
extern Oid MyDatabaseId;
extern Oid MyDatabaseTableSpace;
extern char *DatabasePath; /* relative to DataDir */

/* The session user is who logged in (or SET SESSION AUTHORIZATION), the current user whose privileges count. */
extern Oid GetUserId(void);
extern Oid GetOuterUserId(void);
extern Oid GetSessionUserId(void);
extern Oid GetAuthenticatedUserId(void);
extern bool GetSessionUserIsSuperuser(void);
extern void GetUserIdAndSecContext(Oid *userid, int *sec_context);
extern void SetUserIdAndSecContext(Oid userid, int sec_context);
extern void GetUserIdAndContext(Oid *userid, bool *sec_def_context);
extern void SetUserIdAndContext(Oid userid, bool sec_def_context);
extern bool InLocalUserIdChange(void);
extern bool InSecurityRestrictedOperation(void);
extern bool InNoForceRLSOperation(void);
#define SECURITY_LOCAL_USERID_CHANGE 0x0001
#define SECURITY_RESTRICTED_OPERATION 0x0002
#define SECURITY_NOFORCE_RLS 0x0004
extern void InitializeSessionUserId(const char *rolename, Oid useroid); /* raises FATAL 28000 when it may not log in */
extern void InitializeSessionUserIdStandalone(void);
extern void SetSessionAuthorization(Oid userid, bool is_superuser);
extern Oid GetCurrentRoleId(void);
extern void SetCurrentRoleId(Oid roleid, bool is_superuser);
extern char *GetUserNameFromId(Oid roleid, bool noerr);
extern bool superuser(void);			 /* is the current user one? */
extern bool superuser_arg(Oid roleid);
extern bool has_rolreplication(Oid roleid);

/* ---- stack ------------------------------------------------------------------------------------------------------------ */
typedef char *pg_stack_base_t;
extern int max_stack_depth; /* kB */
extern pg_stack_base_t set_stack_base(void);
extern void restore_stack_base(pg_stack_base_t base);
extern void check_stack_depth(void); /* raises 54001 */
extern bool stack_is_too_deep(void);

/* ---- files of the data directory ------------------------------------------------------------------------------------------ */
#define LOCK_FILE_LINE_PID 1
#define LOCK_FILE_LINE_DATA_DIR 2
#define LOCK_FILE_LINE_START_TIME 3
#define LOCK_FILE_LINE_PORT 4
#define LOCK_FILE_LINE_SOCKET_DIR 5
#define LOCK_FILE_LINE_LISTEN_ADDR 6
#define LOCK_FILE_LINE_SHMEM_KEY 7
#define LOCK_FILE_LINE_PM_STATUS 8
extern void SetDataDir(const char *dir);
extern void ChangeToDataDir(void);
extern void checkDataDir(void);					 /* FATAL when it is not usable as a data directory */
extern void ValidatePgVersion(const char *path); /* FATAL when PG_VERSION is another major version */

extern bool process_shared_preload_libraries_in_progress;
extern bool process_shared_preload_libraries_done;
extern void process_shared_preload_libraries(void);
extern void process_session_preload_libraries(void);

extern bool IgnoreSystemIndexes;

#endif /* MISCADMIN_H */
