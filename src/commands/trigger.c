/*
 * trigger.c
 *    The queue of after-row events.
 *
 * An event names a constraint trigger and the rows by ctid. Immediate events fire at the end of the statement that queued
 * them, and events queued by what they do fire right after, before the statement counts as finished. Deferred ones stay
 * in the transaction's list until commit or SET CONSTRAINTS. A subtransaction's abort cuts the list back to its length at the
 * subtransaction's start.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_constraint.h"
#include "commands/ri.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/reltrigger.h"
#include "utils/snapmgr.h"

typedef enum EventKind
{
	EVENT_TRIGGER,
	EVENT_UNIQUE		/* look again at a possible duplicate in a deferrable unique index */
} EventKind;

typedef struct AfterEvent
{
	EventKind kind;
	TriggerOperation op;
	Oid relid;
	Oid tgoid;			/* or the index */
	Oid constraint;
	bool deferrable;
	bool init_deferred;
	bool done;
	ItemPointerData oldtid;
	ItemPointerData newtid;
} AfterEvent;

typedef struct EventList
{
	AfterEvent *events;
	int n;
	int capacity;
} EventList;

/* SET CONSTRAINTS: one entry per constraint, and a setting for all. */
typedef struct ConstraintState
{
	Oid constraint;
	bool deferred;
} ConstraintState;

typedef struct SubxactMark
{
	int nest_level;
	int deferred_events;
	int query_depth;
} SubxactMark;

static struct
{
	int query_depth;		/* -1: no query is running */
	EventList *queries;		/* per depth */
	int queries_capacity;
	EventList deferred;
	bool all_set;
	bool all_deferred;
	ConstraintState *states;
	int nstates;
	SubxactMark *marks;
	int nmarks;
	bool in_use;
} after = {.query_depth = -1};

/* ---- list ---- */
static void
event_add(EventList *list, const AfterEvent *event)
{
	if (list->n >= list->capacity)
	{
		int capacity = Max(32, list->capacity * 2);
		AfterEvent *events = MemoryContextAllocHuge(TopTransactionContext, sizeof(AfterEvent) * (Size) capacity);

		if (list->events)
		{
			memcpy(events, list->events, sizeof(AfterEvent) * list->n);
			pfree(list->events);
		}
		list->events = events;
		list->capacity = capacity;
	}
	list->events[list->n++] = *event;
}

void
AfterTriggerBeginXact(void)
{
	memset(&after, 0, sizeof(after));
	after.query_depth = -1;
}

void
AfterTriggerEndXact(bool isCommit)
{
	/* All memory is in the transaction's context. */
	memset(&after, 0, sizeof(after));
	after.query_depth = -1;
}

void
AfterTriggerBeginQuery(void)
{
	after.query_depth++;
	if (after.query_depth >= after.queries_capacity)
	{
		int capacity = Max(8, after.queries_capacity * 2);
		EventList *lists = MemoryContextAllocZero(TopTransactionContext, sizeof(EventList) * capacity);

		if (after.queries)
			memcpy(lists, after.queries, sizeof(EventList) * after.queries_capacity);
		after.queries = lists;
		after.queries_capacity = capacity;
	}
	after.queries[after.query_depth].n = 0;
}

/* ---- queueing ---- */
static bool
matches(const Trigger *t, TriggerOperation op)
{
	if (t->tgenabled == 'D' || !ri_is_trigger_function(t->tgfoid))
		return false;
	switch (op)
	{
		case TRIGGER_OP_INSERT:
			return (t->tgtype & 4) != 0;
		case TRIGGER_OP_DELETE:
			return (t->tgtype & 8) != 0;
		default:
			return (t->tgtype & 16) != 0;
	}
}

bool
after_trigger_wanted(Relation rel, TriggerOperation op)
{
	TriggerDesc *desc = rel->trigdesc;

	for (int i = 0; desc && i < desc->numtriggers; i++)
		if (matches(&desc->triggers[i], op))
			return true;
	return false;
}

static EventList *
current_list(void)
{
	if (after.query_depth < 0)
		elog(ERROR, "after-row event queued outside of a query");
	return &after.queries[after.query_depth];
}

void
after_trigger_queue_row(Relation rel, TriggerOperation op, HeapTuple oldtup, HeapTuple newtup)
{
	TriggerDesc *desc = rel->trigdesc;

	for (int i = 0; desc && i < desc->numtriggers; i++)
	{
		Trigger *t = &desc->triggers[i];
		AfterEvent event = {0};

		if (!matches(t, op) || !ri_event_needed(rel, t, op, oldtup, newtup))
			continue;
		event.kind = EVENT_TRIGGER;
		event.op = op;
		event.relid = RelationGetRelid(rel);
		event.tgoid = t->tgoid;
		event.constraint = t->tgconstraint;
		event.deferrable = t->tgdeferrable;
		event.init_deferred = t->tginitdeferred;
		if (oldtup)
			event.oldtid = oldtup->t_self;
		if (newtup)
			event.newtid = newtup->t_self;
		event_add(current_list(), &event);
	}
}

