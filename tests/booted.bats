#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A systemd that boots as process 1 of namespaces of its own, with this machine's
# /usr, runs a service under a recorded drop-in.
load helper

# boot SECONDS — systemd on ./root, to the end of test.service; log
boot() {
	# shellcheck disable=SC2016 # for the shell inside
	timeout -k 5 "$1" unshare --pid --fork --kill-child --mount --uts --ipc \
		--cgroup --propagation private sh -euc '
		mount --bind root root
		cd root
		for d in usr bin sbin lib lib32 lib64 libx32; do
			[ ! -e $d ] || mount --rbind /$d $d
		done
		mount -t proc proc proc
		mount -t sysfs -o ro sysfs sys
		mount -t tmpfs tmpfs dev
		for n in null zero full random urandom tty; do
			: >dev/$n
			mount --bind /dev/$n dev/$n
		done
		mkdir dev/shm dev/pts
		ln -s /proc/self/fd dev/fd
		mount -t tmpfs tmpfs run
		mount -t tmpfs tmpfs tmp
		mount -t cgroup2 cgroup2 sys/fs/cgroup
		pivot_root . host
		cd /
		umount -l /host
		exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			/lib/systemd/systemd --system --log-target=console \
			--show-status=0' </dev/null >log 2>&1
}

setup_file() {
	requires_root
	requires redis-server redis-cli
	[ -x /lib/systemd/systemd ] || skip "no systemd"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	local d units=root/etc/systemd/system
	mkdir -p root/{proc,sys,dev,run,tmp,host,etc,out,var/lib/redis,var/tmp} \
		root/var/log root/root $units/test.target.wants
	for d in usr bin sbin lib lib32 lib64 libx32; do
		if [ -L /$d ]; then
			cp -P /$d root/
		elif [ -e /$d ]; then
			mkdir root/$d
		fi
	done
	cp /etc/passwd /etc/group /etc/ld.so.cache /etc/nsswitch.conf root/etc/
	: >root/etc/machine-id
	printf '[Unit]\nRequires=test.service\nAllowIsolate=yes\n' \
		>$units/test.target
	ln -s test.target $units/default.target
	cat >$units/redis.service <<-'END'
	[Service]
	ExecStart=/usr/bin/redis-server --port 0 --unixsocket /run/booted-redis.sock --save '' --dir /var/lib/redis
	END
	cat >$units/test.service <<-'END'
	[Service]
	Type=oneshot
	ExecStart=/bin/sh /test
	ExecStopPost=/bin/systemctl --force --force poweroff
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

@test "redis under a staging drop-in: what is beyond it is logged, by its unit" {
	record
	mkdir root/etc/systemd/system/redis.service.d
	sp-emit --systemd --deny=log run.sp \
		>root/etc/systemd/system/redis.service.d/p.conf
	sed -i 's/\(SystemCallLog=~.*\) epoll_wait/\1/' \
		root/etc/systemd/system/redis.service.d/p.conf
	sp-verify --audit --unit=redis --exe='*/redis-*' -t 60 -o list 2>err 3>&- &
	watcher=$!
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
