import { identities } from "../model/elements/identity.ts";
import { attributeOf, childrenOf, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";

/** How many differences lie between a declared element and one that is there. */
export type Cost = (declared: XmlElement, there: XmlElement) => number;

/**
 * Which of the elements that are there each declared one means: the one of the same identity; without a
 * full identity, the one with the fewest differences, the earlier among equals.
 */
export function pairChildren(
  declared: XmlElement | null | undefined,
  there: readonly XmlElement[],
  place: string,
  cost: Cost,
): Map<XmlElement, XmlElement> {
  const pairs = new Map<XmlElement, XmlElement>();
  const free = new Map<string, Set<XmlElement>>();
  const keyed = new Map<string, XmlElement[]>();
  for (const each of there) {
    const among = free.get(each.name) ?? new Set();
    free.set(each.name, among.add(each));
    const key = identityOf(each, place);
    if (key !== null) keyed.set(`${each.name} ${key}`, [...(keyed.get(`${each.name} ${key}`) ?? []), each]);
  }
  const take = (one: XmlElement, other: XmlElement) => {
    pairs.set(one, other);
    free.get(one.name)?.delete(other);
  };
  const open: XmlElement[] = [];
  for (const one of declared ? childrenOf(declared) : []) {
    const key = identityOf(one, place);
    if (key === null) open.push(one);
    else {
      const other = keyed.get(`${one.name} ${key}`)?.find((each) => free.get(one.name)?.has(each));
      if (other) take(one, other);
    }
  }
  const later: XmlElement[] = [];
  for (const one of open) {
    const among = candidates(one, free.get(one.name), place);
    const same = among.find((other) => cost(one, other) === 0);
    if (same) take(one, same);
    else later.push(one);
  }
  for (const one of later) {
    const ranked = candidates(one, free.get(one.name), place).map((other) => ({
      other,
      n: cost(one, other),
    }));
    const [best] = ranked.sort((a, b) => a.n - b.n);
    if (best) take(one, best.other);
  }
  return pairs;
}

/** The values that tell it apart, or null when one of them is missing or nothing tells such elements apart. */
export function identityOf(element: XmlElement, place: string): string | null {
  const values = partsOf(element, place);
  return values?.every((value) => value !== undefined) ? values.join(" ").toLowerCase() : null;
}

function partsOf(element: XmlElement, place: string): (string | undefined)[] | undefined {
  return identities[place === "" ? element.name : `${place}/${element.name}`]?.map((each) =>
    valueAt(element, each),
  );
}

/** Those that contradict no part of the identity that the declared one has, nor its kind. */
function candidates(one: XmlElement, free: ReadonlySet<XmlElement> | undefined, place: string): XmlElement[] {
  const parts = partsOf(one, place);
  const kind = place === "devices" ? attributeOf(one, "type") : undefined;
  return [...(free ?? [])].filter(
    (other) =>
      (kind === undefined || !parts || attributeOf(other, "type") === kind) &&
      (partsOf(other, place) ?? []).every(
        (value, i) => parts?.[i] === undefined || value?.toLowerCase() === parts[i].toLowerCase(),
      ),
  );
}
