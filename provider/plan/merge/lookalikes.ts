import { isOrdered, listed } from "../../model/elements/identity.ts";
import { attributeOf } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { CountDifferences } from "./countDifferences.ts";
import { keyOf, type Pairs } from "./pair.ts";

/** What was declared before, what is there, and where both stand. */
export interface Sides {
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
  if (!listed(place) || keyOf(child, place) !== null || isOrdered(place, sides.before)) return [[child, old]];
  const isAlike = (one: XmlElement, other: XmlElement) =>
    one.name === other.name && sides.differences(one, other, place) === 0;
  const alike = sides.there.filter((each) => isAlike(child, each));
  const isNumbered = place === "devices/controller" && attributeOf(child, "type") !== "usb";
  if (isNumbered && alike.every((each) => attributeOf(each, "index") !== undefined)) {
    const index = givenIndex(child, sides.before);
    const own = ofType(child, sides.there).find((each) => attributeOf(each, "index") === index);
    if (!own || !sides.left.includes(own)) return [];
    if (alike.includes(own)) return [[child, own]];
  }
  return alike.every((each) => sides.declared.has(each)) ? [[child, old]] : [];
}

const ofType = (controller: XmlElement, all: readonly XmlElement[]) =>
  all.filter(
    (each) => each.name === controller.name && attributeOf(each, "type") === attributeOf(controller, "type"),
  );

/** The index that libvirt gives to a controller without one: the lowest that is free (domain_conf.c). USB companions share one. */
function givenIndex(controller: XmlElement, all: readonly XmlElement[]): string | null {
  const those = ofType(controller, all);
  const taken = new Set(those.map((each) => attributeOf(each, "index")));
  for (const each of those.filter((one) => attributeOf(one, "index") === undefined)) {
    let index = 0;
    while (taken.has(String(index))) index++;
    if (each === controller) return String(index);
    taken.add(String(index));
  }
  return null;
}
