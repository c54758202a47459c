/*
 * lsyscache_oper.c
 *    Questions about operators, operator classes and families.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "access/nbtree.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#define HASH_FUNCTION_NUMBER 1

/* ---- one operator ---------------------------------------------------------------------------------------------------------- */
static bool
operator_form(Oid opno, FormData_pg_operator *form)
{
	HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(opno));

	if (!HeapTupleIsValid(tuple))
		return false;
	memcpy(form, GETSTRUCT(tuple), sizeof(*form));
	ReleaseSysCache(tuple);
	return true;
}

RegProcedure
get_opcode(Oid opno)
{
	FormData_pg_operator form;

	return operator_form(opno, &form) ? form.oprcode : InvalidOid;
}

char *
get_opname(Oid opno)
{
	FormData_pg_operator form;

	return operator_form(opno, &form) ? pstrdup(NameStr(form.oprname)) : NULL;
}

Oid
get_op_rettype(Oid opno)
{
	FormData_pg_operator form;

	return operator_form(opno, &form) ? form.oprresult : InvalidOid;
}

void
op_input_types(Oid opno, Oid *lefttype, Oid *righttype)
{
	FormData_pg_operator form;

	if (!operator_form(opno, &form))
		elog(ERROR, "cache lookup failed for operator %u", opno);
	*lefttype = form.oprleft;
	*righttype = form.oprright;
}

/* Arrays and records can be merged or hashed if their parts can. */
static bool
container_can(Oid opno, Oid inputtype, bool hash, bool *answer)
{
	if (opno != ARRAY_EQ_OP && opno != RECORD_EQ_OP)
		return false;
	if (hash)
		*answer = OidIsValid(lookup_type_cache(inputtype, TYPECACHE_HASH_PROC)->hash_proc);
	else
		*answer = OidIsValid(lookup_type_cache(inputtype, TYPECACHE_CMP_PROC)->cmp_proc);
	return true;
}

bool
op_mergejoinable(Oid opno, Oid inputtype)
{
	FormData_pg_operator form;
	bool answer;

	if (container_can(opno, inputtype, false, &answer))
		return answer;
	return operator_form(opno, &form) && form.oprcanmerge;
}

bool
op_hashjoinable(Oid opno, Oid inputtype)
{
	FormData_pg_operator form;
	bool answer;

	if (container_can(opno, inputtype, true, &answer))
		return answer;
	return operator_form(opno, &form) && form.oprcanhash;
}

bool
op_strict(Oid opno)
{
	RegProcedure funcid = get_opcode(opno);

	if (!OidIsValid(funcid))
		elog(ERROR, "operator %u does not exist", opno);
	return func_strict(funcid);
}

char
op_volatile(Oid opno)
{
	RegProcedure funcid = get_opcode(opno);

	if (!OidIsValid(funcid))
		elog(ERROR, "operator %u does not exist", opno);
	return func_volatile(funcid);
}

Oid
get_commutator(Oid opno)
{
	FormData_pg_operator form;

	return operator_form(opno, &form) ? form.oprcom : InvalidOid;
}

Oid
get_negator(Oid opno)
{
	FormData_pg_operator form;

	return operator_form(opno, &form) ? form.oprnegate : InvalidOid;
}

RegProcedure
get_oprrest(Oid opno)
{
	FormData_pg_operator form;

	return operator_form(opno, &form) ? form.oprrest : InvalidOid;
}

RegProcedure
get_oprjoin(Oid opno)
{
	FormData_pg_operator form;

	return operator_form(opno, &form) ? form.oprjoin : InvalidOid;
}

/* ---- operator classes --------------------------------------------------------------------------------------------------------- */
bool
get_opclass_opfamily_and_input_type(Oid opclass, Oid *opfamily, Oid *opcintype)
{
	HeapTuple tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));

	if (!HeapTupleIsValid(tuple))
		return false;
	*opfamily = ((Form_pg_opclass) GETSTRUCT(tuple))->opcfamily;
	*opcintype = ((Form_pg_opclass) GETSTRUCT(tuple))->opcintype;
	ReleaseSysCache(tuple);
	return true;
}

Oid
get_opclass_family(Oid opclass)
{
	Oid family;
	Oid intype;

	if (!get_opclass_opfamily_and_input_type(opclass, &family, &intype))
		elog(ERROR, "cache lookup failed for opclass %u", opclass);
	return family;
}

Oid
get_opclass_input_type(Oid opclass)
{
	Oid family;
	Oid intype;

	if (!get_opclass_opfamily_and_input_type(opclass, &family, &intype))
		elog(ERROR, "cache lookup failed for opclass %u", opclass);
	return intype;
}

/* ---- operators in families -------------------------------------------------------------------------------------------------------- */
static bool
amop_form(Oid opno, char purpose, Oid opfamily, FormData_pg_amop *form)
{
	HeapTuple tuple = SearchSysCache3(AMOPOPID, ObjectIdGetDatum(opno), CharGetDatum(purpose), ObjectIdGetDatum(opfamily));

	if (!HeapTupleIsValid(tuple))
		return false;
	memcpy(form, GETSTRUCT(tuple), sizeof(*form));
	ReleaseSysCache(tuple);
	return true;
}

