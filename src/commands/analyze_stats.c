/*
 * analyze_stats.c
 *    Statistics of one column: fraction of nulls, average width, number of distinct values, most common values, histogram and
 *    physical correlation.
 *
 * The number of distinct values is Haas and Stokes' estimator ("Duj1", in: Sampling-Based Estimation of the Number of
 * Distinct Values of an Attribute, VLDB 1995): n*d / (n - f1 + f1*n/N), with n sample rows, d distinct values among them, f1 values seen
 * once and N rows in the table.
 */
#include "postgres.h"

#include <math.h>

#include "access/detoast.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/analyze_stats.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/sortsupport.h"
#include "utils/typcache.h"

#define WIDTH_MAX 1024 /* wider values count for width only */

typedef struct SampledValue
{
	Datum value;
	int position; /* in the physical order */
} SampledValue;

typedef struct ValueGroup
{
	int first; /* index of its first value in sorted order */
	int count;
} ValueGroup;

/* ---- simple facts ------------------------------------------------------------------------------------------------------ */
/* Non-null values that are not too wide, detoasted; fills nullfrac and width. */
static int
collect_values(const ColumnSample *sample, ColumnStats *stats, SampledValue *out, int *nonnull, int *toowide)
{
	bool varlena = !stats->typbyval && stats->typlen == -1;
	double total_width = 0;
	int n = 0;

	*nonnull = *toowide = 0;
	for (int i = 0; i < sample->n; i++)
	{
		Datum value = sample->values[i];

		if (sample->nulls[i])
			continue;
		(*nonnull)++;
		if (varlena)
		{
			total_width += (double) VARSIZE_ANY(DatumGetPointer(value));
			if (toast_raw_datum_size(value) > WIDTH_MAX)
			{
				(*toowide)++;
				continue;
			}
			value = PointerGetDatum(PG_DETOAST_DATUM(value));
		}
		else if (stats->typlen == -2)
			total_width += (double) strlen(DatumGetCString(value)) + 1;
		out[n].value = value;
		out[n].position = i;
		n++;
	}
	stats->nullfrac = sample->n > 0 ? (float4) ((double) (sample->n - *nonnull) / sample->n) : 0;
	if (stats->typlen > 0)
		stats->width = stats->typlen;
	else
		stats->width = *nonnull > 0 ? (int32) floor(total_width / *nonnull + 0.5) : 0;
	return n;
}

static StatsSlot *
add_slot(ColumnStats *stats, int16 kind, Oid op)
{
	StatsSlot *slot = &stats->slots[stats->nslots++];

	Assert(stats->nslots <= STATISTIC_NUM_SLOTS);
	slot->kind = kind;
	slot->op = op;
	slot->coll = stats->collation;
	return slot;
}

/* ---- distinct values --------------------------------------------------------------------------------------------------------- */
/*
 * d groups, of which `multiple` have more than one member, in a sample of n non-null values.
 */
static float4
estimate_distinct(const ColumnSample *sample, int n, int nonnull, int toowide, int d, int multiple, float4 nullfrac)
{
	double result;

	if (multiple == 0)
		/* All different: probably a key. */
		return (float4) (-1.0 * (1.0 - nullfrac));
	if (toowide == 0 && multiple == d)
		/* Everything occurs several times: we have probably seen all values. */
		return (float4) d;
	{
		int f1 = d - multiple + toowide;
		int distinct = f1 + multiple;
		double sampled = nonnull;
		double rows = sample->total_rows * (1.0 - nullfrac);
		double numerator = sampled * distinct;
		double denominator = (sampled - f1) + f1 * sampled / Max(rows, 1);

		result = numerator / denominator;
		if (result < distinct)
			result = distinct;
		if (result > rows)
			result = rows;
		result = floor(result + 0.5);
	}
	/* A number that grows with the table is stored as a fraction of it. */
	if (result > 0.1 * sample->total_rows && sample->total_rows > 0)
		result = -(result / sample->total_rows);
	return (float4) result;
}

/* ---- most common values --------------------------------------------------------------------------------------------------------- */
/*
 * How many of the candidates (most frequent first) deserve a place: those that are clearly more frequent than the average of
 * what is not listed. A value's frequency in the sample is hypergeometric; one that exceeds the mean of the rest by less than two
 * standard deviations may be an accident.
 */
