import { isWhole } from "../../model/elements/identity.ts";
import { meansSame } from "../../model/elements/meaning.ts";
import { inUnitOf } from "../../model/elements/sizes.ts";
import { printXml } from "../../model/xml/print.ts";
import { attributeOf, childrenOf, textOf } from "../../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";
import { exchangeElements, insertElement, isBare, isContainer, removeElement } from "./children.ts";
import { type CountDifferences, countFacts, differencesUnder, positionsByName } from "./countDifferences.ts";
import { withoutLookalikes } from "./lookalikes.ts";
import { mergeAttributes, noteIn, type Sides } from "./mergeAttributes.ts";
import { follow, type Pairing, type Pairs, pairChildren, staleOf } from "./pair.ts";
import { areExplained, explain, noteElement, type Spot, spotOf, type Walk } from "./walk.ts";

/**
 * Returns the actual element with everything declared in it, and without what is no longer declared. Adds the
 * changes to the walk.
 */
export function mergeElement(sides: Sides, spot: Spot, walk: Walk): XmlElement {
  const { desired: given, recorded, actual } = sides;
  const desired = inUnitOf(walk.schema, spot.place, given, actual);
  walk.trail.push(desired);
  walk.actualTrail.push(actual);
  // When nothing was edited, the result is the same object as the actual element. Later comparisons rely on
  // that.
  const merged = mergeParts(
    { desired, recorded: recorded === given ? desired : recorded, actual },
    spot,
    walk,
  );
  walk.trail.pop();
  walk.actualTrail.pop();
  return merged;
}

function mergeParts(sides: Sides, spot: Spot, walk: Walk): XmlElement {
  const { desired, recorded, actual } = sides;
  const { schema } = walk;
  const note = noteIn(sides, spot, walk);
  const attributes = mergeAttributes(sides, spot, walk);
  const here = { spot, element: desired, actual };
  const wanted = ownText(desired);
  if (wanted !== "" && !meansSame(schema, spot.place, wanted, ownText(actual))) {
    if (!explain({ ...here, step: { kind: "text" }, value: wanted, there: ownText(actual) }, walk)) {
      note({ kind: "text" }, "change", textOf(actual), textOf(desired));
      return { ...actual, attributes, children: desired.children };
    }
  }
  const was =
    recorded && desired.children.length === 0 ? ownText(inUnitOf(schema, spot.place, recorded, actual)) : "";
  if (was !== "" && childrenOf(actual).length === 0 && meansSame(schema, spot.place, was, ownText(actual))) {
    note({ kind: "text" }, "remove", textOf(actual), null);
    return { ...actual, attributes, children: [] };
  }
  const children = mergeChildren(sides, spot, walk);
  const isUntouched = attributes === actual.attributes && children === actual.children;
  return isUntouched ? actual : { ...actual, attributes, children };
}

/** Returns text that is a value, ignoring white space between child elements. */
function ownText(element: XmlElement): string {
  const text = textOf(element);
  return text === "" || childrenOf(element).length === 0 ? text : text.replace(/\s+/g, " ");
}

function mergeChildren(sides: Sides, spot: Spot, walk: Walk): readonly XmlNode[] {
  const { desired, recorded, actual } = sides;
  const [wanted, before, there] = [desired, recorded, actual].map((side) => (side ? childrenOf(side) : []));
  if (!wanted || !before || !there || wanted.length + before.length === 0) return actual.children;
  const { schema } = walk;
  const differences = differencesUnder(schema, walk.trail, walk.actualTrail);
  const pair = (ones: readonly XmlElement[], others: readonly XmlElement[], more: Partial<Pairing> = {}) =>
    pairChildren(ones, others, spot.place, { schema, differences, ...more });
  // Compare a recorded element below the elements that it was recorded in.
  const above = recorded ? [...walk.trail.slice(0, -1), recorded] : walk.trail;
  const since = { differences: differencesUnder(schema, above, walk.actualTrail) };
  const isUnedited = recorded === desired;
  const past: Pairs = isUnedited ? new Map(wanted.map((each) => [each, each])) : pair(wanted, before);
  const known: Pairs = isUnedited ? new Map() : pair(before, there, since);
  const hints = follow(past, known);
  const pairs = pair(wanted, there, { hints, isStrict: (one) => recorded !== null && !past.has(one) });
  let children: readonly XmlNode[] = actual.children;
  const changed = new Map<XmlNode, XmlElement>();
  const counts = new Map<string, number>();
  for (const child of wanted) {
    const position = counts.get(child.name) ?? 0;
    counts.set(child.name, position + 1);
    const old = pairs.get(child);
    const below = spotOf(schema, child, spot, position);
    if (old) {
      const now = mergeElement(
        { desired: child, recorded: past.get(child) ?? null, actual: old },
        below,
        walk,
      );
      if (now !== old) changed.set(old, now);
      continue;
    }
    const step = below.steps.at(-1);
    if (step && explain({ spot, step, value: printXml(child), element: child, actual, there: null }, walk))
      continue;
    const added = addElement(child, below, walk);
    if (added) children = insertElement(children, added);
  }
  if (before.length === 0) return exchangeElements(children, changed);
  const claimed = new Set(pairs.values());
  const stale = staleOf(before, { past, known, pairs });
  const left = there.filter((each) => !claimed.has(each));
  const declared = new Set(known.values());
  const leaving = withoutLookalikes(pair(stale, left, { ...since, isStrict: () => true }), {
    schema,
    before,
    there,
    declared,
    left,
    above: spot.place,
    ...since,
  });
  const taken = takeOut({ pairs: leaving, there, ...since }, spot, walk);
  const remaining = taken.gone.reduce(removeElement, children);
  return exchangeElements(remaining, new Map([...changed, ...taken.changed]));
}

