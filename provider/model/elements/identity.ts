import { valueAt } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";
import type { Schema } from "./schema.ts";

/** Elements that are one thing: when what declared them goes, they go whole, with what libvirt put into them. */
export function isWhole(schema: Schema, place: string): boolean {
  return schema.isListed(place) || schema.isWhole(place);
}

/** The values that tell it apart, or null when one of them is missing or nothing tells such elements apart. */
export function keyOf(schema: Schema, element: XmlElement, place: string): string | null {
  const parts = partsOf(schema, element, place);
  return parts?.every((value) => value !== undefined) ? parts.join(" ") : null;
}

function partsOf(schema: Schema, element: XmlElement, place: string): (string | undefined)[] | undefined {
  const identity = schema.identities[place];
  return identity?.places.map((each) => {
    const value = valueAt(element, each);
    return value === undefined ? undefined : (identity.canonical?.(value) ?? value);
  });
}

/** Whether no part of the identities contradicts that they are the same. */
export function doAgree(schema: Schema, one: XmlElement, other: XmlElement, place: string): boolean {
  const parts = partsOf(schema, one, place);
  if (!parts) return true;
  const those = partsOf(schema, other, place);
  return parts.every((part, i) => part === undefined || those?.[i] === undefined || part === those[i]);
}
