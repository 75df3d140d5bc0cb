import { meansSame } from "../../model/elements/meaning.ts";
import { inUnitOf } from "../../model/elements/sizes.ts";
import { attributeOf } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Change, PathStep } from "./change.ts";
import { printPath } from "./path.ts";
import { explain, type Spot, type Walk } from "./walk.ts";

/** The declared, the recorded and the host's form of one element. */
export interface Sides {
  readonly desired: XmlElement;
  /** `null` when the element was not declared. */
  readonly recorded: XmlElement | null;
  readonly actual: XmlElement;
}

type Note = (step: PathStep, kind: Change["kind"], before: string | null, after: string | null) => void;

/** Returns a function that records a change of an attribute or of the element's text. */
export function noteIn({ actual, desired }: Sides, spot: Spot, walk: Walk): Note {
  return (step, kind, before, after) => {
    const steps = [...spot.steps, step];
    const trail = [...walk.actualTrail];
    walk.changes.push({ kind, steps, path: printPath(steps), before, after, actual, desired, trail });
  };
}

/** The element's attributes, with the declared ones added and those removed that are no longer declared. */
export function mergeAttributes(sides: Sides, spot: Spot, walk: Walk): XmlElement["attributes"] {
  const { desired, recorded, actual } = sides;
  const { schema } = walk;
  const note = noteIn(sides, spot, walk);
  let attributes = actual.attributes;
  const placeOf = (name: string) => (spot.place === "" ? `@${name}` : `${spot.place}/@${name}`);
  for (const { name, value } of desired.attributes) {
    const before = attributeOf(actual, name);
    if (before !== undefined && meansSame(schema, placeOf(name), value, before)) continue;
    const step: PathStep = { kind: "attribute", name };
    if (explain({ spot, step, value, element: desired, actual, there: before ?? null }, walk)) continue;
    note(step, before === undefined ? "add" : "change", before ?? null, value);
    attributes =
      before === undefined
        ? [...attributes, { name, value }]
        : attributes.map((each) => (each.name === name ? { name, value } : each));
  }
  for (const { name, value } of recorded ? inUnitOf(schema, spot.place, recorded, actual).attributes : []) {
    const before = attributeOf(actual, name);
    if (attributeOf(desired, name) !== undefined || before === undefined) continue;
    if (!meansSame(schema, placeOf(name), value, before)) continue;
    note({ kind: "attribute", name }, "remove", before, null);
    attributes = attributes.filter((each) => each.name !== name);
  }
  return attributes;
}
