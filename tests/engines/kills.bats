#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Kills recorders, the plugin and containerd at random moments. This must not
# end a container, and no BPF object may stay loaded. make check-engines runs
# this file.

# bats file_tags=machine-wide
load ../helper
load setup

setup_file() {
	requires_root
	requires podman containerd runc busybox jq bpftool
	/usr/bin/python3 -c 'import grpc' || skip "no python3-grpcio"
	export HERE=$BATS_FILE_TMPDIR
	cd "$HERE" || return
	image
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir data streams
	touch log
	runc spec
	objects >before
}

holder=

teardown() {
	[ -z "$holder" ] || containerd_down "$containerd"
	unmount "$PWD"
}

# kills MODE N — runs kills.py, and checks that all recorders have ended and
# their BPF objects are gone
kills() {
	run /usr/bin/python3 "$TESTS/engines/kills.py" "$@"
	echo "$output"
	[ "$status" = 0 ]
	echo "# ${lines[0]}" >&3
	[ -z "$holder" ] || containerd_down "$containerd"
	holder=
	no_recorders() {
		! pgrep -f -- '--from-exec .*--name=kill'
	}
	wait_for 60 no_recorders
	objects | comm -13 before - >new
	gone() {
		objects | comm -12 new - >left
		[ ! -s left ]
	}
	# Other recorders on this machine can own some of the new objects, and
	# the kernel frees objects with a delay.
	wait_for 60 gone
}

@test "containers survive 40 kills of the hook's recorders and attending processes" {
	kills hook 40
}

@test "containers survive 40 kills of the plugin" {
	containerd_up
	export NRI_SOCKET=$root/cd/nri.sock CRI_SOCKET=$root/cd/sock
	kills plugin 40
}

@test "containers survive 12 kills of containerd" {
	containerd_up
	kill "$containerd"
	wait "$containerd" || true	# its status is 143
	export ROOT=$root HOLDER=$holder NRI_SOCKET=$root/cd/nri.sock CRI_SOCKET=$root/cd/sock
	kills containerd 12
}
