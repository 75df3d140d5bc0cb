import { objects } from "../../model/objects.ts";
import type { Label } from "../../plan/live/labels.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { printState, rowOf, wayOff } from "../../plan/situation/runStates.ts";
import type { Connection } from "../connection/connection.ts";
import type { DomainRead } from "../read/read.ts";
import { readDomain, runAndRead } from "../read/read.ts";
import { commandError } from "../virsh/errors.ts";
import { virsh } from "../virsh/virsh.ts";
import type { PowerOff } from "./power.ts";
import { powerOff, unaskableBecause } from "./power.ts";

export interface Lifecycle extends PowerOff {
  readonly autostart?: boolean;
}

/** A part of the run state that differs from the declaration. */
export interface RunStateChange {
  readonly path: "running" | "autostart";
  readonly before: string;
  readonly after: string;
  readonly label: Label;
  /** The virsh command without the domain. */
  readonly command: string;
}

/** The differences between the declared and the actual run state. */
export function diffLifecycle(wanted: Lifecycle, domain: DomainFacts): RunStateChange[] {
  const { autostart } = objects.domain.verbs;
  const found: RunStateChange[] = [];
  if (wanted.autostart !== undefined && wanted.autostart !== domain.autostart)
    found.push({
      path: "autostart",
      before: String(domain.autostart),
      after: String(wanted.autostart),
      label: "live",
      command: wanted.autostart ? autostart : `${autostart} --disable`,
    });
  const running = (after: string, label: Label, command: string) =>
    found.push({ path: "running", before: printState(domain), after, label, command });
  const { off, on } = rowOf(domain);
  if (wanted.running === true && on === "start") running("running", "start", on);
  if (wanted.running === true && (on === "resume" || on === "dompmwakeup")) running("running", "live", on);
  if (wanted.running === false && off !== "none") running("shut off", "shutdown", "shutdown");
  return found;
}

/** Notes to the user about a guest that is declared to run and is left in a state in which it does not run. */
export function leftAsItIs(wanted: Lifecycle, domain: DomainFacts): string[] {
  const { on, remedy } = rowOf(domain);
  if (wanted.running !== true || on !== "leave") return [];
  return [`is ${printState(domain)}, and running: true does not change that: ${remedy}`];
}

/** Why the guest can't be powered off in its present state; null when it can, or when it may be cut off. */
export function whyNotOff(wanted: Lifecycle, domain: DomainFacts, isToGoOff: boolean): string | null {
  if (!isToGoOff || wanted.forceOff || wayOff(domain, wanted.running) !== "destroy") return null;
  const { what, remedy } = unaskableBecause(domain.name, domain);
  return `it ${what}; ${remedy}`;
}

const words: Readonly<Record<string, string>> = {
  autostart: "set autostart of",
  start: "start",
  resume: "resume",
  dompmwakeup: "wake",
};

/** Applies the declared run state. Returns the domain if it was read after the change. @throws HostError */
export async function applyLifecycle(
  connection: Connection,
  domain: DomainFacts,
  wanted: Lifecycle,
): Promise<DomainRead | undefined> {
  const { name, uuid } = domain;
  const steps = diffLifecycle(wanted, domain)
    .filter(({ label }) => label !== "shutdown")
    .map(({ command }) => {
      const [verb = "", ...rest] = command.split(" ");
      return { verb, command: virsh(connection, [verb, uuid, ...rest]) };
    });
  const commands = steps.map(({ command }) => command);
  const { results, read } = await runAndRead(connection, commands, name);
  if (!read) {
    // virsh also fails when another client has just made the same change. Then the state is right, which is enough.
    const now = await readDomain(connection, name).catch(() => null);
    if (now?.domain && diffLifecycle(wanted, now.domain).length === 0) return now;
    const at = results.length - 1;
    const failed = results[at] ?? { argv: [], exitCode: 1, stderr: "" };
    throw commandError(`can't ${words[steps[at]?.verb ?? ""] ?? ""} "${name}"`, connection.host, failed);
  }
  if (wanted.running !== false || rowOf(domain).off === "none") return read;
  await powerOff(connection, domain, wanted);
  return undefined;
}
