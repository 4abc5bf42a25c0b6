#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# sp-verify --audit lists the calls that the kernel logs under a profile. It
# receives the records from the kernel, or reads them from logs.

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	chmod a+x "$BATS_RUN_TMPDIR" .
	cp "$WITNESS/caller-static" caller
	caller=$BATS_FILE_TMPDIR/caller
	export caller
	[ "$(id -u)" = 0 ] || return 0
	sp-record -q -o caller.sp -- "$caller" 0 1
	sp-emit --bpf --deny=log -o staging.bpf caller.sp
}

# staged PROGRAM… — runs the program under the staging profile
staged() {
	bwrap --bind / / --dev /dev --proc /proc --seccomp 9 "$@" \
		9<"$BATS_FILE_TMPDIR/staging.bpf"
}

listens() {
	awk -v pid="$watcher" '$2 == 9 && $3 == pid && $4 == "00000001" {
		found = 1 } END { exit !found }' /proc/net/netlink
}

# watch OPTION… — starts sp-verify --audit in the background; it writes `list`
# when it is stopped. With --unit or --container, sp-verify exits with 2 if a
# record is of a process that has already ended, because that process may have
# been in the unit. --exe leaves out records of other programs on this machine.
watch() {
	env --default-signal=INT,HUP sp-verify --audit -o list "$@" \
		2>err >out 3>&- &
	watcher=$!
	wait_for 10 grep listening err
}

# stop STATUS [SIGNAL] — stops sp-verify, and checks its exit status
stop() {
	kill "-${2-TERM}" "$watcher"
	ended "$1" "$watcher" || {
		cat err
		watcher=
		return 1
	}
	watcher=
}

# flood N — starts N processes that cause records faster than sp-verify can read
# them; end_floods ends them
flood() {
	for ((i = 0; i < $1; i++)); do
		# shellcheck disable=SC2016 # the inner shell expands it
		staged sh -c 'echo $$ >>floods; exec timeout 60 "$0" 2000000000' \
			"$caller" 3>&- &
	done
	wait_for 10 pgrep -x caller
}

end_floods() {
	[ ! -e floods ] || xargs kill <floods || :
	rm -f floods
}

teardown() {
	local left=0
	end_floods
	[ -z "${watcher-}" ] || kill "$watcher" || left=1
	[ -z "${container-}" ] || runc --root "$PWD/state" delete --force \
		"$container" || left=1
	for d in ${cgroups-}; do
		wait_for 10 rmdir "$d" || left=1
	done
	return "$left"
}

# requires_audit — tries once whether audit records can be received, and skips
# the test if not
requires_audit() {
	requires_root
	requires bwrap
	needs audit
	[ ! -e "$BATS_FILE_TMPDIR/works" ] || return 0
	watch -t 1 --exe=/none
	ended 0 "$watcher"
	watcher=
	rm list
	: >"$BATS_FILE_TMPDIR/works"
}

# record COUNT — writes COUNT records of the kernel to `records`
record() {
	requires_audit
	/usr/bin/python3 "$TESTS/scripts/audit-records.py" "$1" "$caller" \
		>records 3>&- &
	watcher=$!
	wait_for 10 listens
	staged "$caller" "$1"
	ended 0 "$watcher"
	watcher=
	[ "$(wc -l <records)" = "$1" ]
}

# row [FILE] — prints the list as "COUNT NAME ANSWER IMAGES"
row() {
	awk 'NR > 1 { print $2, $3, $4, $5 }' "${1-list}"
}

@test "listening: all of 2,000 records are received, and the only message is \"listening\"" {
	requires_audit
	watch --exe="$caller"
	listens
	staged "$caller" 2000
	[ ! -e list ]
	stop 1
	[ "$(row)" = "2000 getpgid log $caller" ]
	[ "$(<err)" = "sp-verify: listening; ^C ends it" ]
	watch --exe="$caller" --json --junit=j.xml
	staged "$caller" 3
	stop 1 INT
	jq -e --arg caller "$caller" 'map(del(.first_ns, .sites)) == [{arch: "x86_64", nr: 121,
		name: "getpgid", count: 3, answer: "log", images: [$caller]}]' \
		list
	grep -q 'failures="1"' j.xml
}

