#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# Tests the unit files of Debian's packages. One sp-record records each unit in
# a booted systemd. Under the drop-ins of the recording, the unit must start,
# serve, reload, restart and stop. make check-units runs this file.
load ../helper
load ../boot

setup() {
	requires_root
	[ -x /lib/systemd/systemd ] || skip "no systemd"
	cd "$BATS_TEST_TMPDIR" || return
	make_root
	mkdir -p root/var/lib root/var/log root/var/www/html
	ln -s /run root/var/run
	cp "$SP_BIN/sp-record" "$SP_BIN/sp-emit" root/
	cp "$TESTS/units/drive" root/test
	echo hello >root/var/www/html/index.html
	cat >root/fetch <<-'END'
	import sys, urllib.request
	url = f"http://127.0.0.1:{sys.argv[1]}/"
	sys.exit(urllib.request.urlopen(url).read() != b"hello\n")
	END
}

# has_unit UNIT DIRECTORY… — copies the directories of the unit, or skips the
# test if there is no such unit
has_unit() {
	local dir
	[ -e "/lib/systemd/system/$1" ] || skip "no $1"
	for dir in "${@:2}"; do
		[ -e "$dir" ] || continue
		mkdir -p "root${dir%/*}"
		cp -a "$dir" "root${dir%/*}/"
	done
}

# free PORT — skips the test if the port is in use
free() {
	run ! bash -c "exec 3<>/dev/tcp/127.0.0.1/$1" 2>/dev/null ||
		skip "port $1 is in use"
}

# drives UNIT RELOAD REQUEST — checks that the unit works under its drop-ins;
# RELOAD is not empty if it can be reloaded, and REQUEST is a shell command
drives() {
	printf 'unit=%s\nreload=%s\n' "$1" "$2" >root/case
	printf '%s\n' "$3" >root/request
	boot 300 || [ $? != 124 ]
	cp log root/out
	[ -z "${SP_KEEP_UNITS-}" ] || cp -r root/out "$SP_KEEP_UNITS/$1"
	cat root/out/record root/out/steps
	sed "s/^/# $1: exposure /" root/out/scores >&3
	run ! grep FAILED root/out/steps
	[ "$(grep -c '^ok' root/out/steps)" -ge 30 ]
	run ! grep -iE 'unknown|ignoring|failed to parse' log
}

@test "redis-server.service works under its drop-ins" {
	has_unit redis-server.service /etc/redis /var/lib/redis /var/log/redis
	free 6379
	drives redis-server.service '' '[ "$(redis-cli set key value)" = OK ]'
}

@test "nginx.service works under its drop-ins" {
	has_unit nginx.service /etc/nginx /usr/share/nginx /var/lib/nginx \
		/var/log/nginx
	free 80
	drives nginx.service yes '/usr/bin/python3 /fetch 80'
}

@test "postgresql@.service works under its drop-ins" {
	has_unit postgresql@.service /etc/postgresql /etc/postgresql-common \
		/etc/ssl /etc/perl /etc/alternatives /var/lib/postgresql \
		/var/log/postgresql
	set -- /etc/postgresql/*/main
	[ -d "$1" ] || skip "no cluster of postgresql"
	free 5432
	set -- "${1#/etc/postgresql/}"
	echo '127.0.0.1 localhost' >root/etc/hosts
	drives "postgresql@${1%/main}-main.service" yes \
		'setpriv --reuid postgres --regid postgres --clear-groups psql -Atc "create table if not exists t (n int); insert into t values (1); select count(*) > 0 from t" | grep -qx t'
}

@test "a service in Python with threads works under its drop-ins, as another user" {
	requires /usr/bin/python3
	free 8123
	cat >root/etc/systemd/system/pyweb.service <<-'END'
	[Service]
	User=www-data
	ExecStart=/usr/bin/python3 -m http.server --directory /var/www/html 8123
	ExecReload=/bin/kill -0 $MAINPID
	END
	drives pyweb.service yes '/usr/bin/python3 /fetch 8123'
}
