/*
 * deadlock.c
 *    Searching for deadlocks in a wait-for graph (see deadlock.h).
 *
 * The search keeps a list of constraints "a before b in queue l". Given constraints, each queue concerned is sorted so that they hold and
 * everything else stays as it was as far as possible; then cycles are looked for, from the start and from everybody named in
 * a constraint. A cycle whose edges are all hard refutes this set of constraints. Otherwise each of its soft edges is reversed
 * in turn, as one more constraint, and the search goes on from there.
 *
 * At most one constraint per process is kept, which bounds the depth; the breadth is bounded by a budget of steps, beyond which the cycle
 * counts as hard: a deadlock is broken by an error instead of by reordering, which is always correct.
 */
#include "postgres.h"

#include "lock/deadlock.h"

#define STEP_BUDGET 10000

typedef struct SoftEdge
{
	int waiter;	 /* waits behind... */
	int blocker; /* ...this one, without need */
	int lock;
} SoftEdge;

typedef struct Search
{
	DeadlockGraph *graph;
	int start;
	int **orders;		  /* per lock: its queue under the present constraints */
	int *order_space;
	SoftEdge *constraints; /* waiter shall come before blocker */
	int nconstraints;
	int *visited;		  /* by proc: position in the path + 1 while on it; -1: done, leads nowhere */
	int *path;
	int *path_soft_lock;  /* the edge from path[i] to its successor: lock index if soft, else NOBODY */
	int path_length;
	SoftEdge *edge_space; /* soft edges of cycles, a stretch per level of recursion */
	int steps;
} Search;

static int
total_waiters(const DeadlockGraph *graph)
{
	int n = 0;

	for (int i = 0; i < graph->nlocks; i++)
		n += graph->locks[i].nwaiters;
	return n;
}

Size
deadlock_workspace_size(const DeadlockGraph *graph)
{
	Size procs = graph->nprocs + 1;

	return MAXALIGN(sizeof(int *) * (graph->nlocks + 1)) + MAXALIGN(sizeof(int) * (total_waiters(graph) + 1)) +
		   MAXALIGN(sizeof(SoftEdge) * procs) + 3 * MAXALIGN(sizeof(int) * procs) +
		   MAXALIGN(sizeof(SoftEdge) * procs * procs);
}

static void *
carve(char **at, Size size)
{
	void *result = *at;

	*at += MAXALIGN(size);
	return result;
}

/* ---- cycles ---------------------------------------------------------------------------------------------------------------------------- */

static bool visit(Search *s, int proc, int target);

/* Follow the edge to next; true: target has been reached. */
static bool
follow(Search *s, int next, int soft_lock, int target)
{
	s->path_soft_lock[s->path_length - 1] = soft_lock;
	if (next == target)
		return true;
	if (s->visited[next] != 0)
		return false; /* on the path (a cycle, but not through target) or done */
	return visit(s, next, target);
}

/* Depth-first search for a way back to target. The path stays in s->path when there is one. */
static bool
visit(Search *s, int proc, int target)
{
	const DeadlockProc *p = &s->graph->procs[proc];
	const DeadlockLock *lock;
	int conflicts;

	s->path[s->path_length++] = proc;
	s->visited[proc] = s->path_length;
	if (p->lock != DEADLOCK_NOBODY)
	{
		lock = &s->graph->locks[p->lock];
		conflicts = s->graph->conflicts[p->mode];
		for (int i = 0; i < lock->nholders; i++)
			if (lock->holders[i].proc != proc && (conflicts & lock->holders[i].modes) &&
				follow(s, lock->holders[i].proc, DEADLOCK_NOBODY, target))
				return true;
		for (int i = 0; i < lock->nwaiters; i++)
		{
			int other = s->orders[p->lock][i];

			if (other == proc)
				break; /* those behind us do not stand in our way */
			if ((conflicts & (1 << s->graph->procs[other].mode)) && follow(s, other, p->lock, target))
				return true;
		}
	}
	s->visited[proc] = -1;
	s->path_length--;
	return false;
}

static bool
find_cycle(Search *s, int target)
{
	memset(s->visited, 0, sizeof(int) * s->graph->nprocs);
	s->path_length = 0;
	return visit(s, target, target);
}

/* ---- orders ------------------------------------------------------------------------------------------------------------------------------- */

/* May proc come next, given who has not come yet (left[0..nleft), in the old order)? */
static bool
may_come_next(const Search *s, int lock, int proc, const int *left, int nleft)
{
	for (int c = 0; c < s->nconstraints; c++)
	{
		const SoftEdge *k = &s->constraints[c];

		if (k->lock != lock || k->blocker != proc)
			continue;
		for (int i = 0; i < nleft; i++)
			if (left[i] == k->waiter)
				return false;
	}
	return true;
}

