/*
 * drop_object.c
 *    DROP of everything that is not a relation: finds the objects, checks who asks, and leaves the rest to dependency.c.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "commands/commands.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_type.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* ---- IF EXISTS --------------------------------------------------------------------------------------------------------------- */
/* "schema "x" does not exist, skipping" is said when the name is qualified with a schema that is not there. */
static bool
told_missing_schema(List *name)
{
	char *schema;
	char *object;

	if (list_length(name) < 2)
		return false;
	DeconstructQualifiedName(name, &schema, &object);
	if (schema == NULL || OidIsValid(LookupNamespaceNoError(schema)))
		return false;
	ereport(NOTICE, errmsg("schema \"%s\" does not exist, skipping", schema));
	return true;
}

static const char *
kind_name(ObjectType objtype)
{
	switch (objtype)
	{
		case OBJECT_SCHEMA:
			return "schema";
		case OBJECT_TYPE:
		case OBJECT_DOMAIN:
			return "type";
		case OBJECT_COLLATION:
			return "collation";
		case OBJECT_CONVERSION:
			return "conversion";
		case OBJECT_LANGUAGE:
			return "language";
		case OBJECT_ACCESS_METHOD:
			return "access method";
		case OBJECT_EXTENSION:
			return "extension";
		case OBJECT_EVENT_TRIGGER:
			return "event trigger";
		case OBJECT_FDW:
			return "foreign-data wrapper";
		case OBJECT_FOREIGN_SERVER:
			return "server";
		case OBJECT_PUBLICATION:
			return "publication";
		case OBJECT_STATISTIC_EXT:
			return "statistics object";
		case OBJECT_TSCONFIGURATION:
			return "text search configuration";
		case OBJECT_TSDICTIONARY:
			return "text search dictionary";
		case OBJECT_TSPARSER:
			return "text search parser";
		case OBJECT_TSTEMPLATE:
			return "text search template";
		default:
			return "object";
	}
}

static void
tell_missing_function(ObjectType objtype, ObjectWithArgs *object)
{
	const char *kind = objtype == OBJECT_AGGREGATE ? "aggregate" : objtype == OBJECT_PROCEDURE ? "procedure"
														   : objtype == OBJECT_ROUTINE		? "routine"
																							: "function";
	const char *name = NameListToString(object->objname);

	if (told_missing_schema(object->objname))
		return;
	if (object->args_unspecified)
		ereport(NOTICE, errmsg("%s %s() does not exist, skipping", kind, name));
	else
		ereport(NOTICE,
				errmsg("%s %s(%s) does not exist, skipping", kind, name, TypeNameListToString(object->objargs)));
}

/* The parts of "rule r on t", "trigger t on t" and the like. */
static void
tell_missing_part(const char *kind, List *names)
{
	List *relation = list_copy_head(names, list_length(names) - 1);
	RangeVar *rv = makeRangeVarFromNameList(relation);

	if (told_missing_schema(relation))
		return;
	if (!OidIsValid(RangeVarGetRelid(rv, NoLock, true)))
		ereport(NOTICE, errmsg("relation \"%s\" does not exist, skipping", NameListToString(relation)));
	else
		ereport(NOTICE,
				errmsg("%s \"%s\" for relation \"%s\" does not exist, skipping", kind, strVal(llast(names)),
					   NameListToString(relation)));
}

static void
tell_missing(ObjectType objtype, Node *object)
{
	switch (objtype)
	{
		case OBJECT_FUNCTION:
		case OBJECT_PROCEDURE:
		case OBJECT_ROUTINE:
		case OBJECT_AGGREGATE:
			tell_missing_function(objtype, castNode(ObjectWithArgs, object));
			return;
		case OBJECT_OPERATOR:
			if (!told_missing_schema(castNode(ObjectWithArgs, object)->objname))
				ereport(NOTICE,
						errmsg("operator %s does not exist, skipping",
							   NameListToString(castNode(ObjectWithArgs, object)->objname)));
			return;
		case OBJECT_TYPE:
		case OBJECT_DOMAIN:
			if (!told_missing_schema(castNode(TypeName, object)->names))
				ereport(NOTICE, errmsg("type \"%s\" does not exist, skipping", TypeNameToString(castNode(TypeName, object))));
			return;
		case OBJECT_TRIGGER:
			tell_missing_part("trigger", castNode(List, object));
			return;
		case OBJECT_RULE:
			tell_missing_part("rule", castNode(List, object));
			return;
		case OBJECT_POLICY:
			tell_missing_part("policy", castNode(List, object));
			return;
		case OBJECT_CAST:
			ereport(NOTICE, errmsg("cast does not exist, skipping"));
			return;
		default:
			break;
	}
	if (IsA(object, List))
	{
		if (!told_missing_schema((List *) object))
			ereport(NOTICE,
					errmsg("%s \"%s\" does not exist, skipping", kind_name(objtype), NameListToString((List *) object)));
	}
	else
		ereport(NOTICE, errmsg("%s \"%s\" does not exist, skipping", kind_name(objtype), strVal(object)));
}

/* ---- DROP ------------------------------------------------------------------------------------------------------------------------ */
static void
check_is_no_aggregate(ObjectType objtype, Node *object, const ObjectAddress *address)
{
	if (objtype == OBJECT_FUNCTION && address->classId == ProcedureRelationId &&
		get_func_prokind(address->objectId) == PROKIND_AGGREGATE)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is an aggregate function", NameListToString(castNode(ObjectWithArgs, object)->objname)),
				errhint("Use DROP AGGREGATE to drop aggregate functions."));
}

/* The owner of the object may drop it, and the owner of its schema. */
static void
check_may_drop(ObjectType objtype, Node *object, const ObjectAddress *address, Relation relation)
{
	Oid namespace = get_object_namespace(address);

	if (OidIsValid(namespace) && pg_namespace_ownercheck(namespace, GetUserId()))
		return;
	check_object_ownership(GetUserId(), objtype, *address, object, relation);
}

void
RemoveObjects(DropStmt *stmt)
{
	ObjectAddresses *objects = new_object_addresses();
	ListCell *lc;

	foreach (lc, stmt->objects)
	{
		Node *object = lfirst(lc);
		Relation relation = NULL;
		ObjectAddress address =
			get_object_address(stmt->removeType, object, &relation, AccessExclusiveLock, stmt->missing_ok);

		if (!OidIsValid(address.objectId))
		{
			Assert(stmt->missing_ok);
			tell_missing(stmt->removeType, object);
			continue;
		}
		check_is_no_aggregate(stmt->removeType, object, &address);
		check_may_drop(stmt->removeType, object, &address, relation);
		add_exact_object_address(&address, objects);
		if (relation)
			table_close(relation, NoLock);
	}
	performMultipleDeletions(objects, stmt->behavior, 0);
	free_object_addresses(objects);
}
