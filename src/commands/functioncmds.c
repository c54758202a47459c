/*
 * functioncmds.c
 *    CREATE [OR REPLACE] FUNCTION and PROCEDURE: rows of pg_proc; removing them.
 *
 * The statement is brought into one FunctionSpec (parameters, result, options), which is then checked against an
 * existing function and stored.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_func.h"
#include "parser/parse_type.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

typedef struct FunctionSpec
{
	const char *name;
	Oid namespace;
	bool is_procedure;
	/* parameters */
	int nargs; /* inputs */
	Oid argtypes[FUNC_MAX_ARGS];
	int nall;
	Oid alltypes[FUNC_MAX_ARGS];
	char allmodes[FUNC_MAX_ARGS];
	char *allnames[FUNC_MAX_ARGS];
	bool has_output;
	bool has_names;
	Oid variadic;
	List *defaults;
	Oid output_type; /* what OUT parameters make of the result; 0: none */
	/* result */
	Oid rettype;
	bool retset;
	/* options */
	Oid language;
	Oid validator;
	char *source;
	char *binary;
	char volatility;
	char parallel;
	bool strict;
	bool security;
	bool leakproof;
	bool window;
	float4 cost;
	float4 rows;
	Oid support;
	ArrayType *config;
} FunctionSpec;

extern bool check_function_bodies; /* GUC */

Oid
get_language_oid(const char *langname, bool missing_ok)
{
	Oid oid = GetSysCacheOid1(LANGNAME, Anum_pg_language_oid, CStringGetDatum(langname));

	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("language \"%s\" does not exist", langname));
	return oid;
}

/* ---- parameters */
static Oid
parameter_type(ParseState *pstate, TypeName *name, bool *setof)
{
	HeapTuple tuple = LookupTypeName(pstate, name, NULL, false);
	Oid type;
	AclResult result;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("type %s does not exist", TypeNameToString(name)));
	type = ((Form_pg_type) GETSTRUCT(tuple))->oid;
	if (!((Form_pg_type) GETSTRUCT(tuple))->typisdefined)
		ereport(NOTICE, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("argument type %s is only a shell", TypeNameToString(name)));
	ReleaseSysCache(tuple);
	result = pg_type_aclcheck(type, GetUserId(), ACL_USAGE);
	if (result != ACLCHECK_OK)
		aclcheck_error_type(result, type);
	*setof = name->setof;
	return type;
}

static bool
is_input(FunctionParameterMode mode)
{
	return mode == FUNC_PARAM_IN || mode == FUNC_PARAM_INOUT || mode == FUNC_PARAM_VARIADIC || mode == FUNC_PARAM_DEFAULT;
}

static bool
is_output(FunctionParameterMode mode)
{
	return mode == FUNC_PARAM_OUT || mode == FUNC_PARAM_INOUT || mode == FUNC_PARAM_TABLE;
}

/* Two parameters may not share a name. */
static void
check_name_unused(const FunctionSpec *spec, const char *name)
{
	for (int i = 0; i < spec->nall; i++)
	{
		if (spec->allnames[i] == NULL || strcmp(spec->allnames[i], name) != 0)
			continue;
		ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				errmsg("parameter name \"%s\" used more than once", name));
	}
}

static void
check_variadic(FunctionSpec *spec, Oid type)
{
	switch (type)
	{
		case ANYARRAYOID:
		case ANYCOMPATIBLEARRAYOID:
		case ANYOID:
			spec->variadic = type == ANYARRAYOID ? ANYELEMENTOID : type == ANYOID ? ANYOID : ANYCOMPATIBLEOID;
			break;
		default:
			spec->variadic = get_element_type(type);
			if (!OidIsValid(spec->variadic))
				ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
						errmsg("VARIADIC parameter must be an array"));
	}
}

