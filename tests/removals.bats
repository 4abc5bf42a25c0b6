#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# Removes one call of a program from its profile, in turn. sp-verify must report
# this call for the recording, for a run of the program, and from the kernel's
# records about a container. Removes only every SP_STRIDE-th call; `make
# check-removals` removes each call.

load helper

STRIDE=${SP_STRIDE:-12}
ENVIRONMENT=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin)

# program NAME — stores a program's script, which is on stdin
program() {
	mkdir -p programs
	cat >"programs/$1"
}

setup_file() {
	requires_root
	requires jq runc redis-server redis-benchmark nginx busybox
	[ -x /usr/bin/python3 ] || skip "no python3"
	cd "$BATS_FILE_TMPDIR" || return
	program redis <<-'END'
	s=$1/redis.sock
	redis-server --port 0 --unixsocket $s --save '' >/dev/null &
	i=0
	until [ "$(redis-cli -s $s ping 2>/dev/null)" = PONG ] || [ $i = 300 ]; do
		sleep 0.1; i=$((i + 1))
	done
	redis-benchmark -s $s -n 200 -q >/dev/null &&
		redis-cli -s $s shutdown nosave && wait && echo worked
	END
	program nginx <<-'END'
	cat >$1/nginx.conf <<-CONF
	daemon off; user root; worker_processes 1; pid $1/nginx.pid; error_log $1/error;
	events {}
	http {
		access_log $1/access; client_body_temp_path $1/body;
		proxy_temp_path $1/proxy; fastcgi_temp_path $1/fastcgi;
		uwsgi_temp_path $1/uwsgi; scgi_temp_path $1/scgi;
		server { listen 127.0.0.1:18096; root $1; }
	}
	CONF
	echo hello >$1/index.html
	nginx -e $1/error -c $1/nginx.conf &
	get() { busybox wget -q -O - http://127.0.0.1:18096/ 2>/dev/null; }
	i=0
	until [ "$(get)" = hello ] || [ $i = 300 ]; do sleep 0.1; i=$((i + 1)); done
	get >/dev/null && get >/dev/null && kill -QUIT $! && wait && echo worked
	END
	cp "$TESTS/scripts/everyday.py" programs/
	program python <<-'END'
	exec /usr/bin/python3 "${0%/*}/everyday.py" $1
	END
	cp "$WITNESS/threads" programs/threads-witness
	program threads <<-'END'
	"${0%/*}/threads-witness" >/dev/null && echo worked
	END
	local name
	for name in redis nginx python threads; do
		record "$name"
	done
	make_bundle
}

# make_bundle — makes a root directory with this machine's programs
make_bundle() {
	local d file mounts=()
	mkdir -p bundle/root/{proc,dev,sys,tmp,etc,run,place,programs,var/tmp}
	for d in usr bin sbin lib lib32 lib64 libx32; do
		if [ -L /$d ]; then
			cp -P /$d bundle/root/
		elif [ -e /$d ]; then
			mkdir bundle/root/$d
			mounts+=("/$d" "/$d")
		fi
	done
	for file in passwd group ld.so.cache nsswitch.conf; do
		cp /etc/$file bundle/root/etc/
	done
	mounts+=("$PWD/programs" /programs)
	(cd bundle && runc spec)
	jq '.process.terminal = false | del(.process.rlimits)
		| .process.env = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
		| .root = {path: "root"}
		| .mounts += [{destination: "/place", type: "tmpfs"},
			{destination: "/tmp", type: "tmpfs"}]
		| .mounts += [$ARGS.positional | _nwise(2)
			| {source: .[0], destination: .[1], type: "bind",
				options: ["rbind", "ro"]}]' \
		bundle/config.json --args "${mounts[@]}" >config.json
}

# run_program NAME TOOL… — runs the program under the tool, and checks that it
# worked
run_program() {
	local name=$1 status=0
	shift
	rm -rf place
	mkdir place
	"$@" "${ENVIRONMENT[@]}" sh "$BATS_FILE_TMPDIR/programs/$name" \
		"$PWD/place" >answer || status=$?
	cat answer
	grep -qx worked answer && return "$status"
}

# record NAME — records the program three times, and lists the calls that each
# run makes
record() {
	local i
	for i in 1 2 3; do
		run_program "$1" sp-record -q -o "$1.$i.sp" --
	done
	sp-merge -o "$1.sp" "$1".[123].sp
	sp-emit --oci -o "$1.json" "$1.sp"
	sp-emit --oci --deny=log -o "$1.log.json" "$1.sp"
	sp-emit --json "$1.sp" | jq -r '.calls | map(select(.arch == "x86_64"))
		| group_by(.name)[]
		| select([.[].runs[]] | unique | length == 3) | .[0].name' \
		>"$1.calls"
	[ "$(wc -l <"$1.calls")" -gt 15 ]
}

# without CALL PROFILE — prints the profile without the call
without() {
	jq --arg call "$1" '.syscalls |= map(.names -= [$call])
		| .syscalls |= map(select(.names != []))' "$2"
}

# names LIST — prints the names of the calls in the list
names() {
	jq -r 'map(.name) | unique | .[]' "$1"
}

# each NAME CHECK [CALLS] — runs CHECK for every SP_STRIDE-th call of the
# program
each() {
	local call
	awk -v n="$STRIDE" 'NR % n == 0 || n == 1' \
		"${3-$BATS_FILE_TMPDIR/$1.calls}" >calls
	[ -s calls ]
	while read -r call; do
		echo "without $call"
		"$2" "$1" "$call" 3<&- </dev/null
	done <calls
	echo "$1: $(wc -l <calls) calls"
}

in_simulation() {
	without "$2" "$BATS_FILE_TMPDIR/$1.json" >less.json
	run -1 sp-verify -p less.json --json -o list "$BATS_FILE_TMPDIR/$1.sp"
	[ "$(names list)" = "$2" ]
}

# The list may also have calls that not every run makes.
in_run() {
	without "$2" "$BATS_FILE_TMPDIR/$1.json" >less.json
	run -1 run_program "$1" sp-verify -p less.json --json -o list --
	names list | shows -x "$2"
}

listens() {
	awk -v pid="$watcher" '$2 == 9 && $3 == pid { found = 1 }
		END { exit !found }' /proc/net/netlink
}

# contained NAME FILTER TOOL… — runs the program in a container under the tool.
# The jq filter changes the container's configuration, and $profile is a profile
# for it.
contained() {
	local bundle=$BATS_FILE_TMPDIR/bundle name=$1 filter=$2
	shift 2
	jq --slurpfile profile less.json --arg name "$name" "$filter"'
		| .process.args = ["sh", "/programs/\($name)", "/place"]' \
		"$BATS_FILE_TMPDIR/config.json" >"$bundle/config.json"
	timeout -k 5 60 "$@" runc --root "$PWD/state" run --bundle "$bundle" \
		"sandprint-$$" >answer
	grep -qx worked answer
}

# The profile logs the removed call instead of denying it.
in_container() {
	without "$2" "$BATS_FILE_TMPDIR/$1.log.json" >less.json
	sp-verify --audit --json -o list 2>err 3>&- &
	watcher=$!
	wait_for 10 listens
	contained "$1" '.linux.seccomp = $profile[0]'
	kill -TERM "$watcher"
	ended 1 "$watcher" || { cat err; return 1; }
	names list | shows -x "$2"
}

# In a container, the program may not make all calls. The missing calls are
# printed.
each_in_container() {
	echo '{}' >less.json
	contained "$1" 'del(.linux.seccomp)' sp-record -q -o inside.sp --
	sp-emit --json inside.sp | jq -r '.images as $images | .calls[]
		| select(any(.images[]; $images[.].path | test("runc") | not))
		| .name' | sort -u >inside
	sort "$BATS_FILE_TMPDIR/$1.calls" >outside
	echo "calls missing in a container: $(comm -13 inside outside | xargs)"
	comm -12 inside outside >both
	[ "$(comm -13 inside outside | wc -l)" -lt 5 ]
	each "$1" in_container both
}

@test "in simulation, each call of redis that its profile lacks is reported" { each redis in_simulation; }
@test "in simulation, each call of nginx that its profile lacks is reported" { each nginx in_simulation; }
@test "in simulation, each call of python3 that its profile lacks is reported" { each python in_simulation; }
@test "in simulation, each call of a program with threads that its profile lacks is reported" { each threads in_simulation; }
@test "in a run, each call of redis that its profile lacks is reported" { each redis in_run; }
@test "in a run, each call of nginx that its profile lacks is reported" { each nginx in_run; }
@test "in a run, each call of python3 that its profile lacks is reported" { each python in_run; }
@test "in a run, each call of a program with threads that its profile lacks is reported" { each threads in_run; }
@test "in a container, each call of redis that its profile lacks is reported" { each_in_container redis; }
@test "in a container, each call of nginx that its profile lacks is reported" { each_in_container nginx; }
@test "in a container, each call of python3 that its profile lacks is reported" { each_in_container python; }
@test "in a container, each call of a program with threads that its profile lacks is reported" { each_in_container threads; }
