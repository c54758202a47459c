/*
 * dependency.c
 *    Dropping objects together with what depends on them.
 *
 * First the targets are collected, depth first over pg_depend, each behind all that depend on it; every target is locked before
 * its own dependents are looked for. Then it is decided whether the whole set may go (RESTRICT), what to say, and only then are they
 * deleted, in the order collected.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_default_acl.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "commands/defrem.h"
#include "commands/sequence.h"
#include "commands/view.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#define REPORT_LINES_MAX 100

/* How a target was reached. */
enum
{
	REACHED_ORIGINAL = 1,
	REACHED_NORMAL = 2,
	REACHED_AUTO = 4,
	REACHED_INTERNAL = 8,
	REACHED_REVERSE = 16,  /* as the owner of an internal part */
	REACHED_SUBOBJECT = 32 /* a column, with its table */
};

typedef struct Target
{
	ObjectAddress address;
	int reached;
	ObjectAddress dependee; /* what it depends on, for the report */
} Target;

struct ObjectAddresses
{
	Target *items;
	int count;
	int capacity;
};

typedef struct Path
{
	struct Path *outer;
	const ObjectAddress *object;
	int reached;
} Path;

typedef struct Collection
{
	ObjectAddresses *targets;
	const ObjectAddresses *pending; /* all originals of a multiple deletion, or NULL */
	int flags;
	Relation depend;
} Collection;

/* ---- sets of addresses -------------------------------------------------------------------------------------------------------- */
ObjectAddresses *
new_object_addresses(void)
{
	ObjectAddresses *addrs = palloc0(sizeof(ObjectAddresses));

	addrs->capacity = 16;
	addrs->items = palloc(addrs->capacity * sizeof(Target));
	return addrs;
}

static Target *
add_target(ObjectAddresses *addrs, const ObjectAddress *object)
{
	Target *target;

	if (addrs->count == addrs->capacity)
	{
		addrs->capacity *= 2;
		addrs->items = repalloc(addrs->items, addrs->capacity * sizeof(Target));
	}
	target = &addrs->items[addrs->count++];
	memset(target, 0, sizeof(*target));
	target->address = *object;
	return target;
}

void
add_exact_object_address(const ObjectAddress *object, ObjectAddresses *addrs)
{
	add_target(addrs, object);
}

static bool
same_object(const ObjectAddress *a, const ObjectAddress *b)
{
	return a->classId == b->classId && a->objectId == b->objectId && a->objectSubId == b->objectSubId;
}

/* Is it, or (for a column) its whole relation, in the set? */
static Target *
find_target(const ObjectAddress *object, const ObjectAddresses *addrs)
{
	for (int i = addrs->count - 1; i >= 0; i--)
	{
		Target *target = &addrs->items[i];

		if (target->address.classId == object->classId && target->address.objectId == object->objectId &&
			(target->address.objectSubId == object->objectSubId || target->address.objectSubId == 0))
			return target;
	}
	return NULL;
}

bool
object_address_present(const ObjectAddress *object, const ObjectAddresses *addrs)
{
	return find_target(object, addrs) != NULL;
}

static int
compare_addresses(const void *a, const void *b)
{
	const ObjectAddress *x = &((const Target *) a)->address;
	const ObjectAddress *y = &((const Target *) b)->address;

	if (x->objectId != y->objectId)
		return x->objectId < y->objectId ? 1 : -1;
	if (x->classId != y->classId)
		return x->classId < y->classId ? -1 : 1;
	return x->objectSubId == y->objectSubId ? 0 : (uint32) x->objectSubId < (uint32) y->objectSubId ? -1 : 1;
}

void
record_object_address_dependencies(const ObjectAddress *depender, ObjectAddresses *referenced, DependencyType behavior)
{
	ObjectAddress *list = palloc(Max(referenced->count, 1) * sizeof(ObjectAddress));
	int n = 0;

	if (referenced->count > 1)
		qsort(referenced->items, referenced->count, sizeof(Target), compare_addresses);
	for (int i = 0; i < referenced->count; i++)
	{
		if (n == 0 || !same_object(&list[n - 1], &referenced->items[i].address))
			list[n++] = referenced->items[i].address;
	}
	recordMultipleDependencies(depender, list, n, behavior);
	pfree(list);
}

