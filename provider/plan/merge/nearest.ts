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

/** Declared elements, those that are there, and which of them are paired by now. */
class Pairing {
  readonly pairs = new Map<XmlElement, XmlElement>();
  readonly #ones: readonly XmlElement[];
  readonly #others: readonly XmlElement[];
  readonly #measure: Measure;
  /** Elements that are there and have no pair yet. */
  readonly #left: Set<XmlElement>;
  readonly #costs = new Map<XmlElement, Map<XmlElement, number>>();
  readonly #sizes: ReadonlyMap<XmlElement, number>;
  readonly #positions: ReadonlyMap<XmlElement, number>;
  /** Attributes and texts compared so far. */
  #work = 0;

  constructor(ones: readonly XmlElement[], others: readonly XmlElement[], measure: Measure) {
    this.#ones = ones;
    this.#others = others;
    this.#measure = measure;
    this.#left = new Set(others);
    this.#sizes = new Map([...ones, ...others].map((each) => [each, countFacts(each)]));
    this.#positions = new Map(ones.map((one, i) => [one, i]));
  }

  sizeOf = (each: XmlElement): number => this.#sizes.get(each) ?? 1;

  /** Number of differences; infinite for two that can't be the same. */
  cost = (one: XmlElement, other: XmlElement): number => {
    const row = this.#costs.get(one) ?? new Map<XmlElement, number>();
    this.#costs.set(one, row);
    const found = row.get(other);
    if (found !== undefined) return found;
    this.#work += this.sizeOf(one);
    const { agree, differences } = this.#measure;
    const fresh = agree(one, other) ? differences(one, other) : Number.POSITIVE_INFINITY;
    row.set(other, fresh);
    return fresh;
  };

  /** Pairs the elements that are the same: those at one position first. */
  takeSame(some: readonly XmlElement[], isSame: (one: XmlElement, other: XmlElement) => boolean): void {
    for (const one of some) {
      const other = this.#others[this.#positions.get(one) ?? -1];
      if (other && !this.pairs.has(one) && this.#left.has(other) && isSame(one, other))
        this.#take(one, other);
    }
    for (const one of some) {
      if (this.pairs.has(one)) continue;
      for (const other of this.#left) {
        if (this.#work > workLimit) break;
        if (!isSame(one, other)) continue;
        this.#take(one, other);
        break;
      }
    }
  }

  /** Pairs the rest, the nearest first; in order, where there are too many to compare. */
  takeNearest(): void {
    const open = this.#ones.filter((one) => !this.pairs.has(one));
    const size = open.reduce((sum, one) => sum + this.sizeOf(one), 0);
    if (this.#work + size * this.#left.size > workLimit) {
      this.#takeInOrder(open);
      return;
    }
    const ranked = open.flatMap((one) =>
      [...this.#left].map((other) => ({ one, other, n: this.cost(one, other) })),
    );
    for (const { one, other, n } of ranked.sort((a, b) => a.n - b.n)) {
      const isFree = !this.pairs.has(one) && this.#left.has(other);
      if (Number.isFinite(n) && n <= this.#measure.allowed(one) && isFree) this.#take(one, other);
    }
    if (this.#ones.length <= 100) improve(this.#ones, this.pairs, this.cost);
  }

  #takeInOrder(open: readonly XmlElement[]): void {
    for (const one of open) {
      const [other] = this.#left;
      if (other && this.cost(one, other) <= this.#measure.allowed(one)) this.#take(one, other);
    }
  }

  #take(one: XmlElement, other: XmlElement): void {
    this.pairs.set(one, other);
    this.#left.delete(other);
  }
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
  const pairing = new Pairing(ones, others, measure);
  const { sizeOf, cost } = pairing;
  pairing.takeSame(ones, (one, other) => sizeOf(one) === sizeOf(other) && cost(one, other) === 0);
  // What says more fits fewer: it chooses first.
  const bySize = groupBy(ones, sizeOf);
  for (const size of [...bySize.keys()].sort((a, b) => b - a))
    pairing.takeSame(bySize.get(size) ?? [], (one, other) => cost(one, other) === 0);
  pairing.takeNearest();
  return pairing.pairs;
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
