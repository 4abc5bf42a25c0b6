#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/growth.sh BINDIR [MOST]
# Measures how CPU time grows with the input. Prints the times for inputs of N,
# 2N and 4N, and two ratios: of the second time to the first, and of the third
# to the second. A ratio of about 2 means linear growth, and of about 4
# quadratic growth. With MOST, the exit status is 1 if a ratio is larger than
# MOST. Rows named "values" are exempt: a filter has at most 4,096 instructions,
# which limits their size.
set -eu
bin=$(cd "${1:?usage: tests/bench/growth.sh BINDIR [MOST]}" && pwd)
most=${2:-}
here=$(cd "${0%/*}" && pwd)
PATH=$bin:$PATH
dir=$(mktemp -d)
cd "$dir"
trap 'cd /; rm -rf "$dir"' EXIT
worst=0

# took COMMAND… — prints the least CPU time of three runs, in ms. The command
# may fail: refusing an input takes time as well.
took() {
	/usr/bin/python3 "$here/took" 3 "$@"
}

# grows NAME N COMMAND… — measures the command for each size; @ stands for the
# name of the input
grows() {
	local name=$1 n=$2 size t1 t2 t3
	shift 2
	local times=()
	for size in "$n" $((2 * n)) $((4 * n)); do
		times+=("$(took "${@//@/$size}")")
	done
	read -r t1 t2 t3 <<<"${times[*]}"
	worst=$(awk -v a="$t1" -v b="$t2" -v c="$t3" -v w="$worst" -v n="$n" \
		-v name="$name" 'BEGIN {
		printf "%-34s %6d %7.0f %7.0f %7.0f ms  %4.1f %4.1f\n", name,
			n, a, b, c, b / a, c / b >"/dev/stderr"
		m = b / a > c / b ? b / a : c / b
		if (name ~ /values/)
			m = 0
		print (m > w ? m : w)
	}')
}

for n in 500 1000 2000 12500 25000 50000 10000 20000 40000; do
	/usr/bin/python3 "$here/growing" $n
done
printf '%-34s %6s %26s  %s\n' 'processor time' N 'of N, 2N, 4N' ratios >&2
grows 'sp-emit --oci --args, values' 500 sp-emit --oci --args=all values-@.sp
grows 'sp-emit --bpf --args, values' 500 sp-emit --bpf --args=all values-@.sp
grows 'sp-verify, values' 500 sp-verify -p values-@.json one.sp
grows 'sp-emit --bpf, numbers' 12500 sp-emit --bpf numbers-@.sp
grows 'sp-emit --oci, numbers' 12500 sp-emit --oci numbers-@.sp
grows 'sp-emit --json, numbers' 12500 sp-emit --json numbers-@.sp
grows 'sp-verify, numbers denied' 12500 sp-verify -p one.json numbers-@.sp
grows 'sp-verify --score, numbers' 12500 sp-verify --score -p one.json numbers-@.sp
grows 'sp-diff, numbers' 12500 sp-diff numbers-@.sp one.sp
grows 'sp-emit --from, recordings' 12500 sp-emit --oci --from=ready parts-@.sp
grows 'sp-merge, numbers' 12500 sp-merge numbers-@.sp one.sp
grows 'sp-emit --systemd --paths, files' 10000 sp-emit --systemd --paths paths-@.sp
grows 'sp-emit --systemd --paths, temporary' 10000 sp-emit --systemd --paths tmp-@.sp
grows 'sp-emit --landlock, moves' 10000 sp-emit --landlock moves-@.sp
grows 'sp-emit --explain, names' 10000 sp-emit --explain names-@.sp
grows 'sp-emit --image, names' 10000 sp-emit --oci '--image=/by/*' names-@.sp
grows 'sp-emit --strace, tasks' 10000 sp-emit --strace traced-@.sp
grows 'sp-emit --bpf --explain, stacks' 10000 sp-emit --bpf --explain stacks-@.sp
grows 'sp-diff, stacks' 10000 sp-diff stacks-@.sp one.sp
grows 'sp-diff, privileges' 12500 sp-diff unused.sp uses-@.sp
[ -z "$most" ] || awk "BEGIN { exit $worst > $most }"