bool
op_in_opfamily(Oid opno, Oid opfamily)
{
	return SearchSysCacheExists3(AMOPOPID, ObjectIdGetDatum(opno), CharGetDatum(AMOP_SEARCH), ObjectIdGetDatum(opfamily));
}

int
get_op_opfamily_strategy(Oid opno, Oid opfamily)
{
	FormData_pg_amop form;

	return amop_form(opno, AMOP_SEARCH, opfamily, &form) ? form.amopstrategy : 0;
}

Oid
get_op_opfamily_sortfamily(Oid opno, Oid opfamily)
{
	FormData_pg_amop form;

	return amop_form(opno, AMOP_ORDER, opfamily, &form) ? form.amopsortfamily : InvalidOid;
}

void
get_op_opfamily_properties(Oid opno, Oid opfamily, bool ordering_op, int *strategy, Oid *lefttype, Oid *righttype)
{
	FormData_pg_amop form;

	if (!amop_form(opno, ordering_op ? AMOP_ORDER : AMOP_SEARCH, opfamily, &form))
		elog(ERROR, "operator %u is not a member of opfamily %u", opno, opfamily);
	*strategy = form.amopstrategy;
	*lefttype = form.amoplefttype;
	*righttype = form.amoprighttype;
}

Oid
get_opfamily_member(Oid opfamily, Oid lefttype, Oid righttype, int16 strategy)
{
	HeapTuple tuple = SearchSysCache4(AMOPSTRATEGY, ObjectIdGetDatum(opfamily), ObjectIdGetDatum(lefttype),
									  ObjectIdGetDatum(righttype), Int16GetDatum(strategy));
	Oid result;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	result = ((Form_pg_amop) GETSTRUCT(tuple))->amopopr;
	ReleaseSysCache(tuple);
	return result;
}

Oid
get_opfamily_proc(Oid opfamily, Oid lefttype, Oid righttype, int16 procnum)
{
	HeapTuple tuple = SearchSysCache4(AMPROCNUM, ObjectIdGetDatum(opfamily), ObjectIdGetDatum(lefttype),
									  ObjectIdGetDatum(righttype), Int16GetDatum(procnum));
	Oid result;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	result = ((Form_pg_amproc) GETSTRUCT(tuple))->amproc;
	ReleaseSysCache(tuple);
	return result;
}

/*
 * Walks the search memberships of an operator in families of one access method. visit returns true to stop; so does the walk.
 */
typedef bool (*MembershipVisitor)(Form_pg_amop amop, void *arg);

static bool
each_membership(Oid opno, Oid amethod, MembershipVisitor visit, void *arg)
{
	CatCList *list = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(opno));
	bool stopped = false;

	for (int i = 0; i < list->n_members && !stopped; i++)
	{
		Form_pg_amop amop = (Form_pg_amop) GETSTRUCT(&list->members[i]->tuple);

		if (amop->amopmethod == amethod && amop->amoppurpose == AMOP_SEARCH)
			stopped = visit(amop, arg);
	}
	ReleaseSysCacheList(list);
	return stopped;
}

static bool
visit_ordering(Form_pg_amop amop, void *arg)
{
	bool usable = amop->amopstrategy == BTLessStrategyNumber || amop->amopstrategy == BTGreaterStrategyNumber;

	/* Cross-type operators do not define an order of one type. */
	if (!usable || amop->amoplefttype != amop->amoprighttype)
		return false;
	*(FormData_pg_amop *) arg = *amop;
	return true;
}

bool
get_ordering_op_properties(Oid opno, Oid *opfamily, Oid *opcintype, int16 *strategy)
{
	FormData_pg_amop found;

	*opfamily = *opcintype = InvalidOid;
	*strategy = 0;
	if (!each_membership(opno, BTREE_AM_OID, visit_ordering, &found))
		return false;
	*opfamily = found.amopfamily;
	*opcintype = found.amoplefttype;
	*strategy = found.amopstrategy;
	return true;
}

Oid
get_equality_op_for_ordering_op(Oid opno, bool *reverse)
{
	Oid family;
	Oid intype;
	int16 strategy;

	if (!get_ordering_op_properties(opno, &family, &intype, &strategy))
		return InvalidOid;
	if (reverse)
		*reverse = strategy == BTGreaterStrategyNumber;
	return get_opfamily_member(family, intype, intype, BTEqualStrategyNumber);
}

typedef struct OrderingForEquality
{
	bool use_lhs_type;
	Oid result;
} OrderingForEquality;

static bool
visit_equality(Form_pg_amop amop, void *arg)
{
	OrderingForEquality *want = arg;
	Oid type = want->use_lhs_type ? amop->amoplefttype : amop->amoprighttype;

	if (amop->amopstrategy != BTEqualStrategyNumber)
		return false;
	want->result = get_opfamily_member(amop->amopfamily, type, type, BTLessStrategyNumber);
	return OidIsValid(want->result);
}

