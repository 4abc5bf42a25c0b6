#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the command lines of all tools. Each tool has one table of options, from
# which --help, completions and refusals are made.

load helper

TOOLS=(sp-record sp-merge sp-diff sp-emit sp-verify)

# helped TOOL — prints the long options in --help, one in each line
helped() {
	"$1" --help | grep -oE '^  (-[a-zA-Z], |    )--[a-z-]+' | sed 's/.*--//' | sort
}

@test "the manual of each tool documents exactly the options of --help" {
	for tool in "${TOOLS[@]}"; do
		helped "$tool" >help
		grep -E '^\.It Fl' "$TESTS/../$tool/$tool.1" |
			grep -oE 'Fl -?[a-z-]+' | sed -n 's/^Fl -\(...*\)/\1/p' | sort -u >manual
		# sp-emit.1 has one entry for all --no-GROUP. sp-verify also
		# accepts --time, the name that sp-record has for --timeout.
		[ "$tool" != sp-verify ] || sed -i '/^time$/d' manual
		sed 's/^no-\(kernel\|start\|vdso\|threads\|runtime\|fallback\)$/no-/' help | sort -u |
			diff - manual
	done
}

@test "an unknown option is refused, and the message names the most similar option" {
	while read -r tool wrong right; do
		[ "$tool" = sp-record ] && status=125 || status=2
		run -$status "$tool" "$wrong"
		[[ ${lines[0]} == "$tool: unknown option '$wrong': did you mean '$right'?" ]]
	done <<-'END'
	sp-record --ouptut --output
	sp-record --pahts --paths
	sp-merge --alow-partial --allow-partial
	sp-diff --marix --matrix
	sp-emit --ocl --oci
	sp-emit --oic --oci
	sp-emit --libsecomp --libseccomp
	sp-verify --profle --profile
	END
	run -2 sp-emit --something-else-entirely
	[ "${lines[0]}" = "sp-emit: unknown option '--something-else-entirely'" ]
	run -2 sp-emit -x
	[ "${lines[0]}" = "sp-emit: unknown option '-x'" ]
	run -2 sp-verify -p p.json ls -l
	[ "${lines[0]}" = "sp-verify: unknown option '-l'; if it is a command's, write -- before the command" ]
}

@test "a missing value is refused, and so is a value for an option that takes none" {
	run -2 sp-emit --deny
	[ "${lines[0]}" = "sp-emit: option '--deny' needs a value: WHAT" ]
	run -2 sp-merge -o
	[ "${lines[0]}" = "sp-merge: option '-o' needs a value" ]
	run -125 sp-record --mark -- true
	[ "${lines[0]}" = "sp-record: option '--mark' needs a value: NAME[=WHAT]" ]
	run -125 sp-record -o -- true
	[ "${lines[0]}" = "sp-record: option '--output' needs a value: FILE" ]
	run -2 sp-emit --oci=x
	[ "${lines[0]}" = "sp-emit: option '--oci' takes no value" ]
	run -2 sp-diff --f x
	[ "${lines[0]}" = "sp-diff: option '--f' is ambiguous: --from --fail-on --fail-on-risk" ]
	# An optional value follows "=", not a space.
	run -2 sp-emit --oci --args socket
	[ "${lines[0]}" = "sp-emit: socket: no such file; a value of --args follows '=': --args=socket" ]
	run -2 sp-verify --audit /no/such.log
	[[ ${lines[0]} == *"--audit=/no/such.log" ]]
}

