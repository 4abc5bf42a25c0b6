#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# Tests the tools on a machine that fails. sandprint-security(7) has the table
# "What a failing machine does". The title of each test begins with the name of
# a row of this table, and each row has tests.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir out fs
	printf 'run 1 a\nimage /bin/ls\ncall 1 0 1\n' | "$TESTS/mkstream" >small.sp
	{
		printf 'run 1 a\nimage /bin/ls\n'
		seq 1 3000 | sed 's/.*/call 1 & 1/'
	} | "$TESTS/mkstream" >big.sp
	{
		printf 'run 1 a\nimage /bin/ls\n'
		seq 0 330 | sed 's/.*/call 1 & 1/'
	} | "$TESTS/mkstream" >calls.sp
	printf 'run 1 a\nimage /usr/bin/true\ncall 1 0 1\n' | "$TESTS/mkstream" |
		sp-emit --oci -o p.json
}

teardown() {
	[ ! -e fs.pid ] || kill "$(<fs.pid)"
	[ ! -e mounted ] || umount out
	[ ! -e online ] || echo 1 >"$(<online)"
}

# says STATUS MESSAGE COMMAND… — checks the exit status, and that stderr is
# exactly MESSAGE
says() {
	local status=0 wanted=$1 message=$2
	shift 2
	"$@" 2>err 3>&- || status=$?
	echo "$status: $(<err)" >&2
	[ "$status" = "$wanted" ]
	[ "$(<err)" = "$message" ]
}

# holds NAME… — checks that out/ contains these files, and no others
holds() {
	printf '%s\n' "$@" | sed '/^$/d' | sort >expected
	ls -A out | sort | diff -u expected -
}

# quietly COMMAND… — hides what the shell prints about killed commands
quietly() {
	"$@" 2>/dev/null
}

@test "each row of the manual's table has a test, and each test has a row" {
	sed -n '/^\.Ss What a failing machine does/,/^\.S[sh] What is not/s/^\.It //p' \
		"$TESTS/../lib/sandprint-security.7" | sort -u >rows
	sed -n 's/^@test "\([^"]*\): .*/\1/p' "$BATS_TEST_FILENAME" | sort -u |
		diff -u rows -
	[ "$(wc -l <rows)" -ge 14 ]
}

@test "A full disk: the message names it, and the file stays as it was" {
	needs root
	mount -t tmpfs -o size=64k tmpfs out
	touch mounted
	echo before >out/old
	says 2 'sp-emit: out/old: No space left on device' \
		sp-emit --json -o out/old big.sp
	[ "$(<out/old)" = before ]
	run ! dd if=/dev/zero of=out/filler bs=4096
	says 2 'sp-merge: out/new: No space left on device' \
		sp-merge -o out/new small.sp
	says 125 'sp-record: out/rec: No space left on device' \
		sp-record -q -o out/rec -- touch ran
	[ -e ran ]
	says 2 'sp-emit: <stdout>: No space left on device' \
		sp-emit --json small.sp >/dev/full
	says 125 'sp-record: <stdout>: No space left on device' \
		sp-record -q -- true >/dev/full
	holds filler old
}

# mount_failing OPERATION — mounts fs/, where the operation fails with EIO
mount_failing() {
	needs root
	"$WITNESS/eio-fs" fs big.sp "$1" 3>&- &
	echo $! >fs.pid
	wait_for 10 test -e fs/old || skip 'no /dev/fuse'
}

@test "A file system that fails: a read error is reported" {
	mount_failing read
	says 2 "sp-merge: fs/old: segment 1: record 1502: Input/output error" \
		sp-merge -o out/new fs/old
	says 2 'sp-verify: fs/old: Input/output error' sp-verify -p fs/old small.sp
	says 2 'sp-verify: fs/old: Input/output error' \
		sp-verify --landlock fs/old small.sp
	holds ''
}

