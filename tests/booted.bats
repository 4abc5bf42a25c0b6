#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# systemd boots as process 1 of new namespaces, with this machine's /usr, and
# runs a service under a recorded drop-in.
load helper
load boot

setup_file() {
	requires_root
	requires redis-server redis-cli
	[ -x /lib/systemd/systemd ] || skip "no systemd"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	local units=root/etc/systemd/system
	make_root
	mkdir -p root/var/lib/redis
	cat >$units/redis.service <<-'END'
	[Service]
	ExecStart=/usr/bin/redis-server --port 0 --unixsocket /run/booted-redis.sock --save '' --dir /var/lib/redis
	END
	cat >root/test <<-'END'
	systemctl start redis
	n=0
	until redis-cli -s /run/booted-redis.sock set key value >/out/answer 2>&1 ||
			systemctl -q is-failed redis || [ $((n += 1)) -gt 50 ]; do
		sleep 0.3
	done
	grep Seccomp: /proc/$(systemctl show -P MainPID redis)/status >/out/seccomp
	systemctl is-active redis >/out/active
	systemctl status redis >/out/status 2>&1
	END
}

record() {
	mkdir -p /var/lib/redis
	sp-record -q --paths -o run.sp -- redis-server --port 0 \
		--unixsocket /run/booted-redis.sock --save '' \
		--dir /var/lib/redis >/dev/null 2>&1 3>&- &
	wait_for 20 redis-cli -s /run/booted-redis.sock set key value \
		>/dev/null 2>&1
	redis-cli -s /run/booted-redis.sock shutdown nosave
	ended 0 $!
}

emit() {
	sp-emit --systemd --paths --args -o p.conf run.sp
	grep -qx PrivateDevices=yes p.conf
	cat p.conf
}

@test "redis works under its drop-in, which limits calls, families and paths" {
	record
	mkdir root/etc/systemd/system/redis.service.d
	emit >root/etc/systemd/system/redis.service.d/p.conf
	boot 60 || [ $? != 124 ]
	cat log root/out/status
	[ "$(<root/out/answer)" = OK ]
	[ "$(<root/out/active)" = active ]
	grep -qx 'Seccomp:	2' root/out/seccomp
	run ! grep -iE 'unknown|ignoring|failed to parse' log
}

# for_a_while COMMAND — prints a loop that repeats the command until it
# succeeds, 50 times at most
for_a_while() {
	echo "n=0; until $1 || [ \$((n += 1)) -gt 50 ]; do sleep 0.5; done"
}

@test "a recording of a unit with --restart and --reload contains every program that the unit runs" {
	cp "$SP_BIN/sp-record" root/
	printf '#!/bin/sh\n' >root/script
	chmod +x root/script
	cat >>root/etc/systemd/system/redis.service <<-'END'
	ExecStartPre=/bin/ls /
	ExecStartPre=/script
	ExecReload=/bin/ls /
	ExecReload=/bin/touch /out/reloaded
	ExecStop=/bin/uname
	END
	{
		echo '/sp-record -o /out/run.sp --unit redis --restart --reload 2>/out/err &'
		for_a_while 'redis-cli -s /run/booted-redis.sock ping'
		for_a_while '[ -e /out/reloaded ]'
		echo 'systemctl stop redis; wait'
		echo '/sp-record -o /out/short.sp --unit redis --restart -t 4 2>/out/short'
	} >root/test
	boot 60 || [ $? != 124 ]
	cat log root/out/err
	run ! grep 'not seen' root/out/err
	sp-emit --json root/out/run.sp | jq -r '.images[].path' | sort >images
	printf '/usr/bin/%s\n' dash ls redis-check-rdb touch uname | diff images -
	grep -qx 'sp-record: not seen: ExecReload=/bin/touch of the unit, which was not executed' root/out/short
	run ! grep 'ExecStart.*not executed' root/out/short
	grep -qx "sp-record: not seen: one of the unit's commands ExecStartPre, ExecReload: they all execute /bin/ls, which systemd executed only 1 time" root/out/short
	sp-emit --systemd root/out/short.sp 2>&1 |
		shows '^sp-emit: not seen by the recording: ExecReload=/bin/touch'
	# systemd makes these calls between fork and exec. They are not calls of
	# the unit.
	sp-emit --table root/out/run.sp |
		lacks -w 'setresuid\|keyctl\|unshare'
}

@test "redis does not start under a drop-in that lacks its program's loader" {
	record
	mkdir root/etc/systemd/system/redis.service.d
	emit | sed '/ExecPaths=.*ld-linux/d' \
		>root/etc/systemd/system/redis.service.d/p.conf
	boot 60 || [ $? != 124 ]
	cat log root/out/status
	[ "$(<root/out/answer)" != OK ]
	[ "$(<root/out/active)" != active ]
}

