/*
 * port/pg_bitutils.h
 *    Positions and counts of bits. Argument 0 is not allowed where a position is asked for.
 */
#ifndef PG_BITUTILS_H
#define PG_BITUTILS_H

#include "c.h"

static inline int pg_leftmost_one_pos32(uint32 word) { return 31 - __builtin_clz(word); }
static inline int pg_leftmost_one_pos64(uint64 word) { return 63 - __builtin_clzll(word); }
static inline int pg_rightmost_one_pos32(uint32 word) { return __builtin_ctz(word); }
static inline int pg_rightmost_one_pos64(uint64 word) { return __builtin_ctzll(word); }
#define pg_leftmost_one_pos_size_t pg_leftmost_one_pos64
static inline int pg_popcount32(uint32 word) { return __builtin_popcount(word); }
static inline int pg_popcount64(uint64 word) { return __builtin_popcountll(word); }
extern uint64 pg_popcount(const char *buf, int bytes);

/* Smallest power of two >= num; num must be > 0 and the result representable. */
static inline uint32 pg_nextpower2_32(uint32 num) { return num <= 1 ? 1 : (uint32) 1 << (32 - __builtin_clz(num - 1)); }
static inline uint64 pg_nextpower2_64(uint64 num) { return num <= 1 ? 1 : (uint64) 1 << (64 - __builtin_clzll(num - 1)); }
#define pg_nextpower2_size_t pg_nextpower2_64
static inline uint32 pg_prevpower2_32(uint32 num) { return (uint32) 1 << pg_leftmost_one_pos32(num); }
static inline uint64 pg_prevpower2_64(uint64 num) { return (uint64) 1 << pg_leftmost_one_pos64(num); }
#define pg_prevpower2_size_t pg_prevpower2_64
static inline uint32 pg_ceil_log2_32(uint32 num) { return num < 2 ? 0 : pg_leftmost_one_pos32(num - 1) + 1; }
static inline uint64 pg_ceil_log2_64(uint64 num) { return num < 2 ? 0 : pg_leftmost_one_pos64(num - 1) + 1; }
static inline uint32 pg_rotate_right32(uint32 word, int n) { return (word >> n) | (word << ((32 - n) & 31)); }
static inline uint32 pg_rotate_left32(uint32 word, int n) { return (word << n) | (word >> ((32 - n) & 31)); }

#endif /* PG_BITUTILS_H */
