#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the formats for single sandboxes. If the program that loads a format is
# installed, it must accept the profile and enforce it.
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	if [ "$(id -u)" = 0 ]; then
		sp-record -q -o ls.sp -- ls -l / >/dev/null
	fi
	"$TESTS/mkstream" >calls.sp <<-'END'
	run 1 "The Run: of /opt/p64!"
	image /opt/p64
	call 1 execve 1
	call 1 read 3
	call 1 exit_group 1
	denial 1 ptrace -1 2
	END
	"$TESTS/mkstream" >two.sp <<-'END'
	run 1 two
	image /opt/p64
	call 1 read 1
	call 1 20 1 arch=x86
	END
	"$TESTS/mkstream" >number.sp <<-'END'
	run 1 number
	image /opt/p64
	call 1 read 1
	call 1 999 1
	END
}

setup() {
	cp "$BATS_FILE_TMPDIR"/*.sp "$BATS_TEST_TMPDIR" &&
		cd "$BATS_TEST_TMPDIR" || return
}

@test "docker: our readers accept an OCI profile with an archMap" {
	sp-emit --docker two.sp >d.json
	sp-emit --oci two.sp >o.json
	run -0 jq -c .archMap d.json
	[ "$output" = '[{"architecture":"SCMP_ARCH_X86_64",'\
'"subArchitectures":["SCMP_ARCH_X86"]}]' ]
	jq 'del(.architectures)' o.json >expected
	jq 'del(.archMap)' d.json | diff expected -
	run -0 sp-diff --groups d.json o.json
	run -0 sp-verify -p d.json two.sp
	jq '.archMap[0].subArchitectures = []' d.json >native.json
	run -1 sp-verify -p native.json two.sp
	[[ $output == *getpid* ]]
}

@test "docker: a malformed archMap, or an archMap with architectures, is refused" {
	sp-emit --docker two.sp >d.json
	jq '.archMap = 1' d.json >bad.json
	run -2 sp-verify -p bad.json two.sp
	[[ $output == "sp-verify: bad.json: archMap: not an array" ]]
	jq '.archMap = [{architecture: "PDP", subArchitectures: ["PDP11"]}] +
		.archMap' d.json >more.json
	run -0 sp-verify -p more.json two.sp
	jq '.archMap[0].subArchitectures = ["PDP"]' d.json >bad.json
	run -2 sp-verify -p bad.json two.sp
	[[ $output == *"archMap[0].subArchitectures[0]: unknown"* ]]
	jq '.architectures = ["SCMP_ARCH_X86"]' d.json >bad.json
	run -2 sp-verify -p bad.json two.sp
	[[ $output == *"cannot both be given" ]]
}

@test "spo: the YAML has the same rules as the OCI profile" {
	/usr/bin/python3 -c 'import yaml' || skip "no python3-yaml"
	sp-emit --spo two.sp >p.yaml
	/usr/bin/python3 -c 'import json, sys, yaml
print(json.dumps(yaml.safe_load(sys.stdin)))' <p.yaml >p.json
	sp-emit --oci two.sp >o.json
	jq -S 'del(.defaultErrnoRet)' o.json >expected
	jq -S .spec p.json | diff expected -
	run -0 jq -r '.apiVersion, .kind' p.json
	[ "${lines[0]}" = security-profiles-operator.x-k8s.io/v1 ]
	name=$(jq -r .metadata.name p.json)
	grep -F "localhostProfile: operator/$name.json}" p.yaml
	[ "${lines[1]}" = SeccompProfile ]
	sp-emit --spo --no-fallback --no-runtime calls.sp >p.yaml
	grep -qx '  name: "the-run-of-opt-p64"' p.yaml
	run -2 sp-emit --spo --deny=errno:ENOSYS two.sp
	[[ $output == "sp-emit: --deny: --spo can only have errno:EPERM "* ]]
}

@test "oci --into: the profile is put into a configuration, whose other bytes stay the same" {
	sp-emit --oci -o p.json ls.sp
	printf '%s' '{"ociVersion": "1.0.2", "x": 18446744073709551615, "linux": {"seccomp": {"a": [1]},
		"y" : "\u0041" } }' >config.json
	cp config.json before.json
	sp-emit --oci --into=config.json -o out.json ls.sp
	cmp config.json before.json
	jq .linux.seccomp out.json | diff - <(jq . p.json)
	sp-emit --oci --into=config.json ls.sp
	cmp config.json out.json
	sed -z 's/"seccomp": {.*},\n\t\t"y"/"seccomp": {"a": [1]},\n\t\t"y"/' out.json >back.json
	cmp back.json before.json
	for text in '"linux": {}' '"root": {}' '"linux": {"seccomp": null}'; do
		echo "{\"ociVersion\": \"1.0.2\", $text}" >config.json
		sp-emit --oci --into=config.json ls.sp
		jq .linux.seccomp config.json | diff - <(jq . p.json)
	done
	for text in '[]' '{"ociVersion": "1", "linux": []}' '{' '{"a": 1}' "$(<p.json)" \
		'{"ociVersion": "1", "linux": {}, "linux": {}}'; do
		echo "$text" >config.json
		run -2 sp-emit --oci --into=config.json ls.sp
		[ "$output" = "sp-emit: config.json: not a configuration of the OCI runtime specification" ]
		[ "$(<config.json)" = "$text" ]
	done
	run -2 sp-emit --docker --into=config.json ls.sp
	[[ $output == "sp-emit: --into is only for --oci"* ]]
}

@test "oci --with: the calls of tini, catatonit and shells are added only on request" {
	sp-emit --oci -o p.json ls.sp 2>without
	lacks -E 'tini|catatonit| sh' <without
	while read -r group call; do
		run ! jq -e --arg c "$call" '[.syscalls[].names[]] | index($c)' p.json
		sp-emit --oci --with="$group" -o with.json ls.sp 2>note
		grep -E "\+ [0-9]+ $group" note
		jq -e --arg c "$call" '[.syscalls[].names[]] | index($c)' with.json
		sp-emit --explain --with="$group" ls.sp | grep -E " $call +allow +$group "
	done <<-'END'
	tini rt_sigtimedwait
	catatonit signalfd4
	sh pipe2
	END
	sp-emit --oci --with=tini,sh -o with.json ls.sp
	run -2 sp-emit --oci --with=init ls.sp
	[ "${lines[0]}" = "sp-emit: --with=init: 'init' is not tini, catatonit, sh or portable" ]
}

@test "bpf: bwrap runs the program under the filter, which denies other calls" {
	requires_root
	requires bwrap
	local options
	local -a start
	sp-emit --bpf -o p.bpf ls.sp
	sp-emit --bpf --deny=kill -o kill.bpf ls.sp
	for options in '' --unshare-pid; do
		# shellcheck disable=SC2206 # it may be empty
		start=(bwrap $options --bind / / --proc /proc --dev /dev
			--seccomp 9)
		"${start[@]}" ls -l / 9<p.bpf >under
		grep -q ' usr$' under
		"${start[@]}" ls -l / 9<kill.bpf >under
		grep -q ' usr$' under
		run -1 "${start[@]}" mkdir "$PWD/new" 9<p.bpf
		[[ $output == *"not permitted"* ]]
		run -159 "${start[@]}" mkdir "$PWD/new" 9<kill.bpf
		[ ! -e new ]
	done
}

# bats test_tags=32-bit
@test "bpf: a call of another architecture is denied like other calls" {
	requires_root
	needs int80
	requires bwrap
	local start=(bwrap --bind / / --seccomp 9)
	sp-record -q -o i.sp -- "$WITNESS/compat-nolibc"
	sp-emit --bpf --deny=kill -o i.bpf i.sp
	run -0 "${start[@]}" "$WITNESS/compat-nolibc" 9<i.bpf
	"$TESTS/mkstream" >native.sp <<-'END'
	run 1 native
	image /opt/p64
	call 1 20 1
	call 1 exit_group 1
	END
	sp-emit --bpf -o p.bpf native.sp
	run -0 "${start[@]}" "$WITNESS/compat-nolibc" 9<p.bpf
	sp-emit --bpf --deny=kill -o kill.bpf native.sp
	run -159 "${start[@]}" "$WITNESS/compat-nolibc" 9<kill.bpf
}

@test "bpf: the filter is not written to a terminal, and --runtime=none adds no calls" {
	requires script
	run -2 script -qec "sp-emit --bpf calls.sp" /dev/null
	[[ $output == *terminal* ]]
	sp-emit --bpf calls.sp >a.bpf
	sp-emit --bpf --runtime=none calls.sp >b.bpf
	[ "$(wc -c <a.bpf)" -gt "$(wc -c <b.bpf)" ]
	run -0 sp-emit --bpf --explain --exact calls.sp
	[ "$(grep -c ' observed  ' <<<"$output")" = 3 ]
	lacks -E ' (kernel|start|vdso|runtime)  ' <<<"$output"
}

@test "bpf: a number without a name is allowed only on this machine's architecture" {
	sp-emit --bpf number.sp >n.bpf
	"$TESTS/mkstream" >other.sp <<-'END'
	run 1 number
	image /opt/p64
	call 1 read 1
	call 1 999 1 arch=x86
	END
	run -2 sp-emit --bpf -o none.bpf other.sp
	[[ $output == *"x86 999"* ]]
	[ ! -e none.bpf ]
}

@test "minijail: the policy follows the documented grammar for one architecture, and kills at other calls" {
	sp-emit --minijail calls.sp >p.policy 2>err
	# minijail0(5): each line has a name, a colon, and 1 or "return ERRNO".
	run ! grep -vE '^(#.*|[a-z0-9_]+: (1|return [0-9]+))$' p.policy
	grep -qx 'read: 1' p.policy
	grep -qx 'ptrace: return 1' p.policy
	grep -qx 'execve: 1' p.policy
	grep -qx 'statx: return 38' p.policy
	# minijail0 aborts if a name is newer than its kernel headers.
	run ! grep -E '^(fchmodat2|uprobe|uretprobe):' p.policy
	printf '%s\n' 'run 1 new' 'image /a' 'call 1 read 1' 'call 1 452 1' \
		'call 1 335 1' 'call 1 336 1' | "$TESTS/mkstream" >new.sp
	sp-emit --minijail new.sp >new.policy 2>err
	grep -qx 'fchmodat2: 1' new.policy
	run ! grep -E '^(uprobe|uretprobe):' new.policy
	grep -q '^sp-emit: fchmodat2: .* before Linux 6.6 refuses' err
	grep -q '^sp-emit: uprobe: left out, ' err
	run -2 sp-emit --minijail number.sp
	[[ $output == *"--minijail cannot hold its number" ]]
	run -2 sp-emit --minijail two.sp
	[[ $output == *"x86 20: --minijail is for x86_64 alone" ]]
	run -2 sp-emit --minijail --deny=errno:EPERM calls.sp
	[[ $output == "sp-emit: --deny: --minijail can only have kill"* ]]
}

@test "firejail: the program runs under the profile, and other calls and other architectures fail" {
	requires_root
	requires firejail
	sp-emit --firejail -o p.profile ls.sp
	run -0 firejail --quiet --profile=p.profile -- ls -l /
	[[ $output == *" usr"* ]]
	run -1 firejail --quiet --profile=p.profile -- mkdir "$PWD/new"
	[[ $output == *"not permitted"* ]]
	[ ! -e new ]
	sp-emit --firejail --deny=kill -o kill.profile ls.sp
	run -0 firejail --quiet --profile=kill.profile -- ls -l /
	run firejail --quiet --profile=kill.profile -- mkdir "$PWD/new"
	[ "$status" != 0 ]
	[ ! -e new ]
	run -2 sp-emit --firejail two.sp
	[[ $output == *"x86 20: --firejail is for x86_64 alone" ]]
	run -2 sp-emit --firejail number.sp
	[[ $output == *"--firejail cannot hold its number" ]]
}
