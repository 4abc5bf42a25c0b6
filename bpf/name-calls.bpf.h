/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: collects the names that calls used, when the calls
 * end, and the files that were executed.
 */
/*
 * Returns the flags of an open call, from the register or the memory that holds
 * them.
 */
static __always_inline __u64 open_flags(const struct name_spec *spec,
					const __u64 args[8])
{
	__u64 flags = 0;

	if (spec->flags == ARG_HOW)
		bpf_probe_read_user(&flags, sizeof(flags),
				    (void *)args[2]);
	else if (spec->flags != ARG_NONE)
		flags = args[spec->flags & 7];
	return flags | spec->access2;
}

/* Returns NAME_LOCK and NAME_LOCK_WRITE, or 0 if the call locks nothing. */
static __always_inline __u32 lock_access(const struct name_spec *spec,
					 const __u64 args[8])
{
	__u64 command = args[spec->flags & 7];
	__s16 type = 0;

	if (spec->flags == ARG_NONE)
		return NAME_LOCK | (args[1] & LOCK_EX ? NAME_LOCK_WRITE : 0);
	if (command == F_SETLEASE)
		type = args[2];
	else if (command == F_SETLK || command == F_SETLKW ||
		 command == F_SETLK64 || command == F_SETLKW64 ||
		 command == F_OFD_SETLK || command == F_OFD_SETLKW)
		bpf_probe_read_user(&type, sizeof(type), (void *)args[2]);
	else
		return 0;
	return NAME_LOCK | (type == F_WRLCK ? NAME_LOCK_WRITE : 0);
}

/*
 * Returns the descriptor that a call uses through an empty name (AT_EMPTY_PATH)
 * or a name in /proc/self/fd. If it is negative, the call uses the name itself.
 */
static __always_inline __s32
descriptor_given(struct name_scratch *s, const struct name_spec *spec,
		 const __u64 args[8])
{
	__u64 name = args[spec->name & 7];
	long size = name ? read_name(s, name) : 0;

	if (!(spec->access & (NAME_CHANGE | NAME_LINK | NAME_TRUNCATE)) ||
	    size < 0)
		return -1;
	return size ? descriptor_named(s) : (__s32)args[spec->directory & 7];
}

/* Returns the file of the descriptor that is an argument or the result. */
static __always_inline struct file *named_file(struct name_scratch *s)
{
	const struct name_spec *spec = &s->call.spec;
	const __u64 *args = s->call.args;
	__s64 result = s->call.result;

	switch (spec->kind) {
	case NAMES_BY_NAME:
	case NAMES_TWO:
		return file_of(s, descriptor_given(s, spec, args));
	case NAMES_LOCK:
		return lock_access(spec, args) ?
			file_of(s, args[spec->directory & 7]) : NULL;
	case NAMES_OPEN:
		return result >= 0 ? file_of(s, result) : NULL;
	case NAMES_MAP:
		return args[2] & PROT_EXEC && !(args[3] & MAP_ANONYMOUS) ?
			file_of(s, args[4]) : NULL;
	case NAMES_FILE:
		return file_of(s, args[spec->directory & 7]);
	default:
		return NULL;
	}
}

static __always_inline __u32 given_access(const struct name_spec *spec,
					  const __u64 args[8])
{
	__u32 mode;

	if (spec->kind == NAMES_OPEN)
		return not_opened(open_flags(spec, args));
	if (spec->kind == NAMES_QUEUE && spec->flags != ARG_NONE)
		return not_opened(open_flags(spec, args)) | spec->access;
	if (spec->kind == NAMES_TWO)
		return spec->access;
	if (spec->access & NAME_CREATE && spec->flags != ARG_NONE) {
		if (spec->access & NAME_TYPE)		/* mkdir */
			return spec->access |
				private_mode(args[spec->flags & 7]);
		mode = args[spec->flags & 7] >> 12 & 0xf;	/* mknod */
		return spec->access |
			(mode ? mode : TYPE_REGULAR) << NAME_TYPE_SHIFT;
	}
	if (spec->access & NAME_DELETE && spec->flags != ARG_NONE)
		return spec->access | (args[spec->flags & 7] & AT_REMOVEDIR ?
				       TYPE_DIRECTORY << NAME_TYPE_SHIFT : 0);
	return spec->access;
}

