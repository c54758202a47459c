/*
 * polymorphic.c
 *    anyelement and its family, and anycompatible and its family: binding them to actual types.
 *
 * Family one must agree exactly: one element type, with its array, range and multirange. Family two agrees on a common
 * type. Both are kept in one struct of bindings, and the roles (element, array, range, multirange) in one table.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "analyze/common_type.h"
#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

typedef enum PolyRole
{
	POLY_ELEMENT,
	POLY_ARRAY,
	POLY_RANGE,
	POLY_MULTIRANGE,
	POLY_ROLES
} PolyRole;

typedef struct PolyType
{
	Oid type;
	bool compatible;	/* second family */
	PolyRole role;
	bool nonarray;
	bool enumeration;
} PolyType;

static const PolyType poly_types[] = {
	{ANYELEMENTOID, false, POLY_ELEMENT, false, false},
	{ANYNONARRAYOID, false, POLY_ELEMENT, true, false},
	{ANYENUMOID, false, POLY_ELEMENT, false, true},
	{ANYARRAYOID, false, POLY_ARRAY, false, false},
	{ANYRANGEOID, false, POLY_RANGE, false, false},
	{ANYMULTIRANGEOID, false, POLY_MULTIRANGE, false, false},
	{ANYCOMPATIBLEOID, true, POLY_ELEMENT, false, false},
	{ANYCOMPATIBLENONARRAYOID, true, POLY_ELEMENT, true, false},
	{ANYCOMPATIBLEARRAYOID, true, POLY_ARRAY, false, false},
	{ANYCOMPATIBLERANGEOID, true, POLY_RANGE, false, false},
	{ANYCOMPATIBLEMULTIRANGEOID, true, POLY_MULTIRANGE, false, false},
};

/* What one family is bound to; InvalidOid = nothing yet. */
typedef struct PolyBinding
{
	Oid type[POLY_ROLES];
	bool seen;			/* some argument is of the family */
	bool unknown;		/* some such argument is an untyped literal */
	bool nonarray;
	bool enumeration;
	Oid *candidates;	/* second family: types that the common type must serve */
	int ncandidates;
} PolyBinding;

/* What a failed match says; fatal is false for the silent check. */
typedef struct PolyContext
{
	const Oid *actual;
	const Oid *declared;
	int nargs;
	bool fatal;
	bool allow_poly;	/* a polymorphic actual may stand for itself (CREATE FUNCTION's own checks) */
} PolyContext;

static const PolyType *
poly_type(Oid type)
{
	for (int i = 0; i < lengthof(poly_types); i++)
		if (poly_types[i].type == type)
			return &poly_types[i];
	return NULL;
}

bool
is_polymorphic_family_type(Oid type)
{
	return poly_type(type) != NULL;
}

static Oid
poly_oid(bool compatible, PolyRole role)
{
	for (int i = 0; i < lengthof(poly_types); i++)
		if (poly_types[i].compatible == compatible && poly_types[i].role == role)
			return poly_types[i].type;
	return InvalidOid;
}

static const char *
role_name(bool compatible, PolyRole role)
{
	return format_type_be(poly_oid(compatible, role));
}

/* The element type of an actual in a role; InvalidOid if it cannot have that role. */
static Oid
element_of(PolyRole role, Oid type)
{
	switch (role)
	{
		case POLY_ELEMENT:
			return type;
		case POLY_ARRAY:
			/* pg_statistic's columns are arrays of nobody knows what */
			return type == ANYARRAYOID ? ANYELEMENTOID : get_element_type(type);
		case POLY_RANGE:
			return get_range_subtype(type);
		case POLY_MULTIRANGE:
			{
				Oid range = get_multirange_range(type);

				return OidIsValid(range) ? get_range_subtype(range) : InvalidOid;
			}
		default:
			return InvalidOid;
	}
}

static bool
mismatch(const PolyContext *cx, const char *message, const char *detail)
{
	if (cx->fatal)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("%s", message),
				detail ? errdetail("%s", detail) : 0);
	return false;
}

static char *
versus(Oid a, Oid b)
{
	return psprintf("%s versus %s", format_type_be(a), format_type_be(b));
}

