#!/bin/bash
# Makes the namespaces that it runs in (mount, PID, network, UTS, IPC, cgroup; as root) a host, and is its first process.
# LOWER: the root that was made. STATE: folder of this host. NAME: host name. CGROUPS: lines "place type options".
# BINDS: paths of the machine that are there too, one a line.
set -euo pipefail
. "$(dirname "$0")/devices.sh"

# Controllers are mounted as on the machine; the cgroup namespace makes our own groups their roots.
mount_cgroups() {
  local root=$1 at type options
  mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
  while read -r at type options; do
    [ -n "$at" ] || continue
    mkdir -p "$root$at"
    if [ "$type" = cgroup2 ]; then mount -t cgroup2 cgroup2 "$root$at"; else mount -t cgroup -o "$options" cgroup "$root$at"; fi
  done <<<"$CGROUPS"
}

root=$STATE/root
# As long as this host lives nobody removes the root below it.
exec 9<"$LOWER"
flock --shared 9
mount --make-rprivate /
mount -t overlay -o "lowerdir=$LOWER,upperdir=$STATE/upper,workdir=$STATE/work" overlay "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
make_devices "$root/dev"
for node in kvm net/tun vhost-net vhost-vsock; do
  [ -c "/dev/$node" ] || continue
  mknod -m 666 "$root/dev/$node" c "$((0x$(stat -c %t "/dev/$node")))" "$((0x$(stat -c %T "/dev/$node")))"
done
if [ -e "$root/dev/kvm" ]; then
  chmod 660 "$root/dev/kvm"
  chgrp "$(sed -n 's/^kvm:[^:]*:\([0-9]*\):.*/\1/p' "$root/etc/group")" "$root/dev/kvm"
fi
mount_cgroups "$root"
while read -r from; do
  if [ -d "$from" ]; then mkdir -p "$root$from"; else mkdir -p "$(dirname "$root$from")" && touch "$root$from"; fi
  mount --bind "$from" "$root$from"
done <<<"$BINDS"
# For what is installed there over the machine's network.
for from in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt; do
  if [ -e "$from" ]; then cp -L "$from" "$root$from"; fi
done
hostname "$NAME"
printf '127.0.0.1 localhost %s\n' "$NAME" >"$root/etc/hosts"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
# The machine sees the processes of this host, and ends those of its own test users by their uid: users have other ids here.
sed -i 's/^UID_MIN.*/UID_MIN 20000/' "$root/etc/login.defs"
mkdir -p "$root/run/lock" "$root/run/sshd" "$root$HOME"
ip link set lo up
# Not chroot: libvirtd enters the mount namespace of a QEMU by setns, and is at the root of that namespace then.
# Under chroot that is the machine's root: no /dev/kvm for the guest, and nodes that appear in the machine's /dev.
mkdir "$root/.machine"
cd "$root"
pivot_root . .machine
umount -l /.machine
rmdir /.machine
cd /
touch /run/pulumi-virsh-host
exec tini -- sleep infinity
