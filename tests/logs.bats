#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests sp-merge --from, which makes streams from strace's logs and from lists
# of names.

load helper

SEEDS=$TESTS/fuzz/seeds/strace

# read_log TEXT… — prints the calls of a log with these lines on one line,
# sorted
read_log() {
	printf '%s\n' "$@" | sp-merge --from=strace | calls 2>/dev/null | sort | paste -sd ,
}

# same_as_strace [OPTION…] -- COMMAND… — checks that a log of strace and a
# recording have the same calls. Ignores restart_syscall, which depends on
# stops, and rt_sigreturn, which depends on when a signal arrives.
same_as_strace() {
	local options=() left=restart_syscall\|rt_sigreturn
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	strace -f -o log "${options[@]}" "$@" >/dev/null 2>&1
	sp-record -q -o recorded.sp -- "$@" >/dev/null 2>&1
	sp-merge --from=strace -o log.sp log
	calls recorded.sp | cut -d ' ' -f 1,2 | grep -vwE "$left" | sort >expected
	[ "$(wc -l <expected)" -gt 5 ]
	calls log.sp | cut -d ' ' -f 1,2 | grep -vwE "$left" | sort | diff expected -
}

@test "a log with any of strace's options has the calls of a recording" {
	requires strace
	for options in "" -ttt -tt "-n -i -t -r -T -yy -Y" -r; do
		# shellcheck disable=SC2086 # several words
		same_as_strace $options -- sh -c 'echo a | cat; ls /; true'
	done
}

@test "calls of 32-bit programs are recognized by mode lines or by their numbers" {
	requires strace
	needs i386
	strace --quiet=none true 2>/dev/null || skip "no strace with --quiet"
	for options in -n --quiet=none; do
		same_as_strace $options -- sh -c "true; $WITNESS/called-32; true"
		grep -q '^x86 ' expected
	done
	# strace writes a file for each process. Only the file of the 32-bit
	# process has a mode line.
	strace -ff --quiet=none -o each sh -c "true; $WITNESS/called-32; true"
	sp-merge --from=strace each.* | calls - | cut -d ' ' -f 1,2 | sort |
		grep -vw rt_sigreturn | diff expected -
	# Without mode lines, some names show that a mode line is missing.
	strace -f -o silent sh -c "true; $WITNESS/called-32; true"
	run -2 sp-merge --from=strace -o never silent
	[[ $output == "sp-merge: silent: line "*" is no system call of x86_64, and nothing shows that its process ran in another mode; strace -n does, and --quiet=none" ]]
	[ ! -e never ]
}

