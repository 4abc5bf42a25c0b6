/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: the functions and macros that differ between its
 * objects. With OLDER_KERNEL, it is compiled for Linux 5.10 to 5.16, which lack
 * helpers, atomic operations and types of arguments that the other objects use.
 */

/*
 * The verifier checks a static function again for each state in which it is
 * called, which is most of the cost of starting. It checks a function that is
 * not static only once. Such a function takes numbers, or the address of an
 * object of known size, which it has to check for NULL. On older kernels it
 * takes only numbers, so functions that take an address are static there: they
 * are marked CHECKED_ONCE.
 */
#ifdef OLDER_KERNEL
#define CHECKED_ONCE static __noinline
#define OLDER_CHECKED_ONCE __noinline
#else
#define CHECKED_ONCE __noinline
/*
 * For functions that use maps which only some recordings have. Until Linux 6.8,
 * the verifier also checks a function that no program reaches, unless it is
 * static. The object for older kernels always has these maps.
 */
#define OLDER_CHECKED_ONCE static __noinline
#endif

/* Functions that only some of the smaller objects need: see record.bpf.c. */
#ifdef PLAIN
#define OPTION_ONCE static __noinline
#define OPTION_CHECKED_ONCE static __noinline
#else
#define OPTION_ONCE __noinline
#define OPTION_CHECKED_ONCE CHECKED_ONCE
#endif
#ifdef COMMAND
#define ATTACH_ONCE static __noinline
#else
#define ATTACH_ONCE __noinline
#endif

static __always_inline void add(__u64 *counter, __u64 n)
{
	__sync_fetch_and_add(counter, n);
}

#ifdef OLDER_KERNEL

enum { THREAD_SIZE = 16384 };	/* x86: asm/page_64_types.h, without KASAN */

static __always_inline struct task_struct *current_task(void)
{
	return (void *)bpf_get_current_task();
}

#define MEMBER(task, ...) BPF_CORE_READ(task, __VA_ARGS__)

static __always_inline struct pt_regs *registers_of(struct task_struct *task)
{
	return BPF_CORE_READ(task, stack) + THREAD_SIZE -
		bpf_core_type_size(struct pt_regs);
}

/* These bits had another meaning until 5.11 and 6.0. */
#define PF_IO_WORKER \
	(bpf_core_field_exists(struct task_struct, pf_io_worker) ? 0x10 : 0)
#define PF_USER_WORKER 0

/*
 * Returns the new value. The program that subtracts last gets 0; others may get
 * 0, too.
 */
static __always_inline __u64 sub(__u64 *counter, __u64 n)
{
	__sync_fetch_and_add(counter, -n);
	return *(volatile __u64 *)counter;
}

/*
 * Older kernels have no atomic operation that returns the former value, and no
 * spin lock for these programs. A lock is therefore a key of the map
 * locked_words: only one program can add it. The key of a word is the lower
 * half of its address. The holder of a lock is not preempted, so the wait is
 * short. It is limited because the verifier requires an end of each loop.
 */
/* A 32-bit operation makes the verifier treat the address as a number. */
static __always_inline __u32 lock_of(volatile void *word)
{
	__u32 bits;

	/* clang must not compute this earlier */
	asm volatile("" : "+r"(word));
	bits = (__u64)word;
	asm volatile("%0 = %0" : "+w"(bits));
	return bits;
}

__noinline int try_lock(__u32 word)
{
	__u32 one = 1;

	for (int i = 0; i < 64; i++)
		if (!bpf_map_update_elem(&locked_words, &word, &one,
					 BPF_NOEXIST))
			return true;
	return false;
}

__noinline int lock(__u32 word)
{
	for (int i = 0; i < 256; i++)
		if (try_lock(word))
			return true;
	return false;
}

__noinline int unlock(__u32 word)
{
	return bpf_map_delete_elem(&locked_words, &word);
}

/*
 * Makes the change while the word is locked. The value of the expression is the
 * former value of the word.
 */
#define WITH_LOCK(word, change) ({ \
	volatile __typeof__(*(word)) *at = (word); \
	__u32 its_lock = lock_of(at); \
	bool is_locked = lock(its_lock); \
	__typeof__(*(word)) former = *at; \
	change; \
	if (is_locked) \
		unlock(its_lock); \
	former; \
})
#define take_number(next) WITH_LOCK(next, __sync_fetch_and_add(next, 1))
#define fetch_or(word, bits) WITH_LOCK(word, *at = former | (bits))
#define exchange(word, value) WITH_LOCK(word, *at = (value))
#define compare_exchange(word, from, to) \
	WITH_LOCK(word, if (former == (from)) *at = (to))

