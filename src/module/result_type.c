/*
 * result_type.c
 *    What type, and if it is a row what row, a function call yields.
 *
 * For a function declared to return record the answer may be in its OUT parameters; polymorphic ones among them are
 * resolved with the help of the call's argument types.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/tupdesc.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "storage/lockdefs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* ---- pg_proc's parameter arrays ---- */
static Oid *
oid_array(Datum datum, int *count)
{
	ArrayType *array = DatumGetArrayTypeP(datum);

	*count = ARR_DIMS(array)[0];
	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != OIDOID)
		elog(ERROR, "proallargtypes is not a 1-D Oid array or it contains nulls");
	return (Oid *) ARR_DATA_PTR(array);
}

static char *
char_array(Datum datum, int expected)
{
	ArrayType *array = DatumGetArrayTypeP(datum);

	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != expected || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != CHAROID)
		elog(ERROR, "proargmodes is not a 1-D char array of length %d or it contains nulls", expected);
	return (char *) ARR_DATA_PTR(array);
}

static char **
name_array(Datum datum, int expected)
{
	ArrayType *array = DatumGetArrayTypeP(datum);
	Datum *elems;
	int count;
	char **names;

	if (ARR_NDIM(array) != 1 || (expected >= 0 && ARR_DIMS(array)[0] != expected) || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != TEXTOID)
		elog(ERROR, "proargnames is not a 1-D text array of length %d or it contains nulls", expected);
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elems, NULL, &count);
	names = palloc(Max(count, 1) * sizeof(char *));
	for (int i = 0; i < count; i++)
		names[i] = TextDatumGetCString(elems[i]);
	return names;
}

int
get_func_arg_info(HeapTuple procTup, Oid **p_argtypes, char ***p_argnames, char **p_argmodes)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(procTup);
	bool isnull;
	Datum datum;
	int count;

	datum = SysCacheGetAttr(PROCOID, procTup, Anum_pg_proc_proallargtypes, &isnull);
	if (!isnull)
	{
		Oid *types = oid_array(datum, &count);

		*p_argtypes = palloc(Max(count, 1) * sizeof(Oid));
		memcpy(*p_argtypes, types, count * sizeof(Oid));
	}
	else
	{
		count = form->proargtypes.dim1;
		*p_argtypes = palloc(Max(count, 1) * sizeof(Oid));
		memcpy(*p_argtypes, form->proargtypes.values, count * sizeof(Oid));
	}
	datum = SysCacheGetAttr(PROCOID, procTup, Anum_pg_proc_proargnames, &isnull);
	*p_argnames = isnull ? NULL : name_array(datum, count);
	datum = SysCacheGetAttr(PROCOID, procTup, Anum_pg_proc_proargmodes, &isnull);
	*p_argmodes = NULL;
	if (!isnull)
	{
		*p_argmodes = palloc(Max(count, 1));
		memcpy(*p_argmodes, char_array(datum, count), count);
	}
	return count;
}

static bool
is_output_mode(char mode)
{
	return mode == PROARGMODE_OUT || mode == PROARGMODE_INOUT || mode == PROARGMODE_TABLE;
}

static bool
is_input_mode(char mode)
{
	return mode == PROARGMODE_IN || mode == PROARGMODE_INOUT || mode == PROARGMODE_VARIADIC;
}

int
get_func_input_arg_names(Datum proargnames, Datum proargmodes, char ***arg_names)
{
	char **names;
	char *modes = NULL;
	int count;
	int inputs = 0;

	*arg_names = NULL;
	if (proargnames == PointerGetDatum(NULL))
		return 0;
	names = name_array(proargnames, -1);
	count = ARR_DIMS(DatumGetArrayTypeP(proargnames))[0];
	if (proargmodes != PointerGetDatum(NULL))
		modes = char_array(proargmodes, count);
	*arg_names = palloc(Max(count, 1) * sizeof(char *));
	for (int i = 0; i < count; i++)
		if (modes == NULL || is_input_mode(modes[i]))
			(*arg_names)[inputs++] = *names[i] ? names[i] : NULL;
	return inputs;
}

