/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The layout of the maps and of the ring buffer's records, which the kernel
 * side and sp-record share. The includer defines __u32 and the like.
 */
#ifndef EVENT_H
#define EVENT_H

/* Image ids: a task's entry in the `tasks` map. */
enum {
	IMAGE_NONE = 0,		/* not followed */
	IMAGE_OTHER = 1,	/* followed; the image table was full */
	IMAGE_FIRST = 2,
	IMAGE_ARMED = 0xffff,	/* followed from its next successful execve on */
	IMAGE_ID = 0xffff,
	/*
	 * With --mark, the bits above an id hold the phase in which the task
	 * entered its last call; with --split, the run that the id belongs to.
	 * They are 0 in IMAGE_NONE and IMAGE_ARMED.
	 */
	IMAGE_PHASE_SHIFT = 16,
};

/*
 * Where a task is between sys_enter and sys_exit. This is kept while sys_exit
 * is watched, to find exits without an enter.
 */
enum task_stand {
	STAND_UNKNOWN = 0,	/* the watch began while the task was running */
	STAND_INSIDE,		/* it entered a call, which was counted */
	STAND_OUTSIDE,		/* it left a call */
	STAND_NEW,		/* a child that has not returned from its fork */
	STAND_TRANSIT,		/* it was attached to, perhaps within a call */
	/* a filter sent it a signal instead of its call; see `trapped` */
	STAND_TRAPPED,
};

/* An element of `tasks`. */
struct task_slot {
	__u32 image;
	__u32 state;		/* STATE_* */
};
_Static_assert(sizeof(struct task_slot) == 8, "layout");

enum {
	STATE_STAND = 0xff,		/* enum task_stand … */
	STATE_FILTERED = 0x100,		/* it is under a seccomp filter */
	/* it joined the cgroup, and still executes its manager's program */
	STATE_MANAGER = 0x200,
	STATE_SCOPE_SHIFT = 10,		/* the index of its target … */
	STATE_SCOPE = 0x3f << STATE_SCOPE_SHIFT,
	/* … which is valid while `watch` has this value */
	STATE_EPOCH_SHIFT = 16,
};

/* The counting table has a row for each of these, CALLS_PER_ROW numbers wide. */
enum calls_row { ROW_NATIVE, ROW_COMPAT, ROWS };
enum { CALLS_PER_ROW = 512 };

/* Groups of CPUs: the last bits of a CPU's number are its group. */
enum { GROUPS_MAX = 8 };

struct tally {
	__u64 count;
	__u64 first_ns;		/* CLOCK_MONOTONIC, of the first call */
};
_Static_assert(sizeof(struct tally) == 16, "layout");

enum use_kind { USE_EXECS, USE_TASKS, USES };

/*
 * An element of `table`: the calls that tasks of one image made. Each image has
 * an element for each group of CPUs, so that CPUs of different groups do not
 * wait for one another.
 */
struct image_calls {
	struct tally calls[ROWS][CALLS_PER_ROW];
	struct tally uses[USES];
};
_Static_assert(sizeof(struct image_calls) == 16 * (2 * 512 + 2), "layout");

/*
 * Counts that have no place in `table`: calls whose number or image is beyond
 * it, and calls with a flag or an answer. In rows beyond those of calls, nr is
 * an enum use_kind, the opcode of an io_uring operation, or the id of the image
 * whose task executed this one.
 */
enum { ROW_USE = ROWS, ROW_OPERATION, ROW_START };
/*
 * With --privileges this is added to an enum calls_row. nr is a call in which
 * the kernel asked for a capability and found it, or which put a task into
 * other namespaces; it is -1 outside of any call. The key's answer tells these
 * apart.
 */
enum { ROW_PRIVILEGE = 8 };
enum {
	CAPABILITY_MAX = 63,
	/* this plus a capability; the ambient set had it */
	PRIVILEGE_AMBIENT = 64,
	PRIVILEGE_NAMESPACES = 256,
};

