#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# sp-diff lists differences and prints the matrix of runs.

load helper

stream() { "$TESTS/mkstream" > "$1"; }

two_sides() {
	stream old.sp <<-'TEXT'
	run 1 old
	image /bin/ls aabb
	call 1 openat 5
	call 1 read 3
	call 1 20 2 arch=x86
	TEXT
	stream new.sp <<-'TEXT'
	run 2 new
	image /bin/ls
	call 2 openat 5000
	call 2 1 12 arch=x32
	call 2 70000 1
	call 2 1 3 image=/bin/cat%1b
	TEXT
}

@test "sp-diff prints a line for each call, by architecture and number, that only one side has" {
	two_sides
	run -1 sp-diff old.sp new.sp
	[ "$status" = 1 ]
	diff <(echo "$output") - <<-'TEXT'
	- getpid          2  x86
	- read            3
	+ write           3
	+ syscall_70000   1
	+ write          12  x32
	TEXT
}

@test "two sides are equal if they have the same calls, whatever the counts" {
	printf '%s\n' 'run 1 a' 'call 1 read 3' | stream a.sp
	printf '%s\n' 'run 2 b' 'call 2 read 9 image=/b' | stream b.sp
	run sp-diff a.sp b.sp
	[ "$status" = 0 ]
	[ -z "$output" ]
	run sp-diff --by-image a.sp b.sp
	[ "$status" = 1 ]
}

@test "--by-image: a missing image changes no line of other images" {
	printf '%s\n' 'run 1 x' 'image /a' 'call 1 write 1' 'image /b' \
		'call 1 read 1' | stream both.sp
	printf '%s\n' 'run 2 y' 'image /b' 'call 2 read 1' | stream b.sp
	run -1 sp-diff --by-image both.sp b.sp
	[ "$output" = '- write  1  /a' ]
	run -1 sp-diff --by-image b.sp both.sp
	[ "$output" = '+ write  1  /a' ]
}

@test "for each profile, sp-diff names the parts that it does not compare" {
	printf 'run 1 a\ncall 1 read 3\n' | stream a.sp
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
		{"names": ["read", "no1", "no2"], "action": "SCMP_ACT_ALLOW"},
		{"names": ["bpf"], "action": "SCMP_ACT_ALLOW",
		 "includes": {"caps": ["CAP_BPF"]}}]}' >p.json
	local sides
	for sides in "p.json a.sp" "a.sp p.json"; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr sp-diff $sides
		[ "${stderr_lines[0]}" = "sp-diff: p.json: left out: 2 names that are no calls of the profile's architectures: no1, ..." ]
		[ "${stderr_lines[1]}" = "sp-diff: p.json: conditions resolved for Docker's default capabilities" ]
		[ "${#stderr_lines[@]}" = 2 ]
	done
}

@test "--by-image: a path and a build-id identify an image" {
	two_sides
	run sp-diff --by-image old.sp new.sp
	[ "$status" = 1 ]
	diff <(echo "$output") - <<-'TEXT'
	- getpid            2  x86  /bin/ls@aabb
	- read              3  /bin/ls@aabb
	+ write             3  /bin/cat\x1b
	+ openat         5000  /bin/ls
	- openat            5  /bin/ls@aabb
	+ syscall_70000     1  /bin/ls
	+ write            12  x32  /bin/ls
	TEXT
}

@test "either side may be stdin, and a missing NEW means stdin" {
	two_sides
	sp-diff old.sp new.sp > expected || [ $? = 1 ]
	run -1 sp-diff old.sp < new.sp
	[ "$output" = "$(cat expected)" ]
	run -1 sp-diff old.sp - < new.sp
	[ "$output" = "$(cat expected)" ]
	run -1 sp-diff - new.sp < old.sp
	[ "$output" = "$(cat expected)" ]
	run sp-diff - < old.sp
	[ "$status" = 2 ]
}

@test "-q prints nothing, and the exit status shows the difference" {
	two_sides
	run sp-diff -q old.sp new.sp
	[ "$status" = 1 ]
	[ -z "$output" ]
	run sp-diff --quiet old.sp old.sp
	[ "$status" = 0 ]
}

