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
