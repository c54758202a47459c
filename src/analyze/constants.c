/*
 * constants.c
 *    Literals to Const nodes.
 *
 * An integer is int4 if it fits, else int8, else numeric; anything with a point or exponent is numeric; a string is
 * of type unknown until its surroundings tell.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

/* All digits, and in the range of int8? */
static bool
fits_int8(const char *digits, int64 *value)
{
	char *end;

	errno = 0;
	*value = strtoll(digits, &end, 10);
	return errno == 0 && *end == '\0';
}

static Const *
make_float_const(ParseState *pstate, A_Const *aconst)
{
	const char *text = aconst->val.fval.fval;
	ParseCallbackState pcbstate;
	int64 wide;
	Datum value;

	if (fits_int8(text, &wide))
	{
		/* The scanner calls an integer Float if it overflows int4, which a sign may have been meant to prevent. */
		if (wide >= PG_INT32_MIN && wide <= PG_INT32_MAX)
			return makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum((int32) wide), false, true);
		return makeConst(INT8OID, -1, InvalidOid, sizeof(int64), Int64GetDatum(wide), false, true);
	}
	setup_parser_errposition_callback(&pcbstate, pstate, aconst->location);
	value = DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	cancel_parser_errposition_callback(&pcbstate);
	return makeConst(NUMERICOID, -1, InvalidOid, -1, value, false, false);
}

static Const *
make_bit_const(ParseState *pstate, A_Const *aconst)
{
	ParseCallbackState pcbstate;
	Datum value;

	setup_parser_errposition_callback(&pcbstate, pstate, aconst->location);
	value = DirectFunctionCall3(bit_in, CStringGetDatum(aconst->val.bsval.bsval), ObjectIdGetDatum(InvalidOid),
								Int32GetDatum(-1));
	cancel_parser_errposition_callback(&pcbstate);
	return makeConst(BITOID, -1, InvalidOid, -1, value, false, false);
}

Const *
make_const(ParseState *pstate, A_Const *aconst)
{
	Const *c;

	if (aconst->isnull)
		c = makeConst(UNKNOWNOID, -1, InvalidOid, -2, (Datum) 0, true, false);
	else
		switch (nodeTag(&aconst->val))
		{
			case T_Integer:
				c = makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(aconst->val.ival.ival), false,
							  true);
				break;
			case T_Float:
				c = make_float_const(pstate, aconst);
				break;
			case T_Boolean:
				c = (Const *) makeBoolConst(aconst->val.boolval.boolval, false);
				break;
			case T_String:
				c = makeConst(UNKNOWNOID, -1, InvalidOid, -2, CStringGetDatum(aconst->val.sval.sval), false, false);
				break;
			case T_BitString:
				c = make_bit_const(pstate, aconst);
				break;
			default:
				elog(ERROR, "unrecognized literal of node type %d", (int) nodeTag(&aconst->val));
				return NULL;
		}
	c->location = aconst->location;
	return c;
}
