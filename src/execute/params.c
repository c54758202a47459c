/*
 * params.c
 *    Lists of parameter values.
 */
#include "postgres.h"

#include "nodes/params.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

ParamListInfo
makeParamList(int numParams)
{
	ParamListInfo params = palloc0(offsetof(ParamListInfoData, params) + numParams * sizeof(ParamExternData));

	params->numParams = numParams;
	return params;
}

ParamListInfo
copyParamList(ParamListInfo from)
{
	ParamListInfo to;

	if (from == NULL || from->numParams <= 0)
		return NULL;
	to = makeParamList(from->numParams);
	for (int i = 0; i < from->numParams; i++)
	{
		ParamExternData workspace;
		ParamExternData *p = &from->params[i];
		int16 typlen;
		bool typbyval;

		if (from->paramFetch)
			p = from->paramFetch(from, i + 1, false, &workspace);
		to->params[i] = *p;
		if (p->isnull || !OidIsValid(p->ptype))
			continue;
		get_typlenbyval(p->ptype, &typlen, &typbyval);
		to->params[i].value = datumCopy(p->value, typbyval, typlen);
	}
	return to;
}
