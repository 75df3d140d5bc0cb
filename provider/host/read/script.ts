import { objects } from "../../model/objects.ts";
import { keepOutputOf } from "../connection/bounded.ts";
import { patientStatsOfQemu, statsOfQemu } from "./domstats.ts";
import { forEachProcess } from "./processes.ts";

const { verbs } = objects.domain;
const [inactive, live] = [verbs.dumpInactive, verbs.dumpLive].map((words) => words.join(" "));

/** Seconds for the answer about one domain, which takes some milliseconds. */
export const domainSeconds = 10;

/** Seconds for the answer to a batch of questions about guests, of which each takes some milliseconds. */
export const batchSeconds = 5;

/** Seconds to wait for others' jobs before QEMU is asked for threads. A job of a read takes some milliseconds. */
const othersSeconds = 2;

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
 * - Only guests whose live XML has IO threads are asked for them: it is a question to QEMU, which takes a job on the guest.
 *   `--nowait` skips a guest whose job another client has: of two users who read 12 guests in a loop, each missed 2 % of the
 *   answers (11.3.0). Guests that were skipped are asked one by one by a question that waits for the job.
 *
 * - A process and a look-up per question take longer than the answer. The script therefore asks for short facts
 *   of all domains at once, and per domain only for the XML, the live one only for an active domain. 200 domains that
 *   are off take 0.3 s; dominfo and domstate for each of them took 0.8 s more (libvirt 9.0.0).
 * - awk parses the list, because the shell's own patterns take a second for 30 KiB. It passes on what virsh prints frame by
 *   frame, to find the guests with IO threads.
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
function ask(limit, questions, batch,   command, part, between, first, status) {
  command = "{ " limit " virsh -c \\"$uri\\" \\"" batch "\\" </dev/null; printf \\"\\\\n%s status %s\\" \\"$mark\\" $?; } | head -c " int(17 + (questions < 4000 ? questions : 4000) / 4) * 1048576
  between = RS; RS = mark; first = 1; status = 1
  while ((command | getline part) > 0) {
    if (part ~ /^ status /) { status = substr(part, 9) + 0; continue }
    printf "%s%s", first ? "" : mark, part
    first = 0
    if (part ~ /^ live / && part ~ /\\n  <iothreads>[1-9]/) { threaded[substr(part, 7, 36)]; count_threaded++ }
    if (part ~ /^ threads/) note(part)
  }
  close(command); RS = between
  return status
}
function note(stats,   lines, each) {
  each = split(stats, lines, "\\n")
  while (each > 0) if (lines[each--] ~ /\\.poll-max-ns=/) {
    while (each > 0 && lines[each] !~ /^Domain: /) each--
    told[substr(lines[each], 10, length(lines[each]) - 10)]
  }
}
function run(batch, questions,   status) {
  if (stalled) return
  status = ask("timeout -k 2 " int(${batchSeconds} + questions / 100), questions, batch)
  if (status == 124 || status == 137) { stalled = 1; print "\\n" mark " stalled" }
  else if (status != 0) exit 1
}
function threads(   uuid, list, again) {
  for (uuid in threaded) list = list " " uuid
  if (list == "" || stalled) return
  run(" echo " mark " threads; ${statsOfQemu} --iothread" (count_threaded > 2000 ? "" : list) "; echo " mark " end", count_threaded)
  if (stalled) return
  for (uuid in threaded) if (!(names[uuid] in told) && length(again) < 100000) again = again " echo " mark " threads; ${patientStatsOfQemu} --iothread " uuid ";"
  if (again != "") ask("timeout -k 2 ${othersSeconds}", count_threaded, again " echo " mark " end")
}
function lists() { return " echo " mark " again; ${verbs.list} --all --uuid; echo " mark " regain; ${verbs.list} --all --uuid" }
function name(of) {
  of = substr($0, index($0, $1) + 37)
  if ($0 ~ /^ /) gsub(/^ +| +$/, "", of)
  return of
}
function dump(how, command) { return " echo " mark " " how " " $1 "; " command " " $1 ";" }
BEGIN { mark = ENVIRON["mark"]; only = ENVIRON["only"]; asked = stalled = 0 }
$1 == mark { part = $2; next }
length($1) != 36 || $1 !~ /^[0-9a-f-]+$/ { next }
part == "active" { active[$1] = 1 }
part ~ /list$/ && !($1 in names) && (only == "" || name() == only) {
  names[$1] = name()
  batch = batch dump("inactive", "${inactive}"); count++; asked = 1
  if ($1 in active) { batch = batch dump("live", "${live}"); count++ }
  if (count >= 500) { run(batch " echo " mark " end", count); batch = ""; count = 0 }
}
END {
  if (!asked) exit
  run(batch lists(), count)
  if (stalled && ask("", 0, lists()) != 0) exit 1
  threads()
}
'
facts="echo $mark version; version --daemon; echo $mark cpus; nodecpumap --pretty; echo $mark transient; ${verbs.list} --all --transient --uuid; echo $mark autostart; ${verbs.list} --all --autostart --uuid; echo $mark saved; ${verbs.list} --all --with-managed-save --uuid; echo $mark states; domstats --state --nowait $direct; echo $mark active; ${verbs.list} --uuid;"
found=
if [ -n "$direct" ] && [ -z "$new" ]; then
  keep first "$patience" "$facts echo $mark inactive; ${inactive} $direct; echo $mark live; ${live} $direct; echo $mark threads; ${statsOfQemu} --iothread $direct; echo $mark end" || { status=$?
    case $status$kept in 124*"$mark inactive"* | 137*"$mark inactive"*) found=1; printf '\\n%s\\n%s stalled\\n' "\${kept%"$mark status "*}" "$mark" ;; 124* | 137*) kept= ;; *) exit $status ;; esac
  }
  case $kept in *"$mark inactive"*'<domain '*"$mark live"*'<domain '*"$mark end"*) found=1; printf '\\n%s\\n' "$kept"
    case $kept in
      *.poll-max-ns=*) ;;
      *'
  <iothreads>'[1-9]*) first ${othersSeconds} "echo $mark threads; ${patientStatsOfQemu} --iothread $direct" ;;
    esac ;;
  esac
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
