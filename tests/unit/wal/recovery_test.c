/*
 * Goal: what was flushed to the log is there after a crash, whatever became of the buffers; nothing that was not flushed destroys what
 * was. Method: child processes bootstrap a log in a scratch directory, change pages of one relation under WAL, and die without a
 * word (_exit) at chosen moments: before and after checkpoints, with pages written or not, with the log's tail torn by hand. After each
 * a new process recovers and compares every page with what the log must have left there.
 *
 * Each page holds one item: a counter. The n-th change of a page is its n-th record. A file beside the data directory, written after
 * each flush, says which changes were acknowledged.
 *
 * Usage: recovery_test [bench]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
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
#include "storage/shmem.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#define NPAGES 300
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

/* ---- pages --------------------------------------------------------------------------------------------------------------- */
static Buffer
read_page(BlockNumber block)
{
	return ReadBufferWithoutRelcache(rnode, MAIN_FORKNUM, block, RBM_NORMAL, NULL, true);
}

static uint32
page_counter(Page page)
{
	uint32 value;

	memcpy(&value, PageGetItem(page, PageGetItemId(page, 1)), sizeof(value));
	return value;
}

/* The change is a full image: the only page change that the log knows by itself. */
static XLogRecPtr
bump_page(BlockNumber block)
{
	Buffer buffer = read_page(block);
	Page page = BufferGetPage(buffer);
	uint32 value;
	XLogRecPtr lsn;

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	START_CRIT_SECTION();
	value = page_counter(page) + 1;
	memcpy(PageGetItem(page, PageGetItemId(page, 1)), &value, sizeof(value));
	MarkBufferDirty(buffer);
	lsn = log_newpage_buffer(buffer, true);
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
	return lsn;
}

static void
acknowledge(int changes)
{
	int fd = open("../acknowledged", O_RDWR | O_CREAT, 0600);

	if (pwrite(fd, &changes, sizeof(changes), 0) != sizeof(changes))
		_exit(8);
	close(fd);
}

static int
acknowledged(void)
{
	int fd = open("../acknowledged", O_RDONLY);
	int changes = 0;

	if (fd >= 0 && read(fd, &changes, sizeof(changes)) != sizeof(changes))
		_exit(8);
	if (fd >= 0)
		close(fd);
	return changes;
}

/* Change number n (0, 1, ...) is of page n * 7 % NPAGES: how often has each been changed after so many changes? */
static uint32
expected_counter(BlockNumber block, int changes)
{
	uint32 count = 0;

	for (int n = 0; n < changes; n++)
		if ((BlockNumber) (n * 7 % NPAGES) == block)
			count++;
	return count;
}

/* The number of changes that the pages show; fails when they show no such state. */
static int
changes_on_pages(void)
{
	int total = 0;

	for (BlockNumber block = 0; block < NPAGES; block++)
	{
		Buffer buffer = read_page(block);

		total += (int) page_counter(BufferGetPage(buffer));
		ReleaseBuffer(buffer);
	}
	for (BlockNumber block = 0; block < NPAGES; block++)
	{
		Buffer buffer = read_page(block);

		if (page_counter(BufferGetPage(buffer)) != expected_counter(block, total))
		{
			fprintf(stderr, "page %u has %u changes, with %d changes in all it should have %u\n", block,
					page_counter(BufferGetPage(buffer)), total, expected_counter(block, total));
			_exit(7);
		}
		ReleaseBuffer(buffer);
	}
	return total;
}

static int
verify(void)
{
	int total = changes_on_pages();

	if (total < acknowledged())
	{
		fprintf(stderr, "%d changes acknowledged, %d there\n", acknowledged(), total);
		_exit(6);
	}
	return total;
}

/* ---- phases -------------------------------------------------------------------------------------------------------------------- */
static void
phase_bootstrap(int arg)
{
	start_server(true);
	ShutdownXLOG(0, 0);
}

static void
phase_create(int arg)
{
	char item[32] = {0};

	start_server(false);
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
	XLogFlush(GetXLogInsertRecPtr());
}

/* arg changes, each flushed and acknowledged in groups; a checkpoint in the middle when arg is even; then death. */
static void
phase_change(int arg)
{
	int done;

	start_server(false);
	done = verify();
	for (int i = 0; i < arg; i++)
	{
		XLogRecPtr lsn = bump_page((BlockNumber) (done * 7 % NPAGES));

		done++;
		if (i % 5 == 4)
		{
			XLogFlush(lsn);
			acknowledge(done);
		}
		if (arg % 2 == 0 && i == arg / 2)
			CreateCheckPoint(CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE);
	}
}

static void
phase_verify(int arg)
{
	start_server(false);
	verify();
	if (arg)
		ShutdownXLOG(0, 0);
}

