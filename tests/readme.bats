#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# Runs the commands of README.md unchanged, in order, in one directory.
# tests/readme/commands.py lists the commands that cannot run here.

load helper

# prepare — makes the files and programs that the commands use
prepare() {
	mkdir -p bin sandbox
	cp "$TESTS/readme/service" .
	printf '#!/bin/sh\nuntil [ -e up ]; do sleep 0.02; done; rm up\n' >run-the-tests
	printf '#!/bin/sh\nexec true\n' >test-a
	printf '#!/bin/sh\ncat >/dev/null\n' >bin/kubectl
	cp test-a test-b
	chmod +x run-the-tests test-? bin/kubectl
	"$TESTS/mkstream" >c.sp <<-'END'
		run 1 container
		image /usr/bin/app1 1:1:1
		call 1 read 3
		image /usr/bin/runc 1:1:1
		call 1 write 3
	END
	"$TESTS/mkstream" >test.sp <<-'END'
		run 1 test
		image /bin/sh 1:1:1
		call 1 read 3
		image /usr/sbin/nginx 1:1:1
		call 1 write 3
		start 1 /bin/sh 1
	END
	sp-record -q -o now.sp -- ls -l /tmp
	cp now.sp base.sp
	cp now.sp start.sp
	cp now.sp sandbox/base.sp
	sp-emit --bpf now.sp >own.bpf
}

@test "the commands of README.md work unchanged" {
	requires_root
	requires strace bwrap jq
	[ -e /lib/systemd/system/systemd-logind.service ] || skip "no systemd-logind.service"
	[ -e /usr/share/containers/seccomp.json ] || skip "no /usr/share/containers/seccomp.json"
	"$TESTS/readme/commands.py" "${TESTS%/*}/README.md" >commands
	[ "$(wc -l <commands)" -ge 60 ]
	prepare
	while IFS=$'\t' read -r want command; do
		# The process is killed once sp-record is attached to it.
		[[ $command != *'-p 1234'* ]] || command="sleep 100 & pid=\$!
			${command/1234/\$pid} 2>&1 | while read -r line; do
				[[ \$line != *'attached to'* ]] || kill \$pid
			done"
		run timeout 30 bash -o pipefail -c "PATH=$PWD/bin:\$PATH; $command" </dev/null
		tail -n 5 <<<"$output"
		echo "$command: exit status $status"
		[[ $want == *"$status"* ]]
	done <commands
}

# shown SVG — prints the text of the picture
shown() {
	/usr/bin/python3 -c '
import sys, xml.etree.ElementTree as tree
for text in tree.parse(sys.argv[1]).getroot().itertext():
    print(text)' "$1" | grep -v '^$'
}

@test "the picture of a session is XML, and shows each command and its output" {
	requires_root
	"$TESTS/picture" "${SP_BIN:-$TESTS/../build/bin}" >session.svg
	shown session.svg >shown
	[ "$(grep -c '^\$ sp-' shown)" = 6 ]
	grep -q '^sp-record: .* distinct' shown
	grep -q '^+ socket ' shown
	# The line with the callers is longer than the picture is wide, and is
	# continued.
	tail -n 4 shown | grep -q '^ .*mkdir('
	# The picture in README.md shows the same commands and messages, apart
	# from numbers.
	shown "$TESTS/readme/session.svg" | grep -E '^(\$ |sp-)' |
		sed 's/[0-9.]\+/N/g' >kept
	sed -i 's/[0-9.]\+/N/g' shown
	run -1 grep -vxFf shown kept
}
