import { identities, listed } from "../model/elements/identity.ts";
import { meansSame } from "../model/elements/meaning.ts";
import { attributeOf, childrenOf, textOf, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";

/** Beyond so many comparisons elements without a key are paired in order: work stays linear. */
const comparisonLimit = 40_000;

export type Pairs = Map<XmlElement, XmlElement>;

/**
 * Which of the elements that are there each declared one means: the one of the same identity; without a
 * full identity, the one `hints` gives, else the one with the fewest differences, the earlier among equals.
 * `isNew` says of a declared element that it was not declared before: it takes no element that differs.
 */
export function pairChildren(
  declared: readonly XmlElement[],
  there: readonly XmlElement[],
  place: string,
  hints: Pairs = new Map(),
  isNew: (one: XmlElement) => boolean = () => false,
): Pairs {
  const pairs: Pairs = new Map();
  const [ones, others] = [groupByName(declared), groupByName(there)];
  for (const [name, group] of ones) {
    const candidates = others.get(name);
    if (candidates)
      pairGroup(group, candidates, place === "" ? name : `${place}/${name}`, hints, isNew, pairs);
  }
  return pairs;
}

function pairGroup(
  group: readonly XmlElement[],
  candidates: readonly XmlElement[],
  place: string,
  hints: Pairs,
  isNew: (one: XmlElement) => boolean,
  pairs: Pairs,
): void {
  const free = new Set(candidates);
  const take = (one: XmlElement, other: XmlElement) => {
    pairs.set(one, other);
    free.delete(other);
  };
  const isOpen = (one: XmlElement) => !pairs.has(one);
  const keyed = groupBy(candidates, (each) => keyOf(each, place));
  for (const [key, same] of groupBy(group, (each) => keyOf(each, place))) {
    const those = key === null ? undefined : keyed.get(key);
    if (!those) continue;
    const [one, other] = [same[0], those[0]];
    if (one && other && same.length === 1 && those.length === 1) take(one, other);
    else nearest(same, new Set(those), place, () => Number.POSITIVE_INFINITY, take);
  }
  for (const one of group.filter((each) => isOpen(each) && keyOf(each, place) === null)) {
    const hint = hints.get(one);
    if (hint && free.has(hint)) take(one, hint);
  }
  const open = group.filter((each) => isOpen(each) && keyOf(each, place) === null);
  const [one] = open;
  const [other] = free;
  if (one && other && open.length === 1 && free.size === 1 && !listed(place)) {
    if (agree(one, other, place)) take(one, other);
    return;
  }
  const allowed = (each: XmlElement) => {
    if (!listed(place)) return Number.POSITIVE_INFINITY;
    return isNew(each) ? 0 : Math.max(1, countFacts(each) / 2);
  };
  nearest(open, free, place, allowed, take);
}

/** Those that are the same first, then by fewest differences. */
function nearest(
  open: readonly XmlElement[],
  free: Set<XmlElement>,
  place: string,
  allowed: (one: XmlElement) => number,
  take: (one: XmlElement, other: XmlElement) => void,
): void {
  const left = new Set(free);
  const use = (one: XmlElement, other: XmlElement) => {
    left.delete(other);
    take(one, other);
  };
  const later: XmlElement[] = [];
  let comparisons = 0;
  for (const one of open) {
    let found: XmlElement | undefined;
    for (const other of left) {
      if (++comparisons > comparisonLimit) break;
      if (agree(one, other, place) && countDifferences(one, other, place) === 0) {
        found = other;
        break;
      }
    }
    if (found) use(one, found);
    else later.push(one);
  }
  if (comparisons + later.length * left.size > comparisonLimit) {
    for (const one of later) {
      const [other] = left;
      if (other && agree(one, other, place)) use(one, other);
    }
    return;
  }
  const ranked = later.flatMap((one) =>
    [...left]
      .filter((other) => agree(one, other, place))
      .map((other) => ({ one, other, n: countDifferences(one, other, place) }))
      .filter(({ n }) => n <= allowed(one)),
  );
  const taken = new Set<XmlElement>();
  for (const { one, other } of ranked.sort((a, b) => a.n - b.n)) {
    if (taken.has(one) || !left.has(other)) continue;
    taken.add(one);
    use(one, other);
  }
}

/** The values that tell it apart, or null when one of them is missing or nothing tells such elements apart. */
export function keyOf(element: XmlElement, place: string): string | null {
  const parts = partsOf(element, place);
  return parts?.every((value) => value !== undefined) ? parts.join(" ").toLowerCase() : null;
}

function partsOf(element: XmlElement, place: string): (string | undefined)[] | undefined {
  return identities[place]?.places.map((each) => {
    const value = valueAt(element, each);
    return value === undefined ? undefined : (identities[place]?.canonical?.(value) ?? value);
  });
}

/** Whether no part of the identity that the declared one has is contradicted. */
function agree(one: XmlElement, other: XmlElement, place: string): boolean {
  const parts = partsOf(one, place);
  if (!parts) return true;
  const those = partsOf(other, place);
  return parts.every(
    (part, i) =>
      part === undefined || those?.[i] === undefined || part.toLowerCase() === those[i].toLowerCase(),
  );
}

/** Declared attributes and texts that the other one has not, children taken in order: linear. */
function countDifferences(one: XmlElement, other: XmlElement, place: string): number {
  let count = 0;
  for (const { name, value } of one.attributes) {
    const there = attributeOf(other, name);
    if (there === undefined || !meansSame(`${place}/@${name}`, value, there)) count++;
  }
  const children = childrenOf(one);
  const text = children.length === 0 ? textOf(one) : "";
  if (text !== "" && !meansSame(place, text, textOf(other))) count++;
  const those = children.length === 0 ? undefined : groupByName(childrenOf(other));
  const seen = new Map<string, number>();
  for (const child of children) {
    const position = seen.get(child.name) ?? 0;
    seen.set(child.name, position + 1);
    const there = those?.get(child.name)?.[position];
    count += there ? countDifferences(child, there, `${place}/${child.name}`) : countFacts(child);
  }
  return count;
}

function countFacts(element: XmlElement): number {
  const children = childrenOf(element);
  const own = element.attributes.length + (children.length === 0 && textOf(element) !== "" ? 1 : 0);
  return children.reduce(
    (sum, child) => sum + countFacts(child),
    Math.max(own, children.length === 0 ? 1 : 0),
  );
}

function groupBy<Key>(elements: readonly XmlElement[], keyFor: (each: XmlElement) => Key) {
  const groups = new Map<Key, XmlElement[]>();
  for (const each of elements) {
    const key = keyFor(each);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

const groupByName = (elements: readonly XmlElement[]) => groupBy(elements, (each) => each.name);
