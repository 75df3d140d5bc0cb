import { domainSchema } from "../model/elements/domain/schema.ts";
import { printXml } from "../model/xml/print.ts";
import { attributeOf, elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { withDefinedMacs } from "./alongside.ts";
import { findObstacles } from "./checks/obstacles.ts";
import { threadsOfDevice } from "./cpus/guestCpus.ts";
import { planDefinition } from "./definition.ts";
import type { Label } from "./live/labels.ts";
import { planLive } from "./live/live.ts";
import type { LiveStep, PlannedChange, WhenRunning } from "./live/steps.ts";
import type { Change, Dropped } from "./merge/change.ts";
import type { Merged } from "./merge/merge.ts";
import { mergeTrees } from "./merge/merge.ts";
import { printPath } from "./merge/path.ts";
import { valuesOf } from "./record/change.ts";
import type { Situation } from "./situation/situation.ts";

/** Sizes as people write them. */
export interface Pending {
  readonly path: string;
  readonly live: string | null;
  readonly inactive: string | null;
}

/** A change that a power cycle of the guest did not bring into force. */
export type Tried = Omit<Pending, "live">;

/** A change of the definition or of the running guest, with what it costs the guest. */
export interface LabelledChange {
  readonly change: Change;
  readonly label: Label;
  /** True when it must be changed now; false when it is defined already and waits for the next boot. */
  readonly isDue: boolean;
  /** A note to the user; empty when there is none. */
  readonly note: string;
}

export interface Plan {
  /** Definition to write; `null` when it is right already. */
  readonly define: XmlElement | null;
  readonly changes: readonly LabelledChange[];
  readonly liveSteps: readonly LiveStep[];
  /** Changes that the running guest gets only by a power cycle. */
  readonly pending: readonly Pending[];
  /** Whether a power cycle is needed and allowed. */
  readonly restarts: boolean;
  /** The changes that need the power cycle. */
  readonly restartsFor: readonly Tried[];
  /** Changes that still wait although the guest was power-cycled for them. */
  readonly inVain: readonly Tried[];
  /** Declared nodes that libvirt ignores; they are never a change. */
  readonly dropped: readonly Dropped[];
  /** Reasons why the plan is impossible. When there are any, nothing may be changed. */
  readonly obstacles: readonly string[];
}

/** Decides all changes from the recorded, declared and actual trees. Preview and apply both call it, so they agree. */
export function planDomain(
  given: XmlElement | null,
  declared: XmlElement,
  situation: Situation,
  allowed: WhenRunning = "live",
  tried: readonly Tried[] = [],
): Plan {
  const { recorded, desired, inactive, changes } = planDefinition(given, declared, situation);
  const smallest = planRunning(recorded, desired, situation, inactive, allowed);
  const isInVain = (change: Change) => tried.some((each) => isTried(change, each));
  const restartsFor =
    allowed === "restart"
      ? smallest.filter((each) => !each.planned && !each.isAsked && !isInVain(each.change))
      : [];
  const restarts = restartsFor.length > 0;
  // If we power-cycle anyway, do not detach first.
  const live = restarts ? planRunning(recorded, desired, situation, inactive, "live") : smallest;
  const pending = live.filter(({ planned }) => planned === null);
  const liveSteps = unique(live.flatMap(({ planned }) => planned?.steps ?? [])).toSorted(
    (a, b) => a.order - b.order,
  );
  return {
    define: changes.length > 0 || situation.isTransient ? inactive.tree : null,
    changes: labelChanges(changes, live, situation, (change) => {
      if (isInVain(change)) return { label: "next boot", note: "a power cycle did not bring it" };
      return { label: restarts ? "restart" : "next boot", note: "" };
    }),
    liveSteps,
    pending: pending.map(({ change }) => {
      const { before: running, after: inactive } = valuesOf(domainSchema, change);
      return { path: change.path, live: running, inactive };
    }),
    restarts,
    restartsFor: restartsFor.map(({ change }) => triedFor(change)),
    inVain: tried.filter((each) => pending.some(({ change }) => isTried(change, each))),
    dropped: inactive.diff.dropped,
    obstacles: findObstacles(desired, inactive.tree, situation, liveSteps),
  };
}

/** The record of a power cycle for a change. It leaves `before` out, so that it does not depend on the running guest. */
function triedFor(change: Change): Tried {
  return { path: change.path, inactive: valuesOf(domainSchema, { ...change, before: null }).after };
}

/** Whether a power cycle was made for this change. States of older versions hold the value in libvirt's own form. */
function isTried(change: Change, { path, inactive }: Tried): boolean {
  if (path !== change.path) return false;
  return inactive === change.after || inactive === triedFor(change).inactive;
}

/** One label for each place. The label of the change to the running guest replaces `define`. */
function labelChanges(
  defined: readonly Change[],
  live: readonly LiveChange[],
  { libvirtVersion }: Situation,
  labelOfWaiting: (change: Change) => Pick<LabelledChange, "label" | "note">,
): LabelledChange[] {
  const labels = new Map<string, LabelledChange>(
    defined.map((change) => [change.path, { change, label: "define", isDue: true, note: "" }]),
  );
  for (const { change, planned } of live) {
    if (planned?.steps.length === 0) continue;
    const told = planned ? { label: labelOf(planned), note: "" } : labelOfWaiting(change);
    const isDue = told.label !== "next boot" || labels.has(change.path);
    const known = planned?.row.note;
    const isNoted = known !== undefined && libvirtVersion < known.before;
    labels.set(change.path, { change, isDue, ...told, ...(isNoted ? { note: known.text } : {}) });
  }
  return [...labels.values()];
}

interface LiveChange {
  readonly change: Change;
  /** `null` when the change waits for the next boot. */
  readonly planned: PlannedChange | null;
  /** The guest was asked before and has not complied; a power cycle would not help either. */
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
  const sides = { recorded, desired, actual: live, libvirtVersion, qemuVersion };
  const first = mergeTrees(domainSchema, sides);
  const withMacs = withDefinedMacs(desired, first.diff.changes, inactive.tree, live);
  const { tree: merged, diff } =
    withMacs === desired ? first : mergeTrees(domainSchema, { ...sides, desired: withMacs });
  const defining = new Set(inactive.diff.changes.map(({ path }) => path));
  const context = { onlineCpus, libvirtVersion, qemuVersion, live, merged, defined: inactive.tree, allowed };
  const isUnedited = (change: Change) => pollOf(recorded, change) === pollOf(desired, change);
  const told = diff.changes.filter((change) => !(isPollingUntold(change) && isUnedited(change)));
  const planned = told.map((change) => {
    const made = planLive(change, context);
    // Ask a guest only once. If it has not complied since, report that rather than plan the request again.
    const isAsked = made?.isRequest === true && !defining.has(change.path);
    return { change, planned: isAsked ? null : made, isAsked };
  });
  const left = threadsInUse(live, planned);
  return planned.map((each) => (isThreadRemoval(each.change, left) ? { ...each, planned: null } : each));
}

/** The polling that a tree declares for the thread of a change, as text. */
function pollOf(tree: XmlElement | null, { steps }: Change): string {
  const id = steps.flatMap((step) => (step.kind === "element" ? (step.key ?? []) : []))[0];
  const threads = tree ? elementsAt(tree, "iothreadids/iothread") : [];
  return threads
    .filter((thread) => attributeOf(thread, "id") === id)
    .flatMap((thread) => elementsAt(thread, "poll").map(printXml))
    .join("");
}

/**
 * Whether the change adds polling that could not be read. A thread of a running guest always has polling; when libvirt
 * reports none, another client's job held the guest. Such a change counts only if the program edited it.
 */
function isPollingUntold({ kind, path }: Change): boolean {
  return kind === "add" && /^iothreadids\/iothread\[[^\]]*\]\/poll\/@/.test(path);
}

function labelOf(planned: PlannedChange): Label {
  return planned.steps.some((step) => step.label === "detach") ? "detach" : "live";
}

function unique(steps: readonly LiveStep[]): LiveStep[] {
  return [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()];
}

/** Threads that devices of the running guest still use after all planned steps. */
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