void
after_trigger_queue_unique(Relation rel, Relation index, ItemPointer tid)
{
	AfterEvent event = {0};
	Oid conoid = get_index_constraint(RelationGetRelid(index));
	bool deferrable = true;
	bool deferred = false;

	if (OidIsValid(conoid))
		ri_constraint_deferral(conoid, &deferrable, &deferred);
	event.kind = EVENT_UNIQUE;
	event.relid = RelationGetRelid(rel);
	event.tgoid = RelationGetRelid(index);
	event.constraint = conoid;
	event.deferrable = deferrable;
	event.init_deferred = deferred;
	event.newtid = *tid;
	event_add(current_list(), &event);
}

static bool
is_deferred(const AfterEvent *e)
{
	if (!e->deferrable)
		return false;
	for (int i = 0; i < after.nstates; i++)
		if (after.states[i].constraint == e->constraint)
			return after.states[i].deferred;
	return after.all_set ? after.all_deferred : e->init_deferred;
}

/* ---- firing ---- */
static HeapTuple
fetch_row(Relation rel, ItemPointer tid)
{
	HeapTupleData tup = {0};
	HeapTuple copy;
	Buffer buffer;

	if (!ItemPointerIsValid(tid))
		return NULL;
	tup.t_self = *tid;
	if (!heap_fetch(rel, SnapshotAny, &tup, &buffer, false))
		elog(ERROR, "failed to fetch tuple for AFTER trigger");
	copy = heap_copytuple(&tup);
	ReleaseBuffer(buffer);
	return copy;
}

/* The row of a deferred unique check: its entry is looked for in the index again, now for good. */
static void
fire_unique(Relation rel, AfterEvent *e)
{
	Datum values[INDEX_MAX_KEYS];
	bool nulls[INDEX_MAX_KEYS];
	Relation index = index_open(e->tgoid, RowExclusiveLock);
	IndexFetchTableData *fetch = table_index_fetch_begin(rel);
	ItemPointerData tid = e->newtid;
	HeapTupleData tup = {0};
	bool again = false;

	/* The row may have been deleted, or updated within the page, meanwhile. */
	if (table_index_fetch_tuple(fetch, &tid, SnapshotSelf, &tup, &again, NULL))
	{
		IndexInfo *info = BuildIndexInfo(index);
		HeapTuple copy = heap_copytuple(&tup);

		table_index_fetch_end(fetch);
		index_form_datum(info, copy, RelationGetDescr(rel), values, nulls);
		tid = e->newtid;
		index_insert(index, values, nulls, &tid, rel, UNIQUE_CHECK_EXISTING, false, info);
	}
	else
		table_index_fetch_end(fetch);
	index_close(index, NoLock);
}

static void
fire_event(AfterEvent *e, MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(cxt);
	Relation rel = table_open(e->relid, RowShareLock);

	if (e->kind == EVENT_UNIQUE)
		fire_unique(rel, e);
	else
	{
		TriggerDesc *desc = rel->trigdesc;
		Trigger *trigger = NULL;

		for (int i = 0; desc && i < desc->numtriggers; i++)
			if (desc->triggers[i].tgoid == e->tgoid)
				trigger = &desc->triggers[i];
		if (trigger == NULL)
			elog(ERROR, "could not find trigger %u", e->tgoid);
		ri_fire(rel, trigger, fetch_row(rel, &e->oldtid), fetch_row(rel, &e->newtid));
	}
	table_close(rel, NoLock);
	MemoryContextSwitchTo(old);
	MemoryContextReset(cxt);
}

/* Fire what is due in a list; deferred events move to the transaction's list. The list may grow meanwhile. */
static void
fire_list(int depth)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "AfterTriggers", ALLOCSET_DEFAULT_SIZES);

	for (int i = 0; i < after.queries[depth].n; i++)
	{
		AfterEvent e = after.queries[depth].events[i];

		CHECK_FOR_INTERRUPTS();
		if (is_deferred(&e))
			event_add(&after.deferred, &e);
		else
			fire_event(&e, cxt);
	}
	MemoryContextDelete(cxt);
}

