/*
 * plan_by_text.h
 *    The simple protocol's plan cache: a statement seen before, up to its constants, is neither parsed nor planned again.
 */
#ifndef SESSION_PLAN_BY_TEXT_H
#define SESSION_PLAN_BY_TEXT_H

#include "c.h"

/*
 * Runs the statement from the cache and returns true, or returns false with nothing done: the caller parses. A statement enters
 * the cache when its key comes the second time. Raises what running it raises.
 */
extern bool plan_by_text_run(const char *query_string);

#endif /* SESSION_PLAN_BY_TEXT_H */
