#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# Checks the manuals: mandoc has no complaints, and all examples work. Each
# example must exit with the status in the comment "# exit status N" at its end,
# or with 0 without this comment.

load helper

pages() {
	ls "${TESTS%/*}"/sp-*/*.[157] "${TESTS%/*}"/lib/*/*.[35] "${TESTS%/*}"/lib/*.7
}

# examples PAGE — prints the .Dl lines in a page's EXAMPLES as a reader sees
# them
examples() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh [^E]/s/^\.Dl //p' "$1" |
		sed 's/\\(ti/~/g; s/\\e/\\/g; s/\\&//g; s/^"\(.*\)"$/\1/; s/\\-/-/g'
}

# run_examples PAGE — runs the examples in order, in the current directory
run_examples() {
	local line want
	examples "${TESTS%/*}/$1" >examples
	[ -s examples ]
	while IFS= read -r line; do
		want=0
		if [[ $line =~ '# exit status '([0-9]+)$ ]]; then
			want=${BASH_REMATCH[1]}
		fi
		run timeout 30 bash -o pipefail -c "$line" </dev/null
		echo "$line"
		echo "$output"
		[ "$status" -eq "$want" ]
	done <examples
}

@test "mandoc -T lint has no complaint about any page" {
	requires mandoc
	[ "$(pages | wc -l)" -ge 17 ]
	pages | xargs mandoc -T lint -W warning
}

@test "no page has more than 400 lines" {
	pages | while read -r page; do
		[ "$(wc -l <"$page")" -le 400 ] || {
			wc -l "$page"
			false
		}
	done
}

@test "each section and page of sandprint that a page refers to exists" {
	pages | xargs /usr/bin/python3 "$TESTS/scripts/man-references.py"
}

@test "the examples of sp-record(1) work" {
	requires_root
	run_examples sp-record/sp-record.1
}

@test "the examples of sp-merge(1) work" {
	requires_root
	run_examples sp-merge/sp-merge.1
}

@test "the examples of sp-diff(1) work" {
	requires_root
	run_examples sp-diff/sp-diff.1
}

@test "the examples of sp-emit(1) work" {
	requires_root
	run_examples sp-emit/sp-emit.1
}

@test "the examples of sp-verify(1) work" {
	requires_root
	run_examples sp-verify/sp-verify.1
}

@test "the examples of sandprint(7) work" {
	requires_root
	run_examples lib/sandprint.7
}

@test "the examples of sandprint-ci(7) work" {
	requires_root
	run_examples sp-diff/sandprint-ci.7
}

@test "the examples of sandprint-notify(7) work" {
	run_examples sp-record/sandprint-notify.7
}

@test "the examples of sandprint-possible(7) work" {
	requires_root
	run_examples sp-emit/sandprint-possible.7
}

@test "the examples of sandprint-trace(7) work" {
	requires_root
	run_examples sp-emit/sandprint-trace.7
}

# A page's header has the title twice, with the name of the section between.
# groff truncates longer titles.
@test "the title of each page fits twice into a header of 80 columns" {
	pages | xargs awk '/^\.Dt/ && length($2) > 17 && $4 != "LOCAL" {
		print FILENAME ": " $0; bad = 1 } END { exit bad }'
}

# Adjacent literals in the sources are joined, because a message may span lines.
@test "each message in sandprint-troubleshooting(7) occurs in the sources" {
	local top="${TESTS%/*}"
	cat "$top"/sp-*/*.[ch] "$top"/sp-*/*/*.[ch] "$top"/lib/*/*.[ch] | tr '\n' ' ' |
		sed 's/"[[:space:]]*"//g' >sources
	sed -n 's/^\.It //p' "$top/lib/sandprint-troubleshooting.7" >messages
	[ "$(wc -l <messages)" -ge 25 ]
	while read -r message; do
		grep -qF -- "$message" sources || echo "$message"
	done <messages >unknown
	diff /dev/null unknown
}
