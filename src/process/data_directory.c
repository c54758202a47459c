/*
 * data_directory.c
 *    Is this a data directory of ours, and going there (miscadmin.h).
 */
#include "postgres.h"

#include <sys/stat.h>
#include <unistd.h>

#include "miscadmin.h"
#include "sys/fd.h"
#include "utils/guc.h"

void
SetDataDir(const char *dir)
{
	char *absolute = realpath(dir, NULL);

	free(DataDir);
	DataDir = absolute ? absolute : strdup(dir);
	if (DataDir == NULL)
	{
		write_stderr("out of memory\n");
		exit(1);
	}
}

void
ChangeToDataDir(void)
{
	if (chdir(DataDir) < 0)
		ereport(FATAL, errcode_for_file_access(), errmsg("could not change directory to \"%s\": %m", DataDir));
}

/* The creation modes follow the directory's: group access if it has that. */
static void
adopt_directory_mode(mode_t mode)
{
	bool group = (mode & (S_IRGRP | S_IXGRP)) == (S_IRGRP | S_IXGRP);

	pg_dir_create_mode = group ? 0750 : 0700;
	pg_file_create_mode = group ? 0640 : 0600;
	umask(group ? 0027 : 0077);
	data_directory_mode = pg_dir_create_mode;
}

void
checkDataDir(void)
{
	struct stat st;

	if (stat(DataDir, &st) != 0)
	{
		if (errno == ENOENT)
			ereport(FATAL, errcode_for_file_access(), errmsg("data directory \"%s\" does not exist", DataDir));
		ereport(FATAL,
				errcode_for_file_access(),
				errmsg("could not read permissions of directory \"%s\": %m", DataDir));
	}
	if (!S_ISDIR(st.st_mode))
		ereport(FATAL,
				errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("specified data directory \"%s\" is not a directory", DataDir));
	if (st.st_uid != geteuid())
		ereport(FATAL,
				errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("data directory \"%s\" has wrong ownership", DataDir),
				errhint("The server must be started by the user that owns the data directory."));
	if (st.st_mode & (S_IWGRP | S_IRWXO))
		ereport(FATAL,
				errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("data directory \"%s\" has invalid permissions", DataDir),
				errdetail("Permissions should be u=rwx (0700) or u=rwx,g=rx (0750)."));
	adopt_directory_mode(st.st_mode);
	ValidatePgVersion(DataDir);
}

void
ValidatePgVersion(const char *path)
{
	char file_name[MAXPGPATH];
	char text[64] = "";
	FILE *file;
	char *end;
	long major;

	snprintf(file_name, sizeof(file_name), "%s/PG_VERSION", path);
	file = fopen(file_name, "re");
	if (file == NULL)
	{
		if (errno == ENOENT)
			ereport(FATAL,
					errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("\"%s\" is not a valid data directory", path),
					errdetail("File \"%s\" is missing.", file_name));
		ereport(FATAL, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", file_name));
	}
	if (fgets(text, sizeof(text), file) == NULL)
		text[0] = '\0';
	fclose(file);
	major = strtol(text, &end, 10);
	if (end == text)
		ereport(FATAL,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("\"%s\" is not a valid data directory", path),
				errdetail("File \"%s\" does not contain valid data.", file_name),
				errhint("You might need to initdb."));
	text[strcspn(text, "\n")] = '\0';
	if (major != PG_MAJORVERSION_NUM)
		ereport(FATAL,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("database files are incompatible with server"),
				errdetail("The data directory was initialized by PostgreSQL version %s, "
						  "which is not compatible with this version %s.",
						  text, PG_VERSION));
}
