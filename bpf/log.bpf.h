/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* A part of record.bpf.c: logs each call as an event, with --every. */
/*
 * Finds the time for a call. Reading the clock takes about as long as running
 * an empty program, and longer than all other work for an event. So if a thread
 * makes calls fast (RUSH_CALLS in a row, within rush_ns each), the clock is
 * read for one call in RUSH_SHARE. The next calls get the same time, unless the
 * thread was switched or the timer has ticked.
 */
static __always_inline __u64 call_time(struct log_ends *ends,
				       struct task_struct *task, __u32 tid)
{
	__u64 switches = MEMBER(task, nvcsw) + MEMBER(task, nivcsw);
	__u64 jiffies = bpf_jiffies64(), now, limit = rush_ns;
	bool running = ends->tid == tid && ends->switches == switches;

	if (running && ends->shares && ends->jiffies == jiffies) {
		ends->shares--;
		return ends->time_ns;
	}
	now = bpf_ktime_get_ns();
	if (ends->rush == RUSH_CALLS)
		limit = (__u64)rush_ns * RUSH_SHARE;
	if (!running || now - ends->time_ns >= limit)
		ends->rush = 0;
	else if (ends->rush < RUSH_CALLS)
		ends->rush++;
	ends->shares = ends->rush == RUSH_CALLS && !exact_times ?
		RUSH_SHARE - 1 : 0;
	ends->time_ns = now;
	ends->jiffies = jiffies;
	ends->switches = switches;
	ends->tid = tid;
	return now;
}

static __always_inline struct log_ends *log_ends_of(__u32 cpu)
{
	return bpf_map_lookup_elem(&log_ends, &cpu);
}

/*
 * Finds a free place in a CPU's log. If the log is full, adds 1 to `lost` and
 * returns NULL.
 */
static __always_inline struct log_entry *log_begin(struct log_ends *ends,
						   __u32 cpu, __u64 *lost,
						   __u64 *at)
{
	__u32 i;

	if (ends->head - *(volatile __u64 *)&ends->tail >=
	    log_size - LOG_SLACK) {
		add(lost, 1);
		return NULL;
	}
	*at = fetch_add(&ends->head, 1);
	i = cpu * log_size + ((__u32)*at & (log_size - 1));
	return bpf_map_lookup_elem(&call_log, &i);
}

/*
 * Sets the turn, which tells user space that the entry is complete. So this
 * must be the last write to the entry.
 */
static __always_inline void log_end(struct log_entry *entry, __u64 at)
{
#if defined(__TARGET_ARCH_x86)
	asm volatile("" ::: "memory");
	*(volatile __u32 *)&entry->turn = at + 1;
#else
	exchange(&entry->turn, at + 1);
#endif
}

/*
 * Writes an entry. Unknown elements of `args` are 0. Returns the entry's time,
 * or 0 if the log is full.
 */
static __always_inline __u64 log_one(__u32 what, __u32 image, __s32 nr,
				    __u32 pid, __u32 tid, const __u64 args[6])
{
	struct log_entry *entry;
	struct log_ends *ends;
	__u32 cpu;
	__u64 at, time_ns;

	if (!every)
		return 0;
	cpu = bpf_get_smp_processor_id();
	ends = log_ends_of(cpu);
	if (!ends)
		return 0;
	entry = log_begin(ends, cpu, (what & LOG_WHAT) == LOG_CALL ?
			  &ends->lost : &ends->lost_tasks, &at);
	if (!entry)
		return 0;
	/* The next call gets a later time than this entry. */
	ends->tid = 0;
	entry->what = what;
	time_ns = bpf_ktime_get_ns();
	entry->time_ns = time_ns;
	entry->pid = pid;
	entry->tid = tid;
	entry->image = image;
	entry->nr = nr;
	for (int i = 0; i < 6; i++)
		entry->args[i] = args[i];
	log_end(entry, at);
	return time_ns;
}

static __always_inline void log_task(enum log_what what, __u32 image,
				     struct task_struct *task, __u64 arg0,
				     __u64 arg1)
{
	const __u64 args[6] = { arg0, arg1 };

	log_one(what, image, 0, BPF_CORE_READ(task, tgid),
		BPF_CORE_READ(task, pid), args);
}

/*
 * Logs a call without its arguments. If the call is in progress, the task is
 * unknown, too.
 */
static __always_inline void log_rare(const struct rare_key *key)
{
	__u64 id = key->flags & RARE_INFLIGHT ? 0 : bpf_get_current_pid_tgid();
	const __u64 args[6] = { 0 };

	log_one(LOG_CALL | key->row << LOG_ROW_SHIFT |
		key->flags << LOG_FLAGS_SHIFT, key->image, key->nr,
		id >> 32, id, args);
}
