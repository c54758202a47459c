/*
 * utils/tuplestore.h
 *    A sequence of rows kept in memory, or in a temporary file when it outgrows work_mem.
 *
 * Rows are appended at the end and read through read pointers that move independently. A store remembers the row type
 * of its first put. Values read stay valid until the next read through the same pointer, trim or clear.
 */
#ifndef TUPLESTORE_H
#define TUPLESTORE_H

#include "postgres.h"
#include "access/htup.h"
#include "access/tupdesc.h"

struct Batch;
typedef struct Tuplestorestate Tuplestorestate;

extern Tuplestorestate *tuplestore_begin_heap(bool randomAccess, bool interXact, int maxKBytes);
extern void tuplestore_set_eflags(Tuplestorestate *state, int eflags);
extern void tuplestore_putvalues(Tuplestorestate *state, TupleDesc tdesc, const Datum *values, const bool *isnull);
extern void tuplestore_puttuple(Tuplestorestate *state, HeapTuple tuple, TupleDesc tdesc);
extern void tuplestore_putbatch(Tuplestorestate *state, const struct Batch *batch, TupleDesc tdesc);

extern int tuplestore_alloc_read_pointer(Tuplestorestate *state, int eflags);
extern void tuplestore_select_read_pointer(Tuplestorestate *state, int ptr);
extern void tuplestore_copy_read_pointer(Tuplestorestate *state, int srcptr, int destptr);
/* Reads one row; false at the end (or before the start). The arrays have as many entries as the row type. */
extern bool tuplestore_getvalues(Tuplestorestate *state, bool forward, Datum *values, bool *isnull);
extern bool tuplestore_advance(Tuplestorestate *state, bool forward);
extern bool tuplestore_skiptuples(Tuplestorestate *state, int64 ntuples, bool forward);
extern bool tuplestore_ateof(Tuplestorestate *state);
extern void tuplestore_rescan(Tuplestorestate *state);
extern void tuplestore_clear(Tuplestorestate *state);
extern void tuplestore_end(Tuplestorestate *state);
extern int64 tuplestore_tuple_count(Tuplestorestate *state);
extern bool tuplestore_in_memory(Tuplestorestate *state);

#endif /* TUPLESTORE_H */
