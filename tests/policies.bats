#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=long
# Tests what sp-emit makes from paths: patterns, and policies for Landlock,
# AppArmor and systemd, also for difficult names. tests/paths.bats tests
# policies of real programs.
load helper

# These are access bits of sp-facts(5).
# shellcheck disable=SC2034 # arithmetic uses them
READ=1 WRITE=2 CREATE=4 EXECUTE=8 DELETE=16 LOOK=64 MAP=0x100 CONNECT=0x1000 \
	CHANGE=0x80 LOCK=0x8000 LOCK_WRITE=0x100000 MOUNT=0x200000 \
	RENAME=0x400 LINK=0x800 ENSURE=0x2000 NAMELESS=0x4000 DELETED=0x80000 \
	TRUNCATE=0x200 GIVEN=0x10000 CUT=0x20000 CLAIM=0x10010000 \
	ELSEWHERE=0x20000000 DIR=0x4000000 REG=0x8000000 CHR=0x2000000 \
	SOCK=0xc000000 LIST=0x20 FIFO=0x1000000 PRIVATE=0x40000000

# stream FILE LINE… — writes a stream with one run of /opt/tool and these lines
# of mkstream
stream() {
	local file=$1
	shift
	{
		echo 'run 1 "x" how="command paths"'
		echo 'image /opt/tool'
		echo 'call 1 read 1'
		printf '%s\n' "$@"
	} | "$TESTS/mkstream" >"$file"
}

# path ACCESS PATH [RUN] — prints a line of mkstream for the path
path() {
	echo "path ${3:-1} $(($1)) 0 $2 1"
}

# patterns FILE… — prints "RULES PATTERN" for each generalized path
patterns() {
	sp-emit --landlock --explain "$@" | awk -F '\t' '$3 != "-" {
		sub(/ $/, "", $3); print $3, $4 }'
}

@test "names that differ between runs become patterns, by each rule" {
	stream a.sp "$(path 'READ | REG' /proc/123/stat)" \
		"$(path 'READ | REG' /proc/123/task/456/comm)" \
		"$(path 'READ | CHR' /dev/pts/7)" \
		"$(path 'READ | REG' /proc/sys/kernel/pid_max)" \
		"$(path 'CREATE | WRITE | REG' /tmp/tmp.aB3dEfGh9x)" \
		"$(path 'CREATE | WRITE | REG' /tmp/sort9cXy2Z)" \
		"$(path 'CREATE | REG' /tmp/tmpab_cdxyz)" \
		"$(path 'CREATE | GIVEN' /srv/link/CuQwertZ)" \
		"$(path 'CREATE | REG' /srv/link/CuQwert)" \
		"$(path 'READ | REG' /usr/lib/libcamel-1Ab2cD)" \
		"$(path 'CREATE | REG' /var/ChangeLog)" \
		"$(path 'CREATE | REG' /tmp/app-readMe)" \
		"$(path 'CREATE | REG' /tmp/app-abcde1)" \
		"$(path 'CREATE | REG' /tmp/app-aB3d5)" \
		"$(path 'READ | REG' /var/cache/0123456789abcdef0123.png)" \
		"$(path 'READ | REG' /x/3f0e8b1a-1c2d-4e5f-8a9b-0c1d2e3f4a5b)" \
		"$(path 'WRITE | REG' /var/log/app-2026-11-24.log)" \
		"$(path 'WRITE | REG' /var/log/app.20261124T101500)" \
		"$(path 'READ | REG' /usr/lib/libssl.so.3)" \
		"$(path 'READ | REG' /opt/app-1.2.3/x)" \
		"$(path 'READ | REG' /opt/lib1.1.1n/x86_64)"
	diff - <(patterns a.sp) <<-'END'
	pid /dev/pts/*
	pid /proc/*/stat
	pid /proc/*/task/*/comm
	tmp /srv/link/Cu*
	tmp /tmp/sort*
	tmp /tmp/tmp*
	tmp /tmp/tmp.*
	hash /var/cache/*.png
	date /var/log/app-*.log
	date /var/log/app.*
	hash /x/*
	END
	run -0 sp-emit --landlock --explain --generalize=none a.sp
	[[ $output != *'*'* ]]
	[[ $output == *ChangeLog* && $output == *libcamel-1Ab2cD* ]]
	run -0 sp-emit --landlock --explain --generalize=pid,hash a.sp
	[[ $output == *'/proc/*/stat'* && $output == *tmp.aB3dEfGh9x* ]]
	run -0 sp-emit --landlock --explain --generalize=version a.sp
	[[ $output == *'/opt/app-*/x'* && $output == *'/opt/lib*/x86_64'* ]]
	[[ $output == */usr/lib/libssl.so.3* && $output == *app-2026-11-24.log* ]]
	run -2 sp-emit --landlock --generalize=what a.sp
	[[ $output == "sp-emit: --generalize=what: not all, none, usual or a list"* ]]
}

# mkstemp(3) puts six random letters and digits into a name.
@test "a temporary name becomes a pattern" {
	local made_up=(aB3dE9 abcdef ABCDEF Abcdef aBcdef abcde1 A1B2C3 123456)
	stream a.sp "$(path 'CREATE | WRITE | REG | PRIVATE' /t/locked)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/daemon.pid)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/app-daemon.pid)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/app.configuration)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/krb5cc_1000)" \
		"$(path 'CREATE | WRITE | REG' /t/app.locked)" \
		"$(path 'CREATE | WRITE | REG' /t/cache-123456)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/app.sqlite)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/key2048)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/id_ed25519)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/credentials2)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/userToken)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/app_2024)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/disk-100001)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/disk-00100001)" \
		"$(path 'CREATE | WRITE | REG' /t/rsa/key2048)" \
		"$(path 'CREATE | DELETE | REG | PRIVATE' /t/private2)" \
		"$(path 'CREATE | DELETE | REG | PRIVATE' /t/secret)" \
		"$(path 'CREATE | DIR | PRIVATE' /t/app.qwerty)" \
		"$(path 'DELETE | DIR' /t/app.qwerty)" \
		"$(path 'READ | REG' /t/app.qwerty/app.qwerty)" \
		"$(path 'CREATE | DIR | PRIVATE' /t/.config)" \
		"$(path 'CREATE | WRITE | REG' /t/.config/app)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/go-123456789.log)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/py-ab1_cd2e.json)" \
		"$(path 'CREATE | WRITE | REG | PRIVATE' /t/ccAbCdEf.s)" \
		"$(for name in "${made_up[@]}"; do
			path 'CREATE | WRITE | REG | PRIVATE' "/m/file.$name"
		done)"
	diff - <(patterns a.sp) <<-'END'
	tmp /m/file.*
	tmp /t/*.s
	tmp /t/app.*
	tmp /t/app.*/app.qwerty
	tmp /t/go-*.log
	tmp /t/py-*.json
	END
	run -0 sp-emit --landlock --explain a.sp
	for name in locked daemon.pid app-daemon.pid app.configuration \
		krb5cc_1000 app.locked cache-123456 .config .config/app \
		app.sqlite key2048 id_ed25519 credentials2 userToken app_2024 \
		disk-100001 disk-00100001 rsa/key2048 private2 secret; do
		[[ $output == *"/t/$name"* ]]
	done
	[[ $output != */m/file.[a-zA-Z0-9]* ]]
}

# absent ACCESS PATH — prints a line of mkstream for a path that did not exist
absent() {
	echo "path 1 $(($1)) -2 $2 1"
}

