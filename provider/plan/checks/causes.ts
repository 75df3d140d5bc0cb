/** Why something is not as declared although libvirt took the change. */

import { domainSchema } from "../../model/elements/domain/schema.ts";
import { printVersion } from "../../model/values/version.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { placeOf } from "../merge/path.ts";
import type { LabelledChange, Plan } from "../plan.ts";
import { recordChange } from "../record/change.ts";
import { withoutPaths } from "./parts.ts";

/**
 * `ignored`: it is not in the definition that libvirt has just taken, since libvirt does not know it, or not for this
 * kind of device. `set by others`: there is another value than before. `not followed`: the running guest is as it was.
 */
export type Cause = "ignored" | "set by others" | "not followed";

export interface Undone extends LabelledChange {
  readonly cause: Cause;
}

/** What is still due after an apply, each with its cause; `planned` is what was to be done. */
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

/** Something that a libvirt has taken and left out, as a state remembers it. Secrets are hidden. */
export interface Ignored {
  readonly path: string;
  readonly value: string | null;
  /** `9.0.0`. */
  readonly libvirt: string;
}

export function ignoredBy(libvirtVersion: number, undone: readonly LabelledChange[]): Ignored[] {
  return undone.map(({ change, label }) => ({
    path: change.path,
    value: recordChange(domainSchema, change, label).after,
    libvirt: printVersion(libvirtVersion),
  }));
}

/** What of a plan is known to be ignored by this libvirt, as it is declared. */
export function stillIgnored(
  plan: Plan,
  known: readonly Ignored[],
  libvirtVersion: number,
): LabelledChange[] {
  if (known.length === 0) return [];
  return plan.changes.filter((each) => {
    const [now] = ignoredBy(libvirtVersion, [each]);
    return (
      each.change.kind === "add" &&
      known.some(
        ({ path, value, libvirt }) => path === now?.path && value === now.value && libvirt === now.libvirt,
      )
    );
  });
}

/** A disk or an IO thread as a whole is never ignored: libvirt refuses what it can't have. */
function isListed({ change: { steps } }: LabelledChange): boolean {
  return steps.at(-1)?.kind === "element" && placeOf(steps) in domainSchema.identities;
}

/** The declaration without the places that are ignored. */
export function withoutIgnored(declared: XmlElement, undone: readonly LabelledChange[]): XmlElement {
  return withoutPaths(declared, new Set(undone.map(({ change }) => change.path)));
}
