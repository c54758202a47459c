/*
 * hashfn.c
 *    Hash functions (common/hashfn.h): XXH3 for bytes, multiply-xorshift for integers.
 */
#include "postgres.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "common/hashfn.h"

uint32
hash_bytes(const unsigned char *k, int keylen)
{
	uint64 h = XXH3_64bits(k, keylen);

	return (uint32) (h ^ (h >> 32));
}

/* With seed 0 the low half equals hash_bytes(): the rule SQL's extended hash functions must keep. */
uint64
hash_bytes_extended(const unsigned char *k, int keylen, uint64 seed)
{
	uint64 h = seed == 0 ? XXH3_64bits(k, keylen) : XXH3_64bits_withSeed(k, keylen, seed);

	return (h & UINT64CONST(0xFFFFFFFF00000000)) | (uint32) (h ^ (h >> 32));
}

uint32
hash_bytes_uint32(uint32 k)
{
	uint64 h = murmurhash64(k + UINT64CONST(0x9e3779b97f4a7c15));

	return (uint32) (h ^ (h >> 32));
}

uint64
hash_bytes_uint32_extended(uint32 k, uint64 seed)
{
	uint64 h = murmurhash64((k + UINT64CONST(0x9e3779b97f4a7c15)) ^ murmurhash64(seed));

	return (h & UINT64CONST(0xFFFFFFFF00000000)) | (uint32) (h ^ (h >> 32));
}

/* Keys are cut at keysize - 1 bytes, as they are stored. */
uint32
string_hash(const void *key, Size keysize)
{
	return hash_bytes(key, (int) strnlen(key, keysize - 1));
}

uint32
tag_hash(const void *key, Size keysize)
{
	return hash_bytes(key, (int) keysize);
}

uint32
uint32_hash(const void *key, Size keysize)
{
	Assert(keysize == sizeof(uint32));
	return hash_bytes_uint32(*(const uint32 *) key);
}
