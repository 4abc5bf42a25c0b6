#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# Tests the common forms of profiles. The tools must recognize each form by its
# content, read it as its loader does, and refuse what they cannot read.
load helper

DOCKER="golang-github-docker-docker-dev usr/share/gocode/src/github.com/docker/docker/profiles/seccomp/default.json"
PODMAN="golang-github-containers-common usr/share/containers/seccomp.json"

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	"$TESTS/mkstream" >a.sp <<-'END'
	run 1 a
	image /opt/a
	call 1 execve 1
	call 1 read 3
	call 1 write 1
	call 1 chmod 1
	call 1 exit_group 1
	END
	# The type of a socket is recorded without its flags.
	local kind
	for kind in 1 2 100; do
		"$TESTS/mkstream" >socket$kind.sp <<-END
		run 1 a
		image /opt/a
		call 1 execve 1
		call 1 socket 1
		call 1 exit_group 1
		argument 1 socket "0:0xffffffffffffffff:$kind 1:15:1 2:0xffffffffffffffff:0" 1
		END
	done
	{
		printf 'run 1 all\nimage /opt/a\n'
		for nr in {0..334} {424..456}; do
			printf 'call 1 %d 1\ncall 1 %d 1 arch=x86\n' "$nr" "$nr"
			printf 'call 1 %d 1\n' $((0x40000000 + nr))
		done
	} | "$TESTS/mkstream" >all.sp
	{
		printf 'run 1 all\nimage /opt/a\n'
		for nr in {0..334} {424..456}; do
			printf 'call 1 %d 1\n' "$nr"
		done
	} | "$TESTS/mkstream" >native.sp
}

setup() {
	cp "$BATS_FILE_TMPDIR"/*.sp "$BATS_TEST_TMPDIR" &&
		cd "$BATS_TEST_TMPDIR" || return
}

# denied PROFILE TRACE [OPTION…] — prints the denied calls as "ARCH NAME ANSWER"
denied() {
	local profile=$1 trace=$2
	shift 2
	{ sp-verify --json -p "$profile" "$@" "$trace" 2>note || [ $? = 1 ]; } |
		jq -r '.[] | "\(.arch) \(.name // .nr) \(.answer)"'
}

# refused FILE PROBLEM — checks that the tools refuse the file with status 2 and
# this message only
refused() {
	run -2 sp-verify -p "$1" a.sp
	[ "$output" = "sp-verify: $1: $2" ]
	run -2 sp-diff "$1" a.sp
	[ "$output" = "sp-diff: $1: $2" ]
}

@test "under a profile of sp-emit there is no violation until a call is removed from the profile" {
	local format
	for format in oci docker spo systemd minijail firejail lxc kafel; do
		[ $format != systemd ] || requires systemd-analyze
		sp-emit --$format -o p a.sp
		run -0 --separate-stderr sp-verify -p p a.sp
		[ -z "$output" ]
		[ "$stderr" = "sp-verify: 5 calls, no violation" ]
		case $format in
		oci | docker)
			jq '(.syscalls[].names) -= ["chmod"]' p >q ;;
		spo) sed '/- "chmod"$/d' p >q ;;
		systemd) sed 's/\<chmod\>//' p >q ;;
		minijail) sed '/^chmod:/d' p >q ;;
		lxc) sed '/^chmod$/d' p >q ;;
		kafel) sed 's/\<chmod,//' p >q ;;
		firejail) sed 's/,chmod\>//' p >q ;;
		esac
		run ! cmp -s p q
		run -1 sp-verify -p q a.sp
		[ "${#lines[@]}" = 2 ]
		[[ ${lines[1]} == *" chmod "* ]]
		run -0 sp-verify -p p a.sp
		cat p | sp-verify -p - a.sp
	done
}

@test "a profile with arguments allows the recorded family of sockets, and no other" {
	local format
	for format in oci docker spo systemd minijail lxc kafel; do
		[ $format != systemd ] || requires systemd-analyze
		sp-emit --$format --args -o p socket1.sp
		run -0 sp-verify -p p socket1.sp
		run -1 sp-verify -p p socket2.sp
		[ "${#lines[@]}" = 2 ]
		[[ ${lines[1]} == *" socket "* ]]
	done
}

@test "sp-diff reads each form" {
	local format
	sp-emit --oci --no-runtime -o o a.sp
	for format in docker spo minijail kafel; do
		sp-emit --$format --no-runtime -o p a.sp
		run -0 sp-diff --groups o p
	done
	sp-emit --firejail --no-runtime -o p a.sp
	run -1 sp-diff --groups o p
	[ "$output" = "+ prctl     -  (group)
+ execveat  -  (group)" ]
}

# resolve FILE CAPS KERNEL — prints the profile without conditions on
# capabilities, kernel and architecture (amd64). It shares no code with
# sp-verify.
resolve() {
	jq --argjson caps "$2" --argjson kernel "$3" '
	def at_least($v): ($v | split(".") | map(tonumber)) <= $kernel;
	def held: (.caps // []) - ((.caps // []) - $caps);
	.architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]
	| del(.archMap, .defaultErrno)
	| .syscalls |= map(select(
		((.excludes.arches // []) | index("amd64") | not) and
		(.excludes | held == []) and
		((.excludes.minKernel // null) | . == null or (at_least(.) | not)) and
		((.includes.arches // ["amd64"]) | index("amd64") != null) and
		(.includes | (.caps // []) == held) and
		((.includes.minKernel // null) | . == null or at_least(.)))
		| del(.includes, .excludes, .errno, .comment))' "$1"
}

DEFAULT_CAPS='["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER",
	"CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
	"CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
	"CAP_AUDIT_WRITE"]'

@test "the default profiles of docker and podman are resolved as a program in jq resolves them" {
	needs x86_64
	local file
	for file in "$DOCKER" "$PODMAN"; do
		# shellcheck disable=SC2086 # several words
		file=$(packaged $file) || skip "no package ${file% *}"
		resolve "$file" "$DEFAULT_CAPS" '[6, 1]' >plain.json
		denied plain.json all.sp >want
		denied "$file" all.sp --kernel=6.1 >got
		# No message says that send, an operation of socketcall(2), is unknown.
		run ! grep -w send note
		[ "$(wc -l <want)" -gt 100 ]
		diff want got
		run -0 sp-diff --kernel=6.1 "$file" plain.json
		resolve "$file" '["CAP_SYS_ADMIN", "CAP_SYS_PTRACE"]' '[4, 4]' \
			>plain.json
		denied plain.json all.sp >want2
		denied "$file" all.sp --cap=sys_admin,CAP_SYS_PTRACE \
			--kernel=4.4.0-1-amd64 >got
		diff want2 got
		run ! cmp -s want want2
	done
}

@test "if a rule depends on capabilities, a note names them" {
	cat >p.json <<-'END'
	{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
	 {"names": ["execve", "read", "write", "exit_group"],
	  "action": "SCMP_ACT_ALLOW", "comment": "always"},
	 {"name": "chmod", "action": "SCMP_ACT_ALLOW",
	  "includes": {"caps": ["CAP_KILL", "CAP_BPF"]}}]}
	END
	run -1 --separate-stderr sp-verify -p p.json a.sp
	[[ $output == *chmod*EPERM* ]]
	[ "$stderr" = "sp-verify: p.json: conditions resolved for Docker's default capabilities" ]
	run -0 --separate-stderr sp-verify -p p.json --cap=kill,CAP_BPF a.sp
	[ "${stderr_lines[0]}" = "sp-verify: p.json: conditions resolved for CAP_KILL, CAP_BPF" ]
	run -0 sp-verify -p p.json --cap=all a.sp
	run -1 sp-verify -p p.json --cap=none a.sp
	[[ $output == *"resolved for no capability"* ]]
	sed -i s/includes/excludes/ p.json
	run -1 sp-verify -p p.json a.sp
	run -0 sp-verify -p p.json --cap=none a.sp
	sed -i 's/, *$/,/; s/"excludes.*/"excludes": {}}]}/' p.json
	run -0 --separate-stderr sp-verify -p p.json a.sp
	[ "$stderr" = "sp-verify: 5 calls, no violation" ]
	run -2 sp-verify -p p.json --cap=KILL,SYS_ADMN a.sp
	[ "${lines[0]}" = "sp-verify: --cap=KILL,SYS_ADMN: no capability is called 'SYS_ADMN'" ]
	run -2 sp-diff --cap=x p.json a.sp
	[ "${lines[0]}" = "sp-diff: --cap=x: no capability is called 'x'" ]
}

