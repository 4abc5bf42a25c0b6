#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# Tests attaching to running processes: every call of the target is recorded,
# and attaching does not disturb the processes.

load helper

setup_file() {
	requires_root
}

teardown() {
	local pid dir left=0
	for pid in "${started[@]}"; do		# some may have ended
		kill -KILL "$pid" 2>/dev/null || [ ! -d "/proc/$pid" ] || left=1
	done
	[ -z "${box-}" ] || runc delete --force "$box" || left=1
	[ -z "${state-}" ] || rm -rf "$state"* || left=1
	for dir in "${cgroups[@]}"; do
		[ ! -d "$dir" ] || wait_for 20 rmdir "$dir" || left=1
	done
	return "$left"
}

started=() cgroups=()

# start COMMAND… — starts the command in the background, with its pid in $!
start() {
	"$@" >/dev/null 2>&1 3>&- &
	started+=($!)
}

# marker [N] — starts the witness "marker", and writes its pid to the file "pid"
marker() {
	rm -f pid "done"
	start "${under[@]}" "$WITNESS/marker" "${1:-1}"
	wait_for 10 test -s pid
}

# mark [PID] — makes the witness call getpgid
mark() {
	rm -f "done"
	kill -USR1 "${1-$(<pid)}"
	wait_for 10 test -e "done"
}

# attach OPTION… — starts $recorder in the background, and waits until it is
# attached
attach() {
	rm -f err run.sp
	env --default-signal "$(command -v sp-record)" -o run.sp "$@" 2>err 3>&- &
	recorder=$! started+=($!)
	wait_for 10 grep -q 'attached to\|waiting\|^sp-record: [^a]' err
	grep -q 'attached to\|waiting' err
}

# ends — checks that the recording ends by itself with status 0
ends() {
	local status=0
	wait "$recorder" || status=$?
	[ "$status" -eq 0 ]
}

# recorded NAME — prints how many calls of that name were recorded
recorded() {
	facts run.sp | awk -v name="$1" '$2 == name && $3 ~ /^[0-9]+$/ { n += $3 }
		END { print n + 0 }'
}

lost_nothing() {
	sp-emit --json run.sp |
		jq -e '.lost == {call: 0, detail: 0, image: 0, name: 0, record: 0, task: 0}
			and all(.runs[]; .complete)' >/dev/null
}

# new_cgroup NAME [HIERARCHY] — creates a cgroup, and sets $cgroup to its path
new_cgroup() {
	local root
	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -z "${2-}" ] || root=/sys/fs/cgroup/$2
	if [ -n "${2-}" ]; then
		needs cgroup1
	else
		needs cgroup2
	fi
	cgroup=$root/$1
	mkdir -p "$cgroup"
	cgroups=("$cgroup" "${cgroups[@]}")
}

# --- the tasks of the target -----------------------------------------------

@test "attaching during a storm of forks and threads loses no task, in eight attempts" {
	local i
	for i in {1..8}; do
		rm -f pid
		"$WITNESS/storm" 4 >truth 3>&- &
		started+=($!)
		wait_for 10 test -e pid
		sleep 0.05
		attach -p "$(<pid)"
		kill -USR1 "$(<pid)"
		sleep 0.3
		kill -USR2 "$(<pid)"
		wait_for 10 test -s truth
		ends
		facts run.sp | grep ' getsid ' | diff -u truth -
		sp-emit --json run.sp | jq -e '.denied == []' >/dev/null
		lost_nothing
	done
}

@test "--ready-fd writes a byte once every task is followed, and no byte if attaching fails" {
	local byte
	marker
	exec {ready}< <(exec 9>&1 >/dev/null
		exec sp-record -q -o run.sp --ready-fd=9 -p "$(<pid)" 3>&-)
	recorder=$!
	read -r -t 10 -N 1 -u "$ready" byte
	[ "$byte" = $'\n' ]
	# The recorder closes the descriptor, and the recording continues.
	run -1 read -r -t 10 -N 1 -u "$ready" byte
	kill -0 "$recorder"
	mark
	kill -KILL "$(<pid)"
	wait_for 10 test -e run.sp
	[ "$(recorded getpgid)" -eq 1 ]
	run -125 sp-record -q -o no.sp --ready-fd=9 -p "$(<pid)" 9>byte
	[ ! -s byte ]
	run -125 sp-record -o no.sp --ready-fd=77 -p $$
	[[ $output == *"--ready-fd=77: not an open descriptor"* ]]
	run -125 sp-record -o no.sp --ready-fd=2 -- true
}

