/*
 * hashtable.c
 *    Hash tables with entries that never move (utils/hsearch.h).
 *
 * Entries live in slabs, each twice as large as the one before; the table of buckets holds the heads of chains and is
 * doubled when there are more entries than buckets. A scan walks the slabs, not the buckets, so growing does not
 * disturb it and no list of running scans is kept.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "port/pg_bitutils.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct Entry
{
	struct Entry *next; /* in the chain, or in the list of free entries */
	uint32 hash;
	bool used;
} Entry;
#define ENTRY_HEADER MAXALIGN(sizeof(Entry))
#define ENTRY_KEY(entry) ((void *) ((char *) (entry) + ENTRY_HEADER))
#define KEY_ENTRY(key) ((Entry *) ((char *) (key) -ENTRY_HEADER))

typedef struct Slab
{
	struct Slab *next;
	uint32 capacity;
	uint32 filled; /* entries ever handed out */
} Slab;
#define SLAB_HEADER MAXALIGN(sizeof(Slab))

struct HTAB
{
	Entry **buckets;
	uint32 bucket_mask;
	uint32 entry_stride;
	Size keysize;
	HashValueFunc hash;
	HashCompareFunc match;
	HashCopyFunc keycopy;
	long count;
	Entry *free_entries;
	Slab *newest; /* the one being filled */
	Slab *first;
	MemoryContext context;
	const char *name;
};

#define SLAB_CAPACITY_MAX 1024

static int
match_bytes(const void *a, const void *b, Size size)
{
	return memcmp(a, b, size);
}

static int
match_strings(const void *a, const void *b, Size size)
{
	return strncmp(a, b, size - 1);
}

static void *
copy_string_key(void *dest, const void *src, Size size)
{
	strlcpy(dest, src, size);
	return dest;
}

static void
choose_functions(HTAB *table, const HASHCTL *info, int flags)
{
	bool strings = (flags & HASH_STRINGS) != 0;

	Assert(((flags & HASH_STRINGS) != 0) + ((flags & HASH_BLOBS) != 0) + ((flags & HASH_FUNCTION) != 0) == 1);
	if (flags & HASH_FUNCTION)
		table->hash = info->hash;
	else if (strings)
		table->hash = string_hash;
	else
		table->hash = info->keysize == sizeof(uint32) ? uint32_hash : tag_hash;
	table->match = (flags & HASH_COMPARE) ? info->match : strings ? match_strings : match_bytes;
	table->keycopy = (flags & HASH_KEYCOPY) ? info->keycopy : strings ? copy_string_key : (HashCopyFunc) memcpy;
}

