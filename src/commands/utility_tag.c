/*
 * utility_tag.c
 *    Command tags: what each statement is called when it completes.
 */
#include "postgres.h"

#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "tcop/cmdtag.h"
#include "tcop/utility.h"

/* Statements with one tag whatever they say. */
static const struct
{
	NodeTag node;
	CommandTag tag;
} fixed_tags[] = {
	{T_CreateStmt, CMDTAG_CREATE_TABLE},
	{T_CreateSchemaStmt, CMDTAG_CREATE_SCHEMA},
	{T_CreateTableSpaceStmt, CMDTAG_CREATE_TABLESPACE},
	{T_DropTableSpaceStmt, CMDTAG_DROP_TABLESPACE},
	{T_AlterTableSpaceOptionsStmt, CMDTAG_ALTER_TABLESPACE},
	{T_CreateExtensionStmt, CMDTAG_CREATE_EXTENSION},
	{T_AlterExtensionStmt, CMDTAG_ALTER_EXTENSION},
	{T_CreateFdwStmt, CMDTAG_CREATE_FOREIGN_DATA_WRAPPER},
	{T_CreateForeignServerStmt, CMDTAG_CREATE_SERVER},
	{T_CreateForeignTableStmt, CMDTAG_CREATE_FOREIGN_TABLE},
	{T_CreateUserMappingStmt, CMDTAG_CREATE_USER_MAPPING},
	{T_ClosePortalStmt, CMDTAG_CLOSE_CURSOR},
	{T_CreateDomainStmt, CMDTAG_CREATE_DOMAIN},
	{T_CreateSeqStmt, CMDTAG_CREATE_SEQUENCE},
	{T_AlterSeqStmt, CMDTAG_ALTER_SEQUENCE},
	{T_CompositeTypeStmt, CMDTAG_CREATE_TYPE},
	{T_CreateEnumStmt, CMDTAG_CREATE_TYPE},
	{T_CreateRangeStmt, CMDTAG_CREATE_TYPE},
	{T_AlterEnumStmt, CMDTAG_ALTER_TYPE},
	{T_ViewStmt, CMDTAG_CREATE_VIEW},
	{T_IndexStmt, CMDTAG_CREATE_INDEX},
	{T_RuleStmt, CMDTAG_CREATE_RULE},
	{T_CreatedbStmt, CMDTAG_CREATE_DATABASE},
	{T_DropdbStmt, CMDTAG_DROP_DATABASE},
	{T_AlterDatabaseStmt, CMDTAG_ALTER_DATABASE},
	{T_AlterDatabaseSetStmt, CMDTAG_ALTER_DATABASE},
	{T_NotifyStmt, CMDTAG_NOTIFY},
	{T_ListenStmt, CMDTAG_LISTEN},
	{T_UnlistenStmt, CMDTAG_UNLISTEN},
	{T_LoadStmt, CMDTAG_LOAD},
	{T_CallStmt, CMDTAG_CALL},
	{T_ClusterStmt, CMDTAG_CLUSTER},
	{T_ExplainStmt, CMDTAG_EXPLAIN},
	{T_RefreshMatViewStmt, CMDTAG_REFRESH_MATERIALIZED_VIEW},
	{T_AlterSystemStmt, CMDTAG_ALTER_SYSTEM},
	{T_VariableShowStmt, CMDTAG_SHOW},
	{T_CreateTrigStmt, CMDTAG_CREATE_TRIGGER},
	{T_CreateEventTrigStmt, CMDTAG_CREATE_EVENT_TRIGGER},
	{T_AlterEventTrigStmt, CMDTAG_ALTER_EVENT_TRIGGER},
	{T_CreatePLangStmt, CMDTAG_CREATE_LANGUAGE},
	{T_CreateRoleStmt, CMDTAG_CREATE_ROLE},
	{T_AlterRoleStmt, CMDTAG_ALTER_ROLE},
	{T_AlterRoleSetStmt, CMDTAG_ALTER_ROLE},
	{T_DropRoleStmt, CMDTAG_DROP_ROLE},
	{T_DropOwnedStmt, CMDTAG_DROP_OWNED},
	{T_ReassignOwnedStmt, CMDTAG_REASSIGN_OWNED},
	{T_LockStmt, CMDTAG_LOCK_TABLE},
	{T_ConstraintsSetStmt, CMDTAG_SET_CONSTRAINTS},
	{T_CheckPointStmt, CMDTAG_CHECKPOINT},
	{T_ReindexStmt, CMDTAG_REINDEX},
	{T_CreateConversionStmt, CMDTAG_CREATE_CONVERSION},
	{T_CreateCastStmt, CMDTAG_CREATE_CAST},
	{T_CreateOpClassStmt, CMDTAG_CREATE_OPERATOR_CLASS},
	{T_CreateOpFamilyStmt, CMDTAG_CREATE_OPERATOR_FAMILY},
	{T_AlterOpFamilyStmt, CMDTAG_ALTER_OPERATOR_FAMILY},
	{T_AlterOperatorStmt, CMDTAG_ALTER_OPERATOR},
	{T_AlterTypeStmt, CMDTAG_ALTER_TYPE},
	{T_AlterTSDictionaryStmt, CMDTAG_ALTER_TEXT_SEARCH_DICTIONARY},
	{T_AlterTSConfigurationStmt, CMDTAG_ALTER_TEXT_SEARCH_CONFIGURATION},
	{T_CreatePolicyStmt, CMDTAG_CREATE_POLICY},
	{T_AlterPolicyStmt, CMDTAG_ALTER_POLICY},
	{T_CreateAmStmt, CMDTAG_CREATE_ACCESS_METHOD},
	{T_CreatePublicationStmt, CMDTAG_CREATE_PUBLICATION},
	{T_AlterPublicationStmt, CMDTAG_ALTER_PUBLICATION},
	{T_CreateSubscriptionStmt, CMDTAG_CREATE_SUBSCRIPTION},
	{T_AlterSubscriptionStmt, CMDTAG_ALTER_SUBSCRIPTION},
	{T_DropSubscriptionStmt, CMDTAG_DROP_SUBSCRIPTION},
	{T_CreateStatsStmt, CMDTAG_CREATE_STATISTICS},
	{T_AlterStatsStmt, CMDTAG_ALTER_STATISTICS},
	{T_AlterCollationStmt, CMDTAG_ALTER_COLLATION},
	{T_CommentStmt, CMDTAG_COMMENT},
	{T_SecLabelStmt, CMDTAG_SECURITY_LABEL},
	{T_CopyStmt, CMDTAG_COPY},
	{T_DoStmt, CMDTAG_DO},
	{T_PrepareStmt, CMDTAG_PREPARE},
	{T_ExecuteStmt, CMDTAG_EXECUTE},
	{T_AlterDefaultPrivilegesStmt, CMDTAG_ALTER_DEFAULT_PRIVILEGES},
	{T_TruncateStmt, CMDTAG_TRUNCATE_TABLE},
	{T_DeclareCursorStmt, CMDTAG_DECLARE_CURSOR},
	{T_InsertStmt, CMDTAG_INSERT},
	{T_DeleteStmt, CMDTAG_DELETE},
	{T_UpdateStmt, CMDTAG_UPDATE},
	{T_MergeStmt, CMDTAG_MERGE},
	{T_SelectStmt, CMDTAG_SELECT},
	{T_PLAssignStmt, CMDTAG_SELECT},
};

