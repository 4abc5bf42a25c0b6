#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests the group of calls that container runtimes need. Each release of a
# runtime starts a container under a profile from sp-emit, with and without
# no_new_privs, as root and as another user.

load helper

ROOT=${SP_BIN%/bin}/suites/sid-runtimes

setup_file() {
	requires_root
	requires runc jq
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p bundle/rootfs/{bin,proc}
	cp "$WITNESS/exit-nolibc" bundle/rootfs/bin
	(cd bundle && runc spec)
	sp-record -q -o run.sp -- "$WITNESS/exit-nolibc"
}

# container NNP UID VARIABLES WORD… — runs a container with VARIABLES additional
# environment variables. The words are the beginning of the runtime's command
# line.
container() {
	local nnp=$1 uid=$2 variables=$3 bundle
	shift 3
	jq --argjson nnp "$nnp" --argjson uid "$uid" \
		--argjson n "$variables" --slurpfile profile p.json '
		.ociVersion = "1.0.0" | .process.terminal = false
		| .process.args = ["/bin/exit-nolibc"]
		| .process.noNewPrivileges = $nnp | del(.process.rlimits)
		| .process.user = {uid: $uid, gid: $uid}
		| .process.env += [range($n) | "V\(.)=" + "x" * 90]
		| .linux.seccomp = $profile[0]' \
		"$BATS_FILE_TMPDIR/bundle/config.json" >config.json
	bundle=$BATS_FILE_TMPDIR/bundle
	if [ "$1" = "$TESTS/inroot" ]; then
		bundle=/bundle
		rm -rf "${2:?}/bundle"
		cp -r "$BATS_FILE_TMPDIR/bundle" "$2"
		cp config.json "$2/bundle"
	else
		bundle=$PWD/bundle
		rm -rf bundle
		cp -r "$BATS_FILE_TMPDIR/bundle" .
		cp config.json bundle
	fi
	"$@" --root /tmp/sandprint-runtimes run --bundle "$bundle" \
		sandprint-runtimes </dev/null
}

# starts RUNTIME WORD… — checks that the runtime starts a container under a
# profile for this runtime. The program only calls execve and exit_group, so
# that no other call is allowed by chance. A large environment makes Go allocate
# memory and collect garbage after the filter is loaded.
starts() {
	local runtime=$1 uid option variables
	local -A large=([0]='3000 15000' [0--nnp]='3000 15000')
	shift
	for uid in 0 1000; do
		for option in '' --nnp; do
			sp-emit --oci --runtime="$runtime" $option -o p.json \
				"$BATS_FILE_TMPDIR/run.sp" 2>err
			for variables in 0 ${large[$uid$option]-}; do
				container "$([ "$option" ] && echo true ||
					echo false)" "$uid" "$variables" "$@"
			done
		done
	done
}

# in_sid RUNTIME — tests a runtime from Debian's unstable suite
in_sid() {
	requires apt-get dpkg-deb
	"$TESTS/suite" "$ROOT" sid runc crun >&2 ||
		skip "sid cannot be fetched"
	"$TESTS/inroot" "$ROOT/root" "$1" --version
	starts "$1" "$TESTS/inroot" "$ROOT/root" "$1"
}

@test "runc starts a container under its own profile" {
	starts runc without_unified runc
}

@test "crun starts a container under its own profile" {
	requires crun
	starts crun without_unified crun
}

@test "the version of runc in Debian's unstable suite starts a container under its own profile" {
	in_sid runc
}

@test "the version of crun in Debian's unstable suite starts a container under its own profile" {
	in_sid crun
}
