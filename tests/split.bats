#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# sp-record --split divides a recording into runs.
load helper

setup_file() {
	requires_root
}

# runs [FILE] — prints "NAME STATUS" of each run, the harness first
runs() {
	sp-emit --json "${1-run.sp}" 2>/dev/null | jq -r '.runs[] |
		"\(.name) \(if .status then .status | to_entries[0] |
			"\(.key) \(.value)" else "-" end)"'
}

# script NAME — writes an executable script, which is on stdin
script() {
	{ echo '#!/bin/sh'; cat; } >"$1"
	chmod +x "$1"
}

@test "with --split=children, each child is a run with its arguments and its status" {
	script suite <<-'END'
		/bin/true one
		(/bin/true inner; exec /bin/false outer)
		sh -c 'exit 3'
		sh -c 'kill -9 $$'
		(:)
		/bin/true one
	END
	sp-record -q --split=children -o run.sp -- ./suite
	diff <(runs) - <<-'END'
		./suite [harness] exit 0
		/bin/true one exit 0
		/bin/false outer exit 1
		sh -c exit 3 exit 3
		sh -c kill -9 $$ signal 9
		./suite [run 5] exit 0
		/bin/true one exit 0
	END
	sp-emit --json run.sp | jq -e '.runs | (map(.id) | unique | length) == 7 and
		(map(select(.how | contains(["harness"]))) | length) == 1 and
		(.[3].argv == ["sh", "-c", "exit 3"]) and .[5].argv == null'
	# Runs 1 and 6 execute the same command, so they have the same calls.
	sp-emit --json run.sp | jq -e '[.calls[].runs | (contains([1]) == contains([6]))] |
		all'
}

@test "with --split=exec, an execution of a matching program is a run, with the programs that it starts" {
	script test_a <<-'END'
		./test_b within
		exec ./test_b instead
	END
	script test_b <<<'/bin/true'
	script suite <<-'END'
		./test_a 1
		sh -c './test_b 2; /bin/true outside'
		"$PWD/test_b" 3
		"$PWD"/l*/*/*/*/*/test_b 4
		/bin/true outside
	END
	local pattern long
	long=long/$(printf '%0250d/%0250d/%0250d/%0250d' 1 2 3 4)
	mkdir -p "$long"
	cp test_b "$long"
	for pattern in 'te*_*' '*/test_?'; do
		sp-record -q --split="exec:$pattern" -o run.sp -- ./suite
		diff <(runs) - <<-END
			./suite [harness] exit 0
			/bin/sh ./test_a 1 exit 0
			/bin/sh ./test_b 2 exit 0
			/bin/sh $PWD/test_b 3 exit 0
			/bin/sh $PWD/$long/test_b 4 exit 0
		END
	done
	sp-record -q --split="exec:$PWD/*" -o run.sp -- ./suite
	[ "$(runs | wc -l)" = 3 ]
	# The first pattern is compared with the path, the second one with the
	# last part of the name.
	mkdir test_dir
	cp suite test_dir
	sp-record -q --split='exec:test_*' -o run.sp -- ./test_dir/suite
	[ "$(runs | wc -l)" = 5 ]
	# The command itself belongs to the harness, even if it matches.
	run -0 sp-record --split=exec:true -o run.sp -- true
	[[ ${lines[0]} = *'no run began: no program with such a name was executed' ]]
}

@test "with --split=mark, a line in the FIFO begins a run, and an empty line ends it" {
	script suite <<-'END'
		echo 'first test' >fifo
		stat -L /proc/self >/dev/null
		echo >fifo
		mkdir between
		for i in 1 2 3; do
			echo "again" >fifo
			umask >/dev/null
			ls >/dev/null
		done
	END
	sp-record -q --split=mark:fifo -o run.sp -- ./suite
	diff <(runs) - <<-'END'
		./suite [harness] exit 0
		first test -
		again -
		again -
		again -
	END
	[ ! -e fifo ]
	sp-emit --json run.sp | jq -e '
		(.calls[] | select(.name == "mkdir") | .runs == [0]) and
		(.calls[] | select(.name == "getdents64") | .runs == [2, 3, 4] and
			.count == 6) and
		(.calls[] | select(.name == "umask") | .runs == [2, 3, 4] and
			.count == 6)'
	# If another file has the FIFO's path at the end, because the command
	# replaced the directory or the FIFO, that file is not removed.
	mkdir own-dir other
	echo kept >other/fifo
	sp-record -q --split=mark:own-dir/fifo -o run.sp -- \
		sh -c 'echo x >own-dir/fifo; mv own-dir moved; ln -s other own-dir'
	[ "$(runs | sed -n 2p)" = 'x -' ]
	[ "$(cat other/fifo)" = kept ]
	[ ! -e moved/fifo ]
	sp-record -q --split=mark:fifo -o run.sp -- sh -c 'rm fifo; echo kept >fifo'
	[ "$(cat fifo)" = kept ]
	# A FIFO that existed before is not removed, and another kind of file is
	# refused.
	mkfifo own
	sp-record -q --split=mark:own -o run.sp -- sh -c 'echo x >own'
	[ "$(runs | sed -n 2p)" = 'x -' ]
	[ -p own ]
	run -125 sp-record --split=mark:suite -o run.sp -- true
	[ "$output" = "sp-record: --split=mark:suite: the file exists, but is not a FIFO" ]
}