#define KIND(NAME)                             \
	{                                          \
		OBJECT_##NAME, CMDTAG_ALTER_##NAME, CMDTAG_DROP_##NAME \
	}
static const struct
{
	ObjectType type;
	CommandTag alter;
	CommandTag drop;
} object_tags[] = {
	KIND(AGGREGATE), KIND(CAST), KIND(COLLATION), KIND(CONVERSION), KIND(DATABASE), KIND(DOMAIN), KIND(EXTENSION), KIND(FOREIGN_TABLE),
	KIND(FUNCTION), KIND(INDEX), KIND(LANGUAGE), KIND(OPERATOR), KIND(POLICY), KIND(PROCEDURE), KIND(PUBLICATION),
	KIND(ROLE), KIND(ROUTINE), KIND(RULE), KIND(SCHEMA), KIND(SEQUENCE), KIND(SUBSCRIPTION), KIND(TABLE), KIND(TABLESPACE), KIND(TRIGGER),
	KIND(TYPE), KIND(VIEW), KIND(EVENT_TRIGGER),
	{OBJECT_MATVIEW, CMDTAG_ALTER_MATERIALIZED_VIEW, CMDTAG_DROP_MATERIALIZED_VIEW},
	{OBJECT_OPCLASS, CMDTAG_ALTER_OPERATOR_CLASS, CMDTAG_DROP_OPERATOR_CLASS},
	{OBJECT_OPFAMILY, CMDTAG_ALTER_OPERATOR_FAMILY, CMDTAG_DROP_OPERATOR_FAMILY},
	{OBJECT_FDW, CMDTAG_ALTER_FOREIGN_DATA_WRAPPER, CMDTAG_DROP_FOREIGN_DATA_WRAPPER},
	{OBJECT_FOREIGN_SERVER, CMDTAG_ALTER_SERVER, CMDTAG_DROP_SERVER},
	{OBJECT_TSPARSER, CMDTAG_ALTER_TEXT_SEARCH_PARSER, CMDTAG_DROP_TEXT_SEARCH_PARSER},
	{OBJECT_TSDICTIONARY, CMDTAG_ALTER_TEXT_SEARCH_DICTIONARY, CMDTAG_DROP_TEXT_SEARCH_DICTIONARY},
	{OBJECT_TSTEMPLATE, CMDTAG_ALTER_TEXT_SEARCH_TEMPLATE, CMDTAG_DROP_TEXT_SEARCH_TEMPLATE},
	{OBJECT_TSCONFIGURATION, CMDTAG_ALTER_TEXT_SEARCH_CONFIGURATION, CMDTAG_DROP_TEXT_SEARCH_CONFIGURATION},
	{OBJECT_STATISTIC_EXT, CMDTAG_ALTER_STATISTICS, CMDTAG_DROP_STATISTICS},
	{OBJECT_ACCESS_METHOD, CMDTAG_ALTER_ACCESS_METHOD, CMDTAG_DROP_ACCESS_METHOD},
	{OBJECT_TRANSFORM, CMDTAG_ALTER_TRANSFORM, CMDTAG_DROP_TRANSFORM},
	{OBJECT_ATTRIBUTE, CMDTAG_ALTER_TYPE, CMDTAG_UNKNOWN},
	{OBJECT_DOMCONSTRAINT, CMDTAG_ALTER_DOMAIN, CMDTAG_UNKNOWN},
	{OBJECT_COLUMN, CMDTAG_ALTER_TABLE, CMDTAG_UNKNOWN},
	{OBJECT_TABCONSTRAINT, CMDTAG_ALTER_TABLE, CMDTAG_UNKNOWN},
};

