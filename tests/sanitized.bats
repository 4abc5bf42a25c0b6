#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=long
# Runs the tools in a build with ASan and UBSan. Whatever they read and write,
# these must report no access outside of an object, no undefined behaviour and
# no leak.
load helper

setup_file() {
	make -j2 -C "$TESTS/.." SAN=address,undefined \
		CFLAGS="-O0 -g1 ${SP_SANITIZED_CFLAGS-}" \
		build/san/bin/sp-{record,merge,diff,emit,verify} \
		build/san/tests/fuzz/stream replays >&2
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir reports
	SANITIZED=$TESTS/../build/san
	PATH=$SANITIZED/bin:$PATH
	export ASAN_OPTIONS=log_path=$PWD/reports/of
	export UBSAN_OPTIONS=$ASAN_OPTIONS:print_stacktrace=1
}

# A test fails if a sanitizer wrote a report, whatever the exit status was.
teardown() {
	find reports -type f -exec cat {} +
	find reports -type f | lacks .
}

# clean COMMAND… — checks that the command exits with 0, 1 or 2, and that there
# is no usage error and no report
clean() {
	local status=0
	"$@" >out 2>err || status=$?
	if [ "$status" -gt 2 ] || grep "^Try '" err || find reports -type f | shows .; then
		echo "status $status: $*"
		cat err
		return 1
	fi
	ended_with=$status
}

# works COMMAND… — checks the same, and that the exit status is 0 or 1
works() {
	clean "$@"
	[ "$ended_with" -lt 2 ] || {
		echo "status $ended_with: $*"
		cat err
		return 1
	}
}

formats() {
	sp-emit --help | sed -n '/^FORMAT/,/^$/s/^      --\([a-z-]*\).*/\1/p' |
		grep -vxE 'possible|unit'
}

# options_for FORMAT — prints sets of options for the format, one in each line
options_for() {
	echo
	case $1 in
	ndjson | strace) return ;;
	path-list | json | table | timeline) ;;
	apparmor) printf '%s\n' --explain --deny=log '--generalize=all --trust-names' ;;
	landlock*) printf '%s\n' --explain '--generalize=all --trust-names' ;;
	*)
		printf '%s\n' --explain --allow-denied '--exact --image=*'
		[ "$1" = lxc ] || echo --deny=kill
		[ "$1" = firejail ] || echo --args=all
		[ "$1" = firejail ] || [ "$1" = systemd ] ||
			echo "--base=$TESTS/fuzz/seeds/json/docker"
		[ "$1" = minijail ] || [ "$1" = lxc ] || echo --deny=log
		[ "$1" != html ] || echo --unit=name
		[ "$1" != systemd ] || printf '%s\n' '--paths --generalize=all' --harden
		;;
	esac
	echo '--tree=*'
}

# emit_all FILE — writes every format with each set of its options
emit_all() {
	local format options
	for format in $(formats); do
		while read -r options; do
			# shellcheck disable=SC2086 # several words
			clean sp-emit "--$format" $options --allow-partial "$1"
		done < <(options_for "$format")
	done
}

# streams — writes four streams: from the first release, with every kind of
# fact, for every format, and with phases
streams() {
	cp "$TESTS/data/stream-0.1.0.sp" old.sp
	"$TESTS/mkstream" <"$TESTS/fuzz/seed" >every-kind.sp
	"$TESTS/mkstream" <"$TESTS/data/service" >service.sp
	sed '/^run 3/d; /^[a-z]* 3 /d' "$TESTS/data/service" |
		"$TESTS/mkstream" >parts.sp
}

# For the other streams, the fuzz target `writers` does this in one process.
@test "sp-emit is clean with every format and every kind of fact" {
	local format
	streams
	[ "$(formats | wc -l)" -ge 16 ]
	emit_all service.sp
	for format in $(formats); do
		clean sp-emit "--$format" --allow-partial old.sp every-kind.sp
	done
}

