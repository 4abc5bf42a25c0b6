#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests sp-emit --possible and --add, for calls that an executable can make and
# no run made. Also tests sp-emit --with=portable, for calls that another C
# library makes instead.

load helper

setup_file() {
	export PROGRAMS=$BATS_FILE_TMPDIR
	[ "$(uname -m)" = x86_64 ] || return 0
	cd "$PROGRAMS" || return
	cc -O1 -w -Wl,--build-id -o importer "$TESTS/portable/importer.c" -ldl
	cc -O1 -w -Wl,--build-id -o static -static "$TESTS/portable/importer.c" 2>/dev/null || rm -f static
	cc -O1 -w -shared -fPIC -o plugin.so -DPLUGIN "$TESTS/portable/importer.c"
}

setup() {
	[ "$(uname -m)" = x86_64 ] || skip "no code for x86-64 on this machine"
}

# stream PATH [LINE…] — writes a recording of an executable that made one call,
# with these lines of mkstream
stream() {
	local id path=$1
	id=$(readelf -n "$path" | sed -n 's/.*Build ID: //p')
	shift
	printf '%s\n' 'run 1 x' "image $path $id 1:1:1" 'call 1 exit_group 1' "$@" |
		"$TESTS/mkstream"
}

# possible FILE [OPTION…] — prints the name and the reason of each listed call,
# without figures
possible() {
	sp-emit --explain --possible=all --exact "$@" |
		sed -n 's/^x86_64 *[0-9]* *\([^ ]*\) *EPERM *possible *[0-9]*: \(.*\); made by.*/\1 \2/p'
}

@test "--possible lists calls of imported functions, and names the function for each call" {
	stream "$PROGRAMS/importer" >x.sp
	possible x.sp >list
	grep -x "sethostname $PROGRAMS/importer imports sethostname" list
	grep -x "getpriority $PROGRAMS/importer imports syscall, which can make this call" list ||
		grep -x "getpriority $PROGRAMS/importer has the instruction" list
	grep -x "acct $PROGRAMS/importer has the instruction" list
	# The child of posix_spawn calls execve. The executable only passes the
	# address of the child's code.
	grep "^execve $PROGRAMS/importer imports posix_spawn" list
	lacks '^exit_group ' <list
	# Recorded calls are not in the list, and the listed calls are not in
	# the profile.
	sp-emit --oci --exact x.sp | jq -e '.syscalls[0].names == ["exit_group"]'
}

@test "--possible prints how many numbers of calls are not constant" {
	stream "$PROGRAMS/importer" >x.sp
	run -0 sp-emit --explain --possible x.sp
	[[ $output =~ "places have a number that is not constant" ]]
	lacks ' 0 places' <<<"$output"
}

@test "--possible follows the numbers of calls through registers, the stack, branches and functions" {
	[ -e "$PROGRAMS/static" ] || skip "no static libc"
	stream "$PROGRAMS/static" >x.sp
	possible x.sp >list
	for name in acct getpriority swapon reboot setdomainname; do
		grep "^$name " list
	done
}

@test "a call that is dangerous to allow is marked in the list" {
	stream "$PROGRAMS/importer" >x.sp
	sp-emit --explain --possible x.sp | shows -E '^x86_64 +101 +ptrace +EPERM +danger +[123]: '
	sp-emit --explain x.sp | lacks ptrace
}

@test "calls that the executable imports are listed before calls of its libraries" {
	stream "$PROGRAMS/importer" >x.sp
	possible x.sp | awk '{ own = $2 ~ /importer$/ } own && seen { exit 1 } !own { seen = 1 }
		END { if (!seen) exit 1 }'
}

@test "an executable that has changed since the recording is not read, and a message names it" {
	printf '%s\n' 'run 1 x' "image $PROGRAMS/importer 0123 1:1:1" 'call 1 exit_group 1' |
		"$TESTS/mkstream" >other.sp
	run -2 sp-emit --explain --possible other.sp
	[[ $output =~ "importer: another build than the recorded one" ]]
	[[ ${lines[-1]} == "sp-emit: --possible: no executable of the recording could be read"* ]]
}

@test "--root sets the directory below which executables are found" {
	mkdir -p root/opt
	cp "$PROGRAMS/static" root/opt/x 2>/dev/null || skip "no static libc"
	ln -s ../../etc/passwd root/opt/link
	printf '%s\n' 'run 1 x' 'image /opt/x 1:1:1' 'call 1 exit_group 1' |
		"$TESTS/mkstream" >x.sp
	run -2 sp-emit --explain --possible x.sp
	possible --root="$PWD/root" x.sp | shows '^acct /opt/x'
}

