/*
 * globals.c
 *    What a process knows of itself (miscadmin.h). Settings are defined with their table; the rest is here.
 */
#include "postgres.h"

#include "miscadmin.h"

ProcessingMode Mode = InitProcessing;
BackendType MyBackendType = B_INVALID;

pid_t PostmasterPid = 0;
bool IsPostmasterEnvironment = false;
bool IsUnderPostmaster = false;
bool IsBackgroundWorker = false;
bool IsBinaryUpgrade = false;

int MyProcPid;
pg_time_t MyStartTime;
int64 MyStartTimestamp;
uint32 MyCancelKey;
int MyPMChildSlot;
BackendId MyBackendId = InvalidBackendId;
struct Port *MyProcPort;

char *DataDir = NULL;
int data_directory_mode = 0700;
char OutputFileName[MAXPGPATH];
char my_exec_path[MAXPGPATH];
char pkglib_path[MAXPGPATH];

int MaxBackends = 0;
Oid MyDatabaseId = InvalidOid;
Oid MyDatabaseTableSpace = InvalidOid;
char *DatabasePath = NULL;

int VacuumCostBalance = 0;
bool VacuumCostActive = false;

bool process_shared_preload_libraries_in_progress = false;
bool process_shared_preload_libraries_done = false;

static const char *const backend_type_descriptions[] = {
#define BACKEND_TYPE(symbol, description, ...) [B_##symbol] = (description),
#include "process/backend_types.list"
#undef BACKEND_TYPE
};

const char *
GetBackendTypeDesc(BackendType backendType)
{
	if ((unsigned) backendType >= BACKEND_NUM_TYPES)
		return "unknown process type";
	return backend_type_descriptions[backendType];
}
