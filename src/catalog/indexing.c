/*
 * indexing.c
 *    Changing catalog rows.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "nodes/execnodes.h"
#include "utils/inval.h"
#include "utils/rel.h"

typedef struct CatalogIndexes
{
	int count;
	Relation *indexes;
	IndexInfo **infos;
} CatalogIndexes;

CatalogIndexState
CatalogOpenIndexes(Relation heapRel)
{
	CatalogIndexes *state = palloc0(sizeof(CatalogIndexes));
	List *oids = RelationGetIndexList(heapRel);
	ListCell *lc;

	state->indexes = palloc(Max(list_length(oids), 1) * sizeof(Relation));
	state->infos = palloc(Max(list_length(oids), 1) * sizeof(IndexInfo *));
	foreach(lc, oids)
	{
		Relation index = index_open(lfirst_oid(lc), RowExclusiveLock);

		state->indexes[state->count] = index;
		state->infos[state->count++] = BuildIndexInfo(index);
	}
	list_free(oids);
	return state;
}

void
CatalogCloseIndexes(CatalogIndexState indstate)
{
	for (int i = 0; i < indstate->count; i++)
	{
		index_close(indstate->indexes[i], RowExclusiveLock);
		pfree(indstate->infos[i]);
	}
	pfree(indstate->indexes);
	pfree(indstate->infos);
	pfree(indstate);
}

/* A heap-only tuple is reached through the entries of its predecessor. */
static void
insert_index_entries(CatalogIndexState indstate, Relation heapRel, HeapTuple tuple)
{
	Datum values[INDEX_MAX_KEYS];
	bool isnull[INDEX_MAX_KEYS];

	if (HeapTupleIsHeapOnly(tuple))
		return;
	for (int i = 0; i < indstate->count; i++)
	{
		Relation index = indstate->indexes[i];

		if (!index->rd_index->indisready)
			continue;
		index_form_datum(indstate->infos[i], tuple, RelationGetDescr(heapRel), values, isnull);
		index_insert(index, values, isnull, &tuple->t_self, heapRel,
					 index->rd_index->indisunique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO, false, indstate->infos[i]);
	}
}

void
CatalogTupleInsertWithInfo(Relation heapRel, HeapTuple tup, CatalogIndexState indstate)
{
	simple_heap_insert(heapRel, tup);
	insert_index_entries(indstate, heapRel, tup);
}

void
CatalogTupleInsert(Relation heapRel, HeapTuple tup)
{
	CatalogIndexState indstate = CatalogOpenIndexes(heapRel);

	CatalogTupleInsertWithInfo(heapRel, tup, indstate);
	CatalogCloseIndexes(indstate);
}

void
CatalogTupleUpdateWithInfo(Relation heapRel, ItemPointer otid, HeapTuple tup, CatalogIndexState indstate)
{
	simple_heap_update(heapRel, otid, tup);
	insert_index_entries(indstate, heapRel, tup);
}

void
CatalogTupleUpdate(Relation heapRel, ItemPointer otid, HeapTuple tup)
{
	CatalogIndexState indstate = CatalogOpenIndexes(heapRel);

	CatalogTupleUpdateWithInfo(heapRel, otid, tup, indstate);
	CatalogCloseIndexes(indstate);
}

void
CatalogTupleDelete(Relation heapRel, ItemPointer tid)
{
	simple_heap_delete(heapRel, tid);
}
