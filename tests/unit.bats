#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording,long
# Runs the programs in tests/unit/, a test for each.

load helper

unit() {
	"${SP_BIN%/bin}/tests/unit/$1" "${@:2}"
}

@test "every program in tests/unit has its test here" {
	local source
	for source in "$TESTS"/unit/*.c; do
		source=${source##*/}
		grep -qE "unit ${source%.c}( |\$)" "$BATS_TEST_FILENAME"
	done
}

# bats test_tags=32-bit
@test "filter" {
	if has int80; then
		unit filter
	else
		skip_row int80 'random filters against the kernel, by int 0x80'
		unit filter native
	fi
}

@test "events" {
	unit events
}

@test "condition" {
	unit condition
}

@test "agree" {
	printf '%s\n' 'read: 1' 'close: arg0 in 5 && arg1 < 3 || arg2 & 0x100000001; return EPERM' >p
	unit agree p >raw
	unit agree p raw
	sed 's/< 3/<= 3/' p >q
	run -1 unit agree q raw
	[[ $output == *" answered differently" ]]
}

@test "prove" {
	unit prove
}

@test "tables" {
	unit tables
}

# Prints the calls in the kernel's C headers on this machine.
@test "syscall" {
	"$TESTS/uapi" >calls
	<calls unit syscall
}

@test "every call of the newest kernels has its name, on every architecture" {
	local dir=${SP_BIN%/bin}/suites/sid-headers
	requires apt-get dpkg-deb
	"$TESTS/suite" "$dir" sid linux-libc-dev || skip "sid cannot be fetched"
	"$TESTS/uapi" "$dir/root/usr/lib/linux/uapi" >sid.calls
	[ "$(cut -d ' ' -f 1 sid.calls | sort -u | wc -l)" = 8 ]
	<sid.calls unit syscall
}

@test "sandbox" {
	unit sandbox
}

@test "file-child" {
	unit file-child
}

@test "cgroup" {
	unit cgroup
}

@test "tests/mutate draws the same mutations for a seed, however many it draws" {
	cd "$TESTS/mutate"
	/usr/bin/python3 -B - <<-'END'
	import glob, mutations
	files = {name: open(name).read() for name in glob.glob("../../bpf/*.[ch]")
	         + glob.glob("../../lib/base/*.c")}
	def draw(seed, count):
	    return mutations.draw(files, lambda name: "bpf" in name, seed, count)
	twelve = draw(7, 12)
	assert len(twelve) == 12
	assert draw(7, 6) == twelve[:6] != draw(8, 6)
	END
}

@test "every BPF program fits into the stack that older kernels have" {
	local object
	for object in "${SP_BIN%/bin}"/{record,plain,older}.bpf.o; do
		[ -e "$object" ] || continue	# older.bpf.o is for x86-64
		/usr/bin/python3 "$TESTS/scripts/bpf-stack.py" "$object" >stacks ||
			{ sort -rn stacks | sed -n 1,4p; return 1; }
		[ "$(wc -l <stacks)" -ge 20 ]
		grep -q '> image_of .*> step' stacks
	done
}
