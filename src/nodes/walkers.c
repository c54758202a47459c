/*
 * walkers.c
 *    Visiting and rewriting trees: one generic walk over the fields that the node table marks with NF_WALK.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/nodedesc.h"

typedef bool (*Walker)();
typedef Node *(*Mutator)();

/* ---- walking ---- */
static bool
walk_list(List *list, Walker walker, void *context)
{
	ListCell *lc;

	if (list == NIL || !IsA(list, List))
		return false;
	foreach (lc, list)
		if (walker((Node *) lfirst(lc), context))
			return true;
	return false;
}

static bool
walk_fields(Node *node, const NodeDesc *desc, uint8 flags, Walker walker, void *context)
{
	for (int i = 0; i < desc->nfields; i++)
	{
		const NodeField *field = &desc->fields[i];
		void *child;

		if ((field->kind != NODE_FIELD_NODE && field->kind != NODE_FIELD_LIST) || (field->flags & flags) != flags)
			continue;
		child = *(void **) node_field_at(node, field);
		if (child == NULL)
			continue;
		if (field->kind == NODE_FIELD_LIST ? walk_list(child, walker, context) : walker((Node *) child, context))
			return true;
	}
	return false;
}

bool
expression_tree_walker(Node *node, bool (*walker)(), void *context)
{
	if (node == NULL)
		return false;
	check_stack_depth();
	switch (nodeTag(node))
	{
		case T_List:
			return walk_list((List *) node, walker, context);
		case T_IntList:
		case T_OidList:
		case T_XidList:
		case T_Query:			/* the walker decides whether to look inside */
		case T_RangeTblEntry:
			return false;
		default:
			return walk_fields(node, node_desc_of(node, "walk"), NF_WALK, walker, context);
	}
}

/* Raw trees: every pointer counts, sub-statements included. */
bool
raw_expression_tree_walker(Node *node, bool (*walker)(), void *context)
{
	if (node == NULL)
		return false;
	check_stack_depth();
	if (nodeTag(node) >= T_List && nodeTag(node) <= T_XidList)
		return walk_list((List *) node, walker, context);
	return walk_fields(node, node_desc_of(node, "walk"), 0, walker, context);
}

bool
range_table_entry_walker(RangeTblEntry *rte, bool (*walker)(), void *context, int flags)
{
	if ((flags & QTW_EXAMINE_RTES_BEFORE) && walker((Node *) rte, context))
		return true;
	switch (rte->rtekind)
	{
		case RTE_RELATION:
			if (rte->tablesample && walker((Node *) rte->tablesample, context))
				return true;
			break;
		case RTE_SUBQUERY:
			if (!(flags & QTW_IGNORE_RT_SUBQUERIES) && walker((Node *) rte->subquery, context))
				return true;
			break;
		case RTE_JOIN:
			if (!(flags & QTW_IGNORE_JOINALIASES) && walk_list(rte->joinaliasvars, walker, context))
				return true;
			break;
		case RTE_FUNCTION:
			if (walk_list(rte->functions, walker, context))
				return true;
			break;
		case RTE_TABLEFUNC:
			if (walker((Node *) rte->tablefunc, context))
				return true;
			break;
		case RTE_VALUES:
			if (walk_list(rte->values_lists, walker, context))
				return true;
			break;
		case RTE_CTE:
		case RTE_NAMEDTUPLESTORE:
		case RTE_RESULT:
			break;
	}
	if (walk_list(rte->securityQuals, walker, context))
		return true;
	return (flags & QTW_EXAMINE_RTES_AFTER) && walker((Node *) rte, context);
}

bool
range_table_walker(List *rtable, bool (*walker)(), void *context, int flags)
{
	ListCell *lc;

	foreach (lc, rtable)
		if (range_table_entry_walker(lfirst_node(RangeTblEntry, lc), walker, context, flags))
			return true;
	return false;
}

/*
 * The expression fields of Query. Sort and group clauses only name target entries, so they are left out unless
 * asked for (QTW_EXAMINE_SORTGROUP).
 */
