#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the contents of each format of sp-emit, the groups that it adds, and
# what it refuses.
load helper

SCHEMA=/usr/share/gocode/src/github.com/opencontainers/runtime-spec/schema

# stream FILE LINE… — writes a stream of one run on x86_64 with these lines of
# mkstream
stream() {
	local file=$1
	shift
	{
		echo 'run 1 "a run"'
		printf '%s\n' "$@"
	} | "$TESTS/mkstream" >"$file"
}

# small — writes a.sp, in which two images make five calls
small() {
	stream a.sp 'image /usr/bin/ls 0123abcd 1:1:2' 'call 1 execve 1' \
		'call 1 read 7 first=30' 'call 1 openat 5' 'image /opt/tool' \
		'call 1 read 100 first=20' 'call 1 socket 1' \
		'call 1 96 2 flags=1'
}

# two_archs — writes b.sp, which has calls on x86_64 and on x86
two_archs() {
	stream b.sp 'image /opt/p64' 'call 1 execve 1' 'call 1 getpid 1' \
		'call 1 write 1' 'call 1 exit_group 1' 'image /opt/p32' \
		'call 1 20 1 arch=x86' 'call 1 64 1 arch=x86' \
		'call 1 252 1 arch=x86'
}

# names FILTER FILE — prints the names in the rules of an OCI profile that the
# jq filter selects
names() {
	jq -r "[.syscalls[] | $1 | .names[]] | join(\" \")" "$2"
}

allowed() {
	names 'select(.action == "SCMP_ACT_ALLOW")' "$1"
}

enosys() {
	names 'select(.errnoRet == 38)' "$1"
}

@test "exactly one format must be chosen" {
	small
	run -2 sp-emit a.sp
	[[ $output == "sp-emit: no format"* ]]
	run -2 sp-emit --oci --json a.sp
	[[ $output == "sp-emit: --json cannot be combined with --oci"* ]]
	run -2 sp-emit --explain --table a.sp
	run -2 sp-emit --oci --deny=errno:NONE a.sp
	[[ $output == *"'NONE'"* ]]
	run -2 sp-emit --oci --deny=stop a.sp
	run -2 sp-emit --oci --runtime=docker a.sp
	run -2 sp-emit --oci --no-such a.sp
	run -0 sp-emit --help
	[[ $output == "Usage: sp-emit "*--libseccomp* ]]
	run -0 sp-emit --version
}

@test "oci: the observed calls are sorted, and the architecture is the native one" {
	small
	sp-emit --oci --exact a.sp >p.json 2>err
	run -0 jq -c . p.json
	[ "$output" = '{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,'\
'"architectures":["SCMP_ARCH_X86_64"],"syscalls":[{"names":["execve",'\
'"gettimeofday","openat","read","socket"],"action":"SCMP_ACT_ALLOW"}]}' ]
	[ "$(cat err)" = "sp-emit: 5 observed" ]
}

@test "oci: the profile is valid against the schema of the runtime specification" {
	[ -d "$SCHEMA" ] || skip "no OCI schema"
	/usr/bin/python3 -c 'import jsonschema' || skip "no python3-jsonschema"
	cat >check.py <<'PY'
import json, pathlib, sys, jsonschema
at = pathlib.Path(sys.argv[1]) / "config-linux.json"
root = json.loads(at.read_text())
seccomp = root["linux"]["properties"]["seccomp"]
refs = jsonschema.RefResolver(base_uri=at.as_uri(), referrer=root)
check = jsonschema.Draft4Validator(seccomp, resolver=refs)
bad = [e.message for e in check.iter_errors(json.load(sys.stdin))]
sys.exit("\n".join(bad) or 0)
PY
	small
	two_archs
	for deny in errno:EPERM errno:ENOSYS kill log; do
		sp-emit --oci --deny=$deny a.sp b.sp |
			/usr/bin/python3 -W ignore check.py "$SCHEMA"
	done
	stream c.sp 'call 1 socket 1' 'call 1 ptrace 1' \
		'argument 1 socket "0:0xff:1 1:15:1" 1' \
		'argument 1 ptrace "0:0xffffffffffffffff:9" 1'
	sp-emit --oci --args -o c.json c.sp
	[ "$(jq '[.syscalls[].args | length] | add' c.json)" = 3 ]
	/usr/bin/python3 -W ignore check.py "$SCHEMA" <c.json
	run ! /usr/bin/python3 -W ignore check.py "$SCHEMA" <<<'{"syscalls": 1}'
}

@test "oci: libseccomp knows every name on at least one of the architectures" {
	small
	two_archs
	sp-emit --oci a.sp b.sp | /usr/bin/python3 "$TESTS/scripts/libseccomp-names.py"
	sp-emit --oci --runtime=none --no-vdso a.sp b.sp |
		/usr/bin/python3 "$TESTS/scripts/libseccomp-names.py"
}

