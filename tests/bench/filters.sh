#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/filters.sh BINDIR
# Measures the four filters: the time from start to end with a small trace, the
# time to merge many runs, the time to read events, and how the time grows with
# the input.
set -eu
bin=$(cd "${1:?usage: tests/bench/filters.sh BINDIR}" && pwd)
here=$(cd "${0%/*}" && pwd)
PATH=$bin:${bin%/bin}/tests/bench:$PATH
dir=$(mktemp -d)
cd "$dir"
trap 'cd /; rm -rf "$dir"' EXIT

# least COMMAND… — prints the least time of 15 runs, in ms
least() {
	local i start best=999999999 took
	for ((i = 0; i < 15; i++)); do
		start=$(date +%s%N)
		"$@" >/dev/null 2>&1 || { echo failed; return; }
		took=$(($(date +%s%N) - start))
		[ "$took" -ge "$best" ] || best=$took
	done
	awk "BEGIN { printf \"%.1f\", $best / 1e6 }"
}

# once COMMAND… — prints "SECONDS KIB" of one run: its time and its peak memory
once() {
	/usr/bin/python3 - "$@" <<-'END'
		import os, resource, subprocess, sys, time
		start = time.monotonic()
		subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL,
		               stderr=subprocess.DEVNULL)
		print("%.3f %d" % (time.monotonic() - start,
		      resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
	END
}

sp-record -q -o ls.sp -- ls / >/dev/null
sp-emit --oci ls.sp >ls.json 2>/dev/null
echo 'a small trace, from start to end: the least time of 15 runs (date(1) takes'
echo "$(least date +%s%N) ms of it)"
printf '%-28s %6s ms\n' 'sp-merge' "$(least sp-merge ls.sp)" \
	'sp-diff' "$(least sp-diff ls.sp ls.sp)" \
	'sp-emit --oci' "$(least sp-emit --oci ls.sp)" \
	'sp-emit --json' "$(least sp-emit --json ls.sp)" \
	'sp-verify' "$(least sp-verify -p ls.json ls.sp)"

echo
echo 'merging counted traces'
# The peak memory includes Python's own, which is the least that can be
# measured.
printf '%8s %14s %10s %12s\n' runs 'facts, each' seconds 'peak, KiB'
for new in 0 100; do
	for n in 10 100 1000 10000; do
		[ $((n * new)) -le 100000 ] || continue
		rm -rf runs
		mkdir runs
		"$here/mkruns" ls.sp "$n" runs "$new"
		cat runs/*.sp >all.sp
		read -r seconds peak < <(once sp-merge all.sp)
		printf '%8d %14s %10s %12s\n' "$n" "$([ "$new" = 0 ] &&
			echo 'the same' || echo "+ $new new")" "$seconds" "$peak"
	done
done

echo
echo 'reading events on one core: those of a tight loop, and of reads and writes'
sp-record -q --every -o loop.sp -- calls getppid 4000000 >/dev/null
sp-record -q --every -o dd.sp -- \
	dd if=/dev/zero of=/dev/null bs=1 count=2000000 2>/dev/null
for file in loop dd; do
	n=$(sp-merge $file.sp 2>&1 >/dev/null | awk '{ print $2 }')
	for tool in sp-merge 'sp-emit --json' 'sp-emit --ndjson'; do
		# shellcheck disable=SC2086
		seconds=$(for i in 1 2 3 4 5; do once $tool $file.sp; done |
			sort -n | awk 'NR == 3 { print $1 }')
		printf '%-6s %-18s %5.1f million events/s (%.1f bytes each)\n' \
			"$file" "$tool" "$(awk "BEGIN { print $n / $seconds / 1e6 }")" \
			"$(awk "BEGIN { print $(stat -c %s $file.sp) / $n }")"
	done
done

echo
echo 'writing events: two threads that call without a pause, through a pipe'
for i in 1 2 3; do
	sp-record --every -- calls getppid 3000000 2 2>err | cat >/dev/null
	awk '/events were lost/ { lost = $2 } / calls, / { calls = $2; s = $(NF - 1) }
		END { printf "%.1f million events/s, %d lost\n", calls / s / 1e6, lost }' err
done
