#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# Tests streams that were cut, changed or forged. A tool must refuse them with
# one line and status 2. It must not crash, and must not allocate memory for
# data that a stream only announces.

load helper

READERS=(sp-merge "sp-diff --matrix" "sp-diff - good.sp" "sp-diff good.sp -"
	"sp-emit --json" "sp-emit --oci" "sp-verify -p good.json")

good_stream() {
	"$TESTS/mkstream" > good.sp <<-'TEXT'
	run 1 "a run" label.k=v
	run 2 b
	image /bin/ls aabb 1:1:0
	call 1 read 1000
	call 2 20 1 arch=x86 image=/bin/sh
	TEXT
	echo '{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64"],"syscalls":[]}' > good.json
}

# refuse FILE — checks that every reader refuses the file with one line, in
# little time and memory
refuse() {
	local reader lines
	for reader in "${READERS[@]}"; do
		status=0
		# shellcheck disable=SC2086 # several words
		(ulimit -v 300000; timeout 10 $reader) < "$1" > out 2> err || status=$?
		lines=$(wc -l < err)
		if [ "$status" != 2 ] || [ "$lines" != 1 ] || [ -s out ]; then
			echo "$reader < $1: status $status"
			cat err
			return 1
		fi
	done
}

# refuse_bytes HEX… — writes these bytes to a file, which every reader must
# refuse
refuse_bytes() {
	printf '%s' "$*" | xxd -r -p > made.sp
	refuse made.sp
}

# Every stream begins with these bytes.
HEAD=9300a973616e647072696e7401

@test "an unchanged stream is accepted" {
	good_stream
	sp-merge good.sp > out
	sp-diff --matrix good.sp > out
	sp-emit --json good.sp > out
}

@test "a stream that is cut at any byte is refused" {
	good_stream
	size=$(stat -c %s good.sp)
	for n in 0 1 5 13 14 40 $((size / 2)) $((size - 6)) $((size - 1)); do
		head -c "$n" good.sp > cut.sp
		refuse cut.sp
	done
	# A truncated segment is refused after a complete segment, too.
	head -c 100 good.sp | cat good.sp - > cut.sp
	refuse cut.sp
}

@test "wrong lengths and lengths of gigabytes are refused" {
	good_stream
	for claim in dd ff00 df c6 db c9 dc de c5 da; do
		refuse_bytes "$HEAD" "${claim:0:2}" ffffffff
		refuse_bytes "$HEAD" 92 02 "${claim:0:2}" ffffffff
		refuse_bytes "$HEAD" 95 04 00 00 00 "${claim:0:2}" ffffffff 00
		refuse_bytes "${claim:0:2}" ffffffff
	done
}

@test "deeply nested objects are refused" {
	good_stream
	refuse_bytes "$HEAD" "$(printf '91%.0s' {1..20000})"
	refuse_bytes "$HEAD" "92 05 $(printf '81 00%.0s' {1..20000})"
	refuse_bytes "$(printf '91%.0s' {1..20000})"
}

@test "other versions and other kinds of files are refused" {
	good_stream
	refuse_bytes 9300a973616e647072696e7402
	grep -q 'version 2' err
	refuse_bytes 9300a973616e647072696e74cfffffffffffffffff
	refuse_bytes 9300a973616e647072696e7801
	refuse_bytes 93
	printf 'GIF89a' > made.sp
	refuse made.sp
	cat good.sp good.json > made.sp
	refuse made.sp
	# A record that is not a header is refused at the beginning and after a
	# segment.
	refuse_bytes 93010203
	{ cat good.sp; printf '\x93\x01\x02\x03'; } >made.sp
	refuse made.sp
	grep -q 'after segment [0-9]*: not a header' err
}

@test "records with wrong fields or with references to missing records are refused" {
	good_stream
	for record in '[4, 0, 1, 2, [[0, 1, 0, 0]]]' '[3, "/x", null, [[0, 1, 1]]]' \
		'[3, "/x", "id", []]' '[3]' '[4]' '[2]' '[2, 1]' '[0, "sandprint", 1]' '[-1]' \
		'[5, 0, 1, 2, -1, []]' '[5, 0, 1, 2, 0, [[0, 1, 0, 0]]]' \
		'[5, 0, 1, 2, 65, [[0, 1, 0, 0]]]' '[5, 0, 1, 2, -4096, [[0, 1, 0, 0]]]' \
		'[5, 0, 1, 2, [[0, 1, 0, 0]]]' '[6, 0, 1, []]' '[6, 9, 1, [[0, 1, 0, 0]]]' \
		'[6, 0, "x", [[0, 1, 0, 0]]]' '["x"]' '[]' '{}' 7 '[3, "a\u0000b", null, []]' '[3, null, null, 5]'; do
		printf 'record %s\n' "$record" | "$TESTS/mkstream" > made.sp
		refuse made.sp
	done
}

