#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=long
# sp-verify compares a profile with recordings and with commands.

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	cp "$WITNESS/tree" .
	cp "$WITNESS/exit-32-nolibc" i386
	cp "$WITNESS/own-listener" own
}

# profile DEFAULT [ACTION NAME,NAME…]… — prints an OCI profile with these rules
profile() {
	local rules='' sep=''
	local default=$1
	shift
	while [ $# -gt 0 ]; do
		rules+="$sep{\"names\": [\"${2//,/\", \"}\"], \"action\": \"SCMP_ACT_$1\"}"
		sep=', '
		shift 2
	done
	printf '{"defaultAction": "SCMP_ACT_%s", "syscalls": [%s]}\n' \
		"$default" "$rules"
}

# rows — prints the rows of the list, without the lines of sites
rows() {
	awk 'NR == 1 || $2 ~ /^[0-9]+$/' list
}

# row NAME — prints "COUNT ANSWER IMAGES" of the call in the list
row() {
	awk -v name="$1" '$3 == name { print $2, $4, $5 }' list
}

trace() {
	"$TESTS/mkstream"
}

@test "a recording whose calls the profile allows has no violation" {
	profile ERRNO ALLOW read,write > p.json
	printf 'run 01 a\nimage /bin/a\ncall 01 read 3\ncall 01 write 1\n' |
		trace > a.sp
	run --separate-stderr sp-verify -p p.json a.sp
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$stderr" = "sp-verify: 2 calls, no violation" ]
}

@test "a call that was removed from the profile is listed with its answer and its images" {
	profile ERRNO ALLOW read KILL_PROCESS chmod > p.json
	trace > a.sp <<-'T'
	run 01 a
	image /bin/a
	call 01 read 3
	call 01 write 7
	call 01 chmod 1
	image /bin/b
	call 01 write 5
	T
	run --separate-stderr sp-verify -p p.json a.sp
	[ "$status" = 1 ]
	[ "$output" = "NR  COUNT  NAME   ANSWER        IMAGES
 1     12  write  EPERM         /bin/a, /bin/b
90      1  chmod  kill process  /bin/a" ]
	[ -z "$stderr" ]
}

@test "the list does not depend on the order of the recordings" {
	profile ERRNO ALLOW read > p.json
	printf 'run 01 a\nimage /z\ncall 01 write 7\ncall 01 chmod 1\n' | trace > z.sp
	printf 'run 02 b\nimage /b\ncall 02 write 5\ncall 02 openat 2\n' | trace > b.sp
	run -1 sp-verify -p p.json z.sp b.sp
	[[ $output == *'write   EPERM   /b, /z'* ]]
	local one=$output
	run -1 sp-verify -p p.json b.sp z.sp
	[ "$output" = "$one" ]
}

@test "ENOSYS is a violation, and SCMP_ACT_LOG is not" {
	profile LOG > log.json
	printf '%s' '{"defaultAction": "SCMP_ACT_ERRNO",
		"defaultErrnoRet": 38}' > enosys.json
	printf 'run 01 a\nimage /bin/a\ncall 01 read 3\n' | trace > a.sp
	run -0 sp-verify -p log.json a.sp
	[ "${lines[0]}" = "sp-verify: 1 call would be logged: read" ]
	run --separate-stderr sp-verify -p enosys.json < a.sp
	[ "$status" = 1 ]
	[[ "${lines[1]}" == *ENOSYS* ]]
}

@test "calls of different architectures are listed separately" {
	profile ERRNO ALLOW read > p.json
	trace > a.sp <<-'T'
	run 01 a
	image /bin/a
	call 01 read 3
	call 01 3 2 arch=x86
	call 01 1073741824 1
	T
	run --separate-stderr sp-verify -p p.json a.sp
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 3 ]
	[[ "${lines[0]}" == ARCH* ]]
	[[ "$output" == *"x86  "*"3      2  read  kill thread  /bin/a"* ]]
	[[ "$output" == *"x32  "*"1073741824      1  read  kill thread"* ]]
}

@test "from Linux 6.14 on, uretprobe and uprobe pass every filter" {
	stream() {
		printf 'run 1 x kernel=%s\ncall 1 read 1\ncall 1 %s 1\n' "$@" |
			"$TESTS/mkstream" >a.sp
	}
	profile ERRNO ALLOW read >p.json
	for kernel in 6.14.0-rc1 6.18 7.0.1; do
		stream $kernel 335
		run -0 sp-verify -p p.json a.sp
		stream $kernel 336
		run -0 sp-verify -p p.json a.sp
		stream $kernel 337
		run -1 sp-verify -p p.json a.sp
	done
	stream 6.12.1 335
	run -1 sp-verify -p p.json a.sp
	[[ $output == *uretprobe* ]]
}

@test "with a probe on libc or on the program, the program works under every profile" {
	local what call format
	needs root uprobes
	for what in libc entry return; do
		call=uretprobe
		[ $what != entry ] || call=uprobe
		if ! has $call; then
			skip_row $call "a probe on $what"
			continue
		fi
		sp-record -q -o run.sp -- "$WITNESS/uprobe" $what
		calls run.sp | shows "^x86_64 $call "
		for format in oci systemd bpf minijail; do
			sp-emit --$format -o p run.sp
			run -0 sp-verify -p p --enforce -- "$WITNESS/uprobe" $what
			run -0 sp-verify -p p run.sp
			run -0 sp-verify -p p -- "$WITNESS/uprobe" $what
		done
	done
}

