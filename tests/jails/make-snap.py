#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: make-snap.py DIR N — writes N random lists of snapd into DIR, in the
form that cmd/snap-seccomp/main.go of snapd 2.68 reads. List 0 uses every
constant."""
import pathlib, random, sys

where, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
where.mkdir(parents=True, exist_ok=True)
CALLS = """read write open close stat fstat mmap mprotect munmap brk ioctl prctl prlimit64 clone
execve futex openat getrandom fcntl mount umount2 tgkill kill dup dup2 lseek _llseek personality
unshare setns mknod mknodat quotactl ptrace nice setpriority getpriority socket socketpair connect
bind sendmsg sched_setscheduler restart_syscall seccomp set_tls usr32 semget semop""".split()
SIGNED = """chown chown32 copy_file_range fchown fchown32 fchownat lchown lchown32 setgid setgid32
setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid
setuid32""".split()
NAMES = """AF_UNIX PF_UNIX AF_LOCAL PF_LOCAL AF_INET PF_INET AF_INET6 PF_INET6 AF_IPX PF_IPX
AF_NETLINK PF_NETLINK AF_X25 PF_X25 AF_AX25 PF_AX25 AF_ATMPVC PF_ATMPVC AF_APPLETALK PF_APPLETALK
AF_PACKET PF_PACKET AF_ALG PF_ALG AF_BRIDGE PF_BRIDGE AF_NETROM PF_NETROM AF_ROSE PF_ROSE AF_NETBEUI
PF_NETBEUI AF_SECURITY PF_SECURITY AF_KEY PF_KEY AF_ASH PF_ASH AF_ECONET PF_ECONET AF_SNA PF_SNA
AF_IRDA PF_IRDA AF_PPPOX PF_PPPOX AF_WANPIPE PF_WANPIPE AF_BLUETOOTH PF_BLUETOOTH AF_RDS PF_RDS
AF_LLC PF_LLC AF_TIPC PF_TIPC AF_IUCV PF_IUCV AF_RXRPC PF_RXRPC AF_ISDN PF_ISDN AF_PHONET PF_PHONET
AF_IEEE802154 PF_IEEE802154 AF_CAIF PF_CAIF AF_NFC PF_NFC AF_VSOCK PF_VSOCK AF_IB PF_IB AF_MPLS
PF_MPLS AF_CAN PF_CAN AF_CONN PF_CONN AF_QIPCRTR PF_QIPCRTR AF_XDP PF_XDP SOCK_STREAM SOCK_DGRAM
SOCK_SEQPACKET SOCK_RAW SOCK_RDM SOCK_PACKET PR_CAP_AMBIENT PR_CAP_AMBIENT_RAISE
PR_CAP_AMBIENT_LOWER PR_CAP_AMBIENT_IS_SET PR_CAP_AMBIENT_CLEAR_ALL PR_CAPBSET_READ PR_CAPBSET_DROP
PR_SET_CHILD_SUBREAPER PR_GET_CHILD_SUBREAPER PR_SET_DUMPABLE PR_GET_DUMPABLE PR_SET_ENDIAN
PR_GET_ENDIAN PR_SET_FPEMU PR_GET_FPEMU PR_SET_FPEXC PR_GET_FPEXC PR_SET_KEEPCAPS PR_GET_KEEPCAPS
PR_MCE_KILL PR_MCE_KILL_GET PR_SET_MM PR_SET_MM_START_CODE PR_SET_MM_END_CODE PR_SET_MM_START_DATA
PR_SET_MM_END_DATA PR_SET_MM_START_STACK PR_SET_MM_START_BRK PR_SET_MM_BRK PR_SET_MM_ARG_START
PR_SET_MM_ARG_END PR_SET_MM_ENV_START PR_SET_MM_ENV_END PR_SET_MM_AUXV PR_SET_MM_EXE_FILE
PR_MPX_ENABLE_MANAGEMENT PR_MPX_DISABLE_MANAGEMENT PR_SET_NAME PR_GET_NAME PR_SET_NO_NEW_PRIVS
PR_GET_NO_NEW_PRIVS PR_SET_PDEATHSIG PR_GET_PDEATHSIG PR_SET_PTRACER PR_SET_SECCOMP PR_GET_SECCOMP
PR_SET_SECUREBITS PR_GET_SECUREBITS PR_SET_THP_DISABLE PR_TASK_PERF_EVENTS_DISABLE
PR_TASK_PERF_EVENTS_ENABLE PR_GET_THP_DISABLE PR_GET_TID_ADDRESS PR_SET_TIMERSLACK PR_GET_TIMERSLACK
PR_SET_TIMING PR_GET_TIMING PR_SET_TSC PR_GET_TSC PR_SET_UNALIGN PR_GET_UNALIGN PRIO_PROCESS
PRIO_PGRP PRIO_USER CLONE_NEWIPC CLONE_NEWNET CLONE_NEWNS CLONE_NEWPID CLONE_NEWUSER CLONE_NEWUTS
TIOCSTI TIOCLINUX Q_SYNC Q_QUOTAON Q_QUOTAOFF Q_GETFMT Q_GETINFO Q_SETINFO Q_GETQUOTA Q_SETQUOTA
Q_XQUOTAON Q_XQUOTAOFF Q_XGETQUOTA Q_XSETQLIM Q_XGETQSTAT Q_XQUOTARM S_IFREG S_IFCHR S_IFBLK S_IFIFO
S_IFSOCK NETLINK_ROUTE NETLINK_USERSOCK NETLINK_FIREWALL NETLINK_SOCK_DIAG NETLINK_NFLOG
NETLINK_XFRM NETLINK_SELINUX NETLINK_ISCSI NETLINK_AUDIT NETLINK_FIB_LOOKUP NETLINK_CONNECTOR
NETLINK_NETFILTER NETLINK_IP6_FW NETLINK_DNRTMSG NETLINK_KOBJECT_UEVENT NETLINK_GENERIC
NETLINK_SCSITRANSPORT NETLINK_ECRYPTFS NETLINK_RDMA NETLINK_CRYPTO NETLINK_INET_DIAG PTRACE_ATTACH
PTRACE_DETACH PTRACE_GETREGS PTRACE_GETFPREGS PTRACE_GETFPXREGS PTRACE_GETREGSET PTRACE_PEEKDATA
PTRACE_PEEKUSR PTRACE_PEEKUSER PTRACE_CONT""".split()
USERS = "u:root g:root u:daemon g:daemon u:nobody g:tty".split()

def value(chance):
    return chance.choice([chance.choice(NAMES), str(chance.choice(
        [0, 1, 7, 64, 0x5401, 0x7fffffff, 0x80000000, 0xffffffff, chance.getrandbits(32)])),
        "00" + str(chance.getrandbits(8))])

def argument(chance, signed):
    if chance.random() < 0.3:
        return "-"
    if signed:
        return chance.choice([chance.choice(USERS), str(-chance.randrange(1, 2 ** 31)), "-1",
                              "+%d" % chance.getrandbits(16), value(chance)])
    if chance.random() < 0.1:
        return chance.choice(USERS)
    return chance.choice(["", "", "!", "<", "<=", ">", ">=", "|"]) + value(chance)

def line(chance, call):
    words = [chance.choice(["", "", "", "~"]) + call]
    if chance.random() < 0.6:
        words += [argument(chance, call in SIGNED) for _ in range(chance.randrange(1, 7))]
    return chance.choice([" ", " ", "  ", "\t"]).join(words) + chance.choice(["", "", " ", "\r"])

def make(chance, i):
    calls = chance.sample(CALLS + SIGNED, chance.randrange(4, 30))
    lines = ["# list %d" % i, "", "no_such_call !0x5", "  # indented"]
    lines += [line(chance, call) for call in calls]
    # Two calls get a second line with other conditions.
    for call in chance.sample(calls, 2):
        lines.append(call + " " + argument(chance, call in SIGNED))
    if i % 5 == 1:
        lines.insert(chance.randrange(len(lines)), " @complain ")
    return lines

for i in range(count):
    lines = make(random.Random(i), i) if i else [f"{c} - {name}" for name in NAMES
                                                 for c in ("prctl", "~ioctl")]
    (where / f"{i}.src").write_text("\n".join(lines) + "\n")