# profile NAME… — prints an OCI profile that allows the named calls
profile() {
	jq -n '{defaultAction: "SCMP_ACT_ERRNO",
		architectures: ["SCMP_ARCH_X86_64"],
		syscalls: [{names: $ARGS.positional, action: "SCMP_ACT_ALLOW"}]}' \
		--args "$@"
}

@test "compared with a profile, calls of groups are marked and do not count" {
	requires jq
	printf '%s\n' 'run 1 a' 'call 1 read 3' 'call 1 socket 1' | stream a.sp
	profile read socket exit_group > p.json
	run sp-diff a.sp p.json
	[ "$status" = 0 ]
	[ "$output" = "+ exit_group  -  (group)" ]
	run sp-diff p.json a.sp
	[ "$status" = 0 ]
	[ "$output" = "- exit_group  -  (group)" ]
	run sp-diff --groups a.sp p.json
	[ "$status" = 1 ]
}

@test "a trace equals the profile that was made from it, in each format that can be read" {
	local format
	printf '%s\n' 'run 1 a' 'call 1 execve 1' 'call 1 read 3' | stream a.sp
	for format in oci docker spo systemd minijail firejail kafel; do
		sp-emit --$format -o p a.sp 2>err
		run -0 sp-diff a.sp p
		run ! grep -v '(group)$' <<<"$output"
		run -0 sp-diff p a.sp
		run -1 sp-diff --groups a.sp p
	done
}

@test "a unit allows the calls that it lists and systemd's own group" {
	local line=SystemCallFilter=read
	printf '%s\n' 'run 1 a' 'call 1 read 3' | stream a.sp
	printf '[Service]\nSystemCallArchitectures=native\n%s\n' "$line" >p
	run -0 sp-diff a.sp p
	grep -qx '+ nanosleep  *-  (group)' <<<"$output"
	for line in chmod setuid '~nanosleep nanosleep'; do
		# shellcheck disable=SC2086 # several words
		printf 'SystemCallFilter=%s\n' $line >more
		cat p more >q
		run -1 sp-diff a.sp q
		grep -q "^+ ${line##* }  *-$" <<<"$output"
	done
	# Without an installed systemd, a built-in list has the group's calls.
	run -0 env PATH="$SP_BIN" "$SP_BIN/sp-diff" a.sp p
	grep -q '^+ nanosleep  *-  (group)$' <<<"$output"
}

@test "compared with a profile, a call that no group adds counts" {
	requires jq
	printf '%s\n' 'run 1 a' 'call 1 read 3' | stream a.sp
	profile read chmod > p.json
	run sp-diff a.sp - < p.json
	[ "$status" = 1 ]
	[ "$output" = "+ chmod  -" ]
}

# A group contains exit_group. It counts, because the trace has it and the
# profile does not.
@test "an observed call that the profile lacks counts" {
	requires jq
	printf '%s\n' 'run 1 a' 'call 1 read 3' 'call 1 exit_group 1' | stream a.sp
	profile read > p.json
	run sp-diff a.sp p.json
	[ "$status" = 1 ]
	[ "$output" = "- exit_group  1" ]
}

@test "two profiles are compared including the calls of groups" {
	requires jq
	profile read > p.json
	profile read exit_group | sed s/ACT_ALLOW/ACT_LOG/ > q
	run sp-diff p.json q
	[ "$status" = 1 ]
	[ "$output" = "+ exit_group  -" ]
	run sp-diff p.json p.json
	[ "$status" = 0 ]
	run sp-diff --by-image p.json q
	[ "$status" = 2 ]
}

@test "a wrong input is an error, with one line" {
	two_sides
	: > empty
	echo hello > text
	head -c 60 old.sp > cut.sp
	mkdir dir
	for f in empty text cut.sp dir missing; do
		run --separate-stderr sp-diff old.sp "$f"
		[ "$status" = 2 ]
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr == "sp-diff: $f: "* ]]
	done
	run sp-diff --allow-partial old.sp cut.sp
	[ "$status" = 1 ]
	run sp-diff
	[ "$status" = 2 ]
	run sp-diff --csv old.sp new.sp
	[ "$status" = 2 ]
	run bash -c 'sp-diff old.sp new.sp > /dev/full'
	[ "$status" = 2 ]
}

