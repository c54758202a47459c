/*
 * parser.c
 *    raw_parser: PostgreSQL 15's grammar, by way of libpg_query.
 *
 * The only code that calls libpg_query (convert.c only sees its trees). Its archive is prelinked with all but the
 * pg_query_* symbols made local, so its copies of palloc, ereport and so on are not ours.
 *
 * libpg_query recurses over its tree without asking how much stack there is, and a text may nest as deep as it is
 * long. A long text is therefore parsed on a stack of its own, sized after the text; our own conversion then runs on the
 * normal stack and says 54001 when that is too small.
 */
#include "postgres.h"

#include <sys/mman.h>
#include <ucontext.h>

#include "nodes/makefuncs.h"
#include "parse/convert.h"
#include "parser/parser.h"
#include "utils/memutils.h"

typedef struct ParserErrorRule
{
	int sqlstate;
	const char *text;
	bool anywhere;
	const char *hint;
} ParserErrorRule;

#include "parse/parser_errors_gen.h"

/* Texts up to this many bytes cannot nest deep enough to matter. */
#define PARSE_SHORT_TEXT 512
/* Unpacking one level of "1+1+1..." takes some 2.7 kB of stack for two bytes of text; nothing nests tighter. */
#define PARSE_STACK_PER_BYTE 2048
#define PARSE_STACK_MIN (1024 * 1024)
#define PARSE_STACK_MAX ((Size) 16 * 1024 * 1024 * 1024)

/* One run of the parser: text in, message tree or error out. */
typedef struct ParserRun
{
	const char *text;
	PgQueryProtobufParseResult result;
	PgQuery__ParseResult *tree; /* NULL after an error */
	ProtobufCAllocator allocator;
} ParserRun;

/* ---- memory for the message tree: the current context, but never an error, for we may be on another stack ---- */
static void *
tree_alloc(void *context, size_t size)
{
	return MemoryContextAllocExtended(context, Max(size, 1), MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE);
}

static void
tree_free(void *context, void *pointer)
{
	if (pointer)
		pfree(pointer);
}

static void
parser_run_here(ParserRun *run)
{
	run->result = pg_query_parse_protobuf(run->text);
	if (run->result.error == NULL)
		run->tree = pg_query__parse_result__unpack(&run->allocator, run->result.parse_tree.len,
												   (const uint8_t *) run->result.parse_tree.data);
}

/* ---- the stack for long texts ---- */
static ParserRun *run_on_own_stack;

static void
parser_run_entry(void)
{
	parser_run_here(run_on_own_stack);
}

static void
parser_run_on_own_stack(ParserRun *run)
{
	Size size = Min(PARSE_STACK_MIN + strlen(run->text) * PARSE_STACK_PER_BYTE, PARSE_STACK_MAX);
	ucontext_t caller;
	ucontext_t callee;
	void *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

	if (stack == MAP_FAILED)
		ereport(ERROR,
				errcode(ERRCODE_OUT_OF_MEMORY),
				errmsg("out of memory"),
				errdetail("The parser needs a stack of %zu bytes for a text of this length.", size));
	getcontext(&callee);
	callee.uc_stack.ss_sp = stack;
	callee.uc_stack.ss_size = size;
	callee.uc_link = &caller;
	run_on_own_stack = run;
	makecontext(&callee, parser_run_entry, 0);
	swapcontext(&caller, &callee);
	munmap(stack, size);
}

/* ---- errors ---- */
static const ParserErrorRule *
find_error_rule(const char *message)
{
	for (int i = 0; i < lengthof(parser_error_rules); i++)
	{
		const ParserErrorRule *rule = &parser_error_rules[i];

		if (rule->anywhere ? strstr(message, rule->text) != NULL
						   : strncmp(message, rule->text, strlen(rule->text)) == 0)
			return rule;
	}
	return NULL;
}

