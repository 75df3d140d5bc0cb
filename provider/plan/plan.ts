import { parseCpuset } from "../model/cpuset.ts";
import { ioThreadIds } from "../model/elements/normalise.ts";
import { attributeOf, elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { Change } from "./change.ts";
import { countFreeSlots, findMissingThreads } from "./lints.ts";
import { mergeDomain } from "./merge.ts";
import type { LiveStep } from "./steps.ts";
import { planLive } from "./steps.ts";

export interface Situation {
  readonly inactive: XmlElement;
  /** Null when the guest does not run. With the polling that is in force as `<poll>` elements. */
  readonly live: XmlElement | null;
  readonly libvirtVersion: number;
  readonly onlineCpus: readonly number[];
}

export interface Pending {
  readonly path: string;
  readonly live: string | null;
  readonly inactive: string | null;
}

export interface Plan {
  /** Definition to write; null when it is right already. */
  readonly define: XmlElement | null;
  readonly inactiveChanges: readonly Change[];
  readonly liveChanges: readonly Change[];
  readonly liveSteps: readonly LiveStep[];
  /** What the running guest gets only by a power cycle. */
  readonly pending: readonly Pending[];
  /** Why it can't be done: nothing may be touched then. */
  readonly obstacles: readonly string[];
}

const pollingInXml = 9_004_000;

/** Decides everything from what is recorded, declared and there. Pure: a preview and an apply ask the same. */
export function planDomain(recorded: XmlElement | null, desired: XmlElement, situation: Situation): Plan {
  const stays = (tree: XmlElement) => (situation.libvirtVersion < pollingInXml ? withoutPolling(tree) : tree);
  const inactive = mergeDomain({
    recorded: recorded && stays(recorded),
    desired: stays(desired),
    actual: situation.inactive,
  });
  const liveChanges = situation.live
    ? mergeDomain({ recorded, desired, actual: situation.live }).diff.changes
    : [];
  const inUse = situation.live ? threadsInUse(situation.live) : new Set<string>();
  const planned = liveChanges.map((change) => ({
    change,
    step: isBlocked(change, inUse) ? null : planLive(change, situation.onlineCpus),
  }));
  const steps = unique(
    planned.flatMap(({ change, step }) => (step ? withTuning(change, step, situation.onlineCpus) : [])),
  );
  const liveSteps = steps.toSorted((a, b) => a.order - b.order);
  const changes = inactive.diff.changes;
  const isSettled = (change: Change) => change.kind === "remove" && placeIsPin(change);
  return {
    define: changes.length > 0 ? inactive.tree : null,
    inactiveChanges: changes,
    liveChanges,
    liveSteps,
    pending: planned
      .filter(({ step, change }) => !step && !isSettled(change))
      .map(({ change }) => ({ path: change.path, live: change.before, inactive: change.after })),
    obstacles: findObstacles(desired, inactive.tree, situation, liveSteps),
  };
}

const placeIsPin = (change: Change) => /^cputune\/(iothread|vcpu|emulator)pin/.test(change.path);

/** A thread that comes new has its tuning set by further commands: iothreadadd takes none. */
function withTuning(change: Change, step: LiveStep, onlineCpus: readonly number[]): LiveStep[] {
  const thread = change.desired;
  if (change.kind !== "add" || step.args[0] !== "iothreadadd" || !thread) return [step];
  const values: [string, string | undefined][] = [
    ["poll/@max", valueAt(thread, "poll/@max")],
    ["poll/@grow", valueAt(thread, "poll/@grow")],
    ["poll/@shrink", valueAt(thread, "poll/@shrink")],
    ["@thread_pool_max", attributeOf(thread, "thread_pool_max")],
  ];
  const more = values.flatMap(([place, after]) => {
    if (after === undefined) return [];
    const inner = place
      .split("/")
      .map((name) =>
        name.startsWith("@")
          ? ({ kind: "attribute", name: name.slice(1) } as const)
          : ({ kind: "element", name } as const),
      );
    return planLive({ ...change, kind: "add", steps: [...change.steps, ...inner], after }, onlineCpus) ?? [];
  });
  return [step, ...more];
}

function unique(steps: readonly LiveStep[]): LiveStep[] {
  return [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()];
}

function threadsInUse(domain: XmlElement): Set<string> {
  const devices = [...elementsAt(domain, "devices/disk"), ...elementsAt(domain, "devices/controller")];
  return new Set(devices.flatMap((device) => valueAt(device, "driver/@iothread") ?? []));
}

function isBlocked(change: Change, inUse: ReadonlySet<string>): boolean {
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

function findObstacles(
  desired: XmlElement,
  next: XmlElement,
  situation: Situation,
  steps: readonly LiveStep[],
): string[] {
  const obstacles = findMissingThreads(next, ioThreadIds(next)).map(
    (what) =>
      `${what}, which the domain does not have; declare it or use one of ${ioThreadIds(next).join(", ") || "none"}`,
  );
  for (const pin of ["vcpupin", "emulatorpin", "iothreadpin"].flatMap((name) =>
    elementsAt(desired, `cputune/${name}`),
  )) {
    const lacking = (parseCpuset(attributeOf(pin, "cpuset") ?? "") ?? []).filter(
      (cpu) => !situation.onlineCpus.includes(cpu),
    );
    if (lacking.length > 0)
      obstacles.push(
        `cpuset ${attributeOf(pin, "cpuset")} names CPU ${lacking.join(", ")}, which the host lacks; it has ${situation.onlineCpus.join(", ")}`,
      );
  }
  const plugs = steps.filter((step) => step.plugs).length;
  const free = situation.live && countFreeSlots(situation.live);
  if (free !== null && plugs > free) {
    obstacles.push(
      `${plugs} devices are to be plugged in and ${free} hot-plug slots are free; stop the guest first, or give the Domain more hotplugSlots before it starts`,
    );
  }
  return obstacles;
}
