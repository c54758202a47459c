/*
 * value.c
 *    Making value nodes. Strings are not copied: the node points to its argument.
 */
#include "postgres.h"

#include "nodes/value.h"

Integer *
makeInteger(int i)
{
	Integer *v = makeNode(Integer);

	v->ival = i;
	return v;
}

Float *
makeFloat(char *numericStr)
{
	Float *v = makeNode(Float);

	v->fval = numericStr;
	return v;
}

Boolean *
makeBoolean(bool val)
{
	Boolean *v = makeNode(Boolean);

	v->boolval = val;
	return v;
}

String *
makeString(char *str)
{
	String *v = makeNode(String);

	v->sval = str;
	return v;
}

BitString *
makeBitString(char *str)
{
	BitString *v = makeNode(BitString);

	v->bsval = str;
	return v;
}