@test "a call is undecided if its answer depends on arguments" {
	printf '%s' '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
		{"names": ["read"], "action": "SCMP_ACT_ALLOW"},
		{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args":
		 [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}]}' > p.json
	printf 'run 01 a\nimage /bin/a\ncall 01 read 3\ncall 01 socket 1\n' |
		trace > a.sp
	run --separate-stderr sp-verify -p p.json a.sp
	[ "$status" = 0 ]
	[[ "$stderr" == *"undecided: "*": socket"* ]]
}

@test "recordings that lack calls are refused" {
	profile ALLOW KILL chmod > p.json
	printf 'run 01 a complete=no\nimage /b\ncall 01 read 1\n' | trace > 1.sp
	printf 'run 01 a lost.call=3\nimage /b\ncall 01 read 1\n' | trace > 2.sp
	printf 'run 01 a lost.task=1\nimage /b\ncall 01 read 1\n' | trace > 3.sp
	printf 'run 01 a\nimage /b\ncall 01 read 1\nopen\n' | trace > 4.sp
	for f in 1 2 3 4; do
		run sp-verify -p p.json $f.sp
		[ "$status" = 2 ]
		run sp-verify --allow-partial -p p.json $f.sp
		[ "$status" = 0 ]
	done
	printf 'run 01 a lost.detail=3\nimage /b\ncall 01 read 1\n' | trace > 5.sp
	sp-verify -p p.json 5.sp
	printf 'run 01 a\n' | trace > 6.sp
	run sp-verify -p p.json 6.sp
	[ "$status" = 2 ]
}

@test "a malformed profile is refused, and the message has the place" {
	printf 'run 01 a\nimage /bin/a\ncall 01 read 3\n' | trace > a.sp
	profile ERRNO FOO read > p.json
	run sp-verify -p p.json a.sp
	[ "$status" = 2 ]
	[ "$output" = "sp-verify: p.json: syscalls[0].action: unknown action SCMP_ACT_FOO" ]
	profile ERRNO ALLOW read,no_such_call > p.json
	run sp-verify -p p.json a.sp
	[ "$status" = 0 ]
	[[ "$output" == *"unknown names"*": no_such_call"* ]]
	head -c 20000000 /dev/zero | tr '\0' ' ' > p.json
	run sp-verify -p p.json a.sp
	[ "$status" = 2 ]
	head -c 100000 /dev/zero | tr '\0' '[' > p.json
	run sp-verify -p p.json a.sp
	[ "$status" = 2 ]
	[ "${#lines[@]}" = 1 ]
}

@test "a wrong command line is refused, and no command is run" {
	profile ALLOW KILL chmod > p.json
	printf 'run 01 a argv="touch x"\nimage /b\ncall 01 read 1\n' | trace > a.sp
	for args in "a.sp" "-p p.json --" "-p p.json --run=01 a.sp" \
		"-p p.json -t 0 -- true" "-p p.json -t 1 a.sp" \
		"-p p.json --enforce a.sp" "-p p.json --replay -- touch x" \
		"-p p.json a.sp -- touch x" "-p - -" "-p -- touch x"; do
		# shellcheck disable=SC2086
		run sp-verify $args < /dev/null
		[ "$status" = 2 ]
	done
	run sp-verify -p p.json a.sp
	[ "$status" = 0 ]
	[ ! -e x ]
}

@test "a failed write is an error" {
	[ -w /dev/full ] || skip "no /dev/full"
	profile KILL ALLOW write > p.json
	printf 'run 01 a\nimage /bin/a\ncall 01 read 3\n' | trace > a.sp
	run sp-verify -p p.json -o /dev/full a.sp
	[ "$status" = 2 ]
	run bash -c 'sp-verify -p p.json a.sp > /dev/full'
	[ "$status" = 2 ]
}

@test "for a command, every violation is listed and no call is denied" {
	profile KILL ALLOW read > p.json
	run --separate-stderr sp-verify -p p.json -- cat /proc/self/status
	[ "$status" = 1 ]
	[[ "$stderr" == *"Seccomp:	2"* ]]
	[[ "$output" == *" execve "* ]]
	[[ "$output" == *" openat "* ]]
	[[ "$output" == *" exit_group "* ]]
	[[ "$output" != *" read "* ]]
}

@test "for a command, the list can go to -o, and stdout belongs to the command" {
	profile ALLOW ERRNO getppid > p.json
	run --separate-stderr sp-verify -p p.json -o list -- sh -c 'echo out'
	[ "$output" = out ]
	[ "$status" = 1 ]
	[ "$(row getppid | cut -d' ' -f2)" = EPERM ]
	run --separate-stderr sp-verify -p p.json -- /bin/echo out
	[ "$status" = 0 ]
	[ -z "$output" ]
	[[ "$stderr" == *out* ]]
}

@test "the command's status is printed, and a command that cannot be executed is an error" {
	profile ALLOW ERRNO chmod > p.json
	run sp-verify -p p.json -- sh -c 'exit 3'
	[ "$status" = 0 ]
	[[ "$output" == *"the command exited with 3"* ]]
	run sp-verify -p p.json -- sh -c 'kill -SEGV $$'
	[ "$status" = 0 ]
	[[ "$output" == *"killed by SIGSEGV"* ]]
	profile KILL_PROCESS ALLOW chmod > p.json
	for c in ./missing /etc/passwd; do
		run timeout 20 sp-verify -p p.json -o list -- $c
		[ "$status" = 2 ]
		[[ "$output" == *"sp-verify: $c: "* ]]
	done
}

