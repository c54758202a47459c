/*
 * pg_rusage.c
 *    How much processor time something took, for log messages.
 */
#include "postgres.h"
#include "utils/pg_rusage.h"

void
pg_rusage_init(PGRUsage *ru0)
{
	getrusage(RUSAGE_SELF, &ru0->ru);
	gettimeofday(&ru0->tv, NULL);
}

static void
split(struct timeval from, struct timeval to, int *sec, int *centi)
{
	int64 us = (int64) (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_usec - from.tv_usec);

	*sec = (int) (us / 1000000);
	*centi = (int) (us % 1000000 / 10000);
}

const char *
pg_rusage_show(const PGRUsage *ru0)
{
	static char result[100];
	PGRUsage ru1;
	int user[2];
	int sys[2];
	int elapsed[2];

	pg_rusage_init(&ru1);
	split(ru0->ru.ru_utime, ru1.ru.ru_utime, &user[0], &user[1]);
	split(ru0->ru.ru_stime, ru1.ru.ru_stime, &sys[0], &sys[1]);
	split(ru0->tv, ru1.tv, &elapsed[0], &elapsed[1]);
	snprintf(result, sizeof(result), "CPU: user: %d.%02d s, system: %d.%02d s, elapsed: %d.%02d s", user[0], user[1],
			 sys[0], sys[1], elapsed[0], elapsed[1]);
	return result;
}
