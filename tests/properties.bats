#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# For random names and trees, checks that policies allow the recorded acts and
# nothing else, according to the parsers of their enforcers:
# tests/properties/names.py. SP_NAMES is the number of names for each format;
# make check-names has 100,000.
load helper

# exact FORMAT — checks that the format's policies allow the recorded acts, and
# no others
exact() {
	local status=0
	/usr/bin/python3 "$TESTS/properties/names.py" -n "${SP_NAMES-500}" \
		"$SP_BIN" "$1" >out || status=$?
	sed 's/^/# /' out >&3
	[ $status != 77 ] || skip "$(<out)"
	return $status
}

@test "apparmor: policies for random names allow the recorded acts, as apparmor_parser compiles them" {
	exact apparmor
}

@test "systemd: policies for random names allow the recorded acts, as systemd's parsers read them" {
	exact systemd
}

@test "landlock: policies for random names allow the recorded acts, and the kernel enforces that" {
	exact landlock
}

@test "landlock-header: policies for random names allow the recorded acts, with the header compiled" {
	exact landlock-header
}