@test "each call of threads, fork trees and daemons is counted" {
	profile ALLOW ERRNO getpgid,getsid,getpgrp > p.json
	run timeout 30 sp-verify -p p.json -o list -- \
		"$BATS_FILE_TMPDIR/tree" t f d
	[ "$status" = 1 ]
	[ "$(row getpgid)" = "400 EPERM $BATS_FILE_TMPDIR/tree" ]
	[ "$(row getsid)" = "15 EPERM $BATS_FILE_TMPDIR/tree" ]
	[ "$(row getpgrp)" = "1 EPERM $BATS_FILE_TMPDIR/tree" ]
	[ "$(rows | wc -l)" = 4 ]
}

@test "a signal may interrupt a notified call or kill its task" {
	profile ALLOW ERRNO getpriority > p.json
	run timeout 60 sp-verify -p p.json -o list -- \
		"$BATS_FILE_TMPDIR/tree" s
	[ "$status" = 1 ]
	[ "$(rows | wc -l)" = 2 ]
	[ "$(row getpriority | cut -d' ' -f1)" -ge 2000 ]
}

# bats test_tags=32-bit
@test "for a 32-bit program, a profile without the 32-bit architecture has violations" {
	needs i386
	profile ALLOW ERRNO chmod > p.json
	run --separate-stderr sp-verify -p p.json -- "$BATS_FILE_TMPDIR/i386"
	[ "$status" = 1 ]
	[[ "${lines[0]}" == ARCH* ]]
	[[ "$output" =~ x86\ .*exit_group\ +kill\ thread\ .*i386 ]]
	[[ "$output" != *x86_64* ]]
}

@test "--enforce answers with the errno of the profile" {
	profile ALLOW ERRNO getdents64 > p.json
	run --separate-stderr sp-verify -p p.json --enforce -- ls /
	[ "$status" = 1 ]
	[[ "$stderr" == *"Operation not permitted"* ]]
	[[ "$stderr" == *"the command exited with 2"* ]]
	[[ "$output" == *"getdents64  EPERM"* ]]
	profile ALLOW ERRNO execve > p.json
	run --separate-stderr timeout 20 sp-verify -p p.json --enforce -- ls /
	[ "$status" = 1 ]
	[[ "$output" == *"execve  EPERM   ls" ]]
}

@test "--enforce: if the kernel kills the command, that is a violation" {
	profile ALLOW KILL_PROCESS getdents64 > p.json
	run --separate-stderr sp-verify -p p.json --enforce -- ls /
	[ "$status" = 1 ]
	[[ "$stderr" == *"killed by SIGSYS"* ]]
	[[ "$stderr" == *"that is a violation"* ]]
}

@test "a note says that the command loads a filter or a listener of its own" {
	profile ALLOW ERRNO chmod > p.json
	run --separate-stderr sp-verify -p p.json -- "$BATS_FILE_TMPDIR/own"
	[ "$status" = 0 ]
	[[ "$stderr" == *"/own loads a filter of its own"* ]]
	run -0 --separate-stderr sp-verify -p p.json -- "$BATS_FILE_TMPDIR/own" 8
	[[ "$stderr" == *"/own takes a listener of its own"* ]]
	[[ "$stderr" == *"exited with 1"* ]]
}

@test "without privileges, no_new_privs is set, and a note says so" {
	requires_root
	requires setpriv
	profile ALLOW ERRNO getppid > p.json
	run --separate-stderr setpriv --reuid=65534 --regid=65534 \
		--clear-groups --inh-caps=-all "$(command -v sp-verify)" \
		-p - -- grep NoNewPrivs /proc/self/status < p.json
	[[ "$stderr" == *"NoNewPrivs:	1"* ]]
	[[ "$stderr" == *"runs with no_new_privs"* ]]
	[ "$status" = 0 ]
	run -0 --separate-stderr sp-verify -p p.json -- \
		grep NoNewPrivs /proc/self/status
	[[ "$stderr" == *"NoNewPrivs:	0"* ]]
	[[ "$stderr" != *CAP_SYS_ADMIN* ]]
}

@test "-t ends a command, and ends the wait for processes that the command left" {
	profile ALLOW ERRNO chmod > p.json
	run timeout 20 sp-verify -p p.json -t 1 -- "$BATS_FILE_TMPDIR/tree" w
	[ "$status" = 0 ]
	[[ "$output" == *"killed by SIGTERM"* ]]
	run timeout 20 sp-verify -p p.json -t 1 -- sh -c 'setsid sleep 4 >&- 2>&- &'
	[ "$status" = 0 ]
}

@test "-t: if the command exits at SIGTERM, sp-verify does not wait ten seconds for other processes" {
	local start=$SECONDS
	profile ALLOW ERRNO chmod > p.json
	run timeout 20 sp-verify -p p.json -t 1 -- sh -c '
		setsid sleep 8 >&- 2>&- 3>&- & trap "exit 6" TERM
		while :; do sleep 0.05; done'
	[ "$status" = 0 ]
	[[ "$output" == *"exited with 6"*"the remaining processes keep running"* ]]
	[ $((SECONDS - start)) -lt 6 ]
	# Without a remaining process, this note is not printed.
	run -0 timeout 20 sp-verify -p p.json -t 1 -- sleep 60
	[[ "$output" == *"killed by SIGTERM"* ]]
	[[ "$output" != *"remaining processes"* ]]
}

