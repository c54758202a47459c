/*
 * reltrigger.h
 *    A relation's triggers, as the relation cache keeps them.
 */
#ifndef RELTRIGGER_H
#define RELTRIGGER_H

#include "postgres.h"

typedef struct Trigger
{
	Oid tgoid;
	char *tgname;
	Oid tgfoid;
	int16 tgtype;
	char tgenabled;
	bool tgisinternal;
	bool tgisclone;
	Oid tgconstrrelid;
	Oid tgconstrindid;
	Oid tgconstraint;
	bool tgdeferrable;
	bool tginitdeferred;
	int16 tgnargs;
	int16 tgnattr;
	int16 *tgattr;
	char **tgargs;
	char *tgqual;
	char *tgoldtable;
	char *tgnewtable;
} Trigger;

/* In firing order (by name). The flags say which kinds are there, so that most commands need not walk the array. */
typedef struct TriggerDesc
{
	Trigger *triggers;
	int numtriggers;
	bool trig_insert_before_row;
	bool trig_insert_after_row;
	bool trig_insert_instead_row;
	bool trig_insert_before_statement;
	bool trig_insert_after_statement;
	bool trig_update_before_row;
	bool trig_update_after_row;
	bool trig_update_instead_row;
	bool trig_update_before_statement;
	bool trig_update_after_statement;
	bool trig_delete_before_row;
	bool trig_delete_after_row;
	bool trig_delete_instead_row;
	bool trig_delete_before_statement;
	bool trig_delete_after_statement;
	bool trig_truncate_before_statement;
	bool trig_truncate_after_statement;
	bool trig_insert_new_table;
	bool trig_update_old_table;
	bool trig_update_new_table;
	bool trig_delete_old_table;
} TriggerDesc;

#endif /* RELTRIGGER_H */