@test "each group adds its calls, and an option for each group leaves it out" {
	stream a.sp 'call 1 read 1'
	sp-emit --oci --runtime=none a.sp >p.json 2>err
	[ "$(allowed p.json)" = "clock_getres clock_gettime execve exit \
exit_group getcpu getrandom gettimeofday read restart_syscall rt_sigreturn \
time" ]
	[ "$(cat err)" = \
		"sp-emit: 1 observed + 4 kernel + 1 start + 6 vdso; 10 get ENOSYS" ]
	[ "$(enosys p.json)" = "clone3 close_range execveat faccessat2 \
fchmodat2 openat2 preadv2 pwritev2 rseq statx" ]
	sp-emit --oci --runtime=none --no-kernel a.sp >p.json
	[ "$(allowed p.json)" = "clock_getres clock_gettime execve getcpu \
getrandom gettimeofday read time" ]
	sp-emit --oci --runtime=none --no-start --no-kernel a.sp >p.json
	[ "$(allowed p.json)" = "clock_getres clock_gettime getcpu getrandom \
gettimeofday read time" ]
	sp-emit --oci --runtime=none --no-start --no-kernel --no-vdso a.sp >p.json
	[ "$(allowed p.json)" = read ]
	sp-emit --oci --no-fallback a.sp >p.json
	enosys p.json | lacks .
	sp-emit --oci --exact a.sp >p.json
	[ "$(jq '.syscalls | length' p.json)" = 1 ]
	[ "$(allowed p.json)" = read ]
}

@test "--runtime adds the calls of the chosen container runtimes" {
	stream a.sp 'call 1 ioctl 1'
	local rest="--no-kernel --no-start --no-vdso"
	# shellcheck disable=SC2086
	runtime() {
		sp-emit --oci $rest "$@" a.sp 2>/dev/null >p.json
		allowed p.json
	}
	[ "$(runtime --runtime=crun --nnp)" = \
		"close close_range execve ioctl pselect6 read write" ]
	[ "$(runtime --runtime=crun)" = "capset close close_range execve ioctl \
prctl pselect6 read rt_sigaction rt_sigprocmask setresgid setresuid write" ]
	[ "$(runtime --runtime=runc --nnp)" = "close epoll_ctl epoll_pwait \
execve fcntl fstat fstatfs futex getdents64 getpid ioctl mmap openat openat2 \
rt_sigreturn statx write" ]
	[ "$(runtime --runtime=runc)" = "brk capget capset chdir close epoll_ctl \
epoll_pwait execve faccessat2 fchown fcntl fstat fstatfs futex getcwd \
getdents64 getpid getppid ioctl mmap newfstatat openat openat2 prctl read \
rt_sigreturn setgid setgroups setuid statx write" ]
	[ "$(runtime --runtime=none)" = ioctl ]
	[ "$(runtime --no-runtime)" = ioctl ]
	any=$(runtime)
	runtime --runtime=any >all
	[ "$any" = "$(<all)" ]
	for runtime in runc crun; do
		for call in $(runtime --runtime=$runtime); do
			[[ " $any " == *" $call "* ]]
		done
	done
	for call in mount umount2 pivot_root setns unshare clone; do
		[[ " $any " != *" $call "* ]]
	done
	sp-emit --systemd a.sp 2>err >/dev/null
	grep -q '+ 1 runtime' err
	sp-emit --systemd --runtime=crun a.sp 2>err >/dev/null
	grep -q "11 runtime" err
}

@test "--deny sets the answer to calls that are not allowed" {
	small
	sp-emit --oci --deny=kill a.sp >p.json
	[ "$(jq -r .defaultAction p.json)" = SCMP_ACT_KILL_PROCESS ]
	[ "$(jq .defaultErrnoRet p.json)" = null ]
	[ -n "$(enosys p.json)" ]
	sp-emit --oci --deny=errno:EACCES a.sp >p.json
	[ "$(jq .defaultErrnoRet p.json)" = 13 ]
	sp-emit --oci --deny=errno:ENOSYS a.sp >p.json
	enosys p.json | lacks .
	sp-emit --oci --deny=log a.sp >p.json
	[ "$(jq -r .defaultAction p.json)" = SCMP_ACT_LOG ]
	enosys p.json | lacks .
	sp-emit --libseccomp --deny=log a.sp | shows "DEFAULT SCMP_ACT_LOG"
	sp-emit --libseccomp --deny=kill a.sp | shows "DEFAULT SCMP_ACT_KILL_P"
	sp-emit --libseccomp --deny=errno:EACCES a.sp |
		shows "DEFAULT SCMP_ACT_ERRNO(EACCES)"
}

