/*
 * Goal: many processes changing pages, logging, flushing and checkpointing at once lose no change, neither in the pool nor in the log.
 * Method: a pool much smaller than the relation; processes bump counters on random pages under WAL, each counting in shared memory what it
 * did; meanwhile one makes checkpoints. At the end every page's counter must be the sum of what was done to it; then all of it is thrown away
 * (death without a checkpoint) and must come back from the log.
 *
 * Usage: concurrency_test [bench]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "postgres.h"
#include "access/transam.h"
#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "process/init_postgres.h"
#include "storage/bufmgr.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "storage/relation_storage.h"
#include "shmem/lwlock_internal.h"
#include "storage/shmem.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#define NPAGES 1500
#define WORKERS 6
#define CHANGES 6000
#define SPC 1663
#define DB 1
#define REL 50000

static char scratch[MAXPGPATH]; /* the data directory */
static RelFileNode rnode = {SPC, DB, REL};

/* ---- one server process ----------------------------------------------------------------------------------------------- */
static void
make_directories(void)
{
	static const char *const dirs[] = {"base",		 "base/1",		 "global",		 "pg_wal",			  "pg_wal/archive_status",
									   "pg_xact",	 "pg_subtrans",	 "pg_multixact", "pg_multixact/members", "pg_multixact/offsets",
									   "pg_tblspc",	 "pg_stat",		 "pg_commit_ts"};

	for (size_t i = 0; i < lengthof(dirs); i++)
	{
		char path[MAXPGPATH];

		snprintf(path, sizeof(path), "%s/%s", scratch, dirs[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
}

static void
start_server(bool bootstrap)
{
	InitProcessGlobals();
	InitStandaloneProcess("test");
	SetProcessingMode(bootstrap ? BootstrapProcessing : NormalProcessing);
	InitializeGUCOptions();
	SetConfigOption("shared_buffers", "256", PGC_POSTMASTER, PGC_S_ARGV);
	SetConfigOption("max_connections", "10", PGC_POSTMASTER, PGC_S_ARGV);
	SetConfigOption("log_min_messages", getenv("VERBOSE") ? "log" : "fatal", PGC_POSTMASTER, PGC_S_ARGV);
	if (chdir(scratch) != 0)
		exit(9);
	if (!bootstrap)
		LocalProcessControlFile(false);
	InitializeMaxBackends();
	CreateSharedMemoryAndSemaphores();
	InitProcess();
	BaseInit();
	CreateAuxProcessResourceOwner();
	CurrentResourceOwner = AuxProcessResourceOwner;
	if (bootstrap)
		BootStrapXLOG();
	StartupXLOG();
}

/* Runs a phase in a child; it must end with exit code 0. */
static void
in_child(void (*phase)(int arg), int arg)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
	{
		phase(arg);
		fflush(stdout);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("a phase ended with status %x", status);
}


static uint32 (*done)[NPAGES]; /* [worker][page], shared */
static uint32 *failures;

static uint32 *
counter_of(Page page)
{
	return (uint32 *) PageGetItem(page, PageGetItemId(page, 1));
}

static Buffer
read_page(BlockNumber block)
{
	return ReadBufferWithoutRelcache(rnode, MAIN_FORKNUM, block, RBM_NORMAL, NULL, true);
}

static void
phase_bootstrap(int arg)
{
	start_server(true);
	ShutdownXLOG(0, 0);
}

static void
make_relation(void)
{
	char item[32] = {0};

	smgrcreate(smgropen(rnode, InvalidBackendId), MAIN_FORKNUM, false);
	log_smgrcreate(&rnode, MAIN_FORKNUM);
	for (BlockNumber block = 0; block < NPAGES; block++)
	{
		Buffer buffer = ReadBufferWithoutRelcache(rnode, MAIN_FORKNUM, P_NEW, RBM_NORMAL, NULL, true);

		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		START_CRIT_SECTION();
		PageInit(BufferGetPage(buffer), BLCKSZ, 16);
		PageAddItemExtended(BufferGetPage(buffer), item, sizeof(item), 1, 0);
		MarkBufferDirty(buffer);
		log_newpage_buffer(buffer, true);
		END_CRIT_SECTION();
		UnlockReleaseBuffer(buffer);
	}
}

/* A child of the server process becomes a process of its own. */
static void
become_process(void)
{
	MyProcPid = getpid();
	MyProc = NULL;
	InitializeLatchSupport();
	on_exit_reset();
	lwlock_use_proc(NULL);
	MyProc = NULL;
	InitProcess();
	AuxProcessResourceOwner = CurrentResourceOwner = NULL;
	CreateAuxProcessResourceOwner();
	CurrentResourceOwner = AuxProcessResourceOwner;
}

static void
worker(int number)
{
	uint32 seed = (uint32) number * 7919 + 1;

	become_process();
	for (int i = 0; i < CHANGES; i++)
	{
		BlockNumber block;
		Buffer buffer;
		XLogRecPtr lsn;

		seed = seed * 1664525 + 1013904223;
		/* A few hot pages, the others evenly. */
		block = (seed >> 8) % ((seed & 0xC0) ? NPAGES : 5);
		buffer = read_page(block);
		if (i % 4 == 0)
		{
			/* A reader: sees the page as a whole. */
			LockBuffer(buffer, BUFFER_LOCK_SHARE);
			if (counter_of(BufferGetPage(buffer))[1] != counter_of(BufferGetPage(buffer))[0])
				__atomic_fetch_add(failures, 1, __ATOMIC_SEQ_CST);
			UnlockReleaseBuffer(buffer);
			continue;
		}
		if (i % 97 == 0)
		{
			LockBufferForCleanup(buffer);
		}
		else
			LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		START_CRIT_SECTION();
		counter_of(BufferGetPage(buffer))[0]++;
		counter_of(BufferGetPage(buffer))[1]++;
		MarkBufferDirty(buffer);
		lsn = log_newpage_buffer(buffer, true);
		END_CRIT_SECTION();
		UnlockReleaseBuffer(buffer);
		done[number][block]++;
		if (i % 10 == 0)
			XLogFlush(lsn);
	}
	XLogFlush(GetXLogInsertRecPtr());
}

static void
checkpointer(void)
{
	become_process();
	for (int i = 0; i < 8; i++)
	{
		usleep(20000);
		CreateCheckPoint(CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE);
	}
}

static bool
pages_match(void)
{
	for (BlockNumber block = 0; block < NPAGES; block++)
	{
		Buffer buffer = read_page(block);
		uint32 expected = 0;
		uint32 got = counter_of(BufferGetPage(buffer))[0];

		ReleaseBuffer(buffer);
		for (int w = 0; w < WORKERS; w++)
			expected += done[w][block];
		if (got != expected)
		{
			fprintf(stderr, "page %u: %u changes there, %u made\n", block, got, expected);
			return false;
		}
	}
	return true;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void
phase_change(int arg)
{
	pid_t pids[WORKERS + 1];
	double start;

	start_server(false);
	make_relation();
	start = now();
	fflush(NULL);
	for (int w = 0; w <= WORKERS; w++)
	{
		pids[w] = fork();
		if (pids[w] == 0)
		{
			if (w < WORKERS)
				worker(w);
			else
				checkpointer();
			_exit(0);
		}
	}
	for (int w = 0; w <= WORKERS; w++)
	{
		int status;

		waitpid(pids[w], &status, 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		{
			fprintf(stderr, "worker %d ended with status %x\n", w, status);
			_exit(5);
		}
	}
	if (arg)
		printf("%.0f changes a second with %d processes\n", WORKERS * CHANGES * 0.75 / (now() - start), WORKERS);
	if (*failures != 0 || !pages_match())
		_exit(4);
	/* Death: what is in the buffers only is gone. */
}

static void
phase_verify(int arg)
{
	start_server(false);
	if (!pages_match())
		_exit(3);
}

static void
all_changes_are_there(void **state)
{
	in_child(phase_bootstrap, 0);
	in_child(phase_change, 1);
	in_child(phase_verify, 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_changes_are_there)};
	static char base[] = "/tmp/concurrency_test.XXXXXX";
	char command[MAXPGPATH];
	int result;

	done = mmap(NULL, sizeof(uint32) * NPAGES * WORKERS + 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	failures = (uint32 *) ((char *) done + sizeof(uint32) * NPAGES * WORKERS);
	if (mkdtemp(base) == NULL)
		return 1;
	snprintf(scratch, sizeof(scratch), "%s/data", base);
	if (mkdir(scratch, 0700) != 0)
		return 1;
	make_directories();
	result = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf '%s'", base);
	return system(command) == 0 ? result : 1;
}