@test "conditions on the kernel version and the architecture are resolved" {
	cat >p.json <<-'END'
	{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
	 {"names": ["execve", "read", "write", "exit_group"],
	  "action": "SCMP_ACT_ALLOW"},
	 {"names": ["chmod"], "action": "SCMP_ACT_ALLOW",
	  "includes": {"minKernel": "4.8"}}]}
	END
	run -0 --separate-stderr sp-verify -p p.json --kernel=4.8.0-rc1 a.sp
	[ "${stderr_lines[0]}" = "sp-verify: p.json: conditions resolved for Linux 4.8" ]
	run -0 sp-verify -p p.json --kernel=5.0 a.sp
	run -0 sp-verify -p p.json a.sp
	run -1 sp-verify -p p.json --kernel=4.7.9 a.sp
	run -1 sp-verify -p p.json --kernel=3.19 a.sp
	run -2 sp-verify -p p.json --kernel=six a.sp
	[ "${lines[0]}" = "sp-verify: --kernel=six: not a version like 6.1" ]
	if ! has x86_64; then
		skip_row x86_64 'arches'
		return
	fi
	sed -i 's/{"minKernel.*/{"arches": ["arm64", "amd64"]}}]}/' p.json
	run -0 --separate-stderr sp-verify -p p.json a.sp
	[ "$stderr" = "sp-verify: 5 calls, no violation" ]
	sed -i 's/amd64/x86_64/' p.json
	run -1 sp-verify -p p.json a.sp
}

@test "podman's errno may be a name or a number, and has precedence over errnoRet" {
	cat >p.json <<-'END'
	{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrno": "ENOSYS",
	 "defaultErrnoRet": 1, "syscalls": [
	 {"names": ["read"], "action": "SCMP_ACT_ERRNO", "errno": "13"},
	 {"names": ["write"], "action": "SCMP_ACT_ERRNO", "errno": "",
	  "errnoRet": 5}]}
	END
	run -0 denied p.json a.sp
	[[ $output == *"read EACCES"* && $output == *"write EIO"* ]]
	[[ $output == *"chmod ENOSYS"* ]]
	sed -i s/ENOSYS/EWHAT/ p.json
	refused p.json "defaultErrno: not an errno"
}

@test "an errno for an action that takes none is read as each runtime reads it" {
	local key as
	for key in '"errnoRet": 1' '"errno": "EPERM"'; do
		echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names":
			["execve", "read", "write", "chmod", "exit_group"],
			"action": "SCMP_ACT_ALLOW", '"$key"'}]}' >p.json
		for as in "" --as=libseccomp --as=runc; do
			run -0 sp-verify -p p.json $as a.sp
			[[ $output == *"SCMP_ACT_ALLOW, crun refuses the profile"* ]]
		done
		run -2 sp-verify -p p.json --as=crun a.sp
		[[ $output == *": crun refuses an errno for SCMP_ACT_ALLOW" ]]
	done
	echo '{"defaultAction": "SCMP_ACT_LOG", "defaultErrnoRet": 38}' >p.json
	run -0 sp-verify -p p.json a.sp
	[[ $output == *"p.json: defaultErrnoRet: runc ignores an errno for SCMP_ACT_LOG, "* ]]
}

@test "foreign architectures are ignored, unless libseccomp refuses them" {
	needs x86_64
	local arch
	profile() {
		echo '{"defaultAction": "SCMP_ACT_ALLOW", "architectures":
			["SCMP_ARCH_X86_64", "'"$1"'"], "syscalls": [{"names":
			["chmod"], "action": "SCMP_ACT_ERRNO"}]}' >p.json
	}
	for arch in LOONGARCH64 MIPSEL MIPSEL64 MIPSEL64N32 SH; do
		profile SCMP_ARCH_$arch
		[ "$(denied p.json a.sp)" = "x86_64 chmod EPERM" ]
		grep -qx "sp-verify: p.json: SCMP_ARCH_$arch: left out, since it is of another machine" note
	done
	for arch in M68K MIPS MIPS64 MIPS64N32 PARISC PARISC64 PPC PPC64 S390 SHEB; do
		profile SCMP_ARCH_$arch
		refused p.json "architectures[1]: libseccomp cannot filter SCMP_ARCH_X86_64 and SCMP_ARCH_$arch at once"
	done
	profile SCMP_ARCH_PDP11
	refused p.json "architectures[1]: unknown architecture SCMP_ARCH_PDP11"
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "architectures":
		["SCMP_ARCH_MIPSEL"]}' >p.json
	refused p.json "architectures: none is of this machine"
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "archMap": [
		{"architecture": "SCMP_ARCH_LOONGARCH64"}, {"architecture": "other"},
		{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": null},
		{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": 1}]}' >p.json
	[ "$(denied p.json a.sp | wc -l)" = 5 ]
}

@test "missing values are read as 0 or an empty list, as Go reads them" {
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [],
		"action": "SCMP_ACT_KILL"}, {"names": ["socket"], "action":
		"SCMP_ACT_ERRNO", "args": [{"op": "SCMP_CMP_EQ"}]}]}' >p.json
	printf 'run 1 a\nimage /opt/a\ncall 1 socket 1\n%s\n' \
		'argument 1 socket "0:0xffffffffffffffff:0 1:15:1 2:0xffffffffffffffff:0" 1' |
		"$TESTS/mkstream" >zero.sp
	[[ "$(denied p.json zero.sp)" == "x86_64 socket EPERM"* ]]
	run -0 sp-verify -p p.json socket1.sp
}

