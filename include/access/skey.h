/*
 * access/skey.h
 *    Scan keys: "column operator constant" conditions that a scan evaluates itself.
 *
 * For an index scan sk_attno counts index columns, and sk_strategy and sk_subtype say which operator of the column's
 * family it is; sk_func is that operator's function. For a heap scan only sk_attno and sk_func matter. A row comparison,
 * (a, b) < (1, 2), is a header key with SK_ROW_HEADER whose argument points to an array of member keys; the last of them has
 * SK_ROW_END. SK_SEARCHARRAY: the argument is an array, any element may match.
 */
#ifndef SKEY_H
#define SKEY_H

#include "access/attnum.h"
#include "access/stratnum.h"
#include "fmgr.h"

typedef struct ScanKeyData
{
	int sk_flags;
	AttrNumber sk_attno;
	StrategyNumber sk_strategy;
	Oid sk_subtype; /* type of the argument; InvalidOid = the column's operator class type */
	Oid sk_collation;
	FmgrInfo sk_func;
	Datum sk_argument;
} ScanKeyData;
typedef ScanKeyData *ScanKey;

#define SK_ISNULL 0x0001
#define SK_UNARY 0x0002
#define SK_ROW_HEADER 0x0004
#define SK_ROW_MEMBER 0x0008
#define SK_ROW_END 0x0010
#define SK_SEARCHARRAY 0x0020
#define SK_SEARCHNULL 0x0040
#define SK_SEARCHNOTNULL 0x0080
#define SK_ORDER_BY 0x0100
/* Bits from 16 up belong to the index access method. */

/* For catalogs: the default collation is C; ScanKeyInit looks the function up. */
extern void ScanKeyInit(ScanKey entry, AttrNumber attributeNumber, StrategyNumber strategy, RegProcedure procedure,
						Datum argument);
extern void ScanKeyEntryInitialize(ScanKey entry, int flags, AttrNumber attributeNumber, StrategyNumber strategy,
								   Oid subtype, Oid collation, RegProcedure procedure, Datum argument);
extern void ScanKeyEntryInitializeWithInfo(ScanKey entry, int flags, AttrNumber attributeNumber,
										   StrategyNumber strategy, Oid subtype, Oid collation, FmgrInfo *finfo,
										   Datum argument);

#endif /* SKEY_H */