static CommandTag
alter_tag(ObjectType type)
{
	for (int i = 0; i < (int) lengthof(object_tags); i++)
	{
		if (object_tags[i].type == type)
			return object_tags[i].alter;
	}
	return CMDTAG_UNKNOWN;
}

static CommandTag
drop_tag(ObjectType type)
{
	for (int i = 0; i < (int) lengthof(object_tags); i++)
	{
		if (object_tags[i].type == type)
			return object_tags[i].drop;
	}
	return CMDTAG_UNKNOWN;
}

static CommandTag
transaction_tag(const TransactionStmt *stmt)
{
	switch (stmt->kind)
	{
		case TRANS_STMT_BEGIN:
			return CMDTAG_BEGIN;
		case TRANS_STMT_START:
			return CMDTAG_START_TRANSACTION;
		case TRANS_STMT_COMMIT:
			return CMDTAG_COMMIT;
		case TRANS_STMT_ROLLBACK:
		case TRANS_STMT_ROLLBACK_TO:
			return CMDTAG_ROLLBACK;
		case TRANS_STMT_SAVEPOINT:
			return CMDTAG_SAVEPOINT;
		case TRANS_STMT_RELEASE:
			return CMDTAG_RELEASE;
		case TRANS_STMT_PREPARE:
			return CMDTAG_PREPARE_TRANSACTION;
		case TRANS_STMT_COMMIT_PREPARED:
			return CMDTAG_COMMIT_PREPARED;
		case TRANS_STMT_ROLLBACK_PREPARED:
			return CMDTAG_ROLLBACK_PREPARED;
		default:
			return CMDTAG_UNKNOWN;
	}
}