struct rare_key {
	__u32 image;
	__u32 row;
	__s32 nr;
	__u16 flags;		/* RARE_* */
	__s16 answer;		/* RARE_DENIED: -errno, or the signal that killed */
};
_Static_assert(sizeof(struct rare_key) == 16, "layout");
enum {
	RARE_VSYSCALL = 1,	/* made through the vsyscall page */
	RARE_INFLIGHT = 2,	/* it had begun before the recording */
	/* the owner of a filter or a tracer performed it */
	RARE_SKIPPED = 4,
	/* it was answered with an error, or killed the task */
	RARE_DENIED = 8,
	RARE_INITIAL = 16,	/* the execve that started the command */
};

/*
 * Properties of calls. `traits` has an element for each number of a row, without
 * x32's bit; most are 0.
 */
enum { TRAITS_NUMBERS = 1024 };
enum trait {
	TRAIT_RULE = 0x3f,	/* index into `argument_rules`; 0: none */
	TRAIT_EXEC = 0x40,	/* execve and its like */
	TRAIT_FILTER = 0x80,	/* calls that can load a filter */
	TRAIT_MARK = 0x100,	/* calls that can begin a phase */
	TRAIT_FORK = 0x200,	/* fork, vfork, clone and clone3 */
	TRAIT_PRCTL = 0x400,	/* with FILTER: prctl, not seccomp */
};

/* Which arguments of a call are recorded: the bits of `masks`. */
struct argument_rule_bits {
	__u32 index[3];
	__u32 zero;
	__u64 masks[3];
};
_Static_assert(sizeof(struct argument_rule_bits) == 40, "layout");
enum { ARGUMENT_RULES = TRAIT_RULE + 1 };

/* The code of a function of the kernel that accounts for memory. */
struct code_range {
	/* its first address and the one behind its last; 0: not known */
	__u64 start, end;
};
_Static_assert(sizeof(struct code_range) == 16, "layout");
enum { FOR_MEMORY = 2 };

/* An element of `arguments`: a call of an image with its arguments' values. */
struct argument_key {
	__u32 image;
	__u32 row;
	__s32 nr;
	__u32 what;		/* enum argument_what */
	__u64 values[3];
};
_Static_assert(sizeof(struct argument_key) == 40, "layout");
enum argument_what {
	ARGUMENT_VALUES,
	ARGUMENT_ANY,		/* more than ARGUMENT_DISTINCT values */
	/* not written as a fact; the count is the number of distinct values */
	ARGUMENT_NUMBER,
};
/* distinct values of one call of an image */
enum { ARGUMENT_DISTINCT = 64 };

/* What identifies an image within a run. */
struct image_key {
	__u64 device;		/* the kernel's dev_t */
	__u64 inode;
	__u32 generation;	/* since inode numbers are reused */
	__u32 scope;		/* the target whose tasks execute it */
};
_Static_assert(sizeof(struct image_key) == 24, "layout");

/*
 * Bytes of a path, components of a path, and bytes of one component (NAME_MAX).
 */
enum { PATH_SIZE = 4096, PATH_DEPTH = 48, PATH_COMPONENT = 256 };

/* The path as the task sees it, without a NUL: bytes[start] to [PATH_SIZE). */
struct image_path {
	struct image_key key;
	__u32 start;		/* index of the path's first byte in bytes */
	/* the beginning is missing: the path is too deep or too long */
	__u32 cut;
	char bytes[PATH_SIZE + PATH_COMPONENT];
};
_Static_assert(sizeof(struct image_path) == 24 + 8 + 4096 + 256, "layout");

/*
 * A name by which an executable was executed. A longer one is not recorded: the
 * key has to be on the stack.
 */
enum { EXEC_NAME = 184, EXEC_NAMES_MAX = 4096 };
struct exec_name {
	__u32 image;
	__u32 source;		/* enum name_source of user space … */
	char name[EXEC_NAME];	/* … and zeros from its end on */
};
_Static_assert(sizeof(struct exec_name) == 192, "layout");
enum { EXEC_OPENED, EXEC_ARGV0 };

