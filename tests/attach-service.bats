#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Attaches to services under load. The recording is merged with a recording of
# the service's start-up. The services must start and work under the profile
# that is made from both.

load helper

PATH=$PATH$(printf ':%s' /usr/lib/postgresql/*/bin)

setup_file() {
	requires_root
	requires jq
	# Some services run as another user, who must be able to read their
	# files here.
	chmod a+x "$BATS_RUN_TMPDIR"
}

# processes — prints the pids of the processes that this test started. Only they
# have their working directory here.
processes() {
	local dir=$BATS_TEST_TMPDIR
	# find fails if a process ends while it is read.
	{ find /proc/[0-9]*/cwd -maxdepth 0 \
		\( -lname "$dir" -o -lname "$dir/*" \) 2>/dev/null || :; } |
		sed 's/[^0-9]//g'
}

# signal_processes NAME — sends the signal to these processes, of which some may
# have ended
signal_processes() {
	local pid
	for pid in $(processes); do
		kill "-$1" "$pid" 2>/dev/null || [ ! -d "/proc/$pid" ] || return
	done
}

no_processes() {
	processes | lacks .
}

teardown() {
	local left=0
	cd "$BATS_FILE_TMPDIR" || return
	[ -z "${id-}" ] || runc delete --force "$id" || left=1
	signal_processes TERM || left=1
	wait_for 20 no_processes || {
		signal_processes KILL || left=1
		wait_for 20 no_processes || left=1
	}
	[ -z "${cgroup-}" ] || wait_for 10 rmdir "$cgroup" || left=1
	return "$left"
}

# --- the services ----------------------------------------------------------
# NAME_prepare makes the service's files and sets four variables. `argv` is the
# command that starts it, `signal` shuts it down, and `pidfile` is its pid file.
# `shows` lists facts that its recording must have: calls in which a task was
# blocked, and counts of calls.
# NAME_request sends a short request, and fails until the service is ready.
# NAME_load SECONDS replaces the shell by the program that makes the load.

nginx_prepare() {
	requires nginx wrk
	nginx_config 18097 2 >nginx.conf
	argv=(nginx -e "$PWD/error.log" -c "$PWD/nginx.conf")
	pidfile=nginx.pid signal=QUIT
	shows=('rt_sigsuspend [0-9]+ inflight' 'epoll_p?wait [0-9]{2,}'
		'accept4 [0-9]+' 'recvfrom [0-9]{3,}' 'writev [0-9]{3,}')
}

nginx_request() (
	exec 4<>/dev/tcp/127.0.0.1/18097 &&
		printf 'GET /GPL-2 HTTP/1.0\r\n\r\n' >&4 &&
		grep -c '^HTTP/1.1 200 OK' <&4
)

nginx_load() {
	exec wrk -t 1 -c 20 -d "$1" http://127.0.0.1:18097/GPL-2
}

redis_prepare() {
	requires redis-server redis-benchmark
	argv=(redis-server --port 0 --unixsocket "$PWD/socket" --save ''
		--pidfile "$PWD/pid")
	pidfile=pid signal=TERM
	shows=('futex [0-9]+ inflight' 'epoll_p?wait [0-9]{2,}'
		'accept4 [0-9]+' 'read [0-9]{3,}' 'write [0-9]{3,}')
}

redis_request() {
	redis-cli -s "$PWD/socket" ping
}

redis_load() {
	exec timeout "$1" redis-benchmark -s "$PWD/socket" -n 500 -l -q
}

as_postgres=(setpriv --reuid postgres --regid postgres --init-groups)

postgres_prepare() {
	local data=$BATS_FILE_TMPDIR/data
	requires postgres initdb pgbench psql setpriv
	id postgres >/dev/null 2>&1 || skip "no user postgres"
	if [ ! -e "$data" ]; then
		install -d -o postgres "$data"
		"${as_postgres[@]}" initdb -D "$data" -A trust --no-sync \
			--wal-segsize=1 >/dev/null
		"${as_postgres[@]}" postgres --single -D "$data" postgres \
			>/dev/null <<-'END'
		create table pgbench_branches as select 1 as bid
		create table pgbench_accounts as select aid, 0 as abalance \
			from generate_series(1, 100000) aid
		create index on pgbench_accounts (aid)
		END
	fi
	cp -a "$data" .
	argv=("${as_postgres[@]}" "$(command -v postgres)" -D "$PWD/data"
		-c listen_addresses= -c "unix_socket_directories=$PWD/data")
	pidfile=data/postmaster.pid signal=INT
	shows=('epoll_p?wait [0-9]+ inflight' 'accept4? [0-9]+'
		'clone3? [0-9]+' 'recvfrom [0-9]{3,}' 'sendto [0-9]{3,}')
}

postgres_request() {
	pgbench -h "$PWD/data" -U postgres -S -n -t 10 postgres
}