@test "a note says that two architectures share one list of names, and --exact refuses such a list" {
	two_archs
	sp-emit --oci --runtime=none --no-kernel --no-vdso --no-fallback \
		--no-start b.sp >p.json 2>err
	[ "$(jq -c .architectures p.json)" = \
		'["SCMP_ARCH_X86_64","SCMP_ARCH_X86"]' ]
	[ "$(allowed p.json)" = "execve exit_group getpid getppid write" ]
	grep -qx "sp-emit: 7 observed" err
	grep -q "^sp-emit: x86_64 gains 1 call " err
	grep -q "^sp-emit: x86 gains 2 calls " err
	for format in oci systemd; do
		run -2 sp-emit --$format --exact -o p b.sp
		[[ $output == *"--exact"*"x86_64 gains 1"* ]]
		[[ $output == *"--exact"*"x86 gains 2"* ]]
		[ ! -e p ]
	done
	run -0 sp-emit --systemd b.sp
	[[ $output == *"SystemCallArchitectures=native x86"* ]]
	run -0 sp-emit --libseccomp --exact b.sp
	[[ $output == *'sandprint_x86_64[] = {'*'"execve", 59'*'sandprint_x86[] = {'* ]]
	[ "$(grep -c SCMP_ACT_ALLOW <<<"$output")" = 7 ]
	[[ $output != *gains* ]]
	# A name that is allowed on one architecture is not denied on another.
	stream c.sp 'call 1 read 1' 'call 1 435 1 arch=x86'
	sp-emit --oci c.sp >p.json
	[[ " $(allowed p.json) " == *" clone3 "* ]]
	enosys p.json | lacks -w clone3
}

@test "x86: the groups of x86 are added, and its 64-bit time calls get ENOSYS" {
	stream a.sp 'call 1 read 1' 'call 1 3 1 arch=x86'
	sp-emit --oci a.sp >p.json
	[[ " $(allowed p.json) " == *" clock_gettime64 "*" sigreturn "* ]]
	[[ " $(enosys p.json) " == *" futex_time64 "*" utimensat_time64 "* ]]
	stream a.sp 'call 1 read 1'
	sp-emit --oci a.sp >p.json
	run ! grep 'time64\|"sigreturn"' p.json
}

@test "a call without a name is refused in formats that use names, and printed as a number in others" {
	stream a.sp 'call 1 read 1' 'call 1 600 3' 'call 1 599 1'
	for format in oci systemd; do
		run -2 sp-emit --$format -o p a.sp
		[[ $output == *"x86_64 599: "*"x86_64 600: "* ]]
		[ ! -e p ]
	done
	run -0 sp-emit --libseccomp a.sp
	[[ $output == *"{ NULL, 600, SCMP_ACT_ALLOW, 0, NULL }"* ]]
	run -0 sp-emit --table a.sp
	[[ $output == *"600      3  syscall_600"* ]]
	run -0 jq -c '.calls[2] | [.nr, .name, .count]' <(sp-emit --json a.sp)
	[ "$output" = '[600,null,3]' ]
	# libseccomp cannot add the number to another architecture.
	stream a.sp 'call 1 read 1' 'call 1 600 1 arch=x86'
	run -2 sp-emit --libseccomp a.sp
	[[ $output == "sp-emit: x86 600: "* ]]
	stream a.sp 'call 1 read 1' 'call 1 7 1 arch=0x1234'
	run -2 sp-emit --libseccomp a.sp
	[[ $output == "sp-emit: 0x00001234 7: unknown arch"* ]]
	run -0 sp-emit --table a.sp
	[[ $output == *"0x00001234"* ]]
}

@test "calls that the kernel makes by itself do not prevent a profile" {
	local format
	stream a.sp 'call 1 read 1' 'call 1 335 3' 'call 1 336 3' 'call 1 219 1' \
		'call 1 15 1'
	for format in oci docker spo systemd libseccomp bpf minijail firejail kafel; do
		sp-emit --$format -o p a.sp 2>err
		[ -s p ]
		run ! grep -v -e ' observed' -e ' left out' err
	done
	sp-emit --oci a.sp >p.json 2>/dev/null
	[[ " $(allowed p.json) " == *" uprobe uretprobe "* ]]
	sp-emit --explain --oci a.sp >explained 2>/dev/null
	grep -qE '^x86_64 +335 +uretprobe .* kernel ' explained
}

@test "number -1 is left out of profiles, and a note says so" {
	stream a.sp 'call 1 read 1' 'call 1 -1 4'
	sp-emit --oci --exact a.sp >p.json 2>err
	[ "$(allowed p.json)" = read ]
	grep -q "^sp-emit: x86_64 -1: " err
	run -0 sp-emit --libseccomp a.sp
	[[ $output != *" -1, "* ]]
	[ "$(sp-emit --json a.sp | jq -c '.calls[0] | [.nr, .name]')" = '[-1,null]' ]
	stream a.sp 'call 1 -1 4'
	run -2 sp-emit --systemd --exact a.sp
	[[ $output == *"no call to allow"* ]]
}

@test "a note names each call that the installed libseccomp does not know" {
	needs older_names
	stream a.sp 'call 1 read 1' 'call 1 471 1'
	sp-emit --oci a.sp >p.json 2>err
	[[ " $(allowed p.json) " == *" rseq_slice_yield "* ]]
	grep -q "^sp-emit: rseq_slice_yield: .* 2.6.1 " err
	stream a.sp 'call 1 read 1'
	run -0 sp-emit --oci a.sp
	[[ $output != *2.6* ]]
}

