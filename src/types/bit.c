/*
 * bit.c
 *    bit(n) and bit varying(n): a length in bits and the bits, first one highest; unused bits of the last byte are zero.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "types/comparison.h"
#include "types/int.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/varbit.h"

#define MAX_BIT_LENGTH (10 * 1024 * 1024 * 8)

static VarBit *
bits_alloc(int bit_len)
{
	VarBit *result = palloc0(VARBITTOTALLEN(bit_len));

	SET_VARSIZE(result, VARBITTOTALLEN(bit_len));
	VARBITLEN(result) = bit_len;
	return result;
}

static bool
get_bit(VarBit *b, int i)
{
	return VARBITS(b)[i / 8] >> (7 - i % 8) & 1;
}

static void
set_bit(VarBit *b, int i, bool value)
{
	if (value)
		VARBITS(b)[i / 8] |= (bits8) (0x80 >> (i % 8));
	else
		VARBITS(b)[i / 8] &= (bits8) ~(0x80 >> (i % 8));
}

/* Copies count bits; bit by bit, or by bytes where both are aligned. */
static void
copy_bits(VarBit *to, int to_at, VarBit *from, int from_at, int count)
{
	if (to_at % 8 == 0 && from_at % 8 == 0)
	{
		int bytes = count / 8;

		memcpy(VARBITS(to) + to_at / 8, VARBITS(from) + from_at / 8, (size_t) bytes);
		to_at += bytes * 8;
		from_at += bytes * 8;
		count -= bytes * 8;
	}
	for (int i = 0; i < count; i++)
		set_bit(to, to_at + i, get_bit(from, from_at + i));
}

/* ---- type modifiers: the length itself */
static int32
bit_typmod(ArrayType *array, const char *type_name)
{
	int n;
	int32 *values = ArrayGetIntegerTypmods(array, &n);

	if (n != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid type modifier"));
	if (values[0] < 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("length for type %s must be at least 1", type_name));
	if (values[0] > MAX_BIT_LENGTH)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("length for type %s cannot exceed %d", type_name, MAX_BIT_LENGTH));
	return values[0];
}

Datum
bittypmodin(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(bit_typmod(PG_GETARG_ARRAYTYPE_P(0), "bit"));
}

Datum
varbittypmodin(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(bit_typmod(PG_GETARG_ARRAYTYPE_P(0), "varbit"));
}

Datum
bittypmodout(PG_FUNCTION_ARGS)
{
	int32 typmod = PG_GETARG_INT32(0);

	PG_RETURN_CSTRING(typmod >= 0 ? psprintf("(%d)", typmod) : pstrdup(""));
}

Datum
varbittypmodout(PG_FUNCTION_ARGS)
{
	return bittypmodout(fcinfo);
}

static void
check_length(int bit_len, int32 typmod, bool varying)
{
	if (typmod < 0)
		return;
	if (varying && bit_len > typmod)
		ereport(ERROR, errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
				errmsg("bit string too long for type bit varying(%d)", typmod));
	if (!varying && bit_len != typmod)
		ereport(ERROR, errcode(ERRCODE_STRING_DATA_LENGTH_MISMATCH),
				errmsg("bit string length %d does not match type bit(%d)", bit_len, typmod));
}

/* ---- text form: [bB]0101 or [xX]hex */
static VarBit *
parse_bits(const char *input, int32 typmod, bool varying)
{
	bool hex = *input == 'x' || *input == 'X';
	const char *s = input + (hex || *input == 'b' || *input == 'B');
	size_t digits = strlen(s);
	VarBit *result;

	if (hex && digits > VARBITMAXLEN / 4)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("bit string length exceeds the maximum allowed (%d)", VARBITMAXLEN));
	check_length((int) (hex ? digits * 4 : digits), typmod, varying);
	result = bits_alloc((int) (hex ? digits * 4 : digits));
	for (size_t i = 0; i < digits; i++)
	{
		char c = s[i];

		if (!hex)
		{
			if (c != '0' && c != '1')
				ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("\"%.*s\" is not a valid binary digit", pg_mblen(s + i), s + i));
			set_bit(result, (int) i, c == '1');
		}
		else
		{
			int value = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;

			if (value < 0)
				ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("\"%.*s\" is not a valid hexadecimal digit", pg_mblen(s + i), s + i));
			VARBITS(result)[i / 2] |= (bits8) (i % 2 ? value : value << 4);
		}
	}
	return result;
}

