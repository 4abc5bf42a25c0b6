#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests sp-verify --learn, which writes the calls that a profile denies as a
# stream for the next profile, and the messages of --enforce and --replay.

load helper

# profile_of FILE… — writes the profile of the merged streams to p.json
profile_of() {
	sp-merge "$@" | sp-emit --oci -o p.json
}

# --- the stream that --learn writes ------------------------------------------

@test "after one pipeline adds the denied calls to the profile, verification finds no violation" {
	requires_root
	sp-record -q -o t.sp -- ls / >/dev/null
	profile_of t.sp
	sp-record -q -o u.sp -- sh -c 'ls -l /; id' >/dev/null
	sp-verify -p p.json --learn --replay u.sp 2>err |
		sp-merge t.sp - | sp-emit --oci >p2.json
	grep -q ' violations* learned' err
	grep -q '^ *[0-9]* *[0-9]* *vfork ' err
	run -0 sp-verify -p p2.json --replay u.sp
	run -0 sp-verify -p p2.json t.sp
}

@test "--learn writes a run, a note that allowed calls are missing, and the number of denials of each call" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getppid",
		"socket", "execve"], action: "SCMP_ACT_ERRNO"}]}' >p.json
	umask 027
	ulimit -n 512
	cp /bin/sh ./mine
	run -0 sp-verify -p p.json --learn -o l.sp -- ./mine -c \
		'/usr/bin/python3 -c "import socket; [socket.socket(f) for f in (1, 2, 2)]"; exit 3'
	sp-emit --json l.sp >l.json
	jq -e --arg cwd "$PWD" '.runs | length == 1 and (.[0] |
		.argv[0] == "./mine" and (.name | startswith("./mine -c ")) and
		.cwd == $cwd and .umask == 23 and .rlimits[7][0] == 512 and
		.uid == 0 and .how == ["command", "verify"] and .complete and
		.status == {exit: 3} and .duration_ns > 1000000 and
		.blind == ["calls that the verified profile allowed"] and
		(.lost | to_entries | all(.value == 0)))' l.json
	jq -e '[.calls[].name] - ["getppid", "socket", "execve"] == []' l.json
	jq -e '[.calls[] | select(.name == "socket") | .count] == [3]' l.json
	# The first execve starts the shell. The second is a call of the shell.
	jq -e --arg mine "$PWD/mine" '.images as $i | [.calls[] |
		select(.name == "execve") | .count] == [2] and
		([$i[].path] | index($mine)) != null' l.json
	run -0 sp-verify -p p.json --learn -o m.sp -- ./mine -c true
	sp-emit --json m.sp >m.json
	jq -e --slurpfile l l.json '.runs[0].id | . and . != $l[0].runs[0].id' \
		m.json
}

@test "the images in a learned stream are those of the recording" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls: [{names: ["read"],
		action: "SCMP_ACT_ALLOW"}]}' >p.json
	sp-record -q -o t.sp -- ls / >/dev/null
	sp-verify -p p.json --learn --replay t.sp >l.sp 2>/dev/null
	sp-merge t.sp l.sp | sp-emit --json |
		jq -e '.images | length == 1 and .[0].build_id'
	# The learned stream has the same calls with the same counts, except
	# read, which the profile allows.
	calls t.sp | grep -v ' read ' >expected
	calls l.sp | diff expected -
}

@test "--args uses the learned argument values of a merged stream" {
	requires_root
	local py=/usr/bin/python3
	sp-record -q -o t.sp -- $py -c 'import socket; socket.socket(1)'
	sp-emit --oci --args t.sp >p.json
	run -1 sp-verify -p p.json -- $py -c 'import socket; socket.socket(2)'
	sp-verify -p p.json --learn -- $py -c 'import socket; socket.socket(2)' >l.sp
	sp-merge t.sp l.sp | sp-emit --oci --args >p2.json
	jq -e '[.syscalls[] | select(.names == ["socket"]) | .args[] |
		select(.index == 0) | .valueTwo // .value] | unique == [1, 2]' p2.json
	run -0 sp-verify -p p2.json -- $py -c 'import socket; socket.socket(2)'
	run -1 sp-verify -p p2.json -- $py -c 'import socket; socket.socket(10)'
}

