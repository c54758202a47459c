/*
 * storage/reinit.h
 *    Unlogged relations after a crash: their forks are removed before replay, and made of their init forks after it.
 */
#ifndef REINIT_H
#define REINIT_H

#include "common/relpath.h"

#define UNLOGGED_RELATION_CLEANUP 0x0001
#define UNLOGGED_RELATION_INIT 0x0002

extern void ResetUnloggedRelations(int op);
/* Is it the name of a relation's file: number, then fork? *oidchars gets the number's length. */
extern bool parse_filename_for_nontemp_relation(const char *name, int *oidchars, ForkNumber *fork);

#endif /* REINIT_H */
