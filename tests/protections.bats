#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=machine-wide
# Compares the effects of systemd's options for paths with the table in the
# manual. Also checks that services of all kinds start again under the drop-ins
# of their recordings.
load helper
load boot

setup_file() {
	requires_root
	requires python3
	[ -x /lib/systemd/systemd ] || skip "no systemd"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_root
	units=root/etc/systemd/system
	mkdir -p root/opt root/home/u root/etc/systemd/system
}

# table — prints the manual's table
table() {
	"$TESTS/scripts/protections-table"
}

# effect UNIT PATH — prints the effect on the path or call that the service
# reported
effect() {
	sed -n "s,^$2 ,,p" "root/out/$1"
}

@test "each option of systemd has the effect in the manual's table" {
	local setting did what base now n=0 checked=0
	local made=
	[ -e /usr/lib/modules ] || { mkdir /usr/lib/modules && made=1; }
	cp "$TESTS/booted/effects" root/opt/
	table | cut -d ' ' -f 3 | sort -u >root/opt/list
	{
		echo 'for d in / /home /root /run/user /tmp /var/tmp /dev; do'
		echo 'mkdir -p $d; : >$d/marker; done'
	} >root/test
	for setting in none= $(table | cut -d ' ' -f 1 | sort -u); do
		printf '%s\n' '[Service]' Type=oneshot \
			'ExecStart=/opt/effects /opt/list' \
			"StandardOutput=file:/out/$setting" "${setting#none=}" \
			>"$units/s$n.service"
		echo "systemctl start s$n" >>root/test
		n=$((n + 1))
	done
	boot 100 || [ $? != 124 ]
	[ -z "$made" ] || rmdir /usr/lib/modules
	while read -r setting did what; do
		base=$(effect none= "$what") now=$(effect "$setting" "$what")
		echo "$setting $did $what: $base, $now"
		case $did:$base in
		*:absent | read-only:read-only*) continue ;;
		denied:denied) continue ;;
		read-only:*) [ "$now" = "${base/writable/read-only}" ] ;;
		masked:*" 0") ;;	# also 0 without the option
		masked:*) [ "${base%?}0" = "$now" ] ;;
		inaccessible:*) [ "$now" = inaccessible ] ;;
		unchanged:*) [ "$now" = "$base" ] ;;
		replaced:*) [ "${base#*marked}" = "" ] && [[ $now != *marked ]] ;;
		denied:allowed) [ "$now" = denied ] ;;
		*) false ;;
		esac
		checked=$((checked + 1))
	done < <(table)
	[ "$checked" -ge 35 ]
}

# service NAME LINE… — writes a unit with these lines
service() {
	local name=$1
	shift
	printf '%s\n' '[Service]' 'TimeoutSec=15' "$@" >"$units/$name.service"
}

# recorded NAME [USER] — writes a unit that records each of its commands
recorded() {
	local n=0 key value
	while IFS='=' read -r key value; do
		case $key in
		Exec*)
			n=$((n + 1))
			echo "$key=+/opt/sp-record -q --paths ${2:+-u $2} -o /out/$1.$n.sp -- $value"
			;;
		'[Service]') printf '%s\n' "$key" NotifyAccess=all ;;
		User | PIDFile) ;;
		Type) echo "$key=${value/forking/simple}" ;;
		*) echo "$key=$value" ;;
		esac
	done <"$units/$1.service" >"$units/$1-rec.service"
}

# program NAME SCRIPT — writes a program to /opt of the booted system
program() {
	printf '%s\n' '#!/bin/sh' "$2" >"root/opt/$1"
	chmod 755 "root/opt/$1"
}

services() {
	program user 'id -un; pwd; cat file; echo more >data/out; cat data/out'
	service user Type=oneshot User=nobody WorkingDirectory=/home/u \
		ExecStart=/opt/user
	program notify 'systemd-notify --ready; echo $$ >/run/notify.pid; n=0; until [ -s /var/log/app/reload ] || [ $((n += 1)) -gt 100 ]; do sleep 0.1; done; echo ready'
	program reload 'echo reloaded >/var/log/app/reload'
	service notify Type=notify NotifyAccess=all ExecStart=/opt/notify \
		ExecReload=/opt/reload
	program forking 'sleep 2 & echo $! >/run/app/pid; echo forked'
	program stop 'kill $(cat /run/app/pid); echo stopped'
	service forking Type=forking RuntimeDirectory=app PIDFile=/run/app/pid \
		ExecStart=/opt/forking ExecStop=/opt/stop
	program dynamic 'echo 1 >$STATE_DIRECTORY/f; cat $STATE_DIRECTORY/f; t=$(mktemp); echo 2 >$t; cat $t; rm $t $STATE_DIRECTORY/f'
	service dynamic Type=oneshot DynamicUser=yes StateDirectory=dynamic \
		ExecStart=/opt/dynamic
	program pre 'mkdir -p /var/lib/pre/x; echo pre'
	program main 'echo 1 >/var/lib/pre/x/new; mv /var/lib/pre/x/new /var/lib/app.conf; cat /var/lib/app.conf'
	program post 'rm -r /var/lib/pre'
	service pre Type=oneshot ExecStartPre=/opt/pre ExecStart=/opt/main \
		ExecStopPost=/opt/post
	program replace 'echo 2 >/srv/app/conf.new; mv /srv/app/conf.new /srv/app/conf; cat /srv/app/conf; ln /srv/app/conf /srv/app/old/conf$(cat /srv/app/n); cat /srv/app/fifo & echo 3 >/srv/app/fifo; wait; [ -e /bin/sh ] && /bin/echo 4'
	service replace Type=exec ExecStart=/opt/replace
	program temporary 't=$(mktemp -d); cp /bin/echo $t/run; $t/run private; rm -r $t; ls /tmp | grep -c marker; ls /home/u'
	service temporary Type=oneshot ExecStart=/opt/temporary
	program mounts 'mount -t tmpfs none /mnt; echo 1 >/mnt/f; umount /mnt; echo mounted'
	service mounts Type=oneshot ExecStart=/opt/mounts
}