static void
add_candidate(PolyBinding *b, int nargs, Oid type)
{
	if (b->candidates == NULL)
		b->candidates = palloc((nargs + 1) * sizeof(Oid));
	b->candidates[b->ncandidates++] = type;
}

static bool
not_of_role(const PolyContext *cx, bool compatible, PolyRole role, Oid actual)
{
	const char *name = cx->fatal ? role_name(compatible, role) : "";
	const char *kind = role == POLY_ARRAY ? "an array" : role == POLY_RANGE ? "a range type" : "a multirange type";

	return mismatch(cx,
					cx->fatal ? psprintf("argument declared %s is not %s but type %s", name, kind,
										 format_type_be(actual)) : "",
					NULL);
}

/* Bind one argument. */
static bool
bind_argument(const PolyContext *cx, PolyBinding *b, const PolyType *poly, Oid actual)
{
	PolyRole role = poly->role;

	b->seen = true;
	b->nonarray |= poly->nonarray;
	b->enumeration |= poly->enumeration;
	if (actual == UNKNOWNOID)
	{
		b->unknown = true;
		return true;
	}
	if (cx->allow_poly && actual == poly->type)
		return true;
	if (role != POLY_ELEMENT)
		actual = getBaseType(actual);
	if (poly->compatible && (role == POLY_ELEMENT || role == POLY_ARRAY))
	{
		Oid element = element_of(role, actual);

		if (!OidIsValid(element))
			return not_of_role(cx, true, role, actual);
		add_candidate(b, cx->nargs, element);
		return true;
	}
	if (OidIsValid(b->type[role]) && b->type[role] != actual)
		return mismatch(cx,
						cx->fatal ? psprintf("arguments declared \"%s\" are not all alike",
											 role_name(poly->compatible, role)) : "",
						cx->fatal ? versus(b->type[role], actual) : NULL);
	b->type[role] = actual;
	return true;
}

static bool
bind_arguments(const PolyContext *cx, PolyBinding bindings[2])
{
	for (int i = 0; i < cx->nargs; i++)
	{
		const PolyType *poly = poly_type(cx->declared[i]);

		if (poly && !bind_argument(cx, &bindings[poly->compatible], poly, cx->actual[i]))
			return false;
	}
	return true;
}

/* The element type that array, range and multirange imply must be one, and the one bound. */
static bool
derive_element(const PolyContext *cx, PolyBinding *b)
{
	PolyRole source = POLY_ELEMENT;

	/* A multirange names its range. */
	if (OidIsValid(b->type[POLY_MULTIRANGE]))
	{
		Oid range = get_multirange_range(b->type[POLY_MULTIRANGE]);

		if (!OidIsValid(range))
			return not_of_role(cx, false, POLY_MULTIRANGE, b->type[POLY_MULTIRANGE]);
		if (OidIsValid(b->type[POLY_RANGE]) && b->type[POLY_RANGE] != range)
			return mismatch(cx,
							cx->fatal ? psprintf("argument declared %s is not consistent with argument declared %s",
												 "anymultirange", "anyrange") : "",
							cx->fatal ? versus(b->type[POLY_MULTIRANGE], b->type[POLY_RANGE]) : NULL);
		b->type[POLY_RANGE] = range;
	}
	for (PolyRole role = POLY_ARRAY; role <= POLY_RANGE; role++)
	{
		Oid element;

		if (!OidIsValid(b->type[role]))
			continue;
		element = element_of(role, b->type[role]);
		if (!OidIsValid(element))
			return not_of_role(cx, false, role, b->type[role]);
		if (!OidIsValid(b->type[POLY_ELEMENT]))
		{
			b->type[POLY_ELEMENT] = element;
			source = role;
		}
		else if (b->type[POLY_ELEMENT] != element)
			return mismatch(cx,
							cx->fatal ? psprintf("argument declared %s is not consistent with argument declared %s",
												 role_name(false, role), role_name(false, source)) : "",
							cx->fatal ? versus(b->type[role], b->type[source]) : NULL);
	}
	return true;
}

