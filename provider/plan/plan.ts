import { attributeOf, elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { libvirtHas } from "./checks/features.ts";
import { findObstacles } from "./checks/obstacles.ts";
import { threadsOfDevice } from "./cpus/guestCpus.ts";
import type { Label } from "./live/labels.ts";
import { planLive } from "./live/live.ts";
import type { LiveStep, PlannedChange, WhenRunning } from "./live/steps.ts";
import { yieldBootDevices } from "./merge/bootDevices.ts";
import type { Change, Dropped } from "./merge/change.ts";
import type { Merged } from "./merge/merge.ts";
import { mergeDomain } from "./merge/merge.ts";
import { printPath } from "./merge/path.ts";

export interface Situation {
  readonly inactive: XmlElement;
  /**
   * Null when the guest does not run. What is in force stands in it, whether libvirt prints it or not: polling
   * as `<poll>`, the kernel's CPUs as the `cpuset` of pins.
   */
  readonly live: XmlElement | null;
  readonly libvirtVersion: number;
  /** Absent or 0: not known. */
  readonly qemuVersion?: number;
  readonly onlineCpus: readonly number[];
  /** The domain has no definition of its own and vanishes when it stops. Absent: it has one. */
  readonly isTransient?: boolean;
  /** Ids of IO threads that other resources of the same program will have added by then. Absent: none. */
  readonly comingThreads?: readonly number[];
}

export interface Pending {
  readonly path: string;
  readonly live: string | null;
  readonly inactive: string | null;
}

/** Something for which a guest was power-cycled once, in vain. */
export type Tried = Omit<Pending, "live">;

/** A change on either side, with what it costs the guest. */
export interface LabelledChange {
  readonly change: Change;
  readonly label: Label;
  /** Whether it is owed: false for what is defined already and waits for the next boot. */
  readonly isDue: boolean;
  /** What people have to know of it; empty: nothing. */
  readonly note: string;
}

export interface Plan {
  /** Definition to write; null when it is right already. */
  readonly define: XmlElement | null;
  readonly changes: readonly LabelledChange[];
  readonly liveSteps: readonly LiveStep[];
  /** What the running guest gets only by a power cycle. */
  readonly pending: readonly Pending[];
  /** Whether a power cycle is needed and allowed. */
  readonly restarts: boolean;
  /** What it is needed for. */
  readonly restartsFor: readonly Tried[];
  /** What is declared and libvirt ignores: never a change. */
  readonly dropped: readonly Dropped[];
  /** Why it can't be done: nothing may be touched then. */
  readonly obstacles: readonly string[];
}

/** Decides everything from what is recorded, declared and there. Pure: a preview and an apply ask the same. */
export function planDomain(
  recorded: XmlElement | null,
  desired: XmlElement,
  situation: Situation,
  allowed: WhenRunning = "live",
  tried: readonly Tried[] = [],
): Plan {
  const stays = (tree: XmlElement) => definableBy(situation.libvirtVersion, tree);
  const yielded = yieldBootDevices(desired, situation.inactive);
  const inactive = mergeDomain({
    recorded: recorded && stays(recorded),
    desired: stays(desired),
    actual: yielded.actual,
  });
  const inactiveChanges = [...yielded.changes, ...inactive.diff.changes];
  const smallest = planRunning(recorded, desired, situation, inactive, allowed);
  const isInVain = ({ path, after }: Change) =>
    tried.some((each) => each.path === path && each.inactive === after);
  const restartsFor =
    allowed === "restart"
      ? smallest.filter((each) => !each.planned && !each.isAsked && !isInVain(each.change))
      : [];
  const restarts = restartsFor.length > 0;
  // What a power cycle brings anyway takes no device out before it.
  const live = restarts ? planRunning(recorded, desired, situation, inactive, "live") : smallest;
  const pending = live.filter(({ planned }) => planned === null);
  const labels = new Map<string, LabelledChange>(
    inactiveChanges.map((change) => [change.path, { change, label: "define", isDue: true, note: "" }]),
  );
  for (const { change, planned } of live) {
    if (planned?.steps.length === 0) continue;
    const isBrought = restarts && !isInVain(change);
    const label = planned ? labelOf(planned) : isBrought ? "restart" : "next boot";
    const isDue = label !== "next boot" || labels.has(change.path);
    const note = planned?.row.note;
    const isNoted = note !== undefined && situation.libvirtVersion < note.before;
    const inVain = !planned && isInVain(change) ? "a power cycle did not bring it" : "";
    labels.set(change.path, { change, label, isDue, note: isNoted ? note.text : inVain });
  }
  const liveSteps = unique(live.flatMap(({ planned }) => planned?.steps ?? [])).toSorted(
    (a, b) => a.order - b.order,
  );
  return {
    define: inactiveChanges.length > 0 || situation.isTransient ? inactive.tree : null,
    changes: [...labels.values()],
    liveSteps,
    pending: pending.map(({ change }) => ({
      path: change.path,
      live: change.before,
      inactive: change.after,
    })),
    restarts,
    restartsFor: restartsFor.map(({ change }) => ({ path: change.path, inactive: change.after })),
    dropped: inactive.diff.dropped,
    obstacles: findObstacles(desired, inactive.tree, situation, liveSteps),
  };
}

/** What of a declaration goes into a definition: where libvirt keeps no polling in it, polling lives in the guest only. */
export function definableBy(libvirtVersion: number, declared: XmlElement): XmlElement {
  return libvirtHas("pollingInXml", libvirtVersion) ? declared : withoutPolling(declared);
}

interface LiveChange {
  readonly change: Change;
  /** Null: it waits for the next boot. */
  readonly planned: PlannedChange | null;
  /** The guest was asked before and has not done it: a power cycle would not help either. */
  readonly isAsked: boolean;
}

function planRunning(
  recorded: XmlElement | null,
  desired: XmlElement,
  situation: Situation,
  inactive: Merged,
  allowed: WhenRunning,
): LiveChange[] {
  const { live, onlineCpus, libvirtVersion, qemuVersion = 0 } = situation;
  if (!live) return [];
  const { tree: merged, diff } = mergeDomain({ recorded, desired, actual: live });
  const defining = new Set(inactive.diff.changes.map(({ path }) => path));
  const context = { onlineCpus, libvirtVersion, qemuVersion, live, merged, defined: inactive.tree, allowed };
  const told = diff.changes.filter((change) => !isPollingUntold(change, libvirtVersion));
  const planned = told.map((change) => {
    const made = planLive(change, context);
    // A guest is asked once: what it has not done since is told, not asked again by every preview.
    const isAsked = made?.isRequest === true && !defining.has(change.path);
    return { change, planned: isAsked ? null : made, isAsked };
  });
  const left = threadsInUse(live, planned);
  return planned.map((each) => (isThreadRemoval(each.change, left) ? { ...each, planned: null } : each));
}

/** A running guest's thread always has polling: where none is told, somebody else's job kept it from being read. */
function isPollingUntold({ kind, path }: Change, libvirtVersion: number): boolean {
  return (
    !libvirtHas("pollingInXml", libvirtVersion) &&
    kind === "add" &&
    /^iothreadids\/iothread\[[^\]]*\]\/poll$/.test(path)
  );
}

