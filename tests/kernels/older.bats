#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runs in a guest with the oldest kernel, for which sp-record has a BPF object
# of its own.
load ../helper

@test "sp-record uses the object for older kernels" {
	SP_DEBUG=1 sp-record -q -o run.sp -- true 2>messages
	grep -E "map 'locked_words': (skipping creation|created)" messages
	[ "$(calls run.sp | awk '{ n += $3 } END { print n }')" -gt 10 ]
}

@test "without CAP_SYS_RESOURCE, one line says how to raise the limit of locked memory" {
	local i other
	# In the second turn, another recorder of this user runs. Its programs
	# and maps count against the limit, too, so that the kernel refuses even
	# a program of two instructions.
	for i in 1 2; do
		(
			ulimit -l 64
			exec setpriv --bounding-set=-sys_resource \
				--inh-caps=-sys_resource sp-record --method=bpf \
				-o run.sp -- true
		) 2>err || [ $? -eq 125 ]
		cat err
		grep 'counts BPF maps as locked memory' err
		[ "$(wc -l <err)" -eq 1 ]
		[ ! -e run.sp ]
		[ $i -eq 1 ] || break
		sp-record -q -o other.sp --ready-fd=9 -- sleep 1000 \
			9>ready 3>&- &
		other=$!
		wait_for 30 test -s ready
	done
	kill "$other"
	wait "$other" || :
}

@test "a low limit of locked memory does not prevent that denied calls are recorded" {
	ulimit -l 64
	# The denied call comes five seconds after the filter was loaded.
	sp-record -q -o run.sp -- "$WITNESS/filtered" exec \
		perl -e 'sleep 5; getpgrp 0'
	facts run.sp | shows -x 'x86_64 getpgid EXDEV 1'
}

@test "--paths records that a program executes the dynamic loader" {
	sp-record -q --paths -o run.sp -- cat /dev/null
	sp-emit --path-list run.sp | grep '^execute,map.*/ld-linux'
}

@test "--results, --split and --stacks record the same facts as on other kernels" {
	sp-record -q --every --results --paths -o run.sp -- \
		cat /dev/null /none 2>/dev/null || [ $? -eq 1 ]
	sp-emit --strace run.sp >calls
	grep 'openat(AT_FDCWD<.*) = [0-9]*</dev/null> ' calls
	grep 'openat(AT_FDCWD<.*) = -1 ENOENT ' calls
	grep 'read([0-9]*</dev/null>, .*) = 0 ' calls
	sp-record -q --split=exec:cat -o run.sp -- sh -c 'cat /dev/null; :'
	[ "$(sp-emit --json run.sp | jq '.runs | length')" = 2 ]
	sp-record -q --stacks -o run.sp -- cat /dev/null
	[ "$(sp-emit --json run.sp | jq '.stacks | length')" -gt 5 ]
}
