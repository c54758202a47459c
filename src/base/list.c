/*
 * list.c
 *    Lists as growable arrays (nodes/pg_list.h).
 *
 * A short list is one allocation: its cells follow the header. When it outgrows them the cells move to an array of
 * their own and the header stays, so a List pointer is good as long as only cells are added. The typed functions are thin:
 * each turns its value into a ListCell and names how cells of that kind compare.
 */
#include "postgres.h"

#include "nodes/pg_list.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

extern bool equal(const void *a, const void *b);	/* nodes/equal */
extern void *copyObjectImpl(const void *from);		/* nodes/copy */

typedef bool (*CellEqual)(const ListCell *a, const ListCell *b);

static bool ptr_equal(const ListCell *a, const ListCell *b) { return a->ptr_value == b->ptr_value; }
static bool int_equal(const ListCell *a, const ListCell *b) { return a->int_value == b->int_value; }
static bool oid_equal(const ListCell *a, const ListCell *b) { return a->oid_value == b->oid_value; }
static bool xid_equal(const ListCell *a, const ListCell *b) { return a->xid_value == b->xid_value; }
static bool node_equal(const ListCell *a, const ListCell *b) { return equal(a->ptr_value, b->ptr_value); }

static inline ListCell ptr_cell(const void *value) { return (ListCell){.ptr_value = (void *) value}; }
static inline ListCell int_cell(int value) { return (ListCell){.int_value = value}; }
static inline ListCell oid_cell(Oid value) { return (ListCell){.oid_value = value}; }
static inline ListCell xid_cell(TransactionId value) { return (ListCell){.xid_value = value}; }

/* ---- making ------------------------------------------------------------------------------------------------------ */
static List *
new_list(NodeTag type, int length)
{
	/* header and cells together fill an allocation of 32, 64, ... bytes */
	int room = (int) ((pg_nextpower2_64(sizeof(List) + length * sizeof(ListCell)) - sizeof(List)) / sizeof(ListCell));
	List *list = palloc(sizeof(List) + room * sizeof(ListCell));

	list->type = type;
	list->length = length;
	list->max_length = room;
	list->elements = list->initial_elements;
	return list;
}

static void
reserve(List *list, int needed)
{
	int room;

	if (needed <= list->max_length)
		return;
	if (unlikely((Size) needed > MaxAllocSize / sizeof(ListCell)))
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("list is too long"));
	room = (int) pg_nextpower2_32(Max(needed, 16));
	if (list->elements == list->initial_elements)
	{
		list->elements = MemoryContextAlloc(GetMemoryChunkContext(list), room * sizeof(ListCell));
		memcpy(list->elements, list->initial_elements, list->length * sizeof(ListCell));
	}
	else
		list->elements = repalloc(list->elements, room * sizeof(ListCell));
	list->max_length = room;
}

List *
list_make1_impl(NodeTag t, ListCell datum1)
{
	List *list = new_list(t, 1);

	list->elements[0] = datum1;
	return list;
}

List *
list_make2_impl(NodeTag t, ListCell datum1, ListCell datum2)
{
	List *list = new_list(t, 2);

	list->elements[0] = datum1;
	list->elements[1] = datum2;
	return list;
}

List *
list_make3_impl(NodeTag t, ListCell datum1, ListCell datum2, ListCell datum3)
{
	List *list = new_list(t, 3);

	list->elements[0] = datum1;
	list->elements[1] = datum2;
	list->elements[2] = datum3;
	return list;
}

List *
list_make4_impl(NodeTag t, ListCell datum1, ListCell datum2, ListCell datum3, ListCell datum4)
{
	List *list = new_list(t, 4);

	list->elements[0] = datum1;
	list->elements[1] = datum2;
	list->elements[2] = datum3;
	list->elements[3] = datum4;
	return list;
}

static List *
copy_range(const List *list, int from, int to)
{
	List *copy;

	if (list == NIL || from >= to)
		return NIL;
	copy = new_list(list->type, to - from);
	memcpy(copy->elements, list->elements + from, (to - from) * sizeof(ListCell));
	return copy;
}

/* ---- adding ---------------------------------------------------------------------------------------------------------- */
static List *
append_cell(List *list, NodeTag type, ListCell cell)
{
	if (list == NIL)
		return list_make1_impl(type, cell);
	Assert(list->type == type);
	reserve(list, list->length + 1);
	list->elements[list->length++] = cell;
	return list;
}

