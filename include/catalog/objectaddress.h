/*
 * objectaddress.h
 *    ObjectAddress: catalog, OID, column. How any database object is named inside, found from a statement, and described.
 */
#ifndef OBJECTADDRESS_H
#define OBJECTADDRESS_H

#include "access/htup.h"
#include "nodes/parsenodes.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"

typedef struct ObjectAddress
{
	Oid classId;	   /* the catalog */
	Oid objectId;
	int32 objectSubId; /* column number, or 0 */
} ObjectAddress;

extern const ObjectAddress InvalidObjectAddress;
#define ObjectAddressSubSet(addr, class_id, object_id, object_sub_id) \
	do                                                                \
	{                                                                 \
		(addr).classId = (class_id);                                  \
		(addr).objectId = (object_id);                                \
		(addr).objectSubId = (object_sub_id);                         \
	} while (0)
#define ObjectAddressSet(addr, class_id, object_id) ObjectAddressSubSet(addr, class_id, object_id, 0)

/* Find and lock the object that a statement names. *relp: its relation, opened, if it is (part of) one. */
extern ObjectAddress get_object_address(ObjectType objtype, Node *object, Relation *relp, LOCKMODE lockmode,
										bool missing_ok);
extern ObjectAddress get_object_address_rv(ObjectType objtype, RangeVar *rel, List *object, Relation *relp,
										   LOCKMODE lockmode, bool missing_ok);
extern void check_object_ownership(Oid roleid, ObjectType objtype, ObjectAddress address, Node *object,
								   Relation relation);
extern Oid get_object_namespace(const ObjectAddress *address);
extern ObjectType get_relkind_objtype(char relkind);

/* What a catalog's rows are like: which caches find them, which columns hold name, schema, owner, ACL. */
extern const char *get_object_class_descr(Oid class_id);
extern Oid get_object_oid_index(Oid class_id);
extern int get_object_catcache_oid(Oid class_id);
extern int get_object_catcache_name(Oid class_id);
extern AttrNumber get_object_attnum_oid(Oid class_id);
extern AttrNumber get_object_attnum_name(Oid class_id);
extern AttrNumber get_object_attnum_namespace(Oid class_id);
extern AttrNumber get_object_attnum_owner(Oid class_id);
extern AttrNumber get_object_attnum_acl(Oid class_id);
extern ObjectType get_object_type(Oid class_id, Oid object_id);
extern bool get_object_namensp_unique(Oid class_id);
extern HeapTuple get_catalog_object_by_oid(Relation catalog, AttrNumber oidcol, Oid objectId);

/* "table public.t", "column c of table t", ... as error messages say it; NULL when missing and missing_ok. */
extern char *getObjectDescription(const ObjectAddress *object, bool missing_ok);
extern char *getObjectDescriptionOids(Oid classid, Oid objid);
extern char *getObjectIdentity(const ObjectAddress *address, bool missing_ok);
extern char *getObjectTypeDescription(const ObjectAddress *object, bool missing_ok);

#endif /* OBJECTADDRESS_H */
