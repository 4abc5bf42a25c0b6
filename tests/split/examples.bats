#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runs the examples of sandprint-runs(7). The program that runs a suite of three
# tests is recorded once, and each test is a run. Each test makes a call that
# the others do not make.
load ../helper

setup_file() {
	requires_root
}

# own_calls — prints "NAME CALL" for each run and each call that distinguishes
# the tests. Fails if something was lost.
own_calls() {
	sp-emit --json run.sp 2>/dev/null | jq -r '
		if .lost | add // 0 | . > 0 then error("lost") else . end |
		.runs as $runs | .calls[] |
		select(.name | IN("sync", "symlink", "mknod",
			"symlinkat", "mknodat")) | .name as $name |
		.runs[] | "\($runs[.].name) \($name | sub("at$"; ""))"' | sort -u
}

# shell_tests SUFFIX — writes the three tests as scripts a, b and c
shell_tests() {
	printf '#!/bin/sh\necho 1..1\nsync && echo ok 1\n' >"a$1"
	printf '#!/bin/sh\necho 1..1\nln -s x l && echo ok 1\n' >"b$1"
	printf '#!/bin/sh\necho 1..1\nmkfifo f && echo ok 1\n' >"c$1"
	chmod +x "a$1" "b$1" "c$1"
}

@test "under prove, each test file is a run" {
	requires prove
	mkdir t
	(cd t && shell_tests .t)
	sp-record -q --split=children -o run.sp -- prove -j 2 -e '' t
	diff <(own_calls) - <<-'END'
		/bin/sh t/a.t sync
		/bin/sh t/b.t symlink
		/bin/sh t/c.t mknod
	END
}

@test "under ctest, each test is a run" {
	requires cmake ctest
	shell_tests ''
	cat >CMakeLists.txt <<-'END'
		cmake_minimum_required(VERSION 3.10)
		project(suite NONE)
		enable_testing()
		foreach(name a b c)
			add_test(NAME ${name} COMMAND ${CMAKE_SOURCE_DIR}/${name})
		endforeach()
	END
	cmake -B build . >/dev/null
	sp-record -q --split=children -o run.sp -- ctest -j 2 --test-dir build
	own_calls | sed "s|$PWD/||" >have
	diff have - <<-'END'
		/bin/sh a sync
		/bin/sh b symlink
		/bin/sh c mknod
	END
}

@test "under make -j, each command of a rule is a run" {
	shell_tests ''
	printf 'check: a1 b1 c1\n%%1:\n\t./$*\n' >Makefile
	sp-record -q --split=children -o run.sp -- make -j 4 check
	diff <(own_calls) - <<-'END'
		/bin/sh ./a sync
		/bin/sh ./b symlink
		/bin/sh ./c mknod
	END
}

@test "under bats, each test is a run" {
	mkdir test
	# The line must not begin with @test: bats would read it as a test of
	# this file.
	sed 's/^TEST/@test/' >test/a.bats <<-'END'
		TEST "disk" { sync; }
		TEST "link" { ln -s x "$BATS_TEST_TMPDIR/l"; }
		TEST "pipe" { mkfifo "$BATS_TEST_TMPDIR/f"; }
	END
	# shellcheck disable=SC2046 # several words
	env -u BATS_RUN_TMPDIR $(compgen -e BATS_ | sed 's/^/-u /') \
		sp-record -q --split=exec:bats-exec-test -o run.sp -- bats test
	own_calls | sed -n 's/.*\(test_[a-z]*\).* / \1 /p' | diff - <(
		printf ' test_%s\n' 'disk sync' 'link symlink' 'pipe mknod')
}

@test "under go test, the program of each package is a run" {
	requires go
	local name
	export GOCACHE=$PWD/cache GOPATH=$PWD/gopath GOFLAGS=-mod=mod GOPROXY=off
	printf 'module example.org/suite\n\ngo 1.18\n' >go.mod
	while read -r name call; do
		mkdir "$name"
		cat >"$name/x_test.go" <<-END
			package $name

			import (
				"syscall"
				"testing"
			)

			func TestX(t *testing.T) {
				syscall.$call
			}
		END
	done <<-'END'
		a Sync()
		b Symlink("x", "l")
		c Mkfifo("f", 0600)
	END
	sp-record -q --split='exec:*.test' -o run.sp -- go test ./...
	own_calls | sed -n 's|.*/\([abc]\)\.test .* \([a-z]*\)$|\1 \2|p' >have
	diff have - <<-'END'
		a sync
		b symlink
		c mknod
	END
}

@test "under pytest, each test of the process is a run" {
	requires pytest-3
	# This is the file in the manual, with another FIFO.
	sed -n '/^import os/,/^\.Ed/{/^\.Ed/!p}' \
		"${TESTS%/*}/sp-record/sandprint-runs.7" |
		sed "s|/tmp/marks|$PWD/marks|; s/\\\\e/\\\\/g" >conftest.py
	grep -q logfinish conftest.py
	cat >test_x.py <<-'END'
		import os
		def test_a(): os.sync()
		def test_b(): os.symlink("x", "l")
		def test_c(): os.mkfifo("f")
	END
	sp-record -q --split=mark:marks -o run.sp -- pytest-3 -q -p no:cacheprovider
	diff <(own_calls) - <<-'END'
		test_x.py::test_a sync
		test_x.py::test_b symlink
		test_x.py::test_c mknod
	END
	sp-emit --json run.sp | jq -r '.runs[1:][].name' | diff - <(
		printf 'test_x.py::test_%s\n' a b c)
}

@test "of 17,000 runs, those beyond the table's 16,384 share the last run, and a note says so" {
	run -0 --separate-stderr sp-record --split=children -o run.sp -- \
		sh -c 'i=0; while [ $i -lt 17000 ]; do (:); i=$((i + 1)); done'
	# shellcheck disable=SC2154 # run sets it
	shows 'the last run has the calls of 618 runs, since there were too many' <<<"$stderr"
	sp-emit --json run.sp >run.json
	jq -e '.runs | length == 16384 and (last.name | endswith("[further runs]"))' run.json
	# No call is lost: every child calls exit_group.
	jq -e '[.calls[] | select(.name == "exit_group").count] | add == 17001' run.json
	jq -e '(.lost | add // 0) == 0' run.json
}