Datum
bit_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(parse_bits(PG_GETARG_CSTRING(0), PG_GETARG_INT32(2), false));
}

Datum
varbit_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(parse_bits(PG_GETARG_CSTRING(0), PG_GETARG_INT32(2), true));
}

Datum
bit_out(PG_FUNCTION_ARGS)
{
	VarBit *b = PG_GETARG_VARBIT_P(0);
	char *result = palloc((Size) VARBITLEN(b) + 1);

	for (int i = 0; i < VARBITLEN(b); i++)
		result[i] = get_bit(b, i) ? '1' : '0';
	result[VARBITLEN(b)] = '\0';
	PG_RETURN_CSTRING(result);
}

Datum
varbit_out(PG_FUNCTION_ARGS)
{
	return bit_out(fcinfo);
}

static VarBit *
receive_bits(StringInfo buf, int32 typmod, bool varying)
{
	int bit_len = (int) pq_getmsgint(buf, 4);
	VarBit *result;

	if (bit_len < 0 || bit_len > VARBITMAXLEN)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("invalid length in external bit string"));
	check_length(bit_len, typmod, varying);
	result = bits_alloc(bit_len);
	pq_copymsgbytes(buf, (char *) VARBITS(result), (int) VARBITBYTES(result));
	if (bit_len % 8)
		VARBITS(result)[bit_len / 8] &= (bits8) (0xff << (8 - bit_len % 8));
	return result;
}

Datum
bit_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(receive_bits((StringInfo) PG_GETARG_POINTER(0), PG_GETARG_INT32(2), false));
}

Datum
varbit_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(receive_bits((StringInfo) PG_GETARG_POINTER(0), PG_GETARG_INT32(2), true));
}

Datum
bit_send(PG_FUNCTION_ARGS)
{
	VarBit *b = PG_GETARG_VARBIT_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, (uint32) VARBITLEN(b));
	pq_sendbytes(&buf, (char *) VARBITS(b), (int) VARBITBYTES(b));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
varbit_send(PG_FUNCTION_ARGS)
{
	return bit_send(fcinfo);
}

/* ---- lengths applied */
static VarBit *
resized(VarBit *b, int bit_len)
{
	VarBit *result = bits_alloc(bit_len);

	copy_bits(result, 0, b, 0, Min(bit_len, VARBITLEN(b)));
	return result;
}

Datum
bit(PG_FUNCTION_ARGS)
{
	VarBit *b = PG_GETARG_VARBIT_P(0);
	int32 len = PG_GETARG_INT32(1);

	if (len <= 0 || len > VARBITMAXLEN || len == VARBITLEN(b))
		PG_RETURN_VARBIT_P(b);
	if (!PG_GETARG_BOOL(2))
		check_length(VARBITLEN(b), len, false);
	PG_RETURN_VARBIT_P(resized(b, len));
}

Datum
varbit(PG_FUNCTION_ARGS)
{
	VarBit *b = PG_GETARG_VARBIT_P(0);
	int32 len = PG_GETARG_INT32(1);

	if (len <= 0 || len >= VARBITLEN(b))
		PG_RETURN_VARBIT_P(b);
	if (!PG_GETARG_BOOL(2))
		check_length(VARBITLEN(b), len, true);
	PG_RETURN_VARBIT_P(resized(b, len));
}

/* ---- comparison: bit by bit, then by length */
static int
bit_compare(FunctionCallInfo fcinfo)
{
	VarBit *a = PG_GETARG_VARBIT_P(0);
	VarBit *b = PG_GETARG_VARBIT_P(1);
	int result = memcmp(VARBITS(a), VARBITS(b), Min(VARBITBYTES(a), VARBITBYTES(b)));

	if (result == 0)
		result = (VARBITLEN(a) > VARBITLEN(b)) - (VARBITLEN(a) < VARBITLEN(b));
	return result;
}

Datum
bitcmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(bit_compare(fcinfo));
}

COMPARISON_OPERATORS(bit, , bit_compare(fcinfo), 0)

/* ---- operators */
Datum
bitcat(PG_FUNCTION_ARGS)
{
	VarBit *a = PG_GETARG_VARBIT_P(0);
	VarBit *b = PG_GETARG_VARBIT_P(1);
	VarBit *result;

	if (VARBITLEN(a) > VARBITMAXLEN - VARBITLEN(b))
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("bit string length exceeds the maximum allowed (%d)", VARBITMAXLEN));
	result = bits_alloc(VARBITLEN(a) + VARBITLEN(b));
	copy_bits(result, 0, a, 0, VARBITLEN(a));
	copy_bits(result, VARBITLEN(a), b, 0, VARBITLEN(b));
	PG_RETURN_VARBIT_P(result);
}

