/*
 * parser/parse_param.h
 *    $n: parameters of given types, or of types that analysis finds out.
 */
#ifndef PARSE_PARAM_H
#define PARSE_PARAM_H

#include "parser/parse_node.h"

extern void setup_parse_fixed_parameters(ParseState *pstate, const Oid *paramTypes, int numParams);
extern void setup_parse_variable_parameters(ParseState *pstate, Oid **paramTypes, int *numParams);
/* After analysis: every use of a parameter has the type found last, or 42P18. */
extern void check_variable_parameters(ParseState *pstate, Query *query);
extern bool query_contains_extern_params(Query *query);

#endif /* PARSE_PARAM_H */
