/*
 * pg_config.h
 *    Constants fixed when the server is built: versions, block sizes, default port.
 */
#ifndef PG_CONFIG_H
#define PG_CONFIG_H

#define PG_MAJORVERSION "15"
#define PG_MAJORVERSION_NUM 15
#define PG_MINORVERSION_NUM 0
#define PG_VERSION_NUM 150000
#define MATRIARCH_VERSION "0.1"
#define PG_VERSION "15.0 (Matriarch " MATRIARCH_VERSION ")"
#define PG_VERSION_STR \
	"PostgreSQL 15.0 (Matriarch " MATRIARCH_VERSION ") on x86_64-pc-linux-gnu, compiled by gcc, 64-bit"

#define BLCKSZ 8192
#define RELSEG_SIZE 131072				 /* blocks per 1 GB segment file of a relation */
#define XLOG_BLCKSZ 8192
#define DEF_PGPORT 5432
#define DEF_PGPORT_STR "5432"
#define DEFAULT_PGSOCKET_DIR "/tmp"
#define SIZEOF_DATUM 8
#define FLOAT8PASSBYVAL 1
#define USE_FLOAT8_BYVAL 1
#define HAVE_INT128 1
#define INDEX_MAX_KEYS 32
#define FUNC_MAX_ARGS 100
#define MAXPGPATH 1024
#define LOBLKSIZE (BLCKSZ / 4)
#define PG_CONTROL_VERSION_NUM 1300
#define CATALOG_VERSION_NO 202209061

#endif /* PG_CONFIG_H */
