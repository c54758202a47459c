/*
 * combocid.c
 *    Combo command ids.
 *
 * A tuple header has one command id field. When a transaction deletes a row that it has inserted itself, both the inserting and
 * the deleting command are needed: the field then holds the index of the pair in an array private to this transaction, and a
 * hash table finds the pair that exists already.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/combocid.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct ComboCidKey
{
	CommandId cmin;
	CommandId cmax;
} ComboCidKey;

typedef struct ComboCidEntry
{
	ComboCidKey key;
	CommandId combocid;
} ComboCidEntry;

#define FIRST_CAPACITY 100

/* All in TopTransactionContext. */
static struct
{
	HTAB *by_pair;
	ComboCidKey *pairs; /* indexed by combo command id */
	int used;
	int capacity;
} combo;

static void
ensure_room(void)
{
	if (combo.by_pair == NULL)
	{
		HASHCTL ctl = {.keysize = sizeof(ComboCidKey), .entrysize = sizeof(ComboCidEntry), .hcxt = TopTransactionContext};

		combo.pairs = MemoryContextAlloc(TopTransactionContext, sizeof(ComboCidKey) * FIRST_CAPACITY);
		combo.capacity = FIRST_CAPACITY;
		combo.used = 0;
		combo.by_pair = hash_create("Combo CIDs", FIRST_CAPACITY, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	if (combo.used >= combo.capacity)
	{
		combo.pairs = repalloc(combo.pairs, sizeof(ComboCidKey) * combo.capacity * 2);
		combo.capacity *= 2;
	}
}

CommandId
GetComboCommandId(CommandId cmin, CommandId cmax)
{
	ComboCidKey key = {cmin, cmax};
	ComboCidEntry *entry;
	bool found;

	ensure_room();
	entry = hash_search(combo.by_pair, &key, HASH_ENTER, &found);
	if (!found)
	{
		entry->combocid = combo.used;
		combo.pairs[combo.used++] = key;
	}
	return entry->combocid;
}

CommandId
GetRealCmin(CommandId combocid)
{
	AssertAlways(combocid < (CommandId) combo.used);
	return combo.pairs[combocid].cmin;
}

CommandId
GetRealCmax(CommandId combocid)
{
	AssertAlways(combocid < (CommandId) combo.used);
	return combo.pairs[combocid].cmax;
}

void
AtEOXact_ComboCid(void)
{
	combo.by_pair = NULL; /* gone with TopTransactionContext */
	combo.pairs = NULL;
	combo.used = combo.capacity = 0;
}
