/*
 * execute/expr_kernels.h
 *    Whole-vector versions of the commonest functions of two arguments, found by function OID.
 *
 * eval fills out (which has room for the selection) from a and b; select writes the selected positions where the boolean
 * result is true. Both see to NULLs themselves and raise the errors that the plain function raises (the plain twin is
 * the SQL function of the same OID; tests/unit/execute/expr_kernels_test compares them).
 */
#ifndef EXECUTE_EXPR_KERNELS_H
#define EXECUTE_EXPR_KERNELS_H

#include "execute/batch.h"

typedef void (*KernelEval)(Vector *out, bool *null_buf, const Vector *a, const Vector *b, const Selection *sel);
typedef int (*KernelSelect)(RowPos *dst, const Vector *a, const Vector *b, const Selection *sel);

typedef struct Kernel
{
	Oid fn_oid;
	KernelEval eval;
	KernelSelect select;	/* NULL when the result is not boolean */
	bool needs_c_equality;	/* text: only when the collation is deterministic */
} Kernel;

extern const Kernel *kernel_find(Oid fn_oid);

#endif /* EXECUTE_EXPR_KERNELS_H */