# says_bye TOOL… — checks that a command can shut down under timeout(1), which
# signals twice
says_bye() {
	rm -f up
	run -124 when_it_runs up sp-verify "$@" -- sh -c '
		trap "sleep 1; echo bye; exit 0" TERM
		: > up; while :; do sleep 0.05; done'
	[[ "$output" == *bye* ]]
	[[ "$output" != *"ended by"* ]]
	# The two signals may count as one signal, but two signals with a pause
	# between them do not.
	rm -f up
	sp-verify "$@" -- sh -c 'trap "sleep 1; exit 8" TERM; : > up
		while :; do sleep 0.05; done' 2> err 3>&- &
	wait_for 10 test -e up
	# One process sends both signals, so that the pause between them is
	# short.
	perl -e 'kill TERM, $ARGV[0]; select(undef, undef, undef, 0.02);
		kill TERM, $ARGV[0]' $!
	wait $! || [ $? = 1 ]
	grep 'exited with 8' err
}

# is_deaf TOOL… — checks that the tool and its command ignore hangups if they
# are started as by nohup(1)
is_deaf() {
	local pid status=0
	rm -f up
	(trap '' HUP; exec sp-verify "$@" -- sh -c ': > up; sleep 1.5; exit 9') \
		2> err 3>&- &
	pid=$!
	wait_for 10 test -e up
	for _ in 1 2; do
		kill -HUP "$pid"
		sleep 0.3
	done
	wait "$pid" || status=$?
	run ! grep 'ended by\|killed' err
	grep 'exited with 9' err
}

@test "two signals of timeout(1) count as one, and under nohup(1) hangups are ignored" {
	profile ALLOW ERRNO chmod > p.json
	says_bye -p p.json
	is_deaf -p p.json
}

@test "under a Landlock policy, two signals of timeout(1) count as one, and hangups are ignored under nohup(1)" {
	requires_root
	jq -n '{ruleset: [{handledAccessFs: ["make_block"]}]}' > l.json
	needs landlock
	sp-verify --landlock l.json --enforce -- true
	says_bye --landlock l.json --enforce
	is_deaf --landlock l.json --enforce
}

@test "a hangup of the terminal is passed on to the command" {
	profile ALLOW ERRNO chmod > p.json
	/usr/bin/python3 "$TESTS/scripts/hang-up.py"
	grep 'exited with 7' err
}

@test "--replay: a signal is passed on to the running command, and no further command is started" {
	local status=0
	profile ALLOW ERRNO chmod > p.json
	trace > a.sp <<-T
	run 01 one argv="sh -c ': > up; exec sleep 30'" cwd=$PWD uid=$(id -u) gid=$(id -g) start=1
	run 02 two argv="touch two" cwd=$PWD uid=$(id -u) gid=$(id -g) start=2
	run 03 again argv="touch two" cwd=$PWD uid=$(id -u) gid=$(id -g) start=3
	run 04 three argv="touch three" cwd=$PWD uid=$(id -u) gid=$(id -g) start=4
	call * read 1 image=/bin/sh
	T
	sp-verify -p p.json -o list --replay a.sp 2> err 3>&- &
	wait_for 10 test -e up
	kill -TERM $!
	wait $! || status=$?
	cat err
	[ "$status" = 2 ]
	[ ! -e two ]
	[ ! -e three ]
	grep 'killed by SIGTERM' err
	grep 'ended by a signal: 2 more commands were not replayed' err
	[ -e list ]
	# If the signal comes during the last command, no command is left out.
	rm up
	sp-verify -p p.json --replay --run=one a.sp 2> err 3>&- &
	wait_for 10 test -e up
	kill -TERM $!
	wait $!
	run ! grep 'not replayed' err
}

@test "an image without a path, as under runc, is listed with its task's name" {
	requires_root
	profile ALLOW ERRNO chmod > p.json
	# shellcheck disable=SC2016 # the inner shell expands it
	run --separate-stderr unshare -m sh -c ': > at
		mount --bind "$1" at && exec 9< at && umount -l at &&
		exec sp-verify -p p.json -- /proc/self/fd/9' sh "$BATS_FILE_TMPDIR/own"
	[ "$status" = 0 ]
	[[ "$stderr" == *"sp-verify: [9] loads a filter of its own"* ]]
}

@test "the first signal is passed on, and a second one kills the command" {
	local status=0
	profile ALLOW ERRNO chmod > p.json
	sp-verify -p p.json -- sh -c 'trap "exit 5" TERM; > up; while :; do
		sleep 0.1; done' 2> err 3>&- &
	wait_for 10 test -e up
	kill -TERM $!
	wait $!
	grep "exited with 5" err
	rm up
	sp-verify -p p.json -- sh -c 'trap "> got" TERM; > up; while :; do
		sleep 0.1; done' 2> err 3>&- &
	wait_for 10 test -e up
	kill -TERM $!
	wait_for 10 test -e got
	# The same signal within 0.2 seconds would not count as a second one.
	sleep 0.3
	kill -TERM $!
	wait $! || status=$?
	[ "$status" = 2 ]
	grep "ended by SIGTERM" err
}

@test "--replay runs each distinct command once, in order and as recorded" {
	requires_root
	profile ALLOW ERRNO getppid > p.json
	mkdir d
	chmod 777 d
	trace > a.sp <<-T
	run 03 late argv="sh -c 'echo late >> log'" cwd=$PWD/d start=30
	run 01 early argv="sh -c 'umask >> log; id -u >> log; id -G >> log'" cwd=$PWD/d start=10 uid=65534 gid=65533
	run 02 again argv="sh -c 'echo late >> log'" cwd=$PWD/d start=40
	call * read 1 image=/bin/sh
	T
	umask 077
	run --separate-stderr sp-verify -p p.json --replay a.sp
	[ "$status" = 1 ]
	[ "$(sed -n 1p d/log)" = 0022 ]
	[ "$(sed -n 2p d/log)" = 65534 ]
	[ "$(sed -n 3p d/log)" = "65533 0" ]
	[ "$(sed -n 4p d/log)" = late ]
	[ "$(wc -l < d/log)" = 4 ]
	[[ "$output" == *"getppid  EPERM"* ]]
}