@test "calls that a staging drop-in lacks are logged, and sp-verify --unit lists them" {
	record
	mkdir root/etc/systemd/system/redis.service.d
	sp-emit --systemd --deny=log run.sp \
		>root/etc/systemd/system/redis.service.d/p.conf
	sed -i 's/\(SystemCallLog=~.*\) epoll_wait/\1/' \
		root/etc/systemd/system/redis.service.d/p.conf
	sp-verify --audit --unit=redis --exe='*/redis-*' -t 60 -o list 2>err 3>&- &
	watcher=$!
	wait_for 10 grep listening err
	boot 60 || [ $? != 124 ]
	cat log root/out/status
	[ "$(<root/out/answer)" = OK ]
	run ! grep -iE 'unknown|ignoring|failed to parse' log
	kill "$watcher"
	ended 1 "$watcher" || { cat err; false; }
	awk '$3 == "epoll_wait" && $4 == "log" && /redis-/ { n = $2 }
		END { exit n < 2 }' list
	run ! grep -w 'read\|mmap\|write' list
}

# probe — puts the witness service-calls into the system as /probe, and writes
# streams of the calls that it makes
probe() {
	cp "$WITNESS/service-calls" root/probe
	{
		printf 'run 1 a\nimage /probe\n'
		for nr in 110 95 140 100 124 99 145; do
			printf 'call 1 %d 1\n' $nr
		done
		for nr in 64 96 157; do
			printf 'call 1 %d 1 arch=x86\n' $nr
		done
	} | "$TESTS/mkstream" >probe.sp
	local family
	for family in 1 2; do
		printf 'run 1 a\nimage /probe\ncall 1 %s 1%s\nargument 1 %s "0:0xffffffffffffffff:%d 1:15:1 2:0xffffffffffffffff:0" 1%s\n' \
			41 '' 41 $family '' | "$TESTS/mkstream" >family$family.sp
	done
	printf 'run 1 a\nimage /probe\ncall 1 359 1 arch=x86\nargument 1 359 "0:0xffffffffffffffff:2 1:15:1 2:0xffffffffffffffff:0" 1 arch=x86\n' |
		"$TESTS/mkstream" >family32.sp
}

# verdict UNIT — prints the answers that sp-verify predicts for these calls, as
# /probe prints them
verdict() {
	local t
	for t in probe family1 family2 family32; do
		{ sp-verify --json -p "$1" $t.sp 2>/dev/null || [ $? = 1 ]; } |
			jq -r --arg t $t '.[] | .name + {family1: "-unix",
			family2: "-inet"}[$t] +
			(if .arch == "x86" then "-32" else "" end) + " " +
			({EUCLEAN: "117", ENOANO: "55", EAFNOSUPPORT: "97"}[
			.answer | split(" ")[0]] // .answer)'
	done | sort
}

# bats test_tags=32-bit
@test "systemd's filter gives the answers that sp-verify predicts" {
	local n=0 lines program=/probe calls=13 unit
	needs x86_64
	has int80 || program='/probe native' calls=9
	probe
	: >root/test
	while IFS= read -r lines; do
		n=$((n + 1))
		printf '[Service]\nType=oneshot\nExecStart=%s\nStandardOutput=file:/out/probe%d\nSystemCallErrorNumber=EUCLEAN\n%b\n' \
			"$program" $n "$lines" >root/etc/systemd/system/probe$n.service
		echo "systemctl start probe$n" >>root/test
		has int80 ||
			skip_row int80 "a unit's answers to 32-bit calls: $lines"
	done <<-'END'
	SystemCallFilter=@basic-io @file-system @process umask
	SystemCallFilter=@system-service\nSystemCallFilter=~@resources getpriority:ENOANO times
	SystemCallFilter=~getppid getpriority:ENOANO @resources\nRestrictAddressFamilies=AF_UNIX
	SystemCallFilter=~socket\nRestrictAddressFamilies=~AF_INET
	RestrictAddressFamilies=~AF_INET AF_NETLINK
	SystemCallFilter=@system-service\nRestrictAddressFamilies=none\nSystemCallLog=getppid
	END
	[ "$n" = 6 ]
	boot 60 || [ $? != 124 ]
	for ((n = 1; n <= 6; n++)); do
		unit=root/etc/systemd/system/probe$n.service
		cat "$unit"
		[ "$(wc -l <root/out/probe$n)" = "$calls" ] || { cat log; return 1; }
		grep -E ' (117|55|97)$' root/out/probe$n | sort >got
		verdict "$unit" >want
		has int80 || sed -i '/-32 /d' want
		diff want got
	done
}