@test "losses that affect the calls are printed" {
	printf '%s\n' 'run 1 a lost.task=2' 'run 2 b' 'call * read 3' | stream a.sp
	printf '%s\n' 'run 3 a lost.detail=2' 'call 3 read 3' | stream b.sp
	run --separate-stderr sp-diff a.sp b.sp
	[ "$status" = 0 ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == "sp-diff: a.sp: 1 of 2 runs may lack calls: "* ]]
}

matrix_runs() {
	printf '%s\n' 'run 9 all' 'call 9 read 3' 'call 9 write 1' \
		'call 9 openat 12' 'call 9 read 4 image=/b' | stream 1.sp
	printf '%s\n' 'run 2 "a, b" start=5' 'run 1 part start=9' \
		'call * read 1' 'call 2 socket 100' 'call 1 20 1 arch=x86' | stream 2.sp
}

@test "a matrix shows the runs, their calls, the calls of a single run, and the smallest set of runs" {
	matrix_runs
	run sp-diff --matrix 1.sp 2.sp
	[ "$status" = 0 ]
	diff <(echo "$output") - <<-'TEXT'
	Smallest set of runs that makes all 5 calls: 3 of 3
	    1  all
	    2  a, b
	    3  part
	Runs that add nothing to it: 0

	Calls that one run alone makes: 4
	    1  all
	       write
	       openat
	    2  a, b
	       socket
	    3  part
	       getpid (x86)

	  RUN  ID        CALLS  DISTINCT  NAME
	    1  00000000     20         3  all
	    2  00000000    101         2  a, b
	    3  00000000      2         2  part

	CALL     RUNS   1   2 3
	write       1   1   . .
	socket      1   . 100 .
	openat      1  12   . .

	In all 3 runs: 1
	       read

	Of other architectures, shown by --arch=all: 1
	TEXT
	sp-diff --matrix --arch=all 1.sp 2.sp | grep -A1 '^CALL' |
		shows -x 'getpid (x86)      1   .   . 1'
	sp-diff --matrix --arch=x86 1.sp 2.sp | lacks '^write'
	sp-merge 1.sp 2.sp > m.sp
	sp-diff --matrix m.sp | shows '^Smallest.*: 3 of 3$'
	# A run that several streams contain counts once.
	sp-diff --matrix 1.sp 2.sp >matrix
	sp-diff --matrix 1.sp 2.sp m.sp 1.sp | cmp - matrix
	sp-diff --matrix m.sp >matrix
	sp-diff --matrix < m.sp | cmp - matrix
}

@test "the matrix can be printed as CSV" {
	matrix_runs
	run sp-diff --matrix --csv 1.sp 2.sp
	[ "$status" = 0 ]
	diff <(echo "$output") - <<-'TEXT'
	arch,nr,name,all,"a, b",part
	x86,20,getpid,0,0,1
	x86_64,0,read,7,1,1
	x86_64,1,write,1,0,0
	x86_64,41,socket,0,100,0
	x86_64,257,openat,12,0,0
	TEXT
	sp-diff --matrix --csv --by-image 1.sp |
		shows -x 'x86_64,0,read,/b,,4'
}

@test "runs with the same name are distinguished by their ids" {
	printf '%s\n' 'run a0000000000000000000000000000001 xy start=0' \
		'run a0000000000000000000000000000012 xy start=1' \
		'run b xy start=2' "run 3 'x\"y' start=3" 'call * read 1' |
		stream a.sp
	sp-diff --matrix --csv a.sp > out
	diff <(head -1 out) - <<-'TEXT'
	arch,nr,name,xy [a000000000000000000000000000000],xy [a000000000000000000000000000001],xy [00000000],"x""y"
	TEXT
}

@test "the set of runs is as small as the smallest set that brute force finds" {
	/usr/bin/python3 "$TESTS/scripts/cover.py" "$TESTS/mkstream"
}