@test "SeccompProfile: the common forms of YAML are read" {
	cat >p.yaml <<-'END'
	---
	# a comment
	kind: SeccompProfile
	apiVersion: security-profiles-operator.x-k8s.io/v1beta1
	metadata: {name: a, labels: {x: "1"}}
	spec:
	  defaultAction: SCMP_ACT_ERRNO
	  architectures: [SCMP_ARCH_X86_64]
	  syscalls:
	  - action: "SCMP_ACT_ALLOW"
	    names:
	    - execve
	    - 'read'
	    - >-
	      write
	    - exit_group
	  - action: SCMP_ACT_ERRNO
	    errnoRet: 0x26
	    names:
	      - chmod
	END
	run -0 denied p.yaml a.sp
	[ "$output" = "x86_64 chmod ENOSYS" ]
	sed '/^metadata/,/^spec/d' p.yaml | sed 's/^  //; /^kind/d; /^api/d' >q.yaml
	run -0 denied q.yaml a.sp
	[ "$output" = "x86_64 chmod ENOSYS" ]
	sed 's/SeccompProfile/ProfileRecording/' p.yaml >q.yaml
	refused q.yaml "kind: not SeccompProfile"
	sed 's/SCMP_ACT_ERRNO/SCMP_ACT_FOO/' p.yaml >q.yaml
	refused q.yaml "spec.defaultAction: unknown action SCMP_ACT_FOO"
	sed 's/^spec:/&\n  baseProfileName: runc/' p.yaml >q.yaml
	refused q.yaml "spec.baseProfileName: no SeccompProfile runc in the file, and none in a file runc.yaml beside it"
}

# resource NAME CALL… — prints a SeccompProfile that allows the named calls
resource() {
	local name=$1
	shift
	printf '%s\n' --- 'apiVersion: security-profiles-operator.x-k8s.io/v1beta1' \
		'kind: SeccompProfile' "metadata: {name: $name, namespace: x}" \
		'spec:' '  defaultAction: SCMP_ACT_ERRNO' '  syscalls:' \
		'  - action: SCMP_ACT_ALLOW' '    names:'
	printf '    - %s\n' "$@"
}

@test "SeccompProfile: one of several documents can be chosen by name" {
	{
		printf -- '---\nkind: Namespace\nmetadata: {name: x}\n'
		resource one execve read write exit_group
		printf -- '---\n# nothing\n---\n'
	} >p
	[ "$(denied p a.sp)" = "x86_64 chmod EPERM" ]
	resource two execve chmod read exit_group >>p
	refused p "several SeccompProfiles, choose one with --document: one, two"
	[ "$(denied p a.sp --document=one)" = "x86_64 chmod EPERM" ]
	[ "$(denied p a.sp --document=two)" = "x86_64 write EPERM" ]
	run -1 sp-diff --document=two p a.sp
	run -2 sp-verify -p p --document=x a.sp
	[ "$output" = "sp-verify: p: no SeccompProfile is called x; the file has: one, two" ]
	resource one execve >p
	run -2 sp-verify -p p --document=two a.sp
	[ "$output" = "sp-verify: p: no SeccompProfile is called two; the file has: one" ]
}

@test "SeccompProfile: a base is found in the same file or beside it, and a missing base is named" {
	local ending
	mkdir in
	{
		resource own write
		echo '  baseProfileName: base-1.0'
	} >in/p
	resource base-1.0 execve read exit_group >base
	for ending in .yaml .yml .json ""; do
		cp base in/base-1.0$ending
		[ "$(denied in/p a.sp)" = "x86_64 chmod EPERM" ]
		grep -qx "sp-verify: in/p: with the rules of its base profile base-1.0" note
		rm in/base-1.0$ending
	done
	cat in/p base >q
	[ "$(denied q a.sp --document=own)" = "x86_64 chmod EPERM" ]
	refused in/p "spec.baseProfileName: no SeccompProfile base-1.0 in the file, and none in a file base-1.0.yaml beside it"
	resource other execve >in/base-1.0.yaml
	refused in/p "spec.baseProfileName: no SeccompProfile base-1.0 in the file, and none in a file base-1.0.yaml beside it"
	sed 's/base-1.0$/own/' in/p >q
	refused q "spec.baseProfileName: own has a base of its own, which is not read"
	sed 's|base-1.0$|../in/base-1.0|' in/p >in/q
	refused in/q "spec.baseProfileName: no SeccompProfile ../in/base-1.0 in the file, and none in a file ../in/base-1.0.yaml beside it"
	sed 's/SCMP_ACT_ALLOW/SCMP_ACT_X/' base >in/base-1.0.yaml
	refused in/p "base-1.0: spec.syscalls[0].action: unknown action SCMP_ACT_X"
	printf 'a: "\n' >in/base-1.0.yaml
	run -2 sp-verify -p in/p a.sp
	[[ $output == "sp-verify: in/p: in/base-1.0.yaml: line "*"unexpected end of stream" ]]
}

