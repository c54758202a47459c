/*
 * process/privileges.h
 *    The server never runs as root: started by root, it becomes the data directory's owner.
 */
#ifndef PROCESS_PRIVILEGES_H
#define PROCESS_PRIVILEGES_H

#include "postgres.h"

/* Looks for -D (or PGDATA) in the arguments; exits with an explanation when there is nobody to become. */
extern void privileges_drop_for_server(int argc, char **argv);
/* Become that user with all its groups; exits on failure. */
extern void privileges_become(uid_t uid);
/* The unprivileged account that root's initdb gives a new directory to: "postgres", else "matriarch". */
extern bool privileges_server_account(uid_t *uid, gid_t *gid);

#endif /* PROCESS_PRIVILEGES_H */
