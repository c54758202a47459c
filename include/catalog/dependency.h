/*
 * dependency.h
 *    Which object needs which: recording, and dropping objects with what depends on them.
 *
 * Objects with OIDs below FirstUnpinnedObjectId are pinned: they can neither be dropped nor appear as referenced objects.
 */
#ifndef DEPENDENCY_H
#define DEPENDENCY_H

#include "catalog/objectaddress.h"

typedef enum DependencyType
{
	DEPENDENCY_NORMAL = 'n',	/* dropping the referenced needs CASCADE */
	DEPENDENCY_AUTO = 'a',		/* dropped with the referenced */
	DEPENDENCY_INTERNAL = 'i',	/* part of the referenced; drop that instead */
	DEPENDENCY_PARTITION_PRI = 'P',
	DEPENDENCY_PARTITION_SEC = 'S',
	DEPENDENCY_EXTENSION = 'e',
	DEPENDENCY_AUTO_EXTENSION = 'x'
} DependencyType;

typedef enum SharedDependencyType
{
	SHARED_DEPENDENCY_OWNER = 'o',
	SHARED_DEPENDENCY_ACL = 'a',
	SHARED_DEPENDENCY_POLICY = 'r',
	SHARED_DEPENDENCY_TABLESPACE = 't',
	SHARED_DEPENDENCY_INVALID = 0
} SharedDependencyType;

typedef struct ObjectAddresses ObjectAddresses;

#define PERFORM_DELETION_INTERNAL 0x0001	 /* not by a user's command: no "cannot drop" from its own owner */
#define PERFORM_DELETION_CONCURRENTLY 0x0002
#define PERFORM_DELETION_QUIETLY 0x0004	 /* no NOTICE of what else goes */
#define PERFORM_DELETION_SKIP_ORIGINAL 0x0008
#define PERFORM_DELETION_SKIP_EXTENSIONS 0x0010
#define PERFORM_DELETION_CONCURRENT_LOCK 0x0020

extern void AcquireDeletionLock(const ObjectAddress *object, int flags);
extern void ReleaseDeletionLock(const ObjectAddress *object);
/* Raises 2BP01 when something needs the object and behavior is RESTRICT, or when the object is required by the system. */
extern void performDeletion(const ObjectAddress *object, DropBehavior behavior, int flags);
extern void performMultipleDeletions(const ObjectAddresses *objects, DropBehavior behavior, int flags);

extern void recordDependencyOn(const ObjectAddress *depender, const ObjectAddress *referenced, DependencyType behavior);
extern void recordMultipleDependencies(const ObjectAddress *depender, const ObjectAddress *referenced, int nreferenced,
									   DependencyType behavior);
/* Everything that an expression (with its range table) mentions. */
extern void recordDependencyOnExpr(const ObjectAddress *depender, Node *expr, List *rtable, DependencyType behavior);
/* The same for an expression over one relation; its own columns get self_behavior. */
extern void recordDependencyOnSingleRelExpr(const ObjectAddress *depender, Node *expr, Oid relId,
											DependencyType behavior, DependencyType self_behavior, bool reverse_self);
extern void recordDependencyOnCurrentExtension(const ObjectAddress *object, bool isReplace);

extern ObjectAddresses *new_object_addresses(void);
extern void add_exact_object_address(const ObjectAddress *object, ObjectAddresses *addrs);
extern bool object_address_present(const ObjectAddress *object, const ObjectAddresses *addrs);
extern void record_object_address_dependencies(const ObjectAddress *depender, ObjectAddresses *referenced,
											   DependencyType behavior);
extern void free_object_addresses(ObjectAddresses *addrs);
/* Those that are (parts of) the object named go to in, the rest to out. */
extern void object_addresses_split(const ObjectAddresses *addrs, Oid classId, Oid objectId, ObjectAddresses *in,
								   ObjectAddresses *out);

extern long deleteDependencyRecordsFor(Oid classId, Oid objectId, bool skipExtensionDeps);
extern long deleteDependencyRecordsForClass(Oid classId, Oid objectId, Oid refclassId, char deptype);
extern long deleteDependencyRecordsForSpecific(Oid classId, Oid objectId, char deptype, Oid refclassId,
											   Oid refobjectId);
extern long changeDependencyFor(Oid classId, Oid objectId, Oid refClassId, Oid oldRefObjectId, Oid newRefObjectId);
extern long changeDependenciesOf(Oid classId, Oid oldObjectId, Oid newObjectId);
extern long changeDependenciesOn(Oid refClassId, Oid oldRefObjectId, Oid newRefObjectId);
extern Oid getExtensionOfObject(Oid classId, Oid objectId);
/* Is the sequence owned by a column (SERIAL: 'a', identity: 'i')? */
extern bool sequenceIsOwned(Oid seqId, char deptype, Oid *tableId, int32 *colId);
extern List *getOwnedSequences(Oid relid);
extern Oid getIdentitySequence(Oid relid, AttrNumber attnum, bool missing_ok);
extern Oid get_index_constraint(Oid indexId);
extern List *get_index_ref_constraints(Oid indexId);

/* Shared objects (roles, databases, tablespaces) as referenced objects: pg_shdepend. */
extern void recordSharedDependencyOn(ObjectAddress *depender, ObjectAddress *referenced, SharedDependencyType deptype);
extern void deleteSharedDependencyRecordsFor(Oid classId, Oid objectId, int32 objectSubId);
extern void recordDependencyOnOwner(Oid classId, Oid objectId, Oid owner);
extern void changeDependencyOnOwner(Oid classId, Oid objectId, Oid newOwnerId);
extern void recordDependencyOnTablespace(Oid classId, Oid objectId, Oid tablespace);
extern void changeDependencyOnTablespace(Oid classId, Oid objectId, Oid newTablespaceId);
extern void updateAclDependencies(Oid classId, Oid objectId, int32 objectSubId, Oid ownerId, int noldmembers,
								  Oid *oldmembers, int nnewmembers, Oid *newmembers);
/* Who depends on a shared object, described for errdetail; detail_log_msg has them all. */
extern bool checkSharedDependencies(Oid classId, Oid objectId, char **detail_msg, char **detail_log_msg);
extern void shdepLockAndCheckObject(Oid classId, Oid objectId);
extern void copyTemplateDependencies(Oid templateDbId, Oid newDbId);
extern void dropDatabaseDependencies(Oid databaseId);
extern void shdepDropOwned(List *relids, DropBehavior behavior);
extern void shdepReassignOwned(List *relids, Oid newrole);

#endif /* DEPENDENCY_H */
