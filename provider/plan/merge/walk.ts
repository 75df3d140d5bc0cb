import { keyOf } from "../../model/elements/identity.ts";
import { findNewer, findOmission } from "../../model/elements/omitted.ts";
import type { Schema } from "../../model/elements/schema.ts";
import { printXml } from "../../model/xml/print.ts";
import { textOf } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Change, Dropped, PathStep } from "./change.ts";
import { printPath } from "./path.ts";

/** The findings of one walk so far, and its position: `trail` has the declared elements from the root down. */
export interface Walk {
  readonly schema: Schema;
  readonly changes: Change[];
  readonly dropped: Dropped[];
  readonly trail: XmlElement[];
  /** The host's elements from the root down to the current one. */
  readonly actualTrail: XmlElement[];
  /** Whether every declared value counts, even one that libvirt would not print. */
  readonly isLiteral: boolean;
  readonly libvirtVersion?: number | undefined;
  readonly qemuVersion?: number | undefined;
}

/** A position of the walk; `place` is the path without identities, which is the key of tables. */
export interface Spot {
  readonly place: string;
  readonly steps: readonly PathStep[];
}

/** The spot of a child, identified by its key or else by its position among the children of its name. */
export function spotOf(schema: Schema, child: XmlElement, spot: Spot, position: number): Spot {
  const place = spot.place === "" ? child.name : `${spot.place}/${child.name}`;
  const own = keyOf(schema, child, place);
  const key = own ?? (Object.hasOwn(schema.identities, place) || position > 0 ? String(position) : undefined);
  const step: PathStep = { kind: "element", name: child.name, ...(key === undefined ? {} : { key }) };
  return { place, steps: [...spot.steps, step] };
}

/** A declared node that the host lacks, or has with another value. */
interface Missing {
  /** The spot of the element that holds the node. */
  readonly spot: Spot;
  readonly step: PathStep;
  readonly value: string;
  /** The declared element, and the host's. */
  readonly element: XmlElement;
  readonly actual: XmlElement;
  /** The host's value; `null` when it has none. */
  readonly there: string | null;
}

/** Whether a rule explains the difference. Records the node in `walk.dropped` when libvirt ignores it. */
export function explain({ spot, step, ...missing }: Missing, walk: Walk): boolean {
  const place = [
    spot.place,
    step.kind === "text" ? "" : step.kind === "attribute" ? `@${step.name}` : step.name,
  ]
    .filter((part) => part !== "")
    .join("/");
  if (walk.isLiteral) return false;
  const { schema, trail, actualTrail, qemuVersion } = walk;
  const site = { ...missing, place, trail, actualTrail, qemuVersion };
  const rule = findOmission(schema, site) ?? findNewer(schema, site, walk.libvirtVersion);
  if (!rule) return false;
  if (rule.kind === "dropped") {
    const path = printPath([...spot.steps, step]);
    walk.dropped.push({ path, value: missing.value, rule: rule.id, reason: rule.reason });
  }
  return true;
}

/** Records the addition or removal of a whole element. */
export function noteElement(
  walk: Walk,
  kind: "add" | "remove",
  steps: readonly PathStep[],
  actual: XmlElement | null,
  desired: XmlElement | null,
): void {
  const before = actual && printXml(actual);
  const after = desired && printXml(desired);
  const trail = [...walk.actualTrail];
  walk.changes.push({ kind, steps, path: printPath(steps), before, after, actual, desired, trail });
}

/** Whether rules explain every attribute of a missing element. Records ignored ones in `walk.dropped`. */
export function areExplained(element: XmlElement, spot: Spot, walk: Walk): boolean {
  if (walk.isLiteral || element.attributes.length === 0 || textOf(element) !== "") return false;
  const actual: XmlElement = { ...element, attributes: [], children: [] };
  const { schema, qemuVersion } = walk;
  const trails = { trail: [...walk.trail, element], actualTrail: [...walk.actualTrail, actual] };
  const isExplained = ({ name, value }: { readonly name: string; readonly value: string }) => {
    const site = {
      place: `${spot.place}/@${name}`,
      value,
      element,
      actual,
      there: null,
      ...trails,
      qemuVersion,
    };
    return (findOmission(schema, site) ?? findNewer(schema, site, walk.libvirtVersion)) !== null;
  };
  if (!element.attributes.every(isExplained)) return false;
  for (const { name, value } of element.attributes) {
    const missing = { spot, element, actual, value, there: null };
    explain({ ...missing, step: { kind: "attribute", name } }, { ...walk, ...trails });
  }
  return true;
}
