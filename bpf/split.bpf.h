/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: --split, which divides a recording into runs.
 *
 * With --split, an image id stands for an executable in a certain run. So calls
 * are counted by image id as without --split.
 */
static __always_inline __u32 run_of(__u32 image)
{
	return image >> IMAGE_PHASE_SHIFT;
}

static __always_inline __u32 with_run(__u32 id, __u32 run)
{
	return id | run << IMAGE_PHASE_SHIFT;
}

static __always_inline struct split_run *run_at(__u32 run)
{
	return bpf_map_lookup_elem(&split_runs, &run);
}

/*
 * Sets flags of a run, and returns its former flags. This is atomic, because
 * CPUs set different flags of one run at the same time.
 */
static __always_inline __u32 set_flags(struct split_run *r, __u32 flags)
{
	return fetch_or(&r->flags, flags);
}

/* Returns the id of the executable itself. */
static __always_inline __u32 base_of(__u32 image)
{
	__u32 id = image & IMAGE_ID;
	struct split_image *of = bpf_map_lookup_elem(&split_images, &id);

	return of && of->base ? of->base : id;
}

/* Returns a new id for an executable in a run, or 0 if no id is free. */
static __always_inline __u32 new_id(const struct image_key *key)
{
	__u32 end = key->inode == SPLIT_REST ? IMAGE_ARMED :
		IMAGE_ARMED - SPLIT_IDS_KEPT;
	__u32 id;
	struct split_image *of;

	/*
	 * Checks first, so that failed attempts do not use up the reserved ids.
	 */
	if (progress.next_image + IMAGE_FIRST >= end)
		return 0;
	id = IMAGE_FIRST + take_number(&progress.next_image);
	of = id < end ? bpf_map_lookup_elem(&split_images, &id) : NULL;
	if (!of)
		return 0;
	of->base = key->device;
	of->run = key->inode;
	return bpf_map_update_elem(&images, key, &id, BPF_NOEXIST) ? 0 : id;
}

static __noinline __u32 find_id(__u32 base, __u32 run, bool forked)
{
	struct image_key key = {
		.device = base, .inode = run, .generation = forked,
		.scope = SPLIT_SCOPE,
	};
	__u32 *known = bpf_map_lookup_elem(&images, &key), id;

	if (known)
		return *known;
	id = new_id(&key);
	if (id)
		return id;
	known = bpf_map_lookup_elem(&images, &key);	/* another CPU was faster */
	return known ? *known : 0;
}

/*
 * Returns the id of the executable in the run. `forked`: the run's first
 * process has not executed a program yet, so the executable is its parent's. If
 * no id is free, the calls of the executable are counted for the last run.
 */
static __noinline __u32 image_in(__u32 base, __u32 run, bool forked)
{
	struct split_run *r;
	__u32 id;

	if (base == IMAGE_OTHER || run == SPLIT_HARNESS)
		return with_run(base, run);
	id = find_id(base, run, forked);
	if (id)
		return with_run(id, run);
	add(&splits.crowded, 1);
	r = run_at(run);
	if (r)
		set_flags(r, SPLIT_CROWDED);
	id = find_id(base, SPLIT_REST, false);
	if (id)
		return with_run(id, run);
	add(&progress.lost_images, 1);
	return with_run(IMAGE_OTHER, run);
}

/* `pid` is 0 for a run without a first process. */
static __noinline __u32 begin_run(__u32 pid)
{
	__u32 run = take_number(&splits.begun) + 1, zero = 0;
	struct split_run *r = bpf_map_lookup_elem(&blank_run, &zero);

	if (run >= SPLIT_REST) {
		run = SPLIT_REST;
		pid = 0;
	}
	if (!r || bpf_map_update_elem(&split_runs, &run, r, BPF_NOEXIST))
		return run;
	r = run_at(run);
	if (!r)
		return run;
	r->pid = pid;
	r->start_ns = bpf_ktime_get_ns();
	return run;
}

/*
 * A run has the command line of its first process as its name, if that process
 * executes a program.
 */
static __noinline int name_run(__u32 run, struct task_struct *task)
{
	struct split_run *r = run_at(run);
	bool is_first;
	__u64 start, size;

	if (!r || run == SPLIT_REST || r->flags & SPLIT_BY_FIRST)
		return 0;
	is_first = BPF_CORE_READ(task, tgid) == (int)r->pid;
	if (set_flags(r, SPLIT_NAMED) & SPLIT_NAMED && !is_first)
		return 0;
	start = BPF_CORE_READ(task, mm, arg_start);
	size = BPF_CORE_READ(task, mm, arg_end) - start;
	if (size >= SPLIT_TEXT)
		size = SPLIT_TEXT - 1;
	size &= SPLIT_TEXT - 1;
	if (bpf_probe_read_user(r->text, size, (void *)start))
		size = 0;
	r->text_size = size;
	if (is_first)
		set_flags(r, SPLIT_BY_FIRST);
	return 0;
}