@test "--run selects a run by name or id, and a run without its command line is an error" {
	profile ALLOW ERRNO chmod > p.json
	trace > a.sp <<-T
	run ab01 one argv="touch one" cwd=$PWD uid=$(id -u) gid=$(id -g)
	run cd02 two argv="touch two" cwd=$PWD uid=$(id -u) gid=$(id -g)
	run ef03 none argv=nil cwd=$PWD uid=$(id -u) gid=$(id -g)
	call * read 1 image=/bin/touch
	T
	id=$("$TESTS/mkstream" --dump a.sp | grep -o 'cd02[0-9a-f]*\|[0-9a-f]*cd02' | sed -n 1p)
	sp-verify -p p.json --replay --run=one a.sp
	[ -e one ]
	[ ! -e two ]
	sp-verify -p p.json --replay --run="${id:0:32}" a.sp
	[ -e two ]
	run sp-verify -p p.json --replay a.sp
	[ "$status" = 2 ]
	[[ "$output" == *"without its command line"* ]]
	run sp-verify -p p.json --replay --run=three a.sp
	[ "$status" = 2 ]
}

@test "after sp-record and sp-emit, a profile that lacks one call has a violation" {
	requires_root
	requires sp-record jq
	sp-record -q -o ls.sp -- ls /tmp > /dev/null
	sp-emit --oci ls.sp > p.json
	sp-verify -p p.json ls.sp
	sp-verify -p p.json -- ls /tmp
	jq '(.syscalls[].names) -= ["getdents64"]' p.json > less.json
	run --separate-stderr sp-verify -p less.json ls.sp
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 2 ]
	[[ "${lines[1]}" == *"getdents64"* ]]
	run -1 sp-verify -p less.json -o list --replay ls.sp
	[ "$(rows | wc -l)" = 2 ]
	[[ $(rows | tail -n 1) == *"getdents64"* ]]
}

@test "a call that a filter denied during the recording is judged like other calls" {
	printf '%s\n' 'run 1 r' 'call 1 read 1' 'denial 1 chmod -1 2' \
		'denial 1 chmod -13 1' 'denial 1 ptrace 31 1' |
		"$TESTS/mkstream" >a.sp
	sp-emit --oci --deny-denied a.sp 2>/dev/null >p.json
	run -1 --separate-stderr sp-verify -p p.json --json a.sp
	jq -e 'map([.name, .count]) == [["chmod", 3], ["ptrace", 1]]
		and ([.[0].sites[].own_filter] | sort) == ["EACCES", "EPERM"]' \
		<<<"$output"
	[[ $stderr == *"--allow-denied"* ]]
	sp-emit --oci --allow-denied a.sp 2>/dev/null >p.json
	run -0 sp-verify -p p.json a.sp
}

@test "--json and --junit contain the violations of the list" {
	"$TESTS/mkstream" >a.sp <<-'END'
	run 1 a how="command paths"
	image "/opt/<a>&%22b"
	call 1 read 3
	call 1 ptrace 2
	path 1 0x8000001 0 "/etc/<x>" 4
	END
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls:
		[{names: ["read"], action: "SCMP_ACT_ALLOW"}]}' >p.json
	jq -n '{ruleset: [{handledAccessFs: ["read_file"]}]}' >l.json
	run -1 sp-verify -p p.json --json --junit=j.xml -o v.json a.sp
	jq -e '. == [{arch: "x86_64", nr: 101, name: "ptrace", count: 2,
		answer: "EPERM", images: ["/opt/<a>&\"b"], first_ns: 0,
		sites: []}]' v.json
	run -1 sp-verify --landlock l.json --json --junit=l.xml -o v.json a.sp
	jq -e '. == [{right: "fs.read_file", object: "/etc/<x>", count: 4,
		image: "/opt/<a>&\"b"}]' v.json
	jq '.syscalls[0].names += ["ptrace"]' p.json >all.json
	run -0 sp-verify -p all.json --json --junit=none.xml -o v.json a.sp
	[ "$(cat v.json)" = '[]' ]
	/usr/bin/python3 "$TESTS/scripts/junit.py"
	run -2 sp-verify -p p.json --junit=/no/dir/x a.sp
}

@test "of two profiles, the stricter answer counts, and of equally strict answers the newer one" {
	profile ERRNO ALLOW read,write,chmod KILL_PROCESS close > a.json
	printf '%s' '{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
		"syscalls": [{"names": ["read", "close", "openat"],
		"action": "SCMP_ACT_ALLOW"}]}' > b.json
	printf '%s\n' 'run 01 a' 'image /a' 'call 01 read 1' 'call 01 write 1' \
		'call 01 close 1' 'call 01 openat 1' 'call 01 getpid 1' |
		trace > a.sp
	run -1 sp-verify -p a.json -p b.json -o list a.sp
	[ "$(row write)" = "1 ENOSYS /a" ]
	[ "$(row close)" = "1 kill process" ]
	[ "$(row openat)" = "1 EPERM /a" ]
	[ "$(row getpid)" = "1 ENOSYS /a" ]
	[ "$(wc -l < list)" = 5 ]
	run -1 sp-verify -p b.json -p a.json -o list a.sp
	[ "$(row getpid)" = "1 EPERM /a" ]
	run -2 sp-verify -p a.json -p none.json a.sp
	run -2 sp-verify -p - -p - -- true < /dev/null
}

