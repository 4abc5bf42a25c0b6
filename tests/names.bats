#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Programs pretend to use names of files: none of these names gets into a
# policy, whatever the program does while it is recorded.
load helper

setup_file() {
	requires_root
	echo old >"$BATS_FILE_TMPDIR/old"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir play && chmod 755 . && chown nobody play
	echo secret >victim && chmod 600 victim
}

# Removes the mounts and the cgroup that in_cgroup leaves when it fails.
teardown() {
	[ -z "${cgroup-}" ] || {
		kill "${started[@]}" || :
		wait "${started[@]}" || :
		echo 1 >"$cgroup/cgroup.kill"
		wait_for 20 rmdir "$cgroup"
	}
}

# attack HOW [VICTIM] — runs the witness as nobody, in `play`; writes run.sp
attack() {
	(cd play && sp-record -q -u nobody --paths -o ../run.sp -- \
		"$WITNESS/made-up" "$1" "${2-$PWD/../victim}" 2>../log)
}

# policies FILE… — prints every policy that is made from paths
policies() {
	local format
	for format in --landlock --landlock-header --apparmor \
		'--systemd --paths'; do
		# shellcheck disable=SC2086 # one or two
		sp-emit $format "$@" 2>>notes | grep -v '^#\|^ \* ' || {
			cat notes >&2
			return 1
		}
	done
}

# confirms — tests whether the kernel confirms the names of calls
confirms() {
	rm -rf confirmed
	sp-record -q --paths -- mkdir confirmed | sp-emit --path-list |
		grep -qP 'create\tok\t1\t-\t.*/confirmed$'
}

# spares FILE RECORDING — checks that no policy from the recording names the
# file
spares() {
	: >notes
	policies "$2" >policies
	[ "$(wc -l <policies)" -gt 100 ]
	lacks -F "\"$1\"" <policies
	lacks -F "\"-$1\"" <policies
}

@test "\"..\" behind a link has the name that the kernel reached, and is marked" {
	attack dots /etc/shadow
	spares /etc/shadow run.sp
	sp-emit --path-list run.sp |
		shows -P "truncate\tok\t1\t(-|claim)\t$PWD/play/deep/etc/shadow"
	confirms || shows '4 claimed (left out' <notes
	sp-emit --trust-names --landlock run.sp 2>log | jq -r '.pathBeneath[] |
		select(.allowedAccess | index("truncate")) | .parent[]' |
		shows -xF "$PWD/play"
	confirms || shows 'claimed (used)' <log
}

@test "a link that replaces a directory after the call gives its target no rule" {
	attack swap-link
	spares "$PWD/victim" run.sp
}

@test "a name that another thread swaps while the call reads it is at most a claim" {
	attack swap-name
	# it did swap them: the other object is in the list, at most as a claim
	sp-emit --path-list run.sp >list
	shows -P "\tok\t.*/play/mine\$" <list
	lacks -P "\tok\t\d+\t(given|-)\t$victim\$" <list
	spares "$PWD/victim" run.sp
}

@test "a call is recorded even if another thread empties its name" {
	attack swap-empty >made
	sp-emit --path-list run.sp |
		awk -F '\t' '$1 == "create" && $2 == "ok" { n += $3 }
			END { print n + 0 }' | diff made -
}

# is_old FILE — tests whether the file was changed too long ago to have been
# changed by a call
is_old() {
	[ $(($(date +%s) - $(stat -c %Z "$1"))) -ge 3 ]
}

@test "in a time namespace, a name is checked by the clock of the call" {
	unshare -T --monotonic 1 true || skip 'no time namespaces'
	local victim=$BATS_FILE_TMPDIR/old
	touch plain
	wait_for 20 is_old "$victim"
	unshare -T --monotonic 31536000 sp-record -q --paths -o run.sp -- \
		"$WITNESS/made-up" swap-attribute "$victim"
	sp-emit --path-list run.sp >list
	shows -P "change\tok\t\d+\tclaim\t$victim\$" <list
	lacks -P "change\tok\t\d+\t(given|-)\t$victim\$" <list
	unshare -T --monotonic -5 sp-record -q --paths -o run.sp -- \
		perl -e 'utime 1, 1, "plain"'
	sp-emit --path-list run.sp |
		shows -P "change\tok\t1\t(given|-)\t$PWD/plain\$"
}

