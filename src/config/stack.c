/*
 * stack.c
 *    Settings and transactions: what SET, SET LOCAL and function SET options leave behind.
 *
 * A setting touched at a nesting level gets one stack entry for that level, with the value from before. When the level ends
 * the entry decides, by its kind and by commit or abort, which value stays; in a subtransaction that commits, the entry
 * sinks to the level below, where it may meet that level's own entry and merge with it.
 */
#include "postgres.h"

#include "config/settings.h"
#include "utils/memutils.h"

int guc_nest_level = 0; /* 0: no transaction; 1: the main one */
static Setting *stacked = NULL;

void
AtStart_GUC(void)
{
	if (guc_nest_level != 0)
		elog(WARNING, "GUC nest level = %d at transaction start", guc_nest_level);
	guc_nest_level = 1;
}

int
NewGUCNestLevel(void)
{
	return ++guc_nest_level;
}

static StackKind
kind_of_action(GucAction action)
{
	switch (action)
	{
		case GUC_ACTION_SET:
			return STACK_SET;
		case GUC_ACTION_LOCAL:
			return STACK_LOCAL;
		case GUC_ACTION_SAVE:
			return STACK_SAVE;
	}
	pg_unreachable();
}

/* A second change at the same level. */
static void
change_again(Setting *setting, StackEntry *entry, GucAction action)
{
	if (action == GUC_ACTION_SET)
	{
		SettingValue masked = entry->set_value.value;
		bool had_masked = entry->kind == STACK_SET_LOCAL;

		entry->kind = STACK_SET;
		memset(&entry->set_value, 0, sizeof(entry->set_value));
		if (had_masked)
			setting_free_if_unused(setting, &masked);
	}
	else if (action == GUC_ACTION_LOCAL && entry->kind == STACK_SET)
	{
		entry->set_value = setting->current;
		entry->kind = STACK_SET_LOCAL;
	}
}

void
setting_push(Setting *setting, GucAction action)
{
	StackEntry *entry = setting->stack;

	if (guc_nest_level == 0)
		return;
	if (entry && entry->nest_level >= guc_nest_level)
	{
		change_again(setting, entry, action);
		return;
	}
	entry = MemoryContextAllocZero(TopMemoryContext, sizeof(StackEntry));
	entry->below = setting->stack;
	entry->nest_level = guc_nest_level;
	entry->kind = kind_of_action(action);
	entry->prior = setting->current;
	setting->stack = entry;
	if (!setting->in_stacked)
	{
		setting->in_stacked = true;
		setting->next_stacked = stacked;
		stacked = setting;
	}
}

/* The kind and SET value of an entry go into the entry of the level below. */
static void
merge_down(StackEntry *below, const StackEntry *entry)
{
	switch (entry->kind)
	{
		case STACK_SET:
			below->kind = STACK_SET;
			memset(&below->set_value, 0, sizeof(below->set_value));
			break;
		case STACK_LOCAL:
			if (below->kind == STACK_SET)
			{
				below->kind = STACK_SET_LOCAL;
				below->set_value = entry->prior;
			}
			break;
		case STACK_SET_LOCAL:
			below->kind = STACK_SET_LOCAL;
			below->set_value = entry->set_value;
			break;
		case STACK_SAVE:
			Assert(false);
	}
}

/* The value to go back to when the entry's level ends; NULL: the current one stays. */
static const SettingState *
value_after(const StackEntry *entry, bool commit)
{
	if (!commit || entry->kind == STACK_SAVE)
		return &entry->prior;
	if (entry->nest_level > 1)
		return NULL;
	switch (entry->kind)
	{
		case STACK_LOCAL:
			return &entry->prior;
		case STACK_SET_LOCAL:
			return &entry->set_value;
		default:
			return NULL;
	}
}

/* End the level of the top entry. Returns false when the entry just sank a level. */
static void
end_entry(Setting *setting, bool commit)
{
	StackEntry *entry = setting->stack;
	const SettingState *back = value_after(entry, commit);
	SettingState restored;
	StackEntry gone;
	SettingValue masked_below = {0};

	if (back == NULL && entry->nest_level > 1)
	{
		StackEntry *below = entry->below;

		if (below == NULL || below->nest_level < entry->nest_level - 1)
		{
			entry->nest_level--;
			return;
		}
		masked_below = below->set_value.value;
		merge_down(below, entry);
	}
	if (back)
		restored = *back;
	gone = *entry;
	setting->stack = entry->below;
	if (back)
	{
		/* the values of the entry are referred to by nothing for a moment: assign first, free after */
		bool differs = memcmp(&restored.value, &setting->current.value, sizeof(SettingValue)) != 0;

		if (differs)
			setting_assign(setting, &restored);
		else
			setting->current = restored;
	}
	setting_free_if_unused(setting, &gone.prior.value);
	if (gone.set_value.value.s != gone.prior.value.s || setting->type != SETTING_STRING)
		setting_free_if_unused(setting, &gone.set_value.value);
	if (masked_below.extra || (setting->type == SETTING_STRING && masked_below.s))
		setting_free_if_unused(setting, &masked_below);
	pfree(entry);
}

void
AtEOXact_GUC(bool isCommit, int nestLevel)
{
	Setting **link = &stacked;

	Assert(nestLevel > 0 && nestLevel <= Max(guc_nest_level, 1));
	while (*link)
	{
		Setting *setting = *link;

		while (setting->stack && setting->stack->nest_level >= nestLevel)
		{
			int level = setting->stack->nest_level;

			end_entry(setting, isCommit);
			if (setting->stack && setting->stack->nest_level >= level)
				break; /* cannot happen: each round pops or sinks */
		}
		if (setting->stack == NULL)
		{
			*link = setting->next_stacked;
			setting->in_stacked = false;
		}
		else
			link = &setting->next_stacked;
	}
	guc_nest_level = nestLevel - 1;
}