Oid
get_ordering_op_for_equality_op(Oid opno, bool use_lhs_type)
{
	OrderingForEquality want = {use_lhs_type, InvalidOid};

	each_membership(opno, BTREE_AM_OID, visit_equality, &want);
	return want.result;
}

static bool
visit_mergejoin(Form_pg_amop amop, void *arg)
{
	if (amop->amopstrategy == BTEqualStrategyNumber)
		*(List **) arg = lappend_oid(*(List **) arg, amop->amopfamily);
	return false;
}

List *
get_mergejoin_opfamilies(Oid opno)
{
	List *result = NIL;

	each_membership(opno, BTREE_AM_OID, visit_mergejoin, &result);
	return result;
}

typedef struct HashSides
{
	bool want_operators;
	bool want_lhs;
	bool want_rhs;
	Oid lhs;
	Oid rhs;
	Oid opno;
} HashSides;

/* One side's single-type equality operator, or hash function, in the operator's hash family. */
static Oid
hash_side(const HashSides *want, Oid family, Oid type)
{
	if (want->want_operators)
		return get_opfamily_member(family, type, type, HTEqualStrategyNumber);
	return get_opfamily_proc(family, type, type, HASH_FUNCTION_NUMBER);
}

static bool
visit_hash(Form_pg_amop amop, void *arg)
{
	HashSides *want = arg;

	if (amop->amopstrategy != HTEqualStrategyNumber)
		return false;
	if (want->want_lhs)
		want->lhs = hash_side(want, amop->amopfamily, amop->amoplefttype);
	if (want->want_rhs)
		want->rhs = hash_side(want, amop->amopfamily, amop->amoprighttype);
	return (!want->want_lhs || OidIsValid(want->lhs)) && (!want->want_rhs || OidIsValid(want->rhs));
}

static bool
hash_sides(Oid opno, bool operators, Oid *lhs, Oid *rhs)
{
	HashSides want = {operators, lhs != NULL, rhs != NULL, InvalidOid, InvalidOid, opno};
	bool found = each_membership(opno, HASH_AM_OID, visit_hash, &want);

	if (lhs)
		*lhs = found ? want.lhs : InvalidOid;
	if (rhs)
		*rhs = found ? want.rhs : InvalidOid;
	return found;
}

bool
get_compatible_hash_operators(Oid opno, Oid *lhs_opno, Oid *rhs_opno)
{
	return hash_sides(opno, true, lhs_opno, rhs_opno);
}

bool
get_op_hash_functions(Oid opno, RegProcedure *lhs_procno, RegProcedure *rhs_procno)
{
	return hash_sides(opno, false, lhs_procno, rhs_procno);
}

static List *
add_interpretation(List *list, Form_pg_amop amop, int strategy)
{
	OpBtreeInterpretation *item = palloc(sizeof(OpBtreeInterpretation));

	item->opfamily_id = amop->amopfamily;
	item->strategy = strategy;
	item->oplefttype = amop->amoplefttype;
	item->oprighttype = amop->amoprighttype;
	return lappend(list, item);
}

static bool
visit_interpretation(Form_pg_amop amop, void *arg)
{
	*(List **) arg = add_interpretation(*(List **) arg, amop, amop->amopstrategy);
	return false;
}

static bool
visit_negated(Form_pg_amop amop, void *arg)
{
	if (amop->amopstrategy == BTEqualStrategyNumber)
		*(List **) arg = add_interpretation(*(List **) arg, amop, ROWCOMPARE_NE);
	return false;
}

/* Members of B-tree families as they are; <> as "not the family's =". */
List *
get_op_btree_interpretation(Oid opno)
{
	List *result = NIL;
	Oid negator;

	each_membership(opno, BTREE_AM_OID, visit_interpretation, &result);
	if (result == NIL && OidIsValid(negator = get_negator(opno)))
		each_membership(negator, BTREE_AM_OID, visit_negated, &result);
	return result;
}

static bool
ops_share_family(Oid opno1, Oid opno2, bool hash_too)
{
	CatCList *list;
	bool result = false;

	if (opno1 == opno2)
		return true;
	list = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(opno1));
	for (int i = 0; i < list->n_members && !result; i++)
	{
		Form_pg_amop amop = (Form_pg_amop) GETSTRUCT(&list->members[i]->tuple);

		if (amop->amopmethod == BTREE_AM_OID || (hash_too && amop->amopmethod == HASH_AM_OID))
			result = op_in_opfamily(opno2, amop->amopfamily);
	}
	ReleaseSysCacheList(list);
	return result;
}

bool
equality_ops_are_compatible(Oid opno1, Oid opno2)
{
	return ops_share_family(opno1, opno2, true);
}

bool
comparison_ops_are_compatible(Oid opno1, Oid opno2)
{
	return ops_share_family(opno1, opno2, false);
}