/*
 * Uses the object that the kernel confirmed instead of the name that the call
 * gave. The type of a removed file stays unknown: a program can remove a name
 * without knowing the type.
 */
static __always_inline __u32 take_object(struct name_scratch *s,
					 const struct object *o, __u32 access)
{
	access &= ~(NAME_GIVEN | NAME_UNREAD | NAME_CUT);
	if (!(access & NAME_TYPE) &&
	    (access & NAME_CREATE || !(access & NAME_DELETE)))
		access |= o->type << NAME_TYPE_SHIFT;
	bpf_probe_read_kernel(&s->path.bytes[PATH_SIZE], OBJECT_NAME, o->name);
	end_with_zeros(s, o->size & (OBJECT_NAME - 1));
	return access;
}

/*
 * Returns the inode that a successful call with an empty name changed, or 0.
 * With AT_EMPTY_PATH and no descriptor, it is the working directory. A call
 * that changes a directory's entries cannot have had an empty name: another
 * task must have emptied it afterwards, so that the name is unknown.
 */
static __always_inline __u32 emptied(const struct name_spec *spec,
				     __u32 access)
{
	if (access & (NAME_CREATE | NAME_DELETE | NAME_LINK))
		return access | NAME_GIVEN | NAME_UNREAD;
	if (access & NAME_CHANGE && spec->directory != ARG_NONE)
		return access | TYPE_DIRECTORY << NAME_TYPE_SHIFT;
	return 0;
}

/* Returns the object that the kernel confirmed for this part, or NULL. */
static __always_inline struct object *object_of(struct name_call *call,
						struct task_struct *task)
{
	__u32 tid = MEMBER(task, pid);
	struct confirmed *known;
	struct object *o;

	call->is_object = 0;
	if (!confirms || !call->is_confirmed ||
	    (call->file && call->spec.kind == NAMES_TWO))
		return NULL;
	known = bpf_map_lookup_elem(&confirmed, &tid);
	if (!known)
		return NULL;
	o = &known->objects[call->part & 1];
	/*
	 * If a call failed, an object without a name says nothing about the
	 * name that the call gave.
	 */
	if (call->answer && !o->size)
		return NULL;
	call->is_object = 1;
	return o;
}

/*
 * Each of the next three functions finds the name in one part of a call. It
 * returns the name's size in the scratch, or a negative value if there is no
 * name.
 */

/* Finds an address of a socket. */
OPTION_CHECKED_ONCE int find_address(struct name_scratch *s)
{
	struct name_call *call;
	struct file *file;
	__u32 kind, did;
	__u64 size;

	if (!s)
		return -1;
	call = &s->call;
	kind = call->spec.kind;
	did = call->spec.access;
	file = file_of(s, call->args[0]);
	size = kind == NAMES_ADDRESS ?
		read_address(s, call->args[call->spec.name & 7],
			     call->args[call->spec.flags & 7]) :
		kind == NAMES_MESSAGE ?
		read_message(s, call->args[call->spec.name & 7],
			     call->is_compat) :
		own_address(s, file);
	if (!size)
		return -1;
	call->access = did | protocol_of(file) |
		family_of(s) << SOCKET_FAMILY_SHIFT;
	if (kind == NAMES_ADDRESS && did != SOCKET_SEND &&
	    (!call->answer || call->answer == -EINPROGRESS) &&
	    call->access & (SOCKET_TCP | SOCKET_NOT_TCP) &&
	    (family_of(s) == AF_INET || family_of(s) == AF_INET6))
		take_port(s, (__u64)file, did == SOCKET_CONNECT);
	if (!has_path(s, size))
		return size;
	if (!call->answer && call->access & SOCKET_NOT_TCP &&
	    kind == NAMES_ADDRESS && did != SOCKET_SEND) {
		find_unix_place(s, (__u64)file, did == SOCKET_CONNECT);
		call->at = s->at;
	}
	if (call->at.dentry)
		call->place = PLACE_OBJECT;
	else
		call->at = start_of(s, -1, size, 2);
	return size;
}

