/*
 * alter_table.h (private)
 *    ALTER TABLE's state from phase to phase: catalogs are changed first, command by command; what that asks of the stored rows is
 *    noted here and done at the end in one pass.
 */
#ifndef ALTER_TABLE_H
#define ALTER_TABLE_H

#include "access/tupdesc.h"
#include "catalog/objectaddress.h"
#include "nodes/parsenodes.h"
#include "utils/rel.h"

typedef struct NewColumnValue
{
	AttrNumber attnum;
	Expr *expr; /* over the old row */
	bool is_generated;
} NewColumnValue;

typedef struct AlteredTable
{
	Oid relid;
	TupleDesc old_desc;	   /* of the rows as they are stored */
	List *new_values;	   /* NewColumnValue */
	List *new_checks;	   /* CookedConstraint, to be checked on all rows */
	List *foreign_keys;	   /* OIDs of constraints to be checked on all rows */
	bool verify_not_null;  /* some column became NOT NULL */
	bool rewrite;
	char persistence;	   /* '\0': as it is */
	List *rebuild_commands; /* SQL to make indexes and constraints again that a change of type took away */
	const char *query_string;
} AlteredTable;

/* alter_column.c */
extern void alter_add_column(AlteredTable *tab, Relation rel, AlterTableCmd *cmd);
extern void alter_drop_column(AlteredTable *tab, Relation rel, AlterTableCmd *cmd);
extern void alter_column_default(AlteredTable *tab, Relation rel, AlterTableCmd *cmd);
extern void alter_set_not_null(AlteredTable *tab, Relation rel, const char *colname);
extern void alter_drop_not_null(AlteredTable *tab, Relation rel, const char *colname);
extern void alter_column_statistics(Relation rel, AlterTableCmd *cmd);
extern void alter_column_storage(Relation rel, AlterTableCmd *cmd);
extern void alter_column_type(AlteredTable *tab, Relation rel, AlterTableCmd *cmd);
extern void alter_add_identity(AlteredTable *tab, Relation rel, AlterTableCmd *cmd);
extern void alter_drop_identity(AlteredTable *tab, Relation rel, AlterTableCmd *cmd);
extern AttrNumber alter_must_have_column(Relation rel, const char *colname, bool user_column);
/* alter_constraint.c */
extern void alter_add_constraint(AlteredTable *tab, Relation rel, AlterTableCmd *cmd);
extern void alter_drop_constraint(AlteredTable *tab, Relation rel, AlterTableCmd *cmd);
extern void alter_validate_constraint(AlteredTable *tab, Relation rel, AlterTableCmd *cmd);
/* foreign_key.c */
extern Oid foreign_key_create(Relation rel, Constraint *con);
/* alter_rewrite.c */
extern void alter_process_rows(AlteredTable *tab);

#endif /* ALTER_TABLE_H */
