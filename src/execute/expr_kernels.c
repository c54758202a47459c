/*
 * expr_kernels.c
 *    Whole-vector versions of common comparison and arithmetic functions.
 *
 * Each kernel is made from one line of KERNELS_*: name of the function in pg_proc, how to read either argument, and the
 * result in terms of x and y. The loops without NULLs and with a constant on the right are written out, because
 * "column op constant" is what most quals are.
 */
#include "postgres.h"

#include <math.h>

#include "execute/expr_kernels.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#define GET_INT2(d) DatumGetInt16(d)
#define GET_INT4(d) DatumGetInt32(d)
#define GET_INT8(d) DatumGetInt64(d)
#define GET_OID(d) DatumGetObjectId(d)
#define GET_FLOAT4(d) DatumGetFloat4(d)
#define GET_FLOAT8(d) DatumGetFloat8(d)
#define GET_BOOL(d) DatumGetBool(d)
#define GET_CHAR(d) ((uint8) DatumGetChar(d))
#define GET_PTR(d) DatumGetPointer(d)

/* SQL's order of floats: NaN equals itself and is above everything. */
static inline bool float_eq(float8 x, float8 y) { return isnan(x) ? isnan(y) : x == y; }
static inline bool float_lt(float8 x, float8 y) { return isnan(x) ? false : (isnan(y) || x < y); }
static inline bool float_le(float8 x, float8 y) { return isnan(y) || (!isnan(x) && x <= y); }

/*
 * Text equality by bytes. Values that are stored compressed or out of line are brought in first; a copy made for that
 * is left to the batch context.
 */
static inline bool
text_eq(const char *x, const char *y)
{
	Size len;

	if (unlikely(VARATT_IS_4B_C(x) || VARATT_IS_1B_E(x)))
		x = (const char *) pg_detoast_datum_packed((struct varlena *) x);
	if (unlikely(VARATT_IS_4B_C(y) || VARATT_IS_1B_E(y)))
		y = (const char *) pg_detoast_datum_packed((struct varlena *) y);
	len = VARSIZE_ANY_EXHDR(x);
	return len == VARSIZE_ANY_EXHDR(y) && memcmp(VARDATA_ANY(x), VARDATA_ANY(y), len) == 0;
}

static void int4_out_of_range(void) pg_attribute_noreturn() pg_attribute_cold;
static void
int4_out_of_range(void)
{
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("integer out of range"));
}
static void int8_out_of_range(void) pg_attribute_noreturn() pg_attribute_cold;
static void
int8_out_of_range(void)
{
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("bigint out of range"));
}
static void float_bad(bool overflow) pg_attribute_noreturn() pg_attribute_cold;
static void
float_bad(bool overflow)
{
	if (overflow)
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("value out of range: overflow"));
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("value out of range: underflow"));
}

#define INT4_ARITH(builtin)                \
	int32 r__;                             \
	if (unlikely(builtin(x, y, &r__)))     \
		int4_out_of_range();               \
	result = Int32GetDatum(r__)
#define INT8_ARITH(builtin)                \
	int64 r__;                             \
	if (unlikely(builtin(x, y, &r__)))     \
		int8_out_of_range();               \
	result = Int64GetDatum(r__)
#define FLOAT8_SUM(op)                                                 \
	float8 r__ = x op y;                                               \
	if (unlikely(isinf(r__)) && !isinf(x) && !isinf(y))                \
		float_bad(true);                                               \
	result = Float8GetDatum(r__)
#define FLOAT8_PRODUCT                                                 \
	float8 r__ = x * y;                                                \
	if (unlikely(isinf(r__)) && !isinf(x) && !isinf(y))                \
		float_bad(true);                                               \
	if (unlikely(r__ == 0.0) && x != 0.0 && y != 0.0)                  \
		float_bad(false);                                              \
	result = Float8GetDatum(r__)

