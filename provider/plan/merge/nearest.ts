import type { XmlElement } from "../../model/xml/tree.ts";
import { countFacts, groupBy } from "./countDifferences.ts";

/** Beyond so many compared attributes and texts elements are paired in order: work stays linear. */
const workLimit = 150_000;

export interface Measure {
  /** Whether they can be the same at all. */
  readonly agree: (one: XmlElement, other: XmlElement) => boolean;
  readonly differences: (one: XmlElement, other: XmlElement) => number;
  /** How many differences a pair may have. */
  readonly allowed: (one: XmlElement) => number;
}

/**
 * Pairs each declared element with one that is there so that the differences are few: first those that say
 * the same and no more, then those that hold, each time at the same position before any other; then the
 * nearest. At last pairs swap where that is nearer.
 */
export function pairNearest(
  ones: readonly XmlElement[],
  others: readonly XmlElement[],
  measure: Measure,
): Map<XmlElement, XmlElement> {
  const pairs = new Map<XmlElement, XmlElement>();
  const left = new Set(others);
  const known = new Map<XmlElement, Map<XmlElement, number>>();
  const sizes = new Map([...ones, ...others].map((each) => [each, countFacts(each)]));
  const sizeOf = (each: XmlElement) => sizes.get(each) ?? 1;
  let work = 0;
  const cost = (one: XmlElement, other: XmlElement): number => {
    const row = known.get(one) ?? new Map<XmlElement, number>();
    known.set(one, row);
    const found = row.get(other);
    if (found !== undefined) return found;
    work += sizeOf(one);
    const fresh = measure.agree(one, other) ? measure.differences(one, other) : Number.POSITIVE_INFINITY;
    row.set(other, fresh);
    return fresh;
  };
  const take = (one: XmlElement, other: XmlElement) => {
    pairs.set(one, other);
    left.delete(other);
  };
  const isTwin = (one: XmlElement, other: XmlElement) =>
    sizeOf(one) === sizeOf(other) && cost(one, other) === 0;
  const positions = new Map(ones.map((one, i) => [one, i]));
  const takeSame = (some: readonly XmlElement[], isSame: typeof isTwin) => {
    for (const one of some) {
      const other = others[positions.get(one) ?? -1];
      if (other && !pairs.has(one) && left.has(other) && isSame(one, other)) take(one, other);
    }
    for (const one of some) {
      if (pairs.has(one)) continue;
      for (const other of left) {
        if (work > workLimit) break;
        if (!isSame(one, other)) continue;
        take(one, other);
        break;
      }
    }
  };
  takeSame(ones, isTwin);
  // What says more fits fewer: it chooses first.
  const bySize = groupBy(ones, sizeOf);
  for (const size of [...bySize.keys()].sort((a, b) => b - a)) {
    takeSame(bySize.get(size) ?? [], (one, other) => cost(one, other) === 0);
  }
  const open = ones.filter((one) => !pairs.has(one));
  const size = open.reduce((sum, one) => sum + sizeOf(one), 0);
  if (work + size * left.size > workLimit) {
    for (const one of open) {
      const [other] = left;
      if (other && cost(one, other) <= measure.allowed(one)) take(one, other);
    }
    return pairs;
  }
  const ranked = open.flatMap((one) => [...left].map((other) => ({ one, other, n: cost(one, other) })));
  for (const { one, other, n } of ranked.sort((a, b) => a.n - b.n)) {
    if (Number.isFinite(n) && n <= measure.allowed(one) && !pairs.has(one) && left.has(other))
      take(one, other);
  }
  if (ones.length <= 100) improve(ones, pairs, cost);
  return pairs;
}

/** Swaps pairs as long as that leaves fewer differences: an early one may have taken what a later one is. */
function improve(
  ones: readonly XmlElement[],
  pairs: Map<XmlElement, XmlElement>,
  cost: (one: XmlElement, other: XmlElement) => number,
): void {
  for (let round = 0; round < 4; round++) {
    let hasSwapped = false;
    for (const one of ones) {
      for (const two of ones) {
        const [first, second] = [pairs.get(one), pairs.get(two)];
        if (!first || !second || first === second || cost(one, first) === 0) continue;
        if (cost(one, second) + cost(two, first) >= cost(one, first) + cost(two, second)) continue;
        pairs.set(one, second);
        pairs.set(two, first);
        hasSwapped = true;
      }
    }
    if (!hasSwapped) return;
  }
}
