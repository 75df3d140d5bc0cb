import { normaliseDeclared } from "../model/elements/declared.ts";
import { identities, wholes } from "../model/elements/identity.ts";
import { meansSame } from "../model/elements/meaning.ts";
import { ioThreadIds, normaliseDomain, withIoThreads } from "../model/elements/normalise.ts";
import { findOmission } from "../model/elements/omitted.ts";
import { printXml } from "../model/xml/print.ts";
import { attributeOf, childrenOf, textOf } from "../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../model/xml/tree.ts";
import type { Change, DomainDiff, Dropped, PathStep, ThreeWay } from "./change.ts";
import { identityOf, pairChildren } from "./pair.ts";
import { placeOf, printPath } from "./path.ts";

/**
 * The three-way merge: what is declared is put into what is there, what was declared and is no more is
 * taken out, everything else stays where it is. Diff and merge are one walk, so they can't disagree.
 */
export function mergeDomain(sides: ThreeWay): { readonly tree: XmlElement; readonly diff: DomainDiff } {
  const changes: Change[] = [];
  const dropped: Dropped[] = [];
  const actual = normaliseDomain(sides.actual);
  const recorded = sides.recorded && normaliseDeclared(sides.recorded);
  const domain = normaliseDeclared(sides.desired);
  const merged = mergeElement(domain, recorded, actual, [], { changes, dropped, domain });
  if (changes.length === 0) return { tree: sides.actual, diff: { changes, dropped } };
  return { tree: withCount(merged, ioThreadIds(actual)), diff: { changes, dropped } };
}

/** What one walk finds. */
interface Findings {
  readonly changes: Change[];
  readonly dropped: Dropped[];
  /** The declared domain, for rules that look further than the element. */
  readonly domain: XmlElement;
}

/** libvirt wants the number beside the ids, and no pins of threads that this change takes away. */
function withCount(domain: XmlElement, before: readonly number[]): XmlElement {
  const [list] = childrenOf(domain, "iothreadids");
  const threads = list ? childrenOf(list, "iothread") : [];
  const left = new Set(threads.map((thread) => attributeOf(thread, "id")));
  const gone = new Set<string | undefined>(before.map(String).filter((id) => !left.has(id)));
  const counted = withIoThreads(domain, threads.length > 0 && list ? list : null);
  const at = counted.children.findIndex((child) => child.kind === "element" && child.name === "iothreadids");
  const count: XmlElement = {
    kind: "element",
    name: "iothreads",
    attributes: [],
    children: [{ kind: "text", text: String(threads.length) }],
  };
  const withNumber = at < 0 ? counted : { ...counted, children: counted.children.toSpliced(at, 0, count) };
  const orphan = (node: XmlNode) =>
    node.kind === "element" &&
    ((node.name === "iothreadpin" && gone.has(attributeOf(node, "iothread"))) ||
      (node.name === "iothreadsched" && gone.has(attributeOf(node, "iothreads"))));
  return {
    ...withNumber,
    children: withNumber.children.map((child) =>
      child.kind === "element" && child.name === "cputune"
        ? { ...child, children: child.children.filter((node) => !orphan(node)) }
        : child,
    ),
  };
}

function mergeElement(
  desired: XmlElement,
  recorded: XmlElement | null,
  actual: XmlElement,
  steps: readonly PathStep[],
  found: Findings,
): XmlElement {
  const note = (step: PathStep | null, kind: Change["kind"], before: string | null, after: string | null) => {
    const all = step ? [...steps, step] : steps;
    found.changes.push({ kind, steps: all, path: printPath(all), before, after, actual, desired });
  };
  const here = placeOf(steps);
  let attributes = actual.attributes;
  for (const { name, value } of desired.attributes) {
    const before = attributeOf(actual, name);
    const step: PathStep = { kind: "attribute", name };
    const place = here === "" ? `@${name}` : `${here}/@${name}`;
    if (before !== undefined && meansSame(place, value, before)) continue;
    if (isOmitted([...steps, step], value, desired, found, before === undefined ? "absent" : "different"))
      continue;
    note(step, before === undefined ? "add" : "change", before ?? null, value);
    attributes =
      before === undefined
        ? [...attributes, { name, value }]
        : attributes.map((each) => (each.name === name ? { name, value } : each));
  }
  for (const { name, value } of recorded?.attributes ?? []) {
    if (attributeOf(desired, name) !== undefined || attributeOf(actual, name) !== value) continue;
    note({ kind: "attribute", name }, "remove", value, null);
    attributes = attributes.filter((each) => each.name !== name);
  }
  const wanted = textOf(desired);
  const isLeaf = childrenOf(desired).length === 0 && wanted !== "";
  if (
    isLeaf &&
    !meansSame(here, wanted, textOf(actual)) &&
    !isOmitted(steps, wanted, desired, found, "different")
  ) {
    note({ kind: "text" }, "change", textOf(actual), wanted);
    return { ...actual, attributes, children: desired.children };
  }
  const children = mergeChildren(desired, recorded, actual, steps, found);
  const isUntouched = attributes === actual.attributes && children === actual.children;
  return isUntouched ? actual : { ...actual, attributes, children };
}

