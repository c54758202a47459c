/*
 * typcache.c
 *    The type cache: one entry per type used, filled in as asked; anonymous record types by number.
 *
 * Entries are never freed: pointers to them may be kept. When pg_type, pg_opclass or a composite type's relation changes, what was
 * derived is forgotten and found anew; the FmgrInfos stay usable, since a family's built-in functions do not change.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_range.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* Private bits of TypeCacheEntry.flags: what has been looked up (found or not). */
#define TC_HAVE_PG_TYPE 0x000001
#define TC_CHECKED_BTREE 0x000002
#define TC_CHECKED_HASH 0x000004
#define TC_CHECKED_EQ 0x000008
#define TC_CHECKED_LT 0x000010
#define TC_CHECKED_GT 0x000020
#define TC_CHECKED_CMP 0x000040
#define TC_CHECKED_HASH_PROC 0x000080
#define TC_CHECKED_HASH_EXT 0x000100
#define TC_CHECKED_PARTS 0x000200
#define TC_PARTS_HAVE_EQ 0x000400
#define TC_PARTS_HAVE_CMP 0x000800
#define TC_PARTS_HAVE_HASH 0x001000
#define TC_PARTS_HAVE_HASH_EXT 0x002000
#define TC_CHECKED_DOMAIN 0x004000

static HTAB *type_cache = NULL;

static TupleDesc *record_types = NULL; /* by typmod */
static int nrecord_types = 0;
static int record_types_capacity = 0;
static uint64 tupledesc_identifier = INVALID_TUPLEDESC_IDENTIFIER;

static void
forget_derived(TypeCacheEntry *entry)
{
	entry->flags = 0;
	if (entry->tupDesc != NULL)
	{
		if (--entry->tupDesc->tdrefcount == 0)
			FreeTupleDesc(entry->tupDesc);
		entry->tupDesc = NULL;
		entry->tupDesc_identifier = 0;
	}
}

static void
forget_where(bool (*test)(TypeCacheEntry *entry, uint32 key), uint32 key)
{
	HASH_SEQ_STATUS status;
	TypeCacheEntry *entry;

	hash_seq_init(&status, type_cache);
	while ((entry = hash_seq_search(&status)) != NULL)
	{
		if (test(entry, key))
			forget_derived(entry);
	}
}

static bool
of_relation(TypeCacheEntry *entry, uint32 relid)
{
	return entry->tupDesc != NULL && (relid == InvalidOid || entry->typrelid == relid);
}

static bool
of_type_hash(TypeCacheEntry *entry, uint32 hash)
{
	/* A composite or domain type may depend on the one that changed. */
	return hash == 0 || entry->type_id_hash == hash || entry->typtype == TYPTYPE_DOMAIN || entry->typtype == TYPTYPE_COMPOSITE;
}

static bool
any_entry(TypeCacheEntry *entry, uint32 ignored)
{
	return true;
}

static void
relation_changed(Datum arg, Oid relid)
{
	forget_where(of_relation, relid);
}

static void
type_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_where(of_type_hash, hashvalue);
}

static void
opclass_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_where(any_entry, 0);
}

static void
type_cache_init(void)
{
	HASHCTL ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(TypeCacheEntry)};

	if (CacheMemoryContext == NULL)
		CacheMemoryContext = AllocSetContextCreate(TopMemoryContext, "CacheMemoryContext", ALLOCSET_DEFAULT_SIZES);
	type_cache = hash_create("type cache", 64, &ctl, HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(TYPEOID, type_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(CLAOID, opclass_changed, (Datum) 0);
}

static void
load_pg_type(TypeCacheEntry *entry)
{
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(entry->type_id));
	Form_pg_type form;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("type with OID %u does not exist", entry->type_id));
	form = (Form_pg_type) GETSTRUCT(tuple);
	if (!form->typisdefined)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("type \"%s\" is only a shell", NameStr(form->typname)));
	entry->typlen = form->typlen;
	entry->typbyval = form->typbyval;
	entry->typalign = form->typalign;
	entry->typstorage = form->typstorage;
	entry->typtype = form->typtype;
	entry->typrelid = form->typrelid;
	entry->typsubscript = form->typsubscript;
	entry->typelem = form->typelem;
	entry->typcollation = form->typcollation;
	entry->type_id_hash = GetSysCacheHashValue1(TYPEOID, ObjectIdGetDatum(entry->type_id));
	entry->btree_opf = entry->hash_opf = InvalidOid;
	entry->eq_opr = entry->lt_opr = entry->gt_opr = entry->cmp_proc = entry->hash_proc = entry->hash_extended_proc = InvalidOid;
	entry->flags |= TC_HAVE_PG_TYPE;
	ReleaseSysCache(tuple);
}