@test "--ready-fd with a command writes a byte when the command runs, or at its first mark" {
	local byte
	exec {ready}< <(exec 9>&1 >/dev/null
		exec sp-record -q -o run.sp --ready-fd=9 -- sleep 100 3>&-)
	recorder=$! started+=($!)
	read -r -t 10 -N 1 -u "$ready" byte
	[ "$byte" = $'\n' ]
	kill "$recorder"
	timeout 20 sp-record -q -o run.sp --mark=up=fsync --ready-fd=9 -- \
		/usr/bin/python3 -c 'import os, time
if not os.path.exists("byte-read"): os.fsync(os.open(".", 0))
while not os.path.exists("byte-read"): time.sleep(0.05)' \
		9> >(head -c 1 >byte; mv byte byte-read)
	facts run.sp | shows -x 'x86_64 fsync 1'
}

@test "a recording of several processes ends when the last one has exited" {
	marker 3
	local first
	first=$(<pid)
	marker 4
	attach -p "$first,$(<pid)"
	grep -q 'attached to 2 tasks' err
	mark
	kill -KILL "$(<pid)"
	mark "$first"
	kill -0 "$recorder"
	kill -KILL "$first"
	ends
	[ "$(recorded getpgid)" -eq 7 ]
}

@test "threads and descendants of every generation are recorded" {
	# shellcheck disable=SC2016 # the inner shell expands it
	start sh -c 'sh -c "sh -c \"sleep 100 & echo \\\$! >last; wait\" & wait" & wait'
	local root=$!
	wait_for 10 test -s last
	wait_for 10 asleep "$(<last)" sleep
	start "$WITNESS/blocked"
	wait_for 10 test -e pid
	attach -p "$root,$(<pid)"
	grep -q 'attached to 10 tasks' err
	pkill -KILL -P "$root"
	kill -INT "$recorder"
	ends
}

@test "--no-follow records only the process's own threads" {
	start "$WITNESS/blocked"
	wait_for 10 test -e pid
	attach --no-follow -p "$(<pid)"
	grep -q 'attached to 2 tasks' err
	kill -INT "$recorder"
	ends
	facts run.sp | sort >got
	diff -u - got <<-'END'
	x86_64 futex 1 inflight
	x86_64 wait4 1 inflight
	END
}

@test "with --cgroup, processes that are below a cgroup, that join it, or that leave it are recorded" {
	new_cgroup sp-test-$$
	new_cgroup "sp-test-$$/below"
	marker 5
	echo "$(<pid)" >"$cgroup/cgroup.procs"
	attach --cgroup "sp-test-$$"
	grep -q 'attached to 1 task$' err
	mark
	# This process joins the cgroup while it sleeps in a call.
	start sh -c 'exec sleep 100'
	sleep 3		# the recorder stops watching sys_exit after start-up
	echo "$!" >"$cgroup/cgroup.procs"
	mkdir leaver
	# shellcheck disable=SC2016 # the inner shell expands it
	start sh -c 'echo $$ >"$1/cgroup.procs"; echo $$ >"$1/../../cgroup.procs"
		cd leaver && exec "$2" 0' sh "$cgroup" "$WITNESS/marker"
	wait_for 10 test -s leaver/pid
	kill -KILL "$(<pid)" "${started[2]}" "$(<leaver/pid)"
	ends
	[ "$(recorded getpgid)" -eq 5 ]
	facts run.sp | shows '^x86_64 rt_sigaction '
	facts run.sp | shows -x 'x86_64 clock_nanosleep 1 inflight'
	[ "$(sp-emit --json run.sp | jq '.images | length')" -eq 3 ]
	lost_nothing
}

@test "a cgroup of version 1 is recorded by its path" {
	needs cgroup1
	new_cgroup sp-test-$$ pids
	marker 5
	echo "$(<pid)" >"$cgroup/cgroup.procs"
	attach --cgroup "$cgroup"
	mark
	kill -KILL "$(<pid)"
	ends
	[ "$(recorded getpgid)" -eq 5 ]
}

@test "the recording of an empty cgroup begins with the first process that joins it" {
	new_cgroup sp-test-$$
	attach --cgroup "$cgroup"
	grep -q 'it has no process yet; waiting' err
	# shellcheck disable=SC2016 # the inner shell expands it
	sh -c 'echo $$ >"$1/cgroup.procs"; exec "$2"' sh "$cgroup" \
		"$WITNESS/exit-nolibc"
	ends
	facts run.sp | shows -x 'x86_64 exit_group 1'
}

@test "--unit finds the cgroup of a unit in a slice below another slice" {
	new_cgroup sptest.slice
	new_cgroup sptest.slice/sptest-a.slice
	new_cgroup "sptest.slice/sptest-a.slice/web$$.service"
	marker 5
	echo "$(<pid)" >"$cgroup/cgroup.procs"
	attach --unit "web$$"
	mark
	kill -KILL "$(<pid)"
	ends
	[ "$(recorded getpgid)" -eq 5 ]
	[ "$(sp-emit --json run.sp | jq -r '.runs[0].name')" = "unit web$$" ]
}

