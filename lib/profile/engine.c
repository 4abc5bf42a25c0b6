/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/engine.h"

/*
 * Measured in November 2026 with sp-verify --score on Linux 6.18, with each
 * engine's default capabilities. `make check-score` repeats it.
 */
static const struct engine table[ENGINES] = {
	{ "Docker's default", "Docker 29, moby/profiles 02e898b1 (2026)",
	  "x86_64", { NULL }, "AUDIT_WRITE,CHOWN,DAC_OVERRIDE,FOWNER,FSETID,"
	  "KILL,MKNOD,NET_BIND_SERVICE,NET_RAW,SETFCAP,SETGID,SETPCAP,SETUID,"
	  "SYS_CHROOT", { 309, 3, { 0, 0, 4, 2 } } },
	{ "podman's default", "containers-common 0.67.1 (2026-04-09)",
	  "x86_64", { "/etc/containers/seccomp.json",
		      "/usr/share/containers/seccomp.json" },
	  "CHOWN,DAC_OVERRIDE,FOWNER,FSETID,KILL,NET_BIND_SERVICE,SETFCAP,"
	  "SETGID,SETPCAP,SETUID,SYS_CHROOT",
	  { 314, 2, { 0, 1, 17, 4 } } },
};

const struct engine *engine_at(size_t i)
{
	return i < ENGINES ? &table[i] : NULL;
}

void engine_open(struct engine_files *files)
{
	for (int i = 0; i < ENGINES; i++)
		for (int j = 0; j < ENGINE_FILES; j++)
			if (table[i].files[j])
				files->at[i][j] = fopen(table[i].files[j],
							"re");
}

void engine_close(struct engine_files *files)
{
	for (int i = 0; i < ENGINES; i++)
		for (int j = 0; j < ENGINE_FILES; j++)
			if (files->at[i][j])
				fclose(files->at[i][j]);
}
