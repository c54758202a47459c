/*
 * fsm_page.c
 *    Slots, groups and the maximum of one page of a free space map; see fsm_page.h.
 */
#include "postgres.h"
#include "storage/fsm_page.h"

static uint8
max_of(const uint8 *bytes, int count)
{
	uint8 max = 0;

	for (int i = 0; i < count; i++)
		max = Max(max, bytes[i]);
	return max;
}

static int
group_size(int group)
{
	return Min(FSM_GROUP_SIZE, FSM_SLOTS - group * FSM_GROUP_SIZE);
}

uint8
fsm_page_get(const FsmPage *fsm, int slot)
{
	Assert(slot >= 0 && slot < FSM_SLOTS);
	return fsm->slot[slot];
}

bool
fsm_page_set(FsmPage *fsm, int slot, uint8 value)
{
	int group = slot / FSM_GROUP_SIZE;
	uint8 old = fsm->slot[slot];
	uint8 group_max;

	Assert(slot >= 0 && slot < FSM_SLOTS);
	if (old == value && fsm->group[group] >= value && fsm->max >= value)
		return false;
	fsm->slot[slot] = value;
	if (value >= fsm->group[group])
		group_max = value;
	else if (old < fsm->group[group])
		return true;
	else
		group_max = max_of(fsm->slot + group * FSM_GROUP_SIZE, group_size(group));
	if (group_max == fsm->group[group])
		return true;
	fsm->group[group] = group_max;
	fsm->max = max_of(fsm->group, FSM_GROUPS);
	return true;
}

static int
first_at_least(const uint8 *bytes, int from, int to, uint8 minvalue)
{
	for (int i = from; i < to; i++)
		if (bytes[i] >= minvalue)
			return i;
	return -1;
}

/* A slot in the group, or -1; a group whose maximum had promised more is corrected. */
static int
search_group(FsmPage *fsm, int group, uint8 minvalue)
{
	int base = group * FSM_GROUP_SIZE;
	int slot = first_at_least(fsm->slot, base, base + group_size(group), minvalue);

	if (slot < 0)
	{
		fsm->group[group] = max_of(fsm->slot + base, group_size(group));
		fsm->max = max_of(fsm->group, FSM_GROUPS);
	}
	return slot;
}

int
fsm_page_search(FsmPage *fsm, uint8 minvalue, bool advance)
{
	/* The page may be torn or stale: bound what was read from it. */
	int start = (int) (fsm->next % FSM_SLOTS);
	int start_group = start / FSM_GROUP_SIZE;
	int slot;

	if (fsm->max < minvalue)
		return -1;
	/* The rest of the group where the last search ended, then all groups in turn, that one again last. */
	slot = first_at_least(fsm->slot, start, start_group * FSM_GROUP_SIZE + group_size(start_group), minvalue);
	for (int step = 1; slot < 0 && step <= FSM_GROUPS; step++)
	{
		int group = (start_group + step) % FSM_GROUPS;

		if (fsm->group[group] >= minvalue)
			slot = search_group(fsm, group, minvalue);
	}
	if (slot >= 0)
		fsm->next = (uint32) (slot + (advance ? 1 : 0)) % FSM_SLOTS;
	return slot;
}

bool
fsm_page_truncate(FsmPage *fsm, int first_slot)
{
	bool changed = max_of(fsm->slot + first_slot, FSM_SLOTS - first_slot) != 0;

	if (changed)
	{
		memset(fsm->slot + first_slot, 0, FSM_SLOTS - first_slot);
		fsm_page_rebuild(fsm);
	}
	return changed;
}

bool
fsm_page_rebuild(FsmPage *fsm)
{
	bool changed = false;
	uint8 max = 0;

	for (int group = 0; group < FSM_GROUPS; group++)
	{
		uint8 exact = max_of(fsm->slot + group * FSM_GROUP_SIZE, group_size(group));

		changed |= exact != fsm->group[group];
		fsm->group[group] = exact;
		max = Max(max, exact);
	}
	changed |= max != fsm->max;
	fsm->max = max;
	return changed;
}
