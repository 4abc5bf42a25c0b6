#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# --tree selects an executable and all programs that it started, from a
# recording that also has the programs of the test.

load helper

# selected OPTION… FILE — prints the paths of the selected executables on one
# line
selected() {
	sp-emit --json "$@" 2>err | jq -r '[.images[].path // "(other)"] | join(" ")'
}

# family — writes a.sp: a test starts a service and a client. The service starts
# a worker and a shell, and the shell starts the service again.
family() {
	"$TESTS/mkstream" >a.sp <<-'END'
	run 1 a
	image /bin/test 1:1:1
	call 1 read 1
	image /bin/service 1:2:1
	call 1 write 1
	image /bin/client 1:1:1
	call 1 socket 1
	image /bin/worker 1:1:1
	call 1 ptrace 1
	image /bin/sh 1:1:1
	call 1 chmod 1
	start 1 /bin/test 1 image=/bin/service
	start 1 /bin/test 1 image=/bin/client
	start 1 /bin/service 1 image=/bin/worker
	start 1 /bin/service 1 image=/bin/sh
	start 1 /bin/sh 1 image=/bin/service
	END
}

@test "an executable is selected by its path, or by an absolute name by which it was executed" {
	local name
	"$TESTS/mkstream" >a.sp <<-'END'
	run 1 a
	image /bin/multi 1:9:9
	call 1 read 1
	name 1 0 /bin/tool 1
	name 1 0 /opt/../bin/dots 1
	name 1 0 /opt//bin/double 1
	name 1 0 /opt/./bin/dot 1
	name 1 0 ./relative 1
	name 1 1 /bin/claim 1
	image /bin/other 1:1:1
	call 1 write 1
	start 1 /bin/multi 1
	END
	[ "$(selected --image=/bin/tool a.sp)" = /bin/multi ]
	grep -qxF "sp-emit: --image: '/bin/tool' selects /bin/multi, also the calls that it made when it was executed by other names" err
	[ "$(selected --tree='*/tool' a.sp)" = "/bin/multi /bin/other" ]
	[ "$(selected --image=!/bin/tool a.sp)" = /bin/other ]
	[ "$(selected --image=/bin/multi a.sp)" = /bin/multi ]
	run ! grep selects err
	for name in '/opt/*' '*dots' '*double' '*/dot' '*relative' /bin/claim; do
		echo "$name"
		run -2 sp-emit --json --image="$name" a.sp
	done
}

