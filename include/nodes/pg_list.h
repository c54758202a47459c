/*
 * nodes/pg_list.h
 *    Lists of pointers, integers, OIDs or transaction ids, as growable arrays. NIL is the only empty list.
 *
 * Functions that add return the list, which may have moved. Cells may be changed in place with lfirst(). Deleting
 * while iterating: foreach_delete_current(list, cell).
 */
#ifndef PG_LIST_H
#define PG_LIST_H

#include "nodes/nodetags.h"

typedef union ListCell
{
	void *ptr_value;
	int int_value;
	Oid oid_value;
	TransactionId xid_value;
} ListCell;

typedef struct List
{
	NodeTag type; /* T_List, T_IntList, T_OidList or T_XidList */
	int length;
	int max_length;
	ListCell *elements;			/* initial_elements, or palloc'd */
	ListCell initial_elements[];
} List;

#define NIL ((List *) NULL)

typedef struct ForEachState
{
	const List *l;
	int i;
} ForEachState;
typedef struct ForBothState
{
	const List *l1;
	const List *l2;
	int i;
} ForBothState;
typedef struct ForThreeState
{
	const List *l1;
	const List *l2;
	const List *l3;
	int i;
} ForThreeState;

static inline ListCell *list_head(const List *l) { return l ? &l->elements[0] : NULL; }
static inline ListCell *list_tail(const List *l) { return l ? &l->elements[l->length - 1] : NULL; }
static inline ListCell *list_second_cell(const List *l) { return (l && l->length >= 2) ? &l->elements[1] : NULL; }
static inline int list_length(const List *l) { return l ? l->length : 0; }
static inline ListCell *
list_nth_cell(const List *list, int n)
{
	Assert(list != NIL && n >= 0 && n < list->length);
	return &list->elements[n];
}
static inline void *list_nth(const List *list, int n) { return list_nth_cell(list, n)->ptr_value; }
static inline int list_nth_int(const List *list, int n) { return list_nth_cell(list, n)->int_value; }
static inline Oid list_nth_oid(const List *list, int n) { return list_nth_cell(list, n)->oid_value; }
#define list_nth_node(type, list, n) castNode(type, list_nth(list, n))
static inline void *list_last_member(const List *l) { return list_nth(l, l->length - 1); }
static inline ListCell *
lnext(const List *l, const ListCell *c)
{
	c++;
	return (c < &l->elements[l->length]) ? (ListCell *) c : NULL;
}
static inline int list_cell_number(const List *l, const ListCell *c) { return (int) (c - l->elements); }

#define lfirst(lc) ((lc)->ptr_value)
#define lfirst_int(lc) ((lc)->int_value)
#define lfirst_oid(lc) ((lc)->oid_value)
#define lfirst_xid(lc) ((lc)->xid_value)
#define lfirst_node(type, lc) castNode(type, lfirst(lc))
#define linitial(l) lfirst(list_nth_cell(l, 0))
#define linitial_int(l) lfirst_int(list_nth_cell(l, 0))
#define linitial_oid(l) lfirst_oid(list_nth_cell(l, 0))
#define linitial_node(type, l) castNode(type, linitial(l))
#define lsecond(l) lfirst(list_nth_cell(l, 1))
#define lsecond_int(l) lfirst_int(list_nth_cell(l, 1))
#define lsecond_oid(l) lfirst_oid(list_nth_cell(l, 1))
#define lsecond_node(type, l) castNode(type, lsecond(l))
#define lthird(l) lfirst(list_nth_cell(l, 2))
#define lthird_node(type, l) castNode(type, lthird(l))
#define lfourth(l) lfirst(list_nth_cell(l, 3))
#define llast(l) lfirst(list_tail(l))
#define llast_int(l) lfirst_int(list_tail(l))
#define llast_oid(l) lfirst_oid(list_tail(l))
#define llast_node(type, l) castNode(type, llast(l))