@test "if a run tried to use a missing file and then created it, the policy allows that use" {
	stream a.sp "$(absent 'DELETE | GIVEN' /run/app/socket)" \
		"$(path 'CREATE | SOCK' /run/app/socket)" \
		"$(absent 'DELETE | GIVEN' /run/other/pid)" \
		"$(path 'CREATE | REG' /run/other/file)" \
		"$(absent 'DELETE | CLAIM' /run/third/pid)" \
		"$(path 'CREATE | REG' /run/third/pid)" \
		"$(absent 'RENAME | DELETE | GIVEN' /run/fourth/pid)" \
		"$(path 'CREATE | REG' /run/fourth/pid)"
	sp-emit --landlock a.sp >p.json
	diff - <(jq -r '.pathBeneath[] | select(.allowedAccess |
		index("remove_file")) | .parent[]' p.json) <<</run/app
	stream a.sp "$(absent 'READ | GIVEN' /var/app/state)" \
		"$(path 'CREATE | WRITE | REG' /var/app/state)" \
		"$(absent 'EXECUTE | GIVEN' /var/other/state)" \
		"$(path 'CREATE | WRITE | REG' /var/other/state)"
	sp-emit --apparmor a.sp | grep '/var/' | diff - <(cat <<-'END'
	  "/var/app/state" rwk,
	  "/var/other/state" wk,
	END
	)
}

@test "the name of a directory that the run created becomes part of a pattern only if it looks temporary" {
	stream a.sp "$(path 'CREATE | WRITE | REG' /tmp/tmp.aB3dE9/out)" \
		"$(path 'CREATE | DIR' /tmp/tmp.xY7zW2)" \
		"$(path 'CREATE | WRITE | REG' /tmp/tmp.xY7zW2/out)"
	diff - <(patterns a.sp) <<-'END'
	tmp /tmp/tmp.*
	tmp /tmp/tmp.*/out
	END
}

@test "a number becomes a pattern only if it differs between all of several runs" {
	{
		for n in 1 2 3; do
			echo "run $n x how='command paths'"
		done
		echo 'image /opt/tool'
		echo 'call * read 1'
		for n in 1 2 3; do
			path 'WRITE | REG' /run/app/worker-70$n.pid $n
			path 'READ | REG' /etc/app/conf.d/10-first "*"
			path 'READ | REG' /etc/app/rules/$n-own $n
		done
		# Two runs have this name in common.
		for n in 1 3; do
			path 'READ | REG' /etc/app/rules/7-own $n
		done
		path 'READ | REG' /etc/app/conf.d/20-second 2
	} | "$TESTS/mkstream" >a.sp
	[ "$(patterns a.sp)" = "runs /run/app/worker-*.pid" ]
	sp-emit --landlock --explain a.sp |
		shows -xP 'write\t3\truns \t/run/app/worker-\*\.pid'
}

@test "landlock: the rights are those of the recorded acts, on paths that existed before the run" {
	stream a.sp "$(path 'EXECUTE | REG' /usr/bin/tool)" \
		"$(path 'READ | REG' /etc/conf)" \
		"$(path 'READ | WRITE | CHR' /dev/tty)" \
		"$(path 'CREATE | WRITE | REG' /var/lib/app/new/data)" \
		"$(path 'CREATE | GIVEN | DIR' /var/lib/app/new)" \
		"$(path 'DELETE | GIVEN' /run/app/lock)" \
		"$(path 'CREATE | GIVEN | SOCK' /run/app/sock)" \
		"$(path 'LOOK | GIVEN' /usr)" \
		'path 1 1 -2 /absent 1' 'path 1 1 -13 /etc/shadow 1' \
		'socket 1 2 0 0 1f907f000001 1' 'socket 1 10 1 0 01bb00 1'
	sp-emit --landlock --generalize=none -o p.json a.sp
	diff - <(jq -r '.pathBeneath[] | "\(.parent[0]) \(.allowedAccess |
		join(" "))"' p.json) <<-'END'
	/dev/tty write_file read_file ioctl_dev
	/etc/conf read_file
	/run/app remove_file make_sock
	/usr/bin/tool execute read_file
	/var/lib/app write_file make_dir make_reg
	END
	diff - <(jq -c '.netPort[]' p.json) <<-'END'
	{"allowedAccess":["connect_tcp"],"port":[443]}
	{"allowedAccess":["bind_tcp"],"port":[8080]}
	END
	jq -e '.ruleset[0] | (.handledAccessFs | length) == 16 and
		.handledAccessNet == ["bind_tcp", "connect_tcp"] and
		.scoped == ["abstract_unix_socket"]' p.json
	run -0 sp-verify --landlock p.json a.sp
	jq '.netPort = [] | del(.pathBeneath[1])' p.json >less.json
	run -1 sp-verify --landlock less.json a.sp
	[[ $output == *"fs.read_file"*"/etc/conf  (/opt/tool)"* ]]
	[[ $output == *"net.bind_tcp"*"port 8080"* ]]
	[[ $output == *"net.connect_tcp"*"port 443"* ]]
}

# rights POLICY — prints "PATH RIGHT…" for each rule
rights() {
	jq -r '.pathBeneath[] | "\(.parent[0]) \(.allowedAccess | join(" "))"' "$1"
}

@test "landlock: the old directory of a move needs the rights of the new directory" {
	local rename='RENAME | CREATE' link='LINK | CREATE'
	stream a.sp "$(path 'RENAME | DELETE' /old/f)" \
		"$(path 'RENAME | CREATE' /new/f)" \
		"move 1 $((rename)) 0 /old/f /new/f 1" \
		"$(path 'WRITE | REG' /new/f)" \
		"$(path 'READ | TRUNCATE | REG' /new/g)" \
		"$(path 'DELETE' /new/g)" \
		"$(path LINK /kept/source)" "$(path "$link" /links/x)" \
		"move 1 $((link)) 0 /kept/source /links/x 1" \
		"$(path 'EXECUTE | REG' /links/x)" \
		"$(path 'RENAME | DELETE' /same/a)" \
		"$(path "$rename" /same/b)" \
		"move 1 $((rename)) 0 /same/a /same/b 1"
	sp-emit --landlock -o p.json a.sp
	diff - <(rights p.json) <<-'END'
	/kept refer
	/kept/source execute read_file
	/links execute read_file make_reg refer
	/new write_file read_file remove_file make_reg refer truncate
	/old write_file read_file remove_file refer truncate
	/same remove_dir remove_file make_dir make_reg
	END
	run -0 sp-verify --landlock p.json a.sp
	# The run did not use these rights in the old directory. Only the move
	# needs them.
	run -0 sp-emit --landlock -o p.json a.sp
	[[ $output == *": 2 rules gain rights (--explain lists them)"* ]]
	diff - <(sp-emit --landlock --explain a.sp 2>/dev/null |
		grep -P '\tmove to ') <<-'END'
	execute,read_file	1	move to /links	/kept/source
	write_file,read_file,truncate	1	move to /new	/old
	END
	# The recording does not have the move, so moves between any two of the
	# directories are allowed.
	stream b.sp "$(path 'RENAME | DELETE' /old/f)" \
		"$(path "$rename" /new/f)" "$(path 'WRITE | REG' /new/f)"
	sp-emit --landlock -o p.json b.sp
	diff - <(rights p.json) <<-'END'
	/new write_file remove_file make_reg refer
	/old write_file remove_file refer
	END
}

@test "a move with an uncertain path does not widen a policy" {
	local out='RENAME | DELETE' in='RENAME | CREATE' mark claims
	for mark in 'CLAIM' 'GIVEN | CUT' 'ELSEWHERE'; do
		claims="RENAME | CREATE | $mark"
		stream a.sp "$(path "$out" /srv/x/a)" "$(path "$claims" /d/links/a2)" \
			"move 1 $((claims)) 0 /srv/x/a /d/links/a2 1" \
			"$(path "$out | $mark" /d/links/b)" "$(path "$in" /opt/x/b2)" \
			"move 1 $((claims)) 0 /d/links/b /opt/x/b2 1"
		sp-emit --landlock --allow-partial -o p.json a.sp
		rights p.json | lacks refer
		sp-emit --systemd --paths --allow-partial a.sp >unit
		shows -x ProtectSystem=strict <unit
		sed -n 's/^ReadWritePaths=//p' unit | diff - <(
			printf '%s\n' '' '"-/opt/x"' '"-/srv/x"')
		sp-emit --apparmor --allow-partial a.sp | lacks '^  link'
	done
}