# joining CGROUP PROGRAM… — joins the cgroup with a shell, which then executes
# the program
joining() {
	# shellcheck disable=SC2016 # the inner shell expands it
	sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$@"
}

@test "a cgroup is recorded from its first process, even if its parent does not exist yet" {
	needs cgroup2
	attach --cgroup "sp-test-$$/a/b"
	grep -q 'waiting for it' err
	new_cgroup "sp-test-$$"
	new_cgroup "sp-test-$$/b"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	new_cgroup "sp-test-$$/a"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	new_cgroup "sp-test-$$/a/b"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	ends
	facts run.sp | shows -x 'x86_64 exit_group 1'
	sp-emit --json run.sp | jq -e '.runs[0].blind == []' >/dev/null
	lost_nothing
}

@test "--cgroup with the root of a hierarchy records every process" {
	needs cgroup2
	local root
	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	marker 3
	attach --cgroup "$root"
	mark
	kill -INT "$recorder"
	ends
	[ "$(recorded getpgid)" -ge 3 ]
}

@test "with --keep, the recording continues when no process is left and when the cgroup is created again" {
	new_cgroup "sp-test-$$"
	attach --keep --cgroup "sp-test-$$"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	wait_for 20 rmdir "$cgroup"
	mkdir "$cgroup"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	kill -INT "$recorder"
	ends
	facts run.sp | shows -x 'x86_64 exit_group 3'
}

@test "--from-exec records each process from its next exec on" {
	new_cgroup "sp-test-$$"
	attach --from-exec --cgroup "sp-test-$$"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	ends
	[ "$(facts run.sp)" = 'x86_64 exit_group 1' ]
	start sh -c 'until [ -e go ]; do sleep 0.1; echo turn >>turns; done; exec "$0"' \
		"$WITNESS/exit-nolibc"
	attach --from-exec -p $!
	: >turns
	wait_for 20 eval '[ "$(wc -l <turns)" -ge 3 ]'
	touch go
	ends
	sp-emit --json run.sp | jq -r '.images[].path' | sort >images
	printf '%s\n' "$(readlink -f "$(command -v sleep)")" \
		"$WITNESS/exit-nolibc" | sort | diff images -
}

