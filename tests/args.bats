#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests how arguments are recorded, and how sp-emit makes rules from them.
load helper

setup_file() {
	if [ "$(id -u)" = 0 ]; then
		sp-record -q -o "$BATS_FILE_TMPDIR/a.sp" -- \
			"$WITNESS/arguments" >/dev/null
	fi
}

# made — writes a.sp, the stream of a program that uses sockets and terminals
made() {
	"$TESTS/mkstream" >a.sp <<-'END'
	run 1 "a run"
	image /opt/tool
	call 1 execve 1
	call 1 read 7
	call 1 socket 3
	argument 1 socket "0:0xffffffffffffffff:1 1:15:1 2:0xffffffffffffffff:0" 2
	argument 1 socket "0:0xffffffffffffffff:16 1:15:3 2:0xffffffffffffffff:9" 1
	call 1 ioctl 4
	argument 1 ioctl "1:0xffffffffffffffff:0xffffffff80045430" 4
	call 1 mmap 8
	argument 1 mmap "2:4:0" 5
	argument 1 mmap "2:4:4" 3
	call 1 clone 2
	argument 1 clone "0:0x7e020000:0" 2
	END
}

# values NAME FILE — prints the recorded values of a call as "VALUE… COUNT"; a
# line without a value counts the calls with any other values
values() {
	sp-emit --json "$2" | jq -r --arg name "$1" '.arguments[] |
		select(.name == $name) |
		"\([.values[]?.value | tostring] | join(" ")) \(.count)"'
}

@test "each set of recorded values is listed once, reduced to the bits that rules compare" {
	requires_root
	local a=$BATS_FILE_TMPDIR/a.sp
	values socket "$a" >got
	diff - got <<-'END'
	1 1 0 3
	1099511627778 2 0 1
	END
	[ "$(values socketpair "$a")" = "1 5 0 1" ]
	[ "$(values setsockopt "$a")" = "1 16 1" ]
	[ "$(values ioctl "$a" | tail -1)" = "21531 100" ]
	[ "$(values prctl "$a")" = "16 1" ]
	[ "$(values personality "$a")" = "4294967295 1" ]
	[ "$(values keyctl "$a")" = "0 1" ]
	[ "$(values kill "$a")" = "0 1" ]
	grep -qx '0 .*' <(values mmap "$a")
	grep -qx '4 .*' <(values mmap "$a")
}

@test "a call with too many different values gets no rule, and a note says so" {
	requires_root
	local a=$BATS_FILE_TMPDIR/a.sp
	[ "$(values tgkill "$a" | wc -l)" = 65 ]
	[ "$(values tgkill "$a" | sed -n 1p)" = " 1" ]
	run -0 sp-emit --oci --args=all -o p.json "$a"
	[[ $output == *"--args: tgkill has no rule, since the arguments of 1 call "* ]]
	run -0 jq '[.syscalls[] | select(.names[] == "tgkill")] | .[].args' \
		p.json
	[ "$output" = null ]
}

@test "the values of every call that has a rule are recorded for each image" {
	requires_root
	sp-record -q -o b.sp -- sh -c "$WITNESS/arguments >/dev/null; $(
		)timeout 5 git --version >/dev/null; ls /tmp >/dev/null"
	run -0 sp-emit --oci --args=all --no-runtime -o p.json b.sp
	[[ $output != *"clone"* && $output != *socket* ]]
	run -0 sp-verify -p p.json b.sp
	[[ $output != *undecided* ]]
}

