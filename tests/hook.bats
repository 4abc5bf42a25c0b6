#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests sp-record --oci-hook, which a runtime runs before a container's program,
# and the wrapper --oci-runtime.

load helper

setup_file() {
	requires_root
	requires runc jq busybox
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p rootfs/{bin,proc,dev,sys,tmp}
	cp "$(command -v busybox)" rootfs/bin
	ln -s busybox rootfs/bin/sh
	runc spec
}

# bundle ANNOTATIONS SCRIPT [OPTION…] — makes bundle/, whose hook has the
# options
bundle() {
	local annotations=$1 script=$2
	shift 2
	mkdir -p bundle
	jq --argjson annotations "$annotations" --arg script "$script" \
		--arg hook "$SP_BIN/sp-record" --arg dir "$PWD" \
		--arg root "$BATS_FILE_TMPDIR/rootfs" '
		.process.terminal = false | del(.process.rlimits)
		| .process.args = ["/bin/sh", "-c", $script]
		| .root.path = $root | .annotations = $annotations
		| .hooks.createRuntime = [{path: $hook, args: ([
			"sp-record", "--oci-hook", "--directory=\($dir)/streams",
			"--log=\($dir)/log", "--patience=30"] + ($options | split(" ")))}]' \
		--arg options "$*" "$BATS_FILE_TMPDIR/config.json" \
		>bundle/config.json
}

# start RUNTIME [NAME] — runs the container of bundle/ to its end
start() {
	without_unified timeout -k 5 60 "$1" --root "$PWD/state-$1" run \
		--bundle "$PWD/bundle" "${2-sandprint-$$-hook}" </dev/null
}

# logged TEXT — waits until a line of the log contains the text
logged() {
	wait_for 10 grep -sqF -- "$1" log || {
		cat log
		return 1
	}
}

# hooked ANNOTATIONS — runs the hook with a state that names a running process,
# and prints its message. These annotations are refused before a recorder
# starts.
hooked() {
	jq -n --argjson annotations "$1" --argjson pid "$BATS_ROOT_PID" '
		{ociVersion: "1.0.2", id: "c1", status: "creating", pid: $pid,
		bundle: "/nowhere", annotations: $annotations}' |
		sp-record --oci-hook --directory="$PWD/streams" \
			--allow-dir="$PWD/other" 2>&1
}

# If a test failed, this ends its containers, and so their recorders.
teardown() {
	local state runtime left=0
	for state in state*/*; do
		[ -d "$state" ] || continue
		runtime=${state%/*} runtime=${runtime#state-}
		without_unified "$runtime" --root "$PWD/${state%/*}" \
			delete --force "${state##*/}" || left=1
	done
	[ ! -p gate ] || go
	[ ! -d "${cgroup-}/below" ] || rmdir "$cgroup/below" || left=1
	[ -z "${cgroup-}" ] ||
		{ wait_for 10 rmdir "$cgroup" && rmdir "${cgroup%/*}"; } || left=1
	wait_for 10 no_recorders || {
		recorders | xargs -r kill
		left=1
	}
	return "$left"
}

# recorders — prints the pids of the recorders of this test's containers
recorders() {
	pgrep -f -- "--from-exec --cgroup=[^ ]*sandprint-$$-hook" || [ $? = 1 ]
}

no_recorders() {
	recorders | lacks .
}

