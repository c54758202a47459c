/*
 * commands/vacuum.h
 *    VACUUM and ANALYZE.
 */
#ifndef VACUUM_H
#define VACUUM_H

#include "access/genam.h"
#include "catalog/pg_class.h"
#include "nodes/parsenodes.h"
#include "storage/buf.h"
#include "utils/relcache.h"

#define VACOPT_VACUUM 0x01
#define VACOPT_ANALYZE 0x02
#define VACOPT_VERBOSE 0x04
#define VACOPT_FREEZE 0x08
#define VACOPT_FULL 0x10
#define VACOPT_SKIP_LOCKED 0x20
#define VACOPT_PROCESS_TOAST 0x40
#define VACOPT_DISABLE_PAGE_SKIPPING 0x80

typedef enum VacOptValue
{
	VACOPTVALUE_UNSPECIFIED = 0,
	VACOPTVALUE_AUTO,
	VACOPTVALUE_DISABLED,
	VACOPTVALUE_ENABLED
} VacOptValue;

typedef struct VacuumParams
{
	bits32 options;
	int freeze_min_age; /* -1: default */
	int freeze_table_age;
	int multixact_freeze_min_age;
	int multixact_freeze_table_age;
	bool is_wraparound;
	int log_min_duration;
	VacOptValue index_cleanup;
	VacOptValue truncate;
	int nworkers;
} VacuumParams;

extern int default_statistics_target;
extern int vacuum_freeze_min_age;
extern int vacuum_freeze_table_age;
extern int vacuum_multixact_freeze_min_age;
extern int vacuum_multixact_freeze_table_age;
extern int vacuum_failsafe_age;
extern int vacuum_multixact_failsafe_age;
extern double VacuumCostDelay;
extern int VacuumCostPageHit;
extern int VacuumCostPageMiss;
extern int VacuumCostPageDirty;
extern int VacuumCostLimit;
extern int VacuumPageHit;
extern int VacuumPageMiss;
extern int VacuumPageDirty;
extern int VacuumCostBalance;
extern bool VacuumCostActive;

/* The statement: options, list of relations, each in its own transaction(s). */
struct ParseState;
extern void ExecVacuum(struct ParseState *pstate, VacuumStmt *vacstmt, bool isTopLevel);
extern void vacuum(List *relations, VacuumParams *params, BufferAccessStrategy bstrategy, bool isTopLevel);
extern void analyze_rel(Oid relid, RangeVar *relation, VacuumParams *params, List *va_cols, bool in_outer_xact,
						BufferAccessStrategy bstrategy);
extern void vac_open_indexes(Relation relation, LOCKMODE lockmode, int *nindexes, Relation **Irel);
extern void vac_close_indexes(int nindexes, Relation *Irel, LOCKMODE lockmode);
/* Writes relpages etc. into pg_class in place. */
extern void vac_update_relstats(Relation relation, BlockNumber num_pages, double num_tuples,
								BlockNumber num_all_visible_pages, bool hasindex, TransactionId frozenxid,
								MultiXactId minmulti, bool *frozenxid_updated, bool *minmulti_updated,
								bool in_outer_xact);
extern double vac_estimate_reltuples(Relation relation, BlockNumber total_pages, BlockNumber scanned_pages,
									 double scanned_tuples);
extern void vac_update_datfrozenxid(void);
extern void vacuum_delay_point(void); /* cost-based sleep, interrupts */
extern bool std_typanalyze_applies(Oid typid);

#endif /* VACUUM_H */