@test "the code of a plugin is read if the recording shows that it was mapped" {
	stream "$PROGRAMS/importer" >x.sp
	possible x.sp | lacks '^setns '
	stream "$PROGRAMS/importer" "path 1 256 0 $PROGRAMS/plugin.so 1" >x.sp
	possible x.sp | shows "^setns $PROGRAMS/plugin.so imports setns"
}

@test "if two libraries have the same name, each executable uses its own" {
	mkdir a b
	cc -shared -o a/libx.so -xc /dev/null
	cc -w -o a/p "$TESTS/portable/importer.c" -La -Wl,--no-as-needed,-rpath,'$ORIGIN' -lx -ldl
	cp a/p b/p
	cp "$PROGRAMS/plugin.so" b/libx.so
	printf '%s\n' 'run 1 x' "image $PWD/a/p 1:1:1" "image $PWD/b/p 1:1:1" 'call 1 exit_group 1' |
		"$TESTS/mkstream" >x.sp
	possible x.sp | shows "^setns $PWD/b/libx.so imports setns"
}

@test "a file without section headers is refused; it is not treated as a file without calls" {
	cp "$PROGRAMS/importer" bare
	printf '\0\0\0\0\0\0\0\0' | dd of=bare bs=1 seek=40 conv=notrunc status=none
	printf '\0\0\0\0' | dd of=bare bs=1 seek=60 conv=notrunc status=none
	printf '%s\n' 'run 1 x' "image $PWD/bare 1:1:1" 'call 1 exit_group 1' |
		"$TESTS/mkstream" >x.sp
	run -2 sp-emit --explain --possible x.sp
	[[ $output == *"bare: its section headers are stripped"* ]]
}

@test "--html lists possible calls only with --possible" {
	stream "$PROGRAMS/importer" >x.sp
	sp-emit --html --possible x.sp >page.html
	run -0 "$TESTS/scripts/html-check.py" page.html
	[ -z "$output" ]
	grep -E '^<tr><td class="num">[0-9]+</td><th scope="row"><code>sethostname</code>.*importer imports sethostname; made by' page.html
	sp-emit --html x.sp | lacks 'id="possible"'
}

@test "the calls of --add are named in the notes, the profile, the summary and --explain" {
	stream "$PROGRAMS/importer" >x.sp
	first=$(possible x.sp | sed -n '1s/ .*//p')
	run -0 --separate-stderr sp-emit --firejail --runtime=none --no-vdso --add=possible:1,acct x.sp
	shows -e "--add: allowed, though no run made them: acct, $first" <<<"$stderr"
	shows '+ 2 added' <<<"$stderr"
	shows "# --add: allowed, though no run made them: acct, $first" <<<"$output"
	[[ $output =~ seccomp.keep\ .*acct ]]
	[[ $output =~ seccomp.keep\ .*$first ]]
	sp-emit --explain --add=acct x.sp | shows -E '^x86_64 +163 +acct +allow +added +by --add'
	sp-emit --explain --add=possible:1 x.sp | shows -E "$first +allow +added +by --add, no run made it; .*/importer "
	sp-emit --oci --add=acct,acct,exit_group x.sp >x.json
	jq -e '[.syscalls[] | select(.names | index("acct"))] | length == 1 and .[0].action == "SCMP_ACT_ALLOW"' x.json
}

@test "--add allows all arguments of a call, even if arguments were recorded" {
	stream "$PROGRAMS/importer" 'call 1 socket 1' 'argument 1 socket "0:4294967295:1 1:4294967295:1" 1' >x.sp
	sp-emit --oci --args x.sp | jq -e '[.syscalls[] | select(.names == ["socket"])][0].args'
	sp-emit --oci --args --add=socket x.sp |
		jq -e '[.syscalls[] | select(.names | index("socket"))] | length == 1 and .[0].args == null'
}

@test "--add refuses names that are no calls of the recorded architectures" {
	stream "$PROGRAMS/importer" >x.sp
	while IFS='|' read -r value message; do
		run -2 sp-emit --oci --add="$value" x.sp
		[[ ${lines[0]} == "sp-emit: --add"*"$message" ]]
	done <<-'EOT'
		nosuchcall|no system call of x86_64 is called 'nosuchcall'
		x86:socketcall|no call of x86 was recorded
		vax:read|unknown architecture: 'vax:read'
		_llseek|x86_64 has no system call _llseek
		possible:0|possible:N needs a number from 1 to 1024
		possible:x|possible:N needs a number from 1 to 1024
	EOT
	run -2 sp-emit --oci --possible x.sp
	[[ ${lines[0]} == "sp-emit: --possible is only for --explain, --markdown and --html; "* ]]
	run -2 sp-emit --explain --possible=some x.sp
	[ "${lines[0]}" = "sp-emit: --possible=some: the value can only be all" ]
	run -2 sp-emit --oci --exact --add=acct x.sp
	[ "${lines[0]}" = "sp-emit: --add cannot be combined with --exact" ]
	run -2 sp-emit --table --add=acct x.sp
}