@test "a profile that libseccomp cannot express is an error, and no call is judged" {
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "architectures":
		["SCMP_ARCH_X86_64", "SCMP_ARCH_S390X"], "syscalls":
		[{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}' >p.json
	printf 'run 1 a\ncall 1 read 1\n' | "$TESTS/mkstream" >a.sp
	local how
	for how in a.sp "--score a.sp" --score "-- true"; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr sp-verify -p p.json $how
		[ "$stderr" = "sp-verify: p.json: libseccomp cannot filter x86_64 and s390x at once" ]
		[ -z "$output" ]
	done
}

@test "the message about refused YAML has the line" {
	printf 'kind: &a x\nspec: *a\n' >p
	refused p "line 2: an alias"
	printf 'kind: x\nkind: y\n' >p
	refused p "line 2: kind: twice"
	printf 'spec:\n  a: !!int 3\n' >p
	refused p "line 2: a tag"
	printf 'spec:\n  ? [a]\n  : b\n' >p
	refused p "line 2: a key that is no string"
	printf 'spec: %s\n' "$(printf '[%.0s' {1..20})" >p
	refused p "line 1: nested deeper than 16"
	printf 'spec: 1\n---\nspec: 2\n' >p
	refused p "several documents, and none of them is a SeccompProfile"
	printf -- '---\n---\n---\n' >p
	refused p "empty"
	printf -- '- 1\n---\n%.0s' {1..257} >p
	refused p "line 514: more than 256 documents"
	printf 'spec:\n  a: "\n' >p
	run -2 sp-verify -p p a.sp
	[[ $output == *"p: line "*"unexpected end of stream" ]]
	{ echo 'spec:'; head -c 1100000 /dev/zero | tr '\0' ' '; } >p
	refused p "more than 1 MiB of YAML"
}

# answers POLICY — prints "NAME ANSWER" for each call of the trace
answers() {
	printf '%s\n' "$@" >p
	denied p a.sp | cut -d' ' -f2-
}

@test "minijail: actions, comments and continued lines are read" {
	run -0 answers '# a policy' 'execve: 1 # comment' 'read: allow' \
		'write: return ENOSYS' 'chmod: \' ' return \' '13' \
		'@frequency ./x'
	[ "$output" = 'write ENOSYS
chmod EACCES
exit_group kill process' ]
	run -0 answers '@default trap' 'read:1' 'execve: kill-thread' \
		'write: log' 'chmod: return 1'
	[ "$output" = 'execve kill thread
chmod EPERM
exit_group trap' ]
}

@test "minijail: conditions are read, and so is the answer to other arguments" {
	printf '%s\n' 'execve: 1' 'exit_group: 1' \
		'socket: arg0 == AF_UNIX && arg1 & 0x5 || arg0 == 16' >p
	run -0 sp-verify -p p socket1.sp
	run -0 denied p socket2.sp
	[[ $output == "x86_64 socket kill process"* ]]
	sed -i 's/AF_UNIX.*/AF_UNIX; return EAFNOSUPPORT/' p
	run -0 sp-verify -p p socket1.sp
	run -0 denied p socket2.sp
	[[ $output == "x86_64 socket EAFNOSUPPORT"* ]]
	sed -i 's/^socket.*/socket: arg0 != (AF_INET|0) \&\& arg0 <= ~0/' p
	run -0 sp-verify -p p socket1.sp
	run -1 sp-verify -p p socket2.sp
	# sp-emit writes such a comparison for each bit.
	sed -i "s/^socket.*/socket: arg0 \& 1$(printf ' \&\& arg0 in ~%d' 2 4 8 16 32 64 128)/" p
	run -0 sp-verify -p p socket1.sp
	run -1 sp-verify -p p socket2.sp
}

@test "minijail: forms that only compile_seccomp_policy.py accepts are read" {
	run -0 answers '@default trap' '{ execve, write[arch=sparc,mips] }: allow' \
		'read: { arg0 > 0x7fffffff; return EIO, arg0 == 3; allow, log }' \
		'chmod: return EPERM'
	[ "$output" = 'write trap
chmod EPERM
exit_group trap' ]
	run -0 answers '@denylist' 'write: return EBADF' 'chmod: arg1 != 0; return EIO'
	[ "$output" = 'write EBADF' ]
	grep -qx 'sp-verify: undecided: depends on arguments that were not recorded: chmod (judged if sp-verify runs the command itself: -- COMMAND)' note
}

@test "minijail: an included file is searched for beside the policy, or below --root" {
	mkdir -p dir/usr
	printf '@include ./two\nexecve: 1\n' >dir/one
	printf 'read: 1\nchmod: arg0 == 0\n' >dir/two
	printf '@include ./dir/one\nwrite: 1\nexit_group: 1\n' >p
	sp-verify -p p a.sp 2>note
	grep -q 'not recorded: chmod (' note
	printf 'chmod: 1\n@include /usr/three\n' >>p
	printf 'read: 1\n' >dir/usr/three
	sp-verify --root=dir -p p a.sp 2>note
	grep -qx 'sp-verify: p: more than one statement, joined as compile_seccomp_policy.py does: chmod' note
	printf 'nothing: 1\n' >dir/usr/three
	run -2 sp-verify --root=dir -p p a.sp
	[ "$output" = 'sp-verify: p: dir/usr/three: line 1: no system call of x86_64 is called nothing' ]
	printf '@include ./../%s/dir/two\n' "${PWD##*/}" >p
	sp-verify -p p a.sp >out 2>note || [ $? = 1 ]
	grep -qx "sp-verify: p: includes ../${PWD##*/}/dir/two" note
	mkfifo dir/fifo
	printf '@include ./dir/fifo\n' >p
	refused p 'line 1: @include ./dir/fifo: dir/fifo: Invalid argument'
}

@test "minijail: a malformed line is refused with its number and a reason" {
	local text problem
	while IFS='|' read -r text problem; do
		printf 'read: 1\n%b\n' "${text//OR/||}" >p
		refused p "$problem"
	done <<-'END'
	@include ./other|line 2: @include ./other: other: No such file or directory
	@include other|line 2: expected a path that begins with / or ./ at 'other'
	@include /no/such.policy|line 2: @include /no/such.policy: /no/such.policy: No such file or directory (--root=DIR looks for it below DIR)
	@include ./p|p: line 2: @include: too many files, or they include each other
	@default allow|line 2: @default: the default action cannot allow calls
	@other|line 2: expected @include, @default, @denylist or @frequency at '@other'
	@denylist\nwrite: allow|line 3: no return: every line needs one after @denylist
	0: 1|line 2: 0: minijail0 refuses numbers, though its manual has them: write the name
	nothing: 1|line 2: no system call of x86_64 is called nothing
	read@libc: 1|line 2: read@libc: groups of calls are in a constants.json, which is not read
	read: arg0 == 2|line 2: read: twice, first in line 1
	write|line 2: no colon at the end
	{write, close: 1|line 2: no '}' at ': 1'
	write[arch=|line 2: no ']' at the end
	{ read, write[arch=arm }: 1|line 2: no ']' at '}: 1'
	write: { allow, log }|line 2: write: more after a filter without conditions
	write: 2|line 2: no action at '2'
	write:|line 2: no action at the end
	write: arg6 == 1|line 2: expected an argument from arg0 to arg5 at '6 == 1'
	write: arg0 = 1|line 2: no operator at '= 1'
	write: arg0 == WHAT|line 2: neither a number nor a constant of the kernel's headers at 'WHAT'
	write: arg0 == 0x10000000000000000|line 2: not a number of 64 bits at '0x10000000000000000'
	write: arg0 == 1 &&|line 2: expected an argument from arg0 to arg5 at the end
	write: arg0 == 1; 2|line 2: no action at '2'
	write: return 4096|line 2: not an errno from 0 to 4095
	write: \\\n arg0 == (1|line 3: no ')' at the end
	# write: \\\n close: 1|line 2: a comment that ends in '\': whether the next line belongs to it depends on the compiler
	write: 1 \\|line 2: the last line ends in '\': minijail leaves it out
	END
	printf '# nothing\n@default trap\n' >p
	refused p "names no system call"
}

@test "firejail: kept calls, dropped calls and the error action are read" {
	needs x86_64
	cat >p <<-'END'
	# a profile
	include x.local
	caps.drop all
	seccomp.drop write
	seccomp.keep chmod
	seccomp-error-action ENOSYS
	seccomp.keep read,exit_group,$1 # the last line counts
	protocol unix,inet
	END
	run -0 denied p a.sp
	[ "$output" = "x86_64 chmod ENOSYS" ]
	sed -i /keep/d p
	run -0 denied p a.sp
	[ "$output" = "x86_64 write ENOSYS" ]
	printf 'seccomp.drop write:kill,chmod:EIO,read,,!chroot\n' >p
	run -0 denied p a.sp
	[ "$output" = "x86_64 read EPERM
x86_64 write kill thread
x86_64 chmod EIO" ]
}

@test "firejail: the default list, exceptions and groups are read" {
	needs x86_64
	printf 'run 1 a\nimage /a\ncall 1 161 1\ncall 1 165 1\ncall 1 101 1\ncall 1 0 1\n' |
		"$TESTS/mkstream" >m.sp
	printf '%s\n' quiet seccomp >p
	[ "$(denied p m.sp | cut -d' ' -f2 | xargs)" = 'ptrace chroot mount' ]
	printf '%s\n' quiet 'seccomp !chroot,read' allow-debuggers >p
	[ "$(denied p m.sp | cut -d' ' -f2 | xargs)" = 'read mount' ]
	printf '%s\n' quiet 'seccomp.keep @basic-io,@mount,!mount' >p
	[ "$(denied p m.sp | cut -d' ' -f2 | xargs)" = 'ptrace mount' ]
	run -0 sp-diff --quiet p p
}

@test "firejail: includes, ignored lines and a profile without filters are read" {
	needs x86_64
	export HOME=$PWD
	mkdir -p root/etc/firejail .config/firejail
	printf 'seccomp.drop write\n' >root/etc/firejail/one.inc
	printf 'include one.inc\nignore seccomp.drop\ninclude one.inc\ninclude no.local\n' >p
	run -0 denied p a.sp --root=root
	[ "$output" = 'x86_64 write EPERM' ]
	printf 'ignore seccomp.drop\ninclude one.inc\n' >p
	run -2 sp-verify --root=root -p p a.sp
	[ "$output" = 'sp-verify: p: a firejail profile without a seccomp line' ]
	printf 'seccomp.drop chmod\n' >one.inc
	printf 'include one.inc\n' >p
	run -0 denied p a.sp --root=root
	[ "$output" = 'x86_64 chmod EPERM' ]
	printf 'seccomp.drop read\n' >.config/firejail/one.inc
	run -0 denied p a.sp
	[ "$output" = 'x86_64 read EPERM' ]
	# With --root, the home directory below it is searched.
	run -0 denied p a.sp --root=root
	[ "$output" = 'x86_64 chmod EPERM' ]
	mkdir -p "root$HOME/.config/firejail"
	mv .config/firejail/one.inc "root$HOME/.config/firejail"
	run -0 denied p a.sp --root=root
	[ "$output" = 'x86_64 read EPERM' ]
	printf 'quiet\nseccomp\n?HAS_NET: nodvd\n' >p
	run -0 sp-verify -p p a.sp
	printf 'seccomp.drop @nothing\n' >.config/firejail/one.inc
	printf 'include one.inc\n' >p
	run -2 sp-verify -p p a.sp
	[ "$output" = "sp-verify: p: $HOME/.config/firejail/one.inc: line 1: @nothing: firejail 0.9.72 has no such group" ]
}

@test "firejail: on other architectures, the answers are those of firejail's own filters" {
	needs x86_64
	printf 'run 1 a\nimage /a\ncall 1 3 1 arch=x86\ncall 1 1073741824 1\ncall 1 read 1\n' |
		"$TESTS/mkstream" >arch.sp
	printf 'seccomp.keep read\n' >p
	[ "$(denied p arch.sp)" = "x32 read EPERM" ]
	printf 'seccomp.drop read\n' >p
	[ "$(denied p arch.sp)" = "x86_64 read EPERM
x32 read EPERM" ]
	printf 'seccomp.keep read\nseccomp.block-secondary\n' >p
	[ "$(denied p arch.sp | sort)" = "x32 read EPERM
x86 read EPERM" ]
}

@test "firejail: a malformed line is refused with its number and a reason" {
	printf 'quiet\nseccomp.drop @nothing\n' >p
	refused p "line 2: @nothing: firejail 0.9.72 has no such group"
	printf 'seccomp.drop !read\n' >p
	refused p "line 1: !read: firejail denies call 0 instead"
	printf 'seccomp.keep read;write\n' >p
	refused p "line 1: seccomp.keep: ';write' cannot be in a list"
	printf 'seccomp.keep\n' >p
	refused p "line 1: seccomp.keep: nothing listed"
	printf 'seccomp.64 read\n' >p
	refused p "line 1: seccomp.64: a directive that is not read"
	for line in 'seccomp !chroot' 'protocol unix' allow-debuggers 'ignore seccomp' \
		'include x.inc' 'restrict-namespaces user' 'ignore protocol unix'; do
		printf 'seccomp\n?HAS_X11: %s\n' "$line" >p
		refused p "line 2: ?HAS_X11: $line: cannot tell whether this holds: remove the condition or the line"
	done
	# There are too many includes, so no file is searched for and none is
	# called missing.
	printf 'include %s.local\n' {1..200} seccomp >p
	refused p "line 1: include: too many files, or they include each other"
	# A long list is refused, because each new entry is compared with the
	# whole list.
	printf 'protocol %s\n' {1000..1300} >p
	refused p "line 206: a list of more than 1024 bytes"
	printf 'seccomp-error-action now\n' >p
	refused p "line 1: seccomp-error-action: neither kill, log nor an errno"
	printf 'seccomp.drop read:log\n' >p
	refused p "line 1: read:log: neither kill nor an errno"
	printf 'seccomp.keep $read\n' >p
	refused p 'line 1: $read: not the number of a call'
	printf 'protocol unix,ipx\n' >p
	refused p "protocol: ipx: not a protocol of firejail"
	printf 'restrict-namespaces all\n' >p
	refused p "restrict-namespaces: all: not a namespace"
	printf 'seccomp\ninclude no.such\n' >p
	refused p "line 2: include no.such: no such file beside the profile or in /etc/firejail"
	printf 'include p\n' >p
	refused p "p: line 1: include: too many files, or they include each other"
	printf 'caps.drop all\nwhitelist /x\n' >p
	refused p "a firejail profile without a seccomp line"
	printf 'seccomp-error-action kill\n' >p
	refused p "a firejail profile without a seccomp line"
}

# unit LINE… — writes a unit of a service with these lines to p
unit() {
	printf '%s\n' '[Unit]' 'Description=x' '[Service]' "$@" >p
}

# members GROUP — prints all names in a group of systemd
members() {
	local name
	systemd-analyze --no-pager syscall-filter "$1" |
		sed -n 's/^    \([^#]\)/\1/p' | while read -r name; do
		case $name in
		@*) members "$name" ;;
		*) echo "$name" ;;
		esac
	done
}

@test "systemd: a group allows its calls and the calls of @default" {
	requires systemd-analyze
	unit 'SystemCallFilter=@system-service' SystemCallErrorNumber=EPERM \
		SystemCallArchitectures=native MemoryDenyWriteExecute=yes \
		RestrictNamespaces=no PrivateDevices=yes
	denied p native.sp >got
	grep -qx "sp-verify: p: not judged: MemoryDenyWriteExecute=, PrivateDevices=" note
	grep -qx "sp-verify: p: the groups (@NAME) are those of this machine's systemd" note
	run ! grep -v 'EPERM$' got
	{ members @system-service; members @default; } | sort -u >allowed
	calls native.sp | cut -d' ' -f2 | sort -u >made
	comm -23 made allowed >want
	cut -d' ' -f2 got | sort -u | diff want -
	[ "$(wc -l <want)" -gt 30 ]
}

@test "systemd: a later list extends the first one, removes calls from it, or resets it" {
	requires systemd-analyze
	unit SystemCallFilter=chmod 'SystemCallFilter=close write \' \
		'# in between' ' read' 'SystemCallFilter=~chmod write:EIO'
	[ "$(denied p a.sp)" = "x86_64 write EIO
x86_64 chmod kill process" ]
	unit 'SystemCallFilter=~chmod write:EIO read:kill' \
		SystemCallErrorNumber=ENOSYS SystemCallFilter=chmod
	[ "$(denied p a.sp)" = "x86_64 read kill process
x86_64 write EIO" ]
	unit 'SystemCallFilter=~chmod write' SystemCallErrorNumber=7
	[ "$(denied p a.sp)" = "x86_64 write E2BIG
x86_64 chmod E2BIG" ]
	unit SystemCallFilter=~chmod SystemCallFilter=
	run -0 sp-verify -p p a.sp
	[[ $output == *"p: no filter, every call is allowed"* ]]
	unit 'SystemCallFilter=~@chown no_such_call @nothing chmod'
	[ "$(denied p a.sp)" = "x86_64 chmod kill process" ]
	grep -q "unknown names, .*: no_such_call, @nothing$" note
	unit SystemCallLog=~read
	run -0 sp-verify -p p a.sp
	unit SystemCallLog=chmod SystemCallFilter=~chmod
	[ "$(denied p a.sp)" = "x86_64 chmod kill process" ]
}

@test "systemd: calls of every architecture of this machine are filtered, and other architectures are allowed" {
	requires systemd-analyze
	needs x86_64
	printf 'run 1 a\nimage /a\ncall 1 3 1 arch=x86\ncall 1 1073741824 1\ncall 1 read 1\ncall 1 63 1 arch=aarch64\n' |
		"$TESTS/mkstream" >arch.sp
	unit SystemCallFilter=~read SystemCallErrorNumber=EPERM
	[ "$(denied p arch.sp | sort)" = "x32 read EPERM
x86 read EPERM
x86_64 read EPERM" ]
	unit SystemCallFilter=~read SystemCallErrorNumber=EPERM \
		'SystemCallArchitectures=native x86'
	[ "$(denied p arch.sp | sort)" = "aarch64 read kill thread
x32 read kill thread
x86 read EPERM
x86_64 read EPERM" ]
	unit SystemCallArchitectures=native
	[ "$(denied p arch.sp | sort)" = "aarch64 read kill thread
x32 read kill thread
x86 read kill thread" ]
}

@test "systemd: RestrictAddressFamilies= restricts address families" {
	requires systemd-analyze
	unit RestrictAddressFamilies=AF_UNIX
	run -0 sp-verify -p p socket1.sp
	[[ "$(denied p socket2.sp)" == "x86_64 socket EAFNOSUPPORT"* ]]
	[[ "$(denied p socket100.sp)" == "x86_64 socket EAFNOSUPPORT"* ]]
	unit 'RestrictAddressFamilies=~AF_UNIX AF_INET6'
	[[ "$(denied p socket1.sp)" == "x86_64 socket EAFNOSUPPORT"* ]]
	run -0 sp-verify -p p socket2.sp
	run -0 sp-verify -p p socket100.sp
	unit RestrictAddressFamilies=none
	run -1 sp-verify -p p socket1.sp
	run -1 sp-verify -p p socket2.sp
	unit RestrictAddressFamilies=none SystemCallFilter=socket
	[ "$(denied p socket1.sp)" = "x86_64 socket EAFNOSUPPORT" ]
	unit RestrictAddressFamilies=none RestrictAddressFamilies=
	run -0 sp-verify -p p socket1.sp
	unit RestrictAddressFamilies=AF_UNIX SystemCallFilter=~socket
	[[ "$(denied p socket1.sp)" == "x86_64 socket kill process"* ]]
	unit RestrictAddressFamilies=AF_UNIX SystemCallFilter=socket
	run -0 sp-verify -p p socket1.sp
	run -1 sp-verify -p p socket2.sp
}

@test "systemd: a malformed line is refused with its number and a reason" {
	requires systemd-analyze
	unit 'SystemCallFilter=read:EIO'
	refused p "line 4: read:EIO: a call that is allowed has no errno"
	unit 'SystemCallFilter=~read:EWHAT'
	refused p "line 4: read:EWHAT: not an errno"
	unit SystemCallErrorNumber=EWHAT
	refused p "line 4: EWHAT: not an errno"
	unit SystemCallArchitectures=pdp11
	refused p "line 4: pdp11: unknown architecture"
	unit 'RestrictAddressFamilies=AF_UNIX AF_WHAT'
	refused p "line 4: AF_WHAT: unknown address family"
	unit Type=simple
	refused p "no directive that makes a filter in [Service], [Socket], [Mount] or [Swap]"
	{ echo '[Service]'; printf '%.0s\\\n' {1..100000}; } >p
	refused p "line 32771: a continued line of more than 64 KiB"
	unit 'SystemCallFilter=read ~write'
	refused p "line 4: ~write: a ~ works only before the whole list; systemd ignores this word"
	printf '[Unit]\nSystemCallFilter=read\n' >p
	refused p "line 2: SystemCallFilter= has no effect in [Unit]: it belongs in [Service]"
	printf 'SystemCallFilter=read\n[Service]\n' >p
	refused p "line 1: SystemCallFilter= before the first section"
	printf "[Unit]\n[Service\nSystemCallFilter=read\n" >p
	refused p "line 2: [Service: no section, since it has no ]"
	mkdir bin
	ln -s "$SP_BIN"/* bin
	unit 'SystemCallFilter=read @basic-io'
	PATH=$PWD/bin run -2 sp-verify -p p a.sp
	[ "$output" = "sp-verify: p: line 4: @basic-io: cannot run systemd-analyze, which lists the calls of a group" ]
	# For calls that every allow-list contains, sp-verify does not need
	# systemd-analyze.
	unit SystemCallFilter=read
	sp-verify --json -p p all.sp >want 2>err || [ "$?" = 1 ]
	run -1 --separate-stderr env PATH="$PWD/bin" sp-verify --json -p p all.sp
	[ "$output" = "$(<want)" ]
	[[ $stderr == *"@default as systemd 252 has it"* ]]
}

@test "systemd: a misspelt directive or section is an error, and an unknown one is ignored" {
	requires systemd-analyze
	local right wrong systemd
	while read -r wrong right; do
		unit SystemCallFilter=~chmod "$wrong=yes"
		refused p "line 5: $wrong= is not a directive: did you mean $right=?"
	done <<-'END'
	SystemCallFiler SystemCallFilter
	SystemCallFilters SystemCallFilter
	SyscallFilter SystemCallFilter
	systemcallfilter SystemCallFilter
	SystemcallArchitecture SystemCallArchitectures
	SystemCallErrorNum SystemCallErrorNumber
	SystemCallsLog SystemCallLog
	RestrictAddressFamiles RestrictAddressFamilies
	RestrictAddressFamily RestrictAddressFamilies
	MemoryDenyWriteExec MemoryDenyWriteExecute
	RestrictNamespace RestrictNamespaces
	PrivateDevice PrivateDevices
	END
	printf '[service]\nSystemCallFilter=read\n' >p
	refused p "line 1: [service] is not a section: did you mean [Service]?"
	printf '[Sevice]\nSystemCallFilter=read\n' >p
	refused p "line 1: [Sevice] is not a section: did you mean [Service]?"
	# systemd prints all directives. The section [Service] accepts most of
	# them.
	systemd=/lib/systemd/systemd
	[ -x $systemd ] || skip "no systemd"
	$systemd --dump-configuration-items | sed -n 's/^\([A-Za-z]*\)=.*/\1=/p' |
		grep -vxE '(SystemCall.*|RestrictAddressFamilies)=' | sort -u >all
	[ "$(wc -l <all)" -gt 400 ]
	{
		unit SystemCallFilter=~chmod X-SystemCallFiler=1 Unheard=of
		cat p all
	} >q
	[ "$(denied q a.sp)" = "x86_64 chmod kill process" ]
}

@test "for a file that is not a profile, the message says what it is" {
	sp-emit --libseccomp -o p a.sp
	refused p "C source: verify the output of sp-emit --bpf for the same recording, or the process that loaded it"
	run -2 sp-verify -p a.sp a.sp
	[ "$output" = "sp-verify: a.sp: a sandprint stream, not a seccomp profile" ]
	printf '\n#include <seccomp.h>\nseccomp_init(1);\n' >q
	run -2 sp-verify -p q a.sp
	[[ $output == "sp-verify: q: C source: "* ]]
	printf '\0\0\0\0' >p
	run -2 sp-verify -p p a.sp
	[ "$output" = "sp-verify: p: instruction 0: cut off" ]
	run -2 sp-diff p a.sp
	[ "$output" = "sp-diff: p: binary data: if it is a raw filter, sp-verify -p reads it" ]
	mkdir x.service.d
	refused x.service.d "a directory: give a file; for a unit, its own, beside which its drop-ins are read, or what systemctl cat prints"
	refused /bin/true "an ELF file, not a seccomp profile"
	printf 'hello world\n' >p
	refused p "not a profile: no JSON or YAML, no section of a unit, no rule of minijail, LXC, Kafel or snapd, no seccomp line of firejail"
	printf '\n \n{"a": 1,}\n' >p
	run -2 sp-verify -p p a.sp
	[[ $output == "sp-verify: p: line 3: "* ]]
}

@test "--as accepts only loaders of the profile's form; without it, a unit is read as systemd does" {
	unit SystemCallFilter=mseal
	printf 'run 1 a\nimage /a\ncall 1 462 1\n' | "$TESTS/mkstream" >new.sp
	if [ "$(scmp_sys_resolver mseal 2>/dev/null || echo -1)" = -1 ]; then
		# systemd does not know this name, and ignores it.
		run -1 sp-verify -p p new.sp
		run -1 sp-verify -p p --as=systemd new.sp
		run -0 sp-verify -p p --as=libseccomp new.sp
	fi
	run -2 sp-verify -p p --as=runc new.sp
	[ "$output" = "sp-verify: p: --as: this loader does not take profiles of this form" ]
	printf 'read: 1\n' >p
	run -2 sp-verify -p p --as=crun a.sp
	printf 'seccomp.keep read\n' >p
	run -2 sp-verify -p p --as=systemd a.sp
	run -1 sp-verify -p p --as=libseccomp a.sp
}

@test "--as=systemd: a list of names becomes a filter for each architecture" {
	needs x86_64
	printf '%s\n' 'run 1 a' 'image /a' 'call 1 read 1' 'call 1 write 1' \
		'call 1 12 1' 'call 1 3 1 arch=x86' 'call 1 4 1 arch=x86' \
		'call 1 45 1 arch=x86' | "$TESTS/mkstream" >each.sp
	judged() {
		jq -n --argjson archs "$1" '{defaultAction: "SCMP_ACT_ERRNO",
			architectures: $archs, syscalls: [{names: ["read"],
			action: "SCMP_ACT_ALLOW"}]}' >p.json
		run -1 --separate-stderr sp-verify -p p.json --as=systemd each.sp
		awk 'NR > 1 { print $1, $4, $5, $6 }' <<<"$output"
	}
	# brk is in @default, whose calls systemd allows.
	diff - <(judged '["SCMP_ARCH_X86_64"]') <<-'END'
	x86 read kill thread
	x86 write kill thread
	x86 brk kill thread
	x86_64 write EPERM /a
	END
	diff - <(judged '["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]') <<-'END'
	x86 write EPERM /a
	x86_64 write EPERM /a
	END
}

@test "systemd: the output of systemctl cat is read for a unit with drop-ins" {
	cat >p <<-'END'
	# /usr/lib/systemd/system/a.service
	[Unit]
	Description=a

	[Service]
	SystemCallFilter=@basic-io
	SystemCallErrorNumber=EPERM

	# /etc/systemd/system/a.service.d/b.conf
	[Service]
	SystemCallFilter=
	SystemCallFilter=chmod
	END
	printf 'run 1 a\nimage /a\n%s\n' 'call 1 chmod 1' 'call 1 read 2' |
		"$TESTS/mkstream" >b.sp
	run -1 --separate-stderr sp-verify --json -p - b.sp <p
	jq -e 'map(.name) == ["read"]' <<<"$output"
}

@test "LXC: lists, sections, actions and conditions are read" {
	needs x86_64
	printf 'run 1 a\nimage /a\ncall 1 3 1 arch=x86\ncall 1 1073741824 1\ncall 1 read 1\n' |
		"$TESTS/mkstream" >arch.sp
	printf '%s\n' 2 denylist 'chmod errno 38  # a comment' 'write trap' '' \
		'[s390x]' 'read errno 1' '[x86]' 'execve' >p
	[ "$(denied p a.sp)" = "x86_64 write trap
x86_64 execve kill thread
x86_64 chmod ENOSYS" ]
	printf '%s\n' 2 'allowlist errno 13' read write no_such_call >p
	[ "$(denied p a.sp)" = "x86_64 execve EACCES
x86_64 chmod EACCES
x86_64 exit_group EACCES" ]
	grep -q "unknown names, .*: no_such_call" note
	# The list is for all architectures. In version 1, it is only for the
	# native one.
	run -0 sp-verify -p p arch.sp
	printf '%s\n' 1 allowlist 0 '1 and more' >p
	[ "$(denied p arch.sp | sort)" = "x32 read kill thread
x86 read kill thread" ]
	printf '%s\n' 2 'denylist ' 'chmod errno 38' >p
	[ "$(denied p a.sp)" = "x86_64 chmod ENOSYS" ]
	printf '%s\n' 2 denylist 'socket errno 1 [0,1,==][1,0x0,SCMP_CMP_MASKED_EQ,2]' >p
	[[ "$(denied p socket1.sp)" == "x86_64 socket EPERM"* ]]
	run -0 sp-verify -p p socket2.sp
	sed -i 's/==/!=/' p
	run -0 sp-verify -p p socket1.sp
	[[ "$(denied p socket2.sp)" == "x86_64 socket EPERM"* ]]
}

@test "LXC: a malformed line is refused with its number and a reason" {
	local text problem
	while IFS='|' read -r text problem; do
		printf '%b\n' "$text" >p
		refused p "$problem"
	done <<-'END'
	2\ndenylist\nchmod allow|line 3: chmod: LXC refuses a rule that has the default action
	2\ndenylist\n chmod|line 3: chmod: LXC has no such action
	2\ndenylist\nchmod log|line 3: log: LXC has no such action
	2\ndenylist\nchmod errno|line 3: errno: not an errno from 0 to 4095
	2\ndenylist # all\nchmod|line 2: # all: LXC has no such action
	2\ndenylist\nchmod [0,1,==]|line 3: [0,1,==]: LXC has no such action
	2\ndenylist\nchmod trap [0,1,==] # x|line 3:  # x: text after a condition, which LXC refuses
	2\ndenylist\nchmod trap [0,1,==][0,2,==]|line 3: argument 0 twice, which libseccomp refuses
	2\ndenylist\nchmod trap [6,1,==]|line 3: 6: not an argument from 0 to 5
	2\ndenylist\nchmod trap [0,-1,==]|line 3: -1: not a number
	2\ndenylist\nchmod trap [0,1, ==]|line 3:  ==: not an operator
	2\ndenylist\nchmod trap [0,1]|line 3: [0: not [index,value,operator] or [index,value,operator,mask]
	2\ndenylist\n\n[pdp11]\nchmod|line 4: [pdp11]: LXC has no such section
	2\ndenylist\n[x86] \nchmod|line 3: [x86] : LXC has no such section
	2\nallowlist debug|line 2: LXC refuses debug
	1\nallowlist\nread|line 3: read: version 1 has only numbers
	1\nallowlist\n\n0|line 3: : version 1 has only numbers
	1\ndenylist\n0|line 2: denylist: version 1 has only allowlist
	3\nallowlist\n0|line 2: LXC has versions 1 and 2, not 3
	END
}

@test "snapd: lists, denied calls, arguments, attributes such as @unrestricted, and names of users are read" {
	local text answers
	needs x86_64
	printf 'run 1 a\nimage /a\n%s\n' 'call 1 read 1' 'call 1 chmod 1' 'call 1 3 1 arch=x86' \
		'call 1 1073741824 1' | "$TESTS/mkstream" >arch.sp
	while IFS='|' read -r text answers; do
		printf '%b\n' "$text" >p
		echo "$text"
		[ "$(denied p arch.sp | tr '\n' ';')" = "$answers" ]
		if [ "$text" != @unrestricted ]; then
			# Here, a comment precedes the list, and stdin is a
			# pipe.
			{ printf '# read: 1\n\n' && cat p; } >q
			[ "$(denied - arch.sp <q | tr '\n' ';')" = "$answers" ]
		fi
	done <<-'END'
	read|x86_64 chmod EPERM;x32 read kill thread;
	~read\nread\nchmod|x86 read EACCES;x86_64 read EACCES;x32 read kill thread;
	seccomp\nread 5 - >=1\nread\r\nno_such 0x1|x86_64 chmod EPERM;x32 read kill thread;
	nice >=1\nread|x86_64 chmod EPERM;x32 read kill thread;
	@complain\n~chmod|x86_64 chmod EACCES;x32 read kill thread;
	@unrestricted|
	  @unrestricted\t\nread 0x1|
	END
	printf '%s\n' execve exit_group 'socket AF_UNIX' 'chown u:root g:man -' 'read u:man' 'write u:man' >p
	sp-emit --oci --base=p arch.sp 2>note |
		jq -c '.syscalls[] | select(.names[0] == "chown") | .args[] |
			[.index, .op, .value, .valueTwo // 0]' >args
	diff args - <<-'END'
	[0,"SCMP_CMP_MASKED_EQ",4294967295,0]
	[1,"SCMP_CMP_MASKED_EQ",4294967295,12]
	END
	run -0 sp-verify -p p socket1.sp
	[[ $output == *"p: u:man is 6 in /etc/passwd"* ]]
	[ "$(grep -c u:man <<<"$output")" = 1 ]
	run -1 sp-verify -p p socket2.sp
	mkdir -p root/etc
	printf 'root:x:0:\nman:x:77:\n' | tee root/etc/passwd >root/etc/group
	run -0 sp-verify --root=root -p p socket1.sp
	[[ $output == *"p: u:man is 77 in root/etc/passwd"* ]]
}

@test "snapd: a malformed line is refused with its number and a reason" {
	local text problem
	while IFS='|' read -r text problem; do
		printf '%b\n' "$text" >p
		echo "$text"
		refused p "$problem"
	done <<-'END'
	read u:no-such-user|line 1: u:no-such-user: not in /etc/passwd; --root=DIR uses the file of another machine
	access\nread u:Root|line 2: u:Root: not a name of a user or group
	setuid !0|line 1: !0: snapd compares arguments of setuid only with one value
	read -1|line 1: -1: not an argument for snapd
	access\nread 0x1|line 2: 0x1: not an argument for snapd
	read O_RDONLY|line 1: O_RDONLY: not an argument for snapd
	read 4294967296|line 1: 4294967296: not an argument for snapd
	setuid -2147483649|line 1: -2147483649: not an argument for snapd
	access\nread - - - - - - -|line 2: read: more than 6 arguments
	read\n  \nwrite|line 2: only blanks, at which snap-seccomp fails; remove the line
	read\nwrite caf\0303\0251|line 2: bytes that are not ASCII
	read the manual|not a profile: no JSON or YAML, no section of a unit, no rule of minijail, LXC, Kafel or snapd, no seccomp line of firejail
	name a\nnice 5|a firejail profile without a seccomp line
	END
}

@test "a unit is read with the drop-ins beside it, as systemctl cat prints them" {
	mkdir x.service.d
	printf '[Service]\nSystemCallFilter=@system-service chmod\n' >x.service
	printf '[Service]\nSystemCallFilter=~chmod\n' >x.service.d/20-b.conf
	printf '[Service]\nSystemCallFilter=chmod\nSystemCallFilter=~read\n' >x.service.d/10-a.conf
	echo 'SystemCallFilter=~write' >x.service.d/README
	run -0 denied x.service a.sp
	[[ $output == *" read "* && $output == *" chmod "* && $output != *" write "* ]]
	beside=$output
	cat x.service x.service.d/*.conf >all
	run -0 denied all a.sp
	[ "$output" = "$beside" ]
	run -1 sp-verify -p x.service a.sp
	[[ $output == *"sp-verify: x.service: with its drop-in x.service.d/10-a.conf"*"20-b.conf"* ]]
	echo 'SystemCallFilter=~write' >x.service.d/30.conf
	refused x.service 'x.service.d/30.conf: line 1: SystemCallFilter= before the first section'
	ln -sf nowhere x.service.d/30.conf
	run -2 sp-verify -p x.service a.sp
	[[ $output == *"x.service.d/30.conf: No such file or directory" ]]
	# A link to /dev/null disables drop-ins of this name in other
	# directories.
	ln -sf /dev/null x.service.d/30.conf
	run -0 denied x.service a.sp
	[ "$output" = "$beside" ]
	touch x.service.d/{100..226}.conf
	refused x.service 'more than 128 drop-ins'
	rm -r x.service.d
	ln -s x.service.d x.service.d
	refused x.service 'x.service.d/: Too many levels of symbolic links'
}

@test "from a .container file of podman, the profile that it names is read" {
	sp-emit --oci -o p.json a.sp
	jq '(.syscalls[].names) -= ["chmod"]' p.json >q.json
	printf '[Container]\nSeccompProfile=p.json\nSeccompProfile=%s\n' "$PWD/q.json" >c
	run -1 --separate-stderr sp-verify -p c a.sp
	[[ ${lines[1]} == *" chmod "* ]]
	[[ $stderr == *"c: the profile of the container, $PWD/q.json"* ]]
	mkdir c.d
	printf '[Container]\nSeccompProfile=unconfined\n' >c.d/a.conf
	run -0 sp-verify -p c a.sp
	rm -r c.d
	echo '{"defaultAction": "X", "syscalls": []}' >bad
	while IFS='|' read -r line problem; do
		printf '[Container]\nImage=x\n%b' "$line" >c
		refused c "$problem" || { echo "$output"; false; }
	done <<-END
	|a container of podman's without SeccompProfile=: podman's default profile is in force, /usr/share/containers/seccomp.json
	SeccompProfile=q.json\n|SeccompProfile=q.json: podman looks for it in the directory that the service runs in: give the profile itself
	SeccompProfile=/no/file\n|SeccompProfile=/no/file: /no/file: No such file or directory
	SeccompProfile=$PWD/bad\n|$PWD/bad: defaultAction: unknown action X
	SeccompProfile=$PWD/q.json\nPodmanArgs=--security-opt seccomp=unconfined\n|a container of podman's whose PodmanArgs= change the filter: give the profile itself
	SeccompProfile=$PWD/q.json\nPodmanArgs=--privileged\n|a container of podman's whose PodmanArgs= change the filter: give the profile itself
	SeccompProfile=/x\n[Service]\nSystemCallFilter=read\n|a container of podman's with a filter in [Service], which is for podman itself: judge each alone
	END
}

@test "for the same profiles, our filters answer as the filters that libseccomp compiles" {
	needs x86_64
	/usr/bin/python3 -c 'import seccomp, yaml' || skip "no python3-seccomp"
	run -0 "$TESTS/scripts/profiles-agree.py" "${PROFILES:-6}" all.sp socket1.sp
}
