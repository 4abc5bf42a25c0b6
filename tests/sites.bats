#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# For a violation, sp-verify prints the place in the code, the program and the
# arguments. It also lists calls that the workload's own filter answers.

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	cp "$WITNESS/sites" .
	cc -D_GNU_SOURCE -pthread -no-pie -o fixed "$TESTS/witness/sites.c"
	cp sites other
	cp "$WITNESS/called-32" call-32
	cp "$WITNESS/own-filter" own
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	at=$BATS_FILE_TMPDIR
	denying getpgid >p.json
}

# denying NAME… — prints a profile that denies the named calls
denying() {
	jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: $ARGS.positional,
		action: "SCMP_ACT_ERRNO"}]}' --args "$@"
}

# verify COMMAND… — writes the command's violations to v.json, and its stdout to
# `out`
verify() {
	local status=0
	sp-verify -p p.json --json -o v.json -- "$@" >out 2>err || status=$?
	cat err
	[ "$status" -eq 1 ]
}

# sites NAME FILTER — prints what the jq filter selects in the call's sites
sites() {
	jq -er --arg name "$1" ".[] | select(.name == \$name) | .sites | $2" v.json
}

# is_at FILE ADDRESS NAME+OFFSET — checks with nm that the symbol is at the
# address
is_at() {
	local start
	start=$(nm "$1" | awk -v name="${3%+*}" '$3 == name { print $1 }')
	[ -n "$start" ]
	[ $((0x$start + ${3#*+})) -eq $(($2)) ]
}

# --- the place -------------------------------------------------------------

@test "a violation has the image, address and symbol, wherever the program is loaded" {
	local program place symbol
	for program in sites fixed; do
		verify "$at/$program"
		sites getpgid 'length == 1 and .[0].count == 1'
		[ "$(sites getpgid '.[0].image')" = "$at/$program" ]
		place=$(sites getpgid '.[0].place')
		symbol=$(sites getpgid '.[0].symbol')
		[ "${place%+*}" = "$at/$program" ]
		[ "${symbol%+*}" = marked_function ]
		is_at "$at/$program" "${place##*+}" "$symbol"
		# The instruction before this address makes the call.
		objdump -d "$at/$program" | grep -B 1 "^ *${place##*+0x}:" |
			sed -n 1p | shows syscall
	done
}

@test "the symbol of a library's function is its plain name" {
	denying socket >p.json
	verify "$at/sites" families 1
	[ "$(sites socket '.[0].symbol')" = socket+0x7 ]
	[[ $(sites socket '.[0].place') =~ /libc[.-][^/]*\+0x[0-9a-f]+$ ]]
}

@test "in a program without symbols, a violation has an address and no symbol" {
	strip -s -o bare "$WITNESS/exit-nolibc"
	denying exit_group >p.json
	verify ./bare
	sites exit_group '.[0].symbol == null'
	[[ $(sites exit_group '.[0].place') == "$PWD/bare+0x"* ]]
}

@test "for a place in anonymous memory or in a removed file, the list says so" {
	verify "$at/sites" generated
	[ "$(sites getpgid '.[0].place')" = "anonymous memory" ]
	sites getpgid '.[0].symbol == null'
	cp "$at/sites" gone
	verify ./gone unlink
	[[ $(sites getpgid '.[0].image') == "$PWD/gone"* ]]
	[[ $(sites getpgid '.[0].place') == "$PWD/gone (deleted)+0x"* ]]
	[[ $(sites getpgid '.[0].symbol') == marked_function+0x* ]]
}

# bats test_tags=32-bit
@test "in a 32-bit program, a violation has its place and the 32 bits of its arguments" {
	needs i386
	local place symbol
	jq -n '{defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86"],
		syscalls: [{names: ["getpgid"], action: "SCMP_ACT_ERRNO"}]}' >p.json
	verify "$at/call-32"
	place=$(sites getpgid '.[0].place')
	symbol=$(sites getpgid '.[0].symbol')
	[ "${symbol%+*}" = called_in_32 ]
	is_at "$at/call-32" "${place##*+}" "$symbol"
}

@test "without privileges, a violation has its place and symbol" {
	requires_root
	requires setpriv
	chmod 755 "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null
	local status=0
	cp "$at/sites" /tmp/sites.$$
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all \
		"$SP_BIN/sp-verify" -p - --json -- /tmp/sites.$$ <p.json >v.json ||
		status=$?
	rm -f /tmp/sites.$$
	[ "$status" -eq 1 ]
	[[ $(sites getpgid '.[0].symbol') == marked_function+0x* ]]
}

# --- the chain of callers --------------------------------------------------

@test "the functions that led to a violation are listed, for programs of several kinds" {
	[[ $(PATH=$PATH:/sbin ldconfig -p) == *libdw.so.1* ]] || skip "no libdw"
	local command chains
	denying socket getpgid exit_group >p.json
	while IFS='|' read -r command chains; do
		echo "$command"
		# shellcheck disable=SC2086 # several words
		verify ${command/#sites/$at/sites}
		jq -r '.[] | select(.name != "exit_group") | .sites[] | .frames // [] |
			[.[].function // "?" | ltrimstr("__")] | join(" ") |
			if . == "" then "none" else sub(" libc_start_call_main .*"; "") end' v.json |
			sort -u | paste -sd '|' >chains
		cat chains
		[ "$(<chains)" = "$chains" ]
	done <<-END
		$WITNESS/stacked|socket innermost middle outer main|socket innermost outer main
		sites|marked_function main
		sites families 2|socket main
		sites thread|marked_function thread start_thread clone3
		sites child $at/other|marked_function main
		sites crowd 3|marked_function main
		sites generated|?
	END
	# The list prints the call in place of the libc function of the same
	# name.
	run -1 --separate-stderr sp-verify -p p.json -- "$WITNESS/stacked"
	grep -E '^ +1  socket\(AF_INET, 2, 0\) <- innermost <- outer <- main \(.*/stacked\) <- .*  pid [0-9]+  [0-9.]+ s$' <<<"$output"
	jq -e '.[0].frames[1] | .file == $file and (.address | type) == "number"' \
		--arg file "$WITNESS/stacked" <<<"$(verify "$WITNESS/stacked" >&2; jq '[.[0].sites[0]]' v.json)"
	# Without libdw, only the place is listed.
	mkdir -p broken
	: >broken/libdw.so.1
	LD_LIBRARY_PATH=broken run -1 --separate-stderr sp-verify -p p.json -- "$WITNESS/stacked"
	grep -E '^ +3  socket\(AF_[A-Z]+, 2, 0\)  pid' <<<"$output" || grep -F '(socket+0x7)' <<<"$output"
	run ! grep -F -e '<-' <<<"$output"
}

# --- the program that made the call ----------------------------------------

@test "violations of a child that executes another program and of a thread have the name of their program" {
	local kind pid tid
	verify "$at/sites" child "$at/other"
	read -r kind pid <out
	[ "$kind" = child ]
	[ "$(sites getpgid '.[0].image')" = "$at/other" ]
	[[ $(sites getpgid '.[0].place') == "$at/other+"* ]]
	[ "$(sites getpgid '.[0].pid')" -eq "$pid" ]
	[ "$(sites getpgid '.[0].tid')" -eq "$pid" ]
	verify "$at/sites" thread
	read -r kind pid tid <out
	[ "$kind" = thread ]
	[ "$(sites getpgid '.[0].image')" = "$at/sites" ]
	[ "$(sites getpgid '.[0].pid')" -eq "$pid" ]
	[ "$(sites getpgid '.[0].tid')" -eq "$tid" ]
	[ "$pid" -ne "$tid" ]
}

@test "violations of a daemon that outlives its command are listed" {
	local kind pid
	verify "$at/sites" daemon
	read -r kind pid <out
	[ "$kind" = daemon ]
	[ "$(sites getpgid '.[0].pid')" -eq "$pid" ]
	sites getpgid '.[0].time_ns >= 200000000'
	[[ $(sites getpgid '.[0].symbol') == marked_function+0x* ]]
}

@test "an executable that exists only in the mount namespace and root of the workload is read" {
	requires_root
	requires unshare
	mkdir -p box/dev
	cc -D_GNU_SOURCE -static -o in-box -x c - <<-'C'
	#include <sys/syscall.h>
	#include <unistd.h>
	__attribute__((noinline)) int in_a_box(void)
	{
		long result = SYS_getpgid;
		__asm__ volatile("syscall" : "+a"(result) : "D"(0L)
				 : "rcx", "r11", "memory");
		return result;
	}
	int main(void) { return in_a_box() < 0; }
	C
	verify unshare -m sh -c 'mount -t tmpfs none box && cp in-box box/ &&
		exec chroot box /in-box'
	sites getpgid 'any(.[]; .symbol | startswith("in_a_box+0x"))'
	[[ $(sites getpgid '.[] | select(.symbol | startswith("in_a_box+")) | .place') == */in-box+0x* ]]
}

@test "the same place in two programs is two sites in one row of the list" {
	verify sh -c "$at/sites; $at/other; $at/other"
	jq -e 'length == 1 and .[0].count == 3 and (.[0].images | length) == 2' v.json
	sites getpgid '[.[].count] == [2, 1]'
	sites getpgid 'all(.[]; .time_ns > 0)'
	jq -e '.[0].first_ns == ([.[0].sites[].time_ns] | min)' v.json
	# A place in a library is treated in the same way.
	denying socket >p.json
	verify sh -c "$at/sites families 1; $at/other families 1"
	sites socket 'length == 2 and .[0].place == .[1].place'
}

# --- the arguments ---------------------------------------------------------

@test "arguments are printed as names and numbers, but addresses, descriptors and processes are not" {
	denying socket prctl kill close fchmod >p.json
	verify "$at/sites" arguments
	sites socket 'length == 1 and .[0].count == 2'
	sites socket '.[0].args == ["AF_INET6", "1", "6"]'
	sites prctl 'any(.[]; .args == ["PR_SET_NAME"])'
	sites kill '[.[].args] | sort == [["pid", "0"], ["pid", "SIGCONT"]]'
	sites close '.[0].args == ["fd"]'
	sites fchmod '.[0].args == ["fd", "0644"]'
}

@test "below each row are the first eight sites and the number of other sites" {
	denying socket >p.json
	run -1 --separate-stderr sp-verify -p p.json -- "$at/sites" families 20
	[ "${#lines[@]}" -eq 11 ]
	[[ ${lines[1]} =~ ^\ *41\ +20\ +socket\ +EPERM\ +$at/sites$ ]]
	[[ ${lines[2]} =~ ^\ +1\ \ socket\(AF_[A-Z0-9]+,\ 0,\ 0\)(\ \<-\ main\ .*)?\ \ pid\ [0-9]+\ \ [0-9.]+\ s(\ \ libc[^/]*\+0x[0-9a-f]+\ \(socket\+0x7\))?$ ]]
	[[ ${lines[10]} =~ ^\ +and\ 12\ more\ places$ ]]
	run -1 sp-verify -p p.json --junit=j.xml -o list -- "$at/sites" families 1
	grep -qE '^1  socket\(AF_UNSPEC, 0, 0\)( &lt;- .*)?  pid' j.xml
	/usr/bin/python3 -c 'import xml.etree.ElementTree as x; x.parse("j.xml")'
}

# --- performance -----------------------------------------------------------

@test "each of a hundred thousand calls and of a thousand processes is counted" {
	verify "$at/sites" often 100000
	sites getpgid 'length == 1 and .[0].count == 100000'
	verify "$at/sites" crowd 1000
	jq -e '.[0].count == 1000' v.json
	sites getpgid '([.[].count] | add) == 1000 and length == 2'
	sites getpgid 'map(select(.place)) | .[0].count == 512'
	run -1 sp-verify -p p.json -o list -- "$at/sites" crowd 600
	grep -q '^ *88  getpgid(pid)  thread [0-9]*  [0-9.]* s  place not known$' list
}

# Each thread has places of its own, and 60,000 mappings make each look-up slow.
@test "a command with many mappings cannot delay its calls by look-ups of their places" {
	run -1 timeout 25 sp-verify -p p.json --json -o v.json -- \
		/usr/bin/python3 "$TESTS/scripts/many-mappings.py" 40
	[[ $output == *"finding the places of calls took more than 3 s: further places are unknown"* ]]
	sites getpgid '([.[].count] | add) == 40 and any(.place) and any(.place | not)'
}

@test "the memory for stacks is limited, and no call is lost" {
	[[ $(PATH=$PATH:/sbin ldconfig -p) == *libdw.so.1* ]] || skip "no libdw"
	echo '{"defaultAction": "SCMP_ACT_ERRNO"}' >p.json
	verify "$at/sites" stacks 60
	jq -e '[.[] | select(.nr >= 100000)] | length == 60 and
		all(.count == 50 and ([.sites[].count] | add) == 50) and
		(.[0].sites | all(.frames)) and (.[59].sites | all(.frames | not))' v.json
}

# --- filters of the command itself -----------------------------------------

@test "calls that the workload's own filter answers are listed once" {
	requires_root
	local answer text
	denying getpgid getsid >p.json
	while read -r answer text; do
		verify "$at/own" "$answer"
		grep -q 'answers are recorded as well' err
		jq -e '[.[] | [.name, .count, .answer]] ==
			[["getpgid", 7, "EPERM"], ["getsid", 1, "EPERM"]]' v.json
		sites getpgid "[.[] | select(.own_filter) | [.own_filter, .count]] ==
			[[\"$text\", 6]]"
		sites getpgid "all(.[]; .image == \"$at/own\")"
	done <<-'END'
	0x0005000d EACCES
	0x00050001 EPERM
	0x00030000 trap
	END
	run -1 --separate-stderr sp-verify -p p.json -- "$at/own" 0x0005000d
	[[ $output == *"6  getpgid  "*"its own filter answers first: EACCES"* ]]
}

@test "a filter of the workload itself is noticed in a large recording" {
	requires_root
	denying getpgid getsid >p.json
	verify "$at/own" 'ls -l /; id; sort /dev/null; od /dev/null; /usr/bin/python3 -c 1' \
		0x0005000d
	grep -q 'answers are recorded as well' err
	sites getpgid 'any(.[]; .own_filter == "EACCES" and .count >= 6)'
}

@test "for each kind of filter of the workload, the list has the answers of the filter" {
	requires_root
	local how own
	denying getpgid >p.json
	while read -r how own; do
		verify "$WITNESS/filtered" "$how"
		[ "$(sites getpgid '[.[] | "\(.own_filter) \(.count)"] | sort | join(", ")')" = "$own" ]
	done <<-'END'
	errno EXDEV 4
	tsync not known how 1
	trap trap 5
	trap-death killed by SIGSYS 1
	kill-process killed by SIGSYS 1
	kill-thread killed by SIGSYS 1
	END
	run -0 sp-verify -p p.json -o list -- "$WITNESS/filtered" strict
	[[ $output == *"enters the strict mode of seccomp"* ]]
}

@test "the answers of 520 filters of the workload itself are all counted" {
	requires_root
	verify "$WITNESS/many-filters"
	grep -q 'answers are recorded as well' err
	jq -e '[.[] | [.name, .count]] == [["getpgid", 520]]' v.json
}

@test "sp-verify sends one signal to the recorder of such filters" {
	requires_root
	denying getpgid getsid >p.json
	mkdir bin
	cp "$SP_BIN/sp-verify" ./alone
	cat >bin/sp-record <<-END
	#!/bin/sh
	touched() { : >"$PWD/again"; }
	for last; do :; done
	"$SP_BIN/sp-record" -q --no-argv --ready-fd=3 -o "$PWD/r.sp" -p "\$last" &
	exec 3>&-
	trap 'end=1' TERM
	wait
	kill \$!
	wait
	cat "$PWD/r.sp"
	exec >&-
	trap touched TERM
	sleep 0.5
	exit 0
	END
	chmod +x bin/sp-record
	PATH=$PWD/bin:/usr/bin:/bin run -1 --separate-stderr ./alone -p p.json -- "$at/own" 0x0005000d
	echo "$stderr"
	[[ $stderr == *"answers are recorded as well"* ]]
	[ -s r.sp ]
	[ ! -e again ]
}

@test "a call for which the workload's own filter kills is listed" {
	requires_root
	verify "$at/own" 0x80000000
	sites getpgid '[.[] | [.own_filter, .count]] ==
		[[null, 1], ["killed by SIGSYS", 1]]'
}

@test "a call that the workload's own filter answers is undecided if the profile's answer depends on arguments" {
	requires_root
	jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["socket"],
		action: "SCMP_ACT_ERRNO", args: [{index: 0, value: 1,
		op: "SCMP_CMP_EQ"}]}]}' >p.json
	run -0 --separate-stderr sp-verify -p p.json -- "$at/own" 0x0005000d
	[[ $stderr == *"undecided: "*" answered, "*": socket"* ]]
}

@test "if sp-record is missing or has no privilege, a note says that calls under filters of the workload are not seen" {
	requires_root
	requires setpriv
	denying getsid >p.json
	cp "$SP_BIN/sp-verify" ./alone
	PATH=/usr/bin:/bin run -1 --separate-stderr ./alone -p p.json -- "$at/own" 0x0005000d
	[[ $stderr == *"/own loads a filter of its own: calls that it answers are not seen here"* ]]
	cp "$at/own" /tmp/own.$$
	run -1 --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
		--inh-caps=-all "$SP_BIN/sp-verify" -p - -- /tmp/own.$$ 0x0005000d <p.json
	rm -f /tmp/own.$$
	[[ $stderr == *"are not seen here"* ]]
	[[ $output == *getsid* ]]
}
