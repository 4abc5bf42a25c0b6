#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# sp-record --method=notify writes the same stream as with BPF, without
# privileges.

load helper

# by METHOD COMMAND… — records the command to METHOD.sp
by() {
	local method=$1
	shift
	timeout 30 sp-record -q --method="$method" -o "$method.sp" -- "$@" >out
}

# shape FILE — prints the calls with their images, the images with their
# executions and tasks, and the values of arguments
shape() {
	sp-emit --json "$1" 2>/dev/null | jq -c '
		[.images[].path] as $paths |
		(.calls[] | [.arch, .nr, ([$paths[.images[]]] | sort), .flags]),
		(.images[] | [.path, .build_id, (.runs[] | .execs, .tasks)]),
		(.arguments[] | [.arch, .nr, $paths[.image], .values])' | sort
}

# public_copy FILE… — copies programs to the current directory, and lets other
# users reach them
public_copy() {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test \
		"$BATS_TEST_TMPDIR"
	cp "$@" .
}

nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		--bounding-set=-all "$@"
}

# programs — prints the paths of the witness programs that this machine can run
programs() {
	local feature program
	while read -r feature program; do
		if [ "$feature" = - ] || has "$feature"; then
			echo "'$WITNESS/$program';"
		else
			skip_row "$feature" "$program" >&2
		fi
	done <<-'END'
	- exit-nolibc
	- threads
	- tree
	- daemon
	- signals
	- exec-fail
	- exec-thread
	- arguments
	- numbers-nolibc
	vsyscall vsyscall
	int80 compat-nolibc
	i386 exit-32-nolibc
	END
}

# Calls of pause (34) are not compared: the scheduler decides whether the first
# thread of exec-thread calls pause.
@test "the calls, images, executions and tasks are the same as with BPF" {
	requires_root
	local script
	script="$(programs) sh -c 'exec sh -c \"exec true\"'; echo a | sh -c 'cat; ls /'"
	by bpf sh -c "$script"
	by notify sh -c "$script"
	shape bpf.sp | sed '/"x86_64",34,/d' >expected
	[ "$(wc -l <expected)" -gt 150 ]
	shape notify.sp | sed '/"x86_64",34,/d' | diff -u expected -
}

# The profile denies execve, too. So the child of sp-verify waits for the answer
# to its execve while it still has the listener open.
@test "if a recorder or verifier is killed during its start, no process is left" {
	printf '{"defaultAction":"SCMP_ACT_ERRNO"}' >none.json
	killed() {
		for _ in $(seq "$1"); do
			"${@:2}" 3>&- 2>err &
			sleep "0.0$((RANDOM % 3))$((RANDOM % 10))"
			kill -KILL $! || true	# it may have ended already
			wait $! || true	# its status may be 137
		done
		lacks "unknown option" <err || return
		run -1 pgrep -af -- "$PWD/killed"
	}
	killed 25 sp-record -q --method=notify -o "$PWD/killed" -- true || wait_for 10 killed 0
	killed 15 sp-verify -p none.json -o "$PWD/killed" -- true || wait_for 10 killed 0
	killed 15 sp-verify -p none.json --enforce -o "$PWD/killed" -- true || wait_for 10 killed 0
}

@test "if sp-verify is killed, its command can make denied calls, or with --enforce still cannot" {
	local verifier
	printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}' >p.json
	for how in '' --enforce; do
		rm -rf begun go end made
		# shellcheck disable=SC2016 # the command expands it
		sp-verify $how -p p.json -- sh -c 'echo >begun
			until [ -e go ]; do sleep 0.01; done
			mkdir made 2>end; echo $? >>end' 3>&- >out 2>&1 &
		verifier=$!
		wait_for 10 test -s begun
		kill -KILL $verifier
		wait $verifier || [ $? -eq 137 ]
		touch go
		wait_for 10 grep -x '[01]' end
		if [ "$how" ]; then
			grep 'Function not implemented' end
			[ ! -e made ]
		else
			[ -d made ]
		fi
	done
}

@test "without BPF, notify is used and a note says so, except with --method=bpf" {
	requires_root
	public_copy "$SP_BIN/sp-record"
	run --separate-stderr -0 nobody ./sp-record -o /dev/null -- true
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ ${stderr_lines[0]} == *CAP_BPF*CAP_PERFMON*'--cap-add=BPF'*'--method=notify instead' ]]
	run --separate-stderr -125 nobody ./sp-record --method=bpf -o /dev/null -- true
	[[ $stderr == *'--privileged'* ]]
	[[ $stderr != *instead* ]]
	run --separate-stderr -125 nobody ./sp-record --paths -o /dev/null -- true
	[[ $stderr == 'sp-record: --paths: CAP_BPF'* ]]
	run -125 ./sp-record --method=notify --every -- true
	[ "${lines[0]}" = 'sp-record: --method=notify cannot be combined with --every, which needs BPF' ]
	run -125 ./sp-record --method=notify --paths -- true
	[[ ${lines[0]} == *' --paths, which needs BPF: a filter is asked before the kernel reads a path,'*' succeeded' ]]
	run -125 ./sp-record --known=x -- true
	[ "${lines[0]}" = 'sp-record: --known is only for --method=notify' ]
}