static TypeCacheEntry *
find_entry(Oid type_id)
{
	TypeCacheEntry *entry;
	bool found;

	if (type_cache == NULL)
		type_cache_init();
	entry = hash_search(type_cache, &type_id, HASH_FIND, NULL);
	if (entry == NULL)
	{
		TypeCacheEntry fresh = {.type_id = type_id};

		load_pg_type(&fresh); /* may raise: only then is it entered */
		entry = hash_search(type_cache, &type_id, HASH_ENTER, &found);
		if (!found)
			*entry = fresh;
	}
	else if (!(entry->flags & TC_HAVE_PG_TYPE))
		load_pg_type(entry);
	return entry;
}

/* ---- operator families -------------------------------------------------------------------------------------------------------- */
static void
default_family(Oid type_id, Oid am, Oid *family, Oid *intype)
{
	Oid opclass = GetDefaultOpClass(type_id, am);

	*family = *intype = InvalidOid;
	if (OidIsValid(opclass))
		get_opclass_opfamily_and_input_type(opclass, family, intype);
}

static void
need_btree(TypeCacheEntry *entry)
{
	if (entry->flags & TC_CHECKED_BTREE)
		return;
	default_family(entry->type_id, BTREE_AM_OID, &entry->btree_opf, &entry->btree_opintype);
	entry->flags |= TC_CHECKED_BTREE;
}

static void
need_hash(TypeCacheEntry *entry)
{
	if (entry->flags & TC_CHECKED_HASH)
		return;
	default_family(entry->type_id, HASH_AM_OID, &entry->hash_opf, &entry->hash_opintype);
	entry->flags |= TC_CHECKED_HASH;
}

/* For containers: does what is in them compare and hash? */
static int
parts_of_element(Oid type)
{
	TypeCacheEntry *part = lookup_type_cache(type, TYPECACHE_EQ_OPR | TYPECACHE_CMP_PROC | TYPECACHE_HASH_PROC | TYPECACHE_HASH_EXTENDED_PROC);

	return (OidIsValid(part->eq_opr) ? TC_PARTS_HAVE_EQ : 0) | (OidIsValid(part->cmp_proc) ? TC_PARTS_HAVE_CMP : 0) |
		(OidIsValid(part->hash_proc) ? TC_PARTS_HAVE_HASH : 0) |
		(OidIsValid(part->hash_extended_proc) ? TC_PARTS_HAVE_HASH_EXT : 0);
}

#define TC_PARTS_ALL (TC_PARTS_HAVE_EQ | TC_PARTS_HAVE_CMP | TC_PARTS_HAVE_HASH | TC_PARTS_HAVE_HASH_EXT)

static void
need_parts(TypeCacheEntry *entry)
{
	int parts = TC_PARTS_ALL;

	if (entry->flags & TC_CHECKED_PARTS)
		return;
	if (entry->type_id == RECORDOID)
		parts = TC_PARTS_HAVE_EQ | TC_PARTS_HAVE_CMP | TC_PARTS_HAVE_HASH | TC_PARTS_HAVE_HASH_EXT; /* found out when executed */
	else if (entry->typtype == TYPTYPE_COMPOSITE)
	{
		TupleDesc desc = lookup_rowtype_tupdesc_copy(entry->type_id, -1);

		for (int i = 0; i < desc->natts; i++)
		{
			if (!TupleDescAttr(desc, i)->attisdropped)
				parts &= parts_of_element(TupleDescAttr(desc, i)->atttypid);
		}
	}
	else if (OidIsValid(entry->typelem))
		parts = parts_of_element(entry->typelem);
	else if (entry->typtype == TYPTYPE_RANGE)
	{
		parts = TC_PARTS_HAVE_EQ | TC_PARTS_HAVE_CMP | parts_of_element(get_range_subtype(entry->type_id));
	}
	entry->flags |= TC_CHECKED_PARTS | parts;
}

static bool
parts_allow(TypeCacheEntry *entry, Oid function_or_op, int part_flag)
{
	switch (function_or_op)
	{
		case ARRAY_EQ_OP:
		case ARRAY_LT_OP:
		case ARRAY_GT_OP:
		case F_BTARRAYCMP:
		case F_HASH_ARRAY:
		case F_HASH_ARRAY_EXTENDED:
		case RECORD_EQ_OP:
		case RECORD_LT_OP:
		case RECORD_GT_OP:
		case F_BTRECORDCMP:
		case F_HASH_RECORD:
		case F_HASH_RECORD_EXTENDED:
		case F_HASH_RANGE:
		case F_HASH_RANGE_EXTENDED:
			need_parts(entry);
			return (entry->flags & part_flag) != 0;
	}
	return true;
}

