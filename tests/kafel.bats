#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# Tests policies of Kafel, the language of nsjail. jails.bats compares their
# filters with the documented answers.

load helper

setup() {
	needs x86_64
	cd "$BATS_TEST_TMPDIR" || return
	"$TESTS/mkstream" >a.sp <<-'T'
		run 1 a
		image /a
		call 1 read 1
		call 1 write 1
		call 1 4 1
		call 1 166 1
		call 1 435 1
	T
}

# answers POLICY — prints each recorded call that the policy denies, and the
# answer
answers() {
	printf '%s\n' "$1" >p
	{ sp-verify --json -p p a.sp 2>err || [ $? = 1 ]; } |
		jq -r '.[] | "\(.name) \(.answer)"' | xargs
}

@test "the documented forms of a policy are read, and the expected calls are denied" {
	while IFS='|' read -r policy expected; do
		[ "$(answers "$policy")" = "$expected" ] || {
			echo "$policy: $(answers "$policy")"
			cat err
			false
		}
	done <<-'END'
	POLICY a { ALLOW { read, write, newstat, umount, clone3 } } USE a DEFAULT KILL|
	POLICY a { ALLOW { read }, ERRNO(2) { write } } USE a DEFAULT ALLOW|write ENOENT
	ALLOW { read, write, newstat, umount } DEFAULT ERRNO(38)|clone3 ENOSYS
	DEFAULT ALLOW KILL_PROCESS { read } TRAP(1) { write }|read kill process write trap
	#define x 435 POLICY a { ERRNO(1) { x, SYSCALL[0] } } USE a DEFAULT ALLOW|read EPERM clone3 EPERM
	DENY { newstat } USER_NOTIF { umount } DEFAULT LOG|stat kill thread umount2 notify
	ALLOW { read } KILL { read } ERRNO(1) { read { fd == 1 } } DEFAULT ALLOW|
	POLICY a { KILL { read } } POLICY b { USE a, ALLOW { read } } USE b DEFAULT ALLOW|read kill thread
	KILL { read ON aarch64, write ON { arm, x86_64 } } DEFAULT ALLOW|write kill thread
	KILL { arm_fadvise64_64 ON arm, none(a) ON { arm } { b & c == d, !(e < 1) }, read } DEFAULT ALLOW|read kill thread
	#define c 3 #define a 1 #define b 2 KILL { SYSCALL[0] { }, a } ERRNO(1) { c, newstat } DEFAULT ALLOW|read kill thread write kill thread stat EPERM
	// KILL { read }|
	END
	# This policy has a comment without blanks around it, and a rule in a
	# comment.
	[ "$(answers $'/* KILL { read } ***\n*/ ALLOW/**/{ read, // write }\n write }')" = \
		"stat kill thread umount2 kill thread clone3 kill thread" ]
}

@test "a policy that Kafel refuses is refused, with the line of the error" {
	local policy problem
	while IFS='|' read -r policy problem; do
		# shellcheck disable=SC2059 # printf expands its \n
		printf "$policy\n" >p
		run -2 sp-verify -p p a.sp
		[ "$output" = "sp-verify: p: $problem" ] || {
			echo "$policy: $output"
			false
		}
	done <<-'END'
	ALLOW { stat }|line 1: stat: Kafel has no such call on x86_64, where it is called newstat
	ALLOW {\n nosuch }|line 2: nosuch: Kafel has no such call on x86_64
	ALLOW { arm_fadvise64_64 ON { arm, x86_64 } }|line 1: arm_fadvise64_64: Kafel has no such call on x86_64
	ALLOW { read, }|line 1: no call at '}'
	ALLOW { read { count } }|line 1: no comparison at '}'
	ALLOW { read { prot == 1 } }|line 1: prot: neither a constant nor an argument of read (fd buf* count*)
	ALLOW { SYSCALL[1] { fd == 1 } }|line 1: fd: neither a constant nor an argument of the call
	ALLOW { read(a, a) }|line 1: a: two arguments have this name
	ALLOW { read(a, b, c, d, e, f, g) }|line 1: more than 6 arguments at 'g'
	ALLOW { read { fd == count } }|line 1: one argument compared with another, which is not read at '}'
	ALLOW { read { fd & count == 1 } }|line 1: two arguments joined to one value, which is not read at '=='
	ALLOW { read { (fd == 1) == 1 } }|line 1: a condition where a value was expected at '}'
	ERRNO(65536) { read }|line 1: not a value from 0 to 65535 at '65536'
	USE a DEFAULT KILL|line 1: USE a: no policy of that name comes before
	POLICY a { USE a }|line 1: USE a: no policy of that name comes before
	POLICY a { } POLICY a { }|line 1: POLICY a: twice
	DEFAULT ALLOW DEFAULT ALLOW|line 1: a second DEFAULT at 'ALLOW'
	#define a 1\n#define a 2\nALLOW { }|line 3: #define a: defined twice, with different values
	ALLOW { read { fd == 0x10000000000000000 } }|line 1: a number of more than 64 bits at '0x10000000000000000'
	ALLOW { read } /* **/|line 1: a comment without an end
	ALLOW { read ON sparc }|line 1: not an architecture of Kafel at 'sparc'
	ALLOW { read; }|line 1: a character that Kafel refuses at '; }\x0a'
	#include "none"\nALLOW { }|line 1: #include "none": none: No such file or directory
	END
	# These two policies include each other.
	echo '#include "p"' >q
	printf '#include "q"\nALLOW { read }\n' >p
	run -2 sp-verify -p p a.sp
	[[ $output == *": line 1: #include: more than 16 files within each other" ]]
}

