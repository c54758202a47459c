/*
 * binaryheap.c
 *    A heap of Datums in an array (lib/binaryheap.h). Children of node i are 2i+1 and 2i+2.
 */
#include "postgres.h"

#include "lib/binaryheap.h"

binaryheap *
binaryheap_allocate(int capacity, binaryheap_comparator compare, void *arg)
{
	binaryheap *heap = palloc(offsetof(binaryheap, bh_nodes) + sizeof(Datum) * capacity);

	heap->bh_space = capacity;
	heap->bh_compare = compare;
	heap->bh_arg = arg;
	binaryheap_reset(heap);
	return heap;
}

void
binaryheap_reset(binaryheap *heap)
{
	heap->bh_size = 0;
	heap->bh_has_heap_property = true;
}

void
binaryheap_free(binaryheap *heap)
{
	pfree(heap);
}

static void
rise(binaryheap *heap, int i)
{
	Datum value = heap->bh_nodes[i];

	while (i > 0)
	{
		int parent = (i - 1) / 2;

		if (heap->bh_compare(value, heap->bh_nodes[parent], heap->bh_arg) <= 0)
			break;
		heap->bh_nodes[i] = heap->bh_nodes[parent];
		i = parent;
	}
	heap->bh_nodes[i] = value;
}

static void
sink(binaryheap *heap, int i)
{
	Datum value = heap->bh_nodes[i];

	for (;;)
	{
		int child = 2 * i + 1;

		if (child >= heap->bh_size)
			break;
		if (child + 1 < heap->bh_size &&
			heap->bh_compare(heap->bh_nodes[child + 1], heap->bh_nodes[child], heap->bh_arg) > 0)
			child++;
		if (heap->bh_compare(value, heap->bh_nodes[child], heap->bh_arg) >= 0)
			break;
		heap->bh_nodes[i] = heap->bh_nodes[child];
		i = child;
	}
	heap->bh_nodes[i] = value;
}

void
binaryheap_add_unordered(binaryheap *heap, Datum d)
{
	if (heap->bh_size >= heap->bh_space)
		elog(ERROR, "out of binary heap slots");
	heap->bh_has_heap_property = false;
	heap->bh_nodes[heap->bh_size++] = d;
}

void
binaryheap_build(binaryheap *heap)
{
	for (int i = heap->bh_size / 2 - 1; i >= 0; i--)
		sink(heap, i);
	heap->bh_has_heap_property = true;
}

void
binaryheap_add(binaryheap *heap, Datum d)
{
	bool ordered = heap->bh_has_heap_property;

	binaryheap_add_unordered(heap, d);
	heap->bh_has_heap_property = ordered;
	rise(heap, heap->bh_size - 1);
}

Datum
binaryheap_first(binaryheap *heap)
{
	Assert(!binaryheap_empty(heap) && heap->bh_has_heap_property);
	return heap->bh_nodes[0];
}

Datum
binaryheap_remove_first(binaryheap *heap)
{
	Datum first = binaryheap_first(heap);

	heap->bh_nodes[0] = heap->bh_nodes[--heap->bh_size];
	if (heap->bh_size > 1)
		sink(heap, 0);
	return first;
}

void
binaryheap_replace_first(binaryheap *heap, Datum d)
{
	Assert(!binaryheap_empty(heap) && heap->bh_has_heap_property);
	heap->bh_nodes[0] = d;
	sink(heap, 0);
}