@test "an empty or incomplete recording is refused" {
	refused() {
		for format in oci systemd libseccomp json table; do
			echo before >p
			run -2 sp-emit --$format -o p "$@"
			[ "${#lines[@]}" = 1 ]
			[ "$(cat p)" = before ]
		done
	}
	: >empty.sp
	refused empty.sp
	"$TESTS/mkstream" <<<'run 1 x' >a.sp
	refused a.sp
	[[ $output == *"no calls"* ]]
	refused --allow-partial a.sp
	printf 'run 1 x complete=no\ncall 1 read 1\n' | "$TESTS/mkstream" >a.sp
	refused a.sp
	[[ $output == *"incomplete"*"--allow-partial"* ]]
	for kind in call task; do
		printf 'run 1 x lost.%s=3\ncall 1 read 1\n' $kind |
			"$TESTS/mkstream" >a.sp
		refused a.sp
		[[ $output == *" 3 "* ]]
		run -0 sp-emit --oci --allow-partial -o p.json a.sp
		[[ $output == *" 3 "* ]]
		rm p.json
	done
	printf 'run 1 x\ncall 1 read 1\nopen\n' | "$TESTS/mkstream" >a.sp
	refused a.sp
	[[ $output == "sp-emit: a.sp: "*truncated* ]]
	run -0 sp-emit --systemd --allow-partial a.sp
	[[ $output == *"incomplete"*"[Service]"* ]]
	sp-emit --json --allow-partial a.sp | jq -e '.runs[0].complete == false'
	echo nonsense >a.sp
	refused a.sp
	refused missing.sp
	small
	refused a.sp missing.sp
}

@test "losses that do not affect the profile are not refused" {
	printf 'run 1 x lost.image=3 lost.detail=9\nimage /bin/a\ncall 1 read 1\n' |
		"$TESTS/mkstream" >a.sp
	run -0 sp-emit --oci a.sp
	run -2 sp-emit --oci --image='*' a.sp
	[[ $output == *"3 calls belong to an unknown image"* ]]
	run -0 sp-emit --oci --image='*' --allow-partial a.sp
	printf 'run 1 x\ncall 1 read 1\nrecord [99, 1]\n' | "$TESTS/mkstream" >a.sp
	run -0 sp-emit --oci a.sp
	[[ $output == "sp-emit: run x (0"*"1): 1 records of unknown kinds"* ]]
}

@test "a note about what the recording could not see is printed once" {
	printf 'run %d x blind="io_uring filtered"\ncall %d read 1\n' 1 1 2 2 |
		"$TESTS/mkstream" >a.sp
	sp-emit --oci a.sp 2>err >/dev/null
	[ "$(grep -c "^sp-emit: .*: io_uring$" err)" = 1 ]
	[ "$(grep -c "^sp-emit: .*: filtered$" err)" = 1 ]
}

@test "oci refuses runs of different machines together, and --table lists both" {
	{
		printf 'run 1 x\ncall 1 read 1\n'
		printf 'run 2 y arch=aarch64\ncall 2 63 1 arch=aarch64\n'
	} | "$TESTS/mkstream" >a.sp
	run -2 sp-emit --oci a.sp
	[[ $output == *"x86_64"*"aarch64"* ]]
	run -0 sp-emit --table a.sp
	[[ $output == *"aarch64  63"* ]]
}

@test "--image selects the calls of some executables" {
	small
	image() {
		sp-emit --oci --exact "$@" a.sp >p.json && allowed p.json
	}
	[ "$(image --image='*/ls')" = "execve openat read" ]
	[ "$(image --image='/opt/*')" = "gettimeofday read socket" ]
	[ "$(image --image='!/opt/*')" = "execve openat read" ]
	[ "$(image --image='*' --image='!*/ls')" = "gettimeofday read socket" ]
	run -2 image --image='!*/none'
	[ "$(image --image='*/ls' --image='/opt/tool')" = \
		"execve gettimeofday openat read socket" ]
	run -2 sp-emit --oci --image=ls -o p a.sp
	[[ $output == *"--image: nothing matches 'ls'; the recording has:"* ]]
	run -2 sp-emit --oci --image='*/ls' --image=nothing -o p a.sp
	[ ! -e p ]
	run -0 jq -c '[.images[].path], [.calls[] | .name, .count], (.runs | length)' \
		<(sp-emit --json --image='*/ls' a.sp)
	[ "$output" = '["/usr/bin/ls"]
["read",7,"execve",1,"openat",5]
1' ]
}

# denied LINE… — writes a.sp, which has read and these lines of mkstream
denied() {
	stream a.sp 'image /opt/tool' 'call 1 read 3' "$@"
}

errnos() {
	jq -c '[.syscalls[] | select(.action == "SCMP_ACT_ERRNO") |
		select(.names | index("chmod") or index("ptrace")) |
		[.errnoRet, .names[]]]' p.json
}

