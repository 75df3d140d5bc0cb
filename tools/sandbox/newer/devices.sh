# Read by the scripts beside it.

# Fills a folder with the nodes of a /dev: the machine's own keep their owner and mode.
make_devices() {
  local dev=$1
  mount -t tmpfs -o mode=755 tmpfs "$dev"
  mkdir "$dev/net" "$dev/pts" "$dev/shm" "$dev/mapper"
  local name major minor mode number
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
  mknod -m 660 "$dev/loop-control" c 10 237
  for number in 0 1 2 3 4 5 6 7; do mknod -m 660 "$dev/loop$number" b 7 "$number"; done
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$dev/shm"
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  local stream
  number=0
  for stream in stdin stdout stderr; do
    ln -s "/proc/self/fd/$number" "$dev/$stream"
    number=$((number + 1))
  done
}
