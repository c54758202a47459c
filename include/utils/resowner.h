/*
 * utils/resowner.h
 *    Resource owners: what must be given back when a (sub)transaction, portal or process ends, however it ends.
 *
 * Each kind of resource is a ResourceOwnerDesc defined by the module that owns it. Release runs in three phases, in
 * priority order inside a phase (last remembered first within a priority). On commit a resource still held is a
 * leak: WARNING, then release. On abort it is just released. ResourceOwnerEnlarge() may raise; call it before acquiring,
 * so that ResourceOwnerRemember() after the acquisition cannot fail.
 */
#ifndef RESOWNER_H
#define RESOWNER_H

#include "postgres.h"

typedef struct ResourceOwnerData *ResourceOwner;

typedef enum
{
	RESOURCE_RELEASE_BEFORE_LOCKS = 1,
	RESOURCE_RELEASE_LOCKS,
	RESOURCE_RELEASE_AFTER_LOCKS
} ResourceReleasePhase;

typedef uint32 ResourceReleasePriority;
#define RELEASE_PRIO_FIRST 1
/* before locks */
#define RELEASE_PRIO_BUFFER_IOS 100
#define RELEASE_PRIO_BUFFER_PINS 200
#define RELEASE_PRIO_RELCACHE_REFS 300
#define RELEASE_PRIO_DSMS 400
/* after locks */
#define RELEASE_PRIO_CATCACHE_REFS 100
#define RELEASE_PRIO_CATCACHE_LIST_REFS 200
#define RELEASE_PRIO_PLANCACHE_REFS 300
#define RELEASE_PRIO_TUPDESC_REFS 400
#define RELEASE_PRIO_SNAPSHOT_REFS 500
#define RELEASE_PRIO_FILES 600
#define RELEASE_PRIO_LAST UINT32_MAX

typedef struct ResourceOwnerDesc
{
	const char *name; /* for the leak warning */
	ResourceReleasePhase release_phase;
	ResourceReleasePriority release_priority;
	void (*ReleaseResource)(Datum res); /* gives it back; the owner has already forgotten it */
	char *(*DebugPrint)(Datum res);		/* palloc'd description; NULL: name and address */
} ResourceOwnerDesc;

extern ResourceOwner CurrentResourceOwner;
extern ResourceOwner CurTransactionResourceOwner;
extern ResourceOwner TopTransactionResourceOwner;
extern ResourceOwner AuxProcessResourceOwner;

extern ResourceOwner ResourceOwnerCreate(ResourceOwner parent, const char *name);
/* Releases one phase, children first. Call for all three in order, then ResourceOwnerDelete. */
extern void ResourceOwnerRelease(ResourceOwner owner, ResourceReleasePhase phase, bool isCommit, bool isTopLevel);
extern void ResourceOwnerDelete(ResourceOwner owner); /* with its children; must be empty */
extern ResourceOwner ResourceOwnerGetParent(ResourceOwner owner);
extern void ResourceOwnerNewParent(ResourceOwner owner, ResourceOwner newparent);
extern const char *ResourceOwnerGetName(ResourceOwner owner);

extern void ResourceOwnerEnlarge(ResourceOwner owner);
extern void ResourceOwnerRemember(ResourceOwner owner, Datum res, const ResourceOwnerDesc *kind);
extern void ResourceOwnerForget(ResourceOwner owner, Datum res, const ResourceOwnerDesc *kind); /* XX000 if not held */
extern void ResourceOwnerReleaseAllOfKind(ResourceOwner owner, const ResourceOwnerDesc *kind);

/* Called for every phase of every owner's release, after the kinds of that phase (the lock manager hooks in here). */
typedef void (*ResourceReleaseCallback)(ResourceReleasePhase phase, bool isCommit, bool isTopLevel, void *arg);
extern void RegisterResourceReleaseCallback(ResourceReleaseCallback callback, void *arg);
extern void UnregisterResourceReleaseCallback(ResourceReleaseCallback callback, void *arg);

/* An owner for processes that run no transactions; released by ReleaseAuxProcessResources. */
extern void CreateAuxProcessResourceOwner(void);
extern void ReleaseAuxProcessResources(bool isCommit);

#endif /* RESOWNER_H */