@test "a command can be verified under two profiles, with and without --enforce" {
	profile ALLOW ERRNO getdents64 KILL_PROCESS getppid > a.json
	profile ALLOW ERRNO getppid KILL_PROCESS seccomp,prctl > b.json
	run sp-verify -p a.json -p b.json -o list -- sh -c 'ls / > /dev/null'
	[ "$status" = 1 ]
	[ "$(row getdents64 | cut -d' ' -f2)" = EPERM ]
	[ "$(row getppid | cut -d' ' -f2,3)" = "kill process" ]
	for order in "-p a.json -p b.json" "-p b.json -p a.json"; do
		# shellcheck disable=SC2086
		run -1 sp-verify $order --enforce -o list -- ls /
		[[ "$output" == *"Operation not permitted"* ]]
		[ "$(row getdents64 | cut -d' ' -f2)" = EPERM ]
		# shellcheck disable=SC2086
		run -1 sp-verify $order --enforce -o list -- sh -c :
		[[ "$output" == *"killed by SIGSYS"* ]]
	done
}

# raw FILE INSTRUCTION… — writes a raw filter; each instruction is CODE,JT,JF,K
raw() {
	/usr/bin/python3 -c 'import struct, sys
for i in sys.argv[1:]:
    code, jt, jf, k = (int(v, 0) for v in i.split(","))
    sys.stdout.buffer.write(struct.pack("=HBBI", code, jt, jf, k))' \
		"${@:2}" > "$1"
}

@test "a raw filter gives the verdicts of the profile from which it was made" {
	"$TESTS/mkstream" > a.sp <<-'T'
	run 01 a
	image /a
	call 01 read 3
	call 01 exit_group 1
	T
	sp-emit --bpf --exact -o p.bpf a.sp
	sp-emit --oci --exact -o p.json a.sp
	printf 'run 01 a\nimage /a\n%s\n' 'call 01 read 3' 'call 01 chmod 1' |
		trace > b.sp
	run -1 sp-verify -p p.bpf --json b.sp
	raw=$output
	run -1 sp-verify -p p.json --json b.sp
	[ "$raw" = "$output" ]
	run -1 sp-verify -p - --json b.sp < p.bpf
	[ "$raw" = "$output" ]
	raw deny.bpf 0x20,0,0,0 0x15,0,1,0 6,0,0,0x50005 6,0,0,0x7fff0000
	run -1 sp-verify -p p.bpf -p deny.bpf -o list b.sp
	[ "$(row read)" = "3 EIO /a" ]
}

@test "a command can be verified under a raw filter that computes its answer" {
	# The answer to getppid is 0x50000 | 110 - 97. Other calls are allowed,
	# also by a computed answer.
	raw c.bpf 0x20,0,0,0 0x15,0,3,110 0x14,0,0,97 0x44,0,0,0x50000 0x16,0,0,0 \
		0,0,0,0x7fff0000 0x16,0,0,0
	profile ALLOW ERRNO getpgid > a.json
	run -1 sp-verify -p c.bpf -o list -- sh -c :
	[ "$(row getppid | cut -d' ' -f2)" = EACCES ]
	run -1 sp-verify -p c.bpf --json -o list -- sh -c :
	jq -e 'map(.name) == ["getppid"]' list
	run -1 sp-verify -p c.bpf -p a.json -o list -- sh -c :
	[ "$(row getppid | cut -d' ' -f2)" = EACCES ]
	run -1 sp-verify -p a.json -p c.bpf --enforce -o list -- sh -c :
	[ "$(row getppid | cut -d' ' -f2)" = EACCES ]
}

@test "a malformed raw filter is refused with the file, the instruction and a reason" {
	local case text
	printf 'run 01 a\nimage /a\ncall 01 read 1\n' | trace > a.sp
	while IFS='|' read -r text case; do
		# shellcheck disable=SC2086
		raw f.bpf $case
		run sp-verify -p f.bpf a.sp
		[ "$status" = 2 ]
		[ "$output" = "sp-verify: f.bpf: instruction $text" ]
	done <<-'END'
	0: the last one, and does not return|0x20,0,0,0
	1: unknown code 0x94|0x20,0,0,0 0x94,0,0,3 6,0,0,0
	0: unknown code 0xe|0x0e,0,0,0
	0: loads from outside struct seccomp_data, or not a whole word|0x20,0,0,64 6,0,0,0
	0: loads from outside struct seccomp_data, or not a whole word|0x20,0,0,2 6,0,0,0
	1: divides by 0|0x20,0,0,0 0x34,0,0,0 6,0,0,0
	1: shifts by more than 31 bits|0x20,0,0,0 0x64,0,0,32 6,0,0,0
	0: uses a memory word above M[15]|0x02,0,0,16 6,0,0,0
	0: reads memory that was not written|0x60,0,0,1 6,0,0,0
	3: reads memory that was not written|0x20,0,0,0 0x15,1,0,3 2,0,0,0 0x60,0,0,0 6,0,0,0
	0: jumps beyond the end|0x05,0,0,1 6,0,0,0
	1: jumps beyond the end|0x20,0,0,0 0x15,0,1,3 6,0,0,0
	END
	raw f.bpf 0x20,0,0,0
	printf '\6\0\0' >> f.bpf
	run -2 sp-verify -p f.bpf a.sp
	[ "$output" = "sp-verify: f.bpf: instruction 1: cut off" ]
	head -c 32776 /dev/zero > f.bpf
	run -2 sp-verify -p f.bpf a.sp
	[ "$output" = "sp-verify: f.bpf: 4097 instructions, not 1 to 4096" ]
	run -2 sp-verify -p a.sp a.sp
	[ "$output" = "sp-verify: a.sp: a sandprint stream, not a seccomp profile" ]
}

