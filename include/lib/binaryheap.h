/*
 * lib/binaryheap.h
 *    A heap of Datums in an array of fixed capacity. The first node is the largest by compare (a > b gives > 0).
 */
#ifndef BINARYHEAP_H
#define BINARYHEAP_H

#include "postgres.h"

typedef int (*binaryheap_comparator)(Datum a, Datum b, void *arg);

typedef struct binaryheap
{
	int bh_size;
	int bh_space;
	bool bh_has_heap_property; /* false after binaryheap_add_unordered, until binaryheap_build */
	binaryheap_comparator bh_compare;
	void *bh_arg;
	Datum bh_nodes[];
} binaryheap;

extern binaryheap *binaryheap_allocate(int capacity, binaryheap_comparator compare, void *arg);
extern void binaryheap_reset(binaryheap *heap);
extern void binaryheap_free(binaryheap *heap);
extern void binaryheap_add_unordered(binaryheap *heap, Datum d);
extern void binaryheap_build(binaryheap *heap);
extern void binaryheap_add(binaryheap *heap, Datum d); /* raises XX000 when full */
extern Datum binaryheap_first(binaryheap *heap);
extern Datum binaryheap_remove_first(binaryheap *heap);
extern void binaryheap_replace_first(binaryheap *heap, Datum d);

#define binaryheap_empty(h) ((h)->bh_size == 0)
#define binaryheap_size(h) ((h)->bh_size)
#define binaryheap_get_node(h, n) ((h)->bh_nodes[n])

#endif /* BINARYHEAP_H */
