#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A tool ends if an allocation fails, in the tool itself or in one of its
# libraries. Here, some allocations of each mode fail; `make check-allocations`
# makes each of them fail.

load helper

@test "if an allocation fails, a tool gives the same answer, or prints a message and leaves no partial file" {
	cd "$BATS_TEST_TMPDIR"
	local built=${SP_BIN%/bin}
	if grep -q __asan_init "$SP_BIN/sp-emit"; then
		skip "no allocator of libc: a sanitizer replaces it"
	fi
	"$TESTS/failing/run" "$built/tests/failing.so" "$SP_BIN" -k 6 -m sp-emit
	"$TESTS/failing/run" "$built/tests/failing.so" "$SP_BIN" -k 6 -m sp-diff
	"$TESTS/failing/run" "$built/tests/failing.so" "$SP_BIN" -k 6 -m sp-verify
	if has root; then
		"$TESTS/failing/run" "$built/tests/failing.so" "$SP_BIN" -k 6 -m sp-record
	else
		skip_row root sp-record
	fi
}