@test "each kind of line is read and counted" {
	needs x86_64
	diff - <(for log in "$SEEDS"/*; do
		sp-merge --from=strace "$log" 2>/dev/null | calls 2>/dev/null | sort | paste -sd ,
	done) <<-'END'
	x86 brk 1,x86 clone3 1,x86 exit_group 1,x86 fork 1,x86 getpid 1,x86 mmap2 1,x86_64 clone 2,x86_64 execve 3,x86_64 openat 1,x86_64 pause 1,x86_64 set_robust_list 1,x86_64 wait4 1
	x86 brk 1,x86 socket 1,x86 socketcall 1,x86_64 execve 1,x86_64 exit_group 1,x86_64 read 1
	x86_64 clone 1,x86_64 execve 1,x86_64 getpid 1,x86_64 nanosleep 1,x86_64 read 2,x86_64 restart_syscall 1,x86_64 vfork 1
	x86 mmap2 2,x86_64 close 57,x86_64 read 15
	END
	# The table of -C repeats the calls of the log, so it is skipped.
	[ "$(read_log 'read(0, "", 1) = 0' 'exit_group(0) = ?' '+++ exited with 0 +++' \
		"$(cat "$SEEDS/table")")" = "x86_64 exit_group 1,x86_64 read 1" ]
	[ "$(read_log '7 syscall_0x400001b3(0) = 1' '7 syscall_999(0) = 1' '7 +++ exited with 0 +++')" = \
		"x32 clone3 1,x86_64 999 1" ]
}

@test "a child begins in its parent's mode, in whatever order the lines come" {
	needs x86_64
	first=('1 read(0, "", 1) = 0' '1 [ Process PID=1 runs in 32 bit mode. ]')
	child='2 getpid() = 2'
	last=('1 +++ exited with 0 +++' '2 +++ exited with 0 +++')
	[ "$(read_log "${first[@]}" '1 fork() = 2' "$child" "${last[@]}")" = \
		"x86 fork 1,x86 getpid 1,x86_64 read 1" ]
	[ "$(read_log "${first[@]}" '1 fork( <unfinished ...>' "$child" \
		'1 <... fork resumed>) = 2' "${last[@]}")" = \
		"x86 fork 1,x86 getpid 1,x86_64 read 1" ]
	# The parent's mode at the fork counts, even if the process has changed
	# its mode or ended when fork returns.
	[ "$(read_log "${first[@]}" '1 fork( <unfinished ...>' "$child" \
		'2 [ Process PID=2 runs in 64 bit mode. ]' '2 gettid() = 2' "${last[1]}" \
		'1 <... fork resumed>) = 2' "${last[0]}")" = \
		"x86 fork 1,x86 getpid 1,x86_64 gettid 1,x86_64 read 1" ]
	# No line shows the mode of process 2, and it is not guessed.
	printf '%s\n' "${first[@]}" "$child" '3 getpid() = 3' >log
	run -2 sp-merge --from=strace log
	[ "$output" = "sp-merge: log: process 2: no line shows the mode in which it begins, or its parent; give the logs of all processes" ]
}

@test "the time and memory to read a log of many processes grow linearly" {
	needs x86_64
	local python='import sys; n = int(sys.argv[1])
for i in range(1, n): print(i, "fork() =", i + 1)
print(n, "read(0, \"\", 1) = 0")'
	# This log has a process whose pid appears later, a chain of forks, and
	# lines without a pid.
	echo 'getppid() = 1' >log
	/usr/bin/python3 -c "$python" 200000 >>log
	seq -f 'getpid() = %.0f' 200000 >>log
	(ulimit -v 500000; timeout 60 sp-merge --from=strace -o log.sp log)
	sp-emit --table --allow-partial log.sp | shows '200000 *getpid'
	# No line connects these processes, so each could have another mode.
	seq -f '%.0f getuid() = 0' 1 70000 >log
	run -2 --separate-stderr sp-merge --from=strace -o never log
	[[ $stderr == "sp-merge: log: line 65"*": more than 65536 processes before it have no line that shows their mode or their parent: "* ]]
}

# refused LINE WHAT TEXT… — checks that a log with these lines is refused with
# an error at LINE
refused() {
	local line=$1 what=$2
	shift 2
	printf '%s\n' "$@" >log
	run -2 --separate-stderr sp-merge --from=strace -o never log
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == "sp-merge: log: line $line: $what"* ]] || {
		echo "$stderr"
		return 1
	}
	[ ! -e never ]
}

@test "the message about a garbled or truncated line names it, and nothing is written" {
	local ok='1 read(0, "", 1) = 0'
	for bad in 'some output' '1 read(0, "", 1' '1 read(0, "", 1) = ' '1 read' \
		'1 openat(AT_FDCWD, "/etc/1 read(3, "x", 1) = 1' '1 <... read' \
		'1 +++ exited' '1 [ Process PID=1' '1 --- SIGCHLD {si_sig' ', 1) = 0' \
		'% time seconds'; do
		refused 2 'not a complete line of strace: ' "$ok" "$bad" "$ok"
	done
	refused 2 "the process had begun read: 1 <... write resumed>" \
		'1 read(0,  <unfinished ...>' '1 <... write resumed>) = 1'
	refused 1 "'$(printf 'r%.0s' {1..60}) ...' is no system call of " "1 $(printf 'r%.0s' {1..999})(0) = 1"
	refused 1 "'reed' is no system call of " '1 reed(0) = 1'
	refused 1 "a mode that " '1 [ Process PID=1 runs in 31 bit mode. ]'
	refused 3 "not a row of the table" '% time calls syscall' '--- --- ---' '1.0 2'
	refused 2 "not a number of calls" '% time calls syscall' '1.0 x read'
	refused 1 'not a complete line of strace: \x1b' $'\e[31mred'
	printf '%s\0' "$ok" >log
	run -2 sp-merge --from=strace log
	[ "$output" = "sp-merge: log: line 1: binary data, not a text" ]
	"$TESTS/mkstream" >a.sp <<<'run 1 a'
	run -2 sp-merge --from=strace a.sp
	[ "$output" = "sp-merge: a.sp: line 1: a sandprint stream, not a text" ]
	run -2 sp-merge --from=strace /dev/null
	[ "$output" = "sp-merge: /dev/null: it has no system call" ]
	run -2 sp-merge --from=strace missing
	[ "$output" = "sp-merge: missing: No such file or directory" ]
}

@test "a log that is cut at any place is refused, is marked as incomplete, or has all calls" {
	needs x86_64
	/usr/bin/python3 "$TESTS/scripts/cut-logs.py" "$SEEDS/follow" "$SEEDS/stderr"
}

@test "the run record and notes say what is missing in a log" {
	printf '%s\n' '1 <... read resumed>"", 1) = 0' '1 write(1, "", 1) = 1' '2 ????( <unfinished ...>' >log
	run -0 --separate-stderr sp-merge --from=strace -o log.sp log
	diff - <(printf '%s\n' "${stderr_lines[@]}") <<-'END'
	sp-merge: log: the log lacks the end of 2 processes or threads: the run is not complete, and sp-emit accepts it only with --allow-partial
	sp-merge: log: 1 calls had begun before the log
	sp-merge: log: 1 calls have no name, since their process was killed before it made them
	END
	run -2 sp-emit --oci log.sp
	[[ $output == *"incomplete: its profile could lack calls"* ]]
	sp-emit --json --allow-partial log.sp 2>/dev/null >log.json
	[ "$(jq -c '[.runs[0] | .how, .complete, .lost, .argv, .status]' log.json)" = \
		'[["log","strace"],false,{"call":0,"detail":0,"image":1,"record":0,"task":0},null,null]' ]
	[ "$(jq -c '[.calls[].name]' log.json)" = '["read","write"]' ]
}

@test "the other tools read a run from a log like a recording" {
	needs x86_64
	sp-merge --from=strace -o log.sp "$SEEDS/stderr"
	sp-merge --from=strace "$SEEDS/stderr" | sp-merge log.sp - | cmp log.sp
	sp-emit --oci -o log.json log.sp
	run -0 sp-verify -p log.json log.sp
	run -0 sp-diff log.sp log.json
	sp-emit --oci --args log.sp 2>/dev/null | jq -e 'all(.syscalls[]; .args == null)'
	run -2 sp-emit --landlock log.sp
	[[ $output == *"recorded without --paths"* ]]
	run -2 sp-emit --oci --image='*sh' log.sp
	run -2 sp-verify --replay -p log.json log.sp
	[[ $output == *"recorded without its command line"* ]]
}

@test "a list of names may have counts" {
	needs x86_64
	sp-merge --from=list -o a.sp - <<-'END'
	# these are the calls that the service needs
	read
	write 3   # twice
	     17 openat
	syscall_0x1b3
	read 2
	END
	diff - <(calls a.sp 2>/dev/null | sort) <<-'END'
	x86_64 clone3 1
	x86_64 openat 17
	x86_64 read 3
	x86_64 write 3
	END
	[ "$(sp-merge --from=list --arch=x86 <<<socket | calls 2>/dev/null | paste -sd ,)" = \
		"x86 socketcall 1,x86 socket 1" ]
	while IFS=: read -r list message; do
		run -2 sp-merge --from=list <<<"$list"
		[ "$output" = "sp-merge: <stdin>: line 1: $message" ]
	done <<-'END'
	mmap2:'mmap2' is no system call of x86_64; --arch names another architecture
	read 0:a count of 0: read 0
	read x:neither NAME nor NAME COUNT: read x
	read 1 2:neither NAME nor NAME COUNT: read 1 2
	read 99999999999999999999:neither NAME nor NAME COUNT: read 99999999999999999999
	END
	run -2 sp-merge --arch=x86 a.sp
	[ "${lines[0]}" = "sp-merge: --arch is only for --from" ]
	run -2 sp-merge --from=json
	[ "${lines[0]}" = "sp-merge: --from: not strace or list: json" ] || echo "$output"
}
