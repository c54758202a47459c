/*
 * numeric.c
 *    numeric: text and binary form, type modifiers, operators.
 *
 * NaN is larger than everything and equal to itself; infinities follow IEEE rules. The arithmetic is in numeric_core.c.
 */
#include "postgres.h"

#include <ctype.h>

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "types/comparison.h"
#include "types/numeric.h"
#include "utils/array.h"
#include "utils/builtins.h"

static Num
arg_num(FunctionCallInfo fcinfo, int n)
{
	Num num;

	num_from_datum(&num, PG_GETARG_DATUM(n));
	return num;
}

/* ---- type modifiers: ((precision << 16) | (scale & 0x7ff)) + VARHDRSZ; the scale is a signed 11-bit number */
static int
typmod_precision(int32 typmod)
{
	return ((typmod - VARHDRSZ) >> 16) & 0xffff;
}

static int
typmod_scale(int32 typmod)
{
	return (((typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024;
}

Datum
numerictypmodin(PG_FUNCTION_ARGS)
{
	int n;
	int32 *values = ArrayGetIntegerTypmods(PG_GETARG_ARRAYTYPE_P(0), &n);
	int32 scale = n == 2 ? values[1] : 0;

	if (n != 1 && n != 2)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid NUMERIC type modifier"));
	if (values[0] < 1 || values[0] > NUMERIC_MAX_PRECISION)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("NUMERIC precision %d must be between 1 and %d", values[0], NUMERIC_MAX_PRECISION));
	if (scale < NUMERIC_MIN_SCALE || scale > NUMERIC_MAX_SCALE)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("NUMERIC scale %d must be between %d and %d", scale, NUMERIC_MIN_SCALE, NUMERIC_MAX_SCALE));
	PG_RETURN_INT32(((values[0] << 16) | (scale & 0x7ff)) + VARHDRSZ);
}

Datum
numerictypmodout(PG_FUNCTION_ARGS)
{
	int32 typmod = PG_GETARG_INT32(0);

	if (typmod < VARHDRSZ)
		PG_RETURN_CSTRING(pstrdup(""));
	PG_RETURN_CSTRING(psprintf("(%d,%d)", typmod_precision(typmod), typmod_scale(typmod)));
}

int32
numeric_maximum_size(int32 typmod)
{
	if (typmod < VARHDRSZ)
		return -1;
	/* a digit takes log2(10) / 8 = 0.4153 bytes */
	return (int32) offsetof(struct NumericData, coefficient) +
		   (Max(typmod_precision(typmod), typmod_scale(typmod)) * 416 + 999) / 1000;
}

/* Rounds to the modifier's scale; the result must have no more digits than its precision. */
void
num_apply_typmod(Num *num, int32 typmod)
{
	int precision;
	int scale;

	if (typmod < VARHDRSZ || num->kind == NUM_NAN)
		return;
	precision = typmod_precision(typmod);
	scale = typmod_scale(typmod);
	if (num->kind != NUM_FINITE)
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("numeric field overflow"),
				errdetail("A field with precision %d, scale %d cannot hold an infinite value.", precision, scale));
	num_round(num, scale);
	if (num_sign(num) != 0 && num_exponent(num) >= precision - scale)
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("numeric field overflow"),
				errdetail("A field with precision %d, scale %d must round to an absolute value less than %s%d.",
						  precision, scale, precision != scale ? "10^" : "",
						  precision != scale ? precision - scale : 1));
}

/* ---- text form */
static void pg_attribute_noreturn()
bad_numeric(const char *input)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			errmsg("invalid input syntax for type %s: \"%s\"", "numeric", input));
}

static bool
parse_special(const char *s, Num *num, const char **end)
{
	static const struct
	{
		const char *word;
		NumKind kind;
	} specials[] = {{"NaN", NUM_NAN},			{"Infinity", NUM_INF}, {"+Infinity", NUM_INF}, {"-Infinity", NUM_NEG_INF},
					{"inf", NUM_INF},			{"+inf", NUM_INF},	   {"-inf", NUM_NEG_INF}};

	for (size_t i = 0; i < lengthof(specials); i++)
	{
		size_t len = strlen(specials[i].word);

		if (strncasecmp(s, specials[i].word, len) == 0)
		{
			num_set_special(num, specials[i].kind);
			*end = s + len;
			return true;
		}
	}
	return false;
}

