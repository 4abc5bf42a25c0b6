#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# sp-emit --base allows the calls that another profile allows, and no other
# calls.

load helper

setup_file() {
	needs x86_64
}

# recording — writes r.sp, from which the profiles are made
recording() {
	"$TESTS/mkstream" >r.sp <<-'T'
	run 1 r
	image /bin/r 1:1:1
	call 1 read 3
	call 1 59 1
	call 1 202 1
	T
}

# bases — writes a profile in each form, which allows read, ptrace and keyctl
bases() {
	jq -n '{defaultAction: "SCMP_ACT_KILL", architectures: ["SCMP_ARCH_X86_64"],
		syscalls: [{names: ["read", "ptrace"], action: "SCMP_ACT_ALLOW"},
			{names: ["keyctl"], action: "SCMP_ACT_LOG"},
			{names: ["futex"], action: "SCMP_ACT_ERRNO", errnoRet: 38}]}' >oci.base
	printf '%s\n' 'apiVersion: security-profiles-operator.x-k8s.io/v1beta1' \
		'kind: SeccompProfile' 'metadata: {name: x}' 'spec:' \
		'  defaultAction: SCMP_ACT_ERRNO' '  architectures: [SCMP_ARCH_X86_64]' '  syscalls:' \
		'  - {action: SCMP_ACT_ALLOW, names: [read, ptrace, keyctl]}' >spo.base
	printf '%s: 1\n' read ptrace keyctl >minijail.base
	printf 'seccomp.keep read,ptrace,keyctl\n' >firejail.base
	printf '%s\n' '[Service]' SystemCallArchitectures=native \
		'SystemCallFilter=read ptrace keyctl' >unit.base
}

# allowed FILE — prints the names that the profile allows for any arguments or
# for some
allowed() {
	sp-verify --score --json -p "$1" 2>/dev/null | jq -r '.calls[].name' | sort
}

@test "in each format, a profile with a base of any form allows the calls of both, and no others" {
	recording
	bases
	for base in *.base; do
		[ "$(allowed "$base" | grep -cxE 'read|ptrace|keyctl')" = 3 ]
		for format in docker minijail systemd lxc kafel; do
			sp-emit "--$format" -o plain r.sp 2>/dev/null
			sp-emit "--$format" --base="$base" -o joined r.sp 2>/dev/null
			{ allowed plain; allowed "$base"; } | sort -u >expected
			# systemd 252 does not know these two calls. A drop-in
			# lists them for later versions.
			allowed joined | grep -vx -e uretprobe -e uprobe |
				diff <(grep -vx -e uretprobe -e uprobe expected) - || {
				echo "wrong calls: --$format --base=$base"
				false
			}
			sp-verify -p joined r.sp >/dev/null
		done
		sp-emit --libseccomp --base="$base" -o joined.h r.sp 2>/dev/null
		grep -q '"ptrace", 101' joined.h
	done
}

@test "--explain and the summary name the base" {
	recording
	bases
	run -0 --separate-stderr sp-emit --oci --explain --base=oci.base r.sp
	for line in "read * observed  3 by /bin/r" "read * base      allowed by oci.base" \
		"ptrace * base      allowed by oci.base" "keyctl * base      allowed by oci.base"; do
		# shellcheck disable=SC2254 # it is a pattern
		[[ $output == *$line* ]] || { echo "$line"; false; }
	done
	run -0 --separate-stderr sp-emit --oci --base=oci.base --no-runtime --no-vdso r.sp
	[[ $stderr == *"sp-emit: 3 observed + "*" kernel + 2 base; "*" get ENOSYS" ]]
	mv oci.base $'b\e[31m.base'
	sp-emit --oci --explain --base=$'b\e[31m.base' r.sp 2>&1 | lacks $'\e'
}

# conditional ARGS… — prints an OCI profile that allows socket under these
# conditions
conditional() {
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls: ($ARGS.positional | map(fromjson) |
		map({names: ["socket"], action: "SCMP_ACT_ALLOW", args: [.]}))}' --args "$@"
}

