/** Finds out why something differs from its declaration although libvirt accepted the change. */

import { domainSchema } from "../../model/elements/domain/schema.ts";
import { printVersion } from "../../model/values/version.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { placeOf } from "../merge/path.ts";
import type { LabelledChange, Plan } from "../plan.ts";
import { recordChange } from "../record/change.ts";
import { withoutPaths } from "./parts.ts";

/**
 * - `ignored`: missing from the definition that libvirt has just accepted, because libvirt does not know it,
 * or does not know it for this kind of device
 * - `set by others`: has another value than before
 * - `not followed`: the running guest did not change
 */
export type Cause = "ignored" | "set by others" | "not followed";

export interface Undone extends LabelledChange {
  readonly cause: Cause;
}

/** Lists what is still due after an apply, each with its cause. `planned` is the plan that was applied. */
export function causesOf(planned: Plan, now: Plan): Undone[] {
  const before = new Map(planned.changes.map((each) => [each.change.path, each.change.before]));
  return now.changes
    .filter(({ isDue }) => isDue)
    .map((each): Undone => {
      const { kind, path, before: value } = each.change;
      const isLive = each.label === "live" || each.label === "detach";
      if (!isLive && kind === "add" && !isListed(each)) return { ...each, cause: "ignored" };
      const isAsBefore = before.has(path) && before.get(path) === value;
      return { ...each, cause: isLive && isAsBefore ? "not followed" : "set by others" };
    });
}

/** A part that a libvirt version accepted and left out, as a state stores it. Secrets are hidden. */
export interface Ignored {
  readonly path: string;
  readonly value: string | null;
  /** Version of libvirt, such as `9.0.0`. */
  readonly libvirt: string;
}

export function ignoredBy(libvirtVersion: number, undone: readonly LabelledChange[]): Ignored[] {
  return undone.map(({ change, label }) => ({
    path: change.path,
    value: recordChange(domainSchema, change, label).after,
    libvirt: printVersion(libvirtVersion),
  }));
}

/**
 * Returns the changes of a plan that this libvirt is known to ignore, as long as the declared value is the
 * same.
 */
export function stillIgnored(
  plan: Plan,
  known: readonly Ignored[],
  libvirtVersion: number,
): LabelledChange[] {
  const version = printVersion(libvirtVersion);
  const here = known.filter(({ libvirt }) => libvirt === version);
  return plan.changes.filter(
    ({ change, label }) =>
      change.kind === "add" &&
      here.some(
        ({ path, value }) =>
          path === change.path && value === recordChange(domainSchema, change, label).after,
      ),
  );
}

/**
 * Whether this is a whole disk, IO thread or other listed element. libvirt refuses one that it can't have; it
 * never ignores one.
 */
function isListed({ change: { steps } }: LabelledChange): boolean {
  return steps.at(-1)?.kind === "element" && placeOf(steps) in domainSchema.identities;
}

/** Returns the declaration without the ignored places. */
export function withoutIgnored(declared: XmlElement, undone: readonly LabelledChange[]): XmlElement {
  return withoutPaths(declared, new Set(undone.map(({ change }) => change.path)));
}
