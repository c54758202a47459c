/*
 * tupdesc.c
 *    Tuple descriptors: making, copying, comparing, counting.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "nodes/value.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/resowner.h"
#include "utils/syscache.h"

static void tupdesc_release(Datum res);
static char *tupdesc_describe(Datum res);

static const ResourceOwnerDesc tupdesc_resource = {
	.name = "TupleDesc reference",
	.release_phase = RESOURCE_RELEASE_AFTER_LOCKS,
	.release_priority = RELEASE_PRIO_TUPDESC_REFS,
	.ReleaseResource = tupdesc_release,
	.DebugPrint = tupdesc_describe,
};

/* ---- making and copying ---------------------------------------------------------------------------------------------- */
TupleDesc
CreateTemplateTupleDesc(int natts)
{
	TupleDesc desc;

	Assert(natts >= 0);
	desc = palloc0(offsetof(TupleDescData, attrs) + Max(natts, 1) * sizeof(FormData_pg_attribute));
	desc->natts = natts;
	desc->tdtypeid = RECORDOID;
	desc->tdtypmod = -1;
	desc->tdrefcount = -1;
	return desc;
}

TupleDesc
CreateTupleDesc(int natts, Form_pg_attribute *attrs)
{
	TupleDesc desc = CreateTemplateTupleDesc(natts);

	for (int i = 0; i < natts; i++)
	{
		memcpy(TupleDescAttr(desc, i), attrs[i], ATTRIBUTE_FIXED_PART_SIZE);
		TupleDescAttr(desc, i)->attcacheoff = -1;
	}
	return desc;
}

/* What only makes sense together with the constraints is not copied with a bare row type. */
static void
forget_constraint_flags(Form_pg_attribute att)
{
	att->attnotnull = false;
	att->atthasdef = false;
	att->atthasmissing = false;
	att->attidentity = '\0';
	att->attgenerated = '\0';
}

static void
copy_columns(TupleDesc dst, TupleDesc src, bool keep_flags)
{
	memcpy(dst->attrs, src->attrs, src->natts * sizeof(FormData_pg_attribute));
	for (int i = 0; i < src->natts; i++)
	{
		dst->attrs[i].attcacheoff = -1;
		if (!keep_flags)
			forget_constraint_flags(&dst->attrs[i]);
	}
	dst->tdtypeid = src->tdtypeid;
	dst->tdtypmod = src->tdtypmod;
}

TupleDesc
CreateTupleDescCopy(TupleDesc tupdesc)
{
	TupleDesc desc = CreateTemplateTupleDesc(tupdesc->natts);

	copy_columns(desc, tupdesc, false);
	return desc;
}

void
TupleDescCopy(TupleDesc dst, TupleDesc src)
{
	dst->natts = src->natts;
	copy_columns(dst, src, false);
	dst->constr = NULL;
	dst->tdrefcount = -1;
}

static AttrMissing *
copy_missing_values(TupleDesc src)
{
	AttrMissing *copy = palloc0_array(AttrMissing, src->natts);

	for (int i = 0; i < src->natts; i++)
	{
		const AttrMissing *from = &src->constr->missing[i];
		const FormData_pg_attribute *att = TupleDescAttr(src, i);

		if (!from->am_present)
			continue;
		copy[i].am_present = true;
		copy[i].am_value = datumCopy(from->am_value, att->attbyval, att->attlen);
	}
	return copy;
}

static TupleConstr *
copy_constraints(TupleDesc src)
{
	const TupleConstr *from = src->constr;
	TupleConstr *copy = palloc_object(TupleConstr);

	*copy = *from;
	if (from->num_defval > 0)
	{
		copy->defval = palloc_array(AttrDefault, from->num_defval);
		for (int i = 0; i < from->num_defval; i++)
		{
			copy->defval[i] = from->defval[i];
			copy->defval[i].adbin = pstrdup(from->defval[i].adbin);
		}
	}
	if (from->num_check > 0)
	{
		copy->check = palloc_array(ConstrCheck, from->num_check);
		for (int i = 0; i < from->num_check; i++)
		{
			copy->check[i] = from->check[i];
			copy->check[i].ccname = pstrdup(from->check[i].ccname);
			copy->check[i].ccbin = pstrdup(from->check[i].ccbin);
		}
	}
	if (from->missing != NULL)
		copy->missing = copy_missing_values(src);
	return copy;
}

TupleDesc
CreateTupleDescCopyConstr(TupleDesc tupdesc)
{
	TupleDesc desc = CreateTemplateTupleDesc(tupdesc->natts);

	copy_columns(desc, tupdesc, true);
	if (tupdesc->constr != NULL)
		desc->constr = copy_constraints(tupdesc);
	return desc;
}

void
TupleDescCopyEntry(TupleDesc dst, AttrNumber dstAttno, TupleDesc src, AttrNumber srcAttno)
{
	Form_pg_attribute to = TupleDescAttr(dst, dstAttno - 1);

	Assert(srcAttno >= 1 && srcAttno <= src->natts);
	Assert(dstAttno >= 1 && dstAttno <= dst->natts);
	memcpy(to, TupleDescAttr(src, srcAttno - 1), ATTRIBUTE_FIXED_PART_SIZE);
	to->attnum = dstAttno;
	to->attcacheoff = -1;
	forget_constraint_flags(to);
}

