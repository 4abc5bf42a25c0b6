#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Each program in tests/unit is a test: it exits with 0.

load helper

@test "filter: the simulation agrees with the kernel" {
	"${SP_BIN%/bin}/tests/unit/filter"
}