@test "--learn on a recording writes its denied facts, and the same bytes each time" {
	"$TESTS/mkstream" >a.sp <<-'END'
	run 1 a
	run 2 b
	image /bin/a
	call 1 read 3
	call 1 ptrace 2 first=7
	call 2 ptrace 5
	call 1 socket 3
	argument 1 socket "0:18446744073709551615:1" 1
	argument 1 socket "0:18446744073709551615:2" 2
	END
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls: [{names: ["read"],
		action: "SCMP_ACT_ALLOW"}, {names: ["socket"], action:
		"SCMP_ACT_ALLOW", args: [{index: 0, value: 1, op: "SCMP_CMP_EQ"}]}]}' >p.json
	run -0 sp-verify -p p.json --learn -o l.sp a.sp
	[[ $output == *"ptrace  EPERM"* ]]
	[ "$(calls l.sp)" = "x86_64 socket 2
x86_64 ptrace 7" ]
	sp-verify -p p.json --learn a.sp 2>/dev/null | cmp - l.sp
	sp-merge a.sp l.sp | sp-emit --json | jq -e '.runs | length == 4'
	sp-merge a.sp l.sp | sp-emit --oci >p2.json
	run -0 sp-verify -p p2.json a.sp
	# From this stream, --learn makes the same stream again.
	sp-verify -p p.json --learn l.sp 2>/dev/null | cmp - l.sp
}

@test "without a violation, the stream of --learn adds no call to a merge" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ALLOW"}' >p.json
	run -0 sp-verify -p p.json --learn -o l.sp -- true
	[[ $output == *"no violation"* ]]
	sp-record -q -o t.sp -- true
	calls t.sp >expected
	sp-merge t.sp l.sp | calls - | diff expected -
}

@test "a stream that has only denied calls gives no profile" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ERRNO"}' >p.json
	sp-verify -p p.json --learn -o l.sp -- true 2>/dev/null
	run -2 sp-emit --oci l.sp
	[[ $output == *"the recordings only have the calls that a profile denied"* ]]
	run -0 sp-emit --oci --allow-partial l.sp
	[[ $output == *'"defaultAction"'* ]]
	run -0 sp-emit --table l.sp
	sp-record -q -o t.sp -- true
	run -0 sp-emit --oci t.sp l.sp
}

@test "if the command cannot run or the stream cannot be written, no stream is left" {
	jq -n '{defaultAction: "SCMP_ACT_ERRNO"}' >p.json
	run -2 sp-verify -p p.json --learn -o l.sp -- ./missing
	[ ! -e l.sp ]
	run -2 script -qec "sp-verify -p p.json --learn -- true" /dev/null
	run -2 sp-verify --landlock p.json --learn -- true
	[ ! -w /dev/full ] || run -2 sp-verify -p p.json --learn -o /dev/full -- true
}

@test "with --enforce, a denied execve is in the stream" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["execve"],
		action: "SCMP_ACT_ERRNO"}]}' >p.json
	sp-verify -p p.json --learn -o l.sp -- ls / >/dev/null 2>&1
	[ "$(calls l.sp)" = "x86_64 execve 1" ]
	sp-emit --json l.sp | jq -e '.images[0].path | endswith("/ls")'
	run -0 sp-verify -p p.json --enforce --learn -o l.sp -- ls /
	[[ $output == *"the profile denies its start"*"it was not started"* ]]
	[ "$(calls l.sp)" = "x86_64 execve 1" ]
	sp-emit --json l.sp | jq -e '.runs[0] | .complete and .status == null'
	sp-record -q -o t.sp -- ls / >/dev/null
	sp-merge t.sp l.sp | sp-emit --oci >p2.json
	run -0 sp-verify -p p2.json --enforce -- ls /
	# Each of the recorded commands is run.
	sp-record -q -o u.sp -- ls /tmp >/dev/null
	sp-verify -p p.json --enforce --learn --replay t.sp u.sp 2>/dev/null >l.sp
	sp-emit --json l.sp | jq -e '.runs | length == 2 and all(.[]; .complete)'
}

