/*
 * relinfo.c
 *    What the catalogs and the files say about a base relation: size, indexes, column widths.
 */
#include "postgres.h"

#include <math.h>

#include "access/amapi.h"
#include "access/genam.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "miscadmin.h"
#include "catalog/catalog.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "rewrite/rewriteManip.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/relcache.h"

PlanRel *
planrel_new(PlanRelKind kind, Relids relids)
{
	PlanRel *rel = palloc0_object(PlanRel);

	rel->kind = kind;
	rel->relids = relids;
	return rel;
}

static int32
columns_width(Oid relid, TupleDesc desc)
{
	int32 width = 0;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		int32 w;

		if (att->attisdropped)
			continue;
		w = get_attavgwidth(relid, att->attnum);
		width += w > 0 ? w : get_typavgwidth(att->atttypid, att->atttypmod);
	}
	return width;
}

/*
 * Rows now: the density seen by the last VACUUM or ANALYZE times the pages there are now; without it, what fits. A
 * table never analyzed counts as at least ten pages, because it will probably grow.
 */
static void
estimate_table_size(Relation relation, PlanRel *rel)
{
	BlockNumber pages = RelationGetNumberOfBlocks(relation);
	double reltuples = relation->rd_rel->reltuples;
	BlockNumber relpages = relation->rd_rel->relpages;
	double density;

	if (pages < 10 && reltuples < 0)
		pages = 10;
	rel->pages = pages;
	if (pages == 0)
	{
		rel->tuples = 0;
		return;
	}
	if (reltuples >= 0 && relpages > 0)
		density = reltuples / relpages;
	else
	{
		int32 width = MAXALIGN(columns_width(RelationGetRelid(relation), RelationGetDescr(relation))) + 28;

		density = (BLCKSZ - SizeOfPageHeaderData - 16) / (double) width;
	}
	rel->tuples = rint(density * pages);
	rel->all_visible_frac = relpages == 0 ? 0 : Min(1.0, (double) relation->rd_rel->relallvisible / relpages);
}

/* Expressions of an index name their table as relation 1. */
static List *
index_exprs_for(List *exprs, Index rti)
{
	List *copy = copyObject(exprs);

	if (rti != 1)
		ChangeVarNodes((Node *) copy, 1, rti, 0);
	return copy;
}

static PlanIndex *
load_index(PlanRel *rel, Relation index)
{
	PlanIndex *info = palloc0_object(PlanIndex);
	Form_pg_index form = index->rd_index;
	IndexAmRoutine *am = index->rd_indam;
	int nkeys = form->indnkeyatts;

	info->oid = RelationGetRelid(index);
	info->rel = rel;
	info->pages = RelationGetNumberOfBlocks(index);
	info->tuples = rel->tuples;
	info->height = -1;
	info->ncolumns = form->indnatts;
	info->nkeycolumns = nkeys;
	info->keys = palloc_array(int, info->ncolumns);
	info->can_return = palloc_array(bool, info->ncolumns);
	info->opfamily = palloc_array(Oid, nkeys);
	info->opcintype = palloc_array(Oid, nkeys);
	info->collation = palloc_array(Oid, nkeys);
	info->descending = palloc0_array(bool, nkeys);
	info->nulls_first = palloc0_array(bool, nkeys);
	for (int i = 0; i < info->ncolumns; i++)
	{
		info->keys[i] = form->indkey.values[i];
		info->can_return[i] = index_can_return(index, i + 1);
	}
	for (int i = 0; i < nkeys; i++)
	{
		info->opfamily[i] = index->rd_opfamily[i];
		info->opcintype[i] = index->rd_opcintype[i];
		info->collation[i] = index->rd_indcollation[i];
		if (am->amcanorder)
		{
			info->descending[i] = (index->rd_indoption[i] & INDOPTION_DESC) != 0;
			info->nulls_first[i] = (index->rd_indoption[i] & INDOPTION_NULLS_FIRST) != 0;
		}
	}
	info->expressions = index_exprs_for(RelationGetIndexExpressions(index), rel->rti);
	info->predicate = index_exprs_for(RelationGetIndexPredicate(index), rel->rti);
	info->unique = form->indisunique;
	info->immediate = form->indimmediate;
	info->amoid = index->rd_rel->relam;
	info->amcanorder = am->amcanorder;
	info->amhasgettuple = am->amgettuple != NULL;
	info->amhasgetbitmap = am->amgetbitmap != NULL;
	info->amsearcharray = am->amsearcharray;
	info->amsearchnulls = am->amsearchnulls;
	if (info->predicate != NIL && index->rd_rel->reltuples >= 0)
		info->tuples = Min(rel->tuples, index->rd_rel->reltuples);
	return info;
}

static void
load_relation(PlannerInfo *root, PlanRel *rel)
{
	Relation relation = table_open(rel->rte->relid, NoLock);
	ListCell *lc;

	if (relation->rd_rel->relkind == RELKIND_RELATION || relation->rd_rel->relkind == RELKIND_MATVIEW ||
		relation->rd_rel->relkind == RELKIND_TOASTVALUE)
	{
		estimate_table_size(relation, rel);
		if (relation->rd_rel->relhasindex && !(IsSystemRelation(relation) && IgnoreSystemIndexes))
			foreach (lc, RelationGetIndexList(relation))
			{
				Relation index = index_open(lfirst_oid(lc), rel->rte->rellockmode);

				if (index->rd_index->indisvalid)
					rel->indexes = lappend(rel->indexes, load_index(rel, index));
				index_close(index, NoLock);
			}
	}
	else if (relation->rd_rel->relkind == RELKIND_SEQUENCE)
	{
		rel->pages = 1;
		rel->tuples = 1;
	}
	else
	{
		char *name = pstrdup(RelationGetRelationName(relation));

		table_close(relation, NoLock);
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("scanning relation \"%s\" is not supported", name));
	}
	table_close(relation, NoLock);
}

void
relinfo_load(PlannerInfo *root, PlanRel *rel)
{
	if (rel->rte->rtekind == RTE_RELATION)
		load_relation(root, rel);
}

static int32
expr_width(PlannerInfo *root, Node *expr)
{
	if (IsA(expr, Var) && !IS_SPECIAL_VARNO(((Var *) expr)->varno) && ((Var *) expr)->varno < root->rel_count)
	{
		Var *var = (Var *) expr;
		PlanRel *rel = root->rels[var->varno];

		if (rel && rel->rte->rtekind == RTE_RELATION && var->varattno > 0)
		{
			int32 width = get_attavgwidth(rel->rte->relid, var->varattno);

			if (width > 0)
				return width;
		}
	}
	return get_typavgwidth(exprType(expr), exprTypmod(expr));
}

int32
relation_average_width(PlannerInfo *root, PlanRel *rel)
{
	int64 width = 0;
	ListCell *lc;

	foreach (lc, rel->targetlist)
		width += expr_width(root, lfirst(lc));
	return (int32) Min(width, MaxAllocSize);
}