static bool
check_restrictions(const PolyContext *cx, const PolyBinding *b, bool compatible)
{
	Oid element = b->type[POLY_ELEMENT];

	if (!OidIsValid(element) || element == ANYELEMENTOID)
		return true;
	if (b->nonarray && type_is_array_domain(element))
		return mismatch(cx,
						cx->fatal ? psprintf("type matched to %s is an array type: %s",
											 compatible ? "anycompatiblenonarray" : "anynonarray",
											 format_type_be(element)) : "",
						NULL);
	if (b->enumeration && !type_is_enum(element))
		return mismatch(cx,
						cx->fatal ? psprintf("type matched to anyenum is not an enum type: %s",
											 format_type_be(element)) : "",
						NULL);
	return true;
}

static bool
resolve_exact(const PolyContext *cx, PolyBinding *b)
{
	if (!b->seen)
		return true;
	if (!derive_element(cx, b))
		return false;
	if (!OidIsValid(b->type[POLY_ELEMENT]))
	{
		if (cx->allow_poly)
			for (PolyRole role = 0; role < POLY_ROLES; role++)
				b->type[role] = poly_oid(false, role);
		else if (cx->fatal)
			return mismatch(cx, "could not determine polymorphic type because input has type unknown", NULL);
		return true;
	}
	return check_restrictions(cx, b, false);
}

/* A range's subtype is fixed, so it decides; the other arguments must be able to become it. */
static bool
resolve_compatible(const PolyContext *cx, PolyBinding *b)
{
	int which;
	int clash;
	Oid common;

	if (!b->seen)
		return true;
	if (OidIsValid(b->type[POLY_MULTIRANGE]))
	{
		Oid range = get_multirange_range(b->type[POLY_MULTIRANGE]);

		if (!OidIsValid(range))
			return not_of_role(cx, true, POLY_MULTIRANGE, b->type[POLY_MULTIRANGE]);
		if (OidIsValid(b->type[POLY_RANGE]) && b->type[POLY_RANGE] != range)
			return mismatch(cx,
							"argument declared anycompatiblemultirange is not consistent with argument declared "
							"anycompatiblerange",
							cx->fatal ? versus(b->type[POLY_MULTIRANGE], b->type[POLY_RANGE]) : NULL);
		b->type[POLY_RANGE] = range;
	}
	if (OidIsValid(b->type[POLY_RANGE]))
	{
		Oid subtype = get_range_subtype(b->type[POLY_RANGE]);

		if (!OidIsValid(subtype))
			return not_of_role(cx, true, POLY_RANGE, b->type[POLY_RANGE]);
		add_candidate(b, cx->nargs, subtype);
	}
	if (b->ncandidates == 0)
	{
		b->type[POLY_ELEMENT] = cx->allow_poly ? ANYCOMPATIBLEOID : TEXTOID;
		if (cx->allow_poly)
			for (PolyRole role = 0; role < POLY_ROLES; role++)
				b->type[role] = poly_oid(true, role);
		return true;
	}
	common = common_type_of(b->candidates, b->ncandidates, &which, &clash);
	if (!OidIsValid(common))
		return mismatch(cx, "arguments of anycompatible family cannot be cast to a common type", NULL);
	for (int i = 0; i < b->ncandidates; i++)
		if (!can_coerce_type(1, &b->candidates[i], &common, COERCION_IMPLICIT))
			return mismatch(cx, "arguments of anycompatible family cannot be cast to a common type", NULL);
	if (OidIsValid(b->type[POLY_RANGE]) && get_range_subtype(b->type[POLY_RANGE]) != common)
		return mismatch(cx,
						cx->fatal ? psprintf("anycompatiblerange type %s does not match anycompatible type %s",
											 format_type_be(b->type[POLY_RANGE]), format_type_be(common)) : "",
						NULL);
	b->type[POLY_ELEMENT] = common;
	return check_restrictions(cx, b, true);
}

