/*
 * parser/parse_agg.h
 *    Aggregates, window functions and grouping: where they may stand, which query level they belong to.
 */
#ifndef PARSE_AGG_H
#define PARSE_AGG_H

#include "parser/parse_node.h"

extern void transformAggregateCall(ParseState *pstate, Aggref *agg, List *args, List *aggorder, bool agg_distinct);
extern Node *transformGroupingFunc(ParseState *pstate, GroupingFunc *p);
extern void transformWindowFuncCall(ParseState *pstate, WindowFunc *wfunc, WindowDef *windef);
extern void parseCheckAggregates(ParseState *pstate, Query *qry);
/* All grouping sets of nested ROLLUP/CUBE/SETS, as lists of ints, largest set last... smallest first; -1: no limit. */
extern List *expand_grouping_sets(List *groupingSets, bool groupDistinct, int limit);
extern int get_aggregate_argtypes(Aggref *aggref, Oid *inputTypes);
extern Oid resolve_aggregate_transtype(Oid aggfuncid, Oid aggtranstype, Oid *inputTypes, int numArguments);

#endif /* PARSE_AGG_H */