@test "random bytes are refused" {
	good_stream
	cat > noise.py <<-'PY'
	import random
	rnd = random.Random(5)
	for i in range(12):
	    head = bytes.fromhex("9300a973616e647072696e7401") if i % 3 else b""
	    open(f"noise{i}.sp", "wb").write(head + rnd.randbytes(1 << rnd.randrange(12)))
	PY
	/usr/bin/python3 noise.py
	for f in noise*.sp; do
		refuse "$f"
	done
}

@test "the time of each reader does not grow quadratically with the number of runs" {
	local reader
	{
		seq 20000 | sed 's/.*/run & r&/'
		printf 'image /bin/x\ncall * 0 1\n'
	} | "$TESTS/mkstream" >runs.sp
	for reader in sp-merge 'sp-emit --oci' 'sp-emit --html' 'sp-diff --matrix' 'sp-diff runs.sp'; do
		# shellcheck disable=SC2086 # several words
		prlimit --cpu=$((3 * ${SP_SLOW:-1})) $reader runs.sp >out
	done
}

@test "the time of --tree does not grow quadratically with a chain of executables" {
	"$TESTS/scripts/exec-chain.py" 20000 >chain.sp
	prlimit --cpu=$((4 * ${SP_SLOW:-1})) \
		sp-emit --json --tree=/bin/x0 chain.sp >all.json
	jq -e '.images | length == 20000' all.json
	prlimit --cpu=$((4 * ${SP_SLOW:-1})) \
		sp-emit --json --tree=/bin/x19990 chain.sp >few.json 2>err
	jq -e '.images | length == 10' few.json
}

# bounded TOOL OPTION… — checks that a tool prints few and short messages
bounded() {
	"$@" 2>messages >/dev/null || [ $? -le 2 ]
	if [ "$(wc -l <messages)" -gt 40 ] || [ "$(wc -c <messages)" -gt 9000 ]; then
		echo "$*: $(wc -lc <messages)"
		return 1
	fi
}

@test "counts whose sum is too large for 64 bits do not become small" {
	local half=9223372036854775808 max=18446744073709551615 n i=0
	for n in ls cat; do
		i=$((i + 1))
		printf '%s\n' "run $i $n how='command paths' lost.path=0" "image /bin/$n" \
			"call $i socket $half" "argument $i socket '0:255:1' $half" \
			"path $i 1 0 /etc/x $half" "path $i 1 0 /etc/x2 1" \
			"path $i 1 0 /etc/y $half" "path $i 0x8000001 0 /etc/y $half"
	done | "$TESTS/mkstream" >sums.sp
	[ "$(sp-emit --path-list sums.sp | awk '$NF == "/etc/x" { print $3 }')" = $max ]
	sp-emit --explain --args sums.sp | grep "values  *$max with AF_UNIX"
	cat >p.json <<-'END'
	{ "defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
	  "syscalls": [{ "names": ["socket"], "action": "SCMP_ACT_ALLOW",
	    "args": [{ "index": 0, "value": 2, "op": "SCMP_CMP_EQ" }] }] }
	END
	run -1 sp-verify -p p.json sums.sp
	[[ $output == *"$max"* ]]
	echo '{"ruleset": [{"handledAccessFs": ["read_file"]}]}' >l.json
	run -1 sp-verify --landlock l.json sums.sp
	[[ $output == *"read_file  $max  /etc/y"* ]]
}

@test "the length of messages is limited, whatever the input" {
	local format i
	{
		echo 'run 1 a how=paths'
		echo 'image /a'
		echo 'call 1 read 1'
		for ((i = 1000; i < 2000; i++)); do
			echo "call 1 $i 1"
			echo "denial 1 $i -1 1"
			echo "denial 1 $((i + 5000)) 31 1"
			echo "path 1 0x8400008 0 /srv/$i 1"
		done
	} | "$TESTS/mkstream" >many.sp
	for format in oci docker spo systemd libseccomp bpf minijail firejail lxc kafel \
		json table explain markdown html timeline path-list landlock landlock-header apparmor; do
		bounded sp-emit --$format many.sp
		bounded sp-emit --$format --allow-denied many.sp
	done
	bounded sp-emit --minijail many.sp
	shows 'x86_64 1999: .* (and 979 more of this kind)$' <messages
	seq 1000 1999 | jq -n '{defaultAction: "SCMP_ACT_ERRNO", syscalls:
		[{names: ([inputs | "call_\(.)"] + ["read"]),
		  action: "SCMP_ACT_LOG"}]}' >names.json
	bounded sp-verify -p names.json many.sp
	shows 'call_1099 and 900 more$' <messages
	bounded sp-diff names.json many.sp
	bounded sp-merge many.sp
	# Of a long line, a message quotes only the beginning of one word.
	printf '2\ndenylist\nread %s\n' "$(printf '%099999d' 0)" >long
	bounded sp-verify -p long many.sp
	shows '00 \.\.\.$' <messages
}