@test "runc: a container is recorded from the start of its program to its end" {
	bundle '{"io.sandprint.record": "yes"}' \
		'busybox ls / >/dev/null; exec busybox mkdir /tmp'
	run -1 start runc
	[[ $output == *'File exists'* ]]
	logged "recorded in $PWD/streams/"
	calls streams/*.sp >calls
	for name in getdents64 mkdir exit_group; do
		shows "x86_64 $name " <calls
	done
	lacks -E ' (mount|pivot_root|umount2|unshare|setns) ' <calls
	sp-emit --json streams/*.sp | jq -c '.runs[0].blind' | shows -x '\[\]'
	[ "$(sed 's/^[^ ]* //' log | cut -d : -f 2-)" = \
		" container sandprint-$$-hook: recording
 container sandprint-$$-hook: recorded in $(ls "$PWD"/streams/*)" ]
}

@test "crun: a container is recorded from the start of its program to its end" {
	requires crun
	bundle '{"io.sandprint.record": "yes"}' 'exec busybox mkdir /tmp'
	run -1 start crun
	logged "recorded in $PWD/streams/"
	calls streams/*.sp | shows "x86_64 mkdir 1"
}

@test "the run record has the container's name, and labels from the administrator and from annotations" {
	bundle '{"io.kubernetes.cri.container-name": "web",
		"io.kubernetes.cri.image-name": "docker.io/library/redis:7.2",
		"io.kubernetes.cri.sandbox-name": "pod-1",
		"io.kubernetes.cri.sandbox-namespace": "shop",
		"io.sandprint.options": "--label=test=smoke --paths --label=by=guest --label=container.image=x"}' true \
		--label=by=admin
	run -0 start runc
	logged "container web (docker.io/library/redis:7.2): recorded in"
	[ "$(ls streams | sed 's/-[0-9TZ]*\.sp$//')" = web-redis_7.2 ]
	sp-emit --json streams/*.sp | jq -c '.runs[0] | .name, .labels' >run
	diff - run <<-END
	"web"
	{"by":"admin","container.args":"[\\"/bin/sh\\",\\"-c\\",\\"true\\"]","container.cwd":"/","container.id":"sandprint-$$-hook","container.image":"docker.io/library/redis:7.2","container.name":"web","container.namespace":"shop","container.pod":"pod-1","container.runtime":"runc $(runc --version | sed -n 's/^runc version //p')","test":"smoke"}
	END
	sp-emit --json streams/*.sp | jq -e '.paths | length > 0'
}

@test "the hook replaces no file, and follows no symbolic link" {
	mkdir streams
	echo precious >streams/web.sp
	ln -s "$PWD/target" streams/web-2.sp
	bundle '{"io.sandprint.record": "web.sp"}' true
	run -0 start runc
	logged "recorded in $PWD/streams/web-3.sp"
	[ "$(<streams/web.sp)" = precious ]
	[ ! -e target ]
	[ "$(stat -c %a streams/web-3.sp)" = 600 ]
}

@test "an annotation cannot select a directory or set an option that the administrator has not allowed" {
	mkdir -p streams/sub other
	ln -s /tmp streams/link
	while IFS='|' read -r key value message; do
		run -0 hooked "{\"$key\": \"$value\"}"
		echo "$key=$value: $output"
		[ "$output" = "sp-record: container c1: not recorded: ${message//STREAMS/$PWD/streams}" ]
		run -1 hooked "{\"$key\": \"$value\", \"io.sandprint.required\": \"true\"}"
		[ "$output" = "sp-record: container c1: not recorded, and therefore not started: ${message//STREAMS/$PWD/streams}" ]
	done <<-END
	io.sandprint.record|/etc/x.sp|/etc/x.sp is not below STREAMS: the administrator can allow its directory with --allow-dir
	io.sandprint.record|$PWD/streams2/x.sp|$PWD/streams2/x.sp is not below STREAMS: the administrator can allow its directory with --allow-dir
	io.sandprint.record|../x.sp|../x.sp: it leads out of STREAMS
	io.sandprint.record|sub/../../x.sp|sub/../../x.sp: it leads out of STREAMS
	io.sandprint.record|$PWD/other/../x.sp|$PWD/other/../x.sp: it leads out of $PWD/other
	io.sandprint.record|link/x.sp|link/x.sp: symbolic links are not followed
	io.sandprint.record|$PWD/streams/link/x.sp|$PWD/streams/link/x.sp: symbolic links are not followed
	io.sandprint.record|none/x.sp|none/x.sp: No such file or directory
	io.sandprint.record|sub/..|sub/..: no file can have that name
	io.sandprint.record|sub/-o x.sp|sub/-o x.sp: no file can have that name
	io.sandprint.record|a\\nb.sp|a\\x0ab.sp: no file can have that name
	io.sandprint.record|sub/$(printf %0251d 0)|sub/$(printf %0251d 0): no file can have that name
	io.sandprint.options|--every|annotation io.sandprint.options: --every: the administrator has not set --allow-every
	io.sandprint.options|--paths --output=/etc/x|annotation io.sandprint.options: --output=/etc/x is not an option that an annotation can set
	io.sandprint.options|--label|annotation io.sandprint.options: --label needs a value
	io.sandprint.options|-p 1|annotation io.sandprint.options: -p is not an option that an annotation can set
	io.sandprint.options|--|annotation io.sandprint.options: -- is not an option that an annotation can set
	io.containers.trace-syscall|/tmp/x|annotation io.containers.trace-syscall: '/tmp/x' is not of:/FILE or of:/FILE;if:/FILE
	io.containers.trace-syscall|if:/tmp/x|annotation io.containers.trace-syscall: of:/FILE is missing
	io.containers.trace-syscall|of:/etc/x|/etc/x is not below STREAMS: the administrator can allow its directory with --allow-dir
	io.containers.trace-syscall|of:$PWD/other/x;if:/etc/passwd|/etc/passwd is not below STREAMS: the administrator can allow its directory with --allow-dir
	END
	run -0 hooked '{"io.sandprint.required": "perhaps"}'
	[[ $output == *": annotation io.sandprint.required: 'perhaps' is not true or false" ]]
	run -0 hooked '{"io.sandprint.record": "no", "io.containers.trace-syscall": "x"}'
	[ "$output" = "sp-record: container c1: not recorded: its annotation says so" ]
	find streams other -type f | lacks .
}

@test "for a malformed state, one line is printed and the container starts" {
	while IFS='|' read -r state message; do
		run -0 sp-record --oci-hook --directory="$PWD/streams" <<<"$state"
		[ "$output" = "sp-record: container $message" ]
	done <<-'END'
	|(unknown): not recorded: stdin is not the state of a container as an OCI runtime gives it to a hook
	{"pid": 1}|(unknown): not recorded: stdin is not the state of a container as an OCI runtime gives it to a hook
	{"id": "", "pid": 1}|(unknown): not recorded: stdin is not the state of a container as an OCI runtime gives it to a hook
	{"id": "c", "pid": 0}|(unknown): not recorded: the state has no process id: the hook belongs to the stage createRuntime or prestart
	{"id": "c\u001b", "pid": 99999999}|c\x1b: not recorded: process 99999999 is in no cgroup of its own
	END
}

@test "a FIFO in place of an engine's file does not delay the container" {
	mkdir -p x/bundle
	mkfifo containers.json volatile-containers.json
	run -0 timeout 10 sp-record --oci-hook --directory="$PWD" <<-END
	{"id": "c", "pid": 99999999, "bundle": "$PWD/x/bundle"}
	END
	[[ $output == *"process 99999999 is in no cgroup of its own" ]]
}

@test "a path of two million directories does not delay the container" {
	jq -nc '{root: {path: ("/a" * 2000000)}}' >config.json
	run -0 timeout 10 sp-record --oci-hook --directory="$PWD" <<-END
	{"id": "c", "pid": 99999999, "bundle": "$PWD"}
	END
	[[ $output == *"process 99999999 is in no cgroup of its own" ]]
}

@test "the length of a message is limited, even if an annotation is long" {
	run -0 hooked "{\"io.sandprint.record\": \"/$(printf %09999d 0)\"}"
	[ "${#output}" -lt 1100 ]
	[[ $output == *00... ]]
}

@test "the annotation of oci-seccomp-bpf-hook produces a profile that contains the rules of a base profile" {
	mkdir streams
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["reboot"],
		"action": "SCMP_ACT_ALLOW"}]}' >streams/base.json
	bundle "{\"io.containers.trace-syscall\":
		\"of:$PWD/streams/p.json;if:$PWD/streams/base.json\"}" \
		'exec busybox mkdir /tmp'
	run -1 start runc
	logged "profile in $PWD/streams/p.json"
	logged "recorded in"
	jq -e '[.syscalls[] | select(.action == "SCMP_ACT_ALLOW").names[]]
		| index("reboot") and index("mkdir")' streams/p.json
	sp-verify -p streams/p.json streams/*.sp
}

@test "if the recorder is not ready in time, the container starts, unless the recording is required" {
	bundle '{"io.sandprint.record": "yes"}' 'echo started' --patience=0.001
	run -0 start runc
	[ "$output" = started ]
	logged 'not recorded: the recorder was not ready within 0.001 s'
	bundle '{"io.sandprint.record": "yes", "io.sandprint.required": "true"}' \
		'echo started' --patience=0.001
	run -1 --separate-stderr start runc
	lacks . <<<"$output"
	logged 'and therefore not started: the recorder was not ready'
	ls streams | lacks .
}

@test "the recorder of a container that never starts ends, and leaves no file" {
	bundle '{"io.sandprint.record": "yes"}' true
	for end in delete start; do
		without_unified runc --root "$PWD/state-runc" create \
			--bundle "$PWD/bundle" "sandprint-$$-hook" </dev/null &>out
		[ $end = delete ] || without_unified runc \
			--root "$PWD/state-runc" start "sandprint-$$-hook"
		wait_for 10 eval '[ "$(grep -c ": recording" log)" -ge 1 ]'
		[ $end = delete ] || logged 'recorded in'
		without_unified runc --root "$PWD/state-runc" delete --force \
			"sandprint-$$-hook"
		[ $end = start ] || logged 'not recorded: its program was not executed'
	done
	[ "$(ls streams | wc -l)" = 1 ]
	wait_for 10 no_recorders
}

@test "if the recorder is killed, the container continues, and one line reports it" {
	bundle '{"io.sandprint.record": "yes"}' \
		'until [ -e /tmp/end ]; do busybox sleep 0.05; done; echo ended'
	rm -f "$BATS_FILE_TMPDIR/rootfs/tmp/end"
	start runc >out &
	logged recording
	recorders | xargs kill -KILL || :	# a child may have ended already
	logged 'not recorded: the recorder was killed by SIGKILL'
	touch "$BATS_FILE_TMPDIR/rootfs/tmp/end"
	ended 0 $!
	[ "$(<out)" = ended ]
	ls streams | lacks .
	no_recorders
}

# waiting PARENT/CGROUP — starts the process $pid in the cgroup. It waits for
# go(), and then executes `mkdir /`.
waiting() {
	local root
	root=$(awk '$3 ~ /^cgroup2?$/ { print $2; exit }' /proc/mounts)
	[ ! -d /sys/fs/cgroup/memory ] || root=/sys/fs/cgroup/memory
	cgroup=$root/$1
	mkdir -p "$cgroup"
	mkfifo gate
	# shellcheck disable=SC2016 # the inner shell expands it
	sh -c 'echo $$ >"$1/cgroup.procs"; : >waits
		read -r _ <>gate; exec mkdir /' sh "$cgroup" 2>/dev/null 3>&- &
	pid=$!
	wait_for 10 test -e waits
}

# go — makes the process of waiting() continue. Opening the FIFO for reading and
# writing does not wait for a reader.
go() {
	echo 1<>gate
}

@test "an id that is only a part of a cgroup's name does not select a directory above it" {
	waiting "sandprint-$$-hook-shop/inner"
	jq -n --argjson pid "$pid" '{ociVersion: "1.0.2", id: "hop", $pid,
		status: "creating", bundle: "/nowhere"}' |
		sp-record --oci-hook --directory="$PWD/streams" \
			--log="$PWD/log" --patience=30 2>/dev/null 3>&-
	tr '\0' '\n' <"/proc/$(recorders | sed -n 1p)/cmdline" | shows -x -- "--cgroup=$cgroup"
	go
	logged 'recorded in'
}

@test "if no file can be made in the directory, the message names the directory" {
	waiting "sandprint-$$-hook-none/inner"
	run -0 sp-record --oci-hook --directory=/proc --patience=30 <<-END
	{"id": "c", "pid": $pid, "bundle": "/nowhere"}
	END
	[[ $output == "sp-record: container c: not recorded: /proc: "* ]]
}

@test "if the process ends before it executes the program, the recorder ends" {
	waiting "sandprint-$$-hook-left/inner"
	mkdir "$cgroup/below"
	jq -n --argjson pid "$pid" '{ociVersion: "1.0.2", id: "c", $pid,
		status: "creating", bundle: "/nowhere"}' |
		sp-record --oci-hook --directory="$PWD/streams" \
			--log="$PWD/log" --patience=30 2>/dev/null 3>&-
	logged 'recording'
	kill -KILL "$pid"
	logged 'not recorded: its program was not executed'
	rmdir "$cgroup/below"
	wait_for 10 no_recorders
}

# Tests of the wrapper.

@test "the wrapper records a container that has no hook, and changes only the hooks of its configuration" {
	bundle '{}' 'exec busybox mkdir /tmp'
	jq 'del(.hooks) | .process.rlimits = [{type: "RLIMIT_CORE",
		hard: 1, soft: 1}]' bundle/config.json |
		sed 's/"hard": 1,/"hard": 18446744073709551615,/' >config.json
	cp config.json bundle
	for _ in 1 2; do
		run -1 sp-record --oci-runtime=runc --directory="$PWD/streams" \
			--log="$PWD/log" --patience=30 --paths -- \
			--root "$PWD/state-runc" --log-format json run \
			--bundle bundle "sandprint-$$-hook" </dev/null
		[[ $output == *'File exists'* ]]
		wait_for 10 eval 'ls streams/*.sp 2>/dev/null'
		mv streams/*.sp "$((++n)).sp"
	done
	for file in 1.sp 2.sp; do
		calls "$file" | shows "x86_64 mkdir 1"
		sp-emit --json "$file" | jq -e '.paths | length > 0'
	done
	jq -c .hooks bundle/config.json >hooks
	diff - hooks <<-END
	{"createRuntime":[{"path":"$SP_BIN/sp-record","args":["sp-record","--oci-hook","--directory=$PWD/streams","--patience=30","--log=$PWD/log","--paths"]}]}
	END
	sed 's/^,"hooks":.*/}/' bundle/config.json | diff config.json -
}

