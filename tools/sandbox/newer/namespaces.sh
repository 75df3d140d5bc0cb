#!/bin/bash
# What has to run in namespaces of its own, which the caller has made (mount, PID and more; as root):
#   namespaces.sh make ROOT SUITE MIRROR LOG PACKAGE…   fills ROOT with a Debian
#   namespaces.sh host                                  becomes the first process of a host; its variables are below
set -euo pipefail

# Fills a folder with the nodes of a /dev: the machine's own keep their owner and mode.
make_devices() {
  local dev=$1
  mount -t tmpfs -o mode=755 tmpfs "$dev"
  mkdir "$dev/net" "$dev/pts" "$dev/shm" "$dev/mapper"
  local name major minor mode
  while read -r name major minor mode; do
    mknod -m "$mode" "$dev/$name" c "$major" "$minor"
  done <<'NODES'
null 1 3 666
zero 1 5 666
full 1 7 666
random 1 8 666
urandom 1 9 666
tty 5 0 666
NODES
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$dev/shm"
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  local number=0 stream
  for stream in stdin stdout stderr; do
    ln -s "/proc/self/fd/$number" "$dev/$stream"
    number=$((number + 1))
  done
}

make() {
  local root=$1 suite=$2 mirror=$3 log=$4
  shift 4
  exec >"$log" 2>&1 </dev/null
  mount --make-rprivate /
  mount -t proc proc /proc
  make_devices /dev
  # A release that this debootstrap does not know yet is made as sid is.
  local steps=/usr/share/debootstrap/scripts/$suite
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
}

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

# LOWER: the root that was made. STATE: folder of this host. NAME: host name. CGROUPS: lines "place type options".
# BINDS: paths of the machine that are there too, one a line.
host() {
  local root=$STATE/root from node
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
  hostname "$NAME"
  printf '127.0.0.1 localhost %s\n' "$NAME" >"$root/etc/hosts"
  tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
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
}

"$@"