/* Finds the file of a descriptor, or the new working directory. */
static __always_inline int find_file(struct name_scratch *s,
				     struct task_struct *task)
{
	struct name_call *call = &s->call;
	struct file *file = call->file;
	__u32 kind = call->spec.kind;
	struct object *o;

	if (call->answer && kind != NAMES_LOCK)
		return -1;		/* not mapped */
	o = object_of(call, task);
	call->at = !file ? s->cwd : o ? o->at : place_of(file);
	call->access = kind == NAMES_OPEN ?
		opened(file, open_flags(&call->spec, call->args)) :
		call->spec.access | (file ? type_of(file) :
				     TYPE_DIRECTORY << NAME_TYPE_SHIFT);
	if (kind == NAMES_LOCK)
		call->access |= lock_access(&call->spec, call->args);
	s->at = call->at;
	if (!is_deleted(s->at))
		return 0;
	if (is_nameless(s)) {
		call->access |= NAME_NAMELESS;
		call->at = parent_of(s->at);
	} else {
		call->access |= NAME_DELETED;
	}
	return 0;
}

/* Finds a name in memory. */
OPTION_CHECKED_ONCE int find_name(struct name_scratch *s)
{
	struct task_struct *task = current_task();
	__u32 kind, name, from, access, empty;
	struct name_spec *spec;
	struct name_call *call;
	struct object *o;
	long size;

	if (!s)
		return -1;
	call = &s->call;
	spec = &call->spec;
	kind = spec->kind;
	name = call->part ? spec->name2 : spec->name;
	from = call->part ? spec->directory2 : spec->directory;
	if (name == ARG_NONE || !call->args[name & 7] ||
	    (kind == NAMES_EXEC && !call->answer))
		return -1;
	size = kind == NAMES_QUEUE ? read_queue(s, call->args[name & 7]) :
		read_name(s, call->args[name & 7]);
	access = call->part ? spec->access2 : given_access(spec, call->args);
	if (kind == NAMES_TWO && spec->flags != ARG_NONE &&
	    call->args[spec->flags & 7] & RENAME_EXCHANGE)
		access |= NAME_CREATE | NAME_DELETE;
	o = object_of(call, task);
	empty = !size && !o ? emptied(spec, access) : 0;
	if (!size && !o && (call->answer || !empty))
		/* the name means the descriptor itself */
		return -1;
	access = empty ? call->nameless | empty :
		access | call->nameless | NAME_GIVEN |
		(size < 0 ? NAME_UNREAD :
		 call->answer == -ENAMETOOLONG && size == NAME_SIZE - 1 ?
		 NAME_CUT : 0);
	if (o) {
		call->access = take_object(s, o, access);
		call->at = o->at;
		return o->size;
	}
	call->access = access;
	call->at = start_of(s, call->args[from & 7], size, 0);
	return size < 0 ? 0 : size;
}

/*
 * Records the name that was found for a part. If the call has a second name,
 * this one becomes its source.
 */
OPTION_CHECKED_ONCE int note_part(struct name_scratch *s, int size)
{
	struct task_struct *task = current_task();
	struct name_call *call;

	if (!s)
		return 0;
	call = &s->call;
	s->key.hash = 0;
	s->key.access = call->access;
	s->key.answer = call->answer;
	s->key.is_socket = call->spec.kind >= NAMES_ADDRESS;
	s->at = call->at;
	s->place = call->place |
		(call->is_object || (!s->key.is_socket &&
		 (call->access & NAME_ACCESS) == NAME_LOOK) ? 0 :
		 shared_with_others(task));
	s->name_size = size & (NAME_SIZE - 1);
	note_name(SCRATCH_EXIT);
	s->key.source = s->key.hash;
	call->nameless = call->access & NAME_NAMELESS;
	return 0;
}

