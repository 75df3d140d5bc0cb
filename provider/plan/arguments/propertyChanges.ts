import type { Arguments } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";
import type { Change } from "../merge/change.ts";
import type { LabelledChange } from "../plan.ts";
import type { Edit } from "./edits.ts";
import type { Origin } from "./origins.ts";
import { nameInXml, nameOf, originOf, originsOf } from "./origins.ts";

/** A property that changes because the program was edited or the host has drifted. */
export interface PropertyChange extends Edit {
  /** True when the program was edited there; false when only the host differs. */
  readonly isEdit: boolean;
}

/** Last applied arguments, present arguments, and the edits between them. */
export interface Edited {
  readonly recorded: Arguments;
  readonly args: Arguments;
  readonly edits: readonly Edit[];
}

/**
 * The properties that Pulumi shows as changed: edited arguments, and arguments that no longer hold on the host. A node
 * from `xml` is named by its path in the domain: `xml["devices/disk[vda]/driver/@cache"]`.
 */
export function propertyChanges(
  kind: AnyKind,
  { recorded, args, edits: edited }: Edited,
  due: readonly LabelledChange[],
): PropertyChange[] {
  const property = propertyFinder(kind, recorded, args);
  const onHost = due.map(
    ({ change }): Edit => ({
      property: property(change),
      kind: change.kind === "remove" ? "delete" : change.kind === "add" ? "add" : "update",
    }),
  );
  const isXmlTold = onHost.some((each) => each.property.startsWith('xml["'));
  const edits = edited.filter((each) => each.property !== "xml" || !isXmlTold);
  const found = new Map<string, PropertyChange>(
    edits.map((each) => [each.property, { ...each, isEdit: true }]),
  );
  for (const each of onHost) {
    // Pulumi shows the edit of an item, or of a part of it, so its effect on the host needs no line of its own.
    const isTold = [...found.keys()].some(
      (path) => isWithin(each.property, path) || isWithin(path, each.property),
    );
    const isEdit = each.property.startsWith('xml["') && recorded.xml !== args.xml;
    const isGiven = !each.property.includes("[") && args[each.property] !== undefined;
    if (!isTold) found.set(each.property, { ...each, kind: isGiven ? "update" : each.kind, isEdit });
  }
  return [...found.values()];
}

/** Returns a function that names the property of a change. */
export function propertyFinder(
  kind: AnyKind,
  recorded: Arguments,
  args: Arguments,
): (change: Change) => string {
  let now: Origin[] | undefined;
  let before: Origin[] | undefined;
  return (change) => {
    now ??= originsOf(kind, args);
    before ??= originsOf(kind, recorded);
    const origin = originOf(change, now) ?? originOf(change, before);
    if (kind.key !== null && change.steps.length <= kind.place.split("/").length) return kind.key;
    if (origin) return nameOf(change, origin);
    return kind.key ?? nameInXml(change);
  };
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}
