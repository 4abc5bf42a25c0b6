# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bats
# Builds the Debian packages twice, and checks them with lintian. Installs, uses
# and purges them in a root that has no other programs of ours. make
# check-package runs this file.

load ../helper

setup_file() {
	export TREE="$BATS_FILE_TMPDIR/tree" OTHER="$BATS_FILE_TMPDIR/other/place"
	export ROOT="$BATS_FILE_TMPDIR/root"
	git clone -q "$BATS_TEST_DIRNAME/../.." "$TREE"
	mkdir -p "${OTHER%/*}"
	git clone -q "$BATS_TEST_DIRNAME/../.." "$OTHER"
	export DEBFULLNAME='A Tester' DEBEMAIL=tester@debian.org
	"$TREE/.package/deb" 0.1.0 "$BATS_FILE_TMPDIR/one" >"$BATS_FILE_TMPDIR/log" 2>&1
	local lists=(/etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources)
	local list used=()
	for list in "${lists[@]}"; do
		[ ! -s "$list" ] || used+=("$list")
	done
	mmdebstrap -q --variant=minbase --include=jq \
		"$(. /etc/os-release && echo "$VERSION_CODENAME")" "$ROOT" \
		"${used[@]}" \
		>>"$BATS_FILE_TMPDIR/log" 2>&1
	files >"$BATS_FILE_TMPDIR/before"
}

# files — prints all files of the root, except those that dpkg, apt and ldconfig
# write for themselves
files() (
	cd "$ROOT" && find . -xdev \( -path ./var/lib/dpkg -o -path ./var/log \
		-o -path ./var/cache -o -path ./var/lib/apt \
		-o -path ./var/lib/systemd -o -path ./etc/ld.so.cache -o -path ./proc -o -path ./sys \
		-o -path ./dev -o -path ./run -o -path ./tmp -o -path ./.old \) \
		-prune -o -print | sort
)

in_root() {
	"$BATS_TEST_DIRNAME/../inroot" "$ROOT" "$@"
}

# opened — prints the libraries that the tools open by name. The sources have
# the name of capstone without its number, which the build adds. libncurses,
# without wide characters, is left out: the tools use it only if libncursesw is
# missing.
opened() {
	grep -rhoE '"lib[a-z+]+\.so\.[0-9]*' "$TREE"/lib/*/*.c "$TREE"/sp-*/ |
		tr -d '"' | grep -vxF libncurses.so.6 | sort -u
}

@test "two builds in different directories give the same bytes" {
	"$OTHER/.package/deb" 0.1.0 "$BATS_FILE_TMPDIR/two" >log 2>&1
	for one in "$BATS_FILE_TMPDIR"/one/*.deb; do
		cmp "$one" "$BATS_FILE_TMPDIR/two/${one##*/}"
	done
}

@test "lintian finds nothing in the packages" {
	run lintian --allow-root --fail-on=error,warning "$BATS_FILE_TMPDIR"/one/*.changes
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "the packages that sandprint recommends contain each library that a tool opens by name" {
	local deb
	deb=$(echo "$BATS_FILE_TMPDIR"/one/sandprint_*_amd64.deb)
	dpkg-deb -f "$deb" Recommends | tr -d ' ' | tr , '\n' | grep '^lib' |
		xargs -n 1 dpkg -L | sed 's|.*/||' >recommended
	opened >names
	[ "$(wc -l <names)" -ge 4 ]
	while read -r name; do
		grep -F "$name" recommended
	done <names
}

