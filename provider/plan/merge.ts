import { identities, wholes } from "../model/elements/identity.ts";
import { meansSame } from "../model/elements/meaning.ts";
import { ioThreadIds, normaliseDomain, withIoThreads } from "../model/elements/normalise.ts";
import { printXml } from "../model/xml/print.ts";
import { attributeOf, childrenOf, textOf, valueAt } from "../model/xml/read.ts";
import type { XmlElement, XmlNode } from "../model/xml/tree.ts";
import type { Change, DomainDiff, PathStep, ThreeWay } from "./change.ts";
import { placeOf, printPath } from "./path.ts";

/**
 * The three-way merge: what is declared is put into what is there, what was declared and is no more is
 * taken out, everything else stays where it is. Diff and merge are one walk, so they can't disagree.
 */
export function mergeDomain(sides: ThreeWay): { readonly tree: XmlElement; readonly diff: DomainDiff } {
  const changes: Change[] = [];
  const actual = normaliseDomain(sides.actual);
  const recorded = sides.recorded && normaliseDomain(sides.recorded);
  const merged = mergeElement(normaliseDomain(sides.desired), recorded, actual, [], changes);
  if (changes.length === 0) return { tree: sides.actual, diff: { changes, dropped: [] } };
  return { tree: withCount(merged, ioThreadIds(actual)), diff: { changes, dropped: [] } };
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
  changes: Change[],
): XmlElement {
  const noteHere = (step: PathStep, kind: Change["kind"], before: string | null, after: string | null) =>
    note(changes, kind, [...steps, step], { before, after, actual, desired });
  let attributes = actual.attributes;
  for (const { name, value } of desired.attributes) {
    const before = attributeOf(actual, name);
    const step: PathStep = { kind: "attribute", name };
    if (before !== undefined && meansSame(placeOf([...steps, step]), value, before)) continue;
    noteHere(step, before === undefined ? "add" : "change", before ?? null, value);
    attributes =
      before === undefined
        ? [...attributes, { name, value }]
        : attributes.map((each) => (each.name === name ? { name, value } : each));
  }
  for (const { name, value } of recorded?.attributes ?? []) {
    if (attributeOf(desired, name) !== undefined || attributeOf(actual, name) !== value) continue;
    noteHere({ kind: "attribute", name }, "remove", value, null);
    attributes = attributes.filter((each) => each.name !== name);
  }
  const wanted = textOf(desired);
  const isLeaf = childrenOf(desired).length === 0 && wanted !== "";
  if (isLeaf && !meansSame(placeOf(steps), wanted, textOf(actual))) {
    noteHere({ kind: "text" }, "change", textOf(actual), wanted);
    return { ...actual, attributes, children: desired.children };
  }
  return { ...actual, attributes, children: mergeChildren(desired, recorded, actual, steps, changes) };
}

function mergeChildren(
  desired: XmlElement,
  recorded: XmlElement | null,
  actual: XmlElement,
  steps: readonly PathStep[],
  changes: Change[],
): readonly XmlNode[] {
  const place = placeOf(steps);
  const [wanted, before, there] = [desired, recorded, actual].map((side) => keyed(side, place));
  const children = [...actual.children];
  const put = (old: XmlElement, ...now: XmlElement[]) => children.splice(children.indexOf(old), 1, ...now);
  for (const [key, child] of wanted ?? []) {
    const old = there?.get(key);
    const step = stepOf(child, key, place);
    if (old) {
      const now = mergeElement(child, before?.get(key) ?? null, old, [...steps, step], changes);
      if (now !== old) put(old, now);
      continue;
    }
    const path = [...steps, step];
    // A mere container that is missing is no change of its own: what it is to hold is.
    const isContainer = !wholes.has(placeOf(path)) && childrenOf(child).length > 0;
    const added = isContainer
      ? mergeElement(child, null, { ...child, attributes: [], children: [] }, path, changes)
      : child;
    if (!isContainer)
      note(changes, "add", path, { before: null, after: printXml(child), actual: null, desired: child });
    const last = children.findLastIndex((node) => node.kind === "element" && node.name === child.name);
    children.splice(last < 0 ? children.length : last + 1, 0, added);
  }
  for (const [key, child] of before ?? []) {
    const old = there?.get(key);
    if (!old || wanted?.has(key)) continue;
    const path = [...steps, stepOf(child, key, place)];
    const isWhole = wholes.has(placeOf(path)) || childrenOf(child).length === 0;
    if (isWhole) {
      note(changes, "remove", path, { before: printXml(old), after: null, actual: old, desired: null });
      put(old);
    } else put(old, mergeElement({ ...child, attributes: [], children: [] }, child, old, path, changes));
  }
  return children;
}

function note(
  changes: Change[],
  kind: Change["kind"],
  steps: readonly PathStep[],
  values: Pick<Change, "before" | "after" | "actual" | "desired">,
): void {
  changes.push({ kind, steps, path: printPath(steps), ...values });
}

/** Child elements by name and identity: of the table, else by position among those of the same name. */
function keyed(element: XmlElement | null | undefined, place: string): Map<string, XmlElement> {
  const found = new Map<string, XmlElement>();
  const counts = new Map<string, number>();
  for (const child of element ? childrenOf(element) : []) {
    const places = identities[place === "" ? child.name : `${place}/${child.name}`];
    const values = places?.map((each) => valueAt(child, each));
    const position = counts.get(child.name) ?? 0;
    counts.set(child.name, position + 1);
    const key = values?.every((value) => value !== undefined)
      ? values.join(" ").toLowerCase()
      : `#${position}`;
    found.set(`${child.name} ${key}`, child);
  }
  return found;
}

function stepOf(child: XmlElement, key: string, place: string): PathStep {
  const own = key.slice(child.name.length + 1);
  const isListed = (place === "" ? child.name : `${place}/${child.name}`) in identities;
  return isListed || !/^#0$/.test(own)
    ? { kind: "element", name: child.name, key: own.replace(/^#/, "") }
    : { kind: "element", name: child.name };
}
