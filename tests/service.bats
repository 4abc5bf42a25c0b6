#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Records services under load until two runs in a row add no call, and verifies
# them under their profiles.

load helper

setup_file() {
	requires_root
}

# with_redis TOOL… — runs redis-server under the tool, with redis-benchmark as
# load. Returns the tool's exit status, or 99 if the load fails.
with_redis() {
	local s=$PWD/redis.sock
	"$@" redis-server --port 0 --unixsocket "$s" --save '' >log 2>&1 3>&- &
	wait_for 20 redis-cli -s "$s" ping >/dev/null 2>&1 &&
		redis-benchmark -s "$s" -n 500 -q >/dev/null &&
		redis-cli -s "$s" shutdown nosave || return 99
	wait $!
}

# with_nginx TOOL… — runs nginx in the same way, with wrk as load
with_nginx() {
	local url=http://127.0.0.1:18099/GPL-2
	nginx_config 18099 1 >nginx.conf
	rm -f nginx.pid
	"$@" nginx -e "$PWD/error.log" -c "$PWD/nginx.conf" >log 2>&1 3>&- &
	wait_for 20 test -s nginx.pid &&
		wait_for 20 busybox wget -q -O /dev/null "$url" &&
		wrk -t 1 -c 20 -d 1 "$url" >/dev/null &&
		kill -QUIT "$(<nginx.pid)" || return 99
	wait $!
}

# saturate FUNCTION — records until two runs in a row add no call, five times at
# most
saturate() {
	local i quiet=0
	"$1" sp-record -q -o all.sp --
	for i in 2 3 4 5; do
		"$1" sp-record -q -o "$i.sp" --
		sp-merge -o more.sp all.sp "$i.sp"
		if sp-diff -q all.sp more.sp; then
			quiet=$((quiet + 1))
		else
			quiet=0
		fi
		mv more.sp all.sp
		[ "$quiet" -lt 2 ] || return 0
	done
	return 1
}

# verifies FUNCTION CALL — checks that the profile allows another run, and that
# under the profile without CALL, this call is the only violation
verifies() {
	sp-emit --oci -o profile.json all.sp
	"$1" sp-verify -p profile.json -o list --
	[ "$(grep -c . list)" -eq 0 ]
	jq --arg call "$2" '.syscalls |= map(.names -= [$call])
		| .syscalls |= map(select(.names != []))' profile.json >less.json
	run -1 "$1" sp-verify -p less.json -o list --
	[ "$(awk '$2 ~ /^[0-9]+$/ { print $3 }' list)" = "$2" ]
}

@test "redis-server under redis-benchmark has no violation after its recordings" {
	requires redis-server redis-benchmark
	saturate with_redis
	verifies with_redis epoll_wait
}

@test "nginx under wrk has no violation after its recordings" {
	requires nginx wrk busybox
	saturate with_nginx
	verifies with_nginx epoll_wait
}