/* prefix_length: characters that we put before the user's text. */
static void
report_parser_error(PgQueryError *error, int prefix_length)
{
	char *message = pstrdup(error->message);
	int position = error->cursorpos - prefix_length;
	const ParserErrorRule *rule = find_error_rule(message);

	pg_query_free_protobuf_parse_result((PgQueryProtobufParseResult){.error = error});
	ereport(ERROR,
			errcode(rule ? rule->sqlstate : ERRCODE_SYNTAX_ERROR),
			errmsg("%s", message),
			rule && rule->hint ? errhint("%s", rule->hint) : 0,
			position > 0 ? errposition(position) : 0);
}

static List *
parse_text(const char *text, int prefix_length)
{
	ParserRun run = {.text = text};
	MemoryContext tree_context = AllocSetContextCreate(CurrentMemoryContext, "parser tree", ALLOCSET_DEFAULT_SIZES);
	List *stmts;

	run.allocator = (ProtobufCAllocator){tree_alloc, tree_free, tree_context};
	if (strlen(text) <= PARSE_SHORT_TEXT)
		parser_run_here(&run);
	else
		parser_run_on_own_stack(&run);
	if (run.result.error)
	{
		if (run.result.parse_tree.data)
			free(run.result.parse_tree.data);
		free(run.result.stderr_buffer);
		report_parser_error(run.result.error, prefix_length);
	}
	pg_query_free_protobuf_parse_result(run.result);
	if (run.tree == NULL)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
	stmts = parse_convert_result(run.tree);
	MemoryContextDelete(tree_context);
	return stmts;
}

/* ---- modes ---- */
#define EXPR_PREFIX "SELECT "
#define TYPE_PREFIX "SELECT NULL::"

static void
shift_statement(RawStmt *stmt, int prefix_length)
{
	stmt->stmt_location = 0;
	stmt->stmt_len = stmt->stmt_len > prefix_length ? stmt->stmt_len - prefix_length : 0;
}

static List *
parse_expression(const char *str)
{
	List *stmts = parse_text(psprintf("%s%s", EXPR_PREFIX, str), strlen(EXPR_PREFIX));

	if (list_length(stmts) != 1 || !IsA(linitial_node(RawStmt, stmts)->stmt, SelectStmt))
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("syntax error in expression \"%s\"", str));
	shift_statement(linitial(stmts), strlen(EXPR_PREFIX));
	return stmts;
}

/* The type name of "SELECT NULL::type", if that is all there is; else NULL. */
static TypeName *
sole_type_name(List *stmts)
{
	SelectStmt *select;
	SelectStmt plain;
	ResTarget *target;
	TypeCast *cast;

	if (list_length(stmts) != 1)
		return NULL;
	select = (SelectStmt *) linitial_node(RawStmt, stmts)->stmt;
	if (!IsA(select, SelectStmt) || list_length(select->targetList) != 1)
		return NULL;
	plain = (SelectStmt){.type = T_SelectStmt, .targetList = select->targetList, .limitOption = select->limitOption,
						 .op = select->op};
	if (!equal(select, &plain))
		return NULL;
	target = linitial_node(ResTarget, select->targetList);
	cast = (TypeCast *) target->val;
	if (target->name || target->indirection || !IsA(cast, TypeCast) || !IsA(cast->arg, A_Const))
		return NULL;
	return cast->typeName;
}

static List *
parse_type_name(const char *str)
{
	TypeName *type = sole_type_name(parse_text(psprintf("%s%s", TYPE_PREFIX, str), strlen(TYPE_PREFIX)));

	if (type == NULL)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid type name \"%s\"", str));
	if (type->location >= 0)
		type->location -= strlen(TYPE_PREFIX);
	return list_make1(type);
}

List *
raw_parser(const char *str, RawParseMode mode)
{
	switch (mode)
	{
		case RAW_PARSE_DEFAULT:
			return parse_text(str, 0);
		case RAW_PARSE_TYPE_NAME:
			return parse_type_name(str);
		case RAW_PARSE_PLPGSQL_EXPR:
			return parse_expression(str);
		default:
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("PL/pgSQL assignment parsing is not supported"));
	}
	return NIL;
}

List *
SystemFuncName(char *name)
{
	return list_make2(makeString("pg_catalog"), makeString(name));
}

TypeName *
SystemTypeName(char *name)
{
	return makeTypeNameFromNameList(SystemFuncName(name));
}
