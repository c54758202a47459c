/*
 * execute/printtup.h
 *    Result rows as protocol messages.
 */
#ifndef EXECUTE_PRINTTUP_H
#define EXECUTE_PRINTTUP_H

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "tcop/dest.h"

struct PortalData;

extern DestReceiver *printtup_create_receiver(CommandDest dest);
extern void printtup_set_portal(DestReceiver *self, struct PortalData *portal);
/* RowDescription. targetlist may be NIL: then no column is said to come from a table. formats may be NULL: text. */
extern void SendRowDescriptionMessage(StringInfo buf, TupleDesc typeinfo, List *targetlist, int16 *formats);

/*
 * Writing one value in text form, without a function call for the commonest types. Reserves space itself.
 */
typedef struct ValuePrinter
{
	int16 format;			/* 0 text, 1 binary */
	uint8 fast;				/* enum in value_print.c */
	bool same_encoding;
	FmgrInfo out;
} ValuePrinter;
extern void value_printer_init(ValuePrinter *vp, Oid type, int16 format, MemoryContext cxt);
/* The same, but text stays in the server's encoding whatever the client's is. */
extern void value_printer_init_server(ValuePrinter *vp, Oid type, int16 format, MemoryContext cxt);
/* Appends a 32-bit length and the value. */
extern void value_print_counted(ValuePrinter *vp, StringInfo buf, Datum value);

#endif /* EXECUTE_PRINTTUP_H */
