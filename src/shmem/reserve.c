/*
 * reserve.c
 *    Named pieces of shared memory for late comers: modules.
 *
 * A bounded reserve is part of the region: a small fixed amount plus what preloaded modules have announced. Pieces are handed out
 * one after the other and never given back; a table of names finds them again. Both are protected by ShmemIndexLock.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "storage/spin.h"

#define RESERVE_BASE_SIZE (256 * 1024)
#define RESERVE_MAX_NAMES 128
#define SHMEM_INDEX_KEYSIZE 48

typedef struct ReserveEntry
{
	char name[SHMEM_INDEX_KEYSIZE];
	Size offset;
	Size size;
} ReserveEntry;

typedef struct ReserveHeader
{
	Size size; /* of everything, this header included */
	Size used;
	int nentries;
	ReserveEntry entries[RESERVE_MAX_NAMES];
} ReserveHeader;

static ReserveHeader *reserve;
static Size announced;

void
RequestAddinShmemSpace(Size size)
{
	if (reserve != NULL)
		elog(FATAL, "cannot request additional shared memory outside shmem_request_hook");
	announced = add_size(announced, CACHELINEALIGN(size));
}

Size
shmem_reserve_shmem_size(void)
{
	return add_size(CACHELINEALIGN(sizeof(ReserveHeader)), add_size(RESERVE_BASE_SIZE, announced));
}

void
shmem_reserve_shmem_init(void *base, bool found)
{
	reserve = base;
	if (found)
		return;
	memset(reserve, 0, sizeof(*reserve));
	reserve->size = shmem_reserve_shmem_size();
	reserve->used = CACHELINEALIGN(sizeof(ReserveHeader));
}

/* Under ShmemIndexLock. */
static void *
take(Size size)
{
	void *piece;

	size = CACHELINEALIGN(size);
	if (size > reserve->size - reserve->used)
		return NULL;
	piece = (char *) reserve + reserve->used;
	reserve->used += size;
	return piece;
}

void *
ShmemAllocNoError(Size size)
{
	void *piece;

	LWLockAcquire(ShmemIndexLock, LW_EXCLUSIVE);
	piece = take(size);
	LWLockRelease(ShmemIndexLock);
	return piece;
}

void *
ShmemAlloc(Size size)
{
	void *piece = ShmemAllocNoError(size);

	if (piece == NULL)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY),
				errmsg("out of shared memory (%zu bytes requested)", size));
	return piece;
}

void *
ShmemInitStruct(const char *name, Size size, bool *foundPtr)
{
	ReserveEntry *entry;
	void *piece;

	if (strlen(name) >= SHMEM_INDEX_KEYSIZE)
		elog(ERROR, "name of shared memory structure \"%s\" is too long", name);
	LWLockAcquire(ShmemIndexLock, LW_EXCLUSIVE);
	for (int i = 0; i < reserve->nentries; i++)
	{
		entry = &reserve->entries[i];
		if (strcmp(entry->name, name) != 0)
			continue;
		LWLockRelease(ShmemIndexLock);
		if (entry->size != size)
			ereport(ERROR,
					errmsg("ShmemIndex entry size is wrong for data structure \"%s\": expected %zu, actual %zu", name,
						   size, entry->size));
		*foundPtr = true;
		return (char *) reserve + entry->offset;
	}
	piece = reserve->nentries < RESERVE_MAX_NAMES ? take(size) : NULL;
	if (piece == NULL)
	{
		LWLockRelease(ShmemIndexLock);
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY),
				errmsg("not enough shared memory for data structure \"%s\" (%zu bytes requested)", name, size));
	}
	entry = &reserve->entries[reserve->nentries++];
	strlcpy(entry->name, name, sizeof(entry->name));
	entry->offset = (char *) piece - (char *) reserve;
	entry->size = size;
	LWLockRelease(ShmemIndexLock);
	*foundPtr = false;
	return piece;
}
