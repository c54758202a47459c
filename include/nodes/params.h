/*
 * nodes/params.h
 *    Values of parameters: $n of the client (extern) and values handed from one plan part to another (exec).
 *
 * A ParamListInfo is read-only while a query runs. paramFetch, when set, is asked for a value that is not in params[].
 */
#ifndef PARAMS_H
#define PARAMS_H

#include "postgres.h"

struct ParseState;
struct ParamListInfoData;

#define PARAM_FLAG_CONST 0x0001 /* the planner may treat the value as a constant (custom plans) */

typedef struct ParamExternData
{
	Datum value;
	bool isnull;
	uint16 pflags;
	Oid ptype; /* InvalidOid: no value was given */
} ParamExternData;

typedef struct ParamListInfoData *ParamListInfo;
typedef ParamExternData *(*ParamFetchHook)(ParamListInfo params, int paramid, bool speculative,
										   ParamExternData *workspace);
typedef void (*ParserSetupHook)(struct ParseState *pstate, void *arg);

typedef struct ParamListInfoData
{
	ParamFetchHook paramFetch;
	void *paramFetchArg;
	ParserSetupHook parserSetup;
	void *parserSetupArg;
	char *paramValuesStr; /* for error messages; may be NULL */
	int numParams;
	ParamExternData params[];
} ParamListInfoData;

extern ParamListInfo makeParamList(int numParams);
extern ParamListInfo copyParamList(ParamListInfo from); /* values are copied too */

#endif /* PARAMS_H */
