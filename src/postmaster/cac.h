/*
 * postmaster/cac.h
 *    May this connection become a session? Pure.
 */
#ifndef POSTMASTER_CAC_H
#define POSTMASTER_CAC_H

#include "postmaster/launch.h"
#include "postmaster/pm_state.h"

/* free_slots: how many backend slots are left. */
extern CAC_state cac_decide(const PmState *state, int free_slots, bool hot_standby_enabled);

#endif /* POSTMASTER_CAC_H */
