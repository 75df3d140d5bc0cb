/**
 * Which commands work in each of libvirt's run states. Measured on libvirt 9.0.0 with QEMU 7.2:
 *
 * | state               | shutdown | destroy | resume | dompmwakeup | reset                             |
 * | ------------------- | -------- | ------- | ------ | ----------- | --------------------------------- |
 * | running             | yes      | yes     | no     | no          | yes                               |
 * | paused (any reason) | no       | yes     | yes    | no          | yes, it stays paused              |
 * | crashed (panicked)  | no       | yes     | yes    | no          | yes                               |
 * | pmsuspended         | no       | yes     | no     | yes         | yes, the state stays pmsuspended  |
 * | shut off            | no       | no      | no     | no          | no                                |
 *
 * "no" means that virsh prints `Requested operation is not valid: domain is not running`, whatever the state is.
 */
import type { DomainFacts, RunState } from "./facts.ts";

/**
 * How a guest is powered off. `resume` and `dompmwakeup` run before a shutdown request; `wait` means the state
 * changes by itself; `destroy` means the guest can't react to a request, so it is cut off; `none` means it is off
 * already.
 */
export type WayOff = "none" | "shutdown" | "dompmwakeup" | "resume" | "wait" | "destroy";

interface StateRow {
  readonly state: RunState;
  /** Reasons of the state. Default: every reason that no row above names. */
  readonly reasons?: readonly string[];
  readonly off: WayOff;
  /** How `running: true` is reached. `holds`: it runs already; `leave`: nothing is done, and the preview says why. */
  readonly on: "holds" | "start" | "resume" | "dompmwakeup" | "leave";
  /** Why nothing is done, and what the user can do; empty when there is nothing to say. */
  readonly remedy: string;
}

/** The first row that matches counts. */
export const stateRows: readonly StateRow[] = [
  { state: "shut off", off: "none", on: "start", remedy: "" },
  { state: "running", off: "shutdown", on: "holds", remedy: "" },
  { state: "idle", off: "shutdown", on: "holds", remedy: "" },
  { state: "no state", off: "shutdown", on: "holds", remedy: "" },
  { state: "in shutdown", off: "wait", on: "leave", remedy: "it powers off just now; the next up starts it" },
  {
    state: "paused",
    reasons: [
      "migrating",
      "saving",
      "dumping",
      "shutting down",
      "creating snapshot",
      "starting up",
      "post-copy",
    ],
    off: "wait",
    on: "leave",
    remedy: "libvirt is at work on it and lets it go on by itself; see virsh domjobinfo",
  },
  {
    state: "paused",
    reasons: ["user", "from snapshot"],
    off: "destroy",
    on: "resume",
    remedy: "somebody paused it: resume it",
  },
  {
    state: "paused",
    reasons: ["I/O error"],
    off: "destroy",
    on: "leave",
    remedy: "a disk of it failed or is full (virsh domblkerror): mend that, then resume it",
  },
  { state: "paused", off: "destroy", on: "leave", remedy: "mend what stopped it, then resume it" },
  {
    state: "crashed",
    off: "destroy",
    on: "leave",
    remedy: "on_crash keeps it to be looked at (virsh dump): when that is done, cut it off",
  },
  { state: "pmsuspended", off: "dompmwakeup", on: "dompmwakeup", remedy: "" },
];

/**
 * Finds the row of a state. A state that no row knows counts as running: then virsh itself refuses what is
 * impossible.
 */
export function rowOf({ state, stateReason }: Pick<DomainFacts, "state" | "stateReason">): StateRow {
  const fits = (row: StateRow) =>
    row.state === state && (row.reasons === undefined || row.reasons.includes(stateReason));
  return stateRows.find(fits) ?? { state, off: "shutdown", on: "holds", remedy: "" };
}

/**
 * How to power a guest off. If `running: true` is declared, a guest that somebody paused is resumed and then shut
 * down.
 */
export function wayOff(
  domain: Pick<DomainFacts, "state" | "stateReason">,
  running: boolean | undefined,
): WayOff {
  const { off, on } = rowOf(domain);
  return off === "destroy" && on === "resume" && running === true ? "resume" : off;
}

/** Prints a state as virsh does, such as `paused (I/O error)`. */
export function printState({ state, stateReason }: Pick<DomainFacts, "state" | "stateReason">): string {
  return `${state}${stateReason && ` (${stateReason})`}`;
}

/** Parses such a text; `null` when it is no state of libvirt's. */
export function parseState(text: string): Pick<DomainFacts, "state" | "stateReason"> | null {
  const [, state, stateReason = ""] = /^([^(]*?)(?: \((.*)\))?$/.exec(text.trim()) ?? [];
  const row = stateRows.find((each) => each.state === state);
  return row ? { state: row.state, stateReason } : null;
}
