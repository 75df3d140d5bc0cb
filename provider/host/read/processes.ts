/**
 * Shell: puts the folders in which libvirtd keeps the process ids of its guests (`NAME.pid`) into `$@`; needs `uri`. A user's
 * daemon takes XDG_RUNTIME_DIR, or `~/.cache` where it was started without it: a login over SSH may differ from it, so both
 * are named, the likelier one last. Root's session is the system daemon. Other drivers have no such folder.
 */
const setPidFolders = `
case $uri in
  qemu:///system*) set -- /run/libvirt/qemu ;;
  qemu:///session*)
    set -- "\${HOME:-/}/.cache/libvirt/qemu/run" "\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/libvirt/qemu/run"
    [ "$(id -u)" -ne 0 ] || set -- /run/libvirt/qemu ;;
  *) set -- ;;
esac
`;

/** Shell: runs the lines for each guest's process that lives, with its `pid` and the guest's `name`; needs `uri`. */
export const forEachProcess = (lines: string) => `${setPidFolders}
for folder; do for file in "$folder"/*.pid; do
  [ -r "$file" ] || continue
  pid=; read -r pid <"$file"
  [ -n "$pid" ] && [ -d "/proc/$pid" ] || continue
  name=\${file##*/} name=\${name%.pid}
${lines}
done; done`;