@test "with --enforce, a note says that the call that killed the command is not in the stream" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getdents64"],
		action: "SCMP_ACT_KILL_PROCESS"}]}' >p.json
	run -0 --separate-stderr sp-verify -p p.json --enforce --learn -o l.sp -- ls /
	[[ $stderr == *"to see the call, which is not in the stream"* ]]
	[[ $stderr != *"no violation"* ]]
	run -2 sp-emit --json l.sp
	[[ $output == *"no calls were recorded"* ]]
	sp-record -q -o t.sp -- ls / >/dev/null
	run -0 sp-verify -p p.json --enforce --learn -o l.sp --replay t.sp
	run -1 sp-verify -p p.json --enforce --replay t.sp
	run -2 --separate-stderr sp-emit --json l.sp
	jq -e '.runs[0] | .complete and .status == {signal: 31}' <<<"$output"
}

# --- services --------------------------------------------------------------

# Each service has an array with its command, and functions that wait until it
# listens, make load, and shut it down.

redis_command() {
	service=(redis-server --port 0 --unixsocket "$PWD/redis.sock" --save ''
		--pidfile "$PWD/pid" --daemonize no)
}

redis_listens() {
	test -S redis.sock
}

redis_load() {
	redis-benchmark -s redis.sock -n 2000 -q >/dev/null &&
		redis-cli -s redis.sock shutdown nosave
}

nginx_command() {
	nginx_config 18199 2 >nginx.conf
	service=(nginx -e "$PWD/error.log" -c "$PWD/nginx.conf")
}

nginx_listens() {
	test -s nginx.pid && [ "$(pgrep -c -P "$(<nginx.pid)")" -eq 2 ]
}

nginx_load() {
	wrk -t 1 -c 20 -d 2 http://127.0.0.1:18199/GPL-2 >/dev/null &&
		wrk -t 1 -c 2 -d 1 http://127.0.0.1:18199/missing >/dev/null &&
		kill -QUIT "$(<nginx.pid)"
}

# start_up NAME — records the start-up of the service to start.sp
start_up() {
	sp-record -q -o start.sp -- "${service[@]}" >log 2>&1 3>&- &
	local recorder=$! leader workers
	wait_for 20 "$1_listens"
	leader=$(pgrep -P "$recorder" -x "${service[0]}")
	workers=$(pgrep -P "$leader" || true)
	# The leader must die first, because it would start new workers.
	# shellcheck disable=SC2086
	kill -KILL "$leader" $workers
	wait "$recorder" || [ $? -eq 137 ]
	rm -f redis.sock nginx.pid
}

# under_load NAME TOOL… — runs the service with load under the tool. Returns the
# tool's exit status, or 99 if the load fails.
under_load() {
	local name=$1 status=0
	shift
	"$@" "${service[@]}" >log 2>&1 3>&- &
	wait_for 20 "${name}_listens" && "${name}_load" || return 99
	wait $! || status=$?
	rm -f redis.sock nginx.pid
	return "$status"
}

# three_rounds NAME — records the start-up, learns in at most three runs under
# load, and checks that the next run has no violation
three_rounds() {
	local round
	shopt -s nullglob
	"$1_command"
	start_up "$1"
	profile_of start.sp
	run -1 under_load "$1" sp-verify -p p.json -o list --
	for round in 1 2 3; do
		under_load "$1" sp-verify -p p.json --learn -o "round$round.sp" --
		echo "round $round: $(calls "round$round.sp" | wc -l)"
		if grep -q 'no violation' log; then
			break
		fi
		profile_of start.sp round*.sp
	done
	run -0 under_load "$1" sp-verify -p p.json -o list --
	[ ! -s list ]
}

@test "for redis-server, three rounds of learning are enough" {
	requires_root
	requires redis-server redis-benchmark
	three_rounds redis
}

@test "for nginx, three rounds of learning are enough" {
	requires_root
	requires nginx wrk
	three_rounds nginx
}

# --- --enforce and --replay ------------------------------------------------