@test "a descriptor that another thread swaps before the call ends gives the other file no rule" {
	attack swap-fd
	policies run.sp >policies
	lacks -P '"/etc/passwd" \w*w' <policies
	sp-emit --landlock run.sp | jq -e '[.pathBeneath[] |
		select(.parent[0] == "/etc/passwd").allowedAccess[]] |
		contains(["truncate"]) or contains(["write_file"]) | not'
	lacks -P '(change|truncate)\tok\t\d+\t-\t/etc/passwd' \
		<(sp-emit --path-list run.sp)
}

@test "an address that another thread swaps gives the other socket no rule" {
	attack swap-address
	spares "$PWD/victim" run.sp
	sp-emit --path-list run.sp | shows -P "connect\tok\t\d+\t-\t$PWD/play/mine"
}

@test "calls that fail before the kernel checks permissions give no rules" {
	attack failures /etc/shadow
	spares /etc/shadow run.sp
	spares /etc/shadow-absent run.sp
	# the policy does not allow creating or removing where it is never
	# permitted
	sp-emit --landlock run.sp | jq -r '.pathBeneath[] | select(
		(.allowedAccess | join(" ")) | test("make|remove|write|trunc")) |
		.parent[0]' >places
	lacks -xP '/|/etc|/tmp' <places
	shows -xF "$PWD/play" <places
	sp-emit --systemd --paths run.sp | lacks -P '^ReadWritePaths="-/(etc.*|tmp)?"'
}