function mergeChildren(
  desired: XmlElement,
  recorded: XmlElement | null,
  actual: XmlElement,
  steps: readonly PathStep[],
  found: Findings,
): readonly XmlNode[] {
  if (!recorded && childrenOf(desired).length === 0) return actual.children;
  const place = placeOf(steps);
  const cost = (one: XmlElement, other: XmlElement): number => {
    const trial: Findings = { changes: [], dropped: [], domain: found.domain };
    mergeElement(one, null, other, [...steps, stepOf(one, place, 0)], trial);
    return trial.changes.length;
  };
  const there = childrenOf(actual);
  const pairs = pairChildren(desired, there, place, cost);
  const past = pairChildren(recorded, childrenOf(desired), place, cost);
  const before = new Map([...past].map(([old, now]) => [now, old]));
  const children = [...actual.children];
  const put = (old: XmlElement, ...now: XmlElement[]) => children.splice(children.indexOf(old), 1, ...now);
  for (const [position, child] of positions(desired)) {
    const old = pairs.get(child);
    const path = [...steps, stepOf(child, place, position)];
    if (old) {
      const now = mergeElement(child, before.get(child) ?? null, old, path, found);
      if (now !== old) put(old, now);
      continue;
    }
    if (isOmitted(path, printXml(child), desired, found, "absent")) continue;
    const last = children.findLastIndex((node) => node.kind === "element" && node.name === child.name);
    const at = last < 0 ? children.length : last + 1;
    if (isContainer(child, path)) {
      const empty = { ...child, children: [] };
      const filled = mergeElement(child, null, empty, path, found);
      if (filled.children.length > 0) children.splice(at, 0, filled);
      continue;
    }
    note(found.changes, "add", path, null, child);
    children.splice(at, 0, child);
  }
  const claimed = new Set(pairs.values());
  const left = there.filter((each) => !claimed.has(each));
  const stale: XmlElement[] = recorded ? childrenOf(recorded).filter((each) => !past.has(each)) : [];
  const gone = pairChildren({ ...actual, children: stale }, left, place, cost);
  for (const [child, old] of gone) {
    const position = childrenOf(actual, old.name).indexOf(old);
    const path = [...steps, stepOf(child, place, position)];
    const isWhole = wholes.has(placeOf(path)) || childrenOf(child).length === 0;
    if (isWhole) {
      note(found.changes, "remove", path, old, null);
      put(old);
    } else put(old, mergeElement({ ...child, attributes: [], children: [] }, child, old, path, found));
  }
  const isSame =
    children.length === actual.children.length && children.every((c, i) => c === actual.children[i]);
  return isSame ? actual.children : children;
}

/** An element that only holds others: what is added is each of them. */
function isContainer(element: XmlElement, steps: readonly PathStep[]): boolean {
  return (
    element.attributes.length === 0 &&
    childrenOf(element).length > 0 &&
    !element.name.includes(":") &&
    steps.length === 1 &&
    !wholes.has(placeOf(steps))
  );
}

/** Whether a rule explains the declared node's absence; tells it when libvirt ignores what was declared. */
function isOmitted(
  steps: readonly PathStep[],
  value: string,
  parent: XmlElement,
  found: Findings,
  isThere: "absent" | "different",
): boolean {
  const rule = findOmission(placeOf(steps), value, parent, found.domain, isThere);
  if (!rule) return false;
  if (rule.kind !== "default") {
    found.dropped.push({ path: printPath(steps), value, rule: rule.id, reason: rule.reason });
  }
  return true;
}

function note(
  changes: Change[],
  kind: "add" | "remove",
  steps: readonly PathStep[],
  actual: XmlElement | null,
  desired: XmlElement | null,
): void {
  const before = actual && printXml(actual);
  const after = desired && printXml(desired);
  changes.push({ kind, steps, path: printPath(steps), before, after, actual, desired });
}

/** Child elements with their position among those of their name. */
function positions(element: XmlElement): [number, XmlElement][] {
  const counts = new Map<string, number>();
  return childrenOf(element).map((child) => {
    const position = counts.get(child.name) ?? 0;
    counts.set(child.name, position + 1);
    return [position, child];
  });
}

function stepOf(child: XmlElement, place: string, position: number): PathStep {
  const own = identityOf(child, place);
  if (own !== null) return { kind: "element", name: child.name, key: own };
  const isListed = (place === "" ? child.name : `${place}/${child.name}`) in identities;
  return isListed || position > 0
    ? { kind: "element", name: child.name, key: `${position}` }
    : { kind: "element", name: child.name };
}
