#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# Compares our filters for policies of minijail and profiles of firejail with
# the filters that these programs make. Kafel is not packaged, so filters for
# its policies are compared with filters that follow its documentation. With
# SP_JAILS=N, compares N policies of each kind, and also uses
# compile_seccomp_policy.py and lists of snapd.

load helper

agree() {
	"${SP_BIN%/bin}/tests/unit/agree" "$@"
}

# minijail_agrees POLICY — checks that sp-verify gives the answers of the filter
# that minijail0 would load
minijail_agrees() {
	rm -f raw
	GRAB=$PWD/raw LD_PRELOAD=$BATS_FILE_TMPDIR/grab.so \
		minijail0 --logging=stderr -n -S "$1" -- /bin/true
	agree -k "$1" raw
}

@test "minijail0 makes the same filters from random policies" {
	needs x86_64
	requires cc
	find_minijail
	cc -shared -fPIC -O1 -o "$BATS_FILE_TMPDIR/grab.so" "$TESTS/jails/grab.c"
	"$TESTS/jails/make-policies.py" c "${SP_JAILS:-15}"
	cd c
	for policy in *.policy; do
		minijail_agrees "$policy"
	done
}

@test "the filters of Kafel's policies answer as its documentation says" {
	local agreed=0 long=0
	needs x86_64
	"$TESTS/jails/make-kafel.py" k "${SP_JAILS:-10}"
	for policy in k/*.policy; do
		# Comparisons of 32-bit values become many rules, so some
		# filters are too long.
		if agree "$policy" "${policy%.policy}.raw" >out 2>&1; then
			agreed=$((agreed + 1))
		elif grep -e 'more than 4096 instructions' -e 'more cases than are read' out; then
			long=$((long + 1))
		else
			cat "$policy" out
			return 1
		fi
	done
	[ "$agreed" -gt $((2 * long)) ]
}

@test "compile_seccomp_policy.py makes the same filters from random policies" {
	local root=${SP_BIN%/bin}/suites/sid-python3-minijail
	[ -n "${SP_JAILS-}" ] || skip "by make check-jails"
	needs x86_64
	"$TESTS/suite" "$root" sid python3-minijail || skip "sid cannot be fetched"
	export PYTHONPATH=$root/root/usr/lib/python3/dist-packages
	"$TESTS/jails/constants-json.py" >constants.json
	"$TESTS/jails/make-policies.py" python "$SP_JAILS" python
	for policy in python/*.policy; do
		/usr/bin/python3 -m minijail.compile_seccomp_policy --use-kill-process \
			--arch-json constants.json "$policy" raw
		agree -k "$policy" raw
	done
}

# unpack_snapd DIR — unpacks snapd of Debian 13. The version of Debian 12 does
# not support "~".
unpack_snapd() {
	local conf
	conf=$("$TESTS/suite" "$1" trixie) &&
		(cd "$1" && apt-get -c "$conf" -qq download snapd) &&
		dpkg-deb -x "$1"/snapd_*.deb "$1/unpacked"
}

find_snap_seccomp() {
	local root=${SP_BIN%/bin}/suites/trixie-snapd
	SNAP_SECCOMP=$root/unpacked/usr/lib/snapd/snap-seccomp
	[ ! -x "$SNAP_SECCOMP" ] || return 0
	requires apt-get dpkg-deb
	unpack_snapd "$root" || skip "snapd of trixie cannot be fetched"
}

# snap_agrees LIST — checks that sp-verify gives the answers of the filters that
# snap-confine would load
snap_agrees() {
	local raw
	raw=$("$TESTS/jails/snap-filters.py" "$SNAP_SECCOMP" "$1" built)
	# shellcheck disable=SC2086 # several words
	agree "$1" $raw >out 2>&1
}

@test "snap-seccomp makes the same filters from lists, and refuses the same lists" {
	local list text wrong=0
	[ -n "${SP_JAILS-}" ] || skip "by make check-jails"
	needs x86_64
	find_snap_seccomp
	"$TESTS/jails/make-snap.py" s "$SP_JAILS"
	for list in s/*.src; do
		snap_agrees "$list" || {
			cat out
			grep 'libseccomp .* makes a wrong filter' out
			wrong=$((wrong + 1))
		}
	done
	[ "$wrong" -le $((SP_JAILS / 5)) ]
	while read -r text; do
		printf 'access\n%b\n' "$text" >p
		run ! "$TESTS/jails/snap-filters.py" "$SNAP_SECCOMP" p built
		run -2 agree p
		[[ $output == "agree: p: line "* ]]
	done <<-'END'
	read u:no-such-user
	read g:Tty
	read u:
	setuid !0
	setuid |1
	read -1
	read +1
	read 0x1
	read O_RDONLY
	read 4294967296
	setuid -2147483649
	setuid +2147483648
	read - - - - - - -
	read\n  \nwrite
	read\n  # a b c d e f g
	~read\nwrite =1
	END
}

# firejail_agrees PROFILE — checks that sp-verify gives the answers of all
# filters that firejail loads
firejail_agrees() {
	local raw
	rm -rf built
	mkdir built
	raw=$("$TESTS/jails/firejail-filters.py" "$1" "$PWD/built")
	# shellcheck disable=SC2086 # several words
	agree "$1" $raw
}

is_0_9_72() {
	requires_root
	needs x86_64
	requires firejail
	firejail --version >version 2>/dev/null
	grep -q 'version 0\.9\.72$' version || skip "no firejail 0.9.72"
}

@test "firejail loads the same filters for random profiles" {
	is_0_9_72
	while read -r lines; do
		# shellcheck disable=SC2059 # printf expands its \n
		printf "$lines\n" >p.profile
		firejail_agrees p.profile
	done <<-'END'
	seccomp !chroot,write:EACCES,read:kill,@clock\nrestrict-namespaces\nprotocol inet
	seccomp.keep @file-system,!open,$5,write:EIO\nseccomp.block-secondary
	seccomp-error-action kill\nseccomp\nseccomp.block-secondary\nmemory-deny-write-execute\nprotocol unix
	allow-debuggers\nseccomp !chroot\nseccomp.32 !modify_ldt,write
	END
}

@test "firejail loads the same filters for its own profiles" {
	[ -n "${SP_JAILS-}" ] || skip "by make check-jails"
	is_0_9_72
	[ -e /etc/firejail/firefox.profile ] || skip "no firejail-profiles"
	grep -lE '^seccomp' /etc/firejail/*.profile |
		awk -v n="$SP_JAILS" '{ all[NR] = $0 }
			END { for (i = 1; i <= n; i++) print all[int(i * NR / n)] }' >some
	while read -r profile; do
		echo "$profile"
		firejail_agrees "$profile" </dev/null
	done <some
}
