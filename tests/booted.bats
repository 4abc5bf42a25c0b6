#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A systemd that boots as process 1 of namespaces of its own, with this machine's
# /usr, runs a service under a recorded drop-in.
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
	for i in 1 2 3 4 5 6 7 8 9 10; do
		redis-cli -s /run/booted-redis.sock set key value >/out/answer 2>&1 && break
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

# The /dev of these namespaces is no place to make devices in.
emit() {
	sp-emit --systemd --paths --args -o p.conf run.sp
	grep -qx PrivateDevices=yes p.conf
	grep -vx PrivateDevices=yes p.conf
}

@test "redis under its drop-in: calls, families, paths" {
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

@test "redis under a drop-in that lacks its program's loader does not start" {
	record
	mkdir root/etc/systemd/system/redis.service.d
	emit | sed '/ExecPaths=.*ld-linux/d' \
		>root/etc/systemd/system/redis.service.d/p.conf
	boot 60 || [ $? != 124 ]
	cat log root/out/status
	[ "$(<root/out/answer)" != OK ]
	[ "$(<root/out/active)" != active ]
}
