/*
 * bt_am.c
 *    The B-tree's entry in the table of access methods.
 */
#include "postgres.h"

#include "index/btree/btree.h"
#include "utils/builtins.h"

static bool
bt_insert(Relation rel, Datum *values, bool *isnull, ItemPointer ht_ctid, Relation heapRel,
		  IndexUniqueCheck checkUnique, bool indexUnchanged, struct IndexInfo *indexInfo)
{
	IndexTuple itup = index_form_tuple(RelationGetDescr(rel), values, isnull);
	bool result;

	itup->t_tid = *ht_ctid;
	result = bt_doinsert(rel, itup, checkUnique, heapRel);
	pfree(itup);
	return result;
}

static bool
bt_canreturn(Relation index, int attno)
{
	return true;
}

const IndexAmRoutine btree_am_routine = {
	.type = T_Invalid,
	.amstrategies = BTMaxStrategyNumber,
	.amsupport = BTNProcs,
	.amoptsprocnum = BTOPTIONS_PROC,
	.amcanorder = true,
	.amcanorderbyop = false,
	.amcanbackward = true,
	.amcanunique = true,
	.amcanmulticol = true,
	.amoptionalkey = true,
	.amsearcharray = true,
	.amsearchnulls = true,
	.amstorage = false,
	.amclusterable = true,
	.ampredlocks = true,
	.amcanparallel = false,
	.amcaninclude = true,
	.amusemaintenanceworkmem = false,
	.amparallelvacuumoptions = 0,
	.amkeytype = InvalidOid,
	.ambuild = bt_build,
	.ambuildempty = bt_buildempty,
	.aminsert = bt_insert,
	.ambulkdelete = bt_bulkdelete,
	.amvacuumcleanup = bt_vacuumcleanup,
	.amcanreturn = bt_canreturn,
	.amoptions = NULL,
	.ambeginscan = bt_beginscan,
	.amrescan = bt_rescan,
	.amgettuple = bt_gettuple,
	.amgetbitmap = bt_getbitmap,
	.amendscan = bt_endscan,
	.ammarkpos = bt_markpos,
	.amrestrpos = bt_restrpos,
	.amgettreeheight = _bt_getrootheight,
};

/* For code that asks the handler: the planner, relation cache, amvalidate. */
Datum
bthandler(PG_FUNCTION_ARGS)
{
	IndexAmRoutine *routine = palloc_object(IndexAmRoutine);

	*routine = btree_am_routine;
	PG_RETURN_POINTER(routine);
}