@test "A file system that fails: an error of write or close is reported" {
	local what
	for what in write close; do
		mount_failing $what
		says 2 'sp-emit: fs/new: Input/output error' \
			sp-emit --json -o fs/new small.sp
		says 125 'sp-record: fs/new: Input/output error' \
			sp-record -q -o fs/new -- touch ran.$what
		[ -e ran.$what ]
		[ ! -e fs/new ]
		kill "$(<fs.pid)"
		wait "$(<fs.pid)"
		rm fs.pid
	done
}

# unread COMMAND… — runs the command with a pipe as stdout that has no reader
unread() {
	local pipe
	mkfifo pipe
	# Opening the FIFO for reading and writing does not wait for another
	# process.
	exec {pipe}<>pipe
	exec 9>pipe {pipe}<&-
	rm pipe
	"$@" >&9 9>&-
	exec 9>&-
}

@test "A pipe without a reader: the filter ends, and a recorded command does not" {
	unread says 141 '' sp-emit --json small.sp
	unread bash -c 'trap "" PIPE; sp-emit --json small.sp; echo $? >status' 2>err
	[ "$(<err)" = 'sp-emit: <stdout>: Broken pipe' ]
	[ "$(<status)" = 2 ]
	needs root
	unread says 125 'sp-record: <stdout>: Broken pipe' \
		sp-record -q -- touch ran
	[ -e ran ]
	unread says 125 'sp-record: <stdout>: Broken pipe' \
		sp-record -q --every -- sh -c 'sleep 0.2; touch lasted'
	[ -e lasted ]
}

@test "Closed standard descriptors: no other file is written instead" {
	local closed
	for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		eval "sp-emit --json -o out/a small.sp $closed"
		jq -e .calls out/a >/dev/null
	done
	says 2 'sp-emit: <stdout>: Bad file descriptor' sp-emit --json small.sp >&-
	says 2 'sp-emit: <stdin>: Bad file descriptor' sp-emit --json <&-
	needs root
	says 125 'sp-record: <stdout>: Bad file descriptor' \
		sp-record -q -- touch ran >&-
	[ ! -e ran ]
	sp-record -q -o out/r -- bash -c \
		'for n in 0 1 2; do [ ! -e /proc/self/fd/$n ] || exit 9; done' \
		<&- >&- 2>&-
	sp-emit --json out/r | jq -e .calls >/dev/null
}

@test "RLIMIT_FSIZE: a file that gets too large is an error, and no part of it remains" {
	says 2 'sp-emit: out/a: File too large' \
		prlimit --fsize=512 sp-emit --json -o out/a big.sp
	holds ''
	needs root
	says 125 'sp-record: out/a: File too large' \
		prlimit --fsize=64 sp-record -q -o out/a -- touch ran
	[ ! -e ran ] || holds ''
	holds ''
}

@test "RLIMIT_FSIZE: --score says which default profile it could not measure" {
	local file=/usr/share/containers/seccomp.json
	[ -r $file ] || skip "no $file"
	prlimit --fsize=4096 sp-verify --score -p p.json -o out/a 2>err
	grep -q "^sp-verify: $file is not measured: " err
}

@test "RLIMIT_NOFILE: too few descriptors are an error before the command starts" {
	says 2 'sp-emit: out/a: Too many open files' \
		prlimit --nofile=4 sp-emit --json -o out/a small.sp
	holds ''
	needs root
	run -125 prlimit --nofile=20 sp-record -q -o out/a -- touch ran 3>&-
	[[ $output == *'Too many open files'* ]]
	run -2 prlimit --nofile=8 sp-verify -p p.json -- touch ran 3>&-
	[[ $output == *'Too many open files'* ]]
	[ ! -e ran ]
	holds ''
}

# with_descriptors N COMMAND… — runs the command with N descriptors as the limit,
# and without the descriptors of bats
with_descriptors() (
	limit=$1
	shift
	for n in {3..20}; do
		eval "exec $n>&-"
	done
	exec prlimit --nofile="$limit" "$@"
)