@test "each option that a mode does not have is refused, in one line" {
	while IFS=: read -r tool line message; do
		[ "$tool" = sp-record ] && status=125 || status=2
		# shellcheck disable=SC2086
		run -$status "$tool" $line </dev/null
		echo "$tool $line: ${lines[0]}"
		[ "${lines[0]}" = "$tool: $message" ]
		[ "${lines[1]}" = "Try '$tool --help'." ]
		[ "${#lines[@]}" = 2 ]
	done <<-END
	sp-record:--leader -p $$:--leader cannot be combined with --pid
	sp-record:-u root -p $$:--user cannot be combined with --pid
	sp-record:-p $$ true:--pid cannot be combined with a command: true
	sp-record:--restart -p $$:--restart cannot be combined with --pid
	sp-record:--every -p $$ -p $PPID:--every cannot be combined with several targets
	sp-record:--keep -- true:--keep is only for --pid, --cgroup, --unit and --container
	sp-record:--buffer=9 true:--buffer is only for --every
	sp-record:--oci-hook true:--oci-hook cannot be combined with a command: true
	sp-record:--oci-hook -p $$:--oci-hook cannot be combined with --pid
	sp-record:--oci-hook -o x:--output cannot be combined with --oci-hook
	sp-record:--oci-hook --oci-runtime=runc:--oci-runtime cannot be combined with --oci-hook
	sp-record:--log=x true:--log is only for --oci-hook, --oci-runtime and --nri
	sp-record:--oci-hook --select=x:--select cannot be combined with --oci-hook
	sp-diff:--csv a b:--csv is only for --matrix
	sp-diff:-q --matrix:--quiet cannot be combined with --matrix
	sp-diff:--from=a --matrix:--from cannot be combined with --matrix
	sp-emit:--oci --json:--json cannot be combined with --oci: one format at a time
	sp-emit:--table --deny=kill:--deny: --table does not say what happens to other calls
	sp-emit:--allow-denied --deny-denied --oci:--allow-denied cannot be combined with --deny-denied
	sp-emit:--oci --generalize=none:--generalize: --oci is not a policy of paths
	sp-emit:--systemd --generalize=none:--generalize: --systemd is not a policy of paths
	sp-emit:--path-list --generalize=none:--generalize: --path-list is not a policy of paths
	sp-emit:--json --generalize=all:--generalize: --json is not a policy of paths
	sp-emit:--oci --trust-names:--trust-names: --oci is not a policy of paths
	sp-emit:--apparmor --allow-denied:--allow-denied: --apparmor is not a profile of calls
	sp-emit:--landlock --allow-denied:--allow-denied: --landlock is not a profile of calls
	sp-emit:--table --deny-denied:--deny-denied: --table is not a profile of calls
	sp-emit:--json --exact:--exact: --json is not a profile of calls
	sp-emit:--ndjson --nnp:--nnp: --ndjson is not a profile of calls
	sp-emit:--path-list --runtime=runc:--runtime: --path-list is not a profile of calls
	sp-emit:--landlock-header --no-fallback:--no-fallback: --landlock-header is not a profile of calls
	sp-emit:--table --no-kernel:--no-kernel: --table is not a profile of calls
	sp-emit:--landlock --widen-names:--widen-names is only for --systemd --paths
	sp-verify:--audit --replay:--replay cannot be combined with --audit
	sp-verify:--audit --score -p x:--score cannot be combined with --audit
	sp-verify:--audit --enforce:--enforce cannot be combined with --audit
	sp-verify:--audit -- true:--audit cannot be combined with a command
	sp-verify:--audit --unit=x --container=y:--unit cannot be combined with --container
	sp-verify:--audit=x --unit=x:--unit cannot be combined with a log
	sp-verify:--exe=x -p y:--exe is only for --audit
	sp-verify:--run=x -p y:--run is only for --replay
	sp-verify:-t 3 -p y:--timeout is only for a command, --replay, --audit and --landlock with a command
	sp-verify:-p y --landlock=z:--profile cannot be combined with --landlock with recordings
	sp-verify:--image=x -p y --replay:--image cannot be combined with --replay
	sp-verify:--score -p y --junit=z:--junit cannot be combined with --score
	sp-verify:-p y a.sp -- true:a command cannot be combined with recordings
	sp-verify:-p y --:no command after --
	sp-verify:--cap=all:--cap or --kernel without a profile: -p is missing
	sp-verify:a.sp:no profile: -p is missing
	END
}

@test "bash completes each option that --help lists" {
	for tool in "${TOOLS[@]}"; do
		"$tool" --completion=bash >"$tool.bash"
		bash -c '. "./$0.bash"; COMP_WORDS=("$0" --) COMP_CWORD=1; "_sp_${0#sp-}"
			printf "%s\n" "${COMPREPLY[@]#--}"' "$tool" | sort >offered
		helped "$tool" | diff - offered
		bash -c '. "./$0.bash"; complete -p "$0"' "$tool" | shows "_sp_${tool#sp-} $tool"
	done
	# Each row has the words of a command line, and the expected completions
	# of the last word.
	touch some-file
	while IFS=: read -r words offered; do
		# shellcheck disable=SC2016,SC2086 # the inner shell expands it; several words
		run -0 bash -c '. "./$1.bash"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
			"_sp_${1#sp-}"; echo "${COMPREPLY[*]}"' bash $words
		echo "$words: $output"
		[ "$output" = "$offered" ]
	done <<-'END'
	sp-emit --output some-f:some-file
	sp-emit -o some-f:some-file
	sp-emit --output = some-f:some-file
	sp-emit --deny errno:errno:EPERM errno:ENOSYS
	sp-emit --runtime = cr:crun
	sp-emit --image some-f:
	sp-emit some-f:some-file
	sp-verify -p some-f:some-file
	sp-verify -p x -- some-f:
	sp-verify -p x -- ls --allow-partial:
	sp-verify -p x -- ls some-f:some-file
	sp-record -o x git some-f:some-file
	sp-record -- ls --out:
	sp-record --completion b:bash
	END
}

