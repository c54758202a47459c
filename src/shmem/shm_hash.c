/*
 * shm_hash.c
 *    Chained hash table in shared memory.
 *
 * Layout: header | one freelist per partition | heads of chains | entries. Chains hold entry numbers + 1 (0 ends them). The
 * number of buckets is a power of two, at least the capacity and at least the number of partitions, so that all keys of a bucket
 * belong to one partition: bucket % npartitions == hash % npartitions.
 */
#include "postgres.h"

#include "shmem/shm_hash.h"

typedef struct Freelist
{
	slock_t lock;
	uint32 head; /* entry number + 1 */
	uint32 count;
	char pad[PG_CACHE_LINE_SIZE - 12];
} Freelist;

/* In front of each user entry. */
typedef struct EntryHeader
{
	uint32 next; /* in its chain or freelist: entry number + 1 */
	uint32 hash;
} EntryHeader;

struct ShmHash
{
	ShmHashLayout layout;
	uint32 nbuckets;
	uint32 stride; /* of entries, header included */
	Freelist *freelists;
	uint32 *buckets;
	char *entries;
};

static uint32
number_of_buckets(const ShmHashLayout *layout)
{
	uint32 n = layout->npartitions;

	while (n < layout->capacity)
		n *= 2;
	return n;
}

static uint32
entry_stride(const ShmHashLayout *layout)
{
	return MAXALIGN(sizeof(EntryHeader) + layout->entrysize);
}

Size
shm_hash_size(const ShmHashLayout *layout)
{
	return CACHELINEALIGN(sizeof(ShmHash)) + sizeof(Freelist) * layout->npartitions +
		   CACHELINEALIGN(sizeof(uint32) * number_of_buckets(layout)) +
		   (Size) entry_stride(layout) * layout->capacity;
}

static inline EntryHeader *
entry_at(ShmHash *table, uint32 number)
{
	return (EntryHeader *) (table->entries + (Size) number * table->stride);
}

static inline uint32
number_of(ShmHash *table, const EntryHeader *entry)
{
	return ((const char *) entry - table->entries) / table->stride;
}

static inline void *
user_part(EntryHeader *entry)
{
	return entry + 1;
}

ShmHash *
shm_hash_init(void *base, const ShmHashLayout *layout)
{
	ShmHash *table = base;
	char *p = (char *) base + CACHELINEALIGN(sizeof(ShmHash));

	Assert((layout->npartitions & (layout->npartitions - 1)) == 0);
	table->layout = *layout;
	table->nbuckets = number_of_buckets(layout);
	table->stride = entry_stride(layout);
	table->freelists = (Freelist *) p;
	p += sizeof(Freelist) * layout->npartitions;
	table->buckets = (uint32 *) p;
	p += CACHELINEALIGN(sizeof(uint32) * table->nbuckets);
	table->entries = p;

	memset(table->buckets, 0, sizeof(uint32) * table->nbuckets);
	for (uint32 i = 0; i < layout->npartitions; i++)
	{
		SpinLockInit(&table->freelists[i].lock);
		table->freelists[i].head = table->freelists[i].count = 0;
	}
	for (uint32 i = layout->capacity; i-- > 0;)
	{
		Freelist *list = &table->freelists[i % layout->npartitions];

		entry_at(table, i)->next = list->head;
		list->head = i + 1;
		list->count++;
	}
	return table;
}

static EntryHeader *
pop_free(ShmHash *table, Freelist *list)
{
	EntryHeader *entry = NULL;

	if (list->count == 0)
		return NULL; /* a racy look, to be repeated by nobody: at worst another list is tried */
	SpinLockAcquire(&list->lock);
	if (list->head != 0)
	{
		entry = entry_at(table, list->head - 1);
		list->head = entry->next;
		list->count--;
	}
	SpinLockRelease(&list->lock);
	return entry;
}

static EntryHeader *
take_free(ShmHash *table, uint32 hash)
{
	uint32 n = table->layout.npartitions;

	for (uint32 i = 0; i < n; i++)
	{
		EntryHeader *entry = pop_free(table, &table->freelists[(hash + i) & (n - 1)]);

		if (entry)
			return entry;
	}
	return NULL;
}

static uint32 *
chain_of(ShmHash *table, uint32 hash)
{
	return &table->buckets[hash & (table->nbuckets - 1)];
}

/* The link that points to the entry with this key; to 0 when there is none. */
static uint32 *
find_link(ShmHash *table, const void *key, uint32 hash)
{
	uint32 *link = chain_of(table, hash);

	while (*link != 0)
	{
		EntryHeader *entry = entry_at(table, *link - 1);

		if (entry->hash == hash && memcmp(user_part(entry), key, table->layout.keysize) == 0)
			break;
		link = &entry->next;
	}
	return link;
}

void *
shm_hash_find(ShmHash *table, const void *key, uint32 hash)
{
	uint32 *link = find_link(table, key, hash);

	return *link ? user_part(entry_at(table, *link - 1)) : NULL;
}

void *
shm_hash_enter(ShmHash *table, const void *key, uint32 hash, bool *found)
{
	uint32 *link = find_link(table, key, hash);
	uint32 *chain = chain_of(table, hash);
	EntryHeader *entry;

	*found = *link != 0;
	if (*link != 0)
		return user_part(entry_at(table, *link - 1));
	entry = take_free(table, hash);
	if (entry == NULL)
		return NULL;
	entry->hash = hash;
	memcpy(user_part(entry), key, table->layout.keysize);
	entry->next = *chain;
	*chain = number_of(table, entry) + 1;
	return user_part(entry);
}

bool
shm_hash_remove(ShmHash *table, const void *key, uint32 hash)
{
	uint32 *link = find_link(table, key, hash);
	Freelist *list = &table->freelists[hash & (table->layout.npartitions - 1)];
	EntryHeader *entry;
	uint32 number;

	if (*link == 0)
		return false;
	number = *link;
	entry = entry_at(table, number - 1);
	*link = entry->next;
	SpinLockAcquire(&list->lock);
	entry->next = list->head;
	list->head = number;
	list->count++;
	SpinLockRelease(&list->lock);
	return true;
}

uint32
shm_hash_count(ShmHash *table)
{
	uint32 free_entries = 0;

	for (uint32 i = 0; i < table->layout.npartitions; i++)
		free_entries += table->freelists[i].count;
	return table->layout.capacity - free_entries;
}

/* The cursor is (bucket, next entry number + 1) of what comes after the entry returned last. */
void *
shm_hash_next(ShmHash *table, uint32 partition, uint64 *cursor)
{
	uint32 bucket = *cursor >> 32;
	uint32 next = (uint32) *cursor;
	EntryHeader *entry;

	if (*cursor == 0)
	{
		bucket = partition;
		next = table->buckets[bucket];
	}
	while (next == 0)
	{
		bucket += table->layout.npartitions;
		if (bucket >= table->nbuckets)
		{
			*cursor = (uint64) table->nbuckets << 32;
			return NULL;
		}
		next = table->buckets[bucket];
	}
	entry = entry_at(table, next - 1);
	/* Bucket 0 with nothing left must not look like the start: its successor in the partition is as good. */
	*cursor = (uint64) bucket << 32 | entry->next;
	if (*cursor == 0)
	{
		bucket += table->layout.npartitions;
		*cursor = (uint64) bucket << 32 | (bucket < table->nbuckets ? table->buckets[bucket] : 0);
	}
	return user_part(entry);
}