@test "RLIMIT_NOFILE: --possible fails if it cannot open all executables" {
	needs root
	local n status failed=0
	sp-record -q --paths -o ls.sp -- ls -l out >/dev/null
	sp-emit --html --possible -o all ls.sp
	for n in {8..11}; do
		status=0
		with_descriptors "$n" sp-emit --html --possible -o some ls.sp \
			2>messages || status=$?
		if [ $status = 0 ]; then
			diff -q all some
		else
			grep -q 'Too many open files' messages
			failed=$((failed + 1))
		fi
	done
	[ $failed -gt 1 ]
}

# The text of an errno begins with a capital.
@test "RLIMIT_NOFILE: each message names what could not be opened or started" {
	local n command status
	: >all
	for n in {4..11}; do
		for command in 'sp-merge p.json small.sp' 'sp-diff p.json small.sp' 'sp-emit --bpf small.sp' \
			'sp-emit --oci --args=all small.sp' 'sp-emit --explain --possible small.sp' \
			'sp-emit --oci --base=p.json small.sp' 'sp-verify -p p.json small.sp' \
			'sp-verify -p p.json --as=runc small.sp' 'sp-verify --score -p p.json'; do
			status=0
			# shellcheck disable=SC2086 # several words
			prlimit --nofile=$n $command >/dev/null 2>messages 3>&- || status=$?
			[ "$status" -le 2 ] || [ "$status" -eq 127 ]
			sed "s/^/$n: $command: /" messages >>all
			run ! grep -E '^sp-[a-z]*: [A-Z]|Bad file descriptor' messages
		done
	done
	[ "$(grep -c 'Too many open files' all)" -ge 9 ]
}

@test "RLIMIT_NOFILE: no process remains when --method=notify fails" {
	local n status
	for n in {6..14}; do
		status=0
		# A process that remained would keep the pipe open.
		timeout 20 bash -c "output=\$(prlimit --nofile=$n sp-record -q \
			--method=notify -o out/a -- true 2>&1 3>&-)
			code=\$?; printf %s \"\$output\" >messages; exit \$code" || status=$?
		echo "$n: $status $(<messages)"
		[ $status = 0 ] || [ $status = 125 ]
		[ $status = 0 ] || [[ $(<messages) == sp-record:*'Too many open files' ]]
		[ "$(wc -l <messages)" = 0 ]
		rm -f out/a
	done
	[ $status = 0 ]
}

# starved STATUS COMMAND… — runs the command with more and more memory. Until it
# prints its usual output, it must print only that memory ran out.
starved() {
	local fail=$1 bytes status good=0 failed=0
	shift
	"$@" >wanted
	for ((bytes = 100000; good < 3; bytes += 8192)); do
		[ $bytes -lt 16000000 ]
		status=0
		prlimit --data=$bytes "$@" >got 2>err || status=$?
		# With a larger status, the dynamic loader failed, as it must
		# for --version.
		if [ $status -gt 2 ]; then
			run ! prlimit --data=$bytes "$1" --version
		elif [ $status = 0 ]; then
			cmp got wanted
			good=$((good + 1))
		else
			[ $status = "$fail" ]
			[ ! -s got ]
			shows '^[a-z-]*: out of memory$' <err
			failed=$((failed + 1))
		fi
	done
	[ $failed -gt 3 ]
}

@test "RLIMIT_AS, RLIMIT_DATA: a tool prints that memory ran out, and no wrong answer" {
	# Makes the C library request memory from the kernel in small steps.
	export GLIBC_TUNABLES=glibc.malloc.top_pad=1:glibc.malloc.mmap_threshold=4096
	local format
	for format in json oci bpf minijail libseccomp html; do
		starved 2 sp-emit --$format calls.sp
	done
	starved 2 sp-merge calls.sp small.sp
	starved 2 sp-diff --matrix calls.sp small.sp
	sp-emit --oci -o all.json calls.sp
	starved 2 sp-verify -p all.json calls.sp
}

