/*
 * composite.c
 *    A tuple as a value of its row type.
 */
#include "postgres.h"
#include "access/heaptoast.h"
#include "access/htup_details.h"
#include "utils/typcache.h"

/*
 * A composite value must not point into a TOAST table: it may outlive the row. Tuples without external columns, made by
 * heap_form_tuple, are such values as they are.
 */
Datum
HeapTupleHeaderGetDatum(HeapTupleHeader tuple)
{
	TupleDesc tupdesc;
	Datum result;

	if (!HeapTupleHeaderHasExternal(tuple))
		return PointerGetDatum(tuple);
	tupdesc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(tuple), HeapTupleHeaderGetTypMod(tuple));
	result = toast_flatten_tuple_to_datum(tuple, HeapTupleHeaderGetDatumLength(tuple), tupdesc);
	ReleaseTupleDesc(tupdesc);
	return result;
}