@test "denied calls are left out or answered with the recorded errno, and a note names them" {
	denied 'denial 1 chmod -13 1' 'denial 1 chmod -30 4' \
		'denial 1 chmod -2 3' 'denial 1 ptrace -13 1'
	sp-emit --oci a.sp >p.json 2>err
	[ "$(errnos)" = '[[13,"ptrace"],[30,"chmod"]]' ]
	allowed p.json | lacks -w 'chmod\|ptrace'
	grep -q 'denied while it was recorded, and left out.*ptrace EACCES' err
	sp-emit --explain a.sp 2>/dev/null |
		shows -E ' chmod +EROFS +denied +by a filter'
	sp-emit --libseccomp a.sp 2>/dev/null |
		shows '"chmod", 90, SCMP_ACT_ERRNO(EROFS)'
	sp-emit --systemd a.sp 2>/dev/null | grep -v '^#' | lacks -w chmod
	sp-emit --table a.sp >table
	grep -qx ' *90 *4  chmod: EROFS' table
	sp-emit --oci --deny=log a.sp 2>/dev/null >p.json
	[ "$(errnos)" = '[]' ]
	# A call needs no rule if the default action gives the same answer.
	denied 'denial 1 chmod -1 1'
	sp-emit --oci a.sp 2>/dev/null >p.json
	[ "$(errnos)" = '[]' ]
}

@test "a denied call is allowed if it was also made, if a group adds it, or with --allow-denied" {
	denied 'denial 1 read -13 1' 'denial 1 execve -13 1' \
		'denial 1 clone3 -13 1' 'denial 1 chmod -13 1'
	sp-emit --oci a.sp >p.json 2>err
	allowed p.json | shows -w read
	allowed p.json | shows -w execve
	grep -q 'allowed, since they were both made and denied while recording: read' err
	jq -e '.syscalls[] | select(.errnoRet == 13) | .names ==
		["chmod", "clone3"]' p.json
	sp-emit --oci --allow-denied a.sp 2>/dev/null >p.json
	allowed p.json | shows -w chmod
	allowed p.json | shows -w clone3
}

@test "a call that is denied on one architecture and made on another is allowed by a shared list" {
	denied 'denial 1 chmod -13 1' 'call 1 15 1 arch=x86'
	sp-emit --oci a.sp 2>/dev/null >p.json
	allowed p.json | shows -w chmod
	[ "$(errnos)" = '[]' ]
	sp-emit --libseccomp a.sp 2>/dev/null |
		shows '"chmod", 90, SCMP_ACT_ERRNO(EACCES)'
}

@test "the order of options does not matter" {
	printf 'run 1 x\nimage /bin/a\ncall 1 execve 1\ncall 1 read 1\n' |
		"$TESTS/mkstream" >a.sp
	local option
	for option in --exact --deny=log --runtime=none --nnp --no-kernel \
		--no-start --no-vdso --no-runtime --no-fallback --image='*' \
		--args --allow-partial --allow-denied --deny-denied; do
		sp-emit --oci "$option" -o first a.sp
		run -0 sp-emit -o last "$option" --oci a.sp
		[[ $output != *'{'* ]]
		cmp first last
		rm first last
	done
}

@test "a denial with ENOSYS is kept; if the format has no errno for single calls, the call is allowed" {
	denied 'denial 1 clone3 -38 2'
	local format
	sp-emit --oci a.sp 2>/dev/null | jq -e '.syscalls[] |
		select(.names | index("clone3")) | .errnoRet == 38' >/dev/null
	for format in systemd firejail; do
		sp-emit --$format a.sp 2>err | shows -w clone3
		grep -q 'but allowed here, .* gets ENOSYS .*: clone3 ENOSYS$' err
		sp-emit --$format --deny-denied a.sp 2>err |
			grep -v '^#' | lacks -w clone3
	done
	denied 'denial 1 clone3 -1 2'
	sp-emit --systemd a.sp 2>err | grep -v "^#" | lacks -w clone3
}

@test "a denial that killed the program is refused without --allow-denied or --deny-denied" {
	denied 'denial 1 chmod 31 1' 'denial 1 ptrace -13 2'
	run --separate-stderr -2 sp-emit --oci -o p.json a.sp
	[[ $stderr == *"chmod killed by SIGSYS"*--allow-denied*--deny-denied* ]]
	[ ! -e p.json ]
	sp-emit --oci --deny-denied -o p.json a.sp 2>/dev/null
	[ "$(errnos)" = '[[13,"ptrace"]]' ]
	sp-emit --oci --allow-denied -o p.json a.sp 2>/dev/null
	allowed p.json | shows -w chmod
	allowed p.json | shows -w ptrace
	run -2 sp-emit --oci --allow-denied --deny-denied a.sp
	sp-emit --json a.sp | jq -e '.denied[0] == {"arch": "x86_64", "nr": 90,
		"name": "chmod", "signal": 31, "image": 0, "count": 1,
		"first_ns": 0, "runs": [0]}'
}

@test "operations of io_uring are named in a note, and are not in a profile" {
	denied 'operation 1 18 3' 'operation 1 200 1'
	sp-emit --oci --no-runtime a.sp >p.json 2>err
	grep -q 'done by io_uring.*: openat, operation_200' err
	allowed p.json | lacks -w openat
	sp-emit --json a.sp | jq -e '[.operations[] | [.opcode, .name, .count]] ==
		[[18, "openat", 3], [200, "operation_200", 1]]'
	sp-emit --table a.sp | shows -x '200 *1  operation_200'
}

@test "--image also selects denials and operations" {
	denied 'image /opt/other' 'call 1 write 1' 'denial 1 chmod 31 1' \
		'operation 1 18 1'
	sp-emit --json --image /opt/tool a.sp |
		jq -e '.denied == [] and .operations == []'
	sp-emit --oci --image /opt/tool -o p.json a.sp
	run -2 sp-emit --oci --image /opt/other a.sp
}