/* Records the names of a call that has ended. s->call has its registers. */
static __always_inline void note_call(struct name_scratch *s,
				      const volatile struct name_spec *spec,
				      struct task_struct *task, __u32 image)
{
	struct name_call *call = &s->call;
	int size;

	bpf_probe_read_kernel(&call->spec, sizeof(call->spec), (void *)spec);
	call->answer = answer_of(call->result);
	call->file = named_file(s);
	call->at = (struct place){ NULL, NULL };
	call->part = call->nameless = call->place = call->is_object = 0;
	s->key.image = image;
	s->key.source = 0;
	if (call->spec.kind >= NAMES_ADDRESS)
		size = find_address(s);
	else if (call->file || (call->spec.kind == NAMES_CHDIR &&
				!call->answer))
		size = find_file(s, task);
	else
		size = find_name(s);
	if (size < 0)
		return;
	note_part(s, size);
	if (call->spec.kind != NAMES_TWO)
		return;
	call->file = NULL;
	call->part = 1;
	call->is_object = 0;
	size = find_name(s);
	if (size >= 0)
		note_part(s, size);
}

/* Does what regs_nr() does, but without a helper where possible. */
static __always_inline __s32 nr_of(struct pt_regs *regs)
{
	struct pt_regs *typed;

	if (!pt_regs_id)
		return regs_nr(regs);
	typed = cast((__u64)regs, pt_regs_id);
#if defined(__TARGET_ARCH_x86)
	return typed->orig_ax;
#elif defined(__TARGET_ARCH_arm64)
	return typed->syscallno;
#else
	return typed->a7;
#endif
}

/* Whether a program in confirm.bpf.h can see the call. */
static __always_inline bool has_object(const volatile struct name_spec *spec)
{
	return spec->kind == NAMES_TWO ||
		((spec->kind == NAMES_BY_NAME || spec->kind == NAMES_FILE) &&
		 spec->access & (NAME_CREATE | NAME_DELETE | NAME_CHANGE |
				 NAME_TRUNCATE));
}

static __always_inline int note_call_names(struct task_slot *slot,
					   struct task_struct *task,
					   struct pt_regs *regs, __s64 result)
{
	__u32 row = current_row(task, regs), zero = SCRATCH_EXIT;
	const volatile struct name_spec *spec;
	struct name_scratch *s;
	__u64 at;

	at = number_index(row, nr_of(regs));
	if (at >= TRAITS_NUMBERS)
		return 0;
	at = name_calls[row & 1][at];
	if (!at)
		return 0;
	s = bpf_map_lookup_elem(&name_scratch, &zero);
	if (!s)
		return 0;
	spec = &name_specs[at & (NAME_SPECS - 1)];
	look_around(s);
	read_args(regs, row, s->call.args);
	s->call.args[6] = 0;
	s->call.args[ARG_NONE] = (__u32)-100;		/* AT_FDCWD */
	s->call.result = result;
	s->call.is_compat = row == ROW_COMPAT;
	s->call.is_confirmed = has_object(spec) &&
		confirmation(task, nr_of(regs));
	note_call(s, spec, task, slot->image);
	return 0;
}

SEC("raw_tp")
int note_names(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	struct pt_regs *regs = (void *)ctx->args[0];
	struct task_slot *slot = slot_of(caller_id(regs));

	return is_followed(slot) ?
		note_call_names(slot, caller(regs), regs, ctx->args[1]) : 0;
}

SEC("tp/raw_syscalls/sys_exit")
int note_names_classic(struct classic_call *ctx)
{
	UNLESS_PLAIN;
	struct task_struct *task = current_task();
	struct task_slot *slot = slot_of(MEMBER(task, pid));

	return is_followed(slot) ?
		note_call_names(slot, task, registers_of(task),
				ctx->result) : 0;
}

/*
 * Records the files of an exec: the program, the script that it interprets, and
 * the dynamic loader, where execution begins.
 */