# auditing [ENABLED] — sets whether the kernel audits, or prints "ENABLED
# BACKLOG_LIMIT"
auditing() {
	/usr/bin/python3 - "$@" <<-'P'
	import socket, struct, sys
	s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)
	def ask(type, flags, data=b""):
	    s.send(struct.pack("=IHHII", 16 + len(data), type, flags, 1, 0) + data)
	    return s.recv(9000)[16:]
	if sys.argv[1:]:
	    ask(1001, 5, struct.pack("=11I", 1, int(sys.argv[1]), *[0] * 9))
	else:
	    status = struct.unpack("=8I", ask(1000, 1)[:32])
	    print(status[1], status[5])
	P
}

@test "listening: the state of auditing is restored, and no record is lost if somebody turns auditing off meanwhile" {
	local before
	requires_root
	needs audit
	auditing 0
	before=$(auditing)
	requires_audit
	watch --exe="$caller"
	[ "$(auditing | cut -d ' ' -f 1)" = 1 ]
	auditing 0
	staged "$caller" 2000
	stop 1
	[ "$(row)" = "2000 getpgid log $caller" ]
	[ "$(auditing)" = "$before" ]
}

@test "listening: -t and signals end it, except for signals that nohup ignores" {
	requires_audit
	watch -t 2 --exe="$caller"
	grep -qx 'sp-verify: listening for 2 seconds; ^C ends it sooner' err
	ended 0 "$watcher"
	grep -qE 'no seccomp record|seccomp records?, no violation' err
	watch --exe="$caller"
	stop 0 HUP
	(trap '' HUP; exec sp-verify --audit --exe="$caller") 2>err 3>&- >list &
	watcher=$!
	wait_for 10 grep listening err
	kill -HUP "$watcher"
	staged "$caller" 1
	stop 1
	[ "$(row)" = "1 getpgid log $caller" ]
}

@test "listening: -t and signals end it under a flood of records" {
	requires_audit
	local by_time started
	flood 2
	watch -t 1 --unit=none
	by_time=$watcher
	watch -t 60 --unit=none
	sleep 1
	started=$SECONDS
	kill -TERM "$watcher"
	for watcher in "$by_time" "$watcher"; do
		timeout 25 tail --pid="$watcher" -f /dev/null ||
			kill -KILL "$watcher"
		echo "$((SECONDS - started)) s"
	done
	[ $((SECONDS - started)) -lt 20 ]
	watcher=
	end_floods
}

@test "listening: records of a program that loads the filter from the C header are listed" {
	requires_audit
	sp-emit --libseccomp --deny=log -o p.h "$BATS_FILE_TMPDIR/caller.sp"
	cat >own.c <<-'C'
	#include "p.h"
	#include <unistd.h>
	int main(void)
	{
		return sandprint_load() || getpgid(0) < 0;
	}
	C
	cc -D_GNU_SOURCE -o own own.c -lseccomp
	watch --exe='*/own'
	./own
	stop 1
	row | grep -x "1 getpgid log $PWD/own"
}

@test "listening: the calls of a program under firejail are listed" {
	requires_audit
	requires firejail
	needs firejail
	sp-record -q -o sh.sp -- sh -c ':' </dev/null
	sp-emit --firejail --deny=log -o p.inc sh.sp
	watch --exe=/usr/bin/dash
	firejail --quiet --profile=p.inc -- sh -c 'umask 022' </dev/null
	stop 1
	row | grep -x '[0-9]* umask log /usr/bin/dash'
}

@test "the docker and Kubernetes forms of a profile log the same calls as the OCI form" {
	requires jq
	requires_root
	/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"
	local form
	for form in oci docker spo; do
		sp-emit --$form --deny=log -o $form.json \
			"$BATS_FILE_TMPDIR/caller.sp"
	done
	/usr/bin/python3 - <<-'P'
	import json, yaml
	spec = yaml.safe_load(open("spo.json"))["spec"]
	json.dump(spec, open("spo.json", "w"))
	P
	for form in oci docker spo; do
		jq -e '.defaultAction == "SCMP_ACT_LOG"' $form.json
		sp-verify --score --json -p $form.json | jq -e '.nameless and
			.allowed == .named and .narrowed == 0'
		sp-verify -p $form.json "$BATS_FILE_TMPDIR/caller.sp"
		line 121 >log
		run -1 sp-verify --audit=log -p $form.json
		line 230 >log
		run -0 sp-verify --audit=log -p $form.json
	done
}