typedef enum BitOperation
{
	BIT_AND,
	BIT_OR,
	BIT_XOR
} BitOperation;

static VarBit *
combine(FunctionCallInfo fcinfo, BitOperation operation)
{
	static const char *const names[] = {"AND", "OR", "XOR"};
	VarBit *a = PG_GETARG_VARBIT_P(0);
	VarBit *b = PG_GETARG_VARBIT_P(1);
	VarBit *result;

	if (VARBITLEN(a) != VARBITLEN(b))
		ereport(ERROR, errcode(ERRCODE_STRING_DATA_LENGTH_MISMATCH),
				errmsg("cannot %s bit strings of different sizes", names[operation]));
	result = bits_alloc(VARBITLEN(a));
	for (Size i = 0; i < VARBITBYTES(a); i++)
	{
		bits8 x = VARBITS(a)[i];
		bits8 y = VARBITS(b)[i];

		VARBITS(result)[i] = operation == BIT_AND ? x & y : operation == BIT_OR ? x | y : x ^ y;
	}
	return result;
}

Datum
bit_and(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(combine(fcinfo, BIT_AND));
}

Datum
bit_or(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(combine(fcinfo, BIT_OR));
}

Datum
bitxor(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(combine(fcinfo, BIT_XOR));
}

Datum
bitnot(PG_FUNCTION_ARGS)
{
	VarBit *b = PG_GETARG_VARBIT_P(0);
	VarBit *result = bits_alloc(VARBITLEN(b));

	for (int i = 0; i < VARBITLEN(b); i++)
		set_bit(result, i, !get_bit(b, i));
	PG_RETURN_VARBIT_P(result);
}

/* Shifts by distance to the left, filling with zeros; negative: to the right. */
static VarBit *
shifted(VarBit *b, int64 distance)
{
	int len = VARBITLEN(b);
	VarBit *result = bits_alloc(len);

	if (distance >= 0 && distance < len)
		copy_bits(result, 0, b, (int) distance, len - (int) distance);
	else if (distance < 0 && -distance < len)
		copy_bits(result, (int) -distance, b, 0, len + (int) distance);
	return result;
}

Datum
bitshiftleft(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(shifted(PG_GETARG_VARBIT_P(0), PG_GETARG_INT32(1)));
}

Datum
bitshiftright(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(shifted(PG_GETARG_VARBIT_P(0), -(int64) PG_GETARG_INT32(1)));
}

/* ---- parts */
static VarBit *
part(VarBit *b, int64 start, int64 end)
{
	VarBit *result;

	start = Max(start, 1);
	end = Min(end, (int64) VARBITLEN(b) + 1);
	if (end <= start)
		return bits_alloc(0);
	result = bits_alloc((int) (end - start));
	copy_bits(result, 0, b, (int) start - 1, (int) (end - start));
	return result;
}

static void pg_attribute_noreturn()
negative_length(void)
{
	ereport(ERROR, errcode(ERRCODE_SUBSTRING_ERROR), errmsg("negative substring length not allowed"));
}

Datum
bitsubstr(PG_FUNCTION_ARGS)
{
	int64 start = PG_GETARG_INT32(1);

	if (PG_GETARG_INT32(2) < 0)
		negative_length();
	PG_RETURN_VARBIT_P(part(PG_GETARG_VARBIT_P(0), start, start + PG_GETARG_INT32(2)));
}

Datum
bitsubstr_no_len(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(part(PG_GETARG_VARBIT_P(0), PG_GETARG_INT32(1), PG_INT64_MAX));
}

static VarBit *
overlay(VarBit *b, VarBit *replacement, int32 start, int32 count)
{
	VarBit *head;
	VarBit *tail;
	VarBit *result;
	int32 after;

	if (start <= 0)
		negative_length();
	if (pg_add_s32_overflow(start, count, &after))
		int_out_of_range("integer");
	head = part(b, 1, start);
	tail = part(b, after, PG_INT64_MAX);
	result = bits_alloc(VARBITLEN(head) + VARBITLEN(replacement) + VARBITLEN(tail));
	copy_bits(result, 0, head, 0, VARBITLEN(head));
	copy_bits(result, VARBITLEN(head), replacement, 0, VARBITLEN(replacement));
	copy_bits(result, VARBITLEN(head) + VARBITLEN(replacement), tail, 0, VARBITLEN(tail));
	return result;
}

