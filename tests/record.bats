#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=long
# Compares the recordings of sp-record with the known calls of programs. Also
# tests how sp-record starts commands: users, signals, limits, and exit
# statuses.

load helper

setup_file() {
	requires_root
}

# record [OPTION…] -- COMMAND… — records the command to run.sp, without a
# summary
record() {
	sp-record -q -o run.sp "$@"
}

# lines_of TRUTH — prints the counts in run.sp of the calls that TRUTH has
lines_of() {
	calls run.sp |
		awk 'NR == FNR { truth[$1, $2]; next } ($1, $2) in truth' "$1" - |
		sort
}

# agrees_with TRUTH — checks that the recording has the counts of TRUTH for its
# calls
agrees_with() {
	[ -s "$1" ]
	sort "$1" >expected
	lines_of "$1" | diff -u expected -
}

# bears_witness PROGRAM [ARG…] — checks that the recording has the calls that
# the program prints about itself. RECORD_OPTIONS has options for sp-record.
bears_witness() {
	local program=$1 status=0
	shift
	record "${RECORD_OPTIONS[@]}" -- "$WITNESS/$program" "$@" >truth ||
		status=$?
	[ "$status" -eq 0 ]
	agrees_with truth
	lost_nothing
}

lost_nothing() {
	sp-emit --json run.sp |
		jq -e '.lost == {call: 0, detail: 0, image: 0, name: 0, record: 0, task: 0}
			and all(.runs[]; .complete)' >/dev/null
}

# exactly — checks that the recording has exactly the facts on stdin
exactly() {
	sort >expected
	[ -s expected ]
	calls run.sp | sort | diff -u expected -
	lost_nothing
}

has_call() {
	calls run.sp | shows -E "^[^ ]+ $1 "
}

has_no_call() {
	calls run.sp | lacks -E "^[^ ]+ $1 "
}

# count NAME — prints the count of a native call
count() {
	calls run.sp | awk -v name="$1" '$1 == "x86_64" && $2 == name { print $3 }'
}

# field FILTER — prints what the jq filter selects in the only run of run.sp
field() {
	sp-emit --json run.sp | jq -r ".runs[0]$1"
}

# public_copy FILE… — copies programs to the current directory, and lets other
# users reach them
public_copy() {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test \
		"$BATS_TEST_TMPDIR"
	cp "$@" .
}

# --- the recorded facts ----------------------------------------------------

@test "a script is a single execve, and its image is the interpreter" {
	printf '#!%s\n' "$WITNESS/exit-nolibc" >script
	chmod +x script
	record -- ./script
	exactly <<-'END'
	x86_64 execve 1
	x86_64 exit_group 1
	END
	[ "$(sp-emit --json run.sp | jq -r '.images[].path')" = \
		"$(realpath "$WITNESS/exit-nolibc")" ]
}

@test "for a symbolic link, the image is its target" {
	ln -s "$WITNESS/exit-nolibc" link
	record -- ./link
	exactly <<-'END'
	x86_64 execve 1
	x86_64 exit_group 1
	END
	[ "$(sp-emit --json run.sp | jq -r '.images[].path')" = \
		"$(realpath "$WITNESS/exit-nolibc")" ]
	[ "$(sp-emit --json run.sp | jq -r '.names[] | .name, .claim')" = \
		$'./link\nfalse' ]
}

@test "an executable without a name is recorded with argv[0], marked as a claim" {
	# shellcheck disable=SC2016 # the inner shell expands it
	record -- bash -c 'exec 3<"$0"; exec -a "$(printf "a\nb")" /proc/self/fd/3' \
		"$WITNESS/exit-nolibc"
	sp-emit --json run.sp | jq -e '.names | map(select(.claim)) |
		map(.name) == ["a\nb"]'
}

@test "of a search in PATH, only the successful execve is recorded" {
	mkdir first second third
	echo 'not a program' >first/victim
	cp "$WITNESS/exit-nolibc" third/victim
	PATH=$PWD/none:$PWD/first:$PWD/second:$PWD/third:$PATH record -- victim
	exactly <<-'END'
	x86_64 execve 1
	x86_64 exit_group 1
	END
}

@test "with -u, no call of the recorder itself is recorded" {
	public_copy "$WITNESS/exit-nolibc"
	record -u nobody -- ./exit-nolibc
	exactly <<-'END'
	x86_64 execve 1
	x86_64 exit_group 1
	END
}

@test "a thread's execve that fails after the point of no return is recorded" {
	run -139 timeout -s KILL 20 sp-record -q -o run.sp -- \
		"$WITNESS/exec-late" file
	[ "$(count execve)" -eq 2 ]
	lost_nothing
}

