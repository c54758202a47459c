/*
 * cac.c
 *    Connection acceptance (postmaster/cac.h).
 */
#include "postgres.h"

#include "postmaster/cac.h"

CAC_state
cac_decide(const PmState *state, int free_slots, bool hot_standby_enabled)
{
	if (state->shutdown != NO_SHUTDOWN)
		return CAC_SHUTDOWN;
	/* a crash looks like a start from outside: it will pass */
	if (state->crashed)
		return CAC_RECOVERY;
	switch (state->phase)
	{
		case PM_RUN:
		case PM_HOT_STANDBY:
			return free_slots > 0 ? CAC_OK : CAC_TOOMANY;
		case PM_INIT:
		case PM_STARTUP:
			return CAC_STARTUP;
		case PM_RECOVERY:
			return hot_standby_enabled ? CAC_NOTCONSISTENT : CAC_RECOVERY;
		default:
			return CAC_SHUTDOWN;
	}
}
