#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# For random names and trees, policies allow what was recorded and nothing else,
# according to the parsers of their enforcers: tests/properties/names.py.
# SP_NAMES: how many names of each format; make check-names has 100,000.
load helper

# exact FORMAT — its policies allow what was recorded, and no more
exact() {
	local status=0
	/usr/bin/python3 "$TESTS/properties/names.py" -n "${SP_NAMES-500}" \
		"$SP_BIN" "$1" >out || status=$?
	sed 's/^/# /' out >&3
	[ $status != 77 ] || skip "$(<out)"
	return $status
}

@test "apparmor: random names, as apparmor_parser compiles them" {
	exact apparmor
}

@test "systemd: random names, as systemd's parsers read them" {
	exact systemd
}

@test "landlock: random names, under the kernel's own rules" {
	exact landlock
}

@test "landlock-header: random names, with the header compiled" {
	exact landlock-header
}