# Real runs have most calls in common. The second kind of runs is made to be
# difficult.
@test "the smallest set among a thousand runs is found in less than five seconds of CPU time" {
	cat > big.py <<-'PY'
	import random, sys
	rnd, hard = random.Random(3), sys.argv[1] == "hard"
	for i in range(1, 1001):
	    print(f"run {i:x} test{i} start={i}")
	for i in range(1, 1001):
	    for c in range(160):
	        if rnd.random() < (.1 if hard else .95 if c < 80 else .02):
	            print(f"call {i:x} {c} {i}")
	PY
	for kind in real hard; do
		/usr/bin/python3 big.py $kind | stream $kind.sp
		# The search takes less than half a second.
		(ulimit -t 5; sp-diff --matrix $kind.sp > $kind.txt)
		sed -n '/[Ss]et of runs/p' $kind.txt
	done
	grep -q 'there may be a smaller one' hard.txt
	[ "$(awk '{ print length }' real.txt | sort -n | tail -1)" -lt 100 ]
	sp-diff --matrix real.sp | cmp - real.txt
}

@test "of equal runs, the first one is in the smallest set" {
	printf '%s\n' 'run 3 a start=1' 'run 2 b start=2' 'run 1 c start=3' \
		'call * read 1' 'call * write 2' | stream a.sp
	sp-diff --matrix a.sp | grep -A1 '^Smallest' | shows -x '    1  a'
}

@test "--fail-on sets which differences change the exit status" {
	printf '%s\n' 'run 1 a' 'call 1 read 3' 'call 1 write 1' | stream a.sp
	printf '%s\n' 'run 2 b' 'call 2 read 9' 'call 2 ptrace 1' \
		'call 2 getpid 1' | stream b.sp
	printf '%s\n' 'run 3 c' 'call 3 read 9' | stream c.sp
	local what
	for what in '' --fail-on=any --fail-on=added --fail-on=removed \
		--fail-on=any,dangerous --fail-on=added,dangerous \
		--fail-on=dangerous --fail-on=added,removed; do
		# shellcheck disable=SC2086 # it may be empty
		run -1 sp-diff $what a.sp b.sp
		[ "${#lines[@]}" = 3 ]
	done
	[[ $output == *"+ ptrace  1  (dangerous: controls other processes)"* ]]
	run -0 sp-diff --fail-on=removed,dangerous a.sp b.sp
	[ "${#lines[@]}" = 3 ]
	run -0 sp-diff --fail-on=added a.sp c.sp
	[[ $output == "- write"* ]]
	run -1 sp-diff --fail-on=removed a.sp c.sp
	run -0 sp-diff --fail-on=any,dangerous a.sp c.sp
	run -0 sp-diff -q --fail-on=added b.sp c.sp
	run -2 sp-diff --fail-on=more a.sp b.sp
	[[ $output == "sp-diff: --fail-on=more: not a list of "* ]]
	run -2 sp-diff --matrix --fail-on=any a.sp
}

@test "each row of the table of dangerous calls is one known call, and --explain prints the reason" {
	sed -nE 's/^\t\{ "([a-z0-9_]+)", [1-3], .*/\1/p' \
		"$TESTS/../lib/kernel/danger.c" >names
	[ "$(wc -l <names)" -gt 40 ]
	sort names | uniq -d | lacks .
	# sp-verify warns of names that no architecture of a profile has.
	jq -R . names | jq -s '{defaultAction: "SCMP_ACT_ALLOW",
		architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
		syscalls: [{names: ., action: "SCMP_ACT_LOG"}]}' >p.json
	printf '%s\n' 'run 1 a' 'call 1 read 3' | stream read.sp
	run -0 sp-verify -p p.json read.sp
	[[ $output != *unknown* ]]
	printf '%s\n' 'run 1 a' 'call 1 read 3' 'call 1 ptrace 1' | stream a.sp
	run -0 sp-emit --explain a.sp
	[[ $output == *"ptrace"*"danger    2: controls other processes; ptrace(2)"* ]]
}

