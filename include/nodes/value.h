/*
 * nodes/value.h
 *    Literals as the grammar sees them, and strings in lists of names.
 *
 * A Float keeps its text (it may be a numeric, or an integer too big for int); a BitString keeps its leading b or x.
 */
#ifndef VALUE_H
#define VALUE_H

#include "nodes/nodes.h"

struct Integer
{
	NodeTag type;
	int ival;
};

struct Float
{
	NodeTag type;
	char *fval;
};

struct Boolean
{
	NodeTag type;
	bool boolval;
};

struct String
{
	NodeTag type;
	char *sval;
};

struct BitString
{
	NodeTag type;
	char *bsval;
};

#define intVal(v) (castNode(Integer, v)->ival)
#define floatVal(v) strtod(castNode(Float, v)->fval, NULL)
#define boolVal(v) (castNode(Boolean, v)->boolval)
#define strVal(v) (castNode(String, v)->sval)

extern Integer *makeInteger(int i);
extern Float *makeFloat(char *numericStr);
extern Boolean *makeBoolean(bool val);
extern String *makeString(char *str);
extern BitString *makeBitString(char *str);

#endif /* VALUE_H */
