/*
 * defrem.h
 *    Options lists (DefElem), index commands, look-up of operator classes; commands on functions, types, operators.
 */
#ifndef DEFREM_H
#define DEFREM_H

#include "catalog/objectaddress.h"
#include "nodes/params.h"
#include "parser/parse_node.h"
#include "storage/lockdefs.h"
#include "tcop/dest.h"
#include "utils/array.h"

/* define.c: values of options. Each raises 42601 or 22023 when the value is not of that kind. */
extern char *defGetString(DefElem *def);
extern double defGetNumeric(DefElem *def);
extern bool defGetBoolean(DefElem *def);
extern int32 defGetInt32(DefElem *def);
extern int64 defGetInt64(DefElem *def);
extern Oid defGetObjectId(DefElem *def);
extern List *defGetQualifiedName(DefElem *def);
extern TypeName *defGetTypeName(DefElem *def);
extern int defGetTypeLength(DefElem *def);
extern List *defGetStringList(DefElem *def);
extern void errorConflictingDefElem(DefElem *defel, ParseState *pstate) pg_attribute_noreturn();

/* indexcmds.c */
extern ObjectAddress DefineIndex(Oid relationId, IndexStmt *stmt, Oid indexRelationId, Oid parentIndexId,
								 Oid parentConstraintId, bool is_alter_table, bool check_rights,
								 bool check_not_in_use, bool skip_build, bool quiet);
extern void ExecReindex(ParseState *pstate, ReindexStmt *stmt, bool isTopLevel);
extern char *makeObjectName(const char *name1, const char *name2, const char *label);
extern char *ChooseRelationName(const char *name1, const char *name2, const char *label, Oid namespaceid,
								bool isconstraint);
extern bool CheckIndexCompatible(Oid oldId, const char *accessMethodName, List *attributeList, List *exclusionOpNames);
extern Oid GetDefaultOpClass(Oid type_id, Oid am_id);
extern Oid ResolveOpClass(List *opclass, Oid attrType, const char *accessMethodName, Oid accessMethodId);
extern Oid get_opclass_oid(Oid amID, List *opclassname, bool missing_ok);
extern Oid get_am_oid(const char *amname, bool missing_ok);
extern Oid get_index_am_oid(const char *amname, bool missing_ok);
extern char *get_am_name(Oid amOid);

/* functioncmds.c */
extern ObjectAddress CreateFunction(ParseState *pstate, CreateFunctionStmt *stmt);
extern void RemoveFunctionById(Oid funcOid);
extern ObjectAddress AlterFunction(ParseState *pstate, AlterFunctionStmt *stmt);
extern void ExecuteDoStmt(ParseState *pstate, DoStmt *stmt, bool atomic);
extern Oid get_language_oid(const char *langname, bool missing_ok);

#endif /* DEFREM_H */
