# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Prints the state of the machine that tests may change and must restore.

# Each line of the state begins with the kind of its object.
device_nodes() {
	find /dev \( -type b -o -type c \) -not -path '/dev/pts/*' \
		-exec stat -c 'device node %n: mode %a, owner %u:%g, type %F %t:%T' {} +
}

# Excludes counters and settings that change by themselves.
sysctls() {
	find /proc/sys -type f -perm -u+r -not \( -path '/proc/sys/kernel/random/*' \
		-o -name '*-nr' -o -name '*-state' -o -name ns_last_pid \
		-o -path '/proc/sys/kernel/sched_domain/*' \
		-o -path '/proc/sys/fs/quota/*' -o -path '/proc/sys/kernel/pty/nr' \
		-o -name '*_count' -o -name hung_task_warnings \
		-o -path '/proc/sys/net/*/*/stable_secret' \
		-o -path '/proc/sys/net/ipv?/route/*' \
		-o -path '/proc/sys/net/ipv?/*/*/lo/*' \) \
		-exec grep -Hs '' {} + | sed 's/^/sysctl /'
}

cgroups() {
	local mount
	while read -r mount; do
		find "$mount" -type d -printf 'cgroup %p\n'
	done < <(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/self/mounts)
}

# Prints the objects of System V IPC, which outlive the process that made them.
ipc_objects() {
	local kind
	for kind in msg sem shm; do
		awk -v kind=$kind 'NR > 1 { print "ipc object", kind, $2 }' \
			/proc/sysvipc/$kind
	done
}

# print_state MACHINE — prints the whole state; MACHINE is the program
# tests/machine, which prints the state of auditing
print_state() {
	{
		device_nodes
		sysctls
		cgroups
		ipc_objects
		sed 's/^/mount /' /proc/self/mounts
		"$1" audit | sed 's/^/audit /'
	} 2>/dev/null | sort -u
}

# is_before VERSION — tests whether the kernel is older than VERSION
is_before() {
	local oldest
	oldest=$(printf '%s\n' "$1" "$(uname -r)" | sort -V | sed -n 1p)
	[ "$oldest" != "$1" ]
}

# is_others LINE — tests whether a change is not due to the tests: a cgroup that
# was removed, or that was created and has processes or is gone again. (A test
# would leave an empty cgroup.) Also accepts the warning of kernels before 6.1
# that a map of a BPF program allocates memory while it runs.
is_others() {
	local path=${1#*: cgroup }
	case $1 in
	'gone: sysctl /proc/sys/kernel/tainted:0' | \
	'new: sysctl /proc/sys/kernel/tainted:512') is_before 6.1 ;;
	'gone: cgroup '*) return 0 ;;
	'new: cgroup '*)
		[ ! -e "$path" ] ||
			find "$path" -name cgroup.procs -exec cat {} + 2>/dev/null |
			grep -q . ;;
	*) return 1 ;;
	esac
}

# state_changes BEFORE AFTER — prints the changes that tests made
state_changes() {
	local line
	while IFS= read -r line; do
		is_others "$line" || printf '%s\n' "$line"
	done < <(diff "$1" "$2" | sed -n 's/^< /gone: /p; s/^> /new: /p')
}