@test "landlock: a file without a name and O_CREAT on an existing file get rights for their directory" {
	stream a.sp "$(path 'READ | WRITE | NAMELESS | REG' /spool)" \
		"$(path 'READ | WRITE | DELETED | REG' /older/%23123)" \
		"$(path 'WRITE | ENSURE | REG' /var/log/app.log)" \
		"$(path 'WRITE | ENSURE | TRUNCATE | CHR' /dev/null)" \
		"$(path 'WRITE | ENSURE | REG' /proc/self/oom_score_adj)"
	sp-emit --landlock -o p.json a.sp
	diff - <(rights p.json) <<-'END'
	/dev/null write_file ioctl_dev
	/older write_file read_file
	/proc/self/oom_score_adj write_file
	/spool write_file read_file
	/var/log write_file make_reg
	END
	run -0 sp-verify --landlock p.json a.sp
}

@test "landlock: an act that failed after the kernel's permission check needs its right" {
	stream a.sp "path 1 $((DELETE | GIVEN | DIR)) -39 /tmp/full 1" \
		"path 1 $((EXECUTE | GIVEN)) -8 /opt/script 1" \
		"path 1 $((READ | GIVEN)) -6 /dev/tty 1" \
		"path 1 $((READ | GIVEN)) -13 /etc/shadow 1" \
		"path 1 $((CREATE | GIVEN | DIR)) -17 /srv 1"
	sp-emit --landlock -o p.json a.sp
	diff - <(rights p.json) <<-'END'
	/dev/tty read_file
	/opt/script execute read_file
	/tmp remove_dir
	END
}

@test "with --image, a file that another image created still counts as created in the run" {
	stream a.sp "$(path 'CREATE | GIVEN | DIR' /tmp/tmp.uWzji58yh0)" \
		"$(path 'CREATE | WRITE | REG' /tmp/tmp.uWzji58yh0/x) image=/usr/bin/cp" \
		'call 1 read 1 image=/usr/bin/cp'
	[ "$(sp-emit --landlock --explain --image='*/cp' a.sp |
		cut -f 3-)" = $'tmp \t/tmp/tmp.*/x' ]
	[ "$(sp-emit --landlock --image='*/cp' a.sp |
		jq -r '.pathBeneath[].parent[]')" = /tmp ]
	[ "$(sp-emit --apparmor --image='*/cp' a.sp | grep -c /tmp/)" = 1 ]
}

@test "landlock: a port that the kernel chose becomes port 0, UDP gets no rule, and the scope includes the run's own abstract sockets" {
	# The third number is the operation (0 bind, 1 connect, 2 send, 3
	# listen), plus 0x100 for TCP or 0x200 for other protocols.
	stream a.sp 'socket 1 2 256 0 00007f000001 1' \
		'socket 1 2 259 0 9c407f000001 1' 'socket 1 2 257 0 9c407f000001 1' \
		'socket 1 2 256 0 1f907f000001 1' 'socket 1 2 513 0 00357f000001 1' \
		'socket 1 1 512 0 006162 1' 'socket 1 1 513 0 006162 1' \
		'socket 1 1 513 -111 006163 1'
	run -0 sp-emit --landlock -o p.json a.sp
	[[ $output == *"connect_tcp is not restricted: the run connected to a port"* ]]
	diff - <(jq -c '.netPort[]' p.json) <<-'END'
	{"allowedAccess":["bind_tcp"],"port":[0]}
	{"allowedAccess":["bind_tcp"],"port":[8080]}
	END
	jq -e '.ruleset[0] | .handledAccessNet == ["bind_tcp"] and
		.scoped == ["abstract_unix_socket"]' p.json
	run -0 sp-verify --landlock p.json a.sp
	stream b.sp 'socket 1 2 257 0 9c407f000001 1' 'socket 1 1 513 0 006162 1'
	sp-emit --landlock -o b.json b.sp
	jq -e '(.ruleset[0] | .handledAccessNet == ["bind_tcp", "connect_tcp"] and
		(has("scoped") | not)) and .netPort[0].port == [40000]' b.json
	run -1 sp-verify --landlock p.json b.sp
	[[ $output == *"scope.abstract_unix_socket"*"@ab"* ]]
}

@test "--deny is refused for formats that cannot choose how to deny" {
	local format
	stream a.sp "$(path 'READ | REG' /etc/conf)"
	for format in landlock landlock-header path-list json table; do
		run -2 sp-emit --$format --deny=log a.sp
		[[ $output == "sp-emit: --deny: --$format does not say what happens to other calls"* ]]
	done
	run -2 sp-emit --apparmor --deny=kill a.sp
	[[ $output == "sp-emit: --deny: --apparmor can only have log"* ]]
	sp-emit --apparmor --deny=log a.sp | grep 'flags=(complain)'
}

@test "landlock: sp-emit refuses a run that mounts, and the simulation denies the mount" {
	stream a.sp "$(path 'READ | REG' /etc/conf)"
	sp-emit --landlock -o p.json a.sp
	stream b.sp "$(path 'READ | REG' /etc/conf)" "$(path 'MOUNT | GIVEN' /mnt)"
	run -2 sp-emit --landlock b.sp
	[[ $output == *"sp-emit: the run mounted on /mnt, or unmounted it: no\
 Landlock policy can allow that"* ]]
	run -1 sp-verify --landlock p.json b.sp
	[[ $output == *fs.change_topology*/mnt* ]]
}

@test "landlock: sp-verify refuses a file that is not a policy" {
	local bad
	for bad in '[]' '{' '{"ruleset": 1}' '{"ruleset": [], "more": 1}' \
		'{"ruleset": [{"handledAccessFs": ["read"]}]}' \
		'{"ruleset": [], "pathBeneath": [{"parent": ["x"]}]}' \
		'{"ruleset": [], "pathBeneath": [{}]}' \
		'{"ruleset": [], "pathBeneath": [{"parentEscaped": ["/\\q"]}]}' \
		'{"ruleset": [], "netPort": [{"port": [70000]}]}'; do
		echo "$bad" >bad.json
		run -2 sp-verify --landlock bad.json </dev/null
		[[ ${lines[0]} == "sp-verify: bad.json: "* ]]
	done
	run -2 sp-verify --landlock bad.json -p bad.json
	[[ $output == "sp-verify: --profile cannot be combined with --landlock"* ]]
}

@test "landlock: -t ends the command, if necessary with SIGKILL" {
	echo '{"ruleset": [{"handledAccessFs": ["make_sock"]}]}' >p.json
	run -0 timeout 30 sp-verify --landlock p.json --enforce -t 1 -- sleep 60
	[[ $output == *"killed by SIGTERM"* ]]
	run -0 timeout 30 sp-verify --landlock p.json --enforce -t 1 -- \
		sh -c 'trap "" TERM; while :; do sleep 0.1; done'
	[[ $output == *"killed by SIGKILL"* ]]
}

@test "landlock: a second signal ends the command, and sp-verify exits with an error" {
	echo '{"ruleset": [{"handledAccessFs": ["make_sock"]}]}' >p.json
	sp-verify --landlock p.json --enforce -o list -- \
		sh -c 'trap ": >first" TERM; : >ready; while :; do sleep 0.05; done' 2>err 3>&- &
	wait_for 10 test -e ready
	kill -TERM $!
	wait_for 10 test -e first
	# A signal that follows at once would not count as the second one.
	sleep 0.3
	kill -TERM $!
	wait $! && status=0 || status=$?
	[ "$status" = 2 ]
	grep -qx 'sp-verify: ended by SIGTERM before the command exited' err
	run ! grep 'no violation' err
}