void
free_object_addresses(ObjectAddresses *addrs)
{
	pfree(addrs->items);
	pfree(addrs);
}

void
object_addresses_split(const ObjectAddresses *addrs, Oid classId, Oid objectId, ObjectAddresses *in, ObjectAddresses *out)
{
	for (int i = 0; i < addrs->count; i++)
	{
		const ObjectAddress *a = &addrs->items[i].address;

		add_exact_object_address(a, a->classId == classId && a->objectId == objectId ? in : out);
	}
}

/* ---- locks ------------------------------------------------------------------------------------------------------------------------- */
void
AcquireDeletionLock(const ObjectAddress *object, int flags)
{
	if (object->classId == RelationRelationId)
		LockRelationOid(object->objectId, flags & PERFORM_DELETION_CONCURRENTLY ? ShareUpdateExclusiveLock : AccessExclusiveLock);
	else
		LockDatabaseObject(object->classId, object->objectId, 0, AccessExclusiveLock);
}

void
ReleaseDeletionLock(const ObjectAddress *object)
{
	if (object->classId == RelationRelationId)
		UnlockRelationOid(object->objectId, AccessExclusiveLock);
	else
		UnlockDatabaseObject(object->classId, object->objectId, 0, AccessExclusiveLock);
}

/* ---- collecting ------------------------------------------------------------------------------------------------------------------------ */
static void collect(Collection *c, const ObjectAddress *object, int reached, const ObjectAddress *dependee, Path *path);

static bool
on_path(const ObjectAddress *object, int reached, Path *path)
{
	for (; path; path = path->outer)
	{
		if (path->object->classId != object->classId || path->object->objectId != object->objectId)
			continue;
		if (path->object->objectSubId == object->objectSubId || path->object->objectSubId == 0)
		{
			path->reached |= reached;
			return true;
		}
	}
	return false;
}

static void
scan_dependencies(Relation depend, bool owners, const ObjectAddress *object, SysScanDesc *scan)
{
	ScanKeyData keys[3];
	int nkeys = 2;

	ScanKeyInit(&keys[0], owners ? Anum_pg_depend_classid : Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(object->classId));
	ScanKeyInit(&keys[1], owners ? Anum_pg_depend_objid : Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(object->objectId));
	if (object->objectSubId != 0)
		ScanKeyInit(&keys[nkeys++], owners ? Anum_pg_depend_objsubid : Anum_pg_depend_refobjsubid, BTEqualStrategyNumber, F_INT4EQ,
					Int32GetDatum(object->objectSubId));
	*scan = systable_beginscan(depend, owners ? DependDependerIndexId : DependReferenceIndexId, true, NULL, nkeys, keys);
}

static void
refuse_part(const ObjectAddress *object, const ObjectAddress *owner)
{
	char *owner_name = getObjectDescription(owner, false);

	ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
			errmsg("cannot drop %s because %s requires it", getObjectDescription(object, false), owner_name),
			errhint("You can drop %s instead.", owner_name));
}

/*
 * Parts of something larger: dropped only with that. True when the owner was collected instead (and with it the part).
 */