static CommandTag
define_tag(ObjectType kind)
{
	switch (kind)
	{
		case OBJECT_AGGREGATE:
			return CMDTAG_CREATE_AGGREGATE;
		case OBJECT_OPERATOR:
			return CMDTAG_CREATE_OPERATOR;
		case OBJECT_TYPE:
			return CMDTAG_CREATE_TYPE;
		case OBJECT_TSPARSER:
			return CMDTAG_CREATE_TEXT_SEARCH_PARSER;
		case OBJECT_TSDICTIONARY:
			return CMDTAG_CREATE_TEXT_SEARCH_DICTIONARY;
		case OBJECT_TSTEMPLATE:
			return CMDTAG_CREATE_TEXT_SEARCH_TEMPLATE;
		case OBJECT_TSCONFIGURATION:
			return CMDTAG_CREATE_TEXT_SEARCH_CONFIGURATION;
		case OBJECT_COLLATION:
			return CMDTAG_CREATE_COLLATION;
		case OBJECT_ACCESS_METHOD:
			return CMDTAG_CREATE_ACCESS_METHOD;
		default:
			return CMDTAG_UNKNOWN;
	}
}

static CommandTag
variable_set_tag(const VariableSetStmt *stmt)
{
	return stmt->kind == VAR_RESET || stmt->kind == VAR_RESET_ALL ? CMDTAG_RESET : CMDTAG_SET;
}

static CommandTag
discard_tag(DiscardMode target)
{
	switch (target)
	{
		case DISCARD_ALL:
			return CMDTAG_DISCARD_ALL;
		case DISCARD_PLANS:
			return CMDTAG_DISCARD_PLANS;
		case DISCARD_TEMP:
			return CMDTAG_DISCARD_TEMP;
		case DISCARD_SEQUENCES:
			return CMDTAG_DISCARD_SEQUENCES;
		default:
			return CMDTAG_UNKNOWN;
	}
}

/* SELECT ... FOR UPDATE says what it locks. */
static CommandTag
locking_tag(LockClauseStrength strength)
{
	switch (strength)
	{
		case LCS_FORKEYSHARE:
			return CMDTAG_SELECT_FOR_KEY_SHARE;
		case LCS_FORSHARE:
			return CMDTAG_SELECT_FOR_SHARE;
		case LCS_FORNOKEYUPDATE:
			return CMDTAG_SELECT_FOR_NO_KEY_UPDATE;
		case LCS_FORUPDATE:
			return CMDTAG_SELECT_FOR_UPDATE;
		default:
			return CMDTAG_SELECT;
	}
}

static CommandTag
query_tag(CmdType type, Node *utility, List *row_marks)
{
	switch (type)
	{
		case CMD_SELECT:
			if (row_marks == NIL)
				return CMDTAG_SELECT;
			if (IsA(linitial(row_marks), RowMarkClause))
				return locking_tag(((RowMarkClause *) linitial(row_marks))->strength);
			return locking_tag(((PlanRowMark *) linitial(row_marks))->strength);
		case CMD_UPDATE:
			return CMDTAG_UPDATE;
		case CMD_INSERT:
			return CMDTAG_INSERT;
		case CMD_DELETE:
			return CMDTAG_DELETE;
		case CMD_MERGE:
			return CMDTAG_MERGE;
		case CMD_UTILITY:
			return CreateCommandTag(utility);
		default:
			return CMDTAG_UNKNOWN;
	}
}

