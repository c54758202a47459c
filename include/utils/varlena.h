/*
 * utils/varlena.h
 *    Helpers around text that other folders use.
 */
#ifndef VARLENA_H
#define VARLENA_H

#include "fmgr.h"
#include "nodes/pg_list.h"

/* Order of two strings under a collation: <0, 0, >0. Deterministic collations break ties by bytes. */
extern int varstr_cmp(const char *arg1, int len1, const char *arg2, int len2, Oid collid);
extern int varstr_levenshtein(const char *source, int slen, const char *target, int tlen, int ins_c, int del_c,
							  int sub_c, bool trusted);
extern int varstr_levenshtein_less_equal(const char *source, int slen, const char *target, int tlen, int ins_c,
										 int del_c, int sub_c, int max_d, bool trusted);
/* "a.b"."c" into a list of strings; errors 42602 when malformed. */
extern List *textToQualifiedNameList(text *textval);
/* Split on a separator, honouring double quotes and folding the rest to lower case; false when malformed. rawstring is eaten. */
extern bool SplitIdentifierString(char *rawstring, char separator, List **namelist);
extern bool SplitDirectoriesString(char *rawstring, char separator, List **namelist);
extern bool SplitGUCList(char *rawstring, char separator, List **namelist);
extern text *replace_text_regexp(text *src_text, text *pattern_text, text *replace_text, int cflags, Oid collation,
								 int search_start, int n);

#endif /* VARLENA_H */
