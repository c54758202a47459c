/*
 * base/crc32c.h
 *    CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) with the processor's instruction when it has one.
 *
 * INIT, any number of COMP, FIN; EQ compares two finished values.
 */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include "c.h"

typedef uint32 pg_crc32c;

extern pg_crc32c (*pg_comp_crc32c)(pg_crc32c crc, const void *data, size_t len);
extern pg_crc32c crc32c_by_table(pg_crc32c crc, const void *data, size_t len); /* the plain twin, for tests */

#define INIT_CRC32C(crc) ((crc) = 0xFFFFFFFF)
#define COMP_CRC32C(crc, data, len) ((crc) = pg_comp_crc32c((crc), (data), (len)))
#define FIN_CRC32C(crc) ((crc) ^= 0xFFFFFFFF)
#define EQ_CRC32C(c1, c2) ((c1) == (c2))

#endif /* BASE_CRC32C_H */
