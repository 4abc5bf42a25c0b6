/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The layout of the maps and of the ring buffer's records, which the kernel
 * side and sp-record share. The including file must define __u32 and similar
 * types.
 */
#ifndef EVENT_H
#define EVENT_H

/* Image ids, in a task's entry of the map `tasks`. */
enum {
	IMAGE_NONE = 0,		/* not followed */
	IMAGE_OTHER = 1,	/* followed, but the image table was full */
	IMAGE_FIRST = 2,
	/* to be followed from its next successful execve on */
	IMAGE_ARMED = 0xffff,
	IMAGE_ID = 0xffff,
	/*
	 * With --mark, the bits above an id hold the phase in which the task
	 * entered its last call. With --split, they hold the run to which the
	 * id belongs. They are 0 in IMAGE_NONE and IMAGE_ARMED.
	 */
	IMAGE_PHASE_SHIFT = 16,
};

/*
 * The position of a task between sys_enter and sys_exit. It is tracked while
 * sys_exit is watched, to find exits without an enter.
 */
enum task_position {
	POSITION_UNKNOWN = 0,	/* the watch began while the task was running */
	POSITION_INSIDE,	/* it is in a call, which was counted */
	POSITION_OUTSIDE,	/* it has left its last call */
	POSITION_NEW,		/* it has not returned from its parent's fork */
	/* the recorder attached to it, and it may be in a call */
	POSITION_TRANSIT,
	/* a filter sent it a signal instead of making its call; see `trapped` */
	POSITION_TRAPPED,
};

/* An element of `tasks`. */
struct task_slot {
	__u32 image;
	__u32 state;		/* STATE_* */
};
_Static_assert(sizeof(struct task_slot) == 8, "layout");

enum {
	STATE_POSITION = 0xff,		/* mask of the enum task_position */
	STATE_FILTERED = 0x100,		/* it is under a seccomp filter */
	/* it joined the cgroup, but still executes its manager's program */
	STATE_MANAGER = 0x200,
	/* from this bit on: the index of its target */
	STATE_SCOPE_SHIFT = 10,
	STATE_SCOPE = 0x3f << STATE_SCOPE_SHIFT,
	/*
	 * from this bit on: the value of `watch` for which the position is
	 * valid
	 */
	STATE_EPOCH_SHIFT = 16,
};

/*
 * The counting table has a row for each of these, with CALLS_PER_ROW numbers.
 */
enum calls_row { ROW_NATIVE, ROW_COMPAT, ROWS };
enum { CALLS_PER_ROW = 512 };

/* CPUs are divided into groups by the last bits of their numbers. */
enum { GROUPS_MAX = 8 };

struct tally {
	__u64 count;
	__u64 first_ns;		/* CLOCK_MONOTONIC at the first call */
};
_Static_assert(sizeof(struct tally) == 16, "layout");

/*
 * USE_THREADS counts the tasks that are not the first of their process, and
 * USE_TASKS the others.
 */
enum use_kind { USE_EXECS, USE_TASKS, USE_THREADS, USES };

/*
 * An element of `table`: the calls that tasks of one image made. An image has
 * an element for each group of CPUs, so that CPUs of different groups do not
 * wait for each other.
 */
struct image_calls {
	struct tally calls[ROWS][CALLS_PER_ROW];
	struct tally uses[USES];
};
_Static_assert(sizeof(struct image_calls) == 16 * (2 * 512 + 3), "layout");

/*
 * Counts that `table` cannot hold: calls whose number or image is too large for
 * it, and calls with a flag or an answer. In the rows after those of calls, nr
 * is an enum use_kind, the opcode of an io_uring operation, or the id of the
 * image whose task executed this one.
 */
enum { ROW_USE = ROWS, ROW_OPERATION, ROW_START };
/*
 * With --privileges, this is added to an enum calls_row. nr is the call during
 * which the kernel checked a capability and found it, or the call that created
 * a task in other namespaces. Outside of any call, nr is -1. The key's `answer`
 * has the capability or PRIVILEGE_NAMESPACES.
 */
enum { ROW_PRIVILEGE = 8 };
enum {
	CAPABILITY_MAX = 63,
	/* added to a capability that is in the ambient set */
	PRIVILEGE_AMBIENT = 64,
	PRIVILEGE_NAMESPACES = 256,
};

