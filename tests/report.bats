#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests sp-emit --html and --timeline, whose output people read. `make
# check-html` opens the page in a browser.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# pages — writes a.sp and b.sp: runs whose names contain markup, to break out of
# the page
pages() {
	local evil='</title></script><script>alert(1)</script><!--%0A%E2%80%AE&quot;%22%27'
	{
		printf '%s\n' "run 1 '$evil' status=3 argv='<b> %22'" \
			'run 2 two how=paths' "image '/bin/<img src=x onerror=alert(1)>$evil'" \
			'call 1 read 1' 'call 2 read 5' 'call 1 ptrace 2 first=7' \
			'call 2 ioctl 1' 'argument 2 ioctl "1:4294967295:21505" 1' \
			'call 2 chmod 1' 'argument 2 chmod "1:0xc00:0x800" 1' \
			"path 2 8 0 '/srv/a/$evil' 1" "path 2 8 0 /srv/a/b/c 1" \
			'path 2 8 0 /srv/a 1' 'path 2 8 0 /srv/a-b 1'
	} | "$TESTS/mkstream" >a.sp
	printf '%s\n' 'run 3 three argv=three' 'image /bin/c' 'call 3 read 1' \
		'call 3 write 1' | "$TESTS/mkstream" >b.sp
}

@test "the page of --html is well-formed, needs no other file, and runs no script from a name" {
	pages
	sp-emit --html --allow-partial a.sp b.sp >page.html 2>err
	run -0 "$TESTS/scripts/html-check.py" page.html
	[ -z "$output" ]
	# The page shows the names as text.
	"$TESTS/scripts/html-check.py" --text page.html >text
	[ "$(grep -cF '/bin/<img src=x onerror=alert(1)></title></script>' text)" -ge 3 ]
	grep -qF '<script>alert(1)</script><!--\x0a\xe2\x80\xae&quot;"' text
	lacks 'alert(1)<' <page.html
	sp-emit --html --allow-partial b.sp a.sp 2>/dev/null | cmp - page.html
	cat a.sp b.sp | sp-emit --html --allow-partial 2>/dev/null | cmp - page.html
}

@test "--html shows the allowed calls, how complete the runs are, and the purpose of each call" {
	pages
	sp-emit --html --allow-partial a.sp b.sp >page.html 2>err
	"$TESTS/scripts/html-check.py" --text page.html >text
	grep -qE "^The profile allows [0-9]+ system calls of x86_64; Docker's default profile allows 309\.$" text
	grep -q '^rank 2 ptrace: controls other processes (ptrace(2))2 by /bin/' text
	grep -qF '3 different command lines were recorded; for 2 of these, a call was made that none of the others made' text
	grep -qF '1 of 3 runs failed: they crashed' text
	grep -qF '1 × ioctl(TCGETS)' text
	grep -qF '1 × chmod(S_ISUID)' text
	sp-emit --explain --allow-partial a.sp 2>/dev/null | grep 'values .*chmod(S_ISUID)$'
	# The table has a cell for each run that made a call.
	grep -qE '<th scope="row"><code>read</code></th><td class="num">1</td><td class="num">5</td><td class="num">1</td>' page.html
	# A directory is directly followed by its contents. A name that only
	# begins with the directory's name comes after these.
	[ "$(sed -n '/^Paths/,$p' text | tr -d '\n' | grep -oE '/srv [0-9]+|/a [0-9]+|\(itself\)|/b/c|/a-b' | tr '\n' ' ')" = \
		'/srv 4 /a 3 (itself) /b/c /a-b ' ]
}

@test "--html counts the parts of a recording as one run and a stopped run as a success, and cuts long lists" {
	{
		printf '%s\n' 'run 1 a argv=a status=-15 start=5' 'run 2 a argv=a status=-15 start=7' \
			'part 1 1 0 -' 'part 2 1 1 ready'
		for i in {1..23}; do
			printf '%s\n' "image /bin/$i" 'call 1 read 1' 'call 2 write 1' 'call 2 ptrace 1'
		done
	} | "$TESTS/mkstream" >a.sp
	sp-emit --html a.sp 2>err >page.html
	"$TESTS/scripts/html-check.py" --text page.html >text
	grep -qF '1 run was recorded' text
	grep -qF 'No run is known to have crashed' text
	grep -qF 'One run says nothing about what another would add' text
	[ "$(grep -o 'and 3 more executables' text | wc -l)" = 3 ]
	grep -qF 'and 3 more' <(grep '^rank 2 ptrace' text)
	sp-emit --markdown a.sp 2>err | grep -F '(runs: 1).'
}