@test "if a command is killed while it starts, no stream is left" {
	"$WITNESS/exec-late" file || [ $? -eq 139 ]
	run --separate-stderr -139 record -- ./file
	[ "$stderr" = "sp-record: ./file: ended while it was being started" ]
	[ ! -e run.sp ]
}

# leaving STATUS SCRIPT — records a script that leaves a "sleep" running and
# writes its pid to `pid`. Kills the sleep once `err` has a message about it.
# The script must exit with STATUS.
leaving() {
	local named=0
	sp-record -o run.sp -- sh -c "$2" 2>err 3>&- &
	wait_for 20 grep -s ' left' err || named=1
	kill "$(<pid)"
	ended "$1" $! && return "$named"
}

@test "a thread that executes a program loses its tid, which is not listed as a remaining task" {
	leaving 0 "$WITNESS/exec-thread >/dev/null; sleep 100 & echo \$! >pid"
	grep ', 1 task is left: .* (sleep): ' err
}

@test "a process that gets the former tid of an executing thread is not recorded" {
	needs settid
	local status=0 recorder
	record -- /usr/bin/python3 -c 'import os, threading
def execute():
    print(threading.get_native_id(), file=open("tid", "w"), flush=True)
    os.execl("/bin/sh", "sh", "-c",
             "touch ready; until [ -e done ]; do sleep 0.05; done")
threading.Thread(target=execute).start()
threading.Event().wait()' 3>&- &
	recorder=$!
	wait_for 10 test -e ready
	"$WITNESS/tid" "$(<tid)" 5 >truth || status=$?
	touch "done"
	wait_for 10 test -e run.sp || kill -KILL $recorder
	[ "$status" -eq 0 ]
	[ -s truth ]
	lines_of truth | lacks .
	lost_nothing
}

@test "a failed execve of a text file without #! is not recorded" {
	echo exit 3 >script
	chmod +x script
	run -3 record -- ./script
	calls run.sp | shows -x 'x86_64 execve 1'
}

@test "for a program of another architecture, one line is printed, the status is 126, and no shell interprets it" {
	cp "$WITNESS/exit-nolibc" foreign
	printf '\xb7' | dd of=foreign bs=1 seek=18 conv=notrunc status=none
	run -126 --separate-stderr record -- ./foreign
	[ "$stderr" = "sp-record: ./foreign: this kernel runs no programs of its \
architecture (32-bit ones need ia32_emulation): Exec format error" ]
	[ -z "$output" ]
	[ ! -e run.sp ]
}

@test "the path of an image includes its mount point" {
	mkdir mnt
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare -m sh -c 'mount -t tmpfs none mnt && cp "$1" mnt/image &&
		exec sp-record -q -o run.sp -- mnt/image' sh "$WITNESS/exit-nolibc"
	[ "$(sp-emit --json run.sp | jq -r '.images[].path')" = \
		"$(realpath mnt)/image" ]
}

@test "the path of an image in a chroot is the path that its task sees" {
	mkdir -p root/bin
	cp "$WITNESS/exit-nolibc" root/bin/image
	record -- chroot root /bin/image
	sp-emit --json run.sp |
		jq -e '[.images[].path] | index("/bin/image")' >/dev/null
}

@test "a process that gets the tid of a child that has ended is not recorded" {
	record -- sh -c "$WITNESS/tid 31000 3 >truth; touch ready
		until [ -e done ]; do sleep 0.05; done" &
	wait_for 10 test -e ready
	needs settid
	"$WITNESS/tid" 31000 5
	touch "done"
	wait $!
	agrees_with truth
}

@test "a call belongs to the image that made it" {
	record -- sh -c "$WITNESS/exec-fail; :"
	sp-emit --json run.sp >run.json
	jq -e --arg sh "$(realpath "$(command -v sh)")" \
		--arg witness "$(realpath "$WITNESS/exec-fail")" '
		def who($name): [.images as $i | .calls[] |
			select(.name == $name) | $i[.images[]].path];
		who("getpgid") == [$witness] and (who("execve") | sort) ==
			([$sh, $witness] | sort)' run.json
}

@test "three million calls while the reader of the stream is stopped are counted exactly" {
	sp-record -q -- "$WITNESS/flood" 4 3000000 2>truth |
		{ sleep 3; cat; } >run.sp
	agrees_with truth
	lost_nothing
}

