#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests libsandprint as programs use it. Compares it with a reader in Python
# that was written from sp-stream(5) alone.

load helper

setup_file() {
	export DEST="$BATS_FILE_TMPDIR/dest"
	make -s -C "${TESTS%/*}" install-library PREFIX="$DEST" >/dev/null
	export PKG_CONFIG_PATH="$DEST/lib/pkgconfig" LD_LIBRARY_PATH="$DEST/lib"
	cd "$BATS_FILE_TMPDIR" || return
	# shellcheck disable=SC2046 # several words
	cc -Wall -Wextra -Werror -o list-calls "$TESTS/library/calls.c" \
		$(pkg-config --cflags --libs libsandprint)
	# shellcheck disable=SC2046 # several words
	cc -o list-static "$TESTS/library/calls.c" $(pkg-config --static --cflags \
		--libs libsandprint | sed 's/-lsandprint/-l:libsandprint.a/')
	PATH=$BATS_FILE_TMPDIR:$PATH
}

# streams — writes two.sp, which has two segments with a common run, an image
# without a path, calls of x32 and other architectures, and a path with control
# characters
streams() {
	cp "$TESTS/data/stream-0.1.0.sp" old.sp
	"$TESTS/mkstream" >two.sp <<-'END'
		run 1 one
		image /bin/a%1b[31m%ff 1:1:1
		call 1 read 3
		call 1 execve 1 flags=8
		call 1 write 5 arch=x86
		call 1 write 6 arch=x32
		segment
		run 1 one
		run 2 two
		image /bin/a%1b[31m%ff 1:1:1
		image - 1:1:1
		call * openat 7
		call 1 read 9 image=/bin/a%1b[31m%ff
		call 2 read 4 image=/bin/a%1b[31m%ff
		call 2 write 4 arch=aarch64
	END
	cat old.sp two.sp >all.sp
}

@test "the example in C and the reader in Python print the same calls" {
	streams
	for stream in old two all; do
		list-calls $stream.sp >c
		list-static $stream.sp | cmp - c
		cut -d ' ' -f 1-3,5- c >c.calls
		"$TESTS/library/calls.py" $stream.sp | diff - c.calls
	done
	[ "$(wc -l <c)" -gt 20 ]
}

@test "the example in C prints the same names and counts as sp-emit" {
	streams
	list-calls all.sp | awk '{ n[$2 " " $4] += $1 } END { for (c in n) print c, n[c] }' |
		sort >c
	sp-emit --json all.sp | jq -r '.calls[] |
		"\(.arch) \(.name // "syscall_\(.nr)") \(.count)"' | sort | diff - c
}

@test "for each kind of fact in sp-facts(5), the library returns the values of the record" {
	# shellcheck disable=SC2046 # several words
	cc -Wall -Wextra -Werror -o facts "$TESTS/library/facts.c" \
		$(pkg-config --cflags --libs libsandprint)
	"$TESTS/mkstream" >kinds.sp <<-'END'
		run 1 one
		image /bin/a 1:1:1
		call 1 read 3
		denial 1 write -1 2
		operation 1 18 2
		argument 1 socket "0:0xff:2" 1
		path 1 1 -2 /etc/passwd 1
		socket 1 2 1 -13 0200 1
		move 1 4 0 /old /new 1
		start 1 /bin/sh 1
		privilege 1 openat 21 1
		name 1 1 a 1
		stack 1 socket "0:0xff:2" "f|/lib/x.so|0x1234|abcd main|/bin/a|0x10|" 1
		thread 1 3
	END
	./facts kinds.sp >out
	diff - out <<-'END'
		4 x86_64 read what=0 family=0 answer=0
		5 x86_64 write what=0 family=0 answer=-1
		6 what=18 family=0 answer=0
		9 x86_64 socket what=0 family=0 answer=0 0:ff:2
		10 what=1 family=0 answer=-2 path=/etc/passwd
		11 what=1 family=2 answer=-13 address=2
		12 what=4 family=0 answer=0 path=/old to=/new
		13 what=0 family=0 answer=0 path=/bin/sh
		15 x86_64 openat what=21 family=0 answer=0
		18 what=1 family=0 answer=0 path=a
		19 x86_64 socket what=0 family=0 answer=0 0:ff:2 f|/lib/x.so|1234|2 main|/bin/a|10|0
		22 what=0 family=0 answer=0
	END
	# The records of parts and of --keep-runs are not facts.
	sed -n 's/^\.Ss .* (kind \([0-9]*\))$/\1/p' "${TESTS%/*}/lib/stream/sp-facts.5" |
		grep -vx -e 14 -e 17 | sort >specified
	cut -d ' ' -f 1 out | grep -vx 4 | sort | diff specified -
}

@test "the reader in C and the reader in Python accept and refuse the same damaged streams" {
	streams
	"$TESTS/library/damage.py" two.sp list-calls "$TESTS/library/calls.py"
}

@test "a stream that needs more memory than the limit is refused, and all memory is freed" {
	{
		echo run 1 big
		seq -f 'call 1 %g 1' 0 400
	} | "$TESTS/mkstream" >big.sp
	# This stream exceeds the limit just after two copies of a run were
	# joined.
	"$TESTS/mkstream" >twice.sp <<-END
		run 1 one
		image /a 1:1:1
		call 1 read 1
		segment
		run 1 one
		image /$(printf %0100000d 0) 1:1:1
		call 1 read 1
	END
	# shellcheck disable=SC2046 # several words
	cc -fsanitize=address -o limit "$TESTS/library/limit.c" \
		$(pkg-config --cflags --libs libsandprint)
	./limit big.sp
	./limit twice.sp
}

@test "the library exports only its own symbols, and does not exit or print" {
	nm -D --defined-only "$DEST/lib/libsandprint.so" | awk '$2 != "A" { print $3 }' |
		sed 's/@.*//' | sort >shown
	sed -n 's/^\t\(sandprint_.*\);/\1/p' "${TESTS%/*}/lib/sandprint/sandprint.map" |
		sort | diff - shown
	nm --defined-only -g "$DEST/lib/libsandprint.a" | awk 'NF == 3 { print $3 }' |
		sort | diff - shown
	nm -D --undefined-only "$DEST/lib/libsandprint.so" >needed
	run ! grep -wE 'exit|_exit|abort|stdout|stderr|printf|perror' needed
	readelf -d "$DEST/lib/libsandprint.so" | grep -q 'SONAME.*libsandprint\.so\.1'
	[ "$(pkg-config --modversion libsandprint)" = \
		"$(sed -n 's/^VERSION := //p' "${TESTS%/*}/Makefile")" ]
}

@test "libsandprint(3) documents each function of the header, and its example compiles" {
	sed -n 's/^\t\(sandprint_.*\);/\1/p' "${TESTS%/*}/lib/sandprint/sandprint.map" |
		while read -r name; do
			grep -q "^\.Fn $name " "${TESTS%/*}/lib/sandprint/libsandprint.3"
			grep -q "\<$name(" "$DEST/include/sandprint.h"
		done
	{
		printf '#include <%s>\n' err.h inttypes.h sandprint.h
		echo 'int main(void) {'
		sed -n '/^\.Bd/,/^\.Ed/{/^\.[BE]d/d; s/\\e/\\/g; p}' \
			"${TESTS%/*}/lib/sandprint/libsandprint.3"
		echo 'return 0; }'
	} >example.c
	# shellcheck disable=SC2046 # several words
	cc -Wall -Werror -o example example.c $(pkg-config --cflags --libs libsandprint)
	cp "$TESTS/data/stream-0.1.0.sp" ls.sp
	list-calls ls.sp | awk '{ print $1, $4 }' >expected
	./example | diff - expected
}

@test "with the installed files, file(1) and the MIME database recognize a stream" {
	requires file update-mime-database
	make -s -C "${TESTS%/*}" install-mime DESTDIR="$PWD/dest" PREFIX=/usr >/dev/null
	cp "$TESTS/data/stream-0.1.0.sp" stream
	cat stream stream >two
	printf '\x93\x00\xa9sandprinx\x01' >other
	[ "$(file -b -m dest/usr/share/sandprint/magic stream)" = 'sandprint stream, version 1' ]
	[ "$(file -b -m dest/usr/share/sandprint/magic two)" = 'sandprint stream, version 1' ]
	[ "$(file -b --mime-type -m dest/usr/share/sandprint/magic two)" = application/x-sandprint ]
	file -b -m dest/usr/share/sandprint/magic other | lacks sandprint
	update-mime-database dest/usr/share/mime
	grep -q '^[0-9]*:application/x-sandprint:\*\.sp$' dest/usr/share/mime/globs2
	grep -qa 'application/x-sandprint' dest/usr/share/mime/magic
}
