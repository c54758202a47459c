/* The argument is evaluated more than once. */
#define IsPolymorphicTypeFamily1(t)                                                                                    \
	((t) == ANYELEMENTOID || (t) == ANYARRAYOID || (t) == ANYNONARRAYOID || (t) == ANYENUMOID || (t) == ANYRANGEOID || \
	 (t) == ANYMULTIRANGEOID)
#define IsPolymorphicTypeFamily2(t)                                                                          \
	((t) == ANYCOMPATIBLEOID || (t) == ANYCOMPATIBLEARRAYOID || (t) == ANYCOMPATIBLENONARRAYOID ||           \
	 (t) == ANYCOMPATIBLERANGEOID || (t) == ANYCOMPATIBLEMULTIRANGEOID)
#define IsPolymorphicType(t) (IsPolymorphicTypeFamily1(t) || IsPolymorphicTypeFamily2(t))
/* A true array: made of elements by the general array code (not a fixed-length pseudo-array such as point). */
#define IsTrueArrayType(typeForm) (OidIsValid((typeForm)->typelem) && (typeForm)->typsubscript == 6179 /* array_subscript_handler */)
#define CASHOID MONEYOID
#define LSNOID PG_LSNOID
#include "catalog/objectaddress.h"

/* What CREATE TYPE and its kin put into pg_type; zero fields have the natural meaning. */
typedef struct TypeSpec
{
	Oid oid; /* 0: a new one */
	const char *name;
	Oid namespace;
	Oid relation;
	char relation_kind;
	Oid owner;
	int16 length;
	char type;
	char category;
	bool preferred;
	char delimiter;
	Oid input;
	Oid output;
	Oid receive;
	Oid send;
	Oid typmodin;
	Oid typmodout;
	Oid analyze;
	Oid subscript;
	Oid element;
	bool is_implicit_array;
	Oid array;
	Oid base;
	const char *default_text;
	const char *default_binary; /* nodeToString */
	bool byval;
	char align;
	char storage;
	int32 typmod;
	int32 ndims;
	bool notnull;
	Oid collation;
} TypeSpec;
extern ObjectAddress type_create(const TypeSpec *spec);
/* A relation's row type, and the array type over it. */
extern ObjectAddress type_create_rowtype(const char *relname, Oid relnamespace, Oid relid, char relkind, Oid owner, Oid typeoid);
/* The array type over a type just made (array_oid was noted in its row). */
extern Oid type_create_array(const char *name, Oid namespace, Oid element, Oid array_oid, char align, Oid owner, char delimiter, Oid collation);
extern Oid AssignTypeArrayOid(void);
extern char *makeArrayTypeName(const char *typeName, Oid typeNamespace);
extern bool moveArrayTypeName(Oid typeOid, const char *typeName, Oid typeNamespace);
extern void RenameTypeInternal(Oid typeOid, const char *newTypeName, Oid typeNamespace);
extern void RemoveTypeById(Oid typeOid);