Datum
numeric_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	const char *s = input;
	const char *end;
	Num num;

	while (isspace((unsigned char) *s))
		s++;
	if (!parse_special(s, &num, &end) && !num_parse(s, &num, &end))
		bad_numeric(input);
	while (isspace((unsigned char) *end))
		end++;
	if (*end != '\0')
		bad_numeric(input);
	num_apply_typmod(&num, PG_GETARG_INT32(2));
	PG_RETURN_NUMERIC(num_pack(&num));
}

Datum
numeric_out(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	PG_RETURN_CSTRING(num_to_string(&num));
}

/* d.dddde+xx with scale digits after the point: what to_char's EEEE writes. */
char *
numeric_out_sci(Numeric value, int scale)
{
	Num num;
	char *digits;
	char *result;
	int exponent;

	num_read(&num, value);
	if (num.kind != NUM_FINITE)
		return num_to_string(&num);
	exponent = num_exponent(&num);
	/* move the point behind the leading digit, then round; rounding may carry into a new digit */
	for (;;)
	{
		Num mantissa = num;

		mantissa.scale += exponent;
		if (mantissa.scale < 0)
		{
			int up = -mantissa.scale;

			mantissa.scale = 0;
			num_round(&mantissa, up);
		}
		num_round(&mantissa, scale);
		if (num_exponent(&mantissa) > 0)
		{
			exponent++;
			continue;
		}
		digits = num_to_string(&mantissa);
		break;
	}
	result = psprintf("%se%c%02d", digits, exponent < 0 ? '-' : '+', abs(exponent));
	pfree(digits);
	return result;
}

/* Text without trailing zeros in the fraction. */
char *
numeric_normalize(Numeric value)
{
	Num num;

	num_read(&num, value);
	if (num.kind == NUM_FINITE)
		num_round(&num, num_min_scale(&num));
	return num_to_string(&num);
}

/* ---- binary form: PostgreSQL's base-10000 digits: count, weight, sign, display scale, digits */
#define WIRE_NEGATIVE 0x4000
#define WIRE_NAN 0xC000
#define WIRE_INF 0xD000
#define WIRE_NEG_INF 0xF000

Datum
numeric_send(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);
	StringInfoData buf;
	char *text;
	char *point;
	int whole;
	int total;
	int weight;
	int first;
	int last;

	pq_begintypsend(&buf);
	if (num.kind != NUM_FINITE)
	{
		pq_sendint16(&buf, 0);
		pq_sendint16(&buf, 0);
		pq_sendint16(&buf, num.kind == NUM_NAN ? WIRE_NAN : num.kind == NUM_INF ? WIRE_INF : WIRE_NEG_INF);
		pq_sendint16(&buf, 0);
		PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
	}
	text = num_to_string(&num);
	if (*text == '-')
		text++;
	point = strchr(text, '.');
	whole = point ? (int) (point - text) : (int) strlen(text);
	if (point)
		memmove(point, point + 1, strlen(point));
	total = (int) strlen(text);
	/* groups of four digits aligned at the point; group g holds positions whole-4*(g+1) .. whole-4*g-1 */
	weight = (whole + 3) / 4 - 1;
	{
		int groups = weight + 1 + (total - whole + 3) / 4;
		int16 *values = palloc_array(int16, groups + 1);

		for (int g = 0; g < groups; g++)
		{
			int value = 0;

			for (int k = 0; k < 4; k++)
			{
				int at = whole - 4 * (weight + 1 - g) + k;

				value = value * 10 + (at >= 0 && at < total ? text[at] - '0' : 0);
			}
			values[g] = (int16) value;
		}
		for (first = 0; first < groups && values[first] == 0; first++)
			;
		for (last = groups; last > first && values[last - 1] == 0; last--)
			;
		pq_sendint16(&buf, (uint16) (last - first));
		pq_sendint16(&buf, (uint16) (last > first ? weight - first : 0));
		pq_sendint16(&buf, num_sign(&num) < 0 ? WIRE_NEGATIVE : 0);
		pq_sendint16(&buf, (uint16) num.scale);
		for (int g = first; g < last; g++)
			pq_sendint16(&buf, (uint16) values[g]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

static void pg_attribute_noreturn()
bad_external(const char *what)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			errmsg("invalid %s in external \"numeric\" value", what));
}