@test "in a user namespace without capabilities, the first example of README.md works, and its recording can be replayed" {
	requires_root
	requires unshare
	public_copy "$SP_BIN/sp-record" "$SP_BIN/sp-emit" "$SP_BIN/sp-verify"
	nobody unshare -Ur true || skip "no user namespaces (1)"
	nobody unshare -Ur ./sp-record -- ls / 2>err >ls.sp
	shows 'user namespace' <err
	sp-emit --oci ls.sp >seccomp.json
	sp-verify -p seccomp.json ls.sp
	nobody ./sp-verify -p seccomp.json --enforce -- ls / >out
	sp-emit --json ls.sp | jq -e '.runs[0].how == ["command", "notify"]'
}

@test "an executable that has the inode number of a removed executable is a separate image" {
	requires jq
	cp /bin/true first
	cat >replace <<-'END'
		./first
		mv first second
		cat /bin/echo >second
		touch -r first second
		./second
	END
	by notify sh replace
	sp-emit --json notify.sp | jq -r '.images[].path' | shows '/second$'
}

@test "a process that has the id of a killed thread is a separate process" {
	requires_root
	requires jq
	local status=0
	by notify "$WITNESS/reused-tid" ls / || status=$?
	[ $status -ne 77 ] || skip "no clone3 with set_tid"
	sp-emit --json notify.sp | jq -e '.images as $images | .calls[] |
		select(.name == "getdents64") | [.images[] | $images[.].path |
			test("/ls$")] | all'
}

@test "a note in the run record says if the workload could change /proc/PID/exe" {
	requires jq
	by notify /usr/bin/python3 -c 'import ctypes
ctypes.CDLL(None).prctl(35, 14, 0, 0, 0)'
	sp-emit --json notify.sp | jq -e '.runs[0].blind | any(test("executable"))'
}

@test "the command starts with the signal mask that the tool was started with" {
	requires_root
	local tool
	echo '{"defaultAction": "SCMP_ACT_ALLOW"}' >p.json
	echo '{"ruleset": [{"handledAccessFs": ["make_sock"]}]}' >l.json
	# 15 is SIGTERM. The tools themselves also block SIGTTIN (21) and SIGTTOU (22).
	for tool in 'sp-record -q --method=bpf' 'sp-record -q --method=notify' 'sp-verify -p p.json' \
		'sp-verify --enforce --landlock l.json'; do
		# shellcheck disable=SC2086 # words
		/usr/bin/python3 -c 'import os, signal, sys
signal.pthread_sigmask(signal.SIG_SETMASK, {15})
os.execvp(sys.argv[1], sys.argv[1:])' $tool -o result -- grep SigBlk /proc/self/status >out
		[ "$(<out)" = $'SigBlk:\t0000000000004000' ]
	done
}

@test "the command cannot trace the recorder or the verifier, although both have the same uid" {
	requires_root
	local tool capable=(setpriv --reuid=65534 --regid=65534 --clear-groups
		'--inh-caps=+bpf,+perfmon' '--ambient-caps=+bpf,+perfmon')
	public_copy "$SP_BIN/sp-record" "$SP_BIN/sp-verify"
	chmod a+w .
	printf '%s\n' 'run 1 a' 'call 1 read 1' | "$TESTS/mkstream" |
		sp-emit --oci --deny=log -o p.json
	echo '{"ruleset": [{"handledAccessFs": ["make_sock"]}]}' >l.json
	for tool in 'nobody ./sp-record -q --method=notify' 'nobody ./sp-verify -p p.json' \
		'nobody ./sp-verify --enforce --landlock l.json' \
		"${capable[*]} ./sp-record -q --method=bpf"; do
		# shellcheck disable=SC2086 # words
		$tool -o result -- /usr/bin/python3 -c '
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(0x4206, os.getppid(), 0, 0), ctypes.get_errno())
mem = "/proc/%d/mem" % os.getppid()
try: open(mem, "r+b")
except OSError as error: print(error.errno, os.stat(mem).st_uid)' >out
		[ "$(<out)" = $'-1 1\n13 0' ]
		[ -e result ]
		rm result
	done
}

