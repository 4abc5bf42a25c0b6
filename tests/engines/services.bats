#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Records redis, nginx, postgres and a Python service in each engine without a
# change to their command lines. Then each service runs in each engine under
# each of its profiles. make check-engines runs this file.

# bats file_tags=machine-wide
load ../helper
load setup

setup_file() {
	requires_root
	requires podman dockerd docker containerd runc crun busybox jq curl \
		redis-server nginx nsenter
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
		skip "no postgres"
	/usr/bin/python3 -c 'import grpc' || skip "no python3-grpcio"
	export HERE=$BATS_FILE_TMPDIR
	cd "$HERE" || return
	mkdir -p streams/{runc,crun,podman,docker,containerd}
	image
	runc spec
	cluster
	local options=("--directory=$HERE/streams/podman" "--log=$HERE/log"
		--patience=10)
	hooks_dir "${options[@]}"
	docker_up "${options[@]/podman/docker}"
	echo "$dockerd" >started
	containerd_up
	echo "$dockerd $containerd" >started
	echo "$holder" >holder
	sp-record --nri="$root/cd/nri.sock" "${options[@]/podman/containerd}" \
		2>/dev/null 3>&- &
	echo "$! $dockerd $containerd" >started
	export CRI_SOCKET=$root/cd/sock
	wait_for 20 grep -sqF "plugin of containerd" log
}

# cluster — makes postgres's cluster with initdb, in a directory that the user
# postgres can reach
cluster() {
	local bin dir
	bin=$(compgen -G '/usr/lib/postgresql/*/bin' | tail -n 1)
	dir=$(mktemp -d)
	chown postgres "$dir"
	(cd / && setpriv --reuid postgres --regid postgres --clear-groups \
		"$bin/initdb" -D "$dir" -A trust >/dev/null)
	mv "$dir" cluster
}

teardown_file() {
	local holder
	cd "$HERE" || return
	in_podman rm --all --force || true	# there may be no container
	holder=$(<holder)
	# shellcheck disable=SC2046 # several words
	containerd_down $(<started)
	unmount "$HERE"
}

engines=(runc crun podman docker containerd)

# services MODE COUNT — checks that the table has COUNT rows, each with the
# result "ok"
services() {
	cd "$HERE" || return
	run /usr/bin/python3 "$TESTS/engines/services.py" "$1" "${engines[@]}"
	grep -v "	ok$" <<<"$output" || [ $? = 1 ]
	echo "# $1: $(grep -c "	ok$" <<<"$output") of $2" >&3
	[ "$status" = 0 ]
	[ "$(grep -c "	ok$" <<<"$output")" = "$2" ]
}

@test "four services are recorded in five engines" {
	services record 20
}

@test "each profile works in each engine, with and without no_new_privs" {
	services enforce 200
}