@test "the wrapper passes on every command and argument, and returns the runtime's exit status" {
	printf '%s\n' '#!/bin/sh' 'printf "%s|" "$@"; exit 7' >runtime
	chmod +x runtime
	ln -s "$SP_BIN/sp-record" sandprint-cat
	cp "$BATS_FILE_TMPDIR/config.json" .
	before=$(md5sum config.json)
	for line in '--version' '--root x state run' '--log create kill --all c KILL' \
		'exec -d c run' '--debug --criu run list' ''; do
		# shellcheck disable=SC2086 # several words
		run -7 sp-record --oci-runtime=./runtime -- $line
		[ "$output" = "${line// /|}${line:+|}" ] || [ "$line$output" = '|' ]
		[ "$(md5sum config.json)" = "$before" ]
	done
	run -0 ./sandprint-cat config.json
	[ "$output" = "$(<config.json)" ]
	for runtime in /none/runc no-such-runtime; do
		run -125 sp-record --oci-runtime=$runtime -- run c
		[ "$output" = "sp-record: $runtime: No such file or directory" ]
		[ "$(md5sum config.json)" = "$before" ]
	done
}

@test "the wrapper finds the bundle, and puts exactly one hook of its own into it" {
	local n
	mkdir bundle
	while IFS='|' read -r before after; do
		echo "$before" >bundle/config.json
		n=0
		for option in '-b bundle' -bbundle -b=bundle '--bundle bundle' \
			--bundle=bundle '-bundle bundle' '--b bundle' \
			'--bundles x --bundle=bundle'; do
			# shellcheck disable=SC2086 # several words
			run -0 sp-record --oci-runtime=true --directory="/d$((++n))" \
				-- create $option c
			[ -z "$output" ]
			jq -c . bundle/config.json |
				diff - <(jq -c . <<<"${after//DIR//d$n}" |
					sed "s|SELF|$SP_BIN/sp-record|")
		done
	done <<-'END'
	{"hooks":{"createRuntime":[{"path":"/a","args":["sp-record","x"]}]}}|{"hooks":{"createRuntime":[{"path":"/a","args":["sp-record","x"]},{"path":"SELF","args":["sp-record","--oci-hook","--directory=DIR"]}]}}
	{"hooks":{"createRuntime":[{"path":"/old","args":["sp-record","--oci-hook","--log=x"]} , {"path":"/a"}]},"n":18446744073709551615}|{"hooks":{"createRuntime":[{"path":"SELF","args":["sp-record","--oci-hook","--directory=DIR"]},{"path":"/a"}]},"n":18446744073709551615}
	END
}