/* Recovery itself dies, again and again. */
static void
phase_die_in_recovery(int arg)
{
	char spec[64];
	pid_t pid = fork();
	int status;

	if (pid == 0)
	{
		snprintf(spec, sizeof(spec), "recovery-record:crash:%d", arg);
		setenv("MATRIARCH_FAULTS", spec, 1);
		start_server(false);
		_exit(0);
	}
	waitpid(pid, &status, 0);
}

/* ---- tests ------------------------------------------------------------------------------------------------------------------------ */
static void
crashes_lose_nothing(void **state)
{
	in_child(phase_bootstrap, 0);
	in_child(phase_create, 0);
	in_child(phase_verify, 0);
	for (int round = 1; round < 12; round++)
		in_child(phase_change, 97 * round + round % 2);
	in_child(phase_verify, 1);
	in_child(phase_verify, 0);
}

static void
crashes_in_recovery(void **state)
{
	in_child(phase_change, 501);
	for (int nth = 1; nth < 500; nth += 61)
		in_child(phase_die_in_recovery, nth);
	in_child(phase_verify, 0);
}

static void
end_of_log_name(char *path, XLogRecPtr *redo)
{
	char bytes[8192];
	ControlFileData control;
	int fd;

	snprintf(path, MAXPGPATH, "%s/global/pg_control", scratch);
	fd = open(path, O_RDONLY);
	assert_true(read(fd, bytes, sizeof(bytes)) >= (ssize_t) sizeof(control));
	close(fd);
	memcpy(&control, bytes, sizeof(control));
	*redo = control.checkPoint;
	snprintf(path, MAXPGPATH, "%s/pg_wal/%08X%08X%08X", scratch, 1, 0, (uint32) (*redo / DEFAULT_XLOG_SEG_SIZE));
}

/* What is after the last flush may be anything. */
static void
torn_tail(void **state)
{
	char path[MAXPGPATH];
	XLogRecPtr checkpoint;
	char garbage[20000];
	int fd;
	int ack = 0;

	in_child(phase_verify, 1);
	/* Everything since is torn: overwrite from well after the checkpoint record with garbage. */
	end_of_log_name(path, &checkpoint);
	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = (char) random();
	fd = open(path, O_RDWR);
	assert_true(pwrite(fd, garbage, sizeof(garbage), (off_t) (checkpoint % DEFAULT_XLOG_SEG_SIZE + 4096)) > 0);
	close(fd);
	in_child(phase_verify, 0);
	in_child(phase_change, 50);
	in_child(phase_verify, 0);
	(void) ack;
}

/* ---- speed ---------------------------------------------------------------------------------------------------------------------------- */
static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void
phase_bench_insert(int arg)
{
	char body[100] = {0};
	double start;
	XLogRecPtr from;

	start_server(false);
	from = GetXLogInsertRecPtr();
	start = now();
	for (int i = 0; i < arg; i++)
	{
		XLogBeginInsert();
		XLogRegisterData(body, sizeof(body));
		XLogInsert(RM_XLOG_ID, XLOG_NOOP);
	}
	printf("insert: %.0f ns per record of 126 bytes, %.0f MB/s\n", (now() - start) * 1e9 / arg,
		   (double) (GetXLogInsertRecPtr() - from) / 1e6 / (now() - start));
	start = now();
	for (int i = 0; i < 2000000; i++)
		ReleaseBuffer(read_page(5));
	printf("pin and unpin a hot page: %.1f ns\n", (now() - start) * 1e9 / 2000000);
	start = now();
	for (int i = 0; i < 20000; i++)
		bump_page((BlockNumber) (i % 200));
	printf("full images: %.0f MB/s\n", 20000 * 8192 / 1e6 / (now() - start));
	XLogFlush(GetXLogInsertRecPtr());
}

static void
phase_bench_recover(int arg)
{
	double start = now();

	start_server(false);
	printf("start with recovery: %.3f s\n", now() - start);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crashes_lose_nothing),
		cmocka_unit_test(crashes_in_recovery),
		cmocka_unit_test(torn_tail),
	};
	static char base[] = "/tmp/recovery_test.XXXXXX";
	char command[MAXPGPATH];
	int result = 0;

	if (mkdtemp(base) == NULL)
		return 1;
	snprintf(scratch, sizeof(scratch), "%s/data", base);
	if (mkdir(scratch, 0700) != 0)
		return 1;
	make_directories();
	if (argc > 1)
	{
		in_child(phase_bootstrap, 0);
		in_child(phase_create, 0);
		in_child(phase_bench_insert, 2000000);
		in_child(phase_bench_recover, 0);
	}
	else
		result = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf '%s'", base);
	return system(command) == 0 ? result : 1;
}