@test "the rules of a profile allow the recorded values, and no others" {
	requires_root
	requires bwrap
	local a=$BATS_FILE_TMPDIR/a.sp
	sp-record -q -o other.sp -- "$WITNESS/arguments" other >/dev/null
	sp-emit --bpf --args=all -o args.bpf "$a"
	sp-emit --bpf -o calls.bpf "$a"
	local start=(bwrap --bind / / --seccomp 9 "$WITNESS/arguments")
	run -0 "${start[@]}" 9<args.bpf
	[ "$output" = begins ]
	run -0 "${start[@]}" other 9<args.bpf
	[ "$output" = 'begins
AF_INET6 1
SOCK_DGRAM 1
TIOCSTI 1
PR_SET_NAME 1
F_SETOWN 1
SIGUSR1 1' ]
	run -0 "${start[@]}" other 9<calls.bpf
	[[ $output == *"AF_INET6 0"*"TIOCSTI 9"* ]]
	# sp-verify must give the same verdicts on the recording
	sp-emit --oci --no-runtime --args=all -o p.json "$a"
	run -1 sp-verify -p p.json other.sp
	[[ $output == *"socket"*"EPERM with AF_INET6 1 0"* ]]
	[[ $output == *"EPERM with AF_UNIX 2 0"* ]]
	run -0 sp-verify -p p.json "$a"
}

@test "the C header contains the rules" {
	requires_root
	local a=$BATS_FILE_TMPDIR/a.sp
	sp-emit --libseccomp --args=all -o profile.h "$a"
	cat >main.c <<-'END'
	#include "profile.h"
	#include <stdio.h>
	#include <sys/socket.h>
	int main(void)
	{
		return sandprint_load() ||
		       printf("%d %d\n", socket(AF_UNIX, SOCK_STREAM, 0) >= 0,
			      socket(AF_INET6, SOCK_STREAM, 0) >= 0) < 0;
	}
	END
	cc -Wall -Wextra -Werror -o main main.c -lseccomp
	run -0 ./main
	[ "$output" = "1 0" ]
}

@test "oci: each set of values has a rule, and a call whose values are all allowed has no condition" {
	made
	run -0 sp-emit --oci --args --exact -o p.json a.sp
	diff - <(jq -r '.syscalls[] | select(.args) | "\(.names[0]) \([.args[] |
		"\(.index) \(.op) \(.value) \(.valueTwo)"] | join(", "))"' \
		p.json) <<-'END'
	ioctl 1 SCMP_CMP_MASKED_EQ 4294967295 2147767344
	socket 0 SCMP_CMP_MASKED_EQ 4294967295 1, 1 SCMP_CMP_MASKED_EQ 15 1, 2 SCMP_CMP_MASKED_EQ 4294967295 0
	socket 0 SCMP_CMP_MASKED_EQ 4294967295 16, 1 SCMP_CMP_MASKED_EQ 15 3, 2 SCMP_CMP_MASKED_EQ 4294967295 9
	clone 0 SCMP_CMP_MASKED_EQ 2114060288 0
	END
	jq -e '.syscalls[0].names | index("mmap") and (index("socket") | not)' \
		p.json
	run -0 sp-verify -p p.json a.sp
	[[ $output != *undecided* ]]
}

@test "a call that a group adds, or whose values are partly unknown, has no condition" {
	made
	{
		cat a.sp
		"$TESTS/mkstream" <<-'END'
		run 2 "another, recorded without"
		image /opt/tool
		call 2 socket 1
		call 2 157 1
		argument 2 157 0:0xffffffffffffffff:22 1
		END
	} >b.sp
	run -0 sp-emit --oci --args -o p.json b.sp
	[[ $output == *"--args: socket has no rule, since the arguments of 1 call "* ]]
	jq -e '[.syscalls[] | select(.args) | .names[]] | unique ==
		["clone", "ioctl"]' p.json
	run -0 sp-emit --oci --args --no-runtime --nnp -o p.json b.sp
	jq -e '[.syscalls[] | select(.args) | .names[]] | unique ==
		["clone", "ioctl", "prctl"]' p.json
}

@test "a list for two architectures contains the values of both" {
	made
	"$TESTS/mkstream" >x86.sp <<-'END'
	run 2 "32 bits"
	image /opt/p32
	call 2 359 1 arch=x86
	argument 2 359 "0:0xffffffffffffffff:2 1:15:2 2:0xffffffffffffffff:0" 1 arch=x86
	END
	sp-emit --oci --args=socket -o p.json a.sp x86.sp
	jq -e '[.syscalls[] | select(.names[] == "socket") |
		.args[0].valueTwo] | sort == [1, 2, 16]' p.json
	sp-emit --libseccomp --args=socket -o p.h a.sp x86.sp
	[ "$(grep -c '"socket"' p.h)" = 3 ]
}

@test "minijail: rules for single bits allow only the recorded values" {
	made
	sp-emit --minijail --args --exact -o p.policy a.sp
	grep -qx 'clone: arg0 in ~0x7e020000' p.policy
	grep -qx 'mmap: 1' p.policy
	/usr/bin/python3 "$TESTS/scripts/minijail-rules.py" p.policy
}

@test "systemd: RestrictAddressFamilies= lists the recorded families, and is left out if they are unknown" {
	made
	sp-emit --systemd --args -o p.conf a.sp
	grep -qx 'RestrictAddressFamilies=AF_UNIX AF_NETLINK' p.conf
	run -0 sp-emit --systemd a.sp
	[[ $output != *Families* ]]
	"$TESTS/mkstream" >none.sp <<-'END'
	run 1 "no sockets"
	image /opt/tool
	call 1 read 7
	END
	sp-emit --systemd --args -o p.conf none.sp
	grep -qx 'RestrictAddressFamilies=none' p.conf
	"$TESTS/mkstream" >unknown.sp <<-'END'
	run 1 "unknown"
	image /opt/tool
	call 1 socket 7
	END
	run -0 sp-emit --systemd --args -o p.conf unknown.sp
	[[ $output == *"socket has no rule"* ]]
	run ! grep Families p.conf
}