@test "each proposed test has a reason from the recording" {
	local lines expected start=what%20was%20done%20before%20the%20recorder%20attached n=0
	# shellcheck disable=SC2016 # it is the name of a run
	while IFS='|' read -r lines expected; do
		# In a stream, runs and parts precede the image.
		tr ';' '\n' <<<"$lines" | sed 's/^ *//' >text
		{ grep -E '^(run|part)' text; echo 'image /bin/a'; grep -vE '^(run|part)' text; } | "$TESTS/mkstream" |
			sp-emit --markdown --allow-partial 2>/dev/null |
			sed -n '/^- \*\*/{s/<[^>]*>//g; s/[*`]//g; s/^- //; p}' >proposed
		case $expected in
		-*) lacks -F "${expected#-}" <proposed ;;
		*) shows -xF "$expected" <proposed ;;
		esac || { cat proposed text; return 1; }
		n=$((n + 1))
	done <<-EOT
		run 1 x status=0; call 1 read 1; run 2 <b status=3; call 2 read 1|Repeat the failed runs until they succeed. Why: run &#60;b exited with 3; a run that fails early has not made all of its calls.
		run 1 x status=0; call 1 read 1|-Repeat
		run 1 x; call 1 read 1|-Record a start
		run 1 x blind=$start; call 1 read 1|Record a start of the program: sp-record with its command, or with --unit and --restart. Why: each recording attached to a program that ran already, so the calls of its start are missing.
		run 1 x blind=$start; run 2 y; call * read 1|-Record a start
		run 1 x; call 1 50 2; socket 1 2 0 0 00507f000001 1|Add a run in which clients connect. Why: the program listens (2 × listen), and no run accepted a connection; it was bound to AF&#95;INET 127.0.0.1&#58;80 (accept4).
		run 1 x; call 1 50 2; call 1 43 1|-clients connect
		run 1 x; call 1 13 9|Add runs in which it gets each signal that it handles: to reload, to reopen its logs, to stop. Why: it sets what signals do (9 × rt_sigaction), and no run returned from a handler (rt_sigreturn).
		run 1 x; call 1 13 9; call 1 15 1|-each signal
		run 1 x; call 1 13 9; call 1 128 1|-each signal
		run 1 x status=-9; call 1 read 1|Add a run in which the program is stopped while it is recorded. Why: no recording shows how the program ends by itself or at SIGTERM.
		run 1 x status=-9; run 2 y status=0; call * read 1|-is stopped
		run 1 x start=5; run 2 x start=7; run 3 y argv=z; part 1 1 0 -; part 2 1 1 r%3C; call * read 1|Repeat the runs that end too early, until they get to each mark. Why: 1 of 2 recordings got to the mark r&#60;.
		run 1 x argv='a %3C'; run 2 y argv='a %3C'; call * read 1|Add runs with other options and another configuration. Why: all runs have the command line a &#60;.
		run 1 x argv=$(printf 'a%.0s' {1..299})%C3%A9%C3%A9; call 1 read 1|Add runs with other options and another configuration. Why: the only run has the command line $(printf 'a%.0s' {1..299}) ….
		run 1 x argv=a; run 2 y argv=b; call * read 1|-other options
		run 1 x argv=nil; call * read 1|-other options
		run 1 x argv=a; run 2 <b argv=b; call * read 1; call 2 74 1; call 2 82 1|Add runs with other data, like &#60;b. Why: no run with another command line made these calls: similar tests may make others (fsync rename).
		run 1 x argv=a; run 2 y argv=b; run 3 z argv=b; call * read 1; call 2 74 1; call 3 74 1|Add runs with other data, like y. Why: no run with another command line made these calls: similar tests may make others (fsync).
		run 1 x argv=a; run 2 y argv=b; call * read 1; call * 74 1|-with other data
		run 1 x how=paths; call 1 read 1; path 1 0x40 -2 /etc/x.d 1; path 1 1 -2 /lib/x 1; path 1 1 -2 /root/.cargo/bin/ls 1; path 1 1 -2 /srv/y 1; path 1 0x40 0 /srv/y 1|Add a run in which these files exist. Why: it looked for /etc/x.d, and no run had them.
	EOT
	[ $n = 21 ]
}

