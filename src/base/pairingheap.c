/*
 * pairingheap.c
 *    Pairing heaps (lib/pairingheap.h), after Fredman, Sedgewick, Sleator and Tarjan, "The pairing heap" (1986).
 *
 * A node's children are a list through next_sibling; prev_or_parent of the first child is the parent, of the others the
 * previous sibling. The root has neither.
 */
#include "postgres.h"

#include "lib/pairingheap.h"

pairingheap *
pairingheap_allocate(pairingheap_comparator compare, void *arg)
{
	pairingheap *heap = palloc_object(pairingheap);

	*heap = (pairingheap){.ph_compare = compare, .ph_arg = arg};
	return heap;
}

void
pairingheap_free(pairingheap *heap)
{
	pfree(heap);
}

/* Join two heaps (either may be NULL): the lesser root becomes first child of the greater. */
static pairingheap_node *
join(pairingheap *heap, pairingheap_node *a, pairingheap_node *b)
{
	pairingheap_node *swap;

	if (a == NULL)
		return b;
	if (b == NULL)
		return a;
	if (heap->ph_compare(a, b, heap->ph_arg) < 0)
	{
		swap = a;
		a = b;
		b = swap;
	}
	b->next_sibling = a->first_child;
	if (b->next_sibling)
		b->next_sibling->prev_or_parent = b;
	b->prev_or_parent = a;
	a->first_child = b;
	return a;
}

/* Join a list of siblings into one heap: pairs from left to right, then the pairs from right to left. */
static pairingheap_node *
join_siblings(pairingheap *heap, pairingheap_node *list)
{
	pairingheap_node *pairs = NULL;
	pairingheap_node *result = NULL;

	while (list != NULL)
	{
		pairingheap_node *a = list;
		pairingheap_node *b = a->next_sibling;
		pairingheap_node *joined;

		list = b ? b->next_sibling : NULL;
		a->next_sibling = NULL;
		if (b)
			b->next_sibling = NULL;
		joined = join(heap, a, b);
		joined->next_sibling = pairs;
		pairs = joined;
	}
	while (pairs != NULL)
	{
		pairingheap_node *next = pairs->next_sibling;

		pairs->next_sibling = NULL;
		result = join(heap, result, pairs);
		pairs = next;
	}
	if (result)
		result->prev_or_parent = result->next_sibling = NULL;
	return result;
}

void
pairingheap_add(pairingheap *heap, pairingheap_node *node)
{
	node->first_child = node->next_sibling = node->prev_or_parent = NULL;
	heap->ph_root = join(heap, heap->ph_root, node);
	heap->ph_root->prev_or_parent = heap->ph_root->next_sibling = NULL;
}

pairingheap_node *
pairingheap_first(pairingheap *heap)
{
	Assert(!pairingheap_is_empty(heap));
	return heap->ph_root;
}

pairingheap_node *
pairingheap_remove_first(pairingheap *heap)
{
	pairingheap_node *first = pairingheap_first(heap);

	heap->ph_root = join_siblings(heap, first->first_child);
	return first;
}

void
pairingheap_remove(pairingheap *heap, pairingheap_node *node)
{
	pairingheap_node *children;

	if (node == heap->ph_root)
	{
		pairingheap_remove_first(heap);
		return;
	}
	if (node->prev_or_parent->first_child == node)
		node->prev_or_parent->first_child = node->next_sibling;
	else
		node->prev_or_parent->next_sibling = node->next_sibling;
	if (node->next_sibling)
		node->next_sibling->prev_or_parent = node->prev_or_parent;

	children = join_siblings(heap, node->first_child);
	heap->ph_root = join(heap, heap->ph_root, children);
	heap->ph_root->prev_or_parent = heap->ph_root->next_sibling = NULL;
}
