/*
 * common/hashfn.h
 *    Hash functions for tables in memory and for the SQL-visible hash support functions.
 *
 * Byte strings go through XXH3, integers through a multiply-xorshift finalizer. Values are stable within one build;
 * nothing on disk depends on them.
 */
#ifndef HASHFN_H
#define HASHFN_H

#include "postgres.h"

extern uint32 hash_bytes(const unsigned char *k, int keylen);
extern uint64 hash_bytes_extended(const unsigned char *k, int keylen, uint64 seed);
extern uint32 hash_bytes_uint32(uint32 k);
extern uint64 hash_bytes_uint32_extended(uint32 k, uint64 seed);

/* For dynamic hash tables (utils/hsearch.h): hash of a key of keysize bytes. */
extern uint32 string_hash(const void *key, Size keysize);
extern uint32 tag_hash(const void *key, Size keysize);
extern uint32 uint32_hash(const void *key, Size keysize);
#define oid_hash uint32_hash

static inline Datum hash_any(const unsigned char *k, int keylen) { return UInt32GetDatum(hash_bytes(k, keylen)); }
static inline Datum
hash_any_extended(const unsigned char *k, int keylen, uint64 seed)
{
	return UInt64GetDatum(hash_bytes_extended(k, keylen, seed));
}
static inline Datum hash_uint32(uint32 k) { return UInt32GetDatum(hash_bytes_uint32(k)); }
static inline Datum hash_uint32_extended(uint32 k, uint64 seed) { return UInt64GetDatum(hash_bytes_uint32_extended(k, seed)); }

/* The finalizer of MurmurHash3: every input bit reaches every output bit. */
static inline uint32
murmurhash32(uint32 data)
{
	data = (data ^ (data >> 16)) * 0x85ebca6bU;
	data = (data ^ (data >> 13)) * 0xc2b2ae35U;
	return data ^ (data >> 16);
}

static inline uint64
murmurhash64(uint64 data)
{
	data = (data ^ (data >> 33)) * UINT64CONST(0xff51afd7ed558ccd);
	data = (data ^ (data >> 33)) * UINT64CONST(0xc4ceb9fe1a85ec53);
	return data ^ (data >> 33);
}

/* Mix b into a; the order matters. The constants are the golden ratio in 32 and 64 bits. */
static inline uint32 hash_combine(uint32 a, uint32 b) { return a ^ (b + 0x9e3779b9U + (a << 6) + (a >> 2)); }
static inline uint64
hash_combine64(uint64 a, uint64 b)
{
	return a ^ (b + UINT64CONST(0x9e3779b97f4a7c15) + (a << 12) + (a >> 4));
}

#endif /* HASHFN_H */
