/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls and rights of the tools after their files are open: recorded by
 * sp-record over the test suite, and written by sp-emit. Made by "make
 * sandbox-data"; see sandbox.c.
 */
#ifdef SYS_brk
CALL(ALL, brk),
#endif
#ifdef SYS_clock_getres
CALL(ALL, clock_getres),
#endif
#ifdef SYS_clock_gettime
CALL(ALL, clock_gettime),
#endif
#ifdef SYS_clone
CALL_IF(SANDBOX_EMIT | SANDBOX_VERIFY, clone, 0, 2114060288, 0),
#endif
#ifdef SYS_clone3
NO_CALL(ALL, clone3),
#endif
#ifdef SYS_close
CALL(ALL, close),
#endif
#ifdef SYS_close_range
NO_CALL(ALL, close_range),
#endif
#ifdef SYS_execveat
NO_CALL(ALL, execveat),
#endif
#ifdef SYS_exit
CALL(ALL, exit),
#endif
#ifdef SYS_exit_group
CALL(ALL, exit_group),
#endif
#ifdef SYS_faccessat2
NO_CALL(ALL, faccessat2),
#endif
#ifdef SYS_fchmodat2
NO_CALL(ALL, fchmodat2),
#endif
#ifdef SYS_getcpu
CALL(ALL, getcpu),
#endif
#ifdef SYS_getcwd
CALL(SANDBOX_VERIFY, getcwd),
#endif
#ifdef SYS_getegid
CALL(SANDBOX_VERIFY, getegid),
#endif
#ifdef SYS_geteuid
CALL(SANDBOX_VERIFY, geteuid),
#endif
#ifdef SYS_getgroups
CALL(SANDBOX_VERIFY, getgroups),
#endif
#ifdef SYS_getrandom
CALL(ALL, getrandom),
#endif
#ifdef SYS_getrusage
CALL(SANDBOX_EMIT | SANDBOX_VERIFY, getrusage),
#endif
#ifdef SYS_gettimeofday
CALL(ALL, gettimeofday),
#endif
#ifdef SYS_ioctl
CALL_IF(SANDBOX_MERGE | SANDBOX_DIFF, ioctl, 1, 4294967295, TCGETS),
#endif
#ifdef SYS_linkat
CALL(SANDBOX_MERGE | SANDBOX_EMIT | SANDBOX_VERIFY, linkat),
#endif
#ifdef SYS_memfd_create
CALL(SANDBOX_EMIT | SANDBOX_VERIFY, memfd_create),
#endif
#ifdef SYS_mmap
CALL_IF(SANDBOX_DIFF | SANDBOX_EMIT | SANDBOX_VERIFY, mmap, 2, 4, 0),
#endif
#ifdef SYS_mremap
CALL(SANDBOX_DIFF | SANDBOX_EMIT | SANDBOX_VERIFY, mremap),
#endif
#ifdef SYS_munmap
CALL(SANDBOX_DIFF | SANDBOX_EMIT | SANDBOX_VERIFY, munmap),
#endif
#ifdef SYS_newfstatat
CALL(ALL, newfstatat),
#endif
#ifdef SYS_openat2
NO_CALL(ALL, openat2),
#endif
#ifdef SYS_poll
CALL(ALL, poll),
#endif
#ifdef SYS_prctl
CALL_IF(SANDBOX_EMIT | SANDBOX_VERIFY, prctl, 0, 4294967295, 1),
#endif
#ifdef SYS_pread64
CALL(SANDBOX_EMIT | SANDBOX_VERIFY, pread64),
#endif
#ifdef SYS_preadv2
NO_CALL(ALL, preadv2),
#endif
#ifdef SYS_prlimit64
CALL(SANDBOX_EMIT | SANDBOX_VERIFY, prlimit64),
#endif
#ifdef SYS_pwritev2
NO_CALL(ALL, pwritev2),
#endif
#ifdef SYS_read
CALL(ALL, read),
#endif
#ifdef SYS_renameat
CALL(SANDBOX_MERGE | SANDBOX_EMIT | SANDBOX_VERIFY, renameat),
#endif
#ifdef SYS_restart_syscall
CALL(ALL, restart_syscall),
#endif
#ifdef SYS_rseq
NO_CALL(ALL, rseq),
#endif
#ifdef SYS_rt_sigreturn
CALL(ALL, rt_sigreturn),
#endif
#ifdef SYS_seccomp
CALL(SANDBOX_EMIT | SANDBOX_VERIFY, seccomp),
#endif
#ifdef SYS_set_robust_list
CALL(SANDBOX_EMIT | SANDBOX_VERIFY, set_robust_list),
#endif
#ifdef SYS_statx
NO_CALL(ALL, statx),
#endif
#ifdef SYS_sysinfo
CALL(ALL, sysinfo),
#endif
#ifdef SYS_time
CALL(ALL, time),
#endif
#ifdef SYS_umask
CALL(SANDBOX_VERIFY, umask),
#endif
#ifdef SYS_uname
CALL(SANDBOX_DIFF | SANDBOX_VERIFY, uname),
#endif
#ifdef SYS_wait4
CALL(SANDBOX_EMIT | SANDBOX_VERIFY, wait4),
#endif
#ifdef SYS_write
CALL(ALL, write),
#endif
/* These rights are for paths below the directory of an output: */
#define SANDBOX_OUTPUT (LANDLOCK_FS_MAKE_REG | LANDLOCK_FS_REMOVE_FILE)
