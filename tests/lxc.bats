#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests policies of LXC under LXC itself.

load helper

setup_file() {
	requires_root
	requires lxc-execute
	cd "$BATS_FILE_TMPDIR" || return
	sp-record -q -o probe.sp -- "$WITNESS/families-static"
	echo 'run 1 a
image /a' >head
	{
		cat head
		printf 'call 1 %d 1\n' {0..334} {424..456}
		printf 'call 1 %d 1 arch=x86\n' {0..334} {424..456}
	} | "$TESTS/mkstream" >all.sp
	# Skips the file if no container with this machine's files can start.
	printf '2\ndenylist\nkexec_load errno 1\n' >any
	contained any /bin/true || skip "no container of LXC starts: $(tail -n 1 log)"
}

teardown_file() {
	rmdir /sys/fs/cgroup/*/lxc.pivot 2>/dev/null || :
}

# contained POLICY COMMAND… — runs the command in a container under the policy
contained() {
	local place
	place=$(mktemp -d -p "$BATS_FILE_TMPDIR")
	printf '%s\n' 'lxc.rootfs.path = dir:/' 'lxc.net.0.type = none' \
		"lxc.seccomp.profile = $PWD/$1" >"$place/config"
	timeout 30 lxc-execute -n "sandprint-$BASHPID" -P "$place" \
		-f "$place/config" -o log -- "${@:2}"
}

@test "a condition on arguments allows the recorded values, and no others" {
	cd "$BATS_FILE_TMPDIR"
	local probe=$WITNESS/families-static other
	sp-emit --lxc --args -o p probe.sp 2>err
	grep -q '^socket allow \[0,' p
	run -0 --separate-stderr contained p "$probe"
	[ "$output" = made ]
	for other in 1 2; do
		run -1 --separate-stderr contained p "$probe" $other
		[ "$output" = made ]
	done
}

@test "LXC loads the filter that sp-verify predicts, and both refuse the same policies" {
	cd "$BATS_FILE_TMPDIR"
	run -0 "$TESTS/scripts/lxc-agrees.py" "${LXC_POLICIES:-2}" all.sp
}
