# shellcheck shell=bash
# Boots systemd as process 1 of new namespaces, with this machine's /usr, in
# ./root.

# make_root — makes ./root, which systemd can boot. The boot ends after
# test.service, which runs the file `test` that the caller writes.
make_root() {
	local d units=root/etc/systemd/system
	mkdir -p root/{proc,sys,dev,run,tmp,host,etc,out,var/tmp} \
		root/var/log root/root $units/test.target.wants
	for d in usr bin sbin lib lib32 lib64 libx32; do
		if [ -L /$d ]; then
			cp -P /$d root/
		elif [ -e /$d ]; then
			mkdir root/$d
		fi
	done
	cp /etc/passwd /etc/group /etc/ld.so.cache /etc/nsswitch.conf root/etc/
	: >root/etc/machine-id
	printf '[Unit]\nRequires=test.service\nAllowIsolate=yes\n' \
		>$units/test.target
	ln -s test.target $units/default.target
	cat >$units/test.service <<-'END'
	[Service]
	Type=oneshot
	ExecStart=/bin/sh /test
	ExecStopPost=/bin/systemctl --force --force poweroff
	END
}

# boot SECONDS — boots ./root until test.service has ended, for SECONDS at most,
# and writes `log`
boot() {
	local status=0 cgroup
	cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$cgroup" ] || return
	cgroup=$cgroup/sandprint-boot-$$-$RANDOM
	mkdir "$cgroup" || return
	boot_in "$cgroup" "$1" || status=$?
	echo 1 >"$cgroup/cgroup.kill" || :
	remove_cgroups "$cgroup"
	return "$status"
}

# remove_cgroups CGROUP — removes the cgroup and its descendants, once their
# processes have ended
remove_cgroups() {
	local i
	for ((i = 0; i < 100; i++)); do
		find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
		[ -d "$1" ] || return 0
		sleep 0.1
	done
	echo "processes remain in the cgroup $1" >&2
}

# boot_in CGROUP SECONDS — boots without effects on the machine: the system has
# its own cgroups, device nodes and mounts, cannot change sysctls, and loads no
# module
boot_in() {
	# shellcheck disable=SC2016 # the inner shell expands it
	timeout -k 5 "$(($2 * ${SP_SLOW:-1}))" sh -c 'echo $$ >"$0/cgroup.procs"
		exec unshare --pid --fork --kill-child --mount --uts --ipc \
		--cgroup --propagation private sh -euc "$1"' "$1" '
		mount --bind root root
		cd root
		for d in usr bin sbin lib lib32 lib64 libx32; do
			[ ! -e $d ] || mount --rbind /$d $d
		done
		mount -t proc proc proc
		mount --bind proc/sys proc/sys
		mount -o remount,ro,bind proc/sys
		mount -t sysfs -o ro sysfs sys
		mount -t tmpfs tmpfs dev
		while read -r name numbers; do
			mknod -m 666 dev/$name c $numbers
		done <<-END
		null 1 3
		zero 1 5
		full 1 7
		random 1 8
		urandom 1 9
		tty 5 0
		END
		mkdir dev/shm dev/pts
		mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
		ln -s pts/ptmx dev/ptmx
		ln -s /proc/self/fd dev/fd
		mount -t tmpfs tmpfs run
		mount -t tmpfs tmpfs tmp
		mount -t cgroup2 cgroup2 sys/fs/cgroup
		pivot_root . host
		cd /
		umount -l /host
		exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			setpriv --bounding-set -sys_module \
			/lib/systemd/systemd --system --log-target=console \
			--show-status=0' </dev/null >log 2>&1
}