@test "with several targets, each target has a run of its own" {
	local first runs
	marker 3
	first=$(<pid)
	marker 4
	attach -p "$first" -p "$(<pid)" --label part=x
	mark
	mark "$first"
	kill -KILL "$first" "$(<pid)"
	ends
	runs=$(sp-emit --json run.sp | jq -c '.calls[] |
		select(.name == "getpgid") | [.count, .runs]')
	[ "$runs" = '[7,[0,1]]' ]
	sp-emit --json run.sp | jq -e '(.runs | length) == 2 and
		all(.runs[]; .labels.part == "x")' >/dev/null
}

@test "--container of a container that does not exist yet ignores cgroups that another user owns" {
	needs cgroup2
	attach --container "web$$"
	new_cgroup "sp-test-$$"
	chown nobody "$cgroup"
	cgroups=("$cgroup/web$$" "${cgroups[@]}")
	setpriv --reuid=nobody --clear-groups mkdir "$cgroup/web$$"
	joining "$cgroup/web$$" "$WITNESS/exit-nolibc"
	new_cgroup "sp-test-$$/docker-web$$.scope"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	wait_for 20 rmdir "$cgroup"
	ends
	facts run.sp | shows -x 'x86_64 exit_group 1'
}

@test "--unit of a unit that does not exist yet searches slices, but not other units" {
	needs cgroup2
	attach --unit "web$$"
	new_cgroup sptest.slice
	new_cgroup sptest.slice/other.service
	new_cgroup "sptest.slice/other.service/web$$.service"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	new_cgroup "sptest.slice/web$$.service"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	joining "$cgroup" "$WITNESS/exit-nolibc"
	wait_for 20 rmdir "$cgroup"
	ends
	facts run.sp | shows -x 'x86_64 exit_group 2'
	[ "$(sp-emit --json run.sp | jq '.images | length')" -eq 1 ]
}

@test "if a target never ran, the exit status is 125, however the recording ends" {
	run --separate-stderr -125 sp-record -q -t 0.1 -o run.sp --unit "web$$" \
		--cgroup "/web$$"
	[[ $stderr == *"sp-record: --unit web$$: it never ran: no stream is written
sp-record: --cgroup /web$$: it never ran: no stream is written" ]]
	[ ! -e run.sp ]
	run --separate-stderr -125 sp-record -q -t 0.1 --container "web$$"
	[ -z "$output" ]
	sleep 9 &
	run --separate-stderr -125 sp-record -q -t 0.1 -o run.sp -p $! \
		--unit "web$$"
	[[ $stderr == *"--unit web$$: it never ran: its run has no calls" ]]
	kill $!
	[ "$("$TESTS/mkstream" --dump run.sp | grep -c '^run ')" = 2 ]
}

@test "--restart of a unit that systemctl cannot start ends the recording" {
	mkdir bin
	printf '#!/bin/sh\nexit 5\n' >bin/systemctl
	chmod +x bin/systemctl
	PATH=$PWD/bin:$PATH run --separate-stderr -125 timeout 20 \
		sp-record -q -o run.sp --unit "web$$" --restart --reload
	[ "$stderr" = "sp-record: systemctl restart web$$.service failed; see systemctl status web$$.service
sp-record: systemctl reload web$$.service failed; see systemctl status web$$.service
sp-record: --unit web$$: it never ran: no stream is written" ]
}

# sleeping_box — makes a bundle in the current directory, for the container $box
sleeping_box() {
	requires runc busybox
	box=sp-test-$$
	mkdir -p rootfs/bin rootfs/proc
	cp "$(command -v busybox)" "$WITNESS/exit-nolibc" rootfs/bin/
	runc spec
	jq '.process.terminal = false |
		.process.args = ["busybox", "sleep", "100"] |
		.root.readonly = false' config.json >c && mv c config.json
}

@test "for a container that does not exist yet, the program is recorded and the runtime is not" {
	sleeping_box
	attach --container "$box"
	runc run -d --pid-file box.pid "$box" </dev/null >/dev/null 2>&1
	runc exec "$box" exit-nolibc
	runc kill "$box" KILL
	ends
	sp-emit --json run.sp | jq -r '.images[].path' | sort >images
	diff images - <<-END
	/bin/busybox
	/bin/exit-nolibc
	END
	sp-emit --table run.sp | lacks -w 'mount\|pivot_root\|setns'
	lost_nothing
}

# waiting_box — creates the container $box, but does not start it
waiting_box() {
	requires runc busybox
	box=sp-test-$$
	mkdir -p rootfs/bin rootfs/proc
	cp "$(command -v busybox)" rootfs/bin/
	runc spec
	jq '.process.terminal = false | .root.readonly = false |
		.process.args = ["busybox", "mkdir", "/bin"]' config.json >c
	mv c config.json
	runc create "$box" </dev/null >/dev/null 2>&1
}

@test "for a container that was created but not started, the program is recorded and the runtime is not" {
	waiting_box
	attach --container "$box"
	runc start "$box"
	ends
	sp-emit --json run.sp | jq -r '.images[].path' | diff - <(echo /bin/busybox)
	facts run.sp | shows -x 'x86_64 mkdir 1'
	sp-emit --table run.sp | lacks -w 'mount\|pivot_root\|setns\|clone3\?'
}

@test "a container that is started while sp-record attaches to it is recorded" {
	# This engine reports the status "created" although the process runs.
	marker 2
	mkdir engines
	printf '#!/bin/sh\necho '"'"'{"id": "x", "pid": %d, "status": "created"}'"'"'\n' \
		"$(<pid)" >engines/runc
	chmod +x engines/runc
	PATH=$PWD/engines:$PATH attach --container x
	mark
	kill -KILL "$(<pid)"
	ends
	[ "$(recorded getpgid)" -eq 2 ]
}

@test "a container of containerd is found by pod and name, and its run record contains both" {
	local i
	state=/run/containerd/io.containerd.runtime.v2.task/k8s.io/sp-test-$$
	[ ! -e "$state" ] || return 1
	marker 2
	mkdir -p "$state"
	printf '%s' "$(<pid)" >"$state/init.pid"
	jq -n '{annotations: {"io.kubernetes.cri.container-name": "web",
		"io.kubernetes.cri.sandbox-name": "pod-a",
		"io.kubernetes.cri.image-name": "docker.io/x:1"},
		process: {args: ["web", "-v"], cwd: "/srv"}}' \
		>"$state/config.json"
	for i in {1..5}; do	# these containers have ended
		cp -r "$state" "$state-$i"
		echo 4194303 >"$state-$i/init.pid"
	done
	attach --container pod-a/web
	mark
	kill -KILL "$(<pid)"
	ends
	sp-emit --json run.sp | jq -e '.runs[0].labels == {
		"container.engine": "containerd", "container.id": $id,
		"container.name": "web", "container.pod": "pod-a",
		"container.image": "docker.io/x:1", "container.cwd": "/srv",
		"container.args": "[\"web\",\"-v\"]"}' --arg id "sp-test-$$" >/dev/null
}

@test "among containerd containers of one name, --container selects by namespace, and ignores containers that have ended" {
	local i
	state=/run/containerd/io.containerd.runtime.v2.task/k8s.io/sp-test-$$
	[ ! -e "$state" ] || return 1
	marker
	for i in a b; do
		mkdir -p "$state-$i"
		printf '%s' "$(<pid)" >"$state-$i/init.pid"
		jq -n --arg of "ns-$i" '{annotations: {
			"io.kubernetes.cri.container-name": "web",
			"io.kubernetes.cri.sandbox-name": "pod-a",
			"io.kubernetes.cri.sandbox-namespace": $of}}' \
			>"$state-$i/config.json"
	done
	run -125 sp-record -o run.sp --container pod-a/web
	echo "$output"
	for i in a b; do
		[[ $output == *": several containers have that name: "*"ns-$i/pod-a/web (sp-test-"* ]]
	done
	attach --container ns-b/pod-a/web
	mark
	kill -INT "$recorder"
	ends
	sp-emit --json run.sp | jq -e '.runs[0].labels["container.namespace"] == "ns-b"'
	# A file that is older than the process belongs to an earlier process of
	# that pid.
	touch -d '1 hour ago' "$state-a/init.pid"
	attach --container pod-a/web
	kill -INT "$recorder"
	ends
	sp-emit --json run.sp | jq -e '.runs[0].labels["container.namespace"] == "ns-b"'
}