Datum
numeric_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int count = (uint16) pq_getmsgint(buf, 2);
	int weight = (int16) pq_getmsgint(buf, 2);
	int sign = (uint16) pq_getmsgint(buf, 2);
	int scale = (uint16) pq_getmsgint(buf, 2);
	StringInfoData text;
	const char *end;
	Num num;

	if (sign == WIRE_NAN || sign == WIRE_INF || sign == WIRE_NEG_INF)
	{
		num_set_special(&num, sign == WIRE_NAN ? NUM_NAN : sign == WIRE_INF ? NUM_INF : NUM_NEG_INF);
		num_apply_typmod(&num, PG_GETARG_INT32(2));
		PG_RETURN_NUMERIC(num_pack(&num));
	}
	if (sign != 0 && sign != WIRE_NEGATIVE)
		bad_external("sign");
	if (scale & ~NUMERIC_SCALE_MASK)
		bad_external("scale");
	initStringInfo(&text);
	appendStringInfoString(&text, sign ? "-0" : "0");
	for (int i = 0; i < count; i++)
	{
		int digit = (int16) pq_getmsgint(buf, 2);

		if (digit < 0 || digit > 9999)
			bad_external("digit");
		appendStringInfo(&text, "%04d", digit);
	}
	/* the integer made of all groups, times 10000^(weight - count + 1) */
	appendStringInfo(&text, "e%d", 4 * (weight - count + 1));
	if (!num_parse(text.data, &num, &end))
		bad_external("digit");
	num_trunc(&num, scale);
	num_apply_typmod(&num, PG_GETARG_INT32(2));
	PG_RETURN_NUMERIC(num_pack(&num));
}

/* The cast that applies a length. */
Datum
numeric(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	num_apply_typmod(&num, PG_GETARG_INT32(1));
	PG_RETURN_NUMERIC(num_pack(&num));
}

/* ---- operations on all values */
void
numeric_op_add(Num *result, const Num *a, const Num *b)
{
	if (likely(num_is_finite(a) && num_is_finite(b)))
		num_add(result, a, b);
	else if (a->kind == NUM_NAN || b->kind == NUM_NAN || (!num_is_finite(a) && !num_is_finite(b) && a->kind != b->kind))
		num_set_special(result, NUM_NAN);
	else
		num_set_special(result, num_is_finite(a) ? b->kind : a->kind);
}

void
numeric_op_sub(Num *result, const Num *a, const Num *b)
{
	Num negated = *b;

	num_negate(&negated);
	numeric_op_add(result, a, &negated);
}

void
numeric_op_mul(Num *result, const Num *a, const Num *b)
{
	if (likely(num_is_finite(a) && num_is_finite(b)))
	{
		num_mul(result, a, b);
		if (unlikely(result->scale > NUMERIC_MAX_STORED_SCALE))
			num_round(result, NUMERIC_MAX_STORED_SCALE);
	}
	else if (a->kind == NUM_NAN || b->kind == NUM_NAN || num_sign(a) == 0 || num_sign(b) == 0)
		num_set_special(result, NUM_NAN);
	else
		num_set_special(result, num_sign(a) == num_sign(b) ? NUM_INF : NUM_NEG_INF);
}

/* Quotients that involve NaN or an infinity; true when it was one. */
static bool
divide_special(Num *result, const Num *a, const Num *b)
{
	if (likely(num_is_finite(a) && num_is_finite(b)))
		return false;
	if (a->kind == NUM_NAN || b->kind == NUM_NAN)
		num_set_special(result, NUM_NAN);
	else if (num_is_finite(a))
		num_set_int(result, 0, 0);
	else if (!num_is_finite(b))
		num_set_special(result, NUM_NAN);
	else if (num_sign(b) == 0)
		numeric_division_by_zero();
	else
		num_set_special(result, num_sign(a) == num_sign(b) ? NUM_INF : NUM_NEG_INF);
	return true;
}