names='user notify forking dynamic pre replace temporary mounts'

# neighbours — writes for each service a second one that does something else
# under the same drop-in, which must fail
neighbours() {
	local name
	program near-user 'echo 1 >/home/u/other'
	program near-notify 'echo 1 >/var/log/other'
	program near-forking 'echo 1 >/run/app/../../etc/other'
	program near-dynamic 'exec /bin/ls /'
	program near-pre 'echo 1 >/var/other'
	program near-replace 'echo 1 >/srv/other'
	program near-temporary 'cp /bin/cat /var/cat; /var/cat /etc/passwd'
	program near-mounts 'mknod /root/x p'
	for name in $names; do
		sed "s,^ExecStart=.*,ExecStart=/bin/sh /opt/near-$name," \
			"$units/$name.service" | sed '/^Type=/d; /^PIDFile/d
			/^ExecReload/d; /^ExecStartP/d; /^ExecStop/d' \
			>"$units/near-$name.service"
		echo Type=oneshot >>"$units/near-$name.service"
	done
}

# fresh — prints shell commands that make the files of the services
fresh() {
	cat <<-'END'
	rm -rf /srv/app /var/log/app /home/u /var/lib/app.conf
	mkdir -p /srv/app/old /var/log/app /home/u/data /mnt
	echo content >/home/u/file; chown -R nobody /home/u; echo 1 >/srv/app/conf
	date +%N >/srv/app/n; mkfifo /srv/app/fifo; : >/tmp/marker
	END
}

# start NAME UNIT — prints commands that start, reload and stop the service
start() {
	cat <<-END
	systemctl start $2; echo \$? >/out/$1.started
	case $1 in
	notify) systemctl reload $2 ;;
	esac
	case $1 in
	notify | replace)
		n=0
		while systemctl -q is-active $2 && [ \$((n += 1)) -le 100 ]; do
			sleep 0.1
		done ;;
	forking)
		n=0
		until [ -s /run/app/pid ] || [ \$((n += 1)) -gt 100 ]; do
			sleep 0.1
		done ;;
	esac
	systemctl stop $2
	systemctl show -P Result $2 >/out/$1.result
	END
}

@test "services of all kinds start again under their drop-ins" {
	local name failed=0
	cp "$SP_BIN/sp-record" root/opt/
	services
	for name in $names; do
		recorded "$name" "$([ "$name" != user ] || echo nobody)"
		printf '%s\n' "StandardOutput=file:/out/$name.recorded" \
			>>"$units/$name-rec.service"
		fresh
		start "$name" "$name-rec"
	done >root/test
	boot 100 || [ $? != 124 ]
	for name in $names; do
		echo "$name: $(<"root/out/$name.started") $(<"root/out/$name.result")"
		sp-merge -o "$name.sp" root/out/"$name".*.sp
	done
	neighbours
	for name in $names; do
		mkdir "$units/$name.service.d" "$units/near-$name.service.d"
		sp-emit --systemd --paths -o "$units/$name.service.d/p.conf" \
			"$name.sp" 2>"$name.err"
		cp "$units/$name.service.d/p.conf" "$units/near-$name.service.d"
		printf '%s\n' "StandardOutput=file:/out/$name.again" \
			>>"$units/$name.service"
		fresh
		start "$name" "$name"
		fresh
		start "near-$name" "near-$name"
	done >root/test
	boot 100 || [ $? != 124 ]
	for name in $names; do
		echo "== $name: $(<"root/out/$name.started") $(<"root/out/$name.result")," \
			"near $(<"root/out/near-$name.started")"
		if [ "$(<"root/out/$name.result")" = success ] &&
			diff "root/out/$name.recorded" "root/out/$name.again" &&
			[ "$(<"root/out/near-$name.started")" = 1 ]; then
			continue
		else
			sed -n "/$name/p" log
			cat "$units/$name.service.d/p.conf"
			failed=1
		fi
	done
	[ "$failed" = 0 ]
}
