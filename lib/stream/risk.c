/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prediction interval is that of the beta-binomial distribution, which
 * follows from a binomial sample with Jeffreys' prior. The curve is the
 * rarefaction of incidence data. The Chao2 estimate of the undiscovered part
 * continues it beyond the sample (Colwell et al. 2012, J. Plant Ecology 5:3-21,
 * equations 17 and 18).
 */
#include "stream/risk.h"

#include <math.h>


/* the share of the distribution that each side leaves out */
#define TAIL 0.025

/* Returns the logarithm of the probability of j successes in n. */
static double log_beta_binomial(uint64_t j, uint64_t n, double a, double b)
{
	return lgamma(n + 1.0) - lgamma(j + 1.0) - lgamma(n - j + 1.0) +
		lgamma(j + a) + lgamma(n - j + b) - lgamma(n + a + b) -
		lgamma(a) - lgamma(b) + lgamma(a + b);
}

struct risk risk_predict(double unique, size_t units, uint64_t more)
{
	double a = unique + 0.5, b = units - unique + 0.5, sum = 0;
	struct risk risk = { .mean = more * unique / units, .upper = more };
	bool below = true;

	for (uint64_t j = 0; j <= more; j++) {
		sum += exp(log_beta_binomial(j, more, a, b));
		if (below && sum > TAIL) {
			risk.lower = j;
			below = false;
		}
		if (sum >= 1 - TAIL) {
			risk.upper = j;
			break;
		}
	}
	return risk;
}

/*
 * Returns the probability that none of `n` randomly picked units is one of
 * `with` units.
 */
static double chance_of_none(size_t units, size_t with, size_t n)
{
	double chance = 1;

	for (size_t i = 0; i < n && chance > 0; i++)
		chance *= i + with >= units ? 0 :
			(double)(units - with - i) / (units - i);
	return chance;
}

double discovery_after(const struct discovery *d, size_t n)
{
	double sum = 0;

	for (size_t with = 1; with <= d->units; with++)
		if (d->made_by[with])
			sum += d->made_by[with] *
				(1 - chance_of_none(d->units, with, n));
	return sum;
}

double discovery_expected(const struct discovery *d, size_t more)
{
	double once = d->units ? d->made_by[1] : 0, m = d->units;
	double twice = d->units > 1 ? d->made_by[2] : 0, missing;

	if (!d->units)
		return 0;
	missing = (m - 1) / m * (twice ? once * once / (2 * twice) :
				 once * (once - 1) / 2);
	if (missing <= 0)
		return 0;
	return missing * (1 - pow(1 - once / (m * missing + once), more));
}
