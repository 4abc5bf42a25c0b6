#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The manual: lint-clean, and its examples work as given.

load helper

pages() {
	ls "${TESTS%/*}"/sp-*/*.1 "${TESTS%/*}"/lib/*.5
}

# The .Dl lines of a page's EXAMPLES, as the reader sees them.
examples() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh [^E]/s/^\.Dl //p' "$1" |
		sed 's/\\(ti/~/g; s/\\e/\\/g; s/\\&//g; s/^"\(.*\)"$/\1/; s/\\-/-/g'
}

# The answer "no" is an answer where the example asks a question.
fine() {
	[ "$2" -eq 0 ] || {
		[ "$2" -eq 1 ] && [[ $1 =~ sp-(diff|verify)\ [^\|]*$ ]]
	}
}

# run_examples PAGE — in order, in this directory
run_examples() {
	local line status n=0
	while IFS= read -r line; do
		status=0
		timeout 30 bash -o pipefail -c "$line" </dev/null || status=$?
		echo "$status: $line"
		fine "$line" "$status" || return 1
		n=$((n + 1))
	done < <(examples "${TESTS%/*}/$1")
	[ "$n" -gt 0 ]
}

@test "every page is lint-clean" {
	requires mandoc
	[ "$(pages | wc -l)" -eq 6 ]
	pages | xargs mandoc -T lint -W warning
}

@test "the examples of sp-record(1)" {
	requires_root
	run_examples sp-record/sp-record.1
}

@test "the examples of sp-merge(1)" {
	requires_root
	run_examples sp-merge/sp-merge.1
}

@test "the examples of sp-diff(1)" {
	requires_root
	run_examples sp-diff/sp-diff.1
}

@test "the examples of sp-emit(1)" {
	requires_root
	run_examples sp-emit/sp-emit.1
}

@test "the examples of sp-verify(1)" {
	requires_root
	run_examples sp-verify/sp-verify.1
}
