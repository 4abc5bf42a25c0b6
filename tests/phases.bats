#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# sp-record --mark divides a recording into phases, and --from and --until
# select phases.
load helper

setup_file() {
	requires_root
}

# counts NAME [OPTION…] — prints the count of a call in run.sp
counts() {
	sp-emit --json "${@:2}" run.sp 2>/dev/null |
		jq --arg n "$1" '[.calls[] | select(.name == $n) | .count] | add // 0'
}

# names [OPTION…] — prints "ACCESS PATH" for each successful access in run.sp
names() {
	sp-emit --path-list "$@" run.sp | awk -F'\t' '$2 == "ok" { print $1, $5 }'
}

parts() {
	sp-emit --json "${@:-run.sp}" | jq -c '[.runs[] | [.name, .part.index, .part.mark]] |
		sort_by(.[1])'
}

@test "in each thread, a call counts in the phase in which it is entered" {
	for _ in 1 2 3; do
		rm -f fifo
		sp-record -q --paths --mark=ready -o run.sp -- \
			"$WITNESS/phases" >truth 2>&1
		[ "$(counts getpgid --until=ready)" = 4000 ]
		[ "$(counts getpgid --from=ready)" = 12000 ]
		[ "$(counts getpgid)" = 16000 ]
		[ "$(counts prctl --until=ready)" = 1 ]
		[ "$(counts prctl --from=ready)" = 0 ]
	done
	# A name also belongs to the phase in which its call began, although the
	# call may end in another phase.
	names --until=ready >start
	names --from=ready >ready
	grep -qx 'read /etc/passwd' start
	run ! grep -q /etc/passwd ready
	grep -qx 'read /etc/group' ready
	run ! grep -q /etc/group start
	grep -qx "read $PWD/fifo" start
	run ! grep -qx "read $PWD/fifo" ready
	grep -qx "write $PWD/fifo" ready
	# The values of arguments belong to that phase, too.
	sp-emit --oci --args=socket --explain --from=ready run.sp | shows AF_UNIX
}

@test "all phases together have the facts of a recording without marks" {
	local mark
	sp-record -q --paths -o run.sp -- sh -c 'ls /usr >/dev/null'
	facts run.sp | sort >plain
	sp-emit --path-list run.sp | sort >paths
	grep -q openat plain
	grep -q /usr paths
	for mark in a=execve a=comm:ls a=openat a=exit_group; do
		sp-record -q --paths --mark=$mark -o run.sp -- \
			sh -c 'ls /usr >/dev/null'
		[ "$(sp-emit --json run.sp | jq '.runs | length')" = 2 ]
		facts run.sp | sort | diff plain -
		sp-emit --path-list run.sp | sort | diff paths -
	done
}

@test "a line in the FIFO, a call, an exec or a signal sets a mark, and marks have the order in which they were set" {
	rm -f fifo
	sp-record --mark=up=socket --mark=ready --mark=run=comm:true \
		--mark=never=ptrace -o run.sp -- "$WITNESS/phases" /bin/true 2>log
	grep -qx 'sp-record: --mark never: the mark never came' log
	[ "$(parts | jq -c 'map(.[1:])')" = \
		'[[0,null],[1,"ready"],[2,"up"],[3,"run"]]' ]
	[ "$(counts socket --from=ready --until=up)" = 1 ]
	[ "$(counts getsid --from=up)" = 1 ]
	[ "$(counts getsid --until=up)" = 0 ]
	[ "$(counts getsid --from=run)" = 0 ]
	[ "$(counts execve --from=up --until=run)" = 1 ]
	[ "$(counts execve --from=run)" = 0 ]
	mkfifo marked
	sp-record -q --mark=usr=SIGUSR2 -o run.sp --ready-fd=9 -- sh -c '
		trap "echo passed on" USR2; exec 8<>marked
		kill -USR2 $PPID; read -r _ <&8; umask 077 && cat /dev/null' \
		>out 2>&1 9<>marked
	[ ! -s out ]
	[ "$(counts umask --from=usr)" -gt 0 ]
	[ "$(counts execve --until=usr)" -gt 0 ]
	# sp-record attaches to this process, which changes its name in /proc.
	sh -c 'while [ ! -e go ]; do sleep 0.05; done
		printf serving >/proc/$$/comm; umask 022' &
	sp-record --mark=serving -o run.sp -p $! 2>err &
	wait_for 10 grep 'attached to' err
	touch go
	ended 0 $!
	[ "$(counts umask --from=serving)" -gt 0 ]
	[ "$(counts umask --until=serving)" = 0 ]
}

