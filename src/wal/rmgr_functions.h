/*
 * wal/rmgr_functions.h
 *    Declarations of all functions that access/rmgrlist.h names. They live with their resource managers.
 */
#ifndef WAL_RMGR_FUNCTIONS_H
#define WAL_RMGR_FUNCTIONS_H

#include "access/xlogreader.h"
#include "lib/stringinfo.h"

#define RMGR_FUNCTIONS(prefix)                                              \
	extern void prefix##_redo(XLogReaderState *record);                     \
	extern void prefix##_desc(StringInfo buf, XLogReaderState *record);     \
	extern const char *prefix##_identify(uint8 info)

RMGR_FUNCTIONS(xlog);
RMGR_FUNCTIONS(xact);
RMGR_FUNCTIONS(smgr);
RMGR_FUNCTIONS(clog);
RMGR_FUNCTIONS(dbase);
RMGR_FUNCTIONS(tblspc);
RMGR_FUNCTIONS(multixact);
RMGR_FUNCTIONS(heap2);
RMGR_FUNCTIONS(heap);
RMGR_FUNCTIONS(btree);
RMGR_FUNCTIONS(seq);

#endif /* WAL_RMGR_FUNCTIONS_H */