/* Sort one queue by the constraints, as near to the old order as they allow; false: they contradict each other. */
static bool
sort_queue(Search *s, int lock)
{
	const DeadlockLock *l = &s->graph->locks[lock];
	int *order = s->orders[lock];

	memcpy(order, l->waiters, sizeof(int) * l->nwaiters);
	for (int placed = 0; placed < l->nwaiters; placed++)
	{
		int pick = placed;

		while (pick < l->nwaiters && !may_come_next(s, lock, order[pick], order + placed, l->nwaiters - placed))
			pick++;
		if (pick == l->nwaiters)
			return false;
		int proc = order[pick];

		memmove(&order[placed + 1], &order[placed], sizeof(int) * (pick - placed));
		order[placed] = proc;
	}
	return true;
}

static bool
sort_queues(Search *s)
{
	for (int i = 0; i < s->graph->nlocks; i++)
		if (!sort_queue(s, i))
			return false;
	return true;
}

/* ---- search -------------------------------------------------------------------------------------------------------------------------------- */

/* Is there a cycle that concerns us under the present orders? */
static bool
find_relevant_cycle(Search *s)
{
	for (int c = 0; c < s->nconstraints; c++)
		if (find_cycle(s, s->constraints[c].waiter) || find_cycle(s, s->constraints[c].blocker))
			return true;
	return find_cycle(s, s->start);
}

/* The soft edges of the cycle in s->path. */
static int
collect_soft_edges(const Search *s, SoftEdge *edges)
{
	int n = 0;

	for (int i = 0; i < s->path_length; i++)
		if (s->path_soft_lock[i] != DEADLOCK_NOBODY)
			edges[n++] = (SoftEdge) {.waiter = s->path[i],
									 .blocker = s->path[(i + 1) % s->path_length],
									 .lock = s->path_soft_lock[i]};
	return n;
}

/* True: under some more constraints there is no deadlock; s->orders says how. */
static bool
resolve(Search *s)
{
	SoftEdge *edges = s->edge_space + (Size) s->nconstraints * s->graph->nprocs;
	int nedges;

	if (++s->steps > STEP_BUDGET || !sort_queues(s))
		return false;
	if (!find_relevant_cycle(s))
		return true;
	if (s->nconstraints >= s->graph->nprocs)
		return false;
	nedges = collect_soft_edges(s, edges);
	for (int i = 0; i < nedges; i++)
	{
		s->constraints[s->nconstraints++] = edges[i];
		if (resolve(s))
			return true;
		s->nconstraints--;
	}
	return false;
}

static void
report_cycle(Search *s, DeadlockResult *result)
{
	s->nconstraints = 0;
	sort_queues(s);
	if (!find_cycle(s, s->start))
	{
		/* Possible only when the deadlock is among others, made by the orders that were tried. */
		result->verdict = DEADLOCK_NONE;
		return;
	}
	result->verdict = DEADLOCK_HARD;
	result->cycle_length = s->path_length;
	memcpy(result->cycle, s->path, sizeof(int) * s->path_length);
}

static void
apply_orders(Search *s, DeadlockResult *result)
{
	result->verdict = s->nconstraints > 0 ? DEADLOCK_SOFT : DEADLOCK_NONE;
	for (int i = 0; i < s->graph->nlocks; i++)
	{
		DeadlockLock *lock = &s->graph->locks[i];

		result->lock_changed[i] = memcmp(lock->waiters, s->orders[i], sizeof(int) * lock->nwaiters) != 0;
		memcpy(lock->waiters, s->orders[i], sizeof(int) * lock->nwaiters);
	}
}

void
deadlock_search(DeadlockGraph *graph, int start, DeadlockResult *result, void *workspace)
{
	Search s = {.graph = graph, .start = start};
	char *at = workspace;
	Size procs = graph->nprocs + 1;
	int *space;

	s.orders = carve(&at, sizeof(int *) * (graph->nlocks + 1));
	space = carve(&at, sizeof(int) * (total_waiters(graph) + 1));
	s.constraints = carve(&at, sizeof(SoftEdge) * procs);
	s.visited = carve(&at, sizeof(int) * procs);
	s.path = carve(&at, sizeof(int) * procs);
	s.path_soft_lock = carve(&at, sizeof(int) * procs);
	s.edge_space = carve(&at, sizeof(SoftEdge) * procs * procs);
	for (int i = 0; i < graph->nlocks; i++)
	{
		s.orders[i] = space;
		space += graph->locks[i].nwaiters;
	}

	result->cycle_length = 0;
	if (resolve(&s))
		apply_orders(&s, result);
	else
		report_cycle(&s, result);
}
