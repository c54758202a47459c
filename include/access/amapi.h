/*
 * access/amapi.h
 *    What an index access method is: properties and functions.
 */
#ifndef AMAPI_H
#define AMAPI_H

#include "access/genam.h"
#include "fmgr.h"
#include "nodes/nodes.h"

struct PlannerInfo;
struct IndexPath;
struct IndexInfo;
typedef struct IndexAmRoutine
{
	NodeTag type;
	uint16 amstrategies;
	uint16 amsupport;
	uint16 amoptsprocnum;
	bool amcanorder;
	bool amcanorderbyop;
	bool amcanbackward;
	bool amcanunique;
	bool amcanmulticol;
	bool amoptionalkey;
	bool amsearcharray;
	bool amsearchnulls;
	bool amstorage;
	bool amclusterable;
	bool ampredlocks;
	bool amcanparallel;
	bool amcaninclude;
	bool amusemaintenanceworkmem;
	uint8 amparallelvacuumoptions;
	Oid amkeytype;

	IndexBuildResult *(*ambuild)(Relation heapRelation, Relation indexRelation, struct IndexInfo *indexInfo);
	void (*ambuildempty)(Relation indexRelation); /* the init fork of an unlogged index */
	bool (*aminsert)(Relation indexRelation, Datum *values, bool *isnull, ItemPointer heap_tid, Relation heapRelation,
					 IndexUniqueCheck checkUnique, bool indexUnchanged, struct IndexInfo *indexInfo);
	IndexBulkDeleteResult *(*ambulkdelete)(IndexVacuumInfo *info, IndexBulkDeleteResult *stats,
										   IndexBulkDeleteCallback callback, void *callback_state);
	IndexBulkDeleteResult *(*amvacuumcleanup)(IndexVacuumInfo *info, IndexBulkDeleteResult *stats);
	bool (*amcanreturn)(Relation indexRelation, int attno);
	bytea *(*amoptions)(Datum reloptions, bool validate);
	IndexScanDesc (*ambeginscan)(Relation indexRelation, int nkeys, int norderbys);
	void (*amrescan)(IndexScanDesc scan, ScanKey keys, int nkeys, ScanKey orderbys, int norderbys);
	bool (*amgettuple)(IndexScanDesc scan, ScanDirection direction); /* fills xs_heaptid, xs_itup, xs_recheck */
	int64 (*amgetbitmap)(IndexScanDesc scan, TIDBitmap *tbm);
	void (*amendscan)(IndexScanDesc scan);
	void (*ammarkpos)(IndexScanDesc scan);
	void (*amrestrpos)(IndexScanDesc scan);
	/* Levels above the leaves, for the planner; -1: unknown. */
	int (*amgettreeheight)(Relation indexRelation);
} IndexAmRoutine;

/* NULL for an OID that is no known access method's handler (amhandler: pg_am.amhandler). */
extern IndexAmRoutine *GetIndexAmRoutine(Oid amhandler);
extern IndexAmRoutine *GetIndexAmRoutineByAmId(Oid amoid, bool noerror);

#endif /* AMAPI_H */