@test "--from and --until refuse a run that does not have the mark" {
	sp-record -q --mark=a=openat --mark=b=ptrace -o run.sp -- true
	sp-record -q --name other -o plain.sp -- true
	local tool
	for tool in 'sp-emit --oci' 'sp-diff run.sp' 'sp-verify -p p.json'; do
		sp-emit --oci -o p.json run.sp
		# shellcheck disable=SC2086 # several words
		run -2 $tool --from=b run.sp
		[[ $output == *"run true has no mark 'b'; it has a"* ]]
		# shellcheck disable=SC2086 # several words
		run -2 $tool --until=a plain.sp
		[[ $output == *"run other was recorded without --mark"* ]]
	done
	run -2 sp-emit --oci --from=a --until=a run.sp
	run -2 sp-emit --ndjson --from=a run.sp
	run -2 sp-diff --matrix --from=a run.sp
}

@test "wrong marks are refused" {
	local mark
	for mark in = =openat a=nocall a=SIGTERM a=comm: \
		0123456789abcdef a=comm:0123456789abcdef; do
		run -125 sp-record --mark="$mark" -- true
		[[ $output == "sp-record: --mark"* ]]
	done
	run -125 sp-record --mark=a --mark=a=openat -- true
	run -125 sp-record --mark=a=openat --mark=b=openat -- true
	run -125 sp-record --mark={1,2,3,4,5,6,7,8} -- true
}

@test "the parts of a run are merged and reduced like runs" {
	sp-record -q --paths --mark=a=openat --mark=b=exit_group -o x.sp -- true
	sp-record -q --mark=a=mmap -o y.sp -- true
	sp-merge -o xy.sp x.sp y.sp
	sp-merge -o yx.sp y.sp x.sp x.sp
	cmp xy.sp yx.sp
	"$TESTS/mkstream" --fold y.sp x.sp | cmp - xy.sp
	sp-merge -o again.sp xy.sp x.sp
	cmp again.sp xy.sp
	[ "$(sp-emit --json --from=a xy.sp | jq '.runs | length')" = 3 ]
	printf '%s\n' 'run 1 x' 'run 2 "x [a]"' 'part 1 1 0 -' 'part 2 1 1 a' \
		'call 1 read 2' 'call 2 write 3' | "$TESTS/mkstream" >run.sp
	[ "$(parts)" = '[["x",0,null],["x [a]",1,"a"]]' ]
	[ "$(counts read --from=a)" = 0 ]
	[ "$(counts write --from=a)" = 3 ]
	sp-diff --matrix run.sp | shows 'x \[a\]'
	printf '%s\n' 'run 1 x' 'record [14, 1, null, 0, null]' |
		"$TESTS/mkstream" >bad.sp
	run -2 sp-emit --table bad.sp
	[[ $output == *"malformed part record"* ]]
}

@test "a profile that the program itself loads does not allow the execve of the recorder" {
	sp-record -q -o run.sp -- cat /dev/null
	sp-emit --libseccomp --explain run.sp | awk '$3 == "execve"' >list
	[ ! -s list ]
	sp-emit --oci --explain run.sp | shows 'execve  *allow  *observed'
	# The program's own execve is allowed.
	sp-record -q -o run.sp -- sh -c 'exec sh -c :'
	sp-emit --libseccomp --explain run.sp | shows 'execve  *allow  *observed'
}

@test "the example program of sandprint-formats(7) is confined to the calls after its mark" {
	local page=${TESTS%/*}/sp-emit/sandprint-formats.7
	sed -n '/^\.Ss The C header/,/^\.Sh/{
		/^\.Bd -literal/,/^\.Ed/{ /^\.[BE]d/d; s/\\e/\\/g; p; }; }' \
		"$page" >service.c
	sed -n '/^\.Ss The C header/,/^\.Sh/s/^\.Dl //p' "$page" >steps
	[ "$(wc -l <steps)" -gt 3 ]
	sed -i 's/\\-/-/g' steps
	run -0 bash -e -o pipefail steps
	[[ $output == *"service: execute: Operation not permitted"* ]]
	[[ $output == *"service: open: Operation not permitted"* ]]
}

@test "names that differ only between the phases of a run do not become patterns" {
	mkdir shards
	touch shards/shard-1 shards/shard-2
	# shellcheck disable=SC2016 # the inner shell expands it
	sp-record -q --paths --mark=serve -o run.sp -- sh -c 'cat shards/shard-1
		printf serve >/proc/$$/comm; cat shards/shard-2'
	[ "$(parts | jq length)" = 2 ]
	sp-emit --landlock -o p.json run.sp
	jq -r '.. | strings' p.json >rules
	grep -qxF "$PWD/shards/shard-1" rules
	grep -qxF "$PWD/shards/shard-2" rules
	run ! grep -qxF "$PWD/shards" rules
}
