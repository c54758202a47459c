/*
 * copy_internal.h
 *    Shared by the files of COPY.
 */
#ifndef COPY_INTERNAL_H
#define COPY_INTERNAL_H

#include "commands/copy.h"
#include "utils/rel.h"

typedef enum CopyHeader
{
	COPY_NO_HEADER,
	COPY_HEADER,
	COPY_HEADER_MATCH
} CopyHeader;

typedef struct CopyOptions
{
	bool binary;
	bool csv;
	bool freeze;
	CopyHeader header;
	char delim;
	char *null_print;
	int null_len;
	char quote;
	char escape;
	int encoding;			/* of the file */
	List *force_quote;
	bool force_quote_all;
	List *force_notnull;
	List *force_null;
} CopyOptions;

/* Attribute numbers of a column list; all columns but generated ones for NIL. Raises 42703, 42701. */
extern List *copy_attnums(TupleDesc desc, Relation rel, List *names);
/* By column of desc: in the list? `what` is for the error. */
extern bool *copy_column_flags(TupleDesc desc, Relation rel, List *names, List *attnums, const char *what);

extern uint64 copy_from(ParseState *pstate, Relation rel, const CopyStmt *stmt, const CopyOptions *opts, List *attnums,
						Node *where);
extern uint64 copy_to(ParseState *pstate, Relation rel, const CopyStmt *stmt, const CopyOptions *opts, List *attnums,
					  RawStmt *query);
extern const char copy_binary_signature[11];

#endif /* COPY_INTERNAL_H */
