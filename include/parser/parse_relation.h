/*
 * parser/parse_relation.h
 *    Range-table entries and the namespace: adding them, and finding names in them.
 *
 * The addRangeTableEntry* functions append to pstate->p_rtable and return a namespace item that is not in the
 * namespace yet: addNSItemToQuery or addRTEtoQuery-like callers place it.
 */
#ifndef PARSE_RELATION_H
#define PARSE_RELATION_H

#include "parser/parse_node.h"
#include "storage/lockdefs.h"

extern ParseNamespaceItem *refnameNamespaceItem(ParseState *pstate, const char *schemaname, const char *refname,
												int location, int *sublevels_up);
extern CommonTableExpr *scanNameSpaceForCTE(ParseState *pstate, const char *refname, Index *ctelevelsup);
extern bool scanNameSpaceForENR(ParseState *pstate, const char *refname);
extern void checkNameSpaceConflicts(ParseState *pstate, List *namespace1, List *namespace2);
extern ParseNamespaceItem *GetNSItemByRangeTablePosn(ParseState *pstate, int varno, int sublevels_up);
extern RangeTblEntry *GetRTEByRangeTablePosn(ParseState *pstate, int varno, int sublevels_up);
extern CommonTableExpr *GetCTEForRTE(ParseState *pstate, RangeTblEntry *rte, int rtelevelsup);
extern Node *scanNSItemForColumn(ParseState *pstate, ParseNamespaceItem *nsitem, int sublevels_up, const char *colname,
								 int location);
extern Node *colNameToVar(ParseState *pstate, const char *colname, bool localonly, int location);
extern void markVarForSelectPriv(ParseState *pstate, Var *var);
extern Relation parserOpenTable(ParseState *pstate, const RangeVar *relation, LOCKMODE lockmode);
extern ParseNamespaceItem *addRangeTableEntry(ParseState *pstate, RangeVar *relation, Alias *alias, bool inh,
											  bool inFromCl);
extern ParseNamespaceItem *addRangeTableEntryForRelation(ParseState *pstate, Relation rel, LOCKMODE lockmode,
														 Alias *alias, bool inh, bool inFromCl);
extern ParseNamespaceItem *addRangeTableEntryForSubquery(ParseState *pstate, Query *subquery, Alias *alias,
														 bool lateral, bool inFromCl);
extern ParseNamespaceItem *addRangeTableEntryForFunction(ParseState *pstate, List *funcnames, List *funcexprs,
														 List *coldeflists, RangeFunction *rangefunc, bool lateral,
														 bool inFromCl);
extern ParseNamespaceItem *addRangeTableEntryForValues(ParseState *pstate, List *exprs, List *coltypes,
													   List *coltypmods, List *colcollations, Alias *alias,
													   bool lateral, bool inFromCl);
extern ParseNamespaceItem *addRangeTableEntryForJoin(ParseState *pstate, List *colnames,
													 ParseNamespaceColumn *nscolumns, JoinType jointype,
													 int nummergedcols, List *aliasvars, List *leftcols,
													 List *rightcols, Alias *joinalias, Alias *alias, bool inFromCl);
extern ParseNamespaceItem *addRangeTableEntryForCTE(ParseState *pstate, CommonTableExpr *cte, Index levelsup,
													RangeVar *rv, bool inFromCl);
extern bool isLockedRefname(ParseState *pstate, const char *refname);
extern void addNSItemToQuery(ParseState *pstate, ParseNamespaceItem *nsitem, bool addToJoinList,
							 bool addToRelNameSpace, bool addToVarNameSpace);
extern void errorMissingRTE(ParseState *pstate, RangeVar *relation) pg_attribute_noreturn();
extern void errorMissingColumn(ParseState *pstate, const char *relname, const char *colname, int location)
	pg_attribute_noreturn();
/* Names and Vars of an RTE's columns. Dropped ones are left out unless asked for. */
extern void expandRTE(RangeTblEntry *rte, int rtindex, int sublevels_up, int location, bool include_dropped,
					  List **colnames, List **colvars);
extern List *expandNSItemVars(ParseNamespaceItem *nsitem, int sublevels_up, int location, List **colnames);
extern List *expandNSItemAttrs(ParseState *pstate, ParseNamespaceItem *nsitem, int sublevels_up, bool require_col_privs,
							   int location);
extern bool get_rte_attribute_is_dropped(RangeTblEntry *rte, AttrNumber attnum);
extern char *get_rte_attribute_name(RangeTblEntry *rte, AttrNumber attnum);
extern int attnameAttNum(Relation rd, const char *attname, bool sysColOK);
extern const NameData *attnumAttName(Relation rd, int attid);
extern Oid attnumTypeId(Relation rd, int attid);
extern Oid attnumCollationId(Relation rd, int attid);
extern bool isQueryUsingTempRelation(Query *query);
/* rt_fetch and friends */
#define rt_fetch(rangetable_index, rangetable) ((RangeTblEntry *) list_nth(rangetable, (rangetable_index) -1))
extern TargetEntry *get_tle_by_resno(List *tlist, AttrNumber resno);
extern RowMarkClause *get_parse_rowmark(Query *qry, Index rtindex);

#endif /* PARSE_RELATION_H */
