#!/usr/bin/env bash
# Starts a small but real Ceph cluster with its S3 gateway on this machine, and
# prints the address for the tests:
#
#   export TOUCHSTONE_TEST_CEPH=$(.ci/ceph-up.sh DIR)
#   go test ./storage/blob
#   .ci/ceph-up.sh --stop DIR
#
# One monitor, one manager, three stores and the gateway listen on loopback
# alone, and keep everything in DIR (sparse files; about 1 GB of memory). It is
# no part of `make test`. Debian packages: ceph-mon ceph-mgr ceph-osd radosgw.
set -euo pipefail

gateway_port=${GATEWAY_PORT:-7480}

say() { echo "ceph-up: $*" >&2; }

# The stores say goodbye to the monitor, so that goes last.
stop() {
	local part pid
	for part in client.rgw.s3 osd.0 osd.1 osd.2 mgr.x mon.a; do
		[ -e "$1/$part.pid" ] || continue
		pid=$(cat "$1/$part.pid")
		kill "$pid" 2>/dev/null || continue
		for _ in $(seq 40); do
			kill -0 "$pid" 2>/dev/null || continue 2
			sleep 0.25
		done
		kill -9 "$pid" 2>/dev/null || true
	done
	say "stopped; delete $1 to forget everything"
}

write_config() {
	cat >ceph.conf <<-CONF
		[global]
		fsid = $1
		mon initial members = a
		mon host = [v2:127.0.0.1:40300,v1:127.0.0.1:40301]
		public network = 127.0.0.0/8
		public addr = 127.0.0.1
		cluster addr = 127.0.0.1
		auth cluster required = cephx
		auth service required = cephx
		auth client required = cephx
		auth allow insecure global id reclaim = false
		keyring = $PWD/keyring
		osd pool default size = 2
		osd pool default min size = 1
		osd pool default pg num = 8
		osd pool default pgp num = 8
		osd pool default pg autoscale mode = off
		osd crush chooseleaf type = 0
		osd memory target = 939524096
		mon data avail warn = 2
		mon data avail crit = 1
		bluestore block size = 6442450944
		log file = $PWD/\$name.log
		pid file = $PWD/\$name.pid
		admin socket = $PWD/\$name.asok
		run dir = $PWD
		[mon.a]
		mon data = $PWD/mon.a
		[mgr.x]
		mgr data = $PWD/mgr.x
		[osd]
		osd data = $PWD/\$name
		[client.rgw.s3]
		rgw data = $PWD/rgw
		rgw frontends = beast endpoint=127.0.0.1:$gateway_port
	CONF
}

make_keys() {
	ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *'
	ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
	ceph-authtool keyring --gen-key -n mgr.x --cap mon 'allow profile mgr' --cap osd 'allow *'
	ceph-authtool keyring --gen-key -n client.rgw.s3 --cap mon 'allow rw' --cap osd 'allow rwx' --cap mgr 'allow rw'
}

start_monitor() {
	monmaptool --create --addv a '[v2:127.0.0.1:40300,v1:127.0.0.1:40301]' --fsid "$1" monmap
	mkdir mon.a mgr.x rgw
	ceph-mon --mkfs -i a --monmap monmap --keyring keyring
	ceph-mon -i a
	ceph --connect-timeout 20 status
	ceph-mgr -i x
}

start_store() {
	local id=$1 uuid secret
	uuid=$(cat /proc/sys/kernel/random/uuid)
	secret=$(ceph-authtool --gen-print-key)
	mkdir "osd.$id"
	echo "{\"cephx_secret\":\"$secret\"}" | ceph osd new "$uuid" -i - >/dev/null
	ceph-authtool --create-keyring "osd.$id/keyring" -n "osd.$id" --add-key "$secret"
	ceph-osd -i "$id" --mkfs --osd-uuid "$uuid" --keyring "osd.$id/keyring"
	ceph-osd -i "$id" --keyring "osd.$id/keyring"
}

await_gateway() {
	for _ in $(seq 240); do
		if curl -fso /dev/null "http://127.0.0.1:$gateway_port/"; then
			return
		fi
		sleep 0.5
	done
	say "the gateway did not answer within two minutes; look at the .log files"
	exit 1
}

if [ "${1:-}" = --stop ]; then
	stop "$(realpath -m "${2:?folder}")"
	exit
fi
dir=$(realpath -m "${1:?usage: ceph-up.sh [--stop] DIR}")
for program in ceph-mon ceph-mgr ceph-osd radosgw radosgw-admin curl; do
	command -v "$program" >/dev/null || {
		say "$program is missing: apt-get install --no-install-recommends ceph-mon ceph-mgr ceph-osd radosgw curl"
		exit 3
	}
done
if [ -e "$dir/ceph.conf" ]; then
	say "$dir is in use: stop it and delete it, or name another folder"
	exit 3
fi
mkdir -p "$dir"
cd "$dir"
fsid=$(cat /proc/sys/kernel/random/uuid)
export CEPH_ARGS="-c $dir/ceph.conf"
write_config "$fsid"
{
	say "starting monitor and manager"
	make_keys
	start_monitor "$fsid"
	for id in 0 1 2; do
		say "starting store $id"
		start_store "$id"
	done
	say "starting the gateway (half a minute)"
	radosgw -n client.rgw.s3
	await_gateway
} >>"$dir/start.log" 2> >(tee -a "$dir/start.log" | grep '^ceph-up:' >&2)
access=touchstone
secret=$(tr -dc 'a-z0-9' </dev/urandom | head -c 32 || true)
radosgw-admin user create --uid=touchstone --display-name=touchstone \
	--access-key="$access" --secret-key="$secret" >>"$dir/start.log" 2>&1
say "ready; it takes memory until '.ci/ceph-up.sh --stop $dir'"
echo "s3+http://$access:$secret@127.0.0.1:$gateway_port/touchstone"
