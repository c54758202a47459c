/*
 * holdoff.c
 *    The interrupt and critical-section counters (miscadmin.h): here, because reporting looks at and resets them.
 */
#include "postgres.h"

#include "miscadmin.h"

volatile sig_atomic_t InterruptPending = false;
volatile uint32 InterruptHoldoffCount = 0;
volatile uint32 QueryCancelHoldoffCount = 0;

/* Until the process has a PGPROC the depth is kept here. */
static volatile uint32 crit_section_count_without_proc = 0;
volatile uint32 *MyCritSectionCount = &crit_section_count_without_proc;
