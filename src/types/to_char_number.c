/*
 * to_char_number.c
 *    to_char() of numbers: patterns of 9, 0, point, separators and signs.
 *
 * The number is rounded to the pattern's decimals and its digits laid out right-aligned in the digit positions before the
 * point. A sign that has no place of its own stands directly before the first character shown.
 */
#include "postgres.h"

#include <ctype.h>
#include <math.h>

#include "lib/stringinfo.h"
#include "types/numeric.h"
#include "types/text.h"
#include "utils/float.h"

typedef enum SignPlace
{
	SIGN_DEFAULT,
	SIGN_BEFORE, /* S in front */
	SIGN_AFTER,	 /* S behind */
	SIGN_IN_PLACE, /* MI, PL, SG */
	SIGN_BRACKETS  /* PR */
} SignPlace;

typedef struct NumberPattern
{
	bool fill_mode;
	int pre;		/* digit positions before the point */
	int post;		/* and behind it */
	int zero_start; /* first position before the point that shows zeros; pre when none does */
	int last_post_zero; /* positions behind the point up to which FM keeps zeros */
	int multiply;	/* digits behind V */
	bool roman;
	bool scientific;
	SignPlace sign;
} NumberPattern;

static bool
starts(const char *s, const char *word)
{
	return strncasecmp(s, word, strlen(word)) == 0;
}

/* First pass: what the pattern as a whole says. */
static void
scan_pattern(const char *s, NumberPattern *p)
{
	bool behind_point = false;
	bool behind_v = false;

	memset(p, 0, sizeof(*p));
	p->zero_start = -1;
	while (*s)
	{
		if (*s == '"')
		{
			for (s++; *s && *s != '"'; s++)
				;
			s += *s == '"';
		}
		else if (*s == '\\' && s[1])
			s += 2;
		else if (starts(s, "FM"))
		{
			p->fill_mode = true;
			s += 2;
		}
		else if (starts(s, "EEEE"))
		{
			p->scientific = true;
			s += 4;
		}
		else if (starts(s, "RN"))
		{
			p->roman = true;
			s += 2;
		}
		else if (starts(s, "MI") || starts(s, "PL") || starts(s, "SG"))
		{
			p->sign = SIGN_IN_PLACE;
			s += 2;
		}
		else if (starts(s, "PR"))
		{
			p->sign = SIGN_BRACKETS;
			s += 2;
		}
		else
		{
			switch (*s)
			{
				case '9':
				case '0':
					if (behind_v)
						p->multiply++;
					if (behind_point)
					{
						p->post++;
						if (*s == '0')
							p->last_post_zero = p->post;
					}
					else
					{
						if (*s == '0' && p->zero_start < 0)
							p->zero_start = p->pre;
						p->pre++;
					}
					break;
				case '.':
				case 'D':
				case 'd':
					if (behind_point)
						ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("multiple decimal points"));
					behind_point = true;
					break;
				case 'V':
				case 'v':
					behind_v = true;
					break;
				case 'S':
				case 's':
					p->sign = p->pre + p->post > 0 ? SIGN_AFTER : SIGN_BEFORE;
					break;
			}
			s++;
		}
	}
	if (p->zero_start < 0)
		p->zero_start = p->pre;
}

/* The number's digits. */
typedef struct NumberDigits
{
	const char *whole; /* without leading zeros: empty for 0 */
	int whole_len;
	const char *fraction; /* post digits */
	bool negative;
	bool overflow;
	const char *special; /* NaN, Infinity: shown as they are */
} NumberDigits;

typedef struct NumberOutput
{
	StringInfoData out;
	const NumberPattern *p;
	const NumberDigits *d;
	bool started; /* the first digit (or the point) has been written */
} NumberOutput;