@test "from an executable's imported functions that no run used, tests are proposed" {
	cc -w -Wl,--build-id -o app -x c - <<-'END'
		#include <netdb.h>
		#include <stdio.h>
		#include <sys/socket.h>
		#include <unistd.h>
		int main(void)
		{
			return listen(0, 1) + accept4(0, NULL, NULL, 0) + rmdir("x") + rename("x", "y") +
				getaddrinfo("x", NULL, NULL, NULL) + fsync(0);
		}
	END
	printf '%s\n' 'run 1 x argv=nil status=0' "image $PWD/app $(readelf -n app | sed -n 's/.*Build ID: //p') 1:1:1" \
		'call 1 read 1' 'call 1 84 1' | "$TESTS/mkstream" >x.sp
	sp-emit --explain --possible x.sp | sed -n 's/^-.* test *//p' >out
	diff - out <<-END
	1: Add a run in which clients connect to each port and each Unix socket that it can be told to listen on, because the program can accept connections, but no run did this: $PWD/app imports listen, accept4
	2: Add a run in which it saves its data, a file of it grows and shrinks, and it stops in order, because the program can save data, and change the size of files, but no run did this: $PWD/app imports fsync
	3: Add a run in which it looks up the name of a host, one that exists and one that does not, because the program can look up names of hosts, and no run made these calls, which may be needed for that: $PWD/app imports getaddrinfo
	4: Add a run in which it creates, replaces and removes its files: data, logs that are rotated, temporary files, a PID file, because the program can rename, link or remove files, or make directories, and no run made these calls for it: $PWD/app imports rename
	END
	sp-emit --markdown --possible x.sp | shows '^- \*\*Add a run in which clients connect to each port.*imports <code>listen</code>, <code>accept4</code> (`listen` `accept4`)\.$'
	# A line for an ability names the other calls of the ability. With =all,
	# each call has a line.
	sp-emit --explain --possible x.sp | shows -E 'listen +EPERM +possible +[0-9]+: .*app imports listen; made by .*; also accept4 \([0-9]+\)(, [a-z0-9_]+ \([0-9]+\))*; to accept connections$'
	sp-emit --explain --possible x.sp | lacks -E ' accept4 +EPERM '
	sp-emit --explain --possible=all x.sp | shows -E ' accept4 +EPERM +possible +[0-9]+: .*app imports accept4; made by [0-9]+ of 206 other programs$'
}

@test "--html says what the program may do, what is risky, how complete the runs are, and which test to add" {
	printf '%s\n' 'run 1 x argv=/opt/<app status=0' 'image /bin/sh' 'call 1 execve 1 flags=8' \
		'image /srv/app-1.2' 'name 1 0 /opt/<app 1' 'call 1 50 2' 'call 1 43 1' 'call 1 ptrace 1' 'call 1 13 2' \
		'socket 1 2 0 0 00507f000001 1' | "$TESTS/mkstream" >x.sp
	sp-emit --html --exact x.sp >page.html 2>err
	run -0 "$TESTS/scripts/html-check.py" page.html
	grep -F '<title>Sandbox profile of &#60;app and 1 other program</title>' page.html
	"$TESTS/scripts/html-check.py" --text page.html >text
	grep -x 'It mayaccept connections; read or control other processes; use open files, memory and time as programs do. Allowed, though no run did it: execute other programs. What it may do' text
	# openat() may create files, so the page must not say that this is
	# forbidden.
	grep '^It may notconnect to other services; open files, also to create and overwrite them; rename, link or remove files, or make directories; ' text
	# sendto() with MSG_FASTOPEN can connect, so the page must not say that
	# this is forbidden.
	sp-emit --html --add=openat,sendto x.sp 2>err >page.html
	"$TESTS/scripts/html-check.py" --text page.html | grep '^It may.*: .*open files, also to create and overwrite them.* Possible by calls for other purposes: connect to other services\. What'
	grep -x 'Riskyptrace, controls other processes. Paths and addresses are not restricted. What is risky' text
	grep -x 'SureThe certainty is low: One run says nothing about what another would add. How sure' text
	grep -x 'TestAdd runs in which it gets each signal that it handles: to reload, to reopen its logs, to stop. Which tests to add' text
	grep -E '^accept connections .*At: AF_INET 127\.0\.0\.1:80' text
	# A connection that is still in progress (EINPROGRESS) counts.
	printf '%s\n' 'run 1 x' 'image /a' 'call 1 42 2' 'socket 1 2 1 -115 00507f000002 1' \
		'socket 1 2 1 -111 00507f000003 1' | "$TESTS/mkstream" | sp-emit --html >page.html 2>err
	"$TESTS/scripts/html-check.py" --text page.html |
		shows -E '^connect to other services .*: AF_INET 127\.0\.0\.2:80$'
	# The recording does not have the run's first program, so the title
	# names the program with the most calls.
	sp-emit --html --image=/bin/sh x.sp 2>err | shows -F '<title>Sandbox profile of sh</title>'
}

