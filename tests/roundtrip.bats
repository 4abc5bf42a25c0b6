#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# Each policy must allow the run from which it was made, and deny a run that
# differs in one act. The table roundtrip/table has the runs, and each format
# has a test. `make check-roundtrip` runs the whole table.
load helper

setup_file() {
	requires_root
	needs x86_64
}

# round_trip FORMAT [OPTION…] — runs the rows of a format, whose recordings are
# made once for this file
round_trip() {
	mkdir -p "$BATS_FILE_TMPDIR/work"
	"$TESTS/roundtrip/run" -w "$BATS_FILE_TMPDIR/work" "${@:2}" "$1" >out ||
		{ cat out; return 1; }
	sed 's/^# */# /' out >&3
}

# other_emit SCRIPT — puts the tools into ./build, with an sp-emit that first
# runs SCRIPT
other_emit() {
	mkdir -p build/bin
	cp -s "$SP_BIN"/* build/bin
	ln -s "${SP_BIN%/bin}/tests" build/
	rm build/bin/sp-emit
	printf '#!/bin/bash\n%s\nexec %q "$@"\n' "$1" "$SP_BIN/sp-emit" \
		>build/bin/sp-emit
	chmod +x build/bin/sp-emit
}

# fails FORMAT WHY — checks that the row "create" fails with this message
fails() {
	SP_BIN=$PWD/build/bin run -1 "$TESTS/roundtrip/run" -r '^create$' "$1"
	echo "$output"
	[[ ${lines[0]} == "not ok $1 create: "$2 ]]
}

@test "a row fails if its policy is too strict or too permissive" {
	sp-record -q --paths -o true.sp -- /bin/true
	other_emit "set -- \"\${@:1:\$#-1}\" '$PWD/true.sp'"
	fails landlock 'denied: fs.execute *'
	fails bpf 'signal 31'
	rm -r build
	"$TESTS/mkstream" >more.sp <<-'END'
	run 1 more how="command paths"
	image /bin/more
	call 1 133 1
	path 1 0x8000006 0 /srv/sandprint/create/out/file 1
	END
	other_emit "set -- \"\$@\" '$PWD/more.sp'"
	fails landlock 'allows: * out/file'
	fails bpf 'allows: * 133'
}

@test "landlock policies pass the round trip, and sp-verify lists their denials" {
	round_trip landlock
}

@test "raw cBPF filters pass the round trip" {
	round_trip bpf
}

# few COMMAND FORMAT — runs only a few rows of a format that takes long or has
# the rules of another format. With SP_ROUNDTRIP_ALL, runs all rows. Skips the
# test if the command is missing.
few() {
	local rows='^(create|rename-within|shell-pipe|tcp-serve|personality)$'
	requires "$1"
	round_trip "$2" -r "${SP_ROUNDTRIP_ALL:-$rows}"
}

@test "the C header for Landlock passes the round trip" {
	few cc landlock-header
}

@test "the C header for libseccomp passes the round trip" {
	few cc libseccomp
}

@test "raw cBPF passes the round trip under bwrap" {
	few bwrap bwrap
}

@test "profiles pass the round trip under runc, with new privileges and without" {
	few runc runc
	few runc runc-nnp
}

@test "profiles pass the round trip under crun, with new privileges and without" {
	few crun crun
	few crun crun-nnp
}

# A guest with Debian's kernel enforces the policies, because this machine's
# kernel may not have AppArmor.
@test "apparmor profiles pass the round trip in a guest" {
	[ -n "${SP_ROUNDTRIP_ALL-}" ] || skip "by make check-roundtrip"
	requires apparmor_parser aa-exec
	local build=${SP_BIN%/bin}
	rm -rf "$build/roundtrip"
	mkdir -p "$build/roundtrip"
	"$TESTS/roundtrip/run" -w "$build/roundtrip"
	# shellcheck disable=SC2016 # the inner shell expands it
	"$TESTS/kernels/guest" -t 3000 "$build/kernels" trixie \
		"apparmor=1 security=apparmor" -- env SP_BIN="$SP_BIN" \
		SP_ROUNDTRIP_SECONDS=120 \
		sh -c 'cp -r "$1" /tmp/work && exec "$2" -w /tmp/work apparmor' \
		sh "$build/roundtrip" "$TESTS/roundtrip/run" >out ||
		{ cat out; return 1; }
	sed 's/^# */# /' out >&3
}

@test "firejail profiles pass the round trip" {
	few firejail firejail
}

@test "minijail policies pass the round trip" {
	find_minijail
	few minijail0 minijail
}

@test "systemd drop-ins pass the round trip in a booted systemd" {
	few /lib/systemd/systemd systemd
}
