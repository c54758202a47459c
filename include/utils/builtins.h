/*
 * utils/builtins.h
 *    C helpers of the built-in types, and the SQL-callable functions that C code calls directly.
 */
#ifndef BUILTINS_H
#define BUILTINS_H

#include "fmgr.h"
#include "nodes/pg_list.h"

/* ---- numbers as text (base/numutils.c) */
#define MAXINT8LEN 20
extern int16 pg_strtoint16(const char *s);
extern int32 pg_strtoint32(const char *s);
extern int64 pg_strtoint64(const char *s);
extern int pg_itoa(int16 i, char *a);
extern int pg_ultoa_n(uint32 l, char *a); /* no terminating zero */
extern int pg_ulltoa_n(uint64 l, char *a);
extern int pg_ltoa(int32 l, char *a);
extern int pg_lltoa(int64 l, char *a);
extern char *pg_ultostr_zeropad(char *str, uint32 value, int32 minwidth);
extern char *pg_ultostr(char *str, uint32 value);

/* ---- bool */
extern bool parse_bool(const char *value, bool *result);
extern bool parse_bool_with_len(const char *value, size_t len, bool *result);

/* ---- text and C strings */
extern text *cstring_to_text(const char *s);
extern text *cstring_to_text_with_len(const char *s, int len);
extern char *text_to_cstring(const text *t);
extern void text_to_cstring_buffer(const text *src, char *dst, size_t dst_len);
#define CStringGetTextDatum(s) PointerGetDatum(cstring_to_text(s))
#define TextDatumGetCString(d) text_to_cstring((text *) DatumGetPointer(d))

/* ---- names */
extern void namestrcpy(Name name, const char *str);
extern int namestrcmp(Name name, const char *str);

/* ---- arrays of integers and OIDs (catalog columns) */
extern int2vector *buildint2vector(const int16 *int2s, int n);
extern oidvector *buildoidvector(const Oid *oids, int n);
extern void check_valid_oidvector(const oidvector *oidArray);
extern Oid oidparse(struct Node *node); /* an Integer or Float node */
extern int oid_cmp(const void *p1, const void *p2);

/* ---- character data */
extern int bpchartruelen(char *s, int len);

/* ---- quoting */
extern const char *quote_identifier(const char *ident); /* the input itself when it needs no quotes */
extern char *quote_qualified_identifier(const char *qualifier, const char *ident);
extern char *quote_literal_cstr(const char *rawstr);
extern bool quote_all_identifiers; /* GUC */

/* ---- type names */
#define FORMAT_TYPE_TYPEMOD_GIVEN 0x01	/* show typmod */
#define FORMAT_TYPE_ALLOW_INVALID 0x02	/* "???" or "-" for a bad OID */
#define FORMAT_TYPE_FORCE_QUALIFY 0x04	/* always schema-qualify */
#define FORMAT_TYPE_INVALID_AS_NULL 0x08 /* NULL for a bad OID */
extern char *format_type_extended(Oid type_oid, int32 typemod, bits16 flags);
extern char *format_type_be(Oid type_oid);
extern char *format_type_be_qualified(Oid type_oid);
extern char *format_type_with_typemod(Oid type_oid, int32 typemod);
extern int32 type_maximum_size(Oid type_oid, int32 typemod);
extern char *oidvectortypes_cstring(const oidvector *v);

/* ---- reg* types */
#define FORMAT_PROC_INVALID_AS_NULL 0x01
#define FORMAT_PROC_FORCE_QUALIFY 0x02
#define FORMAT_OPERATOR_INVALID_AS_NULL 0x01
#define FORMAT_OPERATOR_FORCE_QUALIFY 0x02
extern char *format_procedure_extended(Oid procedure_oid, bits16 flags);
extern char *format_operator_extended(Oid operator_oid, bits16 flags);
extern char *format_procedure(Oid procedure_oid);
extern char *format_procedure_qualified(Oid procedure_oid);
extern char *format_operator(Oid operator_oid);
extern char *format_operator_qualified(Oid operator_oid);
extern List *stringToQualifiedNameList(const char *string);

/* ---- analyze/ruleutils.c */
extern char *generate_collation_name(Oid collid);

/* ---- current moment and identity (misc) */
extern Datum hypothetical_function_not_supported(PG_FUNCTION_ARGS);

