#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# sp-verify --score prints how strict a profile is. The figures come from the
# compiled filter. They are compared with a recording, and with the default
# profiles of container engines.

load helper

setup_file() {
	needs x86_64
}

# profile ACTION RULE… — prints an OCI seccomp object
profile() {
	local default=$1
	shift
	jq -n --arg default "SCMP_ACT_$default" '{defaultAction: $default,
		syscalls: $ARGS.positional | map(fromjson)}' --args "$@"
}

allow() {
	printf '{"names": ["%s"], "action": "SCMP_ACT_ALLOW"}' "${1//,/\", \"}"
}

@test "the score counts allowed, observed, narrowed and dangerous calls" {
	profile ERRNO "$(allow read,write,ptrace,bpf,getpid)" \
		'{"names": ["socket", "keyctl"], "action": "SCMP_ACT_ALLOW",
		"args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}' \
		'{"names": ["dup"], "action": "SCMP_ACT_KILL"}' \
		'{"names": ["gettid"], "action": "SCMP_ACT_LOG"}' >p.json
	"$TESTS/mkstream" >a.sp <<-'T'
	run 1 a
	image /bin/a
	call 1 read 3
	call 1 socket 1
	call 1 321 7
	call 1 32 1
	call 1 20 1 arch=x86
	T
	run -0 --separate-stderr sp-verify --score -p p.json a.sp
	local all
	all=$(sp-verify --score --json -p p.json | jq .named)
	[ "$all" -gt 370 ]
	[[ ${lines[0]} == "8 of $all calls allowed, 2 by arguments (Docker's default: 309, podman's default: 3"*"); 3 observed, 5 never; dangerous: 3 (bpf, ptrace, keyctl)" ]]
	[ "$stderr" = "sp-verify: 2 recorded calls are not allowed: without --score they are listed" ]
	diff - <(sed -n '/^RANK/,$p' <<<"$output" | cut -c 1-34) <<-'END'
	RANK  CALL    OBSERVED  NARROWED  
	   1  bpf            7  no        
	   2  ptrace         0  no        
	   3  keyctl         0  yes       
	END
	[[ $output == *"
p.json                  8         2          3      1      1      1
Docker's default      309         3          6      0      4      2  Docker 29, "* ]]
	run -0 sp-verify --score --json -p p.json -o s.json a.sp
	jq -e '.allowed == 8 and .narrowed == 2 and .dangerous == [1, 1, 1]
		and .observed == 3 and .violations == 2 and .others == []
		and (.calls | map([.name, .observed, .narrowed, .rank])) == [
		["read", 3, false, null], ["write", 0, false, null],
		["getpid", 0, false, null], ["socket", 1, true, null],
		["ptrace", 0, false, 2], ["gettid", 0, false, null],
		["keyctl", 0, true, 3], ["bpf", 7, false, 1]] and
		.compared[0].allowed == 309 and (.nameless | not)' s.json
}

@test "for a profile alone, no recording is read and no call counts as observed" {
	profile ERRNO "$(allow read)" >p.json
	mkfifo never
	run -0 timeout 10 sp-verify --score -p p.json <>never
	[[ ${lines[0]} == "1 of "*"podman's default: "*"); dangerous: none" ]]
	sp-verify --score --json -p p.json </dev/null | jq -e '.observed == null
		and .violations == null and .calls[0].observed == null'
	sp-verify --score --json -p - <p.json | jq -e '.allowed == 1'
}

@test "a deny-list and a profile for several architectures have the expected scores" {
	profile ALLOW '{"names": ["ptrace"], "action": "SCMP_ACT_ERRNO"}' >p.json
	run -0 sp-verify --score --json -p p.json
	jq -e '.named - .allowed == 1 and .nameless' <<<"$output"
	run -0 sp-verify --score -p p.json
	[[ $output == *"numbers without a name are allowed too"* ]]
	profile ERRNO "$(allow read,getpid)" |
		jq '.architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]' >p.json
	printf '%s\n' 'run 1 a' 'image /bin/a' 'call 1 20 1 arch=x86' \
		'call 1 1 1 arch=x86' | "$TESTS/mkstream" >a.sp
	run -0 sp-verify --score -p p.json a.sp
	[[ ${lines[0]} == *"; 0 observed, 2 never;"* ]]
	[ "${lines[1]}" = "also allowed: 2 calls of x86 (1 observed)" ]
	jq '.architectures += ["SCMP_ARCH_X32"]' p.json >q.json
	run -0 sp-verify --score -p q.json
	[ "${lines[1]}" = "also allowed: 2 calls of x86, 2 of x32" ]
}

@test "recordings that lack calls are refused, and wrong command lines are refused" {
	profile ERRNO "$(allow read)" >p.json
	printf 'run 01 a lost.call=3\nimage /b\ncall 01 read 1\n' |
		"$TESTS/mkstream" >a.sp
	run -2 sp-verify --score -p p.json a.sp
	run -0 sp-verify --score --allow-partial -p p.json a.sp
	for args in "a.sp" "-p p.json -- true" "-p p.json --replay a.sp" \
		"--audit -p p.json" "-p p.json --junit=x a.sp" "-p - -" \
		"--landlock=p.json" "-p p.json -t 1"; do
		# shellcheck disable=SC2086
		run -2 sp-verify --score $args </dev/null
	done
}

@test "the figures for Docker's default profile in the table are right" {
	run -0 "$TESTS/score-reference" "$TESTS/data/docker-default.json"
	[ "${lines[0]}" = "Docker's default: [309,3,[0,4,2]], as in the table" ]
	# If a profile allows one call less, the comparison fails.
	jq '.syscalls[0].names -= ["accept"]' "$TESTS/data/docker-default.json" >less.json
	run -1 "$TESTS/score-reference" less.json
	[ "${lines[0]}" = "Docker's default: [308,3,[0,4,2]], but the table has [309,3,[0,4,2]]" ]
}

@test "under a staging profile, logged calls are counted separately from allowed calls" {
	jq -n '{defaultAction: "SCMP_ACT_LOG", syscalls: [
		{names: ["read", "write"], action: "SCMP_ACT_ALLOW"}]}' >p.json
	run -0 sp-verify --score -p p.json
	n=$(sp-verify --score --json -p p.json | jq .allowed)
	[[ $output == *"$((n - 2)) of the allowed calls are logged"* ]]
	[ "$(sp-verify --score --json -p p.json | jq .logged)" = $((n - 2)) ]
}
