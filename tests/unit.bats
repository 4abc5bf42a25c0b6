#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# The programs in tests/unit/, one test each.

load helper

unit() {
	"${SP_BIN%/bin}/tests/unit/$1"
}

@test "every program in tests/unit has its test here" {
	local source
	for source in "$TESTS"/unit/*.c; do
		source=${source##*/}
		grep -q "unit ${source%.c}\$" "$BATS_TEST_FILENAME"
	done
}

@test "filter" {
	unit filter
}

@test "events" {
	unit events
}

@test "condition" {
	unit condition
}

@test "tables" {
	unit tables
}
