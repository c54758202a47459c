/*
 * namespace_private.h
 *    Shared among namespace*.c and schema commands.
 */
#ifndef NAMESPACE_PRIVATE_H
#define NAMESPACE_PRIVATE_H

#include "nodes/pg_list.h"
#include "utils/guc.h"

typedef struct NamespacePath
{
	List *schemas; /* OIDs in the order of lookups */
	Oid creation;  /* where new objects go; 0: nowhere */
	bool creation_temp; /* the temporary schema, to be made if need be */
	Oid user;
} NamespacePath;

extern const NamespacePath *namespace_path(void);
extern int namespace_path_position(Oid nspid);
extern Oid namespace_access_temp(void);
extern Oid namespace_creation_default(void);
extern Oid NamespaceCreate(const char *nspName, Oid ownerId, bool isTemp);
extern bool check_search_path(char **newval, void **extra, GucSource source);
extern void assign_search_path(const char *newval, void *extra);

#endif /* NAMESPACE_PRIVATE_H */
