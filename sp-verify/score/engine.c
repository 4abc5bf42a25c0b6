/* SPDX-License-Identifier: Apache-2.0 */
#include "score/engine.h"

/*
 * Measured with sp-verify --score on Linux 6.18, with the capabilities that the
 * engine gives by default; tests/score.bats does it again.
 */
static const struct engine table[ENGINES] = {
	{ "Docker's default", "20.10.24, profiles/seccomp/default.json",
	  "x86_64", { NULL }, "AUDIT_WRITE,CHOWN,DAC_OVERRIDE,FOWNER,FSETID,"
	  "KILL,MKNOD,NET_BIND_SERVICE,NET_RAW,SETFCAP,SETGID,SETPCAP,SETUID,"
	  "SYS_CHROOT", { 292, 2, { 0, 0, 2, 5 } } },
	{ "podman's default", "containers-common 0.50.1, seccomp.json",
	  "x86_64", { "/etc/containers/seccomp.json",
		      "/usr/share/containers/seccomp.json" },
	  "CHOWN,DAC_OVERRIDE,FOWNER,FSETID,KILL,NET_BIND_SERVICE,SETFCAP,"
	  "SETGID,SETPCAP,SETUID,SYS_CHROOT",
	  { 312, 2, { 0, 1, 17, 4 } } },
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
