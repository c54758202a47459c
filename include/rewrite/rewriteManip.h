/*
 * rewrite/rewriteManip.h
 *    Renumbering of query trees: relations, query levels, whole Vars. All but the replace_ and map_ functions work in
 *    place and take an expression, a list or a Query; sublevels_up says how deep below the interesting level we start.
 */
#ifndef REWRITEMANIP_H
#define REWRITEMANIP_H

#include "nodes/parsenodes.h"

/* Adds offset to every range-table index of the given level. */
extern void OffsetVarNodes(Node *node, int offset, int sublevels_up);
/* Relation rt_index becomes new_index at the given level. */
extern void ChangeVarNodes(Node *node, int rt_index, int new_index, int sublevels_up);
/* Adds delta to the levels-up of every reference that points at least min_sublevels_up levels out. */
extern void IncrementVarSublevelsUp(Node *node, int delta_sublevels_up, int min_sublevels_up);
extern void IncrementVarSublevelsUp_rtable(List *rtable, int delta_sublevels_up, int min_sublevels_up);
extern bool rangeTableEntry_used(Node *node, int rt_index, int sublevels_up);
extern void AddQual(Query *parsetree, Node *qual);
extern void AddHavingQual(Query *parsetree, Node *havingQual);

extern bool contain_aggs_of_level(Node *node, int levelsup);
extern int locate_agg_of_level(Node *node, int levelsup);
extern bool contain_windowfuncs(Node *node);
extern int locate_windowfunc(Node *node);
extern bool checkExprHasSubLink(Node *node);

typedef enum ReplaceVarsNoMatchOption
{
	REPLACEVARS_REPORT_ERROR,
	REPLACEVARS_CHANGE_VARNO, /* to nomatch_varno */
	REPLACEVARS_SUBSTITUTE_NULL
} ReplaceVarsNoMatchOption;

/* Copy with the Vars of target_varno replaced by the expressions of targetlist. */
extern Node *ReplaceVarsFromTargetList(Node *node, int target_varno, int sublevels_up, RangeTblEntry *target_rte,
									   List *targetlist, ReplaceVarsNoMatchOption nomatch_option, int nomatch_varno,
									   bool *outer_hasSubLinks);

#endif /* REWRITEMANIP_H */