enum event_type {
	EVENT_IMAGE = 1,	/* a new image */
	EVENT_DONE = 2,		/* the last task has ended */
	/* a filter was or may soon be loaded: watch sys_exit */
	EVENT_FILTER = 3,
	EVENT_SEEK = 4,		/* there are tasks that a pass must look at */
	EVENT_MARK = 6,		/* a phase has begun */
	EVENT_CGROUP = 5,	/* an awaited cgroup was made */
};

/* A record of the ring buffer. */
struct event {
	__u32 type;		/* enum event_type */
	__u32 image;		/* EVENT_IMAGE: its id … */
	__u32 pid;		/* … and a process that runs it, initial namespace */
	__u32 zero;
};
_Static_assert(sizeof(struct event) == 16, "layout");

/* A call that the kernel side keeps for later. */
struct held_call {
	__u32 row;
	__s32 nr;
	__u64 args[6];
};
_Static_assert(sizeof(struct held_call) == 56, "layout");

/*
 * The number of a helper that does not exist. Before loading, user space
 * replaces the calls of it by calls of the kernel's bpf_rdonly_cast().
 */
enum { CAST_PLACEHOLDER = 0x5ca5ca5c };

/* What an entry of the log describes. */
enum log_what {
	LOG_CALL = 0,
	LOG_FORK,		/* args: the child's tid and pid */
	LOG_EXEC,		/* of `image` */
	LOG_EXIT,		/* args: the exit code, as the kernel has it */
	/*
	 * args: the result, the time of the call's entry, and numbers of files:
	 * of two arguments and of the result; 0: none
	 */
	LOG_RESULT,
	LOG_WHAT = 0xf,
	LOG_ROW_SHIFT = 4,	/* enum calls_row */
	LOG_FLAGS_SHIFT = 8,	/* RARE_* */
};

/*
 * With --every, an element for each call. Each CPU has a ring of `log_size` (a
 * power of two) elements in `call_log`. The kernel side takes the element at
 * `head`, fills it in and sets its turn. User space reads up to the first
 * element without its turn, and sets `tail`. Both only ever grow.
 */
struct log_entry {
	/* its position + 1, written when the element is complete */
	__u32 turn;
	__u32 what;
	__u64 time_ns;		/* CLOCK_MONOTONIC */
	__u32 pid, tid;		/* in the initial namespace; 0: not known */
	__u32 image;
	__s32 nr;
	__u64 args[6];
};
_Static_assert(sizeof(struct log_entry) == 80, "layout");

/*
 * When several calls of a thread share one time: it made RUSH_CALLS in a row in
 * less than RUSH_NS each. At most RUSH_SHARE calls share a time.
 */
enum { RUSH_CALLS = 8, RUSH_NS = 2000, RUSH_SHARE = 8 };

/* An element of `log_ends`, one a CPU; each side has a cache line. */
struct log_ends {
	__u64 head;
	__u64 lost;		/* calls that found no room */
	__u64 lost_tasks;	/* forks, execs and exits */
	/*
	 * The last time that was read for a call, and the thread's state at
	 * that moment:
	 */
	__u64 time_ns;
	__u64 jiffies;
	__u64 switches;		/* number of context switches of the thread */
	__u32 tid;		/* 0: the CPU has logged something else since */
	__u16 rush;		/* readings in a row, up to RUSH_CALLS */
	__u16 shares;		/* how many further calls may share that time */
	__u64 lost_results;	/* results that found no room */
	__u64 tail;		/* written by user space */
	__u64 zero2[7];
};
_Static_assert(sizeof(struct log_ends) == 128, "layout");

