/*
 * utils/hsearch.h
 *    Hash tables in this process's memory, with PostgreSQL's interface.
 *
 * An entry is a fixed-size struct whose first keysize bytes are the key. Entries never move: a pointer to one is good
 * until it is removed or the table destroyed. While a scan runs, anything may be removed; what is added may or may not
 * be seen. Tables in shared memory are not made here (shmem/).
 */
#ifndef HSEARCH_H
#define HSEARCH_H

#include "postgres.h"

typedef uint32 (*HashValueFunc)(const void *key, Size keysize);
typedef int (*HashCompareFunc)(const void *key1, const void *key2, Size keysize); /* 0 means equal */
typedef void *(*HashCopyFunc)(void *dest, const void *src, Size keysize);
typedef void *(*HashAllocFunc)(Size request);

typedef struct HTAB HTAB;

typedef struct HASHCTL
{
	Size keysize;
	Size entrysize;
	HashValueFunc hash;
	HashCompareFunc match;
	HashCopyFunc keycopy;
	MemoryContext hcxt; /* parent of the table's own context */
} HASHCTL;

#define HASH_ELEM 0x0008	 /* keysize and entrysize are given; required */
#define HASH_STRINGS 0x0010	 /* keys are C strings of at most keysize - 1 bytes */
#define HASH_BLOBS 0x0020	 /* keys are plain bytes */
#define HASH_FUNCTION 0x0040 /* hash is given */
#define HASH_COMPARE 0x0080	 /* match is given; else memcmp */
#define HASH_KEYCOPY 0x0100	 /* keycopy is given; else memcpy */
#define HASH_CONTEXT 0x0200	 /* hcxt is given; else TopMemoryContext */

typedef enum
{
	HASH_FIND,
	HASH_ENTER, /* make an entry when there is none: key filled, rest uninitialised; raises 53200 */
	HASH_REMOVE,
	HASH_ENTER_NULL /* the same, NULL when out of memory */
} HASHACTION;

typedef struct HASH_SEQ_STATUS
{
	HTAB *hashp;
	void *slab; /* position: slab of entries and index in it */
	uint32 index;
} HASH_SEQ_STATUS;

extern HTAB *hash_create(const char *tabname, long nelem, const HASHCTL *info, int flags);
extern void hash_destroy(HTAB *hashp);
extern void *hash_search(HTAB *hashp, const void *keyPtr, HASHACTION action, bool *foundPtr);
extern uint32 get_hash_value(HTAB *hashp, const void *keyPtr);
extern void *hash_search_with_hash_value(HTAB *hashp, const void *keyPtr, uint32 hashvalue, HASHACTION action,
										 bool *foundPtr);
/* Give an entry another key; false (nothing changed) when an entry with that key exists. */
extern bool hash_update_hash_key(HTAB *hashp, void *existingEntry, const void *newKeyPtr);
extern long hash_get_num_entries(HTAB *hashp);
extern void hash_seq_init(HASH_SEQ_STATUS *status, HTAB *hashp);
extern void *hash_seq_search(HASH_SEQ_STATUS *status); /* NULL at the end */
extern void hash_seq_term(HASH_SEQ_STATUS *status);	   /* a scan may also just be forgotten */
extern Size hash_estimate_size(long num_entries, Size entrysize);

#endif /* HSEARCH_H */