@test "executables that are made to be slow to read are read within seconds" {
	stream "$PROGRAMS/importer" "image $PWD/bomb 1:1:1" "image $PWD/large 1:1:1" >x.sp
	"$TESTS/elf-bomb" strings "$PROGRAMS/importer" bomb
	"$TESTS/portable/large-code" "$PROGRAMS/importer" large
	SECONDS=0
	run -0 timeout 60 sp-emit --explain --possible x.sp
	[ $SECONDS -lt 30 ]
	[[ $output =~ sethostname ]]
	# This number shows that every function of the large executable was
	# read.
	[[ $output =~ \ 1310[7-9][0-9]\ places\ have\ a\ number ]]
}

@test "a file that is made to be costly is named, and the others are read" {
	local kind images=()
	for kind in overlap names segments frames calls; do
		"$TESTS/elf-bomb" $kind "$PROGRAMS/importer" $kind
		images+=("image $PWD/$kind 1:1:1")
	done
	stream "$PROGRAMS/importer" "${images[@]}" >x.sp
	SECONDS=0
	run -0 timeout 60 sp-emit --explain --possible x.sp
	[ $SECONDS -lt $((10 * ${SP_SLOW:-1})) ]
	[[ $output =~ sethostname ]]
	for kind in overlap names segments frames; do
		[[ $output == *"not read: $PWD/$kind: too much in it"* ]]
	done
	# It is only large.
	[[ $output != *"not read: $PWD/calls"* ]]
}

@test "a lease of another process on an executable does not stop its reader" {
	cp "$PROGRAMS/importer" leased
	/usr/bin/python3 -c 'import fcntl, signal
signal.signal(signal.SIGIO, signal.SIG_IGN)
f = open("leased", "r+b")
fcntl.fcntl(f, fcntl.F_SETLEASE, fcntl.F_WRLCK)
open("held", "w").close()
signal.pause()' 3>&- &
	wait_for 10 test -e held
	stream "$PROGRAMS/importer" "image $PWD/leased 1:1:1" >x.sp
	SECONDS=0
	run -0 sp-emit --explain --possible x.sp
	kill $!
	[ $SECONDS -lt $((10 * ${SP_SLOW:-1})) ]
	[[ $output == *"not read: $PWD/leased: "* ]]
}

# --- --with=portable --------------------------------------------------------

# covers A B — checks that the profile of behaviour A with portable calls allows
# the calls of B
covers() {
	sp-emit --oci --runtime=none --with=portable -o "$1.json" --image="*/$1" "$1.sp"
	sp-verify -p "$1.json" --image="*/$2" "$2.sp"
}

@test "with --with=portable, a profile from glibc allows the calls of musl, and the reverse" {
	requires_root
	requires musl-gcc
	local name
	cc -w -pthread -o glibc "$TESTS/portable/behaviours.c"
	musl-gcc -w -o musl "$TESTS/portable/behaviours.c"
	for name in files streams directories processes spawning threads waiting times signals sockets memory nothing; do
		sp-record -q -o glibc.sp -- ./glibc $name
		sp-record -q -o musl.sp -- ./musl $name
		covers glibc musl
		covers musl glibc
		# Without portable calls, a profile from glibc does not allow
		# them.
		[ $name != files ] || {
			sp-emit --oci --runtime=none -o without.json --image='*/glibc' glibc.sp
			run -1 sp-verify -p without.json --image='*/musl' musl.sp
		}
	done
}

@test "--explain prints why a portable call was added: the recorded call, and the source of that fact" {
	printf '%s\n' 'run 1 x' 'image /bin/x' 'call 1 openat 1' | "$TESTS/mkstream" >x.sp
	sp-emit --explain --with=portable x.sp |
		shows -E '^x86_64 +2 +open +allow +portable +beside openat; glibc 2.26'
	sp-emit --explain x.sp | lacks portable
	# The arguments of portable calls are unknown, so they are not
	# restricted.
	printf '%s\n' 'run 1 x' 'image /bin/x' 'call 1 write 1' 'call 1 clone 1' \
		'argument 1 clone "0:0x7e020000:0" 1' | "$TESTS/mkstream" >args.sp
	for name in ioctl clone3; do
		sp-emit --oci --args --with=portable args.sp 2>&1 >/dev/null |
			shows -x "sp-emit: --args: $name has no rule, since only the group portable adds it"
	done
	# If no call of a family was recorded, no call of the family is added.
	sp-emit --explain --with=portable x.sp | lacks -E ' (fork|tkill|mkdirat) '
}