@test "names that the kernel confirmed are forgotten when the task ends" {
	needs bpf_lsm
	requires bpftool
	mkfifo go
	sp-record -q --paths -o run.sp -- \
		sh -c 'mkdir a; mkdir b; echo >made; read -r _ <go' &
	wait_for 30 test -e made
	# these are the maps of this recorder only, since others can run at the
	# same time
	sed -n 's/^map_id:.//p' /proc/$!/fdinfo/* >held
	bpftool -j map list >maps
	bpftool -j map dump id "$(jq --slurpfile held held '.[] | select(
		.name == "confirmed" and (.id | IN($held[]))).id' maps)" >tasks
	echo >go
	wait $!
	# only the living shell, which opened a file for creating, is there
	[ "$(jq length tasks)" -eq 1 ]
}

@test "a program's own mounts, roots and detached trees in a user namespace give the host's files no rule" {
	local how
	for how in namespace root detached; do
		rm -rf play/*
		attack $how /etc/shadow
		spares /etc/shadow run.sp
		spares /root/etc/shadow run.sp
		sp-emit --path-list run.sp |
			shows -P 'read,write\tok\t1\telsewhere\t/etc/shadow'
		shows 'in another mount namespace or root (left out' <notes
		sp-emit --trust-names --apparmor run.sp 2>/dev/null |
			shows -F '"/etc/shadow" rwk'
	done
}

@test "names under unshare -m that changes no mount are not taken for the host's" {
	sp-record -q --paths -o run.sp -- \
		unshare -m --propagation unchanged cat "$PWD/victim" >out
	sp-emit --path-list run.sp | shows -P "read\tok\t1\telsewhere\t$PWD/victim"
	sp-emit --landlock run.sp 2>/dev/null | lacks -F "$PWD/victim"
	sp-emit --landlock --trust-names run.sp 2>/dev/null |
		shows -F "$PWD/victim"
}

@test "unshare -Urm as nobody puts no file of the host into its policy" {
	(cd play && sp-record -q -u nobody --paths -o ../run.sp -- \
		unshare -Urm sh -c '
		echo x >mine && cp /bin/true evil && mount --bind mine /etc/shadow &&
		mount --bind evil /etc/hostname && echo y >/etc/shadow &&
		/etc/hostname') 2>/dev/null
	spares /etc/shadow run.sp
	spares /etc/hostname run.sp
}

# in_cgroup SCRIPT [MANAGER-SCRIPT] — records the cgroup $CGROUP. MANAGER-SCRIPT
# can move processes there; after it, a process in the cgroup runs SCRIPT.
in_cgroup() {
	local pid
	CGROUP=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/sp-names-$$
	export CGROUP
	mkdir "$CGROUP"
	mkfifo go
	sh -c 'echo $$ >"$CGROUP/cgroup.procs" && : >joined && read _ <go
		eval "$0"' "$1" 3>&- &
	pid=$!
	wait_for 10 test -e joined
	sp-record -q --paths -o run.sp --cgroup "$CGROUP" --ready-fd=4 4>ready &
	wait_for 20 test -s ready
	sh -c "${2-:}" 3>&-
	echo >go
	wait $!
	wait $pid
	rmdir "$CGROUP"
	rm -f joined go ready
}

@test "files on mounts from a unit's manager have the host's names, those on its own mounts do not" {
	needs cgroup2
	mkdir -p play/tmp play/own
	# like systemd: a process in the cgroup prepares mounts before it
	# executes the command
	in_cgroup : 'exec "$TESTS/scripts/manager.py" play/tmp sh -c "
		echo x >play/tmp/file; cp /bin/true play/copy; play/copy
		unshare -m sh -c \"mount -t tmpfs none play/own
			echo x >play/own/late\""'
	sp-emit --path-list run.sp >list
	shows -P "create.*\tok\t1\t-\t$PWD/play/tmp/file" <list
	shows -P "execute.*\tok\t1\t-\t$PWD/play/copy" <list
	shows -P "create.*\tok\t1\telsewhere\t$PWD/play/own/late" <list
	in_cgroup 'exec unshare -m sh -c "mount -t tmpfs none play/own
		echo x >play/own/file"'
	sp-emit --path-list run.sp >list
	shows -P "create.*\tok\t1\telsewhere\t$PWD/play/own/file" <list
	in_cgroup 'cd play && exec setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urm sh -c "
		echo x >mine; mount --bind mine /etc/shadow; echo y >/etc/shadow"'
	sp-emit --path-list --allow-partial run.sp >list
	shows -P "\t(.*,)?elsewhere(,.*)?\t/etc/shadow" <list
	lacks -P "\t-\t/etc/shadow" <list
}

@test "in a chroot, names below the other root are recorded as the host sees them" {
	requires busybox
	mkdir -p root/bin root/etc
	cp "$(command -v busybox)" root/bin/
	echo x >root/etc/file
	sp-record -q --paths -o run.sp -- chroot root /bin/busybox sh -c '
		read x </etc/file; cd /etc; busybox=/bin/busybox
		$busybox mkdir /etc/made; $busybox rmdir made
		$busybox ln -s /etc/file /link; $busybox chmod 600 /link'
	sp-emit --path-list run.sp >list
	shows -P "read\tok\t1\t-\t$PWD/root/etc/file" <list
	shows -P "create\tok\t1\t(-|given)\t$PWD/root/etc/made" <list
	shows -P "delete\tok\t1\t(-|given)\t$PWD/root/etc/made" <list
	# only the kernel knows where a link below another root leads
	lacks -P 'change\tok\t1\tgiven' <list
	spares /etc/file run.sp
	sp-emit --landlock run.sp | jq -r '.pathBeneath[].parent[0]' |
		shows -xF "$PWD/root/etc/file"
}

@test "a name through links that only root can change is trusted" {
	printf '#!/bin/sh\n:\n' >script && chmod 755 script
	mkdir -p old && ln -s ../script old/link
	# this is a new file in a new directory, on a fast machine
	local since=$EPOCHREALTIME
	touch script
	ln -sfn ../script old/link
	sp-record -q --paths -o run.sp -- old/link
	sp-emit --path-list run.sp >list
	[ $((${EPOCHREALTIME/./} - ${since/./})) -gt 1500000 ] ||
		shows -xP "read,execute\tok\t1\t(-|claim)\t$PWD/script" <list
	# unchanged for a while, so that nobody can have moved it
	sleep 4.2
	sp-record -q --paths -o run.sp -- old/link
	sp-emit --path-list run.sp |
		shows -xP "read,execute\tok\t1\t(given|-)\t$PWD/script"
}

@test "under overlayfs, a dynamic loader has the name that the program sees" {
	mkdir upper work merged
	cat >program.c <<<'int main(void) { return 0; }'
	cc -o program program.c \
		"-Wl,--dynamic-linker=$PWD/merged/x86_64-linux-gnu/ld-linux-x86-64.so.2"
	[ -e /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 ] ||
		skip "no x86-64 loader"
	mount -t overlay overlay \
		-o "lowerdir=/usr/lib,upperdir=$PWD/upper,workdir=$PWD/work" \
		merged || skip "no overlayfs"
	sp-record -q --paths -o run.sp -- ./program || :
	umount merged
	sp-emit --path-list run.sp | shows -P \
		"execute,map\tok\t1\t-\t$PWD/merged/x86_64-linux-gnu/ld-linux"
}
