/*
 * workers/aux_process.h
 *    What the auxiliary processes have in common: joining shared memory, and a loop that outlives errors.
 */
#ifndef WORKERS_AUX_PROCESS_H
#define WORKERS_AUX_PROCESS_H

#include <setjmp.h>

#include "postgres.h"

/* PGPROC, files, buffers, resource owner, ps title, signals: SIGHUP reload, SIGTERM per shutdown_on_term, SIGQUIT exit at once. */
extern void aux_process_begin(bool shutdown_on_term);
/* After an error in the main loop: report it, give back all that was held, wait a second. */
extern void aux_process_recover(MemoryContext loop_context);

/*
 * The main loop's frame: everything between is done again from here after an ERROR.
 *    aux_process_error_frame(context);
 */
#define aux_process_error_frame(loop_context)            \
	sigjmp_buf local_sigjmp_buf;                         \
	if (sigsetjmp(local_sigjmp_buf, 1) != 0)             \
		aux_process_recover(loop_context);               \
	PG_exception_stack = &local_sigjmp_buf

#endif /* WORKERS_AUX_PROCESS_H */
