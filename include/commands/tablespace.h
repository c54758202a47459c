/*
 * tablespace.h
 *    Tablespaces: names.
 */
#ifndef TABLESPACE_H
#define TABLESPACE_H

#include "catalog/objectaddress.h"

extern Oid get_tablespace_oid(const char *tablespacename, bool missing_ok);
extern char *get_tablespace_name(Oid spc_oid);
extern Oid GetDefaultTablespace(char relpersistence, bool partitioned);
extern void PrepareTempTablespaces(void);

#endif /* TABLESPACE_H */
