/*
 * reloptions.h
 *    Storage parameters: CREATE TABLE ... WITH (fillfactor = 70).
 */
#ifndef RELOPTIONS_H
#define RELOPTIONS_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "nodes/pg_list.h"
#include "storage/lockdefs.h"
#include "utils/rel.h"

typedef bytea *(*amoptions_function)(Datum reloptions, bool validate);

/* A DefElem list merged into (or, isReset, taken from) a text[] of name=value. (Datum) 0: none. */
extern Datum transformRelOptions(Datum oldOptions, List *defList, const char *namspace, const char *const validnsps[],
								 bool acceptOidsOff, bool isReset);
extern List *untransformRelOptions(Datum options);
/* From a pg_class row to rd_options; NULL: nothing set. */
extern bytea *extractRelOptions(HeapTuple tuple, TupleDesc tupdesc, amoptions_function amoptions);
/* validate: raise 22023 for unknown names and bad values; else ignore them. */
extern bytea *heap_reloptions(char relkind, Datum reloptions, bool validate);
extern bytea *view_reloptions(Datum reloptions, bool validate);
extern bytea *index_reloptions(amoptions_function amoptions, Datum reloptions, bool validate);
extern bytea *default_reloptions(Datum reloptions, bool validate, int kind);
extern bytea *btree_reloptions(Datum reloptions, bool validate);
extern bytea *attribute_reloptions(Datum reloptions, bool validate);
extern bytea *tablespace_reloptions(Datum reloptions, bool validate);
/* The lock ALTER ... SET of these options needs. */
extern LOCKMODE AlterTableGetRelOptionsLockLevel(List *defList);


#endif /* RELOPTIONS_H */