void
AfterTriggerEndQuery(EState *estate)
{
	Assert(after.query_depth >= 0);
	if (after.queries[after.query_depth].n > 0)
	{
		/* The checks must see what the statement did. */
		CommandCounterIncrement();
		fire_list(after.query_depth);
		after.queries[after.query_depth].n = 0;
	}
	after.query_depth--;
}

/* Fire deferred events; all, or those whose constraint is not deferred any more. */
static void
fire_deferred(bool all)
{
	MemoryContext cxt;
	bool snapshot = false;

	if (after.deferred.n == 0)
		return;
	cxt = AllocSetContextCreate(CurrentMemoryContext, "AfterTriggers", ALLOCSET_DEFAULT_SIZES);
	if (!ActiveSnapshotSet())
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		snapshot = true;
	}
	CommandCounterIncrement();
	/* What the events queue runs in a query of its own. */
	for (int i = 0; i < after.deferred.n; i++)
	{
		AfterEvent e = after.deferred.events[i];

		if (e.done || (!all && is_deferred(&e)))
			continue;
		after.deferred.events[i].done = true;
		fire_event(&e, cxt);
	}
	if (snapshot)
		PopActiveSnapshot();
	MemoryContextDelete(cxt);
}

void
AfterTriggerFireDeferred(void)
{
	fire_deferred(true);
	after.deferred.n = 0;
}

/* ---- subtransactions ---- */
void
AfterTriggerBeginSubXact(void)
{
	SubxactMark *marks = MemoryContextAlloc(TopTransactionContext, sizeof(SubxactMark) * (after.nmarks + 1));

	if (after.marks)
	{
		memcpy(marks, after.marks, sizeof(SubxactMark) * after.nmarks);
		pfree(after.marks);
	}
	marks[after.nmarks++] = (SubxactMark){GetCurrentTransactionNestLevel(), after.deferred.n, after.query_depth};
	after.marks = marks;
}

void
AfterTriggerEndSubXact(bool isCommit)
{
	SubxactMark *m;

	if (after.nmarks == 0)
		return;
	m = &after.marks[--after.nmarks];
	if (!isCommit)
	{
		after.deferred.n = Min(after.deferred.n, m->deferred_events);
		after.query_depth = m->query_depth;
	}
}

bool
AfterTriggerPendingOnRel(Oid relid)
{
	for (int i = 0; i < after.deferred.n; i++)
		if (!after.deferred.events[i].done && after.deferred.events[i].relid == relid)
			return true;
	return false;
}

/* ---- SET CONSTRAINTS ---- */
static void
set_state(Oid constraint, bool deferred)
{
	ConstraintState *states;

	for (int i = 0; i < after.nstates; i++)
		if (after.states[i].constraint == constraint)
		{
			after.states[i].deferred = deferred;
			return;
		}
	states = MemoryContextAlloc(TopTransactionContext, sizeof(ConstraintState) * (after.nstates + 1));
	if (after.states)
		memcpy(states, after.states, sizeof(ConstraintState) * after.nstates);
	states[after.nstates++] = (ConstraintState){constraint, deferred};
	after.states = states;
}

/* All constraints of that name in one schema. */
static int
set_named(const char *name, Oid nspid, bool deferred)
{
	Relation rel = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tup;
	int found = 0;

	ScanKeyInit(&keys[0], Anum_pg_constraint_conname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum(name));
	ScanKeyInit(&keys[1], Anum_pg_constraint_connamespace, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(nspid));
	scan = systable_beginscan(rel, ConstraintNameNspIndexId, true, NULL, 2, keys);
	while ((tup = systable_getnext(scan)) != NULL)
	{
		Form_pg_constraint con = (Form_pg_constraint) GETSTRUCT(tup);

		found++;
		if (con->condeferrable)
			set_state(con->oid, deferred);
		else if (deferred)
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("constraint \"%s\" is not deferrable", name));
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
}

void
AfterTriggerSetState(ConstraintsSetStmt *stmt)
{
	ListCell *lc;

	if (stmt->constraints == NIL)
	{
		after.nstates = 0;
		after.all_set = true;
		after.all_deferred = stmt->deferred;
	}
	foreach (lc, stmt->constraints)
	{
		RangeVar *rv = lfirst(lc);
		List *schemas = rv->schemaname ? list_make1_oid(LookupExplicitNamespace(rv->schemaname, false))
									   : fetch_search_path(true);
		int found = 0;
		ListCell *lc2;

		foreach (lc2, schemas)
		{
			found = set_named(rv->relname, lfirst_oid(lc2), stmt->deferred);
			if (found > 0)
				break;
		}
		if (found == 0)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("constraint \"%s\" does not exist", rv->relname));
	}
	if (!stmt->deferred)
		fire_deferred(false);
}
