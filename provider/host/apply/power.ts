import { setTimeout as pause } from "node:timers/promises";
import { HostError, PartialFailure } from "../../errors.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import type { Connection } from "../connection/connection.ts";
import { currentSignal } from "../connection/interruption.ts";
import { quote } from "../connection/quote.ts";
import { commandError } from "../virsh/errors.ts";
import { runOne, virsh } from "../virsh/virsh.ts";

/** How a guest may be powered off. */
export interface PowerOff {
  /** Seconds that it has after it was asked. Absent: 60. */
  readonly shutdownTimeoutSeconds?: number;
  /** Whether it is cut off after that. Absent: it is not, and that is an error. */
  readonly forceOff?: boolean;
}

/** Asks the guest to power off and waits. @throws HostError when it does not and may not be cut off. */
export async function powerOff(connection: Connection, domain: DomainFacts, how: PowerOff): Promise<void> {
  const limitMs = (how.shutdownTimeoutSeconds ?? 60) * 1000;
  await turnOff(connection, domain, "shutdown", "can't shut down");
  const isOffByNow = async () => {
    await pause(Math.min(500, limitMs), undefined, { signal: currentSignal() });
    return isOff(connection, domain);
  };
  for (const until = Date.now() + limitMs; Date.now() < until; ) {
    const isDone = await isOffByNow().catch((cause: unknown) => {
      if (!currentSignal()?.aborted) throw cause;
      throw new HostError(`interrupted while "${domain.name}" powers off`, connection.host, {
        code: "interrupted",
        remedy: "it was asked to and may yet do so; the next up goes on from there",
        cause,
      });
    });
    if (isDone) return;
  }
  if (!how.forceOff) throw stillOn(connection, domain, limitMs / 1000);
  await turnOff(connection, domain, "destroy", "can't cut off");
}

/** A guest that went off by itself just before makes virsh fail; that it is off is what counts. @throws HostError */
async function turnOff(
  connection: Connection,
  domain: DomainFacts,
  command: "shutdown" | "destroy",
  what: string,
): Promise<void> {
  try {
    await runOne(connection, `${what} "${domain.name}"`, virsh(connection, [command, domain.uuid]));
  } catch (error) {
    if (!(await isOff(connection, domain).catch(() => false))) throw error;
  }
}

async function isOff(connection: Connection, domain: DomainFacts): Promise<boolean> {
  const what = `can't ask for the state of "${domain.name}"`;
  const { stdout } = await runOne(connection, what, virsh(connection, ["domstate", domain.uuid]));
  return stdout.trim() === "shut off";
}

/** Exit codes of the script below, which no command of virsh has. */
const stillRuns = 75;
const staysOff = 76;

/**
 * One command, so that a connection that breaks leaves no guest off: it goes on to its end, whoever listens. Nothing
 * is printed on the way, and a hang-up is not heard.
 */
const cycle = `
uri=$1 domain=$2 until=$(($(date +%s) + $3)) force=$4
trap '' HUP PIPE
state() { virsh -c "$uri" domstate "$domain"; }
# One that went off by itself just before makes virsh fail.
off() {
  said=$(virsh -c "$uri" "$1" "$domain" 2>&1) || [ "$(state)" = 'shut off' ] || { printf '%s\\n' "$said" >&2; exit 1; }
}
off shutdown
while now=$(state) || exit; [ "$now" != 'shut off' ]; do
  if [ "$(date +%s)" -lt "$until" ]; then sleep 0.5; continue; fi
  [ -n "$force" ] || exit ${stillRuns}
  off destroy
done
# So does one that somebody else started.
virsh -c "$uri" start "$domain" >/dev/null || [ "$(state)" = running ] || exit ${staysOff}
`;

/** Off and on again, so that the definition comes into force. @throws PartialFailure when it stays off. */
export async function powerCycle(connection: Connection, domain: DomainFacts, how: PowerOff): Promise<void> {
  const limitSeconds = Math.ceil(how.shutdownTimeoutSeconds ?? 60);
  const words = [connection.virshUri, domain.uuid, String(limitSeconds), how.forceOff ? "force" : ""];
  const argv = ["sh", "-c", cycle, "sh", ...words];
  const [result] = await connection.run([{ argv, timeoutSeconds: limitSeconds + 120 }]);
  if (result?.exitCode === 0) return;
  if (result?.exitCode === stillRuns) throw stillOn(connection, domain, limitSeconds);
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

function stillOn(connection: Connection, domain: DomainFacts, limitSeconds: number): HostError {
  return new HostError(`"${domain.name}" did not power off within ${limitSeconds} s`, connection.host, {
    remedy: `it still runs; shut it down inside or cut it off (virsh destroy ${quote(domain.name)}) and run this again; or raise shutdownTimeoutSeconds, or allow it to be cut off with forceOff: true (pulumi up, then this again)`,
  });
}
