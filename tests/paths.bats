#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=long
# sp-record --paths records the paths that strace prints. The same command runs
# under the Landlock policy that is made from them, and fails under a smaller
# policy.
load helper

setup_file() {
	requires_root
}

# plain — replaces the random parts of names that mkstemp, git and others choose
plain() {
	sed -E 's,/tmp_obj_[A-Za-z0-9]{6}$,/tmp_obj_X,; s,/\.git/t[A-Za-z0-9]{6}$,/.git/tX,
		s,\.tmp[a-z0-9_]{8}$,.tmpX,; s,etilqs_[0-9a-f]+,etilqs_X,
		s,/temp-[0-9]+\.,/temp-X.,' | sort -u
}

# agrees COMMAND… — checks that the command has the same paths under strace and
# in a recording
agrees() {
	fresh
	"${HARNESS[@]}" strace -f -y -s 9999 -o log "$@" >/dev/null 2>&1
	fresh
	"${HARNESS[@]}" sp-record -q --paths -o run.sp -- "$@" >/dev/null 2>&1
	"$TESTS/straced" log "$PWD" | plain >expected
	sp-emit --path-list run.sp | "$TESTS/straced" --list | plain >got
	[ "$(wc -l <expected)" -gt 10 ]
	diff -u expected got
}

# confined FILE COMMAND… — runs the command under its own policy, and again
# without the rule for FILE. Then the list must have FILE.
confined() {
	local file=$1
	shift
	fresh
	sp-emit --landlock -o p.json run.sp
	run -0 sp-verify --landlock p.json run.sp
	fresh
	"${HARNESS[@]}" sp-verify --landlock p.json -o list -- "$@" >/dev/null
	[ ! -s list ]
	jq --arg f "$file" 'del(.pathBeneath[] | select(.parent[0] == $f))' \
		p.json >less.json
	run ! cmp -s p.json less.json
	fresh
	run -1 "${HARNESS[@]}" sp-verify --landlock less.json -o list -- "$@"
	awk 'NR > 1 { print $3 }' list >objects
	# The list may have other files, which the program tried instead.
	grep -qxF "$file" objects
	run -1 sp-verify --landlock less.json run.sp
	[[ $output == *"$file"* ]]
}

# fresh — removes the files of an earlier run, so that each run finds the same
# files
fresh() {
	rm -rf repository out x.db* dump.rdb
}

both() {
	local file=$1
	shift
	HARNESS=()
	agrees "$@"
	if has landlock_records; then
		confined "$file" "$@"
	else
		skip_row landlock_records "confined: $*"
	fi
}

@test "ls -l has the paths that strace prints, and runs under its policy" {
	both /etc/passwd ls -l /usr
}

@test "a shell pipeline has the paths that strace prints, and runs under its policy" {
	both /usr/bin/sort \
		sh -c 'seq 1000 | sort -r | head -n 3 | tr 1 2 >out; cat out'
}

