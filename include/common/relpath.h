/*
 * common/relpath.h
 *    Names of a relation's files below the data directory.
 */
#ifndef RELPATH_H
#define RELPATH_H

#include "c.h"

#define GLOBALTABLESPACE_OID 1664
#define DEFAULTTABLESPACE_OID 1663

typedef enum ForkNumber
{
	InvalidForkNumber = -1,
	MAIN_FORKNUM = 0,
	FSM_FORKNUM,
	VISIBILITYMAP_FORKNUM,
	INIT_FORKNUM
} ForkNumber;
#define MAX_FORKNUM INIT_FORKNUM
#define FORKNAMECHARS 4

#define OIDCHARS 10
#define TABLESPACE_VERSION_DIRECTORY "PG_" PG_MAJORVERSION "_" CppAsString2(CATALOG_VERSION_NO)

extern const char *const forkNames[];

extern ForkNumber forkname_to_number(const char *forkName); /* ereport(ERROR) when there is none such */
/* Length of the fork name that str begins with, 0 when none; *fork gets its number. */
extern int forkname_chars(const char *str, ForkNumber *fork);

/* Both palloc their result. */
extern char *GetDatabasePath(Oid dbNode, Oid spcNode);
extern char *GetRelationPath(Oid dbNode, Oid spcNode, Oid relNode, int backendId, ForkNumber forkNumber);

/* rnode is a RelFileNode, bkend a BackendId. */
#define relpathbackend(rnode, bkend, forknum) \
	GetRelationPath((rnode).dbNode, (rnode).spcNode, (rnode).relNode, (bkend), (forknum))
#define relpathperm(rnode, forknum) relpathbackend(rnode, InvalidBackendId, forknum)
#define relpath(rnode, forknum) relpathbackend((rnode).node, (rnode).backend, forknum)

#endif /* RELPATH_H */
