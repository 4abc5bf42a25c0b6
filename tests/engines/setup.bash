# shellcheck shell=bash
# Sets up the tests of engines in the directory $HERE: an image, podman, dockerd
# and containerd, each with its own directories.

# image — makes the image localhost/bb:1, and writes $HERE/rootfs.tar and, for
# containerd, bb.tar. Services mount this machine's /usr.
image() {
	local d
	mkdir -p rootfs/{etc,proc,dev,sys,tmp,usr/bin,data,run,var}
	for d in bin sbin lib lib64; do
		ln -s "usr/$d" "rootfs/$d"
	done
	cp "$(command -v busybox)" rootfs/usr/bin
	ln -s busybox rootfs/usr/bin/sh
	cp "$(command -v busybox)" rootfs
	cp "${SP_BIN%/bin}/tests/roundtrip/call-nolibc" rootfs/call
	cp /etc/{passwd,group,nsswitch.conf,ld.so.cache} rootfs/etc
	chmod 1777 rootfs/tmp
	tar -C rootfs -c . >rootfs.tar
	in_podman import --change 'CMD ["/bin/busybox","sleep","1000"]' \
		rootfs.tar localhost/bb:1
	in_podman save --format oci-archive -o bb.tar localhost/bb:1
}

in_podman() {
	podman --root "$HERE/podman" --runroot "$HERE/podman-run" \
		--cgroup-manager cgroupfs --storage-driver vfs "$@"
}

# unmount DIR — unmounts all mounts below the directory
unmount() {
	awk -v dir="$1/" 'index($2, dir) == 1 { print $2 }' /proc/self/mounts |
		tac | xargs -r umount
}

# list WORD… — prints the words as a JSON array
list() {
	printf '%s\n' "$@" | jq -R . | jq -s .
}

# hooks_dir OPTION… — makes $HERE/hooks.d as `make install` does, and adds the
# options to the hook
hooks_dir() {
	mkdir hooks.d
	make -s -C "$TESTS/.." install DESTDIR="$PWD/root" PREFIX=/usr >install.log
	jq --arg bin "$SP_BIN/sp-record" --argjson options "$(list "$@")" \
		'.hook.path = $bin | .hook.args += $options' \
		<root/usr/share/containers/oci/hooks.d/sandprint.json \
		>hooks.d/sandprint.json
}

# docker_up OPTION… — starts dockerd with the wrapper as a runtime, and these
# options for the wrapper. Sets $DOCKER_HOST, and $dockerd to the pid.
docker_up() {
	jq -n --arg dir "$PWD" --arg bin "$SP_BIN/sp-record" '
		{"data-root": "\($dir)/docker", "exec-root": "\($dir)/exec",
		pidfile: "\($dir)/pid", hosts: ["unix://\($dir)/sock"],
		bridge: "none", iptables: false, ip6tables: false,
		"storage-driver": "vfs", runtimes: {sandprint: {path: $bin,
		runtimeArgs: (["--oci-runtime=runc"] + $options +
			["--"])}}}' --argjson options "$(list "$@")" >daemon.json
	dockerd --config-file daemon.json >dockerd.log 2>&1 3>&- &
	dockerd=$!
	export DOCKER_HOST=unix://$PWD/sock
	wait_for 60 docker version >/dev/null 2>&1
	docker import "$HERE/rootfs.tar" bb >/dev/null
}

# containerd_up — starts the containerd of Debian trixie in its own root
# directory, $root, in the mount namespace of the process $holder. That process
# outlives containerd, so that again() can start another one.
containerd_up() {
	root=${SP_BIN%/bin}/suites/trixie-containerd
	"$TESTS/suite" "$root" trixie containerd runc >&2 ||
		skip "trixie cannot be fetched"
	root+=/root
	mkdir -p "$root/cd"
	cp "$TESTS/engines/config.toml" "$HERE/bb.tar" "$root/cd"
	touch "$root/etc/hosts" "$root/etc/resolv.conf"
	cp /etc/passwd /etc/group "$root/etc"
	rm -f "$root/cd/held"
	cp --remove-destination "$(command -v busybox)" "$root/cd"
	"$TESTS/inroot" "$root" /cd/busybox sh -c \
		': >/cd/held; exec /cd/busybox sleep 3600' 3>&- &
	holder=$!
	wait_for 10 test -e "$root/cd/held"
	again
	nsenter -t "$holder" -m -- ctr -a /cd/sock -n k8s.io images import \
		--snapshotter native /cd/bb.tar >&2
}

# again — starts containerd, and sets $containerd to its pid
again() {
	rm -f "$root/cd/sock" "$root/cd/nri.sock"
	nsenter -t "$holder" -m -- containerd -c /cd/config.toml \
		>>containerd.log 2>&1 3>&- &
	containerd=$!
	wait_for 60 test -S "$root/cd/sock"
}

# containerd_down PID… — ends these processes, the remaining processes of pods,
# and $holder. Removes the cgroups of pods, which is the kubelet's task. A
# killed containerd can leave the process of a container that it was starting.
containerd_down() {
	local mount pid
	for pid; do
		kill "$pid" 2>/dev/null || true	# a test may have ended it
		wait "$pid" || true	# its status is 143
	done
	while read -r mount; do
		[ -d "$mount/kubepods" ] || continue
		find "$mount/kubepods" -name cgroup.procs -exec cat {} + |
			xargs -r kill -KILL
		wait_for 10 find "$mount/kubepods" -depth -type d \
			-exec rmdir {} + 2>/dev/null
	done < <(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/self/mounts)
	shims | xargs -r kill -KILL
	kill "$holder"
	wait "$holder" || true	# its status is 143
}

# shims — prints the shims in the mount namespace of $holder
shims() {
	local pid
	for pid in $(pgrep -f '^/usr/bin/containerd-shim-runc-v2 '); do
		[ "$(readlink "/proc/$pid/ns/mnt")" != \
			"$(readlink "/proc/$holder/ns/mnt")" ] || echo "$pid"
	done
}

# objects — prints the loaded BPF objects, except systemd's, sorted, one in each
# line
objects() {
	local kind
	for kind in prog map link; do
		bpftool -j "$kind" list |
			jq -r --arg kind "$kind" '.[] |
				select(.name // "" | startswith("sd_") | not) |
				"\($kind) \(.id)"'
	done | sort
}