@test "RLIMIT_AS, RLIMIT_DATA: sp-record writes a complete stream or none" {
	needs root
	local bytes status good=0
	export GLIBC_TUNABLES=glibc.malloc.top_pad=1:glibc.malloc.mmap_threshold=4096
	for ((bytes = 200000; good < 2; bytes += 131072)); do
		[ $bytes -lt 64000000 ]
		status=0
		prlimit --data=$bytes sp-record -q -o out/a -- true 2>err ||
			status=$?
		case $status in
		0)
			sp-emit --json out/a | jq -e .runs[0].complete >/dev/null
			rm out/a
			good=$((good + 1)) ;;
		125) shows -E 'out of memory|Cannot allocate memory' <err ;;
		*) run ! prlimit --data=$bytes sp-record --version ;;
		esac
		holds ''
	done
}

@test "RLIMIT_CPU: the limit ends the command, and the recorder does not reach it" {
	needs root
	run -137 timeout 20 prlimit --cpu=1:1 sp-record -q -o out/a -- \
		sh -c 'while :; do :; done'
	sp-emit --json out/a | jq -e '.runs[0].status.signal == 9' >/dev/null
	prlimit --cpu=1:1 sp-record -q -o out/b -- sleep 2
	holds a b
}

@test "RLIMIT_NPROC: the command is not started, and the reason is printed" {
	needs root
	setpriv --reuid=65534 --clear-groups sleep 60 3>&- &
	echo $! >fs.pid
	wait_for 10 grep -q '^Uid:.65534' "/proc/$!/status"
	says 126 'sp-record: touch: Resource temporarily unavailable' \
		prlimit --nproc=0 sp-record -q -u nobody -o out/a -- touch /tmp
	holds ''
	run -2 setpriv --reuid=65534 --clear-groups prlimit --nproc=1 \
		sp-verify -p - -- touch ran <p.json
	[[ $output == *'Resource temporarily unavailable' ]]
	[ ! -e ran ]
}

@test "RLIMIT_STACK: 64 KiB are enough for the tools" {
	prlimit --stack=65536 sp-emit --oci -o out/a small.sp
	run -1 prlimit --stack=65536 sp-verify -p p.json -o out/b -- true 3>&-
	grep -q ' munmap ' out/b
	needs root
	prlimit --stack=65536 sp-record -q --paths --stacks -o out/c -- true
}

@test "RLIMIT_MEMLOCK: BPF maps do not count against the limit" {
	needs root
	prlimit --memlock=0 sp-record -q --paths -o out/a -- true
	holds a
}

