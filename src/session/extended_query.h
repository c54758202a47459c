/*
 * extended_query.h
 *    The messages of the extended protocol, one function each. All raise on bad input; the session's loop then skips to Sync.
 */
#ifndef SESSION_EXTENDED_QUERY_H
#define SESSION_EXTENDED_QUERY_H

#include "lib/stringinfo.h"

extern void exec_parse_message(StringInfo message);
extern void exec_bind_message(StringInfo message);
extern void exec_describe_message(StringInfo message);
extern void exec_execute_message(StringInfo message);
extern void exec_close_message(StringInfo message);
extern void drop_unnamed_statement(void);

#endif /* SESSION_EXTENDED_QUERY_H */
