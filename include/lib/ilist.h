/*
 * lib/ilist.h
 *    Intrusive lists: the links live in the listed structs. dlist is doubly linked and circular through its head (a
 *    zeroed head is also an empty list), slist singly linked.
 *
 * Nothing allocates; a node may be in one list per dlist_node it contains. The _modify iterators allow deleting the
 * current node.
 */
#ifndef ILIST_H
#define ILIST_H

#include "c.h"

typedef struct dlist_node
{
	struct dlist_node *prev;
	struct dlist_node *next;
} dlist_node;

typedef struct dlist_head
{
	dlist_node head;
} dlist_head;

typedef struct dlist_iter
{
	dlist_node *cur;
	dlist_node *end;
} dlist_iter;

typedef struct dlist_mutable_iter
{
	dlist_node *cur;
	dlist_node *next;
	dlist_node *end;
} dlist_mutable_iter;

typedef struct slist_node
{
	struct slist_node *next;
} slist_node;

typedef struct slist_head
{
	slist_node head;
} slist_head;

typedef struct slist_iter
{
	slist_node *cur;
} slist_iter;

typedef struct slist_mutable_iter
{
	slist_node *cur;
	slist_node *next;
	slist_node *prev;
} slist_mutable_iter;

#define DLIST_STATIC_INIT(name) {{&(name).head, &(name).head}}
#define SLIST_STATIC_INIT(name) {{NULL}}

#define ilist_container(type, member, ptr) ((type *) ((char *) (ptr) -offsetof(type, member)))
#define dlist_container(type, membername, ptr) ilist_container(type, membername, ptr)
#define slist_container(type, membername, ptr) ilist_container(type, membername, ptr)

/* ---- doubly linked --------------------------------------------------------------------------------------------- */
static inline void dlist_init(dlist_head *head) { head->head.next = head->head.prev = &head->head; }
static inline void dlist_node_init(dlist_node *node) { node->next = node->prev = NULL; }
static inline bool
dlist_is_empty(const dlist_head *head)
{
	return head->head.next == NULL || head->head.next == &head->head;
}

/* Between two neighbours. */
static inline void
ilist_link(dlist_node *before, dlist_node *node, dlist_node *after)
{
	node->prev = before;
	node->next = after;
	before->next = node;
	after->prev = node;
}

static inline void
ilist_ready(dlist_head *head)
{
	if (head->head.next == NULL)
		dlist_init(head);
}

static inline void
dlist_push_head(dlist_head *head, dlist_node *node)
{
	ilist_ready(head);
	ilist_link(&head->head, node, head->head.next);
}

static inline void
dlist_push_tail(dlist_head *head, dlist_node *node)
{
	ilist_ready(head);
	ilist_link(head->head.prev, node, &head->head);
}

static inline void dlist_insert_after(dlist_node *after, dlist_node *node) { ilist_link(after, node, after->next); }
static inline void dlist_insert_before(dlist_node *before, dlist_node *node) { ilist_link(before->prev, node, before); }

static inline void
dlist_delete(dlist_node *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
}

static inline void
dlist_delete_thoroughly(dlist_node *node)
{
	dlist_delete(node);
	dlist_node_init(node);
}

static inline void dlist_delete_from(dlist_head *head pg_attribute_unused(), dlist_node *node) { dlist_delete(node); }
static inline bool dlist_node_is_detached(const dlist_node *node) { return node->next == NULL; }

static inline dlist_node *
dlist_head_node(dlist_head *head)
{
	Assert(!dlist_is_empty(head));
	return head->head.next;
}

static inline dlist_node *
dlist_tail_node(dlist_head *head)
{
	Assert(!dlist_is_empty(head));
	return head->head.prev;
}

static inline dlist_node *
dlist_pop_head_node(dlist_head *head)
{
	dlist_node *node = dlist_head_node(head);

	dlist_delete(node);
	return node;
}

static inline void
dlist_move_head(dlist_head *head, dlist_node *node)
{
	if (head->head.next == node)
		return;
	dlist_delete(node);
	dlist_push_head(head, node);
}

static inline void
dlist_move_tail(dlist_head *head, dlist_node *node)
{
	if (head->head.prev == node)
		return;
	dlist_delete(node);
	dlist_push_tail(head, node);
}

static inline bool dlist_has_next(const dlist_head *head, const dlist_node *node) { return node->next != &head->head; }
static inline bool dlist_has_prev(const dlist_head *head, const dlist_node *node) { return node->prev != &head->head; }
static inline dlist_node *
dlist_next_node(dlist_head *head, dlist_node *node)
{
	Assert(dlist_has_next(head, node));
	return node->next;
}
static inline dlist_node *
dlist_prev_node(dlist_head *head, dlist_node *node)
{
	Assert(dlist_has_prev(head, node));
	return node->prev;
}

