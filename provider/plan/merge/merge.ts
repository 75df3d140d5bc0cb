import { canonicalDeclared, canonicalDomain, restoreOriginals } from "../../model/elements/canonical.ts";
import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { withMirroredSerial } from "../../model/elements/domain/mirrored.ts";
import { withoutRestored } from "../../model/elements/domain/restored.ts";
import { isBag, isOrdered, isWhole } from "../../model/elements/identity.ts";
import { meansSame } from "../../model/elements/meaning.ts";
import { withQemuNamespace } from "../../model/elements/namespace.ts";
import { withPrefixesOf } from "../../model/elements/prefixes.ts";
import { inUnitOf } from "../../model/elements/sizes.ts";
import { printXml } from "../../model/xml/print.ts";
import { attributeOf, childrenOf, textOf } from "../../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../model/xml/tree.ts";
import type { Change, DomainDiff, PathStep, ThreeWay } from "./change.ts";
import { exchangeElements, insertElement, removeElement } from "./children.ts";
import { type CountDifferences, countFacts, differencesUnder, positionsByName } from "./countDifferences.ts";
import { isAboutThreads, withCount, withThreadsOf } from "./ioThreads.ts";
import { withoutLookalikes } from "./lookalikes.ts";
import { type Pairing, type Pairs, pairChildren } from "./pair.ts";
import { printPath } from "./path.ts";
import { areExplained, explain, noteElement, type Spot, spotOf, type Walk } from "./walk.ts";

/**
 * The three-way merge: what is declared is put into what is there, what was declared and is no more is
 * taken out, everything else stays where it is. Diff and merge are one walk, so they can't disagree.
 */
export function mergeDomain(given: ThreeWay): Merged {
  const sides = mirrored(given);
  const { tree, diff } = mergeTwice(sides);
  if (sides.desired === given.desired) return { tree, diff };
  // One edit, told of what was declared.
  const changes = diff.changes.filter(({ path }) => !path.startsWith("devices/serial"));
  return { tree, diff: { ...diff, changes: changes.length > 0 ? changes : diff.changes } };
}

function mergeTwice(sides: ThreeWay): Merged {
  const first = mergeRestoring(sides);
  if (first.diff.changes.length === 0) return first;
  // What is taken out may have been what explained something else: that counts now.
  const { desired } = sides;
  const second = merge({ ...sides, recorded: desired, actual: first.tree }, false);
  if (second.diff.changes.length === 0) return first;
  const changes = [...first.diff.changes, ...second.diff.changes];
  return { tree: second.tree, diff: { changes, dropped: second.diff.dropped } };
}

/** What libvirt would put back is not taken out: it would be owed for ever. */
function mergeRestoring(sides: ThreeWay): Merged {
  const { recorded, desired } = sides;
  const merged = merge(sides, false);
  if (!recorded || !merged.diff.changes.some(({ kind }) => kind === "remove")) return merged;
  const left = withoutRestored(recorded, desired, merged.tree);
  return left === recorded ? merged : merge({ ...sides, recorded: left }, false);
}

/** An edit of the first console is one of the serial port that it is. */
function mirrored(sides: ThreeWay): ThreeWay {
  const { recorded, desired, actual } = sides;
  const now = withMirroredSerial(desired, actual);
  if (now === desired) return sides;
  const was = recorded === desired ? now : recorded && withMirroredSerial(recorded, actual);
  return { ...sides, recorded: was, desired: now };
}

/**
 * One declaration laid over another: like a merge, but both are declared, so that nothing is left out for
 * being what libvirt would not print.
 */
export function layDomain(over: XmlElement, under: XmlElement): Merged {
  return merge({ recorded: null, desired: over, actual: under }, true);
}

function merge(sides: ThreeWay, isLiteral: boolean): Merged {
  const { libvirtVersion } = sides;
  const walk: Walk = { changes: [], dropped: [], trail: [], actualTrail: [], isLiteral, libvirtVersion };
  const originals = new Map<XmlNode, XmlElement>();
  const actual = canonicalDomain(sides.actual, originals);
  const root = { place: "", steps: [] };
  const declared = (side: XmlElement) => withPrefixesOf(canonicalDeclared(side), actual);
  const desired = declared(sides.desired);
  const isUnedited = sides.recorded === sides.desired;
  const recorded = isUnedited ? desired : sides.recorded && declared(sides.recorded);
  const merged = mergeElement(desired, recorded, actual, root, walk);
  const { changes, dropped } = walk;
  if (changes.length === 0) return { tree: sides.actual, diff: { changes, dropped } };
  const tree = changes.some(isAboutThreads)
    ? withCount(merged, ioThreadIds(actual), desired)
    : withThreadsOf(merged, sides.actual);
  return {
    tree: withQemuNamespace(restoreOriginals(tree, originals)),
    diff: { changes, dropped },
  };
}

