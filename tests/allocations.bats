#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A failed allocation ends a tool, whether the tool or one of its libraries
# makes it. A few allocations of each mode fail here; `make check-allocations`
# tries them all.

load helper

@test "if an allocation fails, a tool gives the same answer, or prints a message and leaves no partial file" {
	cd "$BATS_TEST_TMPDIR"
	local built=${SP_BIN%/bin}
	if grep -q __asan_init "$SP_BIN/sp-emit"; then
		skip "no allocator of libc: a sanitizer has its own"
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
