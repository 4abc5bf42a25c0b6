/* SPDX-License-Identifier: Apache-2.0 */
#include "confirm.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "skeleton.h"

enum { MKDIR = 1 };
const char *const btf_hooks[BTF_HOOKS] = {
	"security_path_mknod", [MKDIR] = "security_path_mkdir",
	"security_path_symlink", "security_path_unlink",
	"security_path_rmdir", "security_path_rename", "security_path_link",
	"security_path_truncate", "security_path_chmod",
	"security_path_chown",
};

struct confirming {
	int links[BTF_HOOKS];	/* -1: none */
};

static const struct bpf_program *program_of(const struct record *skel,
					    size_t hook)
{
	const struct bpf_program *const programs[BTF_HOOKS] = {
		skel->progs.confirm_entry, skel->progs.confirm_entry,
		skel->progs.confirm_entry, skel->progs.confirm_entry,
		skel->progs.confirm_entry, skel->progs.confirm_rename,
		skel->progs.confirm_link, skel->progs.confirm_object,
		skel->progs.confirm_object, skel->progs.confirm_object,
	};

	return programs[hook];
}

static int load(const struct bpf_insn *insns, size_t n, uint32_t hook)
{
	/* cppcheck-suppress unknownMacro */
	struct bpf_prog_load_opts options = {
		.sz = sizeof(options),
		.expected_attach_type = BPF_TRACE_FENTRY,
		.attach_btf_id = hook,
	};

	return hook ? bpf_prog_load(BPF_PROG_TYPE_TRACING, "confirm", "GPL",
				    insns, n, &options) : -1;
}

static bool can_attach(uint32_t hook)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = load(nothing, 2, hook), link = -1;

	if (fd >= 0)
		link = bpf_raw_tracepoint_open(NULL, fd);
	if (link >= 0)
		close(link);
	if (fd >= 0)
		close(fd);
	return link >= 0;
}

void confirm_prepare(struct record *skel, const struct btf_ids *ids,
		     bool wanted)
{
	bool can = wanted && can_attach(ids->hooks[MKDIR]);
	struct bpf_program *const programs[] = {
		skel->progs.confirm_entry, skel->progs.confirm_rename,
		skel->progs.confirm_link, skel->progs.confirm_object,
	};

	skel->rodata->confirms = can;
	bpf_map__set_autocreate(skel->maps.confirmed, wanted);
	bpf_map__set_autocreate(skel->maps.nothing_confirmed, can);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		bpf_program__set_autoload(programs[i], can);
		bpf_program__set_autoattach(programs[i], false);
	}
}

struct confirming *confirm_attach(struct record *skel,
				  const struct btf_ids *ids)
{
	struct confirming *c;

	if (!skel->rodata->confirms)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	for (size_t i = 0; i < BTF_HOOKS; i++) {
		const struct bpf_program *program = program_of(skel, i);
		int fd = load(bpf_program__insns(program),
			      bpf_program__insn_cnt(program), ids->hooks[i]);

		c->links[i] = fd < 0 ? -1 : bpf_raw_tracepoint_open(NULL, fd);
		if (fd >= 0)
			close(fd);
	}
	return c;
}

void confirm_detach(struct confirming *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < BTF_HOOKS; i++)
		if (c->links[i] >= 0)
			close(c->links[i]);
	free(c);
}
