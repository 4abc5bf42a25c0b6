#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording,long
# Runs the programs in tests/unit/, which have a test each.

load helper

unit() {
	"${SP_BIN%/bin}/tests/unit/$1" "${@:2}"
}

@test "every program in tests/unit has a test in this file" {
	local source
	for source in "$TESTS"/unit/*.c; do
		source=${source##*/}
		grep -qE "unit ${source%.c}( |\$)" "$BATS_TEST_FILENAME"
	done
}

# bats test_tags=32-bit
@test "unit/filter: filters answer as expected, and random filters as in the kernel" {
	if has int80; then
		unit filter
	else
		skip_row int80 'random filters against the kernel, by int 0x80'
		unit filter native
	fi
}

@test "unit/events: random events are the same after writing and reading" {
	unit events
}

@test "unit/condition: random conditions of policies become filters with the same answers" {
	unit condition
}

@test "unit/agree: equal filters agree, and a different bound is found" {
	printf '%s\n' 'read: 1' 'close: arg0 in 5 && arg1 < 3 || arg2 & 0x100000001; return EPERM' >p
	unit agree p >raw
	unit agree p raw
	sed 's/< 3/<= 3/' p >q
	run -1 unit agree q raw
	[[ $output == *" answered differently" ]]
}

@test "unit/prove: prove() finds a changed instruction that affects an answer" {
	unit prove
}

@test "unit/tables: tables that were typed by hand agree with their sources" {
	unit tables
}

# tests/uapi prints the calls in this machine's headers of the kernel.
@test "unit/syscall: every call in this machine's headers has its name and number" {
	"$TESTS/uapi" >calls
	<calls unit syscall
}

@test "every call in the newest headers has its name, on every architecture" {
	local dir=${SP_BIN%/bin}/suites/sid-headers
	requires apt-get dpkg-deb
	"$TESTS/suite" "$dir" sid linux-libc-dev || skip "sid cannot be fetched"
	"$TESTS/uapi" "$dir/root/usr/lib/linux/uapi" >sid.calls
	[ "$(cut -d ' ' -f 1 sid.calls | sort -u | wc -l)" = 8 ]
	<sid.calls unit syscall
}

@test "unit/sandbox: in its sandbox, a tool can only write and rename its output" {
	unit sandbox
}

@test "unit/file-child: a child that reads hostile files answers or is killed in time" {
	unit file-child
}

@test "unit/cgroup: the cgroups of units and containers are found" {
	unit cgroup
}

@test "unit/objects: for all options, users, targets and kernels, the chosen object has all code" {
	unit objects
}

@test "unit/priority: the recorder's real-time priority is limited" {
	local status=0
	unit priority || status=$?
	[ "$status" -ne 77 ] || skip "no real-time priority"
	[ "$status" -eq 0 ]
}

@test "with the same seed, tests/mutate draws the same first mutations, whatever their number" {
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

@test "every BPF program fits into the stack of older kernels" {
	local object
	for object in "${SP_BIN%/bin}"/{record,plain,command,older}.bpf.o; do
		[ -e "$object" ] || continue	# older.bpf.o exists only for x86-64
		/usr/bin/python3 "$TESTS/scripts/bpf-stack.py" "$object" >stacks ||
			{ sort -rn stacks | sed -n 1,4p; return 1; }
		[ "$(wc -l <stacks)" -ge 20 ]
		[[ $object == */command.bpf.o ]] ||
			grep -q '> image_of .*> step' stacks
	done
}
