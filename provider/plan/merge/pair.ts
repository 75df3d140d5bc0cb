import { doAgree, keyOf } from "../../model/elements/identity.ts";
import type { Schema } from "../../model/elements/schema.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { type CountDifferences, countFacts, groupBy, groupByName } from "./countDifferences.ts";
import { pairNearest } from "./nearest.ts";
import { pairSequence } from "./sequence.ts";

export type Pairs = Map<XmlElement, XmlElement>;

/** The rules and facts that pairing uses. */
export interface Pairing {
  readonly schema: Schema;
  readonly differences: CountDifferences;
  /** Declared element → the element that it was paired with before, where known. */
  readonly hints?: Pairs;
  /**
   * Whether a declared element may pair only with an equal one: it was not declared before, or it marks a removal,
   * which may take only an element that is still as recorded.
   */
  readonly isStrict?: (one: XmlElement) => boolean;
}

/**
 * Finds the host's element for each declared one: the element of the same identity; for a declared element without a
 * full identity, the one in `hints`, or else the one with the fewest differences.
 */
export function pairChildren(
  declared: readonly XmlElement[],
  there: readonly XmlElement[],
  above: string,
  pairing: Pairing,
): Pairs {
  const pairs: Pairs = new Map();
  if (declared.length === 0 || there.length === 0) return pairs;
  const others = groupByName(there);
  for (const [name, group] of groupByName(declared)) {
    const candidates = others.get(name);
    if (candidates) pairGroup(group, candidates, above === "" ? name : `${above}/${name}`, pairing, pairs);
  }
  return pairs;
}

function pairGroup(
  group: readonly XmlElement[],
  candidates: readonly XmlElement[],
  place: string,
  { schema, differences, hints, isStrict }: Pairing,
  pairs: Pairs,
): void {
  const count = (one: XmlElement, other: XmlElement) => differences(one, other, place);
  const [one, other] = [group[0], candidates[0]];
  if (one && other && group.length === 1 && candidates.length === 1 && !schema.isListed(place)) {
    pairs.set(one, other);
    return;
  }
  if (group.length > 1 && schema.countingAt(place) !== null) {
    pairCounting(schema, group, candidates, place, pairs);
    return;
  }
  if (schema.isOrdered(place, group)) {
    for (const [one, other] of pairSequence(group, candidates, (a, b) => count(a, b) === 0))
      pairs.set(one, other);
    return;
  }
  const free = new Set(candidates);
  const take = (one: XmlElement, other: XmlElement) => {
    pairs.set(one, other);
    free.delete(other);
  };
  const agree = (one: XmlElement, other: XmlElement) => doAgree(schema, one, other, place);
  const keyed = groupBy(candidates, (each) => keyOf(schema, each, place));
  for (const [key, same] of groupBy(group, (each) => keyOf(schema, each, place))) {
    const those = key === null ? undefined : keyed.get(key);
    const [one, other] = [same[0], those?.[0]];
    if (!those || !one || !other) continue;
    if (same.length === 1 && those.length === 1) take(one, other);
    else {
      const measure = { agree, differences: count, allowed: () => Number.POSITIVE_INFINITY };
      for (const [one, other] of pairNearest(same, those, measure)) take(one, other);
    }
  }
  const hinted = new Set(group.map((one) => hints?.get(one)));
  for (const one of group) {
    const hint = pairs.has(one) ? undefined : hints?.get(one);
    if (!hint || !free.has(hint) || !agree(one, hint)) continue;
    // If the edited element is on the host already, pair it with that rather than with its old form.
    const isDone = (each: XmlElement) => !hinted.has(each) && agree(one, each) && count(one, each) === 0;
    take(one, (count(one, hint) > 0 && [...free].find(isDone)) || hint);
  }
  const open = group.filter((each) => !pairs.has(each));
  if (open.length === 0 || free.size === 0) return;
  const allowed = (each: XmlElement) => {
    if (!schema.isListed(place)) return Number.POSITIVE_INFINITY;
    return isStrict?.(each) ? 0 : Math.max(1, countFacts(each) / 2);
  };
  const nearest = pairNearest(open, [...free], { agree, differences: count, allowed });
  for (const [one, other] of nearest) take(one, other);
}

/** Pairs only the one element that libvirt reads of several with one name; the others have no partner. */
function pairCounting(
  { countingAt, repeated: { nameOf } }: Schema,
  group: readonly XmlElement[],
  candidates: readonly XmlElement[],
  place: string,
  pairs: Pairs,
): void {
  const at = countingAt(place) === "first" ? 0 : -1;
  const keyed = groupBy(candidates, nameOf);
  for (const [name, same] of groupBy(group, nameOf)) {
    const [one, other] = [same.at(at), keyed.get(name)?.at(at)];
    if (one && other) pairs.set(one, other);
  }
}

/** Maps each declared element, through its recorded form in `past`, to the host's element in `now`. */
export function follow(past: Pairs, now: Pairs): Pairs {
  const found: Pairs = new Map();
  for (const [one, old] of past) {
    const there = now.get(old);
    if (there) found.set(one, there);
  }
  return found;
}

/**
 * Recorded elements that are no longer declared. This includes the old form of an edited element that is now paired
 * with another element of the host, if the old form is still there and has no other pair.
 * @param past Declared element → recorded element.
 * @param known Recorded element → the host's element.
 * @param pairs Declared element → the host's element.
 */
export function staleOf(
  before: readonly XmlElement[],
  { past, known, pairs }: Readonly<Record<"past" | "known" | "pairs", Pairs>>,
): XmlElement[] {
  const claimed = new Set(pairs.values());
  const isLeft = (one: XmlElement, old: XmlElement) => {
    const hint = known.get(old);
    return hint !== undefined && !claimed.has(hint) && pairs.has(one);
  };
  const kept = new Set([...past].filter(([one, old]) => !isLeft(one, old)).map(([, old]) => old));
  return before.filter((each) => !kept.has(each));
}
