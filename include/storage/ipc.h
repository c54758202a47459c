/*
 * storage/ipc.h
 *    Leaving a process: exit callbacks.
 *
 * proc_exit(code) runs before_shmem_exit callbacks (transaction abort lives there: catalogs and locks still work), then
 * on_shmem_exit (shared structures are given back), then on_proc_exit, each list last registered first, and exits.
 * A callback is unlinked before it runs, so an error in it continues with the next one.
 */
#ifndef IPC_H
#define IPC_H

#include "postgres.h"

typedef void (*pg_on_exit_callback)(int code, Datum arg);

extern bool proc_exit_inprogress;
extern bool shmem_exit_inprogress;

extern void proc_exit(int code) pg_attribute_noreturn();
extern void shmem_exit(int code);
extern void on_proc_exit(pg_on_exit_callback function, Datum arg);
extern void on_shmem_exit(pg_on_exit_callback function, Datum arg);
extern void before_shmem_exit(pg_on_exit_callback function, Datum arg);
extern void cancel_before_shmem_exit(pg_on_exit_callback function, Datum arg);
extern void on_exit_reset(void); /* forget all: for a child after fork */
extern void check_on_shmem_exit_lists_are_empty(void);

/* Run a block so that cleanup(0, arg) happens if it raises, and also if it ends the process. */
#define PG_ENSURE_ERROR_CLEANUP(cleanup_function, arg) \
	do                                                 \
	{                                                  \
		before_shmem_exit(cleanup_function, arg);      \
		PG_TRY()
#define PG_END_ENSURE_ERROR_CLEANUP(cleanup_function, arg)   \
		cancel_before_shmem_exit(cleanup_function, arg);     \
		PG_CATCH();                                          \
		{                                                    \
			cancel_before_shmem_exit(cleanup_function, arg); \
			cleanup_function(0, arg);                        \
			PG_RE_THROW();                                   \
		}                                                    \
		PG_END_TRY();                                        \
	} while (0)

#endif /* IPC_H */
