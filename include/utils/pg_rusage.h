/*
 * utils/pg_rusage.h
 *    Processor and wall-clock time since a starting point.
 */
#ifndef PG_RUSAGE_H
#define PG_RUSAGE_H

#include <sys/resource.h>
#include <sys/time.h>

typedef struct PGRUsage
{
	struct timeval tv;
	struct rusage ru;
} PGRUsage;

extern void pg_rusage_init(PGRUsage *ru0);
extern const char *pg_rusage_show(const PGRUsage *ru0); /* static buffer */

#endif /* PG_RUSAGE_H */