typedef struct QueryField
{
	uint16 offset;
	bool is_list;
	bool sort_group;
} QueryField;

static const QueryField query_fields[] = {
	{offsetof(Query, targetList), true, false},
	{offsetof(Query, withCheckOptions), true, false},
	{offsetof(Query, onConflict), false, false},
	{offsetof(Query, mergeActionList), true, false},
	{offsetof(Query, returningList), true, false},
	{offsetof(Query, jointree), false, false},
	{offsetof(Query, setOperations), false, false},
	{offsetof(Query, havingQual), false, false},
	{offsetof(Query, limitOffset), false, false},
	{offsetof(Query, limitCount), false, false},
	{offsetof(Query, groupClause), true, true},
	{offsetof(Query, windowClause), true, true},
	{offsetof(Query, sortClause), true, true},
	{offsetof(Query, distinctClause), true, true},
};

static inline void **
query_field_at(Query *query, const QueryField *field)
{
	return (void **) ((char *) query + field->offset);
}

bool
query_tree_walker(Query *query, bool (*walker)(), void *context, int flags)
{
	ListCell *lc;

	Assert(query != NULL && IsA(query, Query));
	for (int i = 0; i < lengthof(query_fields); i++)
	{
		const QueryField *field = &query_fields[i];
		void *child = *query_field_at(query, field);

		if (child == NULL || (field->sort_group && !(flags & QTW_EXAMINE_SORTGROUP)))
			continue;
		if (field->is_list ? walk_list(child, walker, context) : walker((Node *) child, context))
			return true;
	}
	if (!(flags & QTW_EXAMINE_SORTGROUP))
		foreach (lc, query->windowClause)
		{
			WindowClause *wc = lfirst_node(WindowClause, lc);

			if ((wc->startOffset && walker(wc->startOffset, context)) ||
				(wc->endOffset && walker(wc->endOffset, context)))
				return true;
		}
	if (!(flags & QTW_IGNORE_CTE_SUBQUERIES) && walk_list(query->cteList, walker, context))
		return true;
	return !(flags & QTW_IGNORE_RANGE_TABLE) && range_table_walker(query->rtable, walker, context, flags);
}

bool
query_or_expression_tree_walker(Node *node, bool (*walker)(), void *context, int flags)
{
	if (node && IsA(node, Query))
		return query_tree_walker((Query *) node, walker, context, flags);
	return walker(node, context);
}

/* ---- rewriting ---- */
static List *
mutate_list(List *list, Mutator mutator, void *context)
{
	List *result = NIL;
	ListCell *lc;

	if (list == NIL || !IsA(list, List))
		return list_copy(list);
	foreach (lc, list)
		result = lappend(result, mutator((Node *) lfirst(lc), context));
	return result;
}

static bool
has_children(const NodeDesc *desc)
{
	for (int i = 0; i < desc->nfields; i++)
		if (desc->fields[i].flags & NF_WALK)
			return true;
	return false;
}

static Node *
mutate_fields(Node *node, const NodeDesc *desc, Mutator mutator, void *context)
{
	Node *copy = palloc(desc->size);

	memcpy(copy, node, desc->size);
	for (int i = 0; i < desc->nfields; i++)
	{
		const NodeField *field = &desc->fields[i];
		void **place = node_field_at(copy, field);

		if (!(field->flags & NF_WALK) || *place == NULL)
			continue;
		if (field->kind == NODE_FIELD_LIST)
			*place = mutate_list(*place, mutator, context);
		else
			*place = mutator((Node *) *place, context);
	}
	return copy;
}

Node *
expression_tree_mutator(Node *node, Node *(*mutator)(), void *context)
{
	const NodeDesc *desc;

	if (node == NULL)
		return NULL;
	check_stack_depth();
	switch (nodeTag(node))
	{
		case T_List:
		case T_IntList:
		case T_OidList:
		case T_XidList:
			return (Node *) mutate_list((List *) node, mutator, context);
		case T_Query:
		case T_RangeTblEntry:
			return node;
		default:
			break;
	}
	desc = node_desc_of(node, "rewrite");
	if (!has_children(desc))
		return copyObject(node);
	return mutate_fields(node, desc, mutator, context);
}