static int
worthy_mcvs(const ValueGroup *groups, int candidates, double distinct, double nullfrac, int sample_rows, double total_rows)
{
	double sum = 0;
	int n = candidates;

	if (sample_rows >= total_rows || total_rows <= 1)
		return n;
	for (int i = 0; i < candidates; i++)
		sum += groups[i].count;
	while (n > 0)
	{
		double count = groups[n - 1].count;
		double rest_fraction, rest_distinct, expected, variance, sd;

		sum -= count;
		rest_fraction = 1.0 - sum / sample_rows - nullfrac;
		rest_fraction = Max(0.0, Min(1.0, rest_fraction));
		rest_distinct = distinct - (n - 1);
		expected = rest_distinct > 1 ? rest_fraction / rest_distinct * sample_rows : rest_fraction * sample_rows;
		{
			double K = count * total_rows / sample_rows;

			variance = sample_rows * K * (total_rows - K) * (total_rows - sample_rows) /
				(total_rows * total_rows * (total_rows - 1));
		}
		sd = sqrt(Max(variance, 0));
		if (count > expected + 2 * sd + 0.5)
			break;
		n--;
	}
	return n;
}

static void
store_mcvs(const ColumnSample *sample, ColumnStats *stats, const SampledValue *values, const ValueGroup *groups, int n,
		   Oid eqop)
{
	StatsSlot *slot;

	if (n <= 0)
		return;
	slot = add_slot(stats, STATISTIC_KIND_MCV, eqop);
	slot->values = palloc_array(Datum, n);
	slot->numbers = palloc_array(float4, n);
	slot->nvalues = slot->nnumbers = n;
	for (int i = 0; i < n; i++)
	{
		slot->values[i] = values[groups[i].first].value;
		slot->numbers[i] = (float4) ((double) groups[i].count / sample->n);
	}
}

static int
compare_groups(const void *a, const void *b)
{
	const ValueGroup *x = a;
	const ValueGroup *y = b;

	if (x->count != y->count)
		return y->count - x->count;
	return x->first - y->first;
}

/*
 * Keeps the `most` largest groups in front, ordered by frequency. All values listed: only when nothing was seen just once and the
 * number of values does not depend on the table's size.
 */
static int
choose_mcvs(const ColumnSample *sample, ColumnStats *stats, ValueGroup *groups, int ngroups, int multiple, int toowide,
			int most)
{
	double distinct = stats->distinct < 0 ? -stats->distinct * sample->total_rows : stats->distinct;

	qsort(groups, ngroups, sizeof(ValueGroup), compare_groups);
	if (multiple == ngroups && toowide == 0 && stats->distinct > 0 && ngroups <= most)
		return ngroups;
	return worthy_mcvs(groups, Min(multiple, most), distinct, stats->nullfrac, sample->n, sample->total_rows);
}

/* ---- values with an order ---------------------------------------------------------------------------------------------------------- */
static int
compare_sampled(const void *a, const void *b, void *arg)
{
	const SampledValue *x = a;
	const SampledValue *y = b;
	int result = ApplySortComparator(x->value, false, y->value, false, arg);

	return result != 0 ? result : x->position - y->position;
}

static int
find_groups(const SampledValue *values, int n, SortSupport order, ValueGroup *groups, int *multiple)
{
	int ngroups = 0;

	*multiple = 0;
	for (int i = 0; i < n; i++)
	{
		if (i > 0 && ApplySortComparator(values[i - 1].value, false, values[i].value, false, order) == 0)
		{
			if (++groups[ngroups - 1].count == 2)
				(*multiple)++;
			continue;
		}
		groups[ngroups].first = i;
		groups[ngroups++].count = 1;
	}
	return ngroups;
}

/* Bounds of equally populated ranges over the values that are not in the list of common ones. */
static void
store_histogram(const ColumnSample *sample, ColumnStats *stats, const SampledValue *values, int n,
				const ValueGroup *mcvs, int nmcvs, int ngroups, Oid ltop)
{
	int bins = Min(ngroups - nmcvs, sample->target + 1);
	bool *listed;
	SampledValue *rest;
	int nrest = 0;
	StatsSlot *slot;

	if (bins < 2)
		return;
	listed = palloc0_array(bool, n);
	for (int i = 0; i < nmcvs; i++)
		memset(listed + mcvs[i].first, true, mcvs[i].count);
	rest = palloc_array(SampledValue, n);
	for (int i = 0; i < n; i++)
		if (!listed[i])
			rest[nrest++] = values[i];
	slot = add_slot(stats, STATISTIC_KIND_HISTOGRAM, ltop);
	slot->values = palloc_array(Datum, bins);
	slot->nvalues = bins;
	for (int i = 0; i < bins; i++)
		slot->values[i] = rest[(int) ((int64) i * (nrest - 1) / (bins - 1))].value;
}