Datum
bitoverlay(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(overlay(PG_GETARG_VARBIT_P(0), PG_GETARG_VARBIT_P(1), PG_GETARG_INT32(2), PG_GETARG_INT32(3)));
}

Datum
bitoverlay_no_len(PG_FUNCTION_ARGS)
{
	VarBit *replacement = PG_GETARG_VARBIT_P(1);

	PG_RETURN_VARBIT_P(overlay(PG_GETARG_VARBIT_P(0), replacement, PG_GETARG_INT32(2), VARBITLEN(replacement)));
}

Datum
bitposition(PG_FUNCTION_ARGS)
{
	VarBit *hay = PG_GETARG_VARBIT_P(0);
	VarBit *needle = PG_GETARG_VARBIT_P(1);

	if (VARBITLEN(needle) == 0)
		PG_RETURN_INT32(VARBITLEN(hay) > 0 ? 1 : 0);
	for (int i = 0; i + VARBITLEN(needle) <= VARBITLEN(hay); i++)
	{
		int k = 0;

		while (k < VARBITLEN(needle) && get_bit(hay, i + k) == get_bit(needle, k))
			k++;
		if (k == VARBITLEN(needle))
			PG_RETURN_INT32(i + 1);
	}
	PG_RETURN_INT32(0);
}

static void
check_index(VarBit *b, int32 n)
{
	if (n < 0 || n >= VARBITLEN(b))
		ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				errmsg("bit index %d out of valid range (0..%d)", n, VARBITLEN(b) - 1));
}

Datum
bitgetbit(PG_FUNCTION_ARGS)
{
	VarBit *b = PG_GETARG_VARBIT_P(0);

	check_index(b, PG_GETARG_INT32(1));
	PG_RETURN_INT32(get_bit(b, PG_GETARG_INT32(1)));
}

Datum
bitsetbit(PG_FUNCTION_ARGS)
{
	VarBit *b = PG_GETARG_VARBIT_P(0);
	int32 value = PG_GETARG_INT32(2);
	VarBit *result;

	check_index(b, PG_GETARG_INT32(1));
	if (value != 0 && value != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("new bit must be 0 or 1"));
	result = resized(b, VARBITLEN(b));
	set_bit(result, PG_GETARG_INT32(1), value == 1);
	PG_RETURN_VARBIT_P(result);
}

Datum
bit_bit_count(PG_FUNCTION_ARGS)
{
	VarBit *b = PG_GETARG_VARBIT_P(0);
	int64 count = 0;

	for (Size i = 0; i < VARBITBYTES(b); i++)
		count += __builtin_popcount(VARBITS(b)[i]);
	PG_RETURN_INT64(count);
}

Datum
bitlength(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(VARBITLEN(PG_GETARG_VARBIT_P(0)));
}

Datum
bitoctetlength(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) VARBITBYTES(PG_GETARG_VARBIT_P(0)));
}

/* ---- integers: two's complement, the lowest bits last */
static VarBit *
from_integer(int64 value, int width, int32 typmod)
{
	int len = typmod <= 0 || typmod > VARBITMAXLEN ? 1 : typmod;
	VarBit *result = bits_alloc(len);

	for (int i = 0; i < len; i++)
	{
		int bit = len - 1 - i;

		/* beyond the integer's width the sign goes on */
		set_bit(result, i, value >> Min(bit, width - 1) & 1);
	}
	return result;
}

Datum
bitfromint4(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(from_integer(PG_GETARG_INT32(0), 32, PG_GETARG_INT32(1)));
}

Datum
bitfromint8(PG_FUNCTION_ARGS)
{
	PG_RETURN_VARBIT_P(from_integer(PG_GETARG_INT64(0), 64, PG_GETARG_INT32(1)));
}

static uint64
to_integer(VarBit *b, int width, const char *type_name)
{
	uint64 result = 0;

	if (VARBITLEN(b) > width)
		int_out_of_range(type_name);
	for (int i = 0; i < VARBITLEN(b); i++)
		result = result << 1 | get_bit(b, i);
	return result;
}

Datum
bittoint4(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) to_integer(PG_GETARG_VARBIT_P(0), 32, "integer"));
}

Datum
bittoint8(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) to_integer(PG_GETARG_VARBIT_P(0), 64, "bigint"));
}
