/*
 * access/tupdesc.h
 *    Row types: a fixed array of pg_attribute rows (fixed part) with defaults and constraints.
 *
 * tdrefcount >= 0: counted, references are remembered by CurrentResourceOwner; -1: not counted, freed with its memory.
 * A descriptor made by CreateTemplateTupleDesc must have all columns initialised before use. attcacheoff is filled lazily.
 */
#ifndef TUPDESC_H
#define TUPDESC_H

#include "postgres.h"
#include "access/attnum.h"
#include "catalog/pg_attribute.h"
#include "nodes/pg_list.h"

typedef struct AttrDefault
{
	AttrNumber adnum;
	char *adbin; /* nodeToString of the expression */
} AttrDefault;

/* The value of a column in rows that are older than the column. */
typedef struct AttrMissing
{
	bool am_present;
	Datum am_value;
} AttrMissing;

typedef struct ConstrCheck
{
	char *ccname;
	char *ccbin; /* nodeToString of the expression */
	bool ccvalid;
	bool ccnoinherit;
} ConstrCheck;

typedef struct TupleConstr
{
	AttrDefault *defval;
	ConstrCheck *check;
	struct AttrMissing *missing; /* natts entries, or NULL */
	uint16 num_defval;
	uint16 num_check;
	bool has_not_null;
	bool has_generated_stored;
} TupleConstr;

typedef struct TupleDescData
{
	int natts;
	Oid tdtypeid;	 /* composite type, or RECORD */
	int32 tdtypmod;	 /* for RECORD: the typcache's number, or -1 */
	int tdrefcount;
	TupleConstr *constr;
	FormData_pg_attribute attrs[];
} TupleDescData;
typedef struct TupleDescData *TupleDesc;

#define TupleDescAttr(tupdesc, i) (&(tupdesc)->attrs[(i)])
#define TupleDescSize(src) (offsetof(TupleDescData, attrs) + (Size) (src)->natts * sizeof(FormData_pg_attribute))

extern TupleDesc CreateTemplateTupleDesc(int natts);
extern TupleDesc CreateTupleDesc(int natts, Form_pg_attribute *attrs);
extern TupleDesc CreateTupleDescCopy(TupleDesc tupdesc); /* without constraints and defaults */
extern TupleDesc CreateTupleDescCopyConstr(TupleDesc tupdesc);
extern void TupleDescCopy(TupleDesc dst, TupleDesc src);
extern void TupleDescCopyEntry(TupleDesc dst, AttrNumber dstAttno, TupleDesc src, AttrNumber srcAttno);
extern void FreeTupleDesc(TupleDesc tupdesc);
extern void IncrTupleDescRefCount(TupleDesc tupdesc);
extern void DecrTupleDescRefCount(TupleDesc tupdesc);
#define PinTupleDesc(tupdesc)                 \
	do                                        \
	{                                         \
		if ((tupdesc)->tdrefcount >= 0)       \
			IncrTupleDescRefCount(tupdesc);   \
	} while (0)
#define ReleaseTupleDesc(tupdesc)             \
	do                                        \
	{                                         \
		if ((tupdesc)->tdrefcount >= 0)       \
			DecrTupleDescRefCount(tupdesc);   \
	} while (0)
/* Same columns, defaults, constraints (not the same reference count or typmod). */
extern bool equalTupleDescs(TupleDesc tupdesc1, TupleDesc tupdesc2);
extern uint32 hashTupleDesc(TupleDesc tupdesc);
/* Fills one column from pg_type. attributeName NULL: leave the name as it is. */
extern void TupleDescInitEntry(TupleDesc desc, AttrNumber attributeNumber, const char *attributeName, Oid oidtypeid,
							   int32 typmod, int attdim);
/* The same for some basic types, without catalog access. */
extern void TupleDescInitBuiltinEntry(TupleDesc desc, AttrNumber attributeNumber, const char *attributeName,
									  Oid oidtypeid, int32 typmod, int attdim);
extern void TupleDescInitEntryCollation(TupleDesc desc, AttrNumber attributeNumber, Oid collationid);
extern TupleDesc BuildDescFromLists(List *names, List *types, List *typmods, List *collations);

#endif /* TUPDESC_H */