static bool
handle_owner(Collection *c, const ObjectAddress *object, int reached, Path *path)
{
	SysScanDesc scan;
	HeapTuple tuple;
	ObjectAddress owner = {0};
	bool owned = false;

	scan_dependencies(c->depend, true, object, &scan);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend dep = (Form_pg_depend) GETSTRUCT(tuple);
		ObjectAddress other = {dep->refclassid, dep->refobjid, dep->refobjsubid};

		if (dep->deptype != DEPENDENCY_INTERNAL || (object->objectSubId == 0 && dep->objsubid != 0))
			continue;
		if (other.classId == object->classId && other.objectId == object->objectId)
			continue; /* a whole and its own column */
		if (path == NULL)
		{
			/* Asked for directly: only together with its owner. */
			if (c->pending != NULL && object_address_present(&other, c->pending))
			{
				systable_endscan(scan);
				return true;
			}
			if (c->flags & PERFORM_DELETION_INTERNAL)
				continue;
			systable_endscan(scan);
			refuse_part(object, &other);
		}
		if (on_path(&other, 0, path) || find_target(&other, c->targets) != NULL)
			continue; /* we come from there */
		owner = other;
		owned = true;
	}
	systable_endscan(scan);
	if (!owned)
		return false;
	/* Reached from elsewhere: take the owner, which brings this part along. */
	ReleaseDeletionLock(object);
	AcquireDeletionLock(&owner, 0);
	collect(c, &owner, reached | REACHED_REVERSE, path ? path->object : NULL, path);
	return true;
}

static int
reached_by(char deptype)
{
	switch (deptype)
	{
		case DEPENDENCY_NORMAL:
			return REACHED_NORMAL;
		case DEPENDENCY_AUTO:
		case DEPENDENCY_AUTO_EXTENSION:
			return REACHED_AUTO;
		case DEPENDENCY_INTERNAL:
		case DEPENDENCY_PARTITION_PRI:
		case DEPENDENCY_PARTITION_SEC:
			return REACHED_INTERNAL;
		case DEPENDENCY_EXTENSION:
			return REACHED_AUTO;
		default:
			elog(ERROR, "unrecognized dependency type '%c'", deptype);
	}
}

typedef struct Dependent
{
	ObjectAddress address;
	int reached;
} Dependent;

/* Locked while the scan is open, so that each can be checked to be still there. */
static List *
lock_dependents(Collection *c, const ObjectAddress *object)
{
	List *result = NIL;
	SysScanDesc scan;
	HeapTuple tuple;

	scan_dependencies(c->depend, false, object, &scan);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend dep = (Form_pg_depend) GETSTRUCT(tuple);
		Dependent *dependent = palloc(sizeof(Dependent));

		dependent->address = (ObjectAddress){dep->classid, dep->objid, dep->objsubid};
		dependent->reached = reached_by(dep->deptype);
		/* columns of the object itself need no lock of their own */
		if (dependent->address.classId == object->classId && dependent->address.objectId == object->objectId && object->objectSubId == 0)
		{
			pfree(dependent);
			continue;
		}
		AcquireDeletionLock(&dependent->address, 0);
		if (!systable_recheck_tuple(scan, tuple))
		{
			ReleaseDeletionLock(&dependent->address);
			pfree(dependent);
			continue;
		}
		result = lappend(result, dependent);
	}
	systable_endscan(scan);
	return result;
}

static int
compare_dependents(const ListCell *a, const ListCell *b)
{
	Target x = {.address = ((Dependent *) lfirst(a))->address};
	Target y = {.address = ((Dependent *) lfirst(b))->address};

	return compare_addresses(&x, &y);
}

static void
collect(Collection *c, const ObjectAddress *object, int reached, const ObjectAddress *dependee, Path *path)
{
	Target *known;
	Path here = {path, object, reached};
	List *dependents;
	ListCell *lc;
	Target *target;

	check_stack_depth();
	if (on_path(object, reached, path))
		return;
	known = find_target(object, c->targets);
	if (known != NULL)
	{
		known->reached |= reached;
		return;
	}
	if (IsPinnedObject(object->classId, object->objectId))
		ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				errmsg("cannot drop %s because it is required by the database system", getObjectDescription(object, false)));
	if (handle_owner(c, object, reached, path))
		return;
	dependents = lock_dependents(c, object);
	/* Newest first, as they would have been made. */
	list_sort(dependents, compare_dependents);
	foreach(lc, dependents)
	{
		Dependent *dependent = lfirst(lc);

		collect(c, &dependent->address, dependent->reached, object, &here);
	}
	list_free_deep(dependents);
	target = add_target(c->targets, object);
	target->reached = here.reached;
	if (dependee)
		target->dependee = *dependee;
}

