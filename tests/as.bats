#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# sp-verify --as predicts the answers of the filters that runc, crun and systemd
# make from a profile. These tests compare the predictions with the filters that
# are really loaded, for every number on every architecture.

load helper
load boot

# These calls are enough for busybox, and for runc and crun before they execute
# it.
ALLOWED='["access", "arch_prctl", "brk", "capget", "capset", "chdir",
	"clock_nanosleep", "close", "epoll_ctl", "execve", "exit_group",
	"faccessat2", "fcntl", "fstat", "fstatfs", "futex", "getcwd",
	"getdents64", "getegid", "geteuid", "getgid", "getpid", "getppid",
	"getrandom", "gettid", "getuid", "ioctl", "mmap", "mprotect",
	"nanosleep", "newfstatat", "openat", "openat2", "prctl", "prlimit64",
	"pselect6", "read", "readlink", "rseq", "rt_sigaction",
	"rt_sigprocmask", "rt_sigreturn", "set_robust_list",
	"set_tid_address", "setgid", "setgroups", "setresgid", "setresuid",
	"setuid", "statx", "uname", "write"]'
ALL_ARCHS='["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]'

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	all_calls | "$TESTS/mkstream" >all.sp
	some_arguments | "$TESTS/mkstream" >args.sp
	cp "$WITNESS/results-static" probe
}

# all_calls — prints a recording of every number on four architectures, and of
# some numbers that no call has
all_calls() {
	local arch nr
	printf 'run 01 all\nimage /a\n'
	for arch in x86_64 x86 x32 aarch64; do
		for nr in $(seq 0 600) 1000 0x3fffffff; do
			echo "call 01 $nr 1 arch=$arch"
		done
		[ $arch = x32 ] || echo "call 01 -1 1 arch=$arch"
	done
}

# some_arguments — prints a recording of the calls whose arguments the profile
# "arguments" checks, with all values that it distinguishes
some_arguments() {
	local arch fact
	printf 'run 01 arguments\nimage /a\n'
	for arch in x86_64:41:135:16 x86:359:136:54 x32:41:135:514; do
		IFS=: read -r arch socket personality ioctl <<<"$arch"
		for fact in "$socket 0:0xffffffffffffffff:1" "$socket 0:0xffffffffffffffff:16" \
			"$personality 0:0xffffffffffffffff:8" \
			"$personality 0:0xffffffffffffffff:9" \
			"$ioctl 1:0xffffffffffffffff:0x5401" \
			"$ioctl 1:0xffffffffffffffff:0x5411" \
			"$ioctl 1:0xffffffffffffffff:0x5413"; do
			echo "argument 01 ${fact%% *} \"${fact#* }\" 1 arch=$arch"
		done
		printf 'call 01 %s 2 arch=%s\n' "$socket" "$arch" "$personality" "$arch"
		echo "call 01 $ioctl 3 arch=$arch"
	done
}

# plain — prints the profile from which the other profiles are made
plain() {
	jq -n --argjson names "$ALLOWED" --argjson archs "$ALL_ARCHS" '
		{defaultAction: "SCMP_ACT_ERRNO", architectures: $archs,
		 syscalls: [{names: $names, action: "SCMP_ACT_ALLOW"}]}'
}