/* To be called before the first character of the number proper. */
static void
start_number(NumberOutput *o)
{
	if (o->started)
		return;
	o->started = true;
	switch (o->p->sign)
	{
		case SIGN_DEFAULT:
			if (o->d->negative)
				appendStringInfoChar(&o->out, '-');
			else if (!o->p->fill_mode)
				appendStringInfoChar(&o->out, ' ');
			break;
		case SIGN_BEFORE:
			appendStringInfoChar(&o->out, o->d->negative ? '-' : '+');
			break;
		case SIGN_BRACKETS:
			if (o->d->negative)
				appendStringInfoChar(&o->out, '<');
			else if (!o->p->fill_mode)
				appendStringInfoChar(&o->out, ' ');
			break;
		default:
			break;
	}
}

static void
put_whole_position(NumberOutput *o, int position)
{
	int k = position - (o->p->pre - o->d->whole_len);

	if (o->d->overflow)
	{
		start_number(o);
		appendStringInfoChar(&o->out, '#');
	}
	else if (k >= 0)
	{
		start_number(o);
		appendStringInfoChar(&o->out, o->d->whole[k]);
	}
	else if (position >= o->p->zero_start || (o->p->post == 0 && position == o->p->pre - 1))
	{
		start_number(o);
		appendStringInfoChar(&o->out, '0');
	}
	else if (!o->p->fill_mode)
		appendStringInfoChar(&o->out, ' ');
}

/* 1st, 2nd, 3rd, 4th, 11th */
static const char *
ordinal_suffix(const NumberDigits *d)
{
	char last = d->whole_len > 0 ? d->whole[d->whole_len - 1] : '0';

	if (d->whole_len > 1 && d->whole[d->whole_len - 2] == '1')
		return "th";
	return last == '1' ? "st" : last == '2' ? "nd" : last == '3' ? "rd" : "th";
}

static char *
layout(const char *pattern, const NumberPattern *p, const NumberDigits *d)
{
	NumberOutput o = {.p = p, .d = d};
	int position = 0;
	int behind = 0;
	int shown = p->post; /* decimals shown: FM drops trailing zeros that only 9s stand for */
	bool behind_point = false;

	initStringInfo(&o.out);
	while (p->fill_mode && shown > p->last_post_zero && !d->overflow && d->fraction[shown - 1] == '0')
		shown--;
	for (const char *s = pattern; *s;)
	{
		if (*s == '"')
		{
			for (s++; *s && *s != '"'; s++)
				appendStringInfoChar(&o.out, *s);
			s += *s == '"';
			continue;
		}
		if (*s == '\\' && s[1])
		{
			appendStringInfoChar(&o.out, s[1]);
			s += 2;
			continue;
		}
		if (starts(s, "FM"))
		{
			s += 2;
			continue;
		}
		if (starts(s, "MI") || starts(s, "SG") || starts(s, "PL"))
		{
			if (starts(s, "SG"))
				appendStringInfoChar(&o.out, d->negative ? '-' : '+');
			else if (starts(s, "MI") ? d->negative : !d->negative)
				appendStringInfoChar(&o.out, starts(s, "MI") ? '-' : '+');
			else if (!p->fill_mode)
				appendStringInfoChar(&o.out, ' ');
			s += 2;
			continue;
		}
		if (starts(s, "PR"))
		{
			if (d->negative)
				appendStringInfoChar(&o.out, '>');
			else if (!p->fill_mode)
				appendStringInfoChar(&o.out, ' ');
			s += 2;
			continue;
		}
		if (starts(s, "TH"))
		{
			if (!d->negative && p->post == 0)
			{
				const char *suffix = ordinal_suffix(d);

				for (int i = 0; i < 2; i++)
					appendStringInfoChar(&o.out, (char) (*s == 'T' ? toupper(suffix[i]) : suffix[i]));
			}
			s += 2;
			continue;
		}
		switch (*s)
		{
			case '9':
			case '0':
				if (behind_point)
				{
					if (behind < shown)
						appendStringInfoChar(&o.out, d->overflow ? '#' : d->fraction[behind]);
					behind++;
				}
				else
					put_whole_position(&o, position++);
				break;
			case '.':
			case 'D':
			case 'd':
				start_number(&o);
				behind_point = true;
				appendStringInfoChar(&o.out, '.');
				break;
			case ',':
			case 'G':
			case 'g':
				if (o.started)
					appendStringInfoChar(&o.out, ',');
				else if (!p->fill_mode)
					appendStringInfoChar(&o.out, ' ');
				break;
			case 'L':
			case 'l':
				if (!p->fill_mode)
					appendStringInfoChar(&o.out, ' ');
				break;
			case 'V':
			case 'v':
				break;
			case 'S':
			case 's':
				if (p->sign == SIGN_AFTER)
					appendStringInfoChar(&o.out, d->negative ? '-' : '+');
				break;
			default:
				appendStringInfoChar(&o.out, *s);
				break;
		}
		s++;
	}
	return o.out.data;
}