static void
read_default(ParseState *pstate, FunctionSpec *spec, FunctionParameter *parameter, Oid type)
{
	Node *expr;

	if (parameter->defexpr == NULL)
	{
		if (is_input(parameter->mode) && spec->defaults != NIL && parameter->mode != FUNC_PARAM_VARIADIC)
			ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
					errmsg("input parameters after one with a default value must also have defaults"));
		return;
	}
	if (!is_input(parameter->mode))
		ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				errmsg("only input parameters can have default values"));
	expr = transformExpr(pstate, parameter->defexpr, EXPR_KIND_FUNCTION_DEFAULT);
	expr = coerce_to_specific_type(pstate, expr, type, "DEFAULT");
	assign_expr_collations(pstate, expr);
	if (contain_var_clause(expr))
		ereport(ERROR, errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("cannot use table references in parameter default value"));
	spec->defaults = lappend(spec->defaults, expr);
}

static void
read_parameters(ParseState *pstate, List *parameters, FunctionSpec *spec)
{
	int outputs = 0;
	ListCell *cell;

	foreach (cell, parameters)
	{
		FunctionParameter *parameter = lfirst(cell);
		FunctionParameterMode mode = parameter->mode == FUNC_PARAM_DEFAULT ? FUNC_PARAM_IN : parameter->mode;
		bool setof;
		Oid type = parameter_type(pstate, parameter->argType, &setof);

		if (setof)
			ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
					errmsg(spec->is_procedure ? "procedures cannot accept set arguments"
											  : "functions cannot accept set arguments"));
		if (spec->nall >= FUNC_MAX_ARGS)
			ereport(ERROR, errcode(ERRCODE_TOO_MANY_ARGUMENTS),
					errmsg("functions cannot have more than %d arguments", FUNC_MAX_ARGS));
		if (is_input(mode))
		{
			if (OidIsValid(spec->variadic))
				ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
						errmsg("VARIADIC parameter must be the last input parameter"));
			spec->argtypes[spec->nargs++] = type;
		}
		if (is_output(mode))
		{
			/* procedures take OUT parameters in their calls */
			if (outputs++ == 0)
				spec->output_type = type;
			spec->has_output = true;
		}
		if (mode == FUNC_PARAM_VARIADIC)
		{
			check_variadic(spec, type);
			spec->has_output = true; /* the modes must be stored */
		}
		if (parameter->name && parameter->name[0])
		{
			check_name_unused(spec, parameter->name);
			spec->has_names = true;
		}
		spec->alltypes[spec->nall] = type;
		spec->allmodes[spec->nall] = (char) mode;
		spec->allnames[spec->nall++] = parameter->name;
		read_default(pstate, spec, parameter, type);
	}
	if (outputs > 1 || (spec->is_procedure && outputs > 0))
		spec->output_type = RECORDOID;
}

/* ---- result */
static void
read_result(ParseState *pstate, TypeName *name, FunctionSpec *spec)
{
	if (spec->is_procedure)
	{
		spec->rettype = OidIsValid(spec->output_type) ? spec->output_type : VOIDOID;
		return;
	}
	if (name)
	{
		HeapTuple tuple = LookupTypeName(pstate, name, NULL, false);

		if (!HeapTupleIsValid(tuple))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("type \"%s\" does not exist", TypeNameToString(name)));
		spec->rettype = ((Form_pg_type) GETSTRUCT(tuple))->oid;
		ReleaseSysCache(tuple);
		spec->retset = name->setof;
		if (OidIsValid(spec->output_type) && spec->rettype != spec->output_type)
			ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
					errmsg("function result type must be %s because of OUT parameters", format_type_be(spec->output_type)));
		return;
	}
	if (!OidIsValid(spec->output_type))
		ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION), errmsg("function result type must be specified"));
	spec->rettype = spec->output_type;
}

/* ---- options */
static Oid
find_support(List *names)
{
	Oid argtypes[1] = {INTERNALOID};
	Oid oid = LookupFuncName(names, 1, argtypes, true);

	if (!OidIsValid(oid))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("function %s does not exist", func_signature_string(names, 1, NIL, argtypes)));
	return oid;
}

