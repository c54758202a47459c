/*
 * session/session.h
 *    What the files of session/ share.
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "tcop/tcopprot.h"

/* transaction.c: the transaction command around one statement. Statement timeouts run from begin to finish. */
extern void session_begin_command(void);
extern void session_finish_command(void);
extern bool session_in_command(void);
extern void session_forget_command(void); /* after an abort */
/* Raises 25P02 unless the statement may run in the present (perhaps aborted) transaction block. */
extern void session_refuse_if_aborted(Node *raw_stmt);

/* simple_query.c */
extern void exec_simple_query(const char *query_string);

/* error_recovery.c: after an error reached the loop: report, abort, clean up. */
extern void session_recover(void);

#endif /* SESSION_SESSION_H */
