#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Runs the steps of sp-diff/workflow.yml as GitHub's runner would, except for the
# steps that install packages.

load helper

# steps — writes the `run:` steps of the workflow to ./1, ./2 …, and their names
# to ./names
steps() {
	/usr/bin/python3 "$TESTS/scripts/workflow-steps.py" "${TESTS%/*}/sp-diff/workflow.yml"
}

# step NAME — runs a step in the shell that GitHub uses, and returns its exit
# status
step() {
	local n
	n=$(grep -nx "$1" "$DIR/names" | cut -d : -f 1)
	GITHUB_STEP_SUMMARY=$DIR/summary PATH=$DIR/bin:$PATH \
		bash --noprofile --norc -eo pipefail "$DIR/$n"
}

setup() {
	DIR=$BATS_TEST_TMPDIR
	cd "$DIR" || return
	requires_root
	/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"
	steps
	mkdir -p bin work/sandbox
	printf '#!/bin/sh\n[ "$1" != -E ] || shift\nexec "$@"\n' >bin/sudo
	chmod +x bin/sudo
	cd work || return
	cat >run-tests <<-'E'
	#!/bin/sh
	case $1 in
	unit) ls / ;;
	service) cat /etc/passwd ;;
	esac >/dev/null
	E
	chmod +x run-tests
}

# accept — accepts the first recording with the commands in sandprint-ci(7)
accept() {
	step 'Record the tests'
	cp now.sp sandbox/base.sp
	sp-emit --oci -o sandbox/seccomp.json sandbox/base.sp
	rm -r runs now.sp
}

@test "the workflow has the expected steps" {
	diff - "$DIR/names" <<-'END'
	Record the tests
	Calls that are new
	Calls that the profile denies
	How tight the profile is
	END
}

@test "if the tests make the same calls as before, the job passes and has the files for the upload" {
	local name
	accept
	while read -r name; do
		run -0 step "$name"
	done <"$DIR/names"
	[ -s now.sp ]
	[ -s sandbox.xml ]
	grep -q 'failures="0"' sandbox.xml
	grep -qE '^[0-9]+ of [0-9]+ calls allowed' "$DIR/summary"
	sp-emit --json now.sp | jq -e '.runs | map(.name) == ["service", "unit"]
		or map(.name) == ["unit", "service"]'
}

@test "if a test makes a new call, the job fails until the recording is accepted" {
	accept
	sed -i 's/ls \/ ;;/ls \/; mkdir new ;;/' run-tests
	run -0 step 'Record the tests'
	run -1 step 'Calls that are new'
	[[ $output == *mkdir* ]]
	run -1 step 'Calls that the profile denies'
	grep -q 'failures="[1-9]' sandbox.xml
	run -0 step 'How tight the profile is'
	# The commands in sandprint-ci(7) accept the new call.
	sed -n '/^.Ss Begin/,/^.Ss Rep/s/^\.Dl //p' \
		"${TESTS%/*}/sp-diff/sandprint-ci.7" >accept
	[ "$(wc -l <accept)" = 2 ]
	bash -e accept
	run -0 step 'Calls that are new'
	run -0 step 'Calls that the profile denies'
}

@test "a failing test makes the job fail" {
	echo 'exit 3' >>run-tests
	run -3 step 'Record the tests'
}
