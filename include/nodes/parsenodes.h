/*
 * nodes/parsenodes.h
 *    Raw statements as the grammar makes them, and Query as analysis makes it.
 *
 * The structs come from tools/gen_nodes.py; here are the bits and letters that their fields hold.
 */
#ifndef PARSENODES_H
#define PARSENODES_H

#include "nodes/lockoptions.h"
#include "nodes/primnodes.h"
#include "nodes/value.h"

/* ---- privileges (AclMode): order is that of the letters in ACL_ALL_RIGHTS_STR ---- */
#define ACL_INSERT (1 << 0)
#define ACL_SELECT (1 << 1)
#define ACL_UPDATE (1 << 2)
#define ACL_DELETE (1 << 3)
#define ACL_TRUNCATE (1 << 4)
#define ACL_REFERENCES (1 << 5)
#define ACL_TRIGGER (1 << 6)
#define ACL_EXECUTE (1 << 7)
#define ACL_USAGE (1 << 8)
#define ACL_CREATE (1 << 9)
#define ACL_CREATE_TEMP (1 << 10)
#define ACL_CONNECT (1 << 11)
#define ACL_SET (1 << 12)
#define ACL_ALTER_SYSTEM (1 << 13)
#define N_ACL_RIGHTS 14
#define ACL_NO_RIGHTS 0
#define ACL_SELECT_FOR_UPDATE ACL_UPDATE

/* ---- window frames (WindowDef/WindowClause.frameOptions) ---- */
#define FRAMEOPTION_NONDEFAULT 0x00001
#define FRAMEOPTION_RANGE 0x00002
#define FRAMEOPTION_ROWS 0x00004
#define FRAMEOPTION_GROUPS 0x00008
#define FRAMEOPTION_BETWEEN 0x00010
#define FRAMEOPTION_START_UNBOUNDED_PRECEDING 0x00020
#define FRAMEOPTION_END_UNBOUNDED_PRECEDING 0x00040
#define FRAMEOPTION_START_UNBOUNDED_FOLLOWING 0x00080
#define FRAMEOPTION_END_UNBOUNDED_FOLLOWING 0x00100
#define FRAMEOPTION_START_CURRENT_ROW 0x00200
#define FRAMEOPTION_END_CURRENT_ROW 0x00400
#define FRAMEOPTION_START_OFFSET_PRECEDING 0x00800
#define FRAMEOPTION_END_OFFSET_PRECEDING 0x01000
#define FRAMEOPTION_START_OFFSET_FOLLOWING 0x02000
#define FRAMEOPTION_END_OFFSET_FOLLOWING 0x04000
#define FRAMEOPTION_EXCLUDE_CURRENT_ROW 0x08000
#define FRAMEOPTION_EXCLUDE_GROUP 0x10000
#define FRAMEOPTION_EXCLUDE_TIES 0x20000
#define FRAMEOPTION_START_OFFSET (FRAMEOPTION_START_OFFSET_PRECEDING | FRAMEOPTION_START_OFFSET_FOLLOWING)
#define FRAMEOPTION_END_OFFSET (FRAMEOPTION_END_OFFSET_PRECEDING | FRAMEOPTION_END_OFFSET_FOLLOWING)
#define FRAMEOPTION_EXCLUSION \
	(FRAMEOPTION_EXCLUDE_CURRENT_ROW | FRAMEOPTION_EXCLUDE_GROUP | FRAMEOPTION_EXCLUDE_TIES)
#define FRAMEOPTION_DEFAULTS \
	(FRAMEOPTION_RANGE | FRAMEOPTION_START_UNBOUNDED_PRECEDING | FRAMEOPTION_END_CURRENT_ROW)

/* ---- cursors (DeclareCursorStmt.options, planner's cursorOptions) ---- */
#define CURSOR_OPT_BINARY 0x0001
#define CURSOR_OPT_SCROLL 0x0002
#define CURSOR_OPT_NO_SCROLL 0x0004
#define CURSOR_OPT_INSENSITIVE 0x0008
#define CURSOR_OPT_ASENSITIVE 0x0010
#define CURSOR_OPT_HOLD 0x0020
#define CURSOR_OPT_FAST_PLAN 0x0100
#define CURSOR_OPT_GENERIC_PLAN 0x0200
#define CURSOR_OPT_CUSTOM_PLAN 0x0400
#define CURSOR_OPT_PARALLEL_OK 0x0800
#define FETCH_ALL LONG_MAX

/* ---- constraints ---- */
#define FKCONSTR_ACTION_NOACTION 'a'
#define FKCONSTR_ACTION_RESTRICT 'r'
#define FKCONSTR_ACTION_CASCADE 'c'
#define FKCONSTR_ACTION_SETNULL 'n'
#define FKCONSTR_ACTION_SETDEFAULT 'd'
#define FKCONSTR_MATCH_FULL 'f'
#define FKCONSTR_MATCH_PARTIAL 'p'
#define FKCONSTR_MATCH_SIMPLE 's'

/* ---- partitions ---- */
#define PARTITION_STRATEGY_HASH 'h'
#define PARTITION_STRATEGY_LIST 'l'
#define PARTITION_STRATEGY_RANGE 'r'

/* ---- operator classes (CreateOpClassItem.itemtype) ---- */
#define OPCLASS_ITEM_OPERATOR 1
#define OPCLASS_ITEM_FUNCTION 2
#define OPCLASS_ITEM_STORAGETYPE 3

/* ---- REINDEX, CLUSTER and VACUUM parse their option lists in commands/ ---- */

/* A literal: one of the value nodes in place, or NULL. */
struct A_Const
{
	NodeTag type;
	union ValUnion
	{
		Node node;
		Integer ival;
		Float fval;
		Boolean boolval;
		String sval;
		BitString bsval;
	} val;
	bool isnull;
	int location;
};

#include "nodes/parsenodes_gen.h"

/* base.type is T_CreateForeignTableStmt. */
struct CreateForeignTableStmt
{
	CreateStmt base;
	char *servername;
	List *options;
};

#define GetCTETargetList(cte)                                                                        \
	(AssertMacro(IsA((cte)->ctequery, Query)), ((Query *) (cte)->ctequery)->commandType == CMD_SELECT \
												   ? ((Query *) (cte)->ctequery)->targetList         \
												   : ((Query *) (cte)->ctequery)->returningList)

#endif /* PARSENODES_H */