/* ---- deciding --------------------------------------------------------------------------------------------------------------------------------- */
typedef struct DeletionReport
{
	StringInfoData client;
	StringInfoData log;
	int reported;
	int not_reported;
} DeletionReport;

static void
report_line(DeletionReport *report, const char *format, const char *a, const char *b)
{
	if (report->reported < REPORT_LINES_MAX)
	{
		if (report->client.len != 0)
			appendStringInfoChar(&report->client, '\n');
		if (b)
			appendStringInfo(&report->client, format, a, b);
		else
			appendStringInfo(&report->client, format, a);
		report->reported++;
	}
	else
		report->not_reported++;
	if (report->log.len != 0)
		appendStringInfoChar(&report->log, '\n');
	if (b)
		appendStringInfo(&report->log, format, a, b);
	else
		appendStringInfo(&report->log, format, a);
}

static void
decide(const ObjectAddresses *targets, DropBehavior behavior, int flags, const ObjectAddress *original)
{
	int level = flags & PERFORM_DELETION_QUIETLY ? DEBUG2 : NOTICE;
	bool ok = true;
	DeletionReport report = {0};

	initStringInfo(&report.client);
	initStringInfo(&report.log);
	for (int i = targets->count - 1; i >= 0; i--)
	{
		const Target *target = &targets->items[i];
		char *name;

		if (target->reached & (REACHED_ORIGINAL | REACHED_AUTO | REACHED_INTERNAL | REACHED_SUBOBJECT))
			continue;
		name = getObjectDescription(&target->address, false);
		if (behavior == DROP_RESTRICT)
		{
			char *other = getObjectDescription(&target->dependee, true);

			report_line(&report, "%s depends on %s", name, other ? other : "");
			ok = false;
		}
		else
			report_line(&report, "drop cascades to %s", name, NULL);
		pfree(name);
	}
	if (report.not_reported > 0)
		appendStringInfo(&report.client, ngettext("\nand %d other object (see server log for list)", "\nand %d other objects (see server log for list)",
												  report.not_reported), report.not_reported);
	if (!ok)
	{
		if (original)
			ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
					errmsg("cannot drop %s because other objects depend on it", getObjectDescription(original, false)),
					errdetail_internal("%s", report.client.data), errdetail_log("%s", report.log.data),
					errhint("Use DROP ... CASCADE to drop the dependent objects too."));
		ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				errmsg("cannot drop desired object(s) because other objects depend on them"), errdetail_internal("%s", report.client.data),
				errdetail_log("%s", report.log.data), errhint("Use DROP ... CASCADE to drop the dependent objects too."));
	}
	if (report.reported > 1)
		ereport(level, errmsg_plural("drop cascades to %d other object", "drop cascades to %d other objects", report.reported + report.not_reported,
									 report.reported + report.not_reported),
				errdetail_internal("%s", report.client.data), errdetail_log("%s", report.log.data));
	else if (report.reported == 1)
		ereport(level, errmsg_internal("%s", report.client.data));
	pfree(report.client.data);
	pfree(report.log.data);
}

/* ---- deleting ---------------------------------------------------------------------------------------------------------------------------------- */
static void
delete_generic(const ObjectAddress *object)
{
	Relation rel = table_open(object->classId, RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&key, get_object_attnum_oid(object->classId), BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(object->objectId));
	scan = systable_beginscan(rel, get_object_oid_index(object->classId), true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "could not find tuple for %s %u", get_object_class_descr(object->classId), object->objectId);
	CatalogTupleDelete(rel, &tuple->t_self);
	systable_endscan(scan);
	table_close(rel, RowExclusiveLock);
}

static void
delete_relation(const ObjectAddress *object, int flags)
{
	char relkind = get_rel_relkind(object->objectId);

	if (relkind == RELKIND_INDEX)
		index_drop(object->objectId, (flags & PERFORM_DELETION_CONCURRENTLY) != 0, false);
	else if (object->objectSubId != 0)
		RemoveAttributeById(object->objectId, object->objectSubId);
	else
		heap_drop_with_catalog(object->objectId);
	if (relkind == RELKIND_SEQUENCE && object->objectSubId == 0)
		DeleteSequenceTuple(object->objectId);
}

