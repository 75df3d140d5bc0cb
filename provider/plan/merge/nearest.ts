import type { XmlElement } from "../../model/xml/tree.ts";
import { countFacts, groupBy } from "./countDifferences.ts";

/**
 * Number of compared attributes and texts after which we pair elements in order, so that the work stays
 * linear.
 */
const workLimit = 150_000;

export interface Measure {
  /** Whether the two can be the same element at all. */
  readonly agree: (one: XmlElement, other: XmlElement) => boolean;
  readonly differences: (one: XmlElement, other: XmlElement) => number;
  /** The largest number of differences that a pair may have. */
  readonly allowed: (one: XmlElement) => number;
}

/** Declared elements, actual elements, and the pairs found so far. */
class Pairing {
  readonly pairs = new Map<XmlElement, XmlElement>();
  readonly #ones: readonly XmlElement[];
  readonly #others: readonly XmlElement[];
  readonly #measure: Measure;
  /** Actual elements without a pair. */
  readonly #left: Set<XmlElement>;
  readonly #costs = new Map<XmlElement, Map<XmlElement, number>>();
  readonly #sizes: ReadonlyMap<XmlElement, number>;
  readonly #positions: ReadonlyMap<XmlElement, number>;
  /** Number of attributes and texts compared so far. */
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

  /** Counts the differences; infinite when the two can't be the same element. */
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

  /** Pairs elements that are the same; first those at the same position. */
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

  /** Pairs the remaining elements, nearest first; in order when there are too many to compare. */
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
 * Pairs each declared element with an actual one so that few differences remain. It pairs, in this order:
 * elements that are identical; declared elements whose content the actual one contains; the nearest of the
 * rest. The first two steps prefer elements at the same position. Finally, pairs swap partners where that
 * reduces the differences.
 */
export function pairNearest(
  ones: readonly XmlElement[],
  others: readonly XmlElement[],
  measure: Measure,
): Map<XmlElement, XmlElement> {
  const pairing = new Pairing(ones, others, measure);
  const { sizeOf, cost } = pairing;
  pairing.takeSame(ones, (one, other) => sizeOf(one) === sizeOf(other) && cost(one, other) === 0);
  // A larger declaration matches fewer elements, so it chooses first.
  const bySize = groupBy(ones, sizeOf);
  for (const size of [...bySize.keys()].sort((a, b) => b - a))
    pairing.takeSame(bySize.get(size) ?? [], (one, other) => cost(one, other) === 0);
  pairing.takeNearest();
  return pairing.pairs;
}

/**
 * Swaps partners while that reduces the differences: an early pair may have taken a later one's best match.
 */
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