void
numeric_op_div(Num *result, const Num *a, const Num *b)
{
	if (divide_special(result, a, b))
		return;
	if (num_sign(b) == 0)
		numeric_division_by_zero();
	num_div(result, a, b, num_div_scale(a, b), true);
}

static void
numeric_op_mod(Num *result, const Num *a, const Num *b)
{
	if (unlikely(!num_is_finite(a) || !num_is_finite(b)))
	{
		if (a->kind == NUM_NAN || b->kind == NUM_NAN)
			num_set_special(result, NUM_NAN);
		else if (!num_is_finite(a))
		{
			if (num_is_finite(b) && num_sign(b) == 0)
				numeric_division_by_zero();
			num_set_special(result, NUM_NAN);
		}
		else
			*result = *a;
		return;
	}
	if (num_sign(b) == 0)
		numeric_division_by_zero();
	num_rem(result, a, b);
}

static void
numeric_op_div_trunc(Num *result, const Num *a, const Num *b)
{
	if (divide_special(result, a, b))
		return;
	if (num_sign(b) == 0)
		numeric_division_by_zero();
	num_div(result, a, b, 0, false);
}

typedef void (*NumOperation)(Num *result, const Num *a, const Num *b);

static Datum
binary_op(FunctionCallInfo fcinfo, NumOperation operation)
{
	Num a = arg_num(fcinfo, 0);
	Num b = arg_num(fcinfo, 1);
	Num result;

	operation(&result, &a, &b);
	PG_RETURN_NUMERIC(num_pack(&result));
}

Datum
numeric_add(PG_FUNCTION_ARGS)
{
	return binary_op(fcinfo, numeric_op_add);
}

Datum
numeric_sub(PG_FUNCTION_ARGS)
{
	return binary_op(fcinfo, numeric_op_sub);
}

Datum
numeric_mul(PG_FUNCTION_ARGS)
{
	return binary_op(fcinfo, numeric_op_mul);
}

Datum
numeric_div(PG_FUNCTION_ARGS)
{
	return binary_op(fcinfo, numeric_op_div);
}

Datum
numeric_mod(PG_FUNCTION_ARGS)
{
	return binary_op(fcinfo, numeric_op_mod);
}

Datum
numeric_div_trunc(PG_FUNCTION_ARGS)
{
	return binary_op(fcinfo, numeric_op_div_trunc);
}

/* For callers that want a flag instead of an error; have_error NULL raises. */
static Numeric
op_opt_error(Numeric num1, Numeric num2, bool *have_error, NumOperation operation, bool divides)
{
	Num a;
	Num b;
	Num result;

	num_read(&a, num1);
	num_read(&b, num2);
	if (have_error)
	{
		*have_error = divides && num_is_finite(&b) && num_sign(&b) == 0 && a.kind != NUM_NAN;
		if (*have_error)
			return NULL;
	}
	operation(&result, &a, &b);
	return num_pack(&result);
}

Numeric
numeric_add_opt_error(Numeric num1, Numeric num2, bool *have_error)
{
	return op_opt_error(num1, num2, have_error, numeric_op_add, false);
}

Numeric
numeric_sub_opt_error(Numeric num1, Numeric num2, bool *have_error)
{
	return op_opt_error(num1, num2, have_error, numeric_op_sub, false);
}

Numeric
numeric_mul_opt_error(Numeric num1, Numeric num2, bool *have_error)
{
	return op_opt_error(num1, num2, have_error, numeric_op_mul, false);
}

Numeric
numeric_div_opt_error(Numeric num1, Numeric num2, bool *have_error)
{
	return op_opt_error(num1, num2, have_error, numeric_op_div, true);
}

Numeric
numeric_mod_opt_error(Numeric num1, Numeric num2, bool *have_error)
{
	return op_opt_error(num1, num2, have_error, numeric_op_mod, true);
}

/* ---- comparison and hashing */
static int
compare_args(FunctionCallInfo fcinfo)
{
	Num a = arg_num(fcinfo, 0);
	Num b = arg_num(fcinfo, 1);

	return num_compare(&a, &b);
}

Datum
numeric_cmp(PG_FUNCTION_ARGS)
{
	int result = compare_args(fcinfo);

	PG_RETURN_INT32((result > 0) - (result < 0));
}

