/*
 * shmem/horizons.h
 *    The oldest transaction ids that somebody still cares about.
 */
#ifndef HORIZONS_H
#define HORIZONS_H

#include "c.h"

typedef struct XidHorizons
{
	TransactionId latest_completed;
	TransactionId oldest_considered_running; /* subtransaction parents, clog: nobody asks below it */
	TransactionId shared;					 /* rows of shared relations deleted before this are dead for all */
	TransactionId catalog;					 /* the same for catalogs of this database */
	TransactionId data;						 /* for user tables of this database */
	TransactionId temp;						 /* for this session's temporary tables */
} XidHorizons;

extern void compute_xid_horizons(XidHorizons *h);
/* A snapshot with this xmin has just been taken: nothing from there on is removable for us. */
extern void horizons_note_snapshot(TransactionId xmin);

#endif /* HORIZONS_H */