@test "landlock: sp-verify waits for processes that outlive the command, and lists their denials" {
	requires_root
	echo '{"ruleset": [{"handledAccessFs": ["make_sock", "make_dir"]}]}' >p.json
	local status=0
	sp-verify --landlock p.json -o list -- sh -c '(n=0
		until grep -q waiting log || [ $((n += 1)) -gt 200 ]; do sleep 0.1; done
		mkdir late) &' 2>log || status=$?
	[ "$status" -eq 1 ]
	grep "the command has exited, but processes that it started still run: waiting" log
	grep fs.make_dir list
	run -0 sp-verify --landlock p.json -t 1 -- sh -c 'sleep 5 &'
	[[ $output == *"the remaining processes keep running under the policy; their denials are not listed"* ]]
}

@test "landlock: a Landlock domain that the command itself makes does not hide denials" {
	requires_root
	echo '{"ruleset": [{"handledAccessFs": ["make_sock", "make_dir"]}]}' >p.json
	# For make_fifo, the command's own domain denies first.
	run -1 sp-verify --landlock p.json -- "$WITNESS/own-domain"
	[[ $output == *"fs.make_dir"* ]]
	[[ $output != *"fs.make_fifo"* ]]
}

@test "landlock: the policy is enforced, and the denials of all processes are listed" {
	requires_root
	mkdir in
	echo yes >in/file
	sp-record -q --paths -o run.sp -- sh -c 'cat in/file' >/dev/null
	sp-emit --landlock -o p.json run.sp
	run -0 sp-verify --landlock p.json -- sh -c 'cat in/file'
	run -1 sp-verify --landlock p.json -o list -- \
		sh -c 'cat in/file; (cat /etc/hostname; : >in/new); cat in/file'
	[[ $output == *yes*yes* ]]
	awk 'NR > 1 { print $1, $3 }' list | sort >got
	diff - got <<-END
	fs.make_reg $PWD/in
	fs.read_file /etc/hostname
	END
	# The policy does not allow the execution of this program.
	run -1 sp-verify --landlock p.json -- /usr/bin/id
	[[ $output == *"the policy denies its start"* ]]
	[[ $output == *fs.execute*/usr/bin/id* ]]
	run -2 sp-verify --landlock p.json -- ./no-such
	# Auditing works as before.
	run -0 sp-verify --landlock p.json -- sh -c 'cat in/file'
}

@test "landlock: without the privilege to list denials, a command is refused, except with --enforce" {
	requires_root
	requires setpriv
	sp-record -q --paths -o run.sp -- cat /etc/passwd >/dev/null
	sp-emit --landlock -o p.json run.sp
	chmod 755 . && chmod 644 p.json
	local user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	run -2 "${user[@]}" "$SP_BIN/sp-verify" --landlock p.json -- cat /etc/passwd
	[[ $output == *"denials cannot be listed"*--enforce* ]]
	run -0 "${user[@]}" "$SP_BIN/sp-verify" --landlock p.json --enforce -- \
		cat /etc/passwd
	run -1 "${user[@]}" "$SP_BIN/sp-verify" --landlock p.json --enforce -- \
		cat /etc/hostname
}

@test "the C header allows a program what it did in the recording, and nothing else" {
	requires_root
	echo yes >file
	sp-record -q --paths -o run.sp -- cat file >/dev/null
	run -0 sp-emit --landlock-header -o policy.h run.sp
	[[ $output == *"before sandprint_landlock() are allowed"* ]]
	grep -F "\"$PWD/file\"" policy.h
	# A program that loads the policy itself runs already, so it needs no
	# right to be executed.
	run ! grep -E 'bin/cat"|ld-linux' policy.h
	sp-emit --landlock run.sp | jq -e '.pathBeneath |
		any(.parent[0] == "/usr/bin/cat")'
	# A program that another recorded program executes needs this right.
	sp-record -q --paths -o run.sp -- env cat file >/dev/null
	sp-emit --landlock-header -o policy.h run.sp
	run ! grep 'bin/env"' policy.h
	sp-emit --landlock-header --image='*/cat' run.sp | lacks 'bin/cat"'
	build_main
	run -0 ./main /usr/bin/cat file
	[ "$output" = yes ]
	run -1 ./main /usr/bin/cat main.c
	run -4 ./main /usr/bin/id
}

