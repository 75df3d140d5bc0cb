import { keyOf } from "../../model/elements/identity.ts";
import type { Schema } from "../../model/elements/schema.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { CountDifferences } from "./countDifferences.ts";
import type { Pairs } from "./pair.ts";

/** The previously declared and the actual children of one element. */
export interface RecordedSides {
  readonly schema: Schema;
  readonly before: readonly XmlElement[];
  readonly there: readonly XmlElement[];
  /** Those of `there` that were declared before. */
  readonly declared: ReadonlySet<XmlElement>;
  /** Those of `there` that are no longer declared. */
  readonly left: readonly XmlElement[];
  readonly above: string;
  readonly differences: CountDifferences;
}

/**
 * Keeps only the removals that clearly name one element. Example: of 15 root ports, a program declared 14 without an
 * index and libvirt added one. When the program drops one of the 14, we remove the port with the index that libvirt
 * gave it. Otherwise a second merge after a failure would remove another look-alike.
 */
export function withoutLookalikes(pairs: Pairs, sides: RecordedSides): Pairs {
  return new Map([...pairs].flatMap(([child, old]) => resolve(child, old, sides)));
}

function resolve(child: XmlElement, old: XmlElement, sides: RecordedSides): [XmlElement, XmlElement][] {
  const place = sides.above === "" ? child.name : `${sides.above}/${child.name}`;
  const { schema } = sides;
  const keyIn = (each: XmlElement) => (each.name === child.name ? keyOf(schema, each, place) : null);
  if (!schema.isListed(place) || keyIn(child) !== null || schema.isOrdered(place, sides.before))
    return [[child, old]];
  const isAlike = (one: XmlElement, other: XmlElement) =>
    one.name === other.name && sides.differences(one, other, place) === 0;
  const alike = sides.there.filter((each) => isAlike(child, each));
  const given = schema.identities[place]?.given?.(child, sides.before) ?? null;
  if (given !== null && alike.every((each) => keyIn(each) !== null)) {
    const own = sides.there.find((each) => keyIn(each) === given);
    if (!own || !sides.left.includes(own)) return [];
    if (alike.includes(own)) return [[child, own]];
  }
  return alike.every((each) => sides.declared.has(each)) ? [[child, old]] : [];
}