@test "the wrapper changes the configuration that crun reads with -f" {
	mkdir bundle
	for option in '-f other' -fother '--config other' --config=other; do
		echo '{}' | tee bundle/config.json >other
		# shellcheck disable=SC2086 # several words
		run -0 sp-record --oci-runtime=true -- create -b bundle $option c
		[ "$(<bundle/config.json)" = '{}' ]
		jq -e '.hooks.createRuntime | length == 1' other
	done
	echo '{}' >config.json
	run -0 sp-record --oci-runtime=true -- create -b bundle -f config.json c
	[ "$(<config.json)" = '{}' ]
	jq -e '.hooks.createRuntime | length == 1' bundle/config.json
}

@test "if the wrapper cannot change a configuration, the runtime gets it unchanged" {
	mkdir bundle
	while read -r config; do
		echo "$config" >bundle/config.json
		run -0 sp-record --oci-runtime=true -- create -b bundle c
		[[ $output == "sp-record: bundle/config.json: "*": the container is not recorded" ]]
		[ "$(<bundle/config.json)" = "$config" ]
	done <<-'END'
	{"hooks": 1}
	{"hooks": {"createRuntime": {}}}
	{"hooks": {}, "hooks": {}}
	{"hook\u0073": {}}
	[]
	{
	END
	rm bundle/config.json
	run -0 sp-record --oci-runtime=true -- run --bundle=bundle c
	[[ $output == *": No such file or directory: the container is not recorded" ]]
}