@test "listening is refused without privilege, or if the kernel is configured not to log" {
	requires_audit
	requires setpriv
	run -2 setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$SP_BIN/sp-verify" --audit -t 1
	[[ $output == *"CAP_AUDIT_READ"* ]]
	# The command fails at once, before it prints "listening".
	run -2 setpriv --bounding-set=-audit_write --inh-caps=-audit_write \
		"$SP_BIN/sp-verify" --audit -t 1
	[[ $output == *"CAP_AUDIT_WRITE"* && $output != *"listening"* ]]
	# A kernel that does not answer is reported.
	cat >deaf.c <<-'C'
	#include <sys/socket.h>
	ssize_t send(int fd, const void *buf, size_t n, int flags)
	{
		(void)fd, (void)buf, (void)flags;
		return n;
	}
	C
	cc -shared -fPIC -o deaf.so deaf.c
	run -2 timeout -k 1 20 env LD_PRELOAD="$PWD/deaf.so" sp-verify --audit -t 1
	[[ $output == *"audit records: Connection timed out" ]]
	echo 'kill_process errno' >logged
	run -2 unshare -m sh -c 'mount --bind logged \
		/proc/sys/kernel/seccomp/actions_logged
		exec sp-verify --audit -t 1'
	[[ $output == *"lacks 'log'"* ]]
}

# make_cgroup NAME — creates $cgroup in the hierarchy of version 2
make_cgroup() {
	local root
	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	needs cgroup2
	cgroup=$root/$1
	mkdir "$cgroup"
	cgroups="$cgroup ${cgroups-}"
}

# within COMMAND… — runs the command in the cgroup
within() (
	echo "$BASHPID" >"$cgroup/cgroup.procs"
	"$@"
)

@test "listening: records of processes that have left a unit by exiting are listed" {
	requires_audit
	make_cgroup "sandprint-$$.slice"
	make_cgroup "sandprint-$$.slice/sandprint-$$.service"
	watch --exe="$caller" --unit="sandprint-$$"
	within staged "$caller" 7 1
	staged "$caller" 5 1
	stop 1
	[ "$(row)" = "7 getpgid log $caller" ]
	# While sp-verify is stopped, processes start and end. It cannot read
	# their cgroups afterwards.
	watch --exe="$caller" --unit="sandprint-$$"
	kill -STOP "$watcher"
	within staged "$caller" 4
	kill -CONT "$watcher"
	stop 2
	[ ! -e list ] || [ ! -s list ]
	grep -q '4 records of processes that exited' err
	run ! grep 'no unit' err
	watch -t 1 --exe="$caller" --unit="sandprint-none"
	ended 0 "$watcher"
	watcher=
	grep -qx 'sp-verify: unit sandprint-none.service is not running yet; waiting for it' err
}

# brief COUNT — runs COUNT processes in the cgroup, each of which ends after one
# call
brief() {
	within staged bash -c 'for ((i = 0; i < $1; i++)); do "$0" 1; done' \
		"$caller" "$1"
}

@test "listening: all records of a unit whose processes end at once are listed" {
	requires_audit
	make_cgroup "sandprint-$$.slice"
	make_cgroup "sandprint-$$.slice/sandprint-$$.service"
	for _ in 1 2 3 4 5; do
		watch --exe="$caller" --unit="sandprint-$$"
		brief 300
		stop 1
		[ "$(row)" = "300 getpgid log $caller" ]
		[ "$(<err)" = "sp-verify: listening; ^C ends it" ]
	done
	# The stream of --learn is complete, too.
	watch --exe="$caller" --unit="sandprint-$$" --learn
	brief 20
	stop 0
	[ "$(calls list)" = "x86_64 getpgid 20" ]
	sp-merge -o all.sp "$BATS_FILE_TMPDIR/caller.sp" list
	sp-emit --oci -o p.json all.sp
}

@test "listening: the records of another staged unit are left out" {
	requires_audit
	local other
	make_cgroup "sandprint-$$.slice"
	make_cgroup "sandprint-$$.slice/other-$$.service"
	other=$cgroup
	make_cgroup "sandprint-$$.slice/sandprint-$$.service"
	watch --exe="$caller" --unit="sandprint-$$"
	(cgroup=$other; brief 200) 3>&- &
	other=$!
	brief 200
	wait "$other"
	stop 1
	[ "$(row)" = "200 getpgid log $caller" ]
	[ "$(<err)" = "sp-verify: listening; ^C ends it" ]
}

