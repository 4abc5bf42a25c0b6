#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The manual pages: lint, and their examples work as they stand.

load helper

ROOT=$TESTS/..

pages() {
	ls "$ROOT"/sp-*/*.1 "$ROOT"/lib/*.5
}

# The commands of a page's EXAMPLES section, one a line.
examples() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$1" |
		sed -E 's/^"(.*)"$/\1/; s/\\e/\\/g; s/\\&//g; s/\\-/-/g'
}

# run_examples PAGE — all of them, in order, in one directory
run_examples() {
	examples "$ROOT/$1" >examples
	[ -s examples ]
	while IFS= read -r line; do
		echo "\$ $line"
		bash -o pipefail -c "$line" </dev/null >>out 2>&1 || {
			status=$?
			# 1 is an answer of sp-diff and sp-verify
			[[ $status -eq 1 && $line =~ sp-(diff|verify) ]]
		}
	done <examples
}

@test "every page is free of lint" {
	requires mandoc
	mapfile -t all < <(pages)
	[ "${#all[@]}" -eq 6 ]
	run mandoc -T lint -W warning "${all[@]}"
	[ -z "$output" ]
	[ "$status" -eq 0 ]
}

@test "every option that --help lists is in the manual" {
	for tool in sp-record sp-merge sp-diff sp-emit sp-verify; do
		mandoc -T ascii "$ROOT/$tool/$tool.1" | col -b >page
		"$tool" --help | grep -oE -- '--[a-z][a-z-]+' |
			sed -E 's/--no-(kernel|start|vdso|runtime|fallback)/--no-group/' |
			sort -u |
			while read -r option; do
				grep -qF -- "$option" page || {
					echo "$tool: $option"
					exit 1
				}
			done
	done
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