@test "--markdown and --github: names from a recording cannot change the layout" {
	local name='/bin/|`x`<b>%0A::error::y ##[error]x %25 %E2%80%AE[z](u)' escaped
	printf '%s\n' 'run 1 a' 'image /b' 'call 1 read 1' 'call 1 9999 1' | stream a.sp
	printf '%s\n' 'run 1 a' "image '$name'" 'call 1 read 3' \
		'call 1 ptrace 1' | stream b.sp
	run -1 sp-diff --markdown a.sp b.sp
	[ "${#lines[@]}" -eq 5 ]
	[ "${lines[0]}" = '### System calls: 1 added, 1 removed' ]
	[[ ${lines[3]} == '| added | :warning: `ptrace` | 1 |  | processes: '*'rank 2: '* ]]
	[[ ${lines[4]} == '| removed | `syscall_9999` | 1 |'* ]]
	run -0 sp-diff --markdown a.sp a.sp
	[ "$output" = '### System calls: 0 added, 0 removed' ]
	run -1 sp-diff --markdown --by-image a.sp b.sp
	escaped='/bin/&#124;&#96;x&#96;&#60;b&#62;&#92;x0a&#58;&#58;error&#58;&#58;y &#92;x23&#35;&#91;error&#93;x'
	escaped+=' &#37; &#92;xe2&#92;x80&#92;xae&#91;z&#93;&#40;u&#41;'
	[ "$(grep -cF "| <code>$escaped</code> |" <<<"$output")" = 2 ]
	[ "${#lines[@]}" -eq 7 ]
	run -1 sp-diff --github --by-image a.sp b.sp
	[ "${#lines[@]}" -eq 4 ]
	escaped='/bin/|`x`<b>\x0a:\x3aerror:\x3ay \x23#[error]x %25 \xe2\x80\xae[z](u)'
	[ "${lines[1]}" = "::warning title=system call added::read by $escaped, files: read from a descriptor" ]
	[[ ${lines[3]} == '::notice title=system call removed::syscall_9999 by /b, unknown: '* ]]
	# GitHub's runner treats these texts as commands, at the start of a line
	# or within it.
	run ! grep -qE '##\[|^[[:space:]]*::(error|add-mask)' <<<"$output"
	run -1 sp-diff --by-image a.sp b.sp
	grep -F '  /bin/|`x`<b>\x0a::error::y \x23#[error]x' <<<"$output"
	run ! grep -F '##[' <<<"$output"
	# A difference that does not count has no annotation.
	run -0 sp-diff --github --fail-on=removed,dangerous a.sp b.sp
	[ -z "$output" ]
	run -2 sp-diff --github --markdown a.sp b.sp
}

# id N — prints an id of a run: N in two digits, then zeros
id() {
	printf '%02d%030d' "$1" 0
}

# runs FILE RUN… — writes a stream; each RUN is "ID NAME STATUS". All runs make
# the same call, and start one second after another.
runs() {
	local file=$1 id name status
	shift
	printf '%s\n' "$@" | while read -r id name status; do
		echo "run $(id "$id") $name status=$status start=${id}000000000"
	done >text
	echo 'image /a' >>text
	for id; do
		echo "call $(id "${id%% *}") read 1"
	done >>text
	stream "$file" <text
}

@test "a run that failed is named, and --fail-on=failed exits with 1" {
	local end
	runs good.sp '1 t 0'
	for end in -11 -6 -9 -31 1 139; do
		runs bad.sp "2 t $end"
		run -0 --separate-stderr sp-diff good.sp bad.sp
		[[ $stderr == "sp-diff: bad.sp: run t (02000000) "* ]]
		run -1 sp-diff --fail-on=failed good.sp bad.sp
		run -1 sp-diff -q --fail-on=added,failed good.sp bad.sp
		run -0 sp-diff --fail-on=added good.sp bad.sp
		sp-merge -o both.sp good.sp bad.sp 2>err
		grep -q '^sp-merge: run t (02000000) ' err
		sp-emit --oci -o p.json both.sp 2>err
		grep -q '^sp-emit: run t (02000000) ' err
		run -0 --separate-stderr sp-diff --matrix good.sp bad.sp
		[[ $stderr == "sp-diff: run t (02000000) "* ]]
		# The old side contains the run, too, so later runs are compared
		# with it.
		run -0 sp-diff --fail-on=failed bad.sp both.sp
		run -1 sp-diff --fail-on=failed good.sp both.sp
	done
	runs bad.sp '2 t -11'
	run -0 --separate-stderr sp-diff good.sp bad.sp
	[ "$stderr" = "sp-diff: bad.sp: run t (02000000) was killed by SIGSEGV, an earlier one of that name exited with 0: it may lack calls" ]
}