@test "two million calls and new images while the recorder is stopped are counted exactly" {
	record -- sh -c :
	local shell
	shell=$(count getppid)
	sp-record -q -o run.sp -- sh -c "touch ready
		until [ -e stopped ]; do sleep 0.05; done
		$WITNESS/flood 2 2000000; $WITNESS/exec-fail >truth
		touch done" &
	wait_for 10 test -e ready
	kill -STOP $!
	touch stopped
	wait_for 60 test -e "done"
	sleep 1
	kill -CONT $!
	wait $!
	[ "$(count getppid)" -eq $((2000000 + shell)) ]
	[ "$(count getpgid)" -eq 1 ]
	[ "$(count execveat)" -eq 2 ]
}

@test "two hundred images are recorded, although the counting table has fewer rows" {
	local i
	mkdir bin
	for i in {1..200}; do
		cp "$WITNESS/exit-nolibc" "bin/$i"
	done
	# shellcheck disable=SC2016 # the inner shell expands it
	record -- sh -c 'for f in bin/*; do $f; done'
	sp-emit --json run.sp | jq -e '
		[.images[] | select(.path | test("/bin/[0-9]+$"))] as $copies |
		[.calls[] | select(.name == "exit_group")][0] as $exit |
		($copies | length) == 200 and $exit.count == 201 and
		all($copies[]; .runs[0].execs == 1)' >/dev/null
	lost_nothing
}

@test "if a run has more different numbers than the table can hold, the others are counted as lost" {
	record -- "$WITNESS/numbers-many" 70000 2>err
	run -2 --separate-stderr sp-emit --json run.sp
	jq -e '([.calls[] | select(.nr >= 100000) | .count] | add) as $kept |
		$kept + .lost.call == 70000 and .lost.call > 0' <<<"$output"
	grep -q "^sp-record: [0-9]* calls were lost" err
	run -2 --separate-stderr sp-emit --oci -o profile.json run.sp
	[[ $stderr == *"call"* ]]
	[ ! -e profile.json ]
}

@test "if a filter was seen too late, a note and the run record say so" {
	sp-record -o run.sp -- sh -c "touch ready
		until [ -e stopped ]; do sleep 0.05; done
		$WITNESS/filtered errno >truth
		$WITNESS/filtered kill-process >truth
		$WITNESS/filtered trap-death >truth; touch done" 2>err &
	wait_for 10 test -e ready
	kill -STOP $!
	touch stopped
	wait_for 60 test -e "done"
	kill -CONT $!
	wait $!
	grep -q 'not seen: calls that a seccomp filter answered itself' err
	[[ $(field '.blind[0]') == "calls that a seccomp filter answered"* ]]
	# A signal of the filter that killed a task is recorded, too.
	facts run.sp | shows -x 'x86_64 getpgid SIGSYS 2'
}

@test "if a filter was only seen when its task ended, a note says so" {
	sp-record -o run.sp -- sh -c "touch ready
		until [ -e stopped ]; do sleep 0.05; done
		exec $WITNESS/filtered early" 2>err &
	wait_for 10 test -e ready
	kill -STOP $!
	touch stopped
	wait_for 10 pgrep -x -P $! filtered >pid
	wait_for 10 grep '^Seccomp:.2' "/proc/$(<pid)/status"
	sleep 0.5
	kill -CONT $!
	wait $!
	grep -q 'not seen: calls that a seccomp filter answered itself' err
}

@test "a trapped call whose signal handler still runs at the end counts as skipped" {
	sp-record -q --leader -o run.sp -- "$WITNESS/filtered" trap-spin >truth
	[ -s truth ]
	[ "$(facts run.sp | grep getpgid)" = "$(<truth)" ]
}

@test "the time of a fact is that of its first occurrence" {
	record --paths -- perl -e 'for (1, 2) {
		select(undef, undef, undef, 0.3);
		syscall(121, 0); syscall(100000); socket(S, 2, 1, 0);
		open(F, "/etc/hostname"); open(F, "/nonexistent");
		connect(S, pack("S n N x8", 2, 9, 0x7f000001));
	} select(undef, undef, undef, 0.3)'
	sp-emit --json run.sp | jq -e '.runs[0].duration_ns as $whole | [
		(.calls[] | select(.nr == 121 or .nr == 100000)),
		(.arguments[] | select(.name == "socket")),
		(.paths[] | select(.path == ("/etc/hostname", "/nonexistent"))),
		(.sockets[] | select(.address == "127.0.0.1:9"))] |
		length == 6 and
		all(.[]; .first_ns > 3e8 and .first_ns < $whole - 5e8)'
}

