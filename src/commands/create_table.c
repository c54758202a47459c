/*
 * create_table.c
 *    CREATE TABLE as a whole: the statements it was analysed into, in order.
 */
#include "postgres.h"

#include "access/reloptions.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/toasting.h"
#include "commands/commands.h"
#include "commands/defrem.h"
#include "commands/parse_utilcmd.h"
#include "commands/sequence.h"
#include "commands/tablecmds.h"
#include "nodes/parsenodes.h"
#include "parser/parse_node.h"

static void
create_table_itself(CreateStmt *stmt, const char *queryString)
{
	static const char *const validnsps[] = {"toast", NULL};
	ObjectAddress address = DefineRelation(stmt, RELKIND_RELATION, InvalidOid, NULL, queryString);
	Datum toast_options;

	CommandCounterIncrement();
	toast_options = transformRelOptions((Datum) 0, stmt->options, "toast", validnsps, true, false);
	(void) heap_reloptions(RELKIND_TOASTVALUE, toast_options, true);
	NewRelationCreateToastTable(address.objectId, toast_options);
}

void
utilcmd_run(Node *stmt, Oid relid, const char *queryString)
{
	ParseState *pstate = make_parsestate(NULL);

	pstate->p_sourcetext = queryString;
	switch (nodeTag(stmt))
	{
		case T_CreateSeqStmt:
			DefineSequence(pstate, (CreateSeqStmt *) stmt);
			break;
		case T_AlterSeqStmt:
			AlterSequence(pstate, (AlterSeqStmt *) stmt);
			break;
		case T_CreateStmt:
			create_table_itself((CreateStmt *) stmt, queryString);
			break;
		case T_IndexStmt:
			if (!OidIsValid(relid))
				relid = RangeVarGetRelid(((IndexStmt *) stmt)->relation, ShareLock, false);
			DefineIndex(relid, transformIndexStmt(relid, (IndexStmt *) stmt, queryString), InvalidOid, InvalidOid, InvalidOid, false, true, false, false,
						false);
			break;
		case T_AlterTableStmt:
		{
			AlterTableStmt *alter = (AlterTableStmt *) stmt;
			LOCKMODE lockmode = AlterTableGetLockLevel(alter->cmds);

			(void) AlterTableLookupRelation(alter, lockmode);
			AlterTable(alter, lockmode, queryString);
			break;
		}
		default:
			elog(ERROR, "unrecognized node type: %d", (int) nodeTag(stmt));
	}
	free_parsestate(pstate);
}

void
create_table_execute(CreateStmt *stmt, const char *queryString)
{
	List *stmts = transformCreateStmt(stmt, queryString);
	ListCell *lc;

	foreach(lc, stmts)
	{
		utilcmd_run(lfirst(lc), InvalidOid, queryString);
		CommandCounterIncrement();
	}
}