struct rare_key {
	__u32 image;
	__u32 row;
	__s32 nr;
	__u16 flags;		/* RARE_* */
	/* RARE_DENIED: -errno, or the signal that killed the task */
	__s16 answer;
};
_Static_assert(sizeof(struct rare_key) == 16, "layout");
enum {
	RARE_VSYSCALL = 1,	/* made through the vsyscall page */
	RARE_INFLIGHT = 2,	/* it had begun before the recording */
	/* a filter's supervisor or a tracer answered it */
	RARE_SKIPPED = 4,
	/* a filter answered it with an error, or killed the task */
	RARE_DENIED = 8,
	RARE_INITIAL = 16,	/* the execve that started the command */
};

/*
 * Properties of calls. `traits` has an element for each number in a row
 * (without the x32 bit); most elements are 0.
 */
enum { TRAITS_NUMBERS = 1024 };
enum trait {
	TRAIT_RULE = 0x3f,	/* index into `argument_rules`; 0: none */
	TRAIT_EXEC = 0x40,	/* execve or execveat */
	TRAIT_FILTER = 0x80,	/* calls that can load a filter */
	TRAIT_MARK = 0x100,	/* calls that can begin a phase */
	TRAIT_FORK = 0x200,	/* fork, vfork, clone and clone3 */
	/* with TRAIT_FILTER: prctl rather than seccomp */
	TRAIT_PRCTL = 0x400,
};

/* Which arguments of a call are recorded, and which bits of them. */
struct argument_rule_bits {
	__u32 index[3];
	__u32 zero;
	__u64 masks[3];
};
_Static_assert(sizeof(struct argument_rule_bits) == 40, "layout");
enum { ARGUMENT_RULES = TRAIT_RULE + 1 };

/* The addresses of a kernel function that accounts for memory. */
struct code_range {
	/* from its first address to before `end`; 0: unknown */
	__u64 start, end;
};
_Static_assert(sizeof(struct code_range) == 16, "layout");
enum { FOR_MEMORY = 2 };

/*
 * An element of `arguments`: a call of an image with values of its arguments.
 */
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
	/* there were more than ARGUMENT_DISTINCT values */
	ARGUMENT_ANY,
	/* not written as a fact: counts the distinct values */
	ARGUMENT_NUMBER,
};
/* the most distinct values for one call of an image */
enum { ARGUMENT_DISTINCT = 64 };

/* Identifies an image within a run. */
struct image_key {
	__u64 device;		/* the kernel's dev_t */
	__u64 inode;
	__u32 generation;	/* because inode numbers are reused */
	__u32 scope;		/* the target whose tasks execute it */
};
_Static_assert(sizeof(struct image_key) == 24, "layout");

/*
 * Sizes: bytes of a path, components of a path, and bytes of one component
 * (NAME_MAX).
 */
enum { PATH_SIZE = 4096, PATH_DEPTH = 48, PATH_COMPONENT = 256 };

/*
 * The path as the task sees it, without a NUL, from bytes[start] to
 * bytes[PATH_SIZE - 1].
 */
struct image_path {
	struct image_key key;
	__u32 start;		/* index of the path's first byte in `bytes` */
	/*
	 * 1: the beginning is missing, because the path is too deep or too long
	 */
	__u32 cut;
	char bytes[PATH_SIZE + PATH_COMPONENT];
};
_Static_assert(sizeof(struct image_path) == 24 + 8 + 4096 + 256, "layout");

/*
 * A name by which an executable was executed. Longer names are not recorded,
 * because the key must fit on the stack.
 */
enum { EXEC_NAME = 184, EXEC_NAMES_MAX = 4096 };
struct exec_name {
	__u32 image;
	__u32 source;		/* enum name_source of user space */
	char name[EXEC_NAME];	/* filled up with zeros */
};
_Static_assert(sizeof(struct exec_name) == 192, "layout");
enum { EXEC_OPENED, EXEC_ARGV0 };

enum event_type {
	EVENT_IMAGE = 1,	/* a new image */
	EVENT_DONE = 2,		/* the last task has ended */
	/* a filter was loaded, or may be soon: watch sys_exit */
	EVENT_FILTER = 3,
	EVENT_SEEK = 4,		/* there are tasks that a pass must look at */
	EVENT_MARK = 6,		/* a phase has begun */
	EVENT_CGROUP = 5,	/* an awaited cgroup was created */
};