postgres_load() {
	exec pgbench -h "$PWD/data" -U postgres -S -n -c 4 -T "$1" postgres
}

# --- how a service is started; $target is the option that attaches to it ----

by_pid() {
	"${argv[@]}" >log 2>&1 3>&- &
	server=$!
	target=(-p "$server")
}

by_cgroup() {
	local root
	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	needs cgroup2
	cgroup=$root/sandprint-$$
	mkdir "$cgroup"
	(echo "$BASHPID" >"$cgroup/cgroup.procs" && exec "${argv[@]}") \
		>log 2>&1 3>&- &
	server=$!
	target=(--cgroup "${cgroup##*/}")
}

by_container() {
	requires runc
	id=sandprint-$$
	mkdir -p bundle/rootfs
	(cd bundle && runc spec)
	jq '.process.terminal = false | .process.cwd = $cwd
		| .process.args = $ARGS.positional | del(.process.rlimits)
		| .process.capabilities[] += ["CAP_CHOWN", "CAP_DAC_OVERRIDE",
			"CAP_SETGID", "CAP_SETUID"]
		| .linux.namespaces |= map(select(.type != "network"))
		| .mounts += ("/usr /bin /sbin /lib /lib64 /etc" | split(" ")
			| map({destination: ., source: ., type: "bind",
				options: ["bind", "ro"]}))
		| .mounts += [{destination: $cwd, source: $cwd, type: "bind",
			options: ["bind", "rw"]}]' \
		--arg cwd "$PWD" bundle/config.json --args -- "${argv[@]}" \
		>config.json
	mv config.json bundle
	runc run --bundle bundle "$id" >log 2>&1 </dev/null 3>&- &
	server=$!
	in_container=true target=(--container "$id")
}

stop() {
	if "$in_container"; then
		runc kill "$id" "$signal"
	else
		kill -s "$signal" "$(head -n 1 "$pidfile")"
	fi
	wait "$server"
}

# --- the tests -------------------------------------------------------------

# ready — repeats the request until the service answers
ready() {
	wait_for 20 "${service}_request" >/dev/null 2>&1
}

# under TOOL… — starts the service under the tool, and waits until it answers
under() {
	"$@" "${argv[@]}" >log 2>&1 3>&- &
	server=$!
	ready
}

# attach — attaches while the service is under load, and shuts it down
attach() {
	local load recorder
	ready
	"${service}_load" 30 >/dev/null 3>&- &
	load=$!
	sleep 0.3
	sp-record -o run.sp "${target[@]}" 2>err 3>&- &
	recorder=$!
	wait_for 10 grep 'attached to' err
	kill -0 "$load"
	ready
	sleep 0.5
	kill "$load"
	ended 143 "$load"
	stop
	wait "$recorder"
}

# attached BY — checks how the recording attached, and the facts in `shows`
attached() {
	local fact
	sp-emit --json run.sp 2>/dev/null | jq -e --arg by "$1" '
		all(.lost, .runs[].lost; all(.[]; . == 0))
		and (.runs | length == 1) and .runs[0].complete
		and .runs[0].how == ["attached", $by]' >/dev/null
	for fact in "${shows[@]}"; do
		facts run.sp 2>/dev/null | grep -Ec "^[^ ]+ $fact"
	done
}

# works SERVICE BY — checks that the service starts and works under the profile
# of the merged recordings
works() {
	local service=$1 start=$BATS_FILE_TMPDIR/$1.sp
	local argv pidfile signal shows server target in_container=false
	"$1_prepare"
	if [ ! -e "$start" ]; then
		under sp-record -q -o "$start" --
		stop
	fi
	"by_$2"
	attach
	attached "$2"
	in_container=false
	sp-merge -o all.sp "$start" run.sp
	sp-emit --oci -o profile.json all.sp
	under sp-verify -p profile.json -o list --
	("${service}_load" 1 >/dev/null) || [ $? = 124 ]
	stop || {
		cat list
		return 1
	}
	[ ! -s list ]
}

@test "nginx with two workers works under a profile from attaching by pid" {
	works nginx pid
	grep -q 'attached to 3 tasks' err
}

@test "nginx with two workers works under a profile from attaching by cgroup" {
	works nginx cgroup
	grep -q 'attached to 3 tasks' err
}

@test "nginx with two workers works under a profile from attaching by container" {
	works nginx container
	grep -q 'attached to 3 tasks' err
}

@test "redis-server works under a profile from attaching by pid" {
	works redis pid
}

@test "redis-server works under a profile from attaching by cgroup" {
	works redis cgroup
}

@test "redis-server works under a profile from attaching by container" {
	works redis container
}

@test "postgres works under a profile from attaching by pid" {
	works postgres pid
}

@test "postgres works under a profile from attaching by cgroup" {
	works postgres cgroup
}

@test "postgres works under a profile from attaching by container" {
	works postgres container
}
