# shellcheck shell=bash
# Every test file loads this. It puts the tools into PATH, and makes a scratch
# directory for each test.
bats_require_minimum_version 1.5.0

TESTS=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
SP_BIN=${SP_BIN:-${TESTS%/*}/build/bin}
WITNESS=${SP_BIN%/bin}/tests/witness
PATH=$SP_BIN:$BATS_RUN_TMPDIR/engines:$PATH:/usr/sbin:/sbin
# --container=NAME runs the programs of the engines. podman mounts its storage
# when it first runs, which a test must not cause. So only make check-engines
# runs the real podman.
mkdir -p "$BATS_RUN_TMPDIR/engines"
[ "$BATS_TEST_DIRNAME" != "$TESTS" ] ||
	ln -sf /bin/false "$BATS_RUN_TMPDIR/engines/podman"
# Finds out which features the machine has. tests/run tests all features once.
# If a single file is run, the quick features are tested here, and a slow
# feature when a test needs it.
SP_MACHINE=${SP_MACHINE-$("${SP_BIN%/bin}/tests/machine" quick)}
export LC_ALL=C PATH TESTS SP_BIN WITNESS SP_MACHINE

# A pipeline fails if any of its commands fails, and a command substitution
# ends at its first failure.
set -o pipefail
shopt -s inherit_errexit

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# requires COMMAND… — skips the test if one of these commands is missing
requires() {
	local c
	for c; do
		command -v "$c" >/dev/null || skip "no $c"
	done
}

requires_root() {
	needs root
}

# has FEATURE — tests whether the machine has a feature of tests/machine.c
has() {
	local line
	line=$(grep "^$1	" <<<"$SP_MACHINE") || {
		line=$("${SP_BIN%/bin}/tests/machine" "$1")
		SP_MACHINE+=$'\n'$line
	}
	case $line in
	"$1	yes	"*) return 0 ;;
	"$1	no	"*) return 1 ;;
	esac
	echo "tests/machine.c has no feature named $1" >&3
	exit 1
}

# lack_of FEATURE — prints the reason of a skip, such as "needs 32-bit calls
# (int 0x80 faults)"
lack_of() {
	awk -F '\t' -v name="$1" '
		$1 == name { printf "needs %s (%s)\n", $3, $4 }' <<<"$SP_MACHINE"
}

# needs FEATURE… — skips the test if the machine lacks one of these features
needs() {
	local feature
	for feature; do
		has "$feature" || skip "$(lack_of "$feature")"
	done
}

# skip_row FEATURE ROW — prints that a row of a table or a part of a test is
# skipped, because the machine lacks the feature; tests/run lists these rows
skip_row() {
	echo "# skipped row: $(lack_of "$1"): $2" >&3
}

# calls FILE… — prints "ARCH NAME COUNT" for each call; a call without a name
# has its number
calls() {
	sp-emit --json "$@" |
		jq -r '.calls[] | "\(.arch) \(.name // .nr) \(.count)"'
}

# as_newer COMMAND… — runs the command in a mount namespace with tracefs, where
# sp-record uses trace events as it does from Linux 7.0 on
as_newer() {
	# shellcheck disable=SC2016 # the inner shell expands it
	SP_DEBUG=newer unshare --mount --propagation private sh -c '
		[ -e /sys/kernel/tracing/events ] ||
			mount -t tracefs tracefs /sys/kernel/tracing || exit
		exec "$@"' sh "$@"
}

# facts FILE… — prints the facts in the form of tests/witness/table, without
# marking the execve that started the command
facts() {
	sp-emit --json "$@" | jq -r '
		(.calls[] | "\(.arch) \(.name // .nr) \(.count)" +
			([.flags[] | select(. != "initial") | " " + .] |
				add // "")),
		(.denied[] | "\(.arch) \(.name // .nr) \(if .errno then
			$errno[.errno | tostring] // .errno
			else {"9": "SIGKILL", "31": "SIGSYS"}[.signal | tostring]
			end) \(.count)"),
		(.operations[] | "io_uring \(.name) \(.count)")' \
		--argjson errno '{"1": "EPERM", "18": "EXDEV", "38": "ENOSYS"}'
}

# COMMAND | shows [OPTION…] PATTERN — checks that a line of the output matches.
# Reads its input to the end: grep -q stops early, so that SIGPIPE could kill
# COMMAND.
shows() {
	grep "$@" | cat >/dev/null
}

# COMMAND | lacks [OPTION…] PATTERN — checks that no line of the output matches
lacks() {
	local status=0
	grep "$@" || status=$?
	[ "$status" -eq 1 ]
}

# wait_for SECONDS COMMAND… — repeats the command until it succeeds, for SECONDS
# times SP_SLOW at most; SP_SLOW is the factor by which this machine is slower
# than usual
wait_for() {
	local end=$((SECONDS + $1 * ${SP_SLOW:-1}))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# asleep PID NAME — tests whether the process sleeps, and has executed the
# program of this name
asleep() {
	grep -q "^$1 ($2) S" "/proc/$1/stat"
}

# when_it_runs FILE COMMAND… — runs the command under timeout(1), and ends its
# time once the file exists, by sending the SIGALRM that the timer would send.
# timeout(1) then signals the command twice, and exits with 124.
when_it_runs() {
	local file=$1 runs=1 status=0
	shift
	timeout 100 "$@" 3>&- &
	wait_for 20 test -e "$file" || runs=0
	kill -ALRM $!
	wait $! || status=$?
	[ "$runs" = 1 ] || return 1
	return "$status"
}

# ended STATUS PID — waits for our child, and checks its exit status
ended() {
	local status=0
	wait "$2" || status=$?
	[ "$status" -eq "$1" ]
}

# without_unified COMMAND… — runs the command without the mount of the v2
# hierarchy, because crun 1.8 refuses a v1 hierarchy that contains such a mount
without_unified() {
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare -m sh -c 'u=/sys/fs/cgroup/unified
		if grep -q " $u " /proc/self/mounts; then umount $u; fi
		exec "$@"' sh "$@"
}

# packaged PACKAGE FILE — prints the path of a file of a package, which is
# downloaded if this machine does not have the file
packaged() {
	if [ -e "/$2" ]; then
		echo "/$2"
		return
	fi
	(cd "$BATS_TEST_TMPDIR" && apt-get download "$1" &&
		dpkg-deb -x "$1"_*.deb .) >&2 || return
	echo "$BATS_TEST_TMPDIR/$2"
}

# find_minijail — puts minijail0 into PATH. If this machine has no minijail0,
# fetches it with its libraries from Debian's unstable suite; if that fails,
# skips the test. Run it with the option -T static: minijail0 then does not
# preload its libraries into the program, which uses the libraries of this
# machine.
find_minijail() {
	local root=${SP_BIN%/bin}/suites/sid-minijail
	if command -v minijail0 >/dev/null; then
		return
	fi
	requires apt-get dpkg-deb
	"$TESTS/suite" "$root" sid minijail >&2 || skip "no minijail0"
	mkdir -p "$BATS_FILE_TMPDIR/bin"
	cat >"$BATS_FILE_TMPDIR/bin/minijail0" <<-END
	#!/bin/sh
	dir=$root/root
	exec "\$dir/lib64/ld-linux-x86-64.so.2" \
		--library-path "\$dir/usr/lib/x86_64-linux-gnu" \
		"\$dir/usr/bin/minijail0" -T static "\$@"
	END
	chmod +x "$BATS_FILE_TMPDIR/bin/minijail0"
	PATH=$BATS_FILE_TMPDIR/bin:$PATH
}

# nginx_config PORT WORKERS — prints a configuration that keeps all files in the
# current directory
nginx_config() {
	cat <<-END
	daemon off; worker_processes $2; user nobody $(id -gn nobody); pid $PWD/nginx.pid;
	error_log $PWD/error.log;
	events {}
	http {
		access_log $PWD/access.log;
		client_body_temp_path $PWD/body; proxy_temp_path $PWD/proxy;
		fastcgi_temp_path $PWD/fastcgi; uwsgi_temp_path $PWD/uwsgi;
		scgi_temp_path $PWD/scgi;
		server { listen 127.0.0.1:$1; root /usr/share/common-licenses; }
	}
	END
}
