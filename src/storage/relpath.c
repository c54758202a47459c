/*
 * relpath.c
 *    Where a relation's forks are below the data directory.
 *
 *    global/REL                                   shared relations
 *    base/DB/REL                                  default tablespace
 *    pg_tblspc/SPC/PG_15_.../DB/REL               others
 * REL is the file number, "t<backend>_" before it for temporary relations, "_fsm", "_vm" or "_init" after it, and ".N" for the
 * segments after the first (md.c).
 */
#include "postgres.h"
#include "common/relpath.h"
#include "lib/stringinfo.h"
#include "storage/backendid.h"

const char *const forkNames[] = {
	[MAIN_FORKNUM] = "main",
	[FSM_FORKNUM] = "fsm",
	[VISIBILITYMAP_FORKNUM] = "vm",
	[INIT_FORKNUM] = "init",
};

ForkNumber
forkname_to_number(const char *forkName)
{
	for (int fork = 0; fork <= MAX_FORKNUM; fork++)
		if (strcmp(forkNames[fork], forkName) == 0)
			return (ForkNumber) fork;
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid fork name"),
			errhint("Valid fork names are \"main\", \"fsm\", \"vm\", and \"init\"."));
}

int
forkname_chars(const char *str, ForkNumber *fork)
{
	for (int i = 1; i <= MAX_FORKNUM; i++)
	{
		int len = (int) strlen(forkNames[i]);

		if (strncmp(forkNames[i], str, len) == 0)
		{
			if (fork)
				*fork = (ForkNumber) i;
			return len;
		}
	}
	if (fork)
		*fork = InvalidForkNumber;
	return 0;
}

char *
GetDatabasePath(Oid dbNode, Oid spcNode)
{
	if (spcNode == GLOBALTABLESPACE_OID)
	{
		Assert(dbNode == InvalidOid);
		return pstrdup("global");
	}
	if (spcNode == DEFAULTTABLESPACE_OID)
		return psprintf("base/%u", dbNode);
	return psprintf("pg_tblspc/%u/%s/%u", spcNode, TABLESPACE_VERSION_DIRECTORY, dbNode);
}

char *
GetRelationPath(Oid dbNode, Oid spcNode, Oid relNode, int backendId, ForkNumber forkNumber)
{
	char path[MAXPGPATH];
	int len;

	if (spcNode == GLOBALTABLESPACE_OID)
		len = snprintf(path, sizeof(path), "global/");
	else if (spcNode == DEFAULTTABLESPACE_OID)
		len = snprintf(path, sizeof(path), "base/%u/", dbNode);
	else
		len = snprintf(path, sizeof(path), "pg_tblspc/%u/%s/%u/", spcNode, TABLESPACE_VERSION_DIRECTORY, dbNode);
	if (backendId != InvalidBackendId)
		len += snprintf(path + len, sizeof(path) - len, "t%d_", backendId);
	len += snprintf(path + len, sizeof(path) - len, "%u", relNode);
	if (forkNumber != MAIN_FORKNUM)
		snprintf(path + len, sizeof(path) - len, "_%s", forkNames[forkNumber]);
	return pstrdup(path);
}