@test "a policy that would take long to read is refused" {
	local many rule
	printf -v many 'fd == %d || ' {1..255}
	many+='fd == 256'
	rule="read { ($many) && ($many) && fd == 1000 }"
	printf '%s\n' "ALLOW { $rule, write }" >p
	run -1 sp-verify -p p a.sp
	{ echo "ALLOW { write"; printf ",$rule%.0s" {1..70}; echo ' }'; } >p
	run -2 sp-verify -p p a.sp
	[[ $output == *": a condition with too many cases" ]]
	{ echo 'POLICY a { }'; printf 'USE a\n%.0s' {1..16385}; } >p
	run -2 sp-verify -p p a.sp
	[[ $output == *": more than 16384 rules" ]]
}

@test "included files are searched for in the directory of the policy" {
	mkdir d
	echo 'POLICY inc { ERRNO(1) { read } }' >d/inc
	printf '#include "inc"; #define one 1\nUSE inc DEFAULT ALLOW\n' >d/p
	run -1 --separate-stderr sp-verify -p d/p a.sp
	[[ $output == *" read "*EPERM* ]]
	[[ $stderr == *"d/p: includes d/inc; nsjail itself has no directory for #include, and refuses it"* ]]
	echo 'POLICY inc { ERRNO(1) { read, nosuch } }' >d/inc
	run -2 sp-verify -p d/p a.sp
	[ "$output" = "sp-verify: d/p: d/inc: line 1: nosuch: Kafel has no such call on x86_64" ]
}

@test "C source is not recognized as a policy of Kafel" {
	local text
	for text in '/* x */\nint main(void);' '// x\n#include <stdio.h>\nint x;' \
		'#include "x.h"\nint x;' '#define ALLOW 1\nALLOW;'; do
		# shellcheck disable=SC2059 # printf expands its \n
		printf "$text\n" >p
		run -2 sp-verify -p p a.sp
		[[ $output != *Kafel\ does* && $output != *"no policy"* ]]
	done
}

@test "sp-emit writes names that every version of Kafel knows, and the numbers of newer calls" {
	sp-emit --kafel -o p a.sp 2>err
	grep -qx '		newstat,' p
	grep -qx '		umount,' p
	grep -q '^		SYSCALL\[435\] /\* clone3 \*/' p
	grep -qx 'USE sandprint DEFAULT ERRNO(1)' p
	[ "$(answers "$(<p)")" = "" ]
	sp-emit --kafel --deny=kill a.sp | grep -qx 'USE sandprint DEFAULT KILL_PROCESS'
	sp-emit --kafel --deny=log a.sp | grep -qx 'USE sandprint DEFAULT LOG'
	printf 'run 1 a\nimage /a\ncall 1 20 1 arch=x86\n' | "$TESTS/mkstream" >x86.sp
	run -2 sp-emit --kafel x86.sp
	[[ $output == *"--kafel is for x86_64 alone" ]]
}
