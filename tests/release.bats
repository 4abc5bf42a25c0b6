#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests `make release` without the checks, which take nearly an hour. A Makefile
# in the test's tree replaces them, and prints their names.

load helper

setup() {
	mkdir -p "$BATS_TEST_TMPDIR/tree/.package/debian"
	cd "$BATS_TEST_TMPDIR/tree" || return
	cp "${TESTS%/*}/.package/release" .package
	echo 'sandprint (1.2.3) unstable; urgency=medium' >.package/debian/changelog
	echo /build >.gitignore
	printf 'lint check check-package:\n\t@echo $@\ndeb:\n\t@mkdir -p build/deb; echo deb >build/deb/a.deb\npicture:\n\t@echo picture >build/session.svg\n' >Makefile
	git init -q .
	git config user.name tester
	git config user.email tester@example.org
	git add -A
	git commit -qm all
}

@test "a release runs every check, and consists of the archive, the packages, the picture and their checksums" {
	run -0 .package/release 1.2.3 build/release
	[ "${lines[*]:0:3}" = 'lint check check-package' ]
	cd build/release
	sha256sum -c SHA256SUMS
	[ "$(echo *)" = 'SHA256SUMS a.deb sandprint-1.2.3.tar.gz session.svg' ]
	[ "$(wc -l <SHA256SUMS)" = 3 ]
	tar -xzf sandprint-1.2.3.tar.gz
	diff sandprint-1.2.3/Makefile ../../Makefile
}

@test "uncommitted changes before or during the checks prevent a release" {
	touch new
	run -1 .package/release 1.2.3 build/release
	[ "$output" = 'release: there are changes that are not committed: commit them first' ]
	rm new
	printf 'lint check check-package deb picture:\n\t@touch new\n' >Makefile
	git commit -qam changes
	run -1 .package/release 1.2.3 build/release
	[[ $output == *'the sources changed during the checks: start again' ]]
	[ ! -e build/release ]
}

@test "a version that the changelog does not have or marks as UNRELEASED is not released" {
	run -1 .package/release 1.2.4 build/release
	[[ $output == 'release: 1.2.4 has no entry'* ]]
	sed -i s/unstable/UNRELEASED/ .package/debian/changelog
	git commit -qam unreleased
	run -1 .package/release 1.2.3 build/release
	[[ $output == 'release: 1.2.3 is UNRELEASED'* ]]
}

@test "a failing check prevents a release" {
	sed -i 's/@echo.*/@false/' Makefile
	git commit -qam fails
	run ! .package/release 1.2.3 build/release
	[ ! -e build/release ]
}

@test "the changelog begins with the version that make builds" {
	[ "$(sed -n '1s/^sandprint (\(.*\)) .*/\1/p' "${TESTS%/*}/.package/debian/changelog")" = \
		"$(sed -n 's/^VERSION := //p' "${TESTS%/*}/Makefile")" ]
}
