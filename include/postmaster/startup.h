/*
 * postmaster/startup.h
 *    The process that brings the data directory to a consistent state and ends.
 */
#ifndef STARTUP_H
#define STARTUP_H

#include "c.h"

extern void StartupProcessMain(const void *startup_data, size_t startup_data_len) pg_attribute_noreturn();
extern void HandleStartupProcInterrupts(void);

#endif /* STARTUP_H */