# profiles — writes the profiles to profiles/NAME.json
profiles() {
	mkdir profiles
	plain >profiles/plain.json
	each native '.architectures = ["SCMP_ARCH_X86_64"]'
	each no-archs 'del(.architectures)'
	each not-native '.architectures = ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]'
	each foreign '.architectures += ["SCMP_ARCH_AARCH64"]'
	each foreign-only '.architectures = ["SCMP_ARCH_AARCH64"]'
	each unknown '.syscalls[0].names += ["no_such_call", "mseal", "listns"]'
	each kill '.defaultAction = "SCMP_ACT_KILL"'
	each kill-process '.defaultAction = "SCMP_ACT_KILL_PROCESS"'
	each enosys '.defaultErrnoRet = 38'
	each errno '.defaultErrnoRet = 7'
	each log '.defaultAction = "SCMP_ACT_LOG" | .syscalls +=
		[{names: ["chmod", "openat2"], action: "SCMP_ACT_ERRNO"}]'
	each allow '.defaultAction = "SCMP_ACT_ALLOW" | .syscalls =
		[{names: ["chmod", "ptrace"], action: "SCMP_ACT_ERRNO"},
		 {names: ["mount", "listns"], action: "SCMP_ACT_KILL_PROCESS"}]'
	each mixed '.syscalls += [
		{names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38},
		{names: ["chmod"], action: "SCMP_ACT_ERRNO"},
		{names: ["kill"], action: "SCMP_ACT_KILL"},
		{names: ["futex_waitv"], action: "SCMP_ACT_TRAP"}]'
	each arguments '.syscalls[0].names -= ["ioctl"] | .syscalls += [
		{names: ["socket"], action: "SCMP_ACT_ALLOW", args:
		 [{index: 0, value: 1, op: "SCMP_CMP_EQ"}]},
		{names: ["personality"], action: "SCMP_ACT_ERRNO", errnoRet: 9,
		 args: [{index: 0, value: 8, op: "SCMP_CMP_NE"}]},
		{names: ["ioctl"], action: "SCMP_ACT_ALLOW", args:
		 [{index: 1, value: 21505, op: "SCMP_CMP_EQ"},
		  {index: 1, value: 21523, op: "SCMP_CMP_EQ"}]},
		{names: ["clone"], action: "SCMP_ACT_ALLOW", args: [{index: 0,
		 value: 2114060288, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ"}]}]'
}

# each NAME FILTER — writes profiles/NAME.json: the plain profile, changed by a
# filter of jq
each() {
	jq "$2" profiles/plain.json >"profiles/$1.json"
}

# runtime_profiles — writes the profiles that only container runtimes accept
runtime_profiles() {
	each trace '.defaultAction = "SCMP_ACT_TRACE"'
	sp-record -q -o run.sp -- busybox sleep 0.1
	sp-emit --oci -o profiles/recorded.json run.sp 2>err
}

# container RUNTIME PROFILE COMMAND… — starts a container in the background, and
# writes its pid to ./pid
container() {
	local bundle=$BATS_TEST_TMPDIR/bundle runtime=$1 profile=$2
	shift 2
	mkdir -p "$bundle"/rootfs/{bin,proc,dev,sys,tmp}
	cp --remove-destination "$(command -v busybox)" \
		"$BATS_FILE_TMPDIR/probe" "$bundle/rootfs/bin"
	rm -f "$bundle/config.json" pid
	(cd "$bundle" && runc spec)
	jq --slurpfile profile "$profile" '.process.terminal = false
		| .ociVersion = "1.0.0"	# each runtime accepts this version
		| .process.args = $ARGS.positional | del(.process.rlimits)
		| .linux.seccomp = $profile[0]' --args "/bin/$1" "${@:2}" \
		<"$bundle/config.json" >config.json
	mv config.json "$bundle"
	remove "$runtime"
	without_unified "$runtime" --root "$BATS_TEST_TMPDIR/state" run \
		--detach --pid-file "$PWD/pid" --bundle "$bundle" \
		"sandprint-as-$$-$runtime" </dev/null >out 2>err 3>&-
}

# remove RUNTIME — removes the container that `container` started, if any
remove() {
	local name=sandprint-as-$$-$1
	[ ! -e "$BATS_TEST_TMPDIR/state/$name" ] ||
		without_unified "$1" --root "$BATS_TEST_TMPDIR/state" delete --force "$name"
}

teardown() {
	local runtime
	[ ! -d root/out ] || : >root/out/done
	for runtime in runc crun; do
		remove $runtime
	done
}

# place RUNTIME — prints the value of --as for the installed version of the
# runtime
place() {
	local version
	[ "$1" = runc ] || {
		echo "$1"
		return
	}
	version=$(runc --version | sed -n 's/^runc version \([0-9.]*\).*/\1/p')
	[ "$(printf '%s\n' 1.1.15 "$version" | sort -V | sed -n 1p)" = 1.1.15 ] &&
		echo runc || echo runc-1.1.14
}

# same PID PROFILE PLACE TRACE — checks that the filters of the process give
# each call the answer that --as=PLACE predicts for the profile
same() {
	sp-verify --pid="$1" --json "$4" >held 2>held.err || [ $? = 1 ]
	sp-verify -p "$2" --as="$3" --json "$4" >predicted 2>predicted.err || [ $? = 1 ]
	awk -v prefix="sp-verify: $2: " 'index($0, prefix) != 1' predicted.err |
		diff held.err - || return
	[ "$(jq length held)" -gt 0 ] || grep -q 'no violation' held.err
	cmp held predicted && return
	diff <(jq -c '.[] | [.arch, .nr, .answer]' held) \
		<(jq -c '.[] | [.arch, .nr, .answer]' predicted)
}

# compares RUNTIME — checks for each profile that a container has the filter
# that --as predicts
compares() {
	local profile n=0
	requires_root
	requires "$1" runc jq busybox
	profiles
	runtime_profiles
	for profile in profiles/*.json; do
		container "$1" "$profile" busybox sleep 1000
		echo "$profile"
		same "$(<pid)" "$profile" "$(place "$1")" \
			"$BATS_FILE_TMPDIR/all.sp"
		same "$(<pid)" "$profile" "$(place "$1")" \
			"$BATS_FILE_TMPDIR/args.sp"
		n=$((n + 1))
	done
	[ $n = 17 ]
}

@test "runc: a container has the filter that --as=runc predicts" {
	compares runc
}

@test "crun: a container has the filter that --as=crun predicts" {
	compares crun
}

# predicted PROFILE PLACE RESULTS — checks that each call of the probe got the
# predicted answer. "ok" in RESULTS means that the filter allowed the call.
predicted() {
	{
		printf 'run 01 probe\nimage /a\n'
		awk '{ nr = $1 == "x32" ? $2 - 1073741824 : $2
			printf "call 01 %d 1 arch=%s\n", nr, $1 }' "$3"
	} | "$TESTS/mkstream" >probe.sp
	sp-verify -p "$1" --as="$2" --json probe.sp >predicted 2>err || [ $? = 1 ]
	jq -r '.[] | "\(.arch) \(.nr) \(.answer)"' predicted | sort >denied
	awk '$3 == "E2BIG" || $3 == "ENOSYS"' "$3" | sort >got
	# Even if the profile allows them, x32 calls and new calls fail with
	# ENOSYS, because the kernel does not have them.
	comm -13 denied got >besides
	comm -23 denied got | lacks .
	run ! grep -v '^x32 [0-9]* ENOSYS$' besides
	[ "$(wc -l <denied)" -gt 10 ]
}

# probed RESULTS — tests whether RESULTS has a line for each call of the probe
probed() {
	if has int80; then
		[ "$(wc -l <"$1")" = 43 ]
	else
		[ "$(wc -l <"$1")" = 32 ]
	fi
}

# answers RUNTIME — checks that the probe gets the predicted answers in a
# container
answers() {
	local words=(probe)
	requires_root
	requires "$1" runc jq busybox
	needs x86_64
	has int80 || {
		skip_row int80 "$1: answers to 32-bit calls"
		words+=(native)
	}
	plain | jq '.defaultErrnoRet = 7' >p.json
	container "$1" p.json "${words[@]}"
	wait_for 10 probed out
	predicted p.json "$(place "$1")" out
}

# bats test_tags=32-bit
@test "runc: the calls of a container get the predicted answers" {
	answers runc
	grep -qx 'x86_64 1000 ENOSYS' out
	if has int80; then
		grep -qx 'x86 1000 ENOSYS' out
	fi
}

# bats test_tags=32-bit
@test "crun: the calls of a container get the predicted answers" {
	answers crun
	grep -qx 'x86_64 1000 E2BIG' out
}

# unit PROFILE — prints a drop-in with the meaning of a profile, without using
# the tools
unit() {
	jq -r '
	def names: [.names[]] | join(" ");
	def errno: {"38": "ENOSYS", "7": "E2BIG", "1": "EPERM"}[tostring];
	{SCMP_ARCH_X86_64: "native", SCMP_ARCH_X86: "x86", SCMP_ARCH_X32: "x32",
	 SCMP_ARCH_AARCH64: "arm64"} as $archs |
	"[Service]",
	if .defaultAction == "SCMP_ACT_LOG" then
		"SystemCallLog=~\(.syscalls[0] | names)",
		"SystemCallFilter=~\(.syscalls[1] | [.names[] | . + ":EPERM"] | join(" "))"
	elif .defaultAction == "SCMP_ACT_ALLOW" then
		(.syscalls[] | if .action == "SCMP_ACT_ERRNO" then
			"SystemCallFilter=~" + ([.names[] | . + ":EPERM"] | join(" "))
			else "SystemCallFilter=~\(names)" end)
	else
		"SystemCallFilter=\(.syscalls[0] | names)",
		if .defaultAction == "SCMP_ACT_ERRNO" then
			"SystemCallErrorNumber=\(.defaultErrnoRet // 1 | errno)"
		else empty end
	end,
	if .architectures and .defaultAction != "SCMP_ACT_LOG" then
		"SystemCallArchitectures=\([.architectures[] | $archs[.]] | join(" "))"
	else empty end' "$1"
}

# service NAME NUMBER — makes a service that sleeps for NUMBER seconds, under
# the drop-in on stdin
service() {
	local dir=root/etc/systemd/system
	mkdir "$dir/$1.service.d"
	cat >"$dir/$1.service.d/filter.conf"
	printf '[Service]\nExecStart=/bin/busybox sleep %d\n' "$2" \
		>"$dir/$1.service"
	printf 'systemctl start %s\n' "$1" >>root/test
}

# probing — makes a service that runs the probe under the drop-in of errno.json
probing() {
	local dir=root/etc/systemd/system/probe.service program=/out/probe
	has int80 || {
		skip_row int80 "systemd: answers to 32-bit calls"
		program+=' native'
	}
	cp "$BATS_FILE_TMPDIR/probe" root/out
	unit errno.json >$dir
	printf '%s\n' Type=oneshot "ExecStart=$program" \
		StandardOutput=truncate:/out/results >>$dir
	echo 'systemctl start probe' >>root/test
}

# the_pid NUMBER — prints the pid of the busybox that sleeps for NUMBER seconds
the_pid() {
	pgrep -x -f "/bin/busybox sleep $1"
}

# bats test_tags=32-bit
@test "systemd: a service has the filters that --as=systemd predicts" {
	local booted profile n=0 base=$((100000 + $$ * 100))
	requires_root
	requires jq busybox
	[ -x /lib/systemd/systemd ] || skip "no systemd"
	make_root
	profiles
	sp-record -q -o run.sp -- busybox sleep 0.1
	sp-emit --oci --runtime none -o profiles/recorded.json run.sp 2>err
	sp-emit --systemd --no-runtime -o recorded.conf run.sp 2>err
	cp profiles/errno.json .
	# This profile cannot be a drop-in, because systemd always adds the
	# native architecture.
	rm profiles/not-native.json
	: >root/test
	for profile in profiles/*.json; do
		case $profile in
		*/recorded.json) cat recorded.conf ;;
		*) unit "$profile" ;;
		esac | service "s$n" $((base + n))
		n=$((n + 1))
	done
	probing
	echo 'until [ -e /out/done ]; do sleep 0.1; done' >>root/test
	boot 100 3>&- &
	booted=$!
	n=0
	for profile in profiles/*.json; do
		echo "$profile"
		wait_for 30 the_pid $((base + n)) >pid || {
			cat log
			return 1
		}
		same "$(<pid)" "$profile" systemd "$BATS_FILE_TMPDIR/all.sp"
		n=$((n + 1))
	done
	[ $n = 15 ]
	wait_for 20 probed root/out/results
	predicted errno.json systemd root/out/results
	: >root/out/done
	ended 0 $booted || [ $? != 124 ]
}

# all_answers OPTION… — prints the answer that a profile or the filters of a
# process give to every call of every architecture
all_answers() {
	sp-verify --json "$@" "$BATS_FILE_TMPDIR/all.sp" >answers.json 2>>err || [ $? = 1 ]
	jq -c '.[] | [.arch, .nr, .answer]' answers.json
}

@test "systemd loads the predicted filters for random units and for installed units" {
	local booted i base=$((100000 + $$ * 100)) units=root/etc/systemd/system bad=0
	[ -n "${SP_JAILS-}" ] || skip "by make check-jails"
	needs x86_64
	requires_root
	requires jq busybox
	[ -x /lib/systemd/systemd ] || skip "no systemd"
	make_root
	sp-record -q -o run.sp -- busybox sleep 0.1
	# shellcheck disable=SC2046 # several words
	"$TESTS/jails/make-units.py" drop-ins "$SP_JAILS" write exit_group exit \
		$(sp-emit --json run.sp | jq -r '.calls[].name')
	: >root/test
	for ((i = 0; i < SP_JAILS; i++)); do
		printf '[Service]\nExecStart=/bin/busybox sleep %d\n' $((base + i)) >"$units/u$i.service"
		mkdir "$units/u$i.service.d"
		cp "drop-ins/$i.conf" "$units/u$i.service.d/filter.conf"
		echo "systemctl start u$i" >>root/test
	done
	echo 'until [ -e /out/done ]; do sleep 0.1; done' >>root/test
	boot 400 3>&- &
	booted=$!
	for ((i = 0; i < SP_JAILS; i++)); do
		wait_for 60 the_pid $((base + i)) >pid || {
			cat log "drop-ins/$i.conf"
			: >root/out/done
			return 1
		}
		all_answers --pid="$(<pid)" >held
		all_answers -p "$units/u$i.service" >ours
		cmp -s held ours || {
			cat "drop-ins/$i.conf"
			diff held ours | sed -n 1,5p
			bad=$((bad + 1))
		}
	done
	: >root/out/done
	ended 0 $booted || [ $? != 124 ]
	echo "wrong predictions: $bad of $i units"
	[ $bad = 0 ]
}

@test "runc up to 1.1.14 adds no ENOSYS rule for an architecture that the profile does not list" {
	local place
	printf '%s\n' 'run 1 a' 'image /a' 'call 1 450 1' 'call 1 450 1 arch=x86' |
		"$TESTS/mkstream" >both.sp
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "architectures":
		["SCMP_ARCH_X86"], "syscalls": [{"names": ["openat"],
		"action": "SCMP_ACT_ALLOW"}]}' >p.json
	for place in runc-1.1.14 runc crun; do
		run -1 sp-verify -p p.json --as=$place both.sp
		awk -v place=$place '$2 == 450 { print place, $1, $5 }' <<<"$output"
	done >got
	diff - got <<-'END'
	runc-1.1.14 x86 ENOSYS
	runc-1.1.14 x86_64 EPERM
	runc x86 ENOSYS
	runc x86_64 ENOSYS
	crun x86 EPERM
	crun x86_64 EPERM
	END
}