@test "the name by which a program was executed is escaped, and argv[0] is marked as a claim" {
	"$TESTS/mkstream" >a.sp <<-'END'
	run 1 a
	image /bin/multi 1:1:1
	call 1 read 1
	name 1 0 /opt/multi 1
	name 1 0 /bin/%1b[2Jtool 1
	image /runc 1:1:1
	call 1 write 1
	name 1 1 runc 1
	name 1 1 /proc/9/exe 1
	image /memfd:x 1:1:1
	call 1 close 1
	name 1 1 a%0ab 1
	END
	sp-emit --explain a.sp >out
	grep -qF '1 by /bin/multi (executed as /bin/\x1b[2Jtool)' out
	grep -q '1 by /runc$' out
	grep -qF '1 by /memfd:x (which calls itself a\x0ab)' out
	sp-emit --json a.sp | jq -e '.names | map(.claim) == [false, false, true, true, true]'
}

@test "--tree selects an executable and all programs below it" {
	family
	[ "$(selected --tree=/bin/service a.sp)" = "/bin/service /bin/sh /bin/worker" ]
	[ "$(selected --tree=/bin/sh a.sp)" = "/bin/service /bin/sh /bin/worker" ]
	[ "$(selected --tree='/bin/w*' a.sp)" = /bin/worker ]
	[ "$(selected --tree=/bin/worker --tree=/bin/client a.sp)" = "/bin/client /bin/worker" ]
	[ "$(selected --tree=/bin/worker --image=/bin/sh a.sp)" = "/bin/sh /bin/worker" ]
	[ "$(selected --tree='*' a.sp)" = "/bin/client /bin/service /bin/sh /bin/test /bin/worker" ]
	sp-emit --oci --exact --tree=/bin/service -o p.json a.sp
	[ "$(jq -r '[.syscalls[].names[]] | join(" ")' p.json)" = "chmod ptrace write" ]
}

@test "sp-verify --tree judges the executables that sp-emit --tree selects" {
	family
	sp-emit --oci --tree=/bin/service -o p.json a.sp
	run -0 sp-verify -p p.json --tree=/bin/service a.sp
	run -1 sp-verify -p p.json a.sp
	run -1 sp-verify -p p.json --tree=/bin/test a.sp
	[[ $output == *socket*/bin/client* ]]
	run -2 sp-verify -p p.json --tree=/bin/none a.sp
	[[ $output == "sp-verify: --tree: nothing matches '/bin/none'; the recording has: "* ]]
	run -2 sp-verify -p p.json --tree=/bin/sh -- true
	run -2 sp-verify -p p.json --tree=/bin/sh --replay a.sp
	run -2 sp-emit --ndjson --tree=/bin/sh a.sp
	[[ $output == *"--tree cannot be combined with --ndjson"* ]]
}

@test "if another program started a selected executable as well, a note names both" {
	family
	run -0 --separate-stderr sp-emit --table --tree=/bin/service a.sp
	[ -z "$stderr" ]
	printf '%s\n' 'run 2 b' 'image /bin/sh 2:1:1' 'call 2 read 1' \
		'image /bin/make' 'call 2 read 1' \
		'start 2 /bin/make 1 image=/bin/sh' | "$TESTS/mkstream" >b.sp
	run -0 --separate-stderr sp-emit --table --tree=/bin/service a.sp b.sp
	[ "$stderr" = "sp-emit: --tree: /bin/sh was also started by /bin/make: its calls there are in the profile, too" ]
}

@test "a note names programs that did not start one another" {
	family
	sp-emit --oci -o p.json a.sp 2>err
	grep -qF 'sp-emit: the profile is for 2 programs that did not start one another: /bin/client, /bin/service (--tree=' err
	sp-emit --oci --tree=/bin/service -o p.json a.sp 2>err
	run ! grep 'start one another' err
	sp-emit --table a.sp 2>err
	[ ! -s err ]
	# Each program started the next one.
	printf '%s\n' 'run 1 a' 'image /a' 'call 1 read 1' 'image /b' \
		'call 1 read 1' 'image /c' 'call 1 read 1' \
		'start 1 /a 1 image=/b' 'start 1 /b 1 image=/c' |
		"$TESTS/mkstream" >chain.sp
	sp-emit --oci -o p.json chain.sp 2>err
	run ! grep 'start one another' err
	# The shell started both programs, and one of them also started the
	# other.
	printf '%s\n' 'run 1 a' 'image /sh' 'call 1 read 1' 'image /git' \
		'call 1 read 1' 'image /core' 'call 1 read 1' \
		'start 1 /sh 1 image=/git' 'start 1 /git 1 image=/core' \
		'start 1 /sh 1 image=/core' | "$TESTS/mkstream" >shell.sp
	sp-emit --oci -o p.json shell.sp 2>err
	run ! grep 'start one another' err
}

@test "a recording that does not contain which program started which is refused" {
	printf '%s\n' 'run 1 a' 'image /a 1:1:1' 'call 1 read 1' \
		'image /b 1:1:1' 'call 1 read 1' | "$TESTS/mkstream" >old.sp
	run -2 sp-emit --oci --tree=/a old.sp
	[[ $output == *"record it again, or use --image" ]]
	# A single executable has started no other executable.
	printf '%s\n' 'run 1 a' 'image /a 1:1:1' 'call 1 read 1' |
		"$TESTS/mkstream" >one.sp
	[ "$(selected --tree=/a one.sp)" = /a ]
	# Processes that ran when the recorder attached were started earlier.
	printf '%s\n' 'run 1 a how="attached pid"' 'image /a 1:0:1' \
		'call 1 read 1' 'image /b 1:0:1' 'call 1 read 1' |
		"$TESTS/mkstream" >attached.sp
	[ "$(selected --tree=/a attached.sp)" = /a ]
}

@test "starts are joined, merging them in any order gives the same bytes, and images without a path are kept" {
	family
	printf '%s\n' 'run 3 c' 'image - 3:0:1' 'image /x 3:1:0' 'call 3 read 1' \
		'start 3 - 2 image=/x' 'start 3 /x 1 image=-' |
		"$TESTS/mkstream" >c.sp
	sp-merge -o one.sp a.sp c.sp
	sp-merge -o two.sp c.sp a.sp a.sp
	cmp one.sp two.sp
	"$TESTS/mkstream" --fold a.sp c.sp | cmp - one.sp
	[ "$(sp-emit --json c.sp | jq -c '[.starts[] | [.by, .count]]')" = '[["/x",1],[null,2]]' ]
}

@test "--tree selects a real service in a recording with its test" {
	local name
	requires_root
	mkdir bin
	cp /bin/sh bin/service
	for name in tool worker client; do
		cp /bin/true bin/$name
	done
	sp-record -q -o run.sp -- sh -c '
		bin/service -c "bin/tool; bin/worker; exit" & bin/client; wait'
	run -0 selected --tree="$PWD/bin/service" run.sp
	[[ " $output " == *" $PWD/bin/worker "* ]]
	[[ " $output " == *" $PWD/bin/tool "* ]]
	[[ " $output " != *" $PWD/bin/client "* ]]
	run -0 selected --tree="$PWD/bin/client" run.sp
	[ "$output" = "$PWD/bin/client" ]
	sp-emit --oci -o p.json run.sp 2>err
	grep -q 'start one another: .*bin/client' err
	# These recordings have a thread that executes a program, and a process
	# that was attached to.
	sp-record -q -o thread.sp -- "$WITNESS/exec-thread" >/dev/null ||
		[ $? -ne 125 ]
	sp-emit --json thread.sp | jq -e '.starts | length > 0' >/dev/null
}

@test "if a program is executed by a name that is too long, the name is lost, but no call" {
	requires_root
	local deep
	deep=$PWD/$(printf 'a%.0s' {1..100})/$(printf 'b%.0s' {1..100})
	mkdir -p "$deep"
	ln -s /usr/bin/true "$deep/multi"
	sp-record -o long.sp -- "$deep/multi" 2>err
	grep -qxF 'sp-record: 1 names of executed files were lost, but no call: --image and --tree may not find the executables by them' err
	sp-emit --json long.sp | jq -e '.lost.name == 1 and .lost.call == 0 and .names == []'
	run -2 sp-emit --oci --image="$deep/multi" long.sp
	[[ $output == *"1 names of executed files were lost"*"nothing matches"* ]]
	sp-emit --oci long.sp >/dev/null 2>err
	run ! grep lost err
}