@test "all runs together have the facts of a recording without --split" {
	local how
	script suite <<-'END'
		sh -c '/bin/true; ls / >/dev/null'
		(cd /; ls >/dev/null)
		/bin/true | cat
	END
	sp-record -q --paths -o run.sp -- ./suite
	facts run.sp | grep -v rt_sig | sort >plain
	sp-emit --path-list run.sp | sort >paths
	for how in children exec:ls mark:fifo; do
		sp-record -q --paths --split=$how -o run.sp -- ./suite
		facts run.sp | grep -v rt_sig | sort | diff plain -
		sp-emit --path-list run.sp | sort | diff paths -
	done
}

@test "with many children at once, each child is a run of its own, and nothing is lost" {
	sp-record -q --split=children -o run.sp -- \
		sh -c 'seq 150 | xargs -P 8 -n 1 /bin/true'
	[ "$(runs | wc -l)" = 3 ]
	seq 150 >numbers
	sp-record -q --split=children -o run.sp -- \
		xargs -a numbers -P 8 -n 1 /bin/true
	runs | sed 1d | sort >names
	seq 150 | sed 's|.*|/bin/true & exit 0|' | sort | diff - names
	sp-emit --json run.sp | jq -e '(.lost | add // 0) == 0 and
		([.calls[] | select(.name == "execve")] | length) == 1 and
		(.calls[] | select(.name == "exit_group") | .runs | length) == 151'
	# Threads of the command also start children. A process keeps its own
	# status if one of its threads ends earlier.
	cat >early.py <<-'END'
		import ctypes, os, threading, time
		threading.Thread(target=lambda: (time.sleep(.05), os._exit(3))).start()
		ctypes.CDLL(None).syscall(60, 0)
	END
	cat >threads.py <<-'END'
		import subprocess, threading
		one = lambda: subprocess.run(["/bin/true"])
		threads = [threading.Thread(target=one) for _ in range(8)]
		[t.start() for t in threads]
		[t.join() for t in threads]
		subprocess.run(["/usr/bin/python3", "early.py"])
	END
	sp-record -q --split=children -o run.sp -- /usr/bin/python3 threads.py
	[ "$(runs | grep -c '^/bin/true exit 0')" = 8 ]
	runs | shows -xF '/usr/bin/python3 early.py exit 3'
}

@test "if a mark is not in memory when it is written, the run has no name" {
	echo x >page
	cat >cold.py <<-'END'
		import mmap, os
		page = mmap.mmap(os.open("page", os.O_RDONLY), 2, prot=mmap.PROT_READ)
		marks = os.open("fifo", os.O_WRONLY)
		os.write(marks, memoryview(page)[:1])
		os.umask(1)
		os.write(marks, memoryview(page)[:1])
	END
	run -0 sp-record --split=mark:fifo --name=suite -o run.sp -- \
		/usr/bin/python3 cold.py
	shows ': 1 run has no name, since the mark.s text was not in memory yet$' <<<"$output"
	diff <(runs) - <<-'END'
		suite [harness] exit 0
		suite [run 1] -
		x -
	END
	sp-emit --json run.sp |
		jq -e '.calls[] | select(.name == "umask") | .runs == [1]'
}