@test "a run that ends like earlier runs has not failed" {
	local end
	runs good.sp '1 t 0' '2 stopped -15' '3 grep 1' 2>err
	for end in 't 0' 'stopped -15' 'grep 1' 'new 0' 'new -15' 'new -1' \
		'new nil' 't nil'; do
		runs now.sp "4 $end"
		run -0 --separate-stderr sp-diff --fail-on=any,failed good.sp \
			now.sp
		[[ $stderr != *now.sp* ]]
		# The only note is about the run grep: it exits with 1, and no
		# earlier run has its name.
		[[ $stderr == "sp-diff: good.sp: run grep (03000000) exited with 1: it may lack calls" ]]
	done
	for end in 't 1' 't -15' 'grep 2' 'new 1' 'new -11'; do
		runs now.sp "4 $end"
		run -1 sp-diff --fail-on=failed good.sp now.sp
	done
	# If a run exits with 0 and earlier runs failed, a note says so, but the
	# run has not failed.
	for end in 'stopped 0' 'grep 0'; do
		runs now.sp "4 $end"
		run -0 --separate-stderr sp-diff --fail-on=failed good.sp now.sp
		[[ $stderr == *"sp-diff: now.sp: run ${end% 0} (04000000) exited with 0, an earlier one of that name "* ]]
	done
	# A crash is a failure, even if each run crashes.
	runs good.sp '1 t -11'
	runs now.sp '2 t -11'
	run -1 sp-diff --fail-on=failed good.sp now.sp
}

@test "--fail-on=failed is refused if neither side has runs" {
	runs good.sp '1 t 0'
	sp-emit --oci -o p.json good.sp
	run -2 sp-diff --fail-on=failed good.sp p.json
	[[ $output == *"sp-diff: p.json: a profile has no runs "* ]]
	runs many.sp "10 a 3" "2 b 3" "3 c 3" "4 d 3" "5 e 3" "6 f 3" "7 g 3" \
		"8 h 3" "9 i 3"
	run -0 --separate-stderr sp-diff good.sp many.sp
	[[ $stderr == *"sp-diff: many.sp: 1 more like these" ]]
}

@test "of a profile, one architecture is printed, and a note counts the differences of the others" {
	needs x86_64
	printf '%s\n' 'run 1 r' 'call * read 1' 'call * 20 1 arch=x86' | stream a.sp
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64",
		"SCMP_ARCH_X86", "SCMP_ARCH_X32"], syscalls: [{names: ["read", "ptrace",
		"socketcall"], action: "SCMP_ACT_ALLOW"}]}' >p.json
	run -1 --separate-stderr sp-diff a.sp p.json
	diff - <(printf '%s\n' "${lines[@]}" | sed 's/: .*)/: %)/') <<-'END'
	- getpid  1  x86
	+ ptrace  -  (dangerous: %)
	END
	[ "$stderr" = "sp-diff: differences that are not printed, by architecture: x86 (3), x32 (2); --arch=all prints them" ]
	run -1 --separate-stderr sp-diff --arch=all a.sp p.json
	[ "${#lines[@]}" = 7 ]
	[ -z "$stderr" ]
	run -1 --separate-stderr sp-diff --arch=x32 a.sp p.json
	diff - <(printf '%s\n' "${lines[@]}" | sed 's/: .*)/: %)/') <<-'END'
	+ read    -  x32
	+ ptrace  -  x32  (dangerous: %)
	END
	[[ $stderr == *": x86_64 (1), x86 (4); "* ]]
	# Differences that are not printed count as well. -q prints no note.
	printf '%s\n' 'run 1 r' 'call * read 1' 'call * ptrace 1' | stream b.sp
	run -1 --separate-stderr sp-diff -q b.sp p.json
	[ -z "$output$stderr" ]
	# Between two recordings, the differences of all architectures are
	# printed.
	run -1 --separate-stderr sp-diff b.sp a.sp
	[ "${#lines[@]}" = 2 ]
	[ -z "$stderr" ]
	run -2 sp-diff --arch=vax a.sp p.json
	[[ ${lines[0]} == "sp-diff: "*"not all, nor an architecture such as x86_64"* ]]
}

