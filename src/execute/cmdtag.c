/*
 * cmdtag.c
 *    Command tags: names, and the text of CommandComplete.
 */
#include "postgres.h"

#include "tcop/cmdtag.h"

static const struct
{
	const char *name;
	bool rowcount;
} tags[] = {
#define PG_CMDTAG(tag, name, rowcnt) {name, rowcnt},
#include "tcop/cmdtaglist.h"
#undef PG_CMDTAG
};

const char *
GetCommandTagName(CommandTag commandTag)
{
	return tags[commandTag].name;
}

bool
command_tag_display_rowcount(CommandTag commandTag)
{
	return tags[commandTag].rowcount;
}

CommandTag
GetCommandTagEnum(const char *commandname)
{
	if (commandname != NULL)
		for (int i = 0; i < (int) lengthof(tags); i++)
			if (strcasecmp(tags[i].name, commandname) == 0)
				return (CommandTag) i;
	return CMDTAG_UNKNOWN;
}

Size
BuildQueryCompletionString(char *buff, const QueryCompletion *qc, bool nameonly)
{
	const char *name = tags[qc->commandTag].name;

	if (!tags[qc->commandTag].rowcount || nameonly)
		return (Size) snprintf(buff, COMPLETION_TAG_BUFSIZE, "%s", name);
	/* INSERT still tells an OID that is always 0. */
	return (Size) snprintf(buff, COMPLETION_TAG_BUFSIZE, "%s%s %llu", name, qc->commandTag == CMDTAG_INSERT ? " 0" : "",
						   (unsigned long long) qc->nprocessed);
}