@test "a program that is removed while it runs is recorded with its build-id" {
	requires readelf
	local id
	id=$(readelf -n "$(command -v sleep)" | awk '/Build ID/ { print $3 }')
	[ -n "$id" ] || skip "sleep has no build-id"
	cp "$(command -v sleep)" gone
	record -- sh -c './gone 100 & sleep 1; rm gone; kill $!'
	sp-emit --json run.sp | jq -e --arg id "$id" '[.images[] |
		select(.path | endswith("/gone"))] | .[0].build_id == $id'
}

@test "each of ten simultaneous recorders records only its own target" {
	local i pids=()
	for i in 1 2 3 4 5 6 7 8 9 10; do
		sp-record -q -o "$i.sp" -- "$WITNESS/flood" 2 "${i}0000" \
			>"$i.truth" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	for i in 1 2 3 4 5 6 7 8 9 10; do
		calls "$i.sp" | grep ' getppid ' | diff "$i.truth" -
	done
}

@test "--no-follow records the command's threads and execs, and not its children" {
	RECORD_OPTIONS=(--no-follow)
	bears_witness threads
	record --no-follow -- "$WITNESS/exec-thread" | sed /getsid/d >truth
	agrees_with truth
	has_no_call getsid
	record --no-follow -- sh -c 'mkdir child; rmdir child; exec touch file'
	has_call utimensat
	has_no_call mkdir
	has_no_call rmdir
}

# --- exit status -----------------------------------------------------------

@test "the exit status is that of the command" {
	run record -- sh -c 'exit 37'
	[ "$status" -eq 37 ]
	[ "$(field .status.exit)" = 37 ]
}

@test "if a bpf(2) call of the recorder fails, the recorder prints the reason and writes no file" {
	local command
	# These are BPF_MAP_CREATE, BPF_PROG_LOAD and BPF_RAW_TRACEPOINT_OPEN.
	for command in 0 5 17; do
		jq -n --argjson command "$command" '{
			defaultAction: "SCMP_ACT_ALLOW", syscalls: [{
			names: ["bpf"], action: "SCMP_ACT_ERRNO", errnoRet: 17,
			args: [{index: 0, value: $command, op: "SCMP_CMP_EQ"}]}]
			}' >p.json
		run -1 sp-verify -p p.json --enforce -o list -- \
			sp-record -o run.sp -- true
		[[ $output == *"sp-record: cannot load the BPF programs: File exists"* ]]
		[ ! -e run.sp ]
	done
}

@test "the exit status is 128 + n for a command killed by signal n" {
	run record -- sh -c 'kill -KILL $$'
	[ "$status" -eq 137 ]
	[ "$(field .status.signal)" = 9 ]
}

@test "the exit status is 126 or 127 if the command cannot be executed" {
	touch data
	run --separate-stderr -126 record -- ./data
	[[ $stderr == "sp-record: ./data: "* ]]
	run --separate-stderr -127 record -- ./nothing
	[[ $stderr == "sp-record: ./nothing: "* ]]
	printf '#!/nowhere\n' >script
	chmod +x script
	run --separate-stderr -126 record -- ./script
	[ "$stderr" = "sp-record: ./script: its interpreter does not exist" ]
	run --separate-stderr -127 record -- no-such-command
	[[ $stderr == "sp-record: no-such-command: "* ]]
	[ ! -e run.sp ]
}

@test "the exit status is 125 for a wrong command line" {
	local wrong
	for wrong in '' '--' '--bogus -- true' '-t x -- true' '-t -1 -- true' \
		'--label novalue -- true' '-u no-such-user -- true'; do
		# shellcheck disable=SC2086 # several words
		run --separate-stderr -125 sp-record -o run.sp $wrong
		[ -z "$output" ]
		[[ $stderr == "sp-record: "* ]]
		[ ! -e run.sp ]
	done
}

@test "--help and --version print to stdout" {
	local option
	for option in -h --help -V --version; do
		run --separate-stderr -0 sp-record "$option"
		[ -n "$output" ]
		[ -z "$stderr" ]
	done
}

@test "shortly after the exit of sp-record, no process of it is left" {
	# runs_here — tests whether a process has OF_TEST of this test in its
	# environment
	runs_here() {
		# The first grep fails if a process ends while it is read.
		{ grep -lszx "OF_TEST=$PWD" /proc/[0-9]*/environ || :; } | grep .
	}
	none_left() {
		run -1 runs_here
	}
	OF_TEST=$PWD sleep 100 3>&- &
	wait_for 20 runs_here
	kill $!
	OF_TEST=$PWD sp-record -q -o true.sp -- true
	# After the exit of sp-record, a process releases its BPF programs.
	wait_for 20 none_left
}