void
FreeTupleDesc(TupleDesc tupdesc)
{
	Assert(tupdesc->tdrefcount <= 0);
	if (tupdesc->constr != NULL)
	{
		TupleConstr *constr = tupdesc->constr;

		for (int i = 0; i < constr->num_defval; i++)
			pfree(constr->defval[i].adbin);
		if (constr->num_defval > 0)
			pfree(constr->defval);
		for (int i = 0; i < constr->num_check; i++)
		{
			pfree(constr->check[i].ccname);
			pfree(constr->check[i].ccbin);
		}
		if (constr->num_check > 0)
			pfree(constr->check);
		if (constr->missing != NULL)
		{
			for (int i = 0; i < tupdesc->natts; i++)
				if (constr->missing[i].am_present && !TupleDescAttr(tupdesc, i)->attbyval)
					pfree(DatumGetPointer(constr->missing[i].am_value));
			pfree(constr->missing);
		}
		pfree(constr);
	}
	pfree(tupdesc);
}

/* ---- reference counts ------------------------------------------------------------------------------------------------- */
static void
drop_reference(TupleDesc tupdesc)
{
	Assert(tupdesc->tdrefcount > 0);
	if (--tupdesc->tdrefcount == 0)
		FreeTupleDesc(tupdesc);
}

static void
tupdesc_release(Datum res)
{
	drop_reference((TupleDesc) DatumGetPointer(res));
}

static char *
tupdesc_describe(Datum res)
{
	TupleDesc desc = (TupleDesc) DatumGetPointer(res);

	return psprintf("TupleDesc %p (%u,%d)", (void *) desc, desc->tdtypeid, desc->tdtypmod);
}

void
IncrTupleDescRefCount(TupleDesc tupdesc)
{
	Assert(tupdesc->tdrefcount >= 0);
	ResourceOwnerEnlarge(CurrentResourceOwner);
	tupdesc->tdrefcount++;
	ResourceOwnerRemember(CurrentResourceOwner, PointerGetDatum(tupdesc), &tupdesc_resource);
}

void
DecrTupleDescRefCount(TupleDesc tupdesc)
{
	ResourceOwnerForget(CurrentResourceOwner, PointerGetDatum(tupdesc), &tupdesc_resource);
	drop_reference(tupdesc);
}

/* ---- comparing ---------------------------------------------------------------------------------------------------------- */
static bool
equal_columns(const FormData_pg_attribute *a, const FormData_pg_attribute *b)
{
	return strcmp(NameStr(a->attname), NameStr(b->attname)) == 0 && a->atttypid == b->atttypid &&
		a->attstattarget == b->attstattarget && a->attlen == b->attlen && a->attndims == b->attndims &&
		a->atttypmod == b->atttypmod && a->attbyval == b->attbyval && a->attalign == b->attalign &&
		a->attstorage == b->attstorage && a->attcompression == b->attcompression && a->attnotnull == b->attnotnull &&
		a->atthasdef == b->atthasdef && a->attidentity == b->attidentity && a->attgenerated == b->attgenerated &&
		a->attisdropped == b->attisdropped && a->attislocal == b->attislocal && a->attinhcount == b->attinhcount &&
		a->attcollation == b->attcollation;
}

static bool
equal_missing(TupleDesc desc, const AttrMissing *a, const AttrMissing *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	for (int i = 0; i < desc->natts; i++)
	{
		const FormData_pg_attribute *att = TupleDescAttr(desc, i);

		if (a[i].am_present != b[i].am_present)
			return false;
		if (a[i].am_present && !datumIsEqual(a[i].am_value, b[i].am_value, att->attbyval, att->attlen))
			return false;
	}
	return true;
}

static bool
equal_constraints(TupleDesc desc, const TupleConstr *a, const TupleConstr *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->has_not_null != b->has_not_null || a->has_generated_stored != b->has_generated_stored ||
		a->num_defval != b->num_defval || a->num_check != b->num_check)
		return false;
	/* Both are kept in order: defaults by column, checks by name. */
	for (int i = 0; i < a->num_defval; i++)
		if (a->defval[i].adnum != b->defval[i].adnum || strcmp(a->defval[i].adbin, b->defval[i].adbin) != 0)
			return false;
	for (int i = 0; i < a->num_check; i++)
		if (strcmp(a->check[i].ccname, b->check[i].ccname) != 0 || strcmp(a->check[i].ccbin, b->check[i].ccbin) != 0 ||
			a->check[i].ccvalid != b->check[i].ccvalid || a->check[i].ccnoinherit != b->check[i].ccnoinherit)
			return false;
	return equal_missing(desc, a->missing, b->missing);
}