@test "a container is found by its id, and programs that are executed in it later are recorded" {
	sleeping_box
	runc run -d --pid-file box.pid "$box" </dev/null >/dev/null 2>&1
	attach --container "$box"
	runc exec "$box" exit-nolibc
	runc kill "$box" KILL
	ends
	# The calls of runc itself belong to another image.
	sp-emit --json run.sp | jq -e '[.images[].path] as $i |
		[.calls[] | select(.name == "exit_group") | $i[.images[]]] |
		index("/bin/exit-nolibc")' >/dev/null
	facts run.sp | shows 'nanosleep 1 inflight$'
}

@test "a recorder in a PID namespace attaches to a target in other namespaces" {
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare -p -f --mount-proc sh -c 'sleep 100 &
		until grep -q "(sleep) S" /proc/$!/stat; do sleep 0.1; done
		sp-record -q -t 0.2 -o run.sp -p $!; kill -KILL $!'
	facts run.sp | shows -x 'x86_64 clock_nanosleep 1 inflight'
	under=(unshare -U -r -p -f --kill-child -m)
	marker 5
	under=()
	local pid
	pid=$(pgrep -n -x marker)
	attach -p "$pid"
	kill -USR1 "$pid"
	wait_for 10 test -e "done"
	kill -KILL "$pid"
	ends
	[ "$(recorded getpgid)" -eq 5 ]
}

@test "with thirty recorders already running, the next one records exactly its own target" {
	local i pids=() targets=()
	marker 7
	for i in {1..15}; do
		sp-record -q -o "c$i.sp" -- "$WITNESS/flood" 1 "$((i * 1000))" \
			>"c$i.truth" 3>&- &
		pids+=($!)
		start sh -c 'exec sleep 100'
		targets+=($!)
		wait_for 10 asleep $! sleep
		sp-record -q -o "p$i.sp" -p "$!" --ready-fd=9 9>"p$i.ready" 2>/dev/null 3>&- &
		pids+=($!)
	done
	attach -p "$(<pid)"
	mark
	kill -KILL "$(<pid)"
	ends
	for i in {1..15}; do
		wait_for 60 test -s "p$i.ready"
	done
	kill -KILL "${targets[@]}"
	wait "${pids[@]}"
	[ "$(recorded getpgid)" -eq 7 ]
	for i in {1..15}; do
		calls "c$i.sp" | grep ' getppid ' | diff "c$i.truth" -
		facts "p$i.sp" | lacks -v 'clock_nanosleep 1'
	done
	true
}

# --- filters and other tracers ---------------------------------------------

@test "of a target under a filter, the calls that the filter answers are recorded" {
	under=("$WITNESS/filtered" exec)
	marker 6
	attach -p "$(<pid)"
	mark
	kill -KILL "$(<pid)"
	ends
	facts run.sp | shows -x 'x86_64 getpgid EXDEV 6'
	facts run.sp | lacks -E '^x86_64 getpgid [0-9]'
	grep -q 'denied by a filter that was already in force: getpgid EXDEV' err
}

