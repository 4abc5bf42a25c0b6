/* SPDX-License-Identifier: Apache-2.0 */
/* With --paths: have the kernel confirm names, if it can: confirm.bpf.h. */
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
/* NULL is fine. */
void confirm_detach(struct confirming *c);

#endif
