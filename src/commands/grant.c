/*
 * grant.c
 *    GRANT and REVOKE of privileges on objects.
 *
 * One row is changed per object: its ACL column is taken (or the default made explicit), every grantee's item changed on behalf of the
 * best grantor the user can act as, and stored back. Column privileges and default privileges are not supported yet.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_type.h"
#include "commands/commands.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static const struct
{
	const char *name;
	AclMode mode;
} privilege_names[] = {
	{"insert", ACL_INSERT}, {"select", ACL_SELECT}, {"update", ACL_UPDATE}, {"delete", ACL_DELETE}, {"truncate", ACL_TRUNCATE},
	{"references", ACL_REFERENCES}, {"trigger", ACL_TRIGGER}, {"execute", ACL_EXECUTE}, {"usage", ACL_USAGE}, {"create", ACL_CREATE},
	{"temporary", ACL_CREATE_TEMP}, {"temp", ACL_CREATE_TEMP}, {"connect", ACL_CONNECT}, {"set", ACL_SET}, {"alter system", ACL_ALTER_SYSTEM},
};

static AclMode
privilege_by_name(const char *name)
{
	for (int i = 0; i < (int) lengthof(privilege_names); i++)
	{
		if (strcmp(privilege_names[i].name, name) == 0)
			return privilege_names[i].mode;
	}
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("unrecognized privilege type \"%s\"", name));
}

const char *
convert_aclright_to_string(AclMode priv)
{
	static const char *const names[] = {"INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "EXECUTE", "USAGE", "CREATE",
										"TEMPORARY", "CONNECT", "SET", "ALTER SYSTEM"};

	for (int i = 0; i < (int) lengthof(names); i++)
	{
		if (priv == (AclMode) 1 << i)
			return names[i];
	}
	elog(ERROR, "unrecognized aclright: %d", (int) priv);
}

static AclMode
all_privileges(ObjectType type)
{
	switch (type)
	{
		case OBJECT_TABLE:
			return ACL_ALL_RIGHTS_RELATION;
		case OBJECT_SEQUENCE:
			return ACL_ALL_RIGHTS_SEQUENCE;
		case OBJECT_DATABASE:
			return ACL_ALL_RIGHTS_DATABASE;
		case OBJECT_SCHEMA:
			return ACL_ALL_RIGHTS_SCHEMA;
		case OBJECT_FUNCTION:
		case OBJECT_PROCEDURE:
		case OBJECT_ROUTINE:
			return ACL_ALL_RIGHTS_FUNCTION;
		case OBJECT_LANGUAGE:
			return ACL_ALL_RIGHTS_LANGUAGE;
		case OBJECT_TABLESPACE:
			return ACL_ALL_RIGHTS_TABLESPACE;
		case OBJECT_TYPE:
		case OBJECT_DOMAIN:
			return ACL_ALL_RIGHTS_TYPE;
		default:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("GRANT on this type of object is not supported"));
	}
}

/* ---- which objects ------------------------------------------------------------------------------------------------------------------- */
static List *
all_in_schemas(ObjectType type, List *schemas)
{
	List *result = NIL;
	ListCell *lc;

	if (type != OBJECT_TABLE && type != OBJECT_SEQUENCE)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("GRANT on all functions of a schema is not supported"));
	foreach(lc, schemas)
	{
		Oid nsp = LookupExplicitNamespace(strVal(lfirst(lc)), false);
		Relation rel = table_open(RelationRelationId, AccessShareLock);
		TableScanDesc scan = table_beginscan_catalog(rel, 0, NULL);
		HeapTuple tuple;

		while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
		{
			Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);
			bool table = form->relkind == RELKIND_RELATION || form->relkind == RELKIND_VIEW || form->relkind == RELKIND_MATVIEW;

			if (form->relnamespace == nsp && (type == OBJECT_TABLE ? table : form->relkind == RELKIND_SEQUENCE))
				result = lappend_oid(result, form->oid);
		}
		table_endscan(scan);
		table_close(rel, AccessShareLock);
	}
	return result;
}

static List *
named_objects(ObjectType type, List *objects)
{
	List *result = NIL;
	ListCell *lc;

	foreach(lc, objects)
	{
		Node *name = lfirst(lc);

		if (type == OBJECT_TABLE || type == OBJECT_SEQUENCE)
			result = lappend_oid(result, RangeVarGetRelid((RangeVar *) name, NoLock, false));
		else
		{
			Relation ignored;
			ObjectType lookup = type;

			if (IsA(name, List) && (type == OBJECT_TYPE || type == OBJECT_DOMAIN))
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("GRANT on types is not supported"));
			result = lappend_oid(result, get_object_address(lookup, name, &ignored, AccessShareLock, false).objectId);
		}
	}
	return result;
}

