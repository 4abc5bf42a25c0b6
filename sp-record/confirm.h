/* SPDX-License-Identifier: Apache-2.0 */
/* With --paths, the kernel confirms names if it can: see confirm.bpf.h. */
#ifndef CONFIRM_H
#define CONFIRM_H

#include <stdbool.h>

#include "btf.h"

struct record;
struct confirming;

/*
 * Call this before loading. Only loading a program shows whether it can be
 * attached to functions of the kernel; no list of features does.
 */
void confirm_prepare(struct record *skel, const struct btf_ids *ids,
		     bool wanted);
/* Call this after loading. Returns NULL if the kernel confirms nothing. */
struct confirming *confirm_attach(struct record *skel,
				  const struct btf_ids *ids);
/* Accepts NULL. */
void confirm_detach(struct confirming *c);

#endif
