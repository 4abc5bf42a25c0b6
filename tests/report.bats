#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# sp-emit --html and --timeline: what people read. `make check-html` looks at the
# page in a browser.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# pages — a.sp and b.sp: runs with names that try to leave their place
pages() {
	local evil='</title></script><script>alert(1)</script><!--%0A%E2%80%AE&quot;%22%27'
	{
		printf '%s\n' "run 1 '$evil' status=3 argv='<b> %22'" \
			'run 2 two how=paths' "image '/bin/<img src=x onerror=alert(1)>$evil'" \
			'call 1 read 1' 'call 2 read 5' 'call 1 ptrace 2 first=7' \
			'call 2 ioctl 1' 'argument 2 ioctl "1:4294967295:21505" 1' \
			'call 2 chmod 1' 'argument 2 chmod "1:0xc00:0x800" 1' \
			"path 2 8 0 '/srv/a/$evil' 1" "path 2 8 0 /srv/a/b/c 1" \
			'path 2 8 0 /srv/a 1' 'path 2 8 0 /srv/a-b 1'
	} | "$TESTS/mkstream" >a.sp
	printf '%s\n' 'run 3 three argv=three' 'image /bin/c' 'call 3 read 1' \
		'call 3 write 1' | "$TESTS/mkstream" >b.sp
}

@test "--html: well-formed, complete in itself, and inert whatever the names" {
	pages
	sp-emit --html --allow-partial a.sp b.sp >page.html 2>err
	run -0 "$TESTS/scripts/html-check.py" page.html
	[ -z "$output" ]
	# the names are there, as text
	"$TESTS/scripts/html-check.py" --text page.html >text
	[ "$(grep -cF '/bin/<img src=x onerror=alert(1)></title></script>' text)" -ge 3 ]
	grep -qF '<script>alert(1)</script><!--\x0a\xe2\x80\xae&quot;"' text
	lacks 'alert(1)<' <page.html
	sp-emit --html --allow-partial b.sp a.sp 2>/dev/null | cmp - page.html
	cat a.sp b.sp | sp-emit --html --allow-partial 2>/dev/null | cmp - page.html
}

@test "--html says what the profile allows, how sure that is, and what each call is" {
	pages
	sp-emit --html --allow-partial a.sp b.sp >page.html 2>err
	"$TESTS/scripts/html-check.py" --text page.html >text
	grep -qE "^The profile allows [0-9]+ system calls of x86_64; Docker's default profile allows 309\.$" text
	grep -q '^rank 2 ptrace: controls other processes (ptrace(2))2 by /bin/' text
	grep -qF 'have 3 different command lines, and 2 of these made a call that no other made' text
	grep -qF '1 of 3 runs failed: they crashed' text
	grep -qF '1 × ioctl(TCGETS)' text
	grep -qF '1 × chmod(S_ISUID)' text
	sp-emit --explain --allow-partial a.sp 2>/dev/null | grep 'values .*chmod(S_ISUID)$'
	# a table cell for each run of a call
	grep -qE '<th scope="row"><code>read</code></th><td class="num">1</td><td class="num">5</td><td class="num">1</td>' page.html
	# directories before what is below them, and a name that begins like one apart
	[ "$(sed -n '/^Paths/,$p' text | tr -d '\n' | grep -oE '/srv [0-9]+|/a [0-9]+|\(itself\)|/b/c|/a-b' | tr '\n' ' ')" = \
		'/srv 4 /a 3 (itself) /b/c /a-b ' ]
}

@test "--html counts the parts of a recording once, no stopped run as failed, and cuts long lists" {
	{
		printf '%s\n' 'run 1 a argv=a status=-15 start=5' 'run 2 a argv=a status=-15 start=7' \
			'part 1 1 0 -' 'part 2 1 1 ready'
		for i in {1..23}; do
			printf '%s\n' "image /bin/$i" 'call 1 read 1' 'call 2 write 1' 'call 2 ptrace 1'
		done
	} | "$TESTS/mkstream" >a.sp
	sp-emit --html a.sp 2>err >page.html
	"$TESTS/scripts/html-check.py" --text page.html >text
	grep -qF '1 run was recorded' text
	grep -qF '0 of 1 runs failed' text
	grep -qF 'All runs have one command line' text
	[ "$(grep -o 'and 3 more executables' text | wc -l)" = 3 ]
	grep -qF 'and 3 more' <(grep '^rank 2 ptrace' text)
	sp-emit --markdown a.sp 2>err | grep -F '(runs: 1).'
}

@test "--timeline: first sights in order, each call once as new, and the marks" {
	{
		echo 'run 1 a start=5000000000'
		echo 'run 2 a start=7000000000'
		echo 'part 1 1 0 -'
		echo 'part 2 1 1 "rea%1Bdy"'
		echo 'image "/bin/%0Aa"'
		printf '%s\n' 'call 1 read 1 first=20' 'call 1 openat 1 first=10' \
			'call 2 read 1 first=1' 'call 2 write 1 first=500000000'
		printf '%s\n' 'image /bin/b' 'call 2 read 1 first=600000000' \
			'call 2 4 1 arch=x86 first=600000001'
		printf '%s\n' 'run 3 c' 'call 3 read 1 first=30'
	} | "$TESTS/mkstream" >a.sp
	sp-emit --timeline a.sp | tr -s ' ' >out
	diff - out <<-'END'
	run 00000000 a
	 0.000000 new openat files /bin/\x0aa
	 0.000000 new read files /bin/\x0aa
	 2.000000 mark rea\x1bdy
	 2.500000 new write files /bin/\x0aa
	 2.600000 read files /bin/b
	 2.600000 new write (x86) files /bin/b
	run 00000000 c
	 0.000000 new read files /bin/b
	END
}
