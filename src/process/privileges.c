/*
 * privileges.c
 *    Getting rid of root's rights (process/privileges.h).
 */
#include "postgres.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/privileges.h"

void
privileges_become(uid_t uid)
{
	struct passwd *account = getpwuid(uid);
	gid_t gid = account ? account->pw_gid : (gid_t) uid;

	if ((account ? initgroups(account->pw_name, gid) : setgroups(0, NULL)) != 0 || setgid(gid) != 0 ||
		setuid(uid) != 0)
	{
		write_stderr("could not become user %d: %s\n", (int) uid, strerror(errno));
		exit(1);
	}
	if (account)
	{
		setenv("HOME", account->pw_dir, 1);
		setenv("USER", account->pw_name, 1);
	}
}

bool
privileges_server_account(uid_t *uid, gid_t *gid)
{
	static const char *const names[] = {"postgres", "matriarch"};

	for (int i = 0; i < lengthof(names); i++)
	{
		struct passwd *account = getpwnam(names[i]);

		if (account && account->pw_uid != 0)
		{
			*uid = account->pw_uid;
			*gid = account->pw_gid;
			return true;
		}
	}
	return false;
}

static const char *
data_directory_argument(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "-D", 2) == 0)
			return argv[i][2] ? argv[i] + 2 : (i + 1 < argc ? argv[i + 1] : NULL);
	return getenv("PGDATA");
}

void
privileges_drop_for_server(int argc, char **argv)
{
	const char *directory;
	struct stat st;

	if (geteuid() != 0)
		return;
	directory = data_directory_argument(argc, argv);
	if (directory == NULL || stat(directory, &st) != 0 || st.st_uid == 0)
	{
		write_stderr("\"root\" execution of the PostgreSQL server is not permitted.\n"
					 "The server must be started under an unprivileged user ID to prevent\n"
					 "possible system security compromise.  See the documentation for\n"
					 "more information on how to properly start the server.\n");
		exit(1);
	}
	privileges_become(st.st_uid);
}
