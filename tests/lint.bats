#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# tests/lint finds assertions that cannot fail, and the test files have none.
load helper

setup_file() {
	requires shellcheck
}

# `make lint` also checks shellcheck's rules.
@test "no test has an assertion that cannot fail" {
	"$TESTS/lint" --own
}

@test "tests/lint finds each kind of fault, and nothing else" {
	local file=$TESTS/data/vacuous
	run -1 "$TESTS/lint" "$file"
	echo "$output"
	awk '/# bad$/ { print NR + 1 }' "$file" >expected
	grep -o "^$file:[0-9]*" <<<"$output" | sed 's/.*://' | sort -nu |
		diff -u expected -
}

@test "a test file without pipefail or without a licence is reported" {
	printf '%s\n' '#!/usr/bin/env bats' \
		'# SPDX-License-Identifier: Apache-2.0' 'load helper' >right.bats
	run -0 "$TESTS/lint" "$PWD/right.bats"
	sed 3d right.bats >alone.bats
	run -1 "$TESTS/lint" "$PWD/alone.bats"
	[[ $output == *'add the line "load helper"'* ]]
	sed 1d right.bats >bare.bats
	run -1 "$TESTS/lint" "$PWD/bare.bats"
	[[ $output == *'begin it with #!/usr/bin/env bats'* ]]
}
