/*
 * uuid.c
 *    uuid: 16 bytes, compared as such. Written in groups of 8-4-4-4-12 digits; read with hyphens after any four digits,
 *    and braces around.
 */
#include "postgres.h"

#include <sys/random.h>

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "types/comparison.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

static void pg_attribute_noreturn()
bad_uuid(const char *input)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			errmsg("invalid input syntax for type %s: \"%s\"", "uuid", input));
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char) (c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

Datum
uuid_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	const char *s = input;
	pg_uuid_t *uuid = palloc_object(pg_uuid_t);
	bool braces = *s == '{';

	if (braces)
		s++;
	for (int i = 0; i < UUID_LEN; i++)
	{
		int high = hex_value(s[0]);
		int low = high < 0 ? -1 : hex_value(s[1]);

		if (low < 0)
			bad_uuid(input);
		uuid->data[i] = (unsigned char) (high << 4 | low);
		s += 2;
		if (*s == '-' && i % 2 == 1 && i < UUID_LEN - 1)
			s++;
	}
	if (braces && *s++ != '}')
		bad_uuid(input);
	if (*s != '\0')
		bad_uuid(input);
	PG_RETURN_UUID_P(uuid);
}

Datum
uuid_out(PG_FUNCTION_ARGS)
{
	static const char digits[] = "0123456789abcdef";
	pg_uuid_t *uuid = PG_GETARG_UUID_P(0);
	char *result = palloc(2 * UUID_LEN + 5);
	char *out = result;

	for (int i = 0; i < UUID_LEN; i++)
	{
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		*out++ = digits[uuid->data[i] >> 4];
		*out++ = digits[uuid->data[i] & 15];
	}
	*out = '\0';
	PG_RETURN_CSTRING(result);
}

Datum
uuid_recv(PG_FUNCTION_ARGS)
{
	pg_uuid_t *uuid = palloc_object(pg_uuid_t);

	pq_copymsgbytes((StringInfo) PG_GETARG_POINTER(0), (char *) uuid->data, UUID_LEN);
	PG_RETURN_UUID_P(uuid);
}

Datum
uuid_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, (char *) PG_GETARG_UUID_P(0)->data, UUID_LEN);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Version 4: random but for the version and variant bits. */
Datum
gen_random_uuid(PG_FUNCTION_ARGS)
{
	pg_uuid_t *uuid = palloc_object(pg_uuid_t);

	if (getrandom(uuid->data, UUID_LEN, 0) != UUID_LEN)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values"));
	uuid->data[6] = (unsigned char) ((uuid->data[6] & 0x0f) | 0x40);
	uuid->data[8] = (unsigned char) ((uuid->data[8] & 0x3f) | 0x80);
	PG_RETURN_UUID_P(uuid);
}

static int
uuid_compare(FunctionCallInfo fcinfo)
{
	return memcmp(PG_GETARG_UUID_P(0)->data, PG_GETARG_UUID_P(1)->data, UUID_LEN);
}

Datum
uuid_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(uuid_compare(fcinfo));
}

COMPARISON_OPERATORS(uuid_, , uuid_compare(fcinfo), 0)

Datum
uuid_hash(PG_FUNCTION_ARGS)
{
	return hash_any(PG_GETARG_UUID_P(0)->data, UUID_LEN);
}

Datum
uuid_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended(PG_GETARG_UUID_P(0)->data, UUID_LEN, (uint64) PG_GETARG_INT64(1));
}