static Oid
class_of(ObjectType type)
{
	switch (type)
	{
		case OBJECT_TABLE:
		case OBJECT_SEQUENCE:
			return RelationRelationId;
		case OBJECT_DATABASE:
			return DatabaseRelationId;
		case OBJECT_SCHEMA:
			return NamespaceRelationId;
		case OBJECT_LANGUAGE:
			return LanguageRelationId;
		case OBJECT_TABLESPACE:
			return TableSpaceRelationId;
		default:
			return ProcedureRelationId;
	}
}

/* ---- one object --------------------------------------------------------------------------------------------------------------------------- */
typedef struct Grant
{
	bool is_grant;
	ObjectType type;
	AclMode privileges; /* 0: all that the type has */
	List *grantees;
	bool grant_option;
	DropBehavior behavior;
} Grant;

static AclMode
privileges_grantable(const Grant *g, const char *name, AclMode wanted, AclMode options)
{
	AclMode granted = wanted & ACL_OPTION_TO_PRIVS(options);

	if (granted == wanted)
		return granted;
	if (granted == 0)
	{
		if (g->is_grant)
			ereport(WARNING, errcode(ERRCODE_WARNING_PRIVILEGE_NOT_GRANTED), errmsg("no privileges were granted for \"%s\"", name));
		else
			ereport(WARNING, errcode(ERRCODE_WARNING_PRIVILEGE_NOT_REVOKED), errmsg("no privileges could be revoked for \"%s\"", name));
	}
	else if (g->privileges != 0)
	{
		if (g->is_grant)
			ereport(WARNING, errcode(ERRCODE_WARNING_PRIVILEGE_NOT_GRANTED), errmsg("not all privileges were granted for \"%s\"", name));
		else
			ereport(WARNING, errcode(ERRCODE_WARNING_PRIVILEGE_NOT_REVOKED), errmsg("not all privileges could be revoked for \"%s\"", name));
	}
	return granted;
}

static Acl *
changed_acl(const Grant *g, Acl *acl, Oid owner, Oid grantor, AclMode privileges)
{
	ListCell *lc;

	foreach(lc, g->grantees)
	{
		AclItem item = {.ai_grantee = lfirst_oid(lc), .ai_grantor = grantor};

		if (g->is_grant && g->grant_option && item.ai_grantee == ACL_ID_PUBLIC)
			ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION), errmsg("grant options can only be granted to roles"));
		ACLITEM_SET_PRIVS_GOPTIONS(item, g->is_grant || !g->grant_option ? privileges : ACL_NO_RIGHTS,
								   g->grant_option || !g->is_grant ? privileges : ACL_NO_RIGHTS);
		acl = aclupdate(acl, &item, g->is_grant ? ACL_MODECHG_ADD : ACL_MODECHG_DEL, owner, g->behavior);
	}
	return acl;
}

