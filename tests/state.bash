# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The state of the machine that tests can change and have to leave as it was.

# Each line of the state begins with what it is about.
device_nodes() {
	find /dev \( -type b -o -type c \) -not -path '/dev/pts/*' \
		-exec stat -c 'device node %n: mode %a, owner %u:%g, type %F %t:%T' {} +
}

# Without those that count or change by themselves.
sysctls() {
	find /proc/sys -type f -perm -u+r -not \( -path '/proc/sys/kernel/random/*' \
		-o -name '*-nr' -o -name '*-state' -o -name ns_last_pid \
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

# What System V's calls make, which nobody's end removes.
ipc_objects() {
	local kind
	for kind in msg sem shm; do
		awk -v kind=$kind 'NR > 1 { print "ipc object", kind, $2 }' \
			/proc/sysvipc/$kind
	done
}

# print_state MACHINE — all of it; tests/machine prints that of auditing
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

# state_changes BEFORE AFTER — the lines that are in one of them only
state_changes() {
	diff "$1" "$2" | sed -n 's/^< /gone: /p; s/^> /new: /p'
}
