import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { withoutRestored } from "../../provider/model/elements/restored.ts";
import { elementsAt, textOf } from "../../provider/model/xml/read.ts";
import type { XmlElement } from "../../provider/model/xml/tree.ts";
import type { Change, TreeDiff } from "../../provider/plan/merge/change.ts";
import { printPath } from "../../provider/plan/merge/path.ts";
import type { Mutation } from "./mutate.ts";

/**
 * Whether the diff names a mutation of one place exactly, and names nothing else:
 * - A changed or added value gives one change, at that place.
 * - A changed value that is part of an element's identity makes it another element. Then the new element is
 * added and, if it was recorded, the old one removed; or an existing element of that identity is changed to
 * the declared one.
 * - A removal gives one or more removals, all in that element. It gives none where libvirt never kept the
 * element or puts it back.
 * - A part that libvirt ignores is `dropped` at that place and gives no change, except that a recorded old
 * element is removed.
 *
 * Where a place decides how libvirt reads the other parts, as an interface's type does, a part that was dropped
 * before may now be a change.
 */
export type Verdict = "exact" | "dropped" | "missed";

export interface Sides {
  readonly recorded: XmlElement | null;
  readonly actual: XmlElement;
}

export function judge(given: Mutation, diff: TreeDiff, base: TreeDiff, sides: Sides): Verdict {
  const ignored = new Set(base.dropped.map(({ path }) => path));
  const told = diff.changes.filter(({ kind, path }) => kind === "remove" || !ignored.has(path));
  const changes = told.some(({ kind }) => kind !== "remove") ? told : diff.changes;
  const isSerial = changes.some(({ path }) => path.startsWith("devices/serial"));
  const place = bare(given.place)
    .replace(/^iothreads$/, "iothreadids")
    .replace(/^devices\/console/, isSerial ? "devices/serial" : "devices/console");
  const mutation = { ...given, place };
  if (mutation.kind === "removal") return judgeRemoval(mutation, changes, base, sides);
  const adding = changes.filter((change) => change.kind !== "remove");
  const removed = changes.filter((each) => each.kind === "remove");
  const [change] = adding;
  if (!change) {
    const isDropped = diff.dropped.some(({ path }) => isAround(bare(path), mutation.place));
    return isDropped &&
      removed.length <= 1 &&
      removed.every((each) => isAround(bare(each.path), mutation.place))
      ? "dropped"
      : "missed";
  }
  if (isOfOther(mutation, adding)) return "exact";
  if (adding.length !== 1) return "missed";
  const isThreads = mutation.place === "iothreadids" && bare(change.path) === "iothreadids/iothread";
  if ((bare(change.path) === mutation.place || isThreads) && removed.length === 0) return "exact";
  const isOther =
    change.kind === "add" &&
    isAround(bare(change.path), mutation.place) &&
    ((change.after ?? "").includes(escaped(mutation.value ?? "")) || change.after === mutation.value) &&
    removed.length <= 1 &&
    removed.every((each) => bare(each.path) === bare(change.path));
  return isOther ? "exact" : "missed";
}

/** Whether all changes are in the one element that the mutated key now identifies. */
function isOfOther({ place, value }: Mutation, changes: readonly Change[]): boolean {
  const owner = place.slice(0, place.lastIndexOf("/@"));
  const owners = new Set(changes.map(({ steps }) => printPath(steps.slice(0, owner.split("/").length))));
  const [path] = owners;
  return (
    place.includes("/@") &&
    owners.size === 1 &&
    path !== undefined &&
    bare(path) === owner &&
    new RegExp(`[[ ]${value}\\]$`).test(path) &&
    changes.every(({ path: each }) => each !== path)
  );
}

function judgeRemoval(
  { place, desired }: Mutation,
  changes: readonly Change[],
  base: TreeDiff,
  { recorded, actual }: Sides,
): Verdict {
  if (changes.length === 0) {
    if (
      recorded &&
      withoutRestored(domainSchema, recorded, desired, without(actual, place.split("/"))) !== recorded
    )
      return "exact";
    if (base.dropped.some(({ path }) => isAround(place, bare(path)) || isAround(bare(path), place))) {
      return "dropped";
    }
    const says = (each: XmlElement) =>
      textOf(each) !== "" || each.attributes.length > 0 || each.children.length > 0;
    // The domain has none of it, so there is nothing to remove.
    return elementsAt(actual, place).some(says) ? "missed" : "exact";
  }
  const depth = place.split("/").length;
  const owners = new Set(
    changes.map((each) =>
      each.path
        .split(/\/(?![^[]*\])/)
        .slice(0, depth)
        .join("/"),
    ),
  );
  const isWithin = changes.every((each) => each.kind === "remove" && isAround(place, bare(each.path)));
  return isWithin && owners.size === 1 ? "exact" : "missed";
}

/** Returns the domain without the node at a place. */
function without(element: XmlElement, [name, ...rest]: readonly string[]): XmlElement {
  const children = element.children.flatMap((child) => {
    if (child.kind !== "element" || child.name !== name) return [child];
    return rest.length === 0 ? [] : [without(child, rest)];
  });
  return { ...element, children };
}

/**
 * Returns the names of a path only, without identities and namespace prefixes. Any prefix may be declared.
 */
const bare = (path: string) => path.replace(/\[[^\]]*\]/g, "").replace(/(^|\/)[^/:@]+:/g, "$1");
const isAround = (outer: string, inner: string) => outer === inner || inner.startsWith(`${outer}/`);
const escaped = (value: string) =>
  value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/'/g, "&apos;");
