/*
 * commands/sequence_internal.h
 *    Between sequence.c (statements) and sequence_values.c (values).
 */
#ifndef SEQUENCE_INTERNAL_H
#define SEQUENCE_INTERNAL_H

#include "access/htup.h"
#include "commands/sequence.h"
#include "storage/buf.h"
#include "utils/rel.h"

struct SessionSequence;

/* Opens and locks; raises 42809 when it is not a sequence. */
extern struct SessionSequence *sequence_open(Oid relid, Relation *rel);
/* The page exclusively locked in *buffer, the tuple on it. */
extern Form_pg_sequence_data sequence_lock_tuple(Relation rel, Buffer *buffer, HeapTupleData *tuple);
/* Makes the page of an empty file. */
extern void sequence_write_first(Relation rel, int64 last_value, bool is_called);
extern void sequence_set(Relation rel, int64 value, bool is_called);
/* Values cached by this session are given up. */
extern void sequence_forget_cached(Oid relid);

#endif /* SEQUENCE_INTERNAL_H */
