/*
 * name.c
 *    name: identifiers of up to 63 bytes, zero-padded to a fixed length.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

/* Copies, cut at a character boundary, and pads with zeros. */
static void
name_fill(Name name, const char *str, int len)
{
	if (len >= NAMEDATALEN)
		len = pg_mbcliplen(str, len, NAMEDATALEN - 1);
	memcpy(NameStr(*name), str, (size_t) len);
	memset(NameStr(*name) + len, 0, (size_t) (NAMEDATALEN - len));
}

void
namestrcpy(Name name, const char *str)
{
	size_t len = strnlen(str, NAMEDATALEN - 1);

	memcpy(NameStr(*name), str, len);
	memset(NameStr(*name) + len, 0, NAMEDATALEN - len);
}

int
namestrcmp(Name name, const char *str)
{
	if (name == NULL || str == NULL)
		return (name != NULL) - (str != NULL);
	return strncmp(NameStr(*name), str, NAMEDATALEN);
}

Datum
namein(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Name result = palloc(NAMEDATALEN);

	name_fill(result, s, (int) strlen(s));
	PG_RETURN_NAME(result);
}

Datum
nameout(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(pstrdup(NameStr(*PG_GETARG_NAME(0))));
}

Datum
namerecv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int nbytes;
	char *str = pq_getmsgtext(buf, buf->len - buf->cursor, &nbytes);
	Name result;

	if (nbytes >= NAMEDATALEN)
		ereport(ERROR, errcode(ERRCODE_NAME_TOO_LONG), errmsg("identifier too long"),
				errdetail("Identifier must be less than %d characters.", NAMEDATALEN));
	result = palloc(NAMEDATALEN);
	name_fill(result, str, nbytes);
	PG_RETURN_NAME(result);
}

Datum
namesend(PG_FUNCTION_ARGS)
{
	const char *s = NameStr(*PG_GETARG_NAME(0));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendtext(&buf, s, (int) strlen(s));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* name_OID, cutting the name so that the result fits: names of automatically made objects. */
Datum
nameconcatoid(PG_FUNCTION_ARGS)
{
	const char *name = NameStr(*PG_GETARG_NAME(0));
	char suffix[16];
	int suffix_len = snprintf(suffix, sizeof(suffix), "_%u", PG_GETARG_OID(1));
	int name_len = (int) strlen(name);
	Name result = palloc0(NAMEDATALEN);

	if (name_len + suffix_len >= NAMEDATALEN)
		name_len = pg_mbcliplen(name, name_len, NAMEDATALEN - 1 - suffix_len);
	memcpy(NameStr(*result), name, (size_t) name_len);
	memcpy(NameStr(*result) + name_len, suffix, (size_t) suffix_len);
	PG_RETURN_NAME(result);
}