@test "json: the output is the trace without groups" {
	small
	sp-emit --json a.sp >a.json 2>err
	[ ! -s err ]
	[ "$(jq -c keys_unsorted a.json)" = \
		'["version","runs","images","calls","denied","operations",'\
'"arguments","paths","sockets","moves","starts","privileges","names","stacks","threads","lost"]' ]
	[ "$(jq -c '.runs[0] | keys' a.json)" = \
'["arch","argv","blind","complete","cwd","duration_ns","gid","groups","how",'\
'"id","kernel","labels","lost","machine","name","rlimits","start_ns",'\
'"status","uid","umask","version"]' ]
	[ "$(jq -c '.images' a.json)" = \
'[{"path":"/opt/tool","build_id":null,"runs":[]},{"path":"/usr/bin/ls",'\
'"build_id":"0123abcd","runs":[{"run":0,"execs":1,"tasks":2}]}]' ]
	[ "$(jq -c '.calls[0]' a.json)" = \
'{"arch":"x86_64","nr":0,"name":"read","count":107,"first_ns":20,'\
'"images":[0,1],"runs":[0],"flags":[]}' ]
	[ "$(jq -c '[.calls[] | .name]' a.json)" = \
		'["read","socket","execve","gettimeofday","openat"]' ]
	[ "$(jq -c '.calls[3].flags' a.json)" = '["vsyscall"]' ]
	[ "$(jq -c .lost a.json)" = \
		'{"call":0,"detail":0,"image":0,"record":0,"task":0}' ]
}

