/* SPDX-License-Identifier: Apache-2.0 */
/* The files that belong to a unit of systemd. */
#ifndef SYSTEMD_FILES_H
#define SYSTEMD_FILES_H

#include "profile/private.h"

enum { DROP_INS_MAX = 128 };

/*
 * Loads these files, before the tool enters its sandbox. It loads one drop-in
 * more than DROP_INS_MAX, to notice that there are too many.
 */
void systemd_prepare(struct host *host, const char *text);
/* Whether the unit or one of its drop-ins may have lists of calls. */
bool systemd_names_calls(const struct host *host, const char *text);
/* Returns the drop-ins of the unit, in systemd's order; NULL after the last. */
const struct included_file *systemd_drop_in(const struct host *host, size_t i);
/*
 * Returns the path of the file in "SeccompProfile=/FILE"; the caller frees it.
 */
char *systemd_profile_path(const struct host *host, const char *value);

#endif