@test "the command inherits the seccomp filter of its recorder" {
	"$WITNESS/filtered" exec sp-record -o run.sp -- "$WITNESS/exec-fail" 2>err
	facts run.sp | shows -x 'x86_64 getpgid EXDEV 1'
	run ! grep 'not seen' err
}

@test "strace and gdb can trace the target while it is recorded" {
	requires strace gdb
	marker 5
	attach -p "$(<pid)"
	start strace -o strace.log -p "$(<pid)"
	local strace=$!
	wait_for 10 test -s strace.log
	mark
	kill -INT "$strace"
	ended 130 "$strace"
	[ "$(grep -c '^getpgid' strace.log)" -eq 5 ]
	gdb -q -batch -p "$(<pid)" -ex bt >gdb.log 2>&1
	grep -q 'pause' gdb.log
	kill -KILL "$(<pid)"
	ends
	[ "$(recorded getpgid)" -eq 5 ]
	lost_nothing
}

# --- ends of recordings ----------------------------------------------------

@test "SIGINT, SIGTERM and -t end the recording, and the target continues to run" {
	local signal
	marker 5
	for signal in INT TERM HUP; do
		attach -p "$(<pid)"
		kill -s "$signal" "$recorder"
		ends
		[ "$(recorded pause)" -eq 1 ]
		lost_nothing
	done
	run -0 sp-record -q -t 0.2 -o run.sp -p "$(<pid)"
	mark
}

@test "a signal does not truncate a stream that is written to a file" {
	local i
	for i in {1..5}; do
		marker 2
		rm -f err
		start sh -c 'exec sp-record -p "$(cat pid)" >run.sp 2>err'
		recorder=$!
		wait_for 10 grep -sq 'attached to' err
		while kill -TERM "$recorder" 2>/dev/null; do :; done
		ended 0 "$recorder"
		sp-emit --json run.sp | jq -e '.runs[0].complete' >/dev/null
		kill -KILL "$(<pid)"
	done
}

@test "a recorder that is killed by SIGKILL leaves no BPF program attached" {
	requires bpftool
	marker
	attach -p "$(<pid)"
	bpftool prog list >programs
	grep -q 'name sys_exit' programs
	kill -KILL "$recorder"
	ended 137 "$recorder"
	# The total number of programs need not fall to 0: other recorders may
	# be running.
	is_gone() {
		[ "$(bpftool prog list | grep -c 'name sys_exit')" -lt \
			"$(grep -c 'name sys_exit' programs)" ]
	}
	wait_for 10 is_gone
	mark
}

@test "if a target cannot be attached to, one line is printed and no file is written" {
	local wrong thread
	start "$WITNESS/blocked"
	wait_for 10 test -e pid
	thread=$(find "/proc/$(<pid)/task" -mindepth 1 -maxdepth 1 -printf '%f\n' |
		grep -vx "$(<pid)")
	for wrong in '-p 999999999' '-p 0' '-p x' "-p 1,$$,y" '-p 2' \
		"-p $thread" '--cgroup a/../b' '--cgroup /' '--unit x.timer' \
		'--unit a/b' '--unit getty@' '--container a/b/c' '--container -x' \
		"-p $$ -- true" "-p $$ -u nobody" \
		"-p $$ --leader" '--cgroup / --no-follow'; do
		# shellcheck disable=SC2086 # several words
		run --separate-stderr -125 sp-record -o run.sp $wrong
		[ -z "$output" ]
		[[ $stderr == "sp-record: "* ]]
		[ ! -e run.sp ]
	done
	run --separate-stderr -125 sp-record -o run.sp -p "$thread"
	[[ $stderr == *"a thread of process $(<pid)"* ]]
}

@test "a zombie is refused, but a process of which only the first thread has ended is recorded" {
	/usr/bin/python3 -c 'import os, time
if not os.fork():
    os._exit(0)
time.sleep(100)' 3>&- &
	started+=($!)
	wait_for 10 pgrep -r Z -P $!
	run --separate-stderr -125 sp-record -o run.sp -p "$(pgrep -P $!)"
	[[ $stderr == *"has exited already, and its parent has not waited for it" ]]
	[ ! -e run.sp ]
	cat >leaderless.py <<-'END'
	import ctypes, threading, os
	def work():
	    open("ready", "w")
	    while not os.path.exists("go"):
	        threading.Event().wait(0.05)
	    os.getpgid(0)
	    os._exit(0)
	threading.Thread(target=work).start()
	ctypes.CDLL(None).syscall(60, 0)
	END
	start /usr/bin/python3 leaderless.py
	wait_for 10 test -e ready
	wait_for 10 grep '^State:.Z' /proc/$!/status
	attach -p $!
	touch go
	ends
	[ "$(recorded getpgid)" -eq 1 ]
}

