#include "catalog/dependency.h"

typedef enum ConstraintCategory
{
	CONSTRAINT_RELATION,
	CONSTRAINT_DOMAIN,
	CONSTRAINT_ASSERTION
} ConstraintCategory;

/* One pg_constraint row to be made. Arrays are copied. */
typedef struct ConstraintEntry
{
	const char *name;
	Oid namespace;
	char type;
	bool deferrable;
	bool initdeferred;
	bool validated;
	Oid relation; /* 0 for a domain's */
	Oid domain;
	Oid index; /* the one it is made of, or a foreign key's on the other side */
	const int16 *keys;
	int nkeys;
	int ntotal_keys; /* with INCLUDE columns */
	Oid foreign_relation;
	const int16 *foreign_keys;
	const Oid *pf_eq_ops;
	const Oid *pp_eq_ops;
	const Oid *ff_eq_ops;
	int nforeign_keys;
	char foreign_update;
	char foreign_delete;
	char foreign_match;
	const int16 *delete_set_cols;
	int ndelete_set_cols;
	Node *expr;
	bool is_local;
	int inhcount;
	bool noinherit;
} ConstraintEntry;

extern Oid constraint_create(const ConstraintEntry *entry);
extern void RemoveConstraintById(Oid conId);
extern void RenameConstraintById(Oid conId, const char *newname);
extern bool ConstraintNameIsUsed(ConstraintCategory conCat, Oid objId, const char *conname);
extern bool ConstraintNameExists(const char *conname, Oid namespaceid);
extern char *ChooseConstraintName(const char *name1, const char *name2, const char *label, Oid namespaceid, List *others);
extern Oid get_relation_constraint_oid(Oid relid, const char *conname, bool missing_ok);
extern Oid get_domain_constraint_oid(Oid typid, const char *conname, bool missing_ok);
extern Bitmapset *get_relation_constraint_attnos(Oid relid, const char *conname, bool missing_ok, Oid *constraintOid);
extern Bitmapset *get_primary_key_attnos(Oid relid, bool deferrableOk, Oid *constraintOid);
extern bool check_functional_grouping(Oid relid, Index varno, Index varlevelsup, List *grouping_columns, List **constraintDeps);
extern void DeconstructFkConstraintRow(HeapTuple tuple, int *numfks, AttrNumber *conkey, AttrNumber *confkey, Oid *pf_eq_oprs,
									   Oid *pp_eq_oprs, Oid *ff_eq_oprs, int *num_fk_del_set_cols, AttrNumber *fk_del_set_cols);
extern void AlterConstraintNamespaces(Oid ownerId, Oid oldNspId, Oid newNspId, bool isType, ObjectAddresses *objsMoved);