@test "--known leaves out the calls of a stream or a profile, and the stream has only new calls" {
	requires jq
	by notify ls /
	mv notify.sp known.sp
	sp-emit --oci known.sp >known.json
	for known in known.sp known.json; do
		timeout 30 sp-record -q --method=notify --known=$known -o new.sp \
			-- sh -c 'ls / >/dev/null; exec chgrp "$(id -g)" .'
		sp-emit --json new.sp >new.json
		jq -e '[.calls[].name] | contains(["fchownat", "execve"]) and
			(contains(["brk"]) | not)' new.json
		jq -e '.runs[0].blind | length == 1' new.json
	done
	run --separate-stderr -0 sp-record -q --method=notify --known=known.sp \
		-o none.sp -- ls /
	[ -z "$stderr" ]
	sp-emit --json none.sp | jq -e '.images | length == 1 and
		(.[0].path | endswith("/ls"))'
	sp-merge known.sp new.sp | calls - | shows fchownat
	run -125 sp-record --method=notify --known="$BATS_TEST_FILENAME" -- true
	# A thread can get the id of a thread that has ended.
	by notify "$WITNESS/threads"
	sp-record -q --method=notify --known=notify.sp -o new.sp -- \
		"$WITNESS/threads" >out
	calls new.sp | shows ' exit '
	# calls that a profile logs, or allows only for some arguments, are not known
	cat >some.json <<-'END'
	{ "defaultAction": "SCMP_ACT_LOG", "architectures": ["SCMP_ARCH_X86_64"],
	  "syscalls": [
	    { "names": ["brk", "openat"], "action": "SCMP_ACT_ALLOW" },
	    { "names": ["read"], "action": "SCMP_ACT_LOG" },
	    { "names": ["write"], "action": "SCMP_ACT_ALLOW",
	      "args": [{ "index": 0, "value": 9, "op": "SCMP_CMP_EQ" }] } ] }
	END
	sp-record -q --method=notify --known=some.json -o new.sp -- ls /
	[ "$(calls new.sp | grep -cE ' (read|write|close) ')" = 3 ]
	run ! grep -E ' (brk|openat) ' <(calls new.sp)
}

@test "if pidfd_getfd is denied, another process sends the listener" {
	timeout 20 /usr/bin/python3 "$TESTS/scripts/without.py" 438 \
		sp-record -q --method=notify -o sent.sp -- sh -c 'true; exit'
	calls sent.sp | shows exit_group
	run -127 /usr/bin/python3 "$TESTS/scripts/without.py" 438 \
		sp-record -q --method=notify -o sent.sp -- ./nothing
}

@test "the exit status is that of the command, and shows signals and failures to execute" {
	run -7 sp-record -q --method=notify -o /dev/null -- sh -c 'exit 7'
	run -143 sp-record -q --method=notify -o /dev/null -- sh -c 'kill $$'
	run -127 sp-record -q --method=notify -o /dev/null -- ./nothing
	run -126 sp-record -q --method=notify -o /dev/null -- /
	run -0 timeout 20 sp-record -q --method=notify -t 1 -o t.sp -- sleep 100
	calls t.sp | shows clock_nanosleep
}

# lives FILE — checks that the number in the file grows
lives() {
	local before
	before=$(<"$1")
	wait_for 20 is_other "$1" "$before"
}

is_other() {
	[ "$(<"$1")" != "$2" ]
}

@test "processes that outlive the recorder can make all calls" {
	# The counter ends by itself if this test fails.
	local counter='i=0; while [ $i -lt 1500 ]; do i=$((i + 1)); echo $i >count; sleep 0.02; done'
	timeout 30 sp-record -q --method=notify --leader -o l.sp -- \
		sh -c "sh -c 'echo \$\$ >pid; $counter' >/dev/null 2>&1 & sleep 0.2"
	wait_for 20 test -s count
	lives count
	kill "$(<pid)"
	rm count pid
	sp-record -q --method=notify -o k.sp -- \
		sh -c "echo \$\$ >pid; $counter" >/dev/null 2>&1 3>&- &
	wait_for 20 test -s count
	kill -KILL $!
	wait $! || status=$?
	[ "$status" -eq 137 ]
	lives count
	kill "$(<pid)"
	run ! test -e k.sp
}

@test "a note says that the workload has seccomp filters and listeners of its own" {
	requires_root
	run --separate-stderr -159 timeout 30 sp-record --method=notify -o own.sp -- "$WITNESS/own-filter"
	echo "$stderr" >err
	shows 'not seen: calls that a seccomp filter of the workload' <err
	run --separate-stderr -1 timeout 30 sp-record --method=notify -o own.sp -- "$WITNESS/own-listener" 8
	echo "$stderr" >err
	shows 'listener of its own, which the kernel refused' <err
}

@test "each process belongs to an image, even if there are more processes than the recorder can have descriptors" {
	# shellcheck disable=SC2016
	(
		ulimit -Sn 60
		timeout 30 sp-record -q --method=notify -o many.sp -- \
			sh -c 'for i in $(seq 80); do sleep 0.5 & done; wait'
	)
	sp-emit --json many.sp | jq -e '.lost.image == 0 and
		all(.images[]; .path) and ([.calls[].image] | length) > 0 and
		([.images[].runs[].tasks] | add) >= 82'
}

@test "children that are killed in their first call do not count as lost images" {
	by notify "$WITNESS/killed" 40
	sp-emit --json notify.sp | jq -e '.lost.image == 0 and
		[.images[].path] == [$program]' --arg program "$WITNESS/killed"
}
