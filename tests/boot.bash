# shellcheck shell=bash
# A systemd that boots as process 1 of namespaces of its own, with this machine's
# /usr, in ./root.

# make_root — to boot: test.service, whose program the caller sets, ends it
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

# boot SECONDS — systemd on ./root, to the end of test.service; log
boot() {
	# shellcheck disable=SC2016 # for the shell inside
	timeout -k 5 "$(($1 * ${SP_SLOW:-1}))" unshare --pid --fork --kill-child --mount --uts --ipc \
		--cgroup --propagation private sh -euc '
		mount --bind root root
		cd root
		for d in usr bin sbin lib lib32 lib64 libx32; do
			[ ! -e $d ] || mount --rbind /$d $d
		done
		mount -t proc proc proc
		mount -t sysfs -o ro sysfs sys
		mount -t tmpfs tmpfs dev
		# Nodes of its own: what it does to them is not done to the machine.
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
			/lib/systemd/systemd --system --log-target=console \
			--show-status=0' </dev/null >log 2>&1
}