export interface Merged {
  readonly tree: XmlElement;
  readonly diff: DomainDiff;
}

function mergeElement(
  given: XmlElement,
  recorded: XmlElement | null,
  actual: XmlElement,
  spot: Spot,
  walk: Walk,
): XmlElement {
  const desired = inUnitOf(spot.place, given, actual);
  walk.trail.push(desired);
  walk.actualTrail.push(actual);
  // What was not edited is the very same element on both sides.
  const merged = mergeParts(desired, recorded === given ? desired : recorded, actual, spot, walk);
  walk.trail.pop();
  walk.actualTrail.pop();
  return merged;
}

function mergeParts(
  desired: XmlElement,
  recorded: XmlElement | null,
  actual: XmlElement,
  spot: Spot,
  walk: Walk,
): XmlElement {
  const note = (step: PathStep, kind: Change["kind"], before: string | null, after: string | null) => {
    const steps = [...spot.steps, step];
    const trail = [...walk.actualTrail];
    walk.changes.push({ kind, steps, path: printPath(steps), before, after, actual, desired, trail });
  };
  const attributes = mergeAttributes(desired, recorded, actual, spot, walk, note);
  const wanted = ownText(desired);
  if (wanted !== "" && !meansSame(spot.place, wanted, ownText(actual))) {
    if (!explain(spot, { kind: "text" }, wanted, desired, actual, ownText(actual), walk)) {
      note({ kind: "text" }, "change", textOf(actual), textOf(desired));
      return { ...actual, attributes, children: desired.children };
    }
  }
  const was =
    recorded && desired.children.length === 0 ? ownText(inUnitOf(spot.place, recorded, actual)) : "";
  if (was !== "" && childrenOf(actual).length === 0 && meansSame(spot.place, was, ownText(actual))) {
    note({ kind: "text" }, "remove", textOf(actual), null);
    return { ...actual, attributes, children: [] };
  }
  const children = mergeChildren(desired, recorded, actual, spot, walk);
  const isUntouched = attributes === actual.attributes && children === actual.children;
  return isUntouched ? actual : { ...actual, attributes, children };
}

/** Text that is a value; white space between child elements says nothing. */
function ownText(element: XmlElement): string {
  const text = textOf(element);
  return text === "" || childrenOf(element).length === 0 ? text : text.replace(/\s+/g, " ");
}

function mergeAttributes(
  desired: XmlElement,
  recorded: XmlElement | null,
  actual: XmlElement,
  spot: Spot,
  walk: Walk,
  note: (step: PathStep, kind: Change["kind"], before: string | null, after: string | null) => void,
): XmlElement["attributes"] {
  let attributes = actual.attributes;
  const placeOf = (name: string) => (spot.place === "" ? `@${name}` : `${spot.place}/@${name}`);
  for (const { name, value } of desired.attributes) {
    const before = attributeOf(actual, name);
    if (before !== undefined && meansSame(placeOf(name), value, before)) continue;
    const step: PathStep = { kind: "attribute", name };
    if (explain(spot, step, value, desired, actual, before ?? null, walk)) continue;
    note(step, before === undefined ? "add" : "change", before ?? null, value);
    attributes =
      before === undefined
        ? [...attributes, { name, value }]
        : attributes.map((each) => (each.name === name ? { name, value } : each));
  }
  for (const { name, value } of recorded ? inUnitOf(spot.place, recorded, actual).attributes : []) {
    const before = attributeOf(actual, name);
    if (attributeOf(desired, name) !== undefined || before === undefined) continue;
    if (!meansSame(placeOf(name), value, before)) continue;
    note({ kind: "attribute", name }, "remove", before, null);
    attributes = attributes.filter((each) => each.name !== name);
  }
  return attributes;
}