static char
parallel_letter(DefElem *option)
{
	char *word = defGetString(option);

	if (strcmp(word, "safe") == 0)
		return PROPARALLEL_SAFE;
	if (strcmp(word, "unsafe") == 0)
		return PROPARALLEL_UNSAFE;
	if (strcmp(word, "restricted") == 0)
		return PROPARALLEL_RESTRICTED;
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("parameter \"parallel\" must be SAFE, RESTRICTED, or UNSAFE"));
}

static void
read_options(ParseState *pstate, List *options, FunctionSpec *spec, char **language, List **as)
{
	ListCell *cell;
	const char *seen[32];
	int nseen = 0;

	spec->volatility = PROVOLATILE_VOLATILE;
	spec->parallel = PROPARALLEL_UNSAFE;
	spec->cost = -1;
	spec->rows = -1;
	*language = NULL;
	*as = NIL;
	foreach (cell, options)
	{
		DefElem *option = lfirst(cell);

		for (int i = 0; i < nseen; i++)
		{
			if (strcmp(seen[i], option->defname) == 0)
				errorConflictingDefElem(option, pstate);
		}
		if (strcmp(option->defname, "set") != 0 && nseen < (int) lengthof(seen))
			seen[nseen++] = option->defname;
		if (strcmp(option->defname, "as") == 0)
			*as = (List *) option->arg;
		else if (strcmp(option->defname, "language") == 0)
			*language = strVal(option->arg);
		else if (strcmp(option->defname, "volatility") == 0)
		{
			char *word = strVal(option->arg);

			spec->volatility = word[0] == 'i' ? PROVOLATILE_IMMUTABLE : word[0] == 's' ? PROVOLATILE_STABLE : PROVOLATILE_VOLATILE;
		}
		else if (strcmp(option->defname, "strict") == 0)
			spec->strict = boolVal(option->arg);
		else if (strcmp(option->defname, "security") == 0)
			spec->security = boolVal(option->arg);
		else if (strcmp(option->defname, "leakproof") == 0)
			spec->leakproof = boolVal(option->arg);
		else if (strcmp(option->defname, "window") == 0)
			spec->window = boolVal(option->arg);
		else if (strcmp(option->defname, "cost") == 0)
		{
			spec->cost = (float4) defGetNumeric(option);
			if (spec->cost <= 0)
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("COST must be positive"));
		}
		else if (strcmp(option->defname, "rows") == 0)
		{
			spec->rows = (float4) defGetNumeric(option);
			if (spec->rows <= 0)
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("ROWS must be positive"));
		}
		else if (strcmp(option->defname, "support") == 0)
			spec->support = find_support(defGetQualifiedName(option));
		else if (strcmp(option->defname, "parallel") == 0)
			spec->parallel = parallel_letter(option);
		else if (strcmp(option->defname, "set") == 0)
			spec->config = GUCArrayAdd(spec->config, castNode(VariableSetStmt, option->arg)->name,
									   ExtractSetVariableArgs(castNode(VariableSetStmt, option->arg)));
		else
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("option \"%s\" is not supported", option->defname));
	}
}

/* The language's row decides who may use it, and how the AS clause is read. */
static void
read_language(const char *language, List *as, FunctionSpec *spec)
{
	HeapTuple tuple = SearchSysCache1(LANGNAME, CStringGetDatum(language));
	Form_pg_language form;
	AclResult result;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("language \"%s\" does not exist", language));
	form = (Form_pg_language) GETSTRUCT(tuple);
	spec->language = form->oid;
	spec->validator = form->lanvalidator;
	if (form->lanpltrusted)
	{
		result = pg_language_aclcheck(form->oid, GetUserId(), ACL_USAGE);
		if (result != ACLCHECK_OK)
			aclcheck_error(result, OBJECT_LANGUAGE, NameStr(form->lanname));
	}
	else if (!superuser())
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_LANGUAGE, NameStr(form->lanname));
	ReleaseSysCache(tuple);
	if (as == NIL)
		ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION), errmsg("no function body specified"));
	if (spec->language == ClanguageId)
	{
		spec->binary = strVal(linitial(as));
		spec->source = list_length(as) > 1 ? strVal(lsecond(as)) : pstrdup(spec->name);
		return;
	}
	if (list_length(as) != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				errmsg("only one AS item needed for language \"%s\"", language));
	spec->source = strVal(linitial(as));
	if (spec->language == INTERNALlanguageId)
	{
		if (spec->source[0] == '\0')
			spec->source = pstrdup(spec->name);
		if (!OidIsValid(fmgr_internal_function(spec->source)))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
					errmsg("there is no built-in function named \"%s\"", spec->source));
	}
}

