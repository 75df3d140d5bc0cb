#!/bin/bash
# Fills ROOT with a Debian, as root, in mount, PID, UTS and IPC namespaces of its own:
#   makeRoot.sh ROOT SUITE MIRROR LOG PACKAGE…
set -euo pipefail
. "$(dirname "$0")/devices.sh"

root=$1 suite=$2 mirror=$3 log=$4
shift 4
exec >"$log" 2>&1 </dev/null
mount --make-rprivate /
mount -t proc proc /proc
make_devices /dev
# A release that this debootstrap does not know yet is made as sid is.
steps=/usr/share/debootstrap/scripts/$suite
[ -e "$steps" ] || steps=/usr/share/debootstrap/scripts/sid
debootstrap --variant=minbase "$suite" "$root" "$mirror" "$steps"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
# A mirror that does not move has lists that are past their date.
printf '%s\n' 'APT::Install-Recommends "false";' 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/90sandbox"
{ apt-config dump | grep -E '^Acquire::https?::Proxy' || true; } >"$root/etc/apt/apt.conf.d/91machine"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/sandbox"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
make_devices "$root/dev"
chroot "$root" apt-get update
DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y --no-install-recommends "$@"
chroot "$root" apt-get clean
rm -rf "$root"/var/lib/apt/lists/*
# swtpm keeps the keys of its certificates there; forky's package does not make it.
mkdir -p "$root/var/lib/swtpm-localca"
chroot "$root" chown swtpm "$root/var/lib/swtpm-localca" 2>/dev/null || true
umount -R "$root/dev" "$root/proc"
