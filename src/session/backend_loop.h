/*
 * backend_loop.h
 *    A session's life in its backend: from authentication to Terminate.
 */
#ifndef SESSION_BACKEND_LOOP_H
#define SESSION_BACKEND_LOOP_H

#include "c.h"

/* Connects to the database as the role (MyProcPort is set), then serves messages until the client leaves. */
extern void PostgresMain(const char *dbname, const char *username) pg_attribute_noreturn();

#endif /* SESSION_BACKEND_LOOP_H */