HTAB *
hash_create(const char *tabname, long nelem, const HASHCTL *info, int flags)
{
	MemoryContext parent = (flags & HASH_CONTEXT) ? info->hcxt : TopMemoryContext;
	MemoryContext context = AllocSetContextCreate(parent, "dynahash", ALLOCSET_SMALL_SIZES);
	HTAB *table = MemoryContextAllocZero(context, sizeof(HTAB));
	uint32 nbuckets = pg_nextpower2_32((uint32) Min(Max(nelem, 16), 1 << 20));

	Assert((flags & HASH_ELEM) && info->keysize > 0 && info->entrysize >= info->keysize);
	choose_functions(table, info, flags);
	table->context = context;
	table->name = MemoryContextStrdup(context, tabname);
	table->keysize = info->keysize;
	table->entry_stride = ENTRY_HEADER + MAXALIGN(info->entrysize);
	table->buckets =
		MemoryContextAllocExtended(context, nbuckets * sizeof(Entry *), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	table->bucket_mask = nbuckets - 1;
	MemoryContextSetIdentifier(context, table->name);
	return table;
}

void
hash_destroy(HTAB *hashp)
{
	if (hashp)
		MemoryContextDelete(hashp->context);
}

/* Twice as many buckets. Out of memory just means longer chains. */
static void
double_buckets(HTAB *table)
{
	uint32 old_count = table->bucket_mask + 1;
	Size bytes = (Size) old_count * 2 * sizeof(Entry *);
	Entry **buckets;

	if (old_count >= UINT32_C(1) << 30)
		return;
	buckets = MemoryContextAllocExtended(table->context, bytes, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM | MCXT_ALLOC_ZERO);
	if (buckets == NULL)
		return;
	table->bucket_mask = old_count * 2 - 1;
	for (uint32 i = 0; i < old_count; i++)
		for (Entry *entry = table->buckets[i], *next; entry; entry = next)
		{
			Entry **home = &buckets[entry->hash & table->bucket_mask];

			next = entry->next;
			entry->next = *home;
			*home = entry;
		}
	pfree(table->buckets);
	table->buckets = buckets;
}

static bool
add_slab(HTAB *table)
{
	uint32 capacity = table->newest ? Min(table->newest->capacity * 2, SLAB_CAPACITY_MAX) : 16;
	Slab *slab = MemoryContextAllocExtended(table->context, SLAB_HEADER + (Size) capacity * table->entry_stride,
											MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);

	if (slab == NULL)
		return false;
	*slab = (Slab){.capacity = capacity};
	if (table->newest)
		table->newest->next = slab;
	else
		table->first = slab;
	table->newest = slab;
	return true;
}

static Entry *
slab_entry(const HTAB *table, const Slab *slab, uint32 index)
{
	return (Entry *) ((char *) slab + SLAB_HEADER + (Size) index * table->entry_stride);
}

static Entry *
take_free_entry(HTAB *table)
{
	Entry *entry = table->free_entries;

	if (entry)
	{
		table->free_entries = entry->next;
		return entry;
	}
	if ((table->newest == NULL || table->newest->filled == table->newest->capacity) && !add_slab(table))
		return NULL;
	return slab_entry(table, table->newest, table->newest->filled++);
}

static void *
insert_entry(HTAB *table, const void *key, uint32 hash, HASHACTION action)
{
	Entry *entry;
	Entry **bucket;

	if (table->count > table->bucket_mask)
		double_buckets(table);
	entry = take_free_entry(table);
	if (entry == NULL)
	{
		if (action == HASH_ENTER_NULL)
			return NULL;
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
	}
	bucket = &table->buckets[hash & table->bucket_mask];
	*entry = (Entry){.next = *bucket, .hash = hash, .used = true};
	table->keycopy(ENTRY_KEY(entry), key, table->keysize);
	*bucket = entry;
	table->count++;
	return ENTRY_KEY(entry);
}

static void
remove_entry(HTAB *table, Entry **link)
{
	Entry *entry = *link;

	*link = entry->next;
	entry->used = false;
	entry->next = table->free_entries;
	table->free_entries = entry;
	table->count--;
}

uint32
get_hash_value(HTAB *hashp, const void *keyPtr)
{
	return hashp->hash(keyPtr, hashp->keysize);
}

void *
hash_search(HTAB *hashp, const void *keyPtr, HASHACTION action, bool *foundPtr)
{
	return hash_search_with_hash_value(hashp, keyPtr, hashp->hash(keyPtr, hashp->keysize), action, foundPtr);
}

void *
hash_search_with_hash_value(HTAB *hashp, const void *keyPtr, uint32 hashvalue, HASHACTION action, bool *foundPtr)
{
	Entry **link = &hashp->buckets[hashvalue & hashp->bucket_mask];
	Entry *entry;

	for (; (entry = *link) != NULL; link = &entry->next)
		if (entry->hash == hashvalue && hashp->match(ENTRY_KEY(entry), keyPtr, hashp->keysize) == 0)
			break;
	if (foundPtr)
		*foundPtr = entry != NULL;
	if (entry != NULL)
	{
		if (action == HASH_REMOVE)
			remove_entry(hashp, link);
		return ENTRY_KEY(entry); /* a removed entry's contents stay readable until the next insertion */
	}
	if (action == HASH_FIND || action == HASH_REMOVE)
		return NULL;
	return insert_entry(hashp, keyPtr, hashvalue, action);
}

bool
hash_update_hash_key(HTAB *hashp, void *existingEntry, const void *newKeyPtr)
{
	Entry *entry = KEY_ENTRY(existingEntry);
	Entry **link = &hashp->buckets[entry->hash & hashp->bucket_mask];
	uint32 hash = hashp->hash(newKeyPtr, hashp->keysize);

	if (!entry->used)
		elog(ERROR, "hash_update_hash_key argument is not in hashtable \"%s\"", hashp->name);
	if (hash_search_with_hash_value(hashp, newKeyPtr, hash, HASH_FIND, NULL) != NULL)
		return false;
	while (*link != entry)
		link = &(*link)->next;
	*link = entry->next;
	entry->hash = hash;
	hashp->keycopy(existingEntry, newKeyPtr, hashp->keysize);
	entry->next = hashp->buckets[hash & hashp->bucket_mask];
	hashp->buckets[hash & hashp->bucket_mask] = entry;
	return true;
}

long
hash_get_num_entries(HTAB *hashp)
{
	return hashp->count;
}

void
hash_seq_init(HASH_SEQ_STATUS *status, HTAB *hashp)
{
	*status = (HASH_SEQ_STATUS){.hashp = hashp, .slab = hashp->first};
}

void *
hash_seq_search(HASH_SEQ_STATUS *status)
{
	for (Slab *slab; (slab = status->slab) != NULL; status->slab = slab->next, status->index = 0)
		while (status->index < slab->filled)
		{
			Entry *entry = slab_entry(status->hashp, slab, status->index++);

			if (entry->used)
				return ENTRY_KEY(entry);
		}
	return NULL;
}

void
hash_seq_term(HASH_SEQ_STATUS *status)
{
	status->slab = NULL;
}

Size
hash_estimate_size(long num_entries, Size entrysize)
{
	return (Size) num_entries * (ENTRY_HEADER + MAXALIGN(entrysize)) +
		   pg_nextpower2_64(Max(num_entries, 16)) * sizeof(Entry *);
}
