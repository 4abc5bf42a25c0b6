#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests programs that try to get the name of a file into a policy for which they
# have no permission. None must succeed.
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

# If in_cgroup fails, this removes its processes and its cgroup.
teardown() {
	[ -z "${cgroup-}" ] || {
		kill "${started[@]}" || :
		wait "${started[@]}" || :
		echo 1 >"$cgroup/cgroup.kill"
		wait_for 20 rmdir "$cgroup"
	}
}

# attack HOW [VICTIM] — records the witness made-up as nobody, in the directory
# `play`, to run.sp
attack() {
	(cd play && sp-record -q -u nobody --paths -o ../run.sp -- \
		"$WITNESS/made-up" "$1" "${2-$PWD/../victim}" 2>../log)
}

# policies FILE… — prints every policy that sp-emit makes from paths
policies() {
	local format
	for format in --landlock --landlock-header --apparmor \
		'--systemd --paths'; do
		# shellcheck disable=SC2086 # several words
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

# spares FILE RECORDING — checks that no policy of the recording names the file
spares() {
	: >notes
	policies "$2" >policies
	[ "$(wc -l <policies)" -gt 100 ]
	lacks -F "\"$1\"" <policies
	lacks -F "\"-$1\"" <policies
}

@test "for \"..\" after a link, the name that the kernel reached is recorded, and the given name is marked" {
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

@test "if a link replaces a directory after the call, the link's target gets no rule" {
	attack swap-link
	spares "$PWD/victim" run.sp
}

@test "a name that another thread swaps during the call is recorded as a claim at most" {
	attack swap-name
	# The list has the attacker's own file. The victim is a claim at most.
	sp-emit --path-list run.sp >list
	shows -P "\tok\t.*/play/mine\$" <list
	lacks -P "\tok\t\d+\t(given|-)\t$victim\$" <list
	spares "$PWD/victim" run.sp
}

@test "a call is recorded even if another thread empties its name during the call" {
	attack swap-empty >made
	sp-emit --path-list run.sp |
		awk -F '\t' '$1 == "create" && $2 == "ok" { n += $3 }
			END { print n + 0 }' | diff made -
}

# is_old FILE — tests whether the file has not changed for three seconds
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

@test "if another thread swaps a descriptor during the call, the other file gets no rule" {
	attack swap-fd
	policies run.sp >policies
	lacks -P '"/etc/passwd" \w*w' <policies
	sp-emit --landlock run.sp | jq -e '[.pathBeneath[] |
		select(.parent[0] == "/etc/passwd").allowedAccess[]] |
		contains(["truncate"]) or contains(["write_file"]) | not'
	lacks -P '(change|truncate)\tok\t\d+\t-\t/etc/passwd' \
		<(sp-emit --path-list run.sp)
}

@test "if another thread swaps an address during the call, the other socket gets no rule" {
	attack swap-address
	spares "$PWD/victim" run.sp
	sp-emit --path-list run.sp | shows -P "connect\tok\t\d+\t-\t$PWD/play/mine"
}

@test "a call that fails before the kernel checks permissions gives no rule" {
	attack failures /etc/shadow
	spares /etc/shadow run.sp
	spares /etc/shadow-absent run.sp
	# The policy must not allow creating or removing in directories where
	# the kernel denied it.
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
	# Selects the maps of this recorder, because others can run at the same
	# time.
	sed -n 's/^map_id:.//p' /proc/$!/fdinfo/* >held
	bpftool -j map list >maps
	bpftool -j map dump id "$(jq --slurpfile held held '.[] | select(
		.name == "confirmed" and (.id | IN($held[]))).id' maps)" >tasks
	echo >go
	wait $!
	# The map has only an entry for the shell, which still runs and opened a
	# file for creating.
	[ "$(jq length tasks)" -eq 1 ]
}

@test "a program's own mounts, roots and detached trees in a user namespace lead to no rule for the host's files" {
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

@test "under unshare -m, names are not recorded as the host's, even if no mount changes" {
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

# in_cgroup SCRIPT [MANAGER-SCRIPT] — records $CGROUP to run.sp. First
# MANAGER-SCRIPT runs, which can move processes to the cgroup, and then SCRIPT
# in the cgroup.
in_cgroup() {
	local pid status=0
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
	sh -c "${2-:}" 3>&- || status=$?
	echo >go
	wait $!
	wait $pid
	rmdir "$CGROUP"
	rm -f joined go ready
	return "$status"
}

@test "files on mounts that a unit's manager made have the host's names, and files on the unit's own mounts do not" {
	needs cgroup2
	mkdir -p play/tmp play/own
	# Like systemd, a process in the cgroup mounts before it executes the
	# command.
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
	# Only the kernel can follow a link below another root.
	lacks -P 'change\tok\t1\tgiven' <list
	spares /etc/file run.sp
	sp-emit --landlock run.sp | jq -r '.pathBeneath[].parent[0]' |
		shows -xF "$PWD/root/etc/file"
}

@test "a name through links that only root can change is trusted, once the links are old enough" {
	printf '#!/bin/sh\n:\n' >script && chmod 755 script
	mkdir -p old && ln -s ../script old/link
	# The link is new: anybody could have moved it here a moment ago.
	local since=$EPOCHREALTIME
	touch script
	ln -sfn ../script old/link
	sp-record -q --paths -o run.sp -- old/link
	sp-emit --path-list run.sp >list
	[ $((${EPOCHREALTIME/./} - ${since/./})) -gt 1500000 ] ||
		shows -xP "read,execute\tok\t1\t(-|claim)\t$PWD/script" <list
	# After four seconds without a change, nobody can have moved it during
	# the call.
	sleep 4.2
	sp-record -q --paths -o run.sp -- old/link
	sp-emit --path-list run.sp |
		shows -xP "read,execute\tok\t1\t(given|-)\t$PWD/script"
}

@test "under overlayfs, the dynamic loader is recorded with the name that the program sees" {
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