static __always_inline void note_exec(struct linux_binprm *bprm, __u32 image)
{
	struct task_struct *current = current_task();
	const char *given = BPF_CORE_READ(bprm, filename);
	struct file *executed = BPF_CORE_READ(bprm, file), *entered;
	__u32 one = SCRATCH_EXEC;
	struct name_scratch *s = bpf_map_lookup_elem(&name_scratch, &one);

	if (!s)
		return;
	entered = file_at(entry_of(registers_of(current)));
	look_around(s);
	s->place = PLACE_COPY;
	if (!attaching)		/* the first exec is that of the command */
		set_root(&own_root, s->root);
	if (!home_root.dentry)
		home_owner = mount_owner(current);
	set_root(&home_root, s->root);
#pragma clang loop unroll(disable)
	for (int part = 0; part < 3; part++) {
		struct file *file = part ? entered : executed;
		long size = 0;

		s->key = (struct name_key){ .image = image };
		s->at = (struct place){ NULL, NULL };

		if (part == 2) {
			if (given == BPF_CORE_READ(bprm, interp))
				continue;
			size = bpf_probe_read_kernel_str(
				&s->path.bytes[PATH_SIZE], NAME_SIZE, given);
			size = size > 0 ? size - 1 : 0;
			end_with_zeros(s, size);
			s->key.access = NAME_EXECUTE | NAME_READ |
				NAME_GIVEN | TYPE_REGULAR << NAME_TYPE_SHIFT;
			s->at = start_of(s, -1, size, 0);
		} else {
			if (!file || (part && file == executed))
				continue;
			s->at = part ? mapped_place_of(file) : place_of(file);
			s->key.access = NAME_EXECUTE | type_of(file) |
				(part ? NAME_MAP : 0) |
				(is_deleted(s->at) ? NAME_DELETED : 0);
		}
		s->name_size = size & (NAME_SIZE - 1);
		note_name(SCRATCH_EXEC);
	}
}

/* linux/io_uring.h */
enum {
	OP_CONNECT = 16, OP_OPENAT = 18, OP_STATX = 21, OP_OPENAT2 = 28,
	OP_RENAMEAT = 35, OP_UNLINKAT = 36, OP_MKDIRAT = 37, OP_SYMLINKAT = 38,
	OP_LINKAT = 39,
};

/* Records the names of an operation: one or two. */
struct named {
	struct filename *name;	/* NULL: nothing */
	__s32 directory;
	__u32 access;
};

static __always_inline void name_operation(void *request, __u8 opcode,
					   bool second, struct named *n)
{
	struct io_open *open = request;
	struct io_statx *statx = request;
	struct io_mkdir *make = request;
	struct io_unlink *unlink = request;
	struct io_rename *rename = request;
	struct io_link *link = request;

	n->access = opcode == OP_STATX ? NAME_LOOK : opcode == OP_MKDIRAT ?
		NAME_CREATE | TYPE_DIRECTORY << NAME_TYPE_SHIFT :
		opcode == OP_UNLINKAT ? NAME_DELETE :
		(opcode == OP_RENAMEAT ? NAME_RENAME : NAME_LINK) |
		(second ? NAME_CREATE :
		 opcode == OP_RENAMEAT ? NAME_DELETE : 0);
	n->name = NULL;
	if (opcode == OP_OPENAT || opcode == OP_OPENAT2) {
		n->name = BPF_CORE_READ(open, filename);
		n->directory = BPF_CORE_READ(open, dfd);
		n->access = not_opened(BPF_CORE_READ(open, how.flags));
	} else if (opcode == OP_STATX) {
		n->name = BPF_CORE_READ(statx, filename);
		n->directory = BPF_CORE_READ(statx, dfd);
	} else if (opcode == OP_MKDIRAT) {
		n->name = BPF_CORE_READ(make, filename);
		n->directory = BPF_CORE_READ(make, dfd);
	} else if (opcode == OP_UNLINKAT) {
		n->name = BPF_CORE_READ(unlink, filename);
		n->directory = BPF_CORE_READ(unlink, dfd);
		if (BPF_CORE_READ(unlink, flags) & AT_REMOVEDIR)
			n->access |= TYPE_DIRECTORY << NAME_TYPE_SHIFT;
	} else if (opcode == OP_RENAMEAT) {
		n->name = second ? BPF_CORE_READ(rename, newpath) :
			BPF_CORE_READ(rename, oldpath);
		n->directory = second ? BPF_CORE_READ(rename, new_dfd) :
			BPF_CORE_READ(rename, old_dfd);
		if (BPF_CORE_READ(rename, flags) & RENAME_EXCHANGE)
			n->access |= NAME_CREATE | NAME_DELETE;
	} else if (opcode == OP_LINKAT || opcode == OP_SYMLINKAT) {
		n->name = second ? BPF_CORE_READ(link, newpath) :
			BPF_CORE_READ(link, oldpath);
		n->directory = second ? BPF_CORE_READ(link, new_dfd) :
			BPF_CORE_READ(link, old_dfd);
		if (opcode == OP_SYMLINKAT)
			n->access = NAME_CREATE | 10 << NAME_TYPE_SHIFT;
	}
}

