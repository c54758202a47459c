/* Each pg_statistic row has room for this many kinds of statistics. */
#define STATISTIC_NUM_SLOTS 5
