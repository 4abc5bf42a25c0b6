#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Checks for random names and trees that policies allow the recorded acts and no
# others, according to the parsers of their enforcers. tests/properties/names.py
# does the work. SP_NAMES is the number of names for each format, which is
# 100,000 in make check-names.
load helper

# exact FORMAT — checks that the policies of a format allow exactly the recorded
# acts
exact() {
	local status=0
	/usr/bin/python3 "$TESTS/properties/names.py" -n "${SP_NAMES-500}" \
		"$SP_BIN" "$1" >out || status=$?
	sed 's/^/# /' out >&3
	[ $status != 77 ] || skip "$(<out)"
	return $status
}

@test "apparmor: apparmor_parser compiles policies for random names that allow exactly the recorded acts" {
	exact apparmor
}

@test "systemd: as systemd's parsers read them, policies for random names allow exactly the recorded acts" {
	exact systemd
}

@test "landlock: as the kernel enforces them, policies for random names allow exactly the recorded acts" {
	exact landlock
}

@test "landlock-header: the compiled C header for random names allows exactly the recorded acts" {
	exact landlock-header
}
