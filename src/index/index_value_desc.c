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

char *
BuildIndexValueDescription(Relation indexRelation, Datum *values, bool *isnull)
{
	int nkeys = IndexRelationGetNumberOfKeyAttributes(indexRelation);
	StringInfoData buf;

	if (!may_see_values(indexRelation))
		return NULL;
	initStringInfo(&buf);
	appendStringInfo(&buf, "(%s)=(", pg_get_indexdef_columns(RelationGetRelid(indexRelation), true));
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