@test "systemd accepts the drop-in with RestrictAddressFamilies=" {
	requires systemd-analyze
	made
	mkdir -p x.service.d
	printf '[Service]\nExecStart=/bin/true\n' >x.service
	sp-emit --systemd --args -o x.service.d/p.conf a.sp
	run -0 systemd-analyze verify ./x.service
	[ -z "$output" ]
}

@test "--explain lists the values and how often each was seen" {
	made
	run -0 sp-emit --oci --explain a.sp
	[[ $output == *"socket"*"values    2 with AF_UNIX 1 0"* ]]
	[[ $output == *"values    1 with AF_NETLINK 3 9"* ]]
	[[ $output == *"values    4 with 0xffffffff80045430"* ]]
}

@test "--args works with groups, and refuses a group that does not exist" {
	made
	sp-emit --oci --args=ioctl,clone --exact -o p.json a.sp
	jq -e '[.syscalls[] | select(.args) | .names[]] | unique ==
		["clone", "ioctl"]' p.json
	run -2 sp-emit --oci --args=ioctl,none a.sp
	[[ $output == "sp-emit: --args=ioctl,none: no group is called 'none': the groups are socket, ioctl, "*", and all"* ]]
	run -2 sp-emit --firejail --args a.sp
	[[ $output == "sp-emit: --args: --firejail has no rules "* ]]
}

@test "malformed argument records are refused" {
	local bad
	for bad in '[9, 0, 3221225534, 41, [6, 1, 1], [[0, 1, 0, 0]]]' \
		'[9, 0, 3221225534, 41, [0, 1, 2], [[0, 1, 0, 0]]]' \
		'[9, 0, 3221225534, 41, [0, 1], [[0, 1, 0, 0]]]' \
		'[9, 0, 3221225534, 41, [1, 1, 1, 0, 1, 1], [[0, 1, 0, 0]]]' \
		'[9, 0, 3221225534, 41, "x", [[0, 1, 0, 0]]]'; do
		"$TESTS/mkstream" >bad.sp <<-END
		run 1 bad
		image /opt/tool
		call 1 read 1
		record $bad
		END
		run -2 sp-merge -o out.sp bad.sp
		[[ $output == *"malformed argument record" ]]
	done
}

@test "the arguments of 32-bit calls are recorded by the same rules as those of 64-bit calls" {
	requires_root
	needs int80
	cat >args.c <<-'END'
		int main(void)
		{
			long r = 172;	/* prctl(PR_GET_DUMPABLE) */
			__asm__ volatile ("int $0x80" : "+a"(r) : "b"(3), "c"(0)
				: "memory", "r8", "r9", "r10", "r11");
			return r < 0;
		}
	END
	cc -o args args.c
	sp-record -q -o args.sp -- ./args
	sp-emit --json args.sp | jq -e '[.arguments[] |
		select(.arch == "x86") | .name, .values[0].value] == ["prctl", 3]'
}

@test "records with different arguments of one call become separate rules" {
	"$TESTS/mkstream" >apart.sp <<-'END'
	run 1 a
	image /a
	call 1 socket 3
	argument 1 socket "0:0xffffffff:2" 1
	argument 1 socket "0:0xffffffff:2 1:15:1" 1
	argument 1 socket "0:0xffffffff:2 1:15:2" 1
	END
	sp-emit --oci --args --exact -o p.json apart.sp 2>/dev/null
	jq -c '.syscalls[] | select(.names == ["socket"]) |
		[.args[] | [.index, .value, .valueTwo]]' p.json | sort >got
	diff - got <<-'END'
	[[0,4294967295,2],[1,15,1]]
	[[0,4294967295,2],[1,15,2]]
	[[0,4294967295,2]]
	END
}

@test "a call that was always denied has no condition if --allow-denied allows it" {
	printf 'run 1 a\nimage /bin/x\ncall 1 read 1\ndenial 1 socket -13 2\n' |
		"$TESTS/mkstream" >denied.sp
	sp-emit --oci --args --allow-denied -o p.json denied.sp 2>err
	shows 'socket has no rule, since the arguments of denied calls' <err
	jq -e 'any(.syscalls[]; (.names | index("socket")) and .args == null)' p.json
	sp-emit --systemd --args --allow-denied denied.sp >unit
	shows '^SystemCallFilter=.*socket' <unit
	lacks RestrictAddressFamilies <unit
}

@test "sp-emit refuses values that need more instructions than a filter can have" {
	local i
	{
		echo 'run 1 a'
		echo 'image /a'
		echo 'call 1 ioctl 5000'
		for ((i = 0; i < 5000; i++)); do
			echo "argument 1 ioctl \"1:4294967295:$((7 * i))\" 1"
		done
	} | "$TESTS/mkstream" >many.sp
	for i in --oci --bpf --minijail; do
		run -2 sp-emit $i --args=all many.sp
		[[ $output == "sp-emit: --args: the filter would have more than \
50"[0-9]*" instructions, but the kernel accepts at most 4096"* ]]
	done
}
