/*
 * key.c
 *    Hashing, equality and order of column values: choice of the fast path, and the generic one.
 */
#include "postgres.h"

#include <math.h>
#include <xxhash.h>

#include "access/nbtree.h"
#include "access/stratnum.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "execute/key.h"
#include "utils/fmgroids.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* Equality functions whose meaning the fast paths know: kinds of either side. */
static const struct
{
	Oid fn;
	KeyKind left;
	KeyKind right;
} known_equality[] = {
	{F_INT4EQ, KEY_INT4, KEY_INT4},		  {F_INT8EQ, KEY_INT8, KEY_INT8},
	{F_INT2EQ, KEY_INT2, KEY_INT2},		  {F_INT24EQ, KEY_INT2, KEY_INT4},
	{F_INT42EQ, KEY_INT4, KEY_INT2},	  {F_INT28EQ, KEY_INT2, KEY_INT8},
	{F_INT82EQ, KEY_INT8, KEY_INT2},	  {F_INT48EQ, KEY_INT4, KEY_INT8},
	{F_INT84EQ, KEY_INT8, KEY_INT4},	  {F_OIDEQ, KEY_OID, KEY_OID},
	{F_BOOLEQ, KEY_BOOL, KEY_BOOL},		  {F_DATE_EQ, KEY_INT4, KEY_INT4},
	{F_TIMESTAMP_EQ, KEY_INT8, KEY_INT8}, {F_TIMESTAMPTZ_EQ, KEY_INT8, KEY_INT8},
	{F_TIME_EQ, KEY_INT8, KEY_INT8},	  {F_TEXTEQ, KEY_TEXT, KEY_TEXT},
	{F_BYTEAEQ, KEY_TEXT, KEY_TEXT},
};

static bool
known_kinds(Oid eqfn, Oid collation, KeyKind *left, KeyKind *right)
{
	for (int i = 0; i < (int) lengthof(known_equality); i++)
		if (known_equality[i].fn == eqfn)
		{
			if (known_equality[i].left == KEY_TEXT && OidIsValid(collation) && collation != C_COLLATION_OID &&
				collation != DEFAULT_COLLATION_OID && !get_collation_isdeterministic(collation))
				return false;
			*left = known_equality[i].left;
			*right = known_equality[i].right;
			return true;
		}
	return false;
}

bool
key_hash_init_op(KeyHash *left, KeyHash *right, Oid eqop, Oid collation, MemoryContext cxt)
{
	Oid eqfn = get_opcode(eqop);
	KeyKind lk;
	KeyKind rk;
	RegProcedure lfn;
	RegProcedure rfn;
	KeyHash dummy;

	if (right == NULL)
		right = &dummy;
	memset(left, 0, sizeof(*left));
	memset(right, 0, sizeof(*right));
	left->collation = right->collation = collation;
	if (known_kinds(eqfn, collation, &lk, &rk))
	{
		left->kind = lk;
		right->kind = rk;
		return true;
	}
	if (!get_op_hash_functions(eqop, &lfn, &rfn))
		return false;
	fmgr_info_cxt(lfn, &left->fn, cxt);
	fmgr_info_cxt(rfn, &right->fn, cxt);
	return true;
}

void
key_equal_init(KeyEqual *eq, Oid eqop, Oid collation, MemoryContext cxt)
{
	Oid eqfn = get_opcode(eqop);

	memset(eq, 0, sizeof(*eq));
	eq->collation = collation;
	if (!known_kinds(eqfn, collation, &eq->left, &eq->right))
	{
		eq->left = eq->right = KEY_GENERIC;
		fmgr_info_cxt(eqfn, &eq->fn, cxt);
	}
}

Oid
key_equality_operator(Oid type)
{
	TypeCacheEntry *tc = lookup_type_cache(type, TYPECACHE_EQ_OPR);

	if (!OidIsValid(tc->eq_opr))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify an equality operator for type %s", format_type_be(type)));
	return tc->eq_opr;
}

uint32
key_hash_generic(KeyHash *h, Datum value)
{
	return key_mix64(DatumGetUInt32(FunctionCall1Coll(&h->fn, h->collation, value)));
}

