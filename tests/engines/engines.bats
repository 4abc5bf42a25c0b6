#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Containers of real engines, recorded without a change to their command lines:
# podman by the hook, dockerd by the wrapper, containerd by the plugin.
# Run by make check-engines.

load ../helper

SCRIPT='busybox ls / >/dev/null; busybox mkdir /tmp'

setup_file() {
	requires_root
	requires podman dockerd docker containerd ctr runc busybox jq
	/usr/bin/python3 -c 'import grpc' || skip "no python3-grpcio"
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p rootfs/{bin,proc,dev,sys,tmp}
	cp "$(command -v busybox)" rootfs/bin
	ln -s busybox rootfs/bin/sh
	tar -C rootfs -c . >rootfs.tar
	in_podman import --change 'CMD ["/bin/busybox","sleep","1000"]' \
		rootfs.tar localhost/bb:1
	in_podman save --format oci-archive -o bb.tar localhost/bb:1
}

in_podman() {
	podman --root "$BATS_FILE_TMPDIR/podman" --runroot \
		"$BATS_FILE_TMPDIR/podman-run" --cgroup-manager cgroupfs \
		--storage-driver vfs "$@"
}

teardown_file() {
	in_podman rm --all --force || true	# there is none to remove
	awk -v dir="$BATS_FILE_TMPDIR/" 'index($2, dir) == 1 { print $2 }' \
		/proc/self/mounts | tac | xargs -r umount
}

started=()

teardown() {
	for pid in "${started[@]}"; do
		kill "$pid" 2>/dev/null || true	# some tests do so themselves
		wait "$pid" || true	# 143
	done
	awk -v dir="$PWD/" 'index($2, dir) == 1 { print $2 }' /proc/self/mounts |
		tac | xargs -r umount
}

# logged TEXT
logged() {
	wait_for 20 grep -sqF -- "$1" log || {
		cat log
		return 1
	}
}

# recorded NAME — the container's stream has what SCRIPT does
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

@test "podman: the file for hooks.d, by annotation" {
	mkdir hooks.d
	make -s -C "$TESTS/.." install DESTDIR="$PWD/root" PREFIX=/usr >install.log
	jq --arg bin "$SP_BIN/sp-record" --arg dir "$PWD" '.hook.path = $bin |
		.hook.args += ["--directory=\($dir)/streams", "--log=\($dir)/log"]' \
		root/usr/share/containers/oci/hooks.d/sandprint.json >hooks.d/sandprint.json
	podman_run --runtime runc --hooks-dir "$PWD/hooks.d" --name not
	podman_run --runtime runc --hooks-dir "$PWD/hooks.d" --name web \
		--annotation io.sandprint.record=yes
	recorded web
	logged "container web (localhost/bb:1): recorded in $PWD/streams/web-bb_1-"
	[ "$(ls streams | wc -l)" = 1 ]
}

# docker_up — dockerd with the wrapper as a runtime: $DOCKER_HOST
docker_up() {
	jq -n --arg dir "$PWD" --arg bin "$SP_BIN/sp-record" '
		{"data-root": "\($dir)/docker", "exec-root": "\($dir)/exec",
		pidfile: "\($dir)/pid", hosts: ["unix://\($dir)/sock"],
		bridge: "none", iptables: false, ip6tables: false,
		"storage-driver": "vfs", runtimes: {sandprint: {path: $bin,
		runtimeArgs: ["--oci-runtime=runc", "--directory=\($dir)/streams",
			"--log=\($dir)/log", "--"]}}}' >daemon.json
	dockerd --config-file daemon.json >dockerd.log 2>&1 3>&- &
	started+=($!)
	export DOCKER_HOST=unix://$PWD/sock
	wait_for 60 docker version >/dev/null 2>&1
	docker import "$BATS_FILE_TMPDIR/rootfs.tar" bb >/dev/null
}

@test "docker: the wrapper as a runtime; dockerd and containerd are killed meanwhile" {
	local id
	docker_up
	docker run --rm --name web --runtime=sandprint --network none bb \
		/bin/busybox sh -c "$SCRIPT" || [ $? = 1 ]
	recorded web
	docker run -d --name keep --runtime=sandprint --network none bb \
		/bin/busybox sh -c "busybox sleep 3; $SCRIPT"
	id=$(docker inspect -f '{{.Id}}' keep)
	pkill -KILL -P "${started[0]}"
	kill -KILL "${started[0]}"
	recorded keep
	pkill -f -- "-id $id"		# the shim
}

# containerd_up — that of trixie, in a root of its own
containerd_up() {
	root=${SP_BIN%/bin}/suites/trixie-containerd
	"$TESTS/suite" "$root" trixie containerd runc >&2 ||
		skip "trixie cannot be fetched"
	root+=/root
	mkdir -p "$root/cd"
	cp "$TESTS/engines/config.toml" "$BATS_FILE_TMPDIR/bb.tar" "$root/cd"
	touch "$root/etc/hosts" "$root/etc/resolv.conf"
	echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
	again
	"$TESTS/inroot" "$root" ctr -a /cd/sock -n k8s.io images import \
		--snapshotter native /cd/bb.tar
}

again() {
	rm -f "$root/cd/sock" "$root/cd/nri.sock"
	"$TESTS/inroot" "$root" containerd -c /cd/config.toml \
		>>containerd.log 2>&1 3>&- &
	containerd=$!
	started+=("$containerd")
	wait_for 60 test -S "$root/cd/sock"
}

pod() {
	/usr/bin/python3 "$TESTS/engines/cri.py" "$root/cd/sock" "$@" \
		/bin/busybox sh -c "$SCRIPT; exec busybox sleep 5"
}

@test "containerd: the plugin, by a pod's annotation; containerd is restarted" {
	containerd_up
	sp-record --nri="$root/cd/nri.sock" --directory="$PWD/streams" \
		--log="$PWD/log" 2>/dev/null 3>&- &
	started+=($!)
	logged "plugin of containerd 1.7"
	pod web '{"io.sandprint.record": "yes"}' 0.5
	recorded web
	sp-emit --json streams/web-*.sp | jq -r '.calls[].name' |
		lacks -x 'mount|pivot_root'
	kill "$containerd"
	wait "$containerd" || true	# whatever it says
	logged "no runtime listens here"
	again
	wait_for 30 eval '[ "$(grep -c "plugin of" log)" = 2 ]'
	pod web2 '{"io.sandprint.record": "yes"}' 0.5
	pod web3 '{}' 0.5
	recorded web2
	[ "$(ls streams | wc -l)" = 2 ]
}

@test "twenty containers of runc at once are all complete" {
	(mkdir bundle && cd bundle && runc spec)
	jq --arg root "$BATS_FILE_TMPDIR/rootfs" --arg script "$SCRIPT" \
		'.process.terminal = false | .root.path = $root |
		del(.process.rlimits) | .process.args = ["sh", "-c", $script]' \
		bundle/config.json >config.json
	for i in {1..20}; do
		mkdir "c$i"
		cp config.json "c$i"
		sp-record --oci-runtime=runc --directory="$PWD/streams" \
			--log="$PWD/log" -- --root "$PWD/state" run \
			--bundle "c$i" "sandprint-$$-$i" </dev/null &>"out$i" 3>&- &
	done
	wait_for 20 eval '[ "$(grep -c "recorded in" log)" = 20 ]'
	for stream in streams/*.sp; do
		calls "$stream" | shows "x86_64 mkdir 1"
	done
}