static List *
insert_cell(List *list, NodeTag type, int pos, ListCell cell)
{
	if (list == NIL)
	{
		Assert(pos == 0);
		return list_make1_impl(type, cell);
	}
	Assert(list->type == type && pos >= 0 && pos <= list->length);
	reserve(list, list->length + 1);
	memmove(&list->elements[pos + 1], &list->elements[pos], (list->length - pos) * sizeof(ListCell));
	list->elements[pos] = cell;
	list->length++;
	return list;
}

List *lappend(List *list, void *datum) { return append_cell(list, T_List, ptr_cell(datum)); }
List *lappend_int(List *list, int datum) { return append_cell(list, T_IntList, int_cell(datum)); }
List *lappend_oid(List *list, Oid datum) { return append_cell(list, T_OidList, oid_cell(datum)); }
List *lappend_xid(List *list, TransactionId datum) { return append_cell(list, T_XidList, xid_cell(datum)); }
List *lcons(void *datum, List *list) { return insert_cell(list, T_List, 0, ptr_cell(datum)); }
List *lcons_int(int datum, List *list) { return insert_cell(list, T_IntList, 0, int_cell(datum)); }
List *lcons_oid(Oid datum, List *list) { return insert_cell(list, T_OidList, 0, oid_cell(datum)); }
List *list_insert_nth(List *list, int pos, void *datum) { return insert_cell(list, T_List, pos, ptr_cell(datum)); }
List *list_insert_nth_int(List *list, int pos, int datum) { return insert_cell(list, T_IntList, pos, int_cell(datum)); }
List *list_insert_nth_oid(List *list, int pos, Oid datum) { return insert_cell(list, T_OidList, pos, oid_cell(datum)); }

List *
list_concat(List *list1, const List *list2)
{
	int added = list_length(list2);

	if (list1 == NIL)
		return list_copy(list2);
	if (added == 0)
		return list1;
	Assert(list1->type == list2->type);
	reserve(list1, list1->length + added);
	/* list2 may be list1 itself, whose cells reserve() may have moved */
	memcpy(&list1->elements[list1->length], list2->elements, added * sizeof(ListCell));
	list1->length += added;
	return list1;
}

List *
list_concat_copy(const List *list1, const List *list2)
{
	return list_concat(list_copy(list1), list2);
}

/* ---- looking ----------------------------------------------------------------------------------------------------------- */
static int
find_cell(const List *list, ListCell cell, CellEqual cell_equal)
{
	for (int i = 0; i < list_length(list); i++)
		if (cell_equal(&list->elements[i], &cell))
			return i;
	return -1;
}

bool list_member(const List *list, const void *datum) { return find_cell(list, ptr_cell(datum), node_equal) >= 0; }
bool list_member_ptr(const List *list, const void *datum) { return find_cell(list, ptr_cell(datum), ptr_equal) >= 0; }
bool list_member_int(const List *list, int datum) { return find_cell(list, int_cell(datum), int_equal) >= 0; }
bool list_member_oid(const List *list, Oid datum) { return find_cell(list, oid_cell(datum), oid_equal) >= 0; }
bool list_member_xid(const List *list, TransactionId datum) { return find_cell(list, xid_cell(datum), xid_equal) >= 0; }

/* ---- removing ------------------------------------------------------------------------------------------------------------ */
List *
list_truncate(List *list, int new_size)
{
	if (list == NIL || new_size <= 0)
		return NIL;
	list->length = Min(list->length, new_size);
	return list;
}

static List *
delete_range(List *list, int from, int count)
{
	Assert(list != NIL && from >= 0 && from + count <= list->length);
	if (count == list->length)
	{
		list_free(list);
		return NIL;
	}
	memmove(&list->elements[from], &list->elements[from + count],
			(list->length - from - count) * sizeof(ListCell));
	list->length -= count;
	return list;
}

static List *
delete_found(List *list, ListCell cell, CellEqual cell_equal)
{
	int found = find_cell(list, cell, cell_equal);

	return found < 0 ? list : delete_range(list, found, 1);
}

List *list_delete_nth_cell(List *list, int n) { return delete_range(list, n, 1); }
List *list_delete_cell(List *list, ListCell *cell) { return delete_range(list, list_cell_number(list, cell), 1); }
List *list_delete(List *list, void *datum) { return delete_found(list, ptr_cell(datum), node_equal); }
List *list_delete_ptr(List *list, void *datum) { return delete_found(list, ptr_cell(datum), ptr_equal); }
List *list_delete_int(List *list, int datum) { return delete_found(list, int_cell(datum), int_equal); }
List *list_delete_oid(List *list, Oid datum) { return delete_found(list, oid_cell(datum), oid_equal); }
List *list_delete_first(List *list) { return list == NIL ? NIL : delete_range(list, 0, 1); }
List *list_delete_last(List *list) { return list == NIL ? NIL : delete_range(list, list->length - 1, 1); }

