/*
 * expr_kinds.h
 *    The places an expression can stand: what messages call them, and what may not stand there.
 */
#ifndef EXPR_KINDS_H
#define EXPR_KINDS_H

#include "parser/parse_node.h"

#define EXPR_ALLOWS_SET 0x01
#define EXPR_ALLOWS_AGG 0x02
#define EXPR_ALLOWS_WINDOW 0x04
#define EXPR_NO_SUBQUERY 0x08
#define EXPR_IS_TARGET 0x10		/* a set here makes Query.hasTargetSRFs true */

typedef struct ExprKindInfo
{
	const char *name;	/* as in "... not allowed in %s" */
	const char *noun;	/* singular; if set, messages use it rather than the name */
	int flags;
} ExprKindInfo;

extern const ExprKindInfo *expr_kind_info(ParseExprKind kind);
/* What is refused "in": the plural noun, or the name. */
extern const char *expr_kind_plural(const ExprKindInfo *info);

static inline bool
expr_kind_is_window_frame(ParseExprKind kind)
{
	return kind == EXPR_KIND_WINDOW_FRAME_RANGE || kind == EXPR_KIND_WINDOW_FRAME_ROWS ||
		   kind == EXPR_KIND_WINDOW_FRAME_GROUPS;
}

#endif /* EXPR_KINDS_H */
