import { keepOutputOf } from "../connection/bounded.ts";
import { statsOfQemu } from "../read/domstats.ts";
import { forEachProcess } from "../read/processes.ts";

/**
 * Reads which domains run on a host, and their live XML: `sh -c … sh URI MARK UUIDS`, the UUIDs in one word. No UUIDs
 * means all running domains. Every virsh call is read-only, so no right to change anything is needed.
 */
export const discoverScript = `${keepOutputOf}
uri=$1 mark=$2 uuids=$3
v() { virsh -r -c "$uri" "$@" </dev/null; }
m() { printf '\\n%s %s\\n' "$mark" "$*"; }
m user; id -un
m nodes; cat /sys/devices/system/node/node*/cpulist 2>/dev/null
m list
keep v "list --uuid --name; echo $mark end; list --uuid" || exit
printf '%s\\n' "$kept"
m xmls
batch=
while read -r uuid name; do
  [ "$uuid" != "$mark" ] || break
  [ -n "$uuid" ] || continue
  case " \${uuids:-$uuid} " in *" $uuid "*) ;; *) continue ;; esac
  batch="$batch echo $mark xml $uuid; dumpxml $uuid;"
  [ "\${#batch}" -lt 100000 ] || { v "$batch echo $mark end"; batch=; }
done <<END
$kept
END
[ -z "$batch" ] || v "$batch echo $mark end"
m pids
${forEachProcess(`  printf '%s %s\\n' "$pid" "$name"`)}
m done
exit 0
`;

/**
 * Reads the counters: `sh -c … sh URI MARK UUIDS PIDS`, each list in one word. One domstats covers all domains and
 * one grep all threads, whatever their number. With `--nowait`, a domain that is busy with a job delays nothing.
 * domstats prints nothing if one of the domains is gone (9.0.0). The command after it in the same virsh shows that
 * domstats finished and that libvirtd is still there.
 */
export const countScript = `${keepOutputOf}
uri=$1 mark=$2 uuids=$3 pids=$4
v() { virsh -r -c "$uri" "${statsOfQemu} --block --iothread $*; echo $mark counted; list --uuid" </dev/null; }
m() { printf '\\n%s %s\\n' "$mark" "$*"; }
m disks; date +%s%N
kept=
[ -z "$uuids" ] || keep v "$uuids" 2>/dev/null
case $kept in *'Domain: '*) ;; *) keep v --list-active || exit ;; esac
printf '%s\\n' "$kept"
m threads; date +%s%N
files=
for pid in $pids; do files="$files /proc/$pid/task/*/schedstat /proc/$pid/task/*/status"; done
[ -z "$files" ] || LC_ALL=C grep -HsE '^(Name|Cpus_allowed_list|voluntary_ctxt_switches):|^[0-9]+ [0-9]+ [0-9]+$' $files
m done
exit 0
`;
