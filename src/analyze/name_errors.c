/*
 * name_errors.c
 *    What to say about a name that was not found: where it does exist, or which name was probably meant.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/namespace.h"
#include "nodes/makefuncs.h"
#include "parser/parse_relation.h"
#include "utils/lsyscache.h"

#define MAX_NAME_DISTANCE 3

/* ---- edit distance ---- */

/* Insertions, deletions and replacements of bytes; names are short. Anything above limit is limit + 1. */
static int
edit_distance(const char *a, const char *b, int limit)
{
	int la = (int) strlen(a);
	int lb = (int) strlen(b);
	int *row;
	int result;

	if (abs(la - lb) > limit)
		return limit + 1;
	row = palloc((lb + 1) * sizeof(int));
	for (int j = 0; j <= lb; j++)
		row[j] = j;
	for (int i = 1; i <= la; i++)
	{
		int diagonal = row[0];

		row[0] = i;
		for (int j = 1; j <= lb; j++)
		{
			int above = row[j];

			row[j] = Min(Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	result = row[lb];
	pfree(row);
	return Min(result, limit + 1);
}

/* ---- tables ---- */

/* An entry of any level that the name could mean, visible or not. */
static RangeTblEntry *
find_entry_anywhere(ParseState *pstate, RangeVar *relation, int *level)
{
	const char *refname = relation->relname;
	CommonTableExpr *cte = NULL;
	Index ctelevelsup = 0;
	Oid relid = InvalidOid;

	if (relation->schemaname == NULL)
		cte = scanNameSpaceForCTE(pstate, refname, &ctelevelsup);
	if (cte == NULL)
		relid = RangeVarGetRelid(relation, NoLock, true);
	for (*level = 0; pstate; pstate = pstate->parentParseState, (*level)++)
	{
		ListCell *lc;

		foreach (lc, pstate->p_rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

			if (rte->rtekind == RTE_RELATION && OidIsValid(relid) && rte->relid == relid)
				return rte;
			if (rte->rtekind == RTE_CTE && cte && rte->ctelevelsup + *level == ctelevelsup &&
				strcmp(rte->ctename, refname) == 0)
				return rte;
			if (strcmp(rte->eref->aliasname, refname) == 0)
				return rte;
		}
	}
	return NULL;
}

void
errorMissingRTE(ParseState *pstate, RangeVar *relation)
{
	int level;
	RangeTblEntry *rte = find_entry_anywhere(pstate, relation, &level);
	const char *bad_alias = NULL;

	if (rte && strcmp(rte->eref->aliasname, relation->relname) != 0)
	{
		int sublevels_up;
		ParseNamespaceItem *nsitem =
			refnameNamespaceItem(pstate, NULL, rte->eref->aliasname, relation->location, &sublevels_up);

		if (nsitem && nsitem->p_rte == rte)
			bad_alias = rte->eref->aliasname;
	}
	if (rte)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_TABLE),
				errmsg("invalid reference to FROM-clause entry for table \"%s\"", relation->relname),
				bad_alias ? errhint("Perhaps you meant to reference the table alias \"%s\".", bad_alias)
						  : errhint("There is an entry for table \"%s\", but it cannot be referenced from this part of "
									"the query.",
									rte->eref->aliasname),
				parser_errposition(pstate, relation->location));
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_TABLE),
			errmsg("missing FROM-clause entry for table \"%s\"", relation->relname),
			parser_errposition(pstate, relation->location));
	pg_unreachable();
}

/* ---- columns ---- */
typedef struct NearestColumns
{
	int distance;
	RangeTblEntry *first_rte;
	const char *first;		/* NULL with first_rte set: the very column, but out of reach */
	RangeTblEntry *second_rte;
	const char *second;
	bool crowded;			/* three at this distance: no use naming any */
} NearestColumns;

static void
consider_column(NearestColumns *near, RangeTblEntry *rte, const char *candidate, const char *wanted, int penalty)
{
	int distance;

	if (*candidate == '\0')
		return;
	distance = edit_distance(candidate, wanted, near->distance + 1 - penalty);
	/* More than half of it different is another word. */
	if (distance > (int) strlen(wanted) / 2)
		return;
	distance += penalty;
	if (distance < near->distance)
		*near = (NearestColumns){.distance = distance, .first_rte = rte, .first = candidate};
	else if (distance == near->distance && !near->crowded)
	{
		if (near->second)
			*near = (NearestColumns){.distance = distance - 1};
		else if (near->first)
		{
			near->second_rte = rte;
			near->second = candidate;
		}
		else if (distance <= MAX_NAME_DISTANCE)
		{
			near->first_rte = rte;
			near->first = candidate;
		}
	}
}

static bool
has_column(RangeTblEntry *rte, const char *colname)
{
	ListCell *lc;

	foreach (lc, rte->eref->colnames)
		if (strcmp(strVal(lfirst(lc)), colname) == 0)
			return true;
	return false;
}

static NearestColumns
nearest_columns(ParseState *pstate, const char *relname, const char *colname)
{
	NearestColumns near = {.distance = MAX_NAME_DISTANCE + 1};

	for (; pstate; pstate = pstate->parentParseState)
	{
		ListCell *lc;

		foreach (lc, pstate->p_rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
			int penalty = 0;
			ListCell *lc2;

			/* A join's columns are its inputs'. */
			if (rte->rtekind == RTE_JOIN)
				continue;
			if (relname && strcmp(relname, rte->eref->aliasname) != 0)
				penalty = edit_distance(relname, rte->eref->aliasname, MAX_NAME_DISTANCE);
			if (penalty == 0 && has_column(rte, colname))
				return (NearestColumns){.first_rte = rte};
			foreach (lc2, rte->eref->colnames)
				consider_column(&near, rte, strVal(lfirst(lc2)), colname, penalty);
		}
	}
	return near;
}

void
errorMissingColumn(ParseState *pstate, const char *relname, const char *colname, int location)
{
	NearestColumns near = nearest_columns(pstate, relname, colname);
	char *hint = NULL;

	if (near.second)
		hint = psprintf("Perhaps you meant to reference the column \"%s.%s\" or the column \"%s.%s\".",
						near.first_rte->eref->aliasname, near.first, near.second_rte->eref->aliasname, near.second);
	else if (near.first)
		hint = psprintf("Perhaps you meant to reference the column \"%s.%s\".", near.first_rte->eref->aliasname,
						near.first);
	else if (near.first_rte)
		hint = psprintf("There is a column named \"%s\" in table \"%s\", but it cannot be referenced from this part of "
						"the query.",
						colname, near.first_rte->eref->aliasname);
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_COLUMN),
			relname ? errmsg("column %s.%s does not exist", relname, colname)
					: errmsg("column \"%s\" does not exist", colname),
			hint ? errhint("%s", hint) : 0,
			parser_errposition(pstate, location));
	pg_unreachable();
}
