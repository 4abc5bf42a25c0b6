#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The group `threads`: calls that depend on timing.
load helper

TIMING="$BATS_TEST_DIRNAME/portable/timing.c"

# threads FILE [option...] — prints the calls that the group adds
threads() {
	sp-emit --explain "$@" |
		awk '$5 == "threads" && !seen[$1, $3]++ { print $1, $3 }' | paste -sd ,
}

# covers A B [option...] — tests whether the profile of A.sp allows B.sp
covers() {
	sp-emit --oci --runtime=none -o covers.json "${@:3}" "$1.sp" 2>/dev/null
	sp-verify -p covers.json "$2.sp" >/dev/null
}

# needs_group A B CALL — tests whether without the group, the profile of A.sp denies
# B.sp. It need not if A.sp has CALL itself, because the scheduler delayed a thread.
needs_group() {
	calls "$1.sp" | grep " $3 " || run ! covers "$1" "$2" --no-threads
}

build() {
	case $1 in
	glibc) cc -w -pthread -o "$1" "$TIMING" ;;
	static) cc -w -pthread -static -o "$1" "$TIMING" ;;
	musl) requires musl-gcc && musl-gcc -w -static -o "$1" "$TIMING" ;;
	i386) cc -w -m32 -pthread -static -o "$1" "$TIMING" ;;
	esac
}

# checks LIBRARY — records timing.c with each NAME, and compares the profiles
checks() {
	local name
	build "$1"
	for name in early late unfinished finished processes; do
		sp-record -q -o $name.sp -- "./$1" $name
	done
	covers early late
	covers unfinished finished
	threads processes.sp | lacks .
	[ "$(sp-emit --json processes.sp | jq -c .threads)" = '[]' ]
	[ "$(sp-emit --json late.sp | jq -c '.threads | map(.count)')" = '[1]' ]
}

@test "glibc: the profile of a recording allows the same program with another timing" {
	requires_root
	checks glibc
	needs_group early late futex
}

@test "glibc, static: the profile of a recording allows the same program with another timing" {
	requires_root
	checks static
	needs_group early late futex
	needs_group unfinished finished madvise
}

@test "musl: the profile of a recording allows the same program with another timing" {
	requires_root
	checks musl
	needs_group unfinished finished munmap
}

@test "32-bit: the profile of a recording allows the same program with another timing" {
	requires_root
	needs i386
	checks i386
	needs_group early late futex
	threads late.sp | lacks x86_64
}

