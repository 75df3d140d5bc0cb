import { setTimeout as pause } from "node:timers/promises";
import { HostError } from "../../errors.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { parseState, printState, rowOf, wayOff } from "../../plan/situation/runStates.ts";
import type { Connection } from "../connection/connection.ts";
import { currentSignal } from "../connection/interruption.ts";
import { quote } from "../connection/quote.ts";
import { answerError, commandError } from "../virsh/errors.ts";
import { runOne, virsh } from "../virsh/virsh.ts";

/** How a guest may be powered off. */
export interface PowerOff {
  /** Seconds that it has after it was asked. Absent: 60. */
  readonly shutdownTimeoutSeconds?: number;
  /** Whether it is cut off after that. Absent: it is not, and that is an error. */
  readonly forceOff?: boolean;
  /** Whether it is declared to run: then one that somebody paused may be resumed, so that it can be asked. */
  readonly running?: boolean;
}

type State = Pick<DomainFacts, "state" | "stateReason">;

/** Asks the guest to power off and waits. @throws HostError when it does not and may not be cut off. */
export async function powerOff(connection: Connection, domain: DomainFacts, how: PowerOff): Promise<void> {
  const limitMs = (how.shutdownTimeoutSeconds ?? 60) * 1000;
  const until = Date.now() + limitMs;
  let now: State = domain;
  let asked: string | null = null;
  for (let way = wayOff(now, how.running); way !== "none"; way = wayOff(now, how.running)) {
    const isHopeless = way === "destroy";
    if (isHopeless || Date.now() >= until) {
      if (!how.forceOff)
        throw isHopeless ? unaskable(connection, domain, now) : stillOn(connection, domain, limitMs / 1000);
      await act(connection, domain, "destroy", now);
    } else if (way !== "wait" && way !== asked) {
      // libvirt goes on calling a guest suspended that was reset in its sleep, and can't wake it.
      const mayFail = way === "dompmwakeup" && how.forceOff === true;
      if (await act(connection, domain, way, now, mayFail)) asked = way;
    } else await waitBeforeLook(connection, domain, limitMs);
    now = await stateOf(connection, domain);
  }
}

async function waitBeforeLook(connection: Connection, domain: DomainFacts, limitMs: number): Promise<void> {
  try {
    await pause(Math.min(500, limitMs), undefined, { signal: currentSignal() });
  } catch (cause) {
    if (!currentSignal()?.aborted) throw cause;
    throw interrupted(connection, domain, cause);
  }
}

function interrupted(connection: Connection, domain: DomainFacts, cause: unknown): HostError {
  return new HostError(`interrupted while "${domain.name}" powers off`, connection.host, {
    code: "interrupted",
    remedy: "it was asked to and may yet do so; the next up goes on from there",
    cause,
  });
}

/**
 * Whether virsh did it. A guest that has changed its state just before makes virsh fail: then it is looked at anew.
 * @throws HostError when it failed in the state that it was chosen for.
 */
async function act(
  connection: Connection,
  domain: DomainFacts,
  command: string,
  now: State,
  mayFail = false,
): Promise<boolean> {
  const what = `can't ${words[command] ?? command} "${domain.name}"`;
  try {
    await runOne(connection, what, virsh(connection, [command, domain.uuid]));
    return true;
  } catch (error) {
    const later = await stateOf(connection, domain).catch(() => now);
    if (printState(later) !== printState(now)) return false;
    if (mayFail) return true;
    throw error;
  }
}

const words: Readonly<Record<string, string>> = {
  shutdown: "shut down",
  destroy: "cut off",
  dompmwakeup: "wake",
};

const end = "@@end";

/** A state of a libvirt to come, with its reason: it is no sign that the guest is off. */
const looksLikeState = /^[a-z -]+ \([^()]*\)$/;

/** A transient domain is gone with its power: then a whole list lacks it. */
async function stateOf(connection: Connection, domain: DomainFacts): Promise<State> {
  const what = `can't ask for the state of "${domain.name}"`;
  const ask = virsh(connection, ["domstate", "--reason", domain.uuid]);
  // The status is that of the last list; what stands between them shows that the first was printed to its end.
  const list = virsh(connection, [`list --all --uuid; echo ${end}; list --all --uuid`]);
  try {
    const [result] = await connection.run([ask]);
    if (result?.exitCode === 0) {
      const told = result.stdout.trim();
      const now = parseState(told);
      if (now) return now;
      if (looksLikeState.test(told)) return { state: "running", stateReason: told };
      throw answerError(what, connection.host, result, "no state");
    }
    const { stdout } = await runOne(connection, what, list);
    if (stdout.includes(end) && !stdout.includes(domain.uuid)) return { state: "shut off", stateReason: "" };
    throw commandError(what, connection.host, result ?? { argv: ask.argv, exitCode: 1, stderr: "" });
  } catch (cause) {
    if (!currentSignal()?.aborted) throw cause;
    throw interrupted(connection, domain, cause);
  }
}

export function unaskable(connection: Connection, domain: DomainFacts, now: State): HostError {
  const how = unaskableBecause(domain.name, now);
  return new HostError(`"${domain.name}" ${how.what}`, connection.host, { remedy: how.remedy });
}

/** Words for a guest that can only be cut off as it is. */
export function unaskableBecause(
  name: string,
  now: State,
): { readonly what: string; readonly remedy: string } {
  const { remedy } = rowOf(now);
  return {
    what: `is ${printState(now)} and can't be asked to power off`,
    remedy: `${remedy}, or cut it off (virsh destroy ${quote(name)}), and run this again; or allow it to be cut off with forceOff: true (pulumi up, then this again)`,
  };
}

export function stillOn(connection: Connection, domain: DomainFacts, limitSeconds: number): HostError {
  return new HostError(`"${domain.name}" did not power off within ${limitSeconds} s`, connection.host, {
    remedy: `it still runs; shut it down inside or cut it off (virsh destroy ${quote(domain.name)}) and run this again; or raise shutdownTimeoutSeconds, or allow it to be cut off with forceOff: true (pulumi up, then this again)`,
  });
}
