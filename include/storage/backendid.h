/*
 * storage/backendid.h
 *    A backend's number among those running, 1 and up. Files of temporary relations carry their owner's.
 */
#ifndef BACKENDID_H
#define BACKENDID_H

typedef int BackendId;
#define InvalidBackendId (-1)

extern BackendId MyBackendId;
#define ParallelLeaderBackendId InvalidBackendId
#define BackendIdForTempRelations() (MyBackendId)

#endif /* BACKENDID_H */
