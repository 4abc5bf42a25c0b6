#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# --harden writes the settings of a unit that the recording proves to be safe,
# and the capabilities that were used.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# table — prints lines "SETTING WRITTEN FACT". WRITTEN is "yes", "no" if the
# fact contradicts the setting, or "unknown".
table() {
	cat <<-'END'
	MemoryDenyWriteExecute yes argument 1 mmap "2:6:4"
	MemoryDenyWriteExecute yes argument 1 mmap "2:6:2"
	MemoryDenyWriteExecute no argument 1 mmap "2:6:6"
	MemoryDenyWriteExecute unknown argument 1 mmap "2:4:4"
	MemoryDenyWriteExecute unknown argument 1 mmap ""
	MemoryDenyWriteExecute unknown call 1 mmap
	MemoryDenyWriteExecute no argument 1 10 "2:4:4"
	MemoryDenyWriteExecute yes argument 1 10 "2:4:0"
	MemoryDenyWriteExecute no argument 1 329 "2:4:4"
	MemoryDenyWriteExecute no argument 1 30 "2:0x8000:0x8000"
	MemoryDenyWriteExecute yes argument 1 30 "2:0x8000:0"
	MemoryDenyWriteExecute unknown call 1 30
	MemoryDenyWriteExecute no call 1 117 1 arch=x86
	MemoryDenyWriteExecute unknown call 1 90 1 arch=x86
	MemoryDenyWriteExecute yes denial 1 mmap -1
	RestrictNamespaces yes argument 1 clone "0:0x7e020000:0"
	RestrictNamespaces no argument 1 clone "0:0x7e020000:0x20000"
	RestrictNamespaces no argument 1 272 "0:0x7e020000:0x10000000"
	RestrictNamespaces unknown call 1 272
	RestrictNamespaces no call 1 308
	RestrictNamespaces yes call 1 clone3
	RestrictNamespaces no privilege 1 clone3 256
	RestrictNamespaces no privilege 1 clone 256
	LockPersonality yes argument 1 135 "0:0xffffffff:0"
	LockPersonality no argument 1 135 "0:0xffffffff:0xffffffff"
	RestrictRealtime yes argument 1 144 "1:0xffffffff:3"
	RestrictRealtime no argument 1 144 "1:0xffffffff:1"
	RestrictRealtime no argument 1 144 "1:0xffffffff:0x40000000"
	RestrictRealtime no call 1 314
	RestrictSUIDSGID yes argument 1 chmod "1:0xc00:0"
	RestrictSUIDSGID no argument 1 chmod "1:0xc00:0x400"
	RestrictSUIDSGID unknown call 1 chmod
	RestrictSUIDSGID yes argument 1 openat "2:0x410040:0 3:0xc00:0xc00"
	RestrictSUIDSGID yes argument 1 openat "2:0x410040:0x40 3:0xc00:0"
	RestrictSUIDSGID no argument 1 openat "2:0x410040:0x40 3:0xc00:0x800"
	RestrictSUIDSGID no call 1 437
	RestrictAddressFamilies yes argument 1 socket "0:0xffffffff:2 1:15:1 2:0xffffffff:0"
	RestrictAddressFamilies unknown call 1 socket
	NoNewPrivileges yes call 1 read
	NoNewPrivileges no path 1 0x8400008 0 /bin/su
	CapabilityBoundingSet yes privilege 1 bind 10
	CapabilityBoundingSet unknown path 1 0x8400008 0 /bin/su
	END
}

# verdict SETTING FILE — prints "yes", "no" or "unknown" from the output of
# sp-emit --harden
verdict() {
	sp-emit --systemd --harden "$2" >conf 2>err
	if grep -q "^$1=." conf; then
		grep -q "^# $1=: " conf && echo yes
	elif grep -q "^sp-emit: --harden: $1= is left out: " err; then
		grep -q "^# $1= is left out: " conf && echo unknown
	else
		grep -q "^# $1= is left out: " conf && echo no
	fi
}

