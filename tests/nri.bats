#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests sp-record --nri, a plugin, with the messages that containerd sends.

load helper

setup_file() {
	requires_root
	requires jq /usr/bin/python3
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	sp-record --nri="$PWD/nri.sock" --directory="$PWD/streams" \
		--log="$PWD/log" --patience=30 "--select=app=web*" 2>err 3>&- &
	plugin=$!
	export NRI_TIMEOUT_MS=60000	# for busy machines
}

# If a test failed, this ends its processes, and so their recorders.
teardown() {
	local left=0
	[ -z "$plugin" ] || kill "$plugin"
	touch go
	for dir in "${cgroups[@]}"; do
		wait_for 10 rmdir "$dir" 2>/dev/null || left=1
	done
	wait_for 10 no_recorders || {
		recorders | xargs -r kill
		left=1
	}
	return "$left"
}

# recorders — prints the pids of the recorders of this test's containers
recorders() {
	pgrep -f -- "--from-exec --cgroup=[^ ]*/c[0-9]-$$ " || [ $? = 1 ]
}

no_recorders() {
	recorders | lacks .
}

cgroups=()

# container ID — starts the process $pid in a cgroup of that name, as a runtime
# does. It waits for the file "go", and then executes `busybox mkdir /`.
container() {
	local root
	root=$(awk '$3 ~ /^cgroup2?$/ { print $2; exit }' /proc/mounts)
	[ ! -d /sys/fs/cgroup/memory ] || root=/sys/fs/cgroup/memory
	mkdir "$root/$1"
	cgroups+=("$root/$1")
	# shellcheck disable=SC2016 # the inner shell expands it
	sh -c 'echo $$ >"$1/cgroup.procs"; : >"started-$2"
		until [ -e go ]; do sleep 0.05; done; exec mkdir /' \
		sh "$root/$1" "$1" 2>/dev/null 3>&- &
	pid=$!
	wait_for 10 test -e "started-$1"
}

# runtime JSON… — plays the runtime, which sends these containers with a `pid`
# and an `id`
runtime() {
	run -0 "$TESTS/scripts/nri-runtime.py" "$PWD/nri.sock" "$@"
	echo "$output"
	[ "${lines[0]}" = "subscribed 12021020" ]
}

# logged TEXT — waits until the log contains the text
logged() {
	wait_for 20 grep -sqF -- "$1" log || {
		cat log
		return 1
	}
}

@test "a container with the annotation is recorded, and the labels of its run have the names of its pod" {
	container "c1-$$"
	runtime "$(jq -nc --argjson pid "$pid" --arg id "c1-$$" '{$pid, $id,
		name: "redis", pod: "shop-1", namespace: "prod",
		labels: {tier: "db", "a=b": "c", long: ("x" * 2000)},
		annotations: {"io.sandprint.record": "yes",
			"io.kubernetes.cri.image-name": "redis:7"}}')"
	[[ ${lines[1]} == "answer 1200 "* ]]
	logged "plugin of containerd v1.7.24"
	logged "container redis: recording"
	touch go
	logged "container redis (redis:7): recorded in"
	sp-emit --json streams/redis-redis_7-*.sp >run.json
	jq -c '.runs[0].labels | del(.["container.id"])' run.json >labels
	diff - labels <<<'{"container.args":"[\"sh\"]","container.engine":"containerd","container.image":"redis:7","container.label.tier":"db","container.labels-left-out":"2","container.name":"redis","container.namespace":"prod","container.pod":"shop-1","container.runtime":"containerd v1.7.24"}'
	calls streams/*.sp | shows 'x86_64 mkdir 1'
}

@test "containers can be selected by annotation, by label, and by --select" {
	start() {
		jq -nc --argjson more "$2" --arg id "$1" \
			'{$id, pid: 0, name: $id} * $more'
	}
	runtime "$(start c1 '{"annotations": {"io.sandprint.record": "yes"}}')" \
		"$(start c2 '{"labels": {"io.sandprint.record": "yes"}}')" \
		"$(start c3 '{"pod_annotations": {"io.sandprint.record": "yes"}}')" \
		"$(start c4 '{"labels": {"app": "web-1"}}')" \
		"$(start c5 '{"rpc": 1, "labels": {"app": "webs"}}')" \
		"$(start n1 '{"labels": {"app": "db"}}')" \
		"$(start n2 '{}')" \
		"$(start n3 '{"labels": {"app": "web", "io.sandprint.record": "no"}}')" \
		"$(start n4 '{"event": 7, "labels": {"app": "web"}}')"
	[ "$(grep -c '^answer 1200 ' <<<"$output")" = 9 ]
	sed -n 's/.*: container \(.*\): not recorded: the runtime does not tell its process id$/\1/p' \
		log | diff - <(printf '%s\n' c1 c2 c3 c4 c5)
	[ "$(grep -c ': container ' log)" = 5 ]
}

@test "many small messages do not delay the next container" {
	runtime flood '{"id": "z", "labels": {"io.sandprint.record": "yes"}}'
	awk '$1 == "answer" { exit $3 > 5 }' <<<"$output"
	logged "container z: not recorded"
}

@test "a malformed message ends the connection, and the plugin connects again to a restarted runtime" {
	run -1 "$TESTS/scripts/nri-runtime.py" "$PWD/nri.sock" garbage \
		'{"id": "x"}'
	logged "malformed message of the runtime"
	runtime '{"id": "y", "labels": {"io.sandprint.record": "yes"}}'
	logged "container y: not recorded"
	kill -0 "$plugin"
}

@test "if the plugin is killed, its recorders continue, and the runtime notices the end of the connection" {
	container "c2-$$"
	"$TESTS/scripts/nri-runtime.py" "$PWD/nri.sock" \
		"{\"pid\": $pid, \"id\": \"c2-$$\", \"labels\": {\"app\": \"web\"}}" \
		closed >answers 3>&- &
	logged ": recording"
	wait_for 10 grep -q ^answer answers
	kill -KILL "$plugin"
	plugin=
	ended 0 $!
	[ "$(tail -n 1 answers)" = closed ]
	recorders
	touch go
	logged "recorded in"
	calls streams/*.sp | shows 'x86_64 mkdir 1'
	# The container belongs to no pod.
	sp-emit --json streams/*.sp | jq -c '.runs[0].labels | keys' |
		shows -xF '["container.args","container.engine","container.id","container.label.app","container.name","container.runtime"]'
}

@test "each of 25 containers has a line on stderr" {
	local i starts=()
	for i in {1..25}; do
		starts+=("{\"id\": \"c$i\", \"labels\": {\"app\": \"web\"}}")
	done
	runtime "${starts[@]}"
	wait_for 10 eval '[ "$(grep -c ": not recorded: " err)" = 25 ]'
}

@test "the plugin answers within a tenth of the runtime's time limit, and never with an error" {
	container "c9-$$"
	kill "$plugin"
	rm -f nri.sock
	sp-record --nri="$PWD/nri.sock" --directory="$PWD/streams" \
		--log="$PWD/log" 2>err 3>&- &
	plugin=$!
	NRI_TIMEOUT_MS=20 runtime "$(jq -nc --argjson pid "$pid" --arg id "c9-$$" '
		{$pid, $id, name: "late",
		annotations: {"io.sandprint.record": "yes"}}')"
	logged 'container late: not recorded: the recorder was not ready within 0.002 s'
	[[ ${lines[1]} == "answer  0."* || ${lines[1]} == "answer 1200 0."* ]]
	touch go
	wait "$pid" || [ $? = 1 ]
}
