/* SPDX-License-Identifier: Apache-2.0 */
/* With --paths: have the kernel confirm names, where it can: confirm.bpf.h. */
#ifndef CONFIRM_H
#define CONFIRM_H

#include <stdbool.h>

#include "btf.h"

struct record;
struct confirming;

/*
 * Before loading. Whether programs can be attached to the kernel's functions
 * shows when one is loaded: no list of features tells.
 */
void confirm_prepare(struct record *skel, const struct btf_ids *ids,
		     bool wanted);
/* After loading; NULL: the kernel confirms nothing. */
struct confirming *confirm_attach(struct record *skel,
				  const struct btf_ids *ids);
/* NULL is fine. */
void confirm_detach(struct confirming *c);

#endif
