/*
 * row_inherit.c
 *    Is one row type a child table's of another?
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "analyze/analyze_internal.h"
#include "catalog/pg_inherits.h"
#include "utils/fmgroids.h"
#include "parser/parse_type.h"
#include "storage/lockdefs.h"
#include "utils/lsyscache.h"

/* Parents are looked up breadth first; a parent seen twice is not looked up again. */
bool
row_type_inherits(Oid sub, Oid super)
{
	Oid sub_relid = typeOrDomainTypeRelid(sub);
	Oid super_relid;
	List *queue;
	Relation inherits;
	bool result = false;

	if (!OidIsValid(sub_relid))
		return false;
	super_relid = typeidTypeRelid(super);
	if (!OidIsValid(super_relid))
		return false;
	queue = list_make1_oid(sub_relid);
	inherits = table_open(InheritsRelationId, AccessShareLock);
	for (int i = 0; i < list_length(queue) && !result; i++)
	{
		ScanKeyData key;
		SysScanDesc scan;
		HeapTuple tuple;

		ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ,
					ObjectIdGetDatum(list_nth_oid(queue, i)));
		scan = systable_beginscan(inherits, InheritsRelidSeqnoIndexId, true, NULL, 1, &key);
		while ((tuple = systable_getnext(scan)) != NULL)
		{
			Oid parent = ((Form_pg_inherits) GETSTRUCT(tuple))->inhparent;

			if (parent == super_relid)
				result = true;
			if (!list_member_oid(queue, parent))
				queue = lappend_oid(queue, parent);
		}
		systable_endscan(scan);
	}
	table_close(inherits, AccessShareLock);
	return result;
}
