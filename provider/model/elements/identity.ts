import { valueAt } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";
import type { Identity, Schema } from "./schema.ts";

/**
 * Whether elements at this place are removed as a whole when their declaration goes, with the parts that libvirt
 * put into them.
 */
export function isWhole(schema: Schema, place: string): boolean {
  return schema.isListed(place) || schema.isWhole(place);
}

/** The values that identify the element; null when one of them is missing or such elements have no identity. */
export function keyOf(schema: Schema, element: XmlElement, place: string): string | null {
  for (let identity = schema.identities[place]; identity; identity = identity.otherwise) {
    const parts = partsOf(identity, element);
    if (parts.every((value) => value !== undefined)) return parts.join(" ");
  }
  return null;
}

function partsOf({ places, canonical, absent }: Identity, element: XmlElement): (string | undefined)[] {
  return places.map((each) => {
    const value = valueAt(element, each) ?? absent;
    return value === undefined ? undefined : (canonical?.(value) ?? value);
  });
}

/** Whether the two may be the same element: no part of their identities differs. */
export function doAgree(schema: Schema, one: XmlElement, other: XmlElement, place: string): boolean {
  for (let identity = schema.identities[place]; identity; identity = identity.otherwise) {
    const [parts, those] = [partsOf(identity, one), partsOf(identity, other)];
    if (!parts.every((part, i) => part === undefined || those[i] === undefined || part === those[i]))
      return false;
    // Both have this key in full and it is equal: their other keys may differ.
    if ([...parts, ...those].every((part) => part !== undefined)) return true;
  }
  return true;
}
