/*
 * deform.c
 *    From heap tuples to column vectors.
 *
 * When no selected tuple has NULLs or is shorter than the columns wanted, the columns at fixed offsets are read
 * column by column in tight loops, and only what follows the first variable-length column is walked row by row.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/tupmacs.h"
#include "execute/deform.h"

void
deform_plan_init(DeformPlan *plan, TupleDesc desc, Bitmapset *attrs, MemoryContext cxt)
{
	int member = -1;
	int32 off = 0;
	bool fixed = true;

	memset(plan, 0, sizeof(*plan));
	plan->desc = desc;
	plan->is_wanted = MemoryContextAllocZero(cxt, Max(desc->natts, 1) * sizeof(bool));
	plan->wanted = MemoryContextAlloc(cxt, Max(desc->natts, 1) * sizeof(int));
	plan->fixed_off = MemoryContextAlloc(cxt, Max(desc->natts, 1) * sizeof(int32));
	while ((member = bms_next_member(attrs, member)) >= 0)
	{
		int attno = member + FirstLowInvalidHeapAttributeNumber;

		if (attno <= 0)
			continue;
		Assert(attno <= desc->natts);
		plan->is_wanted[attno - 1] = true;
		plan->wanted[plan->nwanted++] = attno - 1;
		plan->natts = attno;
	}
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (fixed && att->attlen > 0)
		{
			off = (int32) att_align_nominal(off, att->attalign);
			plan->fixed_off[i] = off;
			off += att->attlen;
		}
		else if (fixed && off == (int32) att_align_nominal(off, att->attalign))
		{
			/* The first variable-length column, when it needs no padding, begins at a known place too. */
			plan->fixed_off[i] = off;
			fixed = false;
		}
		else
		{
			plan->fixed_off[i] = -1;
			fixed = false;
		}
	}
	plan->all_fixed = true;
	for (int i = 0; i < plan->nwanted; i++)
		plan->all_fixed &= plan->fixed_off[plan->wanted[i]] >= 0;
}

/* One column at a fixed offset, for all selected tuples. */
static void
deform_fixed_column(HeapTupleData *tuples, const Selection *sel, Form_pg_attribute att, int32 off, Datum *values)
{
#define TUPLE_FIELD(t) ((char *) (t)->t_data + (t)->t_data->t_hoff + off)
	if (!att->attbyval)
		SELECTION_FOREACH(sel, pos, { values[pos] = PointerGetDatum(TUPLE_FIELD(&tuples[pos])); });
	else if (att->attlen == 4)
		SELECTION_FOREACH(sel, pos, { values[pos] = Int32GetDatum(*(int32 *) TUPLE_FIELD(&tuples[pos])); });
	else if (att->attlen == 8)
		SELECTION_FOREACH(sel, pos, { values[pos] = *(Datum *) TUPLE_FIELD(&tuples[pos]); });
	else if (att->attlen == 2)
		SELECTION_FOREACH(sel, pos, { values[pos] = Int16GetDatum(*(int16 *) TUPLE_FIELD(&tuples[pos])); });
	else
		SELECTION_FOREACH(sel, pos, { values[pos] = CharGetDatum(*TUPLE_FIELD(&tuples[pos])); });
#undef TUPLE_FIELD
}

/* One tuple, walking from column `first` at offset `off`; general case. */
static void
deform_row(const DeformPlan *plan, HeapTuple tup, int pos, Vector *cols, bool **null_bufs, int first, int32 off)
{
	HeapTupleHeader header = tup->t_data;
	bool hasnulls = (header->t_infomask & HEAP_HASNULL) != 0;
	int present = Min((int) HeapTupleHeaderGetNatts(header), plan->natts);
	char *base = (char *) header + header->t_hoff;

	for (int i = first; i < present; i++)
	{
		Form_pg_attribute att = TupleDescAttr(plan->desc, i);

		if (hasnulls && att_isnull(i, header->t_bits))
		{
			if (plan->is_wanted[i])
			{
				cols[i].values[pos] = (Datum) 0;
				null_bufs[i][pos] = true;
			}
			continue;
		}
		off = (int32) att_align_pointer(off, att->attalign, att->attlen, base + off);
		if (plan->is_wanted[i])
		{
			cols[i].values[pos] = fetchatt(att, base + off);
			null_bufs[i][pos] = false;
		}
		off = (int32) att_addlength_pointer(off, att->attlen, base + off);
	}
	for (int k = plan->nwanted - 1; k >= 0 && plan->wanted[k] >= present; k--)
	{
		int i = plan->wanted[k];

		cols[i].values[pos] = getmissingattr(plan->desc, i + 1, &null_bufs[i][pos]);
	}
}

static bool
all_plain(const DeformPlan *plan, HeapTupleData *tuples, const Selection *sel)
{
	bool plain = true;

	SELECTION_FOREACH(sel, pos, {
		HeapTupleHeader h = tuples[pos].t_data;

		plain &= !(h->t_infomask & HEAP_HASNULL) && (int) HeapTupleHeaderGetNatts(h) >= plan->natts;
	});
	return plain;
}

void
deform_batch(const DeformPlan *plan, HeapTupleData *tuples, const Selection *sel, Vector *cols, bool **null_bufs)
{
	int first_walked = -1;
	int start = 0;
	int32 off = 0;

	if (plan->natts == 0)
		return;
	for (int k = 0; k < plan->nwanted; k++)
		cols[plan->wanted[k]].nulls = null_bufs[plan->wanted[k]];
	if (!all_plain(plan, tuples, sel))
	{
		SELECTION_FOREACH(sel, pos, { deform_row(plan, &tuples[pos], pos, cols, null_bufs, 0, 0); });
		return;
	}
	for (int k = 0; k < plan->nwanted; k++)
	{
		int i = plan->wanted[k];

		cols[i].nulls = NULL;
		if (plan->fixed_off[i] >= 0)
			deform_fixed_column(tuples, sel, TupleDescAttr(plan->desc, i), plan->fixed_off[i], cols[i].values);
		else if (first_walked < 0)
			first_walked = i;
	}
	if (first_walked < 0)
		return;
	/* Start the walk at the last column whose place is known. */
	for (int i = first_walked; i >= 0; i--)
		if (plan->fixed_off[i] >= 0)
		{
			start = i;
			off = plan->fixed_off[i];
			break;
		}
	SELECTION_FOREACH(sel, pos, { deform_row(plan, &tuples[pos], pos, cols, null_bufs, start, off); });
}