# sp-record runs in a subshell, which opens `go` at its end. The first process
# is cat, which waits for no child and ends when `go` is opened.
@test "in a container whose first process waits for no child, no zombie remains" {
	mkfifo go
	run -0 timeout -s KILL 20 unshare --pid --fork --mount-proc sh -c '
		(sp-record -q -o true.sp -- true
			cat /proc/[0-9]*/comm >comms; : >go) &
		exec cat go'
	[ -s true.sp ] && grep -x cat comms
	run ! grep -x sp-record comms
}

# --- streams and files -----------------------------------------------------

@test "the recorder's own stdin stays open without --split=mark" {
	sp-record -q --every -o outer.sp -- sp-record -q -o inner.sp -- true
	sp-emit --ndjson outer.sp >events
	# The events contain the closing of other descriptors.
	grep -q '"name":"close","args":\[[1-9]' events
	run ! grep -q '"name":"close","args":\[0,' events
}

@test "with -o, the command keeps its stdin and stdout" {
	[ "$(echo hello | record -- cat)" = hello ]
}

@test "without -o, the command's stdout is the recorder's stderr" {
	sp-record -q -- echo hello >run.sp 2>err
	[ "$(<err)" = hello ]
	has_call execve
}

@test "the stream is not written to a terminal" {
	run script -qec 'sp-record -- touch ran' /dev/null
	[ "$status" -eq 125 ]
	[[ $output == *"sp-record: "*terminal* ]]
	[ ! -e ran ]
}

@test "a full device as output is an error" {
	run --separate-stderr -125 sp-record -q -o /dev/full -- true
	[[ $stderr == *"No space left"* ]]
	run -125 sh -c 'sp-record -q -- true >/dev/full'
}

@test "a file that cannot be created is an error before the command starts" {
	run --separate-stderr -125 sp-record -o none/run.sp -- touch ran
	[[ $stderr == *none/run.sp* ]]
	[ ! -e ran ]
}

@test "if the reader of the stream ends, the command continues" {
	{
		status=0
		sp-record -q -- sh -c 'sleep 0.2; seq 100000 && touch ran' \
			2>lines || status=$?
		echo "$status" >status
	} | true
	wait_for 20 test -s status
	[ -e ran ]
	[ "$(wc -l <lines)" -ge 100000 ]
	[ "$(<status)" -eq 125 ]
}

@test "the command gets no descriptor of the recorder" {
	ls /proc/self/fd >expected
	record -- ls /proc/self/fd >got
	diff -u expected got
}

@test "the command inherits the recorder's environment, signals and privileges" {
	env | grep -v ^_= >expected
	record -- env | grep -v ^_= | diff -u expected -
	# Signals 32 and 33 are excluded, because the C library of a program
	# with threads uses them.
	own() {
		local name value
		"$@" grep -E '^(Sig(Blk|Ign|Cgt)|Cap|NoNewPrivs|Seccomp|Umask)' \
			/proc/self/status | while read -r name value; do
			[[ $name != Sig* ]] ||
				value=$((0x$value & ~0x180000000))
			echo "$name $value"
		done
	}
	own env >expected
	own record -- env | diff -u expected -
}