static void
grant_on(const Grant *g, Oid class, Oid oid)
{
	Relation rel = table_open(class, RowExclusiveLock);
	HeapTuple tuple = get_catalog_object_by_oid(rel, get_object_attnum_oid(class), oid);
	AttrNumber aclcol = get_object_attnum_acl(class);
	TupleDesc desc = RelationGetDescr(rel);
	ObjectType type = g->type;
	Datum *values = palloc0(desc->natts * sizeof(Datum));
	bool *nulls = palloc0(desc->natts * sizeof(bool));
	bool *replaces = palloc0(desc->natts * sizeof(bool));
	bool isnull;
	Datum datum;
	Oid owner;
	Oid grantor;
	Acl *old;
	Acl *new;
	AclMode options;
	AclMode wanted;
	Oid *oldmembers;
	Oid *newmembers;
	int nold;
	int nnew;
	char *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for %s %u", get_object_class_descr(class), oid);
	/* GRANT ON TABLE takes sequences too */
	if (class == RelationRelationId && ((Form_pg_class) GETSTRUCT(tuple))->relkind == RELKIND_SEQUENCE)
		type = OBJECT_SEQUENCE;
	else if (g->type == OBJECT_SEQUENCE)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a sequence", NameStr(((Form_pg_class) GETSTRUCT(tuple))->relname)));
	else if (class == RelationRelationId && ((Form_pg_class) GETSTRUCT(tuple))->relkind == RELKIND_INDEX)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is an index", NameStr(((Form_pg_class) GETSTRUCT(tuple))->relname)));
	name = NameStr(*DatumGetName(heap_getattr(tuple, get_object_attnum_name(class), desc, &isnull)));
	owner = DatumGetObjectId(heap_getattr(tuple, get_object_attnum_owner(class), desc, &isnull));
	datum = heap_getattr(tuple, aclcol, desc, &isnull);
	old = isnull ? acldefault(type, owner) : DatumGetAclPCopy(datum);
	nold = isnull ? 0 : aclmembers(old, &oldmembers);
	wanted = g->privileges ? g->privileges : all_privileges(type);
	if (wanted & ~all_privileges(type))
	{
		AclMode excess = wanted & ~all_privileges(type);

		ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION),
				errmsg("invalid privilege type %s for %s", convert_aclright_to_string(excess & -excess), type == OBJECT_SEQUENCE ? "sequence" : "table"));
	}
	select_best_grantor(GetUserId(), wanted, old, owner, &grantor, &options);
	if (options == 0 && aclmask(old, grantor, owner, wanted, ACLMASK_ANY) == 0)
		aclcheck_error(ACLCHECK_NO_PRIV, class == RelationRelationId ? get_relkind_objtype(((Form_pg_class) GETSTRUCT(tuple))->relkind) : type, name);
	new = changed_acl(g, old, owner, grantor, privileges_grantable(g, name, wanted, options));
	nnew = aclmembers(new, &newmembers);
	values[aclcol - 1] = PointerGetDatum(new);
	replaces[aclcol - 1] = true;
	tuple = heap_modify_tuple(tuple, desc, values, nulls, replaces);
	CatalogTupleUpdate(rel, &tuple->t_self, tuple);
	updateAclDependencies(class, oid, 0, owner, nold, nold ? oldmembers : NULL, nnew, newmembers);
	table_close(rel, RowExclusiveLock);
	CommandCounterIncrement();
}

/* ---- the statement -------------------------------------------------------------------------------------------------------------------------- */
static AclMode
statement_privileges(GrantStmt *stmt)
{
	AclMode result = 0;
	ListCell *lc;

	foreach(lc, stmt->privileges)
	{
		AccessPriv *priv = lfirst(lc);
		AclMode mode;

		if (priv->cols != NIL)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("privileges on columns are not supported"));
		if (priv->priv_name == NULL)
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("AccessPriv node must specify privilege or columns"));
		mode = privilege_by_name(priv->priv_name);
		if (mode & ~(all_privileges(stmt->objtype) | (stmt->objtype == OBJECT_TABLE ? ACL_ALL_RIGHTS_SEQUENCE : 0)))
			ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION),
					errmsg("invalid privilege type %s for %s", convert_aclright_to_string(mode),
						   stmt->objtype == OBJECT_TABLE ? "relation" : get_object_class_descr(class_of(stmt->objtype))));
		result |= mode;
	}
	return result;
}

void
ExecuteGrantStmt(GrantStmt *stmt)
{
	Grant g = {.is_grant = stmt->is_grant, .type = stmt->objtype, .grant_option = stmt->grant_option, .behavior = stmt->behavior};
	List *oids;
	ListCell *lc;

	if (stmt->targtype == ACL_TARGET_DEFAULTS)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("default privileges are not supported"));
	if (stmt->grantor && get_rolespec_oid(stmt->grantor, false) != GetUserId())
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("grantor must be current user"));
	(void) all_privileges(stmt->objtype);
	g.privileges = statement_privileges(stmt);
	foreach(lc, stmt->grantees)
	{
		RoleSpec *spec = lfirst(lc);

		g.grantees = lappend_oid(g.grantees, spec->roletype == ROLESPEC_PUBLIC ? ACL_ID_PUBLIC : get_rolespec_oid(spec, false));
	}
	oids = stmt->targtype == ACL_TARGET_ALL_IN_SCHEMA ? all_in_schemas(stmt->objtype, stmt->objects) : named_objects(stmt->objtype, stmt->objects);
	foreach(lc, oids)
		grant_on(&g, class_of(stmt->objtype), lfirst_oid(lc));
}