# Compares sp-verify with the kernel on filters with one wrong byte.
@test "sp-verify refuses the raw filters that the kernel refuses, and no others" {
	printf 'run 01 a\nimage /a\ncall 01 read 1\ncall 01 write 1\n' | trace > a.sp
	sp-emit --bpf --exact -o p.bpf a.sp 2> err
	/usr/bin/python3 - <<-'END'
	import random
	random.seed(1)
	whole = open("p.bpf", "rb").read()
	for n in range(300):
	    made = bytearray(whole)
	    at = random.randrange(len(made) // 8) * 8 + random.choice([0, 0, 2, 3, 4, 5])
	    made[at] = random.choice([made[at] ^ 1 << random.randrange(8), random.randrange(256)])
	    open(f"m{n:03}", "wb").write(made)
	END
	# This filter reads memory that was written on only one of two paths.
	raw m300 0x20,0,0,0 0x15,1,0,5 5,0,0,2 2,0,0,0 5,0,0,1 5,0,0,2 \
		0x60,0,0,0 6,0,0,0x7fff0000 6,0,0,0x7fff0000
	"$WITNESS/load-filters" m??? > kernel
	for f in m???; do
		status=0
		sp-verify -p "$f" a.sp > out 2> err || status=$?
		[ $status = 2 ] && printf 0 || printf 1
	done > ours
	cmp kernel ours
	grep -q 0 ours
	grep -q 1 ours
}

@test "--pid: the name of a process cannot be mistaken for its state" {
	local sleeper
	requires_root
	printf 'run 01 a\nimage /a\ncall 01 read 1\n' | trace > a.sp
	cp "$(command -v sleep)" 'a) Z (b'
	'./a) Z (b' 100 3>&- &
	sleeper=$!
	# Another process traces the sleeper, so sp-verify must print the
	# reason.
	strace -o strace.out -p "$sleeper" 3>&- &
	wait_for 10 grep -q 'TracerPid:.[1-9]' "/proc/$sleeper/status"
	run -2 sp-verify --pid="$sleeper" a.sp
	[[ $output == "sp-verify: process $sleeper: is traced by process "* ]]
	kill "$sleeper"
	ended 143 "$sleeper"
}

@test "--pid reads the filters of a running process" {
	local sleeper
	requires_root
	profile ERRNO ALLOW read > a.json
	printf 'run 01 a\nimage /a\ncall 01 read 1\ncall 01 chmod 1\n' | trace > a.sp
	sleep 100 3>&- &
	sleeper=$!
	run -2 sp-verify --pid="$sleeper" a.sp
	[ "$output" = "sp-verify: process $sleeper: has no seccomp filter" ]
	kill $sleeper
	ended 143 $sleeper
	run -2 sp-verify --pid="$sleeper" a.sp
	[ "$output" = "sp-verify: process $sleeper: cannot be traced: No such process" ]
	run -2 sp-verify --pid=0 a.sp
	run -2 sp-verify --as=runc --pid=1 a.sp
	run -2 sp-verify --as=docker -p a.json a.sp
}

@test "--pid: missing privileges are named, and the process continues to run" {
	local judge sleeper
	requires_root
	requires setpriv
	profile ALLOW ERRNO chmod > a.json
	profile ALLOW KILL_PROCESS restart_syscall > b.json
	printf 'run 01 a\nimage /a\ncall 01 read 1\ncall 01 chmod 1\n' | trace > a.sp
	sp-verify -p a.json -p b.json --enforce -o list -- sleep 100 2> err 3>&- &
	judge=$!
	wait_for 10 pgrep -x -P $judge sleep
	sleeper=$(pgrep -x -P $judge sleep)
	wait_for 10 grep -q '^Seccomp:	2' "/proc/$sleeper/status"
	wait_for 10 grep -q nanosleep "/proc/$sleeper/wchan"
	for _ in 1 2 3; do
		run -1 sp-verify --pid="$sleeper" -o list a.sp
		[ "$(row chmod)" = "1 notify /a" ]
	done
	run -2 setpriv --inh-caps=-all --bounding-set=-sys_admin "$(command -v sp-verify)" \
		--pid="$sleeper" a.sp
	[[ "$output" == *"this needs CAP_SYS_ADMIN" ]]
	run -2 setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$(command -v sp-verify)" --pid="$sleeper" a.sp < /dev/null
	[[ "$output" == *"this needs CAP_SYS_PTRACE"* ]]
	run -0 sp-verify -p a.json -- sp-verify --pid="$sleeper" a.sp
	[[ "$output" == *"sp-verify, which is under a filter itself"* ]]
	kill -0 "$sleeper"
	kill "$sleeper"
	ended 0 $judge
}

@test "rules for which libseccomp 2.5.4 would loop forever are an error" {
	needs endless_rules
	printf 'run 01 a\nimage /a\ncall 01 getpid 1\n' | trace > a.sp
	jq -n 'def rule($a; $b): {names: ["getpid"], action: "SCMP_ACT_ALLOW",
			args: [$a, $b]};
		def arg($i; $op; $value): {index: $i, value: $value,
			op: "SCMP_CMP_\($op)"};
		{defaultAction: "SCMP_ACT_ERRNO", syscalls: [
		rule(arg(0; "NE"; 2); arg(1; "LE"; 2147483648)),
		rule(arg(3; "LE"; 7); arg(0; "NE"; 2)),
		rule(arg(4; "LT"; 1); arg(0; "EQ"; 7))]}' > p.json
	run sp-verify -p p.json -o list a.sp
	[ "$status" = 2 ]
	[ "$output" = "sp-verify: p.json: libseccomp takes more than 10 seconds for this profile: use fewer conditions on the arguments of one call" ]
	[ ! -e list ]
}

