/*
 * catalog_data_lookup.c
 *    Finding compiled-in facts by OID. A small hash table is filled once; look-ups are then one or two probes.
 */
#include "postgres.h"

#include "catalog/catalog_data.h"

typedef enum FactKind
{
	FACT_NONE,
	FACT_RELATION,
	FACT_TOAST, /* of a catalog: the table or its index */
	FACT_INDEX,
	FACT_OPCLASS
} FactKind;

typedef struct Fact
{
	Oid oid;
	uint16 kind;
	uint16 position;
} Fact;

#define FACTS_SIZE 1024 /* about 330 facts */
static Fact facts[FACTS_SIZE];
static bool facts_ready = false;

static void
fact_add(Oid oid, FactKind kind, int position)
{
	uint32 i = (oid * 2654435761u) % FACTS_SIZE;

	while (facts[i].kind != FACT_NONE)
		i = (i + 1) % FACTS_SIZE;
	facts[i] = (Fact){oid, (uint16) kind, (uint16) position};
}

static void
facts_fill(void)
{
	for (int i = 0; i < catalog_nrelations; i++)
	{
		fact_add(catalog_relations[i].oid, FACT_RELATION, i);
		if (OidIsValid(catalog_relations[i].toast_oid))
		{
			fact_add(catalog_relations[i].toast_oid, FACT_TOAST, i);
			fact_add(catalog_relations[i].toast_index_oid, FACT_TOAST, i);
		}
	}
	for (int i = 0; i < catalog_nindexes; i++)
		fact_add(catalog_indexes[i].oid, FACT_INDEX, i);
	for (int i = 0; i < catalog_nopclasses; i++)
		fact_add(catalog_opclasses[i].oid, FACT_OPCLASS, i);
	facts_ready = true;
}

static int
fact_find(Oid oid, FactKind kind)
{
	if (unlikely(!facts_ready))
		facts_fill();
	for (uint32 i = (oid * 2654435761u) % FACTS_SIZE; facts[i].kind != FACT_NONE; i = (i + 1) % FACTS_SIZE)
	{
		if (facts[i].oid == oid && facts[i].kind == kind)
			return facts[i].position;
	}
	return -1;
}

const CatalogRelation *
catalog_relation_by_oid(Oid oid)
{
	int i = fact_find(oid, FACT_RELATION);

	return i < 0 ? NULL : &catalog_relations[i];
}

const CatalogRelation *
catalog_relation_by_toast_oid(Oid oid)
{
	int i = fact_find(oid, FACT_TOAST);

	return i < 0 ? NULL : &catalog_relations[i];
}

const CatalogIndex *
catalog_index_by_oid(Oid oid)
{
	int i = fact_find(oid, FACT_INDEX);

	return i < 0 ? NULL : &catalog_indexes[i];
}

const CatalogOpclass *
catalog_opclass_by_oid(Oid oid)
{
	int i = fact_find(oid, FACT_OPCLASS);

	return i < 0 ? NULL : &catalog_opclasses[i];
}
