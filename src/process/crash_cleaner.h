/*
 * process/crash_cleaner.h
 *    The process that clears up after a killed backend.
 */
#ifndef CRASH_CLEANER_H
#define CRASH_CLEANER_H

#include "c.h"

/* What the postmaster tells it. */
typedef struct CrashCleanerStartupData
{
	int pid; /* of the dead */
} CrashCleanerStartupData;

/* Exit code 0: contained, as if the process had ended in good order. 1: shared memory cannot be trusted. */
extern void CrashCleanerMain(const void *startup_data, size_t startup_data_len) pg_attribute_noreturn();

#endif /* CRASH_CLEANER_H */