@test "listening: without the proc connector, records of processes that ended unseen are counted and exit with 2" {
	requires_audit
	make_cgroup "sandprint-$$.slice"
	make_cgroup "sandprint-$$.slice/sandprint-$$.service"
	cat >none.c <<-'C'
	#include <errno.h>
	#include <sys/syscall.h>
	#include <unistd.h>
	int socket(int domain, int type, int protocol)
	{
		if (domain != 16 || protocol != 11)
			return syscall(SYS_socket, domain, type, protocol);
		errno = EPROTONOSUPPORT;
		return -1;
	}
	C
	cc -shared -fPIC -o none.so none.c
	LD_PRELOAD=$PWD/none.so watch --exe="$caller" --unit="sandprint-$$"
	within staged "$caller" 7 1
	kill -STOP "$watcher"
	brief 3
	kill -CONT "$watcher"
	stop 2
	[ "$(row)" = "7 getpgid log $caller" ]
	grep -q '3 records of processes that exited' err
	grep -q 'connector.*Protocol not supported.*CAP_NET_ADMIN' err
}

# make_old_cgroup — creates $cgroup, whose name is a unit's, in a hierarchy of
# version 1
make_old_cgroup() {
	cgroup=/sys/fs/cgroup/pids/sandprint-$$.service
	needs cgroup1
	mkdir "$cgroup"
	cgroups=$cgroup
}

@test "--audit lists a call of a zombie that has already left its cgroup v1" {
	requires_audit
	make_old_cgroup
	watch --exe="$caller" --unit="sandprint-$$"
	kill -STOP "$watcher"
	# The parent does not wait for the caller, which stays a zombie.
	mkfifo over
	within staged sh -c '"$0" 4 & exec cat over' "$caller" 3>&- &
	wait_for 10 pgrep -r Z -x caller
	kill -CONT "$watcher"
	# sp-verify takes the cgroup of its parent.
	stop 1
	: 1<>over
	wait $!
	[ "$(row)" = "4 getpgid log $caller" ]
	watch --exe="$caller" --unit="sandprint-$$"
	within staged "$caller" 4 1
	stop 1
	[ "$(row)" = "4 getpgid log $caller" ]
}

@test "--audit lists the calls of an exiting process that has already left its cgroup v1" {
	requires_audit
	make_old_cgroup
	watch --exe="$caller" --unit="sandprint-$$"
	for _ in 1 2 3 4 5; do
		within staged "$caller" 4 0 500
	done
	stop 1
	[ "$(row)" = "20 getpgid log $caller" ]
}

@test "listening: the calls of a runc container under the staging profile are listed" {
	requires_audit
	requires runc jq busybox
	mkdir -p bundle/rootfs state
	cp "$caller" bundle/rootfs/caller
	sp-emit --oci --deny=log --runtime=runc -o p.json \
		"$BATS_FILE_TMPDIR/caller.sp"
	(cd bundle && runc spec)
	jq --slurpfile p p.json '.process.terminal = false | .linux.seccomp = $p[0]
		| .process.args = ["/caller", "9", "2"] | del(.process.rlimits)
		' bundle/config.json >config.json
	mv config.json bundle
	watch --container="sandprint-$$" --exe='*/caller'
	wait_for 10 grep 'waiting for one with that id' err
	staged "$caller" 5 1
	container=sandprint-$$
	runc --root "$PWD/state" run --bundle bundle "$container" \
		</dev/null >log 2>&1 3>&-
	container=
	stop 1
	[ "$(row | grep getpgid)" = "9 getpgid log /caller" ]
	run ! grep -w "$caller" list
	# A shell starts the caller 300 times, and each caller makes one call.
	cp "$(command -v busybox)" bundle/rootfs/sh
	jq '.process.args = ["/sh", "-c", "i=0
		while [ $i -lt 300 ]; do /caller 1; i=$((i + 1)); done"]' \
		bundle/config.json >config.json
	mv config.json bundle
	for _ in 1 2 3; do
		watch --container="sandprint-$$" --exe=/caller
		container=sandprint-$$
		runc --root "$PWD/state" run --bundle bundle "$container" \
			</dev/null >log 2>&1 3>&-
		container=
		stop 1
		[ "$(row | grep getpgid)" = "300 getpgid log /caller" ]
	done
}