/* ---- replacing */
static void pg_attribute_noreturn()
cannot_replace(const char *message, Oid function)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION), errmsg("%s", message),
			errhint("Use %s %s first.", "DROP FUNCTION", format_procedure(function)));
}

static void
check_replacement(HeapTuple tuple, const FunctionSpec *spec, bool replace)
{
	Form_pg_proc old = (Form_pg_proc) GETSTRUCT(tuple);

	if (!replace)
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_FUNCTION),
				errmsg("function \"%s\" already exists with same argument types", spec->name));
	if (!pg_proc_ownercheck(old->oid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_FUNCTION, spec->name);
	if ((old->prokind == PROKIND_PROCEDURE) != spec->is_procedure || old->prokind == PROKIND_AGGREGATE)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot change routine kind"),
				old->prokind == PROKIND_AGGREGATE	? errdetail("\"%s\" is an aggregate function.", spec->name)
				: old->prokind == PROKIND_PROCEDURE ? errdetail("\"%s\" is a procedure.", spec->name)
													: errdetail("\"%s\" is a function.", spec->name));
	if (old->prorettype != spec->rettype || old->proretset != spec->retset)
		cannot_replace(spec->is_procedure ? "cannot change whether a procedure has output parameters"
										  : "cannot change return type of existing function", old->oid);
	if (old->pronargdefaults > list_length(spec->defaults))
		cannot_replace("cannot remove parameter defaults from existing function", old->oid);
}

