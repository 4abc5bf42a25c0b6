#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# For tests/lint.bats: the line after each "# bad" is an assertion that cannot
# fail, or that fails for no reason, or a long program; the other lines are right.
load helper

@test "assertions" {
	echo a | shows a
	# bad
	echo a | grep -q a
	# bad
	echo a | grep -m 1 a
	# bad
	echo a | head -n 1
	echo a | sed -n 1p
	run ! grep a /dev/null
	# bad
	! true
	echo a | lacks b
	# bad
	! echo a | grep a
	# bad
	true && return 1
	[ -e a ]
	[ -e b ]
	# bad
	[ -e a ] && [ -e b ]
	# bad
	[ -z "$(true)" ]
	text=$(true)
	[ "$text" != a ]
	# bad
	[ "$(true)" != a ]
	[ "$(true)" = "$text" ]
	# bad
	[ "$(true)" = "$(true)" ]
	diff <(true) /dev/null
	# bad
	diff <(true) <(true)
	local other
	# bad
	local name=$(true)
	run -0 true
	run true
	[ "$status" = 0 ]
	# bad
	run true
	text=a
	echo "$text" "$other" "$name"
	echo b
	echo c
	echo d
	echo e
	echo f
	echo g
	{ false || [ $? = 1 ]; } | cat
	/usr/bin/python3 - <<-'END'
	print(0)
	END
	# bad
	/usr/bin/python3 - <<-'END'
	print(1)
	print(2)
	print(3)
	print(4)
	print(5)
	print(6)
	print(7)
	print(8)
	print(9)
	print(10)
	print(11)
	END
	# bad
	set +o pipefail
	# bad
	[ $unknown = a ]
}