static Oid
btree_member(TypeCacheEntry *entry, int strategy, int part_flag)
{
	Oid op;

	need_btree(entry);
	if (!OidIsValid(entry->btree_opf))
		return InvalidOid;
	op = get_opfamily_member(entry->btree_opf, entry->btree_opintype, entry->btree_opintype, strategy);
	return parts_allow(entry, op, part_flag) ? op : InvalidOid;
}

static void
fill_eq(TypeCacheEntry *entry)
{
	if (entry->flags & TC_CHECKED_EQ)
		return;
	entry->eq_opr = btree_member(entry, BTEqualStrategyNumber, TC_PARTS_HAVE_EQ);
	if (!OidIsValid(entry->eq_opr))
	{
		need_hash(entry);
		if (OidIsValid(entry->hash_opf))
			entry->eq_opr = get_opfamily_member(entry->hash_opf, entry->hash_opintype, entry->hash_opintype, HTEqualStrategyNumber);
		if (OidIsValid(entry->eq_opr) && !parts_allow(entry, entry->eq_opr, TC_PARTS_HAVE_EQ))
			entry->eq_opr = InvalidOid;
	}
	entry->eq_opr_finfo.fn_oid = InvalidOid;
	entry->flags |= TC_CHECKED_EQ;
}

static void
fill_order(TypeCacheEntry *entry, int flags)
{
	if ((flags & TYPECACHE_LT_OPR) && !(entry->flags & TC_CHECKED_LT))
	{
		entry->lt_opr = btree_member(entry, BTLessStrategyNumber, TC_PARTS_HAVE_CMP);
		entry->flags |= TC_CHECKED_LT;
	}
	if ((flags & TYPECACHE_GT_OPR) && !(entry->flags & TC_CHECKED_GT))
	{
		entry->gt_opr = btree_member(entry, BTGreaterStrategyNumber, TC_PARTS_HAVE_CMP);
		entry->flags |= TC_CHECKED_GT;
	}
	if ((flags & (TYPECACHE_CMP_PROC | TYPECACHE_CMP_PROC_FINFO)) && !(entry->flags & TC_CHECKED_CMP))
	{
		need_btree(entry);
		entry->cmp_proc = OidIsValid(entry->btree_opf)
			? get_opfamily_proc(entry->btree_opf, entry->btree_opintype, entry->btree_opintype, BTORDER_PROC)
			: InvalidOid;
		if (!parts_allow(entry, entry->cmp_proc, TC_PARTS_HAVE_CMP))
			entry->cmp_proc = InvalidOid;
		entry->cmp_proc_finfo.fn_oid = InvalidOid;
		entry->flags |= TC_CHECKED_CMP;
	}
}

/* Hashing must agree with the equality operator, hence only if that is the hash family's. */
static Oid
hash_function(TypeCacheEntry *entry, int number, int part_flag)
{
	Oid proc;

	need_hash(entry);
	fill_eq(entry);
	if (!OidIsValid(entry->hash_opf) ||
		entry->eq_opr != get_opfamily_member(entry->hash_opf, entry->hash_opintype, entry->hash_opintype, HTEqualStrategyNumber))
		return InvalidOid;
	proc = get_opfamily_proc(entry->hash_opf, entry->hash_opintype, entry->hash_opintype, number);
	return parts_allow(entry, proc, part_flag) ? proc : InvalidOid;
}

static void
fill_hash(TypeCacheEntry *entry, int flags)
{
	if ((flags & (TYPECACHE_HASH_PROC | TYPECACHE_HASH_PROC_FINFO)) && !(entry->flags & TC_CHECKED_HASH_PROC))
	{
		entry->hash_proc = hash_function(entry, 1, TC_PARTS_HAVE_HASH);
		entry->hash_proc_finfo.fn_oid = InvalidOid;
		entry->flags |= TC_CHECKED_HASH_PROC;
	}
	if ((flags & (TYPECACHE_HASH_EXTENDED_PROC | TYPECACHE_HASH_EXTENDED_PROC_FINFO)) && !(entry->flags & TC_CHECKED_HASH_EXT))
	{
		entry->hash_extended_proc = hash_function(entry, 2, TC_PARTS_HAVE_HASH_EXT);
		entry->hash_extended_proc_finfo.fn_oid = InvalidOid;
		entry->flags |= TC_CHECKED_HASH_EXT;
	}
}

