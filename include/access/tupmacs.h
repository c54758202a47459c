/*
 * access/tupmacs.h
 *    Reading and aligning one column inside a tuple.
 */
#ifndef TUPMACS_H
#define TUPMACS_H

#include "postgres.h"
#include "catalog/pg_attribute.h"

#define TYPALIGN_CHAR_ 'c'

static inline Datum
fetch_att(const void *T, bool attbyval, int attlen)
{
	if (!attbyval)
		return PointerGetDatum(T);
	switch (attlen)
	{
		case 4:
			return Int32GetDatum(*(const int32 *) T);
		case 8:
			return *(const Datum *) T;
		case 2:
			return Int16GetDatum(*(const int16 *) T);
		default:
			Assert(attlen == 1);
			return CharGetDatum(*(const char *) T);
	}
}
#define fetchatt(A, T) fetch_att(T, (A)->attbyval, (A)->attlen)

static inline void
store_att_byval(void *T, Datum newdatum, int attlen)
{
	switch (attlen)
	{
		case 4:
			*(int32 *) T = DatumGetInt32(newdatum);
			break;
		case 8:
			*(Datum *) T = newdatum;
			break;
		case 2:
			*(int16 *) T = DatumGetInt16(newdatum);
			break;
		default:
			Assert(attlen == 1);
			*(char *) T = DatumGetChar(newdatum);
			break;
	}
}

static inline uintptr_t
att_align_nominal(uintptr_t cur_offset, char attalign)
{
	switch (attalign)
	{
		case 'i':
			return INTALIGN(cur_offset);
		case 'd':
			return DOUBLEALIGN(cur_offset);
		case 's':
			return SHORTALIGN(cur_offset);
		default:
			return cur_offset;
	}
}
#define att_align_nominal(cur_offset, attalign) att_align_nominal((uintptr_t) (cur_offset), (attalign))
/* Where the value at or after attptr begins: a varlena with a short header is not aligned, padding bytes are zero. */
#define att_align_pointer(cur_offset, attalign, attlen, attptr) \
	(((attlen) == -1 && VARATT_NOT_PAD_BYTE(attptr)) ? (uintptr_t) (cur_offset) : att_align_nominal(cur_offset, attalign))
#define att_align_datum(cur_offset, attalign, attlen, attdatum)                           \
	(((attlen) == -1 && VARATT_IS_SHORT(DatumGetPointer(attdatum))) ? (uintptr_t) (cur_offset) \
																	 : att_align_nominal(cur_offset, attalign))
#define att_addlength_pointer(cur_offset, attlen, attptr)                              \
	((attlen) > 0 ? (cur_offset) + (attlen)                                            \
				  : ((attlen) == -1 ? (cur_offset) + VARSIZE_ANY(attptr)               \
									: (cur_offset) + (strlen((const char *) (attptr)) + 1)))
#define att_addlength_datum(cur_offset, attlen, attdatum) \
	att_addlength_pointer(cur_offset, attlen, DatumGetPointer(attdatum))

#endif /* TUPMACS_H */
