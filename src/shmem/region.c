/*
 * region.c
 *    The shared memory region: size, layout, mapping.
 *
 * The region is a memfd, mapped shared at one fixed address. The address lies far from everything the kernel chooses by itself
 * (program, libraries, stacks, and the shadow memory of sanitizers), so that a process started by exec finds it free and
 * pointers into the region mean the same everywhere. A forked child has the mapping already.
 *
 * The first page is ours: magic number, size and the offset of each part, so that an attaching process can check that it runs
 * the same layout. After a crash the postmaster drops the region and makes a new one; the old memory lives until the last
 * process that maps it is gone.
 */
#include "postgres.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "miscadmin.h"
#include "storage/shmem.h"

#define SHMEM_REGION(name, prefix)              \
	extern Size prefix##_shmem_size(void);      \
	extern void prefix##_shmem_init(void *base, bool found);
#include "shmem/shmem_regions.list"
#undef SHMEM_REGION

typedef struct ShmemPart
{
	const char *name;
	Size (*size)(void);
	void (*init)(void *base, bool found);
} ShmemPart;

static const ShmemPart parts[] = {
#define SHMEM_REGION(name, prefix) {name, prefix##_shmem_size, prefix##_shmem_init},
#include "shmem/shmem_regions.list"
#undef SHMEM_REGION
};

#define REGION_ADDRESS ((void *) 0x300000000000)
#define REGION_MAGIC UINT64CONST(0x6d61747269617263)
#define REGION_HEADER_SIZE 4096
#define HUGE_PAGE_SIZE (2 * 1024 * 1024)

typedef struct RegionHeader
{
	uint64 magic;
	uint64 size;
	uint32 nparts;
	uint64 offset[lengthof(parts)];
} RegionHeader;
_Static_assert(sizeof(RegionHeader) <= REGION_HEADER_SIZE, "the header has one page");

static struct
{
	int fd;
	RegionHeader *header; /* NULL: not attached */
	Size size;
} region = {.fd = -1};

shmem_startup_hook_type shmem_startup_hook = NULL;
shmem_request_hook_type shmem_request_hook = NULL;

Size
add_size(Size s1, Size s2)
{
	Size result;

	if (__builtin_add_overflow(s1, s2, &result))
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("requested shared memory size overflows size_t"));
	return result;
}

Size
mul_size(Size s1, Size s2)
{
	Size result;

	if (__builtin_mul_overflow(s1, s2, &result))
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("requested shared memory size overflows size_t"));
	return result;
}

/* Fills the offsets of all parts and returns the size of the whole. */
static Size
lay_out_parts(uint64 *offset)
{
	Size at = REGION_HEADER_SIZE;

	for (int i = 0; i < lengthof(parts); i++)
	{
		offset[i] = at;
		at = add_size(at, CACHELINEALIGN(parts[i].size()));
	}
	return TYPEALIGN(HUGE_PAGE_SIZE, at);
}

Size
CalculateShmemSize(int *num_semaphores)
{
	uint64 offset[lengthof(parts)];

	if (num_semaphores)
		*num_semaphores = 0;
	return lay_out_parts(offset);
}

static void
map_region(int fd, Size size)
{
	void *address = mmap(REGION_ADDRESS, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);

	if (address == MAP_FAILED || address != REGION_ADDRESS)
		ereport(FATAL, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("could not map shared memory: %m"),
				errdetail("Failed system call was mmap(%p, %zu).", REGION_ADDRESS, size));
	madvise(address, size, MADV_HUGEPAGE); /* only advice */
	region.fd = fd;
	region.header = address;
	region.size = size;
}

void
CreateSharedMemoryAndSemaphores(void)
{
	RegionHeader layout = {.magic = REGION_MAGIC, .nparts = lengthof(parts)};
	int fd;

	Assert(region.header == NULL);
	layout.size = lay_out_parts(layout.offset);
	fd = memfd_create("matriarch", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, layout.size) < 0)
		ereport(FATAL, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("could not create shared memory segment: %m"),
				errhint("The request size was %zu bytes.", (Size) layout.size));
	map_region(fd, layout.size);
	*region.header = layout;
	for (int i = 0; i < lengthof(parts); i++)
		parts[i].init((char *) region.header + layout.offset[i], false);
	if (shmem_startup_hook)
		shmem_startup_hook();
}

int
shmem_region_fd(void)
{
	return region.fd;
}

void
shmem_attach_region(int fd)
{
	RegionHeader found;
	uint64 offset[lengthof(parts)];

	if (pread(fd, &found, sizeof(found), 0) != sizeof(found) || found.magic != REGION_MAGIC ||
		found.nparts != lengthof(parts))
		elog(FATAL, "shared memory region is of another program");
	map_region(fd, found.size);
	(void) lay_out_parts(offset);
	if (memcmp(offset, found.offset, sizeof(offset)) != 0)
		elog(FATAL, "shared memory region was laid out with other settings");
	for (int i = 0; i < lengthof(parts); i++)
		parts[i].init((char *) region.header + offset[i], true);
	if (shmem_startup_hook)
		shmem_startup_hook();
}

void
shmem_detach_region(void)
{
	if (region.header == NULL)
		return;
	munmap(region.header, region.size);
	region.header = NULL;
	if (region.fd >= 0)
		close(region.fd);
	region.fd = -1;
}

void
shmem_drop_region(void)
{
	shmem_detach_region();
}

bool
shmem_is_attached(void)
{
	return region.header != NULL;
}

Size
shmem_region_size(void)
{
	return region.size;
}

bool
ShmemAddrIsValid(const void *addr)
{
	return region.header != NULL && (const char *) addr >= (const char *) region.header &&
		   (const char *) addr < (const char *) region.header + region.size;
}