@test "the profile of any one recording allows the others, whatever the load was" {
	requires_root
	requires taskset
	local i
	build glibc
	for i in 1 2 3; do
		sp-record -q -o $i.sp -- ./glibc contend
		taskset -c 0 sp-record -q -o 1$i.sp -- ./glibc contend
	done
	sp-merge -o all.sp ./*.sp 2>/dev/null
	for i in 1 2 3 11 12 13; do
		covers $i all
	done
}

# given ITEM… — prints the calls that the group adds for a stream with the items
given() {
	printf '%s\n' 'run 1 x' 'image /opt/x' "$@" | "$TESTS/mkstream" >given.sp
	threads given.sp
}

@test "a program with threads gets the calls of its C library, and no other program does" {
	local calls=('call 1 read 1' 'call 1 218 1') thread='thread 1 2' glibc=('call 1 273 2')
	local go=('call 1 204 1' 'call 1 131 1')
	[ "$(given 'call 1 read 1' "$thread")" = 'x86_64 futex' ]
	[ "$(given "${calls[@]}" "$thread")" = 'x86_64 munmap,x86_64 futex' ]
	[ "$(given "${calls[@]}" "${glibc[@]}" "$thread")" = \
		'x86_64 madvise,x86_64 futex' ]
	[ "$(given "${calls[@]}" "${glibc[@]}" "$thread" 'call 1 105 1')" = \
		'x86_64 madvise,x86_64 getpid,x86_64 futex,x86_64 tgkill' ]
	[ "$(given "${calls[@]}" "$thread" 'call 1 105 1')" = 'x86_64 munmap,x86_64 futex' ]
	[ "$(given 'call 1 read 1' "${go[@]}" "$thread" | tr , '\n' | wc -l)" = 10 ]
	[ "$(given "${calls[@]}" "${go[@]}" "$thread")" = 'x86_64 munmap,x86_64 futex' ]
	# processes, or calls of exit, do not show that there are threads
	given "${calls[@]}" "${glibc[@]}" 'call 1 clone 3' 'call 1 exit 3' 'call 1 clone3 1' |
		lacks .
	# the library is found for each executable, also for a 32-bit one
	[ "$(given 'call 1 read 1' "$thread" 'image /opt/y' "${calls[@]}" "${glibc[@]}")" = \
		'x86_64 futex' ]
	[ "$(given 'call 1 execve 1 flags=8' 'call 1 3 1 arch=x86' 'call 1 311 1 arch=x86' \
		"$thread")" = 'x86 madvise,x86 futex' ]
}

@test "options leave the group out, and sp-diff marks its calls" {
	given 'call 1 read 1' 'call 1 273 1' 'thread 1 1'
	sp-emit --oci --runtime=none --deny=kill -o p.json given.sp 2>err
	shows -F '1 start + 6 vdso + 2 threads' err
	jq -r '.syscalls[].names[]' p.json | shows -x madvise
	for option in --no-threads --exact; do
		sp-emit --oci --runtime=none $option given.sp 2>/dev/null |
			jq -r '.syscalls[].names[]' | lacks -x 'futex\|madvise\|munmap'
	done
	sp-diff given.sp p.json
	sp-diff given.sp p.json | shows 'futex.*group'
	printf '%s\n' 'run 2 x' 'image /opt/x' 'call 2 read 1' | "$TESTS/mkstream" >other.sp
	run -1 sp-diff other.sp p.json
}

@test "for a selection, the group depends on the threads of its executables in the whole recording" {
	printf '%s\n' 'run 1 x' 'run 2 x' 'part 1 1 0 -' 'part 2 1 1 ready' \
		'image /opt/y' 'call 1 59 1' 'image /opt/x' 'call 1 59 1' 'call 1 273 1' \
		'thread 1 1' 'call 2 read 1' | "$TESTS/mkstream" >x.sp
	[ "$(threads --libseccomp --from=ready x.sp)" = 'x86_64 madvise,x86_64 futex' ]
	[ "$(threads --image=/opt/x x.sp)" = 'x86_64 madvise,x86_64 futex' ]
	threads --image=/opt/y x.sp | lacks .
}

has_two_threads() {
	[ "$(compgen -G "/proc/$1/task/*" | wc -l)" = 2 ]
}

@test "by each method, a recording shows which executables had threads" {
	requires_root
	build glibc
	sp-record -q --method=notify -o notify.sp -- ./glibc late
	./glibc attached 3>&- &
	wait_for 10 has_two_threads $!
	sp-record -q -t 0.1 -o attached.sp -p $!
	kill $!
	# a flag of clone3 counts, but not the same word in a string of the program
	printf '%s\n' '1 set_robust_list(0, 24) = 0' \
		'1 clone3({flags=CLONE_VM|CLONE_THREAD, stack=0}, 88) = 2' \
		'2 exit(0) = ?' '2 +++ exited with 0 +++' '1 exit_group(0) = ?' \
		'1 +++ exited with 0 +++' >log
	sp-merge --from=strace -o log.sp log
	for name in notify attached log; do
		threads --allow-partial $name.sp 2>/dev/null | shows futex
	done
	sed -i 's/CLONE_THREAD/CLONE_FS/; s/0, 24/"CLONE_THREAD", 24/' log
	sp-merge --from=strace -o log.sp log
	threads log.sp | lacks .
}