/* Two CPUs may get the same former value. */
#define fetch_add(counter, n) ({ \
	__typeof__(*(counter)) former = \
		*(volatile __typeof__(*(counter)) *)(counter); \
	__sync_fetch_and_add(counter, n); \
	former; \
})

__noinline int watch_some(__u64 until_ns)
{
	for (int i = 0; i < 1024; i++)
		if (*(volatile __u32 *)&control.watch ||
		    bpf_ktime_get_ns() > until_ns)
			return true;
	return false;
}

static __always_inline void wait_for_watch(__u64 until_ns)
{
	for (int i = 0; i < 2048; i++)
		if (watch_some(until_ns))
			return;
}

/*
 * The memory for the progress of a walk. It is not on the stack, because the
 * verifier would then tell the states of all steps apart.
 */
static __always_inline struct walk *walk_memory(struct walk *own)
{
	__u32 zero = 0;

	(void)own;
	return bpf_map_lookup_elem(&walks, &zero);
}

/* Older kernels keep the mappings in a red-black tree, not in a maple tree. */
static __always_inline struct file *file_at(__u64 address)
{
	struct mm_struct *mm = BPF_CORE_READ(current_task(), mm);
	struct rb_node *at = bpf_core_field_exists(mm->mm_rb) ?
		BPF_CORE_READ(mm, mm_rb.rb_node) : NULL;

	for (int i = 0; i < 32 && at; i++) {
		struct vm_area_struct *vma = (void *)at -
			bpf_core_field_offset(struct vm_area_struct, vm_rb);

		if (address < BPF_CORE_READ(vma, vm_start))
			at = BPF_CORE_READ(at, rb_left);
		else if (address < BPF_CORE_READ(vma, vm_end))
			return BPF_CORE_READ(vma, vm_file);
		else
			at = BPF_CORE_READ(at, rb_right);
	}
	return NULL;
}

#else

static __always_inline struct task_struct *current_task(void)
{
	return bpf_get_current_task_btf();
}

/* task->a->b, of the current task or one that the kernel passed with a type */
#define MEMBER(task, ...) ___arrow(task, __VA_ARGS__)

/* Returns the saved registers of the task's user space. */
static __always_inline struct pt_regs *registers_of(struct task_struct *task)
{
	return (void *)bpf_task_pt_regs(task);
}

#define PF_IO_WORKER 0x00000010
#define PF_USER_WORKER 0x00004000

/* Returns the new value. */
static __always_inline __u64 sub(__u64 *counter, __u64 n)
{
	return __sync_fetch_and_sub(counter, n) - n;
}

/* These return the former value. */
#define fetch_add(counter, n) __sync_fetch_and_add(counter, n)
#define take_number(next) __sync_fetch_and_add(next, 1)
#define fetch_or(word, bits) __sync_fetch_and_or(word, bits)
#define exchange(word, value) __sync_lock_test_and_set(word, value)
#define compare_exchange(word, from, to) \
	__sync_val_compare_and_swap(word, from, to)

static long is_over(void *map, const void *key, void *value, __u64 *until_ns)
{
	(void)map, (void)key, (void)value;
	return *(volatile __u32 *)&control.watch ||
		bpf_ktime_get_ns() > *until_ns;
}

/*
 * A walk over the table takes 3 ms if pid_max is 32768, and nearly no time if
 * it is 301.
 */
static long wait_a_walk(void *map, const void *key, void *value,
			__u64 *until_ns)
{
	bpf_for_each_map_elem(&tasks, is_over, until_ns, 0);
	return is_over(map, key, value, until_ns);
}

/* Waits until user space watches sys_exit. The map serves only as a loop. */
static __always_inline void wait_for_watch(__u64 until_ns)
{
	bpf_for_each_map_elem(&tasks, wait_a_walk, &until_ns, 0);
}

static __always_inline struct walk *walk_memory(struct walk *own)
{
	return own;
}

static long take_file(struct task_struct *task, struct vm_area_struct *vma,
		      struct file **file)
{
	(void)task;
	*file = BPF_CORE_READ(vma, vm_file);
	return 0;
}

/* Returns the file that the current task has mapped there, or NULL. */
static __always_inline struct file *file_at(__u64 address)
{
	struct file *file = NULL;

	bpf_find_vma(current_task(), address, take_file, &file, 0);
	return file;
}

#endif
