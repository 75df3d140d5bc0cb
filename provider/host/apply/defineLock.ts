/**
 * A shell function `take_lock URI` that lets programs that define domains on a host take turns. It holds the lock in
 * file descriptor 9.
 *
 * The lock is on a file that only libvirt's administrators can open, so that nobody else can hold up a define. It is in
 * libvirt's own folder, where only root can write, and belongs to the group libvirt; for a session, it is in a folder
 * of the user's. A member of the group can't make the file. Until root's first define after a boot, the lock is
 * therefore on the host's root folder, which any user can hold. The function waits 3 s for that lock and then goes on;
 * the digest still catches changes.
 */
export const takeLock = `
take_lock() {
  case $1 in
    *:///system*) folder=/run/libvirt group=libvirt ;;
    *) folder=\${XDG_RUNTIME_DIR:-$HOME/.cache}/libvirt group= ;;
  esac
  file=$folder/pulumi-virsh.lock
  if [ -O "$folder" ] && [ -z "$(find "$folder" -maxdepth 0 -perm /022 2>&1)" ] &&
    (umask 077; set -C; : >"$file") 2>/dev/null && [ -n "$group" ]; then
    chgrp "$group" "$file" 2>/dev/null && chmod 0640 "$file"
  fi
  if [ -f "$file" ] && [ -r "$file" ]; then exec 9<"$file"; flock -w 10 9 2>/dev/null
  else exec 9</; flock -w 3 9 2>/dev/null; fi
}
`;