/* The actual type for a polymorphic one, given its family's binding. */
static Oid
bound_type(const PolyContext *cx, PolyBinding *b, const PolyType *poly)
{
	Oid element = b->type[POLY_ELEMENT];
	Oid type = b->type[poly->role];

	if (OidIsValid(type))
		return type;
	if (poly->role == POLY_ARRAY)
	{
		type = element == ANYELEMENTOID ? ANYARRAYOID : get_array_type(element);
		if (!OidIsValid(type))
			ereport(ERROR,
					errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("could not find array type for data type %s", format_type_be(element)));
	}
	else if (poly->role == POLY_MULTIRANGE && OidIsValid(b->type[POLY_RANGE]))
	{
		type = get_range_multirange(b->type[POLY_RANGE]);
		if (!OidIsValid(type))
			ereport(ERROR,
					errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("could not find multirange type for data type %s", format_type_be(b->type[POLY_RANGE])));
	}
	else
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("could not determine polymorphic type %s because input has type %s",
					   role_name(poly->compatible, poly->role), "unknown"));
	b->type[poly->role] = type;
	return type;
}

bool
check_generic_type_consistency(const Oid *actual_arg_types, const Oid *declared_arg_types, int nargs)
{
	PolyContext cx = {actual_arg_types, declared_arg_types, nargs, false, false};
	PolyBinding bindings[2] = {0};

	return bind_arguments(&cx, bindings) && resolve_exact(&cx, &bindings[0]) && resolve_compatible(&cx, &bindings[1]);
}

Oid
enforce_generic_type_consistency(const Oid *actual_arg_types, Oid *declared_arg_types, int nargs, Oid rettype,
								 bool allow_poly)
{
	PolyContext cx = {actual_arg_types, declared_arg_types, nargs, true, allow_poly};
	PolyBinding bindings[2] = {0};
	const PolyType *result = poly_type(rettype);

	bind_arguments(&cx, bindings);
	resolve_exact(&cx, &bindings[0]);
	resolve_compatible(&cx, &bindings[1]);
	for (int i = 0; i < nargs; i++)
	{
		const PolyType *poly = poly_type(declared_arg_types[i]);

		if (poly == NULL)
			continue;
		/* Exact families: what is known stands; an unknown literal becomes what the others say. */
		if (poly->compatible || actual_arg_types[i] == UNKNOWNOID)
			declared_arg_types[i] = bound_type(&cx, &bindings[poly->compatible], poly);
	}
	return result ? bound_type(&cx, &bindings[result->compatible], result) : rettype;
}

/* ---- signatures at CREATE FUNCTION ---- */
static bool
has_family_argument(const Oid *declared, int nargs, bool compatible, bool range_only)
{
	for (int i = 0; i < nargs; i++)
	{
		const PolyType *poly = poly_type(declared[i]);

		if (poly && poly->compatible == compatible &&
			(!range_only || poly->role == POLY_RANGE || poly->role == POLY_MULTIRANGE))
			return true;
	}
	return false;
}

/* NULL: fine; else the detail of the error. */
char *
check_valid_polymorphic_signature(Oid ret_type, const Oid *declared_arg_types, int nargs)
{
	const PolyType *result = poly_type(ret_type);
	bool needs_range;

	if (result == NULL)
		return NULL;
	needs_range = result->role == POLY_RANGE || result->role == POLY_MULTIRANGE;
	if (has_family_argument(declared_arg_types, nargs, result->compatible, needs_range))
		return NULL;
	if (needs_range)
		return psprintf(_("A result of type %s requires at least one input of type %s or %s."),
						format_type_be(ret_type), role_name(result->compatible, POLY_RANGE),
						role_name(result->compatible, POLY_MULTIRANGE));
	if (result->compatible)
		return psprintf(_("A result of type %s requires at least one input of type anycompatible, "
						  "anycompatiblearray, anycompatiblenonarray, anycompatiblerange, or "
						  "anycompatiblemultirange."),
						format_type_be(ret_type));
	return psprintf(_("A result of type %s requires at least one input of type anyelement, anyarray, anynonarray, "
					  "anyenum, anyrange, or anymultirange."),
					format_type_be(ret_type));
}

char *
check_valid_internal_signature(Oid ret_type, const Oid *declared_arg_types, int nargs)
{
	if (ret_type != INTERNALOID)
		return NULL;
	for (int i = 0; i < nargs; i++)
		if (declared_arg_types[i] == INTERNALOID)
			return NULL;
	return pstrdup(_("A result of type internal requires at least one input of type internal."));
}