/* Reads the name of an operation into the scratch. Returns its size. */
static __always_inline long read_operation(struct name_scratch *s,
					   const struct named *n)
{
	struct filename *name = n->name;
	long size = bpf_probe_read_kernel_str(&s->path.bytes[PATH_SIZE],
					      NAME_SIZE,
					      BPF_CORE_READ(name, name));

	size = size > 0 ? size - 1 : 0;
	end_with_zeros(s, size);
	s->key.access = n->access | NAME_GIVEN;
	s->at = start_of(s, n->directory, size, 0);
	return size;
}

/*
 * Records the names of io_uring operations when they are submitted. Their
 * results are not known yet, so they are recorded as successful.
 */
SEC("raw_tp")
int note_operations(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	struct task_struct *task = current_task();
	struct task_slot *slot = slot_of(MEMBER(task, pid));
	void *request = (void *)ctx->args[0];
	struct io_kiocb *req = request;
	struct io_connect *connect = request;
	__u32 at = SCRATCH_URING;
	struct name_scratch *s;
	__u8 opcode;

	if (!is_followed(slot))
		slot = slot_of(MEMBER(task, tgid));
	s = bpf_map_lookup_elem(&name_scratch, &at);
	if (!is_followed(slot) || !s || !bpf_core_field_exists(req->opcode) ||
	    !bpf_core_field_exists(struct io_open, filename))
		return 0;
	opcode = BPF_CORE_READ(req, opcode);
	look_around(s);
#pragma clang loop unroll(disable)
	for (int part = 0; part < 2; part++) {
		__u64 source = part ? s->key.hash : 0;
		struct place none = { NULL, NULL };
		struct named n = { NULL, -1, 0 };
		long size = 0;

		s->key = (struct name_key){
			.image = in_phase(slot->image), .source = source,
		};
		s->place = PLACE_COPY | PLACE_PENDING;
		s->at = none;
		if (opcode == OP_CONNECT && !part) {
			size = read_address(s, (__u64)BPF_CORE_READ(connect, addr),
					    BPF_CORE_READ(connect, addr_len));
			s->key.is_socket = 1;
			s->key.access = SOCKET_CONNECT |
				family_of(s) << SOCKET_FAMILY_SHIFT;
			if (size && has_path(s, size))
				s->at = start_of(s, -1, size, 2);
		} else {
			if (part && opcode != OP_RENAMEAT && opcode != OP_LINKAT)
				break;
			name_operation(request, opcode,
				       part || opcode == OP_SYMLINKAT, &n);
			if (!n.name)
				break;
			size = read_operation(s, &n);
		}
		if (!size)
			break;
		s->name_size = size & (NAME_SIZE - 1);
		note_name(SCRATCH_URING);
	}
	return 0;
}