@test "python3 has the paths that strace prints, and runs under its policy" {
	local cached
	cached=$(/usr/bin/python3 -c 'import json.decoder
print(json.decoder.__cached__)')
	both "$cached" /usr/bin/python3 -B -c '
import json, os
open("out", "w").write(json.dumps(1))
os.rename("out", "out2"); os.symlink("out2", "out3"); os.unlink("out3")
os.unlink("out2")'
}

@test "git has the paths that strace prints, and runs under its policy" {
	requires git
	# The name of a commit depends on its date.
	export GIT_AUTHOR_DATE='1000000000 +0000'
	export GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	both /usr/bin/git sh -c 'git init -q repository && cd repository &&
		echo text >file && git add file && git -c user.name=a \
			-c user.email=a@example.org -c gc.auto=0 \
			-c maintenance.auto=false commit -qm text'
}

@test "sqlite3 has the paths that strace prints, and runs under its policy" {
	requires sqlite3
	both "$PWD" sqlite3 x.db 'create table t (a);
		insert into t values (1); update t set a = 2; select * from t'
}

# under_redis TOOL… — runs redis-server under the tool, with redis-benchmark as
# load
under_redis() {
	"$@" >log.redis 2>&1 3>&- &
	wait_for 30 redis-cli -s "$PWD/redis.sock" ping >/dev/null 2>&1 &&
		redis-benchmark -s "$PWD/redis.sock" -n 500 -q >/dev/null &&
		redis-cli -s "$PWD/redis.sock" shutdown nosave || return 99
	wait $!
}

@test "redis-server has the paths that strace prints, and runs under its policy" {
	requires redis-server redis-benchmark
	local redis=(redis-server --port 0 --unixsocket "$PWD/redis.sock"
		--save '')
	HARNESS=(under_redis)
	agrees "${redis[@]}"
	sp-emit --landlock -o p.json run.sp
	under_redis sp-verify --landlock p.json -o list -- "${redis[@]}"
	[ ! -s list ]
	jq 'del(.pathBeneath[] | select(.parent[0] | endswith("/libc.so.6")))' \
		p.json >less.json
	run -1 sp-verify --landlock less.json -- "${redis[@]}"
	[[ $output == *fs.read_file*libc.so.6* ]]
}

under_nginx() {
	local url=http://127.0.0.1:18098/GPL-2
	rm -f nginx.pid
	"$@" >log.nginx 2>&1 3>&- &
	wait_for 30 test -s nginx.pid &&
		wait_for 20 wrk -t 1 -c 1 -d 1 "$url" >/dev/null &&
		kill -QUIT "$(<nginx.pid)" || return 99
	wait $!
}

@test "nginx has the paths that strace prints, and runs under its policy" {
	requires nginx wrk
	nginx_config 18098 1 >nginx.conf
	chmod 755 "$PWD" && mkdir body proxy fastcgi uwsgi scgi
	local nginx=(nginx -e "$PWD/error.log" -c "$PWD/nginx.conf")
	HARNESS=(under_nginx)
	under_nginx "${nginx[@]}"
	agrees "${nginx[@]}"
	sp-emit --landlock -o p.json run.sp
	jq -e '.netPort == [{"allowedAccess": ["bind_tcp"],
		"port": [18098]}]' p.json
	under_nginx sp-verify --landlock p.json -o list -- "${nginx[@]}"
	[ ! -s list ]
	jq '.netPort = []' p.json >less.json
	run -1 sp-verify --landlock less.json -- "${nginx[@]}"
	[[ $output == *net.bind_tcp*"port 18098"* ]]
}

# of ACCESS — prints "RESULT HOW PATH" for the paths of run.sp below the current
# directory
of() {
	sp-emit --path-list run.sp | awk -F '\t' -v what="$1" -v d="$PWD" \
		'$1 == what && (index($5, d) == 1 || $4 == "socket") {
			sub(d "/?", "", $5)
			# Some kernels do not confirm the names of successful
			# calls.
			if ($2 == "ok" && $4 == "given" && $1 !~ /look/)
				$4 = "-"
			print $2, $4, $5 }' | uniq
}

# moves — prints "ACCESS FROM TO" for each rename and link
moves() {
	sp-emit --json run.sp | jq -r --arg d "$PWD/" '.moves[] |
		[(.access - ["given"] | join(",")), .from, .to] |
		map(ltrimstr($d)) | join(" ")' | sort
}