@test "a setting is written if the recording proves it to be safe, and otherwise left out" {
	local setting want kind rest n=0
	while read -r setting want kind rest; do
		rest=${rest/1 bind/1 49}
		{
			printf '%s\n' 'run 1 a how="command privileges"' \
				'image /bin/a' 'call 1 write 1'
			case $kind in
			call) eval "set -- $rest"; echo "call 1 $2 1 ${*:4}" ;;
			argument) eval "set -- $rest"
				echo "call 1 $2 1"; echo "argument $rest 1" ;;
			*) echo "$kind $rest 1" ;;
			esac
		} | "$TESTS/mkstream" >a.sp
		[ "$(verdict "$setting" a.sp)" = "$want" ] || {
			echo "$setting $want $kind $rest"
			cat conf err
			return 1
		}
		n=$((n + 1))
	done < <(table)
	[ "$n" = "$(table | wc -l)" ]
}

@test "settings that need --privileges are unknown if it was not used or the kernel was too old" {
	local setting
	printf '%s\n' 'run 1 a' 'image /bin/a' 'call 1 clone3 1' 'call 1 chmod 1' |
		"$TESTS/mkstream" >a.sp
	for setting in CapabilityBoundingSet NoNewPrivileges RestrictNamespaces \
		RestrictSUIDSGID; do
		[ "$(verdict $setting a.sp)" = unknown ]
		grep "$setting=.*record with sp-record --privileges" err
	done
	printf '%s\n' "run 1 a how='command privileges' blind='\"capabilities that were used: Linux has had a trace event for them since 6.14\"'" \
		'call 1 read 1' | "$TESTS/mkstream" >b.sp
	[ "$(verdict CapabilityBoundingSet b.sp)" = unknown ]
	grep 'record with Linux 6.14 or newer' err
	printf '%s\n' 'run 1 a how="command privileges" lost.privilege=1' \
		'call 1 read 1' | "$TESTS/mkstream" >c.sp
	[ "$(verdict CapabilityBoundingSet c.sp)" = unknown ]
	# A run without --privileges makes the setting of the merge unknown.
	sp-merge c.sp a.sp >d.sp
	[ "$(verdict CapabilityBoundingSet d.sp)" = unknown ]
}

@test "no setting is written for an incomplete recording, and none that denies a call that --allow-denied allows" {
	printf '%s\n' 'run 1 a how="command privileges" complete=no' \
		'call 1 read 1' 'call 1 clone3 1' | "$TESTS/mkstream" >a.sp
	sp-emit --systemd --harden --allow-partial a.sp >conf 2>err
	grep 'no setting is written, since the recording is incomplete' err
	lacks -E '^(RestrictNamespaces|CapabilityBoundingSet|RestrictAddressFamilies)=' <conf
	lacks '[= ]clone ' <conf
	printf '%s\n' 'run 1 a how="command privileges"' 'call 1 read 1' \
		'denial 1 socket -1 1' 'denial 1 clone3 -1 1' 'denial 1 135 -1 1' |
		"$TESTS/mkstream" >b.sp
	sp-emit --systemd --harden b.sp 2>err | grep -c -E \
		'^(RestrictNamespaces=yes|LockPersonality=yes|RestrictAddressFamilies=none)' | grep -x 3
	sp-emit --systemd --harden --allow-denied b.sp 2>err |
		lacks -E '^(RestrictNamespaces|LockPersonality|RestrictAddressFamilies)='
	[ "$(grep -c 'which was denied, are not recorded' err)" = 3 ]
}

@test "AmbientCapabilities= lists the used capabilities that were in the ambient set, and no others" {
	printf '%s\n' 'run 1 a how="command privileges"' 'image /bin/a' \
		'call 1 49 2' 'privilege 1 49 74 1' 'privilege 1 -1 21 1' |
		"$TESTS/mkstream" >a.sp
	sp-emit --systemd --harden a.sp >conf 2>err
	grep -A4 '^CapabilityB' conf | diff - <(printf '%s\n' \
		CapabilityBoundingSet= \
		'CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SYS_ADMIN' \
		AmbientCapabilities= AmbientCapabilities=CAP_NET_BIND_SERVICE \
		'# NoNewPrivileges=: no program was executed that is set-user-ID or' \
		'# set-group-ID or has capabilities.')
	tr -d '\n#' <conf | grep -q 'CAP_SYS_ADMIN in no call'
	sp-emit --oci --explain a.sp 2>err |
		shows '  bind .*  used      1 times CAP_NET_BIND_SERVICE (ambient) by /bin/a$'
	[ "$(sp-emit --json a.sp | jq -c '[.privileges[] | [.nr, .name, .capability, .ambient]]')" = \
		'[[-1,null,"CAP_SYS_ADMIN",false],[49,"bind","CAP_NET_BIND_SERVICE",true]]' ]
	for kind in '49 128 1' '49 320 1' '49 257 1'; do
		printf '%s\n' 'run 1 a' 'call 1 read 1' "privilege 1 $kind" |
			"$TESTS/mkstream" >bad.sp
		run -2 sp-emit --json bad.sp
		[[ $output == *"malformed privilege record" ]]
	done
}