@test "calls outside of all runs are left out without --harness" {
	script suite <<-'END'
		mkdir dir
		/bin/true
	END
	sp-record -q --split=exec:true -o run.sp -- ./suite
	run -0 --separate-stderr sp-emit --oci --exact run.sp
	run ! jq -e '[.syscalls[].names[]] | index("mkdir")' <<<"$output"
	# shellcheck disable=SC2154 # run sets it
	[[ $stderr = *'left out: the harness, which belongs to no run of --split ('*' calls that no run makes; --harness adds it)'* ]]
	sp-emit --oci --exact run.sp 2>/dev/null >profile.json
	sp-emit --oci --exact --harness run.sp | shows mkdir
	sp-verify -p profile.json run.sp
	run -1 sp-verify -p profile.json --harness run.sp
	shows mkdir <<<"$output"
	run -0 --separate-stderr sp-diff --matrix --csv run.sp
	run ! grep -q -e mkdir -e harness <<<"$output"
	sp-diff --matrix --csv --harness run.sp | shows 'harness'
	# The harness is in a merge, and in formats that show the whole
	# recording.
	sp-merge run.sp run.sp | sp-emit --table | shows mkdir
	# This recording has only the harness.
	rmdir dir
	sp-record -q --split=exec:nothing -o none.sp -- ./suite
	[ -d dir ]
	run -2 sp-emit --oci none.sp
	[[ $output = *"no run of --split began; use --harness to include the harness" ]]
}

@test "a policy of paths allows the program of a run, but not the acts of its parent" {
	mkdir in
	cp /bin/true in/test_x
	script suite <<-'END'
		cat /etc/hostname >/dev/null
		in/test_x
	END
	local how
	for how in children exec:test_x; do
		sp-record -q --paths --split=$how -o run.sp -- ./suite
		sp-emit --apparmor --image='*/test_x' run.sp 2>/dev/null >policy
		shows "in/test_x" <policy
		run ! grep -q hostname policy
	done
}

@test "a child belongs to the harness until it executes a program" {
	script suite <<-'END'
		/bin/true >file
		sh -c 'umask 1'
	END
	sp-record -q --split=children -o run.sp -- ./suite
	# The second child executes the program of the harness again.
	sp-emit --json run.sp | jq -e '
		(.calls[] | select(.name == "execve") | .runs == [0]) and
		(.calls[] | select(.name == "umask") | .runs == [2])'
}

@test "with --every, each event has the number of its run" {
	sp-record -q --every --split=exec:true -o run.sp -- \
		sh -c '/bin/true 1; /bin/true 2; :'
	sp-emit --ndjson run.sp >events
	[ "$(jq -s -c 'map(.run) | unique' events)" = '[0,1,2]' ]
	# Each run has one exit_group, and so one event of it.
	[ "$(jq -r 'select(.name == "exit_group") | .run' events | sort | xargs)" = '0 1 2' ]
}

@test "--split is refused with options that contradict it" {
	local args
	for args in '--mark=x' '--no-follow' '--split=children'; do
		run -125 sp-record --split=children $args -- true
		grep -q -e 'cannot be combined' -e 'given twice' <<<"$output"
	done
	run -125 sp-record --split=children -p $$
	shows 'split' <<<"$output"
	for args in '' child exec: mark: 'exec:test_[ab]' "exec:$(printf '%0300d' 0)"; do
		run -125 sp-record --split="$args" -- true
	done
}

@test "--until-quiet and --until-risk end a recording after enough runs" {
	script suite <<-'END'
		i=0
		while :; do
			/bin/true $((i += 1))
		done
	END
	run -0 timeout 60 sp-record --split=children --until-risk=8% -o run.sp -- \
		./suite
	[[ ${lines[0]} = *' of 100 more runs would make a new call: the recording ends' ]]
	shows ' of [0-9]* calls were seen in one run only$' <<<"$output"
	sp-diff --coverage --groups --json run.sp | jq -e '.risk.upper <= .08'
	# The recorder is stopped while more runs are made than the table of
	# counts has room for. It must judge the runs in the table.
	script sudden <<-'END'
		kill -STOP "$PPID"
		for i in $(seq $((4200 / $(nproc) + 600))); do
			/bin/true "$i"
		done
		kill -CONT "$PPID"
		exec sleep 60
	END
	run -0 timeout 50 sp-record --split=children --until-risk=8% -o run.sp -- \
		./sudden
	[[ ${lines[0]} = *' of 100 more runs would make a new call: the recording ends' ]]
	# A call that every run makes is not a new call.
	run -0 timeout 60 sp-record --split=children --until-quiet=0.3 -o run.sp -- \
		./suite
	[ "${lines[0]}" = 'sp-record: no new call for 0.3 s: the recording ends' ]
	run -125 sp-record --until-risk=5% -- true
	run -125 sp-record --split=children --until-risk=0% -- true
}

@test "with --no-argv, the name of a run has a number instead of arguments" {
	sp-record -q --no-argv --name=suite --split=children -o run.sp -- \
		sh -c '/bin/true secret; :'
	run ! grep -q secret run.sp
	diff <(runs) - <<-'END'
		suite [harness] exit 0
		suite [run 1] exit 0
	END
}
