/*
 * typecmds.h
 *    Types made by SQL: enum, domain, composite.
 */
#ifndef TYPECMDS_H
#define TYPECMDS_H

#include "catalog/objectaddress.h"
#include "parser/parse_node.h"

extern ObjectAddress DefineEnum(CreateEnumStmt *stmt);
extern ObjectAddress AlterEnum(AlterEnumStmt *stmt);
extern ObjectAddress DefineDomain(CreateDomainStmt *stmt);
extern ObjectAddress DefineCompositeType(RangeVar *typevar, List *coldeflist);
extern void EnumValuesDelete(Oid enumTypeOid);

#endif /* TYPECMDS_H */