function mergeChildren(
  desired: XmlElement,
  recorded: XmlElement | null,
  actual: XmlElement,
  spot: Spot,
  walk: Walk,
): readonly XmlNode[] {
  const [wanted, before, there] = [desired, recorded, actual].map((side) => (side ? childrenOf(side) : []));
  if (!wanted || !before || !there || wanted.length + before.length === 0) return actual.children;
  const differences = differencesUnder(walk.trail, walk.actualTrail);
  const pair = (ones: readonly XmlElement[], others: readonly XmlElement[], more: Partial<Pairing> = {}) =>
    pairChildren(ones, others, spot.place, { differences, ...more });
  // What was declared is measured as it stood in what was declared then.
  const above = recorded ? [...walk.trail.slice(0, -1), recorded] : walk.trail;
  const since = { differences: differencesUnder(above, walk.actualTrail) };
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
    const below = spotOf(child, spot, position);
    if (old) {
      const now = mergeElement(child, past.get(child) ?? null, old, below, walk);
      if (now !== old) changed.set(old, now);
      continue;
    }
    const step = below.steps.at(-1);
    if (step && explain(spot, step, printXml(child), child, actual, null, walk)) continue;
    const added = addElement(child, below, walk);
    if (added) children = insertElement(children, added);
  }
  if (before.length === 0) return exchangeElements(children, changed);
  const claimed = new Set(pairs.values());
  // Where what was edited is another one now, what it was before is there still.
  const isLeft = (one: XmlElement, old: XmlElement) => {
    const hint = known.get(old);
    return hint !== undefined && !claimed.has(hint) && pairs.has(one);
  };
  const kept = new Set([...past].filter(([one, old]) => !isLeft(one, old)).map(([, old]) => old));
  const stale = before.filter((each) => !kept.has(each));
  const left = there.filter((each) => !claimed.has(each));
  const declared = new Set(known.values());
  const leaving = withoutLookalikes(pair(stale, left, { ...since, isStrict: () => true }), {
    before,
    there,
    declared,
    left,
    above: spot.place,
    ...since,
  });
  const gone = takeOut(leaving, there, since.differences, changed, spot, walk);
  return exchangeElements(gone.reduce(removeElement, children), changed);
}

/** Takes out what was declared and is no more; returns what goes whole, puts what stays in part into `changed`. */
function takeOut(
  leaving: Pairs,
  there: readonly XmlElement[],
  differences: CountDifferences,
  changed: Map<XmlNode, XmlElement>,
  spot: Spot,
  walk: Walk,
): XmlElement[] {
  const gone: XmlElement[] = [];
  const positions = leaving.size > 0 ? positionsByName(there) : null;
  for (const [child, old] of leaving) {
    const below = spotOf(old, spot, positions?.get(old) ?? 0);
    const isLeaf = childrenOf(child).length === 0;
    // What somebody else has changed meanwhile is no more what was declared.
    const isExact = (isLeaf && !isWhole(below.place)) || isOrdered(below.place, [...leaving.keys()]);
    if (isExact && differences(child, old, below.place) > 0) continue;
    const isShared = (isBag(below.place) && countFacts(old) > countFacts(child)) || isContainer(child, old);
    if (isWhole(below.place) || (isLeaf && !isShared)) {
      noteElement(walk, "remove", below.steps, old, null);
      gone.push(old);
      continue;
    }
    const now = mergeElement({ ...child, attributes: [], children: [] }, child, old, below, walk);
    if (now !== old) changed.set(old, now);
  }
  return gone;
}

/** An element that was declared with nothing in it owns nothing of what others have put there. */
function isContainer(declared: XmlElement, there: XmlElement): boolean {
  return declared.attributes.length === 0 && textOf(declared) === "" && childrenOf(there).length > 0;
}

/** Where each one is now that was another one before. */
function follow(past: Pairs, now: Pairs): Pairs {
  const found: Pairs = new Map();
  for (const [one, old] of past) {
    const there = now.get(old);
    if (there) found.set(one, there);
  }
  return found;
}

/** What is put in for an element that is missing; null when nothing is. */
function addElement(child: XmlElement, below: Spot, walk: Walk): XmlElement | null {
  // A mere container that is missing is no change of its own: what it is to hold is.
  if (isWhole(below.place) || childrenOf(child).length === 0) {
    if (!isWhole(below.place) && areExplained(child, below, walk)) return null;
    noteElement(walk, "add", below.steps, null, child);
    return child;
  }
  const empty = { ...child, attributes: [], children: [] };
  const filled = mergeElement(child, null, empty, below, walk);
  return filled === empty ? null : filled;
}
