/*
 * launch.c
 *    Making children (postmaster/launch.h).
 *
 * Today every child is forked and runs on. The place where an exec'ed child would differ is launch_child(): all that a child needs is
 * in the four arguments and in inherited memory that shmem_attach_region() can map again.
 */
#include "postgres.h"

#include <signal.h>
#include <unistd.h>

#include "error/log_context.h"
#include "postmaster/bgwriter.h"
#include "postmaster/launch.h"
#include "postmaster/pm_shell.h"
#include "postmaster/startup.h"
#include "postmaster/walwriter.h"
#include "process/crash_cleaner.h"
#include "process/init_postgres.h"
#include "process/interrupt.h"
#include "storage/pmsignal.h"
#include "storage/shmem.h"
#include "utils/memutils.h"
#include "utils/ps_status.h"

ClientSocket *MyClientSocket = NULL;

/* Kinds without a main function are not launched yet. */
const ChildKind child_kinds[BACKEND_NUM_TYPES] = {
	[B_BACKEND] = {.name = "backend", .main = BackendMain, .shmem_attach = true, .needs_proc = true},
	[B_DEAD_END_BACKEND] = {.name = "dead-end backend", .main = BackendMain},
	[B_STARTUP] = {.name = "startup", .main = StartupProcessMain, .shmem_attach = true, .needs_proc = true},
	[B_CHECKPOINTER] = {.name = "checkpointer", .main = CheckpointerMain, .shmem_attach = true, .needs_proc = true},
	[B_BG_WRITER] = {.name = "background writer", .main = BackgroundWriterMain, .shmem_attach = true, .needs_proc = true},
	[B_CRASH_CLEANER] = {.name = "crash cleaner", .main = CrashCleanerMain, .shmem_attach = true, .needs_proc = true},
	[B_WAL_WRITER] = {.name = "walwriter", .main = WalWriterMain, .shmem_attach = true, .needs_proc = true},
};

static void pg_attribute_noreturn()
launch_child(BackendType type, int child_slot, const void *startup_data, size_t startup_data_len,
			 ClientSocket *client_sock)
{
	static ClientSocket socket_copy;

	MyBackendType = type;
	MyPMChildSlot = child_slot;
	InitPostmasterChild();
	log_context.backend_type = GetBackendTypeDesc(type);
	pm_shell_close_in_child();
	if (client_sock)
	{
		socket_copy = *client_sock;
		MyClientSocket = &socket_copy;
	}
	MemoryContextSwitchTo(TopMemoryContext);
	init_ps_display(child_kinds[type].name);
	if (child_kinds[type].shmem_attach)
		MarkPostmasterChildActive();
	child_kinds[type].main(startup_data, startup_data_len);
}

pid_t
postmaster_child_launch(BackendType child_type, int child_slot, const void *startup_data, size_t startup_data_len,
						ClientSocket *client_sock)
{
	pid_t pid;

	Assert(child_kinds[child_type].main != NULL);
	fflush(NULL); /* what is buffered must not be written twice */
	pid = fork();
	if (pid == 0)
		launch_child(child_type, child_slot, startup_data, startup_data_len, client_sock);
	return pid;
}