@test "with RestrictNamespaces=, clone is allowed as well as clone3" {
	printf '%s\n' 'run 1 a how="command privileges"' 'call 1 clone3 1' |
		"$TESTS/mkstream" >a.sp
	sp-emit --systemd --harden a.sp 2>err >conf
	grep '^SystemCallFilter=.*clone clone3' conf
	sp-emit --systemd a.sp 2>err | lacks '[= ]clone '
	[ "$(sp-emit --systemd --harden --exact a.sp 2>&1 | grep -c 'RestrictNamespaces= is left out: clone, to')" = 2 ]
	for option in --oci '--systemd --deny=log'; do
		# shellcheck disable=SC2086 # several words
		run -2 sp-emit $option --harden a.sp
	done
}

@test "the used capabilities are listed with the calls that used them" {
	requires_root
	needs capabilities
	: >file
	sp-record -q --privileges -o a.sp -- sh -c '
		chown 1 file; chmod 2755 file
		unshare --user --map-root-user chown 0 file || :
		setpriv --bounding-set=-chown chown 2 file || :'
	# A capability in the child's own user namespace and a refused
	# capability are not recorded.
	[ "$(sp-emit --json a.sp | jq -c '[.privileges[] |
		[.name, .capability, .count]]')" = \
		'[["fchmodat","CAP_FOWNER",1],["fchownat","CAP_CHOWN",1],["capset","CAP_SETPCAP",1],["prctl","CAP_SETPCAP",2]]' ]
	[ "$(sp-emit --json a.sp | jq '.lost.privilege')" = 0 ]
	verdict RestrictSUIDSGID a.sp
	grep '^# RestrictSUIDSGID= is left out: fchmodat was called with 0x400' conf
	# Without the option, privileges are not recorded.
	sp-record -q -o b.sp -- chown 1 file
	[ "$(sp-emit --json b.sp | jq -c '[.privileges, .lost.privilege]')" = '[[],null]' ]
}

@test "a child in its own namespaces is counted once, also with --no-follow" {
	requires_root
	unshare -T true || skip 'no time namespaces'
	local by option
	# unshare(1) creates its child with clone(2), and only the child is in
	# the new time namespace.
	as_newer true || skip 'no tracefs'
	for by in env as_newer; do	# two BPF programs see each fork
		for option in '' --no-follow; do
			# shellcheck disable=SC2086 # it may be empty
			"$by" sp-record -q --privileges $option -o a.sp -- \
				unshare -T --fork true
			[ "$(sp-emit --json a.sp | jq -c '[.privileges[] |
				select(.capability == null) |
				[.name, .count]]')" = '[["clone",1]]' ]
		done
	done
}

# install UNIT FILE… — runs --install with ./etc as /etc/systemd/system
install() {
	# shellcheck disable=SC2016 # the inner shell expands it
	PATH=$PWD/bin:$PATH unshare --mount --propagation private sh -c '
		mount --bind etc /etc/systemd/system
		exec sp-emit --systemd --install "$@"' sh "$@"
}