# In a container, the kernel may hide process 1 from BPF programs.
@test "process 1 is never reported as a process that has ended" {
	run --separate-stderr sp-record -t 0.1 -o run.sp -p 1
	[ "$status" -eq 0 ] || [ "$status" -eq 125 ]
	lacks -E 'has exited|no such process' <<<"$stderr"
	[ "$status" -eq 0 ] ||
		shows -e '--pid 1: cannot attach to process 1: it is alive' <<<"$stderr"
}

@test "a stopped process is recorded once it is continued" {
	marker 5
	kill -STOP "$(<pid)"
	attach -p "$(<pid)"
	kill -CONT "$(<pid)"
	mark
	kill -KILL "$(<pid)"
	ends
	[ "$(recorded getpgid)" -eq 5 ]
}

# bats test_tags=32-bit
@test "each image of a process that forks and executes continuously is recorded" {
	local second=$WITNESS/exit-32-nolibc arch=x86
	has i386 || {
		skip_row i386 "executing a 32-bit program again and again"
		second=$PWD/second arch=x86_64
		cp "$WITNESS/exit-nolibc" "$second"
	}
	# shellcheck disable=SC2016 # the inner shell expands it
	start sh -c 'while :; do "$1"; "$2"; echo turn >>turns; done' sh \
		"$WITNESS/exit-nolibc" "$second"
	attach -p $!
	: >turns
	wait_for 20 eval '[ "$(wc -l <turns)" -gt 20 ]'
	kill -KILL "${started[0]}"
	ends
	local image counts=()
	for image in "$WITNESS/exit-nolibc" "$second"; do
		counts+=("$(sp-emit --json --image="$image" run.sp | jq \
			'.calls[] | select(.name == "exit_group").count')")
	done
	[ "${counts[0]}" -gt 10 ]
	[ "${counts[1]}" -gt 10 ]
	[ $((counts[0] - counts[1])) -ge -1 ]
	[ $((counts[0] - counts[1])) -le 1 ]
	[ "$(sp-emit --json --image="$second" run.sp |
		jq -r '.calls[] | select(.name == "exit_group").arch')" = $arch ]
	[ "$(sp-emit --json run.sp | jq '.images | length')" -eq 3 ]
	lost_nothing
}

@test "if the disk is full or the reader of the stream has ended, one line is printed and the target continues" {
	marker 5
	run --separate-stderr -125 sp-record -q -t 0.2 -o /dev/full -p "$(<pid)"
	[[ $stderr == *"No space left"* ]]
	{
		status=0
		sp-record -q -t 0.2 -p "$(<pid)" 2>lines || status=$?
		echo "$status" >status
	} | true
	wait_for 20 test -s status
	[ "$(<status)" -eq 125 ]
	[ "$(wc -l <lines)" -eq 1 ]
	mark
}

@test "a note for the leader of a daemon says how to record its other processes" {
	# shellcheck disable=SC2016 # the inner shell expands it
	setsid -f sh -c 'echo $$ >daemon; exec sleep 100' 3>&-
	wait_for 20 test -s daemon
	started+=("$(<daemon)")
	wait_for 10 asleep "$(<daemon)" sleep
	attach -p "$(<daemon)"
	if [ "$(awk '{ print $4 }' "/proc/$(<daemon)/stat")" -eq 1 ]; then
		grep -q "looks like a daemon: .*--cgroup" err
	fi
	kill -KILL "$(<daemon)"
	ends
}

@test "the run record describes the process, and not the recorder" {
	mkdir elsewhere
	cp "$WITNESS/marker" elsewhere/
	chmod 777 elsewhere
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test "$BATS_TEST_TMPDIR"
	pushd elsewhere
	under=(setpriv --reuid=nobody --regid=nogroup '--groups=4,24' prlimit
		--nofile=77:99 sh -c 'umask 027; exec "$@"' sh)
	marker 1
	popd
	attach -p "$(<elsewhere/pid)"
	kill -INT "$recorder"
	ends
	sp-emit --json run.sp | jq -e --arg cwd "$PWD/elsewhere" \
		--arg program "$WITNESS/marker" --argjson uid "$(id -u nobody)" '
		.runs[0] | .argv == [$program, "1"] and .cwd == $cwd and
		.uid == $uid and .groups == [4, 24] and .umask == 23 and
		.rlimits[7] == [77, 99] and .how == ["attached", "pid"] and
		.status == null and (.blind[0] | test("attached"))' >/dev/null
}