/* The one OUT parameter's name, if there is exactly one; else NULL. */
char *
get_func_result_name(Oid functionId)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(functionId));
	Oid *types;
	char **names;
	char *modes;
	char *result = NULL;
	int outputs = 0;
	int count;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", functionId);
	count = get_func_arg_info(tuple, &types, &names, &modes);
	ReleaseSysCache(tuple);
	if (modes == NULL || names == NULL)
		return NULL;
	for (int i = 0; i < count; i++)
	{
		if (!is_output_mode(modes[i]))
			continue;
		if (++outputs > 1)
			return NULL;
		result = *names[i] ? names[i] : NULL;
	}
	return result;
}

/* ---- rows of OUT parameters ---- */
TupleDesc
build_function_result_tupdesc_d(char prokind, Datum proallargtypes, Datum proargmodes, Datum proargnames)
{
	int count;
	Oid *types;
	char *modes;
	char **names = NULL;
	int outputs = 0;
	TupleDesc desc;

	if (proallargtypes == PointerGetDatum(NULL) || proargmodes == PointerGetDatum(NULL))
		return NULL;
	types = oid_array(proallargtypes, &count);
	modes = char_array(proargmodes, count);
	if (proargnames != PointerGetDatum(NULL))
		names = name_array(proargnames, count);
	for (int i = 0; i < count; i++)
		outputs += is_output_mode(modes[i]);
	/* One output is the result itself, unless a procedure, which always has a row. */
	if (outputs == 0 || (outputs < 2 && prokind != PROKIND_PROCEDURE))
		return NULL;
	desc = CreateTemplateTupleDesc(outputs);
	for (int i = 0, column = 1; i < count; i++)
	{
		if (!is_output_mode(modes[i]))
			continue;
		TupleDescInitEntry(desc, column, names && *names[i] ? names[i] : psprintf("column%d", column), types[i], -1,
						   0);
		column++;
	}
	return desc;
}

TupleDesc
build_function_result_tupdesc_t(HeapTuple procTuple)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(procTuple);
	bool isnull;
	Datum types;
	Datum modes;
	Datum names;

	if (form->prorettype != RECORDOID)
		return NULL;
	types = SysCacheGetAttr(PROCOID, procTuple, Anum_pg_proc_proallargtypes, &isnull);
	if (isnull)
		return NULL;
	modes = SysCacheGetAttr(PROCOID, procTuple, Anum_pg_proc_proargmodes, &isnull);
	if (isnull)
		return NULL;
	names = SysCacheGetAttr(PROCOID, procTuple, Anum_pg_proc_proargnames, &isnull);
	return build_function_result_tupdesc_d(form->prokind, types, modes, isnull ? PointerGetDatum(NULL) : names);
}

/* ---- polymorphism ---- */

/* Types of the arguments that a call passes; a function manager's caller may not know them. */
static int
call_arg_types(Node *call, Oid *types)
{
	List *args = NIL;
	int count = 0;
	ListCell *lc;

	if (call == NULL)
		return 0;
	if (IsA(call, FuncExpr))
		args = ((FuncExpr *) call)->args;
	else if (IsA(call, OpExpr) || IsA(call, DistinctExpr) || IsA(call, NullIfExpr))
		args = ((OpExpr *) call)->args;
	else if (IsA(call, WindowFunc))
		args = ((WindowFunc *) call)->args;
	foreach (lc, args)
		if (count < FUNC_MAX_ARGS)
			types[count++] = exprType(lfirst(lc));
	return count;
}

static bool
is_polymorphic(Oid type)
{
	switch (type)
	{
		case ANYELEMENTOID:
		case ANYARRAYOID:
		case ANYNONARRAYOID:
		case ANYENUMOID:
		case ANYRANGEOID:
		case ANYMULTIRANGEOID:
		case ANYCOMPATIBLEOID:
		case ANYCOMPATIBLEARRAYOID:
		case ANYCOMPATIBLENONARRAYOID:
		case ANYCOMPATIBLERANGEOID:
		case ANYCOMPATIBLEMULTIRANGEOID:
			return true;
		default:
			return false;
	}
}

/* Actual type of a polymorphic one, given declared and actual input types; InvalidOid if the call is not known. */
static Oid
resolve_one(Oid type, const Oid *declared, int ndeclared, Node *call)
{
	Oid actual[FUNC_MAX_ARGS];
	Oid scratch[FUNC_MAX_ARGS];
	int nactual = call_arg_types(call, actual);

	if (!is_polymorphic(type))
		return type;
	if (nactual < ndeclared)
		return InvalidOid;
	memcpy(scratch, declared, ndeclared * sizeof(Oid));
	return enforce_generic_type_consistency(actual, scratch, ndeclared, type, false);
}