@test "calls with a path, calls by descriptor, and files without a name are recorded" {
	local port
	port=$(sp-record -q --paths -o run.sp -- /usr/bin/python3 -B "$TESTS/scripts/path-calls.py" 2>&1)
	diff - <(of create) <<-'END'
	ok - d
	ok - d/e
	ok - d/p
	ok - d/s
	ok - d/u
	END
	diff - <(of write,create,truncate) <<-'END'
	ENOENT given absent/new
	ok - d/f
	ok - made
	END
	diff - <(of create,link) <<-'END'
	ok - d/l
	ok - d/t
	ok - d/t2
	END
	[ "$(of link)" = "ok - d/f" ]
	diff - <(of delete,rename) <<-'END'
	ok - d/e/t
	ok - d/l
	ok - d/t
	END
	diff - <(of create,rename) <<-'END'
	ok - d/e/t
	ok - d/e/t3
	ok - d/m
	END
	diff - <(of create,delete,rename) <<-'END'
	ok - d/e/t3
	ok - d/t2
	END
	[ "$(of read,write)" = "ok - d/f" ]
	[ "$(of read,write,ensure)" = "ok - d/f" ]
	[ "$(of lock)" = "ok - d/f" ]
	[ "$(of lock,exclusive)" = "ok - d/f" ]
	[ "$(of read,write,nameless)" = "ok - d" ]
	[ "$(of nameless,lock)" = "ok - d" ]
	[ "$(of change,nameless)" = "ok - d" ]
	[ "$(of link,nameless)" = "ok - d" ]
	diff - <(moves) <<-'END'
	create,delete,rename d/t2 d/e/t3
	create,link d/f d/l
	create,link,nameless d d/t
	create,link,nameless d d/t2
	create,rename d/e/t d/e/t3
	create,rename d/l d/m
	create,rename d/t d/e/t
	END
	[ "$(sp-emit --path-list run.sp | awk -F '\t' -v f="$PWD/d/f" \
		'$1 == "read,write" && $5 == f { print $3 }')" = 2 ]
	sp-emit --path-list run.sp |
		shows -xP 'execute\tok\t1\t-\t/usr/bin/true'
	[ "$(of change)" = "ok - d/f" ]
	# Only the first 4,095 bytes are recorded. Each is printed as four
	# characters.
	sp-emit --path-list run.sp | shows ENAMETOOLONG
	[ "$(sp-emit --path-list run.sp | awk -F '\t' -v d="$PWD/" \
		'$2 == "ENAMETOOLONG" && $4 == "cut" && index($5, d) == 1 {
			print (length($5) - length(d)) / 4 }')" = 4095 ]
	[ "$(of truncate)" = "ok - d/f" ]
	of list | shows -x 'ok - d'
	of look | shows -x 'ok given d/f'
	of look | shows -x 'ok - d/f'
	[ "$(of read | grep absent)" = "ENOENT given absent" ]
	diff - <(sp-emit --path-list run.sp |
		sed -n 's,\t/dev/mqueue/sandprint-calls$,,p' |
		sed 's/claim$/given/') <<-'END'	# without a mount of mqueue
	delete	ok	1	given
	read	ENOENT	1	given
	read,write,create	ok	1	given
	END
	[ "$(of connect)" = "ok - d/u
ok socket AF_UNIX d/u" ]
	[ "$(of bind)" = 'ok socket AF_INET6 [::1]:0
ok socket AF_UNIX @abs\x00tract
ok socket AF_UNIX d/u' ]
	[ "$(of listen)" = "ok socket AF_INET6 [::1]:$port
ok socket AF_UNIX d/u" ]
	[ "$(of send)" = "ok socket AF_INET 127.0.0.1:9" ]
	diff - <(of delete) <<-'END'
	ok - d
	ok - d/e
	ok - d/e/t3
	ok - d/f
	ok - d/m
	ok - d/p
	ok - d/s
	ok - d/t2
	ok - d/u
	ok - made
	END
}

@test "in a mount namespace and in a chroot, paths are recorded as the process sees them" {
	requires busybox
	mkdir -p root/bin root/etc
	cp "$(command -v busybox)" root/bin/
	echo x >root/etc/file
	sp-record -q --paths -o run.sp -- unshare -m sh -c '
		mount --bind root/etc /mnt && cat /mnt/file &&
		chroot root /bin/busybox cat /etc/file' >/dev/null
	sp-emit --path-list run.sp >list
	grep -qxP 'read\tok\t1\telsewhere\t/mnt/file' list
	grep -qxP 'read\tok\t1\telsewhere\t/etc/file' list
	grep -qxP 'execute\tok\t1\telsewhere\t/bin/busybox' list
}

@test "a script, its interpreter, and files that cannot be executed are recorded" {
	printf '#!/bin/sh\nexit 0\n' >script
	chmod +x script
	sp-record -q --paths -o run.sp -- sh -c './script; ./absent; :' \
		2>/dev/null
	sp-emit --path-list run.sp >list
	grep -qxP "read,execute\tok\t1\tgiven\t$PWD/script" list
	grep -qxP "execute\tENOENT\t1\tgiven\t$PWD/absent" list
	grep -qP "execute,map\tok\t[0-9]+\t-\t.*/ld-linux" list
}

@test "names in io_uring operations are recorded, whether the task or a kernel thread executes the operation" {
	local how
	for how in '' sqpoll; do
		sp-record -q --paths -o run.sp -- "$WITNESS/uring" $how \
			>/dev/null
		sp-emit --path-list run.sp >list
		grep -qxP 'create\tok\t1\tclaim\t/dev/null/none' list
		grep -qxP 'read\tok\t1\tclaim\t/dev/null' list
		grep -qxP "delete,rename\tok\t1\tclaim\t$PWD/absent/old" list
		grep -qxP 'create,rename\tok\t1\tclaim\t/absent/new' list
	done
}

@test "after attaching, relative names are resolved from the process's working directory" {
	/usr/bin/python3 -c '
import os, time
open("ready", "w")
while not os.path.exists("done"):
    open("/etc/passwd").close()
    time.sleep(0.01)' &
	wait_for 20 test -e ready
	sp-record -q --paths -t 1 -o run.sp -p $!
	touch "done"
	ended 0 $!
	sp-emit --path-list run.sp >list
	grep -qP "^look\tENOENT\t[0-9]+\tgiven\t$PWD/done\$" list
	grep -qP '^read\tok\t[0-9]+\t-\t/etc/passwd$' list
	[ "$(wc -l <list)" = 2 ]
}

# naps PID — prints how often the process has gone to sleep
naps() {
	awk '$1 == "voluntary_ctxt_switches:" { print $2 }' "/proc/$1/status"
}

# rests PID NAPS — tests whether the process has gone to sleep more than NAPS
# times, and still sleeps
rests() {
	local naps
	naps=$(naps "$1")
	[ "$naps" -gt "$2" ] && sleep 0.2 && [ "$(naps "$1")" = "$naps" ]
}

# flooded ACT AGAIN — records a program that uses 6000 names while the recorder
# is stopped, and AGAIN of them again after it continues. Writes the paths to
# `list`, and the number of lost names to `lost`.
flooded() {
	local before
	rm -f ready go looked again
	sp-record -q --paths --name "flood $1" -o run.sp -- \
		"$TESTS/flood" "$1" 6000 "$2" >log 2>&1 3>&- &
	wait_for 20 test -e ready
	kill -STOP $!
	touch go
	wait_for 60 test -s looked
	before=$(naps $!)
	kill -CONT $!
	wait_for 20 rests $! "$before"
	touch again
	ended 0 $!
	sp-emit --path-list run.sp >list
	awk -F'\t' '$4 == "lost" { n += $3 } END { print n + 0 }' list >lost
}

# refused STATUS FORMAT… — checks the exit status of sp-emit for each format
refused() {
	local status=$1
	shift
	for format; do
		# shellcheck disable=SC2086 # several words
		run -"$status" sp-emit $format run.sp
		[ "$status" = 0 ] || [[ $output == *"flood"*"lost"* ]]
	done
}

@test "a name for which the table has no room is lost, unless it is used again" {
	flooded look 6000
	[ "$(<lost)" = 0 ]
	[ "$(awk -F'\t' '/object-$/ { n += $3 } END { print n }' list)" = 12000 ]
	flooded look 0
	[ "$(<lost)" -gt 500 ]
	grep -q "look of a path $(<lost)" log
	[ "$(awk -F'\t' '/object-$/ { n += $3 } END { print n }' list)" = \
		$((6000 - $(<lost))) ]
}

@test "a lost name prevents the formats whose rules it would change, and no others" {
	flooded look 0
	grep -qxP "look\tENOENT\t$(<lost)\tlost\t\.\.\." list
	refused 0 --landlock --landlock-header --apparmor '--systemd --paths' --oci
	flooded chmod 0
	refused 2 --apparmor '--systemd --paths'
	refused 0 --landlock --landlock-header --oci --systemd
	[ "$(sp-emit --json run.sp | jq -c '[.paths[] |
		select(.access | index("lost")) | [.path, .access, .errno]]')" = \
		'[["...",["change","lost","given","cut"],null]]' ]
	flooded truncate 0
	refused 2 --landlock --landlock-header --apparmor '--systemd --paths'
	[[ $output == "sp-emit: run flood truncate ("*"): names are not\
 completely known: $(<lost) lost (truncate) (--allow-partial leaves them out)" ]]
	# The image of this recording lost no name.
	sp-record -q --paths -o other.sp -- cat /etc/hostname
	sp-emit --landlock --image='*/cat' -o p.json run.sp other.sp
	run -2 sp-emit --landlock --image='*/python3*' run.sp other.sp
	sp-emit --landlock --allow-partial -o p.json run.sp
}

@test "more names than the 262,144 rows of the table are recorded and counted" {
	sp-record -q --paths -o run.sp -- "$TESTS/flood" look 265000
	sp-emit --path-list run.sp | grep -cxP 'look\tENOENT\t1\tgiven\t/missing-\d+' |
		grep -qx 265000
}

@test "no name of a task that still runs at the end of the recording is lost" {
	/usr/bin/python3 -c '
import os
i = 0
open("up", "w")
while True:
    os.access(f"/missing-{i}", os.F_OK)
    i += 1' 3>&- &
	wait_for 10 test -e up
	sp-record -q --paths -t 0.4 -o run.sp -p $! 2>log
	kill $!
	[ ! -s log ]
	sp-emit --path-list run.sp | awk -F'\t' '{ n += $3 } END { print n }' >names
	sp-emit --table run.sp | awk '$3 ~ /access/ { print $2 }' >calls
	[ "$(<calls)" -gt 100 ]
	# A call is counted before its names, so the last call may have no name
	# yet.
	[ $(($(<names) + 1)) -ge "$(<calls)" ]
}

@test "formats that are made from paths refuse a recording without --paths" {
	sp-record -q -o run.sp -- true
	local format
	for format in --path-list --landlock --landlock-header --apparmor \
		'--systemd --paths'; do
		# shellcheck disable=SC2086 # several words
		run -2 sp-emit $format run.sp
		[[ $output == *"recorded without --paths"* ]]
	done
	sp-record -q --paths -- true | sp-emit --landlock -o p.json
	run -2 sp-verify --landlock p.json run.sp
	[[ $output == "sp-verify: recorded without --paths, which --landlock needs: record it again" ]]
	run -2 sp-emit --oci --paths run.sp
}

@test "a recording with --paths has the same calls as one without" {
	sp-record -q -o a.sp -- sh -c 'ls /usr >/dev/null'
	sp-record -q --paths -o b.sp -- sh -c 'ls /usr >/dev/null'
	calls a.sp >expected
	calls b.sp | diff expected -
}

# sees LIST NAME — tests whether the list has a denial of the act NAME
sees() {
	grep -q "acts/$2/\|  port \|@sandprint-outside" "$1"
}

@test "landlock: under random policies, the simulation gives the kernel's verdicts" {
	local name names verdict simulated seed bad=0
	/usr/bin/python3 -c 'import socket, time
s = socket.socket(socket.AF_UNIX)
s.bind("\0sandprint-outside")
s.listen()
time.sleep(170)' 3>&- &
	local server=$!
	cp "$TESTS/confined" . && chmod 755 . confined
	./confined setup
	./confined list >names
	mapfile -t names <names
	for name in "${names[@]}"; do
		sp-record -q --paths -o "$name.sp" -- ./confined act "$name" \
			</dev/null >out
		[ "$(<out)" = "$name allowed" ]
	done
	for seed in 1 2; do
		./confined setup
		./confined policy $seed >p.json
		sp-verify --landlock p.json --enforce -o list -- \
			./confined act "${names[@]}" </dev/null >out 2>err ||
			[ $? = 1 ]
		grep -E '^[a-z0-9-]+ (allowed|denied)$' out >real
		[ "$(wc -l <real)" = ${#names[@]} ]
		while read -r name verdict; do
			sp-verify --landlock p.json -o list "$name.sp" \
				2>err || [ $? = 1 ]
			simulated=allowed
			sees list "$name" && simulated=denied
			[ $simulated = "$verdict" ] && continue
			echo "$seed $name: $verdict, simulated $simulated"
			bad=1
		done <real
	done
	kill $server
	[ $bad = 0 ]
}

@test "the source of a move is the name that was moved, although other calls used another name" {
	mkdir real
	ln -s real link
	touch real/x
	sp-record -q --paths -o run.sp -- /usr/bin/python3 -c 'import os
os.stat("link/x")
os.rename("link/x", "link/y")'
	sp-emit --json run.sp |
		jq -e --arg d "$PWD/real" '[.moves[] | [.from, .to]] ==
			[[$d + "/x", $d + "/y"]]'
}

@test "a chdir that fails is recorded with the given name" {
	requires_root
	# shellcheck disable=SC2016 # perl expands it
	sp-record -q --paths -o run.sp -- perl -e 'chdir "/none/sandprint"; chdir "/usr"'
	sp-emit --path-list run.sp >list
	grep -E '^look	ENOENT	1	given	/none/sandprint$' list
	grep -E '^look	ok	.*	/usr$' list
}

# calls_of PYTHON — records the program, and writes its paths to `list`
calls_of() {
	sp-record -q --paths -o run.sp -- /usr/bin/python3 -B -c "
import ctypes, os, socket
libc, AT, EMPTY = ctypes.CDLL(None), -100, 0x1000
$1"
	sp-emit --path-list run.sp >list
}

@test "an empty name with AT_EMPTY_PATH means the working directory" {
	mkdir here
	calls_of 'os.chdir("here")
assert libc.fchownat(AT, b"", 0, 0, EMPTY) == 0'
	shows -xP "change\tok\t1\t(-|claim)\t$PWD/here" <list
	calls_of 'assert libc.fchownat(AT, b"", 0, 0, 0) == -1'
	lacks change <list
}

@test "a call that fails at once is recorded with its own names, not those of the previous call" {
	# The kernel checks permissions for the first link before it refuses it.
	calls_of 'fd = os.open("gone", os.O_CREAT | os.O_RDWR)
os.unlink("gone")
assert libc.linkat(fd, b"", AT, b"new", EMPTY) == -1
assert libc.linkat(AT, b"/absent/a", AT, b"/absent/b", 0) == -1'
	shows -xP 'create,link\tENOENT\t1\tgiven\t/absent/b' <list
	shows -xP 'link\tENOENT\t1\tgiven\t/absent/a' <list
}

@test "a raw socket has no port, whatever its protocol" {
	calls_of 's = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
s.bind(("127.0.0.1", 4447))
assert libc.listen(s.fileno(), 1) == -1'
	shows -xP 'bind\tok\t1\tsocket\tAF_INET 127.0.0.1:4447' <list
	lacks -F 127.0.0.1:1 <list
}

@test "if a socket's server is in another mount namespace, the client's path is recorded" {
	/usr/bin/python3 -c 'import socket, time
s = socket.socket(socket.AF_UNIX)
s.bind("server")
s.listen()
time.sleep(100)' 3>&- &
	local run
	wait_for 20 test -S server
	unshare -m sp-record -q --paths -o run.sp -- /usr/bin/python3 -c '
import socket
socket.socket(socket.AF_UNIX).connect("server")'
	# Here, the recorder and the server are in the same namespace, and the
	# client is in another one.
	sp-record -q --paths -o other.sp -- unshare -m /usr/bin/python3 -c '
import socket
socket.socket(socket.AF_UNIX).connect("server")'
	kill $!
	for run in run other; do
		sp-emit --path-list $run.sp |
			shows -xP "connect\tok\t1\t(-|given)\t$PWD/server"
	done
	# With a bind mount in one namespace, the server's path is recorded.
	# AppArmor checks this path.
	mkdir a b
	unshare -m sh -c 'mount --bind a b && exec "$@"' - \
		sp-record -q --paths -o run.sp -- /usr/bin/python3 -c '
import socket
for server, client in ("a/s", "b/s"), ("b/t", "a/t"):
    s = socket.socket(socket.AF_UNIX)
    s.bind(server)
    s.listen()
    socket.socket(socket.AF_UNIX).connect(client)'
	sp-emit --path-list run.sp | grep -P "connect.*\t$PWD/" | cut -f 5 |
		diff - <(printf '%s\n' "$PWD/a/s" "$PWD/b/t")
}

# mkstemp(3) and mkdtemp(3) create files with these permissions.
@test "a new file or directory is marked if only its owner can access it" {
	sp-record -q --paths -o run.sp -- sh -c 'mktemp -p . file.XXXXXX
		mktemp -dp . dir.XXXXXX; mkdir made; echo >plain; set -C
		echo >open; umask 077; echo >exclusive; set +C; echo >shut
		echo >shut' >/dev/null
	sp-emit --json run.sp | jq -r '.paths[] | select(.access |
		index("create") and index("private")) | .path' |
		sed 's,.*/,,; s,\..*,,' | sort >names
	diff names - <<-'END'
	dir
	exclusive
	file
	END
}
