/*
 * round_trip_test.c
 *    Trees survive copying, writing and reading: over the parse of statements of every kind. What is no tree is refused.
 */
#include "server_test.h"

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parser.h"

static const char *const statements[] = {
	"select a, b.c, 'it''s', '', 1, 1.5e3, b'101', x'ff', null, true, $1 from t a, s.b where a.x between 1 and 2",
	"select distinct on (a) *, t.*, (x).y, a[1], a[1:2], array[1, 2], row(1, 2), case a when 1 then 2 else 3 end from t",
	"select count(*), sum(distinct x order by y) filter (where z), rank() over w from t group by rollup (a, b), cube (c) "
	"having count(*) > 1 window w as (partition by a order by b rows between 1 preceding and current row)",
	"with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select * from r order by 1 desc nulls last "
	"limit 3 offset 1 for update of r nowait",
	"select * from a left join b using (x, y) as j cross join c natural full join d, lateral (select 1) e, "
	"rows from (f(1), g(2) as (q int)) with ordinality as h(i, k)",
	"insert into t (a, b[1], c.d) values (1, default, 'x'), (2, 3, 4) on conflict (a) where b > 1 do update set a = excluded.a "
	"where t.b returning *",
	"update only t set (a, b) = (select 1, 2), c = default from u where current of cur returning a",
	"delete from t using u where t.a = u.a",
	"merge into t using s on t.a = s.a when matched and s.b then update set b = 1 when not matched then insert values (1)",
	"create table t (a int primary key default 1, b numeric(10, 2) not null, c text collate \"C\" generated always as (b) stored, "
	"check (a > 0), foreign key (a) references u (b) on delete cascade) inherits (p) with (fillfactor = 70)",
	"create table p partition of q for values from (minvalue, 1) to (maxvalue, 2) partition by list (a)",
	"create unique index concurrently if not exists i on t using btree (a desc, lower(b) text_pattern_ops) include (c) where a > 1",
	"create function f(in a int default 3, out b text, variadic c int[]) returns setof record language sql as 'x' stable",
	"create foreign table ft (a int) server s options (x 'y')",
	"create view v (a, b) as select 1, 2 with local check option",
	"alter table t add column x int, drop constraint c cascade, alter y type text using y::text",
	"alter type e add value '' before 'b'",
	"grant select (a, b), update on t to public with grant option",
	"explain (analyze, costs off) select 1; begin isolation level serializable; set x to 1, 'two'; vacuum (full) t (a)",
	"copy t (a) from stdin with (format csv, header true) where a > 1",
	"declare c scroll cursor with hold for select 1",
	"comment on column t.a is ''",
	"create trigger tr before insert or update of a on t for each row when (new.a > 1) execute function f('x')",
};

static void
survives(void *tree)
{
	void *copy = copyObject(tree);
	char *text = nodeToString(tree);
	void *read = stringToNode(text);

	assert_true(equal(tree, copy));
	assert_true(tree != copy);
	assert_true(equal(tree, read));
	assert_string_equal(text, nodeToString(read));
}

static void
statements_survive(void **unused)
{
	for (int i = 0; i < lengthof(statements); i++)
		survives(raw_parser(statements[i], RAW_PARSE_DEFAULT));
}

static void
different_trees_differ(void **unused)
{
	List *trees = NIL;

	for (int i = 0; i < lengthof(statements); i++)
		trees = lappend(trees, raw_parser(statements[i], RAW_PARSE_DEFAULT));
	for (int i = 0; i < list_length(trees); i++)
		for (int j = 0; j < list_length(trees); j++)
			assert_int_equal(equal(list_nth(trees, i), list_nth(trees, j)), i == j);
}

static void
locations_do_not_count(void **unused)
{
	assert_true(equal(raw_parser("select a + 1", RAW_PARSE_DEFAULT), raw_parser("select  a  +  1", RAW_PARSE_DEFAULT)));
}

static void
constants_keep_their_bytes(void **unused)
{
	Const *number = makeConst(23, -1, 0, 4, Int32GetDatum(-7), false, true);
	char bytes[8] = {0, 1, 2, 3, 4, 5, 6, (char) 255};
	Const *fixed = makeConst(600, -1, 0, 8, PointerGetDatum(bytes), false, false);
	Const *null = makeConst(25, -1, 100, -1, (Datum) 0, true, false);
	Const *read;

	survives(number);
	survives(fixed);
	survives(null);
	read = stringToNode(nodeToString(fixed));
	assert_memory_equal(DatumGetPointer(read->constvalue), bytes, 8);
	assert_true(read->constvalue != fixed->constvalue);
}

static void
lists_of_numbers_survive(void **unused)
{
	survives(list_make2_int(-1, 2));
	survives(list_make2_oid(1, 4294967295u));
	survives(list_make2(NULL, list_make1(NULL)));
}

static void
damaged_text_is_refused(void **unused)
{
	static const char *const texts[] = {
		"", "{", "{Var", "{Var :varno", "{Var :varno x}", "{Var :nosuch 1}", "{Nosuch}", "(", "(i 1", "(i x)", "{Const :constvalue #00}",
		"{Const :constvalue @0}", "{Alias :aliasname \"x}", "{Var} {Var}", "{Alias :colnames {Var}}", "{Var :varattno 99999}",
		"{FuncCall :over {Var}}", "<", "<)", "]"};

	for (int i = 0; i < lengthof(texts); i++)
	{
		volatile bool raised = false;
		MemoryContext context = CurrentMemoryContext;

		PG_TRY();
		{
			stringToNode(texts[i]);
		}
		PG_CATCH();
		{
			MemoryContextSwitchTo(context);
			FlushErrorState();
			raised = true;
		}
		PG_END_TRY();
		if (!raised)
			fail_msg("\"%s\" was read", texts[i]);
	}
}

/* A walker sees each node once; a mutator that changes nothing makes an equal tree. */
static bool
count_walker(Node *node, int *count)
{
	if (node == NULL)
		return false;
	(*count)++;
	return expression_tree_walker(node, count_walker, count);
}

static Node *
keep_mutator(Node *node, void *context)
{
	return expression_tree_mutator(node, keep_mutator, context);
}

static void
walkers_reach_children(void **unused)
{
	Var *a = makeVar(1, 1, 23, -1, 0, 0);
	Const *one = makeConst(23, -1, 0, 4, Int32GetDatum(1), false, true);
	Expr *op = make_opclause(96, 16, false, (Expr *) a, (Expr *) one, 0, 0);
	Expr *and = make_andclause(list_make2(op, make_notclause(copyObject(op))));
	int count = 0;
	Node *copy;

	count_walker((Node *) and, &count);
	assert_int_equal(count, 8);
	copy = keep_mutator((Node *) and, NULL);
	assert_true(equal(copy, and) && copy != (Node *) and);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_survive),
		cmocka_unit_test(different_trees_differ),
		cmocka_unit_test(locations_do_not_count),
		cmocka_unit_test(constants_keep_their_bytes),
		cmocka_unit_test(lists_of_numbers_survive),
		cmocka_unit_test(damaged_text_is_refused),
		cmocka_unit_test(walkers_reach_children),
	};

	return run_unit_tests(tests);
}
