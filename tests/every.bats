#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# With sp-record --every, the stream has an event for each call; sp-emit
# --ndjson prints the events.

load helper

# events FILE FILTER — prints the events that the jq filter selects
events() {
	sp-emit --ndjson "$1" | jq -r "$2"
}

# events_are_calls FILE — checks for each call that its events and lost events
# add up to its count
events_are_calls() {
	sp-emit --json "$1" | jq -r '.calls[] | "\(.arch) \(.nr) \(.count)"' |
		sort >counted
	sp-emit --ndjson "$1" 2>/dev/null | jq -rn '
		reduce (inputs | select(.event == "call" or .event == "lost"))
			as $e ({}; .["\($e.arch) \($e.nr)"] += ($e.count // 1)) |
		to_entries[] | "\(.key) \(.value)"' | sort >received
	[ -s counted ]
	diff -u counted received
}
# read_after FILE — waits until the file exists, and then reads stdin
read_after() {
	wait_for 60 test -e "$1"
	cat
}

lost() {
	sp-emit --json "$1" | jq '.runs[0].lost.event'
}

@test "each call is an event with its arguments" {
	requires_root
	sp-record -q --every -o perl.sp -- \
		perl -e 'syscall(39, 11, 22, 33, 44, 55, 1 << 50); syscall(39, -1)'
	run -0 events perl.sp 'select(.name == "getpid") | .args | @json'
	[ "${lines[0]}" = '[11,22,33,44,55,1125899906842624]' ]
	[ "$(jq -r .[0] <<<"${lines[1]}")" = -1 ]
	events_are_calls perl.sp
	[ "$(lost perl.sp)" = 0 ]
}

# bats test_tags=32-bit
@test "the arguments of a 32-bit call are read from the registers that 32-bit calls use" {
	requires_root
	needs int80
	cat >args.c <<-'END'
		int main(void)
		{
			long r = 20;	/* getpid */
			__asm__ volatile ("push %%rbp; mov $6, %%ebp; int $0x80; pop %%rbp"
				: "+a"(r) : "b"(1), "c"(2), "d"(3), "S"(4), "D"(5)
				: "memory", "r8", "r9", "r10", "r11");
			return r < 0;
		}
	END
	cc -o args args.c
	sp-record -q --every -o args.sp -- ./args
	[ "$(events args.sp 'select(.arch == "x86") | .args | @json')" = '[1,2,3,4,5,6]' ]
}

@test "each fork, exec and exit is an event" {
	requires_root
	run -3 sp-record -q --every -o sh.sp -- sh -c '/bin/true; exit 3'
	run -0 events sh.sp 'select(.event == "fork") | .child.pid'
	child=$output
	readlink -f /bin/sh /bin/true >expected
	events sh.sp 'select(.event == "exec") | .image' | diff expected -
	[ "$(events sh.sp "select(.event == \"exit\") |
		\"\\(.pid == $child) \\(.status)\"")" = $'true 0\nfalse 3' ]
	run -137 sp-record -q --every -o kill.sp -- sh -c 'kill -9 $$'
	[ "$(events kill.sp 'select(.event == "exit") | .signal')" = 9 ]
}

@test "a task's events are in the order of their time" {
	requires_root
	sp-record -q --every -o t.sp -- "$WITNESS/flood" 4 80000
	sp-emit --ndjson t.sp | jq -r 'select(.event == "call") |
		"\(.tid) \(.ns)"' | awk '
		$2 < last[$1] { print; bad = 1 } { last[$1] = $2 }
		END { exit bad || NR < 80000 }'
}

# most_alike FILE CALL — prints how many of these calls have the same time, at
# most
most_alike() {
	events "$1" "select(.name == \"$2\") | .ns" | uniq -c | awk '
		$1 > most { most = $1 } END { print most }'
}

# median_gap FILE CALL — prints the median time between two such calls, in ns
median_gap() {
	events "$1" "select(.name == \"$2\") | .ns" | awk '
		NR > 1 { print $1 - last } { last = $1 }' | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

@test "up to eight calls in quick succession share a time, but not after a sleep or a tick of the kernel's clock" {
	requires_root
	sp-record -q --every --exact-times -o exact.sp -- "$WITNESS/rush" 50
	sp-record -q --every -o r.sp -- "$WITNESS/rush" 50
	[ "$(most_alike r.sp getppid)" -gt 1 ] ||
		[ "$(median_gap exact.sp getppid)" -ge 1500 ]
	[ "$(most_alike r.sp getppid)" -le 8 ]
	[ "$(most_alike r.sp getuid)" = 1 ]
	# A call after the sleep is at least a millisecond later.
	events r.sp 'select(.event == "call") | "\(.name) \(.ns)"' | awk '
		nap && $2 - nap < 1e6 { print "early:", $0; bad = 1 }
		{ nap = $1 == "nanosleep" ? $2 : 0; n += nap != 0 }
		END { exit bad || n != 50 }'
	# The first getuid follows 30 ms of computing. Its time may be one tick
	# too early.
	events r.sp 'select(.event == "call") | "\(.name) \(.ns)"' | awk '
		$1 == "getuid" && !n++ && $2 - last < 20e6 { bad = 1 }
		$1 == "getppid" { last = $2 }
		END { exit bad || n != 200 }'
}

@test "--exact-times gives each call its own time" {
	requires_root
	sp-record -q --every --exact-times -o r.sp -- "$WITNESS/rush" 50
	[ "$(most_alike r.sp getppid)" = 1 ]
	sp-emit --json r.sp | jq -e '.runs[0].how | contains(["every", "exact-times"])'
	run -125 sp-record --exact-times -- true
	[ "${lines[0]}" = "sp-record: --exact-times is only for --every" ]
}

@test "each call has an event in the stream or is counted as lost" {
	requires_root
	# In both runs, events are lost, because the reader waits until the
	# flood has ended. The flood runs on one CPU and on all CPUs.
	for on in 0 "0-$(($(nproc) - 1))"; do
		rm -f flooded
		sp-record --every --buffer=4096 -- taskset -c "$on" \
			sh -c "$WITNESS/flood 4 100000 >truth; : >flooded" 2>err |
			read_after flooded >lost.sp
		[ "$(lost lost.sp)" -gt 0 ]
		events_are_calls lost.sp
		events lost.sp 'select(.event == "lost") | .count' 2>/dev/null |
			awk -v lost="$(lost lost.sp)" '{ n += $1 }
				END { exit n != lost }'
		calls=$(sp-emit --json lost.sp | jq '[.calls[].count] | add')
		got=$(events lost.sp 'select(.event == "call") | 1' \
			2>/dev/null | wc -l)
		[ "$((got + $(lost lost.sp)))" = "$calls" ]
		[ "$calls" -gt 100000 ]
		grep -q "^sp-record: $(lost lost.sp) events were lost" err
		grep -q '^sp-record: calls without their events: .*getppid' err
		# Lost events do not affect a profile.
		sp-emit --oci lost.sp >/dev/null
	done
}

@test "if the log is full, the missing forks, execs and exits are counted as lost details" {
	requires_root
	# There are 53 tasks: the shell, the flood and its thread, and fifty
	# programs.
	sp-record --every --buffer=1024 -- sh -c "$WITNESS/flood 1 300000 >truth
		for i in 1 2 3 4 5; do
			for j in 1 2 3 4 5 6 7 8 9 10; do /bin/true; done
		done; : >flooded" 2>err | read_after flooded >lost.sp
	[ "$(lost lost.sp)" -gt 0 ]
	got=$(events lost.sp 'select(.event == ("fork", "exec", "exit")) | 1' \
		2>/dev/null | wc -l)
	detail=$(sp-emit --json lost.sp | jq '.runs[0].lost.detail')
	[ "$((got + detail))" = $((52 + 52 + 53)) ]
	[ "$detail" = 0 ] || grep -q "$detail details were lost" err
}

# bats test_tags=32-bit
@test "--every does not change the counts" {
	requires_root
	local program
	for program in numbers-nolibc numbers-compat-nolibc; do
		if [[ $program == *compat* ]] && ! has int80; then
			skip_row int80 "$program"
			continue
		fi
		sp-record -q --every -o every.sp -- "$WITNESS/$program"
		sp-record -q -o counts.sp -- "$WITNESS/$program"
		facts every.sp >every
		facts counts.sp | diff -u every -
	done
}

@test "a merge has no events, and sp-merge says so" {
	requires_root
	sp-record -q --every -o e.sp -- true
	n=$(sp-emit --ndjson e.sp | wc -l)
	run -0 --separate-stderr sp-merge -o m.sp e.sp
	[ "$stderr" = "sp-merge: $n events are left out: a merge only has counts" ]
	facts e.sp >facts
	facts m.sp | diff -u facts -
	run -2 --separate-stderr sp-emit --ndjson m.sp
	[ "$stderr" = 'sp-emit: no events were recorded: sp-record --every writes them' ]
	[ -z "$output" ]
	sp-diff e.sp m.sp
}

@test "events are written while the command runs" {
	requires_root
	mkfifo out
	sp-record -q --every -- sh -c 'sleep 0.2; sleep 100' >out &
	pid=$!
	run -0 timeout 30 sh -c 'sp-emit --ndjson <out | grep -m 1 -c execve'
	[ "$output" = 1 ]
	kill "$pid"
	ended 125 "$pid"	# it could not write the stream
}

@test "if the reader of the stream ends, the command continues, and -t still ends it" {
	requires_root
	{ sp-record -q --every -- sh -c "$WITNESS/flood 1 50000; echo x >done" ||
		echo "$?" >status; } |
		dd of=/dev/null bs=100 count=1 status=none
	[ -s "done" ]
	[ "$(cat status)" = 125 ]
	# The command ends after -t although nobody reads the stream.
	{ sp-record -q --every -t 1 -- sh -c '
		trap ": >ended; exit" TERM
		while :; do echo; done >/dev/null' || [ $? = 125 ]; } |
		wait_for 20 test -e ended
}

@test "an attached recorder writes events" {
	requires_root
	sh -c 'while :; do sleep 0.05; echo turn; done' >turns &
	pid=$!
	sp-record --every -o a.sp -p "$pid" 2>err &
	wait_for 10 grep 'attached to' err
	: >turns
	wait_for 20 eval '[ "$(wc -l <turns)" -ge 5 ]'
	kill -TERM $!
	ended 0 $!
	kill "$pid"
	[ "$(events a.sp 'select(.event == "fork") | 1' | wc -l)" -ge 3 ]
	events_are_calls a.sp
	events a.sp 'select(.event == "call") | .pid' | shows -x "$pid"
}

@test "each call of a process that still runs at the end has an event or is counted as lost" {
	requires_root
	sp-record -q --every --leader -o left.sp -- sh -c \
		'(i=0; while :; do echo; i=$((i + 1)); [ $i != 10000 ] || : >many
			done >/dev/null) & echo $! >pid
		until [ -e many ]; do sleep 0.05; done'
	kill "$(cat pid)"
	[ "$(sp-emit --json left.sp | jq '[.calls[].count] | add')" -gt 10000 ]
	events_are_calls left.sp
}

@test "each of two thousand threads has exactly its own calls as events" {
	requires_root
	# This second crowd makes the same calls, but is not recorded.
	"$WITNESS/crowd" >/dev/null &
	local other=$!
	sp-record -q --every -o crowd.sp -- "$WITNESS/crowd" >truth
	wait "$other"
	facts crowd.sp | shows 'getpgid 8000$'
	[ "$(events crowd.sp 'select(.name == "getpgid") | .tid' | sort |
		uniq -c | awk '$1 == 4' | wc -l)" = 2000 ]
}

@test "a call through the vsyscall page is an event with its flag" {
	requires_root
	needs vsyscall
	run -0 sp-record -q --every -o v.sp -- "$WITNESS/vsyscall"
	[ "$(events v.sp 'select(.flags) | .flags[]' | sort -u)" = vsyscall ]
	events_are_calls v.sp
}

@test "--buffer is rounded up to a power of two, and the buffers of all CPUs stay below 512 MiB" {
	requires_root
	requires bpftool
	cpus=$(</sys/devices/system/cpu/possible)
	cpus=$((${cpus##*-} + 1))
	# entries SIZE — prints the size of the log. Selects the recorder's own
	# map by the ids in its fdinfo.
	entries() {
		# shellcheck disable=SC2016 # the inner shell expands it
		sp-record -q --every --buffer="$1" -o size.sp -- sh -c '
			sed -n "s/^map_id:.//p" /proc/$PPID/fdinfo/* >held
			bpftool -j map list >maps'
		jq --slurpfile held held '.[] | select(.name == "call_log" and
			(.id | IN($held[]))).max_entries' maps
	}
	[ "$(entries 1)" = $((1024 * cpus)) ]
	[ "$(entries 1500)" = $((2048 * cpus)) ]
	if ! has memory; then
		skip_row memory 'the largest buffer'
		return
	fi
	largest=$(entries 16777216)
	[ "$((largest * 80))" -le $((512 << 20)) ]
	[ "$((2 * largest * 80))" -gt $((512 << 20)) ] ||
		[ "$largest" = $((16777216 * cpus)) ]
}

@test "events that another program wrote are read, and malformed events are refused" {
	printf '%s\n' 'run 1 x' 'image /bin/a' 'call 1 getpid 2' \
		'record [8, "/bin/a"]' \
		'record [7, 5, [0, 0, 10, 11, 0, 3221225534], [0, 2, 39, 1, -2, 3, 4, 5, 6, 62, 1, 39, 9]]' |
		"$TESTS/mkstream" >good.sp
	run -0 --separate-stderr sp-emit --ndjson good.sp
	[ "${lines[0]}" = '{"event":"call","ns":7,"pid":10,"tid":11,"arch":"x86_64","nr":39,"name":"getpid","args":[1,-2,3,4,5,6],"image":"/bin/a"}' ]
	[ "${lines[1]}" = '{"event":"call","ns":8,"pid":10,"tid":11,"arch":"x86_64","nr":39,"name":"getpid","args":[9,-2,3,4,5,6],"image":"/bin/a"}' ]
	while read -r record; do
		printf '%s\n' 'run 1 x' 'image /bin/a' 'call 1 getpid 2' \
			'record [8, "/bin/a"]' 'record [16, 0, 0]' "record $record" |
			"$TESTS/mkstream" >bad.sp
		run -2 --separate-stderr sp-merge bad.sp
		[[ $stderr == 'sp-merge: bad.sp: segment 1: record 7: '* ]]
	done <<-END
		[7, 5, [0, 0, 10, 11, 1, 3221225534], [0, 2, 39, 1, 2, 3, 4, 5, 6]]
		[7, 5, [0, 0, 10, 11, 0, 3221225534], [64, 2, 39, 1, 2, 3, 4, 5, 6]]
		[7, 5, [0, 0, 10, 11, 0, 3221225534], [0, 2, 39, 1, 2, 3, 4, 5]]
		[7, 5, [0, 0, 10, 11, 0, 3221225534], [0, 2, "39", 1, 2, 3, 4, 5, 6]]
		[7, 5, [9, 0, 10, 11, 0, 3221225534], [0, 2, 39, 1, 2, 3, 4, 5, 6]]
		[7, 5, [0, 0, 10, 11, 0], [0, 2, 39, 1, 2, 3, 4, 5, 6]]
		[7, -5, [], []]
		[7, 5]
		[8]
		[8, 5]
		[16, 1, 0]
		[16, 0]
		[16, 0, 0]
	END
	printf '%s\n' 'run 1 x' 'record [8, "/bin/a"]' 'record [16, 0, 1]' |
		"$TESTS/mkstream" >bad.sp
	run -2 --separate-stderr sp-merge bad.sp
	[[ $stderr == *': event run record with an unknown run' ]]
}

@test "a reader in Python finds the events that sp-emit finds" {
	requires_root
	sp-record -q --every -o a.sp -- sh -c 'ls / | wc -l; exec true'
	# jq would round numbers to 53 bits.
	sp-emit --ndjson a.sp | /usr/bin/python3 -c '
import json, sys
for e in map(json.loads, sys.stdin):
    print(json.dumps([e["event"], e["ns"], e["pid"], e["tid"], e.get("nr", 0),
          e["image"], e.get("args")], separators=(",", ":")))' >ours
	/usr/bin/python3 "$TESTS/scripts/read-events.py" a.sp >theirs
	[ "$(wc -l <ours)" -gt 100 ]
	cmp ours theirs
}

@test "--buffer is refused without --every, and --image with --ndjson" {
	run -125 --separate-stderr sp-record --buffer=5 -- true
	[[ $stderr == *'--buffer is only for --every'* ]]
	run -125 sp-record --every --buffer=-5 -- true
	run -125 sp-record --every --buffer=x -- true
	run -2 --separate-stderr sp-emit --ndjson --image=x /dev/null
	[[ $stderr == *'--image cannot be combined with --ndjson'* ]]
}

@test "--strace prints the same calls, results and paths as strace" {
	requires_root
	command -v strace >/dev/null || skip "no strace"
	sp-record -q --every --results --paths -o t.sp -- "$WITNESS/traced"
	sp-emit --strace t.sp >ours
	timeout 20 strace -f -T -y -ttt -o theirs "$WITNESS/traced"
	"$TESTS/scripts/strace-agrees.py" ours theirs
	[ "$(sp-emit --json t.sp | jq '.runs[0].lost.result')" = 0 ]
	# Without --results, the calls are the same and the results are unknown.
	sp-record -q --every -o u.sp -- "$WITNESS/traced"
	sp-emit --strace u.sp >without
	[ "$(sed -n '/AT_FDCWD/,/exited/p' without | grep -c ' = ?$')" -gt 30 ]
	run ! grep -q '<0\.' without
	# sp-merge reads both logs.
	for log in ours without; do
		sp-merge --from=strace "$log" | calls - | sort >read
		calls t.sp | sort | diff - read
	done
	# The counts and errors equal those of strace -c.
	sp-emit --table t.sp | sed '1,/^%TIME/d; /did not return\|syscall_/d' |
		awk '$1 ~ /^[0-9.]+$/ && NF > 4 { print $NF, $4, (NF > 5 ? $5 : 0) }' | sort >ours
	timeout 20 strace -f -c -o theirs "$WITNESS/traced"
	awk 'NR > 2 && !/^---/ && $NF != "total" {
		print $NF, $4, (NF > 5 ? $5 : 0) }' theirs | sort >counts
	[ -s counts ]
	diff ours counts
}

@test "the results of threads belong to their calls, and lost results are counted" {
	requires_root
	sp-record -q --every --results -o f.sp -- "$WITNESS/flood" 4 20000
	sp-emit --strace f.sp >lines
	[ "$(grep -cE 'getppid(\(\) *| resumed>\)) = [0-9]+ <' lines)" -ge 20000 ]
	run ! grep 'getppid() *= ?' lines
	sp-record --every --results --buffer=1024 -- \
		sh -c "$WITNESS/flood 4 50000; : >flooded" 2>err | read_after flooded >lost.sp
	lost=$(sp-emit --json lost.sp | jq '.runs[0].lost.result')
	[ "$lost" -gt 0 ]
	grep -q "^sp-record: $lost results or paths of descriptors were lost" err
	sp-emit --strace lost.sp 2>err >lines
	grep -q "^sp-emit: $lost results or paths of descriptors were lost" err
	sp-emit --oci lost.sp >/dev/null
	run -125 sp-record --results -- true
	[ "${lines[0]}" = "sp-record: --results is only for --every" ]
}

@test "--strace escapes the path of a descriptor, also at the end of a line" {
	requires_root
	sp-record -q --every --results --paths -o p.sp -- \
		sh -c ': >"$1"' sh $'a>b\n\e[2J = 0'
	sp-emit --strace p.sp >lines
	grep -qF 'a\x3eb\x0a\x1b[2J = 0>' lines
	run ! grep -q $'\e' lines
	sp-emit --ndjson p.sp | jq -se 'map(select(.returned // "" |
		endswith("/a>b\n\u001b[2J = 0"))) | length >= 1'
}

@test "records of results are read, and refused if they are malformed or refer to unknown files" {
	while read -r status record; do
		printf '%s\n' 'run 1 x' 'image /bin/a' 'call 1 openat 1' \
			'record [8, "/bin/a"]' 'record [21, "/etc/x"]' \
			"record $record" | "$TESTS/mkstream" >r.sp
		run -"$status" --separate-stderr sp-emit --strace r.sp
		if [ "$status" = 0 ]; then
			[ "$output" = '11    0.000000007 openat(AT_FDCWD, NULL, O_RDONLY)        = 3</etc/x> <0.000000005>' ]
			# If the stream is read twice, the mean time of a call
			# is the same.
			sp-emit --table r.sp r.sp >table
			grep -E ' 2 +openat$' table
			run ! grep 'did not return' table
		fi
	done <<-END
		0 [20, 5, [0, 0, 10, 11, 0, 3221225534, 4, 0, 10, 11, 0, 3221225534], [0, 2, 257, -100, 0, 0, 0, 0, 0, 64, 5, 257, 3, 5, 0, 0, 1, 0]]
		2 [20, 5, [4, 0, 10, 11, 0, 3221225534], [0, 2, 257, 3, 5, 0, 0, 2, 0]]
		2 [20, 5, [5, 0, 10, 11, 0, 3221225534], [0, 2, 257, 3, 5, 0, 0, 1, 0]]
		2 [7, 5, [4, 0, 10, 11, 0, 3221225534], [0, 2, 257, 3, 5, 0, 0, 1, 0]]
		2 [21, 5]
	END
}

# The result of such an exec has the tid of the process. Hundreds of lines
# separate it from the call.
@test "an exec by a thread that is not the leader is printed as resumed" {
	{
		printf '%s\n' 'run 1 x' 'image /bin/a' 'call 1 execve 1' 'record [8, "/bin/a"]'
		jq -nc '3221225534 as $arch | [20, 5,
			[0, 0, 10, 11, 0, $arch, 0, 0, 20, 20, 0, $arch, 4, 0, 20, 20, 0, $arch,
				3, 0, 10, 10, 0, $arch, 4, 0, 10, 10, 0, $arch],
			([0, 2, 59, 0, 0, 0, 0, 0, 0] +
			 [range(200) | 64 + 63, 1, 39, 128, 1, 39, 20, 1, 0, 0, 0, 0] +
			 [192, 1, 0, 0, 0, 0, 0, 0, 0, 256, 1, 59, 0, 402, 0, 0, 0, 0])]' | sed 's/^/record /'
	} >items
	"$TESTS/mkstream" <items >thread.sp
	sp-emit --strace thread.sp >lines
	[ "$(grep execve lines)" = \
		'11    0.000000007 execve(NULL, NULL, NULL <unfinished ...>
10    0.000000409 <... execve resumed>) = 0 <0.000000402>' ]
	[ "$(wc -l <lines)" -eq 203 ]
}
