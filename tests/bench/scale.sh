#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/scale.sh BINDIR
# Measures how the cost of a call grows with CPUs, threads, images and distinct
# calls, and whether a hundred recordings leave BPF objects behind.
set -eu
bin=$(cd "${1:?usage: tests/bench/scale.sh BINDIR}" && pwd)
PATH=$bin:${bin%/bin}/tests/bench:$PATH:/usr/sbin
dir=$(mktemp -d)
cd "$dir"
trap 'cd /; rm -rf "$dir"' EXIT

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# calls_ns TOOL CPUS THREADS — prints the CPU time of a call, in ns
calls_ns() {
	local n=$((1000000 / $3)) i command
	for i in 1 2 3 4 5; do
		command=(taskset -c "0-$(($2 - 1))" calls getppid "$n" "$3")
		sleep 0.1
		case $1 in
		none) "${command[@]}" ;;
		floor) loader floor "${command[@]}" ;;
		count) sp-record -q -o /dev/null -- "${command[@]}" ;;
		esac
	done | median | awk -v t="$3" -v c="$2" \
		'{ printf "%.0f\n", (t > c ? $1 * c / t : $1) }'
}

echo 'the CPU time of a call in ns, by CPUs and threads'
printf '%6s %8s %9s %9s %11s %7s\n' CPUs threads none floor sp-record ratio
for cpus in 1 $(nproc); do
	for threads in 1 2 10 100 1000; do
		none=$(calls_ns none "$cpus" $threads)
		floor=$(calls_ns floor "$cpus" $threads)
		count=$(calls_ns count "$cpus" $threads)
		printf '%6d %8d %9d %9d %11d %7s\n' "$cpus" $threads "$none" \
			"$floor" "$count" "$(awk "BEGIN { d = $floor - $none
			printf \"%.2f\", (d > 0 ? ($count - $none) / d : 0) }")"
	done
done

echo
echo 'images: different programs, each of which runs once'
printf '%8s %14s %14s %12s\n' images 'ms per image' 'added, us' 'stream, KiB'
cc -O1 -static -nostdlib -o true -x c - <<-'END'
	__attribute__((noreturn)) void _start(void)
	{
		for (;;)
	#ifdef __x86_64__
			__asm__ volatile ("syscall" : : "a"(231), "D"(0));
	#else
			{ register long n __asm__("x8") = 94, r __asm__("x0") = 0;
			__asm__ volatile ("svc 0" : : "r"(n), "r"(r)); }
	#endif
	}
END
mkdir images
for ((i = 0; i < 10000; i++)); do cp true images/$i; done
run_images() { for ((i = 0; i < $1; i++)); do images/$i; done; }
export -f run_images
for n in 10 100 1000 10000; do
	start=$(date +%s%N)
	bash -c "run_images $n"
	bare=$(($(date +%s%N) - start))
	start=$(date +%s%N)
	sp-record -q -o images.sp -- bash -c "run_images $n"
	took=$(($(date +%s%N) - start))
	printf '%8d %14s %14s %12d\n' $n \
		"$(awk "BEGIN { printf \"%.3f\", $took / $n / 1e6 }")" \
		"$(awk "BEGIN { printf \"%.1f\", ($took - $bare) / $n / 1e3 }")" \
		"$(($(stat -c %s images.sp) / 1024))"
done

echo
echo 'BPF objects before and after a hundred recordings of short commands'
left() {
	printf '%s programs, %s maps, %s links' "$(bpftool prog list | grep -c '^[0-9]')" \
		"$(bpftool map list | grep -c '^[0-9]')" \
		"$(bpftool link list | grep -c '^[0-9]')"
}
settle() { sleep 1; left; }
before=$(settle)
for ((i = 0; i < 100; i++)); do sp-record -q -o /dev/null -- true; done
echo "before: $before; after: $(settle)"
