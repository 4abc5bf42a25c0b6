# shellcheck shell=bash
# Every test file loads this: it puts the tools into PATH, and makes a scratch
# directory for each test.
bats_require_minimum_version 1.5.0

TESTS=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
SP_BIN=${SP_BIN:-${TESTS%/*}/build/bin}
WITNESS=${SP_BIN%/bin}/tests/witness
PATH=$SP_BIN:$BATS_RUN_TMPDIR/engines:$PATH:/usr/sbin:/sbin
# --container=NAME asks the engines. podman mounts its storage when it is first
# asked, which a test must not cause. Only make check-engines asks the real
# engines.
mkdir -p "$BATS_RUN_TMPDIR/engines"
[ "$BATS_TEST_DIRNAME" != "$TESTS" ] ||
	ln -sf /bin/false "$BATS_RUN_TMPDIR/engines/podman"
# Finds out what the machine can do. tests/run asks once for everything. A
# single file asks for the quick features here, and for a slow feature only when
# a test needs it.
SP_MACHINE=${SP_MACHINE-$("${SP_BIN%/bin}/tests/machine" quick)}
export LC_ALL=C PATH TESTS SP_BIN WITNESS SP_MACHINE

# A pipeline fails if any of its commands fails, and a command substitution
# ends at its first failure.
set -o pipefail
shopt -s inherit_errexit

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# requires COMMAND… — skips the test if one of them is missing
requires() {
	local c
	for c; do
		command -v "$c" >/dev/null || skip "no $c"
	done
}

requires_root() {
	needs root
}

# has FEATURE — tests whether the machine has the feature: tests/machine.c lists
# them
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
	echo "no such feature: $1" >&3
	exit 1
}

# lack_of FEATURE — prints "needs 32-bit calls (int 0x80 faults)"
lack_of() {
	awk -F '\t' -v name="$1" '
		$1 == name { printf "needs %s (%s)\n", $3, $4 }' <<<"$SP_MACHINE"
}

# needs FEATURE… — skips the test if the machine lacks one of them
needs() {
	local feature
	for feature; do
		has "$feature" || skip "$(lack_of "$feature")"
	done
}

# skip_row FEATURE ROW — makes tests/run list a skipped row of a table, or a
# part of a test, which needs a feature that the machine lacks
skip_row() {
	echo "# skipped row: $(lack_of "$1"): $2" >&3
}

# calls FILE… — prints "ARCH NAME COUNT" for each call, or the number if it
# has no name
calls() {
	sp-emit --json "$@" |
		jq -r '.calls[] | "\(.arch) \(.name // .nr) \(.count)"'
}

# as_newer COMMAND… — runs it in a mount namespace with tracefs; sp-record then uses
# trace events, as from Linux 7.0 on
as_newer() {
	# shellcheck disable=SC2016 # for the shell inside
	SP_DEBUG=newer unshare --mount --propagation private sh -c '
		[ -e /sys/kernel/tracing/events ] ||
			mount -t tracefs tracefs /sys/kernel/tracing || exit
		exec "$@"' sh "$@"
}

# facts FILE… — prints each fact by image, in the form of tests/witness/table,
# which does not mark the recorder's own execve
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
# shows reads its input to the end. With grep -q, which stops early, SIGPIPE
# could kill COMMAND.
shows() {
	grep "$@" | cat >/dev/null
}

# COMMAND | lacks [OPTION…] PATTERN — checks that no line of the output matches
lacks() {
	local status=0
	grep "$@" || status=$?
	[ "$status" -eq 1 ]
}

# wait_for SECONDS COMMAND… — repeats the command until it succeeds. SP_SLOW
# says how many times slower the machine is than usual.
wait_for() {
	local end=$((SECONDS + $1 * ${SP_SLOW:-1}))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# asleep PID NAME — tests whether the process has executed the program of that
# name, and sleeps
asleep() {
	grep -q "^$1 ($2) S" "/proc/$1/stat"
}

# when_it_runs FILE COMMAND… — runs the command under timeout(1), whose time is
# over once the file exists: the timer of timeout(1) sends SIGALRM to it, and so
# does this. timeout(1) signals COMMAND twice, and exits with 124.
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

# ended STATUS PID — waits for our child, and checks its status
ended() {
	local status=0
	wait "$2" || status=$?
	[ "$status" -eq "$1" ]
}

# without_unified COMMAND… — hides the v2 mount, since crun 1.8 refuses a v1
# hierarchy that contains one
without_unified() {
	# shellcheck disable=SC2016 # for the shell inside
	unshare -m sh -c 'u=/sys/fs/cgroup/unified
		if grep -q " $u " /proc/self/mounts; then umount $u; fi
		exec "$@"' sh "$@"
}

# packaged PACKAGE FILE — prints the file's path, on this machine or unpacked
# from its package
packaged() {
	if [ -e "/$2" ]; then
		echo "/$2"
		return
	fi
	(cd "$BATS_TEST_TMPDIR" && apt-get download "$1" &&
		dpkg-deb -x "$1"_*.deb .) >&2 || return
	echo "$BATS_TEST_TMPDIR/$2"
}

# find_minijail — puts minijail0 into PATH. If this machine has none, fetches it
# from Debian's unstable suite, with its libraries; skips the test if that
# fails. With the option -T static, minijail0 preloads none of its libraries
# into the program, which uses the libraries of this machine.
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

# nginx_config PORT WORKERS — prints a configuration with all files in this
# directory
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
