/*
 * postmaster/pm_shell.h
 *    The postmaster's loop: turns what happens into events of the machine and performs its actions.
 */
#ifndef POSTMASTER_PM_SHELL_H
#define POSTMASTER_PM_SHELL_H

#include "postgres.h"

/* Block the postmaster's signals and make the descriptors; before the first child. */
extern void pm_shell_init(void);
extern void pm_shell_run(void) pg_attribute_noreturn();
/* A forked child drops what is the postmaster's alone. */
extern void pm_shell_close_in_child(void);

#endif /* POSTMASTER_PM_SHELL_H */