# hostile — makes files with difficult names in h/, and records cat of them
hostile() {
	local long
	long=$(printf 'n%.0s' {1..250})
	names=($'new\nline' $'tab\tand space' 'quote"s'\''' 'back\slash' '*?[a-z]{x,y}'
		$'\xff\xfeinvalid' $'caf\xc3\xa9' '%n%s$HOME' '@{PROC}^,#' "$long"
		'-dash' $'\x02\x7f')
	mkdir -p h
	for name in "${names[@]}"; do
		echo yes >"h/$name"
	done
	sp-record -q --paths -o run.sp -- cat "${names[@]/#/h/}" >/dev/null
}

@test "difficult names can be read back from every format" {
	requires_root
	hostile
	# Each name is one line.
	sp-emit --path-list run.sp | awk -F '\t' '$1 == "read"' >list
	/usr/bin/python3 - "${names[@]}" <<-'END'
	import os, re, sys
	back = lambda t: re.sub(rb"\\x(..)", lambda m: bytes([int(m.group(1), 16)]), t)
	got = {back(line.rstrip(b"\n").split(b"\t")[4]) for line in open("list", "rb")}
	want = {os.path.realpath(os.fsencode("h/" + n)) for n in sys.argv[1:]}
	assert want <= got, want - got
	END
	sp-emit --json run.sp | jq -r '.paths[].path' | shows 'new\\x0aline'
	# The policy as JSON is read back and enforced. The policy as C is
	# enforced.
	sp-emit --landlock -o p.json run.sp
	run -0 sp-verify --landlock p.json run.sp
	run -0 sp-verify --landlock p.json -- cat "${names[@]/#/h/}"
	sp-record -q --paths -o env.sp -- env cat "${names[@]/#/h/}" >/dev/null
	sp-emit --landlock-header -o policy.h env.sp
	build_main
	run -0 ./main /usr/bin/cat "${names[@]/#/h/}"
	[ "$(grep -cx yes <<<"$output")" = ${#names[@]} ]
	# If a name is removed from the policy, access is denied, and the list
	# has the name.
	jq 'del(.pathBeneath[] | select((.parent // .parentEscaped)[0] |
		test("invalid|new\nline")))' p.json >less.json
	run -1 sp-verify --landlock less.json -- cat "${names[@]/#/h/}"
	[[ $output == *'new\x0aline'* && $output == *'\xff\xfeinvalid'* ]]
}

@test "landlock: a single note names all paths that do not exist on this machine" {
	requires_root
	needs landlock
	sp-record -q --paths -o run.sp -- true
	stream a.sp "$(path 'READ | REG' /no/such)"
	sp-emit --landlock -o p.json run.sp a.sp
	run -0 sp-verify --landlock p.json --enforce -- true
	shows -F '/no/such does not exist here: its rule is left out' <<<"$output"
	stream a.sp "$(path 'READ | REG' /no/such)" \
		"$(path 'READ | MAP | REG' /no/liby.so.1.2.3)"
	sp-emit --landlock -o p.json run.sp a.sp
	run -0 sp-verify --landlock p.json --enforce -- true
	[ "$(grep -c 'exist here' <<<"$output")" = 1 ]
	shows -P ' paths of the policy do not exist here, and their rules are left out: .*/no/liby.so.1, /no/liby.so.1.2, /no/liby.so.1.2.3, /no/such' <<<"$output"
}

@test "a path of 4,095 bytes is recorded and gets a rule" {
	requires_root
	/usr/bin/python3 - <<-'END'
	import os
	top, part = os.getcwd(), "p" * 200
	n = 0
	while len(os.getcwd()) + 202 < 4090: os.mkdir(part); os.chdir(part)
	name = "e" * (4095 - len(os.getcwd()) - 1)
	open(name, "w").write("yes")
	open(top + "/long", "w").write(os.getcwd() + "/" + name)
	END
	[ "$(wc -c <long)" = 4095 ]
	sp-record -q --paths -o run.sp -- cat "$(<long)" >/dev/null
	sp-emit --path-list run.sp | cut -f 5 | shows -xFf long
	sp-emit --landlock -o p.json run.sp
	run -0 sp-verify --landlock p.json -- cat "$(<long)"
	[[ $output == yes* ]]
}

# made_socket FAMILY TYPE — prints a line of mkstream for a call of socket(2)
made_socket() {
	echo "argument 1 socket \"0:0xffffffffffffffff:$1 1:15:$2 2:0xffffffffffffffff:0\" 1"
}

@test "apparmor: if the family of a socket has no name, all families are allowed" {
	stream a.sp 'call 1 socket 2' "$(made_socket 2 1)" "$(made_socket 200 1)"
	run -0 sp-emit --apparmor -o profile a.sp
	[[ $output == *"families of sockets are not restricted"* ]]
	grep -qxF '  network,' profile
	grep -q '^  # A socket has a family without a name' profile
	run ! grep -F 'network inet' profile
}

@test "apparmor: if the run used sockets that it did not make, all families are allowed" {
	# Each row has the expected rule, the type of a unix socket that the run
	# made, and the numbers of its other calls.
	local type calls nr lines network
	while read -r network type calls; do
		echo "$network $type $calls"
		lines=()
		for nr in $calls; do
			lines+=("call 1 $nr 5")
		done
		stream a.sp 'call 1 socket 1' "$(made_socket 1 "$type")" "${lines[@]}"
		sp-emit --apparmor -o profile a.sp 2>log
		if [ "$network" = all ]; then
			grep -qxF '  network,' profile
			shows 'that it did not create' <log
			shows '^  # The run used sockets that it did not create' <profile
		else
			run ! grep -xF '  network,' profile
			lacks 'that it did not create' <log
		fi
	done <<-'END'
	all 2 43 45
	all 2 288
	all 1 45
	all 1 47
	all 5 44
	own 1 49 50 43 45
	own 1 42 45
	own 1 53 45
	own 2 44 45
	own 3 46 47
	own 1 49 50 54
	END
}

@test "apparmor: a socket type without a name is noted, and no rule is written twice" {
	stream a.sp 'call 1 socket 5' "$(made_socket 2 6)" "$(made_socket 10 1)" \
		'argument 1 socket "0:0xffffffffffffffff:10 1:15:1 2:0xffffffffffffffff:6" 1' \
		'argument 1 socket "0:0xffffffffffffffff:10 1:15:2 2:0xffffffffffffffff:6" 1' \
		'argument 1 socket "0:0xffffffffffffffff:10 1:15:1 2:0xffffffffffffffff:132" 1'
	run -0 sp-emit --apparmor -o profile a.sp
	[[ $output == *"a type without a name"*"raw sockets too"* ]]
	grep '^  network\|a type without a name' profile | diff - <(printf '  %s\n' \
		'# A socket has a type without a name: the rule without a type allows each' \
		'network inet,' 'network inet6 stream,' 'network inet6 dgram,')
}

@test "apparmor: an object whose path cannot be in a rule is refused and named" {
	stream a.sp "$(path 'EXECUTE | REG' /memfd:program)"
	run -2 sp-emit --apparmor -o profile a.sp
	[[ $output == *"executed /memfd:program"* ]]
	sp-emit --apparmor --deny=log -o profile a.sp
	stream a.sp "$(path 'READ | CREATE | GIVEN | REG' /dev/mqueue/q)"
	run -2 sp-emit --apparmor -o profile a.sp
	[[ $output == *"message queue /dev/mqueue/q"* ]]
	# AppArmor does not check these two uses.
	stream a.sp "$(path 'MAP | DELETED | REG' /memfd:code)" \
		"$(path 'LIST | DIR' /dev/mqueue)"
	sp-emit --apparmor -o profile a.sp
}

@test "apparmor: apparmor_parser accepts the profile, even with difficult names" {
	requires_root
	requires apparmor_parser
	hostile
	sp-emit --apparmor -o profile run.sp
	run -0 apparmor_parser -QTK profile
	# The output of apparmor_parser has the name as it understood it.
	stream a.sp "$(path 'READ | REG' '/a%2A%5Bb')" \
		"$(path 'READ | REG' /proc/12/stat)" \
		"$(path 'WRITE | REG' '/sp%20ace%22')" \
		"$(path 'EXECUTE | REG' /usr/bin/tool)" \
		"$(path 'CREATE | GIVEN | DIR' /var/new)" \
		"$(path 'CONNECT | GIVEN | SOCK' /run/sock)" \
		"$(path 'READ | REG' /etc/lock)" "$(path 'LOCK | REG' /etc/lock)" \
		"$(path 'LOCK | LOCK_WRITE | DIR' /run/lockdir)" \
		"$(path 'READ | ENSURE | REG' /etc/conf)" \
		"$(path 'WRITE | NAMELESS | REG' /spool)" \
		"$(path 'CHANGE | GIVEN' /run/either)" \
		"$(path 'MOUNT | GIVEN' /mnt)" 'call 1 155 1' \
		"$(path 'LINK' /spool/a)" "$(path 'LINK | CREATE' /spool/b)" \
		"move 1 $((LINK | CREATE)) 0 /spool/a /spool/b 1" \
		"$(path 'READ | MAP | REG' /usr/lib/liby.so.1.2.3)" \
		'call 1 socket 2' "$(made_socket 2 1)" "$(made_socket 2 6)"
	sp-emit --apparmor -o profile a.sp
	run -0 apparmor_parser -QTK profile
	grep -qxF '  "/a\052\133b" r,' profile
	grep -qxF '  "/proc/*/stat" r,' profile
	grep -qxF '  "/sp\040ace\042" wk,' profile
	grep -qxF '  "/usr/bin/tool" mrix,' profile
	grep -qxF '  "/var/new/" w,' profile
	grep -qxF '  "/run/sock" rw,' profile
	grep -qxF '  network inet stream,' profile
	grep -qxF '  network inet,' profile
	grep -qxF '  "/usr/lib/liby.so.1{,.*}" mr,' profile
	grep -qxF '  "/etc/lock" rk,' profile
	grep -qxF '  "/run/lockdir/" wk,' profile
	grep -qxF '  "/etc/conf" rw,' profile
	grep -qxF '  "/spool/#*" wk,' profile
	grep -qxF '  "/run/either{,/}" w,' profile
	grep -qxF '  mount -> "/mnt{,/}",' profile
	grep -qxF '  umount "/mnt{,/}",' profile
	grep -qxF '  pivot_root,' profile
	grep -qxF '  link "/spool/b" -> "/spool/a",' profile
	[ "$(grep -c pivot_root profile)" = 1 ]
}

@test "in a name, wildcards and backslashes have no special meaning" {
	stream a.sp "$(path 'READ | REG' '/srv/a%01b')" \
		"$(path 'READ | REG' '/srv/%02%03')" \
		"$(path 'READ | REG' '/srv/x%5Cx2fy')" \
		"$(path 'READ | REG' /proc/12/stat)"
	sp-emit --apparmor a.sp 2>/dev/null | grep '/srv\|/proc' | diff - <(
		printf '  "/%s" r,\n' 'proc/*/stat' 'srv/\002\003' \
			'srv/a\001b' 'srv/x\134x2fy')
	sp-emit --landlock a.sp | jq -r '.pathBeneath[].parent[]?' | sort |
		diff - <(printf '/%s\n' proc $'srv/\002\003' $'srv/a\001b' \
			'srv/x\x2fy')
	sp-emit --landlock --explain a.sp | cut -f 4 | diff - <(
		printf '/%s\n' 'proc/*/stat' 'srv/\x02\x03' 'srv/a\x01b' \
			'srv/x\x5cx2fy')
}

@test "systemd: a name that a unit cannot contain is refused, and with --widen-names its directory is used" {
	local name
	for name in '/new%0Aline' '/invalid%FF' '/ret%0Durn'; do
		stream a.sp "$(path 'WRITE | REG' "/srv/app$name")"
		run -2 sp-emit --systemd --paths -o out a.sp
		[[ $output == *"ReadWritePaths= cannot hold /srv/app/"*"(--widen-names "* ]]
		[ ! -e out ]
		stream a.sp "$(path 'EXECUTE | REG' "/srv/app$name")"
		run -2 sp-emit --systemd --paths -o out a.sp
		[[ $output == *"ExecPaths= cannot hold /srv/app/"* ]]
		sp-emit --systemd --paths --widen-names -o out a.sp
		grep -qxF 'ExecPaths="-/srv/app"' out
		rm out
	done
	# A tab and a control character are allowed in a unit.
	stream a.sp "$(path 'WRITE | REG' "/srv/a%09b%01")"
	sp-emit --systemd --paths -o out a.sp
	grep -qxF "ReadWritePaths=\"-/srv/a"$'\t'"b"$'\001"' out
}

@test "systemd accepts the options without a message" {
	requires systemd-analyze
	stream a.sp "$(path 'EXECUTE | REG' /usr/bin/tool)" \
		"$(path 'MAP | REG' /usr/lib/libx.so)" \
		"$(path 'MAP | REG' /usr/lib/liby.so.1.2.3)" \
		"$(path 'CREATE | WRITE | REG' /var/lib/app/data)" \
		"$(path 'WRITE | REG' /var/100%25%20%22full%22)" \
		"$(path 'CREATE | WRITE | REG' '/srv/%FFbad')" \
		"$(path 'READ | REG' /home/user/file)" \
		"$(path 'CREATE | WRITE | REG' /tmp/x.aB3dEf)" \
		"$(path 'READ | CHR' /dev/urandom)"
	sp-emit --systemd --paths -o p.conf a.sp
	diff - <(sed -n '/^# Of the paths/,$p' p.conf | sed 1d) <<-'END'
	ProtectSystem=strict
	ReadWritePaths=
	ReadWritePaths="-/srv"
	ReadWritePaths="-/var/100%% \"full\""
	ReadWritePaths="-/var/lib/app"
	NoExecPaths=
	NoExecPaths=/
	NoExecPaths=-/tmp -/var/tmp
	ExecPaths=
	ExecPaths="-/usr/bin/tool"
	ExecPaths="-/usr/lib/libx.so"
	ExecPaths="-/usr/lib/liby.so.1"
	ExecPaths="-/usr/lib/liby.so.1.2"
	ExecPaths="-/usr/lib/liby.so.1.2.3"
	ReadOnlyPaths=-/run
	ProtectHome=read-only
	PrivateTmp=yes
	PrivateDevices=yes
	ProtectKernelTunables=yes
	ProtectControlGroups=yes
	ProtectKernelLogs=yes
	ProtectKernelModules=yes
	ReadOnlyPaths=-/dev/shm
	END
	mkdir x.service.d
	printf '[Service]\nExecStart=/bin/true\n' >x.service
	cp p.conf x.service.d/
	run -0 systemd-analyze verify ./x.service
	[ -z "$output" ]
	# These rules name directories, which stay the same after an upgrade.
	sp-emit --systemd --paths --generalize=version a.sp |
		grep '^ExecPaths="' | diff - <(printf '%s\n' \
		'ExecPaths="-/usr/bin"' 'ExecPaths="-/usr/lib"')
}

# build_main — builds ./main, which executes its arguments under policy.h
build_main() {
	cat >main.c <<-'END'
	#include "policy.h"
	int main(int argc, char **argv)
	{
		if (argc < 2 || sandprint_landlock())
			return 3;
		execv(argv[1], argv + 1);
		return 4;
	}
	END
	cc -std=c99 -Wall -Wextra -Werror -D_DEFAULT_SOURCE -o main main.c
}

# sets LINE RECORD… — tests whether the drop-in has the line, for a run with
# these lines of mkstream
sets() {
	local setting=$1
	shift
	stream one.sp "$@"
	sp-emit --systemd --paths -o one.conf one.sp 2>/dev/null
	grep -qx "$setting" one.conf
}

@test "systemd: each row of the manual's table decides whether its option is set" {
	local setting effect what n=0 absent nr
	"$TESTS/scripts/protections-table" >table
	/usr/bin/python3 -c 'import ctypes, sys
lib = ctypes.CDLL("libseccomp.so.2")
for name in open("table").read().split():
    print(name, lib.seccomp_syscall_resolve_name(name.encode()))' >numbers
	while read -r setting effect what; do
		n=$((n + 1))
		[ "$setting" != ProtectHome=read-only ] || continue
		echo "$setting $effect $what"
		absent="path 1 $((READ)) -2 $what/absent 1"
		case $setting:$effect in
		ProtectSystem=strict:*)
			sets "$setting" "$(path 'READ | WRITE | REG' "${what%/}/x/y")"
			;;
		PrivateTmp=yes:replaced)
			run ! sets "$setting" "$(path 'READ | REG' "$what/x")"
			run ! sets "$setting" "$(path 'LIST | DIR' "$what")"
			sets "$setting" "$(path 'LOOK | DIR' "$what")" "$absent"
			;;
		*:read-only)
			run ! sets "$setting" "$(path 'WRITE | REG' "$what")"
			run ! sets "$setting" "$(path 'WRITE | REG' "$what/x/y")"
			run ! sets "$setting" "$(path 'DELETE | GIVEN' "$what/x")"
			run ! sets "$setting" "$(path 'CHANGE | GIVEN' "$what")"
			sets "$setting" "$(path 'READ | REG' "$what/x")" "$absent"
			sets "$setting" "$(path 'WRITE | REG' "${what}x")"
			;;
		*:inaccessible)
			run ! sets "$setting" "$(path 'LOOK | GIVEN' "$what")"
			run ! sets "$setting" "$(path 'READ | REG' "$what/x")"
			run ! sets "$setting" "$absent"
			sets "$setting" "$(path 'READ | REG' "${what}x")"
			;;
		*:replaced)
			run ! sets "$setting" "$(path 'READ | CHR' "$what/kvm")"
			run ! sets "$setting" "$(path 'LIST | DIR' "$what")"
			run ! sets "$setting" "$(path 'CREATE | DIR' "$what/x")"
			sets "$setting" "$(path 'LOOK | DIR' "$what")" "$absent"
			;;
		*:unchanged)
			sets "$setting" "$(path 'READ | WRITE | CHR' "$what")"
			sets "$setting" "$(path 'CREATE | REG' "$what/x")"
			;;
		*:masked)
			run ! sets "$setting" "$(path 'READ | REG' "$what")"
			sets "$setting" "$(path 'LOOK | REG' "$what")"
			;;
		*:denied)
			nr=$(awk -v name="$what" '$1 == name { print $2 }' numbers)
			[ "$nr" -ge 0 ] || continue
			run ! sets "$setting" "call 1 $nr 1"
			;;
		esac
	done <table
	[ "$n" -ge 60 ]
}

@test "systemd: the working directory counts as a used directory" {
	local dir n=0
	for dir in /home/user /root /tmp/x /; do
		printf '%s\n' "run 1 x how='command paths' cwd=$dir" \
			'image /opt/tool' 'call 1 read 1' |
			"$TESTS/mkstream" >$n.sp
		n=$((n + 1))
	done
	run -0 sp-emit --systemd --paths 0.sp
	[[ $output == *ProtectHome=read-only* ]]
	run -0 sp-emit --systemd --paths 1.sp
	[[ $output == *ProtectHome=read-only* ]]
	run -0 sp-emit --systemd --paths 2.sp
	[[ $output == *ProtectHome=yes* && $output != *PrivateTmp* ]]
	run -0 sp-emit --systemd --paths 3.sp
	[[ $output == *ProtectHome=yes* && $output == *PrivateTmp=yes* ]]
}

@test "systemd: PrivateTmp= is set if no other process can know the run's names in /tmp" {
	# The run created these with a random name, or below a directory with
	# one.
	sets PrivateTmp=yes "$(path 'CREATE | GIVEN | DIR' /tmp/tmp.aB3dE9fG)" \
		"$(path 'CREATE | WRITE | REG' /tmp/tmp.aB3dE9fG/out)"
	sets PrivateTmp=yes "$(path '0x4000 | DIR' /var/tmp)"
	# These names look random, but existed before the run.
	run ! sets PrivateTmp=yes "$(path 'READ | REG' /tmp/tmp.aB3dE9fG)"
	run ! sets PrivateTmp=yes "$(path 'DELETE | GIVEN' /tmp/tmp.aB3dE9fG)"
	# Other processes can know these names or use these files.
	run ! sets PrivateTmp=yes "$(path 'CREATE | WRITE | REG' /tmp/app.pid)"
	run ! sets PrivateTmp=yes "$(path 'CREATE | GIVEN | SOCK' /tmp/app.sock)"
	run ! sets PrivateTmp=yes "$(path 'CREATE | GIVEN | SOCK' /tmp/s.aB3dE9)"
	run ! sets PrivateTmp=yes "$(path 'CREATE | GIVEN | FIFO' /tmp/s.aB3dE9)"
	run ! sets PrivateTmp=yes "$(path 'CONNECT | GIVEN | SOCK' /tmp/x/sock)"
	run ! sets PrivateTmp=yes \
		"$(path 'CREATE | WRITE | REG' /tmp/x.aB3dE9)" \
		"$(path 'CREATE | RENAME' /tmp/result)"
	# The call failed because the file exists.
	run ! sets PrivateTmp=yes "path 1 $((CREATE | REG)) -17 /tmp/lock 1"
}

@test "systemd: a service that mounts file systems gets no settings that make a mount namespace" {
	local what
	for what in "$(path 'MOUNT | DIR' /mnt)" 'call 1 165 1'; do
		stream a.sp "$what" "$(path 'EXECUTE | REG' /bin/tool)"
		run -0 sp-emit --systemd --paths -o out a.sp
		[[ $output == *"The run mounts or unmounts file systems."* ]]
		grep -q '^# The run mounts or unmounts' out
		run ! grep -E '^(Pro|Pri|Read|Exec|NoExec)' out
	done
	# This mount failed, because it was not permitted.
	sets ProtectSystem=strict "path 1 $((MOUNT | DIR)) -1 /mnt 1" \
		'call 1 165 1'
}

# writable LINE… — prints the paths of ReadWritePaths= for a run with these
# lines of mkstream
writable() {
	stream one.sp "$@"
	sp-emit --systemd --paths one.sp 2>/dev/null |
		sed -n 's/^ReadWritePaths="-\(.*\)"$/\1/p'
}

@test "systemd: a path is listed if it existed before the run; otherwise its directory is listed" {
	[ "$(writable "$(path 'WRITE | REG' /var/app/data)")" = /var/app/data ]
	[ "$(writable "$(path 'WRITE | ENSURE | REG' /var/app/log)")" = /var/app ]
	[ "$(writable "$(path 'DELETE | GIVEN' /run/app.pid)")" = /run ]
	[ "$(writable "$(path '0x4000 | DIR' /var/app)")" = /var/app ]
	# Writing to a FIFO or a socket does not write to the file system.
	[ "$(writable "$(path 'WRITE | FIFO' /run/app/fifo)")" = "" ]
	[ "$(writable "$(path 'CONNECT | GIVEN | SOCK' /run/app/sock)")" = "" ]
	[ "$(writable "$(path 'CHANGE | FIFO' /run/app/fifo)")" = /run/app/fifo ]
	# This file is moved between two directories, which must be on the same
	# mount.
	[ "$(writable "$(path 'DELETE | RENAME | GIVEN' /var/app/new/x)" \
		"$(path 'CREATE | RENAME | GIVEN' /var/app/old/x)" \
		'move 1 0x404 0 /var/app/new/x /var/app/old/x 1')" = /var/app ]
	# These paths are writable in spite of ProtectSystem=.
	sets ReadOnlyPaths=-/dev/shm "$(path 'READ | WRITE | CHR' /dev/null)"
	run ! sets ReadOnlyPaths=-/dev/shm "$(path 'CREATE | REG' /dev/shm/x)"
	sets ReadOnlyPaths=-/run "$(path 'CREATE | REG' /run/app/x)"
	run ! sets ReadOnlyPaths=-/run "$(path 'CREATE | REG' /run/x)"
	# /run is writable, but home directories below it are still protected.
	[ "$(writable "$(path 'CREATE | REG' /run/x)" \
		"$(path 'CREATE | REG' /run/user/0/x)" | tr '\n' ' ')" = \
		'/run /run/user/0 ' ]
	grep -qx ProtectHome=read-only <(sp-emit --systemd --paths one.sp)
	# Of two settings for one path, the stricter one applies.
	[ "$(writable "$(path 'CREATE | REG' /home/x)")" = /home ]
	sp-emit --systemd --paths one.sp | grep -E 'Home|ReadOnly' | diff - <(
		printf '%s\n' ReadOnlyPaths=-/run ReadOnlyPaths=-/root \
			ReadOnlyPaths=-/run/user ReadOnlyPaths=-/dev/shm)
	[ "$(writable "$(path 'CREATE | REG' /x)" \
		"$(path 'CREATE | REG' /home/u/x)")" = /home/u ]
	run ! grep ProtectSystem <(sp-emit --systemd --paths one.sp)
}

@test "systemd: for a file that was mapped after its removal, the directory is listed with a note" {
	stream one.sp "$(path 'MAP | DELETED | REG' /var/x/ffi)" \
		"$(path 'MAP | DELETED | REG' /var/x/other)" \
		"$(path 'EXECUTE | DELETED | REG' /run/y/tool)" \
		"$(path 'MAP | DELETED | REG' /memfd:code)"
	run -0 sp-emit --systemd --paths -o unit one.sp
	[[ $output == *"ExecPaths= has 2 directories for removed files that were mapped or executed, such as /run/y"* ]]
	shows 'ExecPaths= has 2 directories' <unit
	sed -n 's/^ExecPaths="-\(.*\)"$/\1/p' unit | diff - <(printf '%s\n' /run/y /var/x)
}

@test "a name that was not recorded completely is refused" {
	stream a.sp "$(path 'READ | CUT | REG' .../deep)"
	run -2 sp-emit --landlock -o p.json a.sp
	[[ $output == *"not completely known"* ]]
	sp-emit --landlock --allow-partial -o p.json a.sp
	sp-emit --path-list a.sp | shows 'cut'
}

# attached FILE LINE… — writes a run of /opt/server to which the recorder
# attached, with these lines of mkstream
attached() {
	local file=$1
	shift
	{
		echo 'run 2 "pid 7" how="attached pid paths" blind="what%20was%20done%20before%20the%20recorder%20attached,%20such%20as%20starting%20up"'
		echo 'image /opt/server'
		echo 'call 2 read 1 image=/opt/server'
		printf '%s\n' "$@"
	} | "$TESTS/mkstream" >"$file"
}

@test "if the start of a program was not recorded, policies that would prevent its start are refused" {
	local format
	attached a.sp
	for format in systemd 'systemd --paths' oci docker spo bpf minijail \
		firejail apparmor landlock; do
		# shellcheck disable=SC2086 # several words
		run -2 sp-emit --$format -o out a.sp
		[[ $output == *"/opt/server was already running"*"sp-merge"* ]]
		[ ! -e out ]
		# shellcheck disable=SC2086
		run -0 sp-emit --$format --allow-partial -o out a.sp
		rm out
	done
	# In these formats, the running program itself loads the policy.
	for format in libseccomp landlock-header; do
		run -0 sp-emit --$format -o out a.sp
		[[ $output == *"not seen by the recording: what was done before"* ]]
	done
	# The start of the helper was recorded. A helper in a container is a
	# program of `exec`; in a service, it is part of the service.
	attached helper.sp 'image /bin/helper 2:1:1'
	for format in systemd apparmor landlock; do
		run -2 sp-emit --$format helper.sp
	done
	run -0 sp-emit --oci helper.sp
	# --image selects only the helper.
	run -0 sp-emit --systemd --image=/bin/helper --allow-partial \
		-o out <(attached /dev/stdout 'image /bin/helper 2:1:1' \
		'call 2 read 1 image=/bin/helper')
	# systemd started before the recording, but is not a part of the
	# service.
	{
		echo 'run 2 "unit x" how="attached unit paths"'
		echo 'image /lib/systemd/systemd'
		echo 'call 2 close 1 image=/lib/systemd/systemd'
		echo 'image /opt/server 2:1:1'
		echo 'call 2 read 1 image=/opt/server'
	} | "$TESTS/mkstream" >unit.sp
	run -0 sp-emit --systemd --paths -o out unit.sp
}

@test "if the start was recorded as well, the merged policy allows it" {
	attached a.sp
	printf '%s\n' 'run 1 x how="command paths"' 'image /opt/server 1:1:1' \
		'call 1 read 1' | "$TESTS/mkstream" >start.sp
	sp-merge -o both.sp a.sp start.sp
	run -0 sp-emit --systemd --paths -o out both.sp
	[[ $output != *"not seen"* ]]
	run ! grep 'not seen' out
	# The start of another program does not help.
	sed s,/opt/server,/opt/other, <<-'END' | "$TESTS/mkstream" >other.sp
	run 1 x how="command paths"
	image /opt/server 1:1:1
	call 1 read 1
	END
	sp-merge -o both.sp a.sp other.sp
	run -2 sp-emit --systemd --paths -o out both.sp
	[[ $output == *"/opt/server was already running"* ]]
}

@test "the notes of sp-emit are also in its output, if the format has comments" {
	local format
	{
		echo 'run 1 "x" how="command paths" blind="a*/b%20c"'
		echo 'image /opt/tool'
		echo 'call 1 read 1'
		for n in 1 2 3 4 5 6; do
			echo "operation 1 $n 1"
		done
	} | "$TESTS/mkstream" >a.sp
	for format in spo systemd libseccomp minijail firejail; do
		sp-emit --$format -o out a.sp 2>err
		sed -n 's/^sp-emit: //; /observed/q; p' err >notes
		[ "$(wc -l <notes)" = 2 ]
		grep -E '^( \*|#)' out | tr -d '\n' | sed 's/ [*] / /g; s/# / /g' \
			>comments
		grep -F 'not seen by the recording: a* /b c' comments
		grep -F "$(sed -n 2p notes)" comments
		run ! grep -E '^.{79}' <(head -n 4 out)
	done
	for format in apparmor landlock-header; do
		sp-emit --$format -o out a.sp
		grep -F 'not seen by the recording: a* /b c' out
	done
	sp-emit --libseccomp -o out.c a.sp
	cc -fsyntax-only -Wall -Wextra -Werror -Wno-unused-function out.c
	for format in oci docker landlock; do
		sp-emit --$format a.sp | jq . >/dev/null
	done
}

@test "with --deny=log nothing is denied, and formats that cannot log refuse it" {
	stream a.sp "$(path 'EXECUTE | REG' /usr/bin/tool)" 'call 1 socket 2' \
		'argument 1 socket "0:0xffffffffffffffff:2 1:15:1 2:0xffffffffffffffff:0" 2'
	run -2 sp-emit --systemd --deny=log --paths a.sp
	[[ ${lines[0]} == "sp-emit: --deny=log cannot be combined with --paths: "* ]]
	run -2 sp-emit --systemd --deny=log --args a.sp
	[[ ${lines[0]} == "sp-emit: --deny=log cannot be combined with --args: "* ]]
	sp-emit --systemd --deny=log -o out a.sp
	diff - <(sed '/^#/d; s/=.*/=/' out | sort -u) <<-'END'
	SystemCallFilter=
	SystemCallLog=
	[Service]
	END
}

@test "a note names programs that raise privileges, if the format prevents that" {
	local format
	stream a.sp "$(path 'EXECUTE | REG | 0x400000' /usr/bin/sudo)" \
		"$(path 'EXECUTE | REG' /usr/bin/tool)"
	for format in systemd libseccomp bpf landlock landlock-header; do
		run -0 sp-emit --$format -o out a.sp
		[[ $output == *"raised privileges "*": /usr/bin/sudo; "* ]]
		[[ $output != *"/usr/bin/tool"* ]]
		[ $format = bpf ] || [ $format = landlock ] ||
			grep -q '/usr/bin/sudo' out
	done
	for format in oci apparmor; do
		run -0 sp-emit --$format -o out a.sp
		[[ $output != *"raised privileges"* ]]
	done
}

@test "programs that are set-user-ID or set-group-ID or have capabilities are recorded as privileged" {
	requires_root
	local file
	cp /bin/true plain && cp /bin/true user && cp /bin/true group
	requires setcap
	cp /bin/true mark && cp /bin/true cap
	chmod u+s user && chmod g+s group && chmod 2644 mark && chmod 755 .
	setcap cap_net_raw=ep cap
	sp-record -q -o run.sp -- sh -c './plain; ./user; ./group; ./cap; ./mark' \
		2>/dev/null || [ $? = 126 ]
	sp-emit --json run.sp | jq -r '.paths[] | select(.access |
		index("privileged")) | .path' | sort >got
	printf '%s\n' "$PWD"/{cap,group,user} | diff - got
}

@test "the write of systemd before it starts a service of Type=exec is allowed" {
	stream a.sp
	sp-emit --systemd a.sp | shows -w write
	sp-emit --systemd --runtime=none -o out a.sp
	run ! grep -w write out
	sp-emit --systemd --explain a.sp | shows 'systemd: Type=exec'
}

@test "a program that --image selects may be executed by any program" {
	{
		echo 'run 1 x how="command paths"'
		echo 'image /bin/manager'
		echo 'call 1 read 1'
		path 'EXECUTE | REG' /opt/service
		path 'EXECUTE | REG' /lib/ld.so
		path 'EXECUTE | REG | GIVEN' /opt/script
		path 'EXECUTE | REG' /opt/other
		echo 'image /opt/service'
		echo 'call 1 read 1'
		echo 'image /opt/other'
		echo 'call 1 read 1'
	} | "$TESTS/mkstream" >a.sp
	diff - <(sp-emit --path-list --image=/opt/service a.sp | cut -f 1,5) \
		<<-'END'
	execute	/lib/ld.so
	execute	/opt/service
	END
}

@test "a file that systemd created for a service counts as existing before the service" {
	local manager
	for manager in /usr/lib/systemd/systemd /usr/bin/manager; do
		{
			echo 'run 1 x how="command paths"'
			echo "image $manager"
			echo 'call 1 read 1'
			path 'CREATE | DIR | GIVEN' /run/service
			echo 'image /opt/service'
			echo 'call 1 read 1'
			path 'CREATE | WRITE | REG' /run/service/file
		} | "$TESTS/mkstream" >a.sp
		sp-emit --landlock --image=/opt/service a.sp |
			jq -r '.pathBeneath[].parent[]'
	done >got
	diff - got <<-'END'
	/run/service
	/run
	END
}
