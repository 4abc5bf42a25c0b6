/* SPDX-License-Identifier: Apache-2.0 */
/* The modes of sp-record that container runtimes and engines start. */
#ifndef MODE_H
#define MODE_H

#include "container-options.h"

/* Each returns the exit status. */
int hook_mode(const struct container_options *o);

#endif