/** Recorded elements that are no longer declared, each paired with its actual element. */
interface Leaving {
  readonly pairs: Pairs;
  readonly there: readonly XmlElement[];
  readonly differences: CountDifferences;
}

interface TakenOut {
  /** Elements to remove whole. */
  readonly gone: readonly XmlElement[];
  /** Elements from which only the declared parts are removed. */
  readonly changed: ReadonlyMap<XmlNode, XmlElement>;
}

/** Removes what is no longer declared, unless somebody else has changed it since. */
function takeOut({ pairs: leaving, there, differences }: Leaving, spot: Spot, walk: Walk): TakenOut {
  const { schema } = walk;
  const gone: XmlElement[] = [];
  const changed = new Map<XmlNode, XmlElement>();
  const positions = leaving.size > 0 ? positionsByName(there) : null;
  for (const [child, old] of leaving) {
    const below = spotOf(schema, old, spot, positions?.get(old) ?? 0);
    const isLeaf = childrenOf(child).length === 0;
    // An element that somebody else has changed since we declared it is now theirs.
    const isExact =
      (isLeaf && !isWhole(schema, below.place)) || schema.isOrdered(below.place, [...leaving.keys()]);
    if (isExact && differences(child, old, below.place) > 0) continue;
    if (schema.isShared(below.place)) {
      const left = mergeShared(child, old, below, walk);
      if (left) {
        if (left !== old) changed.set(old, left);
        continue;
      }
    }
    const isShared =
      (schema.isBag(below.place) && countFacts(old) > countFacts(child)) || isContainer(child, old);
    if (isWhole(schema, below.place) || (isLeaf && !isShared)) {
      noteElement(walk, "remove", below.steps, old, null);
      gone.push(old);
      continue;
    }
    const desired = { ...child, attributes: [], children: [] };
    const now = mergeElement({ desired, recorded: child, actual: old }, below, walk);
    if (now !== old) changed.set(old, now);
  }
  return { gone, changed };
}

/**
 * Removes our declaration from an element that others also use. Returns the rest; `null` when nothing is
 * left.
 */
function mergeShared(declared: XmlElement, there: XmlElement, spot: Spot, walk: Walk): XmlElement | null {
  const own: Walk = { ...walk, changes: [], dropped: [] };
  const desired = { ...declared, children: [] };
  const left = mergeElement({ desired, recorded: declared, actual: there }, spot, own);
  const isTheirs =
    childrenOf(left).some((each) => !isBare(each)) ||
    there.attributes.some(({ name }) => attributeOf(declared, name) === undefined);
  if (!isTheirs) return null;
  walk.changes.push(...own.changes);
  return left;
}

/** Returns the element to add for a missing declared one; `null` when none is needed. */
function addElement(child: XmlElement, below: Spot, walk: Walk): XmlElement | null {
  const { schema } = walk;
  // Don't note a missing element that only contains others; each element inside it is noted instead.
  if (isWhole(schema, below.place) || childrenOf(child).length === 0) {
    if (!isWhole(schema, below.place) && areExplained(child, below, walk)) return null;
    noteElement(walk, "add", below.steps, null, child);
    return child;
  }
  const empty = { ...child, attributes: [], children: [] };
  const filled = mergeElement({ desired: child, recorded: null, actual: empty }, below, walk);
  return filled === empty ? null : filled;
}