/* Boolean kernels: K(function, left kind, right kind, condition on x and y) */
#define INT_COMPARISONS(K, prefix, lk, rk)  \
	K(prefix##EQ, prefix##eq, lk, rk, x == y) \
	K(prefix##NE, prefix##ne, lk, rk, x != y) \
	K(prefix##LT, prefix##lt, lk, rk, x < y)  \
	K(prefix##LE, prefix##le, lk, rk, x <= y) \
	K(prefix##GT, prefix##gt, lk, rk, x > y)  \
	K(prefix##GE, prefix##ge, lk, rk, x >= y)
#define FLOAT_COMPARISONS(K, prefix, lk, rk)          \
	K(prefix##EQ, prefix##eq, lk, rk, float_eq(x, y))   \
	K(prefix##NE, prefix##ne, lk, rk, !float_eq(x, y))  \
	K(prefix##LT, prefix##lt, lk, rk, float_lt(x, y))   \
	K(prefix##LE, prefix##le, lk, rk, float_le(x, y))   \
	K(prefix##GT, prefix##gt, lk, rk, float_lt(y, x))   \
	K(prefix##GE, prefix##ge, lk, rk, float_le(y, x))
#define KERNELS_BOOL(K)                              \
	INT_COMPARISONS(K, INT2, INT2, INT2)             \
	INT_COMPARISONS(K, INT4, INT4, INT4)             \
	INT_COMPARISONS(K, INT8, INT8, INT8)             \
	INT_COMPARISONS(K, INT24, INT2, INT4)            \
	INT_COMPARISONS(K, INT42, INT4, INT2)            \
	INT_COMPARISONS(K, INT48, INT4, INT8)            \
	INT_COMPARISONS(K, INT84, INT8, INT4)            \
	INT_COMPARISONS(K, INT28, INT2, INT8)            \
	INT_COMPARISONS(K, INT82, INT8, INT2)            \
	INT_COMPARISONS(K, OID, OID, OID)                \
	INT_COMPARISONS(K, DATE_, INT4, INT4)            \
	INT_COMPARISONS(K, TIMESTAMP_, INT8, INT8)       \
	INT_COMPARISONS(K, TIMESTAMPTZ_, INT8, INT8)     \
	INT_COMPARISONS(K, TIME_, INT8, INT8)            \
	INT_COMPARISONS(K, BOOL, BOOL, BOOL)             \
	INT_COMPARISONS(K, CHAR, CHAR, CHAR)             \
	FLOAT_COMPARISONS(K, FLOAT4, FLOAT4, FLOAT4)     \
	FLOAT_COMPARISONS(K, FLOAT8, FLOAT8, FLOAT8)     \
	FLOAT_COMPARISONS(K, FLOAT48, FLOAT4, FLOAT8)    \
	FLOAT_COMPARISONS(K, FLOAT84, FLOAT8, FLOAT4)    \
	K(TEXTEQ, texteq, PTR, PTR, text_eq(x, y))       \
	K(TEXTNE, textne, PTR, PTR, !text_eq(x, y))      \
	K(BYTEAEQ, byteaeq, PTR, PTR, text_eq(x, y))     \
	K(BYTEANE, byteane, PTR, PTR, !text_eq(x, y))

/* Arithmetic kernels: K(function, kinds, statement that sets `result`) */
#define KERNELS_VALUE(K)                                             \
	K(INT4PL, int4pl, INT4, INT4, INT4_ARITH(pg_add_s32_overflow))   \
	K(INT4MI, int4mi, INT4, INT4, INT4_ARITH(pg_sub_s32_overflow))   \
	K(INT4MUL, int4mul, INT4, INT4, INT4_ARITH(pg_mul_s32_overflow)) \
	K(INT8PL, int8pl, INT8, INT8, INT8_ARITH(pg_add_s64_overflow))   \
	K(INT8MI, int8mi, INT8, INT8, INT8_ARITH(pg_sub_s64_overflow))   \
	K(INT8MUL, int8mul, INT8, INT8, INT8_ARITH(pg_mul_s64_overflow)) \
	K(INT48PL, int48pl, INT4, INT8, INT8_ARITH(pg_add_s64_overflow)) \
	K(INT84PL, int84pl, INT8, INT4, INT8_ARITH(pg_add_s64_overflow)) \
	K(INT48MI, int48mi, INT4, INT8, INT8_ARITH(pg_sub_s64_overflow)) \
	K(INT84MI, int84mi, INT8, INT4, INT8_ARITH(pg_sub_s64_overflow)) \
	K(FLOAT8PL, float8pl, FLOAT8, FLOAT8, FLOAT8_SUM(+))             \
	K(FLOAT8MI, float8mi, FLOAT8, FLOAT8, FLOAT8_SUM(-))             \
	K(FLOAT8MUL, float8mul, FLOAT8, FLOAT8, FLOAT8_PRODUCT)

/* One loop of a kernel: GET_* of both sides, y hoisted when the right side is one value. */
#define KERNEL_LOOP_NO_NULLS(lk, rk, sel, body)                          \
	if (b->mask == 0)                                                    \
	{                                                                    \
		const __typeof__(GET_##rk((Datum) 0)) y = GET_##rk(b->values[0]); \
		SELECTION_FOREACH(sel, pos, {                                    \
			const __typeof__(GET_##lk((Datum) 0)) x = GET_##lk(a->values[(uint32) pos & am]); \
			body;                                                        \
		});                                                              \
	}                                                                    \
	else                                                                 \
		SELECTION_FOREACH(sel, pos, {                                    \
			const __typeof__(GET_##lk((Datum) 0)) x = GET_##lk(a->values[(uint32) pos & am]); \
			const __typeof__(GET_##rk((Datum) 0)) y = GET_##rk(b->values[(uint32) pos & bm]); \
			body;                                                        \
		})

#define KERNEL_LOOP_NULLS(lk, rk, sel, isnull_var, body)                 \
	SELECTION_FOREACH(sel, pos, {                                        \
		const bool isnull_var = vector_isnull(a, pos) || vector_isnull(b, pos); \
		null_action(isnull_var);                                         \
		if (!isnull_var)                                                 \
		{                                                                \
			const __typeof__(GET_##lk((Datum) 0)) x = GET_##lk(a->values[(uint32) pos & am]); \
			const __typeof__(GET_##rk((Datum) 0)) y = GET_##rk(b->values[(uint32) pos & bm]); \
			body;                                                        \
		}                                                                \
	})

#define DEFINE_EVAL(fn, lk, rk, body)                                                                            \
	static void kernel_##fn##_eval(Vector *out, bool *null_buf, const Vector *a, const Vector *b, const Selection *sel) \
	{                                                                                                            \
		const uint32 am = a->mask;                                                                               \
		const uint32 bm = b->mask;                                                                               \
		Datum *ov = out->values;                                                                                 \
		if (a->nulls == NULL && b->nulls == NULL)                                                                \
		{                                                                                                        \
			out->nulls = NULL;                                                                                   \
			KERNEL_LOOP_NO_NULLS(lk, rk, sel, body);                                                             \
			return;                                                                                              \
		}                                                                                                        \
		out->nulls = null_buf;                                                                                   \
		KERNEL_LOOP_NULLS(lk, rk, sel, isnull, body);                                                            \
	}

#define null_action(n) null_buf[pos] = (n)
#define DEFINE_BOOL_EVAL(OIDNAME, fn, lk, rk, cond) DEFINE_EVAL(fn, lk, rk, ov[pos] = BoolGetDatum(cond))
#define DEFINE_VALUE_EVAL(OIDNAME, fn, lk, rk, stmt) \
	DEFINE_EVAL(fn, lk, rk, { Datum result; stmt; ov[pos] = result; })
KERNELS_BOOL(DEFINE_BOOL_EVAL)
KERNELS_VALUE(DEFINE_VALUE_EVAL)
#undef null_action

#define null_action(n)
#define DEFINE_SELECT(OIDNAME, fn, lk, rk, cond)                                                     \
	static int kernel_##fn##_select(RowPos *dst, const Vector *a, const Vector *b, const Selection *sel) \
	{                                                                                                \
		const uint32 am = a->mask;                                                                   \
		const uint32 bm = b->mask;                                                                   \
		int n = 0;                                                                                   \
		if (a->nulls == NULL && b->nulls == NULL)                                                    \
		{                                                                                            \
			KERNEL_LOOP_NO_NULLS(lk, rk, sel, { dst[n] = pos; n += (cond); });                       \
			return n;                                                                                \
		}                                                                                            \
		KERNEL_LOOP_NULLS(lk, rk, sel, isnull, { dst[n] = pos; n += (cond); });                      \
		return n;                                                                                    \
	}
KERNELS_BOOL(DEFINE_SELECT)
#undef null_action

#define BOOL_ROW(OIDNAME, fn, lk, rk, cond) {F_##OIDNAME, kernel_##fn##_eval, kernel_##fn##_select, false},
#define VALUE_ROW(OIDNAME, fn, lk, rk, stmt) {F_##OIDNAME, kernel_##fn##_eval, NULL, false},
static const Kernel kernels[] = {KERNELS_BOOL(BOOL_ROW) KERNELS_VALUE(VALUE_ROW)};

/* Sorted index into kernels[], built at first use. */
static uint8 kernel_order[lengthof(kernels)];
static bool kernel_order_ready;
_Static_assert(lengthof(kernels) <= 256, "kernel_order holds uint8");

static int
kernel_compare(const void *a, const void *b)
{
	Oid x = kernels[*(const uint8 *) a].fn_oid;
	Oid y = kernels[*(const uint8 *) b].fn_oid;

	return (x > y) - (x < y);
}

const Kernel *
kernel_find(Oid fn_oid)
{
	int lo = 0;
	int hi = lengthof(kernels) - 1;

	if (!kernel_order_ready)
	{
		for (int i = 0; i < (int) lengthof(kernels); i++)
			kernel_order[i] = (uint8) i;
		qsort(kernel_order, lengthof(kernels), sizeof(kernel_order[0]), kernel_compare);
		kernel_order_ready = true;
	}
	while (lo <= hi)
	{
		int mid = (lo + hi) / 2;
		const Kernel *k = &kernels[kernel_order[mid]];

		if (k->fn_oid == fn_oid)
			return k;
		if (k->fn_oid < fn_oid)
			lo = mid + 1;
		else
			hi = mid - 1;
	}
	return NULL;
}