/* A record of the ring buffer. */
struct event {
	__u32 type;		/* enum event_type */
	__u32 image;		/* EVENT_IMAGE: the image's id */
	/* EVENT_IMAGE: a process that runs it, in the initial namespace */
	__u32 pid;
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
 * replaces its calls by calls of the kernel's bpf_rdonly_cast().
 */
enum { CAST_PLACEHOLDER = 0x5ca5ca5c };

/* The kinds of entries in the log. */
enum log_what {
	LOG_CALL = 0,
	LOG_FORK,		/* args: the child's tid and pid */
	LOG_EXEC,		/* of `image` */
	LOG_EXIT,		/* args: the exit code in the kernel's form */
	/*
	 * args: the result, the time of the call's entry, and three numbers of
	 * files (two of arguments, one of the result); 0: none
	 */
	LOG_RESULT,
	LOG_WHAT = 0xf,
	LOG_ROW_SHIFT = 4,	/* enum calls_row */
	LOG_FLAGS_SHIFT = 8,	/* RARE_* */
};

/*
 * With --every, there is an element for each call. Each CPU has a ring of
 * `log_size` elements (a power of two) in `call_log`. The kernel side takes the
 * element at `head`, fills it in, and sets its turn last. User space reads up
 * to the first element whose turn is not set, and then sets `tail`. `head` and
 * `tail` only grow.
 */
struct log_entry {
	/* its position + 1, set when the element is complete */
	__u32 turn;
	__u32 what;
	__u64 time_ns;		/* CLOCK_MONOTONIC */
	__u32 pid, tid;		/* in the initial namespace; 0: unknown */
	__u32 image;
	__s32 nr;
	__u64 args[6];
};
_Static_assert(sizeof(struct log_entry) == 80, "layout");

/*
 * Calls of a thread can share one time if the thread made RUSH_CALLS calls in a
 * row that were short enough: RUSH_NS each, or more on a machine where calls
 * take longer. At most RUSH_SHARE calls share a time.
 */
enum { RUSH_CALLS = 8, RUSH_NS = 2000, RUSH_NS_MAX = 16000, RUSH_SHARE = 8 };

/*
 * An element of `log_ends`, one for each CPU. The kernel side and user space
 * write to different cache lines.
 */
struct log_ends {
	__u64 head;
	__u64 lost;		/* calls for which there was no room */
	__u64 lost_tasks;	/* lost forks, execs and exits */
	/*
	 * The time that was last read for a call, and the state of the thread
	 * then:
	 */
	__u64 time_ns;
	__u64 jiffies;
	__u64 switches;		/* how often the thread had been switched */
	/* 0: the CPU has logged something else since then */
	__u32 tid;
	__u16 rush;		/* short calls in a row, up to RUSH_CALLS */
	__u16 shares;		/* how many more calls may share the time */
	__u64 lost_results;	/* results for which there was no room */
	__u64 tail;		/* written by user space */
	__u64 zero2[7];
};
_Static_assert(sizeof(struct log_ends) == 128, "layout");

/* With --results: the call that a task is making, by the task's id. */
struct entered_call {
	/* time of its log entry; 0: the task is in no call */
	__u64 time_ns;
	__s32 nr;
	__u32 row;		/* enum calls_row */
	__u32 image;
	__u32 files[2];		/* numbers of files, for two descriptors */
	__u32 zero;
};
_Static_assert(sizeof(struct entered_call) == 32, "layout");

/*
 * With --results and --paths: which arguments of a call are descriptors, and
 * whether its result is one.
 */
enum {
	FILE_FIRST = 0x7,	/* the index of an argument + 1; 0: none */
	FILE_SECOND_SHIFT = 3,
	FILE_RESULT = 0x40,
};

/*
 * The most files that have a number at the same time, and the most numbers. A
 * file keeps its number even if there is no room to send its path.
 */
enum { FILES_MAX = 65536, FILE_NUMBERS_MAX = 1 << 20 };

/* Identifies an open file that has a number. */
struct file_key {
	__u64 dentry, mnt, parent;	/* addresses */
	__u64 name;		/* hash and length, as in struct qstr */
	__u64 inode;
	__u32 deleted;		/* 1: the file no longer has a name */
	__u32 zero;
};
_Static_assert(sizeof(struct file_key) == 48, "layout");

/* A record of `file_ring`: a file that got a number. */
struct file_event {
	__u32 number;
	__u32 deleted;
	__u64 inode;
	/* magic number of its file system: linux/magic.h */
	__u32 magic;
	__u32 zero;
	struct image_path path;
};
_Static_assert(sizeof(struct file_event) == 24 + 32 + 4096 + 256, "layout");

/*
 * Programs can interrupt each other between two steps. This number of elements
 * stays free for them.
 */
enum { LOG_SLACK = 64 };

/* An element of `hints`, which only the kernel side uses. */
struct hint {
	/*
	 * The number of a stack times HINT_IDS, plus a task's id. The bits that
	 * this shifts out are set in all kernel addresses.
	 */
	__u64 key;
	__u64 task;		/* its address */
};
_Static_assert(sizeof(struct hint) == 16, "layout");
enum {
	HINTS_BITS = 13,
	HINT_IDS = 1 << 22,	/* PID_MAX_LIMIT: linux/threads.h */
	/* a key that no task has, while the element is changed */
	HINT_BUSY = 1,
};

/* Written by the kernel side, and read at any time. */
struct progress {
	/* time of the command's execve; 0: not executed yet */
	__u64 start_ns;
	/* when a count last went from 0 to 1 */
	__u64 last_new_ns;
	__u64 rare_distinct;	/* number of elements in `rare` */
	__u64 live;		/* tasks that are followed now */
	__u64 tasks;		/* tasks that were followed at any time */
	__u64 next_image;
	__u64 lost_calls;	/* counts for which `rare` had no room */
	/* tasks for which `tasks` or `execs` had no room */
	__u64 lost_tasks;
	__u64 lost_images;	/* images that became IMAGE_OTHER */
	/* records for which the ring buffer had no room */
	__u64 lost_details;
	/* calls that were counted in `rare`, or lost because it had no room */
	__u64 rare_calls;
	__u64 filtered;		/* followed tasks that have a seccomp filter */
	/* 1: a filter was loaded before sys_exit was watched */
	__u64 unwatched;
	/* tasks in POSITION_TRANSIT that the last pass met */
	__u64 transit;
	__u64 found;		/* tasks that the passes over all tasks added */
	__u64 lost_names;	/* names for which `names` had no room */
	__u64 asked_ns;		/* when `tell_time` ran */
	/* processes for which `withheld_names` had no room */
	__u64 withheld;
	/* tasks that will be followed from their next exec on */
	__u64 armed;
	__u64 cgroups;		/* number of elements in `cgroups` */
	__u64 files;		/* numbers that were given to files */
	/* results of calls whose entry is unknown, and files without a path */
	__u64 lost_results;
	__u64 unfound;		/* fork events whose task was not found */
	/* execs whose name is too long, or found no room in `exec_names` */
	__u64 lost_exec_names;
};
_Static_assert(sizeof(struct progress) == 192, "layout");

/*
 * If sp-record does not have root's rights, it only records the processes of
 * this viewer: those that the viewer may trace by the kernel's rule for
 * ptrace(2).
 */
struct viewer {
	__u64 caps;		/* its effective capabilities */
	__u32 uid, gid;
};
_Static_assert(sizeof(struct viewer) == 16, "layout");
/* how many processes are named that the viewer may not trace */
enum { WITHHELD_MAX = 64 };

/* For --mark. Each phase begins with a mark, which counts once. */
enum { MARKS_MAX = 7, PHASES_MAX = MARKS_MAX + 1, COMM_SIZE = 16 };

/* A mark that is the name of a thread. */
struct mark_name {
	char comm[COMM_SIZE];	/* "": the mark is of another kind */
};
_Static_assert(sizeof(struct mark_name) == 16, "layout");

/* Both sides write to it, with atomic operations. */
struct phases {
	__u32 now;		/* the current phase, from 0 */
	__u32 taken[MARKS_MAX];	/* 1: the mark has come */
	struct {
		/* the mark that began the phase, + 1; 0: not written yet */
		__u32 mark;
		__u32 zero;
		__u64 start_ns;	/* CLOCK_MONOTONIC */
	} at[PHASES_MAX];	/* the first phase has no mark */
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
 * Runs are numbered from 1. 0 is the harness: tasks that belong to no run. Runs
 * for which there is no room share the last number. Each pair of a run and an
 * executable has an image id of its own; the last ids are for executables in
 * the shared run.
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
	SPLIT_NAMED = 1,	/* `text` was set */
	/* the first process executed a program, which set `text` */
	SPLIT_BY_FIRST = 2,
	/* the first process has exited; see `exit_code` */
	SPLIT_EXITED = 4,
	/* it executed more programs than there are image ids */
	SPLIT_CROWDED = 8,
};

/* An element of `split_runs`, by number. */
struct split_run {
	/* CLOCK_MONOTONIC; end_ns 0: it has not ended */
	__u64 start_ns, end_ns;
	__u32 pid;		/* its first process; 0: none */
	__s32 exit_code;	/* in the kernel's form */
	__u32 flags;		/* enum split_flag */
	/* id that the first process had at its fork; 0: none */
	__u32 fork_image;
	/* in bytes; if it is SPLIT_TEXT - 1, the text may have been cut */
	__u32 text_size;
	__u32 zero;
	/* the arguments, each with a NUL; or the text of the mark */
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

struct splits {
	/* number of runs, including those without room */
	__u32 begun;
	__u32 now;		/* SPLIT_MARK: the current run */
	/* the command's process, in the initial namespace */
	__u32 root;
	__s32 mark_fd;		/* user space sets it for `find_mark_file` */
	/* address of the inode of the file for marks */
	__u64 mark_inode;
	/* executions for which no id was free */
	__u64 crowded;
	__u64 unread;		/* marks whose text could not be read */
};
_Static_assert(sizeof(struct splits) == 40, "layout");

/*
 * A record of the ring `stacks`: the stack of a task that makes a call.
 * Registers have DWARF's order; the last one is the address of the instruction
 * after the call.
 */
enum { STACK_PAGE = 4096, STACK_PAGES = 5, STACK_REGISTERS = 33 };
struct stack_sample {
	__u64 time_ns;		/* CLOCK_MONOTONIC */
	__u32 image, row;
	__s32 nr;
	__u32 pid;		/* in the initial namespace */
	__u64 values[3];	/* values as in struct argument_key */
	__u32 has_values;	/* 0: the call's arguments are not recorded */
	/* pages of `bytes` that were read, from `base` on */
	__u32 pages;
	__u64 base;
	__u64 regs[STACK_REGISTERS];
	char bytes[STACK_PAGES * STACK_PAGE];
};
_Static_assert(sizeof(struct stack_sample) == 64 + 8 * 33 + 20480, "layout");

/* Written by user space. */
struct control {
	/* the number of the current watch on sys_exit; 0: it is not watched */
	__u32 watch;
	/*
	 * passes over all tasks continue: some descendants may not be known yet
	 */
	__u32 seeking;
	__u32 self;		/* the recorder's thread group, set by `seek` */
	/* 1: all programs are attached, so that `hints` can be used */
	__u32 hinting;
	/*
	 * the number + 1 of the CPU on which the recorder will run before other
	 * tasks
	 */
	__u32 next_cpu;
	/* number of used elements of `parts`, not counting the first */
	__u32 parts;
};
_Static_assert(sizeof(struct control) == 24, "layout");

/* A recorded cgroup, identified as in the kernel. */
struct cgroup_id {
	__u64 id;		/* the inode number of its directory */
	/* first field in /proc/PID/cgroup; 0: version 2 */
	__s32 hierarchy;
	__u32 zero;
};
_Static_assert(sizeof(struct cgroup_id) == 16, "layout");

/*
 * This bit of a value of `wanted` is set when the process was found. The other
 * bits are its scope.
 */
enum { WANTED_FOUND = 1U << 31 };

/* The most targets of one recording. Each target becomes a run. */
enum { SCOPES_MAX = 64 };

/* A cgroup that may be created. It is a key of `awaited`: place and name. */
enum { CGROUP_NAME = 256 };	/* NAME_MAX + 1 */
struct cgroup_name {
	/* the directory; id 0: any directory that `place` permits */
	struct cgroup_id parent;
	char name[CGROUP_NAME];		/* filled up with NULs */
};
_Static_assert(sizeof(struct cgroup_name) == 16 + 256, "layout");

enum cgroup_place {
	BELOW_PARENT,
	BELOW_SLICES,		/* all cgroups above it must be slices */
	/* it must not be below a user's own service manager, or a container */
	BELOW_SYSTEM,
};

struct awaited {
	/* id of the hierarchy's root that sp-record sees */
	__u64 root;
	__u32 scope;
	__u32 place;		/* enum cgroup_place */
	/*
	 * index in `parts` of the component that is awaited below it; 0: this
	 * is the cgroup itself
	 */
	__u32 next;
	__u32 zero;
};
_Static_assert(sizeof(struct awaited) == 24, "layout");

/* A component in the path of an awaited cgroup. */
struct cgroup_part {
	char name[CGROUP_NAME];
	__u32 next;		/* as in struct awaited */
	__u32 zero;
};
_Static_assert(sizeof(struct cgroup_part) == 264, "layout");
enum { AWAITED_MAX = 4096, PARTS_MAX = 1024, CGROUPS_MAX = 4096 };

#endif
