import { PartialFailure } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { parseState, stateRows } from "../../plan/situation/runStates.ts";
import type { Connection } from "../connection/connection.ts";
import { answerError, commandError } from "../virsh/errors.ts";
import type { PowerOff } from "./power.ts";
import { stillOn, unaskable } from "./power.ts";

/** Exit codes of the script below; virsh uses none of them. */
const stillRuns = 75;
const staysOff = 76;
const cannotBeAsked = 77;
const noState = 78;

/** The table of states as shell patterns for the output of `domstate --reason`. */
const cases = stateRows
  .map(({ state, reasons, off, on }) => {
    const patterns = reasons?.map((reason) => `'${state} (${reason})'`) ?? [`'${state}'*`];
    const way = off === "destroy" && on === "resume" ? "$paused" : off;
    return `${patterns.join(" | ")}) way=${way} ;;`;
  })
  .join("\n    ");

/**
 * Powers the guest off and on in one command that survives a broken connection, so that no guest is left off. It prints
 * nothing while it runs, and ignores the hang-up signal.
 */
const cycle = `
uri=$1 domain=$2 seconds=$3 force=$4 paused=\${5:-destroy} asked= until=
trap '' HUP PIPE
state() { virsh -c "$uri" domstate --reason "$domain"; }
# A guest that has changed its state just before makes virsh fail: then it is looked at anew.
act() {
  said=$(virsh -c "$uri" "$1" "$domain" 2>&1) && return
  [ "$(state)" = "$now" ] || return
  # libvirt goes on calling a guest suspended that was reset in its sleep, and can't wake it.
  case $1$force in dompmwakeupforce) return ;; esac
  printf '%s\\n' "$said" >&2; exit 1
}
while now=$(state) || exit; do
  case $now in
    ${cases}
    [a-z]*' ('*')') way=shutdown ;;
    *) exit ${noState} ;;
  esac
  # The time counts from the first look, which may take long, and whole seconds are never fewer than were allowed.
  [ -n "$until" ] || until=$(($(date +%s) + (seconds > 0 ? seconds + 1 : 0)))
  [ "$way" != none ] || break
  if [ "$way" = destroy ]; then
    [ -n "$force" ] || { printf '%s\\n' "$now"; exit ${cannotBeAsked}; }
    act ${objects.domain.verbs.stop}
  elif [ "$(date +%s)" -ge "$until" ]; then
    [ -n "$force" ] || exit ${stillRuns}
    act ${objects.domain.verbs.stop}
  elif [ "$way" != wait ] && [ "$way" != "$asked" ]; then
    act "$way" && asked=$way
  else
    sleep 0.5
  fi
done
# One that somebody else started makes virsh fail too.
virsh -c "$uri" ${objects.domain.verbs.start} "$domain" >/dev/null || case $(state) in running*) ;; *) exit ${staysOff} ;; esac
`;

/** Powers the guest off and on, so that its definition comes into force. @throws PartialFailure when it stays off. */
export async function powerCycle(connection: Connection, domain: DomainFacts, how: PowerOff): Promise<void> {
  const limitSeconds = Math.ceil(how.shutdownTimeoutSeconds ?? 60);
  const options = [String(limitSeconds), how.forceOff ? "force" : "", how.running ? "resume" : ""];
  const argv = ["sh", "-c", cycle, "sh", connection.virshUri, domain.uuid, ...options];
  const [result] = await connection.run([{ argv, timeoutSeconds: limitSeconds + 120 }]);
  if (result?.exitCode === 0) return;
  const said = { argv: ["virsh", "domstate", domain.uuid], stderr: result?.stderr ?? "" };
  if (result?.exitCode === stillRuns) throw stillOn(connection, domain, limitSeconds);
  if (result?.exitCode === cannotBeAsked)
    throw unaskable(connection, domain, parseState(result.stdout) ?? domain);
  if (result?.exitCode === noState)
    throw answerError(`can't ask for the state of "${domain.name}"`, connection.host, said, "no state");
  const isOff = result?.exitCode === staysOff;
  const error = commandError(
    isOff ? `can't start "${domain.name}" again` : `can't power-cycle "${domain.name}"`,
    connection.host,
    {
      argv: ["virsh", "-c", connection.virshUri, isOff ? "start" : "shutdown", domain.uuid],
      exitCode: result?.exitCode ?? 1,
      stderr: result?.stderr ?? "",
    },
  );
  throw isOff ? new PartialFailure(null, error) : error;
}
