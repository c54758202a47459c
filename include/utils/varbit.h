/*
 * utils/varbit.h
 *    Bit strings.
 */
#ifndef VARBIT_H
#define VARBIT_H

#include "fmgr.h"

typedef struct
{
	int32 vl_len_;
	int32 bit_len;
	bits8 bit_dat[];
} VarBit;

#define VARBITHDRSZ sizeof(int32)
#define VARBITLEN(PTR) (((VarBit *) (PTR))->bit_len)
#define VARBITS(PTR) (((VarBit *) (PTR))->bit_dat)
#define VARBITBYTES(PTR) (VARSIZE(PTR) - VARHDRSZ - VARBITHDRSZ)
#define VARBITTOTALLEN(BITLEN) (((Size) (BITLEN) + 7) / 8 + VARHDRSZ + VARBITHDRSZ)
#define VARBITMAXLEN (INT32_MAX - 8 + 1)
#define DatumGetVarBitP(X) ((VarBit *) PG_DETOAST_DATUM(X))
#define PG_GETARG_VARBIT_P(n) DatumGetVarBitP(PG_GETARG_DATUM(n))
#define PG_RETURN_VARBIT_P(x) return PointerGetDatum(x)

#endif /* VARBIT_H */
