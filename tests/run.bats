#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# Tests tests/run on a simulated machine without 32-bit calls: its output for
# tests that skip, and for tests that change the machine.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p build/tests
	ln -s "$SP_BIN" build/bin
	cat >build/tests/machine <<-'END'
	#!/bin/sh
	[ "${1-}" != audit ] || exec cat "${0%/*}/../../audit"
	printf 'root\tyes\troot\t\n'
	printf 'int80\tno\t32-bit calls\tint 0x80 faults\n'
	printf 'older_names\tno\ta libseccomp without names\tit has them\n'
	printf 'journald\tno\ta journald that reads audit records\told\n'
	END
	chmod +x build/tests/machine
	echo 'enabled 0' >audit
}

teardown() {
	rm -f "/dev/sandprint-$$"
	[ -z "${cgroup-}" ] || rmdir "$cgroup"
	[ -z "${queue-}" ] || ipcrm -q "$queue"
}

# a_test NAME — appends a test to planted.bats; its body is on stdin
a_test() {
	[ -e planted.bats ] || printf 'load %s/helper\n' "$TESTS" >planted.bats
	{
		printf '@test "%s" {\n' "$1"
		cat
		echo '}'
	} >>planted.bats
}

# suite [--strict] — runs tests/run on planted.bats in a mount namespace, which
# it may change
suite() {
	unshare -m -u env -u SP_STRICT "$TESTS/run" "$@" build planted.bats 3>&-
}

# apart [--strict] — does the same without the machine's cgroups, IPC objects
# and networks, which other tests may change at the same time
apart() {
	unshare -m -u -i -n env -u SP_STRICT bash -c '
		awk "\$3 ~ /^cgroup2?\$/ { print \$2 }" /proc/self/mounts |
			xargs -r umount -l
		exec "$@"' bash "$TESTS/run" "$@" build planted.bats 3>&-
}

skipping() {
	a_test 'needs it' <<<'needs int80'
	a_test 'in part' <<-'END'
	has int80 || skip_row int80 'one row'
	has int80 || skip_row int80 'another'
	END
}

@test "skips are listed with their reasons, and skipped rows separately from skipped tests" {
	requires_root
	skipping
	a_test 'just so' <<<'skip "no luck"'
	run -0 apart
	[[ $output == *'skipped: 1 test needs 32-bit calls (int 0x80 faults)'* ]]
	[[ $output == *'skipped: 1 test: no luck'* ]]
	[[ $output == *'skipped: 2 rows need 32-bit calls (int 0x80 faults)'* ]]
	[ "${lines[-1]}" = '1 passed, 0 failed, 2 skipped' ]
}

@test "--strict: a skip fails the run unless it is for a feature that the machine lacks" {
	requires_root
	skipping
	run -0 apart --strict
	[ "${lines[-1]}" = '1 passed, 0 failed, 1 skipped' ]
	a_test 'just so' <<<'skip "no luck"'
	a_test 'as if' <<<'skip "needs root (it does not)"'
	run -1 apart --strict
	[ "${lines[-1]}" = '1 passed, 2 failed, 3 skipped' ]
	[[ $output == *'planted.bats: this skip is not justified: '* ]]
}

@test "--strict: an old version of a tool justifies a skip, and a missing tool does not" {
	requires_root
	local test reason n=0
	while IFS=$'\t' read -r reason test; do
		n=$((n + 1))
		a_test "row $n" <<<"$test"
		[ "$reason" = justified ] || printf '%s\n' "$reason"
	done >expected <<-'END'
	justified	needs older_names
	justified	needs journald
	justified	has journald || skip_row journald "one row"
	justified	skip "by make check-roundtrip"
	by make check-nothing	skip "by make check-nothing"
	the installed libseccomp knows it	skip "the installed libseccomp knows it"
	needs root (not root)	skip "needs root (not root)"
	no no-such-tool	requires no-such-tool
	END
	run -0 apart
	run -1 apart --strict
	sed -n 's/^  planted.bats: this skip is not justified: //p' \
		<<<"$output" | diff -u expected -
}

@test "tests/machine prints all features, the quick ones or one feature, and nothing for an unknown feature" {
	local machine=${SP_BIN%/bin}/tests/machine name
	"$machine" >all
	"$machine" quick >quick
	run -0 "$machine" no-such-feature
	[ -z "$output" ]
	awk -F '\t' 'NF != 4 || $2 !~ /^(yes|no)$/ || ($2 == "no") != ($4 != "")' \
		all | lacks .
	for name in older_names endless_rules firejail journald; do
		"$machine" $name >one
		cut -f 1,3 one >got
		grep -xf got <(cut -f 1,3 all)
	done
	[ "$(wc -l <quick)" -lt "$(wc -l <all)" ]
}

@test "a file whose tests are all skipped fails the run, unless the machine lacks a feature for them" {
	requires_root
	a_test 'needs it' <<<'needs int80'
	a_test 'works' <<<'true'
	run -0 apart
	rm planted.bats
	a_test 'just so' <<<'skip "no luck"'
	run -1 apart
	[[ $output == *'planted.bats: every test was skipped'* ]]
}

@test "changes that tests leave on the machine are named, and fail the run" {
	requires_root
	needs cgroup2
	local root
	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	cgroup=$root/sandprint-run-$$
	mknod -m 666 "/dev/sandprint-$$" c 1 3
	a_test 'changes much' <<-END
	chmod 600 /dev/sandprint-$$
	hostname planted
	mkdir $cgroup mounted
	mount -t tmpfs planted mounted
	echo 'enabled 1' >$PWD/audit
	ipcmk -Q >$PWD/queue
	END
	run -1 suite
	queue=$(sed -n 's/.*: //p' queue)
	echo "$output"
	local prefix='a test changed the machine'
	[[ $output == *"$prefix: new: device node /dev/sandprint-$$: mode 600"* ]]
	[[ $output == *"$prefix: new: sysctl /proc/sys/kernel/hostname:planted"* ]]
	[[ $output == *"$prefix: new: cgroup $cgroup"* ]]
	[[ $output == *"$prefix: new: mount planted "* ]]
	[[ $output == *"$prefix: new: audit enabled 1"* ]]
	[[ $output == *"$prefix: new: ipc object msg $queue"* ]]
}