static void
mutate_rte(RangeTblEntry *rte, Mutator mutator, void *context, int flags)
{
	switch (rte->rtekind)
	{
		case RTE_RELATION:
			if (rte->tablesample)
				rte->tablesample = (TableSampleClause *) mutator((Node *) rte->tablesample, context);
			break;
		case RTE_SUBQUERY:
			if (!(flags & QTW_IGNORE_RT_SUBQUERIES))
				rte->subquery = (Query *) mutator((Node *) rte->subquery, context);
			else
				rte->subquery = copyObject(rte->subquery);
			break;
		case RTE_JOIN:
			if (!(flags & QTW_IGNORE_JOINALIASES))
				rte->joinaliasvars = mutate_list(rte->joinaliasvars, mutator, context);
			else
				rte->joinaliasvars = copyObject(rte->joinaliasvars);
			break;
		case RTE_FUNCTION:
			rte->functions = mutate_list(rte->functions, mutator, context);
			break;
		case RTE_TABLEFUNC:
			rte->tablefunc = (TableFunc *) mutator((Node *) rte->tablefunc, context);
			break;
		case RTE_VALUES:
			rte->values_lists = mutate_list(rte->values_lists, mutator, context);
			break;
		case RTE_CTE:
		case RTE_NAMEDTUPLESTORE:
		case RTE_RESULT:
			break;
	}
	rte->securityQuals = mutate_list(rte->securityQuals, mutator, context);
}

List *
range_table_mutator(List *rtable, Node *(*mutator)(), void *context, int flags)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, rtable)
	{
		RangeTblEntry *rte = palloc(sizeof(RangeTblEntry));

		*rte = *lfirst_node(RangeTblEntry, lc);
		mutate_rte(rte, mutator, context, flags);
		result = lappend(result, rte);
	}
	return result;
}

Query *
query_tree_mutator(Query *query, Node *(*mutator)(), void *context, int flags)
{
	Query *result = query;

	Assert(query != NULL && IsA(query, Query));
	if (!(flags & QTW_DONT_COPY_QUERY))
	{
		result = palloc(sizeof(Query));
		*result = *query;
	}
	for (int i = 0; i < lengthof(query_fields); i++)
	{
		const QueryField *field = &query_fields[i];
		void **place = query_field_at(result, field);

		if (*place == NULL || (field->sort_group && !(flags & QTW_EXAMINE_SORTGROUP)))
			continue;
		*place = field->is_list ? (void *) mutate_list(*place, mutator, context)
								: (void *) mutator((Node *) *place, context);
	}
	if (!(flags & QTW_EXAMINE_SORTGROUP) && result->windowClause)
	{
		List *clauses = NIL;
		ListCell *lc;

		foreach (lc, result->windowClause)
		{
			WindowClause *wc = palloc(sizeof(WindowClause));

			*wc = *lfirst_node(WindowClause, lc);
			wc->startOffset = wc->startOffset ? mutator(wc->startOffset, context) : NULL;
			wc->endOffset = wc->endOffset ? mutator(wc->endOffset, context) : NULL;
			clauses = lappend(clauses, wc);
		}
		result->windowClause = clauses;
	}
	if (!(flags & QTW_IGNORE_CTE_SUBQUERIES))
		result->cteList = mutate_list(result->cteList, mutator, context);
	else
		result->cteList = copyObject(result->cteList);
	if (!(flags & QTW_IGNORE_RANGE_TABLE))
		result->rtable = range_table_mutator(result->rtable, mutator, context, flags);
	return result;
}

Node *
query_or_expression_tree_mutator(Node *node, Node *(*mutator)(), void *context, int flags)
{
	if (node && IsA(node, Query))
		return (Node *) query_tree_mutator((Query *) node, mutator, context, flags);
	return mutator(node, context);
}