@test "conditions on arguments are joined in each format that can express them" {
	recording
	# The run calls socket with each of these families.
	for family in 1 2 10 16 17; do
		echo "argument 1 socket 0:0xffffffffffffffff:$family 1"
	done | cat <(printf '%s\n' 'run 1 f' 'image /bin/f' 'call 1 socket 5') - |
		"$TESTS/mkstream" >families.sp
	conditional '{"index": 0, "value": 12, "op": "SCMP_CMP_LT"}' \
		'{"index": 0, "value": 17, "op": "SCMP_CMP_EQ"}' >base.json
	for format in oci docker spo bpf minijail lxc kafel; do
		sp-emit "--$format" --base=base.json -o joined r.sp 2>/dev/null
		for profile in joined base.json; do
			run -1 --separate-stderr sp-verify --json -p "$profile" families.sp
			[ "$(jq -r '.[].answer' <<<"$output")" = "EPERM with AF_NETLINK" ] ||
				[ "$(jq -r '.[].answer' <<<"$output")" = "kill process with AF_NETLINK" ]
		done
		sp-verify --score --json -p joined | jq -e '.calls[] | select(.name == "socket").narrowed'
	done
	# This policy of minijail tests one bit.
	echo 'socket: arg0 & 2' >bit.policy
	for format in oci minijail lxc kafel; do
		sp-emit "--$format" --base=bit.policy -o joined r.sp 2>/dev/null
		for profile in joined bit.policy; do
			run -1 --separate-stderr sp-verify --json -p "$profile" families.sp
			[ "$(jq -r '.[].answer' <<<"$output" | sed 's/.* with //' | xargs)" = \
				'AF_NETLINK AF_PACKET AF_UNIX' ]
		done
	done
	# A format without conditions refuses the base, unless the recording has
	# the call.
	for format in firejail systemd; do
		run -2 sp-emit "--$format" --base=base.json -o never r.sp
		[[ $output == *"base.json: --base: it allows socket with some arguments only, which --$format cannot express" ]]
		[ ! -e never ]
		sp-merge r.sp families.sp | sp-emit "--$format" --base=base.json -o joined
	done
	# If the base allows a call for all arguments, --args does not
	# restrict it.
	bases
	"$TESTS/mkstream" >args.sp <<-'T'
	run 1 r
	image /bin/r
	call 1 101 1
	argument 1 101 0:0xffffffff:3 1
	call 1 socket 1
	argument 1 socket 0:0xffffffff:40 1
	T
	sp-emit --oci --args --base=oci.base -o joined args.sp
	jq -e '[.syscalls[] | select(.names == ["socket"]).args[0] | .valueTwo // .value] == [40]' joined
	sp-verify --score --json -p joined | jq -e '.calls[] | select(.name == "ptrace").narrowed | not'
	# If both sides restrict a call, the values of both are allowed.
	sp-emit --oci --args --base=base.json -o joined args.sp
	jq -e '[.syscalls[] | select(.names == ["socket"]).args[0] | .valueTwo // .value] | sort == [12, 17, 40]' joined
}

@test "a base that cannot be joined is refused" {
	recording
	bases
	jq '.defaultAction = "SCMP_ACT_ALLOW"' oci.base >allow.json
	printf 'seccomp.drop ptrace\n' >drop.profile
	printf '%s\n' 'seccomp.keep read,socket' 'protocol unix' >two.profile
	echo 'socket: arg0 & 0x6' >bits.policy
	jq '.architectures = ["SCMP_ARCH_AARCH64"]' oci.base >arm.json
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls: [
		{names: ["clone"], action: "SCMP_ACT_ALLOW"},
		{names: ["clone"], action: "SCMP_ACT_ERRNO", args: [{index: 0, value: 1, op: "SCMP_CMP_EQ"}]}]}' >mixed.json
	while IFS='|' read -r base options message; do
		# shellcheck disable=SC2086 # several words
		run -2 --separate-stderr sp-emit --oci --base="$base" $options -o never r.sp
		[[ $stderr == *"$message"* ]] || { echo "$base: $stderr"; false; }
		[ ! -e never ]
	done <<-'END'
	allow.json||sp-emit: allow.json: --base: it allows all calls that it does not name, which a list of allowed calls cannot
	drop.profile||sp-emit: drop.profile: --base: it allows all calls that it does not name
	bits.policy||sp-emit: bits.policy: --base: it allows socket if any of several bits is set, which cannot be joined
	two.profile||sp-emit: two.profile: --base: it makes several filters that are in force together, which one list of allowed calls cannot express
	mixed.json||sp-emit: mixed.json: --base: it has rules that allow clone and rules that deny it, by its arguments; they cannot be joined
	missing||sp-emit: missing: No such file or directory
	r.sp||sp-emit: r.sp: a sandprint stream, not a seccomp profile
	oci.base|--exact|sp-emit: --base cannot be combined with --exact
	-|-|sp-emit: stdin cannot be a recording and the base
	END
	run -2 sp-emit --landlock --base=oci.base r.sp
	[ "${lines[0]}" = "sp-emit: --base: --landlock is not a profile of calls" ]
	# This profile is for another architecture.
	run -2 --separate-stderr sp-emit --oci --base=arm.json r.sp
	[[ $stderr == *"sp-emit: arm.json: --base: it is not for x86_64, as the recording is" ]]
}

@test "of the base, only the recorded architectures are used" {
	recording
	bases
	jq '.architectures += ["SCMP_ARCH_X86"]' oci.base >both.json
	run -0 --separate-stderr sp-emit --oci --base=both.json r.sp
	[[ $stderr == *"both.json: --base: its calls of x86 are left out, since none was recorded"* ]]
	jq -e '.architectures == ["SCMP_ARCH_X86_64"]' <<<"$output"
	printf '%s\n' 'run 1 r' 'image /bin/r' 'call 1 read 1' 'call 1 20 1 arch=x86' |
		"$TESTS/mkstream" >both.sp
	sp-emit --bpf --base=both.json -o joined both.sp
	printf '%s\n' 'run 2 r' 'image /bin/r' 'call 2 101 1' 'call 2 26 1 arch=x86' |
		"$TESTS/mkstream" | sp-verify -p joined
}

@test "a base may include a file from its own directory" {
	recording
	mkdir policies
	printf '@include ./more.policy\nread: 1\n' >policies/a.policy
	printf 'ptrace: 1\n' >policies/more.policy
	sp-emit --oci --base=policies/a.policy r.sp | jq -e 'any(.syscalls[].names[]; . == "ptrace")'
}
