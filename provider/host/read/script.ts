import { objects } from "../../model/objects.ts";
import { keepOutputOf } from "../connection/bounded.ts";
import { statsOfQemu } from "./domstats.ts";
import { forEachProcess } from "./processes.ts";

const { verbs } = objects.domain;
const [inactive, live] = [verbs.dumpInactive, verbs.dumpLive].map((words) => words.join(" "));

/** Seconds for the answer about one domain, which takes some milliseconds. */
export const domainSeconds = 10;

/** Seconds for the answer to a batch of questions about guests, of which each takes some milliseconds. */
export const batchSeconds = 5;

/**
 * Reads a host and its domains in one round trip: `sh -c … sh URI MARK NAME SECONDS DIRECT NEW PATIENCE`; an empty
 * NAME means all. SECONDS bounds the first question, so that a libvirtd that hangs is noticed soon; PATIENCE bounds
 * the questions about one domain.
 *
 * - dumpxml waits 30 s for a job that another client has on the domain (libvirt 11.3.0, 12.8.0; not 9.0.0), and
 *   domstats waits without end for a QEMU that hangs. The questions that may wait come last, and each batch of them has
 *   a limit. The frame `stalled` says that a limit has passed; `busy.ts` asks again for what is missing.
 * - domstats prints nothing of any domain if one of them ends meanwhile (9.0.0). The states, which need no job and no
 *   answer of QEMU, are therefore a question of their own.
 *
 * - A process and a look-up per question take longer than the answer. The script therefore asks for short facts
 *   of all domains at once, and per domain only for the XML, the live one only for an active domain. 200 domains that
 *   are off take 0.3 s; dominfo and domstate for each of them took 0.8 s more (libvirt 9.0.0).
 * - awk parses the list, because the shell's own patterns take a second for 30 KiB.
 * - A NAME that virsh can't read as an id or UUID (DIRECT is not empty) costs one virsh process. The script reads the
 *   list only if that finds no such domain. It looks for a domain that is expected to be NEW in the list at once, which
 *   is one process as well.
 * - The script reads the list again at the end. A domain without XML that is still listed could not be read; one that
 *   is no longer listed was undefined meanwhile.
 * - Each virsh prints its list twice. The second list comes last, so that the exit status is its own, and its frame
 *   shows that the first was printed to its end. `answer.ts` takes the domains of both.
 * - The last frame, `done`, shows that the answer was not cut off.
 * - For a whole host it also reads the machine's identity. Only the UUID of the capabilities, which are 12 KiB and
 *   more, goes over the connection.
 * - A name may begin or end with spaces. Only libvirt 10.7.0, whose lists are tables, adds spaces.
 */
export const readScript = `${keepOutputOf}
uri=$1 mark=$2 only=$3 seconds=$4 direct=$5 new=$6 patience=$7
first() { timeout -k 2 "$1" virsh -c "$uri" "$2" </dev/null; }
ask='
function run(batch, questions) {
  if (stalled) return
  status = system("timeout -k 2 " int(${batchSeconds} + questions / 100) " virsh -c \\"$uri\\" \\"" batch "\\" </dev/null")
  if (status == 124 || status == 137) { stalled = 1; system("printf \\"\\\\n%s stalled\\\\n\\" \\"$mark\\"") }
  else if (status != 0) exit 1
}
function lists() { return " echo " mark " again; ${verbs.list} --all --uuid; echo " mark " regain; ${verbs.list} --all --uuid" }
function name(of) {
  of = substr($0, index($0, $1) + 37)
  if ($0 ~ /^ /) gsub(/^ +| +$/, "", of)
  return of
}
function dump(how, command) { return " echo " mark " " how " " $1 "; " command " " $1 ";" }
BEGIN { mark = ENVIRON["mark"]; only = ENVIRON["only"]; asked = stalled = threads = 0 }
$1 == mark { part = $2; next }
length($1) != 36 || $1 !~ /^[0-9a-f-]+$/ { next }
part == "active" { active[$1] = 1 }
part ~ /list$/ && !($1 in seen) && (only == "" || name() == only) {
  seen[$1] = 1
  batch = batch dump("inactive", "${inactive}"); count++; asked = 1
  if ($1 in active) { batch = batch dump("live", "${live}"); count++ }
  if ($1 in active) threads = 1
  last = $1
  if (count >= 500) { run(batch " echo " mark " end", count); batch = ""; count = 0 }
}
END {
  if (!asked) exit
  if (threads) batch = batch " echo " mark " threads; ${statsOfQemu} --iothread " (only == "" ? "" : last) ";"
  run(batch lists(), count)
  if (stalled && system("virsh -c \\"$uri\\" \\"" lists() "\\" </dev/null") != 0) exit 1
}
'
facts="echo $mark version; version --daemon; echo $mark cpus; nodecpumap --pretty; echo $mark transient; ${verbs.list} --all --transient --uuid; echo $mark autostart; ${verbs.list} --all --autostart --uuid; echo $mark saved; ${verbs.list} --all --with-managed-save --uuid; echo $mark states; domstats --state --nowait $direct; echo $mark active; ${verbs.list} --uuid;"
found=
if [ -n "$direct" ] && [ -z "$new" ]; then
  keep first "$patience" "$facts echo $mark inactive; ${inactive} $direct; echo $mark live; ${live} $direct; echo $mark threads; ${statsOfQemu} --iothread $direct; echo $mark end" || { status=$?
    case $status$kept in 124*"$mark inactive"* | 137*"$mark inactive"*) found=1; printf '\\n%s\\n%s stalled\\n' "\${kept%"$mark status "*}" "$mark" ;; 124* | 137*) kept= ;; *) exit $status ;; esac
  }
  case $kept in *"$mark inactive"*'<domain '*"$mark live"*'<domain '*"$mark end"*) found=1; printf '\\n%s\\n' "$kept" ;; esac
fi
if [ -z "$found" ]; then
  identity=
  [ -n "$only" ] || identity="echo $mark hostname; hostname; echo $mark capabilities; capabilities;"
  keep first "$seconds" "$facts $identity echo $mark list; ${verbs.list} --all --uuid --name; echo $mark relist; ${verbs.list} --all --uuid --name" || exit
  printf '\\n%s\\n' "$kept" | sed "/^$mark capabilities/,/^$mark list/{/^$mark/b
    /<uuid>/b
    d
  }"
  printf '%s\\n' "$kept" | uri=$uri mark=$mark only=$only awk "$ask" || exit 1
fi
${forEachProcess(`  [ -z "$only" ] || [ "$name" = "$only" ] || continue
  printf '\\n%s process %s\\n%s\\n' "$mark" "$pid" "$name"
  sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null
  for task in "/proc/$pid/task/"*; do
    read -r comm <"$task/comm" 2>/dev/null || continue
    case $comm in
      'IO iothread'*) printf 'thread %s %s %s\\n' "\${task##*/}" "\${comm#IO iothread}" "$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "$task/status")" ;;
    esac
  done`)}
printf '\\n%s done\\n' "$mark"
exit 0
`;
