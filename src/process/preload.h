/*
 * process/preload.h
 *    Defaults that come from the platform rather than from a file, and modules loaded at start.
 */
#ifndef PROCESS_PRELOAD_H
#define PROCESS_PRELOAD_H

#include "postgres.h"

extern void set_stack_depth_default(void); /* max_stack_depth from the kernel's limit */

#endif /* PROCESS_PRELOAD_H */