/* With --results: the call that a task is in, by its id. */
struct entered_call {
	__u64 time_ns;		/* of its log entry; 0: it is in none */
	__s32 nr;
	__u32 row;		/* enum calls_row */
	__u32 image;
	__u32 files[2];		/* numbers of the files of its descriptors */
	__u32 zero;
};
_Static_assert(sizeof(struct entered_call) == 32, "layout");

/*
 * With --results and --paths: which arguments of a call are descriptors, and
 * whether its result is one.
 */
enum {
	FILE_FIRST = 0x7,	/* index of an argument + 1; 0: none */
	FILE_SECOND_SHIFT = 3,
	FILE_RESULT = 0x40,
};

/*
 * Files that have a number at the same time, and numbers that are given. A file
 * whose path finds no room has used a number up.
 */
enum { FILES_MAX = 65536, FILE_NUMBERS_MAX = 1 << 20 };

/* What identifies an open file that has a number. */
struct file_key {
	__u64 dentry, mnt, parent;	/* addresses */
	__u64 name;		/* struct qstr's hash and length */
	__u64 inode;
	__u32 deleted;		/* 1: the file has no name any more */
	__u32 zero;
};
_Static_assert(sizeof(struct file_key) == 48, "layout");

/* A record of `file_ring`: a file that got a number. */
struct file_event {
	__u32 number;
	__u32 deleted;
	__u64 inode;
	__u32 magic;		/* of its file system: linux/magic.h */
	__u32 zero;
	struct image_path path;
};
_Static_assert(sizeof(struct file_event) == 24 + 32 + 4096 + 256, "layout");

/*
 * Elements that are kept free, for programs that interrupt one another between
 * two steps.
 */
enum { LOG_SLACK = 64 };

/* An element of `hints`, which only the kernel side uses. */
struct hint {
	/*
	 * A stack's number times HINT_IDS, plus an id. All addresses in the
	 * kernel have the remaining high bits set.
	 */
	__u64 key;
	__u64 task;		/* its address */
};
_Static_assert(sizeof(struct hint) == 16, "layout");
enum {
	HINTS_BITS = 13,
	HINT_IDS = 1 << 22,	/* PID_MAX_LIMIT: linux/threads.h */
	/* a key that no task has: the element is being changed */
	HINT_BUSY = 1,
};

/* Written by the kernel side, read at any time. */
struct progress {
	__u64 start_ns;		/* of the command's execve; 0: not yet */
	/* the last time that a count went from 0 to 1 */
	__u64 last_new_ns;
	__u64 rare_distinct;	/* elements of `rare` */
	__u64 live;		/* tasks that are followed */
	__u64 tasks;		/* tasks that were ever followed */
	__u64 next_image;
	__u64 lost_calls;	/* counts that found no room in `rare` */
	/* tasks that found no room in `tasks` or `execs` */
	__u64 lost_tasks;
	__u64 lost_images;	/* attributed to IMAGE_OTHER */
	__u64 lost_details;	/* records the ring buffer had no room for */
	/* calls counted in `rare`, or lost for want of room there */
	__u64 rare_calls;
	__u64 filtered;		/* followed tasks that have a seccomp filter */
	/* 1: a filter was loaded before sys_exit was watched */
	__u64 unwatched;
	__u64 transit;		/* tasks in transit that the last pass met */
	__u64 found;		/* tasks that the passes over all tasks added */
	__u64 lost_names;	/* names that found no room in `names` */
	__u64 asked_ns;		/* when `tell_time` ran */
	/* processes that found no room in `withheld_names` */
	__u64 withheld;
	__u64 armed;		/* tasks that are followed from their next exec */
	__u64 cgroups;		/* elements of `cgroups` */
	__u64 files;		/* numbers given to files */
	/* results without the call's entry, and files without a path */
	__u64 lost_results;
	__u64 unfound;		/* forks whose event led to no task */
};
_Static_assert(sizeof(struct progress) == 184, "layout");

/*
 * Whose processes are recorded where sp-record does not have root's rights:
 * those that it may trace by the kernel's rule for ptrace(2).
 */
