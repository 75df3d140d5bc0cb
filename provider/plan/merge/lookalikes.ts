import { keyOf } from "../../model/elements/identity.ts";
import type { Schema } from "../../model/elements/schema.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { CountDifferences } from "./countDifferences.ts";
import type { Pairs } from "./pair.ts";

/** What was declared before, what is there, and where both stand. */
export interface Sides {
  readonly schema: Schema;
  readonly before: readonly XmlElement[];
  readonly there: readonly XmlElement[];
  /** Of those, what was declared before. */
  readonly declared: ReadonlySet<XmlElement>;
  /** Of those, what is declared no more. */
  readonly left: readonly XmlElement[];
  readonly above: string;
  readonly differences: CountDifferences;
}

/**
 * Of elements that are to be removed, only those of which it is known which one is meant. Of 15 root ports, 14 were
 * declared without an index and one was added by libvirt: the one that is declared no more is the one that has the
 * index that libvirt gave it. Without that rule, to merge again after a failure would remove a second one.
 */
export function withoutLookalikes(pairs: Pairs, sides: Sides): Pairs {
  return new Map([...pairs].flatMap(([child, old]) => resolve(child, old, sides)));
}

function resolve(child: XmlElement, old: XmlElement, sides: Sides): [XmlElement, XmlElement][] {
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
