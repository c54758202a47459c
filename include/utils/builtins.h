/*
 * utils/builtins.h
 *    C helpers of the built-in types, and the SQL-callable functions that C code calls directly.
 */
#ifndef BUILTINS_H
#define BUILTINS_H

#include "fmgr.h"
#include "nodes/pg_list.h"
#include "utils/fmgrprotos.h"

/* ---- numbers as text: pg_strtoint32, pg_ltoa, ... */
#include "base/numutils.h"

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

#endif /* BUILTINS_H */
