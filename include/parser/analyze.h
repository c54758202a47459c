/*
 * parser/analyze.h
 *    Raw statements to Query trees: names and types resolved, permissions to check noted, nothing rewritten yet.
 *
 * Utility statements come back as CMD_UTILITY queries; of those, EXPLAIN, CREATE TABLE AS, DECLARE CURSOR, CALL and
 * PREPARE-like statements have their contained queries analysed. Relations named are locked (AccessShareLock, or what
 * the statement needs) until the transaction ends.
 */
#ifndef ANALYZE_H
#define ANALYZE_H

#include "nodes/params.h"
#include "parser/parse_node.h"

struct QueryEnvironment;

extern Query *parse_analyze_fixedparams(RawStmt *parseTree, const char *sourceText, const Oid *paramTypes,
										int numParams, struct QueryEnvironment *queryEnv);
/* Parameter types grow as they are inferred; undetermined ones are InvalidOid until the caller checks (42P18). */
extern Query *parse_analyze_varparams(RawStmt *parseTree, const char *sourceText, Oid **paramTypes, int *numParams,
									  struct QueryEnvironment *queryEnv);
extern Query *parse_analyze_withcb(RawStmt *parseTree, const char *sourceText, ParserSetupHook parserSetup,
								   void *parserSetupArg, struct QueryEnvironment *queryEnv);
extern Query *parse_sub_analyze(Node *parseTree, ParseState *parentParseState, CommonTableExpr *parentCTE,
								bool locked_from_parent, bool resolve_unknowns);
extern Query *transformTopLevelStmt(ParseState *pstate, RawStmt *parseTree);
extern Query *transformStmt(ParseState *pstate, Node *parseTree);
/* Does the statement need a snapshot for analysis and execution? */
extern bool analyze_requires_snapshot(RawStmt *parseTree);
extern bool stmt_requires_parse_analysis(RawStmt *parseTree);
extern const char *LCS_asString(LockClauseStrength strength);
extern void CheckSelectLocking(Query *qry, LockClauseStrength strength);
extern void applyLockingClause(Query *qry, Index rtindex, LockClauseStrength strength, LockWaitPolicy waitPolicy,
							   bool pushedDown);
extern List *BuildOnConflictExcludedTargetlist(Relation targetrel, Index exclRelIndex);
extern SortGroupClause *makeSortGroupClauseForSetOp(Oid rescoltype, bool require_hash);

#endif /* ANALYZE_H */