# owned PID — prints the BPF programs that the process holds
owned() {
	sed -n 's/^prog_id:[\t ]*//p' "/proc/$1/fdinfo"/* | sort -u
}

# gone ID… — checks that none of these BPF programs is loaded
gone() {
	local id
	for id; do
		run ! bpftool prog show id "$id"
	done
}

# SP_KILLS is the number of kills. The first kill follows the loading of the
# programs; the other kills come at random moments.
@test "SIGKILL: a killed recorder leaves no file and no BPF program" {
	needs root
	requires bpftool
	local i pid ids lived=0
	sp-record -q -o out/a -- sh -c 'echo $$ >command; exec sleep 60' 3>&- &
	pid=$!
	wait_for 20 test -s command
	mapfile -t ids < <(owned $pid)
	[ ${#ids[@]} -gt 3 ]
	kill -KILL $pid
	ended 137 $pid
	wait_for 10 gone "${ids[@]}"
	# The command continues to run after the recorder was killed.
	kill -KILL "$(<command)"
	for ((i = 0; i < ${SP_KILLS:-25}; i++)); do
		rm -f command
		sp-record -q --paths -o out/a -- \
			sh -c 'echo $$ >command; exec sleep 60' 3>&- &
		pid=$!
		sleep "0.$(printf %03d $((RANDOM % 300)))"
		kill -KILL $pid
		ended 137 $pid
		holds ''
		if [ -s command ]; then
			kill -KILL "$(<command)"
			lived=$((lived + 1))
		fi
	done
	echo "$lived of $i commands had started before the kill"
	# The recorder's child processes, which read files, end with it.
	wait_for 10 no_recorder
}

# no_recorder — checks that no sp-record of this test is alive
no_recorder() {
	local pid
	for pid in $(pgrep -x sp-record); do
		[[ ! /proc/$pid/cwd -ef . ]] || return 1
	done
}

@test "SIGSTOP: no call is lost if the target, the command or the recorder is stopped" {
	needs root
	local pid
	sleep 60 3>&- &
	pid=$!
	kill -STOP $pid
	timeout 20 sp-record -q -t 0.3 -o out/a -p $pid
	[ "$(awk '/^State/ { print $2 }' /proc/$pid/status)" = T ]
	kill -KILL $pid
	# -t sends SIGTERM, which stays pending while the command is stopped,
	# and SIGKILL ten seconds later.
	timeout 30 sp-record -q -t 0.3 -o out/b -- sh -c 'kill -STOP $$'
	sp-emit --json out/b | jq -e '.runs[0].status.signal == 9' >/dev/null
	sp-record -q -o out/c -- sh -c 'echo $$ >command
		while [ ! -e go ]; do sleep 0.1; done; exec "$0" 500' \
		"$WITNESS/rush" 3>&- &
	pid=$!
	wait_for 20 test -s command
	kill -STOP $pid
	touch go
	wait_for 20 eval '! kill -0 $(<command) 2>/dev/null ||
		grep -q "^State:.Z" /proc/$(<command)/status'
	kill -CONT $pid
	ended 0 $pid
	sp-emit --json out/c | jq -e '.runs[0].complete' >/dev/null
}

# count FILE — prints the number of openat calls in a stream
count() {
	sp-emit --json "$1" | jq '[.calls[] | select(.name == "openat").count] | add'
}

@test "A CPU that goes offline: its counts are kept, and the recording continues" {
	needs root
	local cpu=/sys/devices/system/cpu/cpu1/online program
	{ [ -w $cpu ] && [ "$(<$cpu)" = 1 ]; } || skip 'no CPU that can go offline'
	program='i=0; while [ $i -lt 400 ]; do : </dev/null; i=$((i+1)); done
		echo >ready; while [ ! -e go ]; do :; done
		while [ $i -lt 800 ]; do : </dev/null; i=$((i+1)); done'
	touch go
	sp-record -q -o out/plain -- sh -c "$program"
	rm go ready
	sp-record -q --paths -o out/a -- taskset -c 1 sh -c "$program" 3>&- &
	wait_for 20 test -e ready
	echo $cpu >online
	echo 0 >$cpu || skip 'no CPU that can go offline'
	touch go
	ended 0 $!
	sp-record -q -o out/b -- sh -c "$program"
	echo 1 >$cpu
	rm online
	local plain within without
	plain=$(count out/plain)
	within=$(count out/a)	# with the calls of taskset
	without=$(count out/b)
	[ "$without" = "$plain" ]
	[ "$within" -ge "$plain" ]
	sp-emit --json out/a |
		jq -e '.runs[0] | .complete and all(.lost[]?; . == 0)' >/dev/null
}

@test "A clock that is set: durations are measured with the kernel's monotonic clock" {
	needs root
	local offset
	unshare -T --monotonic 1 true || skip 'no time namespaces'
	for offset in 100000 -1000; do
		unshare -T --monotonic $offset \
			sp-record -q -o out/a -- sleep 0.2
		sp-emit --json out/a | jq -e '.runs[0].duration_ns |
			. > 200000000 and . < 60000000000' >/dev/null
		sleep 60 3>&- &
		unshare -T --monotonic $offset \
			sp-record -q -t 0.3 -o out/b -p $!
		kill $!
		sp-emit --json out/b | jq -e '(.runs[0].duration_ns |
			. > 300000000 and . < 60000000000) and
			all(.calls[]; .first_ns < 60000000000)' >/dev/null
	done
}