# forms — writes a log of each kind that contains the lines of `records`
forms() {
	sed 's/^/type=SECCOMP msg=/' records >auditd.log
	sed "s/^.*/node=h type=SECCOMP msg=&$(printf '\035')ARCH=x86_64 SYSCALL=getpgid AUID=\"unset\"/" \
		records >enriched.log
	sed 's/^/[  711.727286] audit: type=1326 /' records >dmesg.log
	sed 's/^/Nov 26 07:31:21 vm kernel: audit: type=1326 /' \
		records >syslog.log
	sed 's/^[^ ]*/Nov 26 07:31:21 vm audit[12]: SECCOMP/' \
		records >journal.log
}

@test "logs of auditd, enriched or not, dmesg, syslog and journald are read" {
	local form
	record 7
	forms
	for form in auditd enriched dmesg syslog journal; do
		echo "$form"
		{
			echo 'type=SYSCALL msg=audit(1.000:2): arch=c000003e'
			cat $form.log
			echo 'Nov 26 07:31:21 vm sshd[1]: type=1326 is seccomp'
		} >mixed
		run -1 sp-verify --audit=mixed -o list
		[ -z "$output" ]
		[ "$(row)" = "7 getpgid log $caller" ]
		run -1 sp-verify --audit=- -o list <mixed
		[ "$(row)" = "7 getpgid log $caller" ]
	done
	# A record that several logs contain is counted once.
	cat auditd.log dmesg.log journal.log >all
	run -1 sp-verify --audit=all -o list
	[ "$(row)" = "7 getpgid log $caller" ]
	run -0 sp-verify --audit=all --exe='/bin/*'
	[ "$output" = "sp-verify: all: 21 seccomp records, no violation" ]
}

@test "logs that journald made from the kernel's records are read in each format" {
	local format
	requires_audit
	[ -x /lib/systemd/systemd-journald ] || skip "no systemd-journald"
	needs journald
	# shellcheck disable=SC2016 # the inner shell expands it
	staging=$BATS_FILE_TMPDIR/staging.bpf unshare -m --propagation private \
		sh -euc 'mount -t tmpfs tmpfs /run
		mkdir -p /run/systemd/journal /run/log/journal
		printf "[Journal]\nStorage=volatile\nAudit=\n" >conf
		mount --bind conf /etc/systemd/journald.conf
		/lib/systemd/systemd-journald 3>&- & journald=$!
		n=0
		until [ -e /run/systemd/journal/stdout ] || [ $((n += 1)) -gt 100 ]; do
			sleep 0.1
		done
		sleep 0.5
		# more than 150 lines would overflow the buffer of its socket
		bwrap --bind / / --dev /dev --proc /proc --seccomp 9 \
			"$caller" 150 9<"$staging"
		n=0
		until [ "$(journalctl -D /run/log/journal -o short |
				grep -c "SECCOMP.*$caller")" -ge 150 ] ||
				[ $((n += 1)) -gt 50 ]; do
			sleep 0.2
		done
		kill -USR1 $journald
		for f in short short-iso json export; do
			journalctl -D /run/log/journal --no-pager -o $f >$f
		done
		journalctl -D /run/log/journal --no-pager -o json \
			_TRANSPORT=audit >audit
		kill $journald
		wait'
	grep -q SECCOMP short
	for format in short short-iso json export audit; do
		echo "$format"
		run -1 sp-verify --audit=$format --exe="$caller" -o list
		[ "$(row)" = "150 getpgid log $caller" ]
	done
}

# printed — tests whether dmesg has some records of this window of five seconds
printed() {
	staged "$caller" 2000
	dmesg >log
	grep -q "type=1326.*$caller" log
}

@test "logs: records that the real dmesg lacks are reported" {
	requires_audit
	requires dmesg
	needs audit_log
	wait_for 15 printed
	run -2 sp-verify --audit=log --exe="$caller" -o list
	[[ $output == *"the list may be incomplete"* ]]
	[ "$(row | cut -d ' ' -f 2)" = getpgid ]
	[ "$(row | cut -d ' ' -f 1)" -lt 2000 ]
}

# line CALL [SCRIPT] — prints a line of dmesg with a record, edited by a script
# of sed
line() {
	echo "[ 1.0] audit: type=1326 audit(1795678469.349:88):" \
		"auid=4294967295 uid=0 gid=0 ses=4294967295 pid=76 comm=\"a\"" \
		"exe=\"/bin/a\" sig=0 arch=c000003e syscall=$1 compat=0" \
		"ip=0x7f0e59e904f7 code=0x7ffc0000" | sed -E "${2-}"
}