@test "the summary is one line on stderr, and -q suppresses it" {
	run --separate-stderr -0 sp-record -o run.sp -- true
	[[ $stderr == "sp-record: "* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	run --separate-stderr -0 sp-record -q -o run.sp -- true
	[ -z "$stderr" ]
}

@test "--progress shows a line while the command runs" {
	run -0 script -qec 'sp-record --progress -o run.sp -- sleep 1.5' /dev/null
	[ "$(tr '\r' '\n' <<<"$output" | grep -c 'distinct')" -gt 1 ]
}

# --- the run record --------------------------------------------------------

@test "the run record contains how the command was run" {
	umask 027
	run -3 record --name nightly --label b=2 --label a=1 -- sh -c 'exit 3'
	sp-emit --json run.sp | jq -e --arg cwd "$PWD" \
		--arg kernel "$(uname -r)" --arg machine "$(uname -m)" '
		.runs[0] | .name == "nightly" and .labels == {a: "1", b: "2"}
		and .argv == ["sh", "-c", "exit 3"] and .cwd == $cwd
		and .kernel == $kernel and .machine == $machine
		and .status == {exit: 3} and .complete and .uid == 0'
}

@test "without --name, the name of the run is the command line" {
	record -- echo a b
	[ "$(field .name)" = 'echo a b' ]
}

@test "the order of options does not matter" {
	how() {
		sp-emit --json "$1" | jq -ce '.runs[0] | [.how, .argv, .name]'
	}
	local option
	for option in --leader --no-follow --every --paths --no-argv --name=x \
		--progress -q -t9; do
		sp-record "$option" -o first.sp -- true
		run -0 sp-record -o last.sp "$option" -- true
		how first.sp >first
		how last.sp | cmp first -
		rm first.sp last.sp
	done
}

@test "the environment is not recorded, and with --no-argv arguments are not recorded" {
	PASSWORD=tr0ub4dor record --no-argv -- echo correct-horse
	[ "$(field .argv)" = null ]
	[ "$(grep -caE "tr0ub4dor|correct-horse" run.sp)" -eq 0 ]
}

@test "every run has a different id" {
	record -- true
	local first second
	first=$(field .id)
	record -- true
	second=$(field .id)
	[ "$first" != "$second" ]
}

# --- user, time limit and signals ------------------------------------------

@test "-u sets the user's id, groups and HOME, and leaves no capability" {
	record -u nobody -- sh -c 'id -u; id -g; id -G; echo "$HOME"
		grep -E "^Cap(Inh|Prm|Eff|Amb):" /proc/self/status' >got
	cat >expected <<-END
	$(id -u nobody)
	$(id -g nobody)
	$(id -G nobody)
	$(getent passwd nobody | cut -d: -f6)
	CapInh:	0000000000000000
	CapPrm:	0000000000000000
	CapEff:	0000000000000000
	CapAmb:	0000000000000000
	END
	diff -u expected got
	uid=$(id -u nobody)
	[ "$(field .uid)" = "$uid" ]
}

@test "if capabilities are missing, one line names them" {
	public_copy "$SP_BIN/sp-record"
	run --separate-stderr -125 setpriv --reuid=nobody --regid=nogroup \
		--clear-groups ./sp-record --method=bpf -o /dev/null -- true
	[[ $stderr == *CAP_BPF* ]]
	[[ $stderr == *CAP_PERFMON* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

# record_with_changed_btf CHANGE — records on a kernel whose BTF has the change
record_with_changed_btf() {
	"$TESTS/scripts/btf-change.py" "$1" btf
	# shellcheck disable=SC2016 # the inner shell expands it
	run --separate-stderr -125 unshare -m sh -c \
		'mount --bind btf /sys/kernel/btf/vmlinux && exec "$@"' sh \
		sp-record --method=bpf -o changed.sp -- touch ran
	[ ! -e ran ]
	[ ! -e changed.sp ]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "if the kernel's types have changed, one line names the missing types" {
	record_with_changed_btf kind
	[ "$stderr" = "sp-record: the BTF of Linux $(uname -r) has a type of \
kind 30, which is unknown here: use a newer sp-record" ]
	record_with_changed_btf pid
	[ "$stderr" = "sp-record: the structures of Linux $(uname -r) lack \
task_struct.pid, which recording needs: use a newer sp-record" ]
}

@test "CAP_BPF and CAP_PERFMON are enough to record a command" {
	requires setcap
	public_copy "$SP_BIN/sp-record" "$WITNESS/exit-nolibc"
	setcap cap_bpf,cap_perfmon=ep sp-record
	setpriv --reuid=nobody --regid=nogroup --clear-groups \
		./sp-record -q -- ./exit-nolibc >run.sp
	exactly <<-'END'
	x86_64 execve 1
	x86_64 exit_group 1
	END
	setpriv --reuid=nobody --regid=nogroup --clear-groups \
		./sp-record -q -o /dev/null -- \
		grep -E '^Cap(Inh|Prm|Eff|Amb):' /proc/self/status >got
	[ "$(awk '{ print $2 }' got | sort -u)" = 0000000000000000 ]
}

@test "-t sends SIGTERM, and the command's shutdown is recorded" {
	run -0 record -t 1 -- sh -c 'trap "mkdir stopped; exit 3" TERM
		while :; do sleep 0.1; done'
	[ -d stopped ]
	has_call mkdir
	[ "$(field .complete)" = true ]
}

@test "after -t, the exit status is that of a command that exited earlier" {
	run -3 record -t 1 -- sh -c 'sleep 3 & exit 3'
}

@test "if SIGTERM of -t does not end the command, SIGKILL does after ten seconds" {
	local start=$SECONDS
	run -0 record -t 1 -- sh -c 'trap "" TERM; while :; do sleep 0.2; done'
	[ $((SECONDS - start)) -ge 10 ]
	[ $((SECONDS - start)) -le 20 ]
	[ "$(field .complete)" = true ]
}

@test "remaining tasks are named once, and waited for" {
	leaving 4 'sleep 100 & echo $! >pid; exit 4'
	[ "$(grep -c -- "1 task is left: $(<pid) (sleep): .*--leader" err)" = 1 ]
	has_call clock_nanosleep
}

@test "--leader ends the recording when the command ends, and other tasks continue to run" {
	local start=$SECONDS
	run -4 record --leader -- sh -c 'sleep 20 >/dev/null 2>&1 3>&- &
		echo $! >pid; exit 4'
	kill "$(<pid)"
	[ $((SECONDS - start)) -le 5 ]
}

@test "a signal is passed on to the command, and the recording continues" {
	local signal
	for signal in INT TERM HUP; do
		rm -f ready
		env --default-signal sp-record -q -o run.sp -- sh -c "
			trap 'got=1; mkdir got; rmdir got' $signal
			touch ready
			i=0; while [ -z \"\$got\" ] && [ \$i -lt 200 ]; do
				sleep 0.05; i=\$((i+1)); done
			exit 5" &
		wait_for 10 test -e ready
		kill -s "$signal" $!
		status=0
		wait $! || status=$?
		[ "$status" -eq 5 ]
		has_call mkdir
		has_call rmdir
		[ "$(field .complete)" = true ]
	done
}

@test "although timeout(1) signals twice, the command's shutdown is recorded" {
	local i
	# shellcheck disable=SC2016 # the inner shell expands it
	for i in 1 2 3; do
		run -124 when_it_runs ready sp-record -q -o run.sp -- sh -c '
			trap "sleep .3; exit 3" TERM
			touch ready; while :; do sleep 0.05; done'
		wait_for 10 test -e run.sp
		[ "$(field .status.exit)" -eq 3 ]
		rm run.sp ready
	done
}

@test "if a signal arrives during the start, no file is left" {
	local t
	for t in 0.002 0.01 0.02 0.03; do
		timeout -s TERM $t sp-record -q -o run.sp -- true ||
			[ $? -ge 124 ]
	done
	sleep 0.3
	rm -f run.sp
	run ! compgen -G 'run.sp.*'
}

@test "if the terminal is hung up, the command gets SIGHUP, and its shutdown is recorded" {
	/usr/bin/python3 - <<-'END'
	import os, pty, time
	pid, fd = pty.fork()
	if not pid:
	    os.execvp("env", ["env", "--default-signal=HUP", "sp-record", "-q",
	        "-o", "run.sp", "--", "sh", "-c", "trap 'exit 7' HUP; "
	        "touch ready; while :; do sleep 0.05; done"])
	while not os.path.exists("ready"):
	    time.sleep(0.05)
	os.close(fd)
	os.waitpid(pid, 0)
	END
	[ "$(field .status.exit)" -eq 7 ]
}

@test "a command that takes the foreground of the terminal cannot stop the recorder or the verifier" {
	local job="$TESTS/scripts/take-terminal.py"
	timeout 20 "$job" sp-record -o run.sp -- "$job" --take >output
	grep -q '^sp-record: [0-9]* calls' output
	sp-emit --oci -o p.json run.sp
	timeout 20 "$job" sp-verify -p p.json -- "$job" --take >output
	grep -q '^sp-verify: .*no violation' output
}

@test "if SIGCHLD is ignored at the start, the recorder ends normally, and the command ignores SIGCHLD" {
	timeout -s KILL 20 /usr/bin/python3 -c '
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execvp("sp-record", "sp-record -q -o run.sp -- grep SigIgn "
    "/proc/self/status".split())' >got
	[ $((0x$(awk '{ print $2 }' got) & 1 << 16)) -ne 0 ]
}

@test "if SIGCHLD is ignored at the start, each tool with child processes works normally" {
	requires_root
	local tool row
	tool=$WITNESS/getpid-nolibc
	sp-record -q --paths -o a.sp -- "$tool"
	sp-emit --oci -o p.json a.sp
	sp-emit --landlock -o l.json a.sp
	printf '[Service]\nSystemCallFilter=@system-service\n' >p.service
	cat >ignored <<-'END'
	import os, signal, sys
	signal.signal(signal.SIGCHLD, signal.SIG_IGN)
	os.execvp(sys.argv[1], sys.argv[1:])
	END
	while read -r -a row; do
		run -0 "${row[@]}"
		printf '%s\n' "${row[*]}" "${output/after * s/}" >>usual
		run -0 timeout -s KILL 20 /usr/bin/python3 ignored "${row[@]}"
		printf '%s\n' "${row[*]}" "${output/after * s/}" >>got
	done <<-END
	sp-emit --bpf -o a.bpf a.sp
	sp-emit --explain --possible a.sp
	sp-verify -p p.json a.sp
	sp-verify -p p.service a.sp
	sp-verify -p p.json -- $tool
	sp-verify -p p.json --enforce -- $tool
	sp-verify -p p.json --replay a.sp
	sp-verify --score -p p.json
	sp-verify --landlock=l.json a.sp
	sp-verify --landlock=l.json -- $tool
	sp-record --method=notify -q -o n.sp -- $tool
	sp-record --stacks -q -o s.sp -- $tool
	sp-diff a.sp a.sp
	END
	diff -u usual got
}

@test "if stderr is closed, no message is written into the stream" {
	sp-record -o run.sp -- true 2>&-
	has_call exit_group
}

@test "-u replaces the caller's groups" {
	requires setpriv
	setpriv --groups 4,24 "$SP_BIN/sp-record" -q -o run.sp -u nobody -- \
		id -G >got
	diff -u <(id -G nobody) got
}

@test "an error of close(2) for the output is an error of the tool" {
	requires strace
	run --separate-stderr -125 strace -o log -P /dev/null \
		-e inject=close:error=ENOSPC sp-record -q -o /dev/null -- true
	[[ $stderr == "sp-record: /dev/null: No space left"* ]]
}

@test "a second signal ends the recording at once" {
	local start
	sp-record -q -o run.sp -- sh -c 'trap "" TERM; echo $$ >pid; touch ready
		i=0; while [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
		' >/dev/null 2>&1 3>&- &
	wait_for 10 test -e ready
	start=$SECONDS
	# If the recorder is slow, two signals can merge into one, so the signal
	# is repeated.
	while kill -TERM $!; do
		sleep 0.3
	done
	wait $! || [ $? -ge 125 ]
	[ $((SECONDS - start)) -le 5 ]
	kill -KILL "$(<pid)"
	has_call execve
}

@test "strace works in a recorded command" {
	record -- strace -f -o log true
	grep -q 'exited with 0' log
	has_call ptrace
}

@test "a strace of the recorder does not change the recording" {
	strace -o log sp-record -q -o run.sp -- "$WITNESS/exit-nolibc"
	exactly <<-'END'
	x86_64 execve 1
	x86_64 exit_group 1
	END
}

@test "a note says that the processes of a daemon are not recorded if the command is only its client" {
	local line
	while IFS= read -r line; do
		mkdir -p clients
		ln -sf "$WITNESS/exit-nolibc" "clients/${line%% *}"
		# shellcheck disable=SC2086 # several words
		sp-record -o run.sp -- clients/$line 2>err
		grep -q '^sp-record: not recorded: processes that .* starts: only its client .* was recorded' err
		sp-emit --oci run.sp 2>err >/dev/null
		grep -q '^sp-emit: not seen by the recording: processes that .* starts: only its client ' err
	done <<-'END'
	docker -D run --rm busybox
	docker -H unix:///x --log-level debug container start y
	ctr -n k8s.io tasks start x
	podman --remote exec x true
	systemctl restart nginx
	systemd-run --unit=x true
	END
	for line in 'docker rm start' 'docker -H run ps' 'podman run x' 'systemd-run --scope true'; do
		# shellcheck disable=SC2086 # several words
		sp-record -o run.sp -- clients/$line 2>&1 | lacks 'not recorded'
	done
}

@test "thirty recordings leave no BPF object in the kernel" {
	requires_root
	requires bpftool
	objects() {
		for kind in prog map link; do
			bpftool -j "$kind" list | jq -r --arg kind "$kind" '.[] | "\($kind) \(.id)"'
		done | sort
	}
	# If sp-record loaded no program, the test would prove nothing.
	[ "$(sp-record -q -o /dev/null -- bpftool -j prog list | jq length)" -ge 5 ]
	objects >before
	for ((i = 0; i < 30; i++)); do
		sp-record -q -o /dev/null -- true
	done
	objects | comm -13 before - >new
	# The kernel frees objects after a delay, and other recorders on this
	# machine may have objects. All must be gone within a minute.
	for ((i = 0; i < 60; i++)); do
		objects | comm -12 new - >left
		[ -s left ] || return 0
		sleep 1
	done
	cat left
	return 1
}