@test "calls that systemd or firejail adds to a profile count as a group in every comparison" {
	needs x86_64
	printf '[Service]\nSystemCallArchitectures=native\nSystemCallFilter=read\n' >u.service
	printf 'seccomp.keep read\n' >f.profile
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls: [{names: ["read"],
		action: "SCMP_ACT_ALLOW"}]}' >p.json
	printf '%s\n' 'run 1 r' 'call * read 1' | stream a.sp
	for profile in u.service f.profile; do
		for other in p.json a.sp; do
			run -0 --separate-stderr sp-diff "$other" "$profile"
			[ "${#lines[@]}" -gt 2 ]
			echo "$output" | lacks -v '^+ .* - .*(group)'
			run -1 sp-diff -q --groups "$other" "$profile"
		done
	done
	# Calls that the unit itself names are not marked as a group.
	printf '[Service]\nSystemCallArchitectures=native\nSystemCallFilter=read ptrace\n' >u.service
	run -1 sp-diff p.json u.service
	[[ $output == *"+ ptrace "* ]]
}

@test "--image and --tree compare only the calls of the selected executables" {
	stream a.sp <<-'T'
	run 1 a
	image /bin/sh 1:1:2
	image /bin/ls 1:1:1
	call 1 read 1 image=/bin/sh
	call 1 write 2 image=/bin/ls
	start 1 /bin/sh 1 image=/bin/ls
	T
	stream b.sp <<-'T'
	run 2 b
	image /bin/ls 2:1:1
	call 2 write 1 image=/bin/ls
	call 2 openat 1 image=/bin/ls
	T
	run -1 --separate-stderr sp-diff --image='*/ls' a.sp b.sp
	[[ $output == "+ openat  1" ]]
	run -1 --separate-stderr sp-diff --tree=/bin/sh a.sp <(sp-merge a.sp b.sp)
	[ "$status" = 1 ]
	run -2 --separate-stderr sp-diff --image='*/sh' a.sp b.sp
	[[ $stderr == "sp-diff: b.sp: --image"* ]]
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls: [{names: ["write"],
		action: "SCMP_ACT_ALLOW"}]}' >p.json
	run -0 sp-diff --image='*/ls' a.sp p.json
	run -1 sp-diff a.sp p.json
	run -2 sp-diff --image='*/ls' p.json p.json
	[[ $output == *"--image needs a recording"* ]]
}

@test "a privilege that only one side used is a difference, if both sides recorded privileges" {
	"$TESTS/mkstream" >old.sp <<-'END'
	run 1 a how="command privileges"
	call 1 read 1
	privilege 1 read 7 3
	privilege 1 socket 5 1
	privilege 1 chmod 2 1
	END
	"$TESTS/mkstream" >new.sp <<-'END'
	run 2 b how="command privileges"
	call 2 read 1
	privilege 2 read 71 1
	privilege 2 chmod 21 2
	privilege 2 socket 21 1
	privilege 2 -1 21 1
	privilege 2 clone 256 1
	privilege 2 chmod 2 9
	END
	run -1 --separate-stderr sp-diff old.sp new.sp
	diff - <(echo "$output") <<-'END'
	- CAP_KILL  1  (privilege, used in socket)
	+ CAP_SYS_ADMIN  4  (privilege, used in socket, chmod)
	+ other namespaces  1  (privilege, used in clone)
	END
	[ -z "$stderr" ]
	run -1 sp-diff -q --fail-on=added,dangerous old.sp new.sp
	run -0 sp-diff -q --fail-on=removed new.sp new.sp
	run -1 sp-diff --github --fail-on=added old.sp new.sp
	[ "$output" = "::warning title=privilege added::CAP_SYS_ADMIN, used in socket, chmod
::warning title=privilege added::other namespaces, used in clone" ]
	run -1 sp-diff --markdown old.sp new.sp
	[[ $output == *'| removed | `CAP_KILL` | 1 | socket |'* ]]
	run -0 --separate-stderr sp-diff old.sp <(printf '%s\n' 'run 3 c' 'call 3 read 1' | "$TESTS/mkstream")
	[ "$stderr" = "sp-diff: privileges are not compared: the new recording has runs without --privileges" ]
}
