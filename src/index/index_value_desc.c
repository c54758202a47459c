/*
 * index_value_desc.c
 *    "(a, b)=(1, 2)": an index entry in words, for error messages.
 */
#include "postgres.h"

#include "access/genam.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* A user who may not read the table must see all key columns by column privileges. */
static bool
may_see_values(Relation index)
{
	Oid table = index->rd_index->indrelid;

	if (pg_class_aclcheck(table, GetUserId(), ACL_SELECT) == ACLCHECK_OK)
		return true;
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
	{
		AttrNumber attnum = index->rd_index->indkey.values[i];

		if (attnum == InvalidAttrNumber || pg_attribute_aclcheck(table, attnum, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
			return false;
	}
	return true;
}

extern char *pg_get_indexdef_columns(Oid indexrelid, bool pretty); /* ruleutils: for expressions */

/* "a, b": names of the key columns, as CREATE INDEX would have them. */
static char *
key_column_list(Relation index)
{
	StringInfoData buf;

	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
		if (index->rd_index->indkey.values[i] == InvalidAttrNumber)
			return pg_get_indexdef_columns(RelationGetRelid(index), true);
	initStringInfo(&buf);
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
	{
		char *name = get_attname(index->rd_index->indrelid, index->rd_index->indkey.values[i], false);

		appendStringInfo(&buf, "%s%s", i > 0 ? ", " : "", quote_identifier(name));
	}
	return buf.data;
}

char *
BuildIndexValueDescription(Relation indexRelation, Datum *values, bool *isnull)
{
	int nkeys = IndexRelationGetNumberOfKeyAttributes(indexRelation);
	StringInfoData buf;

	if (!may_see_values(indexRelation))
		return NULL;
	initStringInfo(&buf);
	appendStringInfo(&buf, "(%s)=(", key_column_list(indexRelation));
	for (int i = 0; i < nkeys; i++)
	{
		const char *text = "null";

		if (!isnull[i])
		{
			Oid output;
			bool varlena;

			/* The declared input type of the operator class: the stored type may differ. */
			getTypeOutputInfo(indexRelation->rd_opcintype[i], &output, &varlena);
			text = OidOutputFunctionCall(output, values[i]);
		}
		if (i > 0)
			appendStringInfoString(&buf, ", ");
		appendStringInfoString(&buf, text);
	}
	appendStringInfoChar(&buf, ')');
	return buf.data;
}
