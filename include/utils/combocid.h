/*
 * utils/combocid.h
 *    Combo command ids: a tuple made and deleted by one transaction has room for only one command id.
 *
 * They exist only in the memory of the transaction that made them. HeapTupleHeaderGetCmin/Cmax, declared in
 * access/htup_details.h, resolve them.
 */
#ifndef COMBOCID_H
#define COMBOCID_H

#include "c.h"

/* The command id to store so that both cmin and cmax can be found again. */
extern CommandId GetComboCommandId(CommandId cmin, CommandId cmax);
extern CommandId GetRealCmin(CommandId combocid);
extern CommandId GetRealCmax(CommandId combocid);
extern void AtEOXact_ComboCid(void);

#endif /* COMBOCID_H */