@test "--install shows the difference, writes the drop-in, reloads systemd, and prints how to remove the drop-in" {
	local conf=etc/x.service.d/50-sandprint.conf
	requires_root
	requires unshare
	mkdir etc bin
	printf '%s\n' '#!/bin/sh' '[ "$1" = show ] && exec cat state' \
		'echo "$@" >>reloads' >bin/systemctl
	echo loaded >state
	chmod +x bin/systemctl
	printf '%s\n' 'run 1 a' 'call 1 read 1' | "$TESTS/mkstream" >a.sp
	printf '%s\n' 'run 2 b' 'call 2 chmod 1' | "$TESTS/mkstream" >b.sp
	run -0 --separate-stderr install x a.sp
	sp-emit --systemd a.sp 2>err | diff - "$conf"
	[[ ${lines[0]} == "--- /dev/null" ]]
	[[ ${lines[1]} == "+++ /etc/systemd/system/x.service.d/50-sandprint.conf" ]]
	[[ $stderr == *"to remove it: rm /etc/systemd/system/x.service.d/50-sandprint.conf && systemctl daemon-reload" ]]
	[ "$(stat -c %a "$conf")" = 644 ]
	# The same recording is installed again, and then another one.
	run -0 --separate-stderr install x.service a.sp
	[[ -z $output && $stderr == *"has this content already" ]]
	[ "$(<reloads)" = daemon-reload ]
	run -0 --separate-stderr install x a.sp b.sp
	shows '^+SystemCallFilter=.*chmod' <<<"$output"
	[ "$(wc -l <reloads)" = 2 ]
	[[ $stderr != *"has no unit"* ]]
	echo not-found >state
	run -0 --separate-stderr install none a.sp
	[[ $stderr == *"sp-emit: systemd has no unit none.service: the drop-in has no effect until there is one
"* ]]
	[ "$(ls -A etc/x.service.d)" = 50-sandprint.conf ]
	# If the recording is refused, the drop-in does not change.
	cp "$conf" before
	run -2 install x /dev/null
	[[ $output == *"nothing was installed" ]]
	cmp "$conf" before
	# A note names the drop-in that systemd reads later. The printed command
	# quotes a name that a shell would change.
	mkdir 'etc/a\x2db.service.d'
	touch 'etc/a\x2db.service.d/'{10-a.conf,override.conf,x.txt}
	run -0 --separate-stderr install 'a\x2db' a.sp
	[ "$(grep -c 'is read after' <<<"$stderr")" = 1 ]
	[[ $stderr == *'a\x2db.service.d/override.conf is read after 50-sandprint.conf'* ]]
	[[ $stderr == *"rm '/etc/systemd/system/a\\x2db.service.d/50-sandprint.conf' &&"* ]]
	# If the drop-in cannot be written, nothing is left of it.
	run -2 prlimit --fsize=100 bash -c "$(declare -f install); install new a.sp"
	[[ $output == *"new.service.d/.50-sandprint.conf.new: File too large"* ]]
	[ ! -e etc/new.service.d ]
	# The drop-in stays if systemd cannot be reloaded.
	printf '#!/bin/sh\nexit 1\n' >bin/systemctl
	run -2 install x b.sp
	[[ $output == *"is installed, but systemctl daemon-reload failed"* ]]
}

@test "--install follows no symbolic link, and refuses units that are not services" {
	local name
	requires_root
	requires unshare
	mkdir etc bin elsewhere
	printf '#!/bin/sh\n' >bin/systemctl
	chmod +x bin/systemctl
	printf '%s\n' 'run 1 a' 'call 1 read 1' | "$TESTS/mkstream" >a.sp
	ln -s "$PWD/elsewhere" etc/x.service.d
	run -2 install x a.sp
	[[ $output == *"x.service.d: not a directory, and --install follows no symbolic link"* ]]
	mkdir etc/y.service.d etc/z.service.d
	ln -s "$PWD/elsewhere/f" etc/y.service.d/50-sandprint.conf
	ln -s "$PWD/elsewhere/f" etc/z.service.d/.50-sandprint.conf.new
	run -2 install y a.sp
	[[ $output == *"50-sandprint.conf: not a regular file, and --install follows no symbolic link"* ]]
	run -0 install z a.sp
	[ "$(find elsewhere)" = elsewhere ]
	for name in ../x x/y '' @ @x.service x.socket .service 'x y' x.slice "$(printf '%0300d' 1)"; do
		run -2 install "$name" a.sp
		[[ $output == *"no service can have that name"* ]]
	done
	run -2 sp-emit --oci --install x a.sp
	run -2 sp-emit --systemd --install x -o f a.sp
	run -2 setpriv --reuid 65534 --clear-groups sp-emit --systemd --install x a.sp
	[[ $output == *"only root can install"* ]]
}
