/*
 * pstate.c
 *    ParseState's life, and error positions.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "mb/pg_wchar.h"
#include "parser/parse_node.h"
#include "utils/rel.h"

ParseState *
make_parsestate(ParseState *parentParseState)
{
	ParseState *pstate = palloc0(sizeof(ParseState));

	pstate->parentParseState = parentParseState;
	pstate->p_next_resno = 1;
	pstate->p_resolve_unknowns = true;
	if (parentParseState)
	{
		pstate->p_sourcetext = parentParseState->p_sourcetext;
		pstate->p_pre_columnref_hook = parentParseState->p_pre_columnref_hook;
		pstate->p_post_columnref_hook = parentParseState->p_post_columnref_hook;
		pstate->p_paramref_hook = parentParseState->p_paramref_hook;
		pstate->p_coerce_param_hook = parentParseState->p_coerce_param_hook;
		pstate->p_ref_hook_state = parentParseState->p_ref_hook_state;
		pstate->p_queryEnv = parentParseState->p_queryEnv;
	}
	return pstate;
}

void
free_parsestate(ParseState *pstate)
{
	/* Resnos are AttrNumbers; a longer list could not be addressed. */
	if (pstate->p_next_resno - 1 > MaxTupleAttributeNumber)
		ereport(ERROR,
				errcode(ERRCODE_TOO_MANY_COLUMNS),
				errmsg("target lists can have at most %d entries", MaxTupleAttributeNumber));
	if (pstate->p_target_relation)
		table_close(pstate->p_target_relation, NoLock);
	pfree(pstate);
}

int
parser_errposition(ParseState *pstate, int location)
{
	if (location < 0 || pstate == NULL || pstate->p_sourcetext == NULL)
		return 0;
	return errposition(pg_mbstrlen_with_len(pstate->p_sourcetext, location) + 1);
}

static void
add_position_to_error(void *arg)
{
	ParseCallbackState *pcbstate = arg;

	if (geterrcode() != ERRCODE_QUERY_CANCELED && geterrposition() == 0)
		(void) parser_errposition(pcbstate->pstate, pcbstate->location);
}

void
setup_parser_errposition_callback(ParseCallbackState *pcbstate, ParseState *pstate, int location)
{
	pcbstate->pstate = pstate;
	pcbstate->location = location;
	pcbstate->errcallback.callback = add_position_to_error;
	pcbstate->errcallback.arg = pcbstate;
	pcbstate->errcallback.previous = error_context_stack;
	error_context_stack = &pcbstate->errcallback;
}

void
cancel_parser_errposition_callback(ParseCallbackState *pcbstate)
{
	error_context_stack = pcbstate->errcallback.previous;
}