struct viewer {
	__u64 caps;		/* its effective capabilities */
	__u32 uid, gid;
	__u32 limited;		/* 0: it may trace all processes */
	__u32 zero;
};
_Static_assert(sizeof(struct viewer) == 24, "layout");
/* how many names of processes that it may not trace are kept */
enum { WITHHELD_MAX = 64 };

/* With --mark. Each phase begins with its mark, once. */
enum { MARKS_MAX = 7, PHASES_MAX = MARKS_MAX + 1, COMM_SIZE = 16 };

/* A mark that is the name of a thread. */
struct mark_name {
	char comm[COMM_SIZE];	/* "": another kind of mark */
};
_Static_assert(sizeof(struct mark_name) == 16, "layout");

/* Both sides write it, with atomic operations. */
struct phases {
	__u32 now;		/* the current phase, from 0 */
	__u32 taken[MARKS_MAX];	/* 1: the mark has come */
	struct {
		/* the mark that began it, + 1; 0: not yet written */
		__u32 mark;
		__u32 zero;
		__u64 start_ns;	/* CLOCK_MONOTONIC */
	} at[PHASES_MAX];	/* the first phase is begun by nothing */
};
_Static_assert(sizeof(struct phases) == 32 + 16 * 8, "layout");

/* --split: what begins a run within a recording. */
enum split_by {
	SPLIT_NONE,
	SPLIT_CHILDREN,		/* a child of the command's process */
	SPLIT_EXEC,		/* an execution of a program with a certain name */
	SPLIT_MARK,		/* a write to a certain file */
};

/*
 * Runs are numbered from 1; 0 is the harness, whose tasks belong to no run. Runs
 * beyond the table share the last one. Each pair of a run and an executable has
 * an image id of its own. The last ids are for executables and for that run.
 */
enum {
	SPLIT_HARNESS = 0,
	SPLIT_REST = 16383,
	SPLIT_IDS_KEPT = 8192,
	SPLIT_TEXT = 4096,
	SPLIT_PATTERN = 256,
	/* set in the struct image_key of such an id */
	SPLIT_SCOPE = 0xffffffff,
};

enum split_flag {
	SPLIT_NAMED = 1,	/* `text` has been set … */
	/* … by the first process, which has executed a program */
	SPLIT_BY_FIRST = 2,
	/* the first process has exited; see `exit_code` */
	SPLIT_EXITED = 4,
	/* it ran more programs than there are image ids for */
	SPLIT_CROWDED = 8,
};

/* An element of `split_runs`, by number. */
struct split_run {
	/* CLOCK_MONOTONIC; an end of 0: it has not ended */
	__u64 start_ns, end_ns;
	__u32 pid;		/* of the first process; 0: it has none */
	__s32 exit_code;	/* as the kernel has it */
	__u32 flags;		/* enum split_flag */
	/* id of the first process at its fork; 0: none */
	__u32 fork_image;
	/* bytes; if SPLIT_TEXT - 1, the text may have been cut */
	__u32 text_size;
	__u32 zero;
	/* the arguments, each followed by a NUL; or the mark */
	char text[SPLIT_TEXT];
};
_Static_assert(sizeof(struct split_run) == 40 + 4096, "layout");

/*
 * An element of `split_images`, by id. It is all zeros if the id is an
 * executable's own.
 */
struct split_image {
	__u32 base;		/* the executable's id */
	__u32 run;
};
_Static_assert(sizeof(struct split_image) == 8, "layout");

/*
 * How far a comparison with a pattern has come; only the kernel side uses it.
 */
struct split_match {
	__u64 name;		/* an address of the kernel's */
	__u32 name_at, pattern_at;
	/* index after the last star; 0: there was none */
	__u32 star;
	/* the end of the text that the star stands for */
	__u32 star_at;
};
_Static_assert(sizeof(struct split_match) == 24, "layout");

