/*
 * tcop/cmdtag.h
 *    Command tags: what CommandComplete says a statement was, with its row count.
 */
#ifndef CMDTAG_H
#define CMDTAG_H

#include "postgres.h"

#define COMPLETION_TAG_BUFSIZE 64

typedef enum CommandTag
{
#define PG_CMDTAG(tag, name, rowcnt) tag,
#include "tcop/cmdtaglist.h"
#undef PG_CMDTAG
	COMMAND_TAG_NEXTTAG
} CommandTag;

typedef struct QueryCompletion
{
	CommandTag commandTag;
	uint64 nprocessed;
} QueryCompletion;

static inline void
SetQueryCompletion(QueryCompletion *qc, CommandTag commandTag, uint64 nprocessed)
{
	qc->commandTag = commandTag;
	qc->nprocessed = nprocessed;
}
static inline void
CopyQueryCompletion(QueryCompletion *dst, const QueryCompletion *src)
{
	*dst = *src;
}
#define InitializeQueryCompletion(qc) SetQueryCompletion((qc), CMDTAG_UNKNOWN, 0)

extern const char *GetCommandTagName(CommandTag commandTag);
extern bool command_tag_display_rowcount(CommandTag commandTag);
extern CommandTag GetCommandTagEnum(const char *commandname);
/* Writes "INSERT 0 5" and the like into a buffer of COMPLETION_TAG_BUFSIZE; returns the length. */
extern Size BuildQueryCompletionString(char *buff, const QueryCompletion *qc, bool nameonly);

#endif /* CMDTAG_H */