#define dlist_head_element(type, membername, lhead) dlist_container(type, membername, dlist_head_node(lhead))
#define dlist_tail_element(type, membername, lhead) dlist_container(type, membername, dlist_tail_node(lhead))

#define dlist_foreach(iter, lhead)                                                              \
	for ((iter).end = &(lhead)->head, (iter).cur = (iter).end->next ? (iter).end->next : (iter).end; \
		 (iter).cur != (iter).end; (iter).cur = (iter).cur->next)
#define dlist_foreach_modify(iter, lhead)                                                       \
	for ((iter).end = &(lhead)->head, (iter).cur = (iter).end->next ? (iter).end->next : (iter).end, \
		(iter).next = (iter).cur->next;                                                         \
		 (iter).cur != (iter).end; (iter).cur = (iter).next, (iter).next = (iter).cur->next)
#define dlist_reverse_foreach(iter, lhead)                                                      \
	for ((iter).end = &(lhead)->head, (iter).cur = (iter).end->prev ? (iter).end->prev : (iter).end; \
		 (iter).cur != (iter).end; (iter).cur = (iter).cur->prev)

/* ---- doubly linked with a count ---------------------------------------------------------------------------------- */
typedef struct dclist_head
{
	dlist_head dlist;
	uint32 count;
} dclist_head;
static inline void
dclist_init(dclist_head *head)
{
	dlist_init(&head->dlist);
	head->count = 0;
}
static inline uint32 dclist_count(const dclist_head *head) { return head->count; }
static inline bool dclist_is_empty(const dclist_head *head) { return head->count == 0; }
static inline void
dclist_push_head(dclist_head *head, dlist_node *node)
{
	dlist_push_head(&head->dlist, node);
	head->count++;
}
static inline void
dclist_push_tail(dclist_head *head, dlist_node *node)
{
	dlist_push_tail(&head->dlist, node);
	head->count++;
}
static inline void
dclist_delete_from(dclist_head *head, dlist_node *node)
{
	dlist_delete(node);
	head->count--;
}
#define dclist_foreach(iter, lhead) dlist_foreach(iter, &(lhead)->dlist)
#define dclist_foreach_modify(iter, lhead) dlist_foreach_modify(iter, &(lhead)->dlist)
#define dclist_container dlist_container

/* ---- singly linked ------------------------------------------------------------------------------------------------ */
static inline void slist_init(slist_head *head) { head->head.next = NULL; }
static inline bool slist_is_empty(const slist_head *head) { return head->head.next == NULL; }
static inline void
slist_insert_after(slist_node *after, slist_node *node)
{
	node->next = after->next;
	after->next = node;
}
static inline void slist_push_head(slist_head *head, slist_node *node) { slist_insert_after(&head->head, node); }
static inline slist_node *
slist_pop_head_node(slist_head *head)
{
	slist_node *node = head->head.next;

	Assert(node != NULL);
	head->head.next = node->next;
	return node;
}
static inline slist_node *
slist_head_node(slist_head *head)
{
	Assert(!slist_is_empty(head));
	return head->head.next;
}
static inline void
slist_delete(slist_head *head, const slist_node *node)
{
	slist_node *link = &head->head;

	while (link->next != node)
		link = link->next;
	link->next = node->next;
}
static inline bool slist_has_next(const slist_head *head pg_attribute_unused(), const slist_node *node) { return node->next != NULL; }
/* After this the iterator's current node may be freed. */
static inline void
slist_delete_current(slist_mutable_iter *iter)
{
	iter->prev->next = iter->next;
	iter->cur = iter->prev;
}
#define slist_head_element(type, membername, lhead) slist_container(type, membername, slist_head_node(lhead))
#define slist_foreach(iter, lhead) \
	for ((iter).cur = (lhead)->head.next; (iter).cur != NULL; (iter).cur = (iter).cur->next)
#define slist_foreach_modify(iter, lhead)                                                         \
	for ((iter).prev = &(lhead)->head, (iter).cur = (iter).prev->next,                            \
		(iter).next = (iter).cur ? (iter).cur->next : NULL;                                       \
		 (iter).cur != NULL;                                                                      \
		 (iter).prev = (iter).cur, (iter).cur = (iter).next, (iter).next = (iter).next ? (iter).next->next : NULL)

#endif /* ILIST_H */