struct splits {
	/* number of runs, including those beyond the table */
	__u32 begun;
	__u32 now;		/* SPLIT_MARK: the current run */
	__u32 root;		/* the command's process, initial namespace */
	__s32 mark_fd;		/* set by user space for `find_mark_file` */
	/* address of the inode of the file that marks are written to */
	__u64 mark_inode;
	/* executions that got no id, because all were in use */
	__u64 crowded;
	__u64 unread;		/* marks whose text was not in memory */
};
_Static_assert(sizeof(struct splits) == 40, "layout");

/*
 * A record of the ring `stacks`: where a call was made, as DWARF numbers the
 * registers, the address of the instruction after the call last.
 */
enum { STACK_PAGE = 4096, STACK_PAGES = 5, STACK_REGISTERS = 33 };
struct stack_sample {
	__u64 time_ns;		/* CLOCK_MONOTONIC */
	__u32 image, row;
	__s32 nr;
	__u32 pid;		/* in the initial namespace */
	__u64 values[3];	/* as in struct argument_key … */
	__u32 has_values;	/* … 0: the call has no rule for arguments */
	__u32 pages;		/* of `bytes`, from `base` on, that were read */
	__u64 base;
	__u64 regs[STACK_REGISTERS];
	char bytes[STACK_PAGES * STACK_PAGE];
};
_Static_assert(sizeof(struct stack_sample) == 64 + 8 * 33 + 20480, "layout");

/* Written by user space. */
struct control {
	/* the number of this watch over sys_exit; 0: it is not watched */
	__u32 watch;
	/* passes go on: some descendants may not be known yet */
	__u32 seeking;
	__u32 self;		/* the recorder's thread group, set by `seek` */
	/* all programs are attached: `hints` can be used */
	__u32 hinting;
	/* the CPU on which the recorder runs next before other tasks, + 1 */
	__u32 next_cpu;
	/* number of elements of `parts` in use, without the first */
	__u32 parts;
};
_Static_assert(sizeof(struct control) == 24, "layout");

/* A recorded cgroup, as the kernel identifies it. */
struct cgroup_id {
	__u64 id;		/* the inode number of its directory */
	__s32 hierarchy;	/* first field of /proc/PID/cgroup; 0: v2 */
	__u32 zero;
};
_Static_assert(sizeof(struct cgroup_id) == 16, "layout");

/*
 * This bit of a value of `wanted` is set when the process was found. The others
 * are its scope.
 */
enum { WANTED_FOUND = 1U << 31 };

/* The most targets that one recording can have. Each becomes a run. */
enum { SCOPES_MAX = 64 };

/* A cgroup that may be created: an element of `awaited`, by place and name. */
enum { CGROUP_NAME = 256 };	/* NAME_MAX + 1 */
struct cgroup_name {
	/* id 0: any directory that `place` permits */
	struct cgroup_id parent;
	char name[CGROUP_NAME];		/* padded with NULs */
};
_Static_assert(sizeof(struct cgroup_name) == 16 + 256, "layout");

enum cgroup_place {
	BELOW_PARENT,
	BELOW_SLICES,		/* all cgroups above it are slices */
	/* it is not below a user's own service manager or a container */
	BELOW_SYSTEM,
};

struct awaited {
	/* id of the hierarchy's root, as sp-record sees it */
	__u64 root;
	__u32 scope;
	__u32 place;		/* enum cgroup_place */
	/*
	 * index in `parts`, for what is awaited below it; 0: it is the cgroup
	 * itself
	 */
	__u32 next;
	__u32 zero;
};
_Static_assert(sizeof(struct awaited) == 24, "layout");

/* A component of the path of an awaited cgroup. */
struct cgroup_part {
	char name[CGROUP_NAME];
	__u32 next;		/* as in struct awaited */
	__u32 zero;
};
_Static_assert(sizeof(struct cgroup_part) == 264, "layout");
enum { AWAITED_MAX = 4096, PARTS_MAX = 1024, CGROUPS_MAX = 4096 };

#endif
