/*
 * process/init_postgres.h
 *    From a bare process to one that may run queries.
 */
#ifndef PROCESS_INIT_POSTGRES_H
#define PROCESS_INIT_POSTGRES_H

#include "postgres.h"

/* First thing in main(): memory, stack base, start time, locale. */
extern void InitProcessGlobals(void);
/* A process without a postmaster: latch, signals, its own pid. */
extern void InitStandaloneProcess(const char *argv0);
/* A child right after fork: what it must forget and begin anew. */
extern void InitPostmasterChild(void);
/* MaxBackends from the settings. */
extern void InitializeMaxBackends(void);
/* What all processes with shared memory do once they have a PGPROC: files, buffers, WAL insertion. */
extern void BaseInit(void);

/*
 * Choose database and role and set everything up for them: exactly one of in_dbname and dboid, of username and useroid. Neither
 * database nor role: bootstrap. FATAL when the database is missing, not connectable or full.
 */
extern void InitPostgres(const char *in_dbname, Oid dboid, const char *username, Oid useroid,
						 bool load_session_libraries, bool override_allow_connections, char *out_dbname);

/* protocol/auth: checks who the client is. NULL port: stand-alone. */
struct Port;
extern void PerformAuthentication(struct Port *port);

extern bool ThereIsAtLeastOneRole(void);

#endif /* PROCESS_INIT_POSTGRES_H */
