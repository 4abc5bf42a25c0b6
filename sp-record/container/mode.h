/* SPDX-License-Identifier: Apache-2.0 */
/* The modes of sp-record that container runtimes and engines start. */
#ifndef MODE_H
#define MODE_H

#include "container-options.h"

/* These return the exit status. */
int hook_mode(const struct container_options *o);
/* Becomes the runtime, with these arguments, which end with NULL. */
int runtime_mode(const struct container_options *o, const char *runtime,
		 char **args);

/* Never returns. `path` is the runtime's socket. */
__attribute__((noreturn))
void nri_mode(const struct container_options *o, const char *path);
#define NRI_SOCKET "/var/run/nri/nri.sock"

/*
 * Returns "runc" if the tool was started as "sandprint-runc"; NULL for other
 * names.
 */
const char *runtime_of_name(const char *name);

#endif