@test "the packages can be installed, record and write a profile, and purging leaves no file" {
	cp "$BATS_FILE_TMPDIR"/one/sandprint_*.deb \
		"$BATS_FILE_TMPDIR"/one/sandprint-hooks_*.deb "$ROOT/opt"
	chroot "$ROOT" sh -c 'apt-get -qq update && apt-get -qq install -y --no-install-recommends /opt/*.deb' >log 2>&1
	rm "$ROOT"/opt/*.deb
	in_root sh -c 'sp-record -q -o /tmp/t.sp -- ls / &&
		sp-emit --oci /tmp/t.sp >/opt/p.json && sp-verify -p /opt/p.json /tmp/t.sp'
	jq -e '.syscalls | length > 0' "$ROOT/opt/p.json"
	rm "$ROOT/opt/p.json"
	in_root sp-record --version | grep -q "^sp-record (sandprint) 0.1.0 ([0-9a-f]\{12\})$"
	[ -e "$ROOT/usr/share/containers/oci/hooks.d/sandprint.json" ]
	[ -e "$ROOT/usr/lib/systemd/system/sandprint-nri.service" ]
	# This also removes the packages that were installed with ours.
	chroot "$ROOT" sh -c 'apt-get -qq purge -y --autoremove sandprint sandprint-hooks' >>log 2>&1
	files >after
	diff "$BATS_FILE_TMPDIR/before" after
}

in_podman() {
	podman --root "$PWD/podman" --runroot "$PWD/podman-run" \
		--cgroup-manager cgroupfs --storage-driver vfs "$@"
}

# in_image OPTION… -- COMMAND… — runs the command in the image, without a
# network, and with limits that every machine permits
in_image() {
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	in_podman run --rm --runtime runc --network none \
		--ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
		"${options[@]}" localhost/sandprint "$@"
}

@test "in the container image, sp-emit works, and sp-record records its own container with and without privileges, and other processes" {
	tar -C "$ROOT" --one-file-system -c . | in_podman import - localhost/base
	in_podman build --isolation chroot --network host --build-arg BASE=localhost/base \
		-t localhost/sandprint -f "$TREE/.package/Containerfile" "$BATS_FILE_TMPDIR/one" >log 2>&1
	in_image --privileged -v "$PWD:/work" -- sp-record -q -o in.sp -- ls /usr
	in_image -v "$PWD:/work" -- sp-record --method=notify -q -o notify.sp -- ls /usr
	sleep 60 3>&- &
	in_image --privileged --pid=host -v "$PWD:/work" -- \
		sp-record -q -t 0.5 -o out.sp -p $!
	kill $!
	in_image -i -- sp-emit --oci <in.sp >p.json
	sp-verify -p p.json in.sp
	sp-verify -p p.json notify.sp
	sp-emit --json out.sp | jq -e '.calls | length == 1'
	in_podman rmi -a -f >>log
}

@test "make uninstall removes exactly the files that make install installed" {
	make -s -C "$TREE" -j2 install DESTDIR="$PWD/dest" >log 2>&1
	mkdir -p dest/usr/local/bin
	echo mine >dest/usr/local/bin/mine
	make -s -C "$TREE" uninstall DESTDIR="$PWD/dest" >>log 2>&1
	[ "$(find dest ! -type d)" = dest/usr/local/bin/mine ]
}

@test "the static filters work in a root without other files" {
	make -s -C "$TREE" -j2 static >log 2>&1
	run ! grep -i warning log
	mkdir -p empty/bin
	cp "$TREE"/build/static/bin/* empty/bin
	sp-record -q -o empty/t.sp -- true
	chroot empty /bin/sp-merge -o /m.sp /t.sp
	chroot empty /bin/sp-emit --oci -o /p.json /m.sp
	chroot empty /bin/sp-verify -p /p.json /m.sp
	chroot empty /bin/sp-diff /t.sp /m.sp
	cmp <(sp-emit --oci empty/t.sp) empty/p.json
	# In a static build, users and groups are read from the files of the
	# root.
	mkdir empty/etc
	cp "$(command -v busybox)" empty/bin
	echo 'tester:x:4321:4322:t:/:/bin/sh' >empty/etc/passwd
	printf 'tester:x:4322:\nmore:x:4400:other,tester\n' >empty/etc/group
	echo '{"defaultAction":"SCMP_ACT_ALLOW"}' >empty/all.json
	chroot empty /bin/sp-verify -u tester -p /all.json -o /list -- /bin/busybox id >id
	[ "$(cat id)" = 'uid=4321(tester) gid=4322(tester) groups=4322(tester),4400(more)' ]
}

@test "the RPM packages can be built, and contain every file that make install installs" {
	RPMBUILD=--nodeps "$TREE/.package/rpm" 0.1.0 "$PWD/rpm" >log 2>&1
	rpm -qlp rpm/sandprint-*.rpm |
		grep -v -- debug |
		grep -v -e '/.build-id' -e '^/usr/share/licenses' |
		sed 's/\.gz$//' | sort -u >packaged
	rpm -qp --recommends rpm/sandprint-[0-9]*.rpm | sed 's/^capstone$/libcapstone.so./' >recommended
	opened | while read -r name; do
		grep -F "$name" recommended
	done
	make -s -C "$TREE" install DESTDIR="$PWD/dest" PREFIX=/usr \
		LIBDIR="$(rpm --eval '%{_libdir}')" >>log 2>&1
	(cd dest && find . ! -type d -printf '/%P\n') |
		grep -v '^/usr/share/doc/sandprint/LICENSE' | sort >installed
	diff installed packaged
	# Programs that were linked with the library need this package.
	rpm -qlp rpm/sandprint-libs-[0-9]*.rpm | grep '\.so' >libs
	[ "$(<libs)" = "$(rpm --eval '%{_libdir}')/libsandprint.so.1" ]
	rpm -qp --requires rpm/sandprint-devel-*.rpm | grep '^sandprint-libs.* = 0\.1\.0'
}
