/*
 * typcache.h
 *    Facts about data types that executors need often: length, comparison and hash functions, row descriptors.
 */
#ifndef TYPCACHE_H
#define TYPCACHE_H

#include "access/tupdesc.h"
#include "fmgr.h"

struct TypeCacheEnumData;
struct DomainConstraintCache;

/* Lives as long as the process; fields are filled in as flags ask for them, and updated when catalogs change. */
typedef struct TypeCacheEntry
{
	Oid type_id;
	uint32 type_id_hash;
	int16 typlen;
	bool typbyval;
	char typalign;
	char typstorage;
	char typtype;
	Oid typrelid;
	Oid typsubscript;
	Oid typelem;
	Oid typcollation;

	Oid btree_opf; /* default opclass' family, and its input type, 0 if none */
	Oid btree_opintype;
	Oid hash_opf;
	Oid hash_opintype;
	Oid eq_opr;
	Oid lt_opr;
	Oid gt_opr;
	Oid cmp_proc;
	Oid hash_proc;
	Oid hash_extended_proc;
	FmgrInfo eq_opr_finfo; /* fn_oid 0: not looked up */
	FmgrInfo cmp_proc_finfo;
	FmgrInfo hash_proc_finfo;
	FmgrInfo hash_extended_proc_finfo;

	TupleDesc tupDesc; /* composite types; counted */
	uint64 tupDesc_identifier;

	struct TypeCacheEntry *rngelemtype;
	Oid rng_collation;
	FmgrInfo rng_cmp_proc_finfo;
	FmgrInfo rng_canonical_finfo;
	FmgrInfo rng_subdiff_finfo;
	struct TypeCacheEntry *rngtype;

	Oid domainBaseType;
	int32 domainBaseTypmod;
	struct DomainConstraintCache *domainData;

	int flags; /* which parts are valid: private to typcache.c */
	struct TypeCacheEnumData *enumData;
	struct TypeCacheEntry *nextDomain;
} TypeCacheEntry;

#define TYPECACHE_EQ_OPR 0x00001
#define TYPECACHE_LT_OPR 0x00002
#define TYPECACHE_GT_OPR 0x00004
#define TYPECACHE_CMP_PROC 0x00008
#define TYPECACHE_HASH_PROC 0x00010
#define TYPECACHE_EQ_OPR_FINFO 0x00020
#define TYPECACHE_CMP_PROC_FINFO 0x00040
#define TYPECACHE_HASH_PROC_FINFO 0x00080
#define TYPECACHE_TUPDESC 0x00100
#define TYPECACHE_BTREE_OPFAMILY 0x00200
#define TYPECACHE_HASH_OPFAMILY 0x00400
#define TYPECACHE_RANGE_INFO 0x00800
#define TYPECACHE_DOMAIN_BASE_INFO 0x01000
#define TYPECACHE_DOMAIN_CONSTR_INFO 0x02000
#define TYPECACHE_HASH_EXTENDED_PROC 0x04000
#define TYPECACHE_HASH_EXTENDED_PROC_FINFO 0x08000
#define TYPECACHE_MULTIRANGE_INFO 0x10000
#define INVALID_TUPLEDESC_IDENTIFIER ((uint64) 1)

extern TypeCacheEntry *lookup_type_cache(Oid type_id, int flags);
/* Row descriptors by type (RECORDOID: by registered typmod). The plain forms give a counted reference. */
extern TupleDesc lookup_rowtype_tupdesc(Oid type_id, int32 typmod);
extern TupleDesc lookup_rowtype_tupdesc_noerror(Oid type_id, int32 typmod, bool noError);
extern TupleDesc lookup_rowtype_tupdesc_copy(Oid type_id, int32 typmod);
extern TupleDesc lookup_rowtype_tupdesc_domain(Oid type_id, int32 typmod, bool noError);
/* Give an anonymous record descriptor a typmod by which this process can find it again. */
extern void assign_record_type_typmod(TupleDesc tupDesc);
extern uint64 assign_record_type_identifier(Oid type_id, int32 typmod);
extern int compare_values_of_enum(TypeCacheEntry *tcache, Oid arg1, Oid arg2);

#endif /* TYPCACHE_H */