# The bug is GHSA-4q85-33p6-j5g6: the filter would allow getpid with argument 3.
@test "a profile for which libseccomp makes a wrong filter is refused" {
	needs wrong_filters
	printf 'run 01 a\nimage /a\ncall 01 getpid 1\n' | trace > a.sp
	jq -n 'def rule($op; $value): {names: ["getpid"],
			action: "SCMP_ACT_ALLOW",
			args: [{index: 5, value: $value, op: "SCMP_CMP_\($op)"}]};
		{defaultAction: "SCMP_ACT_ERRNO", syscalls: [
		rule("GT"; 4294967296), rule("LT"; 1)]}' > p.json
	run sp-verify -p p.json -o list a.sp
	[ "$status" = 2 ]
	[[ "$output" == "sp-verify: p.json: libseccomp 2."*" makes a wrong filter of this profile: getpid on x86_64 with argument 5 0x"*" gets allow instead of EPERM" ]]
	[ ! -e list ]
	local how
	for how in "--score a.sp" "-- true" "--as=runc a.sp"; do
		# shellcheck disable=SC2086
		run -2 sp-verify -p p.json $how
		[[ "$output" == *"makes a wrong filter of this profile"* ]]
	done
}

@test "if only some values of a call are unknown, the known values are judged" {
	printf '%s\n' 'run 1 a' 'image /a' 'call 1 ioctl 5' \
		'argument 1 ioctl "1:4294967295:21505" 2' \
		'argument 1 ioctl "1:4294967295:7" 1' 'argument 1 ioctl "" 2' |
		trace > a.sp
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls: [{names: ["ioctl"],
		action: "SCMP_ACT_ALLOW", args: [{index: 1, value: 21505,
		op: "SCMP_CMP_EQ"}]}]}' > p.json
	run -1 --separate-stderr sp-verify -p p.json --json a.sp
	jq -e 'map([.name, .count]) == [["ioctl", 1]]' <<< "$output"
	[[ $stderr == *"undecided"*"ioctl"* ]]
}

@test "options without effect are refused" {
	profile ALLOW ERRNO chmod > p.json
	printf 'run 1 a\nimage /a\ncall 1 read 1\n' | trace > a.sp
	: > log
	jq -n '{ruleset: [{handledAccessFs: ["read_file"]}]}' > l.json
	while read -r args; do
		# shellcheck disable=SC2086 # several words
		run -2 sp-verify $args < /dev/null
		[[ $output == *"--help"* ]]
	done <<-'END'
	--audit=log --run=x
	--audit=log --cap=all
	--audit=log --allow-partial
	--landlock=l.json --kernel=6.1 a.sp
	--pid=1 --cap=all a.sp
	-p p.json --learn --json a.sp
	END
}

@test "--image judges only the selected executables of the recordings" {
	printf '%s\n' 'run 1 r' 'image /bin/app' 'call 1 read 1' 'image /bin/runc' \
		'call 1 chmod 2' | trace > a.sp
	profile ERRNO ALLOW read > p.json
	run -1 sp-verify -p p.json a.sp
	run -0 sp-verify -p p.json --image='*/app' a.sp
	run -1 sp-verify -p p.json --image='*/app' --image='*/runc' a.sp
	run -0 sp-verify --score -p p.json --image='*/app' a.sp
	[[ "${lines[0]}" == *"1 observed, 0 never"* ]]
	run -2 sp-verify -p p.json --image=nothing a.sp
	[ "$output" = "sp-verify: --image: nothing matches 'nothing'; the recording has: /bin/app /bin/runc" ]
	run -2 sp-verify -p p.json --image=x -- true
}

@test "-u runs the command as another user" {
	requires_root
	profile ALLOW ERRNO chmod > p.json
	chmod 711 .
	run -0 --separate-stderr sp-verify -p p.json -u nobody -o list -- id -u
	[ "$output" = "$(id -u nobody)" ]
	run -2 sp-verify -p p.json -u no-such-user -- id
	run -2 sp-verify -p p.json -u nobody a.sp
}

@test "the list and --junit cannot be the same file" {
	profile ALLOW ERRNO chmod > p.json
	printf 'run 1 a\nimage /a\ncall 1 read 1\n' | trace > a.sp
	run -2 sp-verify -p p.json --junit=- a.sp
	run -2 sp-verify -p p.json --junit=x -o x a.sp
	run -2 sp-verify -p p.json --learn --junit=- a.sp
	run -0 sp-verify -p p.json --junit=- -o x a.sp
	[[ "$output" == *"<testsuite"* ]]
}

@test "a raw filter whose number of states grows is judged in limited time" {
	# Repeats 800 times: if a bit of the first argument is set, adds a
	# number to M[0].
	{
		printf '0x00,0,0,0 0x02,0,0,0 '
		for n in $(seq 800); do
			printf '0x20,0,0,16 0x45,0,3,%d 0x60,0,0,0 0x04,0,0,%d 0x02,0,0,0 ' \
				$((1 << n % 30)) "$n"
		done
		echo '0x06,0,0,0x7fff0000'
	} > code
	# shellcheck disable=SC2046 # several words
	raw states.bpf $(< code)
	{
		printf 'run 1 a\nimage /a\n'
		for n in $(seq 40); do printf 'call 1 %d 1\n' "$n"; done
	} | trace > a.sp
	run -0 timeout 15 sp-verify -p states.bpf a.sp
	[[ "$output" == *"undecided"* ]]
}