@test "json: runs, images and losses of several recordings are joined" {
	printf 'run 2 x lost.detail=4\nimage "/bin/a%%FF"\ncall 2 read 1\n' |
		"$TESTS/mkstream" >a.sp
	printf 'run 1 y lost.detail=5\nimage -\ncall 1 read 2\ncall 1 write 18446744073709551615\n' |
		"$TESTS/mkstream" >b.sp
	sp-emit --json a.sp b.sp >ab.json
	[ "$(jq -c '[.runs[].name], [.images[].path], .lost.detail' ab.json)" = \
'["y","x"]
[null,"/bin/a\\xff"]
9' ]
	[ "$(jq -c '.calls[0] | .images, .runs, .count' ab.json)" = '[0,1]
[0,1]
3' ]
	grep -q '"count": 18446744073709551615' ab.json
}

@test "json: the largest numbers of a run, an image, a call and a stack are printed exactly" {
	local most=18446744073709551615
	printf '%s\n' "run 1 a start=$most duration=$most lost.task=$most uid=4294967295" \
		"image /bin/b 1:$most:$most" "call 1 read $most first=$most" \
		"stack 1 read '' 'f|/bin/b|$most|' $most first=$most" |
		"$TESTS/mkstream" >a.sp
	sp-emit --json --allow-partial a.sp | tee a.json | lacks '": -'
	[ "$(grep -c ": $most" a.json)" -ge 10 ]
}

@test "--table lists the calls by count, with a column for several architectures" {
	small
	run -0 sp-emit --table a.sp
	[ "$output" = "Observed 116 syscall events (5 unique syscalls)
 NR  COUNT  NAME
  0    107  read
257      5  openat
 96      2  gettimeofday
 41      1  socket
 59      1  execve" ]
	two_archs
	run -0 sp-emit --table b.sp
	[ "${lines[1]}" = "ARCH     NR  COUNT  NAME" ]
	[ "${lines[2]}" = "x86      20      1  getpid" ]
	stream a.sp 'call 1 read 123456789' 'call 1 write 1'
	run -0 sp-emit --table a.sp
	[ "$output" = "Observed 123456790 syscall events (2 unique syscalls)
NR      COUNT  NAME
 0  123456789  read
 1          1  write" ]
}

@test "--explain lists every call of the profile with each reason" {
	small
	two_archs
	sp-emit --oci --explain a.sp b.sp >why 2>err
	sp-emit --oci a.sp b.sp >p.json 2>err2
	cmp err err2
	[ "$(awk 'NR > 1 { print $3 }' why | sort -u)" = \
		"$(jq -r '.syscalls[].names[]' p.json | sort -u)" ]
	grep -Eq '^x86_64 +0 +read +allow +observed +100 by /opt/tool, 7 by /usr/bin/ls$' why
	grep -Eq '^x86_64 +0 +read +allow +runtime +crun: ' why
	grep -Eq '^x86_64 +435 +clone3 +ENOSYS +fallback +glibc ' why
	run ! grep -E '^x86 +5 +open +' why
	grep -Eq '^x86 +4 +write +allow +union ' why
	sp-emit --explain a.sp b.sp | cmp - why
	sp-emit --systemd --explain a.sp | lacks -E 'fallback|runc|crun'
	stream a.sp 'image "/bin/%0A%1B[31m"' 'call 1 read 1'
	sp-emit --explain a.sp | shows -F '/bin/\x0a\x1b[31m'
	# U+202E changes the order of text on a terminal.
	printf '%s\n' 'run 1 a how=paths' 'image "/bin/%E2%80%AEa"' 'call 1 read 1' \
		'path 1 1 0 "/etc/%E2%80%AEb" 1' | "$TESTS/mkstream" >a.sp
	sp-emit --explain a.sp | shows -F '/bin/\xe2\x80\xaea'
	sp-emit --path-list a.sp | shows -F '/etc/\xe2\x80\xaeb'
}

@test "--explain prints the purpose, the runs and the names of the argument values of each call" {
	printf '%s\n' 'run 1 unit' 'run 2 "serv%0Aice"' 'call 1 read 1' \
		'call 2 read 1' 'call 2 ioctl 1' \
		'argument 2 ioctl "1:4294967295:21505" 1' |
		"$TESTS/mkstream" >a.sp
	sp-emit --explain a.sp >why
	grep -Eq '^x86_64 +0 +read +allow +runs +2 of 2: unit, serv\\x0aice$' why
	grep -Eq '^x86_64 +0 +read +allow +purpose +files: read from a descriptor$' why
	grep -Eq '^x86_64 +16 +ioctl +allow +values +1 with 0x5401: ioctl\(TCGETS\)$' why
	grep -Eq '^x86_64 +16 +ioctl +allow +runs +1 of 2: serv\\x0aice$' why
	# Each call has exactly one purpose.
	cut -c 1-38 why | sed 1d | sort -u >calls
	grep ' purpose ' why | cut -c 1-38 | sort | cmp - calls
}

@test "--markdown prints the verdict, the dangers and the calls by subject, and escapes names" {
	local n
	{
		for n in 1 2 3; do echo "run $n 'r|$n' argv=$n"; done
		echo "image '/bin/|\`x\`<b>%0A&'"
		printf '%s\n' 'call * read 1' 'call 3 ptrace 2' 'call 3 write 1'
	} | "$TESTS/mkstream" >a.sp
	run -0 --separate-stderr sp-emit --markdown --exact a.sp
	[[ $output == *"**The profile allows 3 system calls of x86_64; Docker's default profile allows 309.**"* ]]
	[[ $output == *"3 different command lines were recorded; for 1 of these, a call was made that"*"(runs: 3)"* ]]
	[[ $output == *'- :warning: `ptrace`, rank 2: controls other processes; <code>2 by /bin/&#124;&#96;x&#96;&#60;b&#62;&#92;x0a&#38;</code>'* ]]
	[[ $output == *$'\n| files | `read` `write` |\n'* ]]
	[[ $output == *$'\n| processes | :warning: `ptrace` |\n'* ]]
	sp-emit --markdown a.sp | shows '_`rt_sigreturn`_'
	# The prediction equals that of sp-diff --coverage.
	{
		for n in {10..21}; do echo "run $n r argv=$n"; done
		printf '%s\n' 'call * read 1' 'call 13 ptrace 2'
	} | "$TESTS/mkstream" >b.sp
	n=$(sp-diff --coverage b.sp | sed -nE '1s/.* ([0-9]+) would .*/\1/p')
	[ "$n" = 8 ]
	sp-emit --markdown b.sp | shows "Of 100 more runs like these, about $n would"
}

@test "the profile is for the union of the inputs, in any order, from files or stdin" {
	small
	two_archs
	sp-emit --json a.sp b.sp >out1
	sp-emit --json b.sp a.sp >out2
	cat a.sp b.sp | sp-emit --json >out3
	sp-emit --json - b.sp <a.sp >out4
	sp-emit --json a.sp b.sp a.sp >out5
	for i in 2 3 4 5; do cmp out1 out$i; done
	for format in oci systemd libseccomp table explain markdown; do
		sp-emit --$format a.sp b.sp >out1
		sp-emit --$format b.sp a.sp >out2
		cmp out1 out2
	done
}

@test "a failed write is an error" {
	small
	for format in oci systemd libseccomp json table explain markdown html timeline; do
		run -2 bash -c "sp-emit --$format a.sp >/dev/full"
		[[ $output == *"No space left"* ]]
	done
	run -2 sp-emit --oci -o none/p.json a.sp
	[[ $output == "sp-emit: none/p.json"* ]]
	run -0 sp-emit --oci -o p.json a.sp
	sp-emit --oci a.sp | cmp - p.json
	[ "$(ls)" = $'a.sp\np.json' ]
}

@test "systemd accepts the drop-in" {
	requires systemd-analyze
	small
	two_archs
	mkdir x.service.d
	printf '[Service]\nExecStart=/bin/true\nSystemCallFilter=~@mount\n' >x.service
	complaints() {
		sp-emit --systemd "$@" a.sp b.sp 2>/dev/null >x.service.d/p.conf
		systemd-analyze verify "$PWD/x.service" 2>&1
	}
	for deny in errno:EPERM errno:EACCES kill log; do
		complaints --deny=$deny | lacks -F x.service.d
	done
	# systemd-analyze would notice a wrong file.
	sed -i 's/SystemCallLog=~/&nonsense /' x.service.d/p.conf
	systemd-analyze verify "$PWD/x.service" 2>&1 | shows nonsense
}

@test "systemd: the drop-in has the expected lines" {
	small
	sp-emit --systemd --exact a.sp >p.conf
	[ "$(grep -v '^#' p.conf)" = "[Service]
SystemCallFilter=
SystemCallFilter=execve gettimeofday openat read socket
SystemCallArchitectures=
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM" ]
	sp-emit --systemd --exact --deny=kill a.sp | shows -x SystemCallErrorNumber=
	sp-emit --systemd --exact --deny=log a.sp >p.conf
	[ "$(grep -v '^#' p.conf)" = "[Service]
SystemCallFilter=
SystemCallLog=
SystemCallLog=~execve gettimeofday openat read socket" ]
	for i in {0..300}; do echo "call 1 $i 1"; done >many
	{ echo 'run 1 x'; cat many; } | "$TESTS/mkstream" >a.sp
	sp-emit --systemd --exact a.sp >p.conf
	[ "$(awk 'length > 80' p.conf)" = "" ]
	[ "$(sed -n 's/^SystemCallFilter=//p' p.conf | wc -w)" = 301 ]
	[ "$(grep -c '^SystemCallFilter=' p.conf)" -lt 70 ]
}

# compile STREAM… — writes filter.h, and compiles it with main.c to prog (C) and
# prog++ (C++)
compile() {
	requires cc c++
	sp-emit --libseccomp -o filter.h "$@"
	cc -Wall -Wextra -Werror -pedantic -std=c99 -D_GNU_SOURCE \
		-o prog main.c -lseccomp
	cp main.c main.cc
	c++ -Wall -Wextra -Werror -pedantic -o prog++ main.cc -lseccomp
}

@test "libseccomp: a program works under the filter of the header, and other calls are denied" {
	cp "$TESTS/header/errnos.c" main.c
	stream a.sp 'call 1 write 1' 'call 1 exit_group 1' 'call 1 102 1' \
		'call 1 600 1' 'call 1 471 1'
	compile a.sp
	run -0 ./prog
	[ "$output" = "0 1 38" ]
	run -0 ./prog++
	[ "$output" = "0 1 38" ]
	compile --deny=errno:EACCES --no-fallback a.sp
	run -0 ./prog
	[ "$output" = "0 13 13" ]
	compile --deny=log a.sp
	run -0 ./prog
	[[ $output == "0 0 22" ]]
	compile --deny=kill a.sp
	run -159 ./prog
}

# bats test_tags=32-bit
@test "libseccomp: each architecture has a list of its own" {
	local words=(./prog)
	needs x86_64
	has int80 || {
		skip_row int80 'libseccomp: answers to 32-bit calls'
		words+=(native)
	}
	cp "$TESTS/header/errnos-32.c" main.c
	stream b.sp 'call 1 write 1' 'call 1 exit_group 1' 'call 1 getpid 1' \
		'call 1 64 1 arch=x86'
	compile --exact b.sp
	run -0 "${words[@]}"
	[ "$output" = "0 1$(has int80 && echo ' 1 0')" ]
	# The calls of an architecture that was not recorded get the default
	# action, which does not kill.
	stream b.sp 'call 1 write 1' 'call 1 exit_group 1' 'call 1 110 1'
	compile --exact b.sp
	run -0 "${words[@]}"
	[ "$output" = "1 0$(has int80 && echo ' 1 1')" ]
}

@test "the recording of a command can be written in each format" {
	requires sp-record
	requires_root
	sp-record -o ls.sp -- ls / >/dev/null
	for format in oci systemd libseccomp json table explain markdown; do
		sp-emit --$format ls.sp >out 2>err
		[ -s out ]
	done
	sp-emit --oci ls.sp 2>&1 >/dev/null |
		shows -E '^sp-emit: [0-9]+ observed \+ [0-9]+ kernel \+ .* runtime'
}

@test "--explain suggests groups that a container engine needs, unless they are recorded or chosen" {
	local labels image expected
	while IFS='|' read -r labels image expected; do
		echo "run 1 a $labels
		image $image 1:1:1
		call 1 read 1" | "$TESTS/mkstream" >c.sp
		sp-emit --oci c.sp 2>err >/dev/null
		[ "$(sed -n 's/^sp-emit: the container .*: --with=\([a-z]*\) adds.*/\1/p' err | xargs)" = "$expected" ]
	done <<-'END'
	|/bin/x|
	label.container.args='["/sbin/docker-init","--","x"]'|/bin/x|tini
	label.container.args='["/sbin/docker-init","--","x"]'|/usr/bin/docker-init|
	label.container.args='["/run/podman-init","--","x"]'|/bin/x|catatonit
	label.container.args='["sh","docker-init"]'|/bin/x|
	label.container.args='[[1]]'|/bin/x|
	label.container.args={|/bin/x|
	label.container.init=docker label.container.healthcheck=yes|/bin/x|tini sh
	label.container.init=podman|/usr/bin/catatonit|
	END
	printf '%s\n' 'run 1 a label.container.init=docker' 'call 1 read 1' | "$TESTS/mkstream" >c.sp
	sp-emit --oci --with=tini c.sp 2>err >/dev/null
	run ! grep suggest err
	run ! grep -e --with err
}