static char *
roman(int n, bool fill_mode)
{
	static const struct
	{
		int value;
		const char *letters;
	} parts[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
				 {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},	{4, "IV"},	{1, "I"}};
	StringInfoData out;

	if (n < 1 || n > 3999)
		return pstrdup("###############");
	initStringInfo(&out);
	for (size_t i = 0; i < lengthof(parts); i++)
	{
		for (; n >= parts[i].value; n -= parts[i].value)
			appendStringInfoString(&out, parts[i].letters);
	}
	return fill_mode ? out.data : psprintf("%15s", out.data);
}

static text *
format_number(Num num, text *format)
{
	char *pattern = text_to_cstring(format);
	NumberPattern p;
	NumberDigits d = {0};
	char *digits;
	char *point;

	if (*pattern == '\0')
		return cstring_to_text("");
	scan_pattern(pattern, &p);
	if (p.roman)
	{
		int128 n = 0;

		return cstring_to_text(roman(num.kind == NUM_FINITE && num_to_int128(&num, &n) && n == (int) n ? (int) n : 0, p.fill_mode));
	}
	if (p.scientific)
	{
		char *s = numeric_out_sci(num_pack(&num), p.post);

		if (num.kind != NUM_FINITE)
		{
			char *hashes = palloc0((Size) p.pre + (Size) p.post + 7);

			memset(hashes, '#', (size_t) p.pre + (size_t) p.post + 6);
			*hashes = ' ';
			if (p.pre < (int) strlen(hashes))
				hashes[p.pre + 1] = '.';
			return cstring_to_text(hashes);
		}
		return cstring_to_text(*s == '-' ? s : psprintf(" %s", s));
	}
	if (num.kind != NUM_FINITE)
	{
		d.overflow = num.kind != NUM_NAN;
		d.negative = num.kind == NUM_NEG_INF;
		if (num.kind == NUM_NAN)
		{
			digits = "NaN";
			d.whole = digits;
			d.whole_len = 3;
			d.overflow = p.pre < 3;
			d.fraction = pstrdup("                                        ");
			return cstring_to_text(layout(pattern, &p, &d));
		}
		d.whole = d.fraction = "";
		return cstring_to_text(layout(pattern, &p, &d));
	}
	if (p.multiply > 0)
	{
		Num factor;

		num_set_int(&factor, 1, 0);
		num_round(&factor, p.multiply);
		factor.scale = 0;
		num_mul(&num, &num, &factor);
	}
	num_round(&num, p.post);
	d.negative = num_sign(&num) < 0;
	digits = num_to_string(&num);
	if (*digits == '-')
		digits++;
	point = strchr(digits, '.');
	d.fraction = point ? point + 1 : "";
	d.whole = digits;
	d.whole_len = (int) (point ? point - digits : (ptrdiff_t) strlen(digits));
	if (d.whole_len == 1 && *d.whole == '0')
		d.whole_len = 0;
	d.overflow = d.whole_len > p.pre;
	return cstring_to_text(layout(pattern, &p, &d));
}

Datum
numeric_to_char(PG_FUNCTION_ARGS)
{
	Num num;

	num_from_datum(&num, PG_GETARG_DATUM(0));
	PG_RETURN_TEXT_P(format_number(num, PG_GETARG_TEXT_PP(1)));
}