/*
 * The progress of a comparison of a name with the pattern. It is one number,
 * which functions can take and return.
 */
union match {
	struct {
		__u16 name_at, pattern_at;
		/* index after the last star; 0: there was none */
		__u16 star;
		/* the end of the text that the star stands for */
		__u16 star_at;
	};
	__u64 word;
};
enum { MATCHES = -1, DIFFERS = -2 };	/* values that no word has */

/*
 * Does one step of fnmatch(3) with only `*` and `?`. Returns MATCHES or
 * DIFFERS, or 0 if more steps are needed.
 */
static __always_inline int match_one(union match *m, __u64 name)
{
	__u32 at = m->pattern_at & (SPLIT_PATTERN - 1);
	char c = 0, wanted = split_pattern[at];

	bpf_probe_read_kernel(&c, 1, (void *)name + m->name_at);
	if (wanted == '*') {
		m->star = m->pattern_at = at + 1;
		m->star_at = m->name_at;
		return 0;
	}
	if (!c)
		return wanted ? DIFFERS : MATCHES;
	if (c == wanted || wanted == '?') {
		m->pattern_at = at + 1;
		m->name_at++;
		return 0;
	}
	if (!m->star)
		return DIFFERS;
	m->pattern_at = m->star;
	m->name_at = ++m->star_at;
	return 0;
}

/*
 * Two nested loops, of MATCH_TIMES and MATCH_STEPS steps, reach the end of the
 * longest name (PATH_MAX). The inner loop is in a function that is not static:
 * the verifier checks that function once, but follows each step of a loop.
 */
enum { MATCH_STEPS = 32, MATCH_TIMES = 128 };

/* Returns the union after some steps, or MATCHES or DIFFERS. */
OPTION_ONCE __u64 match_some(__u64 name, __u64 word)
{
	union match m = { .word = word };

	for (int i = 0; i < MATCH_STEPS; i++) {
		int answer = match_one(&m, name);

		if (answer)
			return answer;
	}
	return m.word;
}

/*
 * Moves name_at past the directories of the name. star_at is the position in
 * the name, and `star` is set at its end.
 */
OPTION_ONCE __u64 skip_some(__u64 name, __u64 word)
{
	union match m = { .word = word };

	for (int i = 0; i < MATCH_STEPS && !m.star; i++) {
		char c = 0;

		bpf_probe_read_kernel(&c, 1, (void *)name + m.star_at);
		if (!c)
			m.star = 1;
		m.star_at++;
		if (c == '/')
			m.name_at = m.star_at;
	}
	return m.word;
}

/*
 * Whether the name that was passed to execve matches the pattern. For a script,
 * this is the script's name.
 */
static __noinline int is_matching(__u64 name)
{
	union match m = { .word = 0 };
	__u64 word = 0;

	for (int i = 0; !split_by_path && i < MATCH_TIMES && !m.star; i++)
		m.word = skip_some(name, m.word);
	m.star = m.star_at = 0;
	word = m.word;
	for (int i = 0; i < MATCH_TIMES; i++) {
		word = match_some(name, word);
		if (word == (__u64)MATCHES || word == (__u64)DIFFERS)
			return word == (__u64)MATCHES;
	}
	/* The pattern's stars need too many attempts. */
	add(&progress.lost_details, 1);
	return false;
}

/*
 * Returns the image id that the task has before the exec, but in the run that
 * begins with the exec. The command itself belongs to the harness.
 */
static __noinline __u32 begin_by_exec(struct task_slot *slot, __u64 name,
				      struct task_struct *task)
{
	__u32 image = slot->image;

	if (split_by != SPLIT_EXEC || image == IMAGE_ARMED ||
	    run_of(image) != SPLIT_HARNESS || !is_matching(name))
		return image;
	image = with_run(image, begin_run(BPF_CORE_READ(task, tgid)));
	slot->image = image;
	return image;
}

/* Whether the first process of a run executes a program for the first time. */
static __always_inline bool is_first_exec(__u32 run, struct task_struct *task)
{
	struct split_run *r = run != SPLIT_HARNESS && split_by != SPLIT_MARK ?
		run_at(run) : NULL;

	return r && (run == SPLIT_REST ||
		     (BPF_CORE_READ(task, tgid) == (int)r->pid &&
		      !(r->flags & SPLIT_BY_FIRST)));
}