@test "logs: the answer in the list is the action of the record" {
	local code answer
	while read -r code answer; do
		line 39 "s/code=.*/code=$code/" >log
		run -1 sp-verify --audit=log --json
		[ "$(jq -r '.[].answer' <<<"$output")" = "$answer" ]
	done <<-'END'
	0x7ffc0000 log
	0x80000000 kill process
	0x0 kill thread
	0x30000 trap
	0x50000 errno
	0x7ff00000 trace
	0x7fc00000 notify
	END
}

@test "logs: an executable may have any name, and a call any number" {
	line 1000 's/exe="[^"]*"/exe=2F612062/' >log
	line -1 's/exe="[^"]*"/exe=(null)/' >>log
	line 20 's/c000003e/40000003/' >>log
	run -1 sp-verify --audit=log --json
	jq -e 'map([.arch, .nr, .name, .images]) == [
		["x86", 20, "getpid", ["/bin/a"]],
		["x86_64", -1, "syscall_-1", []],
		["x86_64", 1000, "syscall_1000", ["/a b"]]]' <<<"$output"
}

@test "logs: garbled records are named and counted, and are an error" {
	local bad n=1
	line 39 >log
	while read -r bad; do
		line 40 "$bad" >>log
		n=$((n + 1))
	done <<-'END'
	s/syscall=40/syscall=4x/
	s/syscall=40/syscall=2147483648/
	s/syscall=40/syscall=-2147483649/
	s/ arch=c000003e//
	s/arch=c000003e/arch=1c000003e/
	s/pid=76/pid=-1/
	s/ip=0x[^ ]*/ip=0x/
	s/ code=.*//
	s/code=0x7ffc0000/code=0x7ff/
	s/code=.*/&0/
	s/audit\(1795678469.349/audit(1795678469.34/
	s/audit\(1795678469/audit(99999999999/
	s/349:88\)/349:99999999999999999999)/
	END
	[ "$n" = 14 ]
	run -2 --separate-stderr sp-verify --audit=log -o list
	[ "$(row)" = "1 getpid log /bin/a" ]
	grep -qx 'sp-verify: log: line 2: syscall= is not a number' <<<"$stderr"
	grep -qx 'sp-verify: log: line 6: arch= is not a number' <<<"$stderr"
	grep -qx 'sp-verify: log: line 10: code= is not an action of seccomp' \
		<<<"$stderr"
	grep -qx 'sp-verify: log: 13 records cannot be read' <<<"$stderr"
	[ "$(grep -c 'log: line ' <<<"$stderr")" = 10 ]
	{ line 41; line 39 | cut -c -70 | tr -d '\n'; head -c 100000 /dev/zero | tr '\0' x
		line 40; } >log
	run -2 sp-verify --audit=log -o list
	[[ $output == *"log: line 2: too long"* ]]
	[ "$(row)" = "1 socket log /bin/a" ]
}

@test "logs: lines in which the kernel reports missing records are an error" {
	local loss
	while read -r loss; do
		{ line 39; echo "$loss"; } >log
		run -2 sp-verify --audit=log -o list
		[[ $output == *"1 of its lines reports missing records"* ]]
		[ "$(row)" = "1 getpid log /bin/a" ]
	done <<-'END'
	[ 390.666761] kauditd_printk_skb: 8 callbacks suppressed
	Nov 26 07:31:21 vm kernel: kauditd_printk_skb: 8 callbacks suppressed
	[ 390.666761] audit: backlog limit exceeded
	[ 390.666761] audit: rate limit exceeded
	[ 390.666761] audit: audit_lost=12 audit_rate_limit=0 audit_backlog_limit=64
	Nov 26 07:31:21 vm systemd-journald[9]: Missed 5 kernel messages
	END
	# journald has the records that the kernel left out of its log.
	{ line 39; echo '[ 390.666761] kauditd_printk_skb: 8 callbacks suppressed'
		line 39 's/.*349:88\):/Nov 26 07:31:21 vm audit[76]: SECCOMP/'
	} >log
	run -1 sp-verify --audit=log
	# printk prints at most ten records in five seconds.
	for _ in 1 2 3 4 5 6 7 8 9 10; do line 39; done >log
	run -2 sp-verify --audit=log
	[[ $output == *"ends in a burst of records"* ]]
	line 39 's/8469/8475/' >>log
	run -1 sp-verify --audit=log
}

@test "logs: lines that programs wrote are not read as records" {
	local record
	record=$(line 39 's/^.{7}//')
	{
		echo "Nov 26 07:31:21 vm prog[7] x audit: type=1326 $record"
		echo "Nov 26 07:31:21 vm prog[7]: 5 callbacks suppressed"
		echo "Nov 26 07:31:21 vm prog[7]: audit: queue overflow"
		echo "Nov 26 07:31:21 vm prog[7]: $record"
		echo "Nov 26 07:31:21 vm prog[7]: kernel: $record"
		echo "Nov 26 07:31:21 vm prog[7]: SECCOMP auid=1 ${record#*: }"
		echo "        $record"
		echo 'Nov 26 07:31:21 vm kernel: its own'
		echo "{\"_TRANSPORT\": \"syslog\", \"SYSLOG_IDENTIFIER\": \"kernel\", \"MESSAGE\": \"${record//\"/\\\"}\"}"
	} >log
	cat log
	run -0 sp-verify --audit=log
	[ "$output" = "sp-verify: log: no seccomp record" ]
	sed -i 's/"syslog"/"kernel"/' log
	run -1 sp-verify --audit=log
}

@test "logs: -p leaves out calls that the profile allows" {
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls: [
		{names: ["getpid"], action: "SCMP_ACT_ALLOW"},
		{names: ["getppid"], action: "SCMP_ACT_LOG"},
		{names: ["socket"], action: "SCMP_ACT_ALLOW", args:
			[{index: 0, value: 1, op: "SCMP_CMP_EQ"}]}]}' >p.json
	for nr in 39 110 41 1; do line $nr; done >log
	run -1 sp-verify --audit=log -p p.json -o list
	diff - <(row) <<-'END'
	1 write log /bin/a
	1 socket log /bin/a
	1 getppid log /bin/a
	END
	line 39 >log
	run -0 sp-verify --audit=log -p p.json
	[ "$output" = "sp-verify: log: 1 seccomp record, no violation" ]
}

@test "--learn writes the logged calls as a stream that makes the profile complete" {
	requires_audit
	local caller_sp=$BATS_FILE_TMPDIR/caller.sp
	watch --exe="$caller" --learn
	staged "$caller" 5
	stop 0
	grep -q '1 violation learned' err
	grep -q "5  getpgid  log     $caller" err
	sp-emit --json list 2>/dev/null | jq -e '.runs[0].how == ["audit", "verify"]
		and .runs[0].complete and all(.lost[]; . == 0)'
	[ "$(calls list)" = "x86_64 getpgid 5" ]
	sp-merge -o all.sp "$caller_sp" list
	sp-emit --oci all.sp >p.json
	sp-emit --json "$caller_sp" | jq -e 'all(.calls[]; .name != "getpgid")'
	sp-verify -p p.json -- "$caller" 3
	# Under the next profile, sp-verify finds no call.
	sp-emit --bpf --deny=log -o "$BATS_TEST_TMPDIR/staging.bpf" all.sp
	watch --exe="$caller"
	BATS_FILE_TMPDIR=$BATS_TEST_TMPDIR staged "$caller" 5
	stop 0
}

@test "--learn: a log that has grown gives the same run, and the run record contains its losses" {
	line 39 >log
	sp-verify --audit=log --learn -o a.sp 2>err
	line 39 's/8469/8470/' >>log
	line 40 's/8469/8470/' >>log
	sp-verify --audit=log --learn -o b.sp 2>err
	sp-merge -o all.sp a.sp b.sp
	cmp all.sp <(sp-merge b.sp)
	sp-emit --json all.sp 2>/dev/null | jq -e '(.runs | length) == 1'
	diff - <(calls all.sp 2>/dev/null) <<-'END'
	x86_64 getpid 2
	x86_64 sendfile 1
	END
	echo '[ 390.6] kauditd_printk_skb: 8 callbacks suppressed' >>log
	run -2 sp-verify --audit=log --learn -o c.sp
	run -2 sp-emit --oci c.sp
	[[ $output == *"lost"* ]]
}

@test "logs: a log without lines of the kernel is refused, because it cannot show that no call was logged" {
	local text
	: >log
	run -2 sp-verify --audit=log -o list
	[[ $output == "sp-verify: log: empty: give "*auditd*journalctl* ]]
	[ ! -e list ]
	run -2 sp-verify --audit=- --learn -o list <log
	[[ $output == "sp-verify: <stdin>: empty: give"* && ! -e list ]]
	while read -r text; do
		echo "$text" >log
		run -2 sp-verify --audit=log
		[[ $output == "sp-verify: log: no line from the kernel "*auditd* ]]
	done <<-'END'
	-- No entries --
	Nov 26 07:31:21 vm prog[7]: kernel: type=1400 audit(1.000:2): x
	[2026-11-26 07:31:21] type=1400 audit(1.000:2): x
	{"_TRANSPORT": "syslog", "MESSAGE": "x"}
	{"_TRANSPORT": "kernel"
	TRANSPORT=kernel

	END
	# These logs have lines of the kernel, and records of other types.
	while read -r text; do
		echo "$text" >log
		run -0 sp-verify --audit=log
		[ "$output" = "sp-verify: log: no seccomp record" ]
	done <<-'END'
	type=SYSCALL msg=audit(1.000:2): arch=c000003e
	node=h type=SYSCALL msg=audit(1.000:2): arch=c000003e
	Nov 26 07:31:21 vm audispd: type=SYSCALL msg=audit(1.000:2): arch=c000003e
	Nov 26 07:31:21 vm audit[12]: SYSCALL arch=c000003e
	Nov 26 07:31:21 vm kernel: Linux version 6.1
	2026-11-26T07:31:21+0000 vm kernel: Linux version 6.1
	[  711.727286] Linux version 6.1
	[Thu Nov 26 07:31:21 2026] Linux version 6.1
	2026-11-26T07:31:21,727286+00:00 Linux version 6.1
	kern  :notice: [  711.727286] Linux version 6.1
	<5>[  711.727286] Linux version 6.1
	{"_TRANSPORT": "kernel", "MESSAGE": "Linux version 6.1"}
	{"_TRANSPORT": "audit", "MESSAGE": "SYSCALL arch=c000003e"}
	_TRANSPORT=kernel
	END
}

@test "logs: missing files and wrong command lines are errors" {
	run -2 sp-verify --audit=missing
	run -2 sp-verify --audit=.
	for args in "--audit=log a.sp" "--audit -- true" "--exe=x a.sp" \
		"--audit=log --unit=x" "--audit=log -t 1" "--audit=- -p -" \
		"--audit --unit=x --container=y" "--audit --enforce" \
		"--learn a.sp"; do
		# shellcheck disable=SC2086
		run -2 sp-verify $args </dev/null
	done
}

@test "logs: a log with more different calls than any program makes is refused" {
	seq 0 19999 | sed "s|.*|$(line '&' 's:bin/a:bin/\&:')|" >log
	run -2 timeout 60 sp-verify --audit=log --json -o list
	[[ $output == *"too many different calls"* ]]
	[ "$(jq length list)" = 16384 ]
}

# state — prints the kernel's audit state, without the number of lost records
state() {
	"${SP_BIN%/bin}/tests/machine" audit | grep -v lost
}

@test "after an sp-verify was killed, the next one restores the state of auditing and says so" {
	requires_audit
	local notes=1
	state >before
	# If auditing was already on, sp-verify has nothing to restore.
	grep '^enabled 0' before || notes=0
	watch
	kill -KILL "$watcher"
	wait "$watcher" || [ $? = 137 ]
	watcher=
	grep '^enabled 1' <(state)
	[ "$(find /run -maxdepth 1 -name sandprint-audit | wc -l)" = $notes ]
	watch -t 1 --exe=/none
	ended 0 "$watcher"
	watcher=
	[ "$(grep -c 'auditing was left on by an sp-verify that was killed' err)" = $notes ]
	state >after
	diff before after
	[ ! -e /run/sandprint-audit ]
	watch -t 1 --exe=/none
	ended 0 "$watcher"
	watcher=
	run ! grep 'left on' err
}

@test "of two sp-verify at the same time, neither reports that the other was killed" {
	requires_audit
	state >before
	watch --exe=/none
	run -0 sp-verify --audit -t 1 --exe=/none
	[[ $output != *"left on"* ]]
	stop 0
	state >after
	diff before after
}