Datum
int4_to_char(PG_FUNCTION_ARGS)
{
	Num num;

	num_set_int(&num, PG_GETARG_INT32(0), 0);
	PG_RETURN_TEXT_P(format_number(num, PG_GETARG_TEXT_PP(1)));
}

Datum
int8_to_char(PG_FUNCTION_ARGS)
{
	Num num;

	num_set_int(&num, PG_GETARG_INT64(0), 0);
	PG_RETURN_TEXT_P(format_number(num, PG_GETARG_TEXT_PP(1)));
}

Datum
float4_to_char(PG_FUNCTION_ARGS)
{
	Num num;

	num_from_datum(&num, DirectFunctionCall1(float4_numeric, PG_GETARG_DATUM(0)));
	PG_RETURN_TEXT_P(format_number(num, PG_GETARG_TEXT_PP(1)));
}

Datum
float8_to_char(PG_FUNCTION_ARGS)
{
	Num num;

	num_from_datum(&num, DirectFunctionCall1(float8_numeric, PG_GETARG_DATUM(0)));
	PG_RETURN_TEXT_P(format_number(num, PG_GETARG_TEXT_PP(1)));
}

/* ---- to_number: the pattern says where digits may stand and what is to be skipped */
Datum
numeric_to_number(PG_FUNCTION_ARGS)
{
	char *input = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char *pattern = text_to_cstring(PG_GETARG_TEXT_PP(1));
	NumberPattern p;
	StringInfoData digits;
	const char *s = input;
	bool negative = false;
	bool behind_point = false;
	const char *end;
	Num num;

	if (*pattern == '\0')
		PG_RETURN_NULL();
	scan_pattern(pattern, &p);
	if (p.roman)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("\"RN\" not supported for input"));
	if (p.scientific)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("\"EEEE\" not supported for input"));
	initStringInfo(&digits);
	while (isspace((unsigned char) *s))
		s++;
	for (const char *f = pattern; *f; f++)
	{
		bool is_digit_place = *f == '9' || *f == '0';

		if (*s == '-' || *s == '+' || *s == '<')
		{
			negative = negative || *s == '-' || *s == '<';
			s++;
		}
		while (is_digit_place && *s == ' ')
			s++;
		if (is_digit_place)
		{
			if (isdigit((unsigned char) *s))
				appendStringInfoChar(&digits, *s++);
			else if (*s == '.' && !behind_point)
			{
				/* a point where the pattern has digits still: the rest of those is missing */
				while (*f == '9' || *f == '0' || *f == ',' || *f == 'G')
					f++;
				f--;
			}
		}
		else if (*f == '.' || *f == 'D' || *f == 'd')
		{
			behind_point = true;
			if (*s == '.')
			{
				appendStringInfoChar(&digits, '.');
				s++;
			}
		}
		else if (*f == ',' || *f == 'G' || *f == 'g')
		{
			if (*s == ',')
				s++;
		}
		else if (starts(f, "MI") || starts(f, "PL") || starts(f, "SG") || starts(f, "PR") || starts(f, "FM") || starts(f, "TH"))
		{
			if (starts(f, "TH") && isalpha((unsigned char) s[0]) && isalpha((unsigned char) s[1]))
				s += 2;
			f++;
		}
		else if (*f == 'S' || *f == 's' || *f == 'L' || *f == 'l')
		{
			if ((*f | 32) == 'l' && *s == ' ')
				s++;
		}
		else if (*f == '"')
		{
			for (f++; *f && *f != '"'; f++)
				s += *s != '\0';
			if (*f == '\0')
				break;
		}
		else if (*s)
			s++;
	}
	if (*s == '-')
		negative = true;
	if (!num_parse(digits.data, &num, &end))
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s: \"%s\"", "numeric", digits.len ? digits.data : " "));
	if (negative)
		num_negate(&num);
	if (p.multiply > 0)
	{
		Num factor;

		num_set_int(&factor, 1, 0);
		num_round(&factor, p.multiply);
		factor.scale = 0;
		numeric_op_div(&num, &num, &factor);
	}
	PG_RETURN_NUMERIC(num_pack(&num));
}