/* ---- storing */
static Datum
text_array(char **strings, int count)
{
	Datum *values = palloc_array(Datum, count + 1);

	for (int i = 0; i < count; i++)
		values[i] = CStringGetTextDatum(strings[i] ? strings[i] : "");
	return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
fill_row(const FunctionSpec *spec, Oid oid, Datum *values, bool *nulls)
{
	Datum items[FUNC_MAX_ARGS];
	static NameData name;

#define PUT(column, value) (values[Anum_pg_proc_##column - 1] = (value))
#define PUT_NULL(column) (nulls[Anum_pg_proc_##column - 1] = true)
	namestrcpy(&name, spec->name);
	PUT(oid, ObjectIdGetDatum(oid));
	PUT(proname, NameGetDatum(&name));
	PUT(pronamespace, ObjectIdGetDatum(spec->namespace));
	PUT(proowner, ObjectIdGetDatum(GetUserId()));
	PUT(prolang, ObjectIdGetDatum(spec->language));
	PUT(procost, Float4GetDatum(spec->cost));
	PUT(prorows, Float4GetDatum(spec->rows));
	PUT(provariadic, ObjectIdGetDatum(spec->variadic));
	PUT(prosupport, ObjectIdGetDatum(spec->support));
	PUT(prokind, CharGetDatum(spec->is_procedure ? PROKIND_PROCEDURE : spec->window ? PROKIND_WINDOW : PROKIND_FUNCTION));
	PUT(prosecdef, BoolGetDatum(spec->security));
	PUT(proleakproof, BoolGetDatum(spec->leakproof));
	PUT(proisstrict, BoolGetDatum(spec->strict));
	PUT(proretset, BoolGetDatum(spec->retset));
	PUT(provolatile, CharGetDatum(spec->volatility));
	PUT(proparallel, CharGetDatum(spec->parallel));
	PUT(pronargs, Int16GetDatum((int16) spec->nargs));
	PUT(pronargdefaults, Int16GetDatum((int16) list_length(spec->defaults)));
	PUT(prorettype, ObjectIdGetDatum(spec->rettype));
	PUT(proargtypes, PointerGetDatum(buildoidvector(spec->argtypes, spec->nargs)));
	if (spec->has_output)
	{
		for (int i = 0; i < spec->nall; i++)
			items[i] = ObjectIdGetDatum(spec->alltypes[i]);
		PUT(proallargtypes, PointerGetDatum(construct_array(items, spec->nall, OIDOID, 4, true, TYPALIGN_INT)));
		for (int i = 0; i < spec->nall; i++)
			items[i] = CharGetDatum(spec->allmodes[i]);
		PUT(proargmodes, PointerGetDatum(construct_array(items, spec->nall, CHAROID, 1, true, TYPALIGN_CHAR)));
	}
	else
	{
		PUT_NULL(proallargtypes);
		PUT_NULL(proargmodes);
	}
	if (spec->has_names)
		PUT(proargnames, text_array((char **) spec->allnames, spec->nall));
	else
		PUT_NULL(proargnames);
	if (spec->defaults != NIL)
		PUT(proargdefaults, CStringGetTextDatum(nodeToString(spec->defaults)));
	else
		PUT_NULL(proargdefaults);
	PUT_NULL(protrftypes);
	PUT(prosrc, CStringGetTextDatum(spec->source));
	if (spec->binary)
		PUT(probin, CStringGetTextDatum(spec->binary));
	else
		PUT_NULL(probin);
	PUT_NULL(prosqlbody);
	if (spec->config)
		PUT(proconfig, PointerGetDatum(spec->config));
	else
		PUT_NULL(proconfig);
	PUT_NULL(proacl);
#undef PUT
#undef PUT_NULL
}

static void
record_dependencies(const FunctionSpec *spec, Oid oid, bool is_update)
{
	ObjectAddress self;
	ObjectAddress other;
	ObjectAddresses *addresses = new_object_addresses();

	ObjectAddressSet(self, ProcedureRelationId, oid);
	if (is_update)
		deleteDependencyRecordsFor(ProcedureRelationId, oid, true);
	ObjectAddressSet(other, NamespaceRelationId, spec->namespace);
	add_exact_object_address(&other, addresses);
	ObjectAddressSet(other, LanguageRelationId, spec->language);
	add_exact_object_address(&other, addresses);
	ObjectAddressSet(other, TypeRelationId, spec->rettype);
	add_exact_object_address(&other, addresses);
	for (int i = 0; i < spec->nall; i++)
	{
		ObjectAddressSet(other, TypeRelationId, spec->alltypes[i]);
		add_exact_object_address(&other, addresses);
	}
	if (OidIsValid(spec->support))
	{
		ObjectAddressSet(other, ProcedureRelationId, spec->support);
		add_exact_object_address(&other, addresses);
	}
	record_object_address_dependencies(&self, addresses, DEPENDENCY_NORMAL);
	free_object_addresses(addresses);
	if (spec->defaults != NIL)
		recordDependencyOnExpr(&self, (Node *) spec->defaults, NIL, DEPENDENCY_NORMAL);
	if (!is_update)
		recordDependencyOnOwner(ProcedureRelationId, oid, GetUserId());
}

static Oid
store_function(const FunctionSpec *spec, bool replace)
{
	Relation rel = table_open(ProcedureRelationId, RowExclusiveLock);
	Datum values[Natts_pg_proc] = {0};
	bool nulls[Natts_pg_proc] = {false};
	HeapTuple old = SearchSysCache3(PROCNAMEARGSNSP, CStringGetDatum(spec->name),
									PointerGetDatum(buildoidvector(spec->argtypes, spec->nargs)),
									ObjectIdGetDatum(spec->namespace));
	Oid oid;

	if (HeapTupleIsValid(old))
	{
		bool replaces[Natts_pg_proc];
		HeapTuple tuple;

		check_replacement(old, spec, replace);
		oid = ((Form_pg_proc) GETSTRUCT(old))->oid;
		fill_row(spec, oid, values, nulls);
		memset(replaces, true, sizeof(replaces));
		/* identity, owner and privileges stay */
		replaces[Anum_pg_proc_oid - 1] = replaces[Anum_pg_proc_proowner - 1] = replaces[Anum_pg_proc_proacl - 1] = false;
		tuple = heap_modify_tuple(old, RelationGetDescr(rel), values, nulls, replaces);
		CatalogTupleUpdate(rel, &tuple->t_self, tuple);
		ReleaseSysCache(old);
		record_dependencies(spec, oid, true);
	}
	else
	{
		Acl *acl = get_user_default_acl(OBJECT_FUNCTION, GetUserId(), spec->namespace);
		HeapTuple tuple;

		oid = GetNewOidWithIndex(rel, ProcedureOidIndexId, Anum_pg_proc_oid);
		fill_row(spec, oid, values, nulls);
		if (acl)
		{
			values[Anum_pg_proc_proacl - 1] = PointerGetDatum(acl);
			nulls[Anum_pg_proc_proacl - 1] = false;
		}
		tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
		CatalogTupleInsert(rel, tuple);
		record_dependencies(spec, oid, false);
		recordDependencyOnNewAcl(ProcedureRelationId, oid, 0, GetUserId(), acl);
	}
	table_close(rel, RowExclusiveLock);
	return oid;
}

/* The language's validator reads the body, when there is one that this server has. */
static void
validate(const FunctionSpec *spec, Oid oid)
{
	const FmgrBuiltin *builtin = fmgr_isbuiltin(spec->validator);

	if (!OidIsValid(spec->validator) || (builtin && builtin->func == NULL))
		return;
	CommandCounterIncrement();
	OidFunctionCall1(spec->validator, ObjectIdGetDatum(oid));
}

ObjectAddress
CreateFunction(ParseState *pstate, CreateFunctionStmt *stmt)
{
	FunctionSpec *spec = palloc0_object(FunctionSpec);
	char *language;
	char *complaint;
	List *as;
	AclResult result;
	ObjectAddress address;

	spec->is_procedure = stmt->is_procedure;
	spec->namespace = QualifiedNameGetCreationNamespace(stmt->funcname, (char **) &spec->name);
	result = pg_namespace_aclcheck(spec->namespace, GetUserId(), ACL_CREATE);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(spec->namespace));
	read_options(pstate, stmt->options, spec, &language, &as);
	if (stmt->sql_body)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("SQL-standard function bodies are not supported"));
	if (language == NULL)
		ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION), errmsg("no language specified"));
	read_language(language, as, spec);
	if (spec->leakproof && !superuser())
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("only superuser can define a leakproof function"));
	read_parameters(pstate, stmt->parameters, spec);
	read_result(pstate, stmt->returnType, spec);
	complaint = check_valid_polymorphic_signature(spec->rettype, spec->argtypes, spec->nargs);
	if (complaint)
		ereport(ERROR, errcode(ERRCODE_INVALID_FUNCTION_DEFINITION), errmsg("cannot determine result data type"),
				errdetail_internal("%s", complaint));
	if (spec->cost < 0)
		spec->cost = spec->language == INTERNALlanguageId || spec->language == ClanguageId ? 1 : 100;
	if (spec->rows < 0)
		spec->rows = spec->retset ? 1000 : 0;
	else if (!spec->retset)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("ROWS is not applicable when function does not return a set"));
	ObjectAddressSet(address, ProcedureRelationId, store_function(spec, stmt->replace));
	validate(spec, address.objectId);
	return address;
}

void
RemoveFunctionById(Oid funcOid)
{
	Relation rel = table_open(ProcedureRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcOid));
	char kind;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcOid);
	kind = ((Form_pg_proc) GETSTRUCT(tuple))->prokind;
	CatalogTupleDelete(rel, &tuple->t_self);
	ReleaseSysCache(tuple);
	table_close(rel, RowExclusiveLock);
	if (kind == PROKIND_AGGREGATE)
	{
		rel = table_open(AggregateRelationId, RowExclusiveLock);
		tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(funcOid));
		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for pg_aggregate tuple for function %u", funcOid);
		CatalogTupleDelete(rel, &tuple->t_self);
		ReleaseSysCache(tuple);
		table_close(rel, RowExclusiveLock);
	}
}
