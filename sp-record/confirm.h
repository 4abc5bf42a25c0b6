/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --paths, the kernel confirms names if it can: confirm.bpf.h says how.
 */
#ifndef CONFIRM_H
#define CONFIRM_H

#include <stdbool.h>

#include "btf.h"

struct record;
struct confirming;

/*
 * To be called before loading. Only a trial load shows whether programs can be
 * attached to the kernel's functions: no list of features tells.
 */
void confirm_prepare(struct record *skel, const struct btf_ids *ids,
		     bool wanted);
/* To be called after loading; NULL: the kernel confirms nothing. */
struct confirming *confirm_attach(struct record *skel,
				  const struct btf_ids *ids);
/* Accepts NULL. */
void confirm_detach(struct confirming *c);

#endif
