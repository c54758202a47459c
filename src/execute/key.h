/*
 * execute/key.h
 *    Hashing, equality and order of single column values, with fast paths for common types.
 *
 * A KeyHash hashes one side of an equality operator. Both sides of a cross-type operator hash equal values alike: the integer
 * kinds all hash the 64-bit value. The hash values are private to one query and never stored.
 *
 * A KeyEqual compares two non-NULL values; a KeyOrder orders them, NULLs included.
 */
#ifndef EXECUTE_KEY_H
#define EXECUTE_KEY_H

#include "postgres.h"
#include "fmgr.h"

typedef enum KeyKind
{
	KEY_GENERIC,
	KEY_INT2,
	KEY_INT4,
	KEY_INT8,
	KEY_OID,
	KEY_BOOL,
	KEY_TEXT,		/* bytewise equality */
	KEY_FLOAT8
} KeyKind;

typedef struct KeyHash
{
	KeyKind kind;
	Oid collation;
	FmgrInfo fn;
} KeyHash;

typedef struct KeyEqual
{
	KeyKind left;
	KeyKind right;
	Oid collation;
	FmgrInfo fn;
} KeyEqual;

/* Hash functions of both sides of an equality operator. False: the operator cannot be hashed. */
extern bool key_hash_init_op(KeyHash *left, KeyHash *right, Oid eqop, Oid collation, MemoryContext cxt);
extern void key_equal_init(KeyEqual *eq, Oid eqop, Oid collation, MemoryContext cxt);
/* The same for a column type's default equality. */
extern Oid key_equality_operator(Oid type);

extern uint32 key_hash_generic(KeyHash *h, Datum value);
extern bool key_equal_generic(KeyEqual *eq, Datum a, Datum b);
extern uint32 key_hash_text(Datum value);
extern bool key_equal_text(Datum a, Datum b);

static inline uint32
key_mix64(uint64 x)
{
	x ^= x >> 32;
	x *= UINT64CONST(0xd6e8feb86659fd93);
	x ^= x >> 32;
	x *= UINT64CONST(0xd6e8feb86659fd93);
	x ^= x >> 32;
	return (uint32) x;
}

static inline int64
key_integer(KeyKind kind, Datum d)
{
	switch (kind)
	{
		case KEY_INT2:
			return DatumGetInt16(d);
		case KEY_INT4:
			return DatumGetInt32(d);
		case KEY_OID:
			return DatumGetObjectId(d);
		case KEY_BOOL:
			return DatumGetBool(d);
		default:
			return DatumGetInt64(d);
	}
}

static inline bool
key_kind_is_integer(KeyKind kind)
{
	return kind >= KEY_INT2 && kind <= KEY_BOOL;
}

static inline uint32
key_hash(KeyHash *h, Datum value)
{
	if (likely(key_kind_is_integer(h->kind)))
		return key_mix64((uint64) key_integer(h->kind, value));
	if (h->kind == KEY_TEXT)
		return key_hash_text(value);
	return key_hash_generic(h, value);
}

static inline bool
key_equal(KeyEqual *eq, Datum a, Datum b)
{
	if (likely(key_kind_is_integer(eq->left)))
		return key_integer(eq->left, a) == key_integer(eq->right, b);
	if (eq->left == KEY_TEXT)
		return key_equal_text(a, b);
	return key_equal_generic(eq, a, b);
}

static inline uint32
key_combine(uint32 a, uint32 b)
{
	return ((a << 5) | (a >> 27)) * 0x9E3779B1u ^ b;
}

/* ---- order ---- */
typedef struct KeyOrder
{
	KeyKind kind;		/* of both sides; KEY_GENERIC uses cmp */
	bool reverse;
	bool nulls_first;
	Oid collation;
	FmgrInfo cmp;		/* btree support function 1 */
} KeyOrder;

/* sortop: a btree "<" or ">" operator. */
extern void key_order_init(KeyOrder *order, Oid sortop, Oid collation, bool nulls_first, MemoryContext cxt);
extern int key_order_values(KeyOrder *order, Datum a, Datum b); /* neither is NULL; direction not applied */

static inline int
key_order(KeyOrder *order, Datum a, bool anull, Datum b, bool bnull)
{
	int r;

	if (unlikely(anull || bnull))
	{
		if (anull && bnull)
			return 0;
		return (anull == order->nulls_first) ? -1 : 1;
	}
	if (key_kind_is_integer(order->kind))
	{
		int64 x = key_integer(order->kind, a);
		int64 y = key_integer(order->kind, b);

		r = (x > y) - (x < y);
	}
	else
		r = key_order_values(order, a, b);
	return order->reverse ? -r : r;
}

#endif /* EXECUTE_KEY_H */