/* In place; false if they cannot be known. argmodes NULL: all are inputs. */
bool
resolve_polymorphic_argtypes(int numargs, Oid *argtypes, char *argmodes, Node *call_expr)
{
	Oid inputs[FUNC_MAX_ARGS];
	int ninputs = 0;

	for (int i = 0; i < numargs && ninputs < FUNC_MAX_ARGS; i++)
		if (argmodes == NULL || is_input_mode(argmodes[i]))
			inputs[ninputs++] = argtypes[i];
	for (int i = 0; i < numargs; i++)
	{
		Oid type = resolve_one(argtypes[i], inputs, ninputs, call_expr);

		if (!OidIsValid(type))
			return false;
		argtypes[i] = type;
	}
	return true;
}

static bool
resolve_desc(TupleDesc desc, oidvector *declared, Node *call)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		Oid type;

		if (!is_polymorphic(att->atttypid))
			continue;
		type = resolve_one(att->atttypid, declared->values, declared->dim1, call);
		if (!OidIsValid(type))
			return false;
		TupleDescInitEntry(desc, i + 1, pstrdup(NameStr(att->attname)), type, -1, 0);
		TupleDescInitEntryCollation(desc, i + 1,
									OidIsValid(get_typcollation(type)) && call && OidIsValid(exprInputCollation(call))
										? exprInputCollation(call)
										: get_typcollation(type));
	}
	return true;
}

/* ---- classification ---- */
static TypeFuncClass
class_of_type(Oid type, Oid *base)
{
	*base = type;
	switch (get_typtype(type))
	{
		case TYPTYPE_COMPOSITE:
			return TYPEFUNC_COMPOSITE;
		case TYPTYPE_DOMAIN:
			*base = getBaseType(type);
			return get_typtype(*base) == TYPTYPE_COMPOSITE ? TYPEFUNC_COMPOSITE_DOMAIN : TYPEFUNC_SCALAR;
		case TYPTYPE_BASE:
		case TYPTYPE_ENUM:
		case TYPTYPE_RANGE:
		case TYPTYPE_MULTIRANGE:
			return TYPEFUNC_SCALAR;
		case TYPTYPE_PSEUDO:
			if (type == RECORDOID)
				return TYPEFUNC_RECORD;
			/* These have values of a kind. */
			if (type == VOIDOID || type == CSTRINGOID)
				return TYPEFUNC_SCALAR;
			return TYPEFUNC_OTHER;
		default:
			return TYPEFUNC_OTHER;
	}
}

static TypeFuncClass
result_type(Oid funcid, Node *call, ReturnSetInfo *rsinfo, Oid *resultTypeId, TupleDesc *resultTupleDesc)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Form_pg_proc form;
	Oid type;
	Oid base;
	TupleDesc desc;
	TypeFuncClass class;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	if (resultTupleDesc)
		*resultTupleDesc = NULL;
	desc = build_function_result_tupdesc_t(tuple);
	if (desc)
	{
		if (resultTypeId)
			*resultTypeId = form->prorettype;
		class = TYPEFUNC_RECORD;
		if (resolve_desc(desc, &form->proargtypes, call))
		{
			if (desc->tdtypeid == RECORDOID && desc->tdtypmod < 0)
				assign_record_type_typmod(desc);
			if (resultTupleDesc)
				*resultTupleDesc = desc;
			class = TYPEFUNC_COMPOSITE;
		}
		ReleaseSysCache(tuple);
		return class;
	}
	type = form->prorettype;
	ReleaseSysCache(tuple);
	if (is_polymorphic(type))
	{
		type = call ? exprType(call) : InvalidOid;
		if (!OidIsValid(type))
			ereport(ERROR,
					errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("could not determine actual result type for function \"%s\" declared to return type %s",
						   get_func_name(funcid), format_type_be(get_func_rettype(funcid))));
	}
	if (resultTypeId)
		*resultTypeId = type;
	class = class_of_type(type, &base);
	if ((class == TYPEFUNC_COMPOSITE || class == TYPEFUNC_COMPOSITE_DOMAIN) && resultTupleDesc)
		*resultTupleDesc = lookup_rowtype_tupdesc_copy(base, -1);
	/* The caller of a record function may have said which columns it wants. */
	if (class == TYPEFUNC_RECORD && rsinfo && rsinfo->expectedDesc)
	{
		class = TYPEFUNC_COMPOSITE;
		if (resultTupleDesc)
			*resultTupleDesc = rsinfo->expectedDesc;
	}
	return class;
}

