/*
 * storage/backendid.h
 *    BackendId: a small positive number that names a running backend. 1 .. MaxBackends.
 */
#ifndef BACKENDID_H
#define BACKENDID_H

typedef int BackendId;
#define InvalidBackendId (-1)
extern BackendId MyBackendId; /* InvalidBackendId: not (yet) a backend. Set by InitProcess. */
#define BackendIdForTempRelations() (MyBackendId)

#endif /* BACKENDID_H */