/*
 * A task executes a program. `image` is the executable, `before` the task's old
 * id.
 */
static __noinline __u32 split_exec(__u32 image, __u32 before,
				   struct task_struct *task)
{
	__u32 run;

	if (before == IMAGE_ARMED)
		return image;
	run = split_by == SPLIT_MARK ? *(volatile __u32 *)&splits.now :
		run_of(before);
	if (split_by != SPLIT_MARK && run != SPLIT_HARNESS)
		name_run(run, task);
	return image_in(image, run, false);
}

/*
 * Returns the image id of a new task. It differs from its parent's if a run
 * begins with it.
 */
static __always_inline __u32 split_fork(__u32 image,
					struct task_struct *parent,
					struct task_struct *child)
{
	__u32 pid = BPF_CORE_READ(child, tgid), run;
	struct split_run *r;

	if ((__u32)BPF_CORE_READ(parent, tgid) != splits.root ||
	    pid == splits.root || run_of(image) != SPLIT_HARNESS)
		return image;
	run = begin_run(pid);
	image = image_in(base_of(image), run, true);
	r = run_at(run);
	if (r && run != SPLIT_REST)
		r->fork_image = image & IMAGE_ID;
	return image;
}

/*
 * Returns the status that wait(2) will return: wait_task_zombie() in
 * kernel/exit.c.
 */
static __always_inline int status_of(struct task_struct *task)
{
	return BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT ?
		BPF_CORE_READ(task, signal, group_exit_code) :
		BPF_CORE_READ(task, group_leader, exit_code);
}

/*
 * A process has its status when its last thread exits, whichever thread that
 * is. After that, another process can get its id.
 */
static __always_inline void split_exit(__u32 image, struct task_struct *task)
{
	__u32 run = run_of(image);
	struct split_run *r = run != SPLIT_HARNESS ? run_at(run) : NULL;

	if (!r || split_by == SPLIT_MARK)
		return;
	r->end_ns = bpf_ktime_get_ns();
	if ((__u32)BPF_CORE_READ(task, tgid) != r->pid ||
	    r->flags & SPLIT_EXITED ||
	    BPF_CORE_READ(task, signal, live.counter) > 0)
		return;
	r->exit_code = status_of(task);
	set_flags(r, SPLIT_EXITED);
}

/* Handles a task's first call after the run has changed. */
static __noinline __u32 enter_run(struct task_slot *slot)
{
	__u32 image = slot->image, now;

	if (image == IMAGE_NONE || image == IMAGE_ARMED)
		return image;
	now = image_in(base_of(image), *(volatile __u32 *)&splits.now,
		       false);
	/*
	 * The new id has the number of the run even if no id was free, so that
	 * the task does not try again.
	 */
	compare_exchange(&slot->image, image, now);
	return now;
}

static __always_inline void end_run(__u32 run)
{
	struct split_run *r = run ? run_at(run) : NULL;

	if (r)
		r->end_ns = bpf_ktime_get_ns();
}

/*
 * A mark begins a run, and an empty mark ends the current run. The write of the
 * mark belongs to the run before it.
 */
static __always_inline void take_mark(const void *text, __u64 size)
{
	struct split_run *r;
	char first = 0;
	__u32 run;

	if (bpf_probe_read_user(&first, 1, text))
		first = '?';	/* the name must not be empty */
	end_run(*(volatile __u32 *)&splits.now);
	if (!size || (size == 1 && (first == '\n' || !first))) {
		*(volatile __u32 *)&splits.now = SPLIT_HARNESS;
		return;
	}
	run = begin_run(0);
	*(volatile __u32 *)&splits.now = run;
	r = run_at(run);
	if (!r || run == SPLIT_REST)
		return;
	if (size >= SPLIT_TEXT)
		size = SPLIT_TEXT - 1;
	size &= SPLIT_TEXT - 1;
	if (bpf_probe_read_user(r->text, size, text)) {
		add(&splits.unread, 1);
		size = 0;
	}
	r->text_size = size;
	set_flags(r, SPLIT_NAMED);
}

/*
 * sp-record itself runs this, through BPF_PROG_TEST_RUN, to tell the program to
 * which file marks are written.
 */
SEC("raw_tp")
int find_mark_file(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	struct task_struct *task = current_task();
	struct file *file = NULL, **files = BPF_CORE_READ(task, files, fdt, fd);

	(void)ctx;
	bpf_probe_read_kernel(&file, sizeof(file), files + splits.mark_fd);
	splits.mark_inode = file ? (__u64)BPF_CORE_READ(file, f_inode) : 0;
	return 0;
}