#define foreach(cell, lst) for_each_from(cell, lst, 0)
#define for_each_from(cell, lst, N)                                                                    \
	for (ForEachState cell##__state = {(lst), (N)};                                                    \
		 (cell##__state.l != NIL && cell##__state.i < cell##__state.l->length)                         \
			 ? (cell = &cell##__state.l->elements[cell##__state.i], true)                              \
			 : (cell = NULL, false);                                                                   \
		 cell##__state.i++)
#define for_each_cell(cell, lst, initcell) \
	for_each_from(cell, lst, ((initcell) ? list_cell_number(lst, initcell) : list_length(lst)))
#define foreach_delete_current(lst, cell) \
	((List *) (cell##__state.l = list_delete_nth_cell((List *) cell##__state.l, cell##__state.i--)))
#define foreach_current_index(cell) (cell##__state.i)
#define forboth(cell1, list1, cell2, list2)                                                            \
	for (ForBothState cell1##__state = {(list1), (list2), 0};                                          \
		 (cell1##__state.l1 != NIL && cell1##__state.l2 != NIL &&                                      \
		  cell1##__state.i < cell1##__state.l1->length && cell1##__state.i < cell1##__state.l2->length) \
			 ? (cell1 = &cell1##__state.l1->elements[cell1##__state.i],                                \
			   cell2 = &cell1##__state.l2->elements[cell1##__state.i], true)                           \
			 : (cell1 = NULL, cell2 = NULL, false);                                                    \
		 cell1##__state.i++)
#define forthree(cell1, list1, cell2, list2, cell3, list3)                                             \
	for (ForThreeState cell1##__state = {(list1), (list2), (list3), 0};                                \
		 (cell1##__state.l1 != NIL && cell1##__state.l2 != NIL && cell1##__state.l3 != NIL &&          \
		  cell1##__state.i < cell1##__state.l1->length && cell1##__state.i < cell1##__state.l2->length && \
		  cell1##__state.i < cell1##__state.l3->length)                                                \
			 ? (cell1 = &cell1##__state.l1->elements[cell1##__state.i],                                \
			   cell2 = &cell1##__state.l2->elements[cell1##__state.i],                                 \
			   cell3 = &cell1##__state.l3->elements[cell1##__state.i], true)                           \
			 : (cell1 = NULL, cell2 = NULL, cell3 = NULL, false);                                      \
		 cell1##__state.i++)

extern List *list_make1_impl(NodeTag t, ListCell datum1);
extern List *list_make2_impl(NodeTag t, ListCell datum1, ListCell datum2);
extern List *list_make3_impl(NodeTag t, ListCell datum1, ListCell datum2, ListCell datum3);
extern List *list_make4_impl(NodeTag t, ListCell datum1, ListCell datum2, ListCell datum3, ListCell datum4);
#define list_make_ptr_cell(v) ((ListCell){.ptr_value = (void *) (v)})
#define list_make_int_cell(v) ((ListCell){.int_value = (v)})
#define list_make_oid_cell(v) ((ListCell){.oid_value = (v)})
#define list_make1(x1) list_make1_impl(T_List, list_make_ptr_cell(x1))
#define list_make2(x1, x2) list_make2_impl(T_List, list_make_ptr_cell(x1), list_make_ptr_cell(x2))
#define list_make3(x1, x2, x3) \
	list_make3_impl(T_List, list_make_ptr_cell(x1), list_make_ptr_cell(x2), list_make_ptr_cell(x3))
#define list_make4(x1, x2, x3, x4) \
	list_make4_impl(T_List, list_make_ptr_cell(x1), list_make_ptr_cell(x2), list_make_ptr_cell(x3), \
					list_make_ptr_cell(x4))
#define list_make1_int(x1) list_make1_impl(T_IntList, list_make_int_cell(x1))
#define list_make2_int(x1, x2) list_make2_impl(T_IntList, list_make_int_cell(x1), list_make_int_cell(x2))
#define list_make1_oid(x1) list_make1_impl(T_OidList, list_make_oid_cell(x1))
#define list_make2_oid(x1, x2) list_make2_impl(T_OidList, list_make_oid_cell(x1), list_make_oid_cell(x2))

extern List *lappend(List *list, void *datum) pg_nodiscard;
extern List *lappend_int(List *list, int datum) pg_nodiscard;
extern List *lappend_oid(List *list, Oid datum) pg_nodiscard;
extern List *lappend_xid(List *list, TransactionId datum) pg_nodiscard;
extern List *list_insert_nth(List *list, int pos, void *datum) pg_nodiscard;
extern List *list_insert_nth_int(List *list, int pos, int datum) pg_nodiscard;
extern List *list_insert_nth_oid(List *list, int pos, Oid datum) pg_nodiscard;
extern List *lcons(void *datum, List *list) pg_nodiscard;
extern List *lcons_int(int datum, List *list) pg_nodiscard;
extern List *lcons_oid(Oid datum, List *list) pg_nodiscard;
extern List *list_concat(List *list1, const List *list2) pg_nodiscard;
extern List *list_concat_copy(const List *list1, const List *list2);
extern List *list_truncate(List *list, int new_size) pg_nodiscard;
extern bool list_member(const List *list, const void *datum);	  /* by equal() */
extern bool list_member_ptr(const List *list, const void *datum); /* by address */
extern bool list_member_int(const List *list, int datum);
extern bool list_member_oid(const List *list, Oid datum);
extern bool list_member_xid(const List *list, TransactionId datum);
extern List *list_delete(List *list, void *datum) pg_nodiscard;
extern List *list_delete_ptr(List *list, void *datum) pg_nodiscard;
extern List *list_delete_int(List *list, int datum) pg_nodiscard;
extern List *list_delete_oid(List *list, Oid datum) pg_nodiscard;
extern List *list_delete_first(List *list) pg_nodiscard;
extern List *list_delete_last(List *list) pg_nodiscard;
extern List *list_delete_first_n(List *list, int n) pg_nodiscard;
extern List *list_delete_nth_cell(List *list, int n) pg_nodiscard;
extern List *list_delete_cell(List *list, ListCell *cell) pg_nodiscard;
extern List *list_union(const List *list1, const List *list2);
extern List *list_union_ptr(const List *list1, const List *list2);
extern List *list_union_int(const List *list1, const List *list2);
extern List *list_union_oid(const List *list1, const List *list2);
extern List *list_intersection(const List *list1, const List *list2);
extern List *list_intersection_int(const List *list1, const List *list2);
extern List *list_difference(const List *list1, const List *list2);
extern List *list_difference_ptr(const List *list1, const List *list2);
extern List *list_difference_int(const List *list1, const List *list2);
extern List *list_difference_oid(const List *list1, const List *list2);
extern List *list_append_unique(List *list, void *datum) pg_nodiscard;
extern List *list_append_unique_ptr(List *list, void *datum) pg_nodiscard;
extern List *list_append_unique_int(List *list, int datum) pg_nodiscard;
extern List *list_append_unique_oid(List *list, Oid datum) pg_nodiscard;
extern List *list_concat_unique(List *list1, const List *list2) pg_nodiscard;
extern List *list_concat_unique_ptr(List *list1, const List *list2) pg_nodiscard;
extern List *list_concat_unique_oid(List *list1, const List *list2) pg_nodiscard;
extern void list_free(List *list);
extern void list_free_deep(List *list);
extern List *list_copy(const List *list);
extern List *list_copy_head(const List *oldlist, int len);
extern List *list_copy_tail(const List *list, int nskip);
extern List *list_copy_deep(const List *oldlist);
typedef int (*list_sort_comparator)(const ListCell *a, const ListCell *b);
extern void list_sort(List *list, list_sort_comparator cmp);
extern int list_oid_cmp(const ListCell *p1, const ListCell *p2);
extern int list_int_cmp(const ListCell *p1, const ListCell *p2);

#endif /* PG_LIST_H */
