import { setTimeout as pause } from "node:timers/promises";
import { HostError } from "../../errors.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { parseState, printState, rowOf, wayOff } from "../../plan/situation/runStates.ts";
import type { Connection } from "../connection/connection.ts";
import { currentSignal } from "../connection/interruption.ts";
import { quote } from "../connection/quote.ts";
import { answerError, commandError } from "../virsh/errors.ts";
import { runOne, virsh } from "../virsh/virsh.ts";

/** Limits on how a guest may be powered off. */
export interface PowerOff {
  /** Seconds that the guest has after the request. Default: 60. */
  readonly shutdownTimeoutSeconds?: number;
  /** Whether the guest is cut off after that time. Default: no; a guest that still runs is an error. */
  readonly forceOff?: boolean;
  /** Whether the guest is declared to run: then a paused guest may be resumed, so that it can receive the request. */
  readonly running?: boolean;
}

type State = Pick<DomainFacts, "state" | "stateReason">;

/** Asks the guest to power off and waits. @throws HostError when the guest still runs and may not be cut off. */
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
      // libvirt still reports a guest as suspended that was reset during its sleep, and can't wake it.
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
 * Runs a virsh command on the guest. Returns false when it fails because the guest has just changed its state, so that
 * the caller reads the state again.
 * @throws HostError when the command fails although the state is still the same.
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

/** A state and reason that only a later libvirt prints; it does not mean that the guest is off. */
const looksLikeState = /^[a-z -]+ \([^()]*\)$/;

/** The guest's present state. A transient domain ceases to exist when it is off: then a complete list lacks it. */
async function stateOf(connection: Connection, domain: DomainFacts): Promise<State> {
  const what = `can't ask for the state of "${domain.name}"`;
  const ask = virsh(connection, ["domstate", "--reason", domain.uuid]);
  // The exit status is that of the last list; the mark between them shows that virsh printed the first one to its end.
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

/** Message about a guest that can only be cut off in its present state. */
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
