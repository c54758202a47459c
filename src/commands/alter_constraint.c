/*
 * alter_constraint.c
 *    ALTER TABLE ... ADD, DROP, VALIDATE CONSTRAINT.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "commands/alter_table.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/rel.h"
#include "utils/syscache.h"

void
alter_add_constraint(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	Constraint *con = castNode(Constraint, cmd->def);
	ListCell *lc;

	switch (con->contype)
	{
		case CONSTR_CHECK:
			foreach(lc, AddRelationNewConstraints(rel, NIL, list_make1(copyObject(con)), false, true, false, tab->query_string))
			{
				CookedConstraint *cooked = lfirst(lc);

				if (!cooked->skip_validation)
					tab->new_checks = lappend(tab->new_checks, cooked);
			}
			break;
		case CONSTR_FOREIGN:
		{
			Oid oid;

			if (!con->skip_validation)
				con->initially_valid = true;
			oid = foreign_key_create(rel, con);
			if (!con->skip_validation)
				tab->foreign_keys = lappend_oid(tab->foreign_keys, oid);
			break;
		}
		default:
			elog(ERROR, "unrecognized constraint type: %d", (int) con->contype);
	}
}

void
alter_drop_constraint(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	ObjectAddress address;
	Oid oid = get_relation_constraint_oid(RelationGetRelid(rel), cmd->name, true);
	HeapTuple tuple;

	if (!OidIsValid(oid))
	{
		if (!cmd->missing_ok)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("constraint \"%s\" of relation \"%s\" does not exist", cmd->name, RelationGetRelationName(rel)));
		ereport(NOTICE, errmsg("constraint \"%s\" of relation \"%s\" does not exist, skipping", cmd->name, RelationGetRelationName(rel)));
		return;
	}
	/* The referenced table's triggers go too: nobody else may be using it. */
	tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(oid));
	if (((Form_pg_constraint) GETSTRUCT(tuple))->contype == CONSTRAINT_FOREIGN &&
		((Form_pg_constraint) GETSTRUCT(tuple))->confrelid != RelationGetRelid(rel))
	{
		Relation other = table_open(((Form_pg_constraint) GETSTRUCT(tuple))->confrelid, AccessExclusiveLock);

		table_close(other, NoLock);
	}
	ReleaseSysCache(tuple);
	ObjectAddressSet(address, ConstraintRelationId, oid);
	performDeletion(&address, cmd->behavior, 0);
}

static Node *
check_expression(HeapTuple tuple)
{
	return stringToNode(TextDatumGetCString(SysCacheGetAttrNotNull(CONSTROID, tuple, Anum_pg_constraint_conbin)));
}

void
alter_validate_constraint(AlteredTable *tab, Relation rel, AlterTableCmd *cmd)
{
	Oid oid = get_relation_constraint_oid(RelationGetRelid(rel), cmd->name, true);
	Relation conrel;
	HeapTuple tuple;
	Form_pg_constraint form;

	if (!OidIsValid(oid))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("constraint \"%s\" of relation \"%s\" does not exist", cmd->name, RelationGetRelationName(rel)));
	conrel = table_open(ConstraintRelationId, RowExclusiveLock);
	tuple = SearchSysCacheCopy1(CONSTROID, ObjectIdGetDatum(oid));
	form = (Form_pg_constraint) GETSTRUCT(tuple);
	if (form->contype != CONSTRAINT_FOREIGN && form->contype != CONSTRAINT_CHECK)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("constraint \"%s\" of relation \"%s\" is not a foreign key or check constraint", cmd->name, RelationGetRelationName(rel)));
	if (!form->convalidated)
	{
		if (form->contype == CONSTRAINT_FOREIGN)
			tab->foreign_keys = lappend_oid(tab->foreign_keys, oid);
		else
		{
			CookedConstraint *check = palloc0(sizeof(CookedConstraint));

			check->contype = CONSTR_CHECK;
			check->name = pstrdup(NameStr(form->conname));
			check->expr = check_expression(tuple);
			tab->new_checks = lappend(tab->new_checks, check);
			CacheInvalidateRelcache(rel);
		}
		form->convalidated = true;
		CatalogTupleUpdate(conrel, &tuple->t_self, tuple);
	}
	table_close(conrel, RowExclusiveLock);
}