@test "--html does not say that a profile forbids an act that another allowed call can do" {
	local nr call ability
	while read -r nr call ability; do
		printf '%s\n' 'run 1 x status=0' 'image /bin/a' 'call 1 execve 1 flags=8' "call 1 $nr 1" |
			"$TESTS/mkstream" | sp-emit --html --exact >page.html 2>err
		"$TESTS/scripts/html-check.py" --text page.html >text
		grep -E "^It may.* Possible by calls for other purposes: ([^.]*; )?${ability}[;,.]" text
		grep -E "^No call of its own is allowed to ${ability}[^:]*, but these calls can do it: $call" text
		grep -E "^(It may not|No call is allowed to: )" text | lacks -F "$ability"
	done <<-END
	44 sendto connect to other services
	307 sendmmsg connect to other services
	426 io_uring_enter connect to other services
	426 io_uring_enter open files
	426 io_uring_enter accept connections
	426 io_uring_enter rename, link or remove files
	426 io_uring_enter change modes, owners and attributes of files
	END
}

@test "--html: with many runs, a column of the heat map stands for several runs, and the page stays small" {
	{
		for n in {1000..1130}; do
			echo "run $n 'run $n' argv='a $n' status=$((n == 1077))"
		done
		printf '%s\n' 'image /bin/a' 'call * read 3' 'call 1003 socket 1' 'call 1130 82 1' 'call 1129 82 1'
	} | "$TESTS/mkstream" >many.sp
	sp-emit --html many.sp >page.html 2>err
	run -0 "$TESTS/scripts/html-check.py" page.html
	"$TESTS/scripts/html-check.py" --text page.html >text
	grep -F 'Of 131 runs, 2 failed, or made a call that no run with another command line made.' text
	grep -F 'A column is 3 runs' text
	# Each of 43 columns stands for three runs, and the last one for two.
	grep -F '<th scope="col" class="num">130–131</th>' page.html
	grep -oE '<th scope="row"><code>rename</code></th>(<td class="num">[0-9]+</td>)+' page.html |
		grep -oE 'num">[0-9]+' | tr -dc '0-9\n' >cells
	[ "$(wc -l <cells)" = 44 ]
	[ "$(grep -xn '[^0]' cells)" = 44:2 ]
	[ "$(grep -oE '<rect class="h[0-4]"' page.html | sort | uniq -c | tr -s '\n ' ' ')" = \
		' 86 <rect class="h0" 1 <rect class="h2" 45 <rect class="h4" ' ]
	[ "$(stat -c %s page.html)" -lt 100000 ]
	sp-emit --explain many.sp 2>err | shows 'rename .* runs  *2 of 131: run 1129, run 1130$'
	sp-emit --explain many.sp 2>err | shows ' read .* runs  *131 of 131$'
}

@test "with --unit, reports count runs as sp-diff --coverage does, and name the unit" {
	local unit noun grade
	# runs N — prints runs of one command line if N is 0, or of two if N is
	# 1
	runs() {
		# There are 24 names, of which 12 have two runs, and 18 labels,
		# of which 12 have one run and 6 have four.
		for n in {10..45}; do
			echo "run $n 'n$((n % 24))' argv='x$(($1 * n / 12 % 2))' start=$n label.who='<$((n < 22 ? n : n % 6))'"
		done
		printf '%s\n' 'image /bin/true' 'call * read 1' 'call 12 82 1' 'call 30 74 1' 'call 40 90 1' \
			'call 22 87 1' 'call 34 87 1'
	}
	runs 0 | "$TESTS/mkstream" >x.sp
	while read -r grade unit noun; do
		[ "$unit" != label:who ] || runs 1 | "$TESTS/mkstream" >x.sp
		sp-diff --coverage --unit="$unit" x.sp >coverage
		sp-emit --html --unit="$unit" x.sp >page.html 2>err
		"$TESTS/scripts/html-check.py" page.html
		"$TESTS/scripts/html-check.py" --text page.html >text
		shows -F "The certainty is $grade: " <text
		shows -E "^The curve shows .* more different $noun, on average" <text
		[ "$(grep -oE '95 %[^)]*' coverage | tr -dc '0-9\n')" = \
			"$(grep -m1 -oE '95 %[^)]*' text | tr -dc '0-9\n')" ]
		sp-emit --markdown --unit="$unit" x.sp 2>err | shows -E "^- For [0-9]+ of [0-9]+ $noun, a call was made that none of the others made: add tests"
	done <<-END
	low name names
	fair run runs
	low label:who values of the label
	END
	shows -F 'The prediction is for runs with another value of the label who.' <text
	runs 0 | "$TESTS/mkstream" >x.sp
	sp-emit --markdown --unit=name x.sp >text 2>err
	shows -F 'no run with another name made these calls' <text
	# There is only one command line, which is still the reason for a
	# proposed test.
	shows -F 'all runs have the command line ' <text
	sp-emit --markdown x.sp 2>err | tee default | shows -F 'All 36 runs have one command line'
	shows -F 'count them by name: sp-emit --unit=name' <default
	sp-emit --markdown --unit=argv x.sp 2>err | diff default -
	run -2 sp-emit --html --unit=label:other x.sp
	[[ $output = *'run n10 has no label other: sp-record --label=other=VALUE gives one' ]]
	run -2 sp-emit --oci --unit=name x.sp
	[[ $output = 'sp-emit: --unit is only for --html, --markdown and --explain with --possible'* ]]
	sp-emit --explain --possible --unit=name x.sp 2>err | shows -F 'no run with another name made these calls'
}