bool
key_equal_generic(KeyEqual *eq, Datum a, Datum b)
{
	return DatumGetBool(FunctionCall2Coll(&eq->fn, eq->collation, a, b));
}

uint32
key_hash_text(Datum value)
{
	const char *p = DatumGetPointer(value);
	struct varlena *fetched = NULL;
	uint32 result;

	if (unlikely(VARATT_IS_4B_C(p) || VARATT_IS_1B_E(p)))
		p = (const char *) (fetched = pg_detoast_datum_packed((struct varlena *) p));
	result = (uint32) XXH3_64bits(VARDATA_ANY(p), VARSIZE_ANY_EXHDR(p));
	if (fetched)
		pfree(fetched);
	return result;
}

bool
key_equal_text(Datum a, Datum b)
{
	const char *x = DatumGetPointer(a);
	const char *y = DatumGetPointer(b);
	Size len;

	if (unlikely(VARATT_IS_4B_C(x) || VARATT_IS_1B_E(x)))
		x = (const char *) pg_detoast_datum_packed((struct varlena *) x);
	if (unlikely(VARATT_IS_4B_C(y) || VARATT_IS_1B_E(y)))
		y = (const char *) pg_detoast_datum_packed((struct varlena *) y);
	len = VARSIZE_ANY_EXHDR(x);
	return len == VARSIZE_ANY_EXHDR(y) && memcmp(VARDATA_ANY(x), VARDATA_ANY(y), len) == 0;
}

/* ---- order ---- */

/* Comparison functions (as in pg_operator's oprcode) that mean plain integer or float order. */
static const struct
{
	Oid lt;
	Oid gt;
	KeyKind kind;
} known_order[] = {
	{F_INT4LT, F_INT4GT, KEY_INT4},
	{F_INT8LT, F_INT8GT, KEY_INT8},
	{F_INT2LT, F_INT2GT, KEY_INT2},
	{F_OIDLT, F_OIDGT, KEY_OID},
	{F_BOOLLT, F_BOOLGT, KEY_BOOL},
	{F_DATE_LT, F_DATE_GT, KEY_INT4},
	{F_TIMESTAMP_LT, F_TIMESTAMP_GT, KEY_INT8},
	{F_TIMESTAMPTZ_LT, F_TIMESTAMPTZ_GT, KEY_INT8},
	{F_FLOAT8LT, F_FLOAT8GT, KEY_FLOAT8},
};

void
key_order_init(KeyOrder *order, Oid sortop, Oid collation, bool nulls_first, MemoryContext cxt)
{
	Oid fn = get_opcode(sortop);
	Oid opfamily;
	Oid opcintype;
	int16 strategy;
	Oid cmpfn;

	memset(order, 0, sizeof(*order));
	order->nulls_first = nulls_first;
	for (int i = 0; i < (int) lengthof(known_order); i++)
		if (known_order[i].lt == fn || known_order[i].gt == fn)
		{
			order->kind = known_order[i].kind;
			order->reverse = known_order[i].gt == fn;
			return;
		}
	order->kind = KEY_GENERIC;
	order->collation = collation;
	if (!get_ordering_op_properties(sortop, &opfamily, &opcintype, &strategy))
		elog(ERROR, "operator %u is not a valid ordering operator", sortop);
	order->reverse = strategy == BTGreaterStrategyNumber;
	cmpfn = get_opfamily_proc(opfamily, opcintype, opcintype, BTORDER_PROC);
	if (!OidIsValid(cmpfn))
		elog(ERROR, "missing support function %d(%u,%u) in opfamily %u", BTORDER_PROC, opcintype, opcintype, opfamily);
	fmgr_info_cxt(cmpfn, &order->cmp, cxt);
}

int
key_order_values(KeyOrder *order, Datum a, Datum b)
{
	if (order->kind == KEY_FLOAT8)
	{
		float8 x = DatumGetFloat8(a);
		float8 y = DatumGetFloat8(b);

		if (isnan(x) || isnan(y))
			return (int) (isnan(x) != 0) - (int) (isnan(y) != 0);
		return (x > y) - (x < y);
	}
	return DatumGetInt32(FunctionCall2Coll(&order->cmp, order->collation, a, b));
}