function labelOf(planned: PlannedChange): Label {
  return planned.steps.some((step) => step.label === "detach") ? "detach" : "live";
}

function unique(steps: readonly LiveStep[]): LiveStep[] {
  return [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()];
}

/** Threads that devices of the running guest go on using when all planned is done. */
function threadsInUse(live: XmlElement, planned: readonly LiveChange[]): Set<string> {
  const moved = new Set(
    planned
      .filter(({ planned: made }) => made?.steps.some((step) => step.waitsFor))
      .map(({ change }) => printPath(change.steps.slice(0, 2))),
  );
  const devices = [
    ...elementsAt(live, "devices/disk").map((disk) => [
      disk,
      `devices/disk[${valueAt(disk, "target/@dev")}]`,
    ]),
    ...elementsAt(live, "devices/controller").map((each) => [
      each,
      `devices/controller[${attributeOf(each, "type")} ${attributeOf(each, "index")}]`,
    ]),
  ] as const;
  return new Set(
    devices.flatMap(([device, path]) =>
      moved.has(String(path)) ? [] : threadsOfDevice(device as XmlElement),
    ),
  );
}

function isThreadRemoval(change: Change, inUse: ReadonlySet<string>): boolean {
  const [, thread] = change.steps;
  return (
    change.kind === "remove" &&
    change.steps.length === 2 &&
    thread?.kind === "element" &&
    thread.name === "iothread" &&
    inUse.has(thread.key ?? "")
  );
}

function withoutPolling(tree: XmlElement): XmlElement {
  const children = tree.children.filter((child) => child.kind !== "element" || child.name !== "poll");
  return {
    ...tree,
    children: children.map((child) =>
      child.kind === "element" && /^(iothreadids|iothread)$/.test(child.name) ? withoutPolling(child) : child,
    ),
  };
}