TypeFuncClass
get_call_result_type(FunctionCallInfo fcinfo, Oid *resultTypeId, TupleDesc *resultTupleDesc)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	if (rsinfo && !IsA(rsinfo, ReturnSetInfo))
		rsinfo = NULL;
	return result_type(fcinfo->flinfo->fn_oid, (Node *) fcinfo->flinfo->fn_expr, rsinfo, resultTypeId,
					   resultTupleDesc);
}

TypeFuncClass
get_func_result_type(Oid functionId, Oid *resultTypeId, TupleDesc *resultTupleDesc)
{
	return result_type(functionId, NULL, NULL, resultTypeId, resultTupleDesc);
}

/* ROW(...): its columns, as far as they have names. */
static TupleDesc
row_expr_desc(RowExpr *row)
{
	TupleDesc desc = CreateTemplateTupleDesc(list_length(row->args));

	for (int i = 0; i < list_length(row->args); i++)
	{
		Node *arg = list_nth(row->args, i);
		char *name = i < list_length(row->colnames) ? strVal(list_nth(row->colnames, i)) : psprintf("f%d", i + 1);

		TupleDescInitEntry(desc, i + 1, name, exprType(arg), exprTypmod(arg), 0);
		TupleDescInitEntryCollation(desc, i + 1, exprCollation(arg));
	}
	assign_record_type_typmod(desc);
	return desc;
}

TypeFuncClass
get_expr_result_type(Node *expr, Oid *resultTypeId, TupleDesc *resultTupleDesc)
{
	Oid type;
	Oid base;
	TypeFuncClass class;

	if (expr && IsA(expr, FuncExpr))
		return result_type(((FuncExpr *) expr)->funcid, expr, NULL, resultTypeId, resultTupleDesc);
	if (expr && IsA(expr, OpExpr))
		return result_type(get_opcode(((OpExpr *) expr)->opno), expr, NULL, resultTypeId, resultTupleDesc);
	if (expr && IsA(expr, RowExpr) && ((RowExpr *) expr)->row_typeid == RECORDOID)
	{
		if (resultTypeId)
			*resultTypeId = RECORDOID;
		if (resultTupleDesc)
			*resultTupleDesc = row_expr_desc((RowExpr *) expr);
		return TYPEFUNC_COMPOSITE;
	}
	if (expr && IsA(expr, Const) && ((Const *) expr)->consttype == RECORDOID && !((Const *) expr)->constisnull)
	{
		HeapTupleHeader header = DatumGetHeapTupleHeader(((Const *) expr)->constvalue);

		if (resultTypeId)
			*resultTypeId = RECORDOID;
		if (HeapTupleHeaderGetTypeId(header) == RECORDOID && HeapTupleHeaderGetTypMod(header) >= 0)
		{
			if (resultTupleDesc)
				*resultTupleDesc = lookup_rowtype_tupdesc_copy(RECORDOID, HeapTupleHeaderGetTypMod(header));
			return TYPEFUNC_COMPOSITE;
		}
	}
	type = exprType(expr);
	if (resultTypeId)
		*resultTypeId = type;
	if (resultTupleDesc)
		*resultTupleDesc = NULL;
	class = class_of_type(type, &base);
	if ((class == TYPEFUNC_COMPOSITE || class == TYPEFUNC_COMPOSITE_DOMAIN) && resultTupleDesc)
		*resultTupleDesc = lookup_rowtype_tupdesc_copy(base, -1);
	return class;
}

TupleDesc
get_expr_result_tupdesc(Node *expr, bool noError)
{
	TupleDesc desc;
	TypeFuncClass class = get_expr_result_type(expr, NULL, &desc);

	if (class == TYPEFUNC_COMPOSITE || class == TYPEFUNC_COMPOSITE_DOMAIN)
		return desc;
	if (!noError)
	{
		Oid type = exprType(expr);

		if (type != RECORDOID)
			ereport(ERROR,
					errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("type %s is not composite", format_type_be(type)));
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("record type has not been registered"));
	}
	return NULL;
}

TupleDesc
RelationNameGetTupleDesc(const char *relname)
{
	Relation rel = relation_openrv(makeRangeVarFromNameList(stringToQualifiedNameList(relname)), AccessShareLock);
	TupleDesc desc = CreateTupleDescCopy(RelationGetDescr(rel));

	relation_close(rel, AccessShareLock);
	return desc;
}