@test "fish and zsh can load their completions" {
	requires fish
	requires zsh
	for tool in "${TOOLS[@]}"; do
		"$tool" --completion=zsh >"_$tool"
		zsh -n "_$tool"
		"$tool" --completion=fish >"$tool.fish"
		HOME=$PWD fish -c "source $tool.fish; complete -C '$tool --'" | cut -f 1 |
			sed 's/^--//' | sort >offered
		helped "$tool" | diff - offered
	done
}

@test "completions for an unknown shell are refused, and make install installs all completions" {
	run -2 sp-emit --completion=csh
	[ "${lines[0]}" = "sp-emit: --completion=csh: not bash, zsh or fish" ]
	make -s -C "$TESTS/.." install DESTDIR="$PWD/root" PREFIX=/usr >log
	for tool in "${TOOLS[@]}"; do
		[ -s "root/usr/share/bash-completion/completions/$tool" ]
		[ -s "root/usr/share/zsh/site-functions/_$tool" ]
		[ -s "root/usr/share/fish/vendor_completions.d/$tool.fish" ]
		[ -s "root/usr/share/man/man1/$tool.1" ]
	done
	jq -e '.hook.path == "/usr/bin/sp-record"' \
		root/usr/share/containers/oci/hooks.d/sandprint.json
}

@test "for a file of a wrong kind, each tool prints which kind it is" {
	sp-record -q --paths -o run.sp -- true
	sp-emit --landlock -o policy.json run.sp
	sp-emit --oci -o oci.json run.sp
	gzip <"$BASH" >page.gz
	cp "$BASH" elf
	printf '%s\n' '#!/bin/sh' true >script
	printf '%s\n' '# a unit' '[Service]' 'ExecStart=/bin/true' >unit.service
	printf '%s\n' 'abi <abi/3.0>,' >apparmor
	echo '[  711.7] audit: type=1326 audit(1795678469.349:88): pid=76' >klog
	: >empty
	while IFS=: read -r file name; do
		run -2 sp-merge "$file"
		[ "$output" = "sp-merge: $file: $name, not a sandprint stream" ]
		run -2 sp-emit --table "$file"
		[ "$output" = "sp-emit: $file: $name, not a sandprint stream" ]
		[ "$file" = oci.json ] || [ "$file" = unit.service ] || {
			run -2 sp-verify -p "$file" run.sp
			[ "$output" = "sp-verify: $file: $name, not a seccomp profile" ]
			run -2 sp-diff "$file" run.sp
			[ "$output" = "sp-diff: $file: $name, not a seccomp profile" ]
		}
		[ "$file" = policy.json ] || {
			run -2 sp-verify --landlock "$file" run.sp
			[ "$output" = "sp-verify: $file: $name, not a Landlock policy" ]
		}
	done <<-END
	elf:an ELF file
	page.gz:a gzip file
	script:a script
	apparmor:an AppArmor profile
	klog:a kernel log
	policy.json:a Landlock policy
	oci.json:a seccomp profile
	unit.service:a systemd unit
	END
	run -2 sp-verify -p run.sp run.sp
	[ "$output" = "sp-verify: run.sp: a sandprint stream, not a seccomp profile" ]
	run -2 sp-verify --landlock run.sp run.sp
	[ "$output" = "sp-verify: run.sp: a sandprint stream, not a Landlock policy" ]
	for line in 'sp-merge' 'sp-emit --oci' 'sp-verify --landlock' 'sp-diff run.sp'; do
		# shellcheck disable=SC2086
		run -2 $line empty </dev/null
		[ "${lines[0]}" = "${line%% *}: empty: empty" ]
	done
}

@test "no tool reads from a terminal" {
	requires script
	sp-record -q -o run.sp -- true
	while read -r line; do
		run -2 timeout 20 script -qec "$line" typescript
		[[ $output == *"<stdin> is a terminal: name a file, or pipe one in"* ]]
	done <<-'END'
	sp-merge -o out
	sp-emit --table
	sp-diff run.sp
	sp-diff --matrix
	sp-verify -p -
	sp-verify -p run.sp
	END
}
