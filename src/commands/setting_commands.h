/*
 * setting_commands.h
 *    ALTER DATABASE/ROLE ... SET: rows of pg_db_role_setting.
 */
#ifndef SETTING_COMMANDS_H
#define SETTING_COMMANDS_H

#include "nodes/parsenodes.h"

extern void setting_alter(Oid databaseid, Oid roleid, VariableSetStmt *setstmt);
/* All settings of a database (roleid 0) or role (databaseid 0). */
extern void setting_drop(Oid databaseid, Oid roleid);

#endif /* SETTING_COMMANDS_H */