COMPARISON_OPERATORS(numeric_, , compare_args(fcinfo), 0)

Datum
numeric_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(compare_args(fcinfo) >= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

Datum
numeric_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(compare_args(fcinfo) <= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

/* What equal values have in common: the number without trailing zeros. Specials hash by kind. */
static Numeric
hash_key(FunctionCallInfo fcinfo)
{
	Num num = arg_num(fcinfo, 0);

	if (num.kind == NUM_FINITE)
		num_round(&num, num_min_scale(&num));
	return num_pack(&num);
}

Datum
hash_numeric(PG_FUNCTION_ARGS)
{
	Numeric key = hash_key(fcinfo);

	return hash_any((unsigned char *) VARDATA(key), (int) (VARSIZE(key) - VARHDRSZ));
}

Datum
hash_numeric_extended(PG_FUNCTION_ARGS)
{
	Numeric key = hash_key(fcinfo);

	return hash_any_extended((unsigned char *) VARDATA(key), (int) (VARSIZE(key) - VARHDRSZ),
							 (uint64) PG_GETARG_INT64(1));
}

/* ---- sign, rounding */
Datum
numeric_abs(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	if (num_sign(&num) < 0)
		num_negate(&num);
	PG_RETURN_NUMERIC(num_pack(&num));
}

Datum
numeric_uminus(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	num_negate(&num);
	PG_RETURN_NUMERIC(num_pack(&num));
}

Datum
numeric_uplus(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(PG_GETARG_NUMERIC_COPY(0));
}

Datum
numeric_sign(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	if (num.kind != NUM_NAN)
		num_set_int(&num, num_sign(&num), 0);
	PG_RETURN_NUMERIC(num_pack(&num));
}

static int
rounding_scale(FunctionCallInfo fcinfo)
{
	int32 scale = PG_GETARG_INT32(1);

	return Min(Max(scale, -NUMERIC_MAX_RESULT_SCALE), NUMERIC_MAX_RESULT_SCALE);
}

Datum
numeric_round(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	if (num.kind == NUM_FINITE)
		num_round(&num, rounding_scale(fcinfo));
	PG_RETURN_NUMERIC(num_pack(&num));
}

Datum
numeric_trunc(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	if (num.kind == NUM_FINITE)
		num_trunc(&num, rounding_scale(fcinfo));
	PG_RETURN_NUMERIC(num_pack(&num));
}

/* The whole number next to num in the direction of sign. */
static void
round_toward(Num *num, int sign)
{
	Num whole = *num;
	Num one;

	if (num->kind != NUM_FINITE)
		return;
	num_trunc(&whole, 0);
	if (num_sign(num) == sign && num_compare(num, &whole) != 0)
	{
		num_set_int(&one, sign, 0);
		num_add(&whole, &whole, &one);
	}
	*num = whole;
}

Datum
numeric_ceil(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	round_toward(&num, 1);
	PG_RETURN_NUMERIC(num_pack(&num));
}

Datum
numeric_floor(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	round_toward(&num, -1);
	PG_RETURN_NUMERIC(num_pack(&num));
}

Datum
numeric_inc(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);
	Num one;

	num_set_int(&one, 1, 0);
	numeric_op_add(&num, &num, &one);
	PG_RETURN_NUMERIC(num_pack(&num));
}

Datum
numeric_scale(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	if (num.kind != NUM_FINITE)
		PG_RETURN_NULL();
	PG_RETURN_INT32(num.scale);
}

Datum
numeric_min_scale(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	if (num.kind != NUM_FINITE)
		PG_RETURN_NULL();
	PG_RETURN_INT32(num_min_scale(&num));
}

Datum
numeric_trim_scale(PG_FUNCTION_ARGS)
{
	Num num = arg_num(fcinfo, 0);

	if (num.kind == NUM_FINITE)
		num_round(&num, num_min_scale(&num));
	PG_RETURN_NUMERIC(num_pack(&num));
}

bool
numeric_is_nan(Numeric value)
{
	Num num;

	num_read(&num, value);
	return num.kind == NUM_NAN;
}

bool
numeric_is_inf(Numeric value)
{
	Num num;

	num_read(&num, value);
	return num.kind == NUM_INF || num.kind == NUM_NEG_INF;
}
