/* port/pg_crc32c.h: the public name of base/crc32c.h. */
#ifndef PG_CRC32C_H
#define PG_CRC32C_H
#include "base/crc32c.h"
#endif