/* Of the order of values with the order of rows: Pearson's, on ranks. */
static void
store_correlation(ColumnStats *stats, const SampledValue *values, int n, Oid ltop)
{
	double sum_xy = 0, sum_x, sum_x2, mean_n = n;
	int *rank_of_position;
	StatsSlot *slot;

	if (n < 2)
		return;
	/* Positions have gaps where nulls were: take their ranks. */
	rank_of_position = palloc0_array(int, values[0].position + 1);
	{
		int max = 0;
		int *present;
		int rank = 0;

		for (int i = 0; i < n; i++)
			max = Max(max, values[i].position);
		present = palloc0_array(int, max + 1);
		for (int i = 0; i < n; i++)
			present[values[i].position] = 1;
		for (int p = 0; p <= max; p++)
			if (present[p])
				present[p] = rank++;
		pfree(rank_of_position);
		rank_of_position = present;
	}
	for (int i = 0; i < n; i++)
		sum_xy += (double) i * rank_of_position[values[i].position];
	sum_x = (mean_n - 1) * mean_n / 2.0;
	sum_x2 = (mean_n - 1) * mean_n * (2 * mean_n - 1) / 6.0;
	slot = add_slot(stats, STATISTIC_KIND_CORRELATION, ltop);
	slot->numbers = palloc_object(float4);
	slot->nnumbers = 1;
	slot->numbers[0] = (float4) ((mean_n * sum_xy - sum_x * sum_x) / (mean_n * sum_x2 - sum_x * sum_x));
}

static void
compute_ordered(const ColumnSample *sample, ColumnStats *stats, SampledValue *values, int n, int nonnull, int toowide,
				Oid ltop, Oid eqop)
{
	SortSupportData order = {.ssup_cxt = CurrentMemoryContext, .ssup_collation = stats->collation};
	ValueGroup *groups = palloc_array(ValueGroup, n);
	int ngroups, multiple, nmcvs;

	PrepareSortSupportFromOrderingOp(ltop, &order);
	qsort_r(values, n, sizeof(SampledValue), compare_sampled, &order);
	ngroups = find_groups(values, n, &order, groups, &multiple);
	stats->distinct = estimate_distinct(sample, n, nonnull, toowide, ngroups, multiple, stats->nullfrac);
	nmcvs = choose_mcvs(sample, stats, groups, ngroups, multiple, toowide, sample->target);
	store_mcvs(sample, stats, values, groups, nmcvs, eqop);
	store_histogram(sample, stats, values, n, groups, nmcvs, ngroups, ltop);
	store_correlation(stats, values, n, ltop);
}

/* ---- values with equality only ------------------------------------------------------------------------------------------------------- */
/* Groups by comparing each value with those seen, most frequent first; more than `track` different ones are forgotten. */
static void
compute_distinct(const ColumnSample *sample, ColumnStats *stats, SampledValue *values, int n, int nonnull, int toowide,
				 Oid eqop)
{
	int track = Max(10, 10 * sample->target);
	ValueGroup *groups = palloc_array(ValueGroup, track);
	FmgrInfo eq;
	int ngroups = 0, multiple = 0, nmcvs;

	fmgr_info(get_opcode(eqop), &eq);
	for (int i = 0; i < n; i++)
	{
		int g;

		CHECK_FOR_INTERRUPTS();
		for (g = 0; g < ngroups; g++)
			if (DatumGetBool(FunctionCall2Coll(&eq, stats->collation, values[groups[g].first].value, values[i].value)))
				break;
		if (g < ngroups)
		{
			groups[g].count++;
			while (g > 0 && groups[g - 1].count < groups[g].count)
			{
				ValueGroup t = groups[g];

				groups[g] = groups[g - 1];
				groups[g - 1] = t;
				g--;
			}
			continue;
		}
		if (ngroups == track)
			ngroups--;
		groups[ngroups].first = i;
		groups[ngroups++].count = 1;
	}
	while (multiple < ngroups && groups[multiple].count > 1)
		multiple++;
	stats->distinct = estimate_distinct(sample, n, nonnull, toowide, ngroups, multiple, stats->nullfrac);
	nmcvs = choose_mcvs(sample, stats, groups, ngroups, multiple, toowide, sample->target);
	store_mcvs(sample, stats, values, groups, nmcvs, eqop);
}

bool
analyze_stats_compute(const ColumnSample *sample, ColumnStats *stats)
{
	SampledValue *values;
	TypeCacheEntry *type;
	int n, nonnull, toowide;

	if (sample->target <= 0)
		return false;
	values = palloc_array(SampledValue, Max(sample->n, 1));
	n = collect_values(sample, stats, values, &nonnull, &toowide);
	if (nonnull == 0)
	{
		/* Only nulls, or no rows: the number of other values is not known. */
		stats->distinct = 0;
		return sample->n > 0;
	}
	if (n == 0)
	{
		/* All too wide: they are surely different. */
		stats->distinct = (float4) (-1.0 * (1.0 - stats->nullfrac));
		return true;
	}
	type = lookup_type_cache(stats->typid, TYPECACHE_LT_OPR | TYPECACHE_EQ_OPR);
	if (OidIsValid(type->lt_opr) && OidIsValid(type->eq_opr))
		compute_ordered(sample, stats, values, n, nonnull, toowide, type->lt_opr, type->eq_opr);
	else if (OidIsValid(type->eq_opr))
		compute_distinct(sample, stats, values, n, nonnull, toowide, type->eq_opr);
	return true;
}
