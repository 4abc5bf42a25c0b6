#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: make-policies.py DIR N [python] — writes N random policies of minijail
into DIR, which follow the documented grammar. Without "python", they use only
forms that minijail0 accepts; with it, also forms that only
compile_seccomp_policy.py accepts."""
import pathlib, random, sys

where, count, python = pathlib.Path(sys.argv[1]), int(sys.argv[2]), len(sys.argv) > 3
where.mkdir(parents=True, exist_ok=True)
CALLS = """read write open close stat fstat mmap mprotect munmap brk ioctl socket socketpair connect
prctl prlimit64 madvise mremap clone clone3 execve futex openat getrandom fcntl setsockopt mount
tgkill kill dup dup2 lseek personality timerfd_create unshare setns sched_setscheduler""".split()
NAMES = """O_RDONLY O_WRONLY O_CREAT AF_UNIX AF_INET AF_NETLINK SOCK_STREAM SOCK_CLOEXEC PROT_READ
PROT_WRITE PROT_EXEC MAP_PRIVATE MAP_ANONYMOUS MADV_DONTNEED MADV_FREE MREMAP_MAYMOVE MREMAP_FIXED
GRND_NONBLOCK GRND_RANDOM MS_RDONLY MS_BIND MS_REC TCGETS TCGETS2 FIONREAD BLKGETSIZE64
LOOP_CTL_GET_FREE LOOP_SET_FD FS_IOC_GETFLAGS FS_IOC_FSGETXATTR SIOCGIFNAME SIOCGIFFLAGS
PR_SET_NAME PR_SET_VMA SO_PEERCRED SO_RCVBUF CLONE_THREAD CLONE_NEWNS CLONE_NEWUSER F_DUPFD_CLOEXEC
SIGABRT RLIMIT_NOFILE SCHED_IDLE S_IFREG EPERM""".split()
ERRNOS = ["EPERM", "ENOSYS", "EACCES", "1", "22", "0x26"]
ACTIONS = ["allow", "kill", "kill-process", "kill-thread", "trap", "trace", "log", "user-notify"]

def single(chance):
    kind = chance.randrange(6)
    if kind < 3:
        return chance.choice(NAMES)
    number = chance.choice([0, 1, 2, 3, 7, 64, 0x5401, 0x7fffffff, 0x80000000, 0xffffffff,
                            0x100000000, 0x1ffffffff, 2 ** 63, 2 ** 64 - 1, chance.getrandbits(48)])
    return {3: str(number), 4: hex(number), 5: "0%o" % number if number else "0"}[kind]

def constant(chance, depth=0):
    """Returns a random constant without blanks, because minijail0 accepts none."""
    parts = []
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        part = single(chance)
        if depth < 2 and chance.random() < 0.15:
            part = "(" + constant(chance, depth + 1) + ")"
        parts.append(("~" if chance.random() < 0.15 else "") + part)
    return "|".join(parts)

def atom(chance):
    op = chance.choice(["==", "==", "!=", "<", "<=", ">", ">=", "&", "in"])
    return f"arg{chance.randrange(6)} {op} {constant(chance)}"

def expression(chance):
    return " || ".join(" && ".join(atom(chance) for _ in range(chance.choice([1, 1, 2, 3])))
                       for _ in range(chance.choice([1, 1, 2, 3])))

def action(chance):
    if chance.random() < 0.3:
        return "return " + chance.choice(ERRNOS)
    return chance.choice(ACTIONS)

def single_filter(chance):
    text = expression(chance)
    return text + "; " + action(chance) if chance.random() < 0.4 else text

def plain_line(chance, call):
    kind = chance.random()
    if kind < 0.35:
        return f"{call}: 1"
    if kind < 0.45:
        return f"{call}: return" + (" " + chance.choice(ERRNOS) if chance.random() < 0.8 else "")
    text = f"{call}: " + expression(chance)
    if chance.random() < 0.3:
        text += "; return " + chance.choice(ERRNOS)
    return text.replace(" || ", " || \\\n    ") if chance.random() < 0.3 else text

def python_line(chance, call, other):
    if chance.random() < 0.2:
        call = "{ %s, %s[arch=x86_64,arm], %s[arch=mips] }" % (call, other, call)
    kind = chance.random()
    if kind < 0.3:
        return f"{call}: {action(chance)}"
    if kind < 0.6:
        return f"{call}: {single_filter(chance)}  # a comment"
    filters = [single_filter(chance) for _ in range(chance.randrange(1, 4))]
    if chance.random() < 0.7:
        filters.append(action(chance))
    return f"{call}: {{ {', '.join(filters)} }}"

def policy(chance, i):
    calls = chance.sample(CALLS, chance.randrange(4, 24))
    lines = ["# policy %d" % i, ""]
    if python:
        if chance.random() < 0.5:
            lines.append("@default " + chance.choice(["trap", "kill", "kill-thread", "user-notify"]))
        while len(calls) > 1:
            lines.append(python_line(chance, calls.pop(), calls.pop()))
        # compile_seccomp_policy.py joins the two statements about getpid.
        if chance.random() < 0.5:
            lines.insert(2, "getpid: arg0 == 1")
            lines.append("getpid: { arg1 in 7; return EIO, log }")
    else:
        lines += [plain_line(chance, call) for call in calls]
    included = calls and not python and i % 4 == 0
    if included:
        (where / f"{i}.inc").write_text("getppid: 1\nsync: arg0 & 6; return ENOSYS\n")
        lines.insert(2, f"@include ./{i}.inc")
    (where / f"{i}.policy").write_text("\n".join(lines) + "\n")

for i in range(count):
    policy(random.Random(i), i)