@test "--enforce prints how the command ended and how the recorded run ended" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getdents64"],
		action: "SCMP_ACT_KILL_PROCESS"}]}' >p.json
	sp-record -q -o t.sp -- ls / >/dev/null
	run -1 sp-verify -p p.json --enforce --replay t.sp
	[[ $output =~ the\ command\ exited\ with\ 0\ after\ [0-9.]+\ s\ when\ it\ was\ recorded\;\ under\ the\ profile\ it\ was\ killed\ by\ SIGSYS\ after\ [0-9.]+\ s ]]
	run -1 sp-verify -p p.json --enforce -- ls /
	[[ $output =~ under\ the\ profile\ it\ was\ killed\ by\ SIGSYS\ after ]]
	jq -n '{defaultAction: "SCMP_ACT_ALLOW"}' >p.json
	run -0 sp-verify -p p.json --enforce --replay t.sp
	[[ $output =~ the\ command\ exited\ with\ 0\ after\ [0-9.]+\ s\ when\ it\ was\ recorded\;\ under\ the\ profile\ it\ exited\ with\ 0\ after ]]
	run -0 sp-verify -p p.json --replay t.sp
	[[ $output != *"under the profile"* ]]
}

@test "an end that differs from the end of the recorded run is a violation" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ALLOW"}' >p.json
	sp-record -q -o t.sp -- sh -c 'test ! -e flag'
	: >flag
	run -1 sp-verify -p p.json --enforce --replay t.sp
	[[ $output == *"exited with 0 after"*"it exited with 1 after"* ]]
	run -0 sp-verify -p p.json --replay t.sp
	# If -t ended the command, its end is not compared.
	sp-record -q -o t.sp -- sh -c 'test ! -e more || exec sleep 60'
	touch more
	run -0 sp-verify -p p.json --enforce -t 1 --replay t.sp
	[[ $output =~ under\ the\ profile\ it\ was\ killed\ by\ SIGTERM\ after\ [1-9] ]]
	# If the command itself ended earlier, its end is compared, although -t
	# ended the other processes.
	sp-record -q --leader -o t.sp -- sh -c 'sleep 8 3>&- & test ! -e most'
	: >most
	run -1 --separate-stderr sp-verify -p p.json --enforce -t 2 --replay --junit=j.xml t.sp
	[[ $stderr =~ under\ the\ profile\ it\ exited\ with\ 1\ after\ [01][.] ]]
	[[ $stderr != *"no violation"* ]]
	grep 'exited with 1 after' j.xml
}

@test "--replay notes the differences from the recorded run" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ALLOW"}' >p.json
	"$TESTS/mkstream" >a.sp <<-END
	run 1 one argv=true cwd=$PWD
	call 1 read 1 image=/bin/true
	END
	run -0 sp-verify -p p.json --replay a.sp
	[[ $output == *"not as recorded: the environment and stdin are those of sp-verify"* ]]
	[[ $output == *"; it ran on Linux 6.1.0"* ]]
	[[ $output != *attached* ]]
	"$TESTS/mkstream" >a.sp <<-END
	run 1 one argv=true cwd=$PWD how="attached pid" kernel=$(uname -r)
	call 1 read 1 image=/bin/true
	END
	run -0 sp-verify -p p.json --replay a.sp
	[[ $output == *"it was attached to while it ran, and is started anew here"* ]]
	[[ $output != *"it ran on"* ]]
}

@test "--replay sets the directory, umask, limits and arguments of the recorded run" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ALLOW"}' >p.json
	mkdir there
	(cd there && umask 013 && ulimit -n 300 && sp-record -q -o ../t.sp -- \
		sh -c 'pwd; umask; ulimit -n; echo "$1"' sh 'a  b') 2>/dev/null >was
	run -0 sp-verify -p p.json -o list --replay t.sp
	diff was <(printf '%s\n' "${lines[@]}" | grep -v '^sp-verify: ')
	[ "$(wc -l <was)" -eq 4 ]
}

@test "--timeout and --time are long names of -t" {
	jq -n '{defaultAction: "SCMP_ACT_ALLOW"}' >p.json
	local option
	for option in --timeout=1 --time=1 "-t 1"; do
		# shellcheck disable=SC2086
		run -0 timeout 20 sp-verify -p p.json $option -- sleep 60
		[[ $output == *"killed by SIGTERM"* ]]
	done
}
