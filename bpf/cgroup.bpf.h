/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: notices created and removed cgroups. The kernel runs
 * this program before it makes the directory visible. So the recorder knows
 * each cgroup before a process can be in it.
 */

/* The kernel holds cgroup_mutex: these programs never run at the same time. */
struct cgroup_name new_cgroup = { 0 };
char ancestor_name[CGROUP_NAME] = { 0 };

static __always_inline long read_cgroup_name(char *to, struct cgroup *c)
{
	return bpf_probe_read_kernel_str(to, CGROUP_NAME,
					 BPF_CORE_READ(c, kn, name));
}

static __always_inline bool is_slice(const char *name, long size)
{
	const char end[7] = ".slice";

	if (size < 8 || size > CGROUP_NAME)
		return false;
	for (int i = 0; i < 7; i++)
		if (name[(size - 7 + i) & (CGROUP_NAME - 1)] != end[i])
			return false;
	return true;
}

/*
 * user@1000.service is the manager of a user, who can create cgroups of any
 * name below it.
 */
static __always_inline bool is_users_manager(const char *name)
{
	const char start[5] = "user@";

	for (int i = 0; i < 5; i++)
		if (name[i] != start[i])
			return false;
	return true;
}

/*
 * A container that may create cgroups can give them any name. Engines name the
 * container's own cgroup after its id, which has 64 digits: "docker-ID.scope".
 * Except for slices of pods, no other names are that long.
 */
static __always_inline bool is_long_id(const char *name, long size)
{
	return size > 64 && !is_slice(name, size);
}

/*
 * Whether a cgroup at `place` may be below the cgroup whose name is in
 * ancestor_name. The function is global, so that the kernel verifies it once,
 * and not again for each level.
 */
ATTACH_ONCE int permits_below(__u32 place, long size)
{
	if (place == BELOW_SLICES)
		return is_slice(ancestor_name, size);
	return !is_users_manager(ancestor_name) &&
		!is_long_id(ancestor_name, size);
}

/*
 * Whether each cgroup above `c`, up to the root that sp-record sees, permits a
 * cgroup at `place` below it.
 */
static __noinline int is_placed(struct cgroup *c, __u64 root, __u32 place)
{
	struct cgroup_subsys_state *css = BPF_CORE_READ(c, self.parent);

	for (int i = 0; i < 64 && css; i++) {
		struct cgroup *above = BPF_CORE_READ(css, cgroup);

		if (BPF_CORE_READ(above, kn, id) == root)
			return true;
		if (!permits_below(place,
				   read_cgroup_name(ancestor_name, above)))
			return false;
		css = BPF_CORE_READ(css, parent);
	}
	return false;
}

/*
 * A service that owns its cgroup (Delegate=) can create cgroups of any name in
 * it. So a name stands for a unit or a container only if root or the recorder's
 * user creates the directory.
 */
static __always_inline bool is_trusted_creator(void)
{
	__u32 uid = bpf_get_current_uid_gid();

	return !uid || uid == viewer.uid;
}

/*
 * If a component of an awaited path was created, awaits the component below it.
 */
static __always_inline void await_next(const struct awaited *a,
				       struct cgroup_id id)
{
	__u32 next = a->next;
	struct cgroup_part *part = bpf_map_lookup_elem(&parts, &next);
	struct awaited value = *a;

	if (!part)
		return;
	value.next = part->next;
	new_cgroup.parent = id;
	__builtin_memcpy(new_cgroup.name, part->name, CGROUP_NAME);
	if (bpf_map_update_elem(&awaited, &new_cgroup, &value, BPF_ANY))
		add(&progress.lost_tasks, 1);
}

/*
 * Stops awaiting entries of a removed directory: the directory never comes
 * back.
 */
static __always_inline void await_no_more(struct cgroup *c,
					  struct cgroup_id id)
{
	struct cgroup_part *part;
	struct awaited *a;
	__u32 next;

	__builtin_memset(&new_cgroup, 0, sizeof(new_cgroup));
	new_cgroup.parent.id = BPF_CORE_READ(c, self.parent, cgroup, kn, id);
	new_cgroup.parent.hierarchy = id.hierarchy;
	read_cgroup_name(new_cgroup.name, c);
	a = bpf_map_lookup_elem(&awaited, &new_cgroup);
	if (!a || !a->next)
		return;
	next = a->next;
	part = bpf_map_lookup_elem(&parts, &next);
	if (!part)
		return;
	new_cgroup.parent = id;
	__builtin_memcpy(new_cgroup.name, part->name, CGROUP_NAME);
	bpf_map_delete_elem(&awaited, &new_cgroup);
}

SEC("raw_tp/cgroup_mkdir")
int cgroup_mkdir(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_COMMAND;
	struct cgroup *c = (void *)ctx->args[0];
	struct cgroup_id id = {
		.id = BPF_CORE_READ(c, kn, id),
		.hierarchy = BPF_CORE_READ(c, root, hierarchy_id),
	};
	struct awaited *a;

	__builtin_memset(&new_cgroup, 0, sizeof(new_cgroup));
	new_cgroup.parent.id = BPF_CORE_READ(c, self.parent, cgroup, kn, id);
	new_cgroup.parent.hierarchy = id.hierarchy;
	read_cgroup_name(new_cgroup.name, c);
	a = bpf_map_lookup_elem(&awaited, &new_cgroup);
	if (!a) {
		new_cgroup.parent.id = 0;
		a = bpf_map_lookup_elem(&awaited, &new_cgroup);
		if (!a || !is_trusted_creator() ||
		    !is_placed(c, a->root, a->place))
			return 0;
	}
	if (a->next) {
		await_next(a, id);
		return 0;
	}
	if (bpf_map_update_elem(&cgroups, &id, &a->scope, BPF_NOEXIST)) {
		add(&progress.lost_tasks, 1);
		return 0;
	}
	add(&progress.cgroups, 1);
	send(EVENT_CGROUP, a->scope, 0);
	return 0;
}

SEC("raw_tp/cgroup_rmdir")
int cgroup_rmdir(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_COMMAND;
	struct cgroup *c = (void *)ctx->args[0];
	struct cgroup_id id = {
		.id = BPF_CORE_READ(c, kn, id),
		.hierarchy = BPF_CORE_READ(c, root, hierarchy_id),
	};

	await_no_more(c, id);
	if (bpf_map_delete_elem(&cgroups, &id))
		return 0;
	sub(&progress.cgroups, 1);
	send(EVENT_CGROUP, 0, 0);
	return 0;
}
