#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Records containers of real engines without a change to their command lines:
# podman's by the hook, dockerd's by the wrapper, and containerd's by the
# plugin. make check-engines runs this file.

# bats file_tags=machine-wide
load ../helper
load setup

SCRIPT='busybox ls / >/dev/null; busybox mkdir /tmp'

setup_file() {
	requires_root
	requires podman dockerd docker containerd ctr runc busybox jq
	/usr/bin/python3 -c 'import grpc' || skip "no python3-grpcio"
	export HERE=$BATS_FILE_TMPDIR
	cd "$HERE" || return
	image
}

teardown_file() {
	in_podman rm --all --force || true	# there may be no container
	unmount "$HERE"
}

started=()
holder=
docker_id=

teardown() {
	local pid
	for pid in "${started[@]}"; do
		kill "$pid" 2>/dev/null || true	# a test may have ended it
		wait "$pid" || true	# its status is 143
	done
	[ -z "$holder" ] || containerd_down
	[ -z "$docker_id" ] || wait_for 10 no_cgroup
	unmount "$PWD"
}

# no_cgroup — removes the cgroups of $docker_id, which a killed dockerd could
# not remove
no_cgroup() {
	local cgroup
	for cgroup in /sys/fs/cgroup{/*,}/docker/"$docker_id"; do
		[ ! -d "$cgroup" ] || rmdir "$cgroup" || return
	done
}

# logged TEXT — waits until the log contains the text
logged() {
	wait_for 20 grep -sqF -- "$1" log || {
		cat log
		return 1
	}
}

# recorded NAME — checks that the container's stream contains the calls of
# SCRIPT
recorded() {
	logged "container $1 "
	wait_for 20 grep -sq "container $1 .*: recorded in" log
	calls streams/"$1"-*.sp | shows "x86_64 mkdir 1"
	calls streams/"$1"-*.sp | shows "x86_64 getdents64 "
}

podman_run() {
	in_podman run --rm --network none --ulimit nofile=1024:1024 \
		--ulimit nproc=4096:4096 "$@" localhost/bb:1 \
		/bin/busybox sh -c "$SCRIPT" || [ $? = 1 ]
}

@test "podman: with the file in hooks.d, containers that have the annotation are recorded" {
	hooks_dir "--directory=$PWD/streams" "--log=$PWD/log"
	podman_run --runtime runc --hooks-dir "$PWD/hooks.d" --name not
	podman_run --runtime runc --hooks-dir "$PWD/hooks.d" --name web \
		--annotation io.sandprint.record=yes
	recorded web
	logged "container web (localhost/bb:1): recorded in $PWD/streams/web-bb_1-"
	[ "$(ls streams | wc -l)" = 1 ]
}

@test "docker: with the wrapper as its runtime, a container is recorded, even if dockerd and containerd are killed meanwhile" {
	docker_up "--directory=$PWD/streams" "--log=$PWD/log"
	started+=("$dockerd")
	docker run --rm --name web --runtime=sandprint --network none bb \
		/bin/busybox sh -c "$SCRIPT" || [ $? = 1 ]
	recorded web
	docker run -d --name keep --runtime=sandprint --network none bb \
		/bin/busybox sh -c "busybox sleep 3; $SCRIPT"
	docker_id=$(docker inspect -f '{{.Id}}' keep)
	pkill -KILL -P "$dockerd"
	kill -KILL "$dockerd"
	recorded keep
	pkill -f -- "-id $docker_id"		# this ends the shim
}

plugin_up() {
	sp-record --nri="$root/cd/nri.sock" --directory="$PWD/streams" \
		--log="$PWD/log" --patience=1 2>/dev/null 3>&- &
	started+=($!)
	logged "plugin of containerd 1.7"
}

# pod NAME ANNOTATIONS SECONDS — runs SCRIPT in a pod; cri.py describes the
# arguments
pod() {
	/usr/bin/python3 "$TESTS/engines/cri.py" "$root/cd/sock" "$@" \
		/bin/busybox sh -c "$SCRIPT; exec busybox sleep 5"
}

@test "containerd: the plugin records pods with the annotation, also after containerd was restarted" {
	containerd_up
	started+=("$containerd")
	plugin_up
	pod web '{"io.sandprint.record": "yes"}' 0.5
	recorded web
	sp-emit --json streams/web-*.sp | jq -r '.calls[].name' |
		lacks -x 'mount|pivot_root'
	kill "$containerd"
	wait "$containerd" || true	# any status is fine
	logged "no runtime listens here"
	again
	started+=("$containerd")
	wait_for 30 eval '[ "$(grep -c "plugin of" log)" = 2 ]'
	pod web2 '{"io.sandprint.record": "yes"}' 0.5
	pod web3 '{}' 0.5
	recorded web2
	[ "$(ls streams | wc -l)" = 2 ]
}

# all_complete — checks that there are twenty recordings, and that each contains
# the calls of SCRIPT
all_complete() {
	local stream
	wait_for 60 eval '[ "$(grep -c "recorded in" log)" = 20 ]'
	for stream in streams/*.sp; do
		calls "$stream" | shows "x86_64 mkdir 1"
		calls "$stream" | shows "x86_64 getdents64 "
	done
	[ "$(ls streams | wc -l)" = 20 ]
}

@test "all of twenty containers that runc starts at once are recorded completely" {
	(mkdir bundle && cd bundle && runc spec)
	jq --arg root "$HERE/rootfs" --arg script "$SCRIPT" \
		'.process.terminal = false | .root.path = $root |
		del(.process.rlimits) | .process.args = ["sh", "-c", $script]' \
		bundle/config.json >config.json
	for i in {1..20}; do
		mkdir "c$i"
		cp config.json "c$i"
		sp-record --oci-runtime=runc --directory="$PWD/streams" \
			--log="$PWD/log" --patience=10 -- --root "$PWD/state" \
			run --bundle "c$i" "sandprint-$$-$i" </dev/null \
			&>"out$i" 3>&- &
	done
	all_complete
}

@test "all of twenty containers that podman starts at once are recorded completely" {
	hooks_dir "--directory=$PWD/streams" "--log=$PWD/log" --patience=10
	for i in {1..20}; do
		podman_run --runtime runc --hooks-dir "$PWD/hooks.d" \
			--name "c$i" --annotation io.sandprint.record=yes \
			&>"out$i" 3>&- &
	done
	all_complete
}

@test "all of twenty pods that containerd starts at once are recorded completely" {
	containerd_up
	started+=("$containerd")
	plugin_up
	pods=()
	for i in {1..20}; do
		pod "c$i" '{"io.sandprint.record": "yes"}' 8 &>"out$i" 3>&- &
		pods+=($!)
	done
	all_complete
	wait "${pods[@]}"
}