static void
delete_object(const ObjectAddress *object, int flags)
{
	switch (object->classId)
	{
		case RelationRelationId:
			delete_relation(object, flags);
			break;
		case ProcedureRelationId:
			RemoveFunctionById(object->objectId);
			break;
		case TypeRelationId:
			RemoveTypeById(object->objectId);
			break;
		case ConstraintRelationId:
			RemoveConstraintById(object->objectId);
			break;
		case AttrDefaultRelationId:
			RemoveAttrDefaultById(object->objectId);
			break;
		case RewriteRelationId:
			RemoveRewriteRuleById(object->objectId);
			break;
		case TriggerRelationId:
			RemoveTriggerById(object->objectId);
			break;
		default:
			delete_generic(object);
	}
}

static void
delete_one(const ObjectAddress *object, int flags)
{
	delete_object(object, flags);
	deleteDependencyRecordsFor(object->classId, object->objectId, false);
	deleteSharedDependencyRecordsFor(object->classId, object->objectId, object->objectSubId);
	DeleteComments(object->objectId, object->classId, object->objectSubId);
	CommandCounterIncrement();
}

static long
delete_column_dependencies(const ObjectAddress *column)
{
	Relation rel = table_open(DependRelationId, RowExclusiveLock);
	SysScanDesc scan;
	HeapTuple tuple;
	long n = 0;

	scan_dependencies(rel, true, column, &scan);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CatalogTupleDelete(rel, &tuple->t_self);
		n++;
	}
	systable_endscan(scan);
	table_close(rel, RowExclusiveLock);
	return n;
}

static void
delete_targets(const ObjectAddresses *targets, int flags)
{
	for (int i = 0; i < targets->count; i++)
	{
		const Target *target = &targets->items[i];

		if ((flags & PERFORM_DELETION_SKIP_ORIGINAL) && (target->reached & REACHED_ORIGINAL))
			continue;
		if (target->address.objectSubId != 0)
		{
			delete_object(&target->address, flags);
			delete_column_dependencies(&target->address);
			DeleteComments(target->address.objectId, target->address.classId, target->address.objectSubId);
			CommandCounterIncrement();
		}
		else
			delete_one(&target->address, flags);
	}
}

void
performDeletion(const ObjectAddress *object, DropBehavior behavior, int flags)
{
	Collection c = {.targets = new_object_addresses(), .flags = flags, .depend = table_open(DependRelationId, RowExclusiveLock)};

	AcquireDeletionLock(object, 0);
	collect(&c, object, REACHED_ORIGINAL, NULL, NULL);
	decide(c.targets, behavior, flags, object);
	delete_targets(c.targets, flags);
	free_object_addresses(c.targets);
	table_close(c.depend, RowExclusiveLock);
}

void
performMultipleDeletions(const ObjectAddresses *objects, DropBehavior behavior, int flags)
{
	Collection c = {.targets = new_object_addresses(), .pending = objects, .flags = flags};

	if (objects->count <= 0)
		return;
	c.depend = table_open(DependRelationId, RowExclusiveLock);
	for (int i = 0; i < objects->count; i++)
	{
		AcquireDeletionLock(&objects->items[i].address, flags);
		collect(&c, &objects->items[i].address, REACHED_ORIGINAL, NULL, NULL);
	}
	/* An original found earlier as somebody's dependent is an original all the same. */
	for (int i = 0; i < objects->count; i++)
	{
		Target *target = find_target(&objects->items[i].address, c.targets);

		if (target)
			target->reached |= REACHED_ORIGINAL;
	}
	decide(c.targets, behavior, flags, objects->count == 1 ? &objects->items[0].address : NULL);
	delete_targets(c.targets, flags);
	free_object_addresses(c.targets);
	table_close(c.depend, RowExclusiveLock);
}
