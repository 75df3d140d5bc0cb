/**
 * Reads a host and its domains in one round trip: `sh -c … sh URI MARK NAME SECONDS`; an empty NAME means
 * all. SECONDS bounds the first question, so that a libvirtd that hangs is noticed soon.
 * One virsh for the list and one per 100 domains, since a process per command costs 100 times the work. It ends
 * with a second list, last in its virsh so that the status is its own: a domain without XML that is still there
 * could not be read, one that is not was undefined meanwhile.
 */
export const readScript = `
uri=$1 mark=$2 only=$3 seconds=$4
v() { virsh -c "$uri" "$@" </dev/null; }
m() { printf '\\n%s %s\\n' "$mark" "$*"; }
all=$(timeout -k 2 "$seconds" virsh -c "$uri" "echo $mark version; version --daemon; echo $mark cpus; nodecpumap --pretty; echo $mark list; list --all --uuid --name" </dev/null) || exit
printf '\\n%s\\n' "$all"
list=\${all##*"$mark list"}
m xml
batch= count=0
while read -r uuid name; do
  [ -n "$uuid" ] || continue
  [ -z "$only" ] || [ "$name" = "$only" ] || continue
  batch="$batch echo $mark info $uuid; dominfo $uuid; echo $mark reason $uuid; domstate --reason $uuid; echo $mark inactive $uuid; dumpxml --inactive --security-info $uuid; echo $mark live $uuid; dumpxml --security-info $uuid; echo $mark done $uuid;"
  count=$((count + 1))
  if [ "$count" -ge 100 ]; then v "$batch" || exit 1; batch= count=0; fi
done <<END
$list
END
[ -z "$batch" ] || v "$batch" || exit 1
m stats; v "domstats --list-active --nowait --iothread; echo $mark again; list --all --uuid" || exit 1
case $uri in
  qemu:///system) folder=/run/libvirt/qemu ;;
  qemu:///session) [ "$(id -u)" -eq 0 ] && folder=/run/libvirt/qemu || folder=\${XDG_RUNTIME_DIR:-$HOME/.cache}/libvirt/qemu/run ;;
  *) exit 0 ;;
esac
for file in "$folder"/*.pid; do
  [ -r "$file" ] || continue
  name=\${file##*/} name=\${name%.pid}
  [ -z "$only" ] || [ "$name" = "$only" ] || continue
  read -r pid <"$file" || [ -n "$pid" ] || continue
  m process "$pid"; printf '%s\\n' "$name"
  sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null
  for task in "/proc/$pid/task/"*; do
    read -r comm <"$task/comm" 2>/dev/null || continue
    case $comm in
      'IO iothread'*) printf 'thread %s %s %s\\n' "\${task##*/}" "\${comm#IO iothread}" "$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$task/status")" ;;
    esac
  done
done
exit 0
`;