@test "a process with half a million arguments is attached to in time, and they are recorded" {
	/usr/bin/python3 - >/dev/null 2>&1 3>&- <<-'END' &
	import os, resource
	resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY,) * 2)
	os.execv("/bin/sh", ["sh", "-c", "kill -STOP $$"] + [""] * 500_000 + ["end"])
	END
	started+=($!)
	wait_for 10 grep -q '^State:.T' "/proc/$!/status"
	timeout 20 sp-record -q -t 0.1 -o run.sp -p "$!"
	sp-emit --json run.sp |
		jq -e '.runs[0].argv | length == 500004 and .[-1] == "end"'
}

@test "--no-argv keeps the arguments of the process out of the stream" {
	start sh -c 'sleep 100' correct-horse
	attach --no-argv -p $!
	kill -INT "$recorder"
	ends
	run ! grep -a correct-horse run.sp
	attach -p "${started[0]}"
	kill -INT "$recorder"
	ends
	grep -aq correct-horse run.sp
}

@test "CAP_BPF and CAP_PERFMON are enough to attach" {
	requires setcap
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test "$BATS_TEST_TMPDIR"
	chmod 777 .
	cp "$SP_BIN/sp-record" "$WITNESS/marker" .
	setcap cap_bpf,cap_perfmon=ep sp-record
	under=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	WITNESS=. marker 5
	setpriv --reuid=nobody --regid=nogroup --clear-groups ./sp-record \
		-t 20 -p "$(<pid)" 2>err >run.sp 3>&- &
	recorder=$!
	wait_for 10 grep -q 'attached to' err
	mark
	kill -KILL "$(<pid)"
	ends
	[ "$(recorded getpgid)" -eq 5 ]
}

# screen KEYS [OPTION…] — writes to ./screen what --live prints on a terminal
# with 30 lines
screen() {
	local keys=$1
	shift
	timeout 40 "$TESTS/scripts/live.py" 30 90 "$keys" out.sp \
		"$SP_BIN/sp-record" --live "$@" >screen
}

@test "--live shows new calls and rates, sets marks, follows the terminal's size, and escapes names" {
	[[ $(PATH=$PATH:/sbin ldconfig -p) == *libncurses* ]] || skip "no ncurses"
	cp "$(command -v sleep)" $'e\e[2Jvil'
	# shellcheck disable=SC2016
	start sh -c 'while :; do "$1" 0.1; done' sh $'./e\e[2Jvil'
	screen mm+q -p "$!"
	grep -qF 'NEW CALL' screen
	grep -qF 'CALLS A SECOND' screen
	grep -qF 'DISCOVERY' screen
	grep -qF 'e\x1b[2Jvil' screen
	run ! grep -qF $'e\e[2Jvil' screen
	grep -q 'm1 at' screen
	# The terminal grows to 60 lines.
	grep -qF $'\e[60;1H' screen
	grep -q 'sp-record: [0-9]* calls' screen
	sp-emit --json out.sp | jq -e '[.runs | sort_by(.part.index)[].part.mark] == [null, "m1", "m2"] and
		all(.runs[]; .how | index("mark"))'
	# Without a mark, the stream has one run. The key "!" sets a size of the
	# terminal that ncurses cannot handle, as a program that has the
	# terminal open could.
	screen '!q' -o file.sp -p "${started[0]}"
	sp-emit --json file.sp | jq -e '.runs | length == 1 and
		(.[0].how | index("mark") | not)'
	[ ! -s out.sp ]
	# --live takes no CPU time once its terminal is closed.
	screen - -t 3 -o file.sp -p "${started[0]}"
}

# ^S stops the output. A program that has the terminal open can do the same.
@test "if the terminal's output is stopped, the recording still ends and is written" {
	[[ $(PATH=$PATH:/sbin ldconfig -p) == *libncurses* ]] || skip "no ncurses"
	local option terminals=()
	start sleep 60
	for option in --live --every; do
		"$TESTS/scripts/live.py" 30 90 $'\x13' /dev/null "$SP_BIN/sp-record" \
			"$option" -t 3 -o "a$option.sp" -p "${started[0]}" >"a$option" 3>&- &
		terminals+=("$!")
	done
	wait_for 15 test -s a--live.sp
	wait_for 15 test -s a--every.sp
	kill "${terminals[@]}"	# this closes the terminals
	run ! grep -q 'sp-record: [0-9]* calls' a--live
	sp-merge -o /dev/null a--live.sp a--every.sp
}

@test "--live is refused without a terminal, with -q, and with a command" {
	run -125 sp-record --live -p 1
	[ "${lines[0]}" = "sp-record: --live: stderr is not a terminal" ]
	run -125 sp-record --live -q -p 1
	[ "${lines[0]}" = "sp-record: --live cannot be combined with --quiet" ]
	run -125 sp-record --live -- true
	[[ ${lines[0]} == *--live* ]]
}