@test "--timeline lists first uses in order, marks each call as new once, and lists the marks" {
	{
		echo 'run 1 a start=5000000000'
		echo 'run 2 a start=7000000000'
		echo 'part 1 1 0 -'
		echo 'part 2 1 1 "rea%1Bdy"'
		echo 'image "/bin/%0Aa"'
		printf '%s\n' 'call 1 read 1 first=20' 'call 1 openat 1 first=10' \
			'call 2 read 1 first=1' 'call 2 write 1 first=500000000'
		printf '%s\n' 'image /bin/b' 'call 2 read 1 first=600000000' \
			'call 2 4 1 arch=x86 first=600000001'
		printf '%s\n' 'run 3 c' 'call 3 read 1 first=30'
	} | "$TESTS/mkstream" >a.sp
	sp-emit --timeline a.sp | tr -s ' ' >out
	diff - out <<-'END'
	run 00000000 a
	 0.000000 new openat files /bin/\x0aa
	 0.000000 new read files /bin/\x0aa
	 2.000000 mark rea\x1bdy
	 2.500000 new write files /bin/\x0aa
	 2.600000 read files /bin/b
	 2.600000 new write (x86) files /bin/b
	run 00000000 c
	 0.000000 new read files /bin/b
	END
}

# In the list and its index, the names of images take 40 MB, and those of files
# 20 MB. The image of call 1001 does not fit.
@test "a list of violations takes at most 32 MiB, and a note counts the violations beyond that" {
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}' >p.json
	printf 'run 1 a how=paths\nimage /bin/a\ncall 1 read 1\npath 1 1 0 /b 1\n' | "$TESTS/mkstream" >one.sp
	/usr/bin/python3 - "$TESTS/mkstream" >long.sp <<-'PYTHON'
		import importlib.machinery, sys
		sys.dont_write_bytecode = True
		mkstream = importlib.machinery.SourceFileLoader("mkstream", sys.argv[1]).load_module()
		records = list(mkstream.read("one.sp"))[1:-1]
		for i in range(1, 401):
		    records += [[3, "/bin/" + "x" * 100000 + str(i), None, []], [4, i, 3221225534, 1000, [[0, 1, 0, 0]]]]
		records += [[4, 400, 3221225534, 1001, [[0, 1, 0, 0]]]]
		records += [[10, 0, 1, 0, "/" + "x" * 8000 + str(i), [[0, 1, 0, 0]]] for i in range(2500)]
		sys.stdout.buffer.write(mkstream.segment(records))
	PYTHON
	sp-verify -p p.json long.sp >list || [ $? = 1 ]
	[ "$(stat -c %s list)" -lt 34000000 ]
	grep -qE 'EPERM  .*, \.\.\.$' list
	grep -qE '^1001  .*EPERM {3}\.\.\.$' list
	sp-emit --landlock -o l.json one.sp
	sp-verify --landlock l.json long.sp >list 2>err || [ $? = 1 ]
	[ "$(stat -c %s list)" -lt 34000000 ]
	grep -xE 'sp-verify: the list is full: [0-9]+ denials of other objects are not in it' err
}
