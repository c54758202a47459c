/*
 * view.h
 *    CREATE VIEW, and the rewrite rules views are made of.
 */
#ifndef VIEW_H
#define VIEW_H

#include "catalog/objectaddress.h"
#include "nodes/parsenodes.h"

extern ObjectAddress DefineView(ViewStmt *stmt, const char *queryString, int stmt_location, int stmt_len);
extern void StoreViewQuery(Oid viewOid, Query *viewParse, bool replace);
extern void RemoveRewriteRuleById(Oid ruleOid);

#endif /* VIEW_H */
