/*
 * infer_arbiter.c
 *    Matches ON CONFLICT's target with the table's unique indexes: same columns and expressions, in any order, and a
 *    predicate that the target's WHERE implies.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/infer_arbiter.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

typedef struct ConflictTarget
{
	Index rti;
	Bitmapset *columns;	 /* attribute numbers, offset */
	List *exprs;		 /* InferenceElem of the others */
	List *elems;		 /* all InferenceElem */
	List *where;
} ConflictTarget;

static void
load_target(PlannerInfo *root, OnConflictExpr *oc, ConflictTarget *target)
{
	ListCell *lc;

	memset(target, 0, sizeof(*target));
	target->rti = root->parse->resultRelation;
	target->elems = oc->arbiterElems;
	target->where = (List *) oc->arbiterWhere;
	foreach (lc, oc->arbiterElems)
	{
		InferenceElem *elem = lfirst_node(InferenceElem, lc);

		if (IsA(elem->expr, Var) && ((Var *) elem->expr)->varattno > 0)
			target->columns =
				bms_add_member(target->columns, ((Var *) elem->expr)->varattno - FirstLowInvalidHeapAttributeNumber);
		else if (IsA(elem->expr, Var))
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("whole row unique index inference specifications are not supported"));
		else
			target->exprs = lappend(target->exprs, elem);
	}
}

/* A COLLATE or operator class in the target must be that of the matching index column. */
static bool
column_spec_fits(Relation index, int column, InferenceElem *elem)
{
	if (OidIsValid(elem->infercollid) && index->rd_indcollation[column] != elem->infercollid)
		return false;
	if (OidIsValid(elem->inferopclass) && (get_opclass_family(elem->inferopclass) != index->rd_opfamily[column] ||
										   get_opclass_input_type(elem->inferopclass) != index->rd_opcintype[column]))
		return false;
	return true;
}

static bool
specs_fit(ConflictTarget *target, Relation index, List *index_exprs)
{
	ListCell *lc;

	foreach (lc, target->elems)
	{
		InferenceElem *elem = lfirst_node(InferenceElem, lc);
		bool found = false;
		int nth = 0;

		for (int i = 0; i < index->rd_index->indnkeyatts && !found; i++)
		{
			AttrNumber attno = index->rd_index->indkey.values[i];
			bool same;

			if (attno != 0)
				same = IsA(elem->expr, Var) && ((Var *) elem->expr)->varattno == attno;
			else
				same = equal(elem->expr, list_nth(index_exprs, nth++));
			found = same && column_spec_fits(index, i, elem);
		}
		if (!found)
			return false;
	}
	return true;
}

static bool
index_fits(ConflictTarget *target, Relation index)
{
	Bitmapset *columns = NULL;
	List *exprs = copyObject(RelationGetIndexExpressions(index));
	List *predicate = copyObject(RelationGetIndexPredicate(index));
	List *target_exprs = NIL;
	ListCell *lc;

	if (!index->rd_index->indisunique || !index->rd_index->indisvalid)
		return false;
	if (target->rti != 1)
	{
		ChangeVarNodes((Node *) exprs, 1, target->rti, 0);
		ChangeVarNodes((Node *) predicate, 1, target->rti, 0);
	}
	for (int i = 0; i < index->rd_index->indnkeyatts; i++)
		if (index->rd_index->indkey.values[i] != 0)
			columns = bms_add_member(columns, index->rd_index->indkey.values[i] - FirstLowInvalidHeapAttributeNumber);
	if (!bms_equal(columns, target->columns))
		return false;
	foreach (lc, target->exprs)
		target_exprs = lappend(target_exprs, lfirst_node(InferenceElem, lc)->expr);
	if (list_difference(exprs, target_exprs) != NIL || list_difference(target_exprs, exprs) != NIL)
		return false;
	return specs_fit(target, index, exprs) && predicate_implied_by(predicate, target->where, false);
}

static void
check_immediate(Relation index)
{
	if (!index->rd_index->indimmediate)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters"));
}

List *
infer_arbiter_indexes(PlannerInfo *root)
{
	OnConflictExpr *oc = root->parse->onConflict;
	RangeTblEntry *rte = planner_rte(root, root->parse->resultRelation);
	Oid constraint_index = InvalidOid;
	ConflictTarget target;
	List *result = NIL;
	Relation rel;
	ListCell *lc;

	if (oc->arbiterElems == NIL && !OidIsValid(oc->constraint))
		return NIL;
	load_target(root, oc, &target);
	if (OidIsValid(oc->constraint))
	{
		constraint_index = get_constraint_index(oc->constraint);
		if (!OidIsValid(constraint_index))
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("constraint in ON CONFLICT clause has no associated index"));
	}
	rel = table_open(rte->relid, NoLock);
	foreach (lc, RelationGetIndexList(rel))
	{
		Relation index = index_open(lfirst_oid(lc), rte->rellockmode);
		bool chosen = OidIsValid(constraint_index) ? RelationGetRelid(index) == constraint_index
												   : index->rd_index->indimmediate && index_fits(&target, index);

		if (chosen)
		{
			check_immediate(index);
			result = lappend_oid(result, RelationGetRelid(index));
		}
		index_close(index, NoLock);
	}
	table_close(rel, NoLock);
	if (result == NIL)
		ereport(ERROR, errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("there is no unique or exclusion constraint matching the ON CONFLICT specification"));
	return result;
}