static void
fill_finfo(FmgrInfo *finfo, Oid function)
{
	if (finfo->fn_oid == InvalidOid && OidIsValid(function))
		fmgr_info_cxt(function, finfo, CacheMemoryContext);
}

/* ---- the rest ------------------------------------------------------------------------------------------------------------------ */
static void
fill_tupdesc(TypeCacheEntry *entry)
{
	Relation rel;

	if (entry->tupDesc != NULL || entry->typtype != TYPTYPE_COMPOSITE)
		return;
	if (!OidIsValid(entry->typrelid))
		elog(ERROR, "invalid typrelid for composite type %u", entry->type_id);
	rel = relation_open(entry->typrelid, AccessShareLock);
	entry->tupDesc = RelationGetDescr(rel);
	Assert(entry->tupDesc->tdrefcount > 0);
	entry->tupDesc->tdrefcount++; /* held by the cache, not by a resource owner */
	entry->tupDesc_identifier = ++tupledesc_identifier;
	relation_close(rel, AccessShareLock);
}

static void
fill_range(TypeCacheEntry *entry)
{
	HeapTuple tuple;
	Form_pg_range range;
	Oid opfamily;
	Oid opcintype;
	Oid cmp;

	if (entry->rngelemtype != NULL || entry->typtype != TYPTYPE_RANGE)
		return;
	tuple = SearchSysCache1(RANGETYPE, ObjectIdGetDatum(entry->type_id));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for range type %u", entry->type_id);
	range = (Form_pg_range) GETSTRUCT(tuple);
	entry->rng_collation = range->rngcollation;
	get_opclass_opfamily_and_input_type(range->rngsubopc, &opfamily, &opcintype);
	cmp = get_opfamily_proc(opfamily, opcintype, opcintype, BTORDER_PROC);
	fmgr_info_cxt(cmp, &entry->rng_cmp_proc_finfo, CacheMemoryContext);
	if (OidIsValid(range->rngcanonical))
		fmgr_info_cxt(range->rngcanonical, &entry->rng_canonical_finfo, CacheMemoryContext);
	if (OidIsValid(range->rngsubdiff))
		fmgr_info_cxt(range->rngsubdiff, &entry->rng_subdiff_finfo, CacheMemoryContext);
	entry->rngelemtype = lookup_type_cache(range->rngsubtype, 0);
	ReleaseSysCache(tuple);
}

TypeCacheEntry *
lookup_type_cache(Oid type_id, int flags)
{
	TypeCacheEntry *entry = find_entry(type_id);

	if (flags & TYPECACHE_BTREE_OPFAMILY)
		need_btree(entry);
	if (flags & TYPECACHE_HASH_OPFAMILY)
		need_hash(entry);
	if (flags & (TYPECACHE_EQ_OPR | TYPECACHE_EQ_OPR_FINFO))
		fill_eq(entry);
	if (flags & (TYPECACHE_LT_OPR | TYPECACHE_GT_OPR | TYPECACHE_CMP_PROC | TYPECACHE_CMP_PROC_FINFO))
		fill_order(entry, flags);
	if (flags & (TYPECACHE_HASH_PROC | TYPECACHE_HASH_PROC_FINFO | TYPECACHE_HASH_EXTENDED_PROC | TYPECACHE_HASH_EXTENDED_PROC_FINFO))
		fill_hash(entry, flags);
	if ((flags & TYPECACHE_EQ_OPR_FINFO) && OidIsValid(entry->eq_opr))
		fill_finfo(&entry->eq_opr_finfo, get_opcode(entry->eq_opr));
	if (flags & TYPECACHE_CMP_PROC_FINFO)
		fill_finfo(&entry->cmp_proc_finfo, entry->cmp_proc);
	if (flags & TYPECACHE_HASH_PROC_FINFO)
		fill_finfo(&entry->hash_proc_finfo, entry->hash_proc);
	if (flags & TYPECACHE_HASH_EXTENDED_PROC_FINFO)
		fill_finfo(&entry->hash_extended_proc_finfo, entry->hash_extended_proc);
	if (flags & TYPECACHE_TUPDESC)
		fill_tupdesc(entry);
	if (flags & TYPECACHE_RANGE_INFO)
		fill_range(entry);
	if ((flags & TYPECACHE_MULTIRANGE_INFO) && entry->rngtype == NULL && entry->typtype == TYPTYPE_MULTIRANGE)
		entry->rngtype = lookup_type_cache(get_multirange_range(type_id), TYPECACHE_RANGE_INFO);
	if ((flags & TYPECACHE_DOMAIN_BASE_INFO) && !(entry->flags & TC_CHECKED_DOMAIN) && entry->typtype == TYPTYPE_DOMAIN)
	{
		entry->domainBaseTypmod = -1;
		entry->domainBaseType = getBaseTypeAndTypmod(type_id, &entry->domainBaseTypmod);
		entry->flags |= TC_CHECKED_DOMAIN;
	}
	return entry;
}