@test "sp-merge and sp-diff are clean with streams, profiles and phases" {
	local a b
	streams
	sp-emit --oci -o made.oci parts.sp
	for a in *.sp; do
		clean sp-merge --allow-partial "$a" service.sp
		for b in *.sp; do
			clean sp-diff --allow-partial --by-image "$a" "$b"
			clean sp-diff --allow-partial --fail-on=failed "$b" "$a"
		done
	done
	for b in "$TESTS"/fuzz/seeds/{json,yaml,systemd,firejail,minijail}/*; do
		clean sp-diff --allow-partial --by-image every-kind.sp "$b"
		clean sp-diff --allow-partial --fail-on=failed "$b" every-kind.sp
	done
	for a in "$TESTS"/fuzz/seeds/strace/*; do
		works sp-merge --from=strace -o log.sp "$a"
	done
	works sp-diff --from=ready parts.sp made.oci
	works sp-diff --until=ready parts.sp parts.sp
	works sp-diff --matrix --allow-partial --by-image ./*.sp
	works sp-diff --matrix --csv --allow-partial ./*.sp
}

@test "sp-verify is clean with every profile and every loader" {
	local profile format place
	streams
	head -n 5 "$TESTS/fuzz/seeds/audit/log" >log
	for format in oci docker spo systemd bpf minijail firejail; do
		sp-emit --$format -o "made.$format" service.sp
	done
	for place in libseccomp runc runc-1.1.14 crun systemd; do
		for profile in made.*; do
			clean sp-verify -p "$profile" --as=$place service.sp
		done
	done
	for profile in made.* "$TESTS"/fuzz/seeds/{json,yaml,systemd,firejail,minijail}/*; do
		clean sp-verify -p "$profile" --allow-partial --json every-kind.sp
		clean sp-verify --score -p "$profile" service.sp
	done
	for profile in made.*; do
		clean sp-verify -p "$profile" --learn service.sp
		clean sp-verify -p "$profile" --junit=junit.xml old.sp
		clean sp-verify -p "$profile" -p made.oci service.sp
		clean sp-verify -p "$profile" --audit=log
		clean sp-verify -p "$profile" --audit="$TESTS/fuzz/seeds/audit/log"
	done
	works sp-verify -p made.oci --audit=log
	run -1 sp-verify -p made.oci --as=runc service.sp
	[[ $output == *'chmod  '*EACCES* ]]
}

@test "sp-verify --landlock is clean with paths and ports in simulation" {
	local stream options
	streams
	sp-emit --landlock service.sp >policy.json
	for stream in *.sp; do
		for options in '' --json --junit=junit.xml '--tree=*'; do
			# shellcheck disable=SC2086 # several words
			clean sp-verify --landlock=policy.json $options \
				--allow-partial "$stream"
		done
	done
	sp-verify --landlock=policy.json service.sp
}

@test "sp-verify is clean with a command under a profile, and with --replay" {
	needs root
	local options
	sp-record --paths -o run.sp -- ls / >/dev/null
	sp-emit --oci run.sp >p.json
	sp-emit --landlock run.sp >policy.json
	for options in '' --json --enforce '--learn -o learnt.sp'; do
		# shellcheck disable=SC2086 # several words
		clean sp-verify -p p.json $options -- sh -c 'ls -l / | sort'
	done
	sp-merge learnt.sp >/dev/null
	clean sp-verify -p p.json --enforce --replay run.sp
	clean sp-verify --landlock=policy.json -- cat /etc/hostname
	"$WITNESS/filtered" exec sleep 20 3>&- &
	wait_for 10 grep -q '^Seccomp:.2' /proc/$!/status
	works sp-verify --pid=$! run.sp
	kill $!
}

# The command does many things, and is recorded with every option.
@test "sp-record is clean with a command, and with a running process" {
	needs root
	local ways way
	ways=('--paths --every' '--no-argv --mark=ready -t 20' '-u nobody --leader')
	chmod 777 .
	for way in "${ways[@]}"; do
		# shellcheck disable=SC2086 # several words
		clean sp-record $way -o run.sp -- sh -c \
			'ls -l / | sort >list; cat list none; mv list listed
			printf ready >/proc/$$/comm; ls'
		lacks 'the mark never came' <err
		[ -s run.sp ]
		clean sp-emit --json run.sp
		clean sp-emit --ndjson run.sp
	done
	sleep 20 3>&- &
	clean sp-record --paths -t 0.2 -o run.sp -p $!
	kill $!
	[ -s run.sp ]
}

# One process runs the readers of the tools, so that thousands of inputs take
# only seconds.
@test "the inputs that the fuzzers have found and their seeds are read cleanly" {
	local source target
	for source in "$TESTS"/fuzz/*.c; do
		target=$(basename "$source" .c)
		[ "$target" != records ] || continue
		[ "$target" != replay ] || continue
		"$TESTS/fuzz/seeds/make" "$target" "$target"
		timeout 60 "$SANITIZED/tests/replay/$target" "$target"/*
	done
}

@test "streams with any changed bit or cut at any byte are read cleanly" {
	"$TESTS/mkstream" >good.sp <<-'END'
	run 1 "a run" label.k=v
	image /bin/ls aabb 1:1:0
	call 1 read 1000
	call 1 20 1 arch=x86 image=/bin/sh
	END
	"$TESTS/mkstream" <"$TESTS/fuzz/seed" >every-kind.sp
	"$SANITIZED/tests/fuzz/stream" good.sp every-kind.sp
}

@test "a stream that is cut at any place is refused with one line, or accepted with --allow-partial" {
	local size n reader
	streams
	echo '{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64"],"syscalls":[]}' >p.json
	size=$(stat -c %s old.sp)
	for ((n = 0; n < size; n += 91)); do
		head -c "$n" old.sp >cut.sp
		for reader in sp-merge 'sp-diff --matrix' 'sp-diff old.sp -' \
			'sp-diff - p.json' 'sp-emit --oci' 'sp-verify -p p.json'; do
			# shellcheck disable=SC2086 # several words
			clean $reader <cut.sp
			[ ! -s out ]
			[ "$(wc -l <err)" = 1 ]
		done
		clean sp-diff --matrix --allow-partial cut.sp
		[ -s out ] || [ "$n" -lt 13 ]
	done
}