/* ---- SQL-callable functions used from C */
extern Datum boolin(PG_FUNCTION_ARGS);
extern Datum boolout(PG_FUNCTION_ARGS);
extern Datum byteain(PG_FUNCTION_ARGS);
extern Datum byteaout(PG_FUNCTION_ARGS);
extern Datum charin(PG_FUNCTION_ARGS);
extern Datum namein(PG_FUNCTION_ARGS);
extern Datum nameout(PG_FUNCTION_ARGS);
extern Datum nameeq(PG_FUNCTION_ARGS);
extern Datum btnamecmp(PG_FUNCTION_ARGS);
extern Datum int2in(PG_FUNCTION_ARGS);
extern Datum int2out(PG_FUNCTION_ARGS);
extern Datum int4in(PG_FUNCTION_ARGS);
extern Datum int4out(PG_FUNCTION_ARGS);
extern Datum int4eq(PG_FUNCTION_ARGS);
extern Datum int8in(PG_FUNCTION_ARGS);
extern Datum int8out(PG_FUNCTION_ARGS);
extern Datum btint4cmp(PG_FUNCTION_ARGS);
extern Datum btint8cmp(PG_FUNCTION_ARGS);
extern Datum btoidcmp(PG_FUNCTION_ARGS);
extern Datum bttextcmp(PG_FUNCTION_ARGS);
extern Datum oidin(PG_FUNCTION_ARGS);
extern Datum oidout(PG_FUNCTION_ARGS);
extern Datum oideq(PG_FUNCTION_ARGS);
extern Datum oidvectorin(PG_FUNCTION_ARGS);
extern Datum oidvectorout(PG_FUNCTION_ARGS);
extern Datum oidvectoreq(PG_FUNCTION_ARGS);
extern Datum int2vectorin(PG_FUNCTION_ARGS);
extern Datum int2vectorout(PG_FUNCTION_ARGS);
extern Datum textin(PG_FUNCTION_ARGS);
extern Datum textout(PG_FUNCTION_ARGS);
extern Datum texteq(PG_FUNCTION_ARGS);
extern Datum textcat(PG_FUNCTION_ARGS);
extern Datum bpcharin(PG_FUNCTION_ARGS);
extern Datum varcharin(PG_FUNCTION_ARGS);
extern Datum bpchareq(PG_FUNCTION_ARGS);
extern Datum float4in(PG_FUNCTION_ARGS);
extern Datum float8in(PG_FUNCTION_ARGS);
extern Datum float8out(PG_FUNCTION_ARGS);
extern Datum numeric_in(PG_FUNCTION_ARGS);
extern Datum numeric_out(PG_FUNCTION_ARGS);
extern Datum regclassin(PG_FUNCTION_ARGS);
extern Datum regclassout(PG_FUNCTION_ARGS);
extern Datum regprocin(PG_FUNCTION_ARGS);
extern Datum regprocout(PG_FUNCTION_ARGS);
extern Datum regtypein(PG_FUNCTION_ARGS);
extern Datum regtypeout(PG_FUNCTION_ARGS);
extern Datum array_in(PG_FUNCTION_ARGS);
extern Datum array_out(PG_FUNCTION_ARGS);
extern Datum bit_in(PG_FUNCTION_ARGS);
extern Datum bit_out(PG_FUNCTION_ARGS);
extern Datum varbit_in(PG_FUNCTION_ARGS);
extern Datum record_in(PG_FUNCTION_ARGS);
extern Datum record_out(PG_FUNCTION_ARGS);
extern Datum record_eq(PG_FUNCTION_ARGS);
extern Datum btrecordcmp(PG_FUNCTION_ARGS);
extern Datum hash_record(PG_FUNCTION_ARGS);
extern Datum hashint4(PG_FUNCTION_ARGS);
extern Datum hashint8(PG_FUNCTION_ARGS);
extern Datum hashtext(PG_FUNCTION_ARGS);
extern Datum hashoid(PG_FUNCTION_ARGS);
extern Datum hashname(PG_FUNCTION_ARGS);
extern Datum current_user(PG_FUNCTION_ARGS);
extern Datum session_user(PG_FUNCTION_ARGS);
extern Datum current_schema(PG_FUNCTION_ARGS);
extern Datum current_database(PG_FUNCTION_ARGS);
extern Datum textregexeq(PG_FUNCTION_ARGS);
extern Datum textlike(PG_FUNCTION_ARGS);

#endif /* BUILTINS_H */