static CommandTag
variable_tag(Node *parsetree)
{
	switch (nodeTag(parsetree))
	{
		case T_TransactionStmt:
			return transaction_tag((TransactionStmt *) parsetree);
		case T_DropStmt:
			return drop_tag(((DropStmt *) parsetree)->removeType);
		case T_FetchStmt:
			return ((FetchStmt *) parsetree)->ismove ? CMDTAG_MOVE : CMDTAG_FETCH;
		case T_RenameStmt:
		{
			RenameStmt *stmt = (RenameStmt *) parsetree;

			return alter_tag(stmt->renameType == OBJECT_COLUMN || stmt->renameType == OBJECT_ATTRIBUTE ? stmt->relationType
																									   : stmt->renameType);
		}
		case T_AlterObjectDependsStmt:
			return alter_tag(((AlterObjectDependsStmt *) parsetree)->objectType);
		case T_AlterObjectSchemaStmt:
			return alter_tag(((AlterObjectSchemaStmt *) parsetree)->objectType);
		case T_AlterOwnerStmt:
			return alter_tag(((AlterOwnerStmt *) parsetree)->objectType);
		case T_AlterTableMoveAllStmt:
			return alter_tag(((AlterTableMoveAllStmt *) parsetree)->objtype);
		case T_AlterTableStmt:
			return alter_tag(((AlterTableStmt *) parsetree)->objtype);
		case T_AlterDomainStmt:
			return CMDTAG_ALTER_DOMAIN;
		case T_AlterFunctionStmt:
			return alter_tag(((AlterFunctionStmt *) parsetree)->objtype);
		case T_GrantStmt:
			return ((GrantStmt *) parsetree)->is_grant ? CMDTAG_GRANT : CMDTAG_REVOKE;
		case T_GrantRoleStmt:
			return ((GrantRoleStmt *) parsetree)->is_grant ? CMDTAG_GRANT_ROLE : CMDTAG_REVOKE_ROLE;
		case T_DefineStmt:
			return define_tag(((DefineStmt *) parsetree)->kind);
		case T_CreateFunctionStmt:
			return ((CreateFunctionStmt *) parsetree)->is_procedure ? CMDTAG_CREATE_PROCEDURE : CMDTAG_CREATE_FUNCTION;
		case T_VacuumStmt:
			return ((VacuumStmt *) parsetree)->is_vacuumcmd ? CMDTAG_VACUUM : CMDTAG_ANALYZE;
		case T_CreateTableAsStmt:
			if (((CreateTableAsStmt *) parsetree)->objtype == OBJECT_MATVIEW)
				return CMDTAG_CREATE_MATERIALIZED_VIEW;
			return ((CreateTableAsStmt *) parsetree)->is_select_into ? CMDTAG_SELECT_INTO : CMDTAG_CREATE_TABLE_AS;
		case T_VariableSetStmt:
			return variable_set_tag((VariableSetStmt *) parsetree);
		case T_DiscardStmt:
			return discard_tag(((DiscardStmt *) parsetree)->target);
		case T_DeallocateStmt:
			return ((DeallocateStmt *) parsetree)->name == NULL ? CMDTAG_DEALLOCATE_ALL : CMDTAG_DEALLOCATE;
		default:
			elog(WARNING, "unrecognized node type: %d", (int) nodeTag(parsetree));
			return CMDTAG_UNKNOWN;
	}
}

CommandTag
CreateCommandTag(Node *parsetree)
{
	if (IsA(parsetree, RawStmt))
		return CreateCommandTag(((RawStmt *) parsetree)->stmt);
	if (IsA(parsetree, PlannedStmt))
		return query_tag(((PlannedStmt *) parsetree)->commandType, ((PlannedStmt *) parsetree)->utilityStmt, ((PlannedStmt *) parsetree)->rowMarks);
	if (IsA(parsetree, Query))
		return query_tag(((Query *) parsetree)->commandType, ((Query *) parsetree)->utilityStmt, ((Query *) parsetree)->rowMarks);
	for (int i = 0; i < (int) lengthof(fixed_tags); i++)
	{
		if (fixed_tags[i].node == nodeTag(parsetree))
			return fixed_tags[i].tag;
	}
	return variable_tag(parsetree);
}
