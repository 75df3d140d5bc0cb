import { meansSame } from "../../model/elements/meaning.ts";
import { findOmission } from "../../model/elements/omitted.ts";
import type { Schema } from "../../model/elements/schema.ts";
import { inUnitOf } from "../../model/elements/sizes.ts";
import { attributeOf, childrenOf, textOf } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** Counts the declared attributes and texts that the other element lacks and no rule explains. */
export type CountDifferences = (one: XmlElement, other: XmlElement, place: string) => number;

/**
 * Compares children of one name in order, which takes linear time. The trails are the declared and the host's elements
 * from the root down.
 */
export function differencesUnder(
  schema: Schema,
  trail: readonly XmlElement[],
  actualTrail: readonly XmlElement[],
): CountDifferences {
  const above = { schema, trail: [...trail], actualTrail: [...actualTrail] };
  return (one, other, place) => count(one, other, place, above);
}

interface Above {
  readonly schema: Schema;
  readonly trail: XmlElement[];
  readonly actualTrail: XmlElement[];
}

function count(declared: XmlElement, other: XmlElement, place: string, above: Above): number {
  const { schema, trail, actualTrail } = above;
  const one = inUnitOf(schema, place, declared, other);
  above.trail.push(one);
  above.actualTrail.push(other);
  const isExplained = (at: string, value: string, element: XmlElement, there: string | null) =>
    findOmission(schema, { place: at, value, element, actual: other, there, trail, actualTrail }) !== null;
  let found = 0;
  for (const { name, value } of one.attributes) {
    const there = attributeOf(other, name);
    const at = `${place}/@${name}`;
    if (there !== undefined && meansSame(schema, at, value, there)) continue;
    if (!isExplained(at, value, one, there ?? null)) found++;
  }
  const children = childrenOf(one);
  if (children.length === 0) {
    const [text, there] = [textOf(one), textOf(other)];
    if (text !== "" && !meansSame(schema, place, text, there) && !isExplained(place, text, one, there))
      found++;
  } else found += countChildren(children, other, place, above, isExplained);
  above.trail.pop();
  above.actualTrail.pop();
  return found;
}

function countChildren(
  children: readonly XmlElement[],
  other: XmlElement,
  place: string,
  above: Above,
  isExplained: (at: string, value: string, element: XmlElement, there: null) => boolean,
): number {
  const those = groupByName(childrenOf(other));
  const seen = new Map<string, number>();
  let found = 0;
  for (const child of children) {
    const position = seen.get(child.name) ?? 0;
    seen.set(child.name, position + 1);
    const there = those.get(child.name)?.[position];
    const at = `${place}/${child.name}`;
    if (there) found += count(child, there, at, above);
    else if (!isExplained(at, "", child, null)) found += countMissing(child, at, above);
  }
  return found;
}

/** Counts the parts of a missing element that no rule explains; an element without attributes and text counts as one. */
function countMissing(element: XmlElement, place: string, above: Above): number {
  const saysNothing = countFacts(element) === 1 && element.attributes.length === 0;
  if (saysNothing) return 1;
  return count(element, { ...element, attributes: [], children: [] }, place, above);
}

/** The number of attributes and texts in an element and below it; at least one. */
export function countFacts(element: XmlElement): number {
  const children = childrenOf(element);
  const own = element.attributes.length + (children.length === 0 && textOf(element) !== "" ? 1 : 0);
  return Math.max(
    1,
    children.reduce((sum, child) => sum + countFacts(child), own),
  );
}

export function groupBy<Key>(elements: readonly XmlElement[], keyFor: (each: XmlElement) => Key) {
  const groups = new Map<Key, XmlElement[]>();
  for (const each of elements) {
    const key = keyFor(each);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

export const groupByName = (elements: readonly XmlElement[]): Map<string, XmlElement[]> =>
  groupBy(elements, (each) => each.name);

/** The position of each element among those of its name. */
export function positionsByName(elements: readonly XmlElement[]): Map<XmlElement, number> {
  return new Map([...groupByName(elements).values()].flatMap((group) => group.map((each, i) => [each, i])));
}
