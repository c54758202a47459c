/*
 * amapi.c
 *    The table of access methods.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/nbtree.h"
#include "catalog/fmgroids.h"
#include "catalog/pg_am.h"
#include "utils/syscache.h"

static const struct
{
	Oid am;
	Oid handler;
	const char *name;
	const IndexAmRoutine *routine; /* NULL: known to the catalogs, not implemented */
} access_methods[] = {
	{BTREE_AM_OID, F_BTHANDLER, "btree", &btree_am_routine},
	{HASH_AM_OID, F_HASHHANDLER, "hash", NULL},
	{GIST_AM_OID, F_GISTHANDLER, "gist", NULL},
	{GIN_AM_OID, F_GINHANDLER, "gin", NULL},
	{BRIN_AM_OID, F_BRINHANDLER, "brin", NULL},
	{SPGIST_AM_OID, F_SPGHANDLER, "spgist", NULL},
};

static IndexAmRoutine *
routine_of(int i)
{
	if (access_methods[i].routine == NULL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("access method \"%s\" is not supported", access_methods[i].name)));
	return (IndexAmRoutine *) access_methods[i].routine;
}

IndexAmRoutine *
GetIndexAmRoutine(Oid amhandler)
{
	for (size_t i = 0; i < lengthof(access_methods); i++)
		if (access_methods[i].handler == amhandler)
			return routine_of((int) i);
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("index access method handler function %u is not supported", amhandler)));
	return NULL;
}

IndexAmRoutine *
GetIndexAmRoutineByAmId(Oid amoid, bool noerror)
{
	HeapTuple tuple;
	Form_pg_am form;

	for (size_t i = 0; i < lengthof(access_methods); i++)
		if (access_methods[i].am == amoid)
			return noerror && access_methods[i].routine == NULL ? NULL : routine_of((int) i);
	tuple = SearchSysCache1(AMOID, ObjectIdGetDatum(amoid));
	if (!HeapTupleIsValid(tuple))
	{
		if (noerror)
			return NULL;
		elog(ERROR, "cache lookup failed for access method %u", amoid);
	}
	form = (Form_pg_am) GETSTRUCT(tuple);
	if (form->amtype != AMTYPE_INDEX)
	{
		char *name = pstrdup(NameStr(form->amname));

		ReleaseSysCache(tuple);
		if (noerror)
			return NULL;
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("access method \"%s\" is not of type %s", name, "INDEX")));
	}
	{
		Oid handler = form->amhandler;

		ReleaseSysCache(tuple);
		return GetIndexAmRoutine(handler);
	}
}
