/*
 * fd_temp.c
 *    Where temporary files are, and clearing away those of dead processes.
 */
#include "postgres.h"

#include <ctype.h>

#include "common/relpath.h"
#include "miscadmin.h"
#include "sys/fd_internal.h"

typedef struct TempSpaces
{
	Oid spaces[64];
	int count; /* -1: not looked up in this transaction */
	int next;
	long file_number; /* of this process's files */
} TempSpaces;

static TempSpaces temp = {.count = -1};

#define DEFAULT_TABLESPACE 1663
#define GLOBAL_TABLESPACE 1664

void
SetTempTablespaces(Oid *tableSpaces, int numSpaces)
{
	temp.count = Min(numSpaces, (int) lengthof(temp.spaces));
	if (temp.count > 0)
	{
		memcpy(temp.spaces, tableSpaces, temp.count * sizeof(Oid));
		temp.next = (int) (random() % temp.count);
	}
}

bool
TempTablespacesAreSet(void)
{
	return temp.count >= 0;
}

int
GetTempTablespaces(Oid *tableSpaces, int numSpaces)
{
	int count = Min(Max(temp.count, 0), numSpaces);

	memcpy(tableSpaces, temp.spaces, count * sizeof(Oid));
	return count;
}

Oid
GetNextTempTableSpace(void)
{
	if (temp.count <= 0)
		return InvalidOid;
	temp.next = (temp.next + 1) % temp.count;
	return temp.spaces[temp.next];
}

static void
temporary_directory(char *path, size_t size, Oid tablespace)
{
	if (tablespace == InvalidOid || tablespace == DEFAULT_TABLESPACE || tablespace == GLOBAL_TABLESPACE)
		snprintf(path, size, "base/%s", PG_TEMP_FILES_DIR);
	else
		snprintf(path, size, "pg_tblspc/%u/%s/%s", tablespace, TABLESPACE_VERSION_DIRECTORY, PG_TEMP_FILES_DIR);
}

void
fd_temporary_path(char *path, size_t size, bool interXact)
{
	char directory[MAXPGPATH / 2];
	/* files that outlive the transaction stay in the default place: their tablespace could be dropped */
	Oid space = interXact ? InvalidOid : GetNextTempTableSpace();

	temporary_directory(directory, sizeof(directory), space);
	snprintf(path, size, "%s/%s%d.%ld", directory, PG_TEMP_FILE_PREFIX, MyProcPid, temp.file_number++);
}

void
fd_make_temporary_directory(const char *path)
{
	char directory[MAXPGPATH];

	strlcpy(directory, path, sizeof(directory));
	*strrchr(directory, '/') = '\0';
	(void) MakePGDirectory(directory); /* that it is there already, or fails, shows when the file is opened */
}

void
fd_report_temporary_file(const char *path, off_t size)
{
	extern int log_temp_files;

	if (log_temp_files >= 0 && size / 1024 >= log_temp_files)
		ereport(LOG, errmsg("temporary file: path \"%s\", size %lu", path, (unsigned long) size));
}

/* "t<backend>_<relfilenode>[_fork][.segment]" */
bool
looks_like_temp_rel_name(const char *name)
{
	const char *p = name;

	if (*p++ != 't' || !isdigit((unsigned char) *p))
		return false;
	while (isdigit((unsigned char) *p))
		p++;
	if (*p++ != '_' || !isdigit((unsigned char) *p))
		return false;
	while (isdigit((unsigned char) *p))
		p++;
	if (*p == '_')
	{
		static const char *const forks[] = {"_fsm", "_vm", "_init"};

		for (int i = 0; i < lengthof(forks); i++)
			if (strncmp(p, forks[i], strlen(forks[i])) == 0)
			{
				p += strlen(forks[i]);
				break;
			}
	}
	if (*p == '.' && isdigit((unsigned char) p[1]))
		for (p++; isdigit((unsigned char) *p); p++)
			;
	return *p == '\0';
}

/* ---- after a crash or at start: nobody uses temporary files now ---------------------------------------------------- */
typedef bool (*NameFilter)(const char *name);

static bool
is_temporary_file_name(const char *name)
{
	return strncmp(name, PG_TEMP_FILE_PREFIX, strlen(PG_TEMP_FILE_PREFIX)) == 0;
}

static void
remove_matching(const char *directory, NameFilter wanted)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	char path[MAXPGPATH * 2];

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
	{
		if (!wanted(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (unlink(path) != 0)
			ereport(LOG, errcode_for_file_access(), errmsg("could not remove file \"%s\": %m", path));
	}
	closedir(dir);
}

/* Temporary relations of all databases in one tablespace directory. */
static void
remove_temporary_relations(const char *space)
{
	DIR *dir = opendir(space);
	struct dirent *entry;
	char path[MAXPGPATH * 2];

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (isdigit((unsigned char) entry->d_name[0]))
		{
			snprintf(path, sizeof(path), "%s/%s", space, entry->d_name);
			remove_matching(path, looks_like_temp_rel_name);
		}
	closedir(dir);
}

static void
remove_in_tablespaces(void)
{
	DIR *dir = opendir("pg_tblspc");
	struct dirent *entry;
	char path[MAXPGPATH * 2];

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
	{
		if (!isdigit((unsigned char) entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "pg_tblspc/%s/%s/%s", entry->d_name, TABLESPACE_VERSION_DIRECTORY,
				 PG_TEMP_FILES_DIR);
		remove_matching(path, is_temporary_file_name);
		snprintf(path, sizeof(path), "pg_tblspc/%s/%s", entry->d_name, TABLESPACE_VERSION_DIRECTORY);
		remove_temporary_relations(path);
	}
	closedir(dir);
}

void
RemovePgTempFiles(void)
{
	remove_matching("base/" PG_TEMP_FILES_DIR, is_temporary_file_name);
	remove_temporary_relations("base");
	remove_in_tablespaces();
}
