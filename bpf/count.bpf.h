/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* A part of record.bpf.c: counts calls in tables, and handles phases. */
static __always_inline __u64 note_new(void)
{
	__u64 now = bpf_ktime_get_ns();

	progress.last_new_ns = now;
	return now;
}

/*
 * Returns 1 if the element was not in the map before. older.bpf.h explains
 * CHECKED_ONCE.
 */
CHECKED_ONCE int count_rare(const struct rare_key *given)
{
	struct tally *tally, one = { .count = 1 };
	struct rare_key key;

	if (!given)
		return 0;
	/* Before Linux 6.2, the key must be on the stack. */
	key = *given;
	if (key.row < ROWS)
		add(&progress.rare_calls, 1);
	if (every && key.row < ROWS &&
	    key.flags & (RARE_VSYSCALL | RARE_INFLIGHT | RARE_SKIPPED))
		log_rare(&key);
	tally = bpf_map_lookup_elem(&rare, &key);
	if (!tally) {
		one.first_ns = bpf_ktime_get_ns();
		if (!bpf_map_update_elem(&rare, &key, &one, BPF_NOEXIST)) {
			if (key.row < ROW_START) {
				note_new();
				add(&progress.rare_distinct, 1);
			}
			return 1;
		}
		tally = bpf_map_lookup_elem(&rare, &key);	/* another CPU was faster */
	}
	if (tally)
		add(&tally->count, 1);
	else
		add(&progress.lost_calls, 1);
	return 0;
}

/*
 * Returns the element of the table for a call that has one. The barrier keeps
 * clang from dropping the mask; without the mask, the verifier of 6.1 does not
 * know the bound.
 */
static __always_inline struct tally *tally_of(struct image_calls *c, __u32 row,
					      __s32 nr)
{
	__u64 at = (__u32)nr;

	asm volatile("%0 &= %1" : "+r"(at) : "i"(CALLS_PER_ROW - 1));
	return &c->calls[row & 1][at];
}

/*
 * The verifier deletes a branch that a constant excludes, but only if nothing
 * else leads there. This barrier keeps clang from merging the two branches.
 */
static __always_inline void apart(void)
{
	asm volatile("");
}

/* Returns the image's element for a group of CPUs, or NULL if it has none. */
static __always_inline struct image_calls *calls_of(__u32 image, __u32 group)
{
	__u32 i = group & groups_mask, id = image & IMAGE_ID;

	if (n_phases > 1) {
		apart();
		i = i * n_phases + (image >> IMAGE_PHASE_SHIFT);
	}
	i = i * table_images + id;
	return id < table_images ? bpf_map_lookup_elem(&table, &i) : NULL;
}

/* Returns the id of a followed image, with the current phase. */
static __always_inline __u32 in_phase(__u32 image)
{
	return n_phases > 1 ? (image & IMAGE_ID) |
		*(volatile __u32 *)&phases.now << IMAGE_PHASE_SHIFT : image;
}

/*
 * At the task's first call in a new phase, puts the phase into the task's slot.
 */
static __noinline int enter_phase(struct task_slot *slot)
{
	__u32 image = slot->image, now = in_phase(image);

	if (image == IMAGE_NONE || image == IMAGE_ARMED)
		return image;
	compare_exchange(&slot->image, image, now);
	return now;
}

/* Begins a phase when its mark appears for the first time. */
static __always_inline void begin_phase(__u32 mark)
{
	__u64 now_ns = bpf_ktime_get_ns();
	__u32 at;

	if (mark >= MARKS_MAX || exchange(&phases.taken[mark], 1))
		return;
	at = take_number(&phases.now) + 1;
	if (at >= PHASES_MAX)
		return;
	phases.at[at].start_ns = now_ns;
	phases.at[at].mark = mark + 1;
	send(EVENT_MARK, 0, 0);
}

/*
 * Adds one and returns the old value. No lock is needed if only this CPU counts
 * here, and no other program interrupts this one on this CPU.
 */
static __always_inline __u64 count_up(__u64 *count)
{
	__u64 before;

	if (own_counts) {
		apart();
		before = *count;
		*(volatile __u64 *)count = before + 1;
		return before;
	}
	return fetch_add(count, 1);
}

/* Counts the call. Returns whether it is the first such call. */
static __always_inline bool count_call(__u32 cpu, __u32 image, __u32 row,
				       __s32 nr)
{
	struct image_calls *c = (__u32)nr < CALLS_PER_ROW ?
		calls_of(image, cpu) : NULL;

	if (c) {
		struct tally *tally = tally_of(c, row, nr);

		if (!count_up(&tally->count)) {
			tally->first_ns = note_new();
			return true;
		}
	} else {
		struct rare_key key = { .image = image, .row = row, .nr = nr };

		return count_rare(&key);
	}
	return false;
}

static __always_inline void count_use(__u32 image, enum use_kind use)
{
	struct rare_key key = { .image = image, .row = ROW_USE, .nr = use };
	struct image_calls *c = calls_of(image, 0);

	if (c)
		add(&c->uses[use].count, 1);
	else
		count_rare(&key);
}

static __always_inline void count_start(__u32 image, __u32 by)
{
	struct rare_key key = { .image = image, .row = ROW_START, .nr = by };

	count_rare(&key);
}