List *
list_delete_first_n(List *list, int n)
{
	return n <= 0 || list == NIL ? list : delete_range(list, 0, Min(n, list->length));
}

/* ---- as sets --------------------------------------------------------------------------------------------------------------- */
static List *
append_missing(List *list, const List *from, CellEqual cell_equal)
{
	for (int i = 0; i < list_length(from); i++)
		if (find_cell(list, from->elements[i], cell_equal) < 0)
			list = append_cell(list, from->type, from->elements[i]);
	return list;
}

/* The cells of list that are (wanted) or are not in other, with repetitions kept. */
static List *
select_cells(const List *list, const List *other, bool wanted, CellEqual cell_equal)
{
	List *result = NIL;

	for (int i = 0; i < list_length(list); i++)
		if ((find_cell(other, list->elements[i], cell_equal) >= 0) == wanted)
			result = append_cell(result, list->type, list->elements[i]);
	return result;
}

List *list_union(const List *a, const List *b) { return append_missing(list_copy(a), b, node_equal); }
List *list_union_ptr(const List *a, const List *b) { return append_missing(list_copy(a), b, ptr_equal); }
List *list_union_int(const List *a, const List *b) { return append_missing(list_copy(a), b, int_equal); }
List *list_union_oid(const List *a, const List *b) { return append_missing(list_copy(a), b, oid_equal); }
List *list_intersection(const List *a, const List *b) { return select_cells(a, b, true, node_equal); }
List *list_intersection_int(const List *a, const List *b) { return select_cells(a, b, true, int_equal); }
List *list_difference(const List *a, const List *b) { return select_cells(a, b, false, node_equal); }
List *list_difference_ptr(const List *a, const List *b) { return select_cells(a, b, false, ptr_equal); }
List *list_difference_int(const List *a, const List *b) { return select_cells(a, b, false, int_equal); }
List *list_difference_oid(const List *a, const List *b) { return select_cells(a, b, false, oid_equal); }
List *list_concat_unique(List *a, const List *b) { return append_missing(a, b, node_equal); }
List *list_concat_unique_ptr(List *a, const List *b) { return append_missing(a, b, ptr_equal); }
List *list_concat_unique_oid(List *a, const List *b) { return append_missing(a, b, oid_equal); }
List *list_append_unique(List *list, void *datum) { return list_member(list, datum) ? list : lappend(list, datum); }

List *
list_append_unique_ptr(List *list, void *datum)
{
	return list_member_ptr(list, datum) ? list : lappend(list, datum);
}

List *
list_append_unique_int(List *list, int datum)
{
	return list_member_int(list, datum) ? list : lappend_int(list, datum);
}

List *
list_append_unique_oid(List *list, Oid datum)
{
	return list_member_oid(list, datum) ? list : lappend_oid(list, datum);
}

/* ---- whole lists ----------------------------------------------------------------------------------------------------------- */
void
list_free(List *list)
{
	if (list == NIL)
		return;
	if (list->elements != list->initial_elements)
		pfree(list->elements);
	pfree(list);
}

void
list_free_deep(List *list)
{
	for (int i = 0; i < list_length(list); i++)
		if (list->elements[i].ptr_value)
			pfree(list->elements[i].ptr_value);
	list_free(list);
}

List *list_copy(const List *list) { return copy_range(list, 0, list_length(list)); }
List *list_copy_head(const List *list, int len) { return copy_range(list, 0, Min(len, list_length(list))); }
List *list_copy_tail(const List *list, int nskip) { return copy_range(list, Max(nskip, 0), list_length(list)); }

List *
list_copy_deep(const List *oldlist)
{
	List *copy = list_copy(oldlist);

	for (int i = 0; i < list_length(copy); i++)
		copy->elements[i].ptr_value = copyObjectImpl(copy->elements[i].ptr_value);
	return copy;
}

void
list_sort(List *list, list_sort_comparator cmp)
{
	if (list_length(list) > 1)
		qsort(list->elements, list->length, sizeof(ListCell), (int (*)(const void *, const void *)) cmp);
}

int
list_oid_cmp(const ListCell *p1, const ListCell *p2)
{
	return (p1->oid_value > p2->oid_value) - (p1->oid_value < p2->oid_value);
}

int
list_int_cmp(const ListCell *p1, const ListCell *p2)
{
	return (p1->int_value > p2->int_value) - (p1->int_value < p2->int_value);
}
