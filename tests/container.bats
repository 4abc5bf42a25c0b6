#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runs real containers under profiles that were recorded outside of a container.
# The programs must start and work, and a call that was not recorded must fail.

load helper

BUSYBOX='echo started; busybox ls / >/dev/null; busybox id -u >/dev/null
echo worked'
# With the first line, the shell makes the calls that it needs only if it must
# wait.
# shellcheck disable=SC2016 # the inner shell expands it
REDIS='busybox sleep 0.2 & wait
export s=/tmp/redis.sock
redis-server --port 0 --unixsocket $s --save "" >/dev/null & echo started
until redis-cli -s $s ping 2>/dev/null | busybox grep -q PONG; do
	busybox sleep 0.1
done
redis-benchmark -s $s -n 500 -q >/dev/null &&
	redis-cli -s $s incr worked >/dev/null && redis-cli -s $s shutdown nosave
wait; echo worked'
DENIED='; busybox mkdir /tmp/denied 2>&1'

setup_file() {
	requires_root
	requires runc crun redis-server busybox jq
	cd "$BATS_FILE_TMPDIR" || return
	make_rootfs
	record busybox "$BUSYBOX"
	record redis "$REDIS"
}

# make_rootfs — makes a root directory with busybox, redis and their libraries
make_rootfs() {
	local file
	mkdir -p rootfs/bin rootfs/proc rootfs/dev rootfs/sys rootfs/tmp rootfs/etc
	echo 'root:x:0:0:root:/:/bin/sh' >rootfs/etc/passwd
	cp "$(command -v busybox)" rootfs/bin/
	for file in redis-server redis-cli redis-benchmark; do
		file=$(command -v $file)
		cp -L "$file" rootfs/bin/
		ldd "$file" | grep -o '/[^ ]*'
	done | sort -u | xargs cp -L --parents -t rootfs
}

# record NAME SCRIPT — records the script as NAME.sp, and checks its output
record() {
	sp-record -q -o "$1.sp" -- env -i PATH="$PATH" busybox sh -c "$2" \
		>recorded
	diff - recorded <<-'END'
	started
	worked
	END
}

# works RUNTIME NNP NAME SCRIPT — checks that SCRIPT works in a container under
# the profile of NAME.sp, and that mkdir is denied. NNP (true or false) is the
# container's noNewPrivileges.
works() {
	local bundle=$BATS_TEST_TMPDIR/bundle nnp=()
	[ "$2" = false ] || nnp=(--nnp)
	mkdir "$bundle"
	sp-emit --oci "${nnp[@]}" -o profile.json "$BATS_FILE_TMPDIR/$3.sp" 2>err
	(cd "$bundle" && runc spec)
	jq --slurpfile profile profile.json --arg script "$4$DENIED" \
		--arg root "$BATS_FILE_TMPDIR/rootfs" --argjson nnp "$2" '
		.process.terminal = false | .process.noNewPrivileges = $nnp
		| .process.args = ["busybox", "sh", "-c", $script]
		| del(.process.rlimits) | .root = {path: $root}
		| .linux.seccomp = $profile[0]' "$bundle/config.json" >config.json
	mv config.json "$bundle"
	without_unified timeout -k 5 60 "$1" --root "$BATS_TEST_TMPDIR/state" \
		run --bundle "$bundle" "sandprint-$$-$1" >out </dev/null || {
		[ "$?" -eq 1 ]	# mkdir has failed
	}
	diff - out <<-'END'
	started
	worked
	mkdir: can't create directory '/tmp/denied': Operation not permitted
	END
	[ ! -e "$BATS_FILE_TMPDIR/rootfs/tmp/denied" ]
}

teardown() {
	local runtime
	for runtime in runc crun; do
		without_unified "$runtime" --root "$BATS_TEST_TMPDIR/state" \
			delete --force "sandprint-$$-$runtime" 2>/dev/null ||
			continue	# the container does not exist
	done
}

@test "busybox works under runc with noNewPrivileges" {
	works runc true busybox "$BUSYBOX"
}

@test "busybox works under runc without noNewPrivileges" {
	works runc false busybox "$BUSYBOX"
}

@test "redis works under runc with noNewPrivileges" {
	works runc true redis "$REDIS"
}

@test "redis works under runc without noNewPrivileges" {
	works runc false redis "$REDIS"
}

@test "busybox works under crun with noNewPrivileges" {
	works crun true busybox "$BUSYBOX"
}

@test "busybox works under crun without noNewPrivileges" {
	works crun false busybox "$BUSYBOX"
}

@test "redis works under crun with noNewPrivileges" {
	works crun true redis "$REDIS"
}

@test "redis works under crun without noNewPrivileges" {
	works crun false redis "$REDIS"
}
