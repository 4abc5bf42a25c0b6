#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runs the examples of sandprint-fleet(7) on 1,000 streams. make check-engines
# runs this file.
load ../helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	/usr/bin/python3 "$TESTS/fleet/streams.py" "$TESTS/mkstream" 1000 60
	sp-merge -o expected.sp runs/*.sp
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR/runs" runs
}

# example SECTION NUMBER — writes the literal block with this number in the
# section of the manual, counted from 1, to `example`
example() {
	awk -v section=".Ss $1" -v wanted="$2" '
		/^\.S[hs] / { n = 0; found = $0 == section }
		/^\.Ed/ { on = 0 }
		on
		/^\.Bd/ && found { on = ++n == wanted }
	' "${TESTS%/*}/sp-merge/sandprint-fleet.7" >example
	[ -s example ]
	# `runs` is a symbolic link here, so find(1) needs a slash behind it.
	sed -i 's/find runs /find runs\/ /; s/parallel /&--will-cite /' example
}

@test "GNU parallel merges the streams" {
	requires parallel
	example 'GNU parallel' 1
	bash -e example
	[ "$(ls part-*.sp | wc -l)" = 10 ]
	cmp fleet.sp "$BATS_FILE_TMPDIR/expected.sp"
}

@test "GNU parallel: a truncated stream ends the merge without a result" {
	requires parallel
	rm runs
	cp -r "$BATS_FILE_TMPDIR/runs" runs
	truncate -s -3 runs/7.sp
	example 'GNU parallel' 1
	run bash -e example
	[ "$status" != 0 ]
	[[ $output == *'runs/7.sp: segment 1: record '*': truncated'* ]]
	[ ! -e fleet.sp ]
}

@test "the script of the Kubernetes Job merges the streams" {
	example 'A Kubernetes Job' 1
	/usr/bin/python3 - <<-'END' >script
		import yaml
		job = yaml.safe_load(open("example"))["spec"]
		pod = job["template"]["spec"]["containers"][0]
		assert job["completionMode"] == "Indexed" and job["completions"] == 8
		assert pod["command"][:-1] == ["bash", "-euo", "pipefail", "-c"]
		print(pod["command"][-1])
	END
	for i in {0..7}; do
		JOB_COMPLETION_INDEX=$i bash -euo pipefail script
	done
	sp-merge part-*.sp | cmp - "$BATS_FILE_TMPDIR/expected.sp"
}

# rclone uses its local back end, under the name of the remote in the manual.
@test "rclone merges the streams of an object store" {
	requires rclone
	printf '[store]\ntype = alias\nremote = %s\n' "$PWD/objects" >rclone.conf
	export RCLONE_CONFIG=$PWD/rclone.conf
	sp-merge -o most.sp runs/[1-9]*.sp
	rclone rcat store:sandprint/runs/most.sp <most.sp
	rclone rcat store:sandprint/runs/0.sp <runs/0.sp
	example 'Object stores' 2
	bash -e example
	cmp fleet.sp "$BATS_FILE_TMPDIR/expected.sp"
	# Runs the other examples: a machine uploads a stream, and new objects
	# are merged into the result.
	example 'Object stores' 1
	sed -i 's/sp-record -- .*test/cat runs\/0.sp/' example
	bash -e example
	cp most.sp fleet.sp
	example 'Object stores' 3
	bash -e -o pipefail example
	cmp fleet.sp "$BATS_FILE_TMPDIR/expected.sp"
}
