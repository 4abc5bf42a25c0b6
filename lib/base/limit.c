/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limit.h"

void limit_lower(int resource, rlim_t most)
{
	struct rlimit now;

	if (getrlimit(resource, &now))
		return;
	if (now.rlim_max > most)
		now.rlim_max = most;
	if (now.rlim_cur > now.rlim_max)
		now.rlim_cur = now.rlim_max;
	setrlimit(resource, &now);
}

void limit_raise(int resource)
{
	struct rlimit now;

	if (getrlimit(resource, &now) || now.rlim_cur == now.rlim_max)
		return;
	now.rlim_cur = now.rlim_max;
	setrlimit(resource, &now);
}

void limit_lower_soft(int resource, rlim_t most)
{
	struct rlimit now;

	if (getrlimit(resource, &now) || now.rlim_cur <= most)
		return;
	now.rlim_cur = most;
	setrlimit(resource, &now);
}