/* ---- row types -------------------------------------------------------------------------------------------------------------------- */
static TupleDesc
rowtype_tupdesc(Oid type_id, int32 typmod, bool noError)
{
	if (type_id != RECORDOID)
	{
		TypeCacheEntry *entry = lookup_type_cache(type_id, TYPECACHE_TUPDESC);

		if (entry->tupDesc == NULL && !noError)
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("type %s is not composite", format_type_be(type_id)));
		return entry->tupDesc;
	}
	if (typmod >= 0 && typmod < nrecord_types)
		return record_types[typmod];
	if (!noError)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("record type has not been registered"));
	return NULL;
}

TupleDesc
lookup_rowtype_tupdesc_noerror(Oid type_id, int32 typmod, bool noError)
{
	TupleDesc desc = rowtype_tupdesc(type_id, typmod, noError);

	if (desc != NULL)
		PinTupleDesc(desc);
	return desc;
}

TupleDesc
lookup_rowtype_tupdesc(Oid type_id, int32 typmod)
{
	return lookup_rowtype_tupdesc_noerror(type_id, typmod, false);
}

TupleDesc
lookup_rowtype_tupdesc_copy(Oid type_id, int32 typmod)
{
	return CreateTupleDescCopyConstr(rowtype_tupdesc(type_id, typmod, false));
}

TupleDesc
lookup_rowtype_tupdesc_domain(Oid type_id, int32 typmod, bool noError)
{
	if (type_id != RECORDOID)
	{
		TypeCacheEntry *entry = lookup_type_cache(type_id, TYPECACHE_TUPDESC | TYPECACHE_DOMAIN_BASE_INFO);

		if (entry->typtype == TYPTYPE_DOMAIN)
			return lookup_rowtype_tupdesc_noerror(entry->domainBaseType, entry->domainBaseTypmod, noError);
	}
	return lookup_rowtype_tupdesc_noerror(type_id, typmod, noError);
}

/* Few record types per process: a walk with a comparison is enough, last one first. */
void
assign_record_type_typmod(TupleDesc tupDesc)
{
	MemoryContext old;

	Assert(tupDesc->tdtypeid == RECORDOID);
	for (int i = nrecord_types - 1; i >= 0; i--)
	{
		if (equalTupleDescs(tupDesc, record_types[i]))
		{
			tupDesc->tdtypmod = i;
			return;
		}
	}
	if (CacheMemoryContext == NULL)
		CacheMemoryContext = AllocSetContextCreate(TopMemoryContext, "CacheMemoryContext", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(CacheMemoryContext);
	if (nrecord_types == record_types_capacity)
	{
		record_types_capacity = record_types_capacity ? record_types_capacity * 2 : 32;
		record_types = record_types ? repalloc(record_types, record_types_capacity * sizeof(TupleDesc))
									: palloc(record_types_capacity * sizeof(TupleDesc));
	}
	record_types[nrecord_types] = CreateTupleDescCopy(tupDesc);
	record_types[nrecord_types]->tdtypmod = nrecord_types;
	record_types[nrecord_types]->tdrefcount = 1;
	MemoryContextSwitchTo(old);
	tupDesc->tdtypmod = nrecord_types++;
}

uint64
assign_record_type_identifier(Oid type_id, int32 typmod)
{
	if (type_id != RECORDOID)
		return lookup_type_cache(type_id, TYPECACHE_TUPDESC)->tupDesc_identifier;
	return ((uint64) 1 << 32) + (uint32) typmod; /* never reused within a process */
}

/* Enum values with even OIDs are in OID order; others, or a mixture, need their sort positions. */
int
compare_values_of_enum(TypeCacheEntry *tcache, Oid arg1, Oid arg2)
{
	float4 position[2];
	Oid args[2] = {arg1, arg2};

	if (arg1 == arg2)
		return 0;
	for (int i = 0; i < 2; i++)
	{
		HeapTuple tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(args[i]));

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "enum value %u not found in cache for enum %s", args[i], format_type_be(tcache->type_id));
		position[i] = ((Form_pg_enum) GETSTRUCT(tuple))->enumsortorder;
		ReleaseSysCache(tuple);
	}
	return position[0] < position[1] ? -1 : position[0] > position[1] ? 1 : 0;
}
