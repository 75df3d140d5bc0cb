import type { XmlElement } from "../../model/xml/tree.ts";

/**
 * Pairs two lists whose order has a meaning: first the longest common subsequence, then the items between its members
 * in order. Pairs everything by position when an item has only moved.
 */
export function pairSequence(
  ones: readonly XmlElement[],
  others: readonly XmlElement[],
  isSame: (one: XmlElement, other: XmlElement) => boolean,
): [XmlElement, XmlElement][] {
  const common = longestCommon(ones, others, isSame);
  const pairs: [XmlElement, XmlElement][] = [];
  const used = new Set(common.map(([, at]) => at));
  const stands = new Set(common.map(([at]) => at));
  let [from, fromOther] = [0, 0];
  for (const [at, atOther] of [...common, [ones.length, others.length] as const]) {
    for (let step = 0; from + step < at && fromOther + step < atOther; step++) {
      stands.add(from + step);
      used.add(fromOther + step);
      push(pairs, ones[from + step], others[fromOther + step]);
    }
    push(pairs, ones[at], others[atOther]);
    [from, fromOther] = [at + 1, atOther + 1];
  }
  const hasMoved = ones.some(
    (one, i) => !stands.has(i) && others.some((other, j) => !used.has(j) && isSame(one, other)),
  );
  if (!hasMoved) return pairs;
  return ones.flatMap((one, i): [XmlElement, XmlElement][] => {
    const other = others[i];
    return other ? [[one, other]] : [];
  });
}

function push(
  pairs: [XmlElement, XmlElement][],
  one: XmlElement | undefined,
  other: XmlElement | undefined,
): void {
  if (one && other) pairs.push([one, other]);
}

/** Positions of the longest common subsequence; only the common prefix when the table would have over 250,000 cells. */
function longestCommon(
  ones: readonly XmlElement[],
  others: readonly XmlElement[],
  isSame: (one: XmlElement, other: XmlElement) => boolean,
): [number, number][] {
  let start = 0;
  const found: [number, number][] = [];
  for (;;) {
    const [one, other] = [ones[start], others[start]];
    if (!one || !other || !isSame(one, other)) break;
    found.push([start, start]);
    start++;
  }
  const [rows, columns] = [ones.length - start, others.length - start];
  if (rows * columns > 250_000) return found;
  const same = (i: number, j: number) => {
    const [one, other] = [ones[start + i], others[start + j]];
    return one !== undefined && other !== undefined && isSame(one, other);
  };
  const lengths = Array.from({ length: rows + 1 }, () => new Array<number>(columns + 1).fill(0));
  const lengthAt = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = rows - 1; i >= 0; i--) {
    const row = lengths[i] ?? [];
    for (let j = columns - 1; j >= 0; j--) {
      row[j] = same(i, j) ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (same(i, j)) found.push([start + i++, start + j++]);
    else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i++;
    else j++;
  }
  return found;
}
