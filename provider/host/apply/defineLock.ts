/**
 * A shell function `take_lock URI`, for file descriptor 9: two programs that define domains there take turns by it.
 * It locks a file that only libvirt's administrators can open: in libvirt's own folder, where root alone writes, with
 * the group libvirt; for a session, in a folder of the user's own. Nobody else can hold it and so hold up a define.
 * A member of that group can't make the file: before root's first define since the boot, the lock is on the root folder
 * of the host, which any user can hold. It is waited for 3 s then, and what happens meanwhile is left to the digest.
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