bool
equalTupleDescs(TupleDesc tupdesc1, TupleDesc tupdesc2)
{
	if (tupdesc1->natts != tupdesc2->natts || tupdesc1->tdtypeid != tupdesc2->tdtypeid)
		return false;
	for (int i = 0; i < tupdesc1->natts; i++)
		if (!equal_columns(TupleDescAttr(tupdesc1, i), TupleDescAttr(tupdesc2, i)))
			return false;
	return equal_constraints(tupdesc1, tupdesc1->constr, tupdesc2->constr);
}

uint32
hashTupleDesc(TupleDesc desc)
{
	uint32 hash = hash_combine((uint32) desc->natts, desc->tdtypeid);

	for (int i = 0; i < desc->natts; i++)
		hash = hash_combine(hash, TupleDescAttr(desc, i)->atttypid);
	return hash;
}

/* ---- filling columns -------------------------------------------------------------------------------------------------------- */
static Form_pg_attribute
init_column(TupleDesc desc, AttrNumber attnum, const char *name, Oid type, int32 typmod, int dims)
{
	Form_pg_attribute att = TupleDescAttr(desc, attnum - 1);

	Assert(attnum >= 1 && attnum <= desc->natts);
	if (name == NULL)
		MemSet(NameStr(att->attname), 0, NAMEDATALEN);
	else if (name != NameStr(att->attname))
		namestrcpy(&att->attname, name);
	att->attrelid = InvalidOid;
	att->attstattarget = -1;
	att->attcacheoff = -1;
	att->attnum = attnum;
	att->atttypid = type;
	att->atttypmod = typmod;
	att->attndims = dims;
	forget_constraint_flags(att);
	att->attisdropped = false;
	att->attislocal = true;
	att->attinhcount = 0;
	att->attcompression = '\0';
	return att;
}

void
TupleDescInitEntry(TupleDesc desc, AttrNumber attributeNumber, const char *attributeName, Oid oidtypeid, int32 typmod,
				   int attdim)
{
	Form_pg_attribute att = init_column(desc, attributeNumber, attributeName, oidtypeid, typmod, attdim);
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(oidtypeid));
	Form_pg_type type;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", oidtypeid);
	type = (Form_pg_type) GETSTRUCT(tuple);
	att->attlen = type->typlen;
	att->attbyval = type->typbyval;
	att->attalign = type->typalign;
	att->attstorage = type->typstorage;
	att->attcollation = type->typcollation;
	ReleaseSysCache(tuple);
}

/* The types that replies to utility statements are made of, when there may be no catalogs to ask. */
static const struct BuiltinColumnType
{
	Oid oid;
	int16 len;
	bool byval;
	char align;
	char storage;
	Oid collation;
} builtin_column_types[] = {
	{TEXTOID, -1, false, 'i', 'x', DEFAULT_COLLATION_OID},
	{VARCHAROID, -1, false, 'i', 'x', DEFAULT_COLLATION_OID},
	{TEXTARRAYOID, -1, false, 'i', 'x', DEFAULT_COLLATION_OID},
	{VARCHARARRAYOID, -1, false, 'i', 'x', DEFAULT_COLLATION_OID},
	{BOOLOID, 1, true, 'c', 'p', InvalidOid},
	{INT2OID, 2, true, 's', 'p', InvalidOid},
	{INT4OID, 4, true, 'i', 'p', InvalidOid},
	{INT8OID, 8, true, 'd', 'p', InvalidOid},
	{OIDOID, 4, true, 'i', 'p', InvalidOid},
	{NAMEOID, NAMEDATALEN, false, 'c', 'p', C_COLLATION_OID},
	{TIMESTAMPTZOID, 8, true, 'd', 'p', InvalidOid},
	{FLOAT8OID, 8, true, 'd', 'p', InvalidOid},
};

void
TupleDescInitBuiltinEntry(TupleDesc desc, AttrNumber attributeNumber, const char *attributeName, Oid oidtypeid,
						  int32 typmod, int attdim)
{
	Form_pg_attribute att = init_column(desc, attributeNumber, attributeName, oidtypeid, typmod, attdim);

	for (size_t i = 0; i < lengthof(builtin_column_types); i++)
	{
		const struct BuiltinColumnType *type = &builtin_column_types[i];

		if (type->oid != oidtypeid)
			continue;
		att->attlen = type->len;
		att->attbyval = type->byval;
		att->attalign = type->align;
		att->attstorage = type->storage;
		att->attcollation = type->collation;
		return;
	}
	elog(ERROR, "unsupported type %u", oidtypeid);
}

void
TupleDescInitEntryCollation(TupleDesc desc, AttrNumber attributeNumber, Oid collationid)
{
	TupleDescAttr(desc, attributeNumber - 1)->attcollation = collationid;
}

TupleDesc
BuildDescFromLists(List *names, List *types, List *typmods, List *collations)
{
	TupleDesc desc = CreateTemplateTupleDesc(list_length(names));

	for (int i = 0; i < desc->natts; i++)
	{
		TupleDescInitEntry(desc, i + 1, strVal(list_nth(names, i)), list_nth_oid(types, i), list_nth_int(typmods, i), 0);
		TupleDescInitEntryCollation(desc, i + 1, list_nth_oid(collations, i));
	}
	return desc;
}
